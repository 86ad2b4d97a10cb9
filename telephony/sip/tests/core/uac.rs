//! Calls we place.
use super::*;

#[test]
fn our_call_is_refreshed_by_us_when_the_answer_says_so() {
    let mut b = bench();
    let (leg, sent) = b.calling(None);
    b.feed(&reply(&sent, 200, "far", &format!("Session-Expires: 120;refresher=uac\n{CONTACT}")));
    let update = request(&b.wait(Duration::from_secs(60)));
    assert_eq!(update.method.to_string(), "UPDATE");
    assert_eq!(update.headers.get("Session-Expires"), Some("120;refresher=uac"));
    b.feed(&reply(&update, 200, "", "Session-Expires: 120;refresher=uac"));
    let again = request(&b.wait(Duration::from_secs(60)));
    b.feed(&reply(&again, 481, "", ""));
    assert_eq!(b.events.last(), Some(&Event::Ended { leg, cause: EndCause::PeerGone(481) }));
}

#[test]
fn our_call_is_answered_and_every_copy_of_the_answer_acknowledged() {
    let mut b = bench();
    let (leg, sent) = b.calling(None);
    assert_eq!(
        sent.headers.get("From").unwrap().split(";tag").next(),
        Some("\"Cita previa\" <sip:900000000@example.es>")
    );
    assert_eq!(methods(&b.wait(Duration::from_millis(1600))), ["INVITE", "INVITE"]);
    b.feed(&reply(&sent, 100, "", ""));
    assert!(b.wait(Duration::from_secs(10)).is_empty());
    b.feed(&reply(&sent, 183, "far", "Content-Type: application/sdp\n\nv=0 early"));
    assert_eq!(b.events.last(), Some(&Event::Progress { leg, status: 183, sdp: Some("v=0 early".into()) }));
    let ok = reply(&sent, 200, "far", CONTACT);
    let ack = request(&b.feed(&ok));
    assert_eq!((ack.method.to_string().as_str(), ack.headers.get("CSeq")), ("ACK", Some("1 ACK")));
    assert_eq!(ack.uri, "sip:600000000@192.0.2.9:5062");
    assert_ne!(ack.headers.get("Via"), sent.headers.get("Via"));
    assert_eq!(b.events.last(), Some(&Event::Answered { leg, sdp: "v=0 answer".into() }));
    assert_eq!(methods(&b.feed(&ok)), ["ACK"]);
    // Another fork answers as well.
    assert_eq!(methods(&b.feed(&reply(&sent, 200, "other", CONTACT))), ["ACK", "BYE"]);
    let bye = request(&b.command(Command::Bye(leg)));
    assert_eq!((bye.headers.get("CSeq"), bye.uri.as_str()), (Some("2 BYE"), "sip:600000000@192.0.2.9:5062"));
    b.feed(&reply(&bye, 200, "", ""));
    assert_eq!(b.core.counters().legs, 0);
    assert_eq!(methods(&b.feed(&ok)), ["ACK"]);
}

const THEIR_OFFER: &str = "Contact: <sip:600000000@192.0.2.9:5062>\nContent-Type: application/sdp\n\n\
    v=0\r\no=- 7 1 IN IP4 192.0.2.9\r\ns=-\r\nc=IN IP4 192.0.2.9\r\nt=0 0\r\nm=audio 4000 RTP/AVP 8 0\r\nm=video 4002 RTP/AVP 96\r\n";

fn sdp_of(request: &Request) -> String {
    String::from_utf8(request.body.clone()).unwrap()
}

