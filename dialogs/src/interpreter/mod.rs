//! One contact as a pure state machine.
//!
//! A dialog is a flat program; the interpreter is a stack of frames (the opening, a dialog, a digression)
//! and one [`Wait`]: what it waits for. Each input is judged by what is waited for, changes data, and the
//! program runs on until it waits again. Steps for one input are bounded, so a dialog can't hang.

mod answer;
mod ask;
mod assent;
mod begun;
mod correct;
mod danger;
mod floors;
mod keys;
mod limits;
mod more;
mod patience;
mod render;
mod replies;
mod run;

pub(crate) use run::encode;

pub use self::answer::INTENT_FOLLOWED;

use std::{
    collections::{BTreeMap, HashMap, VecDeque},
    sync::{Arc, atomic::AtomicUsize},
};

use chrono::{NaiveDateTime, TimeDelta};

use crate::{
    exchange::{CallError, End, Entry, Input, Output, Prompt, Recording, Source, Start, What},
    language::{Heard, Language, Within},
    model::{Addr, Bot, Dialog, Slot},
    reach,
    value::Value,
};

/// Steps done for one input before the dialog counts as runaway.
const MAX_STEPS: u32 = 1_000;
/// Service calls between two questions before the dialog counts as runaway.
const MAX_CALLS: u32 = 10;
/// Frames from which on a new digression leaves those that it interrupts: who asks one thing within another a dozen
/// deep is brought back to what was asked first.
const MAX_NESTED: usize = 12;
/// Frames at all: dialogs that run dialogs, in digressions.
const MAX_FRAMES: usize = 64;
/// Turns of a contact after which a person takes over, and the contact ends.
const MAX_TURNS: u32 = 150;

/// A value and how it came.
#[derive(Debug, Clone)]
struct Datum {
    value: Value,
    private: bool,
}

/// A dialog at work, or a block of one (a limit, an `always`).
#[derive(Debug)]
struct Frame {
    dialog: usize,
    /// Where it began.
    start: Addr,
    pc: Addr,
    /// What was waited for when the frame above began.
    resume: Option<Wait>,
    block: bool,
    /// Steps done that a correction may have to do again, in order.
    history: Vec<Done>,
    /// The name that gets what the dialog returns.
    save: Option<String>,
}

impl Frame {
    fn new(dialog: usize, pc: Addr, block: bool) -> Self {
        Self { dialog, start: pc, pc, resume: None, block, history: Vec::new(), save: None }
    }
}

/// The values of a text, as they were when it was said.
type Told = Vec<Option<Value>>;

#[derive(Debug)]
struct Done {
    pc: Addr,
    /// As the program has them.
    reads: Arc<[String]>,
    writes: Vec<String>,
    /// Slots that it asks for.
    asks: Vec<String>,
    /// It changed the world (a booking): what led to it can't be corrected any more.
    lasting: bool,
    /// The values that it told, if it is a `say`.
    told: Option<Told>,
}

impl Done {
    /// The step reads it, makes it or asks for it.
    fn uses(&self, name: &str) -> bool {
        self.reads.iter().chain(&self.writes).chain(&self.asks).any(|n| n == name)
    }

    /// What a sub-dialog has done, as part of the step that ran it.
    fn take_in(&mut self, inner: Vec<Done>) {
        fn add(all: &mut Vec<String>, more: &[String]) {
            for name in more {
                if !all.contains(name) {
                    all.push(name.clone());
                }
            }
        }
        let mut reads = self.reads.to_vec();
        for done in &inner {
            add(&mut reads, &done.reads);
            add(&mut self.writes, &done.writes);
            add(&mut self.asks, &done.asks);
            self.lasting |= done.lasting;
        }
        self.reads = reads.into();
    }
}

