//! Where in time the letters of a reading lie: the best CTC path through it.

use super::letters::{BLANK, SYMBOLS};
use super::search::log_add;

/// One symbol of the path.
#[derive(Debug, Clone, Copy)]
pub struct Aligned {
    /// First step spent on the symbol.
    pub first: usize,
    /// Last step spent on it.
    pub last: usize,
    /// Its best log-probability among those steps.
    pub peak: f32,
}

/// The best path of `symbols` through `rows`: its log-probability and each symbol's steps.
/// `None` when there are fewer steps than symbols need.
pub fn align(rows: &[[f32; SYMBOLS]], symbols: &[u8]) -> Option<(f32, Vec<Aligned>)> {
    let states = 2 * symbols.len() + 1;
    let symbol = |s: usize| if s.is_multiple_of(2) { BLANK } else { symbols[s / 2] };
    let mut score = vec![f32::NEG_INFINITY; states];
    let mut from: Vec<u8> = Vec::with_capacity(rows.len() * states);
    for (t, row) in rows.iter().enumerate() {
        let old = std::mem::replace(&mut score, vec![f32::NEG_INFINITY; states]);
        for s in 0..states {
            let mut best = (if t == 0 && s < 2 { 0.0 } else { f32::NEG_INFINITY }, 0u8);
            if t > 0 {
                best = (old[s], 0);
                if s > 0 && old[s - 1] > best.0 {
                    best = (old[s - 1], 1);
                }
                let skips = s > 1 && s % 2 == 1 && symbol(s) != symbol(s - 2);
                if skips && old[s - 2] > best.0 {
                    best = (old[s - 2], 2);
                }
            }
            score[s] = best.0 + row[usize::from(symbol(s))];
            from.push(best.1);
        }
    }
    let mut s = states - 1;
    if states > 1 && score[states - 2] > score[s] {
        s = states - 2;
    }
    let total = *score.get(s)?;
    if !total.is_finite() || rows.is_empty() {
        return None;
    }
    let mut out = vec![Aligned { first: 0, last: 0, peak: f32::NEG_INFINITY }; symbols.len()];
    for t in (0..rows.len()).rev() {
        if s % 2 == 1 {
            let p = rows[t][usize::from(symbols[s / 2])];
            let slot = &mut out[s / 2];
            if slot.peak == f32::NEG_INFINITY {
                slot.last = t;
            }
            slot.first = t;
            slot.peak = slot.peak.max(p);
        }
        s -= usize::from(from[t * states + s]);
    }
    Some((total, out))
}

/// Total log-probability of `symbols` over all CTC paths (the forward algorithm): what a closed
/// list of phrases is scored by.
pub fn forward(rows: &[[f32; SYMBOLS]], symbols: &[u8]) -> f32 {
    let states = 2 * symbols.len() + 1;
    let symbol = |s: usize| if s.is_multiple_of(2) { BLANK } else { symbols[s / 2] };
    let mut score = vec![f32::NEG_INFINITY; states];
    for (t, row) in rows.iter().enumerate() {
        for s in (0..states).rev() {
            let mut sum = if t == 0 { if s < 2 { 0.0 } else { f32::NEG_INFINITY } } else { score[s] };
            if t > 0 {
                if s > 0 {
                    sum = log_add(sum, score[s - 1]);
                }
                if s > 1 && s % 2 == 1 && symbol(s) != symbol(s - 2) {
                    sum = log_add(sum, score[s - 2]);
                }
            }
            score[s] = sum + row[usize::from(symbol(s))];
        }
    }
    let last = score.last().copied().unwrap_or(f32::NEG_INFINITY);
    if states > 1 { log_add(last, score[states - 2]) } else { last }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rows(path: &[u8]) -> Vec<[f32; SYMBOLS]> {
        let row = |&s: &u8| {
            let mut row = [(0.1f32 / 28.0).ln(); SYMBOLS];
            row[usize::from(s)] = 0.9f32.ln();
            row
        };
        path.iter().map(row).collect()
    }

    #[test]
    fn letters_are_found_where_they_were_said() {
        let rows = rows(&[0, 0, 5, 0, 6, 6, 0, 1, 7, 0]);
        let (score, found) = align(&rows, &[5, 6, 1, 7]).unwrap();
        assert!((score - 10.0 * 0.9f32.ln()).abs() < 1e-3);
        assert_eq!((found[0].first, found[1].first, found[1].last, found[3].first), (2, 4, 5, 8));
        assert!(forward(&rows, &[5, 6, 1, 7]) >= score);
        assert!(forward(&rows, &[5, 6, 1, 7]) > forward(&rows, &[5, 6, 7]));
        assert!(align(&rows[..2], &[5, 6, 7]).is_none());
    }
}
