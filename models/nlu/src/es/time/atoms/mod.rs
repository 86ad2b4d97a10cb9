//! The phrases that time is made of. Each reads one at a token and says where it ends.

pub(super) mod date;
mod day;
mod part;
mod span;

use super::calendar::{Grain, When, plus_days};
use super::spec::Spec;
use super::{clock, lexicon};
use crate::Context;
use crate::es::text::Text;

type Atom = Option<(Spec, usize)>;

/// The longest atom at `i`; among equals the first of this list.
pub(crate) fn atom(text: &Text, i: usize, context: &Context) -> Atom {
    let readers: [&dyn Fn() -> Atom; 15] = [
        &|| span::relative(text, i, context),
        &|| span::cycles(text, i, context),
        &|| date::nth(text, i),
        &|| span::cycle(text, i, context),
        &|| span::week_of(text, i, context),
        &|| day::weekday(text, i, context),
        &|| date::written_date(text, i),
        &|| date::day_and_month(text, i),
        &|| span::portion(text, i, context),
        &|| part::day_part(text, i, context),
        &|| day::word_day(text, i, context),
        &|| clock::clock(text, i).map(|(c, next)| (Spec { clock: Some(c), ..Spec::default() }, next)),
        &|| {
            let at = skip(text, i, &["la", "el", "en", "para", "por"]);
            Some(match lexicon::feast(text, at, context.now.date())? {
                (lexicon::Feasted::Fixed(month, dom), next) => {
                    let day = Spec { dom: Some(dom), month: Some(month), ..Spec::default() };
                    date::with_year(text, day, next)
                }
                (lexicon::Feasted::Moved(day), next) => (Spec::of_base(When::day(day)?), next),
            })
        },
        &|| date::season(text, i, context),
        &|| beside_a_day(text, i, context),
    ];
    let mut best: Atom = None;
    for read in readers {
        if let Some((spec, next)) = read()
            && next > i
            && best.as_ref().is_none_or(|b| next > b.1)
        {
            best = Some((spec, next));
        }
    }
    best
}

/// «la víspera de San Isidro», «el día después del quince».
fn beside_a_day(text: &Text, i: usize, context: &Context) -> Atom {
    const BEFORE: &[&str] =
        &["vispera", "dia antes", "dia de antes", "dia anterior", "un dia antes", "antevispera"];
    const AFTER: &[&str] = &["dia despues", "dia siguiente", "dia de despues", "otro dia", "un dia despues"];
    let at = skip(text, i, &["la", "el", "al", "en"]);
    let (next, days) = match (text.any_phrase(at, BEFORE), text.any_phrase(at, AFTER)) {
        (Some(next), _) => (next, if text.word(at) == "antevispera" { -2 } else { -1 }),
        (_, Some(next)) => (next, 1),
        _ => return None,
    };
    // «al otro día» alone counts from nothing that was said.
    let day = Some(next).filter(|next| matches!(text.word(*next), "de" | "del" | "a" | "al"))?;
    // «del quince», «de la Asunción».
    let named =
        |i| atom(text, i, context).filter(|(spec, _): &(Spec, usize)| spec.has_day() && !spec.has_time());
    let (spec, to) = named(day).or_else(|| named(day + 1))?;
    let when = super::resolve::resolve(&spec, context).filter(|when| when.grain == Grain::Day)?;
    Some((Spec::of_base(When::day(plus_days(when.from.date(), days)?)?), to))
}

fn skip(text: &Text, i: usize, words: &[&str]) -> usize {
    let mut at = i;
    while words.contains(&text.word(at)) {
        at += 1;
    }
    at
}

/// «…no, el otro»: not what was named, the one after it.
fn another(text: &Text, i: usize) -> Option<usize> {
    let cannot =
        &["no puedo", "no me viene bien", "no me va bien", "no me va", "no me viene", "no podre", "no"];
    let no = text.any_phrase(i, cannot).map(|at| skip(text, at, &[",", "sino"]))?;
    text.any_phrase(
        no,
        &[
            "el otro",
            "la otra",
            "el siguiente",
            "la siguiente",
            "el de despues",
            "la de despues",
            "el que viene",
            "la que viene",
        ],
    )
}

const COMING: &[&str] = &[
    "que viene",
    "que vienen",
    "que entra",
    "proximo",
    "proxima",
    "proximos",
    "proximas",
    "siguiente",
    "siguientes",
    "entrante",
    "venidero",
];

const GONE: &[&str] = &[
    "pasado",
    "pasada",
    "pasados",
    "pasadas",
    "anterior",
    "ultimo",
    "ultima",
    "ultimos",
    "ultimas",
    "anteriores",
];

const WEEKEND: &[&str] = &["fin de semana", "finde", "fines de semana", "weekend"];
