//! Dates, hours and stretches of time in Spanish.
//!
//! Text → [`atoms`] (the phrases) → [`spec`] (what was said, field by field) →
//! [`resolve`] (where it falls, given now and the opening hours).

mod atoms;
mod calendar;
mod clock;
mod duration;
mod lexicon;
mod resolve;
mod spec;

pub use calendar::{Grain, Open, When};
pub(crate) use lexicon::Part;

use std::ops::Range;

use chrono::{NaiveDate, NaiveTime, Weekday};

use super::text::Text;
use crate::{Context, Found, Status, Value};
use calendar::add;
use resolve::resolve;
use spec::{Spec, Turn};

/// An expression of time and where it is.
#[derive(Debug, Clone)]
struct Expression {
    first: Spec,
    /// End of «de … a …».
    last: Option<Spec>,
    open: Open,
    from: usize,
    to: usize,
}

/// All stretches of time that a text names, in its order, with their bytes.
#[must_use]
pub fn whens(text: &str, context: &Context) -> Vec<(When, Range<usize>)> {
    let text = Text::new(super::head(text));
    expressions(&text, context)
        .iter()
        .filter_map(|e| Some((place(e, context)?, text.span(e.from, e.to))))
        .collect()
}

fn expressions(text: &Text, context: &Context) -> Vec<Expression> {
    let mut out: Vec<Expression> = Vec::new();
    let mut i = 0;
    while i < text.len() {
        match expression(text, i, context) {
            Some(e) => {
                i = e.to.max(i + 1);
                out.push(e);
            }
            None => i += 1,
        }
    }
    out
}

/// Atoms that follow one another and say different things.
fn spec(text: &Text, i: usize, context: &Context) -> Option<(Spec, usize)> {
    let (mut said, mut next) = atoms::atom(text, i, context)?;
    loop {
        let mut merged = None;
        for at in joints(text, next) {
            let Some((more, after)) = atoms::atom(text, at, context) else { continue };
            if let Some(both) = said.merge(&more) {
                merged = Some((both, after));
                break;
            }
        }
        match merged {
            Some((both, after)) => (said, next) = (both, after),
            None => return Some((said, next)),
        }
    }
}

/// Places where the next atom may begin: here, or after words that only join.
fn joints(text: &Text, i: usize) -> Vec<usize> {
    const WORDS: [&str; 17] = [
        "de",
        "del",
        "a",
        "al",
        "en",
        "el",
        "la",
        "por",
        "para",
        ",",
        "y",
        "pero",
        "si puede ser",
        "mejor",
        "o sea",
        "dia",
        "con",
    ];
    let mut out = vec![i];
    let mut frontier = vec![i];
    for _ in 0..3 {
        let mut further = Vec::new();
        for at in frontier {
            for next in WORDS.iter().filter_map(|w| text.phrase(at, w)) {
                if !out.contains(&next) {
                    out.push(next);
                    further.push(next);
                }
            }
        }
        frontier = further;
    }
    out
}

fn expression(text: &Text, i: usize, context: &Context) -> Option<Expression> {
    let whole = interval(text, i, context).or_else(|| open_ended(text, i, context));
    let plain = spec(text, i, context);
    // «14-05-2026» is a day, not from the 14th to the 5th: the longest reading wins.
    if let Some(e) = whole.filter(|w| plain.as_ref().is_none_or(|p| p.1 < w.to)) {
        return Some(with_more(text, e, context));
    }
    let (first, next) = plain?;
    let single = Expression { first, last: None, open: Open::No, from: i, to: next };
    if let Some(e) = continued(text, &single, context) {
        return Some(e);
    }
    let mut e = single;
    if let Some(next) = text.any_phrase(e.to, &["en adelante", "o mas tarde", "o despues"]) {
        (e.open, e.to) = (Open::After, next);
    }
    Some(e)
}

/// «jueves de 9 a 11», «el jueves a partir de las cinco»: a day, then hours of it.
fn continued(text: &Text, day: &Expression, context: &Context) -> Option<Expression> {
    for at in joints(text, day.to) {
        let Some(hours) = interval(text, at, context).or_else(|| open_ended(text, at, context)) else {
            continue;
        };
        if hours.first.has_day() && day.first.has_day() {
            continue;
        }
        let first = day.first.merge(&hours.first)?;
        return Some(Expression { first, from: day.from, ..hours });
    }
    None
}

