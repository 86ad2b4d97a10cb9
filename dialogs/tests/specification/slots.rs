//! «Slots»: every key of a slot. What each type takes is shown by the language's own tests and by `tests/types.rs`.

use std::{sync::Arc, time::Duration};

use dialogs::{BargeIn, Found, Input, Output, Understood, Value, testing::TestLanguage};

use super::{Ears, Talk, change, dialog, passes, refused};

/// A bot that asks for one slot, says it back and ends.
fn asking(slot: &str) -> super::Files {
    dialog(&format!(
        "slots: {{ dato: {{ {slot} }} }}\nsteps: [{{ collect: dato }}, {{ say: \"Es {{dato}}.\" }}, {{ end: hecho }}]\n"
    ))
}

#[test]
fn each_attempt_has_its_question_and_the_last_one_stays_with_an_apology() {
    passes(
        &change(
            asking("type: digits(4), ask: [¿Qué número?, Dígalo despacio., Tecléelo.]"),
            "centro.yaml",
            "no_match: { tries: 3",
            "no_match: { tries: 9",
        ),
        "cases:
  - name: three wordings
    turns:
      - user: quiero empezar
      - expect: { said: ¿Qué número?, asks: dato }
      - user: bla bla
      - expect: { said: Dígalo despacio., not_said: Perdone }
      - user: bla bla
      - expect: { said: Tecléelo., not_said: Perdone }
      - user: bla bla
      - expect: { said: 'Perdone, no le he entendido. Tecléelo.', asks: dato }
      - keys: '1234'
    expect: { slots: { dato: 1234 }, end: hecho }
",
    );
    passes(
        &asking("type: digits(4), ask: ¿Qué número?"),
        "cases:
  - name: one wording
    turns:
      - user: quiero empezar
      - user: bla bla
      - expect: { said: 'Perdone, no le he entendido. ¿Qué número?' }
      - silence: 6s
      - expect: { said: 'Perdone, no le he oído. ¿Qué número?' }
",
    );
}

#[test]
fn a_refused_value_is_told_with_the_slots_words_or_else_the_bots() {
    passes(
        &asking("type: digits(4), ask: ¿Qué número?, invalid: Tiene cuatro cifras. ¿Cuál es?"),
        "cases:
  - name: own words stand for the question too
    turns: [{ user: quiero empezar }, { expect: { asks: dato } }, { user: uno dos tres cuatro cinco }, { expect: { said: 'Tiene cuatro cifras. ¿Cuál es?', not_said: ¿Qué número?, asks: dato } }]
",
    );
    passes(
        &asking("type: digits(4), ask: ¿Qué número?"),
        "cases:
  - name: the bot's words come before the question
    turns: [{ user: quiero empezar }, { user: uno dos tres cuatro cinco }, { expect: { said: 'Ese dato no es correcto. ¿Qué número?' } }]
  - name: by keys too
    turns: [{ user: quiero empezar }, { keys: '12#' }, { expect: { said: 'Ese dato no es correcto. ¿Qué número?' } }]
",
    );
}

