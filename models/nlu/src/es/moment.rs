//! Who asks for a moment («espere, que lo busco»), and words that only keep company.

use std::collections::BTreeSet;

use super::text::Text;

/// How a language asks for a moment. Phrases are folded, one space between words, the longest first.
pub(crate) struct Asking<'a, S> {
    /// What asks for it: «un momento».
    pub asks: &'a [S],
    /// What one does meanwhile: «que lo busco».
    pub reasons: &'a [S],
    /// What is said beside it and asks for nothing alone: «no me lo sé».
    pub besides: &'a [S],
    /// Courtesy and fillers.
    pub courtesy: &'a [S],
}

/// Whether a text asks for a moment.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Moment {
    /// That is all it says.
    Alone,
    /// It says more.
    Beside,
}

const ASKS: &[&str] = &[
    "espere un momentito",
    "espere un momento",
    "espere un segundo",
    "espere un minuto",
    "espere un poco",
    "espere un segundito",
    "espera un momento",
    "espera un segundo",
    "esperese un momento",
    "esperate un momento",
    "aguarde un momento",
    "aguarde un segundo",
    "deme un momento",
    "deme un momentito",
    "deme un segundo",
    "deme un minuto",
    "dame un momento",
    "dame un segundo",
    "dame un minuto",
    "un momentito",
    "un momentin",
    "un momento",
    "un segundito",
    "un segundo",
    "un minutito",
    "un minuto",
    "momentito",
    "momento",
    "segundito",
    "espere",
    "espera",
    "espereme",
    "espereme un momento",
    "esperese",
    "esperate",
    "aguarde",
    "aguarda",
    "no cuelgue",
    "no me cuelgue",
    "ahora mismo se lo digo",
    "ahora se lo digo",
    "ahora le digo",
    "ahorita le digo",
    "ahorita se lo digo",
    "ahora vuelvo",
    "ahorita vuelvo",
    "ahora mismo vuelvo",
    "ahora mismo le digo",
    "ya le digo",
    "en un segundo le digo",
    "en un segundo se lo digo",
    "en un momento le digo",
    "en un momento se lo digo",
    "en un minuto le digo",
    "en un minuto se lo digo",
    "enseguida se lo digo",
    "enseguida le digo",
    "en seguida le digo",
    "un poco de paciencia",
    "no tenga prisa",
    "me da un momento",
    "me da un segundo",
    "me da un minuto",
    "puede esperar un momento",
    "puede esperar un segundo",
    "me espera un momento",
    "me espera un segundo",
];

const REASONS: &[&str] = &[
    "lo busco",
    "la busco",
    "los busco",
    "las busco",
    "lo estoy buscando",
    "la estoy buscando",
    "estoy buscandolo",
    "estoy buscandola",
    "voy a buscarlo",
    "voy a buscarla",
    "voy a buscar",
    "voy a mirarlo",
    "voy a mirarla",
    "voy a mirar",
    "voy a por el",
    "voy a por ella",
    "voy a por la",
    "voy a por los",
    "voy a por las",
    "voy por el",
    "voy por la",
    "tengo que buscarlo",
    "tengo que buscarla",
    "tengo que mirarlo",
    "tengo que mirarla",
    "lo miro",
    "la miro",
    "lo apunto",
    "la apunto",
    "lo voy a apuntar",
    "voy a apuntarlo",
    "tomo nota",
    "cojo papel",
    "cojo un papel",
    "cojo un boli",
    "cojo boli",
    "cojo el",
    "cojo la",
    "cojo las",
    "busco el",
    "busco la",
    "busco los",
    "busco las",
    "saco el",
    "saco la",
    "me pongo las gafas",
    "me lo miran",
    "me pongo gafas",
    "no encuentro las gafas",
    "le pregunto a",
    "voy a preguntar",
    "pregunto a",
    "voy a preguntarle",
    "pregunto",
    "lo consulto",
    "lo compruebo",
    "se lo pregunto a",
    "dejeme buscarlo",
    "dejeme buscarla",
    "dejeme que lo busque",
    "dejeme que la busque",
    "dejeme que lo mire",
    "dejeme que mire",
    "dejeme mirar",
    "dejeme mirarlo",
    "dejeme ver",
    "deje que lo busque",
    "deje que lo mire",
    "deje que mire",
    "a ver si lo encuentro",
    "a ver si la encuentro",
    "a ver si me acuerdo",
    "a ver donde lo tengo",
    "a ver donde la tengo",
    "a ver donde lo he puesto",
    "a ver donde la he puesto",
    "dejame que lo busque",
    "dejame que lo mire",
    "dejame mirar",
    "dejame ver",
    "ya lo traigo",
    "me lo traen",
    "me lo estan buscando",
    "lo tengo por aqui",
    "la tengo por aqui",
    "lo tengo en la cartera",
    "lo tengo en el bolso",
];

const BESIDES: &[&str] = &[
    "no me lo se de memoria",
    "no me la se de memoria",
    "no lo se de memoria",
    "no la se de memoria",
    "no me lo se",
    "no me la se",
    "no lo se",
    "no la se",
    "no me acuerdo",
    "ahora no me acuerdo",
    "de memoria",
    "no lo recuerdo",
    "no la recuerdo",
    "no lo tengo a mano",
    "no la tengo a mano",
    "no lo tengo aqui",
    "no la tengo aqui",
    "no lo tengo delante",
    "no la tengo delante",
    "no lo llevo encima",
    "cartera",
    "bolso",
    "papel",
    "papeles",
    "carta",
    "carpeta",
    "recibo",
    "carnet",
    "dni",
    "gafas",
    "boli",
    "boligrafo",
    "lapiz",
    "movil",
    "numero",
    "hija",
    "hijo",
    "mujer",
    "marido",
    "madre",
    "padre",
    "tarjeta",
    "documento",
    "cajon",
    "habitacion",
    "bolsillo",
    "documentacion",
    "de leer",
    "otro cuarto",
    "si eso",
    "una cosa",
];

