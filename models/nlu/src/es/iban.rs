//! IBAN: any country's of the single euro payments area by its control (ISO 13616,
//! ISO 7064 mod 97-10), Spain's also by its account's own two digits.

use super::confusion;
use super::dictated::{self, Candidate, Stretch};
use super::text::{Shape, Text};
use crate::{Found, Status, Value};

/// Countries of the area, each with the length of its IBAN.
const LENGTHS: &str = "AD24 AL28 AT20 BE16 BG22 CH21 CY28 CZ24 DE22 DK18 EE20 ES24 FI18 FR27 GB22 GI23 \
    GR27 HR21 HU28 IE22 IS26 IT27 LI21 LT20 LU20 LV21 MC27 MD24 ME22 MK19 MT31 NL18 NO15 PL28 PT25 RO24 \
    RS22 SE24 SI19 SK24 SM27 VA22";

fn length(country: &str) -> Option<usize> {
    let two = |row: &&str| country.len() == 2 && row.starts_with(country);
    LENGTHS.split_whitespace().find(two)?.get(2..)?.parse().ok()
}

/// Whether it is a valid IBAN of the area: capitals and digits, no separators.
#[must_use]
pub fn is_valid(iban: &str) -> bool {
    let country = iban.get(..2).unwrap_or("");
    length(country) == Some(iban.len())
        && iban.bytes().all(|b| b.is_ascii_digit() || b.is_ascii_uppercase())
        && remainder(iban) == Some(1)
        && (country != "ES" || iban.get(4..).is_some_and(account_is_valid))
}

/// The whole modulo 97, its first four characters last and letters as 10 to 35.
fn remainder(iban: &str) -> Option<u32> {
    let (head, account) = iban.split_at_checked(4)?;
    account.chars().chain(head.chars()).try_fold(0, |rest, c| {
        let value = c.to_digit(36)?;
        Some((rest * if value > 9 { 100 } else { 10 } + value) % 97)
    })
}

/// Spain's account: bank and branch have a control digit modulo 11, and the number another.
fn account_is_valid(account: &str) -> bool {
    let control = |digits: &str| {
        const WEIGHTS: [u32; 10] = [1, 2, 4, 8, 5, 10, 9, 7, 3, 6];
        let skipped = WEIGHTS.iter().skip(10 - digits.len().min(10));
        let sum: u32 = digits.chars().filter_map(|c| c.to_digit(10)).zip(skipped).map(|(d, w)| d * w).sum();
        match 11 - sum % 11 {
            10 => 1,
            11 => 0,
            n => n,
        }
    };
    let parts = (account.get(..8), account.get(8..10), account.get(10..20));
    let (Some(office), Some(controls), Some(number), 20) = (parts.0, parts.1, parts.2, account.len()) else {
        return false;
    };
    account.bytes().all(|b| b.is_ascii_digit())
        && controls == format!("{}{}", control(office), control(number))
}

/// Spain's IBAN of an account of twenty digits.
fn of_account(account: &str) -> Option<String> {
    let rest = account_is_valid(account).then(|| remainder(&format!("ES00{account}")))??;
    Some(format!("ES{:02}{account}", 98_u32.checked_sub(rest)?))
}

/// Finds IBAN, best first.
pub(crate) fn extract(text: &Text) -> Vec<Found> {
    among(text, |letters| dictated::stretches(text, letters))
}

/// Written ones, or else those among the stretches of dictation, with letters or without.
pub(crate) fn among(text: &Text, stretches: impl Fn(bool) -> Vec<Stretch>) -> Vec<Found> {
    let mut found = written(text);
    if found.is_empty() {
        found = spelled(text, &stretches(true));
    }
    if found.is_empty() {
        found.extend(stretches(false).iter().filter_map(|s| {
            let from = s.from - country_before(text, s.from);
            let (value, status, confidence) = spanish(&s.candidates)?;
            Some(Found { value, span: text.span(from, s.to), confidence, status })
        }));
    }
    found.sort_by(|a, b| a.status.cmp(&b.status).then(b.confidence.total_cmp(&a.confidence)));
    found
}

/// Tokens before `i` that name Spain: «e ese», «es».
fn country_before(text: &Text, i: usize) -> usize {
    let before = |n: usize| i.checked_sub(n).map_or("", |b| text.word(b));
    match (before(2), before(1)) {
        (_, "es" | "españa") => 1,
        ("e", "ese" | "s") => 2,
        _ => 0,
    }
}

/// Written with its country: groups of capitals and figures, spaces or not.
fn written(text: &Text) -> Vec<Found> {
    let mut out = Vec::new();
    for i in 0..text.len() {
        let Some(whole) = length(&text.word(i).to_uppercase()).filter(|_| text.is_number(i + 1)) else {
            continue;
        };
        let (mut chars, mut next) = (String::new(), i);
        while let Some(token) = text.get(next).filter(|t| chars.len() + t.text.len() <= whole) {
            match token.shape {
                Shape::Mark if !matches!(token.text.as_str(), "-" | "." | "–") => break,
                Shape::Mark => {}
                _ => chars.push_str(&token.text.to_uppercase()),
            }
            next += 1;
        }
        // Spain's verb is its country's code too: «es 2100…» is settled below.
        if chars.len() != whole || (!is_valid(&chars) && chars.starts_with("ES")) {
            continue;
        }
        let status = if is_valid(&chars) { Status::Sound } else { Status::Invalid };
        out.push(Found { value: Value::Iban(chars), span: text.span(i, next), confidence: 0.97, status });
    }
    out
}

