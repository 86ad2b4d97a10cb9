//! Sequence numbers of one source, extended past their wrap (RFC 3550 appendix A.1).

/// Packets that may be missing before a jump counts as a restart.
const MAX_DROPOUT: i16 = 3_000;
/// How far behind a packet may be and still be told from a duplicate.
const WINDOW: u32 = 128;

/// Where a packet stands among those already seen.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Order {
    /// The one expected, or one further ahead (those between may yet come).
    Ahead,
    /// Older than the newest, not seen before.
    Behind,
    /// Seen before, or too old to tell.
    Duplicate,
    /// The source restarted its numbering: what follows continues right after what was.
    Restart,
    /// A number far away: ignored unless the next one follows it.
    Stray,
}

/// The order of one source's packets. Positions given out never wrap and have no hole at a restart.
#[derive(Clone, Debug)]
pub(crate) struct Sequence {
    newest: u16,
    position: u64,
    first: u64,
    cycles: u32,
    seen: u128,
    restart_at: Option<u16>,
}

impl Sequence {
    /// Starts at the first packet of a source, which takes `position`.
    pub(crate) fn new(sequence: u16, position: u64) -> Self {
        Self { newest: sequence, position, first: position, cycles: 0, seen: 1, restart_at: None }
    }

    /// Notes a packet; returns its standing and its position.
    pub(crate) fn observe(&mut self, sequence: u16) -> (Order, u64) {
        let ahead = sequence.wrapping_sub(self.newest) as i16;
        if ahead > 0 && ahead < MAX_DROPOUT {
            self.restart_at = None;
            if sequence < self.newest {
                self.cycles = self.cycles.wrapping_add(1 << 16);
            }
            self.newest = sequence;
            self.position += ahead as u64;
            self.seen = self.seen.checked_shl(ahead as u32).unwrap_or(0) | 1;
            return (Order::Ahead, self.position);
        }
        let behind = (ahead as i32).unsigned_abs();
        if ahead <= 0 && behind < WINDOW {
            self.restart_at = None;
            let bit = 1_u128 << behind;
            let place = self.position.saturating_sub(u64::from(behind));
            if self.seen & bit != 0 || self.position < self.first + u64::from(behind) {
                return (Order::Duplicate, place);
            }
            self.seen |= bit;
            return (Order::Behind, place);
        }
        if self.restart_at == Some(sequence) {
            self.restart_at = None;
            self.newest = sequence;
            self.cycles = 0;
            self.position += 1;
            self.seen = 1;
            return (Order::Restart, self.position);
        }
        self.restart_at = Some(sequence.wrapping_add(1));
        (Order::Stray, self.position)
    }

    /// The newest position given out.
    pub(crate) fn position(&self) -> u64 {
        self.position
    }

    /// Packets that should have come: newest − first + 1.
    pub(crate) fn expected(&self) -> u64 {
        self.position - self.first + 1
    }

    /// Extended highest sequence number, as RTCP reports it.
    pub(crate) fn extended_highest(&self) -> u32 {
        self.cycles | u32::from(self.newest)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn positions_run_through_the_wrap() {
        let mut s = Sequence::new(65_534, 100);
        assert_eq!(s.observe(65_535), (Order::Ahead, 101));
        assert_eq!(s.observe(1), (Order::Ahead, 103));
        assert_eq!(s.observe(0), (Order::Behind, 102));
        assert_eq!(s.observe(0), (Order::Duplicate, 102));
        assert_eq!(s.extended_highest(), 65_537);
        assert_eq!(s.expected(), 4);
    }

    #[test]
    fn a_restart_needs_two_in_a_row_and_leaves_no_hole() {
        let mut s = Sequence::new(10, 0);
        assert_eq!(s.observe(40_000).0, Order::Stray);
        assert_eq!(s.observe(11), (Order::Ahead, 1));
        assert_eq!(s.observe(40_000).0, Order::Stray);
        assert_eq!(s.observe(40_001), (Order::Restart, 2));
        assert_eq!(s.observe(40_002), (Order::Ahead, 3));
        assert_eq!(s.expected(), 4);
    }

    #[test]
    fn what_precedes_the_first_packet_is_not_counted() {
        let mut s = Sequence::new(10, 50);
        assert_eq!(s.observe(9).0, Order::Duplicate);
        assert_eq!(s.expected(), 1);
    }
}
