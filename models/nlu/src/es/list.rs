//! Items of a catalogue by what they are called, however they are heard.
//!
//! A label's score is how much of it was said, each word weighted by how few
//! items share it; words match by sound, by stem, or as part of a derived word
//! («empadronarme» says «padrón»). Words that name nothing weigh little, and a label
//! that has no others («así está bien») must be all that was said.
//!
//! Words count where they carry the answer. What is denied («farola no, es un semáforo») names nothing; what a clause
//! tells beside («…que cabe un coche») is no answer unless a label is wholly in it, and then to be confirmed; what
//! completes another word («la farola del parque») comes after that word; and of a longer label only its head
//! stands for it: «leche», not «bebé», for «leche para el bebé», and only to be confirmed.

mod place;
#[cfg(test)]
mod tests;
mod verb;

use place::{COMPLETES, Place, places};
use verb::is_verb;

use super::phonetic;
use super::text::{Shape, Text};
use crate::intent::vectors::rarity;
use crate::{Catalogue, Found, Status, Value};

/// Words that name nothing.
const LIGHT: &[&str] = &[
    "a",
    "al",
    "de",
    "del",
    "el",
    "la",
    "los",
    "las",
    "lo",
    "un",
    "una",
    "unos",
    "unas",
    "y",
    "e",
    "o",
    "u",
    "en",
    "con",
    "por",
    "para",
    "que",
    "es",
    "se",
    "me",
    "mi",
    "su",
    "le",
    "les",
    "quiero",
    "queria",
    "quisiera",
    "necesito",
    "cita",
    "favor",
    "hola",
    "buenas",
    "buenos",
    "dias",
    "tardes",
    "si",
    "no",
    "pues",
    "mire",
    "este",
    "esta",
    "esto",
    "estos",
    "estas",
    "ese",
    "esa",
    "eso",
    "sobre",
    "yo",
    "tengo",
    "te",
    "nos",
    "usted",
    "ustedes",
    "mis",
    "sus",
    "como",
    "cuando",
    "cuanto",
    "cuanta",
    "cuantos",
    "cuantas",
    "donde",
    "cual",
    "quien",
    "porque",
    "asi",
    "bien",
    "mal",
    "muy",
    "mas",
    "menos",
    "ya",
    "aun",
    "ahi",
    "aqui",
    "alli",
    "ahora",
    "luego",
    "nada",
    "nadie",
    "algo",
    "todo",
    "toda",
    "ningun",
    "ninguno",
    "ninguna",
    "otro",
    "otra",
    "otros",
    "otras",
    "tambien",
    "tampoco",
    "pero",
    "sin",
    "desde",
    "hasta",
    "soy",
    "son",
    "ser",
    "sea",
    "estoy",
    "estan",
    "estar",
    "hay",
    "haber",
    "he",
    "ha",
    "han",
    "hace",
    "hacer",
    "hago",
    "tiene",
    "tener",
    "puede",
    "puedo",
    "poder",
    "quiere",
    "queremos",
    "quisieramos",
    "ver",
    "saber",
    "decir",
    "dice",
    "gracias",
    "vale",
    "bueno",
    "buenas",
    "perdon",
    "perdone",
    "oiga",
    "prefiero",
    "prefiere",
    "preferimos",
    "preferiria",
    "gustaria",
    "deseo",
    "desearia",
    "querria",
    "digame",
    "diga",
    "creo",
    "llamo",
    "llamaba",
];

/// What a light word weighs in a label that has others.
const LIGHT_WEIGHT: f32 = 0.1;
/// Score of a label of light words only: to be confirmed.
const LIGHT_SCORE: f32 = 0.65;
/// One word of a long label stands for it if it is at least so rare in the language, in bits…
const RARE: f32 = 13.0;
/// …and at least so like the label's: another form of it is not enough.
const LIKE: f32 = 0.95;

/// From so many letters on, what is left of a word without its ending tells it from others.
const SHORT: usize = 4;

/// Under this score a label was not said.
const HEARD: f32 = 0.62;
/// Two items closer than this are unclear.
const MARGIN: f32 = 0.12;

/// Under this score an item is to be confirmed.
const SURE: f32 = 0.75;
/// What a label is worth of which only the head was said, or that a clause tells beside.
const TO_CONFIRM: f32 = 0.74;
/// What a word that completes another is worth beside that other.
const COMPLEMENT: f32 = 0.86;

struct Word<'a> {
    key: String,
    text: &'a str,
    index: usize,
    light: bool,
}

fn words<'a>(text: &'a Text) -> Vec<Word<'a>> {
    let words = text.tokens.iter().enumerate().filter(|(_, t)| t.shape != Shape::Mark);
    let light = |t: &str| LIGHT.contains(&t);
    words.map(|(index, t)| Word { key: t.key.clone(), text: &t.text, index, light: light(&t.text) }).collect()
}

