//! Seats on real threads, with a far end made of frames.

use std::sync::Arc;
use std::time::Duration;

use tokio::sync::Notify;

use super::*;
use crate::ears::{Ear, Ears};
use crate::testing::{FakeLine, LoudVad, Parrot, loud, speech};
use crate::turn::{Action, BargeIn, Question, Settings, StoppedBy};

struct Call {
    line: FakeLine,
    remote: Remote,
    bell: Arc<Notify>,
    ear: Option<tokio::sync::mpsc::UnboundedReceiver<crate::ears::Final>>,
    reports: Vec<Report>,
}

impl Call {
    fn seat(media: &Arc<Media>, ears: &Ears, says: Vec<Pcm>) -> Call {
        let Ear { seat, finals, .. } = ears.admit().unwrap();
        let line = FakeLine::default();
        line.0.lock().unwrap().says = says;
        let parts = Parts {
            line: Box::new(line.clone()),
            vad: Box::new(LoudVad),
            ear: seat,
            tap: None,
            settings: Settings::default(),
            line_silence_ms: 1000,
        };
        let (seat, remote) = ContactSeat::new(parts);
        let bell = Arc::new(Notify::new());
        assert!(media.seat(Box::new(seat), bell.clone()));
        Call { line, remote, bell, ear: Some(finals), reports: Vec::new() }
    }

    fn tell(&mut self, command: Command) {
        self.remote.commands.push(command).unwrap();
    }

    async fn until(&mut self, wanted: impl Fn(&Report) -> bool) -> Report {
        let search = async {
            loop {
                while let Ok(report) = self.remote.reports.pop() {
                    self.reports.push(report);
                    if wanted(&report) {
                        return report;
                    }
                }
                self.bell.notified().await;
            }
        };
        tokio::time::timeout(Duration::from_secs(10), search).await.expect("never reported")
    }
}

fn ears(text: &str) -> Ears {
    Ears::start(Arc::new(Parrot::saying(text)), 1, 4).unwrap()
}

fn prompt(id: u32, frames: usize) -> Prompt {
    let pcm: Vec<i16> = (0..frames).flat_map(|_| loud()).collect();
    Prompt { id, barge_in: BargeIn::Voice, source: Source::Whole(pcm.into()) }
}

