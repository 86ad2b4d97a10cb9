//! Paths: every one ends, none runs in a circle without asking, everything said has been filled.

use std::{cell::RefCell, collections::BTreeSet};

use super::source::{Report, Source};
use crate::{
    model::{Action, Addr, Bot, Dialog, Instr, Op},
    problem::Problem,
    yaml::Pos,
};

pub(super) fn check(bot: &Bot, problems: &RefCell<Vec<Problem>>) {
    let centre = Source { file: "centro.yaml", problems };
    if bot.startable().next().is_none() {
        let cure = "write `start_on: [intent]` in the dialog that answers";
        centre.wrong(Pos { line: 1, column: 1 }, "no dialog can be started", "", cure);
    }
    let mut starts: Vec<(&str, &str)> = Vec::new();
    for (index, dialog) in bot.dialogs.iter().enumerate() {
        let src = Source { file: &dialog.file, problems };
        let paths = Paths { bot, dialog, src };
        if index > 0 {
            paths.main();
        }
        for intent in &dialog.start_on {
            if let Some((_, other)) = starts.iter().find(|(i, _)| i == intent) {
                let what = format!("`{intent}` starts `{other}` already, and also");
                src.wrong(Pos { line: 1, column: 1 }, &what, &dialog.name, "keep one");
            }
            starts.push((intent, &dialog.name));
        }
    }
    for (_, dialog) in bot.startable() {
        reachable_person(bot, dialog, problems);
    }
    recursion(bot, problems);
}

/// Limits exist, and a person can be asked for at any time.
fn reachable_person(bot: &Bot, dialog: &Dialog, problems: &RefCell<Vec<Problem>>) {
    let src = Source { file: &dialog.file, problems };
    let top = Pos { line: 1, column: 1 };
    let holders: Vec<&Dialog> = std::iter::once(dialog).chain(bot.dialogs.first()).collect();
    for (name, there) in [
        ("no_input", holders.iter().any(|d| d.limits.no_input.is_some())),
        ("no_match", holders.iter().any(|d| d.limits.no_match.is_some())),
    ] {
        if !there {
            let cure = "write it here or in centro.yaml: `tries: 3, then: { handoff: …, reason: … }`";
            src.wrong(top, "there is no limit for", name, cure);
        }
    }
    let person = holders.iter().any(|d| {
        d.always.values().any(|a| match a {
            Action::Block(addr) => hands_off(d, *addr),
            Action::Repeat | Action::Speak(_) | Action::Back => false,
        })
    });
    if !person {
        let cure = "write `always: { hablar_con_persona: { handoff: …, reason: lo_pide } }`";
        src.wrong(top, "a person can't be reached from", &dialog.name, cure);
    }
}

fn hands_off(dialog: &Dialog, from: Addr) -> bool {
    reachable(&dialog.program, from)
        .into_iter()
        .any(|a| matches!(dialog.program.get(a), Some(Instr { op: Op::Handoff { .. }, .. })))
}

/// Where an instruction may go on.
pub(crate) fn next(program: &[Instr], at: Addr) -> Vec<Addr> {
    let Some(instr) = program.get(at) else { return Vec::new() };
    match &instr.op {
        Op::Opening(_) | Op::Handoff { .. } | Op::End { .. } | Op::Return => Vec::new(),
        Op::Jump(to) | Op::Goto(to) => vec![*to],
        Op::If(_, to) => vec![at + 1, *to],
        Op::Call(c) => vec![at + 1, c.on_error],
        Op::Choose(c) => vec![at + 1, c.none_fits],
        Op::Confirm { if_denied, .. } | Op::Consent { if_denied, .. } => vec![at + 1, *if_denied],
        Op::OpenCase(c) => vec![at + 1, c.on_error],
        Op::Split(s) => s.ways.iter().map(|(_, _, to)| *to).collect(),
        _ => vec![at + 1],
    }
}

