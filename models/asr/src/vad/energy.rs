//! Voice activity by energy over a noise floor: the fallback when no network is there.

use crate::VoiceActivity;

/// Level below which a frame is never speech, dBFS.
const SILENCE_DB: f32 = -52.0;
/// Level over the noise floor at which speech and noise are equally likely, dB.
const MIDDLE_DB: f32 = 9.0;
/// Steepness of the decision, dB.
const SLOPE_DB: f32 = 2.0;
/// How fast the floor follows a louder background, dB a frame: 6 dB a second.
const RISE_DB: f32 = 0.12;

/// Compares the level of a frame with a floor that falls at once and rises slowly, so that
/// steady noise and tones stop being speech after some seconds. It knows nothing of spectra:
/// a door slam is speech to it.
#[derive(Debug, Clone)]
pub struct EnergyVad {
    floor_db: f32,
}

impl Default for EnergyVad {
    fn default() -> Self {
        Self { floor_db: SILENCE_DB }
    }
}

impl VoiceActivity for EnergyVad {
    fn push(&mut self, frame: &[i16; 160]) -> f32 {
        let sum: f32 = frame.iter().map(|&s| f32::from(s)).sum();
        let mean = sum / 160.0;
        let power: f32 = frame.iter().map(|&s| (f32::from(s) - mean).powi(2)).sum::<f32>() / 160.0;
        let level = 10.0 * (power / (32768.0 * 32768.0) + 1e-10).log10();
        self.floor_db = level.min(self.floor_db + RISE_DB).max(-80.0);
        if level < SILENCE_DB {
            return 0.0;
        }
        let over = level - self.floor_db.max(SILENCE_DB);
        1.0 / (1.0 + (-(over - MIDDLE_DB) / SLOPE_DB).exp())
    }

    fn reset(&mut self) {
        *self = Self::default();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sine(level: f32, hz: f32, n: usize) -> [i16; 160] {
        std::array::from_fn(|i| {
            let t = (n * 160 + i) as f32 / 8000.0;
            (level * 32767.0 * (std::f32::consts::TAU * hz * t).sin()) as i16
        })
    }

    #[test]
    fn silence_is_not_speech_and_a_sudden_sound_is() {
        let mut vad = EnergyVad::default();
        for _ in 0..50 {
            assert_eq!(vad.push(&[0; 160]), 0.0);
        }
        assert!(vad.push(&sine(0.2, 300.0, 0)) > 0.9);
    }

    #[test]
    fn a_steady_tone_stops_being_speech() {
        let mut vad = EnergyVad::default();
        let last = (0..500).map(|n| vad.push(&sine(0.1, 440.0, n))).last();
        assert!(last < Some(0.1));
    }
}
