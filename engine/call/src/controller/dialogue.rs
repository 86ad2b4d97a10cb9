//! The dialogs' interpreter as the controller sees it.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use chrono::NaiveDateTime;
use dialogs::{
    Bot, Expect, Filter, Found, Heard, Input, Interpreter, Kind, Language, Output, Understood, Value,
};

use super::{Answering, Dialogue, SlotValue, Sounds};

/// A bot that cannot answer calls.
#[derive(Debug, thiserror::Error)]
#[error("time zone «{zone}» is not known; write an IANA name such as Europe/Madrid in centro.yaml")]
pub struct UnknownZone {
    /// What is written.
    pub zone: String,
}

/// How a bot speaks one of its languages.
#[must_use]
pub fn speaking(bot: &Bot, language: &str) -> tts::Style {
    let language_of_voice = tts::voice_of(language).to_owned();
    tts::Style { rate: bot.voice_in(language).rate, language: language_of_voice, ..tts::Style::default() }
}

impl Answering {
    /// A bot with its language and its recorded prompts, under the name and version that records keep.
    ///
    /// # Errors
    /// [`UnknownZone`]: the office's time zone is not one.
    pub fn new(
        name: &str,
        version: &str,
        bot: Arc<Bot>,
        (language, sounds): (Arc<dyn Language>, Sounds),
    ) -> Result<Answering, UnknownZone> {
        let time_zone =
            bot.time_zone().parse().map_err(|_| UnknownZone { zone: bot.time_zone().to_owned() })?;
        Ok(Answering {
            name: name.to_owned(),
            version: version.to_owned(),
            time_zone,
            legal_basis: bot.legal_basis().to_owned(),
            voices: Arc::new(bot.languages().map(|code| (code.to_owned(), speaking(&bot, code))).collect()),
            sounds: Arc::new(sounds),
            begin: Arc::new(move |start| {
                let timed = Arc::new(Timed { language: language.clone(), micros: Arc::default() });
                let interpreter = Interpreter::new(bot.clone(), timed.clone(), start);
                Box::new(Run { interpreter, timed })
            }),
        })
    }
}

/// One contact's run of a bot.
struct Run {
    interpreter: Interpreter,
    timed: Arc<Timed>,
}

impl Dialogue for Run {
    fn handle(&mut self, input: Input, now: NaiveDateTime) -> Vec<Output> {
        self.interpreter.handle(input, now)
    }

    fn slot(&self, name: &str) -> Option<SlotValue> {
        let value = self.interpreter.slots().remove(name)?;
        Some(SlotValue { value: value.to_string(), private: self.interpreter.is_private(name) })
    }

    fn understood_in(&mut self) -> Duration {
        Duration::from_micros(self.timed.micros.swap(0, Ordering::Relaxed))
    }
}

/// A language that knows how long it has taken to understand.
struct Timed {
    language: Arc<dyn Language>,
    /// One clock for all the languages of a contact.
    micros: Arc<AtomicU64>,
}

impl Language for Timed {
    fn understand(&self, heard: &Heard, expect: &Expect) -> Understood {
        let began = Instant::now();
        let understood = self.language.understand(heard, expect);
        let took = u64::try_from(began.elapsed().as_micros()).unwrap_or(u64::MAX);
        self.micros.fetch_add(took, Ordering::Relaxed);
        understood
    }

    fn read_aloud(&self, value: &Value, how: Filter, now: NaiveDateTime) -> String {
        self.language.read_aloud(value, how, now)
    }

    fn validate(&self, kind: &Kind, written: &str, now: NaiveDateTime) -> Found {
        self.language.validate(kind, written, now)
    }

    fn is_backchannel(&self, text: &str) -> bool {
        self.language.is_backchannel(text)
    }

    fn in_language(&self, code: &str) -> Option<Arc<dyn Language>> {
        let language = self.language.in_language(code)?;
        Some(Arc::new(Timed { language, micros: self.micros.clone() }))
    }
}
