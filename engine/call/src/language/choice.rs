//! Which of the offered options was meant.

use dialogs::{Choice, ChoiceOption, Value};
use nlu::Status;

use super::{UNSURE, values};

/// What an option is looked for as.
pub(super) fn kind(options: &[ChoiceOption]) -> nlu::Kind {
    nlu::Kind::Choice(options.iter().enumerate().map(|(i, option)| item(i, option)).collect())
}

/// The option that was found, with how sure it is where the words that say it are worth so much.
pub(super) fn picked(found: &[nlu::Found], words: f32) -> Option<(Choice, f32)> {
    let best = found.first()?;
    let sure = best.confidence * words;
    match (&best.value, best.status) {
        (nlu::Value::NoneOfThem, _) => Some((Choice::NoneFits, sure)),
        (nlu::Value::Option(first), Status::Unclear) => {
            let second = found.iter().find_map(|f| match f.value {
                nlu::Value::Option(other) if other != *first => Some(other),
                _ => None,
            });
            Some((second.map_or(Choice::One(*first), |second| Choice::Between(*first, second)), sure))
        }
        (nlu::Value::Option(only), Status::Unsure) => Some((Choice::One(*only), sure * UNSURE)),
        (nlu::Value::Option(only), _) => Some((Choice::One(*only), sure)),
        _ => None,
    }
}

fn item(index: usize, option: &ChoiceOption) -> nlu::Item {
    nlu::Item {
        code: index.to_string(),
        name: option.said.clone(),
        synonyms: synonyms(&option.value),
        value: moment(&option.value),
    }
}

fn synonyms(value: &Value) -> Vec<String> {
    match value {
        Value::Item(item) => item.synonyms.clone(),
        _ => Vec::new(),
    }
}

/// The moment that identifies an option, of the value or of one of its fields.
fn moment(value: &Value) -> Option<nlu::Value> {
    match value {
        Value::DateTime(_) | Value::Date(_) | Value::Time(_) | Value::Range { .. } => {
            Some(values::for_nlu(value))
        }
        Value::Map(map) => {
            let exact = map.values().find(|v| matches!(v, Value::DateTime(_)));
            exact
                .or_else(|| map.values().find(|v| matches!(v, Value::Date(_) | Value::Time(_))))
                .map(values::for_nlu)
        }
        _ => None,
    }
}
