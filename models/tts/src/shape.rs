//! From an engine's raw sound to what leaves the crate: 8 kHz, trimmed, levelled, limited.

use std::ops::ControlFlow;
use std::sync::Arc;

use crate::level::Limiter;
use crate::resample::{Kernel, Resampler};
use crate::voice::Sink;

/// Below this amplitude a sample counts as silence: −54 dBFS.
const QUIET: u16 = 64;
/// Silence left before the first sound: 8 ms, so that a soft onset is not cut.
const LEAD: usize = 64;
/// Silence left after the last sound: 20 ms.
const TAIL: usize = 160;

/// One text's way from engine to sink.
#[derive(Debug)]
pub struct Shaper {
    resampler: Resampler,
    gain: f32,
    limiter: Limiter,
    converted: Vec<f32>,
    limited: Vec<i16>,
    /// Quiet samples that are given out only if sound follows.
    held: Vec<i16>,
    started: bool,
    dropped: u64,
    given: u64,
}

impl Shaper {
    /// `kernel` fits the engine's rate; `gain` is what [`crate::level::gain_for`] found for it.
    pub fn new(kernel: Arc<Kernel>, gain: f32) -> Self {
        Self {
            resampler: Resampler::new(kernel),
            gain,
            limiter: Limiter::new(),
            converted: Vec::new(),
            limited: Vec::new(),
            held: Vec::new(),
            started: false,
            dropped: 0,
            given: 0,
        }
    }

    /// Takes the engine's samples, in 16-bit scale.
    pub fn push(&mut self, input: impl IntoIterator<Item = f32>, sink: &mut Sink<'_>) -> ControlFlow<()> {
        self.converted.clear();
        self.resampler.push(input, &mut self.converted);
        self.level();
        self.deliver(sink)
    }

    /// Gives out what the filters hold; silence at the end is dropped.
    pub fn finish(&mut self, sink: &mut Sink<'_>) -> ControlFlow<()> {
        self.converted.clear();
        self.resampler.finish(&mut self.converted);
        self.level();
        self.limiter.finish(&mut self.limited);
        self.deliver(sink)?;
        if self.started {
            self.held.truncate(TAIL);
            let tail = std::mem::take(&mut self.held);
            return self.give(&tail, sink);
        }
        ControlFlow::Continue(())
    }

    /// Samples of silence dropped at the beginning; known once sound has been given out.
    pub fn dropped(&self) -> Option<u64> {
        self.started.then_some(self.dropped)
    }

    /// Samples given to the sink so far.
    pub fn given(&self) -> u64 {
        self.given
    }

    fn level(&mut self) {
        for sample in &mut self.converted {
            *sample *= self.gain;
        }
        self.limiter.push(&self.converted, &mut self.limited);
    }

    fn deliver(&mut self, sink: &mut Sink<'_>) -> ControlFlow<()> {
        self.held.append(&mut self.limited);
        let loud = |sample: &i16| sample.unsigned_abs() > QUIET;
        if !self.started {
            let first = self.held.iter().position(loud);
            let silent = first.unwrap_or(self.held.len()).saturating_sub(LEAD);
            self.held.drain(..silent);
            self.dropped += silent as u64;
            self.started = first.is_some();
        }
        if !self.started {
            return ControlFlow::Continue(());
        }
        let Some(last) = self.held.iter().rposition(loud) else {
            return ControlFlow::Continue(());
        };
        let rest = self.held.split_off(last + 1);
        let ready = std::mem::replace(&mut self.held, rest);
        self.give(&ready, sink)
    }

    fn give(&mut self, pcm: &[i16], sink: &mut Sink<'_>) -> ControlFlow<()> {
        if pcm.is_empty() {
            return ControlFlow::Continue(());
        }
        self.given += pcm.len() as u64;
        sink(pcm)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shape(input: &[f32], piece: usize) -> (Vec<i16>, u64) {
        let mut shaper = Shaper::new(Arc::new(Kernel::new(8_000)), 1.0);
        let mut output = Vec::new();
        let mut sink = |pcm: &[i16]| {
            output.extend_from_slice(pcm);
            ControlFlow::Continue(())
        };
        for part in input.chunks(piece) {
            assert!(shaper.push(part.iter().copied(), &mut sink).is_continue());
        }
        assert!(shaper.finish(&mut sink).is_continue());
        let dropped = shaper.dropped().unwrap_or(0);
        (output, dropped)
    }

    #[test]
    fn silence_is_trimmed_at_the_ends_and_kept_inside() {
        let mut input = vec![0.0; 1_000];
        input.extend(vec![5_000.0; 800]);
        input.extend(vec![0.0; 2_000]);
        input.extend(vec![-5_000.0; 800]);
        input.extend(vec![1.0; 3_000]);
        for piece in [1, 7, 160, 10_000] {
            let (output, dropped) = shape(&input, piece);
            assert_eq!(dropped, (1_000 - LEAD) as u64);
            assert_eq!(output.len(), LEAD + 800 + 2_000 + 800 + TAIL, "pieces of {piece}");
            assert_eq!(output[LEAD], 5_000);
        }
    }

    #[test]
    fn pure_silence_gives_nothing() {
        assert_eq!(shape(&vec![3.0; 5_000], 80), (Vec::new(), 0));
    }

    #[test]
    fn a_sink_that_breaks_gets_no_more() {
        let mut shaper = Shaper::new(Arc::new(Kernel::new(8_000)), 1.0);
        let mut calls = 0;
        let mut sink = |_: &[i16]| {
            calls += 1;
            ControlFlow::Break(())
        };
        let flow = shaper.push(vec![9_000.0; 500], &mut sink);
        assert!(flow.is_break());
        assert_eq!(calls, 1);
    }
}
