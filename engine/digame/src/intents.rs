//! What can be said of a bot's intents from their examples alone: for `digame check`, `train` and `eval`, and
//! for the designer's page.
use dialogs::{Bot, INTENT_FOLLOWED, Problem, Severity};
use nlu::evaluation::{self, Judged};
use nlu::{IntentModel, TrainOptions};
use std::collections::BTreeMap;
use std::time::{Duration, Instant};

/// Rounds of cross-validation.
pub const FOLDS: usize = 5;

/// A bot's examples, as the classifier takes them.
pub fn examples(bot: &Bot) -> Vec<(String, Vec<String>)> {
    bot.intents().iter().map(|(intent, texts)| (intent.clone(), texts.clone())).collect()
}

/// A single example is worth a warning where it is this sure.
const BEYOND_DOUBT: f32 = 0.9;

/// A warning for each intent of which a model, trained on the other examples, takes some for a certain other: callers
/// who say something like them will be misunderstood. A second or so for ten intents.
///
/// # Errors
/// Intents that cannot be learnt.
pub fn confused(bot: &Bot) -> Result<Vec<Problem>, nlu::Error> {
    let intents = examples(bot);
    if intents.len() < 2 {
        return Ok(Vec::new());
    }
    let judged = evaluation::cross_validate(&intents, FOLDS, &TrainOptions::default())?;
    let mut pairs: BTreeMap<(&str, &str), Vec<&Judged>> = BTreeMap::new();
    for judged in judged.iter().filter(|j| j.confused() && j.first.confidence >= INTENT_FOLLOWED) {
        let other = judged.best.as_deref().unwrap_or_default();
        pairs.entry((&judged.intent, other)).or_default().push(judged);
    }
    let told = |of: &Vec<&Judged>| of.len() > 1 || of.iter().any(|j| j.first.confidence >= BEYOND_DOUBT);
    let told = pairs.into_iter().filter(|(_, of)| told(of));
    Ok(told.filter_map(|(pair, of)| warning(bot, pair, &of)).collect())
}

fn warning(bot: &Bot, (intent, other): (&str, &str), judged: &[&Judged]) -> Option<Problem> {
    let mut places: Vec<_> = judged.iter().map(|j| (bot.example_place(intent, j.index), *j)).collect();
    places.sort_by_key(|(place, _)| place.1);
    let ((file, line), first) = places.first().cloned()?;
    let lines: Vec<String> = places.iter().map(|((_, line), _)| line.to_string()).collect();
    let noun = if lines.len() == 1 { "line" } else { "lines" };
    let all = bot.intents().get(intent).map_or(0, Vec::len);
    Some(Problem {
        file,
        line,
        column: 0,
        what: format!(
            "{} of {all} examples of `{intent}` would be taken for `{other}`, as this one:",
            judged.len()
        ),
        found: first.text.clone(),
        nearest: None,
        cure: format!("write more like {noun} {}, or make those of `{other}` differ", lines.join(", ")),
        severity: Severity::Warning,
    })
}

/// What training took, and what came of it.
pub struct Trained {
    /// How long training took once.
    pub took: Duration,
    pub intents: usize,
    pub examples: usize,
    /// Every example as it is understood by a model that has not seen it.
    pub judged: Vec<Judged>,
}

/// Trains once to time it, then cross-validates.
///
/// # Errors
/// Intents that cannot be learnt.
pub fn train(intents: &[(String, Vec<String>)]) -> Result<Trained, nlu::Error> {
    let options = TrainOptions::default();
    let began = Instant::now();
    IntentModel::train(intents, &options)?;
    let took = began.elapsed();
    let judged = evaluation::cross_validate(intents, FOLDS, &options)?;
    let examples = intents.iter().map(|(_, texts)| texts.len()).sum();
    Ok(Trained { took, intents: intents.len(), examples, judged })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn two_intents_that_will_be_confused_are_one_warning_each_way() {
        let mut material = crate::testing::bot("Son");
        let written = [
            (
                "nlu/numero.yaml",
                "- quiero decir un número\n- apunte una cantidad\n- le doy una cifra\n- quería darle un número\n\
                 - apunte este número\n- le digo una cantidad\n",
            ),
            (
                "nlu/persona.yaml",
                "- páseme con una persona\n- un humano por favor\n- hablar con alguien\n- póngame con una persona\n\
                 - le quiero decir una cifra\n- apunte ya una cifra\n",
            ),
        ];
        for (file, text) in &mut material.texts {
            if let Some((_, new)) = written.iter().find(|(name, _)| name == file) {
                *text = (*new).to_owned();
            }
        }
        let bot = Bot::from_files(&material.texts).unwrap();
        let found: Vec<String> = confused(&bot).unwrap().iter().map(ToString::to_string).collect();
        assert_eq!(
            found,
            [
                "nlu/numero.yaml:1: warning: 2 of 6 examples of `numero` would be taken for `persona`, as this \
                 one: `quiero decir un número`; write more like lines 1, 3, or make those of `persona` differ",
                "nlu/persona.yaml:5: warning: 2 of 6 examples of `persona` would be taken for `numero`, as this \
                 one: `le quiero decir una cifra`; write more like lines 5, 6, or make those of `numero` differ"
            ]
        );
    }
}
