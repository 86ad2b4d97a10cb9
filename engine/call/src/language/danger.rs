//! Whether what was heard tells of danger: in the best reading, or in another that may be right.

use dialogs::{Danger, Exact, Expect, Heard, Kind};
use nlu::danger::{Asked, Detector, Level};

/// Below this, words of danger are asked about, and never acted on.
const HEARD_WELL: f32 = 0.35;

/// The danger in the readings of an utterance, best first.
pub(super) fn of(code: &str, readings: &[(&str, f32)], heard: &Heard, expect: &Expect) -> Danger {
    let asked = asked(expect);
    let mut worst = Danger::None;
    for (place, (text, _)) in readings.iter().enumerate() {
        let (danger, span) = in_text(code, text, expect, asked);
        let first = place == 0;
        let well = first && confidence(heard, text, span) >= HEARD_WELL;
        let danger = if well { danger } else { danger.min(Danger::Unsure) };
        worst = worst.max(danger);
    }
    worst
}

/// The danger in a text, and the words that tell it.
fn in_text(code: &str, text: &str, expect: &Expect, asked: Asked) -> (Danger, std::ops::Range<usize>) {
    let Some(detector) = Detector::of(code) else { return (Danger::None, 0..0) };
    if let Some(span) = detector.says(text, &expect.danger_words, asked) {
        return (Danger::Sure, span);
    }
    match detector.read(text, asked) {
        Some(found) => (if found.level == Level::Sure { Danger::Sure } else { Danger::Unsure }, found.span),
        None => (Danger::None, 0..0),
    }
}

/// How well the words that tell it were heard: the worst of them, where the recogniser says it word by word.
fn confidence(heard: &Heard, text: &str, span: std::ops::Range<usize>) -> f32 {
    let before = text.get(..span.start).map_or(0, |t| t.split_whitespace().count());
    let words = text.get(span).map_or(0, |t| t.split_whitespace().count());
    let told = heard.words.iter().skip(before).take(words).map(|w| w.confidence);
    told.fold(heard.confidence, f32::min)
}

/// What the question is, as far as its answer may sound like danger.
fn asked(expect: &Expect) -> Asked {
    match expect.asked().map(|slot| &slot.kind) {
        Some(Kind::Address | Kind::Exact(Exact::Name)) => Asked::Name,
        Some(Kind::YesNo) => Asked::YesNo,
        _ if expect.yes_no => Asked::YesNo,
        _ => Asked::Other,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn heard(text: &str, confidence: f32, others: &[&str]) -> Danger {
        let alternatives = others.iter().map(|t| ((*t).to_owned(), confidence)).collect();
        let heard = Heard { alternatives, ..Heard::unsure(text, confidence) };
        let all: Vec<(&str, f32)> =
            std::iter::once(text).chain(others.iter().copied()).map(|t| (t, confidence)).collect();
        let expect = Expect { danger_words: vec!["chispas".to_owned()].into(), ..Expect::default() };
        of("es", &all, &heard, &expect)
    }

    #[test]
    fn danger_heard_badly_or_in_another_reading_is_asked_about_and_never_acted_on() {
        assert_eq!(heard("mi padre no respira", 0.9, &[]), Danger::Sure);
        assert_eq!(heard("mi padre no respira", 0.1, &[]), Danger::Unsure);
        assert_eq!(heard("mi padre nos mira", 0.9, &["mi padre no respira"]), Danger::Unsure);
        assert_eq!(heard("mi padre nos mira", 0.9, &[]), Danger::None);
        assert_eq!(heard("salen chispas", 0.9, &[]), Danger::Sure);
        assert_eq!(heard("no salen chispas", 0.9, &[]), Danger::None);
    }

    #[test]
    fn the_words_that_tell_it_count_and_not_those_around_them() {
        let words = |confidences: [f32; 4]| {
            let words = "mi padre no respira".split(' ').zip(confidences);
            let words = words.map(|(text, confidence)| dialogs::HeardWord { text: text.into(), confidence });
            let heard = Heard { words: words.collect(), ..Heard::unsure("mi padre no respira", 0.9) };
            of("es", &[("mi padre no respira", 0.9)], &heard, &Expect::default())
        };
        assert_eq!(words([0.1, 0.1, 0.9, 0.9]), Danger::Sure);
        assert_eq!(words([0.9, 0.9, 0.9, 0.1]), Danger::Unsure);
    }
}
