//! Downloads: resumable, verified, installed by one rename.

use std::fs::{self, File, OpenOptions, TryLockError};
use std::io::{self, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};
use std::time::Duration;

use futures_util::StreamExt;
use reqwest::header::{CONTENT_RANGE, RANGE};
use reqwest::{Client, Response, StatusCode};

use crate::package::Shelf;
use crate::{Catalogue, Error, FileEntry, sum};

/// How to pull.
#[derive(Debug, Clone)]
pub struct PullOptions {
    /// SHA-256 sums that the operator vouches for, for files without a published one.
    pub accept: Vec<String>,
    /// Times that a broken connection is taken up again without a byte of progress.
    pub retries: u32,
    /// Wait before the first retry; doubled for each further one.
    pub pause: Duration,
    /// Longest wait for a connection or for the next bytes.
    pub patience: Duration,
    /// A folder in which the registries' clients are looked for, instead of in PATH.
    pub clients: Option<PathBuf>,
}

impl Default for PullOptions {
    fn default() -> Self {
        Self {
            accept: Vec::new(),
            retries: 4,
            pause: Duration::from_secs(1),
            patience: Duration::from_secs(30),
            clients: None,
        }
    }
}

/// What a pull is doing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Phase {
    /// Bytes come in.
    Fetching,
    /// The SHA-256 is computed.
    Verifying,
    /// The format is changed.
    Converting,
}

/// How far a pull is with a file.
#[derive(Debug, Clone, Copy)]
pub struct Progress<'a> {
    /// The file's name.
    pub file: &'a str,
    /// What is done with it.
    pub phase: Phase,
    /// Bytes done.
    pub done: u64,
    /// Bytes in all, if known.
    pub total: Option<u64>,
}

/// What a pull did.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Pulled {
    /// Files that now lie in place, the engine's first.
    pub files: Vec<PathBuf>,
    /// Bytes that came over the network.
    pub fetched: u64,
    /// Bytes that earlier, broken pulls had left.
    pub resumed: u64,
}

/// Called with every step of a pull.
pub(crate) type Listener<'a> = dyn FnMut(Progress<'_>) + Send + 'a;

impl Catalogue {
    /// Fetches and verifies a model's files into `folder/<model>/`. Files already in place and
    /// right are left alone; one that is wrong is fetched again.
    ///
    /// # Errors
    /// See [`Error`]; whatever it is, nothing unverified bears a file's name, and what was fetched
    /// is taken up by the next pull unless it was wrong.
    pub async fn pull(
        &self,
        name: &str,
        folder: &Path,
        options: &PullOptions,
        progress: &mut Listener<'_>,
    ) -> Result<Pulled, Error> {
        let model = self.model(name)?;
        if model.built_in {
            return Err(Error::BuiltIn { name: model.name.clone(), purpose: model.purpose.clone() });
        }
        if model.made_here {
            return Err(Error::MadeHere { name: model.name.clone(), purpose: model.purpose.clone() });
        }
        let folder = folder.join(&model.name);
        fs::create_dir_all(&folder).map_err(file_error("make the folder", &folder, None))?;
        let client = Client::builder()
            .connect_timeout(options.patience)
            .read_timeout(options.patience)
            .user_agent(concat!("digame/", env!("CARGO_PKG_VERSION")))
            .build()
            .map_err(|error| Error::Unreachable { host: "any server".into(), reason: innermost(&error) })?;
        let mut pulled = Pulled::default();
        let shelf = Shelf::new(&folder, options.clients.as_deref());
        for file in &model.files {
            let mut job = Job {
                client: &client,
                shelf: &shelf,
                options,
                file,
                path: folder.join(&file.name),
                progress,
                pulled: &mut pulled,
            };
            job.run().await?;
            pulled.files.push(folder.join(&file.name));
        }
        shelf.clear();
        Ok(pulled)
    }
}

/// One file on its way.
pub(crate) struct Job<'a, 'b> {
    client: &'a Client,
    pub(crate) shelf: &'a Shelf,
    options: &'a PullOptions,
    pub(crate) file: &'a FileEntry,
    pub(crate) path: PathBuf,
    pub(crate) progress: &'a mut Listener<'b>,
    pub(crate) pulled: &'a mut Pulled,
}

impl Job<'_, '_> {
    async fn run(&mut self) -> Result<(), Error> {
        if self.path.is_file() && self.in_place()? {
            return Ok(());
        }
        let part = with_suffix(&self.path, ".part");
        let mut target = OpenOptions::new()
            .create(true)
            .truncate(false)
            .read(true)
            .write(true)
            .open(&part)
            .map_err(file_error("write", &part, None))?;
        match target.try_lock() {
            Ok(()) => {}
            Err(TryLockError::WouldBlock) => return Err(Error::Busy { path: part }),
            Err(TryLockError::Error(error)) => return Err(file_error("lock", &part, None)(error)),
        }
        let filled = self.fill(&mut target, &part).await;
        // Closing it may not be enough: a process that is being started holds the same open file until it runs.
        let _ = target.unlock();
        filled
    }

