//! The language model that ships: words with their probabilities, and what follows what.
//!
//! `weights/language.bin`, made by `models/train/language.py`; the format stands in `models/train/SPEC.md`.

use super::history::FastMap;
use super::trie::WordId;

/// Steps of a stored cost in one natural logarithm.
const STEPS: f32 = 12.0;
/// First word of a pair that stands for the beginning of an utterance, second that stands for its end.
const BEGINNING: u32 = 0xFFFF;
const END: u32 = 0xFFFE;

/// Cost of ending after a word that no listed sentence ends with.
const UNLIKELY_END: f32 = 5.0;

/// A bigram model that backs off to single words. Costs are negative natural logarithms.
#[derive(Debug, Default)]
pub struct Language {
    /// Words and their costs, the likeliest first; a [`WordId`] is a place in here.
    pub words: Vec<(String, f32)>,
    /// Cost of a word after another.
    pub pairs: FastMap<(WordId, WordId), f32>,
    /// What it costs that a word is followed by none that is listed after it.
    pub back: FastMap<WordId, f32>,
    /// Cost of ending after a word, where that is listed.
    ends: FastMap<WordId, f32>,
}

impl Language {
    /// Reads the file; the beginning of an utterance is known as `start`. `None` where the file is cut or damaged.
    pub fn parse(bytes: &[u8], start: WordId) -> Option<Self> {
        let mut at = bytes.strip_prefix(b"DGLM\x01")?;
        let mut language = Self::default();
        for _ in 0..number(&mut at, 4)? {
            let (length, cost) = (number(&mut at, 1)?, number(&mut at, 1)?);
            let text = std::str::from_utf8(take(&mut at, length as usize)?).ok()?;
            language.words.push((text.to_owned(), cost as f32 / STEPS));
        }
        for _ in 0..number(&mut at, 4)? {
            let first = number(&mut at, 2)?;
            let first = if first == BEGINNING { start } else { first };
            language.back.insert(first, number(&mut at, 1)? as f32 / STEPS);
            for _ in 0..number(&mut at, 2)? {
                let (second, cost) = (number(&mut at, 2)?, number(&mut at, 1)? as f32 / STEPS);
                if second == END {
                    language.ends.insert(first, cost);
                } else if (second as usize) < language.words.len() {
                    language.pairs.insert((first, second), cost);
                } else {
                    return None;
                }
            }
        }
        at.is_empty().then_some(language)
    }

    /// Cost of ending an utterance after `word`.
    pub fn end(&self, word: WordId) -> f32 {
        self.ends.get(&word).copied().unwrap_or(UNLIKELY_END)
    }

    /// Cost of `word` after `before`; `alone` is its cost anywhere.
    pub fn cost(&self, before: WordId, word: WordId, alone: f32) -> f32 {
        match self.pairs.get(&(before, word)) {
            Some(cost) => *cost,
            None => alone + self.back.get(&before).copied().unwrap_or(0.0),
        }
    }
}

fn take<'a>(at: &mut &'a [u8], length: usize) -> Option<&'a [u8]> {
    let (head, rest) = at.split_at_checked(length)?;
    *at = rest;
    Some(head)
}

/// A little-endian number of up to four bytes.
fn number(at: &mut &[u8], bytes: usize) -> Option<u32> {
    Some(take(at, bytes)?.iter().rev().fold(0, |n, b| n << 8 | u32::from(*b)))
}

#[cfg(test)]
mod tests {
    use super::*;

    const SHIPPED: &[u8] = include_bytes!("../../weights/language.bin");

    #[test]
    fn what_ships_is_read_and_prefers_what_people_say() {
        let language = Language::parse(SHIPPED, WordId::MAX).unwrap();
        let id = |w: &str| language.words.iter().position(|(text, _)| text == w).unwrap() as WordId;
        let cost = |a: &str, b: &str| language.cost(id(a), id(b), language.words[id(b) as usize].1);
        assert!(cost("una", "cita") < cost("una", "cinta"));
        assert!(cost("de", "la") < cost("de", "va"));
        assert!(language.words.len() > 20_000 && language.pairs.len() > 50_000);
    }

    #[test]
    fn a_cut_or_damaged_file_is_refused_and_never_a_panic() {
        for length in (0..SHIPPED.len() - 1).step_by(997) {
            assert!(Language::parse(&SHIPPED[..length], 0).is_none(), "{length} bytes");
        }
        let mut damaged = SHIPPED.to_vec();
        for n in (0..damaged.len()).step_by(4999) {
            damaged[n] ^= 0xA5;
            let _ = Language::parse(&damaged, 0);
        }
    }
}
