//! Packet-loss concealment by repeating the pitch waveform, in the manner of ITU-T G.711 Appendix I.
//!
//! Unlike the appendix it adds no delay: where the appendix holds back a quarter period to smooth the first joint,
//! this takes the step at the joint away with a decaying offset. The rest follows it: one period is repeated
//! for 10 ms, then two, then three (so that it does not sound like a buzzer), fading from 10 ms to nothing at 60 ms,
//! and what comes after the loss is cross-faded over a time that grows with the loss.

/// Samples of the past kept: three longest periods and the overlap.
const HISTORY: usize = 400;
/// Shortest and longest pitch period: 200 Hz to 66 Hz.
const PERIOD: std::ops::RangeInclusive<usize> = 40..=120;
/// Samples compared when the period is looked for.
const MATCHED: usize = 160;
/// Full level until here.
const HOLD: usize = 80;
/// Silence from here.
const GONE: usize = 480;

/// The concealer: it hears what is played and continues it when asked.
pub struct Concealer {
    history: [i16; HISTORY],
    /// Samples made since the last good one.
    made: usize,
    cycle: Cycle,
    /// The cycle being left, while both overlap.
    leaving: Cycle,
    overlap_from: usize,
    /// Step at the first joint, decaying over a quarter period.
    step: f32,
}

/// Periods of the past repeated from `start` to the end of history; `at` is the next sample within.
#[derive(Clone, Copy)]
struct Cycle {
    period: usize,
    periods: usize,
    at: usize,
}

impl Default for Concealer {
    fn default() -> Self {
        Self::new()
    }
}

impl Concealer {
    /// A concealer that has heard silence.
    #[must_use]
    pub fn new() -> Self {
        let cycle = Cycle { period: *PERIOD.start(), periods: 1, at: 0 };
        Self { history: [0; HISTORY], made: GONE, cycle, leaving: cycle, overlap_from: usize::MAX, step: 0.0 }
    }

    /// Notes good samples that are being played. The first ones after a loss are cross-faded in place.
    pub fn hear(&mut self, samples: &mut [i16]) {
        if self.made > 0 {
            self.rejoin(samples);
            self.made = 0;
        }
        let n = samples.len().min(HISTORY);
        self.history.copy_within(n.., 0);
        self.history[HISTORY - n..].copy_from_slice(&samples[samples.len() - n..]);
    }

    /// Continues what was heard. Returns whether anything but silence was made.
    pub fn make(&mut self, out: &mut [i16]) -> bool {
        if self.made >= GONE {
            out.fill(0);
            return false;
        }
        if self.made == 0 {
            self.begin();
        }
        for o in out {
            *o = self.sample();
        }
        true
    }

    /// Nothing but silence would be made now: the loss is longer than 60 ms.
    #[must_use]
    pub fn is_gone(&self) -> bool {
        self.made >= GONE
    }

    /// Whether the last thing played was made here.
    #[must_use]
    pub fn is_active(&self) -> bool {
        self.made > 0
    }

    fn begin(&mut self) {
        let period = pitch(&self.history);
        self.cycle = Cycle { period, periods: 1, at: 0 };
        self.leaving = self.cycle;
        self.overlap_from = usize::MAX;
        // One period ago the signal stood here; where it stands now differs by the step.
        self.step = f32::from(self.history[HISTORY - 1]) - f32::from(self.history[HISTORY - period - 1]);
    }

    fn sample(&mut self) -> i16 {
        if self.made == HOLD || self.made == 2 * HOLD {
            self.leaving = self.cycle;
            self.overlap_from = self.made;
            // The same phase, so many periods earlier.
            self.cycle.periods += 1;
            self.cycle.at %= self.cycle.period;
        }
        let quarter = self.cycle.period / 4;
        let mut v = self.cycle.next(&self.history);
        if self.made >= self.overlap_from && self.made < self.overlap_from + quarter {
            let w = (self.made - self.overlap_from + 1) as f32 / (quarter + 1) as f32;
            v = v * w + self.leaving.next(&self.history) * (1.0 - w);
        }
        if self.made < quarter {
            v += self.step * (quarter - self.made) as f32 / (quarter + 1) as f32;
        }
        if self.made > HOLD {
            v *= (GONE.saturating_sub(self.made)) as f32 / (GONE - HOLD) as f32;
        }
        self.made = (self.made + 1).min(GONE);
        v.round().clamp(-32_768.0, 32_767.0) as i16
    }

