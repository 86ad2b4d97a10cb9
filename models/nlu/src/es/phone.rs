//! Spanish telephones: nine digits that begin with 6, 7, 8 or 9 (Plan Nacional de
//! Numeración Telefónica), with or without +34.

use super::dictated::{self, Stretch};
use super::text::Text;
use crate::{Found, Status, Value};

/// Whether they are the nine digits of a Spanish telephone.
#[must_use]
pub fn is_valid(digits: &str) -> bool {
    digits.len() == 9
        && digits.bytes().all(|b| b.is_ascii_digit())
        && digits.starts_with(['6', '7', '8', '9'])
}

/// How people say that it is the one they call from.
pub const THIS: &[&str] = &[
    "este mismo",
    "a este",
    "este número",
    "este teléfono",
    "el mismo",
    "al mismo",
    "desde el que llamo",
    "desde el que le llamo",
    "desde el que estoy llamando",
    "el que le aparece",
    "el que le sale",
    "el que sale en pantalla",
];

/// Who says that it is this telephone says little else; «el teléfono al que llama está apagado» says more.
const MOST_WORDS: usize = 7;

/// Whether a text without digits says that it is the one that they call from.
#[must_use]
pub fn is_this(text: &str) -> bool {
    let text = Text::new(text);
    let this = |i| THIS.iter().any(|said| text.phrase(i, &super::fold(said)).is_some());
    text.words() <= MOST_WORDS
        && (0..text.len()).any(this)
        && !(0..text.len()).any(|i| text.word(i) == "no" || text.is_number(i))
}

/// Finds telephones, best first.
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
    let plus = stretch.from.checked_sub(1).is_some_and(|b| matches!(text.word(b), "+" | "mas" | "prefijo"));
    let from = stretch.from - usize::from(plus);
    let span = text.span(from, stretch.to);
    let make = |value, status, confidence| Some(Found { value, span: span.clone(), confidence, status });
    for c in &stretch.candidates {
        let national =
            c.chars.strip_prefix("0034").or_else(|| c.chars.strip_prefix("34").filter(|n| n.len() == 9));
        if let Some(n) = national.filter(|n| is_valid(n)) {
            return make(Value::Phone(n.to_owned()), Status::Sound, 0.97);
        }
        if is_valid(&c.chars) && !plus {
            return make(Value::Phone(c.chars.clone()), Status::Sound, 0.97);
        }
    }
    let first = stretch.candidates.first()?;
    if plus && (8..=15).contains(&first.chars.len()) {
        return make(Value::Phone(format!("+{}", first.chars)), Status::Unsure, 0.8);
    }
    match first.chars.len() {
        9 => make(Value::Digits(first.chars.clone()), Status::Invalid, 0.8),
        2..=8 => make(Value::Digits(first.chars.clone()), Status::Partial, 0.5),
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
    fn telephones_in_the_groupings_of_spain() {
        for s in [
            "seiscientos, cero cero, cero cero, cero cero",
            "seis cero cero cero cero cero cero cero cero",
            "mi teléfono es el 600 000 000",
            "más treinta y cuatro seiscientos cero cero cero cero cero cero",
            "+34 600 00 00 00",
            "600-000-000",
            "seis doble cero triple cero triple cero",
        ] {
            assert_eq!(read(s), Some(("600000000".to_owned(), Status::Sound)), "{s}");
        }
        assert_eq!(read("seiscientos doce treinta y cuatro"), Some(("61234".to_owned(), Status::Partial)));
        assert_eq!(read("el 123 456 789").map(|f| f.1), Some(Status::Invalid));
    }

    #[test]
    fn the_one_that_they_call_from() {
        for s in ["a este mismo", "el mismo desde el que llamo", "pues a este número", "el que le sale ahí"]
        {
            assert!(is_this(s), "{s}");
        }
        for s in ["no, a este no", "al 600", "el de mi hija", ""] {
            assert!(!is_this(s), "{s}");
        }
    }
}
