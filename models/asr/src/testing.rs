//! Makes weight files with seeded random values, for tests of everything but accuracy.

use std::collections::HashMap;

use safetensors::Dtype;
use safetensors::tensor::TensorView;

use crate::features::BANDS;

/// A small deterministic generator (SplitMix64).
pub(crate) struct Random(pub u64);

impl Random {
    pub fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        z ^ (z >> 31)
    }

    /// Uniform in -1..1.
    pub fn unit(&mut self) -> f32 {
        (self.next() >> 40) as f32 / (1u64 << 23) as f32 - 1.0
    }

    pub fn below(&mut self, n: usize) -> usize {
        (self.next() % n as u64) as usize
    }

    /// Noise of `n` samples with the given peak.
    pub fn noise(&mut self, n: usize, peak: f32) -> Vec<i16> {
        (0..n).map(|_| (self.unit() * peak) as i16).collect()
    }
}

/// What a test network looks like.
pub(crate) struct Shape {
    pub channels: usize,
    pub hidden: usize,
    pub blocks: Vec<Vec<i32>>,
    pub stack: usize,
    pub outputs: usize,
}

impl Shape {
    pub fn recogniser(channels: usize, hidden: usize, blocks: Vec<Vec<i32>>) -> Self {
        Self { channels, hidden, blocks, stack: 3, outputs: 29 }
    }

    pub fn voice_activity(channels: usize, hidden: usize, blocks: Vec<Vec<i32>>) -> Self {
        Self { channels, hidden, blocks, stack: 2, outputs: 1 }
    }

    /// The bytes of a weight file of this shape.
    pub fn file(&self, seed: u64) -> Vec<u8> {
        let mut random = Random(seed);
        let mut tensors: Vec<(String, Vec<usize>, Vec<u8>)> = Vec::new();
        let mut put = |name: String, shape: Vec<usize>, scale: f32, shift: f32| {
            let n: usize = shape.iter().product();
            let bytes = (0..n).flat_map(|_| (random.unit() * scale + shift).to_le_bytes()).collect();
            tensors.push((name, shape, bytes));
        };
        let c = self.channels;
        let he = |inputs: usize| (6.0 / inputs as f32).sqrt();
        let inputs = self.stack * BANDS;
        put("in.w".into(), vec![c, inputs], he(inputs), 0.0);
        put("in.b".into(), vec![c], 0.1, 0.0);
        for (i, offsets) in self.blocks.iter().enumerate() {
            let wide = c * offsets.len();
            put(format!("block.{i}.w1"), vec![self.hidden, wide], he(wide), 0.0);
            put(format!("block.{i}.b1"), vec![self.hidden], 0.1, 0.0);
            put(format!("block.{i}.w2"), vec![c, self.hidden], 0.5 * he(self.hidden), 0.0);
            put(format!("block.{i}.b2"), vec![c], 0.1, 0.0);
        }
        put("out.w".into(), vec![self.outputs, c], he(c), 0.0);
        put("out.b".into(), vec![self.outputs], 0.1, 0.0);
        put("norm.prior".into(), vec![BANDS], 1.0, -6.0);
        put("norm.inv_std".into(), vec![BANDS], 0.1, 0.4);
        let views: Vec<(String, TensorView)> = tensors
            .iter()
            .map(|(n, s, b)| (n.clone(), TensorView::new(Dtype::F32, s.clone(), b).unwrap()))
            .collect();
        let metadata = HashMap::from([("config".to_string(), self.config().to_string())]);
        safetensors::serialize(views, Some(metadata)).unwrap()
    }

    fn config(&self) -> serde_json::Value {
        let (vocab, norm) = if self.stack == 3 {
            ("_ abcdefghijklmnopqrstuvwxyzñ", serde_json::json!({"kind": "causal_mean", "prior_frames": 100}))
        } else {
            ("", serde_json::json!({"kind": "fixed"}))
        };
        serde_json::json!({
            "version": 1, "sample_rate": 8000, "channels": self.channels, "stack": self.stack,
            "vocab": vocab, "blocks": self.blocks, "norm": norm, "trained_on": "nothing", "seed": 1
        })
    }
}
