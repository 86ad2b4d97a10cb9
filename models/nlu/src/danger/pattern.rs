//! Patterns of words, as the data writes them: `no ?@clitic puede*|puedo respirar`.
//!
//! A word stands for itself, `word*` for all that begin with it, `@class` for those of a class, `a|b` for either,
//! `?item` for one that may be missing; `..` is up to three words of any kind but a «no», `^` the beginning of a clause and `$`
//! its end, which words without weight may stand before and after; `a|$` is a word or the end.

use std::collections::{BTreeMap, HashSet};

use super::words::Words;

/// Most words that `..` passes over.
const GAP: usize = 3;

/// Words that one item of a pattern stands for.
#[derive(Debug, Default, Clone)]
pub(super) struct Class {
    whole: HashSet<String>,
    beginnings: Vec<String>,
}

impl Class {
    /// `key` is how a word of the language is compared.
    pub fn new<'a>(words: impl IntoIterator<Item = &'a str>, key: fn(&str) -> String) -> Self {
        let mut out = Self::default();
        for word in words {
            match word.strip_suffix('*') {
                Some(begin) => out.beginnings.extend(beginnings(begin, key)),
                None => {
                    out.whole.insert(key(word));
                }
            }
        }
        out
    }

    pub fn has(&self, word: &str) -> bool {
        self.whole.contains(word) || self.beginnings.iter().any(|b| word.starts_with(b.as_str()))
    }

    fn add(&mut self, other: &Self) {
        self.whole.extend(other.whole.iter().cloned());
        self.beginnings.extend(other.beginnings.iter().cloned());
    }
}

/// The keys of a word's beginning: with a letter after it, as in a word, for some letters sound otherwise at the end.
/// What ends in «c» or «g» has two: «cog*» begins «cogió» and «cogote».
fn beginnings(begin: &str, key: fn(&str) -> String) -> Vec<String> {
    let next = if begin.ends_with('t') { 'd' } else { 't' };
    let followed = |next: char| {
        let whole = key(&format!("{begin}{next}"));
        whole.strip_suffix(next).map_or(whole.clone(), str::to_owned)
    };
    let mut out = vec![followed(next)];
    if begin.ends_with(['c', 'g']) {
        out.push(followed('i'));
    }
    out
}

#[derive(Debug)]
enum Item {
    Word { class: Class, optional: bool, end: bool },
    Gap,
    Begin,
    End,
}

/// One pattern, ready to be looked for.
#[derive(Debug)]
pub(super) struct Pattern(Vec<Item>);

/// The classes of a language by name.
pub(super) type Classes = BTreeMap<String, Class>;

impl Pattern {
    /// None if it names a class that there is not.
    pub fn read(written: &str, classes: &Classes, key: fn(&str) -> String) -> Option<Self> {
        let item = |word: &str| {
            Some(match word {
                ".." => Item::Gap,
                "^" => Item::Begin,
                "$" => Item::End,
                word => {
                    let optional = word.starts_with('?');
                    let mut end = false;
                    let mut class = Class::default();
                    for one in word.trim_start_matches('?').split('|') {
                        match one.strip_prefix('@') {
                            Some(name) => class.add(classes.get(name)?),
                            None if one == "$" => end = true,
                            None => class.add(&Class::new([one], key)),
                        }
                    }
                    Item::Word { class, optional, end }
                }
            })
        };
        written.split_whitespace().map(item).collect::<Option<_>>().map(Self)
    }

    /// Whether it stands at a word; then the place after its last one. It never leaves its clause.
    /// `light` are the language's words without weight, `no` those that deny.
    pub fn at(&self, words: &Words<'_>, start: usize, light: &Class, no: &Class) -> Option<usize> {
        step(&self.0, words, start, (light, no))
    }
}

fn step(items: &[Item], words: &Words<'_>, at: usize, kinds: (&Class, &Class)) -> Option<usize> {
    let (light, no) = kinds;
    let Some((item, rest)) = items.split_first() else { return Some(at) };
    // Within one clause: the word before must be in the same one as the next.
    let here = words.get(at);
    match item {
        Item::Begin => {
            let begins = (words.begins(at)..at).all(|i| words.get(i).is_none_or(|w| light.has(&w.key)));
            begins.then(|| step(rest, words, at, kinds)).flatten()
        }
        Item::End => ends(words, at, light).then(|| step(rest, words, at, kinds)).flatten(),
        Item::Gap => (0..=GAP).find_map(|n| {
            let passed =
                (at..at + n).all(|i| words.get(i).is_some_and(|w| !no.has(&w.key)) && words.joined(i));
            passed.then(|| step(rest, words, at + n, kinds)).flatten()
        }),
        Item::Word { class, optional, end } => {
            let fits = here.is_some_and(|w| class.has(&w.key) && !w.void);
            let fits = fits && words.joined(at);
            fits.then(|| step(rest, words, at + 1, kinds)).flatten().or_else(|| {
                let none = *optional || (*end && ends(words, at, light));
                none.then(|| step(rest, words, at, kinds)).flatten()
            })
        }
    }
}

/// Whether nothing of weight follows in the clause.
fn ends(words: &Words<'_>, at: usize, light: &Class) -> bool {
    (at..words.ends(at.saturating_sub(1))).all(|i| words.get(i).is_none_or(|w| light.has(&w.key)))
}
