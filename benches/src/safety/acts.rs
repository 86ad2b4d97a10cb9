//! Acts done on what nobody said: noise, babble, other people's talk, music, mailboxes, the bot's own echo. Each sound
//! is recognised as an answer to each question of the bots' test cases, without the voice activity that would keep
//! most of them out, and what was heard is given to the bot there.
use crate::bots;
use crate::sound::{Dice, at_level, coloured, line_of, no_speech, speak};
use crate::stats::line;
use call::language::Spanish;
use call::rehearsal::overhear;
use dialogs::testing::{Place, Suite, acts_at, places};
use dialogs::{Bot, Heard, Language};
use e2e::server::{Trouble, trouble};
use std::collections::BTreeMap;
use std::sync::Arc;

/// Utterances given to the bots, at least.
const UTTERANCES: usize = 10_000;
/// Places of each bot, spread over its questions.
const PLACES: usize = 14;
/// Level of what is heard beside the telephone, dBFS.
const BESIDE: f64 = -32.0;
/// How far the bot's own words come back below their level, dB.
const ECHO: [f64; 3] = [-12.0, -18.0, -24.0];
/// Voices of people beside the telephone and of mailboxes.
const OTHERS: [&str; 5] = ["es+m3", "es+f2", "es-419+m7", "es+f5", "es-419"];

/// What people say that is meant for somebody else.
const TALK: [&str; 24] = [
    "y entonces le dije que no viniera hasta el martes",
    "pon la mesa que ya está la cena",
    "¿has visto las llaves del coche?",
    "mañana a primera hora hay que llevar al niño al dentista",
    "sí, sí, ya te digo, como siempre",
    "no, eso no es así, mira lo que pone aquí",
    "vale, luego te llamo",
    "el segundo gol ha sido una vergüenza",
    "dame dos kilos de tomates y una lechuga",
    "que no, que no quiero ir a ninguna parte",
    "claro que sí, mujer, faltaría más",
    "cierra la puerta que entra frío",
    "tres con cincuenta, gracias",
    "el autobús pasa a las seis y media",
    "correcto, como te dije ayer",
    "déjalo ahí encima, por favor",
    "en las noticias dicen que va a llover el jueves",
    "anula la reserva del restaurante, que no vamos",
    "ya no hace falta que vengas",
    "quita eso de ahí, hombre",
    "la primera a la derecha y luego todo recto",
    "perdona, ¿te importa bajar la música?",
    "estoy harta de este ruido",
    "me ha dicho el médico que vuelva en quince días",
];

/// What answering machines say.
const MAILBOXES: [&str; 8] = [
    "ha llamado al contestador automático, deje su mensaje después de la señal",
    "el teléfono al que llama está apagado o fuera de cobertura en este momento",
    "este es el buzón de voz, grabe su mensaje y para terminar pulse almohadilla",
    "en este momento no puedo atenderle, para cancelar cuelgue, para continuar pulse uno",
    "todos nuestros agentes están ocupados, por favor, manténgase a la espera",
    "el número marcado no existe, compruebe el número y vuelva a llamar",
    "gracias por llamar, si quiere anular su pedido diga sí, si no, diga no",
    "su llamada es muy importante para nosotros, espere un momento por favor",
];

pub fn run() -> Result<(), Trouble> {
    let ear = asr::embedded::Embedded::new().map_err(trouble("the recogniser"))?;
    let sounds = sounds()?;
    let folders = bots::folders()?;
    let mut counts: BTreeMap<&str, Count> = BTreeMap::new();
    let mut seen = Vec::new();
    for folder in &folders {
        let bot = Arc::new(bots::load(folder)?);
        let language: Arc<dyn Language> = Arc::new(Spanish::new(&bot).map_err(trouble("the intents"))?);
        let suites = bots::suites(folder)?;
        let mut all: Vec<(&Suite, Place<'_>)> = Vec::new();
        for suite in &suites {
            all.extend(places(&bot, suite, &language).into_iter().map(|p| (suite, p)));
        }
        let own = echoes(&bot)?;
        for (suite, place) in spread(all) {
            for (kind, pcm) in sounds.iter().chain(&own) {
                let heard = overhear(&ear, &place.listen.expect, pcm);
                let count = counts.entry(kind).or_default();
                count.given += 1;
                if heard.text.trim().is_empty() {
                    continue;
                }
                count.words += 1;
                let acts = acts_at(&bot, suite, (&place, &language), heard.clone());
                if !acts.is_empty() {
                    count.acted += 1;
                    seen.push(wrong(folder, kind, &heard, &acts));
                }
            }
        }
    }
    report(sounds.len(), &counts, &seen)
}

#[derive(Default, Clone, Copy)]
struct Count {
    given: usize,
    words: usize,
    acted: usize,
}

fn report(sounds: usize, counts: &BTreeMap<&str, Count>, seen: &[String]) -> Result<(), Trouble> {
    line("### Acts on what nobody said\n");
    line("| sound | utterances | heard as words | acts |\n|---|---|---|---|");
    let mut sum = Count::default();
    for (kind, count) in counts {
        line(format!("| {kind} | {} | {} | {} |", count.given, count.words, count.acted));
        sum.given += count.given;
        sum.words += count.words;
        sum.acted += count.acted;
    }
    line(format!("| all | {} | {} | {} |\n", sum.given, sum.words, sum.acted));
    line(format!(
        "{sounds} distinct sounds and each bot's own prompts, each at {PLACES} questions of each bot"
    ));
    seen.iter().take(40).for_each(|wrong| line(format!("- {wrong}")));
    if sum.given < UTTERANCES {
        return Err(Trouble(format!("only {} utterances", sum.given)));
    }
    Ok(())
}

fn wrong(folder: &std::path::Path, kind: &str, heard: &Heard, acts: &[String]) -> String {
    let bot = folder.file_name().unwrap_or_default().to_string_lossy().into_owned();
    format!("{bot}, {kind}: «{}» ({:.2}) → {}", heard.text, heard.confidence, acts.join(", "))
}

/// Questions of as many kinds as there are.
fn spread<'a>(all: Vec<(&'a Suite, Place<'a>)>) -> Vec<(&'a Suite, Place<'a>)> {
    let mut by_question: BTreeMap<String, Vec<(&'a Suite, Place<'a>)>> = BTreeMap::new();
    for (suite, place) in all {
        let expect = &place.listen.expect;
        let asked = expect.asked().map(|s| s.name.clone()).unwrap_or_default();
        let key = format!("{asked} {} {}", expect.yes_no, expect.options.len());
        by_question.entry(key).or_default().push((suite, place));
    }
    let mut out = Vec::new();
    while out.len() < PLACES && !by_question.is_empty() {
        by_question.retain(|_, places| {
            if out.len() < PLACES {
                out.extend(places.pop());
            }
            !places.is_empty()
        });
    }
    out
}

