//! Versions over a running server: what is published answers the next call, and a kill loses nothing.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test fails by panicking")]
use e2e::server::{Server, Wanted, binary, copy, reword};
use serde_json::Value;
use std::path::Path;
use std::process::{Command, Output, Stdio};
use std::time::{Duration, Instant};

fn digame(server: &Server, words: &[&str]) -> Command {
    let mut command = Command::new(binary("digame").unwrap());
    command.arg("--config").arg(server.folder.join("digame.toml")).args(words);
    command
}

fn done(output: &Output) -> String {
    let text =
        String::from_utf8_lossy(&output.stdout).into_owned() + &String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{text}");
    text
}

/// Calls, listens to the first prompt, hangs up; the version in the record of that contact.
async fn version_that_answers(server: &Server, nth: usize) -> String {
    let script = server.folder.join("listens.yaml");
    std::fs::write(&script, "steps: [{ wait: bot }, hang_up]\n").unwrap();
    let uri = format!("sip:010@{}", server.sip);
    let mut call = Command::new(binary("digame").unwrap());
    assert!(
        call.args(["call", &uri, "--script"]).arg(&script).stdout(Stdio::null()).status().unwrap().success()
    );
    let contact = server.ended_contacts(nth).await.unwrap().remove(nth - 1);
    contact["dialog_version"].as_str().unwrap().to_owned()
}

fn versions(server: &Server) -> Value {
    let output = digame(server, &["versions", "cita_previa", "--json"]).output().unwrap();
    serde_json::from_str(&done(&output)).unwrap()
}

async fn until_taken(server: &Server, times: usize) {
    let deadline = Instant::now() + Duration::from_secs(30);
    while server.log().matches("they answer the next call").count() < times {
        assert!(Instant::now() < deadline, "{}", server.log());
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
}

#[tokio::test]
async fn what_is_published_answers_and_what_is_taken_back_answers_no_more() {
    let folder = tempfile::tempdir().unwrap();
    let bots = folder.path().join("bots");
    copy(
        Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/../dialogs/bots/cita_previa")),
        &bots.join("cita_previa"),
    )
    .unwrap();
    let wanted = Wanted { sections: vec![("dialogs", format!("folder = {bots:?}"))], ..Wanted::default() };
    let server = Server::start(folder.path(), wanted).unwrap();
    let drafted = version_that_answers(&server, 1).await;

    done(&digame(&server, &["publish", "cita_previa", "--note", "la primera"]).output().unwrap());
    let first = versions(&server)["current"].as_str().unwrap().to_owned();
    assert_eq!(first, drafted, "the same files are the same version");
    until_taken(&server, 1).await;

    // From now on the folder is a draft, even a broken one.
    reword(&bots.join("cita_previa"), "opening:", "openning:").unwrap();
    until_taken(&server, 2).await;
    assert_eq!(version_that_answers(&server, 2).await, first);
    let refused = digame(&server, &["publish", "cita_previa"]).output().unwrap();
    let why = String::from_utf8_lossy(&refused.stderr).into_owned();
    assert!(refused.status.code() == Some(1) && why.contains("did you mean `opening`?"), "{why}");

    reword(&bots.join("cita_previa"), "openning:", "opening:").unwrap();
    reword(&bots.join("cita_previa"), "Soy un asistente automático", "Le atiende un asistente automático")
        .unwrap();
    // Killed at any instant, either nothing has happened or all of it.
    for wait_ms in [50, 200, 400, 700, 1_000, 1_500] {
        let mut child = digame(&server, &["publish", "cita_previa", "--no-tests"])
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        tokio::time::sleep(Duration::from_millis(wait_ms)).await;
        child.kill().unwrap();
        child.wait().unwrap();
        let now = versions(&server);
        let acts = now["history"].as_array().unwrap();
        let last = acts.last().unwrap();
        assert_eq!(now["current"], last["version"], "{now}");
        assert!(acts.len() == 1 || last["tests"] == "skipped", "{now}");
    }
    done(&digame(&server, &["publish", "cita_previa"]).output().unwrap());
    let second = versions(&server)["current"].as_str().unwrap().to_owned();
    assert_ne!(second, first);
    let deadline = Instant::now() + Duration::from_secs(30);
    let mut calls = 2;
    loop {
        calls += 1;
        if version_that_answers(&server, calls).await == second {
            break;
        }
        assert!(Instant::now() < deadline, "{}", server.log());
    }

    done(
        &digame(&server, &["rollback", "cita_previa", "--to", &first[..8], "--note", "no se entiende"])
            .output()
            .unwrap(),
    );
    let deadline = Instant::now() + Duration::from_secs(30);
    loop {
        calls += 1;
        if version_that_answers(&server, calls).await == first {
            break;
        }
        assert!(Instant::now() < deadline, "{}", server.log());
    }
    let told = done(&digame(&server, &["versions", "cita_previa"]).output().unwrap());
    assert!(told.contains("«no se entiende»") && told.contains("← answers"), "{told}");
}
