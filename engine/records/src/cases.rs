//! Cases: what a citizen wants solved. A case outlives the contact that opened it.
use crate::store::instant;
use crate::writer::Write;
use crate::{Error, MASK, Store};
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use sqlx::Row;
use sqlx::sqlite::SqliteRow;
use std::sync::{Mutex, PoisonError};
use tokio::sync::oneshot;
use uuid::Uuid;

/// A case about to be opened.
#[derive(Debug, Clone)]
pub struct NewCase {
    /// The contact that opens it.
    pub contact: Uuid,
    /// The dialog's word for what it is about (`incidencia`).
    pub kind: String,
    /// When.
    pub opened: DateTime<Utc>,
    /// Year of the office's calendar, which its number begins with.
    pub year: i32,
    /// What is known of it.
    pub fields: Vec<CaseField>,
}

/// One thing known of a case.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CaseField {
    /// Its name in the dialog.
    pub name: String,
    /// Its value; where it is private, whole in one case and masked in lists.
    pub value: String,
    /// Kept out of lists and logs.
    pub private: bool,
}

/// A case as lists show it: private fields masked.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Case {
    /// What the citizen was told: `2026-000042`.
    pub code: String,
    /// UUIDv7.
    pub id: String,
    /// The contact that opened it.
    pub contact: String,
    /// What it is about.
    pub kind: String,
    /// `abierto`, `en_curso`, `resuelto` or `cerrado`.
    pub state: String,
    /// When it was opened.
    pub opened: DateTime<Utc>,
    /// What is known of it.
    pub fields: Vec<CaseField>,
}

/// A case whole, with its notes.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct CaseDetail {
    /// The case, no field masked: who solves it needs them.
    #[serde(flatten)]
    pub case: Case,
    /// What was added to it, oldest first.
    pub notes: Vec<CaseNote>,
}

/// Something added to a case.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct CaseNote {
    /// When.
    pub at: DateTime<Utc>,
    /// `contact:ID`, or a person's login.
    pub who: String,
    /// The words.
    pub text: String,
    /// The state that it brought, if it brought one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub state: Option<String>,
}

/// Which cases to list, newest first.
#[derive(Debug, Clone)]
pub struct CaseFilter {
    /// Only this state.
    pub state: Option<String>,
    /// Only this kind.
    pub kind: Option<String>,
    /// Only cases opened before this one (its `id`, exclusive): the next page.
    pub before: Option<String>,
    /// Only cases of contacts handed off to one of these queues; empty: all cases.
    pub queues: Vec<String>,
    /// At most this many, 1..=500.
    pub limit: u32,
}

impl Default for CaseFilter {
    fn default() -> Self {
        Self { state: None, kind: None, before: None, queues: Vec::new(), limit: 50 }
    }
}

/// A case on its way to the writer, and the way back of its number.
pub(crate) struct Opening {
    pub case: NewCase,
    pub id: Uuid,
    /// The number that the transaction gave; it counts once that is committed.
    pub code: Mutex<Option<String>>,
    pub done: oneshot::Sender<Result<String, Error>>,
}

impl Opening {
    /// Says how it ended.
    pub fn tell(self, outcome: Result<(), Error>) {
        let code = self.code.into_inner().unwrap_or_else(PoisonError::into_inner);
        let told = outcome.and_then(|()| code.ok_or(Error::Stopped));
        // Who asked may have given up waiting: then nothing was written.
        let _ = self.done.send(told);
    }
}

impl Store {
    /// Opens a case and gives its number once it is on the disk.
    ///
    /// # Errors
    /// [`Error::Waiting`] when the database takes nothing now: then no case was opened, and none will be.
    /// The same if the future is dropped before its end.
    pub async fn open_case(&self, case: NewCase) -> Result<String, Error> {
        let (done, wait) = oneshot::channel();
        let opening = Opening { case, id: Uuid::now_v7(), code: Mutex::default(), done };
        self.writes.send(Write::OpenCase(Box::new(opening))).await.map_err(|_| Error::Stopped)?;
        wait.await.map_err(|_| Error::Stopped)?
    }

    /// Adds a note to a case; of a case that is not there, nothing.
    pub fn note_case(&self, code: &str, note: CaseNote) {
        self.write(Write::NoteCase { code: code.to_owned(), note: Box::new(note) });
    }

