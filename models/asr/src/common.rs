//! Which words two readings of the same utterance share.

/// Lists longer than this are compared up to it: no utterance has so many words.
const LONGEST: usize = 400;

/// The longest common subsequence of two lists: pairs of places, in order.
pub fn common<T: PartialEq>(a: &[T], b: &[T]) -> Vec<(usize, usize)> {
    if a == b {
        return (0..a.len()).map(|i| (i, i)).collect();
    }
    let (a, b) = (a.get(..LONGEST).unwrap_or(a), b.get(..LONGEST).unwrap_or(b));
    let width = b.len() + 1;
    let mut length = vec![0_u16; (a.len() + 1) * width];
    let at = |i: usize, j: usize| i * width + j;
    for i in (0..a.len()).rev() {
        for j in (0..b.len()).rev() {
            let get = |k: usize| length.get(k).copied().unwrap_or(0);
            let best = if a.get(i) == b.get(j) {
                get(at(i + 1, j + 1)) + 1
            } else {
                get(at(i + 1, j)).max(get(at(i, j + 1)))
            };
            if let Some(cell) = length.get_mut(at(i, j)) {
                *cell = best;
            }
        }
    }
    let (mut i, mut j, mut out) = (0, 0, Vec::new());
    let get = |k: usize| length.get(k).copied().unwrap_or(0);
    while i < a.len() && j < b.len() {
        if a.get(i) == b.get(j) {
            out.push((i, j));
            i += 1;
            j += 1;
        } else if get(at(i + 1, j)) >= get(at(i, j + 1)) {
            i += 1;
        } else {
            j += 1;
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_two_lists_share_keeps_its_order() {
        assert_eq!(common(&["el", "dos", "no"], &["dos", "el", "no"]).len(), 2);
        assert_eq!(common(&["a", "b", "c", "d"], &["b", "x", "d"]), [(1, 0), (3, 2)]);
        assert_eq!(common::<u8>(&[], &[1]), []);
    }
}
