//! The numbers of docs/BENCHMARKS.md: drives the built binaries over real SIP and RTP on loopback.
#![forbid(unsafe_code)]

mod bots;
mod capacity;
mod ear;
mod intents;
mod interpreter;
mod lines;
mod safety;
mod setup;
mod sound;
mod stage;
mod stats;
mod vad;
mod values;
mod voice;
mod wire;

use clap::{Parser, ValueEnum};
use e2e::server::Trouble;
use stats::line;
use std::process::ExitCode;
use std::time::Instant;

/// Measures Digame against baselines of the same run
#[derive(Parser)]
#[command(after_help = "Example: cargo run --release -p bench -- voice --turns 200")]
struct Arguments {
    /// What to measure; all if nothing is named
    which: Vec<Which>,
    /// Least number of turns spoken with 20 calls at once; a round of 20 conversations takes about a minute
    #[arg(long, default_value_t = 60)]
    turns: usize,
    /// Least number of turns spoken with one call at a time; a conversation takes about a minute
    #[arg(long, default_value_t = 8)]
    alone: usize,
    /// Most calls at once that listen; two fifths as many conversations
    #[arg(long, default_value_t = 50)]
    calls: usize,
    /// Recordings to try the ear on besides its own sets, as `digame asr eval` reads them
    #[arg(long, value_name = "MANIFEST")]
    recordings: Vec<std::path::PathBuf>,
    /// Folder of the cases of others that values are tried on
    #[arg(long, value_name = "FOLDER", default_value = "../shared/suites")]
    suites: std::path::PathBuf,
    /// List the cases that are not passed
    #[arg(long)]
    failures: bool,
    /// Measure only this of safety
    #[arg(long, value_name = "PART")]
    part: Vec<safety::Part>,
    /// Folder of fb-multilingual-es and ha-intents-*, to try intents on
    #[arg(long, value_name = "PATH")]
    nlu: Option<std::path::PathBuf>,
}

#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Which {
    /// Voice to voice on the wire, split, with cut-offs and barge-in
    Voice,
    /// INVITE to 200, first audio
    Setup,
    /// Processor and memory per call
    Capacity,
    /// The recogniser's speed and accuracy
    Ear,
    /// Voice activity against others' by cost and accuracy
    Vad,
    /// The shipped bots' test cases by ear, clean and in noise
    Bots,
    /// A step of the interpreter, with up to 1,000 slots and steps
    Interpreter,
    /// Spanish values against cases written by others
    Values,
    /// Intents with few examples against a linear baseline
    Intents,
    /// Wrong acts: refusals, danger, noise, turns cut off
    Safety,
}

#[tokio::main]
async fn main() -> ExitCode {
    let arguments = Arguments::parse();
    let which = if arguments.which.is_empty() {
        vec![
            Which::Voice,
            Which::Setup,
            Which::Capacity,
            Which::Ear,
            Which::Vad,
            Which::Values,
            Which::Intents,
            Which::Safety,
            Which::Bots,
            Which::Interpreter,
        ]
    } else {
        arguments.which.clone()
    };
    for bench in which {
        if let Err(error) = measure(bench, &arguments).await {
            line(format!("error: {error}"));
            return ExitCode::FAILURE;
        }
    }
    ExitCode::SUCCESS
}

async fn measure(bench: Which, arguments: &Arguments) -> Result<(), Trouble> {
    let began = Instant::now();
    let name = bench.to_possible_value().map_or_else(String::new, |v| v.get_name().to_owned());
    line(format!("## {name}\n\nload before: {}\n", load()));
    match bench {
        Which::Voice => voice::run(arguments.alone, arguments.turns).await?,
        Which::Setup => setup::run().await?,
        Which::Capacity => capacity::run(arguments.calls).await?,
        Which::Ear => ear::run(&arguments.recordings)?,
        Which::Vad => vad::run()?,
        Which::Bots => bots::run()?,
        Which::Interpreter => interpreter::run()?,
        Which::Values => values::run(&arguments.suites, arguments.failures)?,
        Which::Intents => intents::run(arguments.nlu.as_deref())?,
        Which::Safety => safety::run(&arguments.part)?,
    }
    line(format!("\nload after: {}; took {:.0} s\n", load(), began.elapsed().as_secs_f64()));
    Ok(())
}

/// What else the machine does: without it no number here can be judged.
fn load() -> String {
    let cores = std::thread::available_parallelism().map_or(1, usize::from);
    let text = std::fs::read_to_string("/proc/loadavg").unwrap_or_default();
    let averages: Vec<&str> = text.split_whitespace().take(3).collect();
    format!("{cores} cores, load averages {}", averages.join(" "))
}
