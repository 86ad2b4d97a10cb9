//! The one error type of the room.

use std::net::{IpAddr, SocketAddr};

/// What went wrong, where, and what to do about it.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The bytes are not an RTP packet (RFC 3550 §5.1).
    #[error(
        "not an RTP packet of version 2 ({0} bytes): header, extension or padding does not fit; it is dropped"
    )]
    NotRtp(usize),
    /// The payload is longer than any codec here needs.
    #[error("RTP payload of {0} bytes; at most {max} are taken (60 ms)", max = crate::MAX_PAYLOAD)]
    PayloadTooLong(usize),
    /// The buffer given to write into is too small.
    #[error("a packet of {needed} bytes does not fit a buffer of {given}; give at least 512")]
    BufferTooSmall {
        /// Bytes needed.
        needed: usize,
        /// Bytes given.
        given: usize,
    },
    /// The bytes are not RTCP (RFC 3550 §6.4).
    #[error("not an RTCP compound packet: {0}; it is dropped")]
    NotRtcp(&'static str),
    /// Not one of 0-9, *, #, A-D.
    #[error("`{0}` is no telephone key; use 0-9, *, #, A-D")]
    NotAKey(char),
    /// The keys given to send do not fit the queue.
    #[error("{0} keys are waiting to be sent already; send fewer at once")]
    TooManyKeys(usize),
    /// The port range is empty, or holds no even port with its odd neighbour.
    #[error("RTP port range {low}-{high} holds no even/odd pair; give at least two ports, e.g. 10000-19999")]
    BadRange {
        /// First port.
        low: u16,
        /// Last port.
        high: u16,
    },
    /// Every port pair is in use or in quarantine.
    #[error(
        "no RTP ports left: {in_use} pairs in use, {quarantined} in quarantine after release; widen the range or take fewer calls"
    )]
    NoPorts {
        /// Pairs of live calls.
        in_use: usize,
        /// Pairs released a moment ago.
        quarantined: usize,
    },
    /// No pair of the range could be bound.
    #[error(
        "cannot bind an RTP port pair on {ip} ({tried} tried, last {last}): {source}; is the address of this machine, and does another program hold the range?"
    )]
    Bind {
        /// The local address asked for.
        ip: IpAddr,
        /// Pairs tried.
        tried: usize,
        /// The last address tried.
        last: SocketAddr,
        /// The system's reason.
        source: std::io::Error,
    },
}