/// «de 9 a 11 el jueves», «después de las cuatro, el uno de noviembre».
fn with_more(text: &Text, mut e: Expression, context: &Context) -> Expression {
    for at in joints(text, e.to) {
        let Some((more, next)) = spec(text, at, context) else { continue };
        if let Some(first) = e.first.merge(&more).filter(|_| !(e.first.has_day() && more.has_day())) {
            if e.last.as_ref().is_none_or(|l| !more.has_time() || l.merge(&more).is_some()) {
                if let Some(last) = e.last.as_ref().and_then(|l| l.merge(&more)) {
                    e.last = Some(last);
                }
                (e.first, e.to) = (first, next);
                break;
            }
        }
    }
    e
}

/// «de A a B», «entre A y B», «A - B», «desde A hasta B».
fn interval(text: &Text, i: usize, context: &Context) -> Option<Expression> {
    const OPENERS: [(&str, &[&str]); 8] = [
        ("desde el", &["hasta el", "hasta", "al", "a"]),
        ("desde", &["hasta", "al", "a"]),
        ("entre", &["y"]),
        ("de entre", &["y"]),
        ("del", &["al", "hasta el", "hasta"]),
        ("de", &["a", "hasta", "al"]),
        ("", &["-", "–", "a", "al", "hasta", "hasta el"]),
        ("", &["/"]),
    ];
    for (opener, closers) in OPENERS {
        let start = if opener.is_empty() {
            i
        } else {
            match text.phrase(i, opener) {
                Some(at) => at,
                None => continue,
            }
        };
        for (a, mid) in ends(text, start, context, opener) {
            for closer in closers {
                let Some(at) = text.phrase(mid, closer) else { continue };
                // «mañana a las diez» is one moment: without an opener, «a» joins days only.
                for (b, to) in ends(text, at, context, "") {
                    if pairs(&a, &b, opener, closer) {
                        return Some(Expression {
                            first: a.clone(),
                            last: Some(b),
                            open: Open::No,
                            from: i,
                            to,
                        });
                    }
                }
            }
        }
    }
    None
}

/// What may stand at the ends of an interval: whole phrases, then bare numbers.
fn ends(text: &Text, i: usize, context: &Context, opener: &str) -> Vec<(Spec, usize)> {
    let mut out = Vec::new();
    if let Some(s) = spec(text, i, context) {
        out.push(s);
    }
    if let Some((s, next)) = atoms::atom(text, i, context) {
        if !out.iter().any(|o| o.1 == next) {
            out.push((s, next));
        }
    }
    let bare = super::number::figures(text, i).or_else(|| super::number::below_hundred(text, i));
    if let Some(read) = bare.filter(|r| (1..=31).contains(&r.value) && r.value > 0) {
        if let Ok(n) = u32::try_from(read.value) {
            if opener != "del" && n <= 24 {
                if let Some((c, next)) = bare_clock(text, i, n, read.next) {
                    out.push((Spec { clock: Some(c), ..Spec::default() }, next));
                }
            }
            out.push((Spec { dom: Some(n), ..Spec::default() }, read.next));
        }
    }
    out
}

/// «de 9 a 11», «de once y media a una y media»: hours without their article.
fn bare_clock(text: &Text, i: usize, hour: u32, next: usize) -> Option<(clock::Clock, usize)> {
    if let Some(read) = clock::clock(text, i) {
        return Some(read);
    }
    let half = match (text.word(next), text.key(next + 1)) {
        ("y", "media") => Some((30, next + 2)),
        ("y", "kuarto") => Some((15, next + 2)),
        _ => None,
    };
    let (minute, after) = half.unwrap_or((0, next));
    Some((
        clock::Clock {
            hour: hour % 24,
            minute,
            second: 0,
            twelve: hour <= 12,
            exact: minute > 0,
            approximate: false,
        },
        after,
    ))
}

/// Whether two ends make an interval.
fn pairs(a: &Spec, b: &Spec, opener: &str, closer: &str) -> bool {
    let hours = |s: &Spec| s.clock.is_some();
    let day =
        |s: &Spec| s.dom.is_some() || s.weekday.is_some() || s.base.is_some_and(|x| x.grain == Grain::Day);
    let bare_hour = |s: &Spec| hours(s) && !s.has_day();
    if opener.is_empty() && matches!(closer, "a" | "al" | "hasta") {
        return (day(a) && day(b) && !hours(b))
            || (closer == "a" && hours(a) && bare_hour(b) && a.clock.is_some_and(|c| c.exact))
            || (closer == "hasta" && hours(a) && hours(b));
    }
    if closer == "/" {
        return false;
    }
    if closer == "-" || closer == "–" {
        return (hours(a) && bare_hour(b)) || (day(a) && day(b));
    }
    (hours(a) && hours(b))
        || (day(a) && day(b) && hours(a) == hours(b))
        || (a.month.is_some() && b.month.is_some())
        || (a.year.is_some() && b.year.is_some())
        || (a.part.is_some() && b.part.is_some())
}

