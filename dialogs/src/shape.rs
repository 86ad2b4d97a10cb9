//! Shapes: what a value may be, known before it is there.

use std::fmt;

use chrono_tz::Tz;

use crate::{
    json::Json,
    model::Shape,
    moment::{self, Moment},
    value::{Exact, Filter, Kind, Value},
};

impl Shape {
    /// The shape of a field, or the names that exist.
    pub fn field(&self, name: &str) -> Result<Shape, Vec<String>> {
        let none = Err(Vec::new());
        match self {
            Self::Any => Ok(Self::Any),
            Self::Map(map) => map.get(name).cloned().ok_or_else(|| map.keys().cloned().collect()),
            // A list that could not be read has been told of: what is read of it is not wrong.
            Self::Slot(Kind::List(catalogue)) if catalogue.items.is_empty() => Ok(Self::Text),
            Self::Slot(Kind::List(catalogue)) => {
                let mut names = vec!["id".to_owned(), "nombre".to_owned()];
                // A field must be there in every entry: reading it can't come up empty.
                if let Some((first, rest)) = catalogue.items.split_first() {
                    names.extend(
                        first
                            .fields
                            .keys()
                            .filter(|k| rest.iter().all(|i| i.fields.contains_key(*k)))
                            .cloned(),
                    );
                }
                if names.iter().any(|n| n == name) { Ok(Self::Text) } else { Err(names) }
            }
            Self::Slot(Kind::Knowledge(knowledge)) => {
                let mut names = vec!["id", "titulo", "respuesta"];
                if knowledge.articles.iter().all(|a| a.source.is_some()) {
                    names.push("fuente");
                }
                part(name, &names)
            }
            Self::Slot(Kind::Exact(Exact::Postcode)) => part(name, &["provincia"]),
            Self::Slot(Kind::Address) => part(name, &["via", "numero", "resto"]),
            Self::Slot(Kind::DateTimeRange) => match name {
                "desde" | "hasta" => Ok(Self::DateTime),
                "tramos" => Ok(Self::List(Box::new(Self::Slot(Kind::DateTimeRange)))),
                _ => Err(vec!["desde".into(), "hasta".into(), "tramos".into()]),
            },
            Self::DateTime => match name {
                "fecha" => Ok(Self::Date),
                "hora" => Ok(Self::Time),
                _ => Err(vec!["fecha".into(), "hora".into()]),
            },
            _ => none,
        }
    }

    /// Whether a filter makes sense on it.
    pub fn takes(&self, filter: Filter) -> bool {
        match self {
            Self::Any => true,
            Self::Map(_) => false,
            Self::List(inner) => filter == Filter::Spoken && !matches!(**inner, Self::List(_)),
            Self::Text
            | Self::Slot(
                Kind::Nif
                | Kind::Digits { .. }
                | Kind::Exact(_)
                | Kind::FreeText
                | Kind::List(_)
                | Kind::Knowledge(_),
            ) => true,
            Self::Slot(Kind::Money | Kind::Address) => {
                matches!(filter, Filter::Plain | Filter::Spoken | Filter::Masked)
            }
            Self::Number | Self::Slot(Kind::Number) => {
                matches!(filter, Filter::Plain | Filter::Spoken | Filter::Grouped)
            }
            _ => matches!(filter, Filter::Plain | Filter::Spoken),
        }
    }

    /// Whether a value of this shape is one of the other: what a sub-dialog takes.
    pub fn fits(&self, wanted: &Shape) -> bool {
        match (self, wanted) {
            (Self::List(own), Self::List(wanted)) => own.fits(wanted),
            (Self::Map(own), Self::Map(wanted)) => {
                wanted.iter().all(|(name, shape)| own.get(name).is_some_and(|own| own.fits(shape)))
            }
            _ => {
                let (own, wanted) = (self.class(), wanted.class());
                own == 0 || wanted == 0 || (own == wanted && own != 8)
            }
        }
    }

    /// Shapes of one class are compared with each other.
    fn class(&self) -> u8 {
        match self {
            Self::Any => 0,
            Self::YesNo | Self::Slot(Kind::YesNo) => 1,
            Self::Number | Self::Slot(Kind::Number | Kind::Money) => 2,
            Self::Text
            | Self::Slot(
                Kind::List(_)
                | Kind::Knowledge(_)
                | Kind::Digits { .. }
                | Kind::Nif
                | Kind::Exact(_)
                | Kind::Address
                | Kind::FreeText,
            ) => 3,
            // Moments are compared with each other, or with their exact form in quotes.
            Self::Date | Self::Slot(Kind::Date | Kind::Birth) => 4,
            Self::Time | Self::Slot(Kind::Time) => 5,
            Self::DateTime => 6,
            Self::Slot(Kind::DateTimeRange) => 7,
            Self::List(_) | Self::Map(_) => 8,
        }
    }

    /// Whether two shapes can be compared.
    pub fn comparable(&self, other: &Shape) -> bool {
        let (a, b) = (self.class(), other.class());
        a != 8 && b != 8 && (a == b || a == 0 || b == 0 || (a >= 4 && b == 3) || (a == 3 && b >= 4))
    }

