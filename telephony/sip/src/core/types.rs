//! What goes into and comes out of the core.
use crate::message::Limits;
use std::collections::HashMap;
use std::fmt;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

/// One party's connection; unique within one [`Core`](super::Core).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct LegId(pub(super) u64);

impl LegId {
    /// The id of the n-th outgoing leg; whoever gives [`Command::Invite`] counts n.
    pub fn outbound(n: u64) -> Self {
        Self(n.wrapping_mul(2) | 1)
    }

    /// The number, for logs and records.
    pub fn number(self) -> u64 {
        self.0
    }
}

impl fmt::Display for LegId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "leg-{}", self.0)
    }
}

/// How a message travels.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Transport {
    /// Datagrams: the core retransmits.
    Udp,
    /// A stream: it does not.
    Tcp,
}

impl Transport {
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Udp => "UDP",
            Self::Tcp => "TCP",
        }
    }
}

/// A transport address of the other side.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Peer {
    /// UDP or TCP.
    pub transport: Transport,
    /// Address and port; for TCP the far end of the connection.
    pub address: SocketAddr,
}

/// The base intervals of RFC 3261 §17; every timer follows from them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Timers {
    /// Estimated round-trip time (500 ms). 64·T1 ends what is not answered.
    pub t1: Duration,
    /// Longest interval between retransmissions (4 s).
    pub t2: Duration,
    /// How long a message may stay in the network (5 s).
    pub t4: Duration,
}

impl Default for Timers {
    fn default() -> Self {
        Self { t1: Duration::from_millis(500), t2: Duration::from_secs(4), t4: Duration::from_secs(5) }
    }
}

impl Timers {
    /// 64·T1: timers B, D, F, H, J, L, M and the wait for an ACK.
    pub fn end(&self) -> Duration {
        self.t1.saturating_mul(64)
    }
}

/// Who may call in, where incoming calls must authenticate.
#[derive(Debug, Clone)]
pub struct InboundAuth {
    /// The realm shown to callers.
    pub realm: String,
    /// User name → password.
    pub users: HashMap<String, String>,
}

/// How a core behaves.
#[derive(Debug, Clone)]
pub struct Settings {
    /// `host` or `host:port` that the other side reaches us at: Via and Contact.
    pub advertised: String,
    /// User part of our Contact.
    pub user: String,
    /// Value of User-Agent and Server.
    pub agent: String,
    /// Base intervals.
    pub timers: Timers,
    /// A call that nobody answers ends after this long (3 min).
    pub ring_limit: Duration,
    /// Sizes beyond which a message is refused.
    pub limits: Limits,
    /// Legs beyond which an INVITE gets 503 (10 000).
    pub max_legs: usize,
    /// Server transactions beyond which requests are dropped (100 000).
    pub max_transactions: usize,
    /// Credentials asked of callers; `None` asks nobody.
    pub auth: Option<InboundAuth>,
}

impl Settings {
    /// Defaults for an advertised address.
    pub fn new(advertised: impl Into<String>) -> Self {
        Self {
            advertised: advertised.into(),
            user: "digame".to_owned(),
            agent: concat!("Digame/", env!("CARGO_PKG_VERSION")).to_owned(),
            timers: Timers::default(),
            ring_limit: Duration::from_secs(180),
            limits: Limits::default(),
            max_legs: 10_000,
            max_transactions: 100_000,
            auth: None,
        }
    }
}

/// A user name and its password, for calls through a trunk that asks for them.
#[derive(Clone, PartialEq, Eq)]
pub struct Credentials {
    /// The user name.
    pub username: String,
    /// The password; never printed.
    pub password: String,
}

impl fmt::Debug for Credentials {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Credentials").field("username", &self.username).finish_non_exhaustive()
    }
}

