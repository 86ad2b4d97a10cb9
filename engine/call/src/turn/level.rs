//! How loud the caller is. Who is far below that speaks beside the telephone, to somebody else: the mouth at the
//! receiver is 20 times nearer than the next person in the room.

/// Turns that tell how loud the caller is.
const TURNS: usize = 3;

/// Levels of the caller's last turns, dBFS.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct CallerLevel([Option<f32>; TURNS]);

impl CallerLevel {
    /// A turn was the caller's.
    pub(super) fn learn(&mut self, level_db: f32) {
        if level_db.is_finite() {
            self.0.rotate_right(1);
            if let Some(newest) = self.0.first_mut() {
                *newest = Some(level_db);
            }
        }
    }

    /// Somebody else may be on the line now, or the telephone elsewhere.
    pub(super) fn forget(&mut self) {
        self.0 = [None; TURNS];
    }

    /// Whether a voice of this level lies `margin_db` or more under the caller's. Nobody does before the first turn.
    pub(super) fn is_beside(&self, level_db: f32, margin_db: f32) -> bool {
        self.usual().is_some_and(|usual| level_db <= usual - margin_db)
    }

    /// The middle one, and of two the lower: one shout tells nothing.
    fn usual(&self) -> Option<f32> {
        let mut known = self.0;
        known.sort_by(|a, b| a.unwrap_or(f32::INFINITY).total_cmp(&b.unwrap_or(f32::INFINITY)));
        let count = known.iter().flatten().count();
        *known.get(count.checked_sub(1)? / 2)?
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_usual_level_is_the_middle_one() {
        let mut caller = CallerLevel::default();
        assert!(!caller.is_beside(-60.0, 9.0), "nobody has spoken yet");
        caller.learn(-4.0);
        assert!(caller.is_beside(-20.0, 9.0));
        caller.learn(-18.0);
        assert!(!caller.is_beside(-20.0, 9.0), "the first was a shout");
        caller.learn(-16.0);
        assert!(!caller.is_beside(-24.9, 9.0) && caller.is_beside(-25.0, 9.0));
        caller.forget();
        assert!(!caller.is_beside(-60.0, 9.0));
    }
}
