//! «Steps»: each row of the table.

use dialogs::{BargeIn, Case, Input, Output, Recording};

use super::{Talk, bot, change, dialog, loaded, main_dialog, passes, refused};

const NAME: &str = "slots:\n  nombre: { type: free_text, ask: ¿Cómo se llama? }\n  tel: { type: digits(9), ask: ¿A qué número? }\n";

fn with_name(steps: &str) -> super::Files {
    dialog(&format!("{NAME}steps:\n{steps}"))
}

/// Whatever the step, the slot that it uses is asked for before anything is done.
#[test]
fn a_step_that_uses_an_empty_slot_asks_for_it_first() {
    let sub = "dialog: otra\ntakes: { quien: text }\nsteps: [{ say: \"Hola, {quien}.\" }]\n";
    for step in [
        "- say: Hola, {nombre}.",
        "- set: { saludo: \"Hola, {nombre}\" }",
        "- if: nombre == 'ana'\n    then: { say: Hola. }",
        "- confirm: ¿Se llama {nombre}?\n    if_denied: { end: no }",
        "- record: consent\n    ask: ¿Puedo grabarle, {nombre}?",
        "- run: otra\n    with: { quien: \"{nombre}\" }",
        "- call: agenda.huecos\n    with: { dia: \"{nombre}\" }\n    on_error: { end: mal }",
        "- call: agenda.huecos\n    with: { dia: hoy }\n    while_waiting: { after: 1s, say: \"Un momento, {nombre}.\" }\n    on_error: { end: mal }",
        "- case: open\n    kind: aviso\n    with: { quien: \"{nombre}\" }\n    save: caso\n    on_error: { end: mal }",
        "- send_sms: { to: \"{nombre}\", template: recibido }",
        "- send_email: { to: \"{nombre}\", template: carta }",
        "- callback: { to: \"{nombre}\", queue: siempre }",
        "- language: \"{nombre}\"",
        "- ask: tel\n    say: Dígame, {nombre}.",
    ] {
        let mut files = with_name(&format!("  {step}\n  - end: hecho\n"));
        files.push(("otra.yaml".into(), sub.into()));
        let talk = Talk::begun(&files);
        assert_eq!((talk.asks(), talk.said().as_str()), (Some("nombre"), "¿Cómo se llama?"), "{step}");
    }
    // So does what a message's template says, and a question that says another slot.
    let files = change(
        with_name("  - send_sms: { to: \"600000000\", template: recibido }\n  - end: hecho\n"),
        "centro.yaml",
        "su aviso.",
        "su aviso, {nombre}.",
    );
    assert_eq!(Talk::begun(&files).asks(), Some("nombre"));
    let files = change(
        with_name("  - collect: tel\n  - end: hecho\n"),
        "prueba.yaml",
        "¿A qué número?",
        "\"¿A qué número, {nombre}?\"",
    );
    let mut talk = Talk::begun(&files);
    assert_eq!(talk.asks(), Some("nombre"));
    assert_eq!(talk.say("ana").said(), "¿A qué número, ana?");
}

#[test]
fn questions_that_wait_for_each_other_are_refused() {
    let files = dialog(
        "slots:\n  a: { type: number, ask: \"¿Cuánto es A, si B es {b}?\" }\n  b: { type: number, ask: \"¿Y B, si A es {a}?\" }\nsteps: [{ collect: [a, b] }, { end: x }]\n",
    );
    let said = refused(&files);
    assert!(
        said[0]
            .starts_with("prueba.yaml:5:3: this question says a value that is asked for with this one: `a`"),
        "{said:?}"
    );
}