/// «antes de las cinco», «a partir del lunes», «hasta el viernes».
fn open_ended(text: &Text, i: usize, context: &Context) -> Option<Expression> {
    const AFTER: &[&str] = &[
        "a partir de",
        "a partir del",
        "despues de",
        "despues del",
        "desde",
        "pasadas",
        "pasada",
        "mas tarde de",
        "de",
        "mas alla de",
        "desde el",
    ];
    const BEFORE: &[&str] =
        &["antes de", "antes del", "hasta", "no mas tarde de", "como muy tarde", "como mucho", "hasta el"];
    for (phrases, open) in [(AFTER, Open::After), (BEFORE, Open::Before)] {
        for phrase in phrases {
            let Some(at) = text.phrase(i, phrase) else { continue };
            let Some((first, mut to)) = spec(text, at, context) else { continue };
            // «de las nueve en adelante».
            let onwards = text.phrase(to, "en adelante");
            if *phrase == "de" && onwards.is_none() {
                continue;
            }
            to = onwards.unwrap_or(to);
            return Some(Expression { first, last: None, open, from: i, to });
        }
    }
    None
}

/// Where an expression falls.
fn place(e: &Expression, context: &Context) -> Option<When> {
    let Some(last) = &e.last else {
        let when = resolve(&e.first, context)?;
        return Some(When { open: e.open, ..when });
    };
    let (first, last) = share(&e.first, last);
    let mut end = resolve(&last, context)?;
    let mut start = resolve(&first, context)?;
    if let (Some(a), Some(b)) = (first.clock, last.clock) {
        (start, end) = hours_in_order(start, end, (a, b), (&first, &last))?;
    } else if start.from >= end.to {
        // «del lunes al miércoles» said on a Tuesday: the end follows the beginning.
        let later = Context { now: start.from, ..context.clone() };
        end = resolve(&last, &later)?;
    }
    let to = if last.clock.is_some() { end.from } else { end.to };
    let grain = start.grain.min(end.grain);
    let consistent = start.consistent && end.consistent && start.from < to;
    Some(When {
        consistent,
        approximate: start.approximate || end.approximate,
        ..When::stretch(start.from, to, grain)
    })
}

/// Each end takes from the other the fields it lacks: «del 13 al 15 de julio».
fn share(a: &Spec, b: &Spec) -> (Spec, Spec) {
    let (mut first, mut last) = (a.clone(), b.clone());
    if first.dom.is_some() && last.dom.is_some() {
        if first.month.is_none() && first.base.is_none() {
            (first.month, first.base) = (last.month, last.base);
        }
        if last.month.is_none() && last.base.is_none() {
            (last.month, last.base) = (first.month, first.base);
        }
        first.year = first.year.or(last.year.filter(|_| first.month <= last.month));
        last.year = last.year.or(first.year);
    } else if first.month.is_some() && last.month.is_some() {
        first.year = first.year.or(last.year.filter(|_| first.month <= last.month));
    }
    if first.has_day() && !last.has_day() {
        (last.base, last.weekday, last.dom, last.month, last.year, last.nth) =
            (first.base, first.weekday, first.dom, first.month, first.year, first.nth);
    } else if last.has_day() && !first.has_day() {
        (first.base, first.weekday, first.dom, first.month, first.year, first.nth) =
            (last.base, last.weekday, last.dom, last.month, last.year, last.nth);
    }
    (first, last)
}

/// Two hours of one stretch: the second comes after the first, within half a day
/// where the clock leaves it open.
fn hours_in_order(
    mut start: When,
    mut end: When,
    clocks: (clock::Clock, clock::Clock),
    specs: (&Spec, &Spec),
) -> Option<(When, When)> {
    let (a, b) = clocks;
    let half = |w: When, n: i64| {
        Some(When { from: add(w.from, Grain::Hour, n)?, to: add(w.to, Grain::Hour, n)?, ..w })
    };
    let day = start.from.date();
    if !specs.1.has_day() || end.from.date() != day {
        while end.from.date() > day && end.from > start.from && add(end.from, Grain::Day, -1)? > start.from {
            end = half(end, -24)?;
        }
    }
    let free_start = a.twelve && specs.0.part.is_none();
    let free_end = b.twelve && specs.1.part.is_none();
    if free_start && !free_end {
        // «de tres a cinco de la tarde»: the latest three before five.
        while add(start.from, Grain::Hour, 12)? < end.from {
            start = half(start, 12)?;
        }
        while start.from >= end.from {
            start = half(start, -12)?;
        }
    } else if free_end {
        while end.from > start.from && add(end.from, Grain::Hour, -12)? > start.from {
            end = half(end, -12)?;
        }
        while end.from <= start.from {
            end = half(end, 12)?;
        }
    } else if end.from <= start.from {
        end = half(end, 24)?;
    }
    Some((start, end))
}

