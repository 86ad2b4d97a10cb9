//! From cues to yes, no or neither.

use std::ops::Range;

use super::Manner;
use super::cues::{Answers, Atom, Cue};
use crate::es::text::Text;

/// Words after a postposed negator («de acuerdo no estoy») that still belong to what it denies.
const AFTER: usize = 1;
/// Words between a negator and a word for what is wrong that are one thing said: «no está nada mal».
const NEAR: usize = 3;
/// Most words of an answer that begins with an unaccented «si» and says «sí».
const SHORT: usize = 5;
/// A yes with a negation beside it that is not of what was asked: «sí, es que no puedo otro día».
const BESIDE: f32 = 0.5;

/// A yes or a no.
#[derive(Debug, Clone, Copy)]
pub(super) struct Said {
    pub yes: bool,
    pub confidence: f32,
    pub plain: bool,
    pub manner: Manner,
    pub from: usize,
    pub to: usize,
}

/// What a stretch of a text says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Vote {
    Yes,
    /// Yes by denying the contrary: «no está mal».
    Double,
    No,
    /// Both: «no sí».
    Both,
}

#[derive(Debug, Clone, Copy)]
pub(super) struct Voted {
    vote: Vote,
    weak: bool,
    direct: bool,
    /// A negator of something else, that denies no cue: «…que no oye».
    bare: bool,
    from: usize,
    to: usize,
}

/// Yes or no, if it is one of them.
pub(super) fn judge(text: &Text, atoms: &[Atom], all: &[Voted], answers: &Answers) -> Option<Said> {
    let has = |cue: Cue| atoms.iter().any(|a| a.cue == cue);
    if has(Cue::Neither) {
        return None;
    }
    let tag = is_tag(text, atoms);
    let votes = if tag { all.get(..all.len().saturating_sub(1))? } else { all };
    let (yes, beside) = decide(atoms, votes)?;
    let first = votes.first()?;
    let asks = (tag || is_question(text) || interrogative(text, atoms, &answers.asks)) && !has(Cue::Idiom);
    let condition = condition(text, atoms, &answers.condition);
    let greets = |a: &Atom| a.from >= first.to && answers.greetings.contains(&phrase(text, a.from, a.to));
    // «sí, a ver…», «vale, espere»: there is more to come.
    let greets = atoms.iter().any(greets) || ends_with(text, first.to, &answers.halting);
    if yes && (asks || greets || has(Cue::Doubt) || condition == Some(Condition::Late)) {
        return None;
    }
    let counted = Counted { text, atoms, votes };
    let mut confidence = counted.confidence(first, yes);
    if votes.iter().all(|v| v.weak) {
        confidence *= 0.85;
    }
    if condition.is_some() {
        confidence *= 0.5;
    }
    if beside || yes && has(Cue::But) {
        confidence = confidence.min(BESIDE);
    }
    let hedged = atoms.iter().any(|a| a.hedged);
    // «por qué no» agrees in one mouth and puts off in another.
    let double = votes.iter().any(|v| v.vote == Vote::Double)
        || yes && atoms.iter().any(|a| a.cue == Cue::Idiom && a.ends_negating && a.to - a.from > 2);
    // Where something is said outright, what leads in or wishes to leave («no, déjelo») stands outside it.
    let outright = |v: &&Voted| !v.weak || votes.iter().all(|v| v.weak);
    let listens =
        yes && votes.iter().filter(outright).all(|v| answers.listening.contains(&phrase(text, v.from, v.to)));
    let negated = yes && atoms.iter().any(Atom::negates) && !counted.is_whole();
    let plain = !(hedged || double || has(Cue::But) || asks || condition.is_some() || negated || listens);
    let from = votes.iter().find(outright)?.from;
    let to = votes.iter().rfind(outright)?.to;
    let manner = manner(text, votes, yes, answers);
    Some(Said { yes, confidence, plain, manner, from, to })
}

/// Whether one answer is a yes and one a no.
pub(super) fn are_both(votes: &[Voted]) -> bool {
    let no = votes.iter().filter(|v| v.vote == Vote::No).count();
    votes.iter().any(|v| v.vote == Vote::Both) || no > 0 && no < votes.len()
}

