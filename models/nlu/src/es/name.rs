//! A person's name: after «me llamo», «soy», «a nombre de», or all that was said.

use super::text::{Shape, Text};
use super::titled::{ORDINARY, joins, titled};
use crate::{Found, Status, Value};

/// What is said before a name.
const LEADS: &[&str] = &[
    "me llamo",
    "mi nombre es",
    "el nombre es",
    "nombre y apellidos",
    "a nombre de",
    "al nombre de",
    "se llama",
    "le habla",
    "habla con",
    "de parte de",
    "soy",
];

/// Treatments, which are no part of the name.
const TREATMENTS: &[&str] = &["don", "doña", "señor", "señora", "sr", "sra", "el señor", "la señora"];

/// Whom somebody speaks for: «a nombre de mi madre, Carmen…».
const RELATIVES: &[&str] = &[
    "madre", "padre", "hijo", "hija", "hermano", "hermana", "marido", "mujer", "esposo", "esposa", "pareja",
    "abuelo", "abuela", "suegro", "suegra", "tio", "tia", "primo", "prima", "sobrino", "sobrina", "nieto",
    "nieta", "cuñado", "cuñada", "yerno", "nuera", "novio", "novia", "jefe", "jefa", "vecino", "vecina",
];

/// What stands between a name and the surnames that are given apart.
const SURNAMES: &[&str] = &[
    "y mis apellidos son",
    "y mis apellidos",
    "y mi apellido es",
    "y mi apellido",
    "de apellidos",
    "de apellido",
];

/// Words of the longest name that is read («María de los Ángeles de la Torre y Gómez»).
const LONGEST: usize = 9;

/// Finds a name, or several if several were given.
pub(crate) fn extract(text: &Text) -> Vec<Found> {
    let led =
        (0..text.len()).filter_map(|i| text.any_phrase(i, LEADS).and_then(|from| name(text, from, true)));
    let mut found: Vec<Found> = led.collect();
    if found.is_empty() {
        let from = text.any_phrase(0, &["si", "pues", "es", "hola"]).unwrap_or(0);
        found.extend(name(text, from + usize::from(text.word(from) == ","), false));
    }
    found.sort_by(|a, b| a.status.cmp(&b.status).then(b.confidence.total_cmp(&a.confidence)));
    found
}

/// A name from `from` on. Without words that lead to it, it must be all the answer.
fn name(text: &Text, from: usize, led: bool) -> Option<Found> {
    let soy = from > 0 && text.word(from - 1) == "soy";
    let (from, relative) = match relative(text, from) {
        Some(after) => (after, true),
        None => (from, false),
    };
    let led = led || relative;
    let soy = soy && !relative;
    let from = text.any_phrase(from, TREATMENTS).unwrap_or(from);
    let from = from + usize::from(text.word(from) == "." && from > 0);
    let mut to = end(text, from);
    let mut said = titled(text, from, to);
    let mut words = count(text, from, to);
    if let Some(at) = text.any_phrase(to, SURNAMES)
        && count(text, at, end(text, at)) > 0
    {
        to = end(text, at);
        words += 1;
        said = format!("{said} {}", titled(text, at, to));
    }
    let rest = (to..text.len()).filter(|i| !text.is_mark(*i)).count();
    let polite = text.any_phrase(to + usize::from(text.is_mark(to)), &["por favor", "gracias"]).is_some();
    // «soy el vecino» is no name; without its lead, neither is part of a sentence.
    if words == 0 || joins(text, from) || (!led && rest > 0 && !polite) {
        return None;
    }
    // «soy vecina de…» reads as a name too, and so may «… y trabajo aquí»; one word alone may be any.
    let weak = soy && (words == 1 || joins(text, from + 1));
    let goes_on =
        (from..to).any(|i| text.word(i) == "y") && text.get(to).is_some_and(|t| t.shape == Shape::Word);
    // «…con hache»: the spelling goes on where the name ends.
    let spelling = matches!(text.word(to), "con" | "sin");
    let sure = (led || words > 1) && !weak && !goes_on && !spelling;
    let (status, confidence) = if sure { (Status::Sound, 0.9) } else { (Status::Unsure, 0.6) };
    Some(Found { value: Value::Name(said), span: text.span(from, to), confidence, status })
}

