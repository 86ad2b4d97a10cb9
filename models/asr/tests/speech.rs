//! The shipped recogniser on synthetic speech through µ-law, in 20 ms pushes.

mod common;

use std::time::Instant;

use asr::embedded::push_together;
use asr::{Embedded, Expectation, Grammar, Stream};
use common::{hear, noise, say};

fn list() -> Grammar {
    let values =
        ["padrón", "empadronarme", "tributos", "pagar un recibo", "registro", "presentar un escrito"];
    Grammar::List(values.map(String::from).to_vec())
}

fn expect(grammars: Vec<Grammar>) -> Expectation {
    let phrases = ["quería cita para empadronarme", "quiero hablar con una persona", "anular", "repetir"];
    Expectation { grammars, phrases: phrases.map(String::from).to_vec(), open: true }
}

#[test]
fn expected_answers_are_heard() {
    let ear = Embedded::new().unwrap();
    let cases = [
        (Grammar::Nif, "doce treinta y cuatro cincuenta y seis setenta y ocho zeta"),
        (Grammar::Ordinal, "la segunda"),
        (Grammar::YesNo, "sí"),
        (Grammar::YesNo, "no"),
        (Grammar::Date, "el quince de mayo a las cinco y media"),
        (Grammar::Digits { min: 9, max: 9 }, "seis cero cero doce treinta y cuatro cincuenta y seis"),
        (Grammar::Number, "doscientos veintidós"),
        (Grammar::Time, "a las nueve y cuarto"),
    ];
    let mut wrong = Vec::new();
    let mut count = 0;
    for (grammar, text) in cases {
        for (voice, speed) in [("es", 150), ("es-419", 165), ("es+f2", 140)] {
            let (heard, partials) = hear(&ear, &say(text, voice, speed), &expect(vec![grammar.clone()]));
            count += 1;
            let last = partials.last().unwrap();
            if heard.text != text || !last.complete {
                wrong.push(format!("{voice}: `{text}` heard as `{}`, {last:?}", heard.text));
            }
        }
    }
    println!("{} of {count} answers exact\n{}", count - wrong.len(), wrong.join("\n"));
    assert!(wrong.len() * 10 <= count, "{wrong:#?}");
}

#[test]
fn several_answers_in_one_sentence_are_heard() {
    let ear = Embedded::new().unwrap();
    let expect = expect(vec![list(), Grammar::Date]);
    let text = "quería cita para empadronarme el jueves por la tarde";
    let (heard, _) = hear(&ear, &say(text, "es", 150), &expect);
    println!("{} ({:.2})", heard.text, heard.confidence);
    assert_eq!(heard.text, text);
    let times: Vec<u32> = heard.words.iter().flat_map(|w| [w.start_ms, w.end_ms]).collect();
    assert!(times.is_sorted(), "{times:?}");
    assert!(heard.words.iter().all(|w| (0.0..=1.0).contains(&w.confidence)));
}

#[test]
fn a_dictated_number_is_unfinished_until_it_is_whole() {
    let ear = Embedded::new().unwrap();
    let text = "doce treinta y cuatro cincuenta y seis setenta y ocho zeta";
    let (_, partials) = hear(&ear, &say(text, "es", 150), &expect(vec![Grammar::Nif]));
    let after = partials.iter().position(|p| p.text.starts_with("doce treinta")).unwrap();
    let whole = partials.iter().position(|p| p.complete).unwrap();
    let open = partials[after..whole].iter().filter(|p| p.open_ended).count();
    println!("{open} of {} partial results inside the number say that it is unfinished", whole - after);
    assert!(open * 10 >= (whole - after) * 7);
    assert!(partials[..after].iter().all(|p| !p.complete));
}

