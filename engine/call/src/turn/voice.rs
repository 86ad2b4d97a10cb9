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
/// How long the bot's echo may be on its way: 640 ms while the bot speaks, and 400 ms where that costs the beginning of
/// an answer to what it has just said.
const ECHO_FRAMES: usize = 32;
const ECHO_AFTER_FRAMES: usize = 20;
/// How much louder than the echo that was measured another may be, dB.
const ECHO_MARGIN_DB: f32 = 3.0;

/// Voice frames with hysteresis. Bits of `started` and `kept` are the last
/// frames, newest lowest.
#[derive(Debug, Clone, Default)]
pub(super) struct Gate {
    started: u8,
    kept: u8,
    concealed: u32,
    /// What the bot sent in the last frames, each in its place in turn.
    bot_db: [Option<f32>; ECHO_FRAMES],
    bot_next: usize,
    /// What this line attenuates, as its echo has shown.
    echo_loss_db: Option<f32>,
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

    fn follow_bot(&mut self, level: Option<f32>) {
        if let Some(place) = self.bot_db.get_mut(self.bot_next) {
            *place = level;
        }
        self.bot_next = (self.bot_next + 1) % ECHO_FRAMES;
    }

    /// The loudest frame of the bot whose echo may still be on its way.
    pub(super) fn bot_peak_db(&self) -> Option<f32> {
        let last = |frames: usize| {
            let newest = self.bot_next + ECHO_FRAMES - 1;
            (0..frames)
                .filter_map(move |ago| self.bot_db.get((newest - ago) % ECHO_FRAMES).copied().flatten())
        };
        let speaks = last(ECHO_AFTER_FRAMES / 2).next().is_some();
        last(if speaks { ECHO_FRAMES } else { ECHO_AFTER_FRAMES }).reduce(f32::max)
    }

    /// The bot's own words came back so much quieter.
    pub(super) fn learn_echo(&mut self, loss_db: f32) {
        if loss_db.is_finite() {
            let shown = (loss_db - ECHO_MARGIN_DB).max(0.0);
            self.echo_loss_db = Some(self.echo_loss_db.map_or(shown, |known| known.min(shown)));
        }
    }

    fn unechoed(&self, frame: &Frame, s: &Settings) -> f32 {
        let loss = self.echo_loss_db.map_or(s.echo_loss_db, |shown| shown.min(s.echo_loss_db));
        if frame.level_db < s.floor_db || !frame.voice.is_finite() {
            0.0
        } else if self.bot_peak_db().is_some_and(|peak| frame.level_db <= peak - loss) {
            frame.voice * s.echo_discount
        } else {
            frame.voice
        }
    }
}
