//! «YAML is 1.2», and what people write by mistake: each with the file, the line and a cure.

use dialogs::{Bot, testing::Suite};

use super::{Talk, bot, change, dialog, loaded, refused};

const SIMPLE: &str = "steps: [{ say: Hola. }, { end: hecho }]\n";

#[test]
fn what_is_written_is_what_is_read() {
    let catalogue = "a: { nombre: no, codigo: 012, hora: 12:30, otro: 1e3, mas: off }\n\
                     b: { nombre: off, codigo: 0x1F, hora: '1', otro: yes, mas: ~x }\n";
    let files = dialog(
        "slots: { dato: { type: list(raros), ask: ¿Cuál? } }\n\
         steps: [{ collect: dato }, { say: \"{dato.nombre} {dato.codigo} {dato.hora} {dato.otro} {dato.mas}\" }, { end: no }]\n",
    );
    let mut files: Vec<_> = files;
    files.push(("catalogos/raros.yaml".into(), catalogue.into()));
    let mut talk = Talk::begun(&files);
    talk.say("no");
    assert_eq!((talk.said().as_str(), talk.outcome()), ("no 012 12:30 1e3 off", Some("no")));
    let mut talk = Talk::begun(&files);
    talk.say("off");
    assert_eq!(talk.said(), "off 0x1F 1 yes ~x");
}

#[test]
fn what_a_test_file_feigns_is_read_the_same_way() {
    let files = dialog(
        "steps:\n  - call: agenda.todo\n    save: todo\n    on_error: { end: mal }\n  - say: \"{todo.t} {todo.mapa.x} {todo.n}\"\n  - end: hecho\n",
    );
    super::passes(
        &files,
        "services:
  agenda.todo: { returns: { si: true, n: 12, t: 1e3, d: 2026-05-11, h: 09:00, m: 2026-05-11T09:00, a: null, lista: [no, 012], mapa: { x: 012 } } }
cases:
  - name: a code stays a code
    turns: [{ user: quiero empezar }]
    expect: { said: 1e3 012 12, end: hecho }
",
    );
}

#[test]
fn only_true_and_false_are_flags_and_only_digits_are_numbers() {
    let slot = |rest: &str| {
        refused(&dialog(&format!(
            "slots: {{ dato: {{ type: digits(4), ask: ¿Qué?, {rest} }} }}\nsteps: [{{ collect: dato }}, {{ end: x }}]\n"
        )))
    };
    assert_eq!(
        slot("private: yes"),
        ["prueba.yaml:4:56: private is not true or false: `yes`; write true or false"]
    );
    for number in ["1e0", "0x4", "+4", "inf", "four", "4.0.0"] {
        let said = slot(&format!("listen: {{ keypad: {{ digits: {number} }} }}"));
        assert_eq!(
            said,
            [format!(
                "prueba.yaml:4:75: digits is not such a number: `{number}`; write a number from 1 to 40"
            )]
        );
    }
}

#[test]
fn times_have_units() {
    for (time, good) in [
        ("800ms", true),
        ("6s", true),
        ("2min", true),
        ("1h", true),
        ("1.5s", true),
        ("6", false),
        ("6 s", false),
        ("1d", false),
    ] {
        let files = change(dialog(SIMPLE), "centro.yaml", "after: 6s", &format!("after: {time}"));
        if good {
            loaded(&files);
        } else {
            let said = refused(&files);
            assert!(
                said[0].contains("is not a time with its unit") && said[0].contains("800ms, 6s, 2min, 1h"),
                "{}",
                said[0]
            );
        }
    }
}

/// A text that should stand in quotes is told so, where it stands.
#[test]
fn texts_that_need_quotes_are_told_so() {
    for (text, place) in [
        ("{dato} es", "prueba.yaml:5:"),
        ("[una cosa", "prueba.yaml:"),
        ("*importante", "prueba.yaml:5:"),
        ("&cosa", "prueba.yaml:5:"),
        ("Una cosa: otra", "prueba.yaml:5:"),
        ("Una cosa:", "prueba.yaml:5:"),
        ("!cosa", "prueba.yaml:5:"),
        ("%cosa", "prueba.yaml:5:"),
        ("@cosa", "prueba.yaml:5:"),
    ] {
        let said = refused(&dialog(&format!("steps:\n  - say: {text}\n  - end: hecho\n")));
        assert!(said[0].starts_with(place), "{text}: {said:?}");
        loaded(&dialog(&format!(
            "slots: {{ dato: {{ type: number, ask: ¿? }} }}\nsteps:\n  - say: \"{text}\"\n  - end: hecho\n"
        )));
    }
}

