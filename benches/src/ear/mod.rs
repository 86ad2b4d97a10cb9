//! The embedded recogniser, aim by aim: people's words and numbers, unheard synthetic voices, sounds that are no
//! speech, its cost, its confidence, and the end of turns.
pub mod sets;
pub mod turns;
mod words;

use crate::lines::Through;
use crate::sound::no_speech;
use crate::stats::{Table, Values, line, number};
use asr::embedded::{Embedded, push_together};
use asr::eval::{calibration_error, edits};
use asr::{Expectation, Grammar, Recogniser};
use e2e::server::{Trouble, trouble};
use nlu::{Context, Kind};
use sets::Said;
use std::path::PathBuf;
use std::time::Instant;

/// Numbers of each kind.
const NUMBERS: usize = 500;
/// Calls that are batched.
const CALLS: usize = 50;

/// A weekday's noon, to read hours by.
fn at_noon() -> Context {
    let noon = chrono::NaiveDate::from_ymd_opt(2026, 5, 12).and_then(|day| day.and_hms_opt(12, 0, 0));
    Context::at(noon.unwrap_or_default())
}

/// What came of a set.
#[derive(Default)]
struct Outcome {
    whole: usize,
    /// The words of the best reading alone, edits and count.
    edits: usize,
    words: usize,
    /// Confidence of the best reading and whether it was right.
    answers: Vec<(f32, bool)>,
    /// End of sound to the words, ms of computing.
    last: Vec<f64>,
    clips: usize,
    audio_s: f64,
    busy_s: f64,
}

impl Outcome {
    fn share(&self) -> f64 {
        100.0 * self.whole as f64 / self.clips as f64
    }

    fn word_error(&self) -> f64 {
        100.0 * self.edits as f64 / self.words as f64
    }
}

/// Hears a set; whole is what `kind` makes of the n-best, or the words where there is no kind.
fn hear(ear: &Embedded, set: &[Said], expect: &Expectation, kind: Option<&Kind>) -> Outcome {
    let mut outcome = Outcome { clips: set.len(), ..Outcome::default() };
    ear.prepare(expect);
    let context = at_noon();
    for said in set {
        let began = Instant::now();
        let mut stream = ear.open(expect);
        for frame in said.pcm.chunks(160) {
            stream.push(frame);
        }
        let ended = Instant::now();
        let heard = stream.finish();
        outcome.last.push(ended.elapsed().as_secs_f64() * 1000.0);
        outcome.busy_s += began.elapsed().as_secs_f64();
        outcome.audio_s += said.pcm.len() as f64 / 8000.0;
        let (wanted, got) = (folded(&said.words), folded(&heard.text));
        outcome.edits += edits(&wanted, &got);
        outcome.words += wanted.len();
        outcome.answers.push((heard.confidence, wanted == got));
        let best = kind.map(|kind| {
            let mut readings = vec![(heard.text.as_str(), heard.confidence)];
            readings.extend(heard.alternatives.iter().map(|a| (a.text.as_str(), a.confidence)));
            let found = nlu::es::extract_best(kind, &readings, &context);
            found.and_then(|(_, f)| f.first().map(|f| f.value.to_string())).unwrap_or_default()
        });
        outcome.whole += usize::from(best.map_or(wanted == got, |value| value == said.value));
    }
    outcome
}

/// Words without accents, as the recogniser's letters are.
fn folded(text: &str) -> Vec<String> {
    nlu::es::fold(text).split_whitespace().map(str::to_owned).collect()
}

fn expecting(grammar: Grammar) -> Expectation {
    Expectation { grammars: vec![grammar], phrases: Vec::new(), open: true }
}

/// Seconds of computing for a second of sound and call: one call alone, and many of which all that are due are
/// computed together.
fn cost(ear: &Embedded, set: &[Said]) -> (f64, f64) {
    let expect = expecting(Grammar::Nif);
    let alone: Vec<&Said> = set.iter().take(10).collect();
    let began = Instant::now();
    for said in &alone {
        let mut stream = ear.open(&expect);
        said.pcm.chunks(160).for_each(|frame| {
            stream.push(frame);
        });
        stream.finish();
    }
    let seconds: f64 = alone.iter().map(|s| s.pcm.len() as f64 / 8000.0).sum();
    let single = began.elapsed().as_secs_f64() / seconds;
    let calls: Vec<&Said> = set.iter().take(CALLS).collect();
    let length = calls.iter().map(|s| s.pcm.len()).min().unwrap_or(0) / 160;
    let mut streams: Vec<_> = calls.iter().map(|_| ear.open_stream(&expect)).collect();
    let began = Instant::now();
    for n in 0..length {
        let mut batch: Vec<_> = (streams.iter_mut().zip(&calls))
            .map(|(stream, said)| (stream, said.pcm.get(n * 160..(n + 1) * 160).unwrap_or_default()))
            .collect();
        push_together(&mut batch);
    }
    (single, began.elapsed().as_secs_f64() / (length as f64 * 0.02 * calls.len() as f64))
}

