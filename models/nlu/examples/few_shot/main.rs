//! What the intent classifier's choices are made on; its report is `bench intents`.
//!
//! `cargo run --release -p nlu --example few_shot [-- [--errors] [K]]`, K examples an
//! intent (10). Data are read in place from `$DIGAME_NLU`. Never touched here: eval of
//! fb-multilingual-es, and a fifth of each ha-intents.
//! - fb: K of each intent drawn from train, five seeds; tested on what is left of train.
//! - ha: four fifths of the test sentences, among themselves in five folds.
//! - bots: the five shipped bots' own examples, in five folds.
#![expect(clippy::print_stdout, reason = "a report on the terminal")]

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::time::Instant;

use nlu::{IntentModel, TrainOptions};

type Data = BTreeMap<String, Vec<String>>;
type Trouble = Box<dyn std::error::Error>;

fn load(path: &Path) -> std::io::Result<Data> {
    let mut data = Data::new();
    for line in std::fs::read_to_string(path)?.lines().skip(1) {
        let mut columns = line.split('\t');
        if let (Some(intent), Some(text)) = (columns.next(), columns.next()) {
            data.entry(intent.to_owned()).or_default().push(text.to_owned());
        }
    }
    Ok(data)
}

/// The bots that ship.
const BOTS: [&str; 5] = ["cita_previa", "padron", "incidencias", "tributos", "emergencia"];

