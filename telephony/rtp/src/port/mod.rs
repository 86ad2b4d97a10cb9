//! The driver: a pair of UDP sockets around the pure parts.

mod latch;
mod pool;

use crate::digits::parse_info;
use crate::packet::is_rtcp;
use crate::rtcp::{Report, SenderInfo, Session};
use crate::sender::Start;
use crate::{Codec, Error, Frame, Pulled, Receiver, ReceiverConfig, Sender, SenderConfig, Stats};
use latch::Latch;
use pool::Lease;
pub use pool::PortPool;
use std::hash::{BuildHasher, Hasher, RandomState};
use std::net::{SocketAddr, UdpSocket};
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

/// Datagrams taken in one poll: a flood cannot hold up the tick. 64 in 20 ms is 64 times a call's rate.
const POLLED: usize = 64;
/// Larger than any datagram of ours.
const DATAGRAM: usize = 1_500;
/// How long a key is held when the far end is sent one.
const PRESS_MS: u32 = 120;

/// Who may speak, as seen from here.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Default)]
pub enum Direction {
    /// Both.
    #[default]
    SendRecv,
    /// Only we: the far end is on hold.
    SendOnly,
    /// Only the far end: it holds us.
    RecvOnly,
    /// Nobody.
    Inactive,
}

impl Direction {
    /// Whether we may send.
    #[must_use]
    pub const fn sends(self) -> bool {
        matches!(self, Self::SendRecv | Self::SendOnly)
    }

    /// Whether the far end may.
    #[must_use]
    pub const fn receives(self) -> bool {
        matches!(self, Self::SendRecv | Self::RecvOnly)
    }
}

/// What offer and answer agreed on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Media {
    /// The codec of `payload_type`, in both directions.
    pub codec: Codec,
    /// Payload type of the audio.
    pub payload_type: u8,
    /// Payload type of telephone events; none: keys are heard and sent as tones.
    pub telephone_event: Option<u8>,
    /// Where the far end's SDP wants RTP. A private address behind NAT is found out by symmetric RTP.
    pub remote: SocketAddr,
    /// Where it wants RTCP; none: one port above `remote`.
    pub remote_rtcp: Option<SocketAddr>,
    /// Ours.
    pub direction: Direction,
    /// Listen for keys in the audio. [`Self::events`] turns it off: who speaks RFC 4733 needs no tones.
    pub in_band: bool,
}

impl Media {
    /// A codec under its static payload type, both ways, keys as tones.
    #[must_use]
    pub const fn new(codec: Codec, remote: SocketAddr) -> Self {
        Self {
            codec,
            payload_type: codec.payload_type(),
            telephone_event: None,
            remote,
            remote_rtcp: None,
            direction: Direction::SendRecv,
            in_band: true,
        }
    }

    /// With telephone events under this payload type.
    #[must_use]
    pub const fn events(mut self, payload_type: u8) -> Self {
        self.telephone_event = Some(payload_type);
        self.in_band = false;
        self
    }

    /// With this direction, as seen from here.
    #[must_use]
    pub const fn direction(mut self, direction: Direction) -> Self {
        self.direction = direction;
        self
    }
}

/// The media of one leg: an RTP and an RTCP socket, released into quarantine when dropped.
///
/// Belongs to the media thread; no method waits, locks, logs or allocates (but [`PortPool::take`] and drop).
pub struct Port {
    lease: Lease,
    media: Option<Media>,
    receiver: Receiver,
    sender: Sender,
    latch: Latch,
    rtcp: Session,
    clock: Clock,
    cname: String,
    last_rtp: Option<Instant>,
    send_failed: u64,
    malformed_rtcp: u64,
}

/// The wall clock of RTCP: read once, then carried on by the monotonic one.
struct Clock {
    anchor: Instant,
    ntp: u64,
}

impl Clock {
    fn new() -> Self {
        let unix = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
        Self { anchor: Instant::now(), ntp: ntp(unix + Duration::from_secs(2_208_988_800)) }
    }

    fn ntp(&self, now: Instant) -> u64 {
        self.ntp.wrapping_add(ntp(now.saturating_duration_since(self.anchor)))
    }
}

fn ntp(since: Duration) -> u64 {
    (since.as_secs() << 32) | ((u64::from(since.subsec_nanos()) << 32) / 1_000_000_000)
}

