//! The far end as the media thread sees it.

use std::time::{Duration, Instant};

use crate::turn::Evidence;

/// Samples of one frame: 20 ms at 8 kHz.
pub const FRAME: usize = 160;
/// One frame of audio.
pub type Pcm = [i16; FRAME];
/// Silence.
pub const SILENCE: Pcm = [0; FRAME];
/// Keys that may arrive within one frame.
pub const KEYS_PER_FRAME: usize = 8;

/// What came from the far end in one tick.
#[derive(Debug, Clone, Copy)]
pub struct Pulled {
    /// 20 ms of audio.
    pub frame: Pcm,
    /// Where it comes from.
    pub evidence: Evidence,
    /// Keys pressed, in order.
    pub keys: [Option<char>; KEYS_PER_FRAME],
    /// A key is down now; it is told in `keys` when it is released.
    pub key_down: bool,
}

impl Default for Pulled {
    fn default() -> Self {
        Pulled { frame: SILENCE, evidence: Evidence::Idle, keys: [None; KEYS_PER_FRAME], key_down: false }
    }
}

/// State of the line, for records and for the watch on silence.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct LineStats {
    /// Packets received.
    pub received: u64,
    /// Packets that never came.
    pub lost: u64,
    /// Packets that came too late.
    pub late: u64,
    /// Packets sent.
    pub sent: u64,
    /// Interarrival jitter in ms.
    pub jitter_ms: f32,
    /// What our jitter buffer adds, ms.
    pub buffered_ms: f32,
    /// Round trip by RTCP in ms.
    pub rtt_ms: Option<f32>,
    /// Mean opinion score of what was received, 1..=4.5; 0 while unknown.
    pub mos: f32,
    /// Its worst five seconds.
    pub mos_min: f32,
}

/// A two-way audio line. Called once a tick, on the media thread: nothing here
/// waits, locks or allocates.
pub trait Line: Send {
    /// Takes in what has arrived and gives the frame that is due.
    fn pull(&mut self, now: Instant) -> Pulled;
    /// Sends one frame.
    fn send(&mut self, frame: &Pcm, now: Instant);
    /// Uses other media from now on.
    fn configure(&mut self, media: rtp::Media);
    /// Presses a key towards the far end.
    fn press(&mut self, key: char);
    /// Takes a key that came by signalling; it comes back in [`Line::pull`],
    /// once, however many ways it came. False: no key.
    fn key_by_signalling(&mut self, key: char, now: Instant) -> bool;
    /// For how long nothing came from a far end that should send.
    fn idle_for(&self, now: Instant) -> Duration;
    /// Says goodbye to the far end's media.
    fn end(&mut self, now: Instant);
    /// How the line is.
    fn stats(&self) -> LineStats;
}

/// Level of a frame in dBFS; digital silence is -96.
#[must_use]
pub fn level_db(frame: &Pcm) -> f32 {
    let sum: i64 = frame.iter().map(|s| i64::from(*s) * i64::from(*s)).sum();
    if sum == 0 {
        return -96.0;
    }
    let mean = sum as f32 / FRAME as f32;
    (10.0 * (mean / (32768.0 * 32768.0)).log10()).max(-96.0)
}
