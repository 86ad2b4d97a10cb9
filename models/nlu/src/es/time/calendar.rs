//! Stretches of the calendar and their arithmetic. Everything is checked: a date
//! beyond the calendar is no date.

use chrono::{Datelike, Days, Duration, Months, NaiveDate, NaiveDateTime, NaiveTime, Timelike, Weekday};

/// How fine an expression of time is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Grain {
    /// One second.
    Second,
    /// One minute.
    Minute,
    /// One hour.
    Hour,
    /// A day.
    Day,
    /// Monday to Sunday.
    Week,
    /// A month of the calendar.
    Month,
    /// Three months.
    Quarter,
    /// A year of the calendar.
    Year,
}

/// Which end of the stretch is really open.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Open {
    /// Neither.
    No,
    /// «a partir de», «después de».
    After,
    /// «antes de», «hasta».
    Before,
}

/// A stretch of time that was said.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct When {
    /// First moment inside.
    pub from: NaiveDateTime,
    /// First moment after.
    pub to: NaiveDateTime,
    /// How fine it was said.
    pub grain: Grain,
    /// One unit of its grain (an hour, a day), not a stretch between two.
    pub moment: bool,
    /// Open ends.
    pub open: Open,
    /// «sobre las cinco», «quince días».
    pub approximate: bool,
    /// Counted in weeks or months: a weekday beside it is that of its week.
    pub loose: bool,
    /// False when what was said contradicts itself («el jueves quince», and it is a Friday).
    pub consistent: bool,
}

impl When {
    /// The `grain` that contains `at`, moved by `offset` of them.
    #[must_use]
    pub fn unit(grain: Grain, at: NaiveDateTime, offset: i64) -> Option<Self> {
        let from = add(start_of(grain, at)?, grain, offset)?;
        Some(Self { to: add(from, grain, 1)?, ..Self::stretch(from, from, grain) }.as_moment())
    }

    /// From one moment to another.
    #[must_use]
    pub fn stretch(from: NaiveDateTime, to: NaiveDateTime, grain: Grain) -> Self {
        Self {
            from,
            to,
            grain,
            moment: false,
            open: Open::No,
            approximate: false,
            loose: false,
            consistent: true,
        }
    }

    fn as_moment(self) -> Self {
        Self { moment: true, ..self }
    }

    /// A whole day.
    #[must_use]
    pub fn day(date: NaiveDate) -> Option<Self> {
        Self::unit(Grain::Day, date.and_time(NaiveTime::MIN), 0)
    }
}

/// Beginning of the grain that contains `at`.
pub(crate) fn start_of(grain: Grain, at: NaiveDateTime) -> Option<NaiveDateTime> {
    let date = at.date();
    let midnight = |d: NaiveDate| d.and_time(NaiveTime::MIN);
    match grain {
        Grain::Second => at.with_nanosecond(0),
        Grain::Minute => at.with_nanosecond(0)?.with_second(0),
        Grain::Hour => at.with_nanosecond(0)?.with_second(0)?.with_minute(0),
        Grain::Day => Some(midnight(date)),
        Grain::Week => {
            let back = u64::from(date.weekday().num_days_from_monday());
            date.checked_sub_days(Days::new(back)).map(midnight)
        }
        Grain::Month => date.with_day(1).map(midnight),
        Grain::Quarter => date.with_day(1)?.with_month(date.month0() / 3 * 3 + 1).map(midnight),
        Grain::Year => date.with_ordinal(1).map(midnight),
    }
}

/// `n` grains later, or earlier.
pub(crate) fn add(at: NaiveDateTime, grain: Grain, n: i64) -> Option<NaiveDateTime> {
    let months = |m: i64| {
        let count = Months::new(u32::try_from(m.unsigned_abs()).ok()?);
        if m >= 0 { at.checked_add_months(count) } else { at.checked_sub_months(count) }
    };
    let seconds = |s: i64| at.checked_add_signed(Duration::try_seconds(n.checked_mul(s)?)?);
    match grain {
        Grain::Second => seconds(1),
        Grain::Minute => seconds(60),
        Grain::Hour => seconds(3600),
        Grain::Day => seconds(86_400),
        Grain::Week => seconds(604_800),
        Grain::Month => months(n),
        Grain::Quarter => months(n.checked_mul(3)?),
        Grain::Year => months(n.checked_mul(12)?),
    }
}

/// `n` days later, or earlier.
pub(crate) fn plus_days(date: NaiveDate, n: i64) -> Option<NaiveDate> {
    date.checked_add_signed(Duration::try_days(n)?)
}

/// First such weekday on or after `date`.
pub(crate) fn on_or_after(date: NaiveDate, weekday: Weekday) -> Option<NaiveDate> {
    let ahead = (7 + weekday.num_days_from_monday() - date.weekday().num_days_from_monday()) % 7;
    plus_days(date, i64::from(ahead))
}

/// Last such weekday on or before `date`.
pub(crate) fn on_or_before(date: NaiveDate, weekday: Weekday) -> Option<NaiveDate> {
    let back = (7 + date.weekday().num_days_from_monday() - weekday.num_days_from_monday()) % 7;
    plus_days(date, -i64::from(back))
}

/// Easter Sunday of a year of the Gregorian calendar (Meeus, Jones and Butcher).
pub(crate) fn easter(year: i32) -> Option<NaiveDate> {
    let (a, b, c) = (year % 19, year / 100, year % 100);
    let (d, e) = (b / 4, b % 4);
    let g = (8 * b + 13) / 25;
    let h = (19 * a + b - d - g + 15) % 30;
    let (i, k) = (c / 4, c % 4);
    let l = (32 + 2 * e + 2 * i - h - k) % 7;
    let m = (a + 11 * h + 19 * l) / 433;
    let month = (h + l - 7 * m + 90) / 25;
    let day = (h + l - 7 * m + 33 * month + 19) % 32;
    NaiveDate::from_ymd_opt(year, u32::try_from(month).ok()?, u32::try_from(day).ok()?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn easter_falls_where_it_fell() {
        for (y, m, d) in [(2013, 3, 31), (2024, 3, 31), (2025, 4, 20), (2026, 4, 5), (2038, 4, 25)] {
            assert_eq!(easter(y), NaiveDate::from_ymd_opt(y, m, d));
        }
    }
}
