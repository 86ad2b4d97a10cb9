//! The database. One writer task commits in groups; readers have their own connections.
use crate::{
    Contact, Detail, Earlier, Entry, Error, Filter, NewContact, Outcome, Quality, SlotView, TimelineEntry,
    Users,
};
use chrono::{DateTime, TimeZone, Utc};
use sqlx::Row;
use sqlx::sqlite::{
    SqliteConnectOptions, SqliteJournalMode, SqlitePool, SqlitePoolOptions, SqliteRow, SqliteSynchronous,
};
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;
use tokio::sync::{mpsc, oneshot};
use uuid::Uuid;

/// Longest time that an entry waits for its group's commit.
pub const GROUP: Duration = Duration::from_millis(100);
/// Writes that may wait for the writer before an append is refused and counted: several seconds of 200 calls.
const BACKLOG: usize = 65_536;

/// What stands in the place of a number that the caller withholds (RFC 3323, section 4.1).
const WITHHELD: [&str; 4] = ["", "anonymous", "restricted", "unknown"];

fn withheld(from: &str) -> bool {
    let user = from.rsplit_once(':').map_or(from, |(_, rest)| rest);
    let user = user.split_once('@').map_or(user, |(user, _)| user);
    WITHHELD.iter().any(|w| user.eq_ignore_ascii_case(w))
}

/// A handle to the records of one machine. Cheap to clone.
#[derive(Clone)]
pub struct Store {
    pool: SqlitePool,
    writes: mpsc::Sender<Write>,
    refused: Arc<AtomicU64>,
}

enum Write {
    Start(Box<NewContact>),
    Answered(Uuid, DateTime<Utc>),
    Append { contact: Uuid, at_ms: u64, entry: Box<Entry> },
    Slot { contact: Uuid, at_ms: u64, slot: Box<SlotWrite> },
    Forget { contact: Uuid, name: String },
    End { contact: Uuid, at: DateTime<Utc>, outcome: Outcome, quality: Option<Quality> },
    Flush(oneshot::Sender<()>),
}

/// The value of a slot, whole, for the table of slots (the timeline gets the masked one).
#[derive(Debug, Clone)]
pub struct SlotWrite {
    /// Its name in the dialog.
    pub name: String,
    /// Its value, unmasked.
    pub value: String,
    /// Where it came from.
    pub source: crate::SlotSource,
    /// 0..1, where known.
    pub confidence: Option<f32>,
    /// Kept out of logs and timelines.
    pub private: bool,
}

impl Store {
    /// Opens or creates the database, brings its schema up to date, marks what was live as interrupted,
    /// and starts the writer task on the current tokio runtime.
    pub async fn open(path: &Path) -> Result<Self, Error> {
        let pool = connect(path).await?;
        let (writes, inbox) = mpsc::channel(BACKLOG);
        sqlx::query("UPDATE contacts SET state = 'interrupted', ended_ms = coalesce(ended_ms, (SELECT contacts.started_ms + max(at_ms) FROM entries WHERE contact = contacts.id), started_ms) WHERE state = 'live'")
            .execute(&pool)
            .await?;
        tokio::spawn(write_all(pool.clone(), inbox));
        Ok(Self { pool, writes, refused: Arc::default() })
    }

    /// Opens the database to read it only; nothing is marked interrupted.
    pub async fn open_to_read(path: &Path) -> Result<Self, Error> {
        let pool = connect(path).await?;
        let (writes, _) = mpsc::channel(1);
        Ok(Self { pool, writes, refused: Arc::default() })
    }

    /// A contact's first signal.
    pub fn contact_started(&self, contact: NewContact) {
        self.write(Write::Start(Box::new(contact)));
    }

    /// The contact was answered.
    pub fn contact_answered(&self, contact: Uuid, at: DateTime<Utc>) {
        self.write(Write::Answered(contact, at));
    }

    /// Appends to the timeline; `at_ms` is milliseconds since the contact started.
    pub fn append(&self, contact: Uuid, at_ms: u64, entry: Entry) {
        self.write(Write::Append { contact, at_ms, entry: Box::new(entry) });
    }

    /// Keeps the value of a slot.
    pub fn slot(&self, contact: Uuid, at_ms: u64, slot: SlotWrite) {
        self.write(Write::Slot { contact, at_ms, slot: Box::new(slot) });
    }

