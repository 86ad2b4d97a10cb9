//! Yes and no in any language: what a text says to a question, and how plainly.
//!
//! A text is cues (yes, no, neither), negators that reach to the right until their clause ends, and words that
//! make a yes doubtful. A recogniser writes no commas: «no no está bien» is a no, however it was meant. A yes
//! within reach of a negator is a no or nothing, never a yes, but for the fixed idioms of the language.

mod cues;
mod reply;
mod rest;
#[cfg(test)]
mod tests;

pub(crate) use cues::Answers;

use std::ops::Range;

use crate::es::text::Text;
use crate::{Found, Status, Value};

/// What a text says to a question of yes or no.
#[derive(Debug, Clone, PartialEq)]
pub struct Reply {
    /// Yes or no; none: neither, or both.
    pub found: Option<Found>,
    /// It is all that is said, or leads what is said, and is neither hedged, nor a question, nor on a condition.
    pub plain: bool,
    /// A word negates, whatever it negates.
    pub negates: bool,
    /// The bytes of each word that is no answer and no courtesy: «sí, *ya voy*, *Manolo*».
    pub others: Vec<Range<usize>>,
    /// Words leave in doubt what is said, whatever it is: «a medias», «no sé».
    pub wavers: bool,
    /// The yes tells to go on or to do it («siga», «sí, resérvela»).
    pub onward: bool,
    /// The bytes of what follows a yes or a no and may say otherwise: «sí, pero *a las seis*», «no, *la segunda*».
    pub rest: Option<Range<usize>>,
}

/// Reads a text in a language's words.
pub(crate) fn read(text: &Text, answers: &Answers) -> Reply {
    let atoms = cues::atoms(text, answers);
    let votes = reply::votes(text, &atoms);
    let said = reply::judge(text, &atoms, &votes, answers);
    let negates = atoms.iter().any(cues::Atom::negates);
    let wavers = atoms.iter().any(|a| matches!(a.cue, cues::Cue::Doubt | cues::Cue::Neither));
    let rest = rest::of(text, &atoms);
    let found = said.map(|said| Found {
        value: Value::YesNo(said.yes),
        span: text.span(said.from, said.to),
        confidence: said.confidence,
        status: if said.confidence < SOUND { Status::Unsure } else { Status::Sound },
    });
    let sound = found.as_ref().is_some_and(|f| f.status == Status::Sound);
    let others = if said.is_some() { reply::others(text, &atoms, &votes) } else { Vec::new() };
    Reply {
        others,
        plain: sound && said.is_some_and(|s| s.plain),
        onward: said.is_some_and(|s| s.onward),
        found,
        negates,
        wavers,
        rest,
    }
}

/// The options that no negator reaches.
pub(crate) fn undenied(text: &Text, answers: &Answers, mut found: Vec<Found>) -> Vec<Found> {
    found.retain(|f| !matches!(f.value, Value::Option(_)) || !denies(text, answers, f.span.start));
    found
}

/// Whether a negator reaches what begins at a byte: «no quiero *la primera*», «ni *la primera*…».
fn denies(text: &Text, answers: &Answers, start: usize) -> bool {
    let atoms = cues::atoms(text, answers);
    let begins = |a: &cues::Atom| text.get(a.from).is_some_and(|t| t.start >= start);
    let before = atoms.iter().take_while(|a| !begins(a));
    let mut reaches = false;
    for atom in before {
        let negates = matches!(atom.cue, cues::Cue::Negator | cues::Cue::No { negator: true });
        reaches = !atom.is_border() && atom.cue != cues::Cue::Said && (reaches || negates);
    }
    reaches
}

/// A yes or a no is sound from here on.
const SOUND: f32 = 0.6;
