//! Recognition by whisper.cpp, for who installs one of its models.
//!
//! One context (the weights) is shared; each utterance borrows a state from a pool. Whisper
//! hears a turn when it has ended and gives no partial results. Its encoder always works on a
//! window; the window is cut to the utterance, so a short answer does not pay for 30 s.

mod file;
mod guard;

use std::ffi::c_void;
use std::path::Path;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use whisper_rs::{FullParams, SamplingStrategy, WhisperContext, WhisperContextParameters, WhisperState};

use crate::decode::letters::tokens;
use crate::{Error, Expectation, Grammar, Partial, Recogniser, Stream, Utterance, Word};

pub use guard::{Raw, Verdict};

/// Longest utterance, samples at 8 kHz: whisper's window is 30 s.
const LONGEST: usize = 29 * 8000;
/// Shortest signal given to whisper, samples at 16 kHz; shorter ones are padded with silence.
const SHORTEST: usize = 17_600;
/// Encoder positions a second of audio.
const POSITIONS_PER_SECOND: usize = 50;
/// Encoder positions beyond the utterance, so that its last word is not cut.
const MARGIN: usize = 64;
/// Fewest positions: in a narrower window words that whisper hears in a wide one are lost.
const NARROWEST: usize = 384;
/// Positions of the whole 30 s window.
const WINDOW: usize = 1500;
/// Most tokens of the prompt that says what is expected.
const MOST_HINTS: usize = 120;
/// Tokens a second that nobody speaks faster than.
const TOKENS_PER_SECOND: usize = 12;

/// How whisper is run.
#[derive(Debug, Clone)]
pub struct Options {
    /// Threads of one recognition.
    pub threads: u8,
    /// Whether the encoder's window is cut to the utterance. Only tests of cost turn it off.
    pub cut_window: bool,
}

impl Default for Options {
    fn default() -> Self {
        Self { threads: 1, cut_window: true }
    }
}

struct Engine {
    context: WhisperContext,
    states: Mutex<Vec<WhisperState>>,
    options: Options,
}

/// The whisper recogniser, shared by all contacts.
pub struct Whisper {
    engine: Arc<Engine>,
    name: String,
    language: Language,
}

/// The code of the language that is heard.
type Language = Arc<str>;

/// The language whose numbers and spelling the rest of this crate knows.
const SPANISH: &str = "es";

impl Whisper {
    /// Loads a model in whisper.cpp's ggml format.
    pub fn open(path: &Path, options: Options) -> Result<Self, Error> {
        whisper_rs::install_logging_hooks();
        file::check(path)?;
        let mut parameters = WhisperContextParameters::default();
        parameters.use_gpu(false).flash_attn(false);
        let broken = |e: whisper_rs::WhisperError| Error::Weights {
            what: path.display().to_string(),
            why: format!("whisper.cpp does not load it ({e})"),
        };
        let text = path.to_str().ok_or_else(|| Error::Weights {
            what: path.display().to_string(),
            why: "its path is not UTF-8".into(),
        })?;
        let context = WhisperContext::new_with_params(text, parameters).map_err(broken)?;
        let name = format!("whisper:{}", path.file_stem().unwrap_or_default().to_string_lossy());
        let engine = Engine { context, states: Mutex::default(), options };
        Ok(Self { engine: Arc::new(engine), name, language: SPANISH.into() })
    }

    /// The same weights, hearing another language (its code: `ca`).
    #[must_use]
    pub fn in_language(&self, code: &str) -> Self {
        Self { engine: self.engine.clone(), name: self.name.clone(), language: code.into() }
    }

    /// Opens a stream that can be cancelled.
    pub fn open_stream(&self, expect: &Expectation) -> WhisperStream {
        WhisperStream {
            engine: self.engine.clone(),
            hints: hints(expect, &self.language),
            language: self.language.clone(),
            pcm: Vec::new(),
            cancelled: Arc::default(),
            spent: false,
        }
    }
}

impl Recogniser for Whisper {
    fn open(&self, expect: &Expectation) -> Box<dyn Stream> {
        Box::new(self.open_stream(expect))
    }

    fn name(&self) -> &str {
        &self.name
    }
}

