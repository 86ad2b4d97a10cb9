//! Numbers: the E-model's table, and what concealment is worth against silence.
#![allow(missing_docs, clippy::unwrap_used)]

mod support;

use rtp::Codec;
use rtp::conceal::Concealer;
use rtp::quality::{Conditions, mos, rating};
use std::fmt::Write;
use support::{Random, Voice};

#[test]
fn the_table_of_scores() {
    let mut table = String::from("delay ms  loss %     R   MOS   MOS with echo at 65 dB\n");
    for delay_ms in [0.0, 50.0, 100.0, 150.0, 300.0, 600.0] {
        for loss in [0.0, 0.01, 0.03, 0.1, 0.3] {
            let c = Conditions { codec: Codec::Pcma, loss, delay_ms, echo_loss_db: None };
            let echo = Conditions { echo_loss_db: Some(65.0), ..c };
            writeln!(
                table,
                "{delay_ms:8} {:7.0} {:7.2} {:5.2} {:5.2}",
                loss * 100.0,
                rating(&c),
                mos(&c),
                mos(&echo)
            )
            .unwrap();
        }
    }
    insta::assert_snapshot!(table);
}

#[test]
fn the_scores_are_those_of_the_recommendation() {
    let c = |delay_ms, loss, echo_loss_db| Conditions { codec: Codec::Pcma, loss, delay_ms, echo_loss_db };
    // R of 93.2 is a MOS of 4.41 (G.107 annex B).
    assert!((mos(&c(0.0, 0.0, None)) - 4.41).abs() < 0.005);
    // G.107 §7.7 figure for delay alone: Idd(400 ms) is about 24.
    let idd = rating(&c(0.0, 0.0, None)) - rating(&c(400.0, 0.0, None));
    assert!((22.0..26.0).contains(&idd), "{idd}");
    let mut before = 5.0;
    for percent in 0..=100 {
        let now = mos(&c(50.0, percent as f32 / 100.0, Some(65.0)));
        assert!(now <= before && (1.0..=4.5).contains(&now));
        before = now;
    }
}

/// Log-spectral distance in dB between two frames, over 16 bands to 4 kHz, floored at the level of faint noise.
fn spectral_distance(a: &[i16], b: &[i16]) -> f64 {
    let band = |x: &[i16], k: usize| {
        let hz = 150.0 + 230.0 * k as f64;
        let (mut re, mut im) = (0.0, 0.0);
        for (i, s) in x.iter().enumerate() {
            let t = std::f64::consts::TAU * hz * i as f64 / 8_000.0;
            re += f64::from(*s) * t.cos();
            im += f64::from(*s) * t.sin();
        }
        10.0 * ((re * re + im * im) / (x.len() * x.len()) as f64 + 10.0).log10()
    };
    let sum: f64 = (0..16).map(|k| (band(a, k) - band(b, k)).powi(2)).sum();
    (sum / 16.0).sqrt()
}

fn snr(real: &[i16], heard: &[i16]) -> f64 {
    let energy: f64 = real.iter().map(|s| f64::from(*s).powi(2)).sum();
    let noise: f64 = real.iter().zip(heard).map(|(a, b)| (f64::from(*a) - f64::from(*b)).powi(2)).sum();
    (10.0 * (energy.max(1.0) / noise.max(1.0)).log10()).clamp(-10.0, 35.0)
}

#[test]
fn concealment_is_nearer_to_what_was_lost_than_silence() {
    println!("of the lost frames that were not silent, against silence in their place (SNR 0 dB):");
    println!(
        "loss %  frames  segmental SNR dB: first 5 ms, 10 ms, 20 ms   log-spectral distance dB: concealed, silence"
    );
    for percent in [2, 5, 10, 20] {
        let (mut r, mut sums, mut n) = (Random(percent), [0.0; 5], 0.0);
        for seed in 0..20 {
            let pcm = Voice::new(seed).samples(160 * 1_500);
            let mut c = Concealer::new();
            for frame in pcm.chunks_exact(160) {
                if !r.chance(percent as f64 / 100.0) {
                    c.hear(&mut frame.to_vec());
                    continue;
                }
                let mut made = [0; 160];
                c.make(&mut made);
                if rtp::pcm::rms_dbfs(frame) < -45.0 {
                    continue;
                }
                n += 1.0;
                for (sum, ms) in sums.iter_mut().zip([5, 10, 20]) {
                    *sum += snr(&frame[..8 * ms], &made[..8 * ms]);
                }
                sums[3] += spectral_distance(frame, &made);
                sums[4] += spectral_distance(frame, &[0; 160]);
            }
        }
        let [a, b, c, d, e] = sums.map(|v| v / n);
        println!("{percent:6}  {n:6}  {a:28.2} {b:6.2} {c:6.2}   {d:36.2} {e:8.2}");
        assert!(b > 0.0 && d < 0.6 * e);
    }
}
