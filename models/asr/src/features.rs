//! The front end of both networks: 40 log-mel bands of 25 ms frames every 10 ms.
//!
//! `models/train/SPEC.md` is the contract with training. Nothing is allocated after
//! construction, so the media thread may run it.

use std::sync::Arc;

use realfft::num_complex::Complex32;
use realfft::{RealFftPlanner, RealToComplex};

/// Mel bands of a frame.
pub const BANDS: usize = 40;
/// Samples of a frame (25 ms).
const FRAME: usize = 200;
/// Samples between frame starts (10 ms).
const HOP: usize = 80;
const FFT: usize = 256;
const BINS: usize = FFT / 2 + 1;
const SAMPLE_RATE: f64 = 8000.0;
const LOW_HZ: f64 = 120.0;
const HIGH_HZ: f64 = 3800.0;
/// Added to the energy of a band before the logarithm.
const FLOOR: f32 = 1e-6;

/// One triangular filter: weights of the bins from `first` on.
#[derive(Debug)]
struct Filter {
    first: usize,
    weights: Vec<f32>,
}

/// Tables that every front end of the process shares.
struct Tables {
    window: [f32; FRAME],
    filters: Vec<Filter>,
    fft: Arc<dyn RealToComplex<f32>>,
}

impl Tables {
    fn new() -> Self {
        let window = std::array::from_fn(|n| {
            let phase = std::f64::consts::TAU * n as f64 / FRAME as f64;
            (0.5 - 0.5 * phase.cos()) as f32
        });
        Self { window, filters: filters(), fft: RealFftPlanner::new().plan_fft_forward(FFT) }
    }
}

fn mel(hz: f64) -> f64 {
    2595.0 * (1.0 + hz / 700.0).log10()
}

fn filters() -> Vec<Filter> {
    let (low, high) = (mel(LOW_HZ), mel(HIGH_HZ));
    let edge = |j: usize| low + (high - low) * j as f64 / (BANDS + 1) as f64;
    let bin_mel = |k: usize| mel(k as f64 * SAMPLE_RATE / FFT as f64);
    (0..BANDS)
        .map(|j| {
            let (left, peak, right) = (edge(j), edge(j + 1), edge(j + 2));
            let weight = |k: usize| {
                let m = bin_mel(k);
                ((m - left) / (peak - left)).min((right - m) / (right - peak)).max(0.0) as f32
            };
            let first = (0..BINS).find(|&k| weight(k) > 0.0).unwrap_or(0);
            let weights = (first..BINS).map(weight).take_while(|&w| w > 0.0).collect();
            Filter { first, weights }
        })
        .collect()
}

/// Turns samples into log-mel frames as they come.
pub struct FrontEnd {
    tables: Arc<Tables>,
    pending: [f32; FRAME],
    filled: usize,
    time: [f32; FFT],
    spectrum: [Complex32; BINS],
    scratch: Vec<Complex32>,
    bands: [f32; BANDS],
}

impl Default for FrontEnd {
    fn default() -> Self {
        static TABLES: std::sync::OnceLock<Arc<Tables>> = std::sync::OnceLock::new();
        let tables = TABLES.get_or_init(|| Arc::new(Tables::new())).clone();
        let scratch = tables.fft.make_scratch_vec();
        Self {
            tables,
            pending: [0.0; FRAME],
            filled: 0,
            time: [0.0; FFT],
            spectrum: [Complex32::default(); BINS],
            scratch,
            bands: [0.0; BANDS],
        }
    }
}

impl FrontEnd {
    /// Takes 8 kHz samples; gives each frame they complete to `sink`, oldest first.
    pub fn push(&mut self, pcm: &[i16], mut sink: impl FnMut(&[f32; BANDS])) {
        for &sample in pcm {
            self.pending[self.filled] = f32::from(sample) / 32768.0;
            self.filled += 1;
            if self.filled == FRAME {
                self.frame();
                sink(&self.bands);
                self.pending.copy_within(HOP.., 0);
                self.filled = FRAME - HOP;
            }
        }
    }

