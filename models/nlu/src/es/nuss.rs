//! Social Security numbers: province, eight digits and a control modulo 97.

use super::confusion;
use super::dictated::{self, Stretch};
use super::text::Text;
use crate::{Found, Status, Value};

/// Whether they are the twelve digits of a Social Security number.
#[must_use]
pub fn is_valid(digits: &str) -> bool {
    control(digits.get(..10).unwrap_or("")).is_some_and(|c| digits.get(10..) == Some(c.as_str()))
}

/// The two control digits of province and number. A number under ten millions is
/// joined to its province without its zero in front.
#[must_use]
pub fn control(first_ten: &str) -> Option<String> {
    if first_ten.len() != 10 || !first_ten.bytes().all(|b| b.is_ascii_digit()) {
        return None;
    }
    let (province, number) = first_ten.split_at_checked(2)?;
    let (province, number): (u64, u64) = (province.parse().ok()?, number.parse().ok()?);
    let scale = if number < 10_000_000 { 10_000_000 } else { 100_000_000 };
    Some(format!("{:02}", (province * scale + number) % 97))
}

/// Finds Social Security numbers, best first.
pub(crate) fn extract(text: &Text) -> Vec<Found> {
    among(text, &dictated::stretches(text, false))
}

/// The same among stretches of dictation already read.
pub(crate) fn among(text: &Text, stretches: &[Stretch]) -> Vec<Found> {
    let mut found: Vec<Found> = stretches.iter().filter_map(|s| judge(text, s)).collect();
    found.sort_by(|a, b| a.status.cmp(&b.status).then(b.confidence.total_cmp(&a.confidence)));
    found
}

fn judge(text: &Text, stretch: &Stretch) -> Option<Found> {
    let span = text.span(stretch.from, stretch.to);
    let make = |value, status, confidence| Some(Found { value, span: span.clone(), confidence, status });
    if let Some(c) = stretch.candidates.iter().find(|c| is_valid(&c.chars)) {
        return make(Value::Nuss(c.chars.clone()), Status::Sound, 0.97);
    }
    let first = stretch.candidates.first()?;
    match first.chars.len() {
        12 => match confusion::sole(&first.chars, |_, c| confusion::digit(c).to_vec(), is_valid) {
            Some(fixed) => make(Value::Nuss(fixed), Status::Unsure, 0.6),
            None => make(Value::Nuss(first.chars.clone()), Status::Invalid, 0.9),
        },
        2..=11 => make(Value::Digits(first.chars.clone()), Status::Partial, 0.5),
        13.. => make(Value::Digits(first.chars.clone()), Status::Invalid, 0.5),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(s: &str) -> Option<(String, Status)> {
        extract(&Text::new(s)).first().map(|f| (f.value.to_string(), f.status))
    }

    #[test]
    fn controls_are_modulo_97() {
        assert_eq!(control("2812345678").as_deref(), Some("40"));
        // Under ten millions: 28 and 1234567 are 281234567.
        assert_eq!(control("2801234567"), Some(format!("{:02}", 281_234_567 % 97)));
        assert!(is_valid("281234567840") && !is_valid("281234567841") && !is_valid("28") && !is_valid("ñ"));
    }

    #[test]
    fn numbers_in_any_grouping() {
        for s in [
            "28/12345678/40",
            "28 12345678 40",
            "veintiocho, doce treinta y cuatro cincuenta y seis setenta y ocho, cuarenta",
            "dos ocho uno dos tres cuatro cinco seis siete ocho cuatro cero",
        ] {
            assert_eq!(read(s), Some(("281234567840".to_owned(), Status::Sound)), "{s}");
        }
        assert_eq!(read("28 1234").map(|f| f.1), Some(Status::Partial));
        assert_eq!(read("28 12345678 401").map(|f| f.1), Some(Status::Invalid));
        assert_eq!(read("no la tengo"), None);
    }

    #[test]
    fn one_confused_digit_is_corrected_only_when_one_candidate_is_valid() {
        assert_eq!(read("28 12345668 40"), Some(("281234567840".to_owned(), Status::Unsure)));
    }
}
