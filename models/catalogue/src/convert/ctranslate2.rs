//! Whisper of CTranslate2's format (`model.bin`, version 6, with `vocabulary.json`) to whisper.cpp's ggml.
//!
//! The index of the tensors is read first; their values are then copied in ggml's order, some thousand at a time:
//! matrices as 16 bit floats, all else as 32 bit.

use std::collections::HashMap;
use std::fs::File;
use std::io::{BufReader, BufWriter, Read, Seek, SeekFrom, Write};

use half::f16;

use super::{Failed, Files, mel};

/// The version of the format that is known.
const VERSION: u32 = 6;
/// ggml's first four bytes, as a number.
const MAGIC: i32 = 0x6767_6d6c;
/// Tokens with a text of their own; whisper.cpp knows the others by their number.
const TEXTS: usize = 50_257;
/// Positions of whisper's sound and of its text.
const POSITIONS: [i32; 2] = [1500, 448];
/// Values copied at once.
const BLOCK: usize = 1 << 16;
/// No real model has more tensors, longer names or more dimensions.
const MOST: usize = 1 << 16;

/// Converts; `seen` is told the bytes written so far.
pub(crate) fn whisper(files: &Files<'_>, seen: &mut dyn FnMut(u64)) -> Result<(), Failed> {
    let mut source = Source::open(files.model)?;
    let vocabulary = vocabulary(files.vocabulary)?;
    let shape = source.shape()?;
    let mut to = Target { file: BufWriter::new(files.to), written: 0, seen };
    to.head(&shape, &vocabulary)?;
    for (name, tensor) in tensors(&shape) {
        to.tensor(&mut source, &name, &tensor)?;
    }
    to.file.flush()?;
    Ok(())
}

fn wrong<T>(what: impl Into<String>) -> Result<T, Failed> {
    Err(Failed::Content(what.into()))
}

/// What the numbers in the file are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    F32,
    F16,
    Int(usize),
}

impl Kind {
    fn read(id: u8) -> Result<Self, Failed> {
        Ok(match id {
            0 => Self::F32,
            1 => Self::Int(1),
            2 => Self::Int(2),
            3 => Self::Int(4),
            4 => Self::F16,
            _ => return wrong(format!("numbers of kind {id} are unknown")),
        })
    }

    fn bytes(self) -> usize {
        match self {
            Self::F32 => 4,
            Self::F16 => 2,
            Self::Int(bytes) => bytes,
        }
    }
}

/// Where a tensor lies in the file.
#[derive(Debug, Clone)]
struct Place {
    shape: Vec<usize>,
    kind: Kind,
    at: u64,
}

struct Source<'a> {
    file: BufReader<&'a File>,
    places: HashMap<String, Place>,
}

impl<'a> Source<'a> {
    fn open(file: &'a File) -> Result<Self, Failed> {
        let mut source = Self { file: BufReader::new(file), places: HashMap::new() };
        source.file.rewind()?;
        let length = file.metadata()?.len();
        let version = source.number()?;
        if version != VERSION {
            return wrong(format!("it is no CTranslate2 model of version {VERSION}"));
        }
        source.text()?;
        source.number()?;
        for _ in 0..source.count("tensors")? {
            let name = source.text()?;
            let rank = source.byte()?;
            let shape =
                (0..rank).map(|_| source.number().map(|n| n as usize)).collect::<Result<Vec<_>, _>>()?;
            let kind = Kind::read(source.byte()?)?;
            let bytes = u64::from(source.number()?);
            let values = shape.iter().try_fold(1u64, |all, n| all.checked_mul(*n as u64));
            if values.and_then(|n| n.checked_mul(kind.bytes() as u64)) != Some(bytes) {
                return wrong(format!("the shape of `{name}` is not that of its values"));
            }
            let at = source.file.stream_position()?;
            if at.saturating_add(bytes) > length {
                return wrong("it is cut short");
            }
            source.file.seek(SeekFrom::Start(at + bytes))?;
            source.places.insert(name, Place { shape, kind, at });
        }
        for _ in 0..source.count("aliases")? {
            let (alias, of) = (source.text()?, source.text()?);
            if let Some(place) = source.places.get(&of).cloned() {
                source.places.insert(alias, place);
            }
        }
        Ok(source)
    }

