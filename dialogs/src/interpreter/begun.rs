//! A value said or keyed in pieces: «doce, treinta y cuatro…», and after the bot's next words «…la letra es la zeta»,
//! or the rest by keys. A piece that brings the value on is no failed try.

use super::{Interpreter, Wait};
use crate::{
    exchange::What,
    language::{Expect, ExpectedSlot, Found, Heard, HeardWord, Understood},
    value::{Kind, Value},
};

/// More words than any value has: what is longer is not kept.
const LONGEST: usize = 200;
/// Figures of an identity number that lacks only its letter: a NIE has one less.
const WITHOUT_LETTER: usize = 7;

/// The beginning of a value.
#[derive(Debug)]
pub(super) struct Begun {
    slot: String,
    /// As it was said; keys as figures, one a word.
    heard: Heard,
    /// The last piece brought the value on.
    onward: bool,
}

impl Begun {
    fn new(slot: String, heard: Heard, onward: bool) -> Self {
        Self { slot, heard, onward }
    }
}

/// Two pieces as one utterance, each word as sure as it was.
fn joined(first: &Heard, then: &Heard) -> Heard {
    let words = |heard: &Heard| -> Vec<HeardWord> {
        if heard.words.is_empty() {
            let word = |w: &str| HeardWord { text: w.to_owned(), confidence: heard.confidence };
            return heard.text.split_whitespace().map(word).collect();
        }
        heard.words.clone()
    };
    Heard {
        text: format!("{} {}", first.text, then.text),
        confidence: first.confidence.min(then.confidence),
        words: words(first).into_iter().chain(words(then)).collect(),
        alternatives: Vec::new(),
    }
}

/// Keys as they would be said.
fn as_said(keys: &str) -> Heard {
    let figures: Vec<String> = keys.chars().filter(char::is_ascii_digit).map(String::from).collect();
    Heard::text(figures.join(" "))
}

fn is_whole(found: &Found) -> bool {
    matches!(found, Found::Valid(_) | Found::Unclear(..))
}

impl Interpreter {
    /// What was meant, taken together with the beginning of the value asked for where only that makes sense.
    pub(super) fn understood(&mut self, heard: &Heard, expect: &Expect) -> Understood {
        let alone = self.language.understand(heard, expect);
        if matches!(self.wait, Wait::Opening) {
            return self.opening_understood(alone, heard, expect);
        }
        let Wait::Slot(slot) = &self.wait else {
            if !matches!(self.wait, Wait::Leave(_)) {
                self.begun = None;
            }
            return alone;
        };
        let slot = slot.clone();
        let begun = self.begun.take().filter(|b| b.slot == slot);
        let is = |u: &Understood, wanted: fn(&Found) -> bool| {
            u.slots.iter().any(|s| s.slot == slot && wanted(&s.found))
        };
        let unfinished = |found: &Found| matches!(found, Found::Unfinished);
        if is(&alone, is_whole) {
            return alone;
        }
        let first = begun.is_none();
        if let Some(begun) = begun {
            let whole = joined(&begun.heard, heard);
            let together = self.language.understand(&whole, expect);
            if is(&together, is_whole) {
                return together;
            }
            // More of it, or nothing of it («espere, que lo busco»): what was said stays.
            if is(&together, unfinished) && whole.text.chars().count() <= LONGEST {
                let more = is(&alone, unfinished) || self.figures(&whole) != self.figures(&begun.heard);
                let heard = if more { whole } else { begun.heard };
                self.begun = Some(Begun::new(slot, heard, more));
                return if more { together } else { alone };
            }
        }
        if is(&alone, unfinished) {
            self.begun = Some(Begun::new(slot, heard.clone(), first));
        }
        alone
    }

    /// At the opening the intent tells which dialog begins, and so what values can be of.
    fn opening_understood(&mut self, mut alone: Understood, heard: &Heard, expect: &Expect) -> Understood {
        let Some(dialog) = self.started_by(&alone) else { return alone };
        let names = super::floors::slots_of(&self.bot, dialog);
        let slots: Vec<ExpectedSlot> =
            expect.slots.iter().filter(|s| names.contains(s.name.as_str())).cloned().collect();
        if slots.len() < expect.slots.len() {
            let its_own = Expect { slots: slots.into(), ..expect.clone() };
            alone.slots = self.language.understand(heard, &its_own).slots;
        }
        alone
    }

    /// What keys mean that are no whole value: the rest of one that has been begun, by keys or by voice, or the
    /// beginning of one. `alone` is what they are by themselves.
    pub(super) fn keyed_on(&mut self, name: &str, keys: &str, alone: Found) -> Found {
        let Some(kind) = self.slot(name).map(|s| s.kind.clone()) else { return alone };
        let begun = self.begun.take().filter(|b| b.slot == name);
        let first = begun.is_none();
        let piece = as_said(keys);
        if piece.text.is_empty() {
            self.begun = begun;
            return alone;
        }
        if let Some(begun) = begun {
            let whole = joined(&begun.heard, &piece);
            let figures = self.figures(&whole).unwrap_or_default();
            let mut found = self.language.validate(&kind, &figures, self.now);
            if !is_whole(&found) {
                let expect = self.expect();
                let said = self.language.understand(&whole, &expect);
                let said = said.slots.into_iter().find(|s| s.slot == name).map(|s| s.found);
                found = said.filter(|s| is_whole(s) || found == Found::Invalid).unwrap_or(found);
            }
            match found {
                Found::Invalid => {}
                Found::Unfinished if whole.text.chars().count() > LONGEST => {}
                Found::Unfinished => {
                    self.begun = Some(Begun::new(name.to_owned(), whole, true));
                    return Found::Unfinished;
                }
                whole => return whole,
            }
        }
        if alone == Found::Unfinished {
            self.begun = Some(Begun::new(name.to_owned(), piece, first));
        }
        alone
    }

    /// The figures of what was said.
    fn figures(&self, heard: &Heard) -> Option<String> {
        const NAME: &str = "figures";
        let slot = ExpectedSlot {
            name: NAME.to_owned(),
            kind: Kind::Digits { min: 1, max: 64 },
            within: None,
            private: true,
        };
        let expect = Expect { now: self.now, slots: [slot].into(), asked: Some(0), ..Expect::default() };
        let found = self.language.understand(heard, &expect).slots.into_iter().find(|s| s.slot == NAME)?;
        match found.found {
            Found::Valid(Value::Digits(digits)) => Some(digits),
            _ => None,
        }
    }

    /// A value is not whole yet. A piece that brought it on is asked on from, or asked for its letter in the words of
    /// the next attempt; else it is a failed try.
    pub(super) fn unfinished(&mut self, name: &str) {
        self.note(What::Refused { slot: name.to_owned(), why: "unfinished" });
        let begun = self.begun.as_ref().filter(|b| b.slot == name && b.onward);
        let figures = begun.map(|b| self.figures(&b.heard).map_or(0, |f| f.len()));
        if let Some(figures) = figures {
            if figures >= WITHOUT_LETTER && self.slot(name).is_some_and(|s| s.kind == Kind::Nif) {
                *self.failed.entry(name.to_owned()).or_default() += 1;
                return self.ask_slot(name, None);
            }
            let prompt = self.phrase("go_on", &[]);
            self.say(prompt);
            return self.listen();
        }
        self.miss(Some("not_understood"));
    }
}
