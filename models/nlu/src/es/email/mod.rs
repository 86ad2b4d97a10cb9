//! E-mail addresses, spelled or said word by word, and written.
//!
//! [`pieces`] reads characters out of words; [`domain`], what follows the «arroba».

mod domain;
mod pieces;

use super::text::{Shape, Text};
use crate::{Found, Status, Value};
use pieces::{past_comma, run, sign};

/// Words that lead to an address and are no part of it, unless a sign stands beside them.
const LEADING: &[&str] = &[
    "es",
    "era",
    "seria",
    "correo",
    "electronico",
    "email",
    "mail",
    "direccion",
    "cuenta",
    "mi",
    "el",
    "su",
    "siguiente",
    "apunte",
    "anote",
    "escriba",
    "si",
    "vale",
    "pues",
    "eh",
    "bueno",
    "hola",
    "claro",
    "este",
];

/// Longest address that is read, in tokens on each side of its «arroba».
const LONGEST: usize = 48;

/// Whether it has the shape of an e-mail address: lower case, one `@`, a domain with its end.
#[must_use]
pub fn is_valid(email: &str) -> bool {
    let Some((local, domain)) = email.split_once('@') else { return false };
    let plain = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit();
    let top = domain.rsplit('.').next().unwrap_or("");
    (1..=64).contains(&local.len())
        && local.split('.').all(|p| !p.is_empty() && p.chars().all(|c| plain(c) || "_-+%".contains(c)))
        && domain.len() <= 253
        && domain.split('.').count() > 1
        && domain.split('.').all(|l| {
            !l.is_empty()
                && !l.starts_with('-')
                && !l.ends_with('-')
                && l.chars().all(|c| plain(c) || c == '-')
        })
        && top.len() >= 2
        && top.bytes().all(|b| b.is_ascii_lowercase())
}

/// Finds addresses, best first.
pub(crate) fn extract(text: &Text) -> Vec<Found> {
    let mut found: Vec<Found> = (0..text.len())
        .filter(|i| matches!(text.word(*i), "arroba" | "@"))
        .filter_map(|at| written(text, at).or_else(|| around(text, at)))
        .collect();
    found.sort_by(|a, b| a.status.cmp(&b.status).then(b.confidence.total_cmp(&a.confidence)));
    found
}

/// Written: all that no space divides, without the stop that ends its sentence.
fn written(text: &Text, at: usize) -> Option<Found> {
    let (mut from, mut to) = (at, at + 1);
    while text.glued(from) {
        from -= 1;
    }
    while text.glued(to) {
        to += 1;
    }
    while to > at && text.is_mark(to - 1) {
        to -= 1;
    }
    while from < at && text.is_mark(from) {
        from += 1;
    }
    let span = text.span(from, to);
    let address = text.source.get(span.clone())?.to_lowercase();
    is_valid(&address).then_some(Found {
        value: Value::Email(address),
        span,
        confidence: 0.98,
        status: Status::Sound,
    })
}

fn around(text: &Text, at: usize) -> Option<Found> {
    let from = start(text, at);
    let local = run(text, from, at)?;
    let (domain, to) = domain::read(text, past_comma(text, at + 1));
    let chars = format!("{}@{}", local.chars, domain.chars);
    let span = text.span(from, to);
    if is_valid(&chars) {
        // «correo uno arroba…»: its word was taken for what leads to it.
        let figures = local.chars.bytes().all(|b| b.is_ascii_digit());
        let doubtful = local.doubtful || domain.doubtful || figures;
        let (status, confidence) = if doubtful { (Status::Unsure, 0.7) } else { (Status::Sound, 0.95) };
        return Some(Found { value: Value::Email(chars), span, confidence, status });
    }
    // Without its end («…arroba gmail») more is to come.
    let status = if domain.chars.contains('.') { Status::Invalid } else { Status::Partial };
    (!local.chars.is_empty()).then_some(Found { value: Value::Text(chars), span, confidence: 0.5, status })
}

/// The first token of what stands before the «arroba» at `at`.
fn start(text: &Text, at: usize) -> usize {
    let mut from = at;
    while from > 0 && at - from < LONGEST {
        let before = from - 1;
        let signs = sign(text, from).is_some() && from < at;
        let beside = signs || (before > 0 && sign_ends(text, before));
        let stop = match text.get(before).map(|t| t.shape) {
            Some(Shape::Mark) => text.word(before) != "," && sign(text, before).is_none(),
            _ => LEADING.contains(&text.word(before)) && !beside,
        };
        if stop {
            break;
        }
        from = before;
    }
    while from < at && text.word(from) == "," {
        from += 1;
    }
    from
}

/// Whether a sign ends just before `i`.
fn sign_ends(text: &Text, i: usize) -> bool {
    (i.saturating_sub(2)..i).any(|b| sign(text, b).is_some_and(|(_, next)| next == i))
}

#[cfg(test)]
mod tests {
    use super::*;
    use Status::{Invalid, Partial, Sound, Unsure};

    fn read(s: &str) -> Option<(String, Status)> {
        extract(&Text::new(s)).first().map(|f| (f.value.to_string(), f.status))
    }

    #[test]
    fn addresses_as_they_are_said() {
        for (s, email) in [
            ("mi correo es ana punto ejemplo arroba example punto com", "ana.ejemplo@example.com"),
            ("a ene a arroba example punto es", "ana@example.es"),
            ("a, ene, a, arroba, example, punto, e, ese", "ana@example.es"),
            ("ana guion bajo dos mil uno arroba yimeil punto com", "ana_2001@gmail.com"),
            ("be de Barcelona uno dos tres arroba jot mail punto es", "b123@hotmail.es"),
            ("info guión web arroba aut luk punto com", "info-web@outlook.com"),
            ("eme punto ejemplo arroba yahoo punto es", "m.ejemplo@yahoo.es"),
            ("ana ochenta y cinco arroba i cloud punto com, gracias", "ana85@icloud.com"),
            (
                "todo en minúsculas: ana arroba registro guion civil punto example punto org",
                "ana@registro-civil.example.org",
            ),
            ("es mi punto casa arroba example punto com", "mi.casa@example.com"),
        ] {
            assert_eq!(read(s), Some((email.to_owned(), Sound)), "{s}");
        }
    }

    #[test]
    fn addresses_as_they_are_written() {
        for (s, email) in [
            ("Ana.Ejemplo@Example.com", "ana.ejemplo@example.com"),
            ("escríbame a ana_85@mail.example.org.", "ana_85@mail.example.org"),
            ("ana-1+web@example.es", "ana-1+web@example.es"),
        ] {
            assert_eq!(read(s).map(|r| r.0), Some(email.to_owned()), "{s}");
        }
    }

    #[test]
    fn doubtful_and_unfinished_addresses_are_told() {
        assert_eq!(
            read("ana ejemplo arroba example punto com"),
            Some(("anaejemplo@example.com".into(), Unsure))
        );
        assert_eq!(read("eme de la prueba arroba example punto com").map(|r| r.1), Some(Unsure));
        assert_eq!(read("peña arroba example punto com"), Some(("pena@example.com".into(), Unsure)));
        assert_eq!(read("ana arroba example punto con"), Some(("ana@example.com".into(), Unsure)));
        assert_eq!(read("ana arroba gmail").map(|r| r.1), Some(Partial));
        assert_eq!(read("ana arroba").map(|r| r.1), Some(Partial));
        assert_eq!(read("guion bajo punto arroba a punto es").map(|r| r.1), Some(Invalid));
        assert_eq!(read("no tengo correo"), None);
    }
}
