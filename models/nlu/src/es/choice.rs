//! Choosing among the options that were just offered: by position, by what they
//! are called, by the day or hour they stand for, or none.

use chrono::{Datelike, NaiveDateTime, NaiveTime, Timelike};

use super::text::Text;
use super::time::Open;
use super::{list, ordinal, time, yes_no};
use crate::{Catalogue, Context, Found, Item, Kind, Status, Value};

const NONE: &[&str] = &[
    "ninguna",
    "ninguno",
    "ni una ni otra",
    "ni la una ni la otra",
    "no me viene bien ninguna",
    "no puedo ninguna",
    "no puedo ninguno",
    "otra hora",
    "otro dia",
    "otras horas",
    "otra fecha",
    "otros dias",
    "otra opcion",
    "otras opciones",
    "mas opciones",
    "algo antes",
    "algo mas temprano",
    "algo mas pronto",
    "algo mas tarde",
    "antes no tiene",
    "antes no hay",
    "mas tarde no tiene",
    "mas tarde no hay",
    "ninguna de ellas",
    "ninguna de las tres",
    "ninguna de las dos",
];
/// What is said of one option or of all.
const DENIED: &[&str] = &["no me viene bien", "no me va bien", "no puedo", "no me vienen bien"];
const ANY: &[&str] = &[
    "cualquiera",
    "la que sea",
    "el que sea",
    "me da igual",
    "me es igual",
    "me da lo mismo",
    "lo mismo me da",
    "las dos me van bien",
    "las dos me vienen bien",
    "la que quiera",
    "la que usted quiera",
    "indiferente",
];
/// Beside the name of an option: perhaps.
const DOUBTS: &[&str] = &[
    "a lo mejor",
    "no se",
    "quiza",
    "quizas",
    "tal vez",
    "puede que",
    "depende",
    "cual es",
    "cual era",
    "a que hora",
    "que hora",
    "que dia",
    "o espere",
    "que era",
];
/// Before an option: not that one.
const LEAVES: &[&str] = &["deje", "olvide", "olvidese de", "cancele", "quite", "anule", "descarte"];
/// Of two: nobody knows which.
const BOTH: &[&str] = &["las dos", "los dos", "ambas", "ambos", "una de las dos", "uno de los dos"];
const FIRST: &[&str] = &[
    "la mas temprana",
    "lo antes posible",
    "cuanto antes",
    "la mas pronta",
    "la que sea antes",
    "la que antes sea",
    "la de antes",
    "la mas cercana",
    "la mas tempranera",
    "la tempranera",
    "la mas tempranita",
    "el mas tempranero",
    "el de antes",
    "el mas pronto",
    "el mas cercano",
    "el mas temprano",
    "la primera de todas",
];
const LAST: &[&str] = &["la mas tarde", "la mas tardia", "la de despues", "el mas tarde", "lo mas tarde"];

/// Reads a choice, best first.
pub(crate) fn extract(text: &Text, options: &[Item], context: &Context) -> Vec<Found> {
    if said(text, NONE) {
        return whole(text, Value::NoneOfThem, 0.95, Status::Sound);
    }
    let other_than = |named: usize| match (options.len(), named) {
        (2, 0 | 1) => whole(text, Value::Option(1 - named), 0.9, Status::Sound),
        _ => Vec::new(),
    };
    if let (Some(unwanted), [_, _]) = (but_the_other(text), options) {
        return match one(&unwanted, options, context).as_slice() {
            [Found { value: Value::Option(named), status: Status::Sound, .. }] => other_than(*named),
            _ => Vec::new(),
        };
    }
    if let Some(named) = all_but(text, options, context) {
        return other_than(named);
    }
    let mut found = either(text, options, context).unwrap_or_else(|| one(text, options, context));
    if said(text, DOUBTS) || is_too_much(text) {
        for f in found.iter_mut().filter(|f| f.status == Status::Sound && f.value != Value::NoneOfThem) {
            f.status = Status::Unsure;
        }
    }
    found
}

