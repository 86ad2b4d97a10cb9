//! Stretches counted from now: «la semana que viene», «dentro de dos días», «a finales de mes».

use super::super::calendar::{Grain, When, add, on_or_after, plus_days};
use super::super::duration::{self, Duration};
use super::super::lexicon;
use super::super::resolve::{resolve, weekend};
use super::super::spec::{Portion, Spec};
use super::date::day_and_month;
use super::{Atom, COMING, GONE, WEEKEND, another, skip};
use crate::Context;
use crate::es::text::Text;

/// «a principios de», «a mediados de», «a finales de».
pub(super) fn portion(text: &Text, i: usize, context: &Context) -> Atom {
    const PORTIONS: &[(&str, Portion)] = &[
        ("a principios", Portion::Beginning),
        ("a principio", Portion::Beginning),
        ("a comienzos", Portion::Beginning),
        ("al comienzo", Portion::Beginning),
        ("al principio", Portion::Beginning),
        ("a inicios", Portion::Beginning),
        ("a primeros", Portion::Beginning),
        ("a ultimos", Portion::End),
        ("al inicio", Portion::Beginning),
        ("principios", Portion::Beginning),
        ("a mediados", Portion::Middle),
        ("mediados", Portion::Middle),
        ("en mitad", Portion::Middle),
        ("a mitad", Portion::Middle),
        ("hacia la mitad", Portion::Middle),
        ("a finales", Portion::End),
        ("al final", Portion::End),
        ("a fines", Portion::End),
        ("a final", Portion::End),
        ("al fin", Portion::End),
        ("finales", Portion::End),
        ("a fin", Portion::End),
    ];
    if let Some((unit, after)) =
        text.phrase(i, "a media").and_then(|at| lexicon::unit(text, at)).filter(|(u, _)| *u == Grain::Week)
    {
        let week = When::unit(unit, context.now, 0)?;
        return Some((Spec { portion: Some(Portion::Middle), ..Spec::of_base(week) }, after));
    }
    let (portion, next) =
        PORTIONS.iter().filter_map(|(p, w)| Some((*w, text.phrase(i, p)?))).max_by_key(|p| p.1)?;
    if !matches!(text.word(next), "de" | "del") {
        return None;
    }
    // «a finales de mes», «de la semana», «de año»: the present one.
    let unit_at = skip(text, next + 1, &["la"]);
    if let Some((grain @ (Grain::Week | Grain::Month | Grain::Year), after)) = lexicon::unit(text, unit_at) {
        let alone = text.any_phrase(after, COMING).or_else(|| text.any_phrase(after, GONE)).is_none();
        if text.word(next) == "de" && alone && !matches!(text.word(after), "de" | "del") {
            return Some((
                Spec { portion: Some(portion), ..Spec::of_base(When::unit(grain, context.now, 0)?) },
                after,
            ));
        }
    }
    Some((Spec { portion: Some(portion), ..Spec::default() }, next))
}

/// «la semana del dieciocho»: Monday to Sunday around a day.
pub(super) fn week_of(text: &Text, i: usize, context: &Context) -> Atom {
    let at = skip(text, i, &["la", "en", "para", "durante"]);
    let of = text.phrase(at, "semana").filter(|of| text.word(*of) == "del")?;
    let (day, next) = day_and_month(text, of)?;
    day.dom?;
    let week = When::unit(Grain::Week, resolve(&day, context)?.from, 0)?;
    Some((Spec::of_base(week), next))
}

