//! Texts with values and signs in them.

use std::time::Duration;

use super::{Path, Wrong};
use crate::value::Filter;

#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Part {
    Text(String),
    Value { path: Path, filter: Filter },
    Mark(Mark),
}

/// How what follows is spoken. Text channels don't show it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Mark {
    /// Silence.
    Break(Duration),
    /// Slowly, until it ends.
    Slow(bool),
    /// Letter by letter, until it ends.
    Spell(bool),
}

/// Text with values in braces.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(crate) struct Template {
    pub parts: Vec<Part>,
    /// As written: what a translation is found by.
    pub written: String,
    /// A recording of `audios/` that says it.
    pub audio: Option<String>,
    /// Other texts that do as well, said in turn with this one.
    pub variants: Vec<Template>,
}

impl Template {
    pub fn parse(text: &str) -> Result<Self, Wrong> {
        let mut parts = Vec::new();
        let mut plain = String::new();
        let mut marks = Marks::default();
        let mut chars = text.chars().enumerate().peekable();
        while let Some((at, c)) = chars.next() {
            match c {
                '<' if chars.peek().is_some_and(|(_, c)| c.is_ascii_alphabetic() || *c == '/') => {
                    let tag: String = chars.by_ref().map(|(_, c)| c).take_while(|c| *c != '>').collect();
                    let mark = marks.read(&tag).map_err(|w| Wrong { offset: at, ..w })?;
                    if !plain.is_empty() {
                        parts.push(Part::Text(std::mem::take(&mut plain)));
                    }
                    parts.push(Part::Mark(mark));
                }
                '}' => return Err(Wrong::new(at, "a `}` without its `{`", "take it away")),
                '{' => {
                    let mut inside = String::new();
                    let mut closed = false;
                    for (_, c) in chars.by_ref() {
                        if c == '}' {
                            closed = true;
                            break;
                        }
                        inside.push(c);
                    }
                    if !closed {
                        return Err(Wrong::new(at, "a `{` without its `}`", "close it: {nombre}"));
                    }
                    if !plain.is_empty() {
                        parts.push(Part::Text(std::mem::take(&mut plain)));
                    }
                    parts.push(value_part(&inside, at)?);
                }
                c => plain.push(c),
            }
        }
        if !plain.is_empty() {
            parts.push(Part::Text(plain));
        }
        marks.all_closed(text.chars().count())?;
        Ok(Self { parts, written: text.to_owned(), ..Self::default() })
    }

    /// A text without values.
    pub fn is_fixed(&self) -> bool {
        self.all().all(|t| t.parts.iter().all(|p| !matches!(p, Part::Value { .. })))
    }

    /// The text itself and its variants.
    pub fn all(&self) -> impl Iterator<Item = &Template> {
        std::iter::once(self).chain(&self.variants)
    }

    /// `"{x}"` and nothing else: the value itself, not its text.
    pub fn as_path(&self) -> Option<&Path> {
        match self.parts.as_slice() {
            [Part::Value { path, filter: Filter::Plain }] => Some(path),
            _ => None,
        }
    }

    /// Every value of it and of its variants.
    pub fn values(&self) -> impl Iterator<Item = (&Path, Filter)> {
        self.all().flat_map(|t| &t.parts).filter_map(|p| match p {
            Part::Value { path, filter } => Some((path, *filter)),
            Part::Text(_) | Part::Mark(_) => None,
        })
    }
}

/// Marks that are open while a text is read. The language has three; SSML 1.1's `prosody rate` (section 3.2.4)
/// and `say-as interpret-as="characters"` are read as two of them.
#[derive(Default)]
struct Marks {
    open: Vec<(&'static str, Mark)>,
}

impl Marks {
    fn read(&mut self, tag: &str) -> Result<Mark, Wrong> {
        const CURE: &str = "there are <break time=\"300ms\"/>, <slow>…</slow> and <spell>…</spell>";
        let unknown = |name: &str| Wrong {
            offset: 0,
            what: format!("unknown mark `<{name}>`"),
            nearest: crate::problem::nearest(name, ["break", "slow", "spell", "prosody", "say-as"]),
            cure: CURE.into(),
        };
        let tag = tag.trim();
        if let Some(name) = tag.strip_prefix('/') {
            return match self.open.pop() {
                Some((open, mark)) if open == name.trim() => Ok(match mark {
                    Mark::Slow(_) => Mark::Slow(false),
                    _ => Mark::Spell(false),
                }),
                _ => Err(Wrong::new(0, format!("`</{name}>` closes nothing that is open"), CURE)),
            };
        }
        let name = tag.split(|c: char| c.is_whitespace() || c == '/').next().unwrap_or_default();
        let value = |key: &str| {
            let rest = tag.split_once(&format!("{key}="))?.1;
            let quote = rest.chars().next().filter(|c| matches!(c, '"' | '\''))?;
            rest.get(1..)?.split(quote).next().map(str::to_owned)
        };
        let mark = match name {
            "break" => {
                let time = value("time").as_deref().and_then(crate::load::source::parse_duration);
                let time = time.filter(|t| *t <= Duration::from_secs(5) && tag.ends_with('/'));
                return time.map(Mark::Break).ok_or_else(|| {
                    Wrong::new(
                        0,
                        format!("`<{tag}>` is no pause"),
                        "write <break time=\"300ms\"/>, at most 5s",
                    )
                });
            }
            "slow" => ("slow", Mark::Slow(true)),
            "spell" => ("spell", Mark::Spell(true)),
            "prosody" if matches!(value("rate").as_deref(), Some("slow" | "x-slow")) => {
                ("prosody", Mark::Slow(true))
            }
            "say-as" if matches!(value("interpret-as").as_deref(), Some("characters" | "spell-out")) => {
                ("say-as", Mark::Spell(true))
            }
            other => return Err(unknown(other)),
        };
        self.open.push(mark);
        Ok(mark.1)
    }

    fn all_closed(&self, end: usize) -> Result<(), Wrong> {
        match self.open.last() {
            Some((name, _)) => Err(Wrong::new(
                end,
                format!("`<{name}>` is not closed"),
                format!("write </{name}> where it ends"),
            )),
            None => Ok(()),
        }
    }
}

fn value_part(inside: &str, at: usize) -> Result<Part, Wrong> {
    let (path, filter) = match inside.split_once('|') {
        Some((path, filter)) => {
            let filter = filter.trim();
            let found = Filter::named(filter).ok_or_else(|| Wrong {
                offset: at,
                what: format!("unknown filter `{filter}`"),
                nearest: crate::problem::nearest(filter, Filter::NAMES),
                cure: format!("filters are {}", Filter::NAMES.join(", ")),
            })?;
            (path, found)
        }
        None => (inside, Filter::Plain),
    };
    let mut path = Path::parse(path).map_err(|w| Wrong { offset: at, ..w })?;
    path.offset = at + 1;
    Ok(Part::Value { path, filter })
}
