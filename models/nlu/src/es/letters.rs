//! Letters by their Spanish names, as people say them on the telephone.

use super::number;
use super::text::Text;

/// Letters that can be read at `i`: `(next token, capital letter, cost)`.
pub(crate) fn read(text: &Text, i: usize) -> Vec<(usize, char, u32)> {
    let mut out = Vec::new();
    let Some((next, letter)) = name(text, i) else {
        return out;
    };
    if text.word(next) == "de"
        && let Some(initial) = example(text, next + 1, letter)
    {
        out.push((next + 2, initial, 0));
        return out;
    }
    out.push((next, letter, u32::from(matches!(text.word(i), "a" | "e" | "o" | "de" | "se" | "te"))));
    out
}

/// «be de Barcelona»: the word after «de» decides, when it sounds like the letter.
fn example(text: &Text, i: usize, letter: char) -> Option<char> {
    let word = text.word(i);
    // «be de dos», «be de punto»: what follows a dictated «de» may be dictated too.
    if matches!(word, "punto" | "guion" | "barra" | "arroba") || number::cardinal(text, i).is_some() {
        return None;
    }
    if word.chars().count() < 3
        || name(text, i).is_some()
        || !text.get(i)?.key.chars().all(char::is_alphabetic)
    {
        return None;
    }
    let initial = word.chars().next()?.to_uppercase().next()?;
    if initial == letter || sound_alike(initial, letter) { Some(initial) } else { None }
}

/// Whether the names of two letters are confused on the telephone.
pub(crate) fn sound_alike(a: char, b: char) -> bool {
    const FAMILIES: [&str; 8] = ["BVDPTGCEZ", "FS", "MNÑ", "LR", "KH", "JG", "QKU", "SXZC"];
    a == b || FAMILIES.iter().any(|f| f.contains(a) && f.contains(b))
}

/// Whether two letters' whole names are heard as one another: be, de, pe, te…
pub(crate) fn rhyme(a: char, b: char) -> bool {
    const FAMILIES: [&str; 4] = ["BDPTGCE", "FS", "MN", "KA"];
    a != b && FAMILIES.iter().any(|f| f.contains(a) && f.contains(b))
}

/// The name of a letter at `i`.
fn name(text: &Text, i: usize) -> Option<(usize, char)> {
    const PHRASES: [(&str, char); 22] = [
        ("uve doble", 'W'),
        ("doble uve", 'W'),
        ("doble ve", 'W'),
        ("ve doble", 'W'),
        ("doble u", 'W'),
        ("doble v", 'W'),
        ("v doble", 'W'),
        ("be doble", 'W'),
        ("doble be", 'W'),
        ("i griega", 'Y'),
        ("y griega", 'Y'),
        ("i latina", 'I'),
        ("be alta", 'B'),
        ("be grande", 'B'),
        ("ve baja", 'V'),
        ("ve corta", 'V'),
        ("ve chica", 'V'),
        ("u ve", 'V'),
        ("hu ve", 'V'),
        ("ce con cedilla", 'C'),
        ("a che", 'H'),
        ("e se", 'S'),
    ];
    for (phrase, letter) in PHRASES {
        if let Some(next) = text.phrase(i, phrase) {
            return Some((next, letter));
        }
    }
    let word = text.word(i);
    let mut chars = word.chars();
    if let (Some(c), None) = (chars.next(), chars.next()) {
        // «y» alone is the conjunction; written, it is glued to its figures.
        if c == 'y' && !text.glued(i) && !text.glued(i + 1) {
            return None;
        }
        return (c.is_ascii_lowercase() || c == 'ñ').then(|| (i + 1, c.to_ascii_uppercase_es()));
    }
    let letter = match word {
        // As it sounds: Spain's V is «uve».
        "be" | "ve" => 'B',
        "ce" | "se" => 'C',
        "de" => 'D',
        "efe" | "efre" => 'F',
        "ge" | "je" => 'G',
        "hache" | "ache" | "acha" => 'H',
        "jota" | "hota" => 'J',
        "ka" | "ca" | "kha" => 'K',
        "ele" | "el" if word == "ele" => 'L',
        "eme" | "heme" => 'M',
        "ene" | "hene" => 'N',
        "eñe" => 'Ñ',
        "pe" => 'P',
        "cu" | "ku" | "qu" => 'Q',
        "erre" | "ere" => 'R',
        "ese" => 'S',
        "te" => 'T',
        "uve" | "ube" | "huve" => 'V',
        "equis" | "ekis" | "esquis" => 'X',
        "ye" | "igriega" => 'Y',
        "zeta" | "ceta" | "seta" | "zeda" | "ceda" | "cheta" => 'Z',
        _ => return None,
    };
    Some((i + 1, letter))
}

trait UpperEs {
    fn to_ascii_uppercase_es(self) -> char;
}

impl UpperEs for char {
    /// Capital of a Spanish letter; ñ is not ASCII.
    fn to_ascii_uppercase_es(self) -> char {
        if self == 'ñ' { 'Ñ' } else { self.to_ascii_uppercase() }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn letters_are_known_by_all_their_names() {
        for (words, letter) in [
            ("zeta", 'Z'),
            ("ceta", 'Z'),
            ("uve", 'V'),
            ("be de Barcelona", 'B'),
            ("ve de Barcelona", 'B'),
            ("i griega", 'Y'),
            ("equis", 'X'),
            ("uve doble", 'W'),
            ("hache", 'H'),
            ("eñe", 'Ñ'),
            ("Z", 'Z'),
            ("ka", 'K'),
            ("cu", 'Q'),
            ("de de Dinamarca", 'D'),
            ("zeta de Zaragoza", 'Z'),
        ] {
            let text = Text::new(words);
            let got = read(&text, 0);
            assert_eq!(got.first().map(|g| (g.0, g.1)), Some((text.len(), letter)), "{words}");
        }
    }

    #[test]
    fn what_is_dictated_after_a_letter_is_no_example_of_it() {
        for (words, letter) in [("be de dos", 'B'), ("te de punto", 'T'), ("cu de uve doble", 'Q')] {
            assert_eq!(read(&Text::new(words), 0).first().map(|g| (g.0, g.1)), Some((1, letter)), "{words}");
        }
    }
}
