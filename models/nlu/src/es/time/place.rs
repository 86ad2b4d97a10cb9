//! Where an expression falls: both ends of a stretch, resolved together.

use super::calendar::{Grain, When, add};
use super::clock;
use super::expression::Expression;
use super::resolve::resolve;
use super::spec::Spec;
use crate::Context;

/// Where an expression falls.
pub(super) fn place(e: &Expression, context: &Context) -> Option<When> {
    let Some(last) = &e.last else {
        let when = resolve(&e.first, context)?;
        return Some(When { open: e.open, ..when });
    };
    let (first, last) = share(&e.first, last);
    let mut end = resolve(&last, context)?;
    let mut start = resolve(&first, context)?;
    if let (Some(a), Some(b)) = (first.clock, last.clock) {
        (start, end) = hours_in_order(start, end, (a, b), (&first, &last))?;
    } else if start.from >= end.to {
        // «del lunes al miércoles» said on a Tuesday: the end follows the beginning.
        let later = Context { now: start.from, ..context.clone() };
        end = resolve(&last, &later)?;
    }
    let to = if last.clock.is_some() { end.from } else { end.to };
    let grain = start.grain.min(end.grain);
    let consistent = start.consistent && end.consistent && start.from < to;
    Some(When {
        consistent,
        approximate: start.approximate || end.approximate,
        ..When::stretch(start.from, to, grain)
    })
}

/// Each end takes from the other the fields it lacks: «del 13 al 15 de julio».
fn share(a: &Spec, b: &Spec) -> (Spec, Spec) {
    let (mut first, mut last) = (a.clone(), b.clone());
    if first.dom.is_some() && last.dom.is_some() {
        if first.month.is_none() && first.base.is_none() {
            (first.month, first.base) = (last.month, last.base);
        }
        if last.month.is_none() && last.base.is_none() {
            (last.month, last.base) = (first.month, first.base);
        }
        first.year = first.year.or(last.year.filter(|_| first.month <= last.month));
        last.year = last.year.or(first.year);
    } else if first.month.is_some() && last.month.is_some() {
        first.year = first.year.or(last.year.filter(|_| first.month <= last.month));
    }
    if first.has_day() && !last.has_day() {
        (last.base, last.weekday, last.dom, last.month, last.year, last.nth) =
            (first.base, first.weekday, first.dom, first.month, first.year, first.nth);
    } else if last.has_day() && !first.has_day() {
        (first.base, first.weekday, first.dom, first.month, first.year, first.nth) =
            (last.base, last.weekday, last.dom, last.month, last.year, last.nth);
    }
    // «de miércoles a viernes de la semana que viene»: both of that week.
    let named = |s: &Spec| s.weekday.is_some() && s.dom.is_none() && s.nth.is_none();
    if named(&first) && named(&last) {
        let held = |s: &Spec| s.base.filter(|b| b.grain >= Grain::Week);
        if first.base.is_none() && first.month.is_none() {
            first.base = held(&last);
        } else if last.base.is_none() && last.month.is_none() {
            last.base = held(&first);
        }
    }
    // «el jueves o el viernes por la mañana»: both mornings.
    if first.has_day() && !first.has_time() && last.clock.is_none() {
        (first.part, first.edge, first.hours) = (last.part, last.edge, last.hours);
    }
    (first, last)
}

/// Two hours of one stretch: the second comes after the first, within half a day
/// where the clock leaves it open.
fn hours_in_order(
    mut start: When,
    mut end: When,
    clocks: (clock::Clock, clock::Clock),
    specs: (&Spec, &Spec),
) -> Option<(When, When)> {
    let (a, b) = clocks;
    let half = |w: When, n: i64| {
        Some(When { from: add(w.from, Grain::Hour, n)?, to: add(w.to, Grain::Hour, n)?, ..w })
    };
    let day = start.from.date();
    if !specs.1.has_day() || end.from.date() != day {
        while end.from.date() > day && end.from > start.from && add(end.from, Grain::Day, -1)? > start.from {
            end = half(end, -24)?;
        }
    }
    let free_start = a.twelve && specs.0.part.is_none();
    let free_end = b.twelve && specs.1.part.is_none();
    if free_start && !free_end {
        // «de tres a cinco de la tarde»: the latest three before five.
        while add(start.from, Grain::Hour, 12)? < end.from {
            start = half(start, 12)?;
        }
        while start.from >= end.from {
            start = half(start, -12)?;
        }
    } else if free_end {
        while end.from > start.from && add(end.from, Grain::Hour, -12)? > start.from {
            end = half(end, -12)?;
        }
        while end.from <= start.from {
            end = half(end, 12)?;
        }
    } else if end.from <= start.from {
        end = half(end, 24)?;
    }
    Some((start, end))
}
