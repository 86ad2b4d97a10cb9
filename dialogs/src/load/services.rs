//! `servicios.yaml`: the HTTP services that dialogs call.

use std::{collections::BTreeMap, time::Duration};

use super::source::{Report, Source};
use crate::{
    expr::Template,
    model::{Operation, Shape},
    yaml::{Data, Node},
};

const SERVICE: [&str; 5] = ["url", "token", "timeout", "retries", "operations"];
const METHODS: [(&str, &str); 5] =
    [("get", "GET"), ("post", "POST"), ("put", "PUT"), ("patch", "PATCH"), ("delete", "DELETE")];
const OPERATION: [&str; 12] = [
    "get",
    "post",
    "put",
    "patch",
    "delete",
    "takes",
    "query",
    "body",
    "returns",
    "idempotent",
    "timeout",
    "retries",
];

/// What a service says for all its operations.
struct Common {
    base: String,
    base_env: Option<String>,
    token_env: Option<String>,
    timeout: Duration,
    retries: u8,
}

pub(super) fn services(src: Source<'_>, node: &Node) -> BTreeMap<String, Operation> {
    let mut out = BTreeMap::new();
    for (key, service) in src.any_map(node, "the services").unwrap_or_default() {
        let Some(name) = src.name(key, "a service") else { continue };
        if src.map(service, "a service", &SERVICE).is_none() {
            continue;
        }
        let common = common(src, service);
        let Some(operations) = src.required(service, "operations", "write what it does, by name") else {
            continue;
        };
        for (key, operation) in src.any_map(operations, "the operations").unwrap_or_default() {
            if let Some(op) = src.name(key, "an operation")
                && let Some(operation) = self::operation(src, operation, &common)
            {
                out.insert(format!("{name}.{op}"), operation);
            }
        }
    }
    out
}

fn common(src: Source<'_>, service: &Node) -> Common {
    let mut common = Common {
        base: String::new(),
        base_env: None,
        token_env: None,
        timeout: Duration::from_secs(5),
        retries: 0,
    };
    if let Some(url) = src.required(service, "url", "write `url: http://host:port`") {
        let mut address = Some(url);
        if matches!(url.data, Data::Map(_)) {
            src.map(url, "a url", &["env", "default"]);
            common.base_env = url.get("env").and_then(|n| env_name(src, n));
            address = src.required(url, "default", "write the address used when the variable is not set");
        }
        if let Some(base) = address.and_then(|n| Some((src.text(n, "an address")?, n))) {
            common.base = base.0.to_owned();
            let host = base.0.strip_prefix("http://").or_else(|| base.0.strip_prefix("https://"));
            if host.is_none_or(|h| h.is_empty() || h.contains(char::is_whitespace)) {
                src.wrong(
                    base.1.at,
                    "this is not an address:",
                    base.0,
                    "write http://host:port or https://host",
                );
            }
        }
    }
    common.token_env = service.get("token").and_then(|token| {
        src.map(token, "a token", &["env"]);
        src.required(token, "env", "name the environment variable that holds it; never write it here")
            .and_then(|n| env_name(src, n))
    });
    if let Some(timeout) = service.get("timeout").and_then(|n| src.duration(n, "timeout")) {
        common.timeout = timeout;
    }
    if let Some(retries) = service.get("retries").and_then(|n| src.whole(n, "retries", 0..=5)) {
        common.retries = retries as u8;
    }
    common
}

fn env_name(src: Source<'_>, node: &Node) -> Option<String> {
    let text = src.text(node, "the name of an environment variable")?;
    let good = text.chars().all(|c| c.is_ascii_uppercase() || c.is_ascii_digit() || c == '_');
    if !good {
        src.wrong(
            node.at,
            "this is not the name of an environment variable:",
            text,
            "write it as DIGAME_CITAS_URL",
        );
    }
    good.then(|| text.to_owned())
}