#[test]
fn the_ack_of_a_call_without_an_offer_waits_for_our_answer_and_carries_it() {
    let mut b = bench();
    let (leg, sent) = b.calling_with(None, None);
    assert!(sent.body.is_empty() && sent.headers.get("Content-Type").is_none());
    let ok = reply(&sent, 200, "far", THEIR_OFFER);
    assert!(b.feed(&ok).is_empty());
    let Some(Event::Offered { sdp, .. }) = b.events.last() else { panic!("{:?}", b.events) };
    assert!(sdp.contains("m=audio 4000"));
    assert!(b.feed(&ok).is_empty(), "a copy, while the application thinks");
    let ack = request(&b.command(Command::Accept(leg, "v=0 late".into())));
    assert_eq!((ack.method.to_string().as_str(), ack.headers.get("CSeq")), ("ACK", Some("1 ACK")));
    assert_eq!(ack.headers.get("Content-Type"), Some("application/sdp"));
    assert_eq!(sdp_of(&ack), "v=0 late");
    let again = request(&b.feed(&ok));
    assert_eq!(again, ack, "a copy gets the same ACK");
    assert!(b.command(Command::Accept(leg, "v=0 twice".into())).is_empty());
    // Another fork made an offer too: it is refused and ended.
    let fork = b.feed(&reply(&sent, 200, "other", THEIR_OFFER));
    assert_eq!(methods(&fork), ["ACK", "BYE"]);
    assert!(sdp_of(&request(&fork)).contains("m=audio 0 "));
    assert_eq!(methods(&b.command(Command::Bye(leg))), ["BYE"]);
    assert_eq!(b.events.last(), Some(&Event::Ended { leg, cause: EndCause::Local }));
}

#[test]
fn an_offer_we_do_not_want_is_refused_in_the_ack_before_the_bye() {
    type End = fn(&mut Bench, LegId, &Request) -> Vec<Message>;
    let ends: [(&str, End); 4] = [
        ("hung up", |b, leg, _| b.command(Command::Bye(leg))),
        ("shut down", |b, _, _| b.command(Command::Shutdown)),
        ("forgotten", |b, _, _| b.wait(Duration::from_secs(17))),
        ("hung up by them", |b, _, sent| {
            let tags = |name| sent.headers.get(name).unwrap().to_owned();
            let (from, call_id) = (tags("From"), tags("Call-ID"));
            b.feed(&format!(
                "BYE sip:digame@192.0.2.1:5060 SIP/2.0\r\nVia: SIP/2.0/UDP {THEM};branch=z9hG4bKbye\r\n\
                 From: <sip:600000000@192.0.2.9:5062>;tag=far\r\nTo: {from}\r\nCall-ID: {call_id}\r\n\
                 CSeq: 1 BYE\r\nContent-Length: 0\r\n\r\n"
            ))
        }),
    ];
    for (what, end) in ends {
        let mut b = bench();
        let (leg, sent) = b.calling_with(None, None);
        b.feed(&reply(&sent, 200, "far", THEIR_OFFER));
        let said = end(&mut b, leg, &sent);
        let ack = request(&said);
        assert_eq!(ack.method.to_string(), "ACK", "{what}");
        let answer = sdp_of(&ack);
        assert!(
            answer.contains("m=audio 0 RTP/AVP 8\r\n") && answer.contains("m=video 0 RTP/AVP 96"),
            "{answer}"
        );
        let session = sip::sdp::Session::parse(&answer).unwrap();
        assert_eq!(session.media.len(), 2, "{what}");
        let cause = match what {
            "hung up" => EndCause::Local,
            "shut down" => EndCause::Shutdown,
            "forgotten" => EndCause::Undecided,
            _ => EndCause::Remote,
        };
        let byes = methods(&said).iter().filter(|m| *m == "BYE").count();
        assert_eq!(byes > 0, cause != EndCause::Remote, "{what}");
        let lasts: Vec<&Event> = b.events.iter().filter(|e| e.is_last()).collect();
        assert_eq!(lasts, [&Event::Ended { leg, cause }], "{what}");
        assert_eq!(methods(&b.feed(&reply(&sent, 200, "far", THEIR_OFFER))), ["ACK"], "{what}: a copy");
        b.wait(Duration::from_secs(100));
        assert_eq!((b.core.counters().legs, b.core.pending_timers()), (0, 0), "{what}");
    }
}

#[test]
fn an_answer_to_nothing_or_an_offer_that_crosses_our_cancel_ends_the_call() {
    let mut b = bench();
    let (_, sent) = b.calling_with(None, None);
    assert_eq!(
        methods(&b.feed(&reply(&sent, 200, "far", "Contact: <sip:600000000@192.0.2.9:5062>"))),
        ["ACK", "BYE"]
    );
    assert!(matches!(b.events.last(), Some(Event::Failed { status: 488, .. })));
    let mut b = bench();
    let (leg, sent) = b.calling_with(None, None);
    b.feed(&reply(&sent, 180, "far", ""));
    assert_eq!(methods(&b.command(Command::Cancel(leg))), ["CANCEL"]);
    let crossed = b.feed(&reply(&sent, 200, "far", THEIR_OFFER));
    assert_eq!(methods(&crossed), ["ACK", "BYE"]);
    assert!(sdp_of(&request(&crossed)).contains("m=audio 0 "));
    assert!(matches!(b.events.last(), Some(Event::Failed { status: 487, .. })));
    // What is no description cannot be answered by streams.
    let mut b = bench();
    let (leg, sent) = b.calling_with(None, None);
    b.feed(&reply(&sent, 200, "far", CONTACT));
    let refused = b.command(Command::Bye(leg));
    assert_eq!(methods(&refused), ["ACK", "BYE"]);
    assert!(request(&refused).body.is_empty());
}