/// What a choice among offered moments says: «la de las cinco y media», «la del jueves».
#[derive(Debug, Clone)]
pub(crate) struct Mention {
    /// Hour, minute, and whether it may be before or after noon.
    pub clock: Option<(u32, u32, bool)>,
    pub part: Option<Part>,
    pub weekday: Option<Weekday>,
    /// Day of the month.
    pub day: Option<u32>,
    pub date: Option<NaiveDate>,
    pub from: usize,
    pub to: usize,
}

/// The last expression of time of a text, field by field.
pub(crate) fn mention(text: &Text, context: &Context) -> Option<Mention> {
    let e = expressions(text, context).into_iter().rev().find(|e| !negated(text, e))?;
    let s = &e.first;
    let resolved = |c: clock::Clock| match (c.twelve, s.part) {
        (true, Some(_)) => resolve(&Spec { clock: s.clock, part: s.part, ..Spec::default() }, context)
            .map_or((c.hour, c.minute, true), |w| {
                use chrono::Timelike;
                (w.from.hour(), w.from.minute(), false)
            }),
        _ => (c.hour, c.minute, c.twelve),
    };
    Some(Mention {
        clock: s.clock.map(resolved),
        part: s.part,
        weekday: s.weekday.map(|w| w.0),
        day: s.dom,
        date: s.base.filter(|b| b.grain == Grain::Day && b.moment).map(|b| b.from.date()),
        from: e.from,
        to: e.to,
    })
}

/// «el lunes no», «no puedo el lunes»: what is named to be excluded.
fn negated(text: &Text, e: &Expression) -> bool {
    let after = matches!(text.word(e.to), "no")
        || text.any_phrase(e.to, &["tampoco", ", no", "me viene mal", "me va mal"]).is_some();
    let before = (1..=4).any(|n| {
        e.from.checked_sub(n).is_some_and(|b| {
            text.any_phrase(
                b,
                &["no puedo", "no me viene bien", "no me va bien", "menos", "excepto", "salvo", "no"],
            ) == Some(e.from)
        })
    });
    after || before
}

/// Days of a text, best first.
pub(crate) fn dates(text: &Text, context: &Context) -> Vec<Found> {
    collect(text, context, |e, when| {
        if !e.first.has_day() || e.last.is_some() || when.grain > Grain::Day {
            return None;
        }
        Some((Value::Date(when.from.date()), 0.95))
    })
}

/// Hours of a text, best first.
pub(crate) fn hours(text: &Text, context: &Context) -> Vec<Found> {
    let mut found = collect(text, context, |e, when| {
        if e.last.is_some() {
            return None;
        }
        match (e.first.clock, e.first.part) {
            (Some(_), _) => Some((Value::Time(when.from.time()), 0.95)),
            (None, Some(Part::Mediodia)) => Some((Value::Time(NaiveTime::from_hms_opt(12, 0, 0)?), 0.7)),
            _ => None,
        }
    });
    if found.is_empty() {
        found = bare_hour(text, context).into_iter().collect();
    }
    found
}

/// Asked for an hour, «cinco y media» or «diez» alone is one.
fn bare_hour(text: &Text, context: &Context) -> Option<Found> {
    let read = super::number::figures(text, 0).or_else(|| super::number::below_hundred(text, 0))?;
    let hour = u32::try_from(read.value).ok().filter(|h| (1..=24).contains(h))?;
    let (c, mut next) = bare_clock(text, 0, hour, read.next)?;
    let mut spec = Spec { clock: Some(c), ..Spec::default() };
    if let Some((more, after)) = atoms::atom(text, next, context) {
        if let Some(both) = spec.merge(&more) {
            (spec, next) = (both, after);
        }
    }
    if next != text.len() {
        return None;
    }
    let when = resolve(&spec, context)?;
    Some(Found {
        value: Value::Time(when.from.time()),
        span: text.span(0, next),
        confidence: 0.85,
        status: Status::Sound,
    })
}

