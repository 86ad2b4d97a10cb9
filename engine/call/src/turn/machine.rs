//! The state machine itself.

use super::voice::{Gate, Sound};
use super::{
    Action, Actions, BargeIn, EndReason, FRAME_MS, Frame, Gist, Ignored, Input, Keys, Question, Settings,
    StoppedBy, frames,
};

/// Voice this recent (in frames) counts as going on.
const STILL_SPEAKING: u32 = 5;
/// More words than this are a sentence of their own, not the beginning of a
/// dictated answer.
const SENTENCE: u16 = 4;

/// Turn-taking of one contact.
#[derive(Debug, Clone)]
pub struct Turns {
    settings: Settings,
    now: u32,
    gate: Gate,
    bot: Bot,
    question: Option<Question>,
    speaking: Option<Speaking>,
    judging: Option<Judging>,
    held: Option<Held>,
    keyed: Keyed,
    /// The end key that may still follow an answer whose length completed it, and since when: whoever
    /// keys eight digits and «#» gives one answer, not two.
    end_key_due: Option<(char, u32)>,
    on_hold: bool,
    /// Frames in which nobody did anything, since the question was heard.
    quiet: u32,
    remaining_ms: Option<u32>,
    last_utterance: u32,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Bot {
    Silent,
    Speaking(BargeIn),
    Paused(BargeIn),
}

/// An utterance that goes on.
#[derive(Debug, Clone, Copy)]
struct Speaking {
    id: u32,
    started: u32,
    voiced: u32,
    last_voice: u32,
    /// Frames without evidence since the last voice.
    unknown: u32,
    gist: Option<Gist>,
    /// No prompt has sounded during it.
    clear: bool,
    /// The question had been heard when it began.
    heard: bool,
}

/// An utterance that has ended and waits for its words.
#[derive(Debug, Clone, Copy)]
struct Judging {
    id: u32,
    since: u32,
    reason: EndReason,
    heard: bool,
    /// Overtaken by keys or by the next question.
    stale: bool,
}

/// Words that cannot be taken yet.
#[derive(Debug, Clone, Copy)]
struct Held {
    id: u32,
    ended: u32,
}

#[derive(Debug, Clone, Copy, Default)]
struct Keyed {
    keys: Keys,
    last: u32,
    complete: bool,
}

impl Turns {
    /// A machine at the beginning of a contact: silence, no question.
    #[must_use]
    pub fn new(settings: Settings) -> Turns {
        Turns {
            settings,
            now: 0,
            gate: Gate::default(),
            bot: Bot::Silent,
            question: None,
            speaking: None,
            judging: None,
            held: None,
            keyed: Keyed::default(),
            end_key_due: None,
            on_hold: false,
            quiet: 0,
            remaining_ms: None,
            last_utterance: 0,
        }
    }

    /// Frames heard so far.
    #[must_use]
    pub fn now(&self) -> u32 {
        self.now
    }

    /// Whether frames belong to an utterance now.
    #[must_use]
    pub fn listening(&self) -> bool {
        self.speaking.is_some()
    }

    /// Takes one frame of 20 ms. Exactly one call per tick.
    pub fn frame(&mut self, frame: &Frame, out: &mut Actions) {
        self.now = self.now.wrapping_add(1);
        self.remaining_ms = frame.remaining_ms;
        let sound = self.gate.push(frame, &self.settings);
        match self.speaking.as_mut() {
            Some(speaking) => speaking.hear(sound, self.now),
            None => self.begin_if_voice(out),
        }
        self.yield_if_voice(out);
        self.end_if_silent(out);
        self.give_up_judging(out);
        self.age_held(out);
        self.keys_if_paused(out);
        self.resume_if_idle(out);
        self.count_quiet(out);
    }

    /// Takes what happened between two frames.
    pub fn handle(&mut self, input: Input, out: &mut Actions) {
        match input {
            Input::Ask(question) => self.ask(Some(question), out),
            Input::Withdraw => self.ask(None, out),
            Input::PromptStarted(barge_in) => self.prompt_started(barge_in, out),
            Input::PromptsFinished => self.prompts_finished(out),
            Input::Partial(gist) => self.partial(gist, out),
            Input::Final(gist) => self.words(gist, out),
            Input::Hold(on) => self.on_hold = on,
            Input::KeyDown => self.key_down(out),
            Input::Key(key) => self.key(key, out),
        }
    }

