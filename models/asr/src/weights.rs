//! Reads the weight files that `models/train` writes (see its SPEC.md).
#![cfg_attr(not(test), deny(clippy::indexing_slicing))]

use candle_core::{DType, Device, Tensor};
use safetensors::SafeTensors;
use serde::Deserialize;

use crate::Error;
use crate::features::BANDS;

/// `__metadata__.config` of a weight file.
#[derive(Debug, Clone, Deserialize)]
pub(crate) struct Config {
    pub version: u32,
    pub sample_rate: u32,
    pub channels: usize,
    /// Feature frames of one network step.
    pub stack: usize,
    #[serde(default)]
    pub vocab: String,
    /// Offsets, in steps, of each block's input.
    pub blocks: Vec<Vec<i32>>,
    pub norm: Norm,
    #[serde(default)]
    pub trained_on: String,
}

/// How frames are normalised.
#[derive(Debug, Clone, Deserialize)]
pub(crate) struct Norm {
    pub kind: String,
    #[serde(default)]
    pub prior_frames: f32,
}

/// A matrix of the file, row-major `[rows, cols]` (`[out, in]`), widened to f32.
#[derive(Debug, Clone)]
pub(crate) struct Matrix {
    pub rows: usize,
    pub cols: usize,
    pub data: Vec<f32>,
}

/// One residual block: `x[t] + w2 · relu(w1 · cat(x[t+o]) + b1) + b2`.
#[derive(Debug, Clone)]
pub(crate) struct BlockWeights {
    pub offsets: Vec<i32>,
    pub w1: Matrix,
    pub b1: Vec<f32>,
    pub w2: Matrix,
    pub b2: Vec<f32>,
}

/// Everything a weight file holds, checked: shapes fit each other and no value is NaN or infinite.
#[derive(Debug, Clone)]
pub(crate) struct Weights {
    pub config: Config,
    pub prior: [f32; BANDS],
    pub inv_std: [f32; BANDS],
    pub input: Matrix,
    pub input_bias: Vec<f32>,
    pub blocks: Vec<BlockWeights>,
    pub output: Matrix,
    pub output_bias: Vec<f32>,
}

/// Offsets further than this (in steps) are a broken file.
const FAR: i32 = 64;

impl Weights {
    /// Parses a safetensors file. `what` names it in errors.
    pub fn parse(bytes: &[u8], what: &str) -> Result<Self, Error> {
        let file = File { tensors: open(bytes, what)?, what };
        let config = config(bytes, what)?;
        file.check_config(&config)?;
        let blocks = (config.blocks.iter().enumerate())
            .map(|(i, offsets)| file.block(i, offsets, config.channels))
            .collect::<Result<Vec<_>, _>>()?;
        let (input, input_bias) = file.layer("in.w", "in.b", Some(config.stack * BANDS))?;
        let (output, output_bias) = file.layer("out.w", "out.b", Some(config.channels))?;
        if input.rows != config.channels {
            return Err(file.wrong(format!("in.w has {} rows, not {}", input.rows, config.channels)));
        }
        let prior = file.bands("norm.prior")?;
        let inv_std = file.bands("norm.inv_std")?;
        Ok(Self { config, prior, inv_std, input, input_bias, blocks, output, output_bias })
    }
}

fn open<'a>(bytes: &'a [u8], what: &str) -> Result<SafeTensors<'a>, Error> {
    SafeTensors::deserialize(bytes)
        .map_err(|e| Error::Weights { what: what.into(), why: format!("not a safetensors file ({e})") })
}

fn config(bytes: &[u8], what: &str) -> Result<Config, Error> {
    let wrong = |why: String| Error::Weights { what: what.into(), why };
    let (_, header) = SafeTensors::read_metadata(bytes).map_err(|e| wrong(e.to_string()))?;
    let text = header.metadata().as_ref().and_then(|m| m.get("config"));
    let text = text.ok_or_else(|| wrong("its metadata has no `config`".into()))?;
    serde_json::from_str(text).map_err(|e| wrong(format!("its `config` is not understood ({e})")))
}

struct File<'a> {
    tensors: SafeTensors<'a>,
    what: &'a str,
}

impl File<'_> {
    fn wrong(&self, why: String) -> Error {
        Error::Weights { what: self.what.into(), why }
    }

    fn check_config(&self, c: &Config) -> Result<(), Error> {
        let fault = if c.version != 1 {
            format!("version {} is unknown (this program reads 1)", c.version)
        } else if c.sample_rate != 8000 {
            format!("sample rate {} is not 8000", c.sample_rate)
        } else if c.channels == 0 || c.stack == 0 || c.blocks.is_empty() {
            "channels, stack and blocks may not be empty".into()
        } else if c.blocks.iter().any(|b| b.is_empty() || b.iter().any(|o| o.abs() > FAR)) {
            format!("a block has no offsets, or one beyond {FAR} steps")
        } else {
            return Ok(());
        };
        Err(self.wrong(fault))
    }

    fn floats(&self, name: &str) -> Result<(Vec<usize>, Vec<f32>), Error> {
        let view = self.tensors.tensor(name).map_err(|_| self.wrong(format!("tensor {name} is missing")))?;
        let dtype = match view.dtype() {
            safetensors::Dtype::F32 => DType::F32,
            safetensors::Dtype::F16 => DType::F16,
            safetensors::Dtype::BF16 => DType::BF16,
            other => return Err(self.wrong(format!("tensor {name} is {other:?}, not F16, BF16 or F32"))),
        };
        let data = Tensor::from_raw_buffer(view.data(), dtype, view.shape(), &Device::Cpu)
            .and_then(|t| t.to_dtype(DType::F32)?.flatten_all()?.to_vec1::<f32>())
            .map_err(|e| self.wrong(format!("tensor {name}: {e}")))?;
        if data.iter().any(|v| !v.is_finite()) {
            return Err(self.wrong(format!("tensor {name} holds a value that is not a number")));
        }
        Ok((view.shape().to_vec(), data))
    }

    fn layer(&self, w: &str, b: &str, cols: Option<usize>) -> Result<(Matrix, Vec<f32>), Error> {
        let (shape, data) = self.floats(w)?;
        let (_, bias) = self.floats(b)?;
        let &[rows, found] = shape.as_slice() else {
            return Err(self.wrong(format!("tensor {w} has shape {shape:?}, not two dimensions")));
        };
        if cols.is_some_and(|c| c != found) {
            return Err(self.wrong(format!("tensor {w} has {found} columns, not {cols:?}")));
        }
        if bias.len() != rows || rows == 0 {
            return Err(self.wrong(format!("tensor {b} has {} values for {rows} rows", bias.len())));
        }
        Ok((Matrix { rows, cols: found, data }, bias))
    }

    fn block(&self, i: usize, offsets: &[i32], channels: usize) -> Result<BlockWeights, Error> {
        let name = |t: &str| format!("block.{i}.{t}");
        let (w1, b1) = self.layer(&name("w1"), &name("b1"), Some(channels * offsets.len()))?;
        let (w2, b2) = self.layer(&name("w2"), &name("b2"), Some(w1.rows))?;
        if w2.rows != channels {
            return Err(self.wrong(format!("block.{i}.w2 has {} rows, not {channels}", w2.rows)));
        }
        Ok(BlockWeights { offsets: offsets.to_vec(), w1, b1, w2, b2 })
    }

    fn bands(&self, name: &str) -> Result<[f32; BANDS], Error> {
        let (_, data) = self.floats(name)?;
        let found = data.len();
        data.try_into().map_err(|_| self.wrong(format!("tensor {name} has {found} values, not {BANDS}")))
    }
}
