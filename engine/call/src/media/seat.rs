//! What a media thread runs: one seat a call, one tick each 20 ms.

use std::time::Instant;

/// What a tick ended with.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Ticked {
    /// The seat has reported something: wake who reads it.
    pub reported: bool,
    /// The seat is done: take it off the thread.
    pub leaves: bool,
}

/// A call on a media thread. Dropped elsewhere, never on the thread.
pub trait Seat: Send {
    /// Does the work of 20 ms. Must not wait, lock, allocate or log.
    fn tick(&mut self, now: Instant) -> Ticked;
}
