//! What takes longer than a keystroke: test cases, and the trial of the intents. One at a time, and bounded.
use super::{Body, Material, Problem, Unsaved, aside, check, overlay};
use crate::http::App;
use crate::{bots, intents, lists};
use axum::Json;
use axum::extract::{Path, State};
use dialogs::testing::{self, CaseReport, Suite};
use dialogs::{Bot, Language};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};
use std::collections::VecDeque;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

/// Cases that have not begun by then are not run.
const LONGEST: Duration = Duration::from_secs(30);
/// More examples than these are not tried: it would take too long to wait for.
const MOST: usize = 3_000;
/// Results that are kept.
const KEPT: usize = 16;
/// Bots whose language has been learnt, kept for the next contact or test.
const LEARNT: usize = 4;

type Ready = (Arc<Bot>, Arc<dyn Language>);
/// Values by a hash, the one used last at the end.
type Remembered<T> = Arc<Mutex<VecDeque<(String, T)>>>;

/// What need not be done twice.
#[derive(Clone, Default)]
pub struct Trials {
    learnt: Remembered<Ready>,
    tried: Remembered<Vec<dialogs::Problem>>,
    /// One trial at a time: each takes a whole core.
    turn: Arc<tokio::sync::Mutex<()>>,
}

impl Trials {
    /// A bot and its language, learnt or remembered. A bot with lists of services is never remembered: they
    /// may change.
    pub fn ready(&self, material: &Material, feigned: &lists::Feigned) -> Result<Ready, Problem> {
        let fixed = dialogs::remote_catalogues(&material.texts).is_empty();
        let key = material.hash();
        if let Some(ready) = found(&self.learnt, &key).filter(|_| fixed) {
            return Ok(ready);
        }
        let bot = lists::bot_with(&material.texts, feigned).map_err(|problems| check::refused(&problems))?;
        let language = bots::language(&bot).map_err(|e| Problem::unprocessable(e.to_string()))?;
        let ready: Ready = (Arc::new(bot), language);
        if fixed {
            keep(&self.learnt, key, ready.clone(), LEARNT);
        }
        Ok(ready)
    }
}

fn found<T: Clone>(kept: &Remembered<T>, key: &str) -> Option<T> {
    let mut kept = kept.lock().unwrap_or_else(PoisonError::into_inner);
    let at = kept.iter().position(|(known, _)| known == key)?;
    let entry = kept.remove(at)?;
    kept.push_back(entry);
    kept.back().map(|(_, value)| value.clone())
}

fn keep<T>(kept: &Remembered<T>, key: String, value: T, most: usize) {
    let mut kept = kept.lock().unwrap_or_else(PoisonError::into_inner);
    kept.retain(|(known, _)| *known != key);
    kept.push_back((key, value));
    while kept.len() > most {
        kept.pop_front();
    }
}

/// Which cases of which texts.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Wanted {
    #[serde(default)]
    files: Unsaved,
    /// One test file; none: all.
    file: Option<String>,
    /// The place of one of its cases, from 0; none: all.
    case: Option<usize>,
}

/// What came of the tests.
#[derive(Debug, Default, Serialize)]
pub struct Tested {
    files: Vec<FileTested>,
    passed: usize,
    failed: usize,
    /// Cases for which there was no time.
    not_run: usize,
    ms: u64,
}

#[derive(Debug, Serialize)]
struct FileTested {
    file: String,
    dialog: String,
    /// What is wrong with the file itself; no case of it is run then.
    problems: Vec<dialogs::Problem>,
    cases: Vec<CaseTested>,
}

#[derive(Debug, Serialize)]
struct CaseTested {
    name: String,
    /// `passed`, `failed` or `not_run`.
    state: &'static str,
    failures: Vec<Failed>,
    /// Who said what.
    transcript: Vec<(String, String)>,
}

/// What was expected and did not happen.
#[derive(Debug, Serialize)]
struct Failed {
    /// Line of the test file; 0 where none can be named.
    line: usize,
    what: String,
}

pub async fn tests(
    State(app): State<App>,
    Path(bot): Path<String>,
    Body(wanted): Body<Wanted>,
) -> Result<Json<Tested>, Problem> {
    let trials = app.design.trials.clone();
    let _turn = trials.turn.clone().lock_owned().await;
    aside(move || {
        let material = overlay(app.design.material(&bot)?, wanted.files)?;
        let known = |file: &str| material.tests.iter().any(|(name, _)| name == file);
        if wanted.file.as_deref().is_some_and(|file| !known(file)) {
            return Err(Problem::not_found("the bot has no such test file"));
        }
        let began = Instant::now();
        let mut tested = Tested::default();
        for (file, text) in &material.tests {
            if wanted.file.as_ref().is_none_or(|only| only == file) {
                let one = of_file(&app.design.trials, &material, (file, text), (wanted.case, began))?;
                tested.count(one);
            }
        }
        tested.ms = u64::try_from(began.elapsed().as_millis()).unwrap_or(u64::MAX);
        Ok(Json(tested))
    })
    .await
}

