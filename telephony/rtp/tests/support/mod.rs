//! What the tests of this room share: a seeded random source, a voice, a far end.
#![allow(dead_code, missing_docs, clippy::unwrap_used)]

use rtp::Packet;

/// SplitMix64.
pub struct Random(pub u64);

impl Random {
    pub fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    /// 0 ≤ x < 1.
    pub fn unit(&mut self) -> f64 {
        (self.next() >> 11) as f64 / (1_u64 << 53) as f64
    }

    pub fn below(&mut self, n: u64) -> u64 {
        self.next() % n
    }

    pub fn chance(&mut self, p: f64) -> bool {
        self.unit() < p
    }

    pub fn between(&mut self, a: f64, b: f64) -> f64 {
        a + (b - a) * self.unit()
    }
}

/// A synthetic voice: glottal pulses of a wandering pitch, or noise, through three wandering formants, in syllables
/// with pauses. Not speech, but with speech's spectrum, periodicity and rhythm.
pub struct Voice {
    random: Random,
    phase: f64,
    pitch: f64,
    voiced: bool,
    formants: [(f64, f64); 3],
    state: [[f64; 2]; 3],
    left: u32,
    length: u32,
    gain: f64,
}

impl Voice {
    pub fn new(seed: u64) -> Self {
        Self {
            random: Random(seed),
            phase: 0.0,
            pitch: 120.0,
            voiced: true,
            formants: [(500.0, 80.0), (1_500.0, 100.0), (2_500.0, 140.0)],
            state: [[0.0; 2]; 3],
            left: 0,
            length: 1,
            gain: 0.0,
        }
    }

    fn syllable(&mut self) {
        let r = &mut self.random;
        self.length = r.between(700.0, 2_200.0) as u32;
        self.left = self.length;
        self.gain = if r.chance(0.15) { 0.0 } else { r.between(0.3, 1.0) };
        self.voiced = r.chance(0.8);
        self.pitch = r.between(85.0, 280.0);
        self.formants = [
            (r.between(250.0, 900.0), 80.0),
            (r.between(900.0, 2_400.0), 110.0),
            (r.between(2_300.0, 3_300.0), 160.0),
        ];
    }

    pub fn sample(&mut self) -> i16 {
        if self.left == 0 {
            self.syllable();
        }
        let x = f64::from(self.length - self.left) / f64::from(self.length);
        self.left -= 1;
        let envelope = self.gain * (std::f64::consts::PI * x).sin();
        let pitch = self.pitch * (1.08 - 0.16 * x);
        self.phase += pitch / 8_000.0;
        let pulse = self.phase >= 1.0;
        if pulse {
            self.phase -= 1.0;
        }
        let mut v = match (self.voiced, pulse) {
            (true, true) => 1.0,
            (true, false) => -pitch / 8_000.0,
            (false, _) => self.random.between(-0.12, 0.12),
        };
        for ((hz, width), s) in self.formants.iter().zip(&mut self.state) {
            let r = (-std::f64::consts::PI * width / 8_000.0).exp();
            let y = v + 2.0 * r * (std::f64::consts::TAU * hz / 8_000.0).cos() * s[0] - r * r * s[1];
            *s = [y, s[0]];
            v = y;
        }
        (v * envelope * 700.0).clamp(-30_000.0, 30_000.0) as i16
    }

    pub fn samples(&mut self, n: usize) -> Vec<i16> {
        (0..n).map(|_| self.sample()).collect()
    }
}

/// An RTP datagram.
pub fn datagram(packet: &Packet<'_>) -> Vec<u8> {
    let mut bytes = vec![0; 12 + packet.payload.len()];
    let n = packet.write(&mut bytes).unwrap();
    bytes.truncate(n);
    bytes
}
