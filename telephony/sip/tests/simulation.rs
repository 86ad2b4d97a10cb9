//! Two cores over a simulated network: loss, copies, reordering, delay, clock
//! jumps, broken TCP connections, ACKs that never arrive; random calls from both
//! sides. Everything follows from the seed that a failure prints; with it in the
//! environment variable SEED that one run is told message by message.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::print_stdout)]
use rand::rngs::StdRng;
use rand::{RngExt, SeedableRng};
use sip::core::{Core, Input, Output};
use sip::{Command, EndCause, Event, LegId, Peer, Settings, Target, Timers, Transport};
use std::collections::{BTreeMap, BinaryHeap, HashMap, HashSet};
use std::net::SocketAddr;
use std::time::{Duration, Instant};

const SEEDS: u64 = 3_000;

fn ms(n: u64) -> Duration {
    Duration::from_millis(n)
}

#[derive(Debug, Clone)]
struct Faults {
    transport: Transport,
    loss: f64,
    copies: f64,
    max_delay: u64,
    ack_lost: bool,
    jumps: bool,
    breaks: bool,
}

impl Faults {
    fn draw(rng: &mut StdRng) -> Self {
        let tcp = rng.random_bool(0.2);
        let clean = rng.random_bool(0.2);
        let udp = |rng: &mut StdRng, most: f64| if tcp || clean { 0.0 } else { rng.random_range(0.0..most) };
        Self {
            transport: if tcp { Transport::Tcp } else { Transport::Udp },
            loss: udp(rng, 0.3),
            copies: udp(rng, 0.2),
            max_delay: [2, 40, 400, 3_000][rng.random_range(0..if clean { 2 } else { 4 })],
            ack_lost: !clean && rng.random_bool(0.1),
            jumps: !clean && rng.random_bool(0.2),
            breaks: tcp && !clean && rng.random_bool(0.4),
        }
    }

    /// Nothing that could keep the two sides from knowing the same.
    fn is_clean(&self) -> bool {
        self.loss == 0.0 && !self.ack_lost && !self.jumps && !self.breaks && self.max_delay <= 40
    }
}

impl Faults {
    /// Seven copies of a BYE do not all get lost: each side learns of the end.
    fn is_bearable(&self) -> bool {
        self.loss < 0.1 && !self.jumps && !self.breaks
    }
}

enum What {
    Packet { to: usize, bytes: Vec<u8> },
    Do { side: usize, command: Command },
    Invite { side: usize, call: usize },
    Break,
}

struct Happening {
    at: Instant,
    order: u64,
    what: What,
}

impl PartialEq for Happening {
    fn eq(&self, other: &Self) -> bool {
        (self.at, self.order) == (other.at, other.order)
    }
}
impl Eq for Happening {}
impl PartialOrd for Happening {
    fn partial_cmp(&self, other: &Self) -> Option<std::cmp::Ordering> {
        Some(self.cmp(other))
    }
}
impl Ord for Happening {
    fn cmp(&self, other: &Self) -> std::cmp::Ordering {
        (other.at, other.order).cmp(&(self.at, self.order))
    }
}

#[derive(Debug, Default)]
struct Seen {
    call: usize,
    accepted: bool,
    offered: bool,
    answered: bool,
    acked: u32,
    /// The ACK carried an answer.
    late_answer: bool,
    last: Option<Event>,
}

struct World {
    seed: u64,
    rng: StdRng,
    faults: Faults,
    told: bool,
    start: Instant,
    cores: [Core; 2],
    addresses: [SocketAddr; 2],
    now: Instant,
    heap: BinaryHeap<Happening>,
    order: u64,
    legs: BTreeMap<(usize, LegId), Seen>,
    incoming: HashMap<usize, u32>,
    /// Calls whose INVITE has no offer.
    late: HashSet<usize>,
    sent: u64,
    fired: u64,
    last_event: Instant,
    tcp_free: [Instant; 2],
    settings: Settings,
}

