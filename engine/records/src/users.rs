//! The people who use the API. What they may do is not kept here: a user names a profile of the configuration.
use crate::Error;
use chrono::{DateTime, TimeZone, Utc};
use serde::Serialize;
use sqlx::Row;
use sqlx::sqlite::{SqlitePool, SqliteRow};

/// One user.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct User {
    /// What is typed at login; unique.
    pub login: String,
    /// The person's name, as others see it.
    pub name: String,
    /// Profile of the configuration.
    pub profile: String,
    /// PHC string of the password; never shown.
    #[serde(skip)]
    pub password: String,
    /// When the user was made.
    pub created: DateTime<Utc>,
}

/// The table of users. Changes are seen by the next request.
#[derive(Clone)]
pub struct Users(pub(crate) SqlitePool);

impl Users {
    /// Adds a user; false if the login is taken.
    pub async fn add(&self, user: &User) -> Result<bool, Error> {
        let done = sqlx::query("INSERT INTO users (login, name, profile, password, created_ms) VALUES (?1, ?2, ?3, ?4, ?5) ON CONFLICT DO NOTHING")
            .bind(&user.login)
            .bind(&user.name)
            .bind(&user.profile)
            .bind(&user.password)
            .bind(user.created.timestamp_millis())
            .execute(&self.0)
            .await?;
        Ok(done.rows_affected() == 1)
    }

    /// Gives a user another password; false if there is no such user.
    pub async fn set_password(&self, login: &str, password: &str) -> Result<bool, Error> {
        let done = sqlx::query("UPDATE users SET password = ?2 WHERE login = ?1")
            .bind(login)
            .bind(password)
            .execute(&self.0)
            .await?;
        Ok(done.rows_affected() == 1)
    }

    /// Removes a user; false if there is no such user.
    pub async fn remove(&self, login: &str) -> Result<bool, Error> {
        let done = sqlx::query("DELETE FROM users WHERE login = ?1").bind(login).execute(&self.0).await?;
        Ok(done.rows_affected() == 1)
    }

    /// The user of this login.
    pub async fn get(&self, login: &str) -> Result<Option<User>, Error> {
        let row =
            sqlx::query("SELECT * FROM users WHERE login = ?1").bind(login).fetch_optional(&self.0).await?;
        row.as_ref().map(user_of).transpose()
    }

    /// All users, by login.
    pub async fn list(&self) -> Result<Vec<User>, Error> {
        let rows = sqlx::query("SELECT * FROM users ORDER BY login").fetch_all(&self.0).await?;
        rows.iter().map(user_of).collect()
    }
}

fn user_of(row: &SqliteRow) -> Result<User, Error> {
    Ok(User {
        login: row.try_get("login")?,
        name: row.try_get("name")?,
        profile: row.try_get("profile")?,
        password: row.try_get("password")?,
        created: Utc.timestamp_millis_opt(row.try_get("created_ms")?).single().unwrap_or_default(),
    })
}
