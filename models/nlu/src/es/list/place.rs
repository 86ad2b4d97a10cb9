//! Where a word stands in what was said, and so whether it carries the answer.

use super::LIGHT;
use crate::es::text::Text;

/// Where a word stands in what was said.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Place {
    Head,
    Complement,
    /// In a clause that tells something beside.
    Aside,
    Denied,
}

/// Words after which comes what completes the word before.
pub(super) const COMPLETES: &[&str] = &[
    "de", "del", "en", "con", "sin", "para", "por", "a", "al", "junto", "hacia", "sobre", "of", "for",
    "with", "per", "amb", "do", "da",
];
/// Before «que»: what it begins is what was wanted to be said.
const SAYS: &[&str] = &[
    "creo",
    "parece",
    "resulta",
    "quiero",
    "queria",
    "quisiera",
    "necesito",
    "dice",
    "dicen",
    "digo",
    "es",
    "era",
    "pasa",
    "pasado",
    "veo",
    "visto",
    "decir",
    "decirles",
    "decirle",
    "informar",
    "avisar",
    "comunicar",
    "saber",
    "espero",
    "prefiero",
    "gustaria",
    "piden",
    "pide",
    "dicho",
    "sea",
    "ya",
    "asi",
    "para",
    "por",
    "sin",
    "hasta",
    "desde",
    "antes",
    "lo",
    "el",
    "la",
    "los",
    "las",
    "y",
    "o",
    "si",
    "no",
    "mas",
    "tengo",
    "hay",
    "tiene",
    "mire",
    "mira",
    "oiga",
    "oye",
    "escuche",
    "espere",
    "perdone",
    "venga",
    "vengan",
];
/// Endings of who is asked for something, before «que»: «ayúdenme que no podemos salir».
const ASKS: [&str; 6] = ["enme", "anme", "ennos", "annos", "eme", "ame"];
/// What is wanted follows, in whatever clause it stands: «mire que *quería* cita», «…y *necesito* un volante».
const WANTS: &[&str] = &[
    "quiero",
    "queria",
    "quisiera",
    "querria",
    "necesito",
    "necesitaba",
    "pido",
    "pida",
    "pidiera",
    "solicito",
    "solicitar",
];
/// What may stand between a «no» and what it denies.
const DENIES: &[&str] = &[
    "es", "era", "son", "un", "una", "el", "la", "los", "las", "de", "del", "quiero", "digo", "al", "a",
    "por", "para", "lo",
];

/// The place of each token.
pub(super) fn places(text: &Text) -> Vec<Place> {
    let mut out = Vec::new();
    let mut place = Place::Head;
    let mut named = false;
    for i in 0..text.len() {
        let word = text.word(i);
        if text.is_mark(i) || place == Place::Aside && WANTS.contains(&word) {
            (place, named) = (Place::Head, false);
        } else if begins_aside(text, i, named) {
            place = Place::Aside;
        } else if matches!(word, "y" | "e" | "o" | "u" | "sino" | "pero") && place != Place::Aside {
            (place, named) = (Place::Head, false);
        } else if matches!(word, "para" | "por") && place == Place::Complement {
            // What it is for is often the answer: «un papel de ustedes para el colegio».
            place = Place::Head;
        } else if COMPLETES.contains(&word)
            && !matches!(word, "para" | "por")
            && named
            && place == Place::Head
        {
            place = Place::Complement;
        }
        named |= !LIGHT.contains(&word) && !text.is_mark(i);
        out.push(if is_denied(text, i) { Place::Denied } else { place });
    }
    out
}

/// Whether a clause begins that tells something beside what was named.
fn begins_aside(text: &Text, i: usize, named: bool) -> bool {
    let before = i.checked_sub(1).map_or("", |b| text.word(b));
    let says = SAYS.contains(&before) || ASKS.iter().any(|ending| before.ends_with(ending));
    let of_it = i > 0 && !text.is_mark(i - 1) && (!says || relative(text, i));
    match text.word(i) {
        "que" => of_it,
        "porque" | "donde" | "aunque" => named,
        _ => false,
    }
}

/// «…en el que», «…por la que»: of what was named before.
fn relative(text: &Text, i: usize) -> bool {
    let article = matches!(text.word(i - 1), "el" | "la" | "los" | "las");
    article && i > 2 && matches!(text.word(i - 2), "en" | "por" | "de" | "con" | "a")
}

/// «farola no, …», «no es una farola», «no la farola, …».
fn is_denied(text: &Text, i: usize) -> bool {
    let ends =
        |at: usize| at >= text.len() || text.is_mark(at) || matches!(text.word(at), "es" | "sino" | "era");
    const REFUSES: &[&str] =
        &["entiendo", "quiero", "uso", "tengo", "puedo", "se", "sirve", "interesa", "me", "hace"];
    if text.word(i + 1) == "no" && (ends(i + 2) || REFUSES.contains(&text.word(i + 2))) {
        return true;
    }
    // «todo menos lo de recogerlo».
    const BUT: &[&str] = &["menos", "excepto", "salvo"];
    let but = (1..=4).filter_map(|n| i.checked_sub(n)).find(|b| BUT.contains(&text.word(*b)));
    if but.is_some_and(|b| (b + 1..i).all(|j| DENIES.contains(&text.word(j)))) {
        return true;
    }
    let mut at = i;
    while at > 0 && DENIES.contains(&text.word(at - 1)) {
        at -= 1;
    }
    // «no la farola, el semáforo»: something else follows; «no, la farola» says yes to it.
    let after = (i + 1..text.len()).any(|j| matches!(text.word(j), "," | "sino" | "es"));
    let other = after || at > 2;
    let no = at > 0 && at < i && text.word(at - 1) == "no";
    no && (other
        || text.word(at) != "el" && matches!(text.word(at), "es" | "era" | "son" | "quiero" | "digo"))
}
