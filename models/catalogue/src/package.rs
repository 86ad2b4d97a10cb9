//! Files inside packages of the registries, fetched by the machine's own clients: what its administrator has set up
//! (a mirror, a proxy, credentials) serves here too, and no host is named.

use std::fs::{self, File};
use std::io::{self, Read, Seek};
use std::path::{Component, Path, PathBuf};
use std::process::Stdio;
use std::str::FromStr;
use std::time::Duration;

use serde::{Deserialize, Serialize};
use tokio::process::Command;

use crate::Error;

/// How often the bytes that a client has fetched are counted.
const LOOK: Duration = Duration::from_millis(200);
/// Letters of a client's complaint that are passed on.
const LONGEST_REASON: usize = 300;

/// A file made of files in packages.
#[derive(Debug, Clone, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct Packages {
    /// Its parts in order, each `CLIENT PACKAGE VERSION PATH`.
    pub parts: Vec<Member>,
    /// SHA-256 of the file that is installed, where it is another than that of the address.
    #[serde(default)]
    pub sha256: String,
    /// What the parts are, where that is not yet what the engine reads.
    pub from: Option<Format>,
}

/// A format that is converted.
#[derive(Debug, Clone, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct Format {
    /// Its name.
    pub format: FormatName,
    /// SHA-256 of the parts joined.
    pub sha256: String,
    /// Where its list of tokens is.
    pub vocabulary: Member,
    /// SHA-256 of that.
    pub vocabulary_sha256: String,
}

/// The formats that are known.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum FormatName {
    /// Whisper of CTranslate2, to whisper.cpp's ggml.
    Ctranslate2,
}

/// A registry's client.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Client {
    /// Python's.
    Pip,
    /// Node.js's.
    Npm,
}

impl Client {
    fn name(self) -> &'static str {
        match self {
            Self::Pip => "pip",
            Self::Npm => "npm",
        }
    }

    /// The names its program goes by, the first that starts is taken.
    fn programs(self) -> &'static [&'static str] {
        match self {
            Self::Pip => &["pip3", "pip"],
            Self::Npm => &["npm"],
        }
    }

    fn debian(self) -> &'static str {
        match self {
            Self::Pip => "python3-pip",
            Self::Npm => "npm",
        }
    }
}

/// A file in a package: `pip NAME VERSION PATH` or `npm NAME VERSION PATH`.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Deserialize, Serialize)]
#[serde(try_from = "String", into = "String")]
pub struct Member {
    /// Who fetches it.
    pub client: Client,
    /// The package.
    pub package: String,
    /// Its exact version.
    pub version: String,
    /// The file's path in it.
    pub path: String,
}

impl FromStr for Member {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let wrong = |why: &str| Err(format!("`{text}`: {why}"));
        let fields: Vec<&str> = text.split(' ').collect();
        let [client, package, version, path] = fields.as_slice() else {
            return wrong("a package's file is `CLIENT PACKAGE VERSION PATH`");
        };
        let client = match *client {
            "pip" => Client::Pip,
            "npm" => Client::Npm,
            _ => return wrong("the client is pip or npm"),
        };
        let plain = |c: char| c.is_ascii_alphanumeric() || "._-".contains(c);
        let scoped = |c: char| plain(c) || (client == Client::Npm && "@/".contains(c));
        let named = |text: &str, good: &dyn Fn(char) -> bool| {
            !text.is_empty() && !text.starts_with(['-', '.']) && text.chars().all(good)
        };
        if !named(package, &scoped) || !named(version, &plain) {
            return wrong("its package or version has an unsafe name");
        }
        let inside = Path::new(path).components().all(|part| matches!(part, Component::Normal(_)));
        if path.is_empty() || !inside {
            return wrong("its path leaves the package");
        }
        Ok(Self {
            client,
            package: (*package).to_owned(),
            version: (*version).to_owned(),
            path: (*path).to_owned(),
        })
    }
}

impl TryFrom<String> for Member {
    type Error = String;

    fn try_from(text: String) -> Result<Self, String> {
        text.parse()
    }
}

