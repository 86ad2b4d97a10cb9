//! A bot, checked and ready to run. Only the loader makes one, so every name in it exists.

use std::{
    collections::{BTreeMap, HashMap},
    sync::Arc,
    time::Duration,
};

use crate::{
    calendar::Calendar,
    emergency::Emergency,
    exchange::{CaseState, Recording},
    expr::{Condition, Path, Template},
    language::{BargeIn, Examples, Keypad},
    problem::Problem,
    value::{Catalogue, Kind, Knowledge, Value},
    yaml::Pos,
};

/// A bot's folder, checked. Immutable; contacts share it.
#[derive(Debug)]
pub struct Bot {
    pub(crate) centre: Centre,
    /// The first is made of `centro.yaml`: the opening, and what holds everywhere.
    pub(crate) dialogs: Vec<Dialog>,
    pub(crate) services: BTreeMap<String, Operation>,
    pub(crate) intents: Examples,
    pub(crate) catalogues: BTreeMap<String, Arc<Catalogue>>,
    pub(crate) knowledge: BTreeMap<String, Arc<Knowledge>>,
    pub(crate) calendars: BTreeMap<String, Arc<Calendar>>,
    pub(crate) warnings: Vec<Problem>,
    /// The line of each example of an intent, in the order of [`Bot::intents`].
    pub(crate) example_lines: BTreeMap<String, Vec<usize>>,
    /// Other languages than the centre's, by code.
    pub(crate) packs: BTreeMap<String, Pack>,
    /// What may be said where most contacts come by.
    pub(crate) reaches: HashMap<crate::reach::Key, Arc<crate::reach::Reach>>,
}

impl Bot {
    /// The examples of every intent: what a language's classifier is trained with.
    pub fn intents(&self) -> &Examples {
        &self.intents
    }

    /// Where an intent's example is written: file and line.
    pub fn example_place(&self, intent: &str, index: usize) -> (String, usize) {
        let line = self.example_lines.get(intent).and_then(|lines| lines.get(index));
        (format!("nlu/{intent}.yaml"), line.copied().unwrap_or_default())
    }

    /// What the checker has to say of a bot that runs, in order of file and line.
    pub fn warnings(&self) -> &[Problem] {
        &self.warnings
    }

    /// Catalogues by name.
    pub fn catalogues(&self) -> &BTreeMap<String, Arc<Catalogue>> {
        &self.catalogues
    }

    /// What it knows, by name: what a language finds articles with.
    pub fn knowledge(&self) -> &BTreeMap<String, Arc<Knowledge>> {
        &self.knowledge
    }

    /// Opening hours by name (`oficina.horario`).
    pub fn calendars(&self) -> &BTreeMap<String, Arc<Calendar>> {
        &self.calendars
    }

    /// `centro.yaml`'s `name`: who answers.
    pub fn name(&self) -> &str {
        &self.centre.name
    }

    /// The names of the dialogs that a citizen can start.
    pub fn dialogs(&self) -> impl Iterator<Item = &str> {
        self.startable().map(|(_, d)| &*d.name)
    }

    /// The office's time zone, an IANA name: the driver turns the clock into local time with it.
    pub fn time_zone(&self) -> &str {
        &self.centre.time_zone
    }

    /// The same as a zone; the loader has looked that it is one.
    pub(crate) fn zone(&self) -> chrono_tz::Tz {
        self.centre.time_zone.parse().unwrap_or(chrono_tz::Tz::UTC)
    }

    /// Why its calls may be recorded: `consent`, `contract`, `legal_obligation`, `vital_interest`,
    /// `public_task` or `legitimate_interest` (GDPR, article 6.1).
    pub fn legal_basis(&self) -> &str {
        &self.centre.legal_basis
    }

    /// The voice that `centro.yaml` asks for.
    pub fn voice(&self) -> &Voice {
        &self.centre.voice
    }

    /// The centre's language, and the codes of those it also speaks.
    pub fn languages(&self) -> impl Iterator<Item = &str> {
        std::iter::once("es").chain(self.packs.keys().map(String::as_str))
    }

