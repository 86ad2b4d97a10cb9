//! Acts done on what nobody said to the bot: noise, babble, other people's talk, music, mailboxes, the bot's own echo.
//! Each sounds at questions of the bots' test cases, through voice activity, turn-taking and ear as in a call; what is
//! taken for a turn is given to the bot there. The caller has spoken once before other people do.
use crate::bots;
use crate::ear::turns::{Asked, Prompt, acquainted, taken};
use crate::sound::{Dice, at_level, coloured, line_of, no_speech, speak};
use crate::stats::line;
use call::language::Spanish;
use call::rehearsal;
use call::turn::{Question, Settings, Turns};
use dialogs::testing::{Place, Suite, acts_at, places};
use dialogs::{Bot, Heard, Language};
use e2e::server::{Trouble, trouble};
use std::collections::BTreeMap;
use std::sync::Arc;

/// Utterances given to the bots, at least.
const UTTERANCES: usize = 10_000;
/// Places of each bot, spread over its questions.
const PLACES: usize = 14;
/// Level of the caller, dBFS.
const CALLER: f64 = -22.0;
/// How far under the caller other people are heard, dB, and how they are called then.
const BESIDE: [(f64, &str); 3] = [
    (10.0, "other people's talk, 10 dB under the caller"),
    (15.0, "other people's talk, 15 dB under the caller"),
    (20.0, "other people's talk, 20 dB under the caller"),
];
/// Level of the bot's own words, dBFS.
const PROMPT: f64 = -20.0;
const MAILBOX: &str = "mailboxes";
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
    let caller = speak("es", &["buenos días, llamaba por una cosa"])?;
    let acquainted = acquainted(&beside(caller.first().map_or(&[], Vec::as_slice), 1, CALLER))?;
    let stranger = Turns::new(Settings::default());
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
        let given: Vec<&Sound> = sounds.iter().chain(&own).collect();
        let all = spread(all);
        let at = |(suite, place): &(&Suite, Place<'_>), sound: &Sound| {
            let expect = rehearsal::expected(&place.listen.expect);
            let question = Question { id: 2, assent: place.listen.expect.yes_no, ..Question::default() };
            let asked = Asked { question, ..Asked::new(&expect) };
            let turns = if sound.0 == MAILBOX { &stranger } else { &acquainted };
            // Who speaks has been heard already: nothing is missing but a weight's file, which the ear has read.
            let taken = taken(&ear, (&sound.1, sound.2.as_ref()), (turns, asked)).ok()?;
            let heard = rehearsal::heard(taken.into_iter().next()?);
            if rehearsal::is_mailbox(&heard.text) {
                return None;
            }
            let acts = acts_at(&bot, suite, (place, &language), heard.clone());
            Some((!acts.is_empty()).then(|| wrong(folder, sound.0, &heard, &acts)))
        };
        let workers = std::thread::available_parallelism().map_or(1, usize::from);
        let share = |worker: usize| {
            let mine = all.iter().skip(worker).step_by(workers);
            let pairs = mine.flat_map(|place| given.iter().map(move |sound| (place, *sound)));
            pairs.map(|(place, sound)| (sound.0, at(place, sound))).collect::<Vec<_>>()
        };
        let done = std::thread::scope(|scope| {
            let running: Vec<_> = (0..workers).map(|worker| scope.spawn(move || share(worker))).collect();
            running.into_iter().map(|r| r.join().map_err(|_| Trouble("a worker panicked".into()))).collect()
        });
        let done: Result<Vec<_>, Trouble> = done;
        for (kind, acted) in done?.into_iter().flatten() {
            let count = counts.entry(kind).or_default();
            count.given += 1;
            count.words += usize::from(acted.is_some());
            if let Some(wrong) = acted.flatten() {
                count.acted += 1;
                seen.push(wrong);
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
    line("| sound | utterances | turns taken | acts |\n|---|---|---|---|");
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

/// Its kind, 8 kHz, and what the bot says meanwhile.
type Sound = (&'static str, Vec<i16>, Option<Prompt>);

/// Sounds that are nobody's answer, by kind.
fn sounds() -> Result<Vec<Sound>, Trouble> {
    let mut dice = Dice(23);
    let mut out = Vec::new();
    for (kind, pcm) in no_speech() {
        for _ in 0..7 {
            let long = 4_000 + ((dice.next() + 1.0) * 12_000.0) as usize;
            let at = ((dice.next() + 1.0) / 2.0 * pcm.len().saturating_sub(long) as f32) as usize;
            let piece: Vec<i16> = pcm.iter().skip(at).take(long).copied().collect();
            out.push((
                if kind.starts_with("melody") { "music" } else { "noise, tones, knocks" },
                piece,
                None,
            ));
        }
    }
    let mut talk = Vec::new();
    for (n, voice) in OTHERS.iter().enumerate() {
        let texts: Vec<&str> = TALK.iter().skip(n % 2).step_by(2).copied().collect();
        talk.extend(speak(voice, &texts)?);
    }
    for (n, clip) in talk.iter().enumerate() {
        let (under, kind) = BESIDE.get(n % BESIDE.len()).copied().unwrap_or((10.0, "other people's talk"));
        out.push((kind, beside(clip, n as u64, CALLER - under), None));
    }
    for n in 0..20 {
        let crowd: Vec<&Vec<i16>> = (0..5).filter_map(|k| talk.get((n * 7 + k * 11) % talk.len())).collect();
        let long = crowd.iter().map(|c| c.len()).max().unwrap_or_default();
        let voice = |clip: &Vec<i16>, at: usize| f64::from(clip.get(at).copied().unwrap_or_default());
        let mixed = (0..long).map(|at| crowd.iter().map(|c| voice(c, at)).sum()).collect();
        out.push(("babble", beside(&at_level(mixed, -26.0), n as u64, -26.0), None));
    }
    for voice in OTHERS.iter().take(3) {
        for (n, clip) in speak(voice, &MAILBOXES)?.iter().enumerate() {
            out.push((MAILBOX, beside(clip, n as u64, CALLER), None));
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

/// The bot's own words, as they come back from the citizen's loudspeaker after a while.
fn echoes(bot: &Bot) -> Result<Vec<Sound>, Trouble> {
    let prompts = bot.fixed_prompts();
    let texts: Vec<&str> = prompts.iter().map(String::as_str).filter(|t| t.len() > 12).take(24).collect();
    let clips = speak("es", &texts)?;
    let heard = |(n, (clip, text)): (usize, (&Vec<i16>, &&str))| {
        let below = ECHO.get(n % ECHO.len()).copied().unwrap_or(-12.0);
        let at = |level| at_level(clip.iter().map(|s| f64::from(*s)).collect(), level);
        let pcm = at(PROMPT);
        let mut late = vec![0; 160 * (n % 24)];
        late.extend(at(PROMPT + below));
        ("the bot's echo", line_of(&late), Some(Prompt { text: (*text).to_owned(), pcm }))
    };
    Ok(clips.iter().zip(&texts).enumerate().map(heard).collect())
}
