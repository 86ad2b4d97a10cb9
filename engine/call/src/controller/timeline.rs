//! What happens in a contact, written down as it happens and told live.

use std::sync::Arc;
use std::time::Instant;

use chrono::{DateTime, Utc};
use records::{Entry, Outcome, Quality, Store};
use serde::Serialize;
use tokio::sync::broadcast;
use uuid::Uuid;

/// Something that happens in a contact now.
#[derive(Debug, Clone, Serialize)]
pub struct LiveEvent {
    /// The contact.
    pub contact: Uuid,
    /// Milliseconds since the contact began.
    pub at_ms: u64,
    /// What.
    #[serde(flatten)]
    pub what: Live,
}

/// What happens.
#[derive(Debug, Clone, Serialize)]
#[serde(tag = "event", rename_all = "snake_case")]
pub enum Live {
    /// A call came in.
    Started {
        /// Calling party.
        from: String,
        /// Called party.
        to: String,
        /// Dialog that answers.
        dialog: String,
        /// When.
        at: DateTime<Utc>,
    },
    /// An entry of the timeline.
    Entry {
        /// The entry.
        entry: Entry,
    },
    /// The bot begins a prompt.
    Speaking {
        /// Its words, private values masked.
        text: String,
    },
    /// The citizen's voice begins.
    Listening,
    /// It is over.
    Ended {
        /// The dialog's word for how.
        outcome: String,
    },
}

/// The pen of one contact.
#[derive(Clone)]
pub struct Timeline {
    store: Store,
    contact: Uuid,
    began: Instant,
    live: broadcast::Sender<Arc<LiveEvent>>,
}

impl Timeline {
    /// A pen for a contact that began at `began`.
    #[must_use]
    pub fn new(
        store: Store,
        contact: Uuid,
        began: Instant,
        live: broadcast::Sender<Arc<LiveEvent>>,
    ) -> Timeline {
        Timeline { store, contact, began, live }
    }

    /// Milliseconds of `at` into the contact.
    #[must_use]
    pub fn ms(&self, at: Instant) -> u64 {
        u64::try_from(at.saturating_duration_since(self.began).as_millis()).unwrap_or(u64::MAX)
    }

    /// Writes an entry down, and tells who watches.
    pub fn append(&self, entry: Entry) {
        self.append_at(Instant::now(), entry);
    }

    /// As [`Timeline::append`], for something that happened at `at`.
    pub fn append_at(&self, at: Instant, entry: Entry) {
        let at_ms = self.ms(at);
        self.store.append(self.contact, at_ms, entry.clone());
        self.send(at_ms, Live::Entry { entry });
    }

    /// A signal on the leg.
    pub fn signal(&self, event: &str, detail: Option<String>) {
        self.append(Entry::Signal { event: event.to_owned(), detail });
    }

    /// A step of the dialog or of the engine.
    pub fn step(&self, step: &str, note: impl Into<String>) {
        self.append(Entry::Step { step: step.to_owned(), note: note.into() });
    }

    /// Keeps the whole value of a slot.
    pub fn slot(&self, slot: records::store::SlotWrite) {
        self.store.slot(self.contact, self.ms(Instant::now()), slot);
    }

    /// Removes a slot's value.
    pub fn forget(&self, name: &str) {
        self.store.forget(self.contact, name);
    }

    /// The contact was answered.
    pub fn answered(&self) {
        self.store.contact_answered(self.contact, Utc::now());
        self.signal("answered", None);
    }

    /// The contact goes on in this language.
    pub fn language(&self, code: &str) {
        self.store.language(self.contact, code);
        self.append(Entry::Language { language: code.to_owned() });
    }

    /// The records that it writes to.
    #[must_use]
    pub fn store(&self) -> &Store {
        &self.store
    }

    /// The contact that it writes of.
    #[must_use]
    pub fn contact(&self) -> Uuid {
        self.contact
    }

    /// The last words about the contact: when it ended, and how.
    pub fn ended(&self, (at, outcome): (DateTime<Utc>, Outcome), quality: Option<Quality>) {
        let name = outcome.name.clone();
        self.store.contact_ended(self.contact, at, outcome, quality);
        self.tell(Live::Ended { outcome: name });
    }

    /// Tells who watches, without writing down.
    pub fn tell(&self, what: Live) {
        self.send(self.ms(Instant::now()), what);
    }

    fn send(&self, at_ms: u64, what: Live) {
        // Nobody watching is no error.
        let _ = self.live.send(Arc::new(LiveEvent { contact: self.contact, at_ms, what }));
    }
}