/// Numbers that are hard to guess, from the keys with which the standard library seeds its hash maps.
fn random() -> u64 {
    RandomState::new().build_hasher().finish()
}

impl Port {
    fn new(lease: Lease) -> Self {
        let (a, b) = (random(), random());
        let start = Start { ssrc: a as u32, sequence: b as u16, timestamp: (b >> 32) as u32 };
        let codec = Codec::Pcma;
        let sender = SenderConfig { codec, payload_type: 8, telephone_event: None };
        Self {
            cname: format!("{:016x}@{}", random(), lease.rtp_address().ip()),
            lease,
            media: None,
            receiver: Receiver::new(ReceiverConfig::new(codec)),
            sender: Sender::new(sender, start),
            latch: Latch::default(),
            rtcp: Session::new(start.ssrc, a),
            clock: Clock::new(),
            last_rtp: None,
            send_failed: 0,
            malformed_rtcp: 0,
        }
    }

    /// The address for our SDP: RTP on the even port, RTCP on the one above.
    #[must_use]
    pub fn local(&self) -> SocketAddr {
        self.lease.rtp_address()
    }

    /// Sets or changes what was agreed on. Numbering, clock and statistics go on; a changed remote address
    /// makes the port forget the source that it had found.
    pub fn configure(&mut self, media: Media) {
        let (codec, payload_type, telephone_event) = (media.codec, media.payload_type, media.telephone_event);
        self.receiver.configure(ReceiverConfig {
            codec,
            payload_type,
            telephone_event,
            in_band: media.in_band,
        });
        self.sender.configure(SenderConfig { codec, payload_type, telephone_event });
        self.latch.expect(media.remote);
        self.last_rtp = None;
        self.media = Some(media);
    }

    /// What was agreed on.
    #[must_use]
    pub fn media(&self) -> Option<&Media> {
        self.media.as_ref()
    }

    /// Drains the sockets. Before [`Self::configure`] everything that comes is thrown away.
    pub fn poll(&mut self, now: Instant) {
        if self.last_rtp.is_none() {
            self.last_rtp = Some(now);
        }
        let mut datagram = [0; DATAGRAM];
        for _ in 0..POLLED {
            let Ok((n, from)) = self.lease.rtp().recv_from(&mut datagram) else { break };
            if let Some(datagram) = datagram.get(..n) {
                self.take(datagram, from, now);
            }
        }
        // Each tick too: the round trip is measured by when reports are read.
        for _ in 0..POLLED {
            let Ok((n, from)) = self.lease.rtcp().recv_from(&mut datagram) else { break };
            if let Some(datagram) = datagram.get(..n) {
                self.take_rtcp(datagram, from, now);
            }
        }
    }

    fn take(&mut self, datagram: &[u8], from: SocketAddr, now: Instant) {
        let Some(media) = self.media else { return };
        if is_rtcp(datagram) {
            return self.take_rtcp(datagram, from, now);
        }
        let accepted = match crate::Packet::parse(datagram) {
            Ok(packet) => self.latch.admits(from, (packet.ssrc, packet.sequence), now),
            // Not RTP: it proves nothing of its source. It is counted by the receiver.
            Err(_) => self.latch.is_source(from),
        };
        if accepted {
            self.last_rtp = Some(now);
            if media.direction.receives() {
                // Refused datagrams are counted where they are refused.
                let _ = self.receiver.push(datagram, now);
            }
        }
    }

    fn take_rtcp(&mut self, datagram: &[u8], from: SocketAddr, now: Instant) {
        let Some(media) = self.media else { return };
        let known = [Some(media.remote), media.remote_rtcp, self.latch.target()];
        if !known.iter().flatten().any(|a| a.ip() == from.ip()) {
            return;
        }
        match self.rtcp.receive(datagram, now, self.clock.ntp(now)) {
            Ok(()) => {
                if let Some(rtt) = self.rtcp.rtt() {
                    self.receiver.set_rtt_ms(rtt.as_secs_f32() * 1_000.0);
                }
            }
            Err(_) => self.malformed_rtcp += 1,
        }
    }

