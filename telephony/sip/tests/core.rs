//! The core by script: what goes in, what must come out, as the RFCs say it.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::print_stdout)]
use sip::auth::{self, Signed};
use sip::core::{Core, InboundAuth, Input, Output};
use sip::message::{Limits, Message, Request, Response, parse};
use sip::{Command, Credentials, EndCause, Event, FailCause, LegId, Peer, Settings, Target, Transport};
use std::collections::HashMap;
use std::net::SocketAddr;
use std::time::{Duration, Instant};

const THEM: &str = "192.0.2.9:5062";

struct Bench {
    core: Core,
    now: Instant,
    sent: Vec<(Transport, SocketAddr, Message)>,
    events: Vec<Event>,
    tcp: bool,
}

fn bench() -> Bench {
    bench_with(Settings::new("192.0.2.1:5060"))
}

fn bench_with(settings: Settings) -> Bench {
    let now = Instant::now();
    let core = Core::new(settings, [3; 32], now);
    Bench { core, now, sent: Vec::new(), events: Vec::new(), tcp: false }
}

impl Bench {
    fn drain(&mut self) {
        while let Some(output) = self.core.poll() {
            match output {
                Output::Send { transport, to, bytes } => {
                    self.sent.push((transport, to, parse(&bytes, &Limits::default()).unwrap()));
                }
                Output::Event(event) => self.events.push(event),
                Output::Close(_) => panic!("closed"),
            }
        }
    }

    /// Feeds text; returns the messages sent because of it.
    fn feed(&mut self, text: &str) -> Vec<Message> {
        self.sent.clear();
        let (from, bytes) = (THEM.parse().unwrap(), text.as_bytes());
        let input = if self.tcp { Input::Stream { from, bytes } } else { Input::Datagram { from, bytes } };
        self.core.handle(input, self.now);
        self.drain();
        self.sent.iter().map(|(_, _, m)| m.clone()).collect()
    }

    fn command(&mut self, command: Command) -> Vec<Message> {
        self.sent.clear();
        self.core.handle(Input::Command(command), self.now);
        self.drain();
        self.sent.iter().map(|(_, _, m)| m.clone()).collect()
    }

    /// Lets time pass, timer by timer.
    fn wait(&mut self, time: Duration) -> Vec<Message> {
        self.sent.clear();
        let end = self.now + time;
        while let Some(at) = self.core.next_timeout().filter(|at| *at <= end) {
            self.now = self.now.max(at);
            self.core.handle(Input::Timer, self.now);
        }
        self.now = end;
        self.drain();
        self.sent.iter().map(|(_, _, m)| m.clone()).collect()
    }

    fn leg(&self) -> LegId {
        self.events.iter().find(|e| matches!(e, Event::Incoming { .. })).unwrap().leg()
    }

    /// An answered incoming call; returns our tag.
    fn in_call(&mut self, invite: &str) -> (LegId, String) {
        self.feed(invite);
        let leg = self.leg();
        let ok = response(&self.command(Command::Accept(leg, "v=0 ours".into())));
        let tag = tag_of(&ok);
        self.feed(&ask("ACK", "k1a", 1, &tag, ""));
        assert!(matches!(self.events.last(), Some(Event::Acked { .. })));
        (leg, tag)
    }

    /// Our call, not answered yet; returns its INVITE.
    fn calling(&mut self, credentials: Option<Credentials>) -> (LegId, Request) {
        let leg = LegId::outbound(1);
        let target = Target {
            uri: "sip:600000000@192.0.2.9:5062".into(),
            from: "\"Cita previa\" <sip:900000000@example.es>".into(),
            offer: "v=0 offer".into(),
            credentials,
        };
        let transport = if self.tcp { Transport::Tcp } else { Transport::Udp };
        let peer = Peer { transport, address: THEM.parse().unwrap() };
        let sent = self.command(Command::Invite { leg, target, peer });
        (leg, request(&sent))
    }
}

fn response(messages: &[Message]) -> Response {
    messages
        .iter()
        .find_map(|m| match m {
            Message::Response(r) => Some(r.clone()),
            _ => None,
        })
        .unwrap()
}

fn request(messages: &[Message]) -> Request {
    messages
        .iter()
        .find_map(|m| match m {
            Message::Request(r) => Some(r.clone()),
            _ => None,
        })
        .unwrap()
}

fn statuses(messages: &[Message]) -> Vec<u16> {
    messages
        .iter()
        .filter_map(|m| match m {
            Message::Response(r) => Some(r.status),
            _ => None,
        })
        .collect()
}

fn methods(messages: &[Message]) -> Vec<String> {
    let name = |m: &Message| match m {
        Message::Request(r) => Some(r.method.to_string()),
        _ => None,
    };
    messages.iter().filter_map(name).collect()
}

fn tag_of(response: &Response) -> String {
    response.headers.get("To").unwrap().split("tag=").nth(1).unwrap().to_owned()
}

/// A request of theirs; `branch` names its transaction, `extra` ends with the body.
fn ask(method: &str, branch: &str, cseq: u32, tag: &str, extra: &str) -> String {
    let to_tag = if tag.is_empty() { String::new() } else { format!(";tag={tag}") };
    let (headers, body) = extra.split_once("\n\n").unwrap_or((extra, ""));
    let headers = headers.replace('\n', "\r\n");
    let headers = if headers.is_empty() { headers } else { format!("{headers}\r\n") };
    format!(
        "{method} sip:cita@192.0.2.1 SIP/2.0\r\nVia: SIP/2.0/UDP {THEM};branch=z9hG4bK{branch};rport\r\n\
         From: \"Ana\" <sip:ana.garcia@example.es>;tag=theirs\r\nTo: <sip:cita@192.0.2.1>{to_tag}\r\n\
         Call-ID: call-1\r\nCSeq: {cseq} {method}\r\nContact: <sip:ana@{THEM}>\r\n{headers}\
         Content-Length: {}\r\n\r\n{body}",
        body.len()
    )
}

fn invite() -> String {
    ask("INVITE", "k1", 1, "", "Content-Type: application/sdp\n\nv=0 theirs")
}

/// A response of theirs to a request of ours.
fn reply(to: &Request, status: u16, tag: &str, extra: &str) -> String {
    let get = |name| to.headers.get(name).unwrap();
    let (headers, body) = extra.split_once("\n\n").unwrap_or((extra, ""));
    let headers = headers.replace('\n', "\r\n");
    let headers = if headers.is_empty() { headers } else { format!("{headers}\r\n") };
    let already = get("To").contains("tag=");
    let tag = if tag.is_empty() || already { String::new() } else { format!(";tag={tag}") };
    format!(
        "SIP/2.0 {status} x\r\nVia: {}\r\nFrom: {}\r\nTo: {}{tag}\r\nCall-ID: {}\r\nCSeq: {}\r\n{headers}\
         Content-Length: {}\r\n\r\n{body}",
        get("Via"),
        get("From"),
        get("To"),
        get("Call-ID"),
        get("CSeq"),
        body.len()
    )
}

const CONTACT: &str = "Contact: <sip:600000000@192.0.2.9:5062>\nAllow: INVITE, UPDATE\nContent-Type: application/sdp\n\nv=0 answer";

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
            "Allow: INVITE, ACK, BYE, CANCEL, OPTIONS, INFO, UPDATE",
        ),
        (
            "a method nobody knows",
            ask("DANCE", "i", 1, "", ""),
            501,
            "Allow: INVITE, ACK, BYE, CANCEL, OPTIONS, INFO, UPDATE",
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
