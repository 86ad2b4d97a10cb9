//! A value said in pieces: «doce, treinta y cuatro…», and after the bot's next question «…la letra es la zeta».

use super::{Interpreter, Wait};
use crate::language::{Expect, Found, Heard, Understood};

/// More words than any value has: what is longer is not kept.
const LONGEST: usize = 200;

/// The beginning of a value.
#[derive(Debug)]
pub(super) struct Begun {
    slot: String,
    heard: Heard,
}

impl Interpreter {
    /// What was meant, taken together with the beginning of the value asked for where only that makes sense.
    pub(super) fn understood(&mut self, heard: &Heard, expect: &Expect) -> Understood {
        let alone = self.language.understand(heard, expect);
        let Wait::Slot(slot) = &self.wait else {
            self.begun = None;
            return alone;
        };
        let slot = slot.clone();
        let begun = self.begun.take().filter(|b| b.slot == slot);
        let is = |u: &Understood, wanted: fn(&Found) -> bool| {
            u.slots.iter().any(|s| s.slot == slot && wanted(&s.found))
        };
        let valid = |found: &Found| matches!(found, Found::Valid(_) | Found::Unclear(..));
        let unfinished = |found: &Found| matches!(found, Found::Unfinished);
        if is(&alone, valid) {
            return alone;
        }
        if let Some(begun) = begun {
            let whole = Heard {
                text: format!("{} {}", begun.heard.text, heard.text),
                confidence: begun.heard.confidence.min(heard.confidence),
                words: begun.heard.words.iter().chain(&heard.words).cloned().collect(),
                alternatives: Vec::new(),
            };
            let together = self.language.understand(&whole, expect);
            if is(&together, valid) {
                return together;
            }
            // More of it, or nothing of it («espere, que lo busco»): what was said stays.
            if is(&together, unfinished) && whole.text.chars().count() <= LONGEST {
                let heard = if is(&alone, unfinished) { whole } else { begun.heard };
                self.begun = Some(Begun { slot, heard });
                return alone;
            }
        }
        if is(&alone, unfinished) {
            self.begun = Some(Begun { slot, heard: heard.clone() });
        }
        alone
    }
}
