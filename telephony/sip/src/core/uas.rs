//! The user agent server: requests that come in, and the application's answers.
use super::head::{Head, Reply};
use super::leg::{Leg, MIN_SESSION, Phase, contact_uri, session_expires, without_tag};
use super::transaction::{ServerState, TxId};
use super::types::{Address, EndCause, Event, LegId};
use super::{ALLOW, Core, Fire, M, SUPPORTED};
use crate::auth::Verdict;
use crate::message::lex::{NameAddr, Uri};
use crate::message::{Headers, Problem, Request, session_description};

/// What an INVITE asks for: its offer, and its session timer as (seconds,
/// whether we refresh).
type Asked = (Option<String>, Option<(u32, bool)>);

pub(super) fn address(value: &str) -> Address {
    let Some(parsed) = NameAddr::parse(value) else { return Address::default() };
    let user = Uri::parse(parsed.uri).and_then(|u| u.user).map(str::to_owned);
    Address { display: parsed.display.to_owned(), uri: parsed.uri.to_owned(), user }
}

impl Core {
    /// A new request with everything needed to answer it.
    pub(super) fn serve(&mut self, request: Request, head: Head) {
        let invite = request.method == M::Invite;
        if invite && head.to_tag.is_none() && self.merged.contains_key(&head.merge_key()) {
            let tag = self.token();
            let tx = self.new_server(head, false, tag);
            // The first copy keeps the key; this one only says 482 (RFC 3261 §8.2.2.2).
            return self.answer(tx, 482);
        }
        let leg = self.find_leg(&head);
        let tag = self.token();
        let tx = self.new_server(head.clone(), invite, tag.clone());
        if let Some(reply) = self.refusal(&request) {
            self.respond(tx, reply);
            return;
        }
        match request.method {
            ref m if *m == M::Cancel => self.on_cancel(tx, &head),
            ref m if *m == M::Options && head.to_tag.is_none() => self.on_options(tx),
            _ if head.to_tag.is_some() => match leg {
                Some(leg) => self.in_dialog(tx, leg, request, &head),
                None => self.answer(tx, 481),
            },
            ref m if *m == M::Invite => self.on_invite(tx, &request, head, tag),
            ref m if [M::Bye, M::Info, M::Update, M::Notify].iter().any(|k| *m == *k) => self.answer(tx, 481),
            _ => self.answer(tx, 405),
        }
    }

    /// What forbids a request whatever its method means (RFC 3261 §8.2).
    fn refusal(&self, request: &Request) -> Option<Reply> {
        match request.problem {
            Some(Problem::Version) => return Some(Reply::new(505)),
            Some(Problem::TooLarge) => return Some(Reply::new(513)),
            Some(Problem::Syntax(what)) => {
                return Some(Reply { reason: Some(what), ..Reply::new(400) });
            }
            None => {}
        }
        let served = [M::Invite, M::Bye, M::Cancel, M::Options, M::Info, M::Update, M::Notify];
        if !served.iter().any(|m| request.method == *m) {
            let known = matches!(request.method, crate::message::Method::Known(_));
            return Some(Reply::new(if known { 405 } else { 501 }).with("Allow", ALLOW));
        }
        if request.method == M::Cancel {
            return None; // CANCEL carries no Require (RFC 3261 §9.1)
        }
        let scheme = Uri::parse(&request.uri).map_or("", |u| u.scheme).to_ascii_lowercase();
        if !matches!(scheme.as_str(), "sip" | "sips" | "tel") {
            return Some(Reply::new(416));
        }
        let unknown: Vec<&str> =
            request.headers.tokens("Require").filter(|t| !t.eq_ignore_ascii_case("timer")).collect();
        if !unknown.is_empty() {
            return Some(Reply::new(420).with("Unsupported", unknown.join(", ")));
        }
        let coded = request.headers.tokens("Content-Encoding").any(|c| !c.eq_ignore_ascii_case("identity"));
        coded.then(|| Reply::new(415).with("Accept-Encoding", "identity"))
    }

    fn on_options(&mut self, tx: TxId) {
        let reply = Reply::new(200)
            .with("Allow", ALLOW)
            .with("Accept", "application/sdp")
            .with("Accept-Encoding", "identity")
            .with("Supported", SUPPORTED);
        self.respond(tx, reply);
    }

