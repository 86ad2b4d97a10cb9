//! Texts as a recogniser might have heard them: of its words some are lost and some taken for
//! the word of its vocabulary that sounds most alike. Nothing here is what training does.
use super::data::Data;
use nlu::es::{fold, phonetic};
use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet};

/// Of a hundred words, so many are wrong.
pub const WRONG: u64 = 15;
/// Words of so many letters are as often lost as taken for others.
const SHORT: usize = 3;

/// A vocabulary and what in it sounds like what.
pub struct Heard {
    /// Each word's sound, and the word.
    vocabulary: Vec<(String, String)>,
    known: RefCell<BTreeMap<String, Option<String>>>,
}

impl Heard {
    /// The vocabulary is all words of the texts.
    pub fn new<'a>(data: impl IntoIterator<Item = &'a Data>) -> Self {
        let words: BTreeSet<String> =
            data.into_iter().flat_map(|d| d.values().flatten()).flat_map(|t| words(t)).collect();
        let vocabulary = words.into_iter().map(|w| (phonetic::key(&w), w)).collect();
        Self { vocabulary, known: RefCell::default() }
    }

    /// The text with its share of mistakes; the same text is always heard alike.
    pub fn hear(&self, text: &str) -> String {
        let mut chance = Chance::of(text);
        let mut out = Vec::new();
        for word in words(text) {
            if chance.below(100) >= WRONG {
                out.push(word);
            } else if word.chars().count() > SHORT || chance.below(2) == 0 {
                out.push(self.alike(&word).unwrap_or(word));
            }
        }
        out.join(" ")
    }

    /// The other word that sounds most like this one.
    fn alike(&self, word: &str) -> Option<String> {
        if let Some(found) = self.known.borrow().get(word) {
            return found.clone();
        }
        let key = phonetic::key(word);
        let others = self.vocabulary.iter().filter(|(sound, _)| *sound != key);
        let found = others
            .map(|(sound, other)| (phonetic::likeness(&key, sound), other))
            .max_by(|a, b| a.0.total_cmp(&b.0).then(b.1.cmp(a.1)))
            .map(|(_, other)| other.clone());
        self.known.borrow_mut().insert(word.to_owned(), found.clone());
        found
    }
}

fn words(text: &str) -> Vec<String> {
    let plain: String = fold(text).chars().map(|c| if c.is_alphanumeric() { c } else { ' ' }).collect();
    plain.split_whitespace().map(str::to_owned).collect()
}

/// SplitMix64, begun by a text.
struct Chance(u64);

impl Chance {
    fn of(text: &str) -> Self {
        Self(
            text.bytes()
                .fold(0xcbf2_9ce4_8422_2325, |h, b| (h ^ u64::from(b)).wrapping_mul(0x0100_0000_01b3)),
        )
    }

    fn below(&mut self, n: u64) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        (z ^ (z >> 31)) % n.max(1)
    }
}