/// A day, an hour and an interval have opening hours; what is refused is asked for again with the reason.
#[test]
fn within_refuses_what_is_closed_and_what_is_past_in_every_type_that_has_a_time() {
    let within = |kind: &str| asking(&format!("type: {kind}, ask: ¿Cuándo?, within: oficina.horario"));
    passes(
        &within("es.fecha"),
        "cases:
  - name: a day
    turns:
      - user: quiero empezar
      - user: el sábado
      - expect: { said: 'Entonces está cerrado. ¿Cuándo?', asks: dato }
      - user: el viernes
      - expect: { said: 'Entonces está cerrado. ¿Cuándo?' }
      - user: el jueves
      - expect: { slots: { dato: 2026-05-14 }, end: hecho }
",
    );
    passes(
        &within("es.hora"),
        "cases:
  - name: an hour at which it opens on some day
    turns:
      - user: quiero empezar
      - user: a las siete de la mañana
      - expect: { said: 'Entonces está cerrado. ¿Cuándo?', asks: dato }
      - user: a las cinco de la tarde
      - expect: { slots: { dato: '17:00' }, end: hecho }
",
    );
    passes(
        &within("es.datetime_range"),
        "cases:
  - name: a part of a day
    turns:
      - user: quiero empezar
      - user: mañana por la tarde
      - expect: { said: 'Entonces está cerrado. ¿Cuándo?', asks: dato }
      - user: hoy a las nueve de la mañana
      - expect: { said: 'Ese día ya ha pasado. ¿Cuándo?', asks: dato }
      - user: mañana
      - expect: { slots: { dato: 2026-05-12T00:00/2026-05-13T00:00 }, end: hecho }
",
    );
    passes(
        &asking("type: es.fecha, ask: ¿Cuándo?, within: oficina.horario, invalid: Ese día no abrimos."),
        "cases:
  - name: the slot's own words
    turns: [{ user: quiero empezar }, { user: el sábado }, { expect: { said: Ese día no abrimos., not_said: cerrado } }]
",
    );
    assert_eq!(
        refused(&within("digits(4)")),
        ["prueba.yaml:4:58: digits(4) has no opening hours; take `within` away"]
    );
}

#[test]
fn a_day_that_is_over_is_not_after_today_and_a_birth_is_past_with_its_year() {
    passes(
        &asking("type: es.fecha, ask: ¿Cuándo fue?, within: past"),
        "cases:
  - name: a day to come
    turns:
      - user: quiero empezar
      - user: mañana
      - expect: { said: 'Ese día todavía no ha llegado. ¿Cuándo fue?', asks: dato }
      - user: hoy
    expect: { slots: { dato: 2026-05-11 }, end: hecho }
",
    );
    passes(
        &asking("type: es.nacimiento, ask: ¿Cuándo nació?"),
        "cases:
  - name: the year is asked on
    turns:
      - user: quiero empezar
      - user: el jueves
      - expect: { asks: dato }
      - user: el jueves de 1970
    expect: { slots: { dato: 1970-05-14 }, end: hecho }
  - name: by keys
    turns:
      - user: quiero empezar
      - keys: '14052040'
      - expect: { said: 'Ese día todavía no ha llegado. ¿Cuándo nació?', asks: dato }
      - keys: '14051880'
      - expect: { said: 'Ese dato no es correcto. ¿Cuándo nació?', asks: dato }
      - keys: '14051970'
    expect: { slots: { dato: 1970-05-14 }, end: hecho }
",
    );
    assert_eq!(
        refused(&asking("type: es.nacimiento, ask: ¿Cuándo?, within: past")),
        ["prueba.yaml:4:62: es.nacimiento is always in the past; take `within` away"]
    );
    assert_eq!(
        refused(&asking("type: es.hora, ask: ¿Cuándo?, within: past")),
        ["prueba.yaml:4:56: an hour of no day is neither past nor to come; take `within` away"]
    );
}

#[test]
fn within_takes_several_intervals_if_it_is_open_in_one() {
    passes(
        &asking("type: es.datetime_range, ask: ¿Cuándo?, within: oficina.horario"),
        "cases:
  - name: closed in both
    turns:
      - user: quiero empezar
      - user: el viernes o el sábado
      - expect: { said: 'Entonces está cerrado. ¿Cuándo?', asks: dato }
      - user: el jueves o el sábado
    expect: { slots: { dato: '2026-05-14T00:00/2026-05-15T00:00,2026-05-16T00:00/2026-05-17T00:00' }, end: hecho }
",
    );
}

