//! Yes and no over a recogniser's readings, and what leaves a yes in doubt.

use std::ops::Range;

use chrono::{Duration, NaiveDateTime, NaiveTime, Timelike};
use dialogs::{ExpectedSlot, Found, Manner, SlotFound, Value};
use nlu::{Context, Reply, Status};

use super::{Readings, UNSURE, tongue::Tongue, trust::Reading};

/// Share of the best reading's confidence from which on another that says no leaves a yes in doubt.
const RIVAL: f32 = 0.5;
/// How sure a no is that says the question's words again.
const REPEATED: f32 = 0.9;
/// Letters that forms of a word share at least.
const ROOT: usize = 4;
/// Words that may stand beside a house's number where nothing else is said («es el número veinte»), folded.
const BESIDE_NUMBER: [&str; 25] = [
    "es", "el", "en", "al", "numero", "num", "n", "que", "vive", "vivo", "portal", "l", "a", "o", "e", "no",
    "da", "zenbakia", "zenbaki", "it", "s", "is", "number", "the", "at",
];

/// What was said to a question of yes or no.
#[derive(Debug, Default)]
pub(super) struct Assent {
    /// Yes or no with its confidence, the recogniser's included.
    pub yes_no: Option<(bool, f32)>,
    /// It may be taken otherwise.
    pub doubtful: bool,
    /// A word of the best reading negates.
    pub negated: bool,
    /// The bytes of the best reading after a yes or a no that may say otherwise.
    pub rest: Option<Range<usize>>,
    /// Yes and no were both said.
    pub both: bool,
    /// The best reading is a yes or a no and courtesy, whatever was asked.
    pub answers: bool,
    /// Yes or no and courtesy is all that was said.
    pub only: bool,
    /// Beside a yes other words were said than courtesy and those of the question.
    pub beside: bool,
    /// How the yes is said.
    pub manner: Manner,
    /// The words say it without being sure of it.
    unsure: bool,
    /// They say it of something else than what was asked, and nothing of that.
    elsewhere: bool,
}

