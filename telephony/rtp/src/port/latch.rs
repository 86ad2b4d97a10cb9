//! Symmetric RTP: which address is the caller's, and who may change it.
//!
//! The SDP's address is expected first. Another address becomes the source after a probation of consecutive packets
//! of one SSRC, and only while the expected one is silent. Once locked, only another port of the locked or of the
//! signalled host can take over (a NAT that rebinds): nobody else can steal a call by sending to its port.

use std::net::SocketAddr;
use std::time::{Duration, Instant};

/// Consecutive packets of probation.
const PROBATION: u8 = 6;
/// The expected source is silent when nothing came for this long.
const SILENT: Duration = Duration::from_millis(500);

struct Candidate {
    from: SocketAddr,
    ssrc: u32,
    next: u16,
    in_a_row: u8,
}

#[derive(Default)]
pub(super) struct Latch {
    signalled: Option<SocketAddr>,
    /// The source found, and when it was last heard.
    locked: Option<(SocketAddr, Instant)>,
    candidate: Option<Candidate>,
    refused: u64,
}

impl Latch {
    /// The SDP's address. If it is another than before, what was found is forgotten.
    pub(super) fn expect(&mut self, signalled: SocketAddr) {
        if self.signalled != Some(signalled) {
            (self.signalled, self.locked, self.candidate) = (Some(signalled), None, None);
        }
    }

    /// Whether a valid packet is the caller's: SSRC and sequence number are the packet's.
    pub(super) fn admits(&mut self, from: SocketAddr, (ssrc, sequence): (u32, u16), now: Instant) -> bool {
        let Some(signalled) = self.signalled else { return false };
        match &mut self.locked {
            Some((source, heard)) if *source == from => {
                *heard = now;
                self.candidate = None;
                return true;
            }
            None if from == signalled => {
                self.locked = Some((from, now));
                self.candidate = None;
                return true;
            }
            Some((source, heard)) => {
                let may = from.ip() == source.ip() || from.ip() == signalled.ip();
                if !may || now.saturating_duration_since(*heard) < SILENT {
                    self.refused += 1;
                    return false;
                }
            }
            None => {}
        }
        let in_a_row = match &self.candidate {
            Some(c) if c.from == from && c.ssrc == ssrc && c.next == sequence => c.in_a_row + 1,
            _ => 1,
        };
        if in_a_row < PROBATION {
            self.candidate = Some(Candidate { from, ssrc, next: sequence.wrapping_add(1), in_a_row });
            self.refused += 1;
            return false;
        }
        self.locked = Some((from, now));
        self.candidate = None;
        true
    }

    /// Whether this address is the one locked or, before, the one expected.
    pub(super) fn is_source(&self, from: SocketAddr) -> bool {
        self.target() == Some(from)
    }

    /// Where to send.
    pub(super) fn target(&self) -> Option<SocketAddr> {
        self.locked.map(|(a, _)| a).or(self.signalled)
    }

    pub(super) fn refused(&self) -> u64 {
        self.refused
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn a(s: &str) -> SocketAddr {
        s.parse().unwrap()
    }

    fn feed(l: &mut Latch, from: &str, (first, n): (u16, u16), now: Instant) -> u16 {
        (first..first + n).map(|s| u16::from(l.admits(a(from), (1, s), now))).sum()
    }

    #[test]
    fn the_signalled_address_is_taken_at_once() {
        let (mut l, t) = (Latch::default(), Instant::now());
        assert!(!l.admits(a("192.0.2.7:4000"), (1, 0), t));
        l.expect(a("192.0.2.7:4000"));
        assert_eq!(l.target(), Some(a("192.0.2.7:4000")));
        assert_eq!(feed(&mut l, "192.0.2.7:4000", (0, 10), t), 10);
        assert_eq!(feed(&mut l, "203.0.113.9:9999", (0, 100), t + Duration::from_secs(60)), 0);
        assert_eq!(l.refused(), 100);
    }

    #[test]
    fn an_address_behind_nat_is_found_after_probation() {
        let (mut l, t) = (Latch::default(), Instant::now());
        l.expect(a("10.0.0.5:4000"));
        assert_eq!(feed(&mut l, "203.0.113.9:61000", (0, 5), t), 0);
        assert!(!l.admits(a("203.0.113.9:61000"), (1, 17), t)); // not consecutive: begins again
        assert_eq!(feed(&mut l, "203.0.113.9:61000", (18, 8), t), 4);
        assert_eq!(l.target(), Some(a("203.0.113.9:61000")));
        // Somebody else cannot take it; the same host on another port can, once it is silent.
        assert_eq!(feed(&mut l, "198.51.100.1:5", (0, 50), t + Duration::from_secs(9)), 0);
        assert_eq!(feed(&mut l, "203.0.113.9:61002", (0, 10), t + Duration::from_millis(100)), 0);
        assert_eq!(feed(&mut l, "203.0.113.9:61002", (10, 10), t + Duration::from_secs(1)), 5);
        // And a new offer begins anew.
        l.expect(a("192.0.2.7:4000"));
        assert_eq!(l.target(), Some(a("192.0.2.7:4000")));
    }
}
