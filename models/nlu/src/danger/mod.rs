//! Whether words tell of somebody in danger now: by meaning, not by phrase.
//!
//! A sign («no respira», «hay fuego», «con un cuchillo») counts unless it is denied, over, supposed, asked about,
//! part of a name or of a phrase that means something else, or of an animal or a thing. Each language is a file of
//! words, scopes and signs, `data/danger/<code>.toml`; the rules are here, once. Where weights were learnt from
//! sentences too ([`learnt`], in Spanish), they ask about what no sign foresaw, and pass over a sign in a sentence that is
//! like none of danger.

mod data;
mod holder;
pub mod learnt;
mod pattern;
mod scope;
mod words;

use std::ops::Range;
use std::sync::LazyLock;

use serde::Deserialize;

use data::{Data, Sign};
use learnt::Learnt;
use pattern::Pattern;
use words::Words;

/// How sure it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Level {
    /// Somebody may be in danger: ask.
    Unsure,
    /// Somebody is.
    Sure,
}

/// Who or what a sign is of.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Holder {
    /// Whatever: fire, gas, weapons, and what says by itself who it is.
    Any,
    /// Anybody but an animal or a thing.
    Living,
    /// A person, or nobody named.
    Person,
    /// A person who is named.
    Named,
}

/// Danger in a text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Danger {
    /// How sure it is.
    pub level: Level,
    /// The words that tell it.
    pub span: Range<usize>,
    /// The sign, as the language's file names it.
    pub sign: String,
}

/// What has just been asked for: what sounds like danger may be its answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Asked {
    /// Nothing of these.
    #[default]
    Other,
    /// A street, or a person's name: a noun alone is one.
    Name,
    /// Yes or no: «si» without its accent is yes.
    YesNo,
}

/// A language's ear for danger: its signs, and what was learnt from sentences.
#[derive(Debug)]
pub struct Detector(Data, Option<Learnt>);

/// From so likely on, a sentence in which no sign stands is asked about.
const LIKELY: f32 = 0.67;
/// From so likely on, one in which a sign stands that does not count («ya no hay fuego»), one of few words, or one that
/// answers what name or what street.
const LIKELY_STILL: f32 = 0.95;
/// Below this, a sign is none, but for those where minutes decide.
const UNLIKELY: f32 = 0.03;
/// So few words are mostly an answer: «con una señorita».
const FEW: usize = 3;
/// No more words than this are a name or a street, and no danger by the whole.
const NAME: usize = 4;
/// What the danger is called that no sign told.
const BY_THE_WHOLE: &str = "the whole sentence";

/// A sign where it stands in a text.
struct Found<'a> {
    sign: &'a Sign,
    range: Range<usize>,
    /// None: it does not count there.
    level: Option<Level>,
}

/// What the signs of a text tell.
struct Told {
    /// The surest danger.
    danger: Option<Danger>,
    /// One of them is of what minutes decide.
    vital: bool,
    /// One of them does not count where it stands, or words mean something else.
    passed_over: bool,
}

impl Found<'_> {
    /// Another sign in other words: the same words tell of one thing, however many signs know them.
    fn is_apart(&self, other: &Self) -> bool {
        let (a, b) = (&self.range, &other.range);
        self.sign.name != other.sign.name && (a.end <= b.start || b.end <= a.start)
    }
}

static ALL: LazyLock<Vec<(&str, Detector)>> = LazyLock::new(|| {
    let files = [
        ("es", include_str!("../../data/danger/es.toml")),
        ("ca", include_str!("../../data/danger/ca.toml")),
        ("gl", include_str!("../../data/danger/gl.toml")),
        ("eu", include_str!("../../data/danger/eu.toml")),
        ("en", include_str!("../../data/danger/en.toml")),
    ];
    // A test reads every file: one that can't be read does not ship.
    let learnt = |code| {
        (code == "es").then_some(&include_bytes!("../../data/danger/es.weights")[..]).and_then(Learnt::read)
    };
    files
        .into_iter()
        .filter_map(|(code, text)| Some((code, Detector(Data::read(text).ok()?, learnt(code)))))
        .collect()
});

