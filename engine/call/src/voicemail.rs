//! Whether it is a mailbox that talks: its greeting says what only machines say.
//!
//! One phrase is not enough: a citizen may speak of a mailbox too.

use std::collections::VecDeque;

use crate::turn::folded;

/// Utterances from the beginning of a contact in which a greeting may be heard.
const UTTERANCES: usize = 8;
/// Words of it that are kept: a greeting comes in pieces.
const WORDS: usize = 80;
/// Fewer words are no greeting.
const LEAST_WORDS: usize = 7;
/// Words that may stand between two steps of a cue.
const BETWEEN: usize = 3;

/// What a phrase says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Says {
    /// Leave a message.
    Leave,
    /// After the tone.
    Tone,
    /// Nobody can answer.
    Away,
    /// A mailbox.
    Mailbox,
    /// Keys of the mailbox.
    Menu,
    /// Nothing has been recorded.
    Empty,
    /// They will call back.
    Later,
    /// Somebody tells of what happened to them.
    Person,
}

/// A phrase: words one after the other, few others in between; alternatives are split by `|`, and `*` stands for any
/// ending. Accents and case are folded.
const CUES: [(Says, &[&str]); 46] = [
    (Says::Leave, &["deje*|deja|dejad|dejanos|dejame|grabe*|graba|grabad", "mensaje*|recado*"]),
    (Says::Leave, &["puede*|podra*", "dejar*|grabar*", "mensaje*|recado*"]),
    (Says::Leave, &["deixi*|deixa|deixeu|gravi*|grava|graveu|enregistri*", "missatge*|encarrec"]),
    (Says::Leave, &["pot|podeu|pots", "deixar*|gravar*", "missatge*"]),
    (Says::Leave, &["deixe*|deixa|deixade|grave*|grava", "mensaxe*|recado*"]),
    (Says::Leave, &["utz*|grabatu*|graba*", "mezu*"]),
    (Says::Leave, &["mezu*", "utz*|grabatu*|graba*"]),
    (Says::Leave, &["leave|record", "message*"]),
    (Says::Tone, &["despues|tras|oir|oiga|escuchar|escuche|suene|cuando", "senal|tono|pitido|bip"]),
    (Says::Tone, &["despres|sentir|senti|sentiu|quan", "senyal|to|xiulet"]),
    (Says::Tone, &["despois|tras|oir|escoitar", "sinal|ton|pitido|asubio"]),
    (Says::Tone, &["seinale*|tonu*|txistu*", "ondoren|entzun*|jo"]),
    (Says::Tone, &["after|hear", "tone|beep|signal"]),
    (Says::Away, &["no", "puedo|podemos|puede|posible", "atender*|contestar*|responder*"]),
    (Says::Away, &["no", "disponible*|localizable"]),
    (Says::Away, &["apagado", "cobertura"]),
    (Says::Away, &["fuera", "cobertura"]),
    (Says::Away, &["ahora|momento", "ausente*"]),
    (Says::Away, &["no", "puc|podem|pot", "atendre*|contestar*|respondre*|agafar*"]),
    (Says::Away, &["fora", "cobertura"]),
    (Says::Away, &["non", "podo|podemos|pode|posible", "atender*|contestar*|responder*|coller*"]),
    (Says::Away, &["non", "disponible*|disponibel"]),
    (Says::Away, &["ezin*", "erantzun*|hartu|artatu"]),
    (Says::Away, &["ez", "eskuragarri|erabilgarri"]),
    (Says::Away, &["not|unable|cannot|cant", "available|answer|take|come"]),
    (Says::Mailbox, &["buzon", "voz|mensajes"]),
    (Says::Mailbox, &["contestador"]),
    (Says::Mailbox, &["bustia", "veu"]),
    (Says::Mailbox, &["caixa", "voz"]),
    (Says::Mailbox, &["erantzungailu*"]),
    (Says::Mailbox, &["ahots", "postontzi*"]),
    (Says::Mailbox, &["voicemail|mailbox"]),
    (Says::Mailbox, &["voice", "mail"]),
    (
        Says::Menu,
        &["grabar|grabarlo|enviarlo|enviar|cancelar|borrarlo|borrar|escucharlo", "pulse|marque|cuelgue"],
    ),
    (Says::Menu, &["gravar|enviar|esborrar", "premi|marqui|pengi"]),
    (Says::Menu, &["gravar|enviar|borrar", "prema|marque|colgue"]),
    (Says::Menu, &["record|send|cancel", "press|hang"]),
    (Says::Empty, &["recibido|grabado|rexistrado", "mensaje|mensaxe"]),
    (Says::Later, &["llamare|llamaremos|devolvere|devolveremos"]),
    (Says::Later, &["trucare|trucarem"]),
    (Says::Later, &["chamarei|chamaremos"]),
    (Says::Later, &["deituko"]),
    (Says::Later, &["call|get", "back"]),
    (Says::Person, &["me|nos", "sale|salta|dice*|dijo|contesta|responde|salio|salto|surt|di|dixo"]),
    (
        Says::Person,
        &["he|hemos|llame|llamo|llamaba|truco|chamei|i've", "llamado|trucat|para|por|per|called|al"],
    ),
    (Says::Person, &["quiero|queria|quisiera|puedo|necesito|vull|voldria|quero|nahi|want|may"]),
];

