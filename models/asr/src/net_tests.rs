use std::time::Instant;

use super::*;
use crate::features::FrontEnd;
use crate::testing::{Random, Shape};
use crate::weights::Weights;

fn blocks() -> Vec<Vec<i32>> {
    vec![vec![-2, -1, 0, 1, 2], vec![-4, -2, 0, 2], vec![-8, -4, 0], vec![-1, 0, 1], vec![-16, -8, 0, 1]]
}

fn frames(pcm: &[i16]) -> Vec<[f32; BANDS]> {
    let mut out = Vec::new();
    FrontEnd::default().push(pcm, |f| out.push(*f));
    out
}

fn matvec(m: &Matrix, x: &[f32], b: &[f32]) -> Vec<f32> {
    let dot = |row: &[f32]| row.iter().zip(x).map(|(w, v)| f64::from(*w) * f64::from(*v)).sum::<f64>() as f32;
    m.data.chunks(m.cols).zip(b).map(|(row, b)| dot(row) + b).collect()
}

/// The network of the specification over a whole utterance, in plain loops.
fn whole(w: &Weights, frames: &[[f32; BANDS]]) -> Vec<Vec<f32>> {
    let mut mean = CausalMean::new(&w.prior, w.config.norm.prior_frames, &w.inv_std);
    let normal: Vec<f32> = frames.iter().flat_map(|f| mean.push(f)).collect();
    let relu = |v: Vec<f32>| v.into_iter().map(|x| x.max(0.0)).collect::<Vec<_>>();
    let mut x: Vec<Vec<f32>> = normal
        .chunks_exact(w.config.stack * BANDS)
        .map(|s| relu(matvec(&w.input, s, &w.input_bias)))
        .collect();
    for block in &w.blocks {
        let zero = vec![0.0; w.config.channels];
        x = (0..x.len() as i64)
            .map(|t| {
                let at = |o: &i32| usize::try_from(t + i64::from(*o)).ok().and_then(|i| x.get(i));
                let cat: Vec<f32> =
                    block.offsets.iter().flat_map(|o| at(o).unwrap_or(&zero).clone()).collect();
                let change = matvec(&block.w2, &relu(matvec(&block.w1, &cat, &block.b1)), &block.b2);
                x[t as usize].iter().zip(change).map(|(a, b)| a + b).collect()
            })
            .collect();
    }
    x.iter()
        .map(|row| {
            let mut out = matvec(&w.output, row, &w.output_bias);
            log_softmax(&mut out);
            out
        })
        .collect()
}

fn close(a: &[f32], b: &[f32]) -> bool {
    a.len() == b.len() && a.iter().zip(b).all(|(x, y)| (x - y).abs() < 1e-3)
}

#[test]
fn a_stream_gives_what_the_whole_utterance_gives() {
    for seed in 0..12 {
        let mut random = Random(seed);
        let file = Shape::recogniser(24, 40, blocks()).file(seed);
        let net = Net::from_bytes(&file, "test").unwrap();
        let length = 100 + random.below(12_000);
        let pcm = random.noise(length, 9000.0);
        let frames = frames(&pcm);
        let expected = whole(&Weights::parse(&file, "test").unwrap(), &frames).concat();
        let mut state = net.start();
        let mut got = Vec::new();
        let mut rest = frames.as_slice();
        while !rest.is_empty() {
            let (part, others) = rest.split_at((1 + random.below(17)).min(rest.len()));
            part.iter().for_each(|f| state.push_frame(f));
            net.advance(&mut [&mut state]).unwrap();
            got.extend(state.take());
            rest = others;
        }
        net.finish(&mut [&mut state]).unwrap();
        got.extend(state.take());
        assert!(close(&got, &expected), "seed {seed}: {} and {} values", got.len(), expected.len());
    }
}

#[test]
fn streams_in_one_batch_do_not_touch_each_other() {
    let net = Net::from_bytes(&Shape::recogniser(24, 40, blocks()).file(3), "test").unwrap();
    let mut random = Random(4);
    let signals: Vec<Vec<i16>> = (0..5).map(|i| random.noise(2000 + 1777 * i, 4000.0)).collect();
    let alone: Vec<Vec<f32>> = signals
        .iter()
        .map(|pcm| {
            let mut state = net.start();
            frames(pcm).iter().for_each(|f| state.push_frame(f));
            net.finish(&mut [&mut state]).unwrap();
            state.take()
        })
        .collect();
    let mut states: Vec<NetState> = signals.iter().map(|_| net.start()).collect();
    for (state, pcm) in states.iter_mut().zip(&signals) {
        frames(pcm).iter().for_each(|f| state.push_frame(f));
    }
    let mut batch: Vec<&mut NetState> = states.iter_mut().collect();
    net.advance(&mut batch).unwrap();
    net.finish(&mut batch).unwrap();
    for (state, alone) in states.iter_mut().zip(&alone) {
        assert!(close(&state.take(), alone));
    }
}

#[test]
fn an_utterance_too_short_for_a_step_gives_nothing() {
    let net = Net::from_bytes(&Shape::recogniser(8, 8, blocks()).file(1), "test").unwrap();
    let mut state = net.start();
    frames(&[5; 250]).iter().for_each(|f| state.push_frame(f));
    net.finish(&mut [&mut state]).unwrap();
    assert!(state.take().is_empty());
}

#[test]
fn broken_weight_files_are_refused_in_one_line() {
    let good = Shape::recogniser(8, 8, blocks()).file(1);
    assert!(Net::from_bytes(&Shape::voice_activity(8, 8, vec![vec![0]]).file(1), "vad").is_err());
    for cut in [0, 7, 100, good.len() / 2, good.len() - 1] {
        let message = Net::from_bytes(&good[..cut], "ear").err().unwrap().to_string();
        assert!(
            message.starts_with("ear is not a usable weight file") && !message.contains('\n'),
            "{message}"
        );
    }
    let mut wild = good.clone();
    let end = wild.len();
    wild[end - 4..].copy_from_slice(&f32::NAN.to_le_bytes());
    assert!(Net::from_bytes(&wild, "ear").err().unwrap().to_string().contains("not a number"));
}

/// Cost of a network of shipping size, for the 120 ms chunks that a call brings.
#[test]
fn cost_of_a_shipping_size() {
    let shape = Shape::recogniser(
        256,
        512,
        vec![
            vec![-2, -1, 0, 1],
            vec![-4, -2, 0, 1],
            vec![-6, -3, 0, 1],
            vec![-8, -4, 0, 1],
            vec![-2, -1, 0, 1],
            vec![-4, -2, 0],
            vec![-6, -3, 0, 1],
            vec![-8, -4, 0, 1],
        ],
    );
    let net = Net::from_bytes(&shape.file(1), "test").unwrap();
    let pcm = Random(1).noise(8000 * 4, 3000.0);
    let frames = frames(&pcm);
    for streams in [1, 4, 16, 50] {
        let mut states: Vec<NetState> = (0..streams).map(|_| net.start()).collect();
        let start = Instant::now();
        for chunk in frames.chunks(12) {
            let mut batch: Vec<&mut NetState> = states.iter_mut().collect();
            for state in &mut batch {
                chunk.iter().for_each(|f| state.push_frame(f));
            }
            net.advance(&mut batch).unwrap();
        }
        let factor = start.elapsed().as_secs_f64() / 4.0 / streams as f64;
        println!("{streams} streams: real-time factor {factor:.4} a stream");
    }
}
