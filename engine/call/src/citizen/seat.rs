//! The citizen's seat on the media thread: does the steps, and measures.

use std::sync::Arc;
use std::time::Instant;

use records::Tap;
use rtrb::{Consumer, Producer};

use crate::media::{FRAME, Line, LineStats, Pcm, SILENCE, Seat, Ticked, level_db};
use crate::turn::{FRAME_MS, frames};

/// A received frame at least this loud is the bot's voice.
const BOT_DB: f32 = -45.0;
/// A key lasts 120 ms; the next follows after a pause.
const KEY_FRAMES: u32 = 12;
/// Silence inside the bot's speech that is not its end (the longest pause of
/// a voice is 320 ms).
const BOT_PAUSE_FRAMES: u32 = 25;

/// A step, ready for the media thread.
#[derive(Debug, Clone)]
pub(super) enum Act {
    /// Says this; the frame of its last sound is known.
    Say { pcm: Arc<[i16]>, last_sound: usize },
    /// Waits for the bot: frames of silence, longest wait.
    Wait { silence: u32, timeout: u32 },
    /// Waits until the bot has spoken for so many frames.
    HearBot { frames: u32, timeout: u32 },
    /// Presses a key.
    Key(char),
    /// Is silent for so many frames.
    Silence(u32),
    /// Says that the script is done, and goes on listening.
    Done,
}

/// What the seat reports.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum Told {
    /// An act begins.
    Act { index: usize, at: Instant },
    /// The last sound of an act was sent.
    LastSound { index: usize, at: Instant },
    /// The first sound of the act that is sent over the bot.
    FirstSound { at: Instant },
    /// The bot's voice begins; `buffered_ms` is what our jitter buffer adds.
    BotBegins { at: Instant, buffered_ms: f32, over_us: bool },
    /// The bot's voice has ended with the frame at `at`.
    BotEnds { at: Instant },
    /// A wait ran out.
    TimedOut { index: usize },
    /// Every act is done.
    Done { at: Instant },
    /// The seat has left.
    Left(LineStats),
}

/// What the seat is made of.
pub(super) struct CitizenParts {
    pub line: Box<dyn Line>,
    pub tap: Option<Tap>,
    pub acts: Vec<Act>,
    pub noise_db: Option<f32>,
    pub seed: u64,
}

/// Ends a seat from outside.
pub(super) struct Leave;

pub(super) struct CitizenSeat {
    p: CitizenParts,
    index: usize,
    /// Frames that the current act has lasted.
    lasted: u32,
    begun: bool,
    bot: BotVoice,
    random: u64,
    told: Producer<Told>,
    leave: Consumer<Leave>,
    reported: bool,
}

/// What is known of the bot's voice.
#[derive(Default)]
struct BotVoice {
    /// Frames since its last sound, if it has begun.
    quiet: u32,
    speaking: bool,
    /// Frames that it has spoken in this turn.
    spoken: u32,
    /// It has spoken since the act began.
    heard: bool,
    last_sound: Option<Instant>,
}

impl CitizenSeat {
    pub(super) fn new(parts: CitizenParts) -> (CitizenSeat, Consumer<Told>, Producer<Leave>) {
        let (told, told_out) = rtrb::RingBuffer::new(256);
        let (leave_in, leave) = rtrb::RingBuffer::new(1);
        let random = parts.seed ^ 0x9E37_79B9_7F4A_7C15;
        let seat = CitizenSeat {
            p: parts,
            index: 0,
            lasted: 0,
            begun: false,
            bot: BotVoice::default(),
            random,
            told,
            leave,
            reported: false,
        };
        (seat, told_out, leave_in)
    }

    fn tell(&mut self, told: Told) {
        self.reported |= self.told.push(told).is_ok();
    }

    /// Xorshift: noise needs no better.
    fn dice(&mut self) -> f32 {
        self.random ^= self.random << 13;
        self.random ^= self.random >> 7;
        self.random ^= self.random << 17;
        (self.random >> 40) as f32 / (1u64 << 24) as f32
    }

    fn listen(&mut self, frame: &Pcm, now: Instant) {
        if level_db(frame) > BOT_DB {
            if !self.bot.speaking {
                (self.bot.speaking, self.bot.spoken) = (true, 0);
                let over_us = self.saying();
                let buffered_ms = self.p.line.stats().buffered_ms;
                self.tell(Told::BotBegins { at: now, buffered_ms, over_us });
            }
            self.bot.heard = true;
            self.bot.quiet = 0;
            self.bot.last_sound = Some(now);
        } else {
            self.bot.quiet = self.bot.quiet.saturating_add(1);
        }
        if self.bot.speaking {
            self.bot.spoken += 1;
            if self.bot.quiet > BOT_PAUSE_FRAMES {
                self.bot.speaking = false;
                let at = self.bot.last_sound.unwrap_or(now);
                self.tell(Told::BotEnds { at });
            }
        }
    }

    /// Whether the citizen's voice sounds now.
    fn saying(&self) -> bool {
        match self.p.acts.get(self.index) {
            Some(Act::Say { last_sound, .. }) => self.begun && (self.lasted as usize) <= *last_sound,
            _ => false,
        }
    }

