//! The tokio driver: one task owns the core, the UDP socket and the TCP
//! connections. It never waits for the application: commands come by a bounded
//! channel, and when the application falls behind with events new calls get 503
//! until it has caught up.
use crate::Error;
use crate::core::{Command, Core, Counters, Event, Input, LegId, Output, Peer, Settings, Target, Transport};
use crate::message::lex::{Uri, bare_uri};
use std::collections::{HashMap, VecDeque};
use std::net::{IpAddr, Ipv6Addr, SocketAddr};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream, UdpSocket};
use tokio::sync::mpsc;
use tokio::task::AbortHandle;

/// Configuration of the driver.
#[derive(Debug, Clone)]
pub struct Config {
    /// UDP and TCP listen here; port 0 takes a free one.
    pub bind: SocketAddr,
    /// `host[:port]` that others reach us at, where it is not `bind`. Without it,
    /// a `bind` to all addresses says the one that the default route leaves by.
    pub advertised: Option<String>,
    /// Behaviour of the core; its `advertised` is filled in by the driver.
    pub settings: Settings,
    /// SO_RCVBUF of the UDP socket, bytes (4 MiB; the kernel may give less).
    pub receive_buffer: usize,
    /// Events that may wait for the application before new calls are refused (4096).
    pub event_capacity: usize,
    /// Commands that may wait for the core (1024).
    pub command_capacity: usize,
    /// TCP connections at most (1024).
    pub max_connections: usize,
    /// A TCP connection without traffic is closed after this long (10 min).
    pub idle_limit: Duration,
}

impl Config {
    /// Defaults for an address.
    pub fn new(bind: SocketAddr) -> Self {
        Self {
            bind,
            advertised: None,
            settings: Settings::new(String::new()),
            receive_buffer: 4 << 20,
            event_capacity: 4096,
            command_capacity: 1024,
            max_connections: 1024,
            idle_limit: Duration::from_secs(600),
        }
    }
}

/// A running SIP endpoint; clones are handles to the same one. It stops at
/// once when the last handle is dropped, and in order by [`Stack::shutdown`].
#[derive(Clone)]
pub struct Stack {
    commands: mpsc::Sender<Command>,
    counters: Arc<Mutex<Counters>>,
    outgoing: Arc<AtomicU64>,
    address: SocketAddr,
    advertised: Arc<str>,
}

impl Stack {
    /// Opens the sockets and starts the task. Needs a tokio runtime.
    ///
    /// # Errors
    /// The address cannot be bound.
    pub async fn bind(config: Config) -> Result<(Self, mpsc::Receiver<Event>), Error> {
        let (udp, tcp) = sockets(&config).await?;
        let address = udp.local_addr().map_err(|e| bind_error(config.bind, "UDP", e))?;
        let mut settings = config.settings.clone();
        let advertised = config.advertised.clone().unwrap_or_else(|| outward(address).to_string());
        settings.advertised.clone_from(&advertised);
        let core = Core::new(settings, rand::random(), Instant::now());
        let (commands, command_queue) = mpsc::channel(config.command_capacity.max(1));
        let (events, event_queue) = mpsc::channel(config.event_capacity.max(1));
        let (streams, stream_queue) = mpsc::channel(256);
        let counters = Arc::new(Mutex::new(Counters::default()));
        let driver = Driver {
            core,
            udp,
            events,
            waiting: VecDeque::new(),
            wanted: None,
            refusing: None,
            streams,
            connections: HashMap::new(),
            serial: 0,
            counters: counters.clone(),
            stopping: None,
            config,
        };
        tokio::spawn(driver.run(tcp, command_queue, stream_queue));
        let outgoing = Arc::new(AtomicU64::new(1));
        let advertised = advertised.into();
        Ok((Self { commands, counters, outgoing, address, advertised }, event_queue))
    }

    /// The address that is listened on.
    pub fn local_addr(&self) -> SocketAddr {
        self.address
    }

    /// `host:port` in our Via and Contact; its host is right for `c=` too.
    pub fn advertised(&self) -> &str {
        &self.advertised
    }

