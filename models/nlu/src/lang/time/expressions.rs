//! Phrases joined into expressions: «dijous de nou a onze», «a partir de dilluns».

use super::atoms::{Grammar, Said};
use crate::Context;
use crate::es::text::Text;
use crate::es::time::calendar::{Grain, Open};
use crate::es::time::expression::Expression;
use crate::es::time::spec::Spec;
use crate::lang::pattern::Slot;
use crate::lang::words::any;

/// Both ends of a stretch, or its only one.
#[derive(Debug, Clone, Default)]
struct Ends {
    first: Option<Said>,
    last: Option<Said>,
}

/// A stretch with an end open or none.
struct Stretch {
    first: Said,
    last: Option<Said>,
    open: Open,
    to: usize,
}

impl Grammar {
    /// The expressions of a text, in its order.
    pub(super) fn expressions(&self, text: &Text, context: &Context) -> Vec<Expression> {
        let mut out: Vec<Expression> = Vec::new();
        let mut i = 0;
        while i < text.len() {
            match self.expression(text, i, context) {
                Some(e) => {
                    i = e.to.max(i + 1);
                    out.push(e);
                }
                None => i += 1,
            }
        }
        out
    }

    fn expression(&self, text: &Text, i: usize, context: &Context) -> Option<Expression> {
        let plain = self.spec(text, i, context, "");
        let stretch = self.stretch(text, i, context);
        if let Some(s) = stretch.filter(|s| plain.as_ref().is_none_or(|p| p.1 < s.to)) {
            return Some(finished(self.with_more(text, s, context), i));
        }
        let (first, to) = plain?;
        let single = Stretch { first, last: None, open: Open::No, to };
        Some(finished(self.continued(text, single, context), i))
    }

    /// Phrases that follow one another and say different things; the last in `case`.
    fn spec(&self, text: &Text, i: usize, context: &Context, case: &str) -> Option<(Said, usize)> {
        if case.is_empty() {
            let (mut said, mut next) = self.atoms_at(text, i, context, "", false).into_iter().next()?;
            while let Some((both, after)) = self.continued_by(text, &said, next, context) {
                (said, next) = (both, after);
            }
            return Some((said, next));
        }
        if let Some(said) = self.atoms_at(text, i, context, case, false).into_iter().next() {
            return Some(said);
        }
        // «arratsaldeko bostetatik»: what comes before the end in its case is plain.
        let (said, next) = self.atoms_at(text, i, context, "", false).into_iter().next()?;
        self.joint(text, next).into_iter().find_map(|at| {
            let (more, after) = self.atoms_at(text, at, context, case, false).into_iter().next()?;
            Some((said.merge(&more)?, after))
        })
    }

    /// What was said and the phrase after it, if they say different things.
    pub(super) fn continued_by(&self, text: &Text, said: &Said, next: usize, context: &Context) -> Option<(Said, usize)> {
        self.joint(text, next).into_iter().find_map(|at| {
            self.atoms_at(text, at, context, "", false)
                .into_iter()
                .find_map(|(more, after)| Some((said.merge(&more)?, after)))
        })
    }

    /// Places where the next phrase may begin: here, or after words that only join.
    fn joint(&self, text: &Text, i: usize) -> Vec<usize> {
        let mut out = vec![i];
        let mut at = i;
        for _ in 0..3 {
            let comma = (text.word(at) == ",").then_some(at + 1);
            match comma.or_else(|| any(text, at, &self.joints)) {
                Some(next) => {
                    out.push(next);
                    at = next;
                }
                None => break,
            }
        }
        out
    }

    /// An interval or an open end at `i`, the longest.
    fn stretch(&self, text: &Text, i: usize, context: &Context) -> Option<Stretch> {
        let mut best: Option<Stretch> = None;
        let mut keep = |stretch: Stretch| {
            if best.as_ref().is_none_or(|b| stretch.to > b.to) {
                best = Some(stretch);
            }
        };
        for (form, days) in &self.intervals {
            let read = |slot, case: Option<&str>, at, ends: &Ends| {
                self.ends(text, at, context, (slot, case.unwrap_or(""), true), ends)
            };
            for (to, ends) in form.matches(text, (i, Ends::default()), &read) {
                if let (Some(first), Some(last)) = (ends.first, ends.last)
                    && pairs(&first.spec, &last.spec, *days)
                {
                    keep(Stretch { first, last: Some(last), open: Open::No, to });
                }
            }
        }
        for (form, after, days) in &self.open {
            let read = |slot, case: Option<&str>, at, ends: &Ends| {
                self.ends(text, at, context, (slot, case.unwrap_or(""), true), ends)
            };
            let open = if *after { Open::After } else { Open::Before };
            for (to, ends) in form.matches(text, (i, Ends::default()), &read) {
                if let Some(first) = ends.first.filter(|f| !days || f.spec.has_day()) {
                    keep(Stretch { first, last: None, open, to });
                }
            }
        }
        best
    }

