//! What is written on a step.

use super::{Node, Place, Shape};
use crate::{
    exchange::Recording,
    expr::{Compare, Condition, Operand, Part, Path, Template},
    model::{Bot, Dialog, Instr, Op},
};

pub(super) fn node(bot: &Bot, instr: &Instr, place: Place) -> Node {
    let (shape, verb, text) = words(bot, &instr.op);
    // A label that is no id is `file:line`.
    let id = Some(&*instr.label).filter(|l| !l.contains(':') && *l != "fin" && *l != "opening");
    let verb = match id {
        Some(id) => format!("{verb} · {id}"),
        None => verb.to_owned(),
    };
    let runs = if let Op::Run(run) = &instr.op { Some(run.dialog) } else { None };
    Node { shape, verb, text, place, runs }
}

/// One step in a line, for the rows beside the steps.
pub(super) fn line(bot: &Bot, dialog: &Dialog, instr: &Instr) -> String {
    if let Op::Goto(to) = instr.op {
        let label = dialog.program.get(to).map_or("", |i| &*i.label);
        return format!("sigue en {label}");
    }
    let (_, verb, text) = words(bot, &instr.op);
    format!("{verb} {text}")
}

/// Shape, verb and object of an instruction.
fn words(bot: &Bot, op: &Op) -> (Shape, &'static str, String) {
    match op {
        Op::Opening(o) => {
            let ask = o.ask.first().map(text).unwrap_or_default();
            (Shape::Question, "saluda", format!("{} {ask}", text(&o.say)))
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
        Op::Ask { slot, .. } => (Shape::Question, "pide de nuevo", slot.clone()),
        Op::Run(run) => {
            let name = bot.dialogs.get(run.dialog).map(|d| d.name.clone()).unwrap_or_default();
            (Shape::Sub, "hace", run.save.as_ref().map_or(name.to_string(), |s| format!("{name} → {s}")))
        }
        Op::Split(s) => (Shape::Decision, "reparte", s.name.clone()),
        Op::Language(code) => (Shape::Step, "habla en", text(code)),
        Op::Message { email: false, template, .. } => (Shape::Step, "manda SMS", template.clone()),
        Op::Message { email: true, template, .. } => (Shape::Step, "manda correo", template.clone()),
        Op::Record(Recording::Start) => (Shape::Step, "grabación", "empieza".to_owned()),
        Op::Record(Recording::Stop) => (Shape::Step, "grabación", "acaba".to_owned()),
        Op::Record(Recording::Pause) => (Shape::Step, "grabación", "se para".to_owned()),
        Op::Record(Recording::Resume) => (Shape::Step, "grabación", "sigue".to_owned()),
        Op::Consent { ask, .. } => (Shape::Question, "pide permiso", text(ask)),
        Op::OpenCase(c) => (Shape::Service, "abre un caso", format!("{} → {}", c.kind, c.save)),
        Op::NoteCase { of, text: t } => (Shape::Step, "añade al caso", format!("{of}: {}", text(t))),
        Op::CaseState { of, state } => (Shape::Step, "deja el caso", format!("{of}: {}", state.name())),
        Op::Callback(c) => (Shape::Step, "pide que llamen", format!("{}: {}", c.queue, c.reason)),
        Op::Handoff { name, reason, .. } => (Shape::Handoff, "pasa a", format!("{name} ({reason})")),
        Op::End { outcome, .. } => (Shape::End, "fin", outcome.clone()),
        Op::Return => (Shape::Back, "vuelve", String::new()),
    }
}

/// The names of the ways on, in the order of [`crate::load::flow::next`].
pub(super) fn ways(op: &Op) -> Vec<String> {
    match op {
        Op::If(..) | Op::Confirm { .. } | Op::Consent { .. } => vec!["sí".into(), "no".into()],
        Op::Call(_) | Op::OpenCase(_) => vec![String::new(), "error".into()],
        Op::Choose(_) => vec![String::new(), "ninguna".into()],
        Op::Split(s) => s.ways.iter().map(|(name, share, _)| format!("{name} {share} %")).collect(),
        _ => vec![String::new()],
    }
}

/// A text as written, without filters.
fn text(template: &Template) -> String {
    let parts = template.parts.iter().map(|part| match part {
        Part::Text(text) => text.clone(),
        Part::Value { path, .. } => format!("{{{}}}", path.written()),
        Part::Mark(_) => String::new(),
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
            Condition::Open(path) => format!("{} is closed", path.written()),
            Condition::And(_) | Condition::Or(_) => format!("not ({})", condition(inner)),
            _ => format!("not {}", condition(inner)),
        },
        Condition::Empty(path) => format!("{} is empty", path.written()),
        Condition::Open(path) => format!("{} is open", path.written()),
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
