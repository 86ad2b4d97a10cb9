//! Keys as tones in the audio (ITU-T Q.23, Q.24): two of eight frequencies at once.
//!
//! Blocks of 102 samples, each half over the one before. A press counts from four blocks in a row (32 ms of tone,
//! so 40 ms of tone always suffice and 23 ms never do). Against speech: the two tones must hold nearly all the
//! energy of the block, stand far above the others of their group, differ by no more than the twist allowed, and
//! have no strong second harmonic.

use super::{Digit, KEYS, Source, code_of};
use crate::goertzel::{Goertzel, bank};

const BLOCK: usize = 102;
const HOP: usize = BLOCK / 2;
/// Blocks in a row that make a press, and that end it.
const PRESS: u32 = 4;
const RELEASE: u32 = 3;
const ROWS: [f32; 4] = [697.0, 770.0, 852.0, 941.0];
const COLUMNS: [f32; 4] = [1_209.0, 1_336.0, 1_477.0, 1_633.0];
const PAD: [[char; 4]; 4] =
    [['1', '2', '3', 'A'], ['4', '5', '6', 'B'], ['7', '8', '9', 'C'], ['*', '0', '#', 'D']];

/// Mean square below which nothing is looked for: −42 dBFS.
const QUIET: f32 = 32_768.0 * 32_768.0 * 6.3e-5;
/// Column louder than row by at most 4 dB, row louder than column by at most 8 dB.
const REVERSE_TWIST: f32 = 2.5;
const NORMAL_TWIST: f32 = 6.3;
/// Above the other tones of the group by 8 dB.
const ABOVE_OTHERS: f32 = 6.3;
/// Share of the block's energy in the two tones.
const PURE: f32 = 0.78;
/// A harmonic as strong as this share of its tone means a voice.
const HARMONIC: f32 = 0.12;

/// Hears keys in 8 kHz audio.
pub struct InBand {
    tones: [Goertzel; 8],
    harmonics: [Goertzel; 8],
    block: [f32; BLOCK],
    filled: usize,
    candidate: Option<char>,
    run: u32,
    held: Option<(char, u32)>,
    misses: u32,
}

impl Default for InBand {
    fn default() -> Self {
        Self::new()
    }
}

impl InBand {
    /// A detector that has heard nothing.
    #[must_use]
    pub fn new() -> Self {
        let hz = |i: usize| if i < 4 { ROWS[i] } else { COLUMNS[i - 4] };
        Self {
            tones: std::array::from_fn(|i| Goertzel::new(hz(i))),
            harmonics: std::array::from_fn(|i| Goertzel::new(2.0 * hz(i))),
            block: [0.0; BLOCK],
            filled: 0,
            candidate: None,
            run: 0,
            held: None,
            misses: 0,
        }
    }

    /// Listens to samples; returns the press that ended in them.
    pub fn push(&mut self, samples: &[i16]) -> Option<Digit> {
        let mut ended = None;
        for s in samples {
            self.block[self.filled] = f32::from(*s);
            self.filled += 1;
            if self.filled == BLOCK {
                let key = self.hear();
                ended = self.follow(key).or(ended);
                self.block.copy_within(HOP.., 0);
                self.filled = BLOCK - HOP;
            }
        }
        ended
    }

    /// The key that is down now.
    #[must_use]
    pub fn held(&self) -> Option<char> {
        self.held.map(|(key, _)| key)
    }

    fn hear(&self) -> Option<char> {
        let energy: f32 = self.block.iter().map(|x| x * x).sum();
        if energy < QUIET * BLOCK as f32 {
            return None;
        }
        let e = bank(&self.tones, &self.block);
        let (row, column) = (strongest(&e[..4])?, strongest(&e[4..])?);
        let (r, c) = (e[row], e[4 + column]);
        if c > r * REVERSE_TWIST || r > c * NORMAL_TWIST || r + c < PURE * energy {
            return None;
        }
        let harmonic = |i: usize| self.harmonics[i].energy(&self.block);
        if harmonic(row) > HARMONIC * r || harmonic(4 + column) > HARMONIC * c {
            return None;
        }
        Some(PAD[row][column])
    }

    fn follow(&mut self, key: Option<char>) -> Option<Digit> {
        self.run = if key.is_some() && key == self.candidate { self.run + 1 } else { 1 };
        self.candidate = key;
        if let Some((held, blocks)) = &mut self.held {
            *blocks += 1;
            if key == Some(*held) {
                self.misses = 0;
                return None;
            }
            self.misses += 1;
            if self.misses < RELEASE {
                return None;
            }
            let samples = (*blocks - self.misses + PRESS - 1) as usize * HOP + BLOCK;
            let digit = Digit { key: *held, duration_ms: (samples / 8) as u32, source: Source::InBand };
            self.held = None;
            return Some(digit);
        }
        if let (Some(k), true) = (key, self.run >= PRESS) {
            self.held = Some((k, 0));
            self.misses = 0;
        }
        None
    }
}

fn strongest(group: &[f32]) -> Option<usize> {
    let (best, top) = group.iter().enumerate().max_by(|a, b| a.1.total_cmp(b.1))?;
    let clear = group.iter().enumerate().all(|(i, e)| i == best || *top > *e * ABOVE_OTHERS);
    clear.then_some(best)
}

/// One sample of a key's tone, `n` samples after its start, at −10 dBFS a tone with 2 dB of twist; 0 if no key.
#[must_use]
pub fn tone(key: char, n: u32) -> i16 {
    let Some(key) = code_of(key).and_then(|c| KEYS.get(usize::from(c)).copied()) else { return 0 };
    let Some((row, column)) = PAD
        .iter()
        .enumerate()
        .find_map(|(r, keys)| keys.iter().position(|k| *k == key).map(|c| (ROWS[r], COLUMNS[c])))
    else {
        return 0;
    };
    let t = n as f32 * std::f32::consts::TAU / crate::SAMPLE_RATE as f32;
    (7_000.0 * (row * t).sin() + 8_800.0 * (column * t).sin()) as i16
}
