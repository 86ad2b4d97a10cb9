//! One utterance: steps of letter probabilities in, partial results and the utterance out.

use std::sync::Arc;

use super::align::{Aligned, align, forward};
use super::grammar::Compiled;
use super::letters::{BLANK, SPACE, SYMBOLS, spell, tokens};
use super::search::{Reading, Search, Stopping};
use super::trust::{Evidence, WordEvidence};
use super::tuning::Tuning;
use crate::{Alternative, Partial, Utterance, Word, common};

/// Longest utterance, steps of 30 ms (90 s); what comes later is not heard.
const LONGEST: usize = 3000;
/// Expected number of steps that hold a letter below which nobody spoke.
const LEAST_SPEECH: f32 = 0.7;
/// Share of the readings that must be whole answers for a partial result to be complete.
const COMPLETE_SHARE: f32 = 0.8;
/// How much less likely (log) another whole answer may be to be told in a partial result.
const NEAR: f32 = 6.0;
/// Most alternatives given.
const MOST_ALTERNATIVES: usize = 10;

/// The decoder of one utterance.
pub struct Hearing {
    search: Search,
    tuning: Tuning,
    rows: Vec<[f32; SYMBOLS]>,
    /// Sum over steps of the probability that the step holds a letter.
    speech: f32,
    step_ms: u32,
}

impl Hearing {
    /// Starts an utterance of steps `step_ms` long.
    pub fn new(compiled: Arc<Compiled>, tuning: Tuning, step_ms: u32) -> Self {
        let search = Search::new(compiled, tuning.clone());
        Self { search, tuning, rows: Vec::new(), speech: 0.0, step_ms }
    }

    /// Takes rows of log-probabilities, [`SYMBOLS`] values a step.
    pub fn push(&mut self, values: &[f32]) {
        for row in values.chunks_exact(SYMBOLS) {
            if self.rows.len() >= LONGEST {
                return;
            }
            let share = self.tuning.smoothing;
            let row: [f32; SYMBOLS] =
                std::array::from_fn(|i| ((1.0 - share) * row[i].exp() + share / SYMBOLS as f32).ln());
            self.speech += 1.0 - row[usize::from(BLANK)].exp();
            self.search.step(&row);
            self.rows.push(row);
        }
    }

    /// The state of belief now.
    pub fn partial(&self) -> Partial {
        if self.speech < LEAST_SPEECH {
            return Partial::default();
        }
        let readings = self.search.readings(GOING_ON);
        let Some(best) = readings.first() else { return Partial::default() };
        // Unscaled: the many readings a letter away must not outweigh the one that fits.
        let weight = |r: &Reading| (r.score - best.score).exp();
        let total: f32 = readings.iter().map(weight).sum();
        let whole: f32 = readings.iter().filter(|r| r.answer).map(weight).sum();
        let complete = best.answer && !best.more && whole >= COMPLETE_SHARE * total;
        let near = |r: &&Reading| complete && r.answer && r.score > best.score - NEAR;
        let others = readings.iter().skip(1).filter(near).take(MOST_ALTERNATIVES);
        let words = self.search.words(best);
        let leaning = || words.last().is_some_and(|word| spanish::LEANING.contains(&word.as_str()));
        Partial {
            text: words.join(" "),
            complete,
            goes_on: best.answer && best.more,
            open_ended: best.unfinished || !best.answer && leaning(),
            others: others.map(|r| self.search.words(r).join(" ")).collect(),
        }
    }

    /// How likely a reading is beside one of this score.
    fn weight(&self, reading: &Reading, score: f32) -> f32 {
        ((reading.score - score) * self.tuning.posterior_scale).exp()
    }

    /// The evidence for a reading among all.
    fn evidence(&self, readings: &[Reading], found: &(f32, Vec<Aligned>)) -> Evidence {
        let Some(best) = readings.first() else { return Evidence::default() };
        let others: f32 = readings.iter().skip(1).map(|r| self.weight(r, best.score)).sum();
        let free: f32 = self.rows.iter().map(|r| r.iter().copied().fold(f32::NEG_INFINITY, f32::max)).sum();
        let letters = found.1.len().max(1) as f32;
        let pairs: Vec<(u8, f32)> =
            best.symbols.iter().copied().zip(found.1.iter().map(|a| a.peak)).collect();
        let mean = |word: &[(u8, f32)]| word.iter().map(|l| l.1).sum::<f32>() / word.len().max(1) as f32;
        let weakest = pairs.split(|pair| pair.0 == SPACE).map(mean).fold(0.0, f32::min);
        Evidence {
            odds: -(others + 1e-6).ln(),
            misfit: (free - found.0).max(0.0) / letters,
            letters,
            weakest,
        }
    }

