//! Dates, hours and stretches of time in Spanish.
//!
//! Text → [`atoms`] (the phrases) → [`spec`] (what was said, field by field) →
//! [`resolve`] (where it falls, given now and the opening hours).

mod atoms;
pub(crate) mod birth;
pub(crate) mod calendar;
pub(crate) mod clock;
mod duration;
pub(crate) mod expression;
pub(crate) mod lexicon;
mod nonsense;
pub(crate) mod pieces;
pub(crate) mod place;
pub(crate) mod resolve;
mod scope;
pub(crate) mod spec;
pub(crate) mod wishes;

use std::ops::Range;

use chrono::{NaiveDate, NaiveTime, Weekday};

use calendar::add;
pub use calendar::{Grain, Open, When};
pub(crate) use duration::duration as length;
use expression::{Expression, bare_clock, expressions, negated};
pub(crate) use lexicon::{Part, month};
pub(crate) use nonsense::impossible_hour;
use place::place;
use resolve::{resolve, years};
use spec::{Spec, Turn};
use wishes::Wish;

use super::text::Text;
use crate::{Context, Found, Status, Value};

/// All stretches of time that a text names, in its order, with their bytes.
#[must_use]
pub fn whens(text: &str, context: &Context) -> Vec<(When, Range<usize>)> {
    let text = Text::new(super::head(text));
    expressions(&text, context)
        .iter()
        .filter_map(|e| Some((place(e, context)?, text.span(e.from, e.to))))
        .collect()
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
    /// «antes de las seis», «a partir de las cinco».
    pub open: Open,
    pub from: usize,
    pub to: usize,
}

/// The last expression of time of a text, field by field.
pub(crate) fn mention(text: &Text, context: &Context) -> Option<Mention> {
    let e = expressions(text, context).into_iter().rev().find(|e| !negated(text, e))?;
    Some(mentioned(&e, context))
}

/// The fields of an expression, its hour in its part of the day.
pub(crate) fn mentioned(e: &Expression, context: &Context) -> Mention {
    let s = &e.first;
    let resolved = |c: clock::Clock| match (c.twelve, s.part) {
        (true, Some(_)) => resolve(&Spec { clock: s.clock, part: s.part, ..Spec::default() }, context)
            .map_or((c.hour, c.minute, true), |w| {
                use chrono::Timelike;
                (w.from.hour(), w.from.minute(), false)
            }),
        _ => (c.hour, c.minute, c.twelve),
    };
    Mention {
        clock: s.clock.map(resolved),
        part: s.part,
        weekday: s.weekday.map(|w| w.0),
        day: s.dom,
        date: s.base.filter(|b| b.grain == Grain::Day && b.moment).map(|b| b.from.date()),
        open: e.open,
        from: e.from,
        to: e.to,
    }
}

/// Days of a text, best first; of two that will do, which one is asked.
pub(crate) fn dates(text: &Text, context: &Context) -> Vec<Found> {
    let said = scope::sorted(text, expressions(text, context));
    let mut found = dates_among(text, &said.wanted, context);
    if said.doubtful {
        found.iter_mut().for_each(doubt);
    }
    let within = |three: &Found| {
        let holds = |f: &Found| three.span.start < f.span.end && f.span.end < three.span.end;
        found.first().is_none_or(holds)
    };
    match in_three_numbers(text, context) {
        Some(three) if three.first().is_some_and(within) => three,
        _ => found,
    }
}

/// Days of birth of a text, best first.
pub(crate) fn births(text: &Text, context: &Context) -> Vec<Found> {
    birth::births(text, &wanted(text, context), context)
}

/// Asked for a day, three numbers are one.
fn in_three_numbers(text: &Text, context: &Context) -> Option<Vec<Found>> {
    let read = |from| atoms::date::three_numbers(text, from, 32).map(|(spec, to)| (from, spec, to));
    let (from, spec, to) = (0..text.len()).find_map(read)?;
    // «el trece cero cinco dos mil uno» and a fourth number is something else.
    let more = (to..text.len()).any(|i| super::number::figures(text, i).is_some());
    let days = days_of(&spec, context);
    let status = if days.len() > 1 { Status::Unclear } else { Status::Sound };
    let found = |value| Found { value, span: text.span(from, to), confidence: 0.9, status };
    (!more).then(|| days.into_iter().map(found).collect())
}

/// The day that was said; two where nobody knows of which century its two figures are.
fn days_of(spec: &Spec, context: &Context) -> Vec<Value> {
    let all = match spec.year {
        Some(year) if spec.short_year => years(year, context).into_iter().map(Some).collect(),
        year => vec![year],
    };
    let day = |year| {
        let spec = Spec { year, short_year: false, ..spec.clone() };
        Some(Value::Date(resolve(&spec, context)?.from.date()))
    };
    all.into_iter().filter_map(day).collect()
}

