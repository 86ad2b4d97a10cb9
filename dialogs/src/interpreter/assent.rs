//! When a yes is a yes: before something is done on it, it must have been said plainly.

use super::{Interpreter, Wait};
use crate::{
    exchange::What,
    language::{Choice, Found, Heard, IN_DOUBT, SlotFound, Understood},
    model::Op,
    value::Value,
};

impl Interpreter {
    /// Whether the words agree so plainly that something may be done on it: nothing else is said that would change
    /// what was asked, and to consent no word negates.
    pub(super) fn agrees(&self, u: &Understood) -> bool {
        let yes = matches!(u.yes_no, Some((true, c)) if c >= self.bot.centre.act);
        let negates = u.negated && self.asks_consent();
        yes && !u.doubtful && !negates && !self.says_otherwise(u)
    }

    /// «sí, el jueves a las cinco y media»: a yes with nothing else than what is confirmed. With a «but» it is in doubt.
    fn repeats(&self, u: &Understood) -> bool {
        let yes = matches!(u.yes_no, Some((true, c)) if c > IN_DOUBT);
        let option = matches!(u.earlier_choice, Some((_, c)) if c >= self.bot.centre.sure);
        yes && option && !u.beside && !u.negated
    }

    /// Whether the words deny. A no to being recorded need not be plain: it costs nothing.
    pub(super) fn denies(&self, u: &Understood) -> bool {
        self.no_is_said(u) && (!u.doubtful || self.asks_consent())
    }

    /// Whether a no was heard, plain or not.
    pub(super) fn no_is_said(&self, u: &Understood) -> bool {
        matches!(u.yes_no, Some((false, c)) if c >= self.bot.centre.accept)
    }

    /// Whether the words give a filled slot another value, however unsure.
    fn says_otherwise(&self, u: &Understood) -> bool {
        let accept = self.bot.centre.accept;
        u.slots.iter().filter(|s| s.confidence >= accept).any(|s| match &s.found {
            Found::Valid(value) => self.differs(&s.slot, value, u.correction),
            _ => false,
        })
    }

    /// The part of a filled value that the answer to a confirmation or to options changes, as a correction of the whole.
    pub(super) fn amended(&self, mut u: Understood, heard: &Heard) -> Understood {
        let accept = self.bot.centre.accept;
        let picked = u.earlier_choice.iter().chain(&u.choice).any(|(_, c)| *c >= accept);
        if !(matches!(self.wait, Wait::Confirm | Wait::Unsure(_)) || self.is_choosing()) || picked {
            return u;
        }
        let changed = |(name, old): (&String, &Value)| {
            let value = self.language.amend(old, &heard.text)?;
            Some(SlotFound { slot: name.clone(), found: Found::Valid(value), confidence: heard.confidence })
        };
        let filled = self.data.iter().filter(|(name, _)| self.slot(name).is_some());
        let found = filled.map(|(name, d)| (name, &d.value)).find_map(changed);
        let other = |found: &SlotFound| {
            u.slots.iter().any(|s| s.slot != found.slot && matches!(s.found, Found::Valid(_)))
        };
        if let Some(found) = found.filter(|found| !other(found)) {
            u.slots.retain(|s| s.slot != found.slot);
            u.slots.push(found);
            u.correction = true;
        }
        u
    }

    pub(super) fn answer_confirm(&mut self, u: &Understood) {
        let (accept, act) = (self.bot.centre.accept, self.bot.centre.act);
        // A pick of what was offered before is no consent to anything.
        if let Some((Choice::One(index), confidence)) = u.earlier_choice.filter(|_| !self.asks_consent())
            && confidence >= accept
        {
            let same = self.is_chosen(index);
            // «mi vecina tiene la segunda»: who names another changes it where that is plain, or is said with a cue.
            if !same && !u.correction && confidence < act {
                return self.miss(Some("not_understood"));
            }
            if same && self.denies(u) {
                return self.denied();
            }
            // A word that negates is part of a cue of correction («no, espere, mejor…»), or may deny the option.
            let plain = !u.doubtful && (!u.negated || u.correction);
            match same {
                // Naming it is no yes: «el miércoles no puedo», «la de las nueve y media qué era».
                true if !self.repeats(u) => return self.miss(Some("not_understood")),
                true => return self.confirmed(),
                // «mejor la primera» says what is wanted; «la segunda» or «sí, la segunda» may ask.
                false => {
                    let outright = plain && u.correction && !matches!(u.yes_no, Some((true, _)));
                    match self.choose_otherwise(index, (confidence, outright)) {
                        Some(true) => return self.confirmed(),
                        Some(false) => return self.run(),
                        None => {}
                    }
                }
            }
        }
        if self.has_correction(u) {
            return self.otherwise(u);
        }
        if matches!(u.earlier_choice, Some((Choice::NoneFits, c)) if c >= accept) {
            return self.denied();
        }
        if self.agrees(u) {
            return self.confirmed();
        }
        if self.denies(u) {
            return self.denied();
        }
        self.otherwise(u);
    }

    pub(super) fn confirmed(&mut self) {
        self.note(What::Confirmed { yes: true });
        self.progress();
        if self.asks_consent() {
            self.consent(true);
        }
        self.done(Vec::new(), false);
        self.run();
    }

    pub(super) fn denied(&mut self) {
        self.note(What::Confirmed { yes: false });
        self.progress();
        if self.asks_consent() {
            self.consent(false);
        }
        let bot = self.bot.clone();
        let instr = self.frame().and_then(|f| bot.dialogs.get(f.dialog)?.program.get(f.pc));
        if let Some(Op::Confirm { if_denied, .. } | Op::Consent { if_denied, .. }) = instr.map(|i| &i.op) {
            self.goto(*if_denied);
        }
        self.run();
    }
}
