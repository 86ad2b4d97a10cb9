//! One dialog file: slots, limits, handoffs, `always`, and its steps.

use std::{collections::BTreeMap, sync::Arc, time::Duration};

use super::{
    names::Names,
    source::{Report, Source},
    steps::{Compiler, NOWHERE},
};
use crate::{
    calendar::Calendar,
    emergency::{Emergency, is_everyday},
    expr::Template,
    kind::BETWEEN_KEYS,
    language::{BargeIn, Keypad, Within},
    model::{Action, ConfirmRule, Dialog, HandoffRule, Limits, ListenRule, Shape, Slot},
    problem::nearest,
    value::{Kind, Value},
    yaml::{Data, Node},
};

pub(super) const DIALOG: [&str; 11] = [
    "dialog", "about", "start_on", "include", "takes", "returns", "slots", "steps", "always", "limits",
    "handoffs",
];
pub(super) const PART: [&str; 6] = ["part", "about", "slots", "always", "limits", "handoffs"];
const SLOT: [&str; 9] =
    ["type", "ask", "unclear", "invalid", "private", "confirm", "listen", "keys", "within"];
/// What stands behind every dialog: the centre, and the parts that it may include.
pub(super) type Behind<'n, 'a> = (Option<&'n Node>, &'n [(Source<'a>, Node)]);

pub(super) fn dialog<'a>(src: Source<'a>, names: &Names, node: &Node, behind: Behind<'_, 'a>) -> Dialog {
    src.map(node, "a dialog", &DIALOG);
    let (centre, parts) = behind;
    let name = node.get("dialog").and_then(|n| src.name(n, "a dialog's name")).unwrap_or_default();
    let about = node.get("about").and_then(|n| src.text(n, "about")).unwrap_or_default().to_owned();
    let start_on = node.get("start_on").map(|n| intents(src, names, n)).unwrap_or_default();
    let included = included(src, node, parts);
    let parts_handoffs = included.iter().flat_map(|(_, n)| handoff_names(n));
    let handoff_names =
        handoff_names(node).chain(parts_handoffs).chain(centre.into_iter().flat_map(handoff_names)).collect();
    let mut compiler = Compiler::new(src, names, handoff_names);
    match src.required(node, "steps", "write the steps of the dialog") {
        Some(steps) => compiler.main(steps),
        None => compiler.main(&Node { at: node.at, data: Data::List(Vec::new()) }),
    }
    let mut out = Dialog {
        name: name.into(),
        file: src.file.to_owned(),
        at: node.get("dialog").map_or(node.at, |n| n.at),
        about,
        takes: BTreeMap::new(),
        returns: None,
        start_on,
        slots: BTreeMap::new(),
        slot_order: Vec::new(),
        always: BTreeMap::new(),
        limits: Limits::default(),
        handoffs: BTreeMap::new(),
        program: Vec::new(),
    };
    out.takes = names.takes.get(&*out.name).cloned().unwrap_or_default();
    if let Some(at) = node.get("returns") {
        out.returns = src.known(at, "name to return", names.roots.keys().map(String::as_str));
    }
    add(&mut compiler, node, &mut out);
    for (part, node) in included {
        compiler.src = *part;
        add(&mut compiler, node, &mut out);
    }
    compiler.src = src;
    out.program = compiler.finish();
    out
}

/// The slots and rules of a dialog, or of a part that it includes: what is there already comes first.
fn add(compiler: &mut Compiler<'_>, node: &Node, out: &mut Dialog) {
    for (key, value) in
        node.get("slots").and_then(|n| compiler.src.any_map(n, "the slots")).unwrap_or_default()
    {
        if let Some(name) = key.text()
            && !out.slots.contains_key(name)
            && let Some(slot) = slot(compiler, name, value)
        {
            out.slot_order.push(name.to_owned());
            out.slots.insert(name.to_owned(), slot);
        }
    }
    rules(compiler, node, out);
}

/// The parts that a dialog includes, in the order written.
fn included<'n, 'a>(
    src: Source<'_>,
    node: &Node,
    parts: &'n [(Source<'a>, Node)],
) -> Vec<&'n (Source<'a>, Node)> {
    let name = |node: &Node| node.get("part").and_then(Node::text).unwrap_or_default().to_owned();
    let known: Vec<String> = parts.iter().map(|(_, n)| name(n)).filter(|n| !n.is_empty()).collect();
    let nodes = node.get("include").map(|n| src.one_or_many(n)).unwrap_or_default();
    let named = nodes.into_iter().filter_map(|n| src.known(n, "part", known.iter().map(String::as_str)));
    named.filter_map(|wanted| parts.iter().find(|(_, n)| name(n) == wanted)).collect()
}

