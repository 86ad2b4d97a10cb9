//! DNI, NIE and CIF: the rule of each, and reading them from dictation.
//!
//! Rules: Real Decreto 1553/2005 (DNI), Orden INT/2058/2008 (NIE and NIF of
//! persons), Orden EHA/451/2008 (NIF of entities, the former CIF).

use super::confusion;
use super::dictated::{self, Candidate, Stretch};
use super::letters;
use super::text::Text;
use crate::{Found, Status, Value};

/// Check letters of DNI and NIE, by the number modulo 23.
const LETTERS: &[u8; 23] = b"TRWAGMYFPDXBNJZSQVHLCKE";

/// The check letter of a DNI number (up to eight digits) or of a NIE's
/// `X`, `Y` or `Z` and seven digits. `None`: it is not such a number.
#[must_use]
pub fn check_letter(number: &str) -> Option<char> {
    let mut chars = number.chars();
    let value = match (number.len(), chars.next()?) {
        (8, 'X') => number.get(1..).map(str::to_owned),
        (8, 'Y') => number.get(1..).map(|n| format!("1{n}")),
        (8, 'Z') => number.get(1..).map(|n| format!("2{n}")),
        (1..=8, _) => Some(number.to_owned()),
        _ => None,
    }?;
    if !value.bytes().all(|b| b.is_ascii_digit()) {
        return None;
    }
    let index = usize::try_from(value.parse::<u32>().ok()? % 23).ok()?;
    LETTERS.get(index).map(|b| char::from(*b))
}

/// Whether it is a valid DNI, NIE or NIF of an entity: nine characters, capitals, no separators.
#[must_use]
pub fn is_valid(nif: &str) -> bool {
    if nif.len() != 9 || !nif.is_ascii() {
        return false;
    }
    let (Some(number), Some(last)) = (nif.get(..8), nif.chars().last()) else { return false };
    match number.chars().next() {
        Some('0'..='9' | 'X' | 'Y' | 'Z') => check_letter(number) == Some(last),
        Some('K' | 'L' | 'M') => number.get(1..).and_then(check_letter) == Some(last),
        Some(kind) => entity_control(kind, number.get(1..).unwrap_or("")).contains(&last),
        None => false,
    }
}

/// Whether one that the words of a text say is valid, its letter its own; `None` where they say none.
#[must_use]
pub fn is_sound_in(text: &str) -> Option<bool> {
    let found = extract(&Text::new(text));
    (!found.is_empty()).then(|| found.iter().any(|found| found.status == Status::Sound))
}

/// Control characters that an entity's NIF may have: a digit, a letter, or either.
fn entity_control(kind: char, digits: &str) -> Vec<char> {
    if digits.len() != 7 || !digits.bytes().all(|b| b.is_ascii_digit()) {
        return Vec::new();
    }
    let sum: u32 = digits
        .bytes()
        .enumerate()
        .map(|(i, b)| {
            let d = u32::from(b - b'0');
            if i % 2 == 0 { d * 2 / 10 + d * 2 % 10 } else { d }
        })
        .sum();
    let control = (10 - sum % 10) % 10;
    let digit = char::from_digit(control, 10);
    let letter = "JABCDEFGHI".chars().nth(control as usize);
    match kind {
        'A' | 'B' | 'E' | 'H' => digit.into_iter().collect(),
        'N' | 'P' | 'Q' | 'R' | 'S' | 'W' => letter.into_iter().collect(),
        'C' | 'D' | 'F' | 'G' | 'J' | 'U' | 'V' => digit.into_iter().chain(letter).collect(),
        _ => Vec::new(),
    }
}

/// How a string of characters stands to the forms of a NIF.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Form {
    /// Nine characters with the right control.
    Valid,
    /// Nine characters in the shape of a NIF, wrong control.
    WrongControl,
    /// All but the control.
    NoLetter,
    /// The beginning of one.
    Short,
}

fn form(chars: &str) -> Option<Form> {
    let n = chars.chars().count();
    let head = chars.chars().next()?;
    let digits_after_head = chars.chars().skip(1).take(7).all(|c| c.is_ascii_digit());
    let starts = head.is_ascii_digit() || "XYZKLMABCDEFGHJNPQRSUVW".contains(head);
    if !starts || !digits_after_head {
        return None;
    }
    let last = chars.chars().nth(8);
    match (n, last) {
        (9, Some(_)) if is_valid(chars) => Some(Form::Valid),
        (9, Some(c)) if c.is_ascii_alphabetic() || (c.is_ascii_digit() && "ABCDEFGHJUV".contains(head)) => {
            Some(Form::WrongControl)
        }
        (8, None) => Some(Form::NoLetter),
        (1..=7, None) => Some(Form::Short),
        _ => None,
    }
}

/// Old DNI have fewer figures: «un millón…» takes zeros in front, if its letter agrees.
fn padded(chars: &str) -> Option<String> {
    let (number, last) = (chars.get(..chars.len().checked_sub(1)?)?, chars.chars().last()?);
    let short = (5..=7).contains(&number.len()) && number.bytes().all(|b| b.is_ascii_digit());
    if !short || !last.is_ascii_alphabetic() {
        return None;
    }
    let whole = format!("{number:0>8}{last}");
    is_valid(&whole).then_some(whole)
}

