//! The command line as a user meets it: what is printed, and which exit code says what.
#![allow(clippy::unwrap_used, clippy::panic, clippy::print_stdout, reason = "a test fails by panicking")]
use std::io::Write as _;
use std::process::{Command, Output, Stdio};

fn digame(arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_digame")).args(arguments).output().unwrap()
}

fn printed(output: &Output) -> String {
    String::from_utf8_lossy(&output.stdout).into_owned() + &String::from_utf8_lossy(&output.stderr)
}

#[test]
fn every_verb_has_help_with_an_example() {
    for verb in [
        "serve", "demo", "call", "chat", "check", "test", "graph", "train", "eval", "models", "asr",
        "records", "config",
    ] {
        let output = digame(&[verb, "--help"]);
        assert!(output.status.success(), "{verb}");
        assert!(printed(&output).contains("Example"), "{verb}: {}", printed(&output));
    }
}

#[test]
fn wrong_usage_is_two() {
    for arguments in
        [&["sreve"][..], &["check"], &["chat", "no_such_bot"], &["--config", "/no/such.toml", "serve"]]
    {
        let output = digame(arguments);
        assert_eq!(output.status.code(), Some(2), "{arguments:?}: {}", printed(&output));
    }
}

#[test]
fn the_shipped_bots_have_no_mistakes_and_pass_their_tests() {
    let bots = concat!(env!("CARGO_MANIFEST_DIR"), "/../../dialogs/bots");
    let checked = digame(&["check", bots]);
    assert!(checked.status.success(), "{}", printed(&checked));
    let tested = digame(&["test", bots]);
    assert!(tested.status.success(), "{}", printed(&tested));
}

/// A chat in which the citizen says these lines.
fn chat(options: &[&str], said: &str) -> Output {
    let chat = Command::new(env!("CARGO_BIN_EXE_digame"))
        .arg("chat")
        .args(options)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    // What is refused has ended before it reads.
    let _ = chat.stdin.as_ref().unwrap().write_all(said.as_bytes());
    chat.wait_with_output().unwrap()
}

#[test]
fn a_chat_needs_no_service_where_the_test_files_feign_it() {
    let said = "quiero cita para el padrón el jueves por la tarde\n12345678z\nla primera\nsí\n";
    let held = printed(&chat(&["--feign", "cita_previa"], said));
    assert!(held.contains("[citas.huecos: answered]"), "{held}");
    assert!(held.contains("catorce de mayo"), "it is the day of the first test file: {held}");
    assert!(held.contains("[end: cita_reservada]"), "{held}");
    let opened = "hay una farola rota en la calle mayor doce\nno se ve nada de noche\nsí\nsí\n";
    let later = printed(&chat(&["--feign", "--now", "2026-05-12T11:00", "incidencias"], opened));
    assert!(later.contains("[case 2026-000001 opened"), "{later}");
}

#[test]
fn a_chat_is_held_at_the_time_that_it_is_told() {
    let said = "quería cita para el padrón\nmi dni es 12345678z\ndentro de quince días por la mañana\n";
    let at = |now: &str| chat(&["--now", now], said);
    let open = printed(&at("2026-05-11T10:00"));
    assert!(!open.contains("está cerrada"), "{open}");
    assert!(open.contains("[cuando = 2026-05-26T"), "many mean two weeks by it, and it is told back: {open}");
    assert!(printed(&at("2026-05-10T10:00")).contains("Ahora la oficina está cerrada"));
    let refused = at("mañana");
    assert_eq!(refused.status.code(), Some(2), "{}", printed(&refused));
    assert!(printed(&refused).contains("local time: 2026-05-11T10:00"), "{}", printed(&refused));
}

#[test]
fn a_mistake_is_one_line_with_file_line_and_cure() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("centro.yaml"), "centre: Prueba\nlanguaje: es\n").unwrap();
    let output = digame(&["check", folder.path().to_str().unwrap()]);
    assert_eq!(output.status.code(), Some(1));
    let text = printed(&output);
    assert!(text.contains("centro.yaml:2:1: ") && text.contains("did you mean `language`?"), "{text}");
}