/// What the checker warns of a file with this in it.
fn hashes(files: &super::Files) -> Vec<String> {
    let warnings = loaded(files).warnings().iter().map(ToString::to_string).collect::<Vec<_>>();
    warnings.into_iter().filter(|w| w.contains("begins a comment")).collect()
}

#[test]
fn a_text_that_goes_on_behind_a_hash_is_warned_of_and_a_comment_is_not() {
    let steps = |say: &str| dialog(&format!("steps:\n  - {say}\n  - end: hecho\n"));
    for (text, place) in [
        ("say: Son las 9:45 #3. Adiós.", "5:23: warning: "),
        ("say: Pulse # para acabar", "5:16: warning: "),
        ("say: Pulse #.", "5:16: warning: "),
        ("say: Pulse #", "5:16: warning: "),
        ("say: Es el   #3", "5:18: warning: "),
        ("say: Pulse\n      almohadilla # para acabar", "6:19: warning: "),
        ("confirm: ¿Pulsa # ya?\n    if_denied: { end: no }", "5:21: warning: "),
    ] {
        let said = hashes(&steps(text));
        assert_eq!(said.len(), 1, "{text}: {said:?}");
        let wanted = format!("prueba.yaml:{place}a ` #` begins a comment: this is no part of the text");
        assert!(said[0].starts_with(&wanted), "{text}: {said:?}");
        let cure = "put the text in quotes, or leave two spaces before the # of a comment";
        assert!(said[0].ends_with(cure) && said[0].contains("`#"), "{said:?}");
    }
    for text in [
        "say: Hola.  # saluda",
        "say: Hola.\t# saluda",
        "say: \"Pulse # para acabar\" # las comillas bastan",
        "say: 'Pulse # para acabar'",
        "say: Pulse#ya",
        "say: |\n      Pulse # para acabar",
        "if: now.hora == '10:00' # una condición no se dice\n    then: { say: Hola. }",
        "run: otro # ni un nombre",
    ] {
        let mut files = steps(text);
        files.push(("otro.yaml".into(), "dialog: otro\nsteps: [{ end: hecho }]\n".into()));
        assert_eq!(hashes(&files), Vec::<String>::new(), "{text}");
    }
    // Wherever a text is said, asked, known or given as an example.
    let slot = "slots:\n  dato:\n    type: digits(4) # cuatro\n    ask: Marque # o calle\n    confirm: always # siempre\n\
                steps:\n  - ask: dato # otra vez\n  - say: \"{dato}\"\n  - end: hecho\n";
    assert_eq!(hashes(&dialog(slot)).len(), 1, "{:?}", hashes(&dialog(slot)));
    let own = [
        ("nlu/empezar.yaml", "- empezar\n- quiero el #1 ya\n- vamos a empezar\n"),
        (
            "catalogos/cosas.yaml",
            "agua:\n  nombre: el agua #1\n  codigo: 012\nluz: { nombre: la luz, codigo: 1e3 }\n",
        ),
    ];
    for one in own {
        assert_eq!(hashes(&bot(&[one, ("prueba.yaml", &super::main_dialog(SIMPLE))])).len(), 1, "{}", one.0);
    }
}

#[test]
fn a_warning_takes_no_language_away() {
    let mut files = dialog("steps:\n  - say: Hola # saluda\n  - end: hecho\n");
    files.push(("idiomas/ca.yaml".into(), super::catalan(&["Hola"], "")));
    let bot = loaded(&files);
    assert_eq!(bot.languages().collect::<Vec<_>>(), ["es", "ca"]);
}

