//! The values that an answer can carry, and what is asked of the extractor.

use std::fmt;
use std::ops::Range;
use std::sync::Arc;

use chrono::{NaiveDate, NaiveDateTime, NaiveTime};
use serde::{Deserialize, Serialize};

/// A typed datum understood from words or keys.
///
/// `Display` is the canonical written form, the one that a service receives:
/// `si`/`no`, `1250`, `12345678Z`, `2026-05-14`, `17:30`,
/// `2026-05-14T14:00/2026-05-14T20:00` (several of them with a comma between), the code of a list's item, `12.50` (euros or
/// per cent), `PT1H30M`.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Value {
    /// Yes (`true`) or no.
    YesNo(bool),
    /// A cardinal, up to a million million.
    Number(i64),
    /// A position from the first, which is 1.
    Ordinal(u32),
    /// A position from the end: the last is 1.
    FromEnd(u32),
    /// A string of digits whose length matters (leading zeros are kept).
    Digits(String),
    /// A DNI, NIE or CIF in capitals, no separators.
    Nif(String),
    /// A telephone: nine digits, or `+` and the country's code before them.
    Phone(String),
    /// A day.
    Date(NaiveDate),
    /// The day when somebody was born: always read aloud with its year.
    Birth(NaiveDate),
    /// An hour of the day.
    Time(NaiveTime),
    /// A moment: day and hour.
    DateTime(NaiveDateTime),
    /// From (included) to (excluded).
    Range {
        /// First moment inside.
        from: NaiveDateTime,
        /// First moment after.
        to: NaiveDateTime,
    },
    /// Several stretches, two or more, in order and apart: either of two days, all days but one.
    Ranges(Vec<(NaiveDateTime, NaiveDateTime)>),
    /// Code of an item of a [`Catalogue`].
    Item(String),
    /// Index (from 0) of one of the options that were offered.
    Option(usize),
    /// None of the options that were offered.
    NoneOfThem,
    /// Euros, in cents.
    Money(i64),
    /// Parts of a hundred, in hundredths: 1250 is 12.5 %.
    Percentage(i64),
    /// A length of time: months of the calendar, and seconds.
    Duration {
        /// Whole months; a year is twelve.
        months: u32,
        /// What is shorter than a month; a day is 86 400.
        seconds: u64,
    },
    /// A bank account's IBAN in capitals, no separators.
    Iban(String),
    /// A vehicle's registration in capitals, no separators.
    Plate(String),
    /// The five digits of a Spanish postcode.
    Postcode(String),
    /// The twelve digits of a Social Security number.
    Nuss(String),
    /// An e-mail address in lower case.
    Email(String),
    /// A postal address in parts.
    Address(Address),
    /// A person's name in its Spanish spelling.
    Name(String),
    /// Words as they came.
    Text(String),
}

impl fmt::Display for Value {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::YesNo(true) => f.write_str("si"),
            Self::YesNo(false) => f.write_str("no"),
            Self::Number(n) => write!(f, "{n}"),
            Self::Ordinal(n) => write!(f, "{n}"),
            Self::FromEnd(n) => write!(f, "-{n}"),
            Self::Digits(s) | Self::Nif(s) | Self::Phone(s) | Self::Item(s) | Self::Text(s) => f.write_str(s),
            Self::Iban(s) | Self::Plate(s) | Self::Postcode(s) | Self::Nuss(s) => f.write_str(s),
            Self::Email(s) | Self::Name(s) => f.write_str(s),
            Self::Date(d) | Self::Birth(d) => write!(f, "{}", d.format("%Y-%m-%d")),
            Self::Time(t) => write!(f, "{}", t.format("%H:%M")),
            Self::DateTime(t) => write!(f, "{}", t.format("%Y-%m-%dT%H:%M")),
            Self::Range { from, to } => f.write_str(&stretch(from, to)),
            Self::Ranges(pieces) => {
                let all: Vec<String> = pieces.iter().map(|(from, to)| stretch(from, to)).collect();
                f.write_str(&all.join(","))
            }
            Self::Option(i) => write!(f, "{i}"),
            Self::NoneOfThem => f.write_str("ninguna"),
            Self::Money(c) => {
                let sign = if *c < 0 { "-" } else { "" };
                write!(f, "{sign}{}.{:02}", c.unsigned_abs() / 100, c.unsigned_abs() % 100)
            }
            Self::Percentage(n) => {
                let sign = if *n < 0 { "-" } else { "" };
                let decimals = format!(".{:02}", n.unsigned_abs() % 100);
                let decimals = decimals.trim_end_matches('0').trim_end_matches('.');
                write!(f, "{sign}{}{decimals}", n.unsigned_abs() / 100)
            }
            Self::Duration { months, seconds } => f.write_str(&iso_8601(*months, *seconds)),
            Self::Address(a) => a.fmt(f),
        }
    }
}

