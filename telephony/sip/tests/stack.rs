//! Two stacks call each other over loopback.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::print_stdout)]
use sip::sdp::{self, Local, Session};
use sip::{Config, EndCause, Event, Stack, Target};
use std::time::{Duration, Instant};
use tokio::sync::mpsc::Receiver;

async fn stack() -> (Stack, Receiver<Event>) {
    Stack::bind(Config::new("127.0.0.1:0".parse().unwrap())).await.unwrap()
}

async fn next(events: &mut Receiver<Event>) -> Event {
    tokio::time::timeout(Duration::from_secs(5), events.recv()).await.expect("no event").expect("stopped")
}

fn target(to: &Stack, tail: &str, offer: &str) -> Target {
    let uri = format!("sip:cita@{}{tail}", to.local_addr());
    Target { uri, from: "sip:600000000@example.es".into(), offer: Some(offer.to_owned()), credentials: None }
}

#[tokio::test]
async fn a_call_over_udp_and_over_tcp() {
    for tail in ["", ";transport=tcp"] {
        let (caller, mut heard) = stack().await;
        let (called, mut asked) = stack().await;
        let ours = Local::new("127.0.0.1".parse().unwrap(), 30_000, 1);
        let leg = caller.invite(target(&called, tail, &sdp::offer(&ours))).await.unwrap();
        let Event::Incoming { leg: there, offer, headers, .. } = next(&mut asked).await else { panic!() };
        let wanted = if tail.is_empty() { "SIP/2.0/UDP" } else { "SIP/2.0/TCP" };
        assert!(headers.iter().any(|(n, v)| n == "Via" && v.starts_with(wanted)), "{headers:?}");
        let theirs = Local::new("127.0.0.1".parse().unwrap(), 40_000, 2);
        let answer = sdp::answer(&Session::parse(&offer.unwrap()).unwrap(), &theirs).unwrap();
        called.ring(there).await.unwrap();
        assert!(matches!(next(&mut heard).await, Event::Progress { status: 180, .. }));
        called.accept(there, answer.sdp).await.unwrap();
        let Event::Answered { sdp: got, .. } = next(&mut heard).await else { panic!() };
        let agreed = sdp::accept_answer(&ours, &Session::parse(&got).unwrap()).unwrap();
        assert_eq!(agreed.remote_rtp, "127.0.0.1:40000".parse().unwrap());
        assert!(matches!(next(&mut asked).await, Event::Acked { .. }));

        called.reinvite(there, "v=0 hold".into()).await.unwrap();
        assert!(matches!(next(&mut heard).await, Event::Reinvite { offer: Some(o), .. } if o == "v=0 hold"));
        caller.answer_reinvite(leg, Ok("v=0 held".into())).await.unwrap();
        assert!(matches!(next(&mut asked).await, Event::Reanswered { status: 200, .. }));
        caller.info(leg, "application/dtmf", "5".into()).await.unwrap();
        assert!(matches!(next(&mut asked).await, Event::Info { body, .. } if body == "5"));

        called.bye(there).await.unwrap();
        assert_eq!(next(&mut heard).await, Event::Ended { leg, cause: EndCause::Remote });
        assert_eq!(next(&mut asked).await, Event::Ended { leg: there, cause: EndCause::Local });
        tokio::time::sleep(Duration::from_millis(50)).await;
        assert_eq!((caller.counters().legs, called.counters().legs), (0, 0));
    }
}

