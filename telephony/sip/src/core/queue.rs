//! Deadlines in order. Cancelling is exact, so nothing fires for what is gone.
use std::collections::BTreeMap;
use std::time::Instant;

/// A deadline that was set.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct TimerId(Instant, u64);

#[derive(Debug)]
pub(super) struct Queue<T> {
    entries: BTreeMap<TimerId, T>,
    serial: u64,
}

impl<T> Queue<T> {
    pub(super) fn new() -> Self {
        Self { entries: BTreeMap::new(), serial: 0 }
    }

    pub(super) fn set(&mut self, at: Instant, what: T) -> TimerId {
        self.serial += 1;
        let id = TimerId(at, self.serial);
        self.entries.insert(id, what);
        id
    }

    /// Cancels the deadline in `slot`, if any.
    pub(super) fn cancel(&mut self, slot: &mut Option<TimerId>) {
        if let Some(id) = slot.take() {
            self.entries.remove(&id);
        }
    }

    pub(super) fn next(&self) -> Option<Instant> {
        self.entries.first_key_value().map(|(TimerId(at, _), _)| *at)
    }

    /// The earliest deadline that `now` has reached.
    pub(super) fn pop(&mut self, now: Instant) -> Option<T> {
        let entry = self.entries.first_entry().filter(|e| e.key().0 <= now)?;
        Some(entry.remove())
    }

    pub(super) fn len(&self) -> usize {
        self.entries.len()
    }
}
