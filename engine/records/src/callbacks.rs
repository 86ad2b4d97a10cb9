//! Requests to be called back.
use crate::store::instant;
use crate::writer::Write;
use crate::{Error, Store};
use chrono::{DateTime, Utc};
use serde::Serialize;
use sqlx::Row;
use sqlx::sqlite::SqliteRow;
use uuid::Uuid;

/// A request about to be kept.
#[derive(Debug, Clone)]
pub struct NewCallback {
    /// The contact that asks.
    pub contact: Uuid,
    /// The number to call.
    pub number: String,
    /// Who is to call.
    pub queue: String,
    /// When it suits the citizen, `[from, until)`; `None`: at any time.
    pub when: Option<(DateTime<Utc>, DateTime<Utc>)>,
    /// Why.
    pub reason: String,
    /// When it was asked.
    pub asked: DateTime<Utc>,
}

/// A request to be called back.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Callback {
    /// UUIDv7.
    pub id: String,
    /// The contact that asked.
    pub contact: String,
    /// The number to call.
    pub number: String,
    /// Who is to call.
    pub queue: String,
    /// When it suits the citizen; none: at any time.
    pub from: Option<DateTime<Utc>>,
    /// Until when it does.
    pub until: Option<DateTime<Utc>>,
    /// Why.
    pub reason: String,
    /// When it was asked.
    pub asked: DateTime<Utc>,
    /// `pending`, `done` or `given_up`.
    pub state: String,
}

/// Which requests to list, newest first.
#[derive(Debug, Clone)]
pub struct CallbackFilter {
    /// Only this state.
    pub state: Option<String>,
    /// Only requests before this one (its id, exclusive): the next page.
    pub before: Option<String>,
    /// Only those for one of these queues; empty: all.
    pub queues: Vec<String>,
    /// At most this many, 1..=500.
    pub limit: u32,
}

impl Default for CallbackFilter {
    fn default() -> Self {
        Self { state: None, before: None, queues: Vec::new(), limit: 50 }
    }
}

impl Store {
    /// Keeps a request to be called back.
    pub fn callback(&self, callback: NewCallback) {
        self.write(Write::Callback(Box::new((Uuid::now_v7(), callback))));
    }

    /// Requests to be called back, newest first.
    ///
    /// # Errors
    /// The database's.
    pub async fn callbacks(&self, filter: &CallbackFilter) -> Result<Vec<Callback>, Error> {
        let rows = sqlx::query(
            "SELECT * FROM callbacks WHERE (?1 IS NULL OR state = ?1) AND (?2 IS NULL OR id < ?2) AND (?4 = '[]' OR queue IN (SELECT value FROM json_each(?4))) ORDER BY id DESC LIMIT ?3",
        )
        .bind(filter.state.as_deref())
        .bind(filter.before.as_deref())
        .bind(i64::from(filter.limit.clamp(1, 500)))
        .bind(serde_json::json!(filter.queues).to_string())
        .fetch_all(&self.pool)
        .await?;
        rows.iter().map(callback_of).collect()
    }
}

fn callback_of(row: &SqliteRow) -> Result<Callback, Error> {
    Ok(Callback {
        id: row.try_get("id")?,
        contact: row.try_get("contact")?,
        number: row.try_get("number")?,
        queue: row.try_get("queue")?,
        from: row.try_get::<Option<i64>, _>("from_ms")?.map(instant),
        until: row.try_get::<Option<i64>, _>("until_ms")?.map(instant),
        reason: row.try_get("reason")?,
        asked: instant(row.try_get("asked_ms")?),
        state: row.try_get("state")?,
    })
}

pub(crate) async fn keep(
    tx: &mut sqlx::SqliteConnection,
    id: Uuid,
    asked: &NewCallback,
) -> Result<(), sqlx::Error> {
    let (from, until) = asked.when.map(|(a, b)| (a.timestamp_millis(), b.timestamp_millis())).unzip();
    sqlx::query("INSERT INTO callbacks (id, contact, number, queue, from_ms, until_ms, reason, asked_ms, state) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, 'pending')")
        .bind(id.to_string())
        .bind(asked.contact.to_string())
        .bind(&asked.number)
        .bind(&asked.queue)
        .bind(from)
        .bind(until)
        .bind(&asked.reason)
        .bind(asked.asked.timestamp_millis())
        .execute(tx)
        .await?;
    Ok(())
}
