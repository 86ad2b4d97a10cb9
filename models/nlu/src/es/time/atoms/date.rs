//! Days by their numbers, months, years and seasons.

use chrono::{Datelike, NaiveDate};

use super::super::calendar::{Grain, When};
use super::super::lexicon;
use super::super::spec::{Counted, Spec};
use super::{Atom, COMING, GONE, WEEKEND, skip};
use crate::Context;
use crate::es::text::Text;
use crate::es::{number, ordinal};

/// «14/5», «14-5-2026», «14.05.26», «2026-05-14».
pub(super) fn written_date(text: &Text, i: usize) -> Atom {
    let at = skip(text, i, &["el", "dia", "para", "al", "del"]);
    let number =
        |i: usize| text.get(i).filter(|_| text.is_number(i)).and_then(|t| t.text.parse::<i32>().ok());
    let first = number(at)?;
    let separator = text.word(at + 1);
    if !matches!(separator, "/" | "-" | ".") {
        return None;
    }
    let second = number(at + 2)?;
    let third = (text.word(at + 3) == separator).then(|| number(at + 4)).flatten();
    let short_year = third.is_some() && text.word(at + 4).len() == 2 && first < 1000;
    let (day, month, year, next) = match (first, second, third) {
        (y @ 1000..=9999, m, Some(d)) => (d, m, Some(y), at + 5),
        (d, m, Some(y)) => (d, m, Some(year_of(y, text.word(at + 4).len())?), at + 5),
        // «13-15» is an interval and «15.30» an hour: a day and month need a slash,
        // or a dash between two figures that touch it, with a month.
        (d, m, None) if separator == "/" => (d, m, None, at + 3),
        (d, m, None)
            if separator == "-"
                && text.glued(at + 1)
                && text.glued(at + 2)
                && m <= 12
                && (at > i || d > m) =>
        {
            (d, m, None, at + 3)
        }
        _ => return None,
    };
    let (day, month) = (u32::try_from(day).ok()?, u32::try_from(month).ok()?);
    NaiveDate::from_ymd_opt(year.unwrap_or(2024), month, day)?;
    Some((Spec { dom: Some(day), month: Some(month), year, short_year, ..Spec::default() }, next))
}

/// Two figures are of this century up to 69; [`super::super::resolve::years`] tells which others they may be.
pub(in super::super) fn year_of(y: i32, width: usize) -> Option<i32> {
    match (y, width) {
        (0..=69, 2) => Some(2000 + y),
        (70..=99, 2) => Some(1900 + y),
        (1000..=2999, 4) => Some(y),
        _ => None,
    }
}

/// A year in words or figures at `i`, 1000 to 2199, or two figures after «año»; the token after it, and whether it
/// was two figures.
pub(in super::super) fn year(text: &Text, i: usize) -> Option<(i32, usize, bool)> {
    let at = skip(text, i, &["año", "ano"]);
    let read = number::figures(text, at)
        .filter(|_| matches!(text.word(at).len(), 2 | 4))
        .or_else(|| number::cardinal(text, at))?;
    if (1000..=2199).contains(&read.value) {
        return Some((i32::try_from(read.value).ok()?, read.next, false));
    }
    (at > i).then(|| year_of(i32::try_from(read.value).ok()?, 2)).flatten().map(|y| (y, read.next, true))
}

