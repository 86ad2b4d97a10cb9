//! The user agent client: calls we place, requests we send inside a call, and
//! what comes back.
use super::leg::{Leg, Offered, Phase, contact_uri, next_hop, session_expires, without_tag};
use super::transaction::{ClientState, Purpose, TxId};
use super::types::{Event, FailCause, LegId, Peer, Target};
use super::{Core, Fire, M, method};
use crate::auth::{self, Signed};
use crate::message::lex::{self, NameAddr};
use crate::message::{Headers, Request, Response, reason_phrase, session_description};
use crate::sdp;
use std::sync::Arc;

/// Challenges answered in a row for one leg before giving up.
const AUTH_TRIES: u8 = 4;
/// Forks of one INVITE that are acknowledged.
const MAX_FORKS: usize = 16;

fn name_addr(text: &str) -> String {
    if text.contains('<') { without_tag(text) } else { format!("<{}>", text.trim()) }
}

fn to_tag(response: &Response) -> String {
    let to = response.headers.get("To").and_then(NameAddr::parse);
    to.and_then(|t| t.tag()).unwrap_or_default().to_owned()
}

/// The answer that takes nothing of the offer in a 2xx; none to what is no description.
fn refusal_of(response: &Response) -> Option<String> {
    let offer = session_description(&response.headers, &response.body).ok()??;
    sdp::Session::parse(&offer).ok().map(|offer| sdp::refuse(&offer))
}

impl Core {
    pub(super) fn invite(&mut self, id: LegId, target: Target, peer: Peer) {
        if self.legs.contains_key(&id) {
            return;
        }
        let mut leg = Leg::new(Phase::Calling, peer);
        leg.call_id = format!("{}@{}", self.token(), self.settings.advertised);
        leg.local_tag = self.token();
        leg.local = name_addr(&target.from);
        leg.remote = name_addr(&target.uri);
        leg.target = lex::bare_uri(&target.uri).to_owned();
        leg.local_sdp = target.offer;
        leg.credentials = target.credentials;
        leg.ring = Some(self.timers.set(self.now + self.settings.ring_limit, Fire::LegRing(id)));
        self.dialogs.insert((leg.call_id.clone(), leg.local_tag.clone()), id);
        self.legs.insert(id, leg);
        if let Some((request, _)) = self.invite_request(id) {
            let tx = self.new_client(request, peer, Purpose::Invite, Some(id));
            self.set_invite(id, tx);
        }
    }

    fn set_invite(&mut self, id: LegId, tx: TxId) {
        if let Some(leg) = self.legs.get_mut(&id) {
            leg.invite = Some(tx);
        }
    }

    fn invite_request(&mut self, id: LegId) -> Option<(Request, Peer)> {
        let (mut request, peer) = self.dialog_request(id, M::Invite)?;
        if let Some(sdp) = self.legs.get(&id)?.local_sdp.clone() {
            request.headers.push("Content-Type", "application/sdp");
            request.body = sdp.into_bytes();
        }
        Some((request, peer))
    }

    pub(super) fn reinvite(&mut self, id: LegId, offer: String) {
        let Some(leg) = self.legs.get_mut(&id).filter(|l| !l.ended) else { return };
        let busy = leg.asked.is_some() || leg.asking.is_some() || leg.confirm.is_some();
        if leg.phase != Phase::Established || busy {
            return self.event(Event::Reanswered { leg: id, status: 491, sdp: None });
        }
        let Some((mut request, peer)) = self.dialog_request(id, M::Invite) else { return };
        request.headers.push("Content-Type", "application/sdp");
        request.body = offer.into_bytes();
        let tx = self.new_client(request, peer, Purpose::Reinvite, Some(id));
        if let Some(leg) = self.legs.get_mut(&id) {
            leg.asking = Some(tx);
        }
    }

    pub(super) fn info(&mut self, id: LegId, content_type: &str, body: String) {
        if !self.legs.get(&id).is_some_and(|l| l.phase == Phase::Established && !l.ended) {
            return;
        }
        let Some((mut request, peer)) = self.dialog_request(id, M::Info) else { return };
        request.headers.push("Content-Type", content_type);
        request.body = body.into_bytes();
        self.new_client(request, peer, Purpose::Info, Some(id));
    }

