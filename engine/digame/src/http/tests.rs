//! The API as a client sees it.
use super::*;
use chrono::Utc;
use records::{Direction, NewContact, NewRecording, Outcome};

struct Still;

impl Monitor for Still {
    fn metrics(&self) -> String {
        "# EOF\n".into()
    }
    fn health(&self) -> Health {
        Health { status: "ok", calls: 0, max_calls: 1, version: "0" }
    }
}

struct Served {
    base: String,
    store: Store,
    events: broadcast::Sender<Arc<str>>,
    folder: tempfile::TempDir,
}

async fn serve() -> Served {
    let folder = tempfile::tempdir().unwrap();
    let store = Store::open(&folder.path().join("digame.db")).await.unwrap();
    let (events, _) = broadcast::channel(8);
    let app = App {
        store: store.clone(),
        recordings: folder.path().to_owned(),
        access: Access::new("abc".into(), store.users(), crate::config::Profiles::default()),
        events: events.clone(),
        monitor: Arc::new(Still),
        design: bots::tests::nothing(folder.path()),
    };
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let base = format!("http://{}", listener.local_addr().unwrap());
    tokio::spawn(async move { axum::serve(listener, router(app)).await });
    Served { base, store, events, folder }
}

async fn get(served: &Served, path: &str, token: Option<&str>) -> (u16, String, String) {
    let mut request = reqwest::Client::new().get(format!("{}{path}", served.base));
    if let Some(token) = token {
        request = request.bearer_auth(token);
    }
    let response = request.send().await.unwrap();
    let kind =
        response.headers().get("content-type").map(|v| v.to_str().unwrap().to_owned()).unwrap_or_default();
    (response.status().as_u16(), kind, response.text().await.unwrap())
}

#[tokio::test]
async fn without_the_token_only_health_answers() {
    let served = serve().await;
    assert_eq!(get(&served, "/health", None).await.0, 200);
    for path in [
        "/metrics",
        "/api/contacts",
        "/api/contacts/x",
        "/api/contacts/x/recording",
        "/api/events",
        "/api/cases",
        "/api/cases/x",
        "/api/callbacks",
    ] {
        for token in [None, Some(""), Some("abd"), Some("abcd")] {
            let (status, kind, body) = get(&served, path, token).await;
            assert_eq!((status, kind.as_str()), (401, "application/problem+json"), "{path} {token:?} {body}");
        }
    }
}

#[tokio::test]
async fn wrong_questions_get_problems() {
    let served = serve().await;
    for (path, status) in [
        ("/api/contacts?state=dead", 400),
        ("/api/contacts?limit=0", 400),
        ("/api/contacts?limit=many", 400),
        ("/api/contacts?colour=red", 400),
        ("/api/contacts/none", 404),
        ("/api/contacts/none/recording", 404),
        ("/api/cases?state=live", 400),
        ("/api/cases?limit=501", 400),
        ("/api/cases/none", 404),
        ("/api/callbacks?state=abierto", 400),
        ("/api/callbacks?kind=incidencia", 400),
        ("/nowhere", 404),
    ] {
        let (got, kind, body) = get(&served, path, Some("abc")).await;
        assert_eq!((got, kind.as_str()), (status, "application/problem+json"), "{path}: {body}");
        assert!(body.contains("detail"), "{body}");
    }
}

