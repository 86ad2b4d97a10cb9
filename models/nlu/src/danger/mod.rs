//! Whether words tell of somebody in danger now: by meaning, not by phrase.
//!
//! A sign («no respira», «hay fuego», «con un cuchillo») counts unless it is denied, over, supposed, asked about,
//! part of a name or of a phrase that means something else, or of an animal or a thing. Each language is a file of
//! words, scopes and signs, `data/danger/<code>.toml`; the rules are here, once.

mod data;
mod holder;
mod pattern;
mod scope;
mod words;

use std::collections::BTreeSet;
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
        let mut found: Vec<Danger> = Vec::new();
        for sign in self.0.signs.iter().filter(|s| !(s.bare && asked == Asked::Name)) {
            for (range, level) in self.places(sign, &words, asked) {
                found.push(Danger { level, span: words.span(range), sign: sign.name.clone() });
            }
        }
        let kinds: BTreeSet<&str> = found.iter().map(|d| d.sign.as_str()).collect();
        let several = kinds.len() > 1;
        let mut best = found.into_iter().reduce(|a, b| if b.level > a.level { b } else { a })?;
        // Two that may be danger each are danger together: a fall and blood, a fever and no answer.
        if several {
            best.level = Level::Sure;
        }
        Some(best)
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
    fn places(&self, sign: &Sign, words: &Words<'_>, asked: Asked) -> Vec<(Range<usize>, Level)> {
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
                if !self.is_of(sign, words, &range) {
                    continue;
                }
                let level = if doubted || scope.perhaps { Level::Unsure } else { sign.level };
                out.push((range, level));
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
            let end = p.at(words, start, self.0.class("light"))?;
            (end > start).then_some(start..end)
        })
    }
}

#[cfg(test)]
mod tests;
