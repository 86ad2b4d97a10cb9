//! Offer and answer (RFC 3264) for one audio stream.
use super::{Attribute, Codec, Direction, Media, Origin, SdpError, Session, network, value};
use std::net::{IpAddr, SocketAddr};

/// What this side brings to a negotiation.
#[derive(Debug, Clone)]
pub struct Local {
    /// Address that the other side shall send media to.
    pub address: IpAddr,
    /// RTP port; RTCP is on the next one.
    pub port: u16,
    /// Codecs we accept, the preferred one first. An answer follows the
    /// offerer's order (RFC 3264 §6.1), an offer this one.
    pub codecs: Vec<Codec>,
    /// Whether we want telephone-event (RFC 4733).
    pub telephone_event: bool,
    /// Packet time we ask for, ms.
    pub ptime_ms: u16,
    /// What we want to do with the stream; `SendRecv` unless we hold.
    pub direction: Direction,
    /// Session id of `o=`; keep it for the whole call.
    pub session_id: u64,
    /// The description we last sent in this call: its `o=` version is raised by
    /// one where the new one differs, and kept where it does not.
    pub previous: Option<String>,
}

impl Local {
    /// G.711 A-law, µ-law and G.722 with telephone-event at 20 ms, both ways.
    pub fn new(address: IpAddr, port: u16, session_id: u64) -> Self {
        Self {
            address,
            port,
            codecs: vec![Codec::Pcma, Codec::Pcmu, Codec::G722],
            telephone_event: true,
            ptime_ms: 20,
            direction: Direction::SendRecv,
            session_id,
            previous: None,
        }
    }
}

/// What both sides agreed on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Negotiated {
    /// The codec.
    pub codec: Codec,
    /// Payload type to send it with.
    pub payload_type: u8,
    /// Payload type of telephone-event, where both sides have it.
    pub telephone_event: Option<u8>,
    /// Where to send RTP. Do not send at all unless `direction.sends()`.
    pub remote_rtp: SocketAddr,
    /// Where to send RTCP.
    pub remote_rtcp: SocketAddr,
    /// Ours.
    pub direction: Direction,
    /// The packet time the other side asks for (20 where it does not), ms.
    pub ptime_ms: u16,
    /// The description to send: our answer, or the offer that was answered.
    pub sdp: String,
}

/// Payload types of a stream that this crate can name.
struct Formats {
    codecs: Vec<(Codec, u8)>,
    telephone_event: Option<u8>,
}

fn read_formats(media: &Media) -> Formats {
    let mut found = Formats { codecs: Vec::new(), telephone_event: None };
    for format in &media.formats {
        let Some(payload_type) = format.parse::<u8>().ok().filter(|p| *p < 128) else { continue };
        let mapped = media.attributes.iter().filter(|a| a.name == "rtpmap").find_map(|a| {
            let (number, encoding) = a.value.as_deref()?.split_once(char::is_whitespace)?;
            (number.parse() == Ok(payload_type)).then_some(encoding.trim())
        });
        match mapped.unwrap_or(match payload_type {
            0 => "PCMU/8000",
            8 => "PCMA/8000",
            9 => "G722/8000",
            _ => "",
        }) {
            e if is_encoding(e, "telephone-event") => found.telephone_event.get_or_insert(payload_type),
            e => {
                let all = [Codec::Pcmu, Codec::Pcma, Codec::G722];
                let codec = all.into_iter().find(|c| is_encoding(e, c.name()));
                found.codecs.extend(codec.map(|c| (c, payload_type)));
                continue;
            }
        };
    }
    found
}

/// `name/8000` or `name/8000/1`, case-insensitive. All our codecs run on a
/// clock of 8000, and telephone-event must run on the codec's (RFC 4733 §2.1).
fn is_encoding(encoding: &str, name: &str) -> bool {
    let mut parts = encoding.split('/');
    let named = parts.next().is_some_and(|n| n.eq_ignore_ascii_case(name));
    named && parts.next() == Some("8000") && parts.next().is_none_or(|channels| channels == "1")
}

/// Plain RTP audio that is switched on; SAVP would need SRTP.
fn is_plain_audio(media: &Media) -> bool {
    let plain = ["RTP/AVP", "RTP/AVPF"].iter().any(|p| media.protocol.eq_ignore_ascii_case(p));
    media.kind.eq_ignore_ascii_case("audio") && media.port != 0 && plain
}

