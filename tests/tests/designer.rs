//! The designer's page in a real browser: `tests/web` drives Debian's Chromium against a running server.
#![allow(clippy::unwrap_used, clippy::panic, clippy::print_stdout, reason = "a test fails by panicking")]
use e2e::peer::run;
use e2e::server::{Server, Wanted, binary, copy};
use std::io::Write;
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::Duration;

const PASSWORD: &str = "una clave de prueba";

fn add_user(server: &Server, login: &str, profile: &str) {
    let mut child = Command::new(binary("digame").unwrap())
        .arg("--config")
        .arg(server.folder.join("digame.toml"))
        .args(["users", "add", login, "--name", "Diseño", "--profile", profile])
        .stdin(Stdio::piped())
        .spawn()
        .unwrap();
    writeln!(child.stdin.take().unwrap(), "{PASSWORD}").unwrap();
    assert!(child.wait().unwrap().success());
}

/// The pure modules of the page, in Node.js.
#[test]
fn edits_of_steps_leave_every_other_character() {
    let web = Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/../engine/web"));
    assert!(
        web.join("node_modules/esbuild").is_dir(),
        "run `make web`, which installs what the page is made with"
    );
    let folder = tempfile::tempdir().unwrap();
    let words = ["env", "-C", &web.display().to_string(), "node", "test/run.mjs"];
    match run(folder.path(), Duration::from_secs(120), &words) {
        Ok(printed) => assert!(printed.contains("fail 0"), "{printed}"),
        Err(trouble) => panic!("{trouble}"),
    }
}

#[test]
fn a_designer_writes_tries_and_publishes_a_bot_in_the_browser() {
    let folder = tempfile::tempdir().unwrap();
    let bots = folder.path().join("bots");
    copy(
        Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/../dialogs/bots/cita_previa")),
        &bots.join("cita_previa"),
    )
    .unwrap();
    let wanted = Wanted { sections: vec![("dialogs", format!("folder = {bots:?}"))], ..Wanted::default() };
    let server = Server::start(folder.path(), wanted).unwrap();
    add_user(&server, "diseno1", "disenador");
    let web = concat!(env!("CARGO_MANIFEST_DIR"), "/web");
    // Beside the binaries: target/designer.
    let shots = binary("digame").unwrap().ancestors().nth(2).unwrap().join("designer");
    std::fs::create_dir_all(&shots).unwrap();
    let environment = [
        format!("DIGAME_URL=http://{}", server.http),
        format!("DIGAME_BOTS={}", bots.display()),
        format!("DIGAME_SHOTS={}", shots.display()),
        "DIGAME_LOGIN=diseno1".into(),
        format!("DIGAME_PASSWORD={PASSWORD}"),
    ];
    let playwright = format!("{web}/node_modules/@playwright/test/cli.js");
    assert!(Path::new(&playwright).is_file(), "{playwright} is not there: `make setup-test` installs it");
    let config = format!("--config={web}/playwright.config.ts");
    let words: Vec<&str> = std::iter::once("env")
        .chain(environment.iter().map(String::as_str))
        .chain(["node", &playwright, "test", &config])
        .collect();
    match run(folder.path(), Duration::from_secs(900), &words) {
        Ok(printed) => println!("{printed}"),
        Err(trouble) => panic!("{trouble}\n{}", server.log()),
    }
}
