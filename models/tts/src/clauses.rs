//! Cutting a text where a speaker would breathe, so that its beginning can be spoken while the
//! rest is still being rendered.
//!
//! A clause ends at `. ! ? … ; : ,` before white space (not in `10:30`, `3,5` or `Sr. Ruiz`). A
//! clause that stays long is cut before a conjunction. After the first, which is kept short so
//! that it is ready soon, neighbours joined by commas are put together again while short.

/// A first clause longer than this, in characters, is cut before a conjunction if it has one.
const FIRST_LONG: usize = 40;
/// As [`FIRST_LONG`], for the clauses after the first.
const LONG: usize = 90;
/// A cut leaves at least this many characters on both sides.
const LEAST: usize = 12;
/// Clauses after the first are joined across commas up to this length, in characters.
const JOINED: usize = 48;

/// Abbreviations whose full stop ends no sentence, in lower case.
const ABBREVIATIONS: &[&str] = &[
    "sr", "sra", "srta", "sres", "dr", "dra", "d", "dª", "dña", "ud", "uds", "vd", "vds", "avda", "av", "c",
    "pza", "pl", "pº", "ctra", "núm", "nº", "n", "art", "arts", "pág", "págs", "tel", "tfno", "ext", "prof",
    "lic", "excmo", "excma", "ilmo", "ilma", "admón", "dpto", "min", "máx", "aprox", "etc", "ej",
];

/// Words before which a long clause may be cut.
const CONJUNCTIONS: &[&str] = &[
    "y", "e", "o", "u", "ni", "pero", "sino", "porque", "pues", "aunque", "cuando", "mientras", "si", "para",
    "donde", "como", "hasta", "desde",
];

/// Number words that `y` joins to what follows: "treinta y uno" is never cut.
const TENS: &[&str] = &["treinta", "cuarenta", "cincuenta", "sesenta", "setenta", "ochenta", "noventa"];

/// Silence that follows a clause.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Pause {
    /// The text ends here.
    End,
    /// Cut before a conjunction: none.
    Breath,
    /// After a comma: 120 ms.
    Comma,
    /// After a colon or semicolon: 200 ms.
    Colon,
    /// After a full stop, question or exclamation: 320 ms.
    Sentence,
}

impl Pause {
    /// Its length at normal speed, milliseconds.
    pub fn ms(self) -> u32 {
        match self {
            Self::End => 0,
            Self::Breath => 20,
            Self::Comma => 120,
            Self::Colon => 200,
            Self::Sentence => 320,
        }
    }
}

/// A part of a text to be spoken in one go.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Clause<'a> {
    /// The words with their punctuation, trimmed.
    pub text: &'a str,
    /// Where it begins in the whole text, in characters.
    pub char_start: usize,
    /// What follows it.
    pub pause: Pause,
}

impl Clause<'_> {
    /// What to give to a voice: a clause cut before a conjunction gets a comma, so that its tone
    /// does not fall as at the end of a sentence.
    pub fn spoken(&self) -> String {
        match self.pause {
            Pause::Breath => format!("{},", self.text),
            _ => self.text.to_owned(),
        }
    }
}

/// Cuts a text into clauses; every word is in exactly one, in order. Parts with no letter or digit
/// are left out.
pub fn split(text: &str) -> Vec<Clause<'_>> {
    let mut parts = Vec::new();
    for part in join(text, punctuated(text)) {
        cut_long(text, part, &mut parts);
    }
    clauses(text, parts)
}

/// As [`split`], cutting only after full stops, questions and exclamations.
pub fn sentences(text: &str) -> Vec<Clause<'_>> {
    let mut parts: Vec<(usize, usize, Pause)> = Vec::new();
    for part in punctuated(text) {
        match parts.last_mut() {
            Some(last) if last.2 != Pause::Sentence => *last = (last.0, part.1, part.2),
            _ => parts.push(part),
        }
    }
    clauses(text, parts)
}