#[tokio::test]
async fn a_contact_its_recording_and_its_events_are_served() {
    let served = serve().await;
    let id = uuid::Uuid::now_v7();
    std::fs::write(served.folder.path().join("a.wav"), [7u8; 100]).unwrap();
    served.store.contact_started(NewContact {
        id,
        direction: Direction::Inbound,
        from: "sip:1@127.0.0.1".into(),
        to: "sip:2@127.0.0.1".into(),
        dialog: "d".into(),
        dialog_version: "v".into(),
        started: Utc::now(),
        recording: Some(NewRecording { file: "a.wav".into(), legal_basis: "public_task".into() }),
    });
    served.store.contact_ended(id, Utc::now(), Outcome { name: "hung_up".into(), handoff: None }, None);
    served.store.flush().await.unwrap();
    let (status, _, body) = get(&served, &format!("/api/contacts/{id}"), Some("abc")).await;
    assert_eq!(status, 200);
    let detail: serde_json::Value = serde_json::from_str(&body).unwrap();
    assert_eq!(detail["outcome"], "hung_up");
    let (status, kind, body) = get(&served, &format!("/api/contacts/{id}/recording"), Some("abc")).await;
    assert_eq!((status, body.len()), (200, 100), "{kind}");

    let mut stream = reqwest::Client::new()
        .get(format!("{}/api/events", served.base))
        .bearer_auth("abc")
        .send()
        .await
        .unwrap();
    served.events.send(r#"{"event":"x"}"#.into()).unwrap();
    let chunk = stream.chunk().await.unwrap().unwrap();
    assert_eq!(&chunk[..], b"data: {\"event\":\"x\"}\n\n");
}

async fn log_in(served: &Served, login: &str, password: &str) -> (u16, serde_json::Value) {
    let body = serde_json::json!({ "login": login, "password": password });
    let url = format!("{}/api/login", served.base);
    let response = reqwest::Client::new().post(url).json(&body).send().await.unwrap();
    (response.status().as_u16(), response.json().await.unwrap())
}

#[tokio::test]
async fn a_user_sees_the_contacts_of_the_queues_of_the_profile_and_no_more() {
    let served = serve().await;
    let users = served.store.users();
    let password = access::hash("una clave larga").unwrap();
    let agent = records::User {
        login: "recepcion1".into(),
        name: "Recepción 1".into(),
        profile: "agente".into(),
        password,
        created: Utc::now(),
    };
    assert!(users.add(&agent).await.unwrap());
    assert!(!users.add(&agent).await.unwrap(), "a login is taken once");
    let mut ids = Vec::new();
    for queue in [None, Some("oac_citas"), Some("otra")] {
        let id = uuid::Uuid::now_v7();
        served.store.contact_started(NewContact {
            id,
            direction: Direction::Inbound,
            from: "600000000".into(),
            to: "010".into(),
            dialog: "d".into(),
            dialog_version: "v".into(),
            started: Utc::now(),
            recording: None,
        });
        let handoff = queue.map(|queue| (queue.to_owned(), "lo_pide".to_owned()));
        served.store.contact_ended(id, Utc::now(), Outcome { name: "x".into(), handoff }, None);
        ids.push(id.to_string());
    }
    served.store.flush().await.unwrap();

    for (login, password) in [("recepcion1", "otra clave larga"), ("nadie", "una clave larga"), ("", "")] {
        let (status, problem) = log_in(&served, login, password).await;
        assert_eq!((status, problem["status"].as_u64()), (401, Some(401)), "{login} {problem}");
    }
    let (status, me) = log_in(&served, "recepcion1", "una clave larga").await;
    assert_eq!((status, me["profile"].as_str()), (200, Some("agente")), "{me}");
    let token = me["token"].as_str().unwrap();
    assert_eq!(get(&served, "/api/me", Some(token)).await.0, 200);
    let (_, _, list) = get(&served, "/api/contacts", Some(token)).await;
    let list: serde_json::Value = serde_json::from_str(&list).unwrap();
    let seen: Vec<&str> =
        list["contacts"].as_array().unwrap().iter().filter_map(|c| c["id"].as_str()).collect();
    assert_eq!(seen, [ids[1].as_str()]);
    for (path, status) in [
        (format!("/api/contacts/{}", ids[1]), 200),
        (format!("/api/contacts/{}", ids[0]), 404),
        (format!("/api/contacts/{}", ids[2]), 404),
        (format!("/api/contacts/{}/recording", ids[1]), 403),
        ("/metrics".into(), 403),
        ("/api/events".into(), 403),
    ] {
        assert_eq!(get(&served, &path, Some(token)).await.0, status, "{path}");
    }
    assert!(users.remove("recepcion1").await.unwrap());
    assert_eq!(get(&served, "/api/contacts", Some(token)).await.0, 401, "who is removed is out at once");
}

#[tokio::test]
async fn cases_are_listed_masked_and_given_whole_one_by_one_to_who_may_see_their_contact() {
    let served = serve().await;
    let id = uuid::Uuid::now_v7();
    served.store.contact_started(NewContact {
        id,
        direction: Direction::Inbound,
        from: "600000000".into(),
        to: "010".into(),
        dialog: "incidencias".into(),
        dialog_version: "v".into(),
        started: Utc::now(),
        recording: None,
    });
    let field = |name: &str, value: &str, private| records::CaseField {
        name: name.into(),
        value: value.into(),
        private,
    };
    let new = records::NewCase {
        contact: id,
        kind: "incidencia".into(),
        opened: Utc::now(),
        year: 2026,
        fields: vec![field("donde", "calle Mayor 1", false), field("nif", "12345678Z", true)],
    };
    let code = served.store.open_case(new).await.unwrap();
    served.store.callback(records::NewCallback {
        contact: id,
        number: "600000000".into(),
        queue: "oac_citas".into(),
        when: None,
        reason: "cerrado".into(),
        asked: Utc::now(),
    });
    served.store.flush().await.unwrap();
    let (status, _, body) = get(&served, "/api/cases?state=abierto&kind=incidencia", Some("abc")).await;
    assert_eq!(status, 200);
    assert!(
        body.contains("calle Mayor 1") && body.contains(records::MASK) && !body.contains("12345678Z"),
        "{body}"
    );
    let (status, _, body) = get(&served, &format!("/api/cases/{code}"), Some("abc")).await;
    let whole: serde_json::Value = serde_json::from_str(&body).unwrap();
    assert_eq!((status, whole["fields"][1]["value"].as_str()), (200, Some("12345678Z")));
    let (_, _, body) = get(&served, "/api/callbacks", Some("abc")).await;
    let asked: serde_json::Value = serde_json::from_str(&body).unwrap();
    assert_eq!(asked["callbacks"][0]["queue"], "oac_citas");

    // An agent of one queue sees the call backs of that queue, and no case of a contact that was not handed to it.
    let agent = records::User {
        login: "recepcion1".into(),
        name: "Recepción 1".into(),
        profile: "agente".into(),
        password: access::hash("una clave larga").unwrap(),
        created: Utc::now(),
    };
    assert!(served.store.users().add(&agent).await.unwrap());
    let (_, me) = log_in(&served, "recepcion1", "una clave larga").await;
    let token = me["token"].as_str();
    let (_, _, body) = get(&served, "/api/cases", token).await;
    assert_eq!(body, r#"{"cases":[]}"#);
    assert_eq!(get(&served, &format!("/api/cases/{code}"), token).await.0, 404);
    assert!(get(&served, "/api/callbacks", token).await.2.contains("600000000"));
}
