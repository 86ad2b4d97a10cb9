//! Outside services: one HTTP request with its timeout, retries and key.

use std::time::{Duration, Instant};

use dialogs::{CallError, ServiceCall};
use reqwest::{Client, Method, Response};
use serde_json::Value;

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
    pub result: Result<Value, CallError>,
    /// How long it took, retries included.
    pub took: Duration,
}

/// Does the call; never fails otherwise than in [`Reply::result`].
pub async fn ask(client: Client, call: ServiceCall) -> Reply {
    let began = Instant::now();
    let mut result = attempt(&client, &call).await;
    for retry in 0..call.retries {
        if !worth_retrying(&result) {
            break;
        }
        tokio::time::sleep(BACKOFF * 2u32.saturating_pow(u32::from(retry))).await;
        result = attempt(&client, &call).await;
    }
    Reply { id: call.id, operation: call.service.clone(), result, took: began.elapsed() }
}

/// No answer and 5xx may pass; what the service refuses stays refused.
fn worth_retrying(result: &Result<Value, CallError>) -> bool {
    match result {
        Ok(_) => false,
        Err(CallError::Status(status)) => *status >= 500,
        Err(CallError::Timeout | CallError::Failed(_)) => true,
    }
}

async fn attempt(client: &Client, call: &ServiceCall) -> Result<Value, CallError> {
    match tokio::time::timeout(call.timeout, request(client, call)).await {
        Ok(result) => result,
        Err(_) => Err(CallError::Timeout),
    }
}

async fn request(client: &Client, call: &ServiceCall) -> Result<Value, CallError> {
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
    let response = request.send().await.map_err(failure)?;
    let status = response.status();
    if !status.is_success() {
        return Err(CallError::Status(status.as_u16()));
    }
    let body = read(response).await?;
    if body.is_empty() {
        return Ok(Value::Null);
    }
    serde_json::from_slice(&body).map_err(|e| CallError::Failed(format!("its answer is not JSON: {e}")))
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