    fn byte(&mut self) -> Result<u8, Failed> {
        let mut bytes = [0];
        self.file.read_exact(&mut bytes)?;
        Ok(bytes[0])
    }

    fn number(&mut self) -> Result<u32, Failed> {
        let mut bytes = [0; 4];
        self.file.read_exact(&mut bytes)?;
        Ok(u32::from_le_bytes(bytes))
    }

    fn count(&mut self, of: &str) -> Result<usize, Failed> {
        let count = self.number()? as usize;
        if count > MOST { wrong(format!("it cannot have {count} {of}")) } else { Ok(count) }
    }

    /// A text with its length before it and a zero behind.
    fn text(&mut self) -> Result<String, Failed> {
        let mut length = [0; 2];
        self.file.read_exact(&mut length)?;
        let mut text = vec![0; usize::from(u16::from_le_bytes(length))];
        self.file.read_exact(&mut text)?;
        let text = String::from_utf8(text).or_else(|_| wrong("a name is not UTF-8"))?;
        Ok(text.trim_end_matches('\0').to_owned())
    }

    fn place(&self, name: &str) -> Result<Place, Failed> {
        self.places.get(name).cloned().ok_or_else(|| Failed::Content(format!("it lacks `{name}`")))
    }

    fn dimension(&self, name: &str, axis: usize) -> Result<usize, Failed> {
        let place = self.place(name)?;
        let size = place.shape.get(axis).copied().filter(|n| *n > 0 && *n <= i32::MAX as usize);
        size.ok_or_else(|| Failed::Content(format!("`{name}` has no dimension {axis}")))
    }

    fn shape(&mut self) -> Result<Shape, Failed> {
        let layers =
            (0..).take_while(|n| self.places.contains_key(&format!("encoder/layer_{n}/ffn/linear_0/bias")));
        let layers = layers.count();
        let heads = self.place("encoder/num_heads")?;
        self.file.seek(SeekFrom::Start(heads.at))?;
        let heads = match heads.kind {
            Kind::Int(bytes) => {
                let mut number = [0; 4];
                self.file.read_exact(number.get_mut(..bytes).unwrap_or_default())?;
                i32::from_le_bytes(number)
            }
            _ => return wrong("the number of heads is no whole number"),
        };
        Ok(Shape {
            tokens: self.dimension("decoder/embeddings/weight", 0)?,
            width: self.dimension("encoder/conv1/weight", 0)?,
            layers,
            heads,
        })
    }
}

/// The sizes of the network.
struct Shape {
    tokens: usize,
    width: usize,
    layers: usize,
    heads: i32,
}

/// The tokens' bytes: the file writes each byte as a letter, those that are none as letters from 256 on.
fn vocabulary(file: &File) -> Result<Vec<Vec<u8>>, Failed> {
    let mut file = BufReader::new(file);
    file.rewind()?;
    let tokens: Vec<String> = serde_json::from_reader(file)
        .map_err(|e| Failed::Content(format!("its vocabulary is no list of tokens ({e})")))?;
    let plain = |byte: &u8| matches!(byte, 33..=126 | 161..=172 | 174..);
    let mut bytes: HashMap<char, u8> = (0..=255u8).filter(plain).map(|b| (char::from(b), b)).collect();
    let others = (0..=255u8).filter(|b| !plain(b)).zip(256u32..);
    bytes.extend(others.filter_map(|(byte, letter)| Some((char::from_u32(letter)?, byte))));
    let written = |token: String| {
        let all: Option<Vec<u8>> = token.chars().map(|c| bytes.get(&c).copied()).collect();
        all.unwrap_or_else(|| token.into_bytes())
    };
    Ok(tokens.into_iter().take(TEXTS).map(written).collect())
}