impl Detector {
    /// The detector of a language; none if Digame does not speak it.
    #[must_use]
    pub fn of(code: &str) -> Option<&'static Self> {
        ALL.iter().find(|(c, _)| *c == code).map(|(_, detector)| detector)
    }

    /// The commonest ways to tell of danger, for an ear to expect at any moment.
    #[must_use]
    pub fn heard(&self) -> &[String] {
        &self.0.heard
    }

    /// The surest danger that a text tells of.
    #[must_use]
    pub fn read(&self, text: &str, asked: Asked) -> Option<Danger> {
        let told = self.told(text, asked);
        let Some(learnt) = &self.1 else { return told.danger };
        let chance = learnt.chance(text);
        let (words, name) = (text.split_whitespace().count(), asked == Asked::Name);
        let least = if told.passed_over || name || words <= FEW { LIKELY_STILL } else { LIKELY };
        let likely = chance >= least && !(name && words <= NAME);
        let by_the_whole =
            || Danger { level: Level::Unsure, span: 0..text.len(), sign: BY_THE_WHOLE.to_owned() };
        match told.danger {
            Some(danger) => Some(danger).filter(|_| told.vital || chance >= UNLIKELY),
            None => likely.then(by_the_whole),
        }
    }

    /// The surest danger of which a sign tells, whatever the rest of the sentence is like.
    #[must_use]
    pub fn signs(&self, text: &str, asked: Asked) -> Option<Danger> {
        self.told(text, asked).danger
    }

    fn told(&self, text: &str, asked: Asked) -> Told {
        let cleaned = Self::cleaned(text);
        let words = self.words(text, &cleaned, asked);
        let signs = self.0.signs.iter().filter(|s| !(s.bare && asked == Asked::Name));
        let all: Vec<Found<'_>> = signs.flat_map(|sign| self.places(sign, &words, asked)).collect();
        let masked = (0..words.len()).any(|i| words.get(i).is_some_and(|w| w.void));
        let passed_over = masked || all.iter().any(|f| f.level.is_none());
        let vital = all.iter().any(|f| f.sign.vital && f.level.is_some());
        let told: Vec<(&Found<'_>, Level)> = all.iter().filter_map(|f| Some((f, f.level?))).collect();
        // Two that may be danger each are danger together: a fall and blood, a fever and no answer.
        let several = told.iter().any(|a| told.iter().any(|b| a.0.is_apart(b.0)));
        let best = told.into_iter().reduce(|a, b| if b.1 > a.1 { b } else { a });
        let danger = best.map(|(found, level)| Danger {
            level: if several { Level::Sure } else { level },
            span: words.span(found.range.clone()),
            sign: found.sign.name.clone(),
        });
        Told { danger, vital, passed_over }
    }

    /// Whether a text says one of these phrases, and does not deny it nor name something with it.
    #[must_use]
    pub fn says(&self, text: &str, phrases: &[String], asked: Asked) -> Option<Range<usize>> {
        let cleaned = Self::cleaned(text);
        let words = self.words(text, &cleaned, asked);
        phrases.iter().find_map(|phrase| {
            let wanted = self.keys(phrase);
            let bare = wanted.len() == 1 && asked == Asked::Name;
            let stands = |i: usize| wanted.iter().enumerate().all(|(n, w)| words.key(i + n) == w);
            let mut places = (0..words.len()).filter(|i| !wanted.is_empty() && !bare && stands(*i));
            let at = places.find(|i| self.holds(&words, *i..*i + wanted.len(), asked))?;
            Some(words.span(at..at + wanted.len()))
        })
    }

    /// Whether what was said at a place is neither denied, nor over, supposed, asked about or a name.
    fn holds(&self, words: &Words<'_>, range: Range<usize>, asked: Asked) -> bool {
        let void = range.clone().any(|i| words.get(i).is_some_and(|w| w.void));
        let scope = self.scope(words, &range, asked);
        // These are mostly things, of which a verb tells: «no salen chispas».
        let denied = scope.denied || self.denies_the_verb(words, range.start);
        !void && !denied && !scope.over && !scope.supposed && !scope.asked && !scope.questioned
    }

    fn keys(&self, text: &str) -> Vec<String> {
        let cleaned = Self::cleaned(text);
        let words = Words::new(text, &cleaned, &pattern::Class::default(), self.0.key);
        (0..words.len()).map(|i| words.key(i).to_owned()).collect()
    }

    /// The text with apostrophes and hyphens between letters as spaces, its bytes in place.
    fn cleaned(text: &str) -> String {
        crate::lang::clean(crate::es::head(text))
    }

    fn words<'t>(&self, text: &'t str, cleaned: &str, asked: Asked) -> Words<'t> {
        let mut words = Words::new(text, cleaned, self.0.class("break"), self.0.key);
        self.mask(&mut words, asked);
        words
    }

    /// Where a sign stands, and how sure it is there.
    fn places<'s>(&self, sign: &'s Sign, words: &Words<'_>, asked: Asked) -> Vec<Found<'s>> {
        let mut out = Vec::new();
        for start in 0..words.len() {
            for range in self.found(&sign.say, words, start) {
                let level = self.level(sign, words, &range, asked);
                out.push(Found { sign, range, level });
            }
        }
        out
    }

    /// How sure a sign is at a place; none: it does not count there.
    fn level(&self, sign: &Sign, words: &Words<'_>, range: &Range<usize>, asked: Asked) -> Option<Level> {
        let scope = self.scope(words, range, asked);
        if scope.denied || scope.over || (scope.usual && sign.passing) {
            return None;
        }
        let doubted = scope.supposed || scope.asked || (scope.questioned && !sign.request);
        if doubted && (!sign.vital || scope.feared) || !self.is_of(sign, words, range) {
            return None;
        }
        Some(if doubted || scope.perhaps { Level::Unsure } else { sign.level })
    }

    /// The patterns that stand at a word.
    fn found<'p>(
        &'p self,
        patterns: &'p [Pattern],
        words: &'p Words<'_>,
        start: usize,
    ) -> impl Iterator<Item = Range<usize>> + 'p {
        patterns.iter().filter_map(move |p| {
            words.start(start);
            let end = p.at(words, start, self.0.class("light"), self.0.class("no"))?;
            (end > start).then_some(start..end)
        })
    }
}

#[cfg(test)]
mod tests;
