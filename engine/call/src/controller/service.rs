//! Outside services: one HTTP request with its timeout, retries and key.

use std::time::{Duration, Instant};

use chrono::{DateTime, Utc};
use dialogs::{CallError, Json, ServiceCall};
use reqwest::header::{HeaderMap, RETRY_AFTER};
use reqwest::{Client, Method, Response};

/// Longest answer that is read.
const LARGEST: usize = 1 << 20;
/// Wait before the first retry; doubles each time.
const BACKOFF: Duration = Duration::from_millis(100);

/// What came of a call.
#[derive(Debug)]
pub struct Reply {
    /// [`ServiceCall::id`].
    pub id: u64,
    /// `service.operation`.
    pub operation: String,
    /// The answer, or why there is none.
    pub result: Result<Json, CallError>,
    /// How long it took, retries included.
    pub took: Duration,
}

/// Does the call; never fails otherwise than in [`Reply::result`].
pub async fn ask(client: Client, call: ServiceCall) -> Reply {
    let began = Instant::now();
    // All tries at their longest: whatever a service asks for, nobody waits longer.
    let end = began + call.timeout.saturating_mul(u32::from(call.retries) + 1);
    let mut outcome = attempt(&client, &call).await;
    for retry in 0..call.retries {
        let Err(failed) = &outcome else { break };
        let Some(pause) = failed.pause(retry).filter(|_| failed.may_repeat(&call)) else { break };
        // A service that says when it will be back is not asked before, and not at all if that is too late.
        if failed.again_in.is_some() && Instant::now() + pause >= end {
            break;
        }
        tokio::time::sleep(pause).await;
        outcome = attempt(&client, &call).await;
    }
    let result = outcome.map_err(|failed| failed.error);
    Reply { id: call.id, operation: call.service.clone(), result, took: began.elapsed() }
}

/// A try that failed.
struct Failed {
    error: CallError,
    /// The service says when to try again (`Retry-After`).
    again_in: Option<Duration>,
    /// Nobody answered at the address: the service knows nothing of the call.
    unreached: bool,
}

impl From<CallError> for Failed {
    fn from(error: CallError) -> Failed {
        Failed { error, again_in: None, unreached: false }
    }
}

impl Failed {
    /// Whether a second try does nothing twice: a POST or a PATCH without a key may have been done although no answer
    /// came (RFC 9110, section 9.2.2).
    fn may_repeat(&self, call: &ServiceCall) -> bool {
        let safe = !matches!(call.method, "POST" | "PATCH") || call.idempotency_key.is_some();
        safe || self.unreached || self.again_in.is_some()
    }

    /// The wait before the next try; none where there is no use in one. No answer and 5xx may pass; what the service
    /// refuses stays refused, unless it says when it will not (429).
    fn pause(&self, retry: u8) -> Option<Duration> {
        let backoff = BACKOFF * 2u32.saturating_pow(u32::from(retry));
        let pause = self.again_in.map_or(backoff, |pause| pause.max(backoff));
        match self.error {
            CallError::Status(429) => self.again_in.map(|_| pause),
            CallError::Status(status) if status < 500 => None,
            CallError::Status(_) | CallError::Timeout | CallError::Failed(_) => Some(pause),
        }
    }
}

async fn attempt(client: &Client, call: &ServiceCall) -> Result<Json, Failed> {
    match tokio::time::timeout(call.timeout, request(client, call)).await {
        Ok(result) => result,
        Err(_) => Err(CallError::Timeout.into()),
    }
}

async fn request(client: &Client, call: &ServiceCall) -> Result<Json, Failed> {
    let env = |name: &str| std::env::var(name).ok();
    let method = Method::from_bytes(call.method.as_bytes())
        .map_err(|_| CallError::Failed(format!("«{}» is no HTTP method", call.method)))?;
    let mut request = client.request(method, call.url(env));
    if let Some(body) = &call.body {
        request = request.json(body);
    }
    if let Some(key) = &call.idempotency_key {
        request = request.header("Idempotency-Key", key);
    }
    if let Some(token) = call.token_env.as_deref().and_then(env) {
        request = request.bearer_auth(token);
    }
    let response = request.send().await.map_err(|error| {
        let unreached = error.is_connect();
        Failed { unreached, ..failure(error).into() }
    })?;
    let status = response.status();
    if !status.is_success() {
        let again_in = retry_after(response.headers(), Utc::now());
        return Err(Failed { again_in, ..CallError::Status(status.as_u16()).into() });
    }
    let body = read(response).await?;
    Json::parse(&body).map_err(|why| CallError::Failed(why.to_string()).into())
}

/// `Retry-After`: seconds, or a date of HTTP (RFC 9110, section 10.2.3).
fn retry_after(headers: &HeaderMap, now: DateTime<Utc>) -> Option<Duration> {
    let written = headers.get(RETRY_AFTER)?.to_str().ok()?.trim();
    if let Ok(seconds) = written.parse() {
        return Some(Duration::from_secs(seconds));
    }
    let at = DateTime::parse_from_rfc2822(written).ok()?;
    Some((at.to_utc() - now).to_std().unwrap_or_default())
}

/// Reads the body, but no more than [`LARGEST`].
async fn read(mut response: Response) -> Result<Vec<u8>, CallError> {
    let mut body = Vec::new();
    while let Some(chunk) = response.chunk().await.map_err(failure)? {
        if body.len() + chunk.len() > LARGEST {
            return Err(CallError::Failed(format!("its answer is longer than {LARGEST} bytes")));
        }
        body.extend_from_slice(&chunk);
    }
    Ok(body)
}

/// Without the URL: it may hold a citizen's data, and this goes into records.
fn failure(error: reqwest::Error) -> CallError {
    if error.is_timeout() {
        return CallError::Timeout;
    }
    let error = error.without_url();
    let mut innermost: &dyn std::error::Error = &error;
    while let Some(source) = innermost.source() {
        innermost = source;
    }
    CallError::Failed(format!("no answer: {innermost}"))
}

#[cfg(test)]
#[path = "service_tests.rs"]
mod tests;
