//! Random callers: no bot that the checker accepts hangs, dead-ends or panics.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::print_stdout,
    reason = "a test's helpers fail with it"
)]

mod common;
#[path = "common/dice.rs"]
mod dice;

use std::sync::Arc;

use chrono::{NaiveDate, NaiveDateTime, TimeDelta};
use dialogs::{Bot, CallError, Heard, Input, Interpreter, Language, Output, Start, testing::TestLanguage};
use dice::Dice;
use proptest::{prelude::*, test_runner::TestRunner};

const SAYS: &[&str] = &[
    "quiero cita",
    "quería cita para empadronarme el jueves que viene por la tarde",
    "padrón",
    "tributos o padrón",
    "el viernes",
    "el domingo",
    "mañana por la mañana",
    "hoy",
    "no, mejor el viernes",
    "no, mejor tributos",
    "doce treinta y cuatro cincuenta y seis setenta y ocho zeta",
    "doce treinta y cuatro cincuenta y seis setenta y ocho be",
    "doce tres cuatro",
    "no la sé",
    "la primera",
    "la segunda",
    "mejor la primera",
    "ninguna",
    "otra",
    "a las seis",
    "sí",
    "no",
    "vale",
    "correcto",
    "repita por favor",
    "qué papeles necesito",
    "llámenme ustedes",
    "seis cero cero cero cero cero cero cero cero",
    "bla bla bla",
    "",
    "el jueves a las cinco y media de la tarde",
];
/// These end contacts, so callers say them seldom.
const ENDS: &[&str] = &["una persona", "déjelo", "estoy harto de esto"];
const KEYS: &[&str] = &["1", "2", "3", "9", "12345678#", "12345678", "600000000", "#", "*", ""];

fn start() -> NaiveDateTime {
    NaiveDate::from_ymd_opt(2026, 5, 11).unwrap().and_hms_opt(10, 0, 0).unwrap()
}

fn reply(dice: &mut Dice, service: &str) -> Result<serde_json::Value, CallError> {
    let slot = |i: u32| serde_json::json!({ "id": format!("h{i}"), "inicio": format!("2026-05-14T{:02}:30", 9 + i) });
    match dice.roll(16) {
        0 => Err(CallError::Timeout),
        1 => Err(CallError::Status(503)),
        2 => Ok(serde_json::json!({ "mentira": [1, null] })),
        3 => Ok(serde_json::json!([])),
        _ if service.ends_with("reservar") => Ok(serde_json::json!({ "codigo": "R7K2" })),
        n => Ok((0..n as u32 % 9).map(slot).collect()),
    }
}

/// One caller: says anything for a while, then nothing. Gives the outcome.
fn call(bot: &Arc<Bot>, language: &Arc<dyn Language>, seed: u64, turns: usize) -> String {
    let mut dice = Dice(seed);
    let mut now = start();
    let start = Start {
        now,
        from: "600000000".into(),
        to: "010".into(),
        contact: "c".into(),
        consent: Default::default(),
    };
    let mut bot_side = Interpreter::new(bot.clone(), language.clone(), start);
    let mut pending = Vec::new();
    let mut outputs = bot_side.handle(Input::Started, now);
    for turn in 0..turns + 40 {
        let last = outputs.iter().rfind(|o| !matches!(o, Output::Note(_) | Output::Sms(_))).cloned();
        match last {
            Some(Output::End(end)) => {
                assert!(bot_side.is_over(), "seed {seed}: ended and goes on");
                assert!(bot_side.handle(Input::NoInput, now).is_empty(), "seed {seed}: speaks after the end");
                return end.outcome;
            }
            Some(Output::Call(call)) => pending.push(call),
            Some(Output::Listen(_)) => pending.clear(),
            // Something was dropped: what was waited for still is.
            None => {}
            Some(other) => panic!("seed {seed}: the bot stands at {other:?}"),
        }
        assert!(outputs.len() < 2_000, "seed {seed}: {} outputs for one input", outputs.len());
        now += TimeDelta::seconds(1 + dice.roll(9) as i64);
        let input = match pending.pop() {
            Some(call) if dice.roll(10) > 0 => {
                let result = reply(&mut dice, &call.service);
                Input::Reply { call: call.id, result: result.map(Into::into) }
            }
            Some(call) => {
                // The reply is lost: time passes, something else happens.
                now += TimeDelta::seconds(120);
                let _ = call;
                Input::NoInput
            }
            None if turn >= turns => Input::NoInput,
            None => match dice.roll(20) {
                0 => Input::NoInput,
                1 => Input::Keys(KEYS[dice.roll(KEYS.len())].to_owned()),
                2 => Input::Interrupted { heard_chars: dice.roll(80) },
                3 => Input::Reply { call: 99, result: Err(CallError::Timeout) },
                4 => Input::Finished,
                5 if dice.roll(4) == 0 => Input::Heard(Heard::text(ENDS[dice.roll(ENDS.len())])),
                // Most callers most of the time answer what is asked.
                n if n > 7 && !seed.is_multiple_of(4) => {
                    let says: &[&str] = match bot_side.asks() {
                        Some("tramite") => &["padrón", "tributos"],
                        Some("nif") => &["doce treinta y cuatro cincuenta y seis setenta y ocho zeta"],
                        Some("cuando") => &["el jueves por la tarde", "el viernes", "el martes"],
                        Some("hueco") => {
                            &["la primera", "a las diez y media de la mañana", "ninguna", "la segunda"]
                        }
                        Some("quiere_llamada") => &["sí", "no"],
                        Some("telefono") => &["seis cero cero cero cero cero cero cero cero"],
                        _ => &[
                            "sí",
                            "sí",
                            "quiero cita",
                            "llámenme ustedes",
                            "no, mejor la segunda",
                            "no, mejor el viernes",
                        ],
                    };
                    Input::Heard(Heard::text(says[dice.roll(says.len())]))
                }
                _ => {
                    let confidence = 0.2 + 0.1 * dice.roll(9) as f32;
                    Input::Heard(Heard::unsure(SAYS[dice.roll(SAYS.len())], confidence))
                }
            },
        };
        outputs = bot_side.handle(input, now);
    }
    panic!("seed {seed}: the contact never ends");
}

