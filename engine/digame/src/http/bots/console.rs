//! The test console: a contact by text with a bot as it is being written, or with one of its versions.
//! Services answer as the designer says, or for real.
use super::{Body, Caller, Problem, Unsaved, aside, history, overlay};
use crate::commands;
use crate::http::App;
use crate::lists;
use crate::services::{self, Services};
use axum::Json;
use axum::extract::{Extension, Path, State};
use axum::http::StatusCode;
use chrono::NaiveDateTime;
use dialogs::testing::{Feigned, Mock};
use dialogs::{
    Bot, CallError, Case, Filter, Heard, Input, Interpreter, Language, Output, ServiceCall, Start, What,
};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use std::collections::{BTreeMap, HashMap};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

/// Contacts that are kept at once; one more puts out the one that was used longest ago.
const MOST: usize = 40;
/// How long a contact is kept that nobody uses.
const IDLE: Duration = Duration::from_secs(30 * 60);
/// Longest text of a turn, in characters.
const LONGEST: usize = 2_000;

type Shared = Arc<tokio::sync::Mutex<Console>>;

/// The contacts by text that are live.
#[derive(Clone, Default)]
pub struct Consoles(Arc<Mutex<HashMap<String, Kept>>>);

struct Kept {
    owner: String,
    used: Instant,
    console: Shared,
}

impl Consoles {
    fn keep(&self, id: String, owner: String, console: Shared) {
        let mut all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        all.retain(|_, kept| kept.used.elapsed() < IDLE);
        if all.len() >= MOST
            && let Some(oldest) = all.iter().min_by_key(|(_, kept)| kept.used).map(|(id, _)| id.clone())
        {
            all.remove(&oldest);
        }
        all.insert(id, Kept { owner, used: Instant::now(), console });
    }

    fn find(&self, id: &str, owner: &str) -> Result<Shared, Problem> {
        let mut all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let kept = all.get_mut(id).filter(|kept| kept.owner == owner && kept.used.elapsed() < IDLE);
        let kept = kept.ok_or_else(|| Problem::not_found("this contact is over; start another"))?;
        kept.used = Instant::now();
        Ok(kept.console.clone())
    }

    fn remove(&self, id: &str, owner: &str) {
        let mut all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if all.get(id).is_some_and(|kept| kept.owner == owner) {
            all.remove(id);
        }
    }
}

/// One contact.
struct Console {
    id: String,
    version: String,
    interpreter: Interpreter,
    language: Arc<dyn Language>,
    zone: chrono_tz::Tz,
    /// The clock, if it stands still between turns.
    frozen: Option<NaiveDateTime>,
    /// After so much silence the bot goes on.
    no_input: Duration,
    services: Services,
    cases: u32,
    ended: bool,
}

/// How a contact begins.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Order {
    /// Changes that are not saved; not with `version`.
    #[serde(default)]
    files: Unsaved,
    /// The beginning of a version's hash; none: what is saved.
    version: Option<String>,
    /// The office's local time; none: the clock.
    now: Option<String>,
    /// What services answer, by `service.operation`.
    #[serde(default)]
    services: BTreeMap<String, Value>,
    /// Services are called for real.
    #[serde(default)]
    real: bool,
    #[serde(default = "anyone")]
    from: String,
}

fn anyone() -> String {
    "600000000".into()
}

/// What the citizen does.
#[derive(Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Turn {
    /// Says words.
    Say(String),
    /// Presses keys.
    Keys(String),
    /// Says nothing for as long as the bot waits.
    Silence(bool),
    /// Hangs up.
    HangUp(bool),
}

/// What came of a turn.
#[derive(Debug, Serialize)]
pub struct Answer {
    console: String,
    version: String,
    outputs: Vec<Shown>,
    slots: Vec<Slot>,
    asks: Option<String>,
    ended: bool,
    /// After so many milliseconds of silence the bot goes on.
    no_input_ms: u128,
    /// Milliseconds of understanding and deciding, services left out.
    ms: f64,
}

/// A slot, masked if it is private.
#[derive(Debug, Serialize)]
struct Slot {
    name: String,
    value: String,
    private: bool,
}