/// Examples of a bot: lists of plain lines, one file an intent.
fn bot(name: &str) -> std::io::Result<Data> {
    let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join(format!("../../dialogs/bots/{name}/nlu"));
    let mut data = Data::new();
    for entry in std::fs::read_dir(folder)? {
        let path = entry?.path();
        let name = path.file_stem().map(|s| s.to_string_lossy().into_owned()).unwrap_or_default();
        let texts = std::fs::read_to_string(&path)?
            .lines()
            .filter_map(|l| l.trim().strip_prefix("- "))
            .map(|t| t.trim_matches('"').to_owned())
            .collect();
        data.insert(name, texts);
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

fn shuffled(texts: &[String], seed: u64) -> Vec<String> {
    let mut order: Vec<usize> = (0..texts.len()).collect();
    order.sort_by_key(|i| draw(seed, *i as u64 + 1));
    order.iter().filter_map(|i| texts.get(*i).cloned()).collect()
}

/// `(to learn, to test)`.
type Split = (Data, Data);

fn few(data: &Data, k: usize, seed: u64) -> Split {
    let cut = |texts: &Vec<String>| {
        let mut all = shuffled(texts, seed);
        let rest = all.split_off(k.min(all.len()));
        (all, rest)
    };
    let train: Data = data.iter().map(|(i, t)| (i.clone(), cut(t).0)).collect();
    // Sentences that are there twice are not tested on what was learnt.
    let used: BTreeSet<String> = train.values().flatten().cloned().collect();
    let test = data
        .iter()
        .map(|(i, t)| (i.clone(), cut(t).1.into_iter().filter(|t| !used.contains(t)).collect()))
        .collect();
    (train, test)
}

fn folds(data: &Data, seed: u64, n: usize) -> Vec<Split> {
    (0..n)
        .map(|fold| {
            let part = |own: bool| -> Data {
                data.iter()
                    .enumerate()
                    .map(|(c, (intent, texts))| {
                        let kept = shuffled(texts, seed).into_iter().enumerate();
                        let kept = kept.filter(|(i, _)| ((i + c) % n == fold) == own).map(|(_, t)| t);
                        (intent.clone(), kept.collect::<Vec<_>>())
                    })
                    .filter(|(_, t)| !t.is_empty())
                    .collect()
            };
            (part(false), part(true))
        })
        .collect()
}

fn pairs(data: &Data) -> Vec<(String, Vec<String>)> {
    data.iter().map(|(i, t)| (i.clone(), t.clone())).collect()
}

/// Probability that an utterance out of scope scores over one in scope.
fn auroc(inside: &[f32], outside: &[f32]) -> f64 {
    let wins: f64 = outside
        .iter()
        .flat_map(|o| {
            inside.iter().map(move |i| {
                if o > i {
                    1.0
                } else if o == i {
                    0.5
                } else {
                    0.0
                }
            })
        })
        .sum();
    wins / (inside.len() * outside.len()).max(1) as f64
}

#[derive(Default)]
struct Sum {
    right: usize,
    total: usize,
    kept: usize,
    /// Confidence and whether it was right.
    sure: Vec<(f32, bool)>,
    areas: Vec<f64>,
    each: Vec<f64>,
    ready: u128,
}

/// Mean distance between confidence and accuracy, in ten bins.
fn ece(sure: &[(f32, bool)]) -> f64 {
    let mut bins = [(0.0_f64, 0.0_f64); 10];
    for (p, right) in sure {
        if let Some(bin) = bins.get_mut(((p * 10.0) as usize).min(9)) {
            bin.0 += f64::from(*p);
            bin.1 += f64::from(u8::from(*right));
        }
    }
    bins.iter().map(|b| (b.0 - b.1).abs()).sum::<f64>() / sure.len().max(1) as f64
}

fn one(split: &Split, errors: bool, sum: &mut Sum) -> Result<(), Trouble> {
    let options = TrainOptions::default();
    let (train, test) = split;
    let start = Instant::now();
    let model = IntentModel::train(&pairs(train), &options)?;
    sum.ready = sum.ready.max(start.elapsed().as_millis());
    let (right, total) = (sum.right, sum.total);
    for (intent, text) in test.iter().flat_map(|(i, t)| t.iter().map(move |t| (i, t))) {
        let got = model.classify(text);
        let first = got.ranked.first().map_or("", |r| r.intent.as_str());
        sum.total += 1;
        sum.right += usize::from(first == intent);
        sum.kept += usize::from(got.out_of_scope < 0.5);
        sum.sure.push((got.ranked.first().map_or(0.0, |r| r.confidence), first == intent));
        if errors && first != intent {
            println!("E\t{intent}\t{first}\t{text}");
        }
    }
    sum.each.push((sum.right - right) as f64 / (sum.total - total).max(1) as f64);
    if train.len() < 3 {
        return Ok(());
    }
    for third in 0..3 {
        let names: Vec<&String> = train.keys().collect();
        let out = |intent: &str| names.iter().position(|i| *i == intent).is_some_and(|p| p % 3 == third);
        let kept: Vec<_> = pairs(train).into_iter().filter(|(i, _)| !out(i)).collect();
        let model = IntentModel::train(&kept, &options)?;
        let scores = |want: bool| -> Vec<f32> {
            test.iter()
                .filter(|(i, _)| out(i) == want)
                .flat_map(|(i, t)| t.iter().map(move |t| (i, t)))
                .map(|(i, t)| {
                    let got = model.classify(t);
                    if errors {
                        println!(
                            "O{third}\t{want}\t{i}\t{}\t{:.3}\t{t}",
                            got.ranked.first().map_or("", |r| r.intent.as_str()),
                            got.out_of_scope
                        );
                    }
                    got.out_of_scope
                })
                .collect()
        };
        let (inside, outside) = (scores(false), scores(true));
        if !inside.is_empty() && !outside.is_empty() {
            sum.areas.push(auroc(&inside, &outside));
        }
    }
    Ok(())
}

fn report(name: &str, splits: &[Split], errors: bool) -> Result<(), Trouble> {
    let mut sum = Sum::default();
    for split in splits {
        one(split, errors, &mut sum)?;
    }
    let per = |n: usize| 100.0 * n as f64 / sum.total.max(1) as f64;
    let each: Vec<String> = sum.each.iter().map(|a| format!("{:.1}", a * 100.0)).collect();
    let area = sum.areas.iter().sum::<f64>() / sum.areas.len().max(1) as f64;
    let areas: Vec<String> = sum.areas.iter().map(|a| format!("{:.2}", a)).collect();
    println!(
        "{name}: accuracy {:.2} % ({}), accepted {:.1} %, ECE {:.3}, AUROC {area:.3} ({}), ready in {} ms",
        per(sum.right),
        each.join(" "),
        per(sum.kept),
        ece(&sum.sure),
        areas.join(" "),
        sum.ready
    );
    Ok(())
}

fn main() -> Result<(), Trouble> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let errors = arguments.iter().any(|a| a == "--errors");
    let k = arguments.iter().find_map(|a| a.parse().ok()).unwrap_or(10);
    for name in BOTS {
        report(name, &folds(&bot(name)?, 1, 5), errors)?;
    }
    let Some(root) = std::env::var_os("DIGAME_NLU").map(PathBuf::from) else {
        println!("no more data: set DIGAME_NLU to the folder that holds fb-multilingual-es");
        return Ok(());
    };
    let train = load(&root.join("fb-multilingual-es/train.tsv"))?;
    let splits: Vec<Split> = (11..=15).map(|seed| few(&train, k, seed)).collect();
    report("fb", &splits, errors)?;
    for language in ["es", "ca", "gl", "eu"] {
        let all = load(&root.join(format!("ha-intents-{language}/tests.tsv")))?;
        // A fifth is laid aside before anything is tried.
        if let Some((part, _)) = folds(&all, 77, 5).first() {
            report(&format!("ha-{language}"), &folds(part, 5, 5), errors)?;
        }
    }
    Ok(())
}