    /// Totals and gauges, as of the last thing that happened.
    pub fn counters(&self) -> Counters {
        *self.counters.lock().unwrap_or_else(PoisonError::into_inner)
    }

    async fn command(&self, command: Command) -> Result<(), Error> {
        self.commands.send(command).await.map_err(|_| Error::Stopped)
    }

    /// Sends 180.
    pub async fn ring(&self, leg: LegId) -> Result<(), Error> {
        self.command(Command::Ring(leg)).await
    }

    /// Sends 200 with our answer, or with our offer where the INVITE had none.
    pub async fn accept(&self, leg: LegId, sdp: String) -> Result<(), Error> {
        self.command(Command::Accept(leg, sdp)).await
    }

    /// Refuses a call: status 300–699, `retry_after` in seconds.
    pub async fn reject(&self, leg: LegId, status: u16, retry_after: Option<u32>) -> Result<(), Error> {
        self.command(Command::Reject { leg, status, retry_after }).await
    }

    /// Answers [`Event::Reinvite`] with a description or a refusing status.
    pub async fn answer_reinvite(&self, leg: LegId, answer: Result<String, u16>) -> Result<(), Error> {
        self.command(Command::AnswerReinvite(leg, answer)).await
    }

    /// Offers a changed session inside a call.
    pub async fn reinvite(&self, leg: LegId, offer: String) -> Result<(), Error> {
        self.command(Command::Reinvite(leg, offer)).await
    }

    /// Ends a leg in whatever state it is.
    pub async fn bye(&self, leg: LegId) -> Result<(), Error> {
        self.command(Command::Bye(leg)).await
    }

    /// Ends a leg that has no media: the BYE says so (`Reason`, RFC 3326).
    pub async fn bye_without_media(&self, leg: LegId) -> Result<(), Error> {
        self.command(Command::ByeWithoutMedia(leg)).await
    }

    /// Places a call; a host name is resolved first (A/AAAA, no SRV).
    ///
    /// # Errors
    /// The URI cannot be called, or its host is unknown.
    pub async fn invite(&self, target: Target) -> Result<LegId, Error> {
        let peer = resolve(&target.uri, self.address).await?;
        let leg = LegId::outbound(self.outgoing.fetch_add(1, Ordering::Relaxed));
        self.command(Command::Invite { leg, target, peer }).await?;
        Ok(leg)
    }

    /// Gives up a call of ours that is not answered yet.
    pub async fn cancel(&self, leg: LegId) -> Result<(), Error> {
        self.command(Command::Cancel(leg)).await
    }

    /// Sends INFO inside a call.
    pub async fn info(&self, leg: LegId, content_type: &str, body: String) -> Result<(), Error> {
        self.command(Command::Info { leg, content_type: content_type.to_owned(), body }).await
    }

    /// Asks the far end to call a URI or a number in our place; [`Event::Referred`] says how it goes, and that it
    /// failed if nothing says so by `limit`.
    pub async fn refer(&self, leg: LegId, to: &str, limit: Duration) -> Result<(), Error> {
        self.command(Command::Refer { leg, to: to.to_owned(), limit }).await
    }

    /// From now on new calls get 503 with this Retry-After (s); `None` ends it.
    pub async fn refuse_new(&self, retry_after: Option<u32>) -> Result<(), Error> {
        self.command(Command::RefuseNew(retry_after)).await
    }

    /// Ends every leg and refuses new ones; the task stops once all is settled,
    /// after 5 s at most.
    pub async fn shutdown(&self) -> Result<(), Error> {
        self.command(Command::Shutdown).await
    }
}

fn bind_error(address: SocketAddr, transport: &'static str, source: std::io::Error) -> Error {
    Error::Bind { address, transport, source }
}

