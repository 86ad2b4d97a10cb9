//! A folder of YAML into a [`Bot`], or every problem in it at once.

mod catalogue;
mod centre;
mod cut;
mod data;
pub(crate) mod dialog;
mod filled;
pub(crate) mod flow;
mod knowledge;
mod names;
mod packs;
mod prove;
mod questions;
mod services;
mod silence;
pub(crate) mod source;
mod steps;
mod steps_more;
mod unconfirmed;
mod unused;

use std::{
    cell::RefCell,
    collections::{BTreeMap, HashMap},
    path::{Path as FsPath, PathBuf},
};

pub use self::catalogue::{RemoteCatalogue, remote_catalogues};
pub(crate) use self::services::SCALARS as SHAPES;
use self::{names::gather, source::Source};
use crate::{
    model::Bot,
    problem::{Problem, Severity},
    reach::Reach,
    yaml::{self, Data, Node},
};

/// The names of the phrases that a bot says by itself.
pub(crate) fn phrase_names() -> Vec<String> {
    let silent = RefCell::default();
    let src = Source { file: "", problems: &silent };
    centre::phrases(src, include_str!("../phrases/es.yaml"), None).into_keys().collect()
}

/// A file of a bot that is larger is refused: a person could not read it either.
const MAX_FILE: usize = 1 << 20;

impl Bot {
    /// Loads and checks a bot's folder, or one dialog file of it.
    ///
    /// # Errors
    /// Every problem found, warnings included, in order of file and line, if one of them is an error.
    pub fn load(path: impl AsRef<FsPath>) -> Result<Self, Vec<Problem>> {
        let files = files_of(path.as_ref())?;
        Self::from_files(&files)
    }

    /// The same from texts: `(path inside the folder, content)`.
    ///
    /// # Errors
    /// Every problem found, in order of file and line.
    pub fn from_files(files: &[(String, String)]) -> Result<Self, Vec<Problem>> {
        let problems = RefCell::new(Vec::new());
        let bot = build(files, &problems);
        let mut problems = problems.into_inner();
        problems.sort();
        problems.dedup();
        match bot {
            Some(bot) if !problems.iter().any(Problem::is_fatal) => Ok(Self { warnings: problems, ..bot }),
            _ => Err(problems),
        }
    }
}

/// Every file that the bot in this folder is read from, or of the folder of this dialog file: path inside it, and
/// text.
///
/// # Errors
/// A folder or file that can't be read.
pub fn files_of(path: &FsPath) -> Result<Vec<(String, String)>, Vec<Problem>> {
    let refuse = |path: &FsPath, what: String| {
        vec![Problem {
            file: path.display().to_string(),
            line: 0,
            column: 0,
            what,
            found: String::new(),
            nearest: None,
            cure: "give a bot's folder, or a dialog file in it".into(),
            severity: Severity::Error,
        }]
    };
    let folder = if path.is_dir() { path } else { path.parent().unwrap_or(path) };
    let folder = if folder.as_os_str().is_empty() { FsPath::new(".") } else { folder };
    if !path.exists() {
        return Err(refuse(path, "there is no such file or folder".into()));
    }
    let above = folder.join("..");
    let has_centre = |f: &FsPath| f.join("centro.yaml").is_file();
    let mut places: Vec<(String, PathBuf)> = vec![(String::new(), folder.to_owned())];
    if !has_centre(folder) && has_centre(&above) {
        places.push((String::new(), above));
    }
    for name in ["nlu", "catalogos", "saber", "calendarios", "dialogos", "partes", "idiomas"] {
        let inner: Vec<_> = places.iter().map(|(_, p)| (format!("{name}/"), p.join(name))).collect();
        places.extend(inner.into_iter().filter(|(_, p)| p.is_dir() && p.file_name().is_some()));
    }
    let mut files: BTreeMap<String, String> = BTreeMap::new();
    for (prefix, place) in places {
        let entries = std::fs::read_dir(&place).map_err(|e| refuse(&place, format!("can't be read: {e}")))?;
        for entry in entries.flatten() {
            let name = format!("{prefix}{}", entry.file_name().to_string_lossy());
            if !is_of_a_bot(&name) || files.contains_key(&name) {
                continue;
            }
            let bytes = std::fs::read(entry.path())
                .map_err(|e| refuse(&entry.path(), format!("can't be read: {e}")))?;
            let text = utf8(&name, bytes)?;
            files.insert(name, text);
        }
    }
    Ok(files.into_iter().collect())
}

/// A file's text.
///
/// # Errors
/// The place of the first byte that is no UTF-8.
pub(crate) fn utf8(file: &str, bytes: Vec<u8>) -> Result<String, Vec<Problem>> {
    String::from_utf8(bytes).map_err(|error| {
        let good = error.as_bytes().iter().take(error.utf8_error().valid_up_to()).copied().collect();
        let before = String::from_utf8(good).unwrap_or_default();
        let last = before.rsplit('\n').next().unwrap_or_default();
        vec![Problem {
            file: file.to_owned(),
            line: before.matches('\n').count() + 1,
            column: last.chars().count() + 1,
            what: "this is not UTF-8 text".into(),
            found: String::new(),
            nearest: None,
            cure: "save the file as UTF-8; a spreadsheet, as «CSV UTF-8»".into(),
            severity: Severity::Error,
        }]
    })
}

/// Whether a file, by its path inside the folder, is one of those that [`Bot::from_files`] reads: YAML that is no
/// test, and in `catalogos/` also CSV and the JSON that a service answered.
pub fn is_of_a_bot(path: &str) -> bool {
    let yaml = path.ends_with(".yaml") && !path.ends_with(".test.yaml");
    let list = path.starts_with("catalogos/") && (path.ends_with(".csv") || path.ends_with(".json"));
    yaml || list
}

