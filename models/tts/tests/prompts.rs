//! The prompt cache, with a voice that counts what is asked of it and with eSpeak NG.
#![allow(clippy::unwrap_used, clippy::panic, clippy::print_stdout, reason = "tests fail by panicking")]

use std::fs;
use std::ops::ControlFlow;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use tts::espeak::{Espeak, Options};
use tts::prompts::heard;
use tts::{Error, Piece, Prompts, Sink, Style, Synthesiser};

/// Speaks each character as 40 samples, from the text alone; fails on "roto".
#[derive(Default)]
struct Counting {
    spoken: Mutex<Vec<String>>,
    calls: AtomicUsize,
    name: &'static str,
}

impl Synthesiser for Counting {
    fn speak(&self, text: &str, _: &Style, sink: &mut Sink<'_>) -> Result<(), Error> {
        self.calls.fetch_add(1, Ordering::SeqCst);
        self.spoken.lock().unwrap().push(text.into());
        if text.contains("roto") {
            return Err(Error::Stopped);
        }
        for c in text.chars() {
            if sink(&[1_000 + (c as i16 % 1_000); 40]).is_break() {
                break;
            }
        }
        Ok(())
    }

    fn identity(&self) -> String {
        format!("counting {}", self.name)
    }
}

fn counting(name: &'static str) -> Arc<Counting> {
    Arc::new(Counting { name, ..Counting::default() })
}

fn streamed(prompts: &Prompts, text: &str) -> (Vec<i16>, tts::Streamed) {
    let mut pcm = Vec::new();
    let done = prompts
        .stream(text, &mut |piece| {
            pcm.extend_from_slice(piece);
            ControlFlow::Continue(())
        })
        .unwrap();
    assert_eq!(done.samples, pcm.len());
    (pcm, done)
}

#[test]
fn a_prepared_prompt_is_the_same_from_memory_from_disk_and_streamed() {
    let folder = tempfile::tempdir().unwrap();
    let voice = counting("a");
    let texts = ["Hola, buenos días. Dígame.", "Adiós."];
    let first = Prompts::new(voice.clone(), folder.path()).unwrap();
    let mut told = Vec::new();
    let prepared = first.prepare(&texts, &mut |p| told.push((p.done, p.total))).unwrap();
    assert_eq!((prepared.rendered, prepared.from_disk, prepared.in_memory), (2, 0, 0));
    assert!(prepared.not_kept.is_none());
    assert_eq!(told, [(1, 2), (2, 2)]);
    let calls = voice.calls.load(Ordering::SeqCst);
    let sound = first.get(texts[0]).unwrap();
    assert_eq!(first.prepare(&texts, &mut |_| ()).unwrap().in_memory, 2);
    assert!(Arc::ptr_eq(&sound, &first.get(texts[0]).unwrap()));
    assert_eq!(streamed(&first, texts[0]).0[..], sound[..]);

    let second = Prompts::new(voice.clone(), folder.path()).unwrap();
    assert_eq!(second.get(texts[0]), None);
    assert_eq!(second.prepare(&texts, &mut |_| ()).unwrap().from_disk, 2);
    assert_eq!(second.rendered(texts[0]), first.rendered(texts[0]));
    assert_eq!(voice.calls.load(Ordering::SeqCst), calls, "nothing was rendered again");

    let unprepared = Prompts::new(voice, tempfile::tempdir().unwrap().path()).unwrap();
    assert_eq!(streamed(&unprepared, texts[0]).0[..], sound[..], "both ways sound alike");
}

#[test]
fn another_voice_style_or_text_is_another_prompt() {
    let folder = tempfile::tempdir().unwrap();
    let style = |rate, language: &str| Style { rate, language: language.into(), ..Style::default() };
    for (voice, style, text) in [
        ("a", style(1.0, "es"), "Hola"),
        ("b", style(1.0, "es"), "Hola"),
        ("a", style(1.1, "es"), "Hola"),
        ("a", style(1.0, "ca"), "Hola"),
        ("a", style(1.0, "es"), "Hola."),
    ] {
        let prompts = Prompts::with_style(counting(voice), folder.path(), style).unwrap();
        assert_eq!(prompts.prepare(&[text], &mut |_| ()).unwrap().rendered, 1, "{voice} {text}");
    }
    assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 5);
}

