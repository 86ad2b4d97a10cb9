//! Keys as tones in the audio (ITU-T Q.23, Q.24): two of eight frequencies at once.
//!
//! Blocks of 136 samples under a Hann window, one each 45 samples. A press counts from five blocks in a row
//! (40 ms of tone always suffice and 23 ms never do). Against speech: the two tones must hold nearly all the
//! energy of the block, stand far above the others of their group, differ by no more than the twist allowed, hold
//! their level, and have no strong second harmonic.

use super::{Digit, KEYS, Source, code_of};
use crate::goertzel::{Goertzel, bank};

const BLOCK: usize = 136;
const HOP: usize = 45;
/// Blocks in a row that make a press, and that end it.
const PRESS: u32 = 5;
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
/// Above the other tones of the group by 4.8 dB: a neighbour is little more than one bin away.
const ABOVE_OTHERS: f32 = 3.0;
/// Share of the block's energy in the two tones: at their nominal frequencies, and at the best ones within
/// the tolerance of Q.24.
const PURE: f32 = 0.70;
const PURE_TUNED: f32 = 0.91;
const DETUNED: f32 = 0.015;
/// What the window takes from a tone, against what it takes from the block.
const WINDOW_GAIN: f32 = 1.5;
/// How much a tone's energy may change from block to block: keys hold their level, voices do not.
const STEADY: f32 = 1.6;
/// A harmonic as strong as this share of its tone means a voice.
const HARMONIC: f32 = 0.12;

/// A block with the tones of a key.
#[derive(Clone, Copy)]
struct Hit {
    key: char,
    row: f32,
    column: f32,
}

impl Hit {
    fn continues(self, before: Self) -> bool {
        let steady = |a: f32, b: f32| a < b * STEADY && b < a * STEADY;
        self.key == before.key && steady(self.row, before.row) && steady(self.column, before.column)
    }
}

/// Hears keys in 8 kHz audio.
pub struct InBand {
    tones: [Goertzel; 8],
    /// The same a little flat and a little sharp.
    detuned: [[Goertzel; 2]; 8],
    harmonics: [Goertzel; 4],
    /// Hann, scaled so that it leaves the energy of noise as it is.
    window: [f32; BLOCK],
    block: [f32; BLOCK],
    filled: usize,
    candidate: Option<Hit>,
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
            detuned: std::array::from_fn(|i| {
                [1.0 - DETUNED, 1.0 + DETUNED].map(|d| Goertzel::new(d * hz(i)))
            }),
            harmonics: COLUMNS.map(|hz| Goertzel::new(2.0 * hz)),
            window: std::array::from_fn(hann),
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
                let hit = self.hear();
                ended = self.follow(hit).or(ended);
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

    fn hear(&self) -> Option<Hit> {
        let mut x = self.block;
        x.iter_mut().zip(&self.window).for_each(|(x, w)| *x *= w);
        let energy: f32 = x.iter().map(|x| x * x).sum();
        if energy < QUIET * BLOCK as f32 {
            return None;
        }
        let e = bank(&self.tones, &x).map(|e| e * WINDOW_GAIN);
        let (row, column) = (strongest(&e[..4])?, strongest(&e[4..])?);
        let (r, c) = (e[row], e[4 + column]);
        if c > r * REVERSE_TWIST || r > c * NORMAL_TWIST || r + c < PURE * energy {
            return None;
        }
        let tuned =
            |i: usize| self.detuned[i].iter().fold(e[i], |best, d| best.max(d.energy(&x) * WINDOW_GAIN));
        if tuned(row) + tuned(4 + column) < PURE_TUNED * energy {
            return None;
        }
        // Of the column only: a row's harmonic lies too close to the columns for a block this short.
        if self.harmonics[column].energy(&x) * WINDOW_GAIN > HARMONIC * c {
            return None;
        }
        Some(Hit { key: PAD[row][column], row: r, column: c })
    }

    fn follow(&mut self, hit: Option<Hit>) -> Option<Digit> {
        let goes_on = matches!((hit, self.candidate), (Some(h), Some(before)) if h.continues(before));
        self.run = if goes_on { self.run + 1 } else { 1 };
        self.candidate = hit;
        let key = hit.map(|h| h.key);
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

fn hann(i: usize) -> f32 {
    let x = (i as f32 + 0.5) / BLOCK as f32;
    (0.5 - 0.5 * (std::f32::consts::TAU * x).cos()) / 0.375_f32.sqrt()
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

#[cfg(test)]
mod tests {
    use super::*;

    fn listen(pcm: &[i16]) -> Vec<(char, u32)> {
        let mut ear = InBand::new();
        pcm.chunks(160).filter_map(|f| ear.push(f)).map(|d| (d.key, d.duration_ms)).collect()
    }

    fn press(key: char, samples: u32, gain: f32) -> Vec<i16> {
        let mut pcm = vec![0; 411];
        pcm.extend((0..samples).map(|n| (f32::from(tone(key, n)) * gain) as i16));
        pcm.extend([0; 800]);
        pcm
    }

    #[test]
    fn every_key_from_forty_milliseconds_on_and_none_below_twenty_three() {
        for key in KEYS {
            for gain in [1.0, 0.1] {
                let heard = listen(&press(key, 320, gain));
                assert_eq!(heard.len(), 1, "{key} at gain {gain}: {heard:?}");
                assert_eq!(heard[0].0, key);
                assert!((30..=55).contains(&heard[0].1), "{heard:?}");
                assert_eq!(listen(&press(key, 184, gain)), []);
            }
            let long = listen(&press(key, 4_000, 1.0));
            assert!(long.len() == 1 && (480..=530).contains(&long[0].1), "{long:?}");
        }
    }

    #[test]
    fn twist_is_allowed_within_its_limits() {
        let two = |row: f32, column: f32| -> Vec<i16> {
            let s = |hz: f32, n: u32| (n as f32 * hz * std::f32::consts::TAU / 8_000.0).sin();
            (0..800).map(|n| (row * s(770.0, n) + column * s(1_336.0, n)) as i16).chain([0; 400]).collect()
        };
        for (row, column, told) in [
            (8_000.0, 5_000.0, 1),
            (5_000.0, 7_500.0, 1),
            (9_000.0, 2_000.0, 0),
            (2_000.0, 9_000.0, 0),
            (9_000.0, 0.0, 0),
        ] {
            assert_eq!(listen(&two(row, column)).len(), told, "{row} {column}");
        }
    }

    #[test]
    fn frequencies_off_by_a_percent_and_a_half_are_keys_and_by_four_are_not() {
        let two = |off: f32| -> Vec<i16> {
            let s = |hz: f32, n: u32| 7_000.0 * (n as f32 * hz * off * std::f32::consts::TAU / 8_000.0).sin();
            (0..800).map(|n| (s(852.0, n) + s(1_477.0, n)) as i16).chain([0; 400]).collect()
        };
        for (off, told) in [(0.985, 1), (1.015, 1), (0.95, 0), (1.05, 0)] {
            assert_eq!(listen(&two(off)).len(), told, "{off}");
        }
    }
}
