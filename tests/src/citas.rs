//! The outside service of the demo: an appointment diary in memory. `citas/openapi.yaml` describes it.
use axum::extract::{Query, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, put};
use axum::{Json, Router};
use chrono::{Datelike, NaiveDateTime, NaiveTime, TimeDelta, Weekday};
use serde::{Deserialize, Serialize};
use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

/// One booking.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Booking {
    /// Locator, letter digit letter digit.
    pub codigo: String,
    /// Who.
    pub nif: String,
    /// Id of the free slot.
    pub hueco: String,
    /// Local time of the office.
    pub inicio: NaiveDateTime,
}

/// A feigned breakdown.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Breakdown {
    /// Works.
    #[default]
    Ninguna,
    /// Answers 500.
    Error,
    /// Answers after 30 s.
    Lento,
    /// Answers 200 with JSON of another shape.
    Miente,
    /// Answers 200 with the JSON that is expected, and values of other types in it.
    OtrosTipos,
    /// Answers 200 with a page for people.
    Html,
}

#[derive(Default)]
struct Diary {
    bookings: Vec<Booking>,
    by_key: HashMap<String, Booking>,
    breakdown: Breakdown,
}

type Shared = Arc<Mutex<Diary>>;

fn lock(diary: &Shared) -> MutexGuard<'_, Diary> {
    diary.lock().unwrap_or_else(PoisonError::into_inner)
}

#[derive(Deserialize)]
struct Wanted {
    nif: String,
    #[serde(rename = "tramite")]
    _tramite: String,
    desde: String,
    hasta: String,
}

#[derive(Serialize)]
struct Free {
    id: String,
    inicio: String,
}

#[derive(Deserialize)]
struct Order {
    nif: String,
    hueco: String,
}

#[derive(Deserialize)]
struct Mode {
    modo: Breakdown,
}

/// The service, ready to be served.
pub fn router() -> Router {
    let diary = Shared::default();
    Router::new()
        .route("/huecos", get(free))
        .route("/reservas", get(list).post(book))
        .route("/averia", put(break_down))
        .with_state(diary)
}

fn problem(status: StatusCode, title: &str) -> Response {
    let body = serde_json::json!({ "title": title, "status": status.as_u16() }).to_string();
    (status, [("content-type", "application/problem+json")], body).into_response()
}

/// Feigns the breakdown that was asked for; `None` when the service works.
async fn broken(diary: &Shared) -> Option<Response> {
    let breakdown = lock(diary).breakdown;
    match breakdown {
        Breakdown::Ninguna => None,
        Breakdown::Error => Some(problem(StatusCode::INTERNAL_SERVER_ERROR, "Avería fingida")),
        Breakdown::Lento => {
            tokio::time::sleep(Duration::from_secs(30)).await;
            None
        }
        Breakdown::Miente => Some(Json(serde_json::json!({ "hola": 1 })).into_response()),
        Breakdown::OtrosTipos => {
            Some(Json(serde_json::json!([{ "id": 7, "inicio": "luego" }])).into_response())
        }
        Breakdown::Html => Some(axum::response::Html("<h1>Mantenimiento</h1>").into_response()),
    }
}

fn local(text: &str) -> Option<NaiveDateTime> {
    ["%Y-%m-%dT%H:%M:%S", "%Y-%m-%dT%H:%M"].iter().find_map(|f| NaiveDateTime::parse_from_str(text, f).ok())
}

/// DNI or NIE with its check letter (Orden INT/2058/2008).
fn valid_nif(nif: &str) -> bool {
    let number = match nif.chars().next() {
        Some('X') => nif.replacen('X', "0", 1),
        Some('Y') => nif.replacen('Y', "1", 1),
        Some('Z') => nif.replacen('Z', "2", 1),
        _ => nif.to_owned(),
    };
    let Some((digits, letter)) = number.split_at_checked(8) else { return false };
    let Ok(value) = digits.parse::<usize>() else { return false };
    "TRWAGMYFPDXBNJZSQVHLCKE".chars().nth(value % 23).is_some_and(|l| letter == l.to_string())
}

/// Half hours of a working day, 9:00–14:00, and 16:00–20:00 from Monday to Thursday, thinned so that a
/// day looks like a real diary: which ones are free depends on the date alone.
fn half_hours(day: chrono::NaiveDate) -> Vec<NaiveDateTime> {
    if matches!(day.weekday(), Weekday::Sat | Weekday::Sun) {
        return Vec::new();
    }
    let open =
        |hour: u32| (9..14).contains(&hour) || ((16..20).contains(&hour) && day.weekday() != Weekday::Fri);
    (0..48)
        .filter(|half| open(half / 2) && (half * 7 + day.day()).is_multiple_of(4))
        .filter_map(|half| NaiveTime::from_hms_opt(half / 2, half % 2 * 30, 0))
        .map(|time| day.and_time(time))
        .collect()
}

