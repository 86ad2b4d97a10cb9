//! The database. One writer task commits in groups; readers have their own connections.
use crate::writer::{self, Health, Write};
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

/// Writes that may wait for the writer before an append is refused and counted: several seconds of 200 calls.
const BACKLOG: usize = 65_536;

/// Connections to the database: one writes, the others read.
pub(crate) const CONNECTIONS: u32 = 4;

/// What stands in the place of a number that the caller withholds (RFC 3323, section 4.1).
const WITHHELD: [&str; 4] = ["", "anonymous", "restricted", "unknown"];

fn withheld(from: &str) -> bool {
    let user = from.rsplit_once(':').map_or(from, |(_, rest)| rest);
    let user = user.split_once('@').map_or(user, |(user, _)| user);
    WITHHELD.iter().any(|w| user.eq_ignore_ascii_case(w))
}

pub use crate::writer::GROUP;

/// A handle to the records of one machine. Cheap to clone.
#[derive(Clone)]
pub struct Store {
    pub(crate) pool: SqlitePool,
    pub(crate) writes: mpsc::Sender<Write>,
    refused: Arc<AtomicU64>,
    health: Arc<Health>,
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
        Self::over(connect(path, SqlitePoolOptions::new()).await?).await
    }

    pub(crate) async fn over(pool: SqlitePool) -> Result<Self, Error> {
        let (writes, inbox) = mpsc::channel(BACKLOG);
        sqlx::query("UPDATE contacts SET state = 'interrupted', ended_ms = coalesce(ended_ms, (SELECT contacts.started_ms + max(at_ms) FROM entries WHERE contact = contacts.id), started_ms) WHERE state = 'live'")
            .execute(&pool)
            .await?;
        let health = Arc::<Health>::default();
        tokio::spawn(writer::write_all(pool.clone(), inbox, health.clone()));
        Ok(Self { pool, writes, refused: Arc::default(), health })
    }

    /// Opens the database to read it only; nothing is marked interrupted.
    pub async fn open_to_read(path: &Path) -> Result<Self, Error> {
        let pool = connect(path, SqlitePoolOptions::new()).await?;
        let (writes, _) = mpsc::channel(1);
        Ok(Self { pool, writes, refused: Arc::default(), health: Arc::default() })
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

    /// The contact goes on in this language (its code).
    pub fn language(&self, contact: Uuid, code: &str) {
        self.write(Write::Language { contact, code: code.to_owned() });
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
    ///
    /// # Errors
    /// [`Error::Waiting`] as soon as the database cannot be written: what waits stays in memory.
    pub async fn flush(&self) -> Result<(), Error> {
        let (done, wait) = oneshot::channel();
        self.writes.send(Write::Flush(done)).await.map_err(|_| Error::Stopped)?;
        wait.await.map_err(|_| Error::Stopped)?
    }

    /// Writes that wait in memory because the database cannot be written now (a full disk), and are tried
    /// again twice a second. Above zero, raise an alert: whoever stops the process loses them.
    pub fn waiting(&self) -> u64 {
        self.health.waiting.load(Ordering::Relaxed)
    }

    /// Writes that the database refused for what they hold: none is known that it would.
    /// Above zero, raise an alert.
    pub fn lost(&self) -> u64 {
        self.health.lost.load(Ordering::Relaxed)
    }

    /// Writes that were refused because the disk could not keep up. Above zero, raise an alert.
    pub fn refused(&self) -> u64 {
        self.refused.load(Ordering::Relaxed)
    }

    pub(crate) fn write(&self, write: Write) {
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

pub(crate) async fn connect(path: &Path, connections: SqlitePoolOptions) -> Result<SqlitePool, Error> {
    let name = path.display().to_string();
    // NORMAL with WAL survives a killed process whole; a power cut may lose the last group.
    let options = SqliteConnectOptions::new()
        .filename(path)
        .create_if_missing(true)
        .journal_mode(SqliteJournalMode::Wal)
        .synchronous(SqliteSynchronous::Normal)
        .foreign_keys(true)
        .busy_timeout(Duration::from_secs(5));
    let pool = connections
        .max_connections(CONNECTIONS)
        .connect_with(options)
        .await
        .map_err(|source| Error::Open { path: name.clone(), source })?;
    sqlx::migrate!("./migrations")
        .run(&pool)
        .await
        .map_err(|source| Error::Migrate { path: name, source })?;
    Ok(pool)
}

pub(crate) fn instant(ms: i64) -> DateTime<Utc> {
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
        language: row.try_get("language")?,
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
