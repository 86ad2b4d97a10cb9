//! What services answer: JSON whose numbers keep the letters that were written.

use std::{collections::BTreeMap, fmt};

use serde::de::{Deserializer, MapAccess, Visitor};
use serde_json::value::RawValue;

/// Nesting beyond which an answer is refused.
const MAX_DEPTH: usize = 64;

/// A JSON value. A number is its letters: an identifier of 23 digits keeps all of them, and `12.50` its zero.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub enum Json {
    /// `null`; also no answer at all.
    #[default]
    Null,
    /// `true`, `false`
    Bool(bool),
    /// A number as it was written.
    Number(String),
    /// A text.
    Text(String),
    /// A list.
    List(Vec<Json>),
    /// A map.
    Map(BTreeMap<String, Json>),
}

/// Why an answer can't be read. Without its values, which may be a citizen's data.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum NotJson {
    /// It is written in another encoding than UTF-8.
    #[error("its answer is not UTF-8 but {0}")]
    Encoding(&'static str),
    /// A byte that UTF-8 does not have there.
    #[error("its answer is not UTF-8: byte {0} is wrong")]
    Utf8(usize),
    /// A page for people.
    #[error("its answer is a page (HTML or XML), not JSON")]
    Page,
    /// Anything else that is not JSON.
    #[error("its answer is not JSON: {0}")]
    Syntax(String),
    /// Which of the two is meant, nobody can tell.
    #[error("its answer is not clear: `{0}` stands twice in it")]
    Twice(String),
    /// Nesting beyond any use.
    #[error("its answer is nested deeper than {MAX_DEPTH} levels")]
    TooDeep,
}

impl Json {
    /// Reads an answer's body. A byte order mark is passed over; nothing at all is `null`.
    ///
    /// # Errors
    /// What is wrong with it, in words.
    pub fn parse(body: &[u8]) -> Result<Self, NotJson> {
        let body = match body {
            [0xFF, 0xFE, 0, 0, ..] | [0, 0, 0xFE, 0xFF, ..] | [0, 0, 0, _, ..] => {
                return Err(NotJson::Encoding("UTF-32"));
            }
            [0xFF, 0xFE, ..] | [0xFE, 0xFF, ..] | [0, _, ..] | [_, 0, ..] => {
                return Err(NotJson::Encoding("UTF-16"));
            }
            [0xEF, 0xBB, 0xBF, rest @ ..] => rest,
            all => all,
        };
        let text = std::str::from_utf8(body).map_err(|e| NotJson::Utf8(e.valid_up_to() + 1))?;
        let text = text.trim_matches([' ', '\t', '\r', '\n']);
        if text.is_empty() {
            return Ok(Self::Null);
        }
        if text.starts_with('<') {
            return Err(NotJson::Page);
        }
        read(parse::<&RawValue>(text)?, 0)
    }

    /// The part with this name.
    pub fn get(&self, name: &str) -> Option<&Self> {
        match self {
            Self::Map(map) => map.get(name),
            _ => None,
        }
    }

    /// The text, if it is one.
    pub fn as_str(&self) -> Option<&str> {
        match self {
            Self::Text(text) => Some(text),
            _ => None,
        }
    }
}

fn parse<'t, T: serde::Deserialize<'t>>(text: &'t str) -> Result<T, NotJson> {
    serde_json::from_str(text).map_err(|e| NotJson::Syntax(e.to_string()))
}

/// Each level is read by itself; what is inside stays text until then.
fn read(raw: &RawValue, depth: usize) -> Result<Json, NotJson> {
    if depth >= MAX_DEPTH {
        return Err(NotJson::TooDeep);
    }
    let text = raw.get();
    Ok(match text.as_bytes().first() {
        Some(b'{') => {
            let mut map = BTreeMap::new();
            for (name, raw) in parse::<Pairs<'_>>(text)?.0 {
                let value = read(raw, depth + 1)?;
                if map.insert(name.clone(), value).is_some() {
                    return Err(NotJson::Twice(name.chars().take(40).collect()));
                }
            }
            Json::Map(map)
        }
        Some(b'[') => {
            let items = parse::<Vec<&RawValue>>(text)?.into_iter();
            Json::List(items.map(|raw| read(raw, depth + 1)).collect::<Result<_, _>>()?)
        }
        Some(b'"') => Json::Text(parse(text)?),
        Some(b't') => Json::Bool(true),
        Some(b'f') => Json::Bool(false),
        Some(b'n') => Json::Null,
        _ => Json::Number(text.to_owned()),
    })
}

/// A map's pairs in their order, also where a name stands twice.
struct Pairs<'t>(Vec<(String, &'t RawValue)>);

impl<'de: 't, 't> serde::Deserialize<'de> for Pairs<'t> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Reader;
        impl<'de> Visitor<'de> for Reader {
            type Value = Vec<(String, &'de RawValue)>;
            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a map")
            }
            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
                let mut pairs = Vec::new();
                while let Some(pair) = map.next_entry()? {
                    pairs.push(pair);
                }
                Ok(pairs)
            }
        }
        deserializer.deserialize_map(Reader).map(Pairs)
    }
}

impl From<serde_json::Value> for Json {
    fn from(value: serde_json::Value) -> Self {
        use serde_json::Value as J;
        match value {
            J::Null => Self::Null,
            J::Bool(b) => Self::Bool(b),
            J::Number(n) => Self::Number(n.to_string()),
            J::String(text) => Self::Text(text),
            J::Array(items) => Self::List(items.into_iter().map(Self::from).collect()),
            J::Object(map) => Self::Map(map.into_iter().map(|(k, v)| (k, v.into())).collect()),
        }
    }
}

/// For what shows an answer. A number that the other kind of JSON would change is a text there.
impl From<Json> for serde_json::Value {
    fn from(json: Json) -> Self {
        match json {
            Json::Null => Self::Null,
            Json::Bool(b) => Self::Bool(b),
            Json::Number(letters) => match letters.parse::<serde_json::Number>() {
                Ok(number) if number.to_string() == letters => Self::Number(number),
                _ => Self::String(letters),
            },
            Json::Text(text) => Self::String(text),
            Json::List(items) => Self::Array(items.into_iter().map(Self::from).collect()),
            Json::Map(map) => Self::Object(map.into_iter().map(|(k, v)| (k, v.into())).collect()),
        }
    }
}

/// JSON again, its numbers as they were written.
impl fmt::Display for Json {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let quoted = |text: &str| serde_json::Value::from(text).to_string();
        match self {
            Self::Null => f.write_str("null"),
            Self::Bool(b) => write!(f, "{b}"),
            Self::Number(letters) => f.write_str(letters),
            Self::Text(text) => f.write_str(&quoted(text)),
            Self::List(items) => {
                f.write_str("[")?;
                for (i, item) in items.iter().enumerate() {
                    write!(f, "{}{item}", if i == 0 { "" } else { "," })?;
                }
                f.write_str("]")
            }
            Self::Map(map) => {
                f.write_str("{")?;
                for (i, (name, value)) in map.iter().enumerate() {
                    write!(f, "{}{}:{value}", if i == 0 { "" } else { "," }, quoted(name))?;
                }
                f.write_str("}")
            }
        }
    }
}

#[cfg(test)]
#[path = "json_tests.rs"]
mod tests;