/// What one tensor of the new file is made of.
struct Tensor {
    /// The tensor it is taken from.
    of: String,
    /// Which of its equal parts along the first axis, and how many there are.
    part: (usize, usize),
}

type Named = (String, Tensor);

fn whole(name: impl Into<String>, of: impl Into<String>) -> Named {
    (name.into(), Tensor { of: of.into(), part: (0, 1) })
}

fn linear(to: &str, of: &str) -> [Named; 2] {
    ["weight", "bias"].map(|kind| whole(format!("{to}.{kind}"), format!("{of}/{kind}")))
}

fn norm(to: &str, of: &str) -> [Named; 2] {
    [("weight", "gamma"), ("bias", "beta")]
        .map(|(new, old)| whole(format!("{to}.{new}"), format!("{of}/{old}")))
}

/// The parts of a joined projection; a key has no bias.
fn parts(to: &str, of: &str, names: &[&str]) -> Vec<Named> {
    let mut all = Vec::new();
    for (i, name) in names.iter().enumerate() {
        for kind in ["weight", "bias"].into_iter().filter(|kind| *name != "key" || *kind == "weight") {
            let tensor = Tensor { of: format!("{of}/{kind}"), part: (i, names.len()) };
            all.push((format!("{to}.{name}.{kind}"), tensor));
        }
    }
    all
}

/// Every tensor of the new file, in its order.
fn tensors(shape: &Shape) -> Vec<Named> {
    let mut all = Vec::new();
    for conv in ["conv1", "conv2"] {
        all.extend(linear(&format!("encoder.{conv}"), &format!("encoder/{conv}")));
    }
    for side in ["encoder", "decoder"] {
        all.push(whole(
            format!("{side}.positional_embedding"),
            format!("{side}/position_encodings/encodings"),
        ));
    }
    all.push(whole("decoder.token_embedding.weight", "decoder/embeddings/weight"));
    all.extend(norm("encoder.ln_post", "encoder/layer_norm"));
    all.extend(norm("decoder.ln", "decoder/layer_norm"));
    for side in ["encoder", "decoder"] {
        for layer in 0..shape.layers {
            all.extend(block(
                &format!("{side}.blocks.{layer}"),
                &format!("{side}/layer_{layer}"),
                side == "decoder",
            ));
        }
    }
    all
}

fn block(to: &str, of: &str, cross: bool) -> Vec<Named> {
    let mut all =
        parts(&format!("{to}.attn"), &format!("{of}/self_attention/linear_0"), &["query", "key", "value"]);
    all.extend(linear(&format!("{to}.attn.out"), &format!("{of}/self_attention/linear_1")));
    all.extend(norm(&format!("{to}.attn_ln"), &format!("{of}/self_attention/layer_norm")));
    if cross {
        let (to, of) = (format!("{to}.cross_attn"), format!("{of}/attention"));
        all.extend(linear(&format!("{to}.query"), &format!("{of}/linear_0")));
        let [key, value] = [0, 1].map(|part| Tensor { of: format!("{of}/linear_1/weight"), part: (part, 2) });
        all.push((format!("{to}.key.weight"), key));
        all.push((format!("{to}.value.weight"), value));
        all.push((format!("{to}.value.bias"), Tensor { of: format!("{of}/linear_1/bias"), part: (1, 2) }));
        all.extend(linear(&format!("{to}.out"), &format!("{of}/linear_2")));
        all.extend(norm(&format!("{to}_ln"), &format!("{of}/layer_norm")));
    }
    all.extend(linear(&format!("{to}.mlp.0"), &format!("{of}/ffn/linear_0")));
    all.extend(linear(&format!("{to}.mlp.2"), &format!("{of}/ffn/linear_1")));
    all.extend(norm(&format!("{to}.mlp_ln"), &format!("{of}/ffn/layer_norm")));
    all
}

