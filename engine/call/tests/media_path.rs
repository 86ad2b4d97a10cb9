//! The media path takes no memory: a counting allocator watches a seat at work.
#![allow(clippy::unwrap_used, clippy::panic, clippy::print_stdout, reason = "a test fails by panicking")]

use std::alloc::{GlobalAlloc, Layout, System};
use std::cell::Cell;
use std::sync::Arc;
use std::time::{Duration, Instant};

use asr::{Expectation, Partial, Recogniser, Stream, Utterance, VoiceActivity};
use call::ears::Ears;
use call::media::{
    Command, ContactSeat, FRAME, Line, LineStats, Parts, Pcm, Prompt, Pulled, Report, SILENCE, Seat, Source,
};
use call::turn::{Action, BargeIn, Evidence, Question, Settings};

struct Counting;

thread_local! {
    static WATCHED: Cell<bool> = const { Cell::new(false) };
    static TAKEN: Cell<u64> = const { Cell::new(0) };
}

fn count() {
    if WATCHED.try_with(Cell::get).unwrap_or(false) {
        TAKEN.with(|taken| taken.set(taken.get() + 1));
    }
}

// SAFETY: every call goes to the system's allocator unchanged.
unsafe impl GlobalAlloc for Counting {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        count();
        // SAFETY: as the caller's.
        unsafe { System.alloc(layout) }
    }

    unsafe fn dealloc(&self, at: *mut u8, layout: Layout) {
        count();
        // SAFETY: as the caller's.
        unsafe { System.dealloc(at, layout) }
    }
}

#[global_allocator]
static ALLOCATOR: Counting = Counting;

fn loud() -> Pcm {
    std::array::from_fn(|i| if i % 8 < 4 { 6000 } else { -6000 })
}

/// A second of voice every three seconds.
struct Talker(usize);

impl Line for Talker {
    fn pull(&mut self, _now: Instant) -> Pulled {
        self.0 += 1;
        let frame = if self.0 % 150 < 50 { loud() } else { SILENCE };
        Pulled { frame, evidence: Evidence::Heard, ..Pulled::default() }
    }

    fn send(&mut self, _frame: &Pcm, _now: Instant) {}
    fn configure(&mut self, _media: rtp::Media) {}
    fn press(&mut self, _key: char) {}
    fn end(&mut self, _now: Instant) {}

    fn key_by_signalling(&mut self, _key: char, _now: Instant) -> bool {
        false
    }

    fn idle_for(&self, _now: Instant) -> Duration {
        Duration::ZERO
    }

    fn stats(&self) -> LineStats {
        LineStats::default()
    }
}

struct LoudVad;

impl VoiceActivity for LoudVad {
    fn push(&mut self, frame: &[i16; FRAME]) -> f32 {
        if frame.iter().any(|s| s.abs() > 1000) { 0.95 } else { 0.02 }
    }

    fn reset(&mut self) {}
}

struct Parrot;

impl Recogniser for Parrot {
    fn open(&self, _expect: &Expectation) -> Box<dyn Stream> {
        Box::new(Parrot)
    }

    fn name(&self) -> &str {
        "parrot"
    }
}

impl Stream for Parrot {
    fn push(&mut self, _pcm: &[i16]) -> Option<Partial> {
        Some(Partial { text: "quiero".into(), complete: true, ..Partial::default() })
    }

    fn finish(&mut self) -> Utterance {
        Utterance { text: "quiero una cita".into(), confidence: 0.9, ..Utterance::default() }
    }
}

#[test]
fn a_tick_takes_and_frees_no_memory() {
    let ears = Ears::start(Arc::new(Parrot), 1, 1).unwrap();
    let ear = ears.admit().unwrap();
    let folder = tempfile::tempdir().unwrap();
    let recorder = records::Recorder::start(folder.path()).unwrap();
    let (tap, _recording) = recorder.open("call.wav").unwrap();
    let (mut seat, mut remote) = ContactSeat::new(Parts {
        line: Box::new(Talker(0)),
        vad: Box::new(LoudVad),
        ear: ear.seat,
        tap: Some(tap),
        settings: Settings::default(),
        line_silence_ms: 1000,
    });
    let pcm: Arc<[i16]> = (0..100).flat_map(|_| loud()).collect();
    let (mut turns, mut interruptions) = (0, 0);
    for id in 1..=20 {
        let prompt = Prompt { id, barge_in: BargeIn::Voice, source: Source::Whole(pcm.clone()) };
        remote.commands.push(Command::Play(prompt)).unwrap();
        let question = Question { id, no_input_ms: Some(6000), ..Question::default() };
        remote.commands.push(Command::Ask(question)).unwrap();
        for _ in 0..150 {
            WATCHED.set(true);
            seat.tick(Instant::now());
            WATCHED.set(false);
            // The ears and the recorder need their time, as in a call.
            std::thread::sleep(Duration::from_micros(300));
            while let Ok(report) = remote.reports.pop() {
                turns += u32::from(matches!(report, Report::Turn { action: Action::Turn { .. }, .. }));
                interruptions += u32::from(matches!(report, Report::Stopped { .. }));
            }
        }
    }
    // A path that was never walked proves nothing.
    assert!(turns > 5 && interruptions > 5, "{turns} turns, {interruptions} interruptions");
    assert_eq!(TAKEN.get(), 0, "allocations or frees in 3000 ticks");
}
