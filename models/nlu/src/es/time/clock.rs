//! Hours: «las cinco y media», «15:30», «a las ocho menos cuarto», «15 h».

use super::super::number;
use crate::es::text::Text;

/// An hour as it was said, before it is known whether it is before or after noon.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Clock {
    pub hour: u32,
    pub minute: u32,
    pub second: u32,
    /// May be before or after noon.
    pub twelve: bool,
    /// Minutes were said.
    pub exact: bool,
    /// «sobre las», «y pico».
    pub approximate: bool,
}

/// Words that announce an hour. `strong`: what follows can only be an hour.
fn lead(text: &Text, i: usize) -> (usize, bool, bool) {
    const ABOUT: &[&str] = &[
        "a eso de la",
        "a eso de las",
        "sobre la",
        "sobre las",
        "hacia la",
        "hacia las",
        "alrededor de la",
        "alrededor de las",
        "cerca de la",
        "cerca de las",
        "a eso de",
        "sobre",
        "como a las",
        "a cosa de las",
        "tipo",
    ];
    const SHARP: &[&str] = &[
        "a las",
        "a la",
        "al las",
        "para las",
        "para la",
        "de las",
        "de la",
        "desde las",
        "desde la",
        "en las",
        "por las",
        "las",
        "la",
        "los",
    ];
    let longest = |list: &[&str]| list.iter().filter_map(|p| text.phrase(i, p)).max();
    if let Some(next) = longest(ABOUT) {
        return (next, next > i + 1, true);
    }
    match longest(SHARP) {
        Some(next) => (next, true, false),
        None => (i, false, false),
    }
}

/// An hour at `i`, and the token after it.
pub(crate) fn clock(text: &Text, i: usize) -> Option<(Clock, usize)> {
    if let Some(to) = quarter_to(text, i) {
        return Some(to);
    }
    let (at, led, about) = lead(text, i);
    // «ninguna de las dos»: not of two o'clock.
    let of_several = |b: usize| {
        text.word(b + 1) == "de"
            && matches!(
                text.word(b),
                "ninguna"
                    | "ninguno"
                    | "cualquiera"
                    | "una"
                    | "uno"
                    | "alguna"
                    | "primera"
                    | "segunda"
                    | "ultima"
            )
    };
    if at.checked_sub(3).is_some_and(of_several) && matches!(text.word(at - 1), "las" | "los") {
        return None;
    }
    let digits = text.is_number(at);
    let (hour, mut next) = hour_number(text, at)?;
    // «la dos» and «los tres» are no hours; «la una», «las dos», «las trece» are.
    let article = text.word(at.wrapping_sub(1));
    let wrong = match article {
        "la" => !matches!(hour, 1 | 13) && text.word(next) != ":",
        "las" => hour == 1,
        _ => false,
    };
    if led && wrong && !digits {
        return None;
    }
    let mut clock = Clock {
        hour,
        minute: 0,
        second: 0,
        twelve: hour <= 12 && hour > 0,
        exact: false,
        approximate: about,
    };
    let mut sure = led && text.word(at.wrapping_sub(1)) != "los";
    if digits && text.word(at).len() == 2 && text.word(at).starts_with('0') {
        clock.twelve = false;
    }
    if let Some((minute, second, after)) = written_minutes(text, at, next) {
        (clock.minute, clock.second, next, sure, clock.exact) = (minute, second, after, true, true);
    } else {
        let h = usize::from(matches!(text.word(next), "hora" | "horas" | "h" | "hs" | "hrs"));
        if h == 1 && !(led || text.glued(next)) && !text.word(next).starts_with("hora") {
            return None;
        }
        if h == 1 {
            // «dos horas» alone is a duration; «a las quince horas» is an hour.
            if !led && text.word(next) != "h" && !minutes_follow(text, next + 1) {
                return None;
            }
            sure = true;
            next += 1;
        }
        if let Some((minute, after)) = spoken_minutes(text, next, led || h == 1) {
            let total = i64::from(clock.hour) * 60 + i64::from(minute);
            let total = if total < 0 { total + 1440 } else { total };
            clock.hour = u32::try_from(total / 60).ok()?;
            clock.minute = u32::try_from(total % 60).ok()?;
            if clock.hour == 0 && hour == 1 && clock.twelve {
                clock.hour = 12;
            }
            clock.exact = true;
            sure = true;
            next = after;
        }
    }
    if !sure {
        // «ocho de la tarde», «seis cero dos pm»: the half of the day makes it an hour.
        let minutes =
            spoken_minutes(text, next, true).filter(|(m, after)| *m >= 0 && half_follows(text, *after));
        if let Some((minute, after)) = minutes {
            clock.minute = u32::try_from(minute).ok()?;
            (clock.exact, sure, next) = (true, true, after);
        } else {
            // «a 11» closes a phrase: «mañana a 11».
            let closes =
                digits && at.checked_sub(1).is_some_and(|b| text.word(b) == "a") && next == text.len();
            sure = half_follows(text, next) || closes;
        }
    }
    let (approximate, after) = tail(text, next);
    clock.approximate |= approximate;
    next = after;
    if let Some((pm, after)) = meridian(text, next) {
        clock.hour = clock.hour % 12 + if pm { 12 } else { 0 };
        clock.twelve = false;
        sure = true;
        next = after;
    }
    sure.then_some((clock, next)).filter(|(c, _)| c.hour < 24 && c.minute < 60 && c.second < 60)
}

