//! Where the time between the citizen's last sound and the bot's first goes.

use std::time::{Duration, Instant};

use records::Delay;

/// The moments of one turn.
#[derive(Debug, Clone, Copy)]
pub(super) struct Stopwatch {
    /// End of the citizen's voice.
    voice_ended: Instant,
    /// The turn was held to be over.
    turn_ended: Instant,
    /// Its words were there.
    words: Instant,
    /// Time spent understanding.
    nlu: Duration,
    /// The dialog had decided what to say.
    decided: Option<Instant>,
}

impl Stopwatch {
    /// A turn by voice; `silence` is what had passed since the last voice.
    pub(super) fn voice(turn_ended: Instant, silence: Duration, words: Instant) -> Stopwatch {
        let voice_ended = turn_ended.checked_sub(silence).unwrap_or(turn_ended);
        Stopwatch { voice_ended, turn_ended, words, nlu: Duration::ZERO, decided: None }
    }

    pub(super) fn understood(&mut self, took: Duration) {
        self.nlu += took;
    }

    /// The dialog says something; the first time counts.
    pub(super) fn decided(&mut self, at: Instant) {
        self.decided.get_or_insert(at);
    }

    /// The whole, when the first sound was `ready` and when it was sent.
    pub(super) fn stop(&self, ready: Instant, sent: Instant) -> Delay {
        let decided = self.decided.unwrap_or(ready);
        let ms = |from: Instant, to: Instant| to.saturating_duration_since(from).as_secs_f32() * 1000.0;
        let nlu = self.nlu.as_secs_f32() * 1000.0;
        let ready = ready.max(decided);
        Delay {
            endpoint: ms(self.voice_ended, self.turn_ended),
            asr: ms(self.turn_ended, self.words),
            nlu,
            dialog: (ms(self.words, decided) - nlu).max(0.0),
            tts: ms(decided, ready),
            playout: ms(ready, sent),
            total: ms(self.voice_ended, sent),
        }
    }
}
