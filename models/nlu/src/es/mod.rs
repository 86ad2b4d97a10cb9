//! Spanish: spoken and written words → values, and values → words.

pub mod aloud;

pub use aloud::{grouped, masked, spelled, spoken};

use crate::{Context, Found, Kind};

/// Finds values of a kind in a text, best first. Never fails: no value, no result.
#[must_use]
pub fn extract(kind: &Kind, text: &str, context: &Context) -> Vec<Found> {
    let _ = (kind, text, context);
    Vec::new()
}

/// The same over a recogniser's n-best `(text, confidence)`, best first: a valid
/// reading of a later alternative wins over an invalid one of the first.
/// Spans are those of the alternative that was chosen, whose index comes first.
#[must_use]
pub fn extract_best(kind: &Kind, heard: &[(&str, f32)], context: &Context) -> Option<(usize, Vec<Found>)> {
    let _ = (kind, heard, context);
    None
}

/// What remains after a cue of correction: «no, espere, mejor la primera» → «la primera».
#[must_use]
pub fn correction(text: &str) -> Option<&str> {
    let _ = text;
    None
}
