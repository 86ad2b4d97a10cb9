//! From datagrams to frames: one 20 ms frame each tick, whatever the network does.
//!
//! Every source is mapped onto one time line that never jumps: a new SSRC, a restarted numbering or a timestamp
//! that leaps continues where the one before stopped. On that line the playout point follows `now` at a delay
//! above the fastest path; the delay grows when packets come late and shrinks by time-scaling afterwards.
#![deny(clippy::indexing_slicing)]

mod playout;
mod timeline;

use crate::codec::Decoder;
use crate::conceal::Concealer;
use crate::delay::Delay;
use crate::digits::{Digit, Digits, EventReceiver, Heard, InBand, Merger};
use crate::fifo::Fifo;
use crate::jitter::{Carries, Jitter};
use crate::quality::{Meter, Reading};
use crate::sequence::Order;
use crate::{Codec, Error, FRAME, Frame, MAX_PAYLOAD, Packet, Stats};
use std::time::Instant;
use timeline::{Standing, Timeline};

/// Comfort noise: RFC 3389, and its type before it had a number.
const COMFORT_NOISE: [u8; 2] = [13, 19];
/// Samples to microseconds.
const SAMPLE_US: i64 = 125;

/// What was agreed on for the incoming direction.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ReceiverConfig {
    /// The codec of `payload_type`.
    pub codec: Codec,
    /// Payload type of the audio. G.711 under its static types is taken as well.
    pub payload_type: u8,
    /// Payload type of telephone events.
    pub telephone_event: Option<u8>,
    /// Listen for keys in the audio.
    pub in_band: bool,
}

impl ReceiverConfig {
    /// A codec under its static payload type; keys are heard in the audio.
    #[must_use]
    pub fn new(codec: Codec) -> Self {
        Self { codec, payload_type: codec.payload_type(), telephone_event: None, in_band: true }
    }
}

/// What a frame is made of.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Kind {
    /// The far end's audio.
    Voice,
    /// In part made up for a missing packet.
    Concealed,
    /// Silence: nothing came, or the far end said that it is silent.
    Idle,
}

/// One tick of the incoming direction.
#[derive(Clone, Copy, Debug)]
pub struct Pulled<'a> {
    /// 20 ms of audio, always.
    pub frame: &'a Frame,
    /// What it is made of.
    pub kind: Kind,
    /// Keys released since the last tick.
    pub digits: Digits,
    /// The key that is down now: what stops a prompt before the key is released.
    pub key_down: Option<char>,
}

#[derive(Clone, Copy, Default)]
struct Counters {
    late: u64,
    malformed: u64,
    unknown_payload: u64,
    concealed_samples: u64,
}

/// The incoming direction of one call.
pub struct Receiver {
    config: ReceiverConfig,
    epoch: Option<Instant>,
    timeline: Timeline,
    buffer: Jitter,
    delay: Delay,
    decoder: Decoder,
    concealer: Concealer,
    fifo: Fifo,
    steering: playout::Steering,
    /// One past the last sample put into the fifo, on the time line.
    end: i64,
    events: EventReceiver,
    in_band: InBand,
    merger: Merger,
    digits: Digits,
    meter: Meter,
    counters: Counters,
    rtt_ms: f32,
    frame: Frame,
    kind: Kind,
}

impl Receiver {
    /// A receiver that has heard nothing. Everything it will need is allocated here.
    #[must_use]
    pub fn new(config: ReceiverConfig) -> Self {
        Self {
            config,
            epoch: None,
            timeline: Timeline::default(),
            buffer: Jitter::new(),
            delay: Delay::new(),
            decoder: Decoder::new(),
            concealer: Concealer::new(),
            fifo: Fifo::new(),
            steering: playout::Steering::default(),
            end: 0,
            events: EventReceiver::default(),
            in_band: InBand::new(),
            merger: Merger::default(),
            digits: Digits::default(),
            meter: Meter::default(),
            counters: Counters::default(),
            rtt_ms: 0.0,
            frame: crate::SILENCE,
            kind: Kind::Idle,
        }
    }

    /// Changes what was agreed on; counters and time line go on.
    pub fn configure(&mut self, config: ReceiverConfig) {
        self.config = config;
    }

    /// Takes a datagram.
    ///
    /// # Errors
    /// [`Error::NotRtp`], [`Error::PayloadTooLong`]: counted, and the datagram is as if it never came.
    pub fn push(&mut self, datagram: &[u8], now: Instant) -> Result<(), Error> {
        let packet = match Packet::parse(datagram) {
            Ok(p) if p.payload.len() <= MAX_PAYLOAD => p,
            Ok(p) => {
                self.counters.malformed += 1;
                return Err(Error::PayloadTooLong(p.payload.len()));
            }
            Err(e) => {
                self.counters.malformed += 1;
                return Err(e);
            }
        };
        let now_us = self.us(now);
        let Some((order, standing)) = self.timeline.observe(&packet, now_us) else { return Ok(()) };
        if order == Order::Duplicate {
            return Ok(());
        }
        if standing.fresh {
            self.restart_events(now_us);
        }
        match self.carries(packet.payload_type) {
            Some(Carries::Audio(_)) if packet.payload.is_empty() => self.fill(standing),
            Some(carries) => self.take_audio(&packet, (carries, standing), now_us),
            None => {
                if self.config.telephone_event == Some(packet.payload_type) {
                    self.take_event(&packet, now_us);
                } else if !COMFORT_NOISE.contains(&packet.payload_type) {
                    self.counters.unknown_payload += 1;
                }
                self.fill(standing);
            }
        }
        Ok(())
    }