#[test]
fn handoff_and_end_ask_nothing_so_what_they_say_is_filled_before() {
    for step in [
        "end: hecho\n    say: Adiós, {nombre}.",
        "handoff: personas\n    reason: lo_pide\n    say: Le paso, {nombre}.",
    ] {
        let said = refused(&with_name(&format!("  - {step}\n")));
        assert_eq!(
            said,
            [
                "prueba.yaml:8:5: this may not be filled here: `nombre`; `collect` it before, or say something else: `handoff` and `end` ask nothing"
            ]
        );
        let talk = Talk::begun(&with_name(&format!("  - collect: nombre\n  - {step}\n"))).say("ana").said();
        assert!(talk.ends_with(", ana."), "{talk}");
        // A condition proves it too; what forgets it undoes the proof.
        loaded(&with_name(&format!("  - if: nombre is empty\n    then: {{ end: nada }}\n  - {step}\n")));
        assert!(
            refused(&with_name(&format!("  - collect: nombre\n  - forget: nombre\n  - {step}\n")))[0]
                .contains("may not be filled")
        );
    }
    // In a rule of any time nothing has been asked for sure.
    let files = change(
        with_name("  - collect: nombre\n  - end: hecho\n"),
        "prueba.yaml",
        "steps:",
        "always: { repetir: { end: no, say: \"Adiós, {nombre}.\" } }\nsteps:",
    );
    assert!(
        refused(&files)[0].starts_with("prueba.yaml:7:22: this may not be filled here: `nombre`"),
        "{:?}",
        refused(&files)
    );
}

#[test]
fn say_says_and_may_not_be_cut_where_it_says_so() {
    let talk = Talk::begun(&dialog(
        "steps: [{ say: Primero., barge_in: never }, { say: Segundo. }, { end: hecho }]\n",
    ));
    let rules: Vec<BargeIn> = talk.prompts().iter().map(|p| p.barge_in).collect();
    assert_eq!(rules, [BargeIn::Never, BargeIn::Voice]);
}

#[test]
fn collect_takes_answers_in_any_order_and_several_at_once() {
    passes(
        &dialog("slots:\n  cosa: { type: list(cosas), ask: ¿Qué cosa? }\n  tel: { type: digits(9), ask: ¿Qué número? }\n  dia: { type: es.fecha, ask: ¿Qué día? }\nsteps: [{ collect: [cosa, tel, dia] }, { end: hecho }]\n"),
        "cases:
  - name: one by one
    turns: [{ user: quiero empezar }, { expect: { asks: cosa } }, { user: fuga }, { expect: { asks: tel } }, { keys: '600000000' }, { expect: { asks: dia } }, { user: el jueves }]
    expect: { end: hecho, slots: { cosa: agua, tel: 600000000, dia: 2026-05-14 } }
  - name: the last one first
    turns: [{ user: quiero empezar }, { user: el jueves }, { expect: { asks: cosa, slots: { dia: 2026-05-14 } } }, { user: fuga }, { expect: { asks: tel } }]
  - name: all at once, with the words that begin it
    turns: [{ user: 'quiero empezar, una fuga el jueves' }, { expect: { asks: tel, slots: { cosa: agua, dia: 2026-05-14 } } }]
",
    );
}

#[test]
fn ask_empties_and_asks_anew_with_its_words_first() {
    passes(
        &with_name(
            "  - collect: [nombre]\n  - ask: nombre\n    say: Otra vez.\n  - ask: nombre\n  - end: hecho\n",
        ),
        "cases:
  - name: three times
    turns:
      - user: quiero empezar
      - user: ana
      - expect: { said: Otra vez. ¿Cómo se llama?, asks: nombre }
      - user: eva
      - expect: { said: ¿Cómo se llama?, not_said: Otra vez., asks: nombre }
      - user: leo
    expect: { slots: { nombre: leo }, end: hecho }
",
    );
}

#[test]
fn if_decides_and_its_branches_are_one_step_or_a_list() {
    let files = dialog(
        "slots: { n: { type: number, ask: ¿Cuántos? } }\nsteps:\n  - if: n > 3\n    then: [{ say: Muchos. }, { say: De verdad. }]\n    else: { say: Pocos. }\n  - say: Fin.\n  - end: hecho\n",
    );
    passes(
        &files,
        "cases:
  - { name: one way, turns: [{ user: quiero empezar }, { user: cinco }], expect: { said: [Muchos. De verdad. Fin.], not_said: Pocos. } }
  - { name: the other, turns: [{ user: quiero empezar }, { user: dos }], expect: { said: Pocos. Fin., not_said: Muchos. } }
",
    );
}