    /// Removes the value of a slot that the dialog forgot.
    pub fn forget(&self, contact: Uuid, name: &str) {
        self.write(Write::Forget { contact, name: name.to_owned() });
    }

    /// The contact's last signal.
    pub fn contact_ended(
        &self,
        contact: Uuid,
        at: DateTime<Utc>,
        outcome: Outcome,
        quality: Option<Quality>,
    ) {
        self.write(Write::End { contact, at, outcome, quality });
    }

    /// Returns once everything written before is committed.
    pub async fn flush(&self) -> Result<(), Error> {
        let (done, wait) = oneshot::channel();
        self.writes.send(Write::Flush(done)).await.map_err(|_| Error::Stopped)?;
        wait.await.map_err(|_| Error::Stopped)
    }

    /// Writes that were refused because the disk could not keep up. Above zero, raise an alert.
    pub fn refused(&self) -> u64 {
        self.refused.load(Ordering::Relaxed)
    }

    fn write(&self, write: Write) {
        if self.writes.try_send(write).is_err() {
            self.refused.fetch_add(1, Ordering::Relaxed);
        }
    }

    /// The people who may use the API.
    pub fn users(&self) -> Users {
        Users(self.pool.clone())
    }

    /// Contacts, newest first; of some queues only, if the filter names any.
    pub async fn list(&self, filter: &Filter) -> Result<Vec<Contact>, Error> {
        let rows = sqlx::query(
            "SELECT * FROM contacts WHERE (?1 IS NULL OR state = ?1) AND (?2 IS NULL OR caller = ?2) AND (?3 IS NULL OR id < ?3) AND (?5 = '[]' OR handoff_queue IN (SELECT value FROM json_each(?5))) ORDER BY id DESC LIMIT ?4",
        )
        .bind(filter.state.as_deref())
        .bind(filter.from.as_deref())
        .bind(filter.before.as_deref())
        .bind(i64::from(filter.limit.clamp(1, 500)))
        .bind(serde_json::json!(filter.queues).to_string())
        .fetch_all(&self.pool)
        .await?;
        rows.iter().map(contact_of).collect()
    }

    /// One contact with its slots and timeline; `None` if there is no such contact.
    pub async fn get(&self, id: &str) -> Result<Option<Detail>, Error> {
        let Some(row) =
            sqlx::query("SELECT * FROM contacts WHERE id = ?1").bind(id).fetch_optional(&self.pool).await?
        else {
            return Ok(None);
        };
        let contact = contact_of(&row)?;
        let slots = sqlx::query("SELECT * FROM slots WHERE contact = ?1 ORDER BY name")
            .bind(id)
            .fetch_all(&self.pool)
            .await?;
        let entries = sqlx::query("SELECT seq, at_ms, data FROM entries WHERE contact = ?1 ORDER BY seq")
            .bind(id)
            .fetch_all(&self.pool)
            .await?;
        let slots = slots.iter().map(slot_of).collect::<Result<_, _>>()?;
        let timeline = entries.iter().map(|row| entry_of(id, row)).collect::<Result<_, _>>()?;
        let earlier = self.earlier(&contact).await?;
        Ok(Some(Detail { contact, slots, timeline, earlier }))
    }

    async fn earlier(&self, contact: &Contact) -> Result<Vec<Earlier>, Error> {
        if withheld(&contact.from) {
            return Ok(Vec::new());
        }
        let rows = sqlx::query(
            "SELECT id, started_ms, dialog, outcome, handoff_reason FROM contacts WHERE caller = ?1 AND id < ?2 ORDER BY id DESC LIMIT 5",
        )
        .bind(&contact.from)
        .bind(&contact.id)
        .fetch_all(&self.pool)
        .await?;
        rows.iter().map(earlier_of).collect()
    }

    /// Contacts that a kill interrupted and whose recordings may need their header mended.
    pub async fn interrupted_recordings(&self) -> Result<Vec<String>, Error> {
        let rows = sqlx::query(
            "SELECT recording FROM contacts WHERE state = 'interrupted' AND recording IS NOT NULL",
        )
        .fetch_all(&self.pool)
        .await?;
        rows.iter().map(|row| Ok(row.try_get(0)?)).collect()
    }
}

