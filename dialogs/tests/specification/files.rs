//! «centro.yaml», «The other files» and «Tests»: each key of them.

use dialogs::{Bot, Grammar, Output, testing::Suite};

use super::{Files, Talk, bot, change, dialog, loaded, main_dialog, passes, refused};

const PLAIN: &str = "steps: [{ confirm: ¿Sí?, if_denied: { end: no } }, { end: hecho }]\n";

fn centre(from: &str, to: &str) -> Files {
    change(dialog(PLAIN), "centro.yaml", from, to)
}

fn tells(files: &Files, what: &str) {
    let said = refused(files);
    assert!(said.iter().any(|s| s.contains(what)), "{what}: {said:#?}");
}

// ---- centro.yaml ----

#[test]
fn the_centre_says_who_answers_where_and_with_which_voice() {
    let bot = loaded(&centre("opening:", "voice: { name: una_voz, rate: 1.2, longest: 30s }\nopening:"));
    assert_eq!(
        (bot.name(), bot.time_zone(), bot.voice().name.as_deref(), bot.voice().rate),
        ("Oficina de Pruebas", "Europe/Madrid", Some("una_voz"), 1.2)
    );
    assert_eq!(
        (loaded(&dialog(PLAIN)).voice().rate, loaded(&dialog(PLAIN)).languages().collect::<Vec<_>>()),
        (1.0, vec!["es"])
    );
    tells(&centre("centre: Oficina de Pruebas\n", ""), "centro.yaml:1:1: this lacks `centre`");
    tells(&centre("language: es", "language: fr"), "centro.yaml:2:11: unknown language `fr`");
    tells(
        &centre("Europe/Madrid", "Europe/Madri"),
        "this is not a time zone: `Europe/Madri`; did you mean `Europe/Madrid`?",
    );
    tells(&centre("opening:", "voice: { rate: 3 }\nopening:"), "write a number from 0.5 to 2");
    loaded(&centre("opening:", "outbound: { caller_id: \"900000000\" }\nopening:"));
    tells(&centre("opening:", "outbound: { caller: x }\nopening:"), "outbound has no `caller`");
}

#[test]
fn who_answers_and_that_it_is_recorded_is_heard_whole() {
    use dialogs::{BargeIn, Input, Interpreter, Output, Start};
    let bot = loaded(&centre("opening:", "listen: { barge_in: voice }\nopening:"));
    let language = std::sync::Arc::new(dialogs::testing::TestLanguage::new(&bot));
    let now = "2026-05-11T10:00:00".parse().unwrap();
    let (from, to, contact) = ("600000000".into(), "010".into(), "c".into());
    let start = Start { now, from, to, contact, consent: Default::default() };
    let said = |o: Output| match o {
        Output::Say(prompt) => Some((prompt.text.contains("se graba"), prompt.barge_in)),
        _ => None,
    };
    let outputs = Interpreter::new(bot, language, start).handle(Input::Started, now);
    let said: Vec<(bool, BargeIn)> = outputs.into_iter().filter_map(said).collect();
    assert_eq!(said, [(true, BargeIn::Never), (false, BargeIn::Voice)]);
    tells(&centre("  ask:", "  barge_in: voice\n  ask:"), "the opening has no `barge_in`");
}