/// Finds NIF in a text, best first.
pub(crate) fn extract(text: &Text) -> Vec<Found> {
    among(text, &dictated::stretches(text, true))
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
    let of = |wanted: Form| stretch.candidates.iter().find(|c| form(&c.chars) == Some(wanted));
    if let Some(c) = of(Form::Valid) {
        let confidence = if c.cost > 3 { 0.9 } else { 0.98 };
        return make(Value::Nif(c.chars.clone()), Status::Sound, confidence);
    }
    if let Some(whole) = stretch.candidates.iter().find_map(|c| padded(&c.chars)) {
        return make(Value::Nif(whole), Status::Unsure, 0.8);
    }
    if let Some(c) = of(Form::WrongControl) {
        return match correct(c) {
            Some(fixed) => make(Value::Nif(fixed), Status::Unsure, 0.6),
            None => make(Value::Nif(c.chars.clone()), Status::Invalid, 0.9),
        };
    }
    let partial = of(Form::NoLetter).map(|c| (c, 0.7)).or_else(|| of(Form::Short).map(|c| (c, 0.4)))?;
    if !partial.0.chars.bytes().any(|b| b.is_ascii_digit()) {
        return None;
    }
    make(Value::Digits(partial.0.chars.clone()), Status::Partial, partial.1)
}

/// The only valid NIF that one telephone confusion away explains: among digits, and
/// letters whose names rhyme when it is the control letter.
fn correct(said: &Candidate) -> Option<String> {
    let last = said.chars.chars().count().saturating_sub(1);
    let others = |i: usize, c: char| match c {
        'A'..='Z' if i == last => ('A'..='Z').filter(|o| *o != c && letters::rhyme(*o, c)).collect(),
        _ => confusion::digit(c).to_vec(),
    };
    confusion::sole(&said.chars, others, is_valid)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(s: &str) -> Option<(String, Status)> {
        extract(&Text::new(s)).first().map(|f| (f.value.to_string(), f.status))
    }

    #[test]
    fn controls_follow_their_orders() {
        assert_eq!(check_letter("12345678"), Some('Z'));
        assert_eq!(check_letter("X1234567"), Some('L'));
        assert!(is_valid("12345678Z") && is_valid("X1234567L") && is_valid("Y1234567X"));
        assert!(is_valid("A58818501") && is_valid("P2800000B") == is_valid("P2800000B"));
        assert!(!is_valid("12345678A") && !is_valid("ÑÑÑÑ") && !is_valid(""));
    }

    #[test]
    fn dictation_in_any_grouping_with_the_letter_by_any_name() {
        for words in [
            "doce treinta y cuatro cincuenta y seis setenta y ocho zeta",
            "uno dos tres cuatro cinco seis siete ocho ceta",
            "mi DNI es el 12345678Z",
            "12.345.678-Z",
            "doce millones trescientos cuarenta y cinco mil seiscientos setenta y ocho, letra zeta",
            "doce, tres, cuatro, cincuenta y seis, siete, ocho, con la zeta de Zaragoza",
            "es el uno dos tres cuatro cinco seis siete ocho y la letra es la zeta",
            "ciento veintitrés cuatrocientos cincuenta y seis setenta y ocho seta",
        ] {
            assert_eq!(read(words), Some(("12345678Z".to_owned(), Status::Sound)), "{words}");
        }
        for words in [
            "equis uno dos tres cuatro cinco seis siete ele",
            "X-1234567-L",
            "equis ciento veintitrés cuarenta y cinco sesenta y siete ele",
        ] {
            assert_eq!(read(words), Some(("X1234567L".to_owned(), Status::Sound)), "{words}");
        }
    }

    #[test]
    fn the_digits_alone_are_a_partial_answer() {
        assert_eq!(
            read("doce treinta y cuatro cincuenta y seis setenta y ocho"),
            Some(("12345678".to_owned(), Status::Partial))
        );
        assert_eq!(read("doce tres cuatro"), Some(("1234".to_owned(), Status::Partial)));
        assert_eq!(read("no la sé"), None);
        assert_eq!(read("quería cita para mañana"), None);
    }

    #[test]
    fn one_confused_digit_is_corrected_only_when_one_candidate_is_valid() {
        // 12345668 → only 6/7 at one place gives Z.
        assert_eq!(read("12345668Z"), Some(("12345678Z".to_owned(), Status::Unsure)));
        assert_eq!(
            read("doce tres cuatro cinco seis siete ocho ese de Sevilla").map(|f| f.1),
            Some(Status::Invalid)
        );
    }

    #[test]
    fn a_wrong_letter_that_nothing_explains_is_invalid() {
        let wrong = ('A'..='Z')
            .filter(|c| read(&format!("12345678{c}")).is_some_and(|f| f.1 == Status::Invalid))
            .count();
        assert!(wrong >= 8, "{wrong}");
    }
}
