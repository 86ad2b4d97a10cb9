//! Calls that come in, and what both kinds share.
use super::*;

#[test]
fn each_refusal_is_the_rfcs() {
    let plain = invite();
    let cases = [
        ("no Contact", plain.replace("Contact:", "X-Contact:"), 400, ""),
        ("body shorter than said", plain.replace("Content-Length: 10", "Content-Length: 99"), 400, ""),
        ("CSeq of another method", plain.replace("1 INVITE", "1 BYE"), 400, ""),
        ("two Call-IDs", plain.replace("Call-ID: call-1", "Call-ID: a\r\nCall-ID: b"), 400, ""),
        ("a tag we never gave", ask("INVITE", "a", 1, "nobody", ""), 481, ""),
        ("BYE of nothing", ask("BYE", "b", 1, "nobody", ""), 481, ""),
        ("BYE without a tag", ask("BYE", "b2", 1, "", ""), 481, ""),
        ("CANCEL of nothing", ask("CANCEL", "c", 1, "", ""), 481, ""),
        ("an extension", ask("INVITE", "d", 1, "", "Require: 100rel, timer"), 420, "Unsupported: 100rel"),
        (
            "a body of another kind",
            ask("INVITE", "e", 1, "", "Content-Type: text/plain\n\nhola"),
            415,
            "Accept: application/sdp",
        ),
        (
            "a packed body",
            ask("INVITE", "f", 1, "", "Content-Encoding: gzip\n\nhola"),
            415,
            "Accept-Encoding: identity",
        ),
        ("another scheme", plain.replace("INVITE sip:", "INVITE http:"), 416, ""),
        (
            "a short session",
            ask("INVITE", "g", 1, "", "Session-Expires: 30\nSupported: timer"),
            422,
            "Min-SE: 90",
        ),
        (
            "REFER",
            ask("REFER", "h", 1, "", ""),
            405,
            "Allow: INVITE, ACK, BYE, CANCEL, OPTIONS, INFO, UPDATE, NOTIFY",
        ),
        (
            "a method nobody knows",
            ask("DANCE", "i", 1, "", ""),
            501,
            "Allow: INVITE, ACK, BYE, CANCEL, OPTIONS, INFO, UPDATE, NOTIFY",
        ),
        ("another version", plain.replace("SIP/2.0\r\nVia", "SIP/3.0\r\nVia"), 505, ""),
        ("too many headers", ask("INVITE", "j", 1, "", &"X: y\n".repeat(200)), 513, ""),
    ];
    for (name, text, status, header) in cases {
        let mut b = bench();
        let answer = response(&b.feed(&text));
        assert_eq!(answer.status, status, "{name}: {answer:?}");
        if let Some((header, value)) = header.split_once(": ") {
            assert_eq!(answer.headers.get(header), Some(value), "{name}");
        }
        assert!(b.events.is_empty(), "{name}");
        b.wait(Duration::from_secs(70));
        let c = b.core.counters();
        assert_eq!((c.legs, c.server_transactions), (0, 0), "{name}");
    }
}

#[test]
fn what_cannot_be_answered_is_counted() {
    let mut b = bench();
    for text in [
        "x",
        "INVITE sip:a SIP/2.0\r\n\r\n",
        "SIP/2.0 999 x\r\n\r\n",
        &invite().replace("Via:", "X:"),
        &invite().replace("CSeq: 1", "CSeq: x"),
        &invite().replace("From: \"Ana\" <", "From: \"Ana"),
    ] {
        assert!(b.feed(text).is_empty(), "{text}");
    }
    assert_eq!(b.core.counters().malformed, 6);
    assert!(b.feed("\r\n\r\n").is_empty());
    assert_eq!(b.core.counters().malformed, 6);
}