/// One thing that the bot did.
#[derive(Debug, Serialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
enum Shown {
    Said {
        text: String,
    },
    Service {
        service: String,
        arguments: BTreeMap<String, String>,
        answer: Value,
        error: Option<String>,
        ms: f64,
    },
    Note {
        text: String,
    },
    Sms {
        to: String,
        text: String,
    },
    Handoff {
        queue: String,
        reason: String,
    },
    End {
        outcome: String,
    },
}

pub async fn start(
    State(app): State<App>,
    Path(bot): Path<String>,
    Extension(caller): Extension<Caller>,
    Body(order): Body<Order>,
) -> Result<Json<Answer>, Problem> {
    let design = app.design.clone();
    let mut console = aside(move || {
        let saved = history::material(&design, &bot, order.version.as_deref())?;
        let material = if order.version.is_none() { overlay(saved, order.files.clone())? } else { saved };
        let feigned = if order.real { BTreeMap::new() } else { read_mocks(&order.services)? };
        let ready = design.trials.ready(&material, &lists::feigned(&material.texts, &feigned))?;
        Console::new(&ready, material.hash(), order, feigned)
    })
    .await?;
    let answer = console.feed(Input::Started).await;
    app.design.consoles.keep(
        console.id.clone(),
        caller.signature(),
        Arc::new(tokio::sync::Mutex::new(console)),
    );
    Ok(Json(answer))
}

pub async fn turn(
    State(app): State<App>,
    Path(id): Path<String>,
    Extension(caller): Extension<Caller>,
    Body(turn): Body<Turn>,
) -> Result<Json<Answer>, Problem> {
    let console = app.design.consoles.find(&id, &caller.signature())?;
    let mut console = console.try_lock().map_err(|_| Problem::too_many("the turn before is not done yet"))?;
    if console.ended {
        return Err(Problem::unprocessable("this contact has ended; start another"));
    }
    let input = match turn {
        Turn::Say(text) if text.chars().count() > LONGEST => {
            return Err(Problem::bad_request(format!("say has at most {LONGEST} characters")));
        }
        Turn::Say(text) => Input::Heard(Heard::text(text.trim())),
        Turn::Keys(keys)
            if keys.is_empty() || keys.len() > 64 || !keys.chars().all(|c| "0123456789*#".contains(c)) =>
        {
            return Err(Problem::bad_request("keys are 1 to 64 of 0 to 9, * and #"));
        }
        Turn::Keys(keys) => Input::Keys(keys),
        Turn::Silence(false) | Turn::HangUp(false) => {
            return Err(Problem::bad_request("silence and hang_up are true, or left out"));
        }
        Turn::Silence(true) => {
            let silence = console.no_input;
            console.pass(silence);
            Input::NoInput
        }
        Turn::HangUp(true) => Input::HungUp,
    };
    Ok(Json(console.feed(input).await))
}

pub async fn close(
    State(app): State<App>,
    Path(id): Path<String>,
    Extension(caller): Extension<Caller>,
) -> StatusCode {
    app.design.consoles.remove(&id, &caller.signature());
    StatusCode::NO_CONTENT
}

/// What the bot's test files let services answer, to begin with.
pub async fn mocks(State(app): State<App>, Path(bot): Path<String>) -> Result<Json<Value>, Problem> {
    aside(move || {
        let (services, now) = services::of_tests(&bot, &app.design.material(&bot)?);
        let answers = |(service, mocks): (String, Vec<Mock>)| {
            let mut all: Vec<Value> = mocks.iter().map(written).collect();
            let one = if all.len() == 1 { all.pop() } else { None };
            (service, one.unwrap_or(Value::Array(all)))
        };
        let services: serde_json::Map<_, _> = services.into_iter().map(answers).collect();
        let now = now.map(|now| now.format("%Y-%m-%dT%H:%M").to_string());
        Ok(Json(json!({ "services": services, "now": now })))
    })
    .await
}

/// A feigned answer as `.test.yaml` writes it.
fn written(mock: &Mock) -> Value {
    match mock {
        Mock::Returns(value) => json!({ "returns": value }),
        Mock::Fails(CallError::Status(status)) => json!({ "fails": status }),
        Mock::Fails(_) => json!({ "fails": "timeout" }),
    }
}

