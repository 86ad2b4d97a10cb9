//! Cues by which a speaker takes back what was just said.

use super::text::Text;

/// Cues that stand at the beginning; longest first. What follows replaces what was said.
const OPENING: &[&str] = &[
    "no no espere mejor",
    "no espere mejor",
    "no espera mejor",
    "espere mejor",
    "espera mejor",
    "no no perdon",
    "no perdone",
    "no perdon",
    "perdone queria decir",
    "perdon queria decir",
    "perdona queria decir",
    "no queria decir",
    "queria decir",
    "quise decir",
    "quiero decir",
    "no mejor dicho",
    "mejor dicho",
    "o mejor dicho",
    "no digo",
    "digo no",
    "no espere",
    "no espera",
    "espere no",
    "espera no",
    "no mejor",
    "no no",
    "perdone",
    "perdon",
    "perdona",
    "espere",
    "espera",
    "mejor",
    "me he equivocado",
    "me equivoque",
    "me he confundido",
    "rectifico",
    "corrijo",
    "ay no",
    "uy no",
    "ay perdon",
    "uy perdon",
    "bueno no mejor",
    "bueno mejor",
    "bueno no",
    "digo",
    "en realidad",
    "no es que",
];

/// Cues inside a sentence: only what follows counts.
const INSIDE: &[&str] = &[
    "no espere mejor",
    "no espera mejor",
    "no perdone",
    "no perdon",
    "perdon queria decir",
    "perdone queria decir",
    "queria decir",
    "quise decir",
    "mejor dicho",
    "ay no",
    "uy no",
    "no espere",
    "no espera",
    "no mejor",
    "perdon",
    "perdone",
    "digo",
    "rectifico",
    "corrijo",
    "me he equivocado",
    "o no mejor",
    "bueno no mejor",
    "bueno mejor",
];

/// Words that say that something is wanted.
pub(super) const WANTS: [&str; 13] = [
    "quiero",
    "queria",
    "quisiera",
    "querria",
    "necesito",
    "necesitaba",
    "prefiero",
    "busco",
    "pido",
    "pida",
    "pidiera",
    "solicito",
    "solicitar",
];
/// Words that may stand before «no quiero… quiero…».
const BEFORE_NO: usize = 4;

/// The plain no of the languages that ship.
const NEGATORS: [&str; 3] = ["no", "non", "ez"];

/// What remains after a cue of correction: «no, espere, mejor la primera» → «la primera».
///
/// `None`: no cue, or nothing after it. A cue alone («no») is an answer, not a correction.
#[must_use]
pub fn correction(source: &str) -> Option<&str> {
    let cues = Cues { opening: OPENING, inside: INSIDE, that: &["que"] };
    let text = Text::new(source);
    contrast(source, &text).or_else(|| remaining(source, &text, &cues))
}

/// Whether a text says what is not wanted and nothing instead: «no quiero reservar nada».
#[must_use]
pub fn is_unwanted(source: &str) -> bool {
    let text = Text::new(source);
    let refused = text.words() <= SHORT
        && (text.word(text.len().saturating_sub(1)) == "no" || text.phrase(0, "nada de").is_some());
    refused || unwanted(&text).is_some() && contrast(source, &text).is_none()
}

/// «a plazos no», «nada de plazos»: most words of what is refused so.
const SHORT: usize = 4;

/// Whether a text says that something is wanted: «quiero…», «páseme…».
#[must_use]
pub fn wishes(source: &str) -> bool {
    const TOLD: [&str; 6] = ["eme", "ame", "enme", "anme", "enos", "anos"];
    let text = Text::new(source);
    (0..text.len())
        .any(|i| WANTS.contains(&text.word(i)) || TOLD.iter().any(|end| text.word(i).ends_with(end)))
}

/// Where «no quiero…» begins. «No quiero que me graben…» is a wish of its own.
fn unwanted(text: &Text) -> Option<usize> {
    let wants = |i: usize| WANTS.contains(&text.word(i));
    (0..BEFORE_NO).find(|i| text.word(*i) == "no" && wants(i + 1) && text.word(i + 2) != "que")
}