    /// From the address, or from packages where there is none or it does not answer.
    async fn fill(&mut self, target: &mut File, part: &Path) -> Result<(), Error> {
        if self.file.url.is_empty() {
            let made = self.fetch_packages(target, part).await;
            return discard_if_wrong(made, part);
        }
        let fetched = self.fetch_address(target, part).await;
        match (fetched, &self.file.packages) {
            (Err(address), Some(_)) if address.no_answer() => {
                let made = self.fetch_packages(target, part).await;
                discard_if_wrong(made, part).map_err(|packages| self.neither(&address, packages))
            }
            (fetched, _) => fetched,
        }
    }

    fn neither(&self, address: &Error, packages: Error) -> Error {
        if !packages.no_answer() {
            return packages;
        }
        let (address, packages) = (address.to_string(), packages.to_string());
        Error::NoSource { file: self.file.name.clone(), address, packages }
    }

    async fn fetch_address(&mut self, target: &mut File, part: &Path) -> Result<(), Error> {
        let had = length(target);
        self.fetch(target, part).await?;
        let pinned = self.file.pinned();
        match self.install(target, part, pinned) {
            // A part of an older or foreign download may have spoilt it: once more, from nothing.
            Err(Error::Sum { .. }) if had > 0 => {
                target.set_len(0).map_err(file_error("empty", part, None))?;
                self.pulled.resumed -= had.min(self.pulled.resumed);
                self.fetch(target, part).await?;
                let installed = self.install(target, part, pinned);
                discard_if_wrong(installed, part)
            }
            installed => discard_if_wrong(installed, part),
        }
    }

    /// Whether the file that bears the name is the right one.
    fn in_place(&mut self) -> Result<bool, Error> {
        let recorded = sum::recorded(&self.path);
        let known = self.file.pinned().is_some() || self.file.packed().is_some();
        if !known && recorded.is_none() {
            return Ok(false);
        }
        let path = self.path.clone();
        let found = self.sum(&path)?;
        Ok(if known { self.file.is(&found) } else { recorded == Some(found) })
    }

    pub(crate) fn sum(&mut self, path: &Path) -> Result<String, Error> {
        let total = fs::metadata(path).ok().map(|data| data.len());
        let (file, progress) = (&self.file.name, &mut self.progress);
        sum::of(path, &mut |done| {
            progress(Progress { file, phase: Phase::Verifying, done, total });
        })
        .map_err(file_error("read", path, None))
    }

    /// Brings the part file to its full length, taking up broken connections.
    async fn fetch(&mut self, target: &mut File, part: &Path) -> Result<(), Error> {
        self.pulled.resumed += length(target);
        let mut failures = 0;
        loop {
            let before = length(target);
            let mut total = self.file.known_size();
            let reason = match self.attempt(target, part, &mut total).await {
                Ok(()) => return Ok(()),
                Err(Attempt::Final(error)) => return Err(error),
                Err(Attempt::Again(reason)) => reason,
            };
            let got = length(target);
            failures = if got > before { 0 } else { failures + 1 };
            // Where there are packages, an address that does not answer at all is not waited for.
            let retries = if got == 0 && self.file.packages.is_some() { 0 } else { self.options.retries };
            if failures > retries {
                return Err(match got {
                    0 => Error::Unreachable { host: self.host(), reason },
                    got => Error::Interrupted { file: self.file.name.clone(), got, total, reason },
                });
            }
            let wait = self.options.pause * 2u32.saturating_pow(failures.saturating_sub(1));
            tokio::time::sleep(wait).await;
        }
    }

    /// One request. `total` becomes what the server says.
    async fn attempt(
        &mut self,
        target: &mut File,
        part: &Path,
        total: &mut Option<u64>,
    ) -> Result<(), Attempt> {
        let have = length(target);
        if have > 0 && *total == Some(have) {
            return Ok(());
        }
        let mut request = self.client.get(&self.file.url);
        if have > 0 {
            request = request.header(RANGE, format!("bytes={have}-"));
        }
        let response = request.send().await.map_err(|error| Attempt::Again(innermost(&error)))?;
        if response.status() == StatusCode::RANGE_NOT_SATISFIABLE {
            // "bytes */N": the part is either all there is, or longer than the file.
            if content_range(&response).and_then(|range| range.split('/').nth(1)?.parse().ok()) == Some(have)
            {
                return Ok(());
            }
            target.set_len(0).map_err(|error| Attempt::Final(file_error("empty", part, None)(error)))?;
            return Err(Attempt::Again("the part on disk is longer than the file".into()));
        }
        let start = self.start(&response, have)?;
        let whole = response.content_length().map(|rest| rest + start);
        if let (Some(found), Some(expected)) = (whole, self.file.known_size())
            && found != expected
        {
            return Err(Attempt::Final(Error::Size { file: self.file.name.clone(), found, expected }));
        }
        *total = whole.or(*total);
        let failed = file_error("write", part, total.map(|total| total - start.min(total)));
        let cut = if have == start { Ok(()) } else { target.set_len(start) };
        cut.and_then(|()| target.seek(SeekFrom::Start(start)))
            .map_err(|error| Attempt::Final(failed(error)))?;
        self.receive(response, target, part, (start, *total)).await
    }