/// What the interpreter waits for.
#[derive(Debug, Clone)]
enum Wait {
    /// The citizen, before the greeting.
    Citizen,
    /// The answer to the opening question.
    Opening,
    /// A value for a slot.
    Slot(String),
    /// Which of two values was meant.
    Unclear { slot: String, first: Value, second: Value },
    /// Whether a value was understood right.
    Unsure(String),
    /// One of the options; `page` counts those already passed over.
    Choose { page: usize },
    /// Which of two options was meant.
    Between { page: usize, first: usize, second: usize },
    /// Whether an option was understood right.
    Picked { page: usize, index: usize },
    /// Yes or no to a `confirm` step.
    Confirm,
    /// Whether somebody is in danger.
    Danger(Box<danger::Doubt>),
    /// Whether the yes or the no to it was heard right.
    Doubt { yes: bool },
    /// Whether the citizen wants to leave.
    Leave(floors::Leave),
    /// A service.
    Reply { id: u64, until: NaiveDateTime },
    /// Nothing: the contact ended.
    Over,
}

/// Why a slot is asked for again, and with other words.
#[derive(Debug, Clone)]
enum Trouble {
    Invalid,
    /// By opening hours; the phrase that says why.
    Refused(&'static str),
    Unclear(Value, Value),
}

/// The options of the last `choose`.
#[derive(Debug, Default)]
struct Offered {
    var: String,
    options: Vec<Value>,
    /// How many have been said so far.
    said: usize,
}

/// Runs one contact.
pub struct Interpreter {
    bot: Arc<Bot>,
    language: Arc<dyn Language>,
    start: Start,
    now: NaiveDateTime,
    data: BTreeMap<String, Datum>,
    frames: Vec<Frame>,
    wait: Wait,
    /// Failed attempts by question.
    failed: BTreeMap<String, u32>,
    silences: u32,
    misses: u32,
    trouble: BTreeMap<String, Trouble>,
    /// Slots whose value is to be confirmed before going on.
    unsure: VecDeque<String>,
    offered: Offered,
    /// Prompts of this turn so far, and of the last one.
    turn: Vec<Arc<Prompt>>,
    last: Vec<Arc<Prompt>>,
    /// Who said what; for the agent, so in clear.
    transcript: Vec<(&'static str, String)>,
    out: Vec<Output>,
    calls: u64,
    calls_in_a_row: u32,
    turns: u32,
    failing: bool,
    /// The values that `say` steps told which a correction went back over, by dialog and place: the same are not told
    /// again.
    heard: BTreeMap<(usize, Addr), Told>,
    /// A closed queue's exit has been taken since the citizen asked for people: the next handoff goes through, so
    /// that who says nothing there is not led around for ever.
    closed: bool,
    /// Where it goes on if nobody takes the contact that was handed off: dialog and place.
    handed: Option<(usize, Addr)>,
    /// People were promised, those of a queue or of this number, and nothing has been said since.
    promised: Option<Option<String>>,
    /// The code of the language spoken now, where it is not the centre's.
    pack: Option<String>,
    /// What the citizen asked for: times the voice's rate.
    rate: f32,
    /// Texts with variants said so far: the next one takes the next.
    variants: AtomicUsize,
    /// What the citizen has given, the last one last.
    given: Vec<String>,
    /// The slot that an `ask` step asks for, where that step stands, and its value before.
    asking: Option<Asking>,
    /// The beginning of the value that is asked for, where only that was said.
    begun: Option<begun::Begun>,
    /// What was asked of others and has not come back.
    under_way: BTreeMap<u64, replies::UnderWay>,
    /// How often it was said that nobody is in danger.
    safe: u32,
    /// A bot that hands nobody over has told the number of emergencies.
    warned: bool,
    /// What is answered now was said before another question: if it is no answer, that is no failed try.
    spared: bool,
    /// Times that the question is asked again before silence counts: the citizen asked for a moment.
    patience: u8,
    /// The words of this turn only accompany («ajá»).
    accompanied: bool,
    /// Such words have been waited through since something was understood.
    waited: bool,
    /// What may be said where no table of the bot's own tells it.
    reaches: HashMap<reach::Key, Arc<reach::Reach>>,
}

/// An `ask` step that waits for its answer.
#[derive(Debug)]
struct Asking {
    frames: usize,
    pc: Addr,
    old: Option<Value>,
}

impl Interpreter {
    /// A contact that has not been greeted yet: feed [`Input::Started`].
    pub fn new(bot: Arc<Bot>, language: Arc<dyn Language>, start: Start) -> Self {
        Self {
            now: start.now,
            bot,
            language,
            start,
            data: BTreeMap::new(),
            frames: vec![Frame::new(0, 0, false)],
            wait: Wait::Citizen,
            failed: BTreeMap::new(),
            silences: 0,
            misses: 0,
            trouble: BTreeMap::new(),
            unsure: VecDeque::new(),
            offered: Offered::default(),
            turn: Vec::new(),
            last: Vec::new(),
            transcript: Vec::new(),
            out: Vec::new(),
            calls: 0,
            calls_in_a_row: 0,
            turns: 0,
            failing: false,
            heard: BTreeMap::new(),
            closed: false,
            handed: None,
            promised: None,
            pack: None,
            rate: 1.0,
            variants: AtomicUsize::new(0),
            given: Vec::new(),
            asking: None,
            begun: None,
            under_way: BTreeMap::new(),
            safe: 0,
            warned: false,
            spared: false,
            patience: 0,
            accompanied: false,
            waited: false,
            reaches: HashMap::new(),
        }
    }

