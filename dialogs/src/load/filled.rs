//! Proof that what is said has been filled: on every path to a step, the names that it reads.

use std::{
    cell::RefCell,
    collections::{BTreeMap, BTreeSet},
};

use super::{
    flow::{entries, next},
    source::{Report, Source},
};
use crate::{
    expr::{Compare, Condition, Operand, Template},
    model::{Addr, Bot, Dialog, Instr, Op, Slot},
    problem::Problem,
};

type Names<'a> = BTreeSet<&'a str>;

pub(super) fn check(bot: &Bot, problems: &RefCell<Vec<Problem>>) {
    let forgets = all_forgets(bot);
    for (index, dialog) in bot.dialogs.iter().enumerate() {
        // The centre's rules speak of what any dialog saves.
        let writers = bot.dialogs.iter().enumerate().filter(|(i, _)| *i == index || index == 0);
        let saved: Names<'_> = writers.flat_map(|(_, d)| &d.program).flat_map(writes).collect();
        Proof { bot, dialog, saved, forgets: &forgets, problems }.check(index > 0);
    }
}

/// The steps of a dialog that may ask for a slot before they do anything, each with the first that it asks for.
pub(super) type Asked<'a> = BTreeMap<Addr, &'a str>;

/// The same for each dialog of a bot.
pub(super) fn asked(bot: &Bot) -> Vec<Asked<'_>> {
    let (forgets, problems) = (all_forgets(bot), RefCell::default());
    let proof = |dialog| Proof { bot, dialog, saved: Names::new(), forgets: &forgets, problems: &problems };
    bot.dialogs.iter().enumerate().map(|(index, dialog)| proof(dialog).asked(index > 0)).collect()
}

fn all_forgets(bot: &Bot) -> Vec<Names<'_>> {
    (0..bot.dialogs.len()).map(|i| forgets(bot, i)).collect()
}

struct Proof<'a, 'p> {
    bot: &'a Bot,
    dialog: &'a Dialog,
    /// Names that are filled by steps, and so not always.
    saved: Names<'a>,
    forgets: &'p [Names<'a>],
    problems: &'p RefCell<Vec<Problem>>,
}