/// «las seis es muy tarde»: named, and not for being wanted.
fn is_too_much(text: &Text) -> bool {
    const MUCH: &[&str] =
        &["es muy", "es demasiado", "son muy", "es un poco", "me parece muy", "es mala", "es mal"];
    const FINE: &[&str] = &["bien", "bueno", "buena", "buena hora", "mejor"];
    (0..text.len())
        .any(|i| text.any_phrase(i, MUCH).is_some_and(|next| text.any_phrase(next, FINE).is_none()))
}

fn whole(text: &Text, value: Value, confidence: f32, status: Status) -> Vec<Found> {
    vec![Found { value, span: text.span(0, text.len()), confidence, status }]
}

/// What a text says that names one of them, or none, by itself.
fn one(text: &Text, options: &[Item], context: &Context) -> Vec<Found> {
    let whole = |value, confidence, status| whole(text, value, confidence, status);
    if said(text, NONE) {
        return whole(Value::NoneOfThem, 0.95, Status::Sound);
    }
    let mention = time::mention(text, context);
    let mut found = mention.as_ref().map_or_else(Vec::new, |m| agreeing(text, options, m, context));
    if found.is_empty() && said(text, DENIED) {
        let other = by_position(text, options);
        return if other.is_empty() { whole(Value::NoneOfThem, 0.95, Status::Sound) } else { other };
    }
    if found.len() > 1 {
        // «la segunda, la del jueves»: the position decides among the days that agree.
        let position = by_position(text, options);
        let agreed: Vec<Found> =
            position.into_iter().filter(|p| found.iter().any(|f| f.value == p.value)).collect();
        if !agreed.is_empty() {
            found = agreed;
        }
    }
    if found.is_empty() && options.len() == 2 && text.any_phrase(0, BOTH) == Some(text.len()) {
        return (0..2).flat_map(|i| whole(Value::Option(i), 0.5, Status::Unclear)).collect();
    }
    if let Some(mention) = mention.filter(|_| found.is_empty()) {
        // «el viernes a última hora», of which none is offered, is not the last of Thursday's; «el dos» may be the
        // second.
        let number = |day: u32| usize::try_from(day).is_ok_and(|day| day > options.len());
        if mention.weekday.is_some() || mention.date.is_some() || mention.day.is_some_and(number) {
            return Vec::new();
        }
        // «a las cinco», of which half past is offered, may be it; no other words name an hour.
        if mention.clock.is_some() && options.iter().filter_map(start).any(|s| s.1.is_some()) {
            return around(text, options, &mention, context);
        }
    }
    if found.is_empty() {
        found = by_position(text, options);
    }
    if found.is_empty() {
        found = by_name(text, options);
    }
    if !found.is_empty() {
        return found;
    }
    let last = options.len().saturating_sub(1);
    if options.is_empty() {
        return Vec::new();
    }
    // Recognisers hear «enero» for «primero»; no month is a choice.
    let january = text.word(text.len().saturating_sub(1)) == "enero" && text.words() <= 2;
    let offered = options.iter().filter_map(start).any(|s| s.0.is_some_and(|at| at.month() == 1));
    if january && !offered {
        return whole(Value::Option(0), 0.6, Status::Unsure);
    }
    if said(text, FIRST) {
        return whole(Value::Option(0), 0.85, Status::Sound);
    }
    if said(text, LAST) {
        return whole(Value::Option(last), 0.85, Status::Sound);
    }
    if said(text, ANY) {
        return whole(Value::Option(0), 0.8, Status::Unsure);
    }
    match yes_no::extract(text).first().map(|f| (f.value.clone(), f.confidence)) {
        Some((Value::YesNo(false), c)) if c > 0.6 => whole(Value::NoneOfThem, c * 0.9, Status::Sound),
        // A yes chooses only where there is no choice.
        Some((Value::YesNo(true), c)) if options.len() == 1 && c > 0.6 => {
            whole(Value::Option(0), c * 0.9, Status::Sound)
        }
        _ => Vec::new(),
    }
}

/// The option that is left out: «cualquiera menos *la primera*».
fn all_but(text: &Text, options: &[Item], context: &Context) -> Option<usize> {
    let but = (0..text.len()).find(|i| matches!(text.word(*i), "menos" | "excepto" | "salvo"))?;
    // «las seis menos cuarto», «más o menos».
    if matches!(text.word(but.wrapping_sub(1)), "o")
        || time::mention(text, context).is_some_and(|m| m.from < but && but < m.to)
    {
        return None;
    }
    let part = Text::new(text.source.get(text.span(but + 1, text.len()))?);
    match one(&part, options, context).into_iter().next()?.value {
        Value::Option(named) => Some(named),
        _ => None,
    }
}

