//! The writer task: commits what is written in groups, and keeps what the disk does not take.
use crate::callbacks::{self, NewCallback};
use crate::cases::{self, CaseNote, Opening};
use crate::store::SlotWrite;
use crate::{Entry, Error, NewContact, Outcome, Quality};
use chrono::{DateTime, Utc};
use sqlx::Connection;
use sqlx::sqlite::SqlitePool;
use std::collections::VecDeque;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;
use tokio::sync::{mpsc, oneshot};
use uuid::Uuid;

/// Longest time that an entry waits for its group's commit.
pub const GROUP: Duration = Duration::from_millis(100);
/// How often writes that the disk did not take are tried again.
const RETRY: Duration = Duration::from_millis(500);
/// Most writes of one transaction.
const LARGEST: usize = 512;
/// Writes that are kept here while the disk takes none; as many again wait in the queue to this task,
/// and what comes then is refused and counted.
const KEPT: usize = 65_536;

pub(crate) enum Write {
    Start(Box<NewContact>),
    Answered(Uuid, DateTime<Utc>),
    Append { contact: Uuid, at_ms: u64, entry: Box<Entry> },
    Slot { contact: Uuid, at_ms: u64, slot: Box<SlotWrite> },
    Forget { contact: Uuid, name: String },
    End { contact: Uuid, at: DateTime<Utc>, outcome: Outcome, quality: Option<Quality> },
    Language { contact: Uuid, code: String },
    OpenCase(Box<Opening>),
    NoteCase { code: String, note: Box<CaseNote> },
    Callback(Box<(Uuid, NewCallback)>),
    Flush(oneshot::Sender<Result<(), Error>>),
}

impl Write {
    /// Says how it ended to who waits for it, if somebody does.
    fn answer(self, outcome: Result<(), Error>) {
        match self {
            Write::Flush(done) => {
                let _ = done.send(outcome);
            }
            Write::OpenCase(opening) => opening.tell(outcome),
            _ => {}
        }
    }
}

/// What the writer tells of itself.
#[derive(Debug, Default)]
pub(crate) struct Health {
    /// Writes that the disk does not take now.
    pub waiting: AtomicU64,
    /// Writes that the database refused for what they hold.
    pub lost: AtomicU64,
}

/// Writes until the last [`crate::Store`] is gone.
pub(crate) async fn write_all(pool: SqlitePool, mut inbox: mpsc::Receiver<Write>, health: Arc<Health>) {
    let mut kept = VecDeque::new();
    let mut stalled = false;
    loop {
        if kept.is_empty() {
            let Some(first) = inbox.recv().await else { return };
            kept.push_back(first);
        }
        tokio::time::sleep(match kept.front() {
            _ if stalled => RETRY,
            Some(Write::Flush(_)) => Duration::ZERO,
            _ => GROUP,
        })
        .await;
        while kept.len() < KEPT
            && let Ok(next) = inbox.try_recv()
        {
            kept.push_back(next);
        }
        let settled = settle(&pool, &mut kept, &health).await;
        match &settled {
            Ok(()) if stalled => tracing::info!("records: the database takes writes again; none was lost"),
            Err(error) if !stalled => {
                tracing::error!(%error, "records: the database cannot be written; its writes wait in memory");
            }
            _ => {}
        }
        stalled = settled.is_err();
        if let Err(error) = settled {
            answer_who_waits(&mut kept, &error);
        }
        health.waiting.store(kept.len() as u64, Ordering::Relaxed);
        if stalled && inbox.is_closed() && inbox.is_empty() {
            tracing::error!(writes = kept.len(), "records: lost, for the disk did not take them to the end");
            return;
        }
    }
}

