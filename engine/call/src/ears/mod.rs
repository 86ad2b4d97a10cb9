//! The ears: a bounded pool of threads that drive recogniser streams.
//!
//! The media thread puts frames into a wait-free ring; a worker pushes them
//! into the stream of the utterance, gives partial results back to the media
//! thread as plain values, and final ones to both media thread and controller.
//! A pool that is full says so before a call is answered.

mod recognisers;
mod saying;
mod seat;
mod worker;

use std::sync::atomic::{AtomicU32, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, mpsc};
use std::thread;
use std::time::Instant;

use asr::{Expectation, Grammar, Partial, Utterance};

pub use recognisers::Recognisers;
pub use saying::Sounding;
pub(crate) use saying::{Marks, Saying, are_own};
pub use seat::EarSeat;
use worker::Session;

use crate::turn::{Gist, same_words};

/// The words of one utterance, for the controller.
#[derive(Debug, Clone)]
pub struct Final {
    /// Number of the utterance in its contact.
    pub utterance: u32,
    /// What was heard; empty text if nothing was.
    pub heard: Utterance,
    /// When its audio had ended.
    pub asked: Instant,
    /// When the words were there.
    pub at: Instant,
    /// Audio of the utterance in ms, pre-roll and closing silence included.
    pub audio_ms: u32,
    /// The recogniser failed.
    pub failed: bool,
    /// They are what the bot said at that time.
    pub own: bool,
}

/// What turn-taking is told of a partial result. An identity number is a whole answer if its letter is its own in one
/// of the likely readings: else the letter is most often still to come, and a sound before it was taken for one.
#[must_use]
pub fn gist(utterance: u32, partial: &Partial, expect: &Expectation) -> Gist {
    use nlu::es::nif::is_sound_in;
    let wrong = || {
        expect.grammars.contains(&Grammar::Nif)
            && is_sound_in(&partial.text) == Some(false)
            && !partial.others.iter().any(|other| is_sound_in(other) == Some(true))
    };
    Gist {
        complete: partial.complete && !wrong(),
        goes_on: partial.goes_on,
        open_ended: partial.open_ended,
        ..words(utterance, &partial.text, expect)
    }
}

/// The gist of words. One that names what is expected («bien», where that is an entry of the list) says more than that
/// the speaker listens.
fn words(utterance: u32, text: &str, expect: &Expectation) -> Gist {
    let gist = Gist::of(utterance, text);
    let names = || {
        let lists = expect.grammars.iter().filter_map(|grammar| match grammar {
            Grammar::List(names) => Some(names),
            _ => None,
        });
        lists.flatten().chain(&expect.phrases).any(|name| same_words(name, text))
    };
    Gist { backchannel: gist.backchannel && !names(), ..gist }
}

/// What the pool has done, for metrics.
#[derive(Debug, Default)]
pub struct EarStats {
    /// Contacts that have a seat.
    pub seats: AtomicU32,
    /// Utterances recognised.
    pub utterances: AtomicU64,
    /// Audio recognised, ms.
    pub audio_ms: AtomicU64,
    /// Time spent on it, µs.
    pub busy_us: AtomicU64,
    /// Frames that found the ring full: the pool is too slow.
    pub dropped: AtomicU64,
    /// Streams that failed.
    pub failures: AtomicU64,
}

/// The pool. Dropping it ends its threads.
pub struct Ears {
    workers: Vec<Worker>,
    recognisers: Arc<Recognisers>,
    capacity: u32,
    stats: Arc<EarStats>,
}

struct Worker {
    inbox: mpsc::Sender<Session>,
    thread: thread::Thread,
    seats: Arc<AtomicU32>,
}

/// What one contact gets of the pool.
pub struct Ear {
    /// For the media thread.
    pub seat: EarSeat,
    /// What the recogniser is to expect from the next utterance on.
    pub expect: ExpectHandle,
    /// The words, as they come.
    pub finals: tokio::sync::mpsc::UnboundedReceiver<Final>,
}

/// Sets what the recogniser expects.
#[derive(Clone, Default)]
pub struct ExpectHandle {
    expected: Arc<Mutex<Arc<Expected>>>,
    recognisers: Option<Arc<Recognisers>>,
    saying: Saying,
}

/// What is expected, and in which language.
#[derive(Debug, Default)]
struct Expected {
    /// Its code; empty: the house's own.
    language: String,
    what: Expectation,
}

impl ExpectHandle {
    /// From the next utterance on.
    pub fn set(&self, expectation: Expectation) {
        self.change(|now| Expected { language: now.language.clone(), what: expectation });
    }

    /// From the next utterance on, in this language (its code). False where nobody hears it: then no utterance has
    /// words, and keys answer.
    pub fn set_language(&self, code: &str) -> bool {
        self.change(|now| Expected { language: code.to_owned(), what: now.what.clone() });
        self.recognisers.as_ref().is_none_or(|all| all.hears(code))
    }