#[test]
fn a_call_comes_in_and_is_answered() {
    let mut b = bench();
    let sent = b.feed(&invite());
    assert_eq!(statuses(&sent), [100]);
    let trying = response(&sent);
    assert_eq!(
        trying.headers.get("Via"),
        Some("SIP/2.0/UDP 192.0.2.9:5062;branch=z9hG4bKk1;received=192.0.2.9;rport=5062")
    );
    assert_eq!(trying.headers.get("To"), Some("<sip:cita@192.0.2.1>"));
    let Some(Event::Incoming { leg, request_uri, from, offer, .. }) = b.events.first().cloned() else {
        panic!()
    };
    assert_eq!((request_uri.as_str(), offer.as_deref()), ("sip:cita@192.0.2.1", Some("v=0 theirs")));
    assert_eq!((from.display.as_str(), from.user.as_deref()), ("Ana", Some("ana.garcia")));
    assert_eq!(statuses(&b.command(Command::Ring(leg))), [180]);
    assert_eq!(statuses(&b.feed(&invite())), [180]);
    let ok = response(&b.command(Command::Accept(leg, "v=0 ours".into())));
    assert_eq!((ok.status, ok.body.as_slice()), (200, b"v=0 ours".as_slice()));
    assert_eq!(ok.headers.get("Contact"), Some("<sip:digame@192.0.2.1:5060>"));
    assert!(b.feed(&invite()).is_empty());
    // 0.5, 1.5, 3.5, 7.5 s: the 200 again.
    assert_eq!(statuses(&b.wait(Duration::from_secs(8))), [200; 4]);
    let tag = tag_of(&ok);
    b.feed(&ask("ACK", "k1a", 1, &tag, ""));
    assert_eq!(b.events.last(), Some(&Event::Acked { leg, answer: None }));
    assert!(b.wait(Duration::from_secs(20)).is_empty());
    assert_eq!(
        statuses(&b.feed(&ask("INFO", "k2", 2, &tag, "Content-Type: application/dtmf-relay\n\nSignal=5"))),
        [200]
    );
    let info = Event::Info { leg, content_type: "application/dtmf-relay".into(), body: "Signal=5".into() };
    assert_eq!(b.events.last(), Some(&info));
    assert_eq!(statuses(&b.feed(&ask("OPTIONS", "k3", 3, &tag, ""))), [200]);
    assert_eq!(statuses(&b.feed(&ask("BYE", "k4", 2, &tag, ""))), [500]);
    assert_eq!(statuses(&b.feed(&ask("BYE", "k5", 4, &tag, ""))), [200]);
    assert_eq!(b.events.last(), Some(&Event::Ended { leg, cause: EndCause::Remote }));
    assert_eq!(statuses(&b.feed(&ask("BYE", "k5", 4, &tag, ""))), [200]);
    assert_eq!(statuses(&b.feed(&ask("BYE", "k6", 5, &tag, ""))), [481]);
}

#[test]
fn without_an_ack_the_call_ends() {
    let mut b = bench();
    b.feed(&invite());
    let leg = b.leg();
    b.command(Command::Accept(leg, "v=0".into()));
    let sent = b.wait(Duration::from_secs(33));
    assert_eq!(statuses(&sent), [200; 10]);
    assert_eq!(methods(&sent)[0], "BYE");
    assert_eq!(b.events.last(), Some(&Event::Ended { leg, cause: EndCause::AckTimeout }));
    b.wait(Duration::from_secs(64));
    assert_eq!(b.core.counters().legs + b.core.pending_timers(), 0);
}

#[test]
fn a_bye_before_the_ack_waits_for_it() {
    let mut b = bench();
    b.feed(&invite());
    let leg = b.leg();
    let tag = tag_of(&response(&b.command(Command::Accept(leg, "v=0".into()))));
    assert!(b.command(Command::Bye(leg)).is_empty());
    assert_eq!(methods(&b.feed(&ask("ACK", "k1a", 1, &tag, ""))), ["BYE"]);
    let ends = b.events.iter().filter(|e| e.is_last()).count();
    assert_eq!((ends, b.events.last()), (1, Some(&Event::Ended { leg, cause: EndCause::Local })));
}

#[test]
fn without_an_offer_the_ack_carries_the_answer() {
    let mut b = bench();
    b.feed(&ask("INVITE", "k1", 1, "", ""));
    let Some(Event::Incoming { leg, offer: None, .. }) = b.events.first().cloned() else { panic!() };
    let tag = tag_of(&response(&b.command(Command::Accept(leg, "v=0 our offer".into()))));
    b.feed(&ask("ACK", "k1a", 1, &tag, "Content-Type: application/sdp\n\nv=0 answer"));
    assert_eq!(b.events.last(), Some(&Event::Acked { leg, answer: Some("v=0 answer".into()) }));
}