/// UDP and TCP on one port. With port 0 the system's UDP choice may be taken
/// for TCP, so a few are tried.
async fn sockets(config: &Config) -> Result<(UdpSocket, TcpListener), Error> {
    let mut left = if config.bind.port() == 0 { 16 } else { 1 };
    loop {
        let udp = udp_socket(config).map_err(|e| bind_error(config.bind, "UDP", e))?;
        let address = udp.local_addr().map_err(|e| bind_error(config.bind, "UDP", e))?;
        left -= 1;
        match TcpListener::bind(address).await {
            Ok(tcp) => return Ok((udp, tcp)),
            Err(e) if left == 0 => return Err(bind_error(address, "TCP", e)),
            Err(_) => {}
        }
    }
}

/// The address to show for a socket bound to all of them: the source that the
/// system would choose outwards (connecting a UDP socket sends nothing).
fn outward(bound: SocketAddr) -> SocketAddr {
    if !bound.ip().is_unspecified() {
        return bound;
    }
    let far = if bound.is_ipv4() { "192.0.2.1:9" } else { "[2001:db8::1]:9" };
    let probe = std::net::UdpSocket::bind(SocketAddr::new(bound.ip(), 0));
    let found = probe.and_then(|s| s.connect(far).and_then(|()| s.local_addr()));
    let ip = found.map(|a| a.ip()).ok().filter(|ip| !ip.is_unspecified());
    let local = if bound.is_ipv4() { IpAddr::from([127, 0, 0, 1]) } else { Ipv6Addr::LOCALHOST.into() };
    SocketAddr::new(ip.unwrap_or(local), bound.port())
}

fn udp_socket(config: &Config) -> std::io::Result<UdpSocket> {
    use socket2::{Domain, Protocol, Socket, Type};
    let socket = Socket::new(Domain::for_address(config.bind), Type::DGRAM, Some(Protocol::UDP))?;
    if let Err(error) = socket.set_recv_buffer_size(config.receive_buffer) {
        tracing::warn!(%error, "the SIP receive buffer keeps its default size");
    }
    socket.set_nonblocking(true)?;
    socket.bind(&config.bind.into())?;
    UdpSocket::from_std(socket.into())
}

/// Where a request to `uri` goes (RFC 3263 without NAPTR and SRV).
async fn resolve(uri: &str, ours: SocketAddr) -> Result<Peer, Error> {
    let bad = |reason: String| Error::Target { uri: uri.to_owned(), reason };
    let parsed = Uri::parse(bare_uri(uri)).filter(|u| !u.host.is_empty());
    let parsed = parsed.ok_or_else(|| bad("it must be of the form sip:user@host".to_owned()))?;
    if parsed.scheme.eq_ignore_ascii_case("sips") {
        return Err(bad("TLS is not spoken; use sip:".to_owned()));
    }
    let transport = if parsed.wants_tcp() { Transport::Tcp } else { Transport::Udp };
    let port = parsed.port.unwrap_or(5060);
    let found = tokio::net::lookup_host((parsed.host, port)).await;
    let mut found = found.map_err(|e| bad(format!("host '{}' is not known: {e}", parsed.host)))?;
    let address = found.find(|a| a.is_ipv4() == ours.is_ipv4());
    let address = address.ok_or_else(|| bad("the host has no address of our IP version".to_owned()))?;
    Ok(Peer { transport, address })
}

/// What a connection's tasks tell the driver.
enum FromStream {
    Bytes(SocketAddr, u64, Vec<u8>),
    Gone(SocketAddr, u64),
}

struct Connection {
    serial: u64,
    writes: mpsc::Sender<Arc<[u8]>>,
    task: AbortHandle,
}

struct Driver {
    core: Core,
    udp: UdpSocket,
    events: mpsc::Sender<Event>,
    /// Events the channel had no room for.
    waiting: VecDeque<Event>,
    /// What the application asked for by `refuse_new`.
    wanted: Option<u32>,
    /// What the core was told last.
    refusing: Option<u32>,
    streams: mpsc::Sender<FromStream>,
    connections: HashMap<SocketAddr, Connection>,
    serial: u64,
    counters: Arc<Mutex<Counters>>,
    stopping: Option<Instant>,
    config: Config,
}

/// Datagrams handled before other work gets its turn.
const BATCH: usize = 64;
/// How long an idle driver sleeps when no timer is set.
const LONG: Duration = Duration::from_secs(3600);

