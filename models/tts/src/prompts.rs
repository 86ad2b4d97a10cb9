//! The prompt cache and the streaming of what cannot be cached.
//!
//! A prompt with no variable parts is rendered once, when the bot is loaded, and kept in memory
//! and on disk under the SHA-256 of voice identity, style and text. Anything else is spoken clause
//! by clause. Streamed text may hold a citizen's data: it is never written to disk.
//!
//! Both ways render clause by clause with the pauses of [`crate::clauses::Pause`], so that they sound
//! alike whatever the engine.

use std::collections::{HashMap, VecDeque};
use std::fs;
use std::ops::ControlFlow;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, RwLock};
use std::time::{Duration, Instant};

use sha2::{Digest, Sha256};

use crate::clauses::{self, Clause, Pause};
use crate::voice::{RATE, Sink};
use crate::{Error, Style, Synthesiser, WordMark, wav};

/// Raised when the way of rendering changes the sound of the same text.
const RENDER_VERSION: u32 = 1;
/// Most sound kept of streamed clauses, in samples: ten minutes, 9.6 MB.
const CLAUSE_BUDGET: usize = 600 * RATE as usize;
/// A pause reaches the sink in pieces of this many samples.
const SILENCE: [i16; 160] = [0; 160];

/// A rendered text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rendered {
    /// The sound, 8 kHz mono.
    pub pcm: Arc<[i16]>,
    /// Where its words begin, ascending.
    pub words: Arc<[WordMark]>,
    /// Length of the text, characters.
    pub chars: u32,
}

impl Rendered {
    /// How many characters of the text a listener has heard after `samples` of it: up to the end
    /// of the last word that was finished.
    pub fn heard(&self, samples: usize) -> usize {
        if samples >= self.pcm.len() {
            return self.chars as usize;
        }
        heard(&self.words, samples)
    }
}

/// Characters heard after `samples`, for word marks in ascending order: a word counts once the
/// next has begun.
pub fn heard(words: &[WordMark], samples: usize) -> usize {
    let begun = words.partition_point(|word| word.sample as usize <= samples);
    begun
        .checked_sub(2)
        .and_then(|index| words.get(index))
        .map_or(0, |word| (word.char_start + word.chars) as usize)
}

/// How far [`Prompts::prepare`] is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Progress {
    /// Texts ready.
    pub done: usize,
    /// Texts asked for.
    pub total: usize,
}

/// What [`Prompts::prepare`] did.
#[derive(Debug, Clone, Default)]
pub struct Prepared {
    /// Texts already in memory.
    pub in_memory: usize,
    /// Texts read from disk.
    pub from_disk: usize,
    /// Texts rendered now.
    pub rendered: usize,
    /// Of those, rendered because their file was damaged.
    pub repaired: usize,
    /// Why the last text that could not be written to disk was not; prompts still play.
    pub not_kept: Option<Error>,
    /// Duration of all texts asked for.
    pub sound: Duration,
}

/// What [`Prompts::stream`] did.
#[derive(Debug, Clone, Default)]
pub struct Streamed {
    /// Samples given to the sink.
    pub samples: usize,
    /// From the call to the first piece; `None` when there was nothing to say.
    pub first_chunk: Option<Duration>,
    /// The sink took everything.
    pub finished: bool,
    /// Where the words begin in what was given, ascending; see [`heard`].
    pub words: Vec<WordMark>,
}

type Key = [u8; 32];

/// A part of a prompt that is spoken by itself.
#[derive(Debug, Clone, PartialEq)]
pub struct Piece {
    /// Its words; none where only the pause is meant.
    pub text: String,
    /// Where it begins in the prompt's text, characters.
    pub char_start: u32,
    /// Times the style's own rate.
    pub rate: f32,
    /// Silence after it.
    pub pause: Duration,
}

/// How a text is rendered, and where in a prompt it stands.
struct Job<'a> {
    style: &'a Style,
    /// Keep its clauses in memory.
    remember: bool,
    /// Where it begins in the prompt's text, characters.
    base: u32,
}

/// Ready prompts of one voice, in any style; texts given without a style have the prompts' own. Shared by reference between all contacts; no lock is
/// held while anything is rendered or read.
pub struct Prompts {
    voice: Arc<dyn Synthesiser>,
    style: Style,
    folder: PathBuf,
    ready: RwLock<HashMap<Key, Rendered>>,
    clauses: Mutex<ClauseCache>,
}

/// Streamed clauses, the oldest leaving first.
#[derive(Default)]
struct ClauseCache {
    by_key: HashMap<Key, Rendered>,
    order: VecDeque<Key>,
    samples: usize,
}

enum Origin {
    Memory,
    Disk,
    Fresh { damaged: bool },
}

