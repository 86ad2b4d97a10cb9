//! The day when somebody was born, as people tell it: «soy del cuarenta y siete, del tres de febrero».
//!
//! Day and month may come apart from the year, and the year by its last two figures, which are of the past.

use std::ops::Range;

use chrono::NaiveDate;

use super::atoms;
use super::calendar::Grain;
use super::expression::Expression;
use super::resolve::{resolve, years};
use super::spec::Spec;
use crate::es::text::Text;
use crate::es::{dictated, digits_among, number};
use crate::{Context, Found, Status, Value};

/// Nobody who calls was born longer ago.
const OLDEST_YEARS: i32 = 120;

/// A year at a token, the token after it, and whether it is its last two figures.
pub(crate) type Year = Option<(i32, usize, bool)>;

/// How a language reads what is not an expression of time by itself.
pub(crate) struct Numbers<'a> {
    /// A day in three numbers: where it begins, what it says, where it ends.
    pub three: &'a dyn Fn() -> Option<(usize, Spec, usize)>,
    /// A year of four figures, or two that can be nothing else.
    pub year: &'a dyn Fn(usize) -> Year,
    /// Eight dictated digits.
    pub digits: &'a dyn Fn() -> Option<(String, Range<usize>)>,
}

/// Days of birth of a Spanish text, best first.
pub(super) fn births(text: &Text, said: &[Expression], context: &Context) -> Vec<Found> {
    let digits = || {
        let found = digits_among(text, &dictated::stretches(text, false), (8, 8));
        found.into_iter().find(|f| f.status == Status::Sound).map(|f| (f.value.to_string(), f.span))
    };
    let year = |i| {
        let long = atoms::date::year(text, i).filter(|(y, ..)| *y >= 1900);
        long.or_else(|| short(text, i))
    };
    births_among(text, said, &Numbers { three: &|| numbers(text), year: &year, digits: &digits }, context)
}

/// Days of birth among the expressions of a text, best first: several where two figures may be of two centuries.
pub(crate) fn births_among(
    text: &Text,
    said: &[Expression],
    read: &Numbers<'_>,
    context: &Context,
) -> Vec<Found> {
    let context = &Context { past: true, ..context.clone() };
    if let Some((from, spec, to)) = (read.three)() {
        return judged(text, &spec, (from, to), context);
    }
    let day = said.iter().find(|e| e.last.is_none() && is_day(&e.first));
    let Some(day) = day else {
        return digits(read, context).unwrap_or_else(|| partial(text, said, read));
    };
    // «un tres de febrero de hace cincuenta años»: nobody counts so exactly.
    if day.first.base.is_some() && day.first.dom.is_some() {
        return partial(text, said, read);
    }
    if day.first.base.is_some() || day.first.year.is_some() {
        return judged(text, &day.first, (day.from, day.to), context);
    }
    match year_apart(text, (said, day), read) {
        Some((year, short_year, (from, to))) => {
            let spec = Spec { year: Some(year), short_year, ..day.first.clone() };
            judged(text, &spec, (from.min(day.from), to.max(day.to)), context)
        }
        None => partial(text, said, read),
    }
}

/// A day of a month, or one that needs neither: «ayer».
fn is_day(spec: &Spec) -> bool {
    let placed = spec.base.is_some_and(|b| b.moment && b.grain == Grain::Day && !b.approximate);
    spec.dom.is_some() && spec.month.is_some() || placed
}

/// Three numbers that are all that was said, or the last of which can only be a year.
fn numbers(text: &Text) -> Option<(usize, Spec, usize)> {
    let read = |least| {
        (0..text.len())
            .find_map(|from| atoms::date::three_numbers(text, from, least).map(|(spec, to)| (from, spec, to)))
    };
    let more = |to: usize| (to..text.len()).any(|i| number::figures(text, i).is_some());
    read(32)
        .filter(|(.., to)| !more(*to))
        .or_else(|| read(0).filter(|(from, _, to)| *from <= 1 && *to == text.len()))
}

