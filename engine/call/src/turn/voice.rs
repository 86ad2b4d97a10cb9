//! From voice probabilities to "somebody speaks": hysteresis and echo guard.

use super::Settings;

/// What a received frame says about the caller.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Evidence {
    /// Decoded from a packet.
    Heard,
    /// Invented to hide a lost packet: no evidence of voice or of silence.
    Concealed,
    /// The far end sends nothing (silence suppression, hold).
    Idle,
}

/// One frame from the caller with what the bot played meanwhile.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Frame {
    /// Voice probability, 0..1.
    pub voice: f32,
    /// Level of the frame in dBFS (0 is full scale, silence about -90).
    pub level_db: f32,
    /// Where the frame comes from.
    pub evidence: Evidence,
    /// Level in dBFS of the frame that the bot sent, if it sent any.
    pub bot_level_db: Option<f32>,
    /// Prompt audio still to be played in ms; `None` while it is unknown
    /// because the prompt is still being made.
    pub remaining_ms: Option<u32>,
}

/// Longest run of concealed frames that is not yet silence (100 ms).
const CONCEALED_MAX: u32 = 5;
/// How long the bot's echo may be on its way (400 ms).
const ECHO_FRAMES: u32 = 20;

/// Voice frames with hysteresis. Bits of `started` and `kept` are the last
/// frames, newest lowest.
#[derive(Debug, Clone, Default)]
pub(super) struct Gate {
    started: u8,
    kept: u8,
    concealed: u32,
    bot_peak_db: f32,
    bot_peak_age: u32,
    bot_heard: bool,
}

/// What the gate makes of one frame.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Sound {
    Voice,
    Silence,
    Unknown,
}

impl Gate {
    /// Takes one frame; says what it counts as inside an utterance.
    pub(super) fn push(&mut self, frame: &Frame, s: &Settings) -> Sound {
        self.follow_bot(frame.bot_level_db);
        match frame.evidence {
            Evidence::Concealed if self.concealed < CONCEALED_MAX => {
                self.concealed += 1;
                return Sound::Unknown;
            }
            Evidence::Concealed | Evidence::Idle => {
                self.shift(false, false);
                return Sound::Silence;
            }
            Evidence::Heard => self.concealed = 0,
        }
        let voice = self.unechoed(frame, s);
        self.shift(voice >= s.voice_on, voice >= s.voice_off);
        // A lone voiced frame in a pause (a click) does not restart the pause.
        if (self.kept & 0b111).count_ones() >= 2 && self.kept & 1 == 1 {
            Sound::Voice
        } else {
            Sound::Silence
        }
    }

    /// How many frames ago an utterance began, if one begins now.
    pub(super) fn onset(&self, s: &Settings) -> Option<u32> {
        let recent = self.started & 0b1_1111;
        (recent & 1 == 1 && recent.count_ones() >= s.onset_frames)
            .then(|| u8::BITS - 1 - recent.leading_zeros())
    }

    /// Forgets the frames of the utterance that ended.
    pub(super) fn clear(&mut self) {
        self.started = 0;
        self.kept = 0;
    }

    fn shift(&mut self, starts: bool, keeps: bool) {
        self.started = self.started << 1 | u8::from(starts);
        self.kept = self.kept << 1 | u8::from(keeps);
    }

    /// Remembers the loudest bot frame of the time an echo needs.
    fn follow_bot(&mut self, level: Option<f32>) {
        self.bot_peak_age = self.bot_peak_age.saturating_add(1);
        if self.bot_peak_age > ECHO_FRAMES {
            self.bot_heard = false;
        }
        if let Some(level) = level
            && (!self.bot_heard || level >= self.bot_peak_db)
        {
            (self.bot_peak_db, self.bot_peak_age, self.bot_heard) = (level, 0, true);
        }
    }

    fn unechoed(&self, frame: &Frame, s: &Settings) -> f32 {
        if frame.level_db < s.floor_db || !frame.voice.is_finite() {
            0.0
        } else if self.bot_heard && frame.level_db <= self.bot_peak_db - s.echo_loss_db {
            frame.voice * s.echo_discount
        } else {
            frame.voice
        }
    }
}
