//! The caller's voice and words.

use super::super::{Action, Actions, EndReason, FRAME_MS, Gist, Ignored, StoppedBy, frames};
use super::{Bot, Judging, Keyed, MOST_INTERRUPTIONS, MaybeEcho, Speaking, Turns};

/// Voice this recent (in frames) counts as going on.
const STILL_SPEAKING: u32 = 5;
/// More words than this are a sentence of their own, not the beginning of a
/// dictated answer.
const SENTENCE: u16 = 4;
/// The bot has just ended (200 ms), or so long ago that its echo is over (1 s), in frames.
const JUST_ENDED: u32 = 10;
const ECHO_OVER: u32 = 50;
/// How often the bot's own words must have come back before the line is taken to carry its echo: once may be a
/// caller who says the same words at the same time.
const ECHO_KNOWN: u32 = 2;

impl Turns {
    fn echo_at(&self, started: u32) -> MaybeEcho {
        let since = self.sounded.map(|at| started.saturating_sub(at));
        match since {
            Some(frames) if frames <= JUST_ENDED => MaybeEcho::Yes,
            Some(frames) if frames <= ECHO_OVER => MaybeEcho::Late,
            _ => MaybeEcho::No,
        }
    }

    pub(super) fn begin_if_voice(&mut self, out: &mut Actions) {
        let Some(ago) = self.gate.onset(&self.settings) else { return };
        self.last_utterance += 1;
        let silent = self.bot == Bot::Silent;
        let near = self.remaining_ms.is_some_and(|ms| ms <= self.settings.near_end_ms);
        let started = self.now.wrapping_sub(ago);
        let echo = self.echo_at(started);
        self.speaking = Some(Speaking {
            id: self.last_utterance,
            started,
            voiced: ago + 1,
            last_voice: self.now,
            unknown: 0,
            gist: None,
            clear: silent && (echo == MaybeEcho::No || echo == MaybeEcho::Late && self.echoes < ECHO_KNOWN),
            heard: silent || near,
            echo,
            loudest_db: f32::NEG_INFINITY,
            power: 0.0,
            powered: 0,
            bot_db: f32::NEG_INFINITY,
        });
        let back = ago + frames(self.settings.pre_roll_ms);
        out.push(Action::StartListening { utterance: self.last_utterance, back });
    }

    /// Pauses the prompt when the caller means to speak over it. Who was wrong twice waits for words.
    pub(super) fn yield_if_voice(&mut self, out: &mut Actions) {
        let Some(speaking) = self.speaking else { return };
        let persists = speaking.voiced >= frames(self.settings.barge_in_ms)
            && self.now.wrapping_sub(speaking.last_voice) <= STILL_SPEAKING;
        let words = speaking.gist.is_some_and(|g| g.says_something());
        if (persists || words) && self.voice_may_interrupt() && !self.is_beside(speaking.level_db()) {
            self.pause(out);
        }
    }

    pub(super) fn pause(&mut self, out: &mut Actions) {
        if let Bot::Speaking(barge_in) = self.bot
            && self.interruptions < MOST_INTERRUPTIONS
        {
            self.bot = Bot::Paused(barge_in);
            out.push(Action::PausePrompt);
        }
    }

    pub(super) fn end_if_silent(&mut self, out: &mut Actions) {
        let Some(speaking) = self.speaking else { return };
        if self.judging.is_some() {
            return;
        }
        let silence = self.now.wrapping_sub(speaking.last_voice).saturating_sub(speaking.unknown);
        let reason = if silence >= frames(self.pause_of(&speaking)) {
            EndReason::Silence
        } else if self.is_too_long(&speaking) {
            EndReason::MaxLength
        } else {
            return;
        };
        let open_floor = speaking.clear
            && !self.is_beside(speaking.level_db())
            && self.bot == Bot::Silent
            && self.keyed.keys.is_empty()
            && self.held.is_empty()
            && self.question.is_some_and(|q| q.assent || speaking.gist.is_some_and(|g| g.says_something()));
        self.end_utterance(&speaking, reason, open_floor);
        out.push(Action::EndOfTurn {
            utterance: speaking.id,
            question: self.question_id(),
            reason,
            silence_ms: silence * FRAME_MS,
            open_floor,
        });
    }

