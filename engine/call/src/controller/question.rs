//! What the dialog expects, put for turn-taking and for the recogniser.

use std::time::Duration;

use dialogs::{Exact, Expect, Grammar, Kind, Listen};

use crate::turn::{BargeIn, Keypad, Question};

/// The question for turn-taking.
pub(super) fn question(id: u32, listen: &Listen) -> Question {
    let expect = &listen.expect;
    let kind = expect.asked().map(|slot| &slot.kind);
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
            star: kind == Some(&Kind::Money),
            ..Keypad::default()
        }),
        no_input_ms: Some(ms(listen.no_input)),
        assent: expect.yes_no || kind == Some(&Kind::YesNo),
        early: kind.is_none() && !expect.yes_no && expect.options.is_empty(),
    }
}

fn ms(time: Duration) -> u32 {
    u32::try_from(time.as_millis()).unwrap_or(u32::MAX)
}

/// What the recogniser is to expect.
pub(crate) fn expectation(expect: &Expect) -> asr::Expectation {
    let mut grammars = Vec::new();
    let mut open = expect.asked().is_none() && !expect.yes_no && expect.options.is_empty();
    let dictated = expect.asked().filter(|slot| slot.kind.is_dictated()).map(|slot| Grammar::of(&slot.kind));
    open |= dictated.is_some();
    let dictated = dictated.flatten();
    let mut phrases = expect.phrases.to_vec();
    let danger =
        nlu::danger::Detector::of(crate::language::HOUSE).map_or(&[][..], nlu::danger::Detector::heard);
    phrases.extend(danger.iter().cloned());
    if expect.asked().is_some_and(|slot| slot.kind == Kind::Exact(Exact::Phone)) {
        phrases.extend(nlu::es::phone::THIS.iter().map(|said| (*said).to_owned()));
    }
    for grammar in expect.grammars() {
        open |= grammar.is_free();
        match grammar {
            // The first pairs of a dictated number are a whole hour («doce, treinta y cuatro») or a whole
            // cardinal: expected beside it, they would end the turn in the middle of the number. Dates are
            // still heard, as any words are.
            Grammar::DateTime | Grammar::Time | Grammar::Number if dictated.is_some() => {}
            // So are the first digits of a longer one.
            Grammar::Digits { max, .. } if is_part(max, dictated.as_ref()) => {}
            Grammar::YesNo => grammars.push(asr::Grammar::YesNo),
            Grammar::Digits { min, max } => grammars.push(asr::Grammar::Digits { min, max }),
            Grammar::Nif => grammars.push(asr::Grammar::Nif),
            Grammar::Plate => grammars.push(asr::Grammar::Plate),
            Grammar::Name => grammars.push(asr::Grammar::Name),
            Grammar::Address => grammars.push(asr::Grammar::Address),
            Grammar::Email => grammars.push(asr::Grammar::Email),
            Grammar::DateTime => grammars.push(asr::Grammar::Date),
            Grammar::Time => grammars.push(asr::Grammar::Time),
            Grammar::Number => grammars.push(asr::Grammar::Number),
            Grammar::List(names) => grammars.push(asr::Grammar::List(names)),
            Grammar::Choice(options) => {
                grammars.extend([asr::Grammar::Ordinal, asr::Grammar::List(options), asr::Grammar::Date]);
            }
            Grammar::Questions(questions) => phrases.extend(questions),
            Grammar::FreeText => {}
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
    asr::Expectation { grammars, phrases, open }
}

/// Whether so many digits are the beginning of what is being dictated.
fn is_part(digits: u8, dictated: Option<&Grammar>) -> bool {
    let whole = match dictated {
        Some(Grammar::Digits { min, .. }) => *min,
        Some(Grammar::Nif) => 8,
        // Its letters come after four.
        Some(Grammar::Plate) => 5,
        _ => return false,
    };
    digits < whole
}

#[cfg(test)]
mod tests {
    use super::*;
    use dialogs::ExpectedSlot;

    fn slot(name: &str, kind: Kind) -> ExpectedSlot {
        ExpectedSlot { name: name.into(), kind, within: None, private: false }
    }

    /// The first of these is asked for.
    fn asking(slots: impl Into<std::sync::Arc<[ExpectedSlot]>>) -> Expect {
        Expect { slots: slots.into(), asked: Some(0), ..Expect::default() }
    }

    #[test]
    fn a_dictated_number_is_not_taken_for_an_hour_half_way() {
        let expected = expectation(&asking([slot("nif", Kind::Nif), slot("cuando", Kind::DateTimeRange)]));
        assert_eq!(expected.grammars, [asr::Grammar::Nif]);
        assert!(expected.open);
    }

    #[test]
    fn a_shorter_number_is_not_taken_for_the_beginning_of_a_longer_one() {
        let code = slot("codigo_postal", Kind::Exact(Exact::Postcode));
        let iban = slot("cuenta", Kind::Exact(Exact::Iban));
        let expected = expectation(&asking([iban, code.clone()]));
        assert_eq!(expected.grammars, [asr::Grammar::Digits { min: 22, max: 22 }]);
        let plate = slot("matricula", Kind::Exact(Exact::Plate));
        let expected = expectation(&asking([plate, code]));
        assert_eq!(expected.grammars, [asr::Grammar::Plate, asr::Grammar::Digits { min: 5, max: 5 }]);
    }

    #[test]
    fn free_words_are_welcome_only_where_they_are_asked_for() {
        let open = |asked: bool| {
            let slots = [slot("ok", Kind::YesNo), slot("que", Kind::FreeText)];
            expectation(&Expect { asked: Some(usize::from(asked)), yes_no: !asked, ..asking(slots) }).open
        };
        assert!(open(true) && !open(false));
    }

    #[test]
    fn a_day_may_be_said_when_another_thing_is_asked() {
        let expect = asking([slot("ok", Kind::YesNo), slot("cuando", Kind::DateTimeRange)]);
        assert_eq!(expectation(&expect).grammars, [asr::Grammar::YesNo, asr::Grammar::Date]);
    }
}
