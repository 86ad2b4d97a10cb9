//! Datagrams and ticks in any order: each chunk begins with its length, and 255 stands for a tick.
#![no_main]

use libfuzzer_sys::fuzz_target;
use rtp::{Codec, Receiver, ReceiverConfig};
use std::time::{Duration, Instant};

fuzz_target!(|data: &[u8]| {
    let config = ReceiverConfig { codec: Codec::G722, payload_type: 9, telephone_event: Some(101), in_band: true };
    let mut receiver = Receiver::new(config);
    let mut now = Instant::now();
    let mut rest = data;
    while let Some((&len, after)) = rest.split_first() {
        if len == 255 {
            now += Duration::from_millis(20);
            std::hint::black_box(receiver.pull(now));
            rest = after;
        } else {
            let (datagram, after) = after.split_at(usize::from(len).min(after.len()));
            let _ = receiver.push(datagram, now);
            rest = after;
        }
    }
    std::hint::black_box(receiver.stats());
});
