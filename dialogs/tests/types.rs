//! Types of slots, from the bot's file to the question: keypad, pause, parts; and what the checker says of
//! catalogues, knowledge and calendars that can't be used.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test's helpers fail with it")]

use std::{fmt::Write as _, sync::Arc, time::Duration};

use dialogs::{
    Bot, Exact, Filter, Input, Interpreter, Kind, Listen, Output, Start, Value, remote_catalogues,
    testing::TestLanguage,
};

const CENTRE: &str = "centre: Ayuntamiento de ejemplo
time_zone: Europe/Madrid
opening:
  say: Soy un asistente automático y esta llamada se graba.
  ask: ¿Qué desea?
always: { persona: { handoff: gente, reason: lo_pide } }
handoffs:
  gente:
    queue: cola
    closed: { end: cerrado, say: Está cerrado. }
    no_answer: { after: 60s, end: sin_respuesta, say: No contestan. }
limits:
  no_input: { after: 6s, tries: 3, then: { handoff: gente, reason: silencio } }
  no_match: { tries: 3, then: { handoff: gente, reason: no_entiendo } }
queues: { cola: { about: Personas } }
";

const SERVICES: &str = "oficinas:
  url: http://127.0.0.1:8085
  timeout: 2s
  operations:
    todas: { get: /oficinas, query: { activas: \"sí\" }, returns: [{ id: text, nombre: text, sinonimos: [text], plazas: number }] }
    una: { get: \"/oficinas/{id}\", takes: [id], returns: [{ id: text, nombre: text }] }
    alta: { post: /oficinas, returns: [{ id: text, nombre: text }] }
    suelta: { get: /suelta, returns: { id: text, nombre: text } }
";

const KNOWLEDGE: &str = "plazo:
  titulo: Plazo del IBI
  preguntas: [cuándo se paga el ibi, qué plazo tengo para el ibi]
  respuesta: Hasta el treinta de junio.
  fuente: Ordenanza fiscal 1
bonificacion:
  titulo: Bonificación por familia numerosa
  preguntas: [hay descuento por familia numerosa, bonificación de familia numerosa]
  respuesta: Del cincuenta por ciento.
  fuente: Ordenanza fiscal 1
";

/// A bot that asks for one slot of this type and then says this of it.
fn bot_of(kind: &str, says: &str) -> Vec<(String, String)> {
    let dialog = format!(
        "dialog: uno\nabout: Pide un dato.\nstart_on: [empezar]\nslots: {{ dato: {{ type: \"{kind}\", ask: ¿Cuál?, private: true }} }}\n\
         steps: [{{ collect: [dato] }}, {{ say: \"{says}\" }}, {{ end: hecho }}]\n"
    );
    [
        ("centro.yaml", CENTRE),
        ("servicios.yaml", SERVICES),
        ("uno.yaml", &dialog),
        ("nlu/empezar.yaml", "[empezar, quiero empezar, vamos a empezar]"),
        ("nlu/persona.yaml", "[una persona, hablar con alguien, un humano]"),
        ("saber/tributos.yaml", KNOWLEDGE),
        (
            "catalogos/oficinas.csv",
            "id;nombre;sinonimos;horas\ncentro;Oficina centro;la del centro;de 9 a 14\n",
        ),
    ]
    .map(|(file, text)| (file.to_owned(), text.to_owned()))
    .to_vec()
}

fn with(mut files: Vec<(String, String)>, changes: &[(&str, &str)]) -> Vec<(String, String)> {
    for (file, text) in changes {
        files.retain(|(f, _)| f != file);
        files.push(((*file).to_owned(), (*text).to_owned()));
    }
    files
}

fn loaded(files: &[(String, String)]) -> Arc<Bot> {
    Arc::new(Bot::from_files(files).unwrap_or_else(|problems| panic!("{problems:#?}")))
}

/// The question for the slot, and the interpreter that asks it.
fn asked(files: &[(String, String)]) -> (Interpreter, Listen) {
    let bot = loaded(files);
    let now = "2026-05-11T10:00:00".parse().unwrap();
    let start = Start {
        now,
        from: "600000000".into(),
        to: "010".into(),
        contact: "c".into(),
        consent: Default::default(),
    };
    let mut interpreter = Interpreter::new(bot.clone(), Arc::new(TestLanguage::new(&bot)), start);
    interpreter.handle(Input::Started, now);
    let outputs = interpreter.handle(Input::Heard(dialogs::Heard::text("quiero empezar")), now);
    let listen = outputs.into_iter().find_map(|o| if let Output::Listen(l) = o { Some(l) } else { None });
    (interpreter, listen.expect("a question"))
}

#[test]
fn every_type_brings_its_keypad_and_its_pause_to_the_question() {
    // Type, keys of a whole answer (none: by voice only), pause in milliseconds.
    let table: &[(&str, Option<u8>, u64)] = &[
        ("yes_no", Some(1), 700),
        ("list(oficinas)", None, 700),
        ("kb(tributos)", None, 1200),
        ("digits(4, 6)", Some(6), 1500),
        ("number", Some(9), 700),
        ("es.nif", Some(8), 1500),
        ("es.telefono", Some(9), 1500),
        ("es.iban", Some(22), 2000),
        ("es.matricula", None, 1500),
        ("es.codigo_postal", Some(5), 1500),
        ("es.nuss", Some(12), 1500),
        ("es.importe", Some(12), 1000),
        ("es.correo", None, 2000),
        ("es.fecha", Some(8), 700),
        ("es.nacimiento", Some(8), 1200),
        ("es.hora", Some(4), 700),
        ("es.datetime_range", None, 700),
        ("es.direccion", None, 2000),
        ("es.nombre", None, 1500),
        ("free_text", None, 1200),
    ];
    for (kind, keys, pause) in table {
        let (_, listen) = asked(&bot_of(kind, "Gracias."));
        assert_eq!(listen.keypad.map(|k| k.digits), *keys, "{kind}");
        assert_eq!(listen.pause, Duration::from_millis(*pause), "{kind}");
        assert_eq!(listen.expect.asked().unwrap().kind.written(), *kind);
    }
}

#[test]
fn a_part_is_read_where_the_type_has_it_and_refused_where_not() {
    for (kind, part) in [
        ("es.codigo_postal", "provincia"),
        ("es.datetime_range", "desde"),
        ("es.datetime_range", "hasta"),
        ("es.datetime_range", "tramos | spoken"),
        ("es.direccion", "via"),
        ("es.direccion", "numero"),
        ("es.direccion", "resto"),
        ("kb(tributos)", "titulo"),
        ("kb(tributos)", "respuesta"),
        ("kb(tributos)", "fuente"),
        ("list(oficinas)", "horas"),
    ] {
        loaded(&bot_of(kind, &format!("Es {{dato.{part}}}.")));
        let problems = Bot::from_files(&bot_of(kind, "Es {dato.nada}.")).unwrap_err();
        let name = part.split(' ').next().unwrap();
        assert!(problems[0].cure.contains(name), "{kind}: {}", problems[0]);
    }
    // A source that one entry lacks can't be read.
    let files = bot_of("kb(tributos)", "Es {dato.fuente}.");
    let one = KNOWLEDGE.replacen("  fuente: Ordenanza fiscal 1\n", "", 1);
    assert!(Bot::from_files(&with(files, &[("saber/tributos.yaml", &one)])).is_err());
}

#[test]
fn what_is_private_is_masked_in_whatever_is_written_down() {
    let (mut interpreter, listen) = asked(&bot_of("es.telefono", "Le llamo al {dato | grouped}."));
    assert!(listen.expect.private);
    let outputs = interpreter.handle(Input::Keys("600000123#".into()), listen.expect.now);
    let mut written = String::new();
    for output in &outputs {
        match output {
            Output::Say(prompt) => write!(written, "{} ", prompt.record).unwrap(),
            Output::Note(entry) => write!(written, "{:?} ", entry.what).unwrap(),
            _ => {}
        }
    }
    assert!(written.contains("terminado en 123") && !written.contains("600000123"), "{written}");
    assert!(!written.contains("60 00 00"), "{written}");
    let said = outputs.iter().find_map(|o| if let Output::Say(p) = o { Some(p.text.clone()) } else { None });
    assert_eq!(said.as_deref(), Some("Le llamo al 60 00 00 12 3."), "the citizen hears it");
}

#[test]
fn values_reach_services_in_their_exact_form() {
    let address = dialogs::Address {
        street: "Calle Mayor".into(),
        number: Some("12".into()),
        floor: Some("3".into()),
        door: Some("derecha".into()),
        postcode: Some("28013".into()),
        town: Some("Madrid".into()),
        ..dialogs::Address::default()
    };
    let address = Value::Address(Box::new(address));
    assert_eq!(address.to_string(), "Calle Mayor, 12, 3.º derecha, 28013 Madrid");
    assert_eq!(address.field("resto"), Some(Value::Text("3.º derecha, 28013 Madrid".into())));
    for (cents, exact, json) in
        [(1250, "12.50", "12.5"), (-5, "-0.05", "-0.05"), (100_000, "1000.00", "1000.0")]
    {
        assert_eq!(Value::Money(cents).to_string(), exact);
        assert_eq!(Value::Money(cents).to_json().to_string(), json);
    }
    let at = |day: u32, hour| {
        chrono::NaiveDate::from_ymd_opt(2026, 5, day).unwrap().and_hms_opt(hour, 0, 0).unwrap()
    };
    let either = Value::Ranges(vec![(at(14, 14), at(14, 20)), (at(15, 8), at(15, 14))]);
    let written = "2026-05-14T14:00/2026-05-14T20:00,2026-05-15T08:00/2026-05-15T14:00";
    assert_eq!(either.to_string(), written);
    assert_eq!(either.hull().to_string(), "2026-05-14T14:00/2026-05-15T14:00");
    assert_eq!(either.field("hasta"), Some(Value::DateTime(at(15, 14).into())));
    let parts: Vec<&str> = written.split(',').collect();
    assert_eq!(either.field("tramos").unwrap().to_json(), serde_json::json!(parts));
    let code = Value::Exact(Exact::Postcode, "28013".into());
    assert_eq!(code.field("provincia"), Some(Value::Text("Madrid".into())));
    assert_eq!(code.to_json(), serde_json::json!("28013"));
}

#[test]
fn an_amount_is_compared_with_numbers() {
    let mut files = bot_of("es.importe", "Gracias.");
    let dialog = files.iter_mut().find(|(f, _)| f == "uno.yaml").unwrap();
    dialog.1 = dialog.1.replace("{ say: \"Gracias.\" }", "{ if: dato >= 12.5, then: { end: mucho } }");
    let (mut interpreter, listen) = asked(&files);
    let Kind::Money = listen.expect.asked().unwrap().kind else { panic!("{listen:?}") };
    // The language of tests reads no amounts: one is chosen by hand in the engine's own tests.
    interpreter.handle(Input::HungUp, listen.expect.now);
    let problems = Bot::from_files(&with(
        files.clone(),
        &[("uno.yaml", &files.iter().find(|(f, _)| f == "uno.yaml").unwrap().1.replace("12.5", "'doce'"))],
    ));
    assert!(problems.unwrap_err()[0].what.contains("can't be compared"));
}

const REMOTE: &str = "from: oficinas.todas\n";
const ANSWER: &str = r#"[{ "id": "1", "nombre": "Oficina centro", "sinonimos": ["la del centro"], "plazas": 3 },
    { "id": "2", "nombre": "Oficina norte", "sinonimos": [], "plazas": 5 }]"#;

fn remote(from: &str) -> Vec<(String, String)> {
    let mut files = bot_of("list(sedes)", "Tiene {dato.plazas} plazas.");
    files.push(("catalogos/sedes.yaml".into(), from.into()));
    files
}

#[test]
fn a_list_that_a_service_gives_is_named_with_its_request_and_read_from_its_answer() {
    let files = remote(REMOTE);
    let lists = remote_catalogues(&files);
    let [list] = lists.as_slice() else { panic!("{lists:?}") };
    assert_eq!((list.name.as_str(), list.file.as_str()), ("sedes", "catalogos/sedes.yaml"));
    assert_eq!((list.line, list.column), (1, 7));
    assert_eq!(list.call.url(|_| None), "http://127.0.0.1:8085/oficinas?activas=s%C3%AD");
    assert_eq!(list.call.timeout, Duration::from_secs(2));
    // Without an answer the bot is refused in one line, which the driver may say better.
    let problems = Bot::from_files(&files).unwrap_err();
    assert_eq!(problems.len(), 1);
    assert!(list.is_why(&problems[0]));
    assert!(list.unanswered("no answer in time").to_string().starts_with("catalogos/sedes.yaml:1:7: "));
    let bot = loaded(&with(files, &[(&list.answer(), ANSWER)]));
    let sedes = &bot.catalogues()["sedes"];
    assert!(sedes.fetched);
    let north = sedes.item("2").unwrap();
    assert_eq!((north.name.as_str(), north.fields["plazas"].as_str()), ("Oficina norte", "5"));
    assert_eq!(sedes.item("1").unwrap().synonyms, ["la del centro"]);
}

#[test]
fn an_operation_that_gives_no_list_is_not_fetched() {
    for from in
        ["from: oficinas.una\n", "from: oficinas.alta\n", "from: oficinas.suelta\n", "from: nada.nada\n"]
    {
        assert_eq!(remote_catalogues(&remote(from)), [], "{from}");
    }
    assert_eq!(remote_catalogues(&bot_of("list(oficinas)", "Hola.")), []);
}

/// What is wrong, in which file, what is written in it.
const GALLERY: &[(&str, &str, &str)] = &[
    ("a spreadsheet without ids", "catalogos/oficinas.csv", "clave;nombre\na;Oficina\n"),
    ("a spreadsheet with commas", "catalogos/oficinas.csv", "id,nombre\na,Oficina\n"),
    ("a heading in capitals", "catalogos/oficinas.csv", "id;Nombre\na;Oficina\n"),
    ("a heading of two words", "catalogos/oficinas.csv", "id;nombre;hora de cierre\na;Oficina;14\n"),
    ("a heading twice", "catalogos/oficinas.csv", "id;nombre;hora;hora\na;Oficina;9;14\n"),
    ("a row too short", "catalogos/oficinas.csv", "id;nombre;sinonimos\na;Oficina;\nb;Otra\n"),
    ("a row too long", "catalogos/oficinas.csv", "id;nombre\na;Oficina;la de siempre\n"),
    ("a row without a name", "catalogos/oficinas.csv", "id;nombre\na;\n"),
    ("an id twice", "catalogos/oficinas.csv", "id;nombre\na;Oficina\nb;Otra\na;Tercera\n"),
    ("only a heading", "catalogos/oficinas.csv", "id;nombre\n"),
    ("nothing in it", "catalogos/oficinas.csv", ""),
    ("a catalogue written twice", "catalogos/oficinas.yaml", "centro: { nombre: Oficina }\n"),
    ("a list from nowhere", "catalogos/oficinas.yaml", "from: oficinas.tods\n"),
    ("a list with arguments", "catalogos/otras.yaml", "from: oficinas.una\n"),
    ("a list that changes the world", "catalogos/otras.yaml", "from: oficinas.alta\n"),
    ("a list that is none", "catalogos/otras.yaml", "from: oficinas.suelta\n"),
    ("a list with something else", "catalogos/otras.yaml", "from: oficinas.todas\nnombre: x\n"),
    ("a list without an answer", "catalogos/otras.yaml", "from: oficinas.todas\n"),
    ("an answer that nobody asks for", "catalogos/otras.json", "[]"),
    (
        "one question",
        "saber/tributos.yaml",
        "plazo: { titulo: Plazo, preguntas: [cuándo], respuesta: Ya. }\n",
    ),
    (
        "a question of two entries",
        "saber/tributos.yaml",
        "a: { titulo: A, preguntas: [cuándo, hasta cuándo], respuesta: Ya. }\n\
         b: { titulo: B, preguntas: [dónde, Cuándo], respuesta: Aquí. }\n",
    ),
    ("an entry without its answer", "saber/tributos.yaml", "a: { titulo: A, preguntas: [uno, dos] }\n"),
    (
        "an unknown key of an entry",
        "saber/tributos.yaml",
        "a: { titulo: A, pregunta: [uno, dos], preguntas: [uno, dos], respuesta: Ya. }\n",
    ),
    (
        "questions that are no list",
        "saber/tributos.yaml",
        "a: { titulo: A, preguntas: cuándo, respuesta: Ya. }\n",
    ),
    ("knowledge that is empty", "saber/tributos.yaml", "{}\n"),
    (
        "an unknown region",
        "calendarios/oficina.yaml",
        "regions: [ES, ES-MAD]\nhorario: { monday: 09:00-14:00 }\n",
    ),
    (
        "an unknown time zone",
        "calendarios/oficina.yaml",
        "time_zone: Atlantic/Canaries\nhorario: { monday: 09:00-14:00 }\n",
    ),
];

#[test]
fn every_problem_of_lists_knowledge_and_calendars_has_its_line_and_its_cure() {
    let mut out = String::new();
    for (name, file, text) in GALLERY {
        writeln!(out, "# {name}").unwrap();
        match Bot::from_files(&with(bot_of("list(oficinas)", "Hola."), &[(file, text)])) {
            Ok(_) => writeln!(out, "ACCEPTED").unwrap(),
            Err(problems) => problems.iter().for_each(|p| writeln!(out, "{p}").unwrap()),
        }
    }
    for (name, answer) in [
        ("an answer that is no JSON", "hola"),
        ("an answer that is empty", "[]"),
        ("an answer that lies", r#"[{ "id": "1", "nombre": 7 }]"#),
        ("an answer with an id twice", &ANSWER.replace("\"2\"", "\"1\"")),
    ] {
        writeln!(out, "# {name}").unwrap();
        let problems =
            Bot::from_files(&with(remote(REMOTE), &[("catalogos/sedes.json", answer)])).unwrap_err();
        problems.iter().for_each(|p| writeln!(out, "{p}").unwrap());
    }
    assert!(!out.contains("ACCEPTED"), "{out}");
    insta::assert_snapshot!("types", out);
}

#[test]
fn a_spreadsheet_of_another_encoding_is_told_how_to_save_it() {
    let folder = tempfile::tempdir().unwrap();
    for (file, text) in bot_of("list(oficinas)", "Hola.") {
        let path = folder.path().join(file);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, text).unwrap();
    }
    Bot::load(folder.path()).unwrap();
    let latin = b"id;nombre\na;Oficina del distrito N\xfa\xf1ez\n";
    std::fs::write(folder.path().join("catalogos/oficinas.csv"), latin).unwrap();
    let problems = Bot::load(folder.path()).unwrap_err();
    assert!(problems[0].cure.contains("CSV UTF-8"), "{}", problems[0]);
}

#[test]
fn filters_that_make_no_sense_on_a_type_are_refused() {
    for (kind, filter) in [("es.importe", "spelled"), ("es.direccion", "grouped"), ("es.fecha", "masked")] {
        assert!(
            Bot::from_files(&bot_of(kind, &format!("Es {{dato | {filter}}}."))).is_err(),
            "{kind} {filter}"
        );
    }
    for kind in ["es.iban", "es.telefono", "es.correo", "es.nombre", "es.nuss", "es.matricula"] {
        for filter in Filter::NAMES {
            loaded(&bot_of(kind, &format!("Es {{dato | {filter}}}.")));
        }
    }
}