/// The parsed files, by what they are.
#[derive(Default)]
struct Parsed<'a> {
    centre: Option<(Source<'a>, Node)>,
    services: Option<(Source<'a>, Node)>,
    intents: Vec<(Source<'a>, String, Node)>,
    catalogues: catalogue::Files<'a>,
    knowledge: Vec<(Source<'a>, String, Node)>,
    calendars: Vec<(Source<'a>, String, Node)>,
    dialogs: Vec<(Source<'a>, Node)>,
    parts: Vec<(Source<'a>, Node)>,
    languages: Vec<(Source<'a>, String, Node)>,
    /// Some file is no YAML.
    unread: bool,
}

fn build(files: &[(String, String)], problems: &RefCell<Vec<Problem>>) -> Option<Bot> {
    let parsed = parse_all(files, problems);
    if parsed.unread {
        // What a file that can't be read would have held is unknown: other problems would be guesses.
        return None;
    }
    let centre_src = Source { file: "centro.yaml", problems };
    let here = yaml::Pos::default();
    if parsed.centre.is_none() {
        let cure = "write who answers, the opening line, queues and limits in it";
        centre_src.wrong(here, "this file is missing", "", cure);
    }
    let names = gather(&parsed);
    let long = RefCell::default();
    let centre_node = parsed.centre.as_ref().map(|(_, n)| n);
    let mut dialogs = Vec::new();
    let mut centre = None;
    if let Some((src, node)) = &parsed.centre {
        let (read, dialog) = centre::centre(*src, &names, node);
        centre = Some(read);
        dialogs.push(dialog);
    }
    for (src, node) in &parsed.dialogs {
        dialogs.push(dialog::dialog(*src, &names, node, (centre_node, &parsed.parts)));
    }
    for (src, node) in &parsed.parts {
        let name = node.get("part").and_then(Node::text).unwrap_or_default();
        let used = parsed.dialogs.iter().filter_map(|(_, n)| n.get("include")).any(|n| match &n.data {
            Data::List(items) => items.iter().any(|i| i.text() == Some(name)),
            _ => n.text() == Some(name),
        });
        dialog::part(*src, node, used);
    }
    // What other languages lack is told once the bot itself is right: its texts may still change.
    let sound = !problems.borrow().iter().any(Problem::is_fatal);
    let packs = if sound { packs::packs(&parsed.languages, &names) } else { BTreeMap::new() };
    let centre = centre?;
    prove::lengths(&names, &centre, &long);
    let mut bot = Bot {
        centre,
        dialogs,
        services: names.services,
        intents: names.intents,
        catalogues: names.catalogues,
        knowledge: names.knowledge,
        calendars: names.calendars,
        warnings: Vec::new(),
        example_lines: names.example_lines,
        packs,
        reaches: HashMap::new(),
    };
    bot.reaches = Reach::usual(&bot);
    // Paths are followed only in a bot whose names all exist.
    if !problems.borrow().iter().any(Problem::is_fatal) {
        flow::check(&bot, problems);
        filled::check(&bot, problems);
        prove::check(&bot, problems);
        silence::check(&bot, problems);
        unused::check(&parsed, &bot);
        unconfirmed::check(&bot, problems);
    }
    problems.borrow_mut().append(&mut long.into_inner());
    Some(bot)
}

fn parse_all<'a>(files: &'a [(String, String)], problems: &'a RefCell<Vec<Problem>>) -> Parsed<'a> {
    let mut out = Parsed::default();
    for (file, text) in files {
        let src = Source { file, problems };
        let here = yaml::Pos { line: 1, column: 1 };
        if text.len() > MAX_FILE {
            src.wrong(here, "this file is too large", "", "split it: a file has at most 1 MiB");
            out.unread = true;
            continue;
        }
        let other = |ending: &str| Some(file.strip_prefix("catalogos/")?.strip_suffix(ending)?.to_owned());
        if let Some(name) = other(".csv") {
            out.catalogues.csv.push((src, name, text));
            continue;
        }
        if let Some(name) = other(".json") {
            out.catalogues.answers.insert(name, (src, text));
            continue;
        }
        let mut own = Vec::new();
        let node = yaml::parse(file, text, &mut own);
        let broken = !own.is_empty();
        problems.borrow_mut().append(&mut own);
        let Some(node) = node else {
            out.unread |= broken;
            if !broken {
                src.wrong(here, "this file is empty", "", "write it or take it away");
            }
            continue;
        };
        cut::check(src, text, &node);
        let named = |folder: &str| Some(file.strip_prefix(folder)?.strip_suffix(".yaml")?.to_owned());
        match file.as_str() {
            "centro.yaml" => out.centre = Some((src, node)),
            "servicios.yaml" => out.services = Some((src, node)),
            _ => {
                if let Some(name) = named("nlu/") {
                    out.intents.push((src, name, node));
                } else if let Some(name) = named("catalogos/") {
                    out.catalogues.yaml.push((src, name, node));
                } else if let Some(name) = named("saber/") {
                    out.knowledge.push((src, name, node));
                } else if let Some(name) = named("calendarios/") {
                    out.calendars.push((src, name, node));
                } else if let Some(name) = named("idiomas/") {
                    out.languages.push((src, name, node));
                } else if named("partes/").is_some() {
                    out.parts.push((src, node));
                } else if node.get("dialog").is_some() {
                    out.dialogs.push((src, node));
                } else {
                    let cure = "begin a dialog with `dialog: name`; other files are centro.yaml, servicios.yaml, \
                                nlu/, catalogos/, saber/, calendarios/, partes/, idiomas/";
                    src.wrong(here, "this file is not a dialog", "", cure);
                }
            }
        }
    }
    out
}
