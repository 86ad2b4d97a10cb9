//! The shipped bot, and the language's example exactly as it was written, by text.

use std::{path::Path, sync::Arc};

use dialogs::{
    Bot, Language,
    testing::{Suite, TestLanguage, run_tests},
};

fn folder() -> std::path::PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("bots/cita_previa")
}

fn files() -> Vec<(String, String)> {
    let mut out = Vec::new();
    for inner in ["", "nlu/", "catalogos/", "calendarios/"] {
        for entry in std::fs::read_dir(folder().join(inner)).unwrap() {
            let entry = entry.unwrap();
            let name = entry.file_name().into_string().unwrap();
            if name.ends_with(".yaml") && !name.ends_with(".test.yaml") {
                out.push((format!("{inner}{name}"), std::fs::read_to_string(entry.path()).unwrap()));
            }
        }
    }
    out
}

fn passes(bot: Bot, suite: &Suite) {
    let bot = Arc::new(bot);
    let language: Arc<dyn Language> = Arc::new(TestLanguage::new(&bot));
    let report = run_tests(&bot, suite, &language);
    for case in &report.cases {
        println!("{} {}", if case.failures.is_empty() { "ok  " } else { "FAIL" }, case.name);
        if !case.failures.is_empty() {
            case.transcript.iter().for_each(|(who, text)| println!("    {who}: {text}"));
        }
        case.failures.iter().for_each(|f| println!("  {f}"));
    }
    assert!(report.passed());
    assert!(!report.cases.is_empty());
}

fn loaded(bot: Result<Bot, Vec<dialogs::Problem>>) -> Bot {
    bot.unwrap_or_else(|problems| {
        problems.iter().for_each(|p| println!("{p}"));
        panic!("{} problems", problems.len())
    })
}

#[test]
fn the_shipped_bot_passes_its_tests() {
    passes(loaded(Bot::load(folder())), &Suite::load(folder().join("cita_previa.test.yaml")).unwrap());
}

#[test]
fn a_dialog_file_is_a_way_into_its_folder() {
    loaded(Bot::load(folder().join("cita_previa.yaml")));
}

#[test]
fn the_example_runs_as_written() {
    let mut files = files();
    let written = include_str!("as_written/cita_previa.yaml");
    for (name, text) in &mut files {
        if name == "cita_previa.yaml" {
            *text = written.to_owned();
        }
    }
    let suite =
        Suite::parse("cita_previa.test.yaml", include_str!("as_written/cita_previa.test.yaml")).unwrap();
    passes(loaded(Bot::from_files(&files)), &suite);
}