impl World {
    fn new(seed: u64) -> Self {
        let mut rng = StdRng::seed_from_u64(seed);
        let faults = Faults::draw(&mut rng);
        let now = Instant::now();
        let addresses: [SocketAddr; 2] = ["192.0.2.1:5060", "192.0.2.2:5060"].map(|a| a.parse().unwrap());
        let settings = |n: usize| Settings {
            ring_limit: Duration::from_secs(40),
            timers: Timers { t1: ms(200), ..Timers::default() },
            ..Settings::new(addresses[n].to_string())
        };
        let cores = [0, 1].map(|n| Core::new(settings(n), rng.random(), now));
        Self {
            seed,
            rng,
            faults,
            told: std::env::var_os("SEED").is_some(),
            start: now,
            cores,
            addresses,
            now,
            heap: BinaryHeap::new(),
            order: 0,
            legs: BTreeMap::new(),
            incoming: HashMap::new(),
            late: HashSet::new(),
            sent: 0,
            fired: 0,
            last_event: now,
            tcp_free: [now; 2],
            settings: settings(0),
        }
    }

    fn after(&mut self, delay: Duration, what: What) {
        self.order += 1;
        self.heap.push(Happening { at: self.now + delay, order: self.order, what });
    }

    fn later(&mut self, from: u64, to: u64, side: usize, command: Command) {
        let delay = ms(self.rng.random_range(from..to));
        self.after(delay, What::Do { side, command });
    }

    fn drain(&mut self, side: usize) {
        while let Some(output) = self.cores[side].poll() {
            match output {
                Output::Send { transport, to, bytes } => {
                    self.sent += 1;
                    assert_eq!(to, self.addresses[1 - side], "seed {}", self.seed);
                    assert_eq!(transport, self.faults.transport, "seed {}", self.seed);
                    self.carry(1 - side, &bytes);
                }
                Output::Event(event) => self.on_event(side, event),
                Output::Close(_) => panic!("seed {}: a stream of ours was not understood", self.seed),
            }
        }
    }

    fn carry(&mut self, to: usize, bytes: &[u8]) {
        if self.faults.transport == Transport::Tcp {
            // In order, cut at a random place.
            let cut = self.rng.random_range(0..=bytes.len());
            for part in [&bytes[..cut], &bytes[cut..]] {
                let at = self.now + ms(self.rng.random_range(0..=self.faults.max_delay));
                let at = at.max(self.tcp_free[to]);
                self.tcp_free[to] = at;
                let delay = at - self.now;
                self.after(delay, What::Packet { to, bytes: part.to_vec() });
            }
            return;
        }
        let ack = bytes.starts_with(b"ACK ");
        if (ack && self.faults.ack_lost) || self.rng.random_bool(self.faults.loss) {
            return;
        }
        for _ in 0..1 + u32::from(self.rng.random_bool(self.faults.copies)) {
            let delay = ms(self.rng.random_range(0..=self.faults.max_delay));
            self.after(delay, What::Packet { to, bytes: bytes.to_vec() });
        }
    }

