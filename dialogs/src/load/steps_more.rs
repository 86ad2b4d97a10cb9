//! The steps that reach beyond the conversation: sub-dialogs, A/B tests, languages, messages, recording,
//! cases, requests to call back.

use super::{
    source::Report,
    steps::{Compiler, NOWHERE},
};
use crate::{
    exchange::{CaseState, Recording},
    expr::{Path, Template},
    model::{Addr, CallbackStep, Op, OpenCaseStep, RunStep, Shape, SplitStep},
    problem::nearest,
    value::Kind,
    yaml::Node,
};

impl Compiler<'_> {
    pub(super) fn run(&mut self, node: &Node, label: &str, value: &Node) {
        let known = self.src.known(value, "dialog", self.names.dialogs.iter().map(String::as_str));
        let Some(name) = known else { return };
        let Some(index) = self.names.dialogs.iter().position(|n| *n == name) else { return };
        let takes: Vec<String> =
            self.names.takes.get(&name).map(|t| t.keys().cloned().collect()).unwrap_or_default();
        let with = self.arguments(node, &name, &takes);
        self.shapes(node, &name);
        let save = node.get("save").and_then(|n| self.src.name(n, "save"));
        if let Some(at) = node.get("save").filter(|_| !self.names.returns.contains_key(&name)) {
            let cure = "write `returns: name` in that dialog";
            self.src.wrong(at.at, "this dialog returns nothing:", &name, cure);
        }
        // The centre's own dialog is the first.
        self.emit(node, label, Op::Run(RunStep { dialog: index + 1, with, save }));
    }

    /// Every argument is of the shape that the dialog takes.
    fn shapes(&self, node: &Node, dialog: &str) {
        let takes = self.names.takes.get(dialog);
        for (name, shape) in takes.into_iter().flatten() {
            let Some(at) = node.get("with").and_then(|n| n.get(name)) else { continue };
            let Some(template) = at.text().and_then(|t| Template::parse(t).ok()) else { continue };
            // A name that does not exist has been told of already.
            let given = match (template.as_path(), template.written.as_str()) {
                (Some(path), _) => self.names.shape(path).unwrap_or(Shape::Any),
                (None, "true" | "false") => Shape::YesNo,
                (None, _) => Shape::Text,
            };
            if !given.fits(shape) {
                let what = format!(
                    "{dialog} takes `{name}` as {}, and this is {}:",
                    shape.written(),
                    given.written()
                );
                self.src.wrong(at.at, &what, &template.written, "give what it takes, or change its `takes`");
            }
        }
    }

    /// What stands under `with`: all of `takes`, and nothing else.
    pub(super) fn arguments(&self, node: &Node, of: &str, takes: &[String]) -> Vec<(String, Template)> {
        let mut with = Vec::new();
        for (name, template, at) in
            node.get("with").map(|n| self.src.templates(n, "an argument")).unwrap_or_default()
        {
            if !takes.contains(&name) {
                self.src.report(
                    at.at,
                    Report {
                        what: &format!("{of} takes no"),
                        found: &name,
                        nearest: nearest(&name, takes.iter().map(String::as_str)),
                        cure: &format!("it takes {}", takes.join(", ")),
                    },
                );
            }
            self.template_names(&at, &template, NOWHERE);
            with.push((name, template));
        }
        for name in takes.iter().filter(|t| !with.iter().any(|(w, _)| w == *t)) {
            self.src.wrong(node.at, &format!("{of} needs"), name, "write it in `with`");
        }
        with
    }

    pub(super) fn ask(&mut self, node: &Node, label: &str, value: &Node) {
        let slot = self.src.known(value, "slot", self.names.slots.keys().map(String::as_str));
        let say = node.get("say").and_then(|n| self.checked(n, NOWHERE));
        if let Some(slot) = slot {
            self.emit(node, label, Op::Ask { slot, say });
        }
    }

    pub(super) fn split(&mut self, node: &Node, label: &str, value: &Node) {
        let Some(name) = self.src.name(value, "an A/B test") else { return };
        let cure = "write `ways: { a: { share: 50, then: … }, b: { share: 50, then: … } }`";
        let Some(ways) = self.src.required(node, "ways", cure).and_then(|n| self.src.any_map(n, "the ways"))
        else {
            return;
        };
        if ways.len() < 2 {
            self.src.wrong(node.at, "one way is no test", "", cure);
        }
        let at = self.emit(node, label, Op::Split(SplitStep { name, ways: Vec::new() }));
        let (mut found, mut ends): (Vec<(String, u32, Addr)>, Vec<Addr>) = Default::default();
        for (key, way) in ways {
            self.src.map(way, "a way", &["share", "then"]);
            let name = self.src.name(key, "a way");
            let share = self.src.required(way, "share", "write its share of all contacts: `share: 50`");
            let share = share.and_then(|n| self.src.whole(n, "share", 1..=100));
            let start = self.program.len();
            if let Some(then) = self.src.required(way, "then", "write the steps of this way") {
                self.steps(self.src.one_or_many(then));
            }
            ends.push(self.emit(way, "", Op::Jump(0)));
            found.extend(name.zip(share).map(|(n, s)| (n, s, start)));
        }
        let end = self.program.len();
        ends.into_iter().for_each(|e| self.patch(e, end));
        if let Some(Op::Split(step)) = self.program.get_mut(at).map(|i| &mut i.op) {
            step.ways = found;
        }
    }

    pub(super) fn language(&mut self, node: &Node, label: &str, value: &Node) {
        let Some(code) = self.src.template(value, "a language's code") else { return };
        self.template_names(value, &code, NOWHERE);
        if code.is_fixed() {
            self.src.known(value, "language", self.names.languages.iter().map(String::as_str));
        }
        self.emit(node, label, Op::Language(code));
    }

    pub(super) fn message(&mut self, node: &Node, label: &str, (value, step): (&Node, &str)) {
        let email = step == "send_email";
        self.src.map(value, step, &["to", "template", "needs"]);
        let cure =
            if email { "write the address: \"{correo}\"" } else { "write the number: \"{call.from}\"" };
        let to = self.src.required(value, "to", cure);
        let to = to.and_then(|n| {
            let to = self.src.template(n, "to whom")?;
            self.template_names(n, &to, NOWHERE);
            Some(to)
        });
        let template = self.src.required(value, "template", "name a template of centro.yaml");
        let template = template.and_then(|n| {
            let name = self.src.known(n, "template", self.names.templates.keys().map(String::as_str))?;
            if self.names.templates.get(&name).map(|m| m.email) != Some(email) {
                let cure = "an e-mail's template has `subject` and `text`, a text message's is a text";
                self.src.wrong(n.at, &format!("this template is not for `{step}`:"), &name, cure);
            }
            Some(name)
        });
        let needs = value.get("needs").and_then(|n| {
            let path = Path::parse(self.src.text(n, "needs")?).map_err(|w| self.src.wrong_at(n, w)).ok()?;
            if let Err(report) = self.names.shape(&path) {
                self.unknown_path(n, &path, report);
            }
            Some(path)
        });
        if let (Some(to), Some(template)) = (to, template) {
            self.emit(node, label, Op::Message { email, to, template, needs });
        }
    }

    pub(super) fn record(&mut self, node: &Node, label: &str, value: &Node) {
        let names = Recording::NAMES.into_iter().chain(["consent"]);
        let Some(what) = self.src.known(value, "thing to do with the recording", names) else { return };
        if let Some(recording) = Recording::named(&what) {
            for key in ["ask", "if_denied"] {
                if let Some(at) = node.get(key) {
                    self.src.wrong(at.at, "only `record: consent` asks:", key, "take it away");
                }
            }
            self.emit(node, label, Op::Record(recording));
            return;
        }
        let ask = self.src.required(node, "ask", "write the question: ¿Nos deja grabar la llamada?");
        let Some(ask) = ask.and_then(|n| self.checked(n, NOWHERE)) else { return };
        let at = self.emit(node, label, Op::Consent { ask, if_denied: 0 });
        self.aside(node, "if_denied", at);
    }

    pub(super) fn case(&mut self, node: &Node, label: &str, value: &Node) {
        let Some(what) = self.src.known(value, "thing to do with a case", ["open", "note", "state"]) else {
            return;
        };
        let keys: &[&str] = match what.as_str() {
            "open" => &["id", "case", "kind", "with", "save", "on_error"],
            "note" => &["id", "case", "of", "text"],
            _ => &["id", "case", "of", "state"],
        };
        self.src.map(node, &format!("`case: {what}`"), keys);
        match what.as_str() {
            "open" => self.open_case(node, label),
            "note" => {
                let of = self.case_name(node);
                let text = self.src.required(node, "text", "write what to add to the case");
                let text = text.and_then(|n| {
                    let text = self.src.template(n, "a note")?;
                    self.template_names(n, &text, NOWHERE);
                    Some(text)
                });
                if let (Some(of), Some(text)) = (of, text) {
                    self.emit(node, label, Op::NoteCase { of, text });
                }
            }
            _ => {
                let of = self.case_name(node);
                let state = self.src.required(node, "state", "write where it stands: `state: resuelto`");
                let state = state.and_then(|n| self.src.known(n, "state", CaseState::NAMES));
                if let (Some(of), Some(state)) = (of, state.and_then(|s| CaseState::named(&s))) {
                    self.emit(node, label, Op::CaseState { of, state });
                }
            }
        }
    }

    fn open_case(&mut self, node: &Node, label: &str) {
        let kind = self.src.required(node, "kind", "write what it is about: `kind: incidencia`");
        let kind = kind.and_then(|n| self.src.name(n, "a case's kind"));
        let mut with = Vec::new();
        for (name, template, at) in
            node.get("with").map(|n| self.src.templates(n, "what the case holds")).unwrap_or_default()
        {
            self.template_names(&at, &template, NOWHERE);
            with.push((name, template));
        }
        let save = self.src.required(node, "save", "name it: `save: caso`; {caso.codigo} is its number");
        let save = save.and_then(|n| self.src.name(n, "save"));
        let cure = "write what to do when it can't be opened: `on_error: { handoff: … }`";
        self.src.required(node, "on_error", cure);
        if let (Some(kind), Some(save)) = (kind, save) {
            let at = self.emit(node, label, Op::OpenCase(OpenCaseStep { kind, with, save, on_error: 0 }));
            self.aside(node, "on_error", at);
        }
    }

    /// The name under which a case was saved.
    fn case_name(&self, node: &Node) -> Option<String> {
        let at = self.src.required(node, "of", "name the case: `of: caso`")?;
        let is_case = |s: &Shape| matches!(s, Shape::Map(m) if m.contains_key("codigo")) || *s == Shape::Any;
        let known = self.names.roots.iter().filter(|(_, s)| is_case(s)).map(|(n, _)| n.as_str());
        self.src.known(at, "case", known)
    }

    pub(super) fn callback(&mut self, node: &Node, label: &str, value: &Node) {
        self.src.map(value, "callback", &["to", "queue", "when", "reason"]);
        let exact = |n: &Node, thing: &str| {
            let template = self.src.template(n, thing)?;
            self.template_names(n, &template, NOWHERE);
            Some(template)
        };
        let to = self.src.required(value, "to", "write the number: \"{telefono}\"");
        let to = to.and_then(|n| exact(n, "the number"));
        let queue = self.src.required(value, "queue", "name the queue that is to call");
        let queue =
            queue.and_then(|n| self.src.known(n, "queue", self.names.queues.iter().map(String::as_str)));
        let when = value.get("when").and_then(|n| {
            let when = exact(n, "when")?;
            let shape = when.as_path().and_then(|p| self.names.shape(p).ok());
            if !matches!(shape, Some(Shape::Slot(Kind::DateTimeRange) | Shape::Any)) {
                self.src.wrong(n.at, "this is no interval:", &when.written, "give an es.datetime_range slot");
            }
            Some(when)
        });
        let reason = value.get("reason").map_or(Some("lo_pide".to_owned()), |n| self.src.name(n, "a reason"));
        if let (Some(to), Some(queue), Some(reason)) = (to, queue, reason) {
            self.emit(node, label, Op::Callback(CallbackStep { to, queue, when, reason }));
        }
    }
}
