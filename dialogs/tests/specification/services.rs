//! «servicios.yaml»: each key, in the request that it makes.

use std::time::Duration;

use dialogs::{CallError, Input, Json, Output, ServiceCall, Value, What};
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
        ("n", json!(90071992547409930_u64)),
        ("si", json!("true")),
        ("m", json!(1_767_225_600)),
        ("h", json!("09:00Z")),
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

/// What `agenda.todo` gives, with one field otherwise.
fn todo(field: &str, value: serde_json::Value) -> serde_json::Value {
    let mut all = json!({ "si": true, "n": 2.5, "t": "x", "d": "2026-05-11", "h": "09:00", "m": "2026-05-11T09:00", "a": 1, "lista": [], "mapa": { "x": "y" } });
    all[field] = value;
    all
}

/// A field of what was saved.
fn kept(field: &str, value: serde_json::Value) -> Value {
    let mut talk = Talk::begun(&calling("agenda.todo"));
    talk.reply(todo(field, value));
    assert_eq!(talk.outcome(), Some("hecho"), "{field}");
    talk.run.slots()["algo"].field(field).unwrap()
}

#[test]
fn moments_are_brought_to_the_centres_time() {
    let files = dialog(
        "steps:\n  - call: agenda.huecos\n    with: { dia: x }\n    save: huecos\n    on_error: { end: mal }\n  - choose: hueco\n    from: huecos\n    at_once: 3\n    say: Hay {options | spoken}.\n    none_fits: { end: nada }\n  - say: \"{hueco.inicio.fecha}, {hueco.inicio.hora}.\"\n  - end: hecho\n",
    );
    // Over midnight, in summer and in winter, east and west.
    for (given, fecha, hora) in [
        ("2026-05-14T15:30:00Z", "2026-05-14", "17:30"),
        ("2026-05-14t15:30z", "2026-05-14", "17:30"),
        ("2026-05-14T22:30:00.000+00", "2026-05-15", "00:30"),
        ("2026-12-14T12:30:00-0300", "2026-12-14", "16:30"),
        ("2026-12-14T16:30:00+01:00[Europe/Madrid]", "2026-12-14", "16:30"),
        ("2026-12-14T16:30", "2026-12-14", "16:30"),
    ] {
        let mut talk = Talk::begun(&files);
        talk.reply(json!([{ "id": "a", "inicio": given }, { "id": "b", "inicio": "2027-01-01T10:00" }]));
        talk.say("la primera");
        let inicio = talk.run.slots()["hueco"].field("inicio").unwrap();
        assert_eq!(inicio.field("fecha").unwrap().to_string(), fecha, "{given}");
        assert_eq!(inicio.field("hora").unwrap().to_string(), hora, "{given}");
    }
    // The same in Canarias is an hour less.
    let files = change(files, "centro.yaml", "Europe/Madrid", "Atlantic/Canary");
    let mut talk = Talk::begun(&files);
    talk.reply(
        json!([{ "id": "a", "inicio": "2026-05-14T15:30:00Z" }, { "id": "b", "inicio": "2027-01-01T10:00" }]),
    );
    talk.say("la primera");
    let inicio = talk.run.slots()["hueco"].field("inicio").unwrap();
    assert_eq!(inicio.field("hora").unwrap().to_string(), "16:30");
}

#[test]
fn a_moment_that_cant_be_takes_the_error_branch() {
    for (given, why) in [
        ("2026-02-30T10:00Z", "there is no such day, hour or offset"),
        ("2026-03-29T02:30", "the clocks skip that hour"),
        ("2026-05-14T15:30+07:00[Europe/Madrid]", "its offset is not that of the zone beside it"),
        ("el jueves a las cinco", "it is not written as 2026-05-14T17:30 or 2026-05-14T15:30:00Z"),
    ] {
        let mut talk = Talk::begun(&calling("agenda.todo"));
        talk.reply(todo("m", json!(given)));
        assert_eq!(talk.outcome(), Some("mal"), "{given}");
        let said = format!("not as declared: `m`: a text is not datetime: {why}");
        assert!(talk.written().contains(&said), "{}", talk.written());
        assert!(!talk.written().contains(given), "values are not written down");
    }
}

#[test]
fn a_day_or_an_hour_may_be_given_as_a_whole_moment() {
    assert_eq!(kept("d", json!("2026-05-10T22:30:00Z")).to_string(), "2026-05-11");
    assert_eq!(kept("d", json!("2026-05-11T00:00:00")).to_string(), "2026-05-11");
    assert_eq!(kept("h", json!("2026-05-10T22:30:00Z")).to_string(), "00:30");
    assert_eq!(kept("h", json!("09:15:30.500")).to_string(), "09:15");
}

#[test]
fn what_a_service_wrote_goes_back_letter_by_letter() {
    let files = dialog(
        "steps:\n  - call: agenda.todo\n    save: todo\n    on_error: { end: mal }\n  - if: todo.m == '2026-10-25T02:30'\n    then: { say: Esa. }\n  - call: agenda.reservar\n    with: { hueco: \"{todo.m}\", nota: \"A las {todo.m}, o {now}\" }\n    on_error: { end: mal }\n  - end: hecho\n",
    );
    // The hour that autumn has twice: only the letters tell which.
    for given in ["2026-10-25T00:30:00Z", "2026-10-25T01:30:00Z", "2026-10-25T02:30:00.000+02:00"] {
        let mut talk = Talk::begun(&files);
        talk.reply(todo("m", json!(given)));
        assert_eq!(talk.said(), "Esa.", "conditions see the centre's time");
        let call = talk.call();
        assert_eq!(call.body, Some(json!({ "nota": format!("A las {given}, o 2026-05-11T10:00") })));
        let encoded = given.replace(':', "%3A").replace('+', "%2B");
        assert_eq!(call.path, format!("/huecos/{encoded}"));
    }
}

