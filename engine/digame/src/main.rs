//! `digame`: the one binary. Each verb is a file in `commands/`.
#![forbid(unsafe_code)]

mod bots;
mod commands;
mod config;
mod http;
mod intents;
mod lists;
mod monitor;
mod numbers;
mod sarif;
mod services;
mod speech;
#[cfg(test)]
mod testing;
mod versions;

use clap::{Parser, Subcommand};
use std::path::PathBuf;
use std::process::ExitCode;

/// Answers the phone in Spanish: voicebot and IVR engine for public bodies.
#[derive(Parser)]
#[command(
    version,
    propagate_version = true,
    after_help = "Exit codes: 0 done, 1 failed, 2 wrong usage, configuration or files."
)]
struct Arguments {
    /// Configuration file; without it, the defaults that `digame config --example` shows
    #[arg(long, global = true, value_name = "FILE", env = "DIGAME_CONFIG")]
    config: Option<PathBuf>,
    #[command(subcommand)]
    verb: Verb,
}

#[derive(Subcommand)]
enum Verb {
    Serve(commands::serve::Serve),
    Demo(commands::demo::Demo),
    Call(commands::call::Call),
    Chat(commands::chat::Chat),
    Check(commands::check::Check),
    Test(commands::test::Test),
    Graph(commands::graph::Graph),
    Train(commands::train::Train),
    Eval(commands::eval::Eval),
    Models(commands::models::Models),
    Asr(commands::asr::Asr),
    Records(commands::records::Records),
    Users(commands::users::Users),
    Publish(commands::versions::Publish),
    Versions(commands::versions::History),
    Rollback(commands::versions::Rollback),
    Config(commands::config::ConfigVerb),
}

/// Why a verb did not do its job. The message is one line that says what and what to do.
#[derive(Debug)]
pub enum Failure {
    /// It was tried and did not work: exit code 1.
    Failed(String),
    /// It could not be tried: wrong usage, configuration or files: exit code 2.
    Usage(String),
}

impl std::fmt::Display for Failure {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let (Self::Failed(why) | Self::Usage(why)) = self;
        f.write_str(why)
    }
}

impl Failure {
    /// Exit code 1 for this error.
    pub fn failed(error: impl std::fmt::Display) -> Self {
        Self::Failed(error.to_string())
    }

    /// Exit code 2 for this error.
    pub fn usage(error: impl std::fmt::Display) -> Self {
        Self::Usage(error.to_string())
    }
}

fn main() -> ExitCode {
    let arguments = Arguments::parse();
    if let Err(why) = commands::one_tensor_thread() {
        eprintln!("digame: {why}");
        return ExitCode::from(1);
    }
    match run(arguments) {
        Ok(()) => ExitCode::SUCCESS,
        Err(Failure::Failed(why)) => {
            eprintln!("digame: {why}");
            ExitCode::from(1)
        }
        Err(Failure::Usage(why)) => {
            eprintln!("digame: {why}");
            ExitCode::from(2)
        }
    }
}

fn run(arguments: Arguments) -> Result<(), Failure> {
    let config = config::Config::load(arguments.config.as_deref()).map_err(Failure::usage)?;
    lists::keep_in(&config.storage.folder, false);
    match arguments.verb {
        Verb::Serve(verb) => verb.run(config, arguments.config),
        Verb::Demo(verb) => verb.run(config),
        Verb::Call(verb) => verb.run(config),
        Verb::Chat(verb) => verb.run(config),
        Verb::Check(verb) => verb.run(config),
        Verb::Test(verb) => verb.run(config),
        Verb::Graph(verb) => verb.run(config),
        Verb::Train(verb) => verb.run(config),
        Verb::Eval(verb) => verb.run(config),
        Verb::Models(verb) => verb.run(config),
        Verb::Asr(verb) => verb.run(config),
        Verb::Records(verb) => verb.run(config),
        Verb::Users(verb) => verb.run(config),
        Verb::Publish(verb) => verb.run(config),
        Verb::Versions(verb) => verb.run(config),
        Verb::Rollback(verb) => verb.run(config),
        Verb::Config(verb) => verb.run(),
    }
}
