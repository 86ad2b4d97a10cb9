//! «A citizen may correct anything at any time», and `go: back`: with sub-dialogs, digressions and bookings between.

use dialogs::Value;

use super::{Files, Talk, bot, change, dialog, main_dialog, passes};

const ALWAYS: &str = "always:\n  volver: { go: back }\n  repetir: { repeat: last }\n  corregir: { ask: tel }\n  aparte: { run: aparte, then: return }\n";
const ASIDE: &str = "dialog: aparte\nslots: { duda: { type: kb(normas), ask: ¿Qué duda tiene? } }\nsteps: [{ forget: duda }, { collect: duda }, { say: \"{duda.respuesta}\" }]\n";
const SLOTS: &str = "slots:\n  cosa: { type: list(cosas), ask: ¿Qué cosa? }\n  tel: { type: digits(9), ask: ¿Qué número? }\n  dia: { type: es.fecha, ask: ¿Qué día? }\n";

fn with(steps: &str, sub: &str) -> Files {
    bot(&[
        ("prueba.yaml", &main_dialog(&format!("{SLOTS}{ALWAYS}steps:\n{steps}"))),
        ("aparte.yaml", ASIDE),
        (
            "sub.yaml",
            &format!(
                "dialog: sub\ntakes: {{ de: text }}\nreturns: sitio\nslots:\n  calle: {{ type: free_text, ask: \"¿Qué calle, para {{de}}?\" }}\nsteps:\n{sub}  - set: {{ sitio: \"calle {{calle}}\" }}\n"
            ),
        ),
    ])
}

fn plain() -> Files {
    with(
        "  - collect: [cosa, tel]\n  - say: Apunto {cosa.nombre} y {tel}.\n  - collect: dia\n  - run: sub\n    with: { de: \"{cosa.nombre}\" }\n    save: lugar\n  - confirm: ¿{cosa.nombre}, {dia}, {lugar}?\n    if_denied: { end: no }\n  - end: hecho\n",
        "",
    )
}

#[test]
fn a_correction_says_the_new_value_and_goes_back_to_the_first_step_that_used_the_old_one() {
    passes(
        &plain(),
        "cases:
  - name: «no, mejor la farola»
    turns:
      - user: quiero empezar
      - user: fuga
      - keys: '600000000'
      - expect: { said: Apunto el agua y 600000000. ¿Qué día? }
      - user: no, mejor la farola
      - expect: { said: 'De acuerdo, la luz. Apunto la luz y 600000000. ¿Qué día?', slots: { cosa: luz, tel: 600000000 } }
  - name: at a confirmation, with a no and the new value in one
    turns: [{ user: quiero empezar }, { user: fuga }, { keys: '600000000' }, { user: el jueves }, { user: mayor }, { user: 'no, mejor la farola' }, { expect: { said: 'De acuerdo, la luz.' } }]
    expect: { slots: { cosa: luz } }
  - name: in a sub-dialog, which is begun anew with the new value
    turns:
      - user: quiero empezar
      - user: fuga
      - keys: '600000000'
      - user: el jueves
      - expect: { said: '¿Qué calle, para el agua?' }
      - user: no, mejor la farola
      - expect: { said: 'De acuerdo, la luz. Apunto la luz y 600000000. ¿Qué calle, para la luz?', asks: calle }
      - user: mayor
      - expect: { said: '¿la luz, jueves catorce de mayo, calle mayor?' }
",
    );
}

