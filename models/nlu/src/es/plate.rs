//! Registration plates of Spain: four digits and three consonants, and the
//! provincial ones from before September 2000 (Reglamento General de Vehículos,
//! anexo XVIII).

use std::cmp::Reverse;

use super::dictated::{self, Stretch};
use super::text::{Shape, Text};
use crate::{Found, Status, Value};

/// Letters of a current plate: no vowels, Ñ or Q.
const LETTERS: &str = "BCDFGHJKLMNPRSTVWXYZ";

/// A letter before the digits: mopeds, historic, temporary, trailers, tourists, special vehicles.
const CLASSES: &str = "CEHPRSTV";

const PROVINCES: &[&str] = &[
    "A", "AB", "AL", "AV", "B", "BA", "BI", "BU", "C", "CA", "CC", "CE", "CO", "CR", "CS", "CU", "GC", "GE",
    "GI", "GR", "GU", "H", "HU", "IB", "J", "L", "LE", "LO", "LU", "M", "MA", "ML", "MU", "NA", "O", "OR",
    "OU", "P", "PM", "PO", "S", "SA", "SE", "SG", "SO", "SS", "T", "TE", "TF", "TO", "V", "VA", "VI", "Z",
    "ZA",
];

/// A plate's letters, digits and letters; `None` if it has another shape.
fn parts(plate: &str) -> Option<(&str, &str, &str)> {
    let digits = plate.find(|c: char| c.is_ascii_digit())?;
    let (head, rest) = plate.split_at_checked(digits)?;
    let end = rest.find(|c: char| !c.is_ascii_digit()).unwrap_or(rest.len());
    let (number, tail) = rest.split_at_checked(end)?;
    (head.chars().all(char::is_alphabetic) && tail.chars().all(char::is_alphabetic))
        .then_some((head, number, tail))
}

fn is_current((head, number, tail): (&str, &str, &str)) -> bool {
    let class = head.is_empty() || (head.len() == 1 && CLASSES.contains(head));
    class && number.len() == 4 && tail.len() == 3 && tail.chars().all(|c| LETTERS.contains(c))
}

fn is_provincial((head, number, tail): (&str, &str, &str)) -> bool {
    let letters = (1..=2).contains(&tail.len()) && tail.bytes().all(|b| b.is_ascii_uppercase() && b != b'Q');
    PROVINCES.contains(&head) && number.len() == 4 && letters
}

/// Whether it is a plate of Spain in capitals, no separators.
#[must_use]
pub fn is_valid(plate: &str) -> bool {
    parts(plate).is_some_and(|p| is_current(p) || is_provincial(p))
}

/// Finds plates, best first.
pub(crate) fn extract(text: &Text) -> Vec<Found> {
    among(text, || dictated::stretches(text, true))
}

/// Written ones, or else those among the stretches of dictation.
pub(crate) fn among(text: &Text, stretches: impl FnOnce() -> Vec<Stretch>) -> Vec<Found> {
    let mut found: Vec<Found> = (0..text.len()).filter_map(|i| written(text, i)).collect();
    if found.is_empty() {
        found.extend(stretches().iter().filter_map(|s| dictation(text, s)));
    }
    found.sort_by_key(|f| f.status);
    found
}

/// Figures at `i` with letters beside them: «1234 BCD», «SE-1234-AB».
fn written(text: &Text, i: usize) -> Option<Found> {
    let number = text.get(i).filter(|t| t.shape == Shape::Number && t.text.len() == 4)?;
    let before = i.checked_sub(1).map(|b| if text.word(b) == "-" { b.saturating_sub(1) } else { b });
    let head = before.and_then(|b| Some((b, letters_at(text, b)?)));
    let (to, tail) = letters_after(text, i + 1)?;
    let readings = head.iter().map(|(from, head)| (*from, head.as_str())).chain([(i, "")]);
    let plates = readings.map(|(from, head)| (from, format!("{head}{}{tail}", number.text)));
    let (from, plate) = plates.into_iter().find(|(_, plate)| is_valid(plate))?;
    Some(Found {
        value: Value::Plate(plate),
        span: text.span(from, to),
        confidence: 0.97,
        status: Status::Sound,
    })
}