/// A part by itself: its form. What it holds is checked in the dialogs that include it.
pub(super) fn part(src: Source<'_>, node: &Node, used: bool) {
    src.map(node, "a part", &PART);
    let cure = "begin it with `part: name`";
    if let Some(name) = src.required(node, "part", cure).and_then(|n| src.name(n, "a part"))
        && !used
    {
        src.wrong(
            node.at,
            "no dialog includes this part:",
            &name,
            "write `include: [name]`, or take it away",
        );
    }
}

/// What a dialog, a part and the centre have alike: `always`, `limits`, `handoffs`. What is there already comes
/// first; the other is not compiled, for nothing would lead to its steps.
pub(super) fn rules(compiler: &mut Compiler<'_>, node: &Node, out: &mut Dialog) {
    if let Some(node) = node.get("always") {
        always(compiler, node, &mut out.always);
    }
    if let Some(node) = node.get("limits") {
        limits(compiler, node, &mut out.limits);
    }
    if let Some(node) = node.get("handoffs") {
        handoffs(compiler, node, &mut out.handoffs);
    }
}

pub(super) fn handoff_names(node: &Node) -> impl Iterator<Item = String> {
    let pairs = match node.get("handoffs").map(|n| &n.data) {
        Some(Data::Map(pairs)) => pairs.as_slice(),
        _ => &[],
    };
    pairs.iter().filter_map(|(k, _)| k.text().map(str::to_owned))
}

fn intents(src: Source<'_>, names: &Names, node: &Node) -> Vec<String> {
    let known = names.intents.keys().map(String::as_str).collect::<Vec<_>>();
    let nodes = src.one_or_many(node);
    nodes.into_iter().filter_map(|n| src.known(n, "intent", known.iter().copied())).collect()
}

/// The kind that a slot's `type` names.
pub(super) fn kind(src: Source<'_>, node: &Node, names: &Names) -> Option<Kind> {
    let text = src.text(node, "a type")?;
    let (word, inside) = match text.split_once('(') {
        Some((word, rest)) => (word.trim(), rest.strip_suffix(')').map(str::trim)),
        None => (text.trim(), Some("")),
    };
    let arguments: Vec<&str> = inside.unwrap_or_default().split(',').map(str::trim).collect();
    let found = match (word, arguments.as_slice()) {
        ("list", [name]) if !name.is_empty() => {
            let name =
                src.known(&named(node, name), "catalogue", names.catalogues.keys().map(String::as_str))?;
            return names.catalogues.get(&name).cloned().map(Kind::List);
        }
        ("kb", [name]) if !name.is_empty() => {
            let name =
                src.known(&named(node, name), "knowledge", names.knowledge.keys().map(String::as_str))?;
            return names.knowledge.get(&name).cloned().map(Kind::Knowledge);
        }
        ("digits", [n]) => digits(n, n),
        ("digits", [min, max]) => digits(min, max),
        (word, [""]) if inside.is_some() => Kind::named(word),
        _ => None,
    };
    if found.is_none() && Kind::NAMES.contains(&word) {
        let (what, cure) = arguments_of(word, inside.map(|_| arguments.as_slice()));
        src.wrong(node.at, what, text, &cure);
    } else if found.is_none() {
        src.report(
            node.at,
            Report {
                what: "unknown type",
                found: text,
                nearest: nearest(word, Kind::NAMES),
                cure: &format!("types are {}", types()),
            },
        );
    }
    found
}

