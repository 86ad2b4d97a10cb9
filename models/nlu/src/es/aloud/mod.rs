//! Reading aloud: values in words, in the natural register of a Spanish office.
//!
//! What is said here is understood by [`super::extract`]: the same value comes back.

mod address;
pub(crate) mod characters;
mod email;
mod number;
mod time;

pub use characters::{grouped, masked, spelled};
pub use number::{Agreement, cardinal, euros, ordinal, percentage};
pub use time::{birth, date, day_and_month, duration, is_far, moment, range, ranges, weekday};

use chrono::{NaiveDate, NaiveDateTime};

use crate::Value;

/// A value in words, as a person would say it; days without their year.
#[must_use]
pub fn spoken(value: &Value) -> String {
    say(value, None)
}

/// The same; a day that is far from `today` has its year said.
#[must_use]
pub fn spoken_on(value: &Value, today: NaiveDate) -> String {
    say(value, Some(today))
}

fn say(value: &Value, today: Option<NaiveDate>) -> String {
    match value {
        Value::YesNo(true) => "sí".to_owned(),
        Value::YesNo(false) => "no".to_owned(),
        Value::Number(n) => cardinal(*n, Agreement::Alone),
        Value::Ordinal(n) => ordinal(*n, false),
        Value::FromEnd(1) => "el último".to_owned(),
        Value::FromEnd(2) => "el penúltimo".to_owned(),
        Value::FromEnd(n) => format!("el {} por el final", ordinal(*n, false)),
        Value::Digits(s) | Value::Nif(s) | Value::Phone(s) => grouped(s),
        Value::Iban(s) | Value::Plate(s) | Value::Nuss(s) => grouped(s),
        Value::Postcode(s) => characters::postcode(s),
        Value::Email(s) => email::email(s),
        Value::Address(a) => address::address(a),
        Value::Date(d) => date(*d, today),
        Value::Birth(d) => time::birth(*d),
        Value::Time(t) => time::time(*t),
        Value::DateTime(t) => moment(*t, today),
        Value::Range { from, to } => range(*from, *to, today),
        Value::Ranges(pieces) => time::ranges(pieces, today),
        Value::Item(s) | Value::Text(s) | Value::Name(s) => s.clone(),
        Value::Option(i) => {
            format!("la {}", ordinal(u32::try_from(*i).unwrap_or(u32::MAX).saturating_add(1), true))
        }
        Value::NoneOfThem => "ninguna".to_owned(),
        Value::Money(c) => euros(*c),
        Value::Percentage(n) => percentage(*n),
        Value::Duration { months, seconds } => duration(*months, *seconds),
    }
}

/// Options as one would offer them; moments of one day share its name.
#[must_use]
pub fn options(values: &[Value]) -> String {
    all(values, None)
}

/// The same; a day that is far from `today` has its year said.
#[must_use]
pub fn options_on(values: &[Value], today: NaiveDate) -> String {
    all(values, Some(today))
}

fn all(values: &[Value], today: Option<NaiveDate>) -> String {
    let moments: Vec<NaiveDateTime> = values
        .iter()
        .filter_map(|v| match v {
            Value::DateTime(t) => Some(*t),
            _ => None,
        })
        .collect();
    let said = if moments.len() == values.len() {
        time::moments(&moments, today)
    } else {
        values.iter().map(|v| say(v, today)).collect()
    };
    offered(&said)
}

/// Phrases as one would offer them: «a, b, o c».
#[must_use]
pub fn offered(phrases: &[String]) -> String {
    match phrases {
        [] => String::new(),
        [one] => one.clone(),
        [first @ .., last] => {
            // «u» before the sound of o: «siete u ocho».
            let sound = super::fold(last);
            let or = if sound.starts_with('o') || sound.starts_with("ho") { "u" } else { "o" };
            format!("{}, {or} {last}", first.join(", "))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn options_are_offered_with_their_conjunction() {
        let at = |h, m| {
            Value::DateTime(NaiveDate::from_ymd_opt(2026, 5, 14).unwrap().and_hms_opt(h, m, 0).unwrap())
        };
        assert_eq!(
            options(&[at(17, 30), at(18, 0)]),
            "el jueves catorce de mayo a las cinco y media de la tarde, o a las seis"
        );
        assert_eq!(options(&[Value::Number(7), Value::Number(8)]), "siete, u ocho");
        assert_eq!(options(&[]), "");
        assert_eq!(spoken(&Value::Option(1)), "la segunda");
    }
}
