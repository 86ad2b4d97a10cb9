//! The recogniser's network, streamed: log-mel frames in, log-probabilities of letters out.
//!
//! A residual time-delay network whose every layer is a matrix product. Each block keeps the
//! rows its offsets still reach and emits a row as soon as its furthest look-ahead has come, so
//! a stream gives exactly what the whole utterance at once would. Products of several streams
//! are joined into one when offered together.

use candle_core::{Device, Tensor};

use crate::Error;
use crate::features::{BANDS, CausalMean};
use crate::product::{FEW, Few};
use crate::weights::{BlockWeights, Matrix, Weights};

/// A layer in both orders: as the file has it, for few rows, and transposed to `[in, out]` for
/// the general product of many.
struct Layer {
    few: Few,
    weights: Tensor,
    bias: Vec<f32>,
    inputs: usize,
}

impl Layer {
    fn new(matrix: &Matrix, bias: &[f32]) -> candle_core::Result<Self> {
        let shape = (matrix.rows, matrix.cols);
        let weights = Tensor::from_slice(&matrix.data, shape, &Device::Cpu)?.t()?.contiguous()?;
        Ok(Self {
            few: Few::new(&matrix.data, matrix.cols),
            weights,
            bias: bias.to_vec(),
            inputs: matrix.cols,
        })
    }

    /// `rows · w + b`, with negative results cut to zero where `relu`.
    fn apply(&self, rows: Vec<f32>, relu: bool) -> candle_core::Result<Vec<f32>> {
        let count = rows.len() / self.inputs;
        let few = (count <= FEW).then(|| self.few.product(&rows)).flatten();
        let mut out = match few {
            Some(out) => out,
            None => self.many_rows(rows, count)?,
        };
        let floor = if relu { 0.0 } else { f32::NEG_INFINITY };
        for row in out.chunks_exact_mut(self.bias.len()) {
            for (value, bias) in row.iter_mut().zip(&self.bias) {
                *value = (*value + bias).max(floor);
            }
        }
        Ok(out)
    }

    fn many_rows(&self, rows: Vec<f32>, count: usize) -> candle_core::Result<Vec<f32>> {
        let rows = Tensor::from_vec(rows, (count, self.inputs), &Device::Cpu)?;
        rows.matmul(&self.weights)?.flatten_all()?.to_vec1()
    }
}

struct Block {
    offsets: Vec<i32>,
    /// Rows before and after the one computed that the offsets reach.
    left: usize,
    right: usize,
    wide: Layer,
    narrow: Layer,
}

impl Block {
    fn new(w: &BlockWeights) -> candle_core::Result<Self> {
        let reach = |sign: i32| w.offsets.iter().map(|o| o * sign).max().unwrap_or(0).max(0) as usize;
        Ok(Self {
            offsets: w.offsets.clone(),
            left: reach(-1),
            right: reach(1),
            wide: Layer::new(&w.w1, &w.b1)?,
            narrow: Layer::new(&w.w2, &w.b2)?,
        })
    }
}

/// The network, shared by all streams.
pub struct Net {
    input: Layer,
    blocks: Vec<Block>,
    output: Layer,
    channels: usize,
    stack: usize,
    symbols: usize,
    start: CausalMean,
    vocab: Vec<char>,
    trained_on: String,
}

/// What one stream keeps between calls.
pub struct NetState {
    mean: CausalMean,
    /// Normalised frames of which no step was computed yet.
    pending: Vec<f32>,
    /// Rows each block may still need: its left context, then what waits for look-ahead.
    rows: Vec<Vec<f32>>,
    /// Log-probabilities not taken yet, `symbols` a step.
    out: Vec<f32>,
}

impl NetState {
    /// Normalises and keeps one log-mel frame until [`Net::advance`].
    pub fn push_frame(&mut self, frame: &[f32; BANDS]) {
        let normal = self.mean.push(frame);
        self.pending.extend_from_slice(&normal);
    }

    /// Takes the log-probabilities computed since the last call, one row of symbols a step.
    pub fn take(&mut self) -> Vec<f32> {
        std::mem::take(&mut self.out)
    }
}

impl Net {
    /// Reads a weight file. `what` names it in errors.
    pub fn from_bytes(bytes: &[u8], what: &str) -> Result<Self, Error> {
        let weights = Weights::parse(bytes, what)?;
        let wrong = |why: String| Error::Weights { what: what.into(), why };
        let vocab: Vec<char> = weights.config.vocab.chars().collect();
        if vocab.len() != weights.output.rows || weights.config.norm.kind != "causal_mean" {
            return Err(wrong("it is not a recogniser (vocabulary or normalisation differ)".into()));
        }
        Self::build(&weights, vocab).map_err(|e| wrong(e.to_string()))
    }

    fn build(w: &Weights, vocab: Vec<char>) -> candle_core::Result<Self> {
        Ok(Self {
            input: Layer::new(&w.input, &w.input_bias)?,
            blocks: w.blocks.iter().map(Block::new).collect::<Result<_, _>>()?,
            output: Layer::new(&w.output, &w.output_bias)?,
            channels: w.config.channels,
            stack: w.config.stack,
            symbols: vocab.len(),
            start: CausalMean::new(&w.prior, w.config.norm.prior_frames, &w.inv_std),
            vocab,
            trained_on: w.config.trained_on.clone(),
        })
    }

