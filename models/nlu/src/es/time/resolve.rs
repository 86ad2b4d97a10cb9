//! Placing what was said in the calendar.

use chrono::{Datelike, NaiveDate, NaiveDateTime, NaiveTime, Timelike, Weekday};

use super::calendar::{Grain, When, add, easter, on_or_after, on_or_before, plus_days};
use super::clock::Clock;
use super::lexicon::Part;
use super::spec::{Counted, Edge, Portion, Spec, Turn};
use crate::Context;

/// The stretch that a specification means, now. `None`: there is no such day.
pub(crate) fn resolve(spec: &Spec, context: &Context) -> Option<When> {
    let day = if spec.has_day() { Some(days(spec, context)?) } else { None };
    let mut when = if spec.has_time() { time(spec, day, context)? } else { portion(spec, day?)? };
    when.approximate |= spec.approximate || spec.clock.is_some_and(|c| c.approximate);
    when.consistent &= day.is_none_or(|d| d.consistent);
    Some(when)
}

/// The days of a specification, without its hours.
fn days(spec: &Spec, context: &Context) -> Option<When> {
    if let Some((n, counted)) = spec.nth {
        return nth(n, counted, container(spec, context)?);
    }
    if let Some(dom) = spec.dom {
        return numbered(spec, dom, context);
    }
    if let Some((weekday, turn)) = spec.weekday {
        return named(spec, (weekday, turn), context);
    }
    container(spec, context)
}

/// The oldest that somebody who was born in the last century is taken to be, where this one fits too.
const OLDEST: i32 = 105;
/// How far ahead two figures of a year are read without asking which century.
const YEARS_AHEAD: i32 = 10;

/// The years that two figures may stand for, best first: of what is over, the last ones; else up to ten years
/// ahead this century, from 70 on the last one, and between the two nobody knows.
pub(crate) fn years(year: i32, context: &Context) -> Vec<i32> {
    let today = context.now.year();
    let (this, last) = (2000 + year.rem_euclid(100), 1900 + year.rem_euclid(100));
    match (context.past, this <= today) {
        (true, false) => vec![last],
        (true, true) if today - last <= OLDEST => vec![this, last],
        (true, true) => vec![this],
        (false, _) if this <= today + YEARS_AHEAD => vec![this],
        (false, _) if year.rem_euclid(100) >= 70 => vec![last],
        (false, _) => vec![last, this],
    }
}

/// The year that was said, the first of those it may be.
fn year_said(spec: &Spec, context: &Context) -> Option<i32> {
    let year = spec.year?;
    if spec.short_year { years(year, context).first().copied() } else { Some(year) }
}

/// The stretch that holds the day: a base, a month, a year, or the present month.
fn container(spec: &Spec, context: &Context) -> Option<When> {
    let today = context.now.date();
    if let Some(month) = spec.month {
        let year = match (year_said(spec, context), spec.base) {
            (Some(y), _) => y,
            (None, Some(b)) if b.grain >= Grain::Month => b.from.year(),
            (None, _) if context.past => today.year() - i32::from(month > today.month()),
            (None, _) => today.year() + i32::from(month < today.month()),
        };
        return When::unit(Grain::Month, midnight(NaiveDate::from_ymd_opt(year, month, 1)?), 0);
    }
    if let Some(base) = spec.base {
        return Some(base);
    }
    match year_said(spec, context) {
        Some(y) => When::unit(Grain::Year, midnight(NaiveDate::from_ymd_opt(y, 1, 1)?), 0),
        None => When::unit(Grain::Month, midnight(today), 0),
    }
}

fn midnight(date: NaiveDate) -> NaiveDateTime {
    date.and_time(NaiveTime::MIN)
}

