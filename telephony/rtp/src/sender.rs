//! From frames to datagrams: encoding, numbering, timestamps that follow the clock across silence, keys.
#![deny(clippy::indexing_slicing)]

use crate::codec::Encoder;
use crate::digits::{self, EventSender, KEYS};
use crate::{Codec, Error, FRAME, Frame, MAX_PAYLOAD, Packet};
use std::time::Instant;

/// A gap this long, samples, is silence; less is a late wake-up of ours that is being caught up.
const GAP: i64 = 800;
/// Silence after a key that was sent as tones, samples.
const TONE_PAUSE: u32 = 640;

/// What was agreed on for the outgoing direction.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SenderConfig {
    /// The codec of `payload_type`.
    pub codec: Codec,
    /// Payload type of the audio.
    pub payload_type: u8,
    /// Payload type of telephone events; none: keys are sent as tones.
    pub telephone_event: Option<u8>,
}

/// Where a stream begins; all three should be hard to guess (RFC 3550 §5.1).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Start {
    /// Whose stream it is.
    pub ssrc: u32,
    /// First sequence number.
    pub sequence: u16,
    /// First timestamp.
    pub timestamp: u32,
}

struct Tone {
    key: char,
    at: u32,
    length: u32,
}

/// The outgoing direction of one call.
pub struct Sender {
    config: SenderConfig,
    encoder: Encoder,
    start: Start,
    sequence: u16,
    /// The tick's first sample, counted from the first tick.
    position: i64,
    anchor: Option<Instant>,
    marker: bool,
    events: EventSender,
    tone: Option<Tone>,
    packets: u32,
    octets: u32,
    buffer: [u8; 12 + MAX_PAYLOAD],
}

impl Sender {
    /// A sender that has sent nothing.
    #[must_use]
    pub fn new(config: SenderConfig, start: Start) -> Self {
        Self {
            config,
            encoder: Encoder::new(config.codec),
            start,
            sequence: start.sequence,
            position: 0,
            anchor: None,
            marker: true,
            events: EventSender::new(),
            tone: None,
            packets: 0,
            octets: 0,
            buffer: [0; 12 + MAX_PAYLOAD],
        }
    }

    /// Changes what was agreed on; numbering and clock go on.
    pub fn configure(&mut self, config: SenderConfig) {
        if self.encoder.codec() != config.codec {
            self.encoder = Encoder::new(config.codec);
        }
        self.config = config;
    }

    /// The packet of this tick: the frame, or what is left of a key press.
    pub fn frame(&mut self, frame: &Frame, now: Instant) -> &[u8] {
        self.advance(now);
        if let Some(pt) = self.config.telephone_event {
            let timestamp = self.timestamp();
            if let Some(event) = self.events.tick(timestamp) {
                return self.packet(event.marker, pt, (event.timestamp, &event.payload));
            }
        }
        let mut payload = [0; FRAME];
        let n = match self.tone_frame() {
            Some(tone) => self.encoder.encode(&tone, &mut payload),
            None => self.encoder.encode(frame, &mut payload),
        };
        let marker = std::mem::take(&mut self.marker);
        let timestamp = self.timestamp();
        self.packet(marker, self.config.payload_type, (timestamp, payload.get(..n).unwrap_or(&[])))
    }

    /// A tick with nothing to say: a packet only if a key press is under way.
    pub fn silence(&mut self, now: Instant) -> Option<&[u8]> {
        if self.is_keying() { Some(self.frame(&crate::SILENCE, now)) } else { None }
    }

    /// Queues a key press of `duration_ms`; it takes the place of audio while it lasts.
    ///
    /// # Errors
    /// [`Error::NotAKey`], [`Error::TooManyKeys`].
    pub fn press(&mut self, key: char, duration_ms: u32) -> Result<(), Error> {
        self.events.press(key, duration_ms)
    }

    /// Whether a key press is being sent or waits.
    #[must_use]
    pub fn is_keying(&self) -> bool {
        self.tone.is_some() || self.events.is_busy()
    }

    /// Packets and payload octets sent, for RTCP.
    #[must_use]
    pub fn sent(&self) -> (u32, u32) {
        (self.packets, self.octets)
    }

    /// Whose stream it is.
    #[must_use]
    pub fn ssrc(&self) -> u32 {
        self.start.ssrc
    }

    /// The RTP timestamp that stands for `now`, for RTCP's sender report.
    #[must_use]
    pub fn timestamp_at(&self, now: Instant) -> u32 {
        let elapsed = self.anchor.map_or(0, |a| samples(now, a));
        self.start.timestamp.wrapping_add(elapsed as u32)
    }

    fn timestamp(&self) -> u32 {
        self.start.timestamp.wrapping_add(self.position as u32)
    }

    fn advance(&mut self, now: Instant) {
        let Some(anchor) = self.anchor else {
            self.anchor = Some(now);
            return;
        };
        self.position += FRAME as i64;
        let behind = samples(now, anchor) - self.position;
        if behind >= GAP {
            self.position += behind / FRAME as i64 * FRAME as i64;
            self.marker = true;
        }
    }

