//! The caller's keys.

use super::super::keys::Pressed;
use super::super::{Action, Actions, EndReason, FRAME_MS, Ignored, StoppedBy, frames};
use super::{Bot, Turns};

/// How much longer than between two keys the words that follow keys are waited for, in ms.
const WORDS_AFTER_KEYS_MS: u32 = 8000;

impl Turns {
    /// The bot need not finish its word until the key is released.
    pub(super) fn key_down(&mut self, out: &mut Actions) {
        let wanted = self.question.is_some_and(|q| q.keypad.is_some());
        if wanted && self.due_end_key().is_none() && self.keys_may_interrupt() {
            self.quiet = 0;
            self.stop_for_keys(out);
        }
    }

    pub(super) fn stop_for_keys(&mut self, out: &mut Actions) {
        if self.bot != Bot::Silent {
            self.bot = Bot::Silent;
            out.push(Action::StopPrompt(StoppedBy::Keys));
        }
    }

    /// The end key that would still belong to the answer before, if it came now.
    fn due_end_key(&self) -> Option<char> {
        let (key, since) = self.end_key_due?;
        (self.now.wrapping_sub(since) < frames(self.settings.inter_key_ms)).then_some(key)
    }

    pub(super) fn key(&mut self, key: char, out: &mut Actions) {
        if self.due_end_key() == Some(key) {
            self.end_key_due = None;
            return;
        }
        self.end_key_due = None;
        let Some(keypad) = self.question.and_then(|q| q.keypad) else {
            out.push(Action::StrayKey(key));
            return;
        };
        (self.quiet, self.talk) = (0, 0);
        self.keyed.last = self.now;
        let first = self.keyed.keys.is_empty();
        if !self.keyed.complete {
            match self.keyed.keys.press(key, &keypad) {
                Pressed::Cleared => return self.stop_prompt_for_keys(out),
                Pressed::More => {}
                Pressed::Whole => self.keyed.complete = true,
            }
            if self.keyed.complete && keypad.digits.is_some() {
                self.end_key_due = keypad.end.filter(|end| *end != key).map(|end| (end, self.now));
            }
        }
        if self.keyed.keys.is_empty() {
            // The end key alone, or no key at all, says nothing.
            out.push(Action::StrayKey(key));
            return;
        }
        if !self.keys_may_interrupt() {
            return;
        }
        self.stop_for_keys(out);
        self.keys_follow(first, out);
        self.keys_if_complete(out);
    }

    fn stop_prompt_for_keys(&mut self, out: &mut Actions) {
        if self.keys_may_interrupt() {
            self.stop_for_keys(out);
        }
    }

    /// Who keys does not mean what is heard meanwhile, unless it was the beginning of a number and these are the
    /// `first` keys that end it.
    pub(super) fn keys_follow(&mut self, first: bool, out: &mut Actions) {
        if let Some(judging) = self.judging.as_mut() {
            judging.begins |= first && judging.unfinished && !judging.open_floor;
            judging.stale |= !judging.begins;
        }
        let Some(speaking) = self.speaking else { return };
        if first && self.judging.is_none() && speaking.gist.is_some_and(|g| g.open_ended) {
            let silence = self.now.wrapping_sub(speaking.last_voice);
            self.end_utterance(&speaking, EndReason::Keys, false);
            out.push(Action::EndOfTurn {
                utterance: speaking.id,
                question: self.question_id(),
                reason: EndReason::Keys,
                silence_ms: silence * FRAME_MS,
                open_floor: false,
            });
        } else {
            self.speaking = None;
            self.gate.clear();
            out.push(Action::Discard { utterance: speaking.id });
            out.push(Action::Ignored { utterance: speaking.id, why: Ignored::Keys });
        }
    }

    pub(super) fn keys_if_paused(&mut self, out: &mut Actions) {
        if self.keyed.keys.is_empty() {
            return;
        }
        let waited = self.now.wrapping_sub(self.keyed.last);
        let own = self.question.and_then(|q| q.keypad).and_then(|k| k.between_ms);
        let between = own.unwrap_or(self.settings.inter_key_ms);
        let speaks = self.speaking.is_some() || self.judging.is_some();
        let more = if speaks && !self.keyed.complete { WORDS_AFTER_KEYS_MS } else { 0 };
        if waited >= frames(between + more) {
            self.keyed.complete = true;
            self.keys_if_complete(out);
        }
    }

    /// Keys that are fewer than the question takes may end what was said before them; as many are the answer alone.
    pub(super) fn keys_if_complete(&mut self, out: &mut Actions) {
        let awaited = self.judging.is_some_and(|j| j.begins);
        if !self.keyed.complete || awaited || self.bot != Bot::Silent {
            return;
        }
        let Some(question) = self.question else { return };
        let keys = self.keyed.keys;
        if question.keypad.is_some_and(|keypad| keys.are_whole(&keypad)) {
            self.drop_held(Ignored::Keys, out);
        }
        for held in self.held.take() {
            out.push(Action::Part { utterance: held.id, question: question.id });
        }
        self.answered(out);
        out.push(Action::Keyed { question: question.id, keys });
    }
}
