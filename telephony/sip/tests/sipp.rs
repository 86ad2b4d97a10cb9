//! SIPp calls the stack over loopback. Needs the Debian package sip-tester.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::print_stdout)]
use sip::sdp::{self, Local, Session};
use sip::{Config, Event, Stack};
use std::collections::HashMap;
use std::net::SocketAddr;
use std::process::{Command, Output};
use std::time::Duration;

/// Answers every call at once, as the engine would, until the stack stops; passes it on to 112 if it `transfers`.
async fn serve(
    stack: Stack,
    mut events: tokio::sync::mpsc::Receiver<Event>,
    transfers: bool,
) -> HashMap<&'static str, u32> {
    let mut seen = HashMap::new();
    while let Some(event) = events.recv().await {
        let name = match &event {
            Event::Incoming { leg, offer, source, .. } => {
                let local = Local::new(stack.local_addr().ip(), 40_000, leg.number());
                let offer = Session::parse(offer.as_deref().unwrap()).unwrap();
                let answer = sdp::answer(&offer, &local).unwrap();
                assert_eq!(answer.remote_rtp.ip(), source.ip());
                stack.ring(*leg).await.unwrap();
                stack.accept(*leg, answer.sdp).await.unwrap();
                "incoming"
            }
            Event::Acked { leg, .. } if transfers => {
                stack.refer(*leg, "112", Duration::from_secs(20)).await.unwrap();
                "acked"
            }
            Event::Acked { .. } => "acked",
            Event::Referred { status: 100..200, .. } => "on its way",
            Event::Referred { leg, status: 200 } => {
                stack.bye(*leg).await.unwrap();
                "transferred"
            }
            Event::Ended { .. } => "ended",
            _ => "other",
        };
        *seen.entry(name).or_insert(0) += 1;
    }
    seen
}

async fn sipp(target: SocketAddr, calls: u32, arguments: &'static str) -> Output {
    let folder = tempfile::tempdir().unwrap();
    let at = folder.path().to_owned();
    let run = tokio::task::spawn_blocking(move || {
        Command::new("sipp")
            .arg(target.to_string())
            .args(["-i", "127.0.0.1", "-m", &calls.to_string(), "-timeout", "120s"])
            .args(["-timeout_error", "-nostdin", "-trace_rtt", "-rtt_freq", "1", "-trace_stat", "-d", "200"])
            .args(arguments.split_whitespace())
            .current_dir(at)
            .output()
            .unwrap_or_else(|e| panic!("sipp cannot be run ({e}); install the Debian package sip-tester"))
    });
    let output = run.await.unwrap();
    print_times(folder.path(), arguments);
    output
}

/// SIPp's own response times (INVITE → 200 in its built-in scenario), ms.
fn print_times(folder: &std::path::Path, what: &str) {
    let mut times: Vec<f64> = Vec::new();
    for entry in std::fs::read_dir(folder).unwrap().flatten() {
        if entry.file_name().to_string_lossy().contains("_rtt") {
            let text = std::fs::read_to_string(entry.path()).unwrap();
            let second = |line: &str| line.split(';').nth(1).and_then(|t| t.trim().parse::<f64>().ok());
            times.extend(text.lines().filter_map(second));
        }
    }
    times.sort_by(f64::total_cmp);
    let at = |share: f64| times.get((share * times.len() as f64) as usize).copied().unwrap_or(f64::NAN);
    let (p50, p95, p99) = (at(0.50), at(0.95), at(0.99));
    println!("sipp {what}: {} calls, INVITE to 200 in ms: p50 {p50} p95 {p95} p99 {p99}", times.len());
}

async fn run(calls: u32, arguments: &'static str) {
    let transfers = arguments.contains("transfer.xml");
    let (stack, events) = Stack::bind(Config::new("127.0.0.1:0".parse().unwrap())).await.unwrap();
    let served = tokio::spawn(serve(stack.clone(), events, transfers));
    let output = sipp(stack.local_addr(), calls, arguments).await;
    let code = output.status.code();
    assert_eq!(
        code,
        Some(0),
        "{}{}",
        String::from_utf8_lossy(&output.stdout),
        String::from_utf8_lossy(&output.stderr)
    );
    // With loss on SIPp's side our answer to its last BYE may still be on its way.
    tokio::time::sleep(Duration::from_millis(100)).await;
    let counters = stack.counters();
    println!("{counters:?}");
    assert_eq!(counters.malformed, 0);
    stack.shutdown().await.unwrap();
    drop(stack);
    let seen = served.await.unwrap();
    assert_eq!((seen.get("incoming"), seen.get("ended")), (Some(&calls), Some(&calls)), "{seen:?}");
    assert_eq!(seen.get("other"), None, "{seen:?}");
    assert_eq!(seen.get("transferred"), transfers.then_some(&calls), "{seen:?}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn sipp_calls_over_udp_tcp_and_with_loss() {
    run(200, "-sn uac -r 50 -t u1").await;
    run(50, "-sn uac -r 50 -t t1").await;
    run(100, "-sn uac -r 50 -t u1 -lost 10").await;
    run(500, "-sn uac -r 100 -t u1").await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn sipp_passes_itself_on_when_asked_to() {
    const SCENARIO: &str = concat!("-sf ", env!("CARGO_MANIFEST_DIR"), "/tests/transfer.xml -r 20 -t u1");
    run(40, SCENARIO).await;
}
