//! What a language does with words; the rest is the same in all.

use std::fmt::Debug;

use chrono::NaiveDate;
use nlu::es::Moment;
use nlu::lang::Pack;
use nlu::{Context, Found, Kind, Value};

use super::spanish::{CODE, Castilian};

/// So many words that mean something in all, where one of them is of anger, are still nothing but anger.
const MOST_BESIDE_ANGER: usize = 2;

/// A language's words.
pub(super) trait Tongue: Debug + Send + Sync {
    /// The first valid reading among a recogniser's alternatives, and its index.
    fn extract_best(
        &self,
        kind: &Kind,
        heard: &[(&str, f32)],
        context: &Context,
    ) -> Option<(usize, Vec<Found>)>;
    /// What remains after a cue of correction.
    fn correction<'a>(&self, text: &'a str) -> Option<&'a str>;
    /// What a text says to a question of yes or no.
    fn reply(&self, text: &str) -> nlu::Reply;
    /// The words of a text, folded.
    fn words(&self, text: &str) -> Vec<String>;
    /// Whether a folded word says nothing of what is wanted.
    fn is_function_word(&self, word: &str) -> bool;
    /// Whether people say a folded word beside the day, the hour or the option that they want.
    fn carries(&self, word: &str) -> bool;
    /// How many words are of somebody who has had enough.
    fn angry_words(&self, text: &str) -> usize;
    /// Whether the text only accompanies who speaks.
    fn is_backchannel(&self, text: &str) -> bool;
    /// Whether the text asks for a moment.
    fn moment(&self, text: &str) -> Option<Moment>;
    /// The words of the text that are no courtesy, folded.
    fn plain_words(&self, text: &str) -> Vec<String>;
    /// Whether the text says that a telephone is the one that they call from.
    fn is_this_phone(&self, text: &str) -> bool;
    /// What two words are together.
    fn contraction(&self, word: &str, next: &str) -> Option<&str>;
    /// A value in words; a day that is far from `today` with its year.
    fn spoken(&self, value: &Value, today: NaiveDate) -> String;
    /// Values as options.
    fn options(&self, values: &[Value], today: NaiveDate) -> String;
    /// Character by character.
    fn spelled(&self, text: &str) -> String;
    /// In the groups in which people dictate.
    fn grouped(&self, text: &str) -> String;
    /// Only its end.
    fn masked(&self, text: &str) -> String;
    /// What stands for a value of which nothing can be told.
    fn reserved(&self) -> String;
    /// «terminado en…»
    fn ending(&self, end: &str) -> String;
    /// «de iniciales…»
    fn initials(&self, capitals: &str) -> String;
    /// «de Madrid»
    fn place(&self, province: &str) -> String;

    /// Whether one of these phrases, folded, is among the words of a text.
    fn holds(&self, text: &str, phrases: &[&str]) -> bool {
        let said = format!(" {} ", self.words(text).join(" "));
        phrases.iter().any(|phrase| said.contains(&format!(" {phrase} ")))
    }

    /// Whether a text says that a value is perhaps it: «a lo mejor el jueves».
    fn hesitates(&self, _text: &str) -> bool {
        false
    }

    /// Whether a folded word is of undoing something: «cancelar».
    fn undoes(&self, _word: &str) -> bool {
        false
    }

    /// Whether a text speaks of a person who is not asked for: «voy en persona».
    fn names_nobody(&self, _text: &str) -> bool {
        false
    }

    /// Whether a text says that something is wanted.
    fn wishes(&self, _text: &str) -> bool {
        true
    }

    /// Whether a text asks to be passed to somebody («páseme con alguien»).
    fn asks_for_somebody(&self, _text: &str) -> bool {
        false
    }

    /// Whether a text says what is not wanted, and nothing instead.
    fn is_unwanted(&self, _text: &str) -> bool {
        false
    }

    /// The beginnings of the words that mean something: five letters tell most words of one family
    /// from others («empadronarme», «empadronamiento»).
    fn stems(&self, text: &str) -> Vec<String> {
        let words = self.words(text).into_iter().filter(|word| !self.is_function_word(word));
        words.map(|word| word.chars().take(5).collect()).collect()
    }

    /// The value of a kind that the text has, if it is whole.
    fn value(&self, kind: &Kind, text: &str, context: &Context) -> Option<Value> {
        let (_, found) = self.extract_best(kind, &[(text, 1.0)], context)?;
        let whole = |f: &Found| !matches!(f.status, nlu::Status::Partial | nlu::Status::Invalid);
        found.into_iter().next().filter(whole).map(|f| f.value)
    }

    /// Whether the text has words that mean something.
    fn means(&self, text: &str) -> bool {
        self.words(text).iter().any(|word| !self.is_function_word(word))
    }

    /// How sure it is that who speaks has had enough, 0 to 1. One such word among others may be said of something else.
    fn upset(&self, text: &str) -> f32 {
        let others = self.words(text).iter().filter(|word| !self.is_function_word(word)).count();
        match self.angry_words(text) {
            0 => 0.0,
            1 if others > MOST_BESIDE_ANGER => 0.7,
            1 => 0.9,
            _ => 1.0,
        }
    }
}

/// The tongue of a code; none if Digame does not speak it.
pub(super) fn of(code: &str) -> Option<Box<dyn Tongue>> {
    match code {
        CODE => Some(Box::new(Castilian)),
        other => Some(Box::new(Pack::of(other)?)),
    }
}

/// A member of a family is a language: what it says and understands is its speaker's.
macro_rules! family {
    ($name:ident) => {
        impl dialogs::Language for $name {
            fn understand(&self, heard: &Heard, expect: &Expect) -> Understood {
                self.0.speaker().map(|s| s.understand(heard, expect)).unwrap_or_default()
            }

            fn read_aloud(&self, value: &Value, how: Filter, now: NaiveDateTime) -> String {
                self.0.speaker().map(|s| s.read_aloud(value, how, now)).unwrap_or_default()
            }

            fn validate(&self, kind: &Kind, written: &str, now: NaiveDateTime) -> Found {
                self.0.speaker().map_or(Found::Invalid, |s| s.validate(kind, written, now))
            }

            fn is_backchannel(&self, text: &str) -> bool {
                self.0.speaker().is_some_and(|s| s.is_backchannel(text))
            }

            fn contraction(&self, word: &str, next: &str) -> Option<&str> {
                self.0.speaker()?.contraction(word, next)
            }

            fn amend(&self, old: &Value, said: &str) -> Option<Value> {
                self.0.speaker()?.amend(old, said)
            }

            fn in_language(&self, code: &str) -> Option<Arc<dyn dialogs::Language>> {
                self.0.in_language(code)
            }
        }
    };
}
pub(super) use family;
