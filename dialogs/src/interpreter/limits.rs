//! The rules that hold at any time: limits, emergencies, and the blocks that they run.

use super::{Frame, Interpreter, MAX_NESTED, Wait};
use crate::{
    exchange::What,
    model::{Action, Addr, Dialog},
};

impl Interpreter {
    /// Dialogs whose rules hold now, the innermost first. Before any dialog has begun, those that can
    /// begin lend theirs: a person is reachable from the first word on.
    pub(super) fn ruling(&self) -> Vec<usize> {
        // The centre's own come last, also while one of them is at work.
        let mut out: Vec<usize> = self.frames.iter().rev().map(|f| f.dialog).filter(|d| *d != 0).collect();
        out.push(0);
        let begun = |f: &Frame| self.bot.dialogs.get(f.dialog).is_some_and(|d| !d.start_on.is_empty());
        if !self.frames.iter().any(begun) {
            out.extend(self.bot.startable().map(|(i, _)| i));
        }
        let mut seen = Vec::new();
        out.retain(|d| {
            let new = !seen.contains(d);
            seen.push(*d);
            new
        });
        out
    }

    /// The first rule that holds now, with its dialog.
    pub(super) fn rule<T>(&self, find: impl Fn(&Dialog) -> Option<T>) -> Option<(usize, T)> {
        self.ruling().into_iter().find_map(|i| Some((i, find(self.bot.dialogs.get(i)?)?)))
    }

    pub(super) fn always(&self, intent: &str) -> Option<(usize, Action)> {
        self.rule(|d| d.always.get(intent).cloned())
    }

    /// Runs a block beside the main steps; when it runs out, what was asked is asked again.
    pub(super) fn block(&mut self, dialog: usize, addr: Addr, resume: Option<Wait>) {
        if let Some(at) = self.open_block(dialog, addr) {
            // Come by again: what was opened since then is left, and what it interrupted goes on after it.
            self.frames.truncate(at);
            self.frames.push(Frame::new(dialog, addr, true));
            return self.run();
        }
        let first = self.frames.iter().position(|f| f.block);
        if let Some(first) = first.filter(|_| self.frames.len() >= MAX_NESTED) {
            self.frames.truncate(first);
            self.asking = self.asking.take().filter(|a| a.frames <= first);
        } else if let Some(frame) = self.frames.last_mut() {
            frame.resume = resume;
        }
        self.frames.push(Frame::new(dialog, addr, true));
        self.run();
    }

    /// Where a block is being run already.
    pub(super) fn open_block(&self, dialog: usize, addr: Addr) -> Option<usize> {
        self.frames.iter().position(|f| f.block && (f.dialog, f.start) == (dialog, addr))
    }

    /// Whether the citizen is in this block now, with no other opened since.
    pub(super) fn in_block(&self, dialog: usize, addr: Addr) -> bool {
        let last = self.frames.iter().rposition(|f| f.block);
        last.is_some() && last == self.open_block(dialog, addr)
    }

    pub(super) fn silence(&mut self) {
        if self.time_is_over() {
            return;
        }
        self.silences += 1;
        self.note(What::Silence { count: self.silences });
        if let Wait::Danger(doubt) = self.wait.clone() {
            return self.unanswered_danger(*doubt, true);
        }
        if let Some((dialog, (_, tries, addr))) = self.rule(|d| d.limits.no_input)
            && self.silences >= tries
        {
            self.silences = 0;
            return self.limit(dialog, addr);
        }
        self.again(Some("not_heard"));
    }

    /// A limit is reached. Where its own block is what asks, there is nobody to be helped by it.
    pub(super) fn limit(&mut self, dialog: usize, addr: Addr) {
        if self.open_block(dialog, addr).is_some() {
            return self.fail();
        }
        let resume = Some(self.wait.clone());
        self.block(dialog, addr, resume);
    }

    /// What was said is no answer.
    pub(super) fn miss(&mut self, why: Option<&'static str>) {
        if std::mem::take(&mut self.spared) {
            return self.again(None);
        }
        if self.waits_through() {
            return;
        }
        self.misses += 1;
        self.note(What::NotUnderstood { count: self.misses });
        if let Some((dialog, (tries, addr))) = self.rule(|d| d.limits.no_match)
            && self.misses >= tries
        {
            self.misses = 0;
            return self.limit(dialog, addr);
        }
        self.again(why);
    }
}
