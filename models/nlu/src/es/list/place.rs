//! Where a word stands in what was said, and so whether it carries the answer.

use super::LIGHT;
use super::verb::{is_of_kin, is_past, is_supposed, is_told};
use crate::es::correction::WANTS;
use crate::es::text::Text;

/// Where a word stands in what was said.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Place {
    Head,
    Complement,
    /// In a clause that tells something beside.
    Aside,
    /// «no la anule», «si la anulo…», «me la anularon»: denied, supposed or over if it is done, not if it is a thing («no
    /// la farola»).
    Refused,
    /// «no tengo internet»: denied, or what is wrong.
    Lacked,
    Denied,
    /// «no es comida»: something else.
    Other,
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
/// What may stand between a «no» and what it denies, and says no thing of its own…
const PASSES: &[&str] = &[
    "un", "una", "unos", "unas", "el", "la", "los", "las", "de", "del", "al", "a", "por", "para", "en", "lo",
    "mi", "su", "toda", "todo", "todas", "todos", "ningun", "ninguna",
];
/// …and words of which the «no» is, that hand it on to what follows: «no *soy* médico», «no *me* lo recuerden», «no
/// *voy a* recogerlo». Any other word takes it for itself: «no *funciona* la farola».
const HANDS_ON: &[&str] = &[
    "es",
    "era",
    "son",
    "soy",
    "somos",
    "estoy",
    "vivo",
    "vivimos",
    "queremos",
    "necesitamos",
    "digo",
    "tengo",
    "tenemos",
    "uso",
    "usamos",
    "voy",
    "ir",
    "venir",
    "pasar",
    "vamos",
    "puedo",
    "podemos",
    "hace",
    "falta",
    "me",
    "te",
    "se",
    "nos",
    "le",
    "les",
    "interesa",
];
/// Farthest from its «no» that a word is denied.
const REACH: usize = 7;

/// The place of each token.
pub(super) fn places(text: &Text) -> Vec<Place> {
    let mut out = Vec::new();
    let mut place = Place::Head;
    let mut named = false;
    // What denies the token before, whatever clause that stood in.
    let mut before: Option<Place> = None;
    for i in 0..text.len() {
        let word = text.word(i);
        // What is wanted is the answer in whatever clause it stands: «mire que *quería* cita».
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
        named |= is_named(text, i);
        let refused = place < Place::Aside && (is_supposed(text, i) || is_told(text, i));
        let refused = || refused.then_some(Place::Refused);
        // «no tengo correo *electrónico*».
        let own = denied(text, i);
        let follows = i > 0 && is_named(text, i) && is_named(text, i - 1);
        let reached = own.or(before.filter(|_| follows));
        before = own;
        let denied = reached.filter(|denied| *denied != Place::Refused || place < Place::Aside);
        out.push(denied.or_else(refused).unwrap_or(place));
    }
    out
}

fn is_named(text: &Text, i: usize) -> bool {
    !text.is_mark(i) && !LIGHT.contains(&text.word(i))
}

/// Whether a clause begins that tells something beside what was named.
fn begins_aside(text: &Text, i: usize, named: bool) -> bool {
    let before = i.checked_sub(1).map_or("", |b| text.word(b));
    if text.phrase(i, "no se si").is_some() {
        return true;
    }
    let says = SAYS.contains(&before) || ASKS.iter().any(|ending| before.ends_with(ending));
    let of_it = i > 0 && !text.is_mark(i - 1) && (!says || relative(text, i));
    match text.word(i) {
        "que" => of_it,
        "porque" | "donde" | "aunque" => named,
        _ => is_past(text, i) || is_of_kin(text, i),
    }
}

/// «…en el que», «…por la que»: of what was named before.
fn relative(text: &Text, i: usize) -> bool {
    let article = matches!(text.word(i - 1), "el" | "la" | "los" | "las");
    article && i > 2 && matches!(text.word(i - 2), "en" | "por" | "de" | "con" | "a")
}