    fn next(&mut self) {
        self.index += 1;
        self.lasted = 0;
        self.begun = false;
    }

    /// What the citizen sends in this tick.
    fn act(&mut self, now: Instant) -> Pcm {
        let mut out = SILENCE;
        // Acts that take no time follow at once; the number bounds them.
        for _ in 0..4 {
            let Some(act) = self.p.acts.get(self.index).cloned_shallow() else { return out };
            if !self.begun {
                self.begun = true;
                self.bot.heard = false;
                self.tell(Told::Act { index: self.index, at: now });
            }
            let done = match act {
                Shallow::Say => self.say(&mut out, now),
                Shallow::Wait { silence, timeout } => {
                    let over = self.bot.heard && self.bot.quiet >= silence;
                    self.wait(over, timeout)
                }
                Shallow::HearBot { frames, timeout } => {
                    let over = self.bot.speaking && self.bot.spoken >= frames;
                    self.wait(over, timeout)
                }
                Shallow::Key(key) => {
                    if self.lasted == 0 {
                        self.p.line.press(key);
                    }
                    self.lasted >= KEY_FRAMES
                }
                Shallow::Silence(length) => self.lasted >= length,
                Shallow::Done => {
                    self.tell(Told::Done { at: now });
                    true
                }
            };
            if !done {
                self.lasted += 1;
                return out;
            }
            self.next();
            if out != SILENCE {
                return out;
            }
        }
        out
    }

    fn wait(&mut self, over: bool, timeout: u32) -> bool {
        let late = self.lasted >= timeout;
        if late && !over {
            self.tell(Told::TimedOut { index: self.index });
        }
        over || late
    }

    fn say(&mut self, out: &mut Pcm, now: Instant) -> bool {
        let Some(Act::Say { pcm, last_sound }) = self.p.acts.get(self.index) else { return true };
        let from = self.lasted as usize * FRAME;
        let rest = pcm.get(from..).unwrap_or_default();
        for (to, sample) in out.iter_mut().zip(rest) {
            *to = *sample;
        }
        let (ended, last) = (rest.len() <= FRAME, *last_sound == self.lasted as usize);
        if self.lasted == 0 {
            self.tell(Told::FirstSound { at: now });
        }
        if last {
            self.tell(Told::LastSound { index: self.index, at: now });
        }
        ended
    }

    fn noisy(&mut self, mut frame: Pcm) -> Pcm {
        let Some(db) = self.p.noise_db else { return frame };
        // Uniform noise of amplitude a has the power a²/3.
        let amplitude = 32768.0 * 10f32.powf(db / 20.0) * 3f32.sqrt();
        for sample in &mut frame {
            let noise = (self.dice() * 2.0 - 1.0) * amplitude;
            *sample = (f32::from(*sample) + noise).clamp(-32768.0, 32767.0) as i16;
        }
        frame
    }
}

/// An act without its sound, so that it can be looked at while the seat changes.
enum Shallow {
    Say,
    Wait { silence: u32, timeout: u32 },
    HearBot { frames: u32, timeout: u32 },
    Key(char),
    Silence(u32),
    Done,
}

trait ClonedShallow {
    fn cloned_shallow(&self) -> Option<Shallow>;
}

impl ClonedShallow for Option<&Act> {
    fn cloned_shallow(&self) -> Option<Shallow> {
        self.map(|act| match act {
            Act::Say { .. } => Shallow::Say,
            Act::Wait { silence, timeout } => Shallow::Wait { silence: *silence, timeout: *timeout },
            Act::HearBot { frames, timeout } => Shallow::HearBot { frames: *frames, timeout: *timeout },
            Act::Key(key) => Shallow::Key(*key),
            Act::Silence(length) => Shallow::Silence(*length),
            Act::Done => Shallow::Done,
        })
    }
}

impl Seat for CitizenSeat {
    fn tick(&mut self, now: Instant) -> Ticked {
        self.reported = false;
        let pulled = self.p.line.pull(now);
        self.listen(&pulled.frame, now);
        let said = self.act(now);
        let sent = self.noisy(said);
        self.p.line.send(&sent, now);
        if let Some(tap) = self.p.tap.as_mut() {
            tap.frame(&sent, &pulled.frame);
        }
        let leaves = self.leave.pop().is_ok() || self.leave.is_abandoned();
        if leaves {
            self.p.line.end(now);
            let stats = self.p.line.stats();
            self.tell(Told::Left(stats));
        }
        Ticked { reported: self.reported, leaves }
    }
}

/// The frame that holds the last sound of `pcm`.
pub(super) fn last_sound(pcm: &[i16]) -> usize {
    let mut last = 0;
    for (index, chunk) in pcm.chunks(FRAME).enumerate() {
        let mut frame = SILENCE;
        for (to, from) in frame.iter_mut().zip(chunk) {
            *to = *from;
        }
        if level_db(&frame) > BOT_DB {
            last = index;
        }
    }
    last
}

/// Frames of a time in ms, at least one.
pub(super) fn ms(ms: u32) -> u32 {
    frames(ms.max(FRAME_MS))
}