/// A day by its number in the month, and perhaps its month, year and weekday.
fn numbered(spec: &Spec, dom: u32, context: &Context) -> Option<When> {
    let today = context.now.date();
    let wanted = spec.weekday.map(|w| w.0);
    let agrees = |d: &NaiveDate| wanted.is_none_or(|w| d.weekday() == w);
    let held = spec.base.filter(|b| b.grain >= Grain::Month || b.grain == Grain::Week);
    if spec.month.is_none() {
        if let Some(base) = held {
            let date = days_of(base).find(|d| d.day() == dom)?;
            return checked(date, agrees(&date));
        }
        if let Some(base) = spec.base {
            let date = base.from.date();
            return checked(date, date.day() == dom && agrees(&date));
        }
        // The next day of that number, and of that weekday if it was said.
        let step = if context.past { -1 } else { 1 };
        let months = |n: i64| add(midnight(today.with_day(1)?), Grain::Month, n * step)?.date().with_day(dom);
        let side = |d: &NaiveDate| if context.past { *d <= today } else { *d >= today };
        let candidates: Vec<NaiveDate> = (0..60).filter_map(months).filter(side).collect();
        let first = *candidates.first()?;
        return match candidates.iter().take(12).find(|d| agrees(d)) {
            // A weekday that fits only in some far month may have been misheard.
            Some(date) => {
                let near = (*date - today).num_days().abs() <= NEAR_DAYS || *date == first;
                Some(When { approximate: !near, ..checked(*date, true)? })
            }
            None => checked(first, false),
        };
    }
    let month = spec.month?;
    let year =
        year_said(spec, context).or(spec.base.filter(|b| b.grain == Grain::Year).map(|b| b.from.year()));
    let date = match year {
        Some(y) => NaiveDate::from_ymd_opt(y, month, dom)?,
        // The next one from today, or of what is over the last; the 29th of February may be years away.
        None => (0..9)
            .filter_map(|n| {
                let year = if context.past { today.year() - n } else { today.year() + n };
                NaiveDate::from_ymd_opt(year, month, dom)
            })
            .find(|d| if context.past { *d <= today } else { *d >= today })?,
    };
    // A day that this year has not is meant for sure only with its year.
    let far = year.is_none() && (date - today).num_days().abs() > 366;
    Some(When { approximate: far, ..checked(date, agrees(&date))? })
}

/// A day of the month that is a certain weekday is taken for sure within so many days.
const NEAR_DAYS: i64 = 62;

fn checked(date: NaiveDate, consistent: bool) -> Option<When> {
    Some(When { consistent, ..When::day(date)? })
}

fn days_of(when: When) -> impl Iterator<Item = NaiveDate> {
    let end = when.to;
    std::iter::successors(Some(when.from.date()), |d| d.succ_opt())
        .take_while(move |d| midnight(*d) < end)
        .take(400)
}

/// A day by its name.
fn named(spec: &Spec, (weekday, turn): (Weekday, Turn), context: &Context) -> Option<When> {
    let today = context.now.date();
    if let Some(base) = spec.base.filter(|b| b.loose && b.grain == Grain::Day) {
        // «el jueves de dentro de dos semanas»: that of its week.
        let week = When::unit(Grain::Week, base.from, 0)?;
        return When::day(days_of(week).find(|d| d.weekday() == weekday)?);
    }
    if let Some(base) = spec.base.filter(|b| b.grain >= Grain::Week || !b.moment) {
        return When::day(days_of(base).find(|d| d.weekday() == weekday)?);
    }
    if let Some(base) = spec.base {
        let date = base.from.date();
        return checked(date, date.weekday() == weekday);
    }
    if spec.month.is_some() || spec.year.is_some() {
        return When::day(on_or_after(container(spec, context)?.from.date().max(today), weekday)?);
    }
    let tomorrow = plus_days(today, 1)?;
    When::day(match turn {
        Turn::This | Turn::Plain if context.past => on_or_before(today, weekday)?,
        Turn::This => on_or_after(today, weekday)?,
        Turn::Plain | Turn::Coming => on_or_after(tomorrow, weekday)?,
        Turn::AfterNext => plus_days(on_or_after(tomorrow, weekday)?, 7)?,
        Turn::Past => on_or_before(plus_days(today, -1)?, weekday)?,
    })
}

