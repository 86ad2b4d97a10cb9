//! `saber/<name>.yaml`: what the bot knows, by the questions that ask for it.

use std::{collections::BTreeMap, sync::Arc};

use super::{data, source::Source};
use crate::{
    value::{Article, Knowledge},
    yaml::Node,
};

const ARTICLE: [&str; 4] = ["titulo", "preguntas", "respuesta", "fuente"];

/// Every file; no two articles of one file share a question.
pub(super) fn all(files: &[(Source<'_>, String, Node)]) -> BTreeMap<String, Arc<Knowledge>> {
    let mut out = BTreeMap::new();
    for (src, name, node) in files {
        let mut questions = Vec::new();
        let mut articles = Vec::new();
        let entries = src.any_map(node, "what the bot knows");
        for (key, value) in entries.unwrap_or_default() {
            if let Some((article, asked)) = article(*src, key, value) {
                questions.push((*src, article.id.clone(), asked));
                articles.push(Arc::new(article));
            }
        }
        if entries.is_some_and(<[_]>::is_empty) {
            let cure = "write an entry: `plazo: { titulo: …, preguntas: [at least two], respuesta: … }`";
            src.wrong(node.at, "nothing is known here:", name, cure);
        }
        data::shared_examples(&questions);
        out.insert(name.clone(), Arc::new(Knowledge { name: name.clone(), articles }));
    }
    out
}

fn article(src: Source<'_>, key: &Node, value: &Node) -> Option<(Article, Vec<data::Example>)> {
    let id = src.name(key, "an entry of knowledge")?;
    src.map(value, "an entry of knowledge", &ARTICLE)?;
    let text = |field: &str, cure: &str| -> Option<String> {
        let node = src.required(value, field, cure)?;
        src.text(node, &format!("`{field}`")).map(str::to_owned)
    };
    let title = text("titulo", "write what it is about, in a few words");
    let answer = text("respuesta", "write what the bot says");
    let source = value.get("fuente").and_then(|n| src.text(n, "`fuente`")).map(str::to_owned);
    let list = src.required(value, "preguntas", "write at least two ways to ask for it")?;
    let asked: Vec<data::Example> = src
        .list(list, "the questions")?
        .iter()
        .filter_map(|n| src.text(n, "a question").map(|t| (t.to_owned(), n.clone())))
        .collect();
    if asked.len() < 2 {
        src.wrong(list.at, "an entry needs two questions at least:", &id, "write more ways to ask for it");
    }
    let questions = asked.iter().map(|(t, _)| t.clone()).collect();
    Some((Article { id, title: title?, questions, answer: answer?, source }, asked))
}
