//! A bot's test cases by ear: what the citizen says is spoken by a synthetic voice, sent through noise and a
//! telephone's µ-law, heard by the recogniser as it would be in a call, and judged by where the contact stands
//! then. No network, no clock: the same seed hears the same.

use std::ops::ControlFlow;
use std::sync::Arc;

use dialogs::testing::{Spoken, Suite, TurnHeard, hear_case};
use dialogs::{Bot, Heard, Language};
use rtp::codec::{Codec, Decoder, Encoder};
use serde::Serialize;
use tts::espeak::{Espeak, Options};
use tts::{Style, Synthesiser};

use crate::controller::expectation;
use crate::voicemail::Watch;

/// Voices of eSpeak NG that no bot speaks with and that the shipped recogniser's training left out.
pub const VOICES: [&str; 8] = [
    "es+f4",
    "es+m5",
    "es-419+Mario",
    "es-419+Alicia",
    "es+pablo",
    "es-419+steph2",
    "es+miguel",
    "es+belinda",
];

/// Level of the voice, dBFS: a caller's in an office.
const LEVEL: f64 = -22.0;
/// Samples of a frame of 20 ms.
const FRAME: usize = 160;
/// Silence before and after, frames: what turn-taking leaves of it.
const AROUND: usize = 15;

/// Why nothing can be heard.
#[derive(Debug, thiserror::Error)]
pub enum RehearsalError {
    /// A voice cannot be opened or does not speak.
    #[error("the citizen's voice: {0}")]
    Voice(#[from] tts::Error),
}

/// Who speaks, and over what.
pub struct Stage {
    ear: Arc<dyn asr::Recogniser>,
    voices: Vec<Espeak>,
    /// The voice's level over the noise's, dB; none: no noise.
    noise_db: Option<f64>,
    seed: u64,
}

/// A case, as it was heard.
#[derive(Debug, Clone, Serialize)]
pub struct CaseHeard {
    /// The dialog.
    pub dialog: String,
    /// The case.
    pub name: String,
    /// Its spoken turns.
    pub turns: Vec<TurnHeard>,
}

impl CaseHeard {
    /// How many of its turns came out right.
    #[must_use]
    pub fn right(&self) -> usize {
        self.turns.iter().filter(|t| t.right).count()
    }

    /// How many of its turns went on with what was not said.
    #[must_use]
    pub fn wrong(&self) -> usize {
        self.turns.iter().filter(|t| t.wrong).count()
    }
}

/// Turns right and turns in all.
#[must_use]
pub fn share(cases: &[CaseHeard]) -> (usize, usize) {
    (cases.iter().map(CaseHeard::right).sum(), cases.iter().map(|c| c.turns.len()).sum())
}

/// What the recogniser is to expect where the bot waits for this.
#[must_use]
pub fn expected(expect: &dialogs::Expect) -> asr::Expectation {
    expectation(expect)
}

/// Whether words heard while the bot said this are its own, come back.
#[must_use]
pub fn are_own(heard: &str, said: &str) -> bool {
    crate::ears::are_own(heard, said)
}

/// Whether the first words of a contact are those of a mailbox.
#[must_use]
pub fn is_mailbox(heard: &str) -> bool {
    Watch::default().hear(heard)
}

/// What the recogniser hears in a sound of 8 kHz, where this is expected.
#[must_use]
pub fn overhear(ear: &dyn asr::Recogniser, expect: &dialogs::Expect, pcm: &[i16]) -> Heard {
    let mut stream = ear.open(&expectation(expect));
    let _ = stream.push(pcm);
    heard(stream.finish())
}

/// An utterance, as the dialog takes it.
#[must_use]
pub fn heard(utterance: asr::Utterance) -> Heard {
    crate::language::heard(utterance)
}

impl Stage {
    /// Opens the voices, each by its name in eSpeak NG.
    ///
    /// # Errors
    /// A voice that eSpeak NG has not.
    pub fn new(
        ear: Arc<dyn asr::Recogniser>,
        voices: &[impl AsRef<str>],
        noise_db: Option<f64>,
        seed: u64,
    ) -> Result<Stage, RehearsalError> {
        let open = |voice: &str| Espeak::open(Options { voice: voice.to_owned(), ..Options::default() });
        let voices = voices.iter().map(|v| open(v.as_ref())).collect::<Result<Vec<_>, _>>()?;
        Ok(Stage { ear, voices, noise_db, seed })
    }

    /// Hears every case of a suite; turns in other languages than Spanish are left out.
    ///
    /// # Errors
    /// A voice that fails.
    pub fn rehearse(
        &self,
        bot: &Arc<Bot>,
        suite: &Suite,
        language: &Arc<dyn Language>,
    ) -> Result<Vec<CaseHeard>, RehearsalError> {
        let mut out = Vec::new();
        for (number, case) in suite.cases.iter().enumerate() {
            let mut failed = None;
            let turns = hear_case(bot, suite, (case, language), &mut |spoken| {
                // The voices speak Spanish.
                if spoken.language != "es" {
                    return None;
                }
                // The same turn sounds the same, whatever else is tested with it.
                let dice = Dice::new(&[self.seed, number as u64, spoken.turn as u64]);
                self.hear(spoken, dice).map_err(|error| failed = Some(error)).ok()
            });
            if let Some(error) = failed {
                return Err(error);
            }
            out.push(CaseHeard { dialog: suite.dialog.clone(), name: case.name.clone(), turns });
        }
        Ok(out)
    }