impl Prompts {
    /// A cache for `voice` in its normal style, in `folder`, which is made if it does not exist.
    ///
    /// # Errors
    /// [`Error::Cache`] when the folder cannot be made.
    pub fn new(voice: Arc<dyn Synthesiser>, folder: impl Into<PathBuf>) -> Result<Self, Error> {
        Self::with_style(voice, folder, Style::default())
    }

    /// As [`new`](Self::new), in another style.
    ///
    /// # Errors
    /// As [`new`](Self::new).
    pub fn with_style(
        voice: Arc<dyn Synthesiser>,
        folder: impl Into<PathBuf>,
        style: Style,
    ) -> Result<Self, Error> {
        let folder = folder.into();
        fs::create_dir_all(&folder).map_err(|reason| Error::Cache {
            path: folder.clone(),
            action: "make the folder",
            reason: reason.to_string(),
        })?;
        Ok(Self { voice, style, folder, ready: RwLock::default(), clauses: Mutex::default() })
    }

    /// Makes every text ready, from disk where it is there undamaged, else by rendering it.
    /// `progress` is told after each. A disk that does not take files is no error: see
    /// [`Prepared::not_kept`].
    ///
    /// # Errors
    /// The voice's; texts before the failing one stay ready.
    pub fn prepare<S: AsRef<str>>(
        &self,
        texts: &[S],
        progress: &mut dyn FnMut(Progress),
    ) -> Result<Prepared, Error> {
        self.prepare_all(texts.iter().map(|text| (&self.style, text.as_ref())), progress)
    }

    /// As [`prepare`](Self::prepare), each text in a style of its own.
    ///
    /// # Errors
    /// As [`prepare`](Self::prepare).
    pub fn prepare_styled<S: AsRef<str>>(
        &self,
        texts: &[(Style, S)],
        progress: &mut dyn FnMut(Progress),
    ) -> Result<Prepared, Error> {
        self.prepare_all(texts.iter().map(|(style, text)| (style, text.as_ref())), progress)
    }

