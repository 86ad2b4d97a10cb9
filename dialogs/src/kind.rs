//! What a slot takes: the language's table of types, and what each type brings to a question.

use std::{sync::Arc, time::Duration};

use crate::{
    language::Keypad,
    value::{Catalogue, Knowledge},
};

/// What a slot takes. It brings its grammar by voice, its form on the keypad and its pause.
#[derive(Debug, Clone, PartialEq)]
pub enum Kind {
    /// `yes_no`
    YesNo,
    /// `list(catalogue)`
    List(Arc<Catalogue>),
    /// `kb(knowledge)`: a question in free words, whose answer the bot knows
    Knowledge(Arc<Knowledge>),
    /// `digits(n)` or `digits(min, max)`
    Digits {
        /// Fewest digits.
        min: u8,
        /// Most digits.
        max: u8,
    },
    /// `number`: a cardinal
    Number,
    /// `es.nif`: DNI, NIE or CIF with its check character
    Nif,
    /// `es.telefono`, `es.iban` and the other texts that have one exact form
    Exact(Exact),
    /// `es.importe`: an amount in euros
    Money,
    /// `es.direccion`
    Address,
    /// `es.fecha`
    Date,
    /// `es.nacimiento`: the day when somebody was born
    Birth,
    /// `es.hora`
    Time,
    /// `es.datetime_range`: a day, a part of a day or an hour, as the interval it covers
    DateTimeRange,
    /// `free_text`
    FreeText,
}

/// Texts with one exact form, whatever way they are said.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Exact {
    /// `es.telefono`: nine digits, or `+` and the country's code before them
    Phone,
    /// `es.iban`: in capitals, no separators
    Iban,
    /// `es.matricula`: in capitals, no separators
    Plate,
    /// `es.codigo_postal`: five digits, the first two a province's
    Postcode,
    /// `es.nuss`: twelve digits
    Nuss,
    /// `es.correo`: in lower case
    Email,
    /// `es.nombre`: in its Spanish spelling
    Name,
}

impl Exact {
    /// Every form, as it is written in a dialog.
    pub const ALL: [(&'static str, Self); 7] = [
        ("es.telefono", Self::Phone),
        ("es.iban", Self::Iban),
        ("es.matricula", Self::Plate),
        ("es.codigo_postal", Self::Postcode),
        ("es.nuss", Self::Nuss),
        ("es.correo", Self::Email),
        ("es.nombre", Self::Name),
    ];

    /// How it is written in a dialog.
    pub fn written(self) -> &'static str {
        Self::ALL.iter().find(|(_, form)| *form == self).map_or("", |(name, _)| name)
    }

    /// Whether it is dictated in characters, and so read in groups and with pauses.
    pub fn is_code(self) -> bool {
        !matches!(self, Self::Email | Self::Name)
    }
}

/// Time between two keys, where the dialog does not say: long enough for reading them off a card.
pub(crate) const BETWEEN_KEYS: Duration = Duration::from_secs(3);

impl Kind {
    /// Whether any words at all may be a value of it.
    pub fn takes_any_words(&self) -> bool {
        matches!(self, Self::FreeText | Self::Exact(Exact::Name))
    }

    /// Whether a value of it, where it is asked for, is right for more reasons than the words: hardly any words that
    /// were not meant so pass its check, or any words are what was asked for.
    pub fn proves_itself(&self) -> bool {
        matches!(self, Self::Nif | Self::Exact(Exact::Iban | Exact::Nuss | Exact::Plate) | Self::FreeText)
    }

    /// Whether its words say by themselves what they are of; a number, a day or an hour may be of anything («el jueves me
    /// robaron el bolso»).
    pub fn tells_itself(&self) -> bool {
        let number = matches!(self, Self::Digits { .. } | Self::Number | Self::Money);
        let moment = matches!(self, Self::Date | Self::Birth | Self::Time | Self::DateTimeRange);
        let words = matches!(self, Self::YesNo | Self::FreeText | Self::Exact(Exact::Name));
        !(number || moment || words)
    }

    /// How types are written, for messages.
    pub(crate) const NAMES: [&'static str; 20] = [
        "yes_no",
        "list",
        "kb",
        "digits",
        "number",
        "es.nif",
        "es.telefono",
        "es.iban",
        "es.matricula",
        "es.codigo_postal",
        "es.nuss",
        "es.importe",
        "es.correo",
        "es.fecha",
        "es.nacimiento",
        "es.hora",
        "es.datetime_range",
        "es.direccion",
        "es.nombre",
        "free_text",
    ];