impl<'a> Proof<'a, '_> {
    /// What is surely filled before each step; nothing where none leads.
    fn before(&self, main: bool) -> Vec<Option<Names<'a>>> {
        let program = &self.dialog.program;
        // `None`: not reached yet. What is surely filled only shrinks, so this ends.
        let mut before: Vec<Option<Names<'a>>> = vec![None; program.len()];
        let mut open: Vec<(Addr, Names<'a>)> =
            entries(self.dialog).into_iter().map(|at| (at, Names::new())).collect();
        open.extend(main.then(|| (0, self.dialog.takes.keys().map(String::as_str).collect())));
        while let Some((at, filled)) = open.pop() {
            let (Some(known), Some(instr)) = (before.get_mut(at), program.get(at)) else { continue };
            let merged: Names<'a> = match known.as_ref() {
                None => filled,
                Some(old) => old.intersection(&filled).copied().collect(),
            };
            if known.as_ref() == Some(&merged) {
                continue;
            }
            *known = Some(merged.clone());
            open.extend(
                next(program, at).into_iter().map(|to| (to, self.after(instr, &merged, to == at + 1))),
            );
        }
        before
    }

    /// The slots that steps may ask for.
    fn asked(&self, main: bool) -> Asked<'a> {
        let steps = self.dialog.program.iter().zip(self.before(main)).enumerate();
        let first = |(at, (instr, filled)): (Addr, (&'a Instr, Option<Names<'a>>))| {
            let filled = filled?;
            let collected: &'a [String] = if let Op::Collect(slots) = &instr.op { slots } else { &[] };
            let mut slots = instr.needs.iter().chain(collected).map(String::as_str);
            Some((at, slots.find(|name| !filled.contains(name))?))
        };
        steps.filter_map(first).collect()
    }

    fn check(&self, main: bool) {
        let program = &self.dialog.program;
        let before = self.before(main);
        for (instr, filled) in program.iter().zip(&before) {
            if let Some(filled) = filled {
                self.step(instr, filled);
            }
        }
        let end = program.iter().position(|i| matches!(i.op, Op::Return)).filter(|_| main);
        if let (Some(Some(filled)), Some(instr)) =
            (end.and_then(|at| before.get(at)), end.and_then(|at| program.get(at)))
        {
            let known = |name: &&String| self.saved.contains(name.as_str()) || self.slot(name).is_some();
            for name in self.dialog.returns.iter().filter(known).filter(|n| !filled.contains(n.as_str())) {
                self.wrong(
                    instr,
                    "this dialog may end without what it returns:",
                    name,
                    "fill it on every way to the end, or leave with `handoff` or `end`",
                );
            }
        }
    }

    /// What is surely filled after a step, on the way to the next or on its other way.
    fn after(&self, instr: &'a Instr, before: &Names<'a>, on: bool) -> Names<'a> {
        let mut out = before.clone();
        if !matches!(&instr.op, Op::Message { needs: Some(_), .. }) {
            out.extend(instr.needs.iter().map(String::as_str));
        }
        match &instr.op {
            Op::Collect(slots) => out.extend(slots.iter().map(String::as_str)),
            Op::Ask { slot, .. } => out.extend([slot.as_str()]),
            Op::Forget(names) => out.retain(|n| !names.iter().any(|f| f == n)),
            Op::Run(run) => out.retain(|n| !self.forgets.get(run.dialog).is_some_and(|f| f.contains(n))),
            Op::If(condition, _) => filled_if(condition, on, &mut out),
            _ => {}
        }
        if on {
            out.extend(writes(instr));
        }
        out
    }

    fn step(&self, instr: &Instr, filled: &Names<'_>) {
        let mut reads: Names<'_> = instr.reads.iter().map(String::as_str).collect();
        if let Op::If(condition, _) = &instr.op {
            // Whether something is empty can be asked at any time.
            let mut paths = Vec::new();
            condition.paths(&mut paths);
            reads.retain(|n| paths.iter().any(|(path, needed)| *needed && path.root == *n));
        }
        let asked = instr.op.asks();
        let questions = instr.needs.iter().chain(asked).filter_map(|n| self.slot(n)).flat_map(texts);
        let said: Vec<&str> =
            questions.flat_map(Template::values).map(|(path, _)| path.root.as_str()).collect();
        let missing = |name: &&&str| self.saved.contains(**name) && !filled.contains(**name);
        for name in reads.iter().chain(&said).filter(missing).copied().collect::<Names<'_>>() {
            let cure = "save or choose it on every way that leads here";
            self.wrong(instr, "this may not be filled here:", name, cure);
        }
        if !matches!(instr.op, Op::Handoff { .. } | Op::End { .. }) {
            return;
        }
        for name in reads.iter().filter(|n| self.slot(n).is_some() && !filled.contains(**n)) {
            let cure = "`collect` it before, or say something else: `handoff` and `end` ask nothing";
            self.wrong(instr, "this may not be filled here:", name, cure);
        }
    }

    fn slot(&self, name: &str) -> Option<&'a Slot> {
        std::iter::once(self.dialog).chain(&self.bot.dialogs).find_map(|d| d.slots.get(name))
    }

    fn wrong(&self, instr: &Instr, what: &str, found: &str, cure: &str) {
        let src = Source { file: &instr.file, problems: self.problems };
        src.report(instr.at, Report { what, found, nearest: None, cure });
    }
}

/// What a slot's questions say.
fn texts(slot: &Slot) -> impl Iterator<Item = &Template> {
    slot.ask.iter().chain(&slot.invalid).chain(&slot.unclear)
}

/// Names that a step fills where it goes well.
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

/// Every name that a dialog forgets, or one that it runs.
fn forgets(bot: &Bot, index: usize) -> Names<'_> {
    let mut out = Names::new();
    let (mut seen, mut open) = (BTreeSet::new(), vec![index]);
    while let Some(at) = open.pop().filter(|_| seen.len() < bot.dialogs.len()) {
        for instr in bot.dialogs.get(at).filter(|_| seen.insert(at)).into_iter().flat_map(|d| &d.program) {
            match &instr.op {
                Op::Forget(names) => out.extend(names.iter().map(String::as_str)),
                Op::Run(run) => open.push(run.dialog),
                _ => {}
            }
        }
    }
    out
}

/// What has a value for sure where a condition holds, or where it does not.
fn filled_if<'c>(condition: &'c Condition, holds: bool, out: &mut Names<'c>) {
    match condition {
        Condition::And(all) if holds => all.iter().for_each(|c| filled_if(c, true, out)),
        Condition::Or(all) if !holds => all.iter().for_each(|c| filled_if(c, false, out)),
        Condition::Not(inner) => filled_if(inner, !holds, out),
        Condition::Empty(path) if !holds => out.extend([path.root.as_str()]),
        Condition::True(path) if holds => out.extend([path.root.as_str()]),
        // An empty thing equals nothing but another empty one.
        Condition::Compare(Operand::Path(path), how, Operand::Literal(_))
            if holds && *how != Compare::Unequal =>
        {
            out.extend([path.root.as_str()]);
        }
        _ => {}
    }
}
