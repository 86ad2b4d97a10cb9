//! Values in words.

use chrono::NaiveDate;
use dialogs::{Filter, Value};

use super::{masked::masked, tongue::Tongue, values::for_nlu};

pub(super) fn read(tongue: &dyn Tongue, value: &Value, how: Filter, today: NaiveDate) -> String {
    match how {
        Filter::Plain => plain(tongue, value, today),
        Filter::Spoken => spoken(tongue, value, today),
        Filter::Spelled => tongue.spelled(&value.to_string()),
        Filter::Masked => masked(tongue, value),
        Filter::Grouped => grouped(tongue, value, today),
    }
}

/// In the groups in which people dictate it, which a type may have its own of.
fn grouped(tongue: &dyn Tongue, value: &Value, today: NaiveDate) -> String {
    match value {
        Value::Exact(..) => spoken(tongue, value, today),
        other => tongue.grouped(&other.to_string()),
    }
}

/// Names and texts as they are; dates and numbers as a person would read them.
fn plain(tongue: &dyn Tongue, value: &Value, today: NaiveDate) -> String {
    match value {
        Value::Text(text) => text.clone(),
        Value::Item(item) => item.name.clone(),
        Value::Article(article) => article.title.clone(),
        other => spoken(tongue, other, today),
    }
}

fn spoken(tongue: &dyn Tongue, value: &Value, today: NaiveDate) -> String {
    match value {
        Value::Text(text) => text.clone(),
        Value::Item(item) => item.name.clone(),
        Value::Article(article) => article.title.clone(),
        Value::List(values) => list(tongue, values, today),
        other => tongue.spoken(&for_nlu(other), today),
    }
}

/// A list is read as options: what distinguishes moments is said once.
fn list(tongue: &dyn Tongue, values: &[Value], today: NaiveDate) -> String {
    let all: Vec<nlu::Value> = values.iter().map(for_nlu).collect();
    tongue.options(&all, today)
}