/// Days and parts of day, moments, and stretches of a text, best first.
pub(crate) fn ranges(text: &Text, context: &Context) -> Vec<Found> {
    let found = collect(text, context, |e, when| Some((range_value(e, when, context)?, 0.95)));
    if found.is_empty() { any_time(text, context) } else { found }
}

/// How long «a partir de» and «cuanto antes» reach.
const REACH_DAYS: i64 = 90;

fn range_value(e: &Expression, when: When, context: &Context) -> Option<Value> {
    let range = |from, to| Some(Value::Range { from, to });
    let midnight_after = |at: chrono::NaiveDateTime| Some(When::day(at.date())?.to);
    let fine = when.moment && when.grain < Grain::Day;
    match when.open {
        Open::After if e.first.has_time() => {
            let closes = calendar_close(when, context).filter(|c| *c > when.from);
            range(when.from, closes.or_else(|| midnight_after(when.from))?)
        }
        Open::After => range(when.from, add(when.from, Grain::Day, REACH_DAYS)?),
        Open::Before if e.first.has_time() => range(When::day(when.from.date())?.from, when.from),
        Open::Before if starts_with_until(e, when) => range(context.now.min(when.from), when.to),
        Open::Before => range(context.now.min(when.from), when.from),
        Open::No if e.first.part == Some(Part::Mediodia) && e.first.clock.is_none() => {
            range(when.from, when.to)
        }
        Open::No if fine => Some(Value::DateTime(when.from)),
        Open::No => range(when.from, when.to),
    }
}

/// A day that bounds includes itself when it is a whole day.
fn starts_with_until(e: &Expression, when: When) -> bool {
    when.grain >= Grain::Day && e.first.has_day()
}

fn calendar_close(when: When, context: &Context) -> Option<chrono::NaiveDateTime> {
    use chrono::Datelike;
    let date = when.from.date();
    let (_, closes) = context.opening.bounds(date.weekday().num_days_from_monday() as usize)?;
    Some(date.and_time(closes))
}

/// «cuanto antes», «cualquier día»: all the time there is.
fn any_time(text: &Text, context: &Context) -> Vec<Found> {
    const ANY: &[&str] = &[
        "cuanto antes",
        "lo antes posible",
        "lo mas pronto posible",
        "cualquier dia",
        "cualquier hora",
        "cualquier momento",
        "cuando sea",
        "cuando pueda",
        "cuando puedan",
        "cuando quiera",
        "cuando haya",
        "me da igual",
        "me es igual",
        "el primero que haya",
        "la primera que haya",
        "el primer hueco",
        "la primera cita",
        "lo primero que tenga",
        "lo primero que haya",
    ];
    let hit = (0..text.len()).find_map(|i| Some((i, text.any_phrase(i, ANY)?)));
    let Some(((from, to), end)) = hit.zip(add(context.now, Grain::Day, 30)) else { return Vec::new() };
    let value = Value::Range { from: context.now, to: end };
    vec![Found { value, span: text.span(from, to), confidence: 0.8, status: Status::Sound }]
}

/// Resolves, judges and orders the expressions that `value` accepts.
fn collect(
    text: &Text,
    context: &Context,
    value: impl Fn(&Expression, When) -> Option<(Value, f32)>,
) -> Vec<Found> {
    let all = expressions(text, context);
    let mut out: Vec<(usize, Found)> = Vec::new();
    for e in &all {
        if negated(text, e) {
            continue;
        }
        let Some(when) = place(e, context) else { continue };
        let Some((value, confidence)) = value(e, when) else { continue };
        // What is over cannot be wanted; it may have been misheard.
        let over = when.to <= context.now && !past_said(e);
        let doubtful = !when.consistent || over || (when.approximate && when.grain >= Grain::Day);
        let status = if doubtful { Status::Unsure } else { Status::Sound };
        let confidence = if doubtful { confidence * 0.6 } else { confidence };
        let fields = usize::from(e.first.has_day()) + usize::from(e.first.has_time());
        out.push((fields, Found { value, span: text.span(e.from, e.to), confidence, status }));
    }
    out.sort_by(|a, b| a.1.status.cmp(&b.1.status).then(b.0.cmp(&a.0)));
    out.into_iter().map(|(_, f)| f).collect()
}

fn past_said(e: &Expression) -> bool {
    e.first.year.is_some() || e.first.weekday.is_some_and(|w| w.1 == Turn::Past)
}

#[cfg(test)]
mod tests;
