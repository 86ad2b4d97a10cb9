//! Which bot answers which number, and the watch over their files: what is saved answers the next call.
use crate::Failure;
use crate::bots::{self, FixedPrompts, Loaded, Material};
use crate::config::{Config, Dialogs};
use crate::versions::{VersionError, Versions, in_share};
use call::{Answering, Bots};
use std::collections::hash_map::DefaultHasher;
use std::collections::{BTreeMap, BTreeSet};
use std::hash::{Hash, Hasher};
use std::path::{Path, PathBuf};
use std::sync::{Arc, PoisonError, RwLock};
use std::time::Duration;
use uuid::Uuid;

/// How often files are looked at. A change is taken once they have stayed the same from one look to the next.
const LOOK: Duration = Duration::from_secs(1);

/// The numbers as they are now. A call keeps the bot that answered it.
pub struct Numbers(RwLock<Arc<Table>>);

/// One state of them.
pub struct Table {
    by_number: BTreeMap<String, (Post, Option<u32>)>,
    default: Option<Post>,
    /// Names of all bots, those too that no number reaches.
    pub names: Vec<String>,
    /// Texts of all bots that have no variables, each in its style.
    pub fixed_prompts: FixedPrompts,
    /// Codes of the languages that any of them speaks.
    pub languages: BTreeSet<String>,
    /// The folder of bots; empty: those that ship inside.
    pub folder: PathBuf,
}

/// A bot's place: what answers there, and what a share of the contacts gets instead.
#[derive(Clone)]
struct Post {
    stable: Answering,
    canary: Option<(Answering, u8)>,
}

impl Post {
    fn answering(&self) -> impl Iterator<Item = &Answering> {
        std::iter::once(&self.stable).chain(self.canary.iter().map(|(canary, _)| canary))
    }

    fn of(&self, contact: Uuid) -> &Answering {
        match &self.canary {
            Some((canary, share)) if in_share(contact, *share) => canary,
            _ => &self.stable,
        }
    }
}

impl Table {
    /// Loads every bot and finds the one of each number. Where a version of a bot is published, it answers,
    /// and the bot's folder is not looked at. A bot that no number reaches may be half written: it is left out.
    ///
    /// # Errors
    /// The first mistake, in one line: a file of a bot that answers, or a number that names no bot.
    pub fn load(dialogs: &Dialogs, versions: &Versions) -> Result<Self, Failure> {
        let mut sources = bots::all(&dialogs.folder)?;
        for bot in versions.bots() {
            let published = versions.state(&bot)?.current.is_some();
            if published {
                sources.entry(bot).or_default();
            }
        }
        let (mut ready, mut fixed_prompts, mut languages) = (BTreeMap::new(), Vec::new(), BTreeSet::new());
        for (name, material) in &sources {
            let called = dialogs.default == *name || dialogs.numbers.values().any(|to| to.bot() == name);
            let Some((post, prompts)) = post(name, material, versions, called)? else { continue };
            languages.extend(post.answering().flat_map(|bot| bot.voices.keys().cloned()));
            ready.insert(name.as_str(), post);
            fixed_prompts.extend(prompts);
        }
        let find = |name: &str, option: &str| {
            ready.get(name).cloned().ok_or_else(|| {
                let names: Vec<&str> = ready.keys().copied().collect();
                Failure::Usage(format!(
                    "[dialogs] {option} = \"{name}\": no such bot; there are {}",
                    names.join(", ")
                ))
            })
        };
        let default = match dialogs.default.as_str() {
            "" => None,
            name => Some(find(name, "default")?),
        };
        let by_number = dialogs.numbers.iter();
        let by_number = by_number
            .map(|(number, to)| Ok((number.clone(), (find(to.bot(), number)?, to.lines()))))
            .collect::<Result<_, Failure>>()?;
        let names = ready.into_keys().map(str::to_owned).collect();
        Ok(Self { by_number, default, names, fixed_prompts, languages, folder: dialogs.folder.clone() })
    }
}

/// What answers for a bot, and the prompts of it all; none for a draft with mistakes that nobody can call.
fn post(
    name: &str,
    folder: &Material,
    versions: &Versions,
    called: bool,
) -> Result<Option<(Post, FixedPrompts)>, Failure> {
    let state = versions.state(name)?;
    let published = |version: &str| {
        let material = versions.material(name, version)?;
        material.load(name).map_err(VersionError::Broken).map_err(|error| {
            Failure::Usage(format!("version {version} of {name} is not fit for this program: {error}"))
        })
    };
    let stable = match &state.current {
        Some(version) => published(version)?,
        None => match folder.load(name) {
            Ok(loaded) => loaded,
            Err(problems) if called => return Err(bots::refuse(name, &problems)),
            Err(problems) => {
                let why = bots::refuse(name, &problems);
                tracing::warn!(bot = name, "left out, no number reaches it: {why}");
                return Ok(None);
            }
        },
    };
    let mut prompts = stable.fixed_prompts();
    let canary = match &state.canary {
        Some(canary) => {
            let loaded = published(&canary.version)?;
            prompts.extend(loaded.fixed_prompts());
            Some((answering(&loaded)?, canary.share))
        }
        None => None,
    };
    Ok(Some((Post { stable: answering(&stable)?, canary }, prompts)))
}

