//! Accuracy of the intent classifier with few examples, and out of scope.
//!
//! `cargo run --release -p nlu --example few_shot [-- K [dev]]`, K examples an intent (10).
//!
//! Data: fb-multilingual-es, read in place from `$DIGAME_SHARED` or `../shared` beside
//! the project. K examples of each intent are drawn from train (all, where there are
//! fewer), five seeds; tested on all of eval, or, to tune, on what `dev` leaves of train. Out of scope: a third of the intents is
//! held out each time, and its eval utterances must score over the others'.
#![expect(clippy::print_stdout, reason = "a report on the terminal")]

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::time::Instant;

use nlu::{IntentModel, TrainOptions};

type Data = BTreeMap<String, Vec<String>>;

fn shared() -> Option<PathBuf> {
    let root = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../../shared");
    let path = std::env::var_os("DIGAME_SHARED").map_or(root, PathBuf::from);
    path.join("nlu/fb-multilingual-es").is_dir().then_some(path)
}

fn load(path: &std::path::Path) -> std::io::Result<Data> {
    let mut data = Data::new();
    for line in std::fs::read_to_string(path)?.lines().skip(1) {
        let mut columns = line.split('\t');
        if let (Some(intent), Some(text)) = (columns.next(), columns.next()) {
            data.entry(intent.to_owned()).or_default().push(text.to_owned());
        }
    }
    Ok(data)
}

/// SplitMix64 in counter form: the draw is the same on every machine.
fn draw(seed: u64, n: u64) -> u64 {
    let mut z = seed.wrapping_mul(0x9e37_79b9_7f4a_7c15).wrapping_add(n.wrapping_mul(0xbf58_476d_1ce4_e5b9));
    z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    z ^ (z >> 31)
}

fn sample(data: &Data, k: usize, seed: u64) -> Vec<(String, Vec<String>)> {
    data.iter()
        .map(|(intent, texts)| {
            let mut order: Vec<usize> = (0..texts.len()).collect();
            order.sort_by_key(|i| draw(seed, *i as u64 + 1));
            (intent.clone(), order.iter().take(k).filter_map(|i| texts.get(*i).cloned()).collect())
        })
        .collect()
}

/// Any texts under any intents: the worst case for the training's time.
fn arbitrary(data: &Data, intents: usize, each: usize) -> Vec<(String, Vec<String>)> {
    let mut texts: Vec<&String> = data.values().flatten().collect();
    texts.sort_by_key(|t| draw(t.len() as u64, t.bytes().map(u64::from).sum()));
    texts
        .chunks(each)
        .take(intents)
        .enumerate()
        .map(|(i, c)| (format!("i{i}"), c.iter().map(|t| (*t).clone()).collect()))
        .collect()
}

/// What was not drawn.
fn rest(data: &Data, drawn: &[(String, Vec<String>)]) -> Data {
    let used: std::collections::BTreeSet<&String> = drawn.iter().flat_map(|(_, texts)| texts).collect();
    data.iter()
        .map(|(i, texts)| (i.clone(), texts.iter().filter(|t| !used.contains(t)).cloned().collect()))
        .collect()
}

/// Probability that an utterance out of scope scores over one in scope.
fn auroc(inside: &[f32], outside: &[f32]) -> f64 {
    let mut wins = 0.0;
    for o in outside {
        for i in inside {
            wins += if o > i {
                1.0
            } else if o == i {
                0.5
            } else {
                0.0
            };
        }
    }
    wins / (inside.len() * outside.len()).max(1) as f64
}

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let k = std::env::args().nth(1).and_then(|k| k.parse().ok()).unwrap_or(10);
    let Some(shared) = shared() else {
        println!("no data: set DIGAME_SHARED to the folder that holds nlu/fb-multilingual-es");
        return Ok(());
    };
    let folder = shared.join("nlu/fb-multilingual-es");
    let dev = std::env::args().nth(2).is_some_and(|a| a == "dev");
    let (train, eval) = (load(&folder.join("train.tsv"))?, load(&folder.join("eval.tsv"))?);
    let options = TrainOptions::default();
    let mut accuracies = Vec::new();
    let mut areas = Vec::new();
    for seed in 1..=5 {
        let examples = sample(&train, k, seed);
        let test = if dev { rest(&train, &examples) } else { eval.clone() };
        let start = Instant::now();
        let model = IntentModel::train(&examples, &options)?;
        let ready = start.elapsed();
        let (mut right, mut kept, mut total) = (0, 0, 0);
        let start = Instant::now();
        for (intent, texts) in &test {
            for text in texts {
                let got = model.classify(text);
                total += 1;
                right += usize::from(got.ranked.first().is_some_and(|r| r.intent == *intent));
                kept += usize::from(got.best.is_some());
            }
        }
        let each = start.elapsed() / total as u32;
        let accuracy = 100.0 * right as f64 / total as f64;
        accuracies.push(accuracy);
        println!(
            "seed {seed}: accuracy {accuracy:.1} %, in scope accepted {:.1} %, ready in {} ms, {} µs an utterance",
            100.0 * kept as f64 / total as f64,
            ready.as_millis(),
            each.as_micros()
        );
        for third in 0..3 {
            areas.push(held_out(&examples, &test, third, &options)?);
        }
    }
    let big = arbitrary(&train, 50, 20);
    let start = Instant::now();
    IntentModel::train(&big, &options)?;
    println!("50 arbitrary intents of 20 examples: ready in {} ms", start.elapsed().as_millis());
    let mean = |v: &[f64]| v.iter().sum::<f64>() / v.len().max(1) as f64;
    println!("mean of 5 seeds, {k} examples an intent: accuracy {:.1} %", mean(&accuracies));
    println!("a third of the intents held out, mean of 15: AUROC {:.3}", mean(&areas));
    Ok(())
}

fn held_out(
    examples: &[(String, Vec<String>)],
    test: &Data,
    third: usize,
    options: &TrainOptions,
) -> Result<f64, nlu::Error> {
    let out = |intent: &str| examples.iter().position(|(i, _)| i == intent).is_some_and(|p| p % 3 == third);
    let kept: Vec<_> = examples.iter().filter(|(i, _)| !out(i)).cloned().collect();
    let model = IntentModel::train(&kept, options)?;
    let scores = |want: bool| -> Vec<f32> {
        test.iter()
            .filter(|(i, _)| out(i) == want)
            .flat_map(|(_, texts)| texts.iter().map(|t| model.classify(t).out_of_scope))
            .collect()
    };
    Ok(auroc(&scores(false), &scores(true)))
}
