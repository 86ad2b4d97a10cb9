//! Mending after a kill: a header that lags behind its samples is made true again.
use crate::recording::{HEADER, header};
use crate::{Error, Recorder, Store};
use std::fs::OpenOptions;
use std::io::{Seek, SeekFrom, Write};
use std::path::Path;

impl Store {
    /// Makes the recordings of interrupted contacts playable to their last written frame.
    /// Returns how many files were looked at.
    pub async fn mend_recordings(&self, recorder: &Recorder) -> Result<usize, Error> {
        let names = self.interrupted_recordings().await?;
        for name in &names {
            let path = recorder.folder().join(name);
            if path.exists() {
                mend(&path)?;
            }
        }
        Ok(names.len())
    }
}

fn mend(path: &Path) -> Result<(), Error> {
    let named = |source| Error::Recording { path: path.display().to_string(), source };
    let mut file = OpenOptions::new().read(true).write(true).open(path).map_err(named)?;
    let length = file.metadata().map_err(named)?.len();
    // A stereo sample is four bytes; a torn one at the end is cut.
    let data = length.saturating_sub(HEADER) / 4 * 4;
    file.set_len(HEADER + data).map_err(named)?;
    file.seek(SeekFrom::Start(0)).map_err(named)?;
    file.write_all(&header(data)).map_err(named)
}
