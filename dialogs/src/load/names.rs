//! Every name of a bot, gathered before its steps are read: what they may speak of.

use super::source::{Roots, Source};
use super::{Parsed, catalogue, data, dialog, knowledge, questions, services, unused};
use crate::{
    calendar::Calendar,
    expr::{Path, Template},
    language::Examples,
    model::{Operation, Shape},
    problem::nearest,
    value::{Catalogue, Kind, Knowledge},
    yaml::{self, Data, Node},
};
use chrono_tz::Tz;
use std::{cell::RefCell, collections::BTreeMap, sync::Arc};

/// What exists, gathered before steps are read.
pub(crate) struct Names {
    pub dialogs: Vec<String>,
    pub slots: BTreeMap<String, Kind>,
    pub private: Vec<String>,
    pub roots: Roots,
    pub services: BTreeMap<String, Operation>,
    pub queues: Vec<String>,
    /// Of the messages that the bot sends.
    pub templates: BTreeMap<String, MessageNames>,
    /// What the questions of a slot say besides it: slots that are asked for first.
    pub questions: BTreeMap<String, Vec<String>>,
    /// What sub-dialogs take, by dialog.
    pub takes: BTreeMap<String, BTreeMap<String, Shape>>,
    /// What they return, by dialog.
    pub returns: BTreeMap<String, String>,
    /// Codes of the languages that the bot speaks.
    pub languages: Vec<String>,
    /// Every text that is said: what other languages translate.
    pub said: RefCell<Vec<Said>>,
    pub intents: Examples,
    /// The line of each example of an intent.
    pub example_lines: BTreeMap<String, Vec<usize>>,
    pub catalogues: BTreeMap<String, Arc<Catalogue>>,
    pub knowledge: BTreeMap<String, Arc<Knowledge>>,
    pub calendars: BTreeMap<String, Arc<Calendar>>,
}

/// A text that is said, and where it is written.
pub(crate) struct Said {
    pub file: String,
    pub at: yaml::Pos,
    pub template: Template,
}

/// What a message's template is, before it is read.
pub(crate) struct MessageNames {
    /// It is an e-mail's.
    pub email: bool,
    /// Names that it reads.
    pub reads: Vec<String>,
}

/// A name that nothing stands for.
pub(crate) struct Unknown {
    pub what: String,
    pub found: String,
    pub nearest: Option<String>,
    pub cure: String,
}

impl Names {
    /// Remembers a text that is said.
    pub fn said(&self, file: &str, at: yaml::Pos, template: &Template) {
        let said = Said { file: file.to_owned(), at, template: template.clone() };
        self.said.borrow_mut().push(said);
    }

    /// What a path stands for.
    pub fn shape(&self, path: &Path) -> Result<Shape, Unknown> {
        let shape = match (path.root.as_str(), path.fields.as_slice()) {
            ("now", _) => Shape::DateTime,
            ("language", []) => return Ok(Shape::Text),
            ("call", [field]) if field == "from" || field == "to" => return Ok(Shape::Text),
            ("consent", [_]) => return Ok(Shape::YesNo),
            ("call" | "consent", fields) => {
                return Err(Unknown {
                    what: format!("`{}` has no", path.root),
                    found: fields.join("."),
                    nearest: None,
                    cure: "there are call.from, call.to and consent.sms".into(),
                });
            }
            (root, _) => self.roots.get(root).cloned().ok_or_else(|| Unknown {
                what: "unknown name".into(),
                found: path.root.clone(),
                nearest: nearest(&path.root, self.roots.keys().map(String::as_str)),
                cure: "names are slots, what `save`, `choose`, `set` and `takes` name, call.from, call.to, now, language".into(),
            })?,
        };
        part_of(path, shape)
    }
}

/// What the fields of a path stand for, in something of this shape.
pub(super) fn part_of(path: &Path, mut shape: Shape) -> Result<Shape, Unknown> {
    for field in &path.fields {
        shape = shape.field(field).map_err(|names| Unknown {
            what: format!("`{}` has no", path.root),
            found: field.clone(),
            nearest: nearest(field, names.iter().map(String::as_str)),
            cure: if names.is_empty() {
                "it has no parts".into()
            } else {
                format!("it has {}", names.join(", "))
            },
        })?;
    }
    Ok(shape)
}

