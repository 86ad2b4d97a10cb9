//! Fine-tunes the recogniser on a body's own corrected utterances: the library behind `digame models adapt`.
//!
//! A fifth of the utterances, chosen by their text so that no sentence is on both sides, is never trained on. What
//! came out is measured on it in the rounded form that would be installed, and on speech it must not forget; a model
//! that is not better, or that forgets, is refused.
#![cfg_attr(not(test), deny(clippy::indexing_slicing))]

mod ctc;
#[expect(clippy::indexing_slicing, reason = "places of weights, given out by its own constructor")]
mod trainable;

use std::collections::HashMap;
use std::time::{Duration, Instant};

use candle_core::{Device, Tensor};
use safetensors::SafeTensors;

use crate::decode::letters::{BLANK, SPACE, SYMBOLS, spell, tokens};
use crate::eval::edits;
use crate::features::FrontEnd;
use crate::net::Net;
use crate::weights::Weights;
use trainable::Trainable;

/// Fewest utterances that can be learnt from, and fewest of them held out.
const FEWEST: usize = 40;
const FEWEST_HELD: usize = 4;
/// Utterances of one step.
const BATCH: usize = 8;
/// Strength of the pull back to the weights that ship.
const PULL: f64 = 1e-3;
/// What the letter error on speech that must not be forgotten may grow by.
const MOST_FORGOTTEN: f64 = 0.02;

/// A recording with what is said in it.
#[derive(Debug, Clone)]
pub struct Taught {
    /// 8 kHz.
    pub pcm: Vec<i16>,
    /// What is said, in words: digits are not read.
    pub text: String,
}

/// How to adapt.
#[derive(Debug, Clone)]
pub struct Options {
    /// Times that each utterance is heard.
    pub rounds: usize,
    /// Learning rate at the start; it falls to nothing.
    pub rate: f64,
    /// Stop after this long, whatever the rounds.
    pub limit: Duration,
}

impl Default for Options {
    fn default() -> Self {
        Self { rounds: 10, rate: 1e-4, limit: Duration::from_secs(3600) }
    }
}

/// Letter errors (0..) before and after.
#[derive(Debug, Clone, Copy, PartialEq, serde::Serialize)]
pub struct Errors {
    /// On the utterances held out.
    pub held_out: f64,
    /// On speech that must not be forgotten.
    pub known: f64,
}

/// What came of it.
#[derive(Debug, Clone, serde::Serialize)]
pub struct Outcome {
    /// Utterances learnt from.
    pub trained: usize,
    /// Utterances held out.
    pub held_out: usize,
    /// With the weights that were there.
    pub before: Errors,
    /// With the new ones.
    pub after: Errors,
    /// The new weight file.
    #[serde(skip)]
    pub weights: Vec<u8>,
}

