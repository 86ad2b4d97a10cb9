//! The picture of a bot, made from its compiled program: what runs is what is drawn.
//!
//! [`mermaid`] and [`svg`] draw the same graph. A box is a dialog; in it, its steps with their branches, and
//! beside them what may be said at any time, the limits and where people take over.

mod label;
mod layout;
mod mermaid;
mod svg;

use crate::{
    load::flow::next,
    model::{Action, Addr, Bot, Dialog, Instr, Op},
};

/// The bot as Mermaid text (`flowchart TD`).
pub fn mermaid(bot: &Bot) -> String {
    mermaid::draw(&Graph::of(bot))
}

/// The bot as an SVG file. Every step carries `data-file` (the path inside the bot's folder) and `data-line`
/// (from 1), so that a page can jump to where it is written; so does every row beside the steps.
pub fn svg(bot: &Bot) -> String {
    svg::draw(&Graph::of(bot))
}

/// What is drawn.
struct Graph {
    groups: Vec<Group>,
}

/// A dialog; the first is the opening.
struct Group {
    name: String,
    about: String,
    place: Place,
    /// Intents that start it.
    starts: Vec<String>,
    nodes: Vec<Node>,
    edges: Vec<Edge>,
    rules: Vec<Rule>,
}

/// Where something is written.
#[derive(Clone)]
struct Place {
    file: String,
    line: usize,
}

/// A step.
struct Node {
    shape: Shape,
    /// What it does, in a word, and its `id`.
    verb: String,
    /// To what.
    text: String,
    place: Place,
    /// The group that it runs.
    runs: Option<usize>,
}

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Shape {
    /// Says or changes something.
    Step,
    /// Waits for the citizen.
    Question,
    /// Goes one way or another.
    Decision,
    /// Asks a service.
    Service,
    /// Runs another dialog.
    Sub,
    /// People take over.
    Handoff,
    /// The contact ends.
    End,
    /// Back to where it was run from.
    Back,
}

/// From one node of a group to another, by their places in it.
struct Edge {
    from: usize,
    to: usize,
    label: String,
}

/// A row beside the steps.
struct Rule {
    heading: &'static str,
    when: String,
    does: Vec<String>,
    place: Place,
}

impl Graph {
    fn of(bot: &Bot) -> Self {
        let groups = bot.dialogs.iter().map(|dialog| Group::of(bot, dialog)).collect();
        Self { groups }
    }
}

impl Group {
    fn of(bot: &Bot, dialog: &Dialog) -> Self {
        let program = &dialog.program;
        // Blocks beside the main steps are rows, unless a main step leads into them.
        let reached = crate::load::flow::reachable(program, 0);
        let drawn = |instr: &Instr| !matches!(instr.op, Op::Jump(_) | Op::Goto(_));
        let addresses: Vec<Addr> =
            reached.into_iter().filter(|at| program.get(*at).is_some_and(drawn)).collect();
        let mut nodes = Vec::new();
        let mut edges = Vec::new();
        for (from, at) in addresses.iter().enumerate() {
            let Some(instr) = program.get(*at) else { continue };
            nodes.push(label::node(bot, instr, place(instr)));
            for (to, label) in next(program, *at).into_iter().zip(label::ways(&instr.op)) {
                let to = landing(program, to);
                if let Ok(to) = addresses.binary_search(&to)
                    && !edges.iter().any(|e: &Edge| e.from == from && e.to == to)
                {
                    edges.push(Edge { from, to, label });
                }
            }
        }
        Self {
            name: if dialog.name.is_empty() { bot.centre.name.clone() } else { dialog.name.to_string() },
            about: dialog.about.clone(),
            place: Place { file: dialog.file.clone(), line: 1 },
            starts: dialog.start_on.clone(),
            nodes,
            edges,
            rules: rules(bot, dialog),
        }
    }
}

/// Where an instruction is written.
fn place(instr: &Instr) -> Place {
    Place { file: instr.file.clone(), line: instr.line }
}

/// Where a jump ends up.
fn landing(program: &[Instr], mut at: Addr) -> Addr {
    // A circle of jumps alone is refused by the checker; the bound keeps this total all the same.
    for _ in 0..program.len() {
        match program.get(at).map(|i| &i.op) {
            Some(Op::Jump(to) | Op::Goto(to)) => at = *to,
            _ => break,
        }
    }
    at
}

fn rules(bot: &Bot, dialog: &Dialog) -> Vec<Rule> {
    let mut out = Vec::new();
    let top = || Place { file: dialog.file.clone(), line: 1 };
    let written = |at: Addr| dialog.program.get(at).map_or_else(top, place);
    let mut add = |heading, when: String, at: Option<Addr>, does: Option<String>| {
        let steps = at.map(|at| block(bot, dialog, at)).unwrap_or_default();
        let place = at.map_or_else(top, written);
        out.push(Rule { heading, when, does: does.into_iter().chain(steps).collect(), place });
    };
    for (intent, action) in &dialog.always {
        match action {
            Action::Block(at) => add("En cualquier momento", intent.clone(), Some(*at), None),
            Action::Repeat => {
                add("En cualquier momento", intent.clone(), None, Some("repite lo último".into()));
            }
            Action::Back => {
                add(
                    "En cualquier momento",
                    intent.clone(),
                    None,
                    Some("vuelve a la pregunta anterior".into()),
                );
            }
            Action::Speak(rate) => {
                let how = format!("habla a {rate} veces su velocidad");
                add("En cualquier momento", intent.clone(), None, Some(how));
            }
        }
    }
    let limits = &dialog.limits;
    if let Some((after, tries, at)) = limits.no_input {
        add("Límites", format!("{tries} silencios de {} s", after.as_secs_f32()), Some(at), None);
    }
    if let Some((tries, at)) = limits.no_match {
        add("Límites", format!("{tries} veces sin entender"), Some(at), None);
    }
    if let Some((level, at)) = limits.upset {
        add("Límites", format!("enfado desde {level}"), Some(at), None);
    }
    if let Some(rule) = &limits.emergency {
        let words =
            if rule.words.is_empty() { String::new() } else { format!(": {}", rule.words.join(", ")) };
        add("Límites", format!("emergencia{words}"), Some(rule.then), None);
    }
    for (name, handoff) in &dialog.handoffs {
        let to = match &handoff.number {
            Some(number) => format!("número {number}"),
            None => format!("cola {}", handoff.queue),
        };
        add("Pasar a personas", name.clone(), None, Some(to));
        if let Some(at) = handoff.closed {
            add("Pasar a personas", format!("{name}, cerrado"), Some(at), None);
        }
        if let Some((after, at)) = handoff.no_answer {
            let when = format!("{name}, nadie contesta en {} s", after.as_secs());
            add("Pasar a personas", when, Some(at), None);
        }
    }
    out
}

/// The steps of a block beside the main ones, in words.
fn block(bot: &Bot, dialog: &Dialog, from: Addr) -> Vec<String> {
    let steps = dialog.program.iter().skip(from).take_while(|i| !matches!(i.op, Op::Return));
    steps.filter(|i| !matches!(i.op, Op::Jump(_))).map(|i| label::line(bot, dialog, i)).collect()
}

#[cfg(test)]
mod tests;
