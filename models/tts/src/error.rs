//! The crate's error: each variant's text is one line that says what, where and what to do.

use std::path::PathBuf;

/// What can go wrong with a voice or with the prompt cache.
#[derive(Debug, Clone, thiserror::Error)]
pub enum Error {
    /// The shared library of a voice could not be loaded.
    #[error("voice library {library} could not be loaded ({reason}): {cure}")]
    Library {
        /// File name or path that was tried.
        library: String,
        /// The loader's own words.
        reason: String,
        /// What to install or set.
        cure: &'static str,
    },
    /// eSpeak NG found no voice data.
    #[error("eSpeak NG finds no voice data{}: install it with `apt-get install espeak-ng-data`", at(.path))]
    VoiceData {
        /// The folder that was configured, if any.
        path: Option<PathBuf>,
    },
    /// eSpeak NG was already started in this process with other settings.
    #[error("eSpeak NG already runs in this process with other library or data paths: configure it once")]
    AlreadyStarted,
    /// The voice or its variant does not exist.
    #[error(
        "voice `{voice}` does not exist in eSpeak NG: see `espeak-ng --voices` (languages) and `espeak-ng --voices=variant` (after a `+`)"
    )]
    UnknownVoice {
        /// The name asked for.
        voice: String,
    },
    /// The text is longer than one request may be.
    #[error("text of {bytes} bytes is too long to speak at once: split it below {limit} bytes")]
    TooLong {
        /// Its length.
        bytes: usize,
        /// The most that is taken.
        limit: usize,
    },
    /// The engine refused or broke.
    #[error("{engine} failed while speaking ({reason})")]
    Engine {
        /// Which engine.
        engine: &'static str,
        /// Its reason.
        reason: String,
    },
    /// The thread that owns the engine is gone.
    #[error("the eSpeak NG thread has ended: restart the process")]
    Stopped,
    /// A file of a voice is missing or is not what it should be.
    #[error("voice file {path}: {reason}: {cure}")]
    VoiceFile {
        /// The file.
        path: PathBuf,
        /// What is wrong with it.
        reason: String,
        /// What to do.
        cure: String,
    },
    /// The prompt cache could not be used.
    #[error(
        "prompt cache {path}: cannot {action} ({reason}): check that the folder exists, is writable and has space"
    )]
    Cache {
        /// The file or folder.
        path: PathBuf,
        /// What was tried.
        action: &'static str,
        /// The system's reason.
        reason: String,
    },
}

fn at(path: &Option<PathBuf>) -> String {
    path.as_ref().map(|path| format!(" in {}", path.display())).unwrap_or_default()
}
