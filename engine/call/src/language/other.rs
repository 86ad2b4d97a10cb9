//! The languages that are data: [`nlu::lang`].

use chrono::{NaiveDate, NaiveDateTime};
use dialogs::{Expect, Filter, Found, Heard, Kind, Understood, Value};
use nlu::Context;
use nlu::lang::Pack;

use std::sync::Arc;

use super::Member;
use super::tongue::{Tongue, family};

/// Understanding and reading aloud in Catalan, Galician, Basque or English, with the intents of one bot.
///
/// [`super::Spanish`] gives it by [`dialogs::Language::in_language`], and it gives Spanish back.
#[derive(Debug)]
pub struct Other(pub(super) Member);

family!(Other);

impl Tongue for Pack {
    fn extract_best(
        &self,
        kind: &nlu::Kind,
        heard: &[(&str, f32)],
        context: &Context,
    ) -> Option<(usize, Vec<nlu::Found>)> {
        self.extract_best(kind, heard, context)
    }

    fn correction<'a>(&self, text: &'a str) -> Option<&'a str> {
        self.correction(text)
    }

    fn reply(&self, text: &str) -> nlu::Reply {
        self.reply(text)
    }

    fn words(&self, text: &str) -> Vec<String> {
        self.words(text)
    }

    fn is_function_word(&self, word: &str) -> bool {
        self.is_function_word(word)
    }

    fn carries(&self, word: &str) -> bool {
        self.carries(word)
    }

    fn angry_words(&self, text: &str) -> usize {
        self.upset(text)
    }

    fn is_backchannel(&self, text: &str) -> bool {
        self.is_backchannel(text)
    }

    fn moment(&self, text: &str) -> Option<nlu::es::Moment> {
        self.moment(text)
    }

    fn plain_words(&self, text: &str) -> Vec<String> {
        self.plain_words(text)
    }

    fn is_this_phone(&self, text: &str) -> bool {
        self.is_this_phone(text)
    }

    fn contraction(&self, word: &str, next: &str) -> Option<&str> {
        self.contraction(word, next)
    }

    fn spoken(&self, value: &nlu::Value, today: NaiveDate) -> String {
        self.spoken_on(value, today)
    }

    fn options(&self, values: &[nlu::Value], today: NaiveDate) -> String {
        self.options_on(values, today)
    }

    fn spelled(&self, text: &str) -> String {
        self.spelled(text)
    }

    fn grouped(&self, text: &str) -> String {
        self.grouped(text)
    }

    fn masked(&self, text: &str) -> String {
        self.masked(text)
    }

    fn reserved(&self) -> String {
        self.reserved()
    }

    fn ending(&self, end: &str) -> String {
        self.ending(end)
    }

    fn initials(&self, capitals: &str) -> String {
        self.initials(capitals)
    }

    fn place(&self, province: &str) -> String {
        self.place(province)
    }
}
