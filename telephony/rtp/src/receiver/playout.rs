//! The playout point: which sample is heard now, and how it is moved.

use super::{Kind, Receiver, SAMPLE_US};
use crate::jitter::{Carries, Next};
use crate::{FRAME, MAX_PAYLOAD, stretch};

/// The delay may stand this far above its target before it is shortened.
const ABOVE_US: i64 = 15_000;
/// And this far below before it is lengthened: less, for what is too late has to be made up.
const BELOW_US: i64 = 4_000;
/// This far above it is cut at once.
const CUT_US: i64 = 200_000;
/// Ticks between two time-scalings: when the excess is small, and when it is large.
const CALM: u8 = 4;
const HASTY: u8 = 1;
/// An excess is large from here.
const LARGE_US: i64 = 60_000;
/// Ticks over which the smallest delay is taken, in two halves: late wake-ups of ours are no excess.
const HALF: u8 = 5;
/// Ticks of silence before the playout point is set afresh.
const SETTLED: u8 = 3;

/// State of the delay control.
#[derive(Default)]
pub(super) struct Steering {
    now_us: i64,
    lowest: [i64; 2],
    ticks: u8,
    rest: u8,
    idle_ticks: u8,
    /// The far end's packets end within our frames: some audio is needed before its frame is due.
    odd_length: bool,
}

impl Steering {
    pub(super) fn note_length(&mut self, samples: i64) {
        self.odd_length = samples % FRAME as i64 != 0;
    }

    fn note_delay(&mut self, delay_us: i64) {
        if self.ticks == 0 {
            self.lowest = [delay_us, self.lowest[0]];
        }
        self.lowest[0] = self.lowest[0].min(delay_us);
        self.ticks = (self.ticks + 1) % HALF;
    }

    fn lowest(&self) -> i64 {
        self.lowest[0].min(self.lowest[1])
    }

    fn moved(&mut self, by_us: i64) {
        self.lowest[0] += by_us;
        self.lowest[1] += by_us;
    }
}

impl Receiver {
    /// The delay aimed at, microseconds above the floor.
    fn target_us(&self) -> i64 {
        self.delay.target_us() + if self.steering.odd_length { 10_000 } else { 0 }
    }

    /// The playout point that gives the delay aimed at.
    pub(super) fn point_for(&self, now_us: i64) -> i64 {
        (now_us - self.delay.floor_us() - self.target_us()) / SAMPLE_US
    }

    /// How long a packet on the fastest path waits before it is played.
    fn delay_us(&self, now_us: i64) -> i64 {
        now_us - self.delay.floor_us() - (self.end - self.fifo.len() as i64) * SAMPLE_US
    }

    /// The same at the last tick, ms; 0 before any packet.
    pub(super) fn delay_ms(&self) -> f32 {
        if self.delay.known() { self.steering.lowest().max(0) as f32 / 1_000.0 } else { 0.0 }
    }

    /// Makes the frame of this tick.
    pub(super) fn play(&mut self, now_us: i64) {
        self.steering.now_us = now_us;
        if !self.delay.known() {
            self.frame.fill(0);
            return;
        }
        self.settle(now_us);
        let delay = self.delay_us(now_us);
        self.steering.note_delay(delay);
        self.steer();
        while self.fifo.len() < FRAME {
            self.refill();
        }
        self.take_frame();
    }

    /// In silence the playout point moves freely.
    fn settle(&mut self, now_us: i64) {
        let silent = self.kind == Kind::Idle && self.buffer.oldest().is_none() && self.fifo.len() == 0;
        self.steering.idle_ticks = if silent { self.steering.idle_ticks.saturating_add(1) } else { 0 };
        if self.steering.idle_ticks >= SETTLED {
            self.end = self.point_for(now_us);
        }
    }

    fn steer(&mut self) {
        let target = self.target_us();
        let excess = self.steering.lowest() - target;
        if excess > CUT_US && self.buffer.oldest().is_some() {
            self.fifo.clear();
            self.concealer.make(&mut [0]); // what comes next is cross-faded
            self.end = self.point_for(self.steering.now_us);
            self.steering.moved(-excess);
            return;
        }
        if self.steering.rest > 0 {
            self.steering.rest -= 1;
            return;
        }
        if self.kind == Kind::Idle {
            return;
        }
        if excess > ABOVE_US {
            self.look_ahead();
            if self.fifo.len() >= FRAME + stretch::LOOK_AHEAD {
                let cut = stretch::shorten(&mut self.fifo, (excess / SAMPLE_US) as usize);
                self.steering.moved(-(cut as i64) * SAMPLE_US);
                self.steering.rest = if excess > LARGE_US { HASTY } else { CALM };
            }
        } else if excess < -BELOW_US {
            self.look_ahead();
            let put = stretch::lengthen(&mut self.fifo);
            self.steering.moved(put as i64 * SAMPLE_US);
            self.steering.rest = HASTY;
        }
    }

    /// Decodes what is here already, as far as time-scaling needs it.
    fn look_ahead(&mut self) {
        while self.fifo.len() < FRAME + stretch::LOOK_AHEAD && self.buffer.next(self.end) == Next::Ready {
            self.decode_next();
        }
    }

    /// Puts at least one sample into the fifo, or moves the playout point on.
    fn refill(&mut self) {
        let wanted = FRAME - self.fifo.len();
        match self.buffer.next(self.end) {
            Next::Ready => self.decode_next(),
            Next::Pause(samples) => {
                let excess = (self.delay_us(self.steering.now_us) - self.target_us()) / SAMPLE_US;
                let skipped = excess.clamp(0, samples);
                self.end += skipped;
                let rest = ((samples - skipped) as usize).min(wanted);
                self.silence(rest);
            }
            // A later packet is here: this one is lost rather than late.
            Next::Missing(samples) => {
                self.conceal(wanted.min(samples as usize), i64::from(crate::FRAME_MS) * 1_000)
            }
            Next::Empty if self.buffer.is_quiet() => self.silence(wanted),
            Next::Empty => self.conceal(wanted, BELOW_US),
        }
    }

    fn decode_next(&mut self) {
        let mut pcm = [0; MAX_PAYLOAD];
        let slot = self.buffer.take();
        let Carries::Audio(codec) = slot.carries else { return };
        let n = self.decoder.decode(codec, slot.payload(), &mut pcm);
        // What lies before the playout point was made up already, or was skipped.
        let heard = (self.end - slot.at).clamp(0, n as i64) as usize;
        let end = slot.at + n as i64;
        let Some(samples) = pcm.get_mut(heard..n).filter(|s| !s.is_empty()) else {
            self.counters.late += 1;
            return;
        };
        self.concealer.hear(samples);
        self.fifo.push(samples);
        self.end = end;
        self.kind = Kind::Voice;
    }

    /// The far end is silent: what was heard fades out.
    fn silence(&mut self, n: usize) {
        self.make(n);
        self.end += n as i64;
        self.kind = Kind::Idle;
    }

    /// Something is missing. While the delay is further `below` its target the playout point waits: the delay grows.
    fn conceal(&mut self, n: usize, below: i64) {
        let waits = self.delay_us(self.steering.now_us) + below < self.target_us();
        self.kind = if self.make(n) {
            self.counters.concealed_samples += n as u64;
            Kind::Concealed
        } else {
            Kind::Idle
        };
        if !waits {
            self.end += n as i64;
        }
    }

    fn make(&mut self, n: usize) -> bool {
        let mut made = [0; FRAME];
        let Some(made) = made.get_mut(..n) else { return false };
        let audible = self.concealer.make(made);
        self.fifo.push(made);
        audible
    }
}