/// «la semana que viene», «este mes», «el año pasado», «el fin de semana».
pub(super) fn cycle(text: &Text, i: usize, context: &Context) -> Atom {
    let start =
        skip(text, i, &["la", "el", "en", "durante", "para", "del", "al", "por", "toda", "todo", "de"]);
    let articled = start > i;
    let (mut offset, mut at): (Option<i64>, usize) = match text.word(start) {
        "esta" | "este" | "presente" => (Some(0), skip(text, start + 1, &["mismo", "misma"])),
        "proxima" | "proximo" | "siguiente" | "proximas" | "proximos" => (Some(1), start + 1),
        "pasada" | "pasado" | "ultima" | "ultimo" | "anterior" => (Some(-1), start + 1),
        "otra" | "otro" => (Some(2), start + 1),
        _ => (None, start),
    };
    at = skip(text, at, &["proxima", "proximo"]);
    let shortened = text.word(at) == "fin" && offset == Some(0) && text.word(at + 1) != "de";
    let weekend_next = text.any_phrase(at, WEEKEND).or(shortened.then_some(at + 1));
    let (grain, mut next) = match weekend_next {
        Some(next) => (Grain::Week, next),
        None => {
            let (grain, next) = lexicon::unit(text, at)?;
            if grain < Grain::Day || text.word(at).len() < 3 {
                return None;
            }
            (grain, next)
        }
    };
    if let Some(after) = text.any_phrase(next, COMING) {
        (offset, next) = (Some(1), after);
    } else if let Some(after) = text.any_phrase(next, GONE) {
        (offset, next) = (Some(-1), after);
    } else if let Some(after) = text.any_phrase(next, &["en curso", "actual", "corriente"]) {
        (offset, next) = (Some(0), after);
    }
    if let (Some(n), Some(after)) = (offset, another(text, next)) {
        (offset, next) = (Some(n + 1), after);
    }
    if weekend_next.is_some() {
        let monday = When::unit(Grain::Week, context.now, 0)?;
        let this = weekend(plus_days(monday.from.date(), 4)?)?;
        // «el próximo fin de semana» before Friday is the coming one.
        let shift = match offset {
            Some(1) if this.from > context.now => 0,
            Some(n) => n,
            None => i64::from(this.to <= context.now),
        };
        return Some((Spec::of_base(weekend(plus_days(this.from.date(), shift * 7)?)?), next));
    }
    let offset = match offset {
        Some(n) => n,
        None if grain == Grain::Week
            && articled
            && text.word(start.wrapping_sub(1)) == "la"
            && text.word(i) == "durante" =>
        {
            let monday = When::unit(Grain::Week, context.now, 0)?.from;
            return Some((
                Spec::of_base(When::stretch(monday, add(monday, Grain::Day, 5)?, Grain::Day)),
                next,
            ));
        }
        None => return None,
    };
    // «otro día» is none in particular.
    let other = matches!(text.word(start), "otra" | "otro");
    if grain == Grain::Day && (offset == 0 && articled || other) {
        return None;
    }
    Some((Spec::of_base(When::unit(grain, context.now, offset)?), next))
}

/// «los próximos tres días», «las dos últimas semanas», «tres meses que vienen».
pub(super) fn cycles(text: &Text, i: usize, context: &Context) -> Atom {
    let start = skip(text, i, &["los", "las", "en", "durante", "por", "de"]);
    let direction = |word: &str| match word {
        "proximos" | "proximas" | "siguientes" | "proximo" | "proxima" => Some(1),
        "pasados" | "pasadas" | "ultimos" | "ultimas" | "anteriores" => Some(-1),
        _ => None,
    };
    let mut sign = direction(text.word(start));
    let at = start + usize::from(sign.is_some());
    let (n, at, about) = duration::count(text, at)?;
    let at = match direction(text.word(at)) {
        Some(s) if sign.is_none() => {
            sign = Some(s);
            at + 1
        }
        _ => at,
    };
    let (grain, mut next) = lexicon::unit(text, at)?;
    if sign.is_none() {
        if let Some(after) = text.any_phrase(next, COMING) {
            (sign, next) = (Some(1), after);
        } else if let Some(after) = text.any_phrase(next, GONE) {
            (sign, next) = (Some(-1), after);
        }
    }
    let n = n.clamp(0, 100_000);
    let this = When::unit(grain, context.now, 0)?;
    let (from, to) = match sign? {
        1 => (this.to, add(this.to, grain, n)?),
        _ => (add(this.from, grain, -n)?, this.from),
    };
    Some((Spec::of_base(When { approximate: about, ..When::stretch(from, to, grain) }), next))
}

