//! The driver on loopback sockets, on a virtual clock.
#![allow(missing_docs, clippy::unwrap_used)]

mod support;

use rtp::{Codec, Direction, Error, Kind, Media, Packet, Port, PortPool};
use std::net::UdpSocket;
use std::time::{Duration, Instant};
use support::{Voice, datagram};

fn pool(low: u16, pairs: u16, quarantine_ms: u64) -> PortPool {
    let range = low..=low + 2 * pairs - 1;
    PortPool::new("127.0.0.1".parse().unwrap(), range, Duration::from_millis(quarantine_ms)).unwrap()
}

fn stranger() -> UdpSocket {
    let s = UdpSocket::bind("127.0.0.1:0").unwrap();
    s.set_nonblocking(true).unwrap();
    s
}

fn packet(n: u16, ssrc: u32) -> Vec<u8> {
    datagram(&Packet {
        marker: false,
        payload_type: 8,
        sequence: n,
        timestamp: u32::from(n) * 160,
        ssrc,
        payload: &[0xd5; 160],
    })
}

fn waiting(s: &UdpSocket) -> usize {
    let mut b = [0; 2_048];
    std::iter::from_fn(|| s.recv_from(&mut b).ok()).count()
}

/// Two ports that talk, tick by tick.
struct Pair {
    a: Port,
    b: Port,
    t0: Instant,
    tick: u64,
}

impl Pair {
    fn new(pool: &PortPool, codec: Codec) -> Self {
        let (mut a, mut b) = (pool.take().unwrap(), pool.take().unwrap());
        a.configure(Media::new(codec, b.local()).events(101));
        b.configure(Media::new(codec, a.local()).events(101));
        Self { a, b, t0: Instant::now(), tick: 0 }
    }

    /// A sends frames; returns what B heard: kinds and keys.
    fn run(&mut self, frames: &[i16]) -> (Vec<Kind>, String) {
        let (mut kinds, mut keys) = (Vec::new(), String::new());
        for frame in frames.chunks_exact(160) {
            let now = self.t0 + Duration::from_millis(20 * self.tick);
            self.tick += 1;
            self.a.poll(now);
            self.a.pull(now);
            self.a.send(frame.try_into().unwrap(), now);
            self.a.rtcp_tick(now);
            self.b.poll(now);
            let pulled = self.b.pull(now);
            kinds.push(pulled.kind);
            keys.extend(pulled.digits.iter().map(|d| d.key));
            self.b.send(&rtp::SILENCE, now);
            self.b.rtcp_tick(now);
        }
        (kinds, keys)
    }
}

#[test]
fn a_call_has_audio_keys_reports_and_a_score() {
    for codec in [Codec::Pcma, Codec::Pcmu, Codec::G722] {
        let pool = pool(43_000, 2, 0);
        let mut p = Pair::new(&pool, codec);
        for key in "0123456789*#ABCD".chars() {
            p.a.send_digit(key).unwrap();
        }
        let (kinds, keys) = p.run(&Voice::new(4).samples(160 * 900));
        assert_eq!(keys, "0123456789*#ABCD", "{codec:?}");
        assert!(kinds.iter().filter(|k| **k == Kind::Voice).count() > 600, "{codec:?}");
        let (a, b) = (p.a.stats(), p.b.stats());
        assert_eq!((b.received, b.lost, b.late, a.sent), (900, 0, 0, 900), "{b:?}");
        assert!(
            b.mos_min.unwrap() > 4.3 && a.rtt_ms.unwrap() < 45.0 && a.remote_loss == Some(0.0),
            "{a:?} {b:?}"
        );
        println!("{codec:?}: MOS {:?}, RTT {:?} ms, buffer {} ms", b.mos_avg, a.rtt_ms, b.jitter_buffer_ms);
    }
}

#[test]
fn on_hold_nothing_leaves_and_the_clock_runs_on() {
    let pool = pool(43_010, 2, 0);
    let (far, t0) = (stranger(), Instant::now());
    let mut port = pool.take().unwrap();
    let media = Media::new(Codec::Pcma, far.local_addr().unwrap());
    let mut stamps = Vec::new();
    for tick in 0..300_u64 {
        let now = t0 + Duration::from_millis(20 * tick);
        match tick {
            0 | 200 => port.configure(media),
            100 => port.configure(media.direction(Direction::RecvOnly)),
            150 => port.configure(media.direction(Direction::Inactive)),
            _ => {}
        }
        port.poll(now);
        port.pull(now);
        port.send(&rtp::SILENCE, now);
        let mut b = [0; 512];
        while let Ok(n) = far.recv(&mut b) {
            let p = Packet::parse(&b[..n]).unwrap();
            stamps.push((tick, p.timestamp, p.marker));
        }
        if (150..200).contains(&tick) {
            assert_eq!(port.idle_for(now), Duration::ZERO);
        }
    }
    assert_eq!(stamps.len(), 200);
    let (before, after) = (stamps[99], stamps[100]);
    assert_eq!((before.0, after.0, after.2), (99, 200, true));
    assert_eq!(after.1.wrapping_sub(before.1), 101 * 160);
    // Nothing ever came: the inactivity timeout sees it, from the last change on.
    assert_eq!(port.idle_for(t0 + Duration::from_millis(5_000)), Duration::from_millis(1_000));
}

