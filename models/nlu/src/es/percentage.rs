//! Percentages: «el veintiuno por ciento», «12,5 %».

use super::decimal::decimal;
use super::text::Text;
use crate::{Found, Status, Value};

/// Finds percentages, best first; a number that is all the answer is one, unsure.
pub(crate) fn extract(text: &Text) -> Vec<Found> {
    let mut out = Vec::new();
    let mut i = 0;
    while i < text.len() {
        let read = decimal(text, i).and_then(|read| {
            let sign = text.any_phrase(read.next, &["por ciento", "por cien", "porciento", "%"]);
            let alone = i <= 1 && read.next == text.len();
            let article = matches!(text.word(i), "un" | "una") && read.next == i + 1;
            (sign.is_some() || (alone && !article)).then_some((read, sign))
        });
        let Some((read, sign)) = read else {
            i += 1;
            continue;
        };
        let next = sign.unwrap_or(read.next);
        let minus = i.checked_sub(1).is_some_and(|b| matches!(text.word(b), "menos" | "-"));
        let from = if minus { i - 1 } else { i };
        let sure = sign.is_some() && read.exact;
        out.push(Found {
            value: Value::Percentage(if minus { -read.hundredths } else { read.hundredths }),
            span: text.span(from, next),
            confidence: if sure { 0.97 } else { 0.6 },
            status: if sure { Status::Sound } else { Status::Unsure },
        });
        i = next.max(i + 1);
    }
    out.sort_by_key(|f| f.status);
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn percentages_said_and_written() {
        for (s, value, status) in [
            ("el veintiuno por ciento", "21", Status::Sound),
            ("12,5 %", "12.5", Status::Sound),
            ("doce coma cero cinco por cien", "12.05", Status::Sound),
            ("un diez por ciento", "10", Status::Sound),
            ("treinta y tres", "33", Status::Unsure),
            ("el 33", "33", Status::Unsure),
        ] {
            let found = extract(&Text::new(s));
            assert_eq!(
                found.first().map(|f| (f.value.to_string(), f.status)),
                Some((value.to_owned(), status)),
                "{s}"
            );
        }
        assert!(extract(&Text::new("tengo tres hijos")).is_empty());
    }
}
