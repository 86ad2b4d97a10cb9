//! What may be said while certain dialogs are at work: the part of an [`Expect`](crate::Expect) that does not
//! change from turn to turn. It is made once for each set of dialogs, however many slots they have.

use std::{collections::HashMap, sync::Arc};

use crate::{
    language::ExpectedSlot,
    model::{Bot, Pack},
    value::Kind,
};

/// Which dialogs are at work (the innermost first), whether the opening is waited for, and the language where it
/// is not the centre's.
pub(crate) type Key = (Vec<usize>, bool, Option<String>);

/// What is within a citizen's reach.
#[derive(Debug, Default)]
pub(crate) struct Reach {
    pub slots: Arc<[ExpectedSlot]>,
    pub places: HashMap<String, usize>,
    pub intents: Arc<[String]>,
    pub phrases: Arc<[String]>,
    /// The designer's own words for danger.
    pub danger_words: Arc<[String]>,
}

impl Reach {
    pub fn new(bot: &Bot, (ruling, opening, language): &Key) -> Self {
        let pack = language.as_ref().and_then(|l| bot.packs.get(l));
        let dialogs = || ruling.iter().filter_map(|i| bot.dialogs.get(*i));
        let mut slots = Vec::new();
        let mut places = HashMap::new();
        for (name, slot) in
            dialogs().flat_map(|d| d.slot_order.iter().filter_map(|n| d.slots.get_key_value(n)))
        {
            if places.contains_key(name) {
                continue;
            }
            places.insert(name.clone(), slots.len());
            slots.push(ExpectedSlot {
                name: name.clone(),
                kind: kind_in(pack, &slot.kind),
                within: slot.within.clone(),
                private: slot.private,
            });
        }
        let mut intents: Vec<String> = Vec::new();
        let starting = bot.startable().filter(|_| *opening).flat_map(|(_, d)| &d.start_on);
        for intent in starting.chain(dialogs().flat_map(|d| d.always.keys())) {
            if !intents.contains(intent) {
                intents.push(intent.clone());
            }
        }
        let examples = pack.map_or(&bot.intents, |p| &p.intents);
        let mut phrases: Vec<String> =
            intents.iter().filter_map(|i| examples.get(i)).flatten().cloned().collect();
        let emergency = dialogs().find_map(|d| d.limits.emergency.as_ref());
        let words: Vec<String> = emergency.map(|rule| rule.words.clone()).unwrap_or_default();
        phrases.extend(words.iter().cloned());
        let danger_words = words.into();
        Self { slots: slots.into(), places, intents: intents.into(), phrases: phrases.into(), danger_words }
    }

    /// Those that most contacts come by: the opening, and each dialog that can be started, in every language.
    pub fn usual(bot: &Bot) -> HashMap<Key, Arc<Self>> {
        let startable: Vec<usize> = bot.startable().map(|(i, _)| i).collect();
        let opening = (std::iter::once(0).chain(startable.iter().copied()).collect(), true);
        let keys = std::iter::once(opening).chain(startable.iter().map(|i| (vec![*i, 0], false)));
        let languages = || std::iter::once(None).chain(bot.packs.keys().cloned().map(Some));
        let keys = keys.flat_map(|(ruling, opening)| languages().map(move |l| (ruling.clone(), opening, l)));
        keys.map(|key| (key.clone(), Arc::new(Self::new(bot, &key)))).collect()
    }
}

/// What a slot takes, in another language than the centre's if there is one.
fn kind_in(pack: Option<&Pack>, kind: &Kind) -> Kind {
    match (kind, pack) {
        (Kind::List(list), Some(pack)) => Kind::List(pack.catalogues.get(&list.name).unwrap_or(list).clone()),
        (Kind::Knowledge(known), Some(pack)) => {
            Kind::Knowledge(pack.knowledge.get(&known.name).unwrap_or(known).clone())
        }
        _ => kind.clone(),
    }
}