/// A call to place.
#[derive(Debug, Clone)]
pub struct Target {
    /// Who is called: `sip:600000000@trunk.example;transport=tcp`.
    pub uri: String,
    /// Who calls, a URI or name-addr: `"Cita previa" <sip:900000000@example.es>`.
    pub from: String,
    /// Our session description. Without one the other side makes the offer with its 200, [`Event::Offered`] brings
    /// it, and our answer goes into the ACK (RFC 3261 §13.2.2.4).
    pub offer: Option<String>,
    /// For a 401 or 407.
    pub credentials: Option<Credentials>,
}

/// What the application asks for. A command for a leg that is gone is ignored.
#[derive(Debug, Clone)]
pub enum Command {
    /// Sends 180.
    Ring(LegId),
    /// Takes a call with our description. An incoming one: 200 with the answer, or with the offer where the INVITE
    /// had none. One of ours after [`Event::Offered`]: the ACK with the answer.
    Accept(LegId, String),
    /// Refuses an INVITE that has no final response yet.
    Reject {
        /// The leg.
        leg: LegId,
        /// 300–699.
        status: u16,
        /// Seconds for Retry-After.
        retry_after: Option<u32>,
    },
    /// Answers [`Event::Reinvite`]: a description, or the status that refuses it.
    AnswerReinvite(LegId, Result<String, u16>),
    /// Offers a changed session; [`Event::Reanswered`] says how it went.
    Reinvite(LegId, String),
    /// Ends the leg in whatever state it is: BYE, CANCEL or 480. An offer that is not answered yet is refused in the
    /// ACK, stream by stream, before the BYE.
    Bye(LegId),
    /// The same, and the BYE says that the call has no media.
    ByeWithoutMedia(LegId),
    /// Places a call. `peer` is where `target.uri` resolved to.
    Invite {
        /// From [`LegId::outbound`].
        leg: LegId,
        /// The call.
        target: Target,
        /// Next hop.
        peer: Peer,
    },
    /// Gives up a call that is not answered yet.
    Cancel(LegId),
    /// Sends INFO inside a call.
    Info {
        /// The leg.
        leg: LegId,
        /// Media type of the body.
        content_type: String,
        /// The body.
        body: String,
    },
    /// Asks the far end to call somebody else in our place (REFER, RFC 3515). [`Event::Referred`] says how it goes;
    /// the leg stays until one side hangs up.
    Refer {
        /// The leg.
        leg: LegId,
        /// A URI, or a number to be called where the far end is reached.
        to: String,
        /// Without an outcome by then it counts as failed (408).
        limit: Duration,
    },
    /// From now on new calls get 503 with this Retry-After (s); `None` ends it.
    RefuseNew(Option<u32>),
    /// Refuses new calls and ends all that live.
    Shutdown,
}

/// What the core is fed.
#[derive(Debug)]
pub enum Input<'a> {
    /// A UDP datagram.
    Datagram {
        /// Its source.
        from: SocketAddr,
        /// Its payload.
        bytes: &'a [u8],
    },
    /// What was read from a TCP connection, cut anywhere.
    Stream {
        /// The connection's far end.
        from: SocketAddr,
        /// What was read.
        bytes: &'a [u8],
    },
    /// A TCP connection is closed, or could not be made.
    Closed(SocketAddr),
    /// `next_timeout` has come.
    Timer,
    /// The application wants something.
    Command(Command),
}

/// What the driver must do.
#[expect(clippy::large_enum_variant, reason = "moved once or twice; a box would cost each an allocation")]
#[derive(Debug, Clone)]
pub enum Output {
    /// Send these bytes.
    Send {
        /// UDP or TCP.
        transport: Transport,
        /// Where to; over TCP on the open connection to it, else on a new one.
        to: SocketAddr,
        /// One whole message.
        bytes: Arc<[u8]>,
    },
    /// Tell the application.
    Event(Event),
    /// Close the TCP connection to this address.
    Close(SocketAddr),
}

