//! What can be said of a bot's intents from their examples alone: for `digame check`, `train` and `eval`, and
//! for the designer's page.
use dialogs::{Bot, Problem, Severity};
use nlu::evaluation::{self, Judged};
use nlu::{IntentModel, TrainOptions};
use std::time::{Duration, Instant};

/// Rounds of cross-validation.
pub const FOLDS: usize = 5;

/// A bot's examples, as the classifier takes them.
pub fn examples(bot: &Bot) -> Vec<(String, Vec<String>)> {
    bot.intents().iter().map(|(intent, texts)| (intent.clone(), texts.clone())).collect()
}

/// A warning for each example that a model trained on the others takes for another intent: callers who say
/// something like it will be misunderstood. A second or so for ten intents.
///
/// # Errors
/// Intents that cannot be learnt.
pub fn confused(bot: &Bot) -> Result<Vec<Problem>, nlu::Error> {
    let intents = examples(bot);
    if intents.len() < 2 {
        return Ok(Vec::new());
    }
    let judged = evaluation::cross_validate(&intents, FOLDS, &TrainOptions::default())?;
    Ok(judged.iter().filter(|j| j.confused()).map(|j| warning(bot, j)).collect())
}

fn warning(bot: &Bot, judged: &Judged) -> Problem {
    let (file, line) = bot.example_place(&judged.intent, judged.index);
    let other = judged.best.as_deref().unwrap_or_default();
    Problem {
        file,
        line,
        column: 0,
        what: format!(
            "this example of `{}` would be taken for `{other}` ({:.0} %):",
            judged.intent,
            judged.first.confidence * 100.0
        ),
        found: judged.text.clone(),
        nearest: None,
        cure: format!("write more examples like it, or make those of `{other}` differ"),
        severity: Severity::Warning,
    }
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
