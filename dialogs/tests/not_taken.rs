//! A handoff that nobody takes goes on where its `no_answer` is written.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test fails by panicking")]

use std::sync::Arc;

use dialogs::{Bot, Heard, Input, Interpreter, Output, Start};

const CENTRE: &str = "centre: Prueba
language: es
time_zone: Europe/Madrid
opening: { say: Soy un asistente automático y esta llamada se graba., ask: ¿Qué desea? }
queues: { gente: { about: Personas } }
handoffs:
  gente: { queue: gente, carry: [reason], whisper: \"{reason}\", closed: { end: cerrado, say: Está cerrado. }, no_answer: { after: 60s, end: nadie, say: No hay nadie. } }
  urgencias: { number: \"112\", no_answer: { after: 15s, say: Llame usted al 112., end: sin_respuesta } }
always: { persona: { handoff: gente, reason: lo_pide } }
limits:
  no_input: { after: 6s, tries: 3, then: { handoff: gente, reason: silencio } }
  no_match: { tries: 3, then: { handoff: gente, reason: no_entendido } }
  upset: { level: 0.8, then: { handoff: gente, reason: enfado } }
  emergency: { words: [hay fuego], then: { handoff: urgencias, reason: emergencia } }
";
const DIALOG: &str = "dialog: eco
about: Pregunta un número y lo dice.
start_on: [numero]
slots:
  cuantos: { type: number, ask: ¿Cuántos son? }
steps:
  - say: Son {cuantos | spoken}.
  - end: dicho
";

#[test]
fn an_emergency_that_nobody_answers_is_told_so_and_ends_as_written() {
    let files = [
        ("centro.yaml", CENTRE),
        ("eco.yaml", DIALOG),
        ("nlu/numero.yaml", "- quiero decir un número\n- apunte una cantidad\n- le doy una cifra\n"),
        ("nlu/persona.yaml", "- páseme con una persona\n- un humano por favor\n- hablar con alguien\n"),
    ]
    .map(|(name, text)| (name.to_owned(), text.to_owned()));
    let bot = Bot::from_files(&files).unwrap_or_else(|problems| panic!("{problems:#?}"));
    let now = chrono::NaiveDate::from_ymd_opt(2026, 5, 11).unwrap().and_hms_opt(10, 0, 0).unwrap();
    let start = Start {
        now,
        from: "600000000".into(),
        to: "010".into(),
        contact: "c".into(),
        consent: Default::default(),
    };
    let language = Arc::new(dialogs::testing::TestLanguage::new(&bot));
    let mut run = Interpreter::new(Arc::new(bot), language, start);
    run.handle(Input::Started, now);
    assert_eq!(run.handle(Input::NotTaken, now), [], "nothing was handed off");
    let outputs = run.handle(Input::Heard(Heard::text("hay fuego en mi casa")), now);
    let handoff =
        outputs.iter().find_map(|o| if let Output::Handoff(h) = o { Some(h) } else { None }).unwrap();
    assert_eq!((handoff.number.as_deref(), handoff.no_answer.map(|t| t.as_secs())), (Some("112"), Some(15)));
    assert!(matches!(outputs.last(), Some(Output::End(end)) if end.outcome == "handed_off"), "{outputs:?}");

    let outputs = run.handle(Input::NotTaken, now);
    let said = outputs.iter().find_map(|o| if let Output::Say(p) = o { Some(p.text.as_str()) } else { None });
    assert_eq!(said, Some("Llame usted al 112."));
    assert!(
        matches!(outputs.last(), Some(Output::End(end)) if end.outcome == "sin_respuesta"),
        "{outputs:?}"
    );
    assert_eq!(run.handle(Input::NotTaken, now), [], "it goes on once");
}
