//! `catalogos/<name>`: the entries of `list(name)`, from YAML, from a spreadsheet's CSV or from a service.

use std::{
    cell::RefCell,
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
};

use chrono_tz::Tz;

use super::{services, source::Source};
use crate::{
    exchange::ServiceCall,
    expr::{Part, Template},
    interpreter::encode,
    json::Json,
    model::{Operation, Shape},
    problem::{Problem, Severity, nearest},
    value::{Catalogue, Item, Value},
    yaml::{self, Node, Pos},
};

/// Entries beyond which a catalogue is refused: a list that nobody could choose from by voice.
const MOST: usize = 5_000;

/// The files of `catalogos/`.
#[derive(Default)]
pub(super) struct Files<'a> {
    pub yaml: Vec<(Source<'a>, String, Node)>,
    pub csv: Vec<(Source<'a>, String, &'a str)>,
    /// What services answered, by the catalogue's name.
    pub answers: BTreeMap<String, (Source<'a>, &'a str)>,
}

/// What fetched catalogues stand on: the operations by name, and the office's time zone.
type Given<'a> = (&'a BTreeMap<String, Operation>, Tz);

/// Every catalogue by name.
pub(super) fn all(files: &Files<'_>, given: Given<'_>) -> BTreeMap<String, Arc<Catalogue>> {
    let mut out = BTreeMap::new();
    let mut fetched = BTreeSet::new();
    for (src, name, node) in &files.yaml {
        let catalogue = match from(node) {
            Some(from) => {
                fetched.insert(name.as_str());
                self::fetched(*src, (node, from), given, (name, files.answers.get(name)))
            }
            None => written(*src, name, node),
        };
        out.insert(name.clone(), Arc::new(catalogue));
    }
    for (src, name, text) in &files.csv {
        if out.contains_key(name) {
            let cure = "keep the .csv or the .yaml";
            src.wrong(Pos::default(), "this catalogue is written twice:", name, cure);
        }
        out.insert(name.clone(), Arc::new(spreadsheet(*src, name, text)));
    }
    for (name, (src, _)) in files.answers.iter().filter(|(name, _)| !fetched.contains(name.as_str())) {
        let cure = format!("write catalogos/{name}.yaml with `from: servicio.operacion`");
        src.wrong(
            Pos::default(),
            "this is an answer of a service, and no catalogue asks for it:",
            name,
            &cure,
        );
    }
    out
}

/// The operation that a catalogue comes from; an entry would be a map.
pub(super) fn from(node: &Node) -> Option<&Node> {
    node.get("from").filter(|from| from.text().is_some())
}

/// `catalogos/<name>.yaml`: an entry a key, each with `nombre` and what else the dialog reads.
pub(super) fn written(src: Source<'_>, name: &str, node: &Node) -> Catalogue {
    let mut items = Vec::new();
    for (key, value) in src.any_map(node, "a catalogue").unwrap_or_default() {
        if let Some(item) = item(src, key, value) {
            items.push(Arc::new(item));
        }
    }
    if items.is_empty() {
        let cure = "write an entry: `padron: { nombre: …, codigo: … }`";
        src.wrong(node.at, "this catalogue is empty:", name, cure);
    }
    Catalogue { name: name.to_owned(), items, fetched: false }
}

fn item(src: Source<'_>, key: &Node, value: &Node) -> Option<Item> {
    let id = src.name(key, "an entry of a catalogue")?;
    let pairs = src.any_map(value, "an entry of a catalogue")?;
    let nombre = src.required(value, "nombre", "write the name that is read aloud")?;
    let name = src.text(nombre, "the name")?.to_owned();
    let mut item = Item { id, name, synonyms: Vec::new(), fields: BTreeMap::new() };
    for (field, value) in pairs {
        match field.text() {
            Some("nombre") => {}
            Some("sinonimos") => {
                for synonym in src.list(value, "the synonyms").unwrap_or_default() {
                    item.synonyms.extend(src.text(synonym, "a synonym").map(str::to_owned));
                }
            }
            Some("id") => src.wrong(field.at, "the key is the id already:", "id", "take it away"),
            _ => {
                if let (Some(f), Some(v)) = (src.name(field, "a field"), src.text(value, "a field")) {
                    item.fields.insert(f, v.to_owned());
                }
            }
        }
    }
    Some(item)
}

