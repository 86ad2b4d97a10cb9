//! The program runs until it waits again.

use std::collections::BTreeMap;

use chrono::NaiveDateTime;

use super::{Datum, Done, Interpreter, MAX_CALLS, MAX_STEPS, Offered, Told, Wait};
use crate::{
    exchange::{Handoff, Output, ServiceCall, What},
    expr::{Path, Template},
    language::BargeIn,
    model::{Bot, CallStep, HandoffRule, Op, Operation},
    value::{Filter, Value},
};

/// Whether the program goes on by itself.
pub(super) enum Flow {
    On,
    Waits,
}

impl Interpreter {
    pub(super) fn run(&mut self) {
        for _ in 0..MAX_STEPS {
            if let Flow::Waits = self.step() {
                return;
            }
        }
        self.note(What::Runaway { steps: MAX_STEPS });
        self.frames.truncate(1);
        self.fail();
    }

    fn step(&mut self) -> Flow {
        let bot = self.bot.clone();
        let Some(frame) = self.frame() else {
            self.fail();
            return Flow::Waits;
        };
        let (dialog, pc) = (frame.dialog, frame.pc);
        let Some(instr) = bot.dialogs.get(dialog).and_then(|d| d.program.get(pc)) else {
            self.fail();
            return Flow::Waits;
        };
        // A limit or a wish to leave asks only about what it uses itself.
        let beside =
            !self.unsure.is_empty() && self.frames.iter().any(|f| f.block) && self.leads(dialog, pc).away();
        let uses = |slot: &String| !beside || instr.needs.contains(slot) || instr.reads.contains(slot);
        let due = self.unsure.iter().position(uses);
        if let Some(slot) = due.and_then(|at| self.unsure.remove(at)) {
            self.ask_unsure(&slot);
            return Flow::Waits;
        }
        let missing = instr.needs.iter().find(|n| !self.data.contains_key(*n));
        if let Some(missing) = missing.filter(|_| !self.lacks_consent(&instr.op)) {
            self.ask_slot(missing, None);
            return Flow::Waits;
        }
        self.act(&bot, &instr.op)
    }

    fn act(&mut self, bot: &Bot, op: &Op) -> Flow {
        match op {
            Op::Opening(_) => return self.back_to_opening(),
            Op::Collect(slots) => {
                if let Some(missing) = slots.iter().find(|s| !self.data.contains_key(*s)) {
                    self.ask_slot(missing, None);
                    return Flow::Waits;
                }
                self.done(Vec::new(), false);
            }
            Op::Say { text, barge_in } => {
                let told: Told =
                    text.all().flat_map(Template::values).map(|(path, _)| self.look(path)).collect();
                let place = self.frame().map(|f| (f.dialog, f.pc));
                let before = place.and_then(|place| self.heard.remove(&place));
                if before.as_ref() != Some(&told) {
                    let prompt = self.render(text, &[]);
                    self.say_with(prompt, *barge_in);
                }
                self.remember(Vec::new(), false, Some(told));
            }
            Op::Call(step) => return self.call(bot, step),
            Op::If(condition, otherwise) => {
                let yes = condition.holds(&|p: &Path| self.look(p), &|p: &Path| self.is_open_now(p));
                self.note(What::Decided { yes });
                self.done(Vec::new(), false);
                if !yes {
                    self.goto(*otherwise);
                }
            }
            Op::Jump(to) => self.goto(*to),
            Op::Goto(to) => self.leave_block(*to),
            Op::Choose(step) => {
                let options = match self.look(&step.from) {
                    Some(Value::List(options)) => options,
                    _ => Vec::new(),
                };
                if options.is_empty() {
                    self.goto(step.none_fits);
                    return Flow::On;
                }
                self.offered = Offered { var: step.var.clone(), options, said: 0 };
                self.ask_options(0, false);
                return Flow::Waits;
            }
            Op::Forget(names) => {
                self.done(Vec::new(), false);
                self.forget(names);
            }
            Op::Set(pairs) => self.set(pairs),
            Op::Run(step) => return self.run_dialog(step),
            Op::Confirm { .. } | Op::Consent { .. } => {
                self.ask_confirm();
                return Flow::Waits;
            }
            Op::Ask { slot, say } => return self.ask_anew(slot, say.as_ref()),
            Op::Split(step) => self.split(step),
            Op::Language(code) => {
                let code = self.exact(code).map(|v| v.to_string()).unwrap_or_default();
                self.change_language(&code);
                self.done(Vec::new(), false);
            }
            Op::Message { email, to, template, needs } => {
                self.message(*email, to, (template, needs.as_ref()));
                self.done(Vec::new(), true);
            }
            Op::Record(recording) => {
                self.record(*recording, None);
                self.done(Vec::new(), false);
            }
            Op::OpenCase(step) => return self.open_case(step),
            Op::NoteCase { of, text } => {
                self.note_case(of, text);
                self.done(Vec::new(), true);
            }
            Op::CaseState { of, state } => {
                self.case_state(of, *state);
                self.done(Vec::new(), true);
            }
            Op::Callback(step) => {
                self.callback(step);
                self.done(Vec::new(), true);
            }
            Op::Handoff { name, reason, say } => return self.handoff(name, reason, say.as_ref()),
            Op::End { outcome, say } => {
                if let Some(say) = say {
                    // Nothing can be answered any more: the last words are heard whole.
                    let prompt = self.render(say, &[]);
                    self.say_with(prompt, Some(BargeIn::Never));
                }
                self.break_promise();
                self.end(outcome);
                return Flow::Waits;
            }
            Op::Return => return self.give_back(),
        }
        Flow::On
    }