#[test]
fn the_description_is_found_inside_a_multipart_body() {
    let mut b = bench();
    let body = "--x\r\nContent-Type: application/isup\r\n\r\n\u{1}\r\n--x\r\nContent-Type: application/sdp\r\n\r\nv=0 inner\r\n--x--";
    b.feed(&ask("INVITE", "k1", 1, "", &format!("Content-Type: multipart/mixed;boundary=\"x\"\n\n{body}")));
    assert!(matches!(b.events.first(), Some(Event::Incoming { offer: Some(o), .. }) if o == "v=0 inner"));
}

#[test]
fn a_cancelled_call_gets_487_and_its_copies_too() {
    let mut b = bench();
    b.feed(&invite());
    let leg = b.leg();
    assert_eq!(statuses(&b.feed(&ask("CANCEL", "k1", 1, "", ""))), [200, 487]);
    assert_eq!(b.events.last(), Some(&Event::Cancelled { leg }));
    assert_eq!(statuses(&b.feed(&invite())), [487]);
    assert_eq!(statuses(&b.wait(Duration::from_secs(4))), [487, 487, 487]); // timer G
    b.feed(&ask("ACK", "k1", 1, "x", ""));
    assert!(b.wait(Duration::from_secs(40)).is_empty());
    assert_eq!(b.core.counters().server_transactions, 0);
}

#[test]
fn a_full_house_says_503_and_when_to_come_back() {
    let mut b = bench_with(Settings { max_legs: 1, ..Settings::new("192.0.2.1") });
    b.feed(&invite());
    let second = invite().replace("call-1", "call-2").replace("bKk1", "bKk2");
    let full = response(&b.feed(&second));
    assert_eq!((full.status, full.headers.get("Retry-After")), (503, Some("5")));
    let leg = b.leg();
    let busy = response(&b.command(Command::Reject { leg, status: 503, retry_after: Some(30) }));
    assert_eq!((busy.status, busy.headers.get("Retry-After")), (503, Some("30")));
    assert_eq!(b.events.last(), Some(&Event::Ended { leg, cause: EndCause::Rejected }));
    b.command(Command::RefuseNew(Some(7)));
    let third = response(&b.feed(&second.replace("call-2", "call-3").replace("bKk2", "bKk3")));
    assert_eq!((third.status, third.headers.get("Retry-After")), (503, Some("7")));
}

#[test]
fn the_same_invite_by_another_way_is_a_loop() {
    let mut b = bench();
    b.feed(&invite());
    assert_eq!(statuses(&b.feed(&invite().replace("bKk1", "bKother"))), [482]);
    assert_eq!(b.events.len(), 1);
}

#[test]
fn hold_is_asked_and_glare_is_refused() {
    let mut b = bench();
    let (leg, tag) = b.in_call(&invite());
    let hold =
        |branch: &str, cseq| ask("INVITE", branch, cseq, &tag, "Content-Type: application/sdp\n\nv=0 hold");
    b.feed(&hold("h1", 2));
    assert_eq!(b.events.last(), Some(&Event::Reinvite { leg, offer: Some("v=0 hold".into()) }));
    let early = response(&b.feed(&hold("h2", 3)));
    assert_eq!((early.status, early.headers.get("Retry-After")), (500, Some("2")));
    assert_eq!(statuses(&b.command(Command::AnswerReinvite(leg, Ok("v=0 held".into())))), [200]);
    assert_eq!(statuses(&b.feed(&hold("h3", 4))), [491]); // its ACK is missing
    b.feed(&ask("ACK", "h1a", 2, &tag, ""));
    b.feed(&ask("ACK", "h3", 4, &tag, ""));
    let ours = request(&b.command(Command::Reinvite(leg, "v=0 mine".into())));
    assert_eq!(statuses(&b.feed(&hold("h4", 5))), [491]);
    b.feed(&reply(&ours, 491, "", ""));
    assert_eq!(b.events.last(), Some(&Event::Reanswered { leg, status: 491, sdp: None }));
    b.feed(&hold("h5", 6));
    assert_eq!(statuses(&b.command(Command::AnswerReinvite(leg, Err(488)))), [488]);
    let update = ask("UPDATE", "u1", 7, &tag, "Content-Type: application/sdp\n\nv=0 update");
    b.feed(&update);
    assert_eq!(b.events.last(), Some(&Event::Reinvite { leg, offer: Some("v=0 update".into()) }));
    let ok = response(&b.command(Command::AnswerReinvite(leg, Ok("v=0 updated".into()))));
    assert_eq!((ok.status, ok.body.as_slice()), (200, b"v=0 updated".as_slice()));
    assert_eq!(statuses(&b.feed(&ask("UPDATE", "u2", 8, &tag, ""))), [200]);
}

