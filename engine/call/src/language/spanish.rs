//! Spanish: all of it is in [`nlu::es`].

use std::sync::Arc;

use chrono::{NaiveDate, NaiveDateTime};
use dialogs::{Bot, Expect, Filter, Found, Heard, Kind, Understood, Value};
use nlu::{Context, es};

use super::tongue::{Tongue, family};
use super::{Family, Member};

/// Code of the centre's language.
pub(crate) const CODE: &str = "es";

/// Words that say nothing of what is wanted, accents folded: alone they are no intent.
const FUNCTION_WORDS: [&str; 88] = [
    "a", "ahi", "ahora", "al", "algo", "alli", "aqui", "bueno", "claro", "con", "cosa", "cosas", "de", "del",
    "dia", "dias", "el", "ella", "en", "entonces", "era", "eres", "es", "esa", "ese", "eso", "espere",
    "esta", "estan", "estar", "este", "esto", "estoy", "favor", "gracias", "ha", "han", "has", "hay", "he",
    "hemos", "la", "las", "le", "lo", "los", "luego", "mas", "me", "mejor", "mi", "mire", "muy", "ni", "no",
    "o", "para", "perdon", "perdone", "pero", "por", "pues", "que", "se", "senor", "senora", "ser", "si",
    "somos", "son", "soy", "su", "tambien", "te", "tenemos", "tengo", "tiene", "tienen", "un", "una", "uno",
    "usted", "vale", "ver", "verdad", "y", "ya", "yo",
];

/// Words that people say beside the day, the hour or the option that they want, accents folded; many a line.
const CARRIERS: &[&str] = &[
    "adelante algun alguna alguno anota anote anoteme anotemela antes aproximadamente apunta apunte apunteme",
    "apuntemela atiendan atienden bien buena buenas buenos cambiar cambiarla cambiarlo cambie cambieme cambiemela",
    "cambio cita citas citeme coge cogeme cogemela coger cogerla coja cojame cojamela cojo como conviene cuadra",
    "cual cualquier cualquiera cuando cuanto da dame dan dar darian darme de decia decir deje dejelo dejeme",
    "dejemelo dejemos deme demela den denme desde despues dia dice dicho diga digame digo dije disponible",
    "disponibles doy eh elegir elijo em encaja encantaria entre esas escojo esos estaria estupendamente estupendo",
    "exactamente exacto fecha fenomenal fijo fin finalmente fuera fuese genial gusta gustaria guste haber habra",
    "habria hacia haria hasta hola hombre hora horas hueco huecos ideal igual importa interesa ir ire iria libre",
    "libres llamaba llamo mande marque mediante menos mia mio misma mismas mismo mm mmm momento mover moverla",
    "mueva muevala mujer naci nacida nacido nacimiento necesitaba necesitaria necesito ninguna ninguno nos",
    "nosotros numero oiga ok okay okey opcion opciones otra otras otro otros para parece pase pasela pasemela",
    "pedir perfecta perfecto pido pienso podamos podemos podria podriamos pon poner ponerla ponga pongala pongame",
    "pongamela ponganme ponme porfa porfavor posibilidad posible preferencia preferible preferiblemente",
    "preferimos preferiria prefiere prefiero probamos proponga proxima proximo pudiera pudiese puede pueden puedo",
    "queda quedamos quedaria quedo queremos querer queria querria quiere quieren quiero quisiera referia refiero",
    "reserva reservame reservar reserve reserveme reservemela sea seria servir serviria si siempre siguiente sino",
    "sirve sobre sola solamente solo supuesto tal tendria tener tenga tengan tienes tipo toda todo todos tomo",
    "turno turnos tuviera tuvieran ultima ultimo unas unica unicamente unico unos va vamos van vaya vea vendre",
    "vendria venga vengo venir vez viene vienen voy",
];

/// Persons who are not asked for.
const NOBODY: [&str; 8] = [
    "en persona",
    "para una persona",
    "otra persona",
    "es usted una persona",
    "usted es una persona",
    "con nadie",
    "soy persona",
    "soy una persona",
];
/// Said beside a value: perhaps it.
const PERHAPS: [&str; 10] = [
    "a lo mejor",
    "quiza",
    "quizas",
    "tal vez",
    "puede que",
    "igual el",
    "igual la",
    "no se si",
    "pero no se",
    "depende",
];
/// Beginnings of verbs that undo.
const UNDOING: [&str; 9] = ["cancel", "anul", "quit", "borr", "elimin", "retir", "revoc", "desist", "suprim"];

