//! The balance between what was heard and what was expected.

/// Costs are negative natural logarithms. They were balanced on synthetic speech through µ-law,
/// never on a human test set; `docs/rooms/asr.md` says how to repeat that.
#[derive(Debug, Clone)]
pub struct Tuning {
    /// Most hypotheses kept after a step.
    pub beam: usize,
    /// Hypotheses this much worse than the best are dropped.
    pub width: f32,
    /// Probability shared out evenly among all symbols, so that one wrong letter never rules a
    /// word out.
    pub smoothing: f32,
    /// Symbols less likely than this (log) start nothing new in the open vocabulary.
    pub open_cut: f32,
    /// The same for the answers expected.
    pub answer_cut: f32,
    /// A word of an expected answer.
    pub answer_word: f32,
    /// Starting another expected answer after something else.
    pub another: f32,
    /// Leaving an expected answer before its end.
    pub abandon: f32,
    /// Any word of the open vocabulary, beside its probability.
    pub open_word: f32,
    /// The same, in addition, when the question is not open.
    pub unwelcome_word: f32,
    /// Weight of the probabilities of open words.
    pub open_scale: f32,
    /// A word that nobody listed, beside its letters.
    pub free_word: f32,
    /// Weight of the letter model inside such a word.
    pub free_scale: f32,
    /// Two words without a gap between them.
    pub run_on: f32,
    /// Weight of the scores when they are compared as probabilities.
    pub posterior_scale: f32,
}

impl Default for Tuning {
    fn default() -> Self {
        Self {
            beam: 160,
            width: 16.0,
            smoothing: 0.02,
            open_cut: -6.5,
            answer_cut: -9.0,
            answer_word: 0.5,
            another: 0.7,
            abandon: 5.0,
            open_word: 0.3,
            unwelcome_word: 3.0,
            open_scale: 0.8,
            free_word: 6.0,
            free_scale: 0.7,
            run_on: 3.0,
            posterior_scale: 0.5,
        }
    }
}