    /// Where the body begins in the file: where we are, or 0 if the server begins anew.
    fn start(&self, response: &Response, have: u64) -> Result<u64, Attempt> {
        match response.status() {
            StatusCode::PARTIAL_CONTENT => {
                let from = content_range(response)
                    .and_then(|range| range.split('-').next())
                    .and_then(|value| value.trim().parse::<u64>().ok());
                match from {
                    Some(from) if from <= have => Ok(from),
                    _ => Err(Attempt::Again("the server resumed at another place".into())),
                }
            }
            status if status.is_success() => Ok(0),
            status if status.is_server_error() || status == StatusCode::TOO_MANY_REQUESTS => {
                Err(Attempt::Again(format!("the server answers {}", status.as_u16())))
            }
            status => Err(Attempt::Final(Error::Refused {
                host: self.host(),
                status: status.as_u16(),
                file: self.file.name.clone(),
                cure: match status {
                    StatusCode::NOT_FOUND | StatusCode::GONE => {
                        "it is no longer published there; update Digame"
                    }
                    _ => "the server or a proxy between does not give it away",
                },
            })),
        }
    }

    async fn receive(
        &mut self,
        response: Response,
        target: &mut File,
        part: &Path,
        (start, total): (u64, Option<u64>),
    ) -> Result<(), Attempt> {
        let mut body = response.bytes_stream();
        let mut done = start;
        while let Some(bytes) = body.next().await {
            let bytes = bytes.map_err(|error| Attempt::Again(innermost(&error)))?;
            let failed = file_error("write", part, total.map(|total| total.saturating_sub(done)));
            target.write_all(&bytes).map_err(|error| Attempt::Final(failed(error)))?;
            done += bytes.len() as u64;
            self.pulled.fetched += bytes.len() as u64;
            (self.progress)(Progress { file: &self.file.name, phase: Phase::Fetching, done, total });
        }
        match total {
            Some(total) if done < total => Err(Attempt::Again("the connection was closed".into())),
            _ => Ok(()),
        }
    }

    /// Verifies the part and gives it its name.
    pub(crate) fn install(&mut self, target: &File, part: &Path, pinned: Option<&str>) -> Result<(), Error> {
        let found = self.sum(part)?;
        let accepted = self.options.accept.iter().any(|sum| sum.eq_ignore_ascii_case(&found));
        match pinned {
            Some(pinned) if pinned != found => {
                return Err(Error::Sum { file: self.file.name.clone(), found, expected: pinned.to_owned() });
            }
            Some(_) => {}
            None if accepted => {
                sum::write_record(&self.path, &found).map_err(file_error(
                    "write the record of",
                    &self.path,
                    None,
                ))?;
            }
            None => {
                return Err(Error::Unpinned { file: self.file.name.clone(), found });
            }
        }
        target
            .sync_all()
            .and_then(|()| fs::rename(part, &self.path))
            .map_err(file_error("install", &self.path, None))
    }

    fn host(&self) -> String {
        let rest = self.file.url.split("//").nth(1).unwrap_or_default();
        rest.split('/').next().unwrap_or_default().to_owned()
    }
}

/// How one request ended, if not well.
enum Attempt {
    Again(String),
    Final(Error),
}

/// A wrong download is worth nothing; an unpinned one waits for the operator's word.
fn discard_if_wrong(installed: Result<(), Error>, part: &Path) -> Result<(), Error> {
    if matches!(installed, Err(Error::Sum { .. } | Error::Convert { .. })) {
        // What matters is told already; a part that stays is found wrong next time.
        let _ = fs::remove_file(part);
    }
    installed
}

/// The Content-Range header (RFC 9110 §14.4), without its unit.
fn content_range(response: &Response) -> Option<&str> {
    let value = response.headers().get(CONTENT_RANGE)?.to_str().ok()?;
    value.strip_prefix("bytes ")
}

pub(crate) fn length(file: &File) -> u64 {
    file.metadata().map_or(0, |data| data.len())
}

pub(crate) fn with_suffix(path: &Path, suffix: &str) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(suffix);
    PathBuf::from(name)
}

pub(crate) fn file_error(
    action: &'static str,
    path: &Path,
    needed: Option<u64>,
) -> impl FnOnce(io::Error) -> Error + use<> {
    let path = path.to_owned();
    move |error| match error.kind() {
        io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded => Error::DiskFull { path, needed },
        _ => Error::File { action, path, reason: error.to_string() },
    }
}

/// The last cause in a chain of errors: "Connection refused", not "error sending request".
fn innermost(error: &dyn std::error::Error) -> String {
    let mut cause = error;
    while let Some(deeper) = cause.source() {
        cause = deeper;
    }
    cause.to_string().split_whitespace().collect::<Vec<_>>().join(" ")
}
