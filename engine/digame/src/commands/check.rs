//! `digame check`
use super::{json, line};
use crate::config::Config;
use crate::{Failure, bots, intents, sarif};
use clap::Args;
use dialogs::testing::Suite;
use dialogs::{Problem, schema};
use std::path::{Path, PathBuf};

/// Checks bots and tells every mistake by file, line and cure
#[derive(Args)]
#[command(
    after_help = "Warnings don't fail; --strict makes them.\n\nExamples:\n  digame check dialogs/bots/cita_previa\n  digame check dialogs/bots --json\n  digame check dialogs/bots --sarif > digame.sarif\n  digame check --schema > digame.schema.json"
)]
pub struct Check {
    /// A bot's folder, one dialog file of it, or a folder of bots
    #[arg(required_unless_present = "schema")]
    path: Option<PathBuf>,
    /// As JSON: an array of problems
    #[arg(long, conflicts_with = "sarif")]
    json: bool,
    /// As SARIF 2.1.0, for editors and code review
    #[arg(long)]
    sarif: bool,
    /// Fail on warnings too
    #[arg(long)]
    strict: bool,
    /// Don't try which intents will be confused, which takes a second a bot
    #[arg(long)]
    fast: bool,
    /// Print the JSON Schema of the language, for completion in editors; of one kind of file if it is named:
    /// dialog, part, centre, services, intent, catalogue, calendar, knowledge, language, tests
    #[arg(long, value_name = "FILE KIND", num_args = 0..=1, default_missing_value = "all", conflicts_with_all = ["json", "sarif", "path"])]
    schema: Option<String>,
}

impl Check {
    pub fn run(self, _: Config) -> Result<(), Failure> {
        if let Some(kind) = &self.schema {
            return print_schema(kind);
        }
        let path = self.path.clone().unwrap_or_default();
        let bots = bots::at(&path);
        let mut problems: Vec<Problem> = Vec::new();
        for bot in &bots {
            let found = of_bot(bot, self.fast)?;
            problems.extend(found.into_iter().map(|mut problem| {
                let folder = if bot.is_dir() { bot.as_path() } else { bot.parent().unwrap_or(Path::new("")) };
                let file = folder.join(&problem.file);
                if file.exists() {
                    problem.file = file.display().to_string();
                }
                problem
            }));
        }
        let errors = problems.iter().filter(|p| p.is_error()).count();
        let warnings = problems.len() - errors;
        if self.json {
            json(&problems)?;
        } else if self.sarif {
            json(&sarif::report(&problems))?;
        } else {
            problems.iter().for_each(line);
            if errors == 0 {
                let told = if warnings == 0 { String::new() } else { format!(", {warnings} warning(s)") };
                line(format!("{} bot(s) checked, no mistakes{told}", bots.len()));
            }
        }
        match (errors, warnings) {
            (0, 0) => Ok(()),
            (0, _) if !self.strict => Ok(()),
            (0, n) => Err(Failure::Failed(format!("{n} warning(s) in {}", path.display()))),
            (n, _) => Err(Failure::Failed(format!("{n} mistake(s) in {}", path.display()))),
        }
    }
}

fn print_schema(kind: &str) -> Result<(), Failure> {
    if kind == "all" {
        return json(&schema::json_schema());
    }
    let of = schema::json_schema_of(kind);
    json(&of.ok_or_else(|| {
        Failure::Usage(format!("no kind of file {kind}: there are {}", schema::FILES.join(", ")))
    })?)
}

/// What is wrong with a bot and with its test files; which intents will be confused, unless it is to be fast.
fn of_bot(path: &Path, fast: bool) -> Result<Vec<Problem>, Failure> {
    let read = dialogs::files_of(path).and_then(|files| crate::lists::bot(&files));
    let mut problems = match read {
        Ok(bot) => {
            let mut found = bot.warnings().to_vec();
            if !fast {
                found.extend(intents::confused(&bot).map_err(Failure::failed)?);
            }
            found
        }
        Err(problems) => problems,
    };
    let entries = std::fs::read_dir(path).into_iter().flatten().flatten().map(|e| e.path());
    let mut tests: Vec<PathBuf> = entries.filter(|p| p.to_string_lossy().ends_with(".test.yaml")).collect();
    tests.sort();
    problems.extend(tests.iter().filter_map(|test| Suite::load(test).err()).flatten());
    Ok(problems)
}
