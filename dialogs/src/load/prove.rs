//! Proofs beyond paths: prompts that are short enough, queues whose closed exits end, people who can be
//! reached wherever the citizen is asked something.

use std::{cell::RefCell, collections::BTreeSet};

use super::{
    flow::{next, reachable},
    names::Names,
    source::{Report, Source},
};
use crate::{
    expr::{Mark, Part, Path, Template},
    kind::Exact,
    model::{Action, Addr, Bot, Centre, Dialog, Op, Shape},
    problem::Problem,
    value::{Filter, Kind},
};

/// Seconds that a character takes, spaces and signs counted. Measured: eSpeak NG's Spanish voice at rate 1.0
/// (175 words a minute) says the 372 texts without values of the shipped bots, 17,835 characters, in 967 s
/// of sound without pauses: 0.054 s each, and 0.057 s in the slowest twentieth.
const CHARACTER: f64 = 0.055;
/// Seconds of silence after a sign, as speech is rendered.
const PAUSES: [(&str, f64); 3] = [(",", 0.12), (";:", 0.2), (".?!…", 0.32)];
/// How much longer what stands in `<slow>` takes.
const SLOW: f64 = 1.25;

/// No prompt takes longer than the centre allows, its values at their longest.
pub(super) fn lengths(names: &Names, centre: &Centre, problems: &RefCell<Vec<Problem>>) {
    let longest = centre.longest.as_secs_f64();
    for said in names.said.borrow().iter() {
        let src = Source { file: &said.file, problems };
        for template in said.template.all() {
            let seconds = seconds(names, template) / f64::from(centre.voice.rate);
            if seconds > longest {
                let what =
                    format!("this prompt takes about {seconds:.0} s, and none may take over {longest:.0} s:");
                let found: String = template.written.chars().take(40).collect();
                let cure = "split it in two with a question between, or say less; `voice: { longest: … }` is the limit";
                src.report(said.at, Report { what: &what, found: &found, nearest: None, cure });
            }
        }
    }
}

/// How long a text takes at rate 1.0.
fn seconds(names: &Names, template: &Template) -> f64 {
    let (mut total, mut factor) = (0.0, 1.0);
    for part in &template.parts {
        match part {
            Part::Text(text) => {
                let signs = text.chars().filter_map(|c| PAUSES.iter().find(|(all, _)| all.contains(c)));
                total +=
                    text.chars().count() as f64 * CHARACTER * factor + signs.map(|(_, s)| s).sum::<f64>();
            }
            Part::Value { path, filter } => total += value(names, path, *filter) as f64 * CHARACTER * factor,
            Part::Mark(Mark::Break(time)) => total += time.as_secs_f64(),
            Part::Mark(Mark::Slow(on)) => factor = if *on { SLOW } else { 1.0 },
            Part::Mark(Mark::Spell(on)) => factor = if *on { 4.0 } else { 1.0 },
        }
    }
    total
}

/// Characters of a value's words, at their longest plausible form.
fn value(names: &Names, path: &Path, filter: Filter) -> usize {
    if filter == Filter::Masked {
        return 30;
    }
    match (path.root.as_str(), path.fields.as_slice(), names.shape(path)) {
        // Three options in a row: a day and an hour each.
        ("options", [], _) => 3 * 70,
        ("reason", [], _) => 20,
        (root, [field], Ok(Shape::Text)) => field_of(names, root, field).unwrap_or(40),
        (_, _, Ok(shape)) => characters(&shape),
        _ => 40,
    }
}

/// The longest text that a part of an entry has.
fn field_of(names: &Names, root: &str, field: &str) -> Option<usize> {
    match names.roots.get(root)? {
        Shape::Slot(Kind::List(catalogue)) => {
            let texts = catalogue.items.iter().map(|i| match field {
                "nombre" => i.name.as_str(),
                field => i.fields.get(field).map_or("", String::as_str),
            });
            texts.map(|t| t.chars().count()).max()
        }
        Shape::Slot(Kind::Knowledge(known)) => {
            let texts = known.articles.iter().map(|a| match field {
                "respuesta" => a.answer.as_str(),
                "fuente" => a.source.as_deref().unwrap_or_default(),
                _ => a.title.as_str(),
            });
            texts.map(|t| t.chars().count()).max()
        }
        _ => None,
    }
}