    /// Gives up a call: CANCEL now, or once a provisional response has come
    /// (RFC 3261 §9.1).
    pub(super) fn cancel(&mut self, id: LegId) {
        let Some(leg) = self.legs.get_mut(&id).filter(|l| l.phase == Phase::Calling) else { return };
        leg.phase = Phase::Cancelling { sent: false };
        self.timers.cancel(&mut leg.ring);
        let at = self.now + self.settings.timers.end();
        leg.ring = Some(self.timers.set(at, Fire::LegRing(id)));
        let invite = leg.invite.and_then(|tx| self.client.get(&tx));
        if invite.is_some_and(|c| c.state == ClientState::Proceeding) {
            self.send_cancel(id);
        }
    }

    fn send_cancel(&mut self, id: LegId) {
        let Some(leg) = self.legs.get_mut(&id) else { return };
        leg.phase = Phase::Cancelling { sent: true };
        let Some(invite) = leg.invite.and_then(|tx| self.client.get(&tx)) else { return };
        let mut headers = Headers::default();
        for name in ["Via", "Route", "Max-Forwards", "From", "To", "Call-ID"] {
            invite.request.headers.all(name).for_each(|v| headers.push(name, v));
        }
        let cseq = invite.request.headers.get("CSeq").and_then(lex::cseq).map_or(0, |(n, _)| n);
        headers.push("CSeq", &format!("{cseq} CANCEL"));
        let (uri, peer) = (invite.request.uri.clone(), invite.peer);
        let request = Request { method: method(M::Cancel), uri, headers, body: Vec::new(), problem: None };
        self.new_client(request, peer, Purpose::Cancel, Some(id));
    }

    /// A cancelled call that never got its final response.
    pub(super) fn cancel_over(&mut self, id: LegId) {
        if let Some(tx) = self.legs.get_mut(&id).and_then(|l| l.invite.take()) {
            self.drop_client(tx);
        }
        self.fail(id, 487, reason_phrase(487));
    }

    fn fail(&mut self, id: LegId, status: u16, reason: &str) {
        let cause = FailCause::Refused;
        self.last_event(id, Event::Failed { leg: id, status, reason: reason.to_owned(), cause });
        self.drop_leg(id);
    }

    fn redirected(&mut self, id: LegId, response: &Response) {
        let contacts = response.headers.tokens("Contact").filter_map(NameAddr::parse);
        let contacts = contacts.take(FailCause::MOST_CONTACTS).map(|to| to.uri.to_owned()).collect();
        let (status, reason) = (response.status, response.reason.clone());
        let cause = FailCause::Redirected { contacts };
        self.last_event(id, Event::Failed { leg: id, status, reason, cause });
        self.drop_leg(id);
    }

    pub(super) fn on_provisional(&mut self, tx: TxId, response: &Response) {
        let Some(client) = self.client.get(&tx).filter(|c| c.purpose == Purpose::Invite) else { return };
        let Some(id) = client.leg else { return };
        match self.legs.get(&id).map(|l| l.phase) {
            Some(Phase::Cancelling { sent: false }) => self.send_cancel(id),
            Some(Phase::Calling) if response.status > 100 => {
                let sdp = session_description(&response.headers, &response.body).unwrap_or(None);
                self.event(Event::Progress { leg: id, status: response.status, sdp });
            }
            _ => {}
        }
    }

    /// Any final response but a 2xx to INVITE.
    pub(super) fn on_final(&mut self, tx: TxId, response: &Response) {
        let Some(client) = self.client.get(&tx) else { return };
        let (purpose, leg) = (client.purpose, client.leg);
        let Some(id) = leg.filter(|id| self.legs.contains_key(id)) else { return };
        if matches!(response.status, 401 | 407 | 422) && self.try_again(tx, id, response) {
            return;
        }
        let status = response.status;
        if let (200..300, Some(leg)) = (status, self.legs.get_mut(&id)) {
            leg.auth_tries = 0;
        }
        match purpose {
            Purpose::Invite if (300..400).contains(&status) => self.redirected(id, response),
            Purpose::Invite => self.fail(id, status, &response.reason),
            Purpose::Bye => self.drop_leg(id),
            Purpose::Cancel => {}
            Purpose::Info if matches!(status, 408 | 481) => self.peer_gone(id, status),
            Purpose::Info => {}
            Purpose::Refer => self.refer_answered(id, tx, status),
            Purpose::Reinvite | Purpose::Refresh => {
                let Some(leg) = self.legs.get_mut(&id) else { return };
                leg.asking = leg.asking.filter(|asking| *asking != tx);
                if purpose == Purpose::Reinvite && !leg.ended {
                    self.event(Event::Reanswered { leg: id, status, sdp: None });
                }
                match status {
                    200..300 => self.renew(id, &response.headers),
                    408 | 481 => self.peer_gone(id, status),
                    _ => {} // tried again until the session expires
                }
            }
        }
    }