    fn on_event(&mut self, side: usize, event: Event) {
        let (seed, leg) = (self.seed, event.leg());
        self.tell(format_args!(
            "        {side} hears {}",
            format!("{event:?}").chars().take(150).collect::<String>()
        ));
        self.last_event = self.now;
        if let Event::Incoming { request_uri, .. } = &event {
            let call: usize =
                request_uri.trim_start_matches("sip:call").split('@').next().unwrap().parse().unwrap();
            *self.incoming.entry(call).or_insert(0) += 1;
            let old = self.legs.insert((side, leg), Seen { call, ..Seen::default() });
            assert!(old.is_none(), "seed {seed}: {leg} announced twice");
            return self.decide(side, leg, call);
        }
        let seen = self
            .legs
            .get_mut(&(side, leg))
            .unwrap_or_else(|| panic!("seed {seed}: {event:?} of an unknown leg"));
        assert!(seen.last.is_none(), "seed {seed}: {event:?} after {:?}", seen.last);
        match &event {
            Event::Answered { sdp, .. } => {
                assert_eq!(*sdp, format!("answer {}", seen.call), "seed {seed}");
                assert!(!seen.answered, "seed {seed}: answered twice");
                assert!(!self.late.contains(&seen.call), "seed {seed}: no offer was made");
                seen.answered = true;
            }
            Event::Offered { sdp, .. } => {
                assert_eq!(*sdp, format!("answer {}", seen.call), "seed {seed}");
                assert!(self.late.contains(&seen.call) && !seen.offered, "seed {seed}");
                seen.offered = true;
                let call = seen.call;
                match self.rng.random_range(0..100) {
                    0..85 => self.later(0, 300, side, Command::Accept(leg, format!("late {call}"))),
                    85..95 => self.later(0, 300, side, Command::Bye(leg)),
                    _ => {} // the core refuses in the end
                }
            }
            Event::Acked { answer, .. } => {
                seen.acked += 1;
                seen.late_answer = answer.is_some();
                let late = self.late.contains(&seen.call);
                assert!(
                    answer.as_ref().is_none_or(|a| late && *a == format!("late {}", seen.call)),
                    "seed {seed}"
                );
            }
            Event::Reanswered { status: 200, sdp, .. } => {
                assert_eq!(*sdp, Some(format!("changed {}", seen.call)), "seed {seed}");
            }
            Event::Reinvite { offer, .. } => {
                assert_eq!(*offer, Some(format!("offer {}", seen.call)), "seed {seed}");
                let answer =
                    if self.rng.random_bool(0.8) { Ok(format!("changed {}", seen.call)) } else { Err(488) };
                self.later(0, 300, side, Command::AnswerReinvite(leg, answer));
            }
            e if e.is_last() => seen.last = Some(event.clone()),
            _ => {}
        }
    }

    /// What the called side does with a call.
    fn decide(&mut self, side: usize, leg: LegId, call: usize) {
        if self.rng.random_bool(0.8) {
            self.later(0, 200, side, Command::Ring(leg));
        }
        match self.rng.random_range(0..100) {
            0..80 => {
                let wait = self.rng.random_range(0..3_000);
                self.legs.get_mut(&(side, leg)).unwrap().accepted = true;
                self.later(wait, wait + 1, side, Command::Accept(leg, format!("answer {call}")));
                self.in_call(side, leg, call);
            }
            80..92 => {
                let command = Command::Reject { leg, status: 486, retry_after: None };
                self.later(0, 3_000, side, command);
            }
            _ => {} // nobody decides
        }
    }

    fn in_call(&mut self, side: usize, leg: LegId, call: usize) {
        for _ in 0..self.rng.random_range(0..3) {
            let offer = format!("offer {call}");
            self.later(3_000, 15_000, side, Command::Reinvite(leg, offer));
        }
        if self.rng.random_bool(0.3) {
            let info = Command::Info { leg, content_type: "application/dtmf".into(), body: "5".into() };
            self.later(3_000, 15_000, side, info);
        }
        match call % 3 {
            n if n == side => self.later(0, 20_000, side, Command::Bye(leg)),
            2 => self.later(14_990, 15_010, side, Command::Bye(leg)), // both at once
            _ => {}
        }
    }

    fn invite(&mut self, side: usize, call: usize) {
        let (leg, other) = (LegId::outbound(call as u64), self.addresses[1 - side]);
        let tail = if self.faults.transport == Transport::Tcp { ";transport=tcp" } else { "" };
        let offer = self.rng.random_bool(0.85).then(|| format!("offer {call}"));
        if offer.is_none() {
            self.late.insert(call);
        }
        let target = Target {
            uri: format!("sip:call{call}@{other}{tail}"),
            from: format!("\"Ana; <1>\" <sip:ana.garcia@{}>", self.addresses[side]),
            offer,
            credentials: None,
        };
        self.legs.insert((side, leg), Seen { call, ..Seen::default() });
        let peer = Peer { transport: self.faults.transport, address: other };
        self.command(side, Command::Invite { leg, target, peer });
        if self.rng.random_bool(0.2) {
            self.later(0, 6_000, side, Command::Cancel(leg));
        }
        self.in_call(side, leg, call);
    }

