//! Warns of what is changed outside without a question before it: a service that is not GET is called on a way on
//! which nothing has been confirmed since the slots that it uses were filled.

use std::{cell::RefCell, collections::BTreeSet};

use super::{
    flow::{entries, next},
    source::{Report, Source},
};
use crate::{
    model::{Addr, Bot, ConfirmRule, Dialog, Instr, Op},
    problem::Problem,
};

/// What the citizen has agreed to on every way to a step.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Agreed<'a> {
    Nothing,
    /// An option was picked, and nothing has been asked since.
    Option,
    /// To everything but what has been asked for since.
    ToAllBut(BTreeSet<&'a str>),
}

impl<'a> Agreed<'a> {
    fn and(self, other: Self) -> Self {
        match (self, other) {
            (Self::ToAllBut(a), Self::ToAllBut(b)) => Self::ToAllBut(a.union(&b).copied().collect()),
            (Self::Nothing, _) | (_, Self::Nothing) => Self::Nothing,
            _ => Self::Option,
        }
    }

    /// More has been asked for.
    fn but(self, names: impl Iterator<Item = &'a str>) -> Self {
        let mut names = names.peekable();
        match self {
            same if names.peek().is_none() => same,
            Self::ToAllBut(mut all) => {
                all.extend(names);
                Self::ToAllBut(all)
            }
            _ => Self::Nothing,
        }
    }
}

pub(super) fn check(bot: &Bot, problems: &RefCell<Vec<Problem>>) {
    // A dialog that others run begins with what was agreed to where it is run, which shrinks until nothing changes.
    let mut before: Vec<Option<Agreed<'_>>> =
        bot.dialogs.iter().map(|d| (!d.start_on.is_empty()).then_some(Agreed::Nothing)).collect();
    let mut found;
    loop {
        found = Vec::new();
        let mut entering = before.clone();
        for (index, dialog) in bot.dialogs.iter().enumerate() {
            found.extend(
                Ways { bot, dialog, entering: &mut entering }.check(before.get(index).cloned().flatten()),
            );
        }
        if entering == before {
            break;
        }
        before = entering;
    }
    for instr in found {
        let Op::Call(call) = &instr.op else { continue };
        let src = Source { file: &instr.file, problems };
        let what = "nothing was confirmed before this, which changes something outside:";
        let cure = "write `confirm: …` before it, after the slots that it uses are filled";
        src.warn(instr.at, Report { what, found: &call.service, nearest: None, cure });
    }
}

/// The ways through one dialog.
struct Ways<'a, 'e> {
    bot: &'a Bot,
    dialog: &'a Dialog,
    /// What has been agreed to where each dialog begins.
    entering: &'e mut Vec<Option<Agreed<'a>>>,
}

impl<'a> Ways<'a, '_> {
    /// The calls that change something on a way on which nothing was agreed to.
    fn check(&mut self, main: Option<Agreed<'a>>) -> Vec<&'a Instr> {
        let dialog = self.dialog;
        let program = &dialog.program;
        let mut before: Vec<Option<Agreed<'a>>> = vec![None; program.len()];
        let mut open: Vec<(Addr, Agreed<'a>)> =
            entries(self.dialog).into_iter().map(|at| (at, Agreed::Nothing)).collect();
        open.extend(main.map(|agreed| (0, agreed)));
        while let Some((at, agreed)) = open.pop() {
            let (Some(known), Some(instr)) = (before.get_mut(at), program.get(at)) else { continue };
            let merged = match known.take() {
                None => agreed,
                Some(old) => {
                    let merged = old.clone().and(agreed);
                    if merged == old {
                        *known = Some(old);
                        continue;
                    }
                    merged
                }
            };
            *known = Some(merged.clone());
            if let Op::Run(run) = &instr.op
                && let Some(there) = self.entering.get_mut(run.dialog)
            {
                let here = merged.clone();
                *there = Some(there.take().map_or(here.clone(), |old| old.and(here)));
            }
            open.extend(
                next(program, at).into_iter().map(|to| (to, self.after(instr, &merged, to == at + 1))),
            );
        }
        let unconfirmed = |(instr, agreed): (&'a Instr, &Option<Agreed<'a>>)| {
            let agreed = agreed.as_ref()?;
            (self.changes(instr) && !self.is_agreed(instr, agreed)).then_some(instr)
        };
        program.iter().zip(&before).filter_map(unconfirmed).collect()
    }

    /// What has been agreed to after a step, on the way to the next or on its other way.
    fn after(&self, instr: &'a Instr, agreed: &Agreed<'a>, on: bool) -> Agreed<'a> {
        let asked = instr.needs.iter().chain(instr.op.asks()).map(String::as_str);
        match &instr.op {
            Op::Confirm { .. } if on => Agreed::ToAllBut(BTreeSet::new()),
            Op::Choose(_) if on && *agreed == Agreed::Nothing => Agreed::Option,
            Op::Choose(choice) if on => agreed.clone().but(std::iter::once(choice.var.as_str())),
            Op::Confirm { .. } | Op::Choose(_) => Agreed::Nothing,
            Op::Run(run) => {
                let slots = self.bot.dialogs.get(run.dialog).into_iter().flat_map(|d| d.slots.keys());
                agreed.clone().but(asked.chain(slots.map(String::as_str)))
            }
            _ => agreed.clone().but(asked),
        }
    }

    fn changes(&self, instr: &Instr) -> bool {
        match &instr.op {
            Op::Call(call) => self.bot.services.get(&call.service).is_some_and(|o| !o.is_safe()),
            _ => false,
        }
    }

    fn is_agreed(&self, instr: &Instr, agreed: &Agreed<'_>) -> bool {
        let mut slots = instr.reads.iter().filter_map(|n| self.dialog.slots.get(n)).peekable();
        // Each was read back by itself.
        if slots.peek().is_some() && slots.all(|s| s.confirm == ConfirmRule::Always) {
            return true;
        }
        match agreed {
            Agreed::Nothing => false,
            Agreed::Option => instr.needs.is_empty(),
            Agreed::ToAllBut(since) => {
                instr.reads.iter().chain(&instr.needs).all(|name| !since.contains(name.as_str()))
            }
        }
    }
}