/// The nth of something inside a stretch; from its end if negative.
fn nth(n: i64, counted: Counted, inside: When) -> Option<When> {
    let first = inside.from.date();
    let last = plus_days(inside.to.date(), -1)?;
    let step = |start: NaiveDate, end: NaiveDate, days: i64| {
        let date = if n > 0 {
            plus_days(start, (n - 1).checked_mul(days)?)?
        } else {
            plus_days(end, (n + 1).checked_mul(days)?)?
        };
        (first <= date && date <= last).then_some(date)
    };
    match counted {
        Counted::Day => When::day(step(first, last, 1)?),
        Counted::Workday => {
            let works = |d: &NaiveDate| d.weekday().number_from_monday() <= 5 && !is_feast_of_spain(*d);
            let all: Vec<NaiveDate> = days_of(inside).filter(works).collect();
            let index = usize::try_from(n.unsigned_abs()).ok()?.checked_sub(1)?;
            When::day(*if n > 0 { all.get(index)? } else { all.iter().rev().nth(index)? })
        }
        Counted::Weekday(w) => When::day(step(on_or_after(first, w)?, on_or_before(last, w)?, 7)?),
        Counted::Week => {
            // Weeks that begin inside the stretch.
            let monday = step(on_or_after(first, Weekday::Mon)?, on_or_before(last, Weekday::Mon)?, 7)?;
            When::unit(Grain::Week, midnight(monday), 0)
        }
        Counted::Weekend => {
            let friday = step(on_or_after(first, Weekday::Fri)?, on_or_before(last, Weekday::Fri)?, 7)?;
            weekend(friday)
        }
        Counted::Fortnight => {
            let middle = midnight(first.with_day(15)?);
            let (from, to) = if n == 1 { (inside.from, middle) } else { (middle, inside.to) };
            Some(When::stretch(from, to, Grain::Day))
        }
        Counted::Month | Counted::Quarter => {
            let grain = if counted == Counted::Month { Grain::Month } else { Grain::Quarter };
            let start = if n > 0 { add(inside.from, grain, n - 1)? } else { add(inside.to, grain, n)? };
            When::unit(grain, start, 0)
        }
    }
}

/// Days off in all of Spain, whatever the region and the town.
fn is_feast_of_spain(date: NaiveDate) -> bool {
    const FIXED: [(u32, u32); 9] =
        [(1, 1), (1, 6), (5, 1), (8, 15), (10, 12), (11, 1), (12, 6), (12, 8), (12, 25)];
    FIXED.contains(&(date.month(), date.day()))
        || easter(date.year()).and_then(|e| plus_days(e, -2)).is_some_and(|friday| friday == date)
}

/// From Friday at six in the evening to Sunday's midnight.
pub(crate) fn weekend(friday: NaiveDate) -> Option<When> {
    let from = friday.and_hms_opt(18, 0, 0)?;
    Some(When::stretch(from, midnight(plus_days(friday, 3)?), Grain::Hour))
}

/// «a principios de», «a mediados de», «a finales de».
fn portion(spec: &Spec, whole: When) -> Option<When> {
    let Some(portion) = spec.portion else { return Some(whole) };
    let (from, to) = (whole.from, whole.to);
    let at = |days: i64| add(from, Grain::Day, days);
    let months = |n: i64| add(from, Grain::Month, n);
    let (a, b) = match (whole.grain, portion) {
        (Grain::Week, Portion::Beginning) => (from, at(2)?),
        (Grain::Week, Portion::Middle) => (at(2)?, at(4)?),
        (Grain::Week, Portion::End) => (at(3)?, to),
        (Grain::Year, Portion::Beginning) => (from, months(3)?),
        (Grain::Year, Portion::Middle) => (months(5)?, months(7)?),
        (Grain::Year, Portion::End) => (months(10)?, to),
        (Grain::Month, Portion::Beginning) => (from, at(10)?),
        (Grain::Month, Portion::Middle) => (at(10)?, at(20)?),
        (Grain::Month, Portion::End) => (add(to, Grain::Day, -10)?, to),
        _ => return Some(whole),
    };
    Some(When { consistent: whole.consistent, ..When::stretch(a, b, Grain::Day) })
}

/// Hours of a part of the day on a date.
fn part_of(part: Part, edge: Option<Edge>, date: NaiveDate, context: &Context) -> Option<When> {
    let (from, to) = part.hours(&context.parts);
    let hour = |h: u32| add(midnight(date), Grain::Hour, i64::from(h));
    let length = to.saturating_sub(from);
    // A night has two halves; the other parts, a first and a last third.
    let edge_hours = if part == Part::Noche { length / 2 } else { length / 3 }.max(1);
    let (a, b) = match edge {
        None => (from, to),
        // The first and last hours: a third of the part, at least one hour.
        Some(Edge::Early) => (from, from + edge_hours),
        Some(Edge::Mid) => (from + length / 3, to.saturating_sub(length / 3)),
        Some(Edge::Late) => (to.saturating_sub(edge_hours), to),
    };
    let moment = part == Part::Mediodia && edge.is_none();
    Some(When { moment, ..When::stretch(hour(a)?, hour(b)?, Grain::Hour) })
}

