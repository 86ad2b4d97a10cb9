//! Dictated characters: digits in any grouping and letters by their names.
//!
//! Groups are ambiguous by ear («treinta cuatro» is 34 or 304; «cien dos», 102
//! or 1002), so a stretch of dictation is read as several candidate strings,
//! cheapest first, and whoever knows the rule (a length, a check letter) chooses.

use super::letters;
use super::number::{self, Read};
use super::text::Text;

/// One reading of a stretch.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Candidate {
    pub chars: String,
    /// 0 for the natural reading; each unnatural grouping adds to it.
    pub cost: u32,
}

/// Tokens `from..to` of the text and what they can be, cheapest first.
#[derive(Debug, Clone)]
pub(crate) struct Stretch {
    pub from: usize,
    pub to: usize,
    pub candidates: Vec<Candidate>,
}

/// Readings kept at each place: more would be noise.
const BEAM: usize = 48;

/// How a language dictates: what the words at a place can be, and which words only join.
pub(crate) trait Dictation {
    /// What can be read at `i`: `(next token, characters, cost)`, the natural reading first.
    fn pieces(&self, text: &Text, i: usize) -> Vec<(usize, String, u32)>;
    /// Tokens after the words that may stand at `i` between two pieces, and what they cost.
    fn fillers(&self, text: &Text, i: usize) -> Vec<(usize, u32)>;
}

/// Spanish dictation.
struct Spanish {
    letters: bool,
}

impl Dictation for Spanish {
    fn pieces(&self, text: &Text, i: usize) -> Vec<(usize, String, u32)> {
        pieces(text, i, self.letters)
    }

    fn fillers(&self, text: &Text, i: usize) -> Vec<(usize, u32)> {
        let cost = u32::from(text.word(i) == "y") * 2;
        fillers(text, i, self.letters).into_iter().map(|to| (to, cost)).collect()
    }
}

/// All maximal stretches of dictation in the text; letters count only if `letters`.
pub(crate) fn stretches(text: &Text, letters: bool) -> Vec<Stretch> {
    stretches_by(text, &Spanish { letters })
}

/// The same, as another language dictates.
pub(crate) fn stretches_by(text: &Text, how: &impl Dictation) -> Vec<Stretch> {
    let mut out = Vec::new();
    let mut i = 0;
    while i < text.len() {
        match stretch_by(text, i, how) {
            Some(s) => {
                i = s.to.max(i + 1);
                out.push(s);
            }
            None => i += 1,
        }
    }
    out
}

/// Readings that end before each token, by token.
struct Lattice {
    base: usize,
    at: Vec<Vec<Candidate>>,
}

impl Lattice {
    fn add(&mut self, token: usize, candidate: Candidate) {
        let slot = token - self.base;
        if self.at.len() <= slot {
            self.at.resize_with(slot + 1, Vec::new);
        }
        let Some(here) = self.at.get_mut(slot) else { return };
        match here.iter_mut().find(|c| c.chars == candidate.chars) {
            Some(same) => same.cost = same.cost.min(candidate.cost),
            None => here.push(candidate),
        }
    }

    fn take(&mut self, token: usize) -> Vec<Candidate> {
        let mut here = self.at.get_mut(token - self.base).map(std::mem::take).unwrap_or_default();
        here.sort_by_key(|c| c.cost);
        here.truncate(BEAM);
        here
    }
}

/// The stretch of dictation that begins at `start`.
pub(crate) fn stretch(text: &Text, start: usize, letters: bool) -> Option<Stretch> {
    stretch_by(text, start, &Spanish { letters })
}

