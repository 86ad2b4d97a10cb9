//! What does no harm and should be looked at: things that nothing uses, and examples that say the same.

use std::collections::{BTreeMap, BTreeSet};

use super::{
    Parsed,
    data::Example,
    source::{Report, Source},
};
use crate::{
    emergency::plain,
    model::{Bot, Op},
    value::Kind,
    yaml::{Data, Node, Pos},
};

const TOP: Pos = Pos { line: 1, column: 1 };

pub(super) fn check(parsed: &Parsed<'_>, bot: &Bot) {
    intents(parsed, bot);
    kinds(parsed, bot);
    operations(parsed, bot);
    slots(parsed, bot);
    danger(bot, parsed);
}

fn warn(src: Source<'_>, at: Pos, what: &str, found: &str, cure: &str) {
    src.warn(at, Report { what, found, nearest: None, cure });
}

/// Who is in danger must get somewhere from any bot.
fn danger(bot: &Bot, parsed: &Parsed<'_>) {
    if bot.dialogs.iter().all(|d| d.limits.emergency.is_none())
        && let Some((src, _)) = &parsed.centre
    {
        let cure =
            "write in `limits` of centro.yaml: `emergency: { then: { handoff: …, reason: emergencia } }`";
        warn(
            *src,
            TOP,
            "nobody takes over from who is in danger: there is no",
            "limits: { emergency: … }",
            cure,
        );
    }
}

fn intents(parsed: &Parsed<'_>, bot: &Bot) {
    let keys = bot.dialogs.iter().flat_map(|d| &d.program).filter_map(|i| match &i.op {
        Op::Opening(o) => Some(o.keys.values()),
        _ => None,
    });
    let used: BTreeSet<&String> = bot
        .dialogs
        .iter()
        .flat_map(|d| d.start_on.iter().chain(d.always.keys()))
        .chain(keys.flatten())
        .collect();
    for (src, name, _) in parsed.intents.iter().filter(|(_, name, _)| !used.contains(name)) {
        warn(
            *src,
            TOP,
            "nothing is done with this intent:",
            name,
            "write it in `start_on` or `always`, or take it away",
        );
    }
}

fn kinds(parsed: &Parsed<'_>, bot: &Bot) {
    let mut used: BTreeSet<(bool, &str)> = BTreeSet::new();
    for slot in bot.dialogs.iter().flat_map(|d| d.slots.values()) {
        match &slot.kind {
            Kind::List(c) => used.insert((false, &c.name)),
            Kind::Knowledge(k) => used.insert((true, &k.name)),
            _ => false,
        };
    }
    let catalogues = parsed.catalogues.yaml.iter().map(|(src, name, _)| (false, src, name));
    let sheets = parsed.catalogues.csv.iter().map(|(src, name, _)| (false, src, name));
    let known = parsed.knowledge.iter().map(|(src, name, _)| (true, src, name));
    let files = catalogues.chain(sheets).chain(known);
    for (knowledge, src, name) in files.filter(|(k, _, name)| !used.contains(&(*k, name.as_str()))) {
        let (what, cure) = match knowledge {
            true => ("no slot asks for what stands here:", format!("write a slot `type: kb({name})`")),
            false => ("no slot takes this catalogue:", format!("write a slot `type: list({name})`")),
        };
        warn(*src, TOP, what, name, &format!("{cure}, or take the file away"));
    }
}

fn operations(parsed: &Parsed<'_>, bot: &Bot) {
    let called = bot.dialogs.iter().flat_map(|d| &d.program).filter_map(|i| match &i.op {
        Op::Call(c) => Some(c.service.as_str()),
        _ => None,
    });
    // Suggestions for the agent, and catalogues that a service fills, use operations too.
    let mut used: BTreeSet<String> = called.map(str::to_owned).collect();
    let nodes = parsed.dialogs.iter().chain(&parsed.parts).chain(&parsed.centre).map(|(_, n)| n);
    for node in nodes.chain(parsed.catalogues.yaml.iter().map(|(_, _, n)| n)) {
        super::names::walk(node, &mut |map| {
            let assist = match map.get("assist").map(|n| &n.data) {
                Some(Data::List(items)) => items.as_slice(),
                _ => &[],
            };
            used.extend(assist.iter().chain(map.get("from")).filter_map(Node::text).map(str::to_owned));
        });
    }
    let Some((src, node)) = &parsed.services else { return };
    for (service, about) in pairs(Some(node)) {
        for (name, _) in pairs(about.get("operations")) {
            let whole = format!("{}.{}", service.text().unwrap_or_default(), name.text().unwrap_or_default());
            if !used.contains(&whole) {
                warn(*src, name.at, "nothing calls this operation:", &whole, "`call` it, or take it away");
            }
        }
    }
}

fn slots(parsed: &Parsed<'_>, bot: &Bot) {
    let mut used: BTreeSet<&str> = BTreeSet::new();
    for dialog in &bot.dialogs {
        for instr in &dialog.program {
            used.extend(instr.needs.iter().chain(&*instr.reads).map(String::as_str));
            match &instr.op {
                Op::Collect(slots) => used.extend(slots.iter().map(String::as_str)),
                Op::Ask { slot, .. } => {
                    used.insert(slot);
                }
                _ => {}
            }
        }
        let handoffs = dialog.handoffs.values();
        used.extend(handoffs.flat_map(|h| &h.carry).map(String::as_str));
        used.extend(dialog.returns.as_deref());
    }
    for (src, node) in parsed.dialogs.iter().chain(&parsed.parts) {
        for (name, _) in pairs(node.get("slots")) {
            let text = name.text().unwrap_or_default();
            if !used.contains(text) {
                warn(*src, name.at, "nothing uses this slot:", text, "`collect` it, or take it away");
            }
        }
    }
}

fn pairs(node: Option<&Node>) -> &[(Node, Node)] {
    match node.map(|n| &n.data) {
        Some(Data::Map(pairs)) => pairs,
        _ => &[],
    }
}

/// Words of courtesy and hesitation: they tell no intent from another.
const COURTESY: [&str; 12] =
    ["por", "favor", "gracias", "hola", "buenos", "buenas", "dias", "tardes", "pues", "oiga", "mire", "eh"];

/// Examples of two intents with the same words: the citizen who says them is understood by chance.
pub(super) fn near_examples(files: &[(Source<'_>, String, Vec<Example>)]) {
    let mut seen: BTreeMap<Vec<String>, (&str, &str, usize, &str)> = BTreeMap::new();
    for (src, intent, examples) in files {
        for (text, node) in examples {
            let key = words(text);
            if key.is_empty() {
                continue;
            }
            match seen.get(&key) {
                Some((other, file, line, written))
                    if other != intent && !written.eq_ignore_ascii_case(text) =>
                {
                    let what = format!("almost the same is an example of `{other}`, in {file}:{line}:");
                    warn(
                        *src,
                        node.at,
                        &what,
                        text,
                        "keep one, or write them so that they differ in what they mean",
                    );
                }
                Some(_) => {}
                None => {
                    seen.insert(key, (intent, src.file, node.at.line, text));
                }
            }
        }
    }
}

/// The words that mean something, without accents, in alphabetical order.
fn words(text: &str) -> Vec<String> {
    let plain = plain(text);
    let mut all: Vec<String> =
        plain.split_whitespace().filter(|w| !COURTESY.contains(w)).map(str::to_owned).collect();
    all.sort();
    all
}