/// Commits in order until nothing is left. An error says that the database takes nothing now; what was not
/// committed is then still in `kept`. A write that it refuses for what it holds is dropped and counted, and
/// takes no other with it.
async fn settle(pool: &SqlitePool, kept: &mut VecDeque<Write>, health: &Health) -> Result<(), sqlx::Error> {
    // Writes that are committed one by one, because one among them is bad.
    let mut singly = 0usize;
    while !kept.is_empty() {
        let size = if singly > 0 { 1 } else { kept.len().min(LARGEST) };
        match commit(pool, kept.iter().take(size)).await {
            Ok(()) => {
                for write in kept.drain(..size) {
                    write.answer(Ok(()));
                }
            }
            Err(error) if !is_of_the_row(&error) => return Err(error),
            Err(error) if size == 1 => {
                tracing::error!(%error, "records: a write is lost");
                health.lost.fetch_add(1, Ordering::Relaxed);
                if let Some(write) = kept.pop_front() {
                    write.answer(Err(Error::Query(error)));
                }
            }
            Err(_) => {
                singly = size;
                continue;
            }
        }
        singly = singly.saturating_sub(1);
    }
    Ok(())
}

/// Whether what is written is at fault, not the disk: the same write would be refused again.
fn is_of_the_row(error: &sqlx::Error) -> bool {
    /// SQLITE_ERROR, SQLITE_TOOBIG, SQLITE_CONSTRAINT, SQLITE_MISMATCH, SQLITE_RANGE.
    const OF_THE_ROW: [i32; 5] = [1, 18, 19, 20, 25];
    match error {
        sqlx::Error::Encode(_) => true,
        sqlx::Error::Database(error) => {
            // The low byte of an extended code is the primary one.
            let code = error.code().and_then(|code| code.parse::<i32>().ok());
            code.is_some_and(|code| OF_THE_ROW.contains(&(code & 0xff)))
        }
        _ => false,
    }
}

/// Nobody waits for a disk that may be full for hours: a citizen is told that no case was opened.
fn answer_who_waits(kept: &mut VecDeque<Write>, error: &sqlx::Error) {
    let (waited_for, rest): (Vec<Write>, Vec<Write>) =
        kept.drain(..).partition(|write| matches!(write, Write::Flush(_) | Write::OpenCase(_)));
    kept.extend(rest);
    for write in waited_for {
        write.answer(Err(Error::Waiting { writes: kept.len(), why: error.to_string() }));
    }
}

async fn commit(pool: &SqlitePool, group: impl Iterator<Item = &Write>) -> Result<(), sqlx::Error> {
    let mut connection = pool.acquire().await?;
    let committed = transact(&mut connection, group).await;
    if committed.is_err() {
        // A full disk makes SQLite end a transaction by itself at some times and leave it open at others. On
        // a connection that has lost count, a later commit would be none: it is closed, which rolls back.
        connection.close_on_drop();
    }
    committed
}

async fn transact(
    connection: &mut sqlx::SqliteConnection,
    group: impl Iterator<Item = &Write>,
) -> Result<(), sqlx::Error> {
    let mut tx = connection.begin().await?;
    for write in group {
        apply(&mut tx, write).await?;
    }
    tx.commit().await
}

