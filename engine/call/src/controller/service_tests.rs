//! Against a server that answers by script: one answer a connection.

use super::*;
use std::collections::{BTreeMap, VecDeque};
use std::sync::{Arc, Mutex};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpListener;

/// When each request came.
type Asked = Arc<Mutex<Vec<Instant>>>;

/// A service that gives these answers, the last one for ever.
async fn service(answers: &[Vec<u8>]) -> (String, Asked) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let base = format!("http://{}", listener.local_addr().unwrap());
    let (asked, mut left) = (Asked::default(), VecDeque::from(answers.to_vec()));
    let seen = asked.clone();
    tokio::spawn(async move {
        loop {
            let Ok((mut stream, _)) = listener.accept().await else { return };
            let mut head = Vec::new();
            while !head.windows(4).any(|w| w == b"\r\n\r\n") {
                let mut part = [0; 1024];
                match stream.read(&mut part).await {
                    Ok(0) | Err(_) => break,
                    Ok(n) => head.extend_from_slice(&part[..n]),
                }
            }
            seen.lock().unwrap().push(Instant::now());
            let answer = if left.len() > 1 { left.pop_front() } else { left.front().cloned() };
            let _ = stream.write_all(&answer.unwrap()).await;
            let _ = stream.shutdown().await;
        }
    });
    (base, asked)
}

fn answer(head: &str, body: &[u8]) -> Vec<u8> {
    let all = format!("HTTP/1.1 {head}\r\nContent-Length: {}\r\nConnection: close\r\n\r\n", body.len());
    [all.as_bytes(), body].concat()
}

fn call(base: &str, timeout: Duration, retries: u8) -> ServiceCall {
    ServiceCall {
        id: 1,
        service: "agenda.huecos".into(),
        method: "GET",
        base_env: None,
        base: base.into(),
        path: "/huecos".into(),
        body: None,
        token_env: None,
        idempotency_key: None,
        timeout,
        retries,
        while_waiting: None,
        arguments: BTreeMap::new(),
    }
}

async fn asked(answers: &[Vec<u8>], retries: u8) -> (Result<Json, CallError>, Vec<Instant>) {
    let (base, asked) = service(answers).await;
    let reply = ask(Client::new(), call(&base, Duration::from_secs(2), retries)).await;
    let times = asked.lock().unwrap().clone();
    (reply.result, times)
}

fn gap(times: &[Instant]) -> Duration {
    times[1] - times[0]
}

#[tokio::test]
async fn a_service_that_says_when_it_will_be_back_is_asked_then() {
    let good = answer("200 OK", b"[1]");
    let (result, times) = asked(&[answer("503 Busy\r\nRetry-After: 1", b"{}"), good.clone()], 1).await;
    assert_eq!((result.unwrap().to_string().as_str(), times.len()), ("[1]", 2));
    assert!(gap(&times) >= Duration::from_secs(1), "{:?}", gap(&times));
    let (result, times) = asked(&[answer("429 Slow\r\nRetry-After: 1", b"{}"), good.clone()], 1).await;
    assert!(result.is_ok() && gap(&times) >= Duration::from_secs(1));
    let date = (Utc::now() + chrono::TimeDelta::seconds(3)).format("%a, %d %b %Y %H:%M:%S GMT").to_string();
    let (result, times) = asked(&[answer(&format!("503 Busy\r\nRetry-After: {date}"), b"{}"), good], 1).await;
    // The date has whole seconds.
    assert!(result.is_ok() && gap(&times) >= Duration::from_millis(1500), "{:?}", gap(&times));
}

#[tokio::test]
async fn nobody_waits_longer_than_the_tries_would_take() {
    // Two tries of two seconds: what is ready in five, or next year, is not waited for.
    for late in ["5", "86400", "99999999999999999999", "Tue, 31 Dec 2199 23:59:59 GMT"] {
        let began = Instant::now();
        let (result, times) = asked(&[answer(&format!("503 Busy\r\nRetry-After: {late}"), b"{}")], 1).await;
        assert_eq!(result, Err(CallError::Status(503)), "{late}");
        assert!(began.elapsed() < Duration::from_secs(4), "{late}: {:?}", began.elapsed());
        let told = !late.starts_with("999");
        assert_eq!(times.len(), if told { 1 } else { 2 }, "{late}");
    }
    // What is no time is as if it were not there; a refusal stays one.
    let (_, times) = asked(&[answer("503 Busy\r\nRetry-After: soon", b"{}")], 1).await;
    assert_eq!(times.len(), 2);
    for refusal in ["429 Slow", "409 Taken\r\nRetry-After: 1", "404 None"] {
        let (result, times) = asked(&[answer(refusal, b"{}")], 1).await;
        assert!(result.is_err() && times.len() == 1, "{refusal}");
    }
}

#[tokio::test]
async fn odd_bodies_are_read_or_refused_in_words() {
    let utf16: Vec<u8> = "[1]".encode_utf16().flat_map(u16::to_le_bytes).collect();
    let huge = format!("[\"{}\"]", "x".repeat(LARGEST));
    let says = async |head: &str, body: &[u8]| match asked(&[answer(head, body)], 0).await.0 {
        Ok(json) => json.to_string(),
        Err(error) => error.to_string(),
    };
    for (head, body, said) in [
        (
            "200 OK",
            &b"\xef\xbb\xbf[{\"id\":98765432109876543210987,\"tasa\":12.50}]"[..],
            "[{\"id\":98765432109876543210987,\"tasa\":12.50}]",
        ),
        ("204 No Content", b"", "null"),
        ("200 OK", b"", "null"),
        ("200 OK", b"<html>Login</html>", "its answer is a page (HTML or XML), not JSON"),
        ("200 OK", &utf16, "its answer is not UTF-8 but UTF-16"),
        ("200 OK", b"[\"A\xf1o\"]", "its answer is not UTF-8: byte 4 is wrong"),
        ("200 OK", huge.as_bytes(), "its answer is longer than 1048576 bytes"),
        ("302 Found\r\nLocation: /otra", b"", "HTTP status 302"),
    ] {
        // The engine follows no redirection.
        let client = Client::builder().redirect(reqwest::redirect::Policy::none()).build().unwrap();
        let (base, _) = service(&[answer(head, body)]).await;
        let result = ask(client, call(&base, Duration::from_secs(2), 0)).await.result;
        let got = result.map_or_else(|e| e.to_string(), |json| json.to_string());
        assert_eq!(got, said, "{head}");
    }
    assert_eq!(says("500 Broken", b"").await, "HTTP status 500");
}

#[tokio::test]
async fn what_may_have_been_done_without_an_answer_is_not_done_twice() {
    let tries = async |answers: &[Vec<u8>], key: Option<&str>| {
        let (base, asked) = service(answers).await;
        let call = ServiceCall {
            method: "POST",
            idempotency_key: key.map(str::to_owned),
            ..call(&base, Duration::from_secs(2), 1)
        };
        let _ = ask(Client::new(), call).await;
        asked.lock().unwrap().len()
    };
    let (silence, busy) = (Vec::new(), answer("503 Service Unavailable\r\nRetry-After: 0", b""));
    let broken = answer("500 Internal Server Error", b"");
    assert_eq!(tries(std::slice::from_ref(&silence), None).await, 1);
    assert_eq!(tries(&[broken], None).await, 1);
    assert_eq!(tries(&[silence], Some("a-1")).await, 2);
    assert_eq!(tries(&[busy], None).await, 2, "the service says that it has done nothing");
}
