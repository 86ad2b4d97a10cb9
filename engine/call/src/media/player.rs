//! Plays prompts frame by frame: pause with a fade, resume from a quiet spot a
//! little earlier, stop, and know how much was heard.

use std::collections::VecDeque;
use std::sync::Arc;

use rtrb::Consumer;

use super::line::{FRAME, Pcm, SILENCE, level_db};
use crate::turn::{BargeIn, FRAME_MS};

/// Prompts that may wait at once.
pub const QUEUE: usize = 16;
/// Silence between two prompts: voices trim theirs (160 ms).
const GAP_FRAMES: u32 = 8;
/// Frames kept for resuming (1.5 s).
const HISTORY: usize = 75;
/// A resume goes back at least 100 ms, so that the cut word is heard whole.
const BACK_LEAST: usize = 5;
/// Frames under this level are a gap between words.
const QUIET_DB: f32 = -45.0;
/// The first frame at least this loud is the first sound.
const SOUND_DB: f32 = -50.0;

/// Where the samples of a prompt come from.
#[derive(Debug)]
pub enum Source {
    /// All there, possibly shared with the cache.
    Whole(Arc<[i16]>),
    /// Made while it plays; ends when the producer is dropped and all is read.
    Stream(Consumer<i16>),
}

/// One prompt to play.
#[derive(Debug)]
pub struct Prompt {
    /// Number of the prompt in its contact.
    pub id: u32,
    /// What may interrupt it.
    pub barge_in: BargeIn,
    /// Its samples.
    pub source: Source,
}

/// What happened in one frame of playing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Played {
    /// The next prompt is at the front.
    Next(BargeIn),
    /// Its first sound leaves with this frame.
    Sounded(u32),
    /// A prompt has been played whole: so many samples.
    Ended {
        /// Which.
        prompt: u32,
        /// Samples played.
        samples: u64,
    },
    /// Nothing is left.
    AllEnded,
}

/// The player of one contact. Allocates only in [`Player::new`].
#[derive(Debug)]
pub struct Player {
    queue: VecDeque<Prompt>,
    done: VecDeque<Prompt>,
    /// Samples taken from the front prompt.
    position: usize,
    sounded: bool,
    begun: bool,
    gap: u32,
    history: Box<[Pcm]>,
    /// Frames of history written so far for this prompt.
    kept: usize,
    /// Frames of history to play again before new ones.
    replay: usize,
    mode: Mode,
    underruns: u32,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Mode {
    Playing,
    /// The next frame fades out, then [`Mode::Paused`].
    Pausing,
    Paused,
    /// The next frame fades in, then [`Mode::Playing`].
    Resuming,
}

impl Default for Player {
    fn default() -> Self {
        Player::new()
    }
}

impl Player {
    /// An empty player.
    #[must_use]
    pub fn new() -> Player {
        Player {
            queue: VecDeque::with_capacity(QUEUE),
            done: VecDeque::with_capacity(QUEUE * 2),
            position: 0,
            sounded: false,
            begun: false,
            gap: 0,
            history: vec![SILENCE; HISTORY].into_boxed_slice(),
            kept: 0,
            replay: 0,
            mode: Mode::Playing,
            underruns: 0,
        }
    }

    /// Queues a prompt.
    ///
    /// # Errors
    /// Gives it back when [`QUEUE`] prompts wait already.
    pub fn push(&mut self, prompt: Prompt) -> Result<(), Prompt> {
        if self.queue.len() >= QUEUE {
            return Err(prompt);
        }
        self.queue.push_back(prompt);
        Ok(())
    }

    /// Whether a prompt plays, waits or is paused.
    #[must_use]
    pub fn busy(&self) -> bool {
        !self.queue.is_empty()
    }

    /// The number of the prompt queued last; 0 if none is queued.
    #[must_use]
    pub fn last(&self) -> u32 {
        self.queue.back().map_or(0, |p| p.id)
    }

    /// Whether this prompt, or one before it, plays or waits. Prompts of a contact are numbered as they come.
    #[must_use]
    pub fn holds_up_to(&self, id: u32) -> bool {
        self.queue.front().is_some_and(|p| p.id <= id)
    }