/// «cero tres cero cinco uno nueve siete cero»: eight digits.
fn digits(read: &Numbers<'_>, context: &Context) -> Option<Vec<Found>> {
    let (digits, span) = (read.digits)()?;
    let date = NaiveDate::parse_from_str(&digits, "%d%m%Y").ok()?;
    Some(vec![Found { span, ..judge(date, context, 0.9) }])
}

/// A year beside the day: what an expression says of it, or what is left of the words.
fn year_apart(
    text: &Text,
    (said, day): (&[Expression], &Expression),
    read: &Numbers<'_>,
) -> Option<(i32, bool, (usize, usize))> {
    let others = || said.iter().filter(|e| e.from != day.from);
    if let Some(e) = others().find(|e| e.first.year.is_some()) {
        return Some((e.first.year?, e.first.short_year, (e.from, e.to)));
    }
    // «soy del dos, del tres de febrero»: a number beside the day is no other day.
    let bare = |s: &Spec| s.dom.filter(|_| s.month.is_none() && s.weekday.is_none() && s.base.is_none());
    if let Some((e, n)) = others().find_map(|e| Some((e, bare(&e.first)?))) {
        return Some((atoms::date::year_of(i32::try_from(n).ok()?, 2)?, true, (e.from, e.to)));
    }
    let outside = |i: &usize| *i < day.from || *i >= day.to;
    (0..text.len()).filter(outside).find_map(|i| {
        let (year, to, short) = (read.year)(i)?;
        Some((year, short, (i, to)))
    })
}

/// Two figures that can only be a year: over a day and a month.
fn short(text: &Text, i: usize) -> Year {
    let read = number::figures(text, i).or_else(|| number::below_hundred(text, i))?;
    let n = i32::try_from(read.value).ok().filter(|n| (32..100).contains(n))?;
    Some((atoms::date::year_of(n, 2)?, read.next, true))
}

/// A day without its year, a year without its day.
fn partial(text: &Text, said: &[Expression], read: &Numbers<'_>) -> Vec<Found> {
    let tells = |e: &&Expression| e.first.month.is_some() || e.first.year.is_some() || e.first.dom.is_some();
    let year = || (0..text.len()).find_map(|i| (read.year)(i).map(|(_, to, _)| (i, to)));
    let Some((from, to)) = said.iter().find(tells).map(|e| (e.from, e.to)).or_else(year) else {
        return Vec::new();
    };
    let words = text.source.get(text.span(from, to)).unwrap_or_default().to_owned();
    vec![Found {
        value: Value::Text(words),
        span: text.span(from, to),
        confidence: 0.5,
        status: Status::Partial,
    }]
}

/// The days that a specification may be, judged.
fn judged(text: &Text, spec: &Spec, (from, to): (usize, usize), context: &Context) -> Vec<Found> {
    let said = match spec.year {
        Some(year) if spec.short_year => years(year, context).into_iter().map(Some).collect(),
        year => vec![year],
    };
    let date = |year: Option<i32>| {
        let spec = Spec { year, short_year: false, weekday: None, ..spec.clone() };
        Some(resolve(&spec, context)?.from.date())
    };
    let all = said.into_iter().filter_map(date).map(|date| judge(date, context, 0.95));
    let mut all: Vec<Found> = all.map(|f| Found { span: text.span(from, to), ..f }).collect();
    // A day of the present year that has not come is of the last century.
    if all.len() > 1 {
        all.retain(|f| f.status == Status::Sound);
    }
    if all.len() > 1 {
        all.iter_mut().for_each(|f| f.status = Status::Unclear);
    }
    all
}

/// A day that has not come, or of longer ago than anybody lives, is nobody's.
fn judge(date: NaiveDate, context: &Context, confidence: f32) -> Found {
    use chrono::Datelike;
    let today = context.now.date();
    let lived = date <= today && today.year() - date.year() <= OLDEST_YEARS;
    let status = if lived { Status::Sound } else { Status::Invalid };
    Found { value: Value::Birth(date), span: 0..0, confidence, status }
}