/// A party as From and To say it.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Address {
    /// Display name, empty for none.
    pub display: String,
    /// The URI.
    pub uri: String,
    /// User part of the URI, or the number of a `tel:` URI.
    pub user: Option<String>,
}

impl fmt::Display for Address {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.user.as_deref().unwrap_or(&self.uri))
    }
}

/// Why a leg ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum EndCause {
    /// The other side sent BYE.
    Remote,
    /// We sent BYE.
    Local,
    /// We sent BYE because the far end did not answer our offer, or not so that there are media.
    NoMedia,
    /// We refused the call.
    Rejected,
    /// No ACK came for our 200 within 64·T1.
    AckTimeout,
    /// The application did not decide about a call in time: about an incoming one within the ring limit, about the
    /// offer that answered ours within 32·T1.
    Undecided,
    /// The session was not refreshed in time (RFC 4028).
    SessionExpired,
    /// A request inside the call failed with this status; the far end is gone.
    PeerGone(u16),
    /// The stack was shut down.
    Shutdown,
}

/// What kind of failure a call of ours met.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum FailCause {
    /// Refused, given up or never answered: the status says which.
    Refused,
    /// The callee is elsewhere (3xx, RFC 3261 §21.3). It is not called there by itself: whoever answers could
    /// send our calls, and what they cost, wherever it likes.
    Redirected {
        /// URIs of the Contacts as sent, at most [`FailCause::MOST_CONTACTS`]; none with 380 or a careless far end.
        contacts: Vec<String>,
    },
}

impl FailCause {
    /// Contacts of a redirection that are read.
    pub const MOST_CONTACTS: usize = 8;
}

/// What the application is told. Each leg gets exactly one last event:
/// `Cancelled`, `Failed` or `Ended`.
#[expect(clippy::large_enum_variant, reason = "moved once or twice; a box would cost each an allocation")]
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Event {
    /// A call comes in; 100 has been sent. Decide by `Ring`, `Accept`, `Reject`.
    Incoming {
        /// The new leg.
        leg: LegId,
        /// The Request-URI: what was dialled.
        request_uri: String,
        /// Who calls.
        from: Address,
        /// Who is called.
        to: Address,
        /// Call-ID.
        call_id: String,
        /// All headers in their order.
        headers: Vec<(String, String)>,
        /// The offer; without one, what `Accept` carries is the offer.
        offer: Option<String>,
        /// Where the INVITE came from.
        source: SocketAddr,
    },
    /// The ACK for our first 200 came; `answer` where the 200 carried our offer.
    /// Also raised when the ACK of a re-INVITE carries an answer.
    Acked {
        /// The leg.
        leg: LegId,
        /// The answer.
        answer: Option<String>,
    },
    /// The caller gave up before we answered. Last event.
    Cancelled {
        /// The leg.
        leg: LegId,
    },
    /// The other side wants to change the session (hold, resume, new address).
    /// Answer with `AnswerReinvite`; without an offer, answer with ours.
    Reinvite {
        /// The leg.
        leg: LegId,
        /// Their offer.
        offer: Option<String>,
    },
    /// What became of our own `Reinvite`.
    Reanswered {
        /// The leg.
        leg: LegId,
        /// 200, or the status that refused it (491: try again shortly).
        status: u16,
        /// Their answer.
        sdp: Option<String>,
    },
    /// INFO inside the call; 200 has been sent.
    Info {
        /// The leg.
        leg: LegId,
        /// Media type.
        content_type: String,
        /// Body.
        body: String,
    },
    /// How our `Refer` goes: below 200 it has been accepted and goes on (more than once), 200–299 the other party
    /// has answered, anything else says that it has failed and the call is still ours.
    Referred {
        /// The leg.
        leg: LegId,
        /// The status that refused the REFER, that the far end got, or 408 where nobody said in time.
        status: u16,
    },
    /// A provisional response to our call.
    Progress {
        /// The leg.
        leg: LegId,
        /// 101–199.
        status: u16,
        /// Early media.
        sdp: Option<String>,
    },
    /// Our call was answered; ACK has been sent.
    Answered {
        /// The leg.
        leg: LegId,
        /// The answer.
        sdp: String,
    },
    /// Our call without an offer was answered with one. Decide by `Accept`, with the answer to it, or `Bye`.
    Offered {
        /// The leg.
        leg: LegId,
        /// Their offer.
        sdp: String,
    },
    /// Our call failed. Last event.
    Failed {
        /// The leg.
        leg: LegId,
        /// The final status; 408 and 503 also where nothing answered.
        status: u16,
        /// The reason phrase.
        reason: String,
        /// What kind of failure.
        cause: FailCause,
    },
    /// The leg ended. Last event.
    Ended {
        /// The leg.
        leg: LegId,
        /// Why.
        cause: EndCause,
    },
}

