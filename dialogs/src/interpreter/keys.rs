//! Answers by keypad.

use super::{Interpreter, Trouble, Wait};
use crate::{
    exchange::{Source, What},
    language::{Found, Understood},
    model::Bot,
    value::{Kind, Value},
};

/// The intent of a key at the opening.
fn opening_key(bot: &Bot, keys: &str) -> Option<String> {
    super::ask::opening(bot)?.keys.get(keys).cloned()
}

impl Interpreter {
    pub(super) fn keyed(&mut self, keys: &str) {
        let keys: String =
            keys.chars().filter(|c| c.is_ascii_digit() || matches!(c, '*' | '#')).take(64).collect();
        let private = match &self.wait {
            Wait::Slot(name) => self.is_private(name),
            _ => false,
        };
        self.note_keys(&keys, private);
        self.transcript.push(("citizen", format!("[{keys}]")));
        // One key alone; a star takes back those before it.
        let single = keys.rsplit('*').next().unwrap_or(&keys);
        let digit = single.strip_suffix('#').unwrap_or(single).parse().ok().filter(|d| *d < 10_usize);
        // A star that takes back all that was keyed is no failed try: it is asked again.
        let cleared = keys.contains('*') && single.trim_end_matches('#').is_empty();
        match self.wait.clone() {
            Wait::Citizen | Wait::Reply { .. } | Wait::Over => {}
            Wait::Slot(name) => match self.uncleared(&name, &keys) {
                "" if keys.contains('*') => self.again(None),
                keys => self.keyed_slot(&name, keys),
            },
            Wait::Opening => match opening_key(&self.bot, &keys) {
                Some(intent) => {
                    self.answer_opening(&Understood { intents: vec![(intent, 1.0)], ..Understood::default() })
                }
                None if cleared => self.again(None),
                None => self.miss(Some("not_understood")),
            },
            _ if cleared => self.again(None),
            Wait::Confirm => match digit {
                Some(1) => self.confirmed(),
                Some(2) => self.denied(),
                _ => self.miss(Some("not_understood")),
            },
            Wait::Doubt { yes } => match (digit, yes) {
                (Some(1), true) => self.confirmed(),
                (Some(1), false) | (Some(2), true) => self.denied(),
                (Some(2), false) => {
                    self.wait = Wait::Confirm;
                    self.again(None);
                }
                _ => self.miss(Some("not_understood")),
            },
            Wait::Leave(leave) => match digit {
                Some(1) => self.leave(leave),
                Some(2) => self.stay(leave),
                _ => self.miss(Some("not_understood")),
            },
            Wait::Unsure(name) => match digit {
                Some(1) => {
                    self.note(What::Confirmed { yes: true });
                    self.progress();
                    self.run();
                }
                Some(2) => {
                    self.note(What::Confirmed { yes: false });
                    self.data.remove(&name);
                    *self.failed.entry(name.clone()).or_default() += 1;
                    self.ask_slot(&name, None);
                }
                _ => self.miss(Some("not_understood")),
            },
            Wait::Choose { page } => {
                let bot = self.bot.clone();
                let at_once = self.choose_step(&bot).map_or(1, |s| s.at_once);
                let shown = self.page(page, at_once);
                match digit.and_then(|d| shown.get(d.checked_sub(1)?)) {
                    Some((index, _)) => self.choose(*index, (Source::Keys, 1.0)),
                    None => self.miss(Some("not_understood")),
                }
            }
            Wait::Between { first, second, .. } => match digit {
                Some(1) => self.choose(first, (Source::Keys, 1.0)),
                Some(2) => self.choose(second, (Source::Keys, 1.0)),
                _ => self.miss(Some("not_understood")),
            },
            Wait::Picked { page, index } => match digit {
                Some(1) => self.choose(index, (Source::Keys, 1.0)),
                Some(2) => self.ask_options(page, false),
                _ => self.miss(Some("not_understood")),
            },
            Wait::Unclear { slot, first, second } => match digit {
                Some(1) => self.keyed_value(&slot, first),
                Some(2) => self.keyed_value(&slot, second),
                _ => self.miss(Some("not_understood")),
            },
            Wait::Danger(doubt) => self.keyed_danger(*doubt, digit),
        }
    }

    /// The keys that count: `*` takes back what was keyed before it, but in amounts, where it is the decimal mark, and
    /// where the bot gives it a meaning of its own.
    fn uncleared<'k>(&mut self, name: &str, keys: &'k str) -> &'k str {
        let Some(slot) = self.slot(name) else { return keys };
        let ends = slot.listen.keypad.as_ref().is_some_and(|k| k.end == Some('*'));
        if slot.kind == Kind::Money || ends || slot.keys.contains_key(keys) {
            return keys;
        }
        let Some((_, kept)) = keys.rsplit_once('*') else { return keys };
        self.begun = None;
        kept.strip_suffix('#').filter(|k| k.is_empty()).unwrap_or(kept)
    }

    fn keyed_slot(&mut self, name: &str, keys: &str) {
        let Some(slot) = self.slot(name) else { return self.fail() };
        let end = slot.listen.keypad.as_ref().map_or(Some('#'), |k| k.end);
        let keys = end.and_then(|e| keys.strip_suffix(e)).unwrap_or(keys);
        // A star clears what was keyed before it, where it is no part of the answer.
        let part = slot.kind == Kind::Money || slot.keys.contains_key(keys);
        let keys = if part { keys } else { keys.rsplit('*').next().unwrap_or(keys) };
        let found = match (slot.keys.get(keys), &slot.kind) {
            (Some(value), _) => Found::Valid(value.clone()),
            (None, Kind::YesNo) if keys == "1" || keys == "2" => Found::Valid(Value::YesNo(keys == "1")),
            (None, kind) => self.language.validate(kind, keys, self.now),
        };
        let found = match found {
            Found::Unfinished | Found::Invalid => self.keyed_on(name, keys, found),
            whole => whole,
        };
        match found {
            Found::Valid(value) => self.keyed_value(name, value),
            Found::Unclear(first, second) => self.ask_unclear(name, first, second),
            Found::Invalid => {
                self.note(What::Refused { slot: name.to_owned(), why: "invalid" });
                self.trouble.insert(name.to_owned(), Trouble::Invalid);
                self.miss(Some("not_understood"));
            }
            Found::Unfinished => self.unfinished(name),
        }
    }

    fn keyed_value(&mut self, name: &str, value: Value) {
        if self.fill(name, value, (Source::Keys, 1.0)) {
            self.confirm_later(name, 1.0);
            self.run();
        } else {
            self.miss(Some("not_understood"));
        }
    }
}
