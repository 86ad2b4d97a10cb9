//! `digame models`
use super::{json, line, runtime};
use crate::config::Config;
use crate::{Failure, speech};
use asr::adapt::{Options, Outcome, Taught, adapt};
use catalogue::{Catalogue, Phase, PullOptions, State};
use clap::{Args, Subcommand};
use indicatif::{ProgressBar, ProgressStyle};
use std::path::{Path, PathBuf};
use std::time::Duration;

/// Lists, fetches and verifies recognisers and voices, and teaches the ear
#[derive(Args)]
#[command(
    after_help = "Examples:\n  digame models list\n  digame models pull whisper-base\n  digame models verify\n  digame models adapt corrected.tsv"
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
    /// Teaches the embedded recogniser your callers' speech and installs it, if it hears them better
    #[command(
        after_help = "The manifest is that of `digame asr eval`: path, transcript, speaker. Digits are to be written as words.\nA fifth of the sentences is held out; a model that does not hear these better, or forgets other speech, is refused.\n\nExample:\n  digame models adapt corrected.tsv"
    )]
    Adapt {
        /// Recordings with their corrected transcripts
        manifest: PathBuf,
        /// How often each is heard
        #[arg(long, default_value_t = Options::default().rounds as u32, value_parser = clap::value_parser!(u32).range(1..=100))]
        rounds: u32,
        /// Longest time, in minutes
        #[arg(long, default_value_t = 60)]
        minutes: u64,
        /// As JSON
        #[arg(long)]
        json: bool,
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
            What::Adapt { manifest, rounds, minutes, json: as_json } => {
                let limit = Duration::from_secs(minutes * 60);
                let options = Options { rounds: rounds as usize, limit, ..Options::default() };
                let outcome = teach(&catalogue, &config, &manifest, &options)?;
                let file = catalogue.install(speech::ADAPTED, &folder, &outcome.weights);
                let file = file.map_err(Failure::failed)?;
                if as_json { json(&outcome) } else { told(&outcome, &file, &config) }
            }
            What::Verify { json: as_json } => verify(&catalogue, &folder, as_json),
        }
    }
}

/// What every caller says, spoken by the bot's own voice: speech that teaching must not make it forget.
const KNOWN: [&str; 24] = [
    "sí, de acuerdo",
    "no, gracias",
    "uno, dos, tres, cuatro, cinco",
    "seis, siete, ocho, nueve, cero",
    "doce, treinta y cuatro, cincuenta y seis",
    "setenta y ocho, zeta",
    "veintiuno, cuarenta y dos, noventa y nueve",
    "cien, doscientos cincuenta, mil",
    "el lunes por la mañana",
    "el martes quince de mayo",
    "el miércoles a las nueve y media",
    "el jueves que viene por la tarde",
    "el viernes a última hora",
    "enero, febrero, marzo",
    "abril, junio, julio, agosto",
    "septiembre, octubre, noviembre, diciembre",
    "la primera, por favor",
    "ninguna de las tres",
    "quería pedir cita para el padrón",
    "necesito un certificado",
    "quiero pagar un recibo",
    "quiero hablar con una persona",
    "puede repetir, por favor",
    "equis, erre, eme, ge, jota",
];

/// Adapts the ear that is in use.
fn teach(
    catalogue: &Catalogue,
    config: &Config,
    manifest: &Path,
    options: &Options,
) -> Result<Outcome, Failure> {
    let clips = asr::eval::read_manifest(manifest).map_err(Failure::usage)?;
    let hear = |clip: &asr::eval::Clip| {
        let pcm = asr::eval::audio::read(&clip.path).map_err(Failure::usage)?;
        Ok(Taught { pcm, text: clip.transcript.clone() })
    };
    let taught = clips.iter().map(hear).collect::<Result<Vec<_>, Failure>>()?;
    let voice = speech::voice(config)?;
    let known = KNOWN.iter().map(|text| {
        let mut pcm = Vec::new();
        let mut keep = |piece: &[i16]| {
            pcm.extend_from_slice(piece);
            std::ops::ControlFlow::Continue(())
        };
        voice.speak(text, &tts::Style::default(), &mut keep).map_err(Failure::failed)?;
        Ok(Taught { pcm, text: (*text).to_owned() })
    });
    let known = known.collect::<Result<Vec<_>, Failure>>()?;
    let path = catalogue.path(speech::ADAPTED, &speech::models_folder(config)).ok();
    let installed = path.map(std::fs::read).transpose().map_err(Failure::failed)?;
    let start = installed.as_deref().unwrap_or(asr::embedded::RECOGNISER);
    let bar = ProgressBar::new(1000);
    let outcome = adapt(start, &taught, &known, options, |share| bar.set_position((share * 1000.0) as u64));
    bar.finish_and_clear();
    outcome.map_err(Failure::failed)
}

fn told(outcome: &Outcome, file: &Path, config: &Config) -> Result<(), Failure> {
    let percent = |share: f64| format!("{:.1} %", 100.0 * share);
    line(format!("heard {} utterances, held out {}", outcome.trained, outcome.held_out));
    line(format!(
        "letters wrong in the held-out: {} before, {} after",
        percent(outcome.before.held_out),
        percent(outcome.after.held_out)
    ));
    line(format!(
        "letters wrong in other speech (synthetic): {} before, {} after",
        percent(outcome.before.known),
        percent(outcome.after.known)
    ));
    line(format!("installed {}", file.display()));
    if config.speech.recogniser != speech::ADAPTED {
        line("to use it: [speech] recogniser = \"adapted\"");
    }
    Ok(())
}

fn list(catalogue: &Catalogue, folder: &Path, as_json: bool) -> Result<(), Failure> {
    let listed = catalogue.list(folder);
    if as_json {
        return json(&listed);
    }
    for entry in listed {
        let model = entry.model;
        let state = serde_json::to_value(entry.installed).map_err(Failure::failed)?;
        let size = model
            .size()
            .filter(|b| *b > 0)
            .map_or_else(|| "-".into(), |bytes| format!("{} MB", bytes.div_ceil(1_000_000)));
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
        let doing = match p.phase {
            Phase::Fetching => "fetching",
            Phase::Verifying => "verifying",
            Phase::Converting => "converting",
        };
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
