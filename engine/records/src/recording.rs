//! Stereo recordings, written while they happen: citizen left, bot right.
//!
//! The media thread puts frames into a wait-free ring ([`Tap`]); one thread of the [`Recorder`] empties
//! all rings twice a second, appends to each file and rewrites the two sizes in its header, so that a file
//! is a valid WAV after every round. A full disk stops that recording, never the call.
use crate::Error;
use rtrb::{Consumer, Producer, RingBuffer};
use std::fs::File;
use std::io::{Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, mpsc};
use std::time::Duration;

/// Samples a second, each side.
pub const RATE: u32 = 8000;
/// Samples of one 20 ms frame, each side.
const FRAME: usize = 160;
/// How often rings are emptied.
const ROUND: Duration = Duration::from_millis(500);
/// Frames that a ring holds: four seconds, eight rounds.
const RING_FRAMES: usize = 200;
/// Bytes before the samples.
pub(crate) const HEADER: u64 = 44;

type StereoFrame = [i16; 2 * FRAME];

/// The media thread's end of one recording. Dropping it ends the recording.
pub struct Tap {
    ring: Producer<StereoFrame>,
    shared: Arc<Shared>,
}

impl Tap {
    /// Takes one frame of both sides. Wait-free and free of allocation; a frame that finds the ring full
    /// is counted and replaced by silence later, so both sides stay aligned with the call's clock.
    pub fn frame(&mut self, citizen: &[i16; FRAME], bot: &[i16; FRAME]) {
        let mut both: StereoFrame = [0; 2 * FRAME];
        for (pair, (left, right)) in both.chunks_exact_mut(2).zip(citizen.iter().zip(bot)) {
            if let [l, r] = pair {
                (*l, *r) = (*left, *right);
            }
        }
        self.push(both);
    }

    /// A frame of a stretch that is not kept: silence in its place, so that what comes after stays where the
    /// call's clock has it. Nothing that was said reaches this room.
    pub fn silence(&mut self) {
        self.push([0; 2 * FRAME]);
    }

    fn push(&mut self, both: StereoFrame) {
        if self.ring.push(both).is_err() {
            self.shared.dropped.fetch_add(1, Ordering::Relaxed);
        }
    }
}

#[derive(Default)]
struct Shared {
    frames: AtomicU64,
    dropped: AtomicU64,
    finished: AtomicBool,
    failure: Mutex<Option<String>>,
}

/// What became of a recording so far.
#[derive(Debug, Clone, PartialEq)]
pub struct RecordingState {
    /// Seconds on disk.
    pub seconds: f64,
    /// Frames that the disk was too slow for; they are silence in the file.
    pub dropped_frames: u64,
    /// The file is closed.
    pub finished: bool,
    /// Why it stopped before its time: a full disk, a vanished folder.
    pub failure: Option<String>,
}

/// The controller's view of one recording.
#[derive(Clone)]
pub struct Recording {
    path: PathBuf,
    shared: Arc<Shared>,
}

impl Recording {
    /// The file.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// What became of it so far.
    pub fn state(&self) -> RecordingState {
        RecordingState {
            seconds: self.shared.frames.load(Ordering::Relaxed) as f64 * 0.02,
            dropped_frames: self.shared.dropped.load(Ordering::Relaxed),
            finished: self.shared.finished.load(Ordering::Acquire),
            failure: self.shared.failure.lock().ok().and_then(|f| f.clone()),
        }
    }
}

struct Open {
    ring: Consumer<StereoFrame>,
    file: File,
    shared: Arc<Shared>,
    silence_owed: u64,
}

/// Writes every recording of the machine. Dropping it finishes them.
pub struct Recorder {
    folder: PathBuf,
    inbox: Option<mpsc::Sender<Open>>,
    thread: Option<std::thread::JoinHandle<()>>,
    failures: Arc<AtomicU64>,
}

impl Recorder {
    /// Starts the writer thread; creates the folder if need be.
    pub fn start(folder: &Path) -> Result<Self, Error> {
        let named = |source| Error::Recording { path: folder.display().to_string(), source };
        std::fs::create_dir_all(folder).map_err(named)?;
        let (inbox, arrivals) = mpsc::channel();
        let failures = Arc::new(AtomicU64::new(0));
        let counter = failures.clone();
        let thread = std::thread::Builder::new()
            .name("recorder".into())
            .spawn(move || write_rounds(&arrivals, &counter))
            .map_err(named)?;
        Ok(Self { folder: folder.to_owned(), inbox: Some(inbox), thread: Some(thread), failures })
    }

