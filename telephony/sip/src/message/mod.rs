//! SIP messages as they are on the wire.
//!
//! Header fields and methods are rsip's; around them stand our own head/body
//! split, unfolding, compact names, limits and a serialiser that keeps bodies
//! byte for byte and always states Content-Length.
mod frame;
pub mod lex;
mod parse;

pub use frame::{Frame, FrameError, Framer};
pub use parse::{Limits, Malformed, parse};

use rsip::Header;
use std::fmt;

/// A request method; one that rsip does not know is kept as text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Method {
    /// A method of a published RFC.
    Known(rsip::Method),
    /// Any other token.
    Other(String),
}

impl Method {
    /// Reads a method; names are case-sensitive (RFC 3261 §7.1).
    pub fn new(token: &str) -> Self {
        match token.parse::<rsip::Method>() {
            Ok(known) if known.to_string() == token => Self::Known(known),
            _ => Self::Other(token.to_owned()),
        }
    }
}

impl PartialEq<rsip::Method> for Method {
    fn eq(&self, other: &rsip::Method) -> bool {
        matches!(self, Self::Known(m) if m == other)
    }
}

impl fmt::Display for Method {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Known(m) => m.fmt(f),
            Self::Other(t) => f.write_str(t),
        }
    }
}

/// The name and the value of a header, without copying.
macro_rules! name_value {
    ($header:expr, $($variant:ident => $name:literal),* $(,)?) => {
        match $header {
            $(Header::$variant(h) => ($name, rsip::headers::UntypedHeader::value(h)),)*
            Header::Other(name, value) => (name.as_str(), value.as_str()),
        }
    };
}

fn name_value(header: &Header) -> (&str, &str) {
    name_value!(header,
        Accept => "Accept", AcceptEncoding => "Accept-Encoding", AcceptLanguage => "Accept-Language",
        AlertInfo => "Alert-Info", Allow => "Allow", AuthenticationInfo => "Authentication-Info",
        Authorization => "Authorization", CSeq => "CSeq", CallId => "Call-ID", CallInfo => "Call-Info",
        Contact => "Contact", ContentDisposition => "Content-Disposition",
        ContentEncoding => "Content-Encoding", ContentLanguage => "Content-Language",
        ContentLength => "Content-Length", ContentType => "Content-Type", Date => "Date",
        ErrorInfo => "Error-Info", Event => "Event", Expires => "Expires", From => "From",
        InReplyTo => "In-Reply-To", MaxForwards => "Max-Forwards", MimeVersion => "MIME-Version",
        MinExpires => "Min-Expires", Organization => "Organization", Priority => "Priority",
        ProxyAuthenticate => "Proxy-Authenticate", ProxyAuthorization => "Proxy-Authorization",
        ProxyRequire => "Proxy-Require", RecordRoute => "Record-Route", ReplyTo => "Reply-To",
        Require => "Require", RetryAfter => "Retry-After", Route => "Route", Server => "Server",
        Subject => "Subject", SubscriptionState => "Subscription-State", Supported => "Supported",
        Timestamp => "Timestamp", To => "To", Unsupported => "Unsupported", UserAgent => "User-Agent",
        Via => "Via", Warning => "Warning", WwwAuthenticate => "WWW-Authenticate",
    )
}

/// The header fields of a message in their order.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Headers(Vec<Header>);

impl Headers {
    /// The first value of `name` (case-insensitive).
    pub fn get(&self, name: &str) -> Option<&str> {
        self.iter().find(|(n, _)| n.eq_ignore_ascii_case(name)).map(|(_, v)| v)
    }

    /// Every value of `name`, one for each header line.
    pub fn all<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a str> {
        self.iter().filter(move |(n, _)| n.eq_ignore_ascii_case(name)).map(|(_, v)| v)
    }

    /// Every element of the comma-separated lists in all `name` headers.
    pub fn tokens<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a str> {
        self.all(name).flat_map(|v| lex::split_outside(v, ',')).map(str::trim).filter(|t| !t.is_empty())
    }

