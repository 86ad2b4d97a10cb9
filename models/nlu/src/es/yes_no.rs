//! Yes or no, as people say it in Spanish: phrases are data, `data/es_assent.toml`; what they mean together is
//! [`crate::assent`].

use std::sync::LazyLock;

use super::text::Text;
use crate::Found;
use crate::assent::{self, Answers, Reply};

/// The phrases. A test reads the file: it does not fail here.
pub(crate) fn answers() -> &'static Answers {
    static SPANISH: LazyLock<Answers> =
        LazyLock::new(|| Answers::parse(include_str!("../../data/es_assent.toml")).unwrap_or_default());
    &SPANISH
}

/// Reads yes or no; at most one result.
pub(crate) fn extract(text: &Text) -> Vec<Found> {
    assent::read(text, answers()).found.into_iter().collect()
}

/// What a text says to a question of yes or no, and how plainly.
#[must_use]
pub fn reply(text: &str) -> Reply {
    assent::read(&Text::new(super::head(text)), answers())
}