    /// The kind that a name without arguments stands for.
    pub(crate) fn named(name: &str) -> Option<Self> {
        Some(match name {
            "yes_no" => Self::YesNo,
            "number" => Self::Number,
            "es.nif" => Self::Nif,
            "es.importe" => Self::Money,
            "es.direccion" => Self::Address,
            "es.fecha" => Self::Date,
            "es.nacimiento" => Self::Birth,
            "es.hora" => Self::Time,
            "es.datetime_range" => Self::DateTimeRange,
            "free_text" => Self::FreeText,
            name => Self::Exact(Exact::ALL.iter().find(|(n, _)| *n == name)?.1),
        })
    }

    /// How the kind is written in a dialog.
    pub fn written(&self) -> String {
        match self {
            Self::YesNo => "yes_no".into(),
            Self::List(c) => format!("list({})", c.name),
            Self::Knowledge(k) => format!("kb({})", k.name),
            Self::Digits { min, max } if min == max => format!("digits({min})"),
            Self::Digits { min, max } => format!("digits({min}, {max})"),
            Self::Number => "number".into(),
            Self::Nif => "es.nif".into(),
            Self::Exact(form) => form.written().into(),
            Self::Money => "es.importe".into(),
            Self::Address => "es.direccion".into(),
            Self::Date => "es.fecha".into(),
            Self::Birth => "es.nacimiento".into(),
            Self::Time => "es.hora".into(),
            Self::DateTimeRange => "es.datetime_range".into(),
            Self::FreeText => "free_text".into(),
        }
    }

    /// Whether it is dictated digit by digit or letter by letter: pauses inside it end no turn, and another
    /// number that fits its beginning is no answer.
    pub fn is_dictated(&self) -> bool {
        match self {
            Self::Nif | Self::Digits { .. } => true,
            Self::Exact(form) => form.is_code(),
            _ => false,
        }
    }

    /// How keys answer it, where the dialog does not say; none: by voice only.
    pub fn keypad(&self) -> Option<Keypad> {
        let keys = |digits| Keypad { digits, end: Some('#'), between: BETWEEN_KEYS };
        Some(match self {
            Self::YesNo => Keypad { digits: 1, end: None, between: BETWEEN_KEYS },
            Self::Digits { max, .. } => keys(*max),
            Self::Number => keys(9),
            // The letter of a DNI follows from its digits.
            Self::Nif => keys(8),
            Self::Exact(Exact::Phone) => keys(9),
            // After the country, which is Spain.
            Self::Exact(Exact::Iban) => keys(22),
            Self::Exact(Exact::Postcode) => keys(5),
            Self::Exact(Exact::Nuss) => keys(12),
            // Euros up to a thousand millions, `*`, cents.
            Self::Money => keys(12),
            // DDMMAAAA and HHMM.
            Self::Date | Self::Birth => keys(8),
            Self::Time => keys(4),
            Self::Exact(Exact::Plate | Exact::Email | Exact::Name)
            | Self::List(_)
            | Self::Knowledge(_)
            | Self::Address
            | Self::DateTimeRange
            | Self::FreeText => return None,
        })
    }

    /// Silence that ends an answer that is not complete, where the dialog does not say; none: the centre's.
    pub fn pause(&self) -> Option<Duration> {
        let ms = match self {
            // Read off a card in groups, or put together while speaking.
            Self::Exact(Exact::Iban | Exact::Email) | Self::Address => 2000,
            // A dictated number has pauses in it.
            Self::Nif | Self::Digits { .. } | Self::Exact(_) => 1500,
            Self::FreeText | Self::Knowledge(_) => 1200,
            Self::Money => 1000,
            // Day and month, and after a while the year.
            Self::Birth => 1200,
            _ => return None,
        };
        Some(Duration::from_millis(ms))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_name_without_arguments_is_a_kind_and_is_written_as_it_was() {
        let plain = Kind::NAMES.iter().filter(|n| !matches!(**n, "list" | "kb" | "digits"));
        for name in plain {
            assert_eq!(Kind::named(name).map(|k| k.written()).as_deref(), Some(*name));
        }
        assert_eq!(Kind::named("es.cif"), None);
    }

    #[test]
    fn a_key_more_than_a_whole_answer_is_never_waited_for() {
        for (form, digits) in [(Exact::Phone, 9), (Exact::Iban, 22), (Exact::Postcode, 5), (Exact::Nuss, 12)]
        {
            assert_eq!(Kind::Exact(form).keypad().map(|k| k.digits), Some(digits), "{form:?}");
        }
        for kind in [Kind::Exact(Exact::Plate), Kind::Exact(Exact::Email), Kind::Address, Kind::FreeText] {
            assert_eq!(kind.keypad(), None, "letters have no keys: {}", kind.written());
        }
    }
}