fn remote_address(session: &Session, media: &Media, ours: IpAddr) -> Result<IpAddr, SdpError> {
    let text = media.connection.as_deref().or(session.connection.as_deref()).unwrap_or_default();
    match text.parse::<IpAddr>() {
        Ok(address) if address.is_ipv4() == ours.is_ipv4() => Ok(address),
        _ => Err(SdpError::Address(text.to_owned())),
    }
}

/// RTCP goes to the port (and address) of `a=rtcp` (RFC 3605), else to RTP's next.
fn remote_rtcp(media: &Media, rtp: SocketAddr) -> SocketAddr {
    let default = SocketAddr::new(rtp.ip(), rtp.port().saturating_add(1));
    let Some(text) = value(&media.attributes, "rtcp") else { return default };
    let mut fields = text.split_whitespace();
    let Some(port) = fields.next().and_then(|p| p.parse().ok()) else { return default };
    let address = fields.nth(2).and_then(|a| a.parse::<IpAddr>().ok());
    SocketAddr::new(address.filter(|a| a.is_ipv4() == rtp.is_ipv4()).unwrap_or(rtp.ip()), port)
}

/// What the other side does: attribute of the stream, else of the session; an
/// address of zero is the old form of hold (RFC 2543) and receives nothing.
fn remote_direction(session: &Session, media: &Media, address: IpAddr) -> Direction {
    let said = |list: &[Attribute]| list.iter().find_map(|a| Direction::read(&a.name));
    let direction = said(&media.attributes).or_else(|| said(&session.attributes)).unwrap_or_default();
    Direction::new(direction.sends(), direction.receives() && !address.is_unspecified())
}

fn remote_ptime(media: &Media) -> u16 {
    let read = |name| {
        let text = value(&media.attributes, name)?;
        text.split('.').next()?.parse::<u16>().ok().filter(|ms| (10..=200).contains(ms))
    };
    let wanted = read("ptime").unwrap_or(20);
    read("maxptime").map_or(wanted, |most| wanted.min(most))
}

struct Chosen {
    codec: (Codec, u8),
    telephone_event: Option<u8>,
}

fn stream(local: &Local, kind: &str, protocol: &str, formats: &[(u8, String)]) -> Media {
    let attribute = |name: &str, value: String| Attribute { name: name.to_owned(), value: Some(value) };
    let mut attributes = Vec::new();
    for (payload_type, encoding) in formats {
        attributes.push(attribute("rtpmap", format!("{payload_type} {encoding}")));
        if encoding.starts_with("telephone-event") {
            attributes.push(attribute("fmtp", format!("{payload_type} 0-15")));
        }
    }
    attributes.push(attribute("ptime", local.ptime_ms.to_string()));
    Media {
        kind: kind.to_owned(),
        port: local.port,
        protocol: protocol.to_owned(),
        formats: formats.iter().map(|(p, _)| p.to_string()).collect(),
        connection: None,
        attributes,
    }
}

/// Puts the streams into a description, with the right `o=` version.
fn describe(local: &Local, media: Vec<Media>) -> String {
    let previous = local.previous.as_deref().and_then(|p| Session::parse(p).ok());
    let version = previous.as_ref().map_or(1, |p| p.origin.version);
    let origin =
        Origin { username: "-".to_owned(), id: local.session_id, version, address: network(local.address) };
    let connection = Some(local.address.to_string());
    let mut session =
        Session { origin, name: "Digame".to_owned(), connection, attributes: Vec::new(), media };
    if previous.is_some_and(|p| p != session) {
        session.origin.version = version.wrapping_add(1);
    }
    session.to_string()
}

/// Our offer.
pub fn offer(local: &Local) -> String {
    let mut formats: Vec<(u8, String)> =
        local.codecs.iter().map(|c| (c.payload_type(), format!("{}/8000", c.name()))).collect();
    if local.telephone_event {
        formats.push((101, "telephone-event/8000".to_owned()));
    }
    let mut audio = stream(local, "audio", "RTP/AVP", &formats);
    audio.attributes.push(Attribute { name: local.direction.to_string(), value: None });
    describe(local, vec![audio])
}

