//! What can go wrong before the first sample is heard.

use std::path::PathBuf;

/// Errors of loading models, grammars and evaluation sets. Recognition itself does not fail:
/// what cannot be understood is an empty utterance.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// A file could not be read.
    #[error("cannot read {path}: {source}; check the path and its permissions")]
    Read {
        /// The file.
        path: PathBuf,
        /// Why.
        source: std::io::Error,
    },
    /// A weight file is not what this version runs.
    #[error("{what} is not a usable weight file: {why}; reinstall Digame or pull the model again")]
    Weights {
        /// Which file or built-in model.
        what: String,
        /// What is wrong with it.
        why: String,
    },
    /// A recording is of a kind that cannot be decoded here.
    #[error("cannot decode {path}: {why}")]
    Audio {
        /// The recording.
        path: PathBuf,
        /// Why, and what to install or convert.
        why: String,
    },
    /// An evaluation manifest has a wrong line.
    #[error("{path}:{line}: {why}")]
    Manifest {
        /// The manifest.
        path: PathBuf,
        /// Line number from 1.
        line: usize,
        /// What is wrong and what is expected.
        why: String,
    },
}
