//! The core by script: what goes in, what must come out, as the RFCs say it.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::print_stdout)]
mod refer;
mod uac;
mod uas;

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
        self.calling_with(Some("v=0 offer"), credentials)
    }

    fn calling_with(&mut self, offer: Option<&str>, credentials: Option<Credentials>) -> (LegId, Request) {
        let leg = LegId::outbound(1);
        let target = Target {
            uri: "sip:600000000@192.0.2.9:5062".into(),
            from: "\"Cita previa\" <sip:900000000@example.es>".into(),
            offer: offer.map(str::to_owned),
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