    fn command(&mut self, side: usize, command: Command) {
        self.tell(format_args!(
            "        {side} wants {}",
            format!("{command:?}").chars().take(60).collect::<String>()
        ));
        if let Command::Accept(leg, _) = &command
            && let Some(seen) = self.legs.get_mut(&(side, *leg)).filter(|s| s.offered && s.last.is_none())
        {
            seen.answered = true;
        }
        self.cores[side].handle(Input::Command(command), self.now);
        self.drain(side);
    }

    fn tell(&self, what: std::fmt::Arguments<'_>) {
        if self.told {
            println!("{:9.3} {what}", (self.now - self.start).as_secs_f64());
        }
    }

    fn deliver(&mut self, to: usize, bytes: &[u8]) {
        let text = String::from_utf8_lossy(bytes);
        let line = |name: &str| text.lines().find(|l| l.starts_with(name)).unwrap_or_default().to_owned();
        self.tell(format_args!("to {to}: {} | {} | {}", line(""), line("CSeq"), line("Call-ID")));
        let from = self.addresses[1 - to];
        let input = match self.faults.transport {
            Transport::Udp => Input::Datagram { from, bytes },
            Transport::Tcp => Input::Stream { from, bytes },
        };
        self.cores[to].handle(input, self.now);
        self.drain(to);
    }

    fn happen(&mut self, what: What) {
        match what {
            What::Packet { to, bytes } => self.deliver(to, &bytes),
            What::Do { side, command } => self.command(side, command),
            What::Invite { side, call } => self.invite(side, call),
            What::Break => {
                let old = std::mem::take(&mut self.heap);
                self.heap = old.into_iter().filter(|h| !matches!(h.what, What::Packet { .. })).collect();
                for side in [0, 1] {
                    self.cores[side].handle(Input::Closed(self.addresses[1 - side]), self.now);
                }
                [0, 1].into_iter().for_each(|side| self.drain(side));
            }
        }
    }

    /// Runs until `until`; false when nothing is left to do before it.
    fn run(&mut self, until: Instant) {
        loop {
            let timer = (0..2).filter_map(|n| Some((self.cores[n].next_timeout()?, n))).min();
            let next = self.heap.peek().map(|h| h.at);
            let at = match (timer, next) {
                (Some((t, _)), Some(h)) => t.min(h),
                (Some((t, _)), None) => t,
                (None, Some(h)) => h,
                (None, None) => break,
            };
            if at > until {
                break;
            }
            self.now = self.now.max(at);
            if self.faults.jumps && self.rng.random_bool(0.002) {
                self.now += ms(self.rng.random_range(0..40_000)); // the machine was asleep
            }
            if next.is_some_and(|h| h <= at) {
                let happening = self.heap.pop().unwrap();
                self.happen(happening.what);
            } else if let Some((_, side)) = timer {
                self.fired += 1;
                self.cores[side].handle(Input::Timer, self.now);
                let next = self.cores[side].next_timeout();
                assert!(next.is_none_or(|n| n > self.now), "seed {}: a timer does not let go", self.seed);
                self.drain(side);
            }
        }
        self.now = self.now.max(until);
    }

    fn play(&mut self) {
        let calls = self.rng.random_range(1..6);
        for call in 0..calls {
            let (side, delay) = (self.rng.random_range(0..2), ms(self.rng.random_range(0..2_000)));
            self.after(delay, What::Invite { side, call });
        }
        if self.faults.breaks {
            let delay = ms(self.rng.random_range(0..20_000));
            self.after(delay, What::Break);
        }
        let end = self.settings.timers.end();
        // All that was planned, the ring limit, and the longest unanswered request.
        self.run(self.now + Duration::from_secs(45) + end * 2);
        // What lost its BYE is ended as silence on the media would end it.
        let left: Vec<(usize, LegId)> =
            self.legs.iter().filter(|(_, s)| s.last.is_none()).map(|(k, _)| *k).collect();
        if self.faults.is_bearable() {
            assert!(left.is_empty(), "seed {}: left {left:?} with {:?}", self.seed, self.faults);
        }
        left.into_iter().for_each(|(side, leg)| self.command(side, Command::Bye(leg)));
        // bye before the ACK → 64·T1, its BYE → 64·T1, the copies of that → 64·T1.
        let waits = if self.faults.is_clean() { 1 } else { 3 };
        self.run(self.now + end * waits + Duration::from_secs(12));
        self.check(calls);
    }

