//! YAML as JSON values, for scripts: plain scalars are numbers, booleans or
//! null where they look like it, but never numbers with a leading zero.

use saphyr_parser::{Event, Parser, ScalarStyle};
use serde_json::{Map, Value};

enum Open {
    List(Vec<Value>),
    Map(Map<String, Value>, Option<String>),
}

/// Nesting beyond which a script is refused.
const MAX_DEPTH: usize = 16;

/// The first document of `text`.
pub(super) fn parse(text: &str) -> Result<Value, String> {
    let mut stack: Vec<Open> = Vec::new();
    let mut root = None;
    for event in Parser::new_from_str(text) {
        let (event, span) = event.map_err(|e| format!("line {}: {}", e.marker().line(), e.info()))?;
        let line = span.start.line();
        let done = match event {
            Event::Scalar(text, style, ..) => Some(scalar(&text, style == ScalarStyle::Plain)),
            Event::SequenceStart(..) | Event::MappingStart(..) if stack.len() >= MAX_DEPTH => {
                return Err(format!("line {line}: nested too deep"));
            }
            Event::SequenceStart(..) => {
                stack.push(Open::List(Vec::new()));
                None
            }
            Event::MappingStart(..) => {
                stack.push(Open::Map(Map::new(), None));
                None
            }
            Event::SequenceEnd | Event::MappingEnd => stack.pop().map(|open| match open {
                Open::List(list) => Value::Array(list),
                Open::Map(map, _) => Value::Object(map),
            }),
            Event::Alias(_) => {
                return Err(format!("line {line}: aliases are not taken; write the value again"));
            }
            _ => None,
        };
        if let Some(value) = done {
            place(value, &mut stack, &mut root, line)?;
        }
    }
    root.ok_or_else(|| "the script is empty".to_owned())
}

fn place(value: Value, stack: &mut [Open], root: &mut Option<Value>, line: usize) -> Result<(), String> {
    match stack.last_mut() {
        None => *root = root.take().or(Some(value)),
        Some(Open::List(list)) => list.push(value),
        Some(Open::Map(map, key)) => match key.take() {
            Some(key) => {
                if map.insert(key.clone(), value).is_some() {
                    return Err(format!("line {line}: «{key}» is given twice"));
                }
            }
            None => *key = Some(value.as_str().map_or_else(|| value.to_string(), str::to_owned)),
        },
    }
    Ok(())
}

fn scalar(text: &str, plain: bool) -> Value {
    let padded = text.len() > 1 && text.starts_with('0') && !text.starts_with("0.");
    if !plain || padded {
        return Value::String(text.to_owned());
    }
    match text {
        "true" => Value::Bool(true),
        "false" => Value::Bool(false),
        "" | "null" | "~" => Value::Null,
        _ => match serde_json::from_str::<serde_json::Number>(text) {
            Ok(number) => Value::Number(number),
            Err(_) => Value::String(text.to_owned()),
        },
    }
}
