//! `digame test`
use super::{json, line};
use crate::Failure;
use crate::bots;
use crate::config::Config;
use clap::Args;
use dialogs::testing::{Report, Suite, run_tests};
use std::path::{Path, PathBuf};

/// Runs the `.test.yaml` files of a bot by text: frozen clock, feigned services
#[derive(Args)]
#[command(
    after_help = "Examples:\n  digame test dialogs/bots/cita_previa\n  digame test dialogs/bots/cita_previa --json"
)]
pub struct Test {
    /// A bot's folder
    path: PathBuf,
    /// Show who said what in every case, not only in failed ones
    #[arg(long)]
    verbose: bool,
    /// As JSON
    #[arg(long)]
    json: bool,
}

impl Test {
    pub fn run(self, _: Config) -> Result<(), Failure> {
        let loaded = bots::load(&self.path.display().to_string())?;
        let language = bots::language(&loaded.bot)?;
        let mut reports = Vec::new();
        for file in suites(&self.path)? {
            let suite = Suite::load(&file).map_err(|problems| {
                problems.iter().for_each(line);
                Failure::Usage(format!("{}: {} mistake(s)", file.display(), problems.len()))
            })?;
            reports.push(run_tests(&loaded.bot, &suite, &language));
        }
        if self.json {
            json(&reports)?;
        } else {
            reports.iter().for_each(|report| print(report, self.verbose));
        }
        let failed = reports.iter().flat_map(|r| &r.cases).filter(|c| !c.failures.is_empty()).count();
        if failed > 0 { Err(Failure::Failed(format!("{failed} case(s) failed"))) } else { Ok(()) }
    }
}

fn suites(path: &Path) -> Result<Vec<PathBuf>, Failure> {
    let folder = if path.is_dir() { path } else { path.parent().unwrap_or(Path::new(".")) };
    let entries =
        std::fs::read_dir(folder).map_err(|e| Failure::Usage(format!("{}: {e}", folder.display())))?;
    let mut files: Vec<PathBuf> =
        entries.flatten().map(|e| e.path()).filter(|p| p.to_string_lossy().ends_with(".test.yaml")).collect();
    files.sort();
    if files.is_empty() {
        return Err(Failure::Usage(format!(
            "{}: has no .test.yaml file; write one beside the dialog",
            folder.display()
        )));
    }
    Ok(files)
}

fn print(report: &Report, verbose: bool) {
    for case in &report.cases {
        let passed = case.failures.is_empty();
        line(format!("{} {}: {}", if passed { "ok    " } else { "FAILED" }, report.dialog, case.name));
        case.failures.iter().for_each(|failure| line(format!("         {failure}")));
        if verbose || !passed {
            case.transcript.iter().for_each(|(who, text)| line(format!("         {who}: {text}")));
        }
    }
}
