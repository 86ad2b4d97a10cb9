//! Telephone events, and INFO bodies.
#![no_main]

use libfuzzer_sys::fuzz_target;
use rtp::digits::{EventReceiver, Heard, parse_info};

fuzz_target!(|data: &[u8]| {
    let mut receiver = EventReceiver::default();
    let (mut now, mut told, mut packets) = (0, 0_usize, 0_usize);
    for chunk in data.chunks(8) {
        let Some((stamp, payload)) = chunk.split_first_chunk::<4>() else { break };
        packets += 1;
        if let Some(heard) = Heard::parse(u32::from_be_bytes(*stamp), stamp[0] & 1 == 0, payload) {
            told += usize::from(receiver.push(heard, now).is_some());
        }
        now += 20_000;
        told += usize::from(receiver.tick(now).is_some());
    }
    assert!(told <= packets);
    if let Ok(body) = std::str::from_utf8(data) {
        let _ = parse_info("application/dtmf-relay", body);
        let _ = parse_info("application/dtmf", body);
    }
});
