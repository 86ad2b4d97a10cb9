//! What people say in danger, and what sounds like it, in five languages: `tests/danger/<code>.txt`.
#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

use nlu::danger::{Asked, Detector};

/// The sentences of a language in danger, and those that are harmless; of each, those that the rules were written with
/// (even) or those kept aside.
fn sentences(code: &str, aside: bool) -> (Vec<String>, Vec<String>) {
    let text = std::fs::read_to_string(format!("tests/danger/{code}.txt")).unwrap();
    let of = |mark: &str| -> Vec<String> {
        let all = text.lines().filter_map(|l| l.strip_prefix(mark)).map(|l| l.trim().to_owned());
        all.enumerate().filter(|(i, _)| (i % 2 == 1) == aside).map(|(_, l)| l).collect()
    };
    (of("! "), of(". "))
}

/// How many in danger are found, and how many harmless ones are left alone, with those that are not.
fn measured(code: &str, aside: bool) -> (f64, f64, Vec<String>) {
    let detector = Detector::of(code).unwrap();
    let (danger, harmless) = sentences(code, aside);
    let missed: Vec<&String> = danger.iter().filter(|s| detector.read(s, Asked::Other).is_none()).collect();
    let wrong: Vec<(&String, String)> = harmless
        .iter()
        .filter_map(|s| Some((s, detector.read(s, Asked::Other)?)))
        .map(|(s, d)| (s, format!("{} [{}]", d.sign, s.get(d.span).unwrap_or_default())))
        .collect();
    let mut notes: Vec<String> = missed.iter().map(|s| format!("{code} missed: {s}")).collect();
    notes.extend(wrong.iter().map(|(s, why)| format!("{code} wrong: {s} <- {why}")));
    let share = |bad: usize, all: usize| 1.0 - bad as f64 / all.max(1) as f64;
    (share(missed.len(), danger.len()), share(wrong.len(), harmless.len()), notes)
}

#[test]
fn people_in_danger_are_heard_and_others_are_left_alone() {
    for code in ["es", "ca", "gl", "eu", "en"] {
        let (danger, harmless, notes) = measured(code, false);
        assert!(danger >= 0.97 && harmless >= 0.98, "{code}: {danger:.3} {harmless:.3}\n{}", notes.join("\n"));
    }
}