    /// The examples of every intent in one of [`Bot::languages`].
    pub fn intents_in(&self, language: &str) -> &Examples {
        self.packs.get(language).map_or(&self.intents, |p| &p.intents)
    }

    /// The voice of one of [`Bot::languages`].
    pub fn voice_in(&self, language: &str) -> &Voice {
        self.packs.get(language).map_or(&self.centre.voice, |p| &p.voice)
    }

    /// Recordings of `audios/` that prompts play.
    pub fn recordings(&self) -> Vec<&str> {
        let mut out = Vec::new();
        self.each_prompt(&mut |t| t.all().for_each(|t| out.extend(t.audio.as_deref())));
        out.sort_unstable();
        out.dedup();
        out
    }

    /// Texts without variables, to prepare their sound when the bot is loaded.
    pub fn fixed_prompts(&self) -> Vec<String> {
        self.fixed_prompts_in("es")
    }

    /// The same in one of [`Bot::languages`].
    pub fn fixed_prompts_in(&self, language: &str) -> Vec<String> {
        let pack = self.packs.get(language);
        let mut out: Vec<String> = Vec::new();
        let mut add = |template: &Template| {
            for one in template.all().filter(|t| t.is_fixed() && t.audio.is_none()) {
                let one = pack.and_then(|p| p.texts.get(&one.written)).unwrap_or(one);
                for part in &one.parts {
                    if let crate::expr::Part::Text(text) = part
                        && !text.trim().is_empty()
                        && !out.contains(text)
                    {
                        out.push(text.clone());
                    }
                }
            }
        };
        pack.map_or(&self.centre.phrases, |p| &p.phrases).values().for_each(&mut add);
        self.each_prompt(&mut add);
        out
    }

    fn each_prompt<'b>(&'b self, visit: &mut dyn FnMut(&'b Template)) {
        for dialog in &self.dialogs {
            for slot in dialog.slots.values() {
                slot.ask.iter().chain(&slot.invalid).for_each(&mut *visit);
            }
            dialog.limits.emergency.iter().filter_map(|e| e.ask.as_ref()).for_each(&mut *visit);
            for instr in &dialog.program {
                instr.op.prompts().into_iter().for_each(&mut *visit);
            }
        }
    }

    pub(crate) fn startable(&self) -> impl Iterator<Item = (usize, &Dialog)> {
        self.dialogs.iter().enumerate().filter(|(_, d)| !d.start_on.is_empty())
    }
}

/// The voice that speaks.
#[derive(Debug, Clone, PartialEq)]
pub struct Voice {
    /// A voice's name in the model catalogue; none: the configured default.
    pub name: Option<String>,
    /// Speed, 1.0 is normal.
    pub rate: f32,
}

/// A message that the bot sends.
#[derive(Debug)]
pub(crate) struct MessageTemplate {
    /// Of an e-mail.
    pub subject: Option<Template>,
    pub text: Template,
}

/// A language that a bot speaks besides its centre's: `idiomas/<code>.yaml`.
#[derive(Debug)]
pub(crate) struct Pack {
    pub voice: Voice,
    /// By the text of the centre's language, as written.
    pub texts: HashMap<String, Template>,
    pub phrases: BTreeMap<String, Template>,
    pub intents: Examples,
    /// The same keys as in the centre's language.
    pub catalogues: BTreeMap<String, Arc<Catalogue>>,
    /// The same keys as in the centre's language.
    pub knowledge: BTreeMap<String, Arc<Knowledge>>,
}

#[derive(Debug)]
pub(crate) struct Centre {
    pub name: String,
    pub time_zone: String,
    pub voice: Voice,
    /// See [`Bot::legal_basis`].
    pub legal_basis: String,
    pub listen: ListenRule,
    pub accept: f32,
    pub act: f32,
    pub sure: f32,
    pub queues: BTreeMap<String, Queue>,
    pub templates: BTreeMap<String, MessageTemplate>,
    /// No prompt takes longer.
    pub longest: Duration,
    pub phrases: BTreeMap<String, Template>,
}

#[derive(Debug, Clone)]
pub(crate) struct Queue {
    pub hours: Option<Arc<Calendar>>,
}

