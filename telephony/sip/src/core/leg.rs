//! A leg: one dialog (RFC 3261 §12) with its open questions, and what can be
//! asked of it whichever side placed the call.
use super::head::{Head, Reply};
use super::queue::TimerId;
use super::refer::Refer;
use super::transaction::{Purpose, TxId};
use super::types::{Credentials, EndCause, Event, LegId, Peer, Transport};
use super::{ALLOW, Core, Fire, M, SUPPORTED, method};
use crate::message::lex::{self, Uri};
use crate::message::{Headers, Request, Response};
use std::net::IpAddr;
use std::sync::Arc;
use std::time::{Duration, Instant};

/// Where a leg stands. What is still open inside `Established` is in the
/// optional fields of [`Leg`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Phase {
    /// Their INVITE waits for our decision.
    Incoming,
    /// Our INVITE waits for theirs.
    Calling,
    /// Our INVITE was given up; CANCEL is sent once something came back.
    Cancelling {
        sent: bool,
    },
    /// Their 200 made an offer; the ACK waits for the application's answer.
    Offered,
    Established,
    /// Our BYE waits for its answer; the last event has been raised.
    Ending,
}

/// A 2xx of ours that no ACK has come for.
#[derive(Debug)]
pub(super) struct Confirm {
    pub(super) cseq: u32,
    /// Of the INVITE that made the dialog.
    pub(super) initial: bool,
    pub(super) bytes: Arc<[u8]>,
    pub(super) peer: Peer,
    pub(super) interval: Duration,
    pub(super) retransmit: Option<TimerId>,
    pub(super) deadline: Option<TimerId>,
}

/// A 2xx to an INVITE of ours that had no offer.
#[derive(Debug)]
pub(super) struct Offered {
    pub(super) tx: TxId,
    pub(super) response: Response,
}

/// RFC 4028.
#[derive(Debug, Clone, Copy)]
pub(super) struct SessionTimer {
    pub(super) interval: Duration,
    pub(super) we_refresh: bool,
    pub(super) deadline: Instant,
}

#[derive(Debug)]
pub(super) struct Leg {
    pub(super) phase: Phase,
    pub(super) call_id: String,
    pub(super) local_tag: String,
    pub(super) remote_tag: Option<String>,
    /// From or To value of ours and theirs, without tag.
    pub(super) local: String,
    pub(super) remote: String,
    /// Remote target: Request-URI of what we send.
    pub(super) target: String,
    pub(super) routes: Vec<String>,
    /// Where the other side was last heard; the next hop when nothing better is known.
    pub(super) peer: Peer,
    pub(super) local_cseq: u32,
    pub(super) remote_cseq: u32,
    /// The INVITE transaction of `Incoming`, `Calling` and `Cancelling`.
    pub(super) invite: Option<TxId>,
    pub(super) confirm: Option<Confirm>,
    /// Their re-INVITE or UPDATE that the application has not answered.
    pub(super) asked: Option<(TxId, u32)>,
    /// Our re-INVITE that has no final response.
    pub(super) asking: Option<TxId>,
    /// Our REFER that has no outcome.
    pub(super) refer: Option<Refer>,
    /// `bye` came while an ACK was missing (RFC 3261 §15: no BYE before it).
    pub(super) bye_wanted: bool,
    pub(super) ring: Option<TimerId>,
    pub(super) session: Option<SessionTimer>,
    pub(super) session_timer: Option<TimerId>,
    /// What the INVITE said about session timers, to be echoed in the 200.
    pub(super) session_asked: Option<(u32, bool)>,
    pub(super) local_sdp: Option<String>,
    /// What the ACK of `Offered` answers.
    pub(super) offered: Option<Offered>,
    pub(super) peer_updates: bool,
    /// Takes REFER, as far as is known.
    pub(super) peer_refers: bool,
    pub(super) credentials: Option<Credentials>,
    pub(super) auth_tries: u8,
    /// The last event has been raised.
    pub(super) ended: bool,
}

