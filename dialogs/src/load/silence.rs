//! Nobody is hung up on without a word: on every way to an end, something has been said since the citizen's last words.
//! Where people were promised and nobody came, the interpreter says some in a bot that answers all the same.
//!
//! Every `end` is heard: who hangs up, and a mailbox, end a contact without one.

use std::{cell::RefCell, collections::BTreeSet};

use super::{
    filled,
    flow::{next, reachable},
    source::{Report, Source},
};
use crate::{
    expr::{Part, Template},
    model::{Action, Addr, Bot, CallStep, Dialog, Op, OpenCaseStep},
    problem::Problem,
};

/// An instruction: its dialog and its address.
type Place = (usize, Addr);

/// Where the citizen was the last to speak, or was silent, or a service failed: what was said before is no answer to it.
struct Start {
    /// What leads there, as the message names it.
    way: String,
    at: Addr,
    /// The handoff of which it is an exit.
    exit_of: Option<String>,
}

/// What can be reached without a word.
#[derive(Default)]
struct Silent {
    ends: BTreeSet<Place>,
    /// A sub-dialog comes back.
    returns: bool,
}

pub(super) fn check(bot: &Bot, problems: &RefCell<Vec<Problem>>) {
    let asked = filled::asked(bot);
    let comes_back = comes_back(bot, &asked);
    let all = || bot.dialogs.iter().enumerate();
    let within = |(index, starts): (usize, Vec<Start>)| starts.into_iter().map(move |start| (index, start));
    // An end is told of once: where people were promised, after an answer, or else by what begins there.
    let exits = all().map(|(index, dialog)| (index, exits(dialog)));
    let answers = all().map(|(index, dialog)| (index, answers(dialog, asked.get(index), &comes_back)));
    let rules = all().map(|(index, dialog)| (index, rules(dialog)));
    let mut told = BTreeSet::new();
    for (index, start) in exits.chain(answers).chain(rules).flat_map(within) {
        for end in silent(bot, (index, start.at), &mut BTreeSet::new()).ends {
            if told.insert(end) {
                report(bot, end, &start, problems);
            }
        }
    }
}

fn report(bot: &Bot, (dialog, at): Place, start: &Start, problems: &RefCell<Vec<Problem>>) {
    let Some(instr) = bot.dialogs.get(dialog).and_then(|d| d.program.get(at)) else { return };
    let Op::End { outcome, .. } = &instr.op else { return };
    let src = Source { file: &instr.file, problems };
    let way = &start.way;
    let (what, found, cure) = match &start.exit_of {
        Some(handoff) => (
            format!("{way} leads to this end without a word, and the citizen was told that people come:"),
            handoff,
            "say what to do now: `end: outcome, say: No he podido pasarle. Llame al …`, or a `say` before it"
                .to_owned(),
        ),
        None => (
            format!("{way} leads to this end without a word:"),
            outcome,
            format!("say how it ends: `end: {outcome}, say: …`, or a `say` before it"),
        ),
    };
    src.report_mended(instr.at, Report { what: &what, found, nearest: None, cure: &cure });
}

impl Start {
    fn new(way: &str, at: Addr) -> Self {
        Self { way: format!("`{way}`"), at, exit_of: None }
    }

    fn answer(to: &str, at: Addr) -> Self {
        Self { way: format!("the answer to `{to}`"), at, exit_of: None }
    }
}

/// Where nobody takes the contact over.
fn exits(dialog: &Dialog) -> Vec<Start> {
    let mut out = Vec::new();
    for (name, rule) in &dialog.handoffs {
        for (exit, at) in [("closed", rule.closed), ("no_answer", rule.no_answer.map(|n| n.1))] {
            out.extend(at.map(|at| Start { exit_of: Some(name.clone()), ..Start::new(exit, at) }));
        }
    }
    out
}

/// What the citizen has said, or not said, that rules follow.
fn rules(dialog: &Dialog) -> Vec<Start> {
    let mut out = Vec::new();
    let limits = &dialog.limits;
    for (name, at) in [
        ("no_input", limits.no_input.map(|l| l.2)),
        ("no_match", limits.no_match.map(|l| l.1)),
        ("upset", limits.upset.map(|l| l.1)),
        ("emergency", limits.emergency.as_ref().map(|e| e.then)),
        ("start_on", (!dialog.start_on.is_empty()).then_some(0)),
    ] {
        out.extend(at.map(|at| Start::new(name, at)));
    }
    for (intent, action) in &dialog.always {
        if let Action::Block(at) = action {
            out.push(Start::new(intent, *at));
        }
    }
    out
}

