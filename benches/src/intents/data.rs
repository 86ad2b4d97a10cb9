//! Sentences of others by intent, and how they are drawn and folded.
use e2e::server::{Trouble, trouble};
use std::collections::BTreeMap;
use std::path::Path;

/// Texts by intent.
pub type Data = BTreeMap<String, Vec<String>>;
/// What is learnt, what is tested.
pub type Split = (Data, Data);

/// Reads a table with the columns `intent` and `text` and a heading.
pub fn load(path: &Path) -> Result<Data, Trouble> {
    let text = std::fs::read_to_string(path).map_err(trouble(&path.display().to_string()))?;
    let mut data = Data::new();
    for line in text.lines().skip(1) {
        let mut columns = line.split('\t');
        if let (Some(intent), Some(text)) = (columns.next(), columns.next()) {
            data.entry(intent.to_owned()).or_default().push(text.to_owned());
        }
    }
    Ok(data)
}

/// SplitMix64 in counter form: the draw is the same on every machine.
fn draw(seed: u64, n: u64) -> u64 {
    let mut z = seed.wrapping_mul(0x9e37_79b9_7f4a_7c15).wrapping_add(n.wrapping_mul(0xbf58_476d_1ce4_e5b9));
    z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    z ^ (z >> 31)
}

fn shuffled(texts: &[String], seed: u64) -> Vec<String> {
    let mut order: Vec<(u64, &String)> =
        texts.iter().enumerate().map(|(i, t)| (draw(seed, i as u64 + 1), t)).collect();
    order.sort_by_key(|o| o.0);
    order.into_iter().map(|o| o.1.clone()).collect()
}

/// Some examples of each intent; all, where there are fewer.
pub fn sampled(data: &Data, most: usize, seed: u64) -> Data {
    data.iter().map(|(i, t)| (i.clone(), shuffled(t, seed).into_iter().take(most).collect())).collect()
}

/// Five folds, each with its fifth of every intent. An intent with one sentence is
/// tested without ever having been learnt.
pub fn folds(data: &Data, seed: u64) -> Vec<Split> {
    const FOLDS: usize = 5;
    let part = |fold: usize, tested: bool| -> Data {
        data.iter()
            .enumerate()
            .map(|(c, (intent, texts))| {
                let texts = shuffled(texts, seed).into_iter().enumerate();
                let kept = texts.filter(|(i, _)| ((i + c) % FOLDS == fold) == tested);
                (intent.clone(), kept.map(|(_, t)| t).collect::<Vec<_>>())
            })
            .filter(|(_, texts)| !texts.is_empty())
            .collect()
    };
    (0..FOLDS).map(|fold| (part(fold, false), part(fold, true))).collect()
}