    /// What may stand at an end: whole phrases, single ones and, in an interval, bare numbers.
    fn ends(
        &self,
        text: &Text,
        at: usize,
        context: &Context,
        (slot, case, bare): (Slot, &str, bool),
        ends: &Ends,
    ) -> Vec<(usize, Ends)> {
        let mut all: Vec<(Said, usize)> = Vec::new();
        all.extend(self.spec(text, at, context, case));
        all.extend(self.atoms_at(text, at, context, case, bare));
        if bare {
            let number = if case.is_empty() {
                self.numbers.small(text, at)
            } else if self.numbers.has_case(case) {
                self.numbers.declined(text, at, case)
            } else {
                None
            };
            let day = number.filter(|r| (1..=31).contains(&r.value)).and_then(|r| {
                let dom = u32::try_from(r.value).ok();
                Some((Said::of(Spec { dom: Some(dom?), ..Spec::default() }), r.next))
            });
            all.extend(day);
        }
        all.into_iter()
            .map(|(said, next)| match slot {
                Slot::First => (next, Ends { first: Some(said), ..ends.clone() }),
                _ => (next, Ends { last: Some(said), ..ends.clone() }),
            })
            .collect()
    }

    /// «dijous de 9 a 11», «dijous a partir de les cinc»: a day, then hours of it.
    fn continued(&self, text: &Text, day: Stretch, context: &Context) -> Stretch {
        for at in self.joint(text, day.to) {
            let Some(hours) = self.stretch(text, at, context) else { continue };
            if hours.first.spec.has_day() && day.first.spec.has_day() {
                continue;
            }
            if let Some(first) = day.first.merge(&hours.first) {
                return Stretch { first, ..hours };
            }
        }
        day
    }

    /// «de 9 a 11 dijous», «abans de les cinc, divendres».
    fn with_more(&self, text: &Text, mut s: Stretch, context: &Context) -> Stretch {
        for at in self.joint(text, s.to) {
            let Some((more, next)) = self.spec(text, at, context, "") else { continue };
            if s.first.spec.has_day() && more.spec.has_day() {
                continue;
            }
            let Some(first) = s.first.merge(&more) else { continue };
            if let Some(last) = &s.last {
                match last.merge(&more) {
                    Some(both) => s.last = Some(both),
                    None if more.spec.has_time() => continue,
                    None => {}
                }
            }
            (s.first, s.to) = (first, next);
            break;
        }
        s
    }

    /// «dilluns no», «no puc dilluns»: what is named to be excluded.
    pub(super) fn excluded(&self, text: &Text, e: &Expression) -> bool {
        let comma = usize::from(text.word(e.to) == ",");
        let after = any(text, e.to + comma, &self.after).is_some();
        let before = (1..=5).any(|n| e.from.checked_sub(n).is_some_and(|b| self.before.iter().any(|p| text.phrase(b, p) == Some(e.from))));
        after || before
    }
}

fn finished(s: Stretch, from: usize) -> Expression {
    let last = s.last.map(|l| l.finished());
    Expression { first: s.first.finished(), last, open: s.open, from, to: s.to }
}

/// Whether two ends make an interval.
fn pairs(a: &Spec, b: &Spec, days: bool) -> bool {
    let day = |s: &Spec| s.dom.is_some() || s.weekday.is_some() || s.base.is_some_and(|x| x.grain == Grain::Day);
    let hours = |s: &Spec| s.clock.is_some();
    if days && (hours(a) || hours(b)) && !(a.has_day() || b.has_day()) {
        return false;
    }
    (hours(a) && hours(b))
        || (day(a) && day(b) && hours(a) == hours(b))
        || (a.month.is_some() && b.month.is_some() && hours(a) == hours(b))
        || (a.part.is_some() && b.part.is_some())
}