    /// Session-Expires of a 2xx to what we sent.
    fn renew(&mut self, id: LegId, headers: &Headers) {
        let said = session_expires(headers);
        let before = self.legs.get(&id).and_then(|l| l.session);
        match (said, before) {
            (Some((seconds, refresher)), _) => {
                let seconds = seconds.max(super::leg::MIN_SESSION);
                let we = !refresher.is_some_and(|r| r.eq_ignore_ascii_case("uas"));
                self.start_session(id, seconds, we);
            }
            (None, Some(session)) => {
                let seconds = u32::try_from(session.interval.as_secs()).unwrap_or(u32::MAX);
                self.start_session(id, seconds, session.we_refresh);
            }
            (None, None) => {}
        }
    }

    /// Sends the request once more with credentials (401, 407) or a longer
    /// session interval (422); false when that cannot help.
    fn try_again(&mut self, tx: TxId, id: LegId, response: &Response) -> bool {
        let Some(client) = self.client.get(&tx) else { return false };
        let (purpose, peer, mut request) = (client.purpose, client.peer, client.request.clone());
        let Some(leg) = self.legs.get_mut(&id) else { return false };
        if leg.auth_tries >= AUTH_TRIES || matches!(leg.phase, Phase::Cancelling { .. }) {
            return false;
        }
        leg.auth_tries += 1;
        let credentials = leg.credentials.clone();
        if response.status == 422 {
            let Some(least) = response.headers.get("Min-SE").and_then(|v| v.trim().parse::<u32>().ok())
            else {
                return false;
            };
            request.headers.set("Session-Expires", &least.to_string());
            request.headers.set("Min-SE", &least.to_string());
        } else {
            let (challenge, reply) = match response.status {
                401 => ("WWW-Authenticate", "Authorization"),
                _ => ("Proxy-Authenticate", "Proxy-Authorization"),
            };
            let refused =
                request.headers.get(reply).is_some() && !response.headers.all(challenge).any(auth::is_stale);
            let Some(credentials) = credentials.filter(|_| !refused) else { return false };
            let kind = request.method.to_string();
            let signed = Signed {
                method: &kind,
                uri: &request.uri,
                username: &credentials.username,
                password: &credentials.password,
            };
            let cnonce = self.token();
            let Some(value) = auth::respond(response.headers.all(challenge), &signed, &cnonce, 1) else {
                return false;
            };
            request.headers.set(reply, &value);
        }
        self.send_again(id, request, (peer, purpose, tx));
        true
    }

    fn send_again(&mut self, id: LegId, mut request: Request, (peer, purpose, old): (Peer, Purpose, TxId)) {
        let via = self.via(peer.transport);
        let Some(leg) = self.legs.get_mut(&id) else { return };
        leg.local_cseq += 1;
        request.headers.set("Via", &via);
        request.headers.set("CSeq", &format!("{} {}", leg.local_cseq, request.method));
        let new = self.new_client(request, peer, purpose, Some(id));
        let Some(leg) = self.legs.get_mut(&id) else { return };
        match purpose {
            Purpose::Invite => leg.invite = Some(new),
            Purpose::Refer => self.refer_again(id, old, new),
            _ if leg.asking == Some(old) => leg.asking = Some(new),
            _ => {}
        }
    }

    /// Nothing answered: behaves as the status would (RFC 3261 §8.1.3.1).
    pub(super) fn client_failed(&mut self, tx: TxId, status: u16) {
        let reason = if status == 408 { "No Answer" } else { "Not Reachable" };
        let response =
            Response { status, reason: reason.to_owned(), headers: Headers::default(), body: Vec::new() };
        self.on_final(tx, &response);
        self.drop_client(tx);
    }