/// `catalogos/<name>.csv`: a row an entry, `;` between columns, `|` between synonyms.
fn spreadsheet(src: Source<'_>, name: &str, text: &str) -> Catalogue {
    let mut reader = csv::ReaderBuilder::new()
        .delimiter(b';')
        .flexible(true)
        .trim(csv::Trim::All)
        .from_reader(text.as_bytes());
    let mut out = Catalogue { name: name.to_owned(), ..Catalogue::default() };
    let header: Vec<String> = match reader.headers() {
        Ok(header) => header.iter().map(str::to_owned).collect(),
        Err(_) => Vec::new(),
    };
    if !columns(src, &header) {
        return out;
    }
    let mut seen: BTreeMap<String, usize> = BTreeMap::new();
    let mut rows = 0;
    for row in reader.records() {
        // All rows are text already, and any number of cells is read: nothing else can fail.
        let Ok(row) = row else { break };
        let at = Pos { line: row.position().map_or(1, |p| p.line() as usize), column: 0 };
        if row.iter().all(str::is_empty) {
            continue;
        }
        rows += 1;
        if row.len() != header.len() {
            let what = format!("this row has {} cells and the first row {}:", row.len(), header.len());
            let cure = "put a `;` between cells, and in quotes a cell that has one inside";
            src.wrong(at, &what, row.get(0).unwrap_or_default(), cure);
            continue;
        }
        let Some(item) = entry(src, at, header.iter().map(String::as_str).zip(row.iter())) else { continue };
        if let Some(line) = seen.insert(item.id.clone(), at.line) {
            src.wrong(at, "this id is written twice:", &item.id, &format!("it is already in line {line}"));
        }
        out.items.push(Arc::new(item));
    }
    let end = Pos { line: 1, column: 0 };
    if rows == 0 {
        src.wrong(end, "this catalogue is empty:", name, "write an entry in the second row");
    }
    too_many(src, end, &out);
    out
}

/// Whether the first row names what every entry must have.
fn columns(src: Source<'_>, header: &[String]) -> bool {
    let at = Pos { line: 1, column: 0 };
    if let [one] = header
        && one.contains(',')
    {
        src.wrong(at, "this spreadsheet has commas between its columns:", one, "put a `;` instead of each");
        return false;
    }
    let mut good = true;
    for needed in ["id", "nombre"] {
        if !header.iter().any(|h| h == needed) {
            good = false;
            let near = nearest(needed, header.iter().map(String::as_str));
            let cure = match near {
                Some(near) => format!("rename `{near}`: the first row is `id;nombre;sinonimos` and your own"),
                None => "the first row is `id;nombre;sinonimos` and your own columns".to_owned(),
            };
            src.wrong(at, "the first row lacks", needed, &cure);
        }
    }
    for (i, column) in header.iter().enumerate() {
        if !crate::expr::is_name(column) {
            good = false;
            src.wrong(at, "a column is not a name:", column, "write letters, digits and _");
        } else if header.iter().take(i).any(|h| h == column) {
            good = false;
            src.wrong(at, "this column is written twice:", column, "keep one");
        }
    }
    good
}

/// An entry of named cells.
fn entry<'c>(src: Source<'_>, at: Pos, cells: impl Iterator<Item = (&'c str, &'c str)>) -> Option<Item> {
    let mut item =
        Item { id: String::new(), name: String::new(), synonyms: Vec::new(), fields: BTreeMap::new() };
    for (column, cell) in cells {
        match column {
            "id" => item.id = cell.to_owned(),
            "nombre" => item.name = cell.to_owned(),
            "sinonimos" => item.synonyms = synonyms(cell),
            column => {
                item.fields.insert(column.to_owned(), cell.to_owned());
            }
        }
    }
    for (column, cell) in [("id", &item.id), ("nombre", &item.name)] {
        if cell.is_empty() {
            src.wrong(at, "this row lacks its", column, "write it, or take the row away");
            return None;
        }
    }
    Some(item)
}

fn synonyms(cell: &str) -> Vec<String> {
    cell.split('|').map(str::trim).filter(|s| !s.is_empty()).map(str::to_owned).collect()
}

fn too_many(src: Source<'_>, at: Pos, catalogue: &Catalogue) {
    if catalogue.items.len() > MOST {
        let count = catalogue.items.len().to_string();
        src.wrong(at, "this catalogue has too many entries:", &count, &format!("{MOST} at most"));
    }
}

