//! A case with other ears: each spoken turn is heard by somebody else, and judged by what the words as written
//! would have led to.

use std::{collections::BTreeMap, sync::Arc};

use serde::Serialize;

use super::{CONTACT, Case, CaseDone, Run, Suite, Turn};
use crate::{
    exchange::{CallError, Heard, Input, Listen, Output, What},
    language::Language,
    model::Bot,
    value::Kind,
};

/// What the citizen says in a turn, and what the bot waits for then.
pub struct Spoken<'a> {
    /// The words, as the test file has them.
    pub words: &'a str,
    /// The turn's place in the case, from 0.
    pub turn: usize,
    /// The code of the language that the contact goes on in.
    pub language: &'a str,
    /// What the bot waits for.
    pub listen: &'a Listen,
}

/// Where a contact stands after a turn.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize)]
pub struct State {
    /// What is filled.
    pub slots: BTreeMap<String, String>,
    /// What the bot asks for.
    pub asks: Option<String>,
    /// What the bot said in answer.
    pub said: Vec<String>,
    /// The contact's outcome, if it has ended.
    pub end: Option<String>,
}

impl State {
    /// Alike but for signs and capitals, which an ear does not write.
    pub fn like(&self, other: &Self) -> bool {
        let plain = |text: &String| -> String {
            let kept = text.chars().filter(|c| c.is_alphanumeric() || c.is_whitespace());
            kept.flat_map(char::to_lowercase)
                .collect::<String>()
                .split_whitespace()
                .collect::<Vec<_>>()
                .join(" ")
        };
        let slots = |s: &Self| -> Vec<(String, String)> {
            s.slots.iter().map(|(name, value)| (name.clone(), plain(value))).collect()
        };
        let said = |s: &Self| -> Vec<String> { s.said.iter().map(plain).collect() };
        slots(self) == slots(other)
            && self.asks == other.asks
            && said(self) == said(other)
            && self.end == other.end
    }
}

/// A spoken turn, as it was heard.
#[derive(Debug, Clone, Serialize)]
pub struct TurnHeard {
    /// The words, as the test file has them.
    pub words: String,
    /// The words heard.
    pub heard: String,
    /// How sure the recogniser was of them, 0 to 1.
    pub confidence: f32,
    /// The contact stands where the words as written would have led it.
    pub right: bool,
    /// It has gone on with what was not said: a value that is another, free words aside, and is not being read back; an
    /// end or a handoff that the words do not lead to. What is neither right nor wrong was asked again or read back.
    pub wrong: bool,
    /// Where they would have led it.
    pub wanted: State,
    /// Where it stands.
    pub got: State,
}

/// Every spoken turn of a case, heard by `hear`. Each begins where the turns before it, heard as written, have
/// led: a turn does not fail for the one before it. What `hear` can't speak is left out.
pub fn hear_case(
    bot: &Arc<Bot>,
    suite: &Suite,
    (case, language): (&Case, &Arc<dyn Language>),
    hear: &mut dyn FnMut(&Spoken<'_>) -> Option<Heard>,
) -> Vec<TurnHeard> {
    let mut out = Vec::new();
    for (turn, what) in case.turns.iter().enumerate() {
        let Turn::User { say, over } = what else { continue };
        let stand = || {
            let mut run = Run::new(bot, suite, (language, CONTACT));
            run.begin();
            case.turns.iter().take(turn).for_each(|t| run.turn(t));
            run.said.clear();
            run
        };
        let (mut written, mut spoken) = (stand(), stand());
        let Some(listen) = written.listen.clone().filter(|_| written.end.is_none()) else { continue };
        let spoken_in = written.interpreter.spoken_language().to_owned();
        let asked = Spoken { words: say, turn, language: &spoken_in, listen: &listen };
        let Some(heard) = hear(&asked) else { continue };
        let (text, confidence) = (heard.text.clone(), heard.confidence);
        written.voice(Heard::text(say), *over);
        if text.trim().is_empty() {
            // Nothing was heard: no turn is taken.
        } else {
            spoken.voice(heard, *over);
        }
        let (wanted, got) = (written.state(), spoken.state());
        let (right, wrong) = (wanted.like(&got), is_wrong(bot, &wanted, &got));
        out.push(TurnHeard { words: say.clone(), heard: text, confidence, right, wrong, wanted, got });
    }
    out
}

fn is_wrong(bot: &Bot, wanted: &State, got: &State) -> bool {
    let told = |name: &String| {
        let mut kinds = bot.dialogs.iter().filter_map(|d| d.slots.get(name)).map(|slot| &slot.kind);
        kinds.next().is_some_and(|kind| *kind != Kind::FreeText)
    };
    let other = |(name, value): (&String, &String)| {
        wanted.slots.get(name) != Some(value) && got.asks.as_ref() != Some(name) && told(name)
    };
    got.slots.iter().any(other) || got.end.is_some() && got.end != wanted.end
}

/// A turn of a case at which the bot listens.
#[derive(Debug, Clone)]
pub struct Place<'a> {
    case: &'a Case,
    turn: usize,
    /// What the bot waits for there.
    pub listen: Listen,
}

