//! Neural voices: Piper (VITS) through piper-rs and ONNX Runtime, which is loaded at run time from
//! a configured path.
//!
//! Phonemes come from the process's one eSpeak NG ([`crate::espeak`]), not from the copy inside
//! piper-rs, which is neither guarded against threads nor finds its data once installed. A sentence
//! is rendered whole, so a text is spoken sentence by sentence.

use std::fs::{self, File};
use std::io;
use std::ops::ControlFlow;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

use ort::session::Session;
use ort::value::{Outlet, TensorElementType};
use piper_rs::ModelConfig;
use sha2::{Digest, Sha256};

use crate::clauses;
use crate::espeak::{self, Espeak};
use crate::resample::Kernel;
use crate::shape::Shaper;
use crate::voice::{RATE, Sink};
use crate::{Error, Style, Synthesiser, level};

/// Inputs of a Piper graph, in the order in which piper-rs gives them; `sid` only with speakers.
const INPUTS: [(&str, TensorElementType); 4] = [
    ("input", TensorElementType::Int64),
    ("input_lengths", TensorElementType::Int64),
    ("scales", TensorElementType::Float32),
    ("sid", TensorElementType::Int64),
];
/// Spoken once at opening to learn how loud the voice is, and that it speaks.
const SAMPLE: &str = "Buenos días. Dígame, por favor, en qué le puedo ayudar.";
/// Sound given to the shaper at a time, samples of the voice's rate: some 40 ms.
const PIECE: usize = 882;
/// Raised when a change in this crate changes the sound of the same text.
const SHAPE_VERSION: u32 = 1;
const PULL: &str = "fetch it again with `digame models pull`";

/// Where a Piper voice and what it needs lie.
#[derive(Debug, Clone)]
pub struct Options {
    /// The voice: a file `….onnx`.
    pub model: PathBuf,
    /// Its description; `None`: the model's name with `.json` added.
    pub config: Option<PathBuf>,
    /// ONNX Runtime's shared library, 1.24 or later. The first one opened serves the process.
    pub onnxruntime: PathBuf,
    /// Speaker of a voice with several, by name or number; `None`: the first.
    pub speaker: Option<String>,
    /// Threads for one sentence, at least 1. More shorten the wait for the first sound and take
    /// cores from other contacts.
    pub threads: usize,
    /// eSpeak NG for the phonemes; its voice is taken from the description.
    pub espeak: espeak::Options,
}

impl Options {
    /// The voice in `model`, with ONNX Runtime in `onnxruntime`, everything else as usual.
    pub fn new(model: impl Into<PathBuf>, onnxruntime: impl Into<PathBuf>) -> Self {
        Self {
            model: model.into(),
            config: None,
            onnxruntime: onnxruntime.into(),
            speaker: None,
            threads: 1,
            espeak: espeak::Options::default(),
        }
    }
}

/// A Piper voice. One sentence is rendered at a time; callers queue.
pub struct Piper {
    engine: Mutex<piper_rs::Piper>,
    espeak: Espeak,
    phoneme_voice: String,
    length_scale: f32,
    speaker: i64,
    kernel: Arc<Kernel>,
    gain: f32,
    identity: String,
}

impl Piper {
    /// Loads a voice and speaks a sentence with it into nowhere.
    ///
    /// # Errors
    /// [`Error::Library`] for ONNX Runtime, [`Error::VoiceFile`] for model and description, and
    /// those of [`Espeak::open`].
    pub fn open(options: &Options) -> Result<Self, Error> {
        let path = options.config.clone().unwrap_or_else(|| {
            let mut name = options.model.clone().into_os_string();
            name.push(".json");
            PathBuf::from(name)
        });
        let config = read_config(&path)?;
        let sum = digest(&options.model)?;
        load_runtime(&options.onnxruntime)?;
        let session = load_graph(options, config.num_speakers)?;
        let speaker = choose_speaker(options.speaker.as_deref(), &config, &path)?;
        let espeak = Espeak::open(espeak::Options {
            voice: config.espeak.voice.clone(),
            ssml: false,
            ..options.espeak.clone()
        })?;
        let mut piper = Self {
            phoneme_voice: config.espeak.voice.clone(),
            length_scale: config.inference.length_scale,
            speaker,
            kernel: Arc::new(Kernel::new(config.audio.sample_rate)),
            gain: 1.0,
            identity: format!(
                "piper {sum} speaker {speaker} espeak-ng {} /{SHAPE_VERSION}",
                espeak.version()
            ),
            espeak,
            engine: Mutex::new(piper_rs::Piper::from_session(session, config)),
        };
        let mut pcm = Vec::new();
        piper.speak(SAMPLE, &Style::default(), &mut |piece| {
            pcm.extend_from_slice(piece);
            ControlFlow::Continue(())
        })?;
        piper.gain = level::gain_for(&pcm);
        Ok(piper)
    }

