//! The words of the timeline.
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

/// Who began the contact.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Direction {
    /// The citizen called.
    Inbound,
    /// Digame called.
    Outbound,
}

impl Direction {
    pub(crate) fn as_str(self) -> &'static str {
        match self {
            Self::Inbound => "inbound",
            Self::Outbound => "outbound",
        }
    }
}

/// Where the value of a slot came from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SlotSource {
    /// Spoken by the citizen.
    Voice,
    /// Keyed by the citizen.
    Keys,
    /// Returned by an outside service.
    Service,
    /// Set by the dialog itself.
    Dialog,
}

impl SlotSource {
    pub(crate) fn as_str(self) -> &'static str {
        match self {
            Self::Voice => "voice",
            Self::Keys => "keys",
            Self::Service => "service",
            Self::Dialog => "dialog",
        }
    }
}

/// A contact at its first signal.
#[derive(Debug, Clone)]
pub struct NewContact {
    /// UUIDv7.
    pub id: Uuid,
    /// Who began it.
    pub direction: Direction,
    /// Calling party, as signalled.
    pub from: String,
    /// Called party, as signalled.
    pub to: String,
    /// Name of the dialog that answers.
    pub dialog: String,
    /// Content hash of that dialog.
    pub dialog_version: String,
    /// First signal.
    pub started: DateTime<Utc>,
    /// The recording, if one is made.
    pub recording: Option<NewRecording>,
}

/// A recording that begins.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewRecording {
    /// File name inside the recordings folder.
    pub file: String,
    /// Why it may be made: one of the grounds of GDPR, article 6.1, in the dialog language's words.
    pub legal_basis: String,
}

/// Where the time of one turn went, in milliseconds. `total` is voice to voice as the engine knows it:
/// end of the citizen's voice to the first voiced frame sent.
#[derive(Debug, Clone, Copy, Default, PartialEq, Serialize, Deserialize)]
pub struct Delay {
    /// End of voice until the turn was held to be over.
    pub endpoint: f32,
    /// Until the final words.
    pub asr: f32,
    /// Understanding them.
    pub nlu: f32,
    /// Deciding what to say, outside services included.
    pub dialog: f32,
    /// Until the first sound of the answer was ready.
    pub tts: f32,
    /// Until its first frame was sent.
    pub playout: f32,
    /// The sum.
    pub total: f32,
}

/// One thing that happened in a contact.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Entry {
    /// A signal on the leg: ringing, answered, held, resumed, hung up.
    Signal {
        /// What happened.
        event: String,
        /// More about it: a status code, a cause.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        detail: Option<String>,
    },
    /// The bot said something.
    Said {
        /// The words of the prompt.
        text: String,
        /// The part that was played to the caller, by RTP position.
        heard: String,
        /// Sound played, milliseconds.
        played_ms: u64,
        /// False if the citizen interrupted it.
        complete: bool,
    },
    /// The citizen said something.
    Heard {
        /// Recognised words; masked where the slot is private.
        text: String,
        /// 0..1.
        confidence: f32,
        /// Start of the voice, milliseconds into the contact.
        start_ms: u64,
        /// End of the voice, milliseconds into the contact.
        end_ms: u64,
        /// Other readings, best first.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        alternatives: Vec<String>,
    },
    /// The citizen pressed keys.
    Keys {
        /// The digits; masked where the slot is private.
        digits: String,
    },
    /// The citizen said and keyed nothing in the time allowed.
    NoInput,
    /// The dialog took a step.
    Step {
        /// Its id or position in the dialog.
        step: String,
        /// What was done.
        note: String,
    },
    /// A slot was filled, changed or (with no value) forgotten.
    Slot {
        /// Its name.
        name: String,
        /// Its value; masked here where private, whole in the table of slots.
        value: Option<String>,
        /// Where it came from.
        source: SlotSource,
        /// 0..1.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        confidence: Option<f32>,
        /// Kept out of the timeline's text.
        private: bool,
    },
    /// An outside service was asked.
    Service {
        /// `service.operation`.
        operation: String,
        /// Took this long, milliseconds.
        took_ms: u64,
        /// What went wrong, if anything.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        error: Option<String>,
        /// What came of an operation that changes something, where the dialog keeps it.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        saved: Option<Saved>,
    },
    /// A handoff was requested.
    Handoff {
        /// The queue.
        queue: String,
        /// Why.
        reason: String,
    },
    /// The contact goes on in another language.
    Language {
        /// Its code (`ca`).
        language: String,
    },
    /// Something was done to a case.
    Case {
        /// `open`, `note` or `state`.
        done: String,
        /// Its number; its kind where it could not be opened.
        case: String,
        /// Its new state, or why it could not be opened.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        detail: Option<String>,
    },
    /// The citizen asked to be called back.
    Callback {
        /// Who is to call.
        queue: String,
        /// Why.
        reason: String,
    },
    /// A message was handed over. Until a channel sends it, it is only noted.
    Message {
        /// `sms` or `email`.
        channel: String,
        /// Its template in the bot.
        template: String,
        /// To whom, masked.
        to: String,
    },
    /// Delay of the turn that the bot just answered.
    Delay(Delay),
    /// What is kept of the sound changed: `not_begun`, `started`, `paused`, `resumed`, `stopped`.
    Recording {
        /// What happened to it.
        event: String,
        /// Why, if it stopped before its time or never began.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        reason: Option<String>,
    },
}

impl Entry {
    /// The name of the kind, as stored and as shown by the API.
    pub fn kind(&self) -> &'static str {
        match self {
            Self::Signal { .. } => "signal",
            Self::Said { .. } => "said",
            Self::Heard { .. } => "heard",
            Self::Keys { .. } => "keys",
            Self::NoInput => "no_input",
            Self::Step { .. } => "step",
            Self::Slot { .. } => "slot",
            Self::Service { .. } => "service",
            Self::Handoff { .. } => "handoff",
            Self::Language { .. } => "language",
            Self::Case { .. } => "case",
            Self::Callback { .. } => "callback",
            Self::Message { .. } => "message",
            Self::Delay(_) => "delay",
            Self::Recording { .. } => "recording",
        }
    }
}

/// A value that a service gave and the dialog keeps: the appointment that was booked.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Saved {
    /// As the dialog names it.
    pub name: String,
    /// Its exact form.
    pub value: String,
}

/// How a contact ended.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Outcome {
    /// The dialog's word for it (`cita_reservada`), or `hung_up`, `not_connected`, `handed_off`, `failed`.
    pub name: String,
    /// Queue and reason where it ended in a handoff.
    pub handoff: Option<(String, String)>,
}

/// What the line was like (RFC 3550 counters, ITU-T G.107 estimate).
#[derive(Debug, Clone, Copy, Default, PartialEq, Serialize, Deserialize)]
pub struct Quality {
    /// Packets received.
    pub received: u64,
    /// Packets that never came.
    pub lost: u64,
    /// Packets that came too late to be played.
    pub late: u64,
    /// Packets sent.
    pub sent: u64,
    /// Interarrival jitter, milliseconds.
    pub jitter_ms: f32,
    /// Round trip by RTCP, milliseconds, if the far end reports.
    pub rtt_ms: Option<f32>,
    /// Mean opinion score by the E-model, whole call.
    pub mos: f32,
    /// The worst five seconds.
    pub mos_min: f32,
}
