//! Corrections at any time: «no, mejor el viernes», «mejor la primera».

use super::{Done, Frame, Interpreter, refused};
use crate::{
    exchange::{Source, What},
    language::{Found, Understood},
    value::{Filter, Value},
};

/// Whether nothing that changed the world has been done since the name was first used. What a sub-dialog does counts
/// as done after the step that ran it; a digression is by itself.
fn undoable<'f>(frames: impl Iterator<Item = &'f Frame>, name: &str) -> bool {
    let mut used = false;
    for frame in frames {
        used &= !frame.block;
        for done in &frame.history {
            used |= done.reads.iter().any(|r| r == name);
            if used && done.lasting {
                return false;
            }
        }
    }
    true
}

impl Interpreter {
    /// Whether the words give a filled slot another value.
    pub(super) fn has_correction(&self, u: &Understood) -> bool {
        let (accept, sure) = (self.bot.centre.accept, self.bot.centre.sure);
        u.slots.iter().any(|s| match &s.found {
            Found::Valid(value) => {
                self.differs(&s.slot, value, u.correction)
                    && s.confidence >= accept
                    && (u.correction || s.confidence >= sure)
            }
            _ => false,
        })
    }

    /// Whether a value is another than the one that a slot has. A day that holds the hour that was chosen is the same
    /// said more widely, unless a cue says otherwise («sí, me va bien el jueves»).
    pub(super) fn differs(&self, name: &str, value: &Value, cued: bool) -> bool {
        self.data.get(name).is_some_and(|d| d.value != *value && (cued || !value.holds(&d.value)))
    }

    /// Gives a filled slot another value and goes back to the first step that used the old one.
    /// True if the slot or the place changed.
    pub(super) fn correct(&mut self, name: &str, value: Value, confidence: f32) -> bool {
        if !self.can_undo(name) {
            let sorry = self.phrase("too_late", &[]);
            self.say(sorry);
            return true;
        }
        let closed = self.slot(name).is_some_and(|s| refused(s, &value, self.now).is_some());
        if closed {
            // The old value is not what the citizen wants, the new one can't be had: ask.
            self.fill(name, value, (Source::Voice, confidence));
            self.data.remove(name);
            self.undo(name);
            return true;
        }
        self.fill(name, value.clone(), (Source::Voice, confidence));
        self.acknowledge(name, &value);
        self.undo(name);
        true
    }

    fn acknowledge(&mut self, name: &str, value: &Value) {
        let prompt = if self.is_private(name) {
            self.phrase("corrected_private", &[])
        } else {
            let text = match self
                .value(name)
                .filter(|_| matches!(value, Value::Item(_)))
                .as_ref()
                .unwrap_or(value)
            {
                Value::Item(item) => item.name.clone(),
                value => self.language.read_aloud(value, Filter::Spoken, self.now),
            };
            self.phrase("corrected", &[("value", Value::Text(text))])
        };
        self.say(prompt);
    }

    /// No step that changed the world stands between the first use of the name and now.
    pub(super) fn can_undo(&self, name: &str) -> bool {
        undoable(self.frames.iter(), name)
    }

    /// The same, leaving the frame at work out.
    pub(super) fn can_undo_below(&self, name: &str) -> bool {
        undoable(self.frames.iter().take(self.frames.len().saturating_sub(1)), name)
    }

    /// Goes back to the first step that read the name, in every frame that has one; what later steps
    /// saved is dropped.
    fn undo(&mut self, name: &str) {
        let frames = self.frames.len();
        self.undo_in(frames, |done| done.reads.iter().any(|r| r == name));
    }

    /// The same, leaving the frame at work where it is.
    pub(super) fn undo_below(&mut self, name: &str) {
        let frames = self.frames.len().saturating_sub(1);
        self.undo_in(frames, |done| done.reads.iter().any(|r| r == name));
    }

    /// Goes back to the first step that read the name, made it or asked for it.
    pub(super) fn undo_use(&mut self, name: &str) {
        let frames = self.frames.len();
        self.undo_in(frames, |done| done.uses(name));
    }

    fn undo_in(&mut self, mut frames: usize, uses: impl Fn(&Done) -> bool) {
        let mut dropped: Vec<String> = Vec::new();
        let mut index = 0;
        while let Some(frame) = self.frames.get_mut(index).filter(|_| index < frames) {
            index += 1;
            let Some(at) = frame.history.iter().position(&uses) else { continue };
            let undone = frame.history.split_off(at);
            if let Some(first) = undone.first() {
                frame.pc = first.pc;
                frame.resume = None;
            }
            let dialog = frame.dialog;
            for done in undone {
                self.heard.extend(done.told.map(|told| ((dialog, done.pc), told)));
                dropped.extend(done.writes);
            }
            // The sub-dialogs that one of these steps ran are undone with it. A digression goes on, and comes back
            // to where the frame stands now.
            let above = self.frames.iter().take(frames).skip(index).take_while(|f| !f.block).count();
            let left = self.frames.drain(index..index + above);
            dropped.extend(left.flat_map(|f| f.history).flat_map(|d| d.writes));
            frames -= above;
        }
        for name in dropped {
            self.data.remove(&name);
        }
    }

    /// Whether the option is the one chosen now.
    pub(super) fn is_chosen(&self, index: usize) -> bool {
        let option = self.offered.options.get(index);
        option.is_some() && option == self.data.get(&self.offered.var).map(|d| &d.value)
    }

    /// Another of the options offered before. None: it can't be had any more. True: it was said `outright`, as a
    /// correction by its cue and clearly enough to stand for a yes; false: it is to be confirmed again.
    pub(super) fn choose_otherwise(
        &mut self,
        index: usize,
        (confidence, outright): (f32, bool),
    ) -> Option<bool> {
        let value = self.offered.options.get(index).cloned()?;
        let var = self.offered.var.clone();
        if !self.can_undo(&var) {
            return None;
        }
        let place = self.frame().map(|f| f.pc);
        self.pick(index, (Source::Voice, confidence));
        self.undo_after_choice(&var);
        if !outright || confidence < self.bot.centre.sure || self.frame().map(|f| f.pc) != place {
            return Some(false);
        }
        let label = Self::label(&value);
        self.acknowledge(&var, &label);
        Some(true)
    }

    /// Steps after the choice that read it are done anew; the choice itself stays.
    fn undo_after_choice(&mut self, var: &str) {
        let kept = self.data.get(var).cloned();
        self.undo(var);
        if let Some(datum) = kept {
            self.data.insert(var.to_owned(), datum);
        }
    }

    /// A value that keys gave, in the record.
    pub(super) fn note_keys(&mut self, keys: &str, private: bool) {
        let keys = if private { "•".repeat(keys.chars().count().min(24)) } else { keys.to_owned() };
        self.note(What::Keyed { keys });
    }
}
