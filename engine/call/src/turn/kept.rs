//! Utterances whose words cannot be taken yet, in order and of fixed size.

/// Utterances kept at most.
const MOST: usize = 4;

/// Words that cannot be taken yet.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Held {
    pub id: u32,
    /// Frame at which it ended.
    pub ended: u32,
}

/// See the module.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Kept([Option<Held>; MOST]);

impl Kept {
    pub(super) fn is_empty(&self) -> bool {
        self.0.iter().all(Option::is_none)
    }

    pub(super) fn newest(&self) -> Option<Held> {
        self.0.iter().flatten().last().copied()
    }

    /// Adds one; gives the oldest back if there is no room for all.
    pub(super) fn push(&mut self, held: Held) -> Option<Held> {
        if let Some(place) = self.0.iter_mut().find(|place| place.is_none()) {
            *place = Some(held);
            return None;
        }
        self.0.rotate_left(1);
        self.0.last_mut().and_then(|last| last.replace(held))
    }

    pub(super) fn pop_last(&mut self) -> Option<Held> {
        self.0.iter_mut().rev().find_map(Option::take)
    }

    /// All, oldest first; none is left.
    pub(super) fn take(&mut self) -> impl Iterator<Item = Held> + use<> {
        std::mem::take(&mut self.0).into_iter().flatten()
    }
}