    fn on_cancel(&mut self, tx: TxId, head: &Head) {
        let invite = self.server_keys.get(&head.invite_key).copied();
        let Some((invite, server)) = invite.and_then(|i| Some((i, self.server.get(&i)?))) else {
            return self.answer(tx, 481);
        };
        let (open, leg) = (server.state == ServerState::Proceeding, server.leg);
        self.answer(tx, 200);
        if !open {
            return;
        }
        self.answer(invite, 487);
        let Some(leg) = leg else { return };
        match self.legs.get_mut(&leg) {
            // Cancelled re-INVITE: the dialog stays as it was.
            Some(l) if l.phase != Phase::Incoming => l.asked = None,
            _ => {
                self.last_event(leg, Event::Cancelled { leg });
                self.drop_leg(leg);
            }
        }
    }

    /// The description in a request, or the answer that refuses its body.
    fn offer_in(request: &Request) -> Result<Option<String>, Reply> {
        session_description(&request.headers, &request.body)
            .map_err(|_| Reply::new(415).with("Accept", "application/sdp"))
    }

    /// Session-Expires of a request: (seconds, whether we refresh); 422 when too short.
    fn session_asked(headers: &Headers) -> Result<Option<(u32, bool)>, Reply> {
        match session_expires(headers) {
            Some((seconds, _)) if seconds < MIN_SESSION => {
                Err(Reply::new(422).with("Min-SE", MIN_SESSION.to_string()))
            }
            Some((seconds, refresher)) => {
                let theirs = headers.tokens("Supported").any(|t| t.eq_ignore_ascii_case("timer"));
                let we = refresher.map_or(!theirs, |r| r.eq_ignore_ascii_case("uas"));
                Ok(Some((seconds, we)))
            }
            None => Ok(None),
        }
    }

    fn on_invite(&mut self, tx: TxId, request: &Request, head: Head, tag: String) {
        match self.admit(request) {
            Ok((offer, session)) => {
                self.respond(tx, Reply::new(100));
                self.new_leg(tx, request, head, (tag, offer, session));
            }
            Err(replies) => {
                self.respond(tx, replies);
            }
        }
    }

    fn admit(&mut self, request: &Request) -> Result<Asked, Reply> {
        if let Some(seconds) = self.refusing {
            return Err(Reply::new(503).with("Retry-After", seconds.to_string()));
        }
        if self.legs.len() >= self.settings.max_legs {
            return Err(Reply::new(503).with("Retry-After", "5"));
        }
        let now = self.now;
        if let Some(verifier) = &mut self.verifier {
            let verdict = verifier.verify("INVITE", request.headers.get("Authorization"), now);
            if !matches!(verdict, Verdict::Authentic(_)) {
                let challenges = verifier.challenge(verdict == Verdict::Stale, now);
                return Err(challenges
                    .into_iter()
                    .fold(Reply::new(401), |reply, c| reply.with("WWW-Authenticate", c)));
            }
        }
        if contact_uri(&request.headers).is_none() {
            return Err(Reply { reason: Some("Contact Missing Or Unusable"), ..Reply::new(400) });
        }
        Ok((Self::offer_in(request)?, Self::session_asked(&request.headers)?))
    }

    fn new_leg(
        &mut self,
        tx: TxId,
        request: &Request,
        head: Head,
        (tag, offer, session): (String, Option<String>, Option<(u32, bool)>),
    ) {
        let id = LegId(self.number().wrapping_mul(2));
        let mut leg = Leg::new(Phase::Incoming, head.reply_to);
        leg.local = head.to.clone();
        leg.remote = without_tag(&head.from);
        leg.remote_tag = Some(head.from_tag);
        leg.remote_cseq = head.cseq;
        leg.routes = request.headers.all("Record-Route").map(str::to_owned).collect();
        leg.invite = Some(tx);
        leg.session_asked = session;
        leg.ring = Some(self.timers.set(self.now + self.settings.ring_limit, Fire::LegRing(id)));
        self.dialogs.insert((head.call_id.clone(), tag.clone()), id);
        leg.call_id.clone_from(&head.call_id);
        leg.local_tag = tag;
        self.legs.insert(id, leg);
        if let Some(server) = self.server.get_mut(&tx) {
            server.leg = Some(id);
        }
        self.refresh_target(id, &request.headers);
        self.event(Event::Incoming {
            leg: id,
            request_uri: request.uri.clone(),
            from: address(&head.from),
            to: address(&head.to),
            call_id: head.call_id,
            headers: request.headers.iter().map(|(n, v)| (n.to_owned(), v.to_owned())).collect(),
            offer,
            source: head.reply_to.address,
        });
    }

