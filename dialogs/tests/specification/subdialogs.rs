//! «A dialog»: its keys, sub-dialogs and parts.

use super::{Talk, bot, change, dialog, loaded, main_dialog, passes, refused};

const STREET: &str = "dialog: calle\nabout: Pregunta dónde.\ntakes: { motivo: text }\nreturns: sitio\nslots: { calle: { type: free_text, ask: \"¿En qué calle está {motivo}?\" } }\nsteps: [{ collect: [calle] }, { set: { sitio: \"calle {calle}\" } }]\n";
const MAIN: &str = "slots: { cosa: { type: list(cosas), ask: ¿Qué cosa? } }\nsteps:\n  - run: calle\n    with: { motivo: \"{cosa.nombre}\" }\n    save: lugar\n  - confirm: ¿Es en {lugar}?\n    if_denied: { end: no }\n  - end: hecho\n";

fn two() -> super::Files {
    bot(&[("prueba.yaml", &main_dialog(MAIN)), ("calle.yaml", STREET)])
}

#[test]
fn a_sub_dialog_takes_asks_returns_and_comes_back() {
    passes(
        &two(),
        "cases:
  - name: there and back
    turns:
      - user: quiero empezar
      - user: fuga
      - expect: { said: ¿En qué calle está el agua?, asks: calle }
      - user: mayor
      - expect: { said: ¿Es en calle mayor?, slots: { lugar: calle mayor } }
      - user: sí
    expect: { end: hecho }
",
    );
}

#[test]
fn what_a_sub_dialog_takes_and_returns_is_of_the_shape_it_says() {
    let wrong = |file: &str, from: &str, to: &str| refused(&change(two(), file, from, to));
    for (said, why) in [
        (
            wrong("prueba.yaml", "with: { motivo: \"{cosa.nombre}\" }", "with: {}"),
            "prueba.yaml:6:5: calle needs `motivo`",
        ),
        (wrong("prueba.yaml", "motivo: \"", "motvo: \""), "prueba.yaml:6:5: calle needs `motivo`"),
        (
            wrong("calle.yaml", "motivo: text", "motivo: number"),
            "prueba.yaml:7:21: calle takes `motivo` as number, and this is text: `{cosa.nombre}`",
        ),
        (
            wrong("calle.yaml", "motivo: text", "motivo: [text]"),
            "prueba.yaml:7:21: calle takes `motivo` as [text], and this is text: `{cosa.nombre}`",
        ),
        (
            wrong("calle.yaml", "motivo: text", "motivo: txt"),
            "calle.yaml:3:18: unknown kind of value `txt`; did you mean `text`?",
        ),
        (
            wrong("calle.yaml", "takes: { motivo: text }", "takes: [motivo]"),
            "calle.yaml:3:8: takes, a map, is expected here, not a list",
        ),
        (
            wrong("calle.yaml", "takes: { motivo: text }", "takes: { motivo: text, cosa: text }"),
            "calle.yaml:3:24: this is a slot's name: `cosa`",
        ),
        (
            wrong("calle.yaml", "returns: sitio", "returns: [sitio]"),
            "calle.yaml:4:10: what it returns, a text, is expected here, not a list",
        ),
        (
            wrong("calle.yaml", "returns: sitio\n", ""),
            "prueba.yaml:8:11: this dialog returns nothing: `calle`",
        ),
        (
            wrong("calle.yaml", "returns: sitio", "returns: stio"),
            "calle.yaml:4:10: unknown name to return `stio`; did you mean `sitio`?",
        ),
        (
            wrong("prueba.yaml", "save: lugar", "save: cosa"),
            "prueba.yaml:8:11: this is a slot's name: `cosa`",
        ),
        (
            wrong("prueba.yaml", "save: lugar", "save: now"),
            "prueba.yaml:8:11: the language uses this name itself: `now`",
        ),
    ] {
        assert!(said.iter().any(|s| s.starts_with(why)), "{why}: {said:#?}");
    }
    // What it returns is there whichever way it ends.
    let said = refused(&change(
        two(),
        "calle.yaml",
        "{ set: { sitio: \"calle {calle}\" } }",
        "{ if: calle == 'mayor', then: { set: { sitio: \"calle {calle}\" } } }",
    ));
    assert_eq!(
        said,
        [
            "calle.yaml:6:8: this dialog may end without what it returns: `sitio`; fill it on every way to the end, or leave with `handoff` or `end`"
        ]
    );
    // A map with more than is taken will do; one that lacks something will not.
    let shapes = |takes: &str| {
        change(
            bot(&[
                (
                    "prueba.yaml",
                    &main_dialog(
                        "steps:\n  - call: agenda.huecos\n    with: { dia: hoy }\n    save: huecos\n    on_error: { end: mal }\n  - choose: hueco\n    from: huecos\n    say: \"{options}\"\n    none_fits: { end: no }\n  - run: otra\n    with: { h: \"{hueco}\" }\n  - end: hecho\n",
                    ),
                ),
                (
                    "otra.yaml",
                    "dialog: otra\ntakes: { h: { inicio: datetime } }\nsteps: [{ say: \"{h.inicio}\" }]\n",
                ),
            ]),
            "otra.yaml",
            "{ inicio: datetime }",
            takes,
        )
    };
    loaded(&shapes("{ inicio: datetime }"));
    assert!(refused(&shapes("{ inicio: datetime, sala: text }"))[0].contains("otra takes `h` as"));
}

