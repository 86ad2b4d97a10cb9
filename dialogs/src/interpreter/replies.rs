//! What services and the records answer: in time, while something else is asked, or after the citizen has gone.

use chrono::{NaiveDateTime, NaiveTime};

use super::{Datum, Interpreter, Wait};
use crate::{
    exchange::{CallError, Entry, Output, Saved, What},
    json::Json,
    model::{Addr, Bot, CallStep, Op, OpenCaseStep},
    value::Value,
};

/// Characters of a saved value that a note holds.
const LONGEST: usize = 1_000;

/// Something that was asked of others.
#[derive(Debug, Clone, Copy)]
pub(super) struct UnderWay {
    /// The step: dialog and place.
    step: (usize, Addr),
    /// It has come while something else was asked, and this is how it went.
    came: Option<bool>,
}

/// The step that asked.
#[derive(Clone, Copy)]
enum Asked<'b> {
    Service(&'b CallStep),
    Case(&'b OpenCaseStep),
}

impl Asked<'_> {
    fn of(bot: &Bot, (dialog, pc): (usize, Addr)) -> Option<Asked<'_>> {
        match &bot.dialogs.get(dialog)?.program.get(pc)?.op {
            Op::Call(step) => Some(Asked::Service(step)),
            Op::OpenCase(step) => Some(Asked::Case(step)),
            _ => None,
        }
    }

    /// Whether it changes something outside.
    fn changes(self, bot: &Bot) -> bool {
        match self {
            Self::Service(step) => bot.services.get(&step.service).is_none_or(|op| !op.is_safe()),
            Self::Case(_) => true,
        }
    }
}

impl Interpreter {
    /// The step at work waits for this reply.
    pub(super) fn waits_for(&mut self, call: u64, until: NaiveDateTime) {
        if let Some(step) = self.frame().map(|f| (f.dialog, f.pc)) {
            self.under_way.insert(call, UnderWay { step, came: None });
        }
        self.wait = Wait::Reply { id: call, until };
    }

    pub(super) fn reply(&mut self, call: u64, result: Result<Json, CallError>) {
        if !matches!(self.wait, Wait::Reply { id, .. } if id == call) {
            return self.reply_beside(call, result);
        }
        if self.take(call, result).is_none() {
            return self.fail();
        }
        self.go_on(call);
        self.run();
    }

    /// A reply that nothing waits for now. What changes something is noted and kept; no step follows, unless the step
    /// that asked goes on later.
    pub(super) fn reply_beside(&mut self, call: u64, result: Result<Json, CallError>) {
        let over = matches!(self.wait, Wait::Over);
        let resumed = |f: &super::Frame| matches!(f.resume, Some(Wait::Reply { id, .. }) if id == call);
        let goes_on = !over && (self.frames.iter().any(resumed) || self.danger_holds(call));
        let open = self.under_way.get(&call).copied().filter(|open| open.came.is_none());
        let asked = open.and_then(|open| Asked::of(&self.bot, open.step));
        if !asked.is_some_and(|asked| goes_on || asked.changes(&self.bot)) {
            if !over {
                self.note(What::Ignored { input: "reply".into() });
            }
            return;
        }
        self.take(call, result);
        if !goes_on {
            self.under_way.remove(&call);
        }
    }

    /// Whether a reply came while something else was asked.
    pub(super) fn has_come(&self, call: u64) -> bool {
        self.under_way.get(&call).is_some_and(|open| open.came.is_some())
    }

    /// Notes a reply and keeps what it saves. None where it belongs to no step.
    fn take(&mut self, call: u64, result: Result<Json, CallError>) -> Option<()> {
        let bot = self.bot.clone();
        let place = self.under_way.get(&call)?.step;
        let (what, saved) = match Asked::of(&bot, place)? {
            Asked::Service(step) => self.of_service(&bot, step, (call, result))?,
            Asked::Case(step) => of_case(step, result),
        };
        let good = match &what {
            What::Replied { error, .. } | What::Case { error, .. } => error.is_none(),
            _ => false,
        };
        let at = bot.dialogs.get(place.0);
        let step = at.and_then(|d| d.program.get(place.1)).map(|i| i.label.clone()).unwrap_or_default();
        let dialog = at.map(|d| d.name.clone()).unwrap_or_default();
        self.out.push(Output::Note(Entry { dialog, step, what }));
        if let Some((name, value)) = saved {
            self.data.insert(name, Datum { value, private: false });
        }
        self.under_way.get_mut(&call)?.came = Some(good);
        Some(())
    }

