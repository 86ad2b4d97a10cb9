use std::{
    cell::RefCell,
    collections::{BTreeMap, BTreeSet},
    path::{Path, PathBuf},
};

use super::*;
use crate::{Bot, testing::Suite, yaml};

thread_local! {
    /// The keys with which the loader has read each thing in this test.
    static SEEN: RefCell<BTreeMap<String, BTreeSet<String>>> = RefCell::default();
}

/// Called by the loader: it reads this thing with these keys.
pub(crate) fn seen(thing: &str, keys: &[&str]) {
    SEEN.with_borrow_mut(|all| {
        all.entry(thing.to_owned()).or_default().extend(keys.iter().map(|k| (*k).to_owned()));
    });
}

fn everything() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/everything")
}

/// The folders of all shipped bots, and of the one that has everything.
fn folders() -> Vec<PathBuf> {
    let bots = std::fs::read_dir(Path::new(env!("CARGO_MANIFEST_DIR")).join("bots")).unwrap();
    bots.map(|e| e.unwrap().path()).filter(|p| p.is_dir()).chain([everything()]).collect()
}

fn yaml_files(folder: &Path, out: &mut Vec<PathBuf>) {
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            yaml_files(&path, out);
        } else if path.extension().is_some_and(|e| e == "yaml") {
            out.push(path);
        }
    }
}

#[test]
fn the_schema_has_the_keys_of_the_loader_and_no_others() {
    let mut files = Vec::new();
    yaml_files(&everything(), &mut files);
    let texts: Vec<(String, String)> = files
        .iter()
        .filter(|f| !f.to_string_lossy().ends_with(".test.yaml"))
        .map(|f| {
            let name = f.strip_prefix(everything()).unwrap().to_string_lossy().into_owned();
            (name, std::fs::read_to_string(f).unwrap())
        })
        .collect();
    // It is read for its keys: what else the checker says of it does not matter here.
    let _ = Bot::from_files(&texts);
    Suite::load(everything().join("todo.test.yaml")).unwrap();
    let beside: Vec<&str> = BESIDE.iter().map(|k| k.name).collect();
    let seen = SEEN.take();
    let mut wrong = Vec::new();
    for (thing, read) in &seen {
        // Their keys are the bot's own, or listed by the loader itself, or all that three steps have.
        if matches!(thing.as_str(), "phrases" | "the catalogues" | "what the bot knows" | "`case`") {
            continue;
        }
        let Some(table) = STEPS.iter().chain(THINGS).find(|t| t.name == thing) else {
            wrong.push(format!("the loader reads {thing}, which the schema lacks"));
            continue;
        };
        let ours: BTreeSet<String> = table.keys.iter().map(|k| k.name.to_owned()).collect();
        let read: BTreeSet<String> =
            read.iter().filter(|k| ours.contains(*k) || !beside.contains(&k.as_str())).cloned().collect();
        if ours != read {
            wrong.push(format!("{thing}: the schema has {ours:?}, the loader {read:?}"));
        }
    }
    for table in STEPS.iter().chain(THINGS).filter(|t| !seen.contains_key(t.name)) {
        wrong.push(format!("the schema has {}, which the loader never read", table.name));
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn the_schema_has_the_types_of_the_loader() {
    let ours: Vec<&str> = TYPES.iter().map(|(name, _)| name.trim_end_matches("(…)")).collect();
    assert_eq!(ours, crate::value::Kind::NAMES);
}

/// YAML 1.2's core schema, as an editor reads it.
fn json(node: &yaml::Node) -> Json {
    match &node.data {
        yaml::Data::List(items) => Json::Array(items.iter().map(json).collect()),
        yaml::Data::Map(pairs) => {
            pairs.iter().map(|(k, v)| (k.text().unwrap_or_default().to_owned(), json(v))).collect()
        }
        yaml::Data::Scalar { .. } if node.is_null() => Json::Null,
        yaml::Data::Scalar { text, plain: true } => match text.as_str() {
            "true" => Json::Bool(true),
            "false" => Json::Bool(false),
            text => match (text.parse::<i64>(), text.parse::<f64>()) {
                (Ok(whole), _) => json!(whole),
                (_, Ok(number)) if number.is_finite() => json!(number),
                _ => json!(text),
            },
        },
        yaml::Data::Scalar { text, .. } => json!(text),
    }
}

#[test]
fn every_file_of_every_bot_is_valid() {
    let whole = json_schema();
    jsonschema::meta::validate(&whole).unwrap();
    let validator = jsonschema::validator_for(&whole).unwrap();
    let mut count = 0;
    for folder in folders() {
        let mut files = Vec::new();
        yaml_files(&folder, &mut files);
        for file in files {
            let mut problems = Vec::new();
            let name = file.strip_prefix(&folder).unwrap().to_string_lossy().into_owned();
            let node = yaml::parse(&name, &std::fs::read_to_string(&file).unwrap(), &mut problems).unwrap();
            let value = json(&node);
            let own = jsonschema::validator_for(&json_schema_of(kind(&name, &value)).unwrap()).unwrap();
            for validator in [&validator, &own] {
                let errors: Vec<String> =
                    validator.iter_errors(&value).map(|e| format!("{}: {e}", e.instance_path)).collect();
                assert!(errors.is_empty(), "{}: {}", file.display(), errors.join("\n"));
            }
            count += 1;
        }
    }
    assert!(count > 20, "{count}");
}

fn kind(name: &str, value: &Json) -> &'static str {
    match name {
        "centro.yaml" => "centre",
        "servicios.yaml" => "services",
        name if name.ends_with(".test.yaml") => "tests",
        name => match name.split_once('/').map(|(folder, _)| folder) {
            Some("nlu") => "intent",
            Some("catalogos") => "catalogue",
            Some("calendarios") => "calendar",
            Some("saber") => "knowledge",
            Some("idiomas") => "language",
            Some("partes") => "part",
            _ => {
                assert!(value.get("dialog").is_some(), "{name}");
                "dialog"
            }
        },
    }
}

#[test]
fn what_is_misspelt_is_not_valid() {
    let validator = jsonschema::validator_for(&json_schema()).unwrap();
    let good =
        json!({ "dialog": "a", "steps": [{ "say": "Hola.", "barge_in": "never" }, { "end": "hecho" }] });
    assert!(validator.is_valid(&good));
    for (pointer, value) in [
        ("/steps/0", json!({ "sai": "Hola." })),
        ("/steps/0/barge_in", json!("nunca")),
        ("/steps/0", json!({ "say": "Hola.", "collect": "nif" })),
        ("/steps", json!("say")),
        ("/dialog", json!("dos palabras")),
    ] {
        let mut bad = good.clone();
        *bad.pointer_mut(pointer).unwrap() = value;
        assert!(!validator.is_valid(&bad), "{bad}");
    }
}

#[test]
fn names_of_the_schema() {
    let schema = json_schema();
    let defs = schema["$defs"].as_object().unwrap();
    let names: BTreeMap<&str, Vec<&str>> = defs
        .iter()
        .map(|(name, of)| {
            let keys = of["properties"].as_object();
            (name.as_str(), keys.map(|k| k.keys().map(String::as_str).collect()).unwrap_or_default())
        })
        .collect();
    insta::assert_yaml_snapshot!(names);
}