/// Times and keys of a question; what a slot leaves out comes from `centro.yaml`.
#[derive(Debug, Clone, Default)]
pub(crate) struct ListenRule {
    pub pause: Option<Duration>,
    pub barge_in: Option<BargeIn>,
    pub keypad: Option<Keypad>,
}

#[derive(Debug)]
pub(crate) struct Dialog {
    pub name: Arc<str>,
    pub file: String,
    /// Where its name stands.
    pub at: Pos,
    pub about: String,
    /// Names that `run … with` fills.
    pub takes: BTreeMap<String, Shape>,
    /// The name whose value `run … save` gets.
    pub returns: Option<String>,
    pub start_on: Vec<String>,
    pub slots: BTreeMap<String, Slot>,
    /// In the order written.
    pub slot_order: Vec<String>,
    pub program: Vec<Instr>,
    pub always: BTreeMap<String, Action>,
    pub limits: Limits,
    pub handoffs: BTreeMap<String, HandoffRule>,
}

#[derive(Debug)]
pub(crate) struct Slot {
    pub kind: Kind,
    pub ask: Vec<Template>,
    pub unclear: Option<Template>,
    pub invalid: Option<Template>,
    pub private: bool,
    pub confirm: ConfirmRule,
    pub listen: ListenRule,
    /// What single keys stand for.
    pub keys: BTreeMap<String, Value>,
    /// Slots that its questions say: they are asked for first.
    pub needs: Vec<String>,
    pub within: Option<crate::language::Within>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum ConfirmRule {
    Never,
    WhenUnsure,
    Always,
}

/// The address of an instruction in its dialog.
pub(crate) type Addr = usize;

#[derive(Debug, Clone)]
pub(crate) enum Action {
    Repeat,
    /// Speaks with this many times the voice's rate from now on.
    Speak(f32),
    /// Takes the last answer back.
    Back,
    Block(Addr),
}

#[derive(Debug, Default)]
pub(crate) struct Limits {
    pub no_input: Option<(Duration, u32, Addr)>,
    pub no_match: Option<(u32, Addr)>,
    pub upset: Option<(f32, Addr)>,
    /// Danger comes before everything else.
    pub emergency: Option<Emergency>,
}

#[derive(Debug)]
pub(crate) struct HandoffRule {
    /// A queue of the centre; empty where there is a number.
    pub queue: String,
    /// A number to pass the call to.
    pub number: Option<String>,
    pub carry: Vec<String>,
    pub whisper: Option<Template>,
    pub closed: Option<Addr>,
    /// Where nobody takes it in time.
    pub no_answer: Option<(Duration, Addr)>,
}

#[derive(Debug)]
pub(crate) struct Instr {
    /// The step's `id`, or `file:line`.
    pub label: Arc<str>,
    /// Where it is written: the dialog's file, or that of a part.
    pub file: String,
    /// Its first line, by which the drawing knows it.
    pub line: usize,
    /// The word that makes the step what it is.
    pub at: Pos,
    pub op: Op,
    /// Slots that are asked for first if they are empty.
    pub needs: Vec<String>,
    /// Every root that it reads: what a correction looks for.
    pub reads: Arc<[String]>,
}

#[derive(Debug)]
pub(crate) enum Op {
    Opening(Box<OpeningStep>),
    Say {
        text: Template,
        barge_in: Option<BargeIn>,
    },
    Collect(Vec<String>),
    Call(CallStep),
    /// Goes on if it holds, else to the address.
    If(Condition, Addr),
    /// The end of a branch.
    Jump(Addr),
    /// A `goto`: leaves the block it stands in.
    Goto(Addr),
    Choose(ChooseStep),
    Confirm {
        ask: Template,
        if_denied: Addr,
    },
    Forget(Vec<String>),
    Set(Vec<(String, Template)>),
    /// Asks for a slot anew.
    Ask {
        slot: String,
        say: Option<Template>,
    },
    Run(RunStep),
    Split(SplitStep),
    /// Goes on in the language with this code.
    Language(Template),
    /// A text message, or an e-mail.
    Message {
        email: bool,
        to: Template,
        template: String,
        needs: Option<Path>,
    },
    Record(Recording),
    /// Whether the call may be recorded.
    Consent {
        ask: Template,
        if_denied: Addr,
    },
    OpenCase(OpenCaseStep),
    NoteCase {
        of: String,
        text: Template,
    },
    CaseState {
        of: String,
        state: CaseState,
    },
    Callback(CallbackStep),
    Handoff {
        name: String,
        reason: String,
        say: Option<Template>,
    },
    End {
        outcome: String,
        say: Option<Template>,
    },
    /// The end of a sub-dialog or of a block: back to where it was called from.
    Return,
}

#[derive(Debug)]
pub(crate) struct OpeningStep {
    pub say: Template,
    pub closed: Option<(Arc<Calendar>, Template)>,
    pub ask: Vec<Template>,
    /// Intents that keys stand for.
    pub keys: BTreeMap<String, String>,
}

#[derive(Debug)]
pub(crate) struct RunStep {
    pub dialog: usize,
    pub with: Vec<(String, Template)>,
    pub save: Option<String>,
}

#[derive(Debug)]
pub(crate) struct SplitStep {
    pub name: String,
    /// Name, share of all contacts, and where it begins.
    pub ways: Vec<(String, u32, Addr)>,
}

#[derive(Debug)]
pub(crate) struct OpenCaseStep {
    pub kind: String,
    pub with: Vec<(String, Template)>,
    pub save: String,
    pub on_error: Addr,
}

#[derive(Debug)]
pub(crate) struct CallbackStep {
    pub to: Template,
    pub queue: String,
    pub when: Option<Template>,
    pub reason: String,
}

#[derive(Debug)]
pub(crate) struct CallStep {
    pub service: String,
    pub with: Vec<(String, Template)>,
    pub save: Option<String>,
    pub while_waiting: Option<(Duration, Template)>,
    pub on_error: Addr,
}

#[derive(Debug)]
pub(crate) struct ChooseStep {
    pub var: String,
    pub from: Path,
    pub at_once: usize,
    pub say: Template,
    pub only_one: Option<Template>,
    pub none_fits: Addr,
}

impl Op {
    /// Slots that it asks for whatever else it does.
    pub fn asks(&self) -> &[String] {
        match self {
            Self::Collect(slots) => slots,
            Self::Ask { slot, .. } => std::slice::from_ref(slot),
            _ => &[],
        }
    }

