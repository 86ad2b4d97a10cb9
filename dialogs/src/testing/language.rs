//! A small Spanish for tests: keyword tables, no models. It understands what this crate's tests say and
//! reads aloud well enough to compare; whoever runs bots brings a real [`Language`].

use std::collections::BTreeMap;

use chrono::{Datelike, Days, NaiveDate, NaiveDateTime, NaiveTime, Timelike};

use crate::{
    emergency::{is_said, plain},
    language::{
        Choice, ChoiceOption, Danger, Expect, ExpectedSlot, Found, Heard, Language, Manner, SlotFound,
        Understood,
    },
    model::Bot,
    value::{Exact, Filter, Kind, Value},
};

/// Understanding by keywords.
#[derive(Clone)]
pub struct TestLanguage {
    /// The telling words of each example, by intent.
    examples: BTreeMap<String, Vec<Vec<String>>>,
}

const UNITS: [&str; 30] = [
    "cero",
    "uno",
    "dos",
    "tres",
    "cuatro",
    "cinco",
    "seis",
    "siete",
    "ocho",
    "nueve",
    "diez",
    "once",
    "doce",
    "trece",
    "catorce",
    "quince",
    "dieciseis",
    "diecisiete",
    "dieciocho",
    "diecinueve",
    "veinte",
    "veintiuno",
    "veintidos",
    "veintitres",
    "veinticuatro",
    "veinticinco",
    "veintiseis",
    "veintisiete",
    "veintiocho",
    "veintinueve",
];
const TENS: [&str; 7] = ["treinta", "cuarenta", "cincuenta", "sesenta", "setenta", "ochenta", "noventa"];
const DAYS: [&str; 7] = ["lunes", "martes", "miercoles", "jueves", "viernes", "sabado", "domingo"];
const MONTHS: [&str; 12] = [
    "enero",
    "febrero",
    "marzo",
    "abril",
    "mayo",
    "junio",
    "julio",
    "agosto",
    "septiembre",
    "octubre",
    "noviembre",
    "diciembre",
];
const ORDINALS: [&[&str]; 4] = [
    &["primera", "primero", "primer"],
    &["segunda", "segundo"],
    &["tercera", "tercero", "tercer"],
    &["cuarta", "cuarto"],
];
const YES: [&str; 9] =
    ["si", "vale", "correcto", "claro", "perfecto", "exacto", "venga", "eso es", "de acuerdo"];
/// Those of them that only agree.
const AGREEING: [&str; 4] = ["vale", "perfecto", "venga", "de acuerdo"];
const NO: [&str; 4] = ["no", "que va", "para nada", "tampoco"];
const NONE: [&str; 4] = ["ninguna", "ninguno", "otra", "otras"];
const CORRECTION: [&str; 7] = ["mejor", "perdon", "queria decir", "espere", "cambie", "pero", "aunque"];
/// They negate, whatever they negate.
const NEGATORS: [&str; 7] = ["no", "ni", "nunca", "tampoco", "nada", "sin", "ninguna"];
/// They make a yes doubtful.
const DOUBTS: [&str; 5] = ["creo", "supongo", "pero", "aunque", "menos"];
const UPSET: [&str; 4] = ["harto", "harta", "verguenza", "denuncia"];
const BACKCHANNEL: [&str; 7] = ["vale", "si", "aja", "mmm", "de acuerdo", "ya", "claro"];
const WAIT: [&str; 4] = ["un momento", "lo busco", "lo apunto", "espere un"];
const POLITE: [&str; 6] = ["favor", "gracias", "pues", "bueno", "si", "quiero"];
/// Words that tell nothing about an intent.
const STOP: [&str; 22] = [
    "un",
    "una",
    "el",
    "la",
    "los",
    "las",
    "de",
    "del",
    "para",
    "por",
    "con",
    "que",
    "me",
    "mi",
    "a",
    "en",
    "lo",
    "y",
    "se",
    "por favor",
    "es",
    "hola",
];

