//! «always, limits, handoffs».

use std::{sync::Arc, time::Duration};

use dialogs::{Danger, Expect, Filter, Found, Heard, Input, Kind, Language, Understood, Value};

use super::{Files, Talk, bot, change, loaded, main_dialog, mistakes, passes, refused};

const ASK: &str = "slots:\n  n: { type: 'digits(4)', ask: ¿Qué número? }\n  tel: { type: 'digits(9)', ask: ¿Y el teléfono? }\n";

fn with(rules: &str) -> Files {
    bot(&[
        (
            "prueba.yaml",
            &main_dialog(&format!("{ASK}{rules}steps: [{{ collect: [n, tel] }}, {{ end: hecho }}]\n")),
        ),
        (
            "aparte.yaml",
            "dialog: aparte\nslots: { cosa: { type: list(cosas), ask: ¿Qué cosa? } }\nsteps: [{ collect: cosa }, { say: \"Sobre {cosa.nombre}.\" }]\n",
        ),
    ])
}

#[test]
fn a_person_the_last_words_and_the_last_answer_are_there_at_any_time() {
    passes(
        &with("always:\n  persona: { handoff: personas, reason: lo_pide }\n  repetir: { repeat: last }\n  volver: { go: back }\n  corregir: { ask: n, say: El bueno. }\n"),
        "cases:
  - { name: at the opening, turns: [{ user: una persona }], expect: { handoff: { reason: lo_pide } } }
  - { name: at a question, turns: [{ user: quiero empezar }, { user: páseme con alguien }], expect: { handoff: { reason: lo_pide } } }
  - { name: the last words again, turns: [{ user: quiero empezar }, { expect: { asks: n } }, { user: otra vez }, { expect: { said: ¿Qué número?, asks: n } }] }
  - { name: the last answer back, turns: [{ user: quiero empezar }, { keys: '1234#' }, { expect: { asks: tel } }, { user: atrás }, { expect: { said: ¿Qué número?, asks: n } }] }
  - { name: a slot anew, turns: [{ user: quiero empezar }, { keys: '1234#' }, { user: cambiar el número }, { expect: { said: El bueno. ¿Qué número?, asks: n } }, { keys: '4321#' }, { expect: { asks: tel, slots: { n: 4321 } } }] }
",
    );
}

#[test]
fn a_digression_answers_and_the_question_is_asked_again() {
    for rule in ["{ run: aparte, then: return }", "[{ run: aparte }]"] {
        passes(
            &with(&format!("always:\n  aparte: {rule}\n")),
            "cases:
  - name: there and back
    turns:
      - user: quiero empezar
      - user: tengo una duda
      - expect: { said: ¿Qué cosa?, asks: cosa }
      - user: fuga
      - expect: { said: 'Sobre el agua. ¿Qué número?', asks: n }
      - keys: '1234#'
      - expect: { asks: tel }
",
        );
    }
}

#[test]
fn the_voice_is_slower_faster_and_normal_from_then_on() {
    let rates = |rule: &str| -> Vec<f32> {
        let files =
            with(&format!("always: {{ despacio: {{ speak: slower }}, aparte: {{ speak: {rule} }} }}\n"));
        let mut talk = Talk::begun(&files);
        talk.say("vaya lento");
        let mut out = vec![talk.prompts()[0].speech[0].rate];
        talk.say("tengo una duda");
        out.push(talk.prompts()[0].speech[0].rate);
        talk.keys("1234#");
        out.push(talk.prompts()[0].speech[0].rate);
        out
    };
    assert_eq!(rates("slower"), [0.8, 0.8 * 0.8, 0.8 * 0.8]);
    assert_eq!(rates("normal"), [0.8, 1.0, 1.0]);
    assert_eq!(rates("faster"), [0.8, 1.0, 1.0]);
}

#[test]
fn tries_are_counted_in_a_row_and_start_anew_when_a_value_is_understood() {
    let files = with(
        "limits:\n  no_input: { after: 4s, tries: 2, then: { end: silencio } }\n  no_match: { tries: 3, then: { end: nada } }\n",
    );
    passes(
        &files,
        "cases:
  - { name: silence, turns: [{ user: quiero empezar }, { silence: 3s }, { expect: { asks: n } }, { silence: 4s }, { expect: { asks: n } }, { silence: 4s }], expect: { end: silencio } }
  - { name: nonsense, turns: [{ user: quiero empezar }, { user: bla }, { user: bla }, { expect: { asks: n } }, { user: bla }], expect: { end: nada } }
  - { name: not in a row, turns: [{ user: quiero empezar }, { user: bla }, { user: bla }, { keys: '1234#' }, { user: bla }, { user: bla }, { expect: { asks: tel } }, { user: bla }], expect: { end: nada } }
  - { name: silence not in a row, turns: [{ user: quiero empezar }, { silence: 4s }, { keys: '1234#' }, { silence: 4s }, { expect: { asks: tel } }, { silence: 4s }], expect: { end: silencio } }
",
    );
    assert_eq!(Talk::begun(&files).listen().no_input, Duration::from_secs(4));
    let said = refused(&change(files, "prueba.yaml", "tries: 3", "tries: 11"));
    assert!(said[0].contains("write a number from 1 to 10"), "{said:?}");
}

