//! Calls that are answered and never come to stand, by a far end of a few lines of SIP over UDP.

use std::net::SocketAddr;
use std::sync::atomic::Ordering;
use std::time::Duration;

use tokio::net::UdpSocket;

use super::tests::House;

const PATIENCE: Duration = Duration::from_secs(5);

/// A far end with one call.
struct FarEnd {
    socket: UdpSocket,
    house: SocketAddr,
    /// To with its tag, and where later requests go.
    to: String,
    target: String,
}

impl FarEnd {
    /// Calls without an offer, and waits for the 200.
    async fn call(house: &House) -> FarEnd {
        let address: SocketAddr = house.uri.split_once('@').unwrap().1.parse().unwrap();
        let socket = UdpSocket::bind("127.0.0.1:0").await.unwrap();
        let mut far =
            FarEnd { socket, house: address, to: format!("<{}>", house.uri), target: house.uri.clone() };
        far.send("INVITE", "1 INVITE").await;
        let answer = far.receive("SIP/2.0 200").await.unwrap();
        far.to = header(&answer, "To").unwrap();
        let contact = header(&answer, "Contact").unwrap();
        far.target = contact.trim_matches(['<', '>']).to_owned();
        assert!(answer.contains("m=audio"), "an offer of ours: {answer}");
        far
    }

    async fn send(&self, method: &str, cseq: &str) {
        let me = self.socket.local_addr().unwrap();
        let request = format!(
            "{method} {} SIP/2.0\r\nVia: SIP/2.0/UDP {me};rport;branch=z9hG4bK{method}\r\nMax-Forwards: 70\r\n\
             From: <sip:600@{me}>;tag=far\r\nTo: {}\r\nCall-ID: {me}\r\nCSeq: {cseq}\r\n\
             Contact: <sip:600@{me}>\r\nContent-Length: 0\r\n\r\n",
            self.target, self.to
        );
        self.socket.send_to(request.as_bytes(), self.house).await.unwrap();
    }

    /// The next message that begins so.
    async fn receive(&self, begins: &str) -> Option<String> {
        let next = async {
            loop {
                let mut bytes = [0; 8192];
                let (n, _) = self.socket.recv_from(&mut bytes).await.unwrap();
                let text = String::from_utf8_lossy(&bytes[..n]).into_owned();
                if text.starts_with(begins) {
                    return text;
                }
            }
        };
        tokio::time::timeout(PATIENCE, next).await.ok()
    }

    async fn agree(&self, request: &str) {
        let copied = ["Via", "From", "To", "Call-ID", "CSeq"]
            .map(|name| format!("{name}: {}\r\n", header(request, name).unwrap()));
        let answer = format!("SIP/2.0 200 OK\r\n{}Content-Length: 0\r\n\r\n", copied.concat());
        self.socket.send_to(answer.as_bytes(), self.house).await.unwrap();
    }
}

fn header(message: &str, name: &str) -> Option<String> {
    message.lines().find_map(|line| Some(line.strip_prefix(name)?.strip_prefix(':')?.trim().to_owned()))
}

async fn never_stood(house: &House, signal: &str) {
    let detail = house.record().await;
    assert_eq!(detail.contact.outcome.as_deref(), Some("not_connected"), "{:#?}", detail.timeline);
    assert_eq!(detail.contact.answered, None);
    assert_eq!(house.engine.counters().not_connected.load(Ordering::Relaxed), 1);
    let kinds: Vec<&str> = detail.timeline.iter().map(|e| e.entry.kind()).collect();
    assert!(!kinds.contains(&"said") && !kinds.contains(&"no_input"), "nobody was there: {kinds:?}");
    let told = detail
        .timeline
        .iter()
        .any(|e| matches!(&e.entry, records::Entry::Signal { event, .. } if event == signal));
    assert!(told, "{:#?}", detail.timeline);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_ack_without_the_answer_to_our_offer_ends_the_call_at_once() {
    let house = House::with("", 4, |_| {}, None).await;
    let far = FarEnd::call(&house).await;
    far.send("ACK", "1 ACK").await;
    let bye = far.receive("BYE").await.expect("a BYE");
    assert!(bye.contains("Reason: SIP;cause=488"), "{bye}");
    far.agree(&bye).await;
    never_stood(&house, "no_media").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_call_that_is_never_acknowledged_was_none() {
    // 64 times T1 without an ACK.
    let quick = |config: &mut sip::Config| config.settings.timers.t1 = Duration::from_millis(10);
    let house = House::with("", 4, quick, None).await;
    let far = FarEnd::call(&house).await;
    let bye = far.receive("BYE").await.expect("a BYE");
    assert!(!bye.contains("Reason:"), "{bye}");
    far.agree(&bye).await;
    never_stood(&house, "not_connected").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn who_hangs_up_before_the_ack_was_never_connected() {
    let house = House::with("", 4, |_| {}, None).await;
    let far = FarEnd::call(&house).await;
    far.send("BYE", "2 BYE").await;
    never_stood(&house, "not_connected").await;
}
