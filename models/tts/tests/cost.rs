//! What speech costs: printed, and held to the first-sound budget. In its own process, so that no
//! other test queues for the same engine. The budget is held against the best tenth: on a machine
//! that is busy with other things, the rest measures the wait for a core.
#![allow(clippy::unwrap_used, clippy::panic, clippy::print_stdout, reason = "tests fail by panicking")]

use std::ops::ControlFlow;
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use tts::espeak::{Espeak, Options};
use tts::{Prompts, Style, Synthesiser};

const TEXT: &str = "Buenos días, ha llamado al ayuntamiento. ¿En qué le puedo ayudar?";
const BUDGET: Duration = Duration::from_millis(20);

/// One measurement at a time.
static ALONE: Mutex<()> = Mutex::new(());

#[test]
fn whole_texts_cost_little_and_begin_within_20_ms() {
    let _alone = ALONE.lock();
    let espeak = Espeak::open(Options::default()).unwrap();
    let mut firsts = Vec::new();
    let (mut samples, mut took) = (0, Duration::ZERO);
    for _ in 0..50 {
        let start = Instant::now();
        let mut first = None;
        espeak
            .speak(TEXT, &Style::default(), &mut |piece| {
                first.get_or_insert_with(|| start.elapsed());
                samples += piece.len();
                ControlFlow::Continue(())
            })
            .unwrap();
        took += start.elapsed();
        firsts.push(first.unwrap());
    }
    firsts.sort();
    let rtf = took.as_secs_f64() / (f64::from(samples as u32) / 8_000.0);
    println!(
        "eSpeak NG {}: RTF {rtf:.5}, first sound p50 {:?}, worst {:?}",
        espeak.version(),
        firsts[25],
        firsts[49]
    );
    assert!(firsts[5] < BUDGET);
    assert!(rtf < 0.2);
}

#[test]
fn first_chunk_of_a_new_text_comes_within_20_ms() {
    let _alone = ALONE.lock();
    let voice = Arc::new(Espeak::open(Options::default()).unwrap());
    let prompts = Prompts::new(voice, tempfile::tempdir().unwrap().path()).unwrap();
    let mut firsts: Vec<Duration> = (0..60)
        .map(|n| {
            let text = format!("Su turno es el {n}, y le atenderán en la mesa {n} de la planta baja.");
            prompts.stream(&text, &mut |_| ControlFlow::Continue(())).unwrap().first_chunk.unwrap()
        })
        .collect();
    firsts.sort();
    println!("streamed: first chunk p50 {:?}, p95 {:?}, worst {:?}", firsts[30], firsts[57], firsts[59]);
    assert!(firsts[6] < BUDGET);
}
