//! The state machine itself.

mod pressed;
mod words;

use super::kept::{Held, Kept};
use super::level::CallerLevel;
use super::voice::{Gate, Sound};
use super::{
    Action, Actions, BargeIn, EndReason, Frame, Gist, Ignored, Input, Keys, Question, Settings, frames,
};

/// False interruptions after which voice no longer pauses what the bot says until it is silent.
const MOST_INTERRUPTIONS: u8 = 2;

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
    /// Words that cannot be taken yet.
    held: Kept,
    keyed: Keyed,
    /// The end key that may still follow an answer whose length completed it, and since when: whoever
    /// keys eight digits and «#» gives one answer, not two.
    end_key_due: Option<(char, u32)>,
    on_hold: bool,
    /// Frames in which nobody did anything, since the question was heard.
    quiet: u32,
    /// Frames of talk that was no turn, since the question was heard.
    talk: u32,
    /// False interruptions since the bot began to speak, and frames that it was paused in all.
    interruptions: u8,
    paused: u32,
    /// Last frame in which something of the bot sounded; none: it has not spoken yet.
    sounded: Option<u32>,
    /// How often the bot's own words came back.
    echoes: u32,
    caller: CallerLevel,
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
    echo: MaybeEcho,
    /// Its loudest frame, and the bot's of that time, dBFS.
    loudest_db: f32,
    bot_db: f32,
    /// Sum of the power of its voice frames since it was noticed, full scale being 1, and how many they are.
    power: f32,
    powered: u32,
}

/// Whether an utterance can be the bot's voice come back.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum MaybeEcho {
    /// The bot had been silent for a while when it began.
    No,
    /// The bot had just ended: only where its words have come back before.
    Late,
    /// The bot was to be heard.
    Yes,
}

