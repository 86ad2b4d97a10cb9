//! A text as the grammars see it: folded tokens that remember their bytes.

use std::ops::Range;

/// What a token is made of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Shape {
    /// Letters.
    Word,
    /// ASCII digits.
    Number,
    /// One punctuation mark or symbol.
    Mark,
}

/// A piece of the text. Invariant: `start < end`, both on character borders.
#[derive(Debug, Clone)]
pub(crate) struct Token {
    /// Lower case, no accents (ñ stays).
    pub text: String,
    /// The word's key: how it sounds in Spain, homophones alike.
    pub key: String,
    pub start: usize,
    pub end: usize,
    pub shape: Shape,
    /// No space between the previous token and this one.
    pub glued: bool,
}

/// A text and its tokens.
#[derive(Debug)]
pub(crate) struct Text<'a> {
    pub source: &'a str,
    pub tokens: Vec<Token>,
}

impl<'a> Text<'a> {
    pub fn new(source: &'a str) -> Self {
        Self { source, tokens: tokens(source) }
    }

    pub fn get(&self, i: usize) -> Option<&Token> {
        self.tokens.get(i)
    }

    /// The first token that begins at a byte of the source or after it.
    pub fn token_from(&self, byte: usize) -> Option<usize> {
        self.tokens.iter().position(|t| t.start >= byte)
    }

    /// A token as it is written, accents and all; past the end, nothing.
    pub fn written(&self, i: usize) -> &str {
        self.get(i).and_then(|t| self.source.get(t.start..t.end)).unwrap_or_default()
    }

    /// Folded word at `i`, empty past the end: saves an `Option` at each comparison.
    pub fn word(&self, i: usize) -> &str {
        self.tokens.get(i).map_or("", |t| t.text.as_str())
    }

    pub fn key(&self, i: usize) -> &str {
        self.tokens.get(i).map_or("", |t| t.key.as_str())
    }

    pub fn is_number(&self, i: usize) -> bool {
        self.tokens.get(i).is_some_and(|t| t.shape == Shape::Number)
    }

    pub fn is_mark(&self, i: usize) -> bool {
        self.tokens.get(i).is_some_and(|t| t.shape == Shape::Mark)
    }

    pub fn glued(&self, i: usize) -> bool {
        self.tokens.get(i).is_some_and(|t| t.glued)
    }

    pub fn len(&self) -> usize {
        self.tokens.len()
    }

    /// Whether the words `phrase` (folded, space between) stand at `i`; then the next index.
    pub fn phrase(&self, i: usize, phrase: &str) -> Option<usize> {
        let mut at = i;
        for word in phrase.split(' ') {
            if self.word(at) != word {
                return None;
            }
            at += 1;
        }
        Some(at)
    }

    /// First of `phrases` that stands at `i`; the caller orders them, longest first.
    pub fn any_phrase(&self, i: usize, phrases: &[&str]) -> Option<usize> {
        phrases.iter().find_map(|p| self.phrase(i, p))
    }

    /// Bytes from token `from` up to, not including, token `to`.
    pub fn span(&self, from: usize, to: usize) -> Range<usize> {
        let start = self.tokens.get(from).map_or(self.source.len(), |t| t.start);
        let end = to.checked_sub(1).and_then(|i| self.tokens.get(i)).map_or(start, |t| t.end);
        start..end.max(start)
    }

    /// How many tokens are words or numbers.
    pub fn words(&self) -> usize {
        self.tokens.iter().filter(|t| t.shape != Shape::Mark).count()
    }
}

/// One character folded: lower case, no accent. `None`: it is dropped (combining marks).
fn fold_char(c: char) -> Option<char> {
    let lower = c.to_lowercase().next().unwrap_or(c);
    Some(match lower {
        'á' | 'à' | 'ä' | 'â' | 'ã' | 'å' => 'a',
        'é' | 'è' | 'ë' | 'ê' => 'e',
        'í' | 'ì' | 'ï' | 'î' => 'i',
        'ó' | 'ò' | 'ö' | 'ô' | 'õ' => 'o',
        'ú' | 'ù' | 'ü' | 'û' => 'u',
        'ç' => 'c',
        '\u{300}'..='\u{36f}' => return None,
        other => other,
    })
}

/// Folds a whole text: lower case, no accents, ñ kept, however it was composed.
#[must_use]
pub fn fold(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        push_folded(&mut out, c);
    }
    out
}

/// The words of a text, folded, without marks.
#[must_use]
pub fn folded_words(text: &str) -> Vec<String> {
    let folded = fold(text);
    folded.split(|c: char| !c.is_alphanumeric()).filter(|w| !w.is_empty()).map(str::to_owned).collect()
}

fn push_folded(out: &mut String, c: char) {
    if c == '\u{303}' && out.ends_with('n') {
        out.pop();
        out.push('ñ');
    } else if let Some(folded) = fold_char(c) {
        out.push(folded);
    }
}

fn shape(c: char) -> Option<Shape> {
    if c.is_ascii_digit() {
        Some(Shape::Number)
    } else if c == 'º' || c == 'ª' {
        Some(Shape::Mark)
    } else if c.is_alphabetic() || ('\u{300}'..='\u{36f}').contains(&c) {
        Some(Shape::Word)
    } else if c.is_whitespace() || c.is_control() || matches!(c, '¿' | '¡' | '\u{feff}' | '\u{200b}') {
        None
    } else {
        Some(Shape::Mark)
    }
}

fn tokens(source: &str) -> Vec<Token> {
    let mut out: Vec<Token> = Vec::new();
    for (at, c) in source.char_indices() {
        let Some(shape) = shape(c) else { continue };
        let end = at + c.len_utf8();
        match out.last_mut() {
            Some(last) if last.end == at && last.shape == shape && shape != Shape::Mark => {
                push_folded(&mut last.text, c);
                last.end = end;
            }
            last => {
                let glued = last.is_some_and(|t| t.end == at);
                let mut text = String::new();
                push_folded(&mut text, c);
                out.push(Token { text, key: String::new(), start: at, end, shape, glued });
            }
        }
    }
    for token in &mut out {
        token.key = match token.shape {
            Shape::Word => super::phonetic::key(&token.text),
            _ => token.text.clone(),
        };
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn accents_fall_and_ene_stays_however_composed() {
        assert_eq!(fold("MAÑANA, Miércoles"), "mañana, miercoles");
        assert_eq!(fold("man\u{303}ana"), "mañana");
        assert_eq!(fold("cami\u{301}o\u{301}n"), "camion");
    }

    #[test]
    fn tokens_split_digits_from_letters_and_keep_their_bytes() {
        let text = Text::new("¿12.345.678Z, señora?");
        let words: Vec<&str> = text.tokens.iter().map(|t| t.text.as_str()).collect();
        assert_eq!(words, ["12", ".", "345", ".", "678", "z", ",", "señora", "?"]);
        assert_eq!(&text.source[text.span(0, 6)], "12.345.678Z");
        assert!(text.glued(5) && !text.glued(7));
    }
}
