//! What the bot says, word by word, so that its echo is known.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex};

use tts::{Rendered, WordMark};

use crate::turn::{folded, same_words};

/// Prompts remembered.
const PROMPTS: usize = 12;
/// A word counts as said from its first half second on.
const WORD_SAMPLES: usize = 4000;
/// Letters from which on a text is compared as a whole; shorter ones must be the same words.
const SHORT: usize = 6;
/// Share of the letters that a recogniser may hear otherwise in an echo. Other sentences differ in over half of them.
const MISHEARD: f32 = 0.4;

/// Where the words of a prompt begin.
#[derive(Clone)]
pub(crate) enum Marks {
    /// All known.
    Whole(Rendered),
    /// Filled while the voice speaks.
    Streamed(Arc<Mutex<Vec<WordMark>>>),
}

impl Marks {
    /// How many characters a listener has heard after `samples`.
    pub(crate) fn heard(&self, samples: usize) -> usize {
        match self {
            Marks::Whole(rendered) => rendered.heard(samples),
            Marks::Streamed(words) => words.lock().map_or(0, |w| tts::prompts::heard(&w, samples)),
        }
    }
}

/// A place in what the bot says.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Sounding {
    /// Number of the prompt.
    pub prompt: u32,
    /// Samples of it that were sent.
    pub samples: u64,
}

/// Shared by who speaks and who listens.
#[derive(Clone, Default)]
pub(crate) struct Saying(Arc<Mutex<VecDeque<Said>>>);

struct Said {
    id: u32,
    text: String,
    marks: Marks,
}

impl Saying {
    /// This prompt is going to be said.
    pub(crate) fn say(&self, id: u32, text: &str, marks: Marks) {
        if let Ok(mut all) = self.0.lock() {
            all.push_back(Said { id, text: text.to_owned(), marks });
            if all.len() > PROMPTS {
                all.pop_front();
            }
        }
    }

    /// Whether the words heard are those that sounded between two places.
    pub(super) fn is_own(&self, heard: &str, span: Option<(Sounding, Sounding)>) -> bool {
        span.is_some_and(|(from, to)| are_own(heard, &self.between(from, to)))
    }

    /// What sounded, in words: the one that sounded at the beginning included, and the one at the end.
    fn between(&self, from: Sounding, to: Sounding) -> String {
        let Ok(all) = self.0.lock() else { return String::new() };
        let within = all.iter().filter(|said| (from.prompt..=to.prompt).contains(&said.id));
        let part = |said: &Said| {
            let heard = |samples: u64| said.marks.heard(usize::try_from(samples).unwrap_or(usize::MAX));
            let first = if said.id == from.prompt { heard(from.samples) } else { 0 };
            let last = if said.id == to.prompt {
                heard(to.samples.saturating_add(WORD_SAMPLES as u64))
            } else {
                usize::MAX
            };
            said.text.chars().take(last).skip(first).collect::<String>()
        };
        within.map(part).collect::<Vec<_>>().join(" ")
    }
}

/// Whether a recogniser that hears the words `said` may well have heard these.
pub(crate) fn are_own(heard: &str, said: &str) -> bool {
    let letters = |text: &str| text.split_whitespace().flat_map(folded).collect::<Vec<char>>();
    let (ours, theirs) = (letters(said), letters(heard));
    if theirs.is_empty() {
        return false;
    }
    if theirs.len() < SHORT {
        let words: Vec<&str> = said.split_whitespace().collect();
        let count = heard.split_whitespace().count();
        return words.windows(count).any(|words| same_words(&words.join(" "), heard));
    }
    distance_within(&theirs, &ours) as f32 <= MISHEARD * theirs.len() as f32
}

/// Fewest letters to change for `part` to be found in `whole`.
fn distance_within(part: &[char], whole: &[char]) -> usize {
    let mut row: Vec<usize> = (0..=part.len()).collect();
    let mut best = part.len();
    for letter in whole {
        // It may begin anywhere.
        let mut diagonal = row.first().copied().unwrap_or(0);
        for (n, wanted) in part.iter().enumerate() {
            let (Some(left), Some(above)) = (row.get(n).copied(), row.get(n + 1).copied()) else { continue };
            let changed = diagonal + usize::from(wanted != letter);
            diagonal = above;
            if let Some(place) = row.get_mut(n + 1) {
                *place = changed.min(left + 1).min(above + 1);
            }
        }
        best = best.min(row.last().copied().unwrap_or(best));
    }
    best
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_the_bot_has_just_said_is_its_own() {
        let said = "Estamos en la avenida del Puerto, número siete. Abrimos a las nueve.";
        for echo in [
            "estamos en la avenida del puerto",
            "la avenida del huerto número siete",
            "venida del puerto",
            "abrimos a las nueve",
            "nueve",
            "en la",
        ] {
            assert!(are_own(echo, said), "{echo}");
        }
    }

    #[test]
    fn what_the_caller_says_over_it_is_not() {
        let said = "a las seis, o el viernes a las diez";
        for answer in [
            "el jueves a las seis",
            "la primera",
            "quiero hablar con una persona",
            "no",
            "mejor otro día",
            "sí",
        ] {
            assert!(!are_own(answer, said), "{answer}");
        }
        assert!(!are_own("no", "el tres de noviembre"), "a part of a word is no word");
        assert!(!are_own("", said) && !are_own("no", ""));
    }

    #[test]
    fn only_what_sounded_at_that_time_counts() {
        let words: Vec<WordMark> = [(0, 0, 3), (8000, 4, 3), (16_000, 8, 4)]
            .map(|(sample, char_start, chars)| WordMark { sample, char_start, chars })
            .into();
        let marks = Marks::Whole(Rendered { pcm: vec![0; 24_000].into(), words: words.into(), chars: 12 });
        let saying = Saying::default();
        saying.say(3, "uno dos tres", marks.clone());
        saying.say(4, "seis más", marks);
        let at = |prompt, samples| Sounding { prompt, samples };
        let span = |from, to| Some((from, to));
        assert!(saying.is_own("dos", span(at(3, 8100), at(3, 15_000))));
        assert!(!saying.is_own("uno", span(at(3, 8100), at(3, 15_000))), "it was over before");
        assert!(!saying.is_own("tres", span(at(3, 100), at(3, 8100))), "it had not been said yet");
        assert!(saying.is_own("tres", span(at(3, 16_100), at(4, 4000))));
        assert!(!saying.is_own("dos", None));
    }
}
