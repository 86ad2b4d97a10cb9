//! Voice activity by a small causal network, in plain loops for the media thread.

use std::sync::Arc;

use crate::features::{BANDS, FrontEnd};
use crate::weights::{Matrix, Weights};
use crate::{Error, VoiceActivity};

/// Feature frames of one 20 ms step.
const STACK: usize = 2;

/// `y = w · x + b` with the weights column after column, so that the inner loop runs over
/// outputs (which vectorises without reordering sums) and zero inputs cost nothing.
#[derive(Debug)]
struct Columns {
    weights: Vec<f32>,
    bias: Vec<f32>,
}

impl Columns {
    fn new(matrix: &Matrix, bias: &[f32]) -> Self {
        let columns = (0..matrix.cols)
            .flat_map(|c| (0..matrix.rows).map(move |r| matrix.data[r * matrix.cols + c]))
            .collect();
        Self { weights: columns, bias: bias.to_vec() }
    }

    fn apply(&self, x: &[f32], y: &mut [f32]) {
        y.copy_from_slice(&self.bias);
        self.add(x, 0, y);
    }

    /// Adds the product of `x` with the columns from `first` on.
    fn add(&self, x: &[f32], first: usize, y: &mut [f32]) {
        let n = y.len();
        let columns = &self.weights[first * n..(first + x.len()) * n];
        for (xs, ws) in x.chunks(4).zip(columns.chunks(4 * n)) {
            if let (&[a, b, c, d], true) = (xs, ws.len() == 4 * n) {
                if a == 0.0 && b == 0.0 && c == 0.0 && d == 0.0 {
                    continue;
                }
                let (wa, rest) = ws.split_at(n);
                let (wb, rest) = rest.split_at(n);
                let (wc, wd) = rest.split_at(n);
                for ((((y, wa), wb), wc), wd) in y.iter_mut().zip(wa).zip(wb).zip(wc).zip(wd) {
                    *y += a * wa + b * wb + (c * wc + d * wd);
                }
            } else {
                for (&v, w) in xs.iter().zip(ws.chunks(n)) {
                    y.iter_mut().zip(w).for_each(|(y, w)| *y += v * w);
                }
            }
        }
    }
}

fn relu(x: &mut [f32]) {
    x.iter_mut().for_each(|v| *v = v.max(0.0));
}

/// One residual block: weights alone.
#[derive(Debug)]
struct Block {
    /// How many steps back each group of columns reads.
    lags: Vec<usize>,
    /// Steps that must be remembered: the farthest lag, and now.
    depth: usize,
    wide: Columns,
    narrow: Columns,
}

/// The weights, shared by all contacts: what every call reads stays in the processor's cache.
#[derive(Debug)]
struct Network {
    prior: [f32; BANDS],
    inv_std: [f32; BANDS],
    input: Columns,
    blocks: Vec<Block>,
    output: Columns,
}

/// What one block remembers of one contact.
#[derive(Debug)]
struct Memory {
    /// Inputs of past steps, a ring of the block's `depth` rows.
    past: Vec<f32>,
    hidden: Vec<f32>,
}

/// The shipped voice-activity network. The probability returned for a frame is that of the
/// 20 ms step that ends 5 ms to 25 ms before the newest sample; 0 until the second frame.
pub struct NeuralVad {
    network: Arc<Network>,
    front: FrontEnd,
    memory: Vec<Memory>,
    stacked: [f32; STACK * BANDS],
    frames: usize,
    step: usize,
    x: Vec<f32>,
    change: Vec<f32>,
    last: f32,
}

impl NeuralVad {
    /// Reads a weight file. `what` names it in errors.
    ///
    /// # Errors
    /// [`Error::Weights`]: it is not a weight file, or one of another network.
    pub fn from_bytes(bytes: &[u8], what: &str) -> Result<Self, Error> {
        let w = Weights::parse(bytes, what)?;
        let causal = w.blocks.iter().all(|b| b.offsets.iter().all(|&o| o <= 0));
        if w.config.stack != STACK || w.output.rows != 1 || !causal || w.config.norm.kind != "fixed" {
            let why = "it is not a causal voice-activity network of 20 ms steps".into();
            return Err(Error::Weights { what: what.into(), why });
        }
        let block = |b: &crate::weights::BlockWeights| {
            let lags: Vec<usize> = b.offsets.iter().map(|o| o.unsigned_abs() as usize).collect();
            let depth = lags.iter().max().copied().unwrap_or(0) + 1;
            Block { lags, depth, wide: Columns::new(&b.w1, &b.b1), narrow: Columns::new(&b.w2, &b.b2) }
        };
        Ok(Self::over(Arc::new(Network {
            prior: w.prior,
            inv_std: w.inv_std,
            input: Columns::new(&w.input, &w.input_bias),
            blocks: w.blocks.iter().map(block).collect(),
            output: Columns::new(&w.output, &w.output_bias),
        })))
    }

    /// One for another contact, over the same weights.
    #[must_use]
    pub fn another(&self) -> Self {
        Self::over(self.network.clone())
    }

    fn over(network: Arc<Network>) -> Self {
        let channels = network.input.bias.len();
        let memory =
            |b: &Block| Memory { past: vec![0.0; b.depth * channels], hidden: vec![0.0; b.wide.bias.len()] };
        Self {
            front: FrontEnd::default(),
            memory: network.blocks.iter().map(memory).collect(),
            stacked: [0.0; STACK * BANDS],
            frames: 0,
            step: 0,
            x: vec![0.0; channels],
            change: vec![0.0; channels],
            last: 0.0,
            network,
        }
    }
}

