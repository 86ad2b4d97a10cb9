//! The embedded recogniser on 47 words that people recorded.
use crate::sound::SOUNDS;
use crate::stats::{Table, line, number, ratio};
use e2e::server::{Trouble, binary, trouble};
use serde_json::Value;
use std::path::{Path, PathBuf};
use std::process::Command;

/// The recordings as a manifest, and the words one a line.
fn manifest() -> Result<(String, String), Trouble> {
    let (clips, words) = asr::eval::forty_seven_words(Path::new(SOUNDS));
    if clips.len() < 2 * words.len() {
        let found = clips.len();
        return Err(Trouble(format!("{found} recordings in {SOUNDS}; `make setup-test` installs the rest")));
    }
    let row =
        |clip: &asr::eval::Clip| format!("{}\t{}\t{}\n", clip.path.display(), clip.transcript, clip.speaker);
    Ok((clips.iter().map(row).collect(), words.join("\n")))
}

/// Runs the bench.
pub fn run() -> Result<(), Trouble> {
    let (clips, words) = manifest()?;
    let folder = tempfile::tempdir().map_err(trouble("folder"))?;
    let (table, list) = (folder.path().join("words.tsv"), folder.path().join("words.txt"));
    std::fs::write(&table, clips).map_err(trouble("manifest"))?;
    std::fs::write(&list, words).map_err(trouble("phrases"))?;
    let open = evaluate(&table, None)?;
    let closed = evaluate(&table, Some(&list))?;
    print(&open, &closed);
    Ok(())
}

/// Recordings of one's own, with nothing expected.
pub fn others(manifests: &[PathBuf]) -> Result<(), Trouble> {
    let mut table = Table::new(&["speaker", "clips", "words wrong, %", "letters wrong, %", "whole, %"]);
    for manifest in manifests {
        let report = evaluate(manifest, None)?;
        for (name, score) in report["speakers"].as_object().into_iter().flatten() {
            let of = |key: &str| score[key].as_f64().unwrap_or(f64::NAN);
            let share = |part: &str, whole: &str| number(100.0 * of(part) / of(whole), 1);
            let cells = vec![
                score["clips"].to_string(),
                share("word_edits", "words"),
                share("letter_edits", "letters"),
                share("exact", "clips"),
            ];
            table.row(name.as_str(), cells);
        }
    }
    table.print();
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
    let voices = open["speakers"].as_object().into_iter().flatten().map(|(name, _)| Some(name.as_str()));
    for voice in voices.chain([None]) {
        let share = |report: &Value, key: &str| {
            let score = voice.map_or(&report["total"], |name| &report["speakers"][name]);
            let of = |key: &str| score[key].as_f64().unwrap_or(f64::NAN);
            100.0 * of(key) / of("clips")
        };
        let (a, b, c) = (share(open, "exact"), share(closed, "exact"), share(closed, "in_phrases"));
        let clips = voice.map_or(&open["total"], |name| &open["speakers"][name])["clips"].to_string();
        table.row(voice.unwrap_or("all"), vec![clips, number(a, 1), number(b, 1), number(c, 1), ratio(c, a)]);
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
