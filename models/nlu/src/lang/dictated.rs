//! Digits and letters as a language dictates them.

use super::data;
use super::number::Numbers;
use super::words::{alternatives, any, phrases};
use crate::es::dictated::{Dictation, Stretch, stretches_by};
use crate::es::letters::sound_alike;
use crate::es::number::Read;
use crate::es::text::Text;

/// Names of letters and what joins them.
#[derive(Debug)]
pub(crate) struct Letters {
    /// Phrase and letter, the longest first.
    names: Vec<(String, char)>,
    /// Letter and its name as it is said.
    said: Vec<(char, String)>,
    example: Vec<String>,
    fillers: Vec<String>,
    letter_fillers: Vec<String>,
    double: Vec<String>,
    triple: Vec<String>,
    zero: Vec<String>,
}

impl Letters {
    pub fn new(data: data::Dictation) -> Self {
        let letters: Vec<(char, &String)> =
            data.letters.iter().filter_map(|(letter, names)| Some((letter.chars().next()?, names))).collect();
        let mut names: Vec<(String, char)> = letters
            .iter()
            .flat_map(|(letter, names)| alternatives(names).into_iter().map(|name| (name, *letter)))
            .collect();
        names.sort_by_key(|n| std::cmp::Reverse(n.0.split(' ').count()));
        let said = letters.iter().map(|(l, names)| (*l, super::words::said(names).to_owned())).collect();
        Self {
            names,
            said,
            example: phrases(&data.example),
            fillers: phrases(&data.fillers),
            letter_fillers: phrases(&data.letter_fillers),
            double: phrases(&data.double),
            triple: phrases(&data.triple),
            zero: phrases(&data.zero),
        }
    }

    /// The name of a letter, as it is said.
    pub fn name(&self, letter: char) -> Option<&str> {
        let capital = letter.to_uppercase().next()?;
        self.said.iter().find(|s| s.0 == capital).map(|s| s.1.as_str())
    }

    /// Letters that can be read at `i`: next token and capital.
    fn read(&self, text: &Text, i: usize) -> Vec<(usize, char)> {
        let named = self.names.iter().filter_map(|(name, letter)| Some((text.phrase(i, name)?, *letter)));
        let mut out: Vec<(usize, char)> = named.collect();
        let mut chars = text.word(i).chars();
        if let (Some(c), None) = (chars.next(), chars.next())
            && c.is_alphabetic()
        {
            out.extend(c.to_uppercase().next().map(|letter| (i + 1, letter)));
        }
        // «be de Barcelona»: the example decides, when it sounds like the letter.
        let examples: Vec<(usize, char)> = out
            .iter()
            .filter_map(|(next, letter)| {
                let at = any(text, *next, &self.example)?;
                let word = text.word(at);
                let initial = word.chars().next()?.to_uppercase().next()?;
                (word.chars().count() > 2 && sound_alike(initial, *letter)).then_some((at + 1, initial))
            })
            .collect();
        out.extend(examples);
        out
    }
}

/// One way of reading dictation: with letters or without.
struct How<'a> {
    letters: Option<&'a Letters>,
    all: &'a Letters,
    numbers: &'a Numbers,
}

/// The stretches of dictation of a text; letters count only if `with_letters`.
pub(crate) fn stretches(text: &Text, numbers: &Numbers, all: &Letters, with_letters: bool) -> Vec<Stretch> {
    stretches_by(text, &How { letters: with_letters.then_some(all), all, numbers })
}

impl Dictation for How<'_> {
    fn pieces(&self, text: &Text, i: usize) -> Vec<(usize, String, u32)> {
        if text.is_number(i) {
            return vec![(i + 1, text.word(i).to_owned(), 0)];
        }
        if let Some((next, chars)) = self.repeated(text, i) {
            return vec![(next, chars, 0)];
        }
        let mut out: Vec<(usize, String, u32)> = Vec::new();
        for (read, cost) in self.groups(text, i) {
            out.push((read.next, read.value.to_string(), cost));
        }
        out.extend(any(text, i, &self.all.zero).map(|next| (next, "0".to_owned(), 1)));
        for (next, letter) in self.letters.map(|l| l.read(text, i)).unwrap_or_default() {
            let short = text.word(i).chars().count() < 2 && !text.glued(i);
            out.push((next, letter.to_string(), u32::from(short)));
        }
        out
    }

    fn fillers(&self, text: &Text, i: usize) -> Vec<(usize, u32)> {
        if text.is_mark(i) {
            let passes = matches!(text.word(i), "," | "." | "-" | "/" | "…" | ":" | ";" | "–" | "(" | ")");
            return if passes { vec![(i + 1, 0)] } else { Vec::new() };
        }
        let plain = self.all.fillers.iter();
        let letters = self.letters.iter().flat_map(|l| l.letter_fillers.iter());
        plain.chain(letters).filter_map(|f| Some((text.phrase(i, f)?, u32::from(f.len() < 4) * 2))).collect()
    }
}

impl How<'_> {
    /// The numbers that can begin at `i`: the natural one, and shorter ones at a cost.
    fn groups(&self, text: &Text, i: usize) -> Vec<(Read, u32)> {
        let mut out: Vec<(Read, u32)> = Vec::new();
        let mut next = None;
        // Each shorter reading is the number that ends before the last word of the one before.
        while let Some(read) = self.shorter(text, i, next) {
            let cost = u32::try_from(out.len()).unwrap_or(u32::MAX);
            out.push((read, cost));
            next = Some(read.next);
        }
        out
    }

    fn shorter(&self, text: &Text, i: usize, before: Option<usize>) -> Option<Read> {
        let Some(end) = before else { return self.numbers.cardinal(text, i) };
        let last = end.checked_sub(1).filter(|e| *e > i)?;
        let head = text.span(i, last);
        let cut = Text::new(text.source.get(head)?);
        let read = self.numbers.cardinal(&cut, 0)?;
        Some(Read { next: i + read.next, ..read })
    }

    /// «doble zero», «triple set».
    fn repeated(&self, text: &Text, i: usize) -> Option<(usize, String)> {
        let double = any(text, i, &self.all.double).map(|at| (at, 2));
        let (at, times) = double.or_else(|| Some((any(text, i, &self.all.triple)?, 3)))?;
        let read = self.numbers.small(text, at).filter(|r| r.value < 100);
        let zero = || any(text, at, &self.all.zero).map(|next| Read { value: 0, next });
        let read = read.or_else(zero)?;
        Some((read.next, read.value.to_string().repeat(times)))
    }
}
