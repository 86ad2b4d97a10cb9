//! Streaming sample-rate conversion to 8 kHz by a polyphase FIR filter.
//!
//! The ratio is reduced to `up/down` (160/441 from 22 050 Hz); the prototype low-pass is a
//! Kaiser-windowed sinc (Kaiser 1974) with pass band to 3.4 kHz and stop band from 4 kHz, so that
//! nothing folds back into the telephone band. The filter's delay is compensated: output sample 0
//! lies at input sample 0, and `finish` gives out the tail.

use std::f64::consts::PI;
use std::sync::Arc;

use crate::RATE;

/// Edge of the pass band, Hz: the upper edge of telephony, ITU-T G.712.
pub const PASS_HZ: f64 = 3_400.0;
/// Start of the stop band, Hz: half of the output rate.
pub const STOP_HZ: f64 = 4_000.0;
/// Attenuation that the window is designed for, dB.
const DESIGN_DB: f64 = 74.0;

/// The filter for one input rate; immutable, shared by every stream of that rate.
#[derive(Debug)]
pub struct Kernel {
    up: usize,
    down: usize,
    taps: usize,
    /// `up` phases of `taps` coefficients, each reversed so that a phase is a plain dot product.
    phases: Vec<f32>,
}

impl Kernel {
    /// Designs the filter from `input_rate` (Hz, 8 000 to 192 000) to 8 kHz.
    pub fn new(input_rate: u32) -> Self {
        let input_rate = input_rate.clamp(RATE, 192_000);
        let common = gcd(input_rate, RATE);
        let up = (RATE / common) as usize;
        let down = (input_rate / common) as usize;
        if up == down {
            return Self { up, down, taps: 1, phases: vec![1.0] };
        }
        let rate = f64::from(input_rate);
        let width = 2.0 * PI * (STOP_HZ - PASS_HZ) / rate;
        let taps = ((DESIGN_DB - 7.95) / (2.285 * width)).ceil() as usize;
        let taps = taps.next_multiple_of(8);
        let cutoff = (PASS_HZ + STOP_HZ) / 2.0 / rate;
        let beta = 0.1102 * (DESIGN_DB - 8.7);
        let half = taps as f64 / 2.0;
        let mut phases = Vec::with_capacity(up * taps);
        for phase in 0..up {
            let fraction = phase as f64 / up as f64;
            let start = phases.len();
            for tap in 0..taps {
                // Distance, in input samples, of this tap's input from the output instant.
                let x = tap as f64 - (half - 1.0) - fraction;
                phases.push(sinc(cutoff, x) * kaiser(x / half, beta));
            }
            let sum: f64 = phases.iter().skip(start).sum();
            for value in phases.iter_mut().skip(start) {
                *value /= sum;
            }
        }
        Self { up, down, taps, phases: phases.into_iter().map(|value| value as f32).collect() }
    }
}

fn gcd(a: u32, b: u32) -> u32 {
    if b == 0 { a } else { gcd(b, a % b) }
}

fn sinc(cutoff: f64, x: f64) -> f64 {
    let angle = 2.0 * PI * cutoff * x;
    if angle.abs() < 1e-12 { 2.0 * cutoff } else { angle.sin() / (PI * x) }
}

fn kaiser(position: f64, beta: f64) -> f64 {
    let inside = 1.0 - position * position;
    if inside <= 0.0 {
        return 0.0;
    }
    bessel_i0(beta * inside.sqrt()) / bessel_i0(beta)
}

fn bessel_i0(x: f64) -> f64 {
    let quarter = x * x / 4.0;
    let (mut sum, mut term) = (1.0, 1.0);
    for k in 1..64 {
        term *= quarter / f64::from(k * k);
        sum += term;
    }
    sum
}

/// One stream through a [`Kernel`]. Pieces of any length give the same output as the whole.
#[derive(Debug)]
pub struct Resampler {
    kernel: Arc<Kernel>,
    /// Input not yet passed by; begins with the filter's reach before sample 0, as zeros.
    held: Vec<f32>,
    /// First tap of the next output, as an index into `held`.
    at: usize,
    phase: usize,
    taken: u64,
    given: u64,
}

impl Resampler {
    /// A stream at its beginning.
    pub fn new(kernel: Arc<Kernel>) -> Self {
        let before = (kernel.taps / 2).saturating_sub(1);
        Self { held: vec![0.0; before], at: 0, phase: 0, taken: 0, given: 0, kernel }
    }

    /// Takes input in any amplitude scale, appends output in the same scale.
    pub fn push(&mut self, input: impl IntoIterator<Item = f32>, output: &mut Vec<f32>) {
        let before = self.held.len();
        self.held.extend(input);
        self.taken += (self.held.len() - before) as u64;
        self.run(output, u64::MAX);
    }

