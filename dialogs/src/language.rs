//! The border with understanding: what the interpreter tells a [`Language`] and what it gets back.
//!
//! `dialogs` knows no grammar and no classifier. Whoever runs a bot gives it a `Language`; the
//! interpreter says what is expected now, the language says what was meant.

use std::{collections::BTreeMap, sync::Arc, time::Duration};

use chrono::NaiveDateTime;
use serde::Serialize;

use crate::{
    calendar::Calendar,
    value::{Exact, Filter, Kind, Value},
};

/// What a language gives at most to words that may be meant otherwise («creo que sí»): nothing is done on them, so the
/// floors `act` and `sure` are above it.
pub const IN_DOUBT: f32 = 0.55;

/// What was recognised in one turn of the citizen.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Heard {
    /// The best text.
    pub text: String,
    /// Its confidence, 0 to 1.
    pub confidence: f32,
    /// Its words in order, each with the recogniser's confidence in it; empty where it told none (chat, tests): each
    /// is then worth [`Self::confidence`].
    pub words: Vec<HeardWord>,
    /// Other readings, best first, without the first one.
    pub alternatives: Vec<(String, f32)>,
}

/// One recognised word.
#[derive(Debug, Clone, PartialEq)]
pub struct HeardWord {
    /// As it stands in the text.
    pub text: String,
    /// 0 to 1.
    pub confidence: f32,
}

impl Heard {
    /// A text heard with full confidence: chat, tests.
    pub fn text(text: impl Into<String>) -> Self {
        Self::unsure(text, 1.0)
    }

    /// A text heard with this confidence, and no other reading.
    pub fn unsure(text: impl Into<String>, confidence: f32) -> Self {
        Self { text: text.into(), confidence, ..Self::default() }
    }
}

/// A slot that an answer may fill now.
#[derive(Debug, Clone, PartialEq)]
pub struct ExpectedSlot {
    /// Its name in the dialog.
    pub name: String,
    /// What it takes.
    pub kind: Kind,
    /// When it can be.
    pub within: Option<Within>,
    /// Its value must not be written down outside the agent's brief.
    pub private: bool,
}

/// When the value of a slot can be.
#[derive(Debug, Clone, PartialEq)]
pub enum Within {
    /// While a calendar is open, and not before now. Its hours resolve bare ones («a las cinco»).
    Hours(Arc<Calendar>),
    /// Not after now: a day without its year, or with two figures of it, is the last one.
    Past,
}

/// One option that the bot has offered; the citizen picks by place, hour, day or words.
#[derive(Debug, Clone, PartialEq)]
pub struct ChoiceOption {
    /// The words it was offered with.
    pub said: String,
    /// Its value; fields of kind date, hour or moment identify it too.
    pub value: Value,
}

/// Everything that makes sense as an answer now. What does not change from turn to turn is shared between them.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Expect {
    /// Local time of the office.
    pub now: NaiveDateTime,
    /// Slots that may be filled or corrected.
    pub slots: Arc<[ExpectedSlot]>,
    /// The place in `slots` of the one that the bot has just asked for.
    pub asked: Option<usize>,
    /// Intents that are valid now (those of `always`, and at the opening those that start a dialog).
    pub intents: Arc<[String]>,
    /// Whether the bot has asked a question that yes or no answers.
    pub yes_no: bool,
    /// What the bot said last, since the citizen spoke: who repeats words of it says nothing else.
    pub question: String,
    /// The options offered in the question now open, in order.
    pub options: Vec<ChoiceOption>,
    /// Options offered earlier that a correction may still pick («mejor la primera»).
    pub earlier_options: Vec<ChoiceOption>,
    /// Examples of the valid intents, to bias a recogniser with.
    pub phrases: Arc<[String]>,
    /// Words of the bot's own that are danger.
    pub danger_words: Arc<[String]>,
    /// The number that the citizen calls from; empty if it is withheld.
    pub from: String,
    /// What is asked now must not be written down outside the agent's brief.
    pub private: bool,
}

impl Expect {
    /// The slot that the bot has just asked for.
    pub fn asked(&self) -> Option<&ExpectedSlot> {
        self.slots.get(self.asked?)
    }

    /// Every slot with whether it is the one asked for, which comes first.
    pub fn slots_in_order(&self) -> impl Iterator<Item = (&ExpectedSlot, bool)> {
        let others = self.slots.iter().enumerate().filter(|(i, _)| Some(*i) != self.asked);
        self.asked().map(|s| (s, true)).into_iter().chain(others.map(|(_, s)| (s, false)))
    }

