//! «servicios.yaml»: each key, in the request that it makes.

use std::time::Duration;

use dialogs::{CallError, Input, Output, ServiceCall};
use serde_json::json;

use super::{Talk, change, dialog, passes, refused};

fn calling(step: &str) -> super::Files {
    dialog(&format!(
        "steps:\n  - call: {step}\n    save: algo\n    while_waiting: {{ after: 800ms, say: Un momento. }}\n    on_error: {{ end: mal }}\n  - end: hecho\n"
    ))
}

fn request(step: &str) -> ServiceCall {
    Talk::begun(&calling(step)).call()
}

#[test]
fn a_request_has_its_method_path_query_body_and_times() {
    let get = request("agenda.huecos\n    with: { dia: \"lunes & martes\" }");
    assert_eq!(
        (get.method, get.path.as_str(), &get.body),
        ("GET", "/huecos?dia=lunes%20%26%20martes", &None)
    );
    assert_eq!((get.timeout, get.retries), (Duration::from_secs(4), 1));
    assert_eq!(
        get.while_waiting.map(|(after, say)| (after, say.text)),
        Some((Duration::from_millis(800), "Un momento.".into()))
    );
    let post = request("agenda.reservar\n    with: { hueco: \"a/b\", nota: \"Llama {call.from}\" }");
    assert_eq!(
        (post.method, post.path.as_str(), post.body),
        ("POST", "/huecos/a%2Fb", Some(json!({ "nota": "Llama 600000000" })))
    );
    let put = request("agenda.mover\n    with: { hueco: x }");
    assert_eq!((put.method, put.timeout, put.retries), ("PUT", Duration::from_secs(9), 0));
    assert_eq!(request("agenda.cambiar\n    with: { hueco: x }").method, "PATCH");
    assert_eq!(request("agenda.anular\n    with: { hueco: x }").method, "DELETE");
}

#[test]
fn the_address_and_the_token_come_from_outside() {
    let call = request("agenda.buscar");
    assert_eq!(call.url(|_| None), "http://127.0.0.1:8085/buscar");
    let outside =
        |name: &str| (name == "DIGAME_AGENDA_URL").then(|| "https://agenda.example.org/".to_owned());
    assert_eq!(call.url(outside), "https://agenda.example.org/buscar");
    assert_eq!(call.token_env.as_deref(), Some("DIGAME_AGENDA_TOKEN"));
    let files = change(
        calling("agenda.buscar"),
        "servicios.yaml",
        "{ env: DIGAME_AGENDA_URL, default: \"http://127.0.0.1:8085\" }",
        "http://otra.example.org",
    );
    assert_eq!(Talk::begun(&files).call().url(|_| None), "http://otra.example.org/buscar");
    for (from, to, why) in [
        ("token: { env: DIGAME_AGENDA_TOKEN }", "token: secreto", "a token, a map, is expected here"),
        ("http://127.0.0.1:8085", "127.0.0.1:8085", "this is not an address"),
        ("retries: 1", "retries: 6", "write a number from 0 to 5"),
        ("get: /huecos,", "get: huecos,", "a path begins with /"),
        ("get: /buscar,", "get: /buscar, post: /b,", "two methods"),
        ("get: /buscar,", "get: /buscar, body: { a: b },", "a GET has no body"),
        ("takes: [dia]", "takes: []", "unknown argument `dia`"),
        ("inicio: datetime", "inicio: instante", "unknown kind of value `instante`"),
    ] {
        let said =
            refused(&change(calling("agenda.huecos\n    with: { dia: x }"), "servicios.yaml", from, to));
        assert!(said.iter().any(|s| s.starts_with("servicios.yaml:") && s.contains(why)), "{why}: {said:?}");
    }
}

