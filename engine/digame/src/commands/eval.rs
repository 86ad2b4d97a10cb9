//! `digame eval`
use super::{json, line};
use crate::config::Config;
use crate::{Failure, bots, intents};
use clap::Args;
use dialogs::Language;
use dialogs::testing::{Suite, run_tests};
use nlu::evaluation::{self, ScopeReport};
use nlu::{IntentModel, TrainOptions};
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// Measures a bot's understanding: which intents are taken for which, what is none of them, and its slots
///
/// Intents by cross-validation on their own examples, or on a set of yours; what is out of scope by holding a
/// third of the intents out, three times; slots by the bot's test cases.
#[derive(Args)]
#[command(
    after_help = "A set has one utterance a line: text, a tab, its intent; `-` is none of them.\n\nExamples:\n  digame eval dialogs/bots/cita_previa\n  digame eval cita_previa --set llamadas.tsv --json"
)]
pub struct Eval {
    /// A bot that ships inside, or a bot's folder
    bot: String,
    /// Utterances with their intents, instead of cross-validation
    #[arg(long, value_name = "FILE.tsv")]
    set: Option<PathBuf>,
    /// As JSON
    #[arg(long)]
    json: bool,
}

/// How often an intent was taken for which: `-` is none.
type Confusion = BTreeMap<String, BTreeMap<String, usize>>;

/// Of a slot: values right, and values expected.
type Slots = BTreeMap<String, (usize, usize)>;

const NONE: &str = "-";

impl Eval {
    pub fn run(self, _: Config) -> Result<(), Failure> {
        let loaded = bots::load(&self.bot)?;
        let examples = intents::examples(&loaded.bot);
        let options = TrainOptions::default();
        let mut confusion = Confusion::new();
        let mut add = |wanted: &str, got: Option<&str>| {
            *confusion
                .entry(wanted.to_owned())
                .or_default()
                .entry(got.unwrap_or(NONE).to_owned())
                .or_default() += 1;
        };
        match &self.set {
            None => {
                let trained = intents::train(&examples).map_err(Failure::usage)?;
                trained.judged.iter().for_each(|j| add(&j.intent, j.best.as_deref()));
            }
            Some(file) => {
                let model = IntentModel::train(&examples, &options).map_err(Failure::usage)?;
                for (text, intent) in read_set(file, &examples)? {
                    let best = model.classify(&text).best;
                    add(&intent, best.as_ref().map(|b| b.intent.as_str()));
                }
            }
        }
        let scope = evaluation::scope(&examples, &options).map_err(Failure::usage)?;
        let slots = slots(&self.bot, &loaded)?;
        if self.json {
            return json(&as_json(&confusion, scope.as_ref(), &slots));
        }
        print_confusion(&confusion);
        print_scope(scope.as_ref());
        print_slots(&slots);
        Ok(())
    }
}

fn read_set(file: &Path, examples: &[(String, Vec<String>)]) -> Result<Vec<(String, String)>, Failure> {
    let text =
        std::fs::read_to_string(file).map_err(|e| Failure::Usage(format!("{}: {e}", file.display())))?;
    let mut out = Vec::new();
    for (number, row) in text.lines().enumerate().filter(|(_, row)| !row.trim().is_empty()) {
        let wrong = |what: &str| Failure::Usage(format!("{}:{}: {what}", file.display(), number + 1));
        let (said, intent) =
            row.split_once('\t').ok_or_else(|| wrong("write the text, a tab, and its intent"))?;
        let intent = intent.split('\t').next().unwrap_or_default().trim();
        if intent != NONE && !examples.iter().any(|(name, _)| name == intent) {
            return Err(wrong(&format!("the bot has no intent `{intent}`; `-` is none of them")));
        }
        out.push((said.trim().to_owned(), intent.to_owned()));
    }
    Ok(out)
}