struct Target<'a> {
    file: BufWriter<&'a File>,
    written: u64,
    seen: &'a mut dyn FnMut(u64),
}

impl Target<'_> {
    fn bytes(&mut self, bytes: &[u8]) -> Result<(), Failed> {
        self.file.write_all(bytes)?;
        self.written += bytes.len() as u64;
        Ok(())
    }

    fn numbers(&mut self, numbers: &[i32]) -> Result<(), Failed> {
        numbers.iter().try_for_each(|n| self.bytes(&n.to_le_bytes()))
    }

    fn head(&mut self, shape: &Shape, vocabulary: &[Vec<u8>]) -> Result<(), Failed> {
        let (width, layers) = (shape.width as i32, shape.layers as i32);
        let [sound, text] = POSITIONS;
        self.numbers(&[
            MAGIC,
            shape.tokens as i32,
            sound,
            width,
            shape.heads,
            layers,
            text,
            width,
            shape.heads,
        ])?;
        self.numbers(&[layers, mel::BANDS as i32, 1, mel::BANDS as i32, mel::BINS as i32])?;
        mel::filters().iter().try_for_each(|value| self.bytes(&value.to_le_bytes()))?;
        self.numbers(&[vocabulary.len() as i32])?;
        for token in vocabulary {
            self.numbers(&[token.len() as i32])?;
            self.bytes(token)?;
        }
        Ok(())
    }

    fn tensor(&mut self, source: &mut Source<'_>, name: &str, tensor: &Tensor) -> Result<(), Failed> {
        let mut place = source.place(&tensor.of)?;
        let (part, count) = tensor.part;
        let rows = place.shape.first().copied().unwrap_or(0);
        if rows == 0 || rows % count != 0 {
            return wrong(format!("`{}` cannot be parted in {count}", tensor.of));
        }
        if let Some(first) = place.shape.first_mut() {
            *first = rows / count;
        }
        let values: usize = place.shape.iter().product();
        place.at += (part * values * place.kind.bytes()) as u64;
        if name.starts_with("encoder.conv") && name.ends_with("bias") {
            place.shape.push(1);
        }
        let half = place.shape.len() > 1 && !name.ends_with("bias") && !name.contains("positional");
        self.numbers(&[place.shape.len() as i32, name.len() as i32, i32::from(half)])?;
        let sizes: Vec<i32> = place.shape.iter().rev().map(|n| *n as i32).collect();
        self.numbers(&sizes)?;
        self.bytes(name.as_bytes())?;
        source.file.seek(SeekFrom::Start(place.at))?;
        let mut left = values;
        while left > 0 {
            let count = left.min(BLOCK);
            let block = read(&mut source.file, place.kind, count)?;
            self.bytes(&written(&block, half))?;
            left -= count;
            (self.seen)(self.written);
        }
        Ok(())
    }
}

/// Every value of 16 bits is one of 32, so nothing is lost on the way.
fn read(file: &mut impl Read, kind: Kind, count: usize) -> Result<Vec<f32>, Failed> {
    let mut bytes = vec![0; count * kind.bytes()];
    file.read_exact(&mut bytes)?;
    match kind {
        Kind::F32 => Ok(bytes.as_chunks::<4>().0.iter().map(|b| f32::from_le_bytes(*b)).collect()),
        Kind::F16 => Ok(bytes.as_chunks::<2>().0.iter().map(|b| f16::from_le_bytes(*b).to_f32()).collect()),
        Kind::Int(_) => wrong("its weights are whole numbers; one with 16 or 32 bit floats is needed"),
    }
}

fn written(values: &[f32], half: bool) -> Vec<u8> {
    if half {
        return values.iter().flat_map(|v| f16::from_f32(*v).to_le_bytes()).collect();
    }
    values.iter().flat_map(|v| v.to_le_bytes()).collect()
}
