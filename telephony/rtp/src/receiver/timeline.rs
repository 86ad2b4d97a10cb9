//! Which source is heard, in what order, and where its samples lie on the one time line of the call.

use super::SAMPLE_US;
use crate::Packet;
use crate::rtcp::Reception;
use crate::sequence::{Order, Sequence};

/// Packets in a row that a new source must send while the old one still speaks, and when it is silent.
const RIVAL: u8 = 5;
const HEIR: u8 = 2;
/// The old source is silent when nothing came for this long.
const SILENT_US: i64 = 100_000;
/// A timestamp this far from where its arrival says is another clock.
const LEAP_US: i64 = 1_000_000;
/// Later than any delay aimed at: three such packets in a row, apart from each other, are a clock that stood still.
pub(super) const TOO_LATE_US: i64 = 250_000;
const TOO_LATE_TIMES: u8 = 3;
/// After silence, a talkspurt that begins this late did not count the silence.
const TALKSPURT_LATE_US: i64 = 120_000;
const APART_US: i64 = 5_000;
/// A straggler lies no further behind than this, samples: 10 s.
const STRAGGLING: i64 = 80_000;
/// The place of a timestamp whose source has no place yet.
const UNMAPPED: i64 = i64::MIN;
/// A leap ahead this large, between packets that follow each other, is another clock.
const EARLY_US: i64 = 100_000;

/// Where a packet stands.
#[derive(Clone, Copy, Debug)]
pub(super) struct Standing {
    pub(super) position: u64,
    /// First sample by its timestamp, on the time line.
    pub(super) at: i64,
    /// The first of a source, or of its new numbering.
    pub(super) fresh: bool,
    /// No packet before it has a higher number.
    newest: bool,
}

/// What is known when a packet's place is settled.
#[derive(Clone, Copy)]
pub(super) struct Arrival {
    pub(super) now_us: i64,
    /// The smallest transit of late.
    pub(super) floor: Option<i64>,
    /// Nothing is being played and nothing waits.
    pub(super) idle: bool,
}

#[derive(Clone, Copy, Default)]
pub(super) struct Counts {
    pub(super) received: u64,
    pub(super) duplicated: u64,
    pub(super) out_of_order: u64,
    pub(super) resyncs: u64,
}

struct Source {
    ssrc: u32,
    sequence: Sequence,
    /// A timestamp and its place on the line.
    reference: (u32, i64),
    newest: Option<Newest>,
    last_us: i64,
    received: u64,
}

/// The newest audio: its place, samples and position.
#[derive(Clone, Copy)]
struct Newest {
    at: i64,
    len: i64,
    position: u64,
}

/// Packets in a row that came later than any delay could cover.
#[derive(Default)]
struct Lateness {
    times: u8,
    last_us: i64,
}

struct Candidate {
    ssrc: u32,
    next: u16,
    in_a_row: u8,
}

#[derive(Default)]
pub(super) struct Timeline {
    source: Option<Source>,
    candidate: Option<Candidate>,
    counts: Counts,
    /// Expected and received of sources before this one.
    before: (u64, u64),
    lateness: Lateness,
    /// One past the newest audio placed.
    line_end: i64,
    /// Interarrival jitter, samples; and the last transit, samples.
    jitter: f64,
    transit: Option<i64>,
}

impl Timeline {
    /// Orders a packet. None: it is of a source that is not (yet) believed, or a stray.
    pub(super) fn observe(&mut self, packet: &Packet<'_>, now_us: i64) -> Option<(Order, Standing)> {
        if self.source.as_ref().is_none_or(|s| s.ssrc != packet.ssrc) && !self.adopt(packet, now_us) {
            return None;
        }
        let source = self.source.as_mut()?;
        let begins = source.received == 0;
        let (order, position) = if begins {
            (Order::Restart, source.sequence.position())
        } else {
            self.candidate = None;
            source.sequence.observe(packet.sequence)
        };
        match order {
            Order::Stray => return None,
            Order::Duplicate => {
                self.counts.duplicated += 1;
                source.last_us = now_us;
                let at = source.reference.1;
                return Some((order, Standing { position, at, fresh: false, newest: false }));
            }
            Order::Behind => self.counts.out_of_order += 1,
            Order::Restart if !begins => self.counts.resyncs += 1,
            Order::Restart | Order::Ahead => {}
        }
        self.counts.received += 1;
        source.received += 1;
        source.last_us = now_us;
        let fresh = order == Order::Restart;
        if fresh {
            // Settled by arrival in `place`; nothing of the old numbering compares with it.
            source.reference = (packet.timestamp, UNMAPPED);
        }
        let at = source.map(packet.timestamp);
        Some((order, Standing { position, at, fresh, newest: order != Order::Behind }))
    }