/// The values that the bot's test cases expect, and how many came out.
fn slots(bot: &str, loaded: &bots::Loaded) -> Result<Slots, Failure> {
    let material = bots::find(bot)?;
    let language: Arc<dyn Language> = bots::language(&loaded.bot)?;
    let mut out = Slots::new();
    for (file, text) in &material.tests {
        let suite = Suite::parse(file, text).map_err(|problems| {
            Failure::Usage(format!("{file}: {} mistake(s); `digame check` shows them", problems.len()))
        })?;
        for check in run_tests(&loaded.bot, &suite, &language).cases.iter().flat_map(|c| &c.slots) {
            let count = out.entry(check.slot.clone()).or_default();
            count.0 += usize::from(check.right);
            count.1 += 1;
        }
    }
    Ok(out)
}

/// Utterances right and in all, of one intent.
fn counts(wanted: &str, row: &BTreeMap<String, usize>) -> (usize, usize) {
    (row.get(wanted).copied().unwrap_or_default(), row.values().sum())
}

fn total(confusion: &Confusion) -> (usize, usize) {
    confusion.iter().map(|(wanted, row)| counts(wanted, row)).fold((0, 0), |a, b| (a.0 + b.0, a.1 + b.1))
}

fn percent((right, all): (usize, usize)) -> f64 {
    100.0 * right as f64 / all.max(1) as f64
}

fn as_json(confusion: &Confusion, scope: Option<&ScopeReport>, slots: &Slots) -> Value {
    let curve = |scope: &ScopeReport| -> Vec<Value> {
        let points = scope.curve.iter();
        points
            .map(|p| json!({ "threshold": p.threshold, "let_in": p.let_in, "kept_out": p.kept_out }))
            .collect()
    };
    let slots: BTreeMap<&String, Value> =
        slots.iter().map(|(slot, (right, all))| (slot, json!({ "right": right, "all": all }))).collect();
    json!({
        "accuracy": percent(total(confusion)) / 100.0,
        "confusion": confusion,
        "out_of_scope": scope.map(|s| json!({
            "auroc": s.auroc, "curve": curve(s), "in_scope": s.utterances.0, "out_of_scope": s.utterances.1,
        })),
        "slots": slots,
    })
}

fn print_confusion(confusion: &Confusion) {
    let all = total(confusion);
    line(format!("Intents: {:.1} % right ({} of {})", percent(all), all.0, all.1));
    let width = confusion.keys().map(|k| k.chars().count()).max().unwrap_or_default();
    for (wanted, row) in confusion {
        let (right, of) = counts(wanted, row);
        let others: Vec<String> =
            row.iter().filter(|(got, _)| *got != wanted).map(|(got, n)| format!("{got} {n}")).collect();
        let taken =
            if others.is_empty() { String::new() } else { format!("  taken for {}", others.join(", ")) };
        line(format!("  {wanted:width$}  {right:3} of {of:3}{taken}"));
    }
}

fn print_scope(scope: Option<&ScopeReport>) {
    let Some(scope) = scope else { return line("Out of scope: three intents are needed to hold one out") };
    line(format!(
        "Out of scope: AUROC {:.3} ({} utterances in scope, {} of intents held out)",
        scope.auroc, scope.utterances.0, scope.utterances.1
    ));
    for point in scope.curve.iter().skip(1).step_by(4) {
        line(format!(
            "  from {:.2} on: {:5.1} % of those in scope let in, {:5.1} % of the others kept out",
            point.threshold,
            point.let_in * 100.0,
            point.kept_out * 100.0
        ));
    }
}

fn print_slots(slots: &Slots) {
    if slots.is_empty() {
        return line("Slots: the bot's test cases expect none");
    }
    let all = slots.values().fold((0, 0), |a, b| (a.0 + b.0, a.1 + b.1));
    line(format!("Slots: {:.1} % right ({} of {})", percent(all), all.0, all.1));
    for (slot, count) in slots {
        line(format!("  {slot}  {} of {}", count.0, count.1));
    }
}
