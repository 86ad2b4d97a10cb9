//! The bots that can answer: those that ship inside, or those of the configured folder.
use crate::{Failure, lists};
use call::Sounds;
use call::language::Spanish;
use dialogs::{Bot, Language, Problem};
use include_dir::{Dir, include_dir};
use sha2::{Digest, Sha256};
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;

static SHIPPED: Dir<'_> = include_dir!("$CARGO_MANIFEST_DIR/../../dialogs/bots");

/// A bot, checked, with the hash of what it was read from.
#[derive(Clone)]
pub struct Loaded {
    /// Its folder's name.
    pub name: String,
    /// SHA-256 over its files' names and contents; see [`Material::hash`].
    pub version: String,
    /// The bot.
    pub bot: Arc<Bot>,
    /// Its recorded prompts as they lie in its folder.
    pub sounds: Vec<(String, Arc<[u8]>)>,
}

impl Loaded {
    /// The recorded prompts, ready to play. Each that cannot be played is one line in the log.
    pub fn sounds(&self) -> Sounds {
        let files = self.sounds.iter().map(|(path, file)| (path.as_str(), &**file));
        let (sounds, problems) = Sounds::read(&self.bot, files);
        for problem in problems {
            tracing::warn!(bot = %self.name, "{problem}");
        }
        sounds
    }

    /// Every text without variables, in the style of the language that it is said in.
    pub fn fixed_prompts(&self) -> FixedPrompts {
        let of = |code| {
            let style = call::speaking(&self.bot, code);
            self.bot.fixed_prompts_in(code).into_iter().map(move |text| (style.clone(), text))
        };
        self.bot.languages().flat_map(of).collect()
    }
}

/// Texts without variables, each in its style.
pub type FixedPrompts = Vec<(tts::Style, String)>;

/// Files: path inside the bot's folder, and text.
pub type Files = Vec<(String, String)>;

/// Everything a bot is made of, as it lies in a folder or inside this program.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Material {
    /// What the bot is read from: `.yaml`, `.csv` and the `.json` of `catalogos/`, ordered by path.
    pub texts: Files,
    /// Its test cases, `.test.yaml`: no part of the bot, and so not of its hash.
    pub tests: Files,
    /// Its recorded prompts, `.wav`.
    pub sounds: Vec<(String, Arc<[u8]>)>,
    /// Where it lies; none for a bot that ships inside.
    pub folder: Option<PathBuf>,
}

impl Material {
    /// SHA-256, in hex, over names and contents of texts and sounds.
    pub fn hash(&self) -> String {
        let mut hasher = Sha256::new();
        let mut add = |part: &[u8]| {
            hasher.update((part.len() as u64).to_le_bytes());
            hasher.update(part);
        };
        for (name, text) in &self.texts {
            add(name.as_bytes());
            add(text.as_bytes());
        }
        for (name, sound) in &self.sounds {
            add(name.as_bytes());
            add(sound);
        }
        hex::encode(hasher.finalize())
    }

    /// The bot, if nothing is wrong with it.
    ///
    /// # Errors
    /// Every problem found.
    pub fn load(&self, name: &str) -> Result<Loaded, Vec<Problem>> {
        self.load_with(name, &lists::Feigned::new())
    }

    /// The same; lists of services that are feigned are as feigned.
    ///
    /// # Errors
    /// As [`load`](Self::load).
    pub fn load_with(&self, name: &str, feigned: &lists::Feigned) -> Result<Loaded, Vec<Problem>> {
        let bot = Arc::new(lists::bot_with(&self.texts, feigned)?);
        Ok(Loaded { name: name.to_owned(), version: self.hash(), bot, sounds: self.sounds.clone() })
    }

    /// Reads a bot's folder.
    ///
    /// # Errors
    /// A file that cannot be read.
    pub fn read(folder: &Path) -> Result<Self, Failure> {
        let mut material = Self { folder: Some(folder.to_owned()), ..Self::default() };
        read_into(folder, folder, &mut material).map_err(|e| {
            Failure::Usage(format!("{}: {e}; the bot's files must be readable", folder.display()))
        })?;
        material.order();
        Ok(material)
    }

    fn add(&mut self, name: String, bytes: Vec<u8>) -> std::io::Result<()> {
        let text = |bytes| {
            String::from_utf8(bytes).map_err(|_| std::io::Error::other(format!("{name} is not UTF-8 text")))
        };
        match kind(Path::new(&name)) {
            Some(Part::Test) => {
                let text = text(bytes)?;
                self.tests.push((name, text));
            }
            Some(Part::Text) => {
                let text = text(bytes)?;
                self.texts.push((name, text));
            }
            Some(Part::Sound) => self.sounds.push((name, bytes.into())),
            None => {}
        }
        Ok(())
    }

    fn order(&mut self) {
        self.texts.sort();
        self.tests.sort();
        self.sounds.sort();
    }
}

/// What a file is to a bot.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Part {
    /// The bot is read from it.
    Text,
    /// Test cases.
    Test,
    /// A recorded prompt.
    Sound,
}

