//! Messages out of a byte stream (RFC 3261 §18.3).
use super::parse::{Limits, head_end};

/// What a stream held.
#[derive(Debug, PartialEq, Eq)]
pub enum Frame {
    /// The bytes of one message.
    Message(Vec<u8>),
    /// A double CRLF: the peer wants a single one back (RFC 5626 §3.5.1).
    Ping,
}

/// The stream cannot be followed any further; close it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("TCP stream cannot be framed: {0}")]
pub struct FrameError(pub &'static str);

/// Cuts a stream into messages by Content-Length.
#[derive(Debug, Default)]
pub struct Framer {
    buffer: Vec<u8>,
}

impl Framer {
    /// Adds what was read.
    pub fn push(&mut self, bytes: &[u8]) {
        self.buffer.extend_from_slice(bytes);
    }

    /// The next whole frame, if one has arrived.
    pub fn next(&mut self, limits: &Limits) -> Result<Option<Frame>, FrameError> {
        if self.buffer.starts_with(b"\r\n\r\n") {
            self.buffer.drain(..4);
            return Ok(Some(Frame::Ping));
        }
        // A lone CR or CRLF may be the start of a ping still on its way.
        if matches!(self.buffer.as_slice(), [] | [b'\r'] | [b'\r', b'\n'] | [b'\r', b'\n', b'\r']) {
            return Ok(None);
        }
        let blank = self.buffer.iter().take_while(|b| matches!(b, b'\r' | b'\n')).count();
        self.buffer.drain(..blank);
        let Some((end, body_at)) = head_end(&self.buffer) else {
            let over = self.buffer.len() > limits.head;
            return if over { Err(FrameError("headers too large")) } else { Ok(None) };
        };
        if end > limits.head {
            return Err(FrameError("headers too large"));
        }
        let length = content_length(self.buffer.get(..end).unwrap_or_default())?;
        if length > limits.body {
            return Err(FrameError("body too large"));
        }
        if self.buffer.len() < body_at + length {
            return Ok(None);
        }
        let rest = self.buffer.split_off(body_at + length);
        Ok(Some(Frame::Message(std::mem::replace(&mut self.buffer, rest))))
    }
}

/// Content-Length of a head; 0 where it is missing, as a stream has no other end.
fn content_length(head: &[u8]) -> Result<usize, FrameError> {
    for line in head.split(|b| *b == b'\n') {
        let Some(colon) = line.iter().position(|b| *b == b':') else { continue };
        let (name, value) = line.split_at(colon);
        let name = name.trim_ascii();
        if name.eq_ignore_ascii_case(b"Content-Length") || name.eq_ignore_ascii_case(b"l") {
            let value = value.get(1..).unwrap_or_default().trim_ascii();
            let text = std::str::from_utf8(value).map_err(|_| FrameError("bad Content-Length"))?;
            return text.parse().map_err(|_| FrameError("bad Content-Length"));
        }
    }
    Ok(0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn messages_cut_at_any_byte_come_out_whole() {
        let one = b"OPTIONS sip:a@b SIP/2.0\r\nCSeq: 1 OPTIONS\r\nl: 4\r\n\r\nbody".to_vec();
        let stream = [b"\r\n\r\n".to_vec(), one.clone(), b"\r\n".to_vec(), one.clone()].concat();
        for step in 1..stream.len() {
            let (mut framer, mut got) = (Framer::default(), Vec::new());
            for part in stream.chunks(step) {
                framer.push(part);
                while let Some(frame) = framer.next(&Limits::default()).unwrap() {
                    got.push(frame);
                }
            }
            assert_eq!(
                got,
                [Frame::Ping, Frame::Message(one.clone()), Frame::Message(one.clone())],
                "{step}"
            );
        }
    }

    #[test]
    fn a_stream_that_never_ends_its_head_is_refused() {
        let mut framer = Framer::default();
        framer.push(&vec![b'a'; 20_000]);
        assert!(framer.next(&Limits::default()).is_err());
        let mut framer = Framer::default();
        framer.push(b"X\r\nContent-Length: -1\r\n\r\n");
        assert!(framer.next(&Limits::default()).is_err());
    }
}