/// Courtesy and words that only fill.
pub const COURTESY: &[&str] = &[
    "por favor",
    "si es tan amable",
    "si no le importa",
    "muchas gracias",
    "gracias",
    "perdone",
    "perdona",
    "perdon",
    "disculpe",
    "disculpa",
    "oiga",
    "oye",
    "mire",
    "mira",
    "señorita",
    "señor",
    "señora",
    "buenos dias",
    "buenas tardes",
    "buenas noches",
    "buenas",
    "hola",
    "bueno",
    "pues",
    "vale",
    "a ver",
    "es que",
    "eh",
    "ay",
    "uy",
    "hombre",
    "mujer",
    "venga",
    "ya",
    "que",
    "y",
    "ahora",
    "mi",
    "su",
    "el",
    "la",
    "un",
    "una",
    "en",
    "de",
    "con",
    "solo",
    "nada mas que",
    "a",
];

/// Whether a text asks for a moment, in Spanish.
#[must_use]
pub fn moment(text: &str) -> Option<Moment> {
    let asking = Asking { asks: ASKS, reasons: REASONS, besides: BESIDES, courtesy: COURTESY };
    read(&Text::new(super::head(text)), &asking)
}

/// Whether a text asks for a moment. It is all that it says where every word belongs to asking.
pub(crate) fn read<S: AsRef<str>>(text: &Text, asking: &Asking<'_, S>) -> Option<Moment> {
    let (mut asked, mut alone, mut i) = (false, true, 0);
    while i < text.len() {
        if text.is_mark(i) {
            i += 1;
            continue;
        }
        let longest = |phrases: &[S]| phrases.iter().filter_map(|p| text.phrase(i, p.as_ref())).max();
        let told = longest(asking.asks).max(longest(asking.reasons));
        let other = longest(asking.besides).max(longest(asking.courtesy));
        match (told, other) {
            (Some(next), other) if Some(next) >= other => {
                asked = true;
                i = next;
            }
            (_, Some(next)) => i = next,
            _ => {
                alone = false;
                i += 1;
            }
        }
    }
    asked.then_some(if alone { Moment::Alone } else { Moment::Beside })
}

/// The words of a folded text without courtesy and fillers.
pub(crate) fn without<S: AsRef<str>>(text: &Text, courtesy: &[S]) -> Vec<String> {
    let (mut out, mut i) = (Vec::new(), 0);
    while i < text.len() {
        let filler = courtesy.iter().filter_map(|p| text.phrase(i, p.as_ref())).max();
        match filler {
            Some(next) => i = next,
            None => {
                out.extend(text.get(i).filter(|_| !text.is_mark(i)).map(|t| t.text.clone()));
                i += 1;
            }
        }
    }
    out
}

/// The words of a Spanish text that are no courtesy, folded.
#[must_use]
pub fn plain_words(text: &str) -> Vec<String> {
    without(&Text::new(super::head(text)), COURTESY)
}

/// Whether a text is one or more of these sayings and nothing else, courtesy left out. Each is given as its words.
#[must_use]
pub fn is_wholly(words: &[String], sayings: &[Vec<String>]) -> bool {
    let mut reached = BTreeSet::from([0]);
    while let Some(at) = reached.pop_first() {
        let Some(rest) = words.get(at..).filter(|rest| !rest.is_empty()) else { return !words.is_empty() };
        let said = sayings.iter().filter(|s| !s.is_empty() && rest.starts_with(s));
        reached.extend(said.map(|s| at + s.len()));
    }
    false
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_moment_is_asked_for_in_many_ways() {
        for text in [
            "espere un momento",
            "un momentito, por favor",
            "no me lo sé, que lo busco",
            "ay, espere que cojo las gafas",
            "deme un segundo que lo tengo en la cartera",
            "a ver, un momento, que voy a por la carta",
            "espere que lo apunto",
            "no lo tengo a mano, espere",
            "déjeme que lo mire",
        ] {
            assert_eq!(moment(text), Some(Moment::Alone), "{text}");
        }
    }

    #[test]
    fn who_says_more_may_mean_more() {
        for text in [
            "espere, mejor el viernes",
            "un momento, que es el doce treinta y cuatro",
            "espere, que me he confundido",
        ] {
            assert_eq!(moment(text), Some(Moment::Beside), "{text}");
        }
        for text in
            ["sí", "no lo sé", "el viernes a las cinco", "", "la primera", "no me acuerdo", "por favor"]
        {
            assert_eq!(moment(text), None, "{text}");
        }
    }

    #[test]
    fn a_saying_is_whole_with_courtesy_and_with_another_beside_it() {
        let sayings: Vec<Vec<String>> = ["déjelo", "no quiero seguir", "lo dejo"].map(plain_words).to_vec();
        let wholly = |text: &str| is_wholly(&plain_words(text), &sayings);
        for text in ["déjelo", "bueno, pues déjelo, gracias", "no quiero seguir, déjelo", "déjelo, déjelo"]
        {
            assert!(wholly(text), "{text}");
        }
        for text in
            ["lo dejo a su elección", "quiero seguir", "no lo dejo", "", "gracias", "déjelo para mañana"]
        {
            assert!(!wholly(text), "{text}");
        }
    }
}