    pub(super) fn on_invite_2xx(&mut self, tx: TxId, response: &Response) {
        let tag = to_tag(response);
        if self.repeat_ack(tx, &tag) {
            return;
        }
        let Some(client) = self.client.get(&tx).filter(|c| c.acks.len() < MAX_FORKS) else { return };
        let (purpose, id, first) = (client.purpose, client.leg, client.acks.is_empty());
        let offers = client.request.body.is_empty();
        let leg = id.and_then(|id| self.legs.get(&id));
        if leg.is_some_and(|l| l.phase == Phase::Offered && l.remote_tag.as_deref() == Some(&tag)) {
            self.counters.retransmissions_in += 1; // the application still thinks
            return;
        }
        let phase = leg.map(|l| l.phase);
        match (purpose, id, phase) {
            (Purpose::Invite, Some(id), Some(Phase::Calling)) if first => {
                self.answered(tx, id, response, tag);
            }
            (Purpose::Invite, id, phase) => {
                // A fork too many, or an answer that crossed our CANCEL.
                let refusal = if offers { refusal_of(response) } else { None };
                if let Some(dialog) = self.acknowledge(tx, response, refusal) {
                    self.hang_up_fork(dialog);
                }
                if let (Some(id), Some(Phase::Cancelling { .. })) = (id, phase) {
                    self.fail(id, 487, reason_phrase(487));
                }
            }
            (_, Some(id), Some(Phase::Established)) => {
                self.acknowledge(tx, response, None);
                self.reanswered(tx, id, response);
            }
            _ => {
                self.acknowledge(tx, response, None);
            }
        }
    }

    /// Sends the ACK for a 2xx and keeps it for the copies; returns it, as what
    /// else is sent in that dialog looks the same. `answer` is ours to an offer in the 2xx.
    fn acknowledge(
        &mut self,
        tx: TxId,
        response: &Response,
        answer: Option<String>,
    ) -> Option<(Request, Peer)> {
        let client = self.client.get(&tx)?;
        let (sent, seen, initial) = (&client.request, client.peer, client.purpose == Purpose::Invite);
        let mut uri = contact_uri(&response.headers).unwrap_or(&sent.uri).to_owned();
        let mut routes: Vec<String> = if initial {
            response.headers.all("Record-Route").map(str::to_owned).collect()
        } else {
            sent.headers.all("Route").map(str::to_owned).collect()
        };
        if initial {
            routes.reverse();
        }
        let mut hop = uri.clone();
        if let Some(route) = routes.first().and_then(|r| NameAddr::parse(r)).map(|r| r.uri.to_owned()) {
            hop.clone_from(&route);
            let loose = lex::Uri::parse(&route).is_some_and(|u| lex::param(u.params, "lr").is_some());
            if initial && !loose {
                routes.remove(0);
                routes.push(format!("<{uri}>"));
                uri = route;
            }
        }
        let mut headers = Headers::default();
        let peer = next_hop(&hop, seen);
        let cseq = sent.headers.get("CSeq").and_then(lex::cseq).map_or(0, |(n, _)| n);
        headers.push("Via", ""); // in its place; the branch follows
        headers.push("Max-Forwards", "70");
        headers.push("From", sent.headers.get("From").unwrap_or_default());
        headers.push("To", response.headers.get("To").unwrap_or_default());
        headers.push("Call-ID", sent.headers.get("Call-ID").unwrap_or_default());
        headers.push("CSeq", &format!("{cseq} ACK"));
        routes.iter().for_each(|r| headers.push("Route", r));
        for name in ["Authorization", "Proxy-Authorization"] {
            sent.headers.all(name).for_each(|v| headers.push(name, v));
        }
        headers.set("Via", &self.via(peer.transport));
        let mut ack = Request { method: method(M::Ack), uri, headers, body: Vec::new(), problem: None };
        let dialog = ack.clone();
        if let Some(answer) = answer {
            ack.headers.push("Content-Type", "application/sdp");
            ack.body = answer.into_bytes();
        }
        let bytes: Arc<[u8]> = ack.to_bytes().into();
        self.client.get_mut(&tx)?.acks.push((to_tag(response), bytes.clone(), peer));
        self.counters.request_out("ACK");
        self.send(peer, bytes);
        Some((dialog, peer))
    }

