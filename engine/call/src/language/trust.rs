//! Confidence is one chain: what is understood is never surer than the words that it stands on.
//!
//! The ear tells how sure it is of each word; where it tells it of the whole only (chat, tests), each word is worth
//! that. A word that another reading shares with the best keeps what it is worth there; any other is worth that
//! reading's own confidence. Words together are worth the least of them.

use std::ops::Range;

use asr::common;
use dialogs::Heard;

/// Most of the worst-heard words that a meaning is tried without.
const MOST_WITHOUT: usize = 4;

/// One reading of an utterance, with what each of its words is worth.
#[derive(Debug, Clone)]
pub(super) struct Reading<'a> {
    pub text: &'a str,
    /// The confidence of the whole, 0 to 1.
    pub whole: f32,
    /// Where each word stands, in order, and what it is worth.
    words: Vec<(Range<usize>, f32)>,
}

impl<'a> Reading<'a> {
    /// The best reading of what was heard.
    pub fn best(heard: &'a Heard) -> Self {
        let whole = share(heard.confidence);
        let told: Vec<(&str, f32)> =
            heard.words.iter().map(|w| (w.text.as_str(), share(w.confidence))).collect();
        Self::with(&heard.text, whole, &told)
    }

    /// Another reading of the same.
    pub fn other(&self, text: &'a str, confidence: f32) -> Self {
        let known: Vec<(&str, f32)> =
            self.words.iter().map(|(at, sure)| (self.text.get(at.clone()).unwrap_or(""), *sure)).collect();
        Self::with(text, share(confidence), &known)
    }

    /// The words that it shares with these, in their order, are worth as much; any other is worth the whole.
    fn with(text: &'a str, whole: f32, known: &[(&str, f32)]) -> Self {
        let places = places(text);
        let mine: Vec<&str> = places.iter().map(|at| text.get(at.clone()).unwrap_or("")).collect();
        let theirs: Vec<&str> = known.iter().map(|k| k.0).collect();
        let mut words: Vec<(Range<usize>, f32)> = places.into_iter().map(|at| (at, whole)).collect();
        for (a, b) in common(&mine, &theirs) {
            if let (Some(word), Some(known)) = (words.get_mut(a), known.get(b)) {
                word.1 = known.1;
            }
        }
        Self { text, whole, words }
    }

    /// The end of it, which begins with `rest`, a part of the same text.
    pub fn ending(&self, rest: &'a str) -> Self {
        let from = self.text.len().saturating_sub(rest.len());
        let from = if self.text.ends_with(rest) { from } else { self.text.find(rest).unwrap_or(0) };
        let mine = self.words.iter().filter(|(at, _)| at.start >= from && at.end <= from + rest.len());
        let words = mine.map(|(at, sure)| (at.start - from..at.end - from, *sure)).collect();
        Self { text: rest, whole: self.whole, words }
    }

    /// What the words of a span are worth; of no words, the whole.
    pub fn sure_of(&self, span: &Range<usize>) -> f32 {
        let said = self.words.iter().filter(|(at, _)| at.start < span.end && span.start < at.end);
        let least = said.map(|w| w.1).fold(f32::INFINITY, f32::min);
        if least.is_finite() { least } else { self.whole }
    }

    /// What all its words are worth, one with another: what is kept as it was said stands on all of them.
    pub fn on_average(&self) -> f32 {
        let sum: f32 = self.words.iter().map(|w| w.1).sum();
        if self.words.is_empty() { self.whole } else { sum / self.words.len() as f32 }
    }

    /// Where its words stand.
    pub fn places(&self) -> impl Iterator<Item = Range<usize>> {
        self.words.iter().map(|w| w.0.clone())
    }

    /// The words that pass, as a text.
    pub fn only(&self, pass: impl Fn(&Range<usize>, f32) -> bool) -> String {
        let kept = self.words.iter().filter(|(at, sure)| pass(at, *sure));
        kept.filter_map(|(at, _)| self.text.get(at.clone())).collect::<Vec<_>>().join(" ")
    }