fn characters(shape: &Shape) -> usize {
    match shape {
        Shape::Slot(kind) => match kind {
            Kind::YesNo => 2,
            Kind::List(c) => c.items.iter().map(|i| i.name.chars().count()).max().unwrap_or_default(),
            Kind::Knowledge(k) => {
                k.articles.iter().map(|a| a.title.chars().count()).max().unwrap_or_default()
            }
            // «cuatro», «cinco, »: a digit by itself.
            Kind::Digits { max, .. } => usize::from(*max) * 7,
            Kind::Nif | Kind::Exact(Exact::Phone) => 65,
            Kind::Exact(Exact::Iban) => 160,
            Kind::Exact(Exact::Nuss) => 85,
            Kind::Exact(Exact::Plate | Exact::Email | Exact::Name) => 50,
            Kind::Exact(Exact::Postcode) => 35,
            Kind::Number => 45,
            Kind::Money => 60,
            Kind::Address => 70,
            // «el miércoles veintitrés de septiembre de dos mil veintiséis».
            Kind::Date | Kind::Birth => 60,
            // «a las diez menos veinticinco de la mañana».
            Kind::Time => 42,
            // The same with its hours and the days that are left out.
            Kind::DateTimeRange => 120,
            Kind::FreeText => 80,
        },
        Shape::YesNo => 2,
        Shape::Number => 45,
        Shape::Date => 60,
        Shape::Time => 42,
        Shape::DateTime => 85,
        Shape::Text | Shape::Any | Shape::Map(_) => 40,
        Shape::List(inner) => 3 * characters(inner),
    }
}

/// What needs the whole bot.
pub(super) fn check(bot: &Bot, problems: &RefCell<Vec<Problem>>) {
    let proof = Proof { bot, problems, comes_back: comes_back(bot) };
    for dialog in &bot.dialogs {
        proof.exits(dialog);
        proof.limits(dialog);
    }
    proof.people();
}

/// Which dialogs can come back to the one that ran them.
fn comes_back(bot: &Bot) -> Vec<bool> {
    let mut out = vec![false; bot.dialogs.len()];
    // Coming back spreads from those that do to those that run them; each round adds one at least.
    for _ in 0..bot.dialogs.len() {
        let now: Vec<bool> = bot.dialogs.iter().map(|d| !ends(d, 0, &out)).collect();
        if now == out {
            break;
        }
        out = now;
    }
    out
}

/// Every way from here ends the contact or hands it over.
fn ends(dialog: &Dialog, from: Addr, comes_back: &[bool]) -> bool {
    let mut seen = BTreeSet::new();
    let mut open = vec![from];
    while let Some(at) = open.pop() {
        let Some(instr) = dialog.program.get(at).filter(|_| seen.insert(at)) else { continue };
        match &instr.op {
            Op::Return => return false,
            Op::Run(run) if !comes_back.get(run.dialog).copied().unwrap_or(true) => {}
            _ => open.extend(next(&dialog.program, at)),
        }
    }
    true
}

struct Proof<'a> {
    bot: &'a Bot,
    problems: &'a RefCell<Vec<Problem>>,
    comes_back: Vec<bool>,
}

