//! The border between dialogs and understanding, with both real.

use chrono::NaiveDate;
use dialogs::{Expect, ExpectedSlot, Found, Heard, Kind, Language, Value};

use super::Spanish;

/// With the intents of the bot that ships.
fn spanish() -> Spanish {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/../../dialogs/bots/cita_previa");
    Spanish::new(&dialogs::Bot::load(folder).unwrap()).unwrap()
}

fn expecting(kind: Kind, asked: bool) -> Expect {
    let slot = ExpectedSlot { name: "dato".into(), kind, asked, filled: None, within: None, private: false };
    // A Thursday.
    let now = NaiveDate::from_ymd_opt(2026, 9, 17).unwrap().and_hms_opt(10, 0, 0).unwrap();
    Expect { now, slots: vec![slot], ..Expect::default() }
}

fn slot(kind: Kind, said: &str) -> Option<Found> {
    spanish().understand(&Heard::text(said), &expecting(kind, true)).slots.pop().map(|s| s.found)
}

#[test]
fn a_dictated_dni_is_valid_with_its_letter_only() {
    let right = slot(Kind::Nif, "doce treinta y cuatro cincuenta y seis setenta y ocho zeta");
    assert_eq!(right, Some(Found::Valid(Value::Nif("12345678Z".into()))));
    let wrong = slot(Kind::Nif, "doce treinta y cuatro cincuenta y seis setenta y ocho a");
    assert_eq!(wrong, Some(Found::Invalid));
    let half = slot(Kind::Nif, "doce treinta y cuatro cincuenta y seis setenta y ocho");
    assert_eq!(half, Some(Found::Unfinished));
}

#[test]
fn a_later_reading_that_is_valid_wins() {
    let heard = Heard {
        text: "doce treinta y cuatro cincuenta y seis setenta y ocho de".into(),
        confidence: 0.8,
        alternatives: vec![("doce treinta y cuatro cincuenta y seis setenta y ocho zeta".into(), 0.7)],
    };
    let understood = spanish().understand(&heard, &expecting(Kind::Nif, true));
    assert_eq!(understood.slots[0].found, Found::Valid(Value::Nif("12345678Z".into())));
    assert!(understood.slots[0].confidence <= 0.7);
}

#[test]
fn an_implausible_reading_does_not_win_by_its_letter() {
    let heard = Heard {
        text: "doce treinta y cuatro cincuenta y seis setenta y ocho ve".into(),
        confidence: 0.55,
        alternatives: vec![("doce treinta y cuatro cincuenta y siete setenta y ocho e".into(), 0.006)],
    };
    let understood = spanish().understand(&heard, &expecting(Kind::Nif, true));
    assert_eq!(understood.slots[0].found, Found::Invalid);
}

#[test]
fn eight_keys_are_a_whole_dni() {
    let now = NaiveDate::from_ymd_opt(2026, 9, 17).unwrap().and_hms_opt(10, 0, 0).unwrap();
    let keyed = |keys| spanish().validate(&Kind::Nif, keys, now);
    assert_eq!(keyed("12345678"), Found::Valid(Value::Nif("12345678Z".into())));
    assert_eq!(keyed("1234"), Found::Unfinished);
    assert_eq!(keyed("123456789"), Found::Invalid);
}

#[test]
fn yes_and_no_are_told_whether_asked_or_not() {
    let said = |text| spanish().understand(&Heard::text(text), &Expect::default()).yes_no.map(|y| y.0);
    assert_eq!(said("sí, vale"), Some(true));
    assert_eq!(said("qué va"), Some(false));
}

#[test]
fn only_intents_that_are_valid_now_come_back() {
    let mut expect = expecting(Kind::YesNo, false);
    expect.intents = vec!["hablar_con_persona".into()];
    let understood = spanish().understand(&Heard::text("quiero hablar con una persona"), &expect);
    assert_eq!(understood.intents.first().map(|i| i.0.as_str()), Some("hablar_con_persona"));
    let understood = spanish().understand(&Heard::text("quiero pedir cita"), &expect);
    assert!(understood.intents.iter().all(|i| i.0 == "hablar_con_persona"));
}
