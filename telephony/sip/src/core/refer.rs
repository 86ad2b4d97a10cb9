//! Blind transfer: we ask the far end to call somebody else (REFER, RFC 3515) and are told how that goes, by NOTIFY.
use super::leg::Phase;
use super::queue::TimerId;
use super::transaction::{Purpose, TxId};
use super::types::{Event, LegId};
use super::{Core, Fire, M};
use crate::message::Request;
use crate::message::lex::Uri;
use std::time::Duration;

/// A REFER of ours that has no outcome yet.
#[derive(Debug)]
pub(super) struct Refer {
    tx: TxId,
    deadline: Option<TimerId>,
}

/// Nobody said in time how it ended.
const UNKNOWN: u16 = 408;
/// The far end does not take REFER.
const NOT_ALLOWED: u16 = 405;
/// Something else is being asked, or the call does not stand.
const NOT_NOW: u16 = 491;

impl Core {
    /// Asks the far end to call `to`. Exactly one final `Referred` follows, unless the leg ends before.
    pub(super) fn refer(&mut self, id: LegId, to: &str, limit: Duration) {
        let Some(leg) = self.legs.get(&id).filter(|l| !l.ended) else { return };
        // No REFER before our 2xx is confirmed: the caller may not know the dialog yet.
        let ready = leg.phase == Phase::Established && leg.refer.is_none() && leg.confirm.is_none();
        let refused = match ready {
            false => Some(NOT_NOW),
            true => (!leg.peer_refers).then_some(NOT_ALLOWED),
        };
        let by = leg.local.clone();
        let to = refer_to(to, &leg.target);
        if let Some(status) = refused.or(to.is_none().then_some(NOT_ALLOWED)) {
            return self.event(Event::Referred { leg: id, status });
        }
        let Some((mut request, peer)) = self.dialog_request(id, M::Refer) else { return };
        request.headers.push("Contact", &self.contact(peer.transport));
        request.headers.push("Refer-To", &format!("<{}>", to.unwrap_or_default()));
        request.headers.push("Referred-By", &by);
        let tx = self.new_client(request, peer, Purpose::Refer, Some(id));
        let deadline = Some(self.timers.set(self.now + limit, Fire::LegRefer(id)));
        if let Some(leg) = self.legs.get_mut(&id) {
            leg.refer = Some(Refer { tx, deadline });
        }
    }

    /// The REFER was sent again with credentials.
    pub(super) fn refer_again(&mut self, id: LegId, old: TxId, new: TxId) {
        if let Some(refer) = self.legs.get_mut(&id).and_then(|l| l.refer.as_mut()).filter(|r| r.tx == old) {
            refer.tx = new;
        }
    }

    /// The final response to the REFER itself: accepted means that it will be tried.
    pub(super) fn refer_answered(&mut self, id: LegId, tx: TxId, status: u16) {
        let ours = self.legs.get(&id).and_then(|l| l.refer.as_ref()).is_some_and(|r| r.tx == tx);
        // Accepted is not yet begun: that is told by NOTIFY.
        if ours && !(200..300).contains(&status) {
            self.referred(id, status);
        }
        if matches!(status, 408 | 481) {
            self.peer_gone(id, status);
        }
    }

    pub(super) fn refer_over(&mut self, id: LegId) {
        self.referred(id, UNKNOWN);
    }

    /// NOTIFY inside a call: what it says of our REFER.
    pub(super) fn on_notify(&mut self, tx: TxId, id: LegId, request: &Request) {
        let event = request.headers.get("Event").unwrap_or_default();
        if !event.split(';').next().unwrap_or_default().trim().eq_ignore_ascii_case("refer") {
            return self.answer(tx, 489);
        }
        if self.legs.get(&id).is_none_or(|l| l.refer.is_none()) {
            return self.answer(tx, 481);
        }
        let Some(status) = fragment_status(&request.body) else { return self.answer(tx, 400) };
        self.answer(tx, 200);
        let state = request.headers.get("Subscription-State").unwrap_or_default();
        let over = state.split(';').next().unwrap_or_default().trim().eq_ignore_ascii_case("terminated");
        // A far end that stops telling in the middle leaves us where no answer does.
        self.referred(id, if status < 200 && over { UNKNOWN } else { status });
    }

    /// Tells how far it is; after a final status nothing more is told.
    fn referred(&mut self, id: LegId, status: u16) {
        if self.legs.get(&id).is_none_or(|l| l.refer.is_none()) {
            return;
        }
        if status >= 200 {
            self.forget_refer(id);
        }
        self.event(Event::Referred { leg: id, status });
    }

    pub(super) fn forget_refer(&mut self, id: LegId) {
        if let Some(mut refer) = self.legs.get_mut(&id).and_then(|l| l.refer.take()) {
            self.timers.cancel(&mut refer.deadline);
        }
    }
}

/// The URI to be called: as given, or a number at the host where the far end is reached.
fn refer_to(to: &str, target: &str) -> Option<String> {
    let fit = |c: char| c.is_ascii_graphic() && !matches!(c, '<' | '>' | '"');
    if to.contains(':') {
        return (Uri::parse(to).is_some() && to.chars().all(fit)).then(|| to.to_owned());
    }
    let number: String = to.chars().filter(|c| !c.is_whitespace()).collect();
    let dialled = |c: char| c.is_ascii_digit() || matches!(c, '+' | '*' | '#');
    if number.is_empty() || !number.chars().all(dialled) {
        return None;
    }
    let target = Uri::parse(target)?;
    let host = if target.host.contains(':') { format!("[{}]", target.host) } else { target.host.to_owned() };
    let port = target.port.map(|port| format!(":{port}")).unwrap_or_default();
    Some(format!("sip:{}@{host}{port}", number.replace('#', "%23")))
}

/// The status of a `message/sipfrag` body: `SIP/2.0 200 OK`.
fn fragment_status(body: &[u8]) -> Option<u16> {
    let text = std::str::from_utf8(body).ok()?.trim_start();
    let code = text.strip_prefix("SIP/2.0 ")?.get(..3)?.parse().ok()?;
    (100..700).contains(&code).then_some(code)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_number_is_called_where_the_far_end_is_reached_and_a_uri_as_it_stands() {
        let to = |to: &str| refer_to(to, "sip:ana@192.0.2.9:5062;transport=tcp");
        assert_eq!(to("112").as_deref(), Some("sip:112@192.0.2.9:5062"));
        assert_eq!(to("91 000 00 00").as_deref(), Some("sip:910000000@192.0.2.9:5062"));
        assert_eq!(to("sip:guardia@example.es").as_deref(), Some("sip:guardia@example.es"));
        assert_eq!(refer_to("112", "sip:x@[2001:db8::1]").as_deref(), Some("sip:112@[2001:db8::1]"));
        for bad in ["", "urgencias", "112>\r\nX: y", "sip:a@b>\r\nX: y", "sip:a b@c"] {
            assert_eq!(to(bad), None, "{bad:?}");
        }
    }

    #[test]
    fn only_a_status_line_is_a_fragment() {
        assert_eq!(fragment_status(b"SIP/2.0 180 Ringing\r\n"), Some(180));
        for bad in [&b""[..], b"SIP/2.0", b"SIP/2.0 99 x", b"SIP/2.0 700 x", b"hola", b"\xff\xfe"] {
            assert_eq!(fragment_status(bad), None);
        }
    }
}
