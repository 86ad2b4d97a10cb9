//! G.722 at 64 kbit/s by `audio-codec`, between 8 kHz PCM and its 16 kHz by a half-band filter.

use super::halfband::{Down, Up};
use crate::MAX_PAYLOAD;
use audio_codec::Encoder as _;
use audio_codec::g722::{G722Decoder, G722Encoder};

pub(super) struct Decoder {
    inner: G722Decoder,
    down: Down,
}

impl Decoder {
    pub(super) fn new() -> Self {
        Self { inner: G722Decoder::new(), down: Down::new() }
    }

    /// `payload` and `out` are of one length, at most [`MAX_PAYLOAD`].
    pub(super) fn decode(&mut self, payload: &[u8], out: &mut [i16]) {
        let mut wide = [0_i16; 2 * MAX_PAYLOAD];
        // Cannot fail: `wide` holds two samples for each byte.
        let n = self.inner.decode_frame_into(payload, &mut wide).unwrap_or(0);
        self.down.run(wide.get(..n).unwrap_or(&[]), out);
    }
}

pub(super) struct Encoder {
    inner: G722Encoder,
    up: Up,
}

impl Encoder {
    pub(super) fn new() -> Self {
        Self { inner: G722Encoder::new(), up: Up::new() }
    }

    /// `pcm` and `out` are of one length, at most [`MAX_PAYLOAD`].
    pub(super) fn encode(&mut self, pcm: &[i16], out: &mut [u8]) {
        let mut wide = [0_i16; 2 * MAX_PAYLOAD];
        let Some(wide) = wide.get_mut(..2 * pcm.len()) else { return };
        self.up.run(pcm, wide);
        // Cannot fail: `out` holds a byte for each two samples.
        let _ = self.inner.encode_into(wide, out);
    }
}

#[cfg(test)]
mod tests {
    use crate::codec::{Codec, Decoder, Encoder};

    #[test]
    fn signal_to_noise_of_a_round_trip() {
        let input: Vec<i16> = (0..16_000)
            .map(|i| {
                let t = f64::from(i) / 8_000.0 * std::f64::consts::TAU;
                (3_000.0 * (350.0 * t).sin() + 2_000.0 * (1_150.0 * t).sin() + 800.0 * (2_700.0 * t).sin())
                    as i16
            })
            .collect();
        let (mut enc, mut dec) = (Encoder::new(Codec::G722), Decoder::new());
        let mut out = vec![0; input.len()];
        for (i, o) in input.chunks(160).zip(out.chunks_mut(160)) {
            let mut bytes = [0; 160];
            assert_eq!(enc.encode(i, &mut bytes), 160);
            assert_eq!(dec.decode(Codec::G722, &bytes, o), 160);
        }
        let (lag, snr) = (0..64)
            .map(|lag| {
                let noise: f64 = (800..15_000).map(|i| f64::from(out[i + lag] - input[i]).powi(2)).sum();
                let signal: f64 = (800..15_000).map(|i| f64::from(input[i]).powi(2)).sum();
                (lag, 10.0 * (signal / noise.max(1.0)).log10())
            })
            .max_by(|a, b| a.1.total_cmp(&b.1))
            .unwrap();
        println!("G.722 round trip at 8 kHz: SNR {snr:.1} dB, delay {lag} samples");
        assert!(snr > 20.0, "{snr}");
    }
}
