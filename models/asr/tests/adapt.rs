//! The ear learns an accent that it does not know, and refuses what does it no good.
#![allow(clippy::unwrap_used, clippy::panic, clippy::print_stdout, reason = "tests print what they measure")]

#[allow(dead_code, reason = "the other tests of the ear use the rest")]
mod common;

use asr::adapt::{AdaptError, Options, Taught, adapt};
use asr::{Embedded, embedded};
use common::say;

/// Sentences of an office, each other than the rest.
fn sentences() -> Vec<String> {
    let wants =
        ["quería pedir cita para", "necesito información sobre", "tengo una duda de", "dónde se paga"];
    let things = ["el padrón", "la multa", "el recibo del agua", "la licencia", "el registro", "la tarjeta"];
    let days = ["el lunes", "el jueves por la tarde", "mañana por la mañana"];
    let both = wants.iter().enumerate().flat_map(|(n, want)| {
        things.iter().enumerate().map(move |(k, thing)| format!("{want} {thing} {}", days[(n + k) % 3]))
    });
    let more = [
        "uno dos tres cuatro",
        "cinco seis siete",
        "ocho nueve cero",
        "no puedo ir ese día",
        "sí claro",
        "quiero hablar con una persona",
        "no me acuerdo del número",
        "a qué hora abren",
        "me he equivocado de oficina",
        "es para mi madre",
        "no tengo internet",
        "cuánto tengo que pagar",
        "me lo puede repetir",
        "eso es todo gracias",
    ];
    both.chain(more.map(String::from)).chain(days.map(|d| format!("prefiero {d}"))).collect()
}

fn spoken(voice: &str) -> Vec<Taught> {
    let speak = |text: String| Taught { pcm: say(&text, voice, 160), text };
    sentences().into_iter().map(speak).collect()
}

#[test]
fn an_accent_is_learnt_and_nothing_else_forgotten() {
    // Spanish as a voice made for Portuguese reads it.
    let (taught, known) = (spoken("pt"), spoken("es"));
    let options = Options { rounds: 6, rate: 3e-4, ..Options::default() };
    let mut last = 0.0;
    let outcome = adapt(embedded::RECOGNISER, &taught, &known, &options, |share| last = share).unwrap();
    println!(
        "{} heard, {} held out: {:?} → {:?}",
        outcome.trained, outcome.held_out, outcome.before, outcome.after
    );
    assert!(outcome.after.held_out < 0.8 * outcome.before.held_out, "{outcome:?}");
    assert!(last > 0.5);
    let ear = Embedded::from_bytes(&outcome.weights, "new").unwrap();
    assert!(ear.trained_on().contains("adapted to"), "{}", ear.trained_on());
}

#[test]
fn wrong_transcripts_make_no_better_model_and_it_is_refused() {
    let mut taught = spoken("es");
    // The sentences of like length change places.
    let mut texts: Vec<String> = taught.iter().take(24).map(|t| t.text.clone()).collect();
    texts.rotate_left(7);
    taught.iter_mut().zip(texts).for_each(|(t, text)| t.text = text);
    let options = Options { rounds: 1, ..Options::default() };
    // The held-out transcripts are as wrong as the others, so what must not be forgotten tells.
    let result = adapt(
        embedded::RECOGNISER,
        &taught,
        &spoken("es"),
        &Options { rate: 3e-3, rounds: 2, ..options },
        |_| {},
    );
    match result {
        Err(error @ (AdaptError::NotBetter(_) | AdaptError::Forgets(_))) => {
            assert!(error.to_string().contains("not installed"), "{error}");
        }
        other => panic!("{other:?}"),
    }
}

#[test]
fn too_little_is_said_to_be_too_little() {
    let few: Vec<Taught> = spoken("es").into_iter().take(10).collect();
    let error = adapt(embedded::RECOGNISER, &few, &[], &Options::default(), |_| {}).unwrap_err();
    assert!(error.to_string().starts_with("10 utterances with words"), "{error}");
    let same: Vec<Taught> = (0..60).map(|_| few[0].clone()).collect();
    let error = adapt(embedded::RECOGNISER, &same, &[], &Options::default(), |_| {}).unwrap_err();
    assert!(matches!(error, AdaptError::TooAlike { .. }), "{error}");
    let mute: Vec<Taught> =
        few.iter().cycle().take(60).map(|t| Taught { pcm: vec![], text: t.text.clone() }).collect();
    let error = adapt(embedded::RECOGNISER, &mute, &[], &Options::default(), |_| {}).unwrap_err();
    assert!(matches!(error, AdaptError::TooFew { usable: 0 }), "{error}");
}
