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
}

impl Problem {
    /// 400: a parameter that cannot be.
    pub fn bad_request(detail: impl Into<String>) -> Self {
        Self { status: 400, title: "Bad request", detail: detail.into() }
    }

    /// 401: no token, or another one.
    pub fn unauthorised() -> Self {
        let detail = "send `Authorization: Bearer TOKEN`: the one of POST /api/login, or the operator's in the file `token` of the data folder";
        Self { status: 401, title: "Unauthorised", detail: detail.into() }
    }

    /// 401: a login that is not right, without telling what of it.
    pub fn wrong_password() -> Self {
        Self {
            status: 401,
            title: "Unauthorised",
            detail: "this login and password do not go together".into(),
        }
    }

    /// 403: known, and not allowed.
    pub fn forbidden(detail: impl Into<String>) -> Self {
        Self { status: 403, title: "Forbidden", detail: detail.into() }
    }

    /// 404.
    pub fn not_found(detail: impl Into<String>) -> Self {
        Self { status: 404, title: "Not found", detail: detail.into() }
    }

    /// 405.
    pub fn method_not_allowed() -> Self {
        Self {
            status: 405,
            title: "Method not allowed",
            detail: "resources are read with GET, and only /api/login takes POST".into(),
        }
    }

    /// 500, with the cause in the log and not in the answer.
    pub fn internal(error: &dyn std::error::Error) -> Self {
        tracing::error!(%error, "api");
        Self { status: 500, title: "Internal error", detail: "the cause is in the server's log".into() }
    }
}

impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        let status = StatusCode::from_u16(self.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        let body = serde_json::to_string(&self).unwrap_or_default();
        (status, [(header::CONTENT_TYPE, "application/problem+json")], body).into_response()
    }
}
