//! The rule for danger, and words as they are compared.

use crate::{expr::Template, model::Addr};

/// The rule for an emergency.
#[derive(Debug)]
pub(crate) struct Emergency {
    /// Words that are danger in this bot, besides what the language knows.
    pub words: Vec<String>,
    /// What is asked where danger is in doubt, if not the bot's usual question.
    pub ask: Option<Template>,
    /// Where the rule's steps begin.
    pub then: Addr,
}

/// Whether what was said, as [`plain`] gives it, holds any of these words undenied: no «no» stands right before them.
pub(crate) fn is_said(words: &[String], said: &str) -> bool {
    words.iter().map(|w| plain(w)).filter(|w| w != " ").any(|words| {
        said.find(&words).is_some_and(|at| {
            let before = said.get(..=at).unwrap_or_default();
            !["no", "ni", "sin", "ningun", "ninguna"].iter().any(|no| before.ends_with(&format!(" {no} ")))
        })
    })
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
    fn words_are_heard_whole_whatever_their_accents_and_not_where_they_are_denied() {
        let words = ["no respira".into(), "fuego".into(), "…".into()];
        for (said, is) in [
            ("¡Mi madre no respira!", true),
            ("hay FUEGO, vengan", true),
            ("es un fueguito", false),
            ("respira, no se preocupe", false),
            ("no, fuego no", false),
            ("", false),
        ] {
            assert_eq!(is_said(&words, &plain(said)), is, "{said}");
        }
    }
}