    /// IPA of a sentence with the punctuation that Piper's voices were trained on; eSpeak NG's
    /// marks of a change of language, `(en)`, are left out.
    fn phonemes(&self, sentence: &str) -> Result<String, Error> {
        let mut phonemes = String::new();
        for clause in clauses::split(sentence) {
            if !phonemes.is_empty() {
                phonemes.push(' ');
            }
            let parts = self.espeak.phonemes(clause.text, &self.phoneme_voice)?;
            phonemes.push_str(&without_marks(&parts.join(", ")));
            let last = clause.text.trim_end_matches(|c| "»”’\"')]".contains(c));
            match last.chars().next_back() {
                Some(mark) if ".,;:!?".contains(mark) => phonemes.push(mark),
                Some('…') => phonemes.push('.'),
                _ => {}
            }
        }
        Ok(phonemes)
    }

    fn render(&self, sentence: &str, style: &Style) -> Result<Vec<f32>, Error> {
        let phonemes = self.phonemes(sentence)?;
        let length_scale = self.length_scale / style.clamped_rate();
        let mut engine = self.engine.lock().unwrap_or_else(PoisonError::into_inner);
        let rendered = engine.create(&phonemes, true, Some(self.speaker), Some(length_scale), None, None);
        match rendered {
            Ok((samples, _)) => Ok(samples),
            Err(error) => Err(Error::Engine { engine: "Piper", reason: one_line(&error) }),
        }
    }
}

impl Synthesiser for Piper {
    fn speak(&self, text: &str, style: &Style, sink: &mut Sink<'_>) -> Result<(), Error> {
        if text.len() > espeak::MAX_TEXT {
            return Err(Error::TooLong { bytes: text.len(), limit: espeak::MAX_TEXT });
        }
        for sentence in clauses::sentences(text) {
            let samples = self.render(sentence.text, style)?;
            let mut shaper = Shaper::new(Arc::clone(&self.kernel), self.gain);
            for piece in samples.chunks(PIECE) {
                let scaled = piece
                    .iter()
                    .map(|sample| if sample.is_finite() { sample.clamp(-4.0, 4.0) * 32_768.0 } else { 0.0 });
                if shaper.push(scaled, sink).is_break() {
                    return Ok(());
                }
            }
            let pause = sentence.pause.ms() * (RATE / 1_000);
            let silence = vec![0; (pause as f32 / style.clamped_rate()) as usize];
            if shaper.finish(sink).is_break() || (!silence.is_empty() && sink(&silence).is_break()) {
                return Ok(());
            }
        }
        Ok(())
    }

    fn identity(&self) -> String {
        self.identity.clone()
    }
}

fn bad(path: &Path, reason: impl ToString, cure: impl ToString) -> Error {
    Error::VoiceFile { path: path.to_owned(), reason: reason.to_string(), cure: cure.to_string() }
}

fn one_line(error: &impl ToString) -> String {
    error.to_string().split_whitespace().collect::<Vec<_>>().join(" ")
}