#[test]
fn anger_has_a_limit_and_an_emergency_comes_before_anything_else() {
    let files = with(
        "limits:\n  upset: { level: 0.8, then: { end: enfado } }\n  emergency: { words: [no respira, hay fuego], then: { handoff: urgencias, reason: emergencia } }\nhandoffs:\n  urgencias: { number: \"112\", no_answer: { after: 30s, end: sin_respuesta, say: Llame al 112. } }\n",
    );
    passes(
        &files,
        "cases:
  - { name: anger, turns: [{ user: quiero empezar }, { user: estoy harto }], expect: { end: enfado } }
  - { name: an emergency, turns: [{ user: quiero empezar }, { user: mi padre ¡NO RESPIRA! }], expect: { handoff: { number: '112', reason: emergencia } } }
  - { name: before anger and before a person, turns: [{ user: quiero empezar }, { user: 'estoy harto, una persona, hay fuego' }], expect: { handoff: { reason: emergencia } } }
  - { name: at the opening too, turns: [{ user: hay fuego en casa }], expect: { handoff: { reason: emergencia } } }
  - { name: other words are none, turns: [{ user: quiero empezar }, { user: no respiraba bien el motor }], expect: { asks: n } }
",
    );
    // While a service is waited for, too.
    let files =
        change(files, "prueba.yaml", "steps: [", "steps: [{ call: agenda.buscar, on_error: { end: mal } }, ");
    let mut talk = Talk::begun(&files);
    talk.call();
    talk.say("hay fuego");
    assert_eq!(talk.handoff().unwrap().reason, "emergencia");
}

fn warnings(files: &Files) -> Vec<String> {
    loaded(files).warnings().iter().map(ToString::to_string).collect()
}

/// Hears danger in everything.
struct Alarmed;

impl Language for Alarmed {
    fn understand(&self, _: &Heard, _: &Expect) -> Understood {
        Understood { danger: Danger::Sure, ..Understood::default() }
    }

    fn read_aloud(&self, value: &Value, _: Filter, _: chrono::NaiveDateTime) -> String {
        value.to_string()
    }

    fn validate(&self, _: &Kind, _: &str, _: chrono::NaiveDateTime) -> Found {
        Found::Invalid
    }

    fn is_backchannel(&self, _: &str) -> bool {
        false
    }
}

const URGENCIES: &str = "handoffs:\n  urgencias: { number: \"112\", no_answer: { after: 30s, end: sin_respuesta, say: Llame al 112. } }\n";

