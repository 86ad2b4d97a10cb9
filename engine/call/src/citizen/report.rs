//! What came of a simulated citizen's call.

use serde::Serialize;

use crate::media::LineStats;

/// How a call went.
#[derive(Debug, Clone, Serialize)]
pub struct Report {
    /// How it ended.
    pub outcome: Outcome,
    /// SIP status of the final response.
    pub status: u16,
    /// Where a 3xx says that the callee is; the call is not placed there.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub redirected_to: Vec<String>,
    /// INVITE → final response, ms.
    pub answer_ms: Option<f32>,
    /// Final response → first sound of the bot, ms.
    pub first_audio_ms: Option<f32>,
    /// Whole call, s.
    pub duration_s: f32,
    /// The citizen's turns, in order.
    pub turns: Vec<TurnReport>,
    /// The bot's turns, in order.
    pub bot: Vec<BotTurn>,
    /// The citizen's interruptions, in order.
    pub interruptions: Vec<Interruption>,
    /// Waits that ran out.
    pub timeouts: u32,
    /// Packets received.
    pub received: u64,
    /// Packets that never came.
    pub lost: u64,
    /// Packets that came too late.
    pub late: u64,
    /// Packets sent.
    pub sent: u64,
    /// Jitter of what was received, ms.
    pub jitter_ms: f32,
    /// Mean opinion score of what was received; 0 where the call was too short.
    pub mos: f32,
    /// File of the recording: citizen left, bot right.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub recording: Option<String>,
}

/// How a call ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Outcome {
    /// The bot hung up after the script was done.
    Completed,
    /// The citizen hung up after the script was done.
    HungUp,
    /// The bot hung up before the script was done.
    CutShort,
    /// The call was not answered; the status says why.
    Refused,
    /// It lasted longer than allowed.
    TooLong,
    /// The media thread failed.
    Failed,
}

/// One turn of the citizen.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct TurnReport {
    /// What it said or pressed.
    pub said: String,
    /// Start, ms into the call.
    pub start_ms: u64,
    /// Last sound sent, ms into the call.
    pub end_ms: u64,
    /// Last sound sent → first sound of the bot received and played, ms.
    /// `None`: the bot said nothing before the next turn.
    pub delay_ms: Option<f32>,
    /// The same without our own jitter buffer: on the wire, ms.
    pub wire_ms: Option<f32>,
    /// The bot began to speak before the citizen had finished.
    pub cut_off: bool,
    /// By keys.
    pub keys: bool,
}

/// One turn of the bot, as heard.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct BotTurn {
    /// First sound, ms into the call.
    pub start_ms: u64,
    /// Last sound, ms into the call.
    pub end_ms: Option<u64>,
}

/// One interruption.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Interruption {
    /// What the citizen said.
    pub said: String,
    /// First sound sent → last sound of the bot received, ms; `None`: the bot
    /// went on to the end of its turn without stopping.
    pub stop_ms: Option<f32>,
}

impl Report {
    pub(super) fn line(&mut self, stats: &LineStats) {
        self.received = stats.received;
        self.lost = stats.lost;
        self.late = stats.late;
        self.sent = stats.sent;
        self.jitter_ms = stats.jitter_ms;
        self.mos = stats.mos;
    }
}