/// «el catorce de mayo [de 2026]», «mayo 14», «el quince», «mayo», «en 2014».
pub(super) fn day_and_month(text: &Text, i: usize) -> Atom {
    let start = skip(text, i, &["para", "en", "por", "desde"]);
    let article = skip(text, start, &["el", "del", "al", "los"]);
    let named_day = matches!(text.word(article), "dia" | "dias");
    let at = article + usize::from(named_day);
    if let Some((dom, next)) = day_number(text, at) {
        let of = skip(text, next, &["de", "del", "mes", ","]);
        if let Some((month, after)) = lexicon::month(text, of) {
            return Some(with_year(
                text,
                Spec { dom: Some(dom), month: Some(month), ..Spec::default() },
                after,
            ));
        }
        // «catorce del cinco».
        if text.word(next) == "del"
            && let Some((month, after)) = day_number(text, next + 1).filter(|(m, _)| *m <= 12)
        {
            return Some(with_year(
                text,
                Spec { dom: Some(dom), month: Some(month), ..Spec::default() },
                after,
            ));
        }
        let lone =
            article > start && matches!(text.word(article.wrapping_sub(1)), "el" | "del" | "al") || named_day;
        let unit = lexicon::unit(text, next).is_some()
            || matches!(text.word(next), "%" | "€" | "euros" | "y" | ":") && !matches!(text.word(next), "y");
        if lone && !unit {
            return Some((Spec { dom: Some(dom), ..Spec::default() }, next));
        }
        return None;
    }
    let of = skip(text, article, &["mes", "de", "la"]);
    if let Some((month, after)) = lexicon::month(text, of) {
        if let Some((dom, next)) = day_number(text, after).filter(|_| year(text, after).is_none()) {
            return Some(with_year(
                text,
                Spec { dom: Some(dom), month: Some(month), ..Spec::default() },
                next,
            ));
        }
        return Some(with_year(text, Spec { month: Some(month), ..Spec::default() }, after));
    }
    let whole = i == 0 && year(text, at).is_some_and(|(y, next, _)| next == text.len() && y >= 1900);
    let labelled = whole
        || matches!(text.word(at), "año" | "ano")
        || start > i && matches!(text.word(start.wrapping_sub(1)), "en");
    let (y, next, short_year) = year(text, at).filter(|_| labelled)?;
    Some((Spec { year: Some(y), short_year, ..Spec::default() }, next))
}

/// The same with the year that follows, if one does.
pub(super) fn with_year(text: &Text, spec: Spec, next: usize) -> (Spec, usize) {
    let at = skip(text, next, &["de", "del", ","]);
    // «del ochenta»; without «del», what no clock and no day reaches: «de mayo de ochenta».
    let least = if text.word(next) == "del" { 0 } else { 32 };
    let short = || {
        let read = two_figures(text, at)?;
        let n = i32::try_from(read.value).ok().filter(|n| (least..100).contains(n) && spec.dom.is_some())?;
        Some((year_of(n, 2)?, read.next, true))
    };
    match year(text, at).or_else(short) {
        // «mayo a las 20:15» has no year: a clock follows its figures.
        Some((y, after, short_year)) if !matches!(text.word(after), ":" | "h" | "horas") => {
            (Spec { year: Some(y), short_year, ..spec }, after)
        }
        _ => (spec, next),
    }
}

/// Two figures of a year: «ochenta», «cero cinco».
fn two_figures(text: &Text, at: usize) -> Option<number::Read> {
    if text.key(at) != "sero" {
        return number::figures(text, at).or_else(|| number::below_hundred(text, at));
    }
    let unit = number::below_hundred(text, at + 1).filter(|r| r.value < 10);
    unit.or_else(|| number::cardinal(text, at))
}

/// «trece cero cinco mil novecientos ochenta», «13 05 1980»: a day in three numbers, the year in four figures or at
/// least `least`: over thirty-one, no other three numbers are said where a day is asked for.
pub(in super::super) fn three_numbers(text: &Text, i: usize, least: i32) -> Atom {
    let zero = |i: usize| skip(text, i, &["cero", ",", "del", "de"]);
    let (dom, next) = day_number(text, zero(i))?;
    let (month, next) = day_number(text, zero(next)).filter(|(m, _)| *m <= 12)?;
    let at = zero(next);
    let long = year(text, at).filter(|(y, _, short)| *y >= 1900 && !short);
    let (year, next, short_year) = match long {
        Some(read) => read,
        None => {
            let read = number::figures(text, at).or_else(|| number::below_hundred(text, at))?;
            let n = i32::try_from(read.value).ok().filter(|n| (least..100).contains(n))?;
            (year_of(n, 2)?, read.next, true)
        }
    };
    NaiveDate::from_ymd_opt(year, month, dom).or(NaiveDate::from_ymd_opt(year - 100, month, dom))?;
    Some((Spec { dom: Some(dom), month: Some(month), year: Some(year), short_year, ..Spec::default() }, next))
}

