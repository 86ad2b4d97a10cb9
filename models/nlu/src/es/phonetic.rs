//! How a word sounds on a telephone in Spain, as a key: words that a recogniser
//! or a writer confuses have the same key (b/v, s/z/c, ll/y, mute h, qu/k, g/j).

/// The key of one folded word. Not for display.
#[must_use]
pub fn key(word: &str) -> String {
    let chars: Vec<char> = word.chars().collect();
    let at = |i: usize| chars.get(i).copied().unwrap_or(' ');
    let mut out = String::with_capacity(word.len());
    let mut i = 0;
    while i < chars.len() {
        let next = at(i + 1);
        let (sound, width) = match at(i) {
            'c' if next == 'h' => ("ch", 2),
            'c' if matches!(next, 'e' | 'i') => ("s", 1),
            'c' | 'k' => ("k", 1),
            'q' if next == 'u' => ("k", 2),
            'q' => ("k", 1),
            'z' | 's' | 'x' => ("s", 1),
            'p' if next == 'h' => ("f", 2),
            'h' => ("", 1),
            'v' | 'w' | 'b' => ("b", 1),
            'g' if matches!(next, 'e' | 'i') => ("j", 1),
            'g' if next == 'u' && matches!(at(i + 2), 'e' | 'i') => ("g", 2),
            'l' if next == 'l' => ("y", 2),
            'y' if i + 1 == chars.len() => ("i", 1),
            'n' if matches!(next, 'b' | 'v' | 'p') => ("m", 1),
            c => {
                push(&mut out, c);
                i += 1;
                continue;
            }
        };
        for c in sound.chars() {
            push(&mut out, c);
        }
        i += width;
    }
    out
}

/// Doubled sounds are one, except rr.
fn push(out: &mut String, c: char) {
    if c == 'r' || !out.ends_with(c) {
        out.push(c);
    }
}

/// How alike two keys are, 0 to 1: one minus the edit distance over the longer
/// length, where sounds that telephone lines blur cost half.
#[must_use]
pub fn likeness(a: &str, b: &str) -> f32 {
    if a == b {
        return 1.0;
    }
    let (a, b): (Vec<char>, Vec<char>) = (a.chars().collect(), b.chars().collect());
    let longest = a.len().max(b.len());
    if longest == 0 {
        return 1.0;
    }
    let mut row: Vec<f32> = (0..=b.len()).map(|j| j as f32).collect();
    for (i, x) in a.iter().enumerate() {
        let mut diagonal = i as f32;
        let mut left = (i + 1) as f32;
        if let Some(first) = row.first_mut() {
            *first = left;
        }
        for (y, cell) in b.iter().zip(row.iter_mut().skip(1)) {
            let best = (diagonal + blur(*x, *y)).min(*cell + 1.0).min(left + 1.0);
            diagonal = *cell;
            *cell = best;
            left = best;
        }
    }
    let distance = row.last().copied().unwrap_or(0.0);
    (1.0 - distance / longest as f32).clamp(0.0, 1.0)
}

/// Cost of hearing one sound as another.
fn blur(a: char, b: char) -> f32 {
    const FAMILIES: [&str; 8] = ["bpm", "dtg", "sfj", "nmñ", "lr", "kgt", "ei", "ou"];
    if a == b {
        0.0
    } else if FAMILIES.iter().any(|f| f.contains(a) && f.contains(b)) {
        0.5
    } else {
        1.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_sounds_alike_has_one_key() {
        for (a, b) in [
            ("cinco", "sinko"),
            ("veinte", "beinte"),
            ("ocho", "hocho"),
            ("zeta", "ceta"),
            ("calle", "caye"),
            ("girona", "jirona"),
            ("quince", "kinse"),
            ("ley", "lei"),
        ] {
            assert_eq!(key(a), key(b), "{a} {b}");
        }
        assert_ne!(key("pero"), key("perro"));
        assert_ne!(key("seis"), key("siete"));
    }

    #[test]
    fn likeness_falls_with_distance() {
        assert!(likeness("padron", "padron") > likeness("padron", "patron"));
        assert!(likeness("padron", "patron") > likeness("padron", "tributos"));
        assert_eq!(likeness("", ""), 1.0);
    }
}
