//! Piper through ONNX Runtime, with a toy voice made here: loading, streaming, breaking off,
//! errors, cost, life beside eSpeak NG. Never how it sounds: that needs a real voice.
#![cfg(feature = "piper")]
#![allow(clippy::unwrap_used, clippy::panic, clippy::print_stdout, reason = "tests fail by panicking")]

mod toy;

use std::fs;
use std::ops::ControlFlow;
use std::path::Path;
use std::sync::Arc;
use std::time::Instant;

use tts::espeak::{self, Espeak};
use tts::piper::{Options, Piper};
use tts::{Error, Prompts, Style, Synthesiser, level};

fn open(folder: &Path) -> Piper {
    let model = toy::write_voice(folder, 1);
    Piper::open(&Options::new(model, toy::onnxruntime())).unwrap()
}

fn failure(options: &Options) -> String {
    let line = match Piper::open(options) {
        Ok(_) => panic!("a broken voice was opened"),
        Err(error) => error.to_string(),
    };
    assert!(!line.contains('\n'), "{line}");
    line
}

fn spoken(voice: &dyn Synthesiser, text: &str, rate: f32) -> Vec<i16> {
    let mut pcm = Vec::new();
    let style = Style { rate, ..Style::default() };
    voice
        .speak(text, &style, &mut |piece| {
            pcm.extend_from_slice(piece);
            ControlFlow::Continue(())
        })
        .unwrap();
    pcm
}

#[test]
fn duration_follows_text_and_speed_and_level_is_the_house_s() {
    let folder = tempfile::tempdir().unwrap();
    let voice = open(folder.path());
    let short = spoken(&voice, "Hola.", 1.0);
    let long = spoken(&voice, "Hola, buenos días, señora.", 1.0);
    assert!(long.len() > short.len() * 3, "{} and {}", short.len(), long.len());
    let slow = spoken(&voice, "Hola, buenos días, señora.", 0.5);
    let ratio = slow.len() as f64 / long.len() as f64;
    assert!((1.9..2.1).contains(&ratio), "{ratio}");
    let loud = level::active_level(&long).unwrap();
    assert!((loud - level::TARGET_DBFS).abs() < 3.0, "{loud} dBFS");
    // The toy's tone lies at 0.2 rad a sample of 22 050 Hz.
    let tone = 0.2 * 22_050.0 / std::f64::consts::TAU;
    let at = |hz: f64| power_at(&long, hz);
    assert!(at(tone) > 20.0 * at(tone * 2.0) && at(tone) > 20.0 * at(tone / 2.0));
}

/// Mean power of one frequency over stretches of 20 ms.
fn power_at(pcm: &[i16], hz: f64) -> f64 {
    let step = std::f64::consts::TAU * hz / 8_000.0;
    let power = |frame: &[i16]| {
        let (mut re, mut im) = (0.0, 0.0);
        for (n, sample) in frame.iter().enumerate() {
            let (sin, cos) = (step * n as f64).sin_cos();
            re += f64::from(*sample) * cos;
            im += f64::from(*sample) * sin;
        }
        re * re + im * im
    };
    pcm.chunks_exact(160).map(power).sum()
}

#[test]
fn sentences_leave_one_by_one_and_a_break_stops_the_rest() {
    let folder = tempfile::tempdir().unwrap();
    let voice = open(folder.path());
    let one = spoken(&voice, "Hola.", 1.0).len();
    let three = spoken(&voice, "Hola. Hola. Hola.", 1.0).len();
    let pauses = 2 * 320 * 8;
    assert!(three.abs_diff(one * 3 + pauses) < 200, "{one} and {three}");
    let mut calls = 0;
    let start = Instant::now();
    voice
        .speak(&"Hola. ".repeat(1_000), &Style::default(), &mut |_| {
            calls += 1;
            ControlFlow::Break(())
        })
        .unwrap();
    assert_eq!(calls, 1);
    println!("broken off after {:?}", start.elapsed());
    assert!(start.elapsed().as_millis() < 500);
}

#[test]
fn prompts_stream_it_with_places_of_words() {
    let folder = tempfile::tempdir().unwrap();
    let prompts = Prompts::new(Arc::new(open(folder.path())), folder.path().join("cache")).unwrap();
    let streamed =
        prompts.stream("Su cita es mañana, a las diez.", &mut |_| ControlFlow::Continue(())).unwrap();
    println!("first chunk after {:?}", streamed.first_chunk.unwrap());
    assert_eq!(streamed.words.len(), 7);
    assert!(streamed.words.windows(2).all(|pair| pair[0].sample < pair[1].sample));
    prompts.prepare(&["Hola."], &mut |_| ()).unwrap();
    assert!(!prompts.get("Hola.").unwrap().is_empty());
}

