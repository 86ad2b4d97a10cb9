//! Words that come before everything else.

use crate::model::Addr;

/// The rule for an emergency.
#[derive(Debug)]
pub(crate) struct Emergency {
    /// As the dialog has them.
    pub words: Vec<String>,
    /// Where the rule's steps begin.
    pub then: Addr,
    /// The words as they are looked for, between spaces.
    plain: Vec<String>,
}

impl Emergency {
    pub fn new(words: Vec<String>, then: Addr) -> Self {
        // Signs alone are in everything that is said.
        let plain = words.iter().map(|w| plain(w)).filter(|w| w != " ").collect();
        Self { words, then, plain }
    }

    /// Whether what was said, as [`plain`] gives it, holds any of the words.
    pub fn is_said(&self, said: &str) -> bool {
        self.plain.iter().any(|words| said.contains(words))
    }
}

/// Small letters without accents, words one space apart, and one before and after.
pub(crate) fn plain(text: &str) -> String {
    let small = text.to_lowercase();
    let letters = small.chars().map(|c| match c {
        'á' | 'à' => 'a',
        'é' | 'è' => 'e',
        'í' | 'ï' => 'i',
        'ó' | 'ò' => 'o',
        'ú' | 'ü' => 'u',
        c if c.is_alphanumeric() => c,
        _ => ' ',
    });
    let mut out = String::from(" ");
    for word in letters.collect::<String>().split_whitespace() {
        out.push_str(word);
        out.push(' ');
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_heard_whole_and_whatever_their_accents() {
        let rule = Emergency::new(vec!["no respira".into(), "fuego".into(), "…".into()], 0);
        for (said, is) in [
            ("¡Mi madre no respira!", true),
            ("hay FUEGO, vengan", true),
            ("es un fueguito", false),
            ("respira, no se preocupe", false),
            ("", false),
        ] {
            assert_eq!(rule.is_said(&plain(said)), is, "{said}");
        }
    }
}