    /// Prompts come before the question that they carry: when the bot is
    /// silent here, the question has no prompt.
    fn ask(&mut self, question: Option<Question>, out: &mut Actions) {
        self.question = question;
        self.keyed = Keyed::default();
        self.quiet = 0;
        if let Some(judging) = self.judging.as_mut() {
            judging.stale = true;
        }
        if self.bot == Bot::Silent || question.is_none() {
            self.take_held(out);
        }
    }

    fn prompt_started(&mut self, barge_in: BargeIn, out: &mut Actions) {
        self.bot = match self.bot {
            Bot::Paused(_) => Bot::Paused(barge_in),
            Bot::Silent => {
                self.drop_held(out);
                Bot::Speaking(barge_in)
            }
            Bot::Speaking(_) => Bot::Speaking(barge_in),
        };
        if let Some(speaking) = self.speaking.as_mut() {
            speaking.clear = false;
        }
    }

    fn prompts_finished(&mut self, out: &mut Actions) {
        self.bot = Bot::Silent;
        self.quiet = 0;
        let near = frames(self.settings.near_end_ms);
        if self.now.wrapping_sub(self.keyed.last) > near {
            self.keyed = Keyed::default();
        }
        self.take_held(out);
        self.keys_if_complete(out);
    }

    /// What was said while nobody could take it is the answer if it is fresh
    /// (what is not was dropped by [`Self::age_held`]).
    fn take_held(&mut self, out: &mut Actions) {
        match self.held.take_if(|_| self.question.is_some()) {
            Some(held) => self.turn(held.id, out),
            None => self.drop_held(out),
        }
    }

    // ---- the caller's voice -------------------------------------------------

    fn begin_if_voice(&mut self, out: &mut Actions) {
        let Some(ago) = self.gate.onset(&self.settings) else { return };
        self.last_utterance += 1;
        let silent = self.bot == Bot::Silent;
        let near = self.remaining_ms.is_some_and(|ms| ms <= self.settings.near_end_ms);
        self.speaking = Some(Speaking {
            id: self.last_utterance,
            started: self.now.wrapping_sub(ago),
            voiced: ago + 1,
            last_voice: self.now,
            unknown: 0,
            gist: None,
            clear: silent,
            heard: silent || near,
        });
        let back = ago + frames(self.settings.pre_roll_ms);
        out.push(Action::StartListening { utterance: self.last_utterance, back });
    }

    /// Pauses the prompt when the caller means to speak over it.
    fn yield_if_voice(&mut self, out: &mut Actions) {
        let Some(speaking) = self.speaking else { return };
        let persists = speaking.voiced >= frames(self.settings.barge_in_ms)
            && self.now.wrapping_sub(speaking.last_voice) <= STILL_SPEAKING;
        let words = speaking.gist.is_some_and(|g| g.says_something());
        if (persists || words) && self.voice_may_interrupt() {
            self.pause(out);
        }
    }

    fn pause(&mut self, out: &mut Actions) {
        if let Bot::Speaking(barge_in) = self.bot {
            self.bot = Bot::Paused(barge_in);
            out.push(Action::PausePrompt);
        }
    }

    fn end_if_silent(&mut self, out: &mut Actions) {
        let Some(speaking) = self.speaking else { return };
        if self.judging.is_some() {
            return;
        }
        let silence = self.now.wrapping_sub(speaking.last_voice).saturating_sub(speaking.unknown);
        let too_long = self.now.wrapping_sub(speaking.started) >= frames(self.settings.max_turn_ms);
        let reason = if silence >= frames(self.pause_of(&speaking)) {
            EndReason::Silence
        } else if too_long {
            EndReason::MaxLength
        } else {
            return;
        };
        self.speaking = None;
        self.gate.clear();
        self.judging =
            Some(Judging { id: speaking.id, since: self.now, reason, heard: speaking.heard, stale: false });
        let open_floor = speaking.clear
            && self.bot == Bot::Silent
            && self.question.is_some()
            && self.keyed.keys.is_empty();
        out.push(Action::EndOfTurn {
            utterance: speaking.id,
            question: self.question_id(),
            reason,
            silence_ms: silence * FRAME_MS,
            open_floor,
        });
    }

    /// The silence in ms that ends this utterance.
    fn pause_of(&self, speaking: &Speaking) -> u32 {
        let s = &self.settings;
        let asked = self.question.and_then(|q| q.pause_ms);
        match speaking.gist {
            Some(g) if g.complete && !g.open_ended => s.pause_complete_ms,
            Some(g) if g.open_ended && !g.complete => asked.unwrap_or(0).max(s.pause_open_ended_ms),
            Some(g) if g.words > SENTENCE => s.pause_normal_ms,
            // «Mi DNI es…», and then the purse is searched.
            Some(_) => asked.unwrap_or(s.pause_normal_ms),
            // The recogniser is late: where much is dictated, give it time.
            None => asked.unwrap_or(s.pause_normal_ms).min(s.pause_normal_ms * 2),
        }
    }

