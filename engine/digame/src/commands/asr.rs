//! `digame asr`
use super::{json, line};
use crate::config::Config;
use crate::{Failure, speech};
use asr::eval;
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
        line(report.to_string().trim_end());
        Ok(())
    }
}