impl Driver {
    async fn run(
        mut self,
        tcp: TcpListener,
        mut commands: mpsc::Receiver<Command>,
        mut streams: mpsc::Receiver<FromStream>,
    ) {
        let mut buffer = vec![0u8; 65_536];
        let room = self.events.clone();
        // The first `try_send_to` would be refused before the runtime has seen
        // the new socket writable.
        if let Err(error) = self.udp.writable().await {
            tracing::warn!(%error, "SIP UDP socket");
        }
        loop {
            let wake = self.wake_at();
            tokio::select! {
                ready = self.udp.readable() => match ready {
                    Ok(()) => self.read_udp(&mut buffer),
                    Err(error) => tracing::warn!(%error, "SIP UDP socket"),
                },
                command = commands.recv() => match command {
                    Some(command) => self.on_command(command),
                    None => break,
                },
                Some(from) = streams.recv() => self.on_stream(from),
                accepted = tcp.accept() => match accepted {
                    Ok((stream, from)) => self.open(from, Some(stream)),
                    // Out of file descriptors, most likely: leave the others room.
                    Err(_) => tokio::time::sleep(Duration::from_millis(10)).await,
                },
                permit = room.reserve(), if !self.waiting.is_empty() => match permit {
                    Ok(permit) => if let Some(event) = self.waiting.pop_front() { permit.send(event) },
                    Err(_) => self.waiting.clear(),
                },
                () = tokio::time::sleep_until(wake.into()) => self.core.handle(Input::Timer, Instant::now()),
            }
            self.flush();
            if self.finished() {
                break;
            }
        }
        self.connections.values().for_each(|c| c.task.abort());
    }

    fn wake_at(&self) -> Instant {
        let now = Instant::now();
        let next = self.core.next_timeout().unwrap_or(now + LONG);
        // A stopping driver looks every 50 ms whether all is settled.
        self.stopping.map_or(next, |_| next.min(now + Duration::from_millis(50)))
    }

    fn finished(&self) -> bool {
        self.stopping.is_some_and(|deadline| {
            let quiet = self.core.counters().legs == 0 && self.waiting.is_empty();
            quiet || Instant::now() >= deadline
        })
    }

    fn on_command(&mut self, command: Command) {
        match command {
            Command::RefuseNew(retry_after) => {
                self.wanted = retry_after;
                return self.refuse();
            }
            Command::Shutdown => {
                self.stopping.get_or_insert(Instant::now() + Duration::from_secs(5));
            }
            _ => {}
        }
        self.core.handle(Input::Command(command), Instant::now());
    }

    /// New calls are refused while the application wants it or is behind with events.
    fn refuse(&mut self) {
        let behind = (!self.waiting.is_empty()).then_some(5);
        let refusing = self.wanted.or(behind);
        if refusing != self.refusing && self.stopping.is_none() {
            self.refusing = refusing;
            self.core.handle(Input::Command(Command::RefuseNew(refusing)), Instant::now());
        }
    }

    fn read_udp(&mut self, buffer: &mut [u8]) {
        for _ in 0..BATCH {
            match self.udp.try_recv_from(buffer) {
                Ok((length, from)) => {
                    let bytes = buffer.get(..length).unwrap_or_default();
                    self.core.handle(Input::Datagram { from, bytes }, Instant::now());
                    self.flush();
                }
                // An ICMP error of an earlier datagram is reported here; the
                // transaction's own timers deal with it.
                Err(error) if error.kind() == std::io::ErrorKind::WouldBlock => return,
                Err(_) => {}
            }
        }
    }

    fn on_stream(&mut self, from: FromStream) {
        let now = Instant::now();
        let known =
            |address, serial| self.connections.get(&address).is_some_and(|c: &Connection| c.serial == serial);
        match from {
            FromStream::Bytes(from, serial, bytes) if known(from, serial) => {
                self.core.handle(Input::Stream { from, bytes: &bytes }, now);
            }
            FromStream::Gone(from, serial) if known(from, serial) => {
                self.connections.remove(&from);
                self.core.handle(Input::Closed(from), now);
            }
            _ => {}
        }
    }

