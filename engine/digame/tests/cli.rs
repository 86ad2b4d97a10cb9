//! The command line as a user meets it: what is printed, and which exit code says what.
#![allow(clippy::unwrap_used, clippy::panic, clippy::print_stdout, reason = "a test fails by panicking")]
use std::process::{Command, Output};

fn digame(arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_digame")).args(arguments).output().unwrap()
}

fn printed(output: &Output) -> String {
    String::from_utf8_lossy(&output.stdout).into_owned() + &String::from_utf8_lossy(&output.stderr)
}

#[test]
fn every_verb_has_help_with_an_example() {
    for verb in ["serve", "demo", "call", "chat", "check", "test", "models", "asr", "records", "config"] {
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
    for bot in std::fs::read_dir(bots).unwrap().flatten() {
        let tested = digame(&["test", bot.path().to_str().unwrap()]);
        assert!(tested.status.success(), "{}", printed(&tested));
    }
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
