//! RTCP compound packets.
#![no_main]

use libfuzzer_sys::fuzz_target;
use rtp::rtcp::{Compound, Part, Session};
use std::time::Instant;

fuzz_target!(|data: &[u8]| {
    if let Ok(compound) = Compound::parse(data) {
        for part in compound {
            if let Part::SenderReport { blocks, .. } | Part::ReceiverReport { blocks, .. } = part {
                assert!(blocks.count() <= 31);
            }
        }
    }
    let _ = Session::new(1, 1).receive(data, Instant::now(), 1 << 40);
});
