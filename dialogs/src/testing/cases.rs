//! Test files: `<dialog>.test.yaml`.

use std::{cell::RefCell, collections::BTreeMap, time::Duration};

use chrono::NaiveDateTime;

use crate::{
    exchange::CallError,
    json::Json,
    load::{source::Source, utf8},
    moment,
    problem::{Problem, Severity},
    yaml::{self, Data, Node},
};

/// A test file.
#[derive(Debug, Clone)]
pub struct Suite {
    /// Its path, for messages.
    pub file: String,
    /// The dialog it tests.
    pub dialog: String,
    /// When the cases take place, in the office's local time.
    pub now: NaiveDateTime,
    /// What services answer, call by call; the last answer stays.
    pub services: BTreeMap<String, Vec<Mock>>,
    /// The cases.
    pub cases: Vec<Case>,
}

/// What a mocked service answers.
#[derive(Debug, Clone)]
pub enum Mock {
    /// `returns: …`
    Returns(serde_json::Value),
    /// `fails: timeout`, `fails: 503`
    Fails(CallError),
}

/// What services are feigned to answer in a contact.
#[derive(Debug, Clone, Default)]
pub struct Feigned {
    answers: BTreeMap<String, Vec<Mock>>,
    /// How often each was asked.
    asked: BTreeMap<String, usize>,
}

impl Feigned {
    /// By service, call by call; the last answer stays.
    pub fn new(answers: BTreeMap<String, Vec<Mock>>) -> Self {
        Self { answers, asked: BTreeMap::new() }
    }

    /// What `service.operation` answers now; none where nothing is feigned for it.
    pub fn answer(&mut self, service: &str) -> Option<Result<Json, CallError>> {
        let answers = self.answers.get(service)?;
        let asked = self.asked.entry(service.to_owned()).or_default();
        let answer = answers.get(*asked).or(answers.last())?;
        *asked += 1;
        Some(match answer {
            Mock::Returns(json) => Ok(json.clone().into()),
            Mock::Fails(error) => Err(error.clone()),
        })
    }
}

/// One contact.
#[derive(Debug, Clone)]
pub struct Case {
    /// What it shows.
    pub name: String,
    /// What happens.
    pub turns: Vec<Turn>,
    /// What must hold at its end.
    pub(crate) expect: Option<Expected>,
}

/// One turn of a case.
#[derive(Debug, Clone)]
pub enum Turn {
    /// `user: …`
    User {
        /// The words.
        say: String,
        /// While the bot speaks.
        over: bool,
    },
    /// `keys: …`
    Keys(String),
    /// `silence: 7s`
    Silence(Duration),
    /// `hang_up: true`
    HangUp,
    /// `expect: …`
    Expect(Box<Expected>),
}

/// What must hold.
#[derive(Debug, Clone, Default)]
pub struct Expected {
    pub(crate) line: usize,
    pub(crate) slots: BTreeMap<String, String>,
    pub(crate) asks: Option<String>,
    pub(crate) said: Vec<String>,
    pub(crate) not_said: Vec<String>,
    pub(crate) called: Vec<(String, BTreeMap<String, String>)>,
    pub(crate) end: Option<String>,
    pub(crate) interrupted: Option<bool>,
    pub(crate) sms: Vec<String>,
    pub(crate) email: Vec<String>,
    pub(crate) case: Option<ExpectedCase>,
    pub(crate) callback: Option<String>,
    /// `on`, `off` or `paused`
    pub(crate) recording: Option<String>,
    pub(crate) language: Option<String>,
    pub(crate) handoff: Option<ExpectedHandoff>,
}

#[derive(Debug, Clone, Default)]
pub(crate) struct ExpectedHandoff {
    pub queue: Option<String>,
    pub number: Option<String>,
    pub reason: Option<String>,
    pub carries: Vec<String>,
}

#[derive(Debug, Clone, Default)]
pub(crate) struct ExpectedCase {
    pub kind: Option<String>,
    pub state: Option<String>,
    pub with: BTreeMap<String, String>,
}

const EXPECT: [&str; 14] = [
    "slots",
    "asks",
    "said",
    "not_said",
    "called",
    "end",
    "interrupted",
    "sms",
    "email",
    "case",
    "callback",
    "recording",
    "language",
    "handoff",
];

