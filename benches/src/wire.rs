//! The least caller there can be: it reads its sockets and the clock, and nothing stands between them.
//! `digame call` hears in ticks of 20 ms and SIPp counts whole milliseconds; this one does neither.
use e2e::server::{Trouble, trouble};
use std::net::{SocketAddr, UdpSocket};
use std::time::{Duration, Instant};

/// Longest wait for any packet.
const PATIENCE: Duration = Duration::from_secs(5);
/// µ-law magnitude from which a sample is sound: 0x20 is about -40 dB of full scale.
const SOUND: u8 = 0x20;

/// Times of one call, ms.
pub struct Times {
    /// INVITE sent to 200 received.
    pub answer: f64,
    /// ACK sent to the first RTP packet received.
    pub packet: f64,
    /// ACK sent to the first RTP packet with sound in it.
    pub sound: f64,
}

/// Calls `server`, hears the first sound, hangs up. `n` tells calls apart.
pub fn call(server: SocketAddr, n: usize) -> Result<Times, Trouble> {
    let (signals, media) = (socket()?, socket()?);
    let here = signals.local_addr().map_err(trouble("socket"))?;
    let port = media.local_addr().map_err(trouble("socket"))?.port();
    let sdp = format!(
        "v=0\r\no=- 1 1 IN IP4 127.0.0.1\r\ns=-\r\nc=IN IP4 127.0.0.1\r\nt=0 0\r\nm=audio {port} RTP/AVP 0\r\na=rtpmap:0 PCMU/8000\r\n"
    );
    let call = Call { server, here, n };
    let invited = Instant::now();
    call.send(&signals, &call.request("INVITE", 1, "", &sdp))?;
    let to = answered(&signals)?;
    let answer = since(invited);
    let acknowledged = Instant::now();
    call.send(&signals, &call.request("ACK", 1, &to, ""))?;
    let (packet, sound) = first_sound(&media, acknowledged)?;
    call.send(&signals, &call.request("BYE", 2, &to, ""))?;
    receive(&signals, &mut [0; 4096])?;
    Ok(Times { answer, packet, sound })
}

struct Call {
    server: SocketAddr,
    here: SocketAddr,
    n: usize,
}

impl Call {
    fn request(&self, method: &str, cseq: u32, tag: &str, body: &str) -> String {
        let Self { server, here, n } = self;
        let kind = if body.is_empty() { "" } else { "Content-Type: application/sdp\r\n" };
        format!(
            "{method} sip:010@{server} SIP/2.0\r\nVia: SIP/2.0/UDP {here};branch=z9hG4bKbench{n}{method}\r\nMax-Forwards: 70\r\n\
             From: <sip:600000000@citizen.invalid>;tag=bench{n}\r\nTo: <sip:010@{server}>{tag}\r\nCall-ID: bench-{n}-{}\r\n\
             CSeq: {cseq} {method}\r\nContact: <sip:bench@{here}>\r\n{kind}Content-Length: {}\r\n\r\n{body}",
            here.port(),
            body.len()
        )
    }

    fn send(&self, signals: &UdpSocket, text: &str) -> Result<(), Trouble> {
        signals.send_to(text.as_bytes(), self.server).map_err(trouble("send")).map(|_| ())
    }
}

fn socket() -> Result<UdpSocket, Trouble> {
    let socket = UdpSocket::bind("127.0.0.1:0").map_err(trouble("loopback"))?;
    socket.set_read_timeout(Some(PATIENCE)).map_err(trouble("loopback"))?;
    Ok(socket)
}

fn since(start: Instant) -> f64 {
    start.elapsed().as_secs_f64() * 1000.0
}

fn receive<'a>(socket: &UdpSocket, buffer: &'a mut [u8]) -> Result<&'a [u8], Trouble> {
    let size = socket.recv(buffer).map_err(trouble("nothing came from the server"))?;
    Ok(buffer.get(..size).unwrap_or_default())
}

/// Waits for the 200; the tag of its To, with the semicolon.
fn answered(signals: &UdpSocket) -> Result<String, Trouble> {
    let mut buffer = [0; 4096];
    loop {
        let text = String::from_utf8_lossy(receive(signals, &mut buffer)?).into_owned();
        let status = text.split(' ').nth(1).unwrap_or_default();
        if status.starts_with('1') {
            continue;
        }
        let to = text.lines().find(|line| line.starts_with("To:")).unwrap_or_default();
        return match to.split_once(";tag=") {
            Some((_, tag)) if status == "200" => Ok(format!(";tag={}", tag.trim())),
            _ => Err(Trouble(format!("the server answered {:?}", text.lines().next().unwrap_or_default()))),
        };
    }
}

/// Times of the first packet and of the first one with sound, ms after `start`.
fn first_sound(media: &UdpSocket, start: Instant) -> Result<(f64, f64), Trouble> {
    let (mut buffer, mut first) = ([0; 2048], None);
    while start.elapsed() < PATIENCE {
        let payload = receive(media, &mut buffer)?.get(12..).unwrap_or_default();
        let at = since(start);
        let packet = *first.get_or_insert(at);
        if payload.iter().any(|byte| !byte & 0x7f >= SOUND) {
            return Ok((packet, at));
        }
    }
    Err(Trouble("the server sent no sound".into()))
}
