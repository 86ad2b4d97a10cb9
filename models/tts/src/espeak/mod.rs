//! The default voice: eSpeak NG, through the shared library that Debian ships.
//!
//! The library is loaded at run time, so nothing of it is needed to build. Its state is global in
//! the process; one thread owns it ([`owner`]) and serves requests in order. A request costs about
//! a thousandth of the sound's duration, so the queue is short even with many contacts.

mod ffi;
mod owner;

use std::collections::HashMap;
use std::ffi::CString;
use std::path::PathBuf;
use std::sync::{Arc, Mutex, PoisonError};

use owner::{Owner, Piece, Place, Speech};

use crate::resample::Kernel;
use crate::shape::Shaper;
use crate::voice::{RATE, Sink};
use crate::{Error, Style, Synthesiser, WordMark, level};

/// Most bytes in one request: some twenty minutes of speech.
pub const MAX_TEXT: usize = 20_000;
/// eSpeak NG's own speed, words a minute.
const WORDS_PER_MINUTE: f32 = 175.0;
/// Spoken once for each voice to learn how loud it is.
const SAMPLE: &str = "Buenos días. Ha llamado al ayuntamiento; dígame, por favor, en qué le puedo ayudar.";
/// Raised when a change in this crate changes the sound of the same text.
const SHAPE_VERSION: u32 = 1;

/// A word's beginning as the engine counts: samples at its own rate.
#[derive(Debug, Clone, Copy)]
struct NativeMark {
    sample: u32,
    char_start: u32,
    chars: u32,
}

/// What can be chosen about eSpeak NG. All voices of a process share library and data.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Options {
    /// Voice: a language with an optional variant, `es`, `es-419`, `es+f3`.
    pub voice: String,
    /// Soname or path of the shared library.
    pub library: String,
    /// Folder that holds `espeak-ng-data`; `None`: the library's own.
    pub data: Option<PathBuf>,
    /// Take texts as SSML. Off, `<` and `&` are ordinary characters and no markup has effect.
    pub ssml: bool,
}

impl Default for Options {
    fn default() -> Self {
        Self { voice: "es".into(), library: "libespeak-ng.so.1".into(), data: None, ssml: false }
    }
}

/// A voice of eSpeak NG.
#[derive(Debug)]
pub struct Espeak {
    owner: Owner,
    options: Options,
    kernel: Arc<Kernel>,
    /// Loudness gain by effective voice.
    gains: Mutex<HashMap<String, f32>>,
}

impl Espeak {
    /// Loads the library (once in the process) and tries the voice.
    ///
    /// # Errors
    /// Library or data missing ([`Error::Library`], [`Error::VoiceData`]), unknown voice, or
    /// eSpeak NG already running from another place.
    pub fn open(options: Options) -> Result<Self, Error> {
        let owner = Owner::at(Place { library: options.library.clone(), data: options.data.clone() })?;
        let espeak =
            Self { kernel: Arc::new(Kernel::new(owner.about.rate)), owner, options, gains: Mutex::default() };
        espeak.gain(&espeak.options.voice)?;
        Ok(espeak)
    }

    /// Version of the library, as it says it.
    pub fn version(&self) -> &str {
        &self.owner.about.version
    }

    /// IPA of a text, one string per clause as eSpeak NG cuts it. Punctuation is lost.
    ///
    /// # Errors
    /// Unknown voice, or a text beyond [`MAX_TEXT`].
    pub fn phonemes(&self, text: &str, voice: &str) -> Result<Vec<String>, Error> {
        self.check(voice)?;
        self.owner.phonemes(c_string(voice), plain(text)?)
    }

    /// The voice for a style: the configured one if it speaks the style's language, else that
    /// language's, with the configured variant.
    fn voice_for(&self, language: &str) -> String {
        let (own, variant) = match self.options.voice.split_once('+') {
            Some((own, variant)) => (own, Some(variant)),
            None => (self.options.voice.as_str(), None),
        };
        let base = |tag: &str| tag.split('-').next().unwrap_or_default().to_lowercase();
        if language.is_empty() || language == base(own) || language == own {
            return self.options.voice.clone();
        }
        match variant {
            Some(variant) => format!("{language}+{variant}"),
            None => language.to_owned(),
        }
    }

    /// An unknown variant is ignored by the library without a word, so it is looked up here.
    fn check(&self, voice: &str) -> Result<(), Error> {
        let unknown = || Error::UnknownVoice { voice: voice.to_owned() };
        let good = |c: char| c.is_alphanumeric() || "-_+".contains(c);
        if voice.is_empty() || !voice.chars().all(good) {
            return Err(unknown());
        }
        match voice.split_once('+') {
            Some((_, variant)) => {
                let folder = self.owner.about.data.join("voices").join("!v");
                folder.join(variant).is_file().then_some(()).ok_or_else(unknown)
            }
            None => Ok(()),
        }
    }

