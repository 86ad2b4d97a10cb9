//! Steps that reach beyond the conversation, and the rules that hold at any time.

use std::{collections::BTreeMap, sync::Arc};

use super::{Asking, Datum, Frame, Interpreter, MAX_FRAMES, run::Flow};
use crate::{
    exchange::{Callback, Case, CaseState, Email, Output, Recording, Sms, What},
    expr::{Path, Template},
    model::{CallbackStep, Op, OpenCaseStep, Pack, RunStep, Slot, SplitStep},
    value::{Filter, Kind, Value},
};

/// The slowest and the fastest that a citizen can make the voice.
const RATES: (f32, f32) = (0.6, 1.6);

impl Interpreter {
    // ---- Languages ----

    pub(super) fn pack(&self) -> Option<&Pack> {
        self.bot.packs.get(self.pack.as_ref()?)
    }

    /// The code of the language spoken now: the centre's, until the citizen or the dialog changes it.
    pub fn spoken_language(&self) -> &str {
        self.pack.as_deref().unwrap_or("es")
    }

    pub(super) fn change_language(&mut self, code: &str) {
        if code == self.spoken_language() {
            return;
        }
        let home = code == "es";
        let known = home || self.bot.packs.contains_key(code);
        let Some(language) = self.language.in_language(code).filter(|_| known) else {
            return self.note(What::Ignored { input: format!("language {code}") });
        };
        self.language = language;
        self.pack = (!home).then(|| code.to_owned());
        self.note(What::Language { language: code.to_owned() });
        self.out.push(Output::Language(code.to_owned()));
    }

    /// The value of a name in the language spoken now.
    pub(super) fn value(&self, name: &str) -> Option<Value> {
        let value = self.data.get(name)?.value.clone();
        let Some(pack) = self.pack() else { return Some(value) };
        Some(match (&value, self.slot(name).map(|s| &s.kind)) {
            (Value::Item(item), Some(Kind::List(list))) => {
                let there = pack.catalogues.get(&list.name).and_then(|c| c.item(&item.id));
                there.cloned().map_or(value, Value::Item)
            }
            (Value::Article(article), Some(Kind::Knowledge(known))) => {
                let there = pack.knowledge.get(&known.name).and_then(|k| k.article(&article.id));
                there.cloned().map_or(value, Value::Article)
            }
            _ => value,
        })
    }

    /// The same value in the centre's language: how it is kept.
    pub(super) fn at_home(&self, slot: &Slot, value: Value) -> Value {
        match (&value, &slot.kind) {
            (Value::Item(item), Kind::List(list)) => list.item(&item.id).cloned().map_or(value, Value::Item),
            (Value::Article(article), Kind::Knowledge(known)) => {
                known.article(&article.id).cloned().map_or(value, Value::Article)
            }
            _ => value,
        }
    }

    // ---- Rules that hold at any time ----

    /// Speaks slower or faster from now on, and says the last words again so.
    pub(super) fn speak(&mut self, times: f32) {
        self.rate = if times == 1.0 { 1.0 } else { (self.rate * times).clamp(RATES.0, RATES.1) };
        for prompt in &mut self.last {
            let prompt = Arc::make_mut(prompt);
            for piece in &mut prompt.speech {
                piece.rate = self.rate;
            }
            prompt.audio = None;
        }
        self.repeat();
    }

    /// Takes the last answer back and asks for it again. In a digression, an answer given there; where there is
    /// none, the digression is left.
    pub(super) fn back(&mut self) {
        let base = self.frames.iter().rposition(|f| f.block).unwrap_or_default();
        let last = self.given.iter().rev();
        let mut last =
            last.filter(|n| self.data.contains_key(*n) && self.can_undo(n) && self.used_since(base, n));
        if let Some(name) = last.next().cloned() {
            self.given.retain(|n| *n != name);
            self.data.remove(&name);
            self.unsure.retain(|s| *s != name);
            self.trouble.remove(&name);
            self.note(What::TakenBack { slot: name.clone() });
            self.undo_use(&name);
            return self.run();
        }
        match self.frames.iter().rposition(|f| f.resume.is_some()) {
            Some(at) => {
                self.frames.truncate(at + 1);
                if let Flow::On = self.resume() {
                    self.run();
                }
            }
            None => self.repeat(),
        }
    }

