//! What texts say that are not read where they are used: questions of slots, templates of messages.

use std::{
    cell::RefCell,
    collections::{BTreeMap, BTreeSet},
};

use super::{
    Parsed,
    names::{MessageNames, Names},
    source::Source,
};
use crate::yaml::{Data, Node};

/// Every name that these texts say. What is wrong in them is told where they are read.
fn said<'n>(nodes: impl IntoIterator<Item = &'n Node>) -> Vec<String> {
    let silent = RefCell::default();
    let quiet = Source { file: "", problems: &silent };
    let texts = nodes.into_iter().flat_map(|node| quiet.one_or_many(node));
    let templates = texts.filter_map(|node| quiet.template(node, ""));
    let mut out: Vec<String> = Vec::new();
    for template in templates {
        out.extend(template.values().map(|(path, _)| path.root.clone()));
    }
    out
}

/// The templates of `centro.yaml`.
pub(super) fn messages(centre: &Node) -> BTreeMap<String, MessageNames> {
    let Some(Node { data: Data::Map(pairs), .. }) = centre.get("templates") else { return BTreeMap::new() };
    let message = |(name, template): &(Node, Node)| {
        let subject = template.get("subject");
        let text = if subject.is_some() { template.get("text") } else { Some(template) };
        let reads = said(subject.into_iter().chain(text));
        Some((name.text()?.to_owned(), MessageNames { email: subject.is_some(), reads }))
    };
    pairs.iter().filter_map(message).collect()
}

/// The slots that each slot's questions say. No question waits for itself, by way of others either.
pub(super) fn all(parsed: &Parsed<'_>, names: &Names) -> BTreeMap<String, Vec<String>> {
    let mut out: BTreeMap<String, Vec<String>> = BTreeMap::new();
    let mut places = BTreeMap::new();
    for (src, node) in parsed.dialogs.iter().chain(&parsed.parts) {
        let Some(Node { data: Data::Map(pairs), .. }) = node.get("slots") else { continue };
        for (key, slot) in pairs {
            let Some(name) = key.text() else { continue };
            let texts = ["ask", "invalid", "unclear"].into_iter().filter_map(|k| slot.get(k));
            let known = |n: &String| n != name && names.slots.contains_key(n);
            let needs = out.entry(name.to_owned()).or_default();
            needs.extend(said(texts).into_iter().filter(known));
            needs.sort();
            needs.dedup();
            places.entry(name).or_insert((*src, key.at));
        }
    }
    for (name, (src, at)) in places {
        let mut seen: BTreeSet<&str> = BTreeSet::new();
        let mut open: Vec<&String> = out.get(name).into_iter().flatten().collect();
        while let Some(other) = open.pop() {
            if other == name {
                let cure = "ask for one of them without saying the other";
                src.wrong(at, "this question says a value that is asked for with this one:", name, cure);
                break;
            }
            if seen.insert(other) {
                open.extend(out.get(other).into_iter().flatten());
            }
        }
    }
    out
}
