//! «Texts and conditions»: values, filters, variants, recordings, marks, conditions.

use std::time::Duration;

use dialogs::{Bot, Input};

use super::{Talk, change, dialog, loaded, passes, refused};

const NIF: &str = "slots:\n  nif: { type: es.nif, ask: ¿Su DNI? }\n  n: { type: number, ask: ¿Cuántos? }\n  cosa: { type: list(cosas), ask: ¿Qué cosa? }\n";

fn saying(text: &str) -> super::Files {
    dialog(&format!("{NIF}steps:\n  - collect: nif\n  - say: {text}\n  - end: hecho\n"))
}

fn says(text: &str) -> String {
    Talk::begun(&saying(text)).keys("12345678").said()
}

#[test]
fn a_value_is_said_as_it_is_or_through_a_filter() {
    assert_eq!(says("\"{nif}\""), "12345678Z");
    assert_eq!(says("\"{nif | spelled}\""), "1 2 3 4 5 6 7 8 Z");
    assert_eq!(says("\"{nif | masked}\""), "terminado en 78Z");
    assert_eq!(says("\"{nif | grouped}\""), "12 34 56 78 Z");
    assert_eq!(says("\"{now | spoken}\""), "lunes once de mayo a las diez de la mañana");
    assert!(
        refused(&saying("\"{nif | spell}\""))[0].contains("unknown filter `spell`; did you mean `spelled`?")
    );
    assert!(
        refused(&saying("\"{nif.letra}\""))[0]
            .starts_with("prueba.yaml:10:12: `nif` has no `letra`; it has no parts")
    );
}

#[test]
fn names_are_slots_and_what_steps_name_and_a_few_of_the_languages_own() {
    assert_eq!(
        says("\"{call.from} {call.to} {language} {now.fecha} {now.hora}\""),
        "600000000 010 es lunes once de mayo las diez de la mañana"
    );
    passes(
        &dialog("steps:\n  - if: consent.sms\n    then: { end: si }\n    else: { end: no }\n"),
        "cases:\n  - { name: nobody has agreed, turns: [{ user: quiero empezar }], expect: { end: 'no' } }\n",
    );
    let talk =
        Talk::begun(&dialog("steps:\n  - if: consent.sms\n    then: { end: si }\n    else: { end: no }\n"));
    assert_eq!(talk.outcome(), Some("si"));
    for (text, said) in [
        ("\"{nombre}\"", "prueba.yaml:10:12: unknown name `nombre`"),
        ("\"{nfi}\"", "prueba.yaml:10:12: unknown name `nfi`; did you mean `nif`?"),
        ("\"{call.who}\"", "prueba.yaml:10:12: `call` has no `who`"),
        ("\"{call}\"", "prueba.yaml:10:12: `call` has no"),
        ("\"{options}\"", "prueba.yaml:10:12: unknown name `options`"),
        ("\"{1a}\"", "prueba.yaml:10:11: `1a` is not a name"),
        ("\"{nif\"", "prueba.yaml:10:11: a `{` without its `}`"),
        ("\"nif}\"", "prueba.yaml:10:14: a `}` without its `{`"),
    ] {
        assert!(refused(&saying(text))[0].starts_with(said), "{text}: {:?}", refused(&saying(text)));
    }
}

#[test]
fn variants_are_heard_in_turn_by_one_contact() {
    let files = dialog(
        "steps:\n  - id: vuelta\n    say: { any: [Uno., Dos., Tres.] }\n  - confirm: ¿Más?\n    if_denied: { end: no }\n  - goto: vuelta\n",
    );
    let mut talk = Talk::begun(&files);
    let mut heard = vec![talk.said()];
    for _ in 0..3 {
        heard.push(talk.say("sí").said());
    }
    assert_eq!(heard, ["Uno. ¿Más?", "Dos. ¿Más?", "Tres. ¿Más?", "Uno. ¿Más?"]);
    assert!(
        refused(&change(files, "prueba.yaml", "[Uno., Dos., Tres.]", "[Uno.]"))[0]
            .contains("one variant is none")
    );
}

#[test]
fn a_recording_is_played_and_its_words_are_the_text() {
    let files = dialog("steps: [{ say: { audio: hola.wav, text: Hola a todos. } }, { end: hecho }]\n");
    let talk = Talk::begun(&files);
    let prompt = talk.prompts()[0];
    assert_eq!((prompt.audio.as_deref(), prompt.text.as_str()), (Some("hola.wav"), "Hola a todos."));
    assert_eq!(prompt.speech[0].text, "Hola a todos.", "said where the recording is missing");
    assert_eq!(loaded(&files).recordings(), ["hola.wav"]);
    for (from, to, why) in [
        ("hola.wav", "hola.mp3", "this is not the name of a recording"),
        ("hola.wav", "../hola.wav", "this is not the name of a recording"),
        (", text: Hola a todos.", "", "this lacks `text`"),
        ("Hola a todos.", "\"Hola, {call.from}.\"", "a recording can't say values or variants"),
    ] {
        assert!(
            refused(&change(files.clone(), "prueba.yaml", from, to)).iter().any(|s| s.contains(why)),
            "{why}"
        );
    }
}

