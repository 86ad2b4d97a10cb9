//! Nobody is hung up on without a word: where people were promised and nobody came, every end has words before it.
//! In a bot that answers all the same, the interpreter says some.

use std::{cell::RefCell, collections::BTreeSet};

use super::{
    flow::next,
    source::{Report, Source},
};
use crate::{
    model::{Addr, Bot, Op},
    problem::Problem,
    yaml::Pos,
};

/// An instruction: its dialog and its address.
type Place = (usize, Addr);

/// What can be reached without a word.
#[derive(Default)]
struct Silent {
    ends: BTreeSet<Place>,
    /// A sub-dialog comes back.
    returns: bool,
}

pub(super) fn check(bot: &Bot, problems: &RefCell<Vec<Problem>>) {
    let mut told = BTreeSet::new();
    for (index, dialog) in bot.dialogs.iter().enumerate() {
        for (name, rule) in &dialog.handoffs {
            for (exit, at) in [("closed", rule.closed), ("no_answer", rule.no_answer.map(|n| n.1))] {
                let Some(at) = at else { continue };
                for end in silent(bot, (index, at), &mut BTreeSet::new()).ends {
                    if told.insert(end) {
                        report(bot, end, (exit, name), problems);
                    }
                }
            }
        }
    }
}

fn report(bot: &Bot, (dialog, at): Place, (exit, name): (&str, &str), problems: &RefCell<Vec<Problem>>) {
    let Some(instr) = bot.dialogs.get(dialog).and_then(|d| d.program.get(at)) else { return };
    let src = Source { file: &instr.file, problems };
    let what =
        format!("`{exit}` leads to this end without a word, and the citizen was told that people come:");
    let cure =
        "say what to do now: `end: outcome, say: No he podido pasarle. Llame al …`, or a `say` before it";
    src.report_mended(
        Pos { line: instr.line, column: 0 },
        Report { what: &what, found: name, nearest: None, cure },
    );
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
            Op::Say { .. }
            | Op::Confirm { .. }
            | Op::Consent { .. }
            | Op::Ask { .. }
            | Op::Handoff { .. } => {}
            Op::End { say: Some(_), .. } => {}
            Op::End { say: None, .. } => {
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