impl Tested {
    fn count(&mut self, file: FileTested) {
        let count = |state| file.cases.iter().filter(|case| case.state == state).count();
        self.passed += count("passed");
        self.failed += count("failed") + usize::from(!file.problems.is_empty());
        self.not_run += count("not_run");
        self.files.push(file);
    }
}

fn of_file(
    trials: &Trials,
    material: &Material,
    (file, text): (&String, &String),
    (only, began): (Option<usize>, Instant),
) -> Result<FileTested, Problem> {
    let mut tested =
        FileTested { file: file.clone(), dialog: String::new(), problems: Vec::new(), cases: Vec::new() };
    let suite = match Suite::parse(file, text) {
        Ok(suite) => suite,
        Err(problems) => return Ok(FileTested { problems, ..tested }),
    };
    let (bot, language) = trials.ready(material, &lists::feigned(&material.texts, &suite.services))?;
    tested.dialog.clone_from(&suite.dialog);
    for (at, case) in suite.cases.iter().enumerate() {
        if only.is_some_and(|only| only != at) || began.elapsed() > LONGEST {
            tested.cases.push(CaseTested::not_run(&case.name));
            continue;
        }
        let alone = Suite { cases: vec![case.clone()], ..suite.clone() };
        let reports = testing::run_tests(&bot, &alone, &language).cases;
        tested.cases.extend(reports.into_iter().map(|report| CaseTested::of(file, report)));
    }
    Ok(tested)
}

impl CaseTested {
    fn not_run(name: &str) -> Self {
        Self { name: name.to_owned(), state: "not_run", failures: Vec::new(), transcript: Vec::new() }
    }

    fn of(file: &str, report: CaseReport) -> Self {
        let failures: Vec<Failed> = report.failures.iter().map(|text| Failed::of(file, text)).collect();
        let state = if failures.is_empty() { "passed" } else { "failed" };
        Self { name: report.name, state, failures, transcript: report.transcript }
    }
}

impl Failed {
    /// Of `FILE:LINE: WHAT`.
    fn of(file: &str, text: &str) -> Self {
        let rest = text.strip_prefix(file).and_then(|rest| rest.strip_prefix(':'));
        let rest = rest.unwrap_or(text).trim_start();
        let parts = rest.split_once(':').and_then(|(line, what)| Some((line.trim().parse().ok()?, what)));
        let (line, what) = parts.unwrap_or((0, rest));
        Self { line, what: what.trim().to_owned() }
    }
}

/// A bot with changes that are not saved.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Changed {
    #[serde(default)]
    files: Unsaved,
}

/// Which examples will be taken for other intents. Remembered by the examples: while others are edited it
/// costs nothing.
pub async fn confused(
    State(app): State<App>,
    Path(bot): Path<String>,
    Body(changed): Body<Changed>,
) -> Result<Json<Value>, Problem> {
    let trials = app.design.trials.clone();
    // Who waits gets what the one before has found, if it was the same.
    let _turn = trials.turn.clone().lock_owned().await;
    aside(move || {
        let material = overlay(app.design.material(&bot)?, changed.files)?;
        let key = examples_hash(&material);
        if let Some(problems) = found(&trials.tried, &key) {
            return Ok(Json(json!({ "tried": true, "problems": problems })));
        }
        let untried = Json(json!({ "tried": false, "problems": [] }));
        let Ok(bot) = lists::bot(&material.texts) else { return Ok(untried) };
        if intents::examples(&bot).iter().map(|(_, texts)| texts.len()).sum::<usize>() > MOST {
            return Ok(untried);
        }
        let problems = intents::confused(&bot).map_err(|e| Problem::unprocessable(e.to_string()))?;
        keep(&trials.tried, key, problems.clone(), KEPT);
        Ok(Json(json!({ "tried": true, "problems": problems })))
    })
    .await
}

/// SHA-256 over the files that have examples.
fn examples_hash(material: &Material) -> String {
    let mut hasher = Sha256::new();
    for (path, text) in material.texts.iter().filter(|(path, _)| path.starts_with("nlu/")) {
        for part in [path, text] {
            hasher.update((part.len() as u64).to_le_bytes());
            hasher.update(part.as_bytes());
        }
    }
    hex::encode(hasher.finalize())
}
