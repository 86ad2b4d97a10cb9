//! Versions of bots: what was published, kept whole and unchanged under its hash, and which of them answers.
//!
//! `DATA/versions/BOT/HASH/` holds a version's files, `DATA/versions/BOT/journal.jsonl` every act. A version
//! is written aside and renamed into place before the act that names it is added; so a process killed at any
//! instant leaves the state before or the state after, and never a version that is there in part.
pub mod journal;
mod publish;
#[cfg(test)]
mod tests;

pub use journal::{Act, Canary, Entry, State, Tests};
pub use publish::{Order, Published, check, publish};

use crate::bots::{self, Material};
use dialogs::Problem;
use journal::{JournalError, Writer};
use sha2::{Digest, Sha256};
use std::fs::{self, File};
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use uuid::Uuid;

/// Fewest characters of a hash that name a version.
const SHORTEST: usize = 6;

/// Why something cannot be done with versions. The message is one line, but for the checker's.
#[derive(Debug, thiserror::Error)]
pub enum VersionError {
    /// The bot has mistakes.
    #[error("the bot has {} mistake(s):\n{}", .0.len(), lines(.0))]
    Broken(Vec<Problem>),
    /// Its test cases fail.
    #[error("{} test case(s) fail:\n{}", .0.len(), .0.join("\n"))]
    Tests(Vec<String>),
    /// Its intents cannot be learnt, or its prompts cannot be spoken.
    #[error("{0}")]
    Speech(String),
    /// A name that could lead out of the folder.
    #[error("bot «{0}»: a bot's name has letters, digits, `_`, `-` and `.`, and does not begin with a dot")]
    Name(String),
    /// No such version.
    #[error("no version {version} of {bot}; `digame versions {bot}` shows which there are")]
    Unknown {
        /// The bot.
        bot: String,
        /// What was asked for.
        version: String,
    },
    /// Nothing to go back to.
    #[error("{0} has no earlier version; `--to folder` lets the bot of the folder answer")]
    NothingEarlier(String),
    /// A version is not what was published.
    #[error("{path}: its files are not those that were published; publish the bot anew, or roll back")]
    Changed {
        /// Its folder.
        path: PathBuf,
    },
    /// The system's.
    #[error("{path}: {source}; the data folder must be readable and writable")]
    Io {
        /// Which file.
        path: PathBuf,
        /// What the system says.
        source: io::Error,
    },
    /// The journal cannot be read or written.
    #[error("{path}: {source}")]
    Journal {
        /// The file.
        path: PathBuf,
        /// Why.
        source: JournalError,
    },
}

fn lines(problems: &[Problem]) -> String {
    problems.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n")
}

/// The versions that are kept in a data folder.
#[derive(Debug, Clone)]
pub struct Versions {
    root: PathBuf,
}

impl Versions {
    /// Those of this data folder; nothing is made before something is published.
    pub fn of(data: &Path) -> Self {
        Self { root: data.join("versions") }
    }

    /// The names of the bots that have had a version.
    pub fn bots(&self) -> Vec<String> {
        let entries = fs::read_dir(&self.root).into_iter().flatten().flatten();
        let mut names: Vec<String> = entries
            .filter(|entry| entry.path().join(JOURNAL).is_file())
            .filter_map(|entry| entry.file_name().into_string().ok())
            .collect();
        names.sort();
        names
    }

    /// The files whose change may change who answers.
    pub fn journals(&self) -> Vec<PathBuf> {
        self.bots().iter().map(|bot| self.root.join(bot).join(JOURNAL)).collect()
    }

    /// Everything that was done with a bot's versions, oldest first.
    ///
    /// # Errors
    /// A name that is none, or a journal that cannot be read.
    pub fn history(&self, bot: &str) -> Result<Vec<Entry>, VersionError> {
        let path = self.folder(bot)?.join(JOURNAL);
        journal::read(&path).map_err(|source| VersionError::Journal { path, source })
    }

    /// What answers now.
    ///
    /// # Errors
    /// As [`history`](Self::history).
    pub fn state(&self, bot: &str) -> Result<State, VersionError> {
        Ok(State::after(&self.history(bot)?))
    }

    /// The files of a version, proved to be those that were published.
    ///
    /// # Errors
    /// One that is not there, or was changed.
    pub fn material(&self, bot: &str, version: &str) -> Result<Material, VersionError> {
        let path = self.folder(bot)?.join(version);
        let is_hash = version.len() == 64 && version.bytes().all(|b| b.is_ascii_hexdigit());
        if !is_hash || !path.is_dir() {
            return Err(VersionError::Unknown { bot: bot.into(), version: version.into() });
        }
        let material = Material::read(&path).map_err(|_| VersionError::Changed { path: path.clone() })?;
        if material.hash() == version { Ok(material) } else { Err(VersionError::Changed { path }) }
    }

    /// The whole hash of the version whose hash begins so.
    ///
    /// # Errors
    /// None or several do.
    pub fn find(&self, bot: &str, beginning: &str) -> Result<String, VersionError> {
        let mut found: Vec<String> = Vec::new();
        for entry in self.history(bot)? {
            if let Act::Published { version, .. } | Act::Canary { version, .. } = entry.act
                && version.starts_with(beginning)
                && !found.contains(&version)
            {
                found.push(version);
            }
        }
        match found.pop() {
            Some(only) if found.is_empty() && beginning.len() >= SHORTEST => Ok(only),
            _ => Err(VersionError::Unknown { bot: bot.into(), version: beginning.into() }),
        }
    }

