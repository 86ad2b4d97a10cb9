//! What the end-to-end tests and the demo share: the outside service, the server under test, peers.
#![forbid(unsafe_code)]

pub mod citas;
pub mod peer;
pub mod server;
