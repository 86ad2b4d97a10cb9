//! A case with other ears: each spoken turn is heard by somebody else, and judged by what the words as written
//! would have led to.

use std::{collections::BTreeMap, sync::Arc};

use serde::Serialize;

use super::{CONTACT, Case, Run, Suite, Turn};
use crate::{
    exchange::{Heard, Listen},
    language::Language,
    model::Bot,
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
        let right = wanted.like(&got);
        out.push(TurnHeard { words: say.clone(), heard: text, confidence, right, wanted, got });
    }
    out
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
