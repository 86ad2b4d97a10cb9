//! Whether what was heard tells of danger: in the best reading, or in another that may be right.

use dialogs::{Danger, Exact, Expect, Kind};
use nlu::danger::{Asked, Detector, Level};

use super::trust::Reading;

/// Below this, words of danger are asked about, and never acted on.
const HEARD_WELL: f32 = 0.35;

/// The danger in the readings of an utterance, best first; `answers`: the best is a yes or a no and nothing else, which
/// no sentence of danger is like.
pub(super) fn of(code: &str, readings: &[Reading<'_>], answers: bool, expect: &Expect) -> Danger {
    let asked = asked(expect);
    let mut worst = Danger::None;
    for (place, reading) in readings.iter().enumerate() {
        let best = place == 0;
        let (danger, span) = in_text(code, (reading.text, best && !answers), expect, asked);
        let well = best && reading.sure_of(&span) >= HEARD_WELL;
        worst = worst.max(if well { danger } else { danger.min(Danger::Unsure) });
    }
    worst
}

/// The danger in a text, and the words that tell it. What a sentence is like as a whole says something of the best
/// reading (`whole`); the others are like nothing that anybody says.
fn in_text(
    code: &str,
    (text, whole): (&str, bool),
    expect: &Expect,
    asked: Asked,
) -> (Danger, std::ops::Range<usize>) {
    let Some(detector) = Detector::of(code) else { return (Danger::None, 0..0) };
    if let Some(span) = detector.says(text, &expect.danger_words, asked) {
        return (Danger::Sure, span);
    }
    match if whole { detector.read(text, asked) } else { detector.signs(text, asked) } {
        Some(found) => (if found.level == Level::Sure { Danger::Sure } else { Danger::Unsure }, found.span),
        None => (Danger::None, 0..0),
    }
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
    use dialogs::Heard;

    fn heard(text: &str, confidence: f32, others: &[&str]) -> Danger {
        let alternatives = others.iter().map(|t| ((*t).to_owned(), confidence)).collect();
        let heard = Heard { alternatives, ..Heard::unsure(text, confidence) };
        let best = Reading::best(&heard);
        let others = others.iter().map(|other| best.other(other, confidence));
        let all: Vec<Reading<'_>> = std::iter::once(best.clone()).chain(others).collect();
        let expect = Expect { danger_words: vec!["chispas".to_owned()].into(), ..Expect::default() };
        of("es", &all, false, &expect)
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
            of("es", &[Reading::best(&heard)], false, &Expect::default())
        };
        assert_eq!(words([0.1, 0.1, 0.9, 0.9]), Danger::Sure);
        assert_eq!(words([0.9, 0.9, 0.9, 0.1]), Danger::Unsure);
    }
}
