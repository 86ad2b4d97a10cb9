//! `digame test`
use super::{json, line};
use crate::Failure;
use crate::config::Config;
use crate::{bots, lists, speech};
use call::rehearsal::{CaseHeard, Stage, VOICES, share};
use clap::Args;
use dialogs::testing::{Report, Suite, run_tests_as};
use dialogs::{Bot, Language};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Instant;

/// Runs the `.test.yaml` files of a bot: frozen clock, feigned services; by text, or spoken and heard
#[derive(Args)]
#[command(
    after_help = "With --audio each thing that the citizen says is spoken by a synthetic voice, sent through noise and a telephone's codec, and heard by the recogniser as in a call. A turn is right if the contact stands then where the words as written would have led it; each turn begins where the words before it, as written, have led.\n\nExamples:\n  digame test dialogs/bots/cita_previa\n  digame test dialogs/bots/cita_previa --repeat 20\n  digame test dialogs/bots/cita_previa --audio --noise 10dB\n  digame test dialogs/bots/cita_previa --json"
)]
pub struct Test {
    /// A bot's folder, or a folder of bots
    path: PathBuf,
    /// Show who said what in every case, not only in failed ones
    #[arg(long)]
    verbose: bool,
    /// As JSON
    #[arg(long)]
    json: bool,
    /// Run every case so many times, each time as another contact (and with another voice and noise), and tell
    /// how often it passed
    #[arg(long, value_name = "N", default_value_t = 1, value_parser = clap::value_parser!(u32).range(1..=10_000))]
    repeat: u32,
    /// Speak the cases and hear them
    #[arg(long)]
    audio: bool,
    /// With --audio: noise, so many dB below the voice
    #[arg(long, value_name = "10dB", requires = "audio", value_parser = decibels)]
    noise: Option<f64>,
    /// With --audio: voices of eSpeak NG that speak, instead of eight that the recogniser has not learnt from
    #[arg(long, value_name = "es+f3", requires = "audio")]
    voice: Vec<String>,
    /// With --audio: the same seed sounds the same
    #[arg(long, default_value_t = 1, requires = "audio")]
    seed: u64,
    /// With --audio: fail if fewer turns are right, in percent
    #[arg(long, value_name = "PERCENT", requires = "audio", value_parser = clap::value_parser!(u8).range(0..=100))]
    least: Option<u8>,
}

fn decibels(text: &str) -> Result<f64, String> {
    let number = text.trim().trim_end_matches("dB").trim();
    let value: f64 = number.parse().map_err(|_| "write it as 10dB".to_owned())?;
    if (-10.0..=60.0).contains(&value) { Ok(value) } else { Err("write -10dB to 60dB".into()) }
}

/// A test file, with the bot and its language as they are for it.
struct Ready {
    suite: Suite,
    bot: Arc<Bot>,
    language: Arc<dyn Language>,
}

impl Test {
    pub fn run(self, config: Config) -> Result<(), Failure> {
        let mut all: Vec<Ready> = Vec::new();
        for bot in bots::at(&self.path) {
            all.extend(ready(&bot)?);
        }
        if self.audio {
            return self.by_ear(&config, &all);
        }
        let began = Instant::now();
        let mut rounds: Vec<Vec<Report>> = Vec::new();
        for round in 0..self.repeat {
            let contact = if round == 0 { "prueba".to_owned() } else { format!("prueba-{round}") };
            let run = |r: &Ready| run_tests_as(&r.bot, &r.suite, &r.language, &contact);
            rounds.push(all.iter().map(run).collect());
        }
        match rounds.as_slice() {
            [reports] if self.json => json(reports)?,
            [reports] => reports.iter().for_each(|report| print(report, self.verbose)),
            rounds => rates(rounds, self.json)?,
        }
        let cases = || rounds.iter().flatten().flat_map(|r| &r.cases);
        let failed = cases().filter(|c| !c.failures.is_empty()).count();
        if !self.json {
            let (all, took) = (cases().count(), began.elapsed().as_secs_f64());
            line(format!("{} of {all} case(s) passed, in {took:.2} s", all - failed));
        }
        if failed > 0 { Err(Failure::Failed(format!("{failed} case(s) failed"))) } else { Ok(()) }
    }

