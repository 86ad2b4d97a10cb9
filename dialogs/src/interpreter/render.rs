//! Values into words.

use std::{
    sync::{Arc, atomic::Ordering},
    time::Duration,
};

use super::{Interpreter, Wait};
use crate::{
    exchange::{BargeIn, Output, Prompt, Speech, What},
    expr::{Mark, Part, Path, Template},
    language::Language,
    value::{Filter, Value},
};

/// What `<slow>` makes of the voice's rate.
const SLOW: f32 = 0.75;

/// A prompt in the making.
#[derive(Default)]
struct Spoken {
    text: String,
    /// What may be written down, from where on it differs from the text.
    record: Option<String>,
    speech: Vec<Speech>,
    /// Where the last piece ended in the text.
    cut: usize,
    rate: f32,
    spell: bool,
}

impl Spoken {
    fn add(&mut self, text: &str) {
        self.text.push_str(text);
        if let Some(record) = &mut self.record {
            record.push_str(text);
        }
    }

    /// Words that are written down otherwise than they are said.
    fn add_recorded(&mut self, text: &str, masked: &str) {
        self.record.get_or_insert_with(|| self.text.clone()).push_str(masked);
        self.text.push_str(text);
    }

    /// A value's words. The text's last word and their first are one where the language makes them one.
    fn add_value(&mut self, words: &str, language: &dyn Language) {
        let open = self.text.get(self.cut..).unwrap_or_default();
        let last =
            open.strip_suffix(' ').and_then(|t| t.rsplit(char::is_whitespace).next()).unwrap_or_default();
        let (first, rest) = words.split_once(' ').unwrap_or((words, ""));
        match language.contraction(last, first) {
            Some(both) if !rest.is_empty() => {
                let end = last.len() + 1;
                for text in self.record.iter_mut().chain([&mut self.text]) {
                    text.truncate(text.len().saturating_sub(end));
                }
                self.add(&format!("{both} {rest}"));
            }
            _ => self.add(words),
        }
    }

    /// What was said so far is a piece by itself, with this pause after it.
    fn cut(&mut self, pause: Duration) {
        let text = self.text.get(self.cut..).unwrap_or_default();
        if !text.trim().is_empty() || !pause.is_zero() {
            self.speech.push(Speech { text: text.to_owned(), rate: self.rate, pause });
        }
        self.cut = self.text.len();
    }
}

impl Interpreter {
    /// The value of a path; none if it is not filled.
    pub(super) fn look(&self, path: &Path) -> Option<Value> {
        let (root, fields) = match (path.root.as_str(), path.fields.as_slice()) {
            ("language", []) => return Some(Value::Text(self.spoken_language().to_owned())),
            ("call", [field]) => {
                let text = if field == "from" { &self.start.from } else { &self.start.to };
                return Some(Value::Text(text.clone()));
            }
            ("consent", [field]) => return self.start.consent.get(field).copied().map(Value::YesNo),
            ("now", fields) => (self.now.into(), fields),
            (root, fields) => (self.value(root)?, fields),
        };
        fields.iter().try_fold(root, |value, field| value.field(field))
    }

    /// A template as a prompt, in the language spoken now. `extra` are values that only this place knows.
    pub(super) fn render(&self, template: &Template, extra: &[(&str, Value)]) -> Prompt {
        let template = self.wording(template);
        let mut out = Spoken {
            text: String::with_capacity(template.written.len()),
            rate: self.rate,
            ..Spoken::default()
        };
        for part in &template.parts {
            match part {
                Part::Text(t) if !out.spell => out.add(t),
                Part::Text(t) => out.add_recorded(&self.spelled(t), t),
                Part::Mark(Mark::Break(pause)) => out.cut(*pause),
                Part::Mark(Mark::Slow(on)) => {
                    out.cut(Duration::ZERO);
                    out.rate = if *on { self.rate * SLOW } else { self.rate };
                }
                Part::Mark(Mark::Spell(on)) => out.spell = *on,
                Part::Value { path, filter } => {
                    let own = extra.iter().find(|(n, _)| *n == path.root).map(|(_, v)| v.clone());
                    let own = own.and_then(|v| path.fields.iter().try_fold(v, |v, field| v.field(field)));
                    let Some(value) = own.or_else(|| self.look(path)) else { continue };
                    let filter = if out.spell { Filter::Spelled } else { *filter };
                    let shown = if self.is_private(&path.root) { Filter::Masked } else { filter };
                    let words = self.words(&value, filter);
                    if shown == filter {
                        out.add_value(&words, &*self.language);
                    } else {
                        out.add_recorded(&words, &self.words(&value, shown));
                    }
                }
            }
        }
        out.cut(Duration::ZERO);
        Prompt {
            record: out.record.unwrap_or_else(|| out.text.clone()),
            text: out.text,
            barge_in: self.bot.centre.listen.barge_in.unwrap_or_default(),
            fixed: template.is_fixed(),
            // A recording has one speed: who asked for another hears the text.
            audio: template.audio.clone().filter(|_| self.rate == 1.0),
            speech: out.speech,
        }
    }

