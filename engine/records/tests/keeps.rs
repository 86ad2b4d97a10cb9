//! What was appended is there, also after the process that wrote it is gone.
use chrono::Utc;
use records::store::SlotWrite;
use records::{
    Direction, Entry, Filter, NewContact, NewRecording, Outcome, Quality, Recorder, SlotSource, Store,
};
use uuid::Uuid;

fn contact(recording: Option<&str>) -> NewContact {
    NewContact {
        id: Uuid::now_v7(),
        direction: Direction::Inbound,
        from: "sip:600000000@127.0.0.1".into(),
        to: "sip:010@127.0.0.1".into(),
        dialog: "cita_previa".into(),
        dialog_version: "0".repeat(64),
        started: Utc::now(),
        recording: recording
            .map(|file| NewRecording { file: file.into(), legal_basis: "public_task".into() }),
    }
}

#[tokio::test]
async fn a_caller_is_known_by_earlier_contacts_and_a_withheld_number_is_nobody() {
    let dir = tempfile::tempdir().unwrap();
    let store = Store::open(&dir.path().join("digame.db")).await.unwrap();
    let mut ids = Vec::new();
    for from in [
        "600000000",
        "sip:600000001@127.0.0.1",
        "600000000",
        "sip:Anonymous@anonymous.invalid",
        "sip:anonymous@anonymous.invalid",
    ] {
        let new = NewContact { from: from.into(), ..contact(Some("a.wav")) };
        ids.push(new.id);
        store.contact_started(new);
        let handoff = Some(("oac_citas".to_owned(), "lo_pide".to_owned()));
        store.contact_ended(
            ids[ids.len() - 1],
            Utc::now(),
            Outcome { name: "handed_off".into(), handoff },
            None,
        );
    }
    store.flush().await.unwrap();
    let earlier = async |n: usize| store.get(&ids[n].to_string()).await.unwrap().unwrap().earlier;
    let second = earlier(2).await;
    assert_eq!(second.len(), 1);
    assert_eq!(
        (second[0].id.clone(), second[0].handoff_reason.as_deref()),
        (ids[0].to_string(), Some("lo_pide"))
    );
    for n in [0, 1, 3, 4] {
        assert_eq!(earlier(n).await, [], "{n}");
    }
    let basis = store.get(&ids[0].to_string()).await.unwrap().unwrap().contact.legal_basis;
    assert_eq!(basis.as_deref(), Some("public_task"));
}

#[tokio::test]
async fn a_timeline_cannot_be_rewritten() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("digame.db");
    let store = Store::open(&path).await.unwrap();
    let new = contact(None);
    let id = new.id;
    store.contact_started(new);
    store.append(id, 1, Entry::NoInput);
    store.flush().await.unwrap();
    let other = sqlx::SqlitePool::connect(&format!("sqlite://{}", path.display())).await.unwrap();
    let refused = sqlx::query("UPDATE entries SET at_ms = 0").execute(&other).await.unwrap_err();
    assert!(refused.to_string().contains("only appended to"), "{refused}");
}

#[tokio::test]
async fn a_whole_contact_is_read_back_in_order() {
    let dir = tempfile::tempdir().unwrap();
    let store = Store::open(&dir.path().join("digame.db")).await.unwrap();
    let new = contact(None);
    let id = new.id;
    store.contact_started(new);
    store.contact_answered(id, Utc::now());
    let heard =
        Entry::Heard {
            text: "sí".into(), confidence: 0.9, start_ms: 100, end_ms: 400, alternatives: vec![]
        };
    store.append(id, 10, Entry::Signal { event: "answered".into(), detail: None });
    store.append(id, 400, heard.clone());
    for value in ["h1", "h2"] {
        let value = value.to_owned();
        store.slot(
            id,
            500,
            SlotWrite {
                name: "hueco".into(),
                value,
                source: SlotSource::Voice,
                confidence: Some(0.5),
                private: false,
            },
        );
    }
    let quality = Quality { received: 100, mos: 4.4, ..Quality::default() };
    let outcome = Outcome { name: "cita_reservada".into(), handoff: None };
    store.contact_ended(id, Utc::now(), outcome, Some(quality));
    store.flush().await.unwrap();

    let detail = store.get(&id.to_string()).await.unwrap().unwrap();
    assert_eq!(detail.contact.state, "ended");
    assert_eq!(detail.contact.outcome.as_deref(), Some("cita_reservada"));
    assert_eq!(detail.contact.quality, Some(quality));
    assert_eq!(detail.timeline.iter().map(|e| e.seq).collect::<Vec<_>>(), [0, 1]);
    assert_eq!(detail.timeline[1].entry, heard);
    assert_eq!(detail.slots.len(), 1);
    assert_eq!(detail.slots[0].value, "h2");
    assert_eq!(store.list(&Filter::default()).await.unwrap().len(), 1);
    assert_eq!(store.refused(), 0);
}

