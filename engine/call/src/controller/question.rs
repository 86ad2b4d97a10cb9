//! What the dialog expects, put for turn-taking and for the recogniser.

use std::time::Duration;

use dialogs::{Expect, Grammar, Listen};

use crate::turn::{BargeIn, Keypad, Question};

/// The question for turn-taking.
pub(super) fn question(id: u32, listen: &Listen) -> Question {
    Question {
        id,
        pause_ms: Some(ms(listen.pause)),
        barge_in: match listen.barge_in {
            dialogs::BargeIn::Never => BargeIn::Never,
            dialogs::BargeIn::Keys => BargeIn::Keys,
            dialogs::BargeIn::Voice => BargeIn::Voice,
        },
        keypad: listen.keypad.as_ref().map(|k| Keypad {
            digits: Some(k.digits.max(1)),
            end: k.end,
            between_ms: Some(ms(k.between)),
            ..Keypad::default()
        }),
        no_input_ms: Some(ms(listen.no_input)),
    }
}

fn ms(time: Duration) -> u32 {
    u32::try_from(time.as_millis()).unwrap_or(u32::MAX)
}

/// What the recogniser is to expect.
pub(super) fn expectation(expect: &Expect) -> asr::Expectation {
    let mut grammars = Vec::new();
    let mut open = expect.asked().is_none() && !expect.yes_no && expect.options.is_empty();
    for grammar in expect.grammars() {
        match grammar {
            Grammar::YesNo => grammars.push(asr::Grammar::YesNo),
            Grammar::Digits { min, max } => grammars.push(asr::Grammar::Digits { min, max }),
            Grammar::Nif => grammars.push(asr::Grammar::Nif),
            Grammar::DateTime => grammars.push(asr::Grammar::Date),
            Grammar::Time => grammars.push(asr::Grammar::Time),
            Grammar::Number => grammars.push(asr::Grammar::Number),
            Grammar::List(names) => grammars.push(asr::Grammar::List(names)),
            Grammar::Choice(options) => {
                grammars.extend([asr::Grammar::Ordinal, asr::Grammar::List(options), asr::Grammar::Date]);
            }
            Grammar::FreeText => open = true,
        }
    }
    let mut seen = Vec::new();
    grammars.retain(|g| {
        let new = !seen.contains(g);
        if new {
            seen.push(g.clone());
        }
        new
    });
    asr::Expectation { grammars, phrases: expect.phrases.clone(), open }
}
