//! What goes into the interpreter and what comes out of it.
//!
//! The driver (engine, chat, tests) feeds one [`Input`] at a time and does what the [`Output`]s say,
//! in order. After the outputs of one input the dialog is in exactly one of three places, told by the
//! last output that is not a note:
//! - [`Output::Listen`]: play the prompts before it, then wait for the citizen;
//! - [`Output::Call`]: do the HTTP request, answer with [`Input::Reply`];
//! - [`Output::End`]: play the prompts before it, then close the contact.

use std::{collections::BTreeMap, sync::Arc, time::Duration};

use serde::Serialize;

pub use crate::language::{BargeIn, Heard, Keypad};
use crate::{json::Json, language::Expect, value::Value};

/// How a contact begins.
#[derive(Debug, Clone, PartialEq)]
pub struct Start {
    /// Local time of the office.
    pub now: chrono::NaiveDateTime,
    /// Who calls, as `{call.from}` gives it.
    pub from: String,
    /// The number called.
    pub to: String,
    /// The contact's id: seeds idempotency keys.
    pub contact: String,
    /// What the citizen has agreed to, as `{consent.sms}` reads it.
    pub consent: BTreeMap<String, bool>,
}

/// What happened.
#[derive(Debug, Clone, PartialEq)]
pub enum Input {
    /// The citizen is there: greet. Only the first counts.
    Started,
    /// The citizen took a turn by voice. Backchannels while the bot speaks are not turns.
    Heard(Heard),
    /// The citizen keyed an answer, its end key included or not.
    Keys(String),
    /// Nobody spoke or keyed for as long as [`Listen::no_input`] says after the prompts ended.
    NoInput,
    /// A service answered, or failed to.
    Reply {
        /// [`ServiceCall::id`].
        call: u64,
        /// What came back.
        result: Result<Json, CallError>,
    },
    /// The citizen cut the prompts; this many characters of their texts, joined by spaces, were heard.
    Interrupted {
        /// Characters heard.
        heard_chars: usize,
    },
    /// The prompts were played to the end.
    Finished,
    /// Nobody took the contact that was handed off: its `no_answer` goes on, where it was written. Only makes sense
    /// after [`Output::Handoff`] and the [`Output::End`] that follows it.
    NotTaken,
    /// The citizen hung up, or the call is lost. Replies to calls that change something are still taken: they are
    /// noted, and what they save is kept.
    HungUp,
}

/// Why a service gave no answer.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum CallError {
    /// No answer in time, all retries included.
    #[error("no answer in time")]
    Timeout,
    /// An HTTP status that is not 2xx.
    #[error("HTTP status {0}")]
    Status(u16),
    /// No connection, or not JSON.
    #[error("{0}")]
    Failed(String),
}

/// What to do.
#[derive(Debug, Clone, PartialEq)]
pub enum Output {
    /// Say this, after the prompts already queued.
    Say(Arc<Prompt>),
    /// Then listen.
    Listen(Listen),
    /// Do this HTTP request.
    Call(ServiceCall),
    /// Send this text message; nothing waits for it.
    Sms(Sms),
    /// Send this e-mail; nothing waits for it.
    Email(Email),
    /// Keep, or don't keep, what is said from here on.
    Record(Recording),
    /// Do this to a case; opening one is answered with [`Input::Reply`].
    Case(Case),
    /// Keep this request to call the citizen back.
    Callback(Callback),
    /// Hear, understand and speak this language from now on.
    Language(String),
    /// Pass the contact to people. In a bot without desks [`Output::End`] follows.
    Handoff(Handoff),
    /// Close the contact after the prompts; nothing follows.
    End(End),
    /// A step for the record's timeline. Private values are masked in it.
    Note(Entry),
}

/// A part of a prompt as it is spoken.
#[derive(Debug, Clone, PartialEq)]
pub struct Speech {
    /// The words; none where only the pause is meant.
    pub text: String,
    /// Times the voice's own rate.
    pub rate: f32,
    /// Silence after it.
    pub pause: Duration,
}

