//! Which of the things that the bot knows a question asks for.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use dialogs::{Article, Bot, Found, Knowledge, Value};
use nlu::{IntentModel, TrainOptions};

/// An article that was not asked for must be surer than this: any sentence is a question in free words.
pub(super) const UNASKED: f32 = 0.8;

/// Words that mean something which a question must share with what is known before it is taken for a question of it
/// that the classifier, with few examples, holds for out of scope.
const SHARED: usize = 2;

/// Beginnings of words that ask for anything, and so tell nothing of what is asked for.
const ASKING: [&str; 22] = [
    "cual", "cuale", "cuand", "cuant", "como", "donde", "digam", "gusta", "hace", "hacer", "hago", "hay",
    "neces", "podri", "puede", "puedo", "queri", "quier", "saber", "tengo", "tiene", "usted",
];

/// The beginnings of the words that tell what is asked for.
fn telling(text: &str) -> impl Iterator<Item = String> {
    super::stems(text).filter(|stem| !ASKING.contains(&stem.as_str()))
}

/// A classifier for each file of what a bot knows.
#[derive(Debug, Default)]
pub(super) struct Questions(BTreeMap<String, Known>);

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
    pub fn learn(bot: &Bot) -> Result<Self, nlu::Error> {
        let mut known = BTreeMap::new();
        for (name, knowledge) in bot.knowledge() {
            let examples: Vec<(String, Vec<String>)> = knowledge
                .articles
                .iter()
                .map(|a| (a.id.clone(), a.questions.iter().chain([&a.title]).map(|t| plain(t)).collect()))
                .collect();
            let stems = examples
                .iter()
                .map(|(id, texts)| (id.clone(), texts.iter().flat_map(|t| telling(t)).collect()))
                .collect();
            let model = IntentModel::train(&examples, &TrainOptions::default())?;
            known.insert(name.clone(), Known { model, stems });
        }
        Ok(Self(known))
    }

    /// The article that answers, or the two between which one must ask, with their confidence; none if the bot does
    /// not know.
    pub fn find(&self, knowledge: &Knowledge, text: &str) -> Option<(Found, f32)> {
        let known = self.0.get(&knowledge.name)?;
        let asked = known.model.classify(text);
        let meant: BTreeSet<String> = telling(text).collect();
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

/// A question is plain text: what templates of intents mark stands for itself.
fn plain(text: &str) -> String {
    text.replace(['[', ']', '{', '}', '|'], " ")
}