    fn by_ear(&self, config: &Config, all: &[Ready]) -> Result<(), Failure> {
        let ear = speech::recogniser(config)?;
        let voices =
            if self.voice.is_empty() { VOICES.map(str::to_owned).to_vec() } else { self.voice.clone() };
        let mut cases: Vec<CaseHeard> = Vec::new();
        for round in 0..self.repeat {
            let seed = self.seed.wrapping_add(u64::from(round));
            let stage = Stage::new(ear.clone(), &voices, self.noise, seed).map_err(Failure::usage)?;
            for Ready { suite, bot, language } in all {
                let heard = stage.rehearse(bot, suite, language).map_err(Failure::failed)?;
                for case in heard {
                    let same = |c: &&mut CaseHeard| c.dialog == case.dialog && c.name == case.name;
                    match cases.iter_mut().find(same) {
                        Some(known) => known.turns.extend(case.turns),
                        None => cases.push(case),
                    }
                }
            }
        }
        let (right, turns) = share(&cases);
        let percent = 100.0 * right as f64 / turns.max(1) as f64;
        if self.json {
            json(&serde_json::json!({
                "right": right, "turns": turns, "noise_db": self.noise, "seed": self.seed, "voices": voices,
                "cases": cases,
            }))?;
        } else {
            cases.iter().for_each(|case| print_heard(case, self.verbose));
            line(format!("{right} of {turns} turns right, {percent:.1} %"));
        }
        match self.least {
            Some(least) if percent < f64::from(least) => Err(Failure::Failed(format!(
                "{percent:.1} % of the turns are right, and {least} % were asked for"
            ))),
            _ => Ok(()),
        }
    }
}

fn print_heard(case: &CaseHeard, verbose: bool) {
    line(format!("{:3} of {:3}  {}: {}", case.right(), case.turns.len(), case.dialog, case.name));
    for turn in case.turns.iter().filter(|t| verbose || !t.right) {
        let mark = match turn {
            turn if turn.right => "right",
            turn if turn.wrong => "wrong",
            _ => "asked",
        };
        let (words, heard, sure) = (&turn.words, &turn.heard, turn.confidence);
        line(format!("            {mark}: «{words}» heard as «{heard}», {sure:.2} sure"));
    }
}

/// How often each case passed.
fn rates(rounds: &[Vec<Report>], as_json: bool) -> Result<(), Failure> {
    let mut passed: Vec<(&str, &str, usize)> = Vec::new();
    for report in rounds.iter().flatten() {
        for case in &report.cases {
            let known = passed.iter().position(|(d, c, _)| *d == report.dialog && *c == case.name);
            let at = known.unwrap_or_else(|| {
                passed.push((&report.dialog, &case.name, 0));
                passed.len() - 1
            });
            if let Some(row) = passed.get_mut(at).filter(|_| case.failures.is_empty()) {
                row.2 += 1;
            }
        }
    }
    if as_json {
        let rows = passed.iter().map(|(dialog, case, passed)| {
            serde_json::json!({ "dialog": dialog, "case": case, "passed": passed, "of": rounds.len() })
        });
        return json(&rows.collect::<Vec<_>>());
    }
    for (dialog, case, passed) in passed {
        line(format!("{passed:4} of {:4}  {dialog}: {case}", rounds.len()));
    }
    Ok(())
}

/// The test files of one bot.
fn ready(path: &Path) -> Result<Vec<Ready>, Failure> {
    let name = path.display().to_string();
    let material = bots::find(&name)?;
    let mut last: Option<(lists::Feigned, Arc<Bot>, Arc<dyn Language>)> = None;
    let mut all: Vec<Ready> = Vec::new();
    for file in suites(path)? {
        let suite = Suite::load(&file).map_err(|problems| {
            problems.iter().for_each(line);
            Failure::Usage(format!("{}: {} mistake(s)", file.display(), problems.len()))
        })?;
        // Lists that services give are part of the bot, and each test file may feign its own.
        let feigned = lists::feigned(&material.texts, &suite.services);
        let (_, bot, language) = match last.take().filter(|(same, ..)| *same == feigned) {
            Some(same) => last.insert(same),
            None => {
                let bot = lists::bot_with(&material.texts, &feigned);
                let bot = bot.map_err(|problems| bots::refuse(&name, &problems))?;
                let language = bots::language(&bot)?;
                last.insert((feigned, Arc::new(bot), language))
            }
        };
        all.push(Ready { suite, bot: bot.clone(), language: language.clone() });
    }
    Ok(all)
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
