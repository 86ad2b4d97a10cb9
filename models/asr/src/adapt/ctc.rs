//! The CTC loss and its gradient (Graves et al. 2006, §4.1).

use crate::decode::letters::{BLANK, SYMBOLS};
use crate::decode::search::log_add;

/// Loss of `target` (negative log-probability over all paths) and its gradient with respect to the logits of which
/// `rows` are the log-softmax, row by row. `None` where there are too few rows for the target.
pub fn loss(rows: &[[f32; SYMBOLS]], target: &[u8]) -> Option<(f32, Vec<[f32; SYMBOLS]>)> {
    let states = 2 * target.len() + 1;
    let symbol =
        |s: usize| if s.is_multiple_of(2) { BLANK } else { target.get(s / 2).copied().unwrap_or(BLANK) };
    let skips = |s: usize| s > 1 && s % 2 == 1 && symbol(s) != symbol(s - 2);
    let score = |row: &[f32; SYMBOLS], s: usize| row.get(usize::from(symbol(s))).copied().unwrap_or(0.0);
    let none = f32::NEG_INFINITY;
    let at = |line: &[f32], s: Option<usize>| s.and_then(|s| line.get(s)).copied().unwrap_or(none);
    let mut forward: Vec<Vec<f32>> = Vec::with_capacity(rows.len());
    for (t, row) in rows.iter().enumerate() {
        let before = t.checked_sub(1).and_then(|t| forward.get(t)).cloned().unwrap_or_default();
        let line = (0..states).map(|s| {
            let sum = if t == 0 {
                if s < 2 { 0.0 } else { none }
            } else {
                let two = at(&before, s.checked_sub(2).filter(|_| skips(s)));
                log_add(log_add(at(&before, Some(s)), at(&before, s.checked_sub(1))), two)
            };
            sum + score(row, s)
        });
        forward.push(line.collect());
    }
    let last = forward.last()?;
    let total = log_add(at(last, Some(states - 1)), at(last, states.checked_sub(2)));
    if !total.is_finite() {
        return None;
    }
    let mut backward = vec![none; states];
    let mut gradient = vec![[0.0; SYMBOLS]; rows.len()];
    for (t, row) in rows.iter().enumerate().rev() {
        let after = if t + 1 == rows.len() { Vec::new() } else { backward.clone() };
        let next = rows.get(t + 1);
        for s in 0..states {
            let ahead = |to: usize| match next {
                Some(row) if to < states => at(&after, Some(to)) + score(row, to),
                _ => none,
            };
            let value = if next.is_none() {
                if s + 2 >= states { 0.0 } else { none }
            } else {
                let two = if skips(s + 2) { ahead(s + 2) } else { none };
                log_add(log_add(ahead(s), ahead(s + 1)), two)
            };
            if let Some(place) = backward.get_mut(s) {
                *place = value;
            }
        }
        let slot = gradient.get_mut(t)?;
        for (g, p) in slot.iter_mut().zip(row) {
            *g = p.exp();
        }
        for s in 0..states {
            let share = (at(forward.get(t)?, Some(s)) + at(&backward, Some(s)) - total).exp();
            if let Some(g) = slot.get_mut(usize::from(symbol(s))) {
                *g -= share;
            }
        }
    }
    Some((-total, gradient))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::decode::align::forward;
    use crate::testing::Random;

    fn softmax(logits: &[[f32; SYMBOLS]]) -> Vec<[f32; SYMBOLS]> {
        let row = |row: &[f32; SYMBOLS]| {
            let total: f32 = row.iter().map(|v| v.exp()).sum();
            row.map(|v| v - total.ln())
        };
        logits.iter().map(row).collect()
    }

    #[test]
    fn the_gradient_is_the_slope_of_the_loss() {
        let mut random = Random(3);
        let mut logits: Vec<[f32; SYMBOLS]> =
            (0..9).map(|_| std::array::from_fn(|_| random.unit() * 2.0)).collect();
        let target = [5, 5, 1, 7];
        let (value, gradient) = loss(&softmax(&logits), &target).unwrap();
        assert!((value + forward(&softmax(&logits), &target)).abs() < 1e-3);
        for (t, symbol) in [(0, 5), (3, 0), (4, 7), (8, 1), (2, 20)] {
            let step = 1e-2;
            logits[t][symbol] += step;
            let up = loss(&softmax(&logits), &target).unwrap().0;
            logits[t][symbol] -= 2.0 * step;
            let down = loss(&softmax(&logits), &target).unwrap().0;
            logits[t][symbol] += step;
            let slope = (up - down) / (2.0 * step);
            assert!((slope - gradient[t][symbol]).abs() < 5e-3, "{slope} against {}", gradient[t][symbol]);
        }
    }

    #[test]
    fn a_target_that_does_not_fit_has_no_loss() {
        let rows = softmax(&[[0.0; SYMBOLS]; 3]);
        assert!(loss(&rows, &[5, 5, 6]).is_none(), "the double letter needs a blank");
        assert!(loss(&rows, &[5, 7, 6]).is_some());
        assert!(loss(&[], &[5]).is_none());
    }
}