impl Leg {
    pub(super) fn new(phase: Phase, peer: Peer) -> Self {
        Self {
            phase,
            peer,
            call_id: String::new(),
            local_tag: String::new(),
            remote_tag: None,
            local: String::new(),
            remote: String::new(),
            target: String::new(),
            routes: Vec::new(),
            local_cseq: 0,
            remote_cseq: 0,
            invite: None,
            confirm: None,
            asked: None,
            asking: None,
            refer: None,
            bye_wanted: false,
            ring: None,
            session: None,
            session_timer: None,
            session_asked: None,
            local_sdp: None,
            offered: None,
            peer_updates: false,
            peer_refers: true,
            credentials: None,
            auth_tries: 0,
            ended: false,
        }
    }
}

/// `name-addr` of a From or To value without its tag.
pub(super) fn without_tag(value: &str) -> String {
    let Some(parsed) = lex::NameAddr::parse(value) else { return value.to_owned() };
    let bare = value.trim().strip_suffix(parsed.params).unwrap_or(value).trim();
    let kept = lex::split_outside(parsed.params, ';').into_iter().filter(|p| {
        let name = p.split('=').next().unwrap_or_default().trim();
        !name.is_empty() && !name.eq_ignore_ascii_case("tag")
    });
    kept.fold(bare.to_owned(), |all, p| format!("{all};{}", p.trim()))
}

fn is_private(address: IpAddr) -> bool {
    match address {
        IpAddr::V4(a) => a.is_private() || a.is_loopback() || a.is_link_local(),
        IpAddr::V6(a) => a.is_loopback() || a.is_unique_local() || a.is_unicast_link_local(),
    }
}

/// Where a request for `uri` goes when the other side was last heard from
/// `seen`: an address behind NAT, or a name (the core resolves none), yields to
/// what was seen; an open TCP connection to the same machine is used again.
pub(super) fn next_hop(uri: &str, seen: Peer) -> Peer {
    let Some(uri) = Uri::parse(uri) else { return seen };
    let Some(ip) = uri.ip() else { return seen };
    let usable = !ip.is_unspecified() && uri.port != Some(0) && ip.is_ipv4() == seen.address.is_ipv4();
    let behind_nat = is_private(ip) && !is_private(seen.address.ip());
    let stated = lex::param(uri.params, "transport").is_some();
    let tcp = uri.wants_tcp() || (!stated && seen.transport == Transport::Tcp);
    if !usable || behind_nat || (tcp && seen.transport == Transport::Tcp && ip == seen.address.ip()) {
        return seen;
    }
    let transport = if tcp { Transport::Tcp } else { Transport::Udp };
    Peer { transport, address: (ip, uri.port.unwrap_or(5060)).into() }
}

impl Core {
    pub(super) fn via(&mut self, transport: Transport) -> String {
        let branch = self.token();
        format!("SIP/2.0/{} {};branch=z9hG4bK{branch};rport", transport.name(), self.settings.advertised)
    }

    pub(super) fn contact(&self, transport: Transport) -> String {
        let tail = if transport == Transport::Tcp { ";transport=tcp" } else { "" };
        format!("<sip:{}@{}{tail}>", self.settings.user, self.settings.advertised)
    }

    /// What every 2xx to INVITE or UPDATE and every INVITE says of us.
    pub(super) fn introduce(&self, headers: &mut Headers, transport: Transport) {
        headers.push("Contact", &self.contact(transport));
        headers.push("Allow", ALLOW);
        headers.push("Supported", SUPPORTED);
    }

