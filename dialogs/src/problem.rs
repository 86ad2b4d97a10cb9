//! What the checker says: one line a problem, with its place and its cure.

use std::fmt;

use serde::Serialize;

/// How much a problem matters.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Default, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Severity {
    /// The bot is refused.
    #[default]
    Error,
    /// The checker and publishing refuse it; a bot that answers already goes on: the interpreter makes up for it, or
    /// no bot at all would be worse for the citizen.
    #[serde(rename = "error")]
    Mended,
    /// The bot runs; somebody should look at it.
    Warning,
}

/// A problem in a bot's folder. `Display` is the line that `digame check` prints.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, thiserror::Error)]
pub struct Problem {
    /// Path inside the bot's folder.
    pub file: String,
    /// Line, from 1; 0 when the whole file is meant.
    pub line: usize,
    /// Column in characters, from 1; 0 when the whole line is meant.
    pub column: usize,
    /// What is wrong, in words.
    pub what: String,
    /// The word found, as written.
    pub found: String,
    /// The nearest valid word, where one is near.
    pub nearest: Option<String>,
    /// What to do.
    pub cure: String,
    /// Whether the bot is refused for it.
    pub severity: Severity,
}

impl Problem {
    /// The bot is not to be published with it.
    pub fn is_error(&self) -> bool {
        self.severity != Severity::Warning
    }

    /// The bot can't run with it.
    pub fn is_fatal(&self) -> bool {
        self.severity == Severity::Error
    }
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.file)?;
        if self.line > 0 {
            write!(f, ":{}", self.line)?;
        }
        if self.column > 0 {
            write!(f, ":{}", self.column)?;
        }
        f.write_str(if self.is_error() { ": " } else { ": warning: " })?;
        f.write_str(&self.what)?;
        if !self.found.is_empty() {
            write!(f, " `{}`", self.found)?;
        }
        if let Some(near) = &self.nearest {
            write!(f, "; did you mean `{near}`?")?;
        }
        if !self.cure.is_empty() {
            write!(f, "; {}", self.cure)?;
        }
        Ok(())
    }
}

/// The candidate nearest to `word` by edit distance, if it is near enough to be a slip of the fingers.
pub fn nearest<'a>(word: &str, candidates: impl IntoIterator<Item = &'a str>) -> Option<String> {
    let limit = (word.chars().count() / 3).max(1) + 1;
    candidates
        .into_iter()
        .map(|c| (distance(word, c), c))
        .filter(|(d, c)| *d <= limit && *d < c.chars().count())
        .min()
        .map(|(_, c)| c.to_owned())
}

/// Edits (insert, delete, replace, swap of neighbours) that turn one word into the other, ignoring case.
fn distance(a: &str, b: &str) -> usize {
    let a: Vec<char> = a.to_lowercase().chars().take(64).collect();
    let b: Vec<char> = b.to_lowercase().chars().take(64).collect();
    let mut before: Vec<usize> = Vec::new();
    let mut last: Vec<usize> = (0..=b.len()).collect();
    for (i, ca) in a.iter().enumerate() {
        let mut row = vec![i + 1];
        for (j, cb) in b.iter().enumerate() {
            let at = |r: &[usize], k: usize| r.get(k).copied().unwrap_or(usize::MAX - 1);
            let mut best =
                (at(&last, j) + usize::from(ca != cb)).min(at(&last, j + 1) + 1).min(at(&row, j) + 1);
            let swapped =
                i > 0 && j > 0 && Some(cb) == a.get(i - 1).as_ref().copied() && b.get(j - 1) == Some(ca);
            if swapped {
                best = best.min(at(&before, j - 1) + 1);
            }
            row.push(best);
        }
        before = std::mem::replace(&mut last, row);
    }
    last.last().copied().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_nearest_word_is_a_slip_of_the_fingers_away() {
        let words = ["collect", "confirm", "call", "choose"];
        assert_eq!(nearest("colect", words).as_deref(), Some("collect"));
        assert_eq!(nearest("chose", words).as_deref(), Some("choose"));
        assert_eq!(nearest("clal", words).as_deref(), Some("call"));
        assert_eq!(nearest("zzzzzz", words), None);
    }
}
