//! E-mail addresses, spelled or said word by word, and written.

use super::dictated;
use super::letters;
use super::text::{Shape, Text};
use crate::{Found, Status, Value};

/// Providers and what recognisers write for their English names, spaces dropped.
const PROVIDERS: &[(&str, &[&str])] = &[
    (
        "gmail",
        &["gmail", "gmeil", "gemail", "gemeil", "jimail", "jimeil", "gimeil", "yimail", "yimeil", "llimeil"],
    ),
    ("hotmail", &["hotmail", "hotmeil", "otmail", "otmeil", "jotmail", "jotmeil"]),
    ("outlook", &["outlook", "outluk", "outloc", "autlook", "autluk", "autluc", "autlok"]),
    ("yahoo", &["yahoo", "yahu", "yajoo", "yaju", "llahoo", "llaju", "iahoo"]),
    ("icloud", &["icloud", "aicloud", "aiclaud", "aiclau"]),
];

/// Ends of domains that are said as words.
const TOP: &[&str] = &[
    "com", "es", "org", "net", "eu", "info", "edu", "gob", "gov", "cat", "gal", "eus", "coop", "biz", "fr",
    "it", "pt", "uk", "io", "me",
];

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

/// What says how it is written, and is not written.
const UNWRITTEN: &[&str] = &[
    "todo en minusculas",
    "todo en minuscula",
    "todo junto",
    "todo seguido",
    "en minusculas",
    "en minuscula",
    "minuscula",
    "minusculas",
    "sin acento",
    "sin acentos",
    "sin tilde",
    "sin espacios",
];

/// Names of letters that are also other words.
const AMBIGUOUS: &[&str] = &["de", "te", "se", "ve", "ca", "ese", "seta", "ere"];

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

