//! Values that slots, services and expressions hold, and their kinds.

use std::{collections::BTreeMap, fmt, sync::Arc};

use chrono::{NaiveDate, NaiveDateTime, NaiveTime};
use serde::{Serialize, Serializer};

pub use crate::kind::{Exact, Kind};
pub use crate::moment::{Moment, NoMoment};
use crate::province::province;

/// One entry of a catalogue (`catalogos/<name>.yaml`), as chosen by the citizen.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Item {
    /// The key that the dialog uses (`padron`); what a test file compares with.
    pub id: String,
    /// The name that is read aloud.
    pub name: String,
    /// Other ways to say it.
    pub synonyms: Vec<String>,
    /// Every other text of the entry (`codigo`, …), reached as `{slot.codigo}`.
    pub fields: BTreeMap<String, String>,
}

/// A catalogue: the values that a `list(name)` slot takes.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Catalogue {
    /// The file's name, as in `list(tramites)`.
    pub name: String,
    /// Its entries, in the order written.
    pub items: Vec<Arc<Item>>,
    /// A service gives them, so they may be others tomorrow.
    pub fetched: bool,
}

impl Catalogue {
    /// The entry with this key.
    pub fn item(&self, id: &str) -> Option<&Arc<Item>> {
        self.items.iter().find(|i| i.id == id)
    }
}

/// One thing that the bot knows (`saber/<name>.yaml`), as found for a citizen's question.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Article {
    /// The key that the dialog uses; what a test file compares with.
    pub id: String,
    /// What it is about.
    pub title: String,
    /// Ways to ask for it.
    pub questions: Vec<String>,
    /// What the bot says.
    pub answer: String,
    /// Where it is written: a law, an ordinance, a page.
    pub source: Option<String>,
}

/// What a bot knows of one matter: the answers that a `kb(name)` slot finds.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Knowledge {
    /// The file's name, as in `kb(tributos)`.
    pub name: String,
    /// Its articles, in the order written.
    pub articles: Vec<Arc<Article>>,
}

impl Knowledge {
    /// The article with this key.
    pub fn article(&self, id: &str) -> Option<&Arc<Article>> {
        self.articles.iter().find(|a| a.id == id)
    }
}

/// A postal address in parts; what was not said is none.
///
/// `Display` is how an envelope has it: `Calle Mayor, 12, 3.º derecha, 28013 Madrid`.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Address {
    /// Kind of street and its name: `Calle Mayor`.
    pub street: String,
    /// Figures, with their `bis` or letter; `s/n` for none, `km 5` on a road.
    pub number: Option<String>,
    /// Way in where the building has several: `escalera B`, `portal 2`.
    pub entrance: Option<String>,
    /// Figures, or `bajo`, `principal`, `ático`…
    pub floor: Option<String>,
    /// `derecha`, `B`, `2`…
    pub door: Option<String>,
    /// Five digits.
    pub postcode: Option<String>,
    /// Town.
    pub town: Option<String>,
}

impl Address {
    /// What comes after street and number: `escalera B, 3.º derecha, 28013 Madrid`; empty if nothing was said.
    pub fn rest(&self) -> String {
        let floor = self.floor.as_deref().map(|floor| {
            let figures = floor.bytes().all(|b| b.is_ascii_digit());
            if figures { format!("{floor}.º") } else { floor.to_owned() }
        });
        let inside = match (floor, self.door.as_deref()) {
            (Some(floor), Some(door)) => Some(format!("{floor} {door}")),
            (None, Some(door)) => Some(format!("puerta {door}")),
            (floor, None) => floor,
        };
        let place: Vec<&str> =
            [&self.postcode, &self.town].into_iter().flatten().map(String::as_str).collect();
        let place = Some(place.join(" ")).filter(|p| !p.is_empty());
        let parts = [self.entrance.clone(), inside, place];
        parts.into_iter().flatten().collect::<Vec<_>>().join(", ")
    }
}

impl fmt::Display for Address {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.street)?;
        let rest = Some(self.rest()).filter(|r| !r.is_empty());
        for part in [&self.number, &rest].into_iter().flatten() {
            write!(f, ", {part}")?;
        }
        Ok(())
    }
}

