//! Words → a sparse vector: TF-IDF of character 2- to 5-grams inside word borders,
//! of word 1- and 2-grams, of concepts with their pairs, and of any two words in their
//! order, each family of length one; then which pillars of the intents are there and
//! which are not, and the mean of the words' vectors. Hours, days and numbers that stand
//! together are one word.

use std::collections::HashMap;

use super::concepts::{Concepts, NUMBER, TIME};
use super::profile::{Known, Profiles, Said};
use super::{Sample, ridge, vectors};
use crate::es::phonetic;

/// Sorted `(feature, weight)`.
pub(crate) type Sparse = Vec<(u32, f32)>;

/// Families of which it counts how much was never seen: pairs mostly are not.
const SHARING: usize = 3;
/// Families of features, each normalised by itself: they weigh alike whatever
/// their number.
const FAMILIES: usize = 4;
/// Length of the part that tells which pillars are there.
const PILLARS: f32 = 1.3;
/// Length of the part that tells the words' meaning: what it may be, and what it is where
/// there are more examples than are tried.
const MEANINGS: [f32; 3] = [0.9, 0.6, 1.2];
const MEANING: f32 = 0.9;
/// Most examples by which it is chosen.
const TRIED: usize = 400;
/// Most words of which any two are a feature.
const PAIRED: usize = 24;

/// Features that were seen in training and how rare they are.
#[derive(Debug)]
pub(crate) struct Vectoriser {
    /// Hash of a feature → its number and its idf.
    known: HashMap<u64, (u32, f32)>,
    /// Hash of a word's sound → its idf.
    words: HashMap<u64, f32>,
    /// Idf of what was seen once: what was never seen is at least as rare.
    rarest: f32,
    concepts: Concepts,
    profiles: Profiles,
    /// Length of the part that tells the words' meaning.
    pub meaning: f32,
}

/// FNV-1a, with the family in front.
pub(crate) fn hash(family: u8, parts: &[&str]) -> u64 {
    let mut h = 0xcbf2_9ce4_8422_2325_u64;
    let mut eat = |b: u8| {
        h ^= u64::from(b);
        h = h.wrapping_mul(0x0000_0100_0000_01b3);
    };
    eat(family);
    for part in parts {
        part.bytes().for_each(&mut eat);
        eat(0xff);
    }
    h
}

/// Counts of features by family, in the order of their hashes: sums of floats must
/// not depend on a map's order.
fn count(words: &[String], concepts: &Concepts) -> [Vec<(u64, f32)>; FAMILIES] {
    let (mut chars, mut grams): (Vec<u64>, Vec<u64>) = (Vec::new(), Vec::new());
    let keys: Vec<String> = joined(words, concepts).iter().map(|w| phonetic::key(w)).collect();
    for key in &keys {
        let padded: Vec<char> = format!(" {key} ").chars().collect();
        for n in 2..=5 {
            for gram in padded.windows(n) {
                let gram: String = gram.iter().collect();
                chars.push(hash(0, &[&gram]));
            }
        }
        grams.push(hash(1, &[key]));
    }
    let line: Vec<&str> =
        std::iter::once("<").chain(keys.iter().map(String::as_str)).chain(std::iter::once(">")).collect();
    grams.extend(line.windows(2).map(|pair| hash(2, pair)));
    [tally(chars), tally(grams), tally(meanings(words, concepts)), tally(pairs(words, concepts))]
}

/// Numbers and days say little about what is wanted.
fn tells_little(concept: &str) -> bool {
    matches!(concept, NUMBER | TIME)
}

/// Whether a word is a number or part of a time: it says little about what is wanted.
fn measures(word: &str, concepts: &Concepts) -> bool {
    concepts.of(word).is_some_and(|m| tells_little(m.narrow))
}

/// The words with each run of numbers and times, and the short words within, as «9».
fn joined<'a>(words: &'a [String], concepts: &Concepts) -> Vec<&'a str> {
    const BETWEEN: [&str; 13] =
        ["a", "las", "la", "de", "y", "por", "en", "el", "p", "m", "del", "los", "menos"];
    /// Most short words between two parts.
    const APART: usize = 3;
    let mut out: Vec<&str> = Vec::with_capacity(words.len());
    let mut waiting: Vec<&str> = Vec::new();
    for word in words {
        let inside = out.last() == Some(&"9");
        if measures(word, concepts) {
            waiting.clear();
            if !inside {
                out.push("9");
            }
        } else if inside && waiting.len() < APART && BETWEEN.contains(&word.as_str()) {
            waiting.push(word);
        } else {
            out.append(&mut waiting);
            out.push(word);
        }
    }
    out.append(&mut waiting);
    out
}

