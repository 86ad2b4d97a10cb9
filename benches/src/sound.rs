//! Sounds that several benches need: people, synthetic voices, noise, and what a line makes of them.
use crate::lines::packets;
use e2e::server::{Trouble, trouble};
use rtp::codec::Codec;
use std::f64::consts::TAU;
use std::ops::ControlFlow;
use std::path::Path;
use tts::espeak::{Espeak, Options};
use tts::{Style, Synthesiser};

/// Samples of a frame of 20 ms.
pub const FRAME: usize = 160;
/// Recordings of Debian's Asterisk packages.
pub const SOUNDS: &str = "/usr/share/asterisk/sounds";
/// Seconds of each sound that is no speech.
const NO_SPEECH_S: usize = 120;

/// Uniform numbers from a seed (SplitMix64).
pub struct Dice(pub u64);

impl Dice {
    /// -1 to 1.
    pub fn next(&mut self) -> f32 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let z = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        let z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        ((z ^ (z >> 31)) >> 40) as f32 / (1u64 << 23) as f32 - 1.0
    }
}

/// Level, dBFS.
pub fn level(frame: &[i16]) -> f64 {
    let power = frame.iter().map(|&s| f64::from(s).powi(2)).sum::<f64>() / frame.len().max(1) as f64;
    10.0 * (power / 32768f64.powi(2) + 1e-12).log10()
}

/// What A-law makes of it.
pub fn line_of(pcm: &[i16]) -> Vec<i16> {
    packets(Codec::Pcma, pcm, 0.0)
}

/// Noise that falls 3 dB an octave or so: two leaky sums of white noise, and the white noise.
pub fn coloured(samples: usize, level_db: f64, seed: u64) -> Vec<i16> {
    let (mut dice, mut slow, mut slower) = (Dice(seed), 0.0, 0.0);
    let raw = (0..samples).map(|_| {
        let white = f64::from(dice.next());
        slow = 0.9 * slow + white;
        slower = 0.99 * slower + white;
        white + 0.4 * slow + 0.2 * slower
    });
    at_level(raw.collect(), level_db)
}

pub fn at_level(raw: Vec<f64>, level_db: f64) -> Vec<i16> {
    let power = raw.iter().map(|v| v * v).sum::<f64>() / raw.len().max(1) as f64;
    let gain = 32768.0 * 10f64.powf(level_db / 20.0) / power.sqrt().max(1e-9);
    raw.into_iter().map(|v| (v * gain).clamp(-32768.0, 32767.0) as i16).collect()
}

/// Sounds in which nobody speaks.
pub fn no_speech() -> Vec<(&'static str, Vec<i16>)> {
    let count = NO_SPEECH_S * 8000;
    let time = |n: usize| n as f64 / 8000.0;
    let tone = |hz: f64, t: f64| (TAU * hz * t).sin();
    let made = |level_db: f64, f: &mut dyn FnMut(usize) -> f64| {
        line_of(&at_level((0..count).map(f).collect(), level_db))
    };
    let (mut white, mut wind, mut clicks) = (Dice(1), Dice(2), Dice(3));
    let (mut gust, mut ring) = (0.0, 0.0);
    let keys = [(697.0, 1209.0), (770.0, 1336.0), (852.0, 1477.0), (941.0, 1336.0)];
    let scale = [262.0, 330.0, 392.0, 523.0, 440.0, 349.0];
    vec![
        ("white noise, −30 dBFS", made(-30.0, &mut |_| f64::from(white.next()))),
        ("coloured noise, −30 dBFS", line_of(&coloured(count, -30.0, 4))),
        (
            "ringing, 425 Hz",
            made(-20.0, &mut |n| if time(n) % 4.5 < 1.5 { tone(425.0, time(n)) } else { 0.0 }),
        ),
        (
            "keys",
            made(-15.0, &mut |n| {
                let (low, high) = keys.get((time(n) / 0.3) as usize % 4).copied().unwrap_or_default();
                if time(n) % 0.3 < 0.12 { tone(low, time(n)) + tone(high, time(n)) } else { 0.0 }
            }),
        ),
        (
            "melody of three harmonics",
            made(-22.0, &mut |n| {
                let hz = scale.get((time(n) / 0.4) as usize % scale.len()).copied().unwrap_or(440.0);
                let fade = (-3.0 * (time(n) % 0.4)).exp();
                fade * (tone(hz, time(n)) + 0.5 * tone(2.0 * hz, time(n)) + 0.3 * tone(3.0 * hz, time(n)))
            }),
        ),
        (
            "gusts of wind",
            made(-28.0, &mut |n| {
                gust = 0.97 * gust + f64::from(wind.next());
                gust * (0.5 + 0.5 * tone(0.3, time(n))).powi(2)
            }),
        ),
        (
            "knocks",
            made(-30.0, &mut |n| {
                ring *= 0.995;
                if n % 5600 == 0 {
                    ring = 1.0;
                }
                ring * (f64::from(clicks.next()) + tone(180.0, time(n)))
            }),
        ),
    ]
}

/// The 47 words of each voice.
pub fn people() -> Result<Vec<Vec<i16>>, Trouble> {
    let (clips, _) = asr::eval::forty_seven_words(Path::new(SOUNDS));
    if clips.is_empty() {
        return Err(Trouble("no recordings of people; `make setup-test` installs them".into()));
    }
    clips.iter().map(|clip| asr::eval::audio::read(&clip.path).map_err(trouble("recording"))).collect()
}

/// Each text as an eSpeak NG voice says it.
pub fn speak(voice: &str, texts: &[&str]) -> Result<Vec<Vec<i16>>, Trouble> {
    let options = Options { voice: voice.into(), ..Options::default() };
    let voice = Espeak::open(options).map_err(trouble("voice"))?;
    let say = |text: &&str| {
        let mut pcm = Vec::new();
        let mut sink = |piece: &[i16]| {
            pcm.extend_from_slice(piece);
            ControlFlow::Continue(())
        };
        voice.speak(text, &Style::default(), &mut sink).map_err(trouble("voice"))?;
        Ok(pcm)
    };
    texts.iter().map(say).collect()
}
