//! Copies of an example as a recogniser or a hasty writer would have it: b/v,
//! s/z/c, ll/y, mute h, blurred vowels, lost and joined short words.

use super::rng::Rng;

/// One copy with one to three mistakes.
pub(crate) fn misheard(words: &[String], rng: &mut Rng) -> Vec<String> {
    let mut out = words.to_vec();
    for _ in 0..=rng.below(2) {
        let at = rng.below(out.len());
        match rng.below(5) {
            // Short words are lost, or stick to the next.
            0 => drop_short(&mut out, rng),
            1 => join(&mut out, at),
            _ => {
                if let Some(word) = out.get_mut(at) {
                    *word = confuse(word, rng);
                }
            }
        }
    }
    out
}

fn drop_short(words: &mut Vec<String>, rng: &mut Rng) {
    let short: Vec<usize> =
        words.iter().enumerate().filter(|(_, w)| w.chars().count() <= 3).map(|(i, _)| i).collect();
    if let Some(at) = short.get(rng.below(short.len()))
        && words.len() > 2
    {
        words.remove(*at);
    }
}

fn join(words: &mut Vec<String>, at: usize) {
    if at + 1 < words.len() && words.get(at).is_some_and(|w| w.chars().count() <= 3) {
        let head = words.remove(at);
        if let Some(next) = words.get_mut(at) {
            next.insert_str(0, &head);
        }
    }
}

/// One sound of the word written as another that is heard alike.
fn confuse(word: &str, rng: &mut Rng) -> String {
    const PAIRS: [(&str, &str); 24] = [
        ("b", "v"),
        ("v", "b"),
        ("ce", "se"),
        ("ci", "si"),
        ("z", "s"),
        ("s", "z"),
        ("ll", "y"),
        ("y", "ll"),
        ("h", ""),
        ("ge", "je"),
        ("gi", "ji"),
        ("qu", "k"),
        ("x", "s"),
        ("e", "i"),
        ("o", "u"),
        ("i", "e"),
        ("ado", "ao"),
        ("d", "t"),
        ("p", "b"),
        ("m", "n"),
        ("r", "l"),
        ("t", "d"),
        ("n", "m"),
        ("s", ""),
    ];
    let start = rng.below(PAIRS.len());
    let hit = (0..PAIRS.len())
        .filter_map(|n| PAIRS.get((start + n) % PAIRS.len()))
        .find(|(from, _)| word.contains(from));
    match hit {
        Some((from, to)) => {
            let changed = word.replacen(from, to, 1);
            if changed.is_empty() { word.to_owned() } else { changed }
        }
        None => word.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn copies_depend_on_the_seed_alone_and_are_never_empty() {
        let words: Vec<String> = "quiero pedir cita para el padron".split(' ').map(str::to_owned).collect();
        let copies = |seed| {
            let mut rng = Rng::new(seed);
            (0..50).map(|_| misheard(&words, &mut rng)).collect::<Vec<_>>()
        };
        assert_eq!(copies(7), copies(7));
        assert_ne!(copies(7), copies(8));
        assert!(copies(9).iter().all(|c| !c.is_empty() && c.iter().all(|w| !w.is_empty())));
    }
}