/// How people ask to be passed to somebody, accents folded; a name or a trade follows.
const PASSES: [&str; 20] = [
    "paseme con",
    "pasame con",
    "me pase con",
    "me pasa con",
    "me pasas con",
    "me puede pasar con",
    "pongame con",
    "ponme con",
    "me ponga con",
    "me puede poner con",
    "comuniqueme con",
    "conecteme con",
    "quiero hablar con",
    "quisiera hablar con",
    "queria hablar con",
    "necesito hablar con",
    "puedo hablar con",
    "podria hablar con",
    "dejeme hablar con",
    "que se ponga",
];

/// Words of somebody who has had enough, accents folded.
const UPSET: [&str; 12] = [
    "verguenza",
    "hartos",
    "harto",
    "harta",
    "joder",
    "mierda",
    "inutil",
    "inutiles",
    "tomadura",
    "cabreado",
    "cabreada",
    "indignante",
];

/// Understanding and reading aloud in Spanish, with the intents of one bot; its other languages are beside it.
#[derive(Debug)]
pub struct Spanish(pub(super) Member);

impl Spanish {
    /// Learns the intents of a bot, and what it knows, from their examples; about a second a language.
    ///
    /// # Errors
    /// An intent without examples, or one that cannot be read.
    pub fn new(bot: &Bot) -> Result<Spanish, nlu::Error> {
        Ok(Spanish(Member { family: Arc::new(Family::learn(bot)?), code: CODE.to_owned() }))
    }
}

family!(Spanish);

/// Spanish words.
#[derive(Debug)]
pub(super) struct Castilian;

impl Tongue for Castilian {
    fn extract_best(
        &self,
        kind: &nlu::Kind,
        heard: &[(&str, f32)],
        context: &Context,
    ) -> Option<(usize, Vec<nlu::Found>)> {
        es::extract_best(kind, heard, context)
    }

    fn correction<'a>(&self, text: &'a str) -> Option<&'a str> {
        es::correction(text)
    }

    fn asks_for_somebody(&self, text: &str) -> bool {
        self.holds(text, &PASSES) && !self.holds(text, &["no quiero hablar"])
    }

    fn hesitates(&self, text: &str) -> bool {
        self.holds(text, &PERHAPS)
    }

    fn undoes(&self, word: &str) -> bool {
        UNDOING.iter().any(|beginning| word.starts_with(beginning))
    }

    fn names_nobody(&self, text: &str) -> bool {
        self.holds(text, &NOBODY)
    }

    fn wishes(&self, text: &str) -> bool {
        self.asks_for_somebody(text) || es::wishes(text)
    }

    fn is_unwanted(&self, text: &str) -> bool {
        es::is_unwanted(text)
    }

    fn reply(&self, text: &str) -> nlu::Reply {
        es::reply(text)
    }

    fn words(&self, text: &str) -> Vec<String> {
        es::folded_words(text)
    }

    fn is_function_word(&self, word: &str) -> bool {
        FUNCTION_WORDS.contains(&word)
    }

    fn carries(&self, word: &str) -> bool {
        CARRIERS.iter().any(|line| line.split(' ').any(|carrier| carrier == word))
    }

    fn angry_words(&self, text: &str) -> usize {
        let folded = es::fold(text);
        folded.split_whitespace().filter(|w| UPSET.contains(w)).count()
    }

    fn is_backchannel(&self, text: &str) -> bool {
        crate::turn::is_backchannel(text)
    }

    fn moment(&self, text: &str) -> Option<es::Moment> {
        es::moment(text)
    }

    fn plain_words(&self, text: &str) -> Vec<String> {
        es::plain_words(text)
    }

    fn is_this_phone(&self, text: &str) -> bool {
        es::phone::is_this(text)
    }

    fn contraction(&self, word: &str, next: &str) -> Option<&str> {
        match (word, next) {
            ("a", "el") => Some("al"),
            ("de", "el") => Some("del"),
            // A stretch has its preposition: «del lunes al viernes».
            ("a", "del") => Some("al período del"),
            ("a", "desde") => Some("al período desde"),
            _ => None,
        }
    }

    fn spoken(&self, value: &nlu::Value, today: NaiveDate) -> String {
        es::spoken_on(value, today)
    }

    fn options(&self, values: &[nlu::Value], today: NaiveDate) -> String {
        es::options_on(values, today)
    }

    fn spelled(&self, text: &str) -> String {
        es::spelled(text)
    }

    fn grouped(&self, text: &str) -> String {
        es::grouped(text)
    }

    fn masked(&self, text: &str) -> String {
        es::masked(text)
    }

    fn reserved(&self) -> String {
        "un dato reservado".to_owned()
    }

    fn ending(&self, end: &str) -> String {
        format!("terminado en {}", es::spelled(end))
    }

    fn initials(&self, capitals: &str) -> String {
        format!("de iniciales {}", es::spelled(capitals))
    }

    fn place(&self, province: &str) -> String {
        format!("de {province}")
    }
}