/// «farola no, …», «no es una farola», «no la farola, …», «no tengo internet».
fn denied(text: &Text, i: usize) -> Option<Place> {
    let ends = |at: usize| at >= text.len() || text.is_mark(at) || NEW.contains(&text.word(at));
    const NEW: [&str; 12] =
        ["es", "sino", "era", "que", "porque", "gracias", "por", "pero", "y", "ni", "mejor", "hombre"];
    const REFUSES: &[&str] =
        &["entiendo", "quiero", "uso", "tengo", "puedo", "se", "sirve", "interesa", "me", "hace"];
    if text.word(i + 1) == "no" && (ends(i + 2) || REFUSES.contains(&text.word(i + 2))) {
        return Some(Place::Denied);
    }
    // «los fines de semana no».
    let joined = |k: usize| passes(text, k) || passes(text, k - 1) || k == i + 1 && is_named(text, k);
    let after = (i + 2..i + 6).find(|j| text.word(*j) == "no" && ends(j + 1));
    if after.is_some_and(|j| (i + 1..j).all(|k| !text.is_mark(k) && joined(k))) {
        return Some(Place::Other);
    }
    // «anularla nunca», «ni loca».
    if matches!(text.word(i + 1), "nunca" | "jamas" | "ni" | "tampoco") {
        return Some(Place::Denied);
    }
    // «todo menos lo de recogerlo», «nada de cartas», «en vez de por carta».
    const BUT: &[&str] = &["menos", "excepto", "salvo"];
    const BUT_OF: &[&str] = &["nada", "vez", "lugar"];
    let leaves_out = |b: usize| {
        BUT.contains(&text.word(b)) || BUT_OF.contains(&text.word(b)) && text.word(b + 1) == "de" && b + 1 < i
    };
    let between = |from: usize| (from + 1..i).all(|j| passes(text, j));
    if (1..=4).filter_map(|n| i.checked_sub(n)).any(|b| leaves_out(b) && between(b)) {
        return Some(Place::Denied);
    }
    let no = (1..=REACH)
        .filter_map(|n| i.checked_sub(n))
        .find(|at| !passes(text, *at) && !hands_on(text, *at))
        .filter(|at| matches!(text.word(*at), "no" | "ni" | "tampoco" | "nunca"))?;
    // «no la farola, el semáforo»: something else follows; «no, la farola» says yes to it.
    let instead = no > 1 || (i + 1..text.len()).any(|j| matches!(text.word(j), "," | "sino" | "es"));
    let handed = (no + 1..i).any(|j| hands_on(text, j));
    // «yo no trabajo»: «no, la farola» begins with its no.
    let of_self = no.checked_sub(1).is_some_and(|b| matches!(text.word(b), "yo" | "nosotros" | "nosotras"));
    let next = no + 1 == i && (text.word(no) != "no" || of_self || hands_on(text, i));
    let reached = next || no + 1 < i && (instead || handed);
    let lacked = (no + 1..i).any(|j| matches!(text.word(j), "tengo" | "tenemos"));
    // «no es comida», «no me falta comida»: nothing is lacked.
    let is_other = (no + 1..i).any(|j| matches!(text.word(j), "es" | "son" | "era" | "falta" | "faltan"));
    Some(match reached {
        true if is_other => Place::Other,
        true if lacked => Place::Lacked,
        true => Place::Denied,
        false => Place::Refused,
    })
}

fn passes(text: &Text, i: usize) -> bool {
    PASSES.contains(&text.word(i))
}

fn hands_on(text: &Text, i: usize) -> bool {
    let word = |i: usize| text.word(i);
    HANDS_ON.contains(&word(i)) || WANTS.contains(&word(i)) || begins_wish(text, i) || is_wished(text, i)
}

/// «no quiero *que* me lo manden».
fn begins_wish(text: &Text, i: usize) -> bool {
    i > 0 && text.word(i) == "que" && WANTS.contains(&text.word(i - 1))
}

/// «no quiero que me lo *manden*».
fn is_wished(text: &Text, i: usize) -> bool {
    let clitic = |j: usize| passes(text, j) || HANDS_ON.contains(&text.word(j));
    let before = (1..=3).filter_map(|n| i.checked_sub(n)).find(|j| !clitic(*j));
    before.is_some_and(|j| begins_wish(text, j))
}