fn question() -> Question {
    Question { id: 1, no_input_ms: Some(500), assent: true, ..Question::default() }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_prompt_is_sent_whole_and_silence_afterwards_is_reported() {
    let (media, ears) = (Arc::new(Media::start(1, 8).unwrap()), ears(""));
    let mut call = Call::seat(&media, &ears, Vec::new());
    call.tell(Command::Play(prompt(5, 20)));
    call.tell(Command::Ask(question()));
    call.until(|r| matches!(r, Report::Played { prompt: 5, samples: 3200 })).await;
    call.until(|r| matches!(r, Report::Turn { action: Action::NoInput { question: 1 }, .. })).await;
    let sent = call.line.0.lock().unwrap().sent.clone();
    assert_eq!(sent.iter().filter(|f| **f == loud()).count(), 20);
    call.until(|r| *r == Report::LineSilent).await;
    call.tell(Command::Leave);
    call.until(|r| matches!(r, Report::Left(_))).await;
    tokio::time::timeout(Duration::from_secs(2), async {
        while media.seats() > 0 || ears.stats().seats.load(std::sync::atomic::Ordering::Relaxed) > 0 {
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
    })
    .await
    .expect("the seat is given back");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_said_reaches_the_recogniser_with_its_pre_roll() {
    let parrot = Parrot::saying("quiero una cita");
    let lengths = parrot.lengths.clone();
    let ears = Ears::start(Arc::new(parrot), 1, 4).unwrap();
    let media = Arc::new(Media::start(1, 8).unwrap());
    let mut call = Call::seat(&media, &ears, speech(30, 40));
    call.tell(Command::Ask(Question { no_input_ms: None, ..question() }));
    call.until(|r| matches!(r, Report::Turn { action: Action::EndOfTurn { open_floor: true, .. }, .. }))
        .await;
    let words = call.ear.as_mut().unwrap().recv().await.unwrap();
    assert_eq!(words.heard.text, "quiero una cita");
    call.until(|r| matches!(r, Report::Turn { action: Action::Turn { utterance: 1, question: 1 }, .. }))
        .await;
    // 300 ms before, 800 ms of voice, 600 ms of silence but for the frame that decides.
    assert_eq!(lengths.lock().unwrap()[0], (15 + 40 + 29) * FRAME);
}

#[tokio::test(flavor = "multi_thread")]
async fn words_over_a_prompt_stop_it_and_say_how_much_was_heard() {
    let (media, ears) = (Arc::new(Media::start(1, 8).unwrap()), ears("quiero una persona"));
    let mut call = Call::seat(&media, &ears, speech(10, 20));
    call.tell(Command::Play(prompt(1, 500)));
    call.tell(Command::Ask(question()));
    let stopped = call.until(|r| matches!(r, Report::Stopped { .. })).await;
    let Report::Stopped { prompt: Some(1), samples, by: Some(StoppedBy::Voice) } = stopped else {
        panic!("{stopped:?}")
    };
    let sent = call.line.0.lock().unwrap().sent.clone();
    let heard = sent.iter().filter(|f| **f == loud()).count() as u64;
    // The frame that fades out was heard as well.
    assert_eq!(samples, (heard + 1) * FRAME as u64);
    // 200 ms of silence, then the voice that pauses the bot: 120 ms, and a tick or two.
    assert!((14..22).contains(&heard), "{heard}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_panic_in_one_call_leaves_the_others_alone() {
    let (media, ears) = (Arc::new(Media::start(1, 8).unwrap()), ears(""));
    let mut good = Call::seat(&media, &ears, Vec::new());
    let bad = Call::seat(&media, &ears, Vec::new());
    bad.line.0.lock().unwrap().panics_at = Some(3);
    good.tell(Command::Play(prompt(1, 30)));
    good.until(|r| matches!(r, Report::Played { .. })).await;
    assert_eq!(media.seats(), 1);
    assert!(bad.remote.reports.is_abandoned());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_recogniser_that_panics_costs_one_utterance() {
    let (media, ears) = (Arc::new(Media::start(1, 8).unwrap()), ears("panic"));
    let mut call = Call::seat(&media, &ears, speech(10, 20));
    call.tell(Command::Ask(Question { no_input_ms: None, ..question() }));
    let words = call.ear.as_mut().unwrap().recv().await.unwrap();
    assert!(words.failed);
    call.until(|r| matches!(r, Report::Turn { action: Action::Ignored { utterance: 1, .. }, .. })).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_full_pool_refuses() {
    let ears = ears("");
    let seats: Vec<Ear> = std::iter::from_fn(|| ears.admit()).collect();
    assert_eq!(seats.len(), 4);
    drop(seats);
    tokio::time::sleep(Duration::from_millis(700)).await;
    assert!(ears.admit().is_some());
}

#[tokio::test(flavor = "multi_thread")]
async fn keys_reach_turn_taking() {
    let (media, ears) = (Arc::new(Media::start(1, 8).unwrap()), ears(""));
    let mut call = Call::seat(&media, &ears, Vec::new());
    call.line.0.lock().unwrap().keys = vec![(10, '4'), (14, '2')];
    let keypad = crate::turn::Keypad { digits: Some(2), ..Default::default() };
    call.tell(Command::Ask(Question { keypad: Some(keypad), ..question() }));
    let keyed = call.until(|r| matches!(r, Report::Turn { action: Action::Keyed { .. }, .. })).await;
    let Report::Turn { action: Action::Keyed { keys, .. }, .. } = keyed else { unreachable!() };
    assert_eq!(keys.as_str(), "42");
}

/// A seat that is ticked by hand and recorded. The citizen's frame of tick n has the height 1000 + n.
struct Recorded {
    seat: ContactSeat,
    remote: Remote,
    recorder: records::Recorder,
    folder: tempfile::TempDir,
    _ears: Ears,
    told: Vec<dialogs::Recording>,
}

impl Recorded {
    fn new() -> Recorded {
        let ears = ears("");
        let folder = tempfile::tempdir().unwrap();
        let recorder = records::Recorder::start(folder.path()).unwrap();
        let (tap, _) = recorder.open("a.wav").unwrap();
        let line = FakeLine::default();
        line.0.lock().unwrap().says = (0..500).map(|n| [1000 + n; FRAME]).collect();
        let parts = Parts {
            line: Box::new(line),
            vad: Box::new(asr::Deaf),
            ear: ears.admit().unwrap().seat,
            tap: Some(tap),
            settings: Settings::default(),
            line_silence_ms: 0,
        };
        let (seat, remote) = ContactSeat::new(parts);
        Recorded { seat, remote, recorder, folder, _ears: ears, told: Vec::new() }
    }

    fn record(&mut self, how: dialogs::Recording) {
        self.remote.commands.push(Command::Record(how)).unwrap();
    }

    /// Queues a prompt of one height, which no sound stops.
    fn say(&mut self, id: u32, frames: usize) {
        let pcm: Vec<i16> = vec![-(id as i16) - 10_000; frames * FRAME];
        let source = Source::Whole(pcm.into());
        self.remote.commands.push(Command::Play(Prompt { id, barge_in: BargeIn::Never, source })).unwrap();
    }

    fn ticks(&mut self, many: usize) {
        for _ in 0..many {
            self.seat.tick(std::time::Instant::now());
            while let Ok(report) = self.remote.reports.pop() {
                if let Report::Recording { how, .. } = report {
                    self.told.push(how);
                }
            }
        }
    }

    /// What is on the disk at the end: citizen and bot of each frame, by their first samples.
    fn frames(self) -> Vec<(i16, i16)> {
        drop((self.seat, self.recorder));
        let bytes = std::fs::read(self.folder.path().join("a.wav")).unwrap();
        let samples: Vec<i16> =
            bytes[44..].chunks_exact(2).map(|b| i16::from_le_bytes([b[0], b[1]])).collect();
        samples.chunks_exact(2 * FRAME).map(|frame| (frame[0], frame[1])).collect()
    }
}

#[test]
fn nothing_of_a_paused_stretch_is_on_the_disk_and_what_follows_has_its_place() {
    use dialogs::Recording::{Pause, Resume, Start, Stop};
    let mut call = Recorded::new();
    call.ticks(10);
    call.record(Pause);
    call.say(1, 10);
    call.record(Resume);
    call.say(2, 5);
    // Ten frames of the first prompt, the gap between prompts, the second one.
    call.ticks(10 + 8 + 5 + 7);
    call.record(Stop);
    call.ticks(20);
    call.record(Start);
    call.ticks(10);
    assert_eq!(call.told, [Pause, Resume, Stop, Start]);
    let frames = call.frames();
    assert_eq!(frames.len(), 70, "silence is written in the place of what is not kept");
    for (n, (citizen, bot)) in frames.iter().enumerate() {
        let kept = !(10..20).contains(&n) && !(40..60).contains(&n);
        assert_eq!(*citizen, if kept { 1000 + n as i16 } else { 0 }, "frame {n}");
        let second = (28..33).contains(&n);
        assert_eq!(*bot, if second { -10_002 } else { 0 }, "frame {n}");
    }
}

#[test]
fn a_pause_while_the_sound_is_to_go_on_later_holds() {
    use dialogs::Recording::{Pause, Resume, Start};
    let mut call = Recorded::new();
    call.record(Pause);
    call.say(1, 10);
    call.record(Resume);
    call.ticks(5);
    // The second pause comes before the prompt has ended: the resume of before it is void.
    call.record(Pause);
    call.ticks(20);
    call.record(Start);
    call.ticks(5);
    assert_eq!(call.told, [Pause, Start]);
    let kept = call.frames().iter().filter(|f| **f != (0, 0)).count();
    assert_eq!(kept, 5);
}

#[test]
fn whatever_is_ordered_nothing_said_between_a_pause_and_the_next_start_is_kept() {
    use dialogs::Recording::{Pause, Resume, Start, Stop};
    let seed = std::env::var("SEED").ok().and_then(|s| s.parse().ok()).unwrap_or(20_261_121u64);
    println!("SEED={seed}");
    let mut state = seed;
    let mut random = |below: usize| {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (state >> 33) as usize % below
    };
    for _ in 0..20 {
        let mut call = Recorded::new();
        let (mut off, mut secret, mut silent) = (false, Vec::new(), Vec::new());
        let mut id = 0;
        for tick in 0..300 {
            match random(12) {
                0 | 1 => {
                    call.record([Pause, Stop][random(2)]);
                    off = true;
                }
                2 | 3 => {
                    call.record([Start, Resume][random(2)]);
                    off = false;
                }
                4 if id < 12 => {
                    id += 1;
                    call.say(id, 1 + random(6));
                    if off {
                        secret.push(-(id as i16) - 10_000);
                    }
                }
                _ => {}
            }
            if off {
                silent.push(tick);
            }
            call.ticks(1);
        }
        let frames = call.frames();
        assert_eq!(frames.len(), 300);
        for tick in silent {
            assert_eq!(frames[tick], (0, 0), "tick {tick}");
        }
        assert!(frames.iter().all(|(_, bot)| !secret.contains(bot)));
    }
}
