//! What can go wrong outside a call. What goes wrong inside one is an event.
use std::net::SocketAddr;

/// Errors of the driver.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The address cannot be bound.
    #[error("SIP cannot listen on {address} ({transport}): {source}. Is another program using the port?")]
    Bind {
        /// The address asked for.
        address: SocketAddr,
        /// `UDP` or `TCP`.
        transport: &'static str,
        /// What the system said.
        source: std::io::Error,
    },
    /// The URI to call is not one that can be called.
    #[error("cannot call '{uri}': {reason}")]
    Target {
        /// The URI as given.
        uri: String,
        /// What is wrong with it.
        reason: String,
    },
    /// The stack has been shut down.
    #[error("the SIP stack has stopped; no further command is possible")]
    Stopped,
}
