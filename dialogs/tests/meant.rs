//! Nothing is done that was not meant: random bots, and anything that an ear and an understanding may deliver, in any
//! confidence. What changes something outside (a service that is not GET, a message, a consent), and what ends the
//! contact or hands it over but for the limits, comes from a key, from a yes that is unnegated and above its floor,
//! from a denial above it, or from words that say it plainly.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::print_stdout,
    reason = "a test's helpers fail with it"
)]

#[path = "common/dice.rs"]
mod dice;

use std::{
    collections::BTreeMap,
    fmt::Write as _,
    sync::{Arc, Mutex},
};

use chrono::{NaiveDate, NaiveDateTime, TimeDelta};
use dialogs::{
    Bot, Case, Choice, Danger, Expect, Filter, Found, Heard, Input, Interpreter, Kind, Language, Output,
    Recording, SlotFound, Start, Understood, Value, What,
};
use dice::Dice;

const RUNS: u64 = 12_000;
const TURNS: usize = 25;
const ACCEPT: f32 = 0.35;
const ACT: f32 = 0.6;
const SURE: f32 = 0.75;

const COMMON: [(&str, &str); 8] = [
    ("servicios.yaml", include_str!("specification/common/servicios.yaml")),
    ("calendarios/oficina.yaml", include_str!("specification/common/oficina.yaml")),
    ("catalogos/cosas.yaml", "agua: { nombre: el agua }\nluz: { nombre: la luz }\n"),
    ("nlu/empezar.yaml", "[empezar, quiero empezar, vamos a empezar]"),
    ("nlu/persona.yaml", "[una persona, páseme con alguien, un humano]"),
    ("nlu/dejarlo.yaml", "[déjelo, olvídelo, no quiero seguir]"),
    ("nlu/repetir.yaml", "[repítalo, otra vez, cómo ha dicho]"),
    ("nlu/aparte.yaml", "[una pregunta aparte, otra consulta, tengo una duda]"),
];

const CENTRE: &str = "centre: Pruebas
language: es
time_zone: Europe/Madrid
opening: { say: Soy un asistente automático y esta llamada se graba., ask: ¿Qué desea?, keys: { 1: empezar, 9: persona } }
queues: { personas: { about: Quien atiende } }
templates: { recibido: Hemos recibido su aviso. }
always: { persona: { handoff: personas, reason: lo_pide } }
limits:
  no_input: { after: 6s, tries: 3, then: { handoff: personas, reason: silencio } }
  no_match: { tries: 3, then: { handoff: personas, reason: no_entendido } }
handoffs: { personas: { queue: personas, closed: { end: cerrado, say: Está cerrado. }, no_answer: { after: 60s, end: sin_respuesta, say: No hay nadie. } } }
";

/// Kinds of slots, and a value of each.
fn value(kind: &Kind, dice: &mut Dice) -> Option<Value> {
    let day = NaiveDate::from_ymd_opt(2026, 5, 12 + dice.roll(12) as u32)?;
    Some(match kind {
        Kind::YesNo => Value::YesNo(dice.roll(2) == 0),
        Kind::List(list) => Value::Item(list.items.get(dice.roll(list.items.len()))?.clone()),
        Kind::Digits { .. } => Value::Digits("4711".into()),
        Kind::Nif => Value::Nif("12345678Z".into()),
        Kind::Date => Value::Date(day),
        Kind::FreeText => Value::Text("palabras".into()),
        _ => return None,
    })
}

/// A step that changes something outside, behind its question.
fn change(dice: &mut Dice, n: usize) -> String {
    let act = match dice.roll(5) {
        0 => "{ call: agenda.anular, with: { hueco: \"h1\" }, on_error: { end: fallo } }",
        1 => "{ call: agenda.mover, with: { hueco: \"h1\" }, on_error: { end: fallo } }",
        2 => "{ send_sms: { to: \"{call.from}\", template: recibido } }",
        3 => "{ case: open, kind: aviso, save: caso, on_error: { end: fallo } }",
        _ => "{ callback: { to: \"{call.from}\", queue: personas, reason: pedido } }",
    };
    let denied = match dice.roll(3) {
        0 => "{ end: sin_cambios }".to_owned(),
        1 => "{ handoff: personas, reason: no_quiere }".to_owned(),
        _ => format!("{{ goto: tras_{n} }}"),
    };
    format!(
        "  - {{ confirm: ¿Lo hago?, if_denied: {denied} }}\n  - {act}\n  - {{ id: tras_{n}, say: Bien. }}\n"
    )
}