    /// What a recogniser can be biased with: the grammar of the question first, then of what else
    /// may be said.
    pub fn grammars(&self) -> Vec<Grammar> {
        let mut out = Vec::new();
        if self.yes_no {
            out.push(Grammar::YesNo);
        }
        let options: Vec<String> =
            self.options.iter().chain(&self.earlier_options).map(|o| o.said.clone()).collect();
        if !options.is_empty() {
            out.push(Grammar::Choice(options));
        }
        for (slot, asked) in self.slots_in_order() {
            let Some(grammar) = Grammar::of(&slot.kind) else { continue };
            // Free words are welcome where they are asked for.
            if !out.contains(&grammar) && (asked || !grammar.is_free()) {
                out.push(grammar);
            }
        }
        out
    }
}

/// What a recogniser may be biased with.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Grammar {
    /// Yes or no.
    YesNo,
    /// Between `min` and `max` digits.
    Digits {
        /// Fewest digits.
        min: u8,
        /// Most digits.
        max: u8,
    },
    /// DNI or NIE.
    Nif,
    /// A vehicle's registration.
    Plate,
    /// A person's name; any other words may stand for it, as in the next two.
    Name,
    /// A street, the number and the floor.
    Address,
    /// An e-mail address, dictated.
    Email,
    /// A day, a part of a day, an interval.
    DateTime,
    /// An hour.
    Time,
    /// A cardinal.
    Number,
    /// The names and synonyms of a catalogue.
    List(Vec<String>),
    /// Questions that the bot knows an answer to; any other words may stand for them.
    Questions(Vec<String>),
    /// The options just offered: their words, ordinals, hours.
    Choice(Vec<String>),
    /// Anything.
    FreeText,
}

impl Grammar {
    /// What an answer of this kind is recognised with; none where words have no form to bias with.
    pub fn of(kind: &Kind) -> Option<Self> {
        Some(match kind {
            Kind::YesNo => Self::YesNo,
            Kind::List(c) => Self::List(
                c.items.iter().flat_map(|i| std::iter::once(&i.name).chain(&i.synonyms)).cloned().collect(),
            ),
            Kind::Knowledge(k) => {
                Self::Questions(k.articles.iter().flat_map(|a| a.questions.iter().cloned()).collect())
            }
            Kind::Digits { min, max } => Self::Digits { min: *min, max: *max },
            Kind::Number | Kind::Money => Self::Number,
            Kind::Nif => Self::Nif,
            Kind::Exact(Exact::Phone) => Self::Digits { min: 9, max: 9 },
            // After the country.
            Kind::Exact(Exact::Iban) => Self::Digits { min: 22, max: 22 },
            Kind::Exact(Exact::Postcode) => Self::Digits { min: 5, max: 5 },
            Kind::Exact(Exact::Nuss) => Self::Digits { min: 12, max: 12 },
            Kind::Date | Kind::Birth | Kind::DateTimeRange => Self::DateTime,
            Kind::Time => Self::Time,
            Kind::Exact(Exact::Plate) => Self::Plate,
            Kind::Exact(Exact::Name) => Self::Name,
            Kind::Exact(Exact::Email) => Self::Email,
            Kind::Address => Self::Address,
            Kind::FreeText => Self::FreeText,
        })
    }

    /// Whether any words may stand for it.
    pub fn is_free(&self) -> bool {
        matches!(self, Self::FreeText | Self::Questions(_) | Self::Name | Self::Address | Self::Email)
    }
}

/// What an utterance means for one slot.
#[derive(Debug, Clone, PartialEq)]
pub enum Found {
    /// A whole value that passes its own validation (check letter, real day).
    Valid(Value),
    /// A whole value that fails its validation.
    Invalid,
    /// The beginning of a value: an identity number without its letter.
    Unfinished,
    /// Two values fit about as well.
    Unclear(Value, Value),
}

/// One slot found in an utterance.
#[derive(Debug, Clone, PartialEq)]
pub struct SlotFound {
    /// The slot's name, one of [`Expect::slots`].
    pub slot: String,
    /// What was found.
    pub found: Found,
    /// 0 to 1, the recogniser's confidence included.
    pub confidence: f32,
}

/// How an utterance picks among the options offered.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Choice {
    /// The option with this index.
    One(usize),
    /// Two options fit («a las seis», on two days): ask which.
    Between(usize, usize),
    /// None of them, or others please.
    NoneFits,
}

