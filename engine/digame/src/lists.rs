//! Lists that services give (`catalogos/<name>.yaml` with `from:`): fetched when a bot is loaded and every hour.
//! The last answer is kept in the data folder, for when a service is down.
use crate::bots::Files;
use dialogs::testing::Mock;
use dialogs::{Bot, Problem, RemoteCatalogue, remote_catalogues};
use serde_json::Value;
use sha2::{Digest, Sha256};
use std::collections::{BTreeMap, HashMap};
use std::path::{Path, PathBuf};
use std::sync::{LazyLock, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

/// How often the server asks for lists again.
const RENEWED: Duration = Duration::from_secs(3600);
/// An answer, or that there was none, is good for so long: who edits a bot has it checked at every change.
const FRESH: Duration = Duration::from_secs(30);

/// What services gave, by address.
#[derive(Default)]
struct Kept {
    /// Where answers outlive the program; none: they don't.
    folder: Option<PathBuf>,
    /// Whether this program keeps them there, or only reads what the server kept.
    writes: bool,
    recent: HashMap<String, (Instant, Result<String, String>)>,
    /// The answers that bots have.
    used: HashMap<String, (RemoteCatalogue, String)>,
    /// Grows when a list is another than the one that a bot has.
    changes: u64,
}

static KEPT: LazyLock<Mutex<Kept>> = LazyLock::new(Mutex::default);

fn kept() -> MutexGuard<'static, Kept> {
    KEPT.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Says where the last answers are, and whether this program keeps new ones there.
pub fn keep_in(data: &Path, writes: bool) {
    let mut kept = kept();
    kept.folder = Some(data.join("lists"));
    kept.writes = writes;
}

/// What services are feigned to give, by operation.
pub type Feigned = BTreeMap<String, Value>;

/// What is feigned of the lists of a bot: the first answer of each.
pub fn feigned(texts: &Files, services: &BTreeMap<String, Vec<Mock>>) -> Feigned {
    let first = |list: RemoteCatalogue| match services.get(&list.call.service)?.first()? {
        Mock::Returns(answer) => Some((list.call.service, answer.clone())),
        Mock::Fails(_) => None,
    };
    remote_catalogues(texts).into_iter().filter_map(first).collect()
}

/// A bot with the lists that services give it.
///
/// # Errors
/// Every problem found; a list that no service gives now, or ever gave, is one.
pub fn bot(texts: &Files) -> Result<Bot, Vec<Problem>> {
    bot_with(texts, &Feigned::new())
}

/// The same; where an operation is feigned, its service is not asked.
///
/// # Errors
/// As [`bot`].
pub fn bot_with(texts: &Files, feigned: &Feigned) -> Result<Bot, Vec<Problem>> {
    let lists = remote_catalogues(texts);
    if lists.is_empty() {
        return Bot::from_files(texts);
    }
    let (given, asked): (Vec<_>, Vec<_>) = lists.iter().partition(|l| feigned.contains_key(&l.call.service));
    let mut files = texts.clone();
    for list in given {
        let text = feigned.get(&list.call.service).map(Value::to_string).unwrap_or_default();
        put(&mut files, list, text);
    }
    let mut missing = Vec::new();
    for (list, answer) in fetch(&asked, FRESH) {
        match answer.or_else(|why| earlier(list, texts, &why).ok_or(why)) {
            Ok(text) => {
                kept().used.insert(address(list), (list.clone(), text.clone()));
                put(&mut files, list, text);
            }
            Err(why) => missing.push((list, why)),
        }
    }
    Bot::from_files(&files).map_err(|mut problems| {
        problems.retain(|problem| !missing.iter().any(|(list, _)| list.is_why(problem)));
        problems.extend(missing.iter().map(|(list, why)| list.unanswered(why)));
        problems.sort();
        problems
    })
}

/// A number that changes when a list does: bots are to be loaded again then.
pub fn changes() -> u64 {
    kept().changes
}

/// Asks for every list in use again, each hour for ever.
pub async fn keep_renewing() {
    loop {
        tokio::time::sleep(RENEWED).await;
        if let Err(error) = tokio::task::spawn_blocking(renew).await {
            tracing::error!(%error, "lists could not be asked for again");
        }
    }
}

fn renew() {
    let used: Vec<(RemoteCatalogue, String)> = kept().used.values().cloned().collect();
    let lists: Vec<&RemoteCatalogue> = used.iter().map(|(list, _)| list).collect();
    for (list, answer) in fetch(&lists, Duration::ZERO) {
        match answer {
            Ok(text) if used.iter().any(|(other, old)| other == list && *old != text) => kept().changes += 1,
            Ok(_) => {}
            Err(why) => tell(list, &why),
        }
    }
}

fn put(files: &mut Files, list: &RemoteCatalogue, text: String) {
    let name = list.answer();
    files.retain(|(file, _)| *file != name);
    files.push((name, text));
}

/// Where a list comes from.
fn address(list: &RemoteCatalogue) -> String {
    list.call.url(|name| std::env::var(name).ok())
}

/// The file that keeps the last answer of an address.
fn file_of(folder: &Path, list: &RemoteCatalogue) -> PathBuf {
    let digest = hex::encode(Sha256::digest(address(list)));
    folder.join(format!("{}-{}.json", list.call.service, digest.get(..12).unwrap_or_default()))
}

/// What the service gave earlier, or what the designer has put into the bot's folder.
fn earlier(list: &RemoteCatalogue, texts: &Files, why: &str) -> Option<String> {
    let file = kept().folder.as_ref().map(|folder| file_of(folder, list));
    let text = file.and_then(|file| std::fs::read_to_string(file).ok());
    let text = text.or_else(|| texts.iter().find(|(file, _)| *file == list.answer()).map(|(_, t)| t.clone()));
    let text = text.filter(|text| list.check(text).is_ok())?;
    tell(list, why);
    Some(text)
}

fn tell(list: &RemoteCatalogue, why: &str) {
    let (file, service) = (&list.file, &list.call.service);
    tracing::warn!(%file, %service, %why, "this list can't be fetched: its last answer is used");
}

type Answer<'l> = (&'l RemoteCatalogue, Result<String, String>);

