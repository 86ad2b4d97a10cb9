//! eSpeak NG's C interface: the only unsafe code of this crate.
//!
//! # Why this is sound
//! - **Signatures** are those of `speak_lib.h`, API revision 12 (eSpeak NG 1.49 to 1.52), which
//!   Debian's `libespeak-ng.so.1` keeps stable by its soname; each is written once below.
//! - **Global state**: the C library is one set of unguarded globals. [`Library`] is neither
//!   `Send` nor `Sync` and a process-wide flag lets only one exist, so one thread alone ever calls
//!   in. Loaded with `RTLD_LOCAL`, its symbols meet no other copy of eSpeak in the process.
//! - **Lifetimes**: the shared object is never unloaded, so function pointers stay valid. Strings
//!   passed in are `CStr`s that outlive the call; strings returned are copied at once.
//! - **Callback**: with synchronous output it runs on the calling thread, inside `espeak_Synth`.
//!   It finds its receiver in a thread-local, not through a pointer passed along C. It reads
//!   `count` samples, and events up to the terminator, both owned by the library until it returns.
//!   It does not unwind: what it calls sends on channels and pushes to vectors.
#![allow(unsafe_code)]

use std::cell::RefCell;
use std::ffi::{CStr, CString, c_char, c_int, c_short, c_uint, c_void};
use std::marker::PhantomData;
use std::ops::ControlFlow;
use std::os::unix::ffi::OsStrExt;
use std::path::{Path, PathBuf};
use std::ptr::{null, null_mut};
use std::sync::atomic::{AtomicBool, Ordering};

use libloading::os::unix as dl;

use super::NativeMark;
use crate::Error;

const OUTPUT_SYNCHRONOUS: c_int = 2;
const DONT_EXIT: c_int = 0x8000;
const CHARS_UTF8: c_uint = 1;
const SSML: c_uint = 0x10;
const PHONEMES_IPA: c_int = 0x02;
const EVENT_TERMINATED: c_int = 0;
const EVENT_WORD: c_int = 1;
const PARAMETER_RATE: c_int = 1;
const PARAMETER_PITCH: c_int = 3;
/// Sound per callback, ms: the step in which speech can be stopped, and the first chunk's size.
const CALLBACK_MS: c_int = 40;

/// `espeak_EVENT`: six ints, the user's pointer, and a union of eight bytes.
#[repr(C)]
struct Event {
    kind: c_int,
    unique_identifier: c_uint,
    text_position: c_int,
    length: c_int,
    audio_position: c_int,
    sample: c_int,
    user_data: *mut c_void,
    id: [u8; 8],
}

type Callback = unsafe extern "C" fn(*mut c_short, c_int, *mut Event) -> c_int;
type Initialize = unsafe extern "C" fn(c_int, c_int, *const c_char, c_int) -> c_int;
type Info = unsafe extern "C" fn(*mut *const c_char) -> *const c_char;
type SetSynthCallback = unsafe extern "C" fn(Callback);
type SetVoiceByName = unsafe extern "C" fn(*const c_char) -> c_int;
type SetParameter = unsafe extern "C" fn(c_int, c_int, c_int) -> c_int;
type Synth = unsafe extern "C" fn(
    *const c_void,
    usize,
    c_uint,
    c_int,
    c_uint,
    c_uint,
    *mut c_uint,
    *mut c_void,
) -> c_int;
type TextToPhonemes = unsafe extern "C" fn(*mut *const c_void, c_int, c_int) -> *const c_char;

/// Receives sound and word marks; `Break` aborts the synthesis.
pub(super) type Receiver = Box<dyn FnMut(&[i16], &[NativeMark]) -> ControlFlow<()>>;

thread_local! {
    static RECEIVER: RefCell<Option<Receiver>> = const { RefCell::new(None) };
}

static TAKEN: AtomicBool = AtomicBool::new(false);

/// The loaded and initialised library, for one thread.
pub(super) struct Library {
    set_voice: SetVoiceByName,
    set_parameter: SetParameter,
    synth: Synth,
    phonemes: TextToPhonemes,
    /// Samples per second of what it renders.
    pub rate: u32,
    /// Its version, as it says it.
    pub version: String,
    /// The folder of its voice data.
    pub data: PathBuf,
    one_thread: PhantomData<*const ()>,
}

impl Library {
    /// Loads `name` (a soname or a path) with the voice data that lies in `data`, or in the
    /// library's own place.
    pub fn load(name: &str, data: Option<&Path>) -> Result<Self, Error> {
        if TAKEN.swap(true, Ordering::SeqCst) {
            return Err(Error::AlreadyStarted);
        }
        let loaded = Self::load_once(name, data);
        if loaded.is_err() {
            TAKEN.store(false, Ordering::SeqCst);
        }
        loaded
    }

