//! Contacts and their recordings.
use super::access::Caller;
use super::{App, Problem};
use crate::config::Permission;
use axum::Json;
use axum::extract::{Extension, Path, Query, Request, State};
use axum::response::{IntoResponse, Response};
use records::{Contact, Detail, Filter};
use serde::Deserialize;

/// Query of the list.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Wanted {
    state: Option<String>,
    from: Option<String>,
    before: Option<String>,
    limit: Option<u32>,
}

/// One page of contacts, newest first.
#[derive(serde::Serialize)]
pub struct Page {
    contacts: Vec<Contact>,
    /// Give it as `before` to get the next page; absent on the last.
    #[serde(skip_serializing_if = "Option::is_none")]
    next: Option<String>,
}

const STATES: [&str; 3] = ["live", "ended", "interrupted"];

pub async fn list(
    State(app): State<App>,
    Extension(caller): Extension<Caller>,
    wanted: Result<Query<Wanted>, axum::extract::rejection::QueryRejection>,
) -> Result<Json<Page>, Problem> {
    caller.must(Permission::Contacts)?;
    let Query(wanted) = wanted.map_err(|error| Problem::bad_request(error.body_text()))?;
    if wanted.state.as_deref().is_some_and(|state| !STATES.contains(&state)) {
        return Err(Problem::bad_request("state is one of live, ended, interrupted"));
    }
    let limit = wanted.limit.unwrap_or(50);
    if !(1..=500).contains(&limit) {
        return Err(Problem::bad_request("limit is 1 to 500"));
    }
    let filter = Filter {
        state: wanted.state,
        from: wanted.from,
        before: wanted.before,
        queues: caller.may.queues,
        limit,
    };
    let contacts = app.store.list(&filter).await.map_err(|e| Problem::internal(&e))?;
    let full = contacts.len() == limit as usize;
    let next = if full { contacts.last().map(|c| c.id.clone()) } else { None };
    Ok(Json(Page { contacts, next }))
}

pub async fn detail(
    State(app): State<App>,
    Extension(caller): Extension<Caller>,
    Path(id): Path<String>,
) -> Result<Json<Detail>, Problem> {
    caller.must(Permission::Contacts)?;
    find(&app, &caller, &id).await.map(Json)
}

pub async fn recording(
    State(app): State<App>,
    Extension(caller): Extension<Caller>,
    Path(id): Path<String>,
    request: Request,
) -> Result<Response, Problem> {
    caller.must(Permission::Recordings)?;
    let Some(name) = find(&app, &caller, &id).await?.contact.recording else {
        return Err(Problem::not_found("this contact was not recorded"));
    };
    // Names are made by the engine; one that leaves the folder was not.
    if name.contains(['/', '\\']) || name.starts_with('.') {
        return Err(Problem::not_found("this contact's recording is not in the recordings folder"));
    }
    // ServeFile answers ranges, so that a player can jump.
    let served = tower_http::services::ServeFile::new(app.recordings.join(name)).try_call(request).await;
    match served {
        Ok(response) if response.status() == 404 => {
            Err(Problem::not_found("the recording is no longer in the recordings folder"))
        }
        Ok(response) => Ok(response.into_response()),
        Err(error) => Err(Problem::internal(&error)),
    }
}

/// A contact that this caller may see; another's is as if it were not there.
async fn find(app: &App, caller: &Caller, id: &str) -> Result<Detail, Problem> {
    let found = app.store.get(id).await.map_err(|e| Problem::internal(&e))?;
    let found = found.filter(|detail| caller.sees(detail.contact.handoff_queue.as_deref()));
    found.ok_or_else(|| Problem::not_found("no contact has this id; GET /api/contacts lists them"))
}
