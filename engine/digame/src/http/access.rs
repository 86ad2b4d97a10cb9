//! Who asks: the operator, by the token of the data folder, or a user, by login and password.
use super::{App, Problem};
use crate::config::{Permission, Profile, Profiles};
use argon2::{Argon2, PasswordHash, PasswordHasher, PasswordVerifier, password_hash::SaltString};
use axum::Json;
use axum::extract::rejection::JsonRejection;
use axum::extract::{Extension, Request, State};
use axum::http::header;
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use records::Users;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};
use tokio::sync::Semaphore;

/// How long a login lasts: a working day.
const LASTS: Duration = Duration::from_secs(12 * 3600);
/// Passwords that are checked at once. Argon2 takes 19 MiB and tens of milliseconds of a core for each.
const CHECKS: usize = 1;
/// The shortest password, in characters.
pub const SHORTEST: usize = 12;

/// Everything that access depends on.
#[derive(Clone)]
pub struct Access {
    /// The operator's token.
    token: Arc<str>,
    users: Users,
    profiles: Arc<Profiles>,
    logins: Arc<Mutex<HashMap<[u8; 32], Login>>>,
    checks: Arc<Semaphore>,
}

struct Login {
    user: String,
    until: Instant,
}

/// Who made a request, and what they may do.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Caller {
    /// Login; the operator has none.
    pub login: Option<String>,
    /// The person's name.
    pub name: String,
    /// Name of the profile.
    pub profile: String,
    /// What it permits.
    #[serde(flatten)]
    pub may: Profile,
}

impl Caller {
    /// How histories name them.
    pub fn signature(&self) -> String {
        self.login.clone().unwrap_or_else(|| self.name.clone())
    }

    fn operator() -> Self {
        use Permission::{Contacts, Design, Events, Metrics, Recordings};
        let permissions = vec![Contacts, Recordings, Events, Metrics, Design];
        let may = Profile { permissions, queues: Vec::new() };
        Self { login: None, name: "operator".into(), profile: "operator".into(), may }
    }

    /// Whether the contacts of this queue are theirs to see.
    pub fn sees(&self, queue: Option<&str>) -> bool {
        self.may.queues.is_empty() || queue.is_some_and(|queue| self.may.queues.iter().any(|q| q == queue))
    }
}

impl Access {
    /// Access by the operator's token and by the users of the database.
    pub fn new(token: Arc<str>, users: Users, profiles: Profiles) -> Self {
        let checks = Arc::new(Semaphore::new(CHECKS));
        Self { token, users, profiles: Arc::new(profiles), logins: Arc::default(), checks }
    }

    async fn caller(&self, bearer: &str) -> Result<Caller, Problem> {
        let given = fingerprint(bearer);
        // Fingerprints tell nothing of the token by where they differ.
        if given == fingerprint(&self.token) {
            return Ok(Caller::operator());
        }
        let login = {
            let mut logins = self.logins.lock().unwrap_or_else(PoisonError::into_inner);
            logins.retain(|_, login| login.until > Instant::now());
            logins.get(&given).map(|login| login.user.clone())
        };
        // The user is read anew each time: who is removed is out at once.
        let login = login.ok_or_else(Problem::unauthorised)?;
        let user = self.users.get(&login).await.map_err(|e| Problem::internal(&e))?;
        let user = user.ok_or_else(Problem::unauthorised)?;
        let may = self.profiles.0.get(&user.profile).cloned().ok_or_else(|| {
            Problem::forbidden(format!("profile {} is no longer in the configuration", user.profile))
        })?;
        Ok(Caller { login: Some(user.login), name: user.name, profile: user.profile, may })
    }

    async fn log_in(&self, given: Credentials) -> Result<LoggedIn, Problem> {
        let user = self.users.get(&given.login).await.map_err(|e| Problem::internal(&e))?;
        let stored = user.as_ref().map(|user| user.password.clone());
        let permit = self.checks.clone().acquire_owned().await.map_err(|e| Problem::internal(&e))?;
        let checked = tokio::task::spawn_blocking(move || {
            let _permit = permit;
            matches(&given.password, stored.as_deref())
        });
        if !checked.await.map_err(|e| Problem::internal(&e))? {
            return Err(Problem::wrong_password());
        }
        let user = user.ok_or_else(Problem::wrong_password)?;
        let token = hex::encode(rand::random::<[u8; 32]>());
        let login = Login { user: user.login, until: Instant::now() + LASTS };
        self.logins.lock().unwrap_or_else(PoisonError::into_inner).insert(fingerprint(&token), login);
        let caller = self.caller(&token).await?;
        Ok(LoggedIn { token, expires_s: LASTS.as_secs(), caller })
    }
}

fn fingerprint(token: &str) -> [u8; 32] {
    Sha256::digest(token).into()
}

/// Whether the password is the stored one. Where no user is, the same work is done, so that the time of
/// the answer does not tell which logins exist.
fn matches(password: &str, stored: Option<&str>) -> bool {
    match stored.map(PasswordHash::new) {
        Some(Ok(stored)) => Argon2::default().verify_password(password.as_bytes(), &stored).is_ok(),
        _ => {
            let _ = hash_any(password);
            false
        }
    }
}

/// The PHC string (Argon2id) of a password.
///
/// # Errors
/// In one line: it is too short.
pub fn hash(password: &str) -> Result<String, String> {
    if password.chars().count() < SHORTEST {
        return Err(format!("a password has at least {SHORTEST} characters"));
    }
    hash_any(password)
}

fn hash_any(password: &str) -> Result<String, String> {
    let salt = SaltString::encode_b64(&rand::random::<[u8; 16]>()).map_err(|e| e.to_string())?;
    let hashed = Argon2::default().hash_password(password.as_bytes(), &salt);
    hashed.map(|hash| hash.to_string()).map_err(|e| e.to_string())
}

/// Body of a login.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Credentials {
    login: String,
    password: String,
}

/// Answer to a login.
#[derive(Serialize)]
pub struct LoggedIn {
    token: String,
    expires_s: u64,
    #[serde(flatten)]
    caller: Caller,
}

pub async fn login(
    State(app): State<App>,
    given: Result<Json<Credentials>, JsonRejection>,
) -> Result<Json<LoggedIn>, Problem> {
    let Json(given) = given.map_err(|error| Problem::bad_request(error.body_text()))?;
    app.access.log_in(given).await.map(Json)
}

pub async fn me(Extension(caller): Extension<Caller>) -> Json<Caller> {
    Json(caller)
}

/// Lets in whoever is known, and says to the handlers who it is.
pub async fn known(State(app): State<App>, mut request: Request, next: Next) -> Response {
    let bearer = request
        .headers()
        .get(header::AUTHORIZATION)
        .and_then(|value| value.to_str().ok())
        .and_then(|value| value.strip_prefix("Bearer "));
    let caller = match bearer {
        Some(bearer) => app.access.caller(bearer).await,
        None => Err(Problem::unauthorised()),
    };
    match caller {
        Ok(caller) => {
            request.extensions_mut().insert(caller);
            next.run(request).await
        }
        Err(problem) => problem.into_response(),
    }
}

impl Caller {
    /// Refuses who has no such permission, and says which it is.
    pub fn must(&self, permission: Permission) -> Result<(), Problem> {
        if self.may.permissions.contains(&permission) {
            return Ok(());
        }
        let (profile, name) = (&self.profile, permission.name());
        Err(Problem::forbidden(format!(
            "profile {profile} has no permission `{name}`; [profiles.{profile}] of the configuration gives it"
        )))
    }
}
