//! Hours that no clock shows.

use crate::es::text::Text;
use crate::{Found, Status, Value};

/// «17:65», «25:10»: figures written as an hour that are none, so that neither is what stands beside them.
pub(crate) fn impossible_hour(text: &Text) -> Option<Found> {
    let figures = |i: usize, most: usize| {
        text.get(i)
            .filter(|t| text.is_number(i) && t.text.len() <= most)
            .and_then(|t| t.text.parse::<u32>().ok())
    };
    (0..text.len()).find_map(|i| {
        let (hour, minute) = (figures(i, 2)?, figures(i + 2, 2)?);
        let written = text.word(i + 1) == ":" && text.glued(i + 1) && text.glued(i + 2);
        let inside = i.checked_sub(1).is_some_and(|b| text.word(b) == ":") || text.word(i + 3) == ":";
        let impossible = hour > 24 || minute > 59 || (hour == 24 && minute > 0);
        (written && impossible && !inside && text.word(i + 2).len() == 2).then(|| {
            let span = text.span(i, i + 3);
            let value = Value::Text(text.source.get(span.clone()).unwrap_or_default().to_owned());
            Found { value, span, confidence: 0.9, status: Status::Invalid }
        })
    })
}
