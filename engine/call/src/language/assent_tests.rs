//! Yes and no to what was asked, and what leaves them in doubt.

use chrono::NaiveDate;
use dialogs::{ChoiceOption, Expect, Heard, Kind, Language, Value};

use super::tests::{expecting, spanish};

#[test]
fn a_yes_among_other_words_is_told_from_one_alone() {
    let language = spanish();
    let question = "Le reservo el jueves catorce de mayo. ¿Es correcto?".to_owned();
    let expect = Expect { yes_no: true, question, ..expecting(Kind::YesNo, false) };
    let heard = |said: &str| language.understand(&Heard::text(said), &expect);
    for said in ["sí", "sí, correcto, gracias", "vale, el jueves", "sí señorita, es correcto", "claro que sí"]
    {
        let understood = heard(said);
        assert!(matches!(understood.yes_no, Some((true, _))) && !understood.beside, "{said}: {understood:?}");
    }
    for said in ["sí, ya voy, Manolo", "sí mamá", "sí, luego le digo", "vale, cállese", "correcto para usted"]
    {
        let understood = heard(said);
        let unsure = understood.yes_no.is_none_or(|(yes, sure)| !yes || sure < 0.75);
        assert!(unsure || understood.beside, "{said}: {understood:?}");
    }
    // Who only listens, gives in or asks has not agreed.
    for said in ["ajá", "lo que usted diga", "de acuerdo con qué", "no veo por qué no"] {
        let understood = heard(said);
        assert!(understood.yes_no.is_none_or(|y| !y.0) || understood.doubtful, "{said}: {understood:?}");
    }
}

#[test]
fn a_yes_or_a_no_of_something_else_is_in_doubt() {
    let language = spanish();
    let heard = |question: &str, said: &str| {
        let expect = Expect { yes_no: true, question: question.into(), ..expecting(Kind::YesNo, true) };
        language.understand(&Heard::text(said), &expect)
    };
    let cancelling = "Su cita es el miércoles trece de mayo. ¿La anulo?";
    for (question, said, doubtful) in [
        (cancelling, "resérvela", true),
        (cancelling, "hágalo", false),
        (cancelling, "anúlela", true),
        (cancelling, "sí, anúlela", false),
        (cancelling, "sí anúlela por favor", false),
        ("¿Le avisamos con un mensaje?", "sí, mándemelo", false),
        (cancelling, "sí", false),
        ("Le reservo el jueves catorce de mayo. ¿Es correcto?", "resérvela", false),
        ("¿La reservo?", "resérvela", false),
    ] {
        let understood = heard(question, said);
        assert_eq!(understood.yes_no.map(|y| y.0), Some(true), "{said}");
        assert_eq!(understood.doubtful, doubtful, "{question} {said}");
    }
    for (said, sure) in [
        ("no la anule", true),
        ("no, no me la anule", true),
        ("no, mi hermano no puede", false),
        ("no puedo ir", false),
    ] {
        let understood = heard(cancelling, said);
        let no = matches!(understood.yes_no, Some((false, confidence)) if confidence > 0.75);
        assert_eq!(no && !understood.doubtful, sure, "{said}");
        assert_eq!(understood.yes_no.is_none(), said == "no puedo ir", "{said}");
    }
    // A yes that chose the only option names it no more.
    let at = NaiveDate::from_ymd_opt(2026, 5, 13).unwrap().and_hms_opt(9, 30, 0).unwrap();
    let option = ChoiceOption { said: "a las nueve y media".into(), value: Value::DateTime(at.into()) };
    let expect = Expect {
        yes_no: true,
        question: cancelling.into(),
        earlier_options: vec![option],
        ..Expect::default()
    };
    for (said, named) in [
        ("resérvela", false),
        ("sí", false),
        ("no", false),
        ("no la anule", false),
        ("sí, la de las nueve y media", true),
    ] {
        let understood = language.understand(&Heard::text(said), &expect);
        assert_eq!(understood.earlier_choice.is_some(), named, "{said}");
    }
    for (question, said, filled) in [
        ("¿Puede esperar unos días?", "no corre prisa", false),
        ("¿Puede esperar unos días?", "no", true),
        ("¿Es urgente?", "no es urgente", true),
        ("¿Hay peligro?", "no hay peligro", true),
    ] {
        assert_eq!(!heard(question, said).slots.is_empty(), filled, "{question} {said}");
    }
}
