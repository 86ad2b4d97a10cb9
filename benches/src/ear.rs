//! The embedded recogniser on 47 words that people recorded.
use crate::stats::{Table, line, number, ratio};
use e2e::server::{Trouble, binary, trouble};
use serde_json::Value;
use std::path::{Path, PathBuf};
use std::process::Command;

const SOUNDS: &str = "/usr/share/asterisk/sounds";
const NUMBERS: [&str; 20] = [
    "cero",
    "uno",
    "dos",
    "tres",
    "cuatro",
    "cinco",
    "seis",
    "siete",
    "ocho",
    "nueve",
    "diez",
    "once",
    "doce",
    "trece",
    "catorce",
    "quince",
    "dieciséis",
    "diecisiete",
    "dieciocho",
    "diecinueve",
];
const TENS: [&str; 8] =
    ["veinte", "treinta", "cuarenta", "cincuenta", "sesenta", "setenta", "ochenta", "noventa"];
const DAYS: [&str; 7] = ["domingo", "lunes", "martes", "miércoles", "jueves", "viernes", "sábado"];
const MONTHS: [&str; 12] = [
    "enero",
    "febrero",
    "marzo",
    "abril",
    "mayo",
    "junio",
    "julio",
    "agosto",
    "septiembre",
    "octubre",
    "noviembre",
    "diciembre",
];

/// Name of the file without its ending, and the word in it.
fn words() -> Vec<(String, &'static str)> {
    let numbers = NUMBERS.iter().enumerate().map(|(n, word)| (n.to_string(), *word));
    let tens = TENS.iter().enumerate().map(|(n, word)| ((n * 10 + 20).to_string(), *word));
    let days = DAYS.iter().enumerate().map(|(n, word)| (format!("day-{n}"), *word));
    let months = MONTHS.iter().enumerate().map(|(n, word)| (format!("mon-{n}"), *word));
    numbers.chain(tens).chain(days).chain(months).collect()
}

/// The folders that hold recordings of their own; a link to another one holds the same voice.
fn folders() -> Result<Vec<PathBuf>, Trouble> {
    let all = std::fs::read_dir(SOUNDS)
        .map_err(|e| Trouble(format!("{SOUNDS}: {e}; `make setup-test` installs the recordings")))?;
    let mut found: Vec<PathBuf> = all
        .filter_map(Result::ok)
        .map(|entry| entry.path().join("digits"))
        .filter(|path| ["wav", "gsm"].iter().any(|ending| path.join(format!("day-0.{ending}")).is_file()))
        .filter_map(|path| path.canonicalize().ok())
        .collect();
    found.sort();
    found.dedup();
    Ok(found)
}

fn recording(folder: &Path, name: &str) -> Option<PathBuf> {
    ["wav", "gsm"].iter().map(|ending| folder.join(format!("{name}.{ending}"))).find(|path| path.is_file())
}

/// Tab-separated: path, word, voice.
fn manifest() -> Result<(String, Vec<String>), Trouble> {
    let (mut text, mut missing) = (String::new(), Vec::new());
    for folder in folders()? {
        let voice = folder.parent().and_then(Path::file_name).unwrap_or_default().to_string_lossy();
        for (name, word) in words() {
            match recording(&folder, &name) {
                Some(path) => text.push_str(&format!("{}\t{word}\t{voice}\n", path.display())),
                None => missing.push(format!("{voice}/{name}")),
            }
        }
    }
    if text.is_empty() {
        return Err(Trouble(format!("{SOUNDS} has no words; `make setup-test` installs the recordings")));
    }
    Ok((text, missing))
}

/// Runs the bench.
pub fn run() -> Result<(), Trouble> {
    let (text, missing) = manifest()?;
    let folder = tempfile::tempdir().map_err(trouble("folder"))?;
    let (table, list) = (folder.path().join("words.tsv"), folder.path().join("words.txt"));
    std::fs::write(&table, text).map_err(trouble("manifest"))?;
    let phrases: Vec<&str> = words().iter().map(|(_, word)| *word).collect();
    std::fs::write(&list, phrases.join("\n")).map_err(trouble("phrases"))?;
    let open = evaluate(&table, None)?;
    let closed = evaluate(&table, Some(&list))?;
    print(&open, &closed);
    if !missing.is_empty() {
        line(format!("not recorded: {}", missing.join(", ")));
    }
    Ok(())
}

fn evaluate(manifest: &Path, phrases: Option<&Path>) -> Result<Value, Trouble> {
    let mut command = Command::new(binary("digame")?);
    command.args(["asr", "eval", "--json"]).arg(manifest).env_remove("DIGAME_CONFIG");
    if let Some(phrases) = phrases {
        command.arg("--phrases").arg(phrases);
    }
    let output = command.output().map_err(trouble("digame asr eval"))?;
    serde_json::from_slice(&output.stdout).map_err(|e| {
        Trouble(format!("digame asr eval told nothing ({e}): {}", String::from_utf8_lossy(&output.stderr)))
    })
}

/// Whole words right of all, for one voice or for every one: with nothing expected, with the list expected
/// as it is written down, and the best of the list by score.
fn print(open: &Value, closed: &Value) {
    let mut table = Table::new(&[
        "voice",
        "words",
        "open: right, %",
        "list expected: right, %",
        "best of list, %",
        "best of list against open",
    ]);
    let voices = open["speakers"].as_object().into_iter().flatten().map(|(name, _)| name.as_str());
    for voice in voices.map(Some).chain([None]) {
        let mine = |report: &Value| -> Vec<Value> {
            let results = report["results"].as_array().cloned().unwrap_or_default();
            let named = |r: &Value| {
                voice.is_none_or(|v| r["path"].as_str().unwrap_or_default().contains(&format!("/{v}/")))
            };
            results.into_iter().filter(named).collect()
        };
        let share = |results: &[Value], key: &str| {
            let right = results.iter().filter(|r| same(&r["said"], &r[key])).count();
            100.0 * right as f64 / results.len() as f64
        };
        let (free, listed) = (mine(open), mine(closed));
        let (a, b, c) = (share(&free, "heard"), share(&listed, "heard"), share(&listed, "phrase"));
        table.row(
            voice.unwrap_or("all"),
            vec![free.len().to_string(), number(a, 1), number(b, 1), number(c, 1), ratio(c, a)],
        );
    }
    table.print();
    for (name, report) in [("open", open), ("list expected", closed)] {
        let of = |key: &str| report[key].as_f64().unwrap_or(f64::NAN);
        line(format!(
            "{name}: recogniser {}, {} s of sound, real-time factor {}, calibration error {} %",
            report["recogniser"].as_str().unwrap_or("-"),
            number(of("audio_s"), 1),
            number(of("real_time_factor"), 4),
            number(of("calibration_error") * 100.0, 1),
        ));
    }
}

fn same(said: &Value, heard: &Value) -> bool {
    let plain = |v: &Value| v.as_str().unwrap_or_default().trim().to_lowercase();
    plain(said) == plain(heard)
}

#[cfg(test)]
mod tests {
    #[test]
    fn there_are_47_words() {
        let mut words: Vec<_> = super::words().into_iter().map(|(_, word)| word).collect();
        words.sort_unstable();
        words.dedup();
        assert_eq!(words.len(), 47);
    }
}
