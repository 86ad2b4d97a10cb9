//! Days, hours and stretches of time in words.

use chrono::{Datelike, NaiveDate, NaiveDateTime, NaiveTime, Timelike, Weekday};

use spanish::{DAYS, MONTHS};

use super::number::{Agreement, cardinal};
use super::offered;
use crate::DayParts;
use crate::days::{self, Days, LeftOut, MOST_SAID};

/// Name of a day of the week.
#[must_use]
pub fn weekday(day: Weekday) -> &'static str {
    DAYS.get(day.num_days_from_monday() as usize).copied().unwrap_or("")
}

fn month(date: NaiveDate) -> &'static str {
    MONTHS.get(date.month0() as usize).copied().unwrap_or("")
}

fn number(n: u32) -> String {
    cardinal(i64::from(n), Agreement::Alone)
}

/// «catorce de mayo».
#[must_use]
pub fn day_and_month(date: NaiveDate) -> String {
    format!("{} de {}", number(date.day()), month(date))
}

/// How many days ahead a day is known without its year.
const NEAR_DAYS: i64 = 183;

/// Whether a day is told from that of another year only by its year: it is not within the next months, nor of the
/// last ones of the present year.
#[must_use]
pub fn is_far(date: NaiveDate, today: NaiveDate) -> bool {
    let days = (date - today).num_days();
    days.abs() > NEAR_DAYS || days < 0 && date.year() != today.year()
}

/// « de dos mil veintisiete», where it is to be said.
fn year(date: NaiveDate, today: Option<NaiveDate>) -> String {
    match today {
        Some(today) if is_far(date, today) => {
            format!(" de {}", cardinal(i64::from(date.year()), Agreement::Alone))
        }
        _ => String::new(),
    }
}

/// «el jueves catorce de mayo»; with its year where it [is far](is_far) from `today`.
#[must_use]
pub fn date(date: NaiveDate, today: Option<NaiveDate>) -> String {
    format!("el {} {}{}", weekday(date.weekday()), day_and_month(date), year(date, today))
}

/// «el catorce de mayo de mil novecientos ochenta»: the day of the week is not how anybody knows it.
#[must_use]
pub fn birth(date: NaiveDate) -> String {
    format!("el {} de {}", day_and_month(date), cardinal(i64::from(date.year()), Agreement::Alone))
}

/// The part of the day as it follows an hour.
fn part_after(hour: u32) -> &'static str {
    match hour {
        0..=5 => "de la madrugada",
        6..=11 => "de la mañana",
        12 => "del mediodía",
        13..=20 => "de la tarde",
        _ => "de la noche",
    }
}

/// «las cinco y media», without its part of the day.
fn clock(time: NaiveTime) -> String {
    let (hour, minute) = (time.hour(), time.minute());
    // Over the half hour, Spain counts towards the next, in steps of five.
    let towards = minute > 30 && minute.is_multiple_of(5);
    let shown = if towards { hour + 1 } else { hour };
    let twelve = if shown.is_multiple_of(12) { 12 } else { shown % 12 };
    let name = if twelve == 1 { "la una".to_owned() } else { format!("las {}", number(twelve)) };
    let rest = match minute {
        0 => String::new(),
        15 => " y cuarto".to_owned(),
        30 => " y media".to_owned(),
        45 => " menos cuarto".to_owned(),
        m if towards => format!(" menos {}", number(60 - m)),
        m => format!(" y {}", number(m)),
    };
    format!("{name}{rest}")
}

/// «las cinco y media de la tarde».
#[must_use]
pub fn time(time: NaiveTime) -> String {
    if time.hour() == 0 && time.minute() == 0 {
        return "las doce de la noche".to_owned();
    }
    format!("{} {}", clock(time), part_after(time.hour()))
}

/// «el jueves catorce de mayo a las cinco y media de la tarde».
#[must_use]
pub fn moment(at: NaiveDateTime, today: Option<NaiveDate>) -> String {
    format!("{} {}", date(at.date(), today), at_hour(at.time()))
}

/// «a las seis de la tarde»; midnight of a date is «a las cero horas», for nobody
/// knows which night «las doce de la noche del jueves» is.
fn at_hour(at: NaiveTime) -> String {
    if at.hour() == 0 && at.minute() == 0 { "a las cero horas".to_owned() } else { format!("a {}", time(at)) }
}

