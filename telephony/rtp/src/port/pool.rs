//! Port pairs: even for RTP, odd for RTCP, handed out in turn and put into quarantine when released,
//! so that late media of a dead call cannot reach the next one.

use super::Port;
use crate::Error;
use socket2::{Domain, Protocol, Socket, Type};
use std::collections::VecDeque;
use std::net::{IpAddr, SocketAddr, UdpSocket};
use std::ops::RangeInclusive;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

/// Pairs tried before giving up when others hold them.
const TRIES: usize = 64;
/// Expedited forwarding (RFC 3246) in the TOS byte.
const EXPEDITED: u32 = 0xb8;
/// Half a second of 10 ms packets, with the kernel's overhead.
const SOCKET_BUFFER: usize = 64 * 1_024;

/// A range of UDP ports on one address. Clones share it.
#[derive(Clone)]
pub struct PortPool {
    shared: Arc<Shared>,
}

struct Shared {
    ip: IpAddr,
    quarantine: Duration,
    pairs: Mutex<Pairs>,
}

#[derive(Default)]
struct Pairs {
    /// Even ports, least recently used first.
    free: VecDeque<u16>,
    /// Even ports released, with the instant from which they may be used again; in order.
    resting: VecDeque<(Instant, u16)>,
    in_use: usize,
}

impl PortPool {
    /// A pool of the pairs in `range` on the local address `ip` (0.0.0.0 or :: for all).
    /// A released pair rests for `quarantine` before it is used again; 5 s is longer than media lingers in networks.
    ///
    /// # Errors
    /// [`Error::BadRange`] if no pair fits.
    pub fn new(ip: IpAddr, range: RangeInclusive<u16>, quarantine: Duration) -> Result<Self, Error> {
        let (low, high) = (*range.start(), *range.end());
        let free: VecDeque<u16> = range.filter(|p| p % 2 == 0 && *p > 0 && *p < high).collect();
        if free.is_empty() {
            return Err(Error::BadRange { low, high });
        }
        let pairs = Mutex::new(Pairs { free, ..Pairs::default() });
        Ok(Self { shared: Arc::new(Shared { ip, quarantine, pairs }) })
    }

    /// Binds the next pair.
    ///
    /// # Errors
    /// [`Error::NoPorts`] if all are in use or resting; [`Error::Bind`] if the system refuses (64 pairs are tried
    /// where others hold them).
    pub fn take(&self) -> Result<Port, Error> {
        self.take_at(Instant::now())
    }

    /// [`Self::take`] at a given instant.
    ///
    /// # Errors
    /// As [`Self::take`].
    pub fn take_at(&self, now: Instant) -> Result<Port, Error> {
        let mut last = None;
        for tried in 1..=TRIES {
            let port = {
                let mut pairs = self.shared.lock();
                pairs.wake(now);
                match pairs.free.pop_front() {
                    Some(port) => {
                        pairs.in_use += 1;
                        port
                    }
                    None => {
                        return Err(Error::NoPorts {
                            in_use: pairs.in_use,
                            quarantined: pairs.resting.len(),
                        });
                    }
                }
            };
            let at = SocketAddr::new(self.shared.ip, port);
            match bind(at).and_then(|rtp| Ok((rtp, bind(SocketAddr::new(self.shared.ip, port + 1))?))) {
                Ok((rtp, rtcp)) => {
                    return Ok(Port::new(Lease { rtp, rtcp, address: at, shared: Arc::clone(&self.shared) }));
                }
                Err(source) => {
                    let mut pairs = self.shared.lock();
                    pairs.in_use -= 1;
                    pairs.free.push_back(port);
                    last = Some((tried, at, source));
                    if last.as_ref().is_some_and(|(_, _, e)| e.kind() != std::io::ErrorKind::AddrInUse) {
                        break;
                    }
                }
            }
        }
        let (tried, at, source) =
            last.unwrap_or((0, SocketAddr::new(self.shared.ip, 0), std::io::ErrorKind::AddrInUse.into()));
        Err(Error::Bind { ip: self.shared.ip, tried, last: at, source })
    }

    /// Pairs that could be taken now.
    #[must_use]
    pub fn free(&self) -> usize {
        let mut pairs = self.shared.lock();
        pairs.wake(Instant::now());
        pairs.free.len()
    }

    /// Pairs of live calls.
    #[must_use]
    pub fn in_use(&self) -> usize {
        self.shared.lock().in_use
    }
}

impl Shared {
    fn lock(&self) -> MutexGuard<'_, Pairs> {
        // Nothing in here can panic while it is held; a poisoned lock still holds good data.
        self.pairs.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Pairs {
    fn wake(&mut self, now: Instant) {
        while self.resting.front().is_some_and(|(until, _)| *until <= now) {
            if let Some((_, port)) = self.resting.pop_front() {
                self.free.push_back(port);
            }
        }
    }
}

fn bind(at: SocketAddr) -> std::io::Result<UdpSocket> {
    let socket = Socket::new(Domain::for_address(at), Type::DGRAM, Some(Protocol::UDP))?;
    socket.set_nonblocking(true)?;
    // Good to have; a system that refuses them still carries calls.
    let _ = socket.set_recv_buffer_size(SOCKET_BUFFER);
    let _ = if at.is_ipv4() { socket.set_tos_v4(EXPEDITED) } else { socket.set_tclass_v6(EXPEDITED) };
    socket.bind(&at.into())?;
    Ok(socket.into())
}

/// A bound pair; dropping it closes the sockets and puts the pair into quarantine.
pub(super) struct Lease {
    rtp: UdpSocket,
    rtcp: UdpSocket,
    address: SocketAddr,
    shared: Arc<Shared>,
}

impl Lease {
    pub(super) fn rtp(&self) -> &UdpSocket {
        &self.rtp
    }

    pub(super) fn rtcp(&self) -> &UdpSocket {
        &self.rtcp
    }

    pub(super) fn rtp_address(&self) -> SocketAddr {
        self.address
    }
}

impl Drop for Lease {
    fn drop(&mut self) {
        let mut pairs = self.shared.lock();
        pairs.in_use = pairs.in_use.saturating_sub(1);
        pairs.resting.push_back((Instant::now() + self.shared.quarantine, self.address.port()));
    }
}