#[test]
fn danger_in_doubt_is_asked_about_and_what_was_said_may_still_be_the_answer() {
    let rule =
        "limits:\n  emergency: { words: [chispas], then: { handoff: urgencias, reason: emergencia } }\n";
    let files = with(&format!("{rule}{URGENCIES}"));
    passes(
        &files,
        "cases:
  - { name: yes, turns: [{ user: quiero empezar }, { user: aquí hay peligro }, { expect: { said: '¿Hay alguien en peligro ahora?' } }, { user: sí }], expect: { handoff: { reason: emergencia } } }
  - { name: by key, turns: [{ user: quiero empezar }, { user: aquí hay peligro }, { keys: '1' }], expect: { handoff: { reason: emergencia } } }
  - { name: no, turns: [{ user: quiero empezar }, { user: aquí hay peligro }, { user: no }], expect: { asks: n } }
  - { name: what was said is the answer, turns: [{ user: quiero empezar }, { user: '1234, y hay peligro' }, { keys: '2' }, { expect: { slots: { n: 1234 } } }], expect: { asks: tel } }
  - { name: denied, turns: [{ user: quiero empezar }, { user: 'aquí sin chispas ni peligro' }], expect: { not_said: '¿Hay alguien' } }
  - { name: danger told again is a yes, turns: [{ user: quiero empezar }, { user: aquí hay peligro }, { user: chispas }], expect: { handoff: { reason: emergencia } } }
  - { name: who does not answer it is asked once more and then handed to 112, turns: [{ user: quiero empezar }, { user: aquí hay peligro }, { silence: 7s }, { expect: { said: '¿Hay alguien en peligro ahora?' } }, { silence: 7s }], expect: { handoff: { reason: emergencia } } }
  - { name: what is no answer twice is for people, turns: [{ user: quiero empezar }, { user: aquí hay peligro }, { user: bla }, { user: bla }], expect: { handoff: { reason: no_entendido } } }
  - { name: who only agrees has said nothing, turns: [{ user: quiero empezar }, { user: aquí hay peligro }, { user: vale }, { expect: { said: '¿Hay alguien en peligro ahora?' } }, { user: 'no, vale' }], expect: { asks: n } }
  - { name: a person may be asked for, turns: [{ user: quiero empezar }, { user: aquí hay peligro }, { user: una persona }], expect: { handoff: { reason: lo_pide } } }
  - { name: at the opening, turns: [{ user: hay peligro }, { expect: { said: '¿Hay alguien en peligro ahora?' } }, { user: no }, { user: quiero empezar }], expect: { asks: n } }
",
    );
    let own = change(
        files,
        "prueba.yaml",
        "words: [chispas]",
        "ask: ¿Está usted a salvo del peligro?, words: [chispas]",
    );
    let mut talk = Talk::begun(&own);
    talk.say("hay peligro");
    assert_eq!(talk.said(), "¿Está usted a salvo del peligro?");
}

#[test]
fn danger_is_asked_about_while_a_service_is_waited_for_and_its_reply_is_kept() {
    let rule = "limits:\n  emergency: { then: { handoff: urgencias, reason: emergencia } }\n";
    let files = with(&format!("{rule}{URGENCIES}"));
    let files =
        change(files, "prueba.yaml", "steps: [", "steps: [{ call: agenda.buscar, on_error: { end: mal } }, ");
    let mut talk = Talk::begun(&files);
    let call = talk.call().id;
    talk.say("hay peligro");
    assert_eq!(talk.said(), "¿Hay alguien en peligro ahora?");
    talk.feed(Input::Reply { call, result: Err(dialogs::CallError::Timeout) });
    assert_eq!(talk.outcome(), None, "the reply waits for the answer");
    talk.say("no");
    assert_eq!(talk.outcome(), Some("mal"), "and is taken then");
}

#[test]
fn words_of_danger_that_are_heard_badly_are_asked_about_and_never_acted_on() {
    let rule =
        "limits:\n  emergency: { words: [hay fuego], then: { handoff: urgencias, reason: emergencia } }\n";
    let mut talk = Talk::begun(&with(&format!("{rule}{URGENCIES}")));
    talk.unsure("hay fuego", 0.1);
    assert_eq!(talk.said(), "¿Hay alguien en peligro ahora?");
    assert!(talk.handoff().is_none());
}

#[test]
fn doubts_are_asked_about_twice_at_most() {
    let rule = "limits:\n  emergency: { then: { handoff: urgencias, reason: emergencia } }\n";
    let mut talk = Talk::begun(&with(&format!("{rule}{URGENCIES}")));
    for asked in [true, true, false] {
        talk.say("hay peligro");
        assert_eq!(talk.said().contains("¿Hay alguien en peligro ahora?"), asked);
        if asked {
            talk.say("no");
        }
    }
}

#[test]
fn a_bot_that_hands_nobody_over_is_warned_of_and_tells_the_number() {
    let files = with("");
    let warned = warnings(&files);
    assert!(warned.iter().any(|w| w.contains("nobody takes over from who is in danger")), "{warned:?}");
    let mut talk = Talk::with(loaded(&files), Arc::new(Alarmed), "c1");
    talk.say("quiero empezar");
    assert!(
        talk.said().starts_with("Si hay alguien en peligro, cuelgue y marque el uno uno dos."),
        "{}",
        talk.said()
    );
    talk.say("quiero empezar");
    assert!(!talk.said().contains("uno uno dos"), "told once: {}", talk.said());
    let rule = "limits:\n  emergency: { then: { handoff: urgencias, reason: emergencia } }\n";
    let warned = warnings(&with(&format!("{rule}{URGENCIES}")));
    assert!(!warned.iter().any(|w| w.contains("danger")), "{warned:?}");
}

