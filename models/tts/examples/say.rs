//! Says a text into a WAV file and prints what it cost.
//!
//! `cargo run --release -p tts --example say -- "Buenos días." out.wav [voice [rate]]`

use std::ops::ControlFlow;
use std::process::ExitCode;
use std::time::Instant;

use tts::espeak::{Espeak, Options};
use tts::{Style, Synthesiser, level, wav};

fn main() -> ExitCode {
    match say() {
        Ok(line) => {
            eprintln!("{line}");
            ExitCode::SUCCESS
        }
        Err(line) => {
            eprintln!("say: {line}");
            ExitCode::FAILURE
        }
    }
}

fn say() -> Result<String, String> {
    let mut arguments = std::env::args().skip(1);
    let (Some(text), Some(path)) = (arguments.next(), arguments.next()) else {
        return Err("usage: say TEXT OUT.wav [VOICE [RATE]]".into());
    };
    let voice = arguments.next().unwrap_or_else(|| "es".into());
    let rate = arguments
        .next()
        .map_or(Ok(1.0), |rate| rate.parse::<f32>())
        .map_err(|_| "RATE is a number, 1.0 for normal speed")?;
    let language = voice.split('+').next().unwrap_or_default().to_owned();
    let espeak = Espeak::open(Options { voice, ..Options::default() }).map_err(|error| error.to_string())?;
    let style = Style { rate, language, ..Style::default() };
    let mut pcm = Vec::new();
    let mut first = None;
    let start = Instant::now();
    espeak
        .speak(&text, &style, &mut |piece| {
            first.get_or_insert_with(|| start.elapsed());
            pcm.extend_from_slice(piece);
            ControlFlow::Continue(())
        })
        .map_err(|error| error.to_string())?;
    let took = start.elapsed();
    std::fs::write(&path, wav::encode(&pcm)).map_err(|error| format!("{path}: {error}"))?;
    let seconds = pcm.len() as f64 / 8_000.0;
    Ok(format!(
        "{path}: {seconds:.2} s in {:.1} ms (RTF {:.4}), first sound after {:.2} ms, {:.1} dBFS, {}",
        took.as_secs_f64() * 1e3,
        took.as_secs_f64() / seconds.max(1e-9),
        first.unwrap_or_default().as_secs_f64() * 1e3,
        level::active_level(&pcm).unwrap_or(f32::NEG_INFINITY),
        espeak.identity(),
    ))
}
