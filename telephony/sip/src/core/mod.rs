//! The pure core: transactions (RFC 3261 §17, RFC 6026), dialogs (§12) and both
//! user agents. `handle(input, now)`, then drain [`Core::poll`]; call again with
//! [`Input::Timer`] at [`Core::next_timeout`].
//!
//! Invariants, held by the simulation in `tests/simulation.rs`:
//! - every leg gets exactly one last event;
//! - with nothing more coming in, nothing is left of a finished call after
//!   64·T1 and a little (no leg, transaction or timer);
//! - `now` may jump forward by any amount: a late timer fires once.
mod head;
mod leg;
mod queue;
mod refer;
mod transaction;
mod types;
mod uac;
mod uas;

pub use types::*;

use crate::auth::Verifier;
use crate::message::{self, Frame, Framer, Message, Method, Request};
use head::{Head, Reply};
use leg::Leg;
use queue::Queue;
use rand::rngs::StdRng;
use rand::{RngExt, SeedableRng};
use rsip::Method as M;
use std::collections::{HashMap, VecDeque};
use std::net::SocketAddr;
use std::time::{Duration, Instant};
use transaction::{ClientTx, ServerTx, TxId};

/// Methods we serve, as in Allow.
pub(crate) const ALLOW: &str = "INVITE, ACK, BYE, CANCEL, OPTIONS, INFO, UPDATE, NOTIFY";
/// Option tags we understand, as in Supported.
pub(crate) const SUPPORTED: &str = "timer";

fn method(m: M) -> Method {
    Method::Known(m)
}

/// What a deadline is for.
#[derive(Debug, Clone, Copy)]
enum Fire {
    ServerRetransmit(TxId),
    ServerLife(TxId),
    ClientRetransmit(TxId),
    ClientLife(TxId),
    /// Send the 2xx again.
    LegRetransmit(LegId),
    /// No ACK came for the 2xx.
    LegAck(LegId),
    /// Nobody answered; or a cancelled call got no final response.
    LegRing(LegId),
    /// Nobody said how our REFER ended.
    LegRefer(LegId),
    /// Session timer: refresh or expire.
    LegSession(LegId),
}

/// A SIP endpoint without sockets and clock.
pub struct Core {
    settings: Settings,
    rng: StdRng,
    now: Instant,
    timers: Queue<Fire>,
    server: HashMap<TxId, ServerTx>,
    server_keys: HashMap<String, TxId>,
    merged: HashMap<String, TxId>,
    client: HashMap<TxId, ClientTx>,
    client_keys: HashMap<String, TxId>,
    legs: HashMap<LegId, Leg>,
    /// (Call-ID, our tag) → leg.
    dialogs: HashMap<(String, String), LegId>,
    streams: HashMap<SocketAddr, Framer>,
    outputs: VecDeque<Output>,
    counters: Counters,
    verifier: Option<Verifier>,
    refusing: Option<u32>,
    serial: u64,
}

impl Core {
    /// A core that starts at `now`. Tags, branches and nonces come from `seed`:
    /// random in production, fixed in a simulation.
    pub fn new(mut settings: Settings, seed: [u8; 32], now: Instant) -> Self {
        let t = &mut settings.timers;
        for interval in [&mut t.t1, &mut t.t2, &mut t.t4] {
            *interval = (*interval).max(Duration::from_millis(1)); // a zero interval would never let go
        }
        let mut rng = StdRng::from_seed(seed);
        let life = (Duration::from_secs(300), now);
        let verifier =
            settings.auth.as_ref().map(|a| Verifier::new(&a.realm, a.users.clone(), rng.random(), life));
        Self {
            settings,
            rng,
            now,
            timers: Queue::new(),
            server: HashMap::new(),
            server_keys: HashMap::new(),
            merged: HashMap::new(),
            client: HashMap::new(),
            client_keys: HashMap::new(),
            legs: HashMap::new(),
            dialogs: HashMap::new(),
            streams: HashMap::new(),
            outputs: VecDeque::new(),
            counters: Counters::default(),
            verifier,
            refusing: None,
            serial: 0,
        }
    }

    /// Takes one input. `now` never goes backwards; an earlier one counts as the last.
    pub fn handle(&mut self, input: Input<'_>, now: Instant) {
        self.now = self.now.max(now);
        match input {
            Input::Datagram { from, bytes } => {
                self.on_bytes(bytes, Peer { transport: Transport::Udp, address: from });
            }
            Input::Stream { from, bytes } => self.on_stream(from, bytes),
            Input::Closed(address) => {
                self.streams.remove(&address);
                self.fail_clients_of(Peer { transport: Transport::Tcp, address });
            }
            Input::Timer => {}
            Input::Command(command) => self.on_command(command),
        }
        while let Some(fire) = self.timers.pop(self.now) {
            self.on_timer(fire);
        }
    }

    /// The next thing to do, in order.
    pub fn poll(&mut self) -> Option<Output> {
        self.outputs.pop_front()
    }

    /// When to call `handle(Input::Timer, …)` at the latest.
    pub fn next_timeout(&self) -> Option<Instant> {
        self.timers.next()
    }

