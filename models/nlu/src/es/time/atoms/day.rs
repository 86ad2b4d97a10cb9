//! Days by their names: «mañana», «el jueves que viene».

use super::super::calendar::{Grain, When, plus_days};
use super::super::lexicon::Part;
use super::super::spec::{Spec, Turn};
use super::super::{clock, lexicon};
use super::date::day_number;
use super::{Atom, COMING, another, skip};
use crate::Context;
use crate::es::text::Text;

/// «hoy», «mañana», «pasado mañana», «ahora», «anoche».
pub(super) fn word_day(text: &Text, i: usize, context: &Context) -> Atom {
    const DAYS: &[(&str, i64)] = &[
        ("pasado mañana", 2),
        ("mañana no , pasado", 2),
        ("mañana no pasado", 2),
        ("pasado manana", 2),
        ("pasao mañana", 2),
        ("despues de mañana", 2),
        ("mañana mismo", 1),
        ("hoy mismo", 0),
        ("hoy dia", 0),
        ("dia de hoy", 0),
        ("dia de mañana", 1),
        ("el dia siguiente", 1),
        ("al dia siguiente", 1),
        ("dia siguiente", 1),
        ("el dia de despues", 1),
        ("el dia despues", 1),
        ("dia despues", 1),
        ("mañana", 1),
        ("manana", 1),
        ("hoy", 0),
        ("antes de ayer", -2),
        ("anteayer", -2),
        ("antier", -2),
        ("ayer", -1),
        ("el dia anterior", -1),
        ("dia anterior", -1),
        ("el dia de antes", -1),
        ("el dia antes", -1),
        ("la vispera", -1),
        ("vispera", -1),
        ("trasanteayer", -3),
        ("tras antes de ayer", -3),
    ];
    // «pasado» alone answers which day; beside anything else it is what is over.
    let bare = i == 0 || matches!(text.word(i - 1), "o" | "y" | "ni" | "menos" | "," | "mejor" | "para");
    if text.word(i) == "pasado" && i + 1 == text.len() && bare {
        return Some((Spec::of_base(When::day(plus_days(context.now.date(), 2)?)?), i + 1));
    }
    const NOW: &[&str] = &[
        "ahora mismo",
        "ahora",
        "ahorita",
        "en este preciso momento",
        "en este preciso instante",
        "en este mismo momento",
        "en este instante",
        "en este momento",
        "inmediatamente",
        "ya mismo",
        "justo ahora",
    ];
    let today = context.now.date();
    if let Some((n, next)) =
        DAYS.iter().filter_map(|(p, n)| Some((*n, text.phrase(i, p)?))).max_by_key(|d| d.1)
    {
        return Some((Spec::of_base(When::day(plus_days(today, n)?)?), next));
    }
    if let Some(next) = NOW.iter().filter_map(|p| text.phrase(i, p)).max() {
        return Some((Spec::of_base(When::unit(Grain::Second, context.now, 0)?), next));
    }
    if text.word(i) == "anoche" {
        let spec = Spec { part: Some(Part::Noche), ..Spec::of_base(When::day(plus_days(today, -1)?)?) };
        return Some((spec, i + 1));
    }
    let midnight =
        text.any_phrase(i, &["a medianoche", "a media noche", "la medianoche", "medianoche", "media noche"])?;
    // Midnight of a day is its end.
    let c = clock::Clock { hour: 12, minute: 0, second: 0, twelve: true, exact: false, approximate: false };
    Some((Spec { clock: Some(c), part: Some(Part::Noche), ..Spec::default() }, midnight))
}

/// «lunes», «este jueves», «el jueves que viene», «el otro martes».
pub(super) fn weekday(text: &Text, i: usize, _context: &Context) -> Atom {
    let start = skip(text, i, &["el", "los", "para", "en", "del", "al", "dia", "un"]);
    let (before, at) = turn_before(text, start);
    let (day, next) = lexicon::weekday(text, at)?;
    let (turn, next) = match turn_after(text, next) {
        Some((turn, next)) => (turn, next),
        None => (before, next),
    };
    let spec = Spec { weekday: Some((day, turn)), ..Spec::default() };
    // «el martes doce»: a number right after the name is the day of the month.
    let at = next + usize::from(text.word(next) == ",");
    if let Some((dom, after)) = day_number(text, at).filter(|(_, after)| !hour_after(text, *after)) {
        return Some((Spec { dom: Some(dom), ..spec }, after));
    }
    Some((spec, next))
}

/// Whether what follows a number makes it an hour or a count.
fn hour_after(text: &Text, i: usize) -> bool {
    lexicon::unit(text, i).is_some()
        || matches!(text.word(i), "am" | "pm" | "h" | "-" | "/" | "a" if text.word(i) != "a" || text.word(i + 1) == "m")
        || text
            .any_phrase(
                i,
                &[
                    "y media",
                    "y cuarto",
                    "menos cuarto",
                    "en punto",
                    "de la mañana",
                    "de la tarde",
                    "de la noche",
                    ". de",
                ],
            )
            .is_some()
}

fn turn_before(text: &Text, i: usize) -> (Turn, usize) {
    match text.word(i) {
        "este" | "esta" | "estos" => (Turn::This, skip(text, i + 1, &["mismo", "proximo"])),
        "proximo" | "proxima" => (Turn::Coming, i + 1),
        "siguiente" => (Turn::Coming, i + 1),
        "pasado" | "ultimo" => (Turn::Past, i + 1),
        "otro" => (Turn::AfterNext, i + 1),
        _ => (Turn::Plain, i),
    }
}

fn turn_after(text: &Text, i: usize) -> Option<(Turn, usize)> {
    let coming = text.any_phrase(i, COMING);
    if let Some(next) = another(text, coming.unwrap_or(i)) {
        return Some((Turn::AfterNext, next));
    }
    if let Some(next) = coming {
        return Some((Turn::Coming, next));
    }
    text.any_phrase(i, &["pasado", "anterior"])
        .filter(|_| !text.word(i + 1).starts_with("mañana"))
        .map(|next| (Turn::Past, next))
}
