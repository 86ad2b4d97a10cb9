//! The media room: RTP, RTCP, jitter, concealment, codecs, digits and tones.
//!
//! Everything but [`Port`], [`PortPool`] and [`pacer::sleep_until`] is pure: bytes and a `now` go in,
//! frames, digits and bytes come out; no socket, clock, thread or lock.
//! A frame is always 20 ms of 8 kHz mono PCM: [`Frame`]. Nothing on the way of a frame allocates,
//! locks or logs once the [`Port`] is built.
//!
//! ```no_run
//! # use std::time::{Duration, Instant};
//! # fn main() -> Result<(), rtp::Error> {
//! let pool = rtp::PortPool::new("192.0.2.1".parse().unwrap(), 10_000..=19_999, Duration::from_secs(5))?;
//! let mut port = pool.take()?;
//! port.configure(rtp::Media::new(rtp::Codec::Pcma, "192.0.2.7:4000".parse().unwrap()).events(101));
//! let mut ticks = rtp::pacer::Ticks::new(Instant::now());
//! loop {
//!     rtp::pacer::sleep_until(ticks.deadline());
//!     for _ in 0..ticks.due(Instant::now()) {
//!         let now = Instant::now();
//!         port.poll(now);
//!         let heard = *port.pull(now).frame;
//!         port.send(&heard, now); // an echo
//!         port.rtcp_tick(now);
//!     }
//! }
//! # }
//! ```
#![forbid(unsafe_code)]

pub mod codec;
pub mod conceal;
mod delay;
pub mod digits;
mod error;
mod fifo;
mod goertzel;
mod jitter;
pub mod pacer;
pub mod packet;
pub mod pcm;
mod port;
pub mod quality;
mod receiver;
pub mod rtcp;
mod sender;
mod sequence;
mod stats;
mod stretch;
pub mod tones;

pub use codec::Codec;
pub use digits::{Digit, Digits, Source};
pub use error::Error;
pub use packet::Packet;
pub use port::{Direction, Media, Port, PortPool};
pub use receiver::{Kind, Pulled, Receiver, ReceiverConfig};
pub use sender::{Sender, SenderConfig};
pub use stats::Stats;

/// Samples a second inside the house, and the RTP clock of every codec spoken here (G.722 too: RFC 3551 §4.5.2).
pub const SAMPLE_RATE: u32 = 8_000;
/// Samples in a frame.
pub const FRAME: usize = 160;
/// Milliseconds in a frame.
pub const FRAME_MS: u32 = 20;
/// 20 ms of 8 kHz mono PCM.
pub type Frame = [i16; FRAME];
/// A frame of digital silence.
pub const SILENCE: Frame = [0; FRAME];
/// The longest audio payload taken, in bytes: 60 ms of any codec spoken here.
pub const MAX_PAYLOAD: usize = 480;
