//! A lossy network in the way of a citizen's packets: two sockets and a thread
//! that forwards between them, and forgets some.

use std::net::{IpAddr, SocketAddr, UdpSocket};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

/// Forwards until dropped.
pub(super) struct Lossy {
    /// What goes into our SDP.
    pub outside: SocketAddr,
    /// What our port sends to.
    pub inside: SocketAddr,
    far: Arc<Mutex<Option<SocketAddr>>>,
    stop: Arc<AtomicBool>,
}

impl Lossy {
    /// A way from `port` that loses the share `loss` of what it sends.
    pub(super) fn start(address: IpAddr, port: SocketAddr, loss: f32, seed: u64) -> std::io::Result<Lossy> {
        let (outside, inside) = (UdpSocket::bind((address, 0))?, UdpSocket::bind((address, 0))?);
        for socket in [&outside, &inside] {
            socket.set_read_timeout(Some(Duration::from_millis(100)))?;
        }
        let way = Lossy {
            outside: outside.local_addr()?,
            inside: inside.local_addr()?,
            far: Arc::default(),
            stop: Arc::default(),
        };
        let back = (outside.try_clone()?, inside.try_clone()?, way.stop.clone());
        spawn(move || forward(&back.0, &back.1, &back.2, || Some(port), || false))?;
        let (far, stop) = (way.far.clone(), way.stop.clone());
        let mut random = seed | 1;
        let mut lose = move || {
            random ^= random << 13;
            random ^= random >> 7;
            random ^= random << 17;
            ((random >> 40) as f32 / (1u64 << 24) as f32) < loss
        };
        let to = move || far.lock().ok().and_then(|f| *f);
        spawn(move || forward(&inside, &outside, &stop, to, &mut lose))?;
        Ok(way)
    }

    /// Where the far end is, once it has said so.
    pub(super) fn lead_to(&self, far: SocketAddr) {
        if let Ok(mut place) = self.far.lock() {
            *place = Some(far);
        }
    }
}

impl Drop for Lossy {
    fn drop(&mut self) {
        self.stop.store(true, Ordering::Release);
    }
}

fn spawn(work: impl FnOnce() + Send + 'static) -> std::io::Result<()> {
    std::thread::Builder::new().name("lossy".into()).spawn(work).map(drop)
}

fn forward(
    from: &UdpSocket,
    through: &UdpSocket,
    stop: &AtomicBool,
    to: impl Fn() -> Option<SocketAddr>,
    mut lose: impl FnMut() -> bool,
) {
    let mut datagram = [0; 2048];
    while !stop.load(Ordering::Acquire) {
        let Ok((length, _)) = from.recv_from(&mut datagram) else { continue };
        if let (Some(to), Some(bytes), false) = (to(), datagram.get(..length), lose()) {
            // An unreachable far end is what a lossy network is for.
            let _ = through.send_to(bytes, to);
        }
    }
}