pub(crate) fn reachable(program: &[Instr], from: Addr) -> BTreeSet<Addr> {
    let mut seen = BTreeSet::new();
    let mut open = vec![from];
    while let Some(at) = open.pop() {
        if program.get(at).is_some() && seen.insert(at) {
            open.extend(next(program, at));
        }
    }
    seen
}

struct Paths<'a> {
    bot: &'a Bot,
    dialog: &'a Dialog,
    src: Source<'a>,
}

impl Paths<'_> {
    fn wrong(&self, at: Addr, report: Report<'_>) {
        let line = self.dialog.program.get(at).map_or(1, |i| i.line);
        self.src.report(Pos { line, column: 0 }, report);
    }

    fn main(&self) {
        let program = &self.dialog.program;
        let reached = reachable(program, 0);
        let entries: Vec<Addr> = self.entries();
        let mut all = reached.clone();
        entries.iter().for_each(|e| all.extend(reachable(program, *e)));
        self.ends(&reached);
        self.dead(&all);
        self.circles(&all);
        self.filled();
    }

    /// Where blocks beside the main steps begin.
    fn entries(&self) -> Vec<Addr> {
        let d = self.dialog;
        let always = d.always.values().filter_map(|a| match a {
            Action::Block(addr) => Some(*addr),
            Action::Repeat | Action::Speak(_) | Action::Back => None,
        });
        let limits = d.limits.no_input.map(|l| l.2).into_iter();
        let limits = limits
            .chain(d.limits.no_match.map(|l| l.1))
            .chain(d.limits.upset.map(|l| l.1))
            .chain(d.limits.emergency.as_ref().map(|l| l.1));
        let handoffs = d.handoffs.values().flat_map(|h| h.closed.into_iter().chain(h.no_answer.map(|n| n.1)));
        always.chain(limits).chain(handoffs).collect()
    }

    fn ends(&self, reached: &BTreeSet<Addr>) {
        let program = &self.dialog.program;
        let stops = |a: &Addr| {
            matches!(program.get(*a).map(|i| &i.op), Some(Op::End { .. } | Op::Handoff { .. } | Op::Return))
        };
        if !self.dialog.start_on.is_empty() {
            for at in reached.iter().filter(|a| matches!(program.get(**a).map(|i| &i.op), Some(Op::Return))) {
                // The last real step before the end.
                let last = reached
                    .range(..at)
                    .rev()
                    .find(|a| !matches!(program.get(**a).map(|i| &i.op), Some(Op::Jump(_))) && !stops(a));
                self.wrong(
                    *last.unwrap_or(at),
                    Report {
                        what: "the dialog can run out of steps after this one",
                        cure: "write `- end: outcome` or a handoff where it ends",
                        ..Report::default()
                    },
                );
            }
        }
        for at in reached {
            if !reachable(program, *at).iter().any(stops) {
                self.wrong(
                    *at,
                    Report {
                        what: "no way from here ends",
                        cure: "write `end`, a handoff or a branch that leaves the circle",
                        ..Report::default()
                    },
                );
                return;
            }
        }
    }

    fn dead(&self, reached: &BTreeSet<Addr>) {
        for (at, instr) in self.dialog.program.iter().enumerate() {
            let silent = matches!(instr.op, Op::Jump(_) | Op::Return);
            if !silent && !reached.contains(&at) {
                self.wrong(
                    at,
                    Report {
                        what: "this step is never reached",
                        cure: "take it away, or give it an id and `goto` it",
                        ..Report::default()
                    },
                );
                return;
            }
        }
    }

    /// A circle must pass a question; emptying a slot makes one.
    fn circles(&self, reached: &BTreeSet<Addr>) {
        let program = &self.dialog.program;
        let asks = |a: Addr| {
            matches!(
                program.get(a).map(|i| &i.op),
                Some(
                    Op::Confirm { .. }
                        | Op::Consent { .. }
                        | Op::Ask { .. }
                        | Op::Choose(_)
                        | Op::Forget(_)
                        | Op::Run(_)
                )
            )
        };
        for start in reached.iter().copied().filter(|a| !asks(*a)) {
            let mut seen = BTreeSet::new();
            let mut open = next(program, start);
            while let Some(at) = open.pop() {
                if at == start {
                    self.wrong(
                        start,
                        Report {
                            what: "from here the dialog can run in a circle without asking anything",
                            cure: "ask, confirm or forget something in the circle",
                            ..Report::default()
                        },
                    );
                    return;
                }
                if !asks(at) && seen.insert(at) {
                    open.extend(next(program, at));
                }
            }
        }
    }

    /// On every path to a step, what it says has been saved.
    fn filled(&self) {
        let program = &self.dialog.program;
        let own: BTreeSet<&str> = program.iter().flat_map(writes).collect();
        if own.is_empty() {
            return;
        }
        // `None`: not reached yet. What is surely filled only shrinks, so this ends.
        let mut before: Vec<Option<BTreeSet<&str>>> = vec![None; program.len()];
        let mut open = vec![(0, BTreeSet::new())];
        while let Some((at, filled)) = open.pop() {
            let (Some(slot), Some(instr)) = (before.get_mut(at), program.get(at)) else { continue };
            let merged: BTreeSet<&str> = match slot.as_ref() {
                None => filled,
                Some(old) => old.intersection(&filled).copied().collect(),
            };
            if slot.as_ref() == Some(&merged) {
                continue;
            }
            *slot = Some(merged.clone());
            for to in next(program, at) {
                let mut after = merged.clone();
                if let Op::Forget(names) = &instr.op {
                    names.iter().for_each(|n| {
                        after.remove(n.as_str());
                    });
                }
                if to == at + 1 {
                    after.extend(writes(instr));
                }
                open.push((to, after));
            }
        }
        for (at, instr) in program.iter().enumerate() {
            let Some(Some(filled)) = before.get(at) else { continue };
            for name in &instr.reads {
                let slot = self.bot.dialogs.iter().any(|d| d.slots.contains_key(name));
                if !slot && own.contains(name.as_str()) && !filled.contains(name.as_str()) {
                    self.wrong(
                        at,
                        Report {
                            what: "this may not be filled here:",
                            found: name,
                            cure: "save or choose it on every way that leads here",
                            ..Report::default()
                        },
                    );
                }
            }
        }
    }
}

