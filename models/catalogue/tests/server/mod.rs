//! A small HTTP server on loopback that can misbehave on purpose.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex};

use tokio::io::{AsyncBufReadExt, AsyncWriteExt, BufReader};
use tokio::net::{TcpListener, TcpStream};

/// How one request is answered.
#[derive(Debug, Clone, Copy)]
pub enum Answer {
    /// Properly, with ranges.
    Whole,
    /// As [`Answer::Whole`], closing after so many bytes of the body.
    Break(usize),
    /// The whole body from its start, whatever range was asked for.
    NoRange,
    /// A status and nothing.
    Status(u16),
}

/// A running server.
pub struct Server {
    pub url: String,
    /// Values of the Range header, one for each request; empty where there was none.
    pub asked: Arc<Mutex<Vec<String>>>,
}

/// Serves `content` at any path; requests are answered by `answers` in turn, the last for ever.
pub async fn start(content: Vec<u8>, answers: &[Answer]) -> Server {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}/file.bin", listener.local_addr().unwrap());
    let asked = Arc::new(Mutex::new(Vec::new()));
    let mut left: VecDeque<Answer> = answers.iter().copied().collect();
    let log = Arc::clone(&asked);
    tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            let answer = left[0];
            if left.len() > 1 {
                left.pop_front();
            }
            serve(stream, &content, answer, &log).await;
        }
    });
    Server { url, asked }
}

async fn serve(stream: TcpStream, content: &[u8], answer: Answer, log: &Mutex<Vec<String>>) {
    let mut stream = BufReader::new(stream);
    let mut range = String::new();
    loop {
        let mut line = String::new();
        if stream.read_line(&mut line).await.unwrap_or(0) == 0 {
            return;
        }
        if let Some((name, value)) = line.split_once(':')
            && name.eq_ignore_ascii_case("range")
        {
            range = value.trim().to_owned();
        }
        if line == "\r\n" {
            break;
        }
    }
    log.lock().unwrap().push(range.clone());
    let from =
        range.strip_prefix("bytes=").and_then(|range| range.trim_end_matches('-').parse::<usize>().ok());
    let (status, from) = match (answer, from) {
        (Answer::Status(status), _) => (status, content.len()),
        (Answer::NoRange, _) | (_, None) => (200, 0),
        (_, Some(from)) if from >= content.len() => (416, content.len()),
        (_, Some(from)) => (206, from),
    };
    let body = &content[from..];
    let mut head = format!("HTTP/1.1 {status} -\r\nContent-Length: {}\r\nConnection: close\r\n", body.len());
    if status == 206 {
        head += &format!("Content-Range: bytes {from}-{}/{}\r\n", content.len() - 1, content.len());
    }
    if status == 416 {
        head += &format!("Content-Range: bytes */{}\r\n", content.len());
    }
    head += "\r\n";
    let sent = match answer {
        Answer::Break(limit) => &body[..limit.min(body.len())],
        _ => body,
    };
    // A client that has gone away is its own affair.
    let _ = stream.write_all(head.as_bytes()).await;
    let _ = stream.write_all(sent).await;
    let _ = stream.shutdown().await;
}