impl Assent {
    /// What the best reading denies, no other affirms; the others are asked where it says neither.
    pub fn of(said: &Readings<'_>, question: &str) -> Assent {
        let told: Vec<(&Reading<'_>, Reply)> =
            said.0.iter().map(|reading| (reading, said.1.reply(reading.text))).collect();
        let answers = told.first().is_some_and(|(_, best)| best.found.is_some() && best.others.is_empty());
        let as_asked = |(reading, whole)| (reading, as_asked(said, (reading, whole), question));
        let replies: Vec<(&Reading<'_>, Reply)> = told.into_iter().map(as_asked).collect();
        let Some((_, best)) = replies.first() else { return Assent::default() };
        let base = Assent {
            negated: best.negates,
            doubtful: best.wavers,
            rest: best.rest.clone(),
            both: best.both,
            answers,
            ..Assent::default()
        };
        let silent = best.found.is_none() && !best.negates;
        let chosen = replies.iter().find(|r| r.1.found.is_some() || !silent);
        let Some((reading, reply)) = chosen else { return base };
        let Some(found) = &reply.found else { return base };
        let nlu::Value::YesNo(yes) = found.value else { return base };
        let rival =
            yes && replies.iter().any(|(other, r)| other.whole >= reading.whole * RIVAL && says_no(r));
        let asked = said.1.stems(question);
        let foreign = |at: &Range<usize>| {
            let word = reading.text.get(at.clone()).unwrap_or_default();
            said.1.means(word) && !are_akin(&said.1.stems(word), &asked)
        };
        // «¿La anulo?» «no la anule»: as sure as a bare no.
        let repeated = !yes && reply.plain && !reply.others.iter().any(foreign);
        let sure = if repeated { found.confidence.max(REPEATED) } else { found.confidence };
        let fits = fits(said, (reading, reply), question);
        let (yes, elsewhere) = (yes || fits == Fit::Contrary, fits == Fit::Elsewhere);
        Assent {
            only: reply.others.is_empty(),
            beside: yes && reply.others.iter().any(foreign),
            manner: match reply.manner {
                nlu::Manner::Agreeing => Manner::Agreeing,
                nlu::Manner::YesOnward => Manner::YesOnward,
                nlu::Manner::Onward | nlu::Manner::Order => Manner::Onward,
                nlu::Manner::Stating | nlu::Manner::Calming | nlu::Manner::Unable => Manner::Stating,
            },
            // A reason for what the question proposes is not to be asked about as a no.
            yes_no: (!elsewhere || reply.manner != nlu::Manner::Unable)
                .then(|| (yes, sure * reading.sure_of(&found.span))),
            doubtful: base.doubtful
                || !reply.plain
                || rival
                || yes && base.rest.is_some()
                || fits != Fit::Asked,
            elsewhere,
            unsure: found.status == Status::Unsure,
            ..base
        }
    }

    /// The value of a slot of yes and no.
    pub fn found(&self, slot: &ExpectedSlot) -> Option<SlotFound> {
        let (yes, confidence) = self.yes_no.filter(|_| !self.elsewhere)?;
        let confidence =
            if self.unsure || self.doubtful || self.beside { confidence.min(UNSURE) } else { confidence };
        Some(SlotFound { slot: slot.name.clone(), found: Found::Valid(Value::YesNo(yes)), confidence })
    }
}

/// What a reading says, to this question. «¿La anulo?» «sí, anúlela»: a word that elsewhere is a no, and does what the
/// question proposes, takes nothing from a yes where no word negates.
fn as_asked(said: &Readings<'_>, (reading, whole): (&Reading<'_>, Reply), question: &str) -> Reply {
    if !whole.both || whole.negates {
        return whole;
    }
    let proposed = said.1.stems(last_question(question));
    let word = |at: &Range<usize>| reading.text.get(at.clone()).unwrap_or_default();
    let rest = said.1.reply(&reading.only(|at, _| !are_akin(&said.1.stems(word(at)), &proposed)));
    match rest.found {
        Some(found) if found.value == nlu::Value::YesNo(true) => {
            let found = Some(nlu::Found { span: 0..reading.text.len(), ..found });
            Reply { found, both: false, others: Vec::new(), rest: None, ..rest }
        }
        _ => whole,
    }
}

/// The last sentence of what was asked.
fn last_question(question: &str) -> &str {
    let asked = question.trim_end_matches(|c: char| !c.is_alphanumeric());
    asked.rsplit(['.', '!', '?', '¿']).next().unwrap_or(question)
}

/// What an answer is of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Fit {
    /// Of what was asked.
    Asked,
    /// Of something else: a yes tells to do another thing than the question proposes («¿La anulo?» «resérvela»), or a
    /// no only calms («¿Puede esperar?» «no corre prisa») or is a reason for it («¿La anulo?» «no puedo ir»).
    Elsewhere,
    /// A word that elsewhere is a no tells to do what the question proposes: «¿La anulo?» «anúlela».
    Contrary,
}

fn fits(said: &Readings<'_>, (reading, reply): (&Reading<'_>, &Reply), question: &str) -> Fit {
    let stems = |text: &str| said.1.stems(text);
    let answer = stems(reading.text);
    let shares = |asked: &str| are_akin(&stems(asked), &answer);
    let last = last_question(question);
    match reply.manner {
        // «¿Es correcto?» asks in words of an answer: what it is about was said before.
        nlu::Manner::Order if said.1.reply(last).found.is_none() && !shares(last) => Fit::Elsewhere,
        nlu::Manner::Calming if !shares(last) => Fit::Elsewhere,
        nlu::Manner::Unable if said.1.words(last).iter().any(|word| said.1.undoes(word)) => Fit::Elsewhere,
        nlu::Manner::Stating if says_no(reply) && !reply.negates && shares(last) => Fit::Contrary,
        _ => Fit::Asked,
    }
}

