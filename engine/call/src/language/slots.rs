//! The values of slots that an utterance has, and how sure each is of being an answer.

use std::ops::Range;

use chrono::NaiveDateTime;
use dialogs::{Exact, Expect, ExpectedSlot, Found, Kind, SlotFound, Value, Within};
use nlu::{Context, Opening, Status};

use super::assent::Assent;
use super::knowledge::{self, Questions};
use super::trust::Reading;
use super::{PLAIN, Readings, SPARE, UNSURE, values};

/// A slot that was not asked for must be surer than this.
const UNASKED: f32 = 0.55;

/// A value that was found, and the words that it stands on.
struct Filled<'r, 's> {
    slot: &'s ExpectedSlot,
    asked: bool,
    reading: &'r Reading<'r>,
    span: Range<usize>,
    found: Found,
    confidence: f32,
}

/// Slots that the utterance fills: the asked one first; what its words said is
/// not read a second time for another slot. And whether one of them is all that was said.
pub(super) fn slots(
    (said, assent): (&Readings<'_>, Option<&Assent>),
    expect: &Expect,
    questions: &Questions,
) -> (Vec<SlotFound>, bool) {
    let mut only = false;
    let mut filled: Vec<Filled<'_, '_>> = Vec::new();
    let mut out = Vec::new();
    for (slot, asked) in expect.slots_in_order() {
        if slot.kind == Kind::YesNo {
            out.extend(assent.filter(|_| asked).and_then(|a| a.found(slot)));
            continue;
        }
        let context = context(expect.now, slot);
        let Some(kind) = values::kind(&slot.kind) else {
            out.extend(match &slot.kind {
                // What is wholly the answer to a question asks nothing.
                Kind::Knowledge(_) if only && !asked => None,
                Kind::Knowledge(knowledge) => {
                    question(said, (slot, asked), |text| questions.find(knowledge, text, said.1))
                }
                _ => free_text(said, slot).filter(|_| asked),
            });
            continue;
        };
        let Some((reading, found)) = said.read(&kind, &context) else {
            out.extend(own_phone(said, slot, &expect.from).filter(|_| asked));
            continue;
        };
        let free = |f: &&nlu::Found| !filled.iter().any(|other| overlap(&other.span, &f.span));
        let Some(best) = found.iter().find(free) else { continue };
        // A number or a moment among much else may be no answer: «no puedo atenderle, para continuar pulse uno».
        let loose = is_moment(slot) || is_number(slot);
        let denied = assent.is_some_and(|a| a.doubtful && matches!(a.yes_no, Some((false, _))));
        let loose = asked && loose && (denied || said.spare(reading.text, &best.span) > 2 * SPARE);
        // «a lo mejor el jueves».
        let exact = matches!(slot.kind, Kind::Exact(_) | Kind::Nif | Kind::Address);
        let loose = loose || asked && !exact && said.1.hesitates(reading.text);
        let sure = match best.status {
            _ if loose => best.confidence.min(UNSURE),
            // What was asked for is taken, to be confirmed.
            Status::Unsure if asked => best.confidence.min(UNSURE),
            Status::Unsure => best.confidence * UNSURE,
            _ => best.confidence,
        };
        let confidence = sure * reading.sure_of(&best.span);
        let whole = matches!(best.status, Status::Sound | Status::Unsure | Status::Unclear);
        // Any words may be a name, and any number an amount.
        let guess = matches!(slot.kind, Kind::Number | Kind::Exact(Exact::Name));
        if !asked && (!whole || guess || confidence < UNASKED) {
            continue;
        }
        if let Some(value) = values::found(&slot.kind, best, &found) {
            // A name of a list that was not asked for may stand for anything, and so may a word that is only like it.
            let plain = best.confidence >= PLAIN && (asked || !matches!(slot.kind, Kind::List(_)));
            only |= plain && whole && !guess && !said.says_more(reading.text, &best.span);
            let span = best.span.clone();
            filled.push(Filled { slot, asked, reading, span, found: value, confidence });
        }
    }
    // What is told of something else does not answer. At the opening, what is said beside a value is what is wanted.
    let answer = expect.asked.is_some() || expect.yes_no || !expect.options.is_empty();
    let spans: Vec<Range<usize>> = filled.iter().map(|f| f.span.clone()).collect();
    // Words that do not answer the question say something else only where they say it outright.
    let beside_question = expect.yes_no || expect.asked.is_some() && !filled.iter().any(|f| f.asked);
    let kept = filled.into_iter().filter_map(|f| {
        // «tengo ochenta y un años», «ayer fue mi cumpleaños», «sí, ya se lo di en la oficina».
        let birth = f.slot.kind == Kind::Birth;
        let judged = match f.slot.kind {
            Kind::List(_) => !f.asked && beside_question,
            _ => birth || is_moment(f.slot) || f.asked && is_number(f.slot),
        };
        let tells = judged && answer && said.tells(f.reading, &spans, &expect.question);
        let confidence = match (tells, f.asked && !birth) {
            (false, _) => f.confidence,
            (true, true) => f.confidence.min(UNSURE),
            (true, false) => return None,
        };
        Some(SlotFound { slot: f.slot.name.clone(), found: f.found, confidence })
    });
    out.extend(kept);
    (out, only)
}

/// Whether a slot takes a number, which may be of anything.
fn is_number(slot: &ExpectedSlot) -> bool {
    matches!(slot.kind, Kind::Number | Kind::Money)
}

/// Whether a slot takes days or hours, which people also name for other reasons: «el jueves tengo médico».
fn is_moment(slot: &ExpectedSlot) -> bool {
    matches!(slot.kind, Kind::Date | Kind::Time | Kind::DateTimeRange)
}

/// An article, where its question was asked for or is beyond doubt.
fn question(
    said: &Readings<'_>,
    (slot, asked): (&ExpectedSlot, bool),
    find: impl Fn(&str) -> Option<(Found, f32)>,
) -> Option<SlotFound> {
    let (found, _) = find(said.first())?;
    let same = |text: &str| find(text).filter(|other| other.0 == found).map(|other| other.1);
    let confidence = said.0.first()?.sure_of_meaning(same);
    let wanted = asked || (confidence >= knowledge::UNASKED && matches!(found, Found::Valid(_)));
    wanted.then(|| SlotFound { slot: slot.name.clone(), found, confidence })
}

/// «a este mismo»: the number that the citizen calls from, if the network tells it.
fn own_phone(said: &Readings<'_>, slot: &ExpectedSlot, from: &str) -> Option<SlotFound> {
    let national = ["+34", "0034"].iter().find_map(|country| from.strip_prefix(country)).unwrap_or(from);
    let told = slot.kind == Kind::Exact(Exact::Phone) && nlu::es::phone::is_valid(national);
    let best = said.0.first().filter(|best| told && said.1.is_this_phone(best.text))?;
    let found = Found::Valid(Value::Exact(Exact::Phone, national.to_owned()));
    let confidence = best.sure_of_meaning(|text| said.1.is_this_phone(text).then_some(1.0));
    Some(SlotFound { slot: slot.name.clone(), found, confidence })
}

/// All that was said. Who only says that they listen has not begun.
fn free_text(said: &Readings<'_>, slot: &ExpectedSlot) -> Option<SlotFound> {
    let told = |text: &str| !text.trim().is_empty() && !said.1.is_backchannel(text);
    let best = said.0.first().filter(|best| told(best.text))?;
    let found = Found::Valid(Value::Text(best.text.to_owned()));
    Some(SlotFound { slot: slot.name.clone(), found, confidence: best.on_average() })
}

pub(super) fn overlap(a: &Range<usize>, b: &Range<usize>) -> bool {
    a.start < b.end && b.start < a.end
}

pub(super) fn context(now: NaiveDateTime, slot: &ExpectedSlot) -> Context {
    let mut context = Context::at(now);
    match &slot.within {
        Some(Within::Hours(calendar)) => context.opening = Opening { week: calendar.week_at(now) },
        Some(Within::Past) => context.past = true,
        None => {}
    }
    context
}
