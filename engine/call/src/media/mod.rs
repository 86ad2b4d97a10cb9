//! The media threads and what runs on them.
//!
//! A [`Media`] owns a few threads that tick every 20 ms from an absolute clock.
//! Each call is a [`Seat`] on one of them: [`ContactSeat`] for a contact,
//! the citizen's seat for the simulated caller. Nothing there waits, locks,
//! allocates or logs; a seat that panics is taken off and the others go on.

mod contact;
mod line;
mod player;
mod port;
mod seat;
mod stats;
#[cfg(test)]
mod tests;
mod thread;

pub use contact::{Command, ContactSeat, Parts, Remote, Report, Words, samples_ms};
pub use line::{FRAME, KEYS_PER_FRAME, Line, LineStats, Pcm, Pulled, SILENCE, level_db};
pub use player::{Played, Player, Prompt, QUEUE, Source};
pub use port::{PortLine, media_of};
pub use seat::{Seat, Ticked};
pub use stats::{BOUNDS_US, Histogram, MediaStats};
pub use thread::{Media, MediaError, Place};