/// What is wrong with what stands behind a type's name, and its cure; none: the parenthesis is not closed.
fn arguments_of(word: &str, arguments: Option<&[&str]>) -> (&'static str, String) {
    let Some(arguments) = arguments else {
        let cure = "close it; inside { } a type with a comma stands in quotes: type: \"digits(4, 6)\"";
        return ("this parenthesis is not closed:", cure.to_owned());
    };
    let numbers: Option<Vec<u32>> = arguments.iter().map(|text| text.parse().ok()).collect();
    let pair = || "write `digits(9)` or `digits(4, 6)`".to_owned();
    match (word, numbers.as_deref()) {
        ("digits", Some([min, max])) if min > max => (
            "this range is the wrong way round:",
            format!("write `digits({max}, {min})`: the fewest digits first"),
        ),
        ("digits", Some([_] | [_, _])) => {
            ("so many digits can't be asked for:", format!("{}: from 1 to {MOST_DIGITS}", pair()))
        }
        ("digits", _) => ("this does not say how many digits:", pair()),
        ("list" | "kb", _) => {
            ("this type lacks a name in parentheses:", format!("write `{word}(name)`, the name of its file"))
        }
        (word, _) => ("this type has nothing in parentheses:", format!("write `{word}`")),
    }
}

/// The argument of a type, for messages.
fn named(node: &Node, name: &str) -> Node {
    Node { at: node.at, data: Data::Scalar { text: name.to_owned(), plain: false } }
}

/// Every type as one writes it.
fn types() -> String {
    let written = Kind::NAMES.map(|name| match name {
        "list" => "list(catalogue)",
        "kb" => "kb(knowledge)",
        "digits" => "digits(n), digits(min, max)",
        name => name,
    });
    written.join(", ")
}

/// Nobody says more in one number.
const MOST_DIGITS: u8 = 40;

fn digits(min: &str, max: &str) -> Option<Kind> {
    let (min, max): (u8, u8) = (min.parse().ok()?, max.parse().ok()?);
    (1 <= min && min <= max && max <= MOST_DIGITS).then_some(Kind::Digits { min, max })
}

fn slot(compiler: &Compiler<'_>, name: &str, node: &Node) -> Option<Slot> {
    let (src, names) = (compiler.src, compiler.names);
    src.map(node, "a slot", &SLOT)?;
    let kind = kind_quietly(src, node, names)?;
    let ask =
        src.required(node, "ask", "write how to ask for it").map(|n| src.one_or_many(n)).unwrap_or_default();
    let ask: Vec<Template> = ask.into_iter().filter_map(|n| compiler.checked(n, NOWHERE)).collect();
    let of_kind = Shape::Slot(kind.clone());
    let pair = [("first", of_kind.clone()), ("second", of_kind)];
    let confirm =
        node.get("confirm").and_then(|n| src.known(n, "confirm", ["never", "when_unsure", "always"]));
    let within = node.get("within").and_then(|n| within(src, n, (&kind, names)));
    Some(Slot {
        ask,
        unclear: node.get("unclear").and_then(|n| compiler.checked(n, &pair)),
        invalid: node.get("invalid").and_then(|n| compiler.checked(n, NOWHERE)),
        // One datum in all dialogs: private in one, private in all.
        private: node.get("private").and_then(|n| src.flag(n, "private")).unwrap_or(false)
            || names.private.iter().any(|private| private == name),
        needs: names.questions.get(name).cloned().unwrap_or_default(),
        confirm: match confirm.as_deref() {
            Some("always") => ConfirmRule::Always,
            Some("when_unsure") => ConfirmRule::WhenUnsure,
            _ => ConfirmRule::Never,
        },
        listen: node.get("listen").map(|n| listen(src, n)).unwrap_or_default(),
        keys: node.get("keys").map(|n| keys(src, n, &kind)).unwrap_or_default(),
        within,
        kind,
    })
}

