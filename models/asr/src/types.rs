//! What a question expects, and what was heard.

use serde::{Deserialize, Serialize};

/// What the dialog expects the caller to say next. It biases recognition; with `open` set,
/// anything else is heard as well.
#[derive(Debug, Clone, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Expectation {
    /// Typed answers to the question (a slot's type, yes/no, a choice).
    pub grammars: Vec<Grammar>,
    /// Whole sentences a caller may say: examples of intents, commands valid at any time.
    pub phrases: Vec<String>,
    /// Whether words outside of grammars and phrases are welcome. When false they must be much
    /// clearer than an expected answer before they are preferred to it.
    pub open: bool,
}

/// The language of one kind of answer, with the carrier words people put around it.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum Grammar {
    /// Sí, no and their variants.
    YesNo,
    /// A digit string said one by one, in pairs or in triples.
    Digits {
        /// Fewest digits of a whole answer.
        min: u8,
        /// Most digits, at most 40.
        max: u8,
    },
    /// Spanish DNI (8 digits and letter) or NIE (X, Y or Z, 7 digits and letter).
    Nif,
    /// A vehicle's registration of Spain: four digits and three letters, or a province's.
    Plate,
    /// A person's name; names that are not frequent are heard as other words are, as in the next two.
    Name,
    /// A street, the number and the floor.
    Address,
    /// An e-mail address, dictated.
    Email,
    /// A day, a part of the day, an hour, or any of them together.
    Date,
    /// An hour.
    Time,
    /// A cardinal, 0 to 999 999.
    Number,
    /// A choice among options read aloud: la primera, el segundo, ninguna.
    Ordinal,
    /// Values of a list with their synonyms.
    List(Vec<String>),
}

/// What the recogniser believes so far, while the caller speaks.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Partial {
    /// Words heard up to now, in Spanish spelling.
    pub text: String,
    /// The words are already a whole answer to one of the grammars, and none that callers often go on with.
    pub complete: bool,
    /// They may be a whole answer, but callers often go on there: «el jueves», «cuarenta».
    pub goes_on: bool,
    /// The words stop inside an answer that needs more, or at a word that leans on the next.
    pub open_ended: bool,
    /// If complete, the other readings that are whole answers too and not much less likely, the likeliest first.
    pub others: Vec<String>,
}

/// What was heard in one turn.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Utterance {
    /// Lower case, Spanish spelling with accents, no punctuation. Empty when nothing was said.
    pub text: String,
    /// Probability that `text` is right, 0 to 1.
    pub confidence: f32,
    /// The words of `text`, in order.
    pub words: Vec<Word>,
    /// Other readings, best first, each with a text of its own.
    pub alternatives: Vec<Alternative>,
}

/// One recognised word.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Word {
    /// The word in Spanish spelling.
    pub text: String,
    /// Start, in ms from the first sample pushed.
    pub start_ms: u32,
    /// End, in ms from the first sample pushed.
    pub end_ms: u32,
    /// Probability that the word is right, 0 to 1.
    pub confidence: f32,
}

/// Another reading of the same utterance.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Alternative {
    /// The reading, in Spanish spelling.
    pub text: String,
    /// Its probability, 0 to 1.
    pub confidence: f32,
}

/// Tells speech from anything else, 20 ms at a time. Called on the media thread: an
/// implementation allocates nothing and takes no lock in `push`.
pub trait VoiceActivity: Send {
    /// Probability (0 to 1) that the frame (8 kHz) is speech.
    fn push(&mut self, frame: &[i16; 160]) -> f32;
    /// Forgets what was heard, as at the start of a contact.
    fn reset(&mut self);
}

/// A speech recogniser, shared by all contacts.
pub trait Recogniser: Send + Sync {
    /// Starts listening to one utterance.
    fn open(&self, expect: &Expectation) -> Box<dyn Stream>;
    /// Name for logs and records.
    fn name(&self) -> &str;
}

/// One utterance being heard.
pub trait Stream: Send {
    /// Takes 8 kHz audio of any length; a partial result comes back when one is due.
    fn push(&mut self, pcm: &[i16]) -> Option<Partial>;
    /// Says that the utterance ended. The stream is spent: pushing more has no effect, a second
    /// call gives an empty utterance.
    fn finish(&mut self) -> Utterance;
    /// After `finish`: log-probability of each phrase being exactly what was said, where the
    /// recogniser keeps such scores.
    fn rank(&self, _phrases: &[String]) -> Option<Vec<f32>> {
        None
    }
}
