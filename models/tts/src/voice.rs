//! The contract of every voice.

use std::ops::ControlFlow;

use crate::Error;

/// Samples per second of everything that leaves this crate.
pub const RATE: u32 = 8_000;

/// Where sound goes: 8 kHz mono pieces of any length, in order. `Break` ends the synthesis at
/// once; the voice then returns `Ok(())` and calls the sink no more.
pub type Sink<'a> = dyn FnMut(&[i16]) -> ControlFlow<()> + 'a;

/// How to speak. Build it with `..Style::default()`, so that new fields don't break callers.
#[derive(Debug, Clone, PartialEq)]
pub struct Style {
    /// Speed; 1.0 is the voice's own, 2.0 twice as fast. Clamped to 0.5..=2.0.
    pub rate: f32,
    /// Height of the voice; 1.0 is its own. Clamped to 0.5..=1.5. Engines whose models fix the
    /// pitch (Piper) ignore it.
    pub pitch: f32,
    /// BCP 47 tag of the text's language (`es`, `es-419`, `ca`). Empty: the voice's own.
    pub language: String,
}

impl Default for Style {
    fn default() -> Self {
        Self { rate: 1.0, pitch: 1.0, language: "es".into() }
    }
}

impl Style {
    /// Speed within its range; a value that is no number counts as 1.0.
    pub fn clamped_rate(&self) -> f32 {
        clamp(self.rate, 0.5, 2.0)
    }

    /// Pitch within its range; a value that is no number counts as 1.0.
    pub fn clamped_pitch(&self) -> f32 {
        clamp(self.pitch, 0.5, 1.5)
    }
}

fn clamp(value: f32, low: f32, high: f32) -> f32 {
    if value.is_finite() { value.clamp(low, high) } else { 1.0 }
}

/// Where a word of the text begins in the sound.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct WordMark {
    /// First sample of the word, counted at 8 kHz from the first sample that left.
    pub sample: u32,
    /// Position of the word in the text, in characters (not bytes).
    pub char_start: u32,
    /// Length of the word, in characters.
    pub chars: u32,
}

/// A voice. Implementations may be called from many threads at once; the call blocks until the
/// text is spoken or the sink breaks.
pub trait Synthesiser: Send + Sync {
    /// Speaks plain text into `sink`. An empty text, or one with nothing to say, is silence: the
    /// sink may then never be called.
    ///
    /// # Errors
    /// See [`Error`]; nothing is retried inside.
    fn speak(&self, text: &str, style: &Style, sink: &mut Sink<'_>) -> Result<(), Error>;

    /// As [`speak`](Self::speak), telling where each word begins. A mark may arrive before or
    /// after the piece that holds its sound. Voices without word events tell none.
    ///
    /// # Errors
    /// As [`speak`](Self::speak).
    fn speak_marked(
        &self,
        text: &str,
        style: &Style,
        sink: &mut Sink<'_>,
        on_word: &mut dyn FnMut(WordMark),
    ) -> Result<(), Error> {
        let _ = on_word;
        self.speak(text, style, sink)
    }

    /// Names engine, version, voice and everything else, apart from style and text, that changes
    /// the sound: part of the key of cached prompts.
    fn identity(&self) -> String;

    /// The same of what speaks this language (BCP 47), where several voices stand behind one.
    fn identity_in(&self, language: &str) -> String {
        let _ = language;
        self.identity()
    }
}
