//! Yes or no, as people in Spain say it.

use super::text::Text;
use crate::{Found, Status, Value};

/// Phrases that mean yes whatever surrounds their words; longest first.
const YES: &[&str] = &[
    "no no esta bien asi",
    "no no esta bien",
    "no no esta perfecto",
    "no no es correcto",
    "claro que si",
    "por supuesto que si",
    "desde luego que si",
    "digo yo que si",
    "yo creo que si",
    "creo que si",
    "no me viene mal",
    "no me va mal",
    "no me parece mal",
    "no esta mal",
    "no esta nada mal",
    "no hay problema",
    "no hay ningun problema",
    "no hay inconveniente",
    "ningun problema",
    "ningun inconveniente",
    "sin problema",
    "no tengo inconveniente",
    "no tengo problema",
    "no me importa",
    "por que no",
    "como no",
    "faltaria mas",
    "me viene bien",
    "me va bien",
    "me parece bien",
    "me viene de perlas",
    "me viene estupendo",
    "me viene perfecto",
    "esta bien",
    "esta perfecto",
    "esta correcto",
    "muy bien",
    "esta muy bien",
    "va bien",
    "vale",
    "de acuerdo",
    "por supuesto",
    "desde luego",
    "eso es",
    "asi es",
    "asi mismo",
    "exacto",
    "exactamente",
    "efectivamente",
    "en efecto",
    "correcto",
    "es correcto",
    "perfecto",
    "perfectamente",
    "claro",
    "clarisimo",
    "venga",
    "venga va",
    "dale",
    "adelante",
    "afirmativo",
    "ajam",
    "aja",
    "por favor",
    "si señor",
    "si señora",
    "si si",
    "si",
    "sip",
    "sim",
    "ok",
    "okay",
    "oki",
    "okey",
    "conforme",
    "estupendo",
    "genial",
    "fenomenal",
    "cierto",
    "es cierto",
    "es verdad",
    "verdad",
    "justo",
    "justamente",
    "eso mismo",
    "eso",
    "hecho",
    "confirmo",
    "lo confirmo",
    "acepto",
    "quiero",
    "bien",
    "bueno",
    "d'acord",
    "bai",
    "tambien",
];

/// Phrases that mean no.
const NO: &[&str] = &[
    "claro que no",
    "por supuesto que no",
    "desde luego que no",
    "creo que no",
    "yo creo que no",
    "me parece que no",
    "va a ser que no",
    "no me viene bien",
    "no me va bien",
    "no me parece bien",
    "no me viene",
    "no me va",
    "no puedo",
    "no esta bien",
    "no es correcto",
    "no es eso",
    "no es asi",
    "eso no es",
    "eso no",
    "asi no",
    "no es",
    "incorrecto",
    "no esta correcto",
    "no quiero",
    "no señor",
    "no señora",
    "no gracias",
    "no hace falta",
    "no de momento",
    "de momento no",
    "por ahora no",
    "ahora no",
    "todavia no",
    "aun no",
    "mejor no",
    "en absoluto",
    "para nada",
    "que va",
    "de eso nada",
    "nada de eso",
    "ni hablar",
    "ni loco",
    "ni mucho menos",
    "de ninguna manera",
    "de ningun modo",
    "nunca",
    "jamas",
    "negativo",
    "tampoco",
    "nanai",
    "nada",
    "falso",
    "mal",
    "esta mal",
    "equivocado",
    "ez",
    "no no",
    "no",
];

/// Phrases in which yes and no mean neither.
const NEITHER: &[&str] = &[
    "no lo se",
    "no se",
    "no estoy seguro",
    "no estoy segura",
    "no lo tengo claro",
    "no le entiendo",
    "no entiendo",
    "no te entiendo",
    "no le oigo",
    "no oigo",
    "no he entendido",
    "no le he entendido",
    "no me acuerdo",
    "no recuerdo",
    "no lo recuerdo",
    "no la se",
    "no los se",
    "no tengo ni idea",
    "ni idea",
    "no lo sabia",
    "depende",
    "a lo mejor",
    "quiza",
    "quizas",
    "tal vez",
    "por favor repita",
    "el no",
];

