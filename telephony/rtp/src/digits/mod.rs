//! Keys that the caller presses, however they travel: telephone-event (RFC 4733), SIP INFO, or as tones in the audio.
//! Each press is told once.

mod event;
mod in_band;
mod info;
mod merge;

pub use event::{EventReceiver, EventSender, Heard};
pub use in_band::{InBand, tone};
pub use info::parse_info;
pub use merge::Merger;

/// The sixteen keys, in the order of RFC 4733 table 3.
pub const KEYS: [char; 16] = ['0', '1', '2', '3', '4', '5', '6', '7', '8', '9', '*', '#', 'A', 'B', 'C', 'D'];

/// The key of an event code, or none for flash, tones and the rest.
#[must_use]
pub fn key_of(code: u8) -> Option<char> {
    KEYS.get(usize::from(code)).copied()
}

/// The event code of a key; letters in either case.
#[must_use]
pub fn code_of(key: char) -> Option<u8> {
    KEYS.iter().position(|k| *k == key.to_ascii_uppercase()).map(|i| i as u8)
}

/// The way by which a key press came.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Source {
    /// RTP telephone-event, RFC 4733.
    Event,
    /// SIP INFO, application/dtmf-relay or application/dtmf.
    Info,
    /// Tones heard in the audio.
    InBand,
}

/// One key press, told when the key was released.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Digit {
    /// 0-9, *, #, A-D.
    pub key: char,
    /// How long it was held, as far as it was seen.
    pub duration_ms: u32,
    /// How it came; if by several ways, the first.
    pub source: Source,
}

/// Key presses ready to be told: a short queue that needs no memory of its own.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Digits {
    queue: [Option<Digit>; Self::MAX],
    len: usize,
}

impl Digits {
    /// More than fit into the network's delay at the fastest keying.
    pub const MAX: usize = 16;

    /// Adds one; false if it did not fit.
    pub fn push(&mut self, digit: Digit) -> bool {
        let Some(place) = self.queue.get_mut(self.len) else { return false };
        *place = Some(digit);
        self.len += 1;
        true
    }

    /// How many there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.len
    }

    /// Whether there is none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len == 0
    }

    /// In the order in which they were pressed.
    pub fn iter(&self) -> impl Iterator<Item = Digit> + '_ {
        self.queue.iter().take(self.len).filter_map(|d| *d)
    }
}

impl IntoIterator for Digits {
    type Item = Digit;
    type IntoIter = std::iter::Flatten<std::array::IntoIter<Option<Digit>, { Digits::MAX }>>;

    fn into_iter(self) -> Self::IntoIter {
        self.queue.into_iter().flatten()
    }
}