/// Answers an offer: the first usable audio stream is taken, every other stream
/// is refused with port 0, in the offer's order (RFC 3264 §6).
///
/// # Errors
/// [`SdpError::status`] says which SIP status fits.
pub fn answer(offer: &Session, local: &Local) -> Result<Negotiated, SdpError> {
    let mut candidates = offer.media.iter().enumerate().filter(|(_, m)| is_plain_audio(m)).peekable();
    candidates.peek().ok_or(SdpError::NoAudio)?;
    let mut offered = Vec::new();
    let found = candidates.find_map(|(index, media)| {
        let formats = read_formats(media);
        let codec = formats.codecs.iter().copied().find(|(c, _)| local.codecs.contains(c));
        offered.extend(media.formats.iter().cloned());
        let telephone_event = formats.telephone_event.filter(|_| local.telephone_event);
        Some((index, media, Chosen { codec: codec?, telephone_event }))
    });
    let (index, media, chosen) = found.ok_or(SdpError::NoCommonCodec(offered.join(" ")))?;
    let theirs = remote_address(offer, media, local.address)?;
    let remote = remote_direction(offer, media, theirs);
    let direction = Direction::new(
        remote.receives() && local.direction.sends(),
        remote.sends() && local.direction.receives(),
    );
    let mut formats = vec![(chosen.codec.1, format!("{}/8000", chosen.codec.0.name()))];
    formats.extend(chosen.telephone_event.map(|p| (p, "telephone-event/8000".to_owned())));
    let mut ours = stream(local, &media.kind, &media.protocol, &formats);
    ours.attributes.push(Attribute { name: direction.to_string(), value: None });
    let answered = |(at, m): (usize, &Media)| if at == index { ours.clone() } else { refused(m) };
    let sdp = describe(local, offer.media.iter().enumerate().map(answered).collect());
    let remote_rtp = SocketAddr::new(theirs, media.port);
    Ok(Negotiated {
        codec: chosen.codec.0,
        payload_type: chosen.codec.1,
        telephone_event: chosen.telephone_event,
        remote_rtp,
        remote_rtcp: remote_rtcp(media, remote_rtp),
        direction,
        ptime_ms: remote_ptime(media),
        sdp,
    })
}

/// The answer that refuses every stream of an offer (RFC 3264 §6): for a call that ends as soon as it is answered.
pub fn refuse(offer: &Session) -> String {
    let nowhere = IpAddr::from([0, 0, 0, 0]);
    let origin =
        Origin { username: "-".to_owned(), id: offer.origin.id, version: 1, address: network(nowhere) };
    let connection = Some(nowhere.to_string());
    let media = offer.media.iter().map(refused).collect();
    Session { origin, name: "-".to_owned(), connection, attributes: Vec::new(), media }.to_string()
}

fn refused(media: &Media) -> Media {
    let formats = media.formats.iter().take(1).cloned().collect();
    Media { port: 0, formats, connection: None, attributes: Vec::new(), ..media.clone() }
}

/// Reads the answer to what [`offer`] gives for the same `local`. The codec is
/// the first of the answer that was offered.
///
/// # Errors
/// The answer switches the stream off or does not fit: hang up.
pub fn accept_answer(local: &Local, answer: &Session) -> Result<Negotiated, SdpError> {
    let media = answer.media.first().ok_or(SdpError::Mismatch("it has no stream"))?;
    if !media.kind.eq_ignore_ascii_case("audio") {
        return Err(SdpError::Mismatch("its first stream is not audio"));
    }
    if !is_plain_audio(media) {
        return Err(SdpError::NoAudio);
    }
    let formats = read_formats(media);
    let codec = formats.codecs.iter().copied().find(|(c, _)| local.codecs.contains(c));
    let (codec, payload_type) = codec.ok_or_else(|| SdpError::NoCommonCodec(media.formats.join(" ")))?;
    let theirs = remote_address(answer, media, local.address)?;
    let remote = remote_direction(answer, media, theirs);
    let remote_rtp = SocketAddr::new(theirs, media.port);
    Ok(Negotiated {
        codec,
        payload_type,
        telephone_event: formats.telephone_event.filter(|_| local.telephone_event),
        remote_rtp,
        remote_rtcp: remote_rtcp(media, remote_rtp),
        direction: Direction::new(
            remote.receives() && local.direction.sends(),
            remote.sends() && local.direction.receives(),
        ),
        ptime_ms: remote_ptime(media),
        sdp: offer(local),
    })
}
