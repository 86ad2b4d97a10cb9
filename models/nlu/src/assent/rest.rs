//! What follows a yes or a no and may say otherwise.

use std::ops::Range;

use super::cues::{Atom, Cue};
use crate::es::text::Text;

/// Verbs that say what a thing is, in the languages that ship.
const IS: [&str; 9] = ["es", "son", "era", "fue", "e", "da", "dira", "it", "is"];

/// Words that leave something out, in the languages that ship: without them what follows says the contrary.
const EXCEPT: [&str; 12] = [
    "menos", "excepto", "salvo", "quitando", "menys", "excepte", "tret", "llevat", "agas", "salbu", "except",
    "apart",
];

/// The bytes of what is meant instead, or taken back: «sí, pero *a las seis*», «no, *la segunda*».
pub(super) fn of(text: &Text, atoms: &[Atom]) -> Option<Range<usize>> {
    let from = after_but(text, atoms).or_else(|| after_no(text, atoms))?;
    let from = after_denied(text, atoms, from).unwrap_or(from);
    let start = text.get(from)?.start;
    let end = text.source.trim_end().len();
    (start < end).then_some(start..end)
}

/// Where a «pero» follows an answer, or begins: the first token that is no answer. «vale, el jueves, pero por la tarde»
/// is about Thursday.
fn after_but(text: &Text, atoms: &[Atom]) -> Option<usize> {
    let at = atoms.iter().position(|a| a.cue == Cue::But)?;
    let but = atoms.get(at)?;
    // «todo menos el número, *que es el catorce*» says what is meant instead.
    let instead = (but.to..text.len()).any(|i| IS.contains(&text.word(i)));
    let left_out = EXCEPT.contains(&text.word(but.from)) && !instead;
    let before = atoms.get(..at)?;
    let answers =
        |a: &Atom| matches!(a.cue, Cue::Yes { .. } | Cue::No { .. } | Cue::Negator | Cue::Idiom | Cue::Wrong);
    let empty = |a: &Atom| matches!(a.cue, Cue::Lead | Cue::Mark | Cue::That | Cue::Hedge | Cue::Spared);
    let begins = before.iter().all(empty);
    let first = before.iter().find(|a| !answers(a) && !empty(a));
    match first {
        _ if !begins && !before.iter().any(answers) => None,
        // «menos el jueves, cualquier día» is read whole.
        _ if left_out && begins => None,
        Some(first) => Some(first.from),
        None if left_out => Some(but.from),
        None => content(atoms, at + 1),
    }
}

/// The token after a no that begins and stands apart, if what follows denies nothing itself.
fn after_no(text: &Text, atoms: &[Atom]) -> Option<usize> {
    let no = |a: &Atom| matches!(a.cue, Cue::Negator | Cue::No { .. } | Cue::Wrong);
    let empty = |a: &Atom| matches!(a.cue, Cue::Lead | Cue::Mark | Cue::That);
    let last = atoms.iter().take_while(|a| no(a) || empty(a)).filter(|a| no(a)).count();
    let mut seen = 0;
    let at = atoms.iter().position(|a| {
        seen += usize::from(no(a));
        last > 0 && seen == last && no(a)
    })?;
    let next = atoms.get(at + 1)?;
    let apart = text.is_mark(next.from) || next.cue == Cue::Said;
    let from = content(atoms, at + 1)?;
    let denies = atoms.iter().find(|a| a.from == from).is_some_and(|a| {
        matches!(
            a.cue,
            Cue::Negator | Cue::No { .. } | Cue::Yes { .. } | Cue::Idiom | Cue::Neither | Cue::Spared
        )
    });
    (apart && !denies).then_some(from)
}

/// «papelera no, es un banco»: what is denied after all is left out.
fn after_denied(text: &Text, atoms: &[Atom], from: usize) -> Option<usize> {
    let inside = |a: &&Atom| a.from > from;
    let no = atoms.iter().filter(inside).rfind(|a| a.cue == Cue::Negator && text.is_mark(a.to))?;
    let next = atoms.iter().position(|a| a.from == no.to)?;
    let after = content(atoms, next)?;
    // «el lunes no, el otro» is read whole: what comes next leans on what was denied.
    IS.contains(&text.word(after)).then_some(after)
}

/// The first token from an atom on that says something.
fn content(atoms: &[Atom], at: usize) -> Option<usize> {
    let skipped = |a: &&Atom| matches!(a.cue, Cue::Mark | Cue::Lead | Cue::That | Cue::Said | Cue::But);
    atoms.iter().skip(at).find(|a| !skipped(a)).map(|a| a.from)
}