fn stretch(from: &NaiveDateTime, to: &NaiveDateTime) -> String {
    format!("{}/{}", from.format("%Y-%m-%dT%H:%M"), to.format("%Y-%m-%dT%H:%M"))
}

/// A length of time as ISO 8601 writes it: `P1Y6M`, `PT1H30M`, `P14D`.
fn iso_8601(months: u32, seconds: u64) -> String {
    let unit = |n: u64, name: char| if n > 0 { format!("{n}{name}") } else { String::new() };
    let calendar =
        [unit(u64::from(months / 12), 'Y'), unit(u64::from(months % 12), 'M'), unit(seconds / 86_400, 'D')];
    let clock =
        [unit(seconds / 3600 % 24, 'H'), unit(seconds / 60 % 60, 'M'), unit(seconds % 60, 'S')].concat();
    match (calendar.concat(), clock) {
        (days, clock) if days.is_empty() && clock.is_empty() => "PT0S".to_owned(),
        (days, clock) if clock.is_empty() => format!("P{days}"),
        (days, clock) => format!("P{days}T{clock}"),
    }
}

/// A postal address; what was not said is `None`.
///
/// `Display` is how an envelope has it: `Calle Mayor, 12, 3.º derecha, 28013 Madrid`.
#[derive(Debug, Clone, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Address {
    /// Kind of street and its name: `Calle Mayor`.
    pub street: String,
    /// Figures, with their `bis` or letter; `s/n` for none, `km 5` on a road.
    pub number: Option<String>,
    /// Way in where the building has several: `escalera B`, `portal 2`.
    pub entrance: Option<String>,
    /// Figures, or `bajo`, `entresuelo`, `principal`, `ático`, `sótano`…
    pub floor: Option<String>,
    /// `derecha`, `B`, `2`…
    pub door: Option<String>,
    /// Five digits.
    pub postcode: Option<String>,
    /// Town.
    pub town: Option<String>,
}

impl fmt::Display for Address {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.street)?;
        for part in [&self.number, &self.entrance].into_iter().flatten() {
            write!(f, ", {part}")?;
        }
        let floor = self.floor.as_deref().map(|floor| {
            let figures = floor.bytes().all(|b| b.is_ascii_digit());
            if figures { format!("{floor}.º") } else { floor.to_owned() }
        });
        match (floor, &self.door) {
            (Some(floor), Some(door)) => write!(f, ", {floor} {door}")?,
            (Some(floor), None) => write!(f, ", {floor}")?,
            (None, Some(door)) => write!(f, ", puerta {door}")?,
            (None, None) => {}
        }
        match (&self.postcode, &self.town) {
            (Some(code), Some(town)) => write!(f, ", {code} {town}"),
            (Some(one), None) | (None, Some(one)) => write!(f, ", {one}"),
            (None, None) => Ok(()),
        }
    }
}

/// What is looked for in a text.
#[derive(Debug, Clone, PartialEq)]
pub enum Kind {
    /// Yes or no → [`Value::YesNo`].
    YesNo,
    /// A cardinal → [`Value::Number`].
    Number,
    /// A position → [`Value::Ordinal`] or [`Value::FromEnd`].
    Ordinal,
    /// Between `min` and `max` digits in any grouping → [`Value::Digits`].
    Digits {
        /// Fewest digits of a whole answer.
        min: usize,
        /// Most digits of a whole answer.
        max: usize,
    },
    /// DNI, NIE or CIF → [`Value::Nif`]; the digits alone → [`Value::Digits`], partial.
    Nif,
    /// A Spanish telephone → [`Value::Phone`].
    Telefono,
    /// A day → [`Value::Date`].
    Fecha,
    /// The day when somebody was born: past, and of no more than 120 years ago → [`Value::Birth`]; without its
    /// year → [`Value::Date`], partial.
    Nacimiento,
    /// An hour → [`Value::Time`].
    Hora,
    /// Day and part of day, or moment → [`Value::Range`]; an exact moment → [`Value::DateTime`]; days that are not
    /// one stretch → [`Value::Ranges`].
    DatetimeRange,
    /// An item of a catalogue → [`Value::Item`].
    List(Arc<Catalogue>),
    /// One of the options just offered → [`Value::Option`] or [`Value::NoneOfThem`].
    Choice(Vec<Item>),
    /// An amount in euros → [`Value::Money`].
    Importe,
    /// Parts of a hundred → [`Value::Percentage`].
    Percentage,
    /// A length of time → [`Value::Duration`].
    Duration,
    /// An IBAN → [`Value::Iban`]; its first digits → [`Value::Digits`], partial.
    Iban,
    /// A Spanish registration plate → [`Value::Plate`].
    Matricula,
    /// A Spanish postcode → [`Value::Postcode`].
    CodigoPostal,
    /// A Social Security number → [`Value::Nuss`]; its first digits → [`Value::Digits`], partial.
    Nuss,
    /// An e-mail address → [`Value::Email`]; one without its end → [`Value::Text`], partial.
    Correo,
    /// A postal address → [`Value::Address`].
    Direccion,
    /// A person's name → [`Value::Name`].
    Nombre,
    /// Whatever was said, trimmed → [`Value::Text`].
    FreeText,
}

