//! What the words around an expression of time make of it: wanted, denied, or all that is not wanted.

use super::calendar::Open;
use super::expression::Expression;
use crate::es::text::Text;

/// Whether what was named is not wanted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Denial {
    None,
    /// «el lunes no», «no puedo el lunes».
    Denied,
    /// «menos el lunes», «ni lunes ni martes»: all others are wanted.
    But,
}

/// Expressions by what they are for.
pub(super) struct Sorted {
    pub wanted: Vec<Expression>,
    pub unwanted: Vec<Expression>,
    /// Everything but what is unwanted will do.
    pub but: bool,
    /// It is not plain how far the denial reaches.
    pub doubtful: bool,
}

const BUT: &[&str] = &[
    "que no sea",
    "que no sean",
    "no sea",
    "no sean",
    "que no caiga",
    "no caiga",
    "menos",
    "excepto",
    "exceptuando",
    "salvo",
    "quitando",
    "descartando",
    "evitando",
    "aparte de",
    "nunca",
    "jamas",
    "evite",
    "evitar",
    "a excepcion de",
    "con excepcion de",
    "con tal de que no sea",
    "ni",
];
const DENIED: &[&str] = &[
    "no puede ser",
    "no podria ser",
    "no podre",
    "no podria",
    "no voy a poder",
    "no puedo",
    "no me viene bien",
    "no me va bien",
    "no me vienen bien",
    "no me van bien",
    "no me viene",
    "no me vienen",
    "no me va",
    "no me van",
    "no me cuadra",
    "no me cuadran",
    "no me encaja",
    "no me encajan",
    "no quiero",
    "imposible",
    "tampoco puedo",
    "tampoco",
    "no",
];
/// Words between what denies and what is denied.
const FILLERS: &[&str] =
    &["el", "la", "los", "las", "lo", "de", "del", "en", "a", "al", "por", "para", "dia", "ni"];

/// What the words beside an expression say of it.
pub(super) fn denial(text: &Text, e: &Expression) -> Denial {
    let before = |phrases: &[&str], most: usize| {
        (0..=most).any(|skipped| {
            let Some(end) = e.from.checked_sub(skipped) else { return false };
            (end..e.from).all(|i| FILLERS.contains(&text.word(i)))
                && (1..=6)
                    .any(|n| end.checked_sub(n).is_some_and(|b| text.any_phrase(b, phrases) == Some(end)))
        })
    };
    if before(BUT, 3) {
        Denial::But
    } else if before(DENIED, 1) || denied_after(text, e.to) {
        Denial::Denied
    } else {
        Denial::None
    }
}

/// «…no», «…no puedo», «…imposible»: what stands before `i` is denied.
pub(super) fn denied_after(text: &Text, i: usize) -> bool {
    const AFTER: &[&str] = &[
        "tampoco",
        "me viene mal",
        "me va mal",
        "me viene fatal",
        "me va fatal",
        "no",
        "imposible",
        "es imposible",
        "me es imposible",
        "ni hablar",
        "trabajo",
        "curro",
        "tengo medico",
        "tengo clase",
        "me es imposible",
        "estoy fuera",
        "lo tengo ocupado",
    ];
    let at = i + usize::from(text.word(i) == ",");
    let Some(next) = text.any_phrase(at, AFTER) else { return false };
    // «el jueves, no el viernes»: the no is of what follows.
    let own = at == i || !matches!(text.word(next), "el" | "la" | "los" | "las" | "a" | "por" | "de");
    // «el jueves no me va mal»: it will do.
    let fine =
        text.any_phrase(at, &["no me va mal", "no me viene mal", "no esta mal", "no me importa"]).is_some();
    own && !fine
}

/// Sorts the expressions of a text, in its order.
pub(super) fn sorted(text: &Text, mut all: Vec<Expression>) -> Sorted {
    then_after(text, &mut all);
    let mut denials: Vec<Denial> = all.iter().map(|e| denial(text, e)).collect();
    let mut doubtful = false;
    let mut at = 0;
    while at < all.len() {
        let rest = all.get(at..).unwrap_or_default();
        let joined = |pair: &[Expression]| matches!(pair, [a, b] if joint(text, a, b).is_some());
        let end = at + 1 + rest.windows(2).take_while(|pair| joined(pair)).count();
        doubtful |=
            spread(text, all.get(at..end).unwrap_or_default(), denials.get_mut(at..end).unwrap_or_default());
        at = end;
    }
    let but = denials.contains(&Denial::But);
    doubtful |= denials.iter().all(|d| *d == Denial::None) && all.iter().any(|e| is_after_another(text, e));
    doubtful |= denials.iter().all(|d| *d == Denial::None) && unexplained(text, &all);
    let (wanted, unwanted): (Vec<_>, Vec<_>) =
        all.into_iter().zip(denials).partition(|(_, d)| *d == Denial::None);
    let bare = |pairs: Vec<(Expression, Denial)>| pairs.into_iter().map(|p| p.0).collect::<Vec<_>>();
    let (wanted, unwanted) = (bare(wanted), bare(unwanted));
    let wanted = wanted.into_iter().map(|e| of_the_same_day(e, &unwanted)).collect();
    Sorted { wanted, unwanted, but, doubtful }
}