fn stretch_by(text: &Text, start: usize, how: &impl Dictation) -> Option<Stretch> {
    if how.pieces(text, start).is_empty() {
        return None;
    }
    let mut lattice = Lattice { base: start, at: vec![vec![Candidate { chars: String::new(), cost: 0 }]] };
    let mut best: Option<(usize, Vec<Candidate>)> = None;
    let mut i = start;
    while i < start + lattice.at.len() {
        let here = lattice.take(i);
        if here.is_empty() {
            i += 1;
            continue;
        }
        if here.iter().any(|c| !c.chars.is_empty()) {
            best = Some((i, here.clone()));
        }
        let next = how.pieces(text, i);
        // A filler passes only between two pieces, or the stretch would swallow what follows.
        if i > start {
            for (to, cost) in how.fillers(text, i) {
                if !how.pieces(text, to).is_empty() || !how.fillers(text, to).is_empty() {
                    for c in &here {
                        lattice.add(to, Candidate { chars: c.chars.clone(), cost: c.cost + cost });
                    }
                }
            }
        }
        for (to, chars, cost) in &next {
            for c in &here {
                if c.chars.len() + chars.len() <= 40 {
                    lattice.add(*to, Candidate { chars: format!("{}{chars}", c.chars), cost: c.cost + cost });
                }
            }
        }
        i += 1;
    }
    best.map(|(to, candidates)| Stretch { from: start, to: trim_fillers(text, start, to, how), candidates })
}

/// A stretch ends with a piece, not with the comma after it.
fn trim_fillers(text: &Text, start: usize, mut to: usize, how: &impl Dictation) -> usize {
    while to > start + 1 && text.is_mark(to - 1) && how.pieces(text, to - 1).is_empty() {
        to -= 1;
    }
    to
}

/// What can be read at `i`: `(next token, characters, cost)`, the natural reading first.
pub(crate) fn pieces(text: &Text, i: usize, letters: bool) -> Vec<(usize, String, u32)> {
    let mut out = Vec::new();
    if text.is_number(i) {
        out.push((i + 1, text.word(i).to_owned(), 0));
        return out;
    }
    if let Some((next, chars)) = repeated(text, i) {
        out.push((next, chars, 0));
        return out;
    }
    for (read, cost) in groups(text, i) {
        out.push((read.next, read.value.to_string(), cost));
    }
    if letters {
        for (next, letter, cost) in letters::read(text, i) {
            out.push((next, letter.to_string(), cost));
        }
    }
    out
}

/// «doble cero», «triple siete», «dos ceros», «tres doses».
fn repeated(text: &Text, i: usize) -> Option<(usize, String)> {
    let times = match text.key(i) {
        "doble" => 2,
        "triple" => 3,
        _ => {
            let n =
                number::below_hundred(text, i).filter(|n| (2..=6).contains(&n.value) && n.next == i + 1)?;
            let digit = plural(text.key(i + 1))?;
            return Some((i + 2, digit.repeat(usize::try_from(n.value).ok()?)));
        }
    };
    let read = if text.key(i + 1) == "sero" {
        Read { value: 0, next: i + 2 }
    } else if text.is_number(i + 1) {
        number::figures(text, i + 1)?
    } else {
        number::below_hundred(text, i + 1)?
    };
    if read.value > 99 {
        return None;
    }
    // «doble treinta y cuatro» is 34 34; «doble cuatro treinta», 44 30.
    Some((read.next, read.value.to_string().repeat(times)))
}

fn plural(key: &str) -> Option<&'static str> {
    Some(match key {
        "seros" => "0",
        "unos" => "1",
        "doses" => "2",
        "treses" => "3",
        "kuatros" => "4",
        "sinkos" => "5",
        "seises" => "6",
        "sietes" => "7",
        "ochos" => "8",
        "nuebes" => "9",
        _ => return None,
    })
}

/// The numbers that can start at `i`, the natural one first and the shorter ones at a cost.
fn groups(text: &Text, i: usize) -> Vec<(Read, u32)> {
    let mut out: Vec<(Read, u32)> = Vec::new();
    let Some(longest) = number::cardinal(text, i) else { return out };
    let mut keep = |read: Read, cost: u32| {
        if !out.iter().any(|(r, _)| r.next == read.next) {
            out.push((read, cost));
        }
    };
    let spaced = (i..longest.next).any(|t| text.key(t) == "i");
    if spaced || longest.next == i + 1 {
        keep(longest, 0);
    } else {
        // Joined only by standing side by side: both readings are natural enough.
        keep(longest, u32::from(!joins_naturally(text, i, longest.next)));
    }
    for shorter in [number::below_thousand(text, i), number::below_hundred(text, i)].into_iter().flatten() {
        keep(shorter, 2);
    }
    if let Some(single) = single(text, i) {
        keep(single, if joins_naturally(text, i, longest.next) { 2 } else { 1 });
    }
    out
}