/// A random dialog.
fn dialog(dice: &mut Dice) -> String {
    let kinds = ["yes_no", "list(cosas)", "'digits(4)'", "es.nif", "es.fecha", "free_text"];
    let confirms = ["never", "when_unsure", "always"];
    let mut out = "dialog: prueba\nabout: Una prueba.\nstart_on: [empezar]\nslots:\n".to_owned();
    let slots = 1 + dice.roll(4);
    for n in 0..slots {
        let (kind, confirm) = (kinds[dice.roll(kinds.len())], confirms[dice.roll(3)]);
        let _ = writeln!(out, "  s{n}: {{ type: {kind}, ask: ¿Cuál?, confirm: {confirm} }}");
    }
    out.push_str("steps:\n");
    let mut asked = Vec::new();
    for n in 0..2 + dice.roll(4) {
        match dice.roll(6) {
            0 => out.push_str(&change(dice, n)),
            1 => {
                out.push_str("  - { record: consent, ask: ¿Puedo grabar?, if_denied: { say: No grabo. } }\n")
            }
            2 => {
                let _ = writeln!(
                    out,
                    "  - {{ call: agenda.huecos, with: {{ dia: \"hoy\" }}, save: huecos{n}, on_error: {{ say: Falla. }} }}\n  - {{ choose: h{n}, from: huecos{n}, say: \"¿{{options | spoken}}?\", none_fits: {{ say: Ninguno. }} }}"
                );
                // The list must have been filled.
                if out.contains("on_error: { say: Falla. }") {
                    out = out.replace(
                        "on_error: { say: Falla. }",
                        "on_error: { handoff: personas, reason: falla }",
                    );
                }
            }
            _ => {
                let slot = dice.roll(slots);
                asked.push(slot);
                let _ = writeln!(out, "  - {{ collect: s{slot} }}");
            }
        }
    }
    for slot in (0..slots).filter(|s| !asked.contains(s)) {
        let _ = writeln!(out, "  - {{ collect: s{slot} }}");
    }
    out.push_str("  - { confirm: ¿Algo más?, if_denied: { end: hecho } }\n  - { end: hecho }\nalways:\n");
    out.push_str(match dice.roll(4) {
        0 => "  dejarlo: { end: abandonado, say: Adiós. }\n",
        1 => "  dejarlo: [{ say: Adiós. }, { set: { x: \"y\" } }, { end: abandonado }]\n",
        2 => "  dejarlo: [{ send_sms: { to: \"{call.from}\", template: recibido } }, { end: abandonado }]\n",
        _ => "  dejarlo: [{ call: agenda.anular, with: { hueco: \"h1\" }, on_error: { end: fallo } }, { end: abandonado }]\n",
    });
    out.push_str("  repetir: { repeat: last }\n  aparte: { say: La oficina abre a las nueve. }\n");
    out
}

/// What was understood, drawn from the words, and kept.
#[derive(Default)]
struct Anything(Mutex<Vec<Understood>>);

impl Anything {
    fn draw(heard: &Heard, expect: &Expect) -> Understood {
        let seed = heard.text.bytes().fold(7_u64, |h, b| h.wrapping_mul(31) ^ u64::from(b));
        // Two pieces together say a value and nothing else.
        let joined = heard.text.contains(' ');
        let mut dice = Dice(seed);
        let sure = |dice: &mut Dice| dice.roll(1_001) as f32 / 1_000.0;
        let maybe = |dice: &mut Dice, of: usize| dice.roll(of) == 0;
        let mut u = Understood {
            correction: maybe(&mut dice, 5),
            negated: maybe(&mut dice, 3),
            doubtful: maybe(&mut dice, 3),
            plainly: maybe(&mut dice, 2),
            wants_time: maybe(&mut dice, 12),
            danger: Danger::None,
            ..Understood::default()
        };
        let (says, yes) = (maybe(&mut dice, 2), maybe(&mut dice, 2));
        u.yes_no = (says && !joined).then_some((yes, sure(&mut dice)));
        if maybe(&mut dice, 3) && !expect.intents.is_empty() && !joined {
            let intent = expect.intents[dice.roll(expect.intents.len())].clone();
            u.intents.push((intent, sure(&mut dice)));
        }
        let choice = |dice: &mut Dice, n: usize| {
            let pick = match dice.roll(4) {
                0 => Choice::NoneFits,
                1 if n > 1 => Choice::Between(0, 1),
                _ => Choice::One(dice.roll(n.max(1))),
            };
            (maybe(dice, 3) && n > 0).then_some((pick, sure(dice)))
        };
        u.choice = choice(&mut dice, expect.options.len());
        u.earlier_choice = choice(&mut dice, expect.earlier_options.len());
        for (slot, asked) in expect.slots_in_order() {
            if !maybe(&mut dice, if asked { 2 } else { 6 }) {
                continue;
            }
            let found = match dice.roll(8) {
                0 => Found::Invalid,
                1 => Found::Unfinished,
                _ => match value(&slot.kind, &mut dice) {
                    Some(value) => Found::Valid(value),
                    None => continue,
                },
            };
            u.slots.push(SlotFound { slot: slot.name.clone(), found, confidence: sure(&mut dice) });
        }
        u
    }
}

