//! Days and hours of a language: its phrases → the same fields as Spanish, placed by the same rules
//! (`es::time::resolve`): what a day or a bare hour means does not depend on the language.

mod atoms;
mod expressions;

pub(crate) use atoms::Grammar;
use atoms::Seen;

use super::words::find;
use crate::es::text::Text;
use crate::es::time::expression::Expression;
use crate::es::time::{self, Mention, dates_among, hours_among, ranges_among};
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

    /// Days and parts of day, moments, and stretches of a text, best first.
    pub fn ranges(&self, text: &Text, context: &Context) -> Vec<Found> {
        let found = ranges_among(text, &self.wanted(text, context), context);
        match (found.is_empty(), find(text, &self.any)) {
            (true, Some(said)) => time::all_there_is(text, said, context),
            _ => found,
        }
    }

    /// What a choice among moments says.
    pub fn mention(&self, text: &Text, context: &Context) -> Option<Mention> {
        let last = self.wanted(text, context).pop()?;
        Some(time::mentioned(&last, context))
    }

    fn wanted(&self, text: &Text, context: &Context) -> Vec<Expression> {
        let seen = Seen::new(text, context);
        self.expressions(&seen).into_iter().filter(|e| !self.excluded(&seen, e)).collect()
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