    /// Does what the core wants done.
    fn flush(&mut self) {
        while let Some(output) = self.core.poll() {
            match output {
                Output::Send { transport: Transport::Udp, to, bytes } => {
                    // A full send buffer is a lost datagram; the core retransmits.
                    if let Err(error) = self.udp.try_send_to(&bytes, to) {
                        tracing::debug!(%error, %to, "SIP datagram not sent");
                    }
                }
                Output::Send { transport: Transport::Tcp, to, bytes } => self.write_tcp(to, bytes),
                Output::Close(address) => self.close(address),
                Output::Event(event) => self.tell(event),
            }
        }
        self.refuse();
        *self.counters.lock().unwrap_or_else(PoisonError::into_inner) = self.core.counters();
    }

    fn tell(&mut self, event: Event) {
        if self.waiting.is_empty() {
            match self.events.try_send(event) {
                Err(mpsc::error::TrySendError::Full(event)) => self.waiting.push_back(event),
                Ok(()) | Err(mpsc::error::TrySendError::Closed(_)) => {}
            }
        } else {
            self.waiting.push_back(event);
        }
    }

    fn close(&mut self, address: SocketAddr) {
        if let Some(connection) = self.connections.remove(&address) {
            connection.task.abort();
            self.core.handle(Input::Closed(address), Instant::now());
        }
    }

    fn write_tcp(&mut self, to: SocketAddr, bytes: Arc<[u8]>) {
        if !self.connections.contains_key(&to) {
            self.open(to, None);
        }
        let sent = self.connections.get(&to).map(|c| c.writes.try_send(bytes));
        match sent {
            Some(Ok(())) => {}
            // A peer that does not read is cut off rather than waited for.
            Some(Err(_)) => self.close(to),
            None => self.core.handle(Input::Closed(to), Instant::now()),
        }
    }

    /// Serves an accepted connection, or makes one.
    fn open(&mut self, address: SocketAddr, stream: Option<TcpStream>) {
        if self.connections.len() >= self.config.max_connections {
            tracing::warn!(%address, "SIP over TCP: too many connections");
            return;
        }
        self.serial += 1;
        let (writes, queue) = mpsc::channel(64);
        let (serial, out, idle) = (self.serial, self.streams.clone(), self.config.idle_limit);
        let task = tokio::spawn(async move {
            let stream = match stream {
                Some(stream) => Some(stream),
                None => {
                    let connecting =
                        tokio::time::timeout(Duration::from_secs(4), TcpStream::connect(address));
                    connecting.await.ok().and_then(Result::ok)
                }
            };
            if let Some(stream) = stream {
                carry(stream, (address, serial), queue, (&out, idle)).await;
            }
            let _ = out.send(FromStream::Gone(address, serial)).await;
        });
        self.connections.insert(address, Connection { serial, writes, task: task.abort_handle() });
    }
}

/// Reads and writes one connection until either side or the idle limit ends it.
async fn carry(
    mut stream: TcpStream,
    (address, serial): (SocketAddr, u64),
    mut queue: mpsc::Receiver<Arc<[u8]>>,
    (out, idle): (&mpsc::Sender<FromStream>, Duration),
) {
    let _ = stream.set_nodelay(true);
    let (mut reader, mut writer) = stream.split();
    let mut buffer = vec![0u8; 16_384];
    loop {
        tokio::select! {
            read = reader.read(&mut buffer) => match read {
                Ok(length) if length > 0 => {
                    let bytes = buffer.get(..length).unwrap_or_default().to_vec();
                    if out.send(FromStream::Bytes(address, serial, bytes)).await.is_err() {
                        return;
                    }
                }
                _ => return,
            },
            bytes = queue.recv() => match bytes {
                Some(bytes) => {
                    let writing = tokio::time::timeout(Duration::from_secs(10), writer.write_all(&bytes));
                    if !matches!(writing.await, Ok(Ok(()))) {
                        return;
                    }
                }
                None => return,
            },
            () = tokio::time::sleep(idle) => return,
        }
    }
}