    // ---- the caller's words -------------------------------------------------

    fn partial(&mut self, gist: Gist, out: &mut Actions) {
        if let Some(speaking) = self.speaking.as_mut()
            && speaking.id == gist.utterance
        {
            speaking.gist = (gist.words > 0).then_some(gist);
            self.yield_if_voice(out);
        }
    }

    fn words(&mut self, gist: Gist, out: &mut Actions) {
        let Some(judging) = self.judging.filter(|j| j.id == gist.utterance) else { return };
        self.judging = None;
        let over_prompt = self.bot != Bot::Silent;
        if judging.stale {
            self.ignore(judging.id, Ignored::NotNow, out);
        } else if gist.words == 0 || over_prompt && self.is_noise(&gist) {
            self.wordless(&judging, out);
        } else if over_prompt && self.voice_may_interrupt() {
            if gist.backchannel && !judging.heard {
                self.ignore(judging.id, Ignored::Backchannel, out);
            } else {
                self.bot = Bot::Silent;
                out.push(Action::StopPrompt(StoppedBy::Voice));
                self.turn(judging.id, out);
            }
        } else if over_prompt || self.question.is_none() {
            self.drop_held(out);
            self.held = Some(Held { id: judging.id, ended: judging.since });
        } else {
            self.turn(judging.id, out);
        }
    }

    fn is_noise(&self, gist: &Gist) -> bool {
        gist.confidence < self.settings.noise_confidence
    }

    fn wordless(&mut self, judging: &Judging, out: &mut Actions) {
        let question = self.question_id();
        let endless =
            judging.reason == EndReason::MaxLength && self.question.is_some() && self.bot == Bot::Silent;
        self.ignore(judging.id, Ignored::Noise, out);
        if endless {
            self.answered(out);
            out.push(Action::Unintelligible { question });
        }
    }

    fn ignore(&mut self, utterance: u32, why: Ignored, out: &mut Actions) {
        out.push(Action::Ignored { utterance, why });
        if self.resume(out) {
            out.push(Action::FalseInterruption { utterance });
        }
    }

    fn turn(&mut self, utterance: u32, out: &mut Actions) {
        let question = self.question_id();
        self.answered(out);
        out.push(Action::Turn { utterance, question });
    }

    /// The question has its answer: the dialog has the floor.
    fn answered(&mut self, out: &mut Actions) {
        self.question = None;
        self.keyed = Keyed::default();
        self.drop_held(out);
        self.quiet = 0;
    }

    fn give_up_judging(&mut self, out: &mut Actions) {
        let limit = frames(self.settings.judging_ms);
        let Some(judging) = self.judging.filter(|j| self.now.wrapping_sub(j.since) >= limit) else {
            return;
        };
        self.judging = None;
        out.push(Action::Discard { utterance: judging.id });
        if self.question.is_some() && self.bot == Bot::Silent && !judging.stale {
            let question = self.question_id();
            self.answered(out);
            out.push(Action::Lost { utterance: judging.id, question });
        } else {
            self.ignore(judging.id, Ignored::Noise, out);
        }
    }

    fn drop_held(&mut self, out: &mut Actions) {
        if let Some(held) = self.held.take() {
            out.push(Action::Ignored { utterance: held.id, why: Ignored::NotNow });
        }
    }

    fn age_held(&mut self, out: &mut Actions) {
        let near = frames(self.settings.near_end_ms);
        if self.held.is_some_and(|h| self.now.wrapping_sub(h.ended) > near) {
            self.drop_held(out);
        }
    }

    fn resume(&mut self, out: &mut Actions) -> bool {
        // Somebody may have begun to speak again meanwhile: then stay paused.
        if let (Bot::Paused(barge_in), None) = (self.bot, self.speaking) {
            self.bot = Bot::Speaking(barge_in);
            out.push(Action::ResumePrompt);
            return true;
        }
        false
    }

    /// A paused bot always has somebody to wait for.
    fn resume_if_idle(&mut self, out: &mut Actions) {
        if self.judging.is_none() {
            self.resume(out);
        }
    }

    // ---- keys ---------------------------------------------------------------

    /// The bot need not finish its word until the key is released.
    fn key_down(&mut self, out: &mut Actions) {
        let wanted = self.question.is_some_and(|q| q.keypad.is_some());
        if wanted && self.due_end_key().is_none() && self.keys_may_interrupt() {
            self.quiet = 0;
            self.stop_for_keys(out);
        }
    }

