//! Steps into a flat program, every name in them checked on the way.

use std::collections::BTreeMap;

use super::{
    names::Names,
    source::{Report, Source, inside},
};
use crate::{
    expr::{Condition, Operand, Path, Template},
    model::{Addr, CallStep, ChooseStep, Instr, Op, Shape},
    problem::nearest,
    value::{Filter, Kind, Value},
    yaml::{Data, Node, Pos},
};

/// The key that makes a step what it is, with every key it takes. `handoff` and `end` come before
/// `say`, which they take too.
const STEPS: [(&str, &[&str]); 20] = [
    ("collect", &["id", "collect"]),
    ("record", &["id", "record", "ask", "if_denied"]),
    ("case", &["id", "case", "kind", "with", "save", "on_error", "of", "text", "state"]),
    ("ask", &["id", "ask", "say"]),
    ("call", &["id", "call", "with", "save", "while_waiting", "on_error"]),
    ("if", &["id", "if", "then", "else"]),
    ("choose", &["id", "choose", "from", "at_once", "say", "only_one", "none_fits"]),
    ("confirm", &["id", "confirm", "if_denied"]),
    ("forget", &["id", "forget"]),
    ("goto", &["id", "goto"]),
    ("set", &["id", "set"]),
    ("run", &["id", "run", "with", "save"]),
    ("split", &["id", "split", "ways"]),
    ("language", &["id", "language"]),
    ("send_sms", &["id", "send_sms"]),
    ("send_email", &["id", "send_email"]),
    ("callback", &["id", "callback"]),
    ("handoff", &["id", "handoff", "reason", "say"]),
    ("end", &["id", "end", "say"]),
    ("say", &["id", "say", "barge_in"]),
];

/// Compiles the steps of one dialog.
pub(super) struct Compiler<'a> {
    pub src: Source<'a>,
    pub names: &'a Names,
    /// The dialog's handoffs, and those of the centre.
    pub handoffs: Vec<String>,
    pub program: Vec<Instr>,
    labels: BTreeMap<String, Addr>,
    gotos: Vec<(Addr, String, Pos)>,
    /// Keys of the map that the step stands in and that are none of the step's.
    extra: &'static [&'static str],
}

/// Names that templates may use only in some places.
pub(super) const NOWHERE: &[(&str, Shape)] = &[];

impl<'a> Compiler<'a> {
    pub fn new(src: Source<'a>, names: &'a Names, handoffs: Vec<String>) -> Self {
        Self {
            src,
            names,
            handoffs,
            program: Vec::new(),
            labels: BTreeMap::new(),
            gotos: Vec::new(),
            extra: &[],
        }
    }

    /// The main steps; they begin at address 0.
    pub fn main(&mut self, steps: &Node) {
        if let Some(items) = self.src.list(steps, "the steps") {
            if items.is_empty() {
                self.src.wrong(steps.at, "this dialog has no steps", "", "write at least `- end: hecho`");
            }
            self.steps(items.iter().collect());
        }
        self.emit(steps, "fin", Op::Return);
    }