/// Whether an expression counts from a moment that is not in it: «una hora después», «el jueves siguiente».
fn is_after_another(text: &Text, e: &Expression) -> bool {
    const AFTER: &[&str] = &["despues", "siguiente", "mas tarde", "mas pronto", "antes"];
    let counted = e.first.base.is_some() || e.first.weekday.is_some();
    // «el miércoles no puedo, el siguiente»: it is.
    let said = (e.from..e.to).any(|i| text.word(i) == "no");
    counted
        && !said
        && e.open == Open::No
        && (e.from + 1..e.to).any(|i| text.any_phrase(i, AFTER) == Some(e.to))
}

/// Whether something is denied or left out, and it is not plain what: «en junio, pero a la vuelta de mi viaje no».
fn unexplained(text: &Text, all: &[Expression]) -> bool {
    const DENIES: &[&str] =
        &["no", "ni", "nunca", "jamas", "imposible", "tampoco", "menos", "excepto", "salvo"];
    const FINE: &[&str] = &[
        "no se",
        "no importa",
        "no le importa",
        "si no",
        "no pasa nada",
        "no hace falta",
        "no me importa",
        "por que no",
        "mas o menos",
    ];
    let outside = |i: &usize| !all.iter().any(|e| e.from <= *i && *i < e.to);
    // «no, el jueves», «no, no, no»: another answer than the one before.
    let begins = (0..text.len()).find(|i| text.word(*i) != "no" && !text.is_mark(*i)).unwrap_or(text.len());
    let fine = |i: usize| {
        (0..3).filter_map(|n| i.checked_sub(n)).any(|b| text.any_phrase(b, FINE).is_some_and(|e| e > i))
    };
    let asks = |i: usize| text.word(i + 1) == "?";
    (begins..text.len()).filter(outside).any(|i| DENIES.contains(&text.word(i)) && !fine(i) && !asks(i))
}

/// Within a list («lunes, martes y miércoles»), what is denied of its first or its last is denied of all. True: it
/// has no end that tells.
fn spread(text: &Text, run: &[Expression], denials: &mut [Denial]) -> bool {
    let [first, .., last] = denials else { return false };
    let (first, last) = (*first, *last);
    let closed = run.windows(2).last().and_then(|pair| joint(text, pair.first()?, pair.last()?));
    match (first, last, closed) {
        (Denial::None, Denial::None, _) => false,
        (Denial::None, last, Some(true)) => {
            denials.fill(last);
            false
        }
        (first, Denial::None, Some(true)) => {
            denials.fill(first);
            false
        }
        (first, Denial::None, _) => first != Denial::None,
        _ => false,
    }
}

/// Whether only words of a list stand between two expressions, and if so whether it is its last joint, with «y».
fn joint(text: &Text, a: &Expression, b: &Expression) -> Option<bool> {
    const JOINTS: &[&str] = &[",", "y", "e", "o", "u", "ni", "la", "el", "lo", "las", "los", "de", "del"];
    let between: Vec<&str> = (a.to..b.from).map(|i| text.word(i)).collect();
    let fits = !between.is_empty() && between.len() <= 4 && between.iter().all(|w| JOINTS.contains(w));
    let conjunction = between.iter().any(|w| matches!(*w, "y" | "e" | "o" | "u" | "ni"));
    (fits && (conjunction || between.contains(&","))).then_some(conjunction)
}

/// Whether either of two will do: «el jueves o el viernes», «el lunes y el martes», «…o si no el viernes».
pub(super) fn either(text: &Text, a: &Expression, b: &Expression) -> bool {
    let or = text.any_phrase(a.to + usize::from(text.word(a.to) == ","), &["o si no", "o bien", "o incluso"]);
    or == Some(b.from) || joint(text, a, b) == Some(true) || in_a_list(text, a, b)
}

/// «el lunes, el martes o el miércoles»: a comma joins where another joint follows.
fn in_a_list(text: &Text, a: &Expression, b: &Expression) -> bool {
    let plain = |e: &Expression| e.open == Open::No && e.first.has_day();
    let more = (b.to..text.len().min(b.to + 4)).any(|i| matches!(text.word(i), "o" | "u" | "y"));
    joint(text, a, b) == Some(false) && plain(a) && plain(b) && more
}

/// «el jueves por la mañana no, por la tarde»: of the same day.
fn of_the_same_day(mut e: Expression, unwanted: &[Expression]) -> Expression {
    let before = unwanted.iter().rev().find(|u| u.to <= e.from && u.first.has_day() && u.first.has_time());
    if let Some(day) = before.filter(|_| !e.first.has_day()) {
        e.first = e.first.on_day_of(&day.first);
    }
    e
}

/// «salgo a las tres, así que después»: the hour is a bound.
fn then_after(text: &Text, all: &mut [Expression]) {
    const AFTER: &[&str] = &["despues", "luego", "mas tarde", "a partir de ahi", "a partir de entonces"];
    let [e] = all else { return };
    if e.first.clock.is_none() || e.open != Open::No || e.last.is_some() {
        return;
    }
    let closes = |i: usize| i >= text.len() || text.is_mark(i) || text.phrase(i, "por favor").is_some();
    let said = |phrases: &[&str]| (e.to..text.len()).any(|i| text.any_phrase(i, phrases).is_some_and(closes));
    let clause =
        (0..e.from).any(|i| matches!(text.word(i), "salgo" | "termino" | "acabo" | "entro" | "tengo"));
    if said(AFTER) {
        e.open = Open::After;
    } else if said(&["antes"]) {
        e.open = Open::Before;
    } else if clause && text.any_phrase(0, &["despues del", "despues de", "cuando salga"]).is_some() {
        // «después del médico, que lo tengo a las diez».
        e.open = Open::After;
    }
}
