//! eSpeak NG as it is installed: duration, energy, breaking off, many threads at once.
#![allow(clippy::unwrap_used, clippy::panic, clippy::print_stdout, reason = "tests fail by panicking")]

use std::ops::ControlFlow;
use std::sync::Arc;
use std::time::Instant;

use tts::espeak::{Espeak, MAX_TEXT, Options};
use tts::{Error, Style, Synthesiser, level};

const TEXT: &str = "Buenos días, ha llamado al ayuntamiento. ¿En qué le puedo ayudar?";

fn voice(name: &str) -> Espeak {
    Espeak::open(Options { voice: name.into(), ..Options::default() }).unwrap()
}

fn spoken(espeak: &Espeak, text: &str, style: &Style) -> Vec<i16> {
    let mut pcm = Vec::new();
    espeak
        .speak(text, style, &mut |piece| {
            pcm.extend_from_slice(piece);
            ControlFlow::Continue(())
        })
        .unwrap();
    pcm
}

fn seconds(pcm: &[i16]) -> f64 {
    pcm.len() as f64 / 8_000.0
}

/// Mean power of one frequency, by Goertzel's recurrence over frames of 20 ms.
fn power_at(pcm: &[i16], hz: f64) -> f64 {
    let coefficient = 2.0 * (2.0 * std::f64::consts::PI * hz / 8_000.0).cos();
    let frames = pcm.chunks_exact(160);
    let count = frames.len() as f64;
    let total: f64 = frames
        .map(|frame| {
            let (mut a, mut b) = (0.0, 0.0);
            for sample in frame {
                (a, b) = (f64::from(*sample) + coefficient * a - b, a);
            }
            a * a + b * b - coefficient * a * b
        })
        .sum();
    total / count
}

#[test]
fn speech_has_the_length_level_and_band_of_speech() {
    for name in ["es", "es-419", "es+f3", "es-419+m3"] {
        let espeak = voice(name);
        let pcm = spoken(&espeak, TEXT, &Style::default());
        assert!((2.5..7.0).contains(&seconds(&pcm)), "{name}: {:.2} s", seconds(&pcm));
        let level = level::active_level(&pcm).unwrap();
        assert!((level - level::TARGET_DBFS).abs() < 2.5, "{name}: {level:.1} dBFS");
        let peak = pcm.iter().map(|x| x.unsigned_abs()).max().unwrap();
        assert!(f32::from(peak) <= level::CEILING, "{name}: peak {peak}");
        let vowels = [300.0, 500.0, 700.0, 1_500.0].map(|hz| power_at(&pcm, hz));
        let top = power_at(&pcm, 3_950.0);
        assert!(vowels.iter().sum::<f64>() > 100.0 * top, "{name}: {vowels:?} against {top}");
    }
}

#[test]
fn speech_begins_and_ends_at_once() {
    let pcm = spoken(&voice("es"), TEXT, &Style::default());
    let loud = |sample: &i16| sample.unsigned_abs() > 64;
    assert!(pcm.iter().position(loud).unwrap() <= 64);
    assert!(pcm.iter().rev().position(loud).unwrap() <= 160);
}

#[test]
fn rate_changes_duration_and_pitch_changes_the_sound() {
    let espeak = voice("es");
    let at = |rate| {
        let style = Style { rate, ..Style::default() };
        seconds(&spoken(&espeak, TEXT, &style))
    };
    let (slow, normal, fast) = (at(0.7), at(1.0), at(1.6));
    assert!(slow > normal * 1.2 && fast < normal * 0.8, "{slow} {normal} {fast}");
    assert!((at(f32::NAN) - normal).abs() < 0.1);
    let pitch = |pitch| {
        let style = Style { pitch, ..Style::default() };
        let pcm = spoken(&espeak, TEXT, &style);
        fundamental(&pcm)
    };
    let (low, high) = (pitch(0.5), pitch(1.5));
    println!("median fundamental: {low:.0} Hz at pitch 0.5, {high:.0} Hz at 1.5");
    assert!(high > low * 1.15, "{low:.0} and {high:.0} Hz");
}

/// Median over voiced frames of the frequency, 60 to 400 Hz, whose period fits the frame best.
fn fundamental(pcm: &[i16]) -> f64 {
    let mut found = Vec::new();
    for frame in pcm.windows(400).step_by(160) {
        let product = |lag: usize| -> f64 {
            let pairs = frame.iter().zip(&frame[lag..]);
            pairs.map(|(a, b)| f64::from(*a) * f64::from(*b)).sum::<f64>() / (400 - lag) as f64
        };
        let best = (20..=133).max_by(|a, b| product(*a).total_cmp(&product(*b))).unwrap();
        if product(0) > 1e6 && product(best) > 0.5 * product(0) {
            found.push(8_000.0 / best as f64);
        }
    }
    found.sort_by(f64::total_cmp);
    found[found.len() / 2]
}

