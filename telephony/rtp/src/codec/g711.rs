//! G.711 by table: 256 entries to decode, one for each code of the linear input to encode
//! (14 bits for µ-law, 12 for A-law, as ITU-T G.711 quantises).

static ULAW_TO_PCM: [i16; 256] = ulaw_decode_table();
static ALAW_TO_PCM: [i16; 256] = alaw_decode_table();
static PCM_TO_ULAW: [u8; 16_384] = ulaw_encode_table();
static PCM_TO_ALAW: [u8; 4_096] = alaw_encode_table();

/// µ-law byte to 16-bit PCM.
#[inline]
pub(super) fn ulaw_to_pcm(byte: u8) -> i16 {
    ULAW_TO_PCM[byte as usize]
}

/// A-law byte to 16-bit PCM.
#[inline]
pub(super) fn alaw_to_pcm(byte: u8) -> i16 {
    ALAW_TO_PCM[byte as usize]
}

/// 16-bit PCM to µ-law byte.
#[inline]
pub(super) fn pcm_to_ulaw(sample: i16) -> u8 {
    PCM_TO_ULAW[(sample as u16 >> 2) as usize]
}

/// 16-bit PCM to A-law byte.
#[inline]
pub(super) fn pcm_to_alaw(sample: i16) -> u8 {
    PCM_TO_ALAW[(sample as u16 >> 4) as usize]
}

const fn ulaw_decode_table() -> [i16; 256] {
    let mut table = [0; 256];
    let mut i = 0;
    while i < 256 {
        let code = !(i as u8);
        let segment = (code >> 4 & 7) as i32;
        let step = (code & 15) as i32;
        let magnitude = (((step << 3) + 0x84) << segment) - 0x84;
        table[i] = if code & 0x80 != 0 { -magnitude } else { magnitude } as i16;
        i += 1;
    }
    table
}

const fn alaw_decode_table() -> [i16; 256] {
    let mut table = [0; 256];
    let mut i = 0;
    while i < 256 {
        let code = i as u8 ^ 0x55;
        let segment = (code >> 4 & 7) as u32;
        let step = ((code & 15) as i32) << 4;
        let magnitude = match segment {
            0 => step + 8,
            s => (step + 0x108) << (s - 1),
        };
        table[i] = if code & 0x80 != 0 { magnitude } else { -magnitude } as i16;
        i += 1;
    }
    table
}

const fn ulaw_encode_table() -> [u8; 16_384] {
    let mut table = [0; 16_384];
    let mut i = 0;
    while i < 16_384 {
        // The index is the sample's 14 high bits; below zero the one's complement is the magnitude.
        let negative = i >= 8_192;
        let magnitude = if negative { 16_383 - i } else { i };
        let biased = if magnitude + 33 > 8_191 { 8_191 } else { magnitude + 33 };
        let segment = (biased as u32).ilog2() - 5;
        let step = biased >> (segment + 1) & 15;
        let code = (segment as u8) << 4 | step as u8;
        table[i] = !(code | if negative { 0x80 } else { 0 });
        i += 1;
    }
    table
}

const fn alaw_encode_table() -> [u8; 4_096] {
    let mut table = [0; 4_096];
    let mut i = 0;
    while i < 4_096 {
        let negative = i >= 2_048;
        let magnitude = if negative { 4_095 - i } else { i };
        let code = if magnitude < 32 {
            magnitude as u8
        } else {
            let segment = (magnitude as u32).ilog2() - 3;
            (segment as u8) << 4 | (magnitude >> (segment - 1) & 15) as u8
        };
        table[i] = (code | if negative { 0 } else { 0x80 }) ^ 0x55;
        i += 1;
    }
    table
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The segment search of ITU-T G.191's reference description, written as loops.
    fn ulaw_reference(lin: i16) -> u8 {
        let absno = (if lin < 0 { (!(lin as i32)) >> 2 } else { (lin as i32) >> 2 } + 33).min(0x1fff);
        let (mut i, mut segno) = (absno >> 6, 1);
        while i != 0 {
            segno += 1;
            i >>= 1;
        }
        let code = (8 - segno) << 4 | (15 - (absno >> segno & 15));
        (if lin >= 0 { code | 0x80 } else { code }) as u8
    }

    fn alaw_reference(lin: i16) -> u8 {
        let mut ix = if lin < 0 { !lin >> 4 } else { lin >> 4 };
        if ix > 15 {
            let mut exponent = 1;
            while ix > 31 {
                ix >>= 1;
                exponent += 1;
            }
            ix = ix - 16 + (exponent << 4);
        }
        (if lin >= 0 { ix | 0x80 } else { ix } ^ 0x55) as u8
    }

    fn ulaw_expand_reference(log: u8) -> i16 {
        let sign = if log < 0x80 { -1 } else { 1 };
        let code = !(log as i32);
        let (exponent, mantissa) = (code >> 4 & 7, code & 15);
        let step = 4 << (exponent + 1);
        (sign * ((0x80 << exponent) + step * mantissa + step / 2 - 4 * 33)) as i16
    }

    fn alaw_expand_reference(log: u8) -> i16 {
        let ix = (log ^ 0x55) as i32 & 0x7f;
        let exponent = ix >> 4;
        let mut mantissa = (ix & 15) + if exponent > 0 { 16 } else { 0 };
        mantissa = (mantissa << 4) + 8;
        if exponent > 1 {
            mantissa <<= exponent - 1;
        }
        (if log > 127 { mantissa } else { -mantissa }) as i16
    }

    #[test]
    fn every_sample_and_every_byte_agree_with_the_reference() {
        for s in i16::MIN..=i16::MAX {
            assert_eq!(pcm_to_ulaw(s), ulaw_reference(s), "mu-law of {s}");
            assert_eq!(pcm_to_alaw(s), alaw_reference(s), "A-law of {s}");
        }
        for b in 0..=255 {
            assert_eq!(ulaw_to_pcm(b), ulaw_expand_reference(b), "mu-law byte {b}");
            assert_eq!(alaw_to_pcm(b), alaw_expand_reference(b), "A-law byte {b}");
            // A byte survives a round trip, but for µ-law's second zero.
            assert_eq!(pcm_to_alaw(alaw_to_pcm(b)), b);
            assert!(pcm_to_ulaw(ulaw_to_pcm(b)) == b || b == 0x7f);
        }
    }

    #[test]
    fn another_implementation_agrees() {
        use audio_codec::{Decoder as _, Encoder as _};
        let mut out = [0_i16; 1];
        for b in 0..=255_u8 {
            audio_codec::pcma::PcmaDecoder::new().decode_into(&[b], &mut out).unwrap();
            assert_eq!(out[0], alaw_to_pcm(b), "A-law {b}");
            audio_codec::pcmu::PcmuDecoder::new().decode_into(&[b], &mut out).unwrap();
            assert_eq!(out[0], ulaw_to_pcm(b), "mu-law {b}");
        }
        let mut byte = [0_u8; 1];
        let mut far = 0;
        for s in (i16::MIN..=i16::MAX).step_by(7) {
            audio_codec::pcma::PcmaEncoder::new().encode_into(&[s], &mut byte).unwrap();
            far += i32::from(
                (i32::from(alaw_to_pcm(byte[0])) - i32::from(alaw_to_pcm(pcm_to_alaw(s)))).abs() > 1024,
            );
        }
        assert_eq!(far, 0);
    }
}
