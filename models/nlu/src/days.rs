//! Many stretches of time as few words can say them: their days, the hours of each, and the days left out.

use chrono::{Datelike, NaiveDate, NaiveDateTime, NaiveTime, Weekday};

/// How many stretches are said one by one.
pub(crate) const MOST_SAID: usize = 3;

/// A day between the first and the last that has no stretch.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum LeftOut {
    /// That of every week.
    Every(Weekday),
    Day(NaiveDate),
}

/// The days of several stretches.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Days {
    pub first: NaiveDate,
    pub last: NaiveDate,
    /// The same on all of them but for the first, which may have begun; none: whole days.
    pub hours: Option<(NaiveTime, NaiveTime)>,
    /// Days of every week first.
    pub left_out: Vec<LeftOut>,
}

/// Hours that are left out of several days, the rest of which will do.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Gap {
    pub from: NaiveTime,
    pub to: NaiveTime,
    /// Only on these days of the week.
    pub day: Option<Weekday>,
}

/// The hours between stretches, where they are the same everywhere.
pub(crate) fn gap(pieces: &[(NaiveDateTime, NaiveDateTime)]) -> Option<Gap> {
    let mut gaps = pieces.windows(2).filter_map(|w| match w {
        [a, b] => Some((a.1, b.0)),
        _ => None,
    });
    let (from, to) = gaps.next()?;
    let last = |to: NaiveDateTime| to.checked_sub_signed(chrono::Duration::nanoseconds(1)).map(|t| t.date());
    let alike = |(f, t): (NaiveDateTime, NaiveDateTime)| {
        f.time() == from.time() && t.time() == to.time() && last(t) == Some(f.date())
    };
    if last(to) != Some(from.date()) || !gaps.clone().all(alike) {
        return None;
    }
    let same = gaps.all(|(f, _)| f.weekday() == from.weekday());
    Some(Gap { from: from.time(), to: to.time(), day: same.then(|| from.weekday()) })
}

impl Days {
    /// None where the stretches have no common hours: then only one by one can they be said.
    pub fn of(pieces: &[(NaiveDateTime, NaiveDateTime)]) -> Option<Self> {
        let mut days: Vec<(NaiveDate, NaiveTime, NaiveTime)> = Vec::new();
        for (from, to) in pieces {
            let mut day = from.date();
            while day.and_time(NaiveTime::MIN) < *to && days.len() < 400 {
                let begins = if day == from.date() { from.time() } else { NaiveTime::MIN };
                let ends = if day == to.date() { to.time() } else { NaiveTime::MIN };
                days.push((day, begins, ends));
                day = day.succ_opt()?;
            }
        }
        let (first, last) = (days.first()?.0, days.last()?.0);
        let (_, begins, ends) = *days.last()?;
        let alike = |(i, d): (usize, &(NaiveDate, NaiveTime, NaiveTime))| {
            d.2 == ends && (d.1 == begins || i == 0 && d.1 > begins)
        };
        if !days.iter().enumerate().all(alike) || days.windows(2).any(|w| matches!(w, [a, b] if a.0 == b.0)) {
            return None;
        }
        let whole = begins == NaiveTime::MIN && ends == NaiveTime::MIN;
        let has = |date: NaiveDate| days.iter().any(|d| d.0 == date);
        let all = || std::iter::successors(Some(first), |d| d.succ_opt()).take_while(|d| *d <= last);
        let week = [
            Weekday::Mon,
            Weekday::Tue,
            Weekday::Wed,
            Weekday::Thu,
            Weekday::Fri,
            Weekday::Sat,
            Weekday::Sun,
        ];
        // A day of every week is left out more than once, and never there.
        let never = |w: &Weekday| {
            let mut those = all().filter(|d| d.weekday() == *w).peekable();
            let count = all().filter(|d| d.weekday() == *w).count();
            those.peek().is_some() && count > 1 && !those.any(has)
        };
        let every: Vec<Weekday> = week.into_iter().filter(never).collect();
        let single = all().filter(|d| !has(*d) && !every.contains(&d.weekday()));
        let left_out = every.iter().map(|w| LeftOut::Every(*w)).chain(single.map(LeftOut::Day)).collect();
        Some(Self { first, last, hours: (!whole).then_some((begins, ends)), left_out })
    }
}
