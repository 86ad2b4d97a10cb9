//! Turns cut off inside an answer, on joined human recordings: words of people one after the other, with 200 to 500 ms
//! where people breathe. Never without how long the turns took to end, for either is easy alone.
use crate::ear::sets::{LETTERS, VOICES, Voice, below, between, trimmed};
use crate::ear::turns::{Asked, follow};
use crate::sound::{Dice, line_of, speak};
use crate::stats::{Table, Values, number};
use asr::embedded::Embedded;
use asr::{Expectation, Grammar, Partial};
use call::turn::{Gist, Question};
use e2e::server::{Trouble, trouble};

/// Answers of each kind and voice.
const ANSWERS: usize = 40;
/// Answers with which nobody goes on; no recording of people has them.
const PLAIN: [&str; 10] = [
    "sí",
    "no",
    "sí, claro",
    "no, gracias",
    "la primera",
    "la segunda",
    "ninguna",
    "el jueves por la mañana",
    "mañana por la tarde",
    "el quince de mayo",
];

/// An answer with pauses inside.
struct Said {
    pcm: Vec<i16>,
    /// The sample after the last voiced one.
    end: usize,
}

/// Of what an answer is made: the recordings of each breath.
type Breaths = Vec<Vec<String>>;

/// A kind of answer: what is expected, how long the question waits, and the answers.
struct Kind {
    name: &'static str,
    grammars: Vec<Grammar>,
    pause_ms: u32,
    /// Of what recordings; none: the plain answers.
    say: Option<fn(&mut Dice, &str) -> Breaths>,
    /// How many of the voices have them.
    voices: usize,
}

fn digit(n: usize) -> String {
    format!("digits/{n}")
}

fn day(dice: &mut Dice) -> String {
    format!("digits/day-{}", below(dice, 7))
}

/// «cuatro» «en punto», «nueve» «treinta», «doce» «menos» «diez»: only the first voice says «menos».
fn hour(dice: &mut Dice, folder: &str) -> Breaths {
    let first = vec![digit(2 + below(dice, 11))];
    let to = [5, 10, 20].get(below(dice, 3)).copied().unwrap_or(10);
    let past = [10, 15, 20, 30, 40, 50].get(below(dice, 6)).copied().unwrap_or(30);
    let rest = match below(dice, if folder == VOICES[0].1 { 3 } else { 2 }) {
        0 => vec!["digits/oclock".to_owned()],
        1 => vec![digit(past)],
        _ => vec!["digits/minus".to_owned(), digit(to)],
    };
    vec![first, rest]
}

/// «jueves» «catorce».
fn day_of_month(dice: &mut Dice, _: &str) -> Breaths {
    vec![vec![day(dice)], vec![digit(1 + below(dice, 20))]]
}

/// «jueves» «cuatro» «en punto».
fn day_and_hour(dice: &mut Dice, folder: &str) -> Breaths {
    std::iter::once(vec![day(dice)]).chain(hour(dice, folder)).collect()
}

/// Digits in groups of two to four.
fn groups(dice: &mut Dice, count: usize) -> Breaths {
    let mut left = count;
    let mut out = Breaths::new();
    while left > 0 {
        let size = (2 + below(dice, 3)).min(left);
        out.push((0..size).map(|_| digit(below(dice, 10))).collect());
        left -= size;
    }
    out
}

fn phone(dice: &mut Dice, _: &str) -> Breaths {
    groups(dice, 9)
}

/// With the letter that belongs to it.
fn identity(dice: &mut Dice, _: &str) -> Breaths {
    let mut out = groups(dice, 8);
    let figures: String = out.iter().flatten().filter_map(|name| name.strip_prefix("digits/")).collect();
    let at = figures.parse::<usize>().unwrap_or(0) % LETTERS.len();
    let letter = LETTERS.chars().nth(at).unwrap_or('T').to_ascii_lowercase();
    out.push(vec![format!("letters/{letter}")]);
    out
}

/// A day, an hour or a month alone.
fn whole(dice: &mut Dice, _: &str) -> Breaths {
    vec![vec![match below(dice, 3) {
        0 => day(dice),
        1 => digit(1 + below(dice, 12)),
        _ => format!("digits/mon-{}", below(dice, 12)),
    }]]
}

fn join(breaths: &Breaths, voice: &Voice, dice: &mut Dice) -> Result<Said, Trouble> {
    let silence = |ms: f64| vec![0i16; (ms * 8.0) as usize];
    let mut pcm = silence(400.0);
    for (n, breath) in breaths.iter().enumerate() {
        for (k, clip) in breath.iter().enumerate() {
            let pause = match (n, k) {
                (0, 0) => 0.0,
                (_, 0) => between(dice, 200.0, 500.0),
                _ => between(dice, 0.0, 80.0),
            };
            pcm.extend(silence(pause));
            pcm.extend(voice.clip(clip)?);
        }
    }
    let end = pcm.len();
    pcm.extend(silence(500.0));
    Ok(Said { pcm: line_of(&pcm), end })
}