    /// Whether a frame from this one on has used the name, or stands at a step that does.
    fn used_since(&self, base: usize, name: &str) -> bool {
        self.frames.iter().skip(base).any(|frame| {
            let here = self.bot.dialogs.get(frame.dialog).and_then(|d| d.program.get(frame.pc));
            let here =
                here.is_some_and(|i| i.reads.iter().chain(&i.needs).chain(i.op.asks()).any(|n| n == name));
            here || frame.history.iter().any(|done| done.uses(name))
        })
    }

    pub(super) fn is_open_now(&self, path: &Path) -> bool {
        self.bot.calendars.get(&path.written()).is_some_and(|c| c.is_open(self.now))
    }

    // ---- Steps ----

    pub(super) fn run_dialog(&mut self, step: &RunStep) -> Flow {
        if self.frames.len() >= MAX_FRAMES {
            self.fail();
            return Flow::Waits;
        }
        for (name, template) in &step.with {
            let private = self.has_private(template);
            match self.exact(template) {
                Some(value) => {
                    self.data.insert(name.clone(), Datum { value, private });
                }
                None => {
                    self.data.remove(name);
                }
            }
        }
        self.done(step.save.iter().cloned().collect(), false);
        self.heard.retain(|(dialog, _), _| *dialog != step.dialog);
        let mut frame = Frame::new(step.dialog, 0, false);
        frame.save.clone_from(&step.save);
        self.frames.push(frame);
        self.note(What::Began);
        Flow::On
    }

    /// What the dialog returned, under the name that the other gave it.
    pub(super) fn keep_result(&mut self, dialog: usize, save: Option<String>) {
        let returned = self.bot.dialogs.get(dialog).and_then(|d| d.returns.clone());
        if let (Some(name), Some(returned)) = (save, returned)
            && let Some(datum) = self.data.get(&returned).cloned()
        {
            self.data.insert(name, datum);
        }
    }

    /// Empties a slot and asks for it; once it is filled, the step is done.
    pub(super) fn ask_anew(&mut self, slot: &str, say: Option<&Template>) -> Flow {
        let here = (self.frames.len(), self.frame().map(|f| f.pc).unwrap_or_default());
        if let Some(asking) = self.asking.take_if(|a| (a.frames, a.pc) == here)
            && let Some(value) = self.data.get(slot).map(|d| d.value.clone())
        {
            self.done(Vec::new(), false);
            if asking.old.is_some_and(|old| old != value) {
                self.undo_below(slot);
            }
            return Flow::On;
        }
        if !self.can_undo_below(slot) {
            let sorry = self.phrase("too_late", &[]);
            self.say(sorry);
            self.done(Vec::new(), false);
            return Flow::On;
        }
        if let Some(say) = say {
            let prompt = self.render(say, &[]);
            self.say(prompt);
        }
        let old = self.data.remove(slot).map(|d| d.value);
        self.asking = Some(Asking { frames: here.0, pc: here.1, old });
        self.ask_slot(slot, None);
        Flow::Waits
    }

    /// Which way goes by the contact's id, so that it is the same however often the step is come by.
    pub(super) fn split(&mut self, step: &SplitStep) {
        let whole: u64 = step.ways.iter().map(|(_, share, _)| u64::from(*share)).sum();
        let mut left = hash(&[&step.name, &self.start.contact]) % whole.max(1);
        let way = step.ways.iter().find(|(_, share, _)| {
            let here = left < u64::from(*share);
            left = left.saturating_sub(u64::from(*share));
            here
        });
        let Some((way, _, to)) = way.or(step.ways.last()) else { return self.fail() };
        self.note(What::Split { name: step.name.clone(), way: way.clone() });
        self.done(Vec::new(), false);
        self.goto(*to);
    }

    /// Whether a step sends a message that the citizen has not agreed to: nothing is asked for it then.
    pub(super) fn lacks_consent(&self, op: &Op) -> bool {
        matches!(op, Op::Message { needs: Some(needs), .. } if !self.has_agreed(needs))
    }

    fn has_agreed(&self, needs: &Path) -> bool {
        self.look(needs) == Some(Value::YesNo(true))
    }

