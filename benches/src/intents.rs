//! Intents with few examples, against a linear baseline of the same run, on data of
//! others that are read in place, and on the shipped bots' own examples. Nothing is chosen
//! here: `few_shot` in models/nlu is where.
mod data;
mod heard;
mod linear;

use crate::stats::{Table, line, number};
use data::{Data, Split, folds, load, sampled};
use e2e::server::{Trouble, trouble};
use heard::{Heard, WRONG};
use linear::Linear;
use nlu::{IntentModel, TrainOptions};
use std::path::Path;
use std::time::Instant;

/// Draws of examples from train.
const SEEDS: [u64; 5] = [1, 2, 3, 4, 5];
/// How `few_shot` lays a fifth aside that no choice has seen.
const ASIDE: u64 = 77;
/// Examples of each intent.
const EXAMPLES: usize = 10;

/// What both classifiers made of the same tests.
#[derive(Default)]
struct Sums {
    total: f64,
    right: f64,
    baseline: f64,
    heard: f64,
    baseline_heard: f64,
    accepted: f64,
    unclear: f64,
    sure: Vec<(f64, bool)>,
    areas: Vec<f64>,
    baseline_areas: Vec<f64>,
}

/// Prints the tables; of others' data, one line if they are absent.
pub fn run(root: Option<&Path>) -> Result<(), Trouble> {
    let mut table = table();
    bots(&mut table)?;
    let Some(root) = root.filter(|r| r.join("fb-multilingual-es/train.tsv").is_file()) else {
        table.print();
        line(
            "no data for intents: --nlu PATH names the folder that holds fb-multilingual-es and ha-intents-*",
        );
        return Ok(());
    };
    let train = load(&root.join("fb-multilingual-es/train.tsv"))?;
    let eval = load(&root.join("fb-multilingual-es/eval.tsv"))?;
    let drawn: Vec<Split> = SEEDS.iter().map(|s| (sampled(&train, EXAMPLES, *s), eval.clone())).collect();
    row(&mut table, "fb-multilingual-es, 10 examples an intent, eval", &drawn)?;
    for language in ["es", "ca", "gl", "eu"] {
        let path = root.join(format!("ha-intents-{language}/tests.tsv"));
        if path.is_file() {
            let all = load(&path)?;
            row(&mut table, &format!("ha-intents {language}, 5 folds"), &folds(&all, 1))?;
            if let Some(aside) = folds(&all, ASIDE).into_iter().next() {
                row(&mut table, &format!("ha-intents {language}, the fifth laid aside"), &[aside])?;
            }
        }
    }
    table.print();
    speed(&train, &eval)
}

fn table() -> Table {
    let badly = format!("accuracy, {WRONG} % of words heard wrong");
    Table::new(&[
        "data",
        "tests",
        "accuracy",
        "linear",
        &badly,
        "linear",
        "AUROC out of scope",
        "linear",
        "ECE",
        "in scope accepted",
        "of it unclear",
    ])
}

/// The shipped bots, by cross-validation on their examples.
fn bots(table: &mut Table) -> Result<(), Trouble> {
    for folder in crate::bots::folders()? {
        let bot = crate::bots::load(&folder)?;
        let examples: Data = bot.intents().iter().map(|(i, texts)| (i.clone(), texts.clone())).collect();
        let name = folder.file_name().unwrap_or_default().to_string_lossy();
        row(table, &format!("{name}, its examples, 5 folds"), &folds(&examples, 1))?;
    }
    Ok(())
}

fn row(table: &mut Table, name: &str, splits: &[Split]) -> Result<(), Trouble> {
    let mut sums = Sums::default();
    let heard = Heard::new(splits.iter().flat_map(|s| [&s.0, &s.1]));
    for split in splits {
        accuracy(split, &heard, &mut sums)?;
        for third in 0..3 {
            scope(split, third, &mut sums)?;
        }
    }
    let mean = |v: &[f64]| v.iter().sum::<f64>() / v.len().max(1) as f64;
    let percent = |n: f64| format!("{} %", number(100.0 * n / sums.total.max(1.0), 1));
    let cells = vec![
        number(sums.total, 0),
        percent(sums.right),
        percent(sums.baseline),
        percent(sums.heard),
        percent(sums.baseline_heard),
        number(mean(&sums.areas), 3),
        number(mean(&sums.baseline_areas), 3),
        number(calibration(&sums.sure), 3),
        percent(sums.accepted),
        percent(sums.unclear),
    ];
    table.row(name, cells);
    Ok(())
}

fn model(examples: &Data) -> Result<IntentModel, Trouble> {
    let examples: Vec<(String, Vec<String>)> =
        examples.iter().map(|(intent, texts)| (intent.clone(), texts.clone())).collect();
    IntentModel::train(&examples, &TrainOptions::default()).map_err(trouble("intents"))
}

fn each(test: &Data) -> impl Iterator<Item = (&String, &String)> {
    test.iter().flat_map(|(intent, texts)| texts.iter().map(move |text| (intent, text)))
}

