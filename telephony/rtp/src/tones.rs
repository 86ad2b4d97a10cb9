//! What a network says in tones while a call is being placed: Spain's 425 Hz in its cadences
//! (ITU-T E.180 supplement 2; Spanish national numbering plan annex on tones).

use crate::goertzel::Goertzel;
use crate::{FRAME, Frame, pcm};

/// The tone of every cadence.
const HZ: f32 = 425.0;
/// Share of the energy that must lie in the tone.
const PURE: f32 = 0.80;
/// Quieter than this is silence.
const QUIET_DBFS: f32 = -45.0;
/// Frames that a change must last: 40 ms.
const SETTLED: u32 = 2;
/// Cycles remembered.
const CYCLES: usize = 4;

/// What the tones mean.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Progress {
    /// The far telephone rings: 1.5 s on, 3 s off.
    Ringing,
    /// The far end is busy: 0.2 s on, 0.2 s off.
    Busy,
    /// The network is full, or the number cannot be reached: 0.2 s on and 0.2 s off twice, 0.2 s on and 0.6 s off.
    Congestion,
    /// A tone that does not stop.
    DialTone,
}

/// Hears call-progress tones.
pub struct CallProgress {
    tone: Goertzel,
    on: bool,
    /// Frames in this state; frames of the other one since.
    run: u32,
    change: u32,
    /// Milliseconds on and off of the last cycles, newest first; 0 where there is none.
    cycles: [(u32, u32); CYCLES],
    on_ms: u32,
    told: Option<Progress>,
}

impl Default for CallProgress {
    fn default() -> Self {
        Self::new()
    }
}

impl CallProgress {
    /// A detector that has heard nothing.
    #[must_use]
    pub fn new() -> Self {
        Self {
            tone: Goertzel::new(HZ),
            on: false,
            run: 0,
            change: 0,
            cycles: [(0, 0); CYCLES],
            on_ms: 0,
            told: None,
        }
    }

    /// Listens to a frame; returns what the tones mean when that becomes known or changes.
    pub fn push(&mut self, frame: &Frame) -> Option<Progress> {
        let heard = self.is_tone(frame);
        if heard == self.on {
            self.run += self.change + 1;
            self.change = 0;
        } else {
            self.change += 1;
            if self.change >= SETTLED {
                self.turn();
            }
        }
        let meaning = self.meaning()?;
        if self.told == Some(meaning) {
            return None;
        }
        self.told = Some(meaning);
        Some(meaning)
    }

    fn turn(&mut self) {
        let ms = self.run * crate::FRAME_MS;
        if self.on {
            self.on_ms = ms;
        } else {
            self.cycles.rotate_right(1);
            self.cycles[0] = (self.on_ms, ms);
        }
        (self.on, self.run, self.change) = (!self.on, self.change, 0);
    }

    fn is_tone(&self, frame: &Frame) -> bool {
        if pcm::rms_dbfs(frame) < QUIET_DBFS {
            return false;
        }
        let x: [f32; FRAME] = frame.map(f32::from);
        let all: f32 = x.iter().map(|s| s * s).sum();
        self.tone.energy(&x) > PURE * all
    }

    fn meaning(&self) -> Option<Progress> {
        let now_ms = self.run * crate::FRAME_MS;
        let short = |ms: u32| (140..=270).contains(&ms);
        if self.on && now_ms >= 3_000 {
            return Some(Progress::DialTone);
        }
        if !self.on && (1_200..=1_800).contains(&self.on_ms) && now_ms >= 1_000 {
            return Some(Progress::Ringing);
        }
        let [(on, off), (on_before, off_before), ..] = self.cycles;
        if short(on) && (480..=740).contains(&off) && short(on_before) && short(off_before) {
            return Some(Progress::Congestion);
        }
        // Two short cycles in a row also begin congestion; four never occur in it.
        self.cycles.iter().all(|(on, off)| short(*on) && short(*off)).then_some(Progress::Busy)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Plays `(on, off)` cycles in ms, and returns what was told and when, ms.
    fn listen(cycles: &[(u32, u32)], hz: f32) -> Vec<(u32, Progress)> {
        let mut pcm = Vec::new();
        for (on, off) in cycles {
            let n = pcm.len();
            pcm.extend((0..on * 8).map(|i| {
                let t = (n as u32 + i) as f32 * std::f32::consts::TAU / 8_000.0;
                (3_000.0 * (hz * t).sin()) as i16
            }));
            pcm.extend(std::iter::repeat_n(0, (off * 8) as usize));
        }
        let mut ear = CallProgress::new();
        let mut told = Vec::new();
        for (i, frame) in pcm.chunks_exact(FRAME).enumerate() {
            told.extend(ear.push(frame.try_into().unwrap()).map(|p| (i as u32 * 20, p)));
        }
        told
    }

    #[test]
    fn spanish_cadences_are_told_apart() {
        let what = |c: &[(u32, u32)]| listen(c, HZ).into_iter().map(|(_, p)| p).collect::<Vec<_>>();
        assert_eq!(what(&[(1_500, 3_000); 3]), [Progress::Ringing]);
        assert_eq!(what(&[(200, 200); 8]), [Progress::Busy]);
        assert_eq!(what(&[(200, 200), (200, 200), (200, 600)].repeat(4)), [Progress::Congestion]);
        assert_eq!(what(&[(5_000, 500)]), [Progress::DialTone]);
        assert_eq!(
            what(&[&[(1_500, 3_000); 2][..], &[(200, 200); 8]].concat()),
            [Progress::Ringing, Progress::Busy]
        );
    }

    #[test]
    fn another_tone_says_nothing_and_ringing_is_known_in_time() {
        assert_eq!(listen(&[(200, 200); 8], 600.0), []);
        let (at, _) = listen(&[(1_500, 3_000)], HZ)[0];
        assert!(at < 2_700, "{at} ms");
    }
}
