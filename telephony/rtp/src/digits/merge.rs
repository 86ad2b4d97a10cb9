//! The same key press heard by two ways is told once.

use super::{Digit, Source};

/// How far apart the same press can be told by two ways: signalling may lag behind media.
const WINDOW_US: i64 = 1_000_000;
/// Presses remembered.
const REMEMBERED: usize = 16;

#[derive(Clone, Copy)]
struct Told {
    key: char,
    at_us: i64,
    /// Bit for each way by which this press was heard.
    by: u8,
}

/// Remembers what was told, and by which ways it was heard.
///
/// Each press heard by one way stands for at most one press heard by another, matched in order:
/// 5-5 heard by two ways is 5-5, not 5 and not 5-5-5-5.
#[derive(Default)]
pub struct Merger {
    told: [Option<Told>; REMEMBERED],
    at: usize,
}

impl Merger {
    /// Whether this press is a new one. `now_us`: any monotonic time in microseconds.
    pub fn is_new(&mut self, digit: Digit, now_us: i64) -> bool {
        let bit = match digit.source {
            Source::Event => 1,
            Source::Info => 2,
            Source::InBand => 4,
        };
        let same = self
            .told
            .iter_mut()
            .flatten()
            .filter(|t| t.key == digit.key && t.by & bit == 0 && now_us - t.at_us <= WINDOW_US)
            .min_by_key(|t| t.at_us);
        if let Some(told) = same {
            told.by |= bit;
            return false;
        }
        if let Some(place) = self.told.get_mut(self.at) {
            *place = Some(Told { key: digit.key, at_us: now_us, by: bit });
        }
        self.at = (self.at + 1) % REMEMBERED;
        true
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn press(key: char, source: Source) -> Digit {
        Digit { key, duration_ms: 100, source }
    }

    #[test]
    fn two_ways_one_press() {
        let mut m = Merger::default();
        let mut told = 0;
        for (at, source) in [
            (0, Source::Event),
            (10, Source::InBand),
            (200, Source::Event),
            (210, Source::InBand),
            (300, Source::Info),
            (500, Source::Info),
        ] {
            told += u32::from(m.is_new(press('5', source), at * 1_000));
        }
        assert_eq!(told, 2);
        assert!(m.is_new(press('6', Source::Info), 600_000));
        assert!(m.is_new(press('5', Source::Event), 1_900_000));
    }
}