#[test]
fn what_is_no_speech_is_no_words() {
    let ear = Embedded::new().unwrap();
    let tone = |hz: f32, seconds: usize| -> Vec<i16> {
        let wave = |i: usize| (6000.0 * (std::f32::consts::TAU * hz * i as f32 / 8000.0).sin()) as i16;
        (0..8000 * seconds).map(wave).collect()
    };
    let both = |a: Vec<i16>, b: Vec<i16>| a.iter().zip(&b).map(|(x, y)| x / 2 + y / 2).collect::<Vec<i16>>();
    let clicks: Vec<i16> = (0..24_000).map(|i| if i % 4000 < 8 { 20_000 } else { 0 }).collect();
    let sounds = [
        ("silence", vec![0; 24_000]),
        ("line noise", noise(80_000, 60.0, 1)),
        ("loud noise", noise(80_000, 8000.0, 2)),
        ("dial tone", tone(425.0, 5)),
        ("whistle", tone(1000.0, 5)),
        ("key 5", both(tone(770.0, 2), tone(1336.0, 2))),
        ("clicks", clicks),
    ];
    let mut invented = Vec::new();
    for (name, pcm) in &sounds {
        for expect in
            [expect(vec![Grammar::YesNo, Grammar::Ordinal]), expect(vec![Grammar::Nif]), expect(vec![])]
        {
            let (heard, partials) = hear(&ear, pcm, &expect);
            if !heard.text.is_empty() {
                invented.push(format!("{name}: `{}` ({:.2})", heard.text, heard.confidence));
            }
            assert!(partials.iter().all(|p| !p.complete || p.text.is_empty()), "{name} completes an answer");
        }
    }
    println!("invented: {invented:#?}");
    assert!(invented.is_empty(), "{invented:#?}");
}

#[test]
fn streams_heard_together_are_heard_as_alone() {
    let ear = Embedded::new().unwrap();
    let expect = expect(vec![Grammar::Date]);
    let clips =
        ["el lunes por la mañana", "mañana a las diez", "el quince de mayo"].map(|t| say(t, "es", 150));
    let alone = clips.each_ref().map(|pcm| hear(&ear, pcm, &expect).0.text);
    let mut streams = clips.each_ref().map(|_| ear.open_stream(&expect));
    let longest = clips.iter().map(Vec::len).max().unwrap();
    for at in (0..longest).step_by(160) {
        let frame = |pcm: &'_ Vec<i16>| {
            pcm.get(at..(at + 160).min(pcm.len())).map(<[i16]>::to_vec).unwrap_or_default()
        };
        let frames = clips.each_ref().map(frame);
        let mut batch: Vec<_> = streams.iter_mut().zip(frames.iter().map(Vec::as_slice)).collect();
        push_together(&mut batch);
    }
    assert_eq!(streams.each_mut().map(|s| s.finish().text), alone);
}

#[test]
fn a_finished_stream_hears_nothing_more() {
    let ear = Embedded::new().unwrap();
    let mut stream = ear.open_stream(&Expectation::default());
    let pcm = say("hola", "es", 150);
    stream.push(&pcm);
    assert!(!stream.finish().text.is_empty());
    assert!(stream.push(&pcm).is_none());
    assert!(stream.finish().text.is_empty());
}

#[test]
fn hearing_costs_a_fraction_of_a_core() {
    let ear = Embedded::new().unwrap();
    let pcm = say("quería cita para empadronarme el jueves que viene por la tarde si puede ser", "es", 150);
    let expect = expect(vec![list(), Grammar::Date, Grammar::Nif]);
    ear.prepare(&expect);
    let seconds = pcm.len() as f64 / 8000.0;
    let times = (0..8).map(|_| {
        let start = Instant::now();
        hear(&ear, &pcm, &expect);
        start.elapsed().as_secs_f64() / seconds
    });
    let best = times.fold(f64::INFINITY, f64::min);
    let mut stream = ear.open_stream(&expect);
    pcm.chunks(160).for_each(|frame| {
        stream.push(frame);
    });
    let start = Instant::now();
    stream.finish();
    println!(
        "real-time factor {best:.4} (best of 8), last words {:.1} ms after the end",
        start.elapsed().as_secs_f64() * 1e3
    );
    assert!(best < 0.2, "{best}");
}
