//! The caller's turns: words and the verdict on them come by different ways.

use std::time::{Duration, Instant};

use dialogs::{Input, Output};
use records::Entry;

use super::super::delay::Stopwatch;
use super::Contact;
use crate::ears::Final;
use crate::turn::Ignored;

/// Words of ended utterances kept until turn-taking has judged them.
const UNJUDGED: usize = 4;
/// Stands for what must not be written down.
pub(super) const MASK: &str = "•••";

/// An utterance that has ended, as far as it is known.
pub(super) struct Ended {
    pub utterance: u32,
    pub question: u32,
    pub at: Instant,
    pub silence: Duration,
    /// Its words are the turn, whatever they are.
    pub taken: bool,
}

/// When the caller spoke, in ms of the contact.
struct SpokenTurn {
    start_ms: u64,
    end_ms: u64,
}

impl Contact {
    /// An utterance has ended; whether it is a turn may come later.
    pub(super) fn utterance_ended(&mut self, ended: Ended) {
        let utterance = ended.utterance;
        self.ended.push_back(ended);
        if self.ended.len() > UNJUDGED {
            self.ended.pop_front();
        }
        self.take_turn(utterance);
    }

    pub(super) fn ignored(&mut self, utterance: u32, why: Ignored) {
        self.ended.retain(|e| e.utterance != utterance);
        let text = self.words.iter().find(|w| w.utterance == utterance).map(|w| w.heard.text.clone());
        self.words.retain(|w| w.utterance != utterance);
        if let Some(text) = text.filter(|t| !t.is_empty()) {
            let why = match why {
                Ignored::Backchannel => "a backchannel",
                Ignored::Noise => "noise",
                Ignored::NotNow => "not the time for it",
                Ignored::Keys => "keys were pressed instead",
            };
            let text = if self.private { MASK.to_owned() } else { format!("«{text}»") };
            self.p.timeline.step("turn", format!("{text} is no turn: {why}"));
        }
    }

    pub(super) fn on_words(&mut self, words: Final) {
        let utterance = words.utterance;
        if words.failed {
            self.p.timeline.step("engine", "the recogniser failed on an utterance");
        }
        self.words.push_back(words);
        if self.words.len() > UNJUDGED {
            self.words.pop_front();
        }
        self.take_turn(utterance);
    }

    /// Takes the turn when both its words and the verdict are there.
    pub(super) fn take_turn(&mut self, utterance: u32) {
        let has_words = |w: &Final| w.utterance == utterance && !w.heard.text.trim().is_empty();
        let Some(place) = self.words.iter().position(has_words) else { return };
        let Some(verdict) = self.ended.iter().position(|e| e.utterance == utterance && e.taken) else {
            return;
        };
        let (Some(words), Some(ended)) = (self.words.remove(place), self.ended.remove(verdict)) else {
            return;
        };
        if !self.answers(ended.question) {
            return;
        }
        // What is said while a service is asked does not begin a new answer.
        if self.waiting.is_none() {
            self.stopwatch = Some((Stopwatch::voice(ended.at, ended.silence, words.at), None));
        }
        let voice_ended = ended.at.checked_sub(ended.silence).unwrap_or(ended.at);
        let end_ms = self.p.timeline.ms(voice_ended);
        let audio = u64::from(words.audio_ms).saturating_sub(ended.silence.as_millis() as u64);
        let spoken = SpokenTurn { start_ms: end_ms.saturating_sub(audio), end_ms };
        self.hear(words, &spoken);
    }

    fn hear(&mut self, words: Final, spoken: &SpokenTurn) {
        let heard = crate::language::heard(words.heard);
        let outputs = self.dialogue.handle(Input::Heard(heard), self.local_time());
        // The note has the words as they may be written down.
        let noted = outputs.iter().find_map(|o| match o {
            Output::Note(dialogs::Entry { what: dialogs::What::Heard { text, confidence }, .. }) => {
                Some((text.clone(), *confidence))
            }
            _ => None,
        });
        if let Some((text, confidence)) = noted {
            self.p.timeline.append(Entry::Heard {
                text,
                confidence,
                start_ms: spoken.start_ms,
                end_ms: spoken.end_ms,
                alternatives: Vec::new(),
            });
        }
        self.obey(outputs);
    }
}
