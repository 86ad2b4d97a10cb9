//! Says a text with a Piper voice into a WAV file and prints what it cost.
//!
//! `cargo run --release -p tts --features piper --example say_piper -- VOICE.onnx LIBONNXRUNTIME "Buenos días." out.wav [SPEAKER]`

use std::ops::ControlFlow;
use std::process::ExitCode;
use std::time::Instant;

use tts::piper::{Options, Piper};
use tts::{Style, Synthesiser, level, wav};

fn main() -> ExitCode {
    match say() {
        Ok(line) => {
            eprintln!("{line}");
            ExitCode::SUCCESS
        }
        Err(line) => {
            eprintln!("say_piper: {line}");
            ExitCode::FAILURE
        }
    }
}

fn say() -> Result<String, String> {
    let mut arguments = std::env::args().skip(1);
    let mut next =
        || arguments.next().ok_or("usage: say_piper VOICE.onnx LIBONNXRUNTIME TEXT OUT.wav [SPEAKER]");
    let (model, runtime, text, path) = (next()?, next()?, next()?, next()?);
    let start = Instant::now();
    let voice = Piper::open(&Options { speaker: next().ok(), ..Options::new(model, runtime) })
        .map_err(|error| error.to_string())?;
    let opened = start.elapsed();
    let mut pcm = Vec::new();
    let mut first = None;
    let start = Instant::now();
    voice
        .speak(&text, &Style::default(), &mut |piece| {
            first.get_or_insert_with(|| start.elapsed());
            pcm.extend_from_slice(piece);
            ControlFlow::Continue(())
        })
        .map_err(|error| error.to_string())?;
    let took = start.elapsed();
    std::fs::write(&path, wav::encode(&pcm)).map_err(|error| format!("{path}: {error}"))?;
    let seconds = pcm.len() as f64 / 8_000.0;
    Ok(format!(
        "{path}: opened in {opened:.1?}, {seconds:.2} s in {took:.1?} (RTF {:.4}), first sound after {:.1?}, {:.1} dBFS",
        took.as_secs_f64() / seconds.max(1e-9),
        first.unwrap_or_default(),
        level::active_level(&pcm).unwrap_or(f32::NEG_INFINITY),
    ))
}