/// `within: past`, or the name of opening hours.
fn within(src: Source<'_>, node: &Node, (kind, names): (&Kind, &Names)) -> Option<Within> {
    if *kind == Kind::Birth {
        src.wrong(node.at, "es.nacimiento is always in the past", "", "take `within` away");
        return None;
    }
    if !matches!(kind, Kind::Date | Kind::Time | Kind::DateTimeRange) {
        src.wrong(node.at, &format!("{} has no opening hours", kind.written()), "", "take `within` away");
    }
    let known = names.calendars.keys().map(String::as_str).chain([PAST]);
    let name = src.known(node, "calendar", known)?;
    if name != PAST {
        return names.calendars.get(&name).cloned().map(Within::Hours);
    }
    if *kind == Kind::Time {
        src.wrong(node.at, "an hour of no day is neither past nor to come", "", "take `within` away");
    }
    Some(Within::Past)
}

/// What `within` says of a day that is over.
const PAST: &str = "past";

/// The kind was read, and its problems reported, when names were gathered.
fn kind_quietly(src: Source<'_>, node: &Node, names: &Names) -> Option<Kind> {
    let silent = std::cell::RefCell::default();
    kind(Source { file: src.file, problems: &silent }, node.get("type")?, names)
}

pub(super) fn calendar(
    src: Source<'_>,
    node: &Node,
    calendars: &BTreeMap<String, Arc<Calendar>>,
) -> Option<Arc<Calendar>> {
    let name = src.known(node, "calendar", calendars.keys().map(String::as_str))?;
    calendars.get(&name).cloned()
}

pub(super) fn listen(src: Source<'_>, node: &Node) -> ListenRule {
    src.map(node, "listen", &["pause", "barge_in", "keypad"]);
    ListenRule {
        pause: node.get("pause").and_then(|n| src.duration(n, "pause")),
        barge_in: node.get("barge_in").and_then(|n| barge_in(src, n)),
        keypad: node.get("keypad").and_then(|n| keypad(src, n)),
    }
}

pub(super) fn barge_in(src: Source<'_>, node: &Node) -> Option<BargeIn> {
    Some(match src.known(node, "barge_in", ["never", "keys", "voice"])?.as_str() {
        "never" => BargeIn::Never,
        "keys" => BargeIn::Keys,
        _ => BargeIn::Voice,
    })
}

fn keypad(src: Source<'_>, node: &Node) -> Option<Keypad> {
    src.map(node, "keypad", &["digits", "end", "between"])?;
    let digits = src.required(node, "digits", "write how many keys are an answer");
    let digits = digits.and_then(|n| src.whole(n, "digits", 1..=u32::from(MOST_DIGITS)))? as u8;
    let end =
        node.get("end").and_then(|n| src.known(n, "end key", ["#", "*"])).and_then(|t| t.chars().next());
    let between = node.get("between").and_then(|n| src.duration(n, "between")).unwrap_or(BETWEEN_KEYS);
    Some(Keypad { digits, end, between })
}

fn keys(src: Source<'_>, node: &Node, kind: &Kind) -> BTreeMap<String, Value> {
    let mut out = BTreeMap::new();
    for (key, value) in src.any_map(node, "keys").unwrap_or_default() {
        let digit = key.text().unwrap_or_default();
        if digit.len() != 1 || !digit.chars().all(|c| c.is_ascii_digit() || c == '*') {
            src.wrong(key.at, "this is not a key:", digit, "write one of 0 to 9 or \"*\"");
            continue;
        }
        let found = match kind {
            Kind::List(c) => src
                .known(value, "entry of the catalogue", c.items.iter().map(|i| i.id.as_str()))
                .and_then(|id| c.item(&id).cloned())
                .map(Value::Item),
            Kind::Knowledge(k) => src
                .known(value, "entry of the knowledge", k.articles.iter().map(|a| a.id.as_str()))
                .and_then(|id| k.article(&id).cloned())
                .map(Value::Article),
            Kind::YesNo => src.flag(value, "a key's value").map(Value::YesNo),
            Kind::Number => src.number(value, "a key's value", -9e15..=9e15).map(Value::Number),
            _ => {
                let cure = "use `listen: { keypad: … }`";
                src.wrong(node.at, &format!("{} has no single keys", kind.written()), "", cure);
                return out;
            }
        };
        out.extend(found.map(|v| (digit.to_owned(), v)));
    }
    if out.len() > 4 {
        let cure = "nobody remembers more: ask by voice, or in two questions";
        src.wrong(node.at, "more than four keys in one question", "", cure);
    }
    out
}

