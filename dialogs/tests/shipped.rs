//! Every bot that ships: it loads, and whoever calls it, the contact comes to an end.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::print_stdout,
    reason = "a test's helpers fail with it"
)]

#[path = "common/dice.rs"]
mod dice;

use std::{
    collections::BTreeMap,
    path::{Path, PathBuf},
    sync::Arc,
};

use chrono::TimeDelta;
use dialogs::{
    Bot, CallError, Case, Heard, Input, Interpreter, Language, Output, Start,
    testing::{Mock, Suite, TestLanguage, Turn},
};
use dice::Dice;

/// Random callers of each test file.
const CALLERS: u64 = 60;
/// Turns in which they say anything; then they are silent.
const TURNS: usize = 60;

fn bots() -> Vec<PathBuf> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("bots");
    let mut all: Vec<PathBuf> = std::fs::read_dir(folder).unwrap().map(|e| e.unwrap().path()).collect();
    all.retain(|p| p.join("centro.yaml").is_file());
    all.sort();
    all
}

fn load(folder: &Path) -> Arc<Bot> {
    Arc::new(Bot::load(folder).unwrap_or_else(|problems| {
        problems.iter().for_each(|p| println!("{p}"));
        panic!("{}: {} problems", folder.display(), problems.len())
    }))
}

fn suites(folder: &Path) -> Vec<Suite> {
    let files = std::fs::read_dir(folder).unwrap().map(|e| e.unwrap().path());
    let mut files: Vec<PathBuf> = files.filter(|f| f.to_string_lossy().ends_with(".test.yaml")).collect();
    files.sort();
    files.iter().map(|f| Suite::load(f).unwrap_or_else(|p| panic!("{}: {}", f.display(), p[0]))).collect()
}

/// What the citizens of the test files say and key, and the examples of the intents.
fn words(bot: &Bot, suites: &[Suite]) -> Vec<Input> {
    let turns = suites.iter().flat_map(|s| &s.cases).flat_map(|c| &c.turns);
    let said = turns.filter_map(|turn| match turn {
        Turn::User { say, .. } => Some(Input::Heard(Heard::text(say))),
        Turn::Keys(keys) => Some(Input::Keys(keys.clone())),
        _ => None,
    });
    let examples = bot.intents().values().flatten().map(|e| Input::Heard(Heard::text(e)));
    let simple = ["sí", "no", "la primera", "ninguna", "uno", "bla bla bla", "", "no, mejor el viernes"];
    let simple = simple.iter().map(|s| Input::Heard(Heard::text(*s)));
    said.chain(examples).chain(simple).chain(["1", "2", "3", "#"].map(|k| Input::Keys(k.into()))).collect()
}

struct Caller<'a> {
    bot: &'a Arc<Bot>,
    language: &'a Arc<dyn Language>,
    suite: &'a Suite,
    words: &'a [Input],
}

impl Caller<'_> {
    /// A service answers as in the test file, fails, lies or has nothing.
    fn reply(&self, dice: &mut Dice, service: &str) -> Result<serde_json::Value, CallError> {
        let mocks = self.suite.services.get(service).map_or(&[][..], Vec::as_slice);
        match (dice.roll(12), mocks) {
            (0, _) | (_, []) => Err(CallError::Timeout),
            (1, _) => Ok(serde_json::json!({ "mentira": [1, null] })),
            (2, _) => Ok(serde_json::json!([])),
            (_, all) => match &all[dice.roll(all.len())] {
                Mock::Returns(json) => Ok(json.clone()),
                Mock::Fails(error) => Err(error.clone()),
            },
        }
    }

    /// One contact; gives its outcome.
    fn call(&self, seed: u64) -> String {
        let mut dice = Dice(seed);
        let mut now = self.suite.now;
        let from = if dice.roll(3) == 0 { "" } else { "600000000" };
        let start = Start {
            now,
            from: from.into(),
            to: "010".into(),
            contact: format!("c{seed}"),
            consent: BTreeMap::new(),
        };
        let mut bot = Interpreter::new(self.bot.clone(), self.language.clone(), start);
        let mut outputs = bot.handle(Input::Started, now);
        // What happened, for whoever reads a failure.
        let mut told: Vec<String> = Vec::new();
        for turn in 0..TURNS + 60 {
            told.extend(outputs.iter().filter_map(|o| match o {
                Output::Note(entry) => Some(format!("  {entry:?}")),
                _ => None,
            }));
            now += TimeDelta::seconds(1 + dice.roll(8) as i64);
            let mut next = None;
            for output in &outputs {
                match output {
                    Output::End(end) => {
                        assert!(bot.is_over(), "seed {seed}: ended and goes on");
                        if end.outcome == "failed" {
                            println!("{}, seed {seed}:\n{}", self.suite.file, told.join("\n"));
                        }
                        return end.outcome.clone();
                    }
                    Output::Call(call) => {
                        let result = self.reply(&mut dice, &call.service);
                        next = Some(Input::Reply { call: call.id, result: result.map(Into::into) });
                    }
                    Output::Case(Case::Open { id, .. }) => {
                        let result = match dice.roll(6) {
                            0 => Err(CallError::Timeout),
                            _ => Ok(serde_json::json!({ "codigo": "12345" }).into()),
                        };
                        next = Some(Input::Reply { call: *id, result });
                    }
                    _ => {}
                }
            }
            let input = next.unwrap_or_else(|| match dice.roll(20) {
                _ if turn >= TURNS => Input::NoInput,
                0 => Input::NoInput,
                1 => Input::Interrupted { heard_chars: dice.roll(80) },
                _ => self.words[dice.roll(self.words.len())].clone(),
            });
            outputs = bot.handle(input, now);
            assert!(outputs.len() < 2_000, "seed {seed}: {} outputs for one input", outputs.len());
        }
        panic!("{}, seed {seed}: the contact never ends", self.suite.file)
    }
}

#[test]
fn every_shipped_bot_has_at_least_twenty_cases() {
    for folder in bots() {
        load(&folder);
        let cases: usize = suites(&folder).iter().map(|s| s.cases.len()).sum();
        assert!(cases >= 20, "{} has {cases}", folder.display());
    }
}

#[test]
fn random_callers_of_every_shipped_bot_come_to_an_end() {
    for folder in bots() {
        let bot = load(&folder);
        let suites = suites(&folder);
        let words = words(&bot, &suites);
        let language: Arc<dyn Language> = Arc::new(TestLanguage::new(&bot));
        let mut outcomes: BTreeMap<String, u32> = BTreeMap::new();
        for suite in &suites {
            let caller = Caller { bot: &bot, language: &language, suite, words: &words };
            for seed in 0..CALLERS {
                *outcomes.entry(caller.call(seed)).or_default() += 1;
            }
        }
        println!("{}: {outcomes:?}", folder.display());
        assert!(!outcomes.contains_key("failed"), "{}: {outcomes:?}", folder.display());
        assert!(outcomes.len() >= 3, "{}: {outcomes:?}", folder.display());
    }
}
