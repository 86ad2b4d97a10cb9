//! Voice to voice: the last voiced packet of the citizen to the first one of the bot.
use crate::stage::{Calls, Setting, Stage};
use crate::stats::{Table, Values, line, number};
use e2e::server::{Trouble, trouble};
use serde_json::Value;
use std::collections::BTreeMap;
use std::time::Duration;

/// The check letter is wrong: the number is dictated, refused, keyed.
const WRONG: &str = include_str!("../scripts/wrong_letter.yaml");
/// The check letter is right.
const RIGHT: &str = include_str!("../scripts/right_letter.yaml");
/// Calls at once in the second half.
const AT_ONCE: usize = 20;
const PARTS: [&str; 7] = ["endpoint", "asr", "nlu", "dialog", "tts", "playout", "total"];

/// Everything seen in the calls of one load.
#[derive(Debug, Default)]
pub struct Seen {
    /// The citizens' reports.
    pub reports: Vec<Value>,
    /// The contacts as the API tells them.
    contacts: Vec<Value>,
}

impl Seen {
    fn turns(&self) -> impl Iterator<Item = &Value> {
        self.reports.iter().flat_map(|r| r["turns"].as_array().into_iter().flatten())
    }

    fn voiced(&self) -> impl Iterator<Item = &Value> {
        self.turns().filter(|t| t["keys"] != true)
    }

    /// Turns spoken.
    pub fn spoken(&self) -> usize {
        self.voiced().count()
    }

    /// Turns in which the bot began before the citizen had finished.
    pub fn cut_off(&self) -> usize {
        self.voiced().filter(|t| t["cut_off"] == true).count()
    }

    /// Voice to voice on the wire, ms, of the turns that were answered and not cut off.
    pub fn wire(&self) -> Values {
        self.voiced().filter(|t| t["cut_off"] != true).filter_map(|t| t["wire_ms"].as_f64()).collect()
    }

    fn keyed(&self) -> Values {
        self.turns().filter(|t| t["keys"] == true).filter_map(|t| t["wire_ms"].as_f64()).collect()
    }

    fn interruptions(&self) -> impl Iterator<Item = &Value> {
        self.reports.iter().flat_map(|r| r["interruptions"].as_array().into_iter().flatten())
    }

    fn stops(&self) -> Values {
        self.interruptions().filter_map(|i| i["stop_ms"].as_f64()).collect()
    }

    fn part(&self, name: &str) -> Values {
        let entries = self.contacts.iter().flat_map(|c| c["timeline"].as_array().into_iter().flatten());
        entries.filter(|e| e["kind"] == "delay").filter_map(|e| e[name].as_f64()).collect()
    }

    /// Turns, cut-offs and the wire's p50 for each text that is spoken: one text that is always cut off
    /// is another fault than many that are sometimes.
    fn by_text(&self) -> BTreeMap<&str, (usize, usize, Values)> {
        let mut texts: BTreeMap<&str, (usize, usize, Vec<f64>)> = BTreeMap::new();
        for turn in self.voiced() {
            let (turns, cut, wire) = texts.entry(turn["said"].as_str().unwrap_or_default()).or_default();
            *turns += 1;
            if turn["cut_off"] == true {
                *cut += 1;
            } else {
                wire.extend(turn["wire_ms"].as_f64());
            }
        }
        texts.into_iter().map(|(text, (n, cut, wire))| (text, (n, cut, wire.into_iter().collect()))).collect()
    }

    /// Mean opinion scores of what the citizens received.
    pub fn mos(&self) -> Values {
        self.reports.iter().filter_map(|r| r["mos"].as_f64()).collect()
    }

    /// Calls that ended with the appointment booked.
    pub fn booked(&self) -> usize {
        self.contacts.iter().filter(|c| c["outcome"] == "cita_reservada").count()
    }
}

