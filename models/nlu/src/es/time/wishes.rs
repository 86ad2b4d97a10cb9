//! What is wished of the stretches of a text: one of them, either of several, or all there is but some.

use chrono::{Datelike, NaiveTime};

use super::calendar::{Grain, Open, When, add, plus_days};
use super::expression::Expression;
use super::pieces::{self, Piece};
use super::place::place;
use super::spec::{Spec, Turn};
use super::{ANY_DAYS, all_there_is, doubtful, range_value};
use crate::es::text::Text;
use crate::{Context, Found, Status, Value};

/// Days that follow one another in a chain are asked for so many weeks ahead.
const WEEKS_AHEAD: i64 = 18;

/// The expressions of a text by what they are for, and the words around them that say of which days they are.
pub(crate) struct Wish<'a> {
    pub text: &'a Text<'a>,
    /// What will do, in the text's order.
    pub wanted: Vec<Expression>,
    /// What will not.
    pub unwanted: Vec<Expression>,
    /// Everything but what is unwanted will do: «menos el jueves», not only «el jueves no puedo».
    pub but: bool,
    /// Hours that are said without a day are those of any day: «por las tardes», «cualquier día».
    pub any_day: bool,
    /// Only from Monday to Friday.
    pub working: bool,
    /// «cuanto antes», «cualquier hora»: the tokens that ask for all there is.
    pub any: Option<(usize, usize)>,
    /// Whether an expression and the next are either of two: «el jueves o el viernes».
    pub either: &'a dyn Fn(&Expression, &Expression) -> bool,
}

/// A wish, and whether it is to be confirmed.
struct Reading {
    value: Value,
    doubtful: bool,
    confidence: f32,
    /// How much was said of it: its day, its hour.
    fields: usize,
    /// Tokens.
    from: usize,
    to: usize,
}

/// Stretches and moments that are wished, best first.
pub(crate) fn ranges(wish: &Wish<'_>, context: &Context) -> Vec<Found> {
    let holes: Vec<Piece> = wish.unwanted.iter().flat_map(|e| holes(e, context)).collect();
    let mut readings: Vec<Reading> =
        groups(wish).iter().filter_map(|group| reading(wish, group, &holes, context)).collect();
    readings.sort_by_key(|r| (r.doubtful, std::cmp::Reverse(r.fields)));
    if readings.is_empty() {
        return all_but(wish, &holes, context);
    }
    let other = match (wish.wanted.as_slice(), readings.as_slice()) {
        ([e], [_]) => next_portion(e, context)
            .map(|next| (next, true))
            .or_else(|| other_day(e, context).map(|day| (day, false))),
        _ => None,
    };
    let found = |r: Reading| Found {
        value: r.value,
        span: wish.text.span(r.from, r.to),
        confidence: r.confidence,
        status: if r.doubtful { Status::Unsure } else { Status::Sound },
    };
    let mut out: Vec<Found> = readings.into_iter().map(found).collect();
    if let (Some((value, before)), Some(first)) = (other, out.first().cloned()) {
        let other = Found { value, ..first.clone() };
        out = if before { vec![other, first] } else { vec![first, other] };
        for found in &mut out {
            (found.status, found.confidence) = (Status::Unclear, 0.5);
        }
    }
    out
}

/// Expressions that are either of several stand together; the rest alone. What the last of them says of the hour
/// is said of all: «el jueves o el viernes por la mañana»; hours alone are of the day before them: «el jueves por
/// la mañana o por la tarde».
fn groups(wish: &Wish<'_>) -> Vec<Vec<Expression>> {
    let mut out: Vec<Vec<Expression>> = Vec::new();
    for e in &wish.wanted {
        match out.last_mut().and_then(|g| Some((g.last()?.clone(), g))) {
            Some((before, group)) if (wish.either)(&before, e) => {
                let same = before.first.has_day() && before.first.has_time() && !e.first.has_day();
                group.push(if same {
                    Expression { first: e.first.on_day_of(&before.first), ..e.clone() }
                } else {
                    e.clone()
                });
            }
            _ => out.push(vec![e.clone()]),
        }
    }
    for group in &mut out {
        let Some(last) = group.last().cloned().filter(|l| l.first.has_day() && l.first.has_time()) else {
            continue;
        };
        let several = group.len() > 1;
        for e in group.iter_mut().filter(|e| several && e.first.has_day() && !e.first.has_time()) {
            let l = &last.first;
            (e.first.clock, e.first.part, e.first.edge, e.first.hours) = (l.clock, l.part, l.edge, l.hours);
            (e.open, e.last) = (last.open, e.last.take().or_else(|| hours_only(last.last.as_ref())));
        }
    }
    out
}