#[test]
fn a_sink_that_breaks_stops_the_voice_at_once() {
    let espeak = voice("es");
    let long = "uno, dos, tres, cuatro, cinco, seis. ".repeat(400);
    let (mut calls, mut samples) = (0, 0);
    let start = Instant::now();
    espeak
        .speak(&long, &Style::default(), &mut |piece| {
            calls += 1;
            samples += piece.len();
            ControlFlow::Break(())
        })
        .unwrap();
    let stopped = start.elapsed();
    assert_eq!(calls, 1);
    assert!(samples < 4_000, "{samples} samples in the first piece");
    // The owner thread must have let go of the long text too: a short one is served at once.
    spoken(&espeak, "Sí.", &Style::default());
    let served = start.elapsed();
    let start = Instant::now();
    let whole = spoken(&espeak, &long, &Style::default());
    let full = start.elapsed();
    println!("broken off after {stopped:?}, next served after {served:?}; whole {full:?}");
    assert!(seconds(&whole) > 300.0);
    assert!(served < full / 4, "{served:?} against {full:?}");
}

#[test]
fn eight_threads_speak_at_once_each_its_own_text() {
    let espeak = Arc::new(voice("es"));
    let texts: Vec<String> = (1..=8).map(|n| "una palabra larguísima ".repeat(n)).collect();
    let alone: Vec<f64> =
        texts.iter().map(|text| seconds(&spoken(&espeak, text, &Style::default()))).collect();
    let threads: Vec<_> = texts
        .iter()
        .cloned()
        .map(|text| {
            let espeak = Arc::clone(&espeak);
            std::thread::spawn(move || {
                (0..10).map(|_| seconds(&spoken(&espeak, &text, &Style::default()))).collect::<Vec<_>>()
            })
        })
        .collect();
    for (thread, alone) in threads.into_iter().zip(alone) {
        for together in thread.join().unwrap() {
            assert!((together - alone).abs() < 0.08, "{together:.2} s, alone {alone:.2} s");
        }
    }
}

#[test]
fn words_are_told_in_order_with_their_place_in_text_and_sound() {
    let espeak = voice("es");
    let text = "Mañana, señor Ñúñez, venga a las diez.";
    let (mut pcm, mut words) = (0usize, Vec::new());
    espeak
        .speak_marked(
            text,
            &Style::default(),
            &mut |piece| {
                pcm += piece.len();
                ControlFlow::Continue(())
            },
            &mut |word| words.push(word),
        )
        .unwrap();
    let all: Vec<char> = text.chars().collect();
    let told: Vec<String> = words
        .iter()
        .map(|word| {
            let from = word.char_start as usize;
            all[from..from + word.chars as usize].iter().collect()
        })
        .collect();
    assert_eq!(told, ["Mañana", "señor", "Ñúñez", "venga", "a", "las", "diez"]);
    assert!(words.windows(2).all(|pair| pair[0].sample < pair[1].sample), "{words:?}");
    assert!(words.last().unwrap().sample < pcm as u32);
}

#[test]
fn markup_and_control_characters_are_only_text() {
    let espeak = voice("es");
    let plain = seconds(&spoken(&espeak, "hola", &Style::default()));
    let marked = seconds(&spoken(&espeak, "<break time=\"10s\"/>hola", &Style::default()));
    assert!(marked > plain * 1.5, "the tag's words are read: {marked:.2} s against {plain:.2} s");
    assert!(marked < 9.0, "the tag is not obeyed");
    let commanded = seconds(&spoken(&espeak, "\u{1}20S hola\0 adiós", &Style::default()));
    assert!(commanded > plain * 1.5);
    assert!(spoken(&espeak, "", &Style::default()).is_empty());
    assert!(spoken(&espeak, " \n… —", &Style::default()).is_empty());
}

#[test]
fn every_language_of_the_house_has_a_voice() {
    let espeak = voice("es");
    for language in ["es", "ca", "gl", "eu", "en"] {
        let style = Style { language: tts::voice_of(language).to_owned(), ..Style::default() };
        let pcm = spoken(&espeak, "Ana, 12 euros.", &style);
        assert!(seconds(&pcm) > 0.6 && level::active_level(&pcm).is_some(), "{language}");
    }
}

#[test]
fn mistakes_are_one_line_that_says_what_to_do() {
    let line = |error: Error| {
        let line = error.to_string();
        assert!(!line.contains('\n'), "{line}");
        line
    };
    let open = |voice: &str| Espeak::open(Options { voice: voice.into(), ..Options::default() });
    assert!(line(open("xx-nadie").unwrap_err()).contains("voice `xx-nadie` does not exist"));
    assert!(line(open("es+nadie").unwrap_err()).contains("--voices=variant"));
    assert!(line(open("../es").unwrap_err()).contains("does not exist"));
    let espeak = voice("es");
    let long = "a".repeat(MAX_TEXT + 1);
    let error = espeak.speak(&long, &Style::default(), &mut |_| ControlFlow::Continue(())).unwrap_err();
    assert!(line(error).contains("split it"));
    let other = Options { library: "libespeak-ng.so.99".into(), ..Options::default() };
    assert!(matches!(Espeak::open(other), Err(Error::AlreadyStarted)));
}
