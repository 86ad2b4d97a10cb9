//! Opening hours with holidays, in local time.

use chrono::{Datelike, Days, NaiveDate, NaiveDateTime, NaiveTime, TimeDelta, TimeZone};
use chrono_tz::Tz;

pub use crate::holidays::Feast;

/// Open intervals by weekday, Monday first, in order; a shift ends the day it begins.
pub type Week = [Vec<(NaiveTime, NaiveTime)>; 7];

/// The end of a day, as opening hours end at it: its last moment, for `24:00` is the next day's first.
pub(crate) const MIDNIGHT: NaiveTime = match NaiveTime::from_hms_nano_opt(23, 59, 59, 999_999_999) {
    Some(time) => time,
    None => NaiveTime::MIN,
};

/// Opening hours of an office: `calendarios/<file>.yaml`, named `<file>.<schedule>`.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Calendar {
    /// `oficina.horario`
    pub name: String,
    /// IANA time zone, `Europe/Madrid`.
    pub time_zone: String,
    /// The centre's time zone and this calendar's own, where they are not the same. What is asked is in the
    /// centre's time, opening hours are in the calendar's.
    pub zones: Option<(Tz, Tz)>,
    /// Open intervals by weekday, in its own time.
    pub week: Week,
    /// Days closed all day, with their names.
    pub holidays: Vec<(NaiveDate, String)>,
    /// Days closed every year, of its regions.
    pub feasts: Vec<(Feast, String)>,
}

/// Days that a search for opening hours looks ahead at most: a range that a citizen names is shorter.
const HORIZON: usize = 400;

impl Calendar {
    /// The name of a holiday.
    pub fn holiday(&self, day: NaiveDate) -> Option<&str> {
        let own = self.holidays.iter().find(|(d, _)| *d == day).map(|(_, name)| name);
        own.or_else(|| self.feasts.iter().find(|(f, _)| f.is_on(day)).map(|(_, name)| name))
            .map(String::as_str)
    }

    /// The shifts of one day, in its own time; none on a holiday.
    pub fn shifts(&self, day: NaiveDate) -> &[(NaiveTime, NaiveTime)] {
        if self.holiday(day).is_some() {
            return &[];
        }
        self.week.get(day.weekday().num_days_from_monday() as usize).map_or(&[], Vec::as_slice)
    }

    /// Whether the office is open at this moment of the centre's time.
    pub fn is_open(&self, at: NaiveDateTime) -> bool {
        let at = self.own(at);
        self.shifts(at.date()).iter().any(|(open, close)| (*open..*close).contains(&at.time()))
    }

    /// Whether the office is open at some moment of `[from, to)`, in the centre's time.
    pub fn opens_within(&self, from: NaiveDateTime, to: NaiveDateTime) -> bool {
        let (from, to) = (self.own(from), self.own(to));
        let mut day = from.date();
        for _ in 0..HORIZON {
            if day.and_time(NaiveTime::MIN) >= to {
                return false;
            }
            if self.shifts(day).iter().any(|(o, c)| day.and_time(*o) < to && day.and_time(*c) > from) {
                return true;
            }
            match day.checked_add_days(Days::new(1)) {
                Some(next) => day = next,
                None => return false,
            }
        }
        false
    }

    /// Opening hours by weekday in the centre's time, as its clock stands now; what they reach into the day
    /// before or after is left out.
    pub fn week_at(&self, now: NaiveDateTime) -> Week {
        // What the own clock shows when the centre's shows `now`, less `now`: hours there come so much earlier here.
        let ahead = self.own(now) - now;
        let mut week = self.week.clone();
        if ahead.is_zero() {
            return week;
        }
        for day in &mut week {
            day.retain_mut(|(open, close)| {
                let (opens, days) = open.overflowing_sub_signed(ahead);
                let (closes, later) = close.overflowing_sub_signed(ahead);
                (*open, *close) = (opens, closes);
                days == 0 && later == 0
            });
        }
        week
    }

    /// A moment of the centre's time on this calendar's own clock.
    fn own(&self, at: NaiveDateTime) -> NaiveDateTime {
        let Some((centre, own)) = self.zones else { return at };
        // In the hour that is skipped in spring there is no such moment: an hour later there is.
        let found = centre.from_local_datetime(&at).earliest();
        let found = found.or_else(|| centre.from_local_datetime(&(at + TimeDelta::hours(1))).earliest());
        found.map_or(at, |moment| moment.with_timezone(&own).naive_local())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str) -> NaiveDateTime {
        NaiveDateTime::parse_from_str(text, "%Y-%m-%dT%H:%M").unwrap()
    }

    fn hour(h: u32) -> NaiveTime {
        NaiveTime::from_hms_opt(h, 0, 0).unwrap()
    }

    fn nine_to_two(zones: Option<(Tz, Tz)>) -> Calendar {
        let mut calendar = Calendar { zones, ..Calendar::default() };
        calendar.week.iter_mut().take(5).for_each(|day| day.push((hour(9), hour(14))));
        calendar
    }

    #[test]
    fn an_office_in_canarias_opens_an_hour_later_by_madrids_clock() {
        let here = nine_to_two(None);
        let there = nine_to_two(Some((chrono_tz::Europe::Madrid, chrono_tz::Atlantic::Canary)));
        // A Thursday in summer, and one in winter.
        for day in ["2026-05-14", "2026-11-19"] {
            let open = |calendar: &Calendar, time: &str| calendar.is_open(at(&format!("{day}T{time}")));
            assert!(open(&here, "09:00") && !open(&there, "09:00") && open(&there, "10:00"));
            assert!(!open(&here, "14:30") && open(&there, "14:30") && !open(&there, "15:00"));
            let noon = at(&format!("{day}T12:00"));
            assert_eq!(there.week_at(noon)[0], [(hour(10), hour(15))]);
            assert_eq!(here.week_at(noon)[0], [(hour(9), hour(14))]);
        }
        assert!(there.opens_within(at("2026-05-14T14:00"), at("2026-05-14T20:00")));
        assert!(!here.opens_within(at("2026-05-14T14:00"), at("2026-05-14T20:00")));
    }

    #[test]
    fn the_hour_that_is_skipped_is_a_moment_like_any_other() {
        let mut there = nine_to_two(Some((chrono_tz::Europe::Madrid, chrono_tz::America::New_York)));
        there.week[6].push((hour(0), hour(23)));
        assert!(!there.is_open(at("2026-03-29T02:30")), "21:30 of Saturday there");
    }

    #[test]
    fn a_towns_own_holiday_is_told_before_the_regions() {
        let mut calendar = nine_to_two(None);
        calendar.feasts.push((Feast::Fixed(5, 15), "de la región".into()));
        calendar.holidays.push((at("2026-05-15T00:00").date(), "San Isidro".into()));
        assert_eq!(calendar.holiday(at("2026-05-15T00:00").date()), Some("San Isidro"));
        assert_eq!(calendar.holiday(at("2027-05-15T00:00").date()), Some("de la región"));
        assert!(!calendar.is_open(at("2026-05-15T10:00")) && calendar.is_open(at("2026-05-14T10:00")));
    }
}