impl Suite {
    /// Reads a test file from disk.
    ///
    /// # Errors
    /// Every problem in it.
    pub fn load(path: impl AsRef<std::path::Path>) -> Result<Self, Vec<Problem>> {
        let path = path.as_ref();
        let file = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
        match std::fs::read(path) {
            Ok(bytes) => Self::parse(&file, &utf8(&file, bytes)?),
            Err(error) => Err(vec![Problem {
                file: path.display().to_string(),
                line: 0,
                column: 0,
                what: format!("can't be read: {error}"),
                found: String::new(),
                nearest: None,
                cure: "give a .test.yaml file".into(),
                severity: Severity::Error,
            }]),
        }
    }

    /// Reads a test file's text.
    ///
    /// # Errors
    /// Every problem in it.
    pub fn parse(file: &str, text: &str) -> Result<Self, Vec<Problem>> {
        let mut found = Vec::new();
        let node = yaml::parse(file, text, &mut found);
        let problems = RefCell::new(found);
        let src = Source { file, problems: &problems };
        if node.is_none() && problems.borrow().is_empty() {
            src.wrong(yaml::Pos { line: 1, column: 1 }, "this file is empty", "", "write its cases");
        }
        let suite = node.as_ref().map(|n| suite(src, n));
        let mut problems = problems.into_inner();
        problems.sort();
        match suite {
            Some(suite) if problems.is_empty() => Ok(suite),
            _ => Err(problems),
        }
    }
}

fn suite(src: Source<'_>, node: &Node) -> Suite {
    src.map(node, "a test file", &["dialog", "now", "services", "cases"]);
    let dialog =
        src.required(node, "dialog", "name the dialog to test").and_then(|n| src.name(n, "a dialog"));
    let now = src.required(node, "now", "write when: `now: 2026-05-11T10:00`").and_then(|n| {
        let at = n.text().and_then(moment::local);
        if at.is_none() {
            src.wrong(n.at, "this is not a moment:", &n.excerpt(), "write it as 2026-05-11T10:00");
        }
        at
    });
    let mut services = BTreeMap::new();
    for (key, value) in node.get("services").and_then(|n| src.any_map(n, "the services")).unwrap_or_default()
    {
        let name = key.text().unwrap_or_default().to_owned();
        let mocks = src.one_or_many(value).into_iter().filter_map(|n| mock(src, n)).collect();
        services.insert(name, mocks);
    }
    let cases = src.required(node, "cases", "write the cases").and_then(|n| src.list(n, "the cases"));
    Suite {
        file: src.file.to_owned(),
        dialog: dialog.unwrap_or_default(),
        now: now.unwrap_or_default(),
        services,
        cases: cases.unwrap_or_default().iter().map(|n| case(src, n)).collect(),
    }
}

fn mock(src: Source<'_>, node: &Node) -> Option<Mock> {
    src.map(node, "a mocked service", &["returns", "fails"])?;
    if let Some(fails) = node.get("fails") {
        let text = src.text(fails, "a failure")?;
        return Some(Mock::Fails(match (text, text.parse::<u16>()) {
            ("timeout", _) => CallError::Timeout,
            (_, Ok(status)) => CallError::Status(status),
            (text, _) => CallError::Failed(text.to_owned()),
        }));
    }
    let returns = src.required(node, "returns", "write what it returns, or `fails: timeout`")?;
    Some(Mock::Returns(json(returns)))
}

/// Plain digits into JSON's numbers, `true` and `false` into its flags; what else is written stays a text, `012` and
/// `1e3` too.
fn json(node: &Node) -> serde_json::Value {
    use serde_json::Value as J;
    match &node.data {
        Data::List(items) => J::Array(items.iter().map(json).collect()),
        Data::Map(pairs) => {
            pairs.iter().map(|(k, v)| (k.text().unwrap_or_default().to_owned(), json(v))).collect()
        }
        Data::Scalar { .. } if node.is_null() => J::Null,
        Data::Scalar { text, plain: true } => match text.as_str() {
            "true" => J::Bool(true),
            "false" => J::Bool(false),
            text => match serde_json::from_str::<serde_json::Number>(text) {
                Ok(number) if !text.contains(['e', 'E']) => J::Number(number),
                _ => J::from(text),
            },
        },
        Data::Scalar { text, .. } => J::from(text.as_str()),
    }
}

