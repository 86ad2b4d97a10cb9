//! The phrases that time is made of. Each reads one at a token and says where it ends.

use chrono::{Datelike, NaiveDate};

use super::super::number;
use super::super::ordinal;
use super::calendar::{Grain, When, add, plus_days};
use super::clock;
use super::duration::{self, Duration};
use super::lexicon::{self, Part};
use super::resolve::weekend;
use super::spec::{Counted, Edge, Portion, Spec, Turn};
use crate::Context;
use crate::es::text::Text;

type Atom = Option<(Spec, usize)>;

/// The longest atom at `i`; among equals the first of this list.
pub(crate) fn atom(text: &Text, i: usize, context: &Context) -> Atom {
    let readers: [&dyn Fn() -> Atom; 13] = [
        &|| relative(text, i, context),
        &|| cycles(text, i, context),
        &|| cycle(text, i, context),
        &|| weekday(text, i, context),
        &|| written_date(text, i),
        &|| day_and_month(text, i),
        &|| nth(text, i),
        &|| portion(text, i, context),
        &|| day_part(text, i, context),
        &|| word_day(text, i, context),
        &|| clock::clock(text, i).map(|(c, next)| (Spec { clock: Some(c), ..Spec::default() }, next)),
        &|| {
            lexicon::feast(text, skip(text, i, &["la", "el", "en", "para"]), context.now.date())
                .and_then(|(d, next)| Some((Spec::of_base(When::day(d)?), next)))
        },
        &|| season(text, i, context),
    ];
    let mut best: Atom = None;
    for read in readers {
        if let Some((spec, next)) = read() {
            if next > i && best.as_ref().is_none_or(|b| next > b.1) {
                best = Some((spec, next));
            }
        }
    }
    best
}

fn skip(text: &Text, i: usize, words: &[&str]) -> usize {
    let mut at = i;
    while words.contains(&text.word(at)) {
        at += 1;
    }
    at
}