/// Words to say.
#[derive(Debug, Clone, PartialEq)]
pub struct Prompt {
    /// The words, values already read aloud.
    pub text: String,
    /// The same words with private values masked: what logs and records may hold.
    pub record: String,
    /// What stops it.
    pub barge_in: BargeIn,
    /// True if the text has no variables: its sound can be prepared when the bot is loaded
    /// ([`crate::Bot::fixed_prompts`]).
    pub fixed: bool,
    /// A recording of `audios/` that says the same; where it can't be had, `speech` is.
    pub audio: Option<String>,
    /// The words as they are spoken.
    pub speech: Vec<Speech>,
}

impl Prompt {
    /// A text said as it stands.
    pub fn plain(text: impl Into<String>, barge_in: BargeIn) -> Self {
        let text: String = text.into();
        let speech = vec![Speech { text: text.clone(), rate: 1.0, pause: Duration::ZERO }];
        Self { record: text.clone(), text, barge_in, fixed: false, audio: None, speech }
    }
}

/// How to listen.
#[derive(Debug, Clone, PartialEq)]
pub struct Listen {
    /// What makes sense as an answer: for the recogniser and for understanding.
    pub expect: Expect,
    /// Silence that ends a turn when the answer so far is not complete.
    pub pause: Duration,
    /// Silence after the prompts that is no answer at all: send [`Input::NoInput`].
    pub no_input: Duration,
    /// How keys answer, if they do. Without it keys are ignored.
    pub keypad: Option<Keypad>,
    /// What stops the prompts of this question.
    pub barge_in: BargeIn,
}

/// An HTTP request.
#[derive(Debug, Clone, PartialEq)]
pub struct ServiceCall {
    /// Goes back in [`Input::Reply`].
    pub id: u64,
    /// `service.operation`, as in `servicios.yaml`.
    pub service: String,
    /// `GET`, `POST`, `PUT`, `PATCH` or `DELETE`.
    pub method: &'static str,
    /// Environment variable that overrides `base`, if any.
    pub base_env: Option<String>,
    /// Scheme, host and port.
    pub base: String,
    /// Path and query, percent-encoded.
    pub path: String,
    /// JSON body, if the operation has one.
    pub body: Option<serde_json::Value>,
    /// Environment variable with the bearer token, if the service wants one.
    pub token_env: Option<String>,
    /// Value of the `Idempotency-Key` header: the same for retries of the same step.
    pub idempotency_key: Option<String>,
    /// For one attempt.
    pub timeout: Duration,
    /// Attempts after the first, on no answer or status 5xx.
    pub retries: u8,
    /// What to say if the answer takes longer than this; play it out even if the answer comes.
    pub while_waiting: Option<(Duration, Prompt)>,
    /// The arguments by the names of the dialog, for mocks and traces; private ones are masked in notes.
    pub arguments: BTreeMap<String, Value>,
}

impl ServiceCall {
    /// Whether it changes something outside: it has to be known what came of it, also when the citizen has gone.
    pub fn changes(&self) -> bool {
        self.method != "GET"
    }

    /// Longest time until its reply, all tries and the waits between them included.
    pub fn longest(&self) -> Duration {
        self.timeout.saturating_mul(u32::from(self.retries) + 1) + Duration::from_secs(5)
    }

    /// The whole URL; `env` looks an environment variable up.
    pub fn url(&self, env: impl Fn(&str) -> Option<String>) -> String {
        let base = self.base_env.as_deref().and_then(env).filter(|b| !b.is_empty());
        let base = base.as_deref().unwrap_or(&self.base);
        format!("{}{}", base.trim_end_matches('/'), self.path)
    }
}

/// A text message.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Sms {
    /// To whom.
    pub to: String,
    /// The template's name in `centro.yaml`.
    pub template: String,
    /// The text, values put in.
    pub text: String,
}

/// An e-mail.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Email {
    /// To whom.
    pub to: String,
    /// The template's name in `centro.yaml`.
    pub template: String,
    /// Its subject.
    pub subject: String,
    /// The text, values put in.
    pub text: String,
}

