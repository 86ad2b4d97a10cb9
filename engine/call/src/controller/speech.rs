//! From words to prompts on the media thread, and back to what was heard.

use std::ops::ControlFlow;
use std::sync::{Arc, Mutex, OnceLock};
use std::time::{Duration, Instant};

use tts::{Piece, Prompts, Rendered, Style, WordMark};

use super::Sounds;
use crate::ears::{Marks, Saying};
use crate::media::{self, Source};
use crate::turn::BargeIn;

/// Ring of a streamed prompt: samples for each character (112 ms) at the voice's own rate, so that it
/// nearly always fits and no thread waits for the player.
const SAMPLES_PER_CHAR: f32 = 900.0;
const SAMPLES_PER_MS: u128 = 8;
const RING_LEAST: usize = 16_000;
const RING_MOST: usize = 480_000;

/// The prompts of one contact.
pub(super) struct Speech {
    prompts: Arc<Prompts>,
    style: Style,
    sounds: Arc<Sounds>,
    saying: Saying,
    last: u32,
    batch: u32,
    spoken: Vec<Spoken>,
}

/// A prompt that is queued, or was played in this batch.
struct Spoken {
    id: u32,
    batch: u32,
    text: String,
    record: String,
    marks: Marks,
    state: State,
    /// When its first sound was there.
    ready: Arc<OnceLock<Instant>>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum State {
    Queued,
    Played,
    Cut,
}

/// A prompt as it was heard.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct HeardPrompt {
    /// The whole text, private values masked.
    pub text: String,
    /// What was heard of it.
    pub heard: String,
    /// Heard to the end.
    pub complete: bool,
}

impl Speech {
    pub(super) fn new(prompts: Arc<Prompts>, style: Style, sounds: Arc<Sounds>) -> Speech {
        let saying = Saying::default();
        Speech { prompts, style, sounds, saying, last: 0, batch: 0, spoken: Vec::new() }
    }

    /// With the ears told what is said, so that they know its echo.
    pub(super) fn told_to(self, saying: Saying) -> Speech {
        Speech { saying, ..self }
    }

    /// From the next prompt on it speaks so.
    pub(super) fn speak_as(&mut self, style: Style) {
        self.style = style;
    }

    /// The dialog has decided anew: what it says from here belongs together.
    pub(super) fn begin_batch(&mut self) {
        self.batch += 1;
        let batch = self.batch;
        self.spoken.retain(|s| s.state == State::Queued || s.batch == batch);
    }

    /// Whether any prompt waits or sounds.
    pub(super) fn busy(&self) -> bool {
        self.spoken.iter().any(|s| s.state == State::Queued)
    }

    /// Makes a prompt for the media thread. Recorded and fixed ones are there already; the
    /// rest is spoken clause by clause while it plays.
    pub(super) fn say(&mut self, prompt: &dialogs::Prompt) -> media::Prompt {
        self.last += 1;
        let ready = Arc::new(OnceLock::new());
        let (source, marks) = match self.recorded(prompt).or_else(|| self.prepared(prompt)) {
            Some(rendered) => {
                let _ = ready.set(Instant::now());
                (Source::Whole(rendered.pcm.clone()), Marks::Whole(rendered))
            }
            None => self.stream(pieces(prompt), &ready),
        };
        self.saying.say(self.last, &prompt.text, marks.clone());
        self.spoken.push(Spoken {
            id: self.last,
            batch: self.batch,
            text: prompt.text.clone(),
            record: prompt.record.clone(),
            marks,
            state: State::Queued,
            ready,
        });
        let barge_in = match prompt.barge_in {
            dialogs::BargeIn::Never => BargeIn::Never,
            dialogs::BargeIn::Keys => BargeIn::Keys,
            dialogs::BargeIn::Voice => BargeIn::Voice,
        };
        media::Prompt { id: self.last, barge_in, source }
    }

    /// The recording that says the same. Its words are taken to be spread evenly over it.
    fn recorded(&self, prompt: &dialogs::Prompt) -> Option<Rendered> {
        let pcm = self.sounds.get(prompt.audio.as_ref()?)?.clone();
        let words = tts::prompts::spread(&prompt.text, u32::try_from(pcm.len()).unwrap_or(u32::MAX));
        let chars = u32::try_from(prompt.text.chars().count()).unwrap_or(u32::MAX);
        Some(Rendered { pcm, words: words.into(), chars })
    }

