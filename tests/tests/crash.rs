//! Nothing is lost: a killed server keeps the contact, its timeline and its recording.
#![allow(clippy::unwrap_used, clippy::panic, clippy::print_stdout, reason = "a test fails by panicking")]
use e2e::server::{Server, Wanted, binary};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

#[tokio::test]
async fn a_call_cut_by_kill_9_is_there_after_the_restart() {
    let folder = tempfile::tempdir().unwrap();
    let mut server = Server::start(folder.path(), Wanted::default()).unwrap();
    let script = folder.path().join("citizen.yaml");
    std::fs::write(&script, "steps:\n  - silence: 60000\n").unwrap();
    let mut citizen = Command::new(binary("digame").unwrap())
        .arg("call")
        .arg(format!("sip:010@{}", server.sip))
        .arg("--script")
        .arg(&script)
        .stdout(Stdio::null())
        .spawn()
        .unwrap();
    let answered = loop {
        let contacts = server.contacts().await.unwrap();
        if contacts.first().is_some_and(|c| !c["answered"].is_null()) {
            break Instant::now();
        }
        tokio::time::sleep(Duration::from_millis(20)).await;
    };
    tokio::time::sleep(Duration::from_secs(6)).await;
    let lived = answered.elapsed().as_secs_f64();
    server.kill().unwrap();
    citizen.kill().unwrap();
    citizen.wait().unwrap();

    server.start_again().unwrap();
    let contacts = server.contacts().await.unwrap();
    let contact = &contacts[0];
    assert_eq!(contact["state"], "interrupted", "{contact}");
    assert!(contact["timeline"].as_array().unwrap().iter().any(|e| e["kind"] == "said"), "{contact}");
    let recording = folder.path().join("data/recordings").join(contact["recording"].as_str().unwrap());
    let wav = hound::WavReader::open(recording).unwrap();
    let seconds = f64::from(wav.duration()) / 8000.0;
    println!("killed {lived:.2} s after the answer; the recording holds {seconds:.2} s");
    assert!(seconds > lived - 2.0, "{seconds} s of {lived} s");
    let samples: Vec<i16> = wav.into_samples().map(Result::unwrap).collect();
    assert!(samples.iter().skip(1).step_by(2).any(|s| s.abs() > 1000), "the bot's side is silent");
}
