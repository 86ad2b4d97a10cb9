//! The running engine: admission, answering, and what is live.

mod accept;
mod legs;
#[cfg(test)]
mod tests;
#[cfg(test)]
mod unconnected_tests;

use std::collections::HashMap;
use std::net::IpAddr;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use asr::VoiceActivity;
use chrono::{DateTime, Utc};
use records::{Recorder, Store};
use serde::Serialize;
use tokio::sync::{broadcast, mpsc};
use uuid::Uuid;

use crate::controller::{Bots, LiveEvent};
use crate::ears::{Ears, Recognisers};
use crate::media::{Media, MediaError};
use crate::turn;

/// Makes a voice-activity network for one contact.
pub type VadFactory = Arc<dyn Fn() -> Box<dyn VoiceActivity> + Send + Sync>;

/// How the engine runs.
#[derive(Debug, Clone)]
pub struct Settings {
    /// Address told to far ends for media.
    pub media_address: IpAddr,
    /// Contacts at once; more get 503.
    pub max_contacts: u32,
    /// Retry-After of a 503, seconds.
    pub retry_after_s: u32,
    /// Longest contact.
    pub max_duration: Duration,
    /// A contact ends when no packet came for this long; zero: never.
    pub line_silence: Duration,
    /// Media threads; one serves over a hundred contacts.
    pub media_threads: usize,
    /// Recogniser threads.
    pub ear_threads: usize,
    /// Times of turn-taking.
    pub turn: turn::Settings,
}

impl Settings {
    /// Values that fit two cores.
    #[must_use]
    pub fn new(media_address: IpAddr) -> Settings {
        Settings {
            media_address,
            max_contacts: 60,
            retry_after_s: 30,
            max_duration: Duration::from_secs(1800),
            line_silence: Duration::from_secs(30),
            media_threads: 1,
            ear_threads: 1,
            turn: turn::Settings::default(),
        }
    }
}

/// What the engine stands on.
pub struct Parts {
    /// Signalling.
    pub stack: sip::Stack,
    /// Its events.
    pub signals: mpsc::Receiver<sip::Event>,
    /// Ports for media.
    pub ports: rtp::PortPool,
    /// The ears, by language.
    pub recognisers: Recognisers,
    /// Voice activity, one a contact.
    pub vad: VadFactory,
    /// The voice.
    pub prompts: Arc<tts::Prompts>,
    /// Which bot answers which number.
    pub bots: Arc<dyn Bots>,
    /// Records.
    pub store: Store,
    /// Recordings; `None`: none are made.
    pub recorder: Option<Arc<Recorder>>,
}

