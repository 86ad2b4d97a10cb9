//! Writing compound packets.
#![deny(clippy::indexing_slicing)]

use super::{ReportBlock, SenderInfo};
use crate::Error;

/// A compound packet to be written: a report, our name, and perhaps goodbye.
#[derive(Clone, Copy, Debug)]
pub struct Outgoing<'a> {
    /// Our source.
    pub ssrc: u32,
    /// Present if we have sent since the last report.
    pub sender: Option<SenderInfo>,
    /// Present if we have heard a source.
    pub report: Option<ReportBlock>,
    /// Our canonical name, at most 255 bytes.
    pub cname: &'a str,
    /// We leave.
    pub bye: bool,
}

/// Bytes of the longest compound packet with a name of 255 bytes.
const LONGEST: usize = 28 + 24 + 8 + 260 + 8;

struct Writer<'a> {
    into: &'a mut [u8],
    at: usize,
}

impl Writer<'_> {
    fn put(&mut self, bytes: &[u8]) -> Option<()> {
        self.into.get_mut(self.at..self.at + bytes.len())?.copy_from_slice(bytes);
        self.at += bytes.len();
        Some(())
    }

    fn word(&mut self, word: u32) -> Option<()> {
        self.put(&word.to_be_bytes())
    }

    /// `words`: length of the packet less one, in 32-bit words.
    fn header(&mut self, count: u8, packet_type: u8, words: u16) -> Option<()> {
        let [high, low] = words.to_be_bytes();
        self.put(&[0x80 | count, packet_type, high, low])
    }
}

/// Writes the compound packet, returning its length.
///
/// # Errors
/// [`Error::BufferTooSmall`].
pub fn build(outgoing: &Outgoing<'_>, into: &mut [u8]) -> Result<usize, Error> {
    let given = into.len();
    let mut w = Writer { into, at: 0 };
    write(outgoing, &mut w).ok_or(Error::BufferTooSmall { needed: LONGEST, given })?;
    Ok(w.at)
}

fn write(o: &Outgoing<'_>, w: &mut Writer<'_>) -> Option<()> {
    let count = u8::from(o.report.is_some());
    let block_words = u16::from(count) * 6;
    match o.sender {
        Some(s) => {
            w.header(count, 200, 6 + block_words)?;
            w.word(o.ssrc)?;
            w.put(&s.ntp.to_be_bytes())?;
            w.word(s.rtp_timestamp)?;
            w.word(s.packets)?;
            w.word(s.octets)?;
        }
        None => {
            w.header(count, 201, 1 + block_words)?;
            w.word(o.ssrc)?;
        }
    }
    if let Some(r) = o.report {
        w.word(r.ssrc)?;
        let lost = r.cumulative_lost.clamp(-0x80_0000, 0x7f_ffff) as u32 & 0xff_ffff;
        w.word(u32::from(r.fraction_lost) << 24 | lost)?;
        w.word(r.highest)?;
        w.word(r.jitter)?;
        w.word(r.last_report)?;
        w.word(r.delay_since)?;
    }
    let name = o.cname.as_bytes().get(..o.cname.len().min(255))?;
    let item = 2 + name.len();
    let padded = (item + 1).next_multiple_of(4); // at least one zero ends the list
    w.header(1, 202, 1 + (padded / 4) as u16)?;
    w.word(o.ssrc)?;
    w.put(&[1, name.len() as u8])?;
    w.put(name)?;
    w.put([0; 4].get(..padded - item)?)?;
    if o.bye {
        w.header(1, 203, 1)?;
        w.word(o.ssrc)?;
    }
    Some(())
}