    /// The symbols of an output row, in order; the first is the blank.
    pub fn vocab(&self) -> &[char] {
        &self.vocab
    }

    /// What the weights were trained on, as their file says.
    pub fn trained_on(&self) -> &str {
        &self.trained_on
    }

    /// Duration of one output step, ms.
    pub fn step_ms(&self) -> u32 {
        10 * self.stack as u32
    }

    /// Steps that an output waits for audio after its own.
    pub fn look_ahead(&self) -> usize {
        self.blocks.iter().map(|b| b.right).sum()
    }

    /// State of a new stream.
    pub fn start(&self) -> NetState {
        NetState {
            mean: self.start.clone(),
            pending: Vec::new(),
            rows: self.blocks.iter().map(|b| vec![0.0; b.left * self.channels]).collect(),
            out: Vec::new(),
        }
    }

    /// Steps whose frames are there but which were not computed yet.
    pub fn ready(&self, state: &NetState) -> usize {
        state.pending.len() / (self.stack * BANDS)
    }

    /// Computes what the pending frames of all `batch` streams allow.
    pub fn advance(&self, batch: &mut [&mut NetState]) -> candle_core::Result<()> {
        self.run(batch, false)
    }

    /// Computes the rest of the streams of `batch`, with silence of the network's own kind
    /// (zero rows) where their look-ahead ends. They must not be pushed to afterwards.
    pub fn finish(&self, batch: &mut [&mut NetState]) -> candle_core::Result<()> {
        self.run(batch, true)
    }

    fn run(&self, batch: &mut [&mut NetState], last: bool) -> candle_core::Result<()> {
        let mut fresh = self.take_steps(batch)?;
        for (i, block) in self.blocks.iter().enumerate() {
            for (state, rows) in batch.iter_mut().zip(&fresh) {
                if let Some(kept) = state.rows.get_mut(i) {
                    kept.extend_from_slice(rows);
                    if last {
                        kept.resize(kept.len() + block.right * self.channels, 0.0);
                    }
                }
            }
            fresh = self.block(block, i, batch)?;
        }
        let counts: Vec<usize> = fresh.iter().map(Vec::len).collect();
        let joined: Vec<f32> = fresh.concat();
        if joined.is_empty() {
            return Ok(());
        }
        let mut logits = self.output.apply(joined, false)?;
        logits.chunks_exact_mut(self.symbols).for_each(log_softmax);
        let mut rest = logits.as_slice();
        for (state, count) in batch.iter_mut().zip(counts) {
            let (own, others) = rest.split_at(count / self.channels * self.symbols);
            state.out.extend_from_slice(own);
            rest = others;
        }
        Ok(())
    }

    /// The input layer over all whole steps pending; rows per stream.
    fn take_steps(&self, batch: &mut [&mut NetState]) -> candle_core::Result<Vec<Vec<f32>>> {
        let width = self.stack * BANDS;
        let mut joined = Vec::new();
        let mut counts = Vec::with_capacity(batch.len());
        for state in batch.iter_mut() {
            let steps = state.pending.len() / width;
            joined.extend(state.pending.drain(..steps * width));
            counts.push(steps);
        }
        let rows = if joined.is_empty() { joined } else { self.input.apply(joined, true)? };
        Ok(split(&rows, &counts, self.channels))
    }

    /// One block over every row whose look-ahead is there; rows per stream.
    fn block(
        &self,
        block: &Block,
        index: usize,
        batch: &mut [&mut NetState],
    ) -> candle_core::Result<Vec<Vec<f32>>> {
        let c = self.channels;
        let mut gathered = Vec::new();
        let mut residual = Vec::new();
        let mut counts = Vec::with_capacity(batch.len());
        for state in batch.iter_mut() {
            let kept = &mut state.rows[index];
            let count = (kept.len() / c).saturating_sub(block.left + block.right);
            counts.push(count);
            for centre in block.left..block.left + count {
                for offset in &block.offsets {
                    let row = (centre as i64 + i64::from(*offset)) as usize;
                    gathered.extend_from_slice(&kept[row * c..(row + 1) * c]);
                }
            }
            residual.extend_from_slice(&kept[block.left * c..(block.left + count) * c]);
            kept.drain(..count * c);
        }
        if gathered.is_empty() {
            return Ok(vec![Vec::new(); batch.len()]);
        }
        let hidden = block.wide.apply(gathered, true)?;
        let change = block.narrow.apply(hidden, false)?;
        for (value, delta) in residual.iter_mut().zip(change) {
            *value += delta;
        }
        Ok(split(&residual, &counts, c))
    }
}

/// Cuts joined rows of `width` values back into `counts` rows a stream.
fn split(rows: &[f32], counts: &[usize], width: usize) -> Vec<Vec<f32>> {
    let mut rest = rows;
    let mut cut = |count: &usize| {
        let (own, others) = rest.split_at(count * width);
        rest = others;
        own.to_vec()
    };
    counts.iter().map(&mut cut).collect()
}

fn log_softmax(row: &mut [f32]) {
    let top = row.iter().copied().fold(f32::NEG_INFINITY, f32::max);
    let total: f32 = row.iter().map(|v| (v - top).exp()).sum();
    let shift = top + total.ln();
    row.iter_mut().for_each(|v| *v -= shift);
}

#[cfg(test)]
#[path = "net_tests.rs"]
mod tests;
