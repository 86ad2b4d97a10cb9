//! The caller's turns: words and the verdict on them come by different ways.

use std::time::{Duration, Instant};

use dialogs::{Input, Output};
use records::{Entry, Outcome};

use super::super::delay::Stopwatch;
use super::{Contact, Stage};
use crate::ears::Final;
use crate::turn::Ignored;

/// Words of ended utterances kept until turn-taking has judged them.
const UNJUDGED: usize = 8;
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
    /// They waited for the end of a prompt: how long says nothing of how quick we are.
    pub kept: bool,
}

/// A piece of an answer that goes on.
pub(super) enum Piece {
    /// An utterance.
    Spoken(u32),
    /// Keys.
    Keyed(String),
}

/// What the dialog is told.
enum Told {
    Words(Final, SpokenTurn),
    Keys(String),
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
                Ignored::Echo => "the bot's own words",
                Ignored::Beside => "somebody spoke beside the telephone",
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
        let mailbox = !words.own && self.mailbox.hear(&words.heard.text);
        self.words.push_back(words);
        if self.words.len() > UNJUDGED {
            self.words.pop_front();
        }
        if mailbox && self.stage == Stage::Live {
            return self.leave_mailbox();
        }
        self.take_turn(utterance);
        if !self.pieces.is_empty() {
            self.take_late();
        }
    }

    /// Nobody is there to be helped: nothing of what the machine says is an answer.
    pub(super) fn leave_mailbox(&mut self) {
        self.p.timeline.step("engine", "a mailbox talks: the contact ends");
        self.feed(Input::HungUp);
        self.outcome = Some(Outcome { name: "voicemail".into(), handoff: None });
        self.stage = Stage::Over;
    }

    /// Words of a piece were the last that was missing.
    fn take_late(&mut self) {
        let verdict: Vec<u32> = self.ended.iter().filter(|e| e.taken).map(|e| e.utterance).collect();
        verdict.into_iter().for_each(|utterance| self.take_turn(utterance));
        self.take_keys();
    }

    /// Whether all that was said before the end of the answer is there.
    fn pieces_are_there(&self) -> bool {
        // Words come in the order in which they were said.
        let there = |piece: &Piece| match piece {
            Piece::Spoken(utterance) => self.words.iter().any(|w| w.utterance >= *utterance),
            Piece::Keyed(_) => true,
        };
        self.pieces.iter().all(there)
    }

    /// Takes the turn when both its words and the verdict are there.
    pub(super) fn take_turn(&mut self, utterance: u32) {
        let has_words = |w: &Final| w.utterance == utterance && !w.heard.text.trim().is_empty();
        if !self.words.iter().any(has_words) || !self.pieces_are_there() {
            return;
        }
        let Some(verdict) = self.ended.iter().find(|e| e.utterance == utterance && e.taken) else { return };
        let (question, at, silence, kept) = (verdict.question, verdict.at, verdict.silence, verdict.kept);
        let pieces = std::mem::take(&mut self.pieces);
        let (Some(words), open) = (self.take_words(utterance), self.answers(question)) else { return };
        if !open {
            return;
        }
        // What is said while a service is asked does not begin a new answer.
        if self.waiting.is_none() && !kept {
            self.stopwatch = Some((Stopwatch::voice(at, silence, words.0.at), None));
        }
        self.tell(pieces, Told::Words(words.0, words.1));
    }

    /// Takes the keys when the words before them are there.
    pub(super) fn take_keys(&mut self) {
        if !self.pieces_are_there() {
            return;
        }
        let Some((question, keys)) = self.keyed.take() else { return };
        let pieces = std::mem::take(&mut self.pieces);
        if self.answers(question) {
            self.stopwatch = None;
            self.tell(pieces, Told::Keys(keys));
        }
    }

    /// The words of an utterance that has ended, with when it was said.
    fn take_words(&mut self, utterance: u32) -> Option<(Final, SpokenTurn)> {
        let place = self.words.iter().position(|w| w.utterance == utterance)?;
        let verdict = self.ended.iter().position(|e| e.utterance == utterance)?;
        let (words, ended) = (self.words.remove(place)?, self.ended.remove(verdict)?);
        let voice_ended = ended.at.checked_sub(ended.silence).unwrap_or(ended.at);
        let end_ms = self.p.timeline.ms(voice_ended);
        let audio = u64::from(words.audio_ms).saturating_sub(ended.silence.as_millis() as u64);
        Some((words, SpokenTurn { start_ms: end_ms.saturating_sub(audio), end_ms }))
    }

    /// Tells the dialog an answer, piece by piece: of what it does about a piece only what is noted counts, as long as
    /// it asks for more. Where it does anything else, the rest is no answer any more.
    fn tell(&mut self, pieces: Vec<Piece>, last: Told) {
        let mut all: Vec<Told> = Vec::new();
        let pieces: Vec<Told> = pieces.into_iter().filter_map(|piece| self.told(piece)).collect();
        for told in pieces.into_iter().chain([last]) {
            match (all.pop(), told) {
                (Some(Told::Words(first, at)), Told::Words(more, until)) => {
                    let spoken = SpokenTurn { start_ms: at.start_ms, end_ms: until.end_ms };
                    all.push(Told::Words(joined(first, more), spoken));
                }
                (before, told) => all.extend(before.into_iter().chain([told])),
            }
        }
        let count = all.len();
        for (place, told) in all.into_iter().enumerate() {
            let mut outputs = match told {
                Told::Words(words, spoken) => self.hear(words, &spoken),
                Told::Keys(keys) => self.dialogue.handle(Input::Keys(keys), self.local_time()),
            };
            let ends = place + 1 == count;
            if !ends && asks_for_more(&outputs) {
                outputs.retain(|o| matches!(o, Output::Note(_)));
                self.obey(outputs);
                continue;
            }
            if !ends {
                self.p.timeline.step("turn", "what followed at once is no turn: not the time for it");
            }
            return self.obey(outputs);
        }
    }

    fn told(&mut self, piece: Piece) -> Option<Told> {
        Some(match piece {
            Piece::Spoken(utterance) => {
                let (words, spoken) = self.take_words(utterance)?;
                Told::Words(words, spoken)
            }
            Piece::Keyed(keys) => Told::Keys(keys),
        })
    }

    fn hear(&mut self, words: Final, spoken: &SpokenTurn) -> Vec<Output> {
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
        outputs
    }
}

/// Whether the dialog has taken nothing, and waits for more.
fn asks_for_more(outputs: &[Output]) -> bool {
    let asks = outputs.iter().any(|o| matches!(o, Output::Listen(_)));
    asks && outputs.iter().all(|o| match o {
        Output::Note(note) => !matches!(note.what, dialogs::What::Filled { .. }),
        other => matches!(other, Output::Say(_) | Output::Listen(_)),
    })
}

/// Two utterances as one, no surer than the less sure of them.
fn joined(first: Final, more: Final) -> Final {
    let words = first.heard.words.into_iter().chain(more.heard.words).collect();
    let text = format!("{} {}", first.heard.text, more.heard.text);
    let confidence = first.heard.confidence.min(more.heard.confidence);
    let heard = asr::Utterance { text, confidence, words, alternatives: Vec::new() };
    Final { heard, audio_ms: first.audio_ms + more.audio_ms, ..more }
}
