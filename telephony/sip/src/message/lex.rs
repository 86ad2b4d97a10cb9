//! Reading header values: lists, parameters, name-addr, URI, Via.
//!
//! These work on borrowed text and fail softly. rsip's own typed headers are
//! not used for values that come from outside: its URI grammar refuses a dot in
//! the user part (`sip:ana.garcia@…`), `tel:` numbers, quoted display names with
//! `<` in them and white space that RFC 3261 §25 allows.
use std::net::IpAddr;

/// Splits `text` at every `sep` that is outside "quotes" and <angle brackets>.
pub fn split_outside(text: &str, sep: char) -> Vec<&str> {
    let (mut parts, mut start) = (Vec::new(), 0);
    let (mut quoted, mut escaped, mut angle) = (false, false, false);
    for (at, c) in text.char_indices() {
        if escaped {
            escaped = false;
            continue;
        }
        match c {
            '\\' if quoted => escaped = true,
            '"' => quoted = !quoted,
            '<' if !quoted => angle = true,
            '>' if !quoted => angle = false,
            c if c == sep && !quoted && !angle => {
                parts.push(text.get(start..at).unwrap_or_default());
                start = at + c.len_utf8();
            }
            _ => {}
        }
    }
    parts.push(text.get(start..).unwrap_or_default());
    parts
}

/// Where `wanted` first stands outside "quotes".
fn find_unquoted(text: &str, wanted: char) -> Option<usize> {
    let (mut quoted, mut escaped) = (false, false);
    for (at, c) in text.char_indices() {
        if escaped {
            escaped = false;
        } else if c == '\\' && quoted {
            escaped = true;
        } else if c == '"' {
            quoted = !quoted;
        } else if c == wanted && !quoted {
            return Some(at);
        }
    }
    None
}

/// The value of parameter `name` in `;a=1;b` (case-insensitive name, quotes
/// removed); an empty string for a parameter without value.
pub fn param<'a>(params: &'a str, name: &str) -> Option<&'a str> {
    split_outside(params, ';').into_iter().find_map(|part| {
        let (key, value) = part.split_once('=').unwrap_or((part, ""));
        key.trim().eq_ignore_ascii_case(name).then(|| unquote(value.trim()))
    })
}

/// `text` without its surrounding quotes.
pub fn unquote(text: &str) -> &str {
    text.strip_prefix('"').and_then(|t| t.strip_suffix('"')).unwrap_or(text)
}

/// A name-addr or addr-spec with its header parameters (RFC 3261 §20.10).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct NameAddr<'a> {
    /// The display name without quotes; empty when there is none.
    pub display: &'a str,
    /// The URI as written.
    pub uri: &'a str,
    /// What follows the URI, from the first `;`.
    pub params: &'a str,
}

impl<'a> NameAddr<'a> {
    /// Reads `"Name" <uri>;params` or `uri;params`; `None` when there is no URI.
    pub fn parse(value: &'a str) -> Option<Self> {
        let value = value.trim();
        let (display, uri, params) = match find_unquoted(value, '<') {
            Some(open) => {
                let display = unquote(value.get(..open)?.trim());
                let rest = value.get(open + 1..)?;
                let (uri, params) = rest.split_once('>')?;
                (display, uri.trim(), params)
            }
            None => {
                let end = value.find(';').unwrap_or(value.len());
                ("", value.get(..end)?.trim(), value.get(end..)?)
            }
        };
        let sound = !uri.is_empty()
            && !uri.contains(|c: char| c.is_whitespace() || c.is_control() || "<>\"".contains(c));
        sound.then_some(Self { display, uri, params })
    }

    /// The `tag` parameter; an empty tag counts as none.
    pub fn tag(&self) -> Option<&'a str> {
        param(self.params, "tag").filter(|t| !t.is_empty())
    }
}

/// The URI of `Name <uri>`; a text without brackets is a URI as a whole, with its
/// own parameters (unlike in a header, where they would be the header's).
pub fn bare_uri(text: &str) -> &str {
    match NameAddr::parse(text) {
        Some(parsed) if text.contains('<') => parsed.uri,
        _ => text.trim(),
    }
}

/// The parts of a `sip:`, `sips:` or `tel:` URI.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Uri<'a> {
    /// `sip`, `sips`, `tel`, as written.
    pub scheme: &'a str,
    /// User part, or the number of a `tel:` URI.
    pub user: Option<&'a str>,
    /// Host without brackets; empty for `tel:`.
    pub host: &'a str,
    /// Port, where one is given.
    pub port: Option<u16>,
    /// URI parameters, from the first `;`.
    pub params: &'a str,
}

impl<'a> Uri<'a> {
    /// Reads a URI; `None` when it is not one.
    pub fn parse(text: &'a str) -> Option<Self> {
        let (scheme, rest) = text.trim().split_once(':')?;
        let named =
            !scheme.is_empty() && scheme.chars().all(|c| c.is_ascii_alphanumeric() || "+-.".contains(c));
        if !named || rest.is_empty() || rest.contains(|c: char| c.is_whitespace() || c.is_control()) {
            return None;
        }
        if !scheme.eq_ignore_ascii_case("sip") && !scheme.eq_ignore_ascii_case("sips") {
            let end = rest.find(';').unwrap_or(rest.len());
            let user = rest.get(..end).filter(|u| !u.is_empty())?;
            return Some(Self { scheme, user: Some(user), host: "", port: None, params: rest.get(end..)? });
        }
        let (user, hostpart) = match rest.rsplit_once('@') {
            Some((userinfo, host)) => (Some(userinfo.split(':').next().unwrap_or(userinfo)), host),
            None => (None, rest),
        };
        let hostpart = hostpart.split('?').next().unwrap_or(hostpart);
        let end = hostpart.find(';').unwrap_or(hostpart.len());
        let (host, port) = host_port(hostpart.get(..end)?)?;
        Some(Self { scheme, user, host, port, params: hostpart.get(end..)? })
    }