/// Expressions of a text that it does not exclude.
fn wanted(text: &Text, context: &Context) -> Vec<Expression> {
    scope::sorted(text, expressions(text, context)).wanted
}

/// Days among expressions of a text, best first.
pub(crate) fn dates_among(text: &Text, all: &[Expression], context: &Context) -> Vec<Found> {
    let mut found = collect(text, all, context, |e, when| {
        let several = when.to - when.from > chrono::Duration::days(1);
        if !e.first.has_day() || e.last.is_some() || when.grain > Grain::Day || several {
            return None;
        }
        Some((Value::Date(when.from.date()), 0.95))
    });
    // Two readings of one day: of two centuries, or by its name and by its number.
    let century = |e: &Expression| {
        let mut days = days_of(&e.first, context);
        days.extend(wishes::other_spec(e, context).iter().flat_map(|other| days_of(other, context)));
        Some(days).filter(|days| days.len() > 1)
    };
    if let ([e], [first]) = (all, found.as_slice())
        && let Some(days) = century(e)
    {
        return days
            .into_iter()
            .map(|value| Found { value, status: Status::Unclear, ..first.clone() })
            .collect();
    }
    let other = |f: &Found, first: &Found| f.value != first.value && f.status == first.status;
    if found.first().is_some_and(|first| found.iter().any(|f| other(f, first))) {
        found.iter_mut().for_each(|f| f.status = Status::Unclear);
    }
    found
}

/// Hours of a text, best first.
pub(crate) fn hours(text: &Text, context: &Context) -> Vec<Found> {
    let mut found = hours_among(text, &wanted(text, context), context);
    if found.is_empty() {
        found = bare_hour(text, context).into_iter().collect();
    }
    found
}

/// Hours among expressions of a text, best first.
pub(crate) fn hours_among(text: &Text, all: &[Expression], context: &Context) -> Vec<Found> {
    collect(text, all, context, |e, when| {
        if e.last.is_some() {
            return None;
        }
        match (e.first.clock, e.first.part) {
            (Some(_), _) => Some((Value::Time(when.from.time()), 0.95)),
            (None, Some(Part::Mediodia)) => Some((Value::Time(NaiveTime::from_hms_opt(12, 0, 0)?), 0.7)),
            _ => None,
        }
    })
}

/// Asked for an hour, «cinco y media» or «diez» alone is one.
fn bare_hour(text: &Text, context: &Context) -> Option<Found> {
    let read = super::number::figures(text, 0).or_else(|| super::number::below_hundred(text, 0))?;
    let hour = u32::try_from(read.value).ok().filter(|h| (1..=24).contains(h))?;
    let (c, mut next) = bare_clock(text, 0, hour, read.next)?;
    let mut spec = Spec { clock: Some(c), ..Spec::default() };
    if let Some((more, after)) = atoms::atom(text, next, context)
        && let Some(both) = spec.merge(&more)
    {
        (spec, next) = (both, after);
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
    if let Some(nonsense) = impossible_hour(text) {
        return vec![nonsense];
    }
    let said = scope::sorted(text, expressions(text, context));
    let either = |a: &Expression, b: &Expression| scope::either(text, a, b);
    let wish = Wish {
        text,
        wanted: wished(text, said.wanted),
        unwanted: said.unwanted,
        but: said.but,
        any_day: phrase_of(text, ANY_DAY).is_some(),
        working: phrase_of(text, WORKING_DAYS).is_some(),
        any: phrase_of(text, ANY),
        either: &either,
    };
    let mut found = wishes::ranges(&wish, context);
    if said.doubtful {
        found.iter_mut().for_each(doubt);
    }
    found
}

/// Taken only to be confirmed.
fn doubt(found: &mut Found) {
    if found.status == Status::Sound {
        (found.status, found.confidence) = (Status::Unsure, found.confidence * 0.6);
    }
}

/// Where one of these phrases stands first.
fn phrase_of(text: &Text, phrases: &[&str]) -> Option<(usize, usize)> {
    (0..text.len()).find_map(|i| Some((i, text.any_phrase(i, phrases)?)))
}

/// Hours said beside them are of no day in particular.
const ANY_DAY: &[&str] = &[
    "cualquier dia",
    "cualquiera",
    "cualquier tarde",
    "cualquier mañana",
    "cualquier manana",
    "cualquier noche",
    "el dia que sea",
    "me da igual el dia",
    "todos los dias",
    "todas las tardes",
    "todas las mañanas",
    "entre semana",
    "por las mañanas",
    "por las tardes",
    "por las noches",
];

const WORKING_DAYS: &[&str] =
    &["entre semana", "dias laborables", "dia laborable", "dias de diario", "dia de diario", "a diario"];

/// «cambiar la cita del miércoles para el viernes»: of several, that of an appointment there is already is no wish.
fn wished(text: &Text, all: Vec<Expression>) -> Vec<Expression> {
    let there_is = |e: &Expression| {
        let of = e.from.checked_sub(usize::from(!matches!(text.word(e.from), "del" | "de")));
        let what = of.and_then(|of| Some((text.word(of), text.word(of.checked_sub(1)?))));
        matches!(what, Some(("del" | "de", "cita" | "hora" | "la")))
    };
    let others = all.iter().filter(|e| !there_is(e)).count();
    all.into_iter().filter(|e| others == 0 || !there_is(e)).collect()
}

/// How many days «cualquier día» means.
const ANY_DAYS: i64 = 30;
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
        Open::After => {
            let from = if e.strict && when.grain >= Grain::Day { when.to } else { when.from };
            range(from, add(from, Grain::Day, REACH_DAYS)?)
        }
        Open::Before if e.first.has_time() => {
            let begins = When::day(when.from.date())?.from;
            range(
                if begins.date() == context.now.date() { begins.max(context.now) } else { begins },
                when.from,
            )
        }
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
    when.grain >= Grain::Day && e.first.has_day() && !e.strict
}