/// An utterance that has ended and waits for its words.
#[derive(Debug, Clone, Copy)]
struct Judging {
    id: u32,
    since: u32,
    reason: EndReason,
    heard: bool,
    echo: MaybeEcho,
    /// Its loudest frame, and the bot's of that time, dBFS.
    loudest_db: f32,
    bot_db: f32,
    /// Level of its voice, dBFS.
    level_db: f32,
    /// It stops inside a number.
    unfinished: bool,
    /// The keys that follow end the answer that it begins.
    begins: bool,
    /// The controller takes its words as the turn as soon as they are there.
    open_floor: bool,
    /// Overtaken by keys or by the next question.
    stale: bool,
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
            held: Kept::default(),
            keyed: Keyed::default(),
            end_key_due: None,
            on_hold: false,
            quiet: 0,
            talk: 0,
            interruptions: 0,
            paused: 0,
            sounded: None,
            echoes: 0,
            caller: CallerLevel::default(),
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
        if frame.bot_level_db.is_some() {
            self.sounded = Some(self.now);
        }
        let sound = self.gate.push(frame, &self.settings);
        match self.speaking.as_mut() {
            Some(speaking) => speaking.hear(sound, self.now),
            None => self.begin_if_voice(out),
        }
        if let (Sound::Voice, Some(speaking)) = (sound, self.speaking.as_mut()) {
            speaking.loudest_db = speaking.loudest_db.max(frame.level_db);
            speaking.power += 10_f32.powf(frame.level_db / 10.0);
            speaking.powered += 1;
            speaking.bot_db = speaking.bot_db.max(self.gate.bot_peak_db().unwrap_or(f32::NEG_INFINITY));
        }
        self.count_talk();
        self.yield_if_voice(out);
        self.end_if_silent(out);
        self.give_up_judging(out);
        self.age_held(out);
        self.take_early(out);
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
            Input::Hold(on) => {
                self.on_hold = on;
                self.caller.forget();
            }
            Input::KeyDown => self.key_down(out),
            Input::Key(key) => self.key(key, out),
        }
    }

    /// Prompts come before the question that they carry: when the bot is
    /// silent here, the question has no prompt.
    fn ask(&mut self, question: Option<Question>, out: &mut Actions) {
        self.question = question;
        self.keyed = Keyed::default();
        (self.quiet, self.talk) = (0, 0);
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
                self.drop_held(Ignored::NotNow, out);
                (self.interruptions, self.paused) = (0, 0);
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
        (self.quiet, self.talk) = (0, 0);
        let near = frames(self.settings.near_end_ms);
        if !self.is_early() && self.now.wrapping_sub(self.keyed.last) > near {
            self.keyed = Keyed::default();
        }
        if self.keyed.keys.is_empty() {
            self.take_held(out);
        } else {
            self.drop_held(Ignored::Keys, out);
        }
        self.keys_if_complete(out);
    }

    /// Whether what comes before the question has been heard answers it all the same.
    fn is_early(&self) -> bool {
        self.question.is_some_and(|q| q.early)
    }

    /// What was said or keyed while the bot could not be interrupted is taken as soon as it can be.
    fn take_early(&mut self, out: &mut Actions) {
        if !self.is_early() || self.bot == Bot::Silent {
            return;
        }
        if !self.keyed.keys.is_empty() && self.keys_may_interrupt() {
            self.stop_for_keys(out);
            self.keys_follow(false, out);
            self.keys_if_complete(out);
        } else if !self.held.is_empty() && self.voice_may_interrupt() {
            if self.speaking.is_none() && self.judging.is_none() {
                self.stop_for_voice(out);
                self.take_held(out);
            } else {
                self.pause(out);
            }
        }
    }

    /// What was said while nobody could take it is the answer if it is fresh
    /// (what is not was dropped by [`Self::age_held`]).
    fn take_held(&mut self, out: &mut Actions) {
        let Some(question) = self.question else { return self.drop_held(Ignored::NotNow, out) };
        let Some(last) = self.held.pop_last() else { return };
        for held in self.held.take() {
            out.push(Action::Part { utterance: held.id, question: question.id });
        }
        self.turn(last.id, out);
    }

    fn hold(&mut self, judging: &Judging, out: &mut Actions) {
        if let Some(oldest) = self.held.push(Held { id: judging.id, ended: judging.since }) {
            out.push(Action::Ignored { utterance: oldest.id, why: Ignored::NotNow });
        }
    }

    fn drop_held(&mut self, why: Ignored, out: &mut Actions) {
        for held in self.held.take() {
            out.push(Action::Ignored { utterance: held.id, why });
        }
    }

    fn age_held(&mut self, out: &mut Actions) {
        let near = frames(self.settings.near_end_ms);
        if !self.is_early()
            && self.keyed.keys.is_empty()
            && self.held.newest().is_some_and(|h| self.now.wrapping_sub(h.ended) > near)
        {
            self.drop_held(Ignored::NotNow, out);
        }
    }

    // ---- silence ------------------------------------------------------------

    fn count_quiet(&mut self, out: &mut Actions) {
        let Some(limit) = self.question.and_then(|q| q.no_input_ms) else { return };
        let silence = self.bot == Bot::Silent
            && self.speaking.is_none()
            && self.judging.is_none()
            && self.held.is_empty()
            && self.keyed.keys.is_empty()
            && !self.on_hold;
        if !silence {
            return;
        }
        self.quiet += 1;
        if self.quiet >= frames(limit) {
            let question = self.question_id();
            self.answered(out);
            // Perhaps it was the caller, who holds the telephone otherwise now.
            self.caller.forget();
            out.push(Action::NoInput { question });
        }
    }

    /// Talk while the bot is silent counts until a turn comes of it.
    fn count_talk(&mut self) {
        let talks = self.speaking.is_some() || self.judging.is_some();
        self.talk += u32::from(talks && self.bot == Bot::Silent && self.question.is_some());
        self.paused += u32::from(matches!(self.bot, Bot::Paused(_)));
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

    /// Whether somebody else speaks, beside the telephone.
    fn is_beside(&self, level_db: f32) -> bool {
        self.caller.is_beside(level_db, self.settings.beside_db)
    }

    fn voice_may_interrupt(&self) -> bool {
        self.allowed() == BargeIn::Voice
    }

    fn keys_may_interrupt(&self) -> bool {
        self.allowed() >= BargeIn::Keys
    }
}

impl Speaking {
    /// Level of its voice frames, dBFS.
    fn level_db(&self) -> f32 {
        10.0 * (self.power / self.powered.max(1) as f32).log10()
    }

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
