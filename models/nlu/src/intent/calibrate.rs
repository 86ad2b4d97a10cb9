//! How far to trust a score: temperature and scope.
//!
//! Nobody writes examples of what a bot is not for. In each of three rounds a
//! third of the intents is held out with all its examples, and a third of the
//! others' examples: the former are out of scope for a model that never saw
//! them, the latter are fresh and in scope. From both come the temperature of the
//! probabilities and a logistic model of scope.

use super::Sample;
use super::features::{Index, Vectoriser};
use super::profile::Known;
use super::softmax;
use crate::Error;

const ROUNDS: usize = 3;
/// What a score is divided by, and then at most: inputs are of like size.
const TOP: f32 = 3.0;
/// A lead over the next class that says no more than a smaller one.
const FARTHEST: f32 = 12.0;
/// An utterance of which an intent's examples have less than this is mostly foreign to it.
const FOREIGN: f32 = 0.3;
/// How much steeper trust falls from there.
const STEEP: f32 = 1.5;
/// Weights of the evidence where a bot's own examples are too few to tell.
const PRIOR: [f32; INPUTS] = [-3.0, 1.5, 0.7, 2.5, 0.0, 2.0, -1.5, -0.6, 0.5];
/// How strongly the weights are held there, in examples.
const HOLD: f32 = 20.0;

/// What speaks for or against an utterance being in scope.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Evidence {
    /// Cosine with the nearest example of the most probable class, minus what is usual
    /// among its own examples.
    near: f32,
    /// The most probable class's score, scaled.
    top: f32,
    /// The same minus the next one's.
    margin: f32,
    /// Share of known words.
    coverage: f32,
    /// How the words fit the class.
    fits: Known,
}

const INPUTS: usize = 9;

/// The first and second highest of scores, with the place of the first.
fn first_two(scores: &[f32]) -> (usize, f32, f32) {
    let (mut at, mut first, mut second) = (0, f32::NEG_INFINITY, f32::NEG_INFINITY);
    for (i, s) in scores.iter().enumerate() {
        if *s > first {
            (at, first, second) = (i, *s, first);
        } else {
            second = second.max(*s);
        }
    }
    (at, first, second)
}

impl Evidence {
    pub fn of(trial: &Scores, fits: impl Fn(usize) -> Known) -> Self {
        let (class, first, second) = first_two(&trial.logits);
        let at = |list: &[f32]| list.get(class).copied().unwrap_or(0.0);
        Self {
            near: at(&trial.nearest) - at(&trial.usual),
            top: (first / TOP).clamp(-TOP, TOP),
            // A single class leads nobody.
            margin: if trial.logits.len() > 1 { (first - second).min(FARTHEST) } else { 0.0 },
            coverage: trial.coverage,
            fits: fits(class),
        }
    }

    fn inputs(&self) -> [f32; INPUTS] {
        let Known { missing, own, any, strange } = self.fits;
        // Below some share, every word less is worse than the last.
        let own = own - STEEP * (FOREIGN - own).max(0.0);
        [1.0, self.near, self.margin, self.coverage, missing, own, any, strange, self.top]
    }
}

/// What the model gives for an utterance, by class.
#[derive(Debug, Clone)]
pub(crate) struct Scores {
    pub logits: Vec<f32>,
    /// Cosine with the nearest example.
    pub nearest: Vec<f32>,
    /// The same, as is usual among the class's examples.
    pub usual: Vec<f32>,
    /// Share of known words.
    pub coverage: f32,
}

/// What a held-out utterance gave.
pub(crate) struct Trial {
    scores: Scores,
    evidence: Evidence,
    /// Its class among the logits; `None`: its intent was held out.
    class: Option<usize>,
}

/// Logistic model of scope.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Scope {
    weights: [f32; INPUTS],
}

impl Default for Scope {
    /// What held true of many bots; from it each bot's own departs as far as its
    /// examples show.
    fn default() -> Self {
        Self { weights: PRIOR }
    }
}

impl Scope {
    fn score(&self, evidence: &Evidence) -> f32 {
        self.weights.iter().zip(evidence.inputs()).map(|(w, x)| w * x).sum()
    }

    /// 0 to 1; half is where 5 % of what is in scope would be refused.
    pub fn out_of_scope(&self, evidence: &Evidence) -> f32 {
        1.0 / (1.0 + self.score(evidence).exp())
    }
}

/// Runs the rounds, with meaning weighing as given; none for fewer than three intents or
/// very few examples.
pub(crate) fn rounds(samples: &[Sample], classes: usize, meaning: f32) -> Result<Vec<Trial>, Error> {
    let mut trials = Vec::new();
    if classes < ROUNDS {
        return Ok(trials);
    }
    for round in 0..ROUNDS {
        let outside = |s: &Sample| s.class % ROUNDS == round;
        let held = |s: &Sample| (s.origin / ROUNDS + s.origin + round).is_multiple_of(ROUNDS);
        // Copies teach, but cost time and are no evidence: rounds see the words as written.
        let written = || samples.iter().filter(|s| s.weight >= 1.0);
        let train: Vec<Sample> = written().filter(|s| !outside(s) && !held(s)).cloned().collect();
        // An intent whose every example is held out is no longer one that the model knows.
        let taught = |s: &Sample| train.iter().any(|t| t.class == s.class);
        let test: Vec<&Sample> = written().filter(|s| outside(s) || (held(s) && taught(s))).collect();
        if train.is_empty() || test.is_empty() {
            continue;
        }
        let learnt = Learnt::new(&train, classes, meaning)?;
        trials.extend(learnt.trials(&test, round));
    }
    Ok(trials)
}