#[test]
fn a_limit_that_asks_is_reached_once_and_an_emergency_is_one_once() {
    let ask = "[{ say: Le llamamos. }, { collect: tel }, { end: dejado }]";
    let files = with(&format!(
        "limits:\n  no_input: {{ tries: 2, then: {ask} }}\n  upset: {{ level: 0.8, then: {ask} }}\n  emergency: {{ words: [hay fuego], then: {ask} }}\n"
    ));
    passes(
        &files,
        "cases:
  - { name: who says nothing there either is handed over, turns: [{ user: quiero empezar }, { silence: 12s }, { expect: { said: Le llamamos. ¿Y el teléfono? } }, { silence: 12s }], expect: { handoff: { reason: no_entendido } } }
  - { name: who is still angry is heard, turns: [{ user: quiero empezar }, { user: estoy harto }, { expect: { asks: tel } }, { user: estoy harto seis cero cero cero cero cero cero cero cero }], expect: { end: dejado } }
  - { name: who says again what happens is heard, turns: [{ user: quiero empezar }, { user: hay fuego }, { expect: { asks: tel } }, { user: hay fuego seis cero cero cero cero cero cero cero cero }], expect: { end: dejado } }
",
    );
    for limit in ["no_input", "no_match"] {
        let said = refused(&with(&format!("limits: {{ {limit}: {{ then: {{ say: ¿Sigue ahí? }} }} }}\n")));
        assert_eq!(
            said,
            [format!(
                "prueba.yaml:7:31: this limit can run out of steps, and the question is asked again: `{limit}`; end it: hand over, `end`, or run a dialog that always ends"
            )]
        );
    }
}

#[test]
fn a_handoff_carries_what_it_says_and_whispers() {
    let files = with(
        "handoffs:\n  personas:\n    queue: siempre\n    carry: [n, tel, reason, summary, transcript, audio_offset]\n    whisper: \"{n | grouped}, {tel}. Motivo: {reason}.\"\n    assist: [kb.normas, agenda.buscar]\n    closed: { end: c, say: C. }\n    no_answer: { after: 9s, end: n, say: N. }\n",
    );
    let mut talk = Talk::begun(&files);
    // The centre's rule hands over as the dialog at work says; what is empty is neither carried nor whispered.
    talk.keys("1234#");
    talk.now += chrono::TimeDelta::milliseconds(7500);
    talk.say("una persona");
    let handoff = talk.handoff().unwrap();
    assert_eq!(
        (handoff.queue.as_str(), handoff.reason.as_str(), handoff.no_answer),
        ("siempre", "lo_pide", Some(Duration::from_secs(9)))
    );
    let carried: Vec<&str> = handoff.carried.keys().map(String::as_str).collect();
    assert_eq!(carried, ["audio_offset", "n", "reason", "summary", "transcript"]);
    assert_eq!(handoff.carried["audio_offset"].to_string(), "7.5", "seconds since the contact began");
    assert_eq!(handoff.whisper.as_deref(), Some("12 34, . Motivo: lo_pide."));
    assert!(handoff.carried["transcript"].to_string().contains("citizen: una persona"));
    assert_eq!(talk.outcome(), Some("handed_off"));
    for (from, to, why) in [
        ("carry: [n", "carry: [m", "unknown thing to carry `m`"),
        ("kb.normas", "agenda.nada", "unknown source of suggestions `agenda.nada`"),
        ("queue: siempre", "queue: nunca", "unknown queue `nunca`"),
        ("{tel}", "{tfno}", "unknown name `tfno`"),
    ] {
        assert!(refused(&change(files.clone(), "prueba.yaml", from, to))[0].contains(why), "{why}");
    }
}

#[test]
fn a_closed_queue_has_its_exit_each_time_somebody_asks() {
    let files = with(
        "handoffs:\n  personas: { queue: personas, closed: [{ say: No hay nadie. }, { run: aparte }, { end: dejado }], no_answer: { after: 9s, end: n, say: N. } }\n",
    );
    let mut talk = Talk::begun(&files);
    talk.now += chrono::TimeDelta::days(6);
    talk.say("una persona");
    assert_eq!(talk.said(), "No hay nadie. ¿Qué cosa?");
    talk.say("una persona");
    assert_eq!(talk.said(), "No hay nadie. ¿Qué cosa?", "nobody is there the second time either");
    talk.say("fuga");
    assert_eq!(talk.outcome(), Some("dejado"));
    // The centre's exit, where the dialog has none of its own.
    let mut talk = Talk::new(&with(""));
    talk.now += chrono::TimeDelta::days(6);
    talk.say("una persona");
    assert_eq!((talk.said().as_str(), talk.outcome()), ("Ahora no hay nadie.", Some("cerrado")));
}