/// A stretch as short as it can be said: a part of a day, a day, a week, a month,
/// hours of one day, or from one day to another.
#[must_use]
pub fn range(from: NaiveDateTime, to: NaiveDateTime, today: Option<NaiveDate>) -> String {
    let whole_days = from.time() == NaiveTime::MIN && to.time() == NaiveTime::MIN;
    let days = (to.date() - from.date()).num_days();
    if whole_days && days == 1 {
        return date(from.date(), today);
    }
    if whole_days && days == 7 && from.weekday() == Weekday::Mon {
        return format!("la semana del {}{}", day_and_month(from.date()), year(from.date(), today));
    }
    if whole_days && days >= 28 && from.day() == 1 && to.day() == 1 && days <= 31 {
        return format!("en {}{}", month(from.date()), year(from.date(), today));
    }
    if whole_days && days > 1 {
        return from_to_days(from.date(), to.date().pred_opt().unwrap_or(from.date()), today);
    }
    let last = to - chrono::Duration::nanoseconds(1);
    if last.date() == from.date() {
        let part = part_of_day(from.time(), to.time());
        let hours = part.map_or_else(|| hours(from.time(), to.time()), str::to_owned);
        return format!("{} {hours}", date(from.date(), today));
    }
    format!("desde {} hasta {}", moment(from, today), moment(to, today))
}

fn from_to_days(from: NaiveDate, to: NaiveDate, today: Option<NaiveDate>) -> String {
    let end = format!("{} {}{}", weekday(to.weekday()), day_and_month(to), year(to, today));
    let begins = match (from.month() == to.month() && from.year() == to.year(), from.year() == to.year()) {
        (true, _) => number(from.day()),
        (false, true) => day_and_month(from),
        (false, false) => format!("{}{}", day_and_month(from), year(from, today)),
    };
    format!("del {} {begins} al {end}", weekday(from.weekday()))
}

/// Several stretches: each, where they are few; else from the first to the last, without the days that are left
/// out: «del lunes once al viernes quince de mayo por la tarde, menos el jueves catorce de mayo».
#[must_use]
pub fn ranges(pieces: &[(NaiveDateTime, NaiveDateTime)], today: Option<NaiveDate>) -> String {
    let each = || offered(&pieces.iter().map(|(from, to)| range(*from, *to, today)).collect::<Vec<_>>());
    if pieces.len() <= MOST_SAID {
        return each();
    }
    let Some(days) = Days::of(pieces) else { return with_gaps(pieces, today) };
    let hull = from_to_days(days.first, days.last, today);
    let hours = match days.hours {
        None => String::new(),
        Some((from, to)) => {
            let part = part_of_day(from, to);
            format!(" {}", part.map_or_else(|| hours(from, to), str::to_owned))
        }
    };
    let left_out = days.left_out.iter().map(|l| match l {
        LeftOut::Every(day) => format!("los {}", every(*day)),
        LeftOut::Day(day) => date(*day, today),
    });
    let left_out: Vec<String> = left_out.collect();
    match left_out.as_slice() {
        [] => format!("{hull}{hours}"),
        [one] => format!("{hull}{hours}, menos {one}"),
        [some @ .., last] => format!("{hull}{hours}, menos {} y {last}", some.join(", ")),
    }
}

/// From the first to the last of several stretches, without the hours that are left out of each day, or only with
/// word that there are some.
fn with_gaps(pieces: &[(NaiveDateTime, NaiveDateTime)], today: Option<NaiveDate>) -> String {
    let (Some((from, _)), Some((_, to))) = (pieces.first(), pieces.last()) else { return String::new() };
    let last = (*to - chrono::Duration::nanoseconds(1)).date();
    let hull = from_to_days(from.date(), last, today);
    let Some(gap) = days::gap(pieces) else { return format!("{hull}, menos algunas horas") };
    let out = part_of_day(gap.from, gap.to).map_or_else(|| hours(gap.from, gap.to), str::to_owned);
    match gap.day {
        Some(day) => format!("{hull}, menos los {} {out}", every(day)),
        None => format!("{hull}, menos {out}"),
    }
}

/// «lunes», «sábados»: a day's name of every week.
fn every(day: Weekday) -> String {
    let name = weekday(day);
    if name.ends_with('s') { name.to_owned() } else { format!("{name}s") }
}

/// Spain's name of those hours, if they are exactly a part of the day.
fn part_of_day(from: NaiveTime, to: NaiveTime) -> Option<&'static str> {
    let parts = DayParts::default();
    let hours = (from.hour(), if to == NaiveTime::MIN { 24 } else { to.hour() });
    if from.minute() != 0 || to.minute() != 0 {
        return None;
    }
    match hours {
        h if h == parts.manana => Some("por la mañana"),
        h if h == parts.mediodia => Some("a mediodía"),
        h if h == parts.tarde => Some("por la tarde"),
        h if h == parts.noche => Some("por la noche"),
        h if h == parts.madrugada => Some("de madrugada"),
        _ => None,
    }
}