/// Words that only lead in: they say yes if nothing else does.
const WEAK: &[&str] = &[
    "bueno",
    "venga",
    "vale",
    "claro",
    "por favor",
    "bien",
    "eso",
    "verdad",
    "quiero",
    "hecho",
    "justo",
    "tambien",
    "mal",
    "nada",
];

#[derive(Debug, Clone, Copy, PartialEq)]
enum Vote {
    Yes,
    No,
    Neither,
}

struct Said {
    vote: Vote,
    weak: bool,
    from: usize,
    to: usize,
}

/// Verbs that follow the «si» of a condition.
const CONDITION: &[&str] =
    &["puede", "es", "hay", "no", "pudiera", "fuera", "quiere", "tiene", "me", "le", "te", "puedo", "tienen"];

/// Words before a yes or a no that tell nothing: «pues no, no me lo dieron».
const LEADS: &[&str] =
    &["pues", "bueno", "uy", "ay", "ah", "eh", "mire", "hombre", "es", "que", "ya", "a", "ver"];

/// How a language says yes and no.
pub(crate) struct Answers<'a, S> {
    pub yes: &'a [S],
    pub no: &'a [S],
    /// Yes and no inside these mean neither.
    pub neither: &'a [S],
    /// Words that only lead in.
    pub weak: &'a [S],
    /// What follows «si» where it is a condition; empty where yes and if are two words.
    pub condition: &'a [S],
    /// Words before a yes or a no that tell nothing.
    pub leads: &'a [S],
}

/// Reads yes or no; at most one result.
pub(crate) fn extract(text: &Text) -> Vec<Found> {
    let spanish =
        Answers { yes: YES, no: NO, neither: NEITHER, weak: WEAK, condition: CONDITION, leads: LEADS };
    read(text, &spanish)
}

/// The same in a language's own words.
pub(crate) fn read<S: AsRef<str>>(text: &Text, answers: &Answers<'_, S>) -> Vec<Found> {
    let said = votes(text, answers);
    if said.iter().any(|s| s.vote == Vote::Neither) {
        return Vec::new();
    }
    let strong: Vec<&Said> = said.iter().filter(|s| !s.weak).collect();
    let pool: Vec<&Said> = if strong.is_empty() { said.iter().collect() } else { strong };
    let (Some(first), Some(last)) = (pool.first(), pool.last()) else { return Vec::new() };
    let mixed = pool.iter().any(|s| s.vote != last.vote);
    let covered: usize = said.iter().map(|s| text_words(text, s.from, s.to)).sum();
    let share = covered as f32 / text.words().max(1) as f32;
    // A yes or a no lost in a long sentence about something else is a doubtful one.
    let mut confidence = if share >= 0.6 {
        0.97
    } else if (0..first.from)
        .all(|i| text.is_mark(i) || answers.leads.iter().any(|l| l.as_ref() == text.word(i)))
    {
        0.55 + 0.4 * share
    } else {
        0.3 + 0.5 * share
    };
    if mixed {
        confidence *= 0.7;
    }
    if pool.iter().all(|s| s.weak) {
        confidence *= 0.85;
    }
    if conditional(text, first, answers.condition) {
        confidence *= 0.5;
    }
    let status = if confidence < 0.6 { Status::Unsure } else { Status::Sound };
    let value = Value::YesNo(last.vote == Vote::Yes);
    vec![Found { value, span: text.span(first.from, last.to), confidence, status }]
}

fn text_words(text: &Text, from: usize, to: usize) -> usize {
    (from..to).filter(|i| !text.is_mark(*i)).count()
}

/// «si puede ser por la tarde»: unaccented, first, followed by a clause.
fn conditional<S: AsRef<str>>(text: &Text, first: &Said, verbs: &[S]) -> bool {
    let Some(token) = text.get(first.from) else { return false };
    let written = text.source.get(token.start..token.end).unwrap_or("");
    token.text == "si"
        && !written.contains(['í', 'Í'])
        && first.to == first.from + 1
        && !text.is_mark(first.to)
        && verbs.iter().any(|v| v.as_ref() == text.word(first.to))
        && text.words() > 3
}