fn calendar_close(when: When, context: &Context) -> Option<chrono::NaiveDateTime> {
    use chrono::Datelike;
    let date = when.from.date();
    let (_, closes) = context.opening.bounds(date.weekday().num_days_from_monday() as usize)?;
    Some(date.and_time(closes))
}

/// What asks for all the time there is.
const ANY: &[&str] = &[
    "cuanto antes",
    "lo antes posible",
    "lo mas pronto posible",
    "cualquier dia",
    "cualquier hora",
    "cualquier momento",
    "cualquiera",
    "todos los dias",
    "entre semana",
    "el dia que sea",
    "cuando sea",
    "cuando pueda",
    "cuando puedan",
    "cuando quiera",
    "cuando haya",
    "me da igual",
    "me es igual",
    "el primero que haya",
    "el primero que tengan",
    "el primero que tenga",
    "la primera que tengan",
    "el primero que salga",
    "el primer dia que",
    "la primera que haya",
    "el primer hueco",
    "la primera cita",
    "lo primero que tenga",
    "lo primero que haya",
];

/// All the time there is, where tokens `from..to` ask for any.
pub(crate) fn all_there_is(text: &Text, (from, to): (usize, usize), context: &Context) -> Vec<Found> {
    let Some(end) = add(context.now, Grain::Day, ANY_DAYS) else { return Vec::new() };
    let value = Value::Range { from: context.now, to: end };
    vec![Found { value, span: text.span(from, to), confidence: 0.8, status: Status::Sound }]
}

/// Resolves, judges and orders the expressions that `value` accepts.
fn collect(
    text: &Text,
    all: &[Expression],
    context: &Context,
    value: impl Fn(&Expression, When) -> Option<(Value, f32)>,
) -> Vec<Found> {
    let mut out: Vec<(usize, Found)> = Vec::new();
    for e in all {
        let Some(when) = place(e, context) else { continue };
        let Some((value, confidence)) = value(e, when) else { continue };
        let doubtful = doubtful(e, when, context);
        let status = if doubtful { Status::Unsure } else { Status::Sound };
        let confidence = if doubtful { confidence * 0.6 } else { confidence };
        let fields = usize::from(e.first.has_day()) + usize::from(e.first.has_time());
        out.push((fields, Found { value, span: text.span(e.from, e.to), confidence, status }));
    }
    out.sort_by(|a, b| a.1.status.cmp(&b.1.status).then(b.0.cmp(&a.0)));
    out.into_iter().map(|(_, f)| f).collect()
}

/// Whether an expression is to be confirmed. What is over cannot be wanted; it may have been misheard.
fn doubtful(e: &Expression, when: When, context: &Context) -> bool {
    let over = when.to <= context.now && !context.past && !past_said(e);
    !when.consistent || over || (when.approximate && when.grain >= Grain::Day)
}

fn past_said(e: &Expression) -> bool {
    e.first.year.is_some() || e.first.weekday.is_some_and(|w| w.1 == Turn::Past)
}

#[cfg(test)]
mod tests;