#[test]
fn of_several_intervals_a_service_gets_the_hull_and_what_is_in_none_of_them_is_not_offered() {
    let files = dialog(
        "slots: { dato: { type: es.datetime_range, ask: ¿Cuándo? } }\n\
         steps:\n  - call: agenda.huecos\n    with: { dia: \"{dato}\" }\n    save: huecos\n    on_error: { end: mal }\n  \
         - choose: hueco\n    from: huecos\n    say: 'Tengo {options | spoken}. ¿Cuál?'\n    none_fits: { end: ninguno }\n  \
         - end: hecho\n    say: 'El {hueco.inicio | spoken}.'\n",
    );
    passes(
        &files,
        "services:
  agenda.huecos: { returns: [{ id: a, inicio: 2026-05-12T09:00 }, { id: b, inicio: 2026-05-13T09:00 }, { id: c, inicio: 2026-05-15T09:00 }] }
cases:
  - name: what lies between is left out
    turns:
      - user: quiero empezar
      - user: el martes o el viernes
      - expect: { said: 'Tengo martes doce de mayo a las nueve de la mañana o viernes quince', not_said: miércoles }
      - user: la segunda
    expect:
      said: viernes quince
      called: { agenda.huecos: { dia: '2026-05-12T00:00/2026-05-16T00:00' } }
      end: hecho
  - name: nothing is left
    turns: [{ user: quiero empezar }, { user: el jueves o el sábado }]
    expect: { end: ninguno }
  - name: one interval leaves all
    turns: [{ user: quiero empezar }, { user: el jueves }, { expect: { said: Tengo martes } }]
",
    );
}

#[test]
fn when_two_values_fit_the_citizen_says_which() {
    let list = "type: list(cosas), ask: ¿Qué cosa?";
    passes(
        &asking(&format!("{list}, unclear: '¿Dice {{first.nombre}}, de código {{first.codigo}}, o {{second}}?'")),
        "cases:
  - name: own words, with parts of the two
    turns:
      - user: quiero empezar
      - user: agua de la farola, no, la fuga de la farola
      - expect: { said: '¿Dice el agua, de código 012, o la luz?', asks: dato }
      - user: la segunda
    expect: { slots: { dato: luz }, end: hecho }
  - name: by key
    turns: [{ user: quiero empezar }, { user: la fuga de la farola }, { keys: '1' }]
    expect: { slots: { dato: agua }, end: hecho }
  - name: none of them
    turns: [{ user: quiero empezar }, { user: la fuga de la farola }, { user: ninguna }, { expect: { said: ¿Qué cosa?, asks: dato } }]
",
    );
    passes(
        &asking(list),
        "cases:
  - name: the bot's words
    turns: [{ user: quiero empezar }, { user: la fuga de la farola }, { expect: { said: ¿Se refiere a el agua o a la luz? } }, { user: la luz }]
    expect: { slots: { dato: luz } }
",
    );
    passes(
        &asking("type: kb(normas), ask: ¿Qué duda?, unclear: '¿{first.titulo} o {second.titulo}?'"),
        "cases:
  - name: two entries that fit make the slot's unclear question
    turns: [{ user: quiero empezar }, { user: lo que se paga }, { expect: { said: ¿el plazo o la forma de pago? } }, { user: la primera }]
    expect: { slots: { dato: plazo }, end: hecho }
",
    );
    assert_eq!(
        refused(&asking(&format!("{list}, unclear: '¿Dice {{first.titulo}}?'"))),
        ["prueba.yaml:4:71: `first` has no `titulo`; it has id, nombre, codigo"]
    );
}