    /// Every text it may say.
    pub fn prompts(&self) -> Vec<&Template> {
        match self {
            Self::Opening(o) => {
                std::iter::once(&o.say).chain(o.closed.iter().map(|(_, t)| t)).chain(&o.ask).collect()
            }
            Self::Say { text, .. } => vec![text],
            Self::Call(c) => c.while_waiting.iter().map(|(_, t)| t).collect(),
            Self::Choose(c) => std::iter::once(&c.say).chain(&c.only_one).collect(),
            Self::Confirm { ask, .. } | Self::Consent { ask, .. } => vec![ask],
            Self::Handoff { say, .. } | Self::End { say, .. } | Self::Ask { say, .. } => say.iter().collect(),
            _ => Vec::new(),
        }
    }
}

/// What a service's operation takes and returns, and what names in expressions stand for.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Shape {
    Slot(Kind),
    YesNo,
    Number,
    Text,
    Date,
    Time,
    DateTime,
    List(Box<Shape>),
    Map(BTreeMap<String, Shape>),
    /// Anything: a value that nobody has described.
    Any,
}

#[derive(Debug)]
pub(crate) struct Operation {
    pub method: &'static str,
    pub base_env: Option<String>,
    pub base: String,
    pub path: Template,
    pub query: Vec<(String, Template)>,
    pub body: Vec<(String, Template)>,
    pub takes: Vec<String>,
    pub returns: Shape,
    pub token_env: Option<String>,
    pub timeout: Duration,
    pub retries: u8,
    /// Sent with an `Idempotency-Key`.
    pub idempotent: bool,
}

impl Operation {
    /// Doing it again, or undoing what led to it, changes nothing in the world.
    pub fn is_safe(&self) -> bool {
        self.method == "GET"
    }
}
