//! A designer saves a file: the next call hears it; a mistake changes nothing.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test fails by panicking")]
use e2e::server::{Server, Wanted, binary, copy, reword};
use serde_json::Value;
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

/// Calls, listens to the first prompt, hangs up; the record of that contact.
async fn call(server: &Server, nth: usize) -> Value {
    let script = server.folder.join("listens.yaml");
    std::fs::write(&script, "steps: [{ wait: bot }, hang_up]\n").unwrap();
    let called = Command::new(binary("digame").unwrap())
        .args(["call", &format!("sip:010@{}", server.sip), "--script"])
        .arg(&script)
        .stdout(Stdio::null())
        .status()
        .unwrap();
    assert!(called.success(), "{}", server.log());
    server.ended_contacts(nth).await.unwrap().remove(nth - 1)
}

fn said(contact: &Value) -> String {
    let timeline = contact["timeline"].as_array().unwrap();
    timeline.iter().filter_map(|e| e["text"].as_str()).collect::<Vec<_>>().join(" ")
}

async fn until_logged(server: &Server, words: &str) {
    let deadline = Instant::now() + Duration::from_secs(20);
    while !server.log().contains(words) {
        assert!(Instant::now() < deadline, "«{words}» is not in the log: {}", server.log());
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
}

#[tokio::test]
async fn what_is_saved_answers_the_next_call_and_a_mistake_changes_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let bots = folder.path().join("bots");
    copy(Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/../dialogs/bots")), &bots).unwrap();
    let wanted = Wanted { sections: vec![("dialogs", format!("folder = {bots:?}"))], ..Wanted::default() };
    let server = Server::start(folder.path(), wanted).unwrap();
    let first = call(&server, 1).await;
    assert!(said(&first).contains("Oficina de Atención"), "{}", said(&first));

    let bot = bots.join("cita_previa");
    let (from, to) = ("Oficina de Atención a la Ciudadanía. Soy", "Buenos días. Soy");
    reword(&bot, from, to).unwrap();
    until_logged(&server, "they answer the next call").await;
    let second = call(&server, 2).await;
    assert!(said(&second).contains("Buenos días. Soy"), "{}", said(&second));
    assert_ne!(first["dialog_version"], second["dialog_version"]);

    reword(&bot, "opening:", "openning:").unwrap();
    until_logged(&server, "the bots answer as before").await;
    assert!(server.log().contains("centro.yaml:"), "{}", server.log());
    let third = call(&server, 3).await;
    assert_eq!(third["dialog_version"], second["dialog_version"]);
}
