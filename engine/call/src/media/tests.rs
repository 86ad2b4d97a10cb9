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
    Question { id: 1, pause_ms: None, barge_in: BargeIn::Voice, keypad: None, no_input_ms: Some(500) }
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