#[test]
fn the_opening_discloses_greets_asks_and_takes_keys() {
    passes(
        &centre("  ask:", "  closed: { hours: oficina.horario, say: Ahora está cerrado. }\n  ask:"),
        "cases:
  - { name: open, turns: [{ expect: { said: Soy un asistente automático y esta llamada se graba. ¿Qué desea?, not_said: cerrado } }, { user: bla }, { expect: { said: Diga qué necesita. } }] }
  - { name: a key for an intent, turns: [{ keys: '1' }], expect: { said: ¿Sí? } }
  - { name: a key for a rule, turns: [{ keys: '9' }], expect: { handoff: { reason: lo_pide } } }
",
    );
    let bot =
        loaded(&centre("  ask:", "  closed: { hours: oficina.horario, say: Ahora está cerrado. }\n  ask:"));
    let suite = "dialog: prueba\nnow: 2026-05-15T10:00\ncases: [{ name: San Isidro, turns: [], expect: { said: se graba. Ahora está cerrado. ¿Qué desea? } }]\n";
    let language: std::sync::Arc<dyn dialogs::Language> =
        std::sync::Arc::new(dialogs::testing::TestLanguage::new(&bot));
    assert!(dialogs::testing::run_tests(&bot, &Suite::parse("t", suite).unwrap(), &language).passed());
    tells(
        &centre("Soy un asistente automático y esta", "Esta"),
        "the opening does not say that a machine answers",
    );
    tells(&centre(" y esta llamada se graba", ""), "the opening does not say that the call is recorded");
    tells(&centre("9: persona", "9: persna"), "unknown intent `persna`");
}

#[test]
fn the_recording_rests_on_one_of_six_grounds() {
    assert_eq!(loaded(&dialog(PLAIN)).legal_basis(), "public_task");
    for basis in
        ["consent", "contract", "legal_obligation", "vital_interest", "public_task", "legitimate_interest"]
    {
        assert_eq!(
            loaded(&centre("queues:", &format!("recording: {{ legal_basis: {basis} }}\nqueues:")))
                .legal_basis(),
            basis
        );
    }
    tells(
        &centre("queues:", "recording: { legal_basis: porque_si }\nqueues:"),
        "unknown legal basis `porque_si`",
    );
}

#[test]
fn what_is_heard_with_less_than_accept_is_not_understood() {
    let ends = |confidence: f32, rule: &str| {
        let mut talk = Talk::begun(&centre("queues:", &format!("{rule}queues:")));
        talk.unsure("sí", confidence);
        // A yes that is understood ends it, or is asked about.
        talk.outcome().is_some() || talk.said() == "¿Ha dicho que sí?"
    };
    assert!(!ends(0.3, "") && ends(0.4, ""));
    assert!(
        !ends(0.5, "confidence: { accept: 0.6, sure: 0.8 }\n")
            && ends(0.65, "confidence: { accept: 0.6, sure: 0.8 }\n")
    );
    tells(&centre("queues:", "confidence: { accept: 0.9, sure: 0.5 }\nqueues:"), "`accept` is above `sure`");
}

