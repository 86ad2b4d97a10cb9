//! The ear: voice activity, and recognisers of Spanish telephone speech biased by the question.
//!
//! Everything takes 8 kHz mono `i16`. A [`Recogniser`] is shared by all contacts and opens one
//! [`Stream`] an utterance; a [`VoiceActivity`] belongs to one contact and may be called on the
//! media thread. `docs/rooms/asr.md` says how the pieces work together.
#![forbid(unsafe_code)]
#![cfg_attr(not(test), deny(clippy::indexing_slicing))]

mod error;
mod types;
pub mod vad;

pub use error::Error;
pub use types::{
    Alternative, Expectation, Grammar, Partial, Recogniser, Stream, Utterance, VoiceActivity, Word,
};
