//! `digame models`
use super::{json, line, runtime};
use crate::config::Config;
use crate::{Failure, speech};
use catalogue::{Catalogue, Phase, PullOptions, State};
use clap::{Args, Subcommand};
use indicatif::{ProgressBar, ProgressStyle};
use std::path::Path;

/// Lists, fetches and verifies recognisers and voices
#[derive(Args)]
#[command(
    after_help = "Examples:\n  digame models list\n  digame models pull whisper-base\n  digame models verify"
)]
pub struct Models {
    #[command(subcommand)]
    what: What,
}

#[derive(Subcommand)]
enum What {
    /// Shows which models there are and which are installed
    List {
        /// As JSON
        #[arg(long)]
        json: bool,
    },
    /// Fetches a model, going on where a broken fetch stopped, and verifies it
    Pull {
        /// Its name in the list
        name: String,
        /// SHA-256 of a file that has no published checksum, as you confirmed it
        #[arg(long, value_name = "SHA256")]
        accept_hash: Vec<String>,
    },
    /// Checks the SHA-256 of every installed file
    Verify {
        /// As JSON
        #[arg(long)]
        json: bool,
    },
}

impl Models {
    pub fn run(self, config: Config) -> Result<(), Failure> {
        let catalogue = Catalogue::embedded().map_err(Failure::failed)?;
        let folder = speech::models_folder(&config);
        match self.what {
            What::List { json: as_json } => list(&catalogue, &folder, as_json),
            What::Pull { name, accept_hash } => {
                let options = PullOptions { accept: accept_hash, ..PullOptions::default() };
                runtime()?.block_on(pull(&catalogue, &name, &folder, &options))
            }
            What::Verify { json: as_json } => verify(&catalogue, &folder, as_json),
        }
    }
}

fn list(catalogue: &Catalogue, folder: &Path, as_json: bool) -> Result<(), Failure> {
    let listed = catalogue.list(folder);
    if as_json {
        return json(&listed);
    }
    for entry in listed {
        let model = entry.model;
        let state = serde_json::to_value(entry.installed).map_err(Failure::failed)?;
        let size =
            model.size().map_or_else(|| "-".into(), |bytes| format!("{} MB", bytes.div_ceil(1_000_000)));
        let state = state.as_str().unwrap_or_default();
        line(format!("{:26} {state:9} {size:>8}  {:14} {}", model.name, model.licence, model.purpose));
    }
    Ok(())
}

async fn pull(
    catalogue: &Catalogue,
    name: &str,
    folder: &Path,
    options: &PullOptions,
) -> Result<(), Failure> {
    let bar = ProgressBar::new(0);
    if let Ok(style) = ProgressStyle::with_template("{msg} {wide_bar} {bytes}/{total_bytes} {eta}") {
        bar.set_style(style);
    }
    let mut show = |p: catalogue::Progress<'_>| {
        bar.set_length(p.total.unwrap_or(p.done));
        bar.set_position(p.done);
        let doing = if p.phase == Phase::Fetching { "fetching" } else { "verifying" };
        bar.set_message(format!("{doing} {}", p.file));
    };
    let pulled = catalogue.pull(name, folder, options, &mut show).await;
    bar.finish_and_clear();
    let pulled = pulled.map_err(Failure::failed)?;
    for file in &pulled.files {
        line(format!("{}: verified", file.display()));
    }
    Ok(())
}

fn verify(catalogue: &Catalogue, folder: &Path, as_json: bool) -> Result<(), Failure> {
    let bar = ProgressBar::new_spinner();
    let verified = catalogue.verify(folder, &mut |path, bytes| {
        bar.set_message(format!("{} {} MB", path.display(), bytes / 1_000_000));
        bar.tick();
    });
    bar.finish_and_clear();
    let verified = verified.map_err(Failure::failed)?;
    if as_json {
        json(&verified)?;
    } else if verified.is_empty() {
        line("no models are installed besides those that ship inside");
    } else {
        verified.iter().for_each(|v| line(format!("{}: {:?}", v.path.display(), v.state)));
    }
    let bad = verified.iter().filter(|v| v.state != State::Good).count();
    if bad > 0 {
        return Err(Failure::Failed(format!(
            "{bad} file(s) are not good: `digame models pull` fetches them again"
        )));
    }
    Ok(())
}
