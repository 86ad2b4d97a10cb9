//! The way, its name and the number of the building.

use super::super::number;
use super::super::ordinal;
use super::super::text::Text;
use super::super::time::month;
use super::super::titled::titled;
use super::{past_mark, rest};

/// Kinds of way and how else they are written.
const KINDS: &[(&str, &[&str])] = &[
    ("Calle", &["calle", "c /", "cl", "cl /"]),
    ("Avenida", &["avenida", "avda .", "avda", "av .", "av"]),
    ("Plaza", &["plaza", "pza .", "pza", "plz"]),
    ("Paseo", &["paseo", "p º"]),
    ("Gran Vía", &["gran via"]),
    ("Camino", &["camino"]),
    ("Carretera", &["carretera", "ctra .", "ctra"]),
    ("Ronda", &["ronda"]),
    ("Travesía", &["travesia"]),
    ("Glorieta", &["glorieta"]),
    ("Callejón", &["callejon"]),
    ("Pasaje", &["pasaje"]),
    ("Rambla", &["rambla"]),
    ("Cuesta", &["cuesta"]),
    ("Costanilla", &["costanilla"]),
    ("Urbanización", &["urbanizacion"]),
    ("Polígono", &["poligono"]),
    ("Barrio", &["barrio"]),
    ("Plazuela", &["plazuela"]),
    ("Vía", &["via"]),
];

/// Words of the longest street name that is read.
const LONGEST: usize = 10;

/// The kind of way at `i`, and the token where its name begins. Gran Vía is its own name.
pub(super) fn kind(text: &Text, i: usize) -> Option<(&'static str, usize)> {
    let (kind, next) = KINDS.iter().find_map(|(k, said)| Some((*k, text.any_phrase(i, said)?)))?;
    Some((kind, if kind == "Gran Vía" { i + 1 } else { next }))
}

/// Kind and name, as an envelope has them.
pub(super) fn named(text: &Text, kind: &str, from: usize, to: usize) -> String {
    if kind == "Gran Vía" {
        return match titled(text, from + 1, to) {
            name if name.is_empty() => kind.to_owned(),
            name => format!("{kind} {name}"),
        };
    }
    let name = titled(text, from, to);
    // «Calle de la Princesa»: what joins the name to its kind stays low.
    let first = name.split(' ').next().unwrap_or("");
    let low = matches!(first, "De" | "Del" | "La" | "Las" | "Los" | "El")
        && matches!(text.word(from), "de" | "del");
    let name = if low { name.replacen(first, &first.to_lowercase(), 1) } else { name };
    format!("{kind} {name}")
}

/// The token after the name that begins at `from`: where its number, its inside or its town begins.
pub(super) fn name_end(text: &Text, from: usize) -> usize {
    let mut i = from;
    while i < text.len() && i - from < LONGEST {
        if text.is_mark(i) || (i > from && (number(text, i).is_some() || rest::begins(text, i))) {
            break;
        }
        i += 1;
    }
    i
}

/// The building's number at `i`: «, 12», «número doce bis», «sin número», «kilómetro cinco».
pub(super) fn number(text: &Text, i: usize) -> Option<(String, usize)> {
    let at = past_mark(text, i);
    if let Some(next) = text.any_phrase(at, &["sin numero", "s / n", "sn"]) {
        return Some(("s/n".to_owned(), next));
    }
    if let Some(next) = text.any_phrase(at, &["kilometro", "km .", "km", "punto kilometrico"]) {
        let read = number::cardinal(text, next)?;
        return Some((format!("km {}", read.value), read.next));
    }
    let called = text.any_phrase(
        at,
        &["a la altura del numero", "a la altura del", "numero", "num .", "num", "n . º", "n º", "n °", "nº"],
    );
    let from = called.unwrap_or(at);
    let marked = called.is_some() || at > i;
    let read = longest_that_ends(text, from, marked)?;
    let figures = read.value.to_string();
    if let Some(next) = text.any_phrase(read.next, &["bis", "duplicado"]) {
        return Some((format!("{figures} {}", text.word(next - 1)), next));
    }
    let letter = text.word(read.next);
    if text.is_number(read.next - 1) && text.glued(read.next) && letter.len() == 1 && !text.is_mark(read.next)
    {
        return Some((format!("{figures} {}", letter.to_uppercase()), read.next + 1));
    }
    Some((figures, read.next))
}

/// A number that is no part of the name: nothing follows it but what can follow a
/// number. «dos de mayo» and «tres cruces» are names.
fn longest_that_ends(text: &Text, i: usize, marked: bool) -> Option<number::Read> {
    let read = number::cardinal(text, i).filter(|r| (1..10_000).contains(&r.value))?;
    let article = matches!(text.word(i), "un" | "una") && read.next == i + 1;
    let dated = text.word(read.next) == "de" && month(text, read.next + 1).is_some();
    let ordinal = ordinal::ordinal(text, i).is_some_and(|o| o.next > read.next);
    if article || dated || ordinal {
        return None;
    }
    let next = read.next;
    let ends = next >= text.len()
        || text.is_mark(next)
        || text.glued(next)
        || number::cardinal(text, next).is_some()
        || matches!(text.word(next), "bis" | "duplicado" | "en" | "de" | "por" | "y")
        || rest::begins(text, next);
    (marked || ends).then_some(read)
}