/// Whether a text ends with one of these, after `from`.
fn ends_with(text: &Text, from: usize, phrases: &[String]) -> bool {
    let end = (from..text.len()).rev().find(|i| !text.is_mark(*i)).map_or(from, |last| last + 1);
    (from..end).any(|i| phrases.iter().any(|phrase| text.phrase(i, phrase) == Some(end)))
}

/// How the answers say it, taken together.
fn manner(text: &Text, votes: &[Voted], yes: bool, answers: &Answers) -> Manner {
    let is = |v: &Voted, phrases: &[String]| phrases.contains(&phrase(text, v.from, v.to));
    let any = |phrases: &[String]| votes.iter().any(|v| is(v, phrases));
    let onward = |v: &Voted| is(v, &answers.onward) || is(v, &answers.orders);
    match yes {
        false if any(&answers.calming) => Manner::Calming,
        false if (0..text.len()).any(|i| answers.unable.iter().any(|p| text.phrase(i, p).is_some())) => {
            Manner::Unable
        }
        true if votes.iter().any(onward) && votes.iter().all(|v| v.direct || v.weak || onward(v)) => {
            match votes.iter().any(|v| v.direct) {
                true => Manner::YesOnward,
                false if any(&answers.orders) => Manner::Order,
                false => Manner::Onward,
            }
        }
        true if votes.iter().all(|v| is(v, &answers.agreeing)) => Manner::Agreeing,
        _ => Manner::Stating,
    }
}

/// Whether the answers are a yes, and whether a no stands beside it that is not of what was asked. None: both, or none.
fn decide(atoms: &[Atom], votes: &[Voted]) -> Option<(bool, bool)> {
    let first = votes.first()?;
    if votes.iter().any(|v| v.vote == Vote::Both) {
        return None;
    }
    let (nos, yeses): (Vec<&Voted>, Vec<&Voted>) = votes.iter().partition(|v| v.vote == Vote::No);
    let but = atoms.iter().any(|a| a.cue == Cue::But);
    match (yeses.is_empty(), nos.is_empty()) {
        (true, _) => Some((false, false)),
        (false, true) => Some((true, false)),
        // «sí, mi madre, que no puede andar»: after the answer, of something else.
        _ if first.direct && !but && nos.iter().all(|n| n.bare) && apart(atoms, first) => Some((true, true)),
        // «bueno, no»; «no, vale».
        _ if yeses.iter().all(|y| y.weak) && !but => Some((false, false)),
        _ => None,
    }
}

/// The words that neither answer nor only lead in.
pub(super) fn others(text: &Text, atoms: &[Atom], votes: &[Voted]) -> Vec<Range<usize>> {
    let counted = Counted { text, atoms, votes };
    let other = |i: &usize| !text.is_mark(*i) && !counted.is_answer(*i) && !counted.is_neutral(*i);
    (0..text.len()).filter(other).map(|i| text.span(i, i + 1)).collect()
}

fn phrase(text: &Text, from: usize, to: usize) -> String {
    (from..to).map(|i| text.word(i)).collect::<Vec<_>>().join(" ")
}

/// Whether a text asks by its words, a recogniser writing no marks: «de acuerdo con qué», «sí, y cuándo».
fn interrogative(text: &Text, atoms: &[Atom], asks: &[String]) -> bool {
    let in_cue =
        |i: usize| atoms.iter().any(|a| a.from <= i && i < a.to && a.cue != Cue::Other && a.cue != Cue::That);
    let words: Vec<usize> = (0..text.len()).filter(|i| !text.is_mark(*i)).collect();
    let last = words.last().copied();
    let accented = |i: usize| !text.written(i).is_ascii() && text.word(i).is_ascii();
    let asks = |i: usize| {
        let begins = |said: &String| said.split(' ').enumerate().all(|(n, word)| text.word(i + n) == word);
        let length = |said: &String| said.split(' ').count();
        asks.iter().any(|said| begins(said) && (accented(i) || last == Some(i + length(said) - 1)))
    };
    words.len() > 1 && words.iter().any(|i| !in_cue(*i) && asks(*i))
}