/// After «mi madre», «mi hijo, que se llama».
fn relative(text: &Text, from: usize) -> Option<usize> {
    let whose = matches!(text.word(from), "mi" | "su" | "nuestro" | "nuestra");
    let mut at = (whose && RELATIVES.contains(&text.word(from + 1))).then_some(from + 2)?;
    at += usize::from(text.word(at) == ",");
    at = text.any_phrase(at, &["que se llama", "se llama", "que es"]).unwrap_or(at);
    (at < text.len()).then_some(at)
}

/// The token after the name that begins at `from`.
fn end(text: &Text, from: usize) -> usize {
    let mut to = from;
    while to < text.len() && to - from < LONGEST && belongs(text, to, from) {
        to += 1;
    }
    // What joins nothing is not the name's.
    while to > from && (joins(text, to - 1) || text.is_mark(to - 1)) {
        to -= 1;
    }
    to
}

/// Words of a name, those that join them aside.
fn count(text: &Text, from: usize, to: usize) -> usize {
    (from..to).filter(|i| !joins(text, *i) && !text.is_mark(*i)).count()
}

/// Whether the token at `i` can go on a name: letters, or a mark inside a word.
fn belongs(text: &Text, i: usize, from: usize) -> bool {
    match text.get(i).map(|t| t.shape) {
        // «Ana y…» goes on to something else; «Ana Ejemplo y Prueba» is a name.
        Some(Shape::Word) if matches!(text.word(i), "y" | "e" | "i") => {
            count(text, from, i) > 1 && !ORDINARY.contains(&text.word(i + 1))
        }
        Some(Shape::Word) => joins(text, i) || !ORDINARY.contains(&text.word(i)),
        Some(Shape::Mark) => {
            matches!(text.word(i), "-" | "'" | "’") && i > from && text.glued(i) && text.glued(i + 1)
        }
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use Status::{Sound, Unsure};

    fn read(s: &str) -> Option<(String, Status)> {
        extract(&Text::new(s)).first().map(|f| (f.value.to_string(), f.status))
    }

    #[test]
    fn names_out_of_what_people_say() {
        for (s, name) in [
            ("me llamo ana ejemplo prueba", "Ana Ejemplo Prueba"),
            ("está a nombre de mi padre, juan ejemplo", "Juan Ejemplo"),
            ("a nombre de mi hija que se llama ana de la prueba", "Ana de la Prueba"),
            ("hola, soy ana ejemplo y quería una cita", "Ana Ejemplo"),
            ("está a nombre de juan de la prueba y ejemplo", "Juan de la Prueba y Ejemplo"),
            ("mi nombre es Íñigo Ejemplo-Prueba, gracias", "Íñigo Ejemplo-Prueba"),
            ("a nombre de don juan ejemplo", "Juan Ejemplo"),
            ("me llamo ana", "Ana"),
            ("mi nombre es ana y mis apellidos son ejemplo prueba", "Ana Ejemplo Prueba"),
            ("me llamo ana y tengo cita", "Ana"),
            ("ana ejemplo prueba", "Ana Ejemplo Prueba"),
            ("sí, ana ejemplo, por favor", "Ana Ejemplo"),
            ("MARÍA DE LOS ÁNGELES EJEMPLO", "María de los Ángeles Ejemplo"),
        ] {
            assert_eq!(read(s), Some((name.to_owned(), Sound)), "{s}");
        }
    }

    #[test]
    fn doubtful_names_are_confirmed() {
        assert_eq!(read("ana"), Some(("Ana".to_owned(), Unsure)));
        assert_eq!(read("soy vecina de madrid"), Some(("Vecina de Madrid".to_owned(), Unsure)));
        assert_eq!(read("soy ana ejemplo y trabajo aquí").map(|r| r.1), Some(Unsure));
        assert_eq!(read("soy vecina"), Some(("Vecina".to_owned(), Unsure)));
        assert_eq!(read("me llamo elena con hache"), Some(("Elena".to_owned(), Unsure)));
    }

    #[test]
    fn what_is_no_name_gives_none() {
        for s in [
            "quiero pedir cita",
            "no",
            "",
            "612",
            "soy yo",
            "soy el hijo de ana",
            "me llamo",
            "el padrón no me sale bien",
        ] {
            assert_eq!(read(s), None, "{s}");
        }
    }
}