    /// The next frame; to be called exactly once each tick, after [`Self::poll`].
    pub fn pull(&mut self, now: Instant) -> Pulled<'_> {
        self.receiver.pull(now)
    }

    /// Sends a frame, or what is left of a key press. On hold nothing leaves, and the clock runs on.
    pub fn send(&mut self, frame: &Frame, now: Instant) {
        if self.may_send() {
            let packet = self.sender.frame(frame, now);
            self.send_failed += u64::from(!deliver(self.lease.rtp(), packet, self.latch.target()));
        }
    }

    /// A tick with nothing to say: sends only what is left of a key press. The next [`Self::send`] is a talkspurt.
    pub fn send_nothing(&mut self, now: Instant) {
        if self.may_send()
            && let Some(packet) = self.sender.silence(now)
        {
            self.send_failed += u64::from(!deliver(self.lease.rtp(), packet, self.latch.target()));
        }
    }

    fn may_send(&self) -> bool {
        self.media.is_some_and(|m| m.direction.sends())
    }

    /// Queues a key press of 120 ms, sent by the following ticks as telephone event, or as tones where none was agreed.
    ///
    /// # Errors
    /// [`Error::NotAKey`]; [`Error::TooManyKeys`] when 32 wait already.
    pub fn send_digit(&mut self, key: char) -> Result<(), Error> {
        self.sender.press(key, PRESS_MS)
    }

    /// Whether key presses are still being sent.
    #[must_use]
    pub fn is_keying(&self) -> bool {
        self.sender.is_keying()
    }

    /// Takes the body of a SIP INFO. Returns whether it was a key press; a press heard already is told once.
    pub fn info(&mut self, content_type: &str, body: &str, now: Instant) -> bool {
        let digit = parse_info(content_type, body);
        if let Some(digit) = digit {
            self.receiver.info_digit(digit, now);
        }
        digit.is_some()
    }

    /// For how long no RTP came from the caller: for the inactivity timeout. Zero while the far end may not send.
    #[must_use]
    pub fn idle_for(&self, now: Instant) -> Duration {
        match (self.media, self.last_rtp) {
            (Some(m), Some(last)) if m.direction.receives() => now.saturating_duration_since(last),
            _ => Duration::ZERO,
        }
    }

    /// Sends a report when one is due (about each 5 s); to be called each tick.
    pub fn rtcp_tick(&mut self, now: Instant) {
        if self.media.is_some() && self.rtcp.is_due(now) {
            self.report(now, false);
        }
    }

    /// Says goodbye by RTCP; to be called once when the call ends, before the port is dropped.
    pub fn bye(&mut self, now: Instant) {
        if self.media.is_some() {
            self.report(now, true);
        }
    }

    fn report(&mut self, now: Instant, bye: bool) {
        let (packets, octets) = self.sender.sent();
        let info = SenderInfo {
            ntp: self.clock.ntp(now),
            rtp_timestamp: self.sender.timestamp_at(now),
            packets,
            octets,
        };
        let sender = (packets > 0).then_some(info);
        let what = Report { sender, reception: self.receiver.reception(), cname: &self.cname, bye };
        let mut datagram = [0; 512];
        if let Ok(n) = self.rtcp.report(&what, now, &mut datagram)
            && let Some(datagram) = datagram.get(..n)
        {
            deliver(self.lease.rtcp(), datagram, self.rtcp_target());
        }
    }

    fn rtcp_target(&self) -> Option<SocketAddr> {
        let media = self.media?;
        let target = self.latch.target()?;
        if target == media.remote && media.remote_rtcp.is_some() {
            return media.remote_rtcp;
        }
        Some(SocketAddr::new(target.ip(), target.port().checked_add(1)?))
    }

    /// Where RTP goes now: the SDP's address, or the source that was found.
    #[must_use]
    pub fn target(&self) -> Option<SocketAddr> {
        self.latch.target()
    }

    /// Both directions, so far.
    #[must_use]
    pub fn stats(&self) -> Stats {
        let remote = self.rtcp.remote();
        Stats {
            refused: self.latch.refused(),
            sent: u64::from(self.sender.sent().0),
            send_failed: self.send_failed,
            rtt_ms: self.rtcp.rtt().map(|r| r.as_secs_f32() * 1_000.0),
            remote_loss: remote.map(|b| f32::from(b.fraction_lost) / 256.0),
            remote_jitter_ms: remote.map(|b| b.jitter as f32 / 8.0),
            malformed: self.receiver.stats().malformed + self.malformed_rtcp,
            ..self.receiver.stats()
        }
    }
}

fn deliver(socket: &UdpSocket, datagram: &[u8], to: Option<SocketAddr>) -> bool {
    to.is_some_and(|to| socket.send_to(datagram, to).is_ok())
}
