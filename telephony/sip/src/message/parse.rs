//! From bytes to a message: everything that can be read is read, and what is
//! wrong with a request is noted in it, so that it can be answered.
use super::{Headers, Message, Method, Problem, Request, Response, lex};

/// Sizes beyond which a message is refused.
#[derive(Debug, Clone, Copy)]
pub struct Limits {
    /// Start line and headers, bytes.
    pub head: usize,
    /// Body, bytes.
    pub body: usize,
    /// Number of headers.
    pub headers: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Self { head: 16 * 1024, body: 64 * 1024, headers: 128 }
    }
}

/// Not a SIP message, or a response that cannot be used: counted, not answered.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not a usable SIP message: {0}")]
pub struct Malformed(pub &'static str);

/// Where the head ends and the body starts: (end of head, start of body).
pub(super) fn head_end(bytes: &[u8]) -> Option<(usize, usize)> {
    let mut at = 0;
    while let Some(offset) = bytes.get(at..)?.iter().position(|b| *b == b'\n') {
        let after = at + offset + 1;
        match bytes.get(after..)? {
            [b'\r', b'\n', ..] => return Some((after, after + 2)),
            [b'\n', ..] => return Some((after, after + 1)),
            _ => at = after,
        }
    }
    None
}

/// The full name of a compact header (RFC 3261 §7.3.3 and the registry).
fn full_name(name: &str) -> &str {
    let [letter] = name.as_bytes() else { return name };
    match letter.to_ascii_lowercase() {
        b'i' => "Call-ID",
        b'm' => "Contact",
        b'e' => "Content-Encoding",
        b'l' => "Content-Length",
        b'c' => "Content-Type",
        b'f' => "From",
        b's' => "Subject",
        b'k' => "Supported",
        b't' => "To",
        b'v' => "Via",
        b'o' => "Event",
        b'r' => "Refer-To",
        b'b' => "Referred-By",
        b'x' => "Session-Expires",
        b'u' => "Allow-Events",
        b'a' => "Accept-Contact",
        b'j' => "Reject-Contact",
        b'd' => "Request-Disposition",
        b'y' => "Identity",
        _ => name,
    }
}

/// The logical lines of a head: folded lines (RFC 3261 §7.3.1) are joined.
fn unfold(head: &str) -> Vec<String> {
    let mut lines: Vec<String> = Vec::new();
    for raw in head.split('\n') {
        let line = raw.strip_suffix('\r').unwrap_or(raw);
        match lines.last_mut() {
            Some(last) if line.starts_with([' ', '\t']) && !last.is_empty() => {
                last.push(' ');
                last.push_str(line.trim_start());
            }
            _ => lines.push(line.to_owned()),
        }
    }
    lines
}

fn is_token(text: &str) -> bool {
    !text.is_empty() && text.chars().all(|c| c.is_ascii_alphanumeric() || "-.!%*_+`'~".contains(c))
}

/// Reads one message. Leading CRLFs (keep-alives) are skipped.
pub fn parse(bytes: &[u8], limits: &Limits) -> Result<Message, Malformed> {
    let start = bytes.iter().position(|b| !matches!(b, b'\r' | b'\n')).ok_or(Malformed("empty"))?;
    let bytes = bytes.get(start..).unwrap_or_default();
    let (end, body_at) = head_end(bytes).unwrap_or((bytes.len(), bytes.len()));
    let mut problem = (end == body_at).then_some(Problem::Syntax("No Empty Line After Headers"));
    if end > limits.head {
        problem = Some(Problem::TooLarge);
    }
    let head = String::from_utf8_lossy(bytes.get(..end.min(limits.head)).unwrap_or_default());
    let mut lines = unfold(&head).into_iter();
    let first = lines.next().unwrap_or_default();
    let (headers, wrong) = read_headers(lines, limits);
    problem = problem.or(wrong);
    let (body, wrong) = read_body(&headers, bytes.get(body_at..).unwrap_or_default(), limits);
    problem = problem.or(wrong);
    if first.get(..4).is_some_and(|p| p.eq_ignore_ascii_case("SIP/")) {
        return read_response(&first, headers, body, problem);
    }
    read_request(&first, headers, body, problem)
}

fn read_headers(lines: impl Iterator<Item = String>, limits: &Limits) -> (Headers, Option<Problem>) {
    let (mut headers, mut problem) = (Headers::default(), None);
    for line in lines.filter(|l| !l.is_empty()) {
        if headers.len() >= limits.headers {
            return (headers, Some(Problem::TooLarge));
        }
        let Some((name, value)) = line.split_once(':') else {
            problem = Some(Problem::Syntax("Header Without Colon"));
            continue;
        };
        let (name, value) = (full_name(name.trim_end()), value.trim());
        if !is_token(name) {
            problem = Some(Problem::Syntax("Bad Header Name"));
            continue;
        }
        let lists = ["Via", "Route", "Record-Route"];
        if lists.iter().any(|l| l.eq_ignore_ascii_case(name)) {
            for part in lex::split_outside(value, ',').into_iter().map(str::trim).filter(|p| !p.is_empty()) {
                headers.push(name, part);
            }
        } else {
            headers.push(name, value);
        }
    }
    for single in ["From", "To", "Call-ID", "CSeq", "Content-Length", "Max-Forwards"] {
        if headers.all(single).count() > 1 {
            problem = Some(Problem::Syntax("Header Given Twice"));
        }
    }
    (headers, problem)
}

/// RFC 3261 §18.3: bytes beyond Content-Length are dropped, missing ones are an error.
fn read_body(headers: &Headers, rest: &[u8], limits: &Limits) -> (Vec<u8>, Option<Problem>) {
    let length = match headers.get("Content-Length").map(str::parse::<usize>) {
        None => rest.len(),
        Some(Ok(length)) => length,
        Some(Err(_)) => return (Vec::new(), Some(Problem::Syntax("Bad Content-Length"))),
    };
    if length > limits.body {
        return (Vec::new(), Some(Problem::TooLarge));
    }
    match rest.get(..length) {
        Some(body) => (body.to_vec(), None),
        None => (Vec::new(), Some(Problem::Syntax("Body Shorter Than Content-Length"))),
    }
}

fn read_response(
    first: &str,
    headers: Headers,
    body: Vec<u8>,
    problem: Option<Problem>,
) -> Result<Message, Malformed> {
    if problem.is_some() {
        return Err(Malformed("response with broken headers or body"));
    }
    let mut parts = first.splitn(3, ' ');
    let (version, status) = (parts.next().unwrap_or_default(), parts.next().unwrap_or_default());
    let status = status.parse().ok().filter(|s| (100..700).contains(s)).ok_or(Malformed("bad status"))?;
    if !version.eq_ignore_ascii_case("SIP/2.0") {
        return Err(Malformed("response of another SIP version"));
    }
    let reason = parts.next().unwrap_or_default().trim().to_owned();
    Ok(Message::Response(Response { status, reason, headers, body }))
}

fn read_request(
    first: &str,
    headers: Headers,
    body: Vec<u8>,
    mut problem: Option<Problem>,
) -> Result<Message, Malformed> {
    let (method, rest) = first.split_once(' ').ok_or(Malformed("no request line"))?;
    let (uri, version) = rest.rsplit_once(' ').ok_or(Malformed("no request line"))?;
    if !is_token(method) || !version.get(..4).is_some_and(|p| p.eq_ignore_ascii_case("SIP/")) {
        return Err(Malformed("no request line"));
    }
    if !version.eq_ignore_ascii_case("SIP/2.0") {
        problem = Some(Problem::Version);
    }
    if lex::Uri::parse(uri).is_none() {
        problem = problem.or(Some(Problem::Syntax("Bad Request-URI")));
    }
    let method = Method::new(method);
    match headers.get("CSeq").map(lex::cseq) {
        Some(Some((_, named))) if named == method.to_string() => {}
        Some(Some(_)) => problem = problem.or(Some(Problem::Syntax("CSeq Names Another Method"))),
        _ => return Err(Malformed("request without a readable CSeq")),
    }
    Ok(Message::Request(Request { method, uri: uri.to_owned(), headers, body, problem }))
}