fn clauses(text: &str, parts: Vec<(usize, usize, Pause)>) -> Vec<Clause<'_>> {
    let speakable = |s: &str| s.chars().any(char::is_alphanumeric);
    let mut clauses: Vec<Clause<'_>> = Vec::with_capacity(parts.len());
    for (start, end, pause) in parts {
        let raw = text.get(start..end).unwrap_or_default();
        if !speakable(raw) {
            continue;
        }
        let lead = raw.len() - raw.trim_start().len();
        let before = text.get(..start + lead).unwrap_or_default();
        clauses.push(Clause { text: raw.trim(), char_start: before.chars().count(), pause });
    }
    if let Some(last) = clauses.last_mut() {
        last.pause = Pause::End;
    }
    clauses
}

/// Byte ranges that end at punctuation.
fn punctuated(text: &str) -> Vec<(usize, usize, Pause)> {
    let mut parts = Vec::new();
    let mut start = 0;
    let mut chars = text.char_indices().peekable();
    while let Some((at, c)) = chars.next() {
        let Some(mut pause) = pause_of(c) else {
            continue;
        };
        let mut end = at + c.len_utf8();
        // Runs of marks and closing quotes belong to the clause before them.
        while let Some((_, next)) = chars.peek().copied() {
            let closing = "»”’\"')]".contains(next);
            if let Some(more) = pause_of(next) {
                pause = stronger(pause, more);
            } else if !closing {
                break;
            }
            end += next.len_utf8();
            chars.next();
        }
        let at_gap = c == '\n' || chars.peek().is_none_or(|(_, next)| next.is_whitespace());
        let word = last_word(text.get(start..at).unwrap_or_default());
        if at_gap && !(c == '.' && abbreviated(word) && end == at + 1) {
            parts.push((start, end, pause));
            start = end;
        }
    }
    if start < text.len() {
        parts.push((start, text.len(), Pause::End));
    }
    parts
}

fn pause_of(c: char) -> Option<Pause> {
    match c {
        '.' | '!' | '?' | '…' | '\n' => Some(Pause::Sentence),
        ';' | ':' => Some(Pause::Colon),
        ',' => Some(Pause::Comma),
        _ => None,
    }
}

fn stronger(a: Pause, b: Pause) -> Pause {
    if a.ms() >= b.ms() { a } else { b }
}

fn last_word(text: &str) -> &str {
    let end = text.trim_end();
    end.rsplit(|c: char| c.is_whitespace() || "(«“\"¿¡".contains(c)).next().unwrap_or_default()
}

fn abbreviated(word: &str) -> bool {
    let lower = word.to_lowercase();
    let initial = word.chars().count() == 1 && word.chars().all(char::is_uppercase);
    initial || ABBREVIATIONS.contains(&lower.as_str())
}

fn chars(text: &str, from: usize, to: usize) -> usize {
    text.get(from..to).unwrap_or_default().trim().chars().count()
}

/// Joins short neighbours across commas, leaving the first clause as it is.
fn join(text: &str, parts: Vec<(usize, usize, Pause)>) -> Vec<(usize, usize, Pause)> {
    let mut joined: Vec<(usize, usize, Pause)> = Vec::with_capacity(parts.len());
    for part in parts {
        let after_first = joined.len() > 1;
        match joined.last_mut() {
            Some(last) if after_first && last.2 == Pause::Comma && chars(text, last.0, part.1) <= JOINED => {
                *last = (last.0, part.1, part.2);
            }
            _ => joined.push(part),
        }
    }
    joined
}

/// Cuts a long part before conjunctions.
fn cut_long(text: &str, part: (usize, usize, Pause), out: &mut Vec<(usize, usize, Pause)>) {
    let (mut start, end, pause) = part;
    loop {
        let limit = if out.is_empty() { FIRST_LONG } else { LONG };
        if chars(text, start, end) <= limit {
            break;
        }
        let Some(at) = cut_point(text, start, end, limit) else {
            break;
        };
        out.push((start, at, Pause::Breath));
        start = at;
    }
    out.push((start, end, pause));
}

