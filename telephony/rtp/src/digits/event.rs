//! Telephone events (RFC 4733): key presses as their own RTP payload.
//!
//! An event is known by its timestamp alone: marker bits may be missing, ends come three times or never,
//! starts get lost, and presses over 8 s continue under a new timestamp (§2.5.1.3).
#![deny(clippy::indexing_slicing)]

use super::{Digit, Source, code_of, key_of};
use crate::Error;

/// Without any packet for this long, a key whose end was lost counts as released.
const LOST_END_US: i64 = 200_000;
/// An end this close behind the last event repeats it, even if the sender moved its timestamp.
const REPEATED_END: u32 = 320;
/// The longest a gap between two packets of one event can be, in timestamp units, at senders that (wrongly)
/// move the timestamp with each packet.
const MOVING_STEP: u32 = 1_600;
/// A segment this long is continued under a new timestamp.
const FULL_SEGMENT: u16 = 0xfff0;

/// What a telephone-event packet says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Heard {
    /// RTP timestamp: the start of the event.
    pub timestamp: u32,
    /// RTP marker bit: the first packet of the event, if the sender sets it.
    pub marker: bool,
    /// Event code.
    pub code: u8,
    /// The key is released.
    pub end: bool,
    /// Time since the start, in timestamp units.
    pub duration: u16,
}

impl Heard {
    /// Reads an event payload; none if it is shorter than four bytes.
    #[must_use]
    pub fn parse(timestamp: u32, marker: bool, payload: &[u8]) -> Option<Self> {
        let [code, flags, high, low, ..] = *payload else { return None };
        let duration = u16::from_be_bytes([high, low]);
        Some(Self { timestamp, marker, code, end: flags & 0x80 != 0, duration })
    }
}

#[derive(Clone, Copy)]
struct Held {
    key: char,
    timestamp: u32,
    duration: u16,
    /// Duration of the segments before this timestamp.
    before: u32,
    began_us: i64,
    last_us: i64,
}

impl Held {
    fn released(&self) -> Digit {
        let said = (self.before + u32::from(self.duration)) / 8;
        let seen = ((self.last_us - self.began_us) / 1_000).max(0) as u32;
        Digit { key: self.key, duration_ms: said.max(seen).max(1), source: Source::Event }
    }
}

/// Turns event packets into key presses.
#[derive(Default)]
pub struct EventReceiver {
    held: Option<Held>,
    /// Key, timestamp and duration of the last event told.
    told: Option<(char, u32, u32)>,
}

impl EventReceiver {
    /// Notes a packet; returns the key press that it ends. `now_us`: any monotonic time in microseconds.
    pub fn push(&mut self, heard: Heard, now_us: i64) -> Option<Digit> {
        let key = key_of(heard.code)?;
        if let Some(held) = &mut self.held {
            let ahead = heard.timestamp.wrapping_sub(held.timestamp);
            if ahead > u32::MAX / 2 {
                return None; // of an event that is over
            }
            if held.key == key && ahead > 0 && is_continuation(held, heard, ahead) {
                if held.duration >= FULL_SEGMENT {
                    held.before += u32::from(held.duration);
                    held.duration = 0;
                }
                held.timestamp = heard.timestamp;
            }
            if held.key == key && held.timestamp == heard.timestamp {
                held.duration = held.duration.max(heard.duration);
                held.last_us = now_us;
                return if heard.end { self.release() } else { None };
            }
            // Another event: the end of the one before was lost.
            let before = self.release();
            self.start(key, heard, now_us);
            return before;
        }
        if self.is_repeat(key, heard) {
            return None;
        }
        self.start(key, heard, now_us);
        if heard.end { self.release() } else { None }
    }

    /// Returns the key press whose end was lost, once it is late enough to say so.
    pub fn tick(&mut self, now_us: i64) -> Option<Digit> {
        let held = self.held.as_ref()?;
        if now_us - held.last_us < LOST_END_US { None } else { self.release() }
    }

    /// The source changed its time line: what is held is released, what was told is forgotten.
    pub fn restart(&mut self) -> Option<Digit> {
        let last = self.release();
        self.told = None;
        last
    }