#[test]
fn a_value_is_confirmed_always_never_or_when_it_was_heard_badly() {
    let confirm = |rule: &str| asking(&format!("type: list(cosas), ask: ¿Qué cosa?{rule}"));
    let heard = |rule: &str, confidence: f32| {
        let slot = format!("type: list(cosas), ask: ¿Qué cosa?{rule}");
        let files = dialog(&format!(
            "slots: {{ dato: {{ {slot} }}, otro: {{ type: yes_no, ask: ¿Y otra? }} }}\nsteps: [{{ collect: [dato, otro] }}, {{ end: hecho }}]\n"
        ));
        let mut talk = Talk::begun(&files);
        talk.unsure("la farola", confidence).said()
    };
    for (rule, badly, well) in [
        ("", false, false),
        (", confirm: never", false, false),
        (", confirm: when_unsure", true, false),
        (", confirm: always", true, true),
    ] {
        assert_eq!(heard(rule, 0.5).starts_with("He entendido la luz"), badly, "{rule}");
        assert_eq!(heard(rule, 1.0).starts_with("He entendido la luz"), well, "{rule}");
    }
    passes(
        &confirm(", confirm: always"),
        "cases:
  - name: a yes goes on
    turns: [{ user: quiero empezar }, { user: farola }, { expect: { said: '¿Es correcto?', asks: dato } }, { user: sí }]
    expect: { end: hecho, said: Es la luz. }
  - name: keys 1 and 2
    turns: [{ user: quiero empezar }, { user: farola }, { keys: '2' }, { expect: { said: ¿Qué cosa? } }, { user: fuga }, { keys: '1' }]
    expect: { end: hecho, slots: { dato: agua } }
  - name: a no asks again, and the new value is confirmed too
    turns: [{ user: quiero empezar }, { user: farola }, { user: no }, { expect: { said: ¿Qué cosa?, asks: dato } }, { user: fuga }, { expect: { said: He entendido el agua } }, { user: sí }]
    expect: { end: hecho, slots: { dato: agua } }
  - name: a no with the right value is believed
    turns: [{ user: quiero empezar }, { user: farola }, { user: 'no, fuga' }]
    expect: { end: hecho, slots: { dato: agua } }
",
    );
}

#[test]
fn a_question_is_heard_as_its_listen_says() {
    let files = asking(
        "type: digits(4), ask: ¿Qué número?, listen: { pause: 1800ms, barge_in: keys, keypad: { digits: 8, end: '*', between: 2s } }",
    );
    let talk = Talk::begun(&files);
    let listen = talk.listen();
    assert_eq!((listen.pause, listen.barge_in), (Duration::from_millis(1800), BargeIn::Keys));
    let keypad = listen.keypad.clone().unwrap();
    assert_eq!((keypad.digits, keypad.end, keypad.between), (8, Some('*'), Duration::from_secs(2)));
    assert!(talk.prompts().iter().all(|p| p.barge_in == BargeIn::Keys));
    // What a slot leaves out is the centre's; what that leaves out is the language's.
    let files = change(
        asking("type: list(cosas), ask: ¿Qué cosa?"),
        "centro.yaml",
        "queues:",
        "listen: { pause: 900ms, barge_in: never }\nqueues:",
    );
    let talk = Talk::begun(&files);
    assert_eq!((talk.listen().pause, talk.listen().barge_in), (Duration::from_millis(900), BargeIn::Never));
    let plain = Talk::begun(&asking("type: list(cosas), ask: ¿Qué cosa?"));
    assert_eq!((plain.listen().pause, plain.listen().barge_in), (Duration::from_millis(700), BargeIn::Voice));
}

#[test]
fn single_keys_stand_for_values_and_are_four_at_most() {
    passes(
        &asking("type: list(cosas), ask: ¿Qué cosa?, keys: { 1: agua, 2: luz }"),
        "cases:
  - name: by key
    turns: [{ user: quiero empezar }, { keys: '2' }]
    expect: { slots: { dato: luz } }
  - name: a key of nothing
    turns: [{ user: quiero empezar }, { keys: '7' }, { expect: { asks: dato } }]
",
    );
    let keys =
        |keys: &str, kind: &str| refused(&asking(&format!("type: {kind}, ask: ¿Qué?, keys: {{ {keys} }}")));
    assert_eq!(
        keys("1: 1, 2: 2, 3: 3, 4: 4, 5: 5", "number"),
        [
            "prueba.yaml:4:50: more than four keys in one question; nobody remembers more: ask by voice, or in two questions"
        ]
    );
    assert!(keys("1: gas", "list(cosas)")[0].contains("unknown entry of the catalogue `gas`"));
    assert!(keys("10: agua", "list(cosas)")[0].contains("this is not a key: `10`"));
}