    /// Frames of silence that a stream did not fill in time.
    #[must_use]
    pub fn underruns(&self) -> u32 {
        self.underruns
    }

    /// Fades out within the next frame and waits.
    pub fn pause(&mut self) {
        self.mode = match self.mode {
            Mode::Playing if self.busy() => Mode::Pausing,
            Mode::Resuming => Mode::Paused,
            other => other,
        };
    }

    /// Goes on from a quiet spot a little before the pause.
    pub fn resume(&mut self) {
        if matches!(self.mode, Mode::Paused | Mode::Pausing) {
            self.mode = Mode::Resuming;
            self.replay = self.quiet_spot();
        }
    }

    /// Drops all prompts; gives the one that played and the samples heard of it.
    pub fn stop(&mut self) -> Option<(u32, u64)> {
        let heard = self.queue.front().filter(|_| self.begun).map(|p| (p.id, self.heard()));
        while let Some(prompt) = self.queue.pop_front() {
            self.bury(prompt);
        }
        self.forget_front();
        self.mode = Mode::Playing;
        self.gap = 0;
        heard
    }

    /// Prompts that are done with, to be freed elsewhere.
    pub fn take_done(&mut self) -> Option<Prompt> {
        self.done.pop_front()
    }

    /// Milliseconds still to play; `None` while a prompt is still being made.
    #[must_use]
    pub fn remaining_ms(&self) -> Option<u32> {
        let mut samples = self.replay * FRAME;
        for (place, prompt) in self.queue.iter().enumerate() {
            let taken = if place == 0 { self.position } else { 0 };
            samples += match &prompt.source {
                Source::Whole(pcm) => pcm.len().saturating_sub(taken),
                Source::Stream(ring) if ring.is_abandoned() => ring.slots(),
                Source::Stream(_) => return None,
            };
        }
        u32::try_from(samples / (FRAME / FRAME_MS as usize)).ok()
    }

    /// The prompt at the front, and the samples of it that were sent.
    #[must_use]
    pub fn position(&self) -> Option<(u32, u64)> {
        self.queue.front().map(|front| (front.id, self.heard()))
    }

    /// The next frame to send; tells what happened through `report`.
    pub fn frame(&mut self, out: &mut Pcm, report: &mut impl FnMut(Played)) {
        *out = SILENCE;
        if self.mode == Mode::Paused || !self.busy() {
            return;
        }
        if self.gap > 0 {
            self.gap -= 1;
            if self.mode == Mode::Pausing {
                self.mode = Mode::Paused;
            }
            return;
        }
        self.begin(report);
        let ended = self.fill(out);
        self.shape(out);
        self.tell_first_sound(out, report);
        if ended {
            self.finish(report);
        }
    }

    fn begin(&mut self, report: &mut impl FnMut(Played)) {
        if let (false, Some(front)) = (self.begun, self.queue.front()) {
            self.begun = true;
            report(Played::Next(front.barge_in));
        }
    }

    /// Fills `out`; says whether the prompt has no more.
    fn fill(&mut self, out: &mut Pcm) -> bool {
        if self.replay > 0 {
            if let Some(frame) = self.past(self.replay) {
                *out = *frame;
            }
            self.replay -= 1;
            return false;
        }
        let Some(front) = self.queue.front_mut() else { return true };
        let (taken, ended) = match &mut front.source {
            Source::Whole(pcm) => from_whole(pcm, self.position, out),
            Source::Stream(ring) => from_stream(ring, out),
        };
        self.position += taken;
        if taken == 0 {
            self.underruns += u32::from(!ended && self.sounded);
        } else {
            self.keep(out);
        }
        ended
    }

    fn shape(&mut self, out: &mut Pcm) {
        match self.mode {
            Mode::Pausing => {
                fade(out, |i| FRAME - i);
                self.mode = Mode::Paused;
            }
            Mode::Resuming => {
                fade(out, |i| i);
                self.mode = Mode::Playing;
            }
            Mode::Playing | Mode::Paused => {}
        }
    }

