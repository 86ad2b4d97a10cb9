//! What the ear is tried on: numbers joined from recordings of people, and sentences in synthetic voices that the
//! training did not hear.
use crate::lines::Through;
use crate::sound::{Dice, FRAME, SOUNDS, coloured, level, line_of, speak};
use call::rehearsal::VOICES as UNHEARD;
use e2e::server::{Trouble, trouble};
use std::path::Path;

/// Something said, and what it should be understood as.
#[derive(Clone)]
pub struct Said {
    /// 8 kHz, with silence around it.
    pub pcm: Vec<i16>,
    /// The words.
    pub words: String,
    /// The value, as a service receives it; empty where only the words count.
    pub value: String,
    /// The sample after the last voiced one.
    pub end: usize,
}

/// Mexico, Colombia: name and folder of the recordings.
pub const VOICES: [(&str, &str); 2] = [("es-MX", "es_MX_f_Allison"), ("es-CO", "es")];
pub const LETTERS: &str = "TRWAGMYFPDXBNJZSQVHLCKE";
const NAMES: [&str; 23] = [
    "te",
    "erre",
    "uve doble",
    "a",
    "ge",
    "eme",
    "i griega",
    "efe",
    "pe",
    "de",
    "equis",
    "be",
    "ene",
    "jota",
    "zeta",
    "ese",
    "cu",
    "uve",
    "hache",
    "ele",
    "ce",
    "ka",
    "e",
];

/// What callers say to a town hall about appointments, the register, incidents, taxes and an emergency line;
/// none of it stands in the training's texts or in the ear's own sentences.
const SENTENCES: [&str; 40] = [
    "quería cambiar la hora de mi cita porque ese día trabajo",
    "tengo una cita el martes y no voy a poder ir",
    "me pueden dar cita con la trabajadora social de mi barrio",
    "la cita es para mi padre que tiene ochenta años",
    "se puede ir sin cita a la oficina del centro",
    "necesito un volante de empadronamiento para el colegio de los niños",
    "quería apuntar a mi hijo recién nacido en el padrón",
    "cuánto tarda en llegar el certificado a casa",
    "el certificado me lo pueden mandar por correo electrónico",
    "vivo en casa de mi hermana y quiero empadronarme allí",
    "hay una farola que no funciona delante del portal",
    "el contenedor de la esquina está lleno desde hace una semana",
    "han dejado un sofá viejo en la acera",
    "hay una fuga de agua en la calle de la estación",
    "se ha caído un árbol y está cortando el paso",
    "los vecinos de arriba hacen mucho ruido por la noche",
    "me ha llegado un recibo que ya tengo pagado",
    "cuándo termina el plazo para pagar el impuesto del coche",
    "quiero pagar la multa con la tarjeta por teléfono",
    "no estoy conforme con la multa porque el coche ya lo vendí",
    "puedo pagar la contribución en dos veces",
    "he perdido la carta con el código para pagar",
    "quiero que me devuelvan el dinero que cobraron de más",
    "tengo derecho a una bonificación por familia numerosa",
    "se nos ha inundado el garaje y no podemos sacar el coche",
    "mi madre está sola en casa y no tiene luz",
    "me gustaría ayudar como voluntario este fin de semana",
    "dónde puedo llevar ropa y mantas para los afectados",
    "necesitamos agua y comida para tres personas",
    "tengo una furgoneta y puedo repartir alimentos",
    "hasta qué hora está abierta la oficina de turismo",
    "con quién tengo que hablar para abrir una cafetería",
    "quiero hablar con el departamento de obras",
    "mi solicitud lleva dos meses sin respuesta",
    "me dijeron que me llamarían y nadie me ha llamado",
    "puede repetirme la dirección por favor",
    "es la tercera vez que llamo por lo mismo",
    "se me ha roto la tarjeta del autobús",
    "quería saber si han encontrado una cartera negra",
    "a qué teléfono tengo que llamar los domingos",
];

/// Recordings of one voice, without the quiet at their ends.
pub struct Voice {
    pub folder: String,
}

