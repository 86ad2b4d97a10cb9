//! The dialogs' kinds and values as those of `nlu`, and back.

use std::sync::Arc;

use chrono::{Duration, NaiveDate, NaiveDateTime, NaiveTime};
use dialogs::{Exact, Found, Kind, Value};
use nlu::{Context, Status, es};

use super::tongue::Tongue;

/// Up to here a number of a dialog is the one that was said: 2⁵³.
const MOST_EXACT: u64 = 9_007_199_254_740_992;

/// What `nlu` looks for; `None` for free words.
pub(super) fn kind(kind: &Kind) -> Option<nlu::Kind> {
    Some(match kind {
        Kind::YesNo => nlu::Kind::YesNo,
        Kind::List(catalogue) => nlu::Kind::List(Arc::new(items(catalogue))),
        Kind::Digits { min, max } => nlu::Kind::Digits { min: usize::from(*min), max: usize::from(*max) },
        Kind::Number => nlu::Kind::Number,
        Kind::Nif => nlu::Kind::Nif,
        Kind::Exact(Exact::Phone) => nlu::Kind::Telefono,
        Kind::Exact(Exact::Iban) => nlu::Kind::Iban,
        Kind::Exact(Exact::Plate) => nlu::Kind::Matricula,
        Kind::Exact(Exact::Postcode) => nlu::Kind::CodigoPostal,
        Kind::Exact(Exact::Nuss) => nlu::Kind::Nuss,
        Kind::Exact(Exact::Email) => nlu::Kind::Correo,
        Kind::Exact(Exact::Name) => nlu::Kind::Nombre,
        Kind::Money => nlu::Kind::Importe,
        Kind::Address => nlu::Kind::Direccion,
        Kind::Date => nlu::Kind::Fecha,
        Kind::Birth => nlu::Kind::Nacimiento,
        Kind::Time => nlu::Kind::Hora,
        Kind::DateTimeRange => nlu::Kind::DatetimeRange,
        Kind::FreeText | Kind::Knowledge(_) => return None,
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
        // Nobody asks how much less than nothing.
        _ if matches!((kind, &best.value), (Kind::Money, nlu::Value::Money(..0))) => Found::Invalid,
        Status::Sound | Status::Unsure => Found::Valid(value(kind, &best.value)?),
        Status::Partial => Found::Unfinished,
        // What is wrong with a day of birth is told by the interpreter, which knows why.
        Status::Invalid => match value(kind, &best.value) {
            Some(birth @ Value::Birth(_)) => Found::Valid(birth),
            _ => Found::Invalid,
        },
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
        (Kind::Number, nlu::Value::Number(n)) if n.unsigned_abs() <= MOST_EXACT => Value::Number(*n as f64),
        (Kind::Digits { .. }, nlu::Value::Digits(d)) => Value::Digits(d.clone()),
        (Kind::Nif, nlu::Value::Nif(nif)) => Value::Nif(nif.clone()),
        (Kind::Exact(Exact::Name), nlu::Value::Name(name)) if is_dictated(name) => return None,
        (Kind::Exact(form), value) => Value::Exact(*form, exact(*form, value)?.to_owned()),
        (Kind::Money, nlu::Value::Money(cents)) => Value::Money(*cents),
        (Kind::Address, nlu::Value::Address(address)) => Value::Address(Box::new(parts(address))),
        (Kind::Date, nlu::Value::Date(day)) => Value::Date(*day),
        (Kind::Birth, nlu::Value::Birth(day)) => Value::Birth(*day),
        (Kind::DateTimeRange, nlu::Value::Ranges(all)) => Value::Ranges(all.clone()),
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

/// Whether words are a dictated number, which nobody is called; «Ana Dos Santos» has too few of it.
fn is_dictated(words: &str) -> bool {
    let digits = nlu::Kind::Digits { min: 3, max: 40 };
    let found = es::extract(&digits, words, &Context::at(NaiveDateTime::default()));
    found.first().is_some_and(|f| f.status == Status::Sound)
}

/// The text of a value of this form.
fn exact(form: Exact, value: &nlu::Value) -> Option<&str> {
    match (form, value) {
        (Exact::Phone, nlu::Value::Phone(text))
        | (Exact::Iban, nlu::Value::Iban(text))
        | (Exact::Plate, nlu::Value::Plate(text))
        | (Exact::Postcode, nlu::Value::Postcode(text))
        | (Exact::Nuss, nlu::Value::Nuss(text))
        | (Exact::Email, nlu::Value::Email(text))
        | (Exact::Name, nlu::Value::Name(text)) => Some(text),
        _ => None,
    }
}

fn parts(address: &nlu::Address) -> dialogs::Address {
    let nlu::Address { street, number, entrance, floor, door, postcode, town } = address.clone();
    dialogs::Address { street, number, entrance, floor, door, postcode, town }
}

fn parts_for_nlu(address: &dialogs::Address) -> nlu::Address {
    let dialogs::Address { street, number, entrance, floor, door, postcode, town } = address.clone();
    nlu::Address { street, number, entrance, floor, door, postcode, town }
}

fn exact_for_nlu(form: Exact, text: &str) -> nlu::Value {
    let text = text.to_owned();
    match form {
        Exact::Phone => nlu::Value::Phone(text),
        Exact::Iban => nlu::Value::Iban(text),
        Exact::Plate => nlu::Value::Plate(text),
        Exact::Postcode => nlu::Value::Postcode(text),
        Exact::Nuss => nlu::Value::Nuss(text),
        Exact::Email => nlu::Value::Email(text),
        Exact::Name => nlu::Value::Name(text),
    }
}

/// The same value for `nlu`, to be read aloud.
pub(super) fn for_nlu(value: &Value) -> nlu::Value {
    match value {
        Value::YesNo(yes) => nlu::Value::YesNo(*yes),
        Value::Number(n) if n.fract() == 0.0 && n.abs() <= MOST_EXACT as f64 => nlu::Value::Number(*n as i64),
        Value::Digits(d) => nlu::Value::Digits(d.clone()),
        Value::Nif(nif) => nlu::Value::Nif(nif.clone()),
        Value::Exact(form, text) => exact_for_nlu(*form, text),
        Value::Money(cents) => nlu::Value::Money(*cents),
        Value::Address(address) => nlu::Value::Address(parts_for_nlu(address)),
        Value::Article(article) => nlu::Value::Text(article.title.clone()),
        Value::Date(day) => nlu::Value::Date(*day),
        Value::Birth(day) => nlu::Value::Birth(*day),
        Value::Ranges(all) => nlu::Value::Ranges(all.clone()),
        Value::Time(time) => nlu::Value::Time(*time),
        Value::DateTime(at) => nlu::Value::DateTime(at.local()),
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
pub(super) fn validate(tongue: &dyn Tongue, kind: &Kind, written: &str, now: NaiveDateTime) -> Found {
    let written = written.trim();
    let keys = written.contains('*') && written.bytes().all(|b| b.is_ascii_digit() || b == b'*');
    match kind {
        // A key that stands for nothing is no part of any number but an amount.
        kind if keys && *kind != Kind::Money && *kind != Kind::FreeText => Found::Invalid,
        Kind::Nif => nif(written),
        Kind::Digits { min, max } => digits(written, (*min, *max)),
        Kind::Exact(form) => {
            exact_written(*form, written).unwrap_or_else(|| spoken(tongue, (kind, written), now))
        }
        Kind::YesNo => match written {
            "1" => Found::Valid(Value::YesNo(true)),
            "2" => Found::Valid(Value::YesNo(false)),
            _ => spoken(tongue, (kind, written), now),
        },
        Kind::Money => keyed_money(written).unwrap_or_else(|| spoken(tongue, (kind, written), now)),
        Kind::Date | Kind::Birth if is_begun(written, 8) => Found::Unfinished,
        Kind::Time if is_begun(written, 4) => Found::Unfinished,
        Kind::Date => keyed_date(written).map_or_else(|| spoken(tongue, (kind, written), now), Found::Valid),
        Kind::Birth => keyed_date(written).map_or_else(
            || spoken(tongue, (kind, written), now),
            |day| Found::Valid(if let Value::Date(day) = day { Value::Birth(day) } else { day }),
        ),
        Kind::Time => keyed_time(written).map_or_else(|| spoken(tongue, (kind, written), now), Found::Valid),
        Kind::FreeText if written.is_empty() => Found::Invalid,
        Kind::FreeText => Found::Valid(Value::Text(written.to_owned())),
        Kind::List(catalogue) => match catalogue.item(written) {
            Some(item) => Found::Valid(Value::Item(item.clone())),
            None => spoken(tongue, (kind, written), now),
        },
        Kind::Knowledge(knowledge) => {
            knowledge.article(written).map_or(Found::Invalid, |a| Found::Valid(Value::Article(a.clone())))
        }
        Kind::Number | Kind::Address | Kind::DateTimeRange => spoken(tongue, (kind, written), now),
    }
}

/// Keys, or an exact form; none for what only its extractor can read.
fn exact_written(form: Exact, written: &str) -> Option<Found> {
    let compact: String = written.chars().filter(|c| c.is_alphanumeric()).collect::<String>().to_uppercase();
    let figures = !compact.is_empty() && compact.chars().all(|c| c.is_ascii_digit());
    let (text, valid, length) = match form {
        // What begins with + is another country's, or Spain's with its code.
        Exact::Phone if figures && !written.starts_with('+') => {
            let national = compact.strip_prefix("0034").unwrap_or(&compact).to_owned();
            let valid = es::phone::is_valid(&national);
            (national, valid, 9)
        }
        Exact::Postcode if figures => {
            let valid = dialogs::province(&compact).is_some();
            (compact, valid, 5)
        }
        Exact::Nuss if figures => {
            let valid = es::nuss::is_valid(&compact);
            (compact, valid, 12)
        }
        Exact::Iban if figures => {
            let whole = format!("ES{compact}");
            let valid = es::iban::is_valid(&whole);
            (whole, valid, 24)
        }
        Exact::Iban if es::iban::is_valid(&compact) => (compact, true, 0),
        Exact::Plate if es::plate::is_valid(&compact) => (compact, true, 0),
        Exact::Email if es::email::is_valid(written) => (written.to_owned(), true, 0),
        _ => return None,
    };
    Some(match valid {
        true => Found::Valid(Value::Exact(form, text)),
        false if text.len() < length => Found::Unfinished,
        false => Found::Invalid,
    })
}

/// Euros, `*` (or a point or a comma) and two figures of cents; one figure could be tens or units. Without euros it is
/// cents; a second mark is no amount.
fn keyed_money(written: &str) -> Option<Found> {
    let figures = |text: &str| text.bytes().all(|b| b.is_ascii_digit());
    let (euros, cents) = written.split_once(['*', '.', ',']).unwrap_or((written, "00"));
    if !figures(euros) || !figures(cents) || euros.len() > 12 {
        let keyed = !written.is_empty() && written.bytes().all(|b| b.is_ascii_digit() || b == b'*');
        return keyed.then_some(Found::Invalid);
    }
    let euros = match (euros, cents) {
        ("", "") => return Some(Found::Invalid),
        ("", _) if written.is_empty() => return None,
        ("", _) => "0",
        (euros, _) => euros,
    };
    Some(match (cents.len(), euros.parse::<i64>(), cents.parse::<i64>()) {
        (2, Ok(euros), Ok(cents)) => Found::Valid(Value::Money(euros * 100 + cents)),
        (0 | 1, ..) => Found::Unfinished,
        _ => Found::Invalid,
    })
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

/// Figures that are fewer than all.
fn is_begun(keys: &str, all: usize) -> bool {
    (1..all).contains(&keys.len()) && keys.bytes().all(|b| b.is_ascii_digit())
}

/// `DDMMAAAA`
fn keyed_date(keys: &str) -> Option<Value> {
    NaiveDate::parse_from_str(keys, "%d%m%Y").ok().filter(|_| keys.len() == 8).map(Value::Date)
}

/// `HHMM`
fn keyed_time(keys: &str) -> Option<Value> {
    NaiveTime::parse_from_str(keys, "%H%M").ok().filter(|_| keys.len() == 4).map(Value::Time)
}

fn spoken(tongue: &dyn Tongue, (wanted, written): (&Kind, &str), now: NaiveDateTime) -> Found {
    let Some(kind) = kind(wanted) else { return Found::Invalid };
    let read = tongue.extract_best(&kind, &[(written, 1.0)], &Context::at(now));
    let all = read.map_or_else(Vec::new, |(_, all)| all);
    all.first().and_then(|best| found(wanted, best, &all)).unwrap_or(Found::Invalid)
}
