//! The media thread's end of an ear: wait-free.

use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::thread::Thread;
use std::time::Instant;

use rtrb::{Consumer, Producer};

use super::EarStats;
use super::saying::Sounding;
use crate::media::{Pcm, Prompt, Words};

/// Frames (and marks) that may wait for a worker: 2.5 s.
const RING: usize = 128;
/// Words that may wait for the media thread.
const WORDS: usize = 32;
/// Prompts on their way to be freed.
const GRAVES: usize = 32;

/// What goes to the worker, in order.
#[expect(clippy::large_enum_variant, reason = "frames are nearly all of them, and a ring holds no boxes")]
pub(super) enum Sound {
    Open(u32),
    Frame(Pcm),
    Finish(Finish),
    Discard,
}

/// An utterance has ended.
pub(super) struct Finish {
    pub utterance: u32,
    pub asked: Instant,
    /// What of the bot was to be heard meanwhile, and shortly before.
    pub span: Option<(Sounding, Sounding)>,
}

/// The worker's ends of the rings.
pub(super) struct Ends {
    pub sound: Consumer<Sound>,
    pub words: Producer<Words>,
    pub graves: Consumer<Prompt>,
}

/// See the module.
pub struct EarSeat {
    sound: Producer<Sound>,
    words: Consumer<Words>,
    graves: Producer<Prompt>,
    worker: Thread,
    stats: Arc<EarStats>,
    fed: u8,
}

pub(super) fn pair(worker: Thread, stats: Arc<EarStats>) -> (EarSeat, Ends) {
    let (sound_in, sound) = rtrb::RingBuffer::new(RING);
    let (words, words_out) = rtrb::RingBuffer::new(WORDS);
    let (graves_in, graves) = rtrb::RingBuffer::new(GRAVES);
    let seat = EarSeat { sound: sound_in, words: words_out, graves: graves_in, worker, stats, fed: 0 };
    (seat, Ends { sound, words, graves })
}

impl EarSeat {
    pub(crate) fn open(&mut self, utterance: u32) {
        self.push(Sound::Open(utterance));
    }

    /// Gives a frame of the open utterance.
    pub(crate) fn frame(&mut self, frame: &Pcm) {
        self.push(Sound::Frame(*frame));
        // Wake the worker now and then, not for each frame.
        self.fed = (self.fed + 1) % 4;
        if self.fed == 0 {
            self.worker.unpark();
        }
    }

    /// Asks for the words. `span` is what of the bot was to be heard meanwhile, and shortly before.
    pub(crate) fn finish(&mut self, utterance: u32, span: Option<(Sounding, Sounding)>) {
        self.push(Sound::Finish(Finish { utterance, asked: Instant::now(), span }));
        self.worker.unpark();
    }

    pub(crate) fn discard(&mut self, _utterance: u32) {
        self.push(Sound::Discard);
    }

    /// The next words for turn-taking.
    pub(crate) fn words(&mut self) -> Option<Words> {
        self.words.pop().ok()
    }

    /// Frees a prompt on the worker's time.
    pub(crate) fn bury(&mut self, prompt: Prompt) {
        // A full ring: freeing it here is the lesser evil.
        let _ = self.graves.push(prompt);
    }

    /// Nothing more will come.
    pub(crate) fn close(&mut self) {
        self.worker.unpark();
    }

    fn push(&mut self, sound: Sound) {
        if self.sound.push(sound).is_err() {
            self.stats.dropped.fetch_add(1, Ordering::Relaxed);
        }
    }
}

/// A place in the pool, given back when dropped.
pub(super) struct Taken {
    worker: Arc<AtomicU32>,
    stats: Arc<EarStats>,
}

impl Taken {
    pub(super) fn new(worker: Arc<AtomicU32>, stats: Arc<EarStats>) -> Taken {
        worker.fetch_add(1, Ordering::Relaxed);
        Taken { worker, stats }
    }
}

impl Drop for Taken {
    fn drop(&mut self) {
        self.worker.fetch_sub(1, Ordering::Relaxed);
        self.stats.seats.fetch_sub(1, Ordering::AcqRel);
    }
}
