//! Voices: text in, 8 kHz mono `i16` out, in pieces, to a sink that may stop it at any piece.
//!
//! - [`Synthesiser`] is the contract; [`espeak::Espeak`] (default, through Debian's library) and
//!   `piper::Piper` (feature `piper`) are the engines behind it.
//! - [`Prompts`] is what callers of this crate normally hold: fixed prompts are rendered once and
//!   kept in memory and on disk; the rest is spoken clause by clause.
//!
//! Every engine's sound passes the same [`shape::Shaper`]: resampled to 8 kHz, silence trimmed at
//! both ends, brought to [`level::TARGET_DBFS`], limited below clipping. So a prompt from one
//! engine is as loud as one from another, and the first sample that leaves is speech.
//!
//! Nothing here runs on the media path: a synthesiser may block for as long as its engine needs.
#![deny(unsafe_code)]

pub mod clauses;
mod error;
pub mod espeak;
pub mod level;
#[cfg(feature = "piper")]
pub mod piper;
pub mod prompts;
pub mod recorded;
pub mod resample;
pub mod shape;
mod voice;
mod voices;
pub mod wav;

pub use error::Error;
pub use prompts::{Piece, Prepared, Progress, Prompts, Rendered, Streamed};
pub use voice::{RATE, Sink, Style, Synthesiser, WordMark};
pub use voices::{Voices, voice_of};