/// The hours of an end, without its day.
fn hours_only(end: Option<&Spec>) -> Option<Spec> {
    let end = end.filter(|e| e.has_time())?;
    Some(Spec { clock: end.clock, part: end.part, edge: end.edge, hours: end.hours, ..Spec::default() })
}

fn reading(wish: &Wish<'_>, group: &[Expression], holes: &[Piece], context: &Context) -> Option<Reading> {
    let (first, last) = (group.first()?, group.last()?);
    let mut parts: Vec<(Value, bool)> = Vec::new();
    let mut before: Option<&Expression> = None;
    // «a las diez o a las once», said at ten: both of tomorrow.
    let hours = group.len() > 1 && !(wish.any_day || wish.but || wish.working);
    let hours = hours && group.iter().all(|e| !e.first.has_day());
    let days = group.iter().filter(|_| hours).filter_map(|e| Some(place(e, context)?.from.date()));
    let midnight = days.max().map(|day| day.and_time(NaiveTime::MIN)).filter(|at| *at > context.now);
    let context = &midnight.map_or_else(|| context.clone(), |now| Context { now, ..context.clone() });
    for e in group {
        // «el lunes o el martes», said on a Monday: the Tuesday after it.
        let later = before.filter(|b| follows(b, e)).and_then(|b| place(b, context));
        let context = &later.map_or_else(|| context.clone(), |w| Context { now: w.from, ..context.clone() });
        before = Some(e);
        let recurs = !e.first.has_day() && (wish.any_day || wish.but || wish.working);
        parts.push(if recurs { (recurring(wish, e, context)?, false) } else { one(e, context)? });
    }
    let any = !first.first.has_day() && wish.any_day;
    let doubtful = parts.iter().any(|p| p.1);
    let value = match parts.as_slice() {
        [(value, _)] => value.clone(),
        several => pieces::value(several.iter().flat_map(|p| pieces::of(&p.0)).collect())?,
    };
    let cut = |p: &Piece| holes.iter().any(|h| h.0 < p.1 && p.0 < h.1);
    let value = match pieces::of(&value) {
        all if all.iter().any(cut) => pieces::value(pieces::without(all, holes))?,
        _ => value,
    };
    let sure = if any { 0.9 } else { 0.95 };
    Some(Reading {
        value,
        doubtful,
        confidence: if doubtful { sure * 0.6 } else { sure },
        fields: usize::from(first.first.has_day()) + usize::from(first.first.has_time()),
        from: first.from,
        to: last.to,
    })
}

/// Whether a day is the one after another, by their names alone.
fn follows(a: &Expression, b: &Expression) -> bool {
    let bare = |e: &Expression| {
        let s = &e.first;
        let alone = s.dom.is_none() && s.month.is_none() && s.base.is_none() && s.nth.is_none();
        s.weekday.filter(|w| alone && e.last.is_none() && w.1 == Turn::Plain).map(|w| w.0)
    };
    bare(a).zip(bare(b)).is_some_and(|(a, b)| a.succ() == b)
}

/// The value of one expression, and whether it is doubtful.
fn one(e: &Expression, context: &Context) -> Option<(Value, bool)> {
    let when = place(e, context)?;
    let value = match days_with_hours(e, context) {
        Some(days) => each_day(e, days, context)?,
        None => range_value(e, when, context)?,
    };
    Some((value, doubtful(e, when, context)))
}

/// Several days of which only some hours are said: «la semana que viene por la tarde».
fn days_with_hours(e: &Expression, context: &Context) -> Option<When> {
    let several = |w: &When| w.grain >= Grain::Hour && w.to - w.from > chrono::Duration::days(1);
    let bare = |s: &Spec| Spec { clock: None, part: None, edge: None, hours: None, ..s.clone() };
    let timed = e.first.has_time() || e.last.as_ref().is_some_and(|l| l.has_day() && l.has_time());
    if !e.first.has_day() || !timed {
        return None;
    }
    let last = match &e.last {
        // «del lunes a las cinco al martes a las seis» is one stretch.
        Some(last) if last.has_day() => {
            if e.first.clock.is_some() || last.clock.is_some() {
                return None;
            }
            Some(bare(last))
        }
        _ => None,
    };
    let days = Expression { first: bare(&e.first), last, open: Open::No, ..e.clone() };
    place(&days, context).filter(several)
}