/// What a round has learnt.
struct Learnt {
    classes: usize,
    vectoriser: Vectoriser,
    weights: softmax::Weights,
    index: Index,
    usual: Vec<f32>,
}

impl Learnt {
    fn new(train: &[Sample], classes: usize, meaning: f32) -> Result<Self, Error> {
        let mut vectoriser = Vectoriser::fit(train, classes);
        vectoriser.meaning = meaning;
        let vectors: Vec<_> = train.iter().map(|s| vectoriser.vector(&s.words)).collect();
        let weights = softmax::train(&vectors, train, classes, vectoriser.len())?;
        let labels: Vec<usize> = train.iter().map(|s| s.class).collect();
        let index = Index::new(&vectors, &labels, vectoriser.len());
        let usual = index.usual(&vectors, train, classes);
        Ok(Self { classes, vectoriser, weights, index, usual })
    }

    fn trials(&self, test: &[&Sample], round: usize) -> Vec<Trial> {
        // Classes that were held out have no column of their own.
        let kept: Vec<usize> = (0..self.classes).filter(|c| c % ROUNDS != round).collect();
        let keep = |all: Vec<f32>| kept.iter().filter_map(|c| all.get(*c).copied()).collect::<Vec<f32>>();
        let trial = |s: &&Sample| {
            let seen = self.vectoriser.see(&s.words);
            let scores = Scores {
                logits: keep(self.weights.logits(&seen.vector)),
                nearest: keep(self.index.nearest(&seen, self.classes)),
                usual: keep(self.usual.clone()),
                coverage: self.vectoriser.coverage(&s.words),
            };
            let fits = |c: usize| self.vectoriser.fits(&s.words, kept.get(c).copied().unwrap_or(0));
            Trial {
                evidence: Evidence::of(&scores, fits),
                scores,
                class: kept.iter().position(|c| *c == s.class),
            }
        };
        test.iter().map(trial).collect()
    }
}

/// Temperature and scope that explain the trials.
pub(crate) fn fit(trials: &[Trial]) -> (f32, Scope) {
    let temperature = temperature(trials);
    let cases: Vec<(Evidence, bool)> = trials.iter().map(|t| (t.evidence, t.class.is_some())).collect();
    let inside = cases.iter().filter(|c| c.1).count();
    if inside < 8 || cases.len() - inside < 8 {
        return (temperature, Scope::default());
    }
    (temperature, threshold(logistic(&cases), &cases))
}

/// The temperature with the least loss on held-out examples, between 0.2 and 5.
fn temperature(trials: &[Trial]) -> f32 {
    let known: Vec<(&[f32], usize)> =
        trials.iter().filter_map(|t| Some((t.scores.logits.as_slice(), t.class?))).collect();
    if known.len() < 5 {
        return 1.0;
    }
    let loss = |t: f32| -> f32 {
        known
            .iter()
            .map(|(l, c)| -softmax::probabilities(l, t).get(*c).copied().unwrap_or(0.0).max(1e-6).ln())
            .sum()
    };
    let (mut best, mut least) = (1.0, loss(1.0));
    for step in -16..=16 {
        let t = 5.0_f32.powf(step as f32 / 16.0);
        let l = loss(t);
        if l < least {
            (best, least) = (t, l);
        }
    }
    best
}

/// Logistic regression by gradient descent, the two sides weighing alike.
fn logistic(cases: &[(Evidence, bool)]) -> Scope {
    let inside = cases.iter().filter(|c| c.1).count().max(1) as f32;
    let outside = (cases.len() as f32 - inside).max(1.0);
    let mut scope = Scope::default();
    const RATE: f32 = 0.5;
    let prior = scope.weights;
    for _ in 0..1500 {
        let mut gradient = [0.0_f32; INPUTS];
        for (evidence, is_in) in cases {
            let p = 1.0 / (1.0 + (-scope.score(evidence)).exp());
            let (target, weight) = if *is_in { (1.0, 0.5 / inside) } else { (0.0, 0.5 / outside) };
            for (g, x) in gradient.iter_mut().zip(evidence.inputs()) {
                *g += weight * (p - target) * x;
            }
        }
        for (i, (w, g)) in scope.weights.iter_mut().zip(gradient).enumerate() {
            // Little evidence leaves the weights where they were.
            let pull = if i == 0 {
                0.0
            } else {
                HOLD * (*w - prior.get(i).copied().unwrap_or(0.0)) / cases.len() as f32
            };
            *w -= RATE * (g + 0.1 * pull);
        }
    }
    scope
}

/// Moves the border to where 5 % of the fresh in-scope examples would be refused:
/// by count, or as if they were spread normally where they are too few to count.
fn threshold(mut scope: Scope, cases: &[(Evidence, bool)]) -> Scope {
    let mut inside: Vec<f32> = cases.iter().filter(|c| c.1).map(|c| scope.score(&c.0)).collect();
    inside.sort_by(f32::total_cmp);
    let n = inside.len().max(1) as f32;
    let mean = inside.iter().sum::<f32>() / n;
    let spread = (inside.iter().map(|s| (s - mean).powi(2)).sum::<f32>() / n).sqrt();
    let counted = inside.get(inside.len() / 20).copied().unwrap_or(0.0);
    let border = if inside.len() < 60 { counted.max(mean - 1.2 * spread) } else { counted };
    if let Some(constant) = scope.weights.first_mut() {
        *constant -= border;
    }
    scope
}
