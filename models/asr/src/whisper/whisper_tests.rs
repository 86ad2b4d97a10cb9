use std::io::{BufWriter, Write};
use std::time::{Duration, Instant};

use super::*;
use crate::testing::Random;

/// The shape of whisper's tiny model.
const STATE: u32 = 384;
const LAYERS: u32 = 4;
const VOCABULARY: u32 = 51_865;
/// Tokens with a text of their own.
const TEXTS: u32 = 50_257;

struct Writer<W: Write> {
    to: W,
    random: Random,
}

impl<W: Write> Writer<W> {
    fn numbers(&mut self, all: &[u32]) {
        all.iter().for_each(|n| self.to.write_all(&n.to_le_bytes()).unwrap());
    }

    /// A tensor of small random values (f16 below 2^-4, so the network stays calm), or of ones.
    fn tensor(&mut self, name: &str, shape: &[u32], half: bool) {
        self.numbers(&[shape.len() as u32, name.len() as u32, u32::from(half)]);
        self.numbers(shape);
        self.to.write_all(name.as_bytes()).unwrap();
        let count: u32 = shape.iter().product();
        let one = name.contains("ln") && name.ends_with("weight");
        for _ in 0..count {
            let bits = self.random.next();
            if half {
                let value = ((bits & 0x8000) | 0x2400 | (bits & 0x07FF)) as u16;
                self.to.write_all(&value.to_le_bytes()).unwrap();
            } else {
                let value = if one { 1.0 } else { ((bits >> 40) as f32 / (1 << 24) as f32 - 0.5) * 0.1 };
                self.to.write_all(&value.to_le_bytes()).unwrap();
            }
        }
    }

    fn attention(&mut self, at: &str) {
        for part in ["query", "key", "value", "out"] {
            self.tensor(&format!("{at}.{part}.weight"), &[STATE, STATE], true);
            if part != "key" {
                self.tensor(&format!("{at}.{part}.bias"), &[STATE], false);
            }
        }
    }

    fn norm(&mut self, at: &str) {
        self.tensor(&format!("{at}.weight"), &[STATE], false);
        self.tensor(&format!("{at}.bias"), &[STATE], false);
    }

    fn block(&mut self, at: &str, cross: bool) {
        self.norm(&format!("{at}.mlp_ln"));
        self.tensor(&format!("{at}.mlp.0.weight"), &[STATE, 4 * STATE], true);
        self.tensor(&format!("{at}.mlp.0.bias"), &[4 * STATE], false);
        self.tensor(&format!("{at}.mlp.2.weight"), &[4 * STATE, STATE], true);
        self.tensor(&format!("{at}.mlp.2.bias"), &[STATE], false);
        self.norm(&format!("{at}.attn_ln"));
        self.attention(&format!("{at}.attn"));
        if cross {
            self.norm(&format!("{at}.cross_attn_ln"));
            self.attention(&format!("{at}.cross_attn"));
        }
    }
}

/// Writes a model of tiny's shape with random weights, in whisper.cpp's file format.
fn write_model(path: &Path) {
    let file = BufWriter::new(std::fs::File::create(path).unwrap());
    let mut w = Writer { to: file, random: Random(7) };
    w.numbers(&[0x6767_6d6c, VOCABULARY, 1500, STATE, 6, LAYERS, 448, STATE, 6, LAYERS, 80, 1]);
    w.numbers(&[80, 201]);
    for i in 0..80 * 201u32 {
        let lit = i % 201 / 2 == i / 201;
        w.to.write_all(&(if lit { 0.02f32 } else { 0.0 }).to_le_bytes()).unwrap();
    }
    w.numbers(&[TEXTS]);
    for i in 0..TEXTS {
        let word = || format!(" {}", crate::decode::numbers::cardinal(i as usize).join(""));
        let text = [" ", " -", " '"].get(i as usize).map_or_else(word, |t| t.to_string());
        w.numbers(&[text.len() as u32]);
        w.to.write_all(text.as_bytes()).unwrap();
    }
    w.tensor("encoder.positional_embedding", &[STATE, 1500], false);
    w.tensor("encoder.conv1.weight", &[3, 80, STATE], true);
    w.tensor("encoder.conv1.bias", &[1, STATE], false);
    w.tensor("encoder.conv2.weight", &[3, STATE, STATE], true);
    w.tensor("encoder.conv2.bias", &[1, STATE], false);
    w.norm("encoder.ln_post");
    w.tensor("decoder.positional_embedding", &[STATE, 448], false);
    w.tensor("decoder.token_embedding.weight", &[STATE, VOCABULARY], true);
    w.norm("decoder.ln");
    for i in 0..LAYERS {
        w.block(&format!("encoder.blocks.{i}"), false);
        w.block(&format!("decoder.blocks.{i}"), true);
    }
    w.to.flush().unwrap();
}