#[test]
fn a_damaged_or_cut_file_is_rendered_again_and_mended() {
    let folder = tempfile::tempdir().unwrap();
    let render = || {
        let prompts = Prompts::new(counting("a"), folder.path()).unwrap();
        let prepared = prompts.prepare(&["Hola."], &mut |_| ()).unwrap();
        (prepared, prompts.get("Hola.").unwrap())
    };
    let (_, sound) = render();
    let path = fs::read_dir(folder.path()).unwrap().next().unwrap().unwrap().path();
    let whole = fs::read(&path).unwrap();
    let mut flipped = whole.clone();
    flipped[60] ^= 1;
    for damage in [&flipped[..], &whole[..whole.len() - 1], b"", b"not a wav"] {
        fs::write(&path, damage).unwrap();
        let (prepared, again) = render();
        assert_eq!((prepared.rendered, prepared.repaired), (1, 1));
        assert_eq!(again, sound);
        assert_eq!(fs::read(&path).unwrap(), whole);
    }
    assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1, "no temporary file stays");
}

#[test]
fn a_folder_that_vanishes_stops_no_prompt() {
    let folder = tempfile::tempdir().unwrap();
    let inside = folder.path().join("cache");
    let prompts = Prompts::new(counting("a"), &inside).unwrap();
    fs::remove_dir(&inside).unwrap();
    let prepared = prompts.prepare(&["Hola."], &mut |_| ()).unwrap();
    let line = prepared.not_kept.unwrap().to_string();
    assert!(line.contains("cannot write the file") && line.contains("has space"), "{line}");
    assert!(prompts.get("Hola.").is_some());
    fs::write(folder.path().join("file"), "").unwrap();
    let error = Prompts::new(counting("a"), folder.path().join("file")).err().unwrap();
    assert!(error.to_string().contains("cannot make the folder"));
}

#[test]
fn streaming_goes_clause_by_clause_and_stops_at_once() {
    let voice = counting("a");
    let prompts = Prompts::new(voice.clone(), tempfile::tempdir().unwrap().path()).unwrap();
    let text = "Muy bien. Su cita es mañana. Hasta luego.";
    let mut pieces = 0;
    let done = prompts
        .stream(text, &mut |_| {
            pieces += 1;
            if pieces == 3 { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
        })
        .unwrap();
    assert!(!done.finished);
    assert_eq!((pieces, done.samples), (3, 120));
    assert_eq!(*voice.spoken.lock().unwrap(), ["Muy bien."], "later clauses are not rendered");
    let (pcm, done) = streamed(&prompts, text);
    assert!(done.finished);
    let pauses = 2 * 320 * 8;
    assert_eq!(pcm.len(), (text.chars().count() - 2) * 40 + pauses);
    let calls = voice.calls.load(Ordering::SeqCst);
    streamed(&prompts, "Muy bien. Hasta luego.");
    assert_eq!(voice.calls.load(Ordering::SeqCst), calls, "clauses spoken before are reused");
    let failed = prompts.stream("Hola. Está roto. Adiós.", &mut |_| ControlFlow::Continue(()));
    assert!(matches!(failed, Err(Error::Stopped)));
}

#[test]
fn what_was_heard_is_known_to_the_word() {
    let prompts = Prompts::new(counting("a"), tempfile::tempdir().unwrap().path()).unwrap();
    let text = "Uno dos. Tres cuatro.";
    let (pcm, done) = streamed(&prompts, text);
    let starts: Vec<u32> = done.words.iter().map(|w| w.char_start).collect();
    assert_eq!(starts, [0, 4, 9, 14]);
    assert_eq!(heard(&done.words, 0), 0);
    let third = done.words[2].sample as usize;
    assert_eq!(heard(&done.words, third - 1), 3);
    assert_eq!(heard(&done.words, third), 8, "the second word ends as the third begins");
    prompts.prepare(&[text], &mut |_| ()).unwrap();
    let rendered = prompts.rendered(text).unwrap();
    assert_eq!(rendered.words[..], done.words[..]);
    assert_eq!(rendered.heard(third), 8);
    assert_eq!(rendered.heard(pcm.len()), text.chars().count());
}

#[test]
fn eight_threads_prepare_and_stream_the_same_texts() {
    let folder = tempfile::tempdir().unwrap();
    let voice = Arc::new(Espeak::open(Options::default()).unwrap());
    let prompts = Arc::new(Prompts::new(voice, folder.path()).unwrap());
    let texts: Arc<Vec<String>> = Arc::new((0..12).map(|n| format!("Opción {n}, gracias.")).collect());
    let threads: Vec<_> = (0..8)
        .map(|n: usize| {
            let (prompts, texts) = (Arc::clone(&prompts), Arc::clone(&texts));
            std::thread::spawn(move || {
                prompts.prepare(&texts[..], &mut |_| ()).unwrap();
                let (pcm, _) = streamed(&prompts, &format!("Su número es el {n}."));
                pcm.len()
            })
        })
        .collect();
    for thread in threads {
        assert!(thread.join().unwrap() > 4_000);
    }
    assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 12);
    for text in texts.iter() {
        assert!(prompts.get(text).is_some());
    }
}