    /// A block that stands beside the main steps: a limit, an `always`, a closed queue.
    pub fn block(&mut self, node: &Node, extra: &'static [&'static str]) -> Addr {
        let start = self.program.len();
        self.extra = extra;
        self.steps(self.src.one_or_many(node));
        self.extra = &[];
        self.emit(node, "fin", Op::Return);
        start
    }

    /// Points every `goto` at its step.
    pub fn finish(mut self) -> Vec<Instr> {
        for (at, label, pos) in std::mem::take(&mut self.gotos) {
            match self.labels.get(&label).copied() {
                Some(target) => self.patch(at, target),
                None => self.src.report(
                    pos,
                    Report {
                        what: "no step has the id",
                        found: &label,
                        nearest: nearest(&label, self.labels.keys().map(String::as_str)),
                        cure: "give that id to the step where to go on",
                    },
                ),
            }
        }
        self.program
    }

    pub(super) fn steps(&mut self, nodes: Vec<&Node>) {
        for node in nodes {
            self.step(node);
        }
    }

    fn step(&mut self, node: &Node) {
        let Data::Map(pairs) = &node.data else {
            self.src.wrong(
                node.at,
                "this is not a step:",
                &node.excerpt(),
                "write `say: …`, `collect: …`, …",
            );
            return;
        };
        let Some((kind, keys)) = STEPS.into_iter().find(|(kind, _)| node.get(kind).is_some()) else {
            let first = pairs.first().map_or("", |(k, _)| k.text().unwrap_or_default());
            let kinds = STEPS.map(|(kind, _)| kind);
            self.src.report(
                node.at,
                Report {
                    what: "unknown step",
                    found: first,
                    nearest: nearest(first, kinds),
                    cure: &format!("steps are {}", kinds.join(", ")),
                },
            );
            return;
        };
        let allowed: Vec<&str> = keys.iter().chain(self.extra).copied().collect();
        self.extra = &[];
        self.src.map(node, &format!("`{kind}`"), &allowed);
        let label = self.label(node);
        let Some(value) = node.get(kind) else { return };
        match kind {
            "collect" => self.collect(node, &label, value),
            "call" => self.call(node, &label, value),
            "if" => self.branch(node, &label, value),
            "choose" => self.choose(node, &label, value),
            "confirm" => self.confirm(node, &label, value),
            "forget" => self.forget(node, &label, value),
            "goto" => self.goto(node, &label, value),
            "set" => self.set(node, &label, value),
            "run" => self.run(node, &label, value),
            "ask" => self.ask(node, &label, value),
            "record" => self.record(node, &label, value),
            "case" => self.case(node, &label, value),
            "split" => self.split(node, &label, value),
            "language" => self.language(node, &label, value),
            "callback" => self.callback(node, &label, value),
            "send_sms" => self.message(node, &label, (value, "send_sms")),
            "send_email" => self.message(node, &label, (value, "send_email")),
            "handoff" => self.handoff(node, &label, value),
            "end" => self.end(node, &label, value),
            _ => self.say(node, &label, value),
        }
    }

    /// The step's `id`, remembered as a target, or its line.
    fn label(&mut self, node: &Node) -> String {
        let Some(id) = node.get("id") else { return format!("{}:{}", self.src.file, node.at.line) };
        let Some(name) = self.src.name(id, "an id") else { return String::new() };
        if self.labels.insert(name.clone(), self.program.len()).is_some() {
            self.src.wrong(id.at, "two steps have the id", &name, "give one of them another");
        }
        name
    }

    pub(super) fn emit(&mut self, node: &Node, label: &str, op: Op) -> Addr {
        let (needs, reads) = self.uses(&op);
        let (file, line, at) = (self.src.file.to_owned(), node.at.line, word(node));
        self.program.push(Instr { label: label.into(), file, line, at, op, needs, reads: reads.into() });
        self.program.len() - 1
    }

    pub(super) fn patch(&mut self, at: Addr, target: Addr) {
        if let Some(instr) = self.program.get_mut(at) {
            match &mut instr.op {
                Op::If(_, to) | Op::Jump(to) | Op::Goto(to) => *to = target,
                Op::Call(c) => c.on_error = target,
                Op::Choose(c) => c.none_fits = target,
                Op::Confirm { if_denied, .. } | Op::Consent { if_denied, .. } => *if_denied = target,
                Op::OpenCase(c) => c.on_error = target,
                _ => {}
            }
        }
    }

    /// Slots to ask for first, and every name read.
    fn uses(&self, op: &Op) -> (Vec<String>, Vec<String>) {
        let mut all: Vec<(String, bool)> = Vec::new();
        let template = |t: &Template, needed: bool, all: &mut Vec<(String, bool)>| {
            all.extend(t.values().map(|(p, _)| (p.root.clone(), needed)));
        };
        match op {
            Op::Call(c) => {
                let waiting = c.while_waiting.iter().map(|(_, t)| t);
                c.with.iter().map(|(_, t)| t).chain(waiting).for_each(|t| template(t, true, &mut all));
            }
            Op::If(condition, _) => {
                let mut paths = Vec::new();
                condition.paths(&mut paths);
                all.extend(paths.into_iter().map(|(p, needed)| (p.root, needed)));
            }
            Op::Choose(c) => {
                all.push((c.from.root.clone(), true));
                std::iter::once(&c.say).chain(&c.only_one).for_each(|t| template(t, true, &mut all));
            }
            Op::Confirm { ask, .. } | Op::Consent { ask, .. } => template(ask, true, &mut all),
            Op::Run(r) => r.with.iter().for_each(|(_, t)| template(t, true, &mut all)),
            Op::OpenCase(c) => c.with.iter().for_each(|(_, t)| template(t, true, &mut all)),
            Op::NoteCase { of, text } => {
                all.push((of.clone(), true));
                template(text, true, &mut all);
            }
            Op::CaseState { of, .. } => all.push((of.clone(), true)),
            Op::Callback(c) => {
                template(&c.to, true, &mut all);
                c.when.iter().for_each(|t| template(t, false, &mut all));
            }
            Op::Language(code) => template(code, true, &mut all),
            Op::Ask { say, .. } => say.iter().for_each(|t| template(t, true, &mut all)),
            Op::Say { text, .. } => template(text, true, &mut all),
            Op::Set(pairs) => pairs.iter().for_each(|(_, t)| template(t, true, &mut all)),
            Op::Message { to, template: name, .. } => {
                template(to, true, &mut all);
                let reads = self.names.templates.get(name).map(|m| &m.reads);
                all.extend(reads.into_iter().flatten().map(|root| (root.clone(), true)));
            }
            Op::Handoff { say, .. } | Op::End { say, .. } => {
                say.iter().for_each(|t| template(t, false, &mut all));
            }
            _ => {}
        }
        let mut needs: Vec<String> = Vec::new();
        let mut reads: Vec<String> = Vec::new();
        // What `choose` says of itself is no name of the bot's.
        let own = ["options"];
        for (root, needed) in all.into_iter().filter(|(root, _)| !own.contains(&root.as_str())) {
            if needed && self.names.slots.contains_key(&root) && !needs.contains(&root) {
                needs.push(root.clone());
            }
            if !reads.contains(&root) {
                reads.push(root);
            }
        }
        (needs, reads)
    }

    /// The steps under a key, with a jump around them.
    pub(super) fn aside(&mut self, node: &Node, key: &str, from: Addr) {
        let around = self.emit(node, "", Op::Jump(0));
        let start = self.program.len();
        self.patch(from, start);
        if let Some(steps) = node.get(key) {
            self.steps(self.src.one_or_many(steps));
        }
        let end = self.program.len();
        self.patch(around, end);
    }

    fn collect(&mut self, node: &Node, label: &str, value: &Node) {
        let slots = self.slots(value);
        self.emit(node, label, Op::Collect(slots));
    }

    fn slots(&self, value: &Node) -> Vec<String> {
        let slots = self.names.slots.keys().map(String::as_str);
        let known: Vec<&str> = slots.collect();
        let nodes = self.src.one_or_many(value);
        nodes.into_iter().filter_map(|n| self.src.known(n, "slot", known.iter().copied())).collect()
    }

    fn call(&mut self, node: &Node, label: &str, value: &Node) {
        let Some(service) = self.src.known(value, "service", self.names.services.keys().map(String::as_str))
        else {
            return;
        };
        let takes = self.names.services.get(&service).map(|o| o.takes.clone()).unwrap_or_default();
        let with = self.arguments(node, &service, &takes);
        let while_waiting = node.get("while_waiting").and_then(|n| {
            self.src.map(n, "while_waiting", &["after", "say"]);
            let after = self.src.duration(self.src.required(n, "after", "write `after: 800ms`")?, "after")?;
            let say = self.checked(self.src.required(n, "say", "write what to say meanwhile")?, NOWHERE)?;
            Some((after, say))
        });
        let save = node.get("save").and_then(|n| self.src.name(n, "save"));
        let op = Op::Call(CallStep { service, with, save, while_waiting, on_error: 0 });
        let at = self.emit(node, label, op);
        self.src.required(
            node,
            "on_error",
            "write what to do when the service fails: `on_error: { handoff: … }`",
        );
        self.aside(node, "on_error", at);
    }

    fn branch(&mut self, node: &Node, label: &str, value: &Node) {
        let Some(text) = self.src.text(value, "a condition") else { return };
        let condition = match Condition::parse(text) {
            Ok(condition) => condition,
            Err(wrong) => return self.src.wrong_at(value, wrong),
        };
        self.condition_names(value, &condition);
        let at = self.emit(node, label, Op::If(condition, 0));
        if let Some(then) = self.src.required(node, "then", "write the steps to do when it holds") {
            self.steps(self.src.one_or_many(then));
        }
        self.aside(node, "else", at);
    }

    fn choose(&mut self, node: &Node, label: &str, value: &Node) {
        let var = self.src.name(value, "choose").unwrap_or_default();
        let from = self.src.required(node, "from", "write the list to choose from").and_then(|n| {
            let path = Path::parse(self.src.text(n, "from")?).map_err(|w| self.src.wrong_at(n, w)).ok()?;
            match self.names.shape(&path) {
                Ok(Shape::List(_) | Shape::Any) => {}
                Ok(other) => {
                    let what = format!("this is {}, not a list:", other.written());
                    self.src.wrong(
                        n.at,
                        &what,
                        &path.written(),
                        "choose from a list that a service returned",
                    );
                }
                Err(report) => self.unknown_path(n, &path, report),
            }
            Some(path)
        });
        let options = [("options", Shape::List(Box::new(Shape::Text)))];
        let say =
            self.src.required(node, "say", "write the question: Tengo {options | spoken}. ¿Cuál prefiere?");
        let say = say.and_then(|n| {
            let template = self.checked(n, &options)?;
            if !template.values().any(|(p, _)| p.root == "options") {
                self.src.wrong(
                    n.at,
                    "the options are not said",
                    "",
                    "put {options | spoken} in the question",
                );
            }
            Some(template)
        });
        let only_one = node.get("only_one").and_then(|n| self.checked(n, &options));
        let at_once =
            node.get("at_once").and_then(|n| self.src.whole(n, "at_once", 1..=9)).unwrap_or(3) as usize;
        let (Some(from), Some(say)) = (from, say) else { return };
        let op = Op::Choose(ChooseStep { var, from, at_once, say, only_one, none_fits: 0 });
        let at = self.emit(node, label, op);
        self.src.required(node, "none_fits", "write what to do when no option fits");
        self.aside(node, "none_fits", at);
    }

    fn confirm(&mut self, node: &Node, label: &str, value: &Node) {
        let Some(ask) = self.checked(value, NOWHERE) else { return };
        let at = self.emit(node, label, Op::Confirm { ask, if_denied: 0 });
        self.src.required(node, "if_denied", "write what to do when the answer is no");
        self.aside(node, "if_denied", at);
    }

    fn forget(&mut self, node: &Node, label: &str, value: &Node) {
        let roots: Vec<&str> = self.names.roots.keys().map(String::as_str).collect();
        let names = self.src.one_or_many(value);
        let names =
            names.into_iter().filter_map(|n| self.src.known(n, "slot", roots.iter().copied())).collect();
        self.emit(node, label, Op::Forget(names));
    }

    fn goto(&mut self, node: &Node, label: &str, value: &Node) {
        if let Some(target) = self.src.name(value, "goto") {
            let at = self.emit(node, label, Op::Goto(0));
            self.gotos.push((at, target, value.at));
        }
    }

    fn set(&mut self, node: &Node, label: &str, value: &Node) {
        let mut pairs = Vec::new();
        for (name, template, at) in self.src.templates(value, "a name to set") {
            self.template_names(&at, &template, NOWHERE);
            pairs.push((name, template));
        }
        self.emit(node, label, Op::Set(pairs));
    }

    fn handoff(&mut self, node: &Node, label: &str, value: &Node) {
        let name = self.src.known(value, "handoff", self.handoffs.iter().map(String::as_str));
        let reason = self.src.required(node, "reason", "say why: `reason: lo_pide`");
        let reason = reason.and_then(|n| self.src.name(n, "a reason"));
        let say = node.get("say").and_then(|n| self.checked(n, NOWHERE));
        if let (Some(name), Some(reason)) = (name, reason) {
            self.emit(node, label, Op::Handoff { name, reason, say });
        }
    }

    fn end(&mut self, node: &Node, label: &str, value: &Node) {
        let say = node.get("say").and_then(|n| self.checked(n, NOWHERE));
        if let Some(outcome) = self.src.name(value, "an outcome") {
            self.emit(node, label, Op::End { outcome, say });
        }
    }

    fn say(&mut self, node: &Node, label: &str, value: &Node) {
        let barge_in = node.get("barge_in").and_then(|n| super::dialog::barge_in(self.src, n));
        if let Some(text) = self.checked(value, NOWHERE) {
            self.emit(node, label, Op::Say { text, barge_in });
        }
    }

    /// A template whose names exist.
    pub fn checked(&self, node: &Node, extra: &[(&str, Shape)]) -> Option<Template> {
        let template = self.src.template(node, "what to say")?;
        self.names.said(self.src.file, node.at, &template);
        self.template_names(node, &template, extra);
        Some(template)
    }

    pub(super) fn template_names(&self, node: &Node, template: &Template, extra: &[(&str, Shape)]) {
        check_template(self.src, self.names, (node, template), extra);
    }

    pub(super) fn unknown_path(&self, node: &Node, path: &Path, report: super::names::Unknown) {
        unknown(self.src, inside(node, path.offset), report);
    }

    fn condition_names(&self, node: &Node, condition: &Condition) {
        let mut paths = Vec::new();
        condition.paths(&mut paths);
        for (path, _) in &paths {
            if let Err(report) = self.names.shape(path) {
                self.unknown_path(node, path, report);
            }
        }
        let mut hours = Vec::new();
        condition.hours(&mut hours);
        for path in hours {
            let known = self.names.calendars.keys().map(String::as_str);
            if !known.clone().any(|k| k == path.written()) {
                let near = nearest(&path.written(), known.clone());
                let known = known.collect::<Vec<_>>().join(", ");
                let report = Report {
                    what: "unknown opening hours",
                    found: &path.written(),
                    nearest: near,
                    cure: &format!("there is {known}"),
                };
                self.src.report(inside(node, path.offset), report);
            }
        }
        self.comparisons(node, condition);
    }

    fn comparisons(&self, node: &Node, condition: &Condition) {
        match condition {
            Condition::And(all) | Condition::Or(all) => all.iter().for_each(|c| self.comparisons(node, c)),
            Condition::Not(c) => self.comparisons(node, c),
            Condition::Empty(_) | Condition::Open(_) => {}
            Condition::True(path) => {
                if let Ok(shape) = self.names.shape(path)
                    && !shape.comparable(&Shape::YesNo)
                {
                    let what = format!("this is {}, not yes or no:", shape.written());
                    let cure =
                        format!("compare it: `{} == …` or `{} is empty`", path.written(), path.written());
                    self.src.wrong(inside(node, path.offset), &what, &path.written(), &cure);
                }
            }
            Condition::Compare(a, _, b) => self.comparison(node, a, b),
        }
    }

    fn comparison(&self, node: &Node, a: &Operand, b: &Operand) {
        let shape = |o: &Operand| match o {
            Operand::Path(p) => self.names.shape(p).unwrap_or(Shape::Any),
            Operand::Literal(Value::Number(_)) => Shape::Number,
            Operand::Literal(Value::YesNo(_)) => Shape::YesNo,
            Operand::Literal(_) => Shape::Text,
        };
        let (left, right) = (shape(a), shape(b));
        if !left.comparable(&right) {
            let what = format!("{} and {} can't be compared", left.written(), right.written());
            let asked = match (a, b) {
                (Operand::Path(path), Operand::Literal(_)) if left.comparable(&Shape::YesNo) => Some(path),
                _ => None,
            };
            let cure = match asked {
                Some(path) => format!("it is yes or no by itself: write `{0}` or `not {0}`", path.written()),
                None => "compare things of one kind; put texts in quotes: 'texto'".to_owned(),
            };
            self.src.wrong(node.at, &what, "", &cure);
        }
        // A list's value is one of its catalogue's keys.
        if let (Shape::Slot(Kind::List(catalogue)), Operand::Literal(Value::Text(text))) = (&left, b)
            && catalogue.item(text).is_none()
        {
            let ids = catalogue.items.iter().map(|i| i.id.as_str());
            self.src.report(
                node.at,
                Report {
                    what: &format!("{} has no", left.written()),
                    found: text,
                    nearest: nearest(text, ids),
                    cure: "write one of its keys",
                },
            );
        }
    }
}