/// Lower case, without accents or punctuation.
fn fold(text: &str) -> String {
    let mut out = String::new();
    for c in text.to_lowercase().chars() {
        match c {
            'á' => out.push('a'),
            'é' => out.push('e'),
            'í' => out.push('i'),
            'ó' => out.push('o'),
            'ú' | 'ü' => out.push('u'),
            'ñ' => out.push('n'),
            c if c.is_alphanumeric() => out.push(c),
            _ => out.push(' '),
        }
    }
    out.split_whitespace().collect::<Vec<_>>().join(" ")
}

fn has(text: &str, words: &str) -> bool {
    let edge = |c: Option<char>| c.is_none_or(|c| c == ' ');
    let mut from = text;
    let mut before = None;
    while let Some(at) = from.find(words).filter(|_| !words.is_empty()) {
        let (head, tail) =
            (from.get(..at).unwrap_or_default(), from.get(at + words.len()..).unwrap_or_default());
        if edge(head.chars().next_back().or(before)) && edge(tail.chars().next()) {
            return true;
        }
        before = words.chars().next_back();
        from = tail;
    }
    false
}

fn any(text: &str, all: &[&str]) -> bool {
    all.iter().any(|w| has(text, w))
}

/// A word as a number under 100; the tens are told from whole numbers.
fn number(word: &str) -> Option<u32> {
    let word = if word == "una" || word == "un" { "uno" } else { word };
    let unit = UNITS.iter().position(|u| *u == word);
    unit.or_else(|| TENS.iter().position(|t| *t == word).map(|t| (t + 3) * 10))
        .and_then(|n| u32::try_from(n).ok())
}

fn name(n: u32) -> String {
    let n = n as usize;
    match (UNITS.get(n), TENS.get((n / 10).saturating_sub(3))) {
        (Some(unit), _) => (*unit).to_owned(),
        (None, Some(tens)) if n < 100 && n.is_multiple_of(10) => (*tens).to_owned(),
        (None, Some(tens)) if n < 100 => format!("{tens} y {}", UNITS.get(n % 10).unwrap_or(&"")),
        _ => n.to_string(),
    }
}

/// The digits and letters dictated in a text.
fn dictated(text: &str) -> String {
    let mut out = String::new();
    let words: Vec<&str> = text.split(' ').collect();
    let mut at = 0;
    while let Some(word) = words.get(at) {
        at += 1;
        if let Some(n) = number(word) {
            let mut n = n;
            let unit = words.get(at + 1).and_then(|w| number(w)).filter(|u| (1..10).contains(u));
            if let Some(unit) =
                unit.filter(|_| n >= 30 && n.is_multiple_of(10) && words.get(at) == Some(&"y"))
            {
                n += unit;
                at += 2;
            }
            out.push_str(&n.to_string());
        } else if word.chars().next().is_some_and(|c| c.is_ascii_digit()) {
            out.push_str(&word.to_uppercase());
        } else if !out.is_empty() {
            match *word {
                "zeta" => out.push('Z'),
                "be" => out.push('B'),
                "equis" => out.push('X'),
                "y" => {}
                letter if letter.chars().count() == 1 => out.push_str(&letter.to_uppercase()),
                _ => break,
            }
        }
    }
    out
}

/// The check letter of a DNI (Real Decreto 1553/2005, art. 11).
fn letter(digits: &str) -> Option<char> {
    let n: usize = digits.parse().ok()?;
    "TRWAGMYFPDXBNJZSQVHLCKE".chars().nth(n % 23)
}

fn nif(written: &str) -> Option<Found> {
    let digits: String = written.chars().take_while(char::is_ascii_digit).collect();
    let rest: String = written.chars().skip(digits.len()).collect();
    match (digits.len(), rest.chars().next()) {
        (8, Some(l)) if rest.chars().count() == 1 => Some(if letter(&digits) == Some(l) {
            Found::Valid(Value::Nif(written.into()))
        } else {
            Found::Invalid
        }),
        (3..=8, _) => Some(Found::Unfinished),
        (0..=2, _) => None,
        _ => Some(Found::Invalid),
    }
}