/// The number of an hour, 0 to 24.
fn hour_number(text: &Text, at: usize) -> Option<(u32, usize)> {
    if let Some(read) = number::figures(text, at) {
        let whole = text.word(at).len() <= 2 && read.next == at + 1;
        let hour = u32::try_from(read.value).ok().filter(|h| whole && *h <= 24)?;
        return Some((hour % 24, read.next));
    }
    if text.key(at) == "sero" {
        return Some((0, at + 1));
    }
    // One word: «las diez y seis» is six past ten, not sixteen.
    let word = Text::new(text.word(at));
    let read = number::below_hundred(&word, 0)?;
    let hour = u32::try_from(read.value).ok().filter(|h| *h <= 24)?;
    Some((hour % 24, at + 1))
}

/// «:30», «.30», «h15», «:30:15» right after the figures of the hour.
fn written_minutes(text: &Text, at: usize, next: usize) -> Option<(u32, u32, usize)> {
    if !text.is_number(at) {
        return None;
    }
    let separator = text.word(next);
    let fits = text.is_number(next + 1) && text.glued(next + 1) && text.word(next + 1).len() == 2;
    if !matches!(separator, ":" | "." | "h") || !text.glued(next) || !fits {
        return None;
    }
    let minute: u32 = text.word(next + 1).parse().ok().filter(|m| *m < 60)?;
    let mut after = next + 2;
    // «3.15.14» and «20.02.14» are dates.
    if separator == "." && text.word(after) == "." && text.glued(after) && text.is_number(after + 1) {
        return None;
    }
    let mut second = 0;
    if text.word(after) == ":" && text.glued(after) && text.is_number(after + 1) {
        second = text.word(after + 1).parse().ok().filter(|s| *s < 60)?;
        after += 2;
    }
    if matches!(text.word(after), "h" | "horas" | "hrs" | "hs") {
        after += 1;
    }
    Some((minute, second, after))
}

fn minutes_follow(text: &Text, i: usize) -> bool {
    spoken_minutes(text, i, true).is_some()
}

