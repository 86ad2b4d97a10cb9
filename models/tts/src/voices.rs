//! Several voices behind one: each speaks the languages that it is given.

use std::collections::BTreeMap;
use std::sync::Arc;

use crate::voice::Sink;
use crate::{Error, Style, Synthesiser, WordMark};

/// The language of the voice (BCP 47) that speaks a language. Galician has none in eSpeak NG; the Spanish one reads
/// it, whose letters stand for nearly the same sounds.
pub fn voice_of(language: &str) -> &str {
    match language {
        "gl" => "es",
        other => other,
    }
}

/// A voice for each language; the first one speaks all that have none of their own.
pub struct Voices {
    home: Arc<dyn Synthesiser>,
    others: BTreeMap<String, Arc<dyn Synthesiser>>,
}

impl Voices {
    /// A house with one voice.
    pub fn new(home: Arc<dyn Synthesiser>) -> Self {
        Self { home, others: BTreeMap::new() }
    }

    /// With this voice for a language (BCP 47).
    #[must_use]
    pub fn with(mut self, language: &str, voice: Arc<dyn Synthesiser>) -> Self {
        self.others.insert(language.to_owned(), voice);
        self
    }

    fn of(&self, language: &str) -> &dyn Synthesiser {
        self.others.get(language).unwrap_or(&self.home).as_ref()
    }
}

impl Synthesiser for Voices {
    fn speak(&self, text: &str, style: &Style, sink: &mut Sink<'_>) -> Result<(), Error> {
        self.of(&style.language).speak(text, style, sink)
    }

    fn speak_marked(
        &self,
        text: &str,
        style: &Style,
        sink: &mut Sink<'_>,
        on_word: &mut dyn FnMut(WordMark),
    ) -> Result<(), Error> {
        self.of(&style.language).speak_marked(text, style, sink, on_word)
    }

    fn identity(&self) -> String {
        self.home.identity()
    }

    fn identity_in(&self, language: &str) -> String {
        self.of(language).identity_in(language)
    }
}