    fn gain(&self, voice: &str) -> Result<f32, Error> {
        let known = |gains: &Mutex<HashMap<String, f32>>| {
            let gains = gains.lock().unwrap_or_else(PoisonError::into_inner);
            gains.get(voice).copied()
        };
        if let Some(gain) = known(&self.gains) {
            return Ok(gain);
        }
        self.check(voice)?;
        let mut pcm = Vec::new();
        let request = Request { voice, style: &Style::default(), gain: 1.0, ssml: false };
        self.run(SAMPLE, &request, &mut collect(&mut pcm), &mut |_| ())?;
        let gain = level::gain_for(&pcm);
        let mut gains = self.gains.lock().unwrap_or_else(PoisonError::into_inner);
        gains.insert(voice.to_owned(), gain);
        Ok(gain)
    }

    fn run(
        &self,
        text: &str,
        request: &Request<'_>,
        sink: &mut Sink<'_>,
        on_word: &mut dyn FnMut(WordMark),
    ) -> Result<(), Error> {
        let pieces = self.owner.speak(Speech {
            voice: c_string(request.voice),
            words_per_minute: (WORDS_PER_MINUTE * request.style.clamped_rate()).round() as i32,
            pitch: (50.0 * request.style.clamped_pitch()).round() as i32,
            text: plain(text)?,
            ssml: request.ssml,
        })?;
        let mut shaper = Shaper::new(Arc::clone(&self.kernel), request.gain);
        let mut marks = Vec::new();
        // Leaving this loop drops the receiver, which aborts the synthesis.
        loop {
            match pieces.recv().map_err(|_| Error::Stopped)? {
                Piece::Sound(pcm, new) => {
                    marks.extend(new);
                    let input = pcm.iter().map(|sample| f32::from(*sample));
                    if shaper.push(input, sink).is_break() {
                        return Ok(());
                    }
                    self.tell(&shaper, &mut marks, on_word);
                }
                Piece::End(result) => {
                    result?;
                    if shaper.finish(sink).is_continue() {
                        self.tell(&shaper, &mut marks, on_word);
                    }
                    return Ok(());
                }
            }
        }
    }

    /// Passes word marks on, once it is known how much silence was dropped before the first.
    fn tell(&self, shaper: &Shaper, marks: &mut Vec<NativeMark>, on_word: &mut dyn FnMut(WordMark)) {
        let Some(dropped) = shaper.dropped() else {
            return;
        };
        let rate = u64::from(self.owner.about.rate.max(1));
        for mark in marks.drain(..) {
            let at = u64::from(mark.sample) * u64::from(RATE) / rate;
            on_word(WordMark {
                sample: u32::try_from(at.saturating_sub(dropped)).unwrap_or(u32::MAX),
                char_start: mark.char_start,
                chars: mark.chars,
            });
        }
    }
}

/// How one text is spoken.
struct Request<'a> {
    voice: &'a str,
    style: &'a Style,
    gain: f32,
    ssml: bool,
}

fn collect(pcm: &mut Vec<i16>) -> impl FnMut(&[i16]) -> std::ops::ControlFlow<()> + '_ {
    |piece| {
        pcm.extend_from_slice(piece);
        std::ops::ControlFlow::Continue(())
    }
}

/// Control characters are commands to eSpeak NG (0x01 opens one, NUL ends the text): they become
/// spaces, one for one, so that word positions still count.
fn plain(text: &str) -> Result<CString, Error> {
    if text.len() > MAX_TEXT {
        return Err(Error::TooLong { bytes: text.len(), limit: MAX_TEXT });
    }
    let text: String = text.chars().map(|c| if c.is_control() { ' ' } else { c }).collect();
    Ok(c_string(&text))
}

/// A string known to hold no NUL; one that does becomes empty.
fn c_string(text: &str) -> CString {
    CString::new(text).unwrap_or_default()
}

impl Synthesiser for Espeak {
    fn speak(&self, text: &str, style: &Style, sink: &mut Sink<'_>) -> Result<(), Error> {
        self.speak_marked(text, style, sink, &mut |_| ())
    }

    fn speak_marked(
        &self,
        text: &str,
        style: &Style,
        sink: &mut Sink<'_>,
        on_word: &mut dyn FnMut(WordMark),
    ) -> Result<(), Error> {
        let voice = self.voice_for(&style.language);
        let request = Request { voice: &voice, style, gain: self.gain(&voice)?, ssml: self.options.ssml };
        self.run(text, &request, sink, on_word)
    }

    fn identity(&self) -> String {
        let markup = if self.options.ssml { " ssml" } else { "" };
        format!("espeak-ng {} {}{markup} /{SHAPE_VERSION}", self.owner.about.version, self.options.voice)
    }
}