    /// Totals and gauges.
    pub fn counters(&self) -> Counters {
        Counters {
            server_transactions: self.server.len(),
            client_transactions: self.client.len(),
            legs: self.legs.len(),
            ..self.counters
        }
    }

    /// Deadlines that are set; 0 in an idle core.
    pub fn pending_timers(&self) -> usize {
        self.timers.len()
    }

    fn number(&mut self) -> u64 {
        self.serial += 1;
        self.serial
    }

    fn token(&mut self) -> String {
        hex::encode(self.rng.random::<[u8; 8]>())
    }

    fn on_bytes(&mut self, bytes: &[u8], peer: Peer) {
        if bytes.iter().all(|b| matches!(b, b'\r' | b'\n' | 0)) {
            return; // keep-alive
        }
        match message::parse(bytes, &self.settings.limits) {
            Ok(Message::Request(request)) => self.on_request(request, peer),
            Ok(Message::Response(response)) => self.on_response(response),
            Err(_) => self.counters.malformed += 1,
        }
    }

    fn on_stream(&mut self, from: SocketAddr, bytes: &[u8]) {
        let peer = Peer { transport: Transport::Tcp, address: from };
        let mut framer = self.streams.remove(&from).unwrap_or_default();
        framer.push(bytes);
        loop {
            match framer.next(&self.settings.limits) {
                Ok(Some(Frame::Message(message))) => self.on_bytes(&message, peer),
                Ok(Some(Frame::Ping)) => self.send(peer, (*b"\r\n").into()),
                Ok(None) => {
                    self.streams.insert(from, framer);
                    return;
                }
                Err(_) => {
                    self.counters.malformed += 1;
                    self.outputs.push_back(Output::Close(from));
                    return;
                }
            }
        }
    }

    fn on_timer(&mut self, fire: Fire) {
        match fire {
            Fire::ServerRetransmit(tx) => self.server_retransmit(tx),
            Fire::ServerLife(tx) => self.drop_server(tx),
            Fire::ClientRetransmit(tx) => self.client_retransmit(tx),
            Fire::ClientLife(tx) => self.client_life(tx),
            Fire::LegRetransmit(leg) => self.repeat_2xx(leg),
            Fire::LegAck(leg) => self.ack_missing(leg),
            Fire::LegRing(leg) => self.ring_over(leg),
            Fire::LegRefer(leg) => self.refer_over(leg),
            Fire::LegSession(leg) => self.session_due(leg),
        }
    }

    fn on_command(&mut self, command: Command) {
        match command {
            Command::Ring(leg) => self.ring(leg),
            Command::Accept(leg, sdp) if self.is_offered(leg) => self.answer_offer(leg, sdp),
            Command::Accept(leg, sdp) => self.accept(leg, sdp),
            Command::Reject { leg, status, retry_after } => {
                self.reject(leg, status, retry_after, EndCause::Rejected);
            }
            Command::AnswerReinvite(leg, answer) => self.answer_reinvite(leg, answer),
            Command::Reinvite(leg, offer) => self.reinvite(leg, offer),
            Command::Bye(leg) => self.bye(leg, EndCause::Local),
            Command::ByeWithoutMedia(leg) => self.bye(leg, EndCause::NoMedia),
            Command::Invite { leg, target, peer } => self.invite(leg, target, peer),
            Command::Cancel(leg) => self.cancel(leg),
            Command::Info { leg, content_type, body } => self.info(leg, &content_type, body),
            Command::Refer { leg, to, limit } => self.refer(leg, &to, limit),
            Command::RefuseNew(retry_after) => self.refusing = retry_after,
            Command::Shutdown => {
                self.refusing = Some(self.refusing.unwrap_or(30));
                let mut live: Vec<LegId> = self.legs.keys().copied().collect();
                live.sort();
                live.into_iter().for_each(|leg| self.bye(leg, EndCause::Shutdown));
            }
        }
    }

    fn event(&mut self, event: Event) {
        self.outputs.push_back(Output::Event(event));
    }

    fn on_request(&mut self, mut request: Request, peer: Peer) {
        let Some(head) = Head::read(&mut request, peer) else {
            self.counters.malformed += 1;
            return;
        };
        if request.problem.is_some() {
            self.counters.malformed += 1;
        }
        if request.method == M::Ack {
            return self.on_ack(&request, &head);
        }
        if let Some(tx) = self.server_keys.get(&head.key).copied() {
            return self.repeat_server(tx);
        }
        self.counters.request_in(&request.method.to_string());
        if self.server.len() >= self.settings.max_transactions {
            self.counters.dropped += 1;
            return;
        }
        self.serve(request, head);
    }

    /// The ACK of a non-2xx belongs to its transaction, that of a 2xx to the dialog.
    fn on_ack(&mut self, request: &Request, head: &Head) {
        use transaction::ServerState::{Accepted, Proceeding};
        let tx = self.server_keys.get(&head.invite_key).copied();
        match tx.and_then(|tx| Some((tx, self.server.get(&tx)?.state))) {
            Some((tx, state)) if state != Accepted && state != Proceeding => self.confirm_server(tx),
            _ => self.ack_2xx(request, head),
        }
    }

    /// Answers without any leg.
    fn answer(&mut self, tx: TxId, status: u16) {
        self.respond(tx, Reply::new(status));
    }
}
