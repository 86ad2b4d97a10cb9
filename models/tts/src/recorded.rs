//! Recorded prompts, made as loud as spoken ones.

use std::ops::ControlFlow;
use std::sync::Arc;

use crate::level;
use crate::resample::Kernel;
use crate::shape::Shaper;
use crate::voice::RATE;

/// A recording (8 kHz mono) as the voices sound: at [`level::TARGET_DBFS`], its peaks limited, silence at both
/// ends trimmed. Empty if there is nothing in it.
pub fn levelled(pcm: &[i16]) -> Vec<i16> {
    let mut shaper = Shaper::new(Arc::new(Kernel::new(RATE)), level::gain_for(pcm));
    let mut out = Vec::with_capacity(pcm.len());
    let mut sink = |piece: &[i16]| {
        out.extend_from_slice(piece);
        ControlFlow::Continue(())
    };
    let flow = shaper.push(pcm.iter().map(|s| f32::from(*s)), &mut sink);
    if flow.is_continue() {
        let (ControlFlow::Continue(()) | ControlFlow::Break(())) = shaper.finish(&mut sink);
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_soft_and_a_loud_recording_come_out_alike_and_trimmed() {
        let wave = |height: f64| -> Vec<i16> {
            let tone = (0..8000).map(|n| (height * (f64::from(n) * 0.35).sin()) as i16);
            std::iter::repeat_n(0, 4000).chain(tone).chain(std::iter::repeat_n(0, 4000)).collect()
        };
        for height in [900.0, 30_000.0] {
            let out = levelled(&wave(height));
            let level = level::active_level(&out).unwrap();
            assert!((level - level::TARGET_DBFS).abs() < 1.0, "{level} dBFS of {height}");
            assert!((8000..8400).contains(&out.len()), "{}", out.len());
        }
        assert_eq!(levelled(&[0; 800]), Vec::<i16>::new());
    }
}