#[test]
fn a_caller_behind_nat_is_found_and_a_thief_is_refused() {
    let pool = pool(43_020, 2, 0);
    let (caller, thief, t0) = (stranger(), stranger(), Instant::now());
    let mut port = pool.take().unwrap();
    // The SDP says an address from which nothing ever comes.
    port.configure(Media::new(Codec::Pcma, "127.0.0.9:9".parse().unwrap()));
    for n in 0..100_u16 {
        let now = t0 + Duration::from_millis(20 * u64::from(n));
        caller.send_to(&packet(n, 1), port.local()).unwrap();
        if n >= 20 {
            thief.send_to(&packet(n, 2), port.local()).unwrap();
        }
        port.poll(now);
        port.pull(now);
        port.send(&rtp::SILENCE, now);
    }
    let s = port.stats();
    assert_eq!(port.target(), Some(caller.local_addr().unwrap()));
    assert_eq!((s.received, s.refused), (95, 5 + 80), "{s:?}");
    // What is sent before the source is found goes to the SDP's address.
    assert_eq!((waiting(&caller), waiting(&thief)), (95, 0));
}

#[test]
fn a_released_pair_rests_and_then_comes_again() {
    let pool = pool(43_030, 2, 60_000);
    let (a, b) = (pool.take().unwrap(), pool.take().unwrap());
    assert_eq!((a.local().port(), b.local().port()), (43_030, 43_032));
    assert!(matches!(pool.take(), Err(Error::NoPorts { in_use: 2, quarantined: 0 })));
    drop(a);
    assert!(matches!(pool.take(), Err(Error::NoPorts { in_use: 1, quarantined: 1 })));
    let later = Instant::now() + Duration::from_secs(61);
    assert_eq!(pool.take_at(later).unwrap().local().port(), 43_030);
    drop(b);
    assert_eq!((pool.in_use(), pool.free()), (0, 0));
}

#[test]
fn ports_are_used_in_turn_and_stale_media_meets_nobody() {
    let pool = pool(43_040, 4, 0);
    let mut seen = Vec::new();
    for _ in 0..5 {
        let port = pool.take().unwrap();
        seen.push(port.local().port());
        stranger().send_to(&packet(0, 1), port.local()).unwrap();
    }
    assert_eq!(seen, [43_040, 43_042, 43_044, 43_046, 43_040]);
    // What came for the call before is thrown away with its socket, and what comes before `configure` too.
    let mut port = pool.take().unwrap();
    stranger().send_to(&packet(0, 1), port.local()).unwrap();
    port.poll(Instant::now());
    assert_eq!(port.stats().received, 0);
}

#[test]
fn pairs_held_by_others_are_stepped_over() {
    let squatters = [43_060, 43_063].map(|p| UdpSocket::bind(("127.0.0.1", p)).unwrap());
    let pool = pool(43_060, 3, 0);
    assert_eq!(pool.take().unwrap().local().port(), 43_064);
    drop(squatters);
    let nowhere = PortPool::new("192.0.2.1".parse().unwrap(), 43_070..=43_079, Duration::ZERO).unwrap();
    assert!(matches!(nowhere.take(), Err(Error::Bind { tried: 1, .. })));
    assert!(matches!(
        PortPool::new("127.0.0.1".parse().unwrap(), 43_071..=43_072, Duration::ZERO),
        Err(Error::BadRange { .. })
    ));
}

#[test]
fn a_flood_does_not_hold_up_the_tick() {
    let pool = pool(43_080, 2, 0);
    let (far, t0) = (stranger(), Instant::now());
    let mut port = pool.take().unwrap();
    port.configure(Media::new(Codec::Pcma, far.local_addr().unwrap()));
    for n in 0..200 {
        far.send_to(&packet(n, 1), port.local()).unwrap();
    }
    port.poll(t0);
    assert_eq!(port.stats().received, 64);
    // RTCP that lost its way is no RTP.
    far.send_to(&[0x80, 201, 0, 1, 0, 0, 0, 1], port.local()).unwrap();
    for _ in 0..5 {
        port.poll(t0);
    }
    assert_eq!(port.stats().malformed, 0);
}
