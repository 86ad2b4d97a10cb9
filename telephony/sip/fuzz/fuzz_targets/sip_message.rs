//! Any bytes, as datagrams and as a stream, to an endpoint that answers calls.
//! Messages are separated by a byte 0xFF, so that whole exchanges can be found.
#![no_main]
use libfuzzer_sys::fuzz_target;
use sip::core::{Core, Input, Output};
use sip::message::{Limits, parse};
use sip::{Command, Event, Settings};
use std::time::{Duration, Instant};

fn drain(core: &mut Core, now: Instant) {
    while let Some(output) = core.poll() {
        match output {
            Output::Send { bytes, .. } if *bytes != *b"\r\n" => {
                assert!(parse(&bytes, &Limits::default()).is_ok(), "we sent what we cannot read");
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
}

fuzz_target!(|data: &[u8]| {
    let mut now = Instant::now();
    let mut core = Core::new(Settings::new("192.0.2.1:5060"), [1; 32], now);
    let from = "192.0.2.9:5062".parse().expect("a literal address");
    for (n, bytes) in data.split(|b| *b == 0xff).take(16).enumerate() {
        let input = if n % 4 == 3 { Input::Stream { from, bytes } } else { Input::Datagram { from, bytes } };
        core.handle(input, now);
        drain(&mut core, now);
    }
    for _ in 0..400 {
        now += Duration::from_secs(1);
        core.handle(Input::Timer, now);
        drain(&mut core, now);
        if core.next_timeout().is_none() {
            break;
        }
    }
    let left = core.counters();
    assert_eq!((left.server_transactions, left.client_transactions), (0, 0));
});
