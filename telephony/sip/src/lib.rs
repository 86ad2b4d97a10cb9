//! SIP for Digame: messages, a pure core of transactions, dialogs and user
//! agents, SDP offer/answer, and a tokio driver.
//!
//! - [`message`]: what is on the wire (grammar from `rsip`, framing and repairs ours).
//! - [`core`]: `Core::handle(Input, now)`; owns no socket, clock, thread or lock.
//! - [`sdp`]: session descriptions and offer/answer as pure functions.
//! - [`Stack`]: UDP and TCP on one address around one `Core`.
//!
//! Malformed input is answered as the RFC says or counted in silence; nothing
//! read from the network can make this crate panic.
#![forbid(unsafe_code)]
#![cfg_attr(not(test), deny(clippy::indexing_slicing))]

pub mod auth;
pub mod core;
mod error;
pub mod message;
pub mod sdp;
pub mod stack;

pub use crate::core::{
    Address, Command, Counters, Credentials, EndCause, Event, FailCause, LegId, Peer, Settings, Target,
    Timers, Transport,
};
pub use crate::error::Error;
pub use crate::stack::{Config, Stack};
