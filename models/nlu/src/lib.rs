//! Understanding: which intent an utterance has, and which Spanish values it
//! carries. Knows nothing of calls or audio: text in, typed values out.
//!
//! - [`intent`]: a few-shot classifier trained when a bot is loaded;
//! - [`es`]: Spanish, spoken or written → [`Value`], and back again ([`es::aloud`]);
//! - [`lang`]: the same for other languages, each from a file of data;
//! - [`danger`]: whether somebody is in danger now.
//!
//! Everything here is pure: the present moment is a field of [`Context`].
#![forbid(unsafe_code)]
#![cfg_attr(not(test), deny(clippy::indexing_slicing))]

mod assent;
pub mod danger;
mod days;
pub mod es;
pub mod evaluation;
pub mod intent;
pub mod lang;
mod value;

pub use assent::{Manner, Reply};
pub use intent::{Classified, IntentModel, Ranked, TrainOptions, sentences};
pub use value::{Address, Catalogue, Context, DayParts, Found, Item, Kind, Opening, Status, Value};

/// What can go wrong while preparing to understand. Understanding itself never fails.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// No intent, or an intent with no usable example.
    #[error("intent «{0}» has no example with words in it: add at least one")]
    NoExamples(String),
    /// A template's brackets do not match.
    #[error("example «{example}» of intent «{intent}»: {reason}")]
    Template {
        /// The intent whose example is wrong.
        intent: String,
        /// The example as written.
        example: String,
        /// What is wrong with it.
        reason: String,
    },
    /// A language's file lacks something or says what can't be.
    #[error("the language's file can't be used: {reason}")]
    Language {
        /// What is wrong with it.
        reason: String,
    },
    /// The tensor library refused an operation.
    #[error("training the intent classifier failed: {0}")]
    Tensor(#[from] candle_core::Error),
    /// The text normaliser could not be built.
    #[error("building the text normaliser failed: {0}")]
    Normaliser(String),
}