fn model() -> &'static Path {
    static MODEL: std::sync::OnceLock<(tempfile::TempDir, std::path::PathBuf)> = std::sync::OnceLock::new();
    let made = MODEL.get_or_init(|| {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("ggml-random-tiny.bin");
        write_model(&path);
        (dir, path)
    });
    &made.1
}

fn expect() -> Expectation {
    Expectation { grammars: vec![Grammar::Ordinal], phrases: vec!["quiero cita".into()], open: true }
}

fn speech(samples: usize) -> Vec<i16> {
    Random(3).noise(samples, 3000.0)
}

#[test]
fn a_model_of_tinys_shape_loads_and_runs_through_the_traits() {
    let whisper = Whisper::open(model(), Options::default()).unwrap();
    assert_eq!(whisper.name(), "whisper:ggml-random-tiny");
    let mut stream = whisper.open(&expect());
    for frame in speech(16_000).chunks(160) {
        assert_eq!(stream.push(frame), None);
    }
    let heard = stream.finish();
    println!("random weights hear `{}` ({:.2})", heard.text, heard.confidence);
    assert!((0.0..=1.0).contains(&heard.confidence));
    assert_eq!(stream.finish(), Utterance::default());
    assert_eq!(whisper.open(&expect()).finish(), Utterance::default());
}

#[test]
fn a_short_answer_does_not_pay_for_thirty_seconds() {
    let time = |cut_window| {
        let whisper = Whisper::open(model(), Options { cut_window, ..Options::default() }).unwrap();
        let run = |_| {
            let mut stream = whisper.open_stream(&Expectation::default());
            stream.push(&speech(16_000));
            let start = Instant::now();
            stream.recognise();
            start.elapsed()
        };
        (0..2).map(run).min().unwrap_or(Duration::MAX)
    };
    let (cut, full) = (time(true), time(false));
    let ratio = full.as_secs_f64() / cut.as_secs_f64();
    println!("2 s of audio: {cut:?} with its own window, {full:?} with that of 30 s: {ratio:.1} times");
    assert!(ratio > 2.0, "{ratio}");
}

#[test]
fn a_cancelled_recognition_says_nothing_and_leaves_the_next_one_whole() {
    let whisper = Whisper::open(model(), Options::default()).unwrap();
    let mut stream = whisper.open_stream(&expect());
    stream.push(&speech(80_000));
    let flag = stream.cancel_handle();
    let canceller = std::thread::spawn(move || {
        std::thread::sleep(Duration::from_millis(30));
        flag.store(true, Ordering::Relaxed);
        Instant::now()
    });
    let heard = stream.finish();
    println!("stopped {:?} after the request", canceller.join().unwrap().elapsed());
    assert_eq!(heard, Utterance::default());
    let mut next = whisper.open_stream(&expect());
    next.push(&speech(8000));
    assert!(next.recognise().is_some());
    next.cancel_handle().store(true, Ordering::Relaxed);
    assert!(next.recognise().is_none());
}

#[test]
fn missing_and_broken_models_are_one_line_errors() {
    let missing = Whisper::open(Path::new("no-such-model.bin"), Options::default()).err().unwrap();
    assert!(missing.to_string().contains("check the path"), "{missing}");
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("broken.bin");
    let whole = std::fs::read(model()).unwrap();
    for cut in [0, 3, 30, 5000, 200_000, 5_000_000, whole.len() - 1] {
        std::fs::write(&path, &whole[..cut]).unwrap();
        let message = Whisper::open(&path, Options::default()).err().unwrap().to_string();
        assert!(message.contains("is not a usable weight file") && !message.contains('\n'), "{message}");
    }
    std::fs::write(&path, b"RIFF0000WAVE").unwrap();
    assert!(Whisper::open(&path, Options::default()).err().unwrap().to_string().contains("no ggml model"));
}

#[test]
fn doubling_the_rate_keeps_a_tone() {
    let tone =
        |rate: f64, n: usize| (0..n).map(move |i| (std::f64::consts::TAU * 700.0 * i as f64 / rate).sin());
    let low: Vec<i16> = tone(8000.0, 4000).map(|v| (v * 16_384.0) as i16).collect();
    let worst = (to_16k(&low).iter().zip(tone(16_000.0, 8000)).skip(100).take(7800))
        .map(|(got, want)| (f64::from(*got) - want / 2.0).abs())
        .fold(0.0, f64::max);
    assert!(worst < 2e-3, "{worst}");
}
