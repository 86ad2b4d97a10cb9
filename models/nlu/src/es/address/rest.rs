//! Entrance, floor, door, postcode and town.

use super::super::dictated;
use super::super::letters;
use super::super::number;
use super::super::ordinal;
use super::super::postcode;
use super::super::text::{Shape, Text};
use super::super::titled::{ORDINARY, joins, titled};
use super::past_mark;
use crate::{Address, Status, Value};

const FLOORS: &[(&str, &[&str])] = &[
    ("bajo", &["planta baja", "piso bajo", "bajo", "bajos", "bj"]),
    ("entresuelo", &["entresuelo"]),
    ("entreplanta", &["entreplanta"]),
    ("principal", &["principal"]),
    ("ático", &["atico"]),
    ("sobreático", &["sobreatico"]),
    ("semisótano", &["semisotano"]),
    ("sótano", &["sotano"]),
];

const DOORS: &[(&str, &[&str])] = &[
    ("derecha", &["derecha", "dcha .", "dcha", "dch"]),
    ("izquierda", &["izquierda", "izda .", "izda", "izq .", "izq"]),
    ("centro", &["centro", "ctro"]),
    ("interior", &["interior"]),
    ("exterior", &["exterior"]),
];

/// Words of the longest town that is read.
const LONGEST: usize = 7;

fn named(text: &Text, i: usize, table: &[(&str, &[&str])]) -> Option<(String, usize)> {
    table.iter().find_map(|(name, said)| Some(((*name).to_owned(), text.any_phrase(i, said)?)))
}

/// Whether a part of the inside begins at `i`, or the town after «en».
pub(super) fn begins(text: &Text, i: usize) -> bool {
    const LEADS: &[&str] =
        &["portal", "bloque", "escalera", "piso", "planta", "puerta", "letra", "codigo postal", "cp", "en"];
    text.any_phrase(i, LEADS).is_some()
        || (named(text, i, FLOORS).is_some() && (text.word(i) != "principal" || follows_number(text, i)))
        || (ordinal::ordinal(text, i).is_some() && follows_number(text, i))
        || named(text, i, DOORS).is_some_and(|_| follows_number(text, i))
        || (follows_number(text, i) && letter(text, i).is_some())
}

fn follows_number(text: &Text, i: usize) -> bool {
    i > 0 && (text.is_number(i - 1) || number::below_hundred(text, i - 1).is_some_and(|r| r.next == i))
}

/// One more part at `i`, and the token after it.
pub(super) fn part(text: &Text, i: usize, address: &mut Address) -> Option<usize> {
    let at = past_mark(text, i);
    for read in [entrance, floor, door, code, town] {
        if let Some(next) = read(text, at, address) {
            return Some(next);
        }
    }
    None
}

fn entrance(text: &Text, i: usize, address: &mut Address) -> Option<usize> {
    let name = text.word(i);
    if address.postcode.is_some() || !matches!(name, "portal" | "bloque" | "escalera") {
        return None;
    }
    let (which, next) = announced(text, i + 1).or_else(|| either(text, i + 1))?;
    let before = address.entrance.take().map_or(String::new(), |before| format!("{before} "));
    address.entrance = Some(format!("{before}{name} {which}"));
    Some(next)
}

/// A letter or a number: «be», «12», «segunda».
fn either(text: &Text, i: usize) -> Option<(String, usize)> {
    if let Some(read) = number::cardinal(text, i) {
        return Some((read.value.to_string(), read.next));
    }
    ordinal::ordinal(text, i)
        .filter(|o| !o.from_end)
        .map(|o| (o.n.to_string(), o.next))
        .or_else(|| letter(text, i))
        .or_else(|| named(text, i, DOORS))
}

/// A letter after «puerta», «letra» or «escalera», whatever its name; not in «puerta de la calle».
fn announced(text: &Text, i: usize) -> Option<(String, usize)> {
    let (next, letter, _) = letters::read(text, i).into_iter().next()?;
    (!joins(text, next)).then(|| (letter.to_string(), next))
}

