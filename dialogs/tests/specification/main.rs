//! `docs/dialog-language.md`, claim by claim: each module shows a section of it, mostly with small bots and cases as
//! a designer writes them. `register` holds the document to its tests.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::print_stdout,
    reason = "a test's helpers fail with it"
)]

mod checker;
mod corrections;
mod files;
mod private;
mod register;
#[path = "../common/report.rs"]
mod report;
mod rules;
mod services;
mod slots;
mod steps;
mod subdialogs;
mod sure;
mod texts;
mod tools;
mod yaml;

use std::{collections::BTreeMap, sync::Arc};

use dialogs::{
    Bot, Expect, Filter, Found, Handoff, Heard, Input, Interpreter, Kind, Language, Listen, Output, Prompt,
    ServiceCall, Start, Understood, Value,
    testing::{Suite, TestLanguage, run_tests},
};

type Files = Vec<(String, String)>;

/// What every bot here has, unless a test writes the file otherwise.
const COMMON: [(&str, &str); 13] = [
    ("centro.yaml", include_str!("common/centro.yaml")),
    ("servicios.yaml", include_str!("common/servicios.yaml")),
    ("calendarios/oficina.yaml", include_str!("common/oficina.yaml")),
    (
        "catalogos/cosas.yaml",
        "agua: { nombre: el agua, sinonimos: [fuga], codigo: 012 }\nluz: { nombre: la luz, sinonimos: [farola], codigo: 1e3 }\n",
    ),
    ("saber/normas.yaml", include_str!("common/normas.yaml")),
    ("nlu/empezar.yaml", "[empezar, quiero empezar, vamos a empezar]"),
    ("nlu/persona.yaml", "[una persona, páseme con alguien, un humano]"),
    ("nlu/repetir.yaml", "[repítalo, otra vez, cómo ha dicho]"),
    ("nlu/despacio.yaml", "[más despacio, vaya lento, hable lento]"),
    ("nlu/volver.yaml", "[volver atrás, paso anterior, atrás]"),
    ("nlu/aparte.yaml", "[una pregunta aparte, otra consulta, tengo una duda]"),
    ("nlu/corregir.yaml", "[corregir el número, cambiar el número, me equivoqué de número]"),
    ("nlu/seguir.yaml", "[hable en catalán, en catalán, parli català]"),
];

/// A bot of these files, on top of those that all have.
fn bot(own: &[(&str, &str)]) -> Files {
    let mut out: BTreeMap<String, String> =
        COMMON.iter().map(|(file, text)| ((*file).to_owned(), (*text).to_owned())).collect();
    out.extend(own.iter().map(|(file, text)| ((*file).to_owned(), (*text).to_owned())));
    out.into_iter().collect()
}

/// A bot with this dialog, which begins when the citizen says «quiero empezar».
fn dialog(rest: &str) -> Files {
    bot(&[("prueba.yaml", &main_dialog(rest))])
}

fn main_dialog(rest: &str) -> String {
    format!("dialog: prueba\nabout: Una prueba.\nstart_on: [empezar]\n{rest}")
}

/// The same files with this text instead of that one.
fn change(mut files: Files, file: &str, from: &str, to: &str) -> Files {
    let (_, text) = files.iter_mut().find(|(f, _)| f == file).unwrap();
    assert!(text.contains(from), "`{from}` is not in {file}");
    *text = text.replacen(from, to, 1);
    files
}

fn loaded(files: &Files) -> Arc<Bot> {
    Arc::new(Bot::from_files(files).unwrap_or_else(|problems| {
        let errors = problems.iter().filter(|p| p.is_error());
        panic!("{}", errors.map(ToString::to_string).collect::<Vec<_>>().join("\n"))
    }))
}

/// What the checker says of a bot that can't run. Many a small bot here ends without a word, which it also says.
fn refused(files: &Files) -> Vec<String> {
    match Bot::from_files(files) {
        Ok(_) => panic!("accepted"),
        Err(problems) => problems.iter().filter(|p| p.is_fatal()).map(ToString::to_string).collect(),
    }
}

/// What the checker refuses in a bot, whether or not one that answers already goes on with it. Many a small bot here
/// ends without a word, which it also says.
fn mistakes(files: &Files) -> Vec<String> {
    let problems = match Bot::from_files(files) {
        Ok(bot) => bot.warnings().to_vec(),
        Err(problems) => problems,
    };
    let wrong = problems.iter().filter(|p| p.is_error()).map(ToString::to_string);
    wrong.filter(|line| !line.contains("without a word")).collect()
}

/// Ears that make something else of what the test language understands.
struct Ears<F>(TestLanguage, F);

impl<F: Fn(Understood) -> Understood + Send + Sync> Language for Ears<F> {
    fn understand(&self, heard: &Heard, expect: &Expect) -> Understood {
        self.1(self.0.understand(heard, expect))
    }

    fn read_aloud(&self, value: &Value, how: Filter, now: chrono::NaiveDateTime) -> String {
        self.0.read_aloud(value, how, now)
    }

    fn validate(&self, kind: &Kind, written: &str, now: chrono::NaiveDateTime) -> Found {
        self.0.validate(kind, written, now)
    }

    fn is_backchannel(&self, text: &str) -> bool {
        self.0.is_backchannel(text)
    }
}

/// Cases as a designer writes them, from `services` or `cases` on.
fn passes(files: &Files, cases: &str) {
    let bot = loaded(files);
    let language: Arc<dyn Language> = Arc::new(TestLanguage::new(&bot));
    let text = format!("dialog: prueba\nnow: 2026-05-11T10:00\n{cases}");
    let suite = Suite::parse("cases", &text).unwrap_or_else(|p| panic!("{}\n{text}", p[0]));
    report::passed(&run_tests(&bot, &suite, &language));
}

