//! Versions: what answers, what was done, differences, publishing, going back.
use super::{Body, Caller, Design, Material, Problem, aside, check};
use crate::http::App;
use crate::versions::{
    self, Canary, Entry, Order, Published, State as Standing, VersionError, Who, readable,
};
use axum::Json;
use axum::extract::{Extension, Path, Query, State};
use serde::{Deserialize, Serialize};
use similar::TextDiff;
use std::collections::BTreeMap;

/// What a designer is told when something cannot be done with versions.
pub fn refused(error: VersionError) -> Problem {
    match error {
        VersionError::Broken(problems) => check::refused(&problems),
        VersionError::Tests(failures) => {
            Problem::unprocessable(format!("{} test case(s) fail", failures.len())).with("failures", failures)
        }
        VersionError::Speech(_) | VersionError::NothingEarlier(_) | VersionError::Changed { .. } => {
            Problem::unprocessable(error.to_string())
        }
        VersionError::Name(_) => Problem::bad_request(error.to_string()),
        VersionError::Unknown { .. } => Problem::not_found(error.to_string()),
        VersionError::Io { .. } | VersionError::Journal { .. } => Problem::internal(&error),
    }
}

/// What is saved (`folder`, or nothing), or a version by the beginning of its hash.
pub fn material(design: &Design, bot: &str, version: Option<&str>) -> Result<Material, Problem> {
    match version {
        None | Some("folder") => design.material(bot),
        Some(version) => {
            let version = design.versions.find(bot, version).map_err(refused)?;
            design.versions.material(bot, &version).map_err(refused)
        }
    }
}

/// Everything about a bot's versions.
#[derive(Serialize)]
pub struct Shown {
    current: Option<String>,
    canary: Option<Canary>,
    /// Hash of what is saved.
    folder: Option<String>,
    /// Oldest first.
    history: Vec<Entry>,
}

pub async fn versions(State(app): State<App>, Path(bot): Path<String>) -> Result<Json<Shown>, Problem> {
    aside(move || {
        let folder = Some(app.design.material(&bot)?.hash());
        let history = app.design.versions.history(&bot).map_err(refused)?;
        let Standing { current, canary, .. } = Standing::after(&history);
        Ok(Json(Shown { current, canary, folder, history }))
    })
    .await
}

/// Query of a difference.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Between {
    from: String,
    to: String,
}

/// One file that differs.
#[derive(Debug, Serialize)]
pub struct Difference {
    path: String,
    /// `added`, `removed` or `changed`.
    status: &'static str,
    /// As `diff -u` writes it; empty for sounds.
    unified: String,
}

pub async fn diff(
    State(app): State<App>,
    Path(bot): Path<String>,
    Query(between): Query<Between>,
) -> Result<Json<serde_json::Value>, Problem> {
    aside(move || {
        let from = material(&app.design, &bot, Some(&between.from))?;
        let to = material(&app.design, &bot, Some(&between.to))?;
        Ok(Json(serde_json::json!({ "files": differences(&from, &to) })))
    })
    .await
}

fn differences(from: &Material, to: &Material) -> Vec<Difference> {
    let mut paths: BTreeMap<String, (Option<String>, Option<String>)> = BTreeMap::new();
    for (path, text) in readable(from) {
        paths.entry(path).or_default().0 = Some(text);
    }
    for (path, text) in readable(to) {
        paths.entry(path).or_default().1 = Some(text);
    }
    let sound = |material: &Material| material.sounds.iter().cloned().collect::<BTreeMap<_, _>>();
    let (heard, hears) = (sound(from), sound(to));
    let texts = paths.into_iter().filter(|(_, (a, b))| a != b).map(|(path, (a, b))| {
        let unified = unified(&path, a.as_deref().unwrap_or_default(), b.as_deref().unwrap_or_default());
        Difference { status: status(a.is_some(), b.is_some()), path, unified }
    });
    let names: std::collections::BTreeSet<&String> = heard.keys().chain(hears.keys()).collect();
    let sounds =
        names.into_iter().filter(|name| heard.get(*name) != hears.get(*name)).map(|name| Difference {
            path: name.clone(),
            status: status(heard.contains_key(name), hears.contains_key(name)),
            unified: String::new(),
        });
    texts.chain(sounds).collect()
}

fn status(before: bool, after: bool) -> &'static str {
    match (before, after) {
        (false, _) => "added",
        (_, false) => "removed",
        _ => "changed",
    }
}

fn unified(path: &str, from: &str, to: &str) -> String {
    TextDiff::from_lines(from, to).unified_diff().context_radius(3).header(path, path).to_string()
}

/// Body of a publication.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Publication {
    #[serde(default)]
    note: String,
    /// Percent, 1 to 99; none: all contacts.
    canary: Option<u8>,
    #[serde(default = "yes")]
    tests: bool,
}

fn yes() -> bool {
    true
}

/// Longest reason, in characters.
const LONGEST: usize = 500;

fn who(caller: &Caller, note: &str) -> Who {
    Who { by: caller.signature(), note: note.trim().chars().take(LONGEST).collect() }
}

pub async fn publish(
    State(app): State<App>,
    Path(bot): Path<String>,
    Extension(caller): Extension<Caller>,
    Body(wanted): Body<Publication>,
) -> Result<Json<Published>, Problem> {
    if wanted.canary.is_some_and(|share| !(1..=99).contains(&share)) {
        return Err(Problem::bad_request(
            "canary is 1 to 99 percent; without it all contacts get the version",
        ));
    }
    let _one_at_a_time = app.design.changes.clone().lock_owned().await;
    aside(move || {
        let design = app.design;
        let material = design.material(&bot)?;
        let order = Order {
            bot: &bot,
            material: &material,
            share: wanted.canary,
            tests: wanted.tests,
            who: who(&caller, &wanted.note),
        };
        versions::publish(&design.versions, order, &design.prompts).map(Json).map_err(refused)
    })
    .await
}

/// Body of a way back.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Back {
    #[serde(default)]
    note: String,
    /// A version by the beginning of its hash, or `folder`; none: the one before.
    to: Option<String>,
}

pub async fn roll_back(
    State(app): State<App>,
    Path(bot): Path<String>,
    Extension(caller): Extension<Caller>,
    Body(wanted): Body<Back>,
) -> Result<Json<versions::Act>, Problem> {
    let _one_at_a_time = app.design.changes.clone().lock_owned().await;
    aside(move || {
        let who = who(&caller, &wanted.note);
        app.design.versions.roll_back(&bot, wanted.to.as_deref(), who).map(Json).map_err(refused)
    })
    .await
}
