//! What the API and the command line show.
use crate::{Entry, Quality};
use chrono::{DateTime, Utc};
use serde::Serialize;

/// One line of the list of contacts.
#[derive(Debug, Clone, Serialize)]
pub struct Contact {
    /// UUIDv7.
    pub id: String,
    /// `voice`.
    pub channel: String,
    /// `inbound` or `outbound`.
    pub direction: String,
    /// Calling party.
    pub from: String,
    /// Called party.
    pub to: String,
    /// Dialog that answered.
    pub dialog: String,
    /// Its content hash.
    pub dialog_version: String,
    /// Code of the language last spoken.
    pub language: String,
    /// First signal.
    pub started: DateTime<Utc>,
    /// When it was answered.
    pub answered: Option<DateTime<Utc>>,
    /// Last signal.
    pub ended: Option<DateTime<Utc>>,
    /// `live`, `ended` or `interrupted`.
    pub state: String,
    /// How it ended, in the dialog's words.
    pub outcome: Option<String>,
    /// Queue of the handoff.
    pub handoff_queue: Option<String>,
    /// Reason of the handoff.
    pub handoff_reason: Option<String>,
    /// File name inside the recordings folder.
    pub recording: Option<String>,
    /// Why the recording may be made (GDPR, article 6.1).
    pub legal_basis: Option<String>,
    /// What the line was like.
    pub quality: Option<Quality>,
}

/// An earlier contact from the same number.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Earlier {
    /// UUIDv7.
    pub id: String,
    /// First signal.
    pub started: DateTime<Utc>,
    /// Dialog that answered.
    pub dialog: String,
    /// How it ended, in the dialog's words.
    pub outcome: Option<String>,
    /// Reason of its handoff.
    pub handoff_reason: Option<String>,
}

/// A contact with all that is kept of it.
#[derive(Debug, Clone, Serialize)]
pub struct Detail {
    /// The contact.
    #[serde(flatten)]
    pub contact: Contact,
    /// Its slots, by name.
    pub slots: Vec<SlotView>,
    /// Everything that happened, in order.
    pub timeline: Vec<TimelineEntry>,
    /// The caller's contacts before this one, newest first, five at most; none if the number is withheld.
    pub earlier: Vec<Earlier>,
}

/// The value of a slot at the end.
#[derive(Debug, Clone, Serialize)]
pub struct SlotView {
    /// Its name in the dialog.
    pub name: String,
    /// Its value.
    pub value: String,
    /// voice, keys, service or dialog.
    pub source: String,
    /// 0..1, where known.
    pub confidence: Option<f64>,
    /// Kept out of logs and timelines.
    pub private: bool,
}

/// One entry of the timeline.
#[derive(Debug, Clone, Serialize)]
pub struct TimelineEntry {
    /// Position, from 0, without holes.
    pub seq: i64,
    /// Milliseconds since the contact started.
    pub at_ms: i64,
    /// What happened.
    #[serde(flatten)]
    pub entry: Entry,
}

/// Which contacts to list, newest first.
#[derive(Debug, Clone)]
pub struct Filter {
    /// Only this state.
    pub state: Option<String>,
    /// Only this calling party.
    pub from: Option<String>,
    /// Only contacts that started before this one (its id, exclusive): the next page.
    pub before: Option<String>,
    /// Only contacts handed off to one of these queues; empty: all contacts.
    pub queues: Vec<String>,
    /// At most this many, 1..=500.
    pub limit: u32,
}

impl Default for Filter {
    fn default() -> Self {
        Self { state: None, from: None, before: None, queues: Vec::new(), limit: 50 }
    }
}
