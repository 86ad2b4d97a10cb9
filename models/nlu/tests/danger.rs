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
fn so_are_those_that_were_kept_aside() {
    for code in ["es", "ca", "gl", "eu", "en"] {
        let (danger, harmless, notes) = measured(code, true);
        assert!(
            danger >= 0.95 && harmless >= 0.98,
            "{code}: {danger:.3} {harmless:.3}\n{}",
            notes.join("\n")
        );
    }
}

#[test]
fn callers_of_whom_nothing_was_learnt_are_told_from_each_other() {
    let detector = Detector::of("es").unwrap();
    let text = std::fs::read_to_string("tests/danger/es_callers.txt").unwrap();
    let all: Vec<(&str, bool)> = nlu::danger::learnt::sentences(&text).collect();
    let share = |danger: bool| {
        let said: Vec<&str> = all.iter().filter(|s| s.1 == danger).map(|s| s.0).collect();
        let right = said.iter().filter(|s| detector.read(s, Asked::Other).is_some() == danger).count();
        right as f64 / said.len() as f64
    };
    assert!(share(true) >= 0.95 && share(false) >= 0.98, "{:.3} {:.3}", share(true), share(false));
}

#[test]
fn the_weights_are_those_of_the_sentences() {
    use nlu::danger::learnt::{Learnt, sentences};
    let text = std::fs::read_to_string("data/danger/es.sentences.txt").unwrap();
    let all: Vec<(&str, bool)> = sentences(&text).collect();
    let kept = Learnt::read(&std::fs::read("data/danger/es.weights").unwrap()).unwrap();
    let learnt = Learnt::train(&all);
    for (said, danger) in &all {
        let (a, b) = (kept.chance(said), learnt.chance(said));
        assert!((a - b).abs() < 0.1, "{said} {danger}: {a} {b}: run the example `danger`");
    }
    assert!(Learnt::read(b"cut short").is_none());
}

#[test]
fn names_are_no_danger_where_a_name_or_a_street_is_asked_for() {
    let es = Detector::of("es").unwrap();
    for (said, asked, found) in [
        ("socorro", Asked::Other, true),
        ("socorro", Asked::Name, false),
        ("socorro doce", Asked::Name, false),
        ("mi padre no respira", Asked::Name, true),
        ("si hay fuego", Asked::YesNo, true),
        ("avisen si hay fuego", Asked::Other, false),
    ] {
        assert_eq!(es.read(said, asked).is_some(), found, "{said} {asked:?}");
    }
}

#[test]
fn a_designers_own_words_are_held_to_the_same() {
    let es = Detector::of("es").unwrap();
    let own = ["chispas".to_owned(), "cables sueltos".to_owned()];
    for (said, found) in [
        ("salen chispas del poste", true),
        ("hay CABLES SUELTOS", true),
        ("ya no salen chispas", false),
        ("la calle chispas", false),
        ("ayer salían chispas", false),
        ("quiero saber si hay cables sueltos", false),
    ] {
        assert_eq!(es.says(said, &own, Asked::Other).is_some(), found, "{said}");
    }
}

#[test]
fn no_text_is_too_odd() {
    for code in ["es", "ca", "gl", "eu", "en"] {
        let detector = Detector::of(code).unwrap();
        for text in [
            "",
            " ",
            "¿?",
            "¡¡¡",
            "\u{0}\u{301}ñ",
            "no no no no no no no",
            &"socorro ".repeat(2_000),
            "😀 fuego 😀",
        ] {
            for asked in [Asked::Other, Asked::Name, Asked::YesNo] {
                let found = detector.read(text, asked);
                assert!(found.is_none_or(|d| text.get(d.span.clone()).is_some()), "{code} {text:?}");
            }
        }
    }
}

#[test]
fn people_in_danger_are_heard_and_others_are_left_alone() {
    for code in ["es", "ca", "gl", "eu", "en"] {
        let (danger, harmless, notes) = measured(code, false);
        assert!(
            danger >= 0.97 && harmless >= 0.98,
            "{code}: {danger:.3} {harmless:.3}\n{}",
            notes.join("\n")
        );
    }
}
