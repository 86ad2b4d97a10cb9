//! `digame check`
use super::{json, line};
use crate::Failure;
use crate::config::Config;
use clap::Args;
use dialogs::Problem;
use std::path::{Path, PathBuf};

/// Checks bots and tells every mistake by file, line and cure
#[derive(Args)]
#[command(
    after_help = "Examples:\n  digame check dialogs/bots/cita_previa\n  digame check dialogs/bots --json"
)]
pub struct Check {
    /// A bot's folder, one dialog file of it, or a folder of bots
    path: PathBuf,
    /// As JSON
    #[arg(long)]
    json: bool,
}

impl Check {
    pub fn run(self, _: Config) -> Result<(), Failure> {
        let bots = bots_at(&self.path);
        let mut problems: Vec<Problem> = Vec::new();
        for bot in &bots {
            let prefix = bot.display().to_string();
            let files = dialogs::files_of(bot);
            let found = files.and_then(|files| crate::lists::bot(&files)).err().unwrap_or_default();
            problems.extend(found.into_iter().map(|mut problem| {
                let file = Path::new(&prefix).join(&problem.file);
                if bot.is_dir() && file.exists() {
                    problem.file = file.display().to_string();
                }
                problem
            }));
        }
        if self.json {
            json(&problems)?;
        } else {
            problems.iter().for_each(line);
        }
        match problems.len() {
            0 if !self.json => line(format!("{} bot(s) checked, no mistakes", bots.len())),
            0 => {}
            n => return Err(Failure::Failed(format!("{n} mistake(s) in {}", self.path.display()))),
        }
        Ok(())
    }
}

/// The path itself if it is one bot (or nothing at all, which the loader explains), else the bots in it.
fn bots_at(path: &Path) -> Vec<PathBuf> {
    let mut inner: Vec<PathBuf> = std::fs::read_dir(path)
        .into_iter()
        .flatten()
        .flatten()
        .map(|entry| entry.path())
        .filter(|p| p.join("centro.yaml").is_file())
        .collect();
    inner.sort();
    if inner.is_empty() || path.join("centro.yaml").is_file() { vec![path.to_owned()] } else { inner }
}
