//! Lengths of time: «dos días», «media hora», «hora y media», «tres cuartos de hora».

use super::super::number;
use super::calendar::{Grain, add};
use super::lexicon;
use crate::es::text::Text;
use chrono::NaiveDateTime;

/// A sum of units, the largest first as they were said.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Duration {
    pub terms: Vec<(i64, Grain)>,
    /// «quince días» may be two weeks; «un par de días», about two.
    pub approximate: bool,
}

impl Duration {
    pub fn finest(&self) -> Grain {
        self.terms.iter().map(|t| t.1).min().unwrap_or(Grain::Second)
    }

    pub fn from(&self, at: NaiveDateTime, sign: i64) -> Option<NaiveDateTime> {
        self.terms.iter().try_fold(at, |t, (n, grain)| add(t, *grain, n.checked_mul(sign)?))
    }
}

/// Whether a unit stands at `i`: «a las cinco dos días…» has no minutes.
pub(crate) fn unit_follows(text: &Text, i: usize) -> bool {
    lexicon::unit(text, i).is_some_and(|(g, _)| g != Grain::Second)
}

/// A number of things, here or at a unit: «un», «un par de», figures, words.
pub(crate) fn count(text: &Text, i: usize) -> Option<(i64, usize, bool)> {
    if let Some(next) = text.any_phrase(i, &["un par de", "par de"]) {
        return Some((2, next, true));
    }
    if let Some(next) = text
        .any_phrase(i, &["unos cuantos", "unas cuantas", "algunos", "algunas", "unos pocos", "unas pocas"])
    {
        return Some((3, next, true));
    }
    let (i, about) = match text.word(i) {
        "unos" | "unas" | "como" => (i + 1, true),
        _ => (i, false),
    };
    let read = number::figures(text, i).or_else(|| number::cardinal(text, i))?;
    Some((read.value, read.next, about))
}

/// A duration at `i`.
pub(crate) fn duration(text: &Text, i: usize) -> Option<(Duration, usize)> {
    let (mut total, mut next) = term(text, i)?;
    loop {
        let at = if matches!(text.word(next), "y" | "con" | ",") { next + 1 } else { next };
        match term(text, at) {
            Some((more, after)) if more.finest() < total.finest() => {
                total.terms.extend(more.terms);
                total.approximate |= more.approximate;
                next = after;
            }
            _ => break,
        }
    }
    if let Some(after) = text.any_phrase(next, &["mas o menos", "aproximadamente"]) {
        total.approximate = true;
        next = after;
    }
    Some((total, next))
}

fn term(text: &Text, i: usize) -> Option<(Duration, usize)> {
    let exact = |n, grain, next| Some((Duration { terms: vec![(n, grain)], approximate: false }, next));
    for (phrase, minutes) in [
        ("media hora", 30),
        ("media horita", 30),
        ("1 / 2 hora", 30),
        ("un cuarto de hora", 15),
        ("cuarto de hora", 15),
        ("1 / 4 de hora", 15),
        ("tres cuartos de hora", 45),
        ("3 / 4 de hora", 45),
        ("hora y cuarto", 75),
    ] {
        if let Some(next) = text.phrase(i, phrase) {
            return exact(minutes, Grain::Minute, next);
        }
    }
    if let Some(next) = text.phrase(i, "medio dia") {
        return exact(12, Grain::Hour, next);
    }
    if let Some(next) = text.any_phrase(i, &["medio año", "medio ano"]) {
        return exact(6, Grain::Month, next);
    }
    if let Some(next) = text.any_phrase(i, &["una quincena", "la quincena", "quincena"]) {
        return Some((Duration { terms: vec![(15, Grain::Day)], approximate: true }, next));
    }
    // «hora y media», «mes y medio»: one, by its half.
    let (n, at, about) = if and_a_half(text, i + 1).is_some() { (1, i, false) } else { count(text, i)? };
    let (grain, mut next) = lexicon::unit(text, at)?;
    // One letter is a unit only when glued: «1h», «30s».
    if text.word(at).len() == 1 && !text.glued(at) {
        return None;
    }
    let mut terms = vec![(n, grain)];
    let half = match grain {
        Grain::Week => Some((84, Grain::Hour)),
        Grain::Hour => Some((30, Grain::Minute)),
        Grain::Minute => Some((30, Grain::Second)),
        Grain::Day => Some((12, Grain::Hour)),
        Grain::Year => Some((6, Grain::Month)),
        Grain::Month => Some((15, Grain::Day)),
        _ => None,
    };
    if let Some(after) = and_a_half(text, next) {
        terms.extend(half);
        next = after;
    } else if grain == Grain::Hour && text.word(next) == "y" && text.key(next + 1) == "kuarto" {
        terms.push((15, Grain::Minute));
        next += 2;
    } else if grain == Grain::Hour && text.word(at) == "h" && text.is_number(next) && text.glued(next) {
        terms.push((text.word(next).parse().ok()?, Grain::Minute));
        next += 1;
    }
    // Spain counts both ends: «quince días» is often two weeks, «ocho días» one.
    let loose = grain == Grain::Day && matches!(n, 8 | 15);
    Some((Duration { terms, approximate: about || loose }, next))
}

fn and_a_half(text: &Text, i: usize) -> Option<usize> {
    text.any_phrase(i, &["y media", "y medio"])
}