    /// In words, for messages.
    pub fn written(&self) -> String {
        match self {
            Self::Slot(kind) => kind.written(),
            Self::YesNo => "yes_no".into(),
            Self::Number => "number".into(),
            Self::Text => "text".into(),
            Self::Date => "date".into(),
            Self::Time => "time".into(),
            Self::DateTime => "datetime".into(),
            Self::List(inner) => format!("[{}]", inner.written()),
            Self::Map(map) => {
                let fields: Vec<_> = map.iter().map(|(k, s)| format!("{k}: {}", s.written())).collect();
                format!("{{{}}}", fields.join(", "))
            }
            Self::Any => "anything".into(),
        }
    }

    /// Reads what a service returned, its moments in the office's `zone`. Says what does not fit, and where, without
    /// its values, which may be a citizen's data: a service that lies has failed.
    pub fn read(&self, json: &Json, zone: Tz) -> Result<Value, String> {
        let unfit = || Err(format!("{} is not {}", kind_of(json), self.written()));
        let because = |why: &dyn fmt::Display| format!("{} is not {}: {why}", kind_of(json), self.written());
        match (self, json) {
            (Self::YesNo, Json::Bool(b)) => Ok(Value::YesNo(*b)),
            (Self::Number, Json::Number(n)) => number(n).map(Value::Number).map_err(|why| because(&why)),
            (Self::Text, Json::Text(s) | Json::Number(s)) => Ok(Value::Text(s.clone())),
            (Self::Date, Json::Text(s)) => match moment::day(s) {
                Some(day) => Ok(Value::Date(day)),
                // A day with its hour is the day that it is at the office.
                None => {
                    Moment::read(s, zone).map_or_else(|_| unfit(), |at| Ok(Value::Date(at.local().date())))
                }
            },
            (Self::Time, Json::Text(s)) => match moment::hour(s) {
                Some(hour) => Ok(Value::Time(hour)),
                None => {
                    Moment::read(s, zone).map_or_else(|_| unfit(), |at| Ok(Value::Time(at.local().time())))
                }
            },
            (Self::DateTime, Json::Text(s)) => {
                Moment::read(s, zone).map(Value::DateTime).map_err(|why| because(&why))
            }
            (Self::List(inner), Json::List(items)) => {
                items.iter().map(|i| inner.read(i, zone)).collect::<Result<_, _>>().map(Value::List)
            }
            (Self::Map(map), Json::Map(object)) => map
                .iter()
                .map(|(name, shape)| {
                    let json = object.get(name).ok_or_else(|| format!("`{name}` is missing"))?;
                    Ok((name.clone(), shape.read(json, zone).map_err(|why| format!("`{name}`: {why}"))?))
                })
                .collect::<Result<_, _>>()
                .map(Value::Map),
            (Self::Any, json) => Ok(anything(json)),
            _ => unfit(),
        }
    }
}

/// A part that is a text, or the names that exist.
fn part(name: &str, names: &[&str]) -> Result<Shape, Vec<String>> {
    if names.contains(&name) { Ok(Shape::Text) } else { Err(names.iter().map(|n| (*n).to_owned()).collect()) }
}

/// What nobody declared, as it is. A number that calculating would change is a text.
fn anything(json: &Json) -> Value {
    match json {
        Json::Null => Value::Text(String::new()),
        Json::Bool(b) => Value::YesNo(*b),
        Json::Number(letters) => number(letters).map_or_else(|_| Value::Text(letters.clone()), Value::Number),
        Json::Text(text) => Value::Text(text.clone()),
        Json::List(items) => Value::List(items.iter().map(anything).collect()),
        Json::Map(map) => Value::Map(map.iter().map(|(k, v)| (k.clone(), anything(v))).collect()),
    }
}

/// The number that these letters write, if it can be kept: beyond 2⁵³ its last digits would be others.
fn number(letters: &str) -> Result<f64, &'static str> {
    const MOST: f64 = 9_007_199_254_740_992.0;
    let number = letters.parse::<f64>().ok().filter(|n| n.abs() <= MOST);
    number.ok_or("it has more digits than are kept; a code is declared as text")
}

fn kind_of(json: &Json) -> String {
    match json {
        Json::Null => "nothing".into(),
        Json::Bool(_) => "a yes or no".into(),
        Json::Number(_) => "a number".into(),
        Json::Text(_) => "a text".into(),
        Json::List(_) => "a list".into(),
        Json::Map(object) => {
            let names: Vec<&str> = object.keys().take(8).map(String::as_str).collect();
            format!("{{{}}}", names.join(", "))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_does_not_fit_is_told_with_its_place_and_without_its_value() {
        let hole = Shape::Map([("inicio".to_owned(), Shape::DateTime)].into_iter().collect());
        let holes = Shape::List(Box::new(hole));
        for (json, why) in [
            (
                serde_json::json!([{ "inicio": "12345678Z" }]),
                "`inicio`: a text is not datetime: it is not written as 2026-05-14T17:30 or 2026-05-14T15:30:00Z",
            ),
            (serde_json::json!({ "nif": "12345678Z" }), "{nif} is not [{inicio: datetime}]"),
            (serde_json::json!([{}]), "`inicio` is missing"),
        ] {
            assert_eq!(holes.read(&json.into(), chrono_tz::Europe::Madrid).unwrap_err(), why);
        }
    }
}
