//! Whether words tell of somebody in danger now: by meaning, not by phrase.
//!
//! A sign («no respira», «hay fuego», «con un cuchillo») counts unless it is denied, over, supposed, asked about,
//! part of a name or of a phrase that means something else, or of an animal or a thing. Each language is a file of
//! words, scopes and signs, `data/danger/<code>.toml`; the rules are here, once. What is told in words that no sign has
//! may still hint at danger twice («se ha escapado un toro», «está embistiendo»): that is worth a question.

mod data;
mod holder;
mod pattern;
mod scope;
mod words;

use std::ops::Range;
use std::sync::LazyLock;

use serde::Deserialize;

use data::{Data, Sign};
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

/// How much a sign tells.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Weight {
    /// Nothing alone: «no puede bajar», «está solo». Two of different kinds are worth a question.
    Hint,
    Unsure,
    Sure,
}

impl Weight {
    /// The level of a sign that tells something alone.
    const fn level(self) -> Option<Level> {
        match self {
            Self::Hint => None,
            Self::Unsure => Some(Level::Unsure),
            Self::Sure => Some(Level::Sure),
        }
    }
}

/// A sign where it stands in a text.
struct Found<'a> {
    sign: &'a Sign,
    range: Range<usize>,
    weight: Weight,
}

impl Found<'_> {
    /// Another sign in other words: the same words tell of one thing, however many signs know them.
    fn is_apart(&self, other: &Self) -> bool {
        let (a, b) = (&self.range, &other.range);
        self.sign.name != other.sign.name && (a.end <= b.start || b.end <= a.start)
    }
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

/// A language's ear for danger.
#[derive(Debug)]
pub struct Detector(Data);

static ALL: LazyLock<Vec<(&str, Detector)>> = LazyLock::new(|| {
    let files = [
        ("es", include_str!("../../data/danger/es.toml")),
        ("ca", include_str!("../../data/danger/ca.toml")),
        ("gl", include_str!("../../data/danger/gl.toml")),
        ("eu", include_str!("../../data/danger/eu.toml")),
        ("en", include_str!("../../data/danger/en.toml")),
    ];
    // A test reads every file: one that can't be read does not ship.
    files.into_iter().filter_map(|(code, text)| Some((code, Detector(Data::read(text).ok()?)))).collect()
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
        let cleaned = Self::cleaned(text);
        let words = self.words(text, &cleaned, asked);
        let signs = self.0.signs.iter().filter(|s| !(s.bare && asked == Asked::Name));
        let found: Vec<Found<'_>> = signs.flat_map(|sign| self.places(sign, &words, asked)).collect();
        let danger = |f: &Found<'_>, level: Level| Danger {
            level,
            span: words.span(f.range.clone()),
            sign: f.sign.name.clone(),
        };
        let told = found.iter().filter_map(|f| Some((f, f.weight.level()?)));
        let Some((best, level)) = told.clone().reduce(|a, b| if b.1 > a.1 { b } else { a }) else {
            return self.hinted(&words, &found).map(|f| danger(f, Level::Unsure));
        };
        // Two that may be danger each are danger together: a fall and blood, a fever and no answer.
        let told: Vec<&Found<'_>> = told.map(|(f, _)| f).collect();
        let several = told.iter().any(|a| told.iter().any(|b| a.is_apart(b)));
        Some(danger(best, if several { Level::Sure } else { level }))
    }

    /// Two hints of different kinds in different words are worth a question, unless the citizen has come on an errand:
    /// who asks for help at home tells too that their mother can't go down the stairs.
    fn hinted<'f>(&self, words: &Words<'_>, found: &'f [Found<'f>]) -> Option<&'f Found<'f>> {
        if self.is_errand(words) {
            return None;
        }
        found.iter().find(|a| found.iter().any(|b| a.is_apart(b)))
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

    /// Where a sign stands and holds, and how sure it is there.
    fn places<'s>(&self, sign: &'s Sign, words: &Words<'_>, asked: Asked) -> Vec<Found<'s>> {
        let mut out = Vec::new();
        for start in 0..words.len() {
            for range in self.found(&sign.say, words, start) {
                let scope = self.scope(words, &range, asked);
                if scope.denied || scope.over || (scope.usual && sign.passing) {
                    continue;
                }
                let doubted = scope.supposed || scope.asked || (scope.questioned && !sign.request);
                if doubted && (!sign.vital || scope.feared) {
                    continue;
                }
                if !self.is_of(sign, words, &range) || self.is_told_on_an_errand(words, &range) {
                    continue;
                }
                let most = if doubted || scope.perhaps { Weight::Unsure } else { Weight::Sure };
                out.push(Found { sign, range, weight: sign.level.min(most) });
            }
        }
        out
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