    fn carries(&self, payload_type: u8) -> Option<Carries> {
        if payload_type == self.config.payload_type {
            return Some(Carries::Audio(self.config.codec));
        }
        match Codec::of_payload_type(payload_type) {
            Some(g711 @ (Codec::Pcmu | Codec::Pcma)) => Some(Carries::Audio(g711)),
            _ => None,
        }
    }

    /// Something that is not audio holds its place in the sequence.
    fn fill(&mut self, standing: Standing) {
        if self.delay.known() {
            self.buffer.put(standing.position, standing.at, (Carries::Nothing, &[]));
        }
    }

    fn take_audio(&mut self, packet: &Packet<'_>, (carries, standing): (Carries, Standing), now_us: i64) {
        let len = packet.payload.len() as i64;
        let idle = self.concealer.is_gone() && self.buffer.oldest().is_none();
        let floor = self.delay.known().then(|| self.delay.floor_us());
        let arrival = timeline::Arrival { now_us, floor, idle };
        let Some(at) = self.timeline.place(packet, standing, arrival) else {
            self.counters.late += 1;
            return;
        };
        let first = !self.delay.known();
        let transit = now_us - at * SAMPLE_US;
        // Later than any delay could cover: it teaches nothing about the delay.
        if floor.is_none_or(|f| transit - f <= timeline::TOO_LATE_US) {
            self.delay.observe(now_us, transit);
        }
        self.steering.note_length(len);
        if first {
            self.buffer.restart(standing.position);
            self.fifo.clear();
            self.end = self.point_for(now_us);
        }
        if self.buffer.is_past(standing.position) || at + len <= self.end {
            self.counters.late += 1;
        } else {
            self.buffer.put(standing.position, at, (carries, packet.payload));
        }
    }

    fn take_event(&mut self, packet: &Packet<'_>, now_us: i64) {
        if let Some(heard) = Heard::parse(packet.timestamp, packet.marker, packet.payload)
            && let Some(digit) = self.events.push(heard, now_us)
        {
            self.tell(digit, now_us);
        }
    }

    fn restart_events(&mut self, now_us: i64) {
        if let Some(digit) = self.events.restart() {
            self.tell(digit, now_us);
        }
    }

    /// Takes a key press that came by signalling, see [`crate::digits::parse_info`].
    pub fn info_digit(&mut self, digit: Digit, now: Instant) {
        let now_us = self.us(now);
        self.tell(digit, now_us);
    }

    fn tell(&mut self, digit: Digit, now_us: i64) {
        if self.merger.is_new(digit, now_us) {
            self.digits.push(digit);
        }
    }

    /// The next frame; to be called exactly once each tick.
    pub fn pull(&mut self, now: Instant) -> Pulled<'_> {
        let now_us = self.us(now);
        self.play(now_us);
        if let Some(digit) = self.events.tick(now_us) {
            self.tell(digit, now_us);
        }
        if self.config.in_band
            && let Some(digit) = self.in_band.push(&self.frame)
        {
            self.tell(digit, now_us);
        }
        self.meter.tick(Reading {
            expected: self.timeline.expected(),
            missing: self.timeline.lost() + self.late(),
            delay_ms: crate::FRAME_MS as f32 + self.delay_ms() + self.rtt_ms / 2.0,
            codec: self.config.codec,
        });
        let in_band = if self.config.in_band { self.in_band.held() } else { None };
        Pulled {
            frame: &self.frame,
            kind: self.kind,
            digits: std::mem::take(&mut self.digits),
            key_down: self.events.held().or(in_band),
        }
    }

    /// The round trip that RTCP measured; it counts into the score.
    pub fn set_rtt_ms(&mut self, rtt_ms: f32) {
        self.rtt_ms = rtt_ms;
    }

    /// What RTCP reports about this direction; none before the first packet.
    #[must_use]
    pub fn reception(&self) -> Option<crate::rtcp::Reception> {
        self.timeline.reception()
    }

    /// The incoming half of the statistics.
    #[must_use]
    pub fn stats(&self) -> Stats {
        let t = self.timeline.counts();
        Stats {
            received: t.received,
            lost: self.timeline.lost(),
            late: self.late(),
            duplicated: t.duplicated,
            out_of_order: t.out_of_order,
            malformed: self.counters.malformed,
            unknown_payload: self.counters.unknown_payload,
            resyncs: t.resyncs,
            concealed_ms: self.counters.concealed_samples / 8,
            jitter_ms: self.timeline.jitter_ms(),
            jitter_buffer_ms: self.delay_ms(),
            mos_avg: self.meter.average(),
            mos_min: self.meter.worst(),
            ..Stats::default()
        }
    }

    fn late(&self) -> u64 {
        self.counters.late + u64::from(self.buffer.overrun)
    }

    fn us(&mut self, now: Instant) -> i64 {
        let epoch = *self.epoch.get_or_insert(now);
        now.saturating_duration_since(epoch).as_micros() as i64
    }

    fn take_frame(&mut self) {
        debug_assert!(self.fifo.len() >= FRAME);
        self.fifo.take(&mut self.frame);
    }
}