/// «la primera o la de las seis»: nobody knows which.
fn either(text: &Text, options: &[Item], context: &Context) -> Option<Vec<Found>> {
    let or = (1..text.len()).find(|i| matches!(text.word(*i), "o" | "u"))?;
    let named = |from: usize, to: usize| {
        let part = Text::new(text.source.get(text.span(from, to))?);
        let found = one(&part, options, context).into_iter().next()?;
        let sure = matches!(found.value, Value::Option(_)) && found.status == Status::Sound;
        sure.then(|| Found { span: text.span(from, to), status: Status::Unclear, ..found })
    };
    let both = [named(0, or)?, named(or + 1, text.len())?];
    (both[0].value != both[1].value).then(|| both.into())
}

/// «la de las seis no, la otra»: what stands before «no».
fn but_the_other<'a>(text: &Text<'a>) -> Option<Text<'a>> {
    let other = (2..text.len()).find(|i| text.any_phrase(*i, &["la otra", "el otro"]).is_some())?;
    let no = (1..other).find(|i| text.word(*i) == "no")?;
    Some(Text::new(text.source.get(text.span(0, no))?))
}

fn said(text: &Text, phrases: &[&str]) -> bool {
    (0..text.len()).any(|i| text.any_phrase(i, phrases).is_some())
}

/// The option at a position that is not denied: «la primera no, la segunda».
fn by_position(text: &Text, options: &[Item]) -> Vec<Found> {
    let left = |f: &Found| {
        let at = text.token_from(f.span.start).unwrap_or(0);
        let before = |n: usize| at.checked_sub(n).and_then(|b| text.any_phrase(b, LEAVES));
        (1..=3).filter_map(before).any(|next| next == at)
    };
    let denied = |f: &Found| {
        let rest = text.source.get(f.span.end..).unwrap_or("");
        Text::new(rest.trim_start_matches([' ', ','])).word(0) == "no"
    };
    ordinal::extract(text)
        .into_iter()
        .filter(|f| !denied(f) && !left(f) && !is_a_saying(text, f))
        .filter_map(|f| {
            let index = match f.value {
                Value::Ordinal(n) => usize::try_from(n).ok()?.checked_sub(1)?,
                Value::FromEnd(n) => options.len().checked_sub(usize::try_from(n).ok()?)?,
                _ => return None,
            };
            (index < options.len()).then_some(Found { value: Value::Option(index), ..f })
        })
        .take(1)
        .collect()
}

/// «la segunda vez que llamo», «a la primera de cambio»: no place among the options.
fn is_a_saying(text: &Text, found: &Found) -> bool {
    const OF_NO_OPTION: &[&str] = &[
        "vez",
        "veces",
        "de cambio",
        "noticia",
        "persona",
        "lugar",
        "mano",
        "instancia",
        "vista",
        "cosa",
        "residencia",
        "residencias",
        "planta",
        "piso",
        "parte",
        "intencion",
        "intenciones",
    ];
    text.token_from(found.span.end).is_some_and(|i| text.any_phrase(i, OF_NO_OPTION).is_some())
}

pub(crate) fn by_name(text: &Text, options: &[Item]) -> Vec<Found> {
    // Codes are the service's, not words: options answer by their index.
    let items = options
        .iter()
        .enumerate()
        .map(|(i, o)| Item {
            code: i.to_string(),
            name: o.name.clone(),
            synonyms: o.synonyms.clone(),
            value: None,
        })
        .collect();
    list::pick(text, &Catalogue { items })
        .into_iter()
        .filter_map(|f| match &f.value {
            Value::Item(code) => Some(Found { value: Value::Option(code.parse().ok()?), ..f }),
            _ => None,
        })
        .collect()
}