/// The entries that a service gave, if it is one that can give them and has.
fn fetched(
    src: Source<'_>,
    (node, from): (&Node, &Node),
    (services, zone): Given<'_>,
    (name, answer): (&str, Option<&(Source<'_>, &str)>),
) -> Catalogue {
    let mut out = Catalogue { name: name.to_owned(), items: Vec::new(), fetched: true };
    src.map(node, "a catalogue that a service gives", &["from"]);
    let Some(called) = src.known(from, "operation", services.keys().map(String::as_str)) else { return out };
    let Some(operation) = services.get(&called).filter(|o| gives(src, from, o)) else { return out };
    let Some((answer_src, text)) = answer else {
        let cure = format!("start it, or put an answer of it into catalogos/{name}.json");
        src.wrong(from.at, "this service has not given its list yet:", &called, &cure);
        return out;
    };
    match read((&operation.returns, zone), text) {
        Ok(items) => out.items = items.into_iter().map(Arc::new).collect(),
        Err(why) => {
            let what = format!("the list of `{called}` can't be used: {why}");
            answer_src.wrong(Pos::default(), &what, "", "the service must give what `returns` says");
        }
    }
    too_many(src, from.at, &out);
    out
}

/// Whether an operation can give a list: anybody may ask at any time, and each entry has id and name.
fn gives(src: Source<'_>, from: &Node, operation: &Operation) -> bool {
    let before = src.problems.borrow().len();
    let called = from.text().unwrap_or_default();
    if !operation.is_safe() {
        src.wrong(
            from.at,
            "a list is fetched with GET, and this is not:",
            called,
            "name an operation with `get:`",
        );
    }
    if !operation.takes.is_empty() {
        let cure = "a list is fetched before there is a citizen: name an operation without `takes`";
        src.wrong(from.at, "a list is fetched without arguments, and this takes some:", called, cure);
    }
    let entry = match &operation.returns {
        Shape::List(inner) => match inner.as_ref() {
            Shape::Map(fields) => Some(fields),
            _ => None,
        },
        _ => None,
    };
    let named = |field: &str| entry.is_some_and(|fields| fields.get(field) == Some(&Shape::Text));
    if !named("id") || !named("nombre") {
        let cure = "write in servicios.yaml `returns: [{ id: text, nombre: text }]`";
        src.wrong(from.at, "this operation gives no list of entries with id and nombre:", called, cure);
    }
    src.problems.borrow().len() == before
}

/// The entries of an answer.
fn read((returns, zone): (&Shape, Tz), text: &str) -> Result<Vec<Item>, String> {
    let json = Json::parse(text.as_bytes()).map_err(|e| e.to_string())?;
    let Value::List(entries) = returns.read(&json, zone)? else { return Err("it is no list".into()) };
    let mut seen = BTreeSet::new();
    let mut out = Vec::new();
    for entry in entries {
        let Value::Map(mut fields) = entry else { return Err("an entry has no parts".into()) };
        let mut take = |field: &str| fields.remove(field).map(|v| v.to_string()).unwrap_or_default();
        let (id, name) = (take("id"), take("nombre"));
        let synonyms = match fields.remove("sinonimos") {
            Some(Value::List(all)) => all.iter().map(ToString::to_string).collect(),
            Some(cell) => synonyms(&cell.to_string()),
            None => Vec::new(),
        };
        if id.trim().is_empty() || name.trim().is_empty() {
            return Err("an entry has no id or no nombre".into());
        }
        if !seen.insert(id.clone()) {
            return Err(format!("two entries have the id `{id}`"));
        }
        let fields = fields.into_iter().map(|(field, value)| (field, value.to_string())).collect();
        out.push(Item { id, name, synonyms, fields });
    }
    if out.is_empty() { Err("it is empty".into()) } else { Ok(out) }
}

/// A catalogue that a service gives, and the request that fetches it.
#[derive(Debug, Clone, PartialEq)]
pub struct RemoteCatalogue {
    /// As in `list(name)`.
    pub name: String,
    /// Where it is written: `catalogos/<name>.yaml`.
    pub file: String,
    /// The line of `from`, from 1.
    pub line: usize,
    /// Its column, from 1.
    pub column: usize,
    /// The request; its JSON is what [`RemoteCatalogue::answer`] names for [`Bot::from_files`].
    pub call: ServiceCall,
    /// What the operation says that it returns.
    returns: Shape,
    /// The office's.
    zone: Tz,
}

impl RemoteCatalogue {
    /// Whether an answer can be used.
    ///
    /// # Errors
    /// What is wrong with it, in words.
    pub fn check(&self, answer: &str) -> Result<(), String> {
        read((&self.returns, self.zone), answer).map(|_| ())
    }

    /// The file that holds the service's answer: add it to the bot's files.
    pub fn answer(&self) -> String {
        format!("catalogos/{}.json", self.name)
    }

    /// The problem to tell where there is neither an answer nor an earlier one.
    pub fn unanswered(&self, why: &str) -> Problem {
        Problem {
            file: self.file.clone(),
            line: self.line,
            column: self.column,
            what: "the service of this list gives no answer, and never has:".into(),
            found: self.call.service.clone(),
            nearest: None,
            cure: format!("{why}; start it, or put an answer of it into {}", self.answer()),
            severity: Severity::Error,
        }
    }

    /// Whether a problem of the loader is that this list has no answer: [`RemoteCatalogue::unanswered`] tells why.
    pub fn is_why(&self, problem: &Problem) -> bool {
        (&problem.file, problem.line, problem.column) == (&self.file, self.line, self.column)
    }
}

/// The catalogues of a bot's files that services give. What is wrong in the files is left to [`Bot::from_files`].
pub fn remote_catalogues(files: &[(String, String)]) -> Vec<RemoteCatalogue> {
    let problems = RefCell::default();
    let parse = |file: &str, text: &str| yaml::parse(file, text, &mut Vec::new());
    let services = files.iter().find(|(file, _)| file == "servicios.yaml");
    let services = services
        .and_then(|(file, text)| Some((file, parse(file, text)?)))
        .map(|(file, node)| services::services(Source { file, problems: &problems }, &node));
    let services = services.unwrap_or_default();
    let centre = files.iter().find(|(file, _)| file == "centro.yaml");
    let zone = centre.and_then(|(file, text)| parse(file, text)?.get("time_zone")?.text()?.parse().ok());
    let zone = zone.unwrap_or(Tz::UTC);
    let remote = |(file, text): &(String, String)| {
        let name = file.strip_prefix("catalogos/")?.strip_suffix(".yaml")?;
        let node = parse(file, text)?;
        let from = from(&node)?;
        let called = from.text()?;
        let src = Source { file, problems: &problems };
        let operation = services.get(called).filter(|operation| gives(src, from, operation))?;
        Some(RemoteCatalogue {
            name: name.to_owned(),
            file: file.clone(),
            line: from.at.line,
            column: from.at.column,
            call: request(called, operation),
            returns: operation.returns.clone(),
            zone,
        })
    };
    files.iter().filter_map(remote).collect()
}

/// The request of an operation without arguments.
fn request(service: &str, operation: &Operation) -> ServiceCall {
    let fixed = |template: &Template| -> String {
        let texts =
            template.parts.iter().map(|part| if let Part::Text(text) = part { text.as_str() } else { "" });
        texts.collect()
    };
    let mut path = fixed(&operation.path);
    for (i, (name, value)) in operation.query.iter().enumerate() {
        path.push(if i == 0 { '?' } else { '&' });
        path.push_str(&format!("{}={}", encode(name), encode(&fixed(value))));
    }
    ServiceCall {
        id: 0,
        service: service.to_owned(),
        method: operation.method,
        base_env: operation.base_env.clone(),
        base: operation.base.clone(),
        path,
        body: None,
        token_env: operation.token_env.clone(),
        idempotency_key: None,
        timeout: operation.timeout,
        retries: operation.retries,
        while_waiting: None,
        arguments: BTreeMap::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::cell::RefCell;

    fn csv(text: &str) -> (Catalogue, Vec<String>) {
        let problems = RefCell::default();
        let catalogue = spreadsheet(Source { file: "catalogos/c.csv", problems: &problems }, "c", text);
        (catalogue, problems.into_inner().iter().map(ToString::to_string).collect())
    }

    #[test]
    fn a_spreadsheet_is_read_with_its_quotes_and_its_own_columns() {
        let text = "\u{feff}id;nombre;sinonimos;horas\r\n\
                    centro;Oficina centro;\"la del centro | plaza mayor\";\"de 9; a 14\"\r\n\
                    ;;;\r\n\
                    norte;\"Oficina \"\"norte\"\"\";;\r\n";
        let (catalogue, problems) = csv(text);
        assert_eq!(problems, Vec::<String>::new());
        let [centre, north] = catalogue.items.as_slice() else { panic!("{catalogue:?}") };
        assert_eq!(centre.synonyms, ["la del centro", "plaza mayor"]);
        assert_eq!(centre.fields["horas"], "de 9; a 14");
        assert_eq!((north.name.as_str(), north.fields["horas"].as_str()), ("Oficina \"norte\"", ""));
    }
}
