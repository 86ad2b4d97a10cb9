//! Lengths of time asked for as such: «media hora», «dos días y medio», «un par de semanas».

use super::text::Text;
use super::time::{Grain, length};
use crate::{Found, Status, Value};

/// Finds lengths of time, the surest first.
pub(crate) fn extract(text: &Text) -> Vec<Found> {
    let mut out = Vec::new();
    let mut i = 0;
    while i < text.len() {
        let read = length(text, i).and_then(|(length, next)| Some((value(&length.terms)?, length, next)));
        let Some((value, length, next)) = read else {
            i += 1;
            continue;
        };
        let status = if length.approximate { Status::Unsure } else { Status::Sound };
        out.push(Found { value, span: text.span(i, next), confidence: 0.95, status });
        i = next.max(i + 1);
    }
    out.sort_by_key(|f| f.status);
    out
}

/// Months are of the calendar and days are of 24 hours: neither is the other's sum.
fn value(terms: &[(i64, Grain)]) -> Option<Value> {
    let (mut months, mut seconds) = (0_i64, 0_i64);
    for (n, grain) in terms {
        let (total, unit) = match grain {
            Grain::Second => (&mut seconds, 1),
            Grain::Minute => (&mut seconds, 60),
            Grain::Hour => (&mut seconds, 3600),
            Grain::Day => (&mut seconds, 86_400),
            Grain::Week => (&mut seconds, 7 * 86_400),
            Grain::Month => (&mut months, 1),
            Grain::Quarter => (&mut months, 3),
            Grain::Year => (&mut months, 12),
        };
        *total = total.checked_add(n.checked_mul(unit)?)?;
    }
    Some(Value::Duration { months: u32::try_from(months).ok()?, seconds: u64::try_from(seconds).ok()? })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lengths_of_time_in_iso_8601() {
        for (s, iso, status) in [
            ("media hora", "PT30M", Status::Sound),
            ("unos quince minutos", "PT15M", Status::Unsure),
            ("quince minutos", "PT15M", Status::Sound),
            ("dos días y medio", "P2DT12H", Status::Sound),
            ("un par de semanas", "P14D", Status::Unsure),
            ("quince días", "P15D", Status::Unsure),
            ("hora y media", "PT1H30M", Status::Sound),
            ("tres horas y cuarto", "PT3H15M", Status::Sound),
            ("mes y medio", "P1M15D", Status::Sound),
            ("una semana y media", "P10DT12H", Status::Sound),
            ("año y medio", "P1Y6M", Status::Sound),
            ("llevo dos años y tres meses esperando", "P2Y3M", Status::Sound),
            ("90 min", "PT1H30M", Status::Sound),
            ("treinta segundos", "PT30S", Status::Sound),
        ] {
            let found = extract(&Text::new(s));
            assert_eq!(
                found.first().map(|f| (f.value.to_string(), f.status)),
                Some((iso.to_owned(), status)),
                "{s}"
            );
        }
        assert!(extract(&Text::new("a las cinco")).is_empty());
    }
}