fn answering(loaded: &Loaded) -> Result<Answering, Failure> {
    let language = bots::language(&loaded.bot)?;
    let with = (language, loaded.sounds());
    Answering::new(&loaded.name, &loaded.version, loaded.bot.clone(), with).map_err(Failure::usage)
}

impl Numbers {
    /// Numbers that begin as in this table.
    pub fn new(table: Table) -> Self {
        Self(RwLock::new(Arc::new(table)))
    }

    /// The folder of bots; empty: those that ship inside.
    pub fn folder(&self) -> PathBuf {
        self.table().folder.clone()
    }

    fn table(&self) -> Arc<Table> {
        self.0.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    fn replace(&self, table: Table) {
        *self.0.write().unwrap_or_else(PoisonError::into_inner) = Arc::new(table);
    }
}

impl Bots for Numbers {
    fn answering(&self, number: &str, contact: Uuid) -> Option<Answering> {
        let table = self.table();
        let post = table.by_number.get(number).map(|(post, _)| post).or(table.default.as_ref());
        post.map(|post| post.of(contact).clone())
    }

    fn lines(&self, number: &str) -> Option<u32> {
        self.table().by_number.get(number).and_then(|(_, lines)| *lines)
    }
}

/// Files whose saving changes who answers.
pub struct Watch {
    /// The configuration file, if there is one: `[dialogs]` of it is followed.
    pub config: Option<PathBuf>,
    /// `[dialogs]` now.
    pub dialogs: Dialogs,
    /// Published versions.
    pub versions: Versions,
    /// Where new prompts are rendered before the switch.
    pub prompts: Arc<tts::Prompts>,
}

impl Watch {
    /// Looks at the files for ever. Whatever is wrong in them is logged, and the bots stay as they were.
    pub async fn follow(mut self, numbers: Arc<Numbers>) {
        let mut answering = self.state();
        let mut seen = answering;
        loop {
            tokio::time::sleep(LOOK).await;
            let state = self.state();
            let settled = std::mem::replace(&mut seen, state) == state;
            if !settled || state == answering {
                continue;
            }
            answering = state;
            let (config, dialogs) = (self.config.clone(), self.dialogs.clone());
            let (versions, prompts) = (self.versions.clone(), self.prompts.clone());
            let loading = tokio::task::spawn_blocking(move || {
                let table = reload(config.as_deref(), &dialogs, &versions)?;
                prompts.prepare_styled(&table.1.fixed_prompts, &mut |_| ()).map_err(Failure::usage)?;
                Ok::<_, Failure>(table)
            });
            match loading.await {
                Ok(Ok((dialogs, table))) => {
                    tracing::info!(
                        bots = table.names.join(", "),
                        "bots read again: they answer the next call"
                    );
                    self.dialogs = dialogs;
                    numbers.replace(table);
                }
                Ok(Err(Failure::Usage(why) | Failure::Failed(why))) => {
                    tracing::error!(%why, "changed files are not taken: the bots answer as before");
                }
                Err(error) => tracing::error!(%error, "bots could not be read again"),
            }
        }
    }

    /// A number that changes when a file does.
    fn state(&self) -> u64 {
        let mut hasher = DefaultHasher::new();
        if let Some(config) = &self.config {
            stamp(config, &mut hasher);
        }
        if !self.dialogs.folder.as_os_str().is_empty() {
            stamp(&self.dialogs.folder, &mut hasher);
        }
        crate::lists::changes().hash(&mut hasher);
        self.versions.journals().iter().for_each(|journal| stamp(journal, &mut hasher));
        hasher.finish()
    }
}

/// Names, sizes and times of change of a file or of a folder's files.
fn stamp(path: &Path, hasher: &mut DefaultHasher) {
    let Ok(about) = std::fs::metadata(path) else { return };
    if about.is_dir() {
        let entries = std::fs::read_dir(path).into_iter().flatten().flatten();
        let mut inside: Vec<PathBuf> = entries.map(|entry| entry.path()).collect();
        inside.sort();
        inside.iter().for_each(|path| stamp(path, hasher));
    } else {
        (path, about.len(), about.modified().ok()).hash(hasher);
    }
}

fn reload(
    config: Option<&Path>,
    dialogs: &Dialogs,
    versions: &Versions,
) -> Result<(Dialogs, Table), Failure> {
    let dialogs = match config {
        Some(_) => Config::load(config).map_err(Failure::usage)?.dialogs,
        None => dialogs.clone(),
    };
    let table = Table::load(&dialogs, versions)?;
    Ok((dialogs, table))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{bot, write};

    #[test]
    fn a_half_written_bot_is_left_out_unless_a_number_reaches_it() {
        let folder = tempfile::tempdir().unwrap();
        let bots = folder.path().join("bots");
        write(&bot("Son"), &bots.join("eco"));
        std::fs::create_dir_all(bots.join("borrador")).unwrap();
        std::fs::write(bots.join("borrador/centro.yaml"), "centre: Sin acabar\nopen").unwrap();
        let load = |default: &str| {
            let dialogs = Dialogs { folder: bots.clone(), default: default.into(), ..Default::default() };
            Table::load(&dialogs, &Versions::of(folder.path()))
        };
        assert_eq!(load("eco").unwrap().names, ["eco"]);
        let Err(Failure::Usage(why)) = load("borrador") else { panic!("it can be called") };
        assert!(why.contains("borrador: centro.yaml:"), "{why}");
    }
}
