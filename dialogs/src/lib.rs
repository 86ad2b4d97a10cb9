//! The bot language: parse, check, interpret, test.
//!
//! A bot is a folder of YAML ([`Bot::load`]); [`Interpreter`] runs one contact with it as a pure state
//! machine: inputs and the office's local time in, prompts, questions, service calls and notes out
//! ([`exchange`]). It owns no clock, socket or thread, and knows no grammar: a [`Language`] understands
//! and reads aloud.
#![forbid(unsafe_code)]
#![cfg_attr(not(test), deny(clippy::indexing_slicing))]

pub mod calendar;
mod emergency;
pub mod exchange;
mod expr;
pub mod graph;
mod holidays;
mod interpreter;
pub mod json;
mod kind;
pub mod language;
mod load;
mod model;
mod moment;
pub mod problem;
mod province;
mod reach;
pub mod schema;
mod shape;
mod slips;
pub mod testing;
pub mod value;
mod yaml;

pub use calendar::Calendar;
pub use exchange::{
    CallError, Callback, Case, CaseState, Email, End, Entry, Handoff, Input, Listen, Output, Prompt,
    Recording, Saved, ServiceCall, Sms, Source, Speech, Start, What,
};
pub use interpreter::{INTENT_FOLLOWED, Interpreter};
pub use json::{Json, NotJson};
pub use language::{
    BargeIn, Choice, ChoiceOption, Danger, Examples, Expect, ExpectedSlot, Found, Grammar, Heard, HeardWord,
    Keypad, Language, Manner, SlotFound, Understood, Within,
};
pub use load::{RemoteCatalogue, files_of, is_of_a_bot, remote_catalogues};
pub use model::{Bot, Voice};
pub use problem::{Problem, Severity};
pub use province::province;
pub use value::{Address, Article, Catalogue, Exact, Filter, Item, Kind, Knowledge, Moment, Value};
