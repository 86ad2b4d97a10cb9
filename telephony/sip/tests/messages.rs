//! Messages survive the way to bytes and back; broken ones break nothing.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::print_stdout)]
use proptest::prelude::*;
use sip::core::{Core, Input, Output};
use sip::message::{Frame, Framer, Headers, Limits, Message, Method, Request, Response, parse};
use sip::{Command, Event, Settings};
use std::time::{Duration, Instant};

/// Requests of RFC 4475 §3.1.1.1 kind: legal, though it does not look it.
const TORTUOUS: &str = "INVITE sip:vivekg@chair-dnrc.example.com;unknownparam SIP/2.0\r\n\
TO :\r\n sip:vivekg@chair-dnrc.example.com ;   tag    = 1918181833n\r\n\
from   : \"J Rosenberg \\\\\\\"\"       <sip:jdrosen@example.com>\r\n  ;\r\n  tag = 98asjd8\r\n\
MaX-fOrWaRdS: 0068\r\n\
Call-ID: wsinv.ndaksdj@192.0.2.1\r\n\
Content-Length   : 5\r\n\
cseq: 0009\r\n  INVITE\r\n\
Via  : SIP  /   2.0\r\n /UDP\r\n    192.0.2.2;branch=390skdjuw\r\n\
s :\r\n\
NewFangledHeader:   newfangled value\r\n continued newfangled value\r\n\
UnknownHeaderWithUnusualValue: ;;,,;;,;\r\n\
Route:\r\n <sip:services.example.com;lr;unknownwith=value;unknown-no-value>\r\n\
v:  SIP  / 2.0  / TCP     spindle.example.com   ;\r\n  branch  =   z9hG4bK9ikj8  ,\r\n SIP  /    2.0   / UDP  192.168.255.111   ; branch=\r\n z9hG4bK30239\r\n\
m:\"Quoted string \\\"\\\"\" <sip:jdrosen@example.com> ; newparam =\r\n      newvalue ;\r\n  secondparam ; q = 0.33\r\n\
\r\nv=0\r\nextra";

#[test]
fn a_short_tortuous_invite_is_read() {
    let Message::Request(r) = parse(TORTUOUS.as_bytes(), &Limits::default()).unwrap() else { panic!() };
    assert_eq!(
        (r.method, r.problem, r.body.as_slice()),
        (Method::new("INVITE"), None, b"v=0\r\n".as_slice())
    );
    assert_eq!(r.headers.all("Via").count(), 3);
    assert_eq!(r.headers.get("Subject"), Some(""));
    assert_eq!(r.headers.get("NewFangledHeader"), Some("newfangled value continued newfangled value"));
}

#[test]
fn values_cannot_smuggle_in_a_header() {
    let mut headers = Headers::default();
    headers.push("Reason", "x\r\nVia: SIP/2.0/UDP evil");
    let response = Response { status: 200, reason: "OK".into(), headers, body: vec![0xff, 0] };
    let Message::Response(back) = parse(&response.to_bytes(), &Limits::default()).unwrap() else { panic!() };
    assert_eq!((back.headers.all("Via").count(), back.body.as_slice()), (0, [0xff, 0].as_slice()));
}

fn token() -> impl Strategy<Value = String> {
    "[A-Za-z][A-Za-z0-9.!%*_+`'~-]{0,14}"
}

fn request() -> impl Strategy<Value = Request> {
    let value = "[ -~áéñ]{0,40}".prop_map(|v| v.trim().to_owned());
    let method = prop_oneof![Just("INVITE".to_owned()), Just("BYE".to_owned()), "[A-Z]{3,9}"];
    let extra = proptest::collection::vec((token().prop_map(|t| format!("X-{t}")), value), 0..12);
    (method, extra, proptest::collection::vec(any::<u8>(), 0..200), any::<u16>()).prop_map(
        |(method, extra, body, cseq)| {
            let mut headers = Headers::default();
            headers.push("Via", "SIP/2.0/UDP 192.0.2.9:5062;branch=z9hG4bK1;rport");
            headers.push("From", "<sip:ana.garcia@example.es>;tag=1");
            headers.push("To", "<sip:900000000@example.es>");
            headers.push("Call-ID", "abc");
            headers.push("Contact", "<sip:ana@192.0.2.9>");
            headers.push("CSeq", &format!("{cseq} {method}"));
            extra.iter().for_each(|(n, v)| headers.push(n, v));
            headers.push("Content-Length", &body.len().to_string());
            let uri = "sip:900000000@example.es;user=phone".to_owned();
            Request { method: Method::new(&method), uri, headers, body, problem: None }
        },
    )
}

