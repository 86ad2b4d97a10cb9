//! How far a reading is to be trusted.

/// What a confidence is made of.
#[derive(Debug, Clone, Copy, Default)]
pub struct Evidence {
    /// Log-odds of the reading against all others, in posterior scale.
    pub odds: f32,
    /// How much worse the letters of the reading fit than the best letters, a letter.
    pub misfit: f32,
}

/// Weights of the confidence: bias, odds, misfit. Fitted by [`fit`] on synthetic speech, clean
/// and with noise of 8 to 20 dB (test `the_confidence_may_be_fitted_anew`).
const WEIGHTS: [f32; 3] = [0.2, 1.35, -1.3];

impl Evidence {
    fn terms(&self) -> [f32; 3] {
        [1.0, self.odds.clamp(-4.0, 8.0), self.misfit.min(4.0)]
    }

    /// Probability that the reading is right, by a logistic model.
    pub fn confidence(&self) -> f32 {
        logistic(&WEIGHTS, &self.terms())
    }
}

fn logistic(weights: &[f32; 3], terms: &[f32; 3]) -> f32 {
    let z: f32 = weights.iter().zip(terms).map(|(w, t)| w * t).sum();
    1.0 / (1.0 + (-z).exp())
}

/// Weights that make the confidence of these readings (and whether each was right) mean what it
/// says, by gradient descent on the log-loss.
pub fn fit(readings: &[(Evidence, bool)]) -> [f32; 3] {
    let mut weights = [0.0; 3];
    let rate = 1.0 / readings.len().max(1) as f32;
    for _ in 0..5000 {
        let mut slope = [0.0; 3];
        for (evidence, right) in readings {
            let terms = evidence.terms();
            let off = logistic(&weights, &terms) - f32::from(u8::from(*right));
            slope.iter_mut().zip(terms).for_each(|(s, t)| *s += off * t);
        }
        weights.iter_mut().zip(slope).for_each(|(w, s)| *w -= rate * s);
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
        let draw = |random: &mut Random| {
            let evidence = Evidence { odds: random.unit() * 4.0, misfit: random.unit().abs() * 2.0 };
            let sure = logistic(&[0.5, 1.0, -1.5], &evidence.terms());
            (evidence, random.unit().mul_add(0.5, 0.5) < sure)
        };
        let data: Vec<(Evidence, bool)> = (0..4000).map(|_| draw(&mut random)).collect();
        let found = fit(&data);
        for (found, made) in found.iter().zip([0.5, 1.0, -1.5]) {
            assert!((found - made).abs() < 0.25, "{found} for {made}");
        }
    }
}
