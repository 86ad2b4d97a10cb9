//! Keys are not heard in speech, music or noise; they are heard through it.
#![allow(missing_docs)]

mod support;

use rtp::digits::{InBand, KEYS, tone};
use support::{Random, Voice};

fn listen(pcm: impl Iterator<Item = i16>) -> String {
    let mut ear = InBand::new();
    pcm.filter_map(|s| ear.push(&[s])).map(|d| d.key).collect()
}

#[test]
fn half_an_hour_of_voices_presses_no_key() {
    let mut heard = String::new();
    for seed in 0..30 {
        let mut voice = Voice::new(seed);
        heard += &listen((0..60 * 8_000).map(|_| voice.sample()));
    }
    println!("30 min of 30 synthetic voices: {} false keys {heard:?}", heard.len());
    assert_eq!(heard, "");
}

#[test]
fn chords_glides_and_noise_press_no_key() {
    let mut r = Random(5);
    let tau = std::f64::consts::TAU / 8_000.0;
    for _ in 0..300 {
        let hz: Vec<f64> = (0..3).map(|_| r.between(150.0, 1_800.0)).collect();
        let near = |group: [f64; 4]| hz.iter().any(|h| group.iter().any(|g| (h / g - 1.0).abs() < 0.04));
        if near([697.0, 770.0, 852.0, 941.0]) && near([1_209.0, 1_336.0, 1_477.0, 1_633.0]) {
            continue; // as good as a key
        }
        let chord = listen((0..4_000).map(|n| {
            let t = f64::from(n) * tau;
            hz.iter().map(|h| 3_000.0 * (h * t).sin() + 900.0 * (2.0 * h * t).sin()).sum::<f64>() as i16
        }));
        assert_eq!(chord, "", "{hz:?}");
    }
    let mut phase = 0.0;
    let glide = listen((0..80_000).map(|n| {
        phase += (300.0 + 2_700.0 * f64::from(n) / 80_000.0) * tau;
        (9_000.0 * f64::sin(phase)) as i16
    }));
    let noise = listen((0..480_000).map(|_| r.between(-12_000.0, 12_000.0) as i16));
    assert_eq!((glide.as_str(), noise.as_str()), ("", ""));
}

#[test]
fn keys_are_heard_in_noise_at_fifteen_decibels_and_through_g711() {
    let mut r = Random(11);
    let mut pressed = String::new();
    let mut pcm = Vec::new();
    for _ in 0..200 {
        let key = KEYS[r.below(16) as usize];
        pressed.push(key);
        pcm.extend((0..400 + r.below(800) as u32).map(|n| tone(key, n)));
        pcm.extend(vec![0; 400 + r.below(400) as usize]);
    }
    // The tones have 7,950 RMS, uniform noise of ±2,450 has 1,415: 15 dB below.
    let noisy: Vec<i16> = pcm.iter().map(|s| s.saturating_add(r.between(-2_450.0, 2_450.0) as i16)).collect();
    let mut bytes = vec![0; 480];
    let (mut enc, mut dec) = (rtp::codec::Encoder::new(rtp::Codec::Pcma), rtp::codec::Decoder::new());
    let mut coded = Vec::new();
    for chunk in noisy.chunks(480) {
        let mut out = [0; 480];
        let n = enc.encode(chunk, &mut bytes);
        dec.decode(rtp::Codec::Pcma, &bytes[..n], &mut out);
        coded.extend_from_slice(&out[..n]);
    }
    assert_eq!(listen(coded.into_iter()), pressed);
}