impl Proof<'_> {
    fn wrong(&self, dialog: &Dialog, at: Addr, report: Report<'_>) {
        let instr = dialog.program.get(at);
        let (file, at) = instr.map_or((&dialog.file, dialog.at), |i| (&i.file, i.at));
        Source { file, problems: self.problems }.report(at, report);
    }

    /// Who says nothing, or nothing that is understood, is not asked for ever.
    fn limits(&self, dialog: &Dialog) {
        let limits = [
            ("no_input", dialog.limits.no_input.map(|l| l.2)),
            ("no_match", dialog.limits.no_match.map(|l| l.1)),
        ];
        for (name, at) in limits {
            if let Some(at) = at.filter(|at| !ends(dialog, *at, &self.comes_back)) {
                let report = Report {
                    what: "this limit can run out of steps, and the question is asked again:",
                    found: name,
                    nearest: None,
                    cure: "end it: hand over, `end`, or run a dialog that always ends",
                };
                self.wrong(dialog, at, report);
            }
        }
    }

    /// When nobody answers, something else ends the contact.
    fn exits(&self, dialog: &Dialog) {
        for (name, rule) in &dialog.handoffs {
            for (exit, at) in [("closed", rule.closed), ("no_answer", rule.no_answer.map(|n| n.1))] {
                let Some(at) = at else { continue };
                if !ends(dialog, at, &self.comes_back) {
                    let report = Report {
                        what: &format!("`{exit}` of this handoff can run out of steps, and nobody is there:"),
                        found: name,
                        nearest: None,
                        cure: "end it: `- end: outcome`, or run a dialog that always ends",
                    };
                    self.wrong(dialog, at, report);
                }
                if self.leads_to(dialog, at, name, &mut BTreeSet::new()) {
                    let report = Report {
                        what: &format!("`{exit}` of this handoff leads to itself:"),
                        found: name,
                        nearest: None,
                        cure: "hand over to another queue, leave a number to call back, or end",
                    };
                    self.wrong(dialog, at, report);
                }
            }
        }
    }

    /// A handoff reached from here, or in what it runs, is this one; others are followed to their exits.
    fn leads_to(&self, dialog: &Dialog, from: Addr, name: &str, seen: &mut BTreeSet<(String, Addr)>) -> bool {
        if !seen.insert((dialog.name.to_string(), from)) {
            return false;
        }
        reachable(&dialog.program, from).into_iter().filter_map(|at| dialog.program.get(at)).any(|i| match &i
            .op
        {
            Op::Handoff { name: other, .. } if other == name => true,
            Op::Handoff { name: other, .. } => {
                let holders = [Some(dialog), self.bot.dialogs.first()];
                let rule = holders.into_iter().flatten().find_map(|d| Some((d, d.handoffs.get(other)?)));
                rule.is_some_and(|(holder, rule)| {
                    let exits = [rule.closed, rule.no_answer.map(|n| n.1)];
                    exits.into_iter().flatten().any(|at| self.leads_to(holder, at, name, seen))
                })
            }
            Op::Run(run) => {
                let inner = self.bot.dialogs.get(run.dialog);
                inner.is_some_and(|d| self.leads_to(d, 0, name, seen))
            }
            _ => false,
        })
    }

    /// Wherever something is asked, an intent of `always` leads to people, and silence and nonsense have
    /// their limits: in dialogs that others run too, whatever ran them.
    fn people(&self) {
        let mut seen = BTreeSet::new();
        let starts = self.bot.startable().map(|(index, _)| index).chain([0]);
        for start in starts {
            self.chains(vec![start], &mut seen);
        }
    }

    /// Follows who runs whom; the last of the chain is at work.
    fn chains(&self, chain: Vec<usize>, seen: &mut BTreeSet<(usize, Vec<usize>)>) {
        let Some(index) = chain.last().copied() else { return };
        let Some(dialog) = self.bot.dialogs.get(index) else { return };
        // Which dialogs' rules hold decides; in which order they came only where names clash.
        if !seen.insert((index, chain.clone())) || seen.len() > 10_000 {
            return;
        }
        if chain.len() > 1 && asks(dialog) {
            self.person(dialog, &chain);
        }
        for to in runs(dialog).into_iter().filter(|to| !chain.contains(to)) {
            let mut longer = chain.clone();
            longer.push(to);
            self.chains(longer, seen);
        }
    }

    fn person(&self, dialog: &Dialog, chain: &[usize]) {
        // The innermost comes first, then the centre; before any dialog has begun, those that can begin.
        let begun = chain.iter().any(|i| self.bot.startable().any(|(s, _)| s == *i));
        let lent = || self.bot.startable().map(|(i, _)| i).filter(|_| !begun);
        let holders =
            || chain.iter().rev().copied().chain([0]).chain(lent()).filter_map(|i| self.bot.dialogs.get(i));
        let intents: BTreeSet<&String> = holders().flat_map(|d| d.always.keys()).collect();
        let person = intents.into_iter().any(|intent| {
            let first = holders().find_map(|d| Some((d, d.always.get(intent)?)));
            matches!(first, Some((d, Action::Block(at))) if self.hands_over(d, *at))
        });
        let outer = chain.first().and_then(|i| self.bot.dialogs.get(*i));
        let outer = outer.map_or("", |d| if d.name.is_empty() { d.file.as_str() } else { &*d.name });
        let report = |what: String, cure: &str| {
            let src = Source { file: &dialog.file, problems: self.problems };
            src.wrong(dialog.at, &what, &dialog.name, cure);
        };
        if !person {
            report(
                format!("when {outer} leads here, a person can't be reached from"),
                "write `always: { hablar_con_persona: { handoff: …, reason: lo_pide } }` in centro.yaml",
            );
        }
        for (limit, there) in [
            ("no_input", holders().any(|d| d.limits.no_input.is_some())),
            ("no_match", holders().any(|d| d.limits.no_match.is_some())),
        ] {
            if !there {
                report(
                    format!("when {outer} leads here, there is no limit `{limit}` in"),
                    "write it in centro.yaml: `tries: 3, then: { handoff: …, reason: … }`",
                );
            }
        }
    }

    fn hands_over(&self, dialog: &Dialog, from: Addr) -> bool {
        let ops = reachable(&dialog.program, from).into_iter().filter_map(|at| dialog.program.get(at));
        ops.into_iter().any(|i| matches!(i.op, Op::Handoff { .. }))
    }
}

/// Every dialog that this one runs, from its steps or from its rules.
fn runs(dialog: &Dialog) -> BTreeSet<usize> {
    let ops = dialog.program.iter().map(|i| &i.op);
    ops.filter_map(|op| if let Op::Run(run) = op { Some(run.dialog) } else { None }).collect()
}

/// It waits for the citizen somewhere.
fn asks(dialog: &Dialog) -> bool {
    dialog.program.iter().any(|i| {
        let question = matches!(
            i.op,
            Op::Collect(_) | Op::Ask { .. } | Op::Choose(_) | Op::Confirm { .. } | Op::Consent { .. }
        );
        question || !i.needs.is_empty()
    })
}