    fn hear(&self, spoken: &Spoken<'_>, mut dice: Dice) -> Result<Heard, RehearsalError> {
        let pcm = self.say(spoken.words, &mut dice)?;
        Ok(overhear(self.ear.as_ref(), &spoken.listen.expect, &pcm))
    }

    /// Words as the far end of a telephone line has them.
    fn say(&self, words: &str, dice: &mut Dice) -> Result<Vec<i16>, RehearsalError> {
        let mut voice: Vec<f64> = vec![0.0; AROUND * FRAME];
        let style = Style { rate: 0.9 + 0.2 * dice.share() as f32, ..Style::default() };
        let which = (dice.share() * self.voices.len() as f64) as usize;
        if let Some(speaker) = self.voices.get(which) {
            speaker.speak(words, &style, &mut |piece: &[i16]| {
                voice.extend(piece.iter().map(|s| f64::from(*s)));
                ControlFlow::Continue(())
            })?;
        }
        voice.extend(std::iter::repeat_n(0.0, AROUND * FRAME));
        let loud = active_level(&voice);
        let gain = 10f64.powf((LEVEL - loud) / 20.0);
        voice.iter_mut().for_each(|s| *s *= gain);
        if let Some(over) = self.noise_db {
            let noise = noise(voice.len(), LEVEL - over, dice);
            voice.iter_mut().zip(noise).for_each(|(s, n)| *s += n);
        }
        let pcm: Vec<i16> = voice.into_iter().map(|s| s.clamp(-32768.0, 32767.0) as i16).collect();
        Ok(telephone(&pcm))
    }
}

/// Level of the frames in which somebody speaks, dBFS: those within 30 dB of the loudest.
fn active_level(sound: &[f64]) -> f64 {
    let power = |frame: &[f64]| frame.iter().map(|s| s * s).sum::<f64>() / frame.len().max(1) as f64;
    let powers: Vec<f64> = sound.chunks(FRAME).map(power).collect();
    let loudest = powers.iter().copied().fold(0.0, f64::max);
    let active: Vec<f64> = powers.into_iter().filter(|p| *p > loudest / 1000.0).collect();
    let mean = active.iter().sum::<f64>() / active.len().max(1) as f64;
    10.0 * (mean / 32768f64.powi(2) + 1e-12).log10()
}

/// Noise that falls some 3 dB an octave, as a room's does, at this level.
fn noise(samples: usize, level_db: f64, dice: &mut Dice) -> Vec<f64> {
    let (mut slow, mut slower) = (0.0, 0.0);
    let mut raw: Vec<f64> = (0..samples)
        .map(|_| {
            let white = 2.0 * dice.share() - 1.0;
            slow = 0.9 * slow + white;
            slower = 0.99 * slower + white;
            white + 0.4 * slow + 0.2 * slower
        })
        .collect();
    let power = raw.iter().map(|v| v * v).sum::<f64>() / samples.max(1) as f64;
    let gain = 32768.0 * 10f64.powf(level_db / 20.0) / power.sqrt().max(1e-9);
    raw.iter_mut().for_each(|v| *v *= gain);
    raw
}

/// What G.711 µ-law makes of it.
fn telephone(pcm: &[i16]) -> Vec<i16> {
    let (mut encoder, mut decoder) = (Encoder::new(Codec::Pcmu), Decoder::new());
    let mut out = Vec::with_capacity(pcm.len());
    for frame in pcm.chunks(FRAME) {
        let (mut bytes, mut back) = ([0u8; FRAME], [0i16; FRAME]);
        let n = encoder.encode(frame, &mut bytes);
        let n = decoder.decode(Codec::Pcmu, bytes.get(..n).unwrap_or_default(), &mut back);
        out.extend_from_slice(back.get(..n).unwrap_or_default());
    }
    out
}

/// Uniform numbers from a seed (SplitMix64).
struct Dice(u64);

impl Dice {
    fn new(seeds: &[u64]) -> Dice {
        let mut dice = Dice(0);
        for seed in seeds {
            dice.0 ^= *seed;
            dice.0 = dice.next();
        }
        dice
    }

    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let z = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        let z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        z ^ (z >> 31)
    }

    /// From 0 to below 1.
    fn share(&mut self) -> f64 {
        (self.next() >> 11) as f64 / (1u64 << 53) as f64
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn noise_is_as_far_below_the_voice_as_was_asked() {
        let mut dice = Dice::new(&[7]);
        let voice: Vec<f64> = (0..8000).map(|n| 3000.0 * (f64::from(n) / 5.0).sin()).collect();
        let level = active_level(&voice);
        let under = active_level(&noise(8000, level - 10.0, &mut dice));
        assert!((level - under - 10.0).abs() < 1.0, "{level} {under}");
    }

    #[test]
    fn one_seed_throws_the_same_dice() {
        let throw = |seeds: &[u64]| Dice::new(seeds).share();
        assert_eq!(throw(&[1, 2]).to_bits(), throw(&[1, 2]).to_bits());
        assert_ne!(throw(&[1, 2]).to_bits(), throw(&[2, 1]).to_bits());
    }

    #[test]
    fn the_telephone_keeps_what_is_said() {
        let tone: Vec<i16> = (0..1600).map(|n| (8000.0 * (f64::from(n) / 4.0).sin()) as i16).collect();
        let back = telephone(&tone);
        assert_eq!(back.len(), tone.len());
        let error: f64 = tone.iter().zip(&back).map(|(a, b)| f64::from(a - b).powi(2)).sum();
        let power: f64 = tone.iter().map(|a| f64::from(*a).powi(2)).sum();
        assert!(power / error > 1000.0, "{}", power / error);
    }
}
