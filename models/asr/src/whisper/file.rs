//! Checks a ggml model file before whisper.cpp sees it, which may abort on a broken one.
#![cfg_attr(not(test), deny(clippy::indexing_slicing))]

use std::fs::File;
use std::io::{self, BufReader, Read, Seek, SeekFrom};
use std::path::Path;

use crate::Error;

const MAGIC: u32 = 0x6767_6d6c;
/// Fields of the header after the magic number.
const HEADER: usize = 11;
/// No dimension, name or token of a real model is longer.
const MOST: u32 = 1 << 20;

/// Tokens that whisper.cpp takes for granted.
const NEEDED: [&str; 3] = [" ", " -", " '"];

/// Walks through header, filters, vocabulary and tensors to the end of the file.
pub fn check(path: &Path) -> Result<(), Error> {
    let read = |source| Error::Read { path: path.into(), source };
    let file = File::open(path).map_err(read)?;
    let length = file.metadata().map_err(read)?.len();
    let mut walk = Walk { file: BufReader::new(file), length };
    walk.all().map_err(|why| Error::Weights { what: path.display().to_string(), why })
}

struct Walk {
    file: BufReader<File>,
    length: u64,
}

impl Walk {
    fn number(&mut self) -> io::Result<u32> {
        let mut bytes = [0; 4];
        self.file.read_exact(&mut bytes)?;
        Ok(u32::from_le_bytes(bytes))
    }

    fn skip(&mut self, bytes: u64) -> Result<(), String> {
        let at = self.file.stream_position().map_err(|e| e.to_string())?;
        if at.saturating_add(bytes) > self.length {
            return Err("it is cut short; download it again".into());
        }
        self.file.seek(SeekFrom::Start(at + bytes)).map(|_| ()).map_err(|e| e.to_string())
    }

    fn small(&mut self, what: &str) -> Result<u32, String> {
        let n = self.number().map_err(|_| format!("it ends before {what}; download it again"))?;
        if n >= MOST { Err(format!("{what} cannot be {n}; download it again")) } else { Ok(n) }
    }

    fn all(&mut self) -> Result<(), String> {
        if self.number().ok() != Some(MAGIC) {
            return Err("it is no ggml model of whisper.cpp".into());
        }
        for _ in 0..HEADER {
            self.small("its header")?;
        }
        let filters = u64::from(self.small("its filters")?) * u64::from(self.small("its filters")?);
        self.skip(filters * 4)?;
        self.vocabulary()?;
        let mut tensors = 0;
        while self.file.stream_position().map_err(|e| e.to_string())? < self.length {
            self.tensor()?;
            tensors += 1;
        }
        if tensors == 0 {
            Err("it holds no tensors (a file for tests of the format?)".into())
        } else {
            Ok(())
        }
    }

    /// Walks through the tokens; whisper.cpp ends the process when it misses one of [`NEEDED`].
    fn vocabulary(&mut self) -> Result<(), String> {
        let mut needed = NEEDED.to_vec();
        for _ in 0..self.small("its vocabulary")? {
            let length = self.small("a token")?;
            if length > 2 {
                self.skip(u64::from(length))?;
                continue;
            }
            let mut token = Vec::new();
            let read = self.file.by_ref().take(u64::from(length)).read_to_end(&mut token);
            read.map_err(|e| e.to_string())?;
            needed.retain(|n| n.as_bytes() != token);
        }
        match needed.first() {
            Some(token) => Err(format!("its vocabulary lacks the token `{token}`")),
            None => Ok(()),
        }
    }

    fn tensor(&mut self) -> Result<(), String> {
        let dimensions = self.small("a tensor")?;
        let name = self.small("a tensor's name")?;
        let kind = self.small("a tensor's type")?;
        if dimensions > 4 {
            return Err(format!("a tensor cannot have {dimensions} dimensions; download it again"));
        }
        let mut values = 1u64;
        for _ in 0..dimensions {
            values = values.saturating_mul(u64::from(self.small("a tensor's shape")?));
        }
        self.skip(u64::from(name))?;
        let (block, bytes) = size_of(kind).ok_or(format!("tensor type {kind} is unknown"))?;
        self.skip(values / block * bytes)
    }
}

/// Values of a block of a ggml type and bytes that hold them.
fn size_of(kind: u32) -> Option<(u64, u64)> {
    Some(match kind {
        0 => (1, 4),
        1 => (1, 2),
        2 => (32, 18),
        3 => (32, 20),
        6 => (32, 22),
        7 => (32, 24),
        8 => (32, 34),
        10 => (256, 84),
        11 => (256, 110),
        12 => (256, 144),
        13 => (256, 176),
        14 => (256, 210),
        _ => return None,
    })
}