    /// Takes back what was done last: drops the canary, or else lets the version before answer again. Or
    /// goes to a version that is named (`folder`: to none).
    ///
    /// # Errors
    /// There is nothing to go back to, or the version is gone or changed.
    pub fn roll_back(&self, bot: &str, to: Option<&str>, who: Who) -> Result<Act, VersionError> {
        let target = match to {
            None | Some("folder") => None,
            Some(beginning) => Some(self.find(bot, beginning)?),
        };
        if self.history(bot)?.is_empty() {
            return Err(VersionError::NothingEarlier(bot.into()));
        }
        let mut writer = self.writer(bot)?;
        let state = State::after(&writer.entries);
        let act = match (to, target, state.canary, state.past.last()) {
            (Some("folder"), ..) => Act::Withdrawn,
            (Some(_), Some(version), ..) => Act::RolledBack { version },
            (_, _, Some(canary), _) => Act::CanaryDropped { version: canary.version },
            (_, _, None, Some(version)) => Act::RolledBack { version: version.clone() },
            _ => return Err(VersionError::NothingEarlier(bot.into())),
        };
        if let Act::RolledBack { version } = &act {
            self.material(bot, version)?;
        }
        self.add(bot, &mut writer, who.did(act.clone()))?;
        Ok(act)
    }

    /// Keeps a version's files under their hash. Doing it again changes nothing.
    ///
    /// # Errors
    /// The disk's.
    pub fn keep(&self, bot: &str, material: &Material) -> Result<String, VersionError> {
        let version = material.hash();
        let folder = self.folder(bot)?;
        let place = folder.join(&version);
        if self.material(bot, &version).is_ok() {
            return Ok(version);
        }
        let aside = folder.join(format!(".{version}.{}", Uuid::now_v7()));
        let done = write_aside(&aside, material)
            .and_then(|()| if place.exists() { fs::remove_dir_all(&place) } else { Ok(()) })
            .and_then(|()| fs::rename(&aside, &place))
            .and_then(|()| sync_folder(&folder));
        if let Err(source) = done {
            let _ = fs::remove_dir_all(&aside);
            return Err(VersionError::Io { path: place, source });
        }
        self.sweep(&folder);
        Ok(version)
    }

    /// What killed processes left half written, and no one else can be writing: it is a day old.
    fn sweep(&self, folder: &Path) {
        for entry in fs::read_dir(folder).into_iter().flatten().flatten() {
            let left = entry.file_name().to_string_lossy().starts_with('.');
            let age = entry.metadata().and_then(|m| m.modified()).ok().and_then(|at| at.elapsed().ok());
            if left && age.is_some_and(|age| age.as_secs() > 86_400) {
                let _ = fs::remove_dir_all(entry.path());
            }
        }
    }

    fn writer(&self, bot: &str) -> Result<Writer, VersionError> {
        let path = self.folder(bot)?.join(JOURNAL);
        Writer::open(&path).map_err(|source| VersionError::Journal { path, source })
    }

    fn add(&self, bot: &str, writer: &mut Writer, entry: Entry) -> Result<(), VersionError> {
        let path = self.folder(bot)?;
        writer.add(entry).map_err(|source| VersionError::Journal { path: path.join(JOURNAL), source })?;
        sync_folder(&path).map_err(|source| VersionError::Io { path, source })
    }

    fn folder(&self, bot: &str) -> Result<PathBuf, VersionError> {
        let plain = |c: char| c.is_alphanumeric() || "_-.".contains(c);
        if bot.is_empty() || bot.starts_with('.') || !bot.chars().all(plain) {
            return Err(VersionError::Name(bot.into()));
        }
        Ok(self.root.join(bot))
    }
}

const JOURNAL: &str = "journal.jsonl";

/// Who does something, and why.
#[derive(Debug, Clone, Default)]
pub struct Who {
    /// A login, `operator`, or the system's user.
    pub by: String,
    /// Why, in their words.
    pub note: String,
}

impl Who {
    fn did(self, act: Act) -> Entry {
        Entry { at: chrono::Utc::now(), by: self.by, note: self.note, act }
    }
}

/// Whether a contact is one of the share that gets the canary: always the same answer for the same contact,
/// and who is in a share is in every greater one.
pub fn in_share(contact: Uuid, share: u8) -> bool {
    let digest = Sha256::digest(contact.as_bytes());
    let number = digest.iter().take(8).fold(0u64, |number, byte| number << 8 | u64::from(*byte));
    number % 100 < u64::from(share)
}

fn write_aside(folder: &Path, material: &Material) -> io::Result<()> {
    let texts = material.texts.iter().chain(&material.tests).map(|(name, text)| (name, text.as_bytes()));
    let sounds = material.sounds.iter().map(|(name, sound)| (name, &**sound));
    for (name, bytes) in texts.chain(sounds) {
        let path = folder.join(name);
        if let Some(parent) = path.parent() {
            fs::create_dir_all(parent)?;
        }
        let mut file = File::create(&path)?;
        file.write_all(bytes)?;
        file.sync_all()?;
    }
    sync_folders(folder)
}

fn sync_folders(folder: &Path) -> io::Result<()> {
    for entry in fs::read_dir(folder)?.flatten().filter(|entry| entry.path().is_dir()) {
        sync_folders(&entry.path())?;
    }
    sync_folder(folder)
}

fn sync_folder(folder: &Path) -> io::Result<()> {
    File::open(folder)?.sync_all()
}

/// The part of a version's files that a designer reads: texts and test cases, by path.
pub fn readable(material: &Material) -> bots::Files {
    let mut files: bots::Files = material.texts.iter().chain(&material.tests).cloned().collect();
    files.sort();
    files
}