/// Each phrase is said by the bot itself, and the centre may say it otherwise.
#[test]
fn every_phrase_has_its_moment_and_may_be_said_otherwise() {
    let own = |name: &str, text: &str| format!("phrases: {{ {name}: \"{text}\" }}\nqueues:");
    let said = |slots: &str, (name, text): (&str, &str), turns: &[&str]| {
        let files = change(
            dialog(&format!(
                "slots: {{ n: {{ {slots} }} }}\nsteps: [{{ collect: n }}, {{ confirm: \"¿{{n}}?\", if_denied: {{ end: no }} }}, {{ send_sms: {{ to: x, template: recibido }} }}, {{ confirm: ¿Y?, if_denied: {{ end: no }} }}, {{ end: x }}]\n"
            )),
            "centro.yaml",
            "queues:",
            &own(name, text),
        );
        let mut talk = Talk::begun(&files);
        for turn in turns {
            match *turn {
                "" => talk.feed(dialogs::Input::NoInput),
                turn => talk.say(turn),
            };
        }
        talk.said()
    };
    let list = "type: list(cosas), ask: ¿Qué?";
    for (slots, name, text, turns, heard) in [
        (list, "not_heard", "¿Hola?", &[""][..], "¿Hola? ¿Qué?"),
        (list, "not_understood", "¿Cómo?", &["bla"], "¿Cómo? ¿Qué?"),
        ("type: digits(4), ask: ¿Qué?", "invalid", "Mal.", &["uno dos tres cuatro cinco"], "Mal. ¿Qué?"),
        (
            "type: es.fecha, within: oficina.horario, ask: ¿Qué?",
            "closed",
            "Cerrado.",
            &["el sábado"],
            "Cerrado. ¿Qué?",
        ),
        (
            "type: es.datetime_range, within: oficina.horario, ask: ¿Qué?",
            "past",
            "Tarde.",
            &["hoy a las nueve de la mañana"],
            "Tarde. ¿Qué?",
        ),
        ("type: es.fecha, within: past, ask: ¿Qué?", "future", "Aún no.", &["mañana"], "Aún no. ¿Qué?"),
        (list, "unclear", "¿{first} o {second}?", &["la fuga de la farola"], "¿el agua o la luz?"),
        ("type: list(cosas), ask: ¿Qué?, confirm: always", "confirm", "¿{value}?", &["fuga"], "¿el agua?"),
        (list, "yes_or_no", "¿Sí o no?", &["fuga", "bla"], "¿Sí o no? ¿el agua?"),
        (list, "corrected", "Pues {value}.", &["fuga", "no, mejor la farola"], "Pues la luz. ¿la luz?"),
        (
            "type: list(cosas), ask: ¿Qué?, private: true",
            "corrected_private",
            "Cambiado.",
            &["fuga", "no, mejor la farola"],
            "Cambiado. ¿la luz?",
        ),
        (list, "too_late", "Ya no.", &["fuga", "sí", "mejor la farola"], "Ya no. ¿Y?"),
        (list, "handoff", "Adiós.", &["una persona"], "Adiós."),
    ] {
        assert_eq!(said(slots, (name, text), turns), heard, "{name}");
    }
    let choosing = "steps:\n  - call: agenda.huecos\n    with: { dia: hoy }\n    save: huecos\n    on_error: { end: mal }\n  - choose: hueco\n    from: huecos\n    at_once: 1\n    say: \"¿{options}?\"\n    none_fits: { end: no }\n  - end: x\n";
    for (name, text, turn, heard) in [
        ("choose_again", "¿Cuál?", "bla", "Perdone, no le he entendido. ¿Cuál?"),
        ("more_options", "O {options}.", "ninguna", "O martes doce de mayo a las diez de la mañana."),
    ] {
        let mut talk = Talk::begun(&change(dialog(choosing), "centro.yaml", "queues:", &own(name, text)));
        talk.reply(serde_json::json!([{ "id": "a", "inicio": "2026-05-11T10:00" }, { "id": "b", "inicio": "2026-05-12T10:00" }]));
        assert_eq!(talk.say(turn).said(), heard, "{name}");
    }
    let failing = centre("queues:", "phrases: { failed: Lo siento. }\nqueues:");
    let failing = change(
        failing,
        "centro.yaml",
        "no_match: { tries: 3, then: { handoff: personas, reason: no_entendido } }",
        "no_match: { tries: 9, then: { run: vacio } }",
    );
    let mut failing: Files = failing;
    failing.push((
        "vacio.yaml".into(),
        "dialog: vacio\nsteps: [{ confirm: ¿?, if_denied: { say: x } }, { end: x }]\n".into(),
    ));
    let mut talk = Talk::begun(&failing);
    while talk.outcome().is_none() {
        talk.say("bla");
    }
    assert_eq!((talk.said().as_str(), talk.outcome()), ("Lo siento.", Some("failed")));
    tells(
        &centre("queues:", "phrases: { invalid: \"{value} no\" }\nqueues:"),
        "unknown name `value`; it has no values",
    );
    tells(
        &centre("queues:", "phrases: { not_understood: \"\" }\nqueues:"),
        "centro.yaml:8:28: a phrase is empty: `\"\"`; write its words, or take it away with its key",
    );
    tells(
        &centre("queues:", "phrases: { adios: x }\nqueues:"),
        "phrases has no `adios`; it takes call_112, choose_again, closed, confirm, corrected, corrected_private, danger, failed, future, go_ahead, go_on, handoff, invalid, leave, more_options, not_heard, not_reached, not_reached_number, not_understood, past, said_no, said_yes, take_your_time, to_person, too_late, unclear, yes_or_no",
    );
}