/// What is expected, as a text that makes its words likelier. Examples are Spanish: another language has its own
/// words only.
fn hints(expect: &Expectation, language: &str) -> String {
    let mut parts: Vec<String> = Vec::new();
    let own = |grammar: &&Grammar| language == SPANISH || matches!(grammar, Grammar::List(_));
    for grammar in expect.grammars.iter().filter(own) {
        parts.push(match grammar {
            Grammar::YesNo => "Sí. No.".into(),
            Grammar::Nif => "12345678Z, X1234567L.".into(),
            Grammar::Plate => "1234 BCD.".into(),
            Grammar::Name => "María García López.".into(),
            Grammar::Address => "Calle Mayor, 12, tercero izquierda.".into(),
            Grammar::Email => "maria@ejemplo.es.".into(),
            Grammar::Digits { .. } | Grammar::Number => "1, 2, 3.".into(),
            Grammar::Date => "El jueves por la tarde, el 15 de mayo a las cinco y media.".into(),
            Grammar::Time => "A las cinco y media.".into(),
            Grammar::Ordinal => "La primera, la segunda, ninguna.".into(),
            Grammar::List(values) => format!("{}.", values.join(", ")),
        });
    }
    parts.extend(expect.phrases.iter().map(|p| format!("{p}.")));
    parts.join(" ").replace('\0', " ")
}

/// One utterance heard by [`Whisper`].
pub struct WhisperStream {
    engine: Arc<Engine>,
    hints: String,
    language: Language,
    pcm: Vec<i16>,
    cancelled: Arc<AtomicBool>,
    spent: bool,
}

impl WhisperStream {
    /// Set to true, from any thread, it makes [`Stream::finish`] return an empty utterance at
    /// whisper's next step: after its encoder, or after a token.
    pub fn cancel_handle(&self) -> Arc<AtomicBool> {
        self.cancelled.clone()
    }

    fn recognise(&self) -> Option<Raw> {
        let mut state = self.engine.take_state()?;
        let raw = self.run(&mut state);
        self.engine.give_back(state);
        raw
    }

    fn run(&self, state: &mut WhisperState) -> Option<Raw> {
        let mut audio = to_16k(&self.pcm);
        audio.resize(audio.len().max(SHORTEST), 0.0);
        let seconds = audio.len().div_ceil(16_000);
        let prompt = self.engine.context.tokenize(&self.hints, 1024).unwrap_or_default();
        let prompt = prompt.get(..prompt.len().min(MOST_HINTS)).unwrap_or_default();
        let mut p = FullParams::new(SamplingStrategy::Greedy { best_of: 1 });
        p.set_language(Some(&self.language));
        p.set_n_threads(i32::from(self.engine.options.threads));
        p.set_single_segment(true);
        p.set_no_context(true);
        // In a cut window whisper knows the end of speech by the time it writes there: without times it says the
        // sentence again and again, until its tokens are spent.
        p.set_no_timestamps(false);
        p.set_temperature_inc(0.0);
        p.set_suppress_nst(true);
        p.set_print_progress(false);
        p.set_print_realtime(false);
        p.set_print_timestamps(false);
        p.set_max_tokens((seconds * TOKENS_PER_SECOND + 8) as i32);
        if self.engine.options.cut_window {
            let positions = audio.len() * POSITIONS_PER_SECOND / 16_000 + MARGIN;
            p.set_audio_ctx(positions.clamp(NARROWEST, WINDOW) as i32);
        }
        if !prompt.is_empty() {
            p.set_tokens(prompt);
        }
        abort_when(&mut p, &self.cancelled);
        state.full(p, &audio).ok()?;
        if self.cancelled.load(Ordering::Relaxed) {
            return None;
        }
        Some(read(state, self.engine.context.token_eot()))
    }
}

/// Makes whisper ask `flag` whether to stop. The crate's own safe setter hands the callback a
/// pointer of another type than it reads, so the raw one is used.
#[expect(unsafe_code, reason = "a C callback with its data; the flag outlives the call")]
fn abort_when(p: &mut FullParams<'_, '_>, flag: &Arc<AtomicBool>) {
    unsafe extern "C" fn cancelled(flag: *mut c_void) -> bool {
        // SAFETY: the pointer is that of the stream's flag, which outlives the call of `full`.
        unsafe { &*flag.cast_const().cast::<AtomicBool>() }.load(Ordering::Relaxed)
    }
    // SAFETY: `cancelled` reads the pointer as what it is, and `full` returns before `flag` goes.
    unsafe {
        p.set_abort_callback(Some(cancelled));
        p.set_abort_callback_user_data(Arc::as_ptr(flag).cast_mut().cast());
    }
}

