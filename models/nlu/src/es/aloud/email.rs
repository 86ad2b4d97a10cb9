//! E-mail addresses aloud: words as words, the rest letter by letter.

use super::characters::{grouped, spelled};
use crate::es::email;
use crate::es::text::Text;
use crate::{Status, Value};

/// «ana punto ejemplo arroba example punto com»; spelled where words would be misread.
pub(super) fn email(address: &str) -> String {
    let said = parts(address, pronounceable).join(" ");
    let same = |found: &crate::Found| {
        found.status <= Status::Unsure && matches!(&found.value, Value::Email(e) if e == address)
    };
    if email::extract(&Text::new(&said)).first().is_some_and(same) {
        said
    } else {
        parts(address, |_| false).join(", ")
    }
}

/// Its first letter and its domain: «que empieza por a, de example punto com».
pub(super) fn masked(address: &str) -> Option<String> {
    let (local, domain) = address.split_once('@').filter(|_| email::is_valid(address))?;
    let first = spelled(local.get(..1)?);
    Some(format!("que empieza por {first}, de {}", parts(domain, pronounceable).join(" ")))
}

/// Its runs of letters (words, or spelled), of digits, and its signs.
fn parts(address: &str, is_word: impl Fn(&str) -> bool) -> Vec<String> {
    let kind = |c: char| (c.is_ascii_digit(), c.is_ascii_alphabetic());
    let mut out = Vec::new();
    let mut rest = address;
    while let Some(first) = rest.chars().next() {
        let sign = kind(first) == (false, false);
        let end = rest.find(|c| sign || kind(c) != kind(first)).filter(|end| *end > 0);
        let (run, after) = rest
            .split_at_checked(end.unwrap_or(if sign { first.len_utf8() } else { rest.len() }))
            .unwrap_or((rest, ""));
        out.push(match kind(first) {
            (true, _) if run.len() > 2 && run.len() % 2 == 1 => spelled(run),
            (true, _) => grouped(run),
            (_, true) if is_word(run) => run.to_owned(),
            // Their names alone are words too, and «veinte i uno» is twenty-one.
            _ if matches!(run, "d" | "t" | "s" | "i") => format!("la letra {}", spelled(run)),
            _ => spelled(run),
        });
        rest = after;
    }
    out
}

/// Enough letters, with vowels, to be said as a word; the usual ends of domains are.
fn pronounceable(run: &str) -> bool {
    let vowel = |c: char| "aeiouy".contains(c);
    let cluster = run.split(vowel).map(str::len).max().unwrap_or(0);
    matches!(run, "com" | "es" | "org" | "net" | "gmail" | "hotmail")
        || (run.len() >= 3 && run.chars().any(vowel) && cluster <= 3)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_aloud() {
        assert_eq!(email("ana.ejemplo@example.com"), "ana punto ejemplo arroba example punto com");
        assert_eq!(email("ana_85@gmail.com"), "ana guion bajo ochenta y cinco arroba gmail punto com");
        assert_eq!(email("ana.d@example.es"), "ana punto la letra de arroba example punto es");
        assert_eq!(email("mjk@example.es"), "eme, jota, ka arroba example punto es");
        assert_eq!(email("a.20i1@example.es"), "a punto veinte la letra i uno arroba example punto es");
        // «mi» alone would be taken for the words before an address.
        assert!(email("mi@example.es").starts_with("eme, i"));
        assert_eq!(masked("ana@example.com").as_deref(), Some("que empieza por a, de example punto com"));
        assert_eq!(masked("12345678Z"), None);
    }
}
