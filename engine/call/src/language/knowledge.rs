//! Which of the things that the bot knows a question asks for.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, Mutex, PoisonError};

use dialogs::{Article, Bot, Found, Knowledge, Value};
use nlu::{IntentModel, TrainOptions};

use super::Tongue;

/// An article that was not asked for must be surer than this: any sentence is a question in free words.
pub(super) const UNASKED: f32 = 0.8;

/// Words that mean something which a question must share with what is known before it is taken for a question of it
/// that the classifier, with few examples, holds for out of scope.
const SHARED: usize = 2;

/// Beginnings of Spanish words that ask for anything, and so tell nothing of what is asked for.
const ASKING: [&str; 22] = [
    "cual", "cuale", "cuand", "cuant", "como", "donde", "digam", "gusta", "hace", "hacer", "hago", "hay",
    "neces", "podri", "puede", "puedo", "queri", "quier", "saber", "tengo", "tiene", "usted",
];

/// The beginnings of the words that tell what is asked for.
fn telling(tongue: &dyn Tongue, text: &str) -> BTreeSet<String> {
    tongue.stems(text).into_iter().filter(|stem| !ASKING.contains(&stem.as_str())).collect()
}

/// A classifier for each file of what a bot knows; none where it can't be learnt.
#[derive(Debug, Default)]
pub(super) struct Questions(Mutex<BTreeMap<String, Option<Arc<Known>>>>);

#[derive(Debug)]
struct Known {
    model: IntentModel,
    /// Beginnings of the words that mean something, by article.
    stems: BTreeMap<String, BTreeSet<String>>,
}

impl Questions {
    /// Learns the articles by their questions and titles.
    ///
    /// # Errors
    /// An article whose questions have no words, or a failure of the tensor library.
    pub fn learn(bot: &Bot, tongue: &dyn Tongue) -> Result<Self, nlu::Error> {
        let mut known = BTreeMap::new();
        for (name, knowledge) in bot.knowledge() {
            known.insert(name.clone(), Some(Arc::new(Known::learn(knowledge, tongue)?)));
        }
        Ok(Self(Mutex::new(known)))
    }

    /// The classifier of a file; that of another language is learnt when it is first asked for, for only then is it
    /// at hand.
    fn known(&self, knowledge: &Knowledge, tongue: &dyn Tongue) -> Option<Arc<Known>> {
        let mut all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let learn = || Known::learn(knowledge, tongue).ok().map(Arc::new);
        all.entry(knowledge.name.clone()).or_insert_with(learn).clone()
    }

    /// The article that answers, or the two between which one must ask, with their confidence; none if the bot does
    /// not know.
    pub fn find(&self, knowledge: &Knowledge, text: &str, tongue: &dyn Tongue) -> Option<(Found, f32)> {
        let known = self.known(knowledge, tongue)?;
        let asked = known.model.classify(text);
        let meant = telling(tongue, text);
        let shared = |id: &str| known.stems.get(id).map_or(0, |stems| stems.intersection(&meant).count());
        let [first, rest @ ..] = asked.ranked.as_slice() else { return None };
        // With so few examples its confidence alone proves little: one word in common at least.
        let told = asked.best.is_some() && shared(&first.intent) > 0;
        let alike = shared(&first.intent) >= SHARED
            && rest.iter().all(|other| shared(&other.intent) < shared(&first.intent));
        if !told && !alike {
            return None;
        }
        let value = |id: &str| knowledge.article(id).map(|a: &Arc<Article>| Value::Article(a.clone()));
        let second = rest.first().filter(|_| asked.unclear && !alike).and_then(|r| value(&r.intent));
        let one = value(&first.intent)?;
        let found = match second {
            Some(second) => Found::Unclear(one, second),
            None => Found::Valid(one),
        };
        Some((found, first.confidence))
    }
}

impl Known {
    fn learn(knowledge: &Knowledge, tongue: &dyn Tongue) -> Result<Self, nlu::Error> {
        let examples: Vec<(String, Vec<String>)> = knowledge
            .articles
            .iter()
            .map(|a| (a.id.clone(), a.questions.iter().chain([&a.title]).map(|t| plain(t)).collect()))
            .collect();
        let stems = examples
            .iter()
            .map(|(id, texts)| (id.clone(), texts.iter().flat_map(|t| telling(tongue, t)).collect()))
            .collect();
        Ok(Self { model: IntentModel::train(&examples, &TrainOptions::default())?, stems })
    }
}

/// A question is plain text: what templates of intents mark stands for itself.
fn plain(text: &str) -> String {
    text.replace(['[', ']', '{', '}', '|'], " ")
}
