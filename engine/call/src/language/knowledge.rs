//! Which of the things that the bot knows a question asks for.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};

use dialogs::{Article, Bot, Found, Knowledge, Value};
use nlu::{IntentModel, TrainOptions};

/// An article that was not asked for must be surer than this: any sentence is a question in free words.
pub(super) const UNASKED: f32 = 0.8;

/// A classifier for each file of what a bot knows; none where it can't be learnt.
#[derive(Debug, Default)]
pub(super) struct Questions(Mutex<BTreeMap<String, Option<Arc<IntentModel>>>>);

impl Questions {
    /// Learns the articles by their questions and titles.
    ///
    /// # Errors
    /// An article whose questions have no words, or a failure of the tensor library.
    pub fn learn(bot: &Bot) -> Result<Self, nlu::Error> {
        let mut models = BTreeMap::new();
        for (name, knowledge) in bot.knowledge() {
            models.insert(name.clone(), Some(Arc::new(train(knowledge)?)));
        }
        Ok(Self(Mutex::new(models)))
    }

    /// The classifier of a file; that of another language is learnt when it is first asked for, for only then is it
    /// at hand.
    fn model(&self, knowledge: &Knowledge) -> Option<Arc<IntentModel>> {
        let mut models = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let learnt =
            models.entry(knowledge.name.clone()).or_insert_with(|| train(knowledge).ok().map(Arc::new));
        learnt.clone()
    }

    /// The article that answers, or the two between which one must ask, with their confidence; none if the bot does
    /// not know.
    pub fn find(&self, knowledge: &Knowledge, text: &str) -> Option<(Found, f32)> {
        let asked = self.model(knowledge)?.classify(text);
        let best = asked.best?;
        let value = |id: &str| knowledge.article(id).map(|a: &Arc<Article>| Value::Article(a.clone()));
        let first = value(&best.intent)?;
        let second = asked.ranked.get(1).filter(|_| asked.unclear).and_then(|r| value(&r.intent));
        let found = match second {
            Some(second) => Found::Unclear(first, second),
            None => Found::Valid(first),
        };
        Some((found, best.confidence))
    }
}

fn train(knowledge: &Knowledge) -> Result<IntentModel, nlu::Error> {
    let examples: Vec<(String, Vec<String>)> = knowledge
        .articles
        .iter()
        .map(|a| (a.id.clone(), a.questions.iter().chain([&a.title]).map(|t| plain(t)).collect()))
        .collect();
    IntentModel::train(&examples, &TrainOptions::default())
}

/// A question is plain text: what templates of intents mark stands for itself.
fn plain(text: &str) -> String {
    text.replace(['[', ']', '{', '}', '|'], " ")
}