/// What a word is counted as: its concept, or else how it sounds; none for numbers and
/// times.
fn atom(word: &str, concepts: &Concepts) -> Option<u64> {
    match concepts.of(word).map(|m| m.narrow) {
        Some(concept) if tells_little(concept) => None,
        Some(concept) => Some(hash(7, &[concept])),
        None => Some(hash(6, &[&phonetic::key(word)])),
    }
}

/// The atoms of an utterance, each once, in order.
fn atoms(words: &[String], concepts: &Concepts) -> Vec<u64> {
    let mut out: Vec<u64> = words.iter().filter_map(|w| atom(w, concepts)).collect();
    out.sort_unstable();
    out.dedup();
    out
}

/// Any two atoms in their order, however far apart, and which is first: «abrir» says
/// one thing with «puerta» and another with «cerradura». A run of numbers and times is one.
fn pairs(words: &[String], concepts: &Concepts) -> Vec<u64> {
    let mut all: Vec<u64> = words.iter().map(|w| atom(w, concepts).unwrap_or_default()).collect();
    all.dedup();
    all.truncate(PAIRED);
    let pair = |a: u64, b: u64| mix(hash(8, &[]), a, b);
    let start = all.first().map(|a| pair(0, *a));
    let any = all.iter().enumerate().flat_map(|(i, a)| all.iter().skip(i + 1).map(move |b| pair(*a, *b)));
    start.into_iter().chain(any).collect()
}

/// One hash of two, in their order.
fn mix(seed: u64, a: u64, b: u64) -> u64 {
    let step = |h: u64, x: u64| (h ^ x).wrapping_mul(0x9e37_79b9_7f4a_7c15).rotate_left(29);
    step(step(seed, a), b)
}

/// Concepts, one after another, and any two together: the broad ones, and what the narrow
/// ones add.
fn meanings(words: &[String], concepts: &Concepts) -> Vec<u64> {
    let all: Vec<_> = words.iter().filter_map(|w| concepts.of(w)).collect();
    let mut out = together(all.iter().map(|m| m.broad).collect());
    let mut left = out.clone();
    for feature in together(all.iter().map(|m| m.narrow).collect()) {
        match left.iter().position(|l| *l == feature) {
            Some(at) => drop(left.swap_remove(at)),
            None => out.push(feature),
        }
    }
    out
}

fn together(all: Vec<&str>) -> Vec<u64> {
    let mut out: Vec<u64> = all.iter().map(|c| hash(3, &[c])).collect();
    let mut acts: Vec<&str> = all.into_iter().filter(|c| !tells_little(c)).collect();
    let line: Vec<&str> = std::iter::once("<").chain(acts.iter().copied()).collect();
    out.extend(line.windows(2).map(|pair| hash(4, pair)));
    acts.sort_unstable();
    acts.dedup();
    for (i, a) in acts.iter().enumerate() {
        out.extend(acts.iter().skip(i + 1).map(|b| hash(5, &[a, b])));
    }
    out
}

fn tally(mut hashes: Vec<u64>) -> Vec<(u64, f32)> {
    hashes.sort_unstable();
    let mut out: Vec<(u64, f32)> = Vec::new();
    for hash in hashes {
        match out.last_mut() {
            Some((last, n)) if *last == hash => *n += 1.0,
            _ => out.push((hash, 1.0)),
        }
    }
    out
}

/// An utterance as features, and how much of it they tell.
#[derive(Debug, Clone)]
pub(crate) struct Seen {
    pub vector: Sparse,
    /// Length of the known features over that of all, 0 to 1.
    pub share: f32,
}