/// Gathers them; what two files give the same name is told.
pub(super) fn gather(parsed: &Parsed<'_>) -> Names {
    let mut names = Names {
        dialogs: Vec::new(),
        slots: BTreeMap::new(),
        private: Vec::new(),
        roots: BTreeMap::new(),
        services: BTreeMap::new(),
        queues: Vec::new(),
        templates: BTreeMap::new(),
        questions: BTreeMap::new(),
        takes: BTreeMap::new(),
        returns: BTreeMap::new(),
        languages: std::iter::once("es".to_owned())
            .chain(parsed.languages.iter().map(|(_, code, _)| code.clone()))
            .collect(),
        said: RefCell::default(),
        intents: BTreeMap::new(),
        example_lines: BTreeMap::new(),
        catalogues: BTreeMap::new(),
        knowledge: BTreeMap::new(),
        calendars: BTreeMap::new(),
    };
    let mut examples = Vec::new();
    for (src, name, node) in &parsed.intents {
        let found = data::examples(*src, node);
        names.example_lines.insert(name.clone(), found.iter().map(|(_, n)| n.at.line).collect());
        names.intents.insert(name.clone(), found.iter().map(|(t, _)| t.clone()).collect());
        examples.push((*src, name.clone(), found));
    }
    data::shared_examples(&examples);
    unused::near_examples(&examples);
    names.knowledge = knowledge::all(&parsed.knowledge);
    let zone: Option<Tz> = parsed.centre.as_ref().and_then(|(_, n)| n.get("time_zone")?.text()?.parse().ok());
    for (src, name, node) in &parsed.calendars {
        for calendar in data::calendars(*src, name, node, zone) {
            names.calendars.insert(calendar.name.clone(), Arc::new(calendar));
        }
    }
    if let Some((src, node)) = &parsed.services {
        names.services = services::services(*src, node);
    }
    names.catalogues = catalogue::all(&parsed.catalogues, (&names.services, zone.unwrap_or(Tz::UTC)));
    if let Some((_, node)) = &parsed.centre {
        names.queues = match node.get("queues").map(|n| &n.data) {
            Some(Data::Map(pairs)) => pairs.iter().filter_map(|(k, _)| k.text().map(str::to_owned)).collect(),
            _ => Vec::new(),
        };
        names.templates = questions::messages(node);
    }
    for (src, node) in &parsed.parts {
        slots(*src, node, &mut names);
    }
    for (src, node) in &parsed.dialogs {
        let name = node.get("dialog").and_then(Node::text).unwrap_or_default().to_owned();
        if names.dialogs.contains(&name) {
            let at = node.get("dialog").map_or(node.at, |n| n.at);
            src.wrong(at, "two dialogs have the name", &name, "give one of them another");
        }
        interface(*src, node, &name, &mut names);
        names.dialogs.push(name);
        slots(*src, node, &mut names);
    }
    names.questions = questions::all(parsed, &names);
    roots(parsed, &mut names);
    for (src, node) in &parsed.dialogs {
        for (key, _) in node.get("takes").and_then(|n| src.any_map(n, "takes")).unwrap_or_default() {
            free_name(*src, key, &names);
        }
    }
    names
}

/// Names that the language gives values to itself.
const OWN_NAMES: [&str; 9] =
    ["call", "consent", "now", "language", "options", "first", "second", "reason", "value"];

/// A name that `save`, `choose`, `set` or `takes` may fill: no slot's and none of the language's.
fn free_name<'n>(src: Source<'_>, node: &'n Node, names: &Names) -> Option<&'n str> {
    let name = node.text()?;
    if OWN_NAMES.contains(&name) {
        src.wrong(node.at, "the language uses this name itself:", name, "write another");
    } else if names.slots.contains_key(name) {
        src.wrong(node.at, "this is a slot's name:", name, "write another: only the citizen fills a slot");
    } else {
        return Some(name);
    }
    None
}

/// What a dialog takes and returns when another runs it.
fn interface(src: Source<'_>, node: &Node, dialog: &str, names: &mut Names) {
    let mut takes = BTreeMap::new();
    for (key, value) in node.get("takes").and_then(|n| src.any_map(n, "takes")).unwrap_or_default() {
        if let Some(name) = src.name(key, "what it takes") {
            let shape = services::shape(src, value);
            let known = names.roots.entry(name.clone()).or_insert_with(|| shape.clone());
            if *known != shape {
                let what = format!("another dialog takes it as {}:", known.written());
                src.wrong(key.at, &what, &name, "give one of them another name");
            }
            takes.insert(name, shape);
        }
    }
    names.takes.insert(dialog.to_owned(), takes);
    if let Some(name) = node.get("returns").and_then(|n| src.name(n, "what it returns")) {
        names.returns.insert(dialog.to_owned(), name);
    }
}