    fn prepare_all<'a>(
        &self,
        texts: impl ExactSizeIterator<Item = (&'a Style, &'a str)>,
        progress: &mut dyn FnMut(Progress),
    ) -> Result<Prepared, Error> {
        let mut prepared = Prepared::default();
        let mut samples = 0u64;
        let total = texts.len();
        for (index, (style, text)) in texts.enumerate() {
            let (rendered, origin, kept) = self.obtain(style, text)?;
            samples += rendered.pcm.len() as u64;
            match origin {
                Origin::Memory => prepared.in_memory += 1,
                Origin::Disk => prepared.from_disk += 1,
                Origin::Fresh { damaged } => {
                    prepared.rendered += 1;
                    prepared.repaired += usize::from(damaged);
                }
            }
            if let Err(error) = kept {
                prepared.not_kept = Some(error);
            }
            progress(Progress { done: index + 1, total });
        }
        prepared.sound = Duration::from_micros(samples * 1_000_000 / u64::from(RATE));
        Ok(prepared)
    }

    /// The sound of a text that was prepared, else `None`.
    pub fn get(&self, text: &str) -> Option<Arc<[i16]>> {
        self.rendered(text).map(|rendered| rendered.pcm)
    }

    /// As [`get`](Self::get), with its word marks.
    pub fn rendered(&self, text: &str) -> Option<Rendered> {
        self.rendered_as(&self.style, text)
    }

    /// As [`rendered`](Self::rendered), in another style.
    pub fn rendered_as(&self, style: &Style, text: &str) -> Option<Rendered> {
        let ready = self.ready.read().unwrap_or_else(PoisonError::into_inner);
        ready.get(&self.key(style, text)).cloned()
    }

    /// Speaks a text now: from memory if it was prepared, else clause by clause.
    ///
    /// # Errors
    /// The voice's; what was given to the sink before stays given.
    pub fn stream(&self, text: &str, sink: &mut Sink<'_>) -> Result<Streamed, Error> {
        self.stream_marked(text, sink, &mut |_| ())
    }

    /// As [`stream`](Self::stream), telling each word's place as soon as it is known, which is
    /// before a listener can have heard it.
    ///
    /// # Errors
    /// As [`stream`](Self::stream).
    pub fn stream_marked(
        &self,
        text: &str,
        sink: &mut Sink<'_>,
        on_word: &mut dyn FnMut(WordMark),
    ) -> Result<Streamed, Error> {
        let mut out = Out::new(sink, on_word);
        self.say(&self.style, (text, 0), &mut out)?;
        Ok(out.end())
    }

    /// As [`stream_marked`](Self::stream_marked), piece by piece in this style: each at its own rate, with its
    /// silence after it. Words are marked by their place in the whole prompt.
    ///
    /// # Errors
    /// As [`stream`](Self::stream).
    pub fn stream_pieces(
        &self,
        style: &Style,
        pieces: &[Piece],
        (sink, on_word): (&mut Sink<'_>, &mut dyn FnMut(WordMark)),
    ) -> Result<Streamed, Error> {
        let mut out = Out::new(sink, on_word);
        for piece in pieces {
            let rate = style.clamped_rate() * piece.rate;
            let style = Style { rate, ..style.clone() };
            self.say(&style, (&piece.text, piece.char_start), &mut out)?;
            out.silence(piece.pause);
        }
        Ok(out.end())
    }

    /// One text, from memory if it was prepared; `base` is its place in the prompt.
    fn say(&self, style: &Style, (text, base): (&str, u32), out: &mut Out<'_, '_>) -> Result<(), Error> {
        match self.rendered_as(style, text) {
            Some(rendered) => {
                out.replay(&rendered, base);
                Ok(())
            }
            None => self.render(text, &Job { style, remember: true, base }, out),
        }
    }

    fn key(&self, style: &Style, text: &str) -> Key {
        key(&self.voice.identity_in(&style.language), style, text)
    }

    fn path(&self, key: &Key) -> PathBuf {
        self.folder.join(format!("{}.wav", hex::encode(key)))
    }

    fn obtain(&self, style: &Style, text: &str) -> Result<(Rendered, Origin, Result<(), Error>), Error> {
        if let Some(rendered) = self.rendered_as(style, text) {
            return Ok((rendered, Origin::Memory, Ok(())));
        }
        let key = self.key(style, text);
        let path = self.path(&key);
        let file = fs::read(&path).ok();
        let chars = text.chars().count() as u32;
        if let Some((pcm, words)) = file.as_deref().and_then(wav::decode_prompt) {
            let rendered = Rendered { pcm: pcm.into(), words: words.into(), chars };
            self.keep(key, &rendered);
            return Ok((rendered, Origin::Disk, Ok(())));
        }
        let mut pcm = Vec::new();
        let mut sink = |piece: &[i16]| {
            pcm.extend_from_slice(piece);
            ControlFlow::Continue(())
        };
        let mut ignore = |_| ();
        let mut out = Out::new(&mut sink, &mut ignore);
        self.render(text, &Job { style, remember: false, base: 0 }, &mut out)?;
        let words = out.end().words;
        let kept = write(&path, &wav::encode_prompt(&pcm, &words));
        let rendered = Rendered { pcm: pcm.into(), words: words.into(), chars };
        self.keep(key, &rendered);
        let damaged = file.is_some();
        Ok((rendered, Origin::Fresh { damaged }, kept))
    }

    fn keep(&self, key: Key, rendered: &Rendered) {
        let mut ready = self.ready.write().unwrap_or_else(PoisonError::into_inner);
        ready.insert(key, rendered.clone());
    }

    fn render(&self, text: &str, job: &Job<'_>, out: &mut Out<'_, '_>) -> Result<(), Error> {
        for clause in clauses::split(text) {
            if out.broken {
                return Ok(());
            }
            self.render_clause(&clause, job, out)?;
            out.pause(clause.pause, job.style.clamped_rate());
        }
        Ok(())
    }

    fn render_clause(&self, clause: &Clause<'_>, job: &Job<'_>, out: &mut Out<'_, '_>) -> Result<(), Error> {
        let spoken = clause.spoken();
        let (key, remember) = (self.key(job.style, &spoken), job.remember);
        let offset = job.base + clause.char_start as u32;
        if remember {
            let known = self.remembered().by_key.get(&key).cloned();
            if let Some(rendered) = known {
                out.replay(&rendered, offset);
                return Ok(());
            }
        }
        let mut pcm = Vec::new();
        let mut words = Vec::new();
        let start = out.samples as u32;
        {
            // Sound and marks come by two closures that both need `out`.
            let shared = std::cell::RefCell::new(&mut *out);
            let mut sink = |piece: &[i16]| {
                if remember {
                    pcm.extend_from_slice(piece);
                }
                shared.borrow_mut().give(piece)
            };
            let mut mark = |word: WordMark| {
                words.push(word);
                shared.borrow_mut().word(WordMark {
                    sample: word.sample + start,
                    char_start: word.char_start + offset,
                    chars: word.chars,
                });
            };
            self.voice.speak_marked(&spoken, job.style, &mut sink, &mut mark)?;
        }
        if out.broken {
            return Ok(());
        }
        if words.is_empty() {
            words = spread(clause.text, out.samples as u32 - start);
            for word in &words {
                out.word(WordMark {
                    sample: word.sample + start,
                    char_start: word.char_start + offset,
                    chars: word.chars,
                });
            }
        }
        if remember {
            let rendered =
                Rendered { pcm: pcm.into(), words: words.into(), chars: clause.text.chars().count() as u32 };
            self.remembered().insert(key, rendered);
        }
        Ok(())
    }

    fn remembered(&self) -> MutexGuard<'_, ClauseCache> {
        self.clauses.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl ClauseCache {
    fn insert(&mut self, key: Key, rendered: Rendered) {
        if rendered.pcm.len() > CLAUSE_BUDGET || self.by_key.contains_key(&key) {
            return;
        }
        self.samples += rendered.pcm.len();
        self.by_key.insert(key, rendered);
        self.order.push_back(key);
        while self.samples > CLAUSE_BUDGET {
            let Some(oldest) = self.order.pop_front() else {
                break;
            };
            if let Some(gone) = self.by_key.remove(&oldest) {
                self.samples -= gone.pcm.len();
            }
        }
    }
}

/// The sink and word listener of one text, with what has passed through them.
struct Out<'a, 'b> {
    sink: &'a mut Sink<'b>,
    on_word: &'a mut dyn FnMut(WordMark),
    asked: Instant,
    first: Option<Duration>,
    samples: usize,
    words: Vec<WordMark>,
    broken: bool,
}

impl<'a, 'b> Out<'a, 'b> {
    fn new(sink: &'a mut Sink<'b>, on_word: &'a mut dyn FnMut(WordMark)) -> Self {
        Self {
            sink,
            on_word,
            asked: Instant::now(),
            first: None,
            samples: 0,
            words: Vec::new(),
            broken: false,
        }
    }

    fn give(&mut self, pcm: &[i16]) -> ControlFlow<()> {
        if self.broken {
            return ControlFlow::Break(());
        }
        self.first.get_or_insert_with(|| self.asked.elapsed());
        self.samples += pcm.len();
        let flow = (self.sink)(pcm);
        self.broken = flow.is_break();
        flow
    }

    fn word(&mut self, word: WordMark) {
        self.words.push(word);
        (self.on_word)(word);
    }

    fn replay(&mut self, rendered: &Rendered, char_offset: u32) {
        let start = self.samples as u32;
        for word in rendered.words.iter() {
            self.word(WordMark {
                sample: word.sample + start,
                char_start: word.char_start + char_offset,
                chars: word.chars,
            });
        }
        if !rendered.pcm.is_empty() {
            // The flow is remembered in `broken`.
            let _ = self.give(&rendered.pcm);
        }
    }

    fn pause(&mut self, pause: Pause, rate: f32) {
        self.silence(Duration::from_millis((pause.ms() as f32 / rate) as u64));
    }

    fn silence(&mut self, pause: Duration) {
        let mut left = usize::try_from(pause.as_millis()).unwrap_or(usize::MAX) * RATE as usize / 1_000;
        while left > 0 && !self.broken {
            let piece = left.min(SILENCE.len());
            let _ = self.give(SILENCE.get(..piece).unwrap_or_default());
            left -= piece;
        }
    }

    fn end(self) -> Streamed {
        Streamed { samples: self.samples, first_chunk: self.first, finished: !self.broken, words: self.words }
    }
}

/// Word places for a sound that tells none: in proportion to their place in the text.
pub fn spread(text: &str, samples: u32) -> Vec<WordMark> {
    let total = text.chars().count().max(1) as u64;
    let mut words = Vec::new();
    let mut at = 0u32;
    for word in text.split(char::is_whitespace) {
        let chars = word.chars().count() as u32;
        if chars > 0 {
            words.push(WordMark {
                sample: (u64::from(samples) * u64::from(at) / total) as u32,
                char_start: at,
                chars,
            });
        }
        at += chars + 1;
    }
    words
}

fn key(identity: &str, style: &Style, text: &str) -> Key {
    let mut sum = Sha256::new();
    sum.update(RENDER_VERSION.to_le_bytes());
    sum.update(style.clamped_rate().to_le_bytes());
    sum.update(style.clamped_pitch().to_le_bytes());
    for part in [identity, &style.language, text] {
        // Lengths keep ("ab", "c") apart from ("a", "bc").
        sum.update((part.len() as u64).to_le_bytes());
        sum.update(part);
    }
    sum.finalize().into()
}

fn write(path: &Path, bytes: &[u8]) -> Result<(), Error> {
    wav::write_atomically(path, bytes).map_err(|reason| Error::Cache {
        path: path.to_owned(),
        action: "write the file",
        reason: reason.to_string(),
    })
}
