//! Turns a model of one format into the format that its engine reads.

mod ctranslate2;
mod mel;

use std::fs::File;
use std::io;

pub(crate) use ctranslate2::whisper;

/// Why a model could not be turned.
#[derive(Debug)]
pub(crate) enum Failed {
    /// It is not what the converter knows: what is wrong, and where.
    Content(String),
    /// It could not be read or written.
    Io(io::Error),
}

impl From<io::Error> for Failed {
    fn from(error: io::Error) -> Self {
        match error.kind() {
            io::ErrorKind::UnexpectedEof => Self::Content("it is cut short".into()),
            _ => Self::Io(error),
        }
    }
}

/// What a conversion reads and writes.
pub(crate) struct Files<'a> {
    /// The weights.
    pub(crate) model: &'a File,
    /// The list of tokens, as JSON.
    pub(crate) vocabulary: &'a File,
    /// The empty file that is filled.
    pub(crate) to: &'a File,
}
