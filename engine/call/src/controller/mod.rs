//! One tokio task per contact: it joins signalling, turn-taking, dialog,
//! services and voice, and writes down what happens.
//!
//! Nothing here is on the media path. The task is told by a bell that the media
//! thread has reported, by channels of words, signals and service replies, and
//! by one timer. It ends when the leg has ended and the seat has been left.

mod contact;
mod delay;
mod dialogue;
mod notes;
mod question;
pub mod service;
mod sounds;
mod speech;
pub mod timeline;

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use dialogs::{Input, Output, Start};

pub use contact::{ContactParts, Signal};
pub use dialogue::{UnknownZone, speaking};
pub(crate) use question::expectation;
pub use sounds::Sounds;
pub use timeline::{Live, LiveEvent, Timeline};

pub(crate) use contact::Contact;

/// A slot's value, for the table of slots.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SlotValue {
    /// Whole.
    pub value: String,
    /// Not to be shown in timelines.
    pub private: bool,
}

/// One run of a dialog, as the controller sees it.
pub trait Dialogue: Send {
    /// Takes what happened, at the office's local time; says what to do.
    fn handle(&mut self, input: Input, now: chrono::NaiveDateTime) -> Vec<Output>;
    /// The value of a slot now.
    fn slot(&self, name: &str) -> Option<SlotValue>;
    /// Time spent understanding since the last call of this.
    fn understood_in(&mut self) -> Duration;
}

/// A bot that answers a number.
#[derive(Clone)]
pub struct Answering {
    /// Its name, for records.
    pub name: String,
    /// Content hash or version of it, for records.
    pub version: String,
    /// The office's time zone.
    pub time_zone: chrono_tz::Tz,
    /// Why its calls may be recorded, for records.
    pub legal_basis: String,
    /// How it speaks each of its languages, by code.
    pub voices: Arc<BTreeMap<String, tts::Style>>,
    /// Its recorded prompts.
    pub sounds: Arc<Sounds>,
    /// Begins a run of its dialogs.
    pub begin: Arc<dyn Fn(Start) -> Box<dyn Dialogue> + Send + Sync>,
}

/// Which bot answers which number.
pub trait Bots: Send + Sync {
    /// The bot that answers this contact at a called number (user part of the request URI); `None`: 404.
    fn answering(&self, number: &str, contact: uuid::Uuid) -> Option<Answering>;
    /// Calls that the number takes at once; more get 486. `None`: as many as the machine.
    fn lines(&self, _number: &str) -> Option<u32> {
        None
    }
}
