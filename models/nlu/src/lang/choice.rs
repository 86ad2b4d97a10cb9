//! Choosing in a language: by day or hour, by position, by name, or none.

use super::data;
use super::number::Numbers;
use super::words::{alternatives, any, find, phrases};
use crate::assent::{self, Answers};
use crate::es::choice::{agreeing, by_name};
use crate::es::list;
use crate::es::text::{Shape, Text};
use crate::lang::time::Grammar;
use crate::{Catalogue, Context, Found, Item, Status, Value};

/// The words of choosing.
#[derive(Debug)]
pub(crate) struct Choosing {
    ordinals: Vec<Vec<String>>,
    suffixes: Vec<String>,
    last: Vec<String>,
    penultimate: Vec<String>,
    numbered: Vec<String>,
    wait: Vec<String>,
    none: Vec<String>,
    none_alone: Vec<String>,
    any: Vec<String>,
    earliest: Vec<String>,
    latest: Vec<String>,
    stop: Vec<String>,
}

/// What else choosing needs of a language.
pub(crate) struct Beside<'a> {
    pub numbers: &'a Numbers,
    pub time: &'a Grammar,
    pub answers: &'a Answers,
}

impl Choosing {
    pub fn new(data: &data::Choice, stop: &[String]) -> Self {
        Self {
            ordinals: data.ordinals.iter().map(|o| alternatives(o)).collect(),
            suffixes: phrases(&data.suffixes),
            last: phrases(&data.last),
            penultimate: phrases(&data.penultimate),
            numbered: phrases(&data.numbered),
            wait: phrases(&data.wait),
            none: phrases(&data.none),
            none_alone: phrases(&data.none_alone),
            any: phrases(&data.any),
            earliest: phrases(&data.earliest),
            latest: phrases(&data.latest),
            stop: phrases(stop),
        }
    }

    /// Positions of a text: «la segona», «2a», «la dos», «opció tres».
    pub fn ordinals(&self, text: &Text, numbers: &Numbers) -> Vec<Found> {
        let mut out = Vec::new();
        let mut i = 0;
        while i < text.len() {
            if let Some(next) = any(text, i, &self.wait) {
                i = next;
                continue;
            }
            let Some((value, next, confidence)) = self.position(text, i, numbers) else {
                i += 1;
                continue;
            };
            out.push(Found { value, span: text.span(i, next), confidence, status: Status::Sound });
            i = next.max(i + 1);
        }
        out.sort_by(|a, b| b.confidence.total_cmp(&a.confidence));
        out
    }

    fn position(&self, text: &Text, i: usize, numbers: &Numbers) -> Option<(Value, usize, f32)> {
        if let Some(next) = any(text, i, &self.penultimate) {
            return Some((Value::FromEnd(2), next, 0.95));
        }
        if let Some(next) = any(text, i, &self.last) {
            return Some((Value::FromEnd(1), next, 0.95));
        }
        let named = (1u32..).zip(&self.ordinals).filter_map(|(n, forms)| Some((n, any(text, i, forms)?)));
        if let Some((n, next)) = named.max_by_key(|o| o.1) {
            return Some((Value::Ordinal(n), next, 0.95));
        }
        let led = any(text, i, &self.numbered);
        let read = numbers.cardinal(text, led.unwrap_or(i)).filter(|r| (1..=20).contains(&r.value))?;
        let value = Value::Ordinal(u32::try_from(read.value).ok()?);
        let mark = text.glued(read.next)
            && (self.suffixes.iter().any(|s| s == text.word(read.next))
                || matches!(text.word(read.next), "º" | "ª" | "°"));
        if mark && text.is_number(read.next - 1) {
            return Some((value, read.next + 1, 0.95));
        }
        match led {
            Some(_) => Some((value, read.next, 0.8)),
            None if i == 0 && (read.next == text.len() || text.is_mark(read.next)) => {
                Some((value, read.next, 0.75))
            }
            None => None,
        }
    }