    /// Creates `name` in the recordings folder and returns both ends of it.
    pub fn open(&self, name: &str) -> Result<(Tap, Recording), Error> {
        let path = self.folder.join(name);
        let named = |source| Error::Recording { path: path.display().to_string(), source };
        let mut file = File::create_new(&path).map_err(named)?;
        if let Err(error) = file.write_all(&header(0)) {
            // An empty file plays nowhere, and nobody knows its name.
            let _ = std::fs::remove_file(&path);
            return Err(named(error));
        }
        let (producer, consumer) = RingBuffer::new(RING_FRAMES);
        let shared = Arc::new(Shared::default());
        let open = Open { ring: consumer, file, shared: shared.clone(), silence_owed: 0 };
        let sent = self.inbox.as_ref().is_some_and(|inbox| inbox.send(open).is_ok());
        if !sent {
            return Err(named(std::io::Error::other("the recorder has stopped")));
        }
        Ok((Tap { ring: producer, shared: shared.clone() }, Recording { path, shared }))
    }

    /// Recordings that stopped before their time since the start. Above zero, raise an alert.
    pub fn failures(&self) -> u64 {
        self.failures.load(Ordering::Relaxed)
    }

    /// The folder of the recordings.
    pub fn folder(&self) -> &Path {
        &self.folder
    }
}

impl Drop for Recorder {
    fn drop(&mut self) {
        self.inbox = None;
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}

fn write_rounds(arrivals: &mpsc::Receiver<Open>, failures: &AtomicU64) {
    let mut open: Vec<Open> = Vec::new();
    let mut bytes = Vec::new();
    loop {
        let last_round = match arrivals.recv_timeout(ROUND) {
            Ok(first) => {
                open.push(first);
                std::thread::sleep(ROUND);
                false
            }
            Err(mpsc::RecvTimeoutError::Timeout) => false,
            Err(mpsc::RecvTimeoutError::Disconnected) => true,
        };
        open.extend(arrivals.try_iter());
        open.retain_mut(|recording| {
            let ended = recording.ring.is_abandoned();
            let outcome = recording.drain(&mut bytes);
            if let Err(error) = &outcome {
                failures.fetch_add(1, Ordering::Relaxed);
                if let Ok(mut failure) = recording.shared.failure.lock() {
                    *failure = Some(error.to_string());
                }
            }
            let keep = !ended && !last_round && outcome.is_ok();
            if !keep {
                recording.shared.finished.store(true, Ordering::Release);
            }
            keep
        });
        if last_round {
            return;
        }
    }
}

impl Open {
    /// Appends what the ring holds, then makes the header true.
    fn drain(&mut self, bytes: &mut Vec<u8>) -> std::io::Result<()> {
        bytes.clear();
        let dropped = self.shared.dropped.load(Ordering::Relaxed);
        while let Ok(frame) = self.ring.pop() {
            bytes.extend(frame.iter().flat_map(|s| s.to_le_bytes()));
        }
        for _ in self.silence_owed..dropped {
            bytes.resize(bytes.len() + size_of::<StereoFrame>(), 0);
        }
        self.silence_owed = dropped;
        if bytes.is_empty() {
            return Ok(());
        }
        self.file.seek(SeekFrom::End(0))?;
        self.file.write_all(bytes)?;
        let frames = (bytes.len() / size_of::<StereoFrame>()) as u64;
        let total = self.shared.frames.fetch_add(frames, Ordering::Relaxed) + frames;
        self.file.seek(SeekFrom::Start(0))?;
        self.file.write_all(&header(total * size_of::<StereoFrame>() as u64))
    }
}

/// The 44 bytes of a two-channel 16-bit PCM WAV whose samples take `data` bytes.
pub(crate) fn header(data: u64) -> [u8; 44] {
    // A file over 4 GiB (37 hours) keeps the largest size; players read to the end of the file.
    let data = u32::try_from(data).unwrap_or(u32::MAX - 36);
    let mut out = [0u8; 44];
    let fields: [&[u8]; 13] = [
        b"RIFF",
        &(data + 36).to_le_bytes(),
        b"WAVE",
        b"fmt ",
        &16u32.to_le_bytes(),
        &1u16.to_le_bytes(),
        &2u16.to_le_bytes(),
        &RATE.to_le_bytes(),
        &(RATE * 4).to_le_bytes(),
        &4u16.to_le_bytes(),
        &16u16.to_le_bytes(),
        b"data",
        &data.to_le_bytes(),
    ];
    for (slot, byte) in out.iter_mut().zip(fields.concat()) {
        *slot = byte;
    }
    out
}