    /// Who talks on is cut off at last; sooner where the bot has paused for them and is kept from going on.
    fn is_too_long(&self, speaking: &Speaking) -> bool {
        let s = &self.settings;
        let paused = matches!(self.bot, Bot::Paused(_)) && self.paused >= frames(s.longest_pause_ms);
        paused || self.now.wrapping_sub(speaking.started) >= frames(s.max_turn_ms)
    }

    pub(super) fn end_utterance(&mut self, speaking: &Speaking, reason: EndReason, open_floor: bool) {
        self.speaking = None;
        self.gate.clear();
        self.judging = Some(Judging {
            id: speaking.id,
            since: self.now,
            reason,
            heard: speaking.heard,
            echo: speaking.echo,
            loudest_db: speaking.loudest_db,
            bot_db: speaking.bot_db,
            level_db: speaking.level_db(),
            unfinished: speaking.gist.is_some_and(|g| g.open_ended),
            begins: reason == EndReason::Keys,
            open_floor,
            stale: false,
        });
    }

    /// The silence in ms that ends this utterance.
    fn pause_of(&self, speaking: &Speaking) -> u32 {
        let s = &self.settings;
        let asked = self.question.and_then(|q| q.pause_ms);
        match speaking.gist {
            Some(g) if g.complete && !g.open_ended => s.pause_complete_ms,
            Some(g) if g.open_ended && !g.complete => asked.unwrap_or(0).max(s.pause_open_ended_ms),
            Some(g) if g.goes_on => asked.unwrap_or(0).max(s.pause_goes_on_ms),
            Some(g) if g.words > SENTENCE => s.pause_normal_ms,
            // «Mi DNI es…», and then the purse is searched.
            Some(_) => asked.unwrap_or(s.pause_normal_ms),
            // The recogniser is late: where much is dictated, give it time.
            None => asked.unwrap_or(s.pause_normal_ms).min(s.pause_normal_ms * 2),
        }
    }

    // ---- the caller's words -------------------------------------------------

    pub(super) fn partial(&mut self, gist: Gist, out: &mut Actions) {
        if let Some(speaking) = self.speaking.as_mut()
            && speaking.id == gist.utterance
        {
            speaking.gist = (gist.words > 0).then_some(gist);
            self.yield_if_voice(out);
        }
    }

    pub(super) fn words(&mut self, gist: Gist, out: &mut Actions) {
        let Some(judging) = self.judging.filter(|j| j.id == gist.utterance) else { return };
        self.judging = None;
        let over_prompt = self.bot != Bot::Silent;
        // Beside keys and over a prompt, sounds must be words to count.
        let doubtful = over_prompt || !self.keyed.keys.is_empty();
        if judging.stale {
            self.ignore(judging.id, Ignored::NotNow, out);
        } else if gist.words == 0 || doubtful && self.is_noise(&gist) {
            self.unanswered(&judging, Ignored::Noise, out);
        } else if gist.own && self.may_be_echo(&judging) {
            self.echoes += 1;
            if self.echoes >= ECHO_KNOWN {
                self.gate.learn_echo(judging.bot_db - judging.loudest_db);
            }
            self.unanswered(&judging, Ignored::Echo, out);
        } else if self.is_beside(judging.level_db) {
            self.unanswered(&judging, Ignored::Beside, out);
        } else if gist.backchannel && !(judging.heard && self.question.is_some_and(|q| q.assent)) {
            self.unanswered(&judging, Ignored::Backchannel, out);
        } else if judging.begins || self.question.is_none() || over_prompt && !self.voice_may_interrupt() {
            self.hold(&judging, out);
            self.keys_if_complete(out);
        } else {
            if over_prompt {
                self.stop_for_voice(out);
            }
            if !self.keyed.keys.is_empty() {
                out.push(Action::KeyedPart { question: self.question_id(), keys: self.keyed.keys });
            }
            self.caller.learn(judging.level_db);
            self.hold(&judging, out);
            self.take_held(out);
        }
    }