/// «y media», «y cuarto», «menos diez», «y veinte», «treinta», «cero dos».
fn spoken_minutes(text: &Text, i: usize, led: bool) -> Option<(i32, usize)> {
    let joined = matches!(text.word(i), "y" | "con");
    let minus = text.word(i) == "menos";
    let at = if joined || minus { i + 1 } else { i };
    let sign = if minus { -1 } else { 1 };
    let fraction = match text.key(at) {
        "media" if !minus => Some(30),
        "kuarto" => Some(15),
        "tres" if text.key(at + 1) == "kuartos" => return Some((45, at + 2)),
        _ => None,
    };
    if let Some(m) = fraction.filter(|_| joined || minus) {
        return Some((sign * m, at + 1));
    }
    if text.key(at) == "un" && text.key(at + 1) == "kuarto" && (joined || minus) {
        return Some((sign * 15, at + 2));
    }
    if text.word(at) == "pico" || text.phrase(at, "algo").is_some() {
        return None;
    }
    let (minute, after) = minute_number(text, at)?;
    let named = matches!(text.word(after), "minuto" | "minutos" | "min");
    let after = after + usize::from(named);
    if matches!(text.word(after), "de") && super::lexicon::month(text, after + 1).is_some() {
        return None;
    }
    if joined || minus {
        // «a las cinco y dos…» is an hour; «tres y cinco» alone could be two numbers.
        return (led || minute >= 5 || named).then_some((sign * minute, after));
    }
    led.then_some((minute, after)).filter(|_| !super::duration::unit_follows(text, after))
}

fn minute_number(text: &Text, at: usize) -> Option<(i32, usize)> {
    let zero = text.key(at) == "sero" || text.word(at) == "0";
    if zero {
        let unit = number::below_hundred(text, at + 1)
            .or_else(|| number::figures(text, at + 1))
            .filter(|r| r.value < 10)?;
        return Some((i32::try_from(unit.value).ok()?, unit.next));
    }
    let read = number::figures(text, at).or_else(|| number::below_hundred(text, at))?;
    let minute = i32::try_from(read.value).ok().filter(|m| (1..60).contains(m))?;
    Some((minute, read.next))
}

/// «cuarto para las dos», «un cuarto para las dos», «diez para las tres».
fn quarter_to(text: &Text, i: usize) -> Option<(Clock, usize)> {
    let (minutes, at) = match (text.key(i), text.key(i + 1)) {
        ("kuarto", _) => (15, i + 1),
        ("un", "kuarto") => (15, i + 2),
        _ => {
            let (m, at) = minute_number(text, i)?;
            (m, at + usize::from(matches!(text.word(at), "minutos" | "minuto")))
        }
    };
    let at = text.any_phrase(at, &["para las", "para la"])?;
    let (hour, next) = hour_number(text, at)?;
    let total = (i32::try_from(hour).ok()? * 60 - minutes).rem_euclid(1440);
    let hour = u32::try_from(total / 60).ok()?;
    let clock = Clock {
        hour: if hour == 0 { 12 } else { hour },
        minute: u32::try_from(total % 60).ok()?,
        second: 0,
        twelve: hour <= 12,
        exact: true,
        approximate: false,
    };
    Some((clock, next))
}

/// A part of the day that can only belong to an hour.
fn half_follows(text: &Text, i: usize) -> bool {
    const HALVES: &[&str] = &[
        "de la mañana",
        "de la manana",
        "de la tarde",
        "de la noche",
        "de la madrugada",
        "del mediodia",
        "del medio dia",
        "de mediodia",
    ];
    text.any_phrase(i, HALVES).is_some() || meridian(text, i).is_some()
}

/// «en punto», «y pico», «más o menos», «exactas».
fn tail(text: &Text, i: usize) -> (bool, usize) {
    const ABOUT: &[&str] = &["y pico", "y algo", "mas o menos", "aproximadamente", "o asi", "o por ahi"];
    const SHARP: &[&str] = &["en punto", "exactas", "exactamente", "en punta"];
    if let Some(next) = text.any_phrase(i, ABOUT) {
        return (true, next);
    }
    (false, text.any_phrase(i, SHARP).unwrap_or(i))
}

/// «am», «p. m.», «a eme», «pe eme».
fn meridian(text: &Text, i: usize) -> Option<(bool, usize)> {
    if let Some(next) = text.any_phrase(i, &["pe eme", "p . m .", "p . m", "p m", "pm", "pem"]) {
        return Some((true, next));
    }
    text.any_phrase(i, &["a eme", "a . m .", "a . m", "am"]).map(|next| (false, next))
}
