//! Intents: a few-shot classifier trained when a bot is loaded.
//!
//! Examples → [`template`] (expanded) → [`augment`] (heard badly) → [`features`]
//! (TF-IDF of character and word n-grams and of [`concepts`]; [`profile`]s of the intents;
//! [`vectors`] of words) → [`softmax`] (L2-regularised softmax
//! regression, in its dual form, on candle tensors) → [`calibrate`] (temperature
//! and scope, from rounds in which a third of the intents is held out).

mod augment;
mod calibrate;
mod concepts;
mod features;
mod normalise;
mod profile;
mod ridge;
mod rng;
mod softmax;
mod template;
pub(crate) mod vectors;

use crate::Error;
use calibrate::{Evidence, Scope, Scores};
pub(crate) use features::hash;
use features::{Sparse, Vectoriser};
use normalise::Normaliser;
use rng::Rng;

/// How the classifier is trained and when it refuses to decide.
#[derive(Debug, Clone, PartialEq)]
pub struct TrainOptions {
    /// Same seed and examples, same model.
    pub seed: u64,
    /// Copies of each example with a recogniser's mistakes, 0 for none; bots with over
    /// 600 examples have none.
    pub augment: usize,
    /// Under this confidence there is no best intent.
    pub min_confidence: f32,
    /// The first two closer than this are unclear.
    pub margin: f32,
}

impl Default for TrainOptions {
    fn default() -> Self {
        Self { seed: 1, augment: 1, min_confidence: 0.3, margin: 0.15 }
    }
}

/// An intent with its calibrated probability.
#[derive(Debug, Clone, PartialEq)]
pub struct Ranked {
    /// Name of the intent.
    pub intent: String,
    /// 0 to 1.
    pub confidence: f32,
}

/// What the classifier makes of an utterance.
#[derive(Debug, Clone, PartialEq)]
pub struct Classified {
    /// The intent, unless out of scope or under the minimum confidence.
    pub best: Option<Ranked>,
    /// All intents, best first.
    pub ranked: Vec<Ranked>,
    /// 0 (surely in scope) to 1 (none of these intents); from 0.5 there is no best.
    pub out_of_scope: f32,
    /// Whether the first two are so close that one should ask which.
    pub unclear: bool,
}

/// A trained classifier. Immutable: share it freely between threads.
#[derive(Debug)]
pub struct IntentModel {
    names: Vec<String>,
    normaliser: Normaliser,
    vectoriser: Vectoriser,
    weights: softmax::Weights,
    index: features::Index,
    usual: Vec<f32>,
    temperature: f32,
    scope: Scope,
    options: TrainOptions,
}

/// An example ready to learn from.
#[derive(Debug, Clone)]
struct Sample {
    words: Vec<String>,
    class: usize,
    /// Copies of one example have its number: they are held out together.
    origin: usize,
    /// 1 for an original, less for a copy.
    weight: f32,
}

impl IntentModel {
    /// Trains on `(intent, examples)`. Examples may be templates: `[quiero|quería] cita`,
    /// `[por favor]`, `{slot}`.
    ///
    /// # Errors
    /// An intent without examples, a broken template, or a failure of the tensor library.
    pub fn train(intents: &[(String, Vec<String>)], options: &TrainOptions) -> Result<Self, Error> {
        let normaliser = Normaliser::new()?;
        let samples = samples(intents, &normaliser, options)?;
        let pool = rayon::ThreadPoolBuilder::new()
            .num_threads(1)
            .build()
            .map_err(|e| Error::Normaliser(format!("no thread to train on: {e}")))?;
        let classes = intents.len();
        let (vectoriser, vectors, weights, rounds) = pool.install(|| -> Result<_, Error> {
            let mut vectoriser = Vectoriser::fit(&samples, classes);
            vectoriser.weigh_meaning(&samples, classes);
            let vectors: Vec<Sparse> = samples.iter().map(|s| vectoriser.vector(&s.words)).collect();
            let weights = softmax::train(&vectors, &samples, classes, vectoriser.len())?;
            let rounds = calibrate::rounds(&samples, classes, vectoriser.meaning)?;
            Ok((vectoriser, vectors, weights, rounds))
        })?;
        let index = features::Index::new(
            &vectors,
            &samples.iter().map(|s| s.class).collect::<Vec<_>>(),
            vectoriser.len(),
        );
        let usual = index.usual(&vectors, &samples, classes);
        let (temperature, scope) = calibrate::fit(&rounds);
        let names = intents.iter().map(|(name, _)| name.clone()).collect();
        Ok(Self {
            names,
            normaliser,
            vectoriser,
            weights,
            index,
            usual,
            temperature,
            scope,
            options: options.clone(),
        })
    }