fn always(compiler: &mut Compiler<'_>, node: &Node, out: &mut BTreeMap<String, Action>) {
    let src = compiler.src;
    let known: Vec<String> = compiler.names.intents.keys().cloned().collect();
    for (key, value) in src.any_map(node, "always").unwrap_or_default() {
        let Some(intent) = src.known(key, "intent", known.iter().map(String::as_str)) else { continue };
        if out.contains_key(&intent) {
            continue;
        }
        let action = if let Some(what) = value.get("repeat") {
            src.map(value, "`repeat`", &["repeat"]);
            src.known(what, "thing to repeat", ["last"]);
            Action::Repeat
        } else if let Some(how) = value.get("speak") {
            src.map(value, "`speak`", &["speak"]);
            let how = src.known(how, "way to speak", ["slower", "normal", "faster"]);
            Action::Speak(match how.as_deref() {
                Some("slower") => 0.8,
                Some("faster") => 1.25,
                _ => 1.0,
            })
        } else if let Some(to) = value.get("go") {
            src.map(value, "`go`", &["go"]);
            src.known(to, "way to go", ["back"]);
            Action::Back
        } else {
            if let Some(then) = value.get("then").filter(|_| value.get("run").is_some()) {
                src.known(then, "way to go on", ["return"]);
            }
            let extra: &[&str] = if value.get("run").is_some() { &["then"] } else { &[] };
            Action::Block(compiler.block(value, extra))
        };
        out.insert(intent, action);
    }
}

fn limits(compiler: &mut Compiler<'_>, node: &Node, out: &mut Limits) {
    let src = compiler.src;
    src.map(node, "limits", &["no_input", "no_match", "upset", "emergency"]);
    let mut then = |node: &Node| {
        let block = src.required(node, "then", "write what to do: `then: { handoff: …, reason: … }`")?;
        Some(compiler.block(block, &[]))
    };
    let tries = |node: &Node| node.get("tries").map_or(Some(3), |n| src.whole(n, "tries", 1..=10));
    if let Some(node) = node.get("no_input").filter(|_| out.no_input.is_none()) {
        src.map(node, "no_input", &["after", "tries", "then"]);
        let after = node.get("after").map_or(Some(NO_INPUT), |n| src.duration(n, "after"));
        if let (Some(after), Some(tries), Some(addr)) = (after, tries(node), then(node)) {
            out.no_input = Some((after, tries, addr));
        }
    }
    if let Some(node) = node.get("no_match").filter(|_| out.no_match.is_none()) {
        src.map(node, "no_match", &["tries", "then"]);
        if let (Some(tries), Some(addr)) = (tries(node), then(node)) {
            out.no_match = Some((tries, addr));
        }
    }
    if let Some(node) = node.get("upset").filter(|_| out.upset.is_none()) {
        src.map(node, "upset", &["level", "then"]);
        let level = src.required(node, "level", "write a level from 0.1 to 1");
        let level = level.and_then(|n| src.number(n, "level", UPSET_LEAST..=1.0));
        if let (Some(level), Some(addr)) = (level, then(node)) {
            out.upset = Some((level as f32, addr));
        }
    }
    if let Some(node) = node.get("emergency").filter(|_| out.emergency.is_none()) {
        src.map(node, "emergency", &["words", "ask", "then"]);
        let list = node.get("words").map(|n| src.list(n, "the words").unwrap_or_default());
        let words = list.iter().flat_map(|all| all.iter());
        let texts: Vec<(&Node, &str)> =
            words.filter_map(|n| Some((n, src.text(n, "a word of danger")?))).collect();
        for (at, text) in texts.iter().filter(|(_, text)| is_everyday(text)) {
            let cure = "write what is said in danger only, as `hay chispas`, or take it away";
            src.mended(at.at, "everybody says this, in danger or not:", text, cure);
        }
        let telling = texts.iter().filter(|(_, text)| !is_everyday(text));
        let words: Vec<String> = telling.map(|(_, text)| (*text).to_owned()).collect();
        if list.is_some_and(<[Node]>::is_empty) {
            let cure = "write some ([chispas]), or take `words` away: danger is understood without them";
            src.wrong(node.at, "no words stand in", "words", cure);
        }
        let addr = then(node);
        let ask = node.get("ask").and_then(|n| compiler.checked(n, NOWHERE));
        if let Some(then) = addr {
            out.emergency = Some(Emergency { words, ask, then });
        }
    }
}