fn read_mock(service: &str, value: &Value) -> Result<Mock, Problem> {
    let fails = value.get("fails");
    match (value.get("returns"), fails.and_then(Value::as_u64), fails.and_then(Value::as_str)) {
        (Some(answer), ..) => Ok(Mock::Returns(answer.clone())),
        (_, Some(status), _) => Ok(Mock::Fails(CallError::Status(u16::try_from(status).unwrap_or(u16::MAX)))),
        (_, _, Some("timeout")) => Ok(Mock::Fails(CallError::Timeout)),
        _ => Err(Problem::bad_request(format!(
            "services: {service}: write {{\"returns\": …}}, {{\"fails\": \"timeout\"}}, {{\"fails\": 503}}, or a list of these"
        ))),
    }
}

fn read_mocks(given: &BTreeMap<String, Value>) -> Result<BTreeMap<String, Vec<Mock>>, Problem> {
    let mut all = BTreeMap::new();
    for (service, value) in given {
        let mocks = match value {
            Value::Array(list) => {
                list.iter().map(|v| read_mock(service, v)).collect::<Result<Vec<_>, _>>()?
            }
            one => vec![read_mock(service, one)?],
        };
        all.insert(service.clone(), mocks);
    }
    Ok(all)
}

impl Console {
    fn new(
        (bot, language): &(Arc<Bot>, Arc<dyn Language>),
        version: String,
        order: Order,
        feigned: BTreeMap<String, Vec<Mock>>,
    ) -> Result<Self, Problem> {
        let zone = bot.time_zone().parse().unwrap_or(chrono_tz::Europe::Madrid);
        let frozen = order.now.as_deref().filter(|now| !now.is_empty()).map(moment).transpose()?;
        let id = uuid::Uuid::now_v7().to_string();
        let start = Start {
            now: frozen.unwrap_or_else(|| local(zone)),
            from: order.from,
            to: "010".into(),
            contact: id.clone(),
            consent: BTreeMap::new(),
        };
        let services = match order.real {
            true => Services::Real(reqwest::Client::new()),
            false => Services::Feigned(Feigned::new(feigned)),
        };
        Ok(Self {
            id,
            version,
            interpreter: Interpreter::new(bot.clone(), language.clone(), start),
            language: language.clone(),
            zone,
            frozen,
            no_input: Duration::ZERO,
            services,
            cases: 0,
            ended: false,
        })
    }

    fn now(&self) -> NaiveDateTime {
        self.frozen.unwrap_or_else(|| local(self.zone))
    }

    fn pass(&mut self, time: Duration) {
        if let (Some(now), Ok(time)) = (self.frozen, chrono::TimeDelta::from_std(time)) {
            self.frozen = now.checked_add_signed(time);
        }
    }

    /// One input, and the answers of services until the bot waits for the citizen.
    async fn feed(&mut self, input: Input) -> Answer {
        let (mut shown, mut took) = (Vec::new(), Duration::ZERO);
        let mut open = vec![input];
        while let Some(input) = open.pop() {
            let began = Instant::now();
            let outputs = self.interpreter.handle(input, self.now());
            took += began.elapsed();
            for output in outputs {
                open.extend(self.output(output, &mut shown).await);
            }
        }
        Answer {
            console: self.id.clone(),
            version: self.version.clone(),
            outputs: shown,
            slots: self.slots(),
            asks: self.interpreter.asks().map(str::to_owned),
            ended: self.ended,
            no_input_ms: self.no_input.as_millis(),
            ms: took.as_secs_f64() * 1e3,
        }
    }