fn votes<S: AsRef<str>>(text: &Text, answers: &Answers<'_, S>) -> Vec<Said> {
    let mut out = Vec::new();
    let mut i = 0;
    while i < text.len() {
        match vote_at(text, i, answers) {
            Some(said) => {
                i = said.to.max(i + 1);
                out.push(said);
            }
            None => i += 1,
        }
    }
    out
}

/// The longest phrase at `i`; commas inside a phrase do not count.
fn vote_at<S: AsRef<str>>(text: &Text, i: usize, answers: &Answers<'_, S>) -> Option<Said> {
    let mut best: Option<Said> = None;
    for (vote, phrases) in
        [(Vote::Neither, answers.neither), (Vote::Yes, answers.yes), (Vote::No, answers.no)]
    {
        for phrase in phrases {
            if let Some(to) = loose_phrase(text, i, phrase.as_ref())
                && best.as_ref().is_none_or(|b| to > b.to)
            {
                best = Some(Said {
                    vote,
                    weak: answers.weak.iter().any(|w| w.as_ref() == phrase.as_ref()),
                    from: i,
                    to,
                });
            }
        }
    }
    best
}

/// Like [`Text::phrase`], but «no, no, está bien» matches with its commas when the
/// phrase repeats its first word; «no, está bien» stays two votes.
fn loose_phrase(text: &Text, i: usize, phrase: &str) -> Option<usize> {
    let mut words = phrase.split(' ');
    let repeats = words.next().is_some_and(|first| words.next() == Some(first));
    let mut at = i;
    for (n, word) in phrase.split(' ').enumerate() {
        while n > 0 && repeats && text.word(at) == "," {
            at += 1;
        }
        if text.word(at) != word {
            return None;
        }
        at += 1;
    }
    Some(at)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn said(s: &str) -> Option<bool> {
        match extract(&Text::new(s)).first().map(|f| f.value.clone()) {
            Some(Value::YesNo(b)) => Some(b),
            _ => None,
        }
    }

    #[test]
    fn what_means_yes() {
        for s in [
            "sí",
            "si",
            "Sí, sí.",
            "vale",
            "claro",
            "eso es",
            "correcto",
            "perfecto",
            "venga",
            "de acuerdo",
            "por supuesto",
            "ajá",
            "bueno",
            "no, no, está bien",
            "no no está bien",
            "no me viene mal",
            "claro que sí",
            "sí, claro",
            "bueno, sí",
            "pues sí",
            "no hay problema",
            "no, está bien",
            "cómo no",
            "exacto",
            "sí por favor",
            "muy bien",
            "sí, es correcto",
            "eso mismo",
            "no me importa",
            "va bien",
        ] {
            assert_eq!(said(s), Some(true), "{s}");
        }
    }

    #[test]
    fn what_means_no() {
        for s in [
            "no",
            "No, no.",
            "qué va",
            "para nada",
            "tampoco",
            "no me viene bien",
            "claro que no",
            "bueno, no",
            "vale, no",
            "ni hablar",
            "pues no",
            "no está bien",
            "no es correcto",
            "de ninguna manera",
            "no, gracias",
            "de momento no",
            "negativo",
            "eso no es",
            "no señor",
            "va a ser que no",
            "no lo tengo",
            "no, no lo tengo",
            "no no lo tengo",
            "pues no, no lo tengo aquí",
            "no, no tengo",
            "no, no la tengo a mano",
            "que no, que no lo tengo",
        ] {
            assert_eq!(said(s), Some(false), "{s}");
        }
    }

    #[test]
    fn what_means_neither() {
        for s in ["no lo sé", "no sé", "no le entiendo", "depende", "el jueves", "", "doce"] {
            assert_eq!(said(s), None, "{s}");
        }
    }

    #[test]
    fn a_no_lost_in_a_sentence_is_doubtful() {
        let found =
            extract(&Text::new("quería cambiar la cita que tengo el martes y no sé si no puedo el jueves"));
        assert!(found.is_empty() || found[0].status == Status::Unsure, "{found:?}");
        let found = extract(&Text::new("si puede ser por la tarde"));
        assert_eq!(found[0].status, Status::Unsure);
    }
}