/// Characters read, and whether they can be others.
#[derive(Debug, Default)]
struct Written {
    chars: String,
    doubtful: bool,
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
    let (domain, to) = domain(text, past_comma(text, at + 1));
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

/// A sign of addresses at `i`. A full stop is one only between two characters.
fn sign(text: &Text, i: usize) -> Option<(char, usize)> {
    if let Some(next) = text.any_phrase(i, &["guion bajo", "barra baja", "subguion", "_"]) {
        return Some(('_', next));
    }
    match text.word(i) {
        "punto" => Some(('.', i + 1)),
        "." if text.glued(i) && text.glued(i + 1) => Some(('.', i + 1)),
        "guion" => Some(('-', i + 1 + usize::from(matches!(text.word(i + 1), "medio" | "normal")))),
        "-" => Some(('-', i + 1)),
        "+" | "mas" => Some(('+', i + 1)),
        _ => None,
    }
}

/// The characters of tokens `from..to`, all of them; `None` if one says none.
fn run(text: &Text, from: usize, to: usize) -> Option<Written> {
    let (mut out, mut i, mut after_word) = (Written::default(), from, false);
    while i < to {
        if let Some(next) = text.any_phrase(i, UNWRITTEN).or((text.word(i) == ",").then_some(i + 1)) {
            i = next;
            continue;
        }
        let piece = piece(text, i)?;
        // «ana pérez arroba»: who knows whether a sign stands between.
        let word = piece.kind == Kind::Word;
        out.doubtful |= piece.doubtful || (word && after_word && !text.glued(i));
        after_word = word;
        out.chars.push_str(&piece.chars);
        i = piece.next;
    }
    Some(out)
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    Sign,
    Letter,
    Digits,
    Word,
}

struct Piece {
    kind: Kind,
    chars: String,
    doubtful: bool,
    next: usize,
}

fn piece(text: &Text, i: usize) -> Option<Piece> {
    if let Some((sign, next)) = sign(text, i) {
        return Some(Piece { kind: Kind::Sign, chars: sign.to_string(), doubtful: false, next });
    }
    if let Some((letter, doubtful, next)) = letter(text, i) {
        return Some(Piece { kind: Kind::Letter, chars: letter.to_string(), doubtful, next });
    }
    let article = matches!(text.word(i), "un" | "una");
    if let Some((next, chars, _)) = dictated::pieces(text, i, false).into_iter().next().filter(|_| !article) {
        return Some(Piece { kind: Kind::Digits, chars, doubtful: false, next });
    }
    let token = text.get(i).filter(|t| t.shape == Shape::Word)?;
    // Addresses of people whose name has an ñ are written with n.
    let chars = token.text.replace('ñ', "n");
    let doubtful = chars != token.text;
    Some(Piece { kind: Kind::Word, chars, doubtful, next: i + 1 })
}

/// A letter by its name. A name that is also a word is one only beside another
/// letter, or after «la letra».
fn letter(text: &Text, i: usize) -> Option<(char, bool, usize)> {
    let called = text.any_phrase(i, &["con la letra", "la letra", "letra"]);
    let i = called.unwrap_or(i);
    let mut chars = text.word(i).chars();
    let named = letters::read(text, i).into_iter().next();
    let (next, letter) = match (named, chars.next(), chars.next()) {
        (Some((next, letter, _)), _, _) => (next, letter),
        (None, Some(c), None) if c.is_alphabetic() => (i + 1, c),
        _ => return None,
    };
    let ambiguous = |j: usize| AMBIGUOUS.contains(&text.word(j));
    let letter_at = |j: usize| text.word(j) == "y" || !letters::read(text, j).is_empty();
    // The letter before, of one word or two: «uve doble, ese».
    let end = i - usize::from(i > 0 && text.word(i - 1) == ",");
    let ends = |j: &usize| letters::read(text, *j).iter().any(|l| l.0 == end);
    let before = (end.saturating_sub(2)..end).find(ends).or_else(|| end.checked_sub(1));
    let after = past_comma(text, next);
    let word = called.is_none() && next == i + 1 && ambiguous(i);
    if word && !(before.is_some_and(letter_at) || letter_at(after)) {
        return None;
    }
    // «eme de la…» may go on as a name does.
    let certain = |j: usize| letter_at(j) && !ambiguous(j);
    let name_goes_on = text.get(after).is_some_and(|t| t.shape == Shape::Word)
        && !letter_at(after)
        && sign(text, after).is_none()
        && text.word(after) != "arroba";
    let doubtful = word && (name_goes_on || !(before.is_some_and(certain) || certain(after)));
    let lower = letter.to_lowercase().next().unwrap_or(letter);
    Some(if lower == 'ñ' { ('n', true, next) } else { (lower, doubtful, next) })
}

/// The domain from `i` on, and the token after it.
fn domain(text: &Text, mut i: usize) -> (Written, usize) {
    let mut out = Written::default();
    let mut to = i;
    while let Some((label, next)) = label(text, i) {
        out.chars.push_str(&label.chars);
        out.doubtful |= label.doubtful;
        to = next;
        match sign(text, past_comma(text, next)) {
            Some(('.', after)) if after < text.len() => {
                out.chars.push('.');
                i = past_comma(text, after);
            }
            _ => break,
        }
    }
    (out, to)
}

fn past_comma(text: &Text, i: usize) -> usize {
    i + usize::from(text.word(i) == ",")
}

/// A part of a domain at `i`: a provider, all up to the next dot, or the last part.
fn label(text: &Text, i: usize) -> Option<(Written, usize)> {
    if let Some((name, next)) = provider(text, i) {
        return Some((Written { chars: name.to_owned(), doubtful: false }, next));
    }
    let word = text.word(i);
    let dot = |j: usize| matches!(sign(text, j), Some(('.', _)));
    if TOP.contains(&word) && !dot(i + 1) {
        return Some((Written { chars: word.to_owned(), doubtful: false }, i + 1));
    }
    // «punto con» is how «punto com» is heard.
    if word == "con" && i > 0 && dot(i - 1) {
        return Some((Written { chars: "com".to_owned(), doubtful: true }, i + 1));
    }
    let far = |j: &usize| matches!(text.word(*j), "arroba" | "@") || j - i > LONGEST;
    if let Some(end) = (i..text.len()).take_while(|j| !far(j)).find(|j| dot(*j)) {
        return Some((run(text, i, end).filter(|r| !r.chars.is_empty())?, end));
    }
    last(text, i)
}

/// Letters spelled at `i`, or one word.
fn last(text: &Text, i: usize) -> Option<(Written, usize)> {
    let (mut out, mut next, mut to) = (Written::default(), i, i);
    while let Some((letter, doubtful, after)) = letter(text, next).filter(|_| text.word(next) != "y") {
        out.chars.push(letter);
        out.doubtful |= doubtful;
        to = after;
        next = past_comma(text, after);
    }
    if to > i {
        return Some((out, to));
    }
    let piece = piece(text, i).filter(|p| p.kind == Kind::Word)?;
    Some((Written { chars: piece.chars, doubtful: piece.doubtful }, piece.next))
}

fn provider(text: &Text, i: usize) -> Option<(&'static str, usize)> {
    [2, 1].into_iter().find_map(|n| {
        let said: String = (i..i + n).map(|j| text.word(j)).collect();
        let (name, _) = PROVIDERS.iter().find(|(_, heard)| heard.contains(&said.as_str()))?;
        (i + n <= text.len()).then_some((*name, i + n))
    })
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
        assert_eq!(read("ana peña arroba gmail punto con").map(|r| r.1), Some(Unsure));
        assert_eq!(read("eme de la prueba arroba example punto com").map(|r| r.1), Some(Unsure));
        assert_eq!(read("ana arroba gmail").map(|r| r.1), Some(Partial));
        assert_eq!(read("ana arroba").map(|r| r.1), Some(Partial));
        assert_eq!(read("guion bajo punto arroba a punto es").map(|r| r.1), Some(Invalid));
        assert_eq!(read("no tengo correo"), None);
    }
}
