//! The Rust ear computes what the Python one does, from the weights that ship.
#![allow(clippy::unwrap_used, clippy::panic, clippy::print_stdout, reason = "tests print what they measure")]

use asr::VoiceActivity;
use asr::features::{BANDS, FrontEnd};
use asr::net::Net;
use safetensors::SafeTensors;

const FIXTURE: &[u8] = include_bytes!("fixtures/parity.safetensors");
const EAR: &[u8] = include_bytes!("../weights/ear.safetensors");

fn floats(file: &SafeTensors<'_>, name: &str) -> Vec<f32> {
    let (bytes, _) = file.tensor(name).unwrap().data().as_chunks::<4>();
    bytes.iter().map(|b| f32::from_le_bytes(*b)).collect()
}

fn signal(file: &SafeTensors<'_>) -> Vec<i16> {
    let (bytes, _) = file.tensor("signal").unwrap().data().as_chunks::<2>();
    bytes.iter().map(|b| i16::from_le_bytes(*b)).collect()
}

fn assert_close(name: &str, got: &[f32], want: &[f32]) {
    let worst = got.iter().zip(want).map(|(g, w)| (g - w).abs()).fold(0.0, f32::max);
    println!("{name}: {} values, largest difference {worst:.2e}", got.len());
    assert_eq!(got.len(), want.len(), "{name}");
    assert!(worst < 1e-3, "{name}: {worst}");
}

#[test]
fn front_end_and_recogniser_agree_with_training() {
    let file = SafeTensors::deserialize(FIXTURE).unwrap();
    let net = Net::from_bytes(EAR, "ear").unwrap();
    let mut state = net.start();
    let (mut mel, mut rows) = (Vec::new(), Vec::new());
    let mut front = FrontEnd::default();
    for frame in signal(&file).chunks(160) {
        front.push(frame, |bands: &[f32; BANDS]| {
            mel.extend_from_slice(bands);
            state.push_frame(bands);
        });
        net.advance(&mut [&mut state]).unwrap();
        rows.extend(state.take());
    }
    net.finish(&mut [&mut state]).unwrap();
    rows.extend(state.take());
    assert_close("log-mel", &mel, &floats(&file, "mel"));
    assert_close("log-probabilities", &rows, &floats(&file, "logprobs"));
}

#[test]
fn voice_activity_agrees_with_training() {
    let file = SafeTensors::deserialize(FIXTURE).unwrap();
    let mut vad = asr::embedded::voice_activity().unwrap();
    let pcm = signal(&file);
    let got: Vec<f32> = pcm.as_chunks::<160>().0.iter().map(|f| vad.push(f)).collect();
    // The step of a frame is known when the next frame has come.
    let want = floats(&file, "vad");
    let count = want.len().min(got.len() - 1);
    assert_close("voice activity", &got[1..=count], &want[..count]);
}
