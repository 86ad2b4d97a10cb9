//! When to report, what to report, and what the far end's reports say.
#![deny(clippy::indexing_slicing)]

use super::{Compound, Outgoing, Part, ReportBlock, SenderInfo, build};
use crate::Error;
use std::time::{Duration, Instant};

/// Time between reports for a session of two (RFC 3550 §6.2), before it is randomised.
const INTERVAL: Duration = Duration::from_secs(5);
/// e − 3/2: what makes the randomised mean right (§6.3.1).
const COMPENSATION: f64 = 1.218_28;
/// A round trip longer than this is a far end that does not mean it.
const LONGEST_RTT: u32 = 10 << 16;

/// What is known of the incoming stream.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Reception {
    /// The source.
    pub ssrc: u32,
    /// Packets that should have come.
    pub expected: u64,
    /// Packets that came.
    pub received: u64,
    /// Extended highest sequence number.
    pub highest: u32,
    /// Interarrival jitter, samples.
    pub jitter: u32,
}

/// One call's RTCP.
pub struct Session {
    ssrc: u32,
    random: u64,
    next: Option<Instant>,
    began: bool,
    /// Source, expected and received at the last report.
    reported: (u32, u64, u64),
    /// Middle of the NTP time of the last sender report heard, and when.
    heard: Option<(u32, Instant)>,
    packets_reported: u32,
    rtt: Option<Duration>,
    remote: Option<ReportBlock>,
    left: bool,
}

impl Session {
    /// A session that has said and heard nothing. `seed` varies the intervals.
    #[must_use]
    pub fn new(ssrc: u32, seed: u64) -> Self {
        Self {
            ssrc,
            random: seed | 1,
            next: None,
            began: false,
            reported: (0, 0, 0),
            heard: None,
            packets_reported: 0,
            rtt: None,
            remote: None,
            left: false,
        }
    }

    /// Takes a datagram. `ntp`: the wall clock now.
    ///
    /// # Errors
    /// [`Error::NotRtcp`].
    pub fn receive(&mut self, datagram: &[u8], now: Instant, ntp: u64) -> Result<(), Error> {
        for part in Compound::parse(datagram)? {
            match part {
                Part::SenderReport { info, blocks, .. } => {
                    self.heard = Some(((info.ntp >> 16) as u32, now));
                    self.note(blocks, ntp);
                }
                Part::ReceiverReport { blocks, .. } => self.note(blocks, ntp),
                Part::Goodbye { .. } => self.left = true,
                Part::Description { .. } | Part::Other(_) => {}
            }
        }
        Ok(())
    }

    fn note(&mut self, mut blocks: impl Iterator<Item = ReportBlock>, ntp: u64) {
        let Some(block) = blocks.find(|b| b.ssrc == self.ssrc) else { return };
        self.remote = Some(block);
        if block.last_report != 0 {
            let round = ((ntp >> 16) as u32).wrapping_sub(block.last_report).wrapping_sub(block.delay_since);
            if round <= LONGEST_RTT {
                self.rtt = Some(Duration::from_nanos((u64::from(round) * 1_000_000_000) >> 16));
            }
        }
    }

    /// Whether a report is due; the first is after half an interval.
    pub fn is_due(&mut self, now: Instant) -> bool {
        match self.next {
            Some(next) => now >= next,
            None => {
                self.schedule(now);
                false
            }
        }
    }

    fn schedule(&mut self, now: Instant) {
        // xorshift64: the intervals need only differ from call to call.
        self.random ^= self.random << 13;
        self.random ^= self.random >> 7;
        self.random ^= self.random << 17;
        let factor = 0.5 + (self.random >> 11) as f64 / (1_u64 << 53) as f64;
        let base = if self.began { INTERVAL } else { INTERVAL / 2 };
        self.began = true;
        self.next = Some(now + base.mul_f64(factor / COMPENSATION));
    }

    /// Writes a report and schedules the next one.
    ///
    /// # Errors
    /// [`Error::BufferTooSmall`].
    pub fn report(&mut self, what: &Report<'_>, now: Instant, into: &mut [u8]) -> Result<usize, Error> {
        self.schedule(now);
        let sender = what.sender.filter(|s| s.packets != self.packets_reported);
        self.packets_reported = what.sender.map_or(0, |s| s.packets);
        let report = what.reception.map(|r| self.block(r, now));
        build(&Outgoing { ssrc: self.ssrc, sender, report, cname: what.cname, bye: what.bye }, into)
    }

    fn block(&mut self, r: Reception, now: Instant) -> ReportBlock {
        let (ssrc, expected, received) = self.reported;
        let (expected, received) = if ssrc == r.ssrc { (expected, received) } else { (0, 0) };
        let due = r.expected.saturating_sub(expected);
        let lost = due.saturating_sub(r.received.saturating_sub(received));
        self.reported = (r.ssrc, r.expected, r.received);
        let (last_report, delay_since) = self.heard.map_or((0, 0), |(at, when)| {
            let since = now.saturating_duration_since(when).as_micros() * 65_536 / 1_000_000;
            (at, u32::try_from(since).unwrap_or(u32::MAX))
        });
        ReportBlock {
            ssrc: r.ssrc,
            fraction_lost: (lost * 256).checked_div(due).unwrap_or(0).min(255) as u8,
            cumulative_lost: (r.expected as i64 - r.received as i64).clamp(-0x80_0000, 0x7f_ffff) as i32,
            highest: r.highest,
            jitter: r.jitter,
            last_report,
            delay_since,
        }
    }

    /// The round trip by the far end's last report on us (§6.4.1).
    #[must_use]
    pub fn rtt(&self) -> Option<Duration> {
        self.rtt
    }

    /// The far end's last report on our stream.
    #[must_use]
    pub fn remote(&self) -> Option<ReportBlock> {
        self.remote
    }

    /// Whether the far end said goodbye.
    #[must_use]
    pub fn has_left(&self) -> bool {
        self.left
    }
}

/// What goes into a report.
#[derive(Clone, Copy, Debug)]
pub struct Report<'a> {
    /// Of our stream.
    pub sender: Option<SenderInfo>,
    /// Of theirs.
    pub reception: Option<Reception>,
    /// Our canonical name.
    pub cname: &'a str,
    /// We leave.
    pub bye: bool,
}