#[test]
fn wherever_a_text_is_said_there_may_be_variants_or_a_recording() {
    for text in ["{ any: [A., B.] }", "{ audio: a.wav, text: A. }"] {
        let files = dialog(&format!(
            "slots:\n  n: {{ type: number, ask: [{text}, ¿Y?], invalid: {text} }}\nalways: {{ repetir: {{ say: {text} }} }}\nsteps:\n  - say: {text}\n  - collect: n\n  - confirm: {text}\n    if_denied: {{ end: no, say: {text} }}\n  - call: agenda.buscar\n    while_waiting: {{ after: 1s, say: {text} }}\n    on_error: {{ handoff: personas, reason: r, say: {text} }}\n  - end: hecho\n    say: {text}\n"
        ));
        loaded(&change(
            change(files, "centro.yaml", "¿Qué desea?", text),
            "centro.yaml",
            "recibido: Hemos",
            "otro: Hemos",
        ));
    }
}

#[test]
fn marks_pause_slow_down_and_spell_and_ssml_is_read_as_them() {
    let piece = |text: &str| {
        let files = saying(text);
        let mut talk = Talk::begun(&files);
        talk.keys("12345678");
        let prompt = talk.prompts()[0].clone();
        assert!(!prompt.text.contains('<'), "{}", prompt.text);
        prompt
    };
    let prompt = piece("Uno.<break time=\"300ms\"/>Dos.<slow>Tres.</slow>");
    let pieces: Vec<_> = prompt.speech.iter().map(|s| (s.text.as_str(), s.rate, s.pause)).collect();
    assert_eq!(
        pieces,
        [
            ("Uno.", 1.0, Duration::from_millis(300)),
            ("Dos.", 1.0, Duration::ZERO),
            ("Tres.", 0.75, Duration::ZERO)
        ]
    );
    assert_eq!(piece("Es <spell>{nif}</spell>.").text, "Es 1 2 3 4 5 6 7 8 Z.");
    assert_eq!(piece("Es <spell>AB</spell>.").text, "Es A B.");
    for (ssml, own) in [
        ("<prosody rate=\"slow\">Uno.</prosody>", "<slow>Uno.</slow>"),
        ("<say-as interpret-as=\"characters\">AB</say-as>", "<spell>AB</spell>"),
    ] {
        assert_eq!(piece(ssml), piece(own));
    }
    for text in [
        "<emphasis>a</emphasis>",
        "<prosody rate=\"fast\">a</prosody>",
        "<break/>",
        "<break time=\"6s\"/>",
        "<slow>a",
    ] {
        assert!(Bot::from_files(&saying(&format!("'{text}'"))).is_err(), "{text}");
    }
}

#[test]
fn conditions_decide_by_kind() {
    let ends = |condition: &str| {
        let files = dialog(&format!(
            "{NIF}steps:\n  - collect: [nif, n, cosa]\n  - if: {condition}\n    then: {{ end: si }}\n  - end: no\n"
        ));
        let mut talk = Talk::begun(&files);
        talk.keys("12345678").feed(Input::Keys("5".into())).say("fuga");
        talk.outcome() == Some("si")
    };
    for (condition, holds) in [
        ("n == 5", true),
        ("n != 5", false),
        ("n < 6 and n <= 5 and n > 4 and n >= 5", true),
        ("n > 5 or n < 5", false),
        ("not (n > 5 or n < 5)", true),
        ("cosa == 'agua'", true),
        ("cosa != \"agua\"", false),
        ("nif == '12345678Z'", true),
        ("nif is empty", false),
        ("nif is not empty", true),
        ("consent.sms", true),
        ("consent.sms == false", false),
        ("consent.email == true", false),
        ("oficina.horario is open", true),
        ("oficina.horario is closed", false),
        ("not oficina.horario is closed", true),
        ("now.hora >= '09:00' and now.fecha == '2026-05-11'", true),
        ("now > '2026-05-11T09:59'", true),
        ("n == -5", false),
        ("n < 5.5", true),
    ] {
        assert_eq!(ends(&format!("\"{}\"", condition.replace('"', "\\\""))), holds, "{condition}");
    }
}

#[test]
fn what_is_compared_is_of_one_kind_and_there_is_nothing_else() {
    let wrong = |condition: &str| {
        refused(&dialog(&format!(
            "{NIF}steps:\n  - collect: [nif, n, cosa]\n  - if: \"{condition}\"\n    then: {{ end: si }}\n  - end: no\n"
        )))
    };
    for (condition, why) in [
        ("n == 'cinco'", "number and text can't be compared"),
        ("nif > 5", "es.nif and number can't be compared"),
        ("cosa == 'gas'", "list(cosas) has no `gas`"),
        ("now == 5", "datetime and number can't be compared"),
        ("n", "this is number, not yes or no"),
        ("length(nif) > 3", "`(` is not expected here"),
        ("n + 1 > 3", "`+` is not expected here"),
        ("n = 5", "`=` is not expected here"),
        ("n ==", "the condition ends too early"),
        ("(n > 1", "a `(` without its `)`"),
        ("n is full", "`empty`, `open` or `closed` is expected after `is`"),
        ("oficina.tarde is open", "unknown opening hours `oficina.tarde`"),
        ("nombre is empty", "unknown name `nombre`"),
        ("5", "nothing is compared"),
        ("n == 'x", "a quote that is not closed"),
    ] {
        let said = wrong(condition);
        assert!(said.iter().any(|s| s.contains(why)), "{condition}: {said:?}");
    }
    let deep = format!("{}n == 5{}", "(".repeat(40), ")".repeat(40));
    assert!(wrong(&deep)[0].contains("a condition nested too deep"));
}