fn writes(instr: &Instr) -> Vec<&str> {
    match &instr.op {
        Op::Call(c) => c.save.iter().map(String::as_str).collect(),
        Op::Choose(c) => vec![c.var.as_str()],
        Op::Set(pairs) => pairs.iter().map(|(n, _)| n.as_str()).collect(),
        Op::Run(r) => r.save.iter().map(String::as_str).collect(),
        Op::OpenCase(c) => vec![c.save.as_str()],
        _ => Vec::new(),
    }
}

/// A dialog may not run itself, by way of others either.
fn recursion(bot: &Bot, problems: &RefCell<Vec<Problem>>) {
    let runs = |d: &Dialog| -> Vec<usize> {
        let main = reachable(&d.program, 0);
        let ops = main.into_iter().filter_map(|a| d.program.get(a));
        ops.filter_map(|i| if let Op::Run(r) = &i.op { Some(r.dialog) } else { None }).collect()
    };
    for (index, dialog) in bot.dialogs.iter().enumerate().skip(1) {
        let mut seen = BTreeSet::new();
        let mut open = runs(dialog);
        while let Some(at) = open.pop() {
            if at == index {
                let src = Source { file: &dialog.file, problems };
                let cure = "use `goto` to go back, or split the dialog";
                src.wrong(Pos { line: 1, column: 1 }, "this dialog runs itself:", &dialog.name, cure);
                break;
            }
            if seen.insert(at) {
                open.extend(bot.dialogs.get(at).map(runs).unwrap_or_default());
            }
        }
    }
}
