//! The recogniser's network with weights that can be moved: the same layers as `net`, a whole utterance at once.

use std::collections::HashMap;

use candle_core::backprop::GradStore;
use candle_core::{DType, Device, Result, Tensor, Var};

use crate::features::{BANDS, CausalMean, FrontEnd};
use crate::weights::{Matrix, Weights};

/// Decay of the running means of gradients and of their squares (Kingma and Ba 2015).
const BETAS: (f64, f64) = (0.9, 0.999);

/// A weight, where it started, and Adam's two running means of its gradient.
struct Moved {
    name: String,
    var: Var,
    origin: Tensor,
    mean: Tensor,
    square: Tensor,
}

struct Block {
    offsets: Vec<i32>,
    /// Places in `moved` of w1, b1, w2, b2.
    at: [usize; 4],
}

/// The network.
pub(super) struct Trainable {
    moved: Vec<Moved>,
    blocks: Vec<Block>,
    /// Places of in.w, in.b, out.w, out.b.
    ends: [usize; 4],
    start: CausalMean,
    stack: usize,
    steps: i32,
}

impl Trainable {
    pub(super) fn new(w: &Weights) -> Result<Self> {
        let mut moved = Vec::new();
        let mut keep = |name: String, values: &[f32], shape: &[usize]| -> Result<usize> {
            let origin = Tensor::from_slice(values, shape, &Device::Cpu)?;
            let zero = origin.zeros_like()?;
            let var = Var::from_tensor(&origin)?;
            moved.push(Moved { name, var, origin, mean: zero.clone(), square: zero });
            Ok(moved.len() - 1)
        };
        let mut layer = |w: &str, b: &str, matrix: &Matrix, bias: &[f32]| -> Result<[usize; 2]> {
            let weights = keep(w.to_owned(), &matrix.data, &[matrix.rows, matrix.cols])?;
            Ok([weights, keep(b.to_owned(), bias, &[bias.len()])?])
        };
        let [a, b] = layer("in.w", "in.b", &w.input, &w.input_bias)?;
        let [c, d] = layer("out.w", "out.b", &w.output, &w.output_bias)?;
        let mut blocks = Vec::new();
        for (i, block) in w.blocks.iter().enumerate() {
            let name = |part: &str| format!("block.{i}.{part}");
            let [w1, b1] = layer(&name("w1"), &name("b1"), &block.w1, &block.b1)?;
            let [w2, b2] = layer(&name("w2"), &name("b2"), &block.w2, &block.b2)?;
            blocks.push(Block { offsets: block.offsets.clone(), at: [w1, b1, w2, b2] });
        }
        let start = CausalMean::new(&w.prior, w.config.norm.prior_frames, &w.inv_std);
        Ok(Self { moved, blocks, ends: [a, b, c, d], start, stack: w.config.stack, steps: 0 })
    }

    fn var(&self, at: usize) -> &Tensor {
        // Every place was given by `new`.
        self.moved[at].var.as_tensor()
    }

    fn linear(&self, x: &Tensor, weights: usize, bias: usize) -> Result<Tensor> {
        x.matmul(&self.var(weights).t()?)?.broadcast_add(self.var(bias))
    }

    /// Normalised frames of a recording, `stack` of them a row.
    pub(super) fn features(&self, pcm: &[i16]) -> Result<Option<Tensor>> {
        let (mut front, mut mean, mut values) = (FrontEnd::default(), self.start.clone(), Vec::new());
        front.push(pcm, |frame| values.extend(mean.push(frame)));
        let width = self.stack * BANDS;
        let rows = values.len() / width;
        values.truncate(rows * width);
        if rows == 0 {
            return Ok(None);
        }
        Tensor::from_vec(values, (rows, width), &Device::Cpu).map(Some)
    }

    /// Logits, one row a step.
    pub(super) fn logits(&self, features: &Tensor) -> Result<Tensor> {
        let [in_w, in_b, out_w, out_b] = self.ends;
        let mut x = self.linear(features, in_w, in_b)?.relu()?;
        let (rows, channels) = x.dims2()?;
        for block in &self.blocks {
            let reach = |sign: i32| block.offsets.iter().map(|o| o * sign).max().unwrap_or(0).max(0) as usize;
            let (left, right) = (reach(-1), reach(1));
            let quiet = |n| Tensor::zeros((n, channels), DType::F32, &Device::Cpu);
            let padded = Tensor::cat(&[&quiet(left)?, &x, &quiet(right)?], 0)?;
            let tap = |o: &i32| padded.narrow(0, (left as i64 + i64::from(*o)) as usize, rows);
            let taps = block.offsets.iter().map(tap).collect::<Result<Vec<_>>>()?;
            let [w1, b1, w2, b2] = block.at;
            let hidden = self.linear(&Tensor::cat(&taps, 1)?, w1, b1)?.relu()?;
            x = (x + self.linear(&hidden, w2, b2)?)?;
        }
        self.linear(&x, out_w, out_b)
    }

    /// Gradients of a loss whose slope at the logits is `slope`, added to `sums`.
    pub(super) fn add(
        &self,
        logits: &Tensor,
        slope: Tensor,
        sums: &mut HashMap<usize, Tensor>,
    ) -> Result<()> {
        let gradients: GradStore = (logits * slope)?.sum_all()?.backward()?;
        for (at, moved) in self.moved.iter().enumerate() {
            let Some(gradient) = gradients.get(moved.var.as_tensor()) else { continue };
            // Without what led to it: the graph of this utterance can go.
            let gradient = gradient.detach();
            let sum = match sums.remove(&at) {
                Some(sum) => (sum + gradient)?,
                None => gradient,
            };
            sums.insert(at, sum);
        }
        Ok(())
    }

    /// One step of Adam, with a pull of strength `pull` back to where each weight started.
    pub(super) fn step(&mut self, sums: HashMap<usize, Tensor>, rate: f64, pull: f64) -> Result<()> {
        self.steps += 1;
        let norm = sums.values().map(|g| g.sqr()?.sum_all()?.to_scalar::<f32>()).sum::<Result<f32>>()?;
        let scale = 1.0 / f64::from(norm).sqrt().max(1.0);
        let (one, two) = (1.0 - BETAS.0.powi(self.steps), 1.0 - BETAS.1.powi(self.steps));
        for (at, gradient) in sums {
            let moved = &mut self.moved[at];
            let away = (moved.var.as_tensor() - &moved.origin)?;
            let gradient = ((gradient * scale)? + (away * pull)?)?.detach();
            moved.mean = ((&moved.mean * BETAS.0)? + (&gradient * (1.0 - BETAS.0))?)?;
            moved.square = ((&moved.square * BETAS.1)? + (gradient.sqr()? * (1.0 - BETAS.1))?)?;
            let by = ((&moved.mean / one)? / ((&moved.square / two)?.sqrt()? + 1e-8)?)?;
            moved.var.set(&(moved.var.as_tensor() - (by * rate)?)?.detach())?;
        }
        Ok(())
    }

    /// The weights as they stand, by name, in the precision in which they ship.
    pub(super) fn tensors(&self) -> Result<HashMap<String, Tensor>> {
        let short = |moved: &Moved| Ok((moved.name.clone(), moved.var.as_tensor().to_dtype(DType::BF16)?));
        self.moved.iter().map(short).collect()
    }
}