impl From<Member> for String {
    fn from(member: Member) -> Self {
        let Member { client, package, version, path } = member;
        format!("{} {package} {version} {path}", client.name())
    }
}

/// Packages that a pull has fetched, unpacked below its folder. What is whole stays for the next pull, until the
/// model is installed.
pub(crate) struct Shelf {
    folder: PathBuf,
    clients: Option<PathBuf>,
}

impl Shelf {
    /// `clients` is a folder in which the clients are looked for instead of in PATH.
    pub(crate) fn new(model: &Path, clients: Option<&Path>) -> Self {
        Self { folder: model.join("packages.part"), clients: clients.map(Path::to_owned) }
    }

    /// What is left of it once the model stands.
    pub(crate) fn clear(&self) {
        // What cannot be removed costs space and nothing else; the next pull uses it.
        let _ = fs::remove_dir_all(&self.folder);
    }

    /// Whether the package of a file is there already.
    pub(crate) fn has(&self, member: &Member) -> bool {
        self.place(member).is_dir()
    }

    /// A package whose content was wrong is worth nothing.
    pub(crate) fn discard(&self, member: &Member) {
        let _ = fs::remove_dir_all(self.place(member));
    }

    fn place(&self, member: &Member) -> PathBuf {
        let package = member.package.replace('/', "+");
        self.folder.join(format!("{}-{package}-{}", member.client.name(), member.version))
    }

    /// The file of a package, which is fetched if it is not there; `seen` is told the bytes fetched.
    pub(crate) async fn member(
        &self,
        member: &Member,
        seen: &mut (dyn FnMut(u64) + Send),
    ) -> Result<PathBuf, Error> {
        let place = self.place(member);
        if !place.is_dir() {
            self.fetch(member, &place, seen).await?;
        }
        let path = place.join(&member.path);
        if path.is_file() {
            return Ok(path);
        }
        self.discard(member);
        Err(refused(member, format!("it holds no {}; update Digame", member.path)))
    }

    async fn fetch(
        &self,
        member: &Member,
        place: &Path,
        seen: &mut (dyn FnMut(u64) + Send),
    ) -> Result<(), Error> {
        let mut fresh = place.as_os_str().to_owned();
        fresh.push(".new");
        let fresh = PathBuf::from(fresh);
        let failed = |e: io::Error| disk(&fresh, e);
        let _ = fs::remove_dir_all(&fresh);
        fs::create_dir_all(fresh.join("tmp")).map_err(failed)?;
        match member.client {
            Client::Pip => {
                let what = format!("{}=={}", member.package, member.version);
                // Wheels alone: installing anything else would run its code.
                let quiet =
                    ["--quiet", "--no-input", "--disable-pip-version-check", "--no-deps", "--no-compile"];
                let mut arguments = vec!["install".to_owned()];
                arguments.extend(quiet.map(str::to_owned));
                arguments.extend(["--no-cache-dir", "--only-binary=:all:", "--target"].map(str::to_owned));
                arguments.extend([fresh.join("package").display().to_string(), what]);
                self.run(member, &arguments, &fresh, seen).await?;
            }
            Client::Npm => {
                let what = format!("{}@{}", member.package, member.version);
                let folder = fresh.display().to_string();
                let arguments =
                    ["pack", "--silent", "--ignore-scripts", "--pack-destination", &folder, &what];
                self.run(member, &arguments.map(str::to_owned), &fresh, seen).await?;
                unpack(member, &fresh).await?;
            }
        }
        let package = fresh.join("package");
        if !package.is_dir() {
            return Err(refused(member, "it came without content".into()));
        }
        fs::rename(&package, place).map_err(failed)?;
        let _ = fs::remove_dir_all(&fresh);
        Ok(())
    }