#[test]
fn a_refused_call_is_acknowledged_and_reported() {
    let mut b = bench();
    let (leg, sent) = b.calling(None);
    let ack = request(&b.feed(&reply(&sent, 486, "far", "")));
    assert_eq!(ack.method.to_string(), "ACK");
    assert_eq!(ack.headers.get("Via"), sent.headers.get("Via"));
    assert!(matches!(b.events.last(), Some(Event::Failed { status: 486, .. })));
    assert_eq!(methods(&b.feed(&reply(&sent, 486, "far", ""))), ["ACK"]);
    b.wait(Duration::from_secs(33));
    assert_eq!(
        (b.core.counters().client_transactions, b.events.iter().filter(|e| e.leg() == leg).count()),
        (0, 1)
    );
}

#[test]
fn a_redirected_call_is_reported_with_its_contacts_and_not_followed() {
    let many = format!("Contact: {}", ["<sip:010@192.0.2.1>"; 12].join(", "));
    let two = "Contact: \"Una, dos\" <sip:010@192.0.2.77:5070;transport=tcp>;q=0.7, sip:011@192.0.2.78";
    let here = ["sip:010@192.0.2.77:5070;transport=tcp", "sip:011@192.0.2.78"];
    for (status, headers, expected) in
        [(302, two, here.to_vec()), (300, &many, vec!["sip:010@192.0.2.1"; 8]), (380, "", vec![])]
    {
        let mut b = bench();
        let (leg, sent) = b.calling(None);
        assert_eq!(
            methods(&b.feed(&reply(&sent, status, "far", headers))),
            ["ACK"],
            "acknowledged, not followed"
        );
        let Some(Event::Failed { status: seen, cause, .. }) = b.events.last() else {
            panic!("{:?}", b.events)
        };
        let contacts = expected.into_iter().map(str::to_owned).collect();
        assert_eq!((*seen, cause), (status, &FailCause::Redirected { contacts }));
        assert_eq!(methods(&b.wait(Duration::from_secs(33))), [""; 0]);
        assert_eq!(b.events.iter().filter(|e| e.leg() == leg).count(), 1);
    }
}

#[test]
fn a_call_nobody_answers_fails_with_408() {
    let mut b = bench();
    b.calling(None);
    assert_eq!(methods(&b.wait(Duration::from_secs(33))), ["INVITE"; 6]);
    assert!(matches!(b.events.last(), Some(Event::Failed { status: 408, .. })));
    assert_eq!(b.core.pending_timers(), 0);
}

#[test]
fn cancel_waits_for_the_first_response_and_survives_a_crossing_answer() {
    let mut b = bench();
    let (leg, sent) = b.calling(None);
    assert!(b.command(Command::Cancel(leg)).is_empty());
    let cancel = request(&b.feed(&reply(&sent, 180, "far", "")));
    assert_eq!(
        (cancel.method.to_string().as_str(), cancel.headers.get("CSeq")),
        ("CANCEL", Some("1 CANCEL"))
    );
    assert_eq!(cancel.headers.get("Via"), sent.headers.get("Via"));
    assert_eq!(methods(&b.feed(&reply(&sent, 200, "far", CONTACT))), ["ACK", "BYE"]);
    assert!(matches!(b.events.last(), Some(Event::Failed { status: 487, .. })));
    b.wait(Duration::from_secs(70));
    assert_eq!(b.core.pending_timers(), 0);
}

