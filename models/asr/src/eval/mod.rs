//! Measures a recogniser on recordings: the library behind `digame asr eval`.
#![cfg_attr(not(test), deny(clippy::indexing_slicing))]

pub mod audio;
mod score;

use std::collections::BTreeMap;
use std::fmt;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use serde::Serialize;
use spanish::{DAYS, MONTHS};

use crate::decode::letters::{spell, tokens};
use crate::decode::numbers::cardinal;
use crate::{Error, Expectation, Recogniser, Utterance};

pub use score::{Score, calibration_error, edits};

/// One recording and what is said in it.
#[derive(Debug, Clone, PartialEq)]
pub struct Clip {
    /// The recording.
    pub path: PathBuf,
    /// What is said.
    pub transcript: String,
    /// Who says it.
    pub speaker: String,
    /// How it was recorded or spoiled, if the manifest has a column `condition`.
    pub condition: Option<String>,
}

/// Reads a manifest: tab-separated `path`, `transcript`, `speaker` and what else there is, in
/// that order or as a first line of column names says. Paths are relative to the manifest.
pub fn read_manifest(path: &Path) -> Result<Vec<Clip>, Error> {
    let text = std::fs::read_to_string(path).map_err(|source| Error::Read { path: path.into(), source })?;
    let folder = path.parent().unwrap_or(Path::new("."));
    let mut columns = vec!["path", "transcript", "speaker", "condition"];
    let mut clips = Vec::new();
    for (i, line) in text.lines().enumerate() {
        let fields: Vec<&str> = line.split('\t').map(str::trim).collect();
        if i == 0 && fields.contains(&"path") && fields.contains(&"transcript") {
            columns = fields;
            continue;
        }
        if line.trim().is_empty() {
            continue;
        }
        let field = |name: &str| {
            let at = columns.iter().position(|c| *c == name)?;
            fields.get(at).copied().filter(|f| !f.is_empty())
        };
        let (Some(file), Some(transcript)) = (field("path"), field("transcript")) else {
            let why = "a line needs path, transcript and speaker, separated by tabs".into();
            return Err(Error::Manifest { path: path.into(), line: i + 1, why });
        };
        clips.push(Clip {
            path: folder.join(file),
            transcript: transcript.into(),
            speaker: field("speaker").unwrap_or("unknown").into(),
            condition: field("condition").map(String::from),
        });
    }
    Ok(clips)
}

/// Reads a closed list of phrases, one a line.
pub fn read_phrases(path: &Path) -> Result<Vec<String>, Error> {
    let text = std::fs::read_to_string(path).map_err(|source| Error::Read { path: path.into(), source })?;
    Ok(text.lines().map(str::trim).filter(|l| !l.is_empty()).map(String::from).collect())
}

/// What an evaluation found.
#[derive(Debug, Clone, Default, Serialize)]
pub struct Report {
    /// Name of the recogniser.
    pub recogniser: String,
    /// Over all clips.
    pub total: Score,
    /// By speaker.
    pub speakers: BTreeMap<String, Score>,
    /// By condition, for manifests that name one.
    pub conditions: BTreeMap<String, Score>,
    /// Audio heard, seconds.
    pub audio_s: f64,
    /// Wall time of recognising over the duration of the audio, one stream at a time.
    pub real_time_factor: f64,
    /// Expected calibration error of the confidence of whole utterances.
    pub calibration_error: f64,
    /// What was said and heard, clip by clip.
    pub results: Vec<Heard>,
}

/// One clip's result.
#[derive(Debug, Clone, Serialize)]
pub struct Heard {
    /// The recording.
    pub path: PathBuf,
    /// What is said in it.
    pub said: String,
    /// What was heard.
    pub heard: String,
    /// Confidence of it.
    pub confidence: f32,
    /// The phrase of the closed list that scored best.
    pub phrase: Option<String>,
}

/// Evaluates a recogniser on clips, pushed in 20 ms frames as a call would. With `phrases`, they
/// are expected, nothing else is welcome, and the best of them by score is counted too.
pub fn run(
    recogniser: &dyn Recogniser,
    clips: &[Clip],
    phrases: &[String],
    mut progress: impl FnMut(usize),
) -> Result<Report, Error> {
    let expect = Expectation { grammars: vec![], phrases: phrases.to_vec(), open: phrases.is_empty() };
    let mut report = Report { recogniser: recogniser.name().into(), ..Report::default() };
    // The first stream compiles what is expected: not a cost of recognising.
    recogniser.open(&expect);
    let mut busy = Duration::ZERO;
    let mut answers = Vec::new();
    for (i, clip) in clips.iter().enumerate() {
        let pcm = audio::read(&clip.path)?;
        let start = Instant::now();
        let mut stream = recogniser.open(&expect);
        for frame in pcm.chunks(160) {
            stream.push(frame);
        }
        let utterance = stream.finish();
        busy += start.elapsed();
        report.audio_s += pcm.len() as f64 / 8000.0;
        let phrase = pick(stream.rank(phrases), phrases, &utterance);
        let score = count(clip, &utterance, phrase.as_deref());
        answers.push((utterance.confidence, score.exact == 1));
        report.total.add(&score);
        report.speakers.entry(clip.speaker.clone()).or_default().add(&score);
        if let Some(condition) = &clip.condition {
            report.conditions.entry(condition.clone()).or_default().add(&score);
        }
        report.results.push(Heard {
            path: clip.path.clone(),
            said: clip.transcript.clone(),
            heard: utterance.text,
            confidence: utterance.confidence,
            phrase,
        });
        progress(i + 1);
    }
    report.real_time_factor = busy.as_secs_f64() / report.audio_s.max(1e-9);
    report.calibration_error = calibration_error(&answers);
    Ok(report)
}

