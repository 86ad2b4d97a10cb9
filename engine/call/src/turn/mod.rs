//! Turn-taking: who speaks, who listens, when a turn is over.
//!
//! [`Turns`] is a pure state machine. It is fed with one [`Frame`] per 20 ms
//! and with what happens in between ([`Input`]), and answers with [`Action`]s.
//! It holds no clock, no thread, no memory that grows. Time is counted in
//! frames heard: a thread that comes late does not make the caller silent.
//!
//! The rules are in docs/rooms/call.md.

mod actions;
mod gist;
mod kept;
mod keys;
mod level;
mod machine;
mod settings;
#[cfg(test)]
mod simulation;
#[cfg(test)]
mod tests;
mod voice;

pub use actions::{Action, Actions, EndReason, Ignored, StoppedBy};
pub(crate) use gist::folded;
pub use gist::{Gist, is_backchannel, same_words};
pub use keys::{KeySet, Keypad, Keys, MAX_KEYS};
pub use machine::Turns;
pub use settings::{FRAME_MS, Settings, frames};
pub use voice::{Evidence, Frame};

/// What may interrupt a prompt. Ordered: what comes later allows more.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Default)]
pub enum BargeIn {
    /// Nothing: the prompt is heard whole.
    Never,
    /// Keys only.
    Keys,
    /// Keys and voice.
    #[default]
    Voice,
}

/// What the dialog allows the caller now.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Question {
    /// Number of the question in its contact; actions carry it back.
    pub id: u32,
    /// Silence in ms that ends a turn whose answer is not complete; inside an
    /// unfinished number it is at least the machine's own for that.
    pub pause_ms: Option<u32>,
    /// What may interrupt its prompts, at most.
    pub barge_in: BargeIn,
    /// Which keys answer it; `None`: keys are not for this question.
    pub keypad: Option<Keypad>,
    /// Silence in ms after the prompt that is reported; `None`: never.
    pub no_input_ms: Option<u32>,
    /// «Sí», «vale» and the like answer it; else they are no turn.
    pub assent: bool,
    /// What is said or keyed before it has been heard answers it all the same: the opening's, which everybody knows.
    pub early: bool,
}

/// What happens between frames.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Input {
    /// The dialog asks, and waits for an answer from now on.
    Ask(Question),
    /// The dialog wants no answer (it ends, or hands off).
    Withdraw,
    /// A prompt begins to sound.
    PromptStarted(BargeIn),
    /// The last prompt that was queued has sounded to its end.
    PromptsFinished,
    /// Words of an utterance that still goes on.
    Partial(Gist),
    /// Words of an utterance that has ended; `words` is 0 when there were none.
    Final(Gist),
    /// The far end holds the call (true) or takes it back: no silence counts
    /// meanwhile. The frames given on hold are to be idle ones.
    Hold(bool),
    /// A key is down; which one is told when it is released. May be repeated.
    KeyDown,
    /// The caller pressed a key.
    Key(char),
}
