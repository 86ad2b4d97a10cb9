//! The one thread that may call eSpeak NG, and the queue of what is asked of it.

use std::ffi::CString;
use std::ops::ControlFlow;
use std::path::PathBuf;
use std::sync::mpsc::{Receiver, Sender, channel};
use std::sync::{Mutex, PoisonError};
use std::thread;

use super::NativeMark;
use super::ffi::Library;
use crate::Error;

/// Library and data of the process's eSpeak NG.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Place {
    pub library: String,
    pub data: Option<PathBuf>,
}

/// What the library told at its start.
#[derive(Debug, Clone)]
pub(super) struct About {
    pub rate: u32,
    pub version: String,
    pub data: PathBuf,
}

/// One text to be spoken.
pub(super) struct Speech {
    pub voice: CString,
    pub words_per_minute: i32,
    pub pitch: i32,
    pub text: CString,
    pub ssml: bool,
}

/// What comes back of a [`Speech`], ending with `End`.
pub(super) enum Piece {
    Sound(Vec<i16>, Vec<NativeMark>),
    End(Result<(), Error>),
}

enum Request {
    Speak(Speech, Sender<Piece>),
    Phonemes { voice: CString, text: CString, reply: Sender<Result<Vec<String>, Error>> },
}

/// A way to the owner thread; cheap to clone.
#[derive(Debug, Clone)]
pub(super) struct Owner {
    queue: Sender<Request>,
    pub about: About,
}

/// The process has one eSpeak NG; whoever opens it later shares it.
static RUNNING: Mutex<Option<(Place, Owner)>> = Mutex::new(None);

impl Owner {
    /// Starts the thread, or joins the one that runs. A failed start may be tried again.
    pub fn at(place: Place) -> Result<Self, Error> {
        let mut running = RUNNING.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some((started, owner)) = running.as_ref() {
            return if *started == place { Ok(owner.clone()) } else { Err(Error::AlreadyStarted) };
        }
        let (queue, requests) = channel();
        let (started, start) = channel();
        let wanted = place.clone();
        thread::Builder::new()
            .name("espeak".into())
            .spawn(move || own(&wanted, &started, &requests))
            .map_err(|reason| Error::Engine {
                engine: "eSpeak NG",
                reason: format!("no thread: {reason}"),
            })?;
        let about = start.recv().map_err(|_| Error::Stopped)??;
        let owner = Self { queue, about };
        *running = Some((place, owner.clone()));
        Ok(owner)
    }

    /// Asks for speech. Dropping the returned receiver aborts it at the next callback.
    pub fn speak(&self, speech: Speech) -> Result<Receiver<Piece>, Error> {
        let (pieces, receiver) = channel();
        self.ask(Request::Speak(speech, pieces))?;
        Ok(receiver)
    }

    /// The text in IPA, clause by clause.
    pub fn phonemes(&self, voice: CString, text: CString) -> Result<Vec<String>, Error> {
        let (reply, receiver) = channel();
        self.ask(Request::Phonemes { voice, text, reply })?;
        receiver.recv().map_err(|_| Error::Stopped)?
    }

    fn ask(&self, request: Request) -> Result<(), Error> {
        self.queue.send(request).map_err(|_| Error::Stopped)
    }
}

fn own(place: &Place, started: &Sender<Result<About, Error>>, requests: &Receiver<Request>) {
    let mut library = match Library::load(&place.library, place.data.as_deref()) {
        Ok(library) => library,
        Err(error) => {
            // Whoever started this thread waits for the answer; gone, nobody needs it.
            let _ = started.send(Err(error));
            return;
        }
    };
    let about = About { rate: library.rate, version: library.version.clone(), data: library.data.clone() };
    let _ = started.send(Ok(about));
    while let Ok(request) = requests.recv() {
        // An asker that has gone away is no failure.
        match request {
            Request::Speak(speech, pieces) => {
                let result = speak(&mut library, &speech, &pieces);
                let _ = pieces.send(Piece::End(result));
            }
            Request::Phonemes { voice, text, reply } => {
                let result = library.set_voice(&voice).map(|()| library.phonemes(&text));
                let _ = reply.send(result);
            }
        }
    }
}

fn speak(library: &mut Library, speech: &Speech, pieces: &Sender<Piece>) -> Result<(), Error> {
    library.set_voice(&speech.voice)?;
    library.set_prosody(speech.words_per_minute, speech.pitch);
    let pieces = pieces.clone();
    library.synth(
        &speech.text,
        speech.ssml,
        Box::new(move |pcm, marks| match pieces.send(Piece::Sound(pcm.to_vec(), marks.to_vec())) {
            Ok(()) => ControlFlow::Continue(()),
            Err(_) => ControlFlow::Break(()),
        }),
    )
}