    /// Names of the intents, in training order.
    #[must_use]
    pub fn intents(&self) -> &[String] {
        &self.names
    }

    /// Classifies one utterance, in well under a millisecond.
    #[must_use]
    pub fn classify(&self, text: &str) -> Classified {
        let words = self.normaliser.words(text);
        let seen = self.vectoriser.see(&words);
        let scores = Scores {
            logits: self.weights.logits(&seen.vector),
            nearest: self.index.nearest(&seen, self.names.len()),
            usual: self.usual.clone(),
            coverage: self.vectoriser.coverage(&words),
        };
        let probabilities = softmax::probabilities(&scores.logits, self.temperature);
        let mut order: Vec<usize> = (0..self.names.len()).collect();
        let p = |i: usize| probabilities.get(i).copied().unwrap_or(0.0);
        order.sort_by(|a, b| p(*b).total_cmp(&p(*a)).then(a.cmp(b)));
        let ranked: Vec<Ranked> = order
            .iter()
            .filter_map(|i| Some(Ranked { intent: self.names.get(*i)?.clone(), confidence: p(*i) }))
            .collect();
        let evidence = Evidence::of(&scores, |class| self.vectoriser.fits(&words, class));
        let out_of_scope = if words.is_empty() { 1.0 } else { self.scope.out_of_scope(&evidence) };
        let first = ranked.first().map_or(0.0, |r| r.confidence);
        let second = ranked.get(1).map_or(0.0, |r| r.confidence);
        let accepted = out_of_scope < 0.5 && first >= self.options.min_confidence;
        Classified {
            best: ranked.first().filter(|_| accepted).cloned(),
            unclear: accepted && first - second < self.options.margin,
            ranked,
            out_of_scope,
        }
    }
}

/// The sentences that an example stands for: itself, or those of a template; none if its brackets do not match.
#[must_use]
pub fn sentences(example: &str) -> Vec<String> {
    template::expand(example).unwrap_or_default()
}

/// With more examples than this, copies teach little and double the training's time.
const MANY: usize = 600;

/// Expands, normalises and multiplies the examples.
fn samples(
    intents: &[(String, Vec<String>)],
    normaliser: &Normaliser,
    options: &TrainOptions,
) -> Result<Vec<Sample>, Error> {
    let mut rng = Rng::new(options.seed);
    let copies = if intents.iter().map(|i| i.1.len()).sum::<usize>() > MANY { 0 } else { options.augment };
    let mut out: Vec<Sample> = Vec::new();
    let mut origin = 0;
    for (class, (intent, examples)) in intents.iter().enumerate() {
        let before = out.len();
        for example in examples {
            let expanded = template::expand(example).map_err(|reason| Error::Template {
                intent: intent.clone(),
                example: example.clone(),
                reason,
            })?;
            for text in &expanded {
                let words = normaliser.words(text);
                if words.is_empty() {
                    continue;
                }
                for _ in 0..copies {
                    let copy = augment::misheard(&words, &mut rng);
                    if copy != words {
                        out.push(Sample { words: copy, class, origin, weight: 0.3 });
                    }
                }
                out.push(Sample { words, class, origin, weight: 1.0 });
            }
            origin += 1;
        }
        if out.len() == before {
            return Err(Error::NoExamples(intent.clone()));
        }
    }
    Ok(out)
}

#[cfg(test)]
mod tests;