async fn apply(tx: &mut sqlx::SqliteConnection, write: &Write) -> Result<(), sqlx::Error> {
    match write {
        Write::Start(c) => start(tx, c).await?,
        Write::Answered(id, at) => {
            sqlx::query("UPDATE contacts SET answered_ms = ?2 WHERE id = ?1")
                .bind(id.to_string())
                .bind(at.timestamp_millis())
                .execute(tx)
                .await?;
        }
        Write::Append { contact, at_ms, entry } => {
            let data = serde_json::to_string(entry).map_err(|e| sqlx::Error::Encode(Box::new(e)))?;
            sqlx::query("INSERT INTO entries (contact, seq, at_ms, kind, data) VALUES (?1, (SELECT coalesce(max(seq) + 1, 0) FROM entries WHERE contact = ?1), ?2, ?3, ?4)")
                .bind(contact.to_string())
                .bind(i64::try_from(*at_ms).unwrap_or(i64::MAX))
                .bind(entry.kind())
                .bind(data)
                .execute(tx)
                .await?;
        }
        Write::Slot { contact, at_ms, slot } => {
            sqlx::query("INSERT INTO slots (contact, name, value, source, confidence, private, at_ms) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7) ON CONFLICT (contact, name) DO UPDATE SET value = excluded.value, source = excluded.source, confidence = excluded.confidence, private = excluded.private, at_ms = excluded.at_ms")
                .bind(contact.to_string())
                .bind(&slot.name)
                .bind(&slot.value)
                .bind(slot.source.as_str())
                .bind(slot.confidence.map(f64::from))
                .bind(i64::from(slot.private))
                .bind(i64::try_from(*at_ms).unwrap_or(i64::MAX))
                .execute(tx)
                .await?;
        }
        Write::Language { contact, code } => {
            sqlx::query("UPDATE contacts SET language = ?2 WHERE id = ?1")
                .bind(contact.to_string())
                .bind(code)
                .execute(tx)
                .await?;
        }
        Write::OpenCase(opening) => cases::open(tx, opening).await?,
        Write::NoteCase { code, note } => cases::note(tx, code, note).await?,
        Write::Callback(asked) => callbacks::keep(tx, asked.0, &asked.1).await?,
        Write::Forget { contact, name } => {
            sqlx::query("DELETE FROM slots WHERE contact = ?1 AND name = ?2")
                .bind(contact.to_string())
                .bind(name)
                .execute(tx)
                .await?;
        }
        Write::End { contact, at, outcome, quality } => {
            let quality = quality
                .map(|q| serde_json::to_string(&q))
                .transpose()
                .map_err(|e| sqlx::Error::Encode(Box::new(e)))?;
            let (queue, reason) = outcome.handoff.clone().unzip();
            sqlx::query("UPDATE contacts SET state = 'ended', ended_ms = ?2, outcome = ?3, handoff_queue = ?4, handoff_reason = ?5, quality = ?6 WHERE id = ?1")
                .bind(contact.to_string())
                .bind(at.timestamp_millis())
                .bind(&outcome.name)
                .bind(queue)
                .bind(reason)
                .bind(quality)
                .execute(tx)
                .await?;
        }
        Write::Flush(_) => {}
    }
    Ok(())
}