    /// Runs a client, which keeps what it has half fetched below `fresh`.
    async fn run(
        &self,
        member: &Member,
        arguments: &[String],
        fresh: &Path,
        seen: &mut (dyn FnMut(u64) + Send),
    ) -> Result<(), Error> {
        for program in member.client.programs() {
            let program = self.clients.as_ref().map_or(PathBuf::from(program), |folder| folder.join(program));
            let mut command = Command::new(&program);
            command.args(arguments).env("TMPDIR", fresh.join("tmp")).kill_on_drop(true);
            command.stdin(Stdio::null()).stdout(Stdio::null());
            let complaint = File::create(fresh.join("complaint"));
            command.stderr(complaint.map_err(|e| disk(fresh, e))?);
            let mut child = match command.spawn() {
                Ok(child) => child,
                Err(e) if e.kind() == io::ErrorKind::NotFound => continue,
                Err(e) => return Err(refused(member, format!("{} does not start ({e})", program.display()))),
            };
            let status = loop {
                match tokio::time::timeout(LOOK, child.wait()).await {
                    Ok(status) => break status,
                    Err(_) => seen(bytes_below(fresh)),
                }
            };
            return match status {
                Ok(status) if status.success() => Ok(()),
                _ => Err(complaint_of(member, fresh)),
            };
        }
        let (client, debian) = (member.client.name(), member.client.debian());
        Err(Error::Client { client, debian, package: member.package.clone() })
    }
}

/// Unpacks the archive that npm has packed.
async fn unpack(member: &Member, fresh: &Path) -> Result<(), Error> {
    let archive = fs::read_dir(fresh).map_err(|e| disk(fresh, e))?.flatten().map(|entry| entry.path());
    let archive = archive.into_iter().find(|path| path.extension().is_some_and(|kind| kind == "tgz"));
    let archive = archive.ok_or_else(|| refused(member, "npm packed nothing".into()))?;
    let complaint = File::create(fresh.join("complaint")).map_err(|e| disk(fresh, e))?;
    let mut tar = Command::new("tar");
    tar.arg("-xzf").arg(&archive).arg("-C").arg(fresh).stdin(Stdio::null()).stderr(complaint);
    match tar.status().await {
        Ok(status) if status.success() => Ok(()),
        Ok(_) => Err(complaint_of(member, fresh)),
        Err(e) => {
            Err(refused(member, format!("the program tar does not start ({e}): install the package tar")))
        }
    }
}

fn disk(path: &Path, error: io::Error) -> Error {
    match error.kind() {
        io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded => {
            Error::DiskFull { path: path.to_owned(), needed: None }
        }
        _ => Error::File { action: "write", path: path.to_owned(), reason: error.to_string() },
    }
}

fn refused(member: &Member, reason: String) -> Error {
    let Member { client, package, version, .. } = member;
    Error::Package { client: client.name(), package: package.clone(), version: version.clone(), reason }
}

/// What a client said when it failed, in a line: of its lines, the first that tells of an error.
fn complaint_of(member: &Member, fresh: &Path) -> Error {
    let mut text = String::new();
    if let Ok(mut file) = File::open(fresh.join("complaint")) {
        let end = file.metadata().map_or(0, |data| data.len());
        let _ = file.seek(io::SeekFrom::Start(end.saturating_sub(1 << 16)));
        let mut bytes = Vec::new();
        let _ = file.read_to_end(&mut bytes);
        text = String::from_utf8_lossy(&bytes).into_owned();
    }
    if text.contains("No space left on device") || text.contains("ENOSPC") {
        return Error::DiskFull { path: fresh.to_owned(), needed: None };
    }
    let mut lines = text.lines().map(str::trim).filter(|line| !line.is_empty());
    let telling = lines.clone().find(|line| line.to_ascii_lowercase().contains("err"));
    let line = telling.or_else(|| lines.next()).unwrap_or("it gave no reason");
    let line: String = line.chars().filter(|c| !c.is_control()).take(LONGEST_REASON).collect();
    refused(member, format!("{line}; check the network and how {} is set up", member.client.name()))
}

fn bytes_below(folder: &Path) -> u64 {
    let Ok(entries) = fs::read_dir(folder) else { return 0 };
    let size = |entry: fs::DirEntry| match entry.metadata() {
        Ok(data) if data.is_dir() => bytes_below(&entry.path()),
        Ok(data) => data.len(),
        Err(_) => 0,
    };
    entries.flatten().map(size).sum()
}
