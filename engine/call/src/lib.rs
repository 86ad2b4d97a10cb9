//! A live contact by voice: turn-taking, media, ears, controller, server.
//!
//! [`Engine::start`] is the one entry. The room's page is docs/rooms/call.md.
#![forbid(unsafe_code)]

pub mod citizen;
pub mod controller;
pub mod ears;
pub mod language;
pub mod media;
pub mod rehearsal;
mod server;
#[cfg(test)]
mod testing;
pub mod turn;
mod voicemail;

pub use controller::service;
pub use controller::{Answering, Bots, Dialogue, Live, LiveEvent, SlotValue, Sounds, UnknownZone, speaking};
pub use ears::Recognisers;
pub use server::{Counters, Engine, LiveContact, Parts, Settings, StartError, VadFactory};
