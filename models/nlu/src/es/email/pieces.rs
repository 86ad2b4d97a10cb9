//! Characters out of words: signs, letters by their names, digits in any grouping, words.

use crate::es::dictated;
use crate::es::letters;
use crate::es::text::{Shape, Text};

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

/// Characters read, and whether they can be others.
#[derive(Debug, Default)]
pub(super) struct Written {
    pub chars: String,
    pub doubtful: bool,
}

/// A sign of addresses at `i`. A full stop is one only between two characters.
pub(super) fn sign(text: &Text, i: usize) -> Option<(char, usize)> {
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
pub(super) fn run(text: &Text, from: usize, to: usize) -> Option<Written> {
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
pub(super) enum Kind {
    Sign,
    Letter,
    Digits,
    Word,
}

pub(super) struct Piece {
    pub kind: Kind,
    pub chars: String,
    pub doubtful: bool,
    pub next: usize,
}

pub(super) fn piece(text: &Text, i: usize) -> Option<Piece> {
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
pub(super) fn letter(text: &Text, i: usize) -> Option<(char, bool, usize)> {
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

pub(super) fn past_comma(text: &Text, i: usize) -> usize {
    i + usize::from(text.word(i) == ",")
}
