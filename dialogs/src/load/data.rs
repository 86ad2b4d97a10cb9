//! Calendars and intent examples.

use std::collections::BTreeMap;

use chrono::{NaiveDate, NaiveTime};
use chrono_tz::Tz;

use super::source::{Report, Source};
use crate::{
    calendar::{self, Calendar, Feast},
    emergency::plain,
    holidays,
    problem::nearest,
    yaml::{Data, Node},
};

const DAYS: [&str; 7] = ["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"];

/// `calendarios/<file>.yaml`: schedules by name, and the holidays they share.
pub(super) fn calendars(src: Source<'_>, file: &str, node: &Node, centre: Option<Tz>) -> Vec<Calendar> {
    let zone = node.get("time_zone").and_then(|n| time_zone(src, n)).unwrap_or_default();
    let zones = centre.zip(zone.parse().ok()).filter(|(centre, own)| centre != own);
    let feasts = node.get("regions").map(|n| feasts(src, n)).unwrap_or_default();
    let mut holidays = Vec::new();
    if let Some(list) = node.get("holidays") {
        for (day, name) in src.any_map(list, "the holidays").unwrap_or_default() {
            match day.text().and_then(|t| NaiveDate::parse_from_str(t, "%Y-%m-%d").ok()) {
                Some(date) => {
                    holidays.push((date, src.text(name, "a holiday").unwrap_or_default().to_owned()))
                }
                None => src.wrong(day.at, "this is not a day:", &day.excerpt(), "write it as 2026-12-25"),
            }
        }
    }
    let mut out = Vec::new();
    for (key, value) in src.any_map(node, "a calendar").unwrap_or_default() {
        if matches!(key.text(), Some("time_zone" | "regions" | "holidays")) {
            continue;
        }
        let Some(name) = src.name(key, "a schedule") else { continue };
        let mut calendar = Calendar {
            name: format!("{file}.{name}"),
            time_zone: zone.clone(),
            zones,
            feasts: feasts.clone(),
            holidays: holidays.clone(),
            ..Calendar::default()
        };
        for (day, hours) in src.map(value, "a schedule", &DAYS).unwrap_or_default() {
            let index = DAYS.iter().position(|d| day.text() == Some(d)).unwrap_or(7);
            if let Some(week) = calendar.week.get_mut(index) {
                *week = shifts(src, hours, index);
            }
        }
        if calendar.week.iter().all(Vec::is_empty) {
            src.wrong(value.at, "this schedule never opens:", &name, "write `monday: 09:00-14:00`");
        }
        out.push(calendar);
    }
    out
}

/// The shifts of a day, the first being Monday.
fn shifts(src: Source<'_>, node: &Node, day: usize) -> Vec<(NaiveTime, NaiveTime)> {
    let mut out = Vec::new();
    for shift in src.one_or_many(node) {
        let parsed = shift.text().and_then(|t| t.split_once('-')).and_then(|(a, b)| {
            let hour = |t: &str| NaiveTime::parse_from_str(t.trim(), "%H:%M").ok();
            let close = if b.trim() == "24:00" { Some(calendar::MIDNIGHT) } else { hour(b) };
            Some((hour(a)?, close?))
        });
        match parsed {
            Some((open, close)) if open < close => out.push((open, close)),
            Some((open, close)) => {
                src.wrong(
                    shift.at,
                    "these hours end before they have begun:",
                    &shift.excerpt(),
                    &past_midnight((open, close), day),
                );
            }
            None => {
                src.wrong(shift.at, "these are not opening hours:", &shift.excerpt(), "write 09:00-14:00");
            }
        }
    }
    out.sort_unstable();
    out
}