/// One step of the network over the stacked frames; gives the probability of speech.
fn step(vad: &mut NeuralVad) -> f32 {
    let network = &*vad.network;
    let c = vad.x.len();
    network.input.apply(&vad.stacked, &mut vad.x);
    relu(&mut vad.x);
    for (block, memory) in network.blocks.iter().zip(&mut vad.memory) {
        let now = vad.step % block.depth;
        memory.past[now * c..(now + 1) * c].copy_from_slice(&vad.x);
        memory.hidden.copy_from_slice(&block.wide.bias);
        for (group, lag) in block.lags.iter().enumerate() {
            let row = (vad.step + block.depth - lag) % block.depth;
            block.wide.add(&memory.past[row * c..(row + 1) * c], group * c, &mut memory.hidden);
        }
        relu(&mut memory.hidden);
        block.narrow.apply(&memory.hidden, &mut vad.change);
        vad.x.iter_mut().zip(&vad.change).for_each(|(x, d)| *x += d);
    }
    vad.step += 1;
    let mut logit = [0.0];
    network.output.apply(&vad.x, &mut logit);
    1.0 / (1.0 + (-logit[0]).exp())
}

impl VoiceActivity for NeuralVad {
    fn push(&mut self, frame: &[i16; 160]) -> f32 {
        let mut fresh = [[0.0; BANDS]; STACK + 1];
        let mut count = 0;
        self.front.push(frame, |bands| {
            fresh[count] = *bands;
            count += 1;
        });
        for bands in fresh.iter().take(count) {
            let at = self.frames % STACK * BANDS;
            for (b, slot) in self.stacked[at..at + BANDS].iter_mut().enumerate() {
                *slot = (bands[b] - self.network.prior[b]) * self.network.inv_std[b];
            }
            self.frames += 1;
            if self.frames.is_multiple_of(STACK) {
                self.last = step(self);
            }
        }
        self.last
    }

    fn reset(&mut self) {
        self.front.reset();
        self.frames = 0;
        self.step = 0;
        self.last = 0.0;
        self.memory.iter_mut().for_each(|m| m.past.fill(0.0));
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{Random, Shape};

    fn shape() -> Shape {
        Shape::voice_activity(48, 64, vec![vec![-2, -1, 0], vec![-4, -2, 0], vec![-8, -4, 0], vec![-3, 0]])
    }

    /// The specification over a whole signal, in plain loops.
    fn whole(w: &Weights, pcm: &[i16]) -> Vec<f32> {
        let mut normal = Vec::new();
        FrontEnd::default().push(pcm, |f| {
            normal.extend((0..BANDS).map(|b| (f[b] - w.prior[b]) * w.inv_std[b]));
        });
        let mat = |m: &Matrix, b: &[f32], x: &[f32]| -> Vec<f32> {
            let dot = |r: &[f32]| r.iter().zip(x).map(|(w, v)| w * v).sum::<f32>();
            m.data.chunks(m.cols).zip(b).map(|(r, b)| dot(r) + b).collect()
        };
        let cut = |v: Vec<f32>| v.into_iter().map(|x| x.max(0.0)).collect::<Vec<_>>();
        let mut x: Vec<Vec<f32>> =
            normal.chunks_exact(80).map(|s| cut(mat(&w.input, &w.input_bias, s))).collect();
        for block in &w.blocks {
            let zero = vec![0.0; w.config.channels];
            x = (0..x.len() as i64)
                .map(|t| {
                    let at = |o: &i32| usize::try_from(t + i64::from(*o)).ok().and_then(|i| x.get(i));
                    let cat: Vec<f32> =
                        block.offsets.iter().flat_map(|o| at(o).unwrap_or(&zero).clone()).collect();
                    let change = mat(&block.w2, &block.b2, &cut(mat(&block.w1, &block.b1, &cat)));
                    x[t as usize].iter().zip(change).map(|(a, b)| a + b).collect()
                })
                .collect();
        }
        x.iter().map(|r| 1.0 / (1.0 + (-mat(&w.output, &w.output_bias, r)[0]).exp())).collect()
    }

    #[test]
    fn frame_by_frame_is_the_whole_signal() {
        let file = shape().file(5);
        let mut vad = NeuralVad::from_bytes(&file, "test").unwrap();
        let pcm = Random(6).noise(160 * 60, 6000.0);
        let expected = whole(&Weights::parse(&file, "test").unwrap(), &pcm);
        for round in 0..2 {
            let got: Vec<f32> = pcm.chunks(160).map(|f| vad.push(f.try_into().unwrap())).collect();
            assert_eq!(got[0], 0.0);
            for (i, (g, e)) in got[1..].iter().zip(&expected).enumerate() {
                assert!((g - e).abs() < 1e-3, "round {round}, frame {i}: {g} and {e}");
            }
            vad.reset();
        }
    }

    #[test]
    fn a_recogniser_is_not_taken_for_a_voice_activity_network() {
        let file = Shape::recogniser(8, 8, vec![vec![0]]).file(1);
        assert!(NeuralVad::from_bytes(&file, "ear").is_err());
    }

    #[test]
    fn cost_of_a_frame() {
        let file = shape().file(5);
        let mut vad = NeuralVad::from_bytes(&file, "test").unwrap();
        let pcm = Random(6).noise(160 * 5000, 6000.0);
        let start = std::time::Instant::now();
        let sum: f32 = pcm.chunks(160).map(|f| vad.push(f.try_into().unwrap())).sum();
        println!("{:.2} us a frame", start.elapsed().as_secs_f64() * 1e6 / 5000.0);
        assert!((0.0..=5000.0).contains(&sum), "{sum}");
    }
}
