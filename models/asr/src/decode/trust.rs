//! How far a reading, and each of its words, is to be trusted.

/// What the confidence of a reading is made of.
#[derive(Debug, Clone, Copy, Default)]
pub struct Evidence {
    /// Log-odds of the reading against all others, in posterior scale.
    pub odds: f32,
    /// How much worse the letters of the reading fit than the best letters, a letter.
    pub misfit: f32,
    /// Letters of the reading.
    pub letters: f32,
    /// Mean log-probability of the letters of the word that was heard worst.
    pub weakest: f32,
}

/// What the confidence of a word is made of.
#[derive(Debug, Clone, Copy, Default)]
pub struct WordEvidence {
    /// Log-odds of the readings that have the word against those that have it not, in posterior scale.
    pub odds: f32,
    /// The reading that it stands in.
    pub reading: Evidence,
}

/// What a logistic model of a confidence takes.
pub trait Terms<const N: usize> {
    /// The values that the weights apply to; the first is 1.
    fn terms(&self) -> [f32; N];
}

/// 1, odds, misfit, length, weakest word.
impl Terms<5> for Evidence {
    fn terms(&self) -> [f32; 5] {
        let length = self.letters.max(1.0).ln();
        [1.0, self.odds.clamp(-4.0, 8.0), self.misfit.min(4.0), length, self.weakest.max(-4.0)]
    }
}

/// 1, the word's odds, the reading's odds and misfit. How well its own letters fit tells no more than these.
impl Terms<4> for WordEvidence {
    fn terms(&self) -> [f32; 4] {
        let reading = &self.reading;
        [1.0, self.odds.clamp(-4.0, 4.0), reading.odds.clamp(-4.0, 8.0), reading.misfit.min(4.0)]
    }
}

/// Weights of a reading's terms, as [`fit`] found them on the speech that `train/confidence.py` makes and on the
/// development clips of a person (test `the_weights_of_the_confidence_fitted_anew`).
const WEIGHTS: [f32; 5] = [1.119, 1.639, -2.368, -0.263, -1.071];
/// Weights of a word's terms, found in the same way on that speech, on Kokoro's, which no training has heard, and on
/// speech without words (`models/train/README.md`).
const WORD_WEIGHTS: [f32; 4] = [1.253, 0.41, 0.38, -2.353];

impl Evidence {
    /// Probability that the reading is right, by a logistic model.
    pub fn confidence(&self) -> f32 {
        logistic(&WEIGHTS, &self.terms())
    }
}

impl WordEvidence {
    /// Probability that the word was said, by a logistic model.
    pub fn confidence(&self) -> f32 {
        logistic(&WORD_WEIGHTS, &self.terms())
    }
}

fn logistic<const N: usize>(weights: &[f32; N], terms: &[f32; N]) -> f32 {
    let z: f32 = weights.iter().zip(terms).map(|(w, t)| w * t).sum();
    1.0 / (1.0 + (-z).exp())
}

/// Weights that make the confidences with this evidence (and whether each was right) mean what they say, by gradient
/// descent with momentum on the log-loss.
pub fn fit<const N: usize>(heard: &[(impl Terms<N>, bool)]) -> [f32; N] {
    let (mut weights, mut speed) = ([0.0; N], [0.0; N]);
    let rate = 0.1 / heard.len().max(1) as f32;
    for _ in 0..8000 {
        let mut slope = [0.0; N];
        for (evidence, right) in heard {
            let terms = evidence.terms();
            let off = logistic(&weights, &terms) - f32::from(u8::from(*right));
            slope.iter_mut().zip(terms).for_each(|(s, t)| *s += off * t);
        }
        for ((weight, speed), slope) in weights.iter_mut().zip(&mut speed).zip(slope) {
            *speed = 0.95 * *speed - rate * slope;
            *weight += *speed;
        }
    }
    weights
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::Random;

    #[test]
    fn fitting_finds_the_weights_that_made_the_data() {
        let mut random = Random(5);
        let made = [0.5, 1.0, -1.5, -0.4, -0.8];
        let draw = |random: &mut Random| {
            let evidence = Evidence {
                odds: random.unit() * 4.0,
                misfit: random.unit().abs() * 2.0,
                letters: 1.0 + random.unit().abs() * 60.0,
                weakest: -3.0 * random.unit().abs(),
            };
            let sure = logistic(&made, &evidence.terms());
            (evidence, random.unit().mul_add(0.5, 0.5) < sure)
        };
        let data: Vec<(Evidence, bool)> = (0..6000).map(|_| draw(&mut random)).collect();
        let found = fit(&data);
        for (found, made) in found.iter().zip(made) {
            assert!((found - made).abs() < 0.3, "{found} for {made}");
        }
    }
}
