//! Intents: a few-shot classifier trained when a bot is loaded.

use crate::Error;

/// How the classifier is trained and when it refuses to decide.
#[derive(Debug, Clone, PartialEq)]
pub struct TrainOptions {
    /// Same seed and examples, same model.
    pub seed: u64,
    /// Copies of each example with a recogniser's mistakes, 0 for none.
    pub augment: usize,
    /// Under this confidence there is no best intent.
    pub min_confidence: f32,
    /// The first two closer than this are unclear.
    pub margin: f32,
}

impl Default for TrainOptions {
    fn default() -> Self {
        Self { seed: 1, augment: 2, min_confidence: 0.45, margin: 0.15 }
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
    /// 0 (surely in scope) to 1 (none of these intents).
    pub out_of_scope: f32,
    /// Whether the first two are so close that one should ask which.
    pub unclear: bool,
}

/// A trained classifier. Cheap to share: immutable.
#[derive(Debug)]
pub struct IntentModel {}

impl IntentModel {
    /// Trains on `(intent, examples)`.
    ///
    /// # Errors
    /// An intent without examples, a broken template, or a failure of the tensor library.
    pub fn train(intents: &[(String, Vec<String>)], options: &TrainOptions) -> Result<Self, Error> {
        let _ = (intents, options);
        Ok(Self {})
    }

    /// Classifies one utterance.
    #[must_use]
    pub fn classify(&self, text: &str) -> Classified {
        let _ = text;
        Classified { best: None, ranked: Vec::new(), out_of_scope: 1.0, unclear: false }
    }
}