/// The phrase that scored best, or that is nearest to what was heard where the recogniser keeps
/// no scores.
fn pick(scores: Option<Vec<f32>>, phrases: &[String], heard: &Utterance) -> Option<String> {
    let heard = letters(&heard.text);
    let scores = scores.unwrap_or_else(|| {
        let distance = |p: &String| -(edits(&letters(p), &heard) as f32) / p.len().max(1) as f32;
        phrases.iter().map(distance).collect()
    });
    let best = phrases.iter().zip(scores).max_by(|a, b| a.1.total_cmp(&b.1));
    best.map(|(phrase, _)| phrase.clone())
}

fn words(text: &str) -> Vec<Vec<u8>> {
    tokens(text).iter().map(|w| spell(w)).collect()
}

fn letters(text: &str) -> Vec<u8> {
    words(text).concat()
}

fn count(clip: &Clip, heard: &Utterance, phrase: Option<&str>) -> Score {
    let (said, got) = (words(&clip.transcript), words(&heard.text));
    let (said_letters, got_letters) = (said.concat(), got.concat());
    Score {
        clips: 1,
        words: said.len(),
        word_edits: edits(&said, &got),
        letters: said_letters.len(),
        letter_edits: edits(&said_letters, &got_letters),
        exact: usize::from(said == got),
        in_phrases: usize::from(phrase.is_some_and(|p| words(p) == said)),
        ranked: usize::from(phrase.is_some()),
    }
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(
            f,
            "{} on {} clips, {:.1} s: real-time factor {:.4}, calibration error {:.1} %",
            self.recogniser,
            self.total.clips,
            self.audio_s,
            self.real_time_factor,
            100.0 * self.calibration_error
        )?;
        writeln!(f, "{:32} {:>6} {:>8} {:>8} {:>8} {:>8}", "", "clips", "word", "letter", "exact", "phrase")?;
        let all = [("all".to_string(), self.total)];
        let rows = all.into_iter().chain(self.speakers.clone()).chain(self.conditions.clone());
        for (name, s) in rows {
            let exact = 100.0 * s.exact as f64 / s.clips.max(1) as f64;
            let phrase = s.phrase_accuracy().map_or("–".into(), |p| format!("{:.1} %", 100.0 * p));
            let (word, letter) = (100.0 * s.word_error(), 100.0 * s.letter_error());
            writeln!(f, "{name:32} {:>6} {word:>6.1} % {letter:>6.1} % {exact:>6.1} % {phrase:>8}", s.clips)?;
        }
        Ok(())
    }
}

/// The 47-word test on human voices nobody trained on: 0 to 19, tens, days and months of every
/// voice found below `sounds` (the folder of Asterisk's sounds; Debian's packages
/// `asterisk-core-sounds-es-wav` and `asterisk-prompt-es-co`). Gives the clips and the words.
pub fn forty_seven_words(sounds: &Path) -> (Vec<Clip>, Vec<String>) {
    let numbers = (0..20).chain((20..100).step_by(10)).map(|n| (n.to_string(), cardinal(n).join(" ")));
    // The recordings count the days from Sunday.
    let days = DAYS.iter().enumerate().map(|(n, day)| (format!("day-{}", (n + 1) % 7), (*day).to_owned()));
    let months = MONTHS.iter().enumerate().map(|(n, month)| (format!("mon-{n}"), (*month).to_owned()));
    let items: Vec<(String, String)> = numbers.chain(days).chain(months).collect();
    let mut clips = Vec::new();
    for (folder, speaker) in [("es_MX_f_Allison", "es-MX, core sounds"), ("es", "es-CO, prompts")] {
        for (file, word) in &items {
            let of_kind = |kind: &&&str| sounds.join(folder).join(format!("digits/{file}.{kind}")).is_file();
            if let Some(kind) = ["wav", "gsm"].iter().find(of_kind) {
                clips.push(Clip {
                    path: sounds.join(folder).join(format!("digits/{file}.{kind}")),
                    transcript: word.clone(),
                    speaker: speaker.into(),
                    condition: None,
                });
            }
        }
    }
    (clips, items.into_iter().map(|i| i.1).collect())
}

#[cfg(test)]
#[path = "eval_tests.rs"]
mod tests;
