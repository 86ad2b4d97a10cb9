//! `centro.yaml`: who answers, the opening line, what holds for every dialog.

use std::{collections::BTreeMap, time::Duration};

use super::{
    data, dialog,
    names::Names,
    source::Source,
    steps::{Compiler, NOWHERE, check_template},
};
use crate::{
    expr::Template,
    language::IN_DOUBT,
    model::{Centre, Dialog, Instr, Limits, MessageTemplate, Op, OpeningStep, Queue, Voice},
    yaml::{self, Node},
};

const CENTRE: [&str; 15] = [
    "centre",
    "language",
    "time_zone",
    "voice",
    "opening",
    "recording",
    "listen",
    "confidence",
    "queues",
    "handoffs",
    "always",
    "limits",
    "templates",
    "phrases",
    "outbound",
];

/// The grounds on which a recording may rest (GDPR, article 6.1, a to f).
const LEGAL_BASES: [&str; 6] =
    ["consent", "contract", "legal_obligation", "vital_interest", "public_task", "legitimate_interest"];

/// Words of which the opening has at least one: the caller must know that a machine answers.
const MACHINE: [&str; 7] = [
    "automátic",
    "asistente virtual",
    "máquina",
    "robot",
    "inteligencia artificial",
    "contestador",
    "ordenador",
];
/// The same for the recording.
const RECORDING: [&str; 2] = ["graba", "grabación"];

pub(super) fn centre(src: Source<'_>, names: &Names, node: &Node) -> (Centre, Dialog) {
    src.map(node, "the centre", &CENTRE);
    let name = src.required(node, "centre", "write who answers: `centre: Ayuntamiento de …`");
    let name = name.and_then(|n| src.text(n, "who answers")).unwrap_or_default().to_owned();
    let zone = src.required(node, "time_zone", "write `time_zone: Europe/Madrid`");
    if let Some(language) = node.get("language") {
        src.known(language, "language", ["es"]);
    }
    if let Some(outbound) = node.get("outbound") {
        src.map(outbound, "outbound", &["caller_id"]);
        outbound.get("caller_id").and_then(|n| src.text(n, "caller_id"));
    }
    let [accept, act, sure] = confidence(src, node);
    let centre = Centre {
        name,
        time_zone: zone.and_then(|n| data::time_zone(src, n)).unwrap_or_default(),
        voice: voice(src, node),
        longest: node
            .get("voice")
            .and_then(|v| v.get("longest"))
            .and_then(|n| src.duration(n, "longest"))
            .unwrap_or(LONGEST),
        legal_basis: legal_basis(src, node),
        listen: node.get("listen").map(|n| dialog::listen(src, n)).unwrap_or_default(),
        accept,
        act,
        sure,
        queues: queues(src, names, node),
        templates: templates(src, names, node),
        phrases: phrases(src, include_str!("../phrases/es.yaml"), node.get("phrases")),
    };
    (centre, root(src, names, node))
}

/// The three floors, the lowest first.
fn confidence(src: Source<'_>, node: &Node) -> [f32; 3] {
    let (mut accept, mut act, mut sure) = (0.35, None, 0.75);
    if let Some(node) = node.get("confidence") {
        src.map(node, "confidence", &["accept", "act", "sure"]);
        let number = |key| Some((node.get(key)?, src.number(node.get(key)?, key, 0.0..=1.0)?));
        if let Some((at, floor)) = number("accept") {
            accept = floor.max(ACCEPT_LEAST);
            if floor < ACCEPT_LEAST {
                let cure = format!("write {ACCEPT_LEAST} at least; it is 0.35 unless written");
                src.mended(at.at, "so low an `accept` takes noise for words:", &at.excerpt(), &cure);
            }
        }
        let above_doubt = |key, usual| {
            let (at, floor) = number(key)?;
            if floor as f32 <= IN_DOUBT {
                let what = format!("words in doubt are worth {IN_DOUBT}, and `{key}` is not above it:");
                let cure = format!("write more than {IN_DOUBT}; it is {usual} unless written");
                src.mended(at.at, &what, &at.excerpt(), &cure);
                return None;
            }
            Some(floor)
        };
        act = above_doubt("act", "0.6");
        sure = above_doubt("sure", "0.75").unwrap_or(sure);
        let cure = "what is sure is acted on, and that is accepted: `accept` ≤ `act` ≤ `sure`";
        let wrong = |key, what| {
            let at = node.get(key).unwrap_or(node);
            src.wrong(at.at, what, &at.excerpt(), cure);
        };
        if accept > sure {
            wrong("accept", "`accept` is above `sure`:");
        } else if act.is_some_and(|act| !(accept..=sure).contains(&act)) {
            wrong("act", "`act` is not between `accept` and `sure`:");
        }
    }
    let act = act.unwrap_or_else(|| ACT.min(sure).max(accept));
    [accept, act, sure].map(|floor| floor as f32)
}

