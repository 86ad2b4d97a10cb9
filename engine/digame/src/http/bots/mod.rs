//! Bots as their designers see them: files, the checker, the graph, a console, versions, recorded prompts.
//!
//! Everything wants the permission `design`. What is written goes to the configured folder, one file at a
//! time, whole or not at all, and only over the text that its writer has seen.
mod check;
mod console;
mod files;
mod history;
mod make;
mod sounds;
#[cfg(test)]
pub mod tests;
mod trial;

pub use console::Consoles;

use super::access::Caller;
use super::{App, Problem};
use crate::bots::{self, Material, Part};
use crate::config::Permission;
use crate::numbers::Numbers;
use crate::versions::{Canary, Versions};
use axum::extract::rejection::JsonRejection;
use axum::extract::{DefaultBodyLimit, Extension, FromRequest, Request, State};
use axum::middleware::{self, Next};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use axum::{Json, Router};
use std::collections::BTreeMap;
use std::path::{Component, Path, PathBuf};
use std::sync::Arc;

/// Largest body but for sounds, in bytes: a whole bot that is not saved yet.
const LARGEST: usize = 8 << 20;

/// What designers work with.
#[derive(Clone)]
pub struct Design {
    /// Tells the folder of bots.
    pub numbers: Arc<Numbers>,
    /// Published versions.
    pub versions: Versions,
    /// The voice.
    pub prompts: Arc<tts::Prompts>,
    /// Contacts by text.
    pub consoles: Consoles,
    /// What takes long, and what need not be done twice.
    trials: trial::Trials,
    /// One change at a time.
    pub changes: Arc<tokio::sync::Mutex<()>>,
}

impl Design {
    /// Design over these parts.
    pub fn new(numbers: Arc<Numbers>, versions: Versions, prompts: Arc<tts::Prompts>) -> Self {
        Self {
            numbers,
            versions,
            prompts,
            consoles: Consoles::default(),
            trials: trial::Trials::default(),
            changes: Arc::default(),
        }
    }

    /// What a bot is made of, as it is saved.
    fn material(&self, bot: &str) -> Result<Material, Problem> {
        let unknown = || Problem::not_found("no bot has this name; GET /api/bots lists them");
        let folder = self.numbers.folder();
        if folder.as_os_str().is_empty() {
            let mut shipped = bots::all(&folder).map_err(|e| Problem::unprocessable(e.to_string()))?;
            return shipped.remove(bot).ok_or_else(unknown);
        }
        let folder = self.folder(bot).ok_or_else(unknown)?;
        Material::read(&folder).map_err(|e| Problem::unprocessable(e.to_string()))
    }

    /// The folder of a bot that can be written.
    fn folder(&self, bot: &str) -> Option<PathBuf> {
        let root = self.numbers.folder();
        let mut parts = Path::new(bot).components();
        let plain = matches!((parts.next(), parts.next()), (Some(Component::Normal(_)), None));
        let folder = root.join(bot);
        let is_bot = !root.as_os_str().is_empty() && plain && folder.join("centro.yaml").is_file();
        is_bot.then_some(folder)
    }

    /// The same, or why it cannot be written.
    fn writable(&self, bot: &str) -> Result<PathBuf, Problem> {
        if self.numbers.folder().as_os_str().is_empty() {
            return Err(Problem::forbidden(
                "the bots that ship inside cannot be changed: copy dialogs/bots and name the copy in [dialogs] folder",
            ));
        }
        self.folder(bot).ok_or_else(|| Problem::not_found("no bot has this name; GET /api/bots lists them"))
    }
}

/// Texts that are not saved, by path; `null` where a file is taken away.
type Unsaved = BTreeMap<String, Option<String>>;

/// A bot as it would be if these texts were saved.
fn overlay(mut material: Material, unsaved: Unsaved) -> Result<Material, Problem> {
    for (path, text) in unsaved {
        let list = match text_kind(&path)? {
            Part::Test => &mut material.tests,
            _ => &mut material.texts,
        };
        list.retain(|(name, _)| *name != path);
        list.extend(text.map(|text| (path, text)));
    }
    material.texts.sort();
    material.tests.sort();
    Ok(material)
}

