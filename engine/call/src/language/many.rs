//! The languages of a bot behind one: Spanish, and those of its packs that are understood here.

use std::collections::BTreeMap;
use std::sync::Arc;

use chrono::NaiveDateTime;
use dialogs::{Bot, Expect, Filter, Found, Heard, Kind, Language, Understood, Value};

use super::Spanish;

/// The code of a bot's first language.
const HOME: &str = "es";

/// A bot's languages, one of them spoken now. Each knows the way to all others, and so back.
#[derive(Clone)]
pub struct Languages {
    all: Arc<BTreeMap<String, Arc<dyn Language>>>,
    now: Arc<dyn Language>,
}

impl Languages {
    /// Learns a bot's intents in every language that it has and that is understood here; about a second each.
    ///
    /// # Errors
    /// Intents that cannot be learnt.
    pub fn of(bot: &Bot) -> Result<Languages, nlu::Error> {
        let mut all: BTreeMap<String, Arc<dyn Language>> = BTreeMap::new();
        let home: Arc<dyn Language> = Arc::new(Spanish::new(bot)?);
        for code in bot.languages().filter(|code| *code != HOME) {
            if let Some(language) = other(code, bot)? {
                all.insert(code.to_owned(), language);
            }
        }
        all.insert(HOME.to_owned(), home.clone());
        Ok(Languages { all: Arc::new(all), now: home })
    }

    /// The codes of the languages that are understood.
    pub fn codes(&self) -> impl Iterator<Item = &str> {
        self.all.keys().map(String::as_str)
    }
}

/// A further language with the bot's examples in it; none where this program has no grammar for it.
fn other(_code: &str, _bot: &Bot) -> Result<Option<Arc<dyn Language>>, nlu::Error> {
    Ok(None)
}

impl Language for Languages {
    fn understand(&self, heard: &Heard, expect: &Expect) -> Understood {
        self.now.understand(heard, expect)
    }

    fn read_aloud(&self, value: &Value, how: Filter) -> String {
        self.now.read_aloud(value, how)
    }

    fn validate(&self, kind: &Kind, written: &str, now: NaiveDateTime) -> Found {
        self.now.validate(kind, written, now)
    }

    fn is_backchannel(&self, text: &str) -> bool {
        self.now.is_backchannel(text)
    }

    fn in_language(&self, code: &str) -> Option<Arc<dyn Language>> {
        let now = self.all.get(code)?.clone();
        Some(Arc::new(Languages { all: self.all.clone(), now }))
    }
}