/// Hundreds and thousands take what follows («doscientos tres»); tens need their «y».
fn joins_naturally(text: &Text, i: usize, next: usize) -> bool {
    next > i + 1
        && !matches!(
            text.key(i),
            "treinta"
                | "kuarenta"
                | "sinkuenta"
                | "sesenta"
                | "setenta"
                | "ochenta"
                | "nobenta"
                | "beinte"
                | "sien"
        )
}

/// The word at `i` alone, as a number.
fn single(text: &Text, i: usize) -> Option<Read> {
    let alone = Text::new(text.word(i));
    let read = number::cardinal(&alone, 0)?;
    Some(Read { value: read.value, next: i + 1 })
}

/// Tokens after the fillers that may stand at `i` inside a dictation.
fn fillers(text: &Text, i: usize, letters: bool) -> Vec<usize> {
    const WORDS: [&str; 20] = [
        "y",
        "eh",
        "em",
        "mmm",
        "pues",
        "guion",
        "punto",
        "espacio",
        "luego",
        "despues",
        "coma",
        "este",
        "barra",
        "ah",
        "bueno",
        "entonces",
        "a ver",
        "la letra",
        "con la letra",
        "y la letra",
    ];
    const LETTER_WORDS: [&str; 9] =
        ["letra", "la", "con", "de", "con la", "letra de", "la letra es la", "la letra es", "mayuscula"];
    if text.is_mark(i) {
        return if matches!(text.word(i), "," | "." | "-" | "/" | "…" | ":" | ";" | "–" | "(" | ")") {
            vec![i + 1]
        } else {
            Vec::new()
        };
    }
    let mut out: Vec<usize> = WORDS.iter().filter_map(|w| text.phrase(i, w)).collect();
    if letters {
        out.extend(LETTER_WORDS.iter().filter_map(|w| text.phrase(i, w)));
    }
    out.sort_unstable();
    out.dedup();
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    fn first(s: &str) -> Vec<String> {
        let text = Text::new(s);
        stretches(&text, false).iter().filter_map(|s| s.candidates.first().map(|c| c.chars.clone())).collect()
    }

    fn can_be(s: &str, digits: &str) -> bool {
        let text = Text::new(s);
        stretches(&text, false).iter().any(|s| s.candidates.iter().any(|c| c.chars == digits))
    }

    #[test]
    fn digits_come_in_any_grouping() {
        for (words, digits) in [
            ("doce treinta y cuatro cincuenta y seis setenta y ocho", "12345678"),
            ("uno dos tres cuatro cinco seis siete ocho", "12345678"),
            ("seiscientos doce, treinta y cuatro, cincuenta y seis, setenta y ocho", "612345678"),
            ("seis cero cero doble cero triple uno", "60000111"),
            ("doce millones trescientos cuarenta y cinco mil seiscientos setenta y ocho", "12345678"),
            ("cero cero siete", "007"),
            ("12 34 56 78", "12345678"),
            ("tres ceros uno", "0001"),
        ] {
            assert_eq!(first(words), vec![digits.to_owned()], "{words}");
        }
    }

    #[test]
    fn an_ambiguous_grouping_keeps_both_readings() {
        assert!(can_be("treinta cuatro", "304") && can_be("treinta cuatro", "34"));
        assert!(can_be("doscientos tres", "203") && can_be("doscientos tres", "2003"));
    }

    #[test]
    fn other_words_end_the_stretch() {
        assert_eq!(first("quiero doce y luego nada, tres"), vec!["12".to_owned(), "3".to_owned()]);
    }
}
