//! Telephone keys: what a question takes, and what was keyed so far.

/// Longest keyed answer.
pub const MAX_KEYS: usize = 32;

/// A set of telephone keys.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct KeySet(u16);

impl KeySet {
    /// The set with `key` added; characters that are no key change nothing.
    #[must_use]
    pub fn with(self, key: char) -> KeySet {
        KeySet(self.0 | bit(key))
    }

    /// Whether `key` is in the set.
    #[must_use]
    pub fn has(self, key: char) -> bool {
        self.0 & bit(key) != 0
    }
}

fn bit(key: char) -> u16 {
    match key {
        '0'..='9' => 1 << (key as u32 - '0' as u32),
        '*' => 1 << 10,
        '#' => 1 << 11,
        'A'..='D' => 1 << (12 + key as u32 - 'A' as u32),
        _ => 0,
    }
}

/// Which keys answer a question.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Keypad {
    /// The answer is complete with this many keys.
    pub digits: Option<u8>,
    /// Key that completes the answer and is no part of it.
    pub end: Option<char>,
    /// Keys that answer alone, when they are the first.
    pub single: KeySet,
    /// Silence in ms after a key that completes the answer; `None`: the
    /// machine's own.
    pub between_ms: Option<u32>,
    /// `*` is part of the answer; else, where an answer has several keys, it clears what was keyed.
    pub star: bool,
}

/// What a key did.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Pressed {
    /// The answer goes on.
    More,
    /// The answer is complete with it.
    Whole,
    /// What was keyed before is forgotten.
    Cleared,
}

/// Keys pressed for one question, in order.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Keys {
    pressed: [u8; MAX_KEYS],
    len: u8,
}

impl Keys {
    /// The keys as text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        let pressed = self.pressed.get(..usize::from(self.len)).unwrap_or_default();
        std::str::from_utf8(pressed).unwrap_or_default()
    }

    /// Whether nothing was keyed.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len == 0
    }

    /// Whether they are as many as the keypad takes.
    pub(super) fn are_whole(&self, keypad: &Keypad) -> bool {
        keypad.digits.is_none_or(|digits| self.len >= digits)
    }

    /// Adds a key, or clears them all.
    pub(super) fn press(&mut self, key: char, keypad: &Keypad) -> Pressed {
        if keypad.end == Some(key) {
            return if self.is_empty() { Pressed::More } else { Pressed::Whole };
        }
        // A keypad that names neither a length nor an end takes one key.
        let unbounded = keypad.digits.is_none() && keypad.end.is_none();
        let several = !unbounded && keypad.digits != Some(1);
        if key == '*' && several && !keypad.star && !(self.is_empty() && keypad.single.has(key)) {
            *self = Keys::default();
            return Pressed::Cleared;
        }
        let Some(place) = self.pressed.get_mut(usize::from(self.len)) else {
            return Pressed::Whole;
        };
        if bit(key) == 0 {
            return Pressed::More;
        }
        *place = key as u8;
        self.len += 1;
        let alone = self.len == 1 && keypad.single.has(key);
        if alone || unbounded || keypad.digits.is_some_and(|d| self.len >= d) {
            return Pressed::Whole;
        }
        Pressed::More
    }
}