#[test]
fn a_session_that_nobody_refreshes_ends() {
    let mut b = bench();
    let timed = ask("INVITE", "k1", 1, "", "Supported: timer\nSession-Expires: 90");
    b.feed(&timed);
    let leg = b.leg();
    let ok = response(&b.command(Command::Accept(leg, "v=0".into())));
    assert_eq!(ok.headers.get("Session-Expires"), Some("90;refresher=uac"));
    assert_eq!(ok.headers.get("Require"), Some("timer"));
    let tag = tag_of(&ok);
    b.feed(&ask("ACK", "k1a", 1, &tag, ""));
    b.wait(Duration::from_secs(50));
    let refreshed = response(&b.feed(&ask(
        "UPDATE",
        "u",
        2,
        &tag,
        "Supported: timer\nSession-Expires: 90;refresher=uac",
    )));
    assert_eq!((refreshed.status, refreshed.headers.get("Session-Expires")), (200, Some("90;refresher=uac")));
    assert!(b.wait(Duration::from_secs(59)).is_empty());
    assert_eq!(methods(&b.wait(Duration::from_secs(2)))[0], "BYE");
    assert_eq!(b.events.last(), Some(&Event::Ended { leg, cause: EndCause::SessionExpired }));
}

#[test]
fn callers_are_asked_who_they_are_where_that_is_wanted() {
    let users = HashMap::from([("ana".to_owned(), "clave".to_owned())]);
    let auth = Some(InboundAuth { realm: "digame".into(), users });
    let mut b = bench_with(Settings { auth, ..Settings::new("192.0.2.1") });
    let refused = response(&b.feed(&invite()));
    assert_eq!((refused.status, b.events.len()), (401, 0));
    let signed = Signed { method: "INVITE", uri: "sip:cita@192.0.2.1", username: "ana", password: "clave" };
    let value = auth::respond(refused.headers.all("WWW-Authenticate"), &signed, "c", 1).unwrap();
    assert!(value.contains("SHA-256"));
    b.feed(&ask("INVITE", "k2", 2, "", &format!("Authorization: {value}")));
    assert!(matches!(b.events.last(), Some(Event::Incoming { .. })));
    let replayed = response(&b.feed(&ask("INVITE", "k3", 3, "", &format!("Authorization: {value}"))));
    assert_eq!(replayed.status, 401);
    assert!(auth::is_stale(replayed.headers.get("WWW-Authenticate").unwrap()));
}

#[test]
fn shutdown_ends_every_leg() {
    let mut b = bench();
    let (one, _) = b.in_call(&invite());
    b.feed(&invite().replace("call-1", "call-2").replace("bKk1", "bKk2"));
    b.calling(None);
    let sent = b.command(Command::Shutdown);
    assert_eq!((methods(&sent), statuses(&sent)), (vec!["BYE".to_owned()], vec![503]));
    b.wait(Duration::from_secs(70));
    assert_eq!(b.events.iter().filter(|e| e.is_last()).count(), 3);
    assert!(b.events.contains(&Event::Ended { leg: one, cause: EndCause::Shutdown }));
    assert_eq!(b.core.counters().legs, 0);
}

#[test]
fn the_counters_tell_first_copies_from_others() {
    let mut b = bench();
    b.feed(&invite());
    b.feed(&invite());
    b.feed("SIP/2.0 200 OK\r\nVia: SIP/2.0/UDP x;branch=z9hG4bKno\r\nCSeq: 1 INVITE\r\n\r\n");
    let c = b.core.counters();
    assert_eq!((c.requests_in[0], c.retransmissions_in, c.retransmissions_out, c.unmatched), (1, 1, 1, 1));
    assert_eq!((c.responses_out[1], c.server_transactions, c.legs), (1, 1, 1));
}