/// What a path inside a bot's folder is; refuses any that is no text of a bot, or could lead out of it.
fn text_kind(path: &str) -> Result<Part, Problem> {
    let plain = |part: &str| {
        let allowed = |c: char| c.is_alphanumeric() || "_-. ".contains(c);
        !part.is_empty() && part.len() <= 100 && !part.starts_with('.') && part.chars().all(allowed)
    };
    let parts: Vec<&str> = path.split('/').collect();
    match bots::kind(Path::new(path)) {
        Some(kind @ (Part::Text | Part::Test)) if parts.len() <= 2 && parts.iter().all(|p| plain(p)) => {
            Ok(kind)
        }
        _ => Err(Problem::bad_request(
            "a bot's file is NAME.yaml or FOLDER/NAME.yaml (or .csv), with letters, digits, _ - and . in its names",
        )),
    }
}

/// A JSON body; what is wrong with it is told as a problem.
struct Body<T>(T);

impl<S: Send + Sync, T: serde::de::DeserializeOwned> FromRequest<S> for Body<T> {
    type Rejection = Problem;

    async fn from_request(request: Request, state: &S) -> Result<Self, Problem> {
        match Json::from_request(request, state).await {
            Ok(Json(body)) => Ok(Self(body)),
            Err(JsonRejection::BytesRejection(error)) if error.status() == 413 => {
                Err(Problem::too_large(format!("at most {} MiB", LARGEST >> 20)))
            }
            Err(error) => Err(Problem::bad_request(error.body_text())),
        }
    }
}

/// Does what may wait for the disk or take long, away from the threads that serve.
async fn aside<T: Send + 'static>(
    work: impl FnOnce() -> Result<T, Problem> + Send + 'static,
) -> Result<T, Problem> {
    tokio::task::spawn_blocking(work).await.map_err(|error| Problem::internal(&error))?
}

/// All routes of designers.
pub fn router() -> Router<App> {
    Router::new()
        .route("/api/schema", get(check::schema))
        .route("/api/bots", get(list).post(make::make))
        .route("/api/bots/{bot}/files", get(files::list))
        .route("/api/bots/{bot}/files/{*path}", get(files::read).put(files::save).delete(files::remove))
        .route("/api/bots/{bot}/check", post(check::check))
        .route("/api/bots/{bot}/intents", post(trial::confused))
        .route("/api/bots/{bot}/tests", post(trial::tests))
        .route("/api/bots/{bot}/graph", post(check::graph).get(check::saved_graph))
        .route("/api/bots/{bot}/mocks", get(console::mocks))
        .route("/api/bots/{bot}/console", post(console::start))
        .route("/api/consoles/{id}", post(console::turn).delete(console::close))
        .route("/api/bots/{bot}/versions", get(history::versions))
        .route("/api/bots/{bot}/diff", get(history::diff))
        .route("/api/bots/{bot}/publish", post(history::publish))
        .route("/api/bots/{bot}/rollback", post(history::roll_back))
        .route("/api/bots/{bot}/audios", get(sounds::list))
        .route("/api/speech", post(sounds::speak))
        .layer(DefaultBodyLimit::max(LARGEST))
        .route(
            "/api/bots/{bot}/audios/{name}",
            get(sounds::read)
                .put(sounds::save)
                .delete(sounds::remove)
                .layer(DefaultBodyLimit::max(sounds::LARGEST)),
        )
        .route_layer(middleware::from_fn(designers_only))
}

async fn designers_only(Extension(caller): Extension<Caller>, request: Request, next: Next) -> Response {
    match caller.must(Permission::Design) {
        Ok(()) => next.run(request).await,
        Err(problem) => problem.into_response(),
    }
}

/// One bot of the list.
#[derive(serde::Serialize)]
struct Listed {
    name: String,
    /// Its files can be changed here.
    editable: bool,
    /// The version that answers; none: what is in the folder.
    current: Option<String>,
    /// The version on trial.
    canary: Option<Canary>,
}

async fn list(State(app): State<App>) -> Result<Json<serde_json::Value>, Problem> {
    let design = app.design;
    aside(move || {
        let folder = design.numbers.folder();
        let names = bots::all(&folder).map_err(|e| Problem::unprocessable(e.to_string()))?.into_keys();
        let mut listed = Vec::new();
        for name in names {
            let state = design.versions.state(&name).map_err(history::refused)?;
            let editable = !folder.as_os_str().is_empty();
            listed.push(Listed { name, editable, current: state.current, canary: state.canary });
        }
        let templates = if folder.as_os_str().is_empty() { Vec::new() } else { make::templates(&design)? };
        Ok(Json(serde_json::json!({ "bots": listed, "templates": templates })))
    })
    .await
}
