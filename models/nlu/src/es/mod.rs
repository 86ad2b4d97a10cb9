//! Spanish: spoken and written words → values, and values → words.
//!
//! What Spain means («este jueves», «a mediodía», a bare hour) is decided in
//! `docs/rooms/nlu.md`; each decision has its test here.

mod address;
pub mod aloud;
pub(crate) mod choice;
mod confusion;
pub(crate) mod correction;
mod decimal;
pub(crate) mod dictated;
mod duration;
pub mod email;
pub mod iban;
pub(crate) mod letters;
pub(crate) mod list;
pub(crate) mod moment;
mod money;
mod name;
pub mod nif;
pub(crate) mod number;
pub mod nuss;
mod ordinal;
mod percentage;
pub mod phone;
pub mod phonetic;
pub mod plate;
pub mod postcode;
pub(crate) mod text;
pub mod time;
mod titled;
pub(crate) mod yes_no;

pub use aloud::{grouped, masked, options, options_on, spelled, spoken, spoken_on};
pub use choice::among;
pub use correction::{correction, is_unwanted, wishes};
pub use moment::{Moment, is_wholly, moment, plain_words};
pub use text::{fold, folded_words};
pub use yes_no::reply;

use crate::{Context, Found, Kind, Status, Value, assent};
use text::Text;

/// Longest text that is read, in bytes: far beyond any utterance.
const LONGEST: usize = 4000;

/// Finds values of a kind in a text, best first. Never fails: no value, no result.
#[must_use]
pub fn extract(kind: &Kind, text: &str, context: &Context) -> Vec<Found> {
    let text = &Text::new(head(text));
    let mut found = read(kind, text, context);
    // «con una señorita»: an article begins nothing.
    let article = |f: &Found| {
        f.status == Status::Partial && matches!(text.source.get(f.span.clone()), Some("un" | "una"))
    };
    found.retain(|f| !(text.words() > 1 && article(f)));
    found
}

fn read(kind: &Kind, text: &Text, context: &Context) -> Vec<Found> {
    match kind {
        Kind::YesNo => yes_no::extract(text),
        Kind::Number => numbers(text),
        Kind::Ordinal => ordinal::extract(text),
        Kind::Digits { min, max } => digits(text, *min, *max),
        Kind::Nif => nif::extract(text),
        Kind::Telefono => phone::extract(text),
        Kind::Fecha => time::dates(text, context),
        Kind::Nacimiento => time::births(text, context),
        Kind::Hora => time::hours(text, context),
        Kind::DatetimeRange => time::ranges(text, context),
        Kind::List(catalogue) => list::extract(text, catalogue),
        Kind::Choice(options) => {
            assent::undenied(text, yes_no::answers(), choice::extract(text, options, context))
        }
        Kind::Importe => money::extract(text),
        Kind::Percentage => percentage::extract(text),
        Kind::Duration => duration::extract(text),
        Kind::Iban => iban::extract(text),
        Kind::Matricula => plate::extract(text),
        Kind::CodigoPostal => postcode::extract(text),
        Kind::Nuss => nuss::extract(text),
        Kind::Correo => email::extract(text),
        Kind::Direccion => address::extract(text),
        Kind::Nombre => name::extract(text),
        Kind::FreeText => words(text),
    }
}

/// The same over a recogniser's n-best `(text, confidence)`, best first: a valid
/// reading of a later alternative wins over an invalid one of the first.
/// Spans are those of the alternative that was chosen, whose index comes first.
#[must_use]
pub fn extract_best(kind: &Kind, heard: &[(&str, f32)], context: &Context) -> Option<(usize, Vec<Found>)> {
    first_valid(heard, |text| extract(kind, text, context))
}

/// The first reading with the best status among those of a recogniser's alternatives.
pub(crate) fn first_valid(
    heard: &[(&str, f32)],
    read: impl Fn(&str) -> Vec<Found>,
) -> Option<(usize, Vec<Found>)> {
    let mut best: Option<(usize, Vec<Found>)> = None;
    for (i, (text, _)) in heard.iter().enumerate() {
        let found = read(text);
        let Some(first) = found.first() else { continue };
        let better = match best.as_ref().and_then(|b| b.1.first()) {
            Some(old) => first.status < old.status,
            None => true,
        };
        if better {
            best = Some((i, found));
        }
    }
    best
}

