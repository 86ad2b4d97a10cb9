//! What the dialog expects, put for turn-taking and for the recogniser.

use std::time::Duration;

use dialogs::{Expect, Grammar, Kind, Listen};

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
    let dictated = expect.asked().is_some_and(|slot| matches!(slot.kind, Kind::Nif | Kind::Digits { .. }));
    open |= dictated;
    for grammar in expect.grammars() {
        match grammar {
            // The first pairs of a dictated number are a whole hour («doce, treinta y cuatro») or a whole
            // cardinal: expected beside it, they would end the turn in the middle of the number. Dates are
            // still heard, as any words are.
            Grammar::DateTime | Grammar::Time | Grammar::Number if dictated => {}
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

#[cfg(test)]
mod tests {
    use super::*;
    use dialogs::ExpectedSlot;

    fn slot(name: &str, kind: Kind, asked: bool) -> ExpectedSlot {
        ExpectedSlot { name: name.into(), kind, asked, filled: None, within: None, private: false }
    }

    #[test]
    fn a_dictated_number_is_not_taken_for_an_hour_half_way() {
        let slots = vec![slot("nif", Kind::Nif, true), slot("cuando", Kind::DateTimeRange, false)];
        let expect = Expect { slots, ..Expect::default() };
        let expected = expectation(&expect);
        assert_eq!(expected.grammars, [asr::Grammar::Nif]);
        assert!(expected.open);
    }

    #[test]
    fn a_day_may_be_said_when_another_thing_is_asked() {
        let slots = vec![slot("ok", Kind::YesNo, true), slot("cuando", Kind::DateTimeRange, false)];
        let expect = Expect { slots, ..Expect::default() };
        assert_eq!(expectation(&expect).grammars, [asr::Grammar::YesNo, asr::Grammar::Date]);
    }
}
