//! New bots: from a small one that works, or as a copy of another.
use super::{Body, Design, Material, Problem, aside};
use crate::bots;
use crate::http::App;
use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use std::fs;
use std::path::Path;

/// The template that ships with the page: a dialog of two questions with its test file.
pub const STARTER: &str = "starter";
/// Longest name of a bot, in bytes.
const LONGEST: usize = 60;

const FILES: [(&str, &str); 7] = [
    ("centro.yaml", include_str!("starter/centro.yaml")),
    ("dejar_aviso.yaml", include_str!("starter/dejar_aviso.yaml")),
    ("calendarios/oficina.yaml", include_str!("starter/calendarios/oficina.yaml")),
    ("nlu/dejar_aviso.yaml", include_str!("starter/nlu/dejar_aviso.yaml")),
    ("nlu/hablar_con_persona.yaml", include_str!("starter/nlu/hablar_con_persona.yaml")),
    ("nlu/repetir.yaml", include_str!("starter/nlu/repetir.yaml")),
    ("dejar_aviso.test.yaml", include_str!("starter/dejar_aviso.test.yaml")),
];

/// What a new bot can be made of.
#[derive(Debug, Serialize)]
pub struct Template {
    name: String,
    /// What its dialogs are for, a line each.
    about: Vec<String>,
}

/// The small bot, then every bot of the folder, then those that ship and are not in it.
pub fn templates(design: &Design) -> Result<Vec<Template>, Problem> {
    let mut all = vec![Template { name: STARTER.into(), about: about(&starter()) }];
    for (name, material) in sources(design)? {
        all.push(Template { about: about(&material), name });
    }
    Ok(all)
}

fn sources(design: &Design) -> Result<std::collections::BTreeMap<String, Material>, Problem> {
    let unreadable = |error: crate::Failure| Problem::unprocessable(error.to_string());
    let mut all = bots::all(Path::new("")).map_err(unreadable)?;
    all.extend(bots::all(&design.numbers.folder()).map_err(unreadable)?);
    Ok(all)
}

fn starter() -> Material {
    let (tests, texts) = FILES
        .iter()
        .map(|(path, text)| ((*path).to_owned(), (*text).to_owned()))
        .partition(|(path, _)| bots::kind(Path::new(path)) == Some(bots::Part::Test));
    Material { texts, tests, ..Material::default() }
}

/// The `about` of each dialog that a citizen can start.
fn about(material: &Material) -> Vec<String> {
    let line = |text: &str, key: &str| {
        let found = text.lines().find_map(|line| line.strip_prefix(key));
        found.map(|rest| rest.trim().trim_matches('"').to_owned())
    };
    let texts = material.texts.iter().filter(|(_, text)| line(text, "start_on:").is_some());
    texts.filter_map(|(_, text)| line(text, "about:")).collect()
}

/// Body of a new bot.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Wanted {
    name: String,
    /// `starter`, or the name of a bot to copy.
    from: String,
}

pub async fn make(
    State(app): State<App>,
    Body(wanted): Body<Wanted>,
) -> Result<(StatusCode, Json<Value>), Problem> {
    let _one_at_a_time = app.design.changes.clone().lock_owned().await;
    aside(move || {
        let design = &app.design;
        let root = design.numbers.folder();
        if root.as_os_str().is_empty() {
            return Err(Problem::forbidden(
                "there is no folder for new bots: name one in [dialogs] folder and start the server again",
            ));
        }
        named(&wanted.name)?;
        // Two names that differ in case only would be one folder on some disks.
        let taken = bots::all(&root).map_err(|e| Problem::unprocessable(e.to_string()))?;
        let same = |name: &String| name.to_lowercase() == wanted.name.to_lowercase();
        if taken.keys().any(same) || root.join(&wanted.name).exists() {
            return Err(Problem::exists(format!(
                "there is a bot {} already: choose another name",
                wanted.name
            )));
        }
        let material = match wanted.from.as_str() {
            STARTER => starter(),
            other => sources(design)?.remove(other).ok_or_else(|| {
                Problem::bad_request("from is `starter` or the name of a bot; GET /api/bots lists them")
            })?,
        };
        let folder = root.join(&wanted.name);
        if let Err(error) = write(&material, &folder) {
            // Without centro.yaml it is no bot yet: nothing has looked at it.
            let _ = fs::remove_dir_all(&folder);
            return Err(Problem::internal(&error));
        }
        Ok((StatusCode::CREATED, Json(json!({ "name": wanted.name, "version": material.hash() }))))
    })
    .await
}

/// Refuses a name that could not be a folder, a version's folder and a word of the configuration.
fn named(name: &str) -> Result<(), Problem> {
    let begins = name.chars().next().is_some_and(char::is_alphabetic);
    let plain = name.chars().all(|c| c.is_alphanumeric() || "_-".contains(c));
    match name {
        STARTER => Err(Problem::bad_request("starter is the name of the template: choose another")),
        _ if begins && plain && name.len() <= LONGEST => Ok(()),
        _ => Err(Problem::bad_request(format!(
            "a bot's name begins with a letter and has letters, digits, _ and -, at most {LONGEST} characters"
        ))),
    }
}

/// Writes a new bot; `centro.yaml`, which makes a folder a bot, at the end.
fn write(material: &Material, folder: &Path) -> std::io::Result<()> {
    fs::create_dir(folder)?;
    let put = |path: &str, bytes: &[u8]| {
        let file = folder.join(path);
        fs::create_dir_all(file.parent().unwrap_or(folder))?;
        tts::wav::write_atomically(&file, bytes)
    };
    let (centre, others): (Vec<_>, Vec<_>) =
        material.texts.iter().chain(&material.tests).partition(|(path, _)| path == "centro.yaml");
    for (path, text) in others {
        put(path, text.as_bytes())?;
    }
    for (path, sound) in &material.sounds {
        put(path, sound)?;
    }
    centre.into_iter().try_for_each(|(path, text)| put(path, text.as_bytes()))
}