    /// A new request inside the dialog, and where it goes.
    pub(super) fn dialog_request(&mut self, id: LegId, kind: M) -> Option<(Request, Peer)> {
        let leg = self.legs.get_mut(&id)?;
        leg.local_cseq += 1;
        let (mut uri, mut routes) = (leg.target.clone(), leg.routes.clone());
        let mut hop = uri.clone();
        if let Some(first) = routes.first().cloned() {
            let first = lex::NameAddr::parse(&first).map_or(first.clone(), |a| a.uri.to_owned());
            hop.clone_from(&first);
            if Uri::parse(&first).is_some_and(|u| lex::param(u.params, "lr").is_none()) {
                routes.remove(0); // strict router, RFC 3261 §12.2.1.1
                routes.push(format!("<{uri}>"));
                uri = first;
            }
        }
        let peer = next_hop(&hop, leg.peer);
        let mut headers = Headers::default();
        let from = format!("{};tag={}", leg.local, leg.local_tag);
        let to = match &leg.remote_tag {
            Some(tag) if !tag.is_empty() => format!("{};tag={tag}", leg.remote),
            _ => leg.remote.clone(),
        };
        let (call_id, cseq) = (leg.call_id.clone(), leg.local_cseq);
        headers.push("Via", &self.via(peer.transport));
        headers.push("Max-Forwards", "70");
        headers.push("From", &from);
        headers.push("To", &to);
        headers.push("Call-ID", &call_id);
        headers.push("CSeq", &format!("{cseq} {kind}"));
        routes.iter().for_each(|r| headers.push("Route", r));
        headers.push("User-Agent", &self.settings.agent);
        if matches!(kind, M::Invite | M::Update) {
            self.introduce(&mut headers, peer.transport);
        }
        Some((Request { method: method(kind), uri, headers, body: Vec::new(), problem: None }, peer))
    }

    /// Raises a leg's last event, once.
    pub(super) fn last_event(&mut self, id: LegId, event: Event) {
        if let Some(leg) = self.legs.get_mut(&id).filter(|l| !l.ended) {
            leg.ended = true;
            self.event(event);
        }
    }

    /// Forgets a leg. What it still owed an answer gets 487.
    pub(super) fn drop_leg(&mut self, id: LegId) {
        self.settle(id);
        let Some(mut leg) = self.legs.remove(&id) else { return };
        self.timers.cancel(&mut leg.ring);
        self.dialogs.remove(&(leg.call_id, leg.local_tag));
    }

    /// Stops everything inside a dialog but the dialog itself. An offer that waits for our answer is refused.
    fn settle(&mut self, id: LegId) {
        self.refuse_offer(id);
        self.forget_refer(id);
        let Some(leg) = self.legs.get_mut(&id) else { return };
        if let Some(mut confirm) = leg.confirm.take() {
            self.timers.cancel(&mut confirm.retransmit);
            self.timers.cancel(&mut confirm.deadline);
        }
        self.timers.cancel(&mut leg.session_timer);
        leg.session = None;
        let open = leg.asked.take().map(|(tx, _)| tx);
        let open = open.or(leg.invite.take().filter(|_| leg.phase == Phase::Incoming));
        if let Some(tx) = open {
            self.answer(tx, 487);
        }
    }

    /// Ends a leg in whatever phase it is.
    pub(super) fn bye(&mut self, id: LegId, cause: EndCause) {
        let Some(leg) = self.legs.get_mut(&id) else { return };
        match leg.phase {
            Phase::Incoming => {
                let status = if cause == EndCause::Shutdown { 503 } else { 480 };
                self.reject(id, status, None, cause);
            }
            Phase::Calling => self.cancel(id),
            Phase::Cancelling { .. } | Phase::Ending => {}
            Phase::Established if leg.confirm.as_ref().is_some_and(|c| c.initial) => {
                leg.bye_wanted = true;
                self.last_event(id, Event::Ended { leg: id, cause });
            }
            Phase::Offered | Phase::Established => self.send_bye(id, cause),
        }
    }

