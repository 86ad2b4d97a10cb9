//! The recogniser's letters: 0 blank, 1 space, 2..=27 a..z, 28 ñ.

/// Symbols of an output row, the blank included.
pub const SYMBOLS: usize = 29;
/// The CTC blank.
pub const BLANK: u8 = 0;
/// The gap between words.
pub const SPACE: u8 = 1;
/// ñ, the only letter beyond a..z.
const ENYE: u8 = 28;

/// The symbols as characters, `_` for the blank, as weight files name them.
pub const VOCAB: &str = "_ abcdefghijklmnopqrstuvwxyzñ";

/// The letter a character is heard as: accents folded, anything unspoken `None`.
pub fn letter(c: char) -> Option<u8> {
    let plain = match c.to_lowercase().next().unwrap_or(c) {
        'ñ' => return Some(ENYE),
        'á' | 'à' | 'ä' | 'â' => 'a',
        'é' | 'è' | 'ë' | 'ê' => 'e',
        'í' | 'ì' | 'ï' | 'î' => 'i',
        'ó' | 'ò' | 'ö' | 'ô' => 'o',
        'ú' | 'ù' | 'ü' | 'û' => 'u',
        'ç' => 'c',
        other => other,
    };
    plain.is_ascii_lowercase().then(|| plain as u8 - b'a' + 2)
}

/// Letters of one word. Characters that are not letters are skipped.
pub fn spell(word: &str) -> Vec<u8> {
    word.chars().filter_map(letter).collect()
}

/// The letters without each h that no c goes before («hola», «ahora»); `None` if there is none or nothing else.
pub fn without_silent(letters: &[u8]) -> Option<Vec<u8>> {
    const C: u8 = b'c' - b'a' + 2;
    const H: u8 = b'h' - b'a' + 2;
    let after = std::iter::once(0).chain(letters.iter().copied());
    let heard: Vec<u8> =
        after.zip(letters).filter(|(before, l)| **l != H || *before == C).map(|(_, l)| *l).collect();
    (heard.len() < letters.len() && !heard.is_empty()).then_some(heard)
}

/// The character of a symbol.
pub fn character(symbol: u8) -> char {
    match symbol {
        SPACE => ' ',
        2..=27 => char::from(b'a' + symbol - 2),
        ENYE => 'ñ',
        _ => '_',
    }
}

/// Words of a text as the decoder sees them: lower case, digits read as words, no punctuation.
/// A `{slot}` stays whole.
pub fn tokens(text: &str) -> Vec<String> {
    let mut out = Vec::new();
    let lower = text.to_lowercase();
    let mut rest = lower.as_str();
    while let Some(c) = rest.chars().next() {
        let end = if c == '{' {
            rest.find('}').map_or(rest.len(), |i| i + 1)
        } else if c.is_ascii_digit() {
            rest.find(|c: char| !c.is_ascii_digit()).unwrap_or(rest.len())
        } else if letter(c).is_some() {
            rest.find(|c: char| letter(c).is_none()).unwrap_or(rest.len())
        } else {
            rest = &rest[c.len_utf8()..];
            continue;
        };
        let (token, tail) = rest.split_at(end);
        if c.is_ascii_digit() {
            out.extend(super::numbers::read(token));
        } else {
            out.push(token.to_string());
        }
        rest = tail;
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_vocabulary_is_the_one_of_the_weight_files() {
        for (i, c) in VOCAB.chars().enumerate().skip(1) {
            assert_eq!(character(i as u8), c);
            if c != ' ' {
                assert_eq!(letter(c), Some(i as u8));
            }
        }
        assert_eq!(VOCAB.chars().count(), SYMBOLS);
    }

    #[test]
    fn an_h_is_silent_but_after_c() {
        let heard = |word: &str| {
            without_silent(&spell(word)).map(|l| l.into_iter().map(character).collect::<String>())
        };
        assert_eq!(heard("ahora").as_deref(), Some("aora"));
        assert_eq!(heard("hecho").as_deref(), Some("echo"));
        assert_eq!((heard("ocho"), heard("h")), (None, None));
    }

    #[test]
    fn texts_become_words() {
        assert_eq!(tokens("¿Quería cita, el 15?"), ["quería", "cita", "el", "quince"]);
        assert_eq!(tokens("para {tramite}…"), ["para", "{tramite}"]);
    }
}