    fn rejoin(&mut self, samples: &mut [i16]) {
        let fade = (self.cycle.period / 4 + self.made * 2 / 5).min(HOLD).min(samples.len());
        let mut made = [0; HOLD];
        let made = &mut made[..fade];
        self.make(made);
        for (i, (s, m)) in samples.iter_mut().zip(made).enumerate() {
            let w = (i + 1) as f32 / (fade + 1) as f32;
            *s = (f32::from(*s) * w + f32::from(*m) * (1.0 - w)).round() as i16;
        }
    }
}

impl Cycle {
    fn next(&mut self, history: &[i16; HISTORY]) -> f32 {
        let len = self.period * self.periods;
        let start = HISTORY - len;
        let quarter = self.period / 4;
        let i = self.at;
        self.at = (self.at + 1) % len;
        let v = f32::from(history[start + i]);
        let into = (i + quarter).saturating_sub(len - 1);
        if into == 0 {
            return v;
        }
        // The end of the cycle fades into what precedes its beginning, so that it closes on itself.
        let w = into as f32 / (quarter + 1) as f32;
        v * (1.0 - w) + f32::from(history[start + i - len]) * w
    }
}

/// The pitch period: the lag at which the last 20 ms look most like what was before them.
fn pitch(history: &[i16; HISTORY]) -> usize {
    // Eleven bits: then 160 products fit 32, and the loop runs in vectors.
    let peak = history.iter().fold(0, |p, s| p.max(s.unsigned_abs()));
    let shift = (u16::BITS - peak.leading_zeros()).saturating_sub(11);
    let x = history.map(|s| i32::from(s >> shift));
    let now = &x[HISTORY - MATCHED..];
    let mut best = (*PERIOD.start(), f32::MIN);
    for lag in PERIOD {
        let then = &x[HISTORY - MATCHED - lag..HISTORY - lag];
        let product: i32 = now.iter().zip(then).map(|(a, b)| a * b).sum();
        let energy: i32 = then.iter().map(|b| b * b).sum();
        let score = product as f32 / (energy as f32 + 1.0).sqrt();
        if score > best.1 {
            best = (lag, score);
        }
    }
    best.0
}

#[cfg(test)]
mod tests {
    use super::*;

    fn voiced(from: usize, n: usize) -> Vec<i16> {
        (from..from + n)
            .map(|i| {
                let t = i as f64 / 8_000.0 * std::f64::consts::TAU;
                (6_000.0 * (125.0 * t).sin() + 3_000.0 * (500.0 * t).cos()) as i16
            })
            .collect()
    }

    #[test]
    fn a_periodic_signal_goes_on_and_fades_within_sixty_milliseconds() {
        let mut c = Concealer::new();
        c.hear(&mut voiced(0, 800));
        let mut made = vec![0; 640];
        assert!(c.make(&mut made));
        let real = voiced(800, 640);
        for i in 0..80 {
            assert!((made[i] - real[i]).abs() < 700, "sample {i}: {} for {}", made[i], real[i]);
        }
        assert!(c.is_gone());
        assert!(made[480..].iter().all(|s| *s == 0));
        let level = |r: std::ops::Range<usize>| crate::pcm::rms_dbfs(&made[r]);
        assert!(level(0..80) > level(160..240) && level(160..240) > level(320..400));
        assert!(!c.make(&mut made));
    }

    #[test]
    fn what_comes_back_is_joined_without_a_click_and_ends_as_it_came() {
        let mut c = Concealer::new();
        c.hear(&mut voiced(0, 800));
        let mut made = vec![0; 160];
        c.make(&mut made);
        let real = voiced(960, 160);
        let mut back = real.clone();
        c.hear(&mut back);
        assert!((back[0] - made[159]).abs() < 2_500);
        assert_eq!(back[80..], real[80..]);
        assert!(!c.is_active());
    }

    #[test]
    fn full_scale_and_silence_are_carried_on() {
        for value in [i16::MIN, 0, i16::MAX] {
            let mut c = Concealer::new();
            c.hear(&mut [value; 800]);
            let mut made = [0; 160];
            c.make(&mut made);
            assert_eq!(made[0], value);
        }
    }
}
