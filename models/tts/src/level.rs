//! Loudness: how loud speech is while it is speech, and a limiter that keeps peaks from clipping.
//!
//! The measure follows ITU-T P.56 in its idea (mean power over active time, activity found by a
//! threshold 15.9 dB below the result itself) on frames of 10 ms in place of an envelope.

use std::collections::VecDeque;

/// Active speech level that every voice is brought to, dB below full scale (rms of 32 768).
/// Telephone announcements commonly lie near −18: louder limits often, softer drowns in a street.
pub const TARGET_DBFS: f32 = -18.0;
/// No sample leaves above this: −1 dBFS.
pub const CEILING: f32 = 29_204.0;
/// Margin between activity threshold and active level, dB (P.56 clause 8).
const MARGIN_DB: f64 = 15.9;
/// Frame of the measure, samples at 8 kHz.
const FRAME: usize = 80;
/// Samples the limiter looks ahead, and over which it moves: 5 ms.
const REACH: usize = 40;
/// Share of the way back to unity gain per sample: about 50 ms to recover.
const RELEASE: f32 = 1.0 / 400.0;

/// Active level of `pcm` in dBFS; `None` when there is nothing louder than −70 dBFS in it.
pub fn active_level(pcm: &[i16]) -> Option<f32> {
    let powers: Vec<f64> = pcm
        .chunks(FRAME)
        .map(|frame| {
            let sum: f64 = frame.iter().map(|x| f64::from(*x).powi(2)).sum();
            sum / frame.len() as f64
        })
        .collect();
    let floor = 32_768f64.powi(2) * 1e-7;
    let mut threshold = floor;
    let mut level = None;
    // The active set only shrinks as the threshold rises, so this settles; 40 steps are ample.
    for _ in 0..40 {
        let active = powers.iter().filter(|power| **power >= threshold);
        let (count, sum) = active.fold((0u32, 0.0), |(n, s), power| (n + 1, s + power));
        if count == 0 {
            return level;
        }
        let mean = sum / f64::from(count);
        level = Some((10.0 * (mean / 32_768f64.powi(2)).log10()) as f32);
        let next = (mean * 10f64.powf(-MARGIN_DB / 10.0)).max(floor);
        if next <= threshold {
            break;
        }
        threshold = next;
    }
    level
}

/// The gain that brings a voice whose sample sentence sounds like `pcm` to [`TARGET_DBFS`];
/// 1.0 when the sentence is silent. Never beyond ±30 dB.
pub fn gain_for(pcm: &[i16]) -> f32 {
    let db = active_level(pcm).map_or(0.0, |level| TARGET_DBFS - level);
    10f32.powf(db.clamp(-30.0, 30.0) / 20.0)
}

/// Look-ahead peak limiter: output never exceeds [`CEILING`], gain moves over 5 ms, so that a peak
/// is turned down rather than cut. Delays by 5 ms of samples, which `finish` gives out.
#[derive(Debug, Default)]
pub struct Limiter {
    /// Samples not yet given out, oldest first.
    delay: VecDeque<f32>,
    /// Gains needed by the last `REACH` samples: ascending, so the front is the least.
    least: VecDeque<(u64, f32)>,
    /// The last `REACH` released gains and their sum, for the moving average.
    window: VecDeque<f32>,
    sum: f64,
    released: f32,
    count: u64,
}

impl Limiter {
    /// A limiter at rest.
    pub fn new() -> Self {
        Self { released: 1.0, ..Self::default() }
    }

    /// Takes samples in 16-bit scale (they may exceed it), appends those that are ready.
    pub fn push(&mut self, input: &[f32], output: &mut Vec<i16>) {
        for sample in input {
            self.step(*sample, Some(output));
        }
    }

    /// Gives out the delayed samples.
    pub fn finish(&mut self, output: &mut Vec<i16>) {
        let due = self.delay.len();
        let mut tail = Vec::with_capacity(2 * REACH);
        for _ in 0..REACH {
            self.step(0.0, Some(&mut tail));
        }
        output.extend(tail.iter().take(due));
    }

    fn step(&mut self, sample: f32, output: Option<&mut Vec<i16>>) {
        let need = if sample.abs() > CEILING { CEILING / sample.abs() } else { 1.0 };
        while self.least.back().is_some_and(|(_, gain)| *gain >= need) {
            self.least.pop_back();
        }
        self.least.push_back((self.count, need));
        while self.least.front().is_some_and(|(at, _)| at + REACH as u64 <= self.count) {
            self.least.pop_front();
        }
        let least = self.least.front().map_or(1.0, |(_, gain)| *gain);
        self.released = least.min(self.released + (1.0 - self.released) * RELEASE);
        self.window.push_back(self.released);
        self.sum += f64::from(self.released);
        if self.window.len() > REACH {
            self.sum -= f64::from(self.window.pop_front().unwrap_or(0.0));
        }
        self.delay.push_back(sample);
        self.count += 1;
        if self.delay.len() < REACH {
            return;
        }
        if let (Some(due), Some(output)) = (self.delay.pop_front(), output) {
            let gain = (self.sum / self.window.len() as f64) as f32;
            output.push((due * gain).clamp(-CEILING, CEILING).round() as i16);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tone(amplitude: f32, samples: usize) -> Vec<f32> {
        (0..samples).map(|n| amplitude * (n as f32 * 0.3).sin()).collect()
    }

    fn limit(input: &[f32]) -> Vec<i16> {
        let mut limiter = Limiter::new();
        let mut output = Vec::new();
        for piece in input.chunks(113) {
            limiter.push(piece, &mut output);
        }
        limiter.finish(&mut output);
        output
    }

    #[test]
    fn level_of_a_tone_with_pauses_is_the_tone_s() {
        let mut pcm: Vec<i16> = tone(8_192.0, 8_000).iter().map(|x| *x as i16).collect();
        pcm.extend(vec![3i16; 16_000]);
        let level = active_level(&pcm).unwrap();
        // A sine of a quarter of full scale: −12.04 − 3.01 dB.
        assert!((level + 15.05).abs() < 0.1, "{level}");
        assert_eq!(active_level(&[2; 8_000]), None);
        assert_eq!(active_level(&[]), None);
        assert!((gain_for(&pcm) - 10f32.powf(-2.95 / 20.0)).abs() < 0.01);
    }

    #[test]
    fn below_the_ceiling_nothing_changes() {
        let input = tone(20_000.0, 3_000);
        let output = limit(&input);
        assert_eq!(output.len(), input.len());
        for (x, y) in input.iter().zip(&output) {
            assert_eq!(x.round() as i16, *y);
        }
    }

    #[test]
    fn above_it_peaks_are_turned_down_not_cut() {
        let input = tone(60_000.0, 8_000);
        let output = limit(&input);
        assert_eq!(output.len(), input.len());
        let peak = output.iter().map(|x| x.unsigned_abs()).max().unwrap();
        assert!(peak <= CEILING as u16 && peak > 28_000, "{peak}");
        let cut = output.iter().filter(|x| x.unsigned_abs() >= 29_203).count();
        // A clipped sine of this height would stand at the ceiling two thirds of the time.
        assert!(cut < output.len() / 10, "{cut} samples at the ceiling");
    }

    proptest::proptest! {
        #[test]
        fn nothing_passes_the_ceiling_and_no_sample_is_lost(
            input in proptest::collection::vec(-120_000f32..120_000.0, 0..600)
        ) {
            let output = limit(&input);
            proptest::prop_assert_eq!(output.len(), input.len());
            proptest::prop_assert!(output.iter().all(|x| f32::from(*x).abs() <= CEILING + 0.5));
        }
    }
}
