//! Transactions: RFC 3261 §17 with the Accepted states of RFC 6026.
use super::head::{Head, Reply};
use super::queue::TimerId;
use super::types::{Counters, LegId, Output, Peer, Transport};
use super::{Core, Fire};
use crate::message::{Request, Response, lex};
use std::sync::Arc;
use std::time::Duration;

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(super) struct TxId(pub(super) u64);

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum ServerState {
    /// Trying and Proceeding: no final response yet.
    Proceeding,
    /// 300–699 sent to an INVITE (waits for ACK), or any final to another method.
    Completed,
    /// The ACK came; absorbs its copies.
    Confirmed,
    /// 2xx sent to an INVITE; absorbs copies of the INVITE (RFC 6026).
    Accepted,
}

#[derive(Debug)]
pub(super) struct ServerTx {
    key: String,
    merge_key: Option<String>,
    pub(super) invite: bool,
    pub(super) state: ServerState,
    /// Needed until the final response.
    pub(super) head: Option<Box<Head>>,
    to_tag: String,
    pub(super) reply_to: Peer,
    last: Option<Arc<[u8]>>,
    pub(super) leg: Option<LegId>,
    interval: Duration,
    retransmit: Option<TimerId>,
    life: Option<TimerId>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum ClientState {
    /// Calling or Trying: nothing came back yet.
    Calling,
    /// A provisional response came.
    Proceeding,
    /// A final response came; absorbs its copies.
    Completed,
    /// A 2xx came to an INVITE; others may follow from other forks (RFC 6026).
    Accepted,
}

/// Why a request was sent: who deals with its outcome.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Purpose {
    Invite,
    Reinvite,
    Refresh,
    Bye,
    Cancel,
    Info,
    Refer,
}

#[derive(Debug)]
pub(super) struct ClientTx {
    key: String,
    pub(super) purpose: Purpose,
    pub(super) state: ClientState,
    pub(super) peer: Peer,
    pub(super) request: Request,
    bytes: Arc<[u8]>,
    pub(super) leg: Option<LegId>,
    /// ACKs sent: for a non-2xx under an empty tag, for 2xx one for each fork.
    pub(super) acks: Vec<(String, Arc<[u8]>, Peer)>,
    interval: Duration,
    retransmit: Option<TimerId>,
    life: Option<TimerId>,
}

impl ClientTx {
    pub(super) fn invite(&self) -> bool {
        self.request.method == rsip::Method::Invite
    }
}

impl Core {
    pub(super) fn send(&mut self, peer: Peer, bytes: Arc<[u8]>) {
        self.outputs.push_back(Output::Send { transport: peer.transport, to: peer.address, bytes });
    }

    pub(super) fn new_server(&mut self, head: Head, invite: bool, to_tag: String) -> TxId {
        let tx = TxId(self.number());
        let merge_key = invite.then(|| head.merge_key());
        if let Some(key) = &merge_key {
            self.merged.insert(key.clone(), tx);
        }
        self.server_keys.insert(head.key.clone(), tx);
        let server = ServerTx {
            key: head.key.clone(),
            merge_key,
            invite,
            state: ServerState::Proceeding,
            to_tag,
            reply_to: head.reply_to,
            head: Some(Box::new(head)),
            last: None,
            leg: None,
            interval: self.settings.timers.t1,
            retransmit: None,
            life: None,
        };
        self.server.insert(tx, server);
        tx
    }

    /// A copy of a request that has its transaction already.
    pub(super) fn repeat_server(&mut self, tx: TxId) {
        self.counters.retransmissions_in += 1;
        let Some(server) = self.server.get(&tx) else { return };
        let silent = matches!(server.state, ServerState::Confirmed | ServerState::Accepted);
        if let (false, Some(bytes)) = (silent, server.last.clone()) {
            let peer = server.reply_to;
            self.counters.retransmissions_out += 1;
            self.send(peer, bytes);
        }
    }