/// Why the engine does not start.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    /// No media thread.
    #[error(transparent)]
    Media(#[from] MediaError),
    /// No recogniser thread.
    #[error("recogniser thread cannot start: {0}; check the limit on threads")]
    Ears(#[source] std::io::Error),
    /// No HTTP client.
    #[error("the client for outside services cannot be made: {0}; check the system's certificates")]
    Http(#[from] reqwest::Error),
}

/// A contact that is live.
#[derive(Debug, Clone, Serialize)]
pub struct LiveContact {
    /// Its id.
    pub id: Uuid,
    /// Calling party.
    pub from: String,
    /// Called party.
    pub to: String,
    /// Number called, by which the bot was found.
    pub number: String,
    /// Bot that answers.
    pub bot: String,
    /// First signal.
    pub started: DateTime<Utc>,
}

/// Calls by how they were decided.
#[derive(Debug, Default)]
pub struct Counters {
    /// Answered.
    pub answered: AtomicU64,
    /// Of those, calls that never came to stand: no ACK came, or none with the answer to our offer.
    pub not_connected: AtomicU64,
    /// Refused: no bot for the number (404).
    pub unknown_number: AtomicU64,
    /// Refused: all lines of the number are taken (486).
    pub busy: AtomicU64,
    /// Refused: the machine is full (503).
    pub full: AtomicU64,
    /// Refused: descriptions that do not fit (400, 488).
    pub media_mismatch: AtomicU64,
    /// Recordings that could not be begun.
    pub recordings_failed: AtomicU64,
}

/// The engine. Clones are handles to the same one.
#[derive(Clone)]
pub struct Engine {
    shared: Arc<Shared>,
}

pub(crate) struct Shared {
    settings: Settings,
    stack: sip::Stack,
    ports: rtp::PortPool,
    vad: VadFactory,
    prompts: Arc<tts::Prompts>,
    bots: Arc<dyn Bots>,
    store: Store,
    recorder: Option<Arc<Recorder>>,
    http: reqwest::Client,
    media: Arc<Media>,
    ears: Ears,
    live: Mutex<HashMap<Uuid, LiveContact>>,
    events: broadcast::Sender<Arc<LiveEvent>>,
    counters: Counters,
    draining: AtomicBool,
}

/// Live events that a slow reader may be behind.
const EVENTS: usize = 1024;

impl Engine {
    /// Starts answering. Must be called inside a tokio runtime.
    ///
    /// # Errors
    /// The system gives no threads, or no client for outside services.
    pub fn start(settings: Settings, parts: Parts) -> Result<Engine, StartError> {
        let max = settings.max_contacts.max(1);
        let threads = settings.media_threads.max(1);
        let media = Media::start(threads, (max as usize).div_ceil(threads))?;
        let ears = Ears::start(parts.recognisers, settings.ear_threads, max).map_err(StartError::Ears)?;
        let http = reqwest::Client::builder()
            .connect_timeout(Duration::from_secs(5))
            .redirect(reqwest::redirect::Policy::none())
            .build()?;
        let (events, _) = broadcast::channel(EVENTS);
        let shared = Arc::new(Shared {
            settings,
            stack: parts.stack,
            ports: parts.ports,
            vad: parts.vad,
            prompts: parts.prompts,
            bots: parts.bots,
            store: parts.store,
            recorder: parts.recorder,
            http,
            media: Arc::new(media),
            ears,
            live: Mutex::default(),
            events,
            counters: Counters::default(),
            draining: AtomicBool::new(false),
        });
        tokio::spawn(legs::Legs::new(shared.clone()).run(parts.signals));
        Ok(Engine { shared })
    }

    /// The contacts that are live, oldest first.
    #[must_use]
    pub fn live(&self) -> Vec<LiveContact> {
        let mut live: Vec<LiveContact> =
            self.shared.live.lock().map(|l| l.values().cloned().collect()).unwrap_or_default();
        live.sort_by_key(|c| c.id);
        live
    }

    /// What happens in contacts from now on.
    #[must_use]
    pub fn events(&self) -> broadcast::Receiver<Arc<LiveEvent>> {
        self.shared.events.subscribe()
    }

    /// Contacts that fit.
    #[must_use]
    pub fn capacity(&self) -> u32 {
        self.shared.settings.max_contacts
    }

    /// Whether new calls are refused because the engine is about to stop.
    #[must_use]
    pub fn is_draining(&self) -> bool {
        self.shared.draining.load(Ordering::Acquire)
    }

    /// Calls by how they were decided.
    #[must_use]
    pub fn counters(&self) -> &Counters {
        &self.shared.counters
    }

    /// The media threads, for their statistics.
    #[must_use]
    pub fn media(&self) -> &Media {
        &self.shared.media
    }

    /// The recogniser pool, for its statistics.
    #[must_use]
    pub fn ears(&self) -> &Ears {
        &self.shared.ears
    }

    /// Refuses new calls and waits until those that live have ended by
    /// themselves, at most for `patience`; says how many are left.
    pub async fn drain(&self, patience: Duration) -> usize {
        self.shared.draining.store(true, Ordering::Release);
        let retry = Some(self.shared.settings.retry_after_s);
        // A stack that has stopped takes no new calls either.
        let _ = self.shared.stack.refuse_new(retry).await;
        let empty = async {
            while !self.live().is_empty() {
                tokio::time::sleep(Duration::from_millis(50)).await;
            }
        };
        let _ = tokio::time::timeout(patience, empty).await;
        self.live().len()
    }
}

impl Shared {
    /// Whether the number takes no more calls now.
    fn is_busy(&self, number: &str) -> bool {
        let Some(lines) = self.bots.lines(number) else { return false };
        let taken =
            self.live.lock().map_or(0, |live| live.values().filter(|call| call.number == number).count());
        taken >= lines as usize
    }

    fn forget(&self, contact: Uuid) {
        if let Ok(mut live) = self.live.lock() {
            live.remove(&contact);
        }
    }
}
