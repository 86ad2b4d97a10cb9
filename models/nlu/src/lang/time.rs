//! Days and hours of a language: its phrases → the same fields as Spanish, placed by the same rules
//! (`es::time::resolve`): what a day or a bare hour means does not depend on the language.

mod atoms;
mod expressions;

pub(crate) use atoms::Grammar;
use atoms::Seen;

use super::words::find;
use crate::es::text::Text;
use crate::es::time::birth::{Numbers, births_among};
use crate::es::time::expression::Expression;
use crate::es::time::wishes::{self, Wish};
use crate::es::time::{self, Mention, dates_among, hours_among, impossible_hour};
use crate::{Context, Found, Status, Value};

impl Grammar {
    /// Days of a text, best first.
    pub fn dates(&self, text: &Text, context: &Context) -> Vec<Found> {
        dates_among(text, &self.wanted(text, context), context)
    }

    /// Hours of a text, best first; «cinc i mitja» alone is one.
    pub fn hours(&self, text: &Text, context: &Context) -> Vec<Found> {
        let found = hours_among(text, &self.wanted(text, context), context);
        if found.is_empty() { self.bare_hour(text, context).into_iter().collect() } else { found }
    }

    /// Days of birth of a text, best first; `digits` reads eight of them.
    pub fn births(
        &self,
        text: &Text,
        digits: &dyn Fn() -> Option<(String, std::ops::Range<usize>)>,
        context: &Context,
    ) -> Vec<Found> {
        let read = Numbers { three: &|| None, year: &|i| self.year(text, i), digits };
        births_among(text, &self.wanted(text, context), &read, context)
    }

    /// Days and parts of day, moments, and stretches of a text, best first.
    pub fn ranges(&self, text: &Text, context: &Context) -> Vec<Found> {
        if let Some(nonsense) = impossible_hour(text) {
            return vec![nonsense];
        }
        let seen = Seen::new(text, context);
        let all = self.expressions(&seen);
        let denied = self.denied(&seen, &all);
        let pairs = || all.iter().cloned().zip(denied.iter().copied());
        let wish = Wish {
            text,
            wanted: pairs().filter(|p| p.1.is_none()).map(|p| p.0).collect(),
            unwanted: pairs().filter(|p| p.1.is_some()).map(|p| p.0).collect(),
            but: denied.contains(&Some(true)),
            any_day: find(text, &self.any_day).is_some(),
            working: find(text, &self.working).is_some(),
            any: find(text, &self.any),
            either: &|a, b| self.either(&seen, a, b),
        };
        wishes::ranges(&wish, context)
    }

    /// What a choice among moments says.
    pub fn mention(&self, text: &Text, context: &Context) -> Option<Mention> {
        let last = self.wanted(text, context).pop()?;
        Some(time::mentioned(&last, context))
    }

    fn wanted(&self, text: &Text, context: &Context) -> Vec<Expression> {
        let seen = Seen::new(text, context);
        let all = self.expressions(&seen);
        let denied = self.denied(&seen, &all);
        all.into_iter().zip(denied).filter(|p| p.1.is_none()).map(|p| p.0).collect()
    }

    fn bare_hour(&self, text: &Text, context: &Context) -> Option<Found> {
        let seen = Seen::new(text, context);
        let (mut said, mut next) =
            self.atoms_at(&seen, 0, "", true).into_iter().find(|(s, _)| s.spec.clock.is_some())?;
        if let Some((both, after)) = self.continued_by(&seen, &said, next) {
            (said, next) = (both, after);
        }
        if next != text.len() {
            return None;
        }
        let when = time::resolve::resolve(&said.finished(), context)?;
        Some(Found {
            value: Value::Time(when.from.time()),
            span: text.span(0, next),
            confidence: 0.85,
            status: Status::Sound,
        })
    }
}
