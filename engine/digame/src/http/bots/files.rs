//! A bot's texts: read, and written over what their writer has seen.
use super::{Design, Problem, aside, text_kind};
use crate::http::App;
use axum::Json;
use axum::body::Bytes;
use axum::extract::rejection::BytesRejection;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde_json::json;
use sha2::{Digest, Sha256};
use std::fs;
use std::path::{Path as FsPath, PathBuf};

/// Largest text, in bytes; the loader takes no larger one.
const LARGEST: usize = 1 << 20;

/// What tells one text from another: its `ETag`, and the `If-Match` of who changes it.
pub fn hash(text: &[u8]) -> String {
    hex::encode(Sha256::digest(text))
}

pub async fn list(
    State(app): State<App>,
    Path(bot): Path<String>,
) -> Result<Json<serde_json::Value>, Problem> {
    aside(move || {
        let material = app.design.material(&bot)?;
        let mut files: Vec<_> = material
            .texts
            .iter()
            .chain(&material.tests)
            .map(|(path, text)| json!({ "path": path, "hash": hash(text.as_bytes()), "bytes": text.len() }))
            .collect();
        files.sort_by(|a, b| a["path"].as_str().cmp(&b["path"].as_str()));
        Ok(Json(json!({ "files": files })))
    })
    .await
}

pub async fn read(
    State(app): State<App>,
    Path((bot, path)): Path<(String, String)>,
) -> Result<Response, Problem> {
    aside(move || {
        text_kind(&path)?;
        let material = app.design.material(&bot)?;
        let found = material.texts.into_iter().chain(material.tests).find(|(name, _)| *name == path);
        let (_, text) = found.ok_or_else(|| Problem::not_found("the bot has no such file"))?;
        let kind = (header::CONTENT_TYPE, "text/plain; charset=utf-8".to_owned());
        Ok(([kind, (header::ETAG, tag(text.as_bytes()))], text).into_response())
    })
    .await
}

fn tag(text: &[u8]) -> String {
    format!("\"{}\"", hash(text))
}

pub async fn save(
    State(app): State<App>,
    Path((bot, path)): Path<(String, String)>,
    headers: HeaderMap,
    body: Result<Bytes, BytesRejection>,
) -> Result<Response, Problem> {
    let too_large = || Problem::too_large("a text has at most 1 MiB; split it");
    let body = body.map_err(|_| too_large())?;
    if body.len() > LARGEST {
        return Err(too_large());
    }
    if std::str::from_utf8(&body).is_err() {
        return Err(Problem::bad_request("a text is UTF-8"));
    }
    let expected = Expected::of(&headers)?;
    let _one_at_a_time = app.design.changes.clone().lock_owned().await;
    aside(move || {
        let (file, now) = place(&app.design, &bot, &path)?;
        let was_there = now.is_some();
        expected.holds(now)?;
        if let Some(parent) = file.parent() {
            fs::create_dir_all(parent).map_err(|e| Problem::internal(&e))?;
        }
        tts::wav::write_atomically(&file, &body).map_err(|e| Problem::internal(&e))?;
        let status = if was_there { StatusCode::OK } else { StatusCode::CREATED };
        Ok((status, [(header::ETAG, tag(&body))]).into_response())
    })
    .await
}

pub async fn remove(
    State(app): State<App>,
    Path((bot, path)): Path<(String, String)>,
    headers: HeaderMap,
) -> Result<StatusCode, Problem> {
    let expected = Expected::of(&headers)?;
    if path == "centro.yaml" {
        return Err(Problem::forbidden("centro.yaml is what makes a folder a bot"));
    }
    let _one_at_a_time = app.design.changes.clone().lock_owned().await;
    aside(move || {
        let (file, now) = place(&app.design, &bot, &path)?;
        if now.is_none() {
            return Err(Problem::not_found("the bot has no such file"));
        }
        expected.holds(now)?;
        fs::remove_file(&file).map_err(|e| Problem::internal(&e))?;
        Ok(StatusCode::NO_CONTENT)
    })
    .await
}

/// What a writer has seen.
enum Expected {
    Nothing,
    Text(String),
}

impl Expected {
    fn of(headers: &HeaderMap) -> Result<Self, Problem> {
        let read = |name| headers.get(name).and_then(|value| value.to_str().ok());
        match (read(header::IF_MATCH), read(header::IF_NONE_MATCH)) {
            (Some(tag), _) => Ok(Self::Text(tag.trim().trim_matches('"').to_owned())),
            (None, Some("*")) => Ok(Self::Nothing),
            _ => Err(Problem::precondition_required()),
        }
    }

    /// Refuses a change of anything else than what its writer has seen.
    fn holds(&self, now: Option<String>) -> Result<(), Problem> {
        match (self, now) {
            (Self::Text(seen), Some(now)) if *seen == now => Ok(()),
            (Self::Nothing, None) => Ok(()),
            (_, Some(now)) => {
                Err(Problem::conflict("somebody has changed the file meanwhile: read it again")
                    .with("hash", now))
            }
            (_, None) => {
                Err(Problem::conflict("the file is no longer there: send `If-None-Match: *` to make it"))
            }
        }
    }
}

/// Where a text lies, and the hash of what is there.
pub fn place(design: &Design, bot: &str, path: &str) -> Result<(PathBuf, Option<String>), Problem> {
    text_kind(path)?;
    let folder = design.writable(bot)?;
    let file = folder.join(path);
    stays_inside(&folder, &file)?;
    match fs::read(&file) {
        Ok(bytes) => Ok((file, Some(hash(&bytes)))),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok((file, None)),
        Err(error) => Err(Problem::internal(&error)),
    }
}

/// Refuses a file that a link leads out of the bot's folder.
pub fn stays_inside(folder: &FsPath, file: &FsPath) -> Result<(), Problem> {
    let out = || Problem::forbidden("this path leads out of the bot's folder");
    let root = folder.canonicalize().map_err(|e| Problem::internal(&e))?;
    let mut known = file;
    // The file or its folder may not be there yet: the nearest that is decides.
    while fs::symlink_metadata(known).is_err() {
        known = known.parent().ok_or_else(out)?;
    }
    let real = known.canonicalize().map_err(|_| out())?;
    if real.starts_with(&root) { Ok(()) } else { Err(out()) }
}
