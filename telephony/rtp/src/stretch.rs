//! Time-scaling by one pitch period at a time: how the jitter buffer's delay moves while somebody speaks.
//!
//! Waveform-similarity overlap-add: a period is taken out (or put in) where the signal repeats itself,
//! cross-faded over 10 ms. Where it does not repeat (onsets, fricatives) nothing is done; silence is cut anywhere.

use crate::fifo::Fifo;
use crate::pcm;

/// Cross-fade, samples.
const OVERLAP: usize = 80;
/// Shortest and longest period looked for: 400 Hz to 66 Hz.
const LAGS: std::ops::RangeInclusive<usize> = 20..=120;
/// What is cut or inserted in silence.
const SILENT_STEP: usize = 80;
/// Below this level a frame is silence.
const SILENCE_DBFS: f32 = -50.0;
/// How alike both ends must be to be joined.
const SIMILAR: f64 = 0.80;

/// Samples in which the longest period can be found.
pub(crate) const LOOK_AHEAD: usize = OVERLAP + *LAGS.end();

/// Takes out one period, at most `most` samples, at the front. Returns the samples taken out, 0 if it would be heard.
pub(crate) fn shorten(fifo: &mut Fifo, most: usize) -> usize {
    let Some(lag) = joint(fifo, most) else { return 0 };
    let x = fifo.samples_mut();
    for i in 0..OVERLAP {
        x[lag + i] = fade(x[i], x[lag + i], i);
    }
    fifo.drop_front(lag);
    lag
}

/// Repeats one period at the front. Returns the samples put in, 0 if it would be heard.
pub(crate) fn lengthen(fifo: &mut Fifo) -> usize {
    let Some(lag) = joint(fifo, *LAGS.end()) else { return 0 };
    if !fifo.grow_front(lag) {
        return 0;
    }
    // What was at i is now at i + lag. Wanted: x[..lag], then x[lag..] fading into x[0..], then on.
    let y = fifo.samples_mut();
    for i in 0..lag {
        y[i] = y[i + lag];
    }
    let mut natural = [0; OVERLAP];
    natural.copy_from_slice(&y[2 * lag..2 * lag + OVERLAP]);
    for i in 0..OVERLAP {
        y[lag + i] = fade(natural[i], y[lag + i], i);
    }
    lag
}

fn fade(from: i16, to: i16, i: usize) -> i16 {
    let w = (i as i32) + 1;
    let all = OVERLAP as i32 + 1;
    ((i32::from(from) * (all - w) + i32::from(to) * w) / all) as i16
}

/// Where the front of the buffer may be joined to itself.
fn joint(fifo: &Fifo, most: usize) -> Option<usize> {
    let x = fifo.samples();
    let most = most.min(x.len().saturating_sub(OVERLAP));
    if most < *LAGS.start() {
        return None;
    }
    if pcm::rms_dbfs(&x[..most + OVERLAP]) < SILENCE_DBFS {
        return Some(SILENT_STEP.min(most));
    }
    let head = &x[..OVERLAP];
    let own = pcm::energy(head) as f64;
    let mut best = (0, 0.0);
    for lag in LAGS.take_while(|lag| *lag <= most) {
        let tail = &x[lag..lag + OVERLAP];
        let product: i64 = head.iter().zip(tail).map(|(a, b)| i64::from(*a) * i64::from(*b)).sum();
        if product > 0 {
            let alike = product as f64 / (own * pcm::energy(tail) as f64).sqrt().max(1.0);
            if alike > best.1 {
                best = (lag, alike);
            }
        }
    }
    (best.1 > SIMILAR).then_some(best.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn voiced(n: usize) -> Vec<i16> {
        (0..n)
            .map(|i| {
                let t = i as f64 / 8_000.0 * std::f64::consts::TAU;
                (6_000.0 * (140.0 * t).sin() + 3_000.0 * (280.0 * t).sin() + 2_000.0 * (700.0 * t).sin())
                    as i16
            })
            .collect()
    }

    fn steepest(x: &[i16]) -> i32 {
        x.windows(2).map(|w| (i32::from(w[1]) - i32::from(w[0])).abs()).max().unwrap()
    }

    #[test]
    fn a_voiced_signal_loses_or_gains_a_period_without_a_click() {
        for change in [|f: &mut Fifo| shorten(f, 120), lengthen] {
            let mut f = Fifo::new();
            let x = voiced(600);
            f.push(&x);
            let by = change(&mut f);
            assert!((20..=120).contains(&by), "{by}");
            assert_eq!(f.len().abs_diff(600), by);
            assert!(steepest(f.samples()) <= steepest(&x) * 11 / 10);
            // Its end is the end of what was there.
            assert_eq!(f.samples()[f.len() - 100..], x[500..]);
            assert!((f.samples()[0] - x[0]).abs() < 50);
        }
    }

    #[test]
    fn silence_is_cut_and_noise_is_left_alone() {
        let mut f = Fifo::new();
        f.push_silence(400);
        assert_eq!(shorten(&mut f, 120), SILENT_STEP);
        let mut f = Fifo::new();
        let mut state = 1_u32;
        let noise: Vec<i16> = (0..400)
            .map(|_| {
                state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
                (state >> 18) as i16 - 8_192
            })
            .collect();
        f.push(&noise);
        assert_eq!(shorten(&mut f, 120), 0);
        assert_eq!(f.samples(), noise);
    }
}
