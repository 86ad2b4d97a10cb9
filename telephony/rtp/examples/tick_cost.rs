//! What a tick costs: calls on loopback, each polling, pulling and sending a packet, on one thread, in CPU time.
//!
//! `cargo run --release -p rtp --example tick_cost [calls] [ticks]`
#![allow(clippy::print_stdout)]

use rtp::{Codec, Media, Port, PortPool};
use std::time::{Duration, Instant};

/// What this thread has had of a core, by the scheduler's account: other programs do not count into it.
fn cpu() -> Duration {
    let stat = std::fs::read_to_string("/proc/thread-self/schedstat").unwrap_or_default();
    Duration::from_nanos(stat.split(' ').next().and_then(|ns| ns.parse().ok()).unwrap_or(0))
}

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let mut args = std::env::args().skip(1).filter_map(|a| a.parse::<u16>().ok());
    let calls = args.next().unwrap_or(200);
    let ticks = args.next().unwrap_or(500);
    for codec in [Codec::Pcma, Codec::G722] {
        measure(codec, calls, ticks)?;
    }
    Ok(())
}

fn measure(codec: Codec, calls: u16, ticks: u16) -> Result<(), Box<dyn std::error::Error>> {
    let pool = PortPool::new("127.0.0.1".parse()?, 20_000..=20_000 + 4 * calls, Duration::ZERO)?;
    let mut ports = Vec::new();
    for _ in 0..calls {
        let (mut a, mut b) = (pool.take()?, pool.take()?);
        a.configure(Media::new(codec, b.local()).events(101));
        b.configure(Media::new(codec, a.local()).events(101));
        ports.extend([a, b]);
    }
    let voice: Vec<i16> =
        (0..160 * 64).map(|i| (6_000.0 * f64::from(i * i % 16_000 / 40).sin()) as i16).collect();
    let frames: Vec<&[i16; 160]> = voice.as_chunks().0.iter().collect();
    let t0 = Instant::now();
    let (mut poll, mut pull, mut send) = (Duration::ZERO, Duration::ZERO, Duration::ZERO);
    for tick in 0..ticks {
        // A virtual clock: the calls are as long as if they were paced, and the measure has no sleep in it.
        let now = t0 + Duration::from_millis(20 * u64::from(tick));
        let mut timed = |sum: &mut Duration, work: &mut dyn FnMut(&mut Port)| {
            let begun = cpu();
            ports.iter_mut().for_each(work);
            *sum += cpu() - begun;
        };
        timed(&mut poll, &mut |p| p.poll(now));
        timed(&mut pull, &mut |p| {
            std::hint::black_box(p.pull(now));
        });
        let frame = frames[usize::from(tick) % frames.len()];
        timed(&mut send, &mut |p| {
            p.send(frame, now);
            p.rtcp_tick(now);
        });
    }
    let heard = ports.iter().map(|p| p.stats().received).min().unwrap_or(0);
    let each = |d: Duration| d.as_secs_f64() * 1e6 / f64::from(ticks) / f64::from(calls) / 2.0;
    let all = each(poll) + each(pull) + each(send);
    println!(
        "{codec:?}, {} ports, {ticks} ticks, least packets heard {heard}: poll {:.2} µs, pull {:.2} µs, send {:.2} µs; \
         tick {all:.2} µs = {:.4} % of a core a call",
        2 * calls,
        each(poll),
        each(pull),
        each(send),
        all / 20_000.0 * 100.0
    );
    Ok(())
}