/// The hours of an expression on every day of a stretch.
fn each_day(e: &Expression, days: When, context: &Context) -> Option<Value> {
    let on = |date| Some(of_day(e, When::day(date)?, context));
    let dates = std::iter::successors(Some(days.from.date()), |d| d.succ_opt());
    let dates = dates.take_while(|d| d.and_time(NaiveTime::MIN) < days.to).take(400);
    let all = dates.filter_map(on).flatten();
    let within = all.map(|(from, to)| (from.max(days.from).max(context.now), to.min(days.to)));
    pieces::value(within.collect())
}

/// The hours of an expression on one day.
fn of_day(e: &Expression, day: When, context: &Context) -> Vec<Piece> {
    // «de lunes a viernes por la tarde»: what is said of the last is said of all.
    let first = match &e.last {
        Some(last) if !e.first.has_time() => last,
        _ => &e.first,
    };
    let first = Spec {
        base: Some(day),
        clock: first.clock,
        part: first.part,
        edge: first.edge,
        hours: first.hours,
        ..Spec::default()
    };
    let on = Expression {
        first,
        last: hours_only(e.last.as_ref()).filter(|_| e.first.clock.is_some()),
        ..e.clone()
    };
    let when = place(&on, context);
    // «a partir de las cinco», of a day that closes at two: not that day.
    let known = context.opening.week.iter().any(|hours| !hours.is_empty());
    let closed = |w: When| super::calendar_close(w, context).map_or(known, |closes| closes <= w.from);
    if e.open == Open::After && e.first.clock.is_some() && when.is_some_and(closed) {
        return Vec::new();
    }
    let value = when.and_then(|when| range_value(&on, when, context));
    value.as_ref().map(pieces::of).unwrap_or_default()
}

/// Hours of no day in particular, on each of the days to come.
fn recurring(wish: &Wish<'_>, e: &Expression, context: &Context) -> Option<Value> {
    let today = context.now.date();
    let works = |d: &chrono::NaiveDate| !wish.working || d.weekday().number_from_monday() <= 5;
    let dates = (0..=ANY_DAYS).filter_map(|n| plus_days(today, n)).filter(works);
    let all = dates.filter_map(|d| Some(of_day(e, When::day(d)?, context))).flatten();
    pieces::value(all.map(|(from, to)| (from.max(context.now), to)).collect())
}

/// All the time there is, without what is not wanted.
fn all_but(wish: &Wish<'_>, holes: &[Piece], context: &Context) -> Vec<Found> {
    let tokens = wish.unwanted.iter().map(|e| (e.from, e.to));
    let hull = tokens.reduce(|a, b| (a.0.min(b.0), a.1.max(b.1)));
    let said = match (wish.any, hull) {
        (Some(any), Some(hull)) => (any.0.min(hull.0), any.1.max(hull.1)),
        (Some(any), None) => any,
        (None, Some(hull)) if wish.but => hull,
        _ => return Vec::new(),
    };
    let whole = all_there_is(wish.text, said, context);
    if !wish.working && holes.is_empty() {
        return whole;
    }
    let Some(end) = plus_days(context.now.date(), ANY_DAYS) else { return Vec::new() };
    let mut all = vec![(context.now, end.and_time(NaiveTime::MIN))];
    if wish.working {
        all = pieces::without(all, &weekends(context));
    }
    match (pieces::value(pieces::without(all, holes)), whole.into_iter().next()) {
        (Some(value), Some(found)) => vec![Found { value, ..found }],
        _ => Vec::new(),
    }
}

/// Saturdays and Sundays of the weeks to come.
fn weekends(context: &Context) -> Vec<Piece> {
    let Some(this) = When::unit(Grain::Week, context.now, 0) else { return Vec::new() };
    let weekend =
        |n: i64| Some((add(this.from, Grain::Day, 7 * n + 5)?, add(this.from, Grain::Day, 7 * n + 7)?));
    (0..WEEKS_AHEAD).filter_map(weekend).collect()
}