/// Why there is no better model.
#[derive(Debug, thiserror::Error)]
pub enum AdaptError {
    /// Too little to learn from.
    #[error("{usable} utterances with words can be used; at least {FEWEST} are needed")]
    TooFew {
        /// Those with letters and enough sound for them.
        usable: usize,
    },
    /// Nothing can be held out.
    #[error(
        "only {held} utterances fall into the held-out fifth, which is chosen by their text; at least {FEWEST_HELD} \
         must: bring more different sentences"
    )]
    TooAlike {
        /// Those that would have been held out.
        held: usize,
    },
    /// It does not hear the held-out utterances better.
    #[error(
        "the new model writes {:.1} % of the held-out letters wrong, the old one {:.1} %: it is not installed; \
         check the transcripts, or bring more utterances",
        100.0 * .0.after.held_out,
        100.0 * .0.before.held_out
    )]
    NotBetter(Box<Outcome>),
    /// It forgot what it knew.
    #[error(
        "the new model writes {:.1} % of the letters of other speech wrong, the old one {:.1} %: it is not installed; \
         bring utterances of more kinds or speakers",
        100.0 * .0.after.known,
        100.0 * .0.before.known
    )]
    Forgets(Box<Outcome>),
    /// The weights to start from cannot be used.
    #[error(transparent)]
    Weights(#[from] crate::Error),
    /// A computation failed.
    #[error("adapting failed: {0}")]
    Compute(#[from] candle_core::Error),
    /// The new file could not be written down.
    #[error("the new weights cannot be written: {0}")]
    Write(#[from] safetensors::SafeTensorError),
}

/// Letters of a text, with a space between words.
fn target(text: &str) -> Vec<u8> {
    tokens(text).iter().map(|w| spell(w)).collect::<Vec<_>>().join(&SPACE)
}

/// Whether an utterance is kept apart: about a fifth, by its text (FNV-1a).
fn held_out(letters: &[u8]) -> bool {
    let hash = letters.iter().fold(0xCBF2_9CE4_8422_2325, |hash: u64, letter| {
        (hash ^ u64::from(*letter)).wrapping_mul(0x0100_0000_01B3)
    });
    (hash >> 32).is_multiple_of(5)
}

struct Item<'a> {
    pcm: &'a [i16],
    letters: Vec<u8>,
}

/// Adapts the weights of a file to utterances; `known` is speech that must not be forgotten. `progress` is told the
/// share done, 0 to 1.
///
/// # Errors
/// [`AdaptError`]: what is missing, or in what the new model is worse.
pub fn adapt(
    weights: &[u8],
    taught: &[Taught],
    known: &[Taught],
    options: &Options,
    mut progress: impl FnMut(f32),
) -> Result<Outcome, AdaptError> {
    let items: Vec<Item<'_>> = taught.iter().filter_map(usable).collect();
    if items.len() < FEWEST {
        return Err(AdaptError::TooFew { usable: items.len() });
    }
    let (held, trained): (Vec<_>, Vec<_>) = items.into_iter().partition(|item| held_out(&item.letters));
    if held.len() < FEWEST_HELD {
        return Err(AdaptError::TooAlike { held: held.len() });
    }
    let known: Vec<Item<'_>> = known.iter().filter_map(usable).collect();
    let errors = |weights: &[u8]| -> Result<Errors, AdaptError> {
        let net = Net::from_bytes(weights, "the recogniser")?;
        Ok(Errors { held_out: letter_error(&net, &held)?, known: letter_error(&net, &known)? })
    };
    let before = errors(weights)?;
    let mut net = Trainable::new(&Weights::parse(weights, "the recogniser")?)?;
    train(&mut net, &trained, options, &mut progress)?;
    let new = rewritten(weights, &net, trained.len())?;
    let after = errors(&new)?;
    let outcome = Outcome { trained: trained.len(), held_out: held.len(), before, after, weights: new };
    if outcome.after.held_out >= outcome.before.held_out {
        return Err(AdaptError::NotBetter(Box::new(outcome)));
    }
    if outcome.after.known > outcome.before.known + MOST_FORGOTTEN {
        return Err(AdaptError::Forgets(Box::new(outcome)));
    }
    Ok(outcome)
}

/// An utterance with letters, and with three steps of sound for each two of them.
fn usable(taught: &Taught) -> Option<Item<'_>> {
    let letters = target(&taught.text);
    let fits = !letters.is_empty() && taught.pcm.len() / 240 * 2 >= letters.len() * 3;
    fits.then_some(Item { pcm: &taught.pcm, letters })
}