#[test]
fn queues_and_templates_are_named_once_and_used_by_name() {
    tells(&centre("hours: oficina.horario }", "hours: oficina.tarde }"), "unknown calendar `oficina.tarde`");
    tells(
        &centre("about: Quien atiende,", "abot: Quien atiende,"),
        "a queue has no `abot`; did you mean `about`?",
    );
    tells(
        &centre("{ subject: Su aviso, text: Hemos recibido su aviso. }", "{ subject: Su aviso }"),
        "this lacks `text`",
    );
}

// ---- The other files ----

#[test]
fn an_intent_has_three_examples_and_shares_none() {
    let nlu = |text: &str| bot(&[("prueba.yaml", &main_dialog(PLAIN)), ("nlu/repetir.yaml", text)]);
    tells(&nlu("[uno, dos]"), "nlu/repetir.yaml:1:1: an intent needs three examples at least");
    tells(&nlu("uno"), "examples are a list");
    tells(
        &nlu("- uno\n- Una Persona\n- tres\n"),
        "nlu/repetir.yaml:2:3: this example is written twice: `Una Persona`; it is an example of `persona` in nlu/persona.yaml:1",
    );
    let talk = Talk::begun(&dialog(
        "always: { repetir: { repeat: last } }\nslots: { n: { type: number, ask: ¿? } }\nsteps: [{ collect: n }, { end: x }]\n",
    ));
    assert!(
        talk.listen().expect.phrases.contains(&"otra vez".to_owned())
            && !talk.listen().expect.grammars().is_empty()
    );
    assert_eq!(talk.listen().expect.grammars()[0], Grammar::Number);
}

#[test]
fn a_catalogue_is_yaml_or_a_spreadsheet_with_names_synonyms_and_own_fields() {
    let steps = "slots: { c: { type: list(sitios), ask: ¿Cuál? } }\nsteps: [{ collect: c }, { say: \"{c.nombre}, {c.id}, {c.piso}.\" }, { end: x }]\n";
    for (file, text) in [
        (
            "catalogos/sitios.yaml",
            "a: { nombre: la plaza, sinonimos: [el centro, la glorieta], piso: 01 }\nb: { nombre: la calle, sinonimos: vía, piso: 2 }\n",
        ),
        (
            "catalogos/sitios.csv",
            "id;nombre;sinonimos;piso\na;la plaza;el centro | la glorieta;01\nb;la calle;;2\n",
        ),
    ] {
        let own = main_dialog(steps);
        let files = bot(&[("prueba.yaml", &own), (file, text)]);
        if file.ends_with("yaml") {
            tells(&files, "the synonyms, a list, is expected here");
        }
        let files = if file.ends_with("yaml") { change(files, file, ", sinonimos: vía", "") } else { files };
        passes(
            &files,
            "cases:\n  - { name: by synonym, turns: [{ user: quiero empezar }, { user: la glorieta }], expect: { said: 'la plaza, a, 01.', slots: { c: a } } }\n",
        );
    }
}

#[test]
fn knowledge_answers_with_its_parts_and_has_two_questions() {
    let steps = "slots: { d: { type: kb(normas), ask: ¿Qué duda? } }\nsteps: [{ collect: d }, { say: \"{d.titulo}: {d.respuesta}\" }, { end: x }]\n";
    passes(
        &dialog(steps),
        "cases:\n  - { name: in other words, turns: [{ user: quiero empezar }, { user: 'oiga, ¿y el plazo?' }], expect: { said: 'el plazo: Hasta el treinta de junio.', slots: { d: plazo } } }\n",
    );
    tells(
        &change(dialog(steps), "prueba.yaml", "{d.titulo}", "{d.fuente}"),
        "`d` has no `fuente`; it has id, titulo, respuesta",
    );
    let with = change(
        change(
            dialog(steps),
            "saber/normas.yaml",
            "treinta de junio. }",
            "treinta de junio., fuente: Ordenanza 1 }",
        ),
        "saber/normas.yaml",
        "En el banco. }",
        "En el banco., fuente: Ordenanza 2 }",
    );
    passes(
        &change(with, "prueba.yaml", "{d.titulo}", "{d.fuente}"),
        "cases:\n  - { name: source, turns: [{ user: quiero empezar }, { user: el plazo }], expect: { said: Ordenanza 1 } }\n",
    );
    tells(
        &change(
            dialog(steps),
            "saber/normas.yaml",
            "[cuándo se paga, qué plazo hay para pagar]",
            "[cuándo se paga]",
        ),
        "an entry needs two questions at least: `plazo`",
    );
}