fn read_config(path: &Path) -> Result<ModelConfig, Error> {
    let file = fs::read(path).map_err(|error| bad(path, one_line(&error), PULL))?;
    let config: ModelConfig = serde_json::from_slice(&file).map_err(|error| {
        let reason = format!("not the description of a Piper voice ({})", one_line(&error));
        bad(path, reason, PULL)
    })?;
    let rate = config.audio.sample_rate;
    if !(RATE..=48_000).contains(&rate) {
        let reason = format!("audio.sample_rate is {rate}, outside 8000 to 48000");
        return Err(bad(path, reason, PULL));
    }
    if config.phoneme_id_map.is_empty() {
        return Err(bad(path, "phoneme_id_map is empty", PULL));
    }
    let scale = config.inference.length_scale;
    if !(0.1..=10.0).contains(&scale) {
        let reason = format!("inference.length_scale is {scale}, outside 0.1 to 10");
        return Err(bad(path, reason, PULL));
    }
    Ok(config)
}

fn digest(path: &Path) -> Result<String, Error> {
    let mut sum = Sha256::new();
    File::open(path)
        .and_then(|mut file| io::copy(&mut file, &mut sum))
        .map_err(|error| bad(path, one_line(&error), PULL))?;
    Ok(hex::encode(sum.finalize()))
}

fn load_runtime(path: &Path) -> Result<(), Error> {
    let missing = |reason: String| Error::Library {
        library: path.display().to_string(),
        reason,
        cure: "set the path of ONNX Runtime 1.24's libonnxruntime.so in the configuration",
    };
    // ort takes a relative path from the executable's folder; here it is the current one.
    let path = fs::canonicalize(path).map_err(|error| missing(one_line(&error)))?;
    ort::init_from(path).map_err(|error| missing(one_line(&error)))?.commit();
    Ok(())
}

fn load_graph(options: &Options, speakers: u32) -> Result<Session, Error> {
    let path = options.model.as_path();
    let broken = |reason: String| {
        let reason = format!("ONNX Runtime cannot load it ({reason})");
        bad(path, reason, PULL)
    };
    let mut builder = Session::builder()
        .map_err(|error| broken(one_line(&error)))?
        .with_intra_threads(options.threads.max(1))
        .map_err(|error| broken(one_line(&error)))?;
    let session = builder.commit_from_file(path).map_err(|error| broken(one_line(&error)))?;
    let wanted = if speakers > 1 { 4 } else { 3 };
    let fits = |(outlet, (name, kind)): (&Outlet, &(&str, TensorElementType))| {
        outlet.name() == *name && outlet.dtype().tensor_type() == Some(*kind)
    };
    let inputs = session.inputs();
    let good = inputs.len() == wanted && inputs.iter().zip(&INPUTS).all(fits);
    let sound = session.outputs().first().and_then(|outlet| outlet.dtype().tensor_type());
    if !good || sound != Some(TensorElementType::Float32) {
        let names: Vec<&str> = inputs.iter().map(Outlet::name).collect();
        let expected: Vec<&str> = INPUTS.iter().take(wanted).map(|(name, _)| *name).collect();
        let reason = format!(
            "not a Piper voice: its graph takes {}, one for {speakers} speaker(s) takes {} and gives float sound",
            names.join(", "),
            expected.join(", ")
        );
        return Err(bad(path, reason, "name the .onnx file of a Piper voice"));
    }
    Ok(session)
}

fn choose_speaker(name: Option<&str>, config: &ModelConfig, path: &Path) -> Result<i64, Error> {
    let Some(name) = name else {
        return Ok(0);
    };
    let number = name.parse::<i64>().ok();
    let known = number.filter(|n| (0..i64::from(config.num_speakers.max(1))).contains(n));
    if let Some(id) = config.speaker_id_map.get(name).copied().or(known) {
        return Ok(id);
    }
    let mut names: Vec<&str> = config.speaker_id_map.keys().map(String::as_str).collect();
    names.sort_unstable();
    let cure = if names.is_empty() {
        "leave the speaker out of the configuration".to_owned()
    } else {
        format!("choose among {}", names.join(", "))
    };
    Err(bad(path, format!("has no speaker `{name}`"), cure))
}

fn without_marks(phonemes: &str) -> String {
    let mut depth = 0u32;
    phonemes
        .chars()
        .filter(|c| {
            match c {
                '(' => depth += 1,
                ')' => {
                    depth = depth.saturating_sub(1);
                    return false;
                }
                _ => {}
            }
            depth == 0
        })
        .collect()
}
