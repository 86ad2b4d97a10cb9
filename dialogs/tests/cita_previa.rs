//! The shipped bot, and the language's example exactly as it was written, by text.

use std::sync::Arc;

use dialogs::{
    Bot, Language,
    testing::{Suite, TestLanguage, run_tests},
};

mod common;
use common::{files, folder};

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
    for suite in ["cita_previa.test.yaml", "agenda.test.yaml"] {
        let suite = Suite::load(folder().join(suite));
        let suite = suite.unwrap_or_else(|problems| panic!("{}", problems[0]));
        passes(loaded(Bot::load(folder())), &suite);
    }
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