/// The least that `accept` may be: a value that proves itself is taken from half of it on.
const ACCEPT_LEAST: f64 = 0.1;

/// The middle floor where nothing is written, as far as the others leave room for it.
const ACT: f64 = 0.6;

/// How long a prompt may take, where nothing is written: more is not remembered.
const LONGEST: Duration = Duration::from_secs(25);

pub(super) fn voice(src: Source<'_>, node: &Node) -> Voice {
    let mut voice = Voice { name: None, rate: 1.0 };
    if let Some(node) = node.get("voice") {
        src.map(node, "the voice", &["name", "rate", "longest"]);
        voice.name = node.get("name").and_then(|n| src.text(n, "a voice's name")).map(str::to_owned);
        if let Some(rate) = node.get("rate").and_then(|n| src.number(n, "rate", 0.5..=2.0)) {
            voice.rate = rate as f32;
        }
    }
    voice
}

/// Why calls may be recorded; a public body's own task where nothing is written.
fn legal_basis(src: Source<'_>, node: &Node) -> String {
    let written = node.get("recording").and_then(|node| {
        src.map(node, "the recording", &["legal_basis"])?;
        let cure = "write why calls may be recorded: `legal_basis: public_task`";
        src.known(src.required(node, "legal_basis", cure)?, "legal basis", LEGAL_BASES)
    });
    written.unwrap_or_else(|| "public_task".to_owned())
}

fn queues(src: Source<'_>, names: &Names, node: &Node) -> BTreeMap<String, Queue> {
    let mut out = BTreeMap::new();
    for (key, value) in node.get("queues").and_then(|n| src.any_map(n, "the queues")).unwrap_or_default() {
        let Some(name) = src.name(key, "a queue") else { continue };
        src.map(value, "a queue", &["about", "hours"]);
        value.get("about").and_then(|n| src.text(n, "about"));
        let hours = value.get("hours").and_then(|n| dialog::calendar(src, n, &names.calendars));
        out.insert(name, Queue { hours });
    }
    out
}

fn templates(src: Source<'_>, names: &Names, node: &Node) -> BTreeMap<String, MessageTemplate> {
    let said = |node: &Node| {
        let template = src.template(node, "a template")?;
        check_template(src, names, (node, &template), NOWHERE);
        names.said(src.file, node.at, &template);
        Some(template)
    };
    let mut out = BTreeMap::new();
    for (key, value) in
        node.get("templates").and_then(|n| src.any_map(n, "the templates")).unwrap_or_default()
    {
        let Some(name) = src.name(key, "a template") else { continue };
        let (subject, text) = match value.get("subject") {
            Some(subject) => {
                src.map(value, "an e-mail's template", &["subject", "text"]);
                let text = src.required(value, "text", "write the text of the e-mail");
                (said(subject), text.and_then(said))
            }
            None => (None, said(value)),
        };
        out.extend(text.map(|text| (name, MessageTemplate { subject, text })));
    }
    out
}

/// The phrases of a language, with those that the bot says otherwise.
pub(super) fn phrases(src: Source<'_>, shipped: &str, own: Option<&Node>) -> BTreeMap<String, Template> {
    let mut ignored = Vec::new();
    let shipped = yaml::parse("phrases.yaml", shipped, &mut ignored);
    let silent = std::cell::RefCell::default();
    let quiet = Source { file: "phrases.yaml", problems: &silent };
    let mut out: BTreeMap<String, Template> = shipped
        .map(|n| quiet.templates(&n, "a phrase"))
        .unwrap_or_default()
        .into_iter()
        .map(|(name, template, _)| (name, template))
        .collect();
    let Some(node) = own else { return out };
    let known: Vec<String> = out.keys().cloned().collect();
    let known: Vec<&str> = known.iter().map(String::as_str).collect();
    src.map(node, "phrases", &known);
    for (name, template, at) in src.templates(node, "a phrase") {
        // A phrase may use the values that the shipped one uses, and no others.
        let values = |t: &Template| t.values().map(|(p, _)| p.written()).collect::<Vec<_>>();
        let allowed = out.get(&name).map(values).unwrap_or_default();
        for value in values(&template).into_iter().filter(|v| !allowed.contains(v)) {
            let cure = match allowed.join("}, {") {
                none if none.is_empty() => "it has no values".to_owned(),
                some => format!("it may use {{{some}}}"),
            };
            src.wrong(at.at, "unknown name", &value, &cure);
        }
        if out.contains_key(&name) {
            out.insert(name, template);
        }
    }
    out
}

