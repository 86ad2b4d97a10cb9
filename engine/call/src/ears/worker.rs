//! One worker: takes turns among its contacts, a few frames each.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::atomic::Ordering;
use std::sync::{Arc, mpsc};
use std::thread;
use std::time::{Duration, Instant};

use asr::{Stream, Utterance};
use tokio::sync::mpsc::UnboundedSender;

use super::seat::{Ends, Finish, Sound, Taken};
use super::{EarStats, ExpectHandle, Expected, Final, Recognisers};
use crate::media::Words;
use crate::turn::{FRAME_MS, Gist};

/// Items of one contact before the next has its turn.
const SHARE: usize = 16;
/// How long a worker sleeps when nothing wakes it.
const NAP: Duration = Duration::from_millis(10);
const LONG_NAP: Duration = Duration::from_millis(500);

/// One contact on a worker.
pub(super) struct Session {
    ends: Ends,
    expect: ExpectHandle,
    finals: UnboundedSender<Final>,
    open: Option<Open>,
    /// The expectation that the recogniser has prepared for.
    warmed: Arc<Expected>,
    _taken: Taken,
}

struct Open {
    utterance: u32,
    stream: Box<dyn Stream>,
    expected: Arc<Expected>,
    frames: u32,
    failed: bool,
}

impl Session {
    pub(super) fn new(
        ends: Ends,
        expect: ExpectHandle,
        finals: UnboundedSender<Final>,
        taken: Taken,
    ) -> Session {
        let warmed = expect.get();
        Session { ends, expect, finals, open: None, warmed, _taken: taken }
    }
}

pub(super) fn run(arrivals: &mpsc::Receiver<Session>, recognisers: &Recognisers, stats: &EarStats) {
    let mut sessions: Vec<Session> = Vec::new();
    loop {
        loop {
            match arrivals.try_recv() {
                Ok(session) => sessions.push(session),
                Err(mpsc::TryRecvError::Empty) => break,
                Err(mpsc::TryRecvError::Disconnected) if sessions.is_empty() => return,
                Err(mpsc::TryRecvError::Disconnected) => break,
            }
        }
        let mut worked = false;
        sessions.retain_mut(|session| {
            let did = session.work(recognisers, stats);
            worked |= did;
            // The media thread's end is gone, and all that it left is done.
            did || !session.ends.sound.is_abandoned()
        });
        if !worked {
            thread::park_timeout(if sessions.is_empty() { LONG_NAP } else { NAP });
        }
    }
}

impl Session {
    /// Does a share of what waits; says whether there was any.
    fn work(&mut self, recognisers: &Recognisers, stats: &EarStats) -> bool {
        while self.ends.graves.pop().is_ok() {}
        let mut did = false;
        for _ in 0..SHARE {
            let Ok(sound) = self.ends.sound.pop() else { break };
            did = true;
            let began = Instant::now();
            match sound {
                Sound::Open(utterance) => self.open(utterance, recognisers, stats),
                Sound::Frame(frame) => self.push(&frame, stats),
                Sound::Finish(finish) => self.finish(&finish, stats),
                Sound::Discard => self.open = None,
            }
            let took = u64::try_from(began.elapsed().as_micros()).unwrap_or(u64::MAX);
            stats.busy_us.fetch_add(took, Ordering::Relaxed);
        }
        did || self.warm(recognisers, stats)
    }

    /// Lets the recogniser prepare for what is expected while the bot still
    /// speaks: what it compiles and keeps is then there when the voice begins.
    fn warm(&mut self, recognisers: &Recognisers, stats: &EarStats) -> bool {
        let expected = self.expect.get();
        if Arc::ptr_eq(&expected, &self.warmed) || self.open.is_some() {
            return false;
        }
        drop(guarded(stats, || recognisers.of(&expected.language).open(&expected.what)));
        self.warmed = expected;
        true
    }

    fn open(&mut self, utterance: u32, recognisers: &Recognisers, stats: &EarStats) {
        let expected = self.expect.get();
        let stream = guarded(stats, || recognisers.of(&expected.language).open(&expected.what));
        self.open = stream.map(|stream| Open { utterance, stream, expected, frames: 0, failed: false });
    }

    fn push(&mut self, frame: &[i16], stats: &EarStats) {
        let Some(open) = self.open.as_mut().filter(|o| !o.failed) else { return };
        open.frames += 1;
        let stream = &mut open.stream;
        let Some(partial) = guarded(stats, || stream.push(frame)) else {
            open.failed = true;
            return;
        };
        if let Some(partial) = partial {
            let gist = super::gist(open.utterance, &partial, &open.expected.what);
            // A partial that finds no room is outdated anyway.
            let _ = self.ends.words.push(Words::Partial(gist));
        }
    }

    fn finish(&mut self, &Finish { utterance, asked, span }: &Finish, stats: &EarStats) {
        let open = self.open.take().filter(|o| o.utterance == utterance);
        let audio_ms = open.as_ref().map_or(0, |o| o.frames * FRAME_MS);
        let expected = open.as_ref().map_or_else(|| self.expect.get(), |o| o.expected.clone());
        let heard = open.filter(|o| !o.failed).and_then(|mut open| guarded(stats, || open.stream.finish()));
        let failed = heard.is_none();
        let heard: Utterance = heard.unwrap_or_default();
        stats.utterances.fetch_add(1, Ordering::Relaxed);
        stats.audio_ms.fetch_add(u64::from(audio_ms), Ordering::Relaxed);
        let own = self.expect.saying.is_own(&heard.text, span);
        let words = super::words(utterance, &heard.text, &expected.what);
        let gist = Gist { confidence: heard.confidence, own, ..words };
        // The machine gives up by itself on words that never come.
        let _ = self.ends.words.push(Words::Final(gist));
        let at = Instant::now();
        let _ = self.finals.send(Final { utterance, heard, asked, at, audio_ms, failed, own });
    }
}

/// Runs a recogniser's code; its panic costs one utterance, not the thread.
fn guarded<T>(stats: &EarStats, work: impl FnOnce() -> T) -> Option<T> {
    let result = catch_unwind(AssertUnwindSafe(work)).ok();
    if result.is_none() {
        stats.failures.fetch_add(1, Ordering::Relaxed);
    }
    result
}
