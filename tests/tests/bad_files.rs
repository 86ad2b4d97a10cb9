//! What is missing or broken is said in one line, before any port opens.
#![allow(clippy::unwrap_used, clippy::panic, clippy::print_stdout, reason = "a test fails by panicking")]
use e2e::server::{binary, free_port};
use std::path::Path;
use std::process::Command;

/// Starts the server on `config` in `folder`; it must refuse with exit code 2. What it said.
fn refused(folder: &Path, config: &str) -> String {
    let (sip, http) = (free_port().unwrap(), free_port().unwrap());
    let fixed = format!("[sip]\nlisten = \"127.0.0.1:{sip}\"\n[http]\nlisten = \"127.0.0.1:{http}\"\n");
    std::fs::write(folder.join("digame.toml"), format!("{fixed}{config}")).unwrap();
    let output = Command::new(binary("digame").unwrap())
        .current_dir(folder)
        .args(["--config", "digame.toml", "serve"])
        .output()
        .unwrap();
    let said = String::from_utf8_lossy(&output.stderr);
    let said: Vec<&str> = said.lines().filter(|line| line.starts_with("digame: ")).collect();
    assert_eq!(output.status.code(), Some(2), "{said:?}");
    assert_eq!(said.len(), 1, "{said:?}");
    assert!(!String::from_utf8_lossy(&output.stdout).contains("answers on"), "a port was opened");
    said[0].to_owned()
}

#[test]
fn a_database_that_is_none() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::create_dir(folder.path().join("data")).unwrap();
    std::fs::write(folder.path().join("data/digame.db"), [b'x'; 4096]).unwrap();
    let said = refused(folder.path(), "");
    assert!(said.contains("digame.db") && said.contains("restore"), "{said}");
}

#[test]
fn a_dialog_with_a_mistake() {
    let folder = tempfile::tempdir().unwrap();
    let shipped = concat!(env!("CARGO_MANIFEST_DIR"), "/../dialogs/bots");
    let copied = Command::new("cp").args(["-r", shipped]).arg(folder.path().join("bots")).status().unwrap();
    assert!(copied.success());
    let centre = folder.path().join("bots/cita_previa/centro.yaml");
    let text = std::fs::read_to_string(&centre).unwrap();
    std::fs::write(&centre, text.replace("\nvoice:", "\nvoise:")).unwrap();
    let said = refused(folder.path(), "[dialogs]\nfolder = \"bots\"\n");
    assert!(said.contains("centro.yaml:") && said.contains("voise") && said.contains("`voice`"), "{said}");
}

#[test]
fn a_bot_that_does_not_exist() {
    let folder = tempfile::tempdir().unwrap();
    let said = refused(folder.path(), "[dialogs]\ndefault = \"cita_preva\"\n");
    assert!(said.contains("cita_preva") && said.contains("cita_previa"), "{said}");
}

#[test]
fn a_voice_that_does_not_exist() {
    let folder = tempfile::tempdir().unwrap();
    let said = refused(folder.path(), "[speech]\nvoice = \"espeak:marciano\"\n");
    assert!(said.contains("marciano"), "{said}");
}

#[test]
fn a_recogniser_that_was_not_pulled() {
    let folder = tempfile::tempdir().unwrap();
    let said = refused(folder.path(), "[speech]\nrecogniser = \"whisper:whisper-base\"\n");
    assert!(said.contains("digame models pull whisper-base"), "{said}");
}

#[test]
fn an_unknown_option() {
    let folder = tempfile::tempdir().unwrap();
    let said = refused(folder.path(), "[media]\nmax_cals = 3\n");
    assert!(said.contains("digame.toml:") && said.contains("max_cals"), "{said}");
}
