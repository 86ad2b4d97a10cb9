//! Values of which only so much is told that who knows them recognises them: logs and records hold no more.

use dialogs::{Exact, Value};

use super::tongue::Tongue;

/// A value masked. A short code tells a third of its characters, a long one its last three; what is no code tells
/// nothing, for its end could say it all.
pub(super) fn masked(tongue: &dyn Tongue, value: &Value) -> String {
    match value {
        Value::Text(text) if text.contains(char::is_whitespace) => tongue.reserved(),
        Value::Exact(Exact::Email, text) => tongue.masked(text),
        Value::Exact(Exact::Postcode, code) => match dialogs::province(code) {
            Some(province) => tongue.place(province),
            None => tongue.reserved(),
        },
        Value::Exact(Exact::Name, name) => initials(tongue, name),
        Value::Text(text) | Value::Digits(text) | Value::Nif(text) | Value::Exact(_, text) => {
            code(tongue, text)
        }
        _ => tongue.reserved(),
    }
}

fn code(tongue: &dyn Tongue, text: &str) -> String {
    let said: Vec<char> = text.chars().filter(|c| c.is_alphanumeric()).collect();
    if said.len() >= 9 || text.contains('@') {
        return tongue.masked(text);
    }
    let end: String = said.iter().skip(said.len() - said.len() / 3).collect();
    if end.is_empty() { tongue.reserved() } else { tongue.ending(&end) }
}

/// «de iniciales a, ge»
fn initials(tongue: &dyn Tongue, name: &str) -> String {
    let capitals: String =
        name.split_whitespace().filter_map(|w| w.chars().next()).filter(|c| c.is_uppercase()).collect();
    if capitals.is_empty() { tongue.reserved() } else { tongue.initials(&capitals) }
}
