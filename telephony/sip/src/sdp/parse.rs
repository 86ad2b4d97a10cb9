//! Text to [`Session`] and back. Lines this crate has no use for (`b=`, `k=`,
//! `i=`, `r=`, …) are skipped; line ends may be CRLF or LF.
use super::{Attribute, Media, Origin, SdpError, Session};
use std::fmt;

/// Longer descriptions are refused (bytes); more streams too.
const MAX_LENGTH: usize = 64 * 1024;
const MAX_STREAMS: usize = 32;
const MAX_LINES: usize = 2048;

fn bad(line: usize, what: &'static str) -> SdpError {
    SdpError::Malformed { line, what }
}

impl Session {
    /// Reads a description. `v=0`, `o=` and `s=` must be there.
    pub fn parse(text: &str) -> Result<Self, SdpError> {
        if text.len() > MAX_LENGTH {
            return Err(bad(0, "too long"));
        }
        let (mut version, mut origin, mut name) = (false, None, None);
        let (mut connection, mut attributes, mut media) = (None, Vec::new(), Vec::<Media>::new());
        for (index, raw) in text.split('\n').enumerate() {
            let line = raw.strip_suffix('\r').unwrap_or(raw).trim_start_matches('\u{feff}');
            let number = index + 1;
            if line.is_empty() {
                continue;
            }
            if number > MAX_LINES {
                return Err(bad(number, "too many lines"));
            }
            let (kind, value) = line.split_once('=').ok_or(bad(number, "not of the form x=value"))?;
            match kind {
                "v" if value.trim() == "0" => version = true,
                "v" => return Err(bad(number, "unknown version")),
                "o" => origin = Some(read_origin(value).ok_or(bad(number, "broken o="))?),
                "s" => name = Some(value.to_owned()),
                "m" if media.len() >= MAX_STREAMS => return Err(bad(number, "too many streams")),
                "m" => media.push(read_media(value).ok_or(bad(number, "broken m="))?),
                "c" => {
                    let address = read_connection(value).ok_or(bad(number, "broken c="))?;
                    match media.last_mut() {
                        Some(stream) => stream.connection = Some(address),
                        None => connection = Some(address),
                    }
                }
                "a" => {
                    let attribute = read_attribute(value).ok_or(bad(number, "broken a="))?;
                    media.last_mut().map_or(&mut attributes, |m| &mut m.attributes).push(attribute);
                }
                k if k.len() == 1 && k.chars().all(|c| c.is_ascii_alphabetic()) => {}
                _ => return Err(bad(number, "not of the form x=value")),
            }
        }
        match (version, origin, name) {
            (false, ..) => Err(bad(0, "no v= line")),
            (_, None, _) => Err(bad(0, "no o= line")),
            (_, Some(origin), name) => Ok(Self {
                origin,
                name: name.unwrap_or_else(|| "-".to_owned()),
                connection,
                attributes,
                media,
            }),
        }
    }
}

/// Numbers beyond 64 bits occur in the wild; they are kept modulo 2⁶⁴.
fn number(text: &str) -> Option<u64> {
    let digits = !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit());
    digits.then(|| text.bytes().fold(0u64, |n, b| n.wrapping_mul(10).wrapping_add(u64::from(b - b'0'))))
}

fn read_origin(value: &str) -> Option<Origin> {
    let mut fields = value.split_whitespace();
    let username = fields.next()?.to_owned();
    let (id, version) = (number(fields.next()?)?, number(fields.next()?)?);
    let address = fields.collect::<Vec<_>>().join(" ");
    (address.split(' ').count() == 3).then_some(Origin { username, id, version, address })
}

fn read_media(value: &str) -> Option<Media> {
    let mut fields = value.split_whitespace();
    let kind = fields.next()?.to_owned();
    let port = fields.next()?.split('/').next()?.parse().ok()?;
    let protocol = fields.next()?.to_owned();
    let formats: Vec<String> = fields.map(str::to_owned).collect();
    let whole = !formats.is_empty();
    whole.then_some(Media { kind, port, protocol, formats, connection: None, attributes: Vec::new() })
}

/// The address of `IN IP4 address[/ttl]`.
fn read_connection(value: &str) -> Option<String> {
    let mut fields = value.split_whitespace();
    let (net, family, address) = (fields.next()?, fields.next()?, fields.next()?);
    let known = net == "IN" && matches!(family, "IP4" | "IP6");
    let address = address.split('/').next().filter(|a| !a.is_empty())?;
    known.then(|| address.to_owned())
}

fn read_attribute(value: &str) -> Option<Attribute> {
    let (name, value) = match value.split_once(':') {
        Some((name, value)) => (name, Some(value.trim().to_owned())),
        None => (value, None),
    };
    let name = name.trim();
    (!name.is_empty()).then(|| Attribute { name: name.to_owned(), value })
}

fn write_connection(f: &mut fmt::Formatter<'_>, address: Option<&String>) -> fmt::Result {
    match address {
        Some(address) => write!(f, "c=IN IP{} {address}\r\n", if address.contains(':') { 6 } else { 4 }),
        None => Ok(()),
    }
}

fn write_attributes(f: &mut fmt::Formatter<'_>, attributes: &[Attribute]) -> fmt::Result {
    for Attribute { name, value } in attributes {
        match value {
            Some(value) => write!(f, "a={name}:{value}\r\n")?,
            None => write!(f, "a={name}\r\n")?,
        }
    }
    Ok(())
}

impl fmt::Display for Session {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Origin { username, id, version, address } = &self.origin;
        write!(f, "v=0\r\no={username} {id} {version} {address}\r\ns={}\r\n", self.name)?;
        write_connection(f, self.connection.as_ref())?;
        f.write_str("t=0 0\r\n")?;
        write_attributes(f, &self.attributes)?;
        for media in &self.media {
            let formats = media.formats.join(" ");
            write!(f, "m={} {} {} {formats}\r\n", media.kind, media.port, media.protocol)?;
            write_connection(f, media.connection.as_ref())?;
            write_attributes(f, &media.attributes)?;
        }
        Ok(())
    }
}
