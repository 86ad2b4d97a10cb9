//! What is installed, and whether it is what it should be.

use std::fs;
use std::path::{Path, PathBuf};

use crate::{Catalogue, Error, Model, sum};

/// How a model stands on this machine.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Installed {
    /// Part of the program or of a Debian package.
    BuiltIn,
    /// All files are there, of the right size.
    Yes,
    /// Some files, or parts of files, are there.
    Partly,
    /// Nothing is there.
    No,
}

/// A line of `models list`.
#[derive(Debug, Clone, serde::Serialize)]
pub struct Listed<'a> {
    /// The model.
    #[serde(flatten)]
    pub model: &'a Model,
    /// How it stands.
    pub installed: Installed,
}

/// What [`Catalogue::verify`] found out about a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum State {
    /// Its SHA-256 is right.
    Good,
    /// It is not what the catalogue, or the operator's record, names.
    Damaged,
    /// It is not there, though other files of the model are.
    Missing,
    /// It is there and no sum is known for it.
    Unknown,
}

/// A file of an installed model.
#[derive(Debug, Clone, serde::Serialize)]
pub struct Verified {
    /// The model's name.
    pub model: String,
    /// Where the file lies.
    pub path: PathBuf,
    /// What was found.
    pub state: State,
}

impl Catalogue {
    /// All models with how they stand under `folder`.
    pub fn list(&self, folder: &Path) -> Vec<Listed<'_>> {
        let listed = |model| Listed { model, installed: installed(model, folder) };
        self.models().iter().map(listed).collect()
    }

    /// The file to give to the engine of an installed model.
    ///
    /// # Errors
    /// [`Error::Unknown`], [`Error::BuiltIn`], or [`Error::File`] when it is not installed.
    pub fn path(&self, name: &str, folder: &Path) -> Result<PathBuf, Error> {
        let model = self.model(name)?;
        let Some(first) = model.files.first() else {
            return Err(Error::BuiltIn { name: model.name.clone(), purpose: model.purpose.clone() });
        };
        let path = folder.join(&model.name).join(&first.name);
        if installed(model, folder) == Installed::Yes {
            return Ok(path);
        }
        if model.made_here {
            return Err(Error::MadeHere { name: model.name.clone(), purpose: model.purpose.clone() });
        }
        Err(Error::File {
            action: "use",
            path,
            reason: format!("not installed: run `digame models pull {name}`"),
        })
    }

    /// Installs a model that is made on this machine: the file takes its place whole or not at all, and its sum is
    /// recorded for [`Catalogue::verify`].
    ///
    /// # Errors
    /// [`Error::Unknown`]; [`Error::File`] when the file cannot be written.
    pub fn install(&self, name: &str, folder: &Path, bytes: &[u8]) -> Result<PathBuf, Error> {
        let model = self.model(name)?;
        let folder = folder.join(&model.name);
        let path = folder.join(model.files.first().map_or("model", |file| &file.name));
        let fresh = path.with_extension("part");
        let write = || {
            fs::create_dir_all(&folder)?;
            fs::write(&fresh, bytes)?;
            fs::File::open(&fresh)?.sync_all()?;
            let sum = sum::of(&fresh, &mut |_| {})?;
            fs::rename(&fresh, &path)?;
            sum::write_record(&path, &sum)
        };
        let failed =
            |e: std::io::Error| Error::File { action: "write", path: path.clone(), reason: e.to_string() };
        write().map_err(failed)?;
        Ok(path)
    }

    /// Checks the SHA-256 of every file of every model that is there, whole or in part. `seen` is
    /// told each file with the bytes of it read so far.
    ///
    /// # Errors
    /// [`Error::File`] when a file cannot be read.
    pub fn verify(&self, folder: &Path, seen: &mut dyn FnMut(&Path, u64)) -> Result<Vec<Verified>, Error> {
        let mut verified = Vec::new();
        for model in self.models() {
            let some = [Installed::Yes, Installed::Partly];
            if !some.contains(&installed(model, folder)) {
                continue;
            }
            for file in &model.files {
                let path = folder.join(&model.name).join(&file.name);
                let recorded = sum::recorded(&path);
                let known = file.pinned().is_some() || file.packed().is_some();
                let state = if !path.is_file() {
                    State::Missing
                } else if known || recorded.is_some() {
                    let found = sum::of(&path, &mut |bytes| seen(&path, bytes));
                    let found = found.map_err(|reason| Error::File {
                        action: "read",
                        path: path.clone(),
                        reason: reason.to_string(),
                    })?;
                    let good = if known { file.is(&found) } else { recorded == Some(found) };
                    if good { State::Good } else { State::Damaged }
                } else {
                    State::Unknown
                };
                verified.push(Verified { model: model.name.clone(), path, state });
            }
        }
        Ok(verified)
    }
}

fn installed(model: &Model, folder: &Path) -> Installed {
    if model.built_in {
        return Installed::BuiltIn;
    }
    let folder = folder.join(&model.name);
    let there = |file: &&crate::FileEntry| {
        let length = fs::metadata(folder.join(&file.name)).map(|data| data.len());
        match (length, file.known_size()) {
            (Ok(length), Some(size)) => length == size,
            (Ok(_), None) => true,
            (Err(_), _) => false,
        }
    };
    let whole = model.files.iter().filter(there).count();
    let any = fs::read_dir(&folder).is_ok_and(|mut entries| entries.next().is_some());
    match whole {
        all if all == model.files.len() => Installed::Yes,
        0 if !any => Installed::No,
        _ => Installed::Partly,
    }
}