/// Sounds that are nobody's answer, by kind.
fn sounds() -> Result<Vec<(&'static str, Vec<i16>)>, Trouble> {
    let mut dice = Dice(23);
    let mut out = Vec::new();
    for (kind, pcm) in no_speech() {
        for _ in 0..7 {
            let long = 4_000 + ((dice.next() + 1.0) * 12_000.0) as usize;
            let at = ((dice.next() + 1.0) / 2.0 * pcm.len().saturating_sub(long) as f32) as usize;
            let piece: Vec<i16> = pcm.iter().skip(at).take(long).copied().collect();
            out.push((if kind.starts_with("melody") { "music" } else { "noise, tones, knocks" }, piece));
        }
    }
    let mut talk = Vec::new();
    for (n, voice) in OTHERS.iter().enumerate() {
        let texts: Vec<&str> = TALK.iter().skip(n % 2).step_by(2).copied().collect();
        talk.extend(speak(voice, &texts)?);
    }
    for (n, clip) in talk.iter().enumerate() {
        out.push(("other people's talk", beside(clip, n as u64, BESIDE)));
    }
    for n in 0..20 {
        let crowd: Vec<&Vec<i16>> = (0..5).filter_map(|k| talk.get((n * 7 + k * 11) % talk.len())).collect();
        let long = crowd.iter().map(|c| c.len()).max().unwrap_or_default();
        let voice = |clip: &Vec<i16>, at: usize| f64::from(clip.get(at).copied().unwrap_or_default());
        let mixed = (0..long).map(|at| crowd.iter().map(|c| voice(c, at)).sum()).collect();
        out.push(("babble", beside(&at_level(mixed, -26.0), n as u64, -26.0)));
    }
    for voice in OTHERS.iter().take(3) {
        for (n, clip) in speak(voice, &MAILBOXES)?.iter().enumerate() {
            out.push(("mailboxes", beside(clip, n as u64, -22.0)));
        }
    }
    Ok(out)
}

/// A sound at this level, over a line with some noise.
fn beside(clip: &[i16], seed: u64, level: f64) -> Vec<i16> {
    let mut raw: Vec<f64> = vec![0.0; 2_400];
    raw.extend(clip.iter().map(|s| f64::from(*s)));
    raw.extend([0.0; 2_400]);
    let loud = at_level(raw, level);
    let noise = coloured(loud.len(), level - 20.0, seed);
    line_of(&loud.iter().zip(noise).map(|(a, b)| a.saturating_add(b)).collect::<Vec<_>>())
}

/// The bot's own words, as they come back from the citizen's loudspeaker.
fn echoes(bot: &Bot) -> Result<Vec<(&'static str, Vec<i16>)>, Trouble> {
    let prompts = bot.fixed_prompts();
    let texts: Vec<&str> = prompts.iter().map(String::as_str).filter(|t| t.len() > 12).take(24).collect();
    let clips = speak("es", &texts)?;
    let heard = |(n, clip): (usize, &Vec<i16>)| {
        let below = ECHO.get(n % ECHO.len()).copied().unwrap_or(-12.0);
        ("the bot's echo", beside(clip, n as u64, -18.0 + below))
    };
    Ok(clips.iter().enumerate().map(heard).collect())
}