/// What a `record` step does.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Recording {
    /// From here on it is kept, also if it was not before.
    Start,
    /// From here on nothing is kept.
    Stop,
    /// Nothing is kept until it goes on.
    Pause,
    /// It goes on.
    Resume,
}

impl Recording {
    /// As a `record` step writes them.
    pub const NAMES: [&'static str; 4] = ["start", "stop", "pause", "resume"];

    /// Its name.
    pub fn name(self) -> &'static str {
        match self {
            Self::Start => "start",
            Self::Stop => "stop",
            Self::Pause => "pause",
            Self::Resume => "resume",
        }
    }

    /// The one with this name.
    pub fn named(name: &str) -> Option<Self> {
        Some(match name {
            "start" => Self::Start,
            "stop" => Self::Stop,
            "pause" => Self::Pause,
            "resume" => Self::Resume,
            _ => return None,
        })
    }
}

/// Where a case stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum CaseState {
    /// Nobody has looked at it yet.
    Abierto,
    /// Somebody works on it.
    EnCurso,
    /// What was asked for is done.
    Resuelto,
    /// Nothing more will be done.
    Cerrado,
}

impl CaseState {
    /// As a `case` step writes them.
    pub const NAMES: [&'static str; 4] = ["abierto", "en_curso", "resuelto", "cerrado"];

    /// The one with this name.
    pub fn named(name: &str) -> Option<Self> {
        Some(match name {
            "abierto" => Self::Abierto,
            "en_curso" => Self::EnCurso,
            "resuelto" => Self::Resuelto,
            "cerrado" => Self::Cerrado,
            _ => return None,
        })
    }

    /// Its name.
    pub fn name(self) -> &'static str {
        match self {
            Self::Abierto => "abierto",
            Self::EnCurso => "en_curso",
            Self::Resuelto => "resuelto",
            Self::Cerrado => "cerrado",
        }
    }
}

/// Something done to a case.
#[derive(Debug, Clone, PartialEq)]
pub enum Case {
    /// Open one; answer [`Input::Reply`] with `{"codigo": "…"}`, the number that the citizen is told.
    Open {
        /// Goes back in the reply.
        id: u64,
        /// `incidencia`
        kind: String,
        /// What is known of it. Private values are in clear.
        fields: BTreeMap<String, Value>,
        /// Which of them are private.
        private: Vec<String>,
    },
    /// Add a note.
    Note {
        /// The case's number.
        case: String,
        /// The words.
        text: String,
    },
    /// Say where it stands.
    State {
        /// The case's number.
        case: String,
        /// The new state.
        state: CaseState,
    },
}

/// A request to call back.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Callback {
    /// The number.
    pub to: String,
    /// Who is to call.
    pub queue: String,
    /// When it suits the citizen, `[from, to)`, in the office's local time.
    pub when: Option<(chrono::NaiveDateTime, chrono::NaiveDateTime)>,
    /// Why.
    pub reason: String,
}

/// Passing a contact to people.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Handoff {
    /// The handoff's name in the dialog.
    pub name: String,
    /// The queue; empty where the contact goes to a number.
    pub queue: String,
    /// A number outside to pass the call to (`112`).
    pub number: Option<String>,
    /// Why.
    pub reason: String,
    /// What the agent gets: slots by name, and of `transcript`, `summary`, `reason`, `audio_offset` (seconds)
    /// those the dialog carries. Private slots are in clear: the brief is their place.
    pub carried: BTreeMap<String, Value>,
    /// What the agent hears before the citizen.
    pub whisper: Option<String>,
    /// Who has not taken it by then is not there: send [`Input::NotTaken`].
    #[serde(skip)]
    pub no_answer: Option<Duration>,
}

/// The end of a contact.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct End {
    /// As the dialog says (`end: cita_reservada`), or `handed_off`, `hung_up`, `failed`.
    pub outcome: String,
}

/// Where a value came from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Source {
    /// Spoken, or written in chat.
    Voice,
    /// Keyed.
    Keys,
    /// Set by the dialog or returned by a service.
    Dialog,
}

/// One entry of the timeline.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Entry {
    /// The dialog at work; empty at the opening.
    pub dialog: Arc<str>,
    /// The step: its `id`, or `file:line` where it is written.
    pub step: Arc<str>,
    /// What happened.
    #[serde(flatten)]
    pub what: What,
}

