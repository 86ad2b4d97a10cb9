//! What the checker says of broken bots: one change to the shipped bot each.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::print_stdout,
    reason = "a test's helpers fail with it"
)]

mod common;

use std::fmt::Write as _;

use dialogs::Bot;

const CITA: &str = "cita_previa.yaml";
const CENTRO: &str = "centro.yaml";
const LLAMADA: &str = "pedir_devolucion_de_llamada.yaml";
const SERVICIOS: &str = "servicios.yaml";

/// What is broken, in which file, what was written, what is written instead.
const GALLERY: &[(&str, &str, &str, &str)] = &[
    ("an unknown key of a dialog", CITA, "limits:", "limites:"),
    ("an unknown step", CITA, "- collect: [tramite", "- colect: [tramite"),
    ("an unknown key of a step", CITA, "    at_once: 3 ", "    at_onse: 3 "),
    ("an unknown slot", CITA, "[tramite, nif, cuando]         #", "[tramite, nif, cuand]         #"),
    ("an unknown name in a prompt", CITA, "Le reservo {hueco.inicio", "Le reservo {ueco.inicio"),
    ("an unknown part of a value", CITA, "Le reservo {hueco.inicio", "Le reservo {hueco.inico"),
    ("an unknown filter", CITA, "{reserva.codigo | spelled}", "{reserva.codigo | speled}"),
    (
        "a filter that makes no sense",
        CITA,
        "Le reservo {hueco.inicio | spoken}",
        "Le reservo {hueco.inicio | spelled}",
    ),
    ("a value that can't be said whole", CITA, "Le reservo {hueco.inicio | spoken}", "Le reservo {hueco}"),
    ("an unknown service", CITA, "call: citas.huecos", "call: citas.hueco"),
    ("an argument that a service lacks", CITA, "hueco: \"{hueco.id}\"", "heuco: \"{hueco.id}\""),
    (
        "a call without its error branch",
        CITA,
        "    on_error: { handoff: citas, reason: reserva_fallida, say: \"No he podido terminar la reserva. Le paso con una persona.\" }\n",
        "",
    ),
    (
        "an unknown goto",
        CITA,
        "{ forget: cuando }, { goto: buscar }]\n  - choose",
        "{ forget: cuando }, { goto: busca }]\n  - choose",
    ),
    (
        "an unknown handoff",
        CITA,
        "on_error: { handoff: citas, reason: agenda",
        "on_error: { handoff: cita, reason: agenda",
    ),
    ("a handoff without a queue", CITA, "    queue: oac_citas\n", ""),
    ("an unknown queue", CITA, "queue: oac_citas", "queue: oac_cita"),
    ("a handoff without its closed exit", CITA, "    closed: { run: pedir_devolucion_de_llamada }\n", ""),
    ("an unknown sub-dialog", CITA, "{ run: requisitos,", "{ run: requisito,"),
    ("an unknown intent", CITA, "start_on: [pedir_cita]", "start_on: [pedir_citas]"),
    ("an unknown intent in always", CITA, "  anular: {", "  anullar: {"),
    ("an unknown type", CITA, "type: es.datetime_range", "type: es.datetime_rnge"),
    ("an unknown catalogue", CITA, "type: list(tramites)", "type: list(tramite)"),
    ("an unknown calendar", CITA, "within: oficina.horario", "within: oficina.horarios"),
    ("an unknown template", CITA, "template: cita_confirmada", "template: cita_confirmda"),
    ("a key for no entry", CITA, "{ 1: padron,", "{ 1: padrn,"),
    ("a time without unit", CITA, "after: 6s,", "after: 6,"),
    (
        "a slot without its question",
        "requisitos.yaml",
        "    ask: ¿De qué trámite quiere saber los papeles?\n",
        "",
    ),
    ("a dialog that runs out of steps", CITA, "  - end: cita_reservada\n", ""),
    (
        "a circle without a question",
        CITA,
        "then: [{ say: \"No queda ningún hueco {cuando | spoken}.\" }, { forget: cuando }, { goto: buscar }]",
        "then: [{ goto: buscar }]",
    ),
    (
        "a step that is never reached",
        CITA,
        "  - end: cita_reservada\n",
        "  - end: cita_reservada\n  - say: Adiós.\n",
    ),
    (
        "a name that may not be filled",
        CITA,
        "  - collect: [tramite, nif, cuando] ",
        "  - say: Su cita es {hueco.inicio | spoken}.\n  - collect: [tramite, nif, cuando] ",
    ),
    (
        "no person to be reached",
        CITA,
        "  hablar_con_persona: { handoff: citas, reason: lo_pide, say: Le paso con una persona. }\n",
        "",
    ),
    ("a key written twice", CITA, "    private: true", "    private: true\n    private: true"),
    ("a condition that compares unlike things", CITA, "if: huecos is empty", "if: huecos == 3"),
    ("a condition that can't be read", CITA, "if: huecos is empty", "if: huecos is emtpy"),
    ("not YAML", CITA, "slots:\n", "slots: [\n"),
    ("no disclosure of the machine", CENTRO, "Soy un asistente automático y esta", "Esta"),
    ("no disclosure of the recording", CENTRO, " y esta llamada se graba", ""),
    ("no opening line", CENTRO, "opening:", "oppening:"),
    ("an alias", CENTRO, "language: es", "language: *es"),
    ("an unknown phrase", CENTRO, "  handoff: Le paso", "  handof: Le paso"),
    ("an unknown argument in a service", SERVICIOS, "tramite: \"{tramite}\"", "tramite: \"{tramites}\""),
    ("an unknown kind of value", SERVICIOS, "inicio: datetime", "inicio: datetme"),
    ("an operation without a path", SERVICIOS, "      post: /reservas\n", ""),
    ("a token written down", SERVICIOS, "  timeout: 4s\n", "  token: secreto\n"),
    ("a slot of two types", "requisitos.yaml", "type: list(tramites)", "type: free_text"),
    ("an example of two intents", "nlu/repetir.yaml", "- repita, por favor", "- déjelo"),
    (
        "opening hours that can't be",
        "calendarios/oficina.yaml",
        "  friday: 08:30-14:30",
        "  friday: 14:30-08:30",
    ),
    ("a holiday that is no day", "calendarios/oficina.yaml", "2026-12-25", "2026-12-52"),
    (
        "a region by its name",
        "calendarios/oficina.yaml",
        "time_zone: Europe/Madrid\n",
        "time_zone: Europe/Madrid\nregions: [ES, Madrid]\n",
    ),
    ("a sum in a text", CITA, "Le reservo {hueco.inicio | spoken}", "Le reservo {hueco + 1}"),
    ("a list in a text", CITA, "No queda ningún hueco {cuando | spoken}.", "No queda {huecos}."),
    (
        "a numbered entry in a text",
        CITA,
        "No queda ningún hueco {cuando | spoken}.",
        "No queda {huecos.0.inicio}.",
    ),
    ("an entry without a name", "catalogos/tramites.yaml", "  nombre: tributos\n", ""),
    ("hours past midnight", "calendarios/oficina.yaml", "  friday: 08:30-14:30", "  friday: 22:00-02:00"),
    ("hours until midnight", "calendarios/oficina.yaml", "  friday: 08:30-14:30", "  friday: 16:00-00:00"),
    ("hours in words", "calendarios/oficina.yaml", "  friday: 08:30-14:30", "  friday: 8 a 14"),
    ("a range the wrong way round", LLAMADA, "digits(9)", "digits(9, 4)"),
    ("more digits than anybody says", LLAMADA, "digits(9)", "digits(90)"),
    ("digits without their number", LLAMADA, "digits(9)", "digits"),
    ("a parenthesis that is not closed", LLAMADA, "digits(9)", "digits(4"),
    ("a list without its catalogue", CITA, "list(tramites)", "list()"),
    ("a type that takes nothing", CITA, "type: es.nif", "type: es.nif(8)"),
    ("an empty phrase", CENTRO, "  handoff: Le paso con una persona.", "  handoff: \"\""),
    (
        "an empty question",
        "requisitos.yaml",
        "    ask: ¿De qué trámite quiere saber los papeles?",
        "    ask: [\" \"]",
    ),
    ("a floor that lets noise through", CENTRO, "{ accept: 0.35,", "{ accept: 0,"),
    ("a floor below words in doubt", CENTRO, "{ accept: 0.35,", "{ accept: 0.35, act: 0.5,"),
    ("floors out of order", CENTRO, "{ accept: 0.35,", "{ accept: 0.8,"),
    ("a floor between floors", CENTRO, "{ accept: 0.35,", "{ accept: 0.35, act: 0.8,"),
    ("anger that is always there", CITA, "{ level: 0.8,", "{ level: 0,"),
    (
        "a word of danger that anybody says",
        CITA,
        "  upset: { level",
        "  emergency: { words: [chispas, \"no\"], then: { handoff: citas, reason: emergencia } }\n  upset: { level",
    ),
    (
        "an empty word of danger",
        CITA,
        "  upset: { level",
        "  emergency: { words: [\"\"], then: { handoff: citas, reason: emergencia } }\n  upset: { level",
    ),
    (
        "an end without a word",
        CITA,
        "say: \"De acuerdo, lo dejo sin hacer. Gracias por llamar.\", end",
        "end",
    ),
    (
        "an end without a word after an answer",
        LLAMADA,
        "  - end: sin_llamada\n    say: De acuerdo. Gracias por llamar.",
        "  - end: sin_llamada",
    ),
    (
        "an end without a word where people were promised",
        CITA,
        "no_answer: { after: 120s, run: pedir_devolucion_de_llamada }",
        "no_answer: { after: 120s, end: nadie }",
    ),
    ("a dialog that runs itself", "requisitos.yaml", "steps:\n", "steps:\n  - run: requisitos\n"),
    ("a prompt that is too long", CENTRO, "rate: 1.0 }", "rate: 1.0, longest: 12s }"),
];