    /// The open INVITE of an incoming leg.
    fn open_invite(&self, id: LegId) -> Option<TxId> {
        let leg = self.legs.get(&id).filter(|l| l.phase == Phase::Incoming)?;
        leg.invite
    }

    pub(super) fn ring(&mut self, id: LegId) {
        let Some(tx) = self.open_invite(id) else { return };
        let Some(peer) = self.server.get(&tx).map(|s| s.reply_to) else { return };
        let contact = self.contact(peer.transport);
        self.respond(tx, Reply::new(180).with("Contact", contact).with("Allow", ALLOW));
    }

    fn ok(&self, id: LegId) -> Reply {
        let transport = self.legs.get(&id).map(|l| l.peer.transport);
        let contact = self.contact(transport.unwrap_or(super::Transport::Udp));
        Reply::new(200).with("Contact", contact).with("Allow", ALLOW).with("Supported", SUPPORTED)
    }

    pub(super) fn accept(&mut self, id: LegId, sdp: String) {
        let Some(tx) = self.open_invite(id) else { return };
        let Some(leg) = self.legs.get_mut(&id) else { return };
        leg.phase = Phase::Established;
        leg.invite = None;
        leg.local_sdp = Some(sdp.clone());
        self.timers.cancel(&mut leg.ring);
        let (cseq, asked) = (leg.remote_cseq, leg.session_asked.take());
        let reply = self.ok(id).sdp(sdp);
        let reply = self.echo_session(id, asked, reply);
        self.respond_2xx(id, tx, reply, (cseq, true));
    }

    fn respond_2xx(&mut self, id: LegId, tx: TxId, reply: Reply, (cseq, initial): (u32, bool)) {
        let Some(peer) = self.server.get(&tx).map(|s| s.reply_to) else { return };
        if let Some(bytes) = self.respond(tx, reply) {
            self.await_ack(id, cseq, initial, (bytes, peer));
        }
    }

    pub(super) fn reject(&mut self, id: LegId, status: u16, retry_after: Option<u32>, cause: EndCause) {
        let Some(tx) = self.open_invite(id) else { return };
        let status = if (300..700).contains(&status) { status } else { 480 };
        let reply = Reply::new(status);
        self.respond(
            tx,
            match retry_after {
                Some(seconds) => reply.with("Retry-After", seconds.to_string()),
                None => reply,
            },
        );
        self.last_event(id, Event::Ended { leg: id, cause });
        self.drop_leg(id);
    }

    pub(super) fn ring_over(&mut self, id: LegId) {
        let Some(leg) = self.legs.get(&id) else { return };
        match leg.phase {
            Phase::Incoming => self.reject(id, 480, None, EndCause::Undecided),
            Phase::Calling => self.cancel(id),
            Phase::Cancelling { .. } => self.cancel_over(id),
            Phase::Offered => self.bye(id, EndCause::Undecided),
            Phase::Established | Phase::Ending => {}
        }
    }

    fn in_dialog(&mut self, tx: TxId, id: LegId, request: Request, head: &Head) {
        let Some(leg) = self.legs.get_mut(&id) else { return };
        if head.cseq < leg.remote_cseq {
            return self.answer(tx, 500); // out of order, RFC 3261 §12.2.2
        }
        leg.remote_cseq = head.cseq;
        leg.peer = head.reply_to;
        if let Some(server) = self.server.get_mut(&tx) {
            server.leg = Some(id);
        }
        if request.method == M::Bye {
            self.answer(tx, 200);
            self.last_event(id, Event::Ended { leg: id, cause: EndCause::Remote });
            let ending = self.legs.get(&id).is_some_and(|l| l.phase == Phase::Ending);
            return if ending { self.settle_crossed_bye(id) } else { self.drop_leg(id) };
        }
        let (ended, phase) = (leg.ended, leg.phase);
        if ended {
            return self.answer(tx, 481);
        }
        match &request.method {
            m if *m == M::Options => self.on_options(tx),
            m if *m == M::Info => self.on_info(tx, id, &request),
            m if *m == M::Notify => self.on_notify(tx, id, &request),
            m if *m == M::Invite => self.on_reinvite(tx, id, &request, phase),
            _ => self.on_update(tx, id, &request, phase),
        }
    }

