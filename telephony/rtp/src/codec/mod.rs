//! Codecs: G.711 µ-law and A-law, G.722. Outside, bytes; inside, 8 kHz PCM.
//!
//! All three carry one byte for each 8 kHz sample, so a payload's length is its duration in samples.

mod g711;
mod g722;
mod halfband;

use crate::MAX_PAYLOAD;

/// How audio is written in RTP payloads.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Codec {
    /// G.711 µ-law, payload type 0.
    Pcmu,
    /// G.711 A-law, payload type 8: what Spain's networks speak.
    Pcma,
    /// G.722 at 64 kbit/s, payload type 9; its RTP clock is 8 kHz although it samples at 16 kHz.
    G722,
}

impl Codec {
    /// The static payload type (RFC 3551 table 4).
    #[must_use]
    pub const fn payload_type(self) -> u8 {
        match self {
            Self::Pcmu => 0,
            Self::Pcma => 8,
            Self::G722 => 9,
        }
    }

    /// The codec of a static payload type.
    #[must_use]
    pub const fn of_payload_type(payload_type: u8) -> Option<Self> {
        match payload_type {
            0 => Some(Self::Pcmu),
            8 => Some(Self::Pcma),
            9 => Some(Self::G722),
            _ => None,
        }
    }

    /// The name in SDP's rtpmap.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Pcmu => "PCMU",
            Self::Pcma => "PCMA",
            Self::G722 => "G722",
        }
    }
}

/// Turns payloads into PCM; keeps the state that G.722 needs between payloads.
pub struct Decoder {
    g722: g722::Decoder,
}

impl Default for Decoder {
    fn default() -> Self {
        Self::new()
    }
}

impl Decoder {
    /// A decoder for any of the codecs.
    #[must_use]
    pub fn new() -> Self {
        Self { g722: g722::Decoder::new() }
    }

    /// Decodes a payload into `out`: one 8 kHz sample a byte. Returns the samples written,
    /// the smaller of both lengths and [`MAX_PAYLOAD`].
    pub fn decode(&mut self, codec: Codec, payload: &[u8], out: &mut [i16]) -> usize {
        let n = payload.len().min(out.len()).min(MAX_PAYLOAD);
        let (payload, out) = (payload.get(..n).unwrap_or(&[]), out.get_mut(..n).unwrap_or(&mut []));
        match codec {
            Codec::Pcmu => payload.iter().zip(out).for_each(|(b, s)| *s = g711::ulaw_to_pcm(*b)),
            Codec::Pcma => payload.iter().zip(out).for_each(|(b, s)| *s = g711::alaw_to_pcm(*b)),
            Codec::G722 => self.g722.decode(payload, out),
        }
        n
    }
}

/// Turns PCM into payloads.
pub struct Encoder {
    codec: Codec,
    g722: g722::Encoder,
}

impl Encoder {
    /// An encoder for one codec.
    #[must_use]
    pub fn new(codec: Codec) -> Self {
        Self { codec, g722: g722::Encoder::new() }
    }

    /// The codec it writes.
    #[must_use]
    pub fn codec(&self) -> Codec {
        self.codec
    }

    /// Encodes 8 kHz samples, one byte each. Returns the bytes written: the smaller of both lengths
    /// and [`MAX_PAYLOAD`].
    pub fn encode(&mut self, pcm: &[i16], out: &mut [u8]) -> usize {
        let n = pcm.len().min(out.len()).min(MAX_PAYLOAD);
        let (pcm, out) = (pcm.get(..n).unwrap_or(&[]), out.get_mut(..n).unwrap_or(&mut []));
        match self.codec {
            Codec::Pcmu => pcm.iter().zip(out).for_each(|(s, b)| *b = g711::pcm_to_ulaw(*s)),
            Codec::Pcma => pcm.iter().zip(out).for_each(|(s, b)| *b = g711::pcm_to_alaw(*s)),
            Codec::G722 => self.g722.encode(pcm, out),
        }
        n
    }
}
