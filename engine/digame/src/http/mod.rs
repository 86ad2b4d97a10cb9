//! The HTTP API: health, metrics, contacts, recordings, live events, bots; and the designer's page.
//!
//! Everything but `/health`, `/api/login` and the page's own files wants `Authorization: Bearer TOKEN`; errors are problem+json (RFC 9457).
pub mod access;
pub mod bots;
mod cases;
mod contacts;
mod designer;
mod events;
mod problem;
#[cfg(test)]
mod tests;

pub use problem::Problem;

use crate::config::Permission;
use access::{Access, Caller};
use axum::Router;
use axum::extract::{Extension, State};
use axum::http::header;
use axum::middleware;
use axum::response::IntoResponse;
use axum::routing::{get, post};
use records::Store;
use std::path::PathBuf;
use std::sync::Arc;
use tokio::sync::broadcast;

/// What the API shows.
#[derive(Clone)]
pub struct App {
    /// Records.
    pub store: Store,
    /// Folder of the recordings.
    pub recordings: PathBuf,
    /// Who may ask.
    pub access: Access,
    /// Live events, each one JSON object.
    pub events: broadcast::Sender<Arc<str>>,
    /// The machine now, for `/health` and `/metrics`.
    pub monitor: Arc<dyn Monitor>,
    /// Bots as designers see them.
    pub design: bots::Design,
}

/// What the running engine tells of itself.
pub trait Monitor: Send + Sync {
    /// The whole page of metrics, OpenMetrics text.
    fn metrics(&self) -> String;
    /// Calls now, calls that fit, and whether new ones are taken.
    fn health(&self) -> Health;
}

/// The body of `/health`.
#[derive(Debug, Clone, serde::Serialize)]
pub struct Health {
    /// `ok`, `full` or `draining`.
    pub status: &'static str,
    /// Calls now.
    pub calls: u32,
    /// Calls that fit.
    pub max_calls: u32,
    /// Version of the program.
    pub version: &'static str,
}

/// All routes.
pub fn router(app: App) -> Router {
    let closed = Router::new()
        .route("/metrics", get(metrics))
        .route("/api/contacts", get(contacts::list))
        .route("/api/contacts/{id}", get(contacts::detail))
        .route("/api/contacts/{id}/recording", get(contacts::recording))
        .route("/api/cases", get(cases::list))
        .route("/api/cases/{code}", get(cases::detail))
        .route("/api/callbacks", get(cases::callbacks))
        .route("/api/events", get(events::stream))
        .route("/api/me", get(access::me))
        .merge(bots::router())
        .route_layer(middleware::from_fn_with_state(app.clone(), access::known));
    Router::new()
        .route("/health", get(health))
        .route("/api/login", post(access::login))
        .merge(designer::router())
        .merge(closed)
        .fallback(|| async { Problem::not_found("no such resource; the API is described in docs/api.md") })
        .method_not_allowed_fallback(|| async { Problem::method_not_allowed() })
        .with_state(app)
}

async fn health(State(app): State<App>) -> axum::Json<Health> {
    axum::Json(app.monitor.health())
}

async fn metrics(
    State(app): State<App>,
    Extension(caller): Extension<Caller>,
) -> Result<impl IntoResponse, Problem> {
    caller.must(Permission::Metrics)?;
    Ok((
        [(header::CONTENT_TYPE, "application/openmetrics-text; version=1.0.0; charset=utf-8")],
        app.monitor.metrics(),
    ))
}