/// The last conjunction within `limit` characters, else the first after it; byte position.
fn cut_point(text: &str, start: usize, end: usize, limit: usize) -> Option<usize> {
    let part = text.get(start..end)?;
    let mut best = None;
    let mut previous = "";
    let mut at = 0;
    for word in part.split(char::is_whitespace) {
        let from = at;
        at +=
            word.len() + part.get(at + word.len()..).and_then(|s| s.chars().next()).map_or(0, char::len_utf8);
        let left = chars(part, 0, from);
        let right = chars(part, from, part.len());
        let joins_number = TENS.contains(&previous.to_lowercase().as_str());
        let conjunction = CONJUNCTIONS.contains(&word.to_lowercase().as_str());
        if !word.is_empty() {
            previous = word;
        }
        if !conjunction || joins_number || left < LEAST || right < LEAST {
            continue;
        }
        if left > limit && best.is_some() {
            break;
        }
        best = Some(start + from);
        if left > limit {
            break;
        }
    }
    best
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(text: &str) -> Vec<String> {
        let mark = |pause| match pause {
            Pause::End => '#',
            Pause::Breath => '~',
            Pause::Comma => ',',
            Pause::Colon => ':',
            Pause::Sentence => '.',
        };
        split(text).iter().map(|clause| format!("{}|{}", clause.text, mark(clause.pause))).collect()
    }

    #[test]
    fn snapshots() {
        let table: &[(&str, &[&str])] = &[
            ("", &[]),
            (" … — ", &[]),
            ("Hola", &["Hola|#"]),
            ("Sí, le atiendo. ¿Qué trámite desea?", &["Sí,|,", "le atiendo.|.", "¿Qué trámite desea?|#"]),
            (
                "Su cita es el martes, 24 de noviembre, a las 10:30, en la oficina de Sol.",
                &["Su cita es el martes,|,", "24 de noviembre, a las 10:30,|,", "en la oficina de Sol.|#"],
            ),
            (
                "Le atiende el Sr. Ruiz, de la Avda. Mayor, núm. 5. Cuesta 3,50 euros.",
                &["Le atiende el Sr. Ruiz,|,", "de la Avda. Mayor, núm. 5.|.", "Cuesta 3,50 euros.|#"],
            ),
            (
                "Ha llamado al servicio de cita previa del ayuntamiento y le atiende un sistema automático.",
                &[
                    "Ha llamado al servicio de cita previa del ayuntamiento|~",
                    "y le atiende un sistema automático.|#",
                ],
            ),
            (
                "Tiene usted pendientes de pago treinta y un recibos del impuesto municipal",
                &["Tiene usted pendientes de pago treinta y un recibos del impuesto municipal|#"],
            ),
            (
                "Puede decir: «cita», «padrón» o «persona»... ¡Dígame!",
                &["Puede decir:|:", "«cita», «padrón» o «persona»...|.", "¡Dígame!|#"],
            ),
            ("¿Confirma?!", &["¿Confirma?!|#"]),
            ("Primera línea\nsegunda línea", &["Primera línea|.", "segunda línea|#"]),
        ];
        for (text, expected) in table {
            assert_eq!(shown(text), *expected, "{text}");
        }
    }

    #[test]
    fn sentences_keep_their_commas() {
        let text = "Sí, el Sr. Ruiz: mañana, a las 10:30. ¿Le viene bien?";
        let all: Vec<&str> = sentences(text).iter().map(|c| c.text).collect();
        assert_eq!(all, ["Sí, el Sr. Ruiz: mañana, a las 10:30.", "¿Le viene bien?"]);
    }

    #[test]
    fn a_breath_is_spoken_with_a_comma() {
        let clauses = split("Ha llamado al servicio de cita previa del ayuntamiento y le atiende un bot");
        assert_eq!(clauses[0].spoken(), "Ha llamado al servicio de cita previa del ayuntamiento,");
    }

    proptest::proptest! {
        #[test]
        fn every_word_is_in_one_clause_at_its_place(text in "[a-zñáé0-9,.;:¿?¡!y \n«»]{0,300}") {
            let clauses = split(&text);
            let spoken: String = clauses.iter().map(|c| c.text).collect();
            let letters = |s: &str| s.chars().filter(|c| c.is_alphanumeric()).collect::<String>();
            proptest::prop_assert_eq!(letters(&spoken), letters(&text));
            let all: Vec<char> = text.chars().collect();
            for clause in clauses {
                let own: Vec<char> = clause.text.chars().collect();
                proptest::prop_assert_eq!(&all[clause.char_start..clause.char_start + own.len()], &own[..]);
            }
        }
    }
}
