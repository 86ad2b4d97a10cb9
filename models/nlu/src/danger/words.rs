//! A text as its words, in clauses: a recogniser writes no commas, so words that begin a clause divide too.

use std::ops::Range;

use super::pattern::Class;
use crate::es::text::{Shape, Text};

/// One word.
#[derive(Debug)]
pub(super) struct Word {
    /// As it is compared.
    pub key: String,
    /// Where it stands in the text.
    pub span: Range<usize>,
    /// The number of its clause.
    pub clause: usize,
    /// A name, or part of a phrase that means something else: no sign stands on it.
    pub void: bool,
    /// Written with an accent.
    pub accented: bool,
}

/// The words of a text.
#[derive(Debug)]
pub(super) struct Words<'a> {
    source: &'a str,
    words: Vec<Word>,
    /// Clauses that a question mark ends.
    asked: Vec<usize>,
    /// The word from which on a pattern is being matched; its clause holds.
    from: std::cell::Cell<usize>,
}

impl<'a> Words<'a> {
    pub fn new(source: &'a str, cleaned: &str, breaks: &Class, key: fn(&str) -> String) -> Self {
        let text = Text::new(cleaned);
        let (mut words, mut asked, mut clause) = (Vec::new(), Vec::new(), 0);
        for token in &text.tokens {
            if token.shape == Shape::Mark {
                if token.text == "?" {
                    asked.push(clause);
                }
                clause += 1;
                continue;
            }
            let key = key(&token.text);
            if breaks.has(&key) && words.last().is_some_and(|w: &Word| w.clause == clause) {
                clause += 1;
            }
            let span = token.start..token.end;
            let accented = source.get(span.clone()).is_some_and(|w| !w.is_ascii());
            words.push(Word { key, span, clause, void: false, accented });
        }
        Self { source, words, asked, from: std::cell::Cell::new(0) }
    }

    pub fn get(&self, i: usize) -> Option<&Word> {
        self.words.get(i)
    }

    pub fn len(&self) -> usize {
        self.words.len()
    }

    pub fn key(&self, i: usize) -> &str {
        self.words.get(i).map_or("", |w| w.key.as_str())
    }

    pub fn clause(&self, i: usize) -> usize {
        self.words.get(i).or(self.words.last()).map_or(0, |w| w.clause)
    }

    /// The first word of the clause of a word.
    pub fn begins(&self, i: usize) -> usize {
        let clause = self.clause(i);
        self.words.iter().position(|w| w.clause == clause).unwrap_or(i)
    }

    /// The place after the last word of the clause of a word.
    pub fn ends(&self, i: usize) -> usize {
        let clause = self.clause(i);
        self.words.iter().rposition(|w| w.clause == clause).map_or(i, |last| last + 1)
    }

    /// Patterns begin here from now on.
    pub fn start(&self, i: usize) {
        self.from.set(i);
    }

    /// Whether a word stands in the clause in which the pattern begins.
    pub fn joined(&self, i: usize) -> bool {
        self.clause(i) == self.clause(self.from.get())
    }

    pub fn is_asked(&self, clause: usize) -> bool {
        self.asked.contains(&clause)
    }

    pub fn void(&mut self, range: Range<usize>) {
        for word in self.words.get_mut(range).into_iter().flatten() {
            word.void = true;
        }
    }

    /// The bytes of a stretch of words.
    pub fn span(&self, range: Range<usize>) -> Range<usize> {
        let start = self.words.get(range.start).map_or(self.source.len(), |w| w.span.start);
        let end = range.end.checked_sub(1).and_then(|i| self.words.get(i)).map_or(start, |w| w.span.end);
        start..end.max(start)
    }
}