/// A day of the month, 1 to 31, in words or figures; «primero» and «1º» are the first.
pub(super) fn day_number(text: &Text, i: usize) -> Option<(u32, usize)> {
    // «el primero que tengan», «el primer hueco» is no day.
    let of_month = !matches!(text.word(i + 1), "que" | "hueco" | "turno" | "sitio" | "disponible" | "libre");
    if matches!(text.word(i), "primero" | "primer") && of_month {
        return Some((1, i + 1));
    }
    if matches!(text.word(i), "un") {
        return None;
    }
    let read = number::figures(text, i).or_else(|| number::below_hundred(text, i))?;
    let dom = u32::try_from(read.value).ok().filter(|d| (1..=31).contains(d))?;
    let next = read.next;
    if matches!(text.word(next), ":" | "h") && text.glued(next) {
        return None;
    }
    if text.word(next) == "." && text.glued(next) && text.is_number(next + 1) && text.glued(next + 1) {
        return None;
    }
    Some((dom, next + usize::from(text.word(next) == "º")))
}

/// «el tercer día de», «la primera semana de», «el último lunes de».
pub(super) fn nth(text: &Text, i: usize) -> Atom {
    let at = skip(text, i, &["el", "la", "en", "durante", "para"]);
    let position = ordinal::ordinal(text, at)?;
    const WORKING: &[&str] = &[
        "dia laborable",
        "dia laboral",
        "dia habil",
        "laborable",
        "dia de trabajo",
        "dia que no sea festivo",
    ];
    let (counted, next) = if let Some((w, next)) = lexicon::weekday(text, position.next) {
        (Counted::Weekday(w), next)
    } else if let Some(next) = text.any_phrase(position.next, WORKING) {
        (Counted::Workday, next)
    } else if let Some(next) = text.any_phrase(position.next, WEEKEND) {
        (Counted::Weekend, next)
    } else if text.word(position.next) == "quincena" {
        (Counted::Fortnight, position.next + 1)
    } else {
        let (grain, next) = lexicon::unit(text, position.next)?;
        let counted = match grain {
            Grain::Day => Counted::Day,
            Grain::Week => Counted::Week,
            Grain::Month => Counted::Month,
            Grain::Quarter => Counted::Quarter,
            _ => return None,
        };
        (counted, next)
    };
    // Without «de…» after it, it is not in the calendar: «la última semana» is the past one.
    let inside =
        matches!(text.word(next), "de" | "del" | "en") && !text.word(next + 1).starts_with("la mañana");
    let n = i64::from(position.n) * if position.from_end { -1 } else { 1 };
    inside.then_some((Spec { nth: Some((n, counted)), ..Spec::default() }, next))
}

/// «este verano», «el próximo invierno», «verano 2014».
pub(super) fn season(text: &Text, i: usize, context: &Context) -> Atom {
    let start = skip(text, i, &["en", "el", "la", "para", "durante"]);
    let (offset, at) = match text.word(start) {
        "este" | "esta" => (Some(0), start + 1),
        "proximo" | "proxima" => (Some(1), start + 1),
        "pasado" | "pasada" | "ultimo" | "ultima" => (Some(-1), start + 1),
        _ => (None, start),
    };
    let ((m1, d1), (m2, d2)) = lexicon::season(text.word(at))?;
    let mut next = at + 1;
    let mut shift = offset;
    if let Some(after) = text.any_phrase(next, COMING) {
        (shift, next) = (Some(1), after);
    } else if let Some(after) = text.any_phrase(next, GONE) {
        (shift, next) = (Some(-1), after);
    }
    let of = |y: i32| {
        let from = NaiveDate::from_ymd_opt(y, m1, d1)?.and_hms_opt(0, 0, 0)?;
        let to = NaiveDate::from_ymd_opt(y + i32::from(m2 < m1), m2, d2)?.and_hms_opt(0, 0, 0)?;
        Some(When::stretch(from, to, Grain::Day))
    };
    let year_at = skip(text, next, &["de", "del"]);
    if let Some((y, after, _)) = year(text, year_at) {
        return Some((Spec::of_base(of(y)?), after));
    }
    let now = context.now;
    let years = (now.year() - 2)..=(now.year() + 2);
    let all: Vec<When> = years.filter_map(of).collect();
    let current = all.iter().position(|w| w.to > now)?;
    let inside = all.get(current).is_some_and(|w| w.from <= now);
    // «el próximo verano» before summer is the coming one.
    let index = match shift {
        Some(1) if inside => current + 1,
        Some(-1) => current.checked_sub(1)?,
        _ => current,
    };
    Some((Spec::of_base(*all.get(index)?), next))
}
