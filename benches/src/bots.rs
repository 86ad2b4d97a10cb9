//! The shipped bots' test cases by ear: clean, and with noise 10 dB below the voice.
use crate::stats::line;
use call::language::Spanish;
use call::rehearsal::{CaseHeard, Stage, VOICES, share};
use dialogs::testing::Suite;
use dialogs::{Bot, Language};
use e2e::server::{Trouble, trouble};
use std::ops::Add;
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
    line("| bot | spoken turns | right, clean | wrong | right, 10 dB | wrong |\n|---|---|---|---|---|---|");
    let mut sums = [[Count::default(); SEEDS.len()]; 2];
    for folder in folders()? {
        let bot = Arc::new(load(&folder)?);
        let language: Arc<dyn Language> = Arc::new(Spanish::new(&bot).map_err(trouble("the intents"))?);
        let suites = suites(&folder)?;
        let mut counts = Vec::new();
        for (stages, sums) in stages.iter().zip(&mut sums) {
            let mut count = Count::default();
            for (stage, sum) in stages.iter().zip(sums) {
                for suite in &suites {
                    let heard = stage.rehearse(&bot, suite, &language).map_err(trouble("the voices"))?;
                    let heard = Count::of(&heard);
                    (count, *sum) = (count + heard, *sum + heard);
                }
            }
            counts.push(count);
        }
        let name = folder.file_name().unwrap_or_default().to_string_lossy().into_owned();
        row(&name, &counts);
    }
    row("all", &sums.map(|seeds| seeds.into_iter().fold(Count::default(), Count::add)));
    let worst = |seeds: [Count; SEEDS.len()]| seeds.into_iter().min_by_key(|c| c.right).unwrap_or_default();
    row("all, worst draw", &sums.map(worst));
    Ok(())
}

/// How turns came out.
#[derive(Clone, Copy, Default)]
struct Count {
    right: usize,
    wrong: usize,
    turns: usize,
}

impl Count {
    fn of(heard: &[CaseHeard]) -> Self {
        let (right, turns) = share(heard);
        Self { right, wrong: heard.iter().map(CaseHeard::wrong).sum(), turns }
    }
}

impl Add for Count {
    type Output = Self;

    fn add(self, other: Self) -> Self {
        Self {
            right: self.right + other.right,
            wrong: self.wrong + other.wrong,
            turns: self.turns + other.turns,
        }
    }
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

fn row(name: &str, counts: &[Count]) {
    let share = |part: usize, of: usize| format!("{:.1} %", 100.0 * part as f64 / of.max(1) as f64);
    let shares: Vec<String> =
        counts.iter().flat_map(|c| [share(c.right, c.turns), share(c.wrong, c.turns)]).collect();
    let turns = counts.first().map_or(0, |c| c.turns);
    line(format!("| {name} | {turns} | {} |", shares.join(" | ")));
}

fn sorted(folder: &Path, wanted: impl Fn(&Path) -> bool) -> Result<Vec<PathBuf>, Trouble> {
    let entries = std::fs::read_dir(folder).map_err(trouble("the shipped bots"))?;
    let mut all: Vec<PathBuf> = entries.flatten().map(|e| e.path()).filter(|p| wanted(p)).collect();
    all.sort();
    Ok(all)
}