#[test]
fn speakers_are_chosen_by_name_or_number() {
    let folder = tempfile::tempdir().unwrap();
    let model = toy::write_voice(folder.path(), 2);
    let with =
        |speaker: &str| Options { speaker: Some(speaker.into()), ..Options::new(&model, toy::onnxruntime()) };
    let luis = Piper::open(&with("luis")).unwrap();
    assert!(luis.identity().contains("speaker 1"));
    assert_eq!(Piper::open(&with("1")).unwrap().identity(), luis.identity());
    assert!(!spoken(&luis, "Hola.", 1.0).is_empty());
    let line = failure(&with("nadie"));
    assert!(line.contains("no speaker `nadie`") && line.contains("ana, luis"), "{line}");
}

#[test]
fn broken_or_missing_files_are_told_in_a_line() {
    let folder = tempfile::tempdir().unwrap();
    let runtime = toy::onnxruntime();
    let model = toy::write_voice(folder.path(), 1);
    let good = Options::new(&model, &runtime);

    let absent = Options {
        model: folder.path().join("absent.onnx"),
        config: Some(folder.path().join("toy.onnx.json")),
        ..good.clone()
    };
    let line = failure(&absent);
    assert!(line.contains("absent.onnx") && line.contains("models pull"), "{line}");

    let bad_json = folder.path().join("bad.json");
    for (content, told) in [("{", "not the description of a Piper voice"), (r#"{"audio":{}}"#, "sample_rate")]
    {
        fs::write(&bad_json, content).unwrap();
        let options = Options { config: Some(bad_json.clone()), ..good.clone() };
        let line = failure(&options);
        assert!(line.contains(told) && line.contains("bad.json"), "{line}");
    }

    let broken = folder.path().join("broken.onnx");
    let whole = fs::read(&model).unwrap();
    for content in [&b"no graph"[..], &whole[..whole.len() / 2]] {
        fs::write(&broken, content).unwrap();
        let options = Options {
            model: broken.clone(),
            config: Some(folder.path().join("toy.onnx.json")),
            ..good.clone()
        };
        let line = failure(&options);
        assert!(line.contains("ONNX Runtime cannot load it"), "{line}");
    }

    fs::write(&broken, toy::graph(&["input", "scales", "input_lengths"])).unwrap();
    let options =
        Options { model: broken.clone(), config: Some(folder.path().join("toy.onnx.json")), ..good.clone() };
    let line = failure(&options);
    assert!(line.contains("takes input, scales, input_lengths"), "{line}");

    let options = Options { onnxruntime: folder.path().join("libonnxruntime.so"), ..good };
    let line = failure(&options);
    assert!(line.contains("libonnxruntime.so") && line.contains("set the path"), "{line}");
}

#[test]
fn both_copies_of_espeak_and_piper_live_in_one_process() {
    let folder = tempfile::tempdir().unwrap();
    let piper = open(folder.path());
    let debian = Espeak::open(espeak::Options::default()).unwrap();
    let text = "Buenos días, señora.";
    let alone = spoken(&debian, text, 1.0).len();
    let model = folder.path().join("toy.onnx");
    let mut own = piper_rs::Piper::new(&model, &folder.path().join("toy.onnx.json")).unwrap();
    // piper-rs phonemises with its own copy, on its own thread, while the other copy speaks.
    let bundled = std::thread::spawn(move || {
        (0..20).map(|_| own.create(text, false, None, None, None, None).unwrap().0.len()).collect::<Vec<_>>()
    });
    for _ in 0..20 {
        assert!(spoken(&debian, text, 1.0).len().abs_diff(alone) < 800);
        assert!(spoken(&piper, text, 1.0).len() > 4_000);
    }
    let lengths = bundled.join().unwrap();
    assert!(lengths.iter().all(|n| *n == lengths[0] && *n > 10 * toy::PER_PHONEME), "{lengths:?}");
}

#[test]
fn eight_threads_share_one_voice() {
    let folder = tempfile::tempdir().unwrap();
    let voice = Arc::new(open(folder.path()));
    let alone: Vec<usize> = (1..=8).map(|n| spoken(&*voice, &"hola ".repeat(n), 1.0).len()).collect();
    let threads: Vec<_> = (1..=8)
        .map(|n| {
            let voice = Arc::clone(&voice);
            std::thread::spawn(move || spoken(&*voice, &"hola ".repeat(n), 1.0).len())
        })
        .collect();
    let together: Vec<usize> = threads.into_iter().map(|t| t.join().unwrap()).collect();
    assert_eq!(together, alone);
    let long = "a".repeat(espeak::MAX_TEXT + 1);
    let error = voice.speak(&long, &Style::default(), &mut |_| ControlFlow::Continue(()));
    assert!(matches!(error, Err(Error::TooLong { .. })));
}
