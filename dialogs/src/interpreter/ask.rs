//! Questions: with which words, and what makes sense as an answer.

use std::{sync::Arc, time::Duration};

use super::{Interpreter, Trouble, Wait, patience::PATIENCE};
use crate::{
    exchange::{BargeIn, Keypad, Listen, Output, What},
    expr::Template,
    kind::BETWEEN_KEYS,
    language::{ChoiceOption, Expect},
    load::dialog::NO_INPUT,
    model::{ChooseStep, ListenRule, Op, OpeningStep},
    reach::Reach,
    value::{Filter, Kind, Value},
};

/// One key is an answer: yes and no, an option, a menu.
const ONE_KEY: Keypad = Keypad { digits: 1, end: None, between: BETWEEN_KEYS };

impl Interpreter {
    pub(super) fn greet(&mut self) {
        let bot = self.bot.clone();
        let Some(opening) = opening(&bot) else { return self.fail() };
        // Who answers and that it is recorded is heard whole, whoever speaks meanwhile.
        let hello = self.render(&opening.say, &[]);
        self.say_with(hello, Some(BargeIn::Never));
        if let Some((hours, closed)) = &opening.closed
            && !hours.is_open(self.now)
        {
            let closed = self.render(closed, &[]);
            self.say(closed);
        }
        self.wait = Wait::Opening;
        self.again(None);
    }

    /// Asks what is being waited for, again or for the first time; `sorry` names the phrase to begin
    /// with where the question has no other words for this attempt.
    pub(super) fn again(&mut self, sorry: Option<&'static str>) {
        let key = self.key();
        if sorry.is_some() {
            *self.failed.entry(key.clone()).or_default() += 1;
        }
        match self.wait.clone() {
            Wait::Opening => {
                let bot = self.bot.clone();
                if let Some(opening) = opening(&bot) {
                    self.ask_words(&opening.ask, &key, sorry);
                }
                self.listen();
            }
            Wait::Slot(slot) => self.ask_slot(&slot, sorry),
            Wait::Unclear { slot, first, second } => self.ask_unclear(&slot, first, second),
            Wait::Unsure(slot) => {
                self.sorry(sorry);
                self.ask_unsure(&slot);
            }
            Wait::Choose { page } => {
                self.sorry(sorry);
                self.ask_options(page, sorry == Some("not_understood"));
            }
            Wait::Between { page, first, second } => {
                self.sorry(sorry);
                self.ask_between(page, first, second);
            }
            Wait::Picked { page, index } => {
                self.sorry(plainer(sorry));
                self.ask_picked(page, index);
            }
            Wait::Confirm => {
                self.sorry(plainer(sorry));
                self.ask_confirm();
            }
            Wait::Danger(_) => {
                self.sorry(sorry);
                self.ask_danger_again();
                self.listen();
            }
            Wait::Doubt { yes } => {
                self.sorry(plainer(sorry));
                self.ask_doubt(yes);
            }
            Wait::Leave(leave) => {
                self.sorry(plainer(sorry));
                self.ask_leave(leave);
            }
            Wait::Citizen | Wait::Reply { .. } | Wait::Over => {}
        }
    }

    /// What counts attempts.
    fn key(&self) -> String {
        match &self.wait {
            Wait::Slot(s) | Wait::Unclear { slot: s, .. } | Wait::Unsure(s) => s.clone(),
            Wait::Opening => "(opening)".into(),
            _ => format!("({:?})", self.frame().map(|f| (f.dialog, f.pc))),
        }
    }

    fn sorry(&mut self, phrase: Option<&'static str>) {
        if let Some(phrase) = phrase {
            let prompt = self.phrase(phrase, &[]);
            self.say(prompt);
        }
    }

    /// The words of this attempt; where there are none of its own, an apology and the last ones.
    fn ask_words(&mut self, ask: &[Template], key: &str, sorry: Option<&'static str>) {
        let attempt = self.failed.get(key).copied().unwrap_or_default();
        if ask.len() <= attempt as usize {
            self.sorry(sorry);
        }
        let Some(template) = ask.get(attempt as usize).or(ask.last()) else { return };
        let barge_in = self.question_barge_in();
        let prompt = self.render(template, &[]);
        self.say_with(prompt, Some(barge_in));
        let slot = if key.starts_with('(') { String::new() } else { key.to_owned() };
        self.note(What::Asked { slot, attempt: attempt + 1 });
    }

