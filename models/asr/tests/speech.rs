//! The shipped recogniser on synthetic speech through µ-law, in 20 ms pushes.
#![allow(clippy::unwrap_used, clippy::panic, clippy::print_stdout, reason = "tests print what they measure")]

mod common;

use std::time::Instant;

use asr::decode::letters::{spell, tokens};
use asr::embedded::push_together;
use asr::{Embedded, Expectation, Grammar, Stream};
use common::{hear, noise, say, thread_cpu_s};

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
        (Grammar::Nif, "doce treinta y cuatro cincuenta y seis setenta y ocho zeta", true),
        (Grammar::Ordinal, "la segunda", true),
        (Grammar::YesNo, "sí", true),
        (Grammar::YesNo, "no", true),
        (Grammar::Date, "el quince de mayo por la mañana", true),
        (Grammar::Date, "el quince de mayo a las cinco y media", true),
        (Grammar::Date, "el quince de mayo a las cinco", false),
        (Grammar::Digits { min: 9, max: 9 }, "seis cero cero doce treinta y cuatro cincuenta y seis", true),
        // Callers may go on with these.
        (Grammar::Number, "doscientos veintidós", false),
        (Grammar::Time, "a las nueve", false),
    ];
    let mut wrong = Vec::new();
    let mut count = 0;
    for (grammar, text, complete) in cases {
        for (voice, speed) in [("es", 150), ("es-419", 165), ("es+f2", 140)] {
            let (heard, partials) = hear(&ear, &say(text, voice, speed), &expect(vec![grammar.clone()]));
            count += 1;
            let last = partials.last().unwrap();
            if heard.text != text || (last.complete, last.goes_on) != (complete, !complete) {
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
    let rounds = 10;
    let start = thread_cpu_s();
    for _ in 0..rounds {
        hear(&ear, &pcm, &expect);
    }
    let alone = (thread_cpu_s() - start) / (f64::from(rounds) * pcm.len() as f64 / 8000.0);
    let mut streams: Vec<_> = (0..50).map(|_| ear.open_stream(&expect)).collect();
    let start = thread_cpu_s();
    for frame in pcm.chunks(160) {
        let mut batch: Vec<_> = streams.iter_mut().map(|s| (s, frame)).collect();
        push_together(&mut batch);
    }
    let together = (thread_cpu_s() - start) / (50.0 * pcm.len() as f64 / 8000.0);
    println!("real-time factor of one core: {alone:.4} a call alone, {together:.4} a call of 50 together");
    let times = (0..10).map(|_| {
        let mut stream = ear.open_stream(&expect);
        pcm.chunks(160).for_each(|frame| {
            stream.push(frame);
        });
        let start = Instant::now();
        stream.finish();
        start.elapsed()
    });
    println!("last words {:?} after the end (best of 10)", times.min().unwrap());
    assert!(alone <= 0.05, "{alone}");
}

#[test]
fn whoever_stops_after_a_word_that_leans_on_the_next_has_not_finished() {
    let ear = Embedded::new().unwrap();
    for (text, open_ended) in [
        ("quería cita para", true),
        ("necesito un certificado de", true),
        ("quería cita para mañana", false),
        ("necesito un certificado", false),
    ] {
        for voice in ["es", "es-419"] {
            let (_, partials) = hear(&ear, &say(text, voice, 150), &expect(vec![]));
            let last = partials.last().unwrap();
            assert_eq!(last.open_ended, open_ended, "{voice}: {text}: {last:?}");
        }
    }
}

/// The grammars of a question of the kinds that `train/confidence.py` names.
fn asked(kind: Option<&str>) -> Expectation {
    let grammars = match kind {
        Some("nif") => vec![Grammar::Nif],
        Some("digits") => vec![Grammar::Digits { min: 9, max: 9 }],
        Some("date") => vec![Grammar::Date],
        Some("time") => vec![Grammar::Time],
        Some("number") => vec![Grammar::Number],
        Some("yes_no") => vec![Grammar::YesNo],
        _ => vec![],
    };
    Expectation { grammars, open: true, ..Expectation::default() }
}

/// Prints the weights for `decode::trust`, to be set by hand when the network changes.
#[test]
#[ignore = "wants DIGAME_CONFIDENCE_SET, manifests separated by colons: models/train/README.md"]
fn the_weights_of_the_confidence_fitted_anew() {
    let ear = Embedded::new().unwrap();
    let sets = std::env::var("DIGAME_CONFIDENCE_SET").unwrap();
    let (mut readings, mut sure, mut words, mut sure_of_words) = (vec![], vec![], vec![], vec![]);
    for clip in sets.split(':').flat_map(|set| asr::eval::read_manifest(set.as_ref()).unwrap()) {
        let mut stream = ear.open_stream(&asked(clip.condition.as_deref()));
        asr::eval::audio::read(&clip.path).unwrap().chunks(160).for_each(|frame| {
            stream.push(frame);
        });
        let (heard, evidence, of_words) = stream.finish_with_evidence();
        if !heard.text.is_empty() {
            let [said, got] = [&clip.transcript, &heard.text]
                .map(|text| tokens(text).iter().map(|w| spell(w)).collect::<Vec<_>>());
            let right = said == got;
            let both: Vec<usize> = asr::common(&got, &said).into_iter().map(|pair| pair.0).collect();
            for (i, (word, known)) in heard.words.iter().zip(of_words).enumerate() {
                words.push((known, both.contains(&i)));
                sure_of_words.push((word.confidence, both.contains(&i)));
            }
            readings.push((evidence, right));
            sure.push((heard.confidence, right));
        }
    }
    println!("{} readings, calibration error {:.3}", readings.len(), asr::eval::calibration_error(&sure));
    println!("weights {:.3?}", asr::decode::trust::fit(&readings));
    println!("{} words, calibration error {:.3}", words.len(), asr::eval::calibration_error(&sure_of_words));
    println!("weights of words {:.3?}", asr::decode::trust::fit(&words));
}

/// On speech that is not that of the other tests.
#[test]
fn the_confidence_means_what_it_says_on_other_speech() {
    let ear = Embedded::new().unwrap();
    let texts = [
        (Grammar::Nif, "cuarenta y ocho setecientos doce cero cero nueve be"),
        (Grammar::Nif, "siete seis cinco cuatro tres dos uno cero ele"),
        (Grammar::Digits { min: 9, max: 9 }, "seiscientos diecinueve cero tres ochenta y ocho cuarenta"),
        (Grammar::Date, "el martes veintitrés a las nueve menos cuarto"),
        (Grammar::Date, "pasado mañana por la mañana a primera hora"),
        (Grammar::Time, "sobre las doce y media"),
        (Grammar::Number, "mil novecientos ochenta y siete"),
        (Grammar::Ordinal, "prefiero la tercera"),
        (Grammar::YesNo, "no me viene bien"),
        (Grammar::YesNo, "sí correcto"),
        (list(), "necesito cita para presentar un escrito"),
        (list(), "mi calle está sin luz desde ayer y no viene nadie"),
        (list(), "vivo en la plaza mayor número doce tercero derecha"),
        (list(), "me llamo mercedes carrasco y llamo por una multa"),
    ];
    let voices = ["es", "es-419", "es+f1", "es+m1", "es-419+f3", "es+m4", "es+f4", "es-419+m5"];
    let mut sure = Vec::new();
    for (grammar, text) in &texts {
        for (i, voice) in voices.iter().enumerate() {
            let loud = noise(400_000, [60.0, 600.0, 1200.0, 2400.0][i % 4], i as u64);
            let clip = say(text, voice, 130 + 8 * i as u32);
            let pcm: Vec<i16> = clip.iter().zip(loud).map(|(s, n)| s.saturating_add(n)).collect();
            let mut stream = ear.open_stream(&expect(vec![grammar.clone()]));
            pcm.chunks(160).for_each(|frame| {
                stream.push(frame);
            });
            let heard = stream.finish();
            sure.push((heard.confidence, heard.text == *text));
        }
    }
    let right = sure.iter().filter(|p| p.1).count();
    println!("{right} of {} right, calibration error {:.3}", sure.len(), asr::eval::calibration_error(&sure));
    assert!(asr::eval::calibration_error(&sure) <= 0.15);
}