/// A value that a step has saved.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Saved {
    /// As the step names it.
    pub name: String,
    /// The value in its exact form, or its beginning if it is very long.
    pub value: String,
}

/// What happened in a step. Texts and values are fit for a log: private ones are masked.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum What {
    /// A dialog began.
    Began,
    /// The bot spoke.
    Said {
        /// The words.
        text: String,
    },
    /// The bot asked for a slot.
    Asked {
        /// The slot, or the choose variable, or empty for a confirmation.
        slot: String,
        /// 1 for the first time.
        attempt: u32,
    },
    /// The citizen spoke.
    Heard {
        /// The words.
        text: String,
        /// 0 to 1.
        confidence: f32,
    },
    /// The citizen keyed.
    Keyed {
        /// The keys.
        keys: String,
    },
    /// The citizen said nothing.
    Silence {
        /// In a row.
        count: u32,
    },
    /// The citizen asked for a moment, and gets it.
    Waits,
    /// What was said is no answer.
    NotUnderstood {
        /// In a row.
        count: u32,
    },
    /// A slot got a value.
    Filled {
        /// Which.
        slot: String,
        /// Its value.
        value: String,
        /// By voice or keys.
        source: Source,
        /// 0 to 1.
        confidence: f32,
        /// It had another value before.
        corrected: bool,
    },
    /// A value was refused.
    Refused {
        /// The slot.
        slot: String,
        /// `invalid`, `unfinished`, `closed`, `denied` or `past`.
        why: &'static str,
    },
    /// Slots were emptied.
    Forgot {
        /// Which.
        slots: Vec<String>,
    },
    /// A service was called.
    Called {
        /// `service.operation`.
        service: String,
        /// The call.
        call: u64,
        /// Its arguments.
        arguments: BTreeMap<String, String>,
    },
    /// A service answered.
    Replied {
        /// `service.operation`.
        service: String,
        /// The call.
        call: u64,
        /// Why it failed; none if it did not.
        error: Option<String>,
        /// What came of an operation that changes something, where the step saves it.
        saved: Option<Saved>,
    },
    /// The citizen answered a confirmation.
    Confirmed {
        /// Yes or no.
        yes: bool,
    },
    /// A condition was decided.
    Decided {
        /// Which way.
        yes: bool,
    },
    /// An intent was recognised.
    Intent {
        /// Which.
        intent: String,
        /// 0 to 1.
        confidence: f32,
    },
    /// A sub-dialog ended and the caller goes on.
    Returned,
    /// A text message was not sent.
    NotSent {
        /// What is missing.
        needs: String,
    },
    /// A message was handed over.
    Sent {
        /// The template.
        template: String,
    },
    /// The contact goes one way of an A/B test.
    Split {
        /// The test.
        name: String,
        /// The way.
        way: String,
    },
    /// The bot speaks another language.
    Language {
        /// Its code.
        language: String,
    },
    /// What is kept of the call changed.
    Recording {
        /// How.
        recording: Recording,
        /// The citizen was asked, and this was the answer.
        consent: Option<bool>,
    },
    /// A case was opened, noted or changed.
    Case {
        /// `open`, `note`, `state`.
        done: &'static str,
        /// Its kind, its number, or its state.
        of: String,
        /// Why it failed; none if it did not.
        error: Option<String>,
    },
    /// A call back was asked for.
    Callback {
        /// Who is to call.
        queue: String,
        /// Why.
        reason: String,
    },
    /// The last answer was taken back.
    TakenBack {
        /// Which slot.
        slot: String,
    },
    /// People take over.
    HandedOff {
        /// The queue.
        queue: String,
        /// Why.
        reason: String,
    },
    /// The contact ended.
    Ended {
        /// How.
        outcome: String,
    },
    /// An input that makes no sense now was dropped.
    Ignored {
        /// Which.
        input: String,
    },
    /// The interpreter stopped a runaway dialog.
    Runaway {
        /// Steps done for one input.
        steps: u32,
    },
}
