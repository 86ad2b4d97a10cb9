//! How late packets come: the measure that the jitter buffer's delay follows.
//!
//! A packet's transit is its arrival less its timestamp. Over a sliding window of four seconds the smallest
//! transit is the floor (the path with empty queues; it follows clock drift), and the third largest is what the
//! delay must cover: late packets count from the third on, so that one stray packet moves nothing and a burst
//! moves the target at once.

/// Slices of the window.
const SLICES: usize = 8;
/// Length of a slice, microseconds.
const SLICE_US: i64 = 500_000;
/// Smallest delay aimed at, microseconds.
pub(crate) const MIN_US: i64 = 20_000;
/// Largest delay aimed at, microseconds.
pub(crate) const MAX_US: i64 = 200_000;
/// Aimed at while little is known.
const EARLY_US: i64 = 40_000;
/// Packets before the measure is trusted.
const TRUSTED: u32 = 25;
/// What is added to the measure for our own wake-ups.
const MARGIN_US: i64 = 2_000;

#[derive(Clone, Copy)]
struct Slice {
    floor: i64,
    top: [i64; 3],
}

const EMPTY: Slice = Slice { floor: i64::MAX, top: [i64::MIN; 3] };

pub(crate) struct Delay {
    slices: [Slice; SLICES],
    current: usize,
    opened_us: i64,
    seen: u32,
    floor: i64,
    target: i64,
}

impl Delay {
    pub(crate) fn new() -> Self {
        Self { slices: [EMPTY; SLICES], current: 0, opened_us: 0, seen: 0, floor: 0, target: EARLY_US }
    }

    /// Notes a packet. Returns how late it came against the floor, microseconds.
    pub(crate) fn observe(&mut self, arrival_us: i64, transit_us: i64) -> i64 {
        if self.seen == 0 {
            self.opened_us = arrival_us;
        }
        self.roll(arrival_us);
        self.seen = self.seen.saturating_add(1);
        let s = &mut self.slices[self.current];
        s.floor = s.floor.min(transit_us);
        insert(&mut s.top, transit_us);
        self.measure();
        transit_us - self.floor
    }

    fn roll(&mut self, now_us: i64) {
        let mut steps = 0;
        while now_us - self.opened_us >= SLICE_US && steps < SLICES {
            self.current = (self.current + 1) % SLICES;
            self.slices[self.current] = EMPTY;
            self.opened_us += SLICE_US;
            steps += 1;
        }
        if now_us - self.opened_us >= SLICE_US {
            self.opened_us = now_us;
        }
    }

    fn measure(&mut self) {
        let mut top = [i64::MIN; 3];
        self.floor = i64::MAX;
        for s in &self.slices {
            self.floor = self.floor.min(s.floor);
            for t in s.top {
                insert(&mut top, t);
            }
        }
        let late = if top[2] == i64::MIN { 0 } else { top[2] - self.floor };
        let least = if self.seen < TRUSTED { EARLY_US } else { MIN_US };
        self.target = (late + MARGIN_US).clamp(least, MAX_US);
    }

    /// Whether a packet was seen.
    pub(crate) fn known(&self) -> bool {
        self.seen > 0
    }

    /// The smallest transit of late, microseconds.
    pub(crate) fn floor_us(&self) -> i64 {
        self.floor
    }

    /// The delay to aim at, microseconds above the floor.
    pub(crate) fn target_us(&self) -> i64 {
        self.target
    }
}

fn insert(top: &mut [i64; 3], value: i64) {
    if value > top[0] {
        *top = [value, top[0], top[1]];
    } else if value > top[1] {
        *top = [top[0], value, top[1]];
    } else if value > top[2] {
        top[2] = value;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_stray_packet_moves_nothing_and_three_late_ones_do() {
        let mut d = Delay::new();
        for i in 0..200 {
            d.observe(i * 20_000, if i == 150 { 150_000 } else { 5_000 });
        }
        assert_eq!(d.target_us(), MIN_US);
        for i in 200..203 {
            d.observe(i * 20_000, 95_000);
        }
        assert_eq!(d.target_us(), 92_000);
        for i in 203..420 {
            d.observe(i * 20_000, 5_000);
        }
        assert_eq!((d.target_us(), d.floor_us()), (MIN_US, 5_000));
    }

    #[test]
    fn a_long_silence_empties_the_window() {
        let mut d = Delay::new();
        d.observe(0, 0);
        assert_eq!(d.observe(3_600_000_000, 70_000), 0);
        assert_eq!(d.floor_us(), 70_000);
    }
}
