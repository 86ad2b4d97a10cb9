//! The baseline: TF-IDF of character 2- to 5-grams within word borders and of word 1- and
//! 2-grams, accents folded, multinomial logistic regression with C = 20.
use super::data::Data;
use std::collections::{BTreeMap, HashMap};

/// Cost of a mistake against half the squared length of the weights.
const COST: f64 = 20.0;
/// Accelerated steps.
const STEPS: usize = 250;

type Sparse = Vec<(usize, f64)>;

/// A trained baseline.
pub struct Linear {
    names: Vec<String>,
    /// Feature → place and inverse document frequency; a family each.
    families: [HashMap<String, (usize, f64)>; 2],
    /// By feature, a weight for each class; the biases last.
    weights: Vec<Vec<f64>>,
}

fn fold(text: &str) -> Vec<String> {
    let plain: String = text
        .to_lowercase()
        .chars()
        .map(|c| match c {
            'á' | 'à' | 'ä' | 'â' => 'a',
            'é' | 'è' | 'ë' | 'ê' => 'e',
            'í' | 'ì' | 'ï' | 'î' => 'i',
            'ó' | 'ò' | 'ö' | 'ô' => 'o',
            'ú' | 'ù' | 'ü' | 'û' => 'u',
            'ñ' => 'n',
            'ç' => 'c',
            c if c.is_alphanumeric() => c,
            _ => ' ',
        })
        .collect();
    plain.split_whitespace().map(str::to_owned).collect()
}

/// Counts of both families.
fn grams(text: &str) -> [BTreeMap<String, f64>; 2] {
    let words = fold(text);
    let [mut characters, mut sequence] = [BTreeMap::new(), BTreeMap::new()];
    for word in &words {
        let padded: Vec<char> = format!(" {word} ").chars().collect();
        for gram in (2..=5).flat_map(|n| padded.windows(n)) {
            *characters.entry(gram.iter().collect()).or_default() += 1.0;
        }
    }
    // As the usual tokeniser has it, words of one letter are none.
    let long: Vec<&String> = words.iter().filter(|w| w.chars().count() > 1).collect();
    for word in &long {
        *sequence.entry((*word).clone()).or_default() += 1.0;
    }
    for (a, b) in long.iter().zip(long.iter().skip(1)) {
        *sequence.entry(format!("{a} {b}")).or_default() += 1.0;
    }
    [characters, sequence]
}

impl Linear {
    /// Trains on the texts of each intent.
    pub fn train(examples: &Data) -> Self {
        let names: Vec<String> = examples.keys().cloned().collect();
        let rows: Vec<(usize, &String)> =
            examples.values().enumerate().flat_map(|(c, texts)| texts.iter().map(move |t| (c, t))).collect();
        let mut counts: [BTreeMap<String, f64>; 2] = Default::default();
        for (_, text) in &rows {
            for (family, grams) in counts.iter_mut().zip(grams(text)) {
                grams.into_keys().for_each(|g| *family.entry(g).or_default() += 1.0);
            }
        }
        let mut next = 0;
        let families = counts.map(|family| {
            let entries = family.into_iter().map(|(gram, n)| {
                next += 1;
                (gram, (next - 1, ((1.0 + rows.len() as f64) / (1.0 + n)).ln() + 1.0))
            });
            entries.collect::<HashMap<_, _>>()
        });
        let mut new = Self { weights: vec![vec![0.0; names.len()]; next + 1], names, families };
        let rows: Vec<(usize, Sparse)> = rows.into_iter().map(|(c, text)| (c, new.vector(text))).collect();
        new.descend(&rows);
        new
    }

    fn vector(&self, text: &str) -> Sparse {
        let mut out = Sparse::new();
        for (family, grams) in self.families.iter().zip(grams(text)) {
            let known: Sparse = grams
                .into_iter()
                .filter_map(|(gram, n)| family.get(&gram).map(|(at, idf)| (*at, n * idf)))
                .collect();
            let length = known.iter().map(|(_, w)| w * w).sum::<f64>().sqrt().max(1e-9);
            out.extend(known.into_iter().map(|(at, w)| (at, w / length)));
        }
        out.push((self.weights.len() - 1, 1.0));
        out
    }

    fn probabilities(weights: &[Vec<f64>], vector: &Sparse, classes: usize) -> Vec<f64> {
        let mut out = vec![0.0; classes];
        for (at, value) in vector {
            for (sum, weight) in out.iter_mut().zip(weights.get(*at).into_iter().flatten()) {
                *sum += value * weight;
            }
        }
        let top = out.iter().copied().fold(f64::NEG_INFINITY, f64::max);
        out.iter_mut().for_each(|l| *l = (*l - top).exp());
        let sum: f64 = out.iter().sum();
        out.iter_mut().for_each(|p| *p /= sum);
        out
    }

    /// Nesterov's method; the bias bears no penalty. Rows have length √3 at most, so
    /// 3n/2 bounds the curvature of the loss, and the sum of products bounds it closer.
    fn descend(&mut self, rows: &[(usize, Sparse)]) {
        let (classes, bias) = (self.names.len(), self.weights.len() - 1);
        let step = 1.0 / (0.5 * COST * largest(rows, self.weights.len()) + 1.0);
        let mut ahead = self.weights.clone();
        let mut momentum = 1.0_f64;
        for _ in 0..STEPS {
            let mut next = ahead.clone();
            for (i, row) in next.iter_mut().enumerate() {
                let shrink = if i == bias { 1.0 } else { 1.0 - step };
                row.iter_mut().for_each(|w| *w *= shrink);
            }
            for (class, vector) in rows {
                let mut slope = Self::probabilities(&ahead, vector, classes);
                if let Some(own) = slope.get_mut(*class) {
                    *own -= 1.0;
                }
                for (at, value) in vector {
                    for (w, g) in next.get_mut(*at).into_iter().flatten().zip(&slope) {
                        *w -= step * COST * value * g;
                    }
                }
            }
            let faster = (1.0 + (1.0 + 4.0 * momentum * momentum).sqrt()) / 2.0;
            let push = (momentum - 1.0) / faster;
            for ((a, n), w) in ahead.iter_mut().zip(&next).zip(&self.weights) {
                for ((a, n), w) in a.iter_mut().zip(n).zip(w) {
                    *a = n + push * (n - w);
                }
            }
            (momentum, self.weights) = (faster, next);
        }
    }

    /// The intent and its probability.
    pub fn classify(&self, text: &str) -> (&str, f64) {
        let all = Self::probabilities(&self.weights, &self.vector(text), self.names.len());
        let best = self.names.iter().zip(all).max_by(|a, b| a.1.total_cmp(&b.1));
        best.map_or(("", 0.0), |(name, p)| (name.as_str(), p))
    }
}

/// Largest eigenvalue of XᵀX, by the power method, a little over.
fn largest(rows: &[(usize, Sparse)], features: usize) -> f64 {
    let mut v = vec![1.0; features];
    let mut value = 1.0;
    for _ in 0..20 {
        let mut next = vec![0.0; features];
        for (_, vector) in rows {
            let dot: f64 = vector.iter().map(|(at, x)| x * v.get(*at).copied().unwrap_or(0.0)).sum();
            for (at, x) in vector {
                if let Some(n) = next.get_mut(*at) {
                    *n += x * dot;
                }
            }
        }
        value = next.iter().map(|x| x * x).sum::<f64>().sqrt().max(1e-9);
        v = next.iter().map(|x| x / value).collect();
    }
    value * 1.05
}
