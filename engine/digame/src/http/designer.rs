//! The designer's page and its files, as `engine/web` was built when this program was.
use super::{App, Problem};
use axum::Router;
use axum::extract::Path;
use axum::http::{HeaderName, header};
use axum::response::{IntoResponse, Redirect, Response};
use axum::routing::get;
use include_dir::{Dir, include_dir};

static PAGE: Dir<'_> = include_dir!("$OUT_DIR/web");

const NOT_BUILT: &str = "<!doctype html><html lang=\"es\"><meta charset=\"utf-8\"><title>Digame</title>\
    <p>Esta página no se ha compilado: ejecute <code>make build</code>, que necesita npm. \
    This page is not built: run <code>make build</code>, which needs npm.</p></html>";

pub fn router() -> Router<App> {
    Router::new()
        .route("/designer", get(page))
        .route("/designer/", get(|| async { Redirect::permanent("/designer") }))
        .route("/designer/{file}", get(file))
}

/// Nothing but our own files runs; styles made by the editor carry the nonce.
fn policy(nonce: &str) -> String {
    format!(
        "default-src 'none'; script-src 'self'; style-src 'self' 'nonce-{nonce}'; connect-src 'self'; \
         img-src 'self' data:; media-src 'self' blob:; font-src 'self'; base-uri 'none'; form-action 'none'; \
         frame-ancestors 'none'"
    )
}

async fn page() -> Response {
    let nonce = hex::encode(rand::random::<[u8; 16]>());
    let built = PAGE.get_file("index.html").and_then(|file| file.contents_utf8());
    let html = built.unwrap_or(NOT_BUILT).replace("{{nonce}}", &nonce);
    let headers = [
        (header::CONTENT_TYPE, "text/html; charset=utf-8".to_owned()),
        (header::CONTENT_SECURITY_POLICY, policy(&nonce)),
        (header::CACHE_CONTROL, "no-store".into()),
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff".into()),
        (header::REFERRER_POLICY, "no-referrer".into()),
        (
            HeaderName::from_static("permissions-policy"),
            "microphone=(self), camera=(), geolocation=()".into(),
        ),
    ];
    (headers, html).into_response()
}

async fn file(Path(name): Path<String>) -> Result<Response, Problem> {
    let file = PAGE.get_file(&name).filter(|_| name != "index.html");
    let file = file.ok_or_else(|| Problem::not_found("the page has no such file"))?;
    let kind = match name.rsplit_once('.') {
        Some((_, "js")) => "text/javascript; charset=utf-8",
        Some((_, "css")) => "text/css; charset=utf-8",
        _ => "application/octet-stream",
    };
    let headers = [
        (header::CONTENT_TYPE, kind),
        (header::CACHE_CONTROL, "no-cache"),
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
    ];
    Ok((headers, file.contents()).into_response())
}