    /// The utterance, if it ends here.
    pub fn finish(&self) -> Utterance {
        self.finish_with_evidence().0
    }

    /// The utterance with what its confidence, and that of each of its words, is made of.
    pub fn finish_with_evidence(&self) -> (Utterance, Evidence, Vec<WordEvidence>) {
        let nothing = Default::default();
        let readings = self.search.readings(Stopping { in_word: CUT_WORD, in_answer: self.tuning.abandon });
        let Some(best) = readings.first() else { return nothing };
        if self.speech < LEAST_SPEECH || best.symbols.is_empty() {
            return nothing;
        }
        let Some(found) = align(&self.rows, &best.symbols) else { return nothing };
        let evidence = self.evidence(&readings, &found);
        let confidence = evidence.confidence();
        if evidence.misfit > MOST_MISFIT {
            return nothing;
        }
        let texts = self.search.words(best);
        let pairs: Vec<(u8, Aligned)> = best.symbols.iter().copied().zip(found.1).collect();
        let letters = pairs.split(|pair| pair.0 == SPACE);
        let known: Vec<WordEvidence> =
            self.odds(&readings).into_iter().map(|odds| WordEvidence { odds, reading: evidence }).collect();
        let words = texts.iter().zip(letters).zip(&known);
        // A word is right at least as often as all of them.
        let sure = |known: &WordEvidence| known.confidence().max(confidence);
        let words = words.map(|((text, of), known)| self.word(text, of, sure(known))).collect();
        let alternatives = self.alternatives(&readings, 1.0 - confidence);
        (Utterance { text: texts.join(" "), confidence, words, alternatives }, evidence, known)
    }

    /// For each word of the best reading, the log-odds of the readings that have it.
    fn odds(&self, readings: &[Reading]) -> Vec<f32> {
        let Some(best) = readings.first() else { return Vec::new() };
        let mine = words(best);
        let (mut with, mut all) = (vec![0.0_f32; mine.len()], 0.0);
        for reading in readings {
            let weight = self.weight(reading, best.score);
            all += weight;
            for (i, _) in common(&mine, &words(reading)) {
                with[i] += weight;
            }
        }
        with.into_iter().map(|with| ((with + 1e-6) / ((all - with).max(0.0) + 1e-6)).ln()).collect()
    }

    fn word(&self, text: &str, letters: &[(u8, Aligned)], confidence: f32) -> Word {
        let first = letters.iter().map(|a| a.1.first).min().unwrap_or(0) as u32;
        let last = letters.iter().map(|a| a.1.last).max().unwrap_or(0) as u32;
        Word {
            text: text.to_string(),
            start_ms: first * self.step_ms,
            end_ms: (last + 1) * self.step_ms,
            confidence,
        }
    }

    /// The other readings that say something, sharing out what the best leaves.
    fn alternatives(&self, readings: &[Reading], left: f32) -> Vec<Alternative> {
        let top = readings.get(1).map_or(0.0, |r| r.score);
        let weight = |r: &Reading| self.weight(r, top);
        let others = readings.get(1..).unwrap_or_default();
        let total: f32 = others.iter().map(weight).sum();
        (others.iter().filter(|r| !r.symbols.is_empty()).take(MOST_ALTERNATIVES))
            .map(|r| Alternative {
                text: self.search.words(r).join(" "),
                confidence: left * weight(r) / total,
            })
            .collect()
    }

    /// Log-probability of each phrase being exactly what was said.
    pub fn rank(&self, phrases: &[String]) -> Vec<f32> {
        let symbols = |p: &String| tokens(p).iter().map(|w| spell(w)).collect::<Vec<_>>().join(&SPACE);
        phrases.iter().map(|p| forward(&self.rows, &symbols(p))).collect()
    }
}

/// The letters of each word.
fn words(reading: &Reading) -> Vec<&[u8]> {
    reading.symbols.split(|s| *s == SPACE).collect()
}

/// In a partial result an answer may still go on, but a word that is whole is likelier to be meant than the beginning
/// of another with the same letters.
const GOING_ON: Stopping = Stopping { in_word: 3.0, in_answer: 0.0 };
/// Cost of a last word that stops in its middle.
const CUT_WORD: f32 = 6.0;
/// Misfit above which what was heard is no Spanish speech.
const MOST_MISFIT: f32 = 3.0;