    fn tell_first_sound(&mut self, out: &Pcm, report: &mut impl FnMut(Played)) {
        if let (false, Some(front)) = (self.sounded, self.queue.front())
            && level_db(out) > SOUND_DB
        {
            self.sounded = true;
            report(Played::Sounded(front.id));
        }
    }

    fn finish(&mut self, report: &mut impl FnMut(Played)) {
        let samples = self.position as u64;
        if let Some(prompt) = self.queue.pop_front() {
            report(Played::Ended { prompt: prompt.id, samples });
            self.bury(prompt);
        }
        self.forget_front();
        self.gap = GAP_FRAMES;
        // A pause that came with the last frame has nothing left to pause.
        if self.queue.is_empty() {
            self.gap = 0;
            self.mode = Mode::Playing;
            report(Played::AllEnded);
        }
    }

    fn forget_front(&mut self) {
        (self.position, self.kept, self.replay) = (0, 0, 0);
        (self.sounded, self.begun) = (false, false);
    }

    /// Memory is freed elsewhere; should the list be full, here after all.
    fn bury(&mut self, prompt: Prompt) {
        if self.done.len() < self.done.capacity() {
            self.done.push_back(prompt);
        }
    }

    fn heard(&self) -> u64 {
        self.position.saturating_sub(self.replay * FRAME) as u64
    }

    fn keep(&mut self, frame: &Pcm) {
        let place = self.kept % HISTORY;
        if let Some(slot) = self.history.get_mut(place) {
            *slot = *frame;
        }
        self.kept += 1;
    }

    /// The frame played `back` frames ago (1 is the last one).
    fn past(&self, back: usize) -> Option<&Pcm> {
        let index = self.kept.checked_sub(back)?;
        self.history.get(index % HISTORY)
    }