async fn connect(path: &Path) -> Result<SqlitePool, Error> {
    let name = path.display().to_string();
    // NORMAL with WAL survives a killed process whole; a power cut may lose the last group.
    let options = SqliteConnectOptions::new()
        .filename(path)
        .create_if_missing(true)
        .journal_mode(SqliteJournalMode::Wal)
        .synchronous(SqliteSynchronous::Normal)
        .foreign_keys(true)
        .busy_timeout(Duration::from_secs(5));
    let pool = SqlitePoolOptions::new()
        .max_connections(4)
        .connect_with(options)
        .await
        .map_err(|source| Error::Open { path: name.clone(), source })?;
    sqlx::migrate!("./migrations")
        .run(&pool)
        .await
        .map_err(|source| Error::Migrate { path: name, source })?;
    Ok(pool)
}

async fn write_all(pool: SqlitePool, mut inbox: mpsc::Receiver<Write>) {
    let mut group = Vec::new();
    while let Some(first) = inbox.recv().await {
        group.push(first);
        tokio::time::sleep(if matches!(group.first(), Some(Write::Flush(_))) {
            Duration::ZERO
        } else {
            GROUP
        })
        .await;
        while let Ok(next) = inbox.try_recv() {
            group.push(next);
        }
        let mut waiting = Vec::new();
        if let Err(error) = commit(&pool, &group).await {
            // A group that fails whole is tried write by write, so that one bad row takes no other with it.
            tracing::error!(%error, writes = group.len(), "records: group not committed, trying one by one");
            for write in &group {
                if let Err(error) = commit(&pool, std::slice::from_ref(write)).await {
                    tracing::error!(%error, "records: write lost");
                }
            }
        }
        for write in group.drain(..) {
            if let Write::Flush(done) = write {
                waiting.push(done);
            }
        }
        for done in waiting {
            let _ = done.send(());
        }
    }
}

async fn commit(pool: &SqlitePool, group: &[Write]) -> Result<(), sqlx::Error> {
    let mut tx = pool.begin().await?;
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

fn instant(ms: i64) -> DateTime<Utc> {
    Utc.timestamp_millis_opt(ms).single().unwrap_or_default()
}

fn contact_of(row: &SqliteRow) -> Result<Contact, Error> {
    let id: String = row.try_get("id")?;
    let quality: Option<String> = row.try_get("quality")?;
    let quality = quality.map(|q| serde_json::from_str(&q)).transpose().map_err(|source| Error::Damaged {
        contact: id.clone(),
        what: "quality",
        source,
    })?;
    Ok(Contact {
        id,
        channel: row.try_get("channel")?,
        direction: row.try_get("direction")?,
        from: row.try_get("caller")?,
        to: row.try_get("callee")?,
        dialog: row.try_get("dialog")?,
        dialog_version: row.try_get("dialog_version")?,
        started: instant(row.try_get("started_ms")?),
        answered: row.try_get::<Option<i64>, _>("answered_ms")?.map(instant),
        ended: row.try_get::<Option<i64>, _>("ended_ms")?.map(instant),
        state: row.try_get("state")?,
        outcome: row.try_get("outcome")?,
        handoff_queue: row.try_get("handoff_queue")?,
        handoff_reason: row.try_get("handoff_reason")?,
        recording: row.try_get("recording")?,
        legal_basis: row.try_get("legal_basis")?,
        quality,
    })
}

fn earlier_of(row: &SqliteRow) -> Result<Earlier, Error> {
    Ok(Earlier {
        id: row.try_get("id")?,
        started: instant(row.try_get("started_ms")?),
        dialog: row.try_get("dialog")?,
        outcome: row.try_get("outcome")?,
        handoff_reason: row.try_get("handoff_reason")?,
    })
}

fn slot_of(row: &SqliteRow) -> Result<SlotView, Error> {
    Ok(SlotView {
        name: row.try_get("name")?,
        value: row.try_get("value")?,
        source: row.try_get("source")?,
        confidence: row.try_get("confidence")?,
        private: row.try_get::<i64, _>("private")? != 0,
    })
}

fn entry_of(contact: &str, row: &SqliteRow) -> Result<TimelineEntry, Error> {
    let data: String = row.try_get("data")?;
    let entry = serde_json::from_str(&data).map_err(|source| Error::Damaged {
        contact: contact.to_owned(),
        what: "timeline",
        source,
    })?;
    Ok(TimelineEntry { seq: row.try_get("seq")?, at_ms: row.try_get("at_ms")?, entry })
}