fn hour(text: &str) -> Option<NaiveTime> {
    let words: Vec<&str> = text.split(' ').collect();
    let at = words.iter().position(|w| *w == "las" || *w == "la")?;
    let h = words.get(at + 1).and_then(|w| number(w).or_else(|| w.parse().ok()))?;
    let minutes = if has(text, "y media") {
        30
    } else if has(text, "y cuarto") {
        15
    } else {
        0
    };
    let afternoon = has(text, "tarde") || (!has(text, "manana") && h < 8);
    NaiveTime::from_hms_opt(if afternoon && h < 12 { h + 12 } else { h }, minutes, 0)
}

fn day(text: &str, now: NaiveDateTime) -> Option<NaiveDate> {
    let today = now.date();
    if has(text, "pasado manana") {
        return today.checked_add_days(Days::new(2));
    }
    if has(text, "hoy") {
        return Some(today);
    }
    if let Some(weekday) = DAYS.iter().position(|d| has(text, d)) {
        let ahead = (weekday as u64 + 7 - u64::from(today.weekday().num_days_from_monday())) % 7;
        return today.checked_add_days(Days::new(if ahead == 0 { 7 } else { ahead }));
    }
    let tomorrow = has(text, "manana") && !has(text, "la manana");
    tomorrow.then(|| today.checked_add_days(Days::new(1))).flatten()
}

/// A day with a year in figures; without it there is more to come.
fn birth(text: &str, now: NaiveDateTime) -> Option<Found> {
    let date = day(text, now)?;
    let year = text.split(' ').find_map(|w| w.parse::<i32>().ok().filter(|y| *y >= 1900));
    Some(match year {
        Some(year) => Found::Valid(Value::Birth(date.with_year(year)?)),
        None => Found::Unfinished,
    })
}

fn interval(text: &str, now: NaiveDateTime) -> Option<Value> {
    // «el jueves o el viernes»: either.
    if let Some((one, other)) = text.split_once(" o ") {
        let both: Vec<_> =
            [one, other].iter().filter_map(|t| interval(t, now)).flat_map(|v| v.intervals()).collect();
        return (both.len() == 2).then_some(Value::Ranges(both));
    }
    let date = day(text, now)?;
    let (from, to) = match hour(text) {
        Some(at) => (at.hour(), at.hour() + 1),
        None if has(text, "tarde") => (14, 20),
        None if has(text, "la manana") => (8, 14),
        None => (0, 24),
    };
    let to = date.and_hms_opt(to, 0, 0).or_else(|| date.succ_opt()?.and_hms_opt(0, 0, 0))?;
    Some(Value::Range { from: date.and_hms_opt(from, 0, 0)?, to })
}

fn slot((slot, asked): (&ExpectedSlot, bool), text: &str, now: NaiveDateTime) -> Option<Found> {
    match &slot.kind {
        Kind::List(catalogue) => {
            let said = |item: &&std::sync::Arc<crate::Item>| {
                std::iter::once(&item.name).chain(&item.synonyms).any(|n| has(text, &fold(n)))
            };
            let mut items = catalogue.items.iter().filter(said).map(|i| Value::Item(i.clone()));
            match (items.next()?, items.next()) {
                (one, None) => Some(Found::Valid(one)),
                (one, Some(two)) => Some(Found::Unclear(one, two)),
            }
        }
        Kind::Knowledge(knowledge) => asked.then(|| article(knowledge, text)).flatten(),
        Kind::Exact(form) => exact(*form, &dictated(text)).filter(|_| asked || form.is_code()),
        Kind::Money | Kind::Address => None,
        Kind::Nif => nif(&dictated(text)),
        Kind::Digits { min, max } => {
            let digits = dictated(text);
            if digits.is_empty() || !(asked || digits.len() >= usize::from(*min)) {
                return None;
            }
            Some(match digits.len() {
                n if n > usize::from(*max) => Found::Invalid,
                n if n < usize::from(*min) => Found::Unfinished,
                _ => Found::Valid(Value::Digits(digits)),
            })
        }
        Kind::Number => {
            let n = text.split(' ').find_map(number).filter(|_| asked)?;
            Some(Found::Valid(Value::Number(f64::from(n))))
        }
        Kind::YesNo => yes_no(text).filter(|_| asked).map(|y| Found::Valid(Value::YesNo(y))),
        Kind::Date => day(text, now).map(|d| Found::Valid(Value::Date(d))),
        Kind::Birth => birth(text, now),
        Kind::Time => hour(text).map(|t| Found::Valid(Value::Time(t))),
        Kind::DateTimeRange => interval(text, now).map(Found::Valid),
        Kind::FreeText => asked.then(|| Found::Valid(Value::Text(text.to_owned()))),
    }
}