#[test]
fn a_handoff_that_nobody_takes_goes_on_at_its_no_answer() {
    let files = with(
        "handoffs:\n  personas: { queue: siempre, closed: { end: c, say: C. }, no_answer: { after: 9s, run: dejar } }\n",
    );
    let leave = "dialog: dejar\nsteps: [{ collect: tel }, { callback: { to: \"{tel}\", queue: siempre } }, { end: dejado, say: Le llamamos. }]\n";
    let mut files = files;
    files.push(("dejar.yaml".into(), leave.into()));
    let mut talk = Talk::begun(&files);
    talk.say("una persona");
    assert_eq!(talk.outcome(), Some("handed_off"));
    talk.feed(Input::NotTaken);
    assert_eq!((talk.said().as_str(), talk.asks()), ("¿Y el teléfono?", Some("tel")));
    talk.keys("600000000");
    assert_eq!(talk.outcome(), Some("dejado"));
}

#[test]
fn a_number_takes_a_handoff_without_a_queue() {
    let files = with(
        "always: { persona: { handoff: fuera, reason: lo_pide } }\nhandoffs:\n  fuera: { number: \"+34910000000\", no_answer: { after: 30s, end: nadie, say: No contestan. } }\n",
    );
    let mut talk = Talk::begun(&files);
    talk.say("una persona");
    let handoff = talk.handoff().unwrap();
    assert_eq!((handoff.number.as_deref(), handoff.queue.as_str()), (Some("+34910000000"), ""));
    talk.feed(Input::NotTaken);
    assert_eq!((talk.said().as_str(), talk.outcome()), ("No contestan.", Some("nadie")));
    for (from, to, why) in [
        ("number: \"", "queue: siempre, number: \"", "a handoff to a number has no `queue`"),
        ("number: \"", "closed: { end: x }, number: \"", "a handoff to a number has no `closed`"),
        ("\"+34910000000\"", "\"91 000\"", "this is not a telephone number"),
    ] {
        assert!(
            refused(&change(files.clone(), "prueba.yaml", from, to)).iter().any(|s| s.contains(why)),
            "{why}"
        );
    }
}

#[test]
fn rules_of_the_centre_hold_in_all_dialogs_and_a_dialogs_own_come_first() {
    passes(
        &with("always: { persona: { end: propia } }\nlimits: { no_match: { tries: 1, then: { end: nada } } }\n"),
        "cases:
  - { name: own rule, turns: [{ user: quiero empezar }, { user: una persona }], expect: { end: propia } }
  - { name: own limit, turns: [{ user: quiero empezar }, { user: bla }], expect: { end: nada } }
  - { name: the centre's other limit, turns: [{ user: quiero empezar }, { silence: 18s }], expect: { handoff: { reason: silencio } } }
",
    );
}

#[test]
fn an_unknown_rule_or_a_wrong_one_is_told() {
    for (rules, why) in [
        ("always: { persna: { repeat: last } }\n", "unknown intent `persna`; did you mean `persona`?"),
        ("always: { repetir: { repeat: all } }\n", "unknown thing to repeat `all`"),
        ("always: { repetir: { speak: loud } }\n", "unknown way to speak `loud`"),
        ("always: { repetir: { go: forth } }\n", "unknown way to go `forth`"),
        ("always: { repetir: { run: aparte, then: stay } }\n", "unknown way to go on `stay`"),
        ("limits: { upset: { level: 2, then: { end: x } } }\n", "write a number from 0.1 to 1"),
        ("limits: { upset: { level: 0, then: { end: x } } }\n", "level is not such a number: `0`"),
        (
            "limits: { emergency: { words: [fuego, \"no\"], then: { end: x } } }\n",
            "7:39: everybody says this, in danger or not: `no`; write what is said in danger only, as `hay chispas`, or take it away",
        ),
        (
            "limits: { emergency: { words: [\"7\"], then: { end: x } } }\n",
            "everybody says this, in danger or not: `7`",
        ),
        ("limits: { no_input: { after: 6, then: { end: x } } }\n", "after is not a time with its unit"),
        ("limits: { no_match: { tries: 2 } }\n", "this lacks `then`"),
        ("limits: { emergency: { words: [], then: { end: x } } }\n", "no words stand in `words`"),
        ("limits: { anger: { then: { end: x } } }\n", "limits has no `anger`"),
    ] {
        let said = mistakes(&with(rules));
        assert!(said.iter().any(|s| s.starts_with("prueba.yaml:7:") && s.contains(why)), "{why}: {said:?}");
    }
}
