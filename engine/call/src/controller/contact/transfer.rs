//! Passing a call to a number: the far end calls it in our place (SIP REFER), and we hang up once that has worked.

use std::time::Duration;

use dialogs::{Handoff, Input};
use records::Outcome;

use super::{Contact, Stage};

/// Longest wait for somebody to answer where the handoff says none.
const PATIENCE: Duration = Duration::from_secs(30);

/// A number that the call is to be passed to.
pub(super) struct Transfer {
    number: String,
    limit: Duration,
    /// It has been asked for.
    asked: bool,
    /// The far end has said that it tries.
    tried: bool,
}

impl Transfer {
    /// None for a handoff to a queue.
    pub(super) fn of(handoff: &Handoff) -> Option<Transfer> {
        let limit = handoff.no_answer.unwrap_or(PATIENCE);
        handoff.number.clone().map(|number| Transfer { number, limit, asked: false, tried: false })
    }
}

impl Contact {
    /// The dialog's last words have sounded: the call is passed on, or it is over.
    pub(super) fn after_last_words(&mut self) {
        let Some(transfer) = self.transfer.as_mut().filter(|t| !t.asked) else {
            self.stage = Stage::Over;
            return;
        };
        transfer.asked = true;
        let (stack, leg, number, limit) =
            (self.p.stack.clone(), self.p.leg, transfer.number.clone(), transfer.limit);
        self.stage = Stage::Transferring;
        self.p.timeline.signal("transfer", Some(number.clone()));
        // A stack that is gone has ended the leg with it.
        tokio::spawn(async move { stack.refer(leg, &number, limit).await });
    }

    /// How it goes: below 200 it is tried, 2xx somebody has answered, else the call is still ours.
    pub(super) fn referred(&mut self, status: u16) {
        if self.stage != Stage::Transferring {
            return;
        }
        match status {
            0..200 => {
                if let Some(transfer) = self.transfer.as_mut() {
                    transfer.tried = true;
                }
                self.p.timeline.signal("transfer_tried", Some(status.to_string()));
            }
            200..300 => {
                self.p.timeline.signal("transferred", Some(status.to_string()));
                self.stage = Stage::Over;
            }
            _ => self.not_taken(status),
        }
    }

    fn not_taken(&mut self, status: u16) {
        self.p.timeline.signal("transfer_failed", Some(status.to_string()));
        self.transfer = None;
        self.outcome = None;
        self.stage = Stage::Live;
        self.feed(Input::NotTaken);
        let goes_on = self.question.is_some() || self.waiting.is_some() || self.speech.busy();
        if self.stage == Stage::Live && !goes_on {
            self.outcome = Some(Outcome { name: "failed".into(), handoff: self.handoff.clone() });
            self.stage = Stage::Over;
        }
    }

    /// The leg has ended meanwhile: a far end that tries may leave us before it says how that ended; one that does not
    /// has hung up.
    pub(super) fn left_while_transferring(&mut self) {
        let tried = self.transfer.as_ref().is_some_and(|t| t.tried);
        if self.stage == Stage::Transferring && !tried {
            self.outcome = Some(Outcome { name: "hung_up".into(), handoff: self.handoff.clone() });
        }
    }
}
