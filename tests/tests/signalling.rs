//! Signalling and load against SIPp.
#![allow(clippy::unwrap_used, clippy::panic, clippy::print_stdout, reason = "a test fails by panicking")]
use e2e::peer::run;
use e2e::server::{Server, Trouble, Wanted};
use std::path::PathBuf;
use std::time::{Duration, Instant};

const LIMIT: Duration = Duration::from_secs(90);

fn scenario(name: &str) -> String {
    let path = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("sipp").join(name);
    path.to_str().unwrap().to_owned()
}

/// Runs SIPp against the server; any call that did not go as the scenario says is a failure (exit 1), and
/// so is a timeout (exit 255).
fn sipp(server: &Server, arguments: &[&str]) {
    let (to, folder) = (server.sip.to_string(), &server.folder);
    let fixed =
        ["sipp", &to, "-i", "127.0.0.1", "-nostdin", "-timeout", "60", "-timeout_error", "-trace_err"];
    let words: Vec<&str> = fixed.iter().chain(arguments).copied().collect();
    if let Err(trouble) = run(folder, LIMIT, &words) {
        let errors: String = std::fs::read_dir(folder)
            .unwrap()
            .flatten()
            .filter(|entry| entry.file_name().to_string_lossy().contains("errors"))
            .map(|entry| std::fs::read_to_string(entry.path()).unwrap_or_default())
            .collect();
        panic!("{trouble}\n{errors}\n{}", server.log());
    }
}

fn start(sections: Vec<(&'static str, String)>) -> (tempfile::TempDir, Server) {
    let folder = tempfile::tempdir().unwrap();
    let server = Server::start(folder.path(), Wanted { sections, environment: vec![] }).unwrap();
    (folder, server)
}

/// Keeps one line of a number for 6 s from another thread, and returns when it has been answered.
async fn hold(server: &Server, number: &'static str) -> std::thread::JoinHandle<Result<String, Trouble>> {
    let (to, folder) = (server.sip.to_string(), server.folder.clone());
    let held = std::thread::spawn(move || {
        let place = ["sipp", &to, "-i", "127.0.0.1", "-nostdin", "-sn", "uac"];
        run(&folder, LIMIT, &[&place[..], &["-m", "1", "-d", "6000", "-s", number]].concat())
    });
    let deadline = Instant::now() + Duration::from_secs(5);
    while !server.contacts().await.unwrap().iter().any(|contact| !contact["answered"].is_null()) {
        assert!(Instant::now() < deadline, "the call to {number} was not answered");
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    held
}

#[tokio::test]
async fn forty_calls_over_udp_and_ten_over_tcp_leave_fifty_records() {
    let (_folder, server) = start(vec![]);
    sipp(&server, &["-sn", "uac", "-m", "40", "-r", "10", "-d", "1000", "-s", "010"]);
    sipp(&server, &["-sn", "uac", "-m", "10", "-r", "10", "-d", "500", "-s", "010", "-t", "t1"]);
    let contacts = server.ended_contacts(50).await.unwrap();
    assert_eq!(contacts.len(), 50);
    for contact in &contacts {
        assert_eq!(
            (&contact["state"], &contact["outcome"]),
            (&"ended".into(), &"hung_up".into()),
            "{contact}"
        );
    }
    let metrics = server.text("/metrics").await.unwrap();
    assert!(metrics.contains("digame_calls_answered_total 50"), "{metrics}");
    assert!(metrics.contains("digame_records_refused_total 0"), "{metrics}");
}

#[test]
fn lost_packets_lose_no_call() {
    let (_folder, server) = start(vec![]);
    sipp(&server, &["-sn", "uac", "-m", "20", "-r", "10", "-d", "200", "-s", "010", "-lost", "10"]);
}

#[tokio::test]
async fn a_full_machine_says_503_and_when_to_come_back() {
    let (_folder, server) = start(vec![("media", "max_calls = 1".into())]);
    let held = hold(&server, "010").await;
    sipp(&server, &["-sf", &scenario("full.xml"), "-m", "3", "-s", "010"]);
    held.join().unwrap().unwrap();
    let contacts = server.ended_contacts(1).await.unwrap();
    assert_eq!(contacts.len(), 1, "a refused call is no contact");
    let metrics = server.text("/metrics").await.unwrap();
    assert!(metrics.contains("digame_calls_refused_full_total 3"), "{metrics}");
}

#[tokio::test]
async fn a_number_whose_lines_are_taken_is_busy_and_the_others_are_not() {
    let numbers = "numbers = { \"012\" = { bot = \"cita_previa\", lines = 1 } }";
    let (_folder, server) = start(vec![("dialogs", numbers.into())]);
    let held = hold(&server, "012").await;
    sipp(&server, &["-sf", &scenario("busy.xml"), "-m", "3", "-s", "012"]);
    sipp(&server, &["-sn", "uac", "-m", "2", "-d", "200", "-s", "010"]);
    held.join().unwrap().unwrap();
    sipp(&server, &["-sn", "uac", "-m", "1", "-d", "200", "-s", "012"]);
    assert_eq!(server.ended_contacts(4).await.unwrap().len(), 4, "a refused call is no contact");
    let metrics = server.text("/metrics").await.unwrap();
    assert!(metrics.contains("digame_calls_refused_busy_total 3"), "{metrics}");
    assert!(metrics.contains("digame_calls_refused_full_total 0"), "{metrics}");
}

#[test]
fn a_number_without_a_bot_is_not_found() {
    let (_folder, server) = start(vec![("dialogs", "default = \"\"".into())]);
    sipp(&server, &["-sf", &scenario("not_found.xml"), "-m", "1", "-s", "099"]);
}

#[test]
fn an_offer_without_a_common_codec_is_not_acceptable() {
    let (_folder, server) = start(vec![]);
    sipp(&server, &["-sf", &scenario("no_codec.xml"), "-m", "1", "-s", "010"]);
}

#[test]
fn options_tells_that_it_lives() {
    let (_folder, server) = start(vec![]);
    sipp(&server, &["-sf", &scenario("options.xml"), "-m", "5", "-s", "010"]);
}

#[tokio::test]
async fn keys_by_rfc_4733_from_a_capture_reach_the_dialog() {
    let (_folder, server) = start(vec![]);
    sipp(&server, &["-sf", &scenario("keys.xml"), "-m", "1", "-s", "010"]);
    let contacts = server.ended_contacts(1).await.unwrap();
    let received = contacts[0]["quality"]["received"].as_u64().unwrap_or(0);
    assert!(received > 100, "{}", contacts[0]);
}

#[test]
fn hold_and_resume_are_answered_with_the_right_direction() {
    let (_folder, server) = start(vec![]);
    sipp(&server, &["-sf", &scenario("hold.xml"), "-m", "3", "-r", "2", "-s", "010"]);
}

#[tokio::test]
async fn an_invite_without_an_offer_gets_ours_and_has_sound() {
    let (_folder, server) = start(vec![]);
    sipp(&server, &["-sf", &scenario("late_offer.xml"), "-m", "1", "-s", "010"]);
    let contacts = server.ended_contacts(1).await.unwrap();
    assert!(contacts[0]["quality"]["received"].as_u64().unwrap_or(0) > 50, "{}", contacts[0]);
}