    /// How sure a meaning is that `judge` finds in a text with its own confidence: it stands on the best-heard words
    /// that still have it, and is worth no more than the least of these.
    pub fn sure_of_meaning(&self, judge: impl Fn(&str) -> Option<f32>) -> f32 {
        let mut worths: Vec<f32> = self.words.iter().map(|w| w.1).collect();
        worths.sort_by(f32::total_cmp);
        worths.dedup();
        let all = worths.first().copied().unwrap_or(self.whole);
        let mut best = judge(self.text).map_or(0.0, |sure| sure.min(1.0) * all);
        for least in worths.into_iter().skip(1).take(MOST_WITHOUT) {
            match judge(&self.only(|_, sure| sure >= least)) {
                Some(sure) => best = best.max(sure.min(1.0) * least),
                None => break,
            }
        }
        best
    }
}

fn share(confidence: f32) -> f32 {
    if confidence.is_nan() { 0.0 } else { confidence.clamp(0.0, 1.0) }
}

/// Where the words of a text stand.
pub(super) fn places(text: &str) -> Vec<Range<usize>> {
    let mut out = Vec::new();
    let mut from = None;
    for (at, c) in text.char_indices().chain([(text.len(), ' ')]) {
        match (c.is_whitespace(), from) {
            (false, None) => from = Some(at),
            (true, Some(start)) => {
                out.push(start..at);
                from = None;
            }
            _ => {}
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use dialogs::HeardWord;
    use proptest::prelude::*;

    fn heard(words: &[(&str, f32)], whole: f32) -> Heard {
        let text = words.iter().map(|w| w.0).collect::<Vec<_>>().join(" ");
        let words = words.iter().map(|w| HeardWord { text: w.0.into(), confidence: w.1 }).collect();
        Heard { text, confidence: whole, words, alternatives: Vec::new() }
    }

    #[test]
    fn words_are_worth_what_the_ear_says_and_together_the_least_of_it() {
        let heard = heard(&[("el", 0.9), ("jueves", 0.4), ("quizá", 0.2)], 0.1);
        let best = Reading::best(&heard);
        assert_eq!(best.sure_of(&(0..9)), 0.4);
        assert_eq!(best.sure_of(&(0..2)), 0.9);
        assert_eq!(best.sure_of(&(0..0)), 0.1, "no words: the whole");
        assert_eq!(best.ending("quizá").sure_of(&(0..6)), 0.2);
        assert_eq!(Reading::best(&Heard::unsure("el jueves", 0.3)).sure_of(&(0..9)), 0.3);
    }

    #[test]
    fn another_reading_keeps_the_words_that_it_shares() {
        let heard = heard(&[("siete", 0.8), ("ocho", 0.9), ("de", 0.3)], 0.5);
        let other = Reading::best(&heard).other("siete ocho zeta", 0.05);
        assert_eq!(other.sure_of(&(0..10)), 0.8);
        assert_eq!(other.sure_of(&(0..15)), 0.05);
    }

    #[test]
    fn a_meaning_stands_on_the_words_that_still_have_it() {
        let heard = heard(&[("quería", 0.1), ("anular", 0.9), ("eso", 0.05)], 0.1);
        let best = Reading::best(&heard);
        let sure = best.sure_of_meaning(|text| text.contains("anular").then_some(0.95));
        assert!((sure - 0.95 * 0.9).abs() < 1e-6, "{sure}");
        let sure = best.sure_of_meaning(|text| text.contains("quería anular").then_some(0.95));
        assert!((sure - 0.95 * 0.1).abs() < 1e-6, "{sure}");
    }

    proptest! {
        #[test]
        fn no_span_is_worth_more_than_a_word_of_it(
            words in proptest::collection::vec(("[a-c]{1,2}", 0.0_f32..1.0), 1..9),
            whole in 0.0_f32..1.0,
        ) {
            let words: Vec<(&str, f32)> = words.iter().map(|(w, c)| (w.as_str(), *c)).collect();
            let heard = heard(&words, whole);
            let best = Reading::best(&heard);
            let all = best.sure_of(&(0..heard.text.len()));
            prop_assert!(words.iter().all(|w| all <= w.1));
            prop_assert!(best.sure_of_meaning(|_| Some(1.0)) <= words.iter().map(|w| w.1).fold(0.0, f32::max));
        }
    }
}
