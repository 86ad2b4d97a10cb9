//! The shipped bots' test cases by ear: clean, and with noise 10 dB below the voice.
use crate::stats::line;
use call::language::Spanish;
use call::rehearsal::{Stage, VOICES, share};
use dialogs::testing::Suite;
use dialogs::{Bot, Language};
use e2e::server::{Trouble, trouble};
use std::path::{Path, PathBuf};
use std::sync::Arc;

const BOTS: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../dialogs/bots");
/// Draws of voice, pace and noise for every turn.
const SEEDS: [u64; 4] = [1, 2, 3, 4];

pub fn run() -> Result<(), Trouble> {
    let ear: Arc<dyn asr::Recogniser> =
        Arc::new(asr::embedded::Embedded::new().map_err(trouble("the recogniser"))?);
    let mut stages = [Vec::new(), Vec::new()];
    for (noise, stages) in [None, Some(10.0)].into_iter().zip(&mut stages) {
        for seed in SEEDS {
            stages.push(Stage::new(ear.clone(), &VOICES, noise, seed).map_err(trouble("the voices"))?);
        }
    }
    line("| bot | spoken turns | right, clean | right, 10 dB |\n|---|---|---|---|");
    let mut sums = [[(0, 0); SEEDS.len()]; 2];
    for folder in folders()? {
        let bot = Arc::new(load(&folder)?);
        let language: Arc<dyn Language> = Arc::new(Spanish::new(&bot).map_err(trouble("the intents"))?);
        let suites = suites(&folder)?;
        let mut counts = Vec::new();
        for (stages, sums) in stages.iter().zip(&mut sums) {
            let mut count = (0, 0);
            for (stage, sum) in stages.iter().zip(sums) {
                for suite in &suites {
                    let heard = stage.rehearse(&bot, suite, &language).map_err(trouble("the voices"))?;
                    let (right, turns) = share(&heard);
                    count = (count.0 + right, count.1 + turns);
                    *sum = (sum.0 + right, sum.1 + turns);
                }
            }
            counts.push(count);
        }
        let name = folder.file_name().unwrap_or_default().to_string_lossy().into_owned();
        row(&name, &counts);
    }
    let all = |sums: &[(usize, usize)]| sums.iter().fold((0, 0), |a, b| (a.0 + b.0, a.1 + b.1));
    row("all", &sums.map(|seeds| all(&seeds)));
    row("all, worst draw", &sums.map(|seeds| seeds.into_iter().min().unwrap_or_default()));
    Ok(())
}

/// Folders of the shipped bots.
pub fn folders() -> Result<Vec<PathBuf>, Trouble> {
    sorted(Path::new(BOTS), |p| p.join("centro.yaml").is_file())
}

/// The test cases of a bot.
pub fn suites(folder: &Path) -> Result<Vec<Suite>, Trouble> {
    let files = sorted(folder, |p| p.to_string_lossy().ends_with(".test.yaml"))?;
    files.iter().map(|file| Suite::load(file).map_err(|p| first(&p))).collect()
}

/// A bot of a folder.
pub fn load(folder: &Path) -> Result<Bot, Trouble> {
    Bot::load(folder).map_err(|problems| first(&problems))
}

/// What is said of a bot that does not load: its first problem.
pub fn first(problems: &[dialogs::Problem]) -> Trouble {
    Trouble(problems.first().map(ToString::to_string).unwrap_or_default())
}

fn row(name: &str, counts: &[(usize, usize)]) {
    let shares: Vec<String> = counts
        .iter()
        .map(|(right, all)| format!("{:.1} %", 100.0 * *right as f64 / (*all).max(1) as f64))
        .collect();
    let turns = counts.first().map_or(0, |c| c.1);
    line(format!("| {name} | {turns} | {} |", shares.join(" | ")));
}

fn sorted(folder: &Path, wanted: impl Fn(&Path) -> bool) -> Result<Vec<PathBuf>, Trouble> {
    let entries = std::fs::read_dir(folder).map_err(trouble("the shipped bots"))?;
    let mut all: Vec<PathBuf> = entries.flatten().map(|e| e.path()).filter(|p| wanted(p)).collect();
    all.sort();
    Ok(all)
}
