//! A language's file, as it is written: `data/<code>.toml`.
//!
//! Entries of tables are «said|also heard|…»: the first alternative is the one read aloud.

use std::collections::BTreeMap;

use serde::Deserialize;

/// The whole file.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Data {
    /// Code of ISO 639-1.
    pub code: String,
    /// Words that name nothing, left out when a catalogue's items are looked for.
    pub stop: Vec<String>,
    pub number: Number,
    /// Declension of a number's last word, by the name of the case.
    #[serde(default)]
    pub cases: BTreeMap<String, Case>,
    /// Lists whose entries count from 1: days from Monday, months, parts of the day…
    pub table: BTreeMap<String, Vec<String>>,
    /// Yes and no.
    pub assent: crate::assent::Answers,
    pub answers: Answers,
    pub choice: Choice,
    pub dictation: Dictation,
    pub time: Time,
    pub money: Money,
    pub say: Say,
    pub moment: Moment,
    /// Two words that are said as one, by both of them.
    #[serde(default)]
    pub contractions: BTreeMap<String, String>,
}

/// Who asks for a moment, as in [`crate::es::moment`].
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Moment {
    pub asks: Vec<String>,
    pub reasons: Vec<String>,
    pub besides: Vec<String>,
    pub courtesy: Vec<String>,
}

