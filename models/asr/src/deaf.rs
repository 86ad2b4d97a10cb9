//! Nobody listens: a line that is answered by keypad alone.

use crate::{Expectation, Partial, Recogniser, Stream, Utterance, VoiceActivity};

/// Hears nothing, at no cost: neither voice nor words.
#[derive(Debug, Clone, Copy, Default)]
pub struct Deaf;

impl VoiceActivity for Deaf {
    fn push(&mut self, _: &[i16; 160]) -> f32 {
        0.0
    }

    fn reset(&mut self) {}
}

impl Recogniser for Deaf {
    fn open(&self, _: &Expectation) -> Box<dyn Stream> {
        Box::new(Deaf)
    }

    fn name(&self) -> &str {
        "none"
    }
}

impl Stream for Deaf {
    fn push(&mut self, _: &[i16]) -> Option<Partial> {
        None
    }

    fn finish(&mut self) -> Utterance {
        Utterance::default()
    }
}
