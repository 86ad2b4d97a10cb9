//! Cases, and requests to be called back.
use super::access::Caller;
use super::{App, Problem};
use crate::config::Permission;
use axum::Json;
use axum::extract::rejection::QueryRejection;
use axum::extract::{Extension, Path, Query, State};
use records::{Callback, CallbackFilter, Case, CaseDetail, CaseFilter};
use serde::Deserialize;

const CASE_STATES: [&str; 4] = ["abierto", "en_curso", "resuelto", "cerrado"];
const CALLBACK_STATES: [&str; 3] = ["pending", "done", "given_up"];

/// Query of both lists.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Wanted {
    state: Option<String>,
    kind: Option<String>,
    before: Option<String>,
    limit: Option<u32>,
}

impl Wanted {
    /// The query, if its values can be; how many are wanted goes with it.
    fn check(given: Result<Query<Self>, QueryRejection>, states: &[&str]) -> Result<(Self, u32), Problem> {
        let Query(wanted) = given.map_err(|error| Problem::bad_request(error.body_text()))?;
        if wanted.state.as_deref().is_some_and(|state| !states.contains(&state)) {
            return Err(Problem::bad_request(format!("state is one of {}", states.join(", "))));
        }
        match wanted.limit.unwrap_or(50) {
            limit @ 1..=500 => Ok((wanted, limit)),
            _ => Err(Problem::bad_request("limit is 1 to 500")),
        }
    }
}

/// One page of cases, newest first, private fields masked.
#[derive(serde::Serialize)]
pub struct Cases {
    cases: Vec<Case>,
    /// Give it as `before` to get the next page; absent on the last.
    #[serde(skip_serializing_if = "Option::is_none")]
    next: Option<String>,
}

pub async fn list(
    State(app): State<App>,
    Extension(caller): Extension<Caller>,
    wanted: Result<Query<Wanted>, QueryRejection>,
) -> Result<Json<Cases>, Problem> {
    caller.must(Permission::Contacts)?;
    let (wanted, limit) = Wanted::check(wanted, &CASE_STATES)?;
    let Wanted { state, kind, before, .. } = wanted;
    let filter = CaseFilter { state, kind, before, queues: caller.may.queues, limit };
    let cases = app.store.cases(&filter).await.map_err(|e| Problem::internal(&e))?;
    let next = cases.last().filter(|_| cases.len() == limit as usize).map(|case| case.id.clone());
    Ok(Json(Cases { cases, next }))
}

/// One case whole. Who may not see the contact that opened it may not see it either.
pub async fn detail(
    State(app): State<App>,
    Extension(caller): Extension<Caller>,
    Path(code): Path<String>,
) -> Result<Json<CaseDetail>, Problem> {
    caller.must(Permission::Contacts)?;
    let none = || Problem::not_found("no case has this number; GET /api/cases lists them");
    let found = app.store.case(&code).await.map_err(|e| Problem::internal(&e))?.ok_or_else(none)?;
    let opened_by = app.store.get(&found.case.contact).await.map_err(|e| Problem::internal(&e))?;
    let queue = opened_by.and_then(|detail| detail.contact.handoff_queue);
    if caller.sees(queue.as_deref()) { Ok(Json(found)) } else { Err(none()) }
}

/// One page of requests to be called back, newest first.
#[derive(serde::Serialize)]
pub struct Callbacks {
    callbacks: Vec<Callback>,
    /// Give it as `before` to get the next page; absent on the last.
    #[serde(skip_serializing_if = "Option::is_none")]
    next: Option<String>,
}

pub async fn callbacks(
    State(app): State<App>,
    Extension(caller): Extension<Caller>,
    wanted: Result<Query<Wanted>, QueryRejection>,
) -> Result<Json<Callbacks>, Problem> {
    caller.must(Permission::Contacts)?;
    let (wanted, limit) = Wanted::check(wanted, &CALLBACK_STATES)?;
    if wanted.kind.is_some() {
        return Err(Problem::bad_request("call backs have no kind"));
    }
    let filter =
        CallbackFilter { state: wanted.state, before: wanted.before, queues: caller.may.queues, limit };
    let callbacks = app.store.callbacks(&filter).await.map_err(|e| Problem::internal(&e))?;
    let next = callbacks.last().filter(|_| callbacks.len() == limit as usize).map(|c| c.id.clone());
    Ok(Json(Callbacks { callbacks, next }))
}
