//! What the tests of this crate share: a small bot, and a voice that costs nothing.
use crate::bots::Material;
use std::ops::ControlFlow;
use std::path::Path;
use std::sync::Arc;
use tts::{Sink, Style, Synthesiser};

const CENTRE: &str = "centre: Prueba
language: es
time_zone: Europe/Madrid
opening: { say: Soy un asistente automático y esta llamada se graba., ask: ¿Qué desea? }
queues: { gente: { about: Personas } }
";
const DIALOG: &str = "dialog: eco
about: Pregunta un número y lo dice.
start_on: [numero]
slots:
  cuantos: { type: number, private: true, ask: ¿Cuántos son? }
steps:
  - say: Son {cuantos | spoken}.
  - end: dicho
always: { persona: { handoff: gente, reason: lo_pide } }
limits:
  no_input: { after: 6s, tries: 3, then: { handoff: gente, reason: silencio } }
  no_match: { tries: 3, then: { handoff: gente, reason: no_entendido } }
  upset: { level: 0.8, then: { handoff: gente, reason: enfado } }
  emergency: { then: { handoff: gente, reason: emergencia } }
handoffs:
  gente: { queue: gente, carry: [reason], whisper: \"{reason}\", closed: { end: cerrado, say: Está cerrado. }, no_answer: { after: 60s, end: nadie, say: No hay nadie. } }
";
const TEST: &str = "dialog: eco
now: 2026-05-11T10:00
cases:
  - name: dice el número
    turns: [{ user: quiero decir un número }, { user: siete }, { expect: { said: Son siete, end: dicho } }]
";

/// A bot that asks for a number and says it; `what` is part of what it says at the end.
pub fn bot(what: &str) -> Material {
    let texts = [
        ("centro.yaml", CENTRE.to_owned()),
        ("eco.yaml", DIALOG.replace("Son {", &format!("{what} {{"))),
        (
            "nlu/numero.yaml",
            "- quiero decir un número\n- apunte una cantidad\n- le doy una cifra\n".to_owned(),
        ),
        (
            "nlu/persona.yaml",
            "- páseme con una persona\n- un humano por favor\n- hablar con alguien\n".to_owned(),
        ),
    ];
    Material {
        texts: texts.map(|(name, text)| (name.to_owned(), text)).to_vec(),
        tests: vec![("eco.test.yaml".into(), TEST.replace("Son siete", &format!("{what} siete")))],
        ..Material::default()
    }
}

/// Writes a bot's texts and tests where a designer would.
pub fn write(material: &Material, folder: &Path) {
    for (name, text) in material.texts.iter().chain(&material.tests) {
        let path = folder.join(name);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, text).unwrap();
    }
}

/// A tenth of a second of a square wave, whatever is said.
struct Beep;

impl Synthesiser for Beep {
    fn speak(&self, text: &str, _: &Style, sink: &mut Sink<'_>) -> Result<(), tts::Error> {
        if !text.is_empty() {
            let wave: Vec<i16> = (0..800).map(|n| if n / 8 % 2 == 0 { 3_000 } else { -3_000 }).collect();
            let (ControlFlow::Continue(()) | ControlFlow::Break(())) = sink(&wave);
        }
        Ok(())
    }

    fn identity(&self) -> String {
        "beep".into()
    }
}

/// Prompts that beep, kept in this folder.
pub fn prompts(folder: &Path) -> Arc<tts::Prompts> {
    Arc::new(tts::Prompts::new(Arc::new(Beep), folder.join("prompts")).unwrap())
}