#[tokio::test]
async fn a_live_contact_is_interrupted_after_a_restart_and_keeps_its_timeline() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("digame.db");
    let store = Store::open(&path).await.unwrap();
    let new = contact(None);
    let id = new.id;
    let started = new.started.timestamp_millis();
    store.contact_started(new);
    store.append(id, 1234, Entry::NoInput);
    store.flush().await.unwrap();
    drop(store);

    let store = Store::open(&path).await.unwrap();
    let detail = store.get(&id.to_string()).await.unwrap().unwrap();
    assert_eq!(detail.contact.state, "interrupted");
    assert_eq!(detail.contact.ended.unwrap().timestamp_millis(), started + 1234);
    assert_eq!(detail.timeline.len(), 1);
}

#[tokio::test]
async fn a_file_that_is_no_database_is_refused_in_one_line() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("digame.db");
    std::fs::write(&path, b"these are not the bytes of a database, and never were one at all").unwrap();
    let error = Store::open(&path).await.err().unwrap().to_string();
    assert!(error.contains("digame.db") && !error.contains('\n'), "{error}");
}

#[test]
fn a_recording_is_a_valid_wav_while_it_is_written() {
    let dir = tempfile::tempdir().unwrap();
    let recorder = Recorder::start(dir.path()).unwrap();
    let (mut tap, recording) = recorder.open("a.wav").unwrap();
    for _ in 0..100 {
        tap.frame(&[1000; 160], &[-7; 160]);
    }
    let deadline = std::time::Instant::now() + std::time::Duration::from_secs(10);
    while recording.state().seconds < 2.0 {
        assert!(std::time::Instant::now() < deadline, "nothing was written: {:?}", recording.state());
        std::thread::sleep(std::time::Duration::from_millis(20));
    }
    // Not finished yet, and already playable.
    assert!(!recording.state().finished);
    let samples: Vec<i16> =
        hound::WavReader::open(recording.path()).unwrap().samples().map(Result::unwrap).collect();
    assert_eq!(samples.len(), 100 * 320);
    assert_eq!(samples[..4], [1000, -7, 1000, -7]);
    drop(tap);
    drop(recorder);
    assert!(recording.state().finished);
    assert_eq!(recording.state().failure, None);
}

#[test]
fn a_slow_disk_costs_silence_and_never_alignment() {
    let dir = tempfile::tempdir().unwrap();
    let recorder = Recorder::start(dir.path()).unwrap();
    let (mut tap, recording) = recorder.open("a.wav").unwrap();
    for _ in 0..1000 {
        tap.frame(&[5; 160], &[5; 160]);
    }
    drop(tap);
    drop(recorder);
    let state = recording.state();
    assert!(state.dropped_frames > 0);
    assert_eq!(state.seconds.round(), 20.0);
}

#[tokio::test]
async fn a_torn_file_is_mended_to_its_last_whole_sample() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("digame.db");
    let recorder = Recorder::start(dir.path()).unwrap();
    let store = Store::open(&path).await.unwrap();
    store.contact_started(contact(Some("torn.wav")));
    store.flush().await.unwrap();
    drop(store);
    let (tap, _) = recorder.open("torn.wav").unwrap();
    drop(tap);
    let file = dir.path().join("torn.wav");
    let mut bytes = std::fs::read(&file).unwrap();
    bytes.extend([1u8; 4 * 160 + 3]);
    std::fs::write(&file, bytes).unwrap();

    let store = Store::open(&path).await.unwrap();
    assert_eq!(store.mend_recordings(&recorder).await.unwrap(), 1);
    assert_eq!(hound::WavReader::open(&file).unwrap().duration(), 160);
}
