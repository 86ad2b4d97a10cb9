//! Runs `.test.yaml` files: text or keys in, what the bot says and does out; services mocked, the clock
//! frozen. No audio, no network, no waiting: a case takes less than a millisecond.

mod cases;
mod language;
mod replay;

use std::{collections::BTreeMap, sync::Arc};

use chrono::NaiveDateTime;
use serde::Serialize;

use self::cases::Expected;
pub use self::{
    cases::{Case, Feigned, Mock, Suite, Turn},
    language::TestLanguage,
    replay::{Place, Spoken, State, TurnHeard, acts_at, hear_case, places},
};
use crate::{
    exchange::{
        BargeIn, CallError, Callback, Case as CaseDone, Handoff, Heard, Input, Listen, Output, Recording,
        Start,
    },
    interpreter::Interpreter,
    json::Json,
    language::Language,
    model::Bot,
    value::Value,
};

/// What came of a suite.
#[derive(Debug, Clone, Serialize)]
pub struct Report {
    /// The dialog tested.
    pub dialog: String,
    /// Its cases, in the order written.
    pub cases: Vec<CaseReport>,
}

impl Report {
    /// Every case passed.
    pub fn passed(&self) -> bool {
        self.cases.iter().all(|c| c.failures.is_empty())
    }
}

/// What came of a case.
#[derive(Debug, Clone, Serialize)]
pub struct CaseReport {
    /// Its name.
    pub name: String,
    /// What was expected and did not happen, each with its line in the test file.
    pub failures: Vec<String>,
    /// Who said what.
    pub transcript: Vec<(String, String)>,
    /// Values that were expected in slots, and whether they were there.
    pub slots: Vec<SlotCheck>,
}

/// A value that a case expects in a slot.
#[derive(Debug, Clone, Serialize)]
pub struct SlotCheck {
    /// The slot.
    pub slot: String,
    /// It had the value.
    pub right: bool,
}

/// Runs every case of a suite over a bot.
pub fn run_tests(bot: &Arc<Bot>, suite: &Suite, language: &Arc<dyn Language>) -> Report {
    run_tests_as(bot, suite, language, CONTACT)
}

/// The same as the contact of this name: which way an A/B test goes depends on it.
pub fn run_tests_as(bot: &Arc<Bot>, suite: &Suite, language: &Arc<dyn Language>, contact: &str) -> Report {
    let known = bot.dialogs().any(|d| d == suite.dialog);
    let cases = suite.cases.iter().map(|case| {
        let mut run = Run::new(bot, suite, (language, contact));
        if !known {
            run.failures
                .push(format!("{}: the bot has no dialog `{}` that starts", suite.file, suite.dialog));
        }
        run.case(case);
        CaseReport {
            name: case.name.clone(),
            failures: run.failures,
            transcript: run.transcript,
            slots: run.slots,
        }
    });
    Report { dialog: suite.dialog.clone(), cases: cases.collect() }
}

/// The contact that test cases are, unless somebody says otherwise.
const CONTACT: &str = "prueba";

struct Run<'a> {
    suite: &'a Suite,
    interpreter: Interpreter,
    now: NaiveDateTime,
    transcript: Vec<(String, String)>,
    failures: Vec<String>,
    slots: Vec<SlotCheck>,
    /// What the bot said since the last expectation.
    said: Vec<String>,
    calls: Vec<(String, BTreeMap<String, Value>)>,
    services: Feigned,
    listen: Option<Listen>,
    handoff: Option<Handoff>,
    sms: Vec<String>,
    emails: Vec<String>,
    callbacks: Vec<Callback>,
    /// What was done to cases: the kind of what was opened, the states since.
    cases: Vec<CaseDone>,
    recording: Recording,
    end: Option<String>,
    interrupted: Option<bool>,
}