    /// Cases, newest first, private fields masked.
    ///
    /// # Errors
    /// The database's; [`Error::Damaged`] for fields changed by hand.
    pub async fn cases(&self, filter: &CaseFilter) -> Result<Vec<Case>, Error> {
        let rows = sqlx::query(
            "SELECT * FROM cases WHERE (?1 IS NULL OR state = ?1) AND (?2 IS NULL OR kind = ?2) AND (?3 IS NULL OR id < ?3) AND (?5 = '[]' OR contact IN (SELECT id FROM contacts WHERE handoff_queue IN (SELECT value FROM json_each(?5)))) ORDER BY id DESC LIMIT ?4",
        )
        .bind(filter.state.as_deref())
        .bind(filter.kind.as_deref())
        .bind(filter.before.as_deref())
        .bind(i64::from(filter.limit.clamp(1, 500)))
        .bind(serde_json::json!(filter.queues).to_string())
        .fetch_all(&self.pool)
        .await?;
        rows.iter().map(|row| case_of(row).map(masked)).collect()
    }

    /// One case whole, by its number; `None` if there is no such case.
    ///
    /// # Errors
    /// As [`Store::cases`].
    pub async fn case(&self, code: &str) -> Result<Option<CaseDetail>, Error> {
        let found = sqlx::query("SELECT * FROM cases WHERE code = ?1").bind(code).fetch_optional(&self.pool);
        let Some(row) = found.await? else { return Ok(None) };
        let notes = sqlx::query("SELECT * FROM case_notes WHERE code = ?1 ORDER BY seq")
            .bind(code)
            .fetch_all(&self.pool);
        let notes = notes.await?.iter().map(note_of).collect::<Result<_, _>>()?;
        Ok(Some(CaseDetail { case: case_of(&row)?, notes }))
    }
}

fn masked(mut case: Case) -> Case {
    for field in case.fields.iter_mut().filter(|f| f.private) {
        MASK.clone_into(&mut field.value);
    }
    case
}

fn case_of(row: &SqliteRow) -> Result<Case, Error> {
    let contact: String = row.try_get("contact")?;
    let fields: String = row.try_get("fields")?;
    let damaged = |source| Error::Damaged { contact: contact.clone(), what: "case", source };
    Ok(Case {
        code: row.try_get("code")?,
        id: row.try_get("id")?,
        kind: row.try_get("kind")?,
        state: row.try_get("state")?,
        opened: instant(row.try_get("opened_ms")?),
        fields: serde_json::from_str(&fields).map_err(damaged)?,
        contact,
    })
}

fn note_of(row: &SqliteRow) -> Result<CaseNote, Error> {
    Ok(CaseNote {
        at: instant(row.try_get("at_ms")?),
        who: row.try_get("who")?,
        text: row.try_get("text")?,
        state: row.try_get("state")?,
    })
}

/// Opens a case within a transaction: the next number of its year.
pub(crate) async fn open(tx: &mut sqlx::SqliteConnection, opening: &Opening) -> Result<(), sqlx::Error> {
    if opening.done.is_closed() {
        return Ok(());
    }
    let case = &opening.case;
    let number: i64 = sqlx::query_scalar("INSERT INTO case_years (year, last) VALUES (?1, 1) ON CONFLICT (year) DO UPDATE SET last = last + 1 RETURNING last")
        .bind(i64::from(case.year))
        .fetch_one(&mut *tx)
        .await?;
    let code = format!("{}-{number:06}", case.year);
    let fields = serde_json::to_string(&case.fields).map_err(|e| sqlx::Error::Encode(Box::new(e)))?;
    sqlx::query("INSERT INTO cases (code, id, contact, kind, state, opened_ms, fields) VALUES (?1, ?2, ?3, ?4, 'abierto', ?5, ?6)")
        .bind(&code)
        .bind(opening.id.to_string())
        .bind(case.contact.to_string())
        .bind(&case.kind)
        .bind(case.opened.timestamp_millis())
        .bind(fields)
        .execute(tx)
        .await?;
    *opening.code.lock().unwrap_or_else(PoisonError::into_inner) = Some(code);
    Ok(())
}

/// Adds a note within a transaction, and the state that it brings.
pub(crate) async fn note(
    tx: &mut sqlx::SqliteConnection,
    code: &str,
    note: &CaseNote,
) -> Result<(), sqlx::Error> {
    if let Some(state) = &note.state {
        sqlx::query("UPDATE cases SET state = ?2 WHERE code = ?1")
            .bind(code)
            .bind(state)
            .execute(&mut *tx)
            .await?;
    }
    sqlx::query("INSERT INTO case_notes (code, seq, at_ms, who, text, state) SELECT code, (SELECT coalesce(max(seq) + 1, 0) FROM case_notes WHERE code = ?1), ?2, ?3, ?4, ?5 FROM cases WHERE code = ?1")
        .bind(code)
        .bind(note.at.timestamp_millis())
        .bind(&note.who)
        .bind(&note.text)
        .bind(note.state.as_deref())
        .execute(tx)
        .await?;
    Ok(())
}