fn is_question(text: &Text) -> bool {
    text.word(text.len().saturating_sub(1)) == "?"
}

/// «está bien, ¿no?»: a no that asks.
fn is_tag(text: &Text, atoms: &[Atom]) -> bool {
    let words: Vec<&Atom> = atoms.iter().filter(|a| a.cue != Cue::Mark).collect();
    is_question(text)
        && words.len() > 1
        && words.last().is_some_and(|a| a.cue == Cue::Negator && after_mark(text, a.from))
}

fn after_mark(text: &Text, i: usize) -> bool {
    i.checked_sub(1).is_some_and(|before| text.is_mark(before))
}

/// Whether a clause ends, or other words stand, between an answer and what follows it.
fn apart(atoms: &[Atom], first: &Voted) -> bool {
    atoms.iter().find(|a| a.from >= first.to).is_some_and(|a| a.is_border())
}

/// The answers of a text, clause by clause.
pub(super) fn votes(text: &Text, atoms: &[Atom]) -> Vec<Voted> {
    let mut out = Vec::new();
    for clause in atoms.split(Atom::is_border) {
        clause_votes(text, clause, &mut out);
    }
    out
}

fn clause_votes(text: &Text, clause: &[Atom], out: &mut Vec<Voted>) {
    let start = out.len();
    // The negator that reaches on, if one does, by its place in `out`.
    let mut open: Option<usize> = None;
    for (n, atom) in clause.iter().enumerate() {
        let bare = atom.cue == Cue::Negator && clause.get(n + 1).is_some_and(|next| next.cue == Cue::Other);
        let voted = |vote| Voted { vote, weak: atom.weak, direct: false, bare, from: atom.from, to: atom.to };
        let atom = &Atom { cue: settled(clause, n), ..*atom };
        match (atom.cue, open.and_then(|o| out.get(o).copied())) {
            (Cue::Idiom, None) => out.push(voted(Vote::Yes)),
            // «no, no hay problema», without its comma.
            (Cue::Idiom, Some(_)) => out.push(voted(Vote::Both)),
            (Cue::Yes { direct }, None) => out.push(Voted { direct, ..voted(Vote::Yes) }),
            (Cue::Yes { direct: true }, Some(_)) => out.push(voted(Vote::Both)),
            (Cue::Yes { direct: false }, Some(no)) => {
                out.push(Voted { weak: false, from: no.from, ..voted(Vote::No) });
            }
            (Cue::Wrong, Some(no)) if words(text, no.to, atom.from) <= NEAR => {
                let twice = open.is_some_and(|o| o > start && doubled(out, o));
                let vote = if twice { Vote::Both } else { Vote::Double };
                out.truncate(open.unwrap_or(out.len()));
                out.push(Voted { weak: false, from: no.from, ..voted(vote) });
                open = None;
            }
            (Cue::Wrong, _) | (Cue::No { negator: false }, _) => {
                out.push(voted(Vote::No));
            }
            (Cue::Negator | Cue::No { negator: true }, _) => {
                deny_before(text, clause, n, out.as_mut_slice(), start);
                open = Some(out.len());
                out.push(voted(Vote::No));
            }
            _ => {}
        }
    }
}

/// «por qué no» is a yes where nothing follows that it could deny.
fn settled(clause: &[Atom], n: usize) -> Cue {
    let Some(atom) = clause.get(n) else { return Cue::Other };
    let follows = |next: &Atom| match next.cue {
        Cue::Lead | Cue::That | Cue::Yes { direct: true } => false,
        Cue::Yes { .. } => !next.weak,
        _ => true,
    };
    let open = atom.cue == Cue::Idiom && atom.ends_negating && clause.get(n + 1).is_some_and(follows);
    if open { Cue::Negator } else { atom.cue }
}

/// Whether the no before this one stands right before it: «no no…».
fn doubled(out: &[Voted], at: usize) -> bool {
    let before = at.checked_sub(1).and_then(|b| out.get(b));
    out.get(at).zip(before).is_some_and(|(no, before)| before.vote == Vote::No && before.to == no.from)
}

