//! Stand-ins for line, voice activity and recogniser, for this crate's tests.

use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use asr::{Expectation, Partial, Recogniser, Stream, Utterance, VoiceActivity};

use crate::media::{FRAME, Line, LineStats, Pcm, Pulled, SILENCE, level_db};
use crate::turn::Evidence;

/// What a [`FakeLine`] hears and has sent.
#[derive(Default)]
pub struct Wire {
    /// Frames that the far end will say, in order.
    pub says: Vec<Pcm>,
    /// Keys that it presses: place in `says`, and key.
    pub keys: Vec<(usize, char)>,
    /// Frames sent to it.
    pub sent: Vec<Pcm>,
    /// Frames taken so far.
    pub at: usize,
    /// Panic at this tick.
    pub panics_at: Option<usize>,
}

/// A line to a far end that is a list of frames.
#[derive(Clone, Default)]
pub struct FakeLine(pub Arc<Mutex<Wire>>);

impl Line for FakeLine {
    fn pull(&mut self, _now: Instant) -> Pulled {
        let mut wire = self.0.lock().unwrap();
        let at = wire.at;
        wire.at += 1;
        if wire.panics_at == Some(at) {
            drop(wire);
            panic!("a bug in one call");
        }
        let mut keys = [None; 8];
        keys[0] = wire.keys.iter().find(|k| k.0 == at).map(|k| k.1);
        match wire.says.get(at) {
            Some(frame) => Pulled { frame: *frame, evidence: Evidence::Heard, keys, key_down: false },
            None => Pulled { keys, ..Pulled::default() },
        }
    }

    fn send(&mut self, frame: &Pcm, _now: Instant) {
        self.0.lock().unwrap().sent.push(*frame);
    }

    fn configure(&mut self, _media: rtp::Media) {}

    fn press(&mut self, _key: char) {}

    fn key_by_signalling(&mut self, _key: char, _now: Instant) -> bool {
        false
    }

    fn idle_for(&self, _now: Instant) -> Duration {
        let wire = self.0.lock().unwrap();
        Duration::from_millis(20 * wire.at.saturating_sub(wire.says.len()) as u64)
    }

    fn end(&mut self, _now: Instant) {}

    fn stats(&self) -> LineStats {
        let wire = self.0.lock().unwrap();
        LineStats { received: wire.at.min(wire.says.len()) as u64, ..LineStats::default() }
    }
}

/// A loud frame.
pub fn loud() -> Pcm {
    std::array::from_fn(|i| if i % 8 < 4 { 6000 } else { -6000 })
}

/// `voice` frames of voice after `silence` frames of silence.
pub fn speech(silence: usize, voice: usize) -> Vec<Pcm> {
    let mut says = vec![SILENCE; silence];
    says.extend(vec![loud(); voice]);
    says
}

/// Voice is what is loud.
pub struct LoudVad;

impl VoiceActivity for LoudVad {
    fn push(&mut self, frame: &[i16; FRAME]) -> f32 {
        if level_db(frame) > -40.0 { 0.95 } else { 0.02 }
    }

    fn reset(&mut self) {}
}

/// Hears `text` in anything that has a loud frame.
pub struct Parrot {
    /// What it hears.
    pub text: String,
    /// Samples pushed to each stream, when it finished.
    pub lengths: Arc<Mutex<Vec<usize>>>,
    /// What each stream was opened with.
    pub expected: Arc<Mutex<Vec<Expectation>>>,
}

impl Parrot {
    /// A parrot that knows one text.
    pub fn saying(text: &str) -> Parrot {
        Parrot { text: text.into(), lengths: Arc::default(), expected: Arc::default() }
    }
}

struct Squawk {
    text: String,
    samples: usize,
    lengths: Arc<Mutex<Vec<usize>>>,
    loud: bool,
}

impl Recogniser for Parrot {
    fn open(&self, expect: &Expectation) -> Box<dyn Stream> {
        self.expected.lock().unwrap().push(expect.clone());
        let lengths = self.lengths.clone();
        Box::new(Squawk { text: self.text.clone(), samples: 0, lengths, loud: false })
    }

    fn name(&self) -> &str {
        "parrot"
    }
}

impl Stream for Squawk {
    fn push(&mut self, pcm: &[i16]) -> Option<Partial> {
        assert_ne!(self.text, "panic", "a bug in the recogniser");
        self.samples += pcm.len();
        self.loud |= pcm.iter().any(|s| s.abs() > 1000);
        None
    }

    fn finish(&mut self) -> Utterance {
        self.lengths.lock().unwrap().push(self.samples);
        let text = if self.loud { self.text.clone() } else { String::new() };
        Utterance { text, confidence: 0.9, ..Utterance::default() }
    }
}
