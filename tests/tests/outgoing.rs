//! Calls that `digame call` places to SIPp: the callee that makes the offer, and the one that is elsewhere.
#![allow(clippy::unwrap_used, clippy::panic, clippy::print_stdout, reason = "a test fails by panicking")]
use e2e::peer::run;
use e2e::server::{Server, Wanted, binary, free_port};
use serde_json::Value;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

const SCRIPT: &str = "steps: [{ wait: { timeout_ms: 3000 } }, { keys: '1' }, { silence: 1000 }, hang_up]\n";

/// `digame call` with more arguments: exit code and the report of its one call.
fn call(folder: &Path, to: &str, arguments: &[&str]) -> (Option<i32>, Value) {
    let script = folder.join("script.yaml");
    std::fs::write(&script, SCRIPT).unwrap();
    let done = Command::new(binary("digame").unwrap())
        .args(["call", &format!("sip:010@{to}"), "--json", "--script"])
        .arg(script)
        .args(arguments)
        .current_dir(folder)
        .output()
        .unwrap();
    let said = String::from_utf8_lossy(&done.stdout).into_owned();
    let report: Value = serde_json::from_str(&said)
        .unwrap_or_else(|e| panic!("{e}: {said}{}", String::from_utf8_lossy(&done.stderr)));
    (done.status.code(), report[0].clone())
}

/// Calls SIPp, which plays `scenario`; both must come to their ends.
fn call_sipp(scenario: &str, arguments: &[&str]) -> (Option<i32>, Value) {
    let folder = tempfile::tempdir().unwrap();
    let (sip, media) = (free_port().unwrap().to_string(), free_port().unwrap().to_string());
    let scenario = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("sipp").join(scenario);
    let words = ["sipp", "-sf", scenario.to_str().unwrap(), "-i", "127.0.0.1", "-p", &sip, "-mp", &media];
    let rest = ["-m", "1", "-nostdin", "-timeout", "40", "-timeout_error", "-trace_err"];
    let words: Vec<String> = words.iter().chain(&rest).map(|w| (*w).to_owned()).collect();
    let at = folder.path().to_owned();
    let peer = std::thread::spawn(move || {
        let words: Vec<&str> = words.iter().map(String::as_str).collect();
        run(&at, Duration::from_secs(50), &words)
    });
    // No wait for SIPp's start: until it listens, the INVITE is sent again.
    let called = call(folder.path(), &format!("127.0.0.1:{sip}"), arguments);
    peer.join().unwrap().unwrap_or_else(|trouble| panic!("{trouble}\n{}", called.1));
    called
}

#[test]
fn a_call_without_an_offer_is_answered_in_the_ack_and_has_sound_both_ways() {
    let (code, report) = call_sipp("offers.xml", &["--late-offer"]);
    assert_eq!(
        (code, &report["status"], &report["outcome"]),
        (Some(0), &200.into(), &"hung_up".into()),
        "{report}"
    );
    assert!(report["received"].as_u64().unwrap() > 100, "{report}");
    assert!(report["sent"].as_u64().unwrap() > 100, "{report}");
}

#[test]
fn a_callee_that_is_elsewhere_is_named_and_not_called_there() {
    let (code, report) = call_sipp("moved.xml", &[]);
    assert_eq!(
        (code, &report["status"], &report["outcome"]),
        (Some(1), &302.into(), &"refused".into()),
        "{report}"
    );
    assert_eq!(report["redirected_to"], serde_json::json!(["sip:600000001@192.0.2.7:5070"]), "{report}");
}

#[tokio::test]
async fn the_server_makes_the_offer_where_a_call_has_none() {
    let folder = tempfile::tempdir().unwrap();
    let server = Server::start(folder.path(), Wanted::default()).unwrap();
    let to = server.sip.to_string();
    let (at, to) = (folder.path().to_owned(), to);
    let (code, report) =
        tokio::task::spawn_blocking(move || call(&at, &to, &["--late-offer"])).await.unwrap();
    assert_eq!((code, &report["status"]), (Some(0), &200.into()), "{report}");
    assert!(report["received"].as_u64().unwrap() > 100, "{report}");
    let contacts = server.ended_contacts(1).await.unwrap();
    assert!(contacts[0]["quality"]["received"].as_u64().unwrap_or(0) > 50, "{}", contacts[0]);
}