#[test]
fn what_was_told_and_has_not_changed_is_not_told_again() {
    let told = with(
        "  - collect: cosa\n  - say: Miro {cosa.nombre}.\n  - collect: tel\n  - say: Llamo a {tel}.\n  - collect: dia\n  - say: Va el {dia}.\n  - confirm: ¿Es correcto?\n    if_denied: { end: no }\n  - end: hecho\n",
        "",
    );
    passes(
        &told,
        "cases:
  - name: the first value again, and then the second
    turns:
      - user: quiero empezar
      - user: fuga
      - keys: '600000000'
      - user: el jueves
      - expect: { said: [Miro el agua., Llamo a 600000000., 'Va el jueves catorce de mayo. ¿Es correcto?'] }
      - user: no, mejor la farola
      - expect: { said: 'De acuerdo, la luz. Miro la luz. ¿Es correcto?', not_said: [Llamo, Va el] }
      - user: no, mejor el viernes
      - expect: { said: 'Va el viernes quince de mayo. ¿Es correcto?', not_said: [Llamo, Miro] }
",
    );
    let asked_again = with(
        "  - collect: cosa\n  - say: Miro {cosa.nombre}.\n  - forget: dia\n  - collect: dia\n  - say: Va el {dia}.\n  - confirm: ¿Es correcto?\n    if_denied: { end: no }\n  - end: hecho\n",
        "",
    );
    passes(
        &asked_again,
        "cases:
  - name: what is asked anew on the way and answered otherwise is told
    turns:
      - user: quiero empezar
      - user: fuga
      - user: el jueves
      - expect: { said: Va el jueves catorce de mayo. }
      - user: no, mejor la farola
      - expect: { asks: dia }
      - user: el viernes
      - expect: { said: Va el viernes quince de mayo. }
",
    );
}

#[test]
fn a_no_and_the_new_value_in_the_next_turn_correct_too() {
    // The no leads where the designer says; what was wrong may be something else than what is asked then.
    let files = dialog(&format!(
        "{SLOTS}steps:\n  - collect: [cosa, dia]\n  - id: seguro\n    confirm: ¿{{cosa.nombre}} el {{dia}}?\n    if_denied: [{{ forget: dia }}, {{ goto: seguro }}]\n  - end: hecho\n"
    ));
    passes(
        &files,
        "cases:
  - name: «no», and then what it is
    turns:
      - user: quiero empezar
      - user: 'la fuga, el jueves'
      - user: no
      - expect: { said: ¿Qué día?, asks: dia }
      - user: la farola
      - expect: { said: 'De acuerdo, la luz. ¿Qué día?', slots: { cosa: luz }, asks: dia }
      - user: el martes
      - expect: { said: ¿la luz el martes doce de mayo? }
      - user: sí
    expect: { end: hecho }
",
    );
}

#[test]
fn a_private_value_is_corrected_without_being_said() {
    let files = change(plain(), "prueba.yaml", "ask: ¿Qué número?", "ask: ¿Qué número?, private: true");
    let mut talk = Talk::begun(&files);
    talk.say("fuga").keys("600000000").say("mejor seis cero cero cero cero cero cero cero uno");
    assert!(talk.said().starts_with("De acuerdo, corregido."), "{}", talk.said());
    assert_eq!(talk.run.slots()["tel"], Value::Digits("600000001".into()));
    assert!(!talk.written().contains("60000000"));
}

#[test]
fn what_has_been_booked_cant_be_corrected_away_nor_taken_back() {
    let booked = |main: &str, sub: &str| {
        with(
            &format!(
                "  - collect: [cosa, tel]\n{main}  - confirm: ¿Sigo con {{cosa.nombre}}?\n    if_denied: {{ end: no }}\n  - end: hecho\n"
            ),
            sub,
        )
    };
    let send = "  - send_sms: { to: \"600000000\", template: recibido }\n";
    let run = "  - run: sub\n    with: { de: \"{cosa.nombre}\" }\n    save: lugar\n";
    for files in [
        // Between the first use and now: in the dialog, or in one that it has run since.
        booked(&format!("  - say: Apunto {{cosa.nombre}}.\n{send}"), ""),
        booked(run, send),
    ] {
        let mut talk = Talk::begun(&files);
        talk.say("fuga").keys("600000000");
        if talk.asks() == Some("calle") {
            talk.say("mayor");
        }
        assert!(talk.said().ends_with("¿Sigo con el agua?"), "{}", talk.said());
        talk.say("no, mejor la farola");
        assert_eq!(talk.said(), "Eso ya está hecho y no puedo cambiarlo desde aquí. ¿Sigo con el agua?");
        assert_eq!(talk.run.slots()["cosa"].to_string(), "agua");
    }
    // At work in the sub-dialog that has booked.
    let mut talk = Talk::begun(&booked(run, send));
    talk.say("fuga").keys("600000000");
    assert_eq!(talk.asks(), Some("calle"));
    let before = talk.all.iter().filter(|o| matches!(o, dialogs::Output::Sms(_))).count();
    talk.say("no, mejor la farola");
    assert!(talk.said().starts_with("Eso ya está hecho"), "{}", talk.said());
    assert_eq!(
        talk.all.iter().filter(|o| matches!(o, dialogs::Output::Sms(_))).count(),
        before,
        "nothing is sent twice"
    );
}

