//! `digame asr`
use super::{json, line};
use crate::config::Config;
use crate::{Failure, speech};
use asr::eval::{self, Report, Score};
use clap::{Args, Subcommand};
use indicatif::ProgressBar;
use std::path::PathBuf;

/// Measures recognisers
#[derive(Args)]
#[command(
    after_help = "The manifest is a table with tabs: path, transcript, speaker, and if wanted condition.\n\nExamples:\n  digame asr eval words.tsv --phrases words.txt\n  digame asr eval sentences.tsv --json"
)]
pub struct Asr {
    #[command(subcommand)]
    what: What,
}

#[derive(Subcommand)]
enum What {
    /// Prints word and letter error, accuracy on a closed list, speed and calibration
    Eval {
        /// WAV, FLAC, GSM, Ogg or A-law files with what is said in them
        manifest: PathBuf,
        /// What may be said, one a line: the best of these is counted too
        #[arg(long, value_name = "FILE")]
        phrases: Option<PathBuf>,
        /// As JSON, with each file's result
        #[arg(long)]
        json: bool,
    },
}

impl Asr {
    pub fn run(self, config: Config) -> Result<(), Failure> {
        let What::Eval { manifest, phrases, json: as_json } = self.what;
        let clips = eval::read_manifest(&manifest).map_err(Failure::usage)?;
        let phrases = phrases.map(|path| eval::read_phrases(&path)).transpose().map_err(Failure::usage)?;
        let recogniser = speech::recogniser(&config)?;
        let bar = ProgressBar::new(clips.len() as u64);
        let report =
            eval::run(&*recogniser, &clips, &phrases.unwrap_or_default(), |n| bar.set_position(n as u64));
        bar.finish_and_clear();
        let report = report.map_err(Failure::failed)?;
        if as_json {
            return json(&report);
        }
        print(&report);
        Ok(())
    }
}

fn print(report: &Report) {
    line(format!("recogniser {}, {:.1} s of sound", report.recogniser, report.audio_s));
    for (name, score) in report.speakers.iter().chain(&report.conditions) {
        line(format!("  {name:24} {}", of(score)));
    }
    line(format!("  {:24} {}", "all", of(&report.total)));
    line(format!(
        "  real-time factor {:.4}, calibration error {:.1} %",
        report.real_time_factor,
        report.calibration_error * 100.0
    ));
}

fn of(score: &Score) -> String {
    let listed =
        score.phrase_accuracy().map_or_else(String::new, |a| format!(", of the list {:.1} %", a * 100.0));
    let exact = 100.0 * score.exact as f64 / score.clips.max(1) as f64;
    format!(
        "{:5} files, word error {:.1} %, letter error {:.1} %, whole {exact:.1} %{listed}",
        score.clips,
        score.word_error() * 100.0,
        score.letter_error() * 100.0
    )
}
