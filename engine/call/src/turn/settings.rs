//! Times and levels of turn-taking, with the values that ship.

/// Milliseconds in one frame.
pub const FRAME_MS: u32 = 20;

/// Frames that cover `ms` milliseconds, rounded up.
#[must_use]
pub const fn frames(ms: u32) -> u32 {
    ms.div_ceil(FRAME_MS)
}

/// How the machine decides. All times are milliseconds of audio heard.
#[derive(Debug, Clone, PartialEq)]
pub struct Settings {
    /// Voice probability (0..1) from which a frame may start an utterance.
    pub voice_on: f32,
    /// Voice probability under which a frame inside an utterance is silence.
    pub voice_off: f32,
    /// Frames quieter than this (dBFS) are silence whatever the network says.
    pub floor_db: f32,
    /// Voice frames among the last five that start an utterance (1..=5). Three
    /// frames are 60 ms: a short «sí» has 120 ms or more.
    pub onset_frames: u32,
    /// Audio before the onset that goes to the recogniser with the utterance.
    pub pre_roll_ms: u32,
    /// Silence that ends the turn after a whole answer.
    pub pause_complete_ms: u32,
    /// Silence that ends the turn when nothing special is known.
    pub pause_normal_ms: u32,
    /// Silence that ends the turn after what callers often go on with, at least: they breathe for up to half a second,
    /// and the last sounds of a word and the first of the next are hardly voice.
    pub pause_goes_on_ms: u32,
    /// Silence that ends the turn inside an unfinished number or sentence, at least; the
    /// question's own `pause` may be longer.
    pub pause_open_ended_ms: u32,
    /// Longest utterance; then the turn ends even while the caller speaks.
    pub max_turn_ms: u32,
    /// How long the bot stays paused at most, all pauses of what it says together: then it goes on over whoever talks.
    pub longest_pause_ms: u32,
    /// Talk that gives no turn, all utterances together, after which it is reported.
    pub longest_talk_ms: u32,
    /// Voice that must be heard over the bot before its prompt is paused. Short, because a pause is
    /// undone when no words come of it; what only words can do is stop the prompt.
    pub barge_in_ms: u32,
    /// How near its end a prompt counts as heard, and how long before the end
    /// of a prompt that cannot be interrupted an answer is still kept.
    pub near_end_ms: u32,
    /// Silence after a key that completes what was keyed.
    pub inter_key_ms: u32,
    /// Longest wait for the words of an ended utterance.
    pub judging_ms: u32,
    /// Recognition confidence (0..1) under which words over a prompt are noise.
    pub noise_confidence: f32,
    /// How far under the caller's own level (dB) a voice is somebody else's beside the telephone. A person's own turns
    /// lie within 8 dB.
    pub beside_db: f32,
    /// Attenuation of the bot's voice on its way back to us, at least (dB), until a line shows less.
    pub echo_loss_db: f32,
    /// Factor on the voice probability of frames that may be echo (0..1).
    pub echo_discount: f32,
}

impl Default for Settings {
    fn default() -> Self {
        Settings {
            voice_on: 0.5,
            voice_off: 0.35,
            floor_db: -55.0,
            onset_frames: 3,
            pre_roll_ms: 300,
            pause_complete_ms: 300,
            pause_normal_ms: 600,
            pause_goes_on_ms: 800,
            pause_open_ended_ms: 1500,
            max_turn_ms: 30_000,
            longest_pause_ms: 20_000,
            longest_talk_ms: 20_000,
            barge_in_ms: 120,
            near_end_ms: 1500,
            inter_key_ms: 3000,
            judging_ms: 3000,
            noise_confidence: 0.3,
            beside_db: 9.0,
            echo_loss_db: 18.0,
            echo_discount: 0.4,
        }
    }
}