#[test]
fn every_problem_has_its_line_its_place_and_its_cure() {
    let mut out = String::new();
    for (name, file, from, to) in GALLERY {
        let mut files = common::files();
        let text = &mut files.iter_mut().find(|(f, _)| f == file).unwrap().1;
        assert!(text.contains(from), "{name}: `{from}` is not in {file}");
        *text = text.replacen(from, to, 1);
        writeln!(out, "# {name}").unwrap();
        match Bot::from_files(&files) {
            // A bot that answers already would go on with it.
            Ok(bot) if bot.warnings().iter().any(dialogs::Problem::is_error) => {
                bot.warnings().iter().filter(|p| p.is_error()).for_each(|p| writeln!(out, "{p}").unwrap());
            }
            Ok(_) => writeln!(out, "ACCEPTED").unwrap(),
            Err(problems) => problems.iter().for_each(|p| writeln!(out, "{p}").unwrap()),
        }
    }
    assert!(!out.contains("ACCEPTED"), "{out}");
    insta::assert_snapshot!("gallery", out);
}

#[test]
fn every_problem_is_said_at_once() {
    let mut files = common::files();
    let text = &mut files.iter_mut().find(|(f, _)| f == CITA).unwrap().1;
    *text = text.replace("call: citas.huecos", "call: citas.hueco").replace("goto: buscar", "goto: busca");
    let problems = Bot::from_files(&files).unwrap_err();
    assert_eq!(problems.len(), 4, "{problems:#?}");
}

#[test]
fn an_empty_folder_says_what_is_missing() {
    let folder = tempfile::tempdir().unwrap();
    let problems = Bot::load(folder.path()).unwrap_err();
    assert_eq!(problems[0].file, "centro.yaml");
    assert_eq!(Bot::load(folder.path().join("nada.yaml")).unwrap_err().len(), 1);
}