/// What is wanted instead of what is not: «no quiero anularla, *quiero cambiarla*».
fn contrast<'a>(source: &'a str, text: &Text) -> Option<&'a str> {
    let wants = |i: usize| WANTS.contains(&text.word(i));
    let no = unwanted(text)?;
    let instead = (no + 3..text.len()).find(|i| wants(*i) || text.word(*i) == "sino")?;
    let from = instead + usize::from(text.word(instead) == "sino");
    source.get(text.get(from)?.start..)
}

/// The cues of a language.
pub(crate) struct Cues<'a, S> {
    /// Those that stand at the beginning.
    pub opening: &'a [S],
    /// Those inside a sentence.
    pub inside: &'a [S],
    /// Words between a cue and what follows it that say nothing.
    pub that: &'a [S],
}

/// What remains of `source`, whose tokens are `text`, after a cue.
pub(crate) fn remaining<'a, S: AsRef<str>>(
    source: &'a str,
    text: &Text,
    cues: &Cues<'_, S>,
) -> Option<&'a str> {
    let mut at = 0;
    let mut cued = false;
    while let Some(next) = cue(text, at, cues.opening) {
        at = next;
        cued = true;
    }
    let mut i = at;
    while i < text.len() {
        // «…, no: mejor…»: inside, a lone word needs a pause before it to be a cue.
        match cue(text, i, cues.inside) {
            Some(next) if i > at && next < text.len() => {
                at = next;
                cued = true;
                while let Some(more) = cue(text, at, cues.opening) {
                    at = more;
                }
                i = at;
            }
            _ => i += 1,
        }
    }
    if !cued {
        return None;
    }
    while text.is_mark(at) || (cues.that.iter().any(|w| w.as_ref() == text.word(at)) && at + 1 < text.len()) {
        at += 1;
    }
    let start = text.get(at)?.start;
    source.get(start..).map(str::trim).filter(|rest| !rest.is_empty())
}

/// The token after a cue at `i`, commas inside it ignored.
fn cue<S: AsRef<str>>(text: &Text, i: usize, cues: &[S]) -> Option<usize> {
    let mut start = i;
    while text.is_mark(start) {
        start += 1;
    }
    cues.iter()
        .filter_map(|cue| {
            let mut at = start;
            for word in cue.as_ref().split(' ') {
                while text.is_mark(at) && at > start {
                    at += 1;
                }
                if text.word(at) != word {
                    return None;
                }
                at += 1;
            }
            // «no, no la quiero»: without a pause after it, a no denies what follows.
            let last = cue.as_ref().rsplit(' ').next().unwrap_or_default();
            let denies = NEGATORS.contains(&last) && at < text.len() && !text.is_mark(at);
            (!denies).then_some(at)
        })
        .max()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_follows_the_cue_remains() {
        for (said, rest) in [
            ("no, espere, mejor la primera", "la primera"),
            ("perdón, quería decir el martes", "el martes"),
            ("no, perdón, a las seis", "a las seis"),
            ("mejor el jueves", "el jueves"),
            ("el martes, no, perdón, el miércoles", "el miércoles"),
            ("a las cinco, digo, a las seis", "a las seis"),
            ("espere, espere, que me he equivocado: la segunda", "la segunda"),
            ("no quiero anularla, quiero cambiarla", "quiero cambiarla"),
            ("mire no quería anular sino cambiar la cita", "cambiar la cita"),
        ] {
            assert_eq!(correction(said), Some(rest), "{said}");
        }
    }

    #[test]
    fn an_answer_is_not_a_correction() {
        for said in [
            "no",
            "el jueves por la tarde",
            "no, gracias",
            "",
            "la mejor",
            "no quiero que me graben, quiero una cita",
        ] {
            assert_eq!(correction(said), None, "{said}");
        }
    }
}