#[test]
fn slots_of_one_name_are_one_datum_and_nothing_is_asked_twice() {
    let street = "dialog: calle\nslots:\n  cosa: { type: list(cosas), ask: ¿De qué se trata? }\n  tel: { type: digits(9), ask: ¿Su número?, private: true }\nsteps: [{ collect: [cosa, tel] }]\n";
    let files = bot(&[
        (
            "prueba.yaml",
            &main_dialog(
                "slots:\n  cosa: { type: list(cosas), ask: ¿Qué cosa? }\n  tel: { type: digits(9), ask: Dígame el número. }\nsteps: [{ run: calle }, { collect: [cosa, tel] }, { confirm: ¿Sigo?, if_denied: { end: no } }, { end: hecho }]\n",
            ),
        ),
        ("calle.yaml", street),
    ]);
    passes(
        &files,
        "cases:
  - name: asked by the dialog at work, once
    turns:
      - user: quiero empezar
      - expect: { said: ¿De qué se trata?, asks: cosa }
      - user: fuga
      - expect: { said: ¿Su número?, asks: tel }
      - keys: '600000009'
      - expect: { said: ¿Sigo?, slots: { cosa: agua } }
",
    );
    // Private in one dialog is private in all.
    let outer = change(files.clone(), "prueba.yaml", "{ run: calle }, ", "");
    let mut talk = Talk::begun(&outer);
    talk.say("fuga").keys("600000009");
    assert!(!talk.written().contains("600000009"), "{}", talk.written());
    let said = refused(&change(files, "calle.yaml", "digits(9)", "digits(8)"));
    assert!(
        said[0].starts_with("prueba.yaml:6:16: this slot has another type elsewhere: `digits(9)`"),
        "{said:?}"
    );
}

#[test]
fn a_dialog_begins_with_its_intents_and_the_others_are_run() {
    let other = "dialog: otra\nstart_on: [aparte, repetir]\nsteps: [{ say: La otra. }, { end: otra }]\n";
    let files = bot(&[
        ("prueba.yaml", &main_dialog("steps: [{ say: Esta. }, { end: esta }]\n")),
        ("dialogos/otra.yaml", other),
    ]);
    passes(
        &files,
        "cases:
  - { name: one, turns: [{ user: quiero empezar }], expect: { end: esta } }
  - { name: another, turns: [{ user: tengo una duda }], expect: { end: otra } }
  - { name: by its second intent, turns: [{ user: otra vez }], expect: { end: otra } }
  - { name: by a key of the opening, turns: [{ keys: '1' }], expect: { end: esta } }
",
    );
    let said = refused(&change(files, "dialogos/otra.yaml", "[aparte, repetir]", "[aparte, empezar]"));
    assert!(said[0].contains("`empezar` starts"), "{said:?}");
    assert!(
        refused(&bot(&[("prueba.yaml", "dialog: prueba\nsteps: [{ end: x }]\n")]))
            .iter()
            .any(|s| s.contains("no dialog can be started"))
    );
}