    fn load_once(name: &str, data: Option<&Path>) -> Result<Self, Error> {
        let missing = |reason: libloading::Error| Error::Library {
            library: name.to_owned(),
            reason: reason.to_string(),
            cure: "install it with `apt-get install libespeak-ng1 espeak-ng-data`",
        };
        let data_error = || Error::VoiceData { path: data.map(Path::to_owned) };
        let data_path = data
            .map(|path| CString::new(path.as_os_str().as_bytes()))
            .transpose()
            .map_err(|_| data_error())?;
        // SAFETY: the library's initialisers only set its own globals; the types given to `get`
        // are the signatures of speak_lib.h.
        unsafe {
            let library = dl::Library::open(Some(name), dl::RTLD_NOW | dl::RTLD_LOCAL).map_err(missing)?;
            let initialize = *library.get::<Initialize>(b"espeak_Initialize\0").map_err(missing)?;
            let info = *library.get::<Info>(b"espeak_Info\0").map_err(missing)?;
            let set_callback =
                *library.get::<SetSynthCallback>(b"espeak_SetSynthCallback\0").map_err(missing)?;
            let set_voice = *library.get::<SetVoiceByName>(b"espeak_SetVoiceByName\0").map_err(missing)?;
            let set_parameter = *library.get::<SetParameter>(b"espeak_SetParameter\0").map_err(missing)?;
            let synth = *library.get::<Synth>(b"espeak_Synth\0").map_err(missing)?;
            let phonemes = *library.get::<TextToPhonemes>(b"espeak_TextToPhonemes\0").map_err(missing)?;
            std::mem::forget(library);

            let path = data_path.as_ref().map_or(null(), |path| path.as_ptr());
            let rate = initialize(OUTPUT_SYNCHRONOUS, CALLBACK_MS, path, DONT_EXIT);
            let rate = u32::try_from(rate).map_err(|_| data_error())?;
            set_callback(on_sound);
            let mut folder = null();
            let version = copy(info(&mut folder)).unwrap_or_default();
            let folder = PathBuf::from(copy(folder).unwrap_or_default());
            // Some versions start with no data at all, and then know no voice.
            if !folder.join("phontab").is_file() {
                return Err(data_error());
            }
            Ok(Self {
                set_voice,
                set_parameter,
                synth,
                phonemes,
                rate,
                version: version.split(' ').next().unwrap_or_default().to_owned(),
                data: folder,
                one_thread: PhantomData,
            })
        }
    }

    /// Chooses the voice of what follows, `language[+variant]`.
    pub fn set_voice(&mut self, voice: &CStr) -> Result<(), Error> {
        // SAFETY: a NUL-terminated string that outlives the call.
        match unsafe { (self.set_voice)(voice.as_ptr()) } {
            0 => Ok(()),
            _ => Err(Error::UnknownVoice { voice: voice.to_string_lossy().into_owned() }),
        }
    }

    /// Sets speed (words a minute) and pitch (0 to 100, 50 the voice's own) of what follows.
    pub fn set_prosody(&mut self, words_per_minute: i32, pitch: i32) {
        // SAFETY: plain numbers; the library clamps them.
        unsafe {
            (self.set_parameter)(PARAMETER_RATE, words_per_minute, 0);
            (self.set_parameter)(PARAMETER_PITCH, pitch, 0);
        }
    }

    /// Renders `text` into `receiver`, returning when it is done or was broken off.
    pub fn synth(&mut self, text: &CStr, ssml: bool, receiver: Receiver) -> Result<(), Error> {
        RECEIVER.with_borrow_mut(|slot| *slot = Some(receiver));
        let flags = CHARS_UTF8 | if ssml { SSML } else { 0 };
        let bytes = text.to_bytes_with_nul();
        // SAFETY: the text is NUL-terminated and its size includes the NUL; with no end position
        // and no identifier wanted, the remaining arguments are zero.
        let code = unsafe {
            (self.synth)(bytes.as_ptr().cast(), bytes.len(), 0, 1, 0, flags, null_mut(), null_mut())
        };
        RECEIVER.with_borrow_mut(|slot| *slot = None);
        if code == 0 {
            return Ok(());
        }
        Err(Error::Engine { engine: "eSpeak NG", reason: format!("code {code}") })
    }

    /// The text in IPA, one string per clause as the library cuts it; its punctuation is lost.
    pub fn phonemes(&mut self, text: &CStr) -> Vec<String> {
        let mut clauses = Vec::new();
        let mut at: *const c_void = text.as_ptr().cast();
        while !at.is_null() {
            // SAFETY: `at` points into `text`, which outlives the loop; the library advances it
            // to the next clause and sets it to null after the last.
            let clause = unsafe { copy((self.phonemes)(&mut at, CHARS_UTF8 as c_int, PHONEMES_IPA)) };
            clauses.extend(clause);
        }
        clauses
    }
}

/// Copies a C string that the library returned.
///
/// # Safety
/// `string` is null or points to a NUL-terminated string.
unsafe fn copy(string: *const c_char) -> Option<String> {
    if string.is_null() {
        return None;
    }
    // SAFETY: by the function's contract.
    let string = unsafe { CStr::from_ptr(string) };
    Some(string.to_string_lossy().into_owned())
}

/// The library's callback: 0 goes on, 1 aborts.
unsafe extern "C" fn on_sound(wave: *mut c_short, count: c_int, events: *mut Event) -> c_int {
    let count = usize::try_from(count).unwrap_or(0);
    let pcm: &[i16] = if wave.is_null() || count == 0 {
        &[]
    } else {
        // SAFETY: the library hands over `count` samples, valid until this function returns.
        unsafe { std::slice::from_raw_parts(wave, count) }
    };
    let mut marks = Vec::new();
    let mut at = events.cast_const();
    while !at.is_null() {
        // SAFETY: the list ends with a terminating event, at which this loop stops.
        let event = unsafe { &*at };
        if event.kind == EVENT_TERMINATED {
            break;
        }
        if event.kind == EVENT_WORD && event.length > 0 {
            marks.push(NativeMark {
                sample: u32::try_from(event.sample).unwrap_or(0),
                char_start: u32::try_from(event.text_position.saturating_sub(1)).unwrap_or(0),
                chars: u32::try_from(event.length).unwrap_or(0),
            });
        }
        // SAFETY: not the terminator, so another event follows.
        at = unsafe { at.add(1) };
    }
    RECEIVER.with_borrow_mut(|slot| match slot {
        Some(receiver) => c_int::from(receiver(pcm, &marks).is_break()),
        None => 1,
    })
}
