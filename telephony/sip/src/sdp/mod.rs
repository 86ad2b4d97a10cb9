//! Session descriptions (RFC 8866) and offer/answer (RFC 3264), as pure functions.
mod negotiate;
mod parse;

pub use negotiate::{Local, Negotiated, accept_answer, answer, offer, refuse};

use std::fmt;
use std::net::IpAddr;

/// Why a description cannot be used; [`SdpError::status`] is what to answer.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum SdpError {
    /// Not a session description.
    #[error("SDP line {line}: {what}")]
    Malformed {
        /// Line number from 1; 0 when it concerns the whole.
        line: usize,
        /// What is wrong.
        what: &'static str,
    },
    /// No audio stream over plain RTP (only SRTP, only video, every port 0…).
    #[error("the description has no audio stream over RTP/AVP that is switched on")]
    NoAudio,
    /// Nothing in common.
    #[error("no common codec: the other side offers {0}")]
    NoCommonCodec(String),
    /// The media address is a name, missing, or of the other IP version.
    #[error("the media address '{0}' cannot be used: an IP address of our own version is needed")]
    Address(String),
    /// An answer that does not fit the offer.
    #[error("the answer does not fit the offer: {0}")]
    Mismatch(&'static str),
}

impl SdpError {
    /// The SIP status that says it: 400 for a broken description, else 488.
    pub fn status(&self) -> u16 {
        match self {
            Self::Malformed { .. } => 400,
            _ => 488,
        }
    }
}

/// The audio codecs that Digame speaks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Codec {
    /// G.711 µ-law, static payload type 0.
    Pcmu,
    /// G.711 A-law, static payload type 8.
    Pcma,
    /// G.722, static payload type 9; its clock is 8000 in SDP (RFC 3551 §4.5.2).
    G722,
}

impl Codec {
    /// The encoding name of `a=rtpmap`.
    pub fn name(self) -> &'static str {
        match self {
            Self::Pcmu => "PCMU",
            Self::Pcma => "PCMA",
            Self::G722 => "G722",
        }
    }

    /// The static payload type.
    pub fn payload_type(self) -> u8 {
        match self {
            Self::Pcmu => 0,
            Self::Pcma => 8,
            Self::G722 => 9,
        }
    }
}

/// Who may send; as seen from the side that says it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Direction {
    /// Both ways.
    #[default]
    SendRecv,
    /// Only sends.
    SendOnly,
    /// Only receives.
    RecvOnly,
    /// Neither.
    Inactive,
}

impl Direction {
    /// From (sends, receives).
    pub fn new(sends: bool, receives: bool) -> Self {
        match (sends, receives) {
            (true, true) => Self::SendRecv,
            (true, false) => Self::SendOnly,
            (false, true) => Self::RecvOnly,
            (false, false) => Self::Inactive,
        }
    }

    /// Whether this side sends.
    pub fn sends(self) -> bool {
        matches!(self, Self::SendRecv | Self::SendOnly)
    }

    /// Whether this side receives.
    pub fn receives(self) -> bool {
        matches!(self, Self::SendRecv | Self::RecvOnly)
    }

    /// The same stream seen from the other side.
    pub fn reversed(self) -> Self {
        Self::new(self.receives(), self.sends())
    }

    fn read(name: &str) -> Option<Self> {
        match name {
            "sendrecv" => Some(Self::SendRecv),
            "sendonly" => Some(Self::SendOnly),
            "recvonly" => Some(Self::RecvOnly),
            "inactive" => Some(Self::Inactive),
            _ => None,
        }
    }
}

impl fmt::Display for Direction {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::SendRecv => "sendrecv",
            Self::SendOnly => "sendonly",
            Self::RecvOnly => "recvonly",
            Self::Inactive => "inactive",
        })
    }
}

/// `a=name` or `a=name:value`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Attribute {
    /// The name.
    pub name: String,
    /// The value, where there is one.
    pub value: Option<String>,
}

/// The `o=` line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Origin {
    /// User name, `-` for none.
    pub username: String,
    /// Session id.
    pub id: u64,
    /// Version, raised by one whenever the description changes.
    pub version: u64,
    /// Address of the machine that made it, as written (`IN IP4 192.0.2.1`).
    pub address: String,
}

/// One `m=` section.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Media {
    /// `audio`, `video`, …
    pub kind: String,
    /// Port; 0 is a stream switched off.
    pub port: u16,
    /// `RTP/AVP`, `RTP/SAVP`, …
    pub protocol: String,
    /// Formats: payload types for RTP.
    pub formats: Vec<String>,
    /// `c=` of this section: the address as written.
    pub connection: Option<String>,
    /// Attributes in their order.
    pub attributes: Vec<Attribute>,
}

/// A whole description.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Session {
    /// `o=`
    pub origin: Origin,
    /// `s=`
    pub name: String,
    /// `c=` of the session: the address as written.
    pub connection: Option<String>,
    /// Session attributes.
    pub attributes: Vec<Attribute>,
    /// The streams.
    pub media: Vec<Media>,
}

fn value<'a>(attributes: &'a [Attribute], name: &str) -> Option<&'a str> {
    attributes.iter().find(|a| a.name == name).and_then(|a| a.value.as_deref())
}

/// `IN IP4 …` or `IN IP6 …` for an address.
pub(crate) fn network(address: IpAddr) -> String {
    format!("IN IP{} {address}", if address.is_ipv4() { 4 } else { 6 })
}