    /// All headers as (name, value).
    pub fn iter(&self) -> impl Iterator<Item = (&str, &str)> {
        self.0.iter().map(name_value)
    }

    /// Appends a header. Control characters in the value become spaces, so that
    /// no value can start a new line.
    pub fn push(&mut self, name: &str, value: &str) {
        let clean: String;
        let value = if value.contains(|c: char| c.is_control()) {
            clean = value.chars().map(|c| if c.is_control() { ' ' } else { c }).collect();
            clean.as_str()
        } else {
            value
        };
        let token = rsip::headers::header::Tokenizer { name: name.as_bytes(), value: value.as_bytes() };
        let header = Header::try_from_token(token);
        self.0.push(header.unwrap_or_else(|| Header::Other(name.to_owned(), value.to_owned())));
    }

    /// Puts `value` in the place of the first `name`, or appends it.
    pub fn set(&mut self, name: &str, value: &str) {
        let mut one = Headers::default();
        one.push(name, value);
        let Some(header) = one.0.pop() else { return };
        match self.0.iter_mut().find(|h| name_value(h).0.eq_ignore_ascii_case(name)) {
            Some(place) => *place = header,
            None => self.0.push(header),
        }
    }

    /// Removes every `name`.
    pub fn remove(&mut self, name: &str) {
        self.0.retain(|h| !name_value(h).0.eq_ignore_ascii_case(name));
    }

    /// Number of headers.
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

trait FromToken: Sized {
    fn try_from_token(token: rsip::headers::header::Tokenizer<'_>) -> Option<Self>;
}

impl FromToken for Header {
    fn try_from_token(token: rsip::headers::header::Tokenizer<'_>) -> Option<Self> {
        token.try_into().ok()
    }
}

/// Why a request must be refused although it can be answered.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Problem {
    /// Not SIP/2.0: 505.
    Version,
    /// Broken syntax: 400 with this phrase.
    Syntax(&'static str),
    /// Larger than allowed: 513.
    TooLarge,
}

/// A request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Request {
    /// The method.
    pub method: Method,
    /// The Request-URI as written.
    pub uri: String,
    /// The headers; lists of Via, Route and Record-Route are one value each.
    pub headers: Headers,
    /// The body, as many bytes as Content-Length said.
    pub body: Vec<u8>,
    /// What the parser found wrong, if anything.
    pub problem: Option<Problem>,
}

/// A response.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Response {
    /// 100 to 699.
    pub status: u16,
    /// The reason phrase.
    pub reason: String,
    /// The headers.
    pub headers: Headers,
    /// The body.
    pub body: Vec<u8>,
}

/// A request or a response.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Message {
    /// A request.
    Request(Request),
    /// A response.
    Response(Response),
}

fn write_rest(out: &mut Vec<u8>, headers: &Headers, body: &[u8]) {
    for (name, value) in headers.iter().filter(|(n, _)| !n.eq_ignore_ascii_case("Content-Length")) {
        for part in [name.as_bytes(), b": ", value.as_bytes(), b"\r\n"] {
            out.extend_from_slice(part);
        }
    }
    out.extend_from_slice(format!("Content-Length: {}\r\n\r\n", body.len()).as_bytes());
    out.extend_from_slice(body);
}

impl Request {
    /// The bytes for the wire.
    pub fn to_bytes(&self) -> Vec<u8> {
        let mut out = Vec::with_capacity(768 + self.body.len());
        out.extend_from_slice(format!("{} {} SIP/2.0\r\n", self.method, self.uri).as_bytes());
        write_rest(&mut out, &self.headers, &self.body);
        out
    }
}

impl Response {
    /// The bytes for the wire.
    pub fn to_bytes(&self) -> Vec<u8> {
        let mut out = Vec::with_capacity(768 + self.body.len());
        out.extend_from_slice(format!("SIP/2.0 {} {}\r\n", self.status, self.reason).as_bytes());
        write_rest(&mut out, &self.headers, &self.body);
        out
    }
}

