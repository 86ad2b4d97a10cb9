//! Whether it is a mailbox that talks: its greeting says what only machines say.
//!
//! One phrase is not enough: a citizen may speak of a mailbox too. One phrase and a beep are, and so is what only an
//! exchange or a queue announces.

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
    /// An exchange announces, or a queue: enough alone.
    Announced,
    /// Somebody tells of what happened to them.
    Person,
    /// Somebody wants something.
    Wants,
}

/// A phrase: words one after the other, few others in between; alternatives are split by `|`, and `*` stands for any
/// ending. Accents and case are folded.
const CUES: [(Says, &[&str]); 67] = [
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
    (Says::Away, &["no", "puedo|podemos", "coger*"]),
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
    (Says::Later, &["te|le|os", "llamo"]),
    (Says::Later, &["trucare|trucarem"]),
    (Says::Later, &["chamarei|chamaremos"]),
    (Says::Later, &["deituko"]),
    (Says::Later, &["call|get", "back"]),
    (
        Says::Announced,
        &["telefono|numero|movil", "llama|marcado|llamado", "apagado|pagado|cobertura|existe|operativo"],
    ),
    (Says::Announced, &["telefon|numero", "truca|marcat", "apagat|cobertura|existeix"]),
    (Says::Announced, &["telefono|numero", "chama|marcado", "apagado|cobertura|existe"]),
    (Says::Announced, &["number|person", "dialled|dialed|called|calling", "not|unavailable"]),
    (Says::Announced, &["apagado|pagado|desconectado", "fuera", "cobertura"]),
    (Says::Announced, &["mantenga*|permanezca", "espera|linea"]),
    (Says::Announced, &["importante", "nosotros", "espere|permanezca|mantenga*"]),
    (Says::Announced, &["pulse|marque", "almohadilla|asterisco"]),
    (Says::Announced, &["agente*|operador*|linea*", "estan", "ocupad*"]),
    (Says::Announced, &["agents|operators|lines", "busy"]),
    (Says::Announced, &["llamada", "importante", "nosotros"]),
    (Says::Announced, &["trucada", "important", "nosaltres"]),
    (Says::Announced, &["chamada", "importante", "nos"]),
    (Says::Announced, &["call", "important", "us"]),
    (Says::Menu, &["diga", "si|no|uno|dos"]),
    (Says::Menu, &["pulse|marque", "uno|dos|tres"]),
    (Says::Menu, &["terminar|finalizar|continuar", "pulse|marque|cuelgue"]),
    (Says::Person, &["me|nos", "sale|salta|dice*|dijo|contesta|responde|salio|salto|surt|di|dixo"]),
    (
        Says::Person,
        &["he|hemos|llame|llamo|llamaba|truco|chamei|i've", "llamado|trucat|para|por|per|called|al"],
    ),
    (Says::Wants, &["quiero|queria|quisiera|necesito|vull|voldria|quero|nahi|want"]),
    (Says::Person, &["puedo|puc|podo", "dejar*|grabar*|deixar*|gravar*"]),
    (Says::Person, &["may|can", "i", "leave"]),
];

/// The beginning of a contact, listened to for a mailbox.
#[derive(Debug, Default)]
pub(crate) struct Watch {
    words: VecDeque<String>,
    utterances: usize,
    beeped: bool,
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
        is_greeting(self.words.make_contiguous(), self.beeped)
    }

    /// A tone was heard and is over; says whether a mailbox talks.
    pub(crate) fn beep(&mut self) -> bool {
        self.beeped = true;
        self.utterances <= UTTERANCES && is_greeting(self.words.make_contiguous(), true)
    }
}

fn is_greeting(words: &[String], beeped: bool) -> bool {
    let mut said: Vec<Says> = Vec::new();
    for (says, cue) in CUES {
        if !said.contains(&says) && has(words, cue) {
            said.push(says);
        }
    }
    let only_people = |says: &Says| matches!(says, Says::Away | Says::Later);
    // Keys for this and keys for that: only a menu says so.
    let menus = CUES.iter().filter(|cue| cue.0 == Says::Menu).map(|cue| places(words, cue.1)).sum::<usize>();
    let machine =
        menus >= 2 || said.len() >= 2 && !said.iter().all(only_people) || beeped && !said.is_empty();
    let machine = said.contains(&Says::Announced) || machine && !said.contains(&Says::Wants);
    words.len() >= LEAST_WORDS && machine && !said.contains(&Says::Person)
}

/// Hears the tone after which a mailbox records.
#[derive(Debug, Default)]
pub(crate) struct Beep {
    /// 2 cos ω of the tone that goes on, and its frames.
    tone: f32,
    frames: u32,
}

/// A beep lasts from 200 ms to 2 s, in frames: what goes on is a line's own tone.
const SHORTEST: u32 = 10;
const LONGEST: u32 = 100;
/// Mean power of a sample under which nothing is a tone (about −38 dBFS).
const QUIET: f32 = 1.7e5;
/// Share of the power that a single sine leaves unexplained at most, as telephones carry it.
const REST: f32 = 0.003;
/// 2 cos ω of 1.6 kHz and of 350 Hz, and how far it may stray within a tone.
const HIGH: f32 = 0.618;
const LOW: f32 = 1.925;
const STRAY: f32 = 0.03;

impl Beep {
    /// Takes a frame; says whether a beep has just ended.
    pub(crate) fn push(&mut self, frame: &[i16]) -> bool {
        match tone(frame).filter(|tone| self.frames == 0 || (tone - self.tone).abs() < STRAY) {
            Some(tone) => {
                (self.tone, self.frames) = (tone, self.frames.saturating_add(1));
                false
            }
            None => (SHORTEST..=LONGEST).contains(&std::mem::take(&mut self.frames)),
        }
    }
}