fn slots(src: Source<'_>, dialog: &Node, names: &mut Names) {
    let Some(Node { data: Data::Map(pairs), .. }) = dialog.get("slots") else { return };
    for (key, slot) in pairs {
        let Some(name) = src.name(key, "a slot") else { continue };
        if OWN_NAMES.contains(&name.as_str()) {
            src.wrong(key.at, "the language uses this name itself:", &name, "give the slot another");
        }
        let Some(at) = src.required(slot, "type", "write what it takes: `type: es.fecha`") else { continue };
        let Some(kind) = dialog::kind(src, at, names) else {
            // The slot is there all the same: what uses it is not wrong.
            names.roots.insert(name.clone(), Shape::Any);
            names.slots.entry(name).or_insert(Kind::FreeText);
            continue;
        };
        if slot.get("private").and_then(Node::text) == Some("true") && !names.private.contains(&name) {
            names.private.push(name.clone());
        }
        match names.slots.get(&name) {
            Some(other) if *other != kind => {
                let cure = format!(
                    "another dialog has it as {}: slots of one name are one datum in all dialogs",
                    other.written()
                );
                src.wrong(at.at, "this slot has another type elsewhere:", &kind.written(), &cure);
            }
            _ => {
                names.roots.insert(name.clone(), Shape::Slot(kind.clone()));
                names.slots.insert(name, kind);
            }
        }
    }
}

/// Names that `save`, `choose` and `set` make, with their shapes: first what services return, then what
/// is chosen of it or copied.
fn roots(parsed: &Parsed<'_>, names: &mut Names) {
    let mut maps = Vec::new();
    let nodes = parsed.dialogs.iter().chain(&parsed.parts).chain(&parsed.centre);
    for (src, node) in nodes {
        walk(node, &mut |map| maps.push((*src, map.clone())));
    }
    let add = |src: Source<'_>, at: &Node, shape: Shape, names: &mut Names| {
        if let Some(name) = free_name(src, at, names) {
            names.roots.entry(name.to_owned()).or_insert(shape);
        }
    };
    for (src, map) in &maps {
        if let (Some(call), Some(save)) = (map.get("call").and_then(Node::text), map.get("save")) {
            let shape = names.services.get(call).map_or(Shape::Any, |o| o.returns.clone());
            add(*src, save, shape, names);
        }
        if let (Some("open"), Some(save)) = (map.get("case").and_then(Node::text), map.get("save")) {
            let case = Shape::Map([("codigo".to_owned(), Shape::Text)].into_iter().collect());
            add(*src, save, case, names);
        }
    }
    for (src, map) in &maps {
        if let (Some(var), Some(from)) = (map.get("choose"), map.get("from").and_then(Node::text)) {
            let list = Path::parse(from).ok().and_then(|p| names.shape(&p).ok());
            let shape = match list {
                Some(Shape::List(inner)) => *inner,
                _ => Shape::Any,
            };
            add(*src, var, shape, names);
        }
        if let Some(Node { data: Data::Map(pairs), .. }) = map.get("set") {
            for (key, value) in pairs {
                let template = value.text().and_then(|t| Template::parse(t).ok());
                let shape = match template.as_ref().map(|t| (t.as_path(), t.is_fixed())) {
                    Some((Some(path), _)) => names.shape(path).unwrap_or(Shape::Any),
                    _ => Shape::Any,
                };
                add(*src, key, shape, names);
            }
        }
    }
    results(&maps, names);
}

/// What `run … save` names: the shape of what the dialog returns.
fn results(maps: &[(Source<'_>, Node)], names: &mut Names) {
    for (src, map) in maps {
        if let (Some(run), Some(save)) = (map.get("run").and_then(Node::text), map.get("save")) {
            let returned = names.returns.get(run).and_then(|r| names.roots.get(r));
            let shape = returned.cloned().unwrap_or(Shape::Any);
            if let Some(name) = free_name(*src, save, names) {
                names.roots.entry(name.to_owned()).or_insert(shape);
            }
        }
    }
}

/// Every map in a node, outermost first.
pub(super) fn walk(node: &Node, visit: &mut dyn FnMut(&Node)) {
    match &node.data {
        Data::Scalar { .. } => {}
        Data::List(items) => items.iter().for_each(|n| walk(n, visit)),
        Data::Map(pairs) => {
            visit(node);
            pairs.iter().for_each(|(_, n)| walk(n, visit));
        }
    }
}