    /// Settles where a packet's audio begins on the time line, which goes on whatever the timestamps do.
    /// None: a straggler of a clock since left, which has no place.
    pub(super) fn place(&mut self, packet: &Packet<'_>, standing: Standing, arrival: Arrival) -> Option<i64> {
        let len = packet.payload.len() as i64;
        let source = self.source.as_mut()?;
        let mut at = source.map(packet.timestamp);
        if !standing.newest && at != UNMAPPED && !(self.line_end - STRAGGLING..self.line_end).contains(&at) {
            return None;
        }
        let leaps = at == UNMAPPED
            || (standing.newest
                && arrival.floor.is_some_and(|floor| {
                    let late = arrival.now_us - at * SAMPLE_US - floor;
                    let follows = source.newest.is_some_and(|n| n.is_followed_by(at, standing.position));
                    self.lateness.leaps(late, follows, (packet.marker && arrival.idle, arrival.now_us))
                }));
        if leaps {
            if at != UNMAPPED {
                self.counts.resyncs += 1;
            }
            let by_arrival = arrival.floor.map_or(0, |f| (arrival.now_us - f) / SAMPLE_US);
            at = by_arrival.max(self.line_end);
            source.reference = (packet.timestamp, at);
            self.transit = None;
        }
        if standing.newest {
            source.reference = (packet.timestamp, at);
            source.newest = Some(Newest { at, len, position: standing.position });
            self.line_end = at + len;
        }
        self.note_jitter(arrival.now_us, at);
        Some(at)
    }

    /// RFC 3550 §6.4.1 and appendix A.8.
    fn note_jitter(&mut self, now_us: i64, at: i64) {
        let transit = now_us / SAMPLE_US - at;
        if let Some(last) = self.transit {
            let d = (transit - last).abs() as f64;
            self.jitter += (d - self.jitter) / 16.0;
        }
        self.transit = Some(transit);
    }

    /// Whether a packet of another SSRC makes it the source that is heard.
    fn adopt(&mut self, packet: &Packet<'_>, now_us: i64) -> bool {
        let Some(old) = &self.source else {
            self.source = Some(Source::new(packet, 0, now_us));
            return true;
        };
        let in_a_row = match &self.candidate {
            Some(c) if c.ssrc == packet.ssrc && c.next == packet.sequence => c.in_a_row + 1,
            _ => 1,
        };
        let needed = if now_us - old.last_us > SILENT_US { HEIR } else { RIVAL };
        if in_a_row < needed {
            let next = packet.sequence.wrapping_add(1);
            self.candidate = Some(Candidate { ssrc: packet.ssrc, next, in_a_row });
            return false;
        }
        self.before.0 += old.sequence.expected();
        self.before.1 += old.received;
        let position = old.sequence.position() + 1;
        self.candidate = None;
        self.counts.resyncs += 1;
        self.source = Some(Source::new(packet, position, now_us));
        true
    }

    pub(super) fn counts(&self) -> Counts {
        self.counts
    }

    /// Packets that should have come, of all sources.
    pub(super) fn expected(&self) -> u64 {
        self.before.0 + self.source.as_ref().map_or(0, |s| s.sequence.expected())
    }

    /// Packets that never came.
    pub(super) fn lost(&self) -> u64 {
        self.expected().saturating_sub(self.counts.received)
    }

    pub(super) fn jitter_ms(&self) -> f32 {
        (self.jitter / 8.0) as f32
    }

    pub(super) fn reception(&self) -> Option<Reception> {
        let s = self.source.as_ref()?;
        Some(Reception {
            ssrc: s.ssrc,
            expected: s.sequence.expected(),
            received: s.received,
            highest: s.sequence.extended_highest(),
            jitter: self.jitter as u32,
        })
    }
}

impl Source {
    fn new(packet: &Packet<'_>, position: u64, now_us: i64) -> Self {
        Self {
            ssrc: packet.ssrc,
            sequence: Sequence::new(packet.sequence, position),
            reference: (packet.timestamp, UNMAPPED),
            newest: None,
            last_us: now_us,
            received: 0,
        }
    }

    fn map(&self, timestamp: u32) -> i64 {
        match self.reference {
            (_, UNMAPPED) => UNMAPPED,
            (t, at) => at + i64::from(timestamp.wrapping_sub(t) as i32),
        }
    }
}

impl Newest {
    /// Sequence and timestamp moved on alike.
    fn is_followed_by(self, at: i64, position: u64) -> bool {
        at - self.at == self.len * position.saturating_sub(self.position) as i64
    }
}

impl Lateness {
    /// Whether a packet this late (against the floor) shows another clock.
    fn leaps(&mut self, late: i64, follows: bool, (talkspurt, now_us): (bool, i64)) -> bool {
        if late > TOO_LATE_US {
            // Of a burst that a stalled network let go, all packets come at once: they count as one.
            if self.times == 0 || now_us - self.last_us >= APART_US {
                self.times += 1;
                self.last_us = now_us;
            }
        } else {
            self.times = 0;
        }
        let leaps = (!follows && !(-EARLY_US..=LEAP_US).contains(&late))
            || (talkspurt && late > TALKSPURT_LATE_US)
            || self.times >= TOO_LATE_TIMES;
        if leaps {
            self.times = 0;
        }
        leaps
    }
}
