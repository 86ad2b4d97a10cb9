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
        Paths { dialog, problems }.check(index > 0);
        for intent in &dialog.start_on {
            if let Some((_, other)) = starts.iter().find(|(i, _)| i == intent) {
                let what = format!("`{intent}` starts `{other}` already, and also");
                src.wrong(dialog.at, &what, &dialog.name, "keep one");
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
    let holders: Vec<&Dialog> = std::iter::once(dialog).chain(bot.dialogs.first()).collect();
    for (name, there) in [
        ("no_input", holders.iter().any(|d| d.limits.no_input.is_some())),
        ("no_match", holders.iter().any(|d| d.limits.no_match.is_some())),
    ] {
        if !there {
            let cure = "write it here or in centro.yaml: `tries: 3, then: { handoff: …, reason: … }`";
            src.wrong(dialog.at, "there is no limit for", name, cure);
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
        src.wrong(dialog.at, "a person can't be reached from", &dialog.name, cure);
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
    dialog: &'a Dialog,
    problems: &'a RefCell<Vec<Problem>>,
}

/// Where the blocks beside the main steps begin.
pub(super) fn entries(dialog: &Dialog) -> Vec<Addr> {
    let always = dialog.always.values().filter_map(|a| match a {
        Action::Block(addr) => Some(*addr),
        Action::Repeat | Action::Speak(_) | Action::Back => None,
    });
    let limits = dialog.limits.no_input.map(|l| l.2).into_iter();
    let limits = limits
        .chain(dialog.limits.no_match.map(|l| l.1))
        .chain(dialog.limits.upset.map(|l| l.1))
        .chain(dialog.limits.emergency.as_ref().map(|e| e.then));
    let exits = dialog.handoffs.values();
    let exits = exits.flat_map(|h| h.closed.into_iter().chain(h.no_answer.map(|n| n.1)));
    always.chain(limits).chain(exits).collect()
}

impl Paths<'_> {
    fn wrong(&self, at: Addr, report: Report<'_>) {
        let instr = self.dialog.program.get(at);
        let (file, at) = instr.map_or((&self.dialog.file, self.dialog.at), |i| (&i.file, i.at));
        Source { file, problems: self.problems }.report(at, report);
    }

    /// The centre has no main steps: its opening comes before its rules.
    fn check(&self, main: bool) {
        let program = &self.dialog.program;
        let reached = if main { reachable(program, 0) } else { BTreeSet::new() };
        let mut all = reached.clone();
        all.extend(entries(self.dialog).into_iter().flat_map(|e| reachable(program, e)));
        if main {
            self.runs_out(&reached);
        }
        self.ends(&all);
        self.dead(&all);
        self.circles(&all);
    }

    fn stops(&self, at: &Addr) -> bool {
        let op = self.dialog.program.get(*at).map(|i| &i.op);
        matches!(op, Some(Op::End { .. } | Op::Handoff { .. } | Op::Return))
    }

    /// A dialog that a citizen starts is left by `end` or a handoff.
    fn runs_out(&self, reached: &BTreeSet<Addr>) {
        let program = &self.dialog.program;
        if !self.dialog.start_on.is_empty() {
            for at in reached.iter().filter(|a| matches!(program.get(**a).map(|i| &i.op), Some(Op::Return))) {
                // The last real step before the end.
                let last = reached.range(..at).rev().find(|a| {
                    !matches!(program.get(**a).map(|i| &i.op), Some(Op::Jump(_))) && !self.stops(a)
                });
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
    }

    fn ends(&self, reached: &BTreeSet<Addr>) {
        let program = &self.dialog.program;
        for at in reached {
            if !reachable(program, *at).iter().any(|a| self.stops(a)) {
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
            let silent = matches!(instr.op, Op::Jump(_) | Op::Return | Op::Opening(_));
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
}

/// A dialog may not run itself, by way of others either.
fn recursion(bot: &Bot, problems: &RefCell<Vec<Problem>>) {
    let runs = |index: usize| -> Vec<(usize, &Instr)> {
        let Some(d) = bot.dialogs.get(index) else { return Vec::new() };
        let ops = reachable(&d.program, 0).into_iter().filter_map(|a| d.program.get(a));
        ops.filter_map(|i| if let Op::Run(r) = &i.op { Some((r.dialog, i)) } else { None }).collect()
    };
    let leads = |from: usize, to: usize| {
        let (mut seen, mut open) = (BTreeSet::new(), vec![from]);
        while let Some(at) = open.pop() {
            if at == to {
                return true;
            }
            if seen.insert(at) {
                open.extend(runs(at).into_iter().map(|(dialog, _)| dialog));
            }
        }
        false
    };
    for (index, dialog) in bot.dialogs.iter().enumerate().skip(1) {
        if let Some((_, instr)) = runs(index).into_iter().find(|(to, _)| leads(*to, index)) {
            let src = Source { file: &instr.file, problems };
            let cure = "use `goto` to go back, or split the dialog";
            src.wrong(instr.at, "this dialog runs itself:", &dialog.name, cure);
        }
    }
}
