//! Synthetic callers: eSpeak NG through G.711 µ-law.

use std::process::Command;
use std::sync::atomic::{AtomicUsize, Ordering};

use asr::{Embedded, Expectation, Partial, Recogniser, Utterance};

/// Says `text` with a voice of eSpeak NG; 8 kHz through µ-law, with a quarter of a second of
/// silence before and after.
pub fn say(text: &str, voice: &str, speed: u32) -> Vec<i16> {
    static CLIPS: AtomicUsize = AtomicUsize::new(0);
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join(format!("{}.wav", CLIPS.fetch_add(1, Ordering::Relaxed)));
    let run = Command::new("espeak-ng")
        .args(["-v", voice, "-s", &speed.to_string(), "-w"])
        .arg(&path)
        .arg(text)
        .status()
        .unwrap_or_else(|e| {
            panic!("these tests speak with the program espeak-ng; install the package espeak-ng ({e})")
        });
    assert!(run.success(), "espeak-ng failed on `{text}`");
    let speech = asr::eval::audio::read(&path).unwrap();
    let gain = 9000.0 / f32::from(speech.iter().copied().map(i16::saturating_abs).max().unwrap_or(1).max(1));
    let silence = vec![0i16; 2000];
    let scaled = speech.iter().map(|&s| (f32::from(s) * gain) as i16);
    silence.iter().copied().chain(scaled).chain(silence.iter().copied()).map(mu_law).collect()
}

/// What G.711 µ-law makes of a sample.
fn mu_law(sample: i16) -> i16 {
    let magnitude = i32::from(sample).abs().min(32_635) + 0x84;
    let exponent = (31 - magnitude.leading_zeros() as i32 - 7).max(0);
    let mantissa = (magnitude >> (exponent + 3)) & 15;
    let value = (((mantissa << 3) + 0x84) << exponent) - 0x84;
    (if sample < 0 { -value } else { value }) as i16
}

/// White noise with peaks of `peak`.
pub fn noise(samples: usize, peak: f32, seed: u64) -> Vec<i16> {
    let mut state = seed;
    let mut next = || {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (state >> 40) as f32 / (1u64 << 23) as f32 - 1.0
    };
    (0..samples).map(|_| (next() * peak) as i16).collect()
}

/// Pushes audio as a call does, 20 ms at a time.
pub fn hear(ear: &Embedded, pcm: &[i16], expect: &Expectation) -> (Utterance, Vec<Partial>) {
    let mut stream = ear.open(expect);
    let partials = pcm.chunks(160).filter_map(|frame| stream.push(frame)).collect();
    (stream.finish(), partials)
}

/// CPU seconds this thread has used, as the kernel counts them (10 ms steps): other programs on
/// a busy machine do not count.
pub fn thread_cpu_s() -> f64 {
    let stat = std::fs::read_to_string("/proc/thread-self/stat").unwrap();
    let fields: Vec<&str> = stat.rsplit(')').next().unwrap().split_whitespace().collect();
    (fields[11].parse::<f64>().unwrap() + fields[12].parse::<f64>().unwrap()) / 100.0
}