    /// Takes one input; gives what to do, in order. `now` is the office's local time.
    pub fn handle(&mut self, input: Input, now: NaiveDateTime) -> Vec<Output> {
        self.now = now;
        if matches!(self.wait, Wait::Over) {
            if let Input::Reply { call, result } = input {
                self.reply_beside(call, result);
            } else if let (Input::NotTaken, Some((dialog, addr))) = (&input, self.handed.take()) {
                self.wait = Wait::Citizen;
                self.block(dialog, addr, None);
            }
            return std::mem::take(&mut self.out);
        }
        self.lost_call();
        match input {
            Input::Started => self.started(),
            Input::HungUp => self.end("hung_up"),
            Input::Reply { call, result } => self.reply(call, result),
            Input::Interrupted { heard_chars } => self.interrupted(heard_chars),
            Input::Finished | Input::NotTaken => {}
            Input::Heard(_) | Input::Keys(_) | Input::NoInput if !self.is_listening(&input) => {}
            Input::Heard(heard) => self.turn_taken(|me| {
                me.silences = 0;
                me.patience = 0;
                me.heard(&heard);
            }),
            Input::Keys(keys) => self.turn_taken(|me| {
                me.silences = 0;
                me.patience = 0;
                me.keyed(&keys);
            }),
            Input::NoInput => self.turn_taken(Self::silence),
        }
        std::mem::take(&mut self.out)
    }

    /// The value of every filled slot and name, for tests, chat and the contact's record.
    /// Private ones are in clear: mask them with [`Interpreter::is_private`].
    pub fn slots(&self) -> BTreeMap<String, Value> {
        self.data.iter().map(|(k, d)| (k.clone(), d.value.clone())).collect()
    }

    /// Whether a name's value must not be written down outside the agent's brief.
    pub fn is_private(&self, name: &str) -> bool {
        self.data.get(name).is_some_and(|d| d.private) || self.slot(name).is_some_and(|s| s.private)
    }

    /// The slot that is being asked for, or the name that is being chosen.
    pub fn asks(&self) -> Option<&str> {
        match &self.wait {
            Wait::Slot(slot) | Wait::Unclear { slot, .. } | Wait::Unsure(slot) => Some(slot),
            Wait::Choose { .. } | Wait::Between { .. } | Wait::Picked { .. } => Some(&self.offered.var),
            _ => None,
        }
    }

    /// The contact has ended.
    pub fn is_over(&self) -> bool {
        matches!(self.wait, Wait::Over)
    }

    fn is_listening(&mut self, input: &Input) -> bool {
        let name = match input {
            Input::Heard(_) => "heard",
            Input::Keys(_) => "keys",
            _ => "no_input",
        };
        match self.wait {
            // Somebody may ask for a person while a service is slow.
            Wait::Reply { .. } if name == "heard" => true,
            Wait::Citizen | Wait::Reply { .. } => {
                self.note(What::Ignored { input: name.into() });
                false
            }
            _ => true,
        }
    }