    /// Sends a response. After a final one the transaction takes no other;
    /// returns the bytes sent.
    pub(super) fn respond(&mut self, tx: TxId, reply: Reply) -> Option<Arc<[u8]>> {
        let server = self.server.get_mut(&tx).filter(|s| s.state == ServerState::Proceeding)?;
        let bytes: Arc<[u8]> =
            server.head.as_ref()?.respond(&reply, &server.to_tag, &self.settings.agent).into();
        server.last = Some(bytes.clone());
        let (peer, invite) = (server.reply_to, server.invite);
        Counters::response(&mut self.counters.responses_out, reply.status);
        self.send(peer, bytes.clone());
        if reply.status >= 200 {
            self.finish_server(tx, reply.status, peer.transport == Transport::Tcp, invite);
        }
        Some(bytes)
    }

    fn finish_server(&mut self, tx: TxId, status: u16, reliable: bool, invite: bool) {
        let (now, timers) = (self.now, self.settings.timers);
        let Some(server) = self.server.get_mut(&tx) else { return };
        server.head = None;
        if !invite {
            server.state = ServerState::Completed; // timer J
            if reliable {
                return self.drop_server(tx);
            }
            server.life = Some(self.timers.set(now + timers.end(), Fire::ServerLife(tx)));
            return;
        }
        server.life = Some(self.timers.set(now + timers.end(), Fire::ServerLife(tx))); // H or L
        if status < 300 {
            server.state = ServerState::Accepted;
            server.last = None; // the leg repeats a 2xx, RFC 3261 §13.3.1.4
        } else {
            server.state = ServerState::Completed;
            if !reliable {
                server.retransmit = Some(self.timers.set(now + timers.t1, Fire::ServerRetransmit(tx)));
            }
        }
    }

    /// The ACK for a non-2xx final response.
    pub(super) fn confirm_server(&mut self, tx: TxId) {
        let (now, t4) = (self.now, self.settings.timers.t4);
        let Some(server) = self.server.get_mut(&tx) else { return };
        if server.state == ServerState::Confirmed {
            self.counters.retransmissions_in += 1;
            return;
        }
        server.state = ServerState::Confirmed;
        server.last = None;
        self.timers.cancel(&mut server.retransmit);
        self.timers.cancel(&mut server.life);
        if server.reply_to.transport == Transport::Tcp {
            return self.drop_server(tx);
        }
        server.life = Some(self.timers.set(now + t4, Fire::ServerLife(tx))); // timer I
    }

    pub(super) fn server_retransmit(&mut self, tx: TxId) {
        let (now, t2) = (self.now, self.settings.timers.t2);
        let Some(server) = self.server.get_mut(&tx) else { return };
        server.interval = server.interval.saturating_mul(2).min(t2); // timer G
        server.retransmit = Some(self.timers.set(now + server.interval, Fire::ServerRetransmit(tx)));
        let (peer, bytes) = (server.reply_to, server.last.clone());
        if let Some(bytes) = bytes {
            self.counters.retransmissions_out += 1;
            self.send(peer, bytes);
        }
    }

    pub(super) fn drop_server(&mut self, tx: TxId) {
        let Some(mut server) = self.server.remove(&tx) else { return };
        self.timers.cancel(&mut server.retransmit);
        self.timers.cancel(&mut server.life);
        self.server_keys.remove(&server.key);
        if let Some(key) = server.merge_key {
            self.merged.remove(&key);
        }
    }

