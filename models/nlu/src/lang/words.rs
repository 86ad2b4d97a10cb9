//! Texts of any language as tokens: what only joins letters is a space.

use crate::es::text::Text;

/// The text with apostrophes, hyphens and points between letters as spaces, its bytes in place:
/// «vint-i-dos» and «d'abril» are the words that a recogniser writes apart.
pub(crate) fn clean(source: &str) -> String {
    let mut out = String::with_capacity(source.len());
    let mut before: Option<char> = None;
    let mut rest = source.chars().peekable();
    while let Some(c) = rest.next() {
        let joins = matches!(c, '\'' | '’' | '-' | '‑' | '·');
        let letters =
            before.is_some_and(char::is_alphabetic) && rest.peek().is_some_and(|n| n.is_alphanumeric());
        if joins && letters {
            (0..c.len_utf8()).for_each(|_| out.push(' '));
        } else {
            out.push(c);
        }
        before = Some(c);
    }
    out
}

/// The words of a phrase of the data, folded, one space between.
pub(crate) fn phrase(words: &str) -> String {
    let cleaned = clean(&words.replace(['\'', '’'], " "));
    let text = Text::new(&cleaned);
    text.tokens.iter().map(|t| t.text.as_str()).collect::<Vec<_>>().join(" ")
}

/// Phrases of the data, the longest first: the first that matches is the longest.
pub(crate) fn phrases(all: &[String]) -> Vec<String> {
    let mut out: Vec<String> = all.iter().map(|p| phrase(p)).filter(|p| !p.is_empty()).collect();
    out.sort_by_key(|p| std::cmp::Reverse(p.split(' ').count()));
    out
}

/// The alternatives of an entry, «u|un|una», as phrases.
pub(crate) fn alternatives(entry: &str) -> Vec<String> {
    entry.split('|').map(phrase).filter(|p| !p.is_empty()).collect()
}

/// The first alternative, as it is said.
pub(crate) fn said(entry: &str) -> &str {
    entry.split('|').next().unwrap_or("").trim()
}

/// The first of `phrases` that stands at `i`, and the token after it.
pub(crate) fn any(text: &Text, i: usize, phrases: &[String]) -> Option<usize> {
    phrases.iter().find_map(|p| text.phrase(i, p))
}

/// Where one of `phrases` stands in the text, first.
pub(crate) fn find(text: &Text, phrases: &[String]) -> Option<(usize, usize)> {
    (0..text.len()).find_map(|i| Some((i, any(text, i, phrases)?)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_joins_letters_is_a_space_and_bytes_stay() {
        for (from, to) in [
            ("vint-i-dos", "vint i dos"),
            ("d'abril", "d abril"),
            ("l’u", "l   u"),
            ("12-05-2026", "12-05-2026"),
            ("o'clock, -5", "o clock, -5"),
        ] {
            assert_eq!(clean(from), to);
            assert_eq!(clean(from).len(), from.len());
        }
        assert_eq!(phrase("D'acord, Sí"), "d acord , si");
        assert_eq!(phrase("d'"), "d");
    }
}
