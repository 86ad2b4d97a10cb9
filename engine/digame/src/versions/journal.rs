//! What was done with a bot's versions: one line of JSON an act, only ever added. What answers now is what
//! the acts come to, so there is no second place that could say something else.
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use std::fs::{File, OpenOptions};
use std::io::{Read, Seek, SeekFrom, Write};
use std::path::Path;

/// One act: when, who, why, what.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Entry {
    /// When.
    pub at: DateTime<Utc>,
    /// Who: a login, `operator`, or the system's user at the command line.
    pub by: String,
    /// Why, in their words.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub note: String,
    /// What.
    #[serde(flatten)]
    pub act: Act,
}

/// What was done.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "act", rename_all = "snake_case")]
pub enum Act {
    /// This version answers.
    Published {
        /// Its hash.
        version: String,
        /// What became of its test cases.
        tests: Tests,
    },
    /// This version answers a share of the contacts, and what answered before the others.
    Canary {
        /// Its hash.
        version: String,
        /// Percent, 1 to 99.
        share: u8,
        /// What became of its test cases.
        tests: Tests,
    },
    /// The canary answers no longer.
    CanaryDropped {
        /// Its hash.
        version: String,
    },
    /// An earlier version answers again.
    RolledBack {
        /// Its hash.
        version: String,
    },
    /// No version answers: the bot of the folder does.
    Withdrawn,
}

/// What became of the test cases before a version was published.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Tests {
    /// So many passed; none failed.
    Passed(usize),
    /// They were not run, by whoever published's wish.
    Skipped,
}

/// What the acts come to.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct State {
    /// The version that answers; none: the bot of the folder does.
    pub current: Option<String>,
    /// The version that a share of the contacts gets.
    pub canary: Option<Canary>,
    /// What a rollback goes back to, last first to come back.
    #[serde(skip)]
    pub past: Vec<String>,
}

/// A version on trial.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Canary {
    /// Its hash.
    pub version: String,
    /// Percent of the contacts, 1 to 99.
    pub share: u8,
}

impl State {
    /// What all of these acts come to.
    pub fn after<'a>(entries: impl IntoIterator<Item = &'a Entry>) -> Self {
        entries.into_iter().fold(Self::default(), |mut state, entry| {
            state.take(&entry.act);
            state
        })
    }

    pub(super) fn take(&mut self, act: &Act) {
        match act {
            Act::Published { version, .. } => self.go_to(Some(version)),
            Act::Canary { version, share, .. } => {
                self.canary = Some(Canary { version: version.clone(), share: *share });
            }
            Act::CanaryDropped { .. } => self.canary = None,
            Act::RolledBack { version } if self.past.last() == Some(version) => {
                self.past.pop();
                self.current = Some(version.clone());
                self.canary = None;
            }
            Act::RolledBack { version } => self.go_to(Some(version)),
            Act::Withdrawn => self.go_to(None),
        }
    }

    fn go_to(&mut self, version: Option<&String>) {
        self.canary = None;
        if self.current.as_ref() != version {
            self.past.extend(self.current.take());
            self.current = version.cloned();
        }
    }
}

/// A journal that cannot be read or written.
#[derive(Debug, thiserror::Error)]
pub enum JournalError {
    /// What the system says.
    #[error("{0}")]
    Io(#[from] std::io::Error),
    /// A whole line that is no act.
    #[error("line {line}: {error}; take the line away, or get the file back from a copy")]
    Line {
        /// Counted from 1.
        line: usize,
        /// What the parser says.
        error: serde_json::Error,
    },
}

/// Every act. A last line without its end is one whose writing was cut short: it never counted.
///
/// # Errors
/// See [`JournalError`]; a file that is not there holds no acts.
pub fn read(path: &Path) -> Result<Vec<Entry>, JournalError> {
    match std::fs::read(path) {
        Ok(bytes) => parse(&bytes),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(Vec::new()),
        Err(error) => Err(error.into()),
    }
}

fn parse(bytes: &[u8]) -> Result<Vec<Entry>, JournalError> {
    let whole = bytes.get(..whole_lines(bytes)).unwrap_or_default();
    let lines = whole.split(|b| *b == b'\n').enumerate().filter(|(_, line)| !line.is_empty());
    let entry =
        |(n, line)| serde_json::from_slice(line).map_err(|error| JournalError::Line { line: n + 1, error });
    lines.map(entry).collect()
}

/// Length of the lines that have their end.
fn whole_lines(bytes: &[u8]) -> usize {
    bytes.iter().rposition(|b| *b == b'\n').map_or(0, |at| at + 1)
}

/// The journal, for one writer at a time.
pub struct Writer {
    file: File,
    /// The acts so far.
    pub entries: Vec<Entry>,
}

impl Writer {
    /// Waits until no other process writes; the lock goes with the value.
    ///
    /// # Errors
    /// See [`JournalError`].
    pub fn open(path: &Path) -> Result<Self, JournalError> {
        let mut file = OpenOptions::new().read(true).write(true).create(true).truncate(false).open(path)?;
        file.lock()?;
        let mut bytes = Vec::new();
        file.read_to_end(&mut bytes)?;
        let entries = parse(&bytes)?;
        let whole = whole_lines(&bytes) as u64;
        // What a killed writer left of a line goes.
        file.set_len(whole)?;
        file.seek(SeekFrom::Start(whole))?;
        Ok(Self { file, entries })
    }

    /// Adds an act; it holds once this returns, whatever happens to the process or the machine.
    ///
    /// # Errors
    /// The system's.
    pub fn add(&mut self, entry: Entry) -> Result<(), JournalError> {
        let mut line = serde_json::to_vec(&entry).map_err(std::io::Error::other)?;
        line.push(b'\n');
        self.file.write_all(&line)?;
        self.file.sync_all()?;
        self.entries.push(entry);
        Ok(())
    }
}
