//! The domain of an address: providers by their sound, parts between dots, its end.

use super::LONGEST;
use super::pieces::{Kind, Written, letter, past_comma, piece, run, sign};
use crate::es::text::Text;

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

/// The domain from `i` on, and the token after it.
pub(super) fn read(text: &Text, mut i: usize) -> (Written, usize) {
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