    fn stop_for_keys(&mut self, out: &mut Actions) {
        if self.bot != Bot::Silent {
            self.bot = Bot::Silent;
            out.push(Action::StopPrompt(StoppedBy::Keys));
        }
    }

    /// The end key that would still belong to the answer before, if it came now.
    fn due_end_key(&self) -> Option<char> {
        let (key, since) = self.end_key_due?;
        (self.now.wrapping_sub(since) < frames(self.settings.inter_key_ms)).then_some(key)
    }

    fn key(&mut self, key: char, out: &mut Actions) {
        if self.due_end_key() == Some(key) {
            self.end_key_due = None;
            return;
        }
        self.end_key_due = None;
        let Some(keypad) = self.question.and_then(|q| q.keypad) else {
            out.push(Action::StrayKey(key));
            return;
        };
        self.quiet = 0;
        self.keyed.last = self.now;
        if !self.keyed.complete {
            self.keyed.complete = self.keyed.keys.press(key, &keypad);
            if self.keyed.complete && keypad.digits.is_some() {
                self.end_key_due = keypad.end.filter(|end| *end != key).map(|end| (end, self.now));
            }
        }
        if self.keyed.keys.is_empty() {
            // The end key alone, or no key at all, says nothing.
            out.push(Action::StrayKey(key));
            return;
        }
        if !self.keys_may_interrupt() {
            return;
        }
        self.stop_for_keys(out);
        self.keys_win(out);
        self.keys_if_complete(out);
    }

    /// Who keys does not mean what is heard meanwhile.
    fn keys_win(&mut self, out: &mut Actions) {
        if let Some(speaking) = self.speaking.take() {
            self.gate.clear();
            out.push(Action::Discard { utterance: speaking.id });
            out.push(Action::Ignored { utterance: speaking.id, why: Ignored::Keys });
        }
        if let Some(judging) = self.judging.as_mut() {
            judging.stale = true;
        }
        self.drop_held(out);
    }

    fn keys_if_paused(&mut self, out: &mut Actions) {
        if self.keyed.keys.is_empty() {
            return;
        }
        let waited = self.now.wrapping_sub(self.keyed.last);
        let own = self.question.and_then(|q| q.keypad).and_then(|k| k.between_ms);
        if waited >= frames(own.unwrap_or(self.settings.inter_key_ms)) {
            self.keyed.complete = true;
            self.keys_if_complete(out);
        }
    }

    fn keys_if_complete(&mut self, out: &mut Actions) {
        if self.keyed.complete && self.bot == Bot::Silent && self.question.is_some() {
            let (question, keys) = (self.question_id(), self.keyed.keys);
            self.answered(out);
            out.push(Action::Keyed { question, keys });
        }
    }

    // ---- silence ------------------------------------------------------------

    fn count_quiet(&mut self, out: &mut Actions) {
        let Some(limit) = self.question.and_then(|q| q.no_input_ms) else { return };
        let silence = self.bot == Bot::Silent
            && self.speaking.is_none()
            && self.judging.is_none()
            && self.held.is_none()
            && self.keyed.keys.is_empty()
            && !self.on_hold;
        if !silence {
            return;
        }
        self.quiet += 1;
        if self.quiet >= frames(limit) {
            let question = self.question_id();
            self.answered(out);
            out.push(Action::NoInput { question });
        }
    }

    // ---- what is allowed ----------------------------------------------------

    fn question_id(&self) -> u32 {
        self.question.map_or(0, |q| q.id)
    }

    fn allowed(&self) -> BargeIn {
        // Who is asked nothing has nothing to interrupt for.
        let asked = self.question.map_or(BargeIn::Never, |q| q.barge_in);
        match self.bot {
            Bot::Silent => BargeIn::Voice,
            Bot::Speaking(prompt) | Bot::Paused(prompt) => asked.min(prompt),
        }
    }

    fn voice_may_interrupt(&self) -> bool {
        self.allowed() == BargeIn::Voice
    }

    fn keys_may_interrupt(&self) -> bool {
        self.allowed() >= BargeIn::Keys
    }
}

impl Speaking {
    fn hear(&mut self, sound: Sound, now: u32) {
        match sound {
            Sound::Voice => {
                self.voiced += 1;
                self.last_voice = now;
                self.unknown = 0;
            }
            Sound::Unknown => self.unknown += 1,
            Sound::Silence => {}
        }
    }
}
