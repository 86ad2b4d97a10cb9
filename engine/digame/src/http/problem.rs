//! Errors of the API: problem details, RFC 9457.
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};

/// One problem+json answer.
#[derive(Debug, serde::Serialize)]
pub struct Problem {
    /// HTTP status.
    pub status: u16,
    /// What kind of problem, the same words each time.
    pub title: &'static str,
    /// What is wrong here and what to do.
    pub detail: String,
    /// More of it, for programs.
    #[serde(flatten)]
    pub more: serde_json::Map<String, serde_json::Value>,
}

impl Problem {
    fn new(status: u16, title: &'static str, detail: impl Into<String>) -> Self {
        Self { status, title, detail: detail.into(), more: serde_json::Map::new() }
    }

    /// The same with a member that programs read.
    pub fn with(mut self, name: &str, value: impl serde::Serialize) -> Self {
        self.more.insert(name.to_owned(), serde_json::to_value(value).unwrap_or_default());
        self
    }

    /// 409: a name that something else has.
    pub fn exists(detail: impl Into<String>) -> Self {
        Self::new(409, "Conflict", detail)
    }

    /// 412: what was to be changed is no longer what the caller saw.
    pub fn conflict(detail: impl Into<String>) -> Self {
        Self::new(412, "Precondition failed", detail)
    }

    /// 413: too large.
    pub fn too_large(detail: impl Into<String>) -> Self {
        Self::new(413, "Content too large", detail)
    }

    /// 422: understood, and it cannot be done with this content.
    pub fn unprocessable(detail: impl Into<String>) -> Self {
        Self::new(422, "Unprocessable content", detail)
    }

    /// 428: a change must say what it changes.
    pub fn precondition_required() -> Self {
        let detail =
            "send `If-Match` with the ETag of the file that was edited, or `If-None-Match: *` for a new file";
        Self::new(428, "Precondition required", detail)
    }

    /// 429: too many at once.
    pub fn too_many(detail: impl Into<String>) -> Self {
        Self::new(429, "Too many requests", detail)
    }

    /// 400: a parameter that cannot be.
    pub fn bad_request(detail: impl Into<String>) -> Self {
        Self::new(400, "Bad request", detail)
    }

    /// 401: no token, or another one.
    pub fn unauthorised() -> Self {
        let detail = "send `Authorization: Bearer TOKEN`: the one of POST /api/login, or the operator's in the file `token` of the data folder";
        Self::new(401, "Unauthorised", detail)
    }

    /// 401: a login that is not right, without telling what of it.
    pub fn wrong_password() -> Self {
        Self::new(401, "Unauthorised", "this login and password do not go together")
    }

    /// 403: known, and not allowed.
    pub fn forbidden(detail: impl Into<String>) -> Self {
        Self::new(403, "Forbidden", detail)
    }

    /// 404.
    pub fn not_found(detail: impl Into<String>) -> Self {
        Self::new(404, "Not found", detail)
    }

    /// 405.
    pub fn method_not_allowed() -> Self {
        Self::new(405, "Method not allowed", "docs/api.md says which methods each path takes")
    }

    /// 500, with the cause in the log and not in the answer.
    pub fn internal(error: &dyn std::error::Error) -> Self {
        tracing::error!(%error, "api");
        Self::new(500, "Internal error", "the cause is in the server's log")
    }
}

impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        let status = StatusCode::from_u16(self.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        let body = serde_json::to_string(&self).unwrap_or_default();
        (status, [(header::CONTENT_TYPE, "application/problem+json")], body).into_response()
    }
}