/// What was meant.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Understood {
    /// Intents among [`Expect::intents`], best first, with calibrated confidence 0 to 1.
    /// Empty when the utterance is out of scope.
    pub intents: Vec<(String, f32)>,
    /// The words say the first intent and nothing else («déjelo, gracias»): what leaves is done at once only then.
    pub plainly: bool,
    /// Slots found, at most one entry a slot.
    pub slots: Vec<SlotFound>,
    /// Yes or no, with confidence, whether or not it was asked.
    pub yes_no: Option<(bool, f32)>,
    /// A pick among [`Expect::options`], with confidence.
    pub choice: Option<(Choice, f32)>,
    /// A pick among [`Expect::earlier_options`], with confidence.
    pub earlier_choice: Option<(Choice, f32)>,
    /// The words mark a correction («no, mejor…», «perdón, quería decir…»).
    pub correction: bool,
    /// How upset the citizen sounds, 0 to 1.
    pub upset: f32,
    /// The yes or the no, or the pick of an option, may be taken otherwise («creo que sí», «sí, pero…», «no está mal»):
    /// it is asked again before anything is done on it.
    pub doubtful: bool,
    /// Beside the yes other words were said than courtesy and those of the question («sí, ya voy, Manolo»): it is asked
    /// about before anything is done on it.
    pub beside: bool,
    /// How the yes is said.
    pub manner: Manner,
    /// A word of the utterance negates, whatever it negates: a yes of it is no consent.
    pub negated: bool,
    /// Whether somebody is in danger now.
    pub danger: Danger,
    /// The citizen asks for a moment («espere, que lo busco»): no answer, and no failed try.
    pub wants_time: bool,
}

/// How a yes is said. To some questions not every yes is one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Manner {
    /// It says that it is so («sí», «eso es»).
    #[default]
    Stating,
    /// It only agrees («vale», «bueno»): to whether somebody is in danger, or to whether to leave off, it says nothing.
    Agreeing,
    /// It tells to go on or to do it («siga», «resérvela»): to whether to leave off, or whether somebody is in danger, it
    /// is a no.
    Onward,
    /// A plain yes, and to go on («sí, siga»): to whether to leave off it is a no, to whether somebody is in danger no
    /// answer.
    YesOnward,
}

/// Whether words tell of somebody in danger now: hurt, not breathing, in fire, gas or water, attacked.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Default)]
pub enum Danger {
    /// They don't; or it is denied, over, or the name of a street or a person.
    #[default]
    None,
    /// They may: ask.
    Unsure,
    /// They do.
    Sure,
}

/// Understanding and reading aloud in one language.
///
/// Implementations are deterministic and return within milliseconds: the interpreter calls them
/// between hearing and answering.
pub trait Language: Send + Sync {
    /// What `heard` means, given what is expected. Returns only names and indices that `expect` holds;
    /// the interpreter drops others.
    fn understand(&self, heard: &Heard, expect: &Expect) -> Understood;

    /// A value in words, put as `how` says; a day that is far from `now` with its year. A [`Value::List`] is read
    /// as a list of options («el jueves a las cinco, o el viernes a las diez»).
    fn read_aloud(&self, value: &Value, how: Filter, now: NaiveDateTime) -> String;

    /// A value of `kind` from what was keyed (digits, `*` and `#`, the end key taken off) or written
    /// exactly. Eight digits are a whole DNI: the letter follows from them.
    fn validate(&self, kind: &Kind, written: &str, now: NaiveDateTime) -> Found;

    /// Whether the text only accompanies the speaker («vale», «ajá», «sí sí») and takes no turn while
    /// the bot speaks.
    fn is_backchannel(&self, text: &str) -> bool;

    /// A value with the part changed that the words name: «es el número veinte» changes an address's number. None:
    /// they name no part of it.
    fn amend(&self, old: &Value, said: &str) -> Option<Value> {
        let _ = (old, said);
        None
    }

    /// What a word of a text and the first one of a value after it are together: «a» and «el» are «al».
    fn contraction(&self, word: &str, next: &str) -> Option<&str> {
        let _ = (word, next);
        None
    }

    /// The same for another language of the bot, if there is one.
    fn in_language(&self, code: &str) -> Option<Arc<dyn Language>> {
        let _ = code;
        None
    }
}

/// Examples of intents, as the files of `nlu/` give them: what a `Language` is trained with.
pub type Examples = BTreeMap<String, Vec<String>>;

/// Which of the citizen's sounds stop a prompt.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum BargeIn {
    /// Nothing: it is heard whole.
    Never,
    /// Keys only.
    Keys,
    /// Keys and voice.
    #[default]
    Voice,
}

/// How keys answer a question.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Keypad {
    /// How many keys are a whole answer; collecting stops there.
    pub digits: u8,
    /// The key that ends an answer early, `#` or `*`.
    pub end: Option<char>,
    /// Time between two keys after which the answer is taken as it is.
    pub between: Duration,
}
