//! What is kept of a contact: its timeline, slots, outcome, quality and recording.
//!
//! Everything is appended as it happens. [`Store`] hands each entry to one writer task that commits in
//! groups, at most [`store::GROUP`] apart, so that a killed process loses less than that; [`Recorder`]
//! writes sound twice a second and keeps the header of each file true. After a kill the contact is
//! there, marked interrupted, and its recording plays.
#![forbid(unsafe_code)]

mod callbacks;
mod cases;
mod entry;
pub mod recording;
mod repair;
pub mod store;
mod users;
mod view;
mod writer;

pub use callbacks::{Callback, CallbackFilter, NewCallback};
pub use cases::{Case, CaseDetail, CaseField, CaseFilter, CaseNote, NewCase};
pub use entry::{Delay, Direction, Entry, NewContact, NewRecording, Outcome, Quality, Saved, SlotSource};
pub use recording::{Recorder, Recording, RecordingState, Tap};
pub use store::Store;
pub use users::{User, Users};
pub use view::{Contact, Detail, Earlier, Filter, SlotView, TimelineEntry};

/// Stands where a private value is not shown.
pub const MASK: &str = "•••";

/// What can go wrong with stored data, in one line that says what and what to do.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The database file cannot be opened or is not one of ours.
    #[error("database {path}: {source}; restore it from a copy, or name another file in [storage] database")]
    Open {
        /// The file.
        path: String,
        /// What SQLite says.
        source: sqlx::Error,
    },
    /// The schema cannot be brought up to date.
    #[error("database {path}: its schema cannot be updated ({source}); it may come from a newer Digame")]
    Migrate {
        /// The file.
        path: String,
        /// What the migration says.
        source: sqlx::migrate::MigrateError,
    },
    /// A query failed.
    #[error("database: {0}")]
    Query(#[from] sqlx::Error),
    /// The writer task has ended: nothing more can be stored.
    #[error("the writer of records has stopped; see the log for the reason")]
    Stopped,
    /// The database cannot be written now; nothing is lost as long as the process lives.
    #[error("database: {writes} writes wait in memory ({why}); free space on its disk")]
    Waiting {
        /// How many.
        writes: usize,
        /// What SQLite says.
        why: String,
    },
    /// A recording cannot be created or read.
    #[error("recording {path}: {source}; check that the folder exists, is writable and has free space")]
    Recording {
        /// The file.
        path: String,
        /// What the system says.
        source: std::io::Error,
    },
    /// Stored JSON does not parse: the row was changed by hand.
    #[error("contact {contact}: its {what} is not valid: {source}")]
    Damaged {
        /// Contact id.
        contact: String,
        /// Which column.
        what: &'static str,
        /// What the parser says.
        source: serde_json::Error,
    },
}