    fn of_service(
        &self,
        bot: &Bot,
        step: &CallStep,
        (call, result): (u64, Result<Json, CallError>),
    ) -> Option<(What, Option<(String, Value)>)> {
        let operation = bot.services.get(&step.service)?;
        let value = match result {
            Ok(json) => {
                operation.returns.read(&json, bot.zone()).map_err(|what| format!("not as declared: {what}"))
            }
            Err(error) => Err(error.to_string()),
        };
        let (value, error) = match value {
            Ok(value) => (Some(value), None),
            Err(error) => (None, Some(error)),
        };
        let saved = step.save.clone().zip(value.map(|value| self.in_time(bot, call, value)));
        let shown = saved.as_ref().filter(|_| !operation.is_safe()).map(|(name, value)| Saved {
            name: name.clone(),
            value: value.to_string().chars().take(LONGEST).collect(),
        });
        Some((What::Replied { service: step.service.clone(), call, error, saved: shown }, saved))
    }

    /// What a service found, without the options that are in none of the intervals that were asked for.
    fn in_time(&self, bot: &Bot, call: u64, value: Value) -> Value {
        let place = self.under_way.get(&call).map(|open| open.step);
        let instr = place.and_then(|(dialog, pc)| bot.dialogs.get(dialog)?.program.get(pc));
        let several = |name: &String| match self.data.get(name).map(|d| &d.value) {
            Some(value @ Value::Ranges(_)) => Some(value.intervals()),
            _ => None,
        };
        match instr.and_then(|i| i.reads.iter().chain(&i.needs).find_map(several)) {
            Some(intervals) => kept(value, &intervals),
            None => value,
        }
    }

    /// The step that asked is done, or goes its way for errors.
    pub(super) fn go_on(&mut self, call: u64) {
        let Some(open) = self.under_way.remove(&call) else { return };
        let bot = self.bot.clone();
        let (save, on_error, lasting) = match Asked::of(&bot, open.step) {
            Some(asked @ Asked::Service(step)) => {
                (step.save.iter().cloned().collect(), step.on_error, asked.changes(&bot))
            }
            Some(Asked::Case(step)) => (vec![step.save.clone()], step.on_error, true),
            None => return,
        };
        if open.came == Some(true) {
            self.done(save, lasting);
        } else {
            // It may have reached the service all the same: nothing is remembered, the branch decides.
            self.goto(on_error);
        }
    }
}

/// What came of a case that was to be opened.
fn of_case(step: &OpenCaseStep, result: Result<Json, CallError>) -> (What, Option<(String, Value)>) {
    let code = match &result {
        Ok(json) => json
            .get("codigo")
            .and_then(Json::as_str)
            .filter(|c| !c.is_empty())
            .ok_or_else(|| "the case has no number".to_owned()),
        Err(error) => Err(error.to_string()),
    };
    let error = code.as_ref().err().cloned();
    let saved = code.ok().map(|code| {
        let value = Value::Map([("codigo".to_owned(), Value::Text(code.to_owned()))].into_iter().collect());
        (step.save.clone(), value)
    });
    (What::Case { done: "open", of: step.kind.clone(), error }, saved)
}

/// A value whose lists hold no moment outside of the intervals.
fn kept(value: Value, intervals: &[(NaiveDateTime, NaiveDateTime)]) -> Value {
    let inside = |option: &Value| match Interpreter::label(option) {
        Value::DateTime(at) => intervals.iter().any(|(from, to)| *from <= at.local() && at.local() < *to),
        Value::Range { from: at, .. } => intervals.iter().any(|(from, to)| *from <= at && at < *to),
        Value::Date(day) => {
            intervals.iter().any(|(from, to)| from.date() <= day && day.and_time(NaiveTime::MIN) < *to)
        }
        _ => true,
    };
    match value {
        Value::List(all) => Value::List(all.into_iter().filter(inside).map(|v| kept(v, intervals)).collect()),
        Value::Map(map) => Value::Map(map.into_iter().map(|(k, v)| (k, kept(v, intervals))).collect()),
        other => other,
    }
}