impl Voice {
    pub fn clip(&self, name: &str) -> Result<Vec<i16>, Trouble> {
        let path = |kind| Path::new(SOUNDS).join(&self.folder).join(format!("{name}.{kind}"));
        let found = ["wav", "gsm"].map(path).into_iter().find(|p| p.is_file());
        let found = found.ok_or_else(|| {
            Trouble(format!("no recording {name} of {}; `make setup-test` installs it", self.folder))
        })?;
        Ok(trimmed(&asr::eval::audio::read(&found).map_err(trouble("recording"))?))
    }
}

/// From the first frame within 35 dB of the loudest to the last.
pub fn trimmed(pcm: &[i16]) -> Vec<i16> {
    let levels: Vec<f64> = pcm.chunks_exact(FRAME).map(level).collect();
    let bar = levels.iter().copied().fold(f64::NEG_INFINITY, f64::max) - 35.0;
    let first = levels.iter().position(|l| *l > bar).unwrap_or(0);
    let last = levels.iter().rposition(|l| *l > bar).map_or(levels.len(), |n| n + 1);
    pcm.get(first * FRAME..last * FRAME).unwrap_or_default().to_vec()
}

/// A number from `low` to `high`.
pub fn between(dice: &mut Dice, low: f64, high: f64) -> f64 {
    low + (high - low) * f64::from(dice.next() + 1.0) / 2.0
}

/// A whole number below `n`.
pub fn below(dice: &mut Dice, n: usize) -> usize {
    (between(dice, 0.0, n as f64) as usize).min(n - 1)
}

/// Clips one after the other as people dictate: groups of two to four with 60 to 160 ms inside, and between groups a
/// pause around 350 ms, seldom as long as 1.2 s.
fn joined(clips: &[Vec<i16>], dice: &mut Dice) -> (Vec<i16>, usize) {
    let silence = |ms: f64| vec![0i16; (ms * 8.0) as usize];
    let mut pcm = silence(400.0);
    let mut left = 2 + below(dice, 3);
    for (n, clip) in clips.iter().enumerate() {
        if n > 0 {
            left -= 1;
            let pause = if left == 0 {
                left = 2 + below(dice, 3);
                let normal: f64 = (0..6).map(|_| f64::from(dice.next())).sum::<f64>() / 2f64.sqrt();
                (350.0 * (0.5 * normal).exp()).clamp(120.0, 1200.0)
            } else {
                between(dice, 60.0, 160.0)
            };
            pcm.extend(silence(pause));
        }
        pcm.extend_from_slice(clip);
    }
    let end = pcm.len();
    pcm.extend(silence(500.0));
    pcm.truncate(pcm.len() / FRAME * FRAME);
    (line_of(&pcm), end)
}

/// Words and figures of a number said digit by digit.
fn digits_of(number: &[usize]) -> (String, String) {
    const DIGITS: [&str; 10] =
        ["cero", "uno", "dos", "tres", "cuatro", "cinco", "seis", "siete", "ocho", "nueve"];
    let words: Vec<&str> = number.iter().filter_map(|d| DIGITS.get(*d)).copied().collect();
    (words.join(" "), number.iter().map(ToString::to_string).collect())
}

/// The same with the letter that belongs to it.
fn identity(number: &[usize]) -> (String, String) {
    let (words, figures) = digits_of(number);
    let at = figures.parse::<usize>().unwrap_or(0) % LETTERS.len();
    let (letter, name) = LETTERS.chars().zip(NAMES).nth(at).unwrap_or_default();
    (format!("{words} {name}"), format!("{figures}{letter}"))
}