    fn change(&self, new: impl FnOnce(&Expected) -> Expected) {
        if let Ok(mut slot) = self.expected.lock() {
            *slot = Arc::new(new(&slot));
        }
    }

    /// Where the ears learn what the bot says.
    pub(crate) fn saying(&self) -> Saying {
        self.saying.clone()
    }

    fn get(&self) -> Arc<Expected> {
        self.expected.lock().map(|e| e.clone()).unwrap_or_default()
    }
}

impl Ears {
    /// Starts `threads` workers that together serve at most `capacity` contacts.
    ///
    /// # Errors
    /// The system's, when it gives no threads.
    pub fn start(
        recognisers: impl Into<Recognisers>,
        threads: usize,
        capacity: u32,
    ) -> std::io::Result<Ears> {
        let recognisers = Arc::new(recognisers.into());
        let stats = Arc::new(EarStats::default());
        let workers = (0..threads.max(1))
            .map(|n| {
                let (inbox, arrivals) = mpsc::channel();
                let (recognisers, stats) = (recognisers.clone(), stats.clone());
                let handle = thread::Builder::new()
                    .name(format!("ear-{n}"))
                    .spawn(move || worker::run(&arrivals, &recognisers, &stats))?;
                let seats = Arc::new(AtomicU32::new(0));
                Ok(Worker { inbox, thread: handle.thread().clone(), seats })
            })
            .collect::<std::io::Result<Vec<_>>>()?;
        Ok(Ears { workers, recognisers, capacity, stats })
    }

    /// Room for one contact, or `None` when the pool is full.
    #[must_use]
    pub fn admit(&self) -> Option<Ear> {
        let taken = self
            .stats
            .seats
            .fetch_update(Ordering::AcqRel, Ordering::Acquire, |n| (n < self.capacity).then_some(n + 1));
        taken.ok()?;
        let least = self.workers.iter().min_by_key(|w| w.seats.load(Ordering::Relaxed));
        let ear = least.and_then(|worker| self.place(worker));
        if ear.is_none() {
            self.stats.seats.fetch_sub(1, Ordering::AcqRel);
        }
        ear
    }

    fn place(&self, worker: &Worker) -> Option<Ear> {
        let (sender, finals) = tokio::sync::mpsc::unbounded_channel();
        let expect = ExpectHandle { recognisers: Some(self.recognisers.clone()), ..ExpectHandle::default() };
        let taken = seat::Taken::new(worker.seats.clone(), self.stats.clone());
        let (seat, ends) = seat::pair(worker.thread.clone(), self.stats.clone());
        let session = Session::new(ends, expect.clone(), sender, taken);
        worker.inbox.send(session).ok()?;
        worker.thread.unpark();
        Some(Ear { seat, expect, finals })
    }

    /// What the pool has done.
    #[must_use]
    pub fn stats(&self) -> &Arc<EarStats> {
        &self.stats
    }

    /// Contacts that it can serve at once.
    #[must_use]
    pub fn capacity(&self) -> u32 {
        self.capacity
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_number_with_another_letter_is_no_whole_answer_yet() {
        let heard = |text: &str, others: &[&str], grammar: Grammar| {
            let others = others.iter().map(|other| (*other).to_owned()).collect();
            let partial = Partial { text: text.into(), complete: true, others, ..Partial::default() };
            gist(1, &partial, &Expectation { grammars: vec![grammar], ..Expectation::default() }).complete
        };
        let digits = "uno dos tres cuatro cinco seis siete ocho";
        let [right, wrong, further] = ["zeta", "e", "ese"].map(|letter| format!("{digits} {letter}"));
        assert!(heard(&right, &[], Grammar::Nif));
        assert!(!heard(&wrong, &[], Grammar::Nif), "the letter is Z");
        assert!(!heard(&wrong, &[&further], Grammar::Nif));
        assert!(heard(&wrong, &[&further, &right], Grammar::Nif), "it may have been Z");
        assert!(heard("no lo sé", &[], Grammar::Nif), "says no number");
        assert!(heard(&wrong, &[], Grammar::YesNo), "no number is asked for");
    }

    #[test]
    fn an_entry_of_a_list_is_no_backchannel() {
        let list = Expectation {
            grammars: vec![Grammar::List(vec!["Bien".into(), "Mal".into()])],
            phrases: vec!["¿Eh?".into()],
            ..Expectation::default()
        };
        assert!(words(1, "vale", &list).backchannel && words(1, "bien bien", &list).backchannel);
        assert!(!words(1, "bien", &list).backchannel && !words(1, "eh", &list).backchannel);
        assert!(words(1, "bien", &Expectation::default()).backchannel);
    }
}
