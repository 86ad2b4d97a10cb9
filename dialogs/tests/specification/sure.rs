//! «How sure»: from which confidence on each thing is done, and what is asked before.

use std::sync::Arc;

use dialogs::{Input, Output, Understood, What, testing::TestLanguage};
use serde_json::json;

use super::{Ears, Files, Talk, bot, dialog, main_dialog, mistakes, passes};

/// Slots of each kind, a confirmation, a consent, and what may be said at any time.
const ALL: &str = "slots:
  nif: { type: es.nif, ask: ¿DNI? }
  cosa: { type: list(cosas), ask: ¿Qué cosa? }
  dia: { type: es.fecha, ask: ¿Qué día? }
steps:
  - { collect: [nif, cosa] }
  - { confirm: ¿Lo hago?, if_denied: { end: sin_cambios } }
  - { call: agenda.anular, with: { hueco: \"h\" }, on_error: { end: fallo } }
  - { end: hecho }
always:
  volver: { end: abandonado }
  aparte: { say: A las nueve. }
  repetir: { repeat: last }
";

fn at_confirm() -> Talk {
    let mut talk = Talk::begun(&dialog(ALL));
    talk.keys("12345678").say("fuga");
    assert_eq!(talk.said(), "¿Lo hago?");
    talk
}

fn done(talk: &Talk) -> bool {
    talk.out.iter().any(|o| matches!(o, Output::Call(call) if call.method != "GET"))
}

fn counted(talk: &Talk) -> bool {
    let is = |o: &Output| matches!(o, Output::Note(e) if matches!(e.what, What::NotUnderstood { .. } | What::Silence { .. }));
    talk.out.iter().any(is)
}

#[test]
fn each_thing_is_done_from_its_floor_on() {
    let files = dialog(ALL);
    // The intent that starts a dialog: its confidence is nine tenths of the ear's here.
    let started = |c: f32| Talk::new(&files).unsure("quiero empezar", c).run.asks() == Some("nif");
    assert!(started(0.40) && !started(0.38));
    // What proves itself, and what does not.
    let nif = "doce treinta y cuatro cincuenta y seis setenta y ocho zeta";
    let nif = |c: f32| Talk::begun(&files).unsure(nif, c).run.slots().contains_key("nif");
    assert!(nif(0.18) && !nif(0.17));
    let filled = |words: &str, slot: &str, c: f32| {
        Talk::begun(&files).keys("12345678").unsure(words, c).run.slots().contains_key(slot)
    };
    assert!(filled("fuga", "cosa", 0.36) && !filled("fuga", "cosa", 0.34));
    // What was not asked for.
    assert!(filled("el viernes", "dia", 0.61) && !filled("el viernes", "dia", 0.59));
    // What may be said at any time.
    let aside = |c: f32| Talk::begun(&files).unsure("tengo una duda", c).said().contains("A las nueve");
    assert!(aside(0.67) && !aside(0.66));
    // A yes and a no.
    let yes = |c: f32| done(at_confirm().unsure("sí", c));
    assert!(yes(0.76) && !yes(0.74));
    let no = |c: f32| at_confirm().unsure("no", c).outcome().is_some();
    assert!(no(0.76) && !no(0.74));
}

#[test]
fn the_floors_are_those_of_the_centre() {
    let centre = |floors: &str| {
        let text = include_str!("common/centro.yaml");
        bot(&[("centro.yaml", &format!("{text}confidence: {floors}\n")), ("prueba.yaml", &main_dialog(ALL))])
    };
    let files = centre("{ accept: 0.2, act: 0.57, sure: 0.6 }");
    let mut talk = Talk::begun(&files);
    talk.keys("12345678").unsure("fuga", 0.21).unsure("sí", 0.61);
    assert!(done(&talk));
    // In order, and none so low that it lets everything through.
    let doubt = |key: &str, found: &str, usual: &str| {
        format!(
            "words in doubt are worth 0.55, and `{key}` is not above it: `{found}`; write more than 0.55; it is {usual} unless written"
        )
    };
    let order = "what is sure is acted on, and that is accepted: `accept` ≤ `act` ≤ `sure`";
    for (floors, said) in [
        ("{ accept: 0.7, act: 0.6 }", vec![format!("25:33: `act` is not between `accept` and `sure`: `0.6`; {order}")]),
        ("{ accept: 0.9, sure: 0.8 }", vec![format!("25:23: `accept` is above `sure`: `0.9`; {order}")]),
        ("{ act: 0.55 }", vec![format!("25:20: {}", doubt("act", "0.55", "0.6"))]),
        ("{ sure: 0.5 }", vec![format!("25:21: {}", doubt("sure", "0.5", "0.75"))]),
        (
            "{ accept: 0, act: 0, sure: 0 }",
            vec![
                "25:23: so low an `accept` takes noise for words: `0`; write 0.1 at least; it is 0.35 unless written".to_owned(),
                format!("25:31: {}", doubt("act", "0", "0.6")),
                format!("25:40: {}", doubt("sure", "0", "0.75")),
            ],
        ),
        ("{ sure: 1.1 }", vec!["25:21: sure is not such a number: `1.1`; write a number from 0 to 1".to_owned()]),
    ] {
        let said: Vec<String> = said.iter().map(|line| format!("centro.yaml:{line}")).collect();
        assert_eq!(mistakes(&centre(floors)), said, "{floors}");
    }
}

/// What the checker and the document say of the languages, which the engine has.
#[test]
fn the_numbers_of_the_document_are_those_of_the_languages() {
    let language = include_str!("../../../engine/call/src/language/mod.rs");
    assert_eq!(dialogs::language::IN_DOUBT, 0.55);
    for number in ["SURE_INTENT: f32 = 0.9;", "OUT_OF_SCOPE: f32 = 0.5;"] {
        assert!(language.contains(&format!("const {number}")), "{number}");
    }
    let assent = include_str!("../../../engine/call/src/language/assent.rs");
    assert!(assent.contains("const RIVAL: f32 = 0.5;"));
}

#[test]
fn an_answer_comes_before_an_intent_of_the_same_words() {
    for (kind, said, floor) in [
        ("digits(2)", "no sé yo", 0.6),
        ("digits(2)", "uno dos", 0.85),
        ("yes_no", "sí", 0.85),
        ("free_text", "una farola", 0.9),
    ] {
        let files = dialog(&format!(
            "slots: {{ n: {{ type: {kind}, ask: ¿Qué? }} }}\nalways: {{ aparte: {{ say: A las nueve. }} }}\nsteps: [{{ collect: n }}, {{ end: hecho, say: Hecho. }}]\n"
        ));
        for (sure, followed) in [(floor - 0.01, false), (floor, true)] {
            let talk = heard_with(&files, ("aparte", sure, false), |talk| {
                talk.say(said);
            });
            assert_eq!(talk.said().contains("A las nueve."), followed, "{kind}, «{said}», {sure}");
        }
    }
}

/// A contact whose dialog has begun by its key, with ears that hear this intent in all that is said, so sure of it, and
/// whether it is said plainly.
fn heard_with(files: &Files, intent: (&'static str, f32, bool), goes_on: impl Fn(&mut Talk)) -> Talk {
    let bot = super::loaded(files);
    let (name, sure, plainly) = intent;
    let hears = move |all| Understood { intents: vec![(name.to_owned(), sure)], plainly, ..all };
    let mut talk = Talk::with(bot.clone(), Arc::new(Ears(TestLanguage::new(&bot), hears)), "c1");
    talk.keys("1");
    goes_on(&mut talk);
    talk
}

#[test]
fn an_intent_beside_a_pick_or_a_yes_is_followed_only_if_it_is_said_plainly() {
    let files = dialog(
        "always: { aparte: { say: A las nueve. }, volver: { end: abandonado, say: Adiós. } }
steps:
  - { call: agenda.huecos, with: { dia: hoy }, save: hay, on_error: { end: fallo, say: Falla. } }
  - { choose: h, from: hay, say: \"Tengo {options | spoken}.\", none_fits: { end: nada, say: Nada. } }
  - { confirm: ¿Sí?, if_denied: { end: no, say: No. } }
  - { end: hecho, say: Hecho. }
",
    );
    let options =
        json!([{ "id": "a", "inicio": "2026-05-14T17:00" }, { "id": "b", "inicio": "2026-05-15T10:00" }]);
    for plainly in [false, true] {
        let talk = heard_with(&files, ("aparte", 1.0, plainly), |talk| {
            talk.reply(options.clone()).say("la primera");
        });
        assert_eq!(talk.said().contains("A las nueve."), plainly, "{}", talk.said());
        // By its key the option is picked without a word.
        let talk = heard_with(&files, ("volver", 1.0, plainly), |talk| {
            talk.reply(options.clone()).keys("1").say("sí");
        });
        let asked = talk.said() == "¿Quiere dejarlo?";
        assert_eq!((talk.outcome() == Some("hecho"), asked), (!plainly, plainly), "{}", talk.said());
    }
}

#[test]
fn a_yes_and_a_no_that_were_not_heard_well_are_asked_about() {
    let mut talk = at_confirm();
    talk.unsure("sí", 0.5);
    assert_eq!((talk.said().as_str(), done(&talk), counted(&talk)), ("¿Ha dicho que sí?", false, false));
    assert!(done(talk.unsure("sí", 0.5)));
    let mut talk = at_confirm();
    talk.unsure("sí", 0.5).unsure("no", 0.9);
    assert_eq!((talk.outcome(), done(&talk)), (Some("sin_cambios"), false));
    let mut talk = at_confirm();
    talk.unsure("no", 0.5);
    assert_eq!(talk.said(), "¿Ha dicho que no?");
    assert_eq!(talk.say("no").said(), "¿Lo hago?");
    assert_eq!(talk.unsure("no", 0.5).keys("1").outcome(), Some("sin_cambios"));
}

#[test]
fn what_changes_something_outside_at_once_is_read_back_first() {
    let files = dialog(
        "slots: { aviso: { type: yes_no, ask: ¿Le aviso? } }\nsteps:\n  - collect: aviso\n  - send_sms: { to: \"{call.from}\", template: recibido, needs: aviso }\n  - end: hecho\n",
    );
    let sent = |talk: &Talk| talk.out.iter().any(|o| matches!(o, Output::Sms(_)));
    let mut talk = Talk::begun(&files);
    assert!(!sent(talk.unsure("sí", 0.5)) && talk.said().contains("¿Ha dicho que sí?"));
    assert!(sent(talk.say("sí")));
    assert!(sent(Talk::begun(&files).unsure("sí", 0.9)));
}

#[test]
fn what_the_contact_ends_with_is_read_back_below_act() {
    let files = dialog(
        "slots: { cosa: { type: list(cosas), ask: ¿Qué cosa?, confirm: never } }\nsteps:\n  - collect: cosa\n  - end: hecho\n",
    );
    let mut talk = Talk::begun(&files);
    talk.unsure("farola", 0.5);
    assert!(talk.said().starts_with("He entendido la luz") && talk.outcome().is_none(), "{}", talk.said());
    assert_eq!(talk.say("sí").outcome(), Some("hecho"));
    assert_eq!(Talk::begun(&files).unsure("farola", 0.65).outcome(), Some("hecho"));
}

#[test]
fn an_option_that_changes_something_at_once_is_read_back_below_sure() {
    let files = dialog(
        "steps:\n  - { call: agenda.huecos, with: { dia: hoy }, save: huecos, on_error: { end: mal } }\n  - { choose: hueco, from: huecos, say: \"Tengo {options | spoken}.\", none_fits: { end: nada } }\n  - send_sms: { to: \"{call.from}\", template: recibido }\n  - end: hecho\n",
    );
    let sent = |talk: &Talk| talk.out.iter().any(|o| matches!(o, Output::Sms(_)));
    let offered = || {
        let mut talk = Talk::begun(&files);
        talk.reply(
            json!([{ "id": "a", "inicio": "2026-05-12T10:00" }, { "id": "b", "inicio": "2026-05-13T10:00" }]),
        );
        talk
    };
    let picked = || {
        let mut talk = offered();
        talk.unsure("la primera", 0.6);
        assert!(!sent(&talk) && talk.said().starts_with("He entendido martes doce"), "{}", talk.said());
        talk
    };
    assert!(sent(picked().say("sí")));
    assert!(sent(picked().keys("1")));
    assert!(!sent(picked().unsure("sí", 0.6)));
    for no in ["no", "ninguna"] {
        let mut talk = picked();
        assert!(!sent(talk.say(no)) && talk.said().starts_with("Tengo"), "{no}: {}", talk.said());
    }
    assert!(!sent(picked().keys("2")));
    assert!(sent(offered().unsure("la primera", 0.9)));
    // What leads away is not passed over on a word hardly heard.
    assert_eq!(offered().unsure("ninguna", 0.6).outcome(), None);
    assert_eq!(offered().unsure("ninguna", 0.9).outcome(), Some("nada"));
}

#[test]
fn who_leaves_is_asked_unless_they_say_it_plainly() {
    let files = dialog(ALL);
    assert_eq!(Talk::begun(&files).say("atrás, gracias").outcome(), Some("abandonado"));
    let mut talk = Talk::begun(&files);
    assert_eq!(talk.say("atrás del todo en la esquina").said(), "¿Quiere dejarlo?");
    assert_eq!(talk.say("no").said(), "¿DNI?");
    assert!(!counted(&talk));
    talk.unsure("atrás", 0.7);
    assert_eq!(talk.said(), "¿Quiere dejarlo?");
    talk.keys("2");
    assert_eq!(talk.said(), "¿DNI?");
    talk.say("atrás del todo en la esquina");
    // What answers the question before it, answers it.
    talk.say("doce treinta y cuatro cincuenta y seis setenta y ocho zeta");
    assert_eq!(talk.asks(), Some("cosa"));
    talk.say("atrás del todo en la esquina").say("sí");
    assert_eq!(talk.outcome(), Some("abandonado"));
    let mut talk = Talk::new(&files);
    assert_eq!(talk.say("atrás del todo en la esquina").outcome(), None, "nothing has begun");
}

#[test]
fn who_wants_a_person_is_asked_only_when_it_was_not_heard_well() {
    let files = dialog(ALL);
    assert!(Talk::begun(&files).say("una persona").handoff().is_some());
    // Within a question the word alone is no wish.
    let mut talk = Talk::begun(&files);
    talk.say("quiero ya una persona de verdad");
    assert_eq!(talk.said(), "¿Quiere que le pase con una persona?");
    assert!(talk.say("sí").handoff().is_some());
    assert!(Talk::new(&files).say("quiero ya una persona de verdad").handoff().is_some());
    let mut talk = Talk::begun(&files);
    talk.unsure("una persona", 0.7);
    assert_eq!(talk.said(), "¿Quiere que le pase con una persona?");
    assert!(talk.unsure("una persona", 0.7).handoff().is_some(), "said twice");
    let outside = format!(
        "{ALL}  seguir: {{ handoff: urgencias, reason: peligro }}\nhandoffs: {{ urgencias: {{ number: \"112\", no_answer: {{ after: 30s, end: sin_respuesta, say: Cuelgue y marque el 112. }} }} }}\n"
    );
    assert!(Talk::begun(&dialog(&outside)).unsure("en catalán", 0.7).handoff().is_some());
}

#[test]
fn who_asks_for_a_moment_gets_it() {
    let mut talk = Talk::begun(&dialog(ALL));
    talk.say("espere un poco que lo busco");
    assert_eq!((talk.said().as_str(), counted(&talk)), ("Sin prisa, le espero.", false));
    for _ in 0..2 {
        assert_eq!(talk.listen().no_input.as_secs(), 20);
        talk.feed(Input::NoInput);
        assert_eq!((talk.said().as_str(), counted(&talk)), ("¿DNI?", false));
    }
    assert_eq!(talk.listen().no_input.as_secs(), 6);
    assert!(counted(talk.feed(Input::NoInput)));
    // A value in the same words is taken.
    talk.say("ya lo busco, doce treinta y cuatro cincuenta y seis setenta y ocho zeta");
    assert_eq!(talk.asks(), Some("cosa"));
    let mut talk = at_confirm();
    talk.say("espere un poco que lo apunto");
    assert_eq!((talk.said().as_str(), done(&talk)), ("Sin prisa, le espero.", false));
    assert!(done(talk.say("sí")));
}

#[test]
fn a_word_that_only_accompanies_is_no_failed_try_the_first_time() {
    let mut talk = Talk::begun(&dialog(ALL));
    assert_eq!(talk.say("ajá").said(), "¿DNI?");
    assert!(!counted(&talk));
    assert!(counted(talk.say("ajá")));
}

#[test]
fn a_value_goes_to_what_has_begun() {
    let other = "dialog: otro\nabout: Otro.\nstart_on: [corregir]\nslots: { numero: { type: 'digits(4)', ask: ¿Número? }, cosa: { type: list(cosas), ask: ¿Cuál? } }\nsteps: [{ collect: [numero, cosa] }, { end: otro }]\n";
    let files = bot(&[("prueba.yaml", &main_dialog(ALL)), ("otro.yaml", other)]);
    let mut talk = Talk::new(&files);
    talk.say("quiero empezar, uno dos tres cuatro");
    assert_eq!((talk.asks(), talk.run.slots().len()), (Some("nif"), 0));
    let mut talk = Talk::new(&files);
    talk.say("uno dos tres cuatro");
    assert_eq!(talk.asks(), None, "a bare number starts nothing");
    talk.say("corregir el número, uno dos tres cuatro");
    assert!(talk.run.slots().contains_key("numero"));
}

#[test]
fn pieces_by_voice_and_by_keys_come_together() {
    let files = dialog(
        "slots: { tel: { type: es.telefono, ask: ¿Teléfono? } }\nsteps: [{ collect: tel }, { end: hecho }]\n",
    );
    let ways: [&[&str]; 4] = [
        &["seis uno", "dos tres", "cuatro cinco", "seis siete", "ocho"],
        &["#6123", "#45678"],
        &["seis uno dos tres", "#45678"],
        &["#6123", "cuatro cinco seis siete ocho"],
    ];
    for pieces in ways {
        let mut talk = Talk::begun(&files);
        for (n, piece) in pieces.iter().enumerate() {
            match piece.strip_prefix('#') {
                Some(keys) => talk.keys(keys),
                None => talk.say(piece),
            };
            assert!(!counted(&talk), "{pieces:?}, {piece}");
            if n + 1 < pieces.len() {
                assert_eq!(talk.said(), "Siga.", "{pieces:?}, {piece}");
            }
        }
        assert_eq!(
            talk.run.slots().get("tel").map(ToString::to_string).as_deref(),
            Some("612345678"),
            "{pieces:?}"
        );
    }
    // A piece that brings nothing on is a failed try.
    let mut talk = Talk::begun(&files);
    assert!(counted(talk.say("seis uno").say("bla bla")));
}

#[test]
fn a_star_takes_back_what_was_keyed() {
    let files = dialog(
        "slots: { n: { type: 'digits(4)', ask: ¿Código? } }\nsteps: [{ collect: n }, { end: hecho }]\n",
    );
    for keys in [&["12*3456#"][..], &["9*9*3456"], &["12*#", "3456"]] {
        let mut talk = Talk::begun(&files);
        for keys in keys {
            assert!(!counted(talk.keys(keys)), "{keys}");
        }
        assert_eq!(talk.run.slots().get("n").map(ToString::to_string).as_deref(), Some("3456"), "{keys:?}");
    }
}

#[test]
fn a_star_alone_is_no_failed_try() {
    let mut talk = at_confirm();
    for keys in ["*", "1*", "**", "*#", "*"] {
        talk.out.clear();
        talk.keys(keys);
        assert!(!counted(&talk) && !done(&talk), "{keys}");
        assert_eq!(talk.said(), "¿Lo hago?", "{keys}");
    }
    assert!(done(talk.keys("2*1")));
}

#[test]
fn what_is_changed_without_a_question_is_warned_of() {
    let warned = |steps: &str| {
        let files = dialog(&format!(
            "slots: {{ cosa: {{ type: list(cosas), ask: ¿Qué? }}, seguro: {{ type: list(cosas), ask: ¿Seguro?, confirm: always }} }}\nsteps:\n{steps}  - {{ end: hecho }}\n"
        ));
        let bot = super::loaded(&files);
        bot.warnings().iter().any(|w| w.to_string().contains("nothing was confirmed"))
    };
    let change = "  - { call: agenda.anular, with: { hueco: \"{cosa.id}\" }, on_error: { end: fallo } }\n";
    let confirm = "  - { confirm: ¿Lo hago?, if_denied: { end: no } }\n";
    let collect = "  - { collect: cosa }\n";
    assert!(warned(&format!("{collect}{change}")));
    assert!(!warned(&format!("{collect}{confirm}{change}")));
    assert!(warned(&format!("{confirm}{collect}{change}")), "filled after it");
    assert!(
        warned(&format!("{collect}  - {{ confirm: ¿Lo hago?, if_denied: {{ say: Vale. }} }}\n{change}")),
        "after a no"
    );
    assert!(
        !warned(&format!("  - {{ collect: seguro }}\n{}", change.replace("cosa", "seguro"))),
        "read back by itself"
    );
    let choose = "  - { call: agenda.huecos, with: { dia: \"hoy\" }, save: l, on_error: { end: fallo } }\n  - { choose: h, from: l, say: \"¿{options | spoken}?\", none_fits: { end: no } }\n";
    let picked = change.replace("cosa", "h");
    assert!(!warned(&format!("{choose}{picked}")), "chosen");
    assert!(warned(&format!("{choose}{collect}{picked}")), "something else was asked since");
    assert!(!warned("  - { call: agenda.buscar, on_error: { end: fallo } }\n"), "it only reads");
}

#[test]
fn what_is_said_twice_over_is_a_case_for_designers_too() {
    passes(
        &dialog(ALL),
        "cases:\n  - name: asked before leaving\n    turns:\n      - user: quiero empezar\n      - user: atrás del todo\n      - expect: { said: ¿Quiere dejarlo? }\n      - user: sí\n    expect: { end: abandonado }\n",
    );
}