    fn tone_frame(&mut self) -> Option<Frame> {
        if self.config.telephone_event.is_some() {
            return None;
        }
        if self.tone.is_none() {
            let (code, length) = self.events.take_waiting()?;
            let key = *KEYS.get(usize::from(code))?;
            self.tone = Some(Tone { key, at: 0, length: u32::from(length) });
        }
        let tone = self.tone.as_mut()?;
        let mut out = crate::SILENCE;
        for s in &mut out {
            if tone.at < tone.length {
                *s = digits::tone(tone.key, tone.at);
            }
            tone.at += 1;
        }
        if tone.at >= tone.length + TONE_PAUSE {
            self.tone = None;
        }
        Some(out)
    }

    fn packet(&mut self, marker: bool, payload_type: u8, (timestamp, payload): (u32, &[u8])) -> &[u8] {
        let packet = Packet {
            marker,
            payload_type,
            sequence: self.sequence,
            timestamp,
            ssrc: self.start.ssrc,
            payload,
        };
        self.sequence = self.sequence.wrapping_add(1);
        self.packets = self.packets.wrapping_add(1);
        self.octets = self.octets.wrapping_add(payload.len() as u32);
        let n = packet.write(&mut self.buffer).unwrap_or(0); // cannot fail: the longest payload fits
        self.buffer.get(..n).unwrap_or(&[])
    }
}

fn samples(now: Instant, since: Instant) -> i64 {
    (now.saturating_duration_since(since).as_micros() / 125) as i64
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::time::Duration;

    fn sender(telephone_event: Option<u8>) -> Sender {
        let config = SenderConfig { codec: Codec::Pcma, payload_type: 8, telephone_event };
        Sender::new(config, Start { ssrc: 7, sequence: 65_535, timestamp: u32::MAX - 100 })
    }

    #[test]
    fn timestamps_follow_the_clock_across_silence_and_ignore_late_wake_ups() {
        let (mut s, t0) = (sender(None), Instant::now());
        let mut seen = Vec::new();
        for ms in [0, 20, 47, 60, 80, 1_080, 1_103, 1_120] {
            let p = s.frame(&crate::SILENCE, t0 + Duration::from_millis(ms));
            let p = Packet::parse(p).unwrap();
            seen.push((p.sequence, p.timestamp.wrapping_sub(u32::MAX - 100), p.marker));
        }
        let expected = [
            (65_535, 0, true),
            (0, 160, false),
            (1, 320, false),
            (2, 480, false),
            (3, 640, false),
            (4, 8_640, true),
            (5, 8_800, false),
            (6, 8_960, false),
        ];
        assert_eq!(seen, expected);
    }

    #[test]
    fn a_press_is_a_marker_growing_durations_and_three_ends() {
        let (mut s, t0) = (sender(Some(101)), Instant::now());
        s.press('#', 100).unwrap();
        s.press('1', 40).unwrap();
        assert!(matches!(s.press('x', 40), Err(Error::NotAKey('x'))));
        let mut seen = Vec::new();
        for tick in 0..20 {
            let p = s.frame(&crate::SILENCE, t0 + Duration::from_millis(20 * tick));
            let p = Packet::parse(p).unwrap();
            if p.payload_type == 101 {
                seen.push((
                    p.marker,
                    p.payload[0],
                    p.payload[1] >> 7,
                    u16::from_be_bytes([p.payload[2], p.payload[3]]),
                ));
            } else {
                seen.push((p.marker, 99, 0, 0));
            }
        }
        let audio = (false, 99, 0, 0);
        let first = (true, 99, 0, 0); // the stream's first audio
        let mut expected =
            vec![(true, 11, 0, 160), (false, 11, 0, 320), (false, 11, 0, 480), (false, 11, 0, 640)];
        expected.extend([(false, 11, 1, 800); 3]);
        expected.extend([first, audio, audio, audio]);
        expected.extend([(true, 1, 0, 160), (false, 1, 1, 320), (false, 1, 1, 320), (false, 1, 1, 320)]);
        expected.extend([audio; 5]);
        assert_eq!(seen, expected);
        assert!(!s.is_keying());
    }

    #[test]
    fn without_telephone_event_keys_are_tones() {
        let (mut s, t0) = (sender(None), Instant::now());
        let (mut dec, mut ear) = (crate::codec::Decoder::new(), crate::digits::InBand::new());
        s.press('7', 100).unwrap();
        let mut heard = Vec::new();
        for tick in 0..12 {
            let p = s.frame(&crate::SILENCE, t0 + Duration::from_millis(20 * tick)).to_vec();
            let mut pcm = crate::SILENCE;
            dec.decode(Codec::Pcma, Packet::parse(&p).unwrap().payload, &mut pcm);
            heard.extend(ear.push(&pcm));
        }
        assert_eq!(heard.len(), 1);
        assert_eq!(heard[0].key, '7');
    }
}
