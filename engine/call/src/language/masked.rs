//! Values of which only so much is told that who knows them recognises them: logs and records hold no more.

use dialogs::{Exact, Value};
use nlu::es;

/// What stands for a value of which nothing can be told.
const NOTHING: &str = "un dato reservado";

/// A value masked. A short code tells a third of its characters, a long one its last three; what is no code tells
/// nothing, for its end could say it all.
pub(super) fn masked(value: &Value) -> String {
    match value {
        Value::Text(text) if text.contains(char::is_whitespace) => NOTHING.to_owned(),
        Value::Exact(Exact::Email, text) => es::masked(text),
        Value::Exact(Exact::Postcode, code) => match dialogs::province(code) {
            Some(province) => format!("de {province}"),
            None => NOTHING.to_owned(),
        },
        Value::Exact(Exact::Name, name) => initials(name),
        Value::Text(text) | Value::Digits(text) | Value::Nif(text) | Value::Exact(_, text) => code(text),
        _ => NOTHING.to_owned(),
    }
}

fn code(text: &str) -> String {
    let said: Vec<char> = text.chars().filter(|c| c.is_alphanumeric()).collect();
    if said.len() >= 9 || text.contains('@') {
        return es::masked(text);
    }
    let end: String = said.iter().skip(said.len() - said.len() / 3).collect();
    if end.is_empty() { NOTHING.to_owned() } else { format!("terminado en {}", es::spelled(&end)) }
}

/// «de iniciales a, ge»
fn initials(name: &str) -> String {
    let capitals: String =
        name.split_whitespace().filter_map(|w| w.chars().next()).filter(|c| c.is_uppercase()).collect();
    if capitals.is_empty() { NOTHING.to_owned() } else { format!("de iniciales {}", es::spelled(&capitals)) }
}
