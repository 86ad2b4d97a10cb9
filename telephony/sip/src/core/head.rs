//! What of a request is needed to match it and to answer it.
use super::types::{Peer, Transport};
use crate::message::lex::{self, NameAddr, Via};
use crate::message::{Request, reason_phrase};
use std::net::SocketAddr;

/// The answerable part of a request (RFC 3261 §8.2.6).
#[derive(Debug, Clone)]
pub(super) struct Head {
    vias: Vec<String>,
    record_routes: Vec<String>,
    pub(super) from: String,
    pub(super) to: String,
    pub(super) call_id: String,
    cseq_text: String,
    timestamp: Option<String>,
    pub(super) cseq: u32,
    pub(super) from_tag: String,
    pub(super) to_tag: Option<String>,
    /// Names the transaction (RFC 3261 §17.2.3) …
    pub(super) key: String,
    /// … and the INVITE that an ACK or CANCEL is about.
    pub(super) invite_key: String,
    /// Where responses go (RFC 3261 §18.2.2, RFC 3581).
    pub(super) reply_to: Peer,
}

impl Head {
    /// Reads the request and fills `received` and `rport` into its topmost Via.
    /// `None`: Via, From, To, Call-ID or CSeq cannot be read, so no answer is possible.
    pub(super) fn read(request: &mut Request, peer: Peer) -> Option<Self> {
        let top = request.headers.get("Via")?.to_owned();
        let via = Via::parse(&top)?;
        let (filled, reply_to) = fill_via(&top, &via, peer);
        let headers = &request.headers;
        let (from, to) = (headers.get("From")?, headers.get("To")?);
        let (from_tag, to_tag) = (NameAddr::parse(from)?.tag(), NameAddr::parse(to)?.tag());
        let call_id = headers.get("Call-ID").filter(|c| !c.is_empty())?;
        let cseq_text = headers.get("CSeq")?;
        let (cseq, method) = lex::cseq(cseq_text)?;
        let branch = via.branch();
        let name = if branch.starts_with("z9hG4bK") && branch.len() > 7 {
            format!("{branch}|{}:{}", via.host, via.port.unwrap_or(5060))
        } else {
            format!("{call_id}|{}|{cseq}|{top}", from_tag.unwrap_or_default())
        };
        let key_method = if method == "ACK" { "INVITE" } else { method };
        let head = Self {
            record_routes: headers.all("Record-Route").map(str::to_owned).collect(),
            from: from.to_owned(),
            to: to.to_owned(),
            call_id: call_id.to_owned(),
            cseq_text: cseq_text.to_owned(),
            timestamp: headers.get("Timestamp").map(str::to_owned),
            cseq,
            from_tag: from_tag.unwrap_or_default().to_owned(),
            to_tag: to_tag.map(str::to_owned),
            key: format!("{name}|{key_method}"),
            invite_key: format!("{name}|INVITE"),
            reply_to,
            vias: Vec::new(),
        };
        request.headers.set("Via", &filled);
        let vias = request.headers.all("Via").map(str::to_owned).collect();
        Some(Self { vias, ..head })
    }

    /// Names a request that may reach us by two ways (RFC 3261 §8.2.2.2).
    pub(super) fn merge_key(&self) -> String {
        format!("{}|{}|{}", self.call_id, self.from_tag, self.cseq_text)
    }

    /// The bytes of a response; `to_tag` is added unless the status is 100.
    pub(super) fn respond(&self, reply: &Reply, to_tag: &str, agent: &str) -> Vec<u8> {
        let mut response = crate::message::Response {
            status: reply.status,
            reason: reply.reason.unwrap_or_else(|| reason_phrase(reply.status)).to_owned(),
            headers: Default::default(),
            body: Vec::new(),
        };
        let headers = &mut response.headers;
        self.vias.iter().for_each(|v| headers.push("Via", v));
        if reply.status > 100 && reply.status < 300 {
            self.record_routes.iter().for_each(|r| headers.push("Record-Route", r));
        }
        headers.push("From", &self.from);
        match &self.to_tag {
            None if reply.status > 100 => headers.push("To", &format!("{};tag={to_tag}", self.to)),
            _ => headers.push("To", &self.to),
        }
        headers.push("Call-ID", &self.call_id);
        headers.push("CSeq", &self.cseq_text);
        if let (100, Some(timestamp)) = (reply.status, &self.timestamp) {
            headers.push("Timestamp", timestamp);
        }
        headers.push("Server", agent);
        reply.headers.iter().for_each(|(name, value)| headers.push(name, value));
        if let Some((kind, body)) = &reply.body {
            headers.push("Content-Type", kind);
            response.body = body.clone().into_bytes();
        }
        response.to_bytes()
    }
}

fn fill_via(top: &str, via: &Via<'_>, peer: Peer) -> (String, Peer) {
    let asked = lex::param(via.params, "rport").is_some();
    let source = peer.address;
    let elsewhere = via.host.parse().ok() != Some(source.ip());
    let base = top.strip_suffix(via.params).unwrap_or(top).trim_end();
    let mut filled = base.to_owned();
    for part in lex::split_outside(via.params, ';').into_iter().map(str::trim).filter(|p| !p.is_empty()) {
        let name = part.split('=').next().unwrap_or(part).trim();
        if !name.eq_ignore_ascii_case("rport") && !name.eq_ignore_ascii_case("received") {
            filled.push(';');
            filled.push_str(part);
        }
    }
    if elsewhere || asked {
        filled.push_str(&format!(";received={}", source.ip()));
    }
    if asked {
        filled.push_str(&format!(";rport={}", source.port()));
    }
    let address = match peer.transport {
        Transport::Udp if !asked => SocketAddr::new(source.ip(), via.port.unwrap_or(5060)),
        _ => source,
    };
    (filled, Peer { transport: peer.transport, address })
}

/// A response to be made.
#[derive(Debug, Default)]
pub(super) struct Reply {
    pub(super) status: u16,
    pub(super) reason: Option<&'static str>,
    pub(super) headers: Vec<(&'static str, String)>,
    pub(super) body: Option<(&'static str, String)>,
}

impl Reply {
    pub(super) fn new(status: u16) -> Self {
        Self { status, ..Self::default() }
    }

    pub(super) fn with(mut self, name: &'static str, value: impl Into<String>) -> Self {
        self.headers.push((name, value.into()));
        self
    }

    pub(super) fn sdp(mut self, sdp: String) -> Self {
        self.body = Some(("application/sdp", sdp));
        self
    }
}