    /// Gives out what the filter still holds: afterwards the output's duration is the input's.
    pub fn finish(&mut self, output: &mut Vec<f32>) {
        let due = (self.taken * self.kernel.up as u64).div_ceil(self.kernel.down as u64);
        self.held.resize(self.held.len() + self.kernel.taps, 0.0);
        self.run(output, due);
    }

    fn run(&mut self, output: &mut Vec<f32>, limit: u64) {
        let (up, down, taps) = (self.kernel.up, self.kernel.down, self.kernel.taps);
        while self.given < limit {
            let (Some(window), Some(coefficients)) = (
                self.held.get(self.at..self.at + taps),
                self.kernel.phases.get(self.phase * taps..(self.phase + 1) * taps),
            ) else {
                break;
            };
            output.push(dot(window, coefficients));
            self.given += 1;
            self.phase += down;
            self.at += self.phase / up;
            self.phase %= up;
        }
        let passed = self.at.min(self.held.len());
        self.held.drain(..passed);
        self.at -= passed;
    }
}

/// Eight running sums, so that the compiler may use vector instructions.
fn dot(a: &[f32], b: &[f32]) -> f32 {
    let mut sums = [0.0f32; 8];
    let (a_chunks, b_chunks) = (a.chunks_exact(8), b.chunks_exact(8));
    let tail: f32 = a_chunks.remainder().iter().zip(b_chunks.remainder()).map(|(x, y)| x * y).sum();
    for (x, y) in a_chunks.zip(b_chunks) {
        for (sum, (x, y)) in sums.iter_mut().zip(x.iter().zip(y)) {
            *sum += x * y;
        }
    }
    sums.iter().sum::<f32>() + tail
}

#[cfg(test)]
mod tests {
    use super::*;

    fn convert(rate: u32, input: &[f32]) -> Vec<f32> {
        let mut stream = Resampler::new(Arc::new(Kernel::new(rate)));
        let mut output = Vec::new();
        stream.push(input.iter().copied(), &mut output);
        stream.finish(&mut output);
        output
    }

    fn tone(rate: u32, hz: f64, samples: usize) -> Vec<f32> {
        (0..samples).map(|n| (2.0 * PI * hz * n as f64 / f64::from(rate)).sin() as f32).collect()
    }

    fn db(signal: &[f32]) -> f64 {
        let middle = &signal[signal.len() / 4..signal.len() * 3 / 4];
        let power: f64 = middle.iter().map(|x| f64::from(*x).powi(2)).sum();
        10.0 * (power / middle.len() as f64 * 2.0 + 1e-20).log10()
    }

    #[test]
    fn pass_band_is_flat_and_stop_band_is_60_db_down() {
        for rate in [11_025, 16_000, 22_050, 24_000, 44_100, 48_000] {
            for hz in [50.0, 300.0, 1_000.0, 2_500.0, 3_300.0, 3_400.0] {
                let level = db(&convert(rate, &tone(rate, hz, rate as usize)));
                assert!(level.abs() < 0.1, "{rate} Hz input, {hz} Hz tone: {level:.2} dB");
            }
            let top = f64::from(rate) / 2.0 - 50.0;
            let mut hz = STOP_HZ + 10.0;
            while hz < top {
                let level = db(&convert(rate, &tone(rate, hz, rate as usize / 4)));
                assert!(level < -60.0, "{rate} Hz input, {hz} Hz tone: {level:.1} dB");
                hz += 237.0;
            }
        }
    }

    #[test]
    fn output_lies_where_the_input_lay() {
        for rate in [16_000, 22_050, 48_000] {
            let output = convert(rate, &tone(rate, 440.0, rate as usize));
            for (n, sample) in output.iter().enumerate().skip(200).take(7_000) {
                let ideal = (2.0 * PI * 440.0 * n as f64 / 8_000.0).sin();
                assert!((f64::from(*sample) - ideal).abs() < 2e-3, "{rate}: sample {n}");
            }
        }
    }

    #[test]
    fn the_same_rate_passes_untouched() {
        let input = tone(8_000, 700.0, 1_000);
        assert_eq!(convert(8_000, &input), input);
    }

    proptest::proptest! {
        #[test]
        fn pieces_give_what_the_whole_gives(
            sizes in proptest::collection::vec(0usize..700, 0..20),
            rate in proptest::sample::select(vec![8_000u32, 16_000, 22_050, 44_100]),
        ) {
            let total: usize = sizes.iter().sum();
            let input = tone(rate, 613.0, total);
            let mut stream = Resampler::new(Arc::new(Kernel::new(rate)));
            let (mut output, mut from) = (Vec::new(), 0);
            for size in sizes {
                stream.push(input[from..from + size].iter().copied(), &mut output);
                from += size;
            }
            stream.finish(&mut output);
            proptest::prop_assert_eq!(&output, &convert(rate, &input));
            let due = (total as u64 * 8_000).div_ceil(u64::from(rate));
            proptest::prop_assert_eq!(output.len() as u64, due);
        }
    }
}
