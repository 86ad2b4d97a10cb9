//! Shapes: what a value may be, known before it is there.

use chrono::{NaiveDate, NaiveDateTime, NaiveTime};

use crate::{
    model::Shape,
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

    /// Reads what a service returned. Says what does not fit, and where, without its values, which may be a
    /// citizen's data: a service that lies has failed.
    pub fn read(&self, json: &serde_json::Value) -> Result<Value, String> {
        use serde_json::Value as J;
        let unfit = || Err(format!("{} is not {}", kind_of(json), self.written()));
        match (self, json) {
            (Self::YesNo, J::Bool(b)) => Ok(Value::YesNo(*b)),
            (Self::Number, J::Number(n)) => n.as_f64().map_or_else(unfit, |n| Ok(Value::Number(n))),
            (Self::Text, J::String(s)) => Ok(Value::Text(s.clone())),
            (Self::Text, J::Number(n)) => Ok(Value::Text(n.to_string())),
            (Self::Date, J::String(s)) => {
                NaiveDate::parse_from_str(s, "%Y-%m-%d").map_or_else(|_| unfit(), |d| Ok(Value::Date(d)))
            }
            (Self::Time, J::String(s)) => time(s).map_or_else(unfit, |t| Ok(Value::Time(t))),
            (Self::DateTime, J::String(s)) => moment(s).map_or_else(unfit, |t| Ok(Value::DateTime(t))),
            (Self::List(inner), J::Array(items)) => {
                items.iter().map(|i| inner.read(i)).collect::<Result<_, _>>().map(Value::List)
            }
            (Self::Map(map), J::Object(object)) => map
                .iter()
                .map(|(name, shape)| {
                    let json = object.get(name).ok_or_else(|| format!("`{name}` is missing"))?;
                    Ok((name.clone(), shape.read(json).map_err(|why| format!("`{name}`: {why}"))?))
                })
                .collect::<Result<_, _>>()
                .map(Value::Map),
            (Self::Any, J::Null) => Ok(Value::Text(String::new())),
            (Self::Any, J::Bool(b)) => Ok(Value::YesNo(*b)),
            (Self::Any, J::Number(n)) => Ok(Value::Number(n.as_f64().unwrap_or_default())),
            (Self::Any, J::String(s)) => Ok(Value::Text(s.clone())),
            (Self::Any, J::Array(items)) => {
                items.iter().map(|i| Self::Any.read(i)).collect::<Result<_, _>>().map(Value::List)
            }
            (Self::Any, J::Object(object)) => object
                .iter()
                .map(|(k, v)| Ok((k.clone(), Self::Any.read(v)?)))
                .collect::<Result<_, _>>()
                .map(Value::Map),
            _ => unfit(),
        }
    }
}

/// A part that is a text, or the names that exist.
fn part(name: &str, names: &[&str]) -> Result<Shape, Vec<String>> {
    if names.contains(&name) { Ok(Shape::Text) } else { Err(names.iter().map(|n| (*n).to_owned()).collect()) }
}

fn kind_of(json: &serde_json::Value) -> String {
    use serde_json::Value as J;
    match json {
        J::Null => "nothing".into(),
        J::Bool(_) => "a yes or no".into(),
        J::Number(_) => "a number".into(),
        J::String(_) => "a text".into(),
        J::Array(_) => "a list".into(),
        J::Object(object) => {
            let names: Vec<&str> = object.keys().take(8).map(String::as_str).collect();
            format!("{{{}}}", names.join(", "))
        }
    }
}

fn time(text: &str) -> Option<NaiveTime> {
    ["%H:%M", "%H:%M:%S"].iter().find_map(|f| NaiveTime::parse_from_str(text, f).ok())
}

/// A local moment (`2026-05-14T17:30`), seconds and offset allowed; an offset is dropped, since services
/// give the office's own time.
pub(crate) fn moment(text: &str) -> Option<NaiveDateTime> {
    ["%Y-%m-%dT%H:%M", "%Y-%m-%dT%H:%M:%S", "%Y-%m-%dT%H:%M:%S%.f"]
        .iter()
        .find_map(|f| NaiveDateTime::parse_from_str(text, f).ok())
        .or_else(|| chrono::DateTime::parse_from_rfc3339(text).ok().map(|t| t.naive_local()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_does_not_fit_is_told_with_its_place_and_without_its_value() {
        let hole = Shape::Map([("inicio".to_owned(), Shape::DateTime)].into_iter().collect());
        let holes = Shape::List(Box::new(hole));
        for (json, why) in [
            (serde_json::json!([{ "inicio": "12345678Z" }]), "`inicio`: a text is not datetime"),
            (serde_json::json!({ "nif": "12345678Z" }), "{nif} is not [{inicio: datetime}]"),
            (serde_json::json!([{}]), "`inicio` is missing"),
        ] {
            assert_eq!(holes.read(&json).unwrap_err(), why);
        }
    }
}