    /// Both sides said BYE: ours still waits for its answer and stays.
    fn settle_crossed_bye(&mut self, id: LegId) {
        let waiting = self.client.values().any(|c| c.leg == Some(id));
        if !waiting {
            self.drop_leg(id);
        }
    }

    fn on_info(&mut self, tx: TxId, id: LegId, request: &Request) {
        self.answer(tx, 200);
        let content_type = request.headers.get("Content-Type").unwrap_or_default().to_owned();
        let body = String::from_utf8_lossy(&request.body).into_owned();
        self.event(Event::Info { leg: id, content_type, body });
    }

    /// Whether an offer of theirs may be taken now (RFC 3261 §14.2, RFC 3311 §5.2).
    fn glare(&self, id: LegId, phase: Phase) -> Option<Reply> {
        let leg = self.legs.get(&id)?;
        if leg.asked.is_some() {
            return Some(Reply::new(500).with("Retry-After", "2"));
        }
        let busy = leg.asking.is_some() || leg.confirm.is_some() || phase != Phase::Established;
        busy.then(|| Reply::new(491))
    }

    fn on_reinvite(&mut self, tx: TxId, id: LegId, request: &Request, phase: Phase) {
        let checked = match self.glare(id, phase) {
            Some(reply) => Err(reply),
            None => {
                Self::offer_in(request).and_then(|offer| Ok((offer, Self::session_asked(&request.headers)?)))
            }
        };
        match checked {
            Err(reply) => {
                self.respond(tx, reply);
            }
            Ok((offer, session)) => {
                self.respond(tx, Reply::new(100));
                self.ask(id, tx, session, request);
                self.event(Event::Reinvite { leg: id, offer });
            }
        }
    }

    fn ask(&mut self, id: LegId, tx: TxId, session: Option<(u32, bool)>, request: &Request) {
        self.refresh_target(id, &request.headers);
        if let Some(leg) = self.legs.get_mut(&id) {
            leg.asked = Some((tx, leg.remote_cseq));
            leg.session_asked = session;
        }
    }

    /// Without an offer UPDATE refreshes target and session (RFC 4028 §9).
    fn on_update(&mut self, tx: TxId, id: LegId, request: &Request, phase: Phase) {
        let checked =
            Self::offer_in(request).and_then(|offer| Ok((offer, Self::session_asked(&request.headers)?)));
        match checked {
            Err(reply) => {
                self.respond(tx, reply);
            }
            Ok((None, session)) => {
                let session = session.filter(|_| phase == Phase::Established);
                self.refresh_target(id, &request.headers);
                let reply = self.ok(id);
                let reply = self.echo_session(id, session, reply);
                self.respond(tx, reply);
            }
            Ok((offer, session)) => match self.glare(id, phase) {
                Some(reply) => {
                    self.respond(tx, reply);
                }
                None => {
                    self.ask(id, tx, session, request);
                    self.event(Event::Reinvite { leg: id, offer });
                }
            },
        }
    }

    pub(super) fn answer_reinvite(&mut self, id: LegId, answer: Result<String, u16>) {
        let Some(leg) = self.legs.get_mut(&id) else { return };
        let Some((tx, cseq)) = leg.asked.take() else { return };
        let session = leg.session_asked.take();
        match answer {
            Ok(sdp) => {
                leg.local_sdp = Some(sdp.clone());
                let reply = self.ok(id).sdp(sdp);
                let reply = self.echo_session(id, session, reply);
                if self.server.get(&tx).is_some_and(|s| s.invite) {
                    self.respond_2xx(id, tx, reply, (cseq, false));
                } else {
                    self.respond(tx, reply);
                }
            }
            Err(status) => self.answer(tx, if (300..700).contains(&status) { status } else { 488 }),
        }
    }
}
