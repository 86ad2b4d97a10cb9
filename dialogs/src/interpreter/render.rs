//! Values into words.

use super::{Interpreter, Wait};
use crate::{
    exchange::{BargeIn, Output, Prompt, What},
    expr::{Part, Path, Template},
    value::{Filter, Value},
};

impl Interpreter {
    /// The value of a path; none if it is not filled.
    pub(super) fn look(&self, path: &Path) -> Option<Value> {
        let (root, fields) = match (path.root.as_str(), path.fields.as_slice()) {
            ("now", []) => return Some(Value::DateTime(self.now)),
            ("call", [field]) => {
                let text = if field == "from" { &self.start.from } else { &self.start.to };
                return Some(Value::Text(text.clone()));
            }
            ("consent", [field]) => return self.start.consent.get(field).copied().map(Value::YesNo),
            (root, fields) => (self.data.get(root)?.value.clone(), fields),
        };
        fields.iter().try_fold(root, |value, field| value.field(field))
    }

    /// A template as a prompt. `extra` are values that only this place knows.
    pub(super) fn render(&self, template: &Template, extra: &[(&str, Value)]) -> Prompt {
        let (mut text, mut record) = (String::new(), String::new());
        for part in &template.parts {
            match part {
                Part::Text(t) => {
                    text.push_str(t);
                    record.push_str(t);
                }
                Part::Value { path, filter } => {
                    let own = extra.iter().find(|(n, _)| *n == path.root).map(|(_, v)| v.clone());
                    let Some(value) = own.or_else(|| self.look(path)) else { continue };
                    text.push_str(&self.words(&value, *filter));
                    let shown = if self.is_private(&path.root) { Filter::Masked } else { *filter };
                    record.push_str(&self.words(&value, shown));
                }
            }
        }
        let barge_in = self.bot.centre.listen.barge_in.unwrap_or_default();
        Prompt { text, record, barge_in, fixed: template.is_fixed() }
    }

    fn words(&self, value: &Value, filter: Filter) -> String {
        match (value, filter) {
            (Value::Text(text), Filter::Plain) => text.clone(),
            (Value::Item(item), Filter::Plain | Filter::Spoken) => item.name.clone(),
            (Value::Item(item), _) => self.language.read_aloud(&Value::Text(item.name.clone()), filter),
            _ => self.language.read_aloud(value, filter),
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
        match self.bot.centre.phrases.get(name) {
            Some(template) => self.render(template, extra),
            None => self.render(&Template::default(), &[]),
        }
    }

    pub(super) fn say(&mut self, prompt: Prompt) {
        if prompt.text.trim().is_empty() {
            return;
        }
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
            self.say(prompt);
        }
        if !matches!(self.wait, Wait::Reply { .. }) {
            self.listen();
        }
    }
}