impl Vectoriser {
    /// Learns the features of the examples.
    pub fn fit(samples: &[Sample], classes: usize) -> Self {
        let concepts = Concepts::new();
        let profiles = Profiles::fit(samples, |words| atoms(words, &concepts), classes);
        let mut document: HashMap<u64, f32> = HashMap::new();
        let mut heard: HashMap<u64, f32> = HashMap::new();
        let mut order: Vec<u64> = Vec::new();
        let mut total = 0.0_f32;
        for words in samples.iter().map(|s| &s.words) {
            total += 1.0;
            for family in count(words, &concepts) {
                for (key, _) in family {
                    let n = document.entry(key).or_insert_with(|| {
                        order.push(key);
                        0.0
                    });
                    *n += 1.0;
                }
            }
            let mut keys: Vec<u64> = words.iter().map(|w| hash(1, &[&phonetic::key(w)])).collect();
            keys.sort_unstable();
            keys.dedup();
            for key in keys {
                *heard.entry(key).or_default() += 1.0;
            }
        }
        let idf = |n: f32| ((1.0 + total) / (1.0 + n)).ln() + 1.0;
        let known = order
            .iter()
            .enumerate()
            .filter_map(|(i, key)| Some((*key, (u32::try_from(i).ok()?, idf(*document.get(key)?)))))
            .collect();
        let rarest = idf(1.0);
        let words = heard.into_iter().map(|(k, n)| (k, idf(n))).collect();
        Self { known, words, rarest, concepts, profiles, meaning: MEANING }
    }

    /// Number of features.
    pub fn len(&self) -> usize {
        self.known.len() + 2 * self.profiles.pillars.len() + vectors::DIMENSIONS
    }

    /// The vector of an utterance; features never seen are left out.
    pub fn vector(&self, words: &[String]) -> Sparse {
        self.see(words).vector
    }

    /// The same, and how much was left out.
    pub fn see(&self, words: &[String]) -> Seen {
        let mut vector: Sparse = Vec::new();
        let mut share = 0.0;
        for (number, family) in count(words, &self.concepts).into_iter().enumerate() {
            let (mut known, mut all) = (0.0_f32, 0.0_f32);
            let mut part: Sparse = Vec::with_capacity(family.len());
            for (key, n) in family {
                let tf = 1.0 + n.ln();
                let square = |idf: f32| (tf * idf).powi(2);
                match self.known.get(&key) {
                    Some((i, idf)) => {
                        part.push((*i, tf * idf));
                        known += square(*idf);
                        all += square(*idf);
                    }
                    None => all += square(self.rarest),
                }
            }
            let scale = if known > 0.0 { known.sqrt().recip() } else { 0.0 };
            if all > 0.0 && number < SHARING {
                share += (known / all).sqrt() / SHARING as f32;
            }
            vector.extend(part.into_iter().map(|(i, w)| (i, w * scale)));
        }
        self.add_dense(words, &mut vector);
        vector.sort_unstable_by_key(|f| f.0);
        Seen { vector, share }
    }

    /// Pillars, each with a feature for being there and one for not, and meaning.
    fn add_dense(&self, words: &[String], vector: &mut Sparse) {
        let own = atoms(words, &self.concepts);
        let pillars = &self.profiles.pillars;
        let weight = PILLARS / (pillars.len().max(1) as f32).sqrt();
        let there = pillars.iter().enumerate().map(|(i, p)| (2 * i + usize::from(own.contains(p)), weight));
        let meaning = vectors::sentence(words).into_iter().enumerate();
        let meaning = meaning.map(|(i, x)| (2 * pillars.len() + i, self.meaning * x));
        let start = self.known.len();
        vector.extend(there.chain(meaning).filter_map(|(i, w)| Some((u32::try_from(start + i).ok()?, w))));
    }

    /// Chooses how much meaning weighs: as lets most examples be named rightly by the others.
    /// The vectors know some bots' words better than others'.
    pub fn weigh_meaning(&mut self, samples: &[Sample], classes: usize) {
        let mut firsts: Vec<&Sample> = Vec::new();
        for sample in samples.iter().filter(|s| s.weight >= 1.0) {
            if firsts.last().is_none_or(|last| last.origin != sample.origin) {
                firsts.push(sample);
            }
        }
        if firsts.len() > TRIED {
            return;
        }
        let labels: Vec<usize> = firsts.iter().map(|s| s.class).collect();
        self.meaning = 0.0;
        let vectors: Vec<Sparse> = firsts.iter().map(|s| self.vector(&s.words)).collect();
        let index = Index::new(&vectors, &labels, self.len());
        let plain: Vec<f32> = vectors.iter().flat_map(|v| index.products(v)).collect();
        let means: Vec<_> = firsts.iter().map(|s| vectors::sentence(&s.words)).collect();
        let cosine = |a: &[f32], b: &[f32]| a.iter().zip(b).map(|(x, y)| x * y).sum::<f32>();
        let alike: Vec<f32> = means.iter().flat_map(|a| means.iter().map(move |b| cosine(a, b))).collect();
        let mut best = 0;
        for weight in MEANINGS {
            let kernel = plain.iter().zip(&alike).map(|(p, a)| p + weight * weight * a).collect();
            let right = ridge::named_by_others(kernel, &labels, classes);
            if right > best || weight == MEANING {
                (best, self.meaning) = (right, weight);
            }
        }
    }

