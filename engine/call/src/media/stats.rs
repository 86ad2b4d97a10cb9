//! How punctual the media threads are.

use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

/// Upper bounds of the buckets, µs; the last bucket has none.
pub const BOUNDS_US: [u64; 11] = [50, 100, 200, 500, 1000, 2000, 5000, 10_000, 20_000, 50_000, 100_000];

/// A histogram of times, written by one thread and read by any.
#[derive(Debug, Default)]
pub struct Histogram {
    buckets: [AtomicU64; BOUNDS_US.len() + 1],
    sum_us: AtomicU64,
    max_us: AtomicU64,
}

impl Histogram {
    /// Counts one time.
    pub fn record(&self, time: Duration) {
        let us = u64::try_from(time.as_micros()).unwrap_or(u64::MAX);
        let place = BOUNDS_US.partition_point(|bound| *bound < us);
        if let Some(bucket) = self.buckets.get(place) {
            bucket.fetch_add(1, Ordering::Relaxed);
        }
        self.sum_us.fetch_add(us, Ordering::Relaxed);
        self.max_us.fetch_max(us, Ordering::Relaxed);
    }

    /// Counts by bucket, in the order of [`BOUNDS_US`], then those above all.
    #[must_use]
    pub fn counts(&self) -> [u64; BOUNDS_US.len() + 1] {
        std::array::from_fn(|i| self.buckets.get(i).map_or(0, |b| b.load(Ordering::Relaxed)))
    }

    /// Sum of all times, µs.
    #[must_use]
    pub fn sum_us(&self) -> u64 {
        self.sum_us.load(Ordering::Relaxed)
    }

    /// Longest time, µs.
    #[must_use]
    pub fn max_us(&self) -> u64 {
        self.max_us.load(Ordering::Relaxed)
    }

    /// Upper bound of the bucket that holds the share `q` (0..=1) of times, µs.
    #[must_use]
    pub fn quantile_us(&self, q: f64) -> u64 {
        let counts = self.counts();
        let all: u64 = counts.iter().sum();
        let wanted = (all as f64 * q).ceil() as u64;
        let mut seen = 0;
        for (count, bound) in counts.iter().zip(BOUNDS_US) {
            seen += count;
            if seen >= wanted {
                return bound;
            }
        }
        self.max_us()
    }
}

/// What one media thread measures.
#[derive(Debug, Default)]
pub struct MediaStats {
    /// How late each tick began.
    pub lateness: Histogram,
    /// How long each tick's work took, all seats together.
    pub work: Histogram,
    /// Ticks that were given up because the thread had stalled.
    pub skipped: AtomicU64,
    /// Seats now on the thread.
    pub seats: AtomicU64,
    /// Seats whose code panicked; they were taken off the thread.
    pub panics: AtomicU64,
}