/// A typed value.
#[derive(Debug, Clone, PartialEq)]
pub enum Value {
    /// Yes or no.
    YesNo(bool),
    /// A number; integers are exact up to 2⁵³.
    Number(f64),
    /// Free text, and texts that services return.
    Text(String),
    /// A string of digits, leading zeros kept.
    Digits(String),
    /// A DNI, NIE or CIF in capitals with its check character: `12345678Z`.
    Nif(String),
    /// A telephone, an IBAN… in its exact form.
    Exact(Exact, String),
    /// Euros, in cents.
    Money(i64),
    /// A postal address.
    Address(Box<Address>),
    /// A day.
    Date(NaiveDate),
    /// The day when somebody was born.
    Birth(NaiveDate),
    /// An hour of the day.
    Time(NaiveTime),
    /// A moment, in the office's local time.
    DateTime(Moment),
    /// An interval `[from, to)`, in the office's local time.
    Range {
        /// First instant inside.
        from: NaiveDateTime,
        /// First instant after.
        to: NaiveDateTime,
    },
    /// Several intervals `[from, to)`, two or more, in order and apart: either of two days, all but some.
    Ranges(Vec<(NaiveDateTime, NaiveDateTime)>),
    /// An entry of a catalogue.
    Item(Arc<Item>),
    /// What the bot knows on a question.
    Article(Arc<Article>),
    /// Several values.
    List(Vec<Value>),
    /// Named values: what a service returns.
    Map(BTreeMap<String, Value>),
}

/// Cents as euros.
fn euros(cents: i64) -> f64 {
    cents as f64 / 100.0
}

const MOMENT: &str = "%Y-%m-%dT%H:%M";

impl Value {
    /// The named part of a value (`{hueco.inicio}`), if it has it.
    pub fn field(&self, name: &str) -> Option<Value> {
        match (self, name) {
            (Self::Map(map), _) => map.get(name).cloned(),
            (Self::Item(item), "id") => Some(Self::Text(item.id.clone())),
            (Self::Item(item), "nombre") => Some(Self::Text(item.name.clone())),
            (Self::Item(item), _) => item.fields.get(name).cloned().map(Self::Text),
            (Self::Article(article), "id") => Some(Self::Text(article.id.clone())),
            (Self::Article(article), "titulo") => Some(Self::Text(article.title.clone())),
            (Self::Article(article), "respuesta") => Some(Self::Text(article.answer.clone())),
            (Self::Article(article), "fuente") => article.source.clone().map(Self::Text),
            (Self::Exact(Exact::Postcode, code), "provincia") => {
                province(code).map(|name| Self::Text(name.to_owned()))
            }
            // A part that was not said is empty.
            (Self::Address(address), "via") => Some(Self::Text(address.street.clone())),
            (Self::Address(address), "numero") => {
                Some(Self::Text(address.number.clone().unwrap_or_default()))
            }
            (Self::Address(address), "resto") => Some(Self::Text(address.rest())),
            (Self::Range { from, .. }, "desde") => Some(Self::DateTime((*from).into())),
            (Self::Range { to, .. }, "hasta") => Some(Self::DateTime((*to).into())),
            (Self::Ranges(_), "desde" | "hasta") => self.hull().field(name),
            (Self::Range { .. }, "tramos") => Some(Self::List(vec![self.clone()])),
            (Self::Ranges(all), "tramos") => {
                Some(Self::List(all.iter().map(|(from, to)| Self::Range { from: *from, to: *to }).collect()))
            }
            (Self::DateTime(at), "fecha") => Some(Self::Date(at.local().date())),
            (Self::DateTime(at), "hora") => Some(Self::Time(at.local().time())),
            _ => None,
        }
    }

    /// The one interval that holds several, as services take it; any other value is itself.
    #[must_use]
    pub fn hull(&self) -> Value {
        match self {
            Self::Ranges(all) => match (all.first(), all.last()) {
                (Some((from, _)), Some((_, to))) => Self::Range { from: *from, to: *to },
                _ => self.clone(),
            },
            value => value.clone(),
        }
    }

    /// The intervals of a time; none of any other value.
    pub(crate) fn intervals(&self) -> Vec<(NaiveDateTime, NaiveDateTime)> {
        match self {
            Self::Range { from, to } => vec![(*from, *to)],
            Self::Ranges(all) => all.clone(),
            _ => Vec::new(),
        }
    }

    /// Whether it is a day, or less, that holds all of another time.
    pub(crate) fn holds(&self, other: &Value) -> bool {
        let Self::Range { from, to } = self else { return false };
        let times = other.intervals();
        let within = |(a, b): &(NaiveDateTime, NaiveDateTime)| from <= a && b <= to;
        *to - *from <= chrono::Duration::days(1) && !times.is_empty() && times.iter().all(within)
    }