pub(crate) fn head(text: &str) -> &str {
    let mut end = text.len().min(LONGEST);
    while !text.is_char_boundary(end) {
        end -= 1;
    }
    text.get(..end).unwrap_or("")
}

/// Whatever was said, trimmed.
pub(crate) fn words(text: &Text) -> Vec<Found> {
    let said = text.source.trim();
    if said.is_empty() {
        return Vec::new();
    }
    let from = text.source.len() - text.source.trim_start().len();
    let value = Value::Text(said.to_owned());
    vec![Found { value, span: from..from + said.len(), confidence: 1.0, status: Status::Sound }]
}

fn numbers(text: &Text) -> Vec<Found> {
    let mut out = Vec::new();
    let mut i = 0;
    while i < text.len() {
        let Some(read) = number::figures(text, i)
            .filter(|r| text.key(r.next) != "mil" && text.key(r.next) != "miyones")
            .or_else(|| number::cardinal(text, i))
        else {
            i += 1;
            continue;
        };
        // «uno coma cinco», «dos y medio»: no cardinal, and neither is a part of it.
        let fraction = decimal::decimal(text, i).filter(|d| d.next > read.next && (d.decimals || !d.exact));
        if let Some(next) = fraction.map(|d| d.next).or_else(|| half(text, read.next)) {
            let words = text.source.get(text.span(i, next)).unwrap_or_default().to_owned();
            let value = Value::Text(words);
            out.push(Found { value, span: text.span(i, next), confidence: 0.9, status: Status::Invalid });
            i = next;
            continue;
        }
        // «una» and «un» before a noun are articles.
        let article = matches!(text.word(i), "un" | "una") && read.next == i + 1 && text.words() > 1;
        let minus = is_minus(text, i);
        let from = if minus { i - 1 } else { i };
        let value = if minus { -read.value } else { read.value };
        let confidence = if article { 0.3 } else { 0.95 };
        // «cuatro menos mi hijo»: some other number.
        let neither = from.checked_sub(1).is_some_and(|b| text.word(b) == "ni");
        let other = neither || !minus && number::is_about(text, i, read.next);
        let status = if article || other { Status::Unsure } else { Status::Sound };
        out.push(Found { value: Value::Number(value), span: text.span(from, read.next), confidence, status });
        i = read.next.max(i + 1);
    }
    out.sort_by(|a, b| b.confidence.total_cmp(&a.confidence));
    out
}

/// Whether a number or an amount at `i` is below zero: «menos doce», not «por lo menos doce».
pub(crate) fn is_minus(text: &Text, i: usize) -> bool {
    let Some(before) = i.checked_sub(1) else { return false };
    let least = before.checked_sub(1).is_some_and(|b| matches!(text.word(b), "lo" | "al" | "o"));
    text.word(before) == "menos" && !least || text.word(before) == "-" && text.glued(i)
}

/// «…y media», «…coma»: the number goes on where no cardinal does.
fn half(text: &Text, i: usize) -> Option<usize> {
    let half =
        text.any_phrase(i, &["y medio", "y media", "y pico", "cuartos", "tercios", "quintos", "decimas"]);
    half.or_else(|| matches!(text.word(i), "coma" | "punto").then_some(i + 1))
}

fn digits(text: &Text, min: usize, max: usize) -> Vec<Found> {
    digits_among(text, &dictated::stretches(text, false), (min, max))
}

/// Between `min` and `max` digits among stretches of dictation already read.
pub(crate) fn digits_among(
    text: &Text,
    stretches: &[dictated::Stretch],
    (min, max): (usize, usize),
) -> Vec<Found> {
    let mut found: Vec<Found> = stretches
        .iter()
        .filter_map(|s| {
            let fits = s.candidates.iter().find(|c| (min..=max).contains(&c.chars.len()));
            let (c, status) = match fits {
                Some(c) => (c, Status::Sound),
                None => {
                    let c = s.candidates.first()?;
                    (c, if c.chars.len() < min { Status::Partial } else { Status::Invalid })
                }
            };
            let confidence = if status == Status::Sound { 0.97 - 0.05 * c.cost.min(6) as f32 } else { 0.5 };
            Some(Found {
                value: Value::Digits(c.chars.clone()),
                span: text.span(s.from, s.to),
                confidence,
                status,
            })
        })
        .collect();
    found.sort_by(|a, b| a.status.cmp(&b.status).then(b.confidence.total_cmp(&a.confidence)));
    found
}
