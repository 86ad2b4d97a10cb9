//! Softmax regression with an L2 penalty, in its dual form.
//!
//! With fewer examples than features, the weights are a combination of the
//! examples, W = XᵀA; gradient descent on W is A ← A − η(A + C·w∘(P − Y)), and
//! needs only the examples' products K = XXᵀ. Accelerated as by Nesterov, on
//! candle tensors. The optimum is that of the primal problem.

use candle_core::{D, Device, Tensor};

use super::Sample;
use super::features::{Index, Sparse};
use crate::Error;

/// Cost of a mistake against the length of the weights.
const COST: f64 = 20.0;
/// Power of a class's rarity by which its mistakes cost more: half way between counting
/// examples alike and counting classes alike.
const EVEN: f32 = 0.5;
/// Weight of the constant feature, by which classes have a bias.
const BIAS: f64 = 0.2;
/// Steps at most.
const STEPS: usize = 120;
/// Mean change at which the descent has arrived.
const ARRIVED: f32 = 2e-3;

/// One column of weights a class, by feature.
#[derive(Debug)]
pub(crate) struct Weights {
    classes: usize,
    /// `features × classes`, then the biases.
    rows: Vec<f32>,
    bias: Vec<f32>,
}

impl Weights {
    /// Scores of the classes for a vector.
    pub fn logits(&self, vector: &Sparse) -> Vec<f32> {
        let mut out = self.bias.clone();
        for (f, w) in vector {
            let start = *f as usize * self.classes;
            let row = self.rows.get(start..start + self.classes).unwrap_or(&[]);
            for (sum, value) in out.iter_mut().zip(row) {
                *sum += w * value;
            }
        }
        out
    }
}

/// Probabilities of logits at a temperature.
pub(crate) fn probabilities(logits: &[f32], temperature: f32) -> Vec<f32> {
    let top = logits.iter().copied().fold(f32::NEG_INFINITY, f32::max);
    let mut out: Vec<f32> = logits.iter().map(|l| ((l - top) / temperature).exp()).collect();
    let sum: f32 = out.iter().sum();
    if sum > 0.0 {
        out.iter_mut().for_each(|p| *p /= sum);
    }
    out
}

/// Learns the weights of `classes` from vectors and their samples.
pub(crate) fn train(
    vectors: &[Sparse],
    samples: &[Sample],
    classes: usize,
    features: usize,
) -> Result<Weights, Error> {
    let alphas = dual(vectors, samples, classes, features)?;
    let mut rows = vec![0.0_f32; features * classes];
    let mut bias = vec![0.0_f32; classes];
    for (vector, alpha) in vectors.iter().zip(&alphas) {
        for (sum, a) in bias.iter_mut().zip(alpha) {
            *sum += BIAS as f32 * a;
        }
        for (f, w) in vector {
            let start = *f as usize * classes;
            for (cell, a) in rows.get_mut(start..start + classes).unwrap_or(&mut []).iter_mut().zip(alpha) {
                *cell += w * a;
            }
        }
    }
    Ok(Weights { classes, rows, bias })
}

/// Products of all examples with all: each with itself and those before it, and the same mirrored.
fn products(vectors: &[Sparse], features: usize) -> Vec<f32> {
    let n = vectors.len();
    let mut index = Index::new(&[], &[], features);
    let mut all = vec![0.0_f32; n * n];
    for (i, vector) in vectors.iter().enumerate() {
        index.push(vector, 0);
        for (j, product) in index.products(vector).into_iter().enumerate() {
            for place in [i * n + j, j * n + i] {
                if let Some(cell) = all.get_mut(place) {
                    *cell = product;
                }
            }
        }
    }
    all
}

fn dual(
    vectors: &[Sparse],
    samples: &[Sample],
    classes: usize,
    features: usize,
) -> Result<Vec<Vec<f32>>, Error> {
    let (n, device) = (vectors.len(), Device::Cpu);
    let kernel = (Tensor::from_vec(products(vectors, features), (n, n), &device)? + BIAS)?;
    let targets: Vec<f32> = samples
        .iter()
        .flat_map(|s| (0..classes).map(move |c| if s.class == c { 1.0 } else { 0.0 }))
        .collect();
    let targets = Tensor::from_vec(targets, (n, classes), &device)?;
    let weights = Tensor::from_vec(costs(samples, classes), (n, 1), &device)?;
    let step = 1.0 / (0.5 * norm(&kernel, &weights, n)? + 1.0);
    let mut alpha = Tensor::zeros((n, classes), candle_core::DType::F32, &device)?;
    let mut ahead = alpha.clone();
    let mut momentum = 1.0_f64;
    for _ in 0..STEPS {
        let p = softmax(&kernel.matmul(&ahead)?)?;
        let gradient = ((p - &targets)?.broadcast_mul(&weights)? + &ahead)?;
        let next = (&ahead - (gradient * step)?)?;
        let change = (&next - &alpha)?;
        let moved = change.abs()?.mean_all()?.to_scalar::<f32>()?;
        let scale = next.abs()?.mean_all()?.to_scalar::<f32>()?;
        let faster = (1.0 + (1.0 + 4.0 * momentum * momentum).sqrt()) / 2.0;
        ahead = (&next + (change * ((momentum - 1.0) / faster))?)?;
        momentum = faster;
        alpha = next;
        if moved <= ARRIVED * scale {
            break;
        }
    }
    Ok(alpha.to_vec2()?)
}

/// What a mistake costs, by sample.
fn costs(samples: &[Sample], classes: usize) -> Vec<f32> {
    let mut sizes = vec![0.0_f32; classes];
    for sample in samples {
        if let Some(size) = sizes.get_mut(sample.class) {
            *size += sample.weight;
        }
    }
    let present = sizes.iter().filter(|n| **n > 0.0).count().max(1) as f32;
    let mean = sizes.iter().sum::<f32>() / present;
    let rare = |class: usize| (mean / sizes.get(class).copied().unwrap_or(mean).max(0.1)).powf(EVEN);
    samples.iter().map(|s| s.weight * COST as f32 * rare(s.class)).collect()
}

fn softmax(logits: &Tensor) -> candle_core::Result<Tensor> {
    candle_nn::ops::softmax(logits, D::Minus1)
}

/// Largest eigenvalue of the weighted products, by the power method, a little over.
fn norm(kernel: &Tensor, weights: &Tensor, n: usize) -> Result<f64, Error> {
    let mut v = Tensor::ones((n, 1), candle_core::DType::F32, &Device::Cpu)?;
    let mut value = 1.0_f64;
    for _ in 0..12 {
        let next = kernel.matmul(&v)?.broadcast_mul(weights)?;
        value = f64::from(next.sqr()?.sum_all()?.sqrt()?.to_scalar::<f32>()?).max(1e-6);
        v = (next / value)?;
    }
    Ok(value * 1.05)
}