/// Where a dialog's steps go on after an answer, or after a service has failed.
fn answers(dialog: &Dialog, asked: Option<&filled::Asked<'_>>, comes_back: &[bool]) -> Vec<Start> {
    let mut out = Vec::new();
    for (at, instr) in dialog.program.iter().enumerate() {
        // What a step needs is asked for before it does anything.
        out.extend(asked.and_then(|of| of.get(&at)).map(|slot| Start::answer(slot, at)));
        match &instr.op {
            Op::Ask { slot, .. } => out.push(Start::answer(slot, at + 1)),
            Op::Confirm { if_denied, .. } => {
                out.extend([Start::answer("confirm", at + 1), Start::new("if_denied", *if_denied)]);
            }
            Op::Consent { if_denied, .. } => {
                out.push(Start::answer("record: consent", at + 1));
                // Without steps under it, both answers go on at the same place.
                let after = dialog.program.get(at + 1).map(|i| &i.op);
                if !matches!(after, Some(Op::Jump(to)) if to == if_denied) {
                    out.push(Start::new("if_denied", *if_denied));
                }
            }
            Op::Choose(step) => {
                out.extend([Start::answer("choose", at + 1), Start::new("none_fits", step.none_fits)]);
            }
            Op::Call(CallStep { on_error, .. }) | Op::OpenCase(OpenCaseStep { on_error, .. }) => {
                out.push(Start::new("on_error", *on_error));
            }
            Op::Run(run) if comes_back.get(run.dialog) == Some(&true) => {
                out.push(Start::new("run", at + 1));
            }
            _ => {}
        }
    }
    // The last before an end is what leads there most directly.
    out.sort_by_key(|start| std::cmp::Reverse(start.at));
    out
}

/// Which dialogs can come back to the one that ran them with the citizen's words the last.
fn comes_back(bot: &Bot, asked: &[filled::Asked<'_>]) -> Vec<bool> {
    let mut out = vec![false; bot.dialogs.len()];
    // It spreads from those that do to those that run them; each round adds one at least.
    for _ in 0..bot.dialogs.len() {
        let does = |(index, dialog): (usize, &Dialog)| {
            let main = reachable(&dialog.program, 0);
            let mut starts = answers(dialog, asked.get(index), &out).into_iter();
            starts.any(|s| main.contains(&s.at) && silent(bot, (index, s.at), &mut BTreeSet::new()).returns)
        };
        let now: Vec<bool> = bot.dialogs.iter().enumerate().map(does).collect();
        if now == out {
            break;
        }
        out = now;
    }
    out
}

/// Follows every way from a place up to its first words.
fn silent(bot: &Bot, from: Place, open_runs: &mut BTreeSet<usize>) -> Silent {
    let mut out = Silent::default();
    let Some(dialog) = bot.dialogs.get(from.0) else { return out };
    let mut seen = BTreeSet::new();
    let mut open = vec![from.1];
    while let Some(at) = open.pop() {
        let Some(instr) = dialog.program.get(at).filter(|_| seen.insert(at)) else { continue };
        match &instr.op {
            Op::Confirm { .. } | Op::Consent { .. } | Op::Ask { .. } | Op::Handoff { .. } => {}
            Op::Say { text, .. } | Op::End { say: Some(text), .. } if speaks(text) => {}
            Op::End { .. } => {
                out.ends.insert((from.0, at));
            }
            Op::Return => out.returns = true,
            // Without options nothing is said.
            Op::Choose(step) => open.push(step.none_fits),
            Op::Run(run) if open_runs.insert(run.dialog) => {
                let inner = silent(bot, (run.dialog, 0), open_runs);
                open_runs.remove(&run.dialog);
                out.ends.extend(inner.ends);
                if inner.returns {
                    open.push(at + 1);
                }
            }
            Op::Run(_) => {}
            // What is filled already is not asked for.
            _ => open.extend(next(&dialog.program, at)),
        }
    }
    out
}

/// Whether a text has words, whichever of its variants is said: a pause is none.
fn speaks(text: &Template) -> bool {
    text.all().all(|one| {
        one.parts.iter().any(|part| match part {
            Part::Text(words) => words.contains(char::is_alphanumeric),
            Part::Value { .. } => true,
            Part::Mark(_) => false,
        })
    })
}
