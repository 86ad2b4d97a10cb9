//! Which recogniser hears which language.

use std::collections::BTreeMap;
use std::sync::Arc;

use asr::{Deaf, Recogniser};

/// The code of the language that the house's own recogniser hears.
const HOME: &str = "es";

/// A recogniser for Spanish, and one for each further language that can be heard.
#[derive(Clone)]
pub struct Recognisers {
    home: Arc<dyn Recogniser>,
    others: BTreeMap<String, Arc<dyn Recogniser>>,
    /// For the languages that nobody hears: there the keypad answers.
    deaf: Arc<dyn Recogniser>,
}

impl Recognisers {
    /// With this one for Spanish.
    #[must_use]
    pub fn new(home: Arc<dyn Recogniser>) -> Recognisers {
        Recognisers { home, others: BTreeMap::new(), deaf: Arc::new(Deaf) }
    }

    /// With this one for another language (its code).
    #[must_use]
    pub fn with(mut self, language: &str, recogniser: Arc<dyn Recogniser>) -> Recognisers {
        self.others.insert(language.to_owned(), recogniser);
        self
    }

    /// Whether a language (its code) is heard; where not, a contact in it goes by the keypad.
    #[must_use]
    pub fn hears(&self, language: &str) -> bool {
        language == HOME || self.others.contains_key(language)
    }

    pub(super) fn of(&self, language: &str) -> &dyn Recogniser {
        match language {
            "" | HOME => self.home.as_ref(),
            other => self.others.get(other).unwrap_or(&self.deaf).as_ref(),
        }
    }
}

impl From<Arc<dyn Recogniser>> for Recognisers {
    fn from(home: Arc<dyn Recogniser>) -> Recognisers {
        Recognisers::new(home)
    }
}

impl<R: Recogniser + 'static> From<Arc<R>> for Recognisers {
    fn from(home: Arc<R>) -> Recognisers {
        Recognisers::new(home)
    }
}
