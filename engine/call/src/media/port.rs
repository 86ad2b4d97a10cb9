//! A line that is an RTP port.

use std::time::{Duration, Instant};

use rtp::{Kind, Port};

use super::line::{KEYS_PER_FRAME, Line, LineStats, Pcm, Pulled};
use crate::turn::Evidence;

/// An RTP port on a media thread.
pub struct PortLine {
    port: Port,
    ended: bool,
}

impl PortLine {
    /// A line over a port; configured before or later.
    #[must_use]
    pub fn new(port: Port) -> PortLine {
        PortLine { port, ended: false }
    }
}

impl Line for PortLine {
    fn pull(&mut self, now: Instant) -> Pulled {
        self.port.poll(now);
        let pulled = self.port.pull(now);
        let mut keys = [None; KEYS_PER_FRAME];
        for (place, digit) in keys.iter_mut().zip(pulled.digits.iter()) {
            *place = Some(digit.key);
        }
        let evidence = match pulled.kind {
            Kind::Voice => Evidence::Heard,
            Kind::Concealed => Evidence::Concealed,
            Kind::Idle => Evidence::Idle,
        };
        Pulled { frame: *pulled.frame, evidence, keys, key_down: pulled.key_down.is_some() }
    }

    fn send(&mut self, frame: &Pcm, now: Instant) {
        self.port.send(frame, now);
        self.port.rtcp_tick(now);
    }

    fn configure(&mut self, media: rtp::Media) {
        self.port.configure(media);
    }

    fn press(&mut self, key: char) {
        // What is no key, or one too many, is not sent: the caller's stats show it.
        let _ = self.port.send_digit(key);
    }

    fn key_by_signalling(&mut self, key: char, now: Instant) -> bool {
        let mut text = [0; 4];
        self.port.info("application/dtmf", key.encode_utf8(&mut text), now)
    }

    fn idle_for(&self, now: Instant) -> Duration {
        self.port.idle_for(now)
    }

    fn end(&mut self, now: Instant) {
        if !self.ended {
            self.port.bye(now);
            self.ended = true;
        }
    }

    fn stats(&self) -> LineStats {
        let stats = self.port.stats();
        LineStats {
            received: stats.received,
            lost: stats.lost,
            late: stats.late,
            sent: stats.sent,
            jitter_ms: stats.jitter_ms,
            buffered_ms: stats.jitter_buffer_ms,
            rtt_ms: stats.rtt_ms,
            mos: stats.mos_avg.unwrap_or_default(),
            mos_min: stats.mos_min.unwrap_or_default(),
        }
    }
}

/// How the port is to be used, from what offer and answer agreed on.
#[must_use]
pub fn media_of(agreed: &sip::sdp::Negotiated) -> rtp::Media {
    let codec = match agreed.codec {
        sip::sdp::Codec::Pcmu => rtp::Codec::Pcmu,
        sip::sdp::Codec::Pcma => rtp::Codec::Pcma,
        sip::sdp::Codec::G722 => rtp::Codec::G722,
    };
    let direction = match agreed.direction {
        sip::sdp::Direction::SendRecv => rtp::Direction::SendRecv,
        sip::sdp::Direction::SendOnly => rtp::Direction::SendOnly,
        sip::sdp::Direction::RecvOnly => rtp::Direction::RecvOnly,
        sip::sdp::Direction::Inactive => rtp::Direction::Inactive,
    };
    let mut media = rtp::Media::new(codec, agreed.remote_rtp).direction(direction);
    media.payload_type = agreed.payload_type;
    media.remote_rtcp = Some(agreed.remote_rtcp);
    match agreed.telephone_event {
        Some(payload_type) => media.events(payload_type),
        None => media,
    }
}
