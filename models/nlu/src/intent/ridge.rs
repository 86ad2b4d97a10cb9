//! How well a kernel tells classes apart, without training: kernel ridge regression, whose
//! leave-one-out predictions have a closed form.

/// Penalty of the ridge.
const RIDGE: f32 = 0.5;

/// How many of the examples the others would name rightly. `kernel` is square, symmetric and
/// positive, by rows.
pub(crate) fn named_by_others(kernel: Vec<f32>, classes: &[usize], count: usize) -> usize {
    let n = classes.len();
    let Some(inverse) = inverse(kernel, n) else { return 0 };
    let rows = inverse.chunks(n.max(1)).enumerate().zip(classes);
    rows.filter(|((i, row), own)| {
        let mut sums = vec![0.0_f32; count];
        for (value, class) in row.iter().zip(classes) {
            if let Some(sum) = sums.get_mut(*class) {
                *sum += value;
            }
        }
        // Left out, it scores y - a / g: y is 1 for its own class, a the class's sum.
        let pivot = row.get(*i).copied().unwrap_or(1.0).max(1e-6);
        let score = |c: usize| f32::from(u8::from(c == **own)) - sums.get(c).copied().unwrap_or(0.0) / pivot;
        (0..count).max_by(|a, b| score(*a).total_cmp(&score(*b))) == Some(**own)
    })
    .count()
}

/// Inverse of the kernel with the ridge on its diagonal, by Gauss and Jordan; none if it has
/// none.
fn inverse(mut a: Vec<f32>, n: usize) -> Option<Vec<f32>> {
    for i in 0..n {
        *a.get_mut(i * n + i)? += RIDGE;
    }
    for k in 0..n {
        let pivot = *a.get(k * n + k)?;
        if pivot.abs() < 1e-6 {
            return None;
        }
        let scale = pivot.recip();
        let mut own: Vec<f32> = a.get(k * n..(k + 1) * n)?.iter().map(|x| x * scale).collect();
        *own.get_mut(k)? = scale;
        for (i, row) in a.chunks_mut(n).enumerate() {
            if i == k {
                row.copy_from_slice(&own);
                continue;
            }
            let factor = row.get(k).copied()?;
            *row.get_mut(k)? = 0.0;
            for (x, y) in row.iter_mut().zip(&own) {
                *x -= factor * y;
            }
        }
    }
    Some(a)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_inverse_undoes_its_matrix() {
        let a = vec![4.0, 1.0, 0.5, 1.0, 3.0, 0.2, 0.5, 0.2, 2.0];
        let b = inverse(a.clone(), 3).unwrap();
        for i in 0..3 {
            for j in 0..3 {
                let ridge = |x: usize, y: usize| if x == y { RIDGE } else { 0.0 };
                let sum: f32 = (0..3).map(|k| (a[i * 3 + k] + ridge(i, k)) * b[k * 3 + j]).sum();
                assert!((sum - if i == j { 1.0 } else { 0.0 }).abs() < 1e-4, "{i} {j} {sum}");
            }
        }
    }

    #[test]
    fn leaving_out_is_what_leaving_out_and_solving_again_gives() {
        // Two of a kind are near each other; the last is nearer to the other kind.
        let points: [[f32; 2]; 5] = [[1.0, 0.0], [0.9, 0.1], [0.0, 1.0], [0.1, 0.9], [0.8, 0.3]];
        let classes = [0, 0, 1, 1, 1];
        let kernel = |p: &[[f32; 2]]| -> Vec<f32> {
            p.iter().flat_map(|a| p.iter().map(|b| a[0] * b[0] + a[1] * b[1])).collect()
        };
        let mut right = 0;
        for out in 0..5 {
            let rest: Vec<usize> = (0..5).filter(|i| *i != out).collect();
            let p: Vec<[f32; 2]> = rest.iter().map(|i| points[*i]).collect();
            let g = inverse(kernel(&p), 4).unwrap();
            let score = |c: usize| -> f32 {
                (0..4)
                    .map(|i| {
                        let a: f32 = (0..4).filter(|j| classes[rest[*j]] == c).map(|j| g[i * 4 + j]).sum();
                        a * (p[i][0] * points[out][0] + p[i][1] * points[out][1])
                    })
                    .sum()
            };
            right += usize::from((score(0) > score(1)) == (classes[out] == 0));
        }
        assert_eq!(right, 4);
        assert_eq!(named_by_others(kernel(&points), &classes, 2), right);
    }
}
