//! What the machine wants done, in a list of fixed size.

use super::Keys;

/// Why an utterance ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum EndReason {
    /// The caller was silent for the pause that applies.
    Silence,
    /// It reached the longest turn allowed.
    MaxLength,
    /// Keys go on with the number that it began.
    Keys,
}

/// Why an utterance is no turn.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ignored {
    /// It only said "I am listening" while the bot spoke.
    Backchannel,
    /// It held no words.
    Noise,
    /// It was said when nothing could be answered, or long before the end of
    /// a prompt that cannot be interrupted.
    NotNow,
    /// Keys were pressed instead.
    Keys,
    /// The bot's own words, come back.
    Echo,
    /// So far under the caller's level that somebody else spoke, beside the telephone.
    Beside,
}

/// Who stopped the bot.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum StoppedBy {
    /// The caller's words.
    Voice,
    /// The caller's keys.
    Keys,
}

/// One thing to do. `question` is the number of the question it answers.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Action {
    /// Open a recogniser stream and give it the frames from `back` frames ago on.
    StartListening {
        /// Number of the utterance, from 1.
        utterance: u32,
        /// Frames before this one that belong to it, pre-roll included.
        back: u32,
    },
    /// Close the stream and ask for its words: [`super::Input::Final`] is due.
    EndOfTurn {
        /// Number of the utterance.
        utterance: u32,
        /// Number of the question that it answers, 0 if none.
        question: u32,
        /// Why it ended.
        reason: EndReason,
        /// Silence in ms since the last voice.
        silence_ms: u32,
        /// Nothing else was going on: any words at all are the caller's turn,
        /// without waiting for [`Action::Turn`].
        open_floor: bool,
    },
    /// Close the stream; its words are not wanted.
    Discard {
        /// Number of the utterance.
        utterance: u32,
    },
    /// The utterance is the caller's turn.
    Turn {
        /// Number of the utterance.
        utterance: u32,
        /// Number of the question that it answers.
        question: u32,
    },
    /// The utterance begins the answer to the question; more of it follows at once.
    Part {
        /// Number of the utterance.
        utterance: u32,
        /// Number of the question.
        question: u32,
    },
    /// The keys begin the answer to the question; the turn that ends it follows at once.
    KeyedPart {
        /// Number of the question.
        question: u32,
        /// What was keyed.
        keys: Keys,
    },
    /// The caller made sounds for as long as a turn may last, or talks on and on, and no turn came of it.
    Unintelligible {
        /// Number of the question.
        question: u32,
    },
    /// Its words never came: the recogniser failed.
    Lost {
        /// Number of the utterance.
        utterance: u32,
        /// Number of the question.
        question: u32,
    },
    /// The utterance is no turn.
    Ignored {
        /// Number of the utterance.
        utterance: u32,
        /// Why.
        why: Ignored,
    },
    /// Fade the prompt out now and remember where.
    PausePrompt,
    /// Go on from a quiet spot a little before where it paused.
    ResumePrompt,
    /// The bot had paused for what was no turn.
    FalseInterruption {
        /// Number of the utterance.
        utterance: u32,
    },
    /// Drop the prompt and those queued behind it.
    StopPrompt(StoppedBy),
    /// The caller has keyed an answer.
    Keyed {
        /// Number of the question.
        question: u32,
        /// What was keyed.
        keys: Keys,
    },
    /// A key that no question wanted.
    StrayKey(char),
    /// Nobody answered.
    NoInput {
        /// Number of the question.
        question: u32,
    },
}

/// Actions of one step, without allocation.
#[derive(Debug, Clone, Default)]
pub struct Actions {
    items: [Option<Action>; 16],
    len: usize,
    overflow: u32,
}

impl Actions {
    /// Empty list.
    #[must_use]
    pub fn new() -> Actions {
        Actions::default()
    }

    /// Forgets all.
    pub fn clear(&mut self) {
        self.len = 0;
    }

    /// The actions in order.
    pub fn iter(&self) -> impl Iterator<Item = Action> + '_ {
        self.items.iter().take(self.len).copied().flatten()
    }

    /// Actions that found no room since the beginning: always 0, and watched.
    #[must_use]
    pub fn overflow(&self) -> u32 {
        self.overflow
    }

    pub(super) fn push(&mut self, action: Action) {
        match self.items.get_mut(self.len) {
            Some(place) => {
                *place = Some(action);
                self.len += 1;
            }
            None => self.overflow += 1,
        }
    }
}