/// «hoy», «mañana», «pasado mañana», «ahora», «anoche».
fn word_day(text: &Text, i: usize, context: &Context) -> Atom {
    const DAYS: &[(&str, i64)] = &[
        ("pasado mañana", 2),
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
    const NOW: &[&str] = &[
        "ahora mismo",
        "ahora",
        "ahorita",
        "en este preciso momento",
        "en este preciso instante",
        "en este mismo momento",
        "en este instante",
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
fn weekday(text: &Text, i: usize, _context: &Context) -> Atom {
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
    if let Some(next) =
        text.any_phrase(i, &["no , el otro", "no el otro", "no el siguiente", "no , el siguiente"])
    {
        return Some((Turn::AfterNext, next));
    }
    if let Some(next) = text.any_phrase(i, COMING) {
        return Some((Turn::Coming, next));
    }
    text.any_phrase(i, &["pasado", "anterior"])
        .filter(|_| !text.word(i + 1).starts_with("mañana"))
        .map(|next| (Turn::Past, next))
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

/// «14/5», «14-5-2026», «14.05.26», «2026-05-14».
fn written_date(text: &Text, i: usize) -> Atom {
    let at = skip(text, i, &["el", "dia", "para", "al", "del"]);
    let number =
        |i: usize| text.get(i).filter(|_| text.is_number(i)).and_then(|t| t.text.parse::<i32>().ok());
    let first = number(at)?;
    let separator = text.word(at + 1);
    if !matches!(separator, "/" | "-" | ".") {
        return None;
    }
    let second = number(at + 2)?;
    let third = (text.word(at + 3) == separator).then(|| number(at + 4)).flatten();
    let (day, month, year, next) = match (first, second, third) {
        (y @ 1000..=9999, m, Some(d)) => (d, m, Some(y), at + 5),
        (d, m, Some(y)) => (d, m, Some(year_of(y, text.word(at + 4).len())?), at + 5),
        // «13-15» is an interval and «15.30» an hour: a day and month need a slash,
        // or a dash between two figures that touch it, with a month.
        (d, m, None) if separator == "/" => (d, m, None, at + 3),
        (d, m, None) if separator == "-" && text.glued(at + 1) && text.glued(at + 2) && m <= 12 && at > i => {
            (d, m, None, at + 3)
        }
        _ => return None,
    };
    let (day, month) = (u32::try_from(day).ok()?, u32::try_from(month).ok()?);
    NaiveDate::from_ymd_opt(year.unwrap_or(2024), month, day)?;
    Some((Spec { dom: Some(day), month: Some(month), year, ..Spec::default() }, next))
}

/// Two figures are of this century up to 69.
fn year_of(y: i32, width: usize) -> Option<i32> {
    match (y, width) {
        (0..=69, 2) => Some(2000 + y),
        (70..=99, 2) => Some(1900 + y),
        (1000..=2999, 4) => Some(y),
        _ => None,
    }
}

/// A year in words or figures at `i`, 1900 to 2199, or two figures after an apostrophe or «del».
fn year(text: &Text, i: usize) -> Option<(i32, usize)> {
    let at = skip(text, i, &["año", "ano"]);
    let read = number::figures(text, at)
        .filter(|_| text.word(at).len() == 4)
        .or_else(|| number::cardinal(text, at))?;
    if (1000..=2199).contains(&read.value) {
        return Some((i32::try_from(read.value).ok()?, read.next));
    }
    (at > i && read.next == at + 1)
        .then(|| year_of(i32::try_from(read.value).ok()?, 2))
        .flatten()
        .map(|y| (y, read.next))
}

/// «el catorce de mayo [de 2026]», «mayo 14», «el quince», «mayo», «en 2014».
fn day_and_month(text: &Text, i: usize) -> Atom {
    let start = skip(text, i, &["para", "en", "por", "desde"]);
    let article = skip(text, start, &["el", "del", "al", "los"]);
    let named_day = matches!(text.word(article), "dia" | "dias");
    let at = article + usize::from(named_day);
    if let Some((dom, next)) = day_number(text, at) {
        let of = skip(text, next, &["de", "del", "mes", ","]);
        if let Some((month, after)) = lexicon::month(text, of) {
            return Some(with_year(
                text,
                Spec { dom: Some(dom), month: Some(month), ..Spec::default() },
                after,
            ));
        }
        // «catorce del cinco».
        if text.word(next) == "del" {
            if let Some((month, after)) = day_number(text, next + 1).filter(|(m, _)| *m <= 12) {
                return Some(with_year(
                    text,
                    Spec { dom: Some(dom), month: Some(month), ..Spec::default() },
                    after,
                ));
            }
        }
        let lone =
            article > start && matches!(text.word(article.wrapping_sub(1)), "el" | "del" | "al") || named_day;
        let unit = lexicon::unit(text, next).is_some()
            || matches!(text.word(next), "%" | "€" | "euros" | "y" | ":") && !matches!(text.word(next), "y");
        if lone && !unit {
            return Some((Spec { dom: Some(dom), ..Spec::default() }, next));
        }
        return None;
    }
    let of = skip(text, article, &["mes", "de", "la"]);
    if let Some((month, after)) = lexicon::month(text, of) {
        if let Some((dom, next)) = day_number(text, after).filter(|_| year(text, after).is_none()) {
            return Some(with_year(
                text,
                Spec { dom: Some(dom), month: Some(month), ..Spec::default() },
                next,
            ));
        }
        return Some(with_year(text, Spec { month: Some(month), ..Spec::default() }, after));
    }
    let labelled = matches!(text.word(at), "año" | "ano")
        || start > i && matches!(text.word(start.wrapping_sub(1)), "en");
    let (y, next) = year(text, at).filter(|_| labelled)?;
    Some((Spec { year: Some(y), ..Spec::default() }, next))
}

fn with_year(text: &Text, spec: Spec, next: usize) -> (Spec, usize) {
    let at = skip(text, next, &["de", "del", ","]);
    match year(text, at) {
        // «mayo a las 20:15» has no year: a clock follows its figures.
        Some((y, after)) if !matches!(text.word(after), ":" | "h" | "horas") => {
            (Spec { year: Some(y), ..spec }, after)
        }
        _ => (spec, next),
    }
}

/// A day of the month, 1 to 31, in words or figures; «primero» and «1º» are the first.
fn day_number(text: &Text, i: usize) -> Option<(u32, usize)> {
    if matches!(text.word(i), "primero" | "primer") {
        return Some((1, i + 1));
    }
    if matches!(text.word(i), "un") {
        return None;
    }
    let read = number::figures(text, i).or_else(|| number::below_hundred(text, i))?;
    let dom = u32::try_from(read.value).ok().filter(|d| (1..=31).contains(d))?;
    let next = read.next;
    if matches!(text.word(next), ":" | "h") && text.glued(next) {
        return None;
    }
    if text.word(next) == "." && text.glued(next) && text.is_number(next + 1) && text.glued(next + 1) {
        return None;
    }
    Some((dom, next + usize::from(text.word(next) == "º")))
}

/// «el tercer día de», «la primera semana de», «el último lunes de».
fn nth(text: &Text, i: usize) -> Atom {
    let at = skip(text, i, &["el", "la", "en", "durante", "para"]);
    let position = ordinal::ordinal(text, at)?;
    let (counted, next) = if let Some((w, next)) = lexicon::weekday(text, position.next) {
        (Counted::Weekday(w), next)
    } else if let Some(next) = text.any_phrase(position.next, WEEKEND) {
        (Counted::Weekend, next)
    } else if text.word(position.next) == "quincena" {
        (Counted::Fortnight, position.next + 1)
    } else {
        let (grain, next) = lexicon::unit(text, position.next)?;
        let counted = match grain {
            Grain::Day => Counted::Day,
            Grain::Week => Counted::Week,
            Grain::Month => Counted::Month,
            Grain::Quarter => Counted::Quarter,
            _ => return None,
        };
        (counted, next)
    };
    // Without «de…» after it, it is not in the calendar: «la última semana» is the past one.
    let inside =
        matches!(text.word(next), "de" | "del" | "en") && !text.word(next + 1).starts_with("la mañana");
    let n = i64::from(position.n) * if position.from_end { -1 } else { 1 };
    inside.then_some((Spec { nth: Some((n, counted)), ..Spec::default() }, next))
}

const WEEKEND: &[&str] = &["fin de semana", "finde", "fines de semana", "weekend"];

/// «a principios de», «a mediados de», «a finales de».
fn portion(text: &Text, i: usize, context: &Context) -> Atom {
    const PORTIONS: &[(&str, Portion)] = &[
        ("a principios", Portion::Beginning),
        ("a principio", Portion::Beginning),
        ("a comienzos", Portion::Beginning),
        ("al comienzo", Portion::Beginning),
        ("al principio", Portion::Beginning),
        ("a inicios", Portion::Beginning),
        ("al inicio", Portion::Beginning),
        ("principios", Portion::Beginning),
        ("a mediados", Portion::Middle),
        ("mediados", Portion::Middle),
        ("en mitad", Portion::Middle),
        ("a finales", Portion::End),
        ("al final", Portion::End),
        ("a fines", Portion::End),
        ("a final", Portion::End),
        ("al fin", Portion::End),
        ("finales", Portion::End),
    ];
    let (portion, next) =
        PORTIONS.iter().filter_map(|(p, w)| Some((*w, text.phrase(i, p)?))).max_by_key(|p| p.1)?;
    if !matches!(text.word(next), "de" | "del") {
        return None;
    }
    // «a finales de mes», «de semana», «de año»: the present one.
    if let Some((grain @ (Grain::Week | Grain::Month | Grain::Year), after)) = lexicon::unit(text, next + 1) {
        if text.word(next) == "de" {
            return Some((
                Spec { portion: Some(portion), ..Spec::of_base(When::unit(grain, context.now, 0)?) },
                after,
            ));
        }
    }
    Some((Spec { portion: Some(portion), ..Spec::default() }, next))
}

/// «por la tarde», «a primera hora», «a media mañana», «esta noche».
fn day_part(text: &Text, i: usize, context: &Context) -> Atom {
    const LEADS: &[&str] = &[
        "por la",
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
    if let Some(next) = text.any_phrase(
        i,
        &[
            "a primera hora",
            "a primerisima hora",
            "primera hora",
            "temprano",
            "prontito",
            "al inicio del dia",
        ],
    ) {
        return Some((Spec { part: Some(Part::Manana), edge: Some(Edge::Early), ..Spec::default() }, next));
    }
    if let Some(next) =
        text.any_phrase(i, &["a ultima hora", "ultima hora", "al final del dia", "al acabar el dia"])
    {
        return Some((Spec { part: Some(Part::Tarde), edge: Some(Edge::Late), ..Spec::default() }, next));
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

/// «este verano», «el próximo invierno», «verano 2014».
fn season(text: &Text, i: usize, context: &Context) -> Atom {
    let start = skip(text, i, &["en", "el", "la", "para", "durante"]);
    let (offset, at) = match text.word(start) {
        "este" | "esta" => (Some(0), start + 1),
        "proximo" | "proxima" => (Some(1), start + 1),
        "pasado" | "pasada" | "ultimo" | "ultima" => (Some(-1), start + 1),
        _ => (None, start),
    };
    let ((m1, d1), (m2, d2)) = lexicon::season(text.word(at))?;
    let mut next = at + 1;
    let mut shift = offset;
    if let Some(after) = text.any_phrase(next, COMING) {
        (shift, next) = (Some(1), after);
    } else if let Some(after) = text.any_phrase(next, GONE) {
        (shift, next) = (Some(-1), after);
    }
    let of = |y: i32| {
        let from = NaiveDate::from_ymd_opt(y, m1, d1)?.and_hms_opt(0, 0, 0)?;
        let to = NaiveDate::from_ymd_opt(y + i32::from(m2 < m1), m2, d2)?.and_hms_opt(0, 0, 0)?;
        Some(When::stretch(from, to, Grain::Day))
    };
    let year_at = skip(text, next, &["de", "del"]);
    if let Some((y, after)) = year(text, year_at) {
        return Some((Spec::of_base(of(y)?), after));
    }
    let now = context.now;
    let years = (now.year() - 2)..=(now.year() + 2);
    let all: Vec<When> = years.filter_map(of).collect();
    let current = all.iter().position(|w| w.to > now)?;
    let inside = all.get(current).is_some_and(|w| w.from <= now);
    // «el próximo verano» before summer is the coming one.
    let index = match shift {
        Some(1) if inside => current + 1,
        Some(-1) => current.checked_sub(1)?,
        _ => current,
    };
    Some((Spec::of_base(*all.get(index)?), next))
}

/// «la semana que viene», «este mes», «el año pasado», «el fin de semana».
fn cycle(text: &Text, i: usize, context: &Context) -> Atom {
    let start =
        skip(text, i, &["la", "el", "en", "durante", "para", "del", "al", "por", "toda", "todo", "de"]);
    let articled = start > i;
    let (mut offset, mut at): (Option<i64>, usize) = match text.word(start) {
        "esta" | "este" | "presente" => (Some(0), skip(text, start + 1, &["mismo", "misma"])),
        "proxima" | "proximo" | "siguiente" => (Some(1), start + 1),
        "pasada" | "pasado" | "ultima" | "ultimo" | "anterior" => (Some(-1), start + 1),
        "otra" | "otro" => (Some(2), start + 1),
        _ => (None, start),
    };
    at = skip(text, at, &["proxima", "proximo"]);
    let weekend_next = text.any_phrase(at, WEEKEND);
    let (grain, mut next) = match weekend_next {
        Some(next) => (Grain::Week, next),
        None => {
            let (grain, next) = lexicon::unit(text, at)?;
            if grain < Grain::Day || text.word(at).len() < 3 {
                return None;
            }
            (grain, next)
        }
    };
    if let Some(after) = text.any_phrase(next, COMING) {
        (offset, next) = (Some(1), after);
    } else if let Some(after) = text.any_phrase(next, GONE) {
        (offset, next) = (Some(-1), after);
    } else if let Some(after) = text.any_phrase(next, &["en curso", "actual", "corriente"]) {
        (offset, next) = (Some(0), after);
    }
    if weekend_next.is_some() {
        let monday = When::unit(Grain::Week, context.now, 0)?;
        let this = weekend(plus_days(monday.from.date(), 4)?)?;
        // «el próximo fin de semana» before Friday is the coming one.
        let shift = match offset {
            Some(1) if this.from > context.now => 0,
            Some(n) => n,
            None => i64::from(this.to <= context.now),
        };
        return Some((Spec::of_base(weekend(plus_days(this.from.date(), shift * 7)?)?), next));
    }
    let offset = match offset {
        Some(n) => n,
        None if grain == Grain::Week
            && articled
            && text.word(start.wrapping_sub(1)) == "la"
            && text.word(i) == "durante" =>
        {
            let monday = When::unit(Grain::Week, context.now, 0)?.from;
            return Some((
                Spec::of_base(When::stretch(monday, add(monday, Grain::Day, 5)?, Grain::Day)),
                next,
            ));
        }
        None => return None,
    };
    if grain == Grain::Day && offset == 0 && articled {
        return None;
    }
    Some((Spec::of_base(When::unit(grain, context.now, offset)?), next))
}

/// «los próximos tres días», «las dos últimas semanas», «tres meses que vienen».
fn cycles(text: &Text, i: usize, context: &Context) -> Atom {
    let start = skip(text, i, &["los", "las", "en", "durante", "por", "de"]);
    let direction = |word: &str| match word {
        "proximos" | "proximas" | "siguientes" => Some(1),
        "pasados" | "pasadas" | "ultimos" | "ultimas" | "anteriores" => Some(-1),
        _ => None,
    };
    let mut sign = direction(text.word(start));
    let at = start + usize::from(sign.is_some());
    let (n, at, about) = duration::count(text, at)?;
    let at = match direction(text.word(at)) {
        Some(s) if sign.is_none() => {
            sign = Some(s);
            at + 1
        }
        _ => at,
    };
    let (grain, mut next) = lexicon::unit(text, at)?;
    if sign.is_none() {
        if let Some(after) = text.any_phrase(next, COMING) {
            (sign, next) = (Some(1), after);
        } else if let Some(after) = text.any_phrase(next, GONE) {
            (sign, next) = (Some(-1), after);
        }
    }
    let n = n.clamp(0, 100_000);
    let this = When::unit(grain, context.now, 0)?;
    let (from, to) = match sign? {
        1 => (this.to, add(this.to, grain, n)?),
        _ => (add(this.from, grain, -n)?, this.from),
    };
    Some((Spec::of_base(When { approximate: about, ..When::stretch(from, to, grain) }), next))
}

/// «dentro de dos días», «hace una hora», «en quince minutos», «de hoy en ocho».
fn relative(text: &Text, i: usize, context: &Context) -> Atom {
    let today = context.now.date();
    if let Some(at) = text.any_phrase(i, &["de hoy en", "de aqui a", "de hoy a", "de mañana en"]) {
        let start = if text.phrase(i, "de mañana en").is_some() { plus_days(today, 1)? } else { today };
        let counted = match (text.key(at), lexicon::unit(text, at + 1)) {
            ("ocho", unit) => Some((7, unit)),
            ("kinse", unit) => Some((14, unit)),
            _ => None,
        };
        // «de hoy en ocho» is the same day of next week.
        if let Some((days, unit)) =
            counted.filter(|(_, u)| u.is_none_or(|(g, _)| g == Grain::Day) && text.word(i + 1) != "aqui")
        {
            return Some((Spec::of_base(When::day(plus_days(start, days)?)?), unit.map_or(at + 1, |u| u.1)));
        }
        let (d, next) = duration::duration(text, at)?;
        return Some((offset(&d, 1, context)?, next));
    }
    if let Some(at) = text.any_phrase(i, &["dentro de", "en", "al cabo de", "pasados", "pasadas", "a"]) {
        let strict = matches!(text.word(i), "a");
        let (d, next) = duration::duration(text, at).filter(|_| !strict)?;
        return Some((offset(&d, 1, context)?, next));
    }
    if let Some(at) = text.any_phrase(i, &["hace", "hara", "desde hace"]) {
        let (d, next) = duration::duration(text, skip(text, at, &["como", "unos", "unas", "ya"]))?;
        return Some((offset(&d, -1, context)?, next));
    }
    let (d, next) = duration::duration(text, i)?;
    if let Some(after) = text.any_phrase(next, &["atras", "antes"]) {
        return Some((offset(&d, -1, context)?, after));
    }
    let after = text.any_phrase(
        next,
        &["despues", "mas tarde", "desde ahora", "a partir de ahora", "a partir de hoy", "desde hoy"],
    )?;
    Some((offset(&d, 1, context)?, after))
}

/// The moment at a distance, as fine as people mean it: days have no hour.
fn offset(d: &Duration, sign: i64, context: &Context) -> Option<Spec> {
    let at = d.from(context.now, sign)?;
    let grain = match d.finest() {
        Grain::Second | Grain::Minute => Grain::Second,
        Grain::Hour => Grain::Minute,
        Grain::Day | Grain::Week | Grain::Month | Grain::Quarter => Grain::Day,
        Grain::Year => Grain::Month,
    };
    let when = When { approximate: d.approximate, ..When::unit(grain, at, 0)? };
    Some(Spec::of_base(when))
}