#[derive(Debug, Clone)]
enum Damage {
    Flip(usize, u8),
    Cut(usize),
    Insert(usize, Vec<u8>),
    Repeat(usize, usize),
}

fn damage() -> impl Strategy<Value = Damage> {
    let bit = prop_oneof![
        Just(b"\r\n".to_vec()),
        Just(b"<".to_vec()),
        Just(b"\"".to_vec()),
        Just(b";;=,".to_vec()),
        Just(b"\r\n\r\n".to_vec()),
        proptest::collection::vec(any::<u8>(), 1..8)
    ];
    prop_oneof![
        (any::<usize>(), any::<u8>()).prop_map(|(a, b)| Damage::Flip(a, b)),
        any::<usize>().prop_map(Damage::Cut),
        (any::<usize>(), bit).prop_map(|(a, b)| Damage::Insert(a, b)),
        (any::<usize>(), any::<usize>()).prop_map(|(a, b)| Damage::Repeat(a, b)),
    ]
}

fn apply(mut bytes: Vec<u8>, damages: &[Damage]) -> Vec<u8> {
    for d in damages {
        let n = bytes.len();
        if n == 0 {
            break;
        }
        match d {
            Damage::Flip(at, b) => bytes[at % n] = *b,
            Damage::Cut(at) => bytes.truncate(at % n),
            Damage::Insert(at, what) => {
                let at = at % n;
                bytes.splice(at..at, what.iter().copied());
            }
            Damage::Repeat(a, b) => {
                let (from, to) = ((a % n).min(b % n), (a % n).max(b % n));
                let part = bytes[from..to].to_vec();
                bytes.extend(part);
            }
        }
    }
    bytes
}

/// Feeds bytes as datagram and as stream; everything sent must be a message.
fn torment(bytes: &[u8]) {
    let now = Instant::now();
    let mut core = Core::new(Settings::new("192.0.2.1:5060"), [1; 32], now);
    let from = "192.0.2.9:5062".parse().unwrap();
    core.handle(Input::Datagram { from, bytes }, now);
    for part in bytes.chunks(37) {
        core.handle(Input::Stream { from, bytes: part }, now);
    }
    for step in 0..200 {
        while let Some(output) = core.poll() {
            match output {
                Output::Send { bytes, .. } if *bytes != *b"\r\n" => {
                    let sent = parse(&bytes, &Limits::default()).unwrap();
                    if let Message::Request(r) = sent {
                        assert_eq!(r.problem, None);
                    }
                }
                Output::Event(Event::Incoming { leg, .. }) => {
                    core.handle(Input::Command(Command::Accept(leg, "v=0\r\n".into())), now);
                }
                Output::Event(Event::Reinvite { leg, .. }) => {
                    core.handle(Input::Command(Command::AnswerReinvite(leg, Err(488))), now);
                }
                _ => {}
            }
        }
        core.handle(Input::Timer, now + Duration::from_secs(step));
    }
    let c = core.counters();
    assert_eq!((c.legs, c.server_transactions, c.client_transactions), (0, 0, 0));
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 2_000, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn what_is_written_is_read_back(request in request()) {
        let bytes = request.to_bytes();
        let Message::Request(mut back) = parse(&bytes, &Limits::default()).unwrap() else { panic!() };
        back.headers.remove("Content-Length");
        let mut request = request;
        request.headers.remove("Content-Length");
        prop_assert_eq!(&back, &request);
        let mut framer = Framer::default();
        framer.push(&bytes);
        prop_assert_eq!(framer.next(&Limits::default()).unwrap(), Some(Frame::Message(bytes)));
    }

    #[test]
    fn random_bytes_break_nothing(bytes in proptest::collection::vec(any::<u8>(), 0..600)) {
        torment(&bytes);
    }

    #[test]
    fn damaged_requests_break_nothing(request in request(), damages in proptest::collection::vec(damage(), 1..6)) {
        torment(&apply(request.to_bytes(), &damages));
    }

    #[test]
    fn damaged_tortures_break_nothing(damages in proptest::collection::vec(damage(), 0..6)) {
        torment(&apply(TORTUOUS.as_bytes().to_vec(), &damages));
    }
}
