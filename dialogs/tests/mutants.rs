//! Bots with mistakes in them, of every bot that ships and of the one that uses the whole language: each is
//! refused, or any caller comes to an end with it.
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

use chrono::{NaiveDate, TimeDelta};
use dialogs::{
    Bot, CallError, Case, Heard, Input, Interpreter, Language, Output, Start, What, testing::TestLanguage,
};
use dice::Dice;

/// Mutants, over all bots.
const MUTANTS: u64 = 1_000;

type Files = Vec<(String, String)>;

fn read(folder: &Path, root: &Path, out: &mut Files) {
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let name = path.strip_prefix(root).unwrap().to_string_lossy().into_owned();
        if path.is_dir() {
            read(&path, root, out);
        } else if (name.ends_with(".yaml") && !name.ends_with(".test.yaml")) || name.ends_with(".csv") {
            out.push((name, std::fs::read_to_string(&path).unwrap()));
        }
    }
    out.sort();
}

fn bots() -> Vec<(String, Files)> {
    let here = Path::new(env!("CARGO_MANIFEST_DIR"));
    let shipped = std::fs::read_dir(here.join("bots")).unwrap().map(|e| e.unwrap().path());
    let mut folders: Vec<PathBuf> = shipped.filter(|p| p.is_dir()).collect();
    folders.sort();
    folders.push(here.join("tests/everything"));
    let files = |folder: &PathBuf| {
        let mut files = Files::new();
        read(folder, folder, &mut files);
        (folder.file_name().unwrap().to_string_lossy().into_owned(), files)
    };
    let mut all: Vec<(String, Files)> = folders.iter().map(files).collect();
    // Its translation has one text of each kind only: enough for the schema, not for a bot that speaks it.
    if let Some((_, files)) = all.last_mut() {
        files.retain(|(name, _)| !name.starts_with("idiomas/"));
        files.iter_mut().for_each(|(_, text)| *text = text.replace("  - language: ca\n", ""));
    }
    all
}

#[test]
fn the_bot_with_everything_has_no_mistakes() {
    let (_, files) = bots().pop().unwrap();
    if let Err(problems) = Bot::from_files(&files) {
        let lines: Vec<String> = problems.iter().map(ToString::to_string).collect();
        panic!("{}", lines.join("\n"));
    }
}

/// Damages one to three lines, in files with steps more often than in others.
fn mutate(files: &mut Files, dice: &mut Dice) {
    let words: Vec<String> = files
        .iter()
        .filter(|(name, _)| !name.starts_with("nlu/"))
        .flat_map(|(_, text)| text.split(|c: char| !c.is_alphanumeric() && c != '_' && c != '.'))
        .filter(|w| !w.is_empty())
        .map(str::to_owned)
        .collect();
    for _ in 0..1 + dice.roll(3) {
        let with_steps: Vec<usize> = (0..files.len())
            .filter(|f| files[*f].1.contains("\nsteps:") || files[*f].0 == "centro.yaml")
            .collect();
        let at =
            if dice.roll(4) > 0 { with_steps[dice.roll(with_steps.len())] } else { dice.roll(files.len()) };
        let mut lines: Vec<String> = files[at].1.lines().map(str::to_owned).collect();
        if lines.is_empty() {
            continue;
        }
        let line = dice.roll(lines.len());
        match dice.roll(6) {
            0 => drop(lines.remove(line)),
            1 => lines.insert(line, lines[line].clone()),
            2 => {
                let other = dice.roll(lines.len());
                lines.swap(line, other);
            }
            3 => {
                // A branch taken out of a flow map: `{ a: x, b: y }` without its last pair.
                if let Some(comma) = lines[line].rfind(", ") {
                    let end = lines[line].rfind('}').unwrap_or(lines[line].len());
                    if comma < end {
                        lines[line].replace_range(comma..end, " ");
                    }
                }
            }
            _ => {
                let mut inside: Vec<String> = lines[line].split(' ').map(str::to_owned).collect();
                let word = dice.roll(inside.len());
                inside[word] = words[dice.roll(words.len())].clone();
                lines[line] = inside.join(" ");
            }
        }
        files[at].1 = lines.join("\n") + "\n";
    }
}

/// What callers say of any bot.
const STOCK: [&str; 16] = [
    "sí",
    "no",
    "la primera",
    "ninguna",
    "el jueves por la tarde",
    "mañana a las diez",
    "doce treinta y cuatro cincuenta y seis setenta y ocho zeta",
    "seis cero cero cero cero cero cero cero cero",
    "no, mejor la segunda",
    "no, mejor el viernes",
    "uno",
    "veintiocho cero cero uno",
    "correcto",
    "bla bla bla",
    "",
    "hay un agujero en la calle",
];
const KEYS: [&str; 8] = ["1", "2", "3", "12345678#", "600000000", "28001#", "#", ""];

