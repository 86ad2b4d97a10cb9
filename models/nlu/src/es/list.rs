//! Items of a catalogue by what they are called, however they are heard.
//!
//! A label's score is how much of it was said, each word weighted by how few
//! items share it; words match by sound, by stem, or as part of a derived word
//! («empadronarme» says «padrón»).

use super::phonetic;
use super::text::{Shape, Text};
use crate::{Catalogue, Found, Status, Value};

/// Words that name nothing.
const STOP: &[&str] = &[
    "a", "al", "de", "del", "el", "la", "los", "las", "lo", "un", "una", "unos", "unas", "y", "e", "o", "u",
    "en", "con", "por", "para", "que", "es", "se", "me", "mi", "su", "le", "les", "quiero", "queria",
    "quisiera", "necesito", "cita", "favor", "hola", "buenas", "buenos", "dias", "tardes", "si", "no",
    "pues", "mire", "es", "este", "esta", "eso", "sobre", "yo", "tengo",
];

/// Under this score a label was not said.
const HEARD: f32 = 0.62;
/// Two items closer than this are unclear.
const MARGIN: f32 = 0.12;

struct Word<'a> {
    key: String,
    text: &'a str,
    index: usize,
}

fn content<'a>(text: &'a Text) -> Vec<Word<'a>> {
    let all = |keep_stop: bool| {
        text.tokens
            .iter()
            .enumerate()
            .filter(move |(_, t)| t.shape != Shape::Mark && (keep_stop || !STOP.contains(&t.text.as_str())))
            .map(|(index, t)| Word { key: t.key.clone(), text: &t.text, index })
            .collect::<Vec<_>>()
    };
    let words = all(false);
    if words.is_empty() { all(true) } else { words }
}

/// How much the said word is the label's word, 0 to 1.
fn same(said: &Word, label: &Word) -> f32 {
    if said.key == label.key {
        return 1.0;
    }
    let (a, b) = (stem(&said.key), stem(&label.key));
    let shortest = a.chars().count().min(b.chars().count());
    if shortest >= 3 && a == b {
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
    let said = content(text);
    let labels: Vec<(usize, Text)> = catalogue
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
    let mut best: Vec<Scored> = Vec::new();
    for (item, label) in &labels {
        let Some(scored) = score(*item, label, &said, &labels) else { continue };
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
            let status = match (unclear, s.score < 0.75) {
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
fn weight(word: &Word, labels: &[(usize, Text)]) -> f32 {
    let mut items: Vec<usize> =
        labels.iter().filter(|(_, l)| l.tokens.iter().any(|t| t.key == word.key)).map(|(i, _)| *i).collect();
    items.dedup();
    1.0 / items.len().max(1) as f32
}

fn score(item: usize, label: &Text, said: &[Word], labels: &[(usize, Text)]) -> Option<Scored> {
    let wanted = content(label);
    let (mut sum, mut total) = (0.0, 0.0);
    let (mut from, mut to) = (usize::MAX, 0);
    let mut used: Vec<usize> = Vec::new();
    for word in &wanted {
        let w = weight(word, labels);
        total += w;
        let hit = said
            .iter()
            .filter(|s| !used.contains(&s.index))
            .map(|s| (same(s, word), s.index))
            .max_by(|a, b| a.0.total_cmp(&b.0).then(b.1.cmp(&a.1)));
        if let Some((likeness, index)) = hit.filter(|h| h.0 > 0.0) {
            sum += w * likeness;
            used.push(index);
            from = from.min(index);
            to = to.max(index);
        }
    }
    if total <= 0.0 || used.is_empty() {
        return None;
    }
    // Saying one rare word of a long label is enough to mean it, less surely.
    let coverage = sum / total;
    let rare = if sum >= 0.8 && wanted.len() > 1 { 0.7 + 0.3 * coverage } else { coverage };
    let score = coverage.max(rare);
    // Of two labels wholly said, the longer is meant: «padrón» and «baja en el padrón».
    let bonus = 0.15 * (used.len().saturating_sub(1)).min(3) as f32 * coverage;
    (score >= HEARD).then_some(Scored { item, score: score + bonus, from, to })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Item;

    fn item(code: &str, name: &str, synonyms: &[&str]) -> Item {
        Item {
            code: code.into(),
            name: name.into(),
            synonyms: synonyms.iter().map(|s| (*s).into()).collect(),
            value: None,
        }
    }

    fn tramites() -> Catalogue {
        Catalogue {
            items: vec![
                item("padron", "el padrón", &["empadronamiento", "alta en el padrón"]),
                item("baja_padron", "la baja del padrón", &[]),
                item("tributos", "los tributos", &["impuestos", "recibo", "IBI"]),
                item("registro", "el registro", &["registro general", "presentar un escrito"]),
            ],
        }
    }

    fn read(s: &str) -> (Option<String>, Option<Status>) {
        let found = extract(&Text::new(s), &tramites());
        (found.first().map(|f| f.value.to_string()), found.first().map(|f| f.status))
    }

    #[test]
    fn items_by_name_synonym_derivation_and_sound() {
        for (s, code) in [
            ("quería cita para empadronarme el jueves que viene por la tarde", "padron"),
            ("para el padrón", "padron"),
            ("lo del pagrón", "padron"),
            ("pagar unos impuestos", "tributos"),
            ("tributo", "tributos"),
            ("el resibo del hibi", "tributos"),
            ("presentar un escrito", "registro"),
            ("la baja del padrón", "baja_padron"),
        ] {
            assert_eq!(read(s).0.as_deref(), Some(code), "{s}");
        }
        assert_eq!(read("quiero hablar con una persona").0, None);
        assert_eq!(read("").0, None);
    }

    #[test]
    fn two_close_items_are_unclear() {
        assert_eq!(read("tributos o registro").1, Some(Status::Unclear));
    }
}
