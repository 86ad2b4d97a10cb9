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
    let now = &history[HISTORY - MATCHED..];
    let mut best = (*PERIOD.start(), f32::MIN);
    for lag in PERIOD {
        let then = &history[HISTORY - MATCHED - lag..HISTORY - lag];
        let (mut product, mut energy) = (0.0_f32, 1.0_f32);
        for (a, b) in now.iter().zip(then) {
            product += f32::from(*a) * f32::from(*b);
            energy += f32::from(*b) * f32::from(*b);
        }
        let score = product / energy.sqrt();
        if score > best.1 {
            best = (lag, score);
        }
    }
    best.0
}
