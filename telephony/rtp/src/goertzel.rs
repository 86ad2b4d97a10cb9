//! The Goertzel algorithm: the power at a few chosen frequencies, cheaper than a transform.

/// Power of one frequency over a block.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Goertzel {
    coefficient: f32,
}

impl Goertzel {
    pub(crate) fn new(hz: f32) -> Self {
        Self { coefficient: 2.0 * (std::f32::consts::TAU * hz / crate::SAMPLE_RATE as f32).cos() }
    }

    /// Share of the block's energy that lies in this frequency, times `energy`: for a pure tone over many
    /// periods it equals the energy of the block.
    pub(crate) fn energy(&self, block: &[f32]) -> f32 {
        let (mut s1, mut s2) = (0.0_f32, 0.0_f32);
        for x in block {
            let s0 = x + self.coefficient * s1 - s2;
            (s2, s1) = (s1, s0);
        }
        (s1 * s1 + s2 * s2 - self.coefficient * s1 * s2) * 2.0 / block.len() as f32
    }
}

/// Several frequencies over one block, interleaved so that they run in parallel.
pub(crate) fn bank<const N: usize>(filters: &[Goertzel; N], block: &[f32]) -> [f32; N] {
    let (mut s1, mut s2) = ([0.0_f32; N], [0.0_f32; N]);
    for x in block {
        for k in 0..N {
            let s0 = x + filters[k].coefficient * s1[k] - s2[k];
            s2[k] = s1[k];
            s1[k] = s0;
        }
    }
    std::array::from_fn(|k| {
        (s1[k] * s1[k] + s2[k] * s2[k] - filters[k].coefficient * s1[k] * s2[k]) * 2.0 / block.len() as f32
    })
}
