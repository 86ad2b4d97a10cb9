//! What words mean, roughly: a small thesaurus of how people ask for things
//! (`data/conceptos.txt`), by which «anular» helps to understand «cancélame». A word has a
//! broad concept and may have a narrow one: «abrir» is of opening hours, and is opening.

use std::collections::HashMap;

use crate::es::{fold, phonetic};

const DATA: &str = include_str!("../../data/conceptos.txt");
/// The concept of figures and of the words of numbers.
pub(crate) const NUMBER: &str = "numero";
/// The concept of days, months and hours.
pub(crate) const TIME: &str = "tiempo_dicho";

/// A word's concepts, the broad one first.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Meaning<'a> {
    pub broad: &'a str,
    /// The broad one again, where there is no other.
    pub narrow: &'a str,
}

/// Words by their sound, whole and stemmed, and the concepts of each, in the file's order.
#[derive(Debug)]
pub(crate) struct Concepts {
    whole: HashMap<String, Vec<String>>,
    stems: HashMap<String, Vec<String>>,
}

impl Concepts {
    pub fn new() -> Self {
        let (mut whole, mut stems) = (HashMap::new(), HashMap::new());
        let add = |map: &mut HashMap<String, Vec<String>>, word: &str, concept: &str| {
            let list = map.entry(phonetic::key(word)).or_default();
            if !list.iter().any(|c| c == concept) {
                list.push(concept.to_owned());
            }
        };
        for line in DATA.lines().filter(|l| !l.starts_with('#')) {
            let Some((concept, words)) = line.split_once(':') else { continue };
            for word in words.split_whitespace() {
                let alone = word.strip_prefix('=');
                let folded = fold(alone.unwrap_or(word));
                add(&mut whole, &folded, concept);
                if let Some(stem) = verb_stem(&folded).filter(|_| alone.is_none()) {
                    add(&mut stems, &stem, concept);
                }
            }
        }
        Self { whole, stems }
    }

    /// What a folded word means. Figures are numbers.
    pub fn of(&self, word: &str) -> Option<Meaning<'_>> {
        if word.starts_with(|c: char| c.is_ascii_digit()) {
            return Some(Meaning { broad: NUMBER, narrow: NUMBER });
        }
        let list = self
            .whole
            .get(&phonetic::key(word))
            .or_else(|| forms(word).find_map(|stem| self.stems.get(&phonetic::key(&stem))))?;
        Some(Meaning { broad: list.first()?, narrow: list.last()? })
    }
}

/// Stem of an infinitive.
fn verb_stem(word: &str) -> Option<String> {
    let stem = ["ar", "er", "ir"].iter().find_map(|e| word.strip_suffix(e))?;
    (stem.chars().count() >= 3).then(|| stem.to_owned())
}

/// Stems that an inflected form may come from: without pronouns, without ending.
fn forms(word: &str) -> impl Iterator<Item = String> + '_ {
    const PRONOUNS: [&str; 16] = [
        "", "melo", "mela", "selo", "sela", "melos", "melas", "noslo", "me", "lo", "la", "le", "se", "los",
        "las", "nos",
    ];
    const ENDINGS: [&str; 26] = [
        "ariamos", "aria", "eria", "iria", "ando", "iendo", "aron", "ieron", "amos", "emos", "imos", "ado",
        "ido", "ada", "ida", "aba", "ara", "ar", "er", "ir", "an", "en", "as", "a", "e", "o",
    ];
    PRONOUNS.iter().filter_map(|p| word.strip_suffix(p)).flat_map(|base| {
        ENDINGS.iter().filter_map(move |e| base.strip_suffix(e)).flat_map(|stem| {
            // «saque» and «pague» write their sound with «qu» and «gu».
            let plain = stem
                .strip_suffix("qu")
                .map(|s| format!("{s}c"))
                .or_else(|| stem.strip_suffix("gu").map(|s| format!("{s}g")));
            plain.into_iter().chain(std::iter::once(stem.to_owned())).filter(|s| s.chars().count() >= 3)
        })
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn inflected_words_have_their_concepts() {
        let concepts = Concepts::new();
        for (word, broad, narrow) in [
            ("anular", "quitar", "quitar"),
            ("cancelame", "quitar", "quitar"),
            ("borre", "quitar", "quitar"),
            ("cancelarlas", "quitar", "quitar"),
            ("queria", "querer", "querer"),
            ("reservando", "pedir", "pedir"),
            ("saque", "pedir", "pedir"),
            ("modifiquela", "cambiar", "cambiar"),
            ("recuerdame", "aviso", "aviso"),
            ("12", "numero", "numero"),
            ("enzeñame", "ver", "ver"),
            ("pagado", "pagar", "pagar"),
            ("activar", "poner", "encender"),
            ("apagala", "quitar", "apagar"),
            ("abren", "horario", "abrir"),
            ("despacito", "despacio", "despacio"),
            ("tanqui", "cerrar", "cerrar"),
        ] {
            let got = concepts.of(word).map(|m| (m.broad, m.narrow));
            assert_eq!(got, Some((broad, narrow)), "{word}");
        }
        assert_eq!(concepts.of("gato"), None);
        assert_eq!(concepts.of("para"), None, "a preposition first of all");
        assert_eq!(concepts.of(""), None);
    }
}