#[test]
fn a_no_that_begins_like_a_correction_is_a_no() {
    let files = dialog(
        "slots:\n  cosa: { type: list(cosas), ask: ¿Qué cosa? }\n  papel: { type: yes_no, ask: ¿Tiene el papel? }\n\
         steps: [{ collect: [cosa, papel] }, { if: papel, then: { end: con } }, { end: sin }]\n",
    );
    for (words, outcome, cosa) in [
        ("no, no lo tengo", Some("sin"), "agua"),
        ("sí, sí", Some("con"), "agua"),
        ("no, mejor la farola", None, "luz"),
    ] {
        let bot = super::loaded(&files);
        // What follows «no, no» is read as a correction, and so no value is found in it.
        let language = Arc::new(Ears(TestLanguage::new(&bot), |mut all: Understood| {
            all.slots.retain(|s| !matches!(s.found, Found::Valid(Value::YesNo(_))));
            Understood { correction: true, ..all }
        }));
        let mut talk = Talk::with(bot, language, "c1");
        talk.say("quiero empezar").say("fuga").say(words);
        assert_eq!(
            (talk.outcome(), talk.run.slots()["cosa"].to_string().as_str()),
            (outcome, cosa),
            "{words}"
        );
    }
}

#[test]
fn an_end_key_ends_what_is_keyed_and_is_no_part_of_it() {
    let files = asking("type: 'digits(4, 6)', ask: ¿Qué número?");
    for keys in ["12345#", "12345"] {
        let mut talk = Talk::begun(&files);
        talk.keys(keys);
        assert_eq!(talk.run.slots()["dato"].to_string(), "12345");
        assert_eq!(talk.outcome(), Some("hecho"));
    }
    let mut talk = Talk::begun(&files);
    assert_eq!(talk.listen().keypad.as_ref().unwrap().end, Some('#'));
    // An answer that takes no key ignores them.
    talk.keys("#");
    assert_eq!(talk.asks(), Some("dato"));
}

#[test]
fn a_star_clears_what_was_keyed() {
    for keys in ["12*12345", "12*12345#", "*12345", "1*2*12345"] {
        let mut talk = Talk::begun(&asking("type: 'digits(4, 6)', ask: ¿Qué número?"));
        talk.keys(keys);
        assert_eq!(talk.run.slots()["dato"].to_string(), "12345", "{keys}");
    }
}

#[test]
fn keys_are_ignored_where_nothing_can_be_keyed() {
    let mut talk = Talk::begun(&asking("type: free_text, ask: ¿Qué quiere?"));
    assert_eq!(talk.listen().keypad, None);
    talk.feed(Input::Keys("5".into()));
    assert_eq!(talk.asks(), Some("dato"));
    assert!(!talk.out.iter().any(|o| matches!(o, Output::End(_))));
}

#[test]
fn a_value_said_in_pieces_is_put_together() {
    passes(
        &asking("type: es.nif, ask: [¿Su DNI?, ¿Y la letra?]"),
        "cases:
  - name: the letter after the next question
    turns:
      - user: quiero empezar
      - user: uno dos tres cuatro cinco seis siete ocho
      - expect: { said: ¿Y la letra?, asks: dato }
      - user: zeta
    expect: { slots: { dato: 12345678Z }, end: hecho }
  - name: who begins anew is believed
    turns:
      - user: quiero empezar
      - user: uno dos tres
      - user: uno dos tres cuatro cinco seis siete ocho zeta
    expect: { slots: { dato: 12345678Z }, end: hecho }
  - name: other words between don't lose it
    turns:
      - user: quiero empezar
      - user: uno dos tres cuatro cinco seis siete ocho
      - user: espere
      - user: zeta
    expect: { slots: { dato: 12345678Z }, end: hecho }
",
    );
    passes(
        &asking("type: digits(6), ask: ¿Qué número?"),
        "cases:
  - name: in two halves
    turns: [{ user: quiero empezar }, { user: uno dos tres }, { user: cuatro cinco seis }]
    expect: { slots: { dato: '123456' }, end: hecho }
",
    );
}
