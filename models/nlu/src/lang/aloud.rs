//! Reading aloud in a language, by its templates. What is said here is understood by
//! [`super::Pack::extract`]: the same value comes back.

mod characters;
mod template;
mod time;

use std::collections::BTreeMap;
use std::sync::Arc;

use chrono::{NaiveDate, NaiveDateTime};

use super::Pack;
use super::data;
use super::dictated::Letters;
use super::number::{Agreement, Numbers};
use super::words::said;
use crate::Value;

/// The templates of a language and the words that fill them.
#[derive(Debug)]
pub(crate) struct Aloud {
    say: data::Say,
    /// Entries as they are said, by the name of their table.
    tables: BTreeMap<String, Vec<String>>,
    numbers: Arc<Numbers>,
    letters: Arc<Letters>,
}

impl Pack {
    /// A value in words, as a person would say it; days without their year.
    #[must_use]
    pub fn spoken(&self, value: &Value) -> String {
        self.0.aloud.value(value, None)
    }

    /// The same; a day that is far from `today` has its year said.
    #[must_use]
    pub fn spoken_on(&self, value: &Value, today: NaiveDate) -> String {
        self.0.aloud.value(value, Some(today))
    }

    /// Character by character.
    #[must_use]
    pub fn spelled(&self, text: &str) -> String {
        self.0.aloud.spelled(text)
    }

    /// Only its last characters; an e-mail address by its first letter and its domain.
    #[must_use]
    pub fn masked(&self, text: &str) -> String {
        self.0.aloud.masked(text)
    }

    /// What stands for a value of which nothing can be told.
    #[must_use]
    pub fn reserved(&self) -> String {
        self.0.aloud.say.reserved.clone()
    }

    /// The end of something longer, spelled.
    #[must_use]
    pub fn ending(&self, end: &str) -> String {
        self.0.aloud.say.ending.replace("{end}", &self.spelled(end))
    }

    /// Somebody's initials, spelled.
    #[must_use]
    pub fn initials(&self, capitals: &str) -> String {
        self.0.aloud.say.initials.replace("{end}", &self.spelled(capitals))
    }

    /// Where something is.
    #[must_use]
    pub fn place(&self, name: &str) -> String {
        self.0.aloud.say.place.replace("{place}", name)
    }

    /// In the groups in which people dictate.
    #[must_use]
    pub fn grouped(&self, text: &str) -> String {
        self.0.aloud.grouped(text)
    }

    /// Options as one would offer them; moments of one day share its name.
    #[must_use]
    pub fn options(&self, values: &[Value]) -> String {
        self.all(values, None)
    }

    /// The same; a day that is far from `today` has its year said.
    #[must_use]
    pub fn options_on(&self, values: &[Value], today: NaiveDate) -> String {
        self.all(values, Some(today))
    }

    fn all(&self, values: &[Value], today: Option<NaiveDate>) -> String {
        let aloud = &self.0.aloud;
        let moments: Vec<NaiveDateTime> = values
            .iter()
            .filter_map(|v| match v {
                Value::DateTime(t) => Some(*t),
                _ => None,
            })
            .collect();
        let said = if moments.len() == values.len() {
            aloud.moments(&moments, today)
        } else {
            values.iter().map(|v| aloud.value(v, today)).collect()
        };
        self.offered(&said)
    }

    /// Phrases as one would offer them: «a, b, o c».
    #[must_use]
    pub fn offered(&self, phrases: &[String]) -> String {
        match phrases {
            [] => String::new(),
            [one] => one.clone(),
            [first @ .., last] => format!("{}, {} {last}", first.join(", "), self.0.aloud.say.or),
        }
    }
}

impl Aloud {
    pub fn new(
        say: data::Say,
        table: &BTreeMap<String, Vec<String>>,
        (numbers, letters): (Arc<Numbers>, Arc<Letters>),
    ) -> Self {
        let first = |entries: &[String]| entries.iter().map(|e| said(e).to_owned()).collect::<Vec<_>>();
        Self {
            say,
            tables: table.iter().map(|(name, entries)| (name.clone(), first(entries))).collect(),
            numbers,
            letters,
        }
    }

    /// What stands before decimals.
    pub fn point(&self) -> &str {
        &self.say.point
    }