    /// Forgets samples of which no frame was made yet.
    pub fn reset(&mut self) {
        self.filled = 0;
    }

    fn frame(&mut self) {
        for ((t, p), w) in self.time.iter_mut().zip(&self.pending).zip(&self.tables.window) {
            *t = p * w;
        }
        self.time[FRAME..].fill(0.0);
        // Lengths are right by construction, so the transform cannot fail.
        let _ = self.tables.fft.process_with_scratch(&mut self.time, &mut self.spectrum, &mut self.scratch);
        for (band, filter) in self.bands.iter_mut().zip(&self.tables.filters) {
            let bins = self.spectrum.iter().skip(filter.first);
            let energy: f32 = filter.weights.iter().zip(bins).map(|(w, x)| w * x.norm_sqr()).sum();
            *band = (energy + FLOOR).ln();
        }
    }
}

/// Causal mean normalisation: the mean of what was heard so far, starting from a prior.
#[derive(Debug, Clone)]
pub struct CausalMean {
    sum: [f64; BANDS],
    count: f64,
    inv_std: [f32; BANDS],
}

impl CausalMean {
    /// Starts an utterance whose mean weighs `prior` as `prior_frames` frames.
    pub fn new(prior: &[f32; BANDS], prior_frames: f32, inv_std: &[f32; BANDS]) -> Self {
        let count = f64::from(prior_frames);
        Self { sum: prior.map(|p| f64::from(p) * count), count, inv_std: *inv_std }
    }

    /// Normalises the next frame, which counts in the mean itself.
    pub fn push(&mut self, frame: &[f32; BANDS]) -> [f32; BANDS] {
        self.count += 1.0;
        std::array::from_fn(|b| {
            self.sum[b] += f64::from(frame[b]);
            (f64::from(frame[b]) - self.sum[b] / self.count) as f32 * self.inv_std[b]
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn frames(pcm: &[i16], chunk: usize) -> Vec<[f32; BANDS]> {
        let mut front = FrontEnd::default();
        let mut out = Vec::new();
        for part in pcm.chunks(chunk) {
            front.push(part, |f| out.push(*f));
        }
        out
    }

    #[test]
    fn frame_count_follows_the_specification_and_chunks_do_not_matter() {
        let pcm: Vec<i16> = (0..1234).map(|i| ((i * 7919) % 2001 - 1000) as i16).collect();
        for n in [0, 199, 200, 279, 280, 1234] {
            let want = if n < 200 { 0 } else { (n - 200) / 80 + 1 };
            assert_eq!(frames(&pcm[..n], 160).len(), want);
        }
        assert_eq!(frames(&pcm, 1), frames(&pcm, 1234));
    }

    #[test]
    fn a_tone_lights_the_band_of_its_frequency() {
        let hz = 1000.0;
        let pcm: Vec<i16> = (0..400)
            .map(|i| (8000.0 * (std::f64::consts::TAU * hz * i as f64 / SAMPLE_RATE).sin()) as i16)
            .collect();
        let frame = frames(&pcm, 400)[0];
        let loudest = (0..BANDS).max_by(|&a, &b| frame[a].total_cmp(&frame[b])).unwrap();
        let step = (mel(HIGH_HZ) - mel(LOW_HZ)) / (BANDS + 1) as f64;
        let expected = ((mel(hz) - mel(LOW_HZ)) / step - 1.0).round() as usize;
        assert!(loudest.abs_diff(expected) <= 1, "loudest {loudest}, expected {expected}");
    }

    #[test]
    fn a_constant_signal_normalises_towards_zero() {
        let mut mean = CausalMean::new(&[0.0; BANDS], 100.0, &[1.0; BANDS]);
        let last = (0..10_000).map(|_| mean.push(&[5.0; BANDS])[0]).last().unwrap();
        assert!(last > 0.0 && last < 0.06, "{last}");
    }
}