    /// Does one output; what answers it, if anything does.
    async fn output(&mut self, output: Output, shown: &mut Vec<Shown>) -> Option<Input> {
        match output {
            Output::Say(prompt) => shown.push(Shown::Said { text: prompt.text.clone() }),
            Output::Listen(listen) => self.no_input = listen.no_input,
            Output::Call(call) => return Some(self.call(call, shown).await),
            Output::Sms(sms) => shown.push(Shown::Sms { to: sms.to, text: sms.text }),
            Output::Email(mail) => {
                shown.push(Shown::Sms { to: mail.to, text: format!("{}: {}", mail.subject, mail.text) });
            }
            Output::Record(recording) => shown.push(note(format!("record: {}", word(&recording)))),
            Output::Callback(callback) => {
                shown.push(note(format!("callback: {} {} {}", callback.queue, callback.to, callback.reason)));
            }
            Output::Language(language) => shown.push(note(format!("language: {language}"))),
            Output::Case(case) => return self.case(case, shown),
            Output::Handoff(handoff) => {
                let queue = handoff.number.unwrap_or(handoff.queue);
                shown.push(Shown::Handoff { queue, reason: handoff.reason });
            }
            Output::End(end) => {
                self.ended = true;
                shown.push(Shown::End { outcome: end.outcome });
            }
            Output::Note(entry) => shown.extend(told(&entry.what)),
        }
        None
    }

    async fn call(&mut self, call: ServiceCall, shown: &mut Vec<Shown>) -> Input {
        let began = Instant::now();
        let (id, service) = (call.id, call.service.clone());
        let masked = |name: &String| self.interpreter.is_private(name);
        let arguments = call.arguments.iter().map(|(name, value)| {
            let shown = if masked(name) {
                self.language.read_aloud(value, Filter::Masked, self.now())
            } else {
                value.to_string()
            };
            (name.clone(), shown)
        });
        let arguments = arguments.collect();
        let result = self.services.answer(call).await;
        shown.push(Shown::Service {
            service,
            arguments,
            answer: result.clone().unwrap_or_default().into(),
            error: result.as_ref().err().map(ToString::to_string),
            ms: began.elapsed().as_secs_f64() * 1e3,
        });
        Input::Reply { call: id, result }
    }

    fn case(&mut self, case: Case, shown: &mut Vec<Shown>) -> Option<Input> {
        match case {
            Case::Open { id, kind, .. } => {
                self.cases += 1;
                let code = format!("C-{}", self.cases);
                let result = self.services.open_case(&code);
                let opened = result.as_ref().map_or_else(ToString::to_string, |_| code);
                shown.push(note(format!("case: open {kind} → {opened}")));
                Some(Input::Reply { call: id, result })
            }
            Case::Note { case, text } => {
                shown.push(note(format!("case {case}: {text}")));
                None
            }
            Case::State { case, state } => {
                shown.push(note(format!("case {case}: {}", state.name())));
                None
            }
        }
    }

    fn slots(&self) -> Vec<Slot> {
        let slots = self.interpreter.slots().into_iter();
        let slots = slots.map(|(name, value)| {
            let private = self.interpreter.is_private(&name);
            let value = if private {
                self.language.read_aloud(&value, Filter::Masked, self.now())
            } else {
                value.to_string()
            };
            Slot { name, value, private }
        });
        slots.collect()
    }
}

fn note(text: String) -> Shown {
    Shown::Note { text }
}

/// A value's name in JSON.
fn word(value: &impl Serialize) -> String {
    serde_json::to_value(value).ok().and_then(|v| v.as_str().map(str::to_owned)).unwrap_or_default()
}

/// What of the timeline helps a designer.
fn told(what: &What) -> Option<Shown> {
    let text = match what {
        What::Intent { intent, confidence } => format!("→ {intent} ({confidence:.2})"),
        What::Filled { slot, value, confidence, .. } => format!("{slot} = {value} ({confidence:.2})"),
        What::Refused { slot, why } => format!("{slot} ✗ {why}"),
        What::NotUnderstood { count } => format!("✗ ({count})"),
        What::Forgot { slots } => format!("∅ {}", slots.join(", ")),
        What::Split { name, way } => format!("{name}: {way}"),
        What::NotSent { needs } => format!("✗ {needs}"),
        _ => return None,
    };
    Some(note(text))
}

fn local(zone: chrono_tz::Tz) -> NaiveDateTime {
    chrono::Utc::now().with_timezone(&zone).naive_local()
}

fn moment(text: &str) -> Result<NaiveDateTime, Problem> {
    commands::moment(text).map_err(|why| Problem::bad_request(format!("now is {why}")))
}