    /// The step is done: remember what it read and wrote, and go to the next.
    pub(super) fn done(&mut self, writes: Vec<String>, lasting: bool) {
        self.remember(writes, lasting, None);
    }

    fn remember(&mut self, writes: Vec<String>, lasting: bool, told: Option<Told>) {
        let Some(frame) = self.frames.last_mut() else { return };
        let pc = frame.pc;
        // Coming by again: what was done since then is done anew. A lasting step stays lasting.
        if let Some(at) = frame.history.iter().position(|d| d.pc == pc && !d.lasting) {
            let lasting: Vec<Done> = frame.history.split_off(at).into_iter().filter(|d| d.lasting).collect();
            frame.history.extend(lasting);
        }
        if frame.history.len() < MAX_STEPS as usize {
            let instr = self.bot.dialogs.get(frame.dialog).and_then(|d| d.program.get(pc));
            let (reads, asks) = instr.map(|i| (i.reads.clone(), i.op.asks().to_vec())).unwrap_or_default();
            frame.history.push(Done { pc, reads, writes, asks, lasting, told });
        }
        frame.pc = pc + 1;
    }

    /// A `goto` in a block goes on in the dialog that the block belongs to.
    fn leave_block(&mut self, to: usize) {
        let dialog = self.frame().map(|f| f.dialog);
        if self.frame().is_some_and(|f| f.block) {
            match self.frames.iter().rposition(|f| !f.block && Some(f.dialog) == dialog) {
                Some(at) => self.frames.truncate(at + 1),
                None => {
                    if let Some(frame) = self.frames.last_mut() {
                        frame.block = false;
                    }
                }
            }
        }
        if let Some(frame) = self.frames.last_mut() {
            frame.resume = None;
            frame.pc = to;
        }
    }

    fn back_to_opening(&mut self) -> Flow {
        self.wait = Wait::Opening;
        self.again(None);
        Flow::Waits
    }

    /// A dialog or a block has run out: back to what it was called from.
    fn give_back(&mut self) -> Flow {
        if self.frames.len() <= 1 {
            self.fail();
            return Flow::Waits;
        }
        let ended = self.frames.pop();
        if let Some(frame) = ended.filter(|f| !f.block) {
            self.note(What::Returned);
            self.keep_result(frame.dialog, frame.save);
            if let Some(ran) = self.frames.last_mut().and_then(|f| f.history.last_mut()) {
                ran.take_in(frame.history);
            }
        }
        self.resume()
    }

    /// Goes on with what was interrupted, or with the next step.
    pub(super) fn resume(&mut self) -> Flow {
        match self.frames.last_mut().and_then(|f| f.resume.take()) {
            Some(Wait::Slot(slot) | Wait::Unclear { slot, .. }) if self.data.contains_key(&slot) => Flow::On,
            Some(Wait::Reply { id, .. }) if self.has_come(id) => {
                self.go_on(id);
                Flow::On
            }
            Some(wait) => {
                self.wait = wait;
                self.again(None);
                Flow::Waits
            }
            None if self.frames.len() == 1 => {
                self.end("finished");
                Flow::Waits
            }
            None => Flow::On,
        }
    }

