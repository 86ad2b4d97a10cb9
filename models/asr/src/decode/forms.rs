//! Makes the forms of the listed words: plurals, feminines, the commonest verb forms.

/// Cost (negative log-probability) of a word by the class of its line in `es_words.txt`.
const COSTS: [(&str, f32); 5] = [("1", 5.0), ("2", 6.5), ("3", 7.5), ("4", 8.5), ("5", 9.5)];
/// What a generated form costs beyond the listed one.
const FORM_COST: f32 = 0.7;

/// Reads lines `class kind: words` (class 1, the commonest, to 5; kind `w` as listed, `n` nouns,
/// `a` adjectives, `v` regular verbs) and gives every form with its cost, cheapest first.
pub fn expand(list: &str) -> Vec<(String, f32)> {
    let mut out: Vec<(String, f32)> = Vec::new();
    for line in list.lines().filter(|l| !l.starts_with('#')) {
        let Some((head, words)) = line.split_once(':') else { continue };
        let (class, kind) = head.trim().split_once(' ').unwrap_or((head.trim(), "w"));
        let cost = COSTS.iter().find(|c| c.0 == class).map_or(9.5, |c| c.1);
        for word in words.split_whitespace() {
            out.push((word.to_string(), cost));
            let forms = match kind {
                "n" => vec![plural(word)],
                "a" => adjective(word),
                "v" => verb(word),
                _ => Vec::new(),
            };
            out.extend(forms.into_iter().map(|f| (f, cost + FORM_COST)));
        }
    }
    out.sort_by(|a, b| a.1.total_cmp(&b.1));
    out
}

/// The plural; words in -n and -s lose the accent of their last syllable.
fn plural(word: &str) -> String {
    let Some(last) = word.chars().last() else { return String::new() };
    if "aeiouáéó".contains(last) {
        return format!("{word}s");
    }
    if last == 'z' {
        return format!("{}ces", &word[..word.len() - 1]);
    }
    let head = &word[..word.len() - last.len_utf8()];
    for (accented, plain) in [("á", "a"), ("é", "e"), ("í", "i"), ("ó", "o"), ("ú", "u")] {
        if let Some(stem) = head.strip_suffix(accented).filter(|_| last == 'n' || last == 's') {
            return format!("{stem}{plain}{last}es");
        }
    }
    format!("{word}es")
}

fn adjective(word: &str) -> Vec<String> {
    match word.strip_suffix('o') {
        Some(stem) => vec![format!("{stem}a"), format!("{stem}os"), format!("{stem}as")],
        None => vec![plural(word)],
    }
}

/// The forms callers use most: present, preterite, imperfect, future, conditional, subjunctive,
/// participle, gerund; with enclitic pronouns on the infinitive.
fn verb(infinitive: &str) -> Vec<String> {
    let Some(stem) = infinitive.get(..infinitive.len().saturating_sub(2)) else { return Vec::new() };
    let endings: &[&str] = match infinitive.get(stem.len()..) {
        Some("ar") => &[
            "o", "as", "a", "amos", "an", "é", "ó", "aron", "aba", "aban", "ado", "ada", "ados", "adas",
            "ando", "e", "en", "aría", "ará", "aré", "arán", "arme", "arse", "arlo", "arla", "arle",
        ],
        Some("er") => &[
            "o", "es", "e", "emos", "en", "í", "ió", "ieron", "ía", "ían", "ido", "ida", "idos", "idas",
            "iendo", "a", "an", "ería", "erá", "eré", "erán", "erme", "erse", "erlo", "erla", "erle",
        ],
        Some("ir") => &[
            "o", "es", "e", "imos", "en", "í", "ió", "ieron", "ía", "ían", "ido", "ida", "idos", "idas",
            "iendo", "a", "an", "iría", "irá", "iré", "irán", "irme", "irse", "irlo", "irla", "irle",
        ],
        _ => &[],
    };
    endings.iter().map(|e| spelling(stem, e)).collect()
}

/// Joins stem and ending, keeping the sound of c, g and z before e.
fn spelling(stem: &str, ending: &str) -> String {
    let soft = ending.starts_with(['e', 'é']);
    for (hard, written) in [("c", "qu"), ("gu", "gu"), ("g", "gu"), ("z", "c")] {
        if let Some(head) = stem.strip_suffix(hard).filter(|_| soft && !ending.starts_with("er")) {
            return format!("{head}{written}{ending}");
        }
    }
    format!("{stem}{ending}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn forms_are_spanish() {
        assert_eq!(
            ["casa", "luz", "camión", "papel", "inglés"].map(plural),
            ["casas", "luces", "camiones", "papeles", "ingleses"]
        );
        assert_eq!(adjective("nuevo"), ["nueva", "nuevos", "nuevas"]);
        let pay = verb("pagar");
        assert!(pay.contains(&"pagué".to_string()) && pay.contains(&"pagaba".to_string()));
        assert!(verb("vivir").contains(&"viviendo".to_string()));
    }
}
