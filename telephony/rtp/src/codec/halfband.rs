//! A half-band filter between 16 kHz and 8 kHz: 47 taps, of which every second is zero.
//!
//! Kaiser window, β = 6: flat to 3.3 kHz within 0.1 dB, everything that would fold onto it (above 4.7 kHz)
//! is down by 60 dB. Each way delays by 11 to 12 samples of 8 kHz (1.4 ms); up and down again by 23.

/// Non-zero taps on one side of the centre.
const SIDE: usize = 12;
/// Non-zero taps but the centre.
const TAPS: usize = 2 * SIDE;
/// Samples processed at a time: 60 ms at 8 kHz.
const BLOCK: usize = crate::MAX_PAYLOAD;

/// The odd taps, oldest first; the centre tap is ½, all other even taps are zero.
fn taps() -> [f32; TAPS] {
    let mut t = [0.0; TAPS];
    let edge = (2 * SIDE) as f64;
    for i in 0..SIDE {
        let n = (2 * i + 1) as f64; // distance from the centre, in 16 kHz samples
        let x = std::f64::consts::PI * n / 2.0;
        let tap =
            (0.5 * x.sin() / x * bessel0(6.0 * (1.0 - (n / edge).powi(2)).sqrt()) / bessel0(6.0)) as f32;
        t[SIDE + i] = tap;
        t[SIDE - 1 - i] = tap;
    }
    // Unity at zero frequency: the odd taps together weigh as much as the centre.
    let sum: f32 = t.iter().sum();
    t.map(|v| v * 0.5 / sum)
}

/// Modified Bessel function of the first kind, order 0, by its series.
fn bessel0(x: f64) -> f64 {
    let (mut term, mut sum) = (1.0, 1.0);
    for k in 1..32 {
        term *= (x / 2.0 / f64::from(k)).powi(2);
        sum += term;
    }
    sum
}

fn to_i16(v: f32) -> i16 {
    v.round().clamp(-32_768.0, 32_767.0) as i16
}

/// Eight sums side by side, so that it runs in vectors.
fn dot(window: &[f32], taps: &[f32; TAPS]) -> f32 {
    let mut sums = [0.0_f32; 8];
    for (w, t) in window.chunks_exact(8).zip(taps.chunks_exact(8)) {
        for k in 0..8 {
            sums[k] += w[k] * t[k];
        }
    }
    sums.iter().sum()
}

/// 16 kHz to 8 kHz.
pub(super) struct Down {
    taps: [f32; TAPS],
    odd: [f32; TAPS + BLOCK],
    even: [f32; SIDE + BLOCK],
}

impl Down {
    pub(super) fn new() -> Self {
        Self { taps: taps(), odd: [0.0; TAPS + BLOCK], even: [0.0; SIDE + BLOCK] }
    }

    /// Halves the rate: `input` holds twice as many samples as `out`, at most 2 × [`BLOCK`].
    pub(super) fn run(&mut self, input: &[i16], out: &mut [i16]) {
        let n = out.len().min(BLOCK).min(input.len() / 2);
        for (i, pair) in input.chunks_exact(2).take(n).enumerate() {
            self.even[SIDE + i] = f32::from(pair[0]);
            self.odd[TAPS + i] = f32::from(pair[1]);
        }
        // The centre of the output at i is the even sample 11 before it: odd taps lie around it symmetrically.
        for (i, o) in out.iter_mut().take(n).enumerate() {
            *o = to_i16(0.5 * self.even[i + 1] + dot(&self.odd[i + 1..=i + TAPS], &self.taps));
        }
        self.odd.copy_within(n..n + TAPS, 0);
        self.even.copy_within(n..n + SIDE, 0);
    }
}

/// 8 kHz to 16 kHz.
pub(super) struct Up {
    taps: [f32; TAPS],
    past: [f32; TAPS + BLOCK],
}

impl Up {
    pub(super) fn new() -> Self {
        Self { taps: taps(), past: [0.0; TAPS + BLOCK] }
    }

    /// Doubles the rate: `out` holds twice as many samples as `input`, at most 2 × [`BLOCK`].
    pub(super) fn run(&mut self, input: &[i16], out: &mut [i16]) {
        let n = input.len().min(BLOCK).min(out.len() / 2);
        for (i, s) in input.iter().take(n).enumerate() {
            self.past[TAPS + i] = f32::from(*s);
        }
        for (i, pair) in out.chunks_exact_mut(2).take(n).enumerate() {
            pair[0] = to_i16(self.past[i + SIDE]);
            pair[1] = to_i16(2.0 * dot(&self.past[i + 1..=i + TAPS], &self.taps));
        }
        self.past.copy_within(n..n + TAPS, 0);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tone(hz: f64, rate: f64, n: usize) -> Vec<i16> {
        (0..n).map(|i| (10_000.0 * (i as f64 * hz / rate * std::f64::consts::TAU).sin()) as i16).collect()
    }

    fn gain_down(hz: f64) -> f64 {
        let (mut d, input, mut out) = (Down::new(), tone(hz, 16_000.0, 3_200), vec![0; 1_600]);
        for (i, o) in input.chunks(320).zip(out.chunks_mut(160)) {
            d.run(i, o);
        }
        f64::from(crate::pcm::rms_dbfs(&out[160..])) - f64::from(crate::pcm::rms_dbfs(&input))
    }

    #[test]
    fn the_speech_band_passes_and_what_would_fold_does_not() {
        for hz in [100.0, 300.0, 1_000.0, 2_000.0, 3_000.0, 3_300.0] {
            assert!(gain_down(hz).abs() < 0.1, "{hz} Hz: {} dB", gain_down(hz));
        }
        for hz in [4_800.0, 5_500.0, 6_500.0, 7_500.0] {
            assert!(gain_down(hz) < -55.0, "{hz} Hz: {} dB", gain_down(hz));
        }
    }

    #[test]
    fn up_and_down_again_is_the_same_signal_later() {
        let input = tone(440.0, 8_000.0, 1_600);
        let (mut up, mut down) = (Up::new(), Down::new());
        let mut out = vec![0; 1_600];
        for (i, o) in input.chunks(80).zip(out.chunks_mut(80)) {
            let mut wide = [0; 160];
            up.run(i, &mut wide);
            down.run(&wide, o);
        }
        let best = (0..64)
            .map(|lag| {
                let noise: f64 = (200..1_500).map(|i| f64::from(out[i + lag] - input[i]).powi(2)).sum();
                let signal: f64 = (200..1_500).map(|i| f64::from(input[i]).powi(2)).sum();
                10.0 * (signal / noise.max(1.0)).log10()
            })
            .fold(f64::MIN, f64::max);
        assert!(best > 55.0, "SNR {best} dB");
    }
}