/// Words wrong by codec, noise and loss.
fn conditions(ear: &Embedded, spoken: &[Said], expect: &Expectation) -> Result<(), Trouble> {
    const NOISE: [(&str, Option<f64>); 4] =
        [("clean", None), ("20 dB", Some(20.0)), ("10 dB", Some(10.0)), ("5 dB", Some(5.0))];
    const LOST: [f64; 3] = [0.0, 0.03, 0.1];
    let columns: Vec<String> = NOISE
        .iter()
        .flat_map(|(noise, _)| LOST.map(|lost| format!("{noise}, {:.0} %", 100.0 * lost)))
        .collect();
    let names: Vec<&str> = std::iter::once("words wrong, %: noise, packets lost")
        .chain(columns.iter().map(String::as_str))
        .collect();
    let mut table = Table::new(&names);
    for through in Through::ALL {
        let mut cells = Vec::new();
        for (_, snr) in NOISE {
            for lost in LOST {
                let heard = hear(ear, &sets::over(spoken, through, snr, lost)?, expect, None);
                cells.push(number(heard.word_error(), 1));
            }
        }
        table.row(through.name(), cells);
    }
    table.print();
    Ok(())
}

/// Words written an hour when nobody speaks, voice activity and turn-taking before the ear as in a call.
fn invented(ear: &Embedded) -> Result<(usize, f64), Trouble> {
    let mut table = Table::new(&["sound", "minutes", "utterances opened", "words written", "an hour"]);
    let (mut total, mut hours) = (0, 0.0);
    for (name, pcm) in no_speech() {
        let heard = turns::listen(ear, &pcm, &Expectation { open: true, ..Expectation::default() })?;
        let words: usize = heard.iter().map(|text| text.split_whitespace().count()).sum();
        let length = pcm.len() as f64 / 8000.0 / 3600.0;
        (total, hours) = (total + words, hours + length);
        let cells = vec![
            number(length * 60.0, 1),
            heard.len().to_string(),
            words.to_string(),
            number(words as f64 / length, 0),
        ];
        table.row(name, cells);
    }
    table.print();
    Ok((total, hours))
}

/// Runs the bench.
pub fn run(recordings: &[PathBuf]) -> Result<(), Trouble> {
    let open = Expectation { open: true, phrases: examples()?, ..Expectation::default() };
    words::run()?;
    if !recordings.is_empty() {
        line("");
        words::others(recordings)?;
    }
    let ear = Embedded::new().map_err(trouble("the ear"))?;
    let identity = sets::identity_numbers(NUMBERS)?;
    let nif = hear(&ear, &identity, &expecting(Grammar::Nif), Some(&Kind::Nif));
    let [(mexico, first), (colombia, second)] = sets::VOICES;
    let nine = expecting(Grammar::Digits { min: 9, max: 9 });
    let (phones_first, phones_second) = (sets::phones(first, NUMBERS)?, sets::phones(second, NUMBERS)?);
    let phones = [&phones_first, &phones_second].map(|set| hear(&ear, set, &nine, Some(&Kind::Telefono)));
    let time = expecting(Grammar::Time);
    let hours_first = hear(&ear, &sets::hours(first, NUMBERS)?, &time, None);
    let hours_second = hear(&ear, &sets::hours(second, NUMBERS)?, &time, None);
    let spoken = sets::sentences()?;
    let [a_law, ..] = Through::ALL;
    let clean = hear(&ear, &sets::over(&spoken, a_law, None, 0.0)?, &open, None);
    let noisy = hear(&ear, &sets::over(&spoken, a_law, Some(10.0), 0.0)?, &open, None);

    line("");
    let mut table = Table::new(&[
        "set",
        "clips",
        "whole, %",
        "words wrong, %",
        "calibration error, %",
        "words after, p95 ms",
    ]);
    let [mexican, colombian] = &phones;
    let rows = [
        (format!("identity numbers, {mexico}"), &nif),
        (format!("telephones, {mexico}"), mexican),
        (format!("telephones, {colombia}"), colombian),
        (format!("hours, {mexico}"), &hours_first),
        (format!("hours, {colombia}"), &hours_second),
        ("sentences, synthetic, clean".into(), &clean),
        ("sentences, synthetic, 10 dB".into(), &noisy),
    ];
    let mut answers = Vec::new();
    for (name, set) in &rows {
        let last: Values = set.last.iter().copied().collect();
        answers.extend(set.answers.iter().copied());
        let cells = vec![
            set.clips.to_string(),
            number(set.share(), 1),
            number(set.word_error(), 1),
            number(100.0 * calibration_error(&set.answers), 1),
            number(last.at(0.95), 1),
        ];
        table.row(name.as_str(), cells);
    }
    table.print();
    line("");
    let hesitating = sets::hesitating()?;
    let dictated = [
        (format!("identity numbers, {mexico}"), expecting(Grammar::Nif), identity.as_slice()),
        (format!("telephones, {mexico}"), nine.clone(), &phones_first),
        (format!("telephones, {colombia}"), nine, &phones_second),
        ("sentences, synthetic".into(), open.clone(), &spoken),
        ("sentences with a hesitation, synthetic".into(), open.clone(), &hesitating),
    ];
    turns::run(&ear, &dictated)?;
    line("");
    conditions(&ear, &spoken, &open)?;
    line("");
    let (words, hours) = invented(&ear)?;
    let (single, batched) = cost(&ear, &identity);
    line(format!(
        "\nall sounds that are no speech: {} words an hour; calibration error of all sets: {} %",
        number(words as f64 / hours, 1),
        number(100.0 * calibration_error(&answers), 1),
    ));
    line(format!(
        "real-time factor: one call {}, {CALLS} calls computed together {} a call",
        number(single, 4),
        number(batched, 4)
    ));
    Ok(())
}

/// What the shipped bots expect callers to say when they ask nothing particular: every intent's examples.
fn examples() -> Result<Vec<String>, Trouble> {
    let mut all = Vec::new();
    for folder in crate::bots::folders()? {
        all.extend(crate::bots::load(&folder)?.intents().values().flatten().cloned());
    }
    Ok(all)
}