/// The article whose questions share most words with the text; two that share as many are unclear.
fn article(knowledge: &crate::Knowledge, text: &str) -> Option<Found> {
    let shared = |a: &std::sync::Arc<crate::Article>| {
        let best = |q: &String| fold(q).split(' ').filter(|w| !STOP.contains(w) && has(text, w)).count();
        a.questions.iter().map(best).max().unwrap_or_default()
    };
    let most = knowledge.articles.iter().map(shared).max().filter(|m| *m > 0)?;
    let mut best = knowledge.articles.iter().filter(|a| shared(a) == most).map(|a| Value::Article(a.clone()));
    match (best.next()?, best.next()) {
        (one, None) => Some(Found::Valid(one)),
        (one, Some(two)) => Some(Found::Unclear(one, two)),
    }
}

/// Codes that are digits only, by their length.
fn exact(form: Exact, digits: &str) -> Option<Found> {
    let length = match form {
        Exact::Phone => 9,
        Exact::Postcode => 5,
        Exact::Nuss => 12,
        Exact::Iban | Exact::Plate | Exact::Email | Exact::Name => return None,
    };
    Some(match digits.len() {
        0 => return None,
        n if n < length => Found::Unfinished,
        n if n > length || (form == Exact::Postcode && crate::province(digits).is_none()) => Found::Invalid,
        _ => Found::Valid(Value::Exact(form, digits.to_owned())),
    })
}

fn yes_no(text: &str) -> Option<bool> {
    let no = any(text, &NO) || any(text, &NEGATORS) && any(text, &YES);
    if no && !has(text, "no la se") { Some(false) } else { any(text, &YES).then_some(true) }
}

fn choice(text: &str, options: &[ChoiceOption]) -> Option<Choice> {
    if options.is_empty() {
        return None;
    }
    if let Some(at) = ORDINALS.iter().position(|names| any(text, names)).filter(|at| *at < options.len()) {
        return Some(Choice::One(at));
    }
    let moment = |o: &ChoiceOption| match &o.value {
        Value::Map(m) => {
            m.values().find_map(|v| if let Value::DateTime(t) = v { Some(t.local()) } else { None })
        }
        Value::DateTime(t) => Some(t.local()),
        _ => None,
    };
    let weekday = DAYS.iter().position(|d| has(text, d));
    let fits = |o: &ChoiceOption| {
        let by_time = moment(o).is_some_and(|at| {
            let day_fits = weekday.is_none_or(|d| at.weekday().num_days_from_monday() as usize == d);
            let hour = hour(text);
            day_fits && (weekday.is_some() || hour.is_some()) && hour.is_none_or(|h| h == at.time())
        });
        by_time || has(text, &fold(&o.said))
    };
    let fitting: Vec<usize> = options.iter().enumerate().filter(|(_, o)| fits(o)).map(|(i, _)| i).collect();
    match fitting.as_slice() {
        [one] => Some(Choice::One(*one)),
        [one, two, ..] => Some(Choice::Between(*one, *two)),
        [] => any(text, &NONE).then_some(Choice::NoneFits),
    }
}

impl TestLanguage {
    /// Knows the bot's intents by the words of their examples.
    pub fn new(bot: &Bot) -> Self {
        let words = |example: &String| -> Vec<String> {
            fold(example).split(' ').filter(|w| !STOP.contains(w)).map(str::to_owned).collect()
        };
        let intents = bot.intents().iter();
        Self { examples: intents.map(|(i, all)| (i.clone(), all.iter().map(words).collect())).collect() }
    }

