//! `digame publish`, `digame versions`, `digame rollback`
use super::{json, line};
use crate::bots::{self, Material};
use crate::config::Config;
use crate::versions::{self, Act, Entry, Order, State, Tests, VersionError, Versions, Who};
use crate::{Failure, speech};
use clap::Args;
use std::path::Path;

/// Publishes a bot: checks it, runs its tests, renders its prompts, and lets it answer the next call
#[derive(Args)]
#[command(
    after_help = "A running server takes it within two seconds; calls in progress keep their version.\n\nExamples:\n  digame publish cita_previa --note \"horario de verano\"\n  digame publish dialogs/bots/cita_previa --canary 10%"
)]
pub struct Publish {
    /// A bot of [dialogs] folder, a bot's folder, or one that ships inside
    bot: String,
    /// Only this share of the contacts gets it; publish again for another share, or without it for all
    #[arg(long, value_name = "PERCENT", value_parser = percent)]
    canary: Option<u8>,
    /// Do not run its test cases; the history says so
    #[arg(long)]
    no_tests: bool,
    /// Why, for the history
    #[arg(long, default_value = "")]
    note: String,
    /// As JSON
    #[arg(long)]
    json: bool,
}

/// Shows a bot's versions: which answers, and who published what, when and why
#[derive(Args)]
#[command(after_help = "Example: digame versions cita_previa")]
pub struct History {
    /// The bot's name
    bot: String,
    /// As JSON
    #[arg(long)]
    json: bool,
}

/// Takes the last publication back: drops the canary, or else lets the version before answer again
#[derive(Args)]
#[command(
    after_help = "Examples:\n  digame rollback cita_previa\n  digame rollback cita_previa --to 3f2a91c0 --note \"la nueva no entiende los días\""
)]
pub struct Rollback {
    /// The bot's name
    bot: String,
    /// A version by the beginning of its hash; `folder`: no version, the bot of the folder answers
    #[arg(long, value_name = "VERSION")]
    to: Option<String>,
    /// Why, for the history
    #[arg(long, default_value = "")]
    note: String,
}

fn percent(text: &str) -> Result<u8, String> {
    match text.trim_end_matches('%').parse() {
        Ok(share @ 1..=99) => Ok(share),
        _ => Err("write 1% to 99%; without --canary all contacts get the version".into()),
    }
}

/// The system's user.
fn who(note: String) -> Who {
    let by = ["LOGNAME", "USER"].iter().find_map(|name| std::env::var(name).ok());
    Who { by: by.unwrap_or_else(|| "command line".into()), note }
}

impl From<VersionError> for Failure {
    fn from(error: VersionError) -> Self {
        match error {
            VersionError::Broken(_) | VersionError::Tests(_) | VersionError::Speech(_) => {
                Self::Failed(error.to_string())
            }
            other => Self::Usage(other.to_string()),
        }
    }
}

/// A bot by its name in the configured folder, or else by its path, or one that ships inside.
fn find(config: &Config, bot: &str) -> Result<(String, Material), Failure> {
    let folder = &config.dialogs.folder;
    let named = folder.join(bot);
    if !folder.as_os_str().is_empty() && named.join("centro.yaml").is_file() {
        return Ok((bot.to_owned(), Material::read(&named)?));
    }
    let material = bots::find(bot)?;
    let path = material.folder.as_deref().and_then(|f| f.canonicalize().ok());
    let name = path.as_deref().and_then(Path::file_name).map(|name| name.to_string_lossy().into_owned());
    Ok((name.unwrap_or_else(|| bot.to_owned()), material))
}

impl Publish {
    pub fn run(self, config: Config) -> Result<(), Failure> {
        let (bot, material) = find(&config, &self.bot)?;
        let data = &config.storage.folder;
        if self.canary.is_some() && Versions::of(data).state(&bot)?.current.is_none() {
            let answers = bots::all(&config.dialogs.folder)?;
            if !answers.contains_key(&bot) {
                return Err(Failure::Usage(format!(
                    "{bot} answers nobody yet, so there is nothing for the other contacts: publish it without --canary"
                )));
            }
        }
        // A broken bot is told before a voice is opened.
        versions::check(&bot, &material)?;
        let prompts =
            tts::Prompts::new(speech::voice(&config)?, data.join("prompts")).map_err(Failure::usage)?;
        let order = Order {
            bot: &bot,
            material: &material,
            share: self.canary,
            tests: !self.no_tests,
            who: who(self.note),
        };
        let published = versions::publish(&Versions::of(data), order, &prompts)?;
        if self.json {
            return json(&published);
        }
        let tests = match published.tests {
            Tests::Passed(n) => format!("{n} test case(s) passed"),
            Tests::Skipped => "test cases not run".into(),
        };
        line(format!("{bot} {}: {tests}, {} prompt(s) ready", short(&published.version), published.prompts));
        line(match self.canary {
            Some(share) => format!(
                "{share} % of the contacts get it; `digame publish {bot}` for all, `digame rollback {bot}` for none"
            ),
            None => format!("it answers the next call; `digame rollback {bot}` takes it back"),
        });
        Ok(())
    }
}

/// As much of a hash as tells versions apart.
fn short(version: &str) -> &str {
    version.get(..12).unwrap_or(version)
}

#[derive(serde::Serialize)]
struct Shown {
    #[serde(flatten)]
    state: State,
    history: Vec<Entry>,
}

impl History {
    pub fn run(self, config: Config) -> Result<(), Failure> {
        let history = Versions::of(&config.storage.folder).history(&self.bot)?;
        let state = State::after(&history);
        if self.json {
            return json(&Shown { state, history });
        }
        if history.is_empty() {
            line(format!("{} has no versions: the bot of the folder answers", self.bot));
        }
        history.iter().for_each(|entry| line(told(entry, &state)));
        Ok(())
    }
}

fn told(entry: &Entry, state: &State) -> String {
    let tests = |tests: &Tests| match tests {
        Tests::Passed(n) => format!("{n} tests"),
        Tests::Skipped => "no tests".into(),
    };
    let (what, version) = match &entry.act {
        Act::Published { version, tests: t } => (format!("published ({})", tests(t)), version.as_str()),
        Act::Canary { version, share, tests: t } => {
            (format!("canary {share} % ({})", tests(t)), version.as_str())
        }
        Act::CanaryDropped { version } => ("canary dropped".into(), version.as_str()),
        Act::RolledBack { version } => ("rolled back to".into(), version.as_str()),
        Act::Withdrawn => ("back to the folder".into(), ""),
    };
    let now = match &state.canary {
        _ if !version.is_empty() && state.current.as_deref() == Some(version) => "  ← answers",
        Some(canary) if canary.version == version => "  ← canary",
        _ => "",
    };
    let note = if entry.note.is_empty() { String::new() } else { format!("  «{}»", entry.note) };
    let at = entry.at.with_timezone(&chrono::Local).format("%Y-%m-%d %H:%M");
    format!("{at}  {:12}  {what:26}  {:16}{note}{now}", short(version), entry.by)
}

impl Rollback {
    pub fn run(self, config: Config) -> Result<(), Failure> {
        let versions = Versions::of(&config.storage.folder);
        let act = versions.roll_back(&self.bot, self.to.as_deref(), who(self.note))?;
        let bot = &self.bot;
        line(match &act {
            Act::CanaryDropped { version } => format!("{bot}: the canary {} answers no more", short(version)),
            Act::RolledBack { version } => format!("{bot}: {} answers the next call", short(version)),
            _ => format!("{bot}: no version answers; the bot of the folder does"),
        });
        Ok(())
    }
}
