//! A live contact by voice: turn-taking, media, ears, controller, server.
//!
//! The room's page is docs/rooms/call.md.
#![forbid(unsafe_code)]

pub mod ears;
pub mod media;
#[cfg(test)]
mod testing;
pub mod turn;