#[test]
fn a_calendar_has_shifts_holidays_regions_and_its_own_time_zone() {
    let bot = loaded(&dialog(PLAIN));
    let hours = &bot.calendars()["oficina.horario"];
    let open = |at: &str| hours.is_open(at.parse().unwrap());
    assert!(
        open("2026-05-11T08:30:00")
            && !open("2026-05-11T15:00:00")
            && open("2026-05-11T19:59:00")
            && !open("2026-05-11T20:00:00"),
        "two shifts"
    );
    assert!(open("2026-05-12T09:00:00") && !open("2026-05-12T16:00:00") && !open("2026-05-16T10:00:00"));
    assert!(
        !open("2026-05-15T10:00:00") && !open("2026-05-01T10:00:00") && open("2026-05-08T10:00:00"),
        "the town's holiday, and the country's"
    );
    let canary = change(
        dialog(PLAIN),
        "calendarios/oficina.yaml",
        "time_zone: Europe/Madrid\nregions: [ES]",
        "time_zone: Atlantic/Canary\nregions: [ES, ES-CN]",
    );
    let bot = loaded(&canary);
    let hours = &bot.calendars()["oficina.horario"];
    let open = |at: &str| hours.is_open(at.parse().unwrap());
    assert!(!open("2026-05-12T09:30:00") && open("2026-05-12T14:30:00"), "by Madrid's clock an hour later");
    let wrong = |from: &str, to: &str| change(dialog(PLAIN), "calendarios/oficina.yaml", from, to);
    tells(&wrong("[ES]", "[ES-XX]"), "unknown region `ES-XX`");
    tells(&wrong("2026-05-15", "15/05/2026"), "this is not a day: `15/05/2026`");
    tells(&wrong("tuesday", "martes"), "a schedule has no `martes`");
    tells(&wrong("tuesday: 09:00-14:00", "tuesday: 9 a 14"), "these are not opening hours: `9 a 14`");
    let night = "these hours end before they have begun: `22:00-02:00`; past midnight they are two: `friday: 22:00-24:00` and `saturday: 00:00-02:00`";
    tells(&wrong("friday: 09:00-14:00", "friday: 22:00-02:00"), night);
    let midnight = "`16:00-00:00`; midnight at the end of a day is 24:00: `16:00-24:00`";
    tells(&wrong("friday: 09:00-14:00", "friday: 16:00-00:00"), midnight);
    tells(&wrong("friday: 09:00-14:00", "friday: 24:00-02:00"), "these are not opening hours: `24:00-02:00`");
    // The cure is one: open on Friday until midnight, and on from there.
    let bot = loaded(&wrong("friday: 09:00-14:00", "friday: 22:00-24:00, saturday: 00:00-02:00"));
    let hours = &bot.calendars()["oficina.horario"];
    let open = |at: &str| hours.is_open(at.parse().unwrap());
    assert!(!open("2026-05-22T21:59:00") && open("2026-05-22T22:00:00") && open("2026-05-22T23:59:59"));
    assert!(open("2026-05-23T00:00:00") && open("2026-05-23T01:59:00") && !open("2026-05-23T02:00:00"));
    for code in [
        "AN", "AR", "AS", "CB", "CE", "CL", "CM", "CN", "CT", "EX", "GA", "IB", "MC", "MD", "ML", "NC", "PV",
        "RI", "VC",
    ] {
        loaded(&wrong("[ES]", &format!("[ES, ES-{code}]")));
    }
}

