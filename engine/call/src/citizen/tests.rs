//! The citizen's seat with a far end made of frames.

use std::sync::Arc;
use std::time::Duration;

use tokio::sync::Notify;

use super::seat::{Act, CitizenParts, CitizenSeat, Told, last_sound};
use crate::media::{FRAME, Media, SILENCE};
use crate::testing::{FakeLine, loud, speech};

#[test]
fn the_last_sound_is_found_before_trailing_silence() {
    let pcm: Vec<i16> = speech(3, 5).into_iter().chain([SILENCE; 4]).flatten().collect();
    assert_eq!(last_sound(&pcm), 7);
    assert_eq!(last_sound(&[]), 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn acts_follow_each_other_and_are_told() {
    let media = Arc::new(Media::start(1, 2).unwrap());
    let line = FakeLine::default();
    line.0.lock().unwrap().says = speech(5, 20).into_iter().chain(vec![SILENCE; 200]).collect();
    let pcm: Vec<i16> = (0..10).flat_map(|_| loud()).collect();
    let parts = CitizenParts {
        line: Box::new(line.clone()),
        tap: None,
        acts: vec![
            Act::Wait { silence: 15, timeout: 500 },
            Act::Say { last_sound: last_sound(&pcm), pcm: pcm.clone().into() },
            Act::Wait { silence: 5, timeout: 10 },
            Act::Done,
        ],
        noise_db: None,
        seed: 1,
    };
    let (seat, mut told, _leave) = CitizenSeat::new(parts);
    let bell = Arc::new(Notify::new());
    assert!(media.seat(Box::new(seat), bell.clone()));
    let mut all = Vec::new();
    let done = async {
        while !matches!(all.last(), Some(Told::Done { .. })) {
            bell.notified().await;
            while let Ok(told) = told.pop() {
                all.push(told);
            }
        }
    };
    tokio::time::timeout(Duration::from_secs(5), done).await.unwrap();
    let sent = line.0.lock().unwrap().sent.clone();
    let began = sent.iter().position(|f| *f == loud()).unwrap();
    // 5 silent and 20 loud frames, then 15 of silence, the last of them in the same tick.
    assert_eq!(began, 39);
    assert_eq!(sent.iter().filter(|f| **f == loud()).count(), pcm.len() / FRAME);
    let timed_out = all.iter().filter(|t| matches!(t, Told::TimedOut { index: 2 })).count();
    assert_eq!(timed_out, 1);
    assert!(all.iter().any(|t| matches!(t, Told::BotBegins { over_us: false, .. })));
}