    fn turn_taken(&mut self, answer: impl FnOnce(&mut Self)) {
        self.turn.clear();
        self.calls_in_a_row = 0;
        self.turns += 1;
        self.accompanied = false;
        if self.turns > MAX_TURNS {
            return self.fail();
        }
        answer(self);
    }

    fn started(&mut self) {
        if !matches!(self.wait, Wait::Citizen) {
            return self.note(What::Ignored { input: "started".into() });
        }
        self.note(What::Began);
        if self.bot.centre.legal_basis == "consent" {
            // Nothing is kept before the citizen has agreed to it.
            self.record(Recording::Pause, None);
        }
        self.greet();
    }

    /// A reply that never came counts as none in time, when anything else happens after its time.
    fn lost_call(&mut self) {
        if let Wait::Reply { id, until } = self.wait
            && self.now > until
        {
            self.reply(id, Err(CallError::Timeout));
        }
    }

    fn interrupted(&mut self, heard_chars: usize) {
        // The transcript keeps what the citizen heard, not what was meant to be said.
        let mut left = heard_chars;
        let said = self.last.len();
        let bot_lines: Vec<usize> = self
            .transcript
            .iter()
            .enumerate()
            .filter(|(_, (who, _))| *who == "bot")
            .map(|(i, _)| i)
            .collect();
        for index in bot_lines.iter().skip(bot_lines.len().saturating_sub(said)) {
            let Some((_, text)) = self.transcript.get_mut(*index) else { continue };
            let length = text.chars().count();
            if length > left {
                *text = text.chars().take(left).chain(['…']).collect();
            }
            left = left.saturating_sub(length + 1);
        }
    }

    // ---- Small things that every part uses ----

    fn frame(&self) -> Option<&Frame> {
        self.frames.last()
    }

    fn dialog(&self) -> Option<&Dialog> {
        self.frame().and_then(|f| self.bot.dialogs.get(f.dialog))
    }

    fn goto(&mut self, pc: Addr) {
        if let Some(frame) = self.frames.last_mut() {
            frame.pc = pc;
        }
    }

    fn slot(&self, name: &str) -> Option<&Slot> {
        self.slot_of(&self.bot, name)
    }

    /// A slot as the dialog at work has it, or one that is below, or any other.
    fn slot_of<'b>(&self, bot: &'b Bot, name: &str) -> Option<&'b Slot> {
        let working = self.frames.iter().rev().filter_map(|f| bot.dialogs.get(f.dialog));
        working.chain(&bot.dialogs).find_map(|d| d.slots.get(name))
    }

    fn note(&mut self, what: What) {
        let dialog = self.dialog();
        let step = dialog.zip(self.frame()).and_then(|(d, f)| d.program.get(f.pc));
        let step = step.map(|i| i.label.clone()).unwrap_or_default();
        let dialog = dialog.map(|d| d.name.clone()).unwrap_or_default();
        self.out.push(Output::Note(Entry { dialog, step, what }));
    }

    fn end(&mut self, outcome: &str) {
        self.note(What::Ended { outcome: outcome.to_owned() });
        self.out.push(Output::End(End { outcome: outcome.to_owned() }));
        self.wait = Wait::Over;
    }

    /// Nothing sensible is left to do: a person takes over, and if that fails too, the contact ends.
    fn fail(&mut self) {
        if !std::mem::replace(&mut self.failing, true)
            && let Some((dialog, addr)) = self.rule(|d| d.limits.no_match.map(|l| l.1))
        {
            // A closed queue's exit asks something again: people get the contact, whatever the hour.
            self.closed = true;
            self.frames.truncate(1);
            return self.block(dialog, addr, None);
        }
        let sorry = self.phrase("failed", &[]);
        self.say(sorry);
        self.end("failed");
    }

    fn progress(&mut self) {
        self.misses = 0;
        self.waited = false;
        self.silences = 0;
    }