/// How hours that go on the next day are written.
fn past_midnight((open, close): (NaiveTime, NaiveTime), day: usize) -> String {
    let hour = |time: NaiveTime| time.format("%H:%M").to_string();
    let (open, until) = (hour(open), hour(close));
    if close == NaiveTime::MIN {
        return format!("midnight at the end of a day is 24:00: `{open}-24:00`");
    }
    let [today, tomorrow] = [day, (day + 1) % DAYS.len()].map(|d| DAYS.get(d).copied().unwrap_or_default());
    format!("past midnight they are two: `{today}: {open}-24:00` and `{tomorrow}: 00:00-{until}`")
}

/// `regions: [ES, ES-MD]`: the holidays that Digame knows.
fn feasts(src: Source<'_>, node: &Node) -> Vec<(Feast, String)> {
    let regions = holidays::regions();
    let mut out: Vec<(Feast, String)> = Vec::new();
    for code in src.one_or_many(node) {
        let Some(text) = src.text(code, "a region") else { continue };
        if !regions.contains_key(text) {
            unknown_region(src, code, text);
        }
        for (feast, name) in regions.get(text).into_iter().flatten() {
            if !out.iter().any(|(known, _)| known == feast) {
                out.push((*feast, name.clone()));
            }
        }
    }
    out
}

/// Tells the codes, first of all that of the region whose name stands there.
fn unknown_region(src: Source<'_>, node: &Node, text: &str) {
    let named = |name: &str| plain(name).contains(&plain(text)) || plain(text).contains(&plain(name));
    let by_name = holidays::NAMES.iter().find(|(_, name)| named(name)).map(|(code, _)| (*code).to_owned());
    let near = nearest(text, holidays::NAMES.iter().map(|(code, _)| *code));
    let all: Vec<String> = holidays::NAMES.iter().map(|(code, name)| format!("{code} {name}")).collect();
    let report = Report {
        what: "unknown region",
        found: text,
        nearest: by_name.or(near),
        cure: &format!("there is {}", all.join(", ")),
    };
    src.report(node.at, report);
}

/// An IANA name.
pub(super) fn time_zone(src: Source<'_>, node: &Node) -> Option<String> {
    let text = src.text(node, "a time zone")?;
    if text.parse::<Tz>().is_ok() {
        return Some(text.to_owned());
    }
    let report = Report {
        what: "this is not a time zone:",
        found: text,
        nearest: nearest(text, chrono_tz::TZ_VARIANTS.iter().map(|zone| zone.name())),
        cure: "write its IANA name: Europe/Madrid, Atlantic/Canary",
    };
    src.report(node.at, report);
    None
}

/// An example, and where it is written.
pub(super) type Example = (String, Node);

/// `nlu/<intent>.yaml`: a list of examples.
pub(super) fn examples(src: Source<'_>, node: &Node) -> Vec<Example> {
    let mut out: Vec<Example> = Vec::new();
    let Data::List(items) = &node.data else {
        src.wrong(
            node.at,
            "examples are a list:",
            &node.excerpt(),
            "write one example a line, each after a `-`",
        );
        return out;
    };
    for item in items {
        if let Some(text) = src.text(item, "an example") {
            out.push((text.to_owned(), item.clone()));
        }
    }
    if out.len() < 3 {
        src.wrong(node.at, "an intent needs three examples at least", "", "write more ways to say it");
    }
    out
}

/// No two intents share an example: neither could be told from the other.
pub(super) fn shared_examples(files: &[(Source<'_>, String, Vec<Example>)]) {
    let mut seen: BTreeMap<String, (String, usize, String)> = BTreeMap::new();
    for (src, intent, examples) in files {
        for (text, node) in examples {
            let key = text.to_lowercase();
            match seen.get(&key) {
                Some((other, line, file)) => src.report(
                    node.at,
                    Report {
                        what: "this example is written twice:",
                        found: text,
                        nearest: None,
                        cure: &format!("it is an example of `{other}` in {file}:{line}; keep one"),
                    },
                ),
                None => {
                    seen.insert(key, (intent.clone(), node.at.line, src.file.to_owned()));
                }
            }
        }
    }
}