/// When an option begins.
fn start(option: &Item) -> Option<(Option<NaiveDateTime>, Option<NaiveTime>)> {
    match option.value.as_ref()? {
        Value::DateTime(t) => Some((Some(*t), Some(t.time()))),
        Value::Range { from, .. } => Some((Some(*from), Some(from.time()))),
        Value::Date(d) => Some((d.and_hms_opt(0, 0, 0), None)),
        Value::Time(t) => Some((None, Some(*t))),
        _ => None,
    }
}

/// The only option in an hour that was said without its minutes, to be confirmed.
fn around(text: &Text, options: &[Item], mention: &time::Mention, context: &Context) -> Vec<Found> {
    let Some((hour, 0, twelve)) = mention.clock.filter(|_| mention.open == Open::No) else {
        return Vec::new();
    };
    let within = |(at, time): (Option<NaiveDateTime>, Option<NaiveTime>)| {
        let clock = time.map(|t| (hour, t.minute(), twelve));
        agrees(&time::Mention { clock, ..mention.clone() }, at, time, context)
    };
    let near: Vec<usize> =
        (0..options.len()).filter(|i| options.get(*i).and_then(start).is_some_and(within)).collect();
    let [index] = near.as_slice() else { return Vec::new() };
    let span = text.span(mention.from, mention.to);
    vec![Found { value: Value::Option(*index), span, confidence: 0.6, status: Status::Unsure }]
}

/// The options that agree with what was said of their moment: every day, hour and part of day («la de las cinco y
/// media», «la del jueves»).
pub(crate) fn agreeing(
    text: &Text,
    options: &[Item],
    mention: &time::Mention,
    context: &Context,
) -> Vec<Found> {
    let tells = mention.clock.is_some()
        || mention.part.is_some()
        || mention.weekday.is_some()
        || mention.day.is_some()
        || mention.date.is_some();
    if !tells {
        // «la otra semana» is none of them in particular.
        return Vec::new();
    }
    let starts: Vec<_> = options.iter().map(start).collect();
    let agree: Vec<usize> = starts
        .iter()
        .enumerate()
        .filter(|(_, s)| s.as_ref().is_some_and(|(at, hour)| agrees(mention, *at, *hour, context)))
        .map(|(i, _)| i)
        .collect();
    let status = if agree.len() > 1 { Status::Unclear } else { Status::Sound };
    let confidence = if agree.len() > 1 { 0.5 } else { 0.93 };
    agree
        .into_iter()
        .map(|i| Found {
            value: Value::Option(i),
            span: text.span(mention.from, mention.to),
            confidence,
            status,
        })
        .collect()
}

fn agrees(m: &time::Mention, at: Option<NaiveDateTime>, hour: Option<NaiveTime>, context: &Context) -> bool {
    if let Some((h, minute, twelve)) = m.clock {
        let Some(t) = hour else { return false };
        // A clock's hour is of the half of the day that the option is in; a bound, of that in which people are received.
        let half = match m.open {
            Open::No if twelve => t.hour() / 12 * 12 + h % 12,
            Open::Before | Open::After if twelve && (1..8).contains(&h) => h + 12,
            _ => h,
        };
        let (said, offered) = ((half, minute), (t.hour(), t.minute()));
        let fits = match m.open {
            Open::No => offered == said,
            Open::Before => offered < said,
            Open::After => offered >= said,
        };
        if !fits {
            return false;
        }
    }
    if let Some((from, to)) = m.part.map(|p| p.hours(&context.parts)) {
        let Some(t) = hour else { return false };
        if m.clock.is_none() && !(from <= t.hour() && t.hour() < to) {
            return false;
        }
    }
    let Some(day) = at.map(|a| a.date()) else {
        return m.weekday.is_none() && m.day.is_none() && m.date.is_none();
    };
    m.weekday.is_none_or(|w| day.weekday() == w)
        && m.day.is_none_or(|d| day.day() == d)
        && m.date.is_none_or(|d| day == d)
}

/// Kind of a choice among `options`, for callers that have values only.
#[must_use]
pub fn among(values: Vec<Value>) -> Kind {
    Kind::Choice(
        values
            .into_iter()
            .map(|v| Item {
                code: v.to_string(),
                name: super::spoken(&v),
                synonyms: Vec::new(),
                value: Some(v),
            })
            .collect(),
    )
}
