//! The suites' notations.

use chrono::{Duration, NaiveDate, NaiveDateTime};
use nlu::es::time::{Grain, When};

/// What a case expects.
pub enum Expected {
    /// A unit of time.
    Moment(NaiveDateTime, Grain),
    /// From, to.
    Span(NaiveDateTime, NaiveDateTime),
    /// Open at its end.
    After(NaiveDateTime),
}

/// Numbers of a text, and whether each list's end was reached by a bracket.
fn numbers(text: &str) -> Vec<u32> {
    text.split(|c: char| !c.is_ascii_digit()).filter_map(|n| n.parse().ok()).collect()
}

/// Year, month, day, hour, minute, second; a zero month or day is the first.
fn moment(n: &[u32]) -> Option<NaiveDateTime> {
    let at = |i: usize, least: u32| n.get(i).copied().unwrap_or(0).max(least);
    let date = NaiveDate::from_ymd_opt(i32::try_from(at(0, 1)).ok()?, at(1, 1), at(2, 1))?;
    date.and_hms_opt(0, 0, 0)?
        .checked_add_signed(Duration::seconds(i64::from(at(3, 0) * 3600 + at(4, 0) * 60 + at(5, 0))))
}

fn grain(name: &str) -> Option<Grain> {
    Some(match name {
        "Second" => Grain::Second,
        "Minute" => Grain::Minute,
        "Hour" => Grain::Hour,
        "Day" => Grain::Day,
        "Week" => Grain::Week,
        "Month" => Grain::Month,
        "Quarter" => Grain::Quarter,
        "Year" => Grain::Year,
        _ => return None,
    })
}

/// `(datetime (2013, 2, 12, 4, 30, 0) Second)`, `(datetimeInterval ((…), (…)) Hour)`,
/// `(datetimeHoliday (…) Day "…")`.
pub fn duckling(value: &str) -> Option<Expected> {
    let n = numbers(value.split('"').next()?);
    if value.starts_with("(datetimeInterval") {
        return Some(Expected::Span(moment(n.get(..6)?)?, moment(n.get(6..12)?)?));
    }
    let name = value.split('"').next()?.trim_end_matches(')').trim().rsplit(' ').next()?;
    (value.starts_with("(datetime ") || value.starts_with("(datetimeHoliday"))
        .then_some(Expected::Moment(moment(n.get(..6)?)?, grain(name)?))
}

/// `check_moment!(c, [2013, 2, 12], Grain::Week)`, `check_moment_span!(c, […], […])`,
/// `check_moment_with_direction!(c, […], Direction::After)`.
pub fn rustling(value: &str) -> Option<Expected> {
    let lists: Vec<Vec<u32>> =
        value.split('[').skip(1).map(|l| numbers(l.split(']').next().unwrap_or(""))).collect();
    let first = lists.first()?;
    if value.starts_with("check_moment_span") {
        return Some(Expected::Span(moment(first)?, moment(lists.get(1)?)?));
    }
    if value.contains("Direction::After") {
        return Some(Expected::After(moment(first)?));
    }
    if !value.starts_with("check_moment") {
        return None;
    }
    let said = value.split("Grain::").nth(1).and_then(|g| grain(g.trim_end_matches(')')));
    let by_length = [Grain::Year, Grain::Month, Grain::Day, Grain::Hour, Grain::Minute, Grain::Second];
    Some(Expected::Moment(
        moment(first)?,
        said.or_else(|| by_length.get(first.len().checked_sub(1)?).copied())?,
    ))
}

/// What was found, for a line of a report.
pub fn show(got: &[(When, std::ops::Range<usize>)]) -> String {
    let one = |w: &When| {
        format!(
            "{}/{} {:?}{}{:?}",
            w.from.format("%FT%T"),
            w.to.format("%FT%T"),
            w.grain,
            if w.moment { " " } else { " stretch " },
            w.open
        )
    };
    if got.is_empty() {
        "nothing".to_owned()
    } else {
        got.iter().map(|(w, _)| one(w)).collect::<Vec<_>>().join(" ; ")
    }
}