/// Each plain answer in each voice that the ear has not heard.
fn plain() -> Result<Vec<Said>, Trouble> {
    let mut out = Vec::new();
    for voice in call::rehearsal::VOICES {
        for clip in speak(voice, &PLAIN)? {
            let clip = trimmed(&clip);
            let mut pcm = vec![0; 3200];
            pcm.extend(clip);
            let end = pcm.len();
            pcm.extend(vec![0; 4000]);
            out.push(Said { pcm: line_of(&pcm), end });
        }
    }
    Ok(out)
}

/// As it was when a bare day was a whole answer.
fn hasty(utterance: u32, partial: &Partial, expect: &Expectation) -> Gist {
    let gist = call::ears::gist(utterance, partial, expect);
    Gist { complete: gist.complete || gist.goes_on, goes_on: false, ..gist }
}

fn kinds() -> [Kind; 6] {
    let nine = Grammar::Digits { min: 9, max: 9 };
    [
        Kind { name: "hours", grammars: vec![Grammar::Date], pause_ms: 700, say: Some(hour), voices: 2 },
        Kind {
            name: "a day and its number",
            grammars: vec![Grammar::Date],
            pause_ms: 700,
            say: Some(day_of_month),
            voices: 2,
        },
        Kind {
            name: "a day and an hour",
            grammars: vec![Grammar::Date],
            pause_ms: 700,
            say: Some(day_and_hour),
            voices: 2,
        },
        Kind { name: "phones", grammars: vec![nine], pause_ms: 1500, say: Some(phone), voices: 2 },
        Kind {
            name: "identity numbers",
            grammars: vec![Grammar::Nif],
            pause_ms: 1500,
            say: Some(identity),
            voices: 1,
        },
        Kind {
            name: "a day, an hour, a month alone",
            grammars: vec![Grammar::Date],
            pause_ms: 700,
            say: Some(whole),
            voices: 2,
        },
    ]
}

/// Answers made of each voice's recordings.
fn recorded(say: fn(&mut Dice, &str) -> Breaths, voices: usize) -> Result<Vec<Said>, Trouble> {
    let mut dice = Dice(21);
    let mut set = Vec::new();
    for (_, folder) in VOICES.into_iter().take(voices) {
        let voice = Voice { folder: folder.to_owned() };
        for _ in 0..ANSWERS * VOICES.len() / voices {
            set.push(join(&say(&mut dice, folder), &voice, &mut dice)?);
        }
    }
    Ok(set)
}

/// How many were cut off, and after how long the others ended, ms.
fn ends(ear: &Embedded, set: &[Said], asked: Asked<'_>) -> Result<(usize, Vec<f64>), Trouble> {
    let (mut cut, mut after) = (0, Vec::new());
    for said in set {
        let ended = follow(ear, &said.pcm, asked)?;
        let first = ended.first().map_or(f64::INFINITY, |(frame, _)| *frame as f64 * 20.0);
        let delay = first - said.end as f64 / 8.0;
        if delay < 0.0 { cut += 1 } else { after.push(delay) }
    }
    Ok((cut, after))
}

pub fn run() -> Result<(), Trouble> {
    let ear = Embedded::new().map_err(trouble("ear"))?;
    let mut table = Table::new(&[
        "joined recordings, 200 to 500 ms inside",
        "turns",
        "cut off, %",
        "ended after, p50 ms",
        "cut off if a bare day or hour were whole, %",
        "p50 ms",
    ]);
    let mut all = [(0, Vec::new()), (0, Vec::new())];
    let mut turns = 0;
    let whole = vec![Grammar::YesNo, Grammar::Ordinal, Grammar::Date];
    let plain = Kind {
        name: "plain answers, synthetic voices",
        grammars: whole,
        pause_ms: 700,
        say: None,
        voices: 2,
    };
    for kind in kinds().into_iter().chain([plain]) {
        let expect = Expectation { grammars: kind.grammars, phrases: Vec::new(), open: true };
        ear.prepare(&expect);
        let set = match kind.say {
            Some(say) => recorded(say, kind.voices)?,
            None => self::plain()?,
        };
        let question = Question { id: 1, pause_ms: Some(kind.pause_ms), ..Question::default() };
        let asked = Asked { question, ..Asked::new(&expect) };
        let mut cells = vec![set.len().to_string()];
        for (asked, sum) in [asked, Asked { gist: hasty, ..asked }].into_iter().zip(&mut all) {
            let (cut, after) = ends(&ear, &set, asked)?;
            cells.extend(shown(cut, &after));
            sum.0 += cut;
            sum.1.extend(after);
        }
        turns += set.len();
        table.row(kind.name, cells);
    }
    let mut cells = vec![turns.to_string()];
    cells.extend(all.iter().flat_map(|(cut, after)| shown(*cut, after)));
    table.row("all", cells);
    table.print();
    Ok(())
}

fn shown(cut: usize, after: &[f64]) -> [String; 2] {
    let turns = cut + after.len();
    let delays: Values = after.iter().copied().collect();
    [number(100.0 * cut as f64 / turns.max(1) as f64, 1), number(delays.at(0.5), 0)]
}
