//! Counts of what was right and wrong.

use serde::Serialize;

/// Bins of the calibration error.
const BINS: usize = 10;

/// Edits (substitutions, insertions, deletions) that turn one sequence into the other.
pub fn edits<T: PartialEq>(wanted: &[T], got: &[T]) -> usize {
    let mut row: Vec<usize> = (0..=got.len()).collect();
    for (i, w) in wanted.iter().enumerate() {
        let mut next = vec![i + 1];
        for (pair, g) in row.windows(2).zip(got) {
            let (&[diagonal, above], Some(&left)) = (pair, next.last()) else { continue };
            next.push((diagonal + usize::from(w != g)).min(above + 1).min(left + 1));
        }
        row = next;
    }
    row.last().copied().unwrap_or(0)
}

/// Counts over some clips.
#[derive(Debug, Clone, Copy, Default, Serialize)]
pub struct Score {
    /// Clips evaluated.
    pub clips: usize,
    /// Words spoken.
    pub words: usize,
    /// Edits between the words spoken and heard.
    pub word_edits: usize,
    /// Letters spoken.
    pub letters: usize,
    /// Edits between the letters spoken and heard.
    pub letter_edits: usize,
    /// Clips heard without any error.
    pub exact: usize,
    /// Clips whose phrase of the closed list scored best.
    pub in_phrases: usize,
    /// Clips scored against a closed list.
    pub ranked: usize,
}

impl Score {
    /// Adds another count.
    pub fn add(&mut self, other: &Score) {
        self.clips += other.clips;
        self.words += other.words;
        self.word_edits += other.word_edits;
        self.letters += other.letters;
        self.letter_edits += other.letter_edits;
        self.exact += other.exact;
        self.in_phrases += other.in_phrases;
        self.ranked += other.ranked;
    }

    /// Word error rate, accents folded.
    pub fn word_error(&self) -> f64 {
        ratio(self.word_edits, self.words)
    }

    /// Letter error rate, spaces left out.
    pub fn letter_error(&self) -> f64 {
        ratio(self.letter_edits, self.letters)
    }

    /// Share of clips whose phrase was picked out of the closed list.
    pub fn phrase_accuracy(&self) -> Option<f64> {
        (self.ranked > 0).then(|| ratio(self.in_phrases, self.ranked))
    }
}

fn ratio(part: usize, whole: usize) -> f64 {
    part as f64 / whole.max(1) as f64
}

/// Expected calibration error: mean distance between confidence and share of right ones in ten
/// bins of confidence, weighted by their size.
pub fn calibration_error(answers: &[(f32, bool)]) -> f64 {
    let mut bins = [(0usize, 0.0f64, 0usize); BINS];
    for &(confidence, right) in answers {
        let at = ((confidence * BINS as f32) as usize).min(BINS - 1);
        if let Some(bin) = bins.get_mut(at) {
            *bin = (bin.0 + 1, bin.1 + f64::from(confidence), bin.2 + usize::from(right));
        }
    }
    let gap = |&(_, sum, right): &(usize, f64, usize)| (sum - right as f64).abs();
    bins.iter().map(gap).sum::<f64>() / answers.len().max(1) as f64
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn edits_are_counted_once_each() {
        assert_eq!(edits(b"casa", b"casa"), 0);
        assert_eq!(edits(b"casa", b"caza"), 1);
        assert_eq!(edits(b"", b"abc"), 3);
        assert_eq!(edits(b"abc", b""), 3);
        assert_eq!(edits(b"kitten", b"sitting"), 3);
    }

    #[test]
    fn calibration_is_zero_when_confidence_means_what_it_says() {
        let good: Vec<(f32, bool)> = (0..100).map(|i| (0.75, i % 4 != 0)).collect();
        assert!(calibration_error(&good) < 1e-6);
        let proud: Vec<(f32, bool)> = (0..100).map(|i| (0.95, i % 2 == 0)).collect();
        assert!((calibration_error(&proud) - 0.45).abs() < 1e-6);
    }
}