/// A letter at `i`; «de» and «y» are words here.
fn letter(text: &Text, i: usize) -> Option<(String, usize)> {
    let (next, letter, _) = letters::read(text, i).into_iter().next()?;
    let word = next == i + 1 && matches!(text.word(i), "de" | "se" | "te" | "y" | "e" | "o");
    (!word).then(|| (letter.to_string(), next))
}

fn floor(text: &Text, i: usize, address: &mut Address) -> Option<usize> {
    if address.floor.is_some() || address.postcode.is_some() {
        return None;
    }
    let set = |address: &mut Address, floor: String, next: usize| {
        address.floor = Some(floor);
        Some(next)
    };
    if let Some((name, next)) = named(text, i, FLOORS) {
        return set(address, name, next);
    }
    let called = text.any_phrase(i, &["piso", "planta"]);
    let at = called.unwrap_or(i);
    if let Some(o) = ordinal::ordinal(text, at).filter(|o| !o.from_end) {
        let after = if called.is_none() && matches!(text.word(o.next), "piso" | "planta") { 1 } else { 0 };
        return set(address, o.n.to_string(), o.next + after);
    }
    // «doce, tres be»: a bare number is a floor only before its door.
    let read = number::cardinal(text, at).filter(|r| r.value < 100)?;
    let door = letter(text, read.next).is_some() || named(text, read.next, DOORS).is_some();
    if called.is_some() || door { set(address, read.value.to_string(), read.next) } else { None }
}

fn door(text: &Text, i: usize, address: &mut Address) -> Option<usize> {
    if address.door.is_some() || address.postcode.is_some() {
        return None;
    }
    let called = text.any_phrase(i, &["puerta", "letra"]);
    let (which, next) = match called {
        Some(at) => announced(text, at).or_else(|| either(text, at))?,
        None if address.floor.is_some() => named(text, i, DOORS)
            .or_else(|| letter(text, i))
            .or_else(|| either(text, i).filter(|(which, _)| which.len() < 3))?,
        None => named(text, i, DOORS)?,
    };
    address.door = Some(which);
    Some(next)
}

fn code(text: &Text, i: usize, address: &mut Address) -> Option<usize> {
    if address.postcode.is_some() {
        return None;
    }
    let called = text.any_phrase(i, &["codigo postal", "cp", "c . p .", "distrito postal"]);
    if called.is_none() {
        let code = text.word(i);
        address.postcode = (text.is_number(i) && postcode::is_valid(code)).then(|| code.to_owned());
        return address.postcode.as_ref().map(|_| i + 1);
    }
    let stretch = dictated::stretch(text, called?, false)?;
    let found = postcode::judge(text, &stretch).filter(|f| f.status == Status::Sound)?;
    let Value::Postcode(code) = found.value else { return None };
    address.postcode = Some(code);
    Some(stretch.to)
}

/// A town after «en» or «de», after its postcode, or after a comma.
fn town(text: &Text, i: usize, address: &mut Address) -> Option<usize> {
    const LEADS: &[&str] = &["en", "de", "municipio de", "localidad de", "provincia de"];
    let called = text.any_phrase(i, LEADS);
    let comma = i > 0 && text.word(i - 1) == ",";
    if address.town.is_some() || !(called.is_some() || comma || address.postcode.is_some()) {
        return None;
    }
    let from = called.unwrap_or(i);
    let mut to = from;
    while to < text.len()
        && to - from < LONGEST
        && text.get(to).is_some_and(|t| t.shape == Shape::Word)
        && (joins(text, to) || !ORDINARY.contains(&text.word(to)))
        && text.any_phrase(to, &["codigo postal", "cp"]).is_none()
    {
        to += 1;
    }
    while to > from && text.word(to - 1) != "el" && joins(text, to - 1) {
        to -= 1;
    }
    if to == from {
        return None;
    }
    address.town = Some(titled(text, from, to));
    Some(to)
}
