//! Opening hours with holidays, in local time.

use chrono::{Datelike, Days, NaiveDate, NaiveDateTime, NaiveTime};

/// Opening hours of an office: `calendarios/<file>.yaml`, named `<file>.<schedule>`.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Calendar {
    /// `oficina.horario`
    pub name: String,
    /// IANA time zone, `Europe/Madrid`.
    pub time_zone: String,
    /// Open intervals by weekday, Monday first, in order; a shift ends the day it begins.
    pub week: [Vec<(NaiveTime, NaiveTime)>; 7],
    /// Days closed all day, with their names.
    pub holidays: Vec<(NaiveDate, String)>,
}

/// Days that a search for opening hours looks ahead at most: a range that a citizen names is shorter.
const HORIZON: usize = 400;

impl Calendar {
    /// The shifts of one day; none on a holiday.
    pub fn shifts(&self, day: NaiveDate) -> &[(NaiveTime, NaiveTime)] {
        if self.holidays.iter().any(|(d, _)| *d == day) {
            return &[];
        }
        self.week.get(day.weekday().num_days_from_monday() as usize).map_or(&[], Vec::as_slice)
    }

    /// Whether the office is open at this moment.
    pub fn is_open(&self, at: NaiveDateTime) -> bool {
        self.shifts(at.date()).iter().any(|(open, close)| (*open..*close).contains(&at.time()))
    }

    /// Whether the office is open at some moment of `[from, to)`.
    pub fn opens_within(&self, from: NaiveDateTime, to: NaiveDateTime) -> bool {
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
}
