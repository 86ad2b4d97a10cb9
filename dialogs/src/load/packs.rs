//! `idiomas/<code>.yaml`: what a bot says and understands in another language, as data.

use std::{
    collections::{BTreeMap, HashMap},
    sync::Arc,
};

use super::{
    catalogue, centre, data,
    names::{Names, Said},
    source::{Report, Source},
};
use crate::{
    expr::Template,
    language::Examples,
    model::Pack,
    problem::nearest,
    value::{Catalogue, Item, Knowledge},
    yaml::Node,
};

/// The languages that Digame speaks besides Spanish, with the phrases that it says by itself.
const SHIPPED: [(&str, &str); 4] = [
    ("ca", include_str!("../phrases/ca.yaml")),
    ("gl", include_str!("../phrases/gl.yaml")),
    ("eu", include_str!("../phrases/eu.yaml")),
    ("en", include_str!("../phrases/en.yaml")),
];

const PACK: [&str; 7] = ["language", "voice", "texts", "phrases", "intents", "catalogues", "saber"];

pub(super) fn packs(files: &[(Source<'_>, String, Node)], names: &Names) -> BTreeMap<String, Pack> {
    let mut out = BTreeMap::new();
    for (src, code, node) in files {
        src.map(node, "a language", &PACK);
        let named = src.required(node, "language", "write its code: `language: ca`");
        let Some(named) = named.and_then(|n| src.known(n, "language", SHIPPED.map(|(c, _)| c))) else {
            continue;
        };
        if named != *code {
            src.wrong(
                node.at,
                "the file's name is another language's:",
                code,
                "name the file as its language",
            );
        }
        let shipped = SHIPPED.iter().find(|(c, _)| *c == named).map_or("", |(_, p)| p);
        let pack = Pack {
            voice: centre::voice(*src, node),
            texts: texts(*src, names, node),
            phrases: centre::phrases(*src, shipped, node.get("phrases")),
            intents: intents(*src, names, node),
            catalogues: catalogues(*src, names, node),
            knowledge: knowledge(*src, names, node),
        };
        out.insert(named, pack);
    }
    out
}

/// Every text that the bot says is there, with the values that the original has.
fn texts(src: Source<'_>, names: &Names, node: &Node) -> HashMap<String, Template> {
    let said = names.said.borrow();
    let mut wanted: BTreeMap<&str, (&Said, &Template)> = BTreeMap::new();
    for one in said.iter() {
        for template in one.template.all().filter(|t| has_words(t)) {
            wanted.entry(&template.written).or_insert((one, template));
        }
    }
    let mut out = HashMap::new();
    for (key, value) in node.get("texts").and_then(|n| src.any_map(n, "the texts")).unwrap_or_default() {
        let written = key.text().unwrap_or_default();
        let Some((_, original)) = wanted.remove(written) else {
            let near = nearest_text(written, said.iter().flat_map(|s| s.template.all()));
            let cure = "write the text as the bot has it, or take it away";
            let report = Report { what: "no text of the bot reads", found: written, nearest: near, cure };
            src.report(key.at, report);
            continue;
        };
        let Some(template) = src.template(value, "a translation") else { continue };
        let values = |t: &Template| {
            let mut all: Vec<_> = t.values().map(|(p, _)| p.written()).collect();
            all.sort();
            all.dedup();
            all
        };
        let one = Template { variants: Vec::new(), ..original.clone() };
        if values(&one) != values(&template) {
            let cure = format!("use the same values: {{{}}}", values(&one).join("}, {"));
            src.wrong(value.at, "the translation has other values", &template.written, &cure);
        }
        out.insert(written.to_owned(), template);
    }
    let at = node.get("texts").map_or(node.at, |n| n.at);
    for (written, (one, _)) in wanted {
        let cure = format!("translate it: it is said in {}:{}", one.file, one.at.line);
        src.wrong(at, "this text has no translation:", written, &cure);
    }
    out
}

/// A text of values alone reads the same in all languages.
fn has_words(template: &Template) -> bool {
    template
        .parts
        .iter()
        .any(|p| matches!(p, crate::expr::Part::Text(t) if t.chars().any(char::is_alphabetic)))
}

fn nearest_text<'a>(written: &str, all: impl Iterator<Item = &'a Template>) -> Option<String> {
    nearest(written, all.map(|t| t.written.as_str()))
}

/// Every intent has its examples, three at least.
fn intents(src: Source<'_>, names: &Names, node: &Node) -> Examples {
    let mut out = Examples::new();
    let known = || names.intents.keys().map(String::as_str);
    let mut all = Vec::new();
    for (key, value) in node.get("intents").and_then(|n| src.any_map(n, "the intents")).unwrap_or_default() {
        let Some(intent) = src.known(key, "intent", known()) else { continue };
        let found = data::examples(src, value);
        out.insert(intent.clone(), found.iter().map(|(t, _)| t.clone()).collect());
        all.push((src, intent, found));
    }
    data::shared_examples(&all);
    let at = node.get("intents").map_or(node.at, |n| n.at);
    for missing in known().filter(|i| !out.contains_key(*i)) {
        src.wrong(at, "this intent has no examples:", missing, "write three at least under `intents`");
    }
    out
}

/// Every catalogue, entry by entry: what is not said (codes) need not be written again.
fn catalogues(src: Source<'_>, names: &Names, node: &Node) -> BTreeMap<String, Arc<Catalogue>> {
    let mut out = BTreeMap::new();
    let written = node.get("catalogues");
    if let Some(node) = written {
        let known: Vec<&str> = names.catalogues.keys().map(String::as_str).collect();
        src.map(node, "the catalogues", &known);
    }
    for (name, original) in &names.catalogues {
        let own =
            written.and_then(|n| n.get(name)).map(|n| catalogue::written(src, name, n)).unwrap_or_default();
        let at = written.and_then(|n| n.get(name)).map_or(node.at, |n| n.at);
        for item in own.items.iter().filter(|i| !original.fetched && original.item(&i.id).is_none()) {
            let ids = original.items.iter().map(|i| i.id.as_str());
            let report = Report {
                what: &format!("{name} has no entry"),
                found: &item.id,
                nearest: nearest(&item.id, ids),
                cure: "write one of its keys",
            };
            src.report(at, report);
        }
        let items = original.items.iter().map(|item| match own.item(&item.id) {
            // A service's entries change by themselves: those without a translation stay as they are.
            None if original.fetched => item.clone(),
            own => Arc::new(translated(src, at, (name, item), own)),
        });
        out.insert(name.clone(), Arc::new(Catalogue { items: items.collect(), ..original.as_ref().clone() }));
    }
    out
}

fn translated(
    src: Source<'_>,
    at: crate::yaml::Pos,
    (catalogue, item): (&str, &Item),
    own: Option<&Arc<Item>>,
) -> Item {
    let Some(own) = own else {
        let what = format!("this entry of {catalogue} has no translation:");
        src.wrong(at, &what, &item.id, "write its `nombre` and its `sinonimos` under `catalogues`");
        return item.clone();
    };
    let mut out = Item { fields: item.fields.clone(), ..own.as_ref().clone() };
    for (field, text) in &item.fields {
        match own.fields.get(field) {
            Some(text) => {
                out.fields.insert(field.clone(), text.clone());
            }
            // More than a word is said to the citizen; a code is not.
            None if text.trim().contains(' ') => {
                let what = format!("`{}` of {catalogue} lacks, in this language,", item.id);
                src.wrong(at, &what, field, "translate it");
            }
            None => {}
        }
    }
    out
}

/// What the bot knows, article by article.
fn knowledge(src: Source<'_>, names: &Names, node: &Node) -> BTreeMap<String, Arc<Knowledge>> {
    let written = node.get("saber");
    if let Some(node) = written {
        let known: Vec<&str> = names.knowledge.keys().map(String::as_str).collect();
        src.map(node, "what the bot knows", &known);
    }
    let own: Vec<_> = written
        .and_then(|n| src.any_map(n, "what the bot knows"))
        .unwrap_or_default()
        .iter()
        .filter_map(|(k, v)| Some((src, k.text()?.to_owned(), v.clone())))
        .collect();
    let own = super::knowledge::all(&own);
    for (name, original) in &names.knowledge {
        let there = own.get(name);
        let at = written.and_then(|n| n.get(name)).map_or(node.at, |n| n.at);
        for article in original.articles.iter().filter(|a| there.is_none_or(|k| k.article(&a.id).is_none())) {
            let what = format!("this article of {name} has no translation:");
            src.wrong(
                at,
                &what,
                &article.id,
                "write its `titulo`, `preguntas` and `respuesta` under `saber`",
            );
        }
    }
    own
}
