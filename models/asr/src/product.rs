//! Products of a weight matrix with few rows, as one call brings them.
//!
//! General matrix kernels first copy the matrix into their own order, which for four rows costs
//! more than the product. Here every weight is read once, in the order it lies in.

use fearless_simd::{Level, Simd, dispatch, f32x8, prelude::*};

/// Values of one vector.
const LANES: usize = 8;
/// Rows of input worked on at a time.
const ROWS: usize = 4;
/// Rows of weights worked on at a time.
const PAIR: usize = 2;

/// Most rows for which this is faster than a general kernel.
pub(crate) const FEW: usize = 24;

/// `out[r][o] = Σ weights[o][i] · x[r][i]` for row-major weights `[n, k]` and rows `[m, k]`.
/// Gives nothing when `k` is no multiple of eight.
pub(crate) fn few_rows(weights: &[f32], x: &[f32], k: usize) -> Option<Vec<f32>> {
    if k == 0 || !k.is_multiple_of(LANES) {
        return None;
    }
    let (n, m) = (weights.len() / k, x.len() / k);
    let mut out = vec![0.0; n * m];
    let job = Job { weights: weights.as_chunks().0, x: x.as_chunks().0, blocks: k / LANES, n, m };
    dispatch!(Level::new(), simd => job.run(simd, &mut out));
    Some(out)
}

struct Job<'a> {
    weights: &'a [[f32; LANES]],
    x: &'a [[f32; LANES]],
    /// Vectors of a row.
    blocks: usize,
    n: usize,
    m: usize,
}

impl Job<'_> {
    #[inline(always)]
    fn run<S: Simd>(&self, simd: S, out: &mut [f32]) {
        let mut o = 0;
        while o + PAIR <= self.n {
            self.outputs::<S, PAIR>(simd, o, out);
            o += PAIR;
        }
        if o < self.n {
            self.outputs::<S, 1>(simd, o, out);
        }
    }

    /// `P` outputs from `o` on, for every row of input.
    #[inline(always)]
    fn outputs<S: Simd, const P: usize>(&self, simd: S, o: usize, out: &mut [f32]) {
        let mut r = 0;
        while r + ROWS <= self.m {
            self.tile::<S, P, ROWS>(simd, o, r, out);
            r += ROWS;
        }
        while r < self.m {
            self.tile::<S, P, 1>(simd, o, r, out);
            r += 1;
        }
    }

    #[inline(always)]
    fn tile<S: Simd, const P: usize, const R: usize>(&self, simd: S, o: usize, r: usize, out: &mut [f32]) {
        let k = self.blocks;
        let w: [&[[f32; LANES]]; P] = std::array::from_fn(|p| &self.weights[(o + p) * k..][..k]);
        let x: [&[[f32; LANES]]; R] = std::array::from_fn(|i| &self.x[(r + i) * k..][..k]);
        let mut sums = [[f32x8::splat(simd, 0.0); R]; P];
        for b in 0..k {
            for p in 0..P {
                let weight = f32x8::from_slice(simd, &w[p][b]);
                for i in 0..R {
                    sums[p][i] = weight.mul_add(f32x8::from_slice(simd, &x[i][b]), sums[p][i]);
                }
            }
        }
        for p in 0..P {
            for i in 0..R {
                out[(r + i) * self.n + o + p] = sums[p][i].reduce_sum();
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::Random;

    #[test]
    fn products_are_those_of_the_definition() {
        let mut random = Random(1);
        for (n, m, k) in [(1, 1, 8), (29, 4, 224), (7, 5, 120), (2, 11, 16), (224, 3, 40)] {
            let w: Vec<f32> = (0..n * k).map(|_| random.unit()).collect();
            let x: Vec<f32> = (0..m * k).map(|_| random.unit()).collect();
            let got = few_rows(&w, &x, k).unwrap();
            for r in 0..m {
                for o in 0..n {
                    let want: f32 = (0..k).map(|i| w[o * k + i] * x[r * k + i]).sum();
                    assert!((got[r * n + o] - want).abs() < 1e-3);
                }
            }
        }
        assert!(few_rows(&[1.0; 9], &[1.0; 9], 9).is_none());
    }
}
