//! What words mean, roughly: a small thesaurus of how people ask for things
//! (`data/conceptos.txt`), by which «anular» helps to understand «cancélame».

use std::collections::HashMap;

use crate::es::{fold, phonetic};

const DATA: &str = include_str!("../../data/conceptos.txt");

/// Words by their sound, whole and stemmed, and the concept of each.
#[derive(Debug)]
pub(crate) struct Concepts {
    whole: HashMap<String, String>,
    stems: HashMap<String, String>,
}

impl Concepts {
    pub fn new() -> Self {
        let (mut whole, mut stems) = (HashMap::new(), HashMap::new());
        for line in DATA.lines().filter(|l| !l.starts_with('#')) {
            let Some((concept, words)) = line.split_once(':') else { continue };
            for word in words.split_whitespace() {
                let folded = fold(word);
                whole.insert(phonetic::key(&folded), concept.to_owned());
                if let Some(stem) = verb_stem(&folded) {
                    stems.insert(phonetic::key(&stem), concept.to_owned());
                }
            }
        }
        Self { whole, stems }
    }

    /// The concept of a folded word. Figures are numbers.
    pub fn of(&self, word: &str) -> Option<&str> {
        if word.starts_with(|c: char| c.is_ascii_digit()) {
            return Some("numero");
        }
        if let Some(concept) = self.whole.get(&phonetic::key(word)) {
            return Some(concept);
        }
        forms(word).find_map(|stem| self.stems.get(&phonetic::key(&stem))).map(String::as_str)
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
    fn inflected_words_have_their_concept() {
        let concepts = Concepts::new();
        for (word, concept) in [
            ("anular", "quitar"),
            ("cancelame", "quitar"),
            ("borre", "quitar"),
            ("cancelarlas", "quitar"),
            ("queria", "querer"),
            ("reservando", "pedir"),
            ("saque", "pedir"),
            ("modifiquela", "cambiar"),
            ("recuerdame", "aviso"),
            ("12", "numero"),
            ("enzeñame", "ver"),
            ("pagado", "pagar"),
        ] {
            assert_eq!(concepts.of(word), Some(concept), "{word}");
        }
        assert_eq!(concepts.of("gato"), None);
        assert_eq!(concepts.of(""), None);
    }
}