    /// The key that is down now.
    #[must_use]
    pub fn held(&self) -> Option<char> {
        self.held.as_ref().map(|h| h.key)
    }

    fn start(&mut self, key: char, heard: Heard, now_us: i64) {
        self.held = Some(Held {
            key,
            timestamp: heard.timestamp,
            duration: heard.duration,
            before: 0,
            began_us: now_us,
            last_us: now_us,
        });
    }

    fn release(&mut self) -> Option<Digit> {
        let held = self.held.take()?;
        self.told = Some((held.key, held.timestamp, u32::from(held.duration)));
        Some(held.released())
    }

    fn is_repeat(&self, key: char, heard: Heard) -> bool {
        let Some((told, timestamp, duration)) = self.told else { return false };
        let ahead = heard.timestamp.wrapping_sub(timestamp);
        // The same event, a straggler of one before it, or the repeated end of a sender that moves its timestamp.
        ahead == 0
            || ahead > u32::MAX - 5 * crate::SAMPLE_RATE
            || (heard.end && told == key && ahead < duration + REPEATED_END)
    }
}

fn is_continuation(held: &Held, heard: Heard, ahead: u32) -> bool {
    let next_segment =
        held.duration >= FULL_SEGMENT && ahead.abs_diff(u32::from(held.duration)) <= MOVING_STEP;
    let moving = !heard.marker && heard.duration > held.duration && ahead <= MOVING_STEP;
    next_segment || moving
}

/// A press being sent, and those waiting.
pub struct EventSender {
    waiting: [Option<(u8, u16)>; Self::MAX],
    sending: Option<Sending>,
    pause: u8,
}

#[derive(Clone, Copy)]
struct Sending {
    code: u8,
    timestamp: u32,
    duration: u16,
    length: u16,
    ends: u8,
}

/// An event packet to send now.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ToSend {
    /// First packet of the event.
    pub marker: bool,
    /// Timestamp of the event's start.
    pub timestamp: u32,
    /// The payload.
    pub payload: [u8; 4],
}

impl EventSender {
    /// Presses that may wait.
    pub const MAX: usize = 32;
    /// Level of the tone that the far gateway makes of it, −dBm0.
    const VOLUME: u8 = 10;
    /// Frames of silence between two presses: 80 ms.
    const PAUSE: u8 = 4;
    /// How often an end is said.
    const ENDS: u8 = 3;

    /// Nothing to send.
    #[must_use]
    pub fn new() -> Self {
        Self { waiting: [None; Self::MAX], sending: None, pause: 0 }
    }

    /// Queues a press of `duration_ms`, rounded up to whole frames; 40 ms to 8 s.
    ///
    /// # Errors
    /// [`Error::NotAKey`]; [`Error::TooManyKeys`] beyond [`Self::MAX`].
    pub fn press(&mut self, key: char, duration_ms: u32) -> Result<(), Error> {
        let code = code_of(key).ok_or(Error::NotAKey(key))?;
        let place = self.waiting.iter_mut().find(|w| w.is_none()).ok_or(Error::TooManyKeys(Self::MAX))?;
        let frames = duration_ms.clamp(40, 8_000).div_ceil(crate::FRAME_MS) as u16;
        *place = Some((code, frames * crate::FRAME as u16));
        Ok(())
    }

    /// Whether a press is being sent, or waits, or the pause after one lasts.
    #[must_use]
    pub fn is_busy(&self) -> bool {
        self.sending.is_some() || self.pause > 0 || self.waiting.iter().any(Option::is_some)
    }

    /// Takes the press that waits longest: key and length in timestamp units.
    pub(crate) fn take_waiting(&mut self) -> Option<(u8, u16)> {
        let first = self.waiting.first_mut().and_then(Option::take);
        self.waiting.rotate_left(1);
        first
    }