    pub(super) fn new_client(
        &mut self,
        request: Request,
        peer: Peer,
        purpose: Purpose,
        leg: Option<LegId>,
    ) -> TxId {
        let tx = TxId(self.number());
        let branch = request.headers.get("Via").and_then(lex::Via::parse).map_or("", |v| v.branch());
        let key = format!("{branch}|{}", request.method);
        let bytes: Arc<[u8]> = request.to_bytes().into();
        let (now, timers) = (self.now, self.settings.timers);
        self.counters.request_out(&request.method.to_string());
        let reliable = peer.transport == Transport::Tcp;
        let retransmit = (!reliable).then(|| self.timers.set(now + timers.t1, Fire::ClientRetransmit(tx)));
        let life = Some(self.timers.set(now + timers.end(), Fire::ClientLife(tx))); // timer B or F
        self.client_keys.insert(key.clone(), tx);
        let client = ClientTx {
            key,
            purpose,
            state: ClientState::Calling,
            peer,
            request,
            bytes: bytes.clone(),
            leg,
            acks: Vec::new(),
            interval: timers.t1,
            retransmit,
            life,
        };
        self.client.insert(tx, client);
        self.send(peer, bytes);
        tx
    }

    pub(super) fn client_retransmit(&mut self, tx: TxId) {
        let (now, t2) = (self.now, self.settings.timers.t2);
        let Some(client) = self.client.get_mut(&tx) else { return };
        client.interval = match (client.invite(), client.state) {
            (true, _) => client.interval.saturating_mul(2), // timer A
            (false, ClientState::Calling) => client.interval.saturating_mul(2).min(t2), // timer E
            (false, _) => t2,
        };
        client.retransmit = Some(self.timers.set(now + client.interval, Fire::ClientRetransmit(tx)));
        let (peer, bytes) = (client.peer, client.bytes.clone());
        self.counters.retransmissions_out += 1;
        self.send(peer, bytes);
    }

    /// Timers B and F are a failure (408); D, K and M the quiet end.
    pub(super) fn client_life(&mut self, tx: TxId) {
        let Some(client) = self.client.get(&tx) else { return };
        let waiting = matches!(client.state, ClientState::Calling | ClientState::Proceeding);
        if waiting {
            self.client_failed(tx, 408);
        } else {
            self.drop_client(tx);
        }
    }

    pub(super) fn drop_client(&mut self, tx: TxId) {
        let Some(mut client) = self.client.remove(&tx) else { return };
        self.timers.cancel(&mut client.retransmit);
        self.timers.cancel(&mut client.life);
        self.client_keys.remove(&client.key);
    }

    pub(super) fn on_response(&mut self, response: Response) {
        Counters::response(&mut self.counters.responses_in, response.status);
        let via = response.headers.get("Via").and_then(lex::Via::parse);
        let method = response.headers.get("CSeq").and_then(lex::cseq).map_or("", |(_, m)| m);
        let key = format!("{}|{method}", via.map_or("", |v| v.branch()));
        let Some(tx) = self.client_keys.get(&key).copied() else {
            self.counters.unmatched += 1;
            return;
        };
        let Some(client) = self.client.get(&tx) else { return };
        match (client.invite(), client.state, response.status) {
            (_, ClientState::Calling | ClientState::Proceeding, 100..=199) => {
                self.client_proceeding(tx);
                self.on_provisional(tx, &response);
            }
            (true, ClientState::Calling | ClientState::Proceeding | ClientState::Accepted, 200..=299) => {
                self.client_accepted(tx);
                self.on_invite_2xx(tx, &response);
            }
            (true, ClientState::Calling | ClientState::Proceeding, _) => {
                self.acknowledge_failure(tx, &response);
                self.client_completed(tx);
                self.on_final(tx, &response);
            }
            (true, ClientState::Completed, 300..) => {
                self.repeat_ack(tx, "");
            }
            (false, ClientState::Calling | ClientState::Proceeding, _) => {
                self.client_completed(tx);
                self.on_final(tx, &response);
            }
            _ => self.counters.retransmissions_in += 1,
        }
    }

