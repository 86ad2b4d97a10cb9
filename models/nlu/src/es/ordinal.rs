//! Ordinals: «la segunda», «el último», «3.º», «vigésimo primero».

use super::number;
use super::text::Text;
use crate::{Found, Status, Value};

/// A position counted from one end.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Position {
    pub n: u32,
    pub from_end: bool,
    pub next: usize,
}

/// Stem without its gender and number: «segunda», «segundos» → «segund».
fn stem(word: &str) -> &str {
    let word = word.strip_suffix('s').unwrap_or(word);
    word.strip_suffix(['o', 'a']).unwrap_or(word)
}

fn simple(word: &str) -> Option<u32> {
    Some(match stem(word) {
        "primer" => 1,
        "segund" => 2,
        "tercer" => 3,
        "cuart" => 4,
        "quint" => 5,
        "sext" => 6,
        "septim" | "setim" => 7,
        "octav" => 8,
        "noven" => 9,
        "decim" => 10,
        "undecim" | "decimoprimer" | "onceav" => 11,
        "duodecim" | "decimosegund" => 12,
        "decimotercer" => 13,
        "decimocuart" => 14,
        "decimoquint" => 15,
        "decimosext" => 16,
        "decimoseptim" => 17,
        "decimoctav" | "decimooctav" => 18,
        "decimonoven" => 19,
        _ => return None,
    })
}

fn tens(word: &str) -> Option<u32> {
    Some(match stem(word) {
        "vigesim" => 20,
        "trigesim" => 30,
        "cuadragesim" => 40,
        "quincuagesim" => 50,
        "sexagesim" => 60,
        "septuagesim" => 70,
        "octogesim" => 80,
        "nonagesim" => 90,
        _ => return None,
    })
}

fn hundreds(word: &str) -> Option<u32> {
    Some(match stem(word) {
        "centesim" => 100,
        "ducentesim" => 200,
        "tricentesim" => 300,
        "cuadringentesim" => 400,
        "quingentesim" => 500,
        "sexcentesim" => 600,
        "septingentesim" => 700,
        "octingentesim" => 800,
        "noningentesim" => 900,
        "milesim" => 1000,
        _ => return None,
    })
}

/// An ordinal at `i`, words or figures with their mark.
pub(crate) fn ordinal(text: &Text, i: usize) -> Option<Position> {
    let forward = |n, next| Some(Position { n, from_end: false, next });
    if let Some(read) = number::figures(text, i) {
        let dot = usize::from(text.word(read.next) == "." && text.glued(read.next));
        let at = read.next + dot;
        let marked = matches!(text.word(at), "º" | "ª" | "°")
            || (text.glued(at)
                && matches!(text.word(at), "o" | "a" | "er" | "ro" | "ra" | "do" | "da" | "to" | "ta"));
        return if marked { forward(u32::try_from(read.value).ok()?, at + 1) } else { None };
    }
    let word = text.word(i);
    let (mut n, mut at, mut any, mut tenth) = (0, i, false, false);
    if let Some(h) = hundreds(text.word(at)) {
        (n, at, any) = (n + h, at + 1, true);
    }
    if let Some(t) = tens(text.word(at)) {
        (n, at, any, tenth) = (n + t, at + 1, true, true);
    }
    if let Some(u) = simple(text.word(at)) {
        let low = if tenth && u > 9 { None } else { Some(u) };
        if let Some(u) = low {
            (n, at, any) = (n + u, at + 1, true);
        }
        if n % 100 == 10
            && !tenth
            && let Some(u @ 1..=9) = simple(text.word(at))
        {
            (n, at) = (n + u, at + 1);
        }
    }
    if any {
        return forward(n, at);
    }
    match stem(word) {
        "ultim" => Some(Position { n: 1, from_end: true, next: i + 1 }),
        "penultim" => Some(Position { n: 2, from_end: true, next: i + 1 }),
        "antepenultim" => Some(Position { n: 3, from_end: true, next: i + 1 }),
        _ => None,
    }
}

/// Ordinals of a text, and «la dos», «el tres», «opción dos» as positions.
pub(crate) fn extract(text: &Text) -> Vec<Found> {
    let mut out = Vec::new();
    let mut i = 0;
    while i < text.len() {
        let position = ordinal(text, i).map(|p| (p, 0.95)).or_else(|| numbered(text, i));
        match position {
            Some((p, confidence)) => {
                let value = if p.from_end { Value::FromEnd(p.n) } else { Value::Ordinal(p.n) };
                // «un segundo» is a wait, not a choice.
                let wait = matches!(text.word(i), "segundo" | "segundos")
                    && i.checked_sub(1)
                        .is_some_and(|b| text.word(b) == "un" || number::below_hundred(text, b).is_some());
                if !wait {
                    out.push(Found { value, span: text.span(i, p.next), confidence, status: Status::Sound });
                }
                i = p.next.max(i + 1);
            }
            None => i += 1,
        }
    }
    out.sort_by(|a, b| b.confidence.total_cmp(&a.confidence));
    out
}

/// «la dos», «el número tres», «opción 2», or the bare number as the whole answer.
fn numbered(text: &Text, i: usize) -> Option<(Position, f32)> {
    let read = number::figures(text, i)
        .or_else(|| number::cardinal(text, i))
        .filter(|r| (1..=20).contains(&r.value))?;
    let before = i.checked_sub(1).map_or("", |b| text.word(b));
    let confidence = match before {
        "opcion" | "numero" => 0.95,
        "la" | "el" => 0.8,
        "" if read.next == text.len() || text.is_mark(read.next) => 0.75,
        _ => return None,
    };
    let n = u32::try_from(read.value).ok()?;
    Some((Position { n, from_end: false, next: read.next }, confidence))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(s: &str) -> Option<Value> {
        extract(&Text::new(s)).first().map(|f| f.value.clone())
    }

    #[test]
    fn ordinals_by_name_and_by_mark() {
        for (s, n) in [
            ("la segunda", 2),
            ("el primero", 1),
            ("primer", 1),
            ("la tercera opción", 3),
            ("3.º", 3),
            ("la 2ª", 2),
            ("décimo primero", 11),
            ("undécimo", 11),
            ("vigésimo cuarto", 24),
            ("centésimo primero", 101),
            ("decimosexta", 16),
            ("la dos", 2),
            ("opción tres", 3),
            ("dos", 2),
        ] {
            assert_eq!(read(s), Some(Value::Ordinal(n)), "{s}");
        }
        assert_eq!(read("el último"), Some(Value::FromEnd(1)));
        assert_eq!(read("la penúltima"), Some(Value::FromEnd(2)));
        assert_eq!(read("un segundo, por favor"), None);
    }
}
