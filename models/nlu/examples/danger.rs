//! Learns what sentences of danger have in common: `data/danger/es.sentences.txt` → `data/danger/es.weights`.
//!
//! `cargo run --release -p nlu --example danger`, in a second. Prints how well each fifth of the sentences is told by
//! what the others taught. The sentences are nearer to each other than what callers say: half of the harmless ones have
//! words of danger.

#![allow(clippy::print_stdout, reason = "a tool says what it has done")]

use nlu::danger::learnt::{Learnt, sentences};

/// Sentences beside each other were written together: a fifth is made of blocks of so many.
const BLOCK: usize = 20;
const FIFTHS: usize = 5;

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let data = concat!(env!("CARGO_MANIFEST_DIR"), "/data/danger");
    let text = std::fs::read_to_string(format!("{data}/es.sentences.txt"))?;
    let all: Vec<(&str, bool)> = sentences(&text).collect();
    let mut told: Vec<(bool, f32)> = Vec::new();
    for fifth in 0..FIFTHS {
        let is_aside = |i: usize| i / BLOCK % FIFTHS == fifth;
        let others: Vec<_> = all.iter().enumerate().filter(|(i, _)| !is_aside(*i)).map(|(_, s)| *s).collect();
        let learnt = Learnt::train(&others);
        let aside = all.iter().enumerate().filter(|(i, _)| is_aside(*i));
        told.extend(aside.map(|(_, (text, danger))| (*danger, learnt.chance(text))));
    }
    let mut harmless: Vec<f32> = told.iter().filter(|t| !t.0).map(|t| t.1).collect();
    harmless.sort_by(|a, b| b.total_cmp(a));
    let danger: Vec<f32> = told.iter().filter(|t| t.0).map(|t| t.1).collect();
    println!("{} sentences of danger, {} harmless", danger.len(), harmless.len());
    for asked in [0.02, 0.05, 0.1] {
        let at = harmless.get((harmless.len() as f64 * asked) as usize).copied().unwrap_or_default();
        let found = danger.iter().filter(|c| **c > at).count() as f64 / danger.len().max(1) as f64;
        println!("{:.1} % found where {:.0} % of the harmless are asked", 100.0 * found, 100.0 * asked);
    }
    std::fs::write(format!("{data}/es.weights"), Learnt::train(&all).bytes())?;
    Ok(())
}