/// The moments that an expression takes away. A day's bare name is that of every week.
fn holes(e: &Expression, context: &Context) -> Vec<Piece> {
    if e.first.base.is_some_and(|b| b.grain < Grain::Hour) {
        return Vec::new();
    }
    if !e.first.has_day() {
        let dates = (-1..=7 * WEEKS_AHEAD).filter_map(|n| plus_days(context.now.date(), n));
        // «ni después de las doce»: not after closing either.
        let midnight = |p: &Piece| p.0.date().succ_opt().map(|d| d.and_time(NaiveTime::MIN));
        let whole = |p: Piece| if e.open == Open::After { (p.0, midnight(&p).unwrap_or(p.1)) } else { p };
        return dates.filter_map(|d| Some(of_day(e, When::day(d)?, context))).flatten().map(whole).collect();
    }
    let Some((value, _)) = one(e, context) else { return Vec::new() };
    let once = match place(e, context) {
        // Who excludes an hour excludes the appointment that would begin before its end.
        Some(when) if pieces::of(&value).is_empty() => vec![(when.from, when.to)],
        _ => pieces::of(&value),
    };
    let named = |s: &Spec| {
        let plain = matches!(s.weekday, Some((_, Turn::Plain)));
        let alone = s.dom.is_none() && s.month.is_none() && s.year.is_none() && s.nth.is_none();
        plain && alone && s.base.is_none()
    };
    let weekend = |s: &Spec| s.base.is_some_and(|b| b.grain == Grain::Hour && !b.moment);
    // Of a weekend that is not wanted, Friday's evening is nobody's concern.
    let saturday = |p: &Piece| p.0.date().succ_opt().map(|d| d.and_time(NaiveTime::MIN));
    let once: Vec<Piece> = match weekend(&e.first) {
        true => once.iter().map(|p| (saturday(p).unwrap_or(p.0), p.1)).collect(),
        false => once,
    };
    let weekly = named(&e.first) && e.last.as_ref().is_none_or(|l| named(l) || !l.has_day());
    if !weekly && !weekend(&e.first) {
        return once;
    }
    let moved = |(from, to): Piece, n: i64| Some((add(from, Grain::Week, n)?, add(to, Grain::Week, n)?));
    once.iter().flat_map(|p| (-2..=WEEKS_AHEAD).filter_map(move |n| moved(*p, n))).collect()
}

/// The other day that may be meant, where a day's name and its number do not agree: «el martes trece», of which the
/// next is months away, is perhaps the next thirteenth; «el lunes quince de mayo», the Monday next to the fifteenth.
fn other_day(e: &Expression, context: &Context) -> Option<Value> {
    let plain = Expression { first: other_spec(e, context)?, ..e.clone() };
    range_value(&plain, place(&plain, context)?, context)
}

/// What else such words may say.
pub(super) fn other_spec(e: &Expression, context: &Context) -> Option<Spec> {
    match misheard(e, context) {
        Some(spec) => Some(Spec { weekday: None, ..spec }),
        None => nearest_of_that_name(e, context),
    }
}

/// The day of the name that was said, next to the day of the number that was said with its month.
fn nearest_of_that_name(e: &Expression, context: &Context) -> Option<Spec> {
    let s = &e.first;
    let (weekday, _) = s.weekday.filter(|_| s.dom.is_some() && s.month.is_some() && e.last.is_none())?;
    let date = place(e, context).filter(|w| !w.consistent)?.from.date();
    let near = (-3..=3).filter_map(|n| plus_days(date, n)).find(|d| d.weekday() == weekday)?;
    let base = When::day(near).filter(|d| context.past || d.to > context.now)?;
    Some(Spec { clock: s.clock, part: s.part, edge: s.edge, hours: s.hours, ..Spec::of_base(base) })
}

/// What was said of a day, where its name and its number agree only far away.
fn misheard(e: &Expression, context: &Context) -> Option<Spec> {
    let s = &e.first;
    let both = s.weekday.is_some() && s.dom.is_some() && s.month.is_none() && s.base.is_none();
    let when = place(e, context).filter(|w| both && w.approximate && w.consistent && e.last.is_none())?;
    let without = Expression { first: Spec { weekday: None, ..s.clone() }, ..e.clone() };
    let next = place(&without, context)?;
    (next.from != when.from).then(|| s.clone())
}

/// The same part of the next month, week or year, where that of the present one is over.
fn next_portion(e: &Expression, context: &Context) -> Option<Value> {
    let base = e.first.base.filter(|_| e.first.portion.is_some() && e.last.is_none())?;
    let this = place(e, context).filter(|w| w.to <= context.now && base.to > context.now)?;
    let next = When::unit(base.grain, base.from, 1)?;
    let first = Spec { base: Some(next), ..e.first.clone() };
    let later = Expression { first, ..e.clone() };
    let when = place(&later, context).filter(|w| w.from > this.from)?;
    range_value(&later, when, context)
}