/// What the file of this name is to a bot; nothing, for any other.
pub fn kind(path: &Path) -> Option<Part> {
    let name = path.file_name()?.to_str()?;
    match name.rsplit_once('.')? {
        _ if name.starts_with('.') => None,
        (stem, "yaml") if stem.ends_with(".test") => Some(Part::Test),
        (_, "yaml" | "csv") => Some(Part::Text),
        // What a service answered, put there by the designer.
        (_, "json") if path.parent().is_some_and(|folder| folder.ends_with("catalogos")) => Some(Part::Text),
        (_, "wav") => Some(Part::Sound),
        _ => None,
    }
}

/// One bot: a folder or dialog file on disk, or else the name of one that ships inside.
pub fn load(name: &str) -> Result<Loaded, Failure> {
    let material = find(name)?;
    material.load(name).map_err(|problems| refuse(name, &problems))
}

/// What one bot is made of: a folder or dialog file on disk, or else the name of one that ships inside.
pub fn find(name: &str) -> Result<Material, Failure> {
    let path = Path::new(name);
    if path.exists() {
        return Material::read(if path.is_dir() { path } else { path.parent().unwrap_or(Path::new(".")) });
    }
    shipped().remove(name).ok_or_else(|| {
        let names: Vec<String> = shipped().into_keys().collect();
        Failure::Usage(format!(
            "no bot {name}: give a bot's folder, or one that ships inside: {}",
            names.join(", ")
        ))
    })
}

/// The languages that a bot's contacts are understood in; learning its intents takes about a second in each.
///
/// # Errors
/// Intents that cannot be learnt.
pub fn language(bot: &Bot) -> Result<Arc<dyn Language>, Failure> {
    Ok(Arc::new(Spanish::new(bot).map_err(Failure::usage)?))
}

/// The bot's first problem, and how many more there are.
pub fn refuse(name: &str, problems: &[Problem]) -> Failure {
    let first = problems.iter().find(|p| p.is_error()).map(ToString::to_string).unwrap_or_default();
    let more = problems.len().saturating_sub(1);
    Failure::Usage(format!("bot {name}: {first} ({more} more; `digame check` shows all)"))
}

/// Every bot of the configured folder; those that ship inside if the folder's name is empty.
///
/// # Errors
/// A folder that cannot be read, or has no bot in it.
pub fn all(folder: &Path) -> Result<BTreeMap<String, Material>, Failure> {
    if folder.as_os_str().is_empty() { Ok(shipped()) } else { of_folder(folder) }
}

fn shipped() -> BTreeMap<String, Material> {
    let mut bots = BTreeMap::new();
    for folder in SHIPPED.dirs() {
        let mut material = Material::default();
        collect(folder, folder.path(), &mut material);
        material.order();
        if let Some(name) = folder.path().file_name() {
            bots.insert(name.to_string_lossy().into_owned(), material);
        }
    }
    bots
}

fn collect(folder: &Dir<'_>, root: &Path, material: &mut Material) {
    for file in folder.files() {
        if let Ok(path) = file.path().strip_prefix(root) {
            // What ships inside was text when this program was built.
            let _ = material.add(path.to_string_lossy().into_owned(), file.contents().to_vec());
        }
    }
    folder.dirs().for_each(|inner| collect(inner, root, material));
}

fn of_folder(folder: &Path) -> Result<BTreeMap<String, Material>, Failure> {
    let entries = std::fs::read_dir(folder).map_err(|e| {
        Failure::Usage(format!("{}: {e}; set [dialogs] folder to a folder of bots", folder.display()))
    })?;
    let mut bots = BTreeMap::new();
    for entry in entries.flatten().filter(|e| is_bot(&e.path())) {
        bots.insert(entry.file_name().to_string_lossy().into_owned(), Material::read(&entry.path())?);
    }
    if bots.is_empty() {
        let folder = folder.display();
        return Err(Failure::Usage(format!(
            "{folder}: no bot in it; each has a folder of its own with centro.yaml"
        )));
    }
    Ok(bots)
}

/// Whether a folder is a bot's: it has a centre file.
fn is_bot(folder: &Path) -> bool {
    folder.join("centro.yaml").is_file()
}

fn read_into(folder: &Path, root: &Path, material: &mut Material) -> std::io::Result<()> {
    for entry in std::fs::read_dir(folder)? {
        let path = entry?.path();
        if path.is_dir() {
            read_into(&path, root, material)?;
        } else if kind(&path).is_some() {
            let name = path.strip_prefix(root).unwrap_or(&path).to_string_lossy().into_owned();
            material.add(name, std::fs::read(&path)?)?;
        }
    }
    Ok(())
}

/// The path itself if it is one bot (or nothing at all, which the loader explains), else the bots in it.
pub fn at(path: &Path) -> Vec<PathBuf> {
    let mut inner: Vec<PathBuf> = std::fs::read_dir(path)
        .into_iter()
        .flatten()
        .flatten()
        .map(|entry| entry.path())
        .filter(|path| is_bot(path))
        .collect();
    inner.sort();
    if inner.is_empty() || is_bot(path) { vec![path.to_owned()] } else { inner }
}