/// What is wrong, the whole dialog file, and what is said of it.
const TRAPS: &[(&str, &str, &str)] = &[
    (
        "a tab",
        "dialog: prueba\nsteps:\n\t- end: x\n",
        "prueba.yaml:3:2: this is not YAML; indent with spaces, not with tabs",
    ),
    (
        "a key twice",
        "dialog: prueba\ndialog: otra\nsteps: [{ end: x }]\n",
        "prueba.yaml:2:1: this key is written twice `dialog`; keep one: it is already written in line 1",
    ),
    (
        "an anchor",
        "dialog: prueba\nabout: &a Hola.\nsteps: [{ end: x }]\n",
        "prueba.yaml:2:8: anchors are not part of the language `&`; take the anchor away",
    ),
    (
        "an alias",
        "dialog: prueba\nabout: &a Hola.\nsteps: [{ say: *a }]\n",
        "prueba.yaml:2:8: anchors are not part of the language `&`; take the anchor away",
    ),
    (
        "a tag",
        "dialog: prueba\nabout: !!str Hola.\nsteps: [{ end: x }]\n",
        "prueba.yaml:2:8: tags are not part of the language `!`; take the tag away",
    ),
    (
        "two documents",
        "dialog: prueba\nsteps: [{ end: x }]\n---\ndialog: otra\n",
        "prueba.yaml:3:1: a second document begins here `---`; write one file for each",
    ),
    ("nothing", "", "prueba.yaml:1:1: this file is empty; write it or take it away"),
    ("a comment alone", "# nada\n", "prueba.yaml:1:1: this file is empty; write it or take it away"),
    ("a list", "- dialog: prueba\n", "prueba.yaml:1:1: this file is not a dialog"),
    (
        "a merge key",
        "dialog: prueba\n<<: { about: x }\nsteps: [{ end: x }]\n",
        "prueba.yaml:2:1: a dialog has no `<<`",
    ),
    (
        "a key that is a list",
        "dialog: prueba\n[a]: x\nsteps: [{ end: x }]\n",
        "prueba.yaml:2:1: a dialog has no",
    ),
    (
        "a null",
        "dialog: prueba\nabout: ~\nsteps: [{ end: x }]\n",
        "prueba.yaml:2:8: about, a text, is expected here, not nothing `~`",
    ),
];

#[test]
fn every_trap_has_its_line_and_its_cure() {
    for (what, text, said) in TRAPS {
        let found = refused(&bot(&[("prueba.yaml", text)]));
        assert!(found[0].starts_with(said), "{what}: {found:#?}");
    }
    for deep in
        ["[".repeat(200_000), "- ".repeat(200_000), format!("dialog: x\nsteps: {}", "{a: ".repeat(100_000))]
    {
        let found = refused(&bot(&[("prueba.yaml", &deep)]));
        assert!(
            found[0].starts_with("prueba.yaml:") && found[0].contains("this is nested too deep"),
            "{}",
            found[0]
        );
    }
    let large = format!("# {}\ndialog: prueba\n", "x".repeat(1 << 20));
    assert_eq!(
        refused(&bot(&[("prueba.yaml", &large)])),
        ["prueba.yaml:1:1: this file is too large; split it: a file has at most 1 MiB"]
    );
}

#[test]
fn line_ends_and_byte_order_marks_of_other_systems_are_read() {
    let plain = format!(
        "{}slots:\n  dato:\n    type: digits(4)\n    ask: ¿Qué?\n{}",
        super::main_dialog(""),
        SIMPLE.replace("{ say: Hola. }", "{ collect: dato }")
    );
    for text in [
        plain.replace('\n', "\r\n"),
        format!("\u{feff}{plain}"),
        format!("\u{feff}{}", plain.replace('\n', "\r\n")),
    ] {
        let files = bot(&[("prueba.yaml", &text)]);
        assert_eq!(Talk::begun(&files).said(), "¿Qué?");
        // Places are the same.
        let broken = bot(&[("prueba.yaml", &text.replace("digits(4)", "digitos(4)"))]);
        assert!(
            refused(&broken)[0].starts_with("prueba.yaml:6:11: unknown type `digitos(4)`"),
            "{:?}",
            refused(&broken)
        );
    }
}

#[test]
fn a_file_that_is_no_utf8_has_the_place_of_its_first_wrong_letter() {
    let folder = super::on_disk(&dialog(SIMPLE));
    Bot::load(folder.path()).unwrap();
    std::fs::write(folder.path().join("nlu/empezar.yaml"), b"- uno\n- ma\xf1ana\n").unwrap();
    let problems = Bot::load(folder.path()).unwrap_err();
    assert_eq!(
        problems[0].to_string(),
        "nlu/empezar.yaml:2:5: this is not UTF-8 text; save the file as UTF-8; a spreadsheet, as «CSV UTF-8»"
    );
    let cases = folder.path().join("a.test.yaml");
    std::fs::write(&cases, b"dialog: prueba\nnow: \xff\n").unwrap();
    assert!(
        Suite::load(&cases).unwrap_err()[0]
            .to_string()
            .starts_with("a.test.yaml:2:6: this is not UTF-8 text")
    );
    std::fs::write(&cases, b"").unwrap();
    assert!(
        Suite::load(&cases).unwrap_err()[0].to_string().starts_with("a.test.yaml:1:1: this file is empty")
    );
}
