//! Nothing is done that was not meant: wrong acts among what callers say, and among what nobody said.

mod acts;
mod assent;
mod danger;
mod pauses;

use e2e::server::Trouble;

use clap::ValueEnum;

/// A part of the measure.
#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Part {
    /// Refusals taken for yes, yes and no in their many forms
    Assent,
    /// People in danger, and harmless talk that sounds like it
    Danger,
    /// Acts on what nobody said
    Acts,
    /// Turns cut off at pauses
    Pauses,
}

/// Measures these parts; all if none is named.
pub fn run(parts: &[Part]) -> Result<(), Trouble> {
    let wanted = if parts.is_empty() { Part::value_variants() } else { parts };
    wanted.iter().try_for_each(|part| match part {
        Part::Assent => assent::run(),
        Part::Danger => danger::run(),
        Part::Acts => acts::run(),
        Part::Pauses => pauses::run(),
    })
}