/// Text and probabilities of all segments.
fn read(state: &WhisperState, end_of_text: i32) -> Raw {
    let mut raw = Raw::default();
    let (mut sum, mut count) = (0.0, 0);
    for segment in state.as_iter() {
        raw.text.push_str(&segment.to_str_lossy().unwrap_or_default());
        raw.no_speech = raw.no_speech.max(segment.no_speech_probability());
        for token in (0..segment.n_tokens()).filter_map(|i| segment.get_token(i)) {
            if token.token_id() < end_of_text {
                sum += token.token_probability().max(1e-6).ln();
                count += 1;
            }
        }
    }
    raw.mean_log_probability = if count == 0 { f32::NEG_INFINITY } else { sum / count as f32 };
    raw
}

impl Engine {
    fn take_state(&self) -> Option<WhisperState> {
        let free = self.states.lock().unwrap_or_else(PoisonError::into_inner).pop();
        free.or_else(|| self.context.create_state().ok())
    }

    fn give_back(&self, state: WhisperState) {
        self.states.lock().unwrap_or_else(PoisonError::into_inner).push(state);
    }
}

impl Stream for WhisperStream {
    fn push(&mut self, pcm: &[i16]) -> Option<Partial> {
        if !self.spent {
            let room = LONGEST.saturating_sub(self.pcm.len());
            self.pcm.extend_from_slice(pcm.get(..room.min(pcm.len())).unwrap_or_default());
        }
        None
    }

    fn finish(&mut self) -> Utterance {
        if std::mem::replace(&mut self.spent, true) || self.pcm.is_empty() {
            return Utterance::default();
        }
        let Some(raw) = self.recognise() else { return Utterance::default() };
        match guard::judge(&raw, &self.hints) {
            Verdict::Speech => utterance(&raw, &self.language, self.pcm.len()),
            _ => Utterance::default(),
        }
    }
}

/// Words with times spread over the utterance by their letters: whisper says none that hold.
fn utterance(raw: &Raw, language: &str, samples: usize) -> Utterance {
    let words = if language == SPANISH { tokens(&raw.text) } else { plain_words(&raw.text) };
    let confidence = raw.mean_log_probability.exp().clamp(0.0, 1.0);
    let letters: usize = words.iter().map(|w| w.chars().count() + 1).sum::<usize>().max(1);
    let at = |letter: usize| (samples * letter / letters / 8) as u32;
    let mut seen = 0;
    let timed = words.iter().map(|w| {
        let start = seen;
        seen += w.chars().count() + 1;
        Word { text: w.clone(), start_ms: at(start), end_ms: at(seen), confidence }
    });
    let timed = timed.collect();
    Utterance { text: words.join(" "), confidence, words: timed, alternatives: Vec::new() }
}

/// Words in lower case without the punctuation around them; digits stay digits.
fn plain_words(text: &str) -> Vec<String> {
    let bare = |word: &str| word.trim_matches(|c: char| !c.is_alphanumeric()).to_lowercase();
    text.split_whitespace().map(bare).filter(|word| !word.is_empty()).collect()
}

/// Taps of one phase of the doubling filter.
const TAPS: usize = 32;

/// 8 kHz `i16` to 16 kHz `f32` in -1..1: a half-band filter gives the samples in between.
fn to_16k(pcm: &[i16]) -> Vec<f32> {
    let taps: [f32; TAPS] = std::array::from_fn(|i| {
        let x = i as f64 - TAPS as f64 / 2.0 + 0.5;
        let sinc = (std::f64::consts::PI * x).sin() / (std::f64::consts::PI * x);
        (sinc * (std::f64::consts::PI * x / (TAPS as f64 + 1.0)).cos().powi(2)) as f32
    });
    let scale: f32 = taps.iter().sum();
    let half = TAPS / 2;
    let padded: Vec<f32> = std::iter::repeat_n(0.0, half - 1)
        .chain(pcm.iter().map(|&s| f32::from(s) / 32768.0))
        .chain(std::iter::repeat_n(0.0, half))
        .collect();
    let between = padded.windows(TAPS).map(|w| w.iter().zip(&taps).map(|(a, b)| a * b).sum::<f32>() / scale);
    pcm.iter().zip(between).flat_map(|(&s, b)| [f32::from(s) / 32768.0, b]).collect()
}

#[cfg(test)]
#[path = "whisper_tests.rs"]
mod tests;
