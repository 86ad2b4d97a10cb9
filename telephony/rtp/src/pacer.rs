//! Ticks: a frame each 20 ms by the monotonic clock, for hours, without drift.

use std::time::{Duration, Instant};

/// One tick.
pub const PERIOD: Duration = Duration::from_millis(crate::FRAME_MS as u64);
/// Ticks caught up after a late wake-up; what is more is skipped and counted.
const CATCH_UP: u64 = 5;

/// Deadlines at a fixed distance from a start: tick n is due at start + n × 20 ms, however late the ones before were.
#[derive(Clone, Copy, Debug)]
pub struct Ticks {
    start: Instant,
    /// Ticks that are over: run or skipped.
    done: u64,
    skipped: u64,
    worst: Duration,
}

impl Ticks {
    /// The first tick is due at `start`.
    #[must_use]
    pub fn new(start: Instant) -> Self {
        Self { start, done: 0, skipped: 0, worst: Duration::ZERO }
    }

    /// When the next tick is due.
    #[must_use]
    pub fn deadline(&self) -> Instant {
        self.at(self.done)
    }

    /// How many ticks to run now: 1 if on time, 0 if too early, up to 5 after a late wake-up.
    /// The rest of a longer stall is skipped, and counted in [`Self::skipped`].
    pub fn due(&mut self, now: Instant) -> u32 {
        let Some(elapsed) = now.checked_duration_since(self.start) else { return 0 };
        let past = (elapsed.as_nanos() / PERIOD.as_nanos()) as u64 + 1;
        let waiting = past.saturating_sub(self.done);
        if waiting == 0 {
            return 0;
        }
        self.worst = self.worst.max(now.saturating_duration_since(self.deadline()));
        let run = waiting.min(CATCH_UP);
        self.skipped += waiting - run;
        self.done = past;
        run as u32
    }

    /// Ticks that were skipped.
    #[must_use]
    pub fn skipped(&self) -> u64 {
        self.skipped
    }

    /// The latest that a tick was run after its deadline.
    #[must_use]
    pub fn worst_lateness(&self) -> Duration {
        self.worst
    }

    fn at(&self, tick: u64) -> Instant {
        self.start + Duration::from_millis(tick.saturating_mul(u64::from(crate::FRAME_MS)))
    }
}

/// Sleeps until `deadline`; returns at once if it is past. On Linux this is `clock_nanosleep`.
pub fn sleep_until(deadline: Instant) {
    let left = deadline.saturating_duration_since(Instant::now());
    if !left.is_zero() {
        std::thread::sleep(left);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_hour_of_late_wake_ups_drifts_by_nothing() {
        let start = Instant::now();
        let mut ticks = Ticks::new(start);
        let (mut run, mut state, mut now) = (0_u64, 12_345_u64, start);
        while now < start + Duration::from_secs(3_600) {
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
            // Nearly always up to 3 ms late, now and then 90 ms.
            let late = if state >> 54 == 0 { 90_000 } else { (state >> 33) % 3_000 };
            now = ticks.deadline() + Duration::from_micros(late);
            run += u64::from(ticks.due(now));
        }
        assert_eq!(run, 180_001);
        assert_eq!(ticks.skipped(), 0);
        assert_eq!(ticks.deadline(), start + PERIOD * 180_001);
    }

    #[test]
    fn a_stall_is_caught_up_in_part_and_counted() {
        let start = Instant::now();
        let mut ticks = Ticks::new(start);
        assert_eq!(ticks.due(start), 1);
        assert_eq!(ticks.due(start + Duration::from_millis(19)), 0);
        assert_eq!(ticks.due(start + Duration::from_millis(1_000)), 5);
        assert_eq!(ticks.skipped(), 45);
        assert_eq!(ticks.deadline(), start + Duration::from_millis(1_020));
        assert_eq!(ticks.worst_lateness(), Duration::from_millis(980));
    }
}