    /// How much of its best example an intent has in the text.
    fn score(&self, intent: &str, text: &str) -> f32 {
        let examples = self.examples.get(intent).map_or(&[][..], Vec::as_slice);
        let scores = examples.iter().map(|words| {
            let shared = words.iter().filter(|w| has(text, w)).count();
            if words.is_empty() { 0.0 } else { shared as f32 / words.len() as f32 }
        });
        scores.fold(0.0, f32::max)
    }
}

impl TestLanguage {
    /// Whether each telling word of the text is one of the intent's examples.
    fn is_wholly(&self, intent: &str, text: &str) -> bool {
        let examples = self.examples.get(intent).map_or(&[][..], Vec::as_slice);
        let mut words = text.split(' ').filter(|w| !STOP.contains(w) && !POLITE.contains(w)).peekable();
        words.peek().is_some() && words.all(|w| examples.iter().flatten().any(|known| known == w))
    }
}

impl Language for TestLanguage {
    fn understand(&self, heard: &Heard, expect: &Expect) -> Understood {
        let text = fold(&heard.text);
        let sure = heard.confidence;
        let mut intents: Vec<(String, f32)> = expect
            .intents
            .iter()
            .map(|i| (i.clone(), self.score(i, &text)))
            .filter(|(_, s)| *s > 0.99)
            .map(|(i, s)| (i, s * 0.9 * sure))
            .collect();
        intents.sort_by(|a, b| b.1.total_cmp(&a.1));
        let plainly = intents.first().is_some_and(|(intent, _)| self.is_wholly(intent, &text));
        let slots = expect.slots_in_order().filter_map(|s| {
            let found = slot(s, &text, expect.now)?;
            Some(SlotFound { slot: s.0.name.clone(), found, confidence: sure })
        });
        Understood {
            intents,
            plainly,
            wants_time: any(&text, &WAIT),
            slots: slots.collect(),
            yes_no: yes_no(&text).map(|y| (y, sure)),
            choice: choice(&text, &expect.options).map(|c| (c, sure)),
            earlier_choice: choice(&text, &expect.earlier_options).map(|c| (c, sure)),
            doubtful: any(&text, &DOUBTS),
            beside: false,
            manner: if AGREEING.contains(&text.as_str()) { Manner::Agreeing } else { Manner::Stating },
            negated: any(&text, &NEGATORS),
            correction: any(&text, &CORRECTION),
            upset: if any(&text, &UPSET) { 0.9 } else { 0.0 },
            danger: danger(&heard.text, expect),
        }
    }

    fn read_aloud(&self, value: &Value, how: Filter, _now: NaiveDateTime) -> String {
        aloud(value, how)
    }

    fn validate(&self, kind: &Kind, written: &str, _now: NaiveDateTime) -> Found {
        let digits = written.len();
        match kind {
            Kind::Nif if digits == 8 && written.chars().all(|c| c.is_ascii_digit()) => {
                match letter(written) {
                    Some(l) => Found::Valid(Value::Nif(format!("{written}{l}"))),
                    None => Found::Invalid,
                }
            }
            Kind::Nif => nif(&written.to_uppercase()).unwrap_or(Found::Invalid),
            Kind::Exact(form) => exact(*form, written).unwrap_or(Found::Invalid),
            Kind::Digits { min, max } if (usize::from(*min)..=usize::from(*max)).contains(&digits) => {
                Found::Valid(Value::Digits(written.to_owned()))
            }
            Kind::Birth => NaiveDate::parse_from_str(written, "%d%m%Y")
                .map_or(Found::Invalid, |day| Found::Valid(Value::Birth(day))),
            Kind::Number => written.parse().map_or(Found::Invalid, |n| Found::Valid(Value::Number(n))),
            _ => Found::Invalid,
        }
    }

    fn is_backchannel(&self, text: &str) -> bool {
        BACKCHANNEL.contains(&fold(text).as_str())
    }

