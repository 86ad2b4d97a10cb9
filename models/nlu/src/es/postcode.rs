//! Spanish postcodes: the province (01 to 52) and three digits.

use super::dictated::{self, Stretch};
use super::text::Text;
use crate::{Found, Status, Value};

/// Whether they are the five digits of a Spanish postcode.
#[must_use]
pub fn is_valid(digits: &str) -> bool {
    digits.len() == 5
        && digits.bytes().all(|b| b.is_ascii_digit())
        && digits.get(..2).is_some_and(|p| ("01"..="52").contains(&p))
}

/// Finds postcodes, best first.
pub(crate) fn extract(text: &Text) -> Vec<Found> {
    among(text, &dictated::stretches(text, false))
}

/// The same among stretches of dictation already read.
pub(crate) fn among(text: &Text, stretches: &[Stretch]) -> Vec<Found> {
    let mut found: Vec<Found> = stretches.iter().filter_map(|s| judge(text, s)).collect();
    found.sort_by(|a, b| a.status.cmp(&b.status).then(b.confidence.total_cmp(&a.confidence)));
    found
}

/// A postcode among the readings of a stretch of dictation.
pub(crate) fn judge(text: &Text, stretch: &Stretch) -> Option<Found> {
    let span = text.span(stretch.from, stretch.to);
    let make = |value, status, confidence| Some(Found { value, span: span.clone(), confidence, status });
    let first = stretch.candidates.first()?;
    // «ocho mil uno»: a number does not say its zero in front.
    let as_number = (stretch.from..stretch.to).any(|i| text.key(i) == "mil");
    if as_number && first.chars.len() == 4 {
        return make(Value::Postcode(format!("0{}", first.chars)), Status::Unsure, 0.8);
    }
    if let Some(c) = stretch.candidates.iter().find(|c| is_valid(&c.chars)) {
        return make(Value::Postcode(c.chars.clone()), Status::Sound, 0.97);
    }
    match first.chars.len() {
        2..=4 => make(Value::Digits(first.chars.clone()), Status::Partial, 0.5),
        5 => make(Value::Postcode(first.chars.clone()), Status::Invalid, 0.9),
        6.. => make(Value::Digits(first.chars.clone()), Status::Invalid, 0.5),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn postcodes_in_the_groupings_of_spain() {
        for (s, code, status) in [
            ("28013", "28013", Status::Sound),
            ("veintiocho cero trece", "28013", Status::Sound),
            ("veintiocho mil trece", "28013", Status::Sound),
            ("dos ocho cero uno tres", "28013", Status::Sound),
            ("doscientos ochenta, trece", "28013", Status::Sound),
            ("cero ocho cero cero uno", "08001", Status::Sound),
            ("cero ocho, doble cero uno", "08001", Status::Sound),
            ("cero ocho mil uno", "08001", Status::Sound),
            ("ocho mil uno", "08001", Status::Unsure),
            ("cinco mil", "05000", Status::Unsure),
            ("veintiocho cero", "280", Status::Partial),
            ("dos ocho cero uno", "2801", Status::Partial),
            ("noventa y nueve mil", "99000", Status::Invalid),
            ("00123", "00123", Status::Invalid),
        ] {
            let found = extract(&Text::new(s));
            assert_eq!(
                found.first().map(|f| (f.value.to_string(), f.status)),
                Some((code.to_owned(), status)),
                "{s}"
            );
        }
        assert!(extract(&Text::new("no me lo sé")).is_empty());
    }
}