fn train(
    net: &mut Trainable,
    items: &[Item<'_>],
    options: &Options,
    progress: &mut impl FnMut(f32),
) -> Result<(), AdaptError> {
    let (began, mut dice) = (Instant::now(), Dice(1));
    let total = (options.rounds * items.len().div_ceil(BATCH)).max(1);
    let mut done = 0;
    for _ in 0..options.rounds {
        let mut order: Vec<&Item<'_>> = items.iter().collect();
        for n in (1..order.len()).rev() {
            order.swap(n, (dice.unit() * (n + 1) as f32) as usize % (n + 1));
        }
        for batch in order.chunks(BATCH) {
            let spent = began.elapsed().as_secs_f64() / options.limit.as_secs_f64().max(1e-3);
            let share = (done as f64 / total as f64).max(spent);
            if share >= 1.0 {
                return Ok(());
            }
            let mut sums = HashMap::new();
            for item in batch {
                learn(net, item, &mut dice, &mut sums)?;
            }
            let warm = ((done + 1) as f64 / 10.0).min(1.0);
            net.step(sums, options.rate * warm * 0.5 * (1.0 + (std::f64::consts::PI * share).cos()), PULL)?;
            done += 1;
            progress(share as f32);
        }
    }
    Ok(())
}

/// Adds the gradient of one utterance, heard at a drawn level in a drawn noise.
fn learn(
    net: &Trainable,
    item: &Item<'_>,
    dice: &mut Dice,
    sums: &mut HashMap<usize, Tensor>,
) -> Result<(), AdaptError> {
    let Some(features) = net.features(&spoiled(item.pcm, dice))? else { return Ok(()) };
    let logits = net.logits(&features)?;
    let rows: Vec<[f32; SYMBOLS]> = logits
        .to_vec2::<f32>()?
        .into_iter()
        .filter_map(|row| <[f32; SYMBOLS]>::try_from(row).ok())
        .map(log_softmax)
        .collect();
    let Some((_, gradient)) = ctc::loss(&rows, &item.letters) else { return Ok(()) };
    // Each letter counts the same, however long the utterance.
    let share = 1.0 / (item.letters.len() * BATCH) as f32;
    let slope: Vec<f32> = gradient.into_iter().flatten().map(|g| g * share).collect();
    let slope = Tensor::from_vec(slope, logits.shape(), &Device::Cpu)?;
    net.add(&logits, slope, sums)?;
    Ok(())
}

fn log_softmax(row: [f32; SYMBOLS]) -> [f32; SYMBOLS] {
    let top = row.iter().copied().fold(f32::NEG_INFINITY, f32::max);
    let shift = top + row.iter().map(|v| (v - top).exp()).sum::<f32>().ln();
    row.map(|v| v - shift)
}

/// Another level and a little noise, so that the recordings are not learnt by heart.
fn spoiled(pcm: &[i16], dice: &mut Dice) -> Vec<i16> {
    let gain = 10f32.powf((dice.unit() - 0.5) * 0.6);
    let power = pcm.iter().map(|s| f32::from(*s).powi(2)).sum::<f32>() / pcm.len().max(1) as f32;
    let noise = power.sqrt() * 10f32.powf(-(15.0 + 20.0 * dice.unit()) / 20.0) * 3f32.sqrt();
    let spoil = |s: &i16| (f32::from(*s) + (2.0 * dice.unit() - 1.0) * noise) * gain;
    pcm.iter().map(spoil).map(|v| v.clamp(-32768.0, 32767.0) as i16).collect()
}

/// Share of letters wrong, read greedily, without any language model.
fn letter_error(net: &Net, items: &[Item<'_>]) -> Result<f64, AdaptError> {
    let (mut wrong, mut total) = (0, 0);
    for item in items {
        let (mut front, mut state) = (FrontEnd::default(), net.start());
        front.push(item.pcm, |frame| state.push_frame(frame));
        net.finish(&mut [&mut state])?;
        let rows = state.take();
        let likeliest = |row: &[f32]| {
            let best = row.iter().enumerate().max_by(|a, b| a.1.total_cmp(b.1));
            best.map_or(BLANK, |(symbol, _)| symbol as u8)
        };
        let mut heard: Vec<u8> = rows.chunks_exact(SYMBOLS).map(likeliest).collect();
        heard.dedup();
        heard.retain(|s| *s != BLANK);
        wrong += edits(&item.letters, &heard);
        total += item.letters.len();
    }
    Ok(wrong as f64 / total.max(1) as f64)
}

/// The weight file with the new weights in it, and told what it was adapted to.
fn rewritten(old: &[u8], net: &Trainable, utterances: usize) -> Result<Vec<u8>, AdaptError> {
    let (_, header) = SafeTensors::read_metadata(old)?;
    let mut metadata = header.metadata().clone().unwrap_or_default();
    if let Some(config) = metadata.get_mut("config")
        && let Ok(mut value) = serde_json::from_str::<serde_json::Value>(config)
    {
        let trained_on = value.get("trained_on").and_then(|v| v.as_str()).unwrap_or_default();
        let told = format!("{trained_on}; adapted to {utterances} utterances of this office");
        if let Some(fields) = value.as_object_mut() {
            fields.insert("trained_on".into(), told.into());
        }
        *config = value.to_string();
    }
    let new = net.tensors()?;
    let file = SafeTensors::deserialize(old)?;
    let mut tensors = Vec::new();
    for (name, view) in file.tensors() {
        let (dtype, bytes) = match new.get(&name) {
            Some(tensor) => {
                let values = tensor.flatten_all()?.to_vec1::<half::bf16>()?;
                (safetensors::Dtype::BF16, values.iter().flat_map(|v| v.to_le_bytes()).collect())
            }
            None => (view.dtype(), view.data().to_vec()),
        };
        tensors.push((name, dtype, view.shape().to_vec(), bytes));
    }
    let views = tensors.iter().map(|(name, dtype, shape, bytes): &(String, _, Vec<usize>, Vec<u8>)| {
        Ok((name.as_str(), safetensors::tensor::TensorView::new(*dtype, shape.clone(), bytes)?))
    });
    let views = views.collect::<Result<Vec<_>, safetensors::SafeTensorError>>()?;
    Ok(safetensors::serialize(views, Some(metadata))?)
}

/// Uniform numbers from a seed (SplitMix64).
struct Dice(u64);

impl Dice {
    /// 0 to 1.
    fn unit(&mut self) -> f32 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let z = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        let z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        ((z ^ (z >> 31)) >> 40) as f32 / (1u64 << 24) as f32
    }
}