/// A voice of one language: each character is a hundred samples of this height, slower if the rate says so.
struct Tone(i16, &'static str);

impl Synthesiser for Tone {
    fn speak(&self, text: &str, style: &Style, sink: &mut Sink<'_>) -> Result<(), tts::Error> {
        let samples = (text.chars().count() as f32 * 100.0 / style.clamped_rate()).round() as usize;
        let (ControlFlow::Continue(()) | ControlFlow::Break(())) = sink(&vec![self.0; samples]);
        Ok(())
    }

    fn identity(&self) -> String {
        self.1.into()
    }
}

#[test]
fn pieces_have_each_their_rate_and_pause_and_words_know_their_place_in_the_whole() {
    let folder = tempfile::tempdir().unwrap();
    let prompts = Prompts::new(Arc::new(Tone(500, "tone")), folder.path()).unwrap();
    let style = Style::default();
    let piece = |text: &str, char_start, rate, pause| Piece {
        text: text.into(),
        char_start,
        rate,
        pause: Duration::from_millis(pause),
    };
    let pieces = [piece("hola", 0, 1.0, 300), piece("uno dos", 5, 0.5, 0)];
    let run = || {
        let (mut pcm, mut words) = (Vec::new(), Vec::new());
        let mut sink = |part: &[i16]| {
            pcm.extend_from_slice(part);
            ControlFlow::Continue(())
        };
        prompts.stream_pieces(&style, &pieces, (&mut sink, &mut |w| words.push(w))).unwrap();
        (pcm, words)
    };
    let (pcm, words) = run();
    assert_eq!(pcm.len(), 400 + 2400 + 1400);
    assert!(pcm[..400].iter().chain(&pcm[2800..]).all(|s| *s == 500));
    assert!(pcm[400..2800].iter().all(|s| *s == 0));
    let places: Vec<(u32, u32)> = words.iter().map(|w| (w.char_start, w.sample)).collect();
    assert_eq!(places, [(0, 0), (5, 2800), (9, 3600)]);
    assert_eq!(tts::prompts::heard(&words, 2000), 0, "a word counts once the next has begun");
    assert_eq!(tts::prompts::heard(&words, 2801), 4);
    // Prepared texts are taken as they are, at their own rate.
    let slow = Style { rate: 0.5, ..Style::default() };
    prompts.prepare_styled(&[(style.clone(), "hola"), (slow.clone(), "uno dos")], &mut |_| ()).unwrap();
    assert!(prompts.rendered_as(&slow, "hola").is_none());
    assert_eq!(run(), (pcm, words));
}

#[test]
fn each_language_has_its_voice_and_a_cache_of_its_own() {
    let folder = tempfile::tempdir().unwrap();
    let voices = tts::Voices::new(Arc::new(Tone(500, "home"))).with("ca", Arc::new(Tone(900, "away")));
    let prompts = Prompts::new(Arc::new(voices), folder.path()).unwrap();
    let style = |language: &str| Style { language: language.into(), ..Style::default() };
    prompts.prepare_styled(&[(style("es"), "sol"), (style("ca"), "sol")], &mut |_| ()).unwrap();
    let first = |language: &str| prompts.rendered_as(&style(language), "sol").unwrap().pcm[0];
    assert_eq!((first("es"), first("ca")), (500, 900));
    assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 2);
}
