//! The bots that can answer: those that ship inside, or those of the configured folder.
use crate::Failure;
use dialogs::{Bot, Problem};
use include_dir::{Dir, include_dir};
use sha2::{Digest, Sha256};
use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;

static SHIPPED: Dir<'_> = include_dir!("$CARGO_MANIFEST_DIR/../../dialogs/bots");

/// A bot, checked, with the hash of what it was read from.
#[derive(Clone)]
pub struct Loaded {
    /// Its folder's name.
    pub name: String,
    /// SHA-256 over its files' names and contents.
    pub version: String,
    /// The bot.
    pub bot: Arc<Bot>,
}

/// A bot's files: path inside its folder, and text.
type Files = Vec<(String, String)>;

/// Loads every bot. Any problem in any of them is an error: a server starts with all its bots or not at all.
pub fn load_all(folder: &Path) -> Result<BTreeMap<String, Loaded>, Failure> {
    let sources = if folder.as_os_str().is_empty() { shipped() } else { of_folder(folder)? };
    let mut bots = BTreeMap::new();
    for (name, files) in sources {
        let bot = Bot::from_files(&files).map_err(|problems| refuse(&name, &problems))?;
        bots.insert(name.clone(), Loaded { version: hash(&files), bot: Arc::new(bot), name });
    }
    Ok(bots)
}

/// One bot: a folder or dialog file on disk, or else the name of one that ships inside.
pub fn load(name: &str) -> Result<Loaded, Failure> {
    let path = Path::new(name);
    let files = if path.exists() {
        read(if path.is_dir() { path } else { path.parent().unwrap_or(Path::new(".")) })?
    } else {
        let found = shipped().into_iter().find(|(shipped, _)| shipped == name);
        found.map(|(_, files)| files).ok_or_else(|| {
            let names: Vec<String> = shipped().into_keys().collect();
            Failure::Usage(format!(
                "no bot {name}: give a bot's folder, or one that ships inside: {}",
                names.join(", ")
            ))
        })?
    };
    let bot = Bot::from_files(&files).map_err(|problems| refuse(name, &problems))?;
    Ok(Loaded { name: name.to_owned(), version: hash(&files), bot: Arc::new(bot) })
}

fn refuse(name: &str, problems: &[Problem]) -> Failure {
    let first = problems.first().map(ToString::to_string).unwrap_or_default();
    let more = problems.len().saturating_sub(1);
    Failure::Usage(format!("bot {name}: {first} ({more} more; `digame check` shows all)"))
}

fn shipped() -> BTreeMap<String, Files> {
    let mut bots = BTreeMap::new();
    for folder in SHIPPED.dirs() {
        let mut files = Files::new();
        collect(folder, folder.path(), &mut files);
        files.sort();
        if let Some(name) = folder.path().file_name() {
            bots.insert(name.to_string_lossy().into_owned(), files);
        }
    }
    bots
}

fn collect(folder: &Dir<'_>, root: &Path, files: &mut Files) {
    for file in folder.files().filter(|f| is_yaml(f.path())) {
        if let (Ok(path), Some(text)) = (file.path().strip_prefix(root), file.contents_utf8()) {
            files.push((path.to_string_lossy().into_owned(), text.to_owned()));
        }
    }
    folder.dirs().for_each(|inner| collect(inner, root, files));
}

fn of_folder(folder: &Path) -> Result<BTreeMap<String, Files>, Failure> {
    let entries = std::fs::read_dir(folder).map_err(|e| {
        Failure::Usage(format!("{}: {e}; set [dialogs] folder to a folder of bots", folder.display()))
    })?;
    let mut bots = BTreeMap::new();
    for entry in entries.flatten().filter(|e| e.path().join("centro.yaml").is_file()) {
        bots.insert(entry.file_name().to_string_lossy().into_owned(), read(&entry.path())?);
    }
    if bots.is_empty() {
        let folder = folder.display();
        return Err(Failure::Usage(format!(
            "{folder}: no bot in it; each has a folder of its own with centro.yaml"
        )));
    }
    Ok(bots)
}

fn read(folder: &Path) -> Result<Files, Failure> {
    let mut files = Files::new();
    read_into(folder, folder, &mut files).map_err(|e| {
        Failure::Usage(format!("{}: {e}; the bot's files must be readable", folder.display()))
    })?;
    files.sort();
    Ok(files)
}

fn read_into(folder: &Path, root: &Path, files: &mut Files) -> std::io::Result<()> {
    for entry in std::fs::read_dir(folder)? {
        let path = entry?.path();
        if path.is_dir() {
            read_into(&path, root, files)?;
        } else if is_yaml(&path) {
            let name = path.strip_prefix(root).unwrap_or(&path).to_string_lossy().into_owned();
            files.push((name, std::fs::read_to_string(&path)?));
        }
    }
    Ok(())
}

fn is_yaml(path: &Path) -> bool {
    let name = path.to_string_lossy();
    name.ends_with(".yaml") && !name.ends_with(".test.yaml")
}

fn hash(files: &Files) -> String {
    let mut hasher = Sha256::new();
    for (name, text) in files {
        for part in [name, text] {
            hasher.update((part.len() as u64).to_le_bytes());
            hasher.update(part);
        }
    }
    hex::encode(hasher.finalize())
}
