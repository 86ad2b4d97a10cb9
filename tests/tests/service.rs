//! The outside service is slow, lies, is broken or is not there: the dialog's error branch is spoken, and the
//! record says what was wrong.
#![allow(clippy::unwrap_used, clippy::panic, clippy::print_stdout, reason = "a test fails by panicking")]
use e2e::server::{Server, Wanted, binary, free_port};
use serde_json::{Value, json};
use std::process::Command;
use std::time::{Duration, Instant};

/// States procedure and day, keys the identity number, then listens until the bot hangs up.
const CITIZEN: &str = "seed: 7\nnoise_db: -62\nsteps:\n  - wait: bot\n  \
    - say: Quería cita para empadronarme, el lunes por la tarde.\n  - wait: bot\n  - keys: \"12345678#\"\n  \
    - silence: 30000\n";
/// What the dialog says when its service fails (`on_error` of the step `buscar`).
const SPOKEN: &str = "Ahora no puedo ver la agenda. Le paso con una persona.";

struct Called {
    contact: Value,
    wall: Duration,
}

impl Called {
    fn entries(&self, kind: &str) -> Vec<&Value> {
        self.contact["timeline"].as_array().unwrap().iter().filter(|e| e["kind"] == kind).collect()
    }

    /// The dialog's error branch was heard whole, the contact ended as it says, and the failed call is in
    /// the record with `reason`.
    fn must_have_failed_with(&self, reason: &str) {
        let services = self.entries("service");
        let [service] = services.as_slice() else { panic!("{services:?} in {}", self.contact) };
        println!("{} after {} ms: {}", service["operation"], service["took_ms"], service["error"]);
        assert_eq!(service["operation"], "citas.huecos");
        assert!(service["error"].as_str().is_some_and(|e| e.contains(reason)), "{service}");
        let said = self.entries("said");
        let last = said.last().unwrap();
        assert_eq!((&last["heard"], &last["complete"]), (&json!(SPOKEN), &json!(true)), "{said:?}");
        assert!(last["played_ms"].as_u64().unwrap() > 1000, "{last}");
        let handoff = self.entries("handoff");
        assert_eq!(handoff[0]["reason"], "agenda_no_responde", "{handoff:?}");
        assert_eq!(
            (&self.contact["state"], &self.contact["outcome"], &self.contact["handoff_queue"]),
            (&json!("ended"), &json!("handed_off"), &json!("oac_citas")),
            "{}",
            self.contact
        );
        assert!(self.wall < Duration::from_secs(45), "the call hung for {:?}", self.wall);
    }

    fn took_ms(&self) -> u64 {
        self.entries("service")[0]["took_ms"].as_u64().unwrap()
    }
}

/// A server whose diary lives at `diary`, and one call to it.
async fn call(diary: &str) -> Called {
    let folder = tempfile::tempdir().unwrap();
    let environment = vec![("DIGAME_CITAS_URL", format!("http://{diary}"))];
    let server = Server::start(folder.path(), Wanted { environment, ..Wanted::default() }).unwrap();
    let script = folder.path().join("citizen.yaml");
    std::fs::write(&script, CITIZEN).unwrap();
    let uri = format!("sip:010@{}", server.sip);
    let began = Instant::now();
    let output = tokio::task::spawn_blocking(move || {
        Command::new(binary("digame").unwrap())
            .args(["call", &uri, "--json", "--script"])
            .arg(script)
            .output()
            .unwrap()
    });
    let output = output.await.unwrap();
    let wall = began.elapsed();
    let reports: Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(reports[0]["status"], 200, "{reports}");
    let contact = server.ended_contacts(1).await.unwrap().remove(0);
    Called { contact, wall }
}

/// A diary inside the test with a feigned breakdown.
async fn call_with_breakdown(mode: &str) -> Called {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let diary = listener.local_addr().unwrap().to_string();
    tokio::spawn(async move { axum::serve(listener, e2e::citas::router()).await });
    let url = format!("http://{diary}/averia");
    let set = reqwest::Client::new().put(url).json(&json!({ "modo": mode })).send().await.unwrap();
    assert_eq!(set.status(), 204);
    call(&diary).await
}

#[tokio::test(flavor = "multi_thread")]
async fn slower_than_the_dialog_waits() {
    let called = call_with_breakdown("lento").await;
    called.must_have_failed_with("no answer in time");
    // Two attempts of 4 s, as servicios.yaml says.
    assert!((8000..9500).contains(&called.took_ms()), "{}", called.took_ms());
    let said = called.entries("said");
    assert!(said.iter().any(|s| s["text"] == "Un momento, consulto la agenda."), "{said:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn json_of_another_shape() {
    call_with_breakdown("miente").await.must_have_failed_with("not as declared");
}

#[tokio::test(flavor = "multi_thread")]
async fn json_with_values_of_other_types() {
    call_with_breakdown("otros_tipos").await.must_have_failed_with("not as declared");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_page_for_people_instead_of_json() {
    call_with_breakdown("html").await.must_have_failed_with("not JSON");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_error_of_the_service() {
    call_with_breakdown("error").await.must_have_failed_with("HTTP status 500");
}

#[tokio::test(flavor = "multi_thread")]
async fn nobody_listens_there() {
    let nobody = format!("127.0.0.1:{}", free_port().unwrap());
    call(&nobody).await.must_have_failed_with("refused");
}
