//! The shipped bot, and the language's example exactly as it was written, by text.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::print_stdout,
    reason = "a test's helpers fail with it"
)]

use std::sync::Arc;

use dialogs::{
    Bot, Grammar, Heard, Input, Interpreter, Language, Output, ServiceCall, Start,
    testing::{Suite, TestLanguage, run_tests},
};

mod common;
#[path = "common/report.rs"]
mod report;
use common::{files, folder};

fn passes(bot: Bot, suite: &Suite) {
    let bot = Arc::new(bot);
    let language: Arc<dyn Language> = Arc::new(TestLanguage::new(&bot));
    report::passed(&run_tests(&bot, suite, &language));
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
        let shipped = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("bots/cita_previa");
        let suite = Suite::load(shipped.join(suite));
        let suite = suite.unwrap_or_else(|problems| panic!("{}", problems[0]));
        passes(loaded(Bot::load(shipped)), &suite);
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

/// A contact with the shipped bot, step by step.
struct Contact {
    interpreter: Interpreter,
    now: chrono::NaiveDateTime,
    /// Everything that came out.
    all: Vec<Output>,
    /// What came out of the last input.
    last: Vec<Output>,
}

impl Contact {
    fn new() -> Self {
        let bot = Arc::new(loaded(Bot::load(folder())));
        let language: Arc<dyn Language> = Arc::new(TestLanguage::new(&bot));
        let now = chrono::NaiveDate::from_ymd_opt(2026, 5, 11).unwrap().and_hms_opt(10, 0, 0).unwrap();
        let start = Start {
            now,
            from: "600000000".into(),
            to: "010".into(),
            contact: "c1".into(),
            consent: Default::default(),
        };
        let interpreter = Interpreter::new(bot, language, start);
        let mut contact = Self { interpreter, now, all: Vec::new(), last: Vec::new() };
        contact.feed(Input::Started);
        contact
    }

    fn feed(&mut self, input: Input) {
        self.last = self.interpreter.handle(input, self.now);
        self.all.extend(self.last.clone());
    }

    fn says(&mut self, text: &str, confidence: f32) {
        self.feed(Input::Heard(Heard::unsure(text, confidence)));
    }

    fn call(&self) -> ServiceCall {
        let mut calls = self.all.iter().rev();
        calls.find_map(|o| if let Output::Call(c) = o { Some(c.clone()) } else { None }).unwrap()
    }

    fn said(&self) -> String {
        let said = self
            .last
            .iter()
            .filter_map(|o| if let Output::Say(p) = o { Some(p.text.as_str()) } else { None });
        said.collect::<Vec<_>>().join(" ")
    }

    /// Up to the search for free slots.
    fn searching() -> Self {
        let mut contact = Self::new();
        contact.says("quería cita para empadronarme el jueves que viene por la tarde", 1.0);
        contact.says("doce treinta y cuatro cincuenta y seis setenta y ocho zeta", 1.0);
        contact
    }

    /// Up to the question whether to book the first of three.
    fn confirming() -> Self {
        let mut contact = Self::searching();
        let call = contact.call().id;
        let slots = serde_json::json!([
            { "id": "h1", "inicio": "2026-05-14T17:30" },
            { "id": "h2", "inicio": "2026-05-14T18:00" },
            { "id": "h3", "inicio": "2026-05-14T19:00", "sala": "ignored" },
        ]);
        contact.feed(Input::Reply { call, result: Ok(slots.into()) });
        contact.says("la primera", 1.0);
        contact
    }

    fn reason(&self) -> Option<&str> {
        self.last.iter().find_map(|o| if let Output::Handoff(h) = o { Some(h.reason.as_str()) } else { None })
    }
}

#[test]
fn requests_are_built_as_the_services_file_says() {
    let mut contact = Contact::searching();
    let call = contact.call();
    assert_eq!(
        call.path,
        "/huecos?nif=12345678Z&tramite=PAD&desde=2026-05-14T14%3A00&hasta=2026-05-14T20%3A00"
    );
    assert_eq!(call.url(|_| None), format!("http://127.0.0.1:8085{}", call.path));
    let moved = |name: &str| (name == "DIGAME_CITAS_URL").then(|| "http://127.0.0.1:9/".to_owned());
    assert_eq!(call.url(moved), format!("http://127.0.0.1:9{}", call.path));
    assert_eq!((call.method, call.idempotency_key), ("GET", None));
    contact = Contact::confirming();
    contact.says("sí", 1.0);
    let call = contact.call();
    assert_eq!(call.body, Some(serde_json::json!({ "nif": "12345678Z", "hueco": "h1" })));
    assert_eq!((call.method, call.idempotency_key.as_deref()), ("POST", Some("c1-2")));
}

#[test]
fn private_values_are_in_no_note_and_no_record() {
    let mut contact = Contact::confirming();
    contact.says("una persona", 1.0);
    assert_eq!(contact.reason(), Some("lo_pide"));
    for output in &contact.all {
        let written = match output {
            Output::Note(entry) => serde_json::to_string(entry).unwrap(),
            Output::Say(prompt) => prompt.record.clone(),
            _ => continue,
        };
        assert!(!written.contains("12345678") && !written.contains("doce treinta"), "{written}");
    }
    let Some(Output::Handoff(handoff)) = contact.all.iter().find(|o| matches!(o, Output::Handoff(_))) else {
        panic!("no handoff")
    };
    assert_eq!(handoff.carried["nif"].to_string(), "12345678Z");
    assert!(!handoff.carried["summary"].to_string().contains("12345678"));
}

#[test]
fn late_replies_are_ignored_and_lost_ones_time_out() {
    let mut contact = Contact::searching();
    contact.feed(Input::Reply { call: 77, result: Ok(serde_json::json!([]).into()) });
    assert!(matches!(contact.last.as_slice(), [Output::Note(_)]), "{:?}", contact.last);
    contact.now += chrono::TimeDelta::seconds(60);
    contact.feed(Input::Finished);
    assert_eq!(contact.reason(), Some("agenda_no_responde"));
}

#[test]
fn a_service_that_lies_has_failed() {
    for lie in [
        serde_json::json!({ "huecos": [] }),
        serde_json::json!([{ "id": "h1" }]),
        serde_json::json!([{ "id": "h1", "inicio": "el jueves" }]),
        serde_json::json!(null),
    ] {
        let mut contact = Contact::searching();
        let call = contact.call().id;
        contact.feed(Input::Reply { call, result: Ok(lie.into()) });
        assert_eq!(contact.reason(), Some("agenda_no_responde"));
    }
}

#[test]
fn while_a_service_is_slow_only_a_way_out_is_heard() {
    let mut contact = Contact::searching();
    contact.says("qué papeles necesito", 1.0);
    assert!(matches!(contact.last.as_slice(), [Output::Note(_), Output::Note(_)]), "{:?}", contact.last);
    contact.says("una persona", 1.0);
    assert_eq!(contact.reason(), Some("lo_pide"));
}

#[test]
fn a_private_number_heard_badly_is_confirmed() {
    let mut contact = Contact::new();
    contact.says("quiero cita para el padrón", 1.0);
    contact.says("doce treinta y cuatro cincuenta y seis setenta y ocho zeta", 0.5);
    assert_eq!(contact.said(), "He entendido 12 34 56 78 Z. ¿Es correcto?");
    contact.says("qué papeles necesito", 1.0);
    assert!(contact.said().ends_with("He entendido 12 34 56 78 Z. ¿Es correcto?"), "{}", contact.said());
    contact.says("no", 1.0);
    assert!(contact.said().starts_with("Dígamelo despacio"), "{}", contact.said());
    contact.feed(Input::Keys("12345678".into()));
    assert_eq!(contact.interpreter.asks(), Some("cuando"));
}

#[test]
fn another_option_heard_badly_is_confirmed_again() {
    let mut contact = Contact::confirming();
    contact.says("mejor la segunda", 0.5);
    assert!(contact.said().starts_with("Le reservo jueves catorce de mayo a las seis"), "{}", contact.said());
    contact.says("no, la segunda no", 1.0);
    assert!(contact.said().contains("no lo reservo"), "{}", contact.said());
}

#[test]
fn what_is_expected_biases_the_recogniser() {
    let contact = Contact::confirming();
    let Some(Output::Listen(listen)) = contact.last.last() else { panic!("{:?}", contact.last) };
    assert!(listen.expect.yes_no);
    assert_eq!(listen.expect.grammars().first(), Some(&Grammar::YesNo));
    assert_eq!(listen.expect.earlier_options.len(), 3);
    assert!(listen.expect.phrases.iter().any(|p| p == "quiero hablar con una persona"));
    let bot = loaded(Bot::load(folder()));
    assert!(bot.fixed_prompts().iter().any(|p| p == "Dígame su DNI o NIE, con la letra."));
}
