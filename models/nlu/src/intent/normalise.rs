//! Text → words, by the `tokenizers` library: lower case, no accents (ñ stays), no
//! punctuation.

use tokenizers::normalizers::replace::ReplacePattern;
use tokenizers::normalizers::{Lowercase, NFC, NFD, Replace, Sequence, StripAccents};
use tokenizers::pre_tokenizers::whitespace::WhitespaceSplit;
use tokenizers::{
    NormalizedString, Normalizer, OffsetReferential, OffsetType, PreTokenizedString, PreTokenizer,
};

use crate::Error;

/// Longest utterance that is read, in bytes.
const LONGEST: usize = 2000;

/// Normalises text and splits it into words.
#[derive(Debug)]
pub(crate) struct Normaliser {
    steps: Sequence,
}

impl Normaliser {
    pub fn new() -> Result<Self, Error> {
        // A private character carries ñ past the stripping of accents.
        const ENE: &str = "\u{e001}";
        let replace = |pattern: ReplacePattern, content: &str| {
            Replace::new(pattern, content).map_err(|e| Error::Normaliser(e.to_string()))
        };
        let steps = Sequence::new(vec![
            NFC.into(),
            Lowercase.into(),
            replace(ReplacePattern::String("ñ".into()), ENE)?.into(),
            NFD.into(),
            StripAccents.into(),
            replace(ReplacePattern::String(ENE.into()), "ñ")?.into(),
            replace(ReplacePattern::Regex(r"[^\p{L}\p{N}]+".into()), " ")?.into(),
        ]);
        Ok(Self { steps })
    }

    /// Words of a text; a text that the library refuses has none.
    pub fn words(&self, text: &str) -> Vec<String> {
        let mut end = text.len().min(LONGEST);
        while !text.is_char_boundary(end) {
            end -= 1;
        }
        let mut normalised = NormalizedString::from(text.get(..end).unwrap_or(""));
        if self.steps.normalize(&mut normalised).is_err() {
            return Vec::new();
        }
        let mut split = PreTokenizedString::from(normalised);
        if WhitespaceSplit.pre_tokenize(&mut split).is_err() {
            return Vec::new();
        }
        split
            .get_splits(OffsetReferential::Original, OffsetType::Byte)
            .into_iter()
            .map(|(word, _, _)| word.to_owned())
            .collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_plain_and_keep_their_ene() {
        let normaliser = Normaliser::new().unwrap();
        assert_eq!(
            normaliser.words("¿Quería CITA, mañana… o el miércoles?"),
            ["queria", "cita", "mañana", "o", "el", "miercoles"]
        );
        assert_eq!(normaliser.words("man\u{303}ana"), ["mañana"]);
        assert!(normaliser.words(" ¡!… ").is_empty());
    }
}
