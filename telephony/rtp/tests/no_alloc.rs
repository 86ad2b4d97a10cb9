//! The way of a frame allocates nothing: counted by the allocator itself.
#![allow(missing_docs, clippy::unwrap_used, unsafe_code)]

mod support;

use rtp::{Codec, Media, Packet, PortPool, Receiver, ReceiverConfig};
use std::alloc::{GlobalAlloc, Layout, System};
use std::cell::Cell;
use std::time::{Duration, Instant};
use support::{Random, Voice, datagram};

struct Counting;

thread_local! {
    static COUNT: Cell<u64> = const { Cell::new(0) };
}

// SAFETY: every call is passed on to the system's allocator unchanged.
unsafe impl GlobalAlloc for Counting {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        let _ = COUNT.try_with(|c| c.set(c.get() + 1));
        // SAFETY: the caller's promise is passed on.
        unsafe { System.alloc(layout) }
    }

    unsafe fn dealloc(&self, at: *mut u8, layout: Layout) {
        // SAFETY: the caller's promise is passed on.
        unsafe { System.dealloc(at, layout) }
    }
}

#[global_allocator]
static ALLOCATOR: Counting = Counting;

fn counted(work: impl FnOnce()) -> u64 {
    let before = COUNT.with(Cell::get);
    work();
    COUNT.with(Cell::get) - before
}

#[test]
fn the_counter_counts() {
    assert_eq!(counted(|| drop(std::hint::black_box(vec![1_u8; 100]))), 1);
}

#[test]
fn a_call_on_loopback_allocates_nothing() {
    for codec in [Codec::Pcma, Codec::G722] {
        let pool = PortPool::new("127.0.0.1".parse().unwrap(), 42_000..=42_063, Duration::ZERO).unwrap();
        let (mut a, mut b) = (pool.take().unwrap(), pool.take().unwrap());
        a.configure(Media::new(codec, b.local()).events(101));
        b.configure(Media::new(codec, a.local()).events(101));
        let voice = Voice::new(1).samples(160 * 500);
        let (t0, mut digits) = (Instant::now(), 0);
        let allocations = counted(|| {
            for (tick, frame) in voice.chunks_exact(160).enumerate() {
                let now = t0 + Duration::from_millis(20 * tick as u64);
                for (port, other) in [(&mut a, tick % 7 == 0), (&mut b, false)] {
                    port.poll(now);
                    digits += port.pull(now).digits.len();
                    if other {
                        port.send_nothing(now); // the other side has to conceal
                    } else {
                        port.send(frame.try_into().unwrap(), now);
                    }
                    port.rtcp_tick(now);
                    std::hint::black_box(port.stats());
                }
                if tick % 50 == 0 {
                    a.send_digit('5').unwrap();
                    b.info("application/dtmf-relay", "Signal=7\r\nDuration=100\r\n", now);
                }
            }
        });
        assert_eq!(allocations, 0, "{codec:?}");
        assert!(digits >= 18, "{digits}");
        let s = b.stats();
        assert!(s.received > 350 && s.rtt_ms.is_some(), "{s:?}");
    }
}

#[test]
fn loss_jitter_and_junk_allocate_nothing() {
    let mut r = Random(9);
    let voice = Voice::new(2).samples(160 * 1_000);
    let mut encoder = rtp::codec::Encoder::new(Codec::Pcmu);
    let mut arrivals = Vec::new();
    for (n, frame) in voice.chunks_exact(160).enumerate() {
        let mut payload = [0; 160];
        encoder.encode(frame, &mut payload);
        let ssrc = 1 + (n / 300) as u32;
        let p = Packet {
            marker: false,
            payload_type: 0,
            sequence: n as u16,
            timestamp: n as u32 * 160,
            ssrc,
            payload: &payload,
        };
        if !r.chance(0.1) {
            let burst = if n > 400 && n < 600 { 150_000 } else { 10_000 };
            arrivals.push((n as u64 * 20_000 + r.below(burst), datagram(&p)));
        }
        if r.chance(0.05) {
            arrivals.push((n as u64 * 20_000, (0..r.below(200)).map(|_| r.next() as u8).collect()));
        }
    }
    arrivals.sort();
    let mut receiver = Receiver::new(ReceiverConfig::new(Codec::Pcmu));
    let (t0, mut next) = (Instant::now(), 0);
    let allocations = counted(|| {
        for tick in 0..1_000_u64 {
            let now = t0 + Duration::from_millis(20 * tick);
            while let Some((_, bytes)) = arrivals.get(next).filter(|(at, _)| *at <= tick * 20_000) {
                let _ = receiver.push(bytes, now);
                next += 1;
            }
            std::hint::black_box(receiver.pull(now));
        }
    });
    assert_eq!(allocations, 0);
    let s = receiver.stats();
    assert!(s.concealed_ms > 0 && s.late > 0 && s.malformed > 0 && s.resyncs >= 3, "{s:?}");
}
