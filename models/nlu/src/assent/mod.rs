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
    /// Yes and no are both said: «sí, no puedo».
    pub both: bool,
    /// It tells which was said, and nothing else: «no he dicho que sí».
    pub restates: bool,
    /// A word negates, whatever it negates.
    pub negates: bool,
    /// The bytes of each word that is no answer and no courtesy: «sí, *ya voy*, *Manolo*».
    pub others: Vec<Range<usize>>,
    /// Words leave in doubt what is said, whatever it is: «a medias», «no sé».
    pub wavers: bool,
    /// How it is said.
    pub manner: Manner,
    /// The bytes of what follows a yes or a no and may say otherwise: «sí, pero *a las seis*», «no, *la segunda*».
    pub rest: Option<Range<usize>>,
}

/// How a yes or a no is said.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Manner {
    /// It says that it is so, or that it is not.
    #[default]
    Stating,
    /// The yes only agrees: «vale».
    Agreeing,
    /// The yes tells to go on: «siga».
    Onward,
    /// A plain yes, and to go on: «sí, siga».
    YesOnward,
    /// It tells to do one thing, and no yes stands beside it: «resérvela».
    Order,
    /// The no calms: «no corre prisa».
    Calming,
    /// The no says that one can't or does not want: «no puedo ir».
    Unable,
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
    let others = reply::others(text, &atoms, &votes);
    let told = atoms.iter().any(|a| matches!(a.cue, cues::Cue::Said));
    let restates = told && !votes.is_empty() && others.is_empty();
    Reply {
        restates,
        both: reply::are_both(&votes),
        others: if said.is_some() { others } else { Vec::new() },
        plain: sound && said.is_some_and(|s| s.plain),
        manner: said.map(|s| s.manner).unwrap_or_default(),
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