const CHOOSE: &str = "steps:
  - call: agenda.huecos
    with: { dia: hoy }
    save: huecos
    on_error: { end: mal }
  - choose: hueco
    from: huecos
    at_once: 2
    say: Tengo {options | spoken}. ¿Cuál?
    only_one: Solo {options | spoken}. ¿Le va bien?
    none_fits: { end: ninguno }
  - end: hecho
    say: El {hueco.inicio | spoken}.
";

#[test]
fn choose_offers_some_at_a_time_and_takes_place_hour_day_words_and_key() {
    passes(
        &dialog(CHOOSE),
        "services:
  agenda.huecos: { returns: [{ id: h1, inicio: 2026-05-14T09:00 }, { id: h2, inicio: 2026-05-15T10:30 }, { id: h3, inicio: 2026-05-18T11:00 }] }
cases:
  - { name: by place, turns: [{ user: quiero empezar }, { expect: { said: Tengo jueves catorce de mayo a las nueve de la mañana o viernes, asks: hueco, not_said: lunes } }, { user: la segunda }], expect: { said: viernes quince, end: hecho } }
  - { name: by day, turns: [{ user: quiero empezar }, { user: el jueves }], expect: { said: jueves catorce, end: hecho } }
  - { name: by hour, turns: [{ user: quiero empezar }, { user: a las diez y media de la mañana }], expect: { said: viernes quince, end: hecho } }
  - { name: by key, turns: [{ user: quiero empezar }, { keys: '2' }], expect: { said: viernes quince, end: hecho } }
  - { name: by words, turns: [{ user: quiero empezar }, { user: el jueves catorce de mayo a las nueve de la mañana }], expect: { said: jueves catorce, end: hecho } }
  - { name: none of these leads to the next ones, turns: [{ user: quiero empezar }, { expect: { asks: hueco } }, { user: ninguna }, { expect: { said: También tengo lunes dieciocho, not_said: jueves } }, { user: la primera }], expect: { said: lunes dieciocho, end: hecho } }
  - { name: none at all, turns: [{ user: quiero empezar }, { user: ninguna }, { user: ninguna }], expect: { end: ninguno } }
  - { name: what is no answer, turns: [{ user: quiero empezar }, { user: bla bla }, { expect: { said: 'Dígame cuál prefiere, o «ninguna».', asks: hueco } }] }
",
    );
    let one = "services:\n  agenda.huecos: { returns: [{ id: h1, inicio: 2026-05-14T09:00 }] }\n";
    passes(
        &dialog(CHOOSE),
        &format!("{one}cases:
  - {{ name: one option has its own words and a yes, turns: [{{ user: quiero empezar }}, {{ expect: {{ said: Solo jueves, not_said: Tengo }} }}, {{ user: sí }}], expect: {{ end: hecho }} }}
  - {{ name: a no leaves it, turns: [{{ user: quiero empezar }}, {{ user: no }}], expect: {{ end: ninguno }} }}
"),
    );
    passes(
        &dialog(CHOOSE),
        "services:\n  agenda.huecos: { returns: [] }\ncases:\n  - { name: nothing to offer, turns: [{ user: quiero empezar }], expect: { end: ninguno } }\n",
    );
    // Without `at_once`, three; without `only_one`, the same words.
    let files = change(
        change(dialog(CHOOSE), "prueba.yaml", "    at_once: 2\n", ""),
        "prueba.yaml",
        "    only_one: Solo {options | spoken}. ¿Le va bien?\n",
        "",
    );
    passes(
        &files,
        "services:
  agenda.huecos: [{ returns: [{ id: a, inicio: 2026-05-14T09:00 }, { id: b, inicio: 2026-05-15T09:00 }, { id: c, inicio: 2026-05-18T09:00 }, { id: d, inicio: 2026-05-19T09:00 }] }]
cases:
  - { name: three at once, turns: [{ user: quiero empezar }], expect: { said: lunes dieciocho, not_said: martes } }
",
    );
}

#[test]
fn confirm_takes_yes_and_no_and_the_keys_1_and_2() {
    passes(
        &dialog("steps: [{ confirm: ¿Seguro?, if_denied: { end: no } }, { end: si }]\n"),
        "cases:
  - { name: yes, turns: [{ user: quiero empezar }, { user: sí }], expect: { end: si } }
  - { name: no, turns: [{ user: quiero empezar }, { user: no }], expect: { end: no } }
  - { name: key 1, turns: [{ user: quiero empezar }, { keys: '1' }], expect: { end: si } }
  - { name: key 2, turns: [{ user: quiero empezar }, { keys: '2' }], expect: { end: no } }
  - { name: neither, turns: [{ user: quiero empezar }, { user: bla }, { expect: { said: 'Dígame sí o no, por favor. ¿Seguro?' } }, { keys: '5' }, { expect: { said: ¿Seguro? } }] }
",
    );
}

const SURE: &str = "steps: [{ confirm: ¿Seguro?, if_denied: { end: no } }, { end: si }]\n";

#[test]
fn a_yes_that_a_negation_reaches_is_a_no() {
    passes(
        &dialog(SURE),
        "cases:
  - { name: reached, turns: [{ user: quiero empezar }, { user: no es correcto }], expect: { end: no } }
  - { name: repeated, turns: [{ user: quiero empezar }, { user: 'no, no es correcto' }], expect: { end: no } }
  - { name: never, turns: [{ user: quiero empezar }, { user: nunca de acuerdo }], expect: { end: no } }
",
    );
}

#[test]
fn a_hedged_yes_is_asked_again() {
    passes(
        &dialog(SURE),
        "cases:
  - { name: hedged, turns: [{ user: quiero empezar }, { user: creo que sí }, { expect: { said: 'Dígame sí o no, por favor. ¿Seguro?' } }, { user: sí }], expect: { end: si } }
  - { name: on a condition that changes nothing, turns: [{ user: quiero empezar }, { user: 'sí, pero deprisa' }, { expect: { said: 'Dígame sí o no, por favor. ¿Seguro?' } }] }
  - { name: a hedged no, turns: [{ user: quiero empezar }, { user: creo que no }, { expect: { said: '¿Ha dicho que no?' } }] }
",
    );
    for (confidence, outcome) in [(0.74, None), (0.76, Some("si"))] {
        let mut talk = Talk::begun(&dialog(SURE));
        talk.unsure("sí", confidence);
        assert_eq!(talk.outcome(), outcome, "{confidence}");
    }
}

#[test]
fn a_correction_inside_a_yes_is_applied_and_confirmed_again() {
    let slots = "slots: { cosa: { type: list(cosas), ask: ¿Qué? } }\n";
    let steps = "steps: [{ confirm: \"¿{cosa.nombre}?\", if_denied: { end: no } }, { end: si }]\n";
    passes(
        &dialog(&format!("{slots}{steps}")),
        "cases:
  - name: corrected
    turns:
      - user: quiero empezar
      - user: fuga
      - user: sí, pero la farola
      - expect: { said: 'De acuerdo, la luz. ¿la luz?', slots: { cosa: luz } }
      - user: sí
    expect: { end: si, slots: { cosa: luz } }
  - name: in doubt
    turns:
      - user: quiero empezar
      - user: fuga
      - user: sí, pero otra
      - expect: { said: 'Dígame sí o no, por favor. ¿el agua?', slots: { cosa: agua } }
",
    );
}

#[test]
fn no_sentence_with_a_negation_consents() {
    for said in ["no, no, de acuerdo", "no estoy de acuerdo", "vale, nada", "sin problema, vale"] {
        let mut talk = Talk::begun(&dialog(CONSENT));
        talk.say(said);
        let on = talk.all.iter().any(|o| matches!(o, Output::Record(Recording::Start)));
        assert!(!on, "{said}");
    }
}

#[test]
fn forget_empties_set_names_and_goto_goes() {
    passes(
        &with_name("  - set: { saludo: \"Hola, {nombre}\", copia: \"{nombre}\" }\n  - id: aqui\n    say: \"{saludo}. {copia}. {nombre}.\"\n  - forget: [nombre]\n  - if: nombre is empty\n    then: { say: Vacío. }\n  - collect: nombre\n  - if: nombre == 'eva'\n    then: { goto: aqui }\n  - end: hecho\n"),
        "cases:
  - name: all three
    turns:
      - user: quiero empezar
      - user: ana
      - expect: { said: 'Hola, ana. ana. ana. Vacío.', asks: nombre }
      - user: eva
      - expect: { said: 'Hola, ana. ana. eva. Vacío.', asks: nombre, slots: { saludo: 'Hola, ana', copia: ana } }
      - user: leo
    expect: { end: hecho }
",
    );
}

#[test]
fn an_even_split_sends_half_of_the_contacts_each_way_and_shares_are_kept() {
    let files = dialog(
        "steps:\n  - split: saludo\n    ways:\n      a: { share: 90, then: { end: a } }\n      b: { share: 10, then: [{ end: b }] }\n",
    );
    let ways: Vec<String> = (0..500)
        .map(|i| {
            let talk = Talk::of(&files, &format!("c{i}")).say("quiero empezar").out.clone();
            let noted = talk.iter().any(|o| matches!(o, Output::Note(e) if matches!(&e.what, dialogs::What::Split { name, way } if name == "saludo" && !way.is_empty())));
            assert!(noted, "the way is in the record");
            talk.iter().find_map(|o| if let Output::End(e) = o { Some(e.outcome.clone()) } else { None }).unwrap()
        })
        .collect();
    let few = ways.iter().filter(|w| *w == "b").count();
    assert!((25..85).contains(&few), "{few} of 500 for a tenth");
}

#[test]
fn language_goes_on_in_another_by_code_or_by_value() {
    let dialog = main_dialog(
        "slots: { lengua: { type: list(lenguas), ask: ¿Qué lengua? } }\nsteps: [{ language: \"{lengua.id}\" }, { say: Gracias. }, { end: hecho }]\n",
    );
    let entries = ", lenguas: { es: { nombre: castellà }, ca: { nombre: català }, de: { nombre: alemany } }";
    let ca = super::catalan(&["¿Qué lengua?", "Gracias."], entries);
    let files = bot(&[
        ("prueba.yaml", &dialog),
        ("idiomas/ca.yaml", &ca),
        (
            "catalogos/lenguas.yaml",
            "es: { nombre: castellano }\nca: { nombre: catalán }\nde: { nombre: alemán }\n",
        ),
    ]);
    passes(
        &files,
        "cases:
  - { name: by value, turns: [{ user: quiero empezar }, { user: catalán }], expect: { language: ca, said: '[ca] Gracias.', end: hecho } }
  - { name: the same again, turns: [{ user: quiero empezar }, { user: castellano }], expect: { language: es, said: Gracias., not_said: ca } }
  - { name: one that the bot does not speak goes on in this one, turns: [{ user: quiero empezar }, { user: alemán }], expect: { language: es, said: Gracias., end: hecho } }
",
    );
    let fixed = change(files, "prueba.yaml", "\"{lengua.id}\"", "ca");
    passes(
        &fixed,
        "cases:\n  - { name: by code, turns: [{ user: quiero empezar }], expect: { language: ca, said: '[ca] Gracias.' } }\n",
    );
}

#[test]
fn messages_go_out_if_the_citizen_agreed_and_nothing_is_asked_for_them_otherwise() {
    let files = with_name(
        "  - send_sms: { to: \"{tel}\", template: recibido, needs: consent.sms }\n  - send_email: { to: \"uno@example.org\", template: carta, needs: consent.email }\n  - end: hecho\n",
    );
    // The cases' citizen has agreed to nothing; the talk's to text messages.
    passes(
        &files,
        "cases:\n  - { name: without consent, turns: [{ user: quiero empezar }], expect: { end: hecho } }\n",
    );
    let mut talk = Talk::begun(&files);
    assert_eq!(talk.asks(), Some("tel"));
    talk.keys("600000001");
    let sent: Vec<String> = talk
        .all
        .iter()
        .filter_map(|o| if let Output::Sms(s) = o { Some(format!("{} {}", s.to, s.text)) } else { None })
        .collect();
    assert_eq!(sent, ["600000001 Hemos recibido su aviso."]);
    assert!(!talk.all.iter().any(|o| matches!(o, Output::Email(_))));
    let files = change(files, "prueba.yaml", ", needs: consent.email", "");
    let mut talk = Talk::begun(&files);
    talk.keys("600000001");
    let mail = talk.all.iter().find_map(|o| {
        if let Output::Email(m) = o { Some((m.subject.clone(), m.text.clone(), m.to.clone())) } else { None }
    });
    assert_eq!(mail, Some(("Su aviso".into(), "Hemos recibido su aviso.".into(), "uno@example.org".into())));
}

#[test]
fn record_says_what_is_kept_from_here_on() {
    for (step, kept) in [("start", "on"), ("stop", "off"), ("pause", "paused"), ("resume", "on")] {
        passes(
            &dialog(&format!(
                "steps: [{{ record: {step} }}, {{ confirm: ¿Sí?, if_denied: {{ end: no }} }}, {{ end: hecho }}]\n"
            )),
            &format!(
                "cases:\n  - {{ name: {step}, turns: [{{ user: quiero empezar }}], expect: {{ recording: {kept} }} }}\n"
            ),
        );
    }
}

const CONSENT: &str = "steps: [{ record: consent, ask: ¿Nos deja grabar?, if_denied: { say: No grabo. } }, { confirm: ¿Sigo?, if_denied: { end: no } }, { end: hecho }]\n";

#[test]
fn consent_is_asked_by_voice_or_key_and_a_no_stops_the_recording_and_not_the_call() {
    passes(
        &dialog(CONSENT),
        "cases:
  - { name: yes, turns: [{ user: quiero empezar }, { expect: { said: '¿Nos deja grabar?' } }, { user: sí }], expect: { recording: on, said: ¿Sigo?, not_said: No grabo. } }
  - { name: no, turns: [{ user: quiero empezar }, { user: no }], expect: { recording: off, said: No grabo. ¿Sigo? } }
  - { name: key 1, turns: [{ user: quiero empezar }, { keys: '1' }], expect: { recording: on } }
  - { name: key 2, turns: [{ user: quiero empezar }, { keys: '2' }], expect: { recording: off, said: No grabo. } }
  - { name: silence is asked again and is no yes, turns: [{ user: quiero empezar }, { silence: 7s }, { expect: { said: ¿Nos deja grabar? } }, { silence: 14s }], expect: { handoff: { reason: silencio } } }
",
    );
    // Where the recording rests on consent nothing is kept before a yes.
    let files =
        change(dialog(CONSENT), "centro.yaml", "queues:", "recording: { legal_basis: consent }\nqueues:");
    let recorded = |talk: &Talk| {
        talk.all.iter().rev().find_map(|o| if let Output::Record(r) = o { Some(*r) } else { None })
    };
    let mut talk = Talk::begun(&files);
    assert_eq!(recorded(&talk), Some(Recording::Pause));
    talk.feed(Input::NoInput);
    assert_eq!(recorded(&talk), Some(Recording::Pause), "silence is no consent");
    talk.say("sí");
    assert_eq!(recorded(&talk), Some(Recording::Start));
}

#[test]
fn a_case_is_opened_noted_and_moved_and_its_failure_has_a_branch() {
    let files = with_name(
        "  - case: open\n    kind: aviso\n    with: { quien: \"{nombre}\" }\n    save: caso\n    on_error: { end: mal, say: No puedo. }\n  - case: note\n    of: caso\n    text: Ha llamado {nombre}.\n  - case: state\n    of: caso\n    state: resuelto\n  - end: hecho\n    say: Es el {caso.codigo}.\n",
    );
    passes(
        &files,
        "cases:
  - { name: opened, turns: [{ user: quiero empezar }, { user: ana }], expect: { end: hecho, said: Es el C-1., case: { kind: aviso, state: resuelto, with: { quien: ana } } } }
",
    );
    passes(
        &files,
        "services: { case.open: { fails: 503 } }\ncases:\n  - { name: failed, turns: [{ user: quiero empezar }, { user: ana }], expect: { end: mal, said: No puedo. } }\n",
    );
    let mut talk = Talk::begun(&files);
    talk.say("ana");
    let id = talk
        .out
        .iter()
        .find_map(|o| if let Output::Case(Case::Open { id, .. }) = o { Some(*id) } else { None })
        .unwrap();
    talk.feed(Input::Reply { call: id, result: Ok(serde_json::json!({ "codigo": "A-7" }).into()) });
    let notes: Vec<&Case> =
        talk.out.iter().filter_map(|o| if let Output::Case(c) = o { Some(c) } else { None }).collect();
    assert!(
        matches!(notes.as_slice(), [Case::Note { case, text }, Case::State { state, .. }] if case == "A-7" && text == "Ha llamado ana." && state.name() == "resuelto"),
        "{notes:?}"
    );
    for state in ["abierto", "en_curso", "resuelto", "cerrado"] {
        passes(
            &change(files.clone(), "prueba.yaml", "state: resuelto", &format!("state: {state}")),
            &format!(
                "cases:\n  - {{ name: {state}, turns: [{{ user: quiero empezar }}, {{ user: ana }}], expect: {{ case: {{ state: {state} }} }} }}\n"
            ),
        );
    }
}

#[test]
fn a_call_back_has_its_interval_if_there_is_one() {
    let steps = "slots: { cuando: { type: es.datetime_range, ask: ¿Cuándo? } }\nsteps:\n  - confirm: ¿Un día fijo?\n    if_denied: { goto: dejar }\n  - collect: cuando\n  - id: dejar\n    callback: { to: \"{call.from}\", queue: siempre, when: \"{cuando}\", reason: agenda }\n  - end: hecho\n";
    for (answers, when) in
        [(vec!["no"], None), (vec!["sí", "mañana por la tarde"], Some("2026-05-12T14:00:00"))]
    {
        let mut talk = Talk::begun(&dialog(steps));
        for answer in answers {
            talk.say(answer);
        }
        let asked = talk
            .out
            .iter()
            .find_map(|o| if let Output::Callback(c) = o { Some(c.clone()) } else { None })
            .unwrap_or_else(|| panic!("{:?}", talk.out));
        assert_eq!(
            (asked.to.as_str(), asked.queue.as_str(), asked.reason.as_str()),
            ("600000000", "siempre", "agenda")
        );
        assert_eq!(asked.when.map(|w| w.0), when.map(|w| w.parse().unwrap()));
        assert_eq!(talk.outcome(), Some("hecho"));
    }
    let said = refused(&change(dialog(steps), "prueba.yaml", "when: \"{cuando}\"", "when: \"{call.from}\""));
    assert!(said[0].contains("this is no interval"), "{said:?}");
    passes(
        &dialog(steps),
        "cases:\n  - { name: to whom, turns: [{ user: quiero empezar }, { user: no }], expect: { callback: '600000000' } }\n",
    );
}

#[test]
fn handoff_passes_the_contact_with_its_words_or_the_bots() {
    let step = |say: &str| dialog(&format!("steps: [{{ handoff: personas, reason: lo_pide{say} }}]\n"));
    passes(
        &step(", say: Le atiende alguien."),
        "cases:\n  - { name: own words, turns: [{ user: quiero empezar }], expect: { said: Le atiende alguien., not_said: Le paso, handoff: { queue: personas, reason: lo_pide, carries: [reason, summary, transcript] }, end: handed_off } }\n",
    );
    passes(
        &step(""),
        "cases:\n  - { name: the bot's, turns: [{ user: quiero empezar }], expect: { said: Le paso con una persona. } }\n",
    );
}

#[test]
fn every_step_may_have_an_id_that_goto_and_the_record_name() {
    let talk = Talk::begun(&dialog(
        "steps: [{ id: saludo, say: Hola. }, { goto: fin }, { id: fin, say: Adiós. }, { id: ultimo, end: hecho }]\n",
    ));
    assert_eq!((talk.said().as_str(), talk.outcome()), ("Hola. Adiós.", Some("hecho")));
    let steps: Vec<&str> =
        talk.out.iter().filter_map(|o| if let Output::Note(e) = o { Some(&*e.step) } else { None }).collect();
    assert!(steps.contains(&"saludo") && steps.contains(&"ultimo"), "{steps:?}");
}