    fn heard(&mut self, heard: &Heard) {
        let expect = self.expect();
        let understood = self.understood(heard, &expect);
        let understood = answer::sane(understood, &expect, &self.reach());
        let understood = self.amended(understood, heard);
        let private = expect.private || understood.slots.iter().any(|s| self.is_private(&s.slot));
        let text = if private { "•••".to_owned() } else { heard.text.clone() };
        self.note(What::Heard { text, confidence: heard.confidence });
        self.transcript.push(("citizen", heard.text.clone()));
        if self.meets_danger(heard, &understood, &expect) {
            return;
        }
        if let Some((dialog, (level, addr))) = self.rule(|d| d.limits.upset)
            && understood.upset >= level
            && self.open_block(dialog, addr).is_none()
        {
            if understood.upset < self.bot.centre.sure && self.leads(dialog, addr).away() {
                return self.ask_before(dialog, addr);
            }
            let resume = Some(self.wait.clone());
            return self.block(dialog, addr, resume);
        }
        if self.asks_for_time(&understood) {
            return self.give_time();
        }
        self.accompanied = self.language.is_backchannel(&heard.text);
        self.answer(understood, &expect);
    }

    /// Keeps a value; false if the calendar refuses it.
    fn fill(&mut self, name: &str, value: Value, from: (Source, f32)) -> bool {
        let Some(slot) = self.slot(name) else { return false };
        if let Some(why) = refused(slot, &value, self.now) {
            self.note(What::Refused { slot: name.to_owned(), why });
            self.trouble.insert(name.to_owned(), Trouble::Refused(why));
            return false;
        }
        let private = slot.private;
        let value = self.at_home(slot, value);
        let corrected = self.data.insert(name.to_owned(), Datum { value: value.clone(), private }).is_some();
        let shown = if private {
            self.language.read_aloud(&value, crate::Filter::Masked, self.now)
        } else {
            value.to_string()
        };
        let (source, confidence) = from;
        self.note(What::Filled { slot: name.to_owned(), value: shown, source, confidence, corrected });
        self.trouble.remove(name);
        self.failed.remove(name);
        self.unsure.retain(|s| s != name);
        self.given.retain(|s| s != name);
        self.given.push(name.to_owned());
        self.progress();
        true
    }

    fn record(&mut self, recording: Recording, consent: Option<bool>) {
        self.note(What::Recording { recording, consent });
        self.out.push(Output::Record(recording));
    }

    fn call_until(&self, call: &crate::ServiceCall) -> NaiveDateTime {
        TimeDelta::from_std(call.longest())
            .ok()
            .and_then(|d| self.now.checked_add_signed(d))
            .unwrap_or(self.now)
    }
}

/// Nobody is older, in years.
const OLDEST: u32 = 120;

/// Why the calendar refuses a value, if it does: `closed`, `past` or `future`; `invalid` for a day on which nobody
/// alive was born.
fn refused(slot: &Slot, value: &Value, now: NaiveDateTime) -> Option<&'static str> {
    let midnight = chrono::NaiveTime::MIN;
    if let Value::Birth(day) = value {
        let lived = now.date().years_since(*day).is_none_or(|years| years <= OLDEST);
        return if *day > now.date() { Some("future") } else { (!lived).then_some("invalid") };
    }
    if let (Value::Time(at), Some(Within::Hours(calendar))) = (value, &slot.within) {
        // An hour of no day: one at which it opens on some day will do.
        let opens = calendar.week_at(now).iter().flatten().any(|(open, close)| (*open..*close).contains(at));
        return (!opens).then_some("closed");
    }
    let (from, to) = match &value.hull() {
        Value::Range { from, to } => (*from, *to),
        Value::Date(day) => (day.and_time(midnight), day.succ_opt()?.and_time(midnight)),
        Value::DateTime(at) => (at.local(), at.local().checked_add_signed(TimeDelta::minutes(1))?),
        _ => return None,
    };
    let calendar = match slot.within.as_ref()? {
        // Of a day or a stretch that has begun, a part is over.
        Within::Past => return (from > now).then_some("future"),
        Within::Hours(calendar) => calendar,
    };
    if to <= now {
        return Some("past");
    }
    let all = value.intervals();
    let opens = match all.is_empty() {
        true => calendar.opens_within(from.max(now), to),
        false => all.iter().any(|(from, to)| *to > now && calendar.opens_within((*from).max(now), *to)),
    };
    (!opens).then_some("closed")
}
