//! RTCP (RFC 3550 §6): sender and receiver reports, source description, goodbye.

mod build;
mod parse;
mod session;

pub use build::{Outgoing, build};
pub use parse::{Blocks, Compound, Part};
pub use session::{Reception, Report, Session};

/// What a sender says of its stream.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SenderInfo {
    /// Wall clock, NTP format: seconds since 1900 in the high half, fractions in the low.
    pub ntp: u64,
    /// The same instant on the RTP clock.
    pub rtp_timestamp: u32,
    /// Packets sent.
    pub packets: u32,
    /// Payload octets sent.
    pub octets: u32,
}

/// What a receiver says of one source.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ReportBlock {
    /// The source.
    pub ssrc: u32,
    /// Lost since the last report, in 256ths.
    pub fraction_lost: u8,
    /// Lost since the start; below zero if packets were doubled.
    pub cumulative_lost: i32,
    /// Extended highest sequence number.
    pub highest: u32,
    /// Interarrival jitter, samples.
    pub jitter: u32,
    /// Middle of the NTP time in the last sender report heard; 0 before any.
    pub last_report: u32,
    /// Since then, in 65536ths of a second.
    pub delay_since: u32,
}