impl Message {
    /// The headers of either kind.
    pub fn headers(&self) -> &Headers {
        match self {
            Self::Request(r) => &r.headers,
            Self::Response(r) => &r.headers,
        }
    }

    /// The bytes for the wire.
    pub fn to_bytes(&self) -> Vec<u8> {
        match self {
            Self::Request(r) => r.to_bytes(),
            Self::Response(r) => r.to_bytes(),
        }
    }
}

/// The session description in a body: the body itself when its type is
/// `application/sdp` (or none is given), or that part of a `multipart/mixed`
/// (RFC 5621). `Err` names the media type that is not understood.
pub fn session_description(headers: &Headers, body: &[u8]) -> Result<Option<String>, String> {
    if body.is_empty() {
        return Ok(None);
    }
    let full = headers.get("Content-Type").unwrap_or("application/sdp");
    let kind = full.split(';').next().unwrap_or(full).trim();
    if kind.eq_ignore_ascii_case("application/sdp") {
        return Ok(Some(String::from_utf8_lossy(body).into_owned()));
    }
    let params = full.get(kind.len()..).unwrap_or_default();
    match lex::param(params, "boundary") {
        Some(boundary) if kind.to_ascii_lowercase().starts_with("multipart/") => {
            sdp_part(&String::from_utf8_lossy(body), boundary).map(Some).ok_or_else(|| full.to_owned())
        }
        _ => Err(full.to_owned()),
    }
}

fn sdp_part(body: &str, boundary: &str) -> Option<String> {
    let fence = format!("--{boundary}");
    body.split(fence.as_str()).skip(1).find_map(|part| {
        let (head, content) = part.split_once("\r\n\r\n")?;
        let described = head.lines().any(|line| {
            line.split_once(':').is_some_and(|(name, value)| {
                name.trim().eq_ignore_ascii_case("Content-Type")
                    && value.trim().to_ascii_lowercase().starts_with("application/sdp")
            })
        });
        described.then(|| content.strip_suffix("\r\n").unwrap_or(content).to_owned())
    })
}

/// The usual phrase of a status (RFC 3261 §21 and the later registry).
pub fn reason_phrase(status: u16) -> &'static str {
    match status {
        100 => "Trying",
        180 => "Ringing",
        181 => "Call Is Being Forwarded",
        182 => "Queued",
        183 => "Session Progress",
        200 => "OK",
        202 => "Accepted",
        400 => "Bad Request",
        401 => "Unauthorized",
        403 => "Forbidden",
        404 => "Not Found",
        405 => "Method Not Allowed",
        406 => "Not Acceptable",
        407 => "Proxy Authentication Required",
        408 => "Request Timeout",
        410 => "Gone",
        413 => "Request Entity Too Large",
        415 => "Unsupported Media Type",
        416 => "Unsupported URI Scheme",
        420 => "Bad Extension",
        422 => "Session Interval Too Small",
        480 => "Temporarily Unavailable",
        481 => "Call/Transaction Does Not Exist",
        482 => "Loop Detected",
        484 => "Address Incomplete",
        486 => "Busy Here",
        487 => "Request Terminated",
        488 => "Not Acceptable Here",
        491 => "Request Pending",
        500 => "Server Internal Error",
        501 => "Not Implemented",
        503 => "Service Unavailable",
        505 => "Version Not Supported",
        513 => "Message Too Large",
        600 => "Busy Everywhere",
        603 => "Decline",
        604 => "Does Not Exist Anywhere",
        606 => "Not Acceptable",
        s if s < 200 => "Progress",
        s if s < 300 => "OK",
        s if s < 400 => "Redirection",
        s if s < 500 => "Request Failure",
        s if s < 600 => "Server Failure",
        _ => "Global Failure",
    }
}
