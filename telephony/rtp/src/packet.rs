//! RTP packets (RFC 3550 §5.1), laid out by `rtp-rs`: borrowed when read, written into the caller's buffer.
#![deny(clippy::indexing_slicing)]

use crate::Error;
use rtp_rs::{RtpPacketBuilder, RtpReader, Seq};

/// One RTP packet; extension and padding are already stepped over.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Packet<'a> {
    /// First packet of a talkspurt or of an event.
    pub marker: bool,
    /// 0..=127.
    pub payload_type: u8,
    /// Counts packets, wraps.
    pub sequence: u16,
    /// Counts samples of an 8 kHz clock, wraps.
    pub timestamp: u32,
    /// Whose stream it is.
    pub ssrc: u32,
    /// The codec's bytes.
    pub payload: &'a [u8],
}

impl<'a> Packet<'a> {
    /// Reads a datagram.
    ///
    /// # Errors
    /// [`Error::NotRtp`] if version, header, extension or padding are not what RFC 3550 says.
    pub fn parse(bytes: &'a [u8]) -> Result<Self, Error> {
        let r = RtpReader::new(bytes).map_err(|_| Error::NotRtp(bytes.len()))?;
        Ok(Self {
            marker: r.mark(),
            payload_type: r.payload_type(),
            sequence: r.sequence_number().into(),
            timestamp: r.timestamp(),
            ssrc: r.ssrc(),
            payload: r.payload(),
        })
    }

    /// Writes the packet into `into`, returning its length.
    ///
    /// # Errors
    /// [`Error::BufferTooSmall`].
    pub fn write(&self, into: &mut [u8]) -> Result<usize, Error> {
        let given = into.len();
        let needed = 12 + self.payload.len();
        RtpPacketBuilder::new()
            .marked(self.marker)
            .payload_type(self.payload_type & 0x7f)
            .sequence(Seq::from(self.sequence))
            .timestamp(self.timestamp)
            .ssrc(self.ssrc)
            .payload(self.payload)
            .build_into(into)
            .map_err(|_| Error::BufferTooSmall { needed, given })
    }
}

/// Whether a datagram on a shared port is RTCP rather than RTP (RFC 5761 §4).
#[must_use]
pub fn is_rtcp(bytes: &[u8]) -> bool {
    matches!(bytes.get(1), Some(192..=223)) && bytes.first().is_some_and(|b| b >> 6 == 2)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_written_is_read_back() {
        let p = Packet {
            marker: true,
            payload_type: 8,
            sequence: 65535,
            timestamp: 7,
            ssrc: 9,
            payload: &[1, 2, 3],
        };
        let mut b = [0; 64];
        let n = p.write(&mut b).unwrap();
        assert_eq!(n, 15);
        assert_eq!(Packet::parse(&b[..n]).unwrap(), p);
        assert!(matches!(p.write(&mut [0; 14]), Err(Error::BufferTooSmall { needed: 15, given: 14 })));
    }

    #[test]
    fn extension_and_padding_are_stepped_over() {
        let bytes =
            [0xb1, 0, 0, 1, 0, 0, 0, 2, 0, 0, 0, 3, 9, 9, 9, 9, 0xbe, 0xde, 0, 1, 1, 2, 3, 4, 42, 0, 2];
        assert_eq!(Packet::parse(&bytes).unwrap().payload, &[42]);
        for cut in 0..bytes.len() - 2 {
            let _ = Packet::parse(&bytes[..cut]); // never panics
        }
    }
}
