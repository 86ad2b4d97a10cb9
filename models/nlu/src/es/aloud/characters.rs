//! Identifiers aloud: spelled, in groups, or only their end.

use super::number::{Agreement, cardinal};
use crate::es::iban;

/// The name of a character; `None`: it is not said (spaces).
fn name(c: char) -> Option<String> {
    let fixed = match c.to_lowercase().next().unwrap_or(c) {
        '0'..='9' => return Some(cardinal(i64::from(c.to_digit(10).unwrap_or(0)), Agreement::Alone)),
        'a' | 'á' => "a",
        'b' => "be",
        'c' => "ce",
        'd' => "de",
        'e' | 'é' => "e",
        'f' => "efe",
        'g' => "ge",
        'h' => "hache",
        'i' | 'í' => "i",
        'j' => "jota",
        'k' => "ka",
        'l' => "ele",
        'm' => "eme",
        'n' => "ene",
        'ñ' => "eñe",
        'o' | 'ó' => "o",
        'p' => "pe",
        'q' => "cu",
        'r' => "erre",
        's' => "ese",
        't' => "te",
        'u' | 'ú' | 'ü' => "u",
        'v' => "uve",
        'w' => "uve doble",
        'x' => "equis",
        'y' => "i griega",
        'z' => "zeta",
        'ç' => "ce con cedilla",
        '-' => "guion",
        '_' => "guion bajo",
        '.' => "punto",
        ',' => "coma",
        '@' => "arroba",
        '/' => "barra",
        '+' => "más",
        '#' => "almohadilla",
        '*' => "asterisco",
        '&' => "y",
        _ if c.is_whitespace() || c.is_control() => return None,
        other => return Some(other.to_string()),
    };
    Some(fixed.to_owned())
}

/// Character by character: `R7K2` → «erre, siete, ka, dos».
#[must_use]
pub fn spelled(text: &str) -> String {
    text.chars().filter_map(name).collect::<Vec<_>>().join(", ")
}

/// Only its last three characters: `12345678Z` → «terminado en siete, ocho, zeta».
/// An IBAN is known by its last four, and an e-mail address by its first letter and its domain.
#[must_use]
pub fn masked(text: &str) -> String {
    if let Some(said) = super::email::masked(text) {
        return said;
    }
    let said: Vec<char> = text.chars().filter(|c| c.is_alphanumeric()).collect();
    let shown = if iban::is_valid(text) { 4 } else { 3 };
    let end: String = said.iter().skip(said.len().saturating_sub(shown)).collect();
    if end.is_empty() { String::new() } else { format!("terminado en {}", spelled(&end)) }
}

/// In the groups in which people dictate: nine digits in 3-2-2-2, other runs in
/// pairs (the first of three, if odd), letters by name.
#[must_use]
pub fn grouped(text: &str) -> String {
    let mut groups: Vec<String> = Vec::new();
    let mut run = String::new();
    for c in text.chars() {
        if c.is_ascii_digit() {
            run.push(c);
            continue;
        }
        groups.extend(digit_groups(&run));
        run.clear();
        if c == '+' || c.is_alphanumeric() {
            groups.extend(name(c));
        }
    }
    groups.extend(digit_groups(&run));
    groups.join(", ")
}

/// The province and the rest: `28013` → «veintiocho, cero trece».
pub(super) fn postcode(code: &str) -> String {
    match code.split_at_checked(2) {
        Some((province, rest)) if code.len() == 5 && code.bytes().all(|b| b.is_ascii_digit()) => {
            format!("{}, {}", group_words(province), group_words(rest))
        }
        _ => grouped(code),
    }
}

fn digit_groups(run: &str) -> Vec<String> {
    widths(run).into_iter().map(group_words).collect()
}

/// A run of digits in the groups in which people dictate.
pub(crate) fn widths(run: &str) -> Vec<&str> {
    let mut out = Vec::new();
    let mut rest = run;
    while !rest.is_empty() {
        let width = match rest.len() {
            1..=3 => rest.len(),
            n if n % 2 == 1 => 3,
            _ => 2,
        };
        let (group, after) = rest.split_at_checked(width).unwrap_or((rest, ""));
        out.push(group);
        rest = after;
    }
    out
}

/// A group's zeros in front are said one by one: «cero siete», «cero cero».
fn group_words(group: &str) -> String {
    let tail = group.trim_start_matches('0');
    let mut words = vec!["cero".to_owned(); group.len() - tail.len()];
    if let Ok(n) = tail.parse::<i64>() {
        words.push(cardinal(n, Agreement::Alone));
    }
    words.join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn identifiers_aloud() {
        assert_eq!(spelled("R7K2"), "erre, siete, ka, dos");
        assert_eq!(grouped("12345678Z"), "doce, treinta y cuatro, cincuenta y seis, setenta y ocho, zeta");
        assert_eq!(grouped("600000000"), "seiscientos, cero cero, cero cero, cero cero");
        assert_eq!(grouped("28013"), "doscientos ochenta, trece");
        assert_eq!(grouped(""), "");
        assert_eq!(postcode("28013"), "veintiocho, cero trece");
        assert_eq!(postcode("08001"), "cero ocho, cero cero uno");
    }

    #[test]
    fn masks_show_enough_to_be_recognised() {
        assert_eq!(masked("12345678Z"), "terminado en siete, ocho, zeta");
        assert_eq!(masked("ES9121000418450200051332"), "terminado en uno, tres, tres, dos");
        assert_eq!(masked("ana@example.com"), "que empieza por a, de example punto com");
    }
}
