//! Names of days, months, units, parts of the day and feasts.

use chrono::{NaiveDate, Weekday};

use super::calendar::{Grain, easter, plus_days};
use crate::DayParts;
use crate::es::text::Text;

/// A part of the day.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Part {
    Madrugada,
    Manana,
    Mediodia,
    Tarde,
    Noche,
}

impl Part {
    /// Its hours, `(from, to)`.
    pub fn hours(self, parts: &DayParts) -> (u32, u32) {
        match self {
            Self::Madrugada => parts.madrugada,
            Self::Manana => parts.manana,
            Self::Mediodia => parts.mediodia,
            Self::Tarde => parts.tarde,
            Self::Noche => parts.noche,
        }
    }
}

/// Day of the week at `i`, and the token after it (with its point, if abbreviated).
pub(crate) fn weekday(text: &Text, i: usize) -> Option<(Weekday, usize)> {
    let full = match text.key(i) {
        "lunes" => Some(Weekday::Mon),
        "martes" => Some(Weekday::Tue),
        "mierkoles" => Some(Weekday::Wed),
        "juebes" => Some(Weekday::Thu),
        "biernes" => Some(Weekday::Fri),
        "sabado" | "sabados" => Some(Weekday::Sat),
        "domingo" | "domingos" => Some(Weekday::Sun),
        _ => None,
    };
    if let Some(day) = full {
        return Some((day, i + 1));
    }
    let short = match text.word(i) {
        "lun" => Weekday::Mon,
        "mar" | "ma" => Weekday::Tue,
        "mie" | "mier" | "mx" => Weekday::Wed,
        "jue" => Weekday::Thu,
        "vie" => Weekday::Fri,
        "sab" => Weekday::Sat,
        "dom" => Weekday::Sun,
        // Two letters are a day only where they are all that was written.
        "lu" if text.len() == 1 => Weekday::Mon,
        "ju" if text.len() == 1 => Weekday::Thu,
        "vi" if text.len() == 1 => Weekday::Fri,
        _ => return None,
    };
    let next = i + 1 + usize::from(text.word(i + 1) == ".");
    // «mar» and «ma» are words too: only where nothing but a date can follow.
    let lone = next >= text.len() || text.is_number(next) || text.is_mark(next);
    lone.then_some((short, next))
}

/// Month at `i`, 1 to 12, and the token after it.
pub(crate) fn month(text: &Text, i: usize) -> Option<(u32, usize)> {
    // Abbreviations are matched as written: «CET» sounds like «set».
    let spelling = if text.word(i).chars().count() <= 4 { text.word(i) } else { text.key(i) };
    let n = match spelling {
        "enero" | "ene" => 1,
        "febrero" | "feb" | "febr" | "frebrero" => 2,
        "marso" | "mar" | "mrs" => 3,
        "abril" | "abr" => 4,
        "mayo" | "may" => 5,
        "junio" | "jun" => 6,
        "julio" | "jul" => 7,
        "agosto" | "ago" | "agto" => 8,
        "septiembre" | "setiembre" | "sep" | "sept" | "set" => 9,
        "oktubre" | "oct" => 10,
        "nobiembre" | "nov" => 11,
        "disiembre" | "dic" => 12,
        "mai" => 5,
        _ => return None,
    };
    let short = text.word(i).chars().count() <= 4 && !matches!(text.word(i), "mayo");
    // A full stop after an abbreviation is part of it.
    let next = i + 1 + usize::from(short && text.word(i + 1) == "." && text.glued(i + 1));
    Some((n, next))
}

/// Unit of time at `i`.
pub(crate) fn unit(text: &Text, i: usize) -> Option<(Grain, usize)> {
    let grain = match text.word(i) {
        "segundo" | "segundos" | "seg" | "s" => Grain::Second,
        "minuto" | "minutos" | "min" | "mins" | "minutito" | "minutitos" => Grain::Minute,
        "hora" | "horas" | "h" | "hs" | "hr" | "hrs" => Grain::Hour,
        "dia" | "dias" => Grain::Day,
        "semana" | "semanas" | "sem" => Grain::Week,
        "mes" | "meses" => Grain::Month,
        "trimestre" | "trimestres" => Grain::Quarter,
        "año" | "años" | "ano" | "anos" => Grain::Year,
        _ => return None,
    };
    Some((grain, i + 1))
}

/// A season at `i`: `(month, day)` when it begins and when it ends.
pub(crate) fn season(word: &str) -> Option<((u32, u32), (u32, u32))> {
    Some(match word {
        "primavera" => ((3, 21), (6, 21)),
        "verano" => ((6, 21), (9, 24)),
        "otoño" => ((9, 24), (12, 21)),
        "invierno" => ((12, 21), (3, 21)),
        _ => return None,
    })
}

/// When a feast falls.
#[derive(Clone, Copy)]
enum Feast {
    Fixed(u32, u32),
    /// Days from Easter Sunday.
    Easter(i64),
}

