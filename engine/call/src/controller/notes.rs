//! The dialog's notes as entries of the timeline.

use dialogs::{Source, What};
use records::store::SlotWrite;
use records::{Entry, SlotSource};

use super::Dialogue;
use super::timeline::Timeline;

/// Writes a note down. What was said and heard is written by the controller,
/// which knows when, and how much of it was heard.
pub(super) fn write(note: &dialogs::Entry, dialogue: &dyn Dialogue, timeline: &Timeline) {
    match &note.what {
        What::Said { .. } | What::Heard { .. } | What::Called { .. } | What::Replied { .. } => {}
        What::Ended { .. } | What::HandedOff { .. } => {}
        // Written by the controller, which knows what came of it.
        What::Sent { .. } | What::Language { .. } | What::Case { .. } | What::Callback { .. } => {}
        What::Recording { consent: None, .. } => {}
        What::Keyed { keys } => timeline.append(Entry::Keys { digits: keys.clone() }),
        What::Silence { .. } => timeline.append(Entry::NoInput),
        What::Filled { slot, value, source, confidence, .. } => {
            filled(slot, value, (*source, *confidence), dialogue, timeline);
        }
        What::Forgot { slots } => {
            for name in slots {
                timeline.forget(name);
                timeline.append(Entry::Slot {
                    name: name.clone(),
                    value: None,
                    source: SlotSource::Dialog,
                    confidence: None,
                    private: false,
                });
            }
        }
        other => timeline.step(&step_name(note), describe(other)),
    }
}

fn filled(
    slot: &str,
    shown: &str,
    (source, confidence): (Source, f32),
    dialogue: &dyn Dialogue,
    timeline: &Timeline,
) {
    let source = match source {
        Source::Voice => SlotSource::Voice,
        Source::Keys => SlotSource::Keys,
        Source::Dialog => SlotSource::Dialog,
    };
    let whole = dialogue.slot(slot);
    let private = whole.as_ref().is_some_and(|w| w.private);
    timeline.append(Entry::Slot {
        name: slot.to_owned(),
        value: Some(shown.to_owned()),
        source,
        confidence: Some(confidence),
        private,
    });
    timeline.slot(SlotWrite {
        name: slot.to_owned(),
        value: whole.map_or_else(|| shown.to_owned(), |w| w.value),
        source,
        confidence: Some(confidence),
        private,
    });
}

/// The end of a number, or the house of an e-mail address: enough to tell two apart.
pub(super) fn masked(to: &str) -> String {
    if let Some((_, house)) = to.rsplit_once('@').filter(|_| !to.contains(':')) {
        return format!("•••@{house}");
    }
    let end: String = to.chars().skip(to.chars().count().saturating_sub(3)).collect();
    if to.chars().count() > 6 { format!("•••{end}") } else { "•••".to_owned() }
}

fn step_name(note: &dialogs::Entry) -> String {
    if note.dialog.is_empty() { note.step.to_string() } else { format!("{}:{}", note.dialog, note.step) }
}

fn describe(what: &What) -> String {
    match what {
        What::Began => "begins".into(),
        What::Asked { slot, attempt } if slot.is_empty() => format!("asks, time {attempt}"),
        What::Asked { slot, attempt } => format!("asks for {slot}, time {attempt}"),
        What::NotUnderstood { count } => format!("not understood, {count} in a row"),
        What::Refused { slot, why } => format!("refuses {slot}: {why}"),
        What::Confirmed { yes } => if *yes { "confirmed" } else { "denied" }.into(),
        What::Decided { yes } => if *yes { "condition holds" } else { "condition does not hold" }.into(),
        What::Intent { intent, confidence } => format!("intent {intent} ({confidence:.2})"),
        What::Returned => "returns".into(),
        What::NotSent { needs } => format!("message not sent: needs {needs}"),
        What::Recording { consent: Some(true), .. } => "the citizen agrees to be recorded".into(),
        What::Recording { .. } => "the citizen does not agree to be recorded".into(),
        What::Split { name, way } => format!("goes the way {way} of {name}"),
        What::TakenBack { slot } => format!("takes {slot} back"),
        What::Ignored { input } => format!("drops {input}, which makes no sense now"),
        What::Runaway { steps } => format!("stopped after {steps} steps for one input"),
        other => format!("{other:?}"),
    }
}