/// «dentro de dos días», «hace una hora», «en quince minutos», «de hoy en ocho».
pub(super) fn relative(text: &Text, i: usize, context: &Context) -> Atom {
    let today = context.now.date();
    if let Some(at) =
        text.any_phrase(i, &["de hoy en", "de aqui a", "aqui a", "de aqui en", "de hoy a", "de mañana en"])
    {
        let start = if text.phrase(i, "de mañana en").is_some() { plus_days(today, 1)? } else { today };
        let counted = match (text.key(at), lexicon::unit(text, at + 1)) {
            ("ocho", unit) => Some((7, unit)),
            ("kinse", unit) => Some((14, unit)),
            _ => None,
        };
        // «de hoy en ocho» is the same day of next week.
        if let Some((days, unit)) = counted.filter(|(_, u)| {
            u.is_none_or(|(g, _)| g == Grain::Day) && text.word(i) != "aqui" && text.word(i + 1) != "aqui"
        }) {
            return Some((Spec::of_base(When::day(plus_days(start, days)?)?), unit.map_or(at + 1, |u| u.1)));
        }
        let (d, next) = duration::duration(text, at)?;
        return Some((offset(&d, 1, context)?, next));
    }
    if let Some(at) = text.any_phrase(i, &["dentro de", "en", "al cabo de", "pasados", "pasadas", "a"]) {
        if let Some(day) = counted_weekday(text, at, context) {
            return Some(day);
        }
        let strict = matches!(text.word(i), "a");
        let (d, next) = duration::duration(text, at).filter(|_| !strict)?;
        return Some((offset(&d, 1, context)?, next));
    }
    if let Some(at) = text.any_phrase(i, &["hace", "hara", "desde hace"]) {
        let (d, next) = duration::duration(text, skip(text, at, &["como", "unos", "unas", "ya"]))?;
        return Some((offset(&d, -1, context)?, next));
    }
    let (d, next) = duration::duration(text, i)?;
    if let Some(after) = text.any_phrase(next, &["atras", "antes"]) {
        return Some((offset(&d, -1, context)?, after));
    }
    let after = text.any_phrase(
        next,
        &["despues", "mas tarde", "desde ahora", "a partir de ahora", "a partir de hoy", "desde hoy"],
    )?;
    Some((offset(&d, 1, context)?, after))
}

/// «dentro de tres jueves»: the third to come.
fn counted_weekday(text: &Text, i: usize, context: &Context) -> Atom {
    let (n, at, about) = duration::count(text, i)?;
    let (weekday, next) = lexicon::weekday(text, at).filter(|_| (1..100).contains(&n))?;
    let first = on_or_after(plus_days(context.now.date(), 1)?, weekday)?;
    let day = When::day(plus_days(first, (n - 1) * 7)?)?;
    Some((Spec::of_base(When { approximate: about, ..day }), next))
}

/// The moment at a distance, as fine as people mean it: days have no hour.
fn offset(d: &Duration, sign: i64, context: &Context) -> Option<Spec> {
    let at = d.from(context.now, sign)?;
    let grain = match d.finest() {
        Grain::Second | Grain::Minute => Grain::Second,
        Grain::Hour => Grain::Minute,
        Grain::Day | Grain::Week | Grain::Month | Grain::Quarter => Grain::Day,
        Grain::Year => Grain::Month,
    };
    let loose = matches!(d.finest(), Grain::Week | Grain::Month | Grain::Quarter);
    let when = When { approximate: d.approximate, loose, ..When::unit(grain, at, 0)? };
    Some(Spec::of_base(when))
}