/// From 0 on, everybody would be upset.
const UPSET_LEAST: f64 = 0.1;

/// Silence that is no answer, where nothing says otherwise.
pub(crate) const NO_INPUT: Duration = Duration::from_secs(6);

/// A number that calls can be passed to.
fn number(src: Source<'_>, node: &Node) -> Option<String> {
    let text = src.text(node, "a number")?;
    let digits = text.strip_prefix('+').unwrap_or(text);
    let good = (3..=15).contains(&digits.len()) && digits.chars().all(|c| c.is_ascii_digit());
    if !good {
        src.wrong(
            node.at,
            "this is not a telephone number:",
            text,
            "write its digits: \"112\", \"+34910000000\"",
        );
    }
    good.then(|| text.to_owned())
}

/// What an agent may get besides slots.
const CARRIED: [&str; 4] = ["reason", "summary", "transcript", "audio_offset"];

fn handoffs(compiler: &mut Compiler<'_>, node: &Node, out: &mut BTreeMap<String, HandoffRule>) {
    let (src, names) = (compiler.src, compiler.names);
    for (key, value) in src.any_map(node, "the handoffs").unwrap_or_default() {
        let Some(name) = src.name(key, "a handoff").filter(|name| !out.contains_key(name)) else { continue };
        let keys = ["queue", "number", "carry", "whisper", "assist", "closed", "no_answer"];
        if src.map(value, "a handoff", &keys).is_none() {
            continue;
        }
        let number = value.get("number").and_then(|n| number(src, n));
        let queue = match value.get("number") {
            Some(_) => {
                for key in ["queue", "closed"] {
                    if let Some(at) = value.get(key) {
                        src.wrong(at.at, "a handoff to a number has no", key, "take it away");
                    }
                }
                Some(String::new())
            }
            None => {
                let cure = "name a queue of centro.yaml: a handoff goes to people";
                let queue = src.required(value, "queue", cure);
                queue.and_then(|n| src.known(n, "queue", names.queues.iter().map(String::as_str)))
            }
        };
        let roots: Vec<&str> = names.roots.keys().map(String::as_str).chain(CARRIED).collect();
        let carry = value.get("carry").and_then(|n| src.list(n, "carry")).unwrap_or_default();
        let carry =
            carry.iter().filter_map(|n| src.known(n, "thing to carry", roots.iter().copied())).collect();
        let reason = [("reason", Shape::Text)];
        let whisper = value.get("whisper").and_then(|n| compiler.checked(n, &reason));
        for source in value.get("assist").and_then(|n| src.list(n, "assist")).unwrap_or_default() {
            let knowledge = source.text().is_some_and(|t| t.starts_with("kb."));
            if !knowledge {
                src.known(source, "source of suggestions", names.services.keys().map(String::as_str));
            }
        }
        let cure = "write what to do then: `{ run: pedir_devolucion_de_llamada }`";
        let closed = match value.get("number") {
            Some(_) => None,
            None => src.required(value, "closed", cure).map(|n| compiler.block(n, &[])),
        };
        let no_answer = src.required(value, "no_answer", cure).and_then(|n| {
            let after = src.required(n, "after", "write how long to wait: `after: 120s`");
            let after = after.and_then(|a| src.duration(a, "after"))?;
            Some((after, compiler.block(n, &["after"])))
        });
        if let Some(queue) = queue {
            out.insert(name, HandoffRule { queue, number, carry, whisper, closed, no_answer });
        }
    }
}
