//! Keeps out what whisper makes up: text on silence, loops, and the echo of its own prompt.

use crate::decode::letters::tokens;

/// Probability of no speech above which an unsure text is taken for an invention.
const NO_SPEECH: f32 = 0.6;
/// Mean log-probability of a token below which a text is unsure.
const UNSURE: f32 = -1.0;
/// The same for a text of few words, whose spelling whisper cannot tell from what stands around: it gives what
/// was said −0.1 to −1.5, and what it makes up on noise −2 to −3.
const UNSURE_WORD: f32 = -1.6;
/// Words that are few.
const FEW: usize = 3;
/// The same for a text that says nothing but words of the prompt.
const UNSURE_ECHO: f32 = -0.7;
/// Words of a piece that repeats itself at once, at most.
const LONGEST_LOOP: usize = 6;
/// Times in a row that nobody says the same.
const MOST_REPEATS: usize = 4;

/// What whisper.cpp gave for one utterance.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Raw {
    /// Its text as it came.
    pub text: String,
    /// Highest probability of "no speech" among its segments.
    pub no_speech: f32,
    /// Mean natural log-probability of its text tokens.
    pub mean_log_probability: f32,
}

/// Whether a text may be believed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Verdict {
    /// It was said.
    Speech,
    /// There are no words in it.
    Empty,
    /// Nobody spoke.
    NoSpeech,
    /// Too unlikely to be what was said.
    Unsure,
    /// One piece again and again.
    Loop,
    /// Only what the prompt had put into its mouth.
    Echo,
}

/// Judges a text, given the prompt it was recognised with.
pub fn judge(raw: &Raw, prompt: &str) -> Verdict {
    // Texts like "[Música]" or "(risas)" describe, they were not said.
    let words = tokens(&without_brackets(&raw.text));
    if words.is_empty() {
        return Verdict::Empty;
    }
    if raw.no_speech > NO_SPEECH && raw.mean_log_probability < UNSURE_ECHO {
        return Verdict::NoSpeech;
    }
    let least = if words.len() <= FEW { UNSURE_WORD } else { UNSURE };
    if raw.mean_log_probability < least {
        return Verdict::Unsure;
    }
    if loops(&words) {
        return Verdict::Loop;
    }
    let hints = tokens(prompt);
    let echoed = hints.windows(words.len()).any(|w| w == words);
    if echoed && raw.mean_log_probability < UNSURE_ECHO {
        return Verdict::Echo;
    }
    Verdict::Speech
}

fn without_brackets(text: &str) -> String {
    let mut depth = 0usize;
    let keep = |c: &char| {
        match c {
            '(' | '[' | '*' | '♪' if depth == 0 => depth = 1,
            ')' | ']' | '*' | '♪' => depth = 0,
            _ => return depth == 0,
        }
        false
    };
    text.chars().filter(keep).collect()
}

fn loops(words: &[String]) -> bool {
    (1..=LONGEST_LOOP).any(|size| {
        let piece = |i: usize| words.get(i * size..(i + 1) * size);
        (0..size).any(|shift| {
            let Some(words) = words.get(shift..) else { return false };
            let mut run = 1;
            words.chunks_exact(size).zip(words.chunks_exact(size).skip(1)).any(|(a, b)| {
                run = if a == b { run + 1 } else { 1 };
                // A digit said four times may well be a number; a longer piece is a loop.
                run >= if size == 1 { 2 * MOST_REPEATS } else { MOST_REPEATS }
            })
        }) && piece(0).is_some()
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn raw(text: &str, no_speech: f32, mean: f32) -> Raw {
        Raw { text: text.into(), no_speech, mean_log_probability: mean }
    }

    #[test]
    fn inventions_are_kept_out_and_speech_let_in() {
        let prompt = "Sí. No. La primera, la segunda, ninguna. Quiero cita para el padrón.";
        let cases = [
            (raw(" La segunda.", 0.1, -0.2), Verdict::Speech),
            (raw(" quiero cita para el padrón", 0.1, -0.3), Verdict::Speech),
            (raw(" Quiero cita para el padrón.", 0.1, -0.9), Verdict::Echo),
            (raw(" la segunda ninguna", 0.2, -0.8), Verdict::Echo),
            (raw(" ¡Gracias por ver el vídeo!", 0.8, -0.9), Verdict::NoSpeech),
            (raw(" subtítulos de la comunidad", 0.2, -1.4), Verdict::Unsure),
            (raw(" viernes", 0.0, -1.2), Verdict::Speech),
            (raw(" ¡TCH!", 0.0, -3.0), Verdict::Unsure),
            (raw(&" no sé".repeat(9), 0.1, -0.1), Verdict::Loop),
            (raw(" cero cero cero cero", 0.1, -0.1), Verdict::Speech),
            (raw(" [Música] (risas)", 0.1, -0.1), Verdict::Empty),
            (raw("", 0.0, f32::NEG_INFINITY), Verdict::Empty),
        ];
        for (raw, verdict) in cases {
            assert_eq!(judge(&raw, prompt), verdict, "{raw:?}");
        }
    }
}