    pub(super) fn forget(&mut self, names: &[String]) {
        for name in names {
            self.data.remove(name);
            self.failed.remove(name);
            self.trouble.remove(name);
            self.unsure.retain(|s| s != name);
            if self.offered.var == *name {
                self.offered = Offered::default();
            }
        }
        self.note(What::Forgot { slots: names.to_vec() });
    }

    fn set(&mut self, pairs: &[(String, Template)]) {
        let mut names = Vec::new();
        for (name, template) in pairs {
            if let Some(value) = self.exact(template) {
                let private = self.has_private(template);
                self.data.insert(name.clone(), Datum { value, private });
                names.push(name.clone());
            }
        }
        self.done(names, false);
    }

    // ---- Services ----

    /// Counts what is asked of others between two questions; false: the dialog was stopped.
    pub(super) fn may_call(&mut self) -> bool {
        self.calls_in_a_row += 1;
        let may = self.calls_in_a_row <= MAX_CALLS;
        if !may {
            self.note(What::Runaway { steps: self.calls_in_a_row });
            self.frames.truncate(1);
            self.fail();
        }
        may
    }

    fn call(&mut self, bot: &Bot, step: &CallStep) -> Flow {
        let Some(operation) = bot.services.get(&step.service) else {
            self.fail();
            return Flow::Waits;
        };
        if !self.may_call() {
            return Flow::Waits;
        }
        let mut arguments = BTreeMap::new();
        let mut shown = BTreeMap::new();
        for (name, template) in &step.with {
            let value = self.exact(template).unwrap_or(Value::Text(String::new()));
            let private = self.has_private(template);
            let text = if private {
                self.language.read_aloud(&value, Filter::Masked, self.now)
            } else {
                value.to_string()
            };
            shown.insert(name.clone(), text);
            // A service takes one interval; what it finds in between is left out when it answers.
            arguments.insert(name.clone(), value.hull());
        }
        self.calls += 1;
        let call = self.request(operation, step, arguments);
        self.note(What::Called { service: step.service.clone(), call: call.id, arguments: shown });
        self.waits_for(call.id, self.call_until(&call));
        self.out.push(Output::Call(call));
        Flow::Waits
    }

    fn request(&self, op: &Operation, step: &CallStep, arguments: BTreeMap<String, Value>) -> ServiceCall {
        let value = |template: &Template| -> Value {
            let look =
                |p: &Path| p.fields.iter().try_fold(arguments.get(&p.root)?.clone(), |v, f| v.field(f));
            match template.as_path() {
                Some(path) => look(path).unwrap_or(Value::Text(String::new())),
                None => {
                    Value::Text(fill_in(template, &|p| look(p).map(|v| v.to_string()).unwrap_or_default()))
                }
            }
        };
        let path = |p: &Path| arguments.get(&p.root).map(|v| encode(&v.to_string())).unwrap_or_default();
        let mut url = fill_in(&op.path, &path);
        for (i, (name, template)) in op.query.iter().enumerate() {
            url.push(if i == 0 { '?' } else { '&' });
            url.push_str(&format!("{}={}", encode(name), encode(&value(template).to_string())));
        }
        let body = (!op.body.is_empty()).then(|| {
            let fields = op.body.iter().map(|(name, t)| (name.clone(), value(t).to_json()));
            serde_json::Value::Object(fields.collect())
        });
        ServiceCall {
            id: self.calls,
            service: step.service.clone(),
            method: op.method,
            base_env: op.base_env.clone(),
            base: op.base.clone(),
            path: url,
            body,
            token_env: op.token_env.clone(),
            idempotency_key: op.idempotent.then(|| format!("{}-{}", self.start.contact, self.calls)),
            timeout: op.timeout,
            retries: op.retries,
            while_waiting: step.while_waiting.as_ref().map(|(after, say)| (*after, self.render(say, &[]))),
            arguments,
        }
    }

    // ---- Handoff ----

    /// People were promised, nobody came, and nothing has been said since: nobody is hung up on without a word.
    fn break_promise(&mut self) {
        let Some(number) = self.promised.take() else { return };
        let prompt = match number {
            Some(number) => self.phrase("not_reached_number", &[("number", Value::Digits(number))]),
            None => self.phrase("not_reached", &[]),
        };
        self.say_with(prompt, Some(BargeIn::Never));
    }