/// How much the said word is the label's word, 0 to 1.
fn same(said: &Word, label: &Word) -> f32 {
    if said.key == label.key {
        return 1.0;
    }
    if said.light || label.light {
        return 0.0;
    }
    let (a, b) = (stem(&said.key), stem(&label.key));
    let shortest = a.chars().count().min(b.chars().count());
    // Of a short word too little is left to tell «paro» from «pare» and «pasa»: only its plural is it.
    let plural = |one: &str, many: &str| many.strip_prefix(one).is_some_and(|end| end == "s" || end == "es");
    let number = plural(&said.key, &label.key) || plural(&label.key, &said.key);
    if a == b && (shortest >= SHORT || shortest >= 3 && number) {
        return 0.95;
    }
    if shortest >= 5 && (a.contains(b) || b.contains(a)) {
        return 0.85;
    }
    let shared = a.chars().zip(b.chars()).take_while(|(x, y)| x == y).count();
    if shared >= 5 && shared * 10 >= shortest * 7 {
        return 0.8;
    }
    if shortest < 4 || label.text.bytes().all(|b| b.is_ascii_digit()) {
        return 0.0;
    }
    let likeness = phonetic::likeness(&said.key, &label.key);
    if likeness >= 0.72 { likeness * 0.9 } else { 0.0 }
}

/// The key without plural and gender.
fn stem(key: &str) -> &str {
    let cut = key.strip_suffix("es").or_else(|| key.strip_suffix('s')).unwrap_or(key);
    let cut = cut.strip_suffix(['o', 'a', 'e']).unwrap_or(cut);
    if cut.len() >= 3 { cut } else { key }
}

struct Scored {
    item: usize,
    score: f32,
    from: usize,
    to: usize,
}

/// Finds items, best first; the first two close together make the result unclear.
pub(crate) fn extract(text: &Text, catalogue: &Catalogue) -> Vec<Found> {
    found(text, catalogue, RARE)
}

/// The same among options that have just been offered: any word that only one of them has picks it.
pub(crate) fn pick(text: &Text, options: &Catalogue) -> Vec<Found> {
    found(text, options, 0.0)
}

/// What items are called, and how rare a word must be to stand for a longer label.
struct Labels<'a> {
    all: Vec<(usize, Text<'a>)>,
    rare: f32,
}

fn found(text: &Text, catalogue: &Catalogue, rare: f32) -> Vec<Found> {
    let said = words(text);
    let places = places(text);
    let all = catalogue
        .items
        .iter()
        .enumerate()
        .flat_map(|(i, item)| {
            std::iter::once(&item.name)
                .chain(&item.synonyms)
                .chain(std::iter::once(&item.code))
                .map(move |l| (i, Text::new(l)))
        })
        .collect();
    let labels = Labels { all, rare };
    let mut best: Vec<Scored> = Vec::new();
    for (item, label) in &labels.all {
        let Some(scored) = score((*item, label), (&said, &places), &labels) else { continue };
        match best.iter_mut().find(|b| b.item == *item) {
            Some(old) if old.score >= scored.score => {}
            Some(old) => *old = scored,
            None => best.push(scored),
        }
    }
    best.sort_by(|a, b| b.score.total_cmp(&a.score).then(a.item.cmp(&b.item)));
    let unclear = matches!(best.as_slice(), [a, b, ..] if a.score - b.score < MARGIN);
    best.iter()
        .filter_map(|s| {
            let item = catalogue.items.get(s.item)?;
            let status = match (unclear, s.score < SURE) {
                (true, _) => Status::Unclear,
                (_, true) => Status::Unsure,
                _ => Status::Sound,
            };
            Some(Found {
                value: Value::Item(item.code.clone()),
                span: text.span(s.from, s.to + 1),
                confidence: s.score.min(1.0),
                status,
            })
        })
        .collect()
}

/// Rarity of a label's word: shared by fewer items, it says more.
fn weight(word: &Word, labels: &Labels<'_>) -> f32 {
    let mut items: Vec<usize> = labels
        .all
        .iter()
        .filter(|(_, l)| l.tokens.iter().any(|t| t.key == word.key))
        .map(|(i, _)| *i)
        .collect();
    items.dedup();
    let share = 1.0 / items.len().max(1) as f32;
    if word.light { share * LIGHT_WEIGHT } else { share }
}

/// The words of a label up to the first that completes them: what it is about.
fn head_of(label: &Text) -> usize {
    let first = (0..label.len()).find(|i| !LIGHT.contains(&label.word(*i))).unwrap_or(0);
    (first..label.len()).find(|i| COMPLETES.contains(&label.word(*i))).unwrap_or(label.len())
}