    pub(super) fn stop_for_voice(&mut self, out: &mut Actions) {
        if self.bot != Bot::Silent {
            self.bot = Bot::Silent;
            out.push(Action::StopPrompt(StoppedBy::Voice));
        }
    }

    fn may_be_echo(&self, judging: &Judging) -> bool {
        match judging.echo {
            MaybeEcho::Yes => true,
            MaybeEcho::Late => self.echoes >= ECHO_KNOWN,
            MaybeEcho::No => false,
        }
    }

    fn is_noise(&self, gist: &Gist) -> bool {
        gist.confidence < self.settings.noise_confidence
    }

    /// No turn. Who talks on all the while the bot could speak is told that nothing of it is understood.
    fn unanswered(&mut self, judging: &Judging, why: Ignored, out: &mut Actions) {
        let endless = judging.reason == EndReason::MaxLength;
        if endless {
            self.interruptions = MOST_INTERRUPTIONS;
        }
        self.ignore(judging.id, why, out);
        self.keys_if_complete(out);
        let tired = endless || self.talk >= frames(self.settings.longest_talk_ms);
        if tired {
            self.caller.forget();
        }
        if tired && self.question.is_some() && self.bot == Bot::Silent && self.keyed.keys.is_empty() {
            let question = self.question_id();
            self.answered(out);
            out.push(Action::Unintelligible { question });
        }
    }

    fn ignore(&mut self, utterance: u32, why: Ignored, out: &mut Actions) {
        out.push(Action::Ignored { utterance, why });
        if let Bot::Paused(_) = self.bot {
            self.interruptions = (self.interruptions + 1).min(MOST_INTERRUPTIONS);
            out.push(Action::FalseInterruption { utterance });
            self.resume(out);
        }
    }

    pub(super) fn turn(&mut self, utterance: u32, out: &mut Actions) {
        let question = self.question_id();
        self.answered(out);
        out.push(Action::Turn { utterance, question });
    }

    /// The question has its answer: the dialog has the floor.
    pub(super) fn answered(&mut self, out: &mut Actions) {
        self.question = None;
        self.keyed = Keyed::default();
        self.drop_held(Ignored::NotNow, out);
        (self.quiet, self.talk) = (0, 0);
    }

    pub(super) fn give_up_judging(&mut self, out: &mut Actions) {
        let limit = frames(self.settings.judging_ms);
        let Some(judging) = self.judging.filter(|j| self.now.wrapping_sub(j.since) >= limit) else {
            return;
        };
        self.judging = None;
        out.push(Action::Discard { utterance: judging.id });
        let keys = !self.keyed.keys.is_empty();
        if self.question.is_some() && self.bot == Bot::Silent && !judging.stale && !keys {
            let question = self.question_id();
            self.answered(out);
            out.push(Action::Lost { utterance: judging.id, question });
        } else {
            self.ignore(judging.id, Ignored::Noise, out);
            self.keys_if_complete(out);
        }
    }

    fn resume(&mut self, out: &mut Actions) {
        // Somebody may have begun to speak again meanwhile: then stay paused, unless that was wrong too often.
        if let Bot::Paused(barge_in) = self.bot
            && (self.speaking.is_none() || self.interruptions >= MOST_INTERRUPTIONS)
        {
            self.bot = Bot::Speaking(barge_in);
            out.push(Action::ResumePrompt);
        }
    }

    /// A paused bot always has somebody to wait for.
    pub(super) fn resume_if_idle(&mut self, out: &mut Actions) {
        if self.judging.is_none() {
            self.resume(out);
        }
    }
}
