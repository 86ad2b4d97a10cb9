//! What a call's media was like, as plain numbers.

/// A snapshot of both directions, cheap to copy out of the media thread.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Stats {
    /// Valid RTP packets taken, duplicates not counted.
    pub received: u64,
    /// Packets that never came: expected by sequence number less received.
    pub lost: u64,
    /// Packets that came after their time to be played, or were thrown away because too many waited.
    pub late: u64,
    /// Packets that came twice.
    pub duplicated: u64,
    /// Packets that came after one with a higher number.
    pub out_of_order: u64,
    /// Datagrams that were no RTP, or whose payload was too long.
    pub malformed: u64,
    /// Valid packets from an address that is not the caller's.
    pub refused: u64,
    /// Packets of a payload type that was not agreed.
    pub unknown_payload: u64,
    /// Times that the source changed or restarted its numbering or clock.
    pub resyncs: u64,
    /// Audio made up for what was missing, ms.
    pub concealed_ms: u64,
    /// Interarrival jitter by RFC 3550 §6.4.1, ms.
    pub jitter_ms: f32,
    /// How long a packet with an empty path waits before it is played, ms.
    pub jitter_buffer_ms: f32,
    /// RTP packets sent.
    pub sent: u64,
    /// Packets that the network would not take, or that were not sent because of an unusable address.
    pub send_failed: u64,
    /// Round trip by RTCP, ms; none until the far end has reported.
    pub rtt_ms: Option<f32>,
    /// Mean opinion score by the E-model over the call, 1 to 4.5; none before the first five seconds.
    pub mos_avg: Option<f32>,
    /// That of its worst five seconds.
    pub mos_min: Option<f32>,
    /// Share of our packets that the far end says it lost in its last report, 0 to 1.
    pub remote_loss: Option<f32>,
    /// Jitter that the far end reports, ms.
    pub remote_jitter_ms: Option<f32>,
}