/// The place of the word that makes a step what it is.
fn word(node: &Node) -> Pos {
    STEPS.iter().find_map(|(kind, _)| node.key(kind)).map_or(node.at, |key| key.at)
}

/// Every value in a template exists and takes its filter.
pub(super) fn check_template(
    src: Source<'_>,
    names: &Names,
    text: (&Node, &Template),
    extra: &[(&str, Shape)],
) {
    let (node, template) = text;
    for (path, filter) in template.values() {
        let shape = match extra.iter().find(|(name, _)| *name == path.root) {
            Some((_, shape)) => super::names::part_of(path, shape.clone()),
            None => names.shape(path),
        };
        let place = inside(node, path.offset);
        match shape {
            Err(report) => unknown(src, place, report),
            Ok(Shape::Map(fields)) if template.as_path().is_none() => {
                let cure =
                    format!("say a part of it: {}", fields.keys().cloned().collect::<Vec<_>>().join(", "));
                src.wrong(place, "this can't be said whole:", &path.written(), &cure);
            }
            Ok(Shape::List(inner))
                if filter == Filter::Plain
                    && matches!(*inner, Shape::Map(_))
                    && template.as_path().is_none()
                    && !extra.iter().any(|(name, _)| *name == path.root) =>
            {
                let cure = format!("say it as `{{{} | spoken}}`, or `choose` from it", path.written());
                src.wrong(place, "this list can't be said as it is:", &path.written(), &cure);
            }
            Ok(shape) if filter != Filter::Plain && !shape.takes(filter) => {
                let what = format!("{} takes no such filter:", shape.written());
                src.wrong(place, &what, &path.written(), "use `spoken`, or no filter");
            }
            Ok(_) => {}
        }
    }
}

fn unknown(src: Source<'_>, at: Pos, report: super::names::Unknown) {
    src.report(
        at,
        Report { what: &report.what, found: &report.found, nearest: report.nearest, cure: &report.cure },
    );
}
