//! Phrases joined into expressions: «dijous de nou a onze», «a partir de dilluns».

use super::atoms::{Grammar, Said, Seen};
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
    pub(super) fn expressions(&self, text: &Seen<'_>) -> Vec<Expression> {
        let mut out: Vec<Expression> = Vec::new();
        let mut i = 0;
        while i < text.len() {
            match self.expression(text, i) {
                Some(e) => {
                    i = e.to.max(i + 1);
                    out.push(e);
                }
                None => i += 1,
            }
        }
        out
    }

    fn expression(&self, text: &Seen<'_>, i: usize) -> Option<Expression> {
        let plain = self.spec(text, i, "");
        let stretch = self.stretch(text, i);
        if let Some(s) = stretch.filter(|s| plain.as_ref().is_none_or(|p| p.1 < s.to)) {
            return Some(finished(self.with_more(text, s), i));
        }
        let (first, to) = plain?;
        // «o luns das nove ás once»: what goes on after the day alone may take in more.
        let from_day = self
            .day_alone(text, i)
            .map(|(first, to)| self.continued(text, Stretch { first, last: None, open: Open::No, to }));
        let whole = self.continued(text, Stretch { first, last: None, open: Open::No, to });
        Some(finished(from_day.filter(|d| d.to > whole.to).unwrap_or(whole), i))
    }

    /// The days that begin at `i`, up to the first hour.
    fn day_alone(&self, text: &Seen<'_>, i: usize) -> Option<(Said, usize)> {
        let day = |said: &Said| !said.spec.has_time();
        let (mut said, mut next) = self.atoms_at(text, i, "", false).into_iter().find(|a| day(&a.0))?;
        while let Some((both, after)) = self.continued_by(text, &said, next).filter(|b| day(&b.0)) {
            (said, next) = (both, after);
        }
        Some((said, next))
    }

    /// Phrases that follow one another and say different things; the last in `case`.
    fn spec(&self, text: &Seen<'_>, i: usize, case: &str) -> Option<(Said, usize)> {
        if case.is_empty() {
            let (mut said, mut next) = self.atoms_at(text, i, "", false).into_iter().next()?;
            while let Some((both, after)) = self.continued_by(text, &said, next) {
                (said, next) = (both, after);
            }
            return Some((said, next));
        }
        if let Some(said) = self.atoms_at(text, i, case, false).into_iter().next() {
            return Some(said);
        }
        // «arratsaldeko bostetatik»: what comes before the end in its case is plain.
        let (said, next) = self.atoms_at(text, i, "", false).into_iter().next()?;
        self.joint(text, next).into_iter().find_map(|at| {
            let (more, after) = self.atoms_at(text, at, case, false).into_iter().next()?;
            Some((said.merge(&more)?, after))
        })
    }

    /// What was said and the phrase after it, if they say different things.
    pub(super) fn continued_by(&self, text: &Seen<'_>, said: &Said, next: usize) -> Option<(Said, usize)> {
        // «la setmana que ve, dijous no»: another day, which is denied.
        let denied = |more: &Said, after: usize| {
            let no = any(text, after, &self.after).or_else(|| any(text, after, &self.but_after));
            text.word(next) == "," && more.spec.has_day() && no.is_some()
        };
        self.joint(text, next).into_iter().find_map(|at| {
            self.atoms_at(text, at, "", false)
                .into_iter()
                .filter(|(more, after)| !denied(more, *after))
                .find_map(|(more, after)| Some((said.merge(&more)?, after)))
        })
    }

    /// Places where the next phrase may begin: here, or after words that only join.
    fn joint(&self, text: &Seen<'_>, i: usize) -> Vec<usize> {
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
    fn stretch(&self, text: &Seen<'_>, i: usize) -> Option<Stretch> {
        let mut best: Option<Stretch> = None;
        let mut keep = |stretch: Stretch| {
            if best.as_ref().is_none_or(|b| stretch.to > b.to) {
                best = Some(stretch);
            }
        };
        for (form, days) in &self.intervals {
            let read = |slot, case: Option<&str>, at, ends: &Ends| {
                self.ends(text, at, (slot, case.unwrap_or(""), true), ends)
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
                self.ends(text, at, (slot, case.unwrap_or(""), true), ends)
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
        text: &Seen<'_>,
        at: usize,
        (slot, case, bare): (Slot, &str, bool),
        ends: &Ends,
    ) -> Vec<(usize, Ends)> {
        let mut all: Vec<(Said, usize)> = Vec::new();
        all.extend(self.spec(text, at, case));
        for (said, next) in self.atoms_at(text, at, case, bare) {
            // «goizeko bederatziak eta …»: all that may follow a part of the day.
            if case.is_empty() && said.spec.clock.is_none() {
                let more =
                    self.joint(text, next).into_iter().flat_map(|at| self.atoms_at(text, at, "", false));
                all.extend(more.filter_map(|(more, after)| Some((said.merge(&more)?, after))));
            }
            all.push((said, next));
        }
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
    fn continued(&self, text: &Seen<'_>, day: Stretch) -> Stretch {
        for at in self.joint(text, day.to) {
            let Some(hours) = self.stretch(text, at) else { continue };
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
    fn with_more(&self, text: &Seen<'_>, mut s: Stretch) -> Stretch {
        for at in self.joint(text, s.to) {
            let Some((more, next)) = self.spec(text, at, "") else { continue };
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

    /// Of each expression: none, or denied; true where all others are wanted («menys dijous», «ni dilluns ni
    /// dimarts»). What is denied of one is denied of those that are joined to it.
    pub(super) fn denied(&self, text: &Seen<'_>, all: &[Expression]) -> Vec<Option<bool>> {
        let mut out: Vec<Option<bool>> = all.iter().map(|e| self.excluded(text, e)).collect();
        for i in 1..all.len() {
            let (Some(a), Some(b)) = (all.get(i - 1), all.get(i)) else { continue };
            let list = self.either(text, a, b);
            if let (true, Some(before), Some(None)) = (list, out.get(i - 1).copied().flatten(), out.get(i))
                && let Some(here) = out.get_mut(i)
            {
                *here = Some(before);
            }
        }
        out
    }

    /// «dilluns no», «no puc dilluns», «menys dilluns»: what is named to be excluded.
    fn excluded(&self, text: &Seen<'_>, e: &Expression) -> Option<bool> {
        let comma = usize::from(text.word(e.to) == ",");
        let before = |phrases: &[String]| {
            (1..=5).any(|n| {
                let Some(b) = e.from.checked_sub(n) else { return false };
                phrases.iter().any(|p| match text.phrase(b, p) {
                    Some(to) => {
                        to == e.from || to + 1 == e.from && self.articles.iter().any(|a| text.word(to) == a)
                    }
                    None => false,
                })
            })
        };
        if before(&self.but) || any(text, e.to, &self.but_after).is_some() {
            return Some(true);
        }
        let after = any(text, e.to + comma, &self.after).is_some();
        (after || before(&self.before)).then_some(false)
    }

    /// Whether either of two will do: «dijous o divendres».
    pub(super) fn either(&self, text: &Seen<'_>, a: &Expression, b: &Expression) -> bool {
        let at = a.to + usize::from(text.word(a.to) == ",");
        let joined = any(text, at, &self.either).or_else(|| any(text, a.to, &self.either));
        joined.is_some_and(|next| {
            next == b.from || next + 1 == b.from && self.articles.iter().any(|w| text.word(next) == w)
        })
    }
}

fn finished(s: Stretch, from: usize) -> Expression {
    let last = s.last.map(|l| l.finished());
    Expression { first: s.first.finished(), last, open: s.open, strict: false, from, to: s.to }
}

/// Whether two ends make an interval.
fn pairs(a: &Spec, b: &Spec, days: bool) -> bool {
    let day =
        |s: &Spec| s.dom.is_some() || s.weekday.is_some() || s.base.is_some_and(|x| x.grain == Grain::Day);
    let hours = |s: &Spec| s.clock.is_some();
    if days && (hours(a) || hours(b)) && !(a.has_day() || b.has_day()) {
        return false;
    }
    (hours(a) && hours(b))
        || (day(a) && day(b) && hours(a) == hours(b))
        || (a.month.is_some() && b.month.is_some() && hours(a) == hours(b))
        || (a.part.is_some() && b.part.is_some())
}