#[test]
fn a_thousand_random_callers_of_the_shipped_bot_all_come_to_an_end() {
    let bot = Arc::new(Bot::load(common::folder()).unwrap());
    let language: Arc<dyn Language> = Arc::new(TestLanguage::new(&bot));
    let mut outcomes: std::collections::BTreeMap<String, u32> = Default::default();
    for seed in 0..1_000 {
        *outcomes.entry(call(&bot, &language, seed, 60)).or_default() += 1;
    }
    println!("{outcomes:?}");
    for outcome in ["cita_reservada", "handed_off", "abandonado", "llamada_pedida"] {
        assert!(outcomes.contains_key(outcome), "no caller of 1,000 ended with {outcome}: {outcomes:?}");
    }
    assert!(!outcomes.contains_key("failed"), "{outcomes:?}");
}

/// Damages one file in one or two places.
fn mutate(files: &mut [(String, String)], seed: u64) {
    let mut dice = Dice(seed);
    let words: Vec<String> = {
        let all =
            files.iter().flat_map(|(_, t)| t.split(|c: char| !c.is_alphanumeric() && c != '_' && c != '.'));
        all.filter(|w| !w.is_empty()).map(str::to_owned).collect()
    };
    for _ in 0..1 + dice.roll(2) {
        // Dialog files twice as often as the others.
        let dialogs = files.iter().position(|(f, _)| f == "cita_previa.yaml").unwrap();
        let at = if dice.roll(2) == 0 { dialogs } else { dice.roll(files.len()) };
        let text = &mut files[at].1;
        let mut lines: Vec<String> = text.lines().map(str::to_owned).collect();
        if lines.is_empty() {
            continue;
        }
        let line = dice.roll(lines.len());
        match dice.roll(8) {
            0 => drop(lines.remove(line)),
            1 => lines.insert(line, lines[line].clone()),
            2 => {
                let other = dice.roll(lines.len());
                lines.swap(line, other);
            }
            3 => lines[line] = format!(" {}", lines[line]),
            4 | 5 => {
                let inside: Vec<String> = lines[line].split(' ').map(str::to_owned).collect();
                let word = dice.roll(inside.len());
                let new = words[dice.roll(words.len())].clone();
                let changed: Vec<String> = inside
                    .iter()
                    .enumerate()
                    .map(|(i, w)| if i == word { new.clone() } else { w.clone() })
                    .collect();
                lines[line] = changed.join(" ");
            }
            6 => {
                let chars: Vec<char> = lines[line].chars().collect();
                if !chars.is_empty() {
                    let cut = dice.roll(chars.len());
                    lines[line] =
                        chars.iter().enumerate().filter(|(i, _)| *i != cut).map(|(_, c)| c).collect();
                }
            }
            _ => {
                let mut chars: Vec<char> = lines[line].chars().collect();
                let place = dice.roll(chars.len() + 1);
                let strange =
                    ['{', '}', '[', ']', ':', '-', '"', '#', '|', '&', '*', '!', '\t', 'ñ', '0', '\u{0}'];
                chars.insert(place, strange[dice.roll(strange.len())]);
                lines[line] = chars.into_iter().collect();
            }
        }
        *text = lines.join("\n") + "\n";
    }
}

#[test]
fn mutated_bots_are_refused_or_run_to_an_end() {
    let config = ProptestConfig { cases: 1_500, failure_persistence: None, ..ProptestConfig::default() };
    let accepted = std::cell::Cell::new(0);
    let outcome = TestRunner::new(config).run(&any::<u64>(), |seed| {
        let mut files = common::files();
        mutate(&mut files, seed);
        match Bot::from_files(&files) {
            Err(problems) => {
                prop_assert!(!problems.is_empty());
                for problem in &problems {
                    prop_assert!(!problem.to_string().contains('\n'), "more than a line: {problem}");
                }
            }
            Ok(bot) => {
                accepted.set(accepted.get() + 1);
                let bot = Arc::new(bot);
                let language: Arc<dyn Language> = Arc::new(TestLanguage::new(&bot));
                for caller in 0..3 {
                    call(&bot, &language, seed ^ caller, 40);
                }
            }
        }
        Ok(())
    });
    // The failing seed is in the message.
    outcome.unwrap();
    println!("{} of 1,500 mutated bots were accepted and called three times each", accepted.get());
    assert!((100..1_400).contains(&accepted.get()), "mutations are too mild or too wild: {}", accepted.get());
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 500, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn any_text_is_refused_or_read(text in "\\PC{0,200}", place in 0usize..14) {
        let mut files = common::files();
        let at = place % files.len();
        files[at].1 = text;
        if let Err(problems) = Bot::from_files(&files) {
            prop_assert!(!problems.is_empty());
        }
    }
}
