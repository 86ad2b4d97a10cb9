//! Parts of the day and the habits that name its hours.

use super::super::calendar::When;
use super::super::lexicon::Part;
use super::super::spec::{Edge, Spec};
use super::{Atom, skip};
use crate::Context;
use crate::es::text::Text;

/// «por la tarde», «a primera hora», «a media mañana», «esta noche».
pub(super) fn day_part(text: &Text, i: usize, context: &Context) -> Atom {
    const LEADS: &[&str] = &[
        "por la",
        "por las",
        "en la",
        "de la",
        "a la",
        "durante la",
        "para la",
        "por el",
        "al",
        "a",
        "del",
        "de",
        "en el",
        "por",
        "la",
        "el",
        "hacia la",
        "en",
        "cualquier",
        "alguna",
        "una",
        "todas las",
    ];
    const EDGES: &[(&str, Edge)] = &[
        ("a primera hora de", Edge::Early),
        ("a primeras horas de", Edge::Early),
        ("primera hora de", Edge::Early),
        ("a primera hora por", Edge::Early),
        ("temprano por", Edge::Early),
        ("pronto por", Edge::Early),
        ("al principio de", Edge::Early),
        ("a principios de", Edge::Early),
        ("al comienzo de", Edge::Early),
        ("a ultima hora de", Edge::Late),
        ("a ultimas horas de", Edge::Late),
        ("ultima hora de", Edge::Late),
        ("en las ultimas horas de", Edge::Late),
        ("al final de", Edge::Late),
        ("tarde por", Edge::Late),
        ("a finales de", Edge::Late),
        ("a ultima hora por", Edge::Late),
        ("a mediados de", Edge::Mid),
        ("a media", Edge::Mid),
        ("a plena", Edge::Mid),
        ("en plena", Edge::Mid),
        ("media", Edge::Mid),
    ];
    for (phrase, edge) in EDGES {
        let Some(next) = text.phrase(i, phrase) else { continue };
        if let Some((part, after)) =
            part_word(text, skip(text, next, &["la"])).filter(|(p, _)| *p != Part::Mediodia)
        {
            return Some((Spec { part: Some(part), edge: Some(*edge), ..Spec::default() }, after));
        }
    }
    if let Some((hours, next)) = around_a_meal(text, i) {
        return Some((Spec { hours: Some(hours), ..Spec::default() }, next));
    }
    if let Some(next) = text.any_phrase(
        i,
        &[
            "a primera hora",
            "a primerisima hora",
            "primera hora",
            "temprano",
            "bien temprano",
            "muy temprano",
            "temprano temprano",
            "tempranito",
            "prontito",
            "al inicio del dia",
        ],
    ) {
        return Some((Spec { edge: Some(Edge::Early), ..Spec::default() }, next));
    }
    if let Some(next) =
        text.any_phrase(i, &["a ultima hora", "ultima hora", "al final del dia", "al acabar el dia"])
    {
        return Some((Spec { edge: Some(Edge::Late), ..Spec::default() }, next));
    }
    if matches!(text.word(i), "esta" | "este") {
        let (part, next) = part_word(text, skip(text, i + 1, &["misma", "mismo"]))?;
        let today = When::day(context.now.date())?;
        return Some((Spec { part: Some(part), ..Spec::of_base(today) }, next));
    }
    if i.checked_sub(1).is_some_and(|b| matches!(text.word(b), "buenas" | "buena")) {
        return None;
    }
    let led = LEADS.iter().filter_map(|l| text.phrase(i, l)).max();
    if let Some((part, next)) = led.and_then(|at| part_word(text, at)) {
        return Some((Spec { part: Some(part), ..Spec::default() }, next));
    }
    // Without article only where it is no other word: «mañana» is tomorrow, «tarde» is late.
    let (part, next) = part_word(text, i)
        .filter(|(p, _)| *p == Part::Mediodia || *p == Part::Noche || *p == Part::Madrugada)?;
    Some((Spec { part: Some(part), ..Spec::default() }, next))
}

/// Hours that the day's habits name, as Spain keeps them: lunch is from two to four.
fn around_a_meal(text: &Text, i: usize) -> Option<((u32, u32), usize)> {
    const HABITS: &[(&str, (u32, u32))] = &[
        ("despues de la hora de comer", (16, 18)),
        ("despues de comer", (16, 18)),
        ("despues de la comida", (16, 18)),
        ("antes de comer", (12, 14)),
        ("antes de la comida", (12, 14)),
        ("a la hora de comer", (14, 16)),
        ("a la hora de la comida", (14, 16)),
        ("durante la comida", (14, 16)),
        ("despues del trabajo", (18, 20)),
        ("despues de trabajar", (18, 20)),
        ("al salir de trabajar", (18, 20)),
        ("al salir del trabajo", (18, 20)),
        ("cuando salga de trabajar", (18, 20)),
        ("antes de entrar a trabajar", (8, 9)),
        ("despues de desayunar", (10, 12)),
        ("despues de cenar", (22, 24)),
        ("a la hora de cenar", (21, 22)),
    ];
    HABITS.iter().filter_map(|(phrase, hours)| Some((*hours, text.phrase(i, phrase)?))).max_by_key(|h| h.1)
}

fn part_word(text: &Text, i: usize) -> Option<(Part, usize)> {
    if let Some(next) = text.any_phrase(i, &["medio dia"]) {
        return Some((Part::Mediodia, next));
    }
    let part = match text.word(i) {
        "mañana" | "manana" | "mañanita" | "mañanas" => Part::Manana,
        "tarde" | "tardes" | "tardecita" => Part::Tarde,
        "noche" | "noches" | "velada" => Part::Noche,
        "madrugada" => Part::Madrugada,
        "mediodia" => Part::Mediodia,
        _ => return None,
    };
    Some((part, i + 1))
}