#[test]
fn what_is_not_a_get_has_a_key_that_makes_it_safe_to_try_again() {
    for (step, key) in [
        ("agenda.huecos\n    with: { dia: x }", false),
        ("agenda.buscar", true), // written so
        ("agenda.reservar\n    with: { hueco: x, nota: y }", true),
        ("agenda.anular\n    with: { hueco: x }", true),
        ("agenda.cambiar\n    with: { hueco: x }", true),
        ("agenda.mover\n    with: { hueco: x }", false), // written so
    ] {
        assert_eq!(request(step).idempotency_key.is_some(), key, "{step}");
    }
    // One key a step, another for the next contact and for the next step.
    let step = "agenda.anular\n    with: { hueco: x }";
    let key = |contact: &str| {
        Talk::of(&calling(step), contact).say("quiero empezar").call().idempotency_key.unwrap()
    };
    assert_eq!(key("c1"), key("c1"));
    assert_ne!(key("c1"), key("c2"));
    let twice = dialog(
        "steps:\n  - call: agenda.anular\n    with: { hueco: x }\n    on_error: { end: mal }\n  - call: agenda.anular\n    with: { hueco: x }\n    on_error: { end: mal }\n  - end: hecho\n",
    );
    let mut talk = Talk::begun(&twice);
    let first = talk.call().idempotency_key;
    talk.reply(json!(null));
    assert_ne!(talk.call().idempotency_key, first);
}

#[test]
fn every_shape_is_read_and_anything_else_is_an_error() {
    let good = json!({ "si": true, "n": 2.5, "t": "x", "d": "2026-05-11", "h": "09:00", "m": "2026-05-11T09:00:00+02:00", "a": [1], "lista": ["x"], "mapa": { "x": "y", "otro": 1 } });
    let mut talk = Talk::begun(&calling("agenda.todo"));
    talk.reply(good.clone());
    assert_eq!(talk.outcome(), Some("hecho"));
    for (field, lie) in [
        ("si", json!("sí")),
        ("n", json!("2")),
        ("t", json!(null)),
        ("d", json!("11/05/2026")),
        ("h", json!("25:00")),
        ("m", json!("mañana")),
        ("lista", json!(["x", 1.5, {}])),
        ("lista", json!("x")),
        ("mapa", json!({})),
    ] {
        let mut bad = good.clone();
        bad[field] = lie;
        let mut talk = Talk::begun(&calling("agenda.todo"));
        talk.reply(bad);
        assert_eq!(talk.outcome(), Some("mal"), "{field}");
    }
}

#[test]
fn a_service_that_fails_or_is_late_takes_the_error_branch() {
    for result in
        [Err(CallError::Timeout), Err(CallError::Status(503)), Err(CallError::Failed("no connection".into()))]
    {
        let mut talk = Talk::begun(&calling("agenda.buscar"));
        let call = talk.call().id;
        talk.feed(Input::Reply { call, result });
        assert_eq!(talk.outcome(), Some("mal"));
    }
    // No reply at all: two tries of 4 s and something more.
    let mut talk = Talk::begun(&calling("agenda.buscar"));
    talk.now += chrono::TimeDelta::seconds(8);
    talk.feed(Input::Finished);
    assert!(talk.out.is_empty());
    talk.now += chrono::TimeDelta::seconds(6);
    talk.feed(Input::Finished);
    assert_eq!(talk.outcome(), Some("mal"));
    assert!(!talk.all.iter().any(|o| matches!(o, Output::Handoff(_))));
}

#[test]
fn services_of_a_test_answer_call_by_call_or_fail() {
    let files = dialog(
        "steps:\n  - call: agenda.todo\n    save: a\n    on_error: { say: Falla. }\n  - call: agenda.buscar\n    save: b\n    on_error: { say: Falla. }\n  - call: agenda.buscar\n    save: c\n    on_error: { say: Falla. }\n  - end: hecho\n",
    );
    passes(
        &files,
        "services:
  agenda.todo: { fails: timeout }
  agenda.buscar: [{ returns: uno }, { fails: 503 }]
cases:
  - { name: in order, turns: [{ user: quiero empezar }], expect: { said: Falla. Falla., slots: { b: uno }, called: { agenda.todo: {} } } }
",
    );
}