    pub(super) fn ask_slot(&mut self, name: &str, sorry: Option<&'static str>) {
        let bot = self.bot.clone();
        let Some(slot) = self.slot_of(&bot, name) else { return self.fail() };
        // The checker has seen that questions don't wait for each other in a circle.
        if let Some(first) = slot.needs.iter().find(|n| !self.data.contains_key(*n)) {
            return self.ask_slot(first, None);
        }
        self.wait = Wait::Slot(name.to_owned());
        match self.trouble.remove(name) {
            Some(Trouble::Unclear(first, second)) => return self.ask_unclear(name, first, second),
            Some(trouble) => {
                let attempt = self.failed.get(name).copied().unwrap_or_default();
                if let Some(invalid) = &slot.invalid {
                    let prompt = self.render(invalid, &[]);
                    let barge_in = self.question_barge_in();
                    self.say_with(prompt, Some(barge_in));
                    self.note(What::Asked { slot: name.to_owned(), attempt: attempt + 1 });
                } else {
                    self.sorry(Some(match trouble {
                        Trouble::Refused(why) => why,
                        _ => "invalid",
                    }));
                    self.ask_words(&slot.ask, name, None);
                }
            }
            None => self.ask_words(&slot.ask, name, sorry),
        }
        self.listen();
    }

    pub(super) fn ask_unclear(&mut self, name: &str, first: Value, second: Value) {
        let bot = self.bot.clone();
        let own = self.slot_of(&bot, name).and_then(|s| s.unclear.as_ref());
        let values = [("first", first.clone()), ("second", second.clone())];
        let rendered = |values: &[(&str, Value)]| match own {
            Some(template) => self.render(template, values),
            None => self.phrase("unclear", values),
        };
        let mut prompt = rendered(&values);
        if self.is_private(name) {
            let masked =
                values.map(|(n, v)| (n, Value::Text(self.language.read_aloud(&v, Filter::Masked, self.now))));
            prompt.record = rendered(&masked).text;
        }
        self.wait = Wait::Unclear { slot: name.to_owned(), first, second };
        self.say(prompt);
        self.listen();
    }

    pub(super) fn ask_unsure(&mut self, name: &str) {
        let Some(datum) = self.data.get(name) else { return self.run() };
        let value = datum.value.clone();
        let prompt = match value {
            Value::YesNo(yes) => self.phrase(super::floors::said(yes), &[]),
            value => self.read_back(name, &value),
        };
        self.wait = Wait::Unsure(name.to_owned());
        self.say(prompt);
        self.note(What::Asked { slot: name.to_owned(), attempt: 1 });
        self.listen();
    }

    pub(super) fn ask_confirm(&mut self) {
        self.wait = Wait::Confirm;
        let bot = self.bot.clone();
        let Some(frame) = self.frame() else { return };
        let instr = bot.dialogs.get(frame.dialog).and_then(|d| d.program.get(frame.pc));
        if let Some(Op::Confirm { ask, .. } | Op::Consent { ask, .. }) = instr.map(|i| &i.op) {
            let prompt = self.render(ask, &[]);
            self.say(prompt);
        }
        self.note(What::Asked { slot: String::new(), attempt: 1 });
        self.listen();
    }

