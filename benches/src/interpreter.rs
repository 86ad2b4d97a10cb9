//! One step of the interpreter: what the citizen said goes in, what to do comes out. Generated bots of 10, 100
//! and 1,000 slots and steps, and a language that understands at no cost, so that the interpreter is measured
//! and not what stands behind it.
use crate::stats::line;
use chrono::{NaiveDate, NaiveDateTime};
use dialogs::{
    Bot, Expect, Filter, Found, Heard, Input, Interpreter, Kind, Language, Output, SlotFound, Start,
    Understood, Value,
};
use e2e::server::Trouble;
use std::fmt::Write;
use std::hint::black_box;
use std::sync::Arc;
use std::time::Instant;

/// Slots, and as many steps that each read one.
const SIZES: [usize; 3] = [10, 100, 1_000];
/// Inputs measured of each size, at least.
const INPUTS: usize = 20_000;
/// Turns of a contact; the interpreter hands over at 150.
const TURNS: usize = 120;

/// Fills the slot that is asked for; every tenth turn corrects the first one, every fifteenth is nonsense.
struct Ready;

impl Language for Ready {
    fn understand(&self, heard: &Heard, expect: &Expect) -> Understood {
        let turn: usize = heard.text.parse().unwrap_or_default();
        let slot = match turn {
            turn if turn % 15 == 14 => None,
            turn if turn % 10 == 9 => expect.slots.first(),
            _ => expect.asked(),
        };
        let value = Value::Number(turn as f64);
        let slots =
            slot.map(|s| SlotFound { slot: s.name.clone(), found: Found::Valid(value), confidence: 1.0 });
        let intents = if turn == 0 { vec![("empezar".to_owned(), 1.0)] } else { Vec::new() };
        Understood { slots: slots.into_iter().collect(), intents, ..Understood::default() }
    }

    fn read_aloud(&self, value: &Value, _: Filter, _: NaiveDateTime) -> String {
        value.to_string()
    }

    fn validate(&self, _: &Kind, _: &str, _: NaiveDateTime) -> Found {
        Found::Invalid
    }

    fn is_backchannel(&self, _: &str) -> bool {
        false
    }
}

/// A bot with so many slots and so many steps that read them, one after the other.
fn bot(size: usize) -> Result<Arc<Bot>, Trouble> {
    let centre = "centre: Banco de pruebas\nlanguage: es\ntime_zone: Europe/Madrid\n\
        opening: { say: Soy un asistente automático y esta llamada se graba., ask: ¿Qué desea? }\n\
        queues: { gente: { about: Personas } }\nvoice: { longest: 60s }\n";
    let mut dialog = String::from("dialog: muchos\nabout: Muchas preguntas.\nstart_on: [empezar]\nslots:\n");
    for n in 0..size {
        let _ = writeln!(dialog, "  s{n}: {{ type: number, ask: ¿Cuánto es el {n}? }}");
    }
    dialog.push_str("steps:\n");
    for n in 0..size {
        let _ = writeln!(dialog, "  - say: El {n} es {{s{n}}}.");
    }
    dialog.push_str(
        "  - end: hecho\nalways: { persona: { handoff: gente, reason: lo_pide } }\nlimits:\n\
        \x20 no_input: { after: 6s, tries: 3, then: { handoff: gente, reason: silencio } }\n\
        \x20 no_match: { tries: 3, then: { handoff: gente, reason: no_entendido } }\n\
        handoffs: { gente: { queue: gente, closed: { end: cerrado, say: Está cerrado. }, no_answer: { after: 60s, end: nadie, say: No hay nadie. } } }\n",
    );
    let files = [
        ("centro.yaml", centre.to_owned()),
        ("muchos.yaml", dialog),
        ("nlu/empezar.yaml", "- empezar\n- vamos a empezar\n- quiero empezar\n".to_owned()),
        ("nlu/persona.yaml", "- una persona\n- un humano\n- hablar con alguien\n".to_owned()),
    ];
    let files = files.map(|(name, text)| (name.to_owned(), text));
    let bot = Bot::from_files(&files).map_err(|problems| crate::bots::first(&problems))?;
    Ok(Arc::new(bot))
}

/// Microseconds of every input, over as many contacts as it takes.
fn measure(bot: &Arc<Bot>) -> Result<Vec<f64>, Trouble> {
    let language: Arc<dyn Language> = Arc::new(Ready);
    let day = NaiveDate::from_ymd_opt(2026, 5, 11).and_then(|d| d.and_hms_opt(10, 0, 0));
    let now = day.ok_or_else(|| Trouble("no such day".into()))?;
    let mut out = Vec::with_capacity(INPUTS + TURNS);
    while out.len() < INPUTS {
        let start = Start {
            now,
            from: "600000000".into(),
            to: "010".into(),
            contact: format!("c{}", out.len()),
            consent: Default::default(),
        };
        let mut contact = Interpreter::new(bot.clone(), language.clone(), start);
        contact.handle(Input::Started, now);
        for turn in 0..TURNS {
            let input = Input::Heard(Heard::text(turn.to_string()));
            let began = Instant::now();
            let outputs = black_box(contact.handle(input, now));
            let took = began.elapsed().as_secs_f64() * 1e6;
            out.push(took);
            if outputs.iter().any(|o| matches!(o, Output::End(_))) {
                break;
            }
        }
    }
    Ok(out)
}

pub fn run() -> Result<(), Trouble> {
    line("| slots and steps | inputs | p50 | p99 | worst |\n|---|---|---|---|---|");
    for size in SIZES {
        let bot = bot(size)?;
        let warm = measure(&bot)?;
        black_box(warm.len());
        let mut took = measure(&bot)?;
        took.sort_by(f64::total_cmp);
        let at =
            |share: f64| took.get(((took.len() - 1) as f64 * share) as usize).copied().unwrap_or_default();
        line(format!(
            "| {size} | {} | {:.1} µs | {:.1} µs | {:.0} µs |",
            took.len(),
            at(0.5),
            at(0.99),
            at(1.0)
        ));
    }
    Ok(())
}