#[test]
fn a_pull_without_network_says_so_in_a_line() {
    let folder = tempfile::tempdir().unwrap();
    let output = Command::new(env!("CARGO_BIN_EXE_digame"))
        .current_dir(folder.path())
        .args(["models", "pull", "whisper-tiny"])
        .envs([("HTTPS_PROXY", "http://127.0.0.1:9"), ("https_proxy", "http://127.0.0.1:9")])
        .output()
        .unwrap();
    let text = printed(&output);
    assert_eq!(output.status.code(), Some(1), "{text}");
    assert!(text.contains("cannot reach") && text.trim().lines().count() == 1, "{text}");
}

/// Sentences read by a voice that was made for Portuguese: callers whose accent the ear does not know.
fn accented(folder: &std::path::Path) -> std::path::PathBuf {
    let wants =
        ["quería pedir cita para", "necesito información sobre", "tengo una duda de", "dónde se paga"];
    let things = ["el padrón", "la multa", "el recibo del agua", "la licencia", "el registro", "la tarjeta"];
    let days = ["el lunes", "el jueves por la tarde", "mañana", "el martes", "otro día", "por la mañana"];
    let sentences = wants
        .iter()
        .flat_map(|want| things.iter().zip(days).map(move |(thing, day)| format!("{want} {thing} {day}")));
    let more = ["mejor", "no puedo", "prefiero ir", "me viene bien"];
    let more = more.iter().flat_map(|how| days.map(|day| format!("{how} {day}")));
    let mut rows = String::new();
    for (n, text) in sentences.chain(more).enumerate() {
        let sound = folder.join(format!("{n}.wav"));
        let said = Command::new("espeak-ng").args(["-v", "pt", "-w"]).arg(&sound).arg(&text).status();
        assert!(said.is_ok_and(|s| s.success()), "espeak-ng is missing: `make setup-test` installs it");
        rows += &format!("{n}.wav\t{text}\tpt\n");
    }
    let manifest = folder.join("corrected.tsv");
    std::fs::write(&manifest, rows).unwrap();
    manifest
}

#[test]
fn the_ear_is_taught_installed_and_used_and_too_little_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let at = |name: &str| folder.path().join(name).to_str().unwrap().to_owned();
    let data = format!("[storage]\nfolder = {:?}\n", at("data"));
    std::fs::write(at("embedded.toml"), &data).unwrap();
    std::fs::write(at("adapted.toml"), format!("{data}[speech]\nrecogniser = \"adapted\"\n")).unwrap();
    let manifest = accented(folder.path()).to_str().unwrap().to_owned();
    let none = digame(&["--config", &at("adapted.toml"), "asr", "eval", &manifest]);
    assert_eq!(none.status.code(), Some(2), "{}", printed(&none));
    assert!(printed(&none).contains("digame models adapt"), "{}", printed(&none));

    let few: String =
        std::fs::read_to_string(&manifest).unwrap().lines().take(5).map(|l| format!("{l}\n")).collect();
    std::fs::write(at("few.tsv"), few).unwrap();
    let refused = digame(&["--config", &at("embedded.toml"), "models", "adapt", &at("few.tsv")]);
    assert_eq!(refused.status.code(), Some(1));
    assert!(printed(&refused).contains("at least 40 are needed"), "{}", printed(&refused));

    let taught = digame(&["--config", &at("embedded.toml"), "models", "adapt", &manifest, "--rounds", "5"]);
    println!("{}", printed(&taught));
    assert!(taught.status.success() && printed(&taught).contains("installed"), "{}", printed(&taught));
    let wrong = |config: &str| {
        let report = digame(&["--config", &at(config), "asr", "eval", &manifest, "--json"]);
        let report: serde_json::Value = serde_json::from_slice(&report.stdout).unwrap();
        report["total"]["letter_edits"].as_u64().unwrap()
    };
    let (before, after) = (wrong("embedded.toml"), wrong("adapted.toml"));
    assert!(after * 2 < before, "{before} letters wrong before, {after} after");

    let models = |verb: &[&str]| digame(&[&["--config", &at("embedded.toml"), "models"], verb].concat());
    let listed: serde_json::Value = serde_json::from_slice(&models(&["list", "--json"]).stdout).unwrap();
    let adapted = listed.as_array().unwrap().iter().find(|m| m["name"] == "adapted").unwrap();
    assert_eq!(adapted["installed"], "yes");
    let verified = models(&["verify"]);
    assert!(verified.status.success() && printed(&verified).contains("Good"), "{}", printed(&verified));
    let pulled = models(&["pull", "adapted"]);
    assert!(printed(&pulled).contains("not fetched"), "{}", printed(&pulled));
}