    /// How well the words fit a class.
    pub fn fits(&self, words: &[String], class: usize) -> Known {
        let said = words.iter().map(|word| Said {
            word,
            atom: atom(word, &self.concepts),
            concept: self.concepts.of(word).is_some(),
        });
        let words: Vec<Said<'_>> = said.collect();
        self.profiles.known(&words, class)
    }

    /// How much of what was said, by the rarity of its words, was ever seen, 0 to 1.
    pub fn coverage(&self, words: &[String]) -> f32 {
        let (mut seen, mut total) = (0.0, 0.0);
        for word in words {
            match self.words.get(&hash(1, &[&phonetic::key(word)])) {
                Some(idf) => {
                    seen += idf;
                    total += idf;
                }
                None => total += self.rarest,
            }
        }
        if total > 0.0 { seen / total } else { 0.0 }
    }
}

/// Which examples have a feature, to find the nearest ones.
#[derive(Debug)]
pub(crate) struct Index {
    postings: Vec<Vec<(u32, f32)>>,
    classes: Vec<usize>,
}

impl Index {
    pub fn new(vectors: &[Sparse], classes: &[usize], features: usize) -> Self {
        let mut index = Self { postings: vec![Vec::new(); features], classes: Vec::new() };
        vectors.iter().zip(classes).for_each(|(vector, class)| index.push(vector, *class));
        index
    }

    /// One example more.
    pub fn push(&mut self, vector: &Sparse, class: usize) {
        let Ok(i) = u32::try_from(self.classes.len()) else { return };
        self.classes.push(class);
        for (f, w) in vector {
            if let Some(list) = self.postings.get_mut(*f as usize) {
                list.push((i, *w));
            }
        }
    }

    /// Dot products with every example; divided by the families, a cosine.
    pub fn products(&self, vector: &Sparse) -> Vec<f32> {
        let mut sums = vec![0.0_f32; self.classes.len()];
        for (f, w) in vector {
            for (i, v) in self.postings.get(*f as usize).into_iter().flatten() {
                if let Some(sum) = sums.get_mut(*i as usize) {
                    *sum += w * v;
                }
            }
        }
        sums
    }

    /// Mean cosine of each class's examples with their nearest neighbour in it: how much
    /// its examples resemble each other.
    pub fn usual(&self, vectors: &[Sparse], samples: &[Sample], classes: usize) -> Vec<f32> {
        let mut sums = vec![(0.0_f32, 0.0_f32); classes];
        for (vector, sample) in vectors.iter().zip(samples).filter(|(_, s)| s.weight >= 1.0) {
            let products = self.products(vector).into_iter().zip(samples);
            let near = products
                .filter(|(_, s)| s.class == sample.class && s.origin != sample.origin)
                .map(|(p, _)| p / SHARING as f32)
                .fold(0.0, f32::max);
            if let Some((sum, n)) = sums.get_mut(sample.class) {
                *sum += near;
                *n += 1.0;
            }
        }
        // Two examples at one more: a class with few of them is not known to be close.
        sums.iter().map(|(sum, n)| (sum + 1.0) / (n + 2.0)).collect()
    }

    /// Cosine with the nearest example of each class.
    pub fn nearest(&self, seen: &Seen, classes: usize) -> Vec<f32> {
        let mut best = vec![0.0_f32; classes];
        for (product, class) in self.products(&seen.vector).into_iter().zip(&self.classes) {
            if let Some(b) = best.get_mut(*class) {
                *b = b.max(product * seen.share / SHARING as f32);
            }
        }
        best
    }
}