fn operation(src: Source<'_>, node: &Node, common: &Common) -> Option<Operation> {
    src.map(node, "an operation", &OPERATION)?;
    let mut methods = METHODS.iter().filter_map(|(key, method)| Some((*method, node.get(key)?)));
    let Some((method, path)) = methods.next() else {
        src.wrong(node.at, "this operation has no path", "", "write `get: /path` or `post: /path`");
        return None;
    };
    if let Some((second, at)) = methods.next() {
        src.wrong(at.at, "this operation has two methods:", second, "keep one");
    }
    let mut takes = Vec::new();
    for name in node.get("takes").and_then(|n| src.list(n, "what it takes")).unwrap_or_default() {
        takes.extend(src.name(name, "an argument"));
    }
    let path_template = src.template(path, "the path")?;
    if !path.text().unwrap_or_default().starts_with('/') {
        src.wrong(path.at, "a path begins with /:", &path.excerpt(), "write it as /huecos");
    }
    arguments(src, path, &path_template, &takes);
    let fields = |key: &str| -> Vec<(String, Template)> {
        let Some(node) = node.get(key) else { return Vec::new() };
        let all = src.templates(node, "a field");
        all.into_iter()
            .map(|(name, template, at)| {
                arguments(src, &at, &template, &takes);
                (name, template)
            })
            .collect()
    };
    let (query, body) = (fields("query"), fields("body"));
    if let Some(at) = node.get("body").filter(|_| method == "GET") {
        src.wrong(at.at, "a GET has no body", "", "use `query`");
    }
    let returns = node.get("returns").map_or(Shape::Any, |n| shape(src, n));
    let idempotent =
        node.get("idempotent").and_then(|n| src.flag(n, "idempotent")).unwrap_or(method != "GET");
    let retries = node.get("retries").and_then(|n| src.whole(n, "retries", 0..=5)).map(|r| r as u8);
    Some(Operation {
        method,
        base_env: common.base_env.clone(),
        base: common.base.clone(),
        path: path_template,
        query,
        body,
        takes,
        returns,
        token_env: common.token_env.clone(),
        timeout: node.get("timeout").and_then(|n| src.duration(n, "timeout")).unwrap_or(common.timeout),
        retries: retries.unwrap_or(common.retries),
        idempotent,
    })
}

/// Every value in the text is one of the operation's arguments.
fn arguments(src: Source<'_>, node: &Node, template: &Template, takes: &[String]) {
    for (path, _) in template.values() {
        if !takes.contains(&path.root) {
            src.report(
                super::source::inside(node, path.offset),
                Report {
                    what: "unknown argument",
                    found: &path.root,
                    nearest: crate::problem::nearest(&path.root, takes.iter().map(String::as_str)),
                    cure: "write it in `takes`",
                },
            );
        }
    }
}

pub(crate) const SCALARS: [&str; 7] = ["text", "number", "yes_no", "date", "time", "datetime", "any"];

/// `[{ id: text, inicio: datetime }]`: what a service returns, what a sub-dialog takes.
pub(super) fn shape(src: Source<'_>, node: &Node) -> Shape {
    match &node.data {
        Data::List(items) => match items.as_slice() {
            [one] => Shape::List(Box::new(shape(src, one))),
            _ => {
                src.wrong(node.at, "a list has one kind of thing", "", "write `[{ id: text }]`");
                Shape::Any
            }
        },
        Data::Map(pairs) => {
            let fields = pairs.iter().filter_map(|(k, v)| Some((src.name(k, "a field")?, shape(src, v))));
            Shape::Map(fields.collect())
        }
        Data::Scalar { .. } => match src.known(node, "kind of value", SCALARS).as_deref() {
            Some("text") => Shape::Text,
            Some("number") => Shape::Number,
            Some("yes_no") => Shape::YesNo,
            Some("date") => Shape::Date,
            Some("time") => Shape::Time,
            Some("datetime") => Shape::DateTime,
            _ => Shape::Any,
        },
    }
}