    fn spelled(&self, text: &str) -> String {
        if text.trim().is_empty() {
            return text.to_owned();
        }
        self.language.read_aloud(&Value::Text(text.trim().to_owned()), Filter::Spelled, self.now)
    }

    /// The variant whose turn it is, in the language spoken now.
    fn wording<'t>(&'t self, template: &'t Template) -> &'t Template {
        let count = template.variants.len() + 1;
        let turn = if count > 1 { self.variants.fetch_add(1, Ordering::Relaxed) % count } else { 0 };
        let one = template.all().nth(turn).unwrap_or(template);
        self.pack().and_then(|p| p.texts.get(&one.written)).unwrap_or(one)
    }

    fn words(&self, value: &Value, filter: Filter) -> String {
        match (value, filter) {
            (Value::Text(text), Filter::Plain) => text.clone(),
            (Value::Item(item), Filter::Plain | Filter::Spoken) => item.name.clone(),
            (Value::Item(item), _) => {
                self.language.read_aloud(&Value::Text(item.name.clone()), filter, self.now)
            }
            _ => self.language.read_aloud(value, filter, self.now),
        }
    }

    /// A template for a service: one value keeps its type, text holds exact forms.
    pub(super) fn exact(&self, template: &Template) -> Option<Value> {
        if let Some(path) = template.as_path() {
            return self.look(path);
        }
        let mut text = String::new();
        for part in &template.parts {
            match part {
                Part::Text(t) => text.push_str(t),
                Part::Value { path, .. } => {
                    text.push_str(&self.look(path).map(|v| v.to_string()).unwrap_or_default());
                }
                Part::Mark(_) => {}
            }
        }
        Some(match text.as_str() {
            "true" => Value::YesNo(true),
            "false" => Value::YesNo(false),
            _ => Value::Text(text),
        })
    }

    /// Whether any value of the template is private.
    pub(super) fn has_private(&self, template: &Template) -> bool {
        template.values().any(|(p, _)| self.is_private(&p.root))
    }

    /// One of the language's own phrases, or the centre's wording of it.
    pub(super) fn phrase(&self, name: &str, extra: &[(&str, Value)]) -> Prompt {
        let phrases = self.pack().map_or(&self.bot.centre.phrases, |p| &p.phrases);
        match phrases.get(name) {
            Some(template) => self.render(template, extra),
            None => self.render(&Template::default(), &[]),
        }
    }

    pub(super) fn say(&mut self, prompt: Prompt) {
        if prompt.text.trim().is_empty() {
            return;
        }
        self.say_again(Arc::new(prompt));
    }

    fn say_again(&mut self, prompt: Arc<Prompt>) {
        self.promised = None;
        self.note(What::Said { text: prompt.record.clone() });
        self.transcript.push(("bot", prompt.text.clone()));
        self.turn.push(prompt.clone());
        self.out.push(Output::Say(prompt));
    }

    pub(super) fn say_with(&mut self, prompt: Prompt, barge_in: Option<BargeIn>) {
        let barge_in = barge_in.unwrap_or(prompt.barge_in);
        self.say(Prompt { barge_in, ..prompt });
    }

    /// What an option is called: its moment, or its name.
    pub(super) fn label(value: &Value) -> Value {
        let Value::Map(fields) = value else { return value.clone() };
        let moment =
            fields.values().find(|v| matches!(v, Value::DateTime(_) | Value::Range { .. } | Value::Date(_)));
        let hour = fields.values().find(|v| matches!(v, Value::Time(_)));
        let name = fields.get("nombre").or_else(|| fields.get("name"));
        let text = fields.iter().find(|(k, v)| *k != "id" && matches!(v, Value::Text(_))).map(|(_, v)| v);
        moment.or(hour).or(name).or(text).or(fields.get("id")).cloned().unwrap_or(Value::Text(String::new()))
    }

    /// Says the prompts of the last turn again and waits for the same.
    pub(super) fn repeat(&mut self) {
        let last = std::mem::take(&mut self.last);
        for prompt in last {
            self.say_again(prompt);
        }
        if !matches!(self.wait, Wait::Reply { .. }) {
            self.listen();
        }
    }
}
