//! What words mean, by numbers: a table of vectors of words of Spanish, Catalan,
//! Galician and Basque (`data/palabras.bin`, built by `models/train/words.py`), in which
//! words of like meaning lie near each other, and how rare each word is.

use std::sync::LazyLock;

const DATA: &[u8] = include_bytes!("../../data/palabras.bin");
/// Dimensions of the table.
pub(crate) const DIMENSIONS: usize = 48;
/// Rarity of a word that the table lacks, in bits.
const UNLISTED: f32 = 20.0;
/// Probability at which a word weighs half.
const COMMON: f32 = 1e-3;
/// Fewest letters by which words are taken for forms of one.
const STEM: usize = 5;

#[derive(Debug)]
struct Entry {
    word: &'static str,
    /// Minus the binary logarithm of its probability.
    rarity: f32,
    vector: &'static [u8],
}

#[derive(Debug)]
struct Table {
    /// Sorted by the words' bytes.
    entries: Vec<Entry>,
}

static TABLE: LazyLock<Table> = LazyLock::new(|| Table { entries: entries().unwrap_or_default() });

/// Reads the table; a table cut short is read as far as it goes.
fn entries() -> Option<Vec<Entry>> {
    let (count, mut rest) = DATA.split_first_chunk::<4>()?;
    let count = u32::from_le_bytes(*count);
    rest = rest.strip_prefix(&[u8::try_from(DIMENSIONS).ok()?])?;
    let mut out = Vec::with_capacity(usize::try_from(count).ok()?);
    while let Some((length, tail)) = rest.split_first() {
        let (word, tail) = tail.split_at_checked(usize::from(*length))?;
        let (rarity, tail) = tail.split_first()?;
        let (vector, tail) = tail.split_at_checked(DIMENSIONS)?;
        out.push(Entry { word: std::str::from_utf8(word).ok()?, rarity: f32::from(*rarity) / 10.0, vector });
        rest = tail;
    }
    Some(out)
}

impl Table {
    fn find(&self, word: &str) -> Option<&Entry> {
        let at = self.entries.binary_search_by(|e| e.word.cmp(word)).ok()?;
        self.entries.get(at)
    }

    /// Words with the longest beginning in common, the ones of nearest length first.
    fn alike(&self, word: &str) -> Vec<&Entry> {
        let ends: Vec<usize> = word.char_indices().map(|(i, c)| i + c.len_utf8()).collect();
        let long = ends.len();
        for n in (STEM.max(long.saturating_sub(STEM - 1))..=long).rev() {
            let Some(start) = n.checked_sub(1).and_then(|i| ends.get(i)).and_then(|e| word.get(..*e)) else {
                continue;
            };
            let from = self.entries.partition_point(|e| e.word < start);
            let tail = self.entries.get(from..).unwrap_or(&[]);
            let mut found: Vec<(usize, &Entry)> = tail
                .iter()
                .take_while(|e| e.word.starts_with(start))
                .map(|e| (e.word.chars().count().abs_diff(long), e))
                .collect();
            if !found.is_empty() {
                found.sort_by_key(|f| f.0);
                return found.into_iter().take(5).map(|f| f.1).collect();
            }
        }
        Vec::new()
    }
}

/// Rarity of a folded word, in bits.
pub(crate) fn rarity(word: &str) -> f32 {
    TABLE.find(word).map_or(UNLISTED, |e| e.rarity)
}

type Vector = [f32; DIMENSIONS];

fn add(sum: &mut Vector, entry: &Entry, weight: f32) {
    let value = |b: &u8| f32::from(i8::from_le_bytes([*b]));
    let length = entry.vector.iter().map(|b| value(b).powi(2)).sum::<f32>().sqrt().max(1.0);
    for (s, b) in sum.iter_mut().zip(entry.vector) {
        *s += weight * value(b) / length;
    }
}

/// Scales to length one; zero stays zero.
fn unit(mut vector: Vector) -> Vector {
    let length = vector.iter().map(|x| x * x).sum::<f32>().sqrt();
    if length > 0.0 {
        vector.iter_mut().for_each(|x| *x /= length);
    }
    vector
}

/// Mean of the words' vectors, rare words weighing more (Arora and others, 2017), of
/// length one; of length zero if no word is known.
pub(crate) fn sentence(words: &[String]) -> Vector {
    let mut sum = [0.0; DIMENSIONS];
    for word in words.iter().filter(|w| !w.starts_with(|c: char| c.is_ascii_digit())) {
        let weight = |rarity: f32| COMMON / (COMMON + 2.0_f32.powf(-rarity));
        if let Some(entry) = TABLE.find(word) {
            add(&mut sum, entry, weight(entry.rarity));
            continue;
        }
        let mut mean = [0.0; DIMENSIONS];
        TABLE.alike(word).into_iter().for_each(|e| add(&mut mean, e, 1.0));
        sum.iter_mut().zip(unit(mean)).for_each(|(s, x)| *s += weight(UNLISTED) * x);
    }
    unit(sum)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn near(a: &str, b: &str) -> f32 {
        let vector = |w: &str| sentence(&[w.to_owned()]);
        vector(a).iter().zip(vector(b)).map(|(x, y)| x * y).sum()
    }

    #[test]
    fn the_whole_table_is_read_in_order() {
        let count = u32::from_le_bytes([DATA[0], DATA[1], DATA[2], DATA[3]]) as usize;
        assert_eq!(TABLE.entries.len(), count);
        assert!(TABLE.entries.windows(2).all(|w| w[0].word < w[1].word));
    }

    #[test]
    fn words_of_like_meaning_are_near_in_and_between_languages() {
        for (a, b, far) in [
            ("lluvia", "nieve", "archivo"),
            ("lluvia", "pluja", "ventana"),
            ("eliminar", "borrar", "mostrar"),
            ("documento", "dokumentua", "lluvia"),
        ] {
            assert!(near(a, b) > near(a, far) + 0.2, "{a}: {b} {} {far} {}", near(a, b), near(a, far));
        }
    }

    #[test]
    fn unknown_forms_take_after_what_begins_alike_and_nonsense_is_nothing() {
        assert!(TABLE.find("documentitos").is_none());
        assert!(near("documentitos", "documentos") > near("documentitos", "lluvia") + 0.2);
        assert_eq!(sentence(&["qqq".to_owned(), "12".to_owned()]), [0.0; DIMENSIONS]);
        assert!(rarity("de") < rarity("lluvia") && rarity("lluvia") < rarity("qqq"));
    }
}
