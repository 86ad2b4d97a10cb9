//! What turn-taking needs to know of recognised words, as a plain value.

/// The gist of a partial or final result: no text, so it crosses to the media
/// thread without memory to free.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Gist {
    /// Utterance that it belongs to.
    pub utterance: u32,
    /// Words recognised so far.
    pub words: u16,
    /// All of them only say "I am listening".
    pub backchannel: bool,
    /// Already a whole answer to the question.
    pub complete: bool,
    /// Maybe a whole answer, but one that callers often go on with.
    pub goes_on: bool,
    /// An unfinished number or sentence: more is expected.
    pub open_ended: bool,
    /// They are what the bot said at that time: its echo, as far as they tell.
    pub own: bool,
    /// Confidence 0..1; 1 for partial results, which carry none.
    pub confidence: f32,
}

/// Words by which a listener says that he follows. Accents folded.
const BACKCHANNEL: [&str; 24] = [
    "si", "vale", "aja", "ya", "claro", "bien", "bueno", "ok", "okey", "okay", "mm", "mmm", "mhm", "hum",
    "eh", "ah", "oh", "aha", "entiendo", "perfecto", "exacto", "eso", "muy", "um",
];

/// Longest backchannel in words («sí, sí, vale»).
const BACKCHANNEL_WORDS: usize = 3;

impl Gist {
    /// Gist of recognised `text`.
    #[must_use]
    pub fn of(utterance: u32, text: &str) -> Gist {
        let words = text.split_whitespace().count();
        Gist {
            utterance,
            words: u16::try_from(words).unwrap_or(u16::MAX),
            backchannel: is_backchannel(text),
            complete: false,
            goes_on: false,
            open_ended: false,
            own: false,
            confidence: 1.0,
        }
    }

    /// Words that are more than a sign of listening.
    #[must_use]
    pub fn says_something(&self) -> bool {
        self.words > 0 && !self.backchannel
    }
}

/// Whether `text` only says that the speaker is listening.
///
/// ```
/// assert!(call::turn::is_backchannel("Ajá, sí"));
/// assert!(!call::turn::is_backchannel("sí quiero"));
/// ```
#[must_use]
pub fn is_backchannel(text: &str) -> bool {
    let mut words = 0;
    for word in text.split_whitespace() {
        words += 1;
        let known = BACKCHANNEL.iter().any(|b| b.chars().eq(folded(word)));
        if !known || words > BACKCHANNEL_WORDS {
            return false;
        }
    }
    words > 0
}

/// Whether two texts have the same words, accents and case aside.
#[must_use]
pub fn same_words(one: &str, other: &str) -> bool {
    one.split_whitespace().flat_map(folded).eq(other.split_whitespace().flat_map(folded))
        && one.split_whitespace().count() == other.split_whitespace().count()
}

/// A word in lower case, without accents and signs.
pub(crate) fn folded(word: &str) -> impl Iterator<Item = char> + '_ {
    word.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_lowercase).map(|c| match c {
        'á' | 'à' => 'a',
        'é' | 'è' => 'e',
        'í' | 'ì' | 'ï' => 'i',
        'ó' | 'ò' => 'o',
        'ú' | 'ù' | 'ü' => 'u',
        'ñ' => 'n',
        'ç' => 'c',
        other => other,
    })
}