/// Every turn of a suite at which the bot listens in Spanish.
pub fn places<'a>(bot: &Arc<Bot>, suite: &'a Suite, language: &Arc<dyn Language>) -> Vec<Place<'a>> {
    let mut out = Vec::new();
    for case in &suite.cases {
        let mut run = Run::new(bot, suite, (language, CONTACT));
        run.begin();
        for (turn, what) in case.turns.iter().enumerate() {
            let listens = matches!(what, Turn::User { .. } | Turn::Keys(_));
            let listen = run.listen.clone().filter(|_| listens && run.end.is_none());
            let spanish = run.interpreter.spoken_language() == "es";
            out.extend(listen.filter(|_| spanish).map(|listen| Place { case, turn, listen }));
            run.turn(what);
        }
    }
    out
}

/// What is done on hearing this at a place, that can't be taken back: services that are not GET, messages, cases,
/// call backs, what is recorded, a handoff and an end. What limits do does not count, nor what was not understood.
pub fn acts_at(
    bot: &Arc<Bot>,
    suite: &Suite,
    (place, language): (&Place<'_>, &Arc<dyn Language>),
    heard: Heard,
) -> Vec<String> {
    let mut run = Run::new(bot, suite, (language, CONTACT));
    run.begin();
    place.case.turns.iter().take(place.turn).for_each(|t| run.turn(t));
    let (mut acts, mut missed) = (Vec::new(), false);
    let mut open = vec![Input::Heard(heard), Input::Finished];
    while let Some(input) = open.pop() {
        for output in run.interpreter.handle(input, run.now) {
            match output {
                Output::Call(call) => {
                    let result = run.services.answer(&call.service);
                    let result = result.unwrap_or(Err(CallError::Timeout));
                    if call.method != "GET" {
                        acts.push(format!("{} {}", call.method, call.service));
                    }
                    open.push(Input::Reply { call: call.id, result });
                }
                Output::Case(CaseDone::Open { id, kind, .. }) => {
                    acts.push(format!("case {kind}"));
                    open.push(Input::Reply { call: id, result: run.open_case() });
                }
                Output::Sms(sms) => acts.push(format!("message {}", sms.template)),
                Output::Email(email) => acts.push(format!("message {}", email.template)),
                Output::Callback(callback) => acts.push(format!("callback {}", callback.reason)),
                Output::Record(recording) => acts.push(format!("recording {}", recording.name())),
                Output::Handoff(handoff) if !missed => acts.push(format!("handoff {}", handoff.reason)),
                Output::End(end) if !missed && end.outcome != "handed_off" => {
                    acts.push(format!("end {}", end.outcome));
                }
                Output::Note(entry) => missed |= matches!(entry.what, What::NotUnderstood { .. }),
                _ => {}
            }
        }
    }
    acts
}

impl Run<'_> {
    fn state(&self) -> State {
        let slots = self.interpreter.slots();
        State {
            slots: slots.into_iter().map(|(name, value)| (name, value.to_string())).collect(),
            asks: self.interpreter.asks().map(str::to_owned),
            said: self.said.clone(),
            end: self.end.clone(),
        }
    }
}