    /// What takes the place of this tick's audio; `timestamp` is that of the tick.
    pub fn tick(&mut self, timestamp: u32) -> Option<ToSend> {
        if self.pause > 0 {
            self.pause -= 1;
            return None;
        }
        let first = self.sending.is_none();
        if first {
            let (code, length) = self.take_waiting()?;
            self.sending = Some(Sending { code, timestamp, duration: 0, length, ends: 0 });
        }
        let s = self.sending.as_mut()?;
        s.duration = (s.duration + crate::FRAME as u16).min(s.length);
        let end = s.duration == s.length && !first;
        s.ends += u8::from(end);
        let [high, low] = s.duration.to_be_bytes();
        let payload = [s.code, Self::VOLUME | if end { 0x80 } else { 0 }, high, low];
        let packet = ToSend { marker: first, timestamp: s.timestamp, payload };
        if s.ends == Self::ENDS {
            self.sending = None;
            self.pause = Self::PAUSE;
        }
        Some(packet)
    }
}

impl Default for EventSender {
    fn default() -> Self {
        Self::new()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn packet(code: u8, timestamp: u32, (duration, end): (u16, bool)) -> Heard {
        Heard { timestamp, marker: false, code, end, duration }
    }

    /// Feeds packets 20 ms apart; returns what was told, with a second of silence at the end.
    fn run(packets: &[Heard]) -> Vec<(char, u32)> {
        let (mut r, mut told, mut now) = (EventReceiver::default(), Vec::new(), 0);
        for p in packets {
            told.extend(r.push(*p, now));
            now += 20_000;
            told.extend(r.tick(now));
        }
        told.extend(r.tick(now + 1_000_000));
        told.into_iter().map(|d| (d.key, d.duration_ms)).collect()
    }

    #[test]
    fn no_marker_and_three_ends_are_one_press() {
        let p =
            [(160, false), (320, false), (800, true), (800, true), (800, true)].map(|d| packet(5, 1_000, d));
        assert_eq!(run(&p), [('5', 100)]);
    }

    #[test]
    fn a_lost_start_and_a_lost_end_are_still_a_press() {
        assert_eq!(run(&[packet(11, 9, (640, true))]), [('#', 80)]);
        assert_eq!(run(&[packet(10, 9, (160, false)), packet(10, 9, (320, false))]), [('*', 40)]);
        // The next key releases one whose end was lost.
        let p = [packet(1, 0, (160, false)), packet(1, 0, (320, false)), packet(1, 1_600, (160, false))];
        assert_eq!(run(&p), [('1', 40), ('1', 20)]);
    }

    #[test]
    fn stragglers_and_repeats_tell_nothing_new() {
        let p = [
            packet(1, 0, (640, true)),
            packet(2, 1_600, (160, false)),
            packet(1, 0, (640, true)),
            packet(2, 1_600, (640, true)),
            packet(2, 1_600, (320, false)),
            packet(1, 0, (640, true)),
        ];
        assert_eq!(run(&p), [('1', 80), ('2', 80)]);
    }

    #[test]
    fn a_long_press_goes_on_under_a_new_timestamp() {
        let full = u32::from(u16::MAX);
        let p = [
            packet(3, 100, (160, false)),
            packet(3, 100, (u16::MAX, false)),
            packet(3, 100 + full, (160, false)),
            packet(3, 100 + full, (8_000, true)),
            packet(3, 100 + full, (8_000, true)),
        ];
        assert_eq!(run(&p), [('3', (full + 8_000) / 8)]);
    }

    #[test]
    fn a_sender_that_moves_the_timestamp_presses_once() {
        let p: Vec<_> = (1..=5).map(|i| packet(4, 160 * i, (160 * i as u16, false))).collect();
        let ends = (6..=8).map(|i| packet(4, 160 * i, (960, true)));
        assert_eq!(run(&p.into_iter().chain(ends).collect::<Vec<_>>()), [('4', 120)]);
    }

    #[test]
    fn flash_and_short_payloads_are_ignored() {
        assert_eq!(run(&[packet(16, 0, (160, true))]), []);
        assert_eq!(Heard::parse(0, false, &[1, 2, 3]), None);
    }

    #[test]
    fn the_timestamp_may_wrap_within_a_press() {
        let p = [
            packet(6, u32::MAX, (160, false)),
            packet(6, u32::MAX, (320, true)),
            packet(7, 700, (160, true)),
        ];
        assert_eq!(run(&p), [('6', 40), ('7', 20)]);
    }
}
