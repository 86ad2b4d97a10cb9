//! Cases and call backs are numbered, kept and read back.
#![allow(clippy::unwrap_used)]
use chrono::{TimeDelta, Utc};
use records::{
    CallbackFilter, CaseField, CaseFilter, CaseNote, Direction, MASK, NewCallback, NewCase, NewContact,
    Outcome, Store,
};
use uuid::Uuid;

fn contact(store: &Store) -> Uuid {
    let id = Uuid::now_v7();
    store.contact_started(NewContact {
        id,
        direction: Direction::Inbound,
        from: "sip:600000000@127.0.0.1".into(),
        to: "sip:010@127.0.0.1".into(),
        dialog: "incidencias".into(),
        dialog_version: "0".repeat(64),
        started: Utc::now(),
        recording: None,
    });
    id
}

fn case(contact: Uuid, year: i32) -> NewCase {
    let field =
        |name: &str, value: &str, private| CaseField { name: name.into(), value: value.into(), private };
    let fields = vec![field("donde", "calle Mayor 1", false), field("nif", "12345678Z", true)];
    NewCase { contact, kind: "incidencia".into(), opened: Utc::now(), year, fields }
}

async fn store() -> (tempfile::TempDir, Store) {
    let dir = tempfile::tempdir().unwrap();
    let store = Store::open(&dir.path().join("digame.db")).await.unwrap();
    (dir, store)
}

#[tokio::test]
async fn numbers_go_on_within_a_year_and_begin_anew_with_the_next_also_after_a_restart() {
    let (dir, store) = store().await;
    let id = contact(&store);
    let mut codes = Vec::new();
    for year in [2026, 2026, 2027] {
        codes.push(store.open_case(case(id, year)).await.unwrap());
    }
    drop(store);
    let store = Store::open(&dir.path().join("digame.db")).await.unwrap();
    let id = contact(&store);
    for year in [2026, 2027] {
        codes.push(store.open_case(case(id, year)).await.unwrap());
    }
    assert_eq!(codes, ["2026-000001", "2026-000002", "2027-000001", "2026-000003", "2027-000002"]);
}

#[tokio::test]
async fn many_at_once_get_a_number_each() {
    let (_dir, store) = store().await;
    let id = contact(&store);
    let all = futures(&store, id, 50).await;
    let mut codes: Vec<String> = all.into_iter().map(Result::unwrap).collect();
    codes.sort();
    codes.dedup();
    assert_eq!(codes.len(), 50);
    assert_eq!(codes[49], "2026-000050");
}

async fn futures(store: &Store, id: Uuid, many: usize) -> Vec<Result<String, records::Error>> {
    let tasks: Vec<_> = (0..many)
        .map(|_| {
            let (store, case) = (store.clone(), case(id, 2026));
            tokio::spawn(async move { store.open_case(case).await })
        })
        .collect();
    let mut out = Vec::new();
    for task in tasks {
        out.push(task.await.unwrap());
    }
    out
}

#[tokio::test]
async fn a_private_field_is_masked_in_the_list_and_whole_in_the_case() {
    let (_dir, store) = store().await;
    let id = contact(&store);
    let code = store.open_case(case(id, 2026)).await.unwrap();
    let listed = store.cases(&CaseFilter::default()).await.unwrap();
    let shown: Vec<&str> = listed[0].fields.iter().map(|f| f.value.as_str()).collect();
    assert_eq!(shown, ["calle Mayor 1", MASK]);
    let whole = store.case(&code).await.unwrap().unwrap();
    assert_eq!(whole.case.fields[1].value, "12345678Z");
    assert!(whole.case.fields[1].private);
    assert_eq!(store.case("2026-000099").await.unwrap(), None);
}

#[tokio::test]
async fn notes_and_states_are_kept_with_time_and_author() {
    let (_dir, store) = store().await;
    let id = contact(&store);
    let code = store.open_case(case(id, 2026)).await.unwrap();
    let note = |text: &str, state: Option<&str>| CaseNote {
        at: Utc::now(),
        who: format!("contact:{id}"),
        text: text.into(),
        state: state.map(Into::into),
    };
    store.note_case(&code, note("Sigue sin luz.", None));
    store.note_case(&code, note("", Some("resuelto")));
    store.note_case("2026-000099", note("de ninguno", Some("cerrado")));
    store.flush().await.unwrap();
    let whole = store.case(&code).await.unwrap().unwrap();
    assert_eq!(whole.case.state, "resuelto");
    let seen: Vec<_> = whole.notes.iter().map(|n| (n.text.as_str(), n.state.as_deref())).collect();
    assert_eq!(seen, [("Sigue sin luz.", None), ("", Some("resuelto"))]);
    assert_eq!(whole.notes[0].who, format!("contact:{id}"));
    assert_eq!(store.lost(), 0);
    let resolved = CaseFilter { state: Some("resuelto".into()), ..CaseFilter::default() };
    assert_eq!(store.cases(&resolved).await.unwrap().len(), 1);
    let open = CaseFilter { state: Some("abierto".into()), ..CaseFilter::default() };
    assert_eq!(store.cases(&open).await.unwrap(), []);
}

#[tokio::test]
async fn cases_are_paged_and_those_of_other_queues_are_not_shown() {
    let (_dir, store) = store().await;
    let (ours, theirs) = (contact(&store), contact(&store));
    for (id, queue) in [(ours, "oac"), (theirs, "otra")] {
        let handoff = Some((queue.to_owned(), "lo_pide".to_owned()));
        store.contact_ended(id, Utc::now(), Outcome { name: "handed_off".into(), handoff }, None);
    }
    for id in [ours, theirs, ours] {
        store.open_case(case(id, 2026)).await.unwrap();
    }
    let filter = CaseFilter { queues: vec!["oac".into()], limit: 1, ..CaseFilter::default() };
    let first = store.cases(&filter).await.unwrap();
    assert_eq!(first[0].code, "2026-000003");
    let second = store.cases(&CaseFilter { before: Some(first[0].id.clone()), ..filter }).await.unwrap();
    assert_eq!(second[0].code, "2026-000001");
}

#[tokio::test]
async fn a_call_back_is_kept_with_its_interval() {
    let (_dir, store) = store().await;
    let contact = contact(&store);
    let now = Utc::now();
    let asked = |queue: &str, when| NewCallback {
        contact,
        number: "600000000".into(),
        queue: queue.into(),
        when,
        reason: "cerrado".into(),
        asked: now,
    };
    store.callback(asked("oac", Some((now, now + TimeDelta::hours(2)))));
    store.callback(asked("otra", None));
    store.flush().await.unwrap();
    let all = store.callbacks(&CallbackFilter::default()).await.unwrap();
    assert_eq!(all.iter().map(|c| c.queue.as_str()).collect::<Vec<_>>(), ["otra", "oac"]);
    assert_eq!((all[0].from, all[0].state.as_str()), (None, "pending"));
    let interval = all[1].until.unwrap() - all[1].from.unwrap();
    assert_eq!(interval, TimeDelta::hours(2));
    let ours = CallbackFilter { queues: vec!["oac".into()], ..CallbackFilter::default() };
    assert_eq!(store.callbacks(&ours).await.unwrap().len(), 1);
}

#[tokio::test]
async fn the_language_of_a_contact_is_the_last_one_spoken() {
    let (_dir, store) = store().await;
    let id = contact(&store);
    store.flush().await.unwrap();
    let language = async || store.get(&id.to_string()).await.unwrap().unwrap().contact.language;
    assert_eq!(language().await, "es");
    store.language(id, "ca");
    store.flush().await.unwrap();
    assert_eq!(language().await, "ca");
}