    /// The `choose` step that the program stands at.
    pub(super) fn choose_step<'b>(&self, bot: &'b crate::Bot) -> Option<&'b ChooseStep> {
        let frame = self.frame()?;
        match &bot.dialogs.get(frame.dialog)?.program.get(frame.pc)?.op {
            Op::Choose(step) => Some(step),
            _ => None,
        }
    }

    /// The options of a page, with their places among all.
    pub(super) fn page(&self, page: usize, at_once: usize) -> Vec<(usize, Value)> {
        self.offered.options.iter().cloned().enumerate().skip(page * at_once).take(at_once).collect()
    }

    pub(super) fn ask_options(&mut self, page: usize, briefly: bool) {
        let bot = self.bot.clone();
        let Some(step) = self.choose_step(&bot) else { return self.fail() };
        let shown = self.page(page, step.at_once);
        self.wait = Wait::Choose { page };
        self.offered.said = self.offered.said.max((page * step.at_once) + shown.len());
        if briefly {
            let prompt = self.phrase("choose_again", &[]);
            self.say(prompt);
        } else {
            let labels = Value::List(shown.iter().map(|(_, v)| Self::label(v)).collect());
            let values = [("options", labels.clone())];
            let prompt = match (&step.only_one, page) {
                (Some(one), _) if shown.len() == 1 && self.offered.options.len() == 1 => {
                    self.render(one, &values)
                }
                (_, 0) => self.render(&step.say, &values),
                _ => {
                    let words = self.language.read_aloud(&labels, Filter::Spoken, self.now);
                    self.phrase("more_options", &[("options", Value::Text(words))])
                }
            };
            self.say(prompt);
        }
        self.note(What::Asked { slot: step.var.clone(), attempt: 1 });
        self.listen();
    }

    pub(super) fn ask_between(&mut self, page: usize, first: usize, second: usize) {
        let said = |i: usize| self.offered.options.get(i).map(|v| Value::Text(self.option_words(v)));
        let (Some(a), Some(b)) = (said(first), said(second)) else { return self.ask_options(page, false) };
        let prompt = self.phrase("unclear", &[("first", a), ("second", b)]);
        self.wait = Wait::Between { page, first, second };
        self.say(prompt);
        self.listen();
    }

    fn read_back(&self, name: &str, value: &Value) -> crate::Prompt {
        let text = self.said_back(name, value);
        let mut prompt = self.phrase("confirm", &[("value", Value::Text(text))]);
        if self.is_private(name) {
            let masked = self.language.read_aloud(value, Filter::Masked, self.now);
            prompt.record = self.phrase("confirm", &[("value", Value::Text(masked))]).text;
        }
        prompt
    }

    /// An option that was not heard well enough for what follows it is read back.
    pub(super) fn ask_picked(&mut self, page: usize, index: usize) {
        let words = self.offered.options.get(index).map(|v| Value::Text(self.option_words(v)));
        let Some(words) = words else { return self.ask_options(page, false) };
        let prompt = self.phrase("confirm", &[("value", words)]);
        self.wait = Wait::Picked { page, index };
        self.say(prompt);
        self.note(What::Asked { slot: self.offered.var.clone(), attempt: 1 });
        self.listen();
    }

    pub(super) fn option_words(&self, value: &Value) -> String {
        match Self::label(value) {
            Value::Text(text) => text,
            Value::Item(item) => item.name.clone(),
            label => self.language.read_aloud(&label, Filter::Spoken, self.now),
        }
    }

    fn options(&self, values: impl IntoIterator<Item = Value>) -> Vec<ChoiceOption> {
        values.into_iter().map(|value| ChoiceOption { said: self.option_words(&value), value }).collect()
    }

    /// What makes sense as an answer now.
    pub(super) fn expect(&mut self) -> Expect {
        let reach = self.reach();
        // Who is asked whether they leave may answer the question before it instead.
        let wait = match &self.wait {
            Wait::Leave(leave) => leave.back(),
            wait => wait,
        };
        let asked = match wait {
            Wait::Slot(s) | Wait::Unclear { slot: s, .. } | Wait::Unsure(s) => Some(s.as_str()),
            _ => None,
        };
        let asked = asked.and_then(|name| reach.places.get(name).copied());
        let slot = asked.and_then(|place| reach.slots.get(place));
        let options = match wait {
            Wait::Choose { page } => {
                let at_once = self.choose_step(&self.bot).map_or(3, |s| s.at_once);
                self.options(self.page(*page, at_once).into_iter().map(|(_, v)| v))
            }
            Wait::Between { first, second, .. } => {
                let both = [first, second].map(|i| self.offered.options.get(*i).cloned());
                self.options(both.into_iter().flatten())
            }
            Wait::Picked { index, .. } => self.options(self.offered.options.get(*index).cloned()),
            Wait::Unclear { first, second, .. } => self.options([first.clone(), second.clone()]),
            _ => Vec::new(),
        };
        let earlier = if options.is_empty() { self.offered.said } else { 0 };
        // One option alone is taken or left with yes or no.
        let single = options.len() == 1;
        let asked_yes_no = slot.is_some_and(|s| s.kind == Kind::YesNo);
        let private = slot.is_some_and(|s| s.private);
        let last = self.transcript.iter().rev().take_while(|(who, _)| *who == "bot");
        let question = last.map(|(_, text)| text.as_str()).collect::<Vec<_>>().join(" ");
        Expect {
            now: self.now,
            question,
            slots: reach.slots.clone(),
            asked,
            intents: reach.intents.clone(),
            yes_no: asked_yes_no || single || is_yes_no(wait) || is_yes_no(&self.wait),
            options,
            earlier_options: self.options(self.offered.options.iter().take(earlier).cloned()),
            phrases: reach.phrases.clone(),
            danger_words: reach.danger_words.clone(),
            from: self.start.from.clone(),
            private: private && !matches!(wait, Wait::Unsure(_)),
        }
    }

    /// What may be said while these dialogs are at work.
    pub(super) fn reach(&mut self) -> Arc<Reach> {
        let opening = match &self.wait {
            Wait::Leave(leave) => matches!(leave.back(), Wait::Opening),
            wait => matches!(wait, Wait::Opening),
        };
        let key = (self.ruling(), opening, self.pack.clone());
        if let Some(reach) = self.bot.reaches.get(&key).or_else(|| self.reaches.get(&key)) {
            return reach.clone();
        }
        let reach = Arc::new(Reach::new(&self.bot, &key));
        self.reaches.insert(key, reach.clone());
        reach
    }

    fn asked_rule(&self) -> Option<&ListenRule> {
        match &self.wait {
            Wait::Slot(name) => self.slot(name).map(|s| &s.listen),
            _ => None,
        }
    }

    fn question_barge_in(&self) -> BargeIn {
        let own = self.asked_rule().and_then(|r| r.barge_in);
        own.or(self.bot.centre.listen.barge_in).unwrap_or_default()
    }

    /// Ends the turn: what follows is the citizen's.
    pub(super) fn listen(&mut self) {
        let expect = self.expect();
        let own = self.asked_rule().map(|rule| rule.pause.or_else(|| expect.asked()?.kind.pause()));
        let pause = own.flatten();
        let pause = pause.or(self.bot.centre.listen.pause).unwrap_or(Duration::from_millis(700));
        let no_input = match self.patience {
            0 => self.rule(|d| d.limits.no_input).map_or(NO_INPUT, |(_, l)| l.0),
            _ => PATIENCE,
        };
        let listen =
            Listen { pause, no_input, keypad: self.keypad(), barge_in: self.question_barge_in(), expect };
        self.out.push(Output::Listen(listen));
        if !self.turn.is_empty() {
            self.last = std::mem::take(&mut self.turn);
        }
    }

    fn keypad(&self) -> Option<Keypad> {
        match &self.wait {
            Wait::Slot(name) => {
                let slot = self.slot(name)?;
                let own = slot.listen.keypad.clone();
                own.or_else(|| if slot.keys.is_empty() { slot.kind.keypad() } else { Some(ONE_KEY) })
            }
            Wait::Unclear { .. }
            | Wait::Unsure(_)
            | Wait::Choose { .. }
            | Wait::Between { .. }
            | Wait::Picked { .. }
            | Wait::Danger(_)
            | Wait::Confirm
            | Wait::Doubt { .. }
            | Wait::Leave(_) => Some(ONE_KEY),
            Wait::Opening => opening(&self.bot).filter(|o| !o.keys.is_empty()).map(|_| ONE_KEY),
            _ => None,
        }
    }
}

/// What is said before a question of yes or no that was not understood.
fn plainer(sorry: Option<&'static str>) -> Option<&'static str> {
    if sorry == Some("not_understood") { Some("yes_or_no") } else { sorry }
}

/// Whether yes or no answers whatever else is asked for.
fn is_yes_no(wait: &Wait) -> bool {
    matches!(wait, Wait::Confirm | Wait::Doubt { .. } | Wait::Unsure(_) | Wait::Leave(_) | Wait::Danger(_))
}

/// The first thing that a bot says.
pub(super) fn opening(bot: &crate::Bot) -> Option<&OpeningStep> {
    match &bot.dialogs.first()?.program.first()?.op {
        Op::Opening(opening) => Some(opening),
        _ => None,
    }
}
