//! The main job, as a user first meets it.
#![allow(clippy::unwrap_used, clippy::panic, clippy::print_stdout, reason = "a test fails by panicking")]
use e2e::peer::run;
use e2e::server::{Server, Wanted, binary};
use std::process::Command;
use std::time::Duration;

#[test]
fn the_demo_books_an_appointment() {
    let folder = tempfile::tempdir().unwrap();
    let digame = binary("digame").unwrap();
    let words = [digame.to_str().unwrap(), "demo", "--data", "demo"];
    let printed = run(folder.path(), Duration::from_secs(180), &words).unwrap();
    for expected in
        ["ended    cita_reservada", "slot         nif = 12345678Z", "voice to voice", "record       complete"]
    {
        assert!(printed.contains(expected), "no «{expected}» in:\n{printed}");
    }
}

const DICTATES: &str = "noise_db: -62\nsteps:\n  - wait: bot\n  - say: Quería cita para empadronarme.\n  - wait: bot\n  \
    - say: doce, treinta y cuatro, cincuenta y seis, setenta y ocho, zeta.\n  - wait: bot\n  - hang_up\n";

#[tokio::test]
async fn a_dictated_identity_number_is_heard_to_its_end() {
    let folder = tempfile::tempdir().unwrap();
    let server = Server::start(folder.path(), Wanted::default()).unwrap();
    let script = folder.path().join("citizen.yaml");
    std::fs::write(&script, DICTATES).unwrap();
    let output = Command::new(binary("digame").unwrap())
        .args(["call", "--json", "--script"])
        .arg(&script)
        .arg(format!("sip:010@{}", server.sip))
        .output()
        .unwrap();
    let reports: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
    let turns = reports[0]["turns"].as_array().unwrap();
    assert!(turns.iter().all(|turn| turn["cut_off"] == false), "{turns:?}");
    let contact = &server.ended_contacts(1).await.unwrap()[0];
    let nif = contact["slots"].as_array().unwrap().iter().find(|slot| slot["name"] == "nif");
    assert_eq!(
        nif.map(|slot| (&slot["value"], &slot["source"])),
        Some((&"12345678Z".into(), &"voice".into())),
        "{contact}"
    );
}
