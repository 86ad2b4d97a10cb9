//! Key presses in SIP INFO bodies: application/dtmf-relay and application/dtmf.
#![deny(clippy::indexing_slicing)]

use super::{Digit, Source, code_of, key_of};

/// Said when the body does not say how long.
const DEFAULT_MS: u32 = 160;

/// Reads the key press from an INFO body; none if the content type or the body is another.
///
/// `application/dtmf-relay`: `Signal=5` and `Duration=160` on lines of their own, spaces allowed;
/// 10 to 15 stand for *, # and A to D. `application/dtmf`: the key alone.
#[must_use]
pub fn parse_info(content_type: &str, body: &str) -> Option<Digit> {
    let media = content_type.split(';').next().unwrap_or("").trim();
    if media.eq_ignore_ascii_case("application/dtmf-relay") {
        let key = key(field(body, "Signal")?)?;
        let duration_ms = field(body, "Duration").and_then(|d| d.parse().ok()).unwrap_or(DEFAULT_MS);
        Some(Digit { key, duration_ms: duration_ms.clamp(1, 60_000), source: Source::Info })
    } else if media.eq_ignore_ascii_case("application/dtmf") {
        let alone = body.trim();
        let key = key(field(alone, "Signal").unwrap_or(alone))?;
        Some(Digit { key, duration_ms: DEFAULT_MS, source: Source::Info })
    } else {
        None
    }
}

fn field<'a>(body: &'a str, name: &str) -> Option<&'a str> {
    body.lines().find_map(|line| {
        let (n, v) = line.split_once('=')?;
        n.trim().eq_ignore_ascii_case(name).then_some(v.trim())
    })
}

fn key(said: &str) -> Option<char> {
    let mut chars = said.chars();
    match (chars.next(), chars.next()) {
        (Some(c), None) => code_of(c).and_then(key_of),
        _ => said.parse().ok().filter(|code| (10..=15).contains(code)).and_then(key_of),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bodies_seen_in_the_field() {
        let key = |t, b| parse_info(t, b).map(|d| (d.key, d.duration_ms));
        assert_eq!(key("application/dtmf-relay", "Signal=5\r\nDuration=160"), Some(('5', 160)));
        assert_eq!(key("Application/DTMF-Relay; x=y", "signal= * \r\nduration = 250\r\n"), Some(('*', 250)));
        assert_eq!(key("application/dtmf-relay", "Signal=11\nDuration=x"), Some(('#', 160)));
        assert_eq!(key("application/dtmf", "7\r\n"), Some(('7', 160)));
        assert_eq!(key("application/dtmf", "Signal=d"), Some(('D', 160)));
        for (t, b) in [
            ("text/plain", "5"),
            ("application/dtmf", "55"),
            ("application/dtmf-relay", "Duration=1"),
            ("", ""),
        ] {
            assert_eq!(key(t, b), None, "{t} {b}");
        }
    }
}
