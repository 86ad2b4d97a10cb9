//! The HTTP API: health, metrics, contacts, recordings, live events.
//!
//! Everything but `/health` wants `Authorization: Bearer TOKEN`; errors are problem+json (RFC 9457).
mod contacts;
mod events;
mod problem;
#[cfg(test)]
mod tests;

pub use problem::Problem;

use axum::Router;
use axum::extract::{Request, State};
use axum::http::header;
use axum::middleware::{self, Next};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
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
    /// The one bearer token.
    pub token: Arc<str>,
    /// Live events, each one JSON object.
    pub events: broadcast::Sender<Arc<str>>,
    /// The machine now, for `/health` and `/metrics`.
    pub monitor: Arc<dyn Monitor>,
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
        .route("/api/events", get(events::stream))
        .route_layer(middleware::from_fn_with_state(app.clone(), authorised));
    Router::new()
        .route("/health", get(health))
        .merge(closed)
        .fallback(|| async { Problem::not_found("no such resource; the API is described in docs/api.md") })
        .method_not_allowed_fallback(|| async { Problem::method_not_allowed() })
        .with_state(app)
}

async fn health(State(app): State<App>) -> axum::Json<Health> {
    axum::Json(app.monitor.health())
}

async fn metrics(State(app): State<App>) -> impl IntoResponse {
    (
        [(header::CONTENT_TYPE, "application/openmetrics-text; version=1.0.0; charset=utf-8")],
        app.monitor.metrics(),
    )
}

async fn authorised(State(app): State<App>, request: Request, next: Next) -> Response {
    let given = request
        .headers()
        .get(header::AUTHORIZATION)
        .and_then(|value| value.to_str().ok())
        .and_then(|value| value.strip_prefix("Bearer "));
    match given {
        Some(token) if same(token.as_bytes(), app.token.as_bytes()) => next.run(request).await,
        _ => Problem::unauthorised().into_response(),
    }
}

/// Compares without telling by its time where two tokens differ.
fn same(a: &[u8], b: &[u8]) -> bool {
    a.len() == b.len() && a.iter().zip(b).fold(0u8, |differ, (x, y)| differ | (x ^ y)) == 0
}
