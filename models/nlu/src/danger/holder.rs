//! Who or what a sign is of: the nouns beside it.

use std::ops::Range;

use super::data::Sign;
use super::words::Words;
use super::{Detector, Holder};

/// Words between a sign and a noun that follows it and is its subject («se ha quemado la comida»).
const BESIDE: usize = 2;

/// What a noun is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Noun {
    Person,
    Animal,
    Thing,
    /// Of no class.
    Unknown,
}

impl Detector {
    pub(super) fn is_of(&self, sign: &Sign, words: &Words<'_>, range: &Range<usize>) -> bool {
        if sign.of == Holder::Any {
            return true;
        }
        let clause = words.begins(range.start)..words.ends(range.end.saturating_sub(1));
        let own = self.0.class("self");
        let myself = clause.clone().any(|i| own.has(words.key(i)));
        let noun = self.noun(words, range, &clause).or_else(|| self.noun_before(words, clause.start));
        match (sign.of, noun) {
            (Holder::Any, _) => true,
            (Holder::Living, noun) => !matches!(noun, Some(Noun::Animal | Noun::Thing)),
            (Holder::Person, noun) => matches!(noun, None | Some(Noun::Person)),
            (Holder::Named, Some(noun)) => noun == Noun::Person,
            (Holder::Named, None) => myself,
        }
    }

    /// The noun that a sign is of: in it, right after it, before it, or after it at all.
    fn noun(&self, words: &Words<'_>, range: &Range<usize>, clause: &Range<usize>) -> Option<Noun> {
        let at = |i: usize| self.noun_at(words, i);
        let after = range.end..clause.end;
        // Within the sign, nouns that are no holder are part of it («una paliza»).
        range
            .clone()
            .find_map(|i| at(i).filter(|n| *n != Noun::Unknown))
            .or_else(|| after.clone().take(BESIDE + 1).find_map(at))
            .or_else(|| (clause.start..range.start).rev().find_map(at))
            .or_else(|| after.skip(BESIDE + 1).find_map(at))
    }

    /// Whom the clauses before are about: people and animals only, for things do nothing that is told later.
    fn noun_before(&self, words: &Words<'_>, clause: usize) -> Option<Noun> {
        let nouns = (0..clause).rev().filter_map(|i| self.noun_at(words, i));
        nouns.into_iter().find(|n| matches!(n, Noun::Person | Noun::Animal))
    }

    /// What a word is as a holder. A place or what something belongs to is none.
    fn noun_at(&self, words: &Words<'_>, i: usize) -> Option<Noun> {
        let class = |name: &str| self.0.class(name);
        let key = words.key(i);
        let determined = i.checked_sub(1).is_some_and(|b| class("article").has(words.key(b)));
        let mut before = i;
        while before > 0 && before > i.saturating_sub(3) && class("article").has(words.key(before - 1)) {
            before -= 1;
        }
        let oblique = before > words.begins(i) && class("beside").has(words.key(before - 1));
        if oblique {
            return None;
        }
        // What is named by two classes is of the first that fits.
        let known = [("person", Noun::Person), ("animal", Noun::Animal), ("thing", Noun::Thing)];
        if let Some((_, noun)) = known.into_iter().find(|(name, _)| class(name).has(key)) {
            return Some(noun);
        }
        let plain = class("part").has(key) || class("light").has(key) || class("place").has(key);
        (determined && !plain).then_some(Noun::Unknown)
    }
}