/// The dialog that greets, and whose rules hold in all others.
fn root(src: Source<'_>, names: &Names, node: &Node) -> Dialog {
    let handoffs = dialog::handoff_names(node).collect();
    let mut compiler = Compiler::new(src, names, handoffs);
    if let Some(instr) = opening(&compiler, node) {
        compiler.program.push(instr);
    }
    let mut out = Dialog {
        name: "".into(),
        file: src.file.to_owned(),
        at: node.at,
        about: String::new(),
        takes: BTreeMap::new(),
        returns: None,
        start_on: Vec::new(),
        slots: BTreeMap::new(),
        slot_order: Vec::new(),
        always: BTreeMap::new(),
        limits: Limits::default(),
        handoffs: BTreeMap::new(),
        program: Vec::new(),
    };
    dialog::rules(&mut compiler, node, &mut out);
    out.program = compiler.finish();
    out
}

fn opening(compiler: &Compiler<'_>, node: &Node) -> Option<Instr> {
    let src = compiler.src;
    let cure =
        "write `opening: { say: …, ask: … }`: it says that a machine answers and that the call is recorded";
    let node = src.required(node, "opening", cure)?;
    src.map(node, "the opening", &["say", "closed", "ask", "keys"])?;
    let say_node =
        src.required(node, "say", "say who answers, that it is a machine, that the call is recorded")?;
    let say = compiler.checked(say_node, NOWHERE)?;
    let text = say.all().map(|t| t.written.to_lowercase()).collect::<Vec<_>>();
    let said_in_all = |words: &[&str]| text.iter().all(|t| words.iter().any(|w| t.contains(w)));
    if !said_in_all(&MACHINE) {
        src.wrong(
            say_node.at,
            "the opening does not say that a machine answers",
            "",
            "write: soy un asistente automático",
        );
    }
    if !said_in_all(&RECORDING) {
        src.wrong(
            say_node.at,
            "the opening does not say that the call is recorded",
            "",
            "write: la llamada se graba",
        );
    }
    let ask = src.required(node, "ask", "write the first question: ¿En qué puedo ayudarle?")?;
    let ask = src.one_or_many(ask).into_iter().filter_map(|n| compiler.checked(n, NOWHERE)).collect();
    let closed = node.get("closed").and_then(|n| {
        src.map(n, "`closed`", &["hours", "say"]);
        let hours = src.required(n, "hours", "name the opening hours: `hours: oficina.horario`")?;
        let say = src.required(n, "say", "write what is said out of hours")?;
        Some((dialog::calendar(src, hours, &compiler.names.calendars)?, compiler.checked(say, NOWHERE)?))
    });
    let keys = node.get("keys").map(|n| opening_keys(compiler, n)).unwrap_or_default();
    Some(Instr {
        label: "opening".into(),
        file: src.file.to_owned(),
        line: node.at.line,
        at: node.at,
        op: Op::Opening(Box::new(OpeningStep { say, closed, ask, keys })),
        needs: Vec::new(),
        reads: [].into(),
    })
}

/// Keys that stand for intents, so that the opening can be answered without a voice.
fn opening_keys(compiler: &Compiler<'_>, node: &Node) -> BTreeMap<String, String> {
    let src = compiler.src;
    let mut out = BTreeMap::new();
    for (key, value) in src.any_map(node, "keys").unwrap_or_default() {
        let digit = key.text().unwrap_or_default();
        if digit.len() != 1 || !digit.chars().all(|c| c.is_ascii_digit() || c == '*') {
            src.wrong(key.at, "this is not a key:", digit, "write one of 0 to 9 or \"*\"");
            continue;
        }
        let intents = compiler.names.intents.keys().map(String::as_str);
        out.extend(src.known(value, "intent", intents).map(|i| (digit.to_owned(), i)));
    }
    out
}