#[test]
fn back_takes_the_last_answer_back_and_asks_again() {
    passes(
        &plain(),
        "cases:
  - name: one after another, to the beginning
    turns:
      - user: quiero empezar
      - user: fuga
      - keys: '600000000'
      - user: el jueves
      - expect: { asks: calle }
      - user: volver atrás
      - expect: { said: ¿Qué día?, asks: dia }
      - user: volver atrás
      - expect: { said: ¿Qué número?, asks: tel }
      - user: volver atrás
      - expect: { said: ¿Qué cosa?, asks: cosa }
      - user: volver atrás
      - expect: { said: ¿Qué cosa?, asks: cosa }
      - user: farola
      - keys: '600000001'
      - expect: { asks: dia, said: Apunto la luz y 600000001. }
  - name: out of a sub-dialog, into the dialog that runs it, and in again
    turns:
      - user: quiero empezar
      - user: fuga
      - keys: '600000000'
      - user: el jueves
      - expect: { said: '¿Qué calle, para el agua?' }
      - user: volver atrás
      - user: el martes
      - expect: { asks: calle, slots: { dia: 2026-05-12 } }
  - name: into a sub-dialog that has come back already
    turns:
      - user: quiero empezar
      - user: fuga
      - keys: '600000000'
      - user: el jueves
      - user: mayor
      - expect: { said: calle mayor? }
      - user: volver atrás
      - expect: { said: '¿Qué calle, para el agua?', asks: calle }
      - user: luna
      - expect: { said: 'calle luna?', slots: { lugar: calle luna } }
",
    );
}

#[test]
fn back_in_a_digression_leaves_it_and_takes_nothing_back() {
    passes(
        &plain(),
        "cases:
  - name: the question that it interrupted is asked again
    turns:
      - user: quiero empezar
      - user: fuga
      - user: tengo una duda
      - expect: { said: ¿Qué duda tiene?, asks: duda }
      - user: volver atrás
      - expect: { said: ¿Qué número?, asks: tel, slots: { cosa: agua } }
  - name: what it has answered is not asked again
    turns:
      - user: quiero empezar
      - user: fuga
      - user: tengo una duda
      - user: cuándo se paga
      - expect: { said: Hasta el treinta de junio. ¿Qué número? }
      - user: volver atrás
      - expect: { said: ¿Qué cosa?, asks: cosa }
",
    );
}

#[test]
fn back_stops_where_something_was_booked_and_without_answers_repeats() {
    let files = with(
        "  - collect: cosa\n  - say: Apunto {cosa.nombre}.\n  - send_sms: { to: \"600000000\", template: recibido }\n  - confirm: ¿Sigo?\n    if_denied: { end: no }\n  - end: hecho\n",
        "",
    );
    passes(
        &files,
        "cases:
  - name: a border
    turns: [{ user: quiero empezar }, { user: fuga }, { user: volver atrás }, { expect: { said: ¿Sigo?, slots: { cosa: agua } } }]
",
    );
    passes(
        &plain(),
        "cases:\n  - { name: nothing given, turns: [{ user: quiero empezar }, { user: volver atrás }], expect: { said: ¿Qué cosa?, asks: cosa } }\n",
    );
}

#[test]
fn a_rule_that_asks_anew_does_what_used_the_old_value_again() {
    passes(
        &plain(),
        "cases:
  - name: asked for, and used again
    turns:
      - user: quiero empezar
      - user: fuga
      - keys: '600000000'
      - user: el jueves
      - user: cambiar el número
      - expect: { said: ¿Qué número?, asks: tel }
      - keys: '600000001'
      - expect: { said: 'Apunto el agua y 600000001. ¿Qué calle, para el agua?', asks: calle, slots: { tel: 600000001 } }
  - name: with the same value nothing is done again
    turns: [{ user: quiero empezar }, { user: fuga }, { keys: '600000000' }, { user: cambiar el número }, { expect: { asks: tel } }, { keys: '600000000' }, { expect: { said: ¿Qué día?, not_said: Apunto } }]
",
    );
}