/// «entre las cinco y las siete de la tarde».
fn hours(from: NaiveTime, to: NaiveTime) -> String {
    let same = part_after(from.hour()) == part_after(to.hour()) && to != NaiveTime::MIN;
    if same {
        format!("entre {} y {}", clock(from), time(to))
    } else {
        format!("entre {} y {}", time(from), time(to))
    }
}

/// Moments as options: what is the same as in the one before is not repeated.
/// «el jueves catorce de mayo a las cinco y media de la tarde, o a las seis».
#[must_use]
pub fn moments(all: &[NaiveDateTime], today: Option<NaiveDate>) -> Vec<String> {
    let mut out = Vec::new();
    let mut before: Option<NaiveDateTime> = None;
    for at in all {
        let said = match before {
            Some(b) if b.date() == at.date() && part_after(b.hour()) == part_after(at.hour()) => {
                format!("a {}", clock(at.time()))
            }
            Some(b) if b.date() == at.date() => at_hour(at.time()),
            Some(b) if b.month() == at.month() && b.year() == at.year() => {
                format!("el {} {} {}", weekday(at.weekday()), number(at.day()), at_hour(at.time()))
            }
            _ => moment(*at, today),
        };
        out.push(said);
        before = Some(*at);
    }
    out
}

/// A length of time: «un año y seis meses», «dos horas y treinta minutos».
#[must_use]
pub fn duration(months: u32, seconds: u64) -> String {
    let units = [
        (u64::from(months / 12), "año", "años", Agreement::Masculine),
        (u64::from(months % 12), "mes", "meses", Agreement::Masculine),
        (seconds / 86_400, "día", "días", Agreement::Masculine),
        (seconds / 3600 % 24, "hora", "horas", Agreement::Feminine),
        (seconds / 60 % 60, "minuto", "minutos", Agreement::Masculine),
        (seconds % 60, "segundo", "segundos", Agreement::Masculine),
    ];
    let said: Vec<String> = units
        .iter()
        .filter(|u| u.0 > 0)
        .map(|(n, one, many, agreement)| {
            let words = cardinal(i64::try_from(*n).unwrap_or(i64::MAX), *agreement);
            format!("{words} {}", if *n == 1 { one } else { many })
        })
        .collect();
    match said.as_slice() {
        [] => "cero minutos".to_owned(),
        [one] => one.clone(),
        [first @ .., last] => format!("{} y {last}", first.join(", ")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(d: u32, h: u32, m: u32) -> NaiveDateTime {
        NaiveDate::from_ymd_opt(2026, 5, d).unwrap().and_hms_opt(h, m, 0).unwrap()
    }

    #[test]
    fn hours_in_words() {
        for (h, m, words) in [
            (17, 30, "las cinco y media de la tarde"),
            (13, 0, "la una de la tarde"),
            (12, 15, "las doce y cuarto del mediodía"),
            (8, 45, "las nueve menos cuarto de la mañana"),
            (20, 0, "las ocho de la tarde"),
            (21, 5, "las nueve y cinco de la noche"),
            (0, 0, "las doce de la noche"),
            (12, 40, "la una menos veinte del mediodía"),
            (10, 37, "las diez y treinta y siete de la mañana"),
        ] {
            assert_eq!(time(NaiveTime::from_hms_opt(h, m, 0).unwrap()), words);
        }
    }

    #[test]
    fn stretches_in_words() {
        assert_eq!(range(at(14, 14, 0), at(14, 20, 0), None), "el jueves catorce de mayo por la tarde");
        assert_eq!(range(at(14, 0, 0), at(15, 0, 0), None), "el jueves catorce de mayo");
        assert_eq!(range(at(18, 0, 0), at(25, 0, 0), None), "la semana del dieciocho de mayo");
        assert_eq!(
            range(at(14, 17, 0), at(14, 19, 0), None),
            "el jueves catorce de mayo entre las cinco y las siete de la tarde"
        );
        assert_eq!(
            range(at(18, 0, 0), at(21, 0, 0), None),
            "del lunes dieciocho al miércoles veinte de mayo"
        );
        assert_eq!(range(at(14, 20, 0), at(15, 0, 0), None), "el jueves catorce de mayo por la noche");
    }

    #[test]
    fn options_do_not_repeat_their_day() {
        assert_eq!(
            moments(&[at(14, 17, 30), at(14, 18, 0), at(15, 10, 0)], None).join(", o "),
            "el jueves catorce de mayo a las cinco y media de la tarde, o a las seis, o el viernes quince a las diez de la mañana"
        );
    }
}