/// Holds `count` whole conversations at once, half of them with a wrong check letter first.
pub async fn converse(stage: &Stage, count: usize, rate: f64) -> Result<Seen, Trouble> {
    let half = count / 2;
    let calls = |name, script, count| Calls { name, script, count, rate: rate / 2.0 };
    let (right, wrong) = (calls("right", RIGHT, count - half), calls("wrong", WRONG, half));
    let none = async { Ok(Vec::new()) };
    let (a, b) = if half == 0 {
        tokio::join!(stage.call(&right), none)
    } else {
        let (a, b) = tokio::join!(stage.call(&right), stage.call(&wrong));
        (a, b)
    };
    let mut reports = a?;
    reports.extend(b?);
    Ok(Seen { reports, contacts: Vec::new() })
}

/// Reads the contacts of all calls that were placed on this stage.
pub async fn complete(stage: &Stage, seen: &mut Seen) -> Result<(), Trouble> {
    tokio::time::sleep(Duration::from_millis(500)).await;
    seen.contacts = stage.server.contacts().await?;
    Ok(())
}

/// One call at a time until `turns` turns were spoken.
async fn one_by_one(turns: usize) -> Result<Seen, Trouble> {
    let stage = Stage::start(Setting { max_calls: 60, listen: true, record: true }).await?;
    let mut seen = Seen::default();
    for n in 0.. {
        let (name, script) = if n % 2 == 0 { ("right", RIGHT) } else { ("wrong", WRONG) };
        seen.reports.extend(stage.call(&Calls { name, script, count: 1, rate: 1.0 }).await?);
        if n % 2 == 1 && seen.spoken() >= turns {
            break;
        }
        if n > turns {
            return Err(Trouble(format!("only {} turns in {n} calls", seen.spoken())));
        }
    }
    complete(&stage, &mut seen).await?;
    Ok(seen)
}

/// Rounds of 20 calls at once until `turns` turns were spoken.
async fn together(turns: usize) -> Result<Seen, Trouble> {
    let stage = Stage::start(Setting { max_calls: 60, listen: true, record: true }).await?;
    let mut seen = Seen::default();
    for round in 0.. {
        seen.reports.extend(converse(&stage, AT_ONCE, 4.0).await?.reports);
        if seen.spoken() >= turns {
            break;
        }
        if round > turns {
            return Err(Trouble(format!("only {} turns in {round} rounds", seen.spoken())));
        }
    }
    complete(&stage, &mut seen).await?;
    Ok(seen)
}

/// Runs the bench with at least `alone` spoken turns of one call at a time, and `turns` of 20 at once.
pub async fn run(alone: usize, turns: usize) -> Result<(), Trouble> {
    let alone = one_by_one(alone).await?;
    let many = together(turns).await?;
    let loads = [("1 call", &alone), ("20 calls", &many)];
    let mut table = Table::new(&["ms", "turns", "p50", "p95", "p99", "p50 against 1 call"]);
    let mut add = |name: &str, of: &dyn Fn(&Seen) -> Values| {
        for (load, seen) in loads {
            table.row(format!("{name}, {load}"), of(seen).cells(&of(&alone)));
        }
    };
    add("voice to voice on the wire", &Seen::wire);
    add("last key to voice on the wire", &Seen::keyed);
    add("barge-in: voice to bot silent", &Seen::stops);
    for part in PARTS {
        add(&format!("inside: {part}"), &|seen| seen.part(part));
    }
    table.print();
    for (load, seen) in loads {
        let mut texts =
            Table::new(&[&format!("said, {load}"), "turns", "cut off", "wire p50, ms", "wire p95, ms"]);
        for (text, (turns, cut, wire)) in seen.by_text() {
            let percentiles = [0.5, 0.95].map(|p| number(wire.at(p), 0));
            texts.row(text, [vec![turns.to_string(), cut.to_string()], percentiles.into()].concat());
        }
        texts.print();
    }
    for (load, seen) in loads {
        let (spoken, cut) = (seen.spoken(), seen.cut_off());
        line(format!(
            "{load}: {} conversations, {} booked; false cut-offs {cut} of {spoken} turns ({} %); bot stopped in {} of {} interruptions; worst MOS {}",
            seen.reports.len(),
            seen.booked(),
            number(100.0 * cut as f64 / spoken as f64, 1),
            seen.stops().len(),
            seen.interruptions().count(),
            number(seen.mos().least(), 2),
        ));
    }
    std::io::Write::flush(&mut std::io::stdout()).map_err(trouble("stdout"))
}
