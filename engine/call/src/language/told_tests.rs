//! What people say beside what they want, and what they tell of something else.

use chrono::NaiveDate;
use dialogs::{Choice, ChoiceOption, Expect, ExpectedSlot, Heard, Kind, Language, Understood, Value};

use super::tests::{in_language, spanish};

const ACT: f32 = 0.6;

fn asked(kinds: &[(&str, Kind)], asked: Option<usize>) -> Expect {
    let slot = |(name, kind): &(&str, Kind)| ExpectedSlot {
        name: (*name).to_owned(),
        kind: kind.clone(),
        within: None,
        private: false,
    };
    // A Monday.
    let now = NaiveDate::from_ymd_opt(2026, 5, 11).unwrap().and_hms_opt(10, 0, 0).unwrap();
    Expect { now, slots: kinds.iter().map(slot).collect(), asked, ..Expect::default() }
}

fn moments(hours: &[(u32, u32)]) -> Vec<ChoiceOption> {
    let day = NaiveDate::from_ymd_opt(2026, 5, 14).unwrap();
    let option = |(h, m): &(u32, u32)| {
        let at = day.and_hms_opt(*h, *m, 0).unwrap();
        ChoiceOption { said: at.format("%H:%M").to_string(), value: Value::DateTime(at.into()) }
    };
    hours.iter().map(option).collect()
}

/// How sure a day is that was asked for.
fn day(language: &dyn Language, said: &str) -> f32 {
    let understood =
        language.understand(&Heard::text(said), &asked(&[("dia", Kind::DateTimeRange)], Some(0)));
    understood.slots.first().map_or(0.0, |s| s.confidence)
}

#[test]
fn a_day_is_the_answer_beside_what_people_say_with_it() {
    let spanish = spanish();
    for said in [
        "el jueves",
        "pues mire, el jueves me viene bien",
        "póngame el jueves por la tarde, si puede ser",
        "prefiero el jueves",
        "a mí me gustaría el jueves, por favor",
        "quería cambiarla para el jueves",
    ] {
        assert!(day(&spanish, said) > ACT, "{said}: {}", day(&spanish, said));
    }
    for said in [
        "el jueves tengo médico",
        "el jueves es mi santo",
        "yo por las tardes cuido a mi nieto",
        "trabajo de mañana",
        "el jueves me robaron el bolso",
    ] {
        assert!(day(&spanish, said) < ACT, "{said}: {}", day(&spanish, said));
    }
}

#[test]
fn so_it_is_in_each_language() {
    for (code, wanted, told) in [
        ("ca", "em va bé el dijous a la tarda", "el dijous treballo a la botiga"),
        ("gl", "prefiro o xoves pola tarde", "o xoves traballo na tenda"),
        ("eu", "osteguna nahiago dut", "ostegunean lan egiten dut dendan"),
        ("en", "I'd prefer Thursday afternoon please", "my daughter got married on Thursday"),
    ] {
        let language = in_language(code);
        assert!(day(&*language, wanted) > ACT, "{wanted}: {}", day(&*language, wanted));
        assert!(day(&*language, told) < ACT, "{told}: {}", day(&*language, told));
    }
}

#[test]
fn what_was_not_asked_for_is_not_filled_by_what_is_told() {
    let filled = |said: &str, kind: Kind| {
        let expect = asked(&[("permiso", Kind::YesNo), ("otro", kind)], Some(0));
        let expect = Expect { yes_no: true, question: "¿Nos da su permiso?".into(), ..expect };
        spanish().understand(&Heard::text(said), &expect).slots.iter().any(|s| s.slot == "otro")
    };
    assert!(filled("sí, el jueves por la tarde", Kind::DateTimeRange));
    assert!(filled("sí, me viene bien el jueves", Kind::DateTimeRange));
    for said in ["sí, es que el jueves trabajo", "el jueves catorce es mi santo"] {
        assert!(!filled(said, Kind::DateTimeRange), "{said}");
    }
    for said in ["sí, ayer fue mi cumpleaños", "mi hija nació el tres de mayo del noventa"] {
        assert!(!filled(said, Kind::Birth), "{said}");
    }
}

#[test]
fn a_birthday_is_whose_was_asked_for() {
    let read = |said: &str, question: &str| {
        let expect = Expect { question: question.into(), ..asked(&[("nacimiento", Kind::Birth)], Some(0)) };
        !spanish().understand(&Heard::text(said), &expect).slots.is_empty()
    };
    let said = "mi hija nació el tres de mayo de dos mil veinte";
    assert!(!read(said, "¿Cuál es su fecha de nacimiento?"));
    assert!(read(said, "¿Cuándo nació su hija?"));
    assert!(read("nací el tres de mayo del setenta", "¿Cuál es su fecha de nacimiento?"));
}

fn pick(said: &str, options: Vec<ChoiceOption>) -> Understood {
    spanish().understand(&Heard::text(said), &Expect { options, ..asked(&[], None) })
}

#[test]
fn an_option_is_picked_by_who_wants_it() {
    let picked = |said: &str| {
        pick(said, moments(&[(17, 30), (18, 0)]))
            .choice
            .filter(|(c, _)| *c == Choice::One(1))
            .map_or(0.0, |c| c.1)
    };
    for said in ["la segunda", "pues la segunda me viene bien", "a las seis, por favor", "póngame a las seis"]
    {
        assert!(picked(said) > ACT, "{said}: {}", picked(said));
    }
    for said in ["a las seis trabajo", "mi vecina tiene la segunda", "la segunda es peor", "quizá la segunda"]
    {
        assert!(picked(said) < ACT, "{said}: {}", picked(said));
    }
}