/// Digits and letters said one by one, or the letters together.
fn dictation(text: &Text, stretch: &Stretch) -> Option<Found> {
    let after = letters_after(text, stretch.to);
    let together = after
        .iter()
        .flat_map(|(to, tail)| stretch.candidates.iter().map(move |c| (format!("{}{tail}", c.chars), *to)));
    let alone = stretch.candidates.iter().map(|c| (c.chars.clone(), stretch.to));
    // A valid one, or else the one that takes most of what was said.
    let ((value, status), _, to) = alone
        .chain(together)
        .filter_map(|(chars, to)| Some((judge(&chars)?, chars.len(), to)))
        .min_by_key(|((_, status), len, to)| (*status != Status::Sound, Reverse((*to, *len)), *status))?;
    Some(Found { value, span: text.span(stretch.from, to), confidence: 0.95, status })
}

/// A word at `i` that may be a plate's letters, as they are written.
fn letters_at(text: &Text, i: usize) -> Option<String> {
    let token = text.get(i).filter(|t| t.shape == Shape::Word)?;
    (1..=3).contains(&token.text.chars().count()).then(|| token.text.to_uppercase())
}

fn letters_after(text: &Text, i: usize) -> Option<(usize, String)> {
    let at = i + usize::from(text.word(i) == "-");
    Some((at + 1, letters_at(text, at)?))
}

fn judge(chars: &str) -> Option<(Value, Status)> {
    let said = parts(chars)?;
    let (head, number, tail) = said;
    if is_current(said) || is_provincial(said) {
        return Some((Value::Plate(chars.to_owned()), Status::Sound));
    }
    match (head.chars().count(), number.len(), tail.chars().count()) {
        (0 | 1, 4, 3) => Some((Value::Plate(chars.to_owned()), Status::Invalid)),
        (0, 1..=4, 0) | (0, 4, 1 | 2) => Some((Value::Text(chars.to_owned()), Status::Partial)),
        (1 | 2, 1..=4, 0) if PROVINCES.contains(&head) => {
            Some((Value::Text(chars.to_owned()), Status::Partial))
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use Status::{Invalid, Partial, Sound};

    fn read(s: &str) -> Option<(String, Status)> {
        extract(&Text::new(s)).first().map(|f| (f.value.to_string(), f.status))
    }

    #[test]
    fn current_plates_with_their_letters_by_any_name() {
        for s in [
            "1234 BCD",
            "1234BCD",
            "1234-bcd",
            "doce treinta y cuatro be ce de",
            "uno dos tres cuatro be de Barcelona ce de de Dinamarca",
            "mil doscientos treinta y cuatro BCD",
            "la matrícula es 1234 b c d",
        ] {
            assert_eq!(read(s), Some(("1234BCD".to_owned(), Sound)), "{s}");
        }
        assert_eq!(read("cero cero cero cero uve doble equis i griega"), Some(("0000WXY".to_owned(), Sound)));
        assert_eq!(read("ce doce treinta y cuatro be be be"), Some(("C1234BBB".to_owned(), Sound)));
    }

    #[test]
    fn provincial_plates_are_still_plates() {
        for (s, plate) in [
            ("M-1234-AB", "M1234AB"),
            ("eme doce treinta y cuatro a be", "M1234AB"),
            ("SE 1234 X", "SE1234X"),
            ("PM-1234-BC", "PM1234BC"),
            ("ge i doce treinta y cuatro a hache", "GI1234AH"),
        ] {
            assert_eq!(read(s), Some((plate.to_owned(), Sound)), "{s}");
        }
    }

    #[test]
    fn what_is_missing_or_wrong_is_told() {
        assert_eq!(read("1234 ABC").map(|f| f.1), Some(Invalid));
        assert_eq!(read("doce treinta y cuatro").map(|f| f.1), Some(Partial));
        assert_eq!(read("doce treinta y cuatro be").map(|f| f.1), Some(Partial));
        assert_eq!(read("no me la sé"), None);
    }
}