    /// A text of one piece whose sound was made when the bot was loaded.
    fn prepared(&self, prompt: &dialogs::Prompt) -> Option<Rendered> {
        let [only] = prompt.speech.as_slice() else { return None };
        let whole = only.pause.is_zero() && only.text == prompt.text;
        let style = Style { rate: self.style.clamped_rate() * only.rate, ..self.style.clone() };
        self.prompts.rendered_as(&style, &prompt.text).filter(|_| whole)
    }

    fn stream(&self, pieces: Vec<Piece>, ready: &Arc<OnceLock<Instant>>) -> (Source, Marks) {
        let (mut ring, consumer) = rtrb::RingBuffer::new(room(&pieces, self.style.clamped_rate()));
        let marks = Arc::new(Mutex::new(Vec::new()));
        let (prompts, style, ready, told) =
            (self.prompts.clone(), self.style.clone(), ready.clone(), marks.clone());
        tokio::task::spawn_blocking(move || {
            let mut sink = |pcm: &[i16]| {
                let _ = ready.set(Instant::now());
                feed(&mut ring, pcm)
            };
            let mut mark = |word: WordMark| {
                if let Ok(mut marks) = told.lock() {
                    marks.push(word);
                }
            };
            if let Err(error) = prompts.stream_pieces(&style, &pieces, (&mut sink, &mut mark)) {
                tracing::error!(%error, "a prompt could not be spoken");
            }
        });
        (Source::Stream(consumer), Marks::Streamed(marks))
    }

    /// When the first sound of a prompt was there.
    pub(super) fn ready(&self, id: u32) -> Option<Instant> {
        self.spoken.iter().find(|s| s.id == id).and_then(|s| s.ready.get().copied())
    }

    /// The words of a prompt, private values masked.
    pub(super) fn words(&self, id: u32) -> Option<&str> {
        self.spoken.iter().find(|s| s.id == id).map(|s| s.record.as_str())
    }

    /// A prompt was played whole.
    pub(super) fn played(&mut self, id: u32) -> Option<HeardPrompt> {
        let spoken = self.spoken.iter_mut().find(|s| s.id == id)?;
        spoken.state = State::Played;
        Some(HeardPrompt { text: spoken.record.clone(), heard: spoken.record.clone(), complete: true })
    }

    /// The prompts were stopped within `id` (none: before any had begun);
    /// returns it as heard, and the characters heard of the batch.
    pub(super) fn stopped(&mut self, id: Option<u32>, samples: u64) -> (Option<HeardPrompt>, usize) {
        let samples = usize::try_from(samples).unwrap_or(usize::MAX);
        let mut heard_chars = 0;
        let mut heard_prompt = None;
        for spoken in self.spoken.iter_mut().filter(|s| s.state != State::Cut) {
            let chars = spoken.text.chars().count();
            let heard = match spoken.state {
                State::Played => chars,
                State::Queued if Some(spoken.id) == id => spoken.marks.heard(samples).min(chars),
                _ => 0,
            };
            if spoken.state == State::Queued {
                spoken.state = State::Cut;
                if Some(spoken.id) == id {
                    heard_prompt = Some(spoken.as_heard(heard, chars));
                }
            }
            if spoken.batch == self.batch {
                let space = usize::from(heard > 0 && heard_chars > 0);
                heard_chars += heard + space;
            }
        }
        (heard_prompt, heard_chars)
    }
}

/// The pieces of a prompt with their places in its text; what stands between two of them is white space.
fn pieces(prompt: &dialogs::Prompt) -> Vec<Piece> {
    let mut from = 0;
    let place = |speech: &dialogs::Speech| {
        let rest = prompt.text.get(from..).unwrap_or_default();
        let at = from + rest.find(&speech.text).unwrap_or(0);
        from = at + speech.text.len();
        let before = prompt.text.get(..at).unwrap_or(&prompt.text);
        let char_start = u32::try_from(before.chars().count()).unwrap_or(u32::MAX);
        Piece { text: speech.text.clone(), char_start, rate: speech.rate, pause: speech.pause }
    };
    prompt.speech.iter().map(place).collect()
}

/// Samples that a prompt may take.
fn room(pieces: &[Piece], rate: f32) -> usize {
    let one = |piece: &Piece| {
        let words = piece.text.chars().count() as f32 * SAMPLES_PER_CHAR / (rate * piece.rate).max(0.25);
        words as usize + usize::try_from(piece.pause.as_millis() * SAMPLES_PER_MS).unwrap_or(RING_MOST)
    };
    pieces.iter().map(one).sum::<usize>().clamp(RING_LEAST, RING_MOST)
}