impl Language for Anything {
    fn understand(&self, heard: &Heard, expect: &Expect) -> Understood {
        let u = Self::draw(heard, expect);
        self.0.lock().unwrap().push(u.clone());
        u
    }
    fn read_aloud(&self, value: &Value, _: Filter, _: chrono::NaiveDateTime) -> String {
        value.to_string()
    }
    fn validate(&self, kind: &Kind, written: &str, _: NaiveDateTime) -> Found {
        match kind {
            Kind::Digits { .. } if written.len() == 4 => Found::Valid(Value::Digits(written.into())),
            _ => Found::Invalid,
        }
    }
    fn is_backchannel(&self, text: &str) -> bool {
        text.len() % 7 == 3
    }
}

/// What an input gives leave to.
#[derive(Debug, Clone, Copy, Default)]
struct Leave {
    /// To change something, by a yes or a key.
    change: bool,
    /// To keep what is said, by a yes without a word that negates or a key.
    consent: bool,
    /// To end or to hand over: by these, by a no that leads there, or by saying so.
    away: bool,
}

/// What was heard gives leave where it says so clearly; `doubted`: the same was said and asked about just before.
fn leave(u: &Understood, doubted: Option<bool>, leaving: bool) -> Leave {
    let intent = u.intents.first().map_or(0.0, |i| i.1);
    let yes = u.yes_no.is_some_and(|(yes, c)| {
        let floor = if doubted.is_some() {
            ACCEPT
        } else if leaving {
            ACT
        } else {
            SURE
        };
        yes && !u.doubtful && c >= floor
    });
    // Another of the options, picked clearly at a confirmation, stands for a yes.
    let picked = matches!(u.earlier_choice, Some((Choice::One(_), c)) if c >= SURE);
    let no = u.yes_no.is_some_and(|(yes, c)| !yes && c >= SURE);
    // A no may also be said by «none of them».
    let none = matches!(u.earlier_choice, Some((Choice::NoneFits, c)) if c >= SURE);
    let plain = u.plainly && intent >= SURE || leaving && intent >= ACT;
    Leave {
        change: yes || picked || plain,
        consent: yes && !u.negated,
        away: yes || picked || no || none || intent >= SURE || plain,
    }
}