    /// The number that it is compared as: a number's own, an amount's euros.
    pub fn number(&self) -> Option<f64> {
        match self {
            Self::Number(n) => Some(*n),
            Self::Money(cents) => Some(euros(*cents)),
            _ => None,
        }
    }

    /// True for an empty list, text or map.
    pub fn is_empty(&self) -> bool {
        match self {
            Self::Text(t) | Self::Digits(t) | Self::Nif(t) | Self::Exact(_, t) => t.is_empty(),
            Self::List(l) => l.is_empty(),
            Self::Map(m) => m.is_empty(),
            _ => false,
        }
    }

    /// The value as JSON for a service's body.
    pub fn to_json(&self) -> serde_json::Value {
        use serde_json::Value as J;
        match self {
            Self::YesNo(b) => J::Bool(*b),
            Self::Number(n) if n.fract() == 0.0 && n.abs() <= 9_007_199_254_740_992.0 => J::from(*n as i64),
            Self::Number(n) => serde_json::Number::from_f64(*n).map_or(J::Null, J::Number),
            // A hundredth of a whole number has at most two decimals, and is written with them.
            Self::Money(cents) => serde_json::Number::from_f64(euros(*cents)).map_or(J::Null, J::Number),
            Self::List(l) => J::Array(l.iter().map(Self::to_json).collect()),
            Self::Map(m) => J::Object(m.iter().map(|(k, v)| (k.clone(), v.to_json())).collect()),
            other => J::String(other.to_string()),
        }
    }
}

/// The exact form: what services get, what test files compare with.
impl fmt::Display for Value {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::YesNo(b) => write!(f, "{b}"),
            Self::Number(n) => write!(f, "{n}"),
            Self::Text(t) | Self::Digits(t) | Self::Nif(t) | Self::Exact(_, t) => f.write_str(t),
            Self::Date(d) | Self::Birth(d) => write!(f, "{}", d.format("%Y-%m-%d")),
            Self::Time(t) => write!(f, "{}", t.format("%H:%M")),
            Self::DateTime(t) => write!(f, "{t}"),
            Self::Range { from, to } => write!(f, "{}/{}", from.format(MOMENT), to.format(MOMENT)),
            Self::Ranges(all) => {
                let one = |(from, to): &(NaiveDateTime, NaiveDateTime)| Self::Range { from: *from, to: *to };
                let all: Vec<String> = all.iter().map(|p| one(p).to_string()).collect();
                f.write_str(&all.join(","))
            }
            Self::Money(cents) => {
                let sign = if *cents < 0 { "-" } else { "" };
                write!(f, "{sign}{}.{:02}", cents.unsigned_abs() / 100, cents.unsigned_abs() % 100)
            }
            Self::Address(address) => address.fmt(f),
            Self::Item(i) => f.write_str(&i.id),
            Self::Article(a) => f.write_str(&a.id),
            Self::List(_) | Self::Map(_) => write!(f, "{}", self.to_json()),
        }
    }
}

/// A moment that nobody else wrote.
impl From<NaiveDateTime> for Value {
    fn from(local: NaiveDateTime) -> Self {
        Self::DateTime(local.into())
    }
}

impl Serialize for Value {
    fn serialize<S: Serializer>(&self, s: S) -> Result<S::Ok, S::Error> {
        self.to_json().serialize(s)
    }
}

/// How a template wants a value to be put: `{value | filter}`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Filter {
    /// No filter: names as they are, dates and numbers as a person would read them.
    Plain,
    /// As one says it: «el jueves catorce de mayo a las cinco y media de la tarde».
    Spoken,
    /// Character by character: «erre, siete, ka, dos».
    Spelled,
    /// Only its end: «terminado en 78 Z».
    Masked,
    /// In the groups people use: «12 34 56 78 Z».
    Grouped,
}

impl Filter {
    /// Every name that `{value | name}` takes.
    pub const NAMES: [&'static str; 4] = ["spoken", "spelled", "masked", "grouped"];

    /// The filter with this name.
    pub fn named(name: &str) -> Option<Self> {
        Some(match name {
            "spoken" => Self::Spoken,
            "spelled" => Self::Spelled,
            "masked" => Self::Masked,
            "grouped" => Self::Grouped,
            _ => return None,
        })
    }
}
