//! Products of a weight matrix with few rows, as one call brings them.
//!
//! General matrix kernels first copy the matrix into their own order, which for four rows costs
//! more than the product. Here every weight is read once, in the order it lies in; and since
//! reading is what such a product waits for, weights that fit bf16 lie two in a word.

use fearless_simd::{Level, Simd, SimdFloat, dispatch, f32x8, f32x16, prelude::*};

/// Rows of input worked on at a time.
const ROWS: usize = 4;

/// Most rows for which this is faster than a general kernel.
pub(crate) const FEW: usize = 24;

/// A matrix `[n, k]`, kept for products with few rows.
pub(crate) struct Few {
    n: usize,
    k: usize,
    /// Values of a vector.
    lanes: usize,
    kept: Kept,
}

enum Kept {
    /// Row-major.
    Whole(Vec<f32>),
    /// Row-major, of each two vectors the first in the lower halves of the words and the second
    /// in the upper.
    Halves(Vec<u32>),
    /// `k` suits no vector.
    Not,
}

/// Values of the vectors that this processor multiplies at once.
fn lanes() -> usize {
    #[cfg(target_arch = "x86_64")]
    if Level::new().as_avx512().is_some() {
        return 16;
    }
    8
}

impl Few {
    /// Takes row-major weights with rows of `k`.
    pub fn new(weights: &[f32], k: usize) -> Self {
        Self::in_vectors(weights, k, lanes())
    }

    fn in_vectors(weights: &[f32], k: usize, lanes: usize) -> Self {
        let short = |w: &f32| w.to_bits() & 0xFFFF == 0;
        let kept = if k == 0 || !k.is_multiple_of(8) {
            Kept::Not
        } else if k.is_multiple_of(2 * lanes) && weights.iter().all(short) {
            let pair = |two: &[f32]| {
                let (low, high) = two.split_at(lanes);
                let word = |(l, h): (&f32, &f32)| l.to_bits() >> 16 | h.to_bits();
                low.iter().zip(high).map(word).collect::<Vec<u32>>()
            };
            Kept::Halves(weights.chunks_exact(2 * lanes).flat_map(pair).collect())
        } else {
            Kept::Whole(weights.to_vec())
        };
        Self { n: weights.len().checked_div(k).unwrap_or(0), k, lanes, kept }
    }

    /// `out[r][o] = Σ weights[o][i] · x[r][i]` for rows `[m, k]`. Gives nothing when `k` is no multiple of eight.
    pub fn product(&self, x: &[f32]) -> Option<Vec<f32>> {
        let (n, m) = (self.n, x.len().checked_div(self.k)?);
        let mut out = vec![0.0; n * m];
        let level = Level::new();
        match (&self.kept, self.lanes) {
            (Kept::Not, _) => return None,
            (Kept::Whole(w), _) => {
                let job = Job::<f32, 8> { weights: w.as_chunks().0, x: x.as_chunks().0, n, m };
                dispatch!(level, simd => job.run::<_, f32x8<_>, 2>(simd, &mut out));
            }
            (Kept::Halves(w), 16) => {
                let job = Job::<u32, 16> { weights: w.as_chunks().0, x: x.as_chunks().0, n, m };
                dispatch!(level, simd => job.run::<_, f32x16<_>, 4>(simd, &mut out));
            }
            (Kept::Halves(w), _) => {
                let job = Job::<u32, 8> { weights: w.as_chunks().0, x: x.as_chunks().0, n, m };
                dispatch!(level, simd => job.run::<_, f32x8<_>, 2>(simd, &mut out));
            }
        }
        Some(out)
    }
}

/// A product in vectors of `L` values, of weights that lie as `T`.
struct Job<'a, T, const L: usize> {
    weights: &'a [[T; L]],
    x: &'a [[f32; L]],
    n: usize,
    m: usize,
}

/// How weights lie in memory: as themselves, or two in a word.
trait Lie: Copy {
    /// Vectors of weights in one of these.
    const EACH: usize;
    fn read<S: Simd, V: SimdFloat<S, Element = f32>>(simd: S, from: &[Self]) -> [V; 2];
}

impl Lie for f32 {
    const EACH: usize = 1;
    #[inline(always)]
    fn read<S: Simd, V: SimdFloat<S, Element = f32>>(simd: S, from: &[Self]) -> [V; 2] {
        let whole = V::from_slice(simd, from);
        [whole, whole]
    }
}

impl Lie for u32 {
    const EACH: usize = 2;
    #[inline(always)]
    fn read<S: Simd, V: SimdFloat<S, Element = f32>>(simd: S, from: &[Self]) -> [V; 2] {
        let words = V::Bits::from_slice(simd, from);
        [V::from_bits(words << 16), V::from_bits(words & 0xFFFF_0000)]
    }
}

impl<T: Lie, const L: usize> Job<'_, T, L> {
    /// `P` rows of weights at a time: as many sums as there are registers for.
    #[inline(always)]
    fn run<S: Simd, V: SimdFloat<S, Element = f32>, const P: usize>(&self, simd: S, out: &mut [f32]) {
        let mut o = 0;
        while o + P <= self.n {
            self.outputs::<S, V, P>(simd, o, out);
            o += P;
        }
        while o < self.n {
            self.outputs::<S, V, 1>(simd, o, out);
            o += 1;
        }
    }

    /// `P` outputs from `o` on, for every row of input.
    #[inline(always)]
    fn outputs<S: Simd, V: SimdFloat<S, Element = f32>, const P: usize>(
        &self,
        simd: S,
        o: usize,
        out: &mut [f32],
    ) {
        let mut r = 0;
        while r + ROWS <= self.m {
            self.tile::<S, V, P, ROWS>(simd, o, r, out);
            r += ROWS;
        }
        while r < self.m {
            self.tile::<S, V, P, 1>(simd, o, r, out);
            r += 1;
        }
    }

    #[inline(always)]
    fn tile<S: Simd, V: SimdFloat<S, Element = f32>, const P: usize, const R: usize>(
        &self,
        simd: S,
        o: usize,
        r: usize,
        out: &mut [f32],
    ) {
        let k = self.x.len() / self.m;
        let words = k / T::EACH;
        let w: [&[[T; L]]; P] = std::array::from_fn(|p| &self.weights[(o + p) * words..][..words]);
        let x: [&[[f32; L]]; R] = std::array::from_fn(|i| &self.x[(r + i) * k..][..k]);
        let mut sums = [[V::splat(simd, 0.0); R]; P];
        for b in 0..words {
            for p in 0..P {
                let weights = T::read::<S, V>(simd, &w[p][b]);
                for e in 0..T::EACH {
                    for i in 0..R {
                        let input = V::from_slice(simd, &x[i][b * T::EACH + e]);
                        sums[p][i] = weights[e].mul_add(input, sums[p][i]);
                    }
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
            let short = w.iter().map(|w| f32::from_bits(w.to_bits() & 0xFFFF_0000)).collect::<Vec<_>>();
            let x: Vec<f32> = (0..m * k).map(|_| random.unit()).collect();
            for (w, lanes) in [(&w, 8), (&w, 16), (&short, 8), (&short, 16)] {
                let got = Few::in_vectors(w, k, lanes).product(&x).unwrap();
                for r in 0..m {
                    for o in 0..n {
                        let want: f32 = (0..k).map(|i| w[o * k + i] * x[r * k + i]).sum();
                        assert!((got[r * n + o] - want).abs() < 1e-3);
                    }
                }
            }
        }
        assert!(Few::new(&[1.0; 9], 9).product(&[1.0; 9]).is_none());
    }
}
