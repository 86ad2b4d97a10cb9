//! The ear: voice activity, and recognisers of Spanish telephone speech biased by the question.
//!
//! Everything takes 8 kHz mono `i16`. A [`Recogniser`] is shared by all contacts and opens one
//! [`Stream`] an utterance; a [`VoiceActivity`] belongs to one contact and may be called on the
//! media thread. `docs/rooms/asr.md` says how the pieces work together.
// Only the binding of whisper.cpp needs any, and says why.
#![cfg_attr(not(feature = "whisper"), forbid(unsafe_code))]
#![cfg_attr(feature = "whisper", deny(unsafe_code))]

pub mod adapt;
mod common;
mod deaf;
pub mod decode;
pub mod embedded;
mod error;
pub mod eval;
pub mod features;
pub mod net;
mod product;
#[cfg(test)]
mod testing;
mod types;
pub mod vad;
mod weights;
#[cfg(feature = "whisper")]
pub mod whisper;

pub use common::common;
pub use deaf::Deaf;
pub use embedded::Embedded;
pub use error::Error;
pub use types::{
    Alternative, Expectation, Grammar, Partial, Recogniser, Stream, Utterance, VoiceActivity, Word,
};