#[test]
fn a_number_that_is_a_text_keeps_its_letters() {
    for letters in ["98765432109876543210987", "12.50", "1e3", "-0", "9007199254740993"] {
        let body = todo("t", json!("@")).to_string().replace("\"@\"", letters);
        let mut talk = Talk::begun(&calling("agenda.todo"));
        let call = talk.call().id;
        talk.feed(Input::Reply { call, result: Ok(Json::parse(body.as_bytes()).unwrap()) });
        assert_eq!(talk.run.slots()["algo"].field("t").unwrap().to_string(), letters);
        // Nobody declared what `any` is: nothing is lost there either.
        let body = todo("a", json!("@")).to_string().replace("\"@\"", "98765432109876543210987");
        let mut talk = Talk::begun(&calling("agenda.todo"));
        talk.feed(Input::Reply { call, result: Ok(Json::parse(body.as_bytes()).unwrap()) });
        assert_eq!(talk.run.slots()["algo"].field("a").unwrap().to_string(), "98765432109876543210987");
    }
}

#[test]
fn an_empty_answer_is_as_declared_where_nothing_is() {
    let mut talk = Talk::begun(&calling("agenda.anular\n    with: { hueco: x }"));
    talk.reply(json!(null));
    assert_eq!(talk.outcome(), Some("hecho"));
    let mut talk = Talk::begun(&calling("agenda.reservar\n    with: { hueco: x, nota: y }"));
    talk.reply(json!(null));
    assert_eq!(talk.outcome(), Some("mal"));
}

/// What is noted of a reply: its error, and what is saved.
fn noted(talk: &Talk) -> Vec<(Option<String>, Option<String>)> {
    let notes = talk.out.iter().map(|o| match o {
        Output::Note(entry) => match &entry.what {
            What::Replied { error, saved, .. } => {
                (error.clone(), saved.as_ref().map(|s| format!("{} = {}", s.name, s.value)))
            }
            other => panic!("{other:?}"),
        },
        other => panic!("{other:?}"),
    });
    notes.collect()
}

#[test]
fn what_was_begun_is_noted_after_the_citizen_has_gone() {
    let booking = calling("agenda.reservar\n    with: { hueco: x, nota: y }");
    let kept = vec![(None, Some("algo = {\"codigo\":\"R7K2\"}".to_owned()))];
    let reply = |call| Input::Reply { call, result: Ok(json!({ "codigo": "R7K2" }).into()) };
    // Gone, and with a person: nothing is said or done, and the record has it.
    for leave in [Input::HungUp, Input::Heard(dialogs::Heard::text("una persona"))] {
        let mut talk = Talk::begun(&booking);
        let call = talk.call().id;
        talk.feed(leave);
        assert!(talk.run.is_over());
        talk.feed(reply(call));
        assert_eq!(noted(&talk), kept);
        assert_eq!(talk.run.slots()["algo"].field("codigo").unwrap().to_string(), "R7K2");
        // Once, whoever says it again.
        talk.feed(reply(call));
        assert!(talk.out.is_empty());
    }
    // Errors too.
    let mut talk = Talk::begun(&booking);
    let call = talk.call().id;
    talk.feed(Input::HungUp);
    talk.feed(Input::Reply { call, result: Err(CallError::Timeout) });
    assert_eq!(noted(&talk), [(Some("no answer in time".to_owned()), None)]);
    // What changes nothing is let go.
    let mut talk = Talk::begun(&calling("agenda.buscar"));
    let call = talk.call().id;
    talk.feed(Input::HungUp);
    talk.feed(Input::Reply { call, result: Ok(json!("x").into()) });
    assert!(talk.out.is_empty() && !talk.run.slots().contains_key("algo"));
}

/// Out of hours «una persona» asks something; the answer of the service comes in the middle of it.
#[test]
fn a_reply_that_comes_while_something_else_is_asked_is_gone_on_with_after_it() {
    let files = change(
        calling("agenda.reservar\n    with: { hueco: x, nota: y }"),
        "centro.yaml",
        "closed: { end: cerrado, say: Ahora no hay nadie. }",
        "closed: { run: pregunta }",
    );
    let mut files = files;
    files.push((
        "pregunta.yaml".into(),
        "dialog: pregunta\nsteps:\n  - confirm: ¿Le llamamos?\n    if_denied: { end: no }\n  - end: si\n"
            .into(),
    ));
    let bot = super::loaded(&files);
    let language = std::sync::Arc::new(dialogs::testing::TestLanguage::new(&bot));
    let mut talk = Talk::with(bot, language, "c1");
    talk.now += chrono::TimeDelta::hours(12);
    talk.say("quiero empezar");
    let call = talk.call().id;
    talk.say("una persona");
    assert_eq!(talk.said(), "¿Le llamamos?");
    talk.feed(Input::Reply { call, result: Ok(json!({ "codigo": "R7K2" }).into()) });
    assert_eq!(noted(&talk).len(), 1, "noted, and the question stays");
    talk.say("sí");
    assert_eq!(talk.outcome(), Some("si"));
}