#[test]
fn the_agent_reads_what_a_dialog_is_about() {
    let mut talk =
        Talk::begun(&dialog("steps: [{ confirm: ¿Sí?, if_denied: { end: no } }, { end: hecho }]\n"));
    talk.say("una persona");
    assert!(talk.handoff().unwrap().carried["summary"].to_string().starts_with("Una prueba."));
}

/// A part that says what the dialog and the centre say too.
const PART: &str = "part: comun
slots: { tel: { type: digits(9), ask: ¿Del papel? } }
always: { repetir: { say: Regla de la parte. }, aparte: { say: Solo de la parte. } }
limits: { no_input: { tries: 1, then: { end: silencio_parte } }, no_match: { tries: 1, then: { end: nada_parte } } }
handoffs: { personas: { queue: siempre, closed: { end: c, say: C. }, no_answer: { after: 9s, end: n, say: N. } } }
";

#[test]
fn what_a_part_has_counts_as_written_in_the_dialog_that_includes_it() {
    let files = bot(&[
        ("partes/comun.yaml", PART),
        ("prueba.yaml", &main_dialog("include: [comun]\nsteps: [{ collect: tel }, { end: hecho }]\n")),
    ]);
    passes(
        &files,
        "cases:
  - { name: its slot, turns: [{ user: quiero empezar }, { expect: { said: ¿Del papel?, asks: tel } }] }
  - { name: its rule, turns: [{ user: quiero empezar }, { user: otra vez }], expect: { said: Regla de la parte. ¿Del papel? } }
  - { name: its limit before the centre's, turns: [{ user: quiero empezar }, { silence: 6s }], expect: { end: silencio_parte } }
  - { name: its handoff before the centre's, turns: [{ user: quiero empezar }, { user: una persona }], expect: { handoff: { queue: siempre } } }
",
    );
    for (from, to, why) in [
        ("part: comun", "part: común x", "a part is not a name"),
        ("part: comun", "part: comun\nsteps: []", "a part has no `steps`"),
        ("part: comun", "part: otra", "unknown part `comun`"),
    ] {
        assert!(
            refused(&change(files.clone(), "partes/comun.yaml", from, to)).iter().any(|s| s.contains(why)),
            "{why}"
        );
    }
}

#[test]
fn what_a_dialog_writes_itself_comes_before_its_parts_and_that_before_the_centre() {
    let own = "include: comun
slots: { tel: { type: digits(9), ask: ¿Del diálogo? } }
always: { repetir: { say: Regla del diálogo. } }
limits: { no_input: { tries: 2, then: { end: silencio_propio } } }
handoffs: { personas: { queue: personas, closed: { end: propio, say: P. }, no_answer: { after: 9s, end: n, say: N. } } }
steps: [{ collect: tel }, { end: hecho }]
";
    let files = bot(&[("partes/comun.yaml", PART), ("prueba.yaml", &main_dialog(own))]);
    passes(
        &files,
        "cases:
  - { name: slot, turns: [{ user: quiero empezar }], expect: { said: ¿Del diálogo? } }
  - { name: rule, turns: [{ user: quiero empezar }, { user: otra vez }], expect: { said: Regla del diálogo., not_said: parte } }
  - { name: the part's other rule holds, turns: [{ user: quiero empezar }, { user: tengo una duda }], expect: { said: Solo de la parte. } }
  - { name: limit, turns: [{ user: quiero empezar }, { silence: 6s }, { expect: { asks: tel } }, { silence: 6s }], expect: { end: silencio_propio } }
  - { name: the part's other limit holds, turns: [{ user: quiero empezar }, { user: bla }], expect: { end: nada_parte } }
  - { name: handoff, turns: [{ user: quiero empezar }, { user: una persona }], expect: { handoff: { queue: personas } } }
  - { name: the centre's own where the dialog has not begun, turns: [{ user: una persona }], expect: { handoff: { queue: personas } } }
",
    );
}