/// What services answer now, or answered less than `fresh` ago.
fn fetch<'l>(lists: &[&'l RemoteCatalogue], fresh: Duration) -> Vec<Answer<'l>> {
    let recent = |list: &RemoteCatalogue| {
        let kept = kept();
        let (at, answer) = kept.recent.get(&address(list))?;
        (at.elapsed() < fresh).then(|| answer.clone())
    };
    let (known, unknown): (Vec<_>, Vec<_>) =
        lists.iter().map(|list| (*list, recent(list))).partition(|(_, answer)| answer.is_some());
    let mut out: Vec<Answer<'l>> =
        known.into_iter().filter_map(|(list, answer)| Some((list, answer?))).collect();
    let unknown: Vec<&RemoteCatalogue> = unknown.into_iter().map(|(list, _)| list).collect();
    let answers = ask(&unknown);
    for (list, answer) in unknown.into_iter().zip(answers) {
        let answer = answer.and_then(|text| list.check(&text).map(|()| text));
        keep(list, &answer);
        out.push((list, answer));
    }
    out
}

/// Asks all at once, in a thread of its own: bots are loaded inside and outside of asynchronous code.
fn ask(lists: &[&RemoteCatalogue]) -> Vec<Result<String, String>> {
    if lists.is_empty() {
        return Vec::new();
    }
    let calls: Vec<dialogs::ServiceCall> = lists.iter().map(|list| list.call.clone()).collect();
    let count = calls.len();
    let asking = std::thread::spawn(move || {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
        let runtime = runtime.map_err(|error| error.to_string())?;
        let client = reqwest::Client::new();
        let asked = calls.into_iter().map(|call| call::service::ask(client.clone(), call));
        Ok::<_, String>(runtime.block_on(futures_util::future::join_all(asked)))
    });
    let text = |reply: call::service::Reply| match reply.result {
        Ok(answer) => Ok(answer.to_string()),
        Err(error) => Err(format!("it says: {error}")),
    };
    match asking.join() {
        Ok(Ok(replies)) => replies.into_iter().map(text).collect(),
        Ok(Err(why)) => vec![Err(why); count],
        Err(_) => vec![Err("it could not be asked".to_owned()); count],
    }
}