/// Spoken digits, and a letter if it is to be an identity number, joined from single recordings.
fn dictated(folder: &str, count: usize, seed: u64, with_letter: bool) -> Result<Vec<Said>, Trouble> {
    let voice = Voice { folder: folder.into() };
    let single = |d: usize| voice.clip(&format!("digits/{d}"));
    let digits: Vec<Vec<i16>> = (0..10).map(single).collect::<Result<_, _>>()?;
    let letters: Vec<Vec<i16>> = if with_letter {
        let clip = |l: char| voice.clip(&format!("letters/{}", l.to_ascii_lowercase()));
        LETTERS.chars().map(clip).collect::<Result<_, _>>()?
    } else {
        Vec::new()
    };
    let mut dice = Dice(seed);
    let make = |_| {
        let length = if with_letter { 8 } else { 9 };
        let mut number: Vec<usize> = (0..length).map(|_| below(&mut dice, 10)).collect();
        if let (false, Some(first)) = (with_letter, number.first_mut()) {
            *first = [6, 7, 9].get(below(&mut dice, 3)).copied().unwrap_or(6);
        }
        let mut clips: Vec<Vec<i16>> = number.iter().filter_map(|d| digits.get(*d)).cloned().collect();
        let (words, value) = if with_letter { identity(&number) } else { digits_of(&number) };
        let letter = value.chars().last().and_then(|l| LETTERS.find(l));
        clips.extend(letter.and_then(|at| letters.get(at)).cloned());
        let (pcm, end) = joined(&clips, &mut dice);
        Said { pcm, words, value, end }
    };
    Ok((0..count).map(make).collect())
}

/// Identity numbers of eight digits and the right letter; only one voice has letters.
pub fn identity_numbers(count: usize) -> Result<Vec<Said>, Trouble> {
    let [(_, folder), _] = VOICES;
    dictated(folder, count, 11, true)
}

/// Telephones of nine digits.
pub fn phones(folder: &str, count: usize) -> Result<Vec<Said>, Trouble> {
    dictated(folder, count, 12, false)
}

/// Hours as they are said without an article, which the recordings lack: «cinco en punto», «nueve treinta»,
/// «doce menos diez». The second voice's `minus` says «guion», not «menos».
pub fn hours(folder: &str, count: usize) -> Result<Vec<Said>, Trouble> {
    const HOURS: [&str; 11] =
        ["dos", "tres", "cuatro", "cinco", "seis", "siete", "ocho", "nueve", "diez", "once", "doce"];
    const PAST: [(usize, &str); 6] =
        [(10, "diez"), (15, "quince"), (20, "veinte"), (30, "treinta"), (40, "cuarenta"), (50, "cincuenta")];
    const TO: [(usize, &str); 3] = [(5, "cinco"), (10, "diez"), (20, "veinte")];
    let voice = Voice { folder: folder.into() };
    let (sharp, minus) = (voice.clip("digits/oclock")?, voice.clip("digits/minus")?);
    let number = |n: usize| voice.clip(&format!("digits/{n}"));
    let mut dice = Dice(13);
    let ways = if folder == VOICES[0].1 { 3 } else { 2 };
    let make = |_| {
        let hour = below(&mut dice, HOURS.len());
        let mut clips = vec![number(hour + 2)?];
        let mut words = HOURS.get(hour).copied().unwrap_or_default().to_owned();
        match below(&mut dice, ways) {
            0 => {
                clips.push(sharp.clone());
                words.push_str(" en punto");
            }
            1 => {
                let (n, name) = PAST.get(below(&mut dice, PAST.len())).copied().unwrap_or_default();
                clips.push(number(n)?);
                words = format!("{words} {name}");
            }
            _ => {
                let (n, name) = TO.get(below(&mut dice, TO.len())).copied().unwrap_or_default();
                clips.extend([minus.clone(), number(n)?]);
                words = format!("{words} menos {name}");
            }
        }
        let mut pcm = vec![0; 3200];
        for clip in clips {
            pcm.extend(vec![0; between(&mut dice, 0.0, 800.0) as usize]);
            pcm.extend(clip);
        }
        let end = pcm.len();
        pcm.extend(vec![0; 8000]);
        Ok(Said { pcm: line_of(&pcm), words, value: String::new(), end })
    };
    (0..count).map(make).collect()
}

