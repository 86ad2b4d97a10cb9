//! What sentences of danger have in common, learnt from many: a second opinion where no sign was foreseen.
//!
//! Logistic regression on hashed features: letters of words, words, two in a row, any two in their order, and the mean
//! of the words' vectors. Its weights are a file that `models/nlu/examples/danger.rs` makes of the sentences in
//! `data/danger/<code>.sentences.txt`.

use crate::es::{folded_words, phonetic};
use crate::intent::hash;
use crate::intent::vectors;

/// Weights of hashed features; a power of two.
const BUCKETS: usize = 1 << 15;
/// All weights: of the hashed features, of the dimensions of the words' meaning, and one of nothing.
const WEIGHTS: usize = BUCKETS + vectors::DIMENSIONS + 1;
/// Families of hashed features, each of length one: they weigh alike whatever their number.
const FAMILIES: usize = 3;
/// Farthest that two words stand apart that are a feature.
const APART: usize = 7;
/// Length of the part that is the words' meaning.
const MEANING: f32 = 1.5;
/// How often training goes through the sentences, and its step and its penalty.
const ROUNDS: usize = 30;
const STEP: f32 = 0.5;
const PENALTY: f32 = 2e-4;
/// A weight is kept as so many parts of one.
const PARTS: f32 = 12.0;

/// The sentences of a file, and whether each is of danger: `! ` or `. ` before it. Other lines are remarks.
pub fn sentences(file: &str) -> impl Iterator<Item = (&str, bool)> {
    file.lines().filter_map(|line| match line.strip_prefix("! ") {
        Some(text) => Some((text.trim(), true)),
        None => Some((line.strip_prefix(". ")?.trim(), false)),
    })
}

/// Weights that have been learnt.
#[derive(Debug, Clone)]
pub struct Learnt(Vec<f32>);

impl Learnt {
    /// Reads weights as [`Learnt::bytes`] writes them; none: they are cut short.
    #[must_use]
    pub fn read(bytes: &[u8]) -> Option<Self> {
        let weights = bytes.iter().map(|b| f32::from(i8::from_le_bytes([*b])) / PARTS).collect();
        (bytes.len() == WEIGHTS).then_some(Self(weights))
    }

    /// The weights, one byte each.
    #[must_use]
    pub fn bytes(&self) -> Vec<u8> {
        let byte = |w: &f32| ((w * PARTS).round().clamp(-127.0, 127.0) as i8).to_le_bytes()[0];
        self.0.iter().map(byte).collect()
    }

    /// Learns from sentences and whether each is of danger. The same sentences, the same weights.
    #[must_use]
    pub fn train(sentences: &[(&str, bool)]) -> Self {
        let all: Vec<(Vec<(usize, f32)>, bool)> =
            sentences.iter().map(|(text, danger)| (features(text), *danger)).collect();
        let mut weights = vec![0.0_f32; WEIGHTS];
        let mut squares = vec![1e-3_f32; WEIGHTS];
        let mut order: Vec<usize> = (0..all.len()).collect();
        let mut state = 1_u64;
        for _ in 0..ROUNDS {
            for i in (1..order.len()).rev() {
                state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
                order.swap(i, (state >> 33) as usize % (i + 1));
            }
            for (features, danger) in order.iter().filter_map(|i| all.get(*i)) {
                let off = chance(&weights, features) - f32::from(u8::from(*danger));
                for (at, x) in features {
                    let (Some(weight), Some(square)) = (weights.get_mut(*at), squares.get_mut(*at)) else {
                        continue;
                    };
                    let slope = off * x + PENALTY * *weight;
                    *square += slope * slope;
                    *weight -= STEP * slope / square.sqrt();
                }
            }
        }
        Self(weights)
    }

    /// How likely it is that a sentence tells of danger, 0 to 1.
    #[must_use]
    pub fn chance(&self, text: &str) -> f32 {
        chance(&self.0, &features(text))
    }
}

fn chance(weights: &[f32], features: &[(usize, f32)]) -> f32 {
    let sum: f32 = features.iter().map(|(at, x)| x * weights.get(*at).copied().unwrap_or_default()).sum();
    1.0 / (1.0 + (-sum).exp())
}

/// Features with their values.
fn features(text: &str) -> Vec<(usize, f32)> {
    let words = folded_words(text);
    let keys: Vec<String> = words.iter().map(|w| phonetic::key(w)).collect();
    let mut families: [Vec<usize>; FAMILIES] = Default::default();
    let [letters, row, pairs] = &mut families;
    for key in &keys {
        let padded: Vec<char> = format!(" {key} ").chars().collect();
        for n in 3..=5 {
            letters.extend(padded.windows(n).map(|gram| bucket(0, &[&gram.iter().collect::<String>()])));
        }
        row.push(bucket(1, &[key]));
    }
    let line: Vec<&str> =
        std::iter::once("<").chain(keys.iter().map(String::as_str)).chain(std::iter::once(">")).collect();
    row.extend(line.windows(2).map(|pair| bucket(2, pair)));
    for (i, a) in keys.iter().enumerate() {
        pairs.extend(keys.iter().skip(i + 1).take(APART).map(|b| bucket(3, &[a, b])));
    }
    let mut out: Vec<(usize, f32)> = Vec::new();
    for family in families {
        let each = (family.len().max(1) as f32).sqrt().recip();
        out.extend(family.into_iter().map(|at| (at, each)));
    }
    out.extend(vectors::sentence(&words).into_iter().enumerate().map(|(i, x)| (BUCKETS + i, MEANING * x)));
    out.push((WEIGHTS - 1, 1.0));
    out
}

/// The weight of a feature.
fn bucket(family: u8, parts: &[&str]) -> usize {
    let hash = hash(family, parts);
    (hash ^ (hash >> 32)) as usize & (BUCKETS - 1)
}
