//! Sets of stretches of time: joined, and with others cut out of them.

use chrono::NaiveDateTime;

use crate::Value;

/// From (included) to (excluded).
pub(crate) type Piece = (NaiveDateTime, NaiveDateTime);

/// The same moments as stretches in order, apart from each other and none empty.
pub(crate) fn joined(mut pieces: Vec<Piece>) -> Vec<Piece> {
    pieces.retain(|p| p.0 < p.1);
    pieces.sort_unstable();
    let mut out: Vec<Piece> = Vec::new();
    for piece in pieces {
        match out.last_mut() {
            Some(before) if piece.0 <= before.1 => before.1 = before.1.max(piece.1),
            _ => out.push(piece),
        }
    }
    out
}

/// What remains of `pieces` when every moment of `holes` is taken away.
pub(crate) fn without(pieces: Vec<Piece>, holes: &[Piece]) -> Vec<Piece> {
    let mut left = joined(pieces);
    for hole in holes.iter().filter(|h| h.0 < h.1) {
        left = left
            .into_iter()
            .flat_map(|(from, to)| [(from, to.min(hole.0)), (from.max(hole.1), to)])
            .filter(|p| p.0 < p.1)
            .collect();
    }
    joined(left)
}

/// The moments as a value; none if there are none.
pub(crate) fn value(pieces: Vec<Piece>) -> Option<Value> {
    match joined(pieces).as_slice() {
        [] => None,
        [(from, to)] => Some(Value::Range { from: *from, to: *to }),
        several => Some(Value::Ranges(several.to_vec())),
    }
}

/// The moments of a value of time; an exact one is the hour that begins with it.
pub(crate) fn of(value: &Value) -> Vec<Piece> {
    match value {
        Value::Range { from, to } => vec![(*from, *to)],
        Value::Ranges(all) => all.clone(),
        Value::DateTime(at) => {
            at.checked_add_signed(chrono::Duration::hours(1)).map_or_else(Vec::new, |to| vec![(*at, to)])
        }
        _ => Vec::new(),
    }
}

#[cfg(test)]
mod tests {
    use chrono::{Duration, NaiveDate};
    use proptest::prelude::*;

    use super::*;

    fn at(hour: i64) -> NaiveDateTime {
        NaiveDate::from_ymd_opt(2026, 5, 11).unwrap().and_hms_opt(0, 0, 0).unwrap() + Duration::hours(hour)
    }

    fn some() -> impl Strategy<Value = Vec<Piece>> {
        proptest::collection::vec((0i64..60, 0i64..12), 0..8)
            .prop_map(|all| all.into_iter().map(|(from, n)| (at(from), at(from + n))).collect())
    }

    fn holds(pieces: &[Piece], moment: NaiveDateTime) -> bool {
        pieces.iter().any(|p| p.0 <= moment && moment < p.1)
    }

    proptest! {
        #[test]
        fn a_moment_remains_that_was_in_and_was_not_taken_away(pieces in some(), holes in some()) {
            let left = without(pieces.clone(), &holes);
            for hour in 0..75 {
                let expected = holds(&pieces, at(hour)) && !holds(&holes, at(hour));
                prop_assert_eq!(holds(&left, at(hour)), expected);
            }
            prop_assert!(left.windows(2).all(|w| w[0].1 < w[1].0));
        }
    }
}