    pub(super) fn send_bye(&mut self, id: LegId, cause: EndCause) {
        self.settle(id);
        self.last_event(id, Event::Ended { leg: id, cause });
        let Some((mut request, peer)) = self.dialog_request(id, M::Bye) else { return };
        if cause == EndCause::NoMedia {
            // RFC 3326: 488 is what an offer that cannot be met gets.
            request.headers.push("Reason", "SIP;cause=488;text=\"No usable answer to our offer\"");
        }
        if let Some(leg) = self.legs.get_mut(&id) {
            leg.phase = Phase::Ending;
        }
        self.new_client(request, peer, Purpose::Bye, Some(id));
    }

    /// A request inside the call got 408 or 481 (RFC 3261 §12.2.1.2).
    pub(super) fn peer_gone(&mut self, id: LegId, status: u16) {
        if self.legs.get(&id).is_some_and(|l| l.phase == Phase::Established) {
            self.send_bye(id, EndCause::PeerGone(status));
        }
    }

    /// Takes the remote target and the capabilities out of a message of theirs.
    pub(super) fn refresh_target(&mut self, id: LegId, headers: &Headers) {
        let Some(leg) = self.legs.get_mut(&id) else { return };
        if let Some(contact) = contact_uri(headers) {
            leg.target = contact.to_owned();
        }
        if headers.get("Allow").is_some() {
            leg.peer_updates = headers.tokens("Allow").any(|m| m == "UPDATE");
            leg.peer_refers = headers.tokens("Allow").any(|m| m == "REFER");
        }
    }

    /// Starts waiting for the ACK of a 2xx (RFC 3261 §13.3.1.4).
    pub(super) fn await_ack(&mut self, id: LegId, cseq: u32, initial: bool, sent: (Arc<[u8]>, Peer)) {
        let (now, t1, end) = (self.now, self.settings.timers.t1, self.settings.timers.end());
        let confirm = Confirm {
            cseq,
            initial,
            bytes: sent.0,
            peer: sent.1,
            interval: t1,
            retransmit: Some(self.timers.set(now + t1, Fire::LegRetransmit(id))),
            deadline: Some(self.timers.set(now + end, Fire::LegAck(id))),
        };
        if let Some(leg) = self.legs.get_mut(&id) {
            leg.confirm = Some(confirm);
        }
    }

    pub(super) fn repeat_2xx(&mut self, id: LegId) {
        let (now, t2) = (self.now, self.settings.timers.t2);
        let Some(confirm) = self.legs.get_mut(&id).and_then(|l| l.confirm.as_mut()) else { return };
        confirm.interval = confirm.interval.saturating_mul(2).min(t2);
        confirm.retransmit = Some(self.timers.set(now + confirm.interval, Fire::LegRetransmit(id)));
        let (peer, bytes) = (confirm.peer, confirm.bytes.clone());
        self.counters.retransmissions_out += 1;
        self.send(peer, bytes);
    }

    pub(super) fn ack_missing(&mut self, id: LegId) {
        self.send_bye(id, EndCause::AckTimeout);
    }

    /// An ACK that is no transaction's: it confirms a 2xx.
    pub(super) fn ack_2xx(&mut self, request: &Request, head: &Head) {
        let Some(id) = self.find_leg(head) else {
            self.counters.unmatched += 1;
            return;
        };
        let Some(leg) = self.legs.get_mut(&id) else { return };
        let Some(mut confirm) = leg.confirm.take_if(|c| c.cseq == head.cseq) else {
            self.counters.retransmissions_in += 1;
            return;
        };
        self.counters.request_in("ACK");
        self.timers.cancel(&mut confirm.retransmit);
        self.timers.cancel(&mut confirm.deadline);
        if leg.bye_wanted {
            return self.send_bye(id, EndCause::Local);
        }
        let answer = crate::message::session_description(&request.headers, &request.body).unwrap_or(None);
        if confirm.initial || answer.is_some() {
            self.event(Event::Acked { leg: id, answer });
        }
    }