/// The beginning of a contact, listened to for a mailbox.
#[derive(Debug, Default)]
pub(crate) struct Watch {
    words: VecDeque<String>,
    utterances: usize,
}

impl Watch {
    /// Takes the words of an utterance, turn or not; says whether a mailbox talks.
    pub(crate) fn hear(&mut self, text: &str) -> bool {
        self.utterances += 1;
        if self.utterances > UTTERANCES {
            return false;
        }
        self.words.extend(text.split_whitespace().map(|word| folded(word).collect()));
        while self.words.len() > WORDS {
            self.words.pop_front();
        }
        is_greeting(self.words.make_contiguous())
    }
}

fn is_greeting(words: &[String]) -> bool {
    let mut said: Vec<Says> = Vec::new();
    for (says, cue) in CUES {
        if !said.contains(&says) && has(words, cue) {
            said.push(says);
        }
    }
    let only_people = |says: &Says| matches!(says, Says::Away | Says::Later);
    words.len() >= LEAST_WORDS
        && said.len() >= 2
        && !said.contains(&Says::Person)
        && !said.iter().all(only_people)
}

fn has(words: &[String], cue: &[&str]) -> bool {
    (0..words.len()).any(|at| follows(words.get(at..).unwrap_or_default(), cue, 0))
}

/// Whether the steps come one after the other, the first of them after `skip` words at most.
fn follows(words: &[String], cue: &[&str], skip: usize) -> bool {
    let Some((step, rest)) = cue.split_first() else { return true };
    let found = |word: &String| step.split('|').any(|form| fits(word, form));
    words
        .iter()
        .take(skip + 1)
        .enumerate()
        .any(|(at, word)| found(word) && follows(words.get(at + 1..).unwrap_or_default(), rest, BETWEEN))
}

fn fits(word: &str, form: &str) -> bool {
    form.strip_suffix('*').map_or(word == form, |begin| word.starts_with(begin))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn is_mailbox(utterances: &[&str]) -> bool {
        let mut watch = Watch::default();
        utterances.iter().any(|text| watch.hear(text))
    }

    #[test]
    fn a_greeting_is_known_in_each_language_whole_or_in_pieces() {
        let greetings: &[&[&str]] = &[
            &[
                "Ha llamado usted a la familia Pérez, ahora no podemos atenderle, deje su recado después de oír la señal",
            ],
            &[
                "buzón de voz del seis uno dos tres cuatro cinco seis siete ocho",
                "grabe su mensaje al oír el tono",
            ],
            &[
                "el teléfono al que llama está apagado o fuera de cobertura",
                "puede dejar un mensaje después del pitido",
            ],
            &["la persona a la que llama no está disponible", "por favor grabe un mensaje"],
            &[
                "para volver a grabar pulse uno para enviarlo pulse dos",
                "no se ha recibido ningún mensaje adiós",
            ],
            &["ara mateix no us podem atendre", "deixeu el vostre missatge després del senyal gràcies"],
            &["neste momento non podemos atendelo deixe a súa mensaxe despois do sinal"],
            &["une honetan ezin dugu erantzun utzi zure mezua seinalearen ondoren mesedez"],
            &["we are not available right now please leave a message after the tone"],
        ];
        for greeting in greetings {
            assert!(is_mailbox(greeting), "{greeting:?}");
        }
    }

    #[test]
    fn a_citizen_who_speaks_of_a_mailbox_is_none() {
        let citizens: &[&[&str]] = &[
            &["me sale el buzón de voz de la oficina y me dice que deje un mensaje después de la señal"],
            &["he llamado tres veces y salta el contestador y no está disponible nadie"],
            &["quería dejar un mensaje para el área de urbanismo que después del pitido se corta"],
            &["no puedo ir el jueves", "ya le llamaré yo cuando lo sepa seguro"],
            &["no está disponible la web y no puedo pedir cita"],
            &["quiero cita para el padrón el jueves por la tarde"],
            &["para cancelar la cita que tengo el lunes por la mañana"],
            &["vull parlar amb algú que la bústia de veu no funciona i no puc deixar cap missatge"],
        ];
        for citizen in citizens {
            assert!(!is_mailbox(citizen), "{citizen:?}");
        }
    }

    #[test]
    fn a_greeting_comes_at_the_beginning() {
        let mut watch = Watch::default();
        (0..UTTERANCES).for_each(|_| assert!(!watch.hear("sí")));
        assert!(!watch.hear("en este momento no puedo atenderle deje su mensaje después de la señal"));
    }
}
