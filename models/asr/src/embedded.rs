//! The recogniser that ships: our own network and decoder, with weights inside the program.

use std::collections::HashMap;
use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError};

use crate::decode::grammar::Compiled;
use crate::decode::hearing::Hearing;
use crate::decode::letters::VOCAB;
use crate::decode::lexicon::Lexicon;
use crate::decode::trust::{Evidence, WordEvidence};
use crate::decode::tuning::Tuning;
use crate::features::FrontEnd;
use crate::net::{Net, NetState};
use crate::vad::NeuralVad;
use crate::{Error, Expectation, Partial, Recogniser, Stream, Utterance};

/// Network steps computed at once: 4 × 30 ms = a partial result every 120 ms.
const CHUNK_STEPS: usize = 4;
/// Compiled expectations kept; beyond it all are dropped and made again as needed.
const KEPT: usize = 512;

/// The weights that ship: what adapting starts from.
pub const RECOGNISER: &[u8] = include_bytes!("../weights/ear.safetensors");
const VOICE_ACTIVITY: &[u8] = include_bytes!("../weights/vad.safetensors");

/// The embedded recogniser. Cheap to share, one for the whole process.
pub struct Embedded {
    net: Arc<Net>,
    tuning: Tuning,
    compiled: Mutex<HashMap<Expectation, Arc<Compiled>>>,
}

impl Embedded {
    /// The weights that ship with the program.
    pub fn new() -> Result<Self, Error> {
        Self::from_bytes(RECOGNISER, "the built-in recogniser")
    }

    /// Weights of a file, such as one adapted to a body's own recordings.
    pub fn from_file(path: &Path) -> Result<Self, Error> {
        let bytes = std::fs::read(path).map_err(|source| Error::Read { path: path.into(), source })?;
        Self::from_bytes(&bytes, &path.display().to_string())
    }

    /// Weights in memory; `what` names them in errors.
    pub fn from_bytes(bytes: &[u8], what: &str) -> Result<Self, Error> {
        let net = Net::from_bytes(bytes, what)?;
        if !net.vocab().iter().copied().eq(VOCAB.chars()) {
            let why = format!("its letters are not `{VOCAB}`");
            return Err(Error::Weights { what: what.into(), why });
        }
        Ok(Self { net: Arc::new(net), tuning: Tuning::default(), compiled: Mutex::default() })
    }

    /// Replaces the balance of the decoder.
    #[must_use]
    pub fn with_tuning(mut self, tuning: Tuning) -> Self {
        self.tuning = tuning;
        self.compiled = Mutex::default();
        self
    }

    /// Compiles an expectation now, so that the first call that needs it does not wait (dates take
    /// about 0.1 s, other grammars some ms).
    pub fn prepare(&self, expect: &Expectation) {
        self.compile(expect);
    }

    fn compile(&self, expect: &Expectation) -> Arc<Compiled> {
        let find = || {
            let kept = self.compiled.lock().unwrap_or_else(PoisonError::into_inner);
            kept.get(expect).cloned()
        };
        if let Some(known) = find() {
            return known;
        }
        // Compiled outside the lock: other streams go on opening meanwhile.
        let fresh = Arc::new(Compiled::new(expect, Lexicon::base(), self.tuning.answer_word));
        let mut kept = self.compiled.lock().unwrap_or_else(PoisonError::into_inner);
        if kept.len() >= KEPT {
            kept.clear();
        }
        kept.insert(expect.clone(), fresh.clone());
        fresh
    }

    /// Opens a stream of the concrete type, which [`push_together`] takes.
    pub fn open_stream(&self, expect: &Expectation) -> EmbeddedStream {
        let hearing = Hearing::new(self.compile(expect), self.tuning.clone(), self.net.step_ms());
        EmbeddedStream {
            front: FrontEnd::default(),
            state: Some(self.net.start()),
            net: self.net.clone(),
            hearing,
        }
    }

    /// What the weights were trained on.
    pub fn trained_on(&self) -> &str {
        self.net.trained_on()
    }

    /// Delay between a sound and its letters, ms: look-ahead and one chunk.
    pub fn delay_ms(&self) -> u32 {
        (self.net.look_ahead() + CHUNK_STEPS) as u32 * self.net.step_ms()
    }
}

impl Recogniser for Embedded {
    fn open(&self, expect: &Expectation) -> Box<dyn Stream> {
        Box::new(self.open_stream(expect))
    }

    fn name(&self) -> &str {
        "embedded"
    }
}

/// One utterance heard by [`Embedded`].
pub struct EmbeddedStream {
    net: Arc<Net>,
    front: FrontEnd,
    /// Gone once the utterance ended.
    state: Option<NetState>,
    hearing: Hearing,
}

impl EmbeddedStream {
    fn take_audio(&mut self, pcm: &[i16]) {
        if let Some(state) = &mut self.state {
            self.front.push(pcm, |frame| state.push_frame(frame));
        }
    }

    fn due(&self) -> bool {
        self.state.as_ref().is_some_and(|s| self.net.ready(s) >= CHUNK_STEPS)
    }

    fn decode(&mut self) -> Option<Partial> {
        let rows = self.state.as_mut()?.take();
        self.hearing.push(&rows);
        Some(self.hearing.partial())
    }

    /// Ends the utterance; gives what its confidence and that of each word was made of as well.
    pub fn finish_with_evidence(&mut self) -> (Utterance, Evidence, Vec<WordEvidence>) {
        let Some(mut state) = self.state.take() else { return Default::default() };
        // A product of shapes checked at load cannot fail; if it did, what was heard stands.
        let _ = self.net.finish(&mut [&mut state]);
        self.hearing.push(&state.take());
        self.hearing.finish_with_evidence()
    }
}

impl Stream for EmbeddedStream {
    fn push(&mut self, pcm: &[i16]) -> Option<Partial> {
        self.take_audio(pcm);
        if !self.due() {
            return None;
        }
        let net = self.net.clone();
        net.advance(&mut [self.state.as_mut()?]).ok()?;
        self.decode()
    }

    fn finish(&mut self) -> Utterance {
        self.finish_with_evidence().0
    }

    fn rank(&self, phrases: &[String]) -> Option<Vec<f32>> {
        Some(self.hearing.rank(phrases))
    }
}

/// Pushes audio to several streams of one [`Embedded`] and runs the network once over all that
/// are due: each product then serves all of them, which costs less per call.
pub fn push_together(batch: &mut [(&mut EmbeddedStream, &[i16])]) -> Vec<Option<Partial>> {
    for (stream, pcm) in batch.iter_mut() {
        stream.take_audio(pcm);
    }
    let due: Vec<bool> = batch.iter().map(|(stream, _)| stream.due()).collect();
    let Some(net) = batch.first().map(|(stream, _)| stream.net.clone()) else { return Vec::new() };
    let mut states: Vec<&mut NetState> = (batch.iter_mut().zip(&due))
        .filter(|(_, due)| **due)
        .filter_map(|((stream, _), _)| stream.state.as_mut())
        .collect();
    if net.advance(&mut states).is_err() {
        return due.iter().map(|_| None).collect();
    }
    let results = batch.iter_mut().zip(due);
    results.map(|((stream, _), due)| if due { stream.decode() } else { None }).collect()
}

/// The voice-activity network that ships.
pub fn voice_activity() -> Result<NeuralVad, Error> {
    NeuralVad::from_bytes(VOICE_ACTIVITY, "the built-in voice-activity network")
}