/// 2 cos ω of a frame that is one sine: each sample is then that much of the one before, less the one before that.
fn tone(frame: &[i16]) -> Option<f32> {
    let (mut power, mut middle, mut cross, mut sum) = (0.0, 0.0, 0.0, 0.0);
    for three in frame.windows(3) {
        let &[a, b, c] = three else { continue };
        let (a, b, c) = (f32::from(a), f32::from(b), f32::from(c));
        power += c * c;
        middle += b * b;
        cross += b * (a + c);
        sum += (a + c) * (a + c);
    }
    let factor = cross / middle;
    let rest = (sum - factor * cross) / power;
    let loud = power > QUIET * frame.len() as f32;
    (loud && rest < REST && (HIGH..LOW).contains(&factor)).then_some(factor)
}

fn has(words: &[String], cue: &[&str]) -> bool {
    places(words, cue) > 0
}

/// At how many words the cue begins.
fn places(words: &[String], cue: &[&str]) -> usize {
    (0..words.len()).filter(|at| follows(words.get(*at..).unwrap_or_default(), cue, 0)).count()
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
            &["lo siento ahora no puedo contestar", "déjeme un mensaje tras la señal y le llamo"],
            &["la persona a la que llama no está disponible", "por favor grabe un mensaje"],
            &[
                "para volver a grabar pulse uno para enviarlo pulse dos",
                "no se ha recibido ningún mensaje adiós",
            ],
            &["para grabarlo otra vez marque uno para borrarlo marque tres o cuelgue"],
            &["ara mateix no us podem atendre", "deixeu el vostre missatge després del senyal gràcies"],
            &["neste momento non podemos atendelo deixe a súa mensaxe despois do sinal"],
            &["une honetan ezin dugu erantzun utzi zure mezua seinalearen ondoren mesedez"],
            &["we are not available right now please leave a message after the tone"],
            &["deje su mensaje después de la señal gracias"],
            &["deixi el seu missatge o encàrrec després del senyal gràcies"],
            &["ahora no puedo cogerlo deja un mensaje y te llamo"],
            &["el teléfono al que llama está apagado o fuera de cobertura en este momento"],
            &["el número marcado no existe compruebe el número y vuelva a llamar"],
            &["todos nuestros agentes están ocupados por favor manténgase a la espera"],
            &["su llamada es muy importante para nosotros espere un momento por favor"],
            &["gracias por llamar si quiere anular su pedido diga sí si no diga no"],
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
            &["puedo dejar un mensaje para que me llamen después de la señal"],
            &["no está disponible la web y no puedo pedir cita"],
            &["quiero cita para el padrón el jueves por la tarde"],
            &["para cancelar la cita que tengo el lunes por la mañana"],
            &["tengo el teléfono apagado por las noches así que llámenme por la mañana"],
            &["me dice que pulse almohadilla y no pasa nada con el teléfono"],
            &["me llamaron de un número que ya no existe y no sé qué querían"],
            &["ahora no puedo hablar que estoy conduciendo llámeme luego por favor"],
            &["vull parlar amb algú que la bústia de veu no funciona i no puc deixar cap missatge"],
        ];
        for citizen in citizens {
            assert!(!is_mailbox(citizen), "{citizen:?}");
        }
    }

    #[test]
    fn every_cue_is_written_as_words_are_folded() {
        for (_, cue) in CUES {
            for form in cue.iter().flat_map(|step| step.split('|')) {
                let form = form.strip_suffix('*').unwrap_or(form).replace('\'', "");
                assert_eq!(folded(&form).collect::<String>(), form);
            }
        }
    }

    /// Beeps among so many frames of these sines with some noise.
    fn beeps(sines: &[f32], frames: usize) -> usize {
        let mut beep = Beep::default();
        let mut noise = 1u32;
        let sample = |n: usize| {
            noise = noise.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            let hiss = (noise >> 16) as f32 / 65_536.0 * 200.0 - 100.0;
            let wave: f32 =
                sines.iter().map(|hz| (std::f32::consts::TAU * hz * n as f32 / 8000.0).sin()).sum();
            let sounds = (1600..1600 + frames * 160).contains(&n);
            (hiss + if sounds { 6000.0 * wave / sines.len().max(1) as f32 } else { 0.0 }) as i16
        };
        let pcm: Vec<i16> = (0..3200 + frames * 160).map(sample).collect();
        pcm.chunks(160).filter(|frame| beep.push(frame)).count()
    }

    #[test]
    fn a_beep_is_one_short_tone() {
        for hz in [400.0, 440.0, 800.0, 1000.0, 1400.0] {
            assert_eq!(beeps(&[hz], 20), 1, "{hz}");
        }
        assert_eq!(beeps(&[1000.0], 5), 0, "too short");
        assert_eq!(beeps(&[425.0], 150), 0, "the tone of a line");
        assert_eq!(beeps(&[697.0, 1209.0], 20), 0, "a key");
        assert_eq!(beeps(&[220.0, 440.0, 660.0], 20), 0, "a vowel");
        assert_eq!(beeps(&[], 20), 0);
    }

    #[test]
    fn a_phrase_and_a_beep_are_a_mailbox() {
        let mut watch = Watch::default();
        assert!(!watch.hear("ahora mismo no podemos contestar a su llamada gracias"));
        assert!(watch.beep());
        let mut watch = Watch::default();
        assert!(!watch.hear("quiero cita para el padrón el jueves por la tarde") && !watch.beep());
    }

    #[test]
    fn a_greeting_comes_at_the_beginning() {
        let mut watch = Watch::default();
        (0..UTTERANCES).for_each(|_| assert!(!watch.hear("sí")));
        assert!(!watch.hear("en este momento no puedo atenderle deje su mensaje después de la señal"));
    }
}
