//! SHA-256 of files, and the record of a sum that the operator accepted.

use std::fs::{self, File};
use std::io::{self, Read};
use std::path::{Path, PathBuf};

use sha2::{Digest, Sha256};

/// SHA-256 of a file in lower-case hexadecimal; `seen` is told the bytes read so far.
pub fn of(path: &Path, seen: &mut dyn FnMut(u64)) -> io::Result<String> {
    let mut file = File::open(path)?;
    let mut sum = Sha256::new();
    let mut buffer = vec![0; 1 << 20];
    let mut total = 0;
    loop {
        let count = file.read(&mut buffer)?;
        if count == 0 {
            return Ok(hex::encode(sum.finalize()));
        }
        sum.update(buffer.get(..count).unwrap_or_default());
        total += count as u64;
        seen(total);
    }
}

/// The file that records an accepted sum.
pub fn record(path: &Path) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(".sha256");
    PathBuf::from(name)
}

/// Writes the record in the form that `sha256sum --check` reads.
pub fn write_record(path: &Path, sum: &str) -> io::Result<()> {
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    fs::write(record(path), format!("{sum}  {name}\n"))
}

/// The accepted sum of a file, if there is a record.
pub fn recorded(path: &Path) -> Option<String> {
    let text = fs::read_to_string(record(path)).ok()?;
    let sum = text.split_whitespace().next()?;
    (sum.len() == 64).then(|| sum.to_lowercase())
}