    /// The same words, whatever the language: what is said in it comes from keys and from its texts.
    fn in_language(&self, _: &str) -> Option<std::sync::Arc<dyn Language>> {
        Some(std::sync::Arc::new(self.clone()))
    }
}

/// Words that a bot calls danger are danger; «peligro» may be.
fn danger(text: &str, expect: &Expect) -> Danger {
    let said = plain(text);
    if is_said(&expect.danger_words, &said) {
        Danger::Sure
    } else if is_said(&["peligro".into()], &said) {
        Danger::Unsure
    } else {
        Danger::None
    }
}

fn spoken_day(day: NaiveDate) -> String {
    let weekday = match day.weekday().num_days_from_monday() {
        2 => "miércoles",
        5 => "sábado",
        n => DAYS.get(n as usize).copied().unwrap_or_default(),
    };
    let month = MONTHS.get(day.month0() as usize).copied().unwrap_or_default();
    format!("{weekday} {} de {month}", name(day.day()))
}

fn spoken_hour(at: NaiveTime) -> String {
    let (part, h) = match at.hour() {
        0..=5 => ("madrugada", at.hour()),
        6..=12 => ("mañana", at.hour()),
        h @ 13..=20 => ("tarde", h - 12),
        h => ("noche", h - 12),
    };
    let article = if h == 1 { "la una".to_owned() } else { format!("las {}", name(h)) };
    let minutes = match at.minute() {
        0 => String::new(),
        15 => " y cuarto".into(),
        30 => " y media".into(),
        m => format!(" y {}", name(m)),
    };
    format!("{article}{minutes} de la {part}")
}

/// A value in words; days without their year.
fn aloud(value: &Value, how: Filter) -> String {
    match (value, how) {
        (Value::List(all), _) => {
            let words: Vec<String> = all.iter().map(|v| aloud(v, how)).collect();
            match words.split_last() {
                Some((last, rest)) if !rest.is_empty() => format!("{} o {last}", rest.join(", ")),
                _ => words.concat(),
            }
        }
        // Only codes show something of themselves.
        (
            Value::Item(_)
            | Value::Article(_)
            | Value::YesNo(_)
            | Value::Date(_)
            | Value::Birth(_)
            | Value::Time(_),
            Filter::Masked,
        ) => String::new(),
        (Value::DateTime(at), Filter::Spoken | Filter::Plain) => {
            format!("{} a {}", spoken_day(at.local().date()), spoken_hour(at.local().time()))
        }
        (Value::Range { from, to }, Filter::Spoken | Filter::Plain) => {
            let part = match (from.hour(), to.hour()) {
                (14, 20) => " por la tarde",
                (8, 14) => " por la mañana",
                _ => "",
            };
            format!("el {}{part}", spoken_day(from.date()))
        }
        (Value::Ranges(all), Filter::Spoken | Filter::Plain) => {
            let one = |(from, to): &(NaiveDateTime, NaiveDateTime)| Value::Range { from: *from, to: *to };
            let all: Vec<String> = all.iter().map(|p| aloud(&one(p), how)).collect();
            all.join(" o ")
        }
        (Value::Date(day), _) => spoken_day(*day),
        (Value::Birth(day), _) => format!("{} de {}", spoken_day(*day), day.year()),
        (Value::Time(at), _) => spoken_hour(*at),
        (Value::YesNo(yes), _) => if *yes { "sí" } else { "no" }.to_owned(),
        (Value::Item(item), _) => item.name.clone(),
        (Value::Article(article), _) => article.title.clone(),
        (value, Filter::Spelled) => {
            value.to_string().chars().map(|c| c.to_string()).collect::<Vec<_>>().join(" ")
        }
        (value, Filter::Masked) => {
            let text = value.to_string();
            let tail: String = text.chars().skip(text.chars().count().saturating_sub(3)).collect();
            format!("terminado en {tail}")
        }
        (value, Filter::Grouped) => {
            let chars: Vec<char> = value.to_string().chars().collect();
            chars.chunks(2).map(|c| c.iter().collect::<String>()).collect::<Vec<_>>().join(" ")
        }
        (value, _) => value.to_string(),
    }
}