#[tokio::test]
async fn a_call_given_up_and_a_call_refused() {
    let (caller, mut heard) = stack().await;
    let (called, mut asked) = stack().await;
    let leg = caller.invite(target(&called, "", "v=0")).await.unwrap();
    let there = next(&mut asked).await.leg();
    called.ring(there).await.unwrap();
    next(&mut heard).await;
    caller.cancel(leg).await.unwrap();
    assert_eq!(next(&mut asked).await, Event::Cancelled { leg: there });
    assert!(matches!(next(&mut heard).await, Event::Failed { status: 487, .. }));
    caller.invite(target(&called, "", "v=0")).await.unwrap();
    let there = next(&mut asked).await.leg();
    called.reject(there, 404, None).await.unwrap();
    assert!(matches!(next(&mut heard).await, Event::Failed { status: 404, .. }));
    assert!(caller.invite(target(&called, "", "v=0")).await.is_ok());
    assert!(caller.invite(Target { uri: "tel:112".into(), ..target(&called, "", "v=0") }).await.is_err());
}

#[tokio::test]
async fn nobody_there_is_a_failure_over_tcp_at_once() {
    let (caller, mut heard) = stack().await;
    let gone = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap().local_addr().unwrap();
    let uri = format!("sip:x@{gone};transport=tcp");
    caller.invite(Target { uri, ..target(&caller, "", "v=0") }).await.unwrap();
    assert!(matches!(next(&mut heard).await, Event::Failed { status: 503, .. }));
}

/// A slow application loses no event, and new calls are refused meanwhile.
#[tokio::test]
async fn an_application_that_falls_behind_gets_every_event() {
    let mut config = Config::new("127.0.0.1:0".parse().unwrap());
    config.event_capacity = 2;
    let (called, mut asked) = Stack::bind(config).await.unwrap();
    let (caller, mut heard) = stack().await;
    for _ in 0..20 {
        caller.invite(target(&called, "", "v=0")).await.unwrap();
    }
    let mut refused = 0;
    while let Ok(Some(event)) = tokio::time::timeout(Duration::from_millis(500), heard.recv()).await {
        refused += u32::from(matches!(event, Event::Failed { status: 503, .. }));
    }
    let mut incoming = 0;
    while let Ok(Some(event)) = tokio::time::timeout(Duration::from_millis(200), asked.recv()).await {
        incoming += u32::from(matches!(event, Event::Incoming { .. }));
    }
    assert!(refused > 0 && incoming + refused == 20, "{incoming} came in, {refused} refused");
}

#[tokio::test]
async fn a_port_in_use_is_one_line() {
    let (one, _events) = stack().await;
    let error = Stack::bind(Config::new(one.local_addr())).await.err().unwrap().to_string();
    assert!(error.contains(&one.local_addr().to_string()) && error.contains("another program"), "{error}");
}

/// INVITE → 200 as the caller's application sees it, at 100 calls a second: none is lost, and the times are printed.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_hundred_calls_a_second_are_all_answered() {
    let (called, mut asked) = stack().await;
    let answering = called.clone();
    tokio::spawn(async move {
        while let Some(event) = asked.recv().await {
            if let Event::Incoming { leg, .. } = event {
                answering.accept(leg, "v=0".into()).await.unwrap();
            }
        }
    });
    let (caller, mut heard) = stack().await;
    let mut started = std::collections::HashMap::new();
    let (mut times, mut tick) = (Vec::new(), tokio::time::interval(Duration::from_millis(10)));
    while times.len() < 400 {
        tokio::select! {
            () = tokio::time::sleep(Duration::from_secs(60)) => panic!("{} of 400 calls answered", times.len()),
            _ = tick.tick(), if started.len() < 400 => {
                let before = Instant::now();
                let leg = caller.invite(target(&called, "", "v=0")).await.unwrap();
                started.insert(leg, before);
            }
            event = heard.recv() => match event.unwrap() {
                Event::Answered { leg, .. } => {
                    times.push(started[&leg].elapsed());
                    caller.bye(leg).await.unwrap();
                }
                Event::Ended { cause: EndCause::Local, .. } => {}
                other => panic!("{other:?}"),
            }
        }
    }
    times.sort();
    println!("INVITE to 200 at 100 calls/s: p50 {:?} p95 {:?} p99 {:?}", times[200], times[380], times[396]);
}
