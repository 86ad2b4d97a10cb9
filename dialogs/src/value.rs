//! Values that slots, services and expressions hold, and their kinds.

use std::{collections::BTreeMap, fmt, sync::Arc};

use chrono::{NaiveDate, NaiveDateTime, NaiveTime};
use serde::{Serialize, Serializer};

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
}

impl Catalogue {
    /// The entry with this key.
    pub fn item(&self, id: &str) -> Option<&Arc<Item>> {
        self.items.iter().find(|i| i.id == id)
    }
}

/// What a slot takes. It brings its grammar by voice and its form on the keypad.
#[derive(Debug, Clone, PartialEq)]
pub enum Kind {
    /// `yes_no`
    YesNo,
    /// `list(catalogue)`
    List(Arc<Catalogue>),
    /// `digits(n)` or `digits(min, max)`
    Digits {
        /// Fewest digits.
        min: u8,
        /// Most digits.
        max: u8,
    },
    /// `number`: a cardinal
    Number,
    /// `es.nif`: DNI or NIE with its check letter
    Nif,
    /// `es.fecha`
    Date,
    /// `es.hora`
    Time,
    /// `es.datetime_range`: a day, a part of a day or an hour, as the interval it covers
    DateTimeRange,
    /// `free_text`
    FreeText,
}

impl Kind {
    /// Whether any words at all are a value of it.
    pub fn takes_any_words(&self) -> bool {
        matches!(self, Self::FreeText)
    }

    /// How the kind is written in a dialog.
    pub fn written(&self) -> String {
        match self {
            Self::YesNo => "yes_no".into(),
            Self::List(c) => format!("list({})", c.name),
            Self::Digits { min, max } if min == max => format!("digits({min})"),
            Self::Digits { min, max } => format!("digits({min}, {max})"),
            Self::Number => "number".into(),
            Self::Nif => "es.nif".into(),
            Self::Date => "es.fecha".into(),
            Self::Time => "es.hora".into(),
            Self::DateTimeRange => "es.datetime_range".into(),
            Self::FreeText => "free_text".into(),
        }
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
    /// A DNI or NIE in capitals with its letter: `12345678Z`.
    Nif(String),
    /// A day.
    Date(NaiveDate),
    /// An hour of the day.
    Time(NaiveTime),
    /// A moment, in the office's local time.
    DateTime(NaiveDateTime),
    /// An interval `[from, to)`, in the office's local time.
    Range {
        /// First instant inside.
        from: NaiveDateTime,
        /// First instant after.
        to: NaiveDateTime,
    },
    /// An entry of a catalogue.
    Item(Arc<Item>),
    /// Several values.
    List(Vec<Value>),
    /// Named values: what a service returns.
    Map(BTreeMap<String, Value>),
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
            (Self::Range { from, .. }, "desde") => Some(Self::DateTime(*from)),
            (Self::Range { to, .. }, "hasta") => Some(Self::DateTime(*to)),
            (Self::DateTime(at), "fecha") => Some(Self::Date(at.date())),
            (Self::DateTime(at), "hora") => Some(Self::Time(at.time())),
            _ => None,
        }
    }

    /// True for an empty list, text or map.
    pub fn is_empty(&self) -> bool {
        match self {
            Self::Text(t) | Self::Digits(t) | Self::Nif(t) => t.is_empty(),
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
            Self::Number(n) if n.fract() == 0.0 && n.abs() < 9e15 => J::from(*n as i64),
            Self::Number(n) => serde_json::Number::from_f64(*n).map_or(J::Null, J::Number),
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
            Self::Text(t) | Self::Digits(t) | Self::Nif(t) => f.write_str(t),
            Self::Date(d) => write!(f, "{}", d.format("%Y-%m-%d")),
            Self::Time(t) => write!(f, "{}", t.format("%H:%M")),
            Self::DateTime(t) => write!(f, "{}", t.format(MOMENT)),
            Self::Range { from, to } => write!(f, "{}/{}", from.format(MOMENT), to.format(MOMENT)),
            Self::Item(i) => f.write_str(&i.id),
            Self::List(_) | Self::Map(_) => write!(f, "{}", self.to_json()),
        }
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