/// The same files on disk.
fn on_disk(files: &Files) -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    for (file, text) in files {
        let path = folder.path().join(file);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, text).unwrap();
    }
    folder
}

/// All of a language for the common files, and these texts of the bot: «[ca] » and the Spanish.
fn catalan(texts: &[&str], more_entries: &str) -> String {
    let common = [
        "Soy un asistente automático y esta llamada se graba.",
        "¿Qué desea?",
        "Diga qué necesita.",
        "Hemos recibido su aviso.",
        "Su aviso",
        "Ahora no hay nadie.",
        "No contesta nadie.",
    ];
    let texts: String = common.iter().chain(texts).map(|t| format!("  \"{t}\": \"[ca] {t}\"\n")).collect();
    let intents = COMMON.iter().filter_map(|(f, _)| f.strip_prefix("nlu/")?.strip_suffix(".yaml"));
    let intents: String = intents.map(|i| format!("  {i}: [{i} u, {i} dos, {i} tres]\n")).collect();
    format!(
        "language: ca\nvoice: {{ name: una_veu, rate: 0.9 }}\ntexts:\n{texts}phrases: {{ yes_or_no: Sí o no. }}\nintents:\n{intents}\
         catalogues: {{ cosas: {{ agua: {{ nombre: aigua, sinonimos: [fuita] }}, luz: {{ nombre: llum }} }}{more_entries} }}\n\
         saber: {{ normas: {{ plazo: {{ titulo: t, preguntas: [u, d], respuesta: r }}, forma: {{ titulo: f, preguntas: [x, y], respuesta: z }} }} }}\n"
    )
}

/// A contact, input by input, for what cases can't show.
struct Talk {
    run: Interpreter,
    now: chrono::NaiveDateTime,
    /// What came out of the last input.
    out: Vec<Output>,
    /// Everything that came out.
    all: Vec<Output>,
}

impl Talk {
    /// Greeted, by somebody who has agreed to messages.
    fn new(files: &Files) -> Self {
        Self::of(files, "c1")
    }

    fn of(files: &Files, contact: &str) -> Self {
        let bot = loaded(files);
        let language = Arc::new(TestLanguage::new(&bot));
        Self::with(bot, language, contact)
    }

    fn with(bot: Arc<Bot>, language: Arc<dyn Language>, contact: &str) -> Self {
        let now = "2026-05-11T10:00:00".parse().unwrap();
        let start = Start {
            now,
            from: "600000000".into(),
            to: "010".into(),
            contact: contact.into(),
            consent: [("sms".to_owned(), true)].into_iter().collect(),
        };
        let run = Interpreter::new(bot, language, start);
        let mut talk = Self { run, now, out: Vec::new(), all: Vec::new() };
        talk.feed(Input::Started);
        talk
    }

    /// The same, with the dialog begun.
    fn begun(files: &Files) -> Self {
        let mut talk = Self::new(files);
        talk.say("quiero empezar");
        talk
    }

    fn feed(&mut self, input: Input) -> &mut Self {
        self.out = self.run.handle(input, self.now);
        self.all.extend(self.out.clone());
        self
    }

    fn say(&mut self, text: &str) -> &mut Self {
        self.feed(Input::Heard(Heard::text(text)))
    }

    fn unsure(&mut self, text: &str, confidence: f32) -> &mut Self {
        self.feed(Input::Heard(Heard::unsure(text, confidence)))
    }

    fn keys(&mut self, keys: &str) -> &mut Self {
        self.feed(Input::Keys(keys.into()))
    }

    fn prompts(&self) -> Vec<&Prompt> {
        self.out.iter().filter_map(|o| if let Output::Say(p) = o { Some(&**p) } else { None }).collect()
    }

    /// What the bot said last, in one line.
    fn said(&self) -> String {
        self.prompts().iter().map(|p| p.text.as_str()).collect::<Vec<_>>().join(" ")
    }

    fn asks(&self) -> Option<&str> {
        self.run.asks()
    }

    fn listen(&self) -> &Listen {
        self.out
            .iter()
            .find_map(|o| if let Output::Listen(l) = o { Some(l) } else { None })
            .expect("a question")
    }

    fn call(&self) -> ServiceCall {
        let found =
            self.out.iter().find_map(|o| if let Output::Call(c) = o { Some(c.clone()) } else { None });
        found.unwrap_or_else(|| panic!("no call in {:?}", self.out))
    }

    fn reply(&mut self, json: serde_json::Value) -> &mut Self {
        let call = self.call().id;
        self.feed(Input::Reply { call, result: Ok(json.into()) })
    }

    fn handoff(&self) -> Option<&Handoff> {
        self.out.iter().find_map(|o| if let Output::Handoff(h) = o { Some(h) } else { None })
    }

    fn outcome(&self) -> Option<&str> {
        self.out.iter().find_map(|o| if let Output::End(e) = o { Some(e.outcome.as_str()) } else { None })
    }

    /// What is fit for a log: every note, and every prompt as it is kept.
    fn written(&self) -> String {
        let lines = self.all.iter().filter_map(|o| match o {
            Output::Note(entry) => Some(serde_json::to_string(entry).unwrap()),
            Output::Say(prompt) => Some(prompt.record.clone()),
            _ => None,
        });
        lines.collect::<Vec<_>>().join("\n")
    }
}