    fn client_proceeding(&mut self, tx: TxId) {
        let Some(client) = self.client.get_mut(&tx) else { return };
        client.state = ClientState::Proceeding;
        if client.invite() {
            self.timers.cancel(&mut client.retransmit);
            self.timers.cancel(&mut client.life);
            // From here the ring limit or the CANCEL that follows it ends the
            // transaction; a re-INVITE has neither and keeps a limit of its own.
            if client.purpose != Purpose::Invite {
                let at = self.now + self.settings.timers.end();
                client.life = Some(self.timers.set(at, Fire::ClientLife(tx)));
            }
        }
    }

    fn client_accepted(&mut self, tx: TxId) {
        let at = self.now + self.settings.timers.end();
        let Some(client) = self.client.get_mut(&tx) else { return };
        if client.state == ClientState::Accepted {
            return;
        }
        client.state = ClientState::Accepted;
        self.timers.cancel(&mut client.retransmit);
        self.timers.cancel(&mut client.life);
        client.life = Some(self.timers.set(at, Fire::ClientLife(tx))); // timer M
    }

    /// Timer D for INVITE, K for the others; none over TCP.
    fn client_completed(&mut self, tx: TxId) {
        let (now, timers) = (self.now, self.settings.timers);
        let Some(client) = self.client.get_mut(&tx) else { return };
        client.state = ClientState::Completed;
        self.timers.cancel(&mut client.retransmit);
        self.timers.cancel(&mut client.life);
        let wait = match (client.peer.transport, client.invite()) {
            (Transport::Tcp, _) => Duration::ZERO,
            (Transport::Udp, true) => timers.end(),
            (Transport::Udp, false) => timers.t4,
        };
        client.life = Some(self.timers.set(now + wait, Fire::ClientLife(tx)));
    }

    /// RFC 3261 §17.1.1.3: same Request-URI, Via, Route; To of the response.
    fn acknowledge_failure(&mut self, tx: TxId, response: &Response) {
        let Some(client) = self.client.get(&tx) else { return };
        let sent = &client.request.headers;
        let mut ack = Request {
            method: super::method(rsip::Method::Ack),
            uri: client.request.uri.clone(),
            headers: Default::default(),
            body: Vec::new(),
            problem: None,
        };
        for name in ["Via", "Route", "Max-Forwards", "From"] {
            sent.all(name).for_each(|v| ack.headers.push(name, v));
        }
        ack.headers.push("To", response.headers.get("To").or(sent.get("To")).unwrap_or_default());
        ack.headers.push("Call-ID", sent.get("Call-ID").unwrap_or_default());
        let cseq = sent.get("CSeq").and_then(lex::cseq).map_or(0, |(n, _)| n);
        ack.headers.push("CSeq", &format!("{cseq} ACK"));
        let (peer, bytes): (_, Arc<[u8]>) = (client.peer, ack.to_bytes().into());
        if let Some(client) = self.client.get_mut(&tx) {
            client.acks.push((String::new(), bytes.clone(), peer));
        }
        self.counters.request_out("ACK");
        self.send(peer, bytes);
    }

    /// Sends the ACK of this fork again; false when none was sent yet.
    pub(super) fn repeat_ack(&mut self, tx: TxId, tag: &str) -> bool {
        let found = self.client.get(&tx).and_then(|c| c.acks.iter().find(|(t, ..)| t == tag)).cloned();
        let Some((_, bytes, peer)) = found else { return false };
        self.counters.retransmissions_in += 1;
        self.counters.retransmissions_out += 1;
        self.send(peer, bytes);
        true
    }

    /// The far end of a TCP connection is gone: what waits on it has failed.
    pub(super) fn fail_clients_of(&mut self, peer: Peer) {
        let waiting = |c: &ClientTx| {
            c.peer == peer && matches!(c.state, ClientState::Calling | ClientState::Proceeding)
        };
        let mut lost: Vec<TxId> = self.client.iter().filter(|(_, c)| waiting(c)).map(|(id, _)| *id).collect();
        lost.sort();
        for tx in lost {
            self.client_failed(tx, 503);
        }
    }
}