    /// One of the options that were offered, best first.
    pub fn among(&self, text: &Text, options: &[Item], context: &Context, beside: &Beside<'_>) -> Vec<Found> {
        let whole = |value, confidence, status| {
            vec![Found { value, span: text.span(0, text.len()), confidence, status }]
        };
        let only =
            any(text, 0, &self.none_alone).is_some_and(|end| (end..text.len()).all(|i| text.is_mark(i)));
        if only || find(text, &self.none).is_some() {
            return whole(Value::NoneOfThem, 0.95, Status::Sound);
        }
        let position = self.by_position(text, options, beside.numbers);
        let mut found = match beside.time.mention(text, context) {
            Some(m) if options.iter().any(|o| o.value.is_some()) => agreeing(text, options, &m, context),
            _ => Vec::new(),
        };
        if found.len() > 1 && found.iter().any(|f| position.iter().any(|p| p.value == f.value)) {
            found.retain(|f| position.iter().any(|p| p.value == f.value));
            found.iter_mut().for_each(|f| (f.status, f.confidence) = (Status::Sound, 0.93));
        }
        if found.is_empty() {
            found = position;
        }
        if found.is_empty() {
            let plain: Vec<Item> = options.iter().map(|o| self.without_stop_words(o)).collect();
            found = self.blanked(text, |t| by_name(t, &plain));
        }
        if !found.is_empty() || options.is_empty() {
            return found;
        }
        if find(text, &self.earliest).is_some() {
            return whole(Value::Option(0), 0.85, Status::Sound);
        }
        if find(text, &self.latest).is_some() {
            return whole(Value::Option(options.len() - 1), 0.85, Status::Sound);
        }
        if find(text, &self.any).is_some() {
            return whole(Value::Option(0), 0.8, Status::Unsure);
        }
        match assent::read(text, beside.answers).found.map(|f| (f.value, f.confidence)) {
            Some((Value::YesNo(false), c)) if c > 0.6 => whole(Value::NoneOfThem, c * 0.9, Status::Sound),
            Some((Value::YesNo(true), c)) if options.len() == 1 && c > 0.6 => {
                whole(Value::Option(0), c * 0.9, Status::Sound)
            }
            _ => Vec::new(),
        }
    }

    fn by_position(&self, text: &Text, options: &[Item], numbers: &Numbers) -> Vec<Found> {
        let index = |f: Found| {
            let n = match f.value {
                Value::Ordinal(n) => usize::try_from(n).ok()?.checked_sub(1)?,
                Value::FromEnd(n) => options.len().checked_sub(usize::try_from(n).ok()?)?,
                _ => return None,
            };
            (n < options.len()).then_some(Found { value: Value::Option(n), ..f })
        };
        self.ordinals(text, numbers).into_iter().filter_map(index).take(1).collect()
    }

    /// Items of a catalogue, best first.
    pub fn items(&self, text: &Text, catalogue: &Catalogue) -> Vec<Found> {
        let items = catalogue.items.iter().map(|i| self.without_stop_words(i)).collect();
        self.blanked(text, |t| list::extract(t, &Catalogue { items }))
    }

    fn without_stop_words(&self, item: &Item) -> Item {
        let bare = |label: &String| {
            let cleaned = super::words::clean(label);
            let out = self.blank(&cleaned, &Text::new(&cleaned));
            if out.trim().is_empty() { label.clone() } else { out }
        };
        Item { name: bare(&item.name), synonyms: item.synonyms.iter().map(bare).collect(), ..item.clone() }
    }

    /// Reads the text with its stop words blank; all of it if there is nothing else.
    fn blanked(&self, text: &Text, read: impl FnOnce(&Text) -> Vec<Found>) -> Vec<Found> {
        let left = self.blank(text.source, text);
        if left.trim().is_empty() { read(text) } else { read(&Text::new(&left)) }
    }

    fn blank(&self, source: &str, text: &Text) -> String {
        let mut out = source.to_owned();
        for token in text.tokens.iter().filter(|t| t.shape == Shape::Word && self.stop.contains(&t.text)) {
            out.replace_range(token.start..token.end, &" ".repeat(token.end - token.start));
        }
        out
    }
}
