//! Whatever comes in, nothing panics, and every tick yields its frame.
#![allow(missing_docs, clippy::unwrap_used)]

mod support;

use proptest::prelude::*;
use rtp::digits::{EventReceiver, Heard, parse_info};
use rtp::rtcp::{Compound, Outgoing, Part, ReportBlock, SenderInfo, Session, build};
use rtp::{Codec, Packet, Receiver, ReceiverConfig};
use std::time::{Duration, Instant};
use support::datagram;

#[derive(Debug, Clone)]
enum Step {
    Junk(Vec<u8>),
    Rtp { payload_type: u8, sequence: u16, timestamp: u32, ssrc: u32, len: usize },
    Pull(u16),
}

fn step() -> impl Strategy<Value = Step> {
    let rtp = (0_u8..128, any::<u16>(), any::<u32>(), 0_u32..3, 0_usize..600);
    let near = (
        prop_oneof![Just(0_u8), Just(8), Just(9), Just(13), Just(101)],
        0_u16..200,
        0_u32..40_000,
        0_u32..2,
        0_usize..481,
    );
    prop_oneof![
        1 => prop::collection::vec(any::<u8>(), 0..700).prop_map(Step::Junk),
        2 => rtp.prop_map(|(payload_type, sequence, timestamp, ssrc, len)| Step::Rtp { payload_type, sequence, timestamp, ssrc, len }),
        6 => near.prop_map(|(payload_type, sequence, timestamp, ssrc, len)| Step::Rtp { payload_type, sequence, timestamp, ssrc, len }),
        4 => (0_u16..100).prop_map(Step::Pull),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 400, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn a_receiver_takes_anything(steps in prop::collection::vec(step(), 0..300), g722 in any::<bool>()) {
        let codec = if g722 { Codec::G722 } else { Codec::Pcma };
        let config = ReceiverConfig { codec, payload_type: codec.payload_type(), telephone_event: Some(101), in_band: true };
        let mut receiver = Receiver::new(config);
        let mut now = Instant::now();
        for step in steps {
            match step {
                Step::Junk(bytes) => { let _ = receiver.push(&bytes, now); }
                Step::Rtp { payload_type, sequence, timestamp, ssrc, len } => {
                    let payload: Vec<u8> = (0..len).map(|i| (i * 7) as u8).collect();
                    let p = Packet { marker: sequence % 5 == 0, payload_type, sequence, timestamp, ssrc, payload: &payload };
                    let _ = receiver.push(&datagram(&p), now);
                }
                Step::Pull(ms) => {
                    now += Duration::from_millis(u64::from(ms));
                    let pulled = receiver.pull(now);
                    prop_assert_eq!(pulled.frame.len(), 160);
                }
            }
        }
        let s = receiver.stats();
        prop_assert!(s.jitter_ms >= 0.0 && s.mos_avg.is_none_or(|m| (1.0..=4.5).contains(&m)));
    }

    #[test]
    fn rtcp_reads_anything(mut bytes in prop::collection::vec(any::<u8>(), 0..200), valid in any::<bool>()) {
        if valid && bytes.len() >= 4 {
            bytes[0] = 0x80 | bytes[0] & 31;
            bytes[1] = 200 + bytes[1] % 5;
            bytes[2] = 0;
            bytes[3] = (bytes.len() / 4 - 1) as u8;
        }
        if let Ok(compound) = Compound::parse(&bytes) {
            for part in compound {
                if let Part::SenderReport { blocks, .. } | Part::ReceiverReport { blocks, .. } = part {
                    prop_assert!(blocks.count() <= 31);
                }
            }
        }
        let _ = Session::new(1, 1).receive(&bytes, Instant::now(), 5 << 32);
    }

    #[test]
    fn reports_survive_the_way(
        words in any::<[u32; 10]>(), fraction in any::<u8>(), lost in -0x80_0000_i32..0x80_0000,
        sends in any::<bool>(), hears in any::<bool>(), bye in any::<bool>(), cname in "[a-z@.0-9]{0,80}",
    ) {
        let info = SenderInfo { ntp: u64::from(words[0]) << 32 | 1, rtp_timestamp: words[1], packets: words[2], octets: words[3] };
        let block = ReportBlock {
            ssrc: words[4], fraction_lost: fraction, cumulative_lost: lost, highest: words[5],
            jitter: words[6], last_report: words[7], delay_since: words[8],
        };
        let out = Outgoing { ssrc: words[9], sender: sends.then_some(info), report: hears.then_some(block), cname: &cname, bye };
        let mut bytes = [0; 512];
        let n = build(&out, &mut bytes).unwrap();
        prop_assert_eq!(n % 4, 0);
        let parts: Vec<Part<'_>> = Compound::parse(&bytes[..n]).unwrap().collect();
        prop_assert_eq!(parts.len(), 2 + usize::from(bye));
        let blocks = match parts[0] {
            Part::SenderReport { ssrc, info: i, blocks } => { prop_assert!(sends && i == info && ssrc == words[9]); blocks }
            Part::ReceiverReport { ssrc, blocks } => { prop_assert!(!sends && ssrc == words[9]); blocks }
            _ => return Err(TestCaseError::fail("no report first")),
        };
        prop_assert_eq!(blocks.collect::<Vec<_>>(), hears.then_some(block).into_iter().collect::<Vec<_>>());
        let named = matches!(parts[1], Part::Description { cname: c, .. } if c == cname.as_bytes());
        prop_assert!(named);
    }

    #[test]
    fn events_and_info_take_anything(
        packets in prop::collection::vec((any::<u32>(), any::<bool>(), prop::collection::vec(any::<u8>(), 0..8)), 0..60),
        body in ".{0,60}",
    ) {
        let (mut r, mut now, mut told) = (EventReceiver::default(), 0, 0);
        for (timestamp, marker, payload) in &packets {
            if let Some(heard) = Heard::parse(*timestamp, *marker, payload) {
                told += usize::from(r.push(heard, now).is_some());
            }
            now += 20_000;
            told += usize::from(r.tick(now).is_some());
        }
        prop_assert!(told <= packets.len());
        for t in ["application/dtmf-relay", "application/dtmf", &body] {
            let _ = parse_info(t, &body);
        }
    }
}

#[test]
fn a_round_trip_is_measured_by_the_reports() {
    let (mut a, mut b) = (Session::new(1, 3), Session::new(2, 5));
    let t0 = Instant::now();
    let ntp = |ms: u64| (1_000_000_u64 << 32) + ((ms << 32) / 1_000);
    let at = |ms: u64| t0 + Duration::from_millis(ms);
    let mut bytes = [0; 512];
    let sender = Some(SenderInfo { ntp: ntp(0), rtp_timestamp: 0, packets: 9, octets: 0 });
    let report = rtp::rtcp::Report { sender, reception: None, cname: "a", bye: false };
    let n = a.report(&report, at(0), &mut bytes).unwrap();
    b.receive(&bytes[..n], at(40), ntp(40)).unwrap(); // 40 ms there
    let heard = rtp::rtcp::Reception { ssrc: 1, expected: 10, received: 9, highest: 10, jitter: 3 };
    let report = rtp::rtcp::Report { sender: None, reception: Some(heard), cname: "b", bye: true };
    let n = b.report(&report, at(2_040), &mut bytes).unwrap();
    a.receive(&bytes[..n], at(2_100), ntp(2_100)).unwrap(); // 60 ms back
    let rtt = a.rtt().unwrap().as_secs_f64() * 1_000.0;
    assert!((rtt - 100.0).abs() < 0.1, "{rtt}");
    assert_eq!((a.remote().unwrap().fraction_lost, a.has_left()), (25, true));
    // The interval: half of five seconds at first, then five, both randomised, never at once.
    assert!(!b.is_due(at(2_041)) && b.is_due(at(9_000)));
}
