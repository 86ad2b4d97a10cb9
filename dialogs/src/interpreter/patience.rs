//! Who needs a moment gets it: «espere, que lo busco» is waited for, and «ajá» is no failed try.

use std::time::Duration;

use super::{Interpreter, Wait};
use crate::{exchange::What, language::Understood};

/// How long the bot waits for who has asked for time before it asks again, and then once more.
pub(super) const PATIENCE: Duration = Duration::from_secs(20);
/// Waits of this length after a request for time.
const WAITS: u8 = 2;

impl Interpreter {
    /// The citizen asks for a moment, and says nothing that answers.
    pub(super) fn asks_for_time(&self, u: &Understood) -> bool {
        let listening = !matches!(self.wait, Wait::Reply { .. } | Wait::Citizen | Wait::Over);
        u.wants_time && listening && !self.answers(u) && !self.has_correction(u)
    }

    /// «Sin prisa, le espero.»
    pub(super) fn give_time(&mut self) {
        self.patience = WAITS;
        self.note(What::Waits);
        let prompt = self.phrase("take_your_time", &[]);
        self.say(prompt);
        self.listen();
    }

    /// The time given is over: the question again, without an apology. False: no time was given.
    pub(super) fn time_is_over(&mut self) -> bool {
        let Some(left) = self.patience.checked_sub(1) else { return false };
        self.patience = left;
        self.again(None);
        true
    }

    /// Words that only accompany are waited through the first time: the question again, as if it had just been asked.
    pub(super) fn waits_through(&mut self) -> bool {
        if !self.accompanied || std::mem::replace(&mut self.waited, true) {
            return false;
        }
        self.again(None);
        true
    }
}