async fn start(tx: &mut sqlx::SqliteConnection, c: &NewContact) -> Result<(), sqlx::Error> {
    sqlx::query("INSERT INTO contacts (id, channel, direction, caller, callee, dialog, dialog_version, started_ms, state, recording, legal_basis) VALUES (?1, 'voice', ?2, ?3, ?4, ?5, ?6, ?7, 'live', ?8, ?9)")
        .bind(c.id.to_string())
        .bind(c.direction.as_str())
        .bind(&c.from)
        .bind(&c.to)
        .bind(&c.dialog)
        .bind(&c.dialog_version)
        .bind(c.started.timestamp_millis())
        .bind(c.recording.as_ref().map(|r| r.file.as_str()))
        .bind(c.recording.as_ref().map(|r| r.legal_basis.as_str()))
        .execute(tx)
        .await?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::{CONNECTIONS, connect};
    use crate::{Direction, Filter, Store};
    use sqlx::sqlite::SqlitePoolOptions;

    /// A database that can be kept from growing.
    struct Small {
        pool: SqlitePool,
        most: Arc<AtomicU64>,
        _folder: tempfile::TempDir,
    }

    const PAGES_WITHOUT_LIMIT: u64 = 4_294_967_294;

    impl Small {
        async fn new() -> Small {
            let folder = tempfile::tempdir().unwrap();
            let most = Arc::new(AtomicU64::new(PAGES_WITHOUT_LIMIT));
            let now = most.clone();
            let connections = SqlitePoolOptions::new().after_connect(move |connection, _| {
                let most = now.load(Ordering::Relaxed);
                Box::pin(async move { set_limit(connection, most).await })
            });
            let pool = connect(&folder.path().join("digame.db"), connections).await.unwrap();
            Small { pool, most, _folder: folder }
        }

        /// From now on the database holds so many pages and no more, on every connection.
        async fn limit(&self, pages: u64) {
            self.most.store(pages, Ordering::Relaxed);
            let mut all = Vec::new();
            for _ in 0..CONNECTIONS {
                all.push(self.pool.acquire().await.unwrap());
            }
            for connection in &mut all {
                set_limit(connection, pages).await.unwrap();
            }
        }
    }

    async fn set_limit(connection: &mut sqlx::SqliteConnection, pages: u64) -> Result<(), sqlx::Error> {
        let query = sqlx::AssertSqlSafe(format!("PRAGMA max_page_count = {pages}"));
        sqlx::query(query).execute(connection).await.map(|_| ())
    }

    fn contact() -> NewContact {
        NewContact {
            id: Uuid::now_v7(),
            direction: Direction::Inbound,
            from: "sip:600000000@127.0.0.1".into(),
            to: "sip:010@127.0.0.1".into(),
            dialog: "cita_previa".into(),
            dialog_version: "0".repeat(64),
            started: Utc::now(),
            recording: None,
        }
    }

    fn step(n: usize) -> Entry {
        Entry::Step { step: n.to_string(), note: "x".repeat(500) }
    }

    #[tokio::test]
    async fn what_a_full_disk_does_not_take_is_kept_and_written_in_order_when_there_is_room() {
        let small = Small::new().await;
        let store = Store::over(small.pool.clone()).await.unwrap();
        let first = contact();
        let id = first.id;
        store.contact_started(first);
        store.append(id, 0, step(0));
        store.flush().await.unwrap();
        let pages: i64 = sqlx::query_scalar("PRAGMA page_count").fetch_one(&small.pool).await.unwrap();
        small.limit(pages as u64 + 2).await;
        for n in 1..2000 {
            store.append(id, n as u64, step(n));
        }
        // A contact that begins meanwhile, and one bad row: a contact that is there already.
        let second = contact();
        store.contact_started(second.clone());
        store.contact_started(second.clone());
        store.append(second.id, 5, Entry::NoInput);
        let outcome = Outcome { name: "cita_reservada".into(), handoff: None };
        store.contact_ended(id, Utc::now(), outcome, None);
        let full = store.flush().await.unwrap_err().to_string();
        assert!(full.contains("full") && !full.contains('\n'), "{full}");
        assert!(store.waiting() > 1000, "{}", store.waiting());
        let live = store.get(&id.to_string()).await.unwrap().unwrap();
        assert_eq!(live.contact.state, "live", "what waits is not there yet, and what was there can be read");

        let case = || crate::NewCase {
            contact: id,
            kind: "incidencia".into(),
            opened: Utc::now(),
            year: 2026,
            fields: Vec::new(),
        };
        let refused = store.open_case(case()).await.unwrap_err().to_string();
        assert!(refused.contains("full"), "{refused}");

        small.limit(PAGES_WITHOUT_LIMIT).await;
        store.flush().await.unwrap();
        assert_eq!((store.waiting(), store.lost(), store.refused()), (0, 1, 0));
        let first = store.open_case(case()).await.unwrap();
        assert_eq!(first, "2026-000001", "the one that was refused took no number");
        let detail = store.get(&id.to_string()).await.unwrap().unwrap();
        assert_eq!(detail.contact.outcome.as_deref(), Some("cita_reservada"));
        let steps: Vec<Entry> = detail.timeline.into_iter().map(|e| e.entry).collect();
        assert_eq!(steps, (0..2000).map(step).collect::<Vec<_>>());
        assert_eq!(store.get(&second.id.to_string()).await.unwrap().unwrap().timeline.len(), 1);
        assert_eq!(store.list(&Filter::default()).await.unwrap().len(), 2);
    }
}