/// Another country's, letter by letter. A dictated «de» may be a letter or say nothing:
/// where two readings hold, it is to be confirmed.
fn spelled(text: &Text, stretches: &[Stretch]) -> Vec<Found> {
    let found = stretches.iter().filter_map(|s| {
        let mut valid = s.candidates.iter().filter(|c| is_valid(&c.chars) && !c.chars.starts_with("ES"));
        let value = Value::Iban(valid.next()?.chars.clone());
        let (status, confidence) =
            if valid.next().is_some() { (Status::Unsure, 0.6) } else { (Status::Sound, 0.95) };
        Some(Found { value, span: text.span(s.from, s.to), confidence, status })
    });
    found.collect()
}

/// Digits alone are Spain's: twenty-two, or the twenty of an account before there were IBAN.
fn spanish(candidates: &[Candidate]) -> Option<(Value, Status, f32)> {
    let whole = |c: &Candidate| Some(format!("ES{}", c.chars)).filter(|iban| iban.len() == 24);
    if let Some(iban) = candidates.iter().filter_map(whole).find(|iban| is_valid(iban)) {
        return Some((Value::Iban(iban), Status::Sound, 0.97));
    }
    if let Some(iban) = candidates.iter().find_map(|c| of_account(&c.chars)) {
        return Some((Value::Iban(iban), Status::Unsure, 0.8));
    }
    let first = candidates.first()?;
    match (first.chars.len(), whole(first)) {
        (_, Some(iban)) => match confusion::sole(&iban, |_, c| confusion::digit(c).to_vec(), is_valid) {
            Some(fixed) => Some((Value::Iban(fixed), Status::Unsure, 0.6)),
            None => Some((Value::Iban(iban), Status::Invalid, 0.9)),
        },
        (2..=21, None) => Some((Value::Digits(first.chars.clone()), Status::Partial, 0.5)),
        (22.., None) => Some((Value::Digits(first.chars.clone()), Status::Invalid, 0.5)),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The country's own example in the registry of IBAN.
    const EXAMPLE: &str = "ES9121000418450200051332";

    fn read(s: &str) -> Option<(String, Status)> {
        extract(&Text::new(s)).first().map(|f| (f.value.to_string(), f.status))
    }

    #[test]
    fn controls_follow_their_norms() {
        for iban in [EXAMPLE, "DE89370400440532013000", "NL91ABNA0417164300", "GB29NWBK60161331926819"] {
            assert!(is_valid(iban), "{iban}");
        }
        // Its own control holds, the account's does not.
        assert_eq!(remainder("ES5500000000000000000001"), Some(1));
        assert!(!is_valid("ES5500000000000000000001") && !is_valid("") && !is_valid("ESÑ"));
        assert!(!is_valid("US64SVBKUS6S3300958879"), "outside the area");
    }

    #[test]
    fn spanish_accounts_in_any_grouping_with_or_without_their_country() {
        for s in [
            "ES91 2100 0418 4502 0005 1332",
            "es9121000418450200051332",
            "mi cuenta es ES91-2100-0418-45-0200051332",
            "e ese noventa y uno, veintiuno cero cero, cero cuatro dieciocho, cuarenta y cinco cero dos, cero cero cero cinco, trece treinta y dos",
            "noventa y uno dos mil cien cero cuatro uno ocho cuatro cinco cero dos cero cero cero cinco uno tres tres dos",
            "el iban es nueve uno dos uno cero cero cero cuatro uno ocho cuatro cinco cero dos triple cero cinco uno tres tres dos",
            "91 2100 0418 45 0200051332",
        ] {
            assert_eq!(read(s), Some((EXAMPLE.to_owned(), Status::Sound)), "{s}");
        }
    }

    #[test]
    fn other_countries_written_or_spelled() {
        for s in ["DE89 3704 0044 0532 0130 00", "de e ochenta y nueve 3704 0044 0532 0130 00"] {
            assert_eq!(read(s), Some(("DE89370400440532013000".to_owned(), Status::Sound)), "{s}");
        }
        assert_eq!(read("NL91 ABNA 0417 1643 00").map(|f| f.1), Some(Status::Sound));
        assert_eq!(read("NL92 ABNA 0417 1643 00").map(|f| f.1), Some(Status::Invalid));
    }

    #[test]
    fn two_readings_that_hold_are_confirmed() {
        // Without its two D, «cuatrocientos cuatro» as 4004 holds too.
        let said = crate::es::grouped("FR7870089566605FD93DK404H88");
        assert_eq!(read(&said).map(|f| f.1), Some(Status::Unsure));
    }

    #[test]
    fn what_is_missing_or_wrong_is_told() {
        let status = |s| read(s).map(|f| f.1);
        assert_eq!(read("2100 0418 45 0200051332"), Some((EXAMPLE.to_owned(), Status::Unsure)));
        assert_eq!(status("ES91 2100 0418"), Some(Status::Partial));
        assert_eq!(read("ES91 2100 0418 4502 0005 7332"), Some((EXAMPLE.to_owned(), Status::Unsure)));
        assert_eq!(status("ES91 2100 0418 4502 0005 1344"), Some(Status::Invalid));
        assert_eq!(status("no lo tengo a mano"), None);
    }
}
