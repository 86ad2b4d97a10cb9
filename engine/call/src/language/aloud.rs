//! Values in words.

use dialogs::{Filter, Value};

use super::{masked::masked, tongue::Tongue, values::for_nlu};

pub(super) fn read(tongue: &dyn Tongue, value: &Value, how: Filter) -> String {
    match how {
        Filter::Plain => plain(tongue, value),
        Filter::Spoken => spoken(tongue, value),
        Filter::Spelled => tongue.spelled(&value.to_string()),
        Filter::Masked => masked(tongue, value),
        Filter::Grouped => grouped(tongue, value),
    }
}

/// In the groups in which people dictate it, which a type may have its own of.
fn grouped(tongue: &dyn Tongue, value: &Value) -> String {
    match value {
        Value::Exact(..) => spoken(tongue, value),
        other => tongue.grouped(&other.to_string()),
    }
}

/// Names and texts as they are; dates and numbers as a person would read them.
fn plain(tongue: &dyn Tongue, value: &Value) -> String {
    match value {
        Value::Text(text) => text.clone(),
        Value::Item(item) => item.name.clone(),
        Value::Article(article) => article.title.clone(),
        other => spoken(tongue, other),
    }
}

fn spoken(tongue: &dyn Tongue, value: &Value) -> String {
    match value {
        Value::Text(text) => text.clone(),
        Value::Item(item) => item.name.clone(),
        Value::Article(article) => article.title.clone(),
        Value::List(values) => list(tongue, values),
        other => tongue.spoken(&for_nlu(other)),
    }
}

/// A list is read as options: what distinguishes moments is said once.
fn list(tongue: &dyn Tongue, values: &[Value]) -> String {
    let all: Vec<nlu::Value> = values.iter().map(for_nlu).collect();
    tongue.options(&all)
}