    fn value(&self, value: &Value, today: Option<NaiveDate>) -> String {
        match value {
            Value::YesNo(true) => self.say.yes.clone(),
            Value::YesNo(false) => self.say.no.clone(),
            Value::Number(n) => self.numbers.say(*n, Agreement::Alone),
            Value::Ordinal(n) => self.ordinal(*n, &self.say.ordinal),
            Value::FromEnd(n) => self.position_from_end(*n),
            Value::Digits(s) | Value::Nif(s) | Value::Phone(s) => self.grouped(s),
            Value::Iban(s) | Value::Plate(s) | Value::Nuss(s) => self.grouped(s),
            Value::Postcode(s) => self.postcode(s),
            Value::Email(s) => self.email(s),
            Value::Address(a) => a.to_string(),
            Value::Date(d) => self.date(*d, today),
            Value::Birth(d) => self.birth(*d),
            Value::Time(t) => self.time(*t),
            Value::DateTime(t) => self.moment(*t, today),
            Value::Range { from, to } => self.range(*from, *to, today),
            Value::Ranges(pieces) => self.ranges(pieces, today),
            Value::Item(s) | Value::Text(s) | Value::Name(s) => s.clone(),
            Value::Option(i) => {
                let n = u32::try_from(*i).unwrap_or(u32::MAX).saturating_add(1);
                self.ordinal(n, &self.say.option)
            }
            Value::NoneOfThem => self.say.none.clone(),
            Value::Money(c) => self.euros(*c),
            Value::Percentage(n) => self.percentage(*n),
            Value::Duration { months, seconds } => self.duration(*months, *seconds),
        }
    }

    /// A position in its template; over ten, the cardinal.
    fn ordinal(&self, n: u32, template: &str) -> String {
        template::fill(template, |_, source| self.word(n, source.or(Some("ordinal"))))
    }

    fn position_from_end(&self, n: u32) -> String {
        let [last, penultimate, other] = &self.say.from_end;
        match n {
            1 => last.clone(),
            2 => penultimate.clone(),
            n => self.ordinal(n, other),
        }
    }

    fn euros(&self, cents: i64) -> String {
        let (whole, rest) = (cents.unsigned_abs() / 100, cents.unsigned_abs() % 100);
        let say = &self.say;
        let count = |n: u64, one: &str, many: &str| {
            let template = if n == 1 { one } else { many };
            let words = self.numbers.say(i64::try_from(n).unwrap_or(i64::MAX), Agreement::Masculine);
            template.replace("{n}", &words)
        };
        let words = match (whole, rest) {
            (0, r) if r > 0 => count(r, &say.cent, &say.cents),
            (w, 0) => count(w, &say.euro, &say.euros),
            (w, r) => say
                .euros_cents
                .replace("{e}", &count(w, &say.euro, &say.euros))
                .replace("{c}", &count(r, &say.cent, &say.cents)),
        };
        self.signed(words, cents)
    }

    fn percentage(&self, hundredths: i64) -> String {
        let (whole, rest) = (hundredths.unsigned_abs() / 100, hundredths.unsigned_abs() % 100);
        let words = |n: u64| self.numbers.say(i64::try_from(n).unwrap_or(i64::MAX), Agreement::Alone);
        let point = &self.say.point;
        let number = match rest {
            0 => words(whole),
            1..=9 => format!("{} {point} {} {}", words(whole), self.say.zero, words(rest)),
            _ if rest.is_multiple_of(10) => format!("{} {point} {}", words(whole), words(rest / 10)),
            _ => format!("{} {point} {}", words(whole), words(rest)),
        };
        self.signed(self.say.percent.replace("{n}", &number), hundredths)
    }

    fn signed(&self, words: String, n: i64) -> String {
        if n < 0 { format!("{} {words}", self.numbers.minus) } else { words }
    }

    fn duration(&self, months: u32, seconds: u64) -> String {
        let sizes = [
            u64::from(months / 12),
            u64::from(months % 12),
            seconds / 86_400,
            seconds / 3600 % 24,
            seconds / 60 % 60,
            seconds % 60,
        ];
        let mut parts: Vec<String> = Vec::new();
        for (i, (n, (one, many))) in sizes.into_iter().zip(&self.say.units).enumerate() {
            let feminine = self.say.feminine_units.contains(&i);
            let agreement = if feminine { Agreement::Feminine } else { Agreement::Masculine };
            let words = self.numbers.say(i64::try_from(n).unwrap_or(i64::MAX), agreement);
            match n {
                0 => {}
                1 => parts.push(one.clone()),
                _ => parts.push(many.replace("{n}", &words)),
            }
        }
        match parts.as_slice() {
            [] => self.say.units.last().map_or_else(String::new, |u| u.1.replace("{n}", &self.say.zero)),
            [one] => one.clone(),
            [first @ .., last] => format!("{} {} {last}", first.join(", "), self.say.and),
        }
    }
}
