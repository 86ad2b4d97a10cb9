//! Reading compound packets: what is understood is yielded, what is not is stepped over, and reading stops
//! where the lengths no longer fit.
#![deny(clippy::indexing_slicing)]

use super::{ReportBlock, SenderInfo};
use crate::Error;

/// A compound packet.
#[derive(Clone, Copy, Debug)]
pub struct Compound<'a> {
    rest: &'a [u8],
}

/// One packet of a compound.
#[derive(Clone, Copy, Debug)]
pub enum Part<'a> {
    /// SR.
    SenderReport {
        /// Who reports.
        ssrc: u32,
        /// Of its own stream.
        info: SenderInfo,
        /// Of the streams that it hears.
        blocks: Blocks<'a>,
    },
    /// RR.
    ReceiverReport {
        /// Who reports.
        ssrc: u32,
        /// Of the streams that it hears.
        blocks: Blocks<'a>,
    },
    /// SDES: the canonical name of the first source described.
    Description {
        /// Who.
        ssrc: u32,
        /// CNAME; empty if there is none.
        cname: &'a [u8],
    },
    /// BYE.
    Goodbye {
        /// The first source that leaves.
        ssrc: u32,
    },
    /// Another packet type.
    Other(u8),
}

/// The report blocks of a report.
#[derive(Clone, Copy, Debug)]
pub struct Blocks<'a> {
    rest: &'a [u8],
    left: u8,
}

impl<'a> Compound<'a> {
    /// Reads a datagram. Also a single packet, or one that does not begin with a report, is taken (RFC 5506).
    ///
    /// # Errors
    /// [`Error::NotRtcp`] if it does not begin with an RTCP header whose length fits.
    pub fn parse(bytes: &'a [u8]) -> Result<Self, Error> {
        let Some([first, kind, high, low]) = bytes.first_chunk::<4>() else {
            return Err(Error::NotRtcp("shorter than a header"));
        };
        if first >> 6 != 2 {
            return Err(Error::NotRtcp("version is not 2"));
        }
        if !(192..=223).contains(kind) {
            return Err(Error::NotRtcp("packet type is not RTCP's"));
        }
        if bytes.len() < 4 + 4 * usize::from(u16::from_be_bytes([*high, *low])) {
            return Err(Error::NotRtcp("shorter than its length says"));
        }
        Ok(Self { rest: bytes })
    }
}

impl<'a> Iterator for Compound<'a> {
    type Item = Part<'a>;

    fn next(&mut self) -> Option<Part<'a>> {
        let ([first, kind, high, low], body) = self.rest.split_first_chunk::<4>()?;
        let len = 4 * usize::from(u16::from_be_bytes([*high, *low]));
        if first >> 6 != 2 || body.len() < len {
            self.rest = &[];
            return None;
        }
        let (body, rest) = body.split_at(len);
        self.rest = rest;
        Some(part(*kind, first & 31, body).unwrap_or(Part::Other(*kind)))
    }
}

fn part(kind: u8, count: u8, body: &[u8]) -> Option<Part<'_>> {
    let mut r = Reader(body);
    match kind {
        200 => {
            let ssrc = r.word()?;
            let ntp = u64::from(r.word()?) << 32 | u64::from(r.word()?);
            let info = SenderInfo { ntp, rtp_timestamp: r.word()?, packets: r.word()?, octets: r.word()? };
            Some(Part::SenderReport { ssrc, info, blocks: Blocks { rest: r.0, left: count } })
        }
        201 => {
            let ssrc = r.word()?;
            Some(Part::ReceiverReport { ssrc, blocks: Blocks { rest: r.0, left: count } })
        }
        202 if count > 0 => Some(Part::Description { ssrc: r.word()?, cname: cname(r.0).unwrap_or(&[]) }),
        203 if count > 0 => Some(Part::Goodbye { ssrc: r.word()? }),
        _ => None,
    }
}

fn cname(mut items: &[u8]) -> Option<&[u8]> {
    loop {
        let ([kind, len], rest) = items.split_first_chunk::<2>()?;
        let (value, rest) = rest.split_at_checked(usize::from(*len))?;
        match kind {
            0 => return None,
            1 => return Some(value),
            _ => items = rest,
        }
    }
}

impl Iterator for Blocks<'_> {
    type Item = ReportBlock;

    fn next(&mut self) -> Option<ReportBlock> {
        self.left = self.left.checked_sub(1)?;
        let mut r = Reader(self.rest);
        let ssrc = r.word()?;
        let loss = r.word()?;
        let block = ReportBlock {
            ssrc,
            fraction_lost: (loss >> 24) as u8,
            cumulative_lost: (loss << 8) as i32 >> 8,
            highest: r.word()?,
            jitter: r.word()?,
            last_report: r.word()?,
            delay_since: r.word()?,
        };
        self.rest = r.0;
        Some(block)
    }
}

struct Reader<'a>(&'a [u8]);

impl Reader<'_> {
    fn word(&mut self) -> Option<u32> {
        let (word, rest) = self.0.split_first_chunk::<4>()?;
        self.0 = rest;
        Some(u32::from_be_bytes(*word))
    }
}