/// One contact; what was done and not meant.
fn wrong(seed: u64) -> (Vec<String>, BTreeMap<&'static str, u32>) {
    let mut dice = Dice(seed);
    let mut files: Vec<(String, String)> = COMMON.map(|(f, t)| (f.to_owned(), t.to_owned())).to_vec();
    let text = dialog(&mut dice);
    files.push(("centro.yaml".into(), CENTRE.into()));
    files.push(("prueba.yaml".into(), text.clone()));
    let bot = Bot::from_files(&files).unwrap_or_else(|p| {
        panic!("seed {seed}: {}\n{text}", p.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n"))
    });
    let language = Arc::new(Anything::default());
    let mut now = NaiveDate::from_ymd_opt(2026, 5, 11).unwrap().and_hms_opt(10, 0, 0).unwrap();
    let start = Start {
        now,
        from: "600000000".into(),
        to: "010".into(),
        contact: format!("c{seed}"),
        consent: BTreeMap::from([("sms".to_owned(), true)]),
    };
    let mut run = Interpreter::new(Arc::new(bot), language.clone(), start);
    let (mut wrong, mut done) = (Vec::new(), BTreeMap::new());
    let (mut given, mut input) = (Leave::default(), Input::Started);
    let (mut doubted, mut leaving) = (None, false);
    for turn in 0..TURNS {
        language.0.lock().unwrap().clear();
        let shown = format!("{input:?}");
        let reply = matches!(input, Input::Reply { .. });
        let limits = matches!(input, Input::NoInput);
        let keyed = matches!(input, Input::Keys(_));
        let outputs = run.handle(input, now);
        now += TimeDelta::seconds(5);
        let understood = language.0.lock().unwrap().clone();
        if keyed {
            given = Leave { change: true, consent: true, away: true };
        } else if !reply {
            let each = understood.iter().map(|u| leave(u, doubted, leaving));
            given = each.fold(Leave::default(), |a, b| Leave {
                change: a.change || b.change,
                consent: a.consent || b.consent,
                away: a.away || b.away,
            });
        }
        let missed = outputs.iter().any(
            |o| matches!(o, Output::Note(e) if matches!(e.what, What::NotUnderstood { count } if count >= 3)),
        );
        let failed = matches!(&outputs.last(), Some(Output::End(e)) if e.outcome == "failed");
        let away = given.away || limits || missed || failed || reply;
        let mut next = None;
        for output in &outputs {
            let act = match output {
                Output::Call(call) => {
                    let huecos = serde_json::json!([{ "id": "h1", "inicio": "2026-05-14T17:30" }, { "id": "h2", "inicio": "2026-05-14T18:00" }]);
                    next = Some(Input::Reply { call: call.id, result: Ok(huecos.into()) });
                    (call.method != "GET").then_some(("call", given.change))
                }
                Output::Case(Case::Open { id, .. }) => {
                    let result = Ok(serde_json::json!({ "codigo": "2026-000001" }));
                    next = Some(Input::Reply { call: *id, result: result.map(Into::into) });
                    Some(("case", given.change))
                }
                Output::Sms(_) | Output::Email(_) => Some(("message", given.change)),
                Output::Callback(_) => Some(("callback", given.change)),
                Output::Record(Recording::Start) => Some(("consent", given.consent)),
                Output::Handoff(_) => Some(("handoff", away)),
                Output::End(_) => Some(("end", away)),
                _ => None,
            };
            if let Some((name, meant)) = act {
                *done.entry(name).or_insert(0) += 1;
                if !meant {
                    wrong.push(format!(
                        "seed {seed}, turn {turn}: {name} on {shown}, understood {understood:?}\n{text}"
                    ));
                }
            }
        }
        let mut said =
            outputs.iter().filter_map(|o| if let Output::Say(p) = o { Some(p.text.as_str()) } else { None });
        let last = said.next_back().unwrap_or_default().to_owned();
        // Who asks for a moment is asked the same again after it.
        let waits = last == "Sin prisa, le espero.";
        if !waits && outputs.iter().any(|o| matches!(o, Output::Listen(_))) {
            doubted = match last.as_str() {
                "¿Ha dicho que sí?" => Some(true),
                "¿Ha dicho que no?" => Some(false),
                _ => None,
            };
            leaving = matches!(
                last.as_str(),
                "¿Quiere dejarlo?" | "¿Quiere que lo haga?" | "¿Quiere que le pase con una persona?"
            );
        }
        if run.is_over() {
            break;
        }
        input = match next {
            Some(reply) => reply,
            None => match dice.roll(14) {
                0 => Input::NoInput,
                1 => Input::Keys(["1", "2", "4711#", "9", "*"][dice.roll(5)].into()),
                _ => Input::Heard(Heard::unsure(format!("u{}", dice.roll(1_000_000)), 0.5)),
            },
        };
    }
    (wrong, done)
}

#[test]
fn nothing_is_done_that_was_not_meant() {
    let (mut bad, mut done) = (Vec::new(), BTreeMap::new());
    for seed in 0..RUNS {
        let (wrong, acts) = wrong(seed);
        bad.extend(wrong);
        for (act, count) in acts {
            *done.entry(act).or_insert(0) += count;
        }
    }
    println!("acts in {RUNS} contacts: {done:?}; not meant: {}", bad.len());
    assert!(bad.is_empty(), "{} acts that were not meant; the first:\n{}", bad.len(), bad[0]);
    for act in ["call", "case", "message", "callback", "consent", "handoff", "end"] {
        assert!(done.get(act).is_some_and(|n| *n > 15), "{act} is hardly tried: {done:?}");
    }
}