fn accuracy((examples, test): &Split, heard: &Heard, sums: &mut Sums) -> Result<(), Trouble> {
    let (ours, linear) = (model(examples)?, Linear::train(examples));
    for (intent, text) in each(test) {
        let got = ours.classify(text);
        let first = got.ranked.first();
        let right = first.is_some_and(|r| r.intent == *intent);
        sums.total += 1.0;
        sums.right += f64::from(u8::from(right));
        sums.accepted += f64::from(u8::from(got.best.is_some()));
        sums.unclear += f64::from(u8::from(got.unclear));
        sums.sure.push((first.map_or(0.0, |r| f64::from(r.confidence)), right));
        sums.baseline += f64::from(u8::from(linear.classify(text).0 == intent));
        let badly = heard.hear(text);
        let first = ours.classify(&badly).ranked.into_iter().next();
        sums.heard += f64::from(u8::from(first.is_some_and(|r| r.intent == *intent)));
        sums.baseline_heard += f64::from(u8::from(linear.classify(&badly).0 == intent));
    }
    Ok(())
}

/// Holds out every third intent: what its callers say must score over the others.
fn scope((examples, test): &Split, third: usize, sums: &mut Sums) -> Result<(), Trouble> {
    let names: Vec<&String> = examples.keys().collect();
    let out = |intent: &str| names.iter().position(|n| *n == intent).is_some_and(|p| p % 3 == third);
    let kept: Data = examples.iter().filter(|e| !out(e.0)).map(|(i, t)| (i.clone(), t.clone())).collect();
    let (ours, linear) = (model(&kept)?, Linear::train(&kept));
    let scores = |score: &dyn Fn(&str) -> f64, want: bool| -> Vec<f64> {
        each(test).filter(|(intent, _)| out(intent) == want).map(|(_, text)| score(text)).collect()
    };
    let by_ours = |text: &str| f64::from(ours.classify(text).out_of_scope);
    let by_linear = |text: &str| -linear.classify(text).1;
    if scores(&by_linear, true).is_empty() {
        return Ok(());
    }
    sums.areas.push(area(&scores(&by_ours, false), &scores(&by_ours, true)));
    sums.baseline_areas.push(area(&scores(&by_linear, false), &scores(&by_linear, true)));
    Ok(())
}

/// Probability that an utterance out of scope scores over one in scope.
fn area(inside: &[f64], outside: &[f64]) -> f64 {
    let mut sorted = inside.to_vec();
    sorted.sort_by(f64::total_cmp);
    let wins: f64 = outside
        .iter()
        .map(|o| {
            let under = sorted.partition_point(|i| i < o);
            let level = sorted.partition_point(|i| i <= o) - under;
            under as f64 + 0.5 * level as f64
        })
        .sum();
    wins / (inside.len() * outside.len()).max(1) as f64
}

/// Expected calibration error: mean distance of confidence and accuracy in ten bins.
fn calibration(sure: &[(f64, bool)]) -> f64 {
    let mut bins = [0.0_f64; 10];
    for (confidence, right) in sure {
        if let Some(bin) = bins.get_mut(((confidence * 10.0) as usize).min(9)) {
            *bin += confidence - f64::from(u8::from(*right));
        }
    }
    bins.iter().map(|b| b.abs()).sum::<f64>() / sure.len().max(1) as f64
}

/// Time to be ready and time an utterance, with any texts under any 50 intents: the worst case.
fn speed(train: &Data, eval: &Data) -> Result<(), Trouble> {
    let texts: Vec<&String> = train.values().flatten().collect();
    let step = (texts.len() / 1000).max(1);
    let texts: Vec<String> = texts.into_iter().step_by(step).take(1000).cloned().collect();
    let examples: Data =
        texts.chunks(20).enumerate().map(|(i, chunk)| (format!("i{i}"), chunk.to_vec())).collect();
    let (began, spent) = (Instant::now(), processor());
    let ours = model(&examples)?;
    let (ready, spent) = (began.elapsed().as_secs_f64(), processor() - spent);
    let took: crate::stats::Values = each(eval)
        .map(|(_, text)| {
            let began = Instant::now();
            std::hint::black_box(ours.classify(text));
            began.elapsed().as_secs_f64() * 1000.0
        })
        .collect();
    line(format!(
        "\n{} arbitrary intents, {} examples: ready in {} s on one thread, {} s of processor; an utterance p50 {} ms, p99 {} ms",
        examples.len(),
        texts.len(),
        number(ready, 2),
        number(spent, 2),
        number(took.at(0.5), 3),
        number(took.at(0.99), 3)
    ));
    Ok(())
}

/// Seconds of processor that this process has had, in hundredths; what else the machine does is not in them.
fn processor() -> f64 {
    let stat = std::fs::read_to_string("/proc/self/stat").unwrap_or_default();
    let after = stat.rsplit_once(')').map_or("", |s| s.1);
    after.split_whitespace().skip(11).take(2).filter_map(|t| t.parse::<f64>().ok()).sum::<f64>() / 100.0
}