#[test]
fn requests_follow_the_recorded_route() {
    let mut b = bench();
    let routed =
        "Record-Route: <sip:192.0.2.50;lr>, <sip:192.0.2.60:5070;lr>\nContent-Type: application/sdp\n\nv=0";
    let (leg, _) = b.in_call(&ask("INVITE", "k1", 1, "", routed));
    let bye = request(&b.command(Command::Bye(leg)));
    assert_eq!(bye.uri, "sip:ana@192.0.2.9:5062");
    assert_eq!(
        bye.headers.all("Route").collect::<Vec<_>>(),
        ["<sip:192.0.2.50;lr>", "<sip:192.0.2.60:5070;lr>"]
    );
    assert_eq!(b.sent[0].1, "192.0.2.50:5060".parse().unwrap());

    let mut b = bench();
    let (leg, sent) = b.calling(None);
    let answer = format!("Record-Route: <sip:192.0.2.50;lr>, <sip:192.0.2.60:5070>\n{CONTACT}");
    let ack = request(&b.feed(&reply(&sent, 200, "far", &answer)));
    // The last one is a strict router: it becomes the Request-URI.
    let route = ["<sip:192.0.2.50;lr>", "<sip:600000000@192.0.2.9:5062>"];
    assert_eq!(
        (ack.uri.as_str(), ack.headers.all("Route").collect::<Vec<_>>()),
        ("sip:192.0.2.60:5070", route.to_vec())
    );
    let bye = request(&b.command(Command::Bye(leg)));
    assert_eq!(
        (bye.uri.as_str(), bye.headers.all("Route").collect::<Vec<_>>()),
        ("sip:192.0.2.60:5070", route.to_vec())
    );
    assert_eq!(b.sent[0].1, "192.0.2.60:5070".parse().unwrap());
}

#[test]
fn a_contact_behind_nat_is_reached_where_it_was_heard() {
    let mut b = bench();
    let natted = invite().replace("Contact: <sip:ana@192.0.2.9:5062>", "Contact: <sip:ana@10.0.0.7:5060>");
    let (leg, _) = b.in_call(&natted);
    b.command(Command::Bye(leg));
    assert_eq!(b.sent[0].1, THEM.parse().unwrap());
}

#[test]
fn a_challenge_is_answered_once_for_each_nonce() {
    let credentials = Credentials { username: "trunk".into(), password: "clave".into() };
    for (status, ask, give) in
        [(401, "WWW-Authenticate", "Authorization"), (407, "Proxy-Authenticate", "Proxy-Authorization")]
    {
        let mut b = bench();
        let (_, first) = b.calling(Some(credentials.clone()));
        let challenge = |nonce: &str, more: &str| {
            format!("{ask}: Digest realm=\"r\", nonce=\"{nonce}\", qop=\"auth\"{more}")
        };
        let sent = b.feed(&reply(&first, status, "x", &challenge("n1", "")));
        assert_eq!(methods(&sent), ["ACK", "INVITE"]);
        let Message::Request(second) = &sent[1] else { panic!() };
        assert_eq!(second.headers.get("CSeq"), Some("2 INVITE"));
        assert_eq!(second.headers.get("Call-ID"), first.headers.get("Call-ID"));
        assert!(second.headers.get(give).unwrap().contains("nc=00000001"));
        let sent = b.feed(&reply(second, status, "x", &challenge("n2", ", stale=true")));
        assert_eq!(methods(&sent), ["ACK", "INVITE"]);
        let Message::Request(third) = &sent[1] else { panic!() };
        assert_eq!(methods(&b.feed(&reply(third, status, "x", &challenge("n3", "")))), ["ACK"]);
        assert!(matches!(b.events.last(), Some(Event::Failed { status: s, .. }) if *s == status));
    }
}

#[test]
fn over_tcp_nothing_is_repeated_and_a_lost_connection_is_a_failure() {
    let mut b = bench();
    b.tcp = true;
    let (_, sent) = b.calling(None);
    assert!(sent.headers.get("Via").unwrap().starts_with("SIP/2.0/TCP"));
    assert!(sent.headers.get("Contact").unwrap().contains(";transport=tcp"));
    assert!(b.wait(Duration::from_secs(5)).is_empty());
    b.core.handle(Input::Closed(THEM.parse().unwrap()), b.now);
    b.drain();
    assert!(matches!(b.events.last(), Some(Event::Failed { status: 503, .. })));
    let whole = invite().replace("/UDP", "/TCP");
    let (first, second) = whole.split_at(200);
    assert!(b.feed(first).is_empty());
    assert_eq!(statuses(&b.feed(second)), [100]);
}
