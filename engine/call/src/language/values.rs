//! The dialogs' kinds and values as those of `nlu`, and back.

use std::sync::Arc;

use chrono::{Duration, NaiveDate, NaiveDateTime, NaiveTime};
use dialogs::{Found, Kind, Value};
use nlu::{Context, Status, es};

/// What `nlu` looks for; `None` for free text.
pub(super) fn kind(kind: &Kind) -> Option<nlu::Kind> {
    Some(match kind {
        Kind::YesNo => nlu::Kind::YesNo,
        Kind::List(catalogue) => nlu::Kind::List(Arc::new(items(catalogue))),
        Kind::Digits { min, max } => nlu::Kind::Digits { min: usize::from(*min), max: usize::from(*max) },
        Kind::Number => nlu::Kind::Number,
        Kind::Nif => nlu::Kind::Nif,
        Kind::Date => nlu::Kind::Fecha,
        Kind::Time => nlu::Kind::Hora,
        Kind::DateTimeRange => nlu::Kind::DatetimeRange,
        Kind::FreeText => return None,
    })
}

fn items(catalogue: &dialogs::Catalogue) -> nlu::Catalogue {
    let items = catalogue.items.iter().map(|i| nlu::Item {
        code: i.id.clone(),
        name: i.name.clone(),
        synonyms: i.synonyms.clone(),
        value: None,
    });
    nlu::Catalogue { items: items.collect() }
}

/// What was found, for a slot of `kind`; `all` has the readings that compete.
pub(super) fn found(kind: &Kind, best: &nlu::Found, all: &[nlu::Found]) -> Option<Found> {
    Some(match best.status {
        Status::Sound | Status::Unsure => Found::Valid(value(kind, &best.value)?),
        Status::Partial => Found::Unfinished,
        Status::Invalid => Found::Invalid,
        Status::Unclear => {
            let first = value(kind, &best.value)?;
            let other = all.iter().filter(|f| f.value != best.value).find_map(|f| value(kind, &f.value));
            match other {
                Some(second) => Found::Unclear(first, second),
                None => Found::Valid(first),
            }
        }
    })
}

/// A value of `nlu` for a slot of `kind`; `None` if it does not fit.
pub(super) fn value(kind: &Kind, value: &nlu::Value) -> Option<Value> {
    Some(match (kind, value) {
        (Kind::YesNo, nlu::Value::YesNo(yes)) => Value::YesNo(*yes),
        (Kind::Number, nlu::Value::Number(n)) => Value::Number(*n as f64),
        (Kind::Digits { .. }, nlu::Value::Digits(d)) => Value::Digits(d.clone()),
        (Kind::Nif, nlu::Value::Nif(nif)) => Value::Nif(nif.clone()),
        (Kind::Date, nlu::Value::Date(day)) => Value::Date(*day),
        (Kind::Time, nlu::Value::Time(time)) => Value::Time(*time),
        (Kind::DateTimeRange, nlu::Value::Range { from, to }) => Value::Range { from: *from, to: *to },
        // An hour is the interval that begins with it.
        (Kind::DateTimeRange, nlu::Value::DateTime(at)) => {
            Value::Range { from: *at, to: *at + Duration::hours(1) }
        }
        (Kind::DateTimeRange, nlu::Value::Date(day)) => {
            let from = day.and_time(NaiveTime::MIN);
            Value::Range { from, to: from + Duration::days(1) }
        }
        (Kind::List(catalogue), nlu::Value::Item(code)) => Value::Item(catalogue.item(code)?.clone()),
        _ => return None,
    })
}

/// The same value for `nlu`, to be read aloud.
pub(super) fn for_nlu(value: &Value) -> nlu::Value {
    match value {
        Value::YesNo(yes) => nlu::Value::YesNo(*yes),
        Value::Number(n) if n.fract() == 0.0 && n.abs() < 9e15 => nlu::Value::Number(*n as i64),
        Value::Digits(d) => nlu::Value::Digits(d.clone()),
        Value::Nif(nif) => nlu::Value::Nif(nif.clone()),
        Value::Date(day) => nlu::Value::Date(*day),
        Value::Time(time) => nlu::Value::Time(*time),
        Value::DateTime(at) => nlu::Value::DateTime(*at),
        Value::Range { from, to } => nlu::Value::Range { from: *from, to: *to },
        Value::Item(item) => nlu::Value::Text(item.name.clone()),
        Value::Map(map) => map
            .values()
            .find(|v| matches!(v, Value::DateTime(_) | Value::Date(_) | Value::Time(_)))
            .map_or_else(|| nlu::Value::Text(value.to_string()), for_nlu),
        other => nlu::Value::Text(other.to_string()),
    }
}

/// A value of `kind` from keys or exact writing.
pub(super) fn validate(kind: &Kind, written: &str, now: NaiveDateTime) -> Found {
    let written = written.trim();
    match kind {
        Kind::Nif => nif(written),
        Kind::Digits { min, max } => digits(written, (*min, *max)),
        Kind::YesNo => match written {
            "1" => Found::Valid(Value::YesNo(true)),
            "2" => Found::Valid(Value::YesNo(false)),
            _ => spoken(kind, written, now),
        },
        Kind::Date => keyed_date(written).map_or_else(|| spoken(kind, written, now), Found::Valid),
        Kind::Time => keyed_time(written).map_or_else(|| spoken(kind, written, now), Found::Valid),
        Kind::FreeText if written.is_empty() => Found::Invalid,
        Kind::FreeText => Found::Valid(Value::Text(written.to_owned())),
        Kind::List(catalogue) => match catalogue.item(written) {
            Some(item) => Found::Valid(Value::Item(item.clone())),
            None => spoken(kind, written, now),
        },
        Kind::Number | Kind::DateTimeRange => spoken(kind, written, now),
    }
}

fn nif(written: &str) -> Found {
    let compact: String =
        written.chars().filter(|c| c.is_ascii_alphanumeric()).map(|c| c.to_ascii_uppercase()).collect();
    if es::nif::is_valid(&compact) {
        return Found::Valid(Value::Nif(compact));
    }
    let all_digits = !compact.is_empty() && compact.chars().all(|c| c.is_ascii_digit());
    match compact.len() {
        8 if all_digits => match es::nif::check_letter(&compact) {
            Some(letter) => Found::Valid(Value::Nif(format!("{compact}{letter}"))),
            None => Found::Invalid,
        },
        1..=7 if all_digits => Found::Unfinished,
        _ => Found::Invalid,
    }
}

fn digits(written: &str, (min, max): (u8, u8)) -> Found {
    let count = written.chars().count();
    if written.is_empty() || !written.chars().all(|c| c.is_ascii_digit()) || count > usize::from(max) {
        Found::Invalid
    } else if count < usize::from(min) {
        Found::Unfinished
    } else {
        Found::Valid(Value::Digits(written.to_owned()))
    }
}

/// `DDMMAAAA`
fn keyed_date(keys: &str) -> Option<Value> {
    NaiveDate::parse_from_str(keys, "%d%m%Y").ok().filter(|_| keys.len() == 8).map(Value::Date)
}

/// `HHMM`
fn keyed_time(keys: &str) -> Option<Value> {
    NaiveTime::parse_from_str(keys, "%H%M").ok().filter(|_| keys.len() == 4).map(Value::Time)
}

fn spoken(wanted: &Kind, written: &str, now: NaiveDateTime) -> Found {
    let Some(kind) = kind(wanted) else { return Found::Invalid };
    let all = es::extract(&kind, written, &Context::at(now));
    all.first().and_then(|best| found(wanted, best, &all)).unwrap_or(Found::Invalid)
}