const FEASTS: &[(&str, Feast)] = &[
    ("año nuevo", Feast::Fixed(1, 1)),
    ("ano nuevo", Feast::Fixed(1, 1)),
    ("dia de año nuevo", Feast::Fixed(1, 1)),
    ("noche de reyes", Feast::Fixed(1, 5)),
    ("dia de reyes", Feast::Fixed(1, 6)),
    ("reyes magos", Feast::Fixed(1, 6)),
    ("reyes", Feast::Fixed(1, 6)),
    ("epifania", Feast::Fixed(1, 6)),
    ("san valentin", Feast::Fixed(2, 14)),
    ("dia de los enamorados", Feast::Fixed(2, 14)),
    ("dia de la mujer", Feast::Fixed(3, 8)),
    ("san jose", Feast::Fixed(3, 19)),
    ("dia del padre", Feast::Fixed(3, 19)),
    ("dia del libro", Feast::Fixed(4, 23)),
    ("sant jordi", Feast::Fixed(4, 23)),
    ("san jorge", Feast::Fixed(4, 23)),
    ("dia del trabajo", Feast::Fixed(5, 1)),
    ("dia del trabajador", Feast::Fixed(5, 1)),
    ("fiesta del trabajo", Feast::Fixed(5, 1)),
    ("primero de mayo", Feast::Fixed(5, 1)),
    ("san isidro", Feast::Fixed(5, 15)),
    ("san juan", Feast::Fixed(6, 24)),
    ("dia de santiago", Feast::Fixed(7, 25)),
    ("la asuncion", Feast::Fixed(8, 15)),
    ("virgen de agosto", Feast::Fixed(8, 15)),
    ("la merced", Feast::Fixed(9, 24)),
    ("dia de la hispanidad", Feast::Fixed(10, 12)),
    ("la hispanidad", Feast::Fixed(10, 12)),
    ("fiesta nacional", Feast::Fixed(10, 12)),
    ("el pilar", Feast::Fixed(10, 12)),
    ("dia del pilar", Feast::Fixed(10, 12)),
    ("halloween", Feast::Fixed(10, 31)),
    ("todos los santos", Feast::Fixed(11, 1)),
    ("dia de difuntos", Feast::Fixed(11, 2)),
    ("la almudena", Feast::Fixed(11, 9)),
    ("dia de la constitucion", Feast::Fixed(12, 6)),
    ("la constitucion", Feast::Fixed(12, 6)),
    ("la inmaculada", Feast::Fixed(12, 8)),
    ("dia de la inmaculada", Feast::Fixed(12, 8)),
    ("nochebuena", Feast::Fixed(12, 24)),
    ("noche buena", Feast::Fixed(12, 24)),
    ("dia de navidad", Feast::Fixed(12, 25)),
    ("navidad", Feast::Fixed(12, 25)),
    ("navidades", Feast::Fixed(12, 25)),
    ("san esteban", Feast::Fixed(12, 26)),
    ("los inocentes", Feast::Fixed(12, 28)),
    ("dia de los inocentes", Feast::Fixed(12, 28)),
    ("dia de los santos inocentes", Feast::Fixed(12, 28)),
    ("nochevieja", Feast::Fixed(12, 31)),
    ("noche vieja", Feast::Fixed(12, 31)),
    ("fin de año", Feast::Fixed(12, 31)),
    ("martes de carnaval", Feast::Easter(-47)),
    ("miercoles de ceniza", Feast::Easter(-46)),
    ("domingo de ramos", Feast::Easter(-7)),
    ("jueves santo", Feast::Easter(-3)),
    ("viernes santo", Feast::Easter(-2)),
    ("sabado santo", Feast::Easter(-1)),
    ("domingo de resurreccion", Feast::Easter(0)),
    ("domingo de pascua", Feast::Easter(0)),
    ("lunes de pascua", Feast::Easter(1)),
    ("corpus", Feast::Easter(60)),
];

/// A feast: one of the same month and day every year, or of this year's Easter or the next.
pub(crate) enum Feasted {
    Fixed(u32, u32),
    Moved(NaiveDate),
}

/// A feast at `i`; one that Easter moves, as the first one on or after `today`.
pub(crate) fn feast(text: &Text, i: usize, today: NaiveDate) -> Option<(Feasted, usize)> {
    use chrono::Datelike;
    let (feast, next) = FEASTS
        .iter()
        .filter_map(|(name, feast)| Some((*feast, text.phrase(i, name)?)))
        .max_by_key(|(_, next)| *next)?;
    let moved = |year: i32, days: i64| plus_days(easter(year)?, days);
    let feast = match feast {
        Feast::Fixed(month, day) => Feasted::Fixed(month, day),
        Feast::Easter(days) => {
            let this = moved(today.year(), days)?;
            Feasted::Moved(if this < today { moved(today.year() + 1, days)? } else { this })
        }
    };
    Some((feast, next))
}