/// Whether a word of one text is a form of one of the other: «anulo», «anúlela».
fn are_akin(one: &[String], other: &[String]) -> bool {
    let akin = |a: &str, b: &str| {
        let shared = a.chars().zip(b.chars()).take_while(|(x, y)| x == y).count();
        let shorter = a.chars().count().min(b.chars().count());
        a == b || shared >= ROOT && shared + 1 >= shorter
    };
    one.iter().any(|a| other.iter().any(|b| akin(a, b)))
}

fn says_no(reply: &Reply) -> bool {
    match reply.found.as_ref().map(|f| &f.value) {
        Some(nlu::Value::YesNo(yes)) => !yes,
        _ => reply.negates,
    }
}

/// A value with another part: an address with another number («sí, pero es el número veinte»), a day with another hour
/// («sí, pero a las cinco»).
pub(super) fn amend(tongue: &dyn Tongue, old: &Value, said: &str) -> Option<Value> {
    let rest = tongue.correction(said).or_else(|| said.get(tongue.reply(said).rest?)).unwrap_or(said);
    match old {
        Value::Address(old) => other_number(tongue, old, rest),
        Value::Range { from, to } if *to - *from <= Duration::days(1) => {
            other_hour(tongue, *from, rest).or_else(|| other_part(tongue, *from, rest))
        }
        _ => None,
    }
}

/// The same day at the hour that the words name and no day with it; an hour that nobody receives at is meant in the
/// afternoon.
fn other_hour(tongue: &dyn Tongue, old: NaiveDateTime, rest: &str) -> Option<Value> {
    let context = Context::at(old);
    if tongue.value(&nlu::Kind::Fecha, rest, &context).is_some() {
        return None;
    }
    let (_, found) = tongue.extract_best(&nlu::Kind::Hora, &[(rest, 1.0)], &context)?;
    let best = found.first().filter(|f| matches!(f.status, Status::Sound | Status::Unclear))?;
    let nlu::Value::Time(time) = best.value else { return None };
    let late = best.status == Status::Unclear && (1..8).contains(&time.hour());
    let from = old.date().and_time(time) + Duration::hours(if late { 12 } else { 0 });
    Some(Value::Range { from, to: from + Duration::hours(1) })
}

/// The same day in the part of it that the words name and no day with it: «sí, pero por la mañana».
fn other_part(tongue: &dyn Tongue, old: NaiveDateTime, rest: &str) -> Option<Value> {
    let context = Context::at(old.date().and_time(NaiveTime::MIN));
    if tongue.value(&nlu::Kind::Fecha, rest, &context).is_some() {
        return None;
    }
    match tongue.value(&nlu::Kind::DatetimeRange, rest, &context)? {
        nlu::Value::Range { from, to } if from.date() == old.date() && to.date() == old.date() => {
            Some(Value::Range { from, to })
        }
        _ => None,
    }
}

fn other_number(tongue: &dyn Tongue, old: &dialogs::Address, rest: &str) -> Option<Value> {
    let context = Context::at(NaiveDateTime::MIN);
    let (_, found) = tongue.extract_best(&nlu::Kind::Number, &[(rest, 1.0)], &context)?;
    let best = found.first().filter(|f| f.status == Status::Sound)?;
    let nlu::Value::Number(number) = best.value else { return None };
    let around = [rest.get(..best.span.start)?, rest.get(best.span.end..)?];
    let only = around.iter().flat_map(|part| tongue.words(part)).all(|w| BESIDE_NUMBER.contains(&w.as_str()));
    let number = Some(number.to_string()).filter(|n| is_house(n) && old.number.as_ref() != Some(n));
    let number = number.filter(|_| only)?;
    Some(Value::Address(Box::new(dialogs::Address { number: Some(number), ..old.clone() })))
}

/// Whether a number may be that of a house.
fn is_house(number: &str) -> bool {
    (1..=4).contains(&number.len()) && !number.starts_with(['-', '0'])
}
