//! Packets waiting to be played: a ring of fixed slots, ordered by position in the sequence.

use crate::{Codec, MAX_PAYLOAD};

/// Slots: 640 ms of 10 ms packets.
const SLOTS: u64 = 64;

/// What a packet carries for the ear.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Carries {
    /// Audio.
    Audio(Codec),
    /// Nothing: an event, comfort noise or a payload type unknown here. It fills its place in the sequence.
    Nothing,
}

pub(crate) struct Slot {
    position: u64,
    /// First sample, on the receiver's unwrapped time line.
    pub(crate) at: i64,
    pub(crate) carries: Carries,
    pub(crate) len: usize,
    payload: [u8; MAX_PAYLOAD],
    full: bool,
}

impl Slot {
    pub(crate) fn payload(&self) -> &[u8] {
        &self.payload[..self.len]
    }
}

/// What comes next for the ear.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Next {
    /// Take it with [`Jitter::take`].
    Ready,
    /// The sender was silent: this many samples until the next packet.
    Pause(i64),
    /// A packet is missing; a later one is here, this many samples ahead.
    Missing(i64),
    /// Nothing is here.
    Empty,
}

pub(crate) struct Jitter {
    slots: Box<[Slot]>,
    /// The next position to be played.
    next: u64,
    /// One past the newest position held or played.
    end: u64,
    /// The last thing played, or stepped over, carried nothing.
    quiet: bool,
    /// Buffered packets thrown away because the ring was full.
    pub(crate) overrun: u32,
}

impl Jitter {
    pub(crate) fn new() -> Self {
        let empty = || Slot {
            position: 0,
            at: 0,
            carries: Carries::Nothing,
            len: 0,
            payload: [0; MAX_PAYLOAD],
            full: false,
        };
        Self { slots: (0..SLOTS).map(|_| empty()).collect(), next: 0, end: 0, quiet: true, overrun: 0 }
    }

    /// Throws everything away; the next packet played is the one at `position` or after.
    pub(crate) fn restart(&mut self, position: u64) {
        for s in &mut self.slots {
            s.full = false;
        }
        (self.next, self.end, self.quiet) = (position, position, true);
    }

    fn slot(&self, position: u64) -> &Slot {
        &self.slots[(position % SLOTS) as usize]
    }

    fn holds(&self, position: u64) -> bool {
        let s = self.slot(position);
        s.full && s.position == position
    }

    /// Whether the place of this position has been played already.
    pub(crate) fn is_past(&self, position: u64) -> bool {
        position < self.next
    }

    /// Keeps a packet. `payload` longer than [`MAX_PAYLOAD`] is cut; callers refuse it before.
    pub(crate) fn put(&mut self, position: u64, at: i64, (carries, payload): (Carries, &[u8])) {
        if position < self.next {
            return;
        }
        if position >= self.next + SLOTS {
            let first_kept = position + 1 - SLOTS;
            for p in self.next..self.end.min(first_kept) {
                let s = &mut self.slots[(p % SLOTS) as usize];
                self.overrun += u32::from(s.full && s.position == p);
                s.full = false;
            }
            self.next = first_kept;
        }
        self.end = self.end.max(position + 1);
        let slot = &mut self.slots[(position % SLOTS) as usize];
        let n = payload.len().min(MAX_PAYLOAD);
        (slot.position, slot.at, slot.carries, slot.len, slot.full) = (position, at, carries, n, true);
        slot.payload[..n].copy_from_slice(&payload[..n]);
    }

    /// What comes next when everything before `at` has been played.
    pub(crate) fn next(&mut self, at: i64) -> Next {
        while self.next < self.end
            && self.holds(self.next)
            && self.slot(self.next).carries == Carries::Nothing
        {
            self.quiet = true;
            self.next += 1;
        }
        let Some(p) = (self.next..self.end)
            .find(|p| self.holds(*p) && matches!(self.slot(*p).carries, Carries::Audio(_)))
        else {
            return Next::Empty;
        };
        let wait = self.slot(p).at - at;
        if wait <= 0 {
            self.next = p;
            Next::Ready
        } else if p == self.next || self.quiet {
            Next::Pause(wait)
        } else {
            Next::Missing(wait)
        }
    }

    /// The packet that [`Next::Ready`] announced; its place is played from now on.
    pub(crate) fn take(&mut self) -> &Slot {
        let i = (self.next % SLOTS) as usize;
        self.next += 1;
        self.quiet = false;
        let slot = &mut self.slots[i];
        slot.full = false;
        slot
    }

    /// The sender said that it is silent (comfort noise, an event) before what is missing now.
    pub(crate) fn is_quiet(&self) -> bool {
        self.quiet
    }

    /// First sample of the oldest audio waiting.
    pub(crate) fn oldest(&self) -> Option<i64> {
        (self.next..self.end)
            .find(|p| self.holds(*p) && matches!(self.slot(*p).carries, Carries::Audio(_)))
            .map(|p| self.slot(p).at)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const A: Carries = Carries::Audio(Codec::Pcma);

    #[test]
    fn order_pause_loss_and_emptiness_are_told_apart() {
        let mut j = Jitter::new();
        j.restart(10);
        assert_eq!(j.next(0), Next::Empty);
        j.put(11, 160, (A, &[2; 160]));
        j.put(10, 0, (A, &[1; 160]));
        assert_eq!(j.next(0), Next::Ready);
        assert_eq!(j.take().payload()[0], 1);
        assert_eq!(j.next(160), Next::Ready);
        assert_eq!(j.take().payload()[0], 2);
        j.put(13, 480, (A, &[4; 160]));
        assert_eq!(j.next(320), Next::Missing(160));
        assert_eq!(j.next(480), Next::Ready);
        j.take();
        assert!(j.is_past(12));
        j.put(14, 1_000, (A, &[5; 160]));
        assert_eq!(j.next(640), Next::Pause(360));
    }

    #[test]
    fn events_fill_their_places() {
        let mut j = Jitter::new();
        j.restart(0);
        j.put(0, 0, (Carries::Nothing, &[]));
        j.put(2, 320, (A, &[1; 160]));
        assert_eq!(j.next(0), Next::Pause(320));
        assert!(j.is_quiet());
    }

    #[test]
    fn a_burst_longer_than_the_ring_keeps_the_newest() {
        let mut j = Jitter::new();
        j.restart(0);
        for p in 0..100 {
            j.put(p, p as i64 * 160, (A, &[p as u8; 160]));
        }
        assert_eq!(j.overrun, 36);
        assert_eq!(j.oldest(), Some(36 * 160));
        assert_eq!(j.next(i64::MAX / 2), Next::Ready);
        assert_eq!(j.take().payload()[0], 36);
    }
}