impl Event {
    /// The leg it is about.
    pub fn leg(&self) -> LegId {
        match self {
            Self::Incoming { leg, .. }
            | Self::Acked { leg, .. }
            | Self::Cancelled { leg }
            | Self::Reinvite { leg, .. }
            | Self::Reanswered { leg, .. }
            | Self::Info { leg, .. }
            | Self::Referred { leg, .. }
            | Self::Progress { leg, .. }
            | Self::Answered { leg, .. }
            | Self::Offered { leg, .. }
            | Self::Failed { leg, .. }
            | Self::Ended { leg, .. } => *leg,
        }
    }

    /// Whether it is a leg's last.
    pub fn is_last(&self) -> bool {
        matches!(self, Self::Cancelled { .. } | Self::Failed { .. } | Self::Ended { .. })
    }
}

/// The methods counted by name, in the order of [`Counters::requests_in`].
pub const METHODS: [&str; 15] = [
    "INVITE",
    "ACK",
    "BYE",
    "CANCEL",
    "OPTIONS",
    "INFO",
    "UPDATE",
    "PRACK",
    "REFER",
    "NOTIFY",
    "SUBSCRIBE",
    "MESSAGE",
    "REGISTER",
    "PUBLISH",
    "other",
];

/// Totals since the start, and three gauges.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Counters {
    /// Requests received, first copies only, by [`METHODS`].
    pub requests_in: [u64; METHODS.len()],
    /// Requests sent, first copies only, by [`METHODS`].
    pub requests_out: [u64; METHODS.len()],
    /// Responses received by class: index 1 is 1xx … 6 is 6xx.
    pub responses_in: [u64; 7],
    /// Responses sent by class.
    pub responses_out: [u64; 7],
    /// Messages that could not be read, answered or not.
    pub malformed: u64,
    /// Copies received of what we already had.
    pub retransmissions_in: u64,
    /// Copies sent.
    pub retransmissions_out: u64,
    /// Responses and ACKs that belong to nothing we know.
    pub unmatched: u64,
    /// Requests dropped because the transaction table was full.
    pub dropped: u64,
    /// Live server transactions (gauge).
    pub server_transactions: usize,
    /// Live client transactions (gauge).
    pub client_transactions: usize,
    /// Live legs (gauge).
    pub legs: usize,
}

impl Counters {
    pub(super) fn method(method: &str) -> usize {
        METHODS.iter().position(|m| *m == method).unwrap_or(METHODS.len() - 1)
    }

    pub(super) fn request_in(&mut self, method: &str) {
        if let Some(n) = self.requests_in.get_mut(Self::method(method)) {
            *n += 1;
        }
    }

    pub(super) fn request_out(&mut self, method: &str) {
        if let Some(n) = self.requests_out.get_mut(Self::method(method)) {
            *n += 1;
        }
    }

    pub(super) fn response(counts: &mut [u64; 7], status: u16) {
        if let Some(n) = counts.get_mut(usize::from(status / 100)) {
            *n += 1;
        }
    }
}