    /// The first 2xx to our INVITE makes the dialog.
    fn answered(&mut self, tx: TxId, id: LegId, response: &Response, tag: String) {
        let body = session_description(&response.headers, &response.body);
        let Some(leg) = self.legs.get_mut(&id) else { return };
        let made_offer = leg.local_sdp.is_some();
        leg.phase = Phase::Established;
        leg.invite = None;
        leg.auth_tries = 0;
        leg.remote_tag = Some(tag);
        leg.routes = response.headers.all("Record-Route").map(str::to_owned).collect();
        leg.routes.reverse();
        self.timers.cancel(&mut leg.ring);
        self.refresh_target(id, &response.headers);
        if session_expires(&response.headers).is_some() {
            self.renew(id, &response.headers);
        }
        match body {
            Ok(Some(sdp)) if made_offer => {
                self.acknowledge_first(tx, id, response, None);
                self.event(Event::Answered { leg: id, sdp });
            }
            Ok(Some(sdp)) => {
                // Half of the time they wait for the ACK: what is refused by default still reaches them.
                let limit = self.now + self.settings.timers.end() / 2;
                if let Some(leg) = self.legs.get_mut(&id) {
                    leg.phase = Phase::Offered;
                    leg.offered = Some(Offered { tx, response: response.clone() });
                    leg.ring = Some(self.timers.set(limit, Fire::LegRing(id)));
                }
                self.event(Event::Offered { leg: id, sdp });
            }
            _ => {
                self.acknowledge_first(tx, id, response, None);
                let reason = "Answered Without Session Description".to_owned();
                let cause = FailCause::Refused;
                self.last_event(id, Event::Failed { leg: id, status: 488, reason, cause });
                self.send_bye(id, super::EndCause::Local);
            }
        }
    }

    fn acknowledge_first(&mut self, tx: TxId, id: LegId, response: &Response, answer: Option<String>) {
        let Some((_, peer)) = self.acknowledge(tx, response, answer) else { return };
        if let Some(leg) = self.legs.get_mut(&id).filter(|leg| leg.routes.is_empty()) {
            leg.peer = peer;
        }
    }

    pub(super) fn is_offered(&self, id: LegId) -> bool {
        self.legs.get(&id).is_some_and(|leg| leg.phase == Phase::Offered)
    }

    /// The ACK that a leg in `Offered` owes, with our answer.
    pub(super) fn answer_offer(&mut self, id: LegId, sdp: String) {
        let Some(leg) = self.legs.get_mut(&id) else { return };
        let Some(Offered { tx, response }) = leg.offered.take() else { return };
        leg.phase = Phase::Established;
        leg.local_sdp = Some(sdp.clone());
        self.timers.cancel(&mut leg.ring);
        self.acknowledge_first(tx, id, &response, Some(sdp));
    }

    /// The same with an answer that takes no stream (RFC 3261 §13.2.2.4: even what is not wanted is answered).
    pub(super) fn refuse_offer(&mut self, id: LegId) {
        let Some(leg) = self.legs.get_mut(&id) else { return };
        let Some(Offered { tx, response }) = leg.offered.take() else { return };
        self.timers.cancel(&mut leg.ring);
        let refusal = refusal_of(&response);
        self.acknowledge_first(tx, id, &response, refusal);
    }

    fn hang_up_fork(&mut self, (mut request, peer): (Request, Peer)) {
        let cseq = request.headers.get("CSeq").and_then(lex::cseq).map_or(1, |(n, _)| n.saturating_add(1));
        request.method = method(M::Bye);
        let via = self.via(peer.transport);
        request.headers.set("Via", &via);
        request.headers.set("CSeq", &format!("{cseq} BYE"));
        self.new_client(request, peer, Purpose::Bye, None);
    }

    fn reanswered(&mut self, tx: TxId, id: LegId, response: &Response) {
        let (Some(leg), Some(client)) = (self.legs.get_mut(&id), self.client.get(&tx)) else { return };
        let purpose = client.purpose;
        leg.asking = None;
        leg.auth_tries = 0;
        leg.local_sdp = Some(String::from_utf8_lossy(&client.request.body).into_owned());
        let ended = leg.ended;
        self.refresh_target(id, &response.headers);
        self.renew(id, &response.headers);
        if purpose == Purpose::Reinvite && !ended {
            let sdp = session_description(&response.headers, &response.body).unwrap_or(None);
            self.event(Event::Reanswered { leg: id, status: response.status, sdp });
        }
    }
}