    /// The host where it is an IP address.
    pub fn ip(&self) -> Option<IpAddr> {
        self.host.parse().ok()
    }

    /// Whether the parameter `transport` says TCP.
    pub fn wants_tcp(&self) -> bool {
        param(self.params, "transport").is_some_and(|t| t.eq_ignore_ascii_case("tcp"))
    }
}

/// Splits `host:port`, `[v6]:port` or a bare host; brackets are removed.
pub fn host_port(text: &str) -> Option<(&str, Option<u16>)> {
    let text = text.trim();
    let (host, port) = match text.strip_prefix('[') {
        Some(rest) => {
            let (host, after) = rest.split_once(']')?;
            host.parse::<std::net::Ipv6Addr>().ok()?;
            (host, after.trim().strip_prefix(':'))
        }
        None => match text.split_once(':') {
            Some((host, port)) => (host.trim(), Some(port)),
            None => (text, None),
        },
    };
    let port = match port {
        Some(port) => Some(port.trim().parse().ok()?),
        None => None,
    };
    let sound = !host.is_empty() && host.chars().all(|c| c.is_ascii_alphanumeric() || "-._:%".contains(c));
    sound.then_some((host, port))
}

/// A Via value (RFC 3261 §20.42).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Via<'a> {
    /// `UDP`, `TCP`, as written.
    pub transport: &'a str,
    /// Host of sent-by, without brackets.
    pub host: &'a str,
    /// Port of sent-by.
    pub port: Option<u16>,
    /// Parameters, from the first `;`.
    pub params: &'a str,
}

impl<'a> Via<'a> {
    /// Reads `SIP/2.0/UDP host:port;params`, with the white space the RFC allows.
    pub fn parse(value: &'a str) -> Option<Self> {
        let mut protocol = value.trim().splitn(3, '/');
        let (name, version, rest) = (protocol.next()?, protocol.next()?, protocol.next()?);
        if !name.trim().eq_ignore_ascii_case("SIP") || version.trim() != "2.0" {
            return None;
        }
        let (transport, rest) = rest.trim_start().split_once(|c: char| c.is_whitespace())?;
        let end = rest.find(';').unwrap_or(rest.len());
        let (host, port) = host_port(rest.get(..end)?)?;
        Some(Self { transport, host, port, params: rest.get(end..)? })
    }

    /// The branch, empty where there is none.
    pub fn branch(&self) -> &'a str {
        param(self.params, "branch").unwrap_or_default()
    }
}

/// A CSeq value: the number (below 2³¹) and the method.
pub fn cseq(value: &str) -> Option<(u32, &str)> {
    let mut parts = value.split_whitespace();
    let (number, method) = (parts.next()?, parts.next()?);
    let number: u32 = number.parse().ok().filter(|n| *n < 1 << 31)?;
    parts.next().is_none().then_some((number, method))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_keep_brackets_and_semicolons_inside_quotes() {
        let a =
            NameAddr::parse(r#""Ana <\"x\">; S.A." <sip:ana.garcia@example.es;user=phone>;tag=ab"#).unwrap();
        assert_eq!(a.uri, "sip:ana.garcia@example.es;user=phone");
        assert_eq!(a.tag(), Some("ab"));
        assert_eq!(NameAddr::parse("sip:a@b;tag=1").unwrap().tag(), Some("1"));
        assert!(NameAddr::parse("<>").is_none() && NameAddr::parse("Ana <sip:a").is_none());
    }

    #[test]
    fn uris_of_each_scheme_are_read() {
        let u = Uri::parse("sip:ana.garcia:clave@[2001:db8::1]:5070;transport=TCP?x=y").unwrap();
        assert_eq!(
            (u.user, u.host, u.port, u.wants_tcp()),
            (Some("ana.garcia"), "2001:db8::1", Some(5070), true)
        );
        assert_eq!(Uri::parse("tel:+34600000000;phone-context=x").unwrap().user, Some("+34600000000"));
        for bad in ["", "sip:", "sip:@", "sip:a@b:99999", "sip:a b@c", "://x"] {
            assert!(Uri::parse(bad).is_none(), "{bad}");
        }
    }

    #[test]
    fn via_may_be_spaced_out() {
        let v = Via::parse("SIP / 2.0 / UDP  first.example.com: 4000;ttl=16 ;branch=z9hG4bKa7c6a8dlze.1")
            .unwrap();
        assert_eq!((v.host, v.port, v.branch()), ("first.example.com", Some(4000), "z9hG4bKa7c6a8dlze.1"));
        assert_eq!(cseq("4711 INVITE"), Some((4711, "INVITE")));
        assert!(cseq("2147483648 INVITE").is_none() && cseq("1").is_none());
    }
}