    fn check(&self, calls: usize) {
        let (seed, faults) = (self.seed, &self.faults);
        for (side, core) in self.cores.iter().enumerate() {
            let c = core.counters();
            let left = (c.legs, c.server_transactions, c.client_transactions, core.pending_timers());
            assert_eq!(left, (0, 0, 0, 0), "seed {seed} side {side}: something is left, {faults:?}");
            assert_eq!(c.malformed, 0, "seed {seed}");
        }
        let bound = 250 * calls as u64;
        assert!(
            self.fired <= bound && self.sent <= bound,
            "seed {seed}: storm, {} {}",
            self.fired,
            self.sent
        );
        for ((side, leg), seen) in &self.legs {
            assert!(seen.last.is_some(), "seed {seed}: {leg} of side {side} never ended");
        }
        if !faults.jumps {
            assert!(self.incoming.values().all(|n| *n == 1), "seed {seed}: a call came twice");
        }
        for call in 0..calls {
            let sides: Vec<&Seen> = self.legs.values().filter(|s| s.call == call).collect();
            if let [one, other] = sides.as_slice() {
                self.agree(one, other);
            }
        }
    }

    /// What one side says about a call fits what the other says.
    fn agree(&self, one: &Seen, other: &Seen) {
        let (seed, faults) = (self.seed, &self.faults);
        let cause = |s: &Seen| match &s.last {
            Some(Event::Ended { cause, .. }) => Some(*cause),
            _ => None,
        };
        let both = (cause(one), cause(other));
        assert_ne!(both, (Some(EndCause::Remote), Some(EndCause::Remote)), "seed {seed}: nobody hung up");
        for (caller, called) in [(one, other), (other, one)] {
            if let Some(Event::Failed { status: 486, .. }) = &caller.last {
                assert_eq!(cause(called), Some(EndCause::Rejected), "seed {seed}: {called:?}");
            }
            if caller.answered || caller.offered {
                assert!(called.accepted, "seed {seed}: answered but not accepted");
            }
            if called.late_answer {
                assert!(caller.answered, "seed {seed}: an answer that nobody gave");
            }
            if caller.answered && faults.is_clean() {
                assert!(
                    called.acked >= 1 || cause(called) == Some(EndCause::Local),
                    "seed {seed}: {called:?}"
                );
                assert!(called.acked == 0 || called.late_answer == caller.offered, "seed {seed}: {called:?}");
            }
            if faults.is_clean() {
                assert_ne!(cause(called), Some(EndCause::AckTimeout), "seed {seed}");
            }
        }
    }
}

#[test]
fn every_leg_ends_and_nothing_is_left_whatever_the_network_does() {
    let single = std::env::var("SEED").ok().and_then(|s| s.parse().ok());
    let mut totals = (0, 0, HashMap::<String, u32>::new());
    for seed in single.map_or(0..SEEDS, |s| s..s + 1) {
        let mut world = World::new(seed);
        world.play();
        totals.0 += world.sent;
        totals.1 += world.legs.len();
        for seen in world.legs.values() {
            let name = match seen.last.as_ref() {
                Some(Event::Ended { cause, .. }) => format!("Ended {cause:?}"),
                Some(Event::Failed { status, .. }) => format!("Failed {status}"),
                _ => "Cancelled".to_owned(),
            };
            *totals.2.entry(name).or_insert(0) += 1;
            if seen.late_answer {
                *totals.2.entry("late answer".to_owned()).or_insert(0) += 1;
            }
        }
    }
    println!("{} messages, {} legs, {:?}", totals.0, totals.1, totals.2);
    if single.is_none() {
        // The faults did reach every way a call can end.
        for name in [
            "Ended Remote",
            "Ended Local",
            "Ended AckTimeout",
            "Ended Undecided",
            "Ended Rejected",
            "Cancelled",
            "Failed 486",
            "Failed 487",
            "Failed 503",
            "late answer",
        ] {
            assert!(totals.2.contains_key(name), "no leg ended as '{name}'");
        }
    }
}