impl<'a> Run<'a> {
    fn new(bot: &Arc<Bot>, suite: &'a Suite, (language, contact): (&'a Arc<dyn Language>, &str)) -> Self {
        let start = Start {
            now: suite.now,
            from: "600000000".into(),
            to: "010".into(),
            contact: contact.into(),
            consent: BTreeMap::new(),
        };
        Self {
            suite,
            interpreter: Interpreter::new(bot.clone(), language.clone(), start),
            now: suite.now,
            transcript: Vec::new(),
            failures: Vec::new(),
            slots: Vec::new(),
            said: Vec::new(),
            calls: Vec::new(),
            services: Feigned::new(suite.services.clone()),
            listen: None,
            handoff: None,
            sms: Vec::new(),
            emails: Vec::new(),
            callbacks: Vec::new(),
            cases: Vec::new(),
            recording: Recording::Start,
            end: None,
            interrupted: None,
        }
    }

    fn case(&mut self, case: &Case) {
        self.begin();
        for turn in &case.turns {
            self.turn(turn);
        }
        if let Some(expected) = &case.expect {
            self.check(expected);
        }
    }

    fn begin(&mut self) {
        self.feed(Input::Started);
    }

    fn turn(&mut self, turn: &Turn) {
        if let Some(outcome) = self.end.clone()
            && !matches!(turn, Turn::Expect(_))
        {
            return self
                .failures
                .push(format!("{}: the contact has ended already: {outcome}", self.suite.file));
        }
        match turn {
            Turn::User { say, over } => self.voice(Heard::text(say), *over),
            Turn::Keys(keys) => {
                self.transcript.push(("citizen".into(), format!("[{keys}]")));
                self.feed(Input::Keys(keys.clone()));
            }
            Turn::Silence(time) => self.silence(*time),
            Turn::HangUp => self.feed(Input::HungUp),
            Turn::Expect(expected) => {
                self.check(expected);
                self.said.clear();
            }
        }
    }

    /// The citizen takes a turn by voice, over the bot's or not.
    fn voice(&mut self, heard: Heard, over: bool) {
        if over {
            return self.over(heard);
        }
        self.transcript.push(("citizen".into(), heard.text.clone()));
        self.feed(Input::Finished);
        self.feed(Input::Heard(heard));
    }

    /// The citizen speaks while the bot does: what turn-taking would make of it.
    fn over(&mut self, heard: Heard) {
        let say = heard.text.as_str();
        let can = self.listen.as_ref().is_some_and(|l| l.barge_in == BargeIn::Voice);
        let stops = can && !self.interpreter.language().is_backchannel(say);
        self.interrupted = Some(stops);
        self.transcript.push(("citizen".into(), format!("({say})")));
        if stops {
            let spoken: usize = self.said.last().map_or(0, |t| t.chars().count());
            self.feed(Input::Interrupted { heard_chars: spoken / 2 });
            self.feed(Input::Heard(heard));
        }
    }

    fn silence(&mut self, time: std::time::Duration) {
        self.transcript.push(("citizen".into(), format!("(silence, {} s)", time.as_secs_f32())));
        let mut left = time;
        while let Some(wait) = self.listen.as_ref().map(|l| l.no_input) {
            let Some(rest) = left.checked_sub(wait).filter(|_| self.end.is_none() && !wait.is_zero()) else {
                break;
            };
            left = rest;
            self.pass(wait);
            self.feed(Input::NoInput);
        }
        self.pass(left);
    }

    fn pass(&mut self, time: std::time::Duration) {
        let later = chrono::TimeDelta::from_std(time).ok().and_then(|t| self.now.checked_add_signed(t));
        self.now = later.unwrap_or(self.now);
    }

    /// One input, and the answers of services until the bot waits for the citizen.
    fn feed(&mut self, input: Input) {
        let mut open = vec![input];
        while let Some(input) = open.pop() {
            for output in self.interpreter.handle(input, self.now) {
                match output {
                    Output::Say(prompt) => {
                        self.transcript.push(("bot".into(), prompt.text.clone()));
                        self.said.push(prompt.text.clone());
                    }
                    Output::Listen(listen) => self.listen = Some(listen),
                    Output::Call(call) => {
                        let said = || format!("the test file says nothing of {}", call.service);
                        let result = self.services.answer(&call.service);
                        let result = result.unwrap_or_else(|| Err(CallError::Failed(said())));
                        self.transcript.push(("service".into(), call.service.clone()));
                        self.calls.push((call.service, call.arguments));
                        open.push(Input::Reply { call: call.id, result });
                    }
                    Output::Sms(sms) => self.sms.push(sms.template),
                    Output::Email(email) => self.emails.push(email.template),
                    Output::Record(recording) => self.recording = recording,
                    Output::Callback(callback) => self.callbacks.push(callback),
                    Output::Case(case) => {
                        if let CaseDone::Open { id, .. } = &case {
                            let result = self.open_case();
                            open.push(Input::Reply { call: *id, result });
                        }
                        self.cases.push(case);
                    }
                    Output::Language(_) => {}
                    Output::Handoff(handoff) => self.handoff = Some(handoff),
                    Output::End(end) => self.end = Some(end.outcome),
                    Output::Note(_) => {}
                }
            }
        }
    }

    /// Cases are numbered C-1, C-2, …; `services: { case.open: { fails: timeout } }` makes it fail.
    fn open_case(&mut self) -> Result<Json, CallError> {
        if let Some(feigned) = self.services.answer("case.open") {
            return feigned;
        }
        let opened = self.cases.iter().filter(|c| matches!(c, CaseDone::Open { .. })).count();
        Ok(serde_json::json!({ "codigo": format!("C-{}", opened + 1) }).into())
    }

    fn check(&mut self, expected: &Expected) {
        let mut wrong = Vec::new();
        let slots = self.interpreter.slots();
        for (name, want) in &expected.slots {
            let got = slots.get(name).map(ToString::to_string);
            self.slots.push(SlotCheck { slot: name.clone(), right: got.as_deref() == Some(want) });
            if got.as_deref() != Some(want) {
                wrong.push(format!("slot {name} is {}, not {want}", got.unwrap_or_else(|| "empty".into())));
            }
        }
        if let Some(want) = &expected.asks
            && self.interpreter.asks() != Some(want)
        {
            wrong.push(format!(
                "the bot asks for {}, not {want}",
                self.interpreter.asks().unwrap_or("nothing")
            ));
        }
        let text = self.said.join(" ");
        for want in expected.said.iter().filter(|w| !text.contains(*w)) {
            wrong.push(format!("the bot said «{text}», without «{want}»"));
        }
        for unwanted in expected.not_said.iter().filter(|w| text.contains(*w)) {
            wrong.push(format!("the bot said «{unwanted}»"));
        }
        for (service, arguments) in &expected.called {
            let fits = |(name, got): &(String, BTreeMap<String, Value>)| {
                name == service
                    && arguments.iter().all(|(k, v)| got.get(k).is_some_and(|g| g.to_string() == *v))
            };
            if !self.calls.iter().any(fits) {
                wrong.push(format!("{service} was not called so; calls were {:?}", self.calls_said()));
            }
        }
        if let Some(want) = &expected.end
            && self.end.as_ref() != Some(want)
        {
            wrong.push(format!(
                "the contact's outcome is {}, not {want}",
                self.end.as_deref().unwrap_or("open")
            ));
        }
        if let Some(want) = expected.interrupted
            && self.interrupted != Some(want)
        {
            wrong.push(format!("interrupted is {:?}, not {want}", self.interrupted));
        }
        for want in expected.sms.iter().filter(|w| !self.sms.contains(w)) {
            wrong.push(format!("no message {want} was sent"));
        }
        for want in expected.email.iter().filter(|w| !self.emails.contains(w)) {
            wrong.push(format!("no e-mail {want} was sent"));
        }
        if let Some(want) = &expected.callback
            && !self.callbacks.iter().any(|c| c.to == *want)
        {
            let asked: Vec<&str> = self.callbacks.iter().map(|c| c.to.as_str()).collect();
            wrong.push(format!("no call back to {want} was asked for; there are {asked:?}"));
        }
        if let Some(want) = &expected.recording {
            let is = match self.recording {
                Recording::Start | Recording::Resume => "on",
                Recording::Pause => "paused",
                Recording::Stop => "off",
            };
            if is != want {
                wrong.push(format!("the recording is {is}, not {want}"));
            }
        }
        if let Some(want) = &expected.language
            && self.interpreter.spoken_language() != want
        {
            wrong.push(format!("the bot speaks {}, not {want}", self.interpreter.spoken_language()));
        }
        self.check_case(expected, &mut wrong);
        self.check_handoff(expected, &mut wrong);
        let place = format!("{}:{}", self.suite.file, expected.line);
        self.failures.extend(wrong.into_iter().map(|w| format!("{place}: {w}")));
    }

    fn calls_said(&self) -> Vec<String> {
        self.calls.iter().map(|(name, with)| format!("{name} {}", Value::Map(with.clone()))).collect()
    }

    fn check_case(&self, expected: &Expected, wrong: &mut Vec<String>) {
        let Some(want) = &expected.case else { return };
        let opened = self.cases.iter().rev().find_map(|c| match c {
            CaseDone::Open { kind, fields, .. } => Some((kind, fields)),
            _ => None,
        });
        let Some((kind, fields)) = opened else {
            return wrong.push("no case was opened".into());
        };
        if let Some(want) = want.kind.as_ref().filter(|k| *k != kind) {
            wrong.push(format!("the case is of kind {kind}, not {want}"));
        }
        for (name, want) in &want.with {
            let got = fields.get(name).map(ToString::to_string);
            if got.as_ref() != Some(want) {
                let got = got.unwrap_or_else(|| "empty".into());
                wrong.push(format!("the case's {name} is {got}, not {want}"));
            }
        }
        let state = self.cases.iter().rev().find_map(|c| match c {
            CaseDone::State { state, .. } => Some(state.name()),
            _ => None,
        });
        if let Some(want) = want.state.as_ref().filter(|w| state.unwrap_or("abierto") != *w) {
            wrong.push(format!("the case is {}, not {want}", state.unwrap_or("abierto")));
        }
    }

    fn check_handoff(&self, expected: &Expected, wrong: &mut Vec<String>) {
        let Some(want) = &expected.handoff else { return };
        let Some(got) = &self.handoff else {
            return wrong.push("there was no handoff".into());
        };
        if let Some(queue) = want.queue.as_ref().filter(|q| **q != got.queue) {
            wrong.push(format!("the handoff went to {}, not {queue}", got.queue));
        }
        if let Some(number) = want.number.as_ref().filter(|n| got.number.as_ref() != Some(n)) {
            let went = got.number.as_deref().unwrap_or("no number");
            wrong.push(format!("the handoff went to {went}, not {number}"));
        }
        if let Some(reason) = want.reason.as_ref().filter(|r| **r != got.reason) {
            wrong.push(format!("the handoff's reason is {}, not {reason}", got.reason));
        }
        for name in want.carries.iter().filter(|n| !got.carried.contains_key(*n)) {
            wrong.push(format!("the handoff does not carry {name}"));
        }
    }
}