/// Keeps an answer for later; a failure only so that it is not asked again at once.
fn keep(list: &RemoteCatalogue, answer: &Result<String, String>) {
    let mut kept = kept();
    kept.recent.insert(address(list), (Instant::now(), answer.clone()));
    let folder = kept.folder.clone().filter(|_| kept.writes);
    drop(kept);
    if let (Some(folder), Ok(text)) = (folder, answer) {
        let file = file_of(&folder, list);
        let new = file.with_extension("new");
        // A whole file or none: the program may be killed at any moment.
        let written = std::fs::create_dir_all(&folder)
            .and_then(|()| std::fs::write(&new, text))
            .and_then(|()| std::fs::rename(&new, &file));
        if let Err(error) = written {
            tracing::warn!(file = %file.display(), %error, "the answer of a service can't be kept");
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing;
    use axum::{Json, Router, http::StatusCode, routing::get};
    use serde_json::json;
    use std::sync::Arc;
    use std::sync::atomic::{AtomicU8, Ordering};

    /// A bot with a list that a service at this port gives.
    fn material(port: u16) -> Files {
        let mut texts = testing::bot("Son").texts;
        texts.push(("catalogos/sedes.yaml".into(), "from: oficinas.todas\n".into()));
        let services = format!(
            "oficinas:\n  url: http://127.0.0.1:{port}\n  timeout: 2s\n  operations:\n    todas: {{ get: /oficinas, \
             returns: [{{ id: text, nombre: text }}] }}\n"
        );
        texts.push(("servicios.yaml".into(), services));
        texts
    }

    /// A service that answers, answers something else, lies, or fails, as told.
    fn service() -> (u16, Arc<AtomicU8>) {
        let mood = Arc::new(AtomicU8::new(0));
        let told = mood.clone();
        let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
        let port = listener.local_addr().unwrap().port();
        listener.set_nonblocking(true).unwrap();
        std::thread::spawn(move || {
            let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
            runtime.block_on(async move {
                let answer = move || {
                    let mood = told.load(Ordering::Relaxed);
                    async move {
                        match mood {
                            0 => Ok(Json(json!([{ "id": "1", "nombre": "Centro" }]))),
                            1 => Ok(Json(json!([{ "id": "2", "nombre": "Norte" }]))),
                            2 => Ok(Json(json!([{ "id": "3" }]))),
                            _ => Err(StatusCode::SERVICE_UNAVAILABLE),
                        }
                    }
                };
                let app = Router::new().route("/oficinas", get(answer));
                let listener = tokio::net::TcpListener::from_std(listener).unwrap();
                axum::serve(listener, app).await.unwrap();
            });
        });
        (port, mood)
    }

    fn ids(bot: &Bot) -> Vec<String> {
        bot.catalogues().get("sedes").unwrap().items.iter().map(|i| i.id.clone()).collect()
    }

    // One test: what is kept is the program's, not the test's.
    #[test]
    fn the_last_good_answer_stays_while_the_service_is_down_or_lies() {
        let data = tempfile::tempdir().unwrap();
        keep_in(data.path(), true);
        let (port, mood) = service();
        let texts = material(port);
        // Nothing ever answered: refused, in one line that says why.
        let deaf = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
        let problems = bot(&material(deaf)).unwrap_err();
        assert_eq!(problems.len(), 1, "{problems:?}");
        assert!(problems[0].to_string().starts_with("catalogos/sedes.yaml:1:7: "), "{}", problems[0]);
        assert!(problems[0].cure.contains("no answer"), "{}", problems[0]);
        // What the designer has put beside it serves then.
        let mut beside = material(deaf);
        beside.push(("catalogos/sedes.json".into(), r#"[{ "id": "9", "nombre": "Puesta" }]"#.into()));
        assert_eq!(ids(&bot(&beside).unwrap()), ["9"]);

        assert_eq!(ids(&bot(&texts).unwrap()), ["1"]);
        let renewed = || {
            let before = changes();
            renew();
            changes() > before
        };
        assert!(!renewed(), "nothing is new");
        mood.store(1, Ordering::Relaxed);
        assert_eq!(ids(&bot(&texts).unwrap()), ["1"], "asked a moment ago");
        assert!(renewed());
        assert_eq!(ids(&bot(&texts).unwrap()), ["2"]);
        for wrong in [2, 3] {
            mood.store(wrong, Ordering::Relaxed);
            assert!(!renewed());
            assert_eq!(ids(&bot(&texts).unwrap()), ["2"], "mood {wrong}");
        }
        // What a test feigns is not asked for.
        let feigned =
            Feigned::from([("oficinas.todas".to_owned(), json!([{ "id": "7", "nombre": "Siete" }]))]);
        assert_eq!(ids(&bot_with(&texts, &feigned).unwrap()), ["7"]);
    }
}
