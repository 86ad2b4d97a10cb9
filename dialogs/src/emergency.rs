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

/// What anybody says in any call, as [`plain`] gives it, in the languages that Digame speaks: yes and no, courtesy,
/// function words, numbers, days and parts of a day. No danger is told with nothing else.
const EVERYDAY: &[&str] = &[
    // Yes, no and courtesy.
    "si no vale claro bueno bien nada perdone perdon gracias favor hola adios buenos buenas usted oiga mire diga",
    "digame pues ajam exacto correcto cierto verdad perfecto sisplau gracies deu grazas",
    "bai ez eskerrik asko kaixo agur mesedez yes not okay thanks thank please hello",
    // Function words.
    "un una uno unos unas el la los las lo al del de en con sin por para que quien cual cuando como donde cuanto",
    "pero porque mas menos muy tan tanto ya aun aqui ahi alli ahora luego tambien tampoco solo esto eso este esta ese esa",
    "aquel todo toda todos todas algo alguien nadie otro otra mismo misma mio mia mi me te se nos les le su sus",
    "yo tu ella ellos nosotros sobre desde hasta entre segun",
    "els les uns unes amb per als dels aixo aqui alguna molt mes unha uns unhas dos das nos nas para ata moi mais",
    "eta edo baina hau hori bat the and but for with this that there here what who how",
    // Verbs that only help another.
    "es son soy ser era esta estoy estan estar hay he ha han hemos haber tengo tiene tienen tener quiero quiere querer",
    "puedo puede poder necesito necesita hacer hace digo dice decir voy va vamos ir fue",
    "soc som esta tinc vull puc vaig estou teño quero podo vou naiz da dago dut nahi have want need can",
    // Numbers, days, parts of a day.
    "cero uno dos tres cuatro cinco seis siete ocho nueve diez primero primera segundo segunda tercero tercera",
    "lunes martes miercoles jueves viernes sabado domingo hoy ayer mañana tarde noche mediodia dia dias tardes noches",
    "hora horas semana mes año",
];

/// Whether words would be danger in any call: each is said in all of them, is of one or two letters, or is figures.
pub(crate) fn is_everyday(words: &str) -> bool {
    let common = |word: &str| EVERYDAY.iter().any(|line| line.split(' ').any(|known| known == word));
    let short = |word: &str| word.chars().count() <= 2;
    plain(words).split_whitespace().all(|word| short(word) || common(word))
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
    fn what_anybody_says_is_no_danger() {
        for words in [
            "no",
            "Sí",
            "¡Hola!",
            "no, gracias",
            "7",
            "CO",
            "el",
            "uno",
            "mañana por la tarde",
            "ez",
            "…",
            "ay",
        ] {
            assert!(is_everyday(words), "{words}");
        }
        for words in ["chispas", "cables sueltos", "no respira", "hay fuego", "gas", "112", "me ahogo", "su"]
        {
            assert_eq!(is_everyday(words), words == "su", "{words}");
        }
    }

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
