//! The main job, as a user first meets it.
#![allow(clippy::unwrap_used, clippy::panic, clippy::print_stdout, reason = "a test fails by panicking")]
use e2e::peer::run;
use e2e::server::binary;
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