fn case(src: Source<'_>, node: &Node) -> Case {
    src.map(node, "a case", &["name", "turns", "expect"]);
    let name = src.required(node, "name", "say what the case shows").and_then(|n| src.text(n, "a name"));
    let turns = src.required(node, "turns", "write what happens").and_then(|n| src.list(n, "the turns"));
    Case {
        name: name.unwrap_or_default().to_owned(),
        turns: turns.unwrap_or_default().iter().filter_map(|n| turn(src, n)).collect(),
        expect: node.get("expect").map(|n| expected(src, n)),
    }
}

fn turn(src: Source<'_>, node: &Node) -> Option<Turn> {
    let pairs = src.map(node, "a turn", &["user", "keys", "silence", "hang_up", "expect"])?;
    let [(key, value)] = pairs else {
        src.wrong(
            node.at,
            "a turn is one thing",
            "",
            "write `- user: …`, `- keys: …`, `- silence: …`, `- expect: …`",
        );
        return None;
    };
    match key.text()? {
        "user" if matches!(value.data, Data::Map(_)) => {
            src.map(value, "what the user says", &["say", "while"]);
            let say = src.required(value, "say", "write the words").and_then(|n| src.text(n, "words"))?;
            let over = value.get("while").map(|n| src.known(n, "moment", ["bot_speaking"])).is_some();
            Some(Turn::User { say: say.to_owned(), over })
        }
        "user" => Some(Turn::User { say: src.text(value, "words")?.to_owned(), over: false }),
        "keys" => Some(Turn::Keys(src.text(value, "keys")?.to_owned())),
        "silence" => Some(Turn::Silence(src.duration(value, "silence")?)),
        "hang_up" => Some(Turn::HangUp),
        "expect" => Some(Turn::Expect(Box::new(expected(src, value)))),
        _ => None,
    }
}

fn expected(src: Source<'_>, node: &Node) -> Expected {
    src.map(node, "an expectation", &EXPECT);
    let texts = |key: &str| -> Vec<String> {
        let nodes = node.get(key).map(|n| src.one_or_many(n)).unwrap_or_default();
        nodes.into_iter().filter_map(|n| src.text(n, key)).map(str::to_owned).collect()
    };
    let text = |key: &str| node.get(key).and_then(|n| src.text(n, key)).map(str::to_owned);
    let pairs = |node: &Node| -> BTreeMap<String, String> {
        let pairs = src.any_map(node, "the values").unwrap_or_default();
        pairs
            .iter()
            .filter_map(|(k, v)| Some((k.text()?.to_owned(), src.text(v, "a value")?.to_owned())))
            .collect()
    };
    let called = node.get("called").and_then(|n| src.any_map(n, "called")).unwrap_or_default();
    Expected {
        line: node.at.line,
        slots: node.get("slots").map(pairs).unwrap_or_default(),
        asks: text("asks"),
        said: texts("said"),
        not_said: texts("not_said"),
        called: called.iter().map(|(k, v)| (k.text().unwrap_or_default().to_owned(), pairs(v))).collect(),
        end: text("end"),
        interrupted: node.get("interrupted").and_then(|n| src.flag(n, "interrupted")),
        sms: texts("sms"),
        email: texts("email"),
        case: node.get("case").map(|n| {
            src.map(n, "an expected case", &["kind", "state", "with"]);
            let text = |key: &str| n.get(key).and_then(|n| src.text(n, key)).map(str::to_owned);
            let with = n.get("with").map(pairs).unwrap_or_default();
            ExpectedCase { kind: text("kind"), state: text("state"), with }
        }),
        callback: text("callback"),
        recording: node
            .get("recording")
            .and_then(|n| src.known(n, "state of the recording", ["on", "off", "paused"])),
        language: text("language"),
        handoff: node.get("handoff").map(|n| {
            src.map(n, "an expected handoff", &["queue", "number", "reason", "carries"]);
            let text = |key: &str| n.get(key).and_then(|n| src.text(n, key)).map(str::to_owned);
            let carries = n.get("carries").map(|n| src.one_or_many(n)).unwrap_or_default();
            ExpectedHandoff {
                queue: text("queue"),
                number: text("number"),
                reason: text("reason"),
                carries: carries
                    .into_iter()
                    .filter_map(|n| src.text(n, "carries"))
                    .map(str::to_owned)
                    .collect(),
            }
        }),
    }
}