#[test]
fn a_language_says_and_understands_everything_in_its_words() {
    let steps = "always: { seguir: { language: ca } }\nsteps: [{ confirm: \"¿Sí, {call.from}?\", if_denied: { end: no } }, { end: hecho }]\n";
    let files = bot(&[
        ("prueba.yaml", &main_dialog(steps)),
        ("idiomas/ca.yaml", &super::catalan(&["¿Sí, {call.from}?"], "")),
    ]);
    let bot = loaded(&files);
    assert_eq!(bot.languages().collect::<Vec<_>>(), ["es", "ca"]);
    assert_eq!((bot.voice_in("ca").name.as_deref(), bot.voice_in("ca").rate), (Some("una_veu"), 0.9));
    assert_eq!(bot.intents_in("ca")["repetir"], ["repetir u", "repetir dos", "repetir tres"]);
    let mut talk = Talk::begun(&files);
    assert_eq!(talk.say("hable en catalán").said(), "[ca] ¿Sí, 600000000?");
    assert_eq!(talk.say("bla").said(), "Sí o no. [ca] ¿Sí, 600000000?");
    assert!(talk.listen().expect.phrases.contains(&"persona tres".to_owned()));
    assert!(talk.all.iter().any(|o| matches!(o, Output::Language(code) if code == "ca")));
    let long =
        "¿Cuánto tiempo hace que vive usted en el municipio, contando los años en que no estuvo empadronado?";
    for (file, from, to, what) in [
        (
            "idiomas/ca.yaml",
            "[ca] ¿Sí, {call.from}?",
            "[ca] ¿Sí?",
            "the translation has other values `[ca] ¿Sí?`; use the same values: {call.from}",
        ),
        (
            "idiomas/ca.yaml",
            "  persona: [persona u, persona dos, persona tres]\n",
            "",
            "this intent has no examples: `persona`",
        ),
        ("idiomas/ca.yaml", ", luz: { nombre: llum }", "", "this entry of cosas has no translation: `luz`"),
        (
            "idiomas/ca.yaml",
            ", forma: { titulo: f, preguntas: [x, y], respuesta: z }",
            "",
            "this article of normas has no translation: `forma`",
        ),
        ("idiomas/ca.yaml", "language: ca", "language: gl", "the file's name is another language's: `ca`"),
        ("idiomas/ca.yaml", "yes_or_no", "yes_no", "phrases has no `yes_no`"),
        ("idiomas/ca.yaml", "yes_or_no: Sí o no.", "yes_or_no: \"\"", "a phrase is empty: `\"\"`"),
        (
            "prueba.yaml",
            "¿Sí, {call.from}?",
            long,
            &format!("this text has no translation: `{long}`; translate it: it is said in prueba.yaml:5"),
        ),
    ] {
        tells(&change(files.clone(), file, from, to), what);
    }
}

// ---- Tests ----

