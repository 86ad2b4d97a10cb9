//! What the end-to-end tests and the demo share: the outside service, free ports, peers.
#![forbid(unsafe_code)]

pub mod citas;