/// The items that a list slot accepts.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
pub struct Catalogue {
    /// Items, in the designer's order.
    pub items: Vec<Item>,
}

/// One thing that can be chosen.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Item {
    /// What the slot holds when it is chosen.
    pub code: String,
    /// What it is called aloud.
    pub name: String,
    /// Other ways of calling it.
    #[serde(default)]
    pub synonyms: Vec<String>,
    /// The value that it stands for, where it has one: a day, an hour, a moment.
    #[serde(default)]
    pub value: Option<Value>,
}

/// One value found in a text. Results come best first.
#[derive(Debug, Clone, PartialEq)]
pub struct Found {
    /// What it is.
    pub value: Value,
    /// Bytes of the text that said it.
    pub span: Range<usize>,
    /// 0 to 1: how sure the reading is (of the text, not of the recogniser).
    pub confidence: f32,
    /// Whether it can be used as it is.
    pub status: Status,
}

/// Whether a found value can be used as it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Status {
    /// Whole and valid.
    Sound,
    /// Usable after a confirmation: one digit was corrected, or the words were doubtful.
    Unsure,
    /// The first two results are too close: ask which one.
    Unclear,
    /// The beginning of a value: more is to come (digits without their letter).
    Partial,
    /// Whole, but it breaks its own rule (check letter, impossible date).
    Invalid,
}

/// What the reading of a text depends on.
#[derive(Debug, Clone, PartialEq)]
pub struct Context {
    /// The present moment, in the office's local time.
    pub now: NaiveDateTime,
    /// What the parts of the day mean here.
    pub parts: DayParts,
    /// When the office is open: resolves bare hours.
    pub opening: Opening,
    /// What is asked for is over: a day without its year, or with two figures of it, is the last one.
    pub past: bool,
}

impl Context {
    /// Spain's parts of the day and a town hall's hours, at the given moment.
    #[must_use]
    pub fn at(now: NaiveDateTime) -> Self {
        Self { now, parts: DayParts::default(), opening: Opening::default(), past: false }
    }
}

/// Hours of the parts of the day, `(from, to)` on a 24-hour clock; `to` is excluded.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct DayParts {
    /// «de madrugada».
    pub madrugada: (u32, u32),
    /// «por la mañana».
    pub manana: (u32, u32),
    /// «a mediodía».
    pub mediodia: (u32, u32),
    /// «por la tarde».
    pub tarde: (u32, u32),
    /// «por la noche»; 24 is midnight.
    pub noche: (u32, u32),
}

impl Default for DayParts {
    fn default() -> Self {
        Self { madrugada: (0, 6), manana: (8, 14), mediodia: (12, 15), tarde: (14, 20), noche: (20, 24) }
    }
}

/// Opening hours by day of the week.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Opening {
    /// Monday first: each day's intervals `(opens, closes)`, in order.
    pub week: [Vec<(NaiveTime, NaiveTime)>; 7],
}

impl Opening {
    /// The same interval, in whole hours, from Monday to Friday.
    #[must_use]
    pub fn weekdays(from: u32, to: u32) -> Self {
        let day = match (NaiveTime::from_hms_opt(from, 0, 0), NaiveTime::from_hms_opt(to, 0, 0)) {
            (Some(a), Some(b)) => vec![(a, b)],
            _ => Vec::new(),
        };
        let mut week: [Vec<(NaiveTime, NaiveTime)>; 7] = Default::default();
        for slot in week.iter_mut().take(5) {
            slot.clone_from(&day);
        }
        Self { week }
    }

    /// Whether the office is open at `time` on any day of the week.
    #[must_use]
    pub fn ever_open_at(&self, time: NaiveTime) -> bool {
        self.week.iter().flatten().any(|(a, b)| *a <= time && time < *b)
    }

    /// Whether the office is open at that moment (holidays are the caller's matter).
    #[must_use]
    pub fn open_at(&self, at: NaiveDateTime) -> bool {
        use chrono::Datelike;
        let day = at.weekday().num_days_from_monday() as usize;
        self.week.get(day).is_some_and(|d| d.iter().any(|(a, b)| *a <= at.time() && at.time() < *b))
    }

    /// First opening and last closing of that day of the week, 0 is Monday.
    #[must_use]
    pub fn bounds(&self, day: usize) -> Option<(NaiveTime, NaiveTime)> {
        let hours = self.week.get(day)?;
        Some((hours.iter().map(|h| h.0).min()?, hours.iter().map(|h| h.1).max()?))
    }
}

impl Default for Opening {
    fn default() -> Self {
        Self::weekdays(8, 20)
    }
}
