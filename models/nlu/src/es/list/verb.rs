//! Verbs in what was said: what is over, supposed, or done by others, and what one does.

use crate::es::text::Text;

/// Pronouns before or after a verb.
const CLITICS: [&str; 12] = ["melo", "mela", "me", "te", "se", "nos", "les", "le", "los", "las", "lo", "la"];

/// «la última vez…», «ya arreglaron…», «ya han…»: what is over.
pub(super) fn is_past(text: &Text, i: usize) -> bool {
    const TIMES: [&str; 5] =
        ["la ultima vez", "la otra vez", "la vez anterior", "el año pasado", "hace años"];
    let over = |word: &str| matches!(word, "han" | "ha" | "he" | "hemos") || word.ends_with("ron");
    let done = (i + 1..i + 4).find(|j| !CLITICS.contains(&text.word(*j))).is_some_and(|j| over(text.word(j)));
    TIMES.iter().any(|time| text.phrase(i, time).is_some()) || text.word(i) == "ya" && done
}

/// «mi hijo lo paga», «mi marido es fontanero»: what others are or do.
pub(super) fn is_of_kin(text: &Text, i: usize) -> bool {
    const KIN: [&str; 16] = [
        "hijo", "hija", "marido", "mujer", "madre", "padre", "hermano", "hermana", "vecino", "vecina",
        "nieto", "nieta", "suegra", "suegro", "cuñado", "cuñada",
    ];
    let other =
        matches!(text.word(i), "mi" | "su" | "el" | "la" | "un" | "una") && KIN.contains(&text.word(i + 1));
    other
        && (CLITICS.contains(&text.word(i + 2)) && text.word(i + 2) != "se"
            || matches!(text.word(i + 2), "es" | "era"))
}

/// «*si* la anulo»: where a verb that tells nobody to do it follows.
pub(super) fn is_supposed(text: &Text, i: usize) -> bool {
    let begins = (1..=3).filter_map(|n| i.checked_sub(n)).find(|j| !CLITICS.contains(&text.word(*j)));
    // «anúlela».
    let bare = CLITICS.iter().find_map(|clitic| text.word(i).strip_suffix(clitic)).unwrap_or_default();
    let told = bare.len() > 3 && bare.ends_with(['a', 'e', 'n']);
    !told && begins.is_some_and(|j| text.word(j) == "si" && !text.written(j).contains(['í', 'Í']))
}

/// «la anulé», «me la anularon», «la anularía»: a verb after its pronoun that tells of what is over, or would be.
pub(super) fn is_told(text: &Text, i: usize) -> bool {
    let told = ["aron", "ieron", "aria", "eria", "iria"].iter().any(|end| text.word(i).ends_with(end));
    let told = told || text.written(i).ends_with(['é', 'ó', 'í']);
    told && i.checked_sub(1).is_some_and(|b| CLITICS.contains(&text.word(b)))
}

/// Whether a word is what one does: an infinitive, with or without its pronouns.
pub(super) fn is_verb(word: &str) -> bool {
    let bare = CLITICS.iter().find_map(|clitic| word.strip_suffix(clitic)).unwrap_or(word);
    [word, bare].iter().any(|w| w.len() > 3 && (w.ends_with("ar") || w.ends_with("er") || w.ends_with("ir")))
}
