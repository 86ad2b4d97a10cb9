//! «Tools»: what `digame test --repeat` and `--audio` stand on. The commands themselves are tested where they are.

use std::sync::Arc;

use dialogs::{
    Heard, Language,
    testing::{Suite, TestLanguage, hear_case, run_tests, run_tests_as},
};

use super::{dialog, loaded};

#[test]
fn cases_run_as_many_contacts_and_each_says_how_it_went() {
    let bot = loaded(&dialog(
        "steps:\n  - split: saludo\n    ways:\n      a: { share: 50, then: { end: a } }\n      b: { share: 50, then: { end: b } }\n",
    ));
    let language: Arc<dyn Language> = Arc::new(TestLanguage::new(&bot));
    let suite = "dialog: prueba\nnow: 2026-05-11T10:00\ncases: [{ name: one way, turns: [{ user: quiero empezar }], expect: { end: a } }]\n";
    let suite = Suite::parse("t", suite).unwrap();
    let passed =
        (0..100).filter(|i| run_tests_as(&bot, &suite, &language, &format!("c{i}")).passed()).count();
    assert!((30..70).contains(&passed), "{passed} of 100 go the way that the case expects");
    assert_eq!(run_tests(&bot, &suite, &language).cases[0].name, "one way");
}

#[test]
fn a_case_heard_by_other_ears_is_judged_turn_by_turn() {
    let bot = loaded(&dialog(
        "slots: { cosa: { type: list(cosas), ask: ¿Qué cosa? }, n: { type: 'digits(2)', ask: ¿Cuántos? } }\nsteps: [{ collect: [cosa, n] }, { end: hecho }]\n",
    ));
    let language: Arc<dyn Language> = Arc::new(TestLanguage::new(&bot));
    let suite = "dialog: prueba\nnow: 2026-05-11T10:00\ncases: [{ name: x, turns: [{ user: quiero empezar }, { user: fuga }, { user: uno dos }] }]\n";
    let suite = Suite::parse("t", suite).unwrap();
    // The second turn is heard as something else; the third begins where the words as written led.
    let mut hear = |spoken: &dialogs::testing::Spoken<'_>| {
        Some(Heard::text(if spoken.turn == 1 { "farola" } else { spoken.words }))
    };
    let turns = hear_case(&bot, &suite, (&suite.cases[0], &language), &mut hear);
    assert_eq!(turns.iter().map(|t| t.right).collect::<Vec<_>>(), [true, false, true]);
    assert_eq!(
        (turns[1].wanted.slots["cosa"].as_str(), turns[1].got.slots["cosa"].as_str()),
        ("agua", "luz")
    );
    assert_eq!(turns[2].got.end.as_deref(), Some("hecho"));
}