/// Cardinals under a million.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Number {
    /// 0 to 19.
    pub units: Vec<String>,
    /// What 20, 30… 100, 200… are called; each reaches to the next.
    pub steps: Vec<Step>,
    pub thousand: Thousand,
    /// Words that may stand between the parts of a number.
    pub links: Vec<String>,
    pub minus: String,
    /// Mark between thousands in figures.
    pub mark: String,
    /// Ones that may be articles.
    pub articles: Vec<String>,
    /// After a number: half more.
    pub halves: Vec<String>,
    /// Last words before a masculine noun, and all words before a feminine one.
    #[serde(default)]
    pub masculine: BTreeMap<String, String>,
    #[serde(default)]
    pub feminine: BTreeMap<String, String>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Step {
    pub at: u32,
    /// Alone, and how else it may be heard, alone or before the rest.
    pub word: String,
    /// With its rest `{r}`.
    pub join: String,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Thousand {
    /// The word that multiplies.
    pub word: String,
    /// A thousand alone.
    pub one: String,
    /// With its rest: `{q}` thousands, `{r}` the rest.
    pub join: String,
    /// With a rest under a hundred.
    pub join_low: String,
    /// With a rest of whole hundreds.
    pub join_hundreds: String,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Case {
    /// Last word → its form in this case.
    pub words: BTreeMap<String, String>,
    /// What is written right after figures.
    pub suffixes: Vec<String>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Answers {
    pub correction_opening: Vec<String>,
    pub correction_inside: Vec<String>,
    #[serde(default)]
    pub correction_that: Vec<String>,
    pub backchannel: Vec<String>,
    /// How people say that a telephone is the one they call from.
    pub this_phone: Vec<String>,
    pub upset: Vec<String>,
    pub function: Vec<String>,
    /// Words said beside the day, the hour or the option that is wanted.
    pub carriers: Vec<String>,
    /// Words before a person's name, and after it.
    pub name: Vec<String>,
    #[serde(default)]
    pub name_after: Vec<String>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Choice {
    /// 1 to 10.
    pub ordinals: Vec<String>,
    /// Right after figures: «2a», «2nd».
    pub suffixes: Vec<String>,
    pub last: Vec<String>,
    pub penultimate: Vec<String>,
    /// Words before a cardinal that counts a position.
    pub numbered: Vec<String>,
    /// Phrases with an ordinal that is none.
    pub wait: Vec<String>,
    pub none: Vec<String>,
    /// Words that say none only where they are all the answer.
    #[serde(default)]
    pub none_alone: Vec<String>,
    pub any: Vec<String>,
    pub earliest: Vec<String>,
    pub latest: Vec<String>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Dictation {
    /// Capital → names.
    pub letters: BTreeMap<String, String>,
    /// «be de Barcelona»: the word before the example.
    pub example: Vec<String>,
    pub fillers: Vec<String>,
    pub letter_fillers: Vec<String>,
    pub double: Vec<String>,
    pub triple: Vec<String>,
    /// How a zero is dictated besides its name.
    #[serde(default)]
    pub zero: Vec<String>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Time {
    pub atoms: Vec<Atom>,
    pub joints: Vec<String>,
    pub intervals: Vec<Interval>,
    pub open: Vec<OpenEnd>,
    /// Before and after what is named to be excluded.
    pub excluded_before: Vec<String>,
    pub excluded_after: Vec<String>,
    /// Before and after what is named where all others are wanted.
    pub but: Vec<String>,
    #[serde(default)]
    pub but_after: Vec<String>,
    /// Between two of which either will do.
    pub either: Vec<String>,
    /// What may stand between one of these and a day.
    pub articles: Vec<String>,
    /// Hours said beside them are of no day in particular.
    pub any_day: Vec<String>,
    /// From Monday to Friday.
    pub working_days: Vec<String>,
    /// All the time there is.
    pub any: Vec<String>,
    /// What the entries of the table `part` are: `madrugada`, `manana`, `mediodia`, `tarde`, `noche`.
    pub parts: Vec<PartOfDay>,
    /// Order of written dates: `dmy` or `ymd`.
    pub order: String,
    /// What follows written figures of an hour.
    pub after_figures: Vec<String>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct PartOfDay {
    pub is: String,
    /// Its own hours when no hour is said.
    pub hours: Option<(u32, u32)>,
}

/// A phrase of time and what it says. Slots of its form: `h` hour, `m` minute, `d` day of the month,
/// `mo` month, `y` year, `w` weekday, `p` part of the day, `n` count, `u` unit; `{h:table}` takes its
/// words from a table or a case.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Atom {
    pub form: String,
    /// Only where an interval or an open end asks for this case.
    pub case: Option<String>,
    /// Minutes added to the hour; `minus`: those said are taken off.
    pub minutes: Option<i32>,
    #[serde(default)]
    pub minus: bool,
    /// An hour of the 24-hour clock that the phrase itself says.
    pub hour: Option<u32>,
    /// `am` or `pm`.
    pub half: Option<String>,
    /// Days from today.
    pub days: Option<i64>,
    /// `this`, `coming`, `after_next`, `past`.
    pub turn: Option<String>,
    /// `day`, `week`, `month`, `year`, `weekend`, moved by `step`.
    pub unit: Option<String>,
    #[serde(default)]
    pub step: i64,
    /// `{n}` `{u}` from now: 1 ahead, -1 back.
    pub ahead: Option<i64>,
    /// Count of units that the phrase itself says.
    pub count: Option<i64>,
    pub part: Option<String>,
    /// Hours that a habit names.
    pub hours: Option<(u32, u32)>,
    /// `early`, `mid`, `late`.
    pub edge: Option<String>,
    /// `beginning`, `middle`, `end`.
    pub portion: Option<String>,
    /// Only where an hour was asked for, or at the ends of an interval.
    #[serde(default)]
    pub weak: bool,
    #[serde(default)]
    pub about: bool,
}

/// «de {a} a {b}»; `{a:case}`.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Interval {
    pub form: String,
    /// Bare numbers are days.
    #[serde(default)]
    pub days: bool,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct OpenEnd {
    pub form: String,
    /// `after` or `before`.
    pub open: String,
    /// Bare numbers are days.
    #[serde(default)]
    pub days: bool,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Money {
    /// Euro, euros.
    pub euros: Vec<String>,
    pub cents: Vec<String>,
    /// Between euros and cents.
    pub with: Vec<String>,
}

/// Reading aloud.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Say {
    pub yes: String,
    pub no: String,
    pub none: String,
    pub or: String,
    pub date: String,
    pub date_year: String,
    pub clock: Vec<ClockRule>,
    /// Beginning of an hour alone → with «at».
    pub at: Vec<(String, String)>,
    /// The part of the day as it follows an hour.
    pub part: Vec<PartRule>,
    /// A lone hour is read as with «at».
    #[serde(default)]
    pub time_at: bool,
    /// An hour with its part: `{clock}`, `{part}`.
    pub time: String,
    /// `{date}`, `{at}`.
    pub moment: String,
    /// Midnight of a date.
    pub midnight: String,
    /// A part of a day after its day, in the order madrugada, mañana, mediodía, tarde, noche.
    pub in_part: [String; 5],
    pub between: String,
    pub between_same: String,
    pub week: String,
    pub week_year: String,
    pub month: String,
    pub month_year: String,
    /// From one day to another: `{w}` `{d}` `{mo}`, `{w2}` `{d2}` `{mo2}`; of one month, and of two.
    pub days_same: String,
    pub days: String,
    /// The same with the year `{y2}`, or both years.
    pub days_same_year: String,
    pub days_year: String,
    pub stretch: String,
    /// Days with their hours `{a}`, but for some `{b}`; and a day of every week `{w}`.
    pub but: String,
    pub every: String,
    /// What is left out where it is too much to be said.
    pub some_hours: String,
    pub option: String,
    pub ordinal: String,
    pub from_end: [String; 3],
    pub euros: String,
    pub euro: String,
    pub cents: String,
    pub cent: String,
    pub euros_cents: String,
    pub percent: String,
    pub point: String,
    /// Year, month, day, hour, minute, second: one, many with `{n}`.
    pub units: Vec<(String, String)>,
    /// Units whose number is feminine, by their index.
    pub feminine_units: Vec<usize>,
    pub and: String,
    pub ending: String,
    pub email_mask: String,
    /// A value of which nothing can be told.
    pub reserved: String,
    pub initials: String,
    pub place: String,
    pub marks: BTreeMap<String, String>,
    pub zero: String,
}

/// How the minutes `from..=to` that `every` divides are said; the first that fits is taken.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct ClockRule {
    pub from: u32,
    pub to: u32,
    #[serde(default = "one")]
    pub every: u32,
    /// Only for this hour of 24.
    pub hour: Option<u32>,
    /// Towards the next hour.
    #[serde(default)]
    pub next: bool,
    /// `{h:table}`, `{m}` minutes, or what is missing if `next` and `minus`.
    #[serde(default)]
    pub minus: bool,
    /// Alone.
    pub form: String,
    /// With «at», where that is another form.
    pub at: Option<String>,
    /// No part of the day follows.
    #[serde(default)]
    pub whole: bool,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct PartRule {
    pub from: u32,
    pub to: u32,
    pub word: String,
}

fn one() -> u32 {
    1
}