async fn free(State(diary): State<Shared>, Query(wanted): Query<Wanted>) -> Response {
    if let Some(response) = broken(&diary).await {
        return response;
    }
    let (Some(from), Some(to)) = (local(&wanted.desde), local(&wanted.hasta)) else {
        return problem(StatusCode::BAD_REQUEST, "desde y hasta son horas locales: 2026-05-14T14:00");
    };
    if !valid_nif(&wanted.nif) {
        return problem(StatusCode::BAD_REQUEST, "nif no es un DNI o NIE con su letra");
    }
    if to < from || to - from > TimeDelta::days(62) {
        return problem(StatusCode::BAD_REQUEST, "hasta va antes que desde, o abarca más de 62 días");
    }
    let taken: Vec<String> = lock(&diary).bookings.iter().map(|b| b.hueco.clone()).collect();
    let free: Vec<Free> = from
        .date()
        .iter_days()
        .take_while(|day| *day <= to.date())
        .flat_map(half_hours)
        .filter(|start| *start >= from && *start < to)
        .map(|start| Free {
            id: start.format("h%Y%m%d%H%M").to_string(),
            inicio: start.format("%Y-%m-%dT%H:%M").to_string(),
        })
        .filter(|slot| !taken.contains(&slot.id))
        .take(12)
        .collect();
    Json(free).into_response()
}

async fn book(State(diary): State<Shared>, headers: HeaderMap, Json(order): Json<Order>) -> Response {
    if let Some(response) = broken(&diary).await {
        return response;
    }
    let key = headers.get("idempotency-key").and_then(|k| k.to_str().ok()).map(str::to_owned);
    let mut diary = lock(&diary);
    if let Some(done) = key.as_ref().and_then(|k| diary.by_key.get(k)) {
        return (StatusCode::CREATED, Json(done.clone())).into_response();
    }
    let Ok(inicio) = NaiveDateTime::parse_from_str(&order.hueco, "h%Y%m%d%H%M") else {
        return problem(StatusCode::BAD_REQUEST, "hueco no es uno de los que da /huecos");
    };
    if !valid_nif(&order.nif) {
        return problem(StatusCode::BAD_REQUEST, "nif no es un DNI o NIE con su letra");
    }
    if !half_hours(inicio.date()).contains(&inicio) || diary.bookings.iter().any(|b| b.hueco == order.hueco) {
        return problem(StatusCode::CONFLICT, "ese hueco ya no está libre");
    }
    let booking =
        Booking { codigo: locator(diary.bookings.len()), nif: order.nif, hueco: order.hueco, inicio };
    diary.bookings.push(booking.clone());
    if let Some(key) = key {
        diary.by_key.insert(key, booking.clone());
    }
    (StatusCode::CREATED, Json(booking)).into_response()
}

/// Letter digit letter digit, without letters that sound alike on the phone.
fn locator(n: usize) -> String {
    const LETTERS: [char; 12] = ['R', 'K', 'L', 'F', 'J', 'X', 'Z', 'A', 'U', 'O', 'I', 'T'];
    let pick = |i: usize| LETTERS.get(i % LETTERS.len()).copied().unwrap_or('R');
    format!("{}{}{}{}", pick(n), (n * 3 + 7) % 10, pick(n / 12 + 1), (n * 7 + 2) % 10)
}

async fn list(State(diary): State<Shared>) -> Json<Vec<Booking>> {
    Json(lock(&diary).bookings.clone())
}

async fn break_down(State(diary): State<Shared>, Json(mode): Json<Mode>) -> StatusCode {
    lock(&diary).breakdown = mode.modo;
    StatusCode::NO_CONTENT
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn check_letters() {
        assert!(valid_nif("12345678Z") && valid_nif("X1234567L"));
        assert!(!valid_nif("12345678A") && !valid_nif("1234") && !valid_nif("") && !valid_nif("ñññññññññ"));
    }

    #[test]
    fn every_working_day_has_free_half_hours() {
        let monday = chrono::NaiveDate::from_ymd_opt(2026, 11, 23).unwrap();
        for day in monday.iter_days().take(5) {
            assert!(half_hours(day).len() >= 2, "{day}");
        }
        assert!(half_hours(monday + TimeDelta::days(5)).is_empty());
    }

    #[test]
    fn locators_differ() {
        let mut all: Vec<_> = (0..100).map(locator).collect();
        all.sort();
        all.dedup();
        assert_eq!(all.len(), 100);
    }
}