#[test]
fn every_expectation_fails_where_it_does_not_hold() {
    let files = dialog(
        "slots: { cosa: { type: list(cosas), ask: ¿Qué cosa? } }\nsteps:\n  - say: Bienvenido a esta prueba.\n    barge_in: never\n  - collect: cosa\n  - call: agenda.anular\n    with: { hueco: h1 }\n    on_error: { end: mal }\n  - confirm: ¿Sigo?\n    if_denied: { end: no }\n  - end: hecho\n",
    );
    let bot = loaded(&files);
    let language: std::sync::Arc<dyn dialogs::Language> =
        std::sync::Arc::new(dialogs::testing::TestLanguage::new(&bot));
    for expect in [
        "slots: { cosa: luz }",
        "asks: cosa",
        "said: Adiós",
        "said: [¿Sigo?, Adiós]",
        "not_said: Sigo",
        "called: { agenda.anular: { hueco: h2 } }",
        "called: { agenda.mover: {} }",
        "end: hecho",
        "interrupted: true",
        "sms: recibido",
        "email: carta",
        "case: { kind: aviso }",
        "callback: '1'",
        "recording: off",
        "recording: paused",
        "language: ca",
        "handoff: { queue: personas }",
    ] {
        let text = format!(
            "dialog: prueba\nnow: 2026-05-11T10:00\nservices: {{ agenda.anular: {{ returns: null }} }}\ncases: [{{ name: x, turns: [{{ user: quiero empezar }}, {{ user: fuga }}], expect: {{ {expect} }} }}]\n"
        );
        let report = dialogs::testing::run_tests(&bot, &Suite::parse("cases", &text).unwrap(), &language);
        assert_eq!(report.cases[0].failures.len(), 1, "{expect}: {:?}", report.cases[0].failures);
        assert!(report.cases[0].failures[0].starts_with("cases:4: "), "{:?}", report.cases[0].failures);
    }
    passes(
        &files,
        "services: { agenda.anular: { returns: null } }
cases:
  - name: all of them where they hold; «said» looks back to the expectation before
    turns:
      - user: quiero empezar
      - user: { say: vale, while: bot_speaking }
      - expect: { said: [Bienvenido a esta prueba., ¿Qué cosa?], asks: cosa, interrupted: false, recording: on, language: es }
      - user: { say: fuga, while: bot_speaking }
      - expect: { said: ¿Sigo?, not_said: [Bienvenido, Qué cosa], interrupted: true, slots: { cosa: agua }, called: { agenda.anular: { hueco: h1 } } }
      - hang_up: true
    expect: { end: hung_up }
  - { name: silence takes as long as it says, turns: [{ user: quiero empezar }, { silence: 5s }, { expect: { asks: cosa } }, { silence: 18s }], expect: { end: handed_off } }
",
    );
}

#[test]
fn a_test_file_that_is_wrong_has_its_line_and_its_cure() {
    for (text, what) in [
        ("now: 2026-05-11T10:00\ncases: []\n", "t:1:1: this lacks `dialog`"),
        (
            "dialog: x\nnow: mañana\ncases: []\n",
            "t:2:6: this is not a moment: `mañana`; write it as 2026-05-11T10:00",
        ),
        ("dialog: x\nnow: 2026-05-11T10:00\n", "t:1:1: this lacks `cases`"),
        ("dialog: x\nnow: 2026-05-11T10:00\ncases: [{ turns: [] }]\n", "t:3:9: this lacks `name`"),
        (
            "dialog: x\nnow: 2026-05-11T10:00\ncases: [{ name: n, turns: [{ usr: a }] }]\n",
            "a turn has no `usr`; did you mean `user`?",
        ),
        (
            "dialog: x\nnow: 2026-05-11T10:00\ncases: [{ name: n, turns: [{ user: a, keys: '1' }] }]\n",
            "a turn is one thing",
        ),
        (
            "dialog: x\nnow: 2026-05-11T10:00\ncases: [{ name: n, turns: [{ silence: 7 }] }]\n",
            "silence is not a time with its unit: `7`",
        ),
        (
            "dialog: x\nnow: 2026-05-11T10:00\ncases: [{ name: n, turns: [], expect: { sad: x } }]\n",
            "an expectation has no `sad`; did you mean `said`?",
        ),
        (
            "dialog: x\nnow: 2026-05-11T10:00\nservices: { a.b: { return: 1 } }\ncases: []\n",
            "a mocked service has no `return`; did you mean `returns`?",
        ),
        (
            "dialog: x\nnow: 2026-05-11T10:00\ncases: [{ name: n, turns: [], expect: { recording: yes } }]\n",
            "unknown state of the recording `yes`; there is on, off, paused",
        ),
    ] {
        let said: Vec<String> =
            Suite::parse("t", text).unwrap_err().iter().map(ToString::to_string).collect();
        assert!(said.iter().any(|s| s.contains(what)), "{what}: {said:?}");
    }
    assert_eq!(Bot::from_files(&dialog(PLAIN)).unwrap().dialogs().collect::<Vec<_>>(), ["prueba"]);
}