    /// The leg that a request with a To tag belongs to.
    pub(super) fn find_leg(&self, head: &Head) -> Option<LegId> {
        let key = (head.call_id.clone(), head.to_tag.clone()?);
        let id = self.dialogs.get(&key).copied()?;
        let leg = self.legs.get(&id)?;
        (leg.remote_tag.as_deref() == Some(head.from_tag.as_str())).then_some(id)
    }

    /// Starts or renews the session timer: `we_refresh` at half the interval,
    /// else the call ends shortly before it (RFC 4028 §10).
    pub(super) fn start_session(&mut self, id: LegId, seconds: u32, we_refresh: bool) {
        let interval = Duration::from_secs(u64::from(seconds));
        let deadline = self.now + interval - Duration::from_secs(32).min(interval / 3);
        let at = if we_refresh { self.now + interval / 2 } else { deadline };
        let Some(leg) = self.legs.get_mut(&id) else { return };
        self.timers.cancel(&mut leg.session_timer);
        leg.session = Some(SessionTimer { interval, we_refresh, deadline });
        leg.session_timer = Some(self.timers.set(at, Fire::LegSession(id)));
    }

    pub(super) fn session_due(&mut self, id: LegId) {
        let now = self.now;
        let Some(leg) = self.legs.get_mut(&id) else { return };
        leg.session_timer = None;
        let Some(session) = leg.session else { return };
        if !session.we_refresh || now >= session.deadline {
            return self.send_bye(id, EndCause::SessionExpired);
        }
        // Tried again every 10 s until it works or the session expires.
        let again = session.deadline.min(now + Duration::from_secs(10));
        leg.session_timer = Some(self.timers.set(again, Fire::LegSession(id)));
        let busy = leg.asking.is_some() || leg.asked.is_some() || leg.confirm.is_some();
        if !busy {
            self.send_refresh(id, session.interval);
        }
    }

    fn send_refresh(&mut self, id: LegId, interval: Duration) {
        let Some(leg) = self.legs.get(&id) else { return };
        let (updates, sdp) = (leg.peer_updates, leg.local_sdp.clone());
        let kind = if updates { M::Update } else { M::Invite };
        let Some((mut request, peer)) = self.dialog_request(id, kind) else { return };
        request.headers.push("Session-Expires", &format!("{};refresher=uac", interval.as_secs()));
        if let (false, Some(sdp)) = (updates, sdp) {
            request.headers.push("Content-Type", "application/sdp");
            request.body = sdp.into_bytes();
        }
        let tx = self.new_client(request, peer, Purpose::Refresh, Some(id));
        if let Some(leg) = self.legs.get_mut(&id) {
            leg.asking = Some(tx);
        }
    }

    /// Session-Expires of a 2xx of ours; starts the timer.
    pub(super) fn echo_session(&mut self, id: LegId, asked: Option<(u32, bool)>, reply: Reply) -> Reply {
        let Some((seconds, we_refresh)) = asked else { return reply };
        self.start_session(id, seconds, we_refresh);
        let refresher = if we_refresh { "uas" } else { "uac" };
        let reply = reply.with("Session-Expires", format!("{seconds};refresher={refresher}"));
        if we_refresh { reply } else { reply.with("Require", "timer") }
    }
}

/// The URI of the first Contact, where it is one that can be a Request-URI.
pub(super) fn contact_uri(headers: &Headers) -> Option<&str> {
    let uri = headers.tokens("Contact").next().and_then(lex::NameAddr::parse)?.uri;
    Uri::parse(uri).is_some().then_some(uri)
}

/// `Session-Expires: 1800;refresher=uac` → (1800, Some("uac")).
pub(super) fn session_expires(headers: &Headers) -> Option<(u32, Option<&str>)> {
    let value = headers.get("Session-Expires")?;
    let (seconds, params) = value.split_at(value.find(';').unwrap_or(value.len()));
    Some((seconds.trim().parse().ok()?, lex::param(params, "refresher")))
}

/// The shortest session interval we take (RFC 4028 §5), s.
pub(super) const MIN_SESSION: u32 = 90;