/// The sentences, each said by one or two of the unheard voices, before any line.
pub fn sentences() -> Result<Vec<Said>, Trouble> {
    let mut all = Vec::new();
    for (n, voice) in UNHEARD.iter().enumerate() {
        let texts: Vec<&str> = SENTENCES.iter().skip(n % 5).step_by(5).copied().collect();
        for (words, clip) in texts.iter().zip(speak(voice, &texts)?) {
            let clip = trimmed(&clip);
            let end = 3200 + clip.len();
            let mut pcm = vec![0; 3200];
            pcm.extend(clip);
            pcm.resize((end + 3200).next_multiple_of(FRAME), 0);
            all.push(Said { pcm, words: (*words).to_owned(), value: String::new(), end });
        }
    }
    Ok(all)
}

/// Sentences whose speaker stops for 650 to 1,200 ms to think, after a word that leans on the next: «quería pagar la …
/// multa». The two parts are spoken apart.
pub fn hesitating() -> Result<Vec<Said>, Trouble> {
    let (mut all, mut dice) = (Vec::new(), Dice(17));
    for (n, voice) in UNHEARD.iter().enumerate() {
        for text in SENTENCES.iter().skip(n % 2).step_by(2) {
            let words: Vec<&str> = text.split(' ').collect();
            let leans = |at: &usize| words.get(*at).is_some_and(|w| spanish::LEANING.contains(w));
            let places: Vec<usize> = (1..words.len() - 1).filter(leans).collect();
            let Some(at) = places.get(below(&mut dice, places.len().max(1))).copied() else { continue };
            let parts = words.split_at(at + 1);
            let parts = speak(voice, &[parts.0.join(" ").as_str(), parts.1.join(" ").as_str()])?;
            let mut pcm = vec![0; 3200];
            for (k, part) in parts.iter().enumerate() {
                pcm.extend(vec![0; if k == 0 { 0 } else { between(&mut dice, 5200.0, 9600.0) as usize }]);
                pcm.extend(trimmed(part));
            }
            let end = pcm.len();
            pcm.resize((end + 4000).next_multiple_of(FRAME), 0);
            all.push(Said { pcm: line_of(&pcm), words: (*text).to_owned(), value: String::new(), end });
        }
    }
    Ok(all)
}

/// The set with noise this far below the speech, if any, through a codec, one after the other.
pub fn over(set: &[Said], through: Through, snr_db: Option<f64>, lost: f64) -> Result<Vec<Said>, Trouble> {
    let mut pcm = Vec::new();
    for (n, said) in set.iter().enumerate() {
        let loud: Vec<i16> =
            said.pcm.chunks_exact(FRAME).filter(|f| level(f) > -45.0).flatten().copied().collect();
        let noise = snr_db.map(|snr| coloured(said.pcm.len(), level(&loud) - snr, n as u64));
        let noise = noise.unwrap_or_else(|| vec![0; said.pcm.len()]);
        pcm.extend(said.pcm.iter().zip(noise).map(|(s, n)| s.saturating_add(n)));
    }
    let mut rest = through.carry(&pcm, lost)?.into_iter();
    let piece = |said: &Said| Said { pcm: rest.by_ref().take(said.pcm.len()).collect(), ..said.clone() };
    Ok(set.iter().map(piece).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_dictated_ends_where_it_says() {
        let mut dice = Dice(1);
        let clips = vec![vec![8000i16; 1600]; 9];
        for _ in 0..50 {
            let (pcm, end) = joined(&clips, &mut dice);
            let loud = |n: usize| pcm.get(n).is_some_and(|s| s.unsigned_abs() > 4000);
            assert!(loud(end - 1) && !loud(end + 1), "{end} of {}", pcm.len());
            assert_eq!(pcm.len() % FRAME, 0);
        }
    }

    #[test]
    fn the_words_of_an_identity_number_mean_it() {
        for last in 0..23 {
            let number = [1, 2, 3, 4, 5, 6, last / 10, last % 10];
            let (words, value) = identity(&number);
            let heard = nlu::es::extract(&nlu::Kind::Nif, &words, &crate::ear::at_noon());
            assert_eq!(heard.first().map(|f| f.value.to_string()), Some(value), "{words}");
        }
    }
}