impl Spoken {
    /// The record's words are those said, but for private values: then the
    /// share that was heard says how far.
    fn as_heard(&self, heard: usize, chars: usize) -> HeardPrompt {
        let recorded = self.record.chars().count();
        let shown = if self.record == self.text { heard } else { heard * recorded / chars.max(1) };
        HeardPrompt {
            text: self.record.clone(),
            heard: self.record.chars().take(shown).collect(),
            complete: heard >= chars,
        }
    }
}

/// Puts sound into the ring, waiting where it is full; stops when the player
/// has dropped it.
fn feed(ring: &mut rtrb::Producer<i16>, mut pcm: &[i16]) -> ControlFlow<()> {
    while !pcm.is_empty() {
        if ring.is_abandoned() {
            return ControlFlow::Break(());
        }
        let (head, rest) = pcm.split_at(pcm.len().min(ring.slots()));
        for sample in head {
            if ring.push(*sample).is_err() {
                return ControlFlow::Break(());
            }
        }
        pcm = rest;
        if !pcm.is_empty() {
            std::thread::sleep(Duration::from_millis(20));
        }
    }
    ControlFlow::Continue(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use tts::{Sink, Synthesiser};

    /// A hundred samples a character, fewer the faster.
    struct Tone;

    impl Synthesiser for Tone {
        fn speak(&self, text: &str, style: &Style, sink: &mut Sink<'_>) -> Result<(), tts::Error> {
            let samples = (text.chars().count() as f32 * 100.0 / style.clamped_rate()).round() as usize;
            let _ = sink(&vec![700; samples]);
            Ok(())
        }

        fn identity(&self) -> String {
            "tone".into()
        }
    }

    fn speech(folder: &std::path::Path, sounds: Sounds) -> Speech {
        let prompts = Prompts::new(Arc::new(Tone), folder).unwrap();
        Speech::new(Arc::new(prompts), Style::default(), Arc::new(sounds))
    }

    fn prompt(text: &str, pieces: &[(&str, f32, u64)]) -> dialogs::Prompt {
        let piece = |(text, rate, pause): &(&str, f32, u64)| dialogs::Speech {
            text: (*text).into(),
            rate: *rate,
            pause: Duration::from_millis(*pause),
        };
        let speech = pieces.iter().map(piece).collect();
        dialogs::Prompt { speech, ..dialogs::Prompt::plain(text, dialogs::BargeIn::Voice) }
    }

    /// All that is streamed.
    fn drain(source: Source) -> Vec<i16> {
        let Source::Stream(mut ring) = source else { panic!("not streamed") };
        let mut out = Vec::new();
        while !ring.is_abandoned() || ring.slots() > 0 {
            out.extend(std::iter::from_fn(|| ring.pop().ok()));
        }
        out
    }

    #[tokio::test(flavor = "multi_thread")]
    async fn pieces_sound_one_after_the_other_and_what_was_heard_is_counted_over_the_pause() {
        let folder = tempfile::tempdir().unwrap();
        let mut speech = speech(folder.path(), Sounds::default());
        speech.speak_as(Style { rate: 2.0, ..Style::default() });
        let said = prompt("uno dos tres", &[("uno ", 1.0, 500), ("dos tres", 0.5, 0)]);
        let pcm = drain(speech.say(&said).source);
        // «uno» at twice the speed, half a second, the rest at the voice's own.
        assert_eq!(pcm.iter().position(|s| *s == 0), Some(150));
        assert_eq!(pcm.iter().rposition(|s| *s == 0), Some(150 + 4000 - 1));
        assert_eq!(pcm.len(), 150 + 4000 + 800);
        let (heard, chars) = speech.stopped(Some(1), 150 + 4000 + 500);
        assert_eq!((heard.unwrap().heard.as_str(), chars), ("uno dos", 7));
    }

    #[tokio::test(flavor = "multi_thread")]
    async fn a_recording_is_played_where_there_is_one_and_else_the_text_is_said() {
        let folder = tempfile::tempdir().unwrap();
        let sounds = Sounds::of([("hola.wav", vec![900; 1200])]);
        let mut speech = speech(folder.path(), sounds);
        let mut said = dialogs::Prompt::plain("Hola a todos ya", dialogs::BargeIn::Voice);
        said.audio = Some("hola.wav".into());
        let Source::Whole(pcm) = speech.say(&said).source else { panic!("a recording is there already") };
        assert_eq!(pcm.len(), 1200);
        // A little over half of it: of four words, two are known to be over.
        let (heard, chars) = speech.stopped(Some(1), 800);
        assert_eq!((heard.unwrap().heard.as_str(), chars), ("Hola a", 6));
        said.audio = Some("adios.wav".into());
        assert_eq!(drain(speech.say(&said).source).len(), 1500);
    }
}