    /// How many frames to go back: to the nearest gap between words, else to
    /// the quietest frame.
    fn quiet_spot(&self) -> usize {
        let most = self.kept.min(HISTORY);
        let mut best = (most.min(BACK_LEAST), f32::MAX);
        for back in BACK_LEAST..=most {
            let Some(frame) = self.past(back) else { break };
            let level = level_db(frame);
            if level < QUIET_DB {
                return back;
            }
            if level < best.1 {
                best = (back, level);
            }
        }
        best.0
    }
}

fn from_whole(pcm: &[i16], position: usize, out: &mut Pcm) -> (usize, bool) {
    let rest = pcm.get(position..).unwrap_or_default();
    let taken = rest.len().min(FRAME);
    for (to, from) in out.iter_mut().zip(rest) {
        *to = *from;
    }
    (taken, rest.len() <= FRAME)
}

/// Takes a whole frame, or what is left when the producer is gone; nothing
/// while less than a frame is there.
fn from_stream(ring: &mut Consumer<i16>, out: &mut Pcm) -> (usize, bool) {
    // Asked before counting: what was pushed before the drop is then seen.
    let closed = ring.is_abandoned();
    let ready = ring.slots();
    if ready < FRAME && !closed {
        return (0, false);
    }
    let taken = ready.min(FRAME);
    if let Ok(chunk) = ring.read_chunk(taken) {
        let (first, second) = chunk.as_slices();
        for (to, from) in out.iter_mut().zip(first.iter().chain(second)) {
            *to = *from;
        }
        chunk.commit_all();
    }
    (taken, closed && ready <= FRAME)
}

fn fade(out: &mut Pcm, gain: impl Fn(usize) -> usize) {
    for (i, sample) in out.iter_mut().enumerate() {
        *sample = (i32::from(*sample) * gain(i) as i32 / FRAME as i32) as i16;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn loud(frames: usize) -> Arc<[i16]> {
        (0..frames * FRAME).map(|i| if i % 2 == 0 { 4000 } else { -4000 }).collect()
    }

    fn whole(id: u32, pcm: Arc<[i16]>) -> Prompt {
        Prompt { id, barge_in: BargeIn::Voice, source: Source::Whole(pcm) }
    }

    fn play(player: &mut Player, frames: usize) -> (Vec<i16>, Vec<Played>) {
        let (mut pcm, mut events) = (Vec::new(), Vec::new());
        for _ in 0..frames {
            let mut out = SILENCE;
            player.frame(&mut out, &mut |e| events.push(e));
            pcm.extend(out);
        }
        (pcm, events)
    }

    #[test]
    fn a_prompt_is_played_whole_and_reported() {
        let mut player = Player::new();
        player.push(whole(3, loud(10))).unwrap();
        let (pcm, events) = play(&mut player, 12);
        assert_eq!(&pcm[..10 * FRAME], &loud(10)[..]);
        assert_eq!(
            events,
            [
                Played::Next(BargeIn::Voice),
                Played::Sounded(3),
                Played::Ended { prompt: 3, samples: 1600 },
                Played::AllEnded
            ]
        );
        assert!(!player.busy());
        assert_eq!(player.take_done().map(|p| p.id), Some(3));
    }

    #[test]
    fn a_pause_fades_and_a_resume_starts_at_the_gap_before() {
        let mut pcm: Vec<i16> = loud(30).to_vec();
        pcm[12 * FRAME..14 * FRAME].fill(0);
        let mut player = Player::new();
        player.push(whole(1, pcm.clone().into())).unwrap();
        play(&mut player, 20);
        player.pause();
        let (faded, _) = play(&mut player, 3);
        assert!(faded[0].abs() > 3900 && faded[FRAME - 1].abs() < 60);
        assert!(faded[FRAME..].iter().all(|s| *s == 0));
        assert_eq!(player.stop_position(), 21 * FRAME as u64);
        player.resume();
        let (rest, events) = play(&mut player, 30);
        // 21 frames were played; frame 13 is the nearest silent one.
        assert!(rest[..FRAME].iter().all(|s| *s == 0));
        assert_eq!(&rest[FRAME..17 * FRAME], &pcm[14 * FRAME..]);
        assert!(events.contains(&Played::Ended { prompt: 1, samples: 4800 }));
    }

    #[test]
    fn stopping_says_how_much_was_heard() {
        let mut player = Player::new();
        player.push(whole(1, loud(30))).unwrap();
        player.push(whole(2, loud(30))).unwrap();
        play(&mut player, 7);
        assert_eq!(player.stop(), Some((1, 7 * FRAME as u64)));
        assert!(!player.busy());
        assert_eq!(play(&mut player, 3).1, []);
    }

    #[test]
    fn prompts_are_set_apart() {
        let mut player = Player::new();
        player.push(whole(1, loud(2))).unwrap();
        player.push(whole(2, loud(2))).unwrap();
        let (pcm, events) = play(&mut player, 12);
        let silent = pcm.chunks(FRAME).filter(|f| f.iter().all(|s| *s == 0)).count();
        assert_eq!(silent, GAP_FRAMES as usize);
        assert_eq!(events.last(), Some(&Played::AllEnded));
    }

    #[test]
    fn a_stream_plays_as_it_comes_and_ends_with_its_producer() {
        let (mut producer, consumer) = rtrb::RingBuffer::new(4000);
        let mut player = Player::new();
        let prompt = Prompt { id: 1, barge_in: BargeIn::Voice, source: Source::Stream(consumer) };
        player.push(prompt).unwrap();
        assert!(play(&mut player, 3).0.iter().all(|s| *s == 0));
        assert_eq!(player.remaining_ms(), None);
        for sample in &loud(3)[..2 * FRAME + 40] {
            producer.push(*sample).unwrap();
        }
        let (pcm, events) = play(&mut player, 4);
        assert_eq!(&pcm[..2 * FRAME], &loud(2)[..]);
        assert_eq!(events, [Played::Sounded(1)]);
        drop(producer);
        assert_eq!(player.remaining_ms(), Some(5));
        let (pcm, events) = play(&mut player, 1);
        assert_eq!(pcm[39].abs(), 4000);
        assert!(events.contains(&Played::Ended { prompt: 1, samples: 360 }));
        assert_eq!(player.underruns(), 2);
    }

    #[test]
    fn an_empty_prompt_ends_at_once() {
        let mut player = Player::new();
        player.push(whole(1, Arc::from([]))).unwrap();
        assert!(play(&mut player, 1).1.contains(&Played::AllEnded));
    }

    impl Player {
        fn stop_position(&self) -> u64 {
            self.heard()
        }
    }
}
