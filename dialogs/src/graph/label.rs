//! What is written on a step.

use super::{Node, Place, Shape};
use crate::{
    expr::{Compare, Condition, Operand, Part, Path, Template},
    model::{Bot, Dialog, Instr, Op},
};

pub(super) fn node(bot: &Bot, instr: &Instr, place: Place) -> Node {
    let (shape, verb, text) = words(bot, &instr.op);
    // A label that is no id is `file:line`.
    let id = Some(instr.label.as_str()).filter(|l| !l.contains(':') && *l != "fin" && *l != "opening");
    let verb = match id {
        Some(id) => format!("{verb} · {id}"),
        None => verb.to_owned(),
    };
    let runs = if let Op::Run(to) = &instr.op { Some(*to) } else { None };
    Node { shape, verb, text, place, runs }
}

/// One step in a line, for the rows beside the steps.
pub(super) fn line(bot: &Bot, dialog: &Dialog, instr: &Instr) -> String {
    if let Op::Goto(to) = instr.op {
        let label = dialog.program.get(to).map_or("", |i| i.label.as_str());
        return format!("sigue en {label}");
    }
    let (_, verb, text) = words(bot, &instr.op);
    format!("{verb} {text}")
}

/// Shape, verb and object of an instruction.
fn words(bot: &Bot, op: &Op) -> (Shape, &'static str, String) {
    match op {
        Op::Opening { say, ask } => {
            let ask = ask.first().map(text).unwrap_or_default();
            (Shape::Question, "saluda", format!("{} {ask}", text(say)))
        }
        Op::Say { text: t, .. } => (Shape::Step, "dice", text(t)),
        Op::Collect(slots) => (Shape::Question, "pide", slots.join(", ")),
        Op::Call(c) => {
            let save = c.save.as_ref().map(|s| format!(" → {s}")).unwrap_or_default();
            (Shape::Service, "consulta", format!("{}{save}", c.service))
        }
        Op::If(c, _) => (Shape::Decision, "si", condition(c)),
        Op::Jump(_) | Op::Goto(_) => (Shape::Step, "sigue", String::new()),
        Op::Choose(c) => (Shape::Question, "ofrece", format!("{} de {}", c.var, c.from.written())),
        Op::Confirm { ask, .. } => (Shape::Question, "confirma", text(ask)),
        Op::Forget(names) => (Shape::Step, "olvida", names.join(", ")),
        Op::Set(pairs) => {
            let pairs: Vec<String> = pairs.iter().map(|(n, t)| format!("{n} = {}", text(t))).collect();
            (Shape::Step, "anota", pairs.join(", "))
        }
        Op::Run(to) => (Shape::Sub, "hace", bot.dialogs.get(*to).map(|d| d.name.clone()).unwrap_or_default()),
        Op::Sms { template, .. } => (Shape::Step, "manda SMS", template.clone()),
        Op::Handoff { name, reason, .. } => (Shape::Handoff, "pasa a", format!("{name} ({reason})")),
        Op::End { outcome, .. } => (Shape::End, "fin", outcome.clone()),
        Op::Return => (Shape::Back, "vuelve", String::new()),
    }
}

/// The names of the ways on, in the order of [`crate::load::flow::next`].
pub(super) fn ways(op: &Op) -> impl Iterator<Item = &'static str> {
    let (first, second) = match op {
        Op::If(..) | Op::Confirm { .. } => ("sí", "no"),
        Op::Call(_) => ("", "error"),
        Op::Choose(_) => ("", "ninguna"),
        _ => ("", ""),
    };
    std::iter::once(first).chain(std::iter::repeat(second))
}

/// A text as written, without filters.
fn text(template: &Template) -> String {
    let parts = template.parts.iter().map(|part| match part {
        Part::Text(text) => text.clone(),
        Part::Value { path, .. } => format!("{{{}}}", path.written()),
    });
    parts.collect()
}

fn condition(c: &Condition) -> String {
    let all = |all: &[Condition], word: &str| {
        let parts: Vec<String> = all
            .iter()
            .map(|c| match c {
                Condition::And(_) | Condition::Or(_) => format!("({})", condition(c)),
                _ => condition(c),
            })
            .collect();
        parts.join(word)
    };
    match c {
        Condition::And(each) => all(each, " and "),
        Condition::Or(each) => all(each, " or "),
        Condition::Not(inner) => match inner.as_ref() {
            Condition::Empty(path) => format!("{} is not empty", path.written()),
            Condition::And(_) | Condition::Or(_) => format!("not ({})", condition(inner)),
            _ => format!("not {}", condition(inner)),
        },
        Condition::Empty(path) => format!("{} is empty", path.written()),
        Condition::True(path) => Path::written(path),
        Condition::Compare(a, how, b) => format!("{} {} {}", operand(a), sign(*how), operand(b)),
    }
}

fn operand(operand: &Operand) -> String {
    match operand {
        Operand::Path(path) => path.written(),
        Operand::Literal(value) => value.to_string(),
    }
}

fn sign(how: Compare) -> &'static str {
    match how {
        Compare::Equal => "=",
        Compare::Unequal => "≠",
        Compare::Less => "<",
        Compare::LessOrEqual => "≤",
        Compare::More => ">",
        Compare::MoreOrEqual => "≥",
    }
}
