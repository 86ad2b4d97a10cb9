//! Atoms joined into expressions: «el jueves de nueve a once», «a partir del lunes».

use super::atoms;
use super::calendar::{Grain, Open};
use super::clock;
use super::scope;
use super::spec::Spec;
use crate::Context;
use crate::es::number;
use crate::es::text::Text;

/// An expression of time and where it is.
#[derive(Debug, Clone)]
pub(crate) struct Expression {
    pub first: Spec,
    /// End of «de … a …».
    pub last: Option<Spec>,
    pub open: Open,
    /// The day that an open end names is itself left out: «después del veinte».
    pub strict: bool,
    pub from: usize,
    pub to: usize,
}

pub(super) fn expressions(text: &Text, context: &Context) -> Vec<Expression> {
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
            // «la semana que viene, pero el jueves no»: another day, which is denied.
            let apart = (next..at).any(|i| matches!(text.word(i), "," | "pero"));
            if apart && more.has_day() && scope::denied_after(text, after) {
                continue;
            }
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
    let single = Expression { first, last: None, open: Open::No, strict: false, from: i, to: next };
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
        // Hours do not belong to a whole month.
        let coarse = |s: &Spec| s.clock.is_some() && s.month.is_some() && s.dom.is_none() && s.nth.is_none();
        let twice = e.first.has_day() && more.has_day();
        let merged = e.first.merge(&more).filter(|m| !twice && !coarse(m));
        if let Some(first) = merged
            && e.last.as_ref().is_none_or(|l| !more.has_time() || l.merge(&more).is_some())
        {
            if let Some(last) = e.last.as_ref().and_then(|l| l.merge(&more)) {
                e.last = Some(last);
            }
            (e.first, e.to) = (first, next);
            break;
        }
    }
    e
}

/// «de A a B», «entre A y B», «A - B», «desde A hasta B».
fn interval(text: &Text, i: usize, context: &Context) -> Option<Expression> {
    const OPENERS: [(&str, &[&str]); 7] = [
        ("desde el", &["hasta el", "hasta", "al", "a"]),
        ("desde", &["hasta", "al", "a"]),
        ("entre", &["y"]),
        ("de entre", &["y"]),
        ("del", &["al", "hasta el", "hasta"]),
        ("de", &["a", "hasta", "al"]),
        ("", &["-", "–", "a", "al", "hasta", "hasta el"]),
    ];
    let mut best: Option<Expression> = None;
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
                    // «13 - 15 de julio» are days: the reading that takes in more.
                    if pairs(&a, &b, opener, closer) && best.as_ref().is_none_or(|e| to > e.to) {
                        let first = a.clone();
                        best = Some(Expression {
                            first,
                            last: Some(b),
                            open: Open::No,
                            strict: false,
                            from: i,
                            to,
                        });
                    }
                }
            }
        }
        if best.is_some() {
            break;
        }
    }
    best
}

/// What may stand at the ends of an interval: whole phrases, then bare numbers.
fn ends(text: &Text, i: usize, context: &Context, opener: &str) -> Vec<(Spec, usize)> {
    let mut out = Vec::new();
    if let Some(s) = spec(text, i, context) {
        out.push(s);
    }
    if let Some((s, next)) = atoms::atom(text, i, context)
        && !out.iter().any(|o| o.1 == next)
    {
        out.push((s, next));
    }
    let bare = number::figures(text, i).or_else(|| number::below_hundred(text, i));
    if let Some(read) = bare.filter(|r| (1..=31).contains(&r.value) && r.value > 0)
        && let Ok(n) = u32::try_from(read.value)
    {
        if opener != "del"
            && n <= 24
            && let Some((c, next)) = bare_clock(text, i, n, read.next)
        {
            out.push((Spec { clock: Some(c), ..Spec::default() }, next));
            // «entre cinco y seis» is no six minutes past five.
            if next > read.next {
                out.push((Spec { clock: Some(whole_hour(n)), ..Spec::default() }, read.next));
            }
        }
        out.push((Spec { dom: Some(n), ..Spec::default() }, read.next));
    }
    out
}

/// «de 9 a 11», «de once y media a una y media»: hours without their article.
pub(super) fn bare_clock(text: &Text, i: usize, hour: u32, next: usize) -> Option<(clock::Clock, usize)> {
    if let Some(read) = clock::clock(text, i) {
        return Some(read);
    }
    let half = match (text.word(next), text.key(next + 1)) {
        ("y", "media") => Some((30, next + 2)),
        ("y", "kuarto") => Some((15, next + 2)),
        _ => None,
    };
    let (minute, after) = half.unwrap_or((0, next));
    Some((clock::Clock { minute, exact: minute > 0, ..whole_hour(hour) }, after))
}

fn whole_hour(hour: u32) -> clock::Clock {
    let twelve = hour <= 12;
    clock::Clock { hour: hour % 24, minute: 0, second: 0, twelve, exact: false, approximate: false }
}

/// Whether two ends make an interval.
fn pairs(a: &Spec, b: &Spec, opener: &str, closer: &str) -> bool {
    let hours = |s: &Spec| s.clock.is_some();
    let day =
        |s: &Spec| s.dom.is_some() || s.weekday.is_some() || s.base.is_some_and(|x| x.grain == Grain::Day);
    let bare_hour = |s: &Spec| hours(s) && !s.has_day();
    if opener.is_empty() && matches!(closer, "a" | "al" | "hasta") {
        // «mañana a 11»: after a day that stands by itself, a bare number is no day.
        let number = b.dom.is_some() && b.month.is_none() && a.dom.is_none();
        return (day(a) && day(b) && !hours(b) && !number)
            || (closer == "a" && hours(a) && bare_hour(b) && a.clock.is_some_and(|c| c.exact))
            || (closer == "hasta" && hours(a) && hours(b));
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
        "pasado el",
        "pasado",
        "pasados",
        "mas tarde de",
        "de",
        "mas alla de",
        "desde el",
    ];
    const BEFORE: &[&str] = &[
        "antes de",
        "antes del",
        "hasta",
        "no mas tarde de",
        "no mas tarde del",
        "como muy tarde",
        "como mas tarde",
        "como maximo",
        "como mucho",
        "hasta el",
    ];
    const STRICT: [&str; 7] = ["antes", "despues", "mas", "pasado", "pasada", "pasados", "pasadas"];
    for (phrases, open) in [(AFTER, Open::After), (BEFORE, Open::Before)] {
        for phrase in phrases {
            let Some(at) = text.phrase(i, phrase) else { continue };
            // «después del veinte»: the article tells a day of the month.
            let articled = || spec(text, at - 1, context).filter(|_| phrase.ends_with("el"));
            let read = spec(text, at, context).or_else(articled);
            // «pasado mañana» is a day; only a day or an hour can be left behind.
            let left_behind = |s: &Spec| !text.word(i).starts_with("pasad") || s.base.is_none();
            let Some((first, mut to)) = read.filter(|r| left_behind(&r.0)) else { continue };
            // «de las nueve en adelante».
            let onwards = text.phrase(to, "en adelante");
            if *phrase == "de" && onwards.is_none() {
                continue;
            }
            to = onwards.unwrap_or(to);
            let strict = STRICT.contains(&text.word(i));
            return Some(Expression { first, last: None, open, strict, from: i, to });
        }
    }
    None
}

/// «el lunes no», «no puedo el lunes», «menos el lunes»: what is named to be excluded.
pub(super) fn negated(text: &Text, e: &Expression) -> bool {
    scope::denial(text, e) != scope::Denial::None
}
