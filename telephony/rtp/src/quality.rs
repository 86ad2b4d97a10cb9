//! Listening quality by the E-model (ITU-T G.107): loss, delay and codec become a mean opinion score.

use crate::Codec;

/// What impairs the conversation.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Conditions {
    /// The codec in use.
    pub codec: Codec,
    /// Share of the audio that was not there when it had to be played, 0 to 1: lost on the way or too late.
    pub loss: f32,
    /// Mouth to ear, one way, ms.
    pub delay_ms: f32,
    /// How far below the talker's voice its echo comes back, dB (TELR); none where the far end makes no echo,
    /// as a bot does not. G.107's default is 65.
    pub echo_loss_db: Option<f32>,
}

/// R with every default of G.107 and neither delay nor loss.
const R_DEFAULT: f64 = 93.2;
/// Noise floor and room of G.107's defaults, see [`talker_echo`].
const NO: f64 = -61.18;

/// Equipment impairment and robustness to loss (ITU-T G.113 appendix I).
/// G.711 has concealment here; G.722 is heard as narrow-band, and is given G.711's.
const fn codec_factors(codec: Codec) -> (f64, f64) {
    match codec {
        Codec::Pcmu | Codec::Pcma | Codec::G722 => (0.0, 25.1),
    }
}

/// The transmission rating factor R, 0 to 93.2.
#[must_use]
pub fn rating(c: &Conditions) -> f32 {
    let loss = f64::from(c.loss).clamp(0.0, 1.0) * 100.0;
    let delay = f64::from(c.delay_ms).clamp(0.0, 5_000.0);
    let (ie, bpl) = codec_factors(c.codec);
    let ie_eff = ie + (95.0 - ie) * loss / (loss + bpl);
    let echo = c.echo_loss_db.map_or(0.0, |telr| talker_echo(delay, f64::from(telr)));
    (R_DEFAULT - ie_eff - absolute_delay(delay) - echo).clamp(0.0, R_DEFAULT) as f32
}

/// Idd of G.107 (7-27): delay as such, from 100 ms on.
fn absolute_delay(ms: f64) -> f64 {
    if ms <= 100.0 {
        return 0.0;
    }
    let x = (ms / 100.0).log2();
    25.0 * ((1.0 + x.powi(6)).powf(1.0 / 6.0) - 3.0 * (1.0 + (x / 3.0).powi(6)).powf(1.0 / 6.0) + 2.0)
}

/// Idte of G.107 (7-22 to 7-25) with all other parameters at their defaults.
fn talker_echo(ms: f64, telr: f64) -> f64 {
    let terv = telr - 40.0 * ((1.0 + ms / 10.0) / (1.0 + ms / 150.0)).log10() + 6.0 * (-0.3 * ms * ms).exp();
    let re = 80.0 + 2.5 * (terv - 14.0);
    let roe = -1.5 * (NO - 2.0);
    let half = (roe - re) / 2.0;
    ((half + (half * half + 100.0).sqrt() - 1.0) * (1.0 - (-ms).exp())).max(0.0)
}

/// The mean opinion score of a rating, 1 to 4.5 (G.107 annex B).
#[must_use]
pub fn mos_of_rating(rating: f32) -> f32 {
    let r = f64::from(rating);
    let mos = match r {
        r if r <= 0.0 => 1.0,
        r if r >= 100.0 => 4.5,
        r => 1.0 + 0.035 * r + r * (r - 60.0) * (100.0 - r) * 7e-6,
    };
    mos.clamp(1.0, 4.5) as f32
}

/// The mean opinion score of a conversation, 1 to 4.41.
#[must_use]
pub fn mos(conditions: &Conditions) -> f32 {
    mos_of_rating(rating(conditions))
}

/// Scores each five seconds of a call; keeps the mean and the worst.
#[derive(Clone, Copy, Debug, Default)]
pub struct Meter {
    ticks: u32,
    delay_sum: f64,
    marks: (u64, u64),
    windows: u32,
    sum: f64,
    worst: Option<f32>,
}

/// Frames in a window: 5 s.
const WINDOW: u32 = 250;

/// What the meter reads at each tick: totals of the call.
#[derive(Clone, Copy, Debug)]
pub struct Reading {
    /// Packets that should have been played.
    pub expected: u64,
    /// Those of them that could not be: lost or late.
    pub missing: u64,
    /// Mouth to ear, one way, ms.
    pub delay_ms: f32,
    /// The codec in use.
    pub codec: Codec,
}

impl Meter {
    /// To be called once for each frame played.
    pub fn tick(&mut self, now: Reading) {
        self.ticks += 1;
        self.delay_sum += f64::from(now.delay_ms);
        if self.ticks < WINDOW {
            return;
        }
        let expected = now.expected.saturating_sub(self.marks.0);
        let missing = now.missing.saturating_sub(self.marks.1);
        if expected > 0 {
            let conditions = Conditions {
                codec: now.codec,
                loss: (missing as f32 / expected as f32).min(1.0),
                delay_ms: (self.delay_sum / f64::from(self.ticks)) as f32,
                echo_loss_db: None,
            };
            let mos = mos(&conditions);
            self.windows += 1;
            self.sum += f64::from(mos);
            self.worst = Some(self.worst.map_or(mos, |w| w.min(mos)));
        }
        self.marks = (now.expected, now.missing);
        (self.ticks, self.delay_sum) = (0, 0.0);
    }

    /// Mean over the windows that had media.
    #[must_use]
    pub fn average(&self) -> Option<f32> {
        (self.windows > 0).then(|| (self.sum / f64::from(self.windows)) as f32)
    }

    /// The worst window.
    #[must_use]
    pub fn worst(&self) -> Option<f32> {
        self.worst
    }
}