    fn handoff(&mut self, name: &str, reason: &str, say: Option<&Template>) -> Flow {
        let bot = self.bot.clone();
        let mut ruling = self.ruling().into_iter();
        let found = ruling.find_map(|index| Some((index, bot.dialogs.get(index)?.handoffs.get(name)?)));
        let Some((index, rule)) = found else {
            self.fail();
            return Flow::Waits;
        };
        if let Some(addr) = rule.closed
            && !self.is_open(&bot, rule, self.now)
            && !std::mem::replace(&mut self.closed, true)
        {
            self.promised = Some(rule.number.clone());
            self.block(index, addr, None);
            return Flow::Waits;
        }
        let words = match say {
            Some(template) => self.render(template, &[]),
            None => self.phrase("handoff", &[]),
        };
        self.say(words);
        let handoff = self.brief(name, reason, rule);
        self.promised = Some(handoff.number.clone());
        let queue = handoff.number.clone().unwrap_or_else(|| handoff.queue.clone());
        self.note(What::HandedOff { queue, reason: reason.to_owned() });
        self.out.push(Output::Handoff(handoff));
        self.handed = rule.no_answer.map(|(_, addr)| (index, addr));
        self.end("handed_off");
        Flow::Waits
    }

    fn is_open(&self, bot: &Bot, rule: &HandoffRule, now: NaiveDateTime) -> bool {
        let hours = bot.centre.queues.get(&rule.queue).and_then(|q| q.hours.as_ref());
        hours.is_none_or(|h| h.is_open(now))
    }

    fn brief(&self, name: &str, reason: &str, rule: &HandoffRule) -> Handoff {
        let mut carried = BTreeMap::new();
        for what in &rule.carry {
            let value = match what.as_str() {
                "reason" => Some(Value::Text(reason.to_owned())),
                "summary" => Some(Value::Text(self.summary(reason))),
                "transcript" => {
                    let lines = self.transcript.iter();
                    Some(Value::List(
                        lines.map(|(who, text)| Value::Text(format!("{who}: {text}"))).collect(),
                    ))
                }
                "audio_offset" => {
                    let since = self.now - self.start.now;
                    Some(Value::Number(since.num_milliseconds() as f64 / 1000.0))
                }
                name => self.data.get(name).map(|d| d.value.clone()),
            };
            carried.extend(value.map(|v| (what.clone(), v)));
        }
        let whisper =
            rule.whisper.as_ref().map(|t| self.render(t, &[("reason", Value::Text(reason.to_owned()))]).text);
        Handoff {
            name: name.to_owned(),
            queue: rule.queue.clone(),
            number: rule.number.clone(),
            reason: reason.to_owned(),
            carried,
            whisper,
            no_answer: rule.no_answer.map(|(after, _)| after),
        }
    }

    /// What the contact was about, in a line; private values masked.
    fn summary(&self, reason: &str) -> String {
        let dialog =
            self.frames.iter().find_map(|f| self.bot.dialogs.get(f.dialog).filter(|d| !d.about.is_empty()));
        let mut out = dialog.map(|d| d.about.clone()).unwrap_or_default();
        for (name, datum) in &self.data {
            if self.slot(name).is_none() {
                continue;
            }
            let text = match &datum.value {
                value if datum.private => self.language.read_aloud(value, Filter::Masked, self.now),
                Value::Item(item) => item.name.clone(),
                value => self.language.read_aloud(value, Filter::Spoken, self.now),
            };
            out.push_str(&format!(" {name}: {text}."));
        }
        out.push_str(&format!(" Motivo: {reason}."));
        out.trim().to_owned()
    }
}

fn fill_in(template: &Template, value: &dyn Fn(&Path) -> String) -> String {
    template
        .parts
        .iter()
        .map(|part| match part {
            crate::expr::Part::Text(text) => text.clone(),
            crate::expr::Part::Value { path, .. } => value(path),
            crate::expr::Part::Mark(_) => String::new(),
        })
        .collect()
}

/// Percent-encodes everything but RFC 3986's unreserved characters.
pub(crate) fn encode(text: &str) -> String {
    let mut out = String::new();
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || b"-._~".contains(&byte) {
            out.push(char::from(byte));
        } else {
            out.push_str(&format!("%{byte:02X}"));
        }
    }
    out
}