/// A negator that follows a yes in its clause denies it: «eso no», «claro que no», «de acuerdo no estoy».
fn deny_before(text: &Text, clause: &[Atom], n: usize, out: &mut [Voted], start: usize) {
    let Some(negator) = clause.get(n) else { return };
    let end = clause.last().map_or(negator.to, |a| a.to);
    let that = n.checked_sub(1).and_then(|b| clause.get(b)).is_some_and(|a| a.cue == Cue::That);
    let last = words(text, negator.to, end) <= AFTER;
    let after = out.len();
    for (i, yes) in out.iter_mut().enumerate().skip(start).filter(|(_, v)| v.vote == Vote::Yes) {
        let joined = i + 1 == after && that && words(text, yes.to, negator.from) <= 1;
        yes.vote = if joined || !yes.direct && (yes.weak || last) { Vote::No } else { Vote::Both };
    }
}

fn words(text: &Text, from: usize, to: usize) -> usize {
    (from..to).filter(|i| !text.is_mark(*i)).count()
}

/// What of a text is answers, and what tells nothing.
struct Counted<'a> {
    text: &'a Text<'a>,
    atoms: &'a [Atom],
    votes: &'a [Voted],
}

impl Counted<'_> {
    fn is_answer(&self, i: usize) -> bool {
        self.votes.iter().any(|v| v.from <= i && i < v.to)
    }

    /// Words of cues that neither answer nor say anything else.
    fn is_neutral(&self, i: usize) -> bool {
        let neutral = |a: &&Atom| {
            matches!(a.cue, Cue::Lead | Cue::That | Cue::Hedge | Cue::Spared | Cue::Border | Cue::Said)
        };
        self.atoms.iter().filter(neutral).any(|a| a.from <= i && i < a.to)
    }

    /// Answers among the words that tell something, and these.
    fn told(&self) -> (usize, usize) {
        let words = (0..self.text.len()).filter(|i| !self.text.is_mark(*i));
        words.fold((0, 0), |(answers, all), i| match (self.is_answer(i), self.is_neutral(i)) {
            (true, _) => (answers + 1, all + 1),
            (false, true) => (answers, all),
            (false, false) => (answers, all + 1),
        })
    }

    /// Nothing else is said.
    fn is_whole(&self) -> bool {
        let (answers, all) = self.told();
        answers == all
    }

    /// A yes or a no lost in a long sentence about something else is a doubtful one; a yes is less than what consents
    /// takes where half of it is other words («sí, ya voy, Manolo»).
    fn confidence(&self, first: &Voted, yes: bool) -> f32 {
        let (answers, all) = self.told();
        let share = answers as f32 / all.max(1) as f32;
        let leads = (0..first.from).all(|i| self.text.is_mark(i) || self.is_neutral(i));
        if share >= if yes { 0.65 } else { 0.6 } {
            0.97
        } else if leads {
            0.55 + if yes { 0.26 } else { 0.4 } * share
        } else {
            0.3 + 0.5 * share
        }
    }
}

/// «si puede ser por la tarde», «está bien si es por la tarde»: an unaccented «si» before a clause. A recogniser writes
/// none of the accents: a short answer that begins so says yes.
fn condition(text: &Text, atoms: &[Atom], verbs: &[String]) -> Option<Condition> {
    atoms.iter().enumerate().find_map(|(n, atom)| {
        let unaccented = atom.cue == Cue::Yes { direct: true }
            && text.word(atom.from) == "si"
            && atom.to == atom.from + 1
            && !text.written(atom.from).contains(['í', 'Í']);
        let next = atoms.get(n + 1).map(|a| a.cue);
        let clause = verbs.iter().any(|v| v == text.word(atom.to))
            && !matches!(next, Some(Cue::Yes { .. } | Cue::Idiom));
        let before = n.checked_sub(1).and_then(|b| atoms.get(b)).map(|a| a.cue);
        match before {
            _ if !unaccented || !clause => None,
            None if text.words() > SHORT => Some(Condition::First),
            Some(Cue::Yes { direct: false }) => Some(Condition::Late),
            _ => None,
        }
    })
}

/// Where a condition stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Condition {
    /// It begins: perhaps a yes whose accent was not written.
    First,
    /// A yes comes before it, on that condition.
    Late,
}