fn phrases(bot: &Bot) -> Vec<String> {
    let intents = bot.intents().values().flatten().cloned();
    let entries = bot.catalogues().values().flat_map(|c| c.items.iter().map(|i| i.name.clone()));
    intents.chain(entries).collect()
}

fn reply(dice: &mut Dice) -> Result<serde_json::Value, CallError> {
    let one = |n: usize| {
        serde_json::json!({
            "id": format!("h{n}"), "inicio": format!("2026-05-14T{:02}:30", 9 + n), "codigo": "R7K2",
            "nombre": "uno", "importe": 12.5, "texto": "hecho",
        })
    };
    match dice.roll(10) {
        0 => Err(CallError::Timeout),
        1 => Err(CallError::Status(503)),
        2 => Ok(serde_json::json!([])),
        3 | 4 => Ok(one(1)),
        n => Ok((0..n % 5).map(one).collect()),
    }
}

/// One caller, who says anything for a while and then nothing. The outcome, and whether the bot ran away.
fn call(bot: &Arc<Bot>, language: &Arc<dyn Language>, seed: u64) -> (String, bool) {
    let mut dice = Dice(seed);
    let says = phrases(bot);
    let mut now = NaiveDate::from_ymd_opt(2026, 5, 11).unwrap().and_hms_opt(10, 0, 0).unwrap();
    let start = Start {
        now,
        from: "600000000".into(),
        to: "010".into(),
        contact: format!("c{seed}"),
        consent: [("sms".to_owned(), seed.is_multiple_of(2))].into_iter().collect(),
    };
    let mut side = Interpreter::new(bot.clone(), language.clone(), start);
    let mut input = Input::Started;
    let mut runaway = false;
    for turn in 0..120 {
        let outputs = side.handle(input, now);
        assert!(outputs.len() < 2_000, "seed {seed}: {} outputs for one input", outputs.len());
        now += TimeDelta::seconds(1 + dice.roll(9) as i64);
        let mut next = None;
        for output in &outputs {
            match output {
                Output::End(end) => return (end.outcome.clone(), runaway),
                Output::Call(call) => {
                    next = Some(Input::Reply { call: call.id, result: reply(&mut dice).map(Into::into) })
                }
                Output::Case(Case::Open { id, .. }) => {
                    let result = match dice.roll(5) {
                        0 => Err(CallError::Failed("no".into())),
                        _ => Ok(serde_json::json!({ "codigo": "2026-000001" }).into()),
                    };
                    next = Some(Input::Reply { call: *id, result });
                }
                Output::Note(entry) => runaway |= matches!(entry.what, What::Runaway { .. }),
                _ => {}
            }
        }
        input = match next {
            Some(reply) => reply,
            None if turn > 70 => Input::NoInput,
            None => match dice.roll(12) {
                0 => Input::NoInput,
                1 | 2 => Input::Keys(KEYS[dice.roll(KEYS.len())].to_owned()),
                3 => Input::Interrupted { heard_chars: dice.roll(80) },
                4..=7 if !says.is_empty() => Input::Heard(Heard::text(says[dice.roll(says.len())].clone())),
                _ => Input::Heard(Heard::text(STOCK[dice.roll(STOCK.len())])),
            },
        };
    }
    panic!("seed {seed}: the contact never ends");
}

#[test]
fn a_thousand_mutants_are_refused_or_run_to_an_end() {
    let bots = bots();
    let mut accepted: BTreeMap<&str, (u32, u32)> = BTreeMap::new();
    let mut bad = Vec::new();
    for seed in 0..MUTANTS {
        let mut dice = Dice(seed ^ 0x00D1_A106);
        let (name, original) = &bots[seed as usize % bots.len()];
        let mut files = original.clone();
        mutate(&mut files, &mut dice);
        let count = accepted.entry(name).or_default();
        count.1 += 1;
        let Ok(bot) = Bot::from_files(&files) else { continue };
        count.0 += 1;
        // What is drawn is what is accepted: drawing never fails either.
        assert!(dialogs::graph::svg(&bot).ends_with("</svg>\n"), "mutant {seed} of {name}");
        let bot = Arc::new(bot);
        let language: Arc<dyn Language> = Arc::new(TestLanguage::new(&bot));
        for caller in 0..4 {
            let (outcome, runaway) = call(&bot, &language, seed * 4 + caller);
            if runaway || outcome == "failed" {
                bad.push(format!("mutant {seed} of {name}, caller {caller}: {outcome}, ran away: {runaway}"));
            }
        }
    }
    println!("accepted of tried, by bot: {accepted:?}");
    assert!(bad.is_empty(), "{} dead ends:\n{}", bad.len(), bad.join("\n"));
    let all = accepted.values().fold((0, 0), |a, b| (a.0 + b.0, a.1 + b.1));
    assert!(all.0 > 100 && all.0 < 900, "mutations are too mild or too wild: {all:?}");
}