/// Whether a label is «en» and a noun («en persona»), and what was said has the noun otherwise («con una persona»).
fn lacks_its_preposition(label: &[Word], said: &[Word], used: &[usize]) -> bool {
    let [preposition, noun] = label else { return false };
    let at = said.iter().position(|s| !s.light && used.contains(&s.index));
    let others = said.iter().filter(|s| !s.light && !used.contains(&s.index)).count();
    let before = at.and_then(|at| at.checked_sub(1)).and_then(|before| said.get(before));
    preposition.text == "en" && !noun.light && others > 0 && before.is_none_or(|b| b.text != "en")
}

/// Whether a label says what one has or is, and what was said does not.
fn lacks_its_verb(label: &[Word], said: &[Word]) -> bool {
    const VERBS: &[&str] = &["tengo", "soy", "estoy", "somos", "estamos", "tenemos", "no", "sin"];
    label.iter().any(|w| VERBS.contains(&w.text) && !said.iter().any(|s| VERBS.contains(&s.text)))
}

/// Whether a label says no or without.
fn is_negative(label: &Text) -> bool {
    let no = |i| matches!(label.word(i), "no" | "sin" | "ni" | "nada" | "ninguna" | "ninguno");
    (0..label.len()).any(no)
}

fn score(
    (item, label): (usize, &Text),
    (said, places): (&[Word], &[Place]),
    labels: &Labels<'_>,
) -> Option<Scored> {
    let wanted = words(label);
    // A label that says no or without is not denied by it; nor what an item is of that one lacks.
    let negative = is_negative(label);
    let lacking = || labels.all.iter().any(|(other, label)| *other == item && is_negative(label));
    let place = |index: usize| match places.get(index) {
        Some(Place::Denied) if negative => Place::Head,
        Some(Place::Lacked) if lacking() => Place::Head,
        Some(place) => *place,
        None => Place::Head,
    };
    // What the item is called by what one does.
    let is_done = |said: &Word| {
        is_verb(said.text) || labels.all.iter().any(|(other, label)| *other == item && is_verb(label.word(0)))
    };
    let head = head_of(label);
    let (mut sum, mut total) = (0.0, 0.0);
    let mut rare = false;
    let (mut from, mut to) = (usize::MAX, 0);
    let mut used: Vec<usize> = Vec::new();
    for word in &wanted {
        let w = weight(word, labels);
        total += w;
        let hit = said
            .iter()
            .filter(|s| !used.contains(&s.index) && (s.light || place(s.index) < Place::Lacked))
            .filter(|s| s.light || place(s.index) != Place::Refused || !is_done(s))
            .map(|s| (same(s, word), s.index))
            .max_by(|a, b| a.0.total_cmp(&b.0).then(place(b.1).cmp(&place(a.1))).then(b.1.cmp(&a.1)));
        if let Some((likeness, index)) = hit.filter(|h| h.0 > 0.0) {
            sum += w * likeness;
            let stands = labels.rare == 0.0 || word.index < head;
            rare |= stands && w * likeness >= LIKE && rarity(word.text) >= labels.rare;
            used.push(index);
            from = from.min(index);
            to = to.max(index);
        }
    }
    if total <= 0.0 || used.is_empty() {
        return None;
    }
    if lacks_its_preposition(&wanted, said, &used) {
        return None;
    }
    let coverage = sum / total;
    if wanted.iter().all(|w| w.light) {
        let alone = said.len() <= used.len() + 2 && said.iter().all(|s| s.light);
        return (alone && used.len() == wanted.len()).then_some(Scored {
            item,
            score: LIGHT_SCORE,
            from,
            to,
        });
    }
    let heavy: Vec<usize> =
        used.iter().copied().filter(|i| said.iter().any(|s| s.index == *i && !s.light)).collect();
    let best = heavy.iter().map(|i| place(*i)).min().unwrap_or(Place::Head);
    let partly = rare && coverage < HEARD;
    let score = if rare { coverage.max(0.7 + 0.3 * coverage) } else { coverage };
    // Of two labels wholly said, the longer is meant: «padrón» and «baja en el padrón».
    let bonus = 0.15 * (heavy.len().saturating_sub(1)).min(3) as f32 * coverage;
    let score = match best {
        _ if score < HEARD => return None,
        _ if labels.rare == 0.0 => score + bonus,
        Place::Aside | Place::Lacked | Place::Denied | Place::Other if partly || coverage < 0.9 => {
            return None;
        }
        Place::Aside | Place::Lacked | Place::Denied | Place::Other => (score + bonus).min(TO_CONFIRM),
        // «tengo coche» is not every coche.
        _ if lacks_its_verb(&wanted, said) => score.min(TO_CONFIRM),
        _ if partly && said.iter().filter(|s| !s.light).count() > heavy.len() => score.min(TO_CONFIRM),
        Place::Complement => (score + bonus) * COMPLEMENT,
        Place::Head | Place::Refused => score + bonus,
    };
    Some(Scored { item, score, from, to })
}