/// Places hours or a part of the day on a day, or on the next day that fits.
fn time(spec: &Spec, day: Option<When>, context: &Context) -> Option<When> {
    let between = |date: NaiveDate, (from, to): (u32, u32)| {
        let hour = |h: u32| add(midnight(date), Grain::Hour, i64::from(h));
        Some(When::stretch(hour(from)?, hour(to)?, Grain::Hour))
    };
    let place = |date: NaiveDate| match (spec.clock, spec.part) {
        (Some(clock), part) => hour_on(clock, part, date, spec.has_day(), context),
        (None, Some(part)) => part_of(part, spec.edge, date, context),
        // «a primera hora» alone is the morning's, «a última hora» the afternoon's.
        (None, None) if spec.hours.is_some() => between(date, spec.hours?),
        (None, None) => match spec.edge {
            Some(Edge::Late) => part_of(Part::Tarde, spec.edge, date, context),
            Some(_) => part_of(Part::Manana, spec.edge, date, context),
            None => None,
        },
    };
    match day {
        Some(d) if d.grain == Grain::Day && d.moment => place(d.from.date()),
        // «la semana que viene por la tarde»: those hours, from the first of its days to the last.
        Some(d) if spec.clock.is_none() && d.grain >= Grain::Day => {
            let last = place(plus_days(d.to.date(), if d.to.time() == NaiveTime::MIN { -1 } else { 0 })?)?;
            Some(When { to: last.to, moment: false, grain: d.grain, ..place(d.from.date())? })
        }
        Some(d) => place(d.from.date()),
        None => {
            let today = context.now.date();
            let first = place(today)?;
            // What is over is meant for tomorrow; a part in progress is today's.
            let over = if spec.clock.is_some() { first.from <= context.now } else { first.to <= context.now };
            if over { place(plus_days(today, 1)?) } else { Some(first) }
        }
    }
}

fn hour_on(
    clock: Clock,
    part: Option<Part>,
    date: NaiveDate,
    day_said: bool,
    context: &Context,
) -> Option<When> {
    let hour =
        if clock.twelve { hour_of_day(clock, part, date, day_said, context) } else { with_part(clock, part) };
    let at = add(midnight(date), Grain::Hour, i64::from(hour))?;
    let at = at.with_minute(clock.minute)?.with_second(clock.second)?;
    let grain = if clock.second > 0 {
        Grain::Second
    } else if clock.exact {
        Grain::Minute
    } else {
        Grain::Hour
    };
    Some(When { to: add(at, grain, 1)?, moment: true, ..When::stretch(at, at, grain) })
}

/// 24-hour figures keep their hour, except midnight of a night.
fn with_part(clock: Clock, part: Option<Part>) -> u32 {
    if clock.hour == 0 && part == Some(Part::Noche) { 24 } else { clock.hour }
}

/// The hour of the day that a 12-hour clock means: by the part of day, else by
/// opening hours, else the next one to come.
fn hour_of_day(clock: Clock, part: Option<Part>, date: NaiveDate, day_said: bool, context: &Context) -> u32 {
    let h = clock.hour;
    if let Some(part) = part {
        return match part {
            Part::Madrugada => h % 12,
            Part::Manana => h,
            Part::Mediodia if h <= 4 => h + 12,
            Part::Mediodia => h,
            Part::Tarde if h < 12 => h + 12,
            Part::Tarde => 12,
            Part::Noche if h == 12 => 24,
            Part::Noche if h <= 5 => h + 24,
            Part::Noche => h + 12,
        };
    }
    let (early, late) = (h % 12, h % 12 + 12);
    let known = context.opening.week.iter().any(|d| !d.is_empty());
    if !known {
        return upcoming(clock, date, day_said, context);
    }
    let open = |hour: u32| {
        let Some(time) = NaiveTime::from_hms_opt(hour, clock.minute, 0) else { return false };
        let that_day = context.opening.bounds(date.weekday().num_days_from_monday() as usize).is_some();
        if day_said && that_day {
            context.opening.open_at(date.and_time(time))
        } else {
            context.opening.ever_open_at(time)
        }
    };
    match (open(early), open(late)) {
        (true, false) => early,
        (false, true) => late,
        // Both or neither: by daylight.
        _ if (1..=7).contains(&h) => late,
        _ => h,
    }
}

/// With no opening hours: as said on a day that was said, else the next to come.
fn upcoming(clock: Clock, date: NaiveDate, day_said: bool, context: &Context) -> u32 {
    let h = clock.hour;
    let past = |hour: u32| (hour, clock.minute) <= (context.now.hour(), context.now.minute());
    let today = date == context.now.date();
    if today && past(h) && h < 12 && !past(h + 12) {
        return h + 12;
    }
    let _ = day_said;
    h
}
