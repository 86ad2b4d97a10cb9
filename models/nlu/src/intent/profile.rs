//! What the examples of an intent have in common: which words and concepts nearly all
//! of them have, and which are known of it at all.

use std::collections::HashMap;

use super::Sample;
use super::vectors;

/// An atom is in more than this share of an intent's examples: it is one of its pillars.
const PILLAR: f32 = 0.6;
/// Fewest examples from which a pillar can be told.
const FEWEST: f32 = 3.0;
/// Most strange concepts that count.
const STRANGE: f32 = 2.0;
/// Most that missing pillars count.
const MOST: f32 = 4.0;

/// How often each atom is in the examples of each class.
#[derive(Debug)]
pub(crate) struct Profiles {
    /// Weight of the examples of each class.
    size: Vec<f32>,
    /// Atom → weight of the examples that have it, by class.
    counts: HashMap<u64, Vec<f32>>,
    /// Atoms that some class nearly always has, in order.
    pub pillars: Vec<u64>,
}

/// What is known of an utterance's words.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Known {
    /// Pillars of the class that the utterance lacks, by how sure they are, 0 to 4.
    pub missing: f32,
    /// Share of the words, by their rarity, that the class's examples have.
    pub own: f32,
    /// Share of the words, by their rarity, that any example has.
    pub any: f32,
    /// Concepts said that no example of the class has, 0 to 2.
    pub strange: f32,
}

/// A word as profiles see it.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Said<'a> {
    pub word: &'a str,
    /// None for numbers and times.
    pub atom: Option<u64>,
    /// Whether the atom is a concept, rather than the word's own sound.
    pub concept: bool,
}

impl Profiles {
    /// Counts the atoms of the samples.
    pub fn fit(samples: &[Sample], atoms: impl Fn(&[String]) -> Vec<u64>, classes: usize) -> Self {
        let mut size = vec![0.0_f32; classes];
        let mut counts: HashMap<u64, Vec<f32>> = HashMap::new();
        let raise = |row: &mut Vec<f32>, sample: &Sample| {
            if let Some(n) = row.get_mut(sample.class) {
                *n += sample.weight;
            }
        };
        for sample in samples {
            raise(&mut size, sample);
            for atom in atoms(&sample.words) {
                raise(counts.entry(atom).or_insert_with(|| vec![0.0; classes]), sample);
            }
        }
        let mut pillars: Vec<u64> = counts
            .iter()
            .filter(|(_, row)| row.iter().zip(&size).any(|(n, all)| *all >= FEWEST && n / all >= PILLAR))
            .map(|(atom, _)| *atom)
            .collect();
        pillars.sort_unstable();
        Self { size, counts, pillars }
    }

    /// Smoothed share of a class's examples that have an atom.
    fn rate(&self, atom: u64, class: usize) -> f32 {
        let n = self.counts.get(&atom).and_then(|row| row.get(class)).copied().unwrap_or(0.0);
        (n + 0.3) / (self.size.get(class).copied().unwrap_or(0.0) + 1.0)
    }

    /// What speaks for the utterance being of the class.
    pub fn known(&self, words: &[Said<'_>], class: usize) -> Known {
        let has = |atom: u64| words.iter().any(|w| w.atom == Some(atom));
        let missing: f32 = self
            .pillars
            .iter()
            .map(|atom| (*atom, self.rate(*atom, class)))
            .filter(|(atom, rate)| *rate > 0.5 && !has(*atom))
            .map(|(_, rate)| -(1.0 - rate).ln())
            .sum();
        let (mut own, mut any, mut total, mut strange) = (0.0, 0.0, 0.0, 0.0_f32);
        for said in words {
            let Some(atom) = said.atom else { continue };
            let weight = (vectors::rarity(said.word) - 2.0).max(1.0);
            let row = self.counts.get(&atom);
            let is_own = row.and_then(|row| row.get(class)).is_some_and(|n| *n > 0.0);
            total += weight;
            any += if row.is_some() { weight } else { 0.0 };
            own += if is_own { weight } else { 0.0 };
            strange += f32::from(u8::from(said.concept && !is_own));
        }
        let share = |part: f32| if total > 0.0 { part / total } else { 1.0 };
        Known { missing: missing.min(MOST), own: share(own), any: share(any), strange: strange.min(STRANGE) }
    }
}