    pub(super) fn message(&mut self, email: bool, to: &Template, (name, needs): (&str, Option<&Path>)) {
        if let Some(needs) = needs.filter(|n| !self.has_agreed(n)) {
            return self.note(What::NotSent { needs: needs.written() });
        }
        let bot = self.bot.clone();
        let Some(template) = bot.centre.templates.get(name) else { return };
        let needs = to.written.clone();
        let to = self.exact(to).map(|v| v.to_string()).unwrap_or_default();
        if to.is_empty() {
            return self.note(What::NotSent { needs });
        }
        let text = self.render(&template.text, &[]).text;
        let subject = template.subject.as_ref().map(|t| self.render(t, &[]).text).unwrap_or_default();
        let template = name.to_owned();
        self.note(What::Sent { template: template.clone() });
        self.out.push(if email {
            Output::Email(Email { to, template, subject, text })
        } else {
            Output::Sms(Sms { to, template, text })
        });
    }

    pub(super) fn callback(&mut self, step: &CallbackStep) {
        let to = self.exact(&step.to).map(|v| v.to_string()).unwrap_or_default();
        let when = match step.when.as_ref().and_then(|t| self.exact(t)) {
            Some(value) => match value.hull() {
                Value::Range { from, to } => Some((from, to)),
                _ => None,
            },
            _ => None,
        };
        self.note(What::Callback { queue: step.queue.clone(), reason: step.reason.clone() });
        let (queue, reason) = (step.queue.clone(), step.reason.clone());
        self.out.push(Output::Callback(Callback { to, queue, when, reason }));
    }

    /// The answer to whether the call may be recorded.
    pub(super) fn consent(&mut self, yes: bool) {
        self.record(if yes { Recording::Start } else { Recording::Stop }, Some(yes));
    }

    // ---- Cases ----

    pub(super) fn open_case(&mut self, step: &OpenCaseStep) -> Flow {
        if !self.may_call() {
            return Flow::Waits;
        }
        let mut fields = BTreeMap::new();
        let mut private = Vec::new();
        for (name, template) in &step.with {
            if self.has_private(template) {
                private.push(name.clone());
            }
            fields.extend(self.exact(template).map(|v| (name.clone(), v)));
        }
        self.calls += 1;
        let until = self.now.checked_add_signed(chrono::TimeDelta::seconds(10)).unwrap_or(self.now);
        self.waits_for(self.calls, until);
        self.out.push(Output::Case(Case::Open { id: self.calls, kind: step.kind.clone(), fields, private }));
        Flow::Waits
    }

    fn case_code(&self, of: &str) -> Option<String> {
        match self.data.get(of)?.value.field("codigo")? {
            Value::Text(code) => Some(code),
            other => Some(other.to_string()),
        }
    }

    pub(super) fn note_case(&mut self, of: &str, text: &Template) {
        let Some(case) = self.case_code(of) else { return };
        // A note is read by people who may not see what is private.
        let text = self.render(text, &[]).record;
        self.note(What::Case { done: "note", of: case.clone(), error: None });
        self.out.push(Output::Case(Case::Note { case, text }));
    }

    pub(super) fn case_state(&mut self, of: &str, state: CaseState) {
        let Some(case) = self.case_code(of) else { return };
        self.note(What::Case { done: "state", of: format!("{case}: {}", state.name()), error: None });
        self.out.push(Output::Case(Case::State { case, state }));
    }

    /// Whether the program stands at a question of consent.
    pub(super) fn asks_consent(&self) -> bool {
        let instr = self.frame().and_then(|f| self.bot.dialogs.get(f.dialog)?.program.get(f.pc));
        matches!(instr.map(|i| &i.op), Some(Op::Consent { .. }))
    }

    /// A value in words, as it is said back to the citizen.
    pub(super) fn said_back(&self, name: &str, value: &Value) -> String {
        let how = match value {
            Value::Nif(_) | Value::Digits(_) => Filter::Grouped,
            _ => Filter::Spoken,
        };
        match self.value(name).filter(|_| matches!(value, Value::Item(_))).as_ref().unwrap_or(value) {
            Value::Item(item) => item.name.clone(),
            value => self.language.read_aloud(value, how, self.now),
        }
    }

    /// The language spoken now.
    pub fn language(&self) -> Arc<dyn crate::Language> {
        self.language.clone()
    }
}

/// FNV-1a over texts: the same on every machine.
fn hash(texts: &[&str]) -> u64 {
    let mut out = 0xcbf2_9ce4_8422_2325_u64;
    for byte in texts.iter().flat_map(|t| t.bytes().chain([0])) {
        out = (out ^ u64::from(byte)).wrapping_mul(0x100_0000_01b3);
    }
    // Mixed once more: the low bits decide.
    (out ^ (out >> 33)).wrapping_mul(0xff51_afd7_ed55_8ccd) >> 33
}
