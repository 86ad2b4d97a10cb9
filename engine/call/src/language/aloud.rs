//! Values in words.

use dialogs::{Filter, Value};
use nlu::es;

use super::{masked::masked, values::for_nlu};

pub(super) fn read(value: &Value, how: Filter) -> String {
    match how {
        Filter::Plain => plain(value),
        Filter::Spoken => spoken(value),
        Filter::Spelled => es::spelled(&value.to_string()),
        Filter::Masked => masked(value),
        Filter::Grouped => grouped(value),
    }
}

/// In the groups in which people dictate it, which a type may have its own of.
fn grouped(value: &Value) -> String {
    match value {
        Value::Exact(..) => spoken(value),
        other => es::grouped(&other.to_string()),
    }
}

/// Names and texts as they are; dates and numbers as a person would read them.
fn plain(value: &Value) -> String {
    match value {
        Value::Text(text) => text.clone(),
        Value::Item(item) => item.name.clone(),
        Value::Article(article) => article.title.clone(),
        other => spoken(other),
    }
}

fn spoken(value: &Value) -> String {
    match value {
        Value::Text(text) => text.clone(),
        Value::Item(item) => item.name.clone(),
        Value::Article(article) => article.title.clone(),
        Value::List(values) => list(values),
        other => es::spoken(&for_nlu(other)),
    }
}

/// A list is read as options: what distinguishes moments is said once.
fn list(values: &[Value]) -> String {
    let all: Vec<nlu::Value> = values.iter().map(for_nlu).collect();
    es::options(&all)
}
