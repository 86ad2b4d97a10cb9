//! The languages of the dialogs: [`dialogs::Language`] on top of `nlu`. The same for
//! voice, chat and tests. What the languages do with words is a [`tongue::Tongue`]; all else is here, once.

mod aloud;
mod assent;
mod choice;
mod knowledge;
mod masked;
mod other;
mod spanish;
#[cfg(test)]
mod tests;
mod tongue;
#[cfg(test)]
mod types_tests;
mod values;

use std::collections::{BTreeMap, BTreeSet};

use std::sync::Arc;

use self::assent::Assent;
use self::knowledge::Questions;
use self::tongue::Tongue;
use chrono::NaiveDateTime;
use dialogs::{
    Bot, Exact, Expect, ExpectedSlot, Filter, Found, Heard, HeardWord, Kind, SlotFound, Understood, Value,
};
use nlu::{Context, IntentModel, Opening, Status, TrainOptions};

pub use other::Other;
pub use spanish::Spanish;

/// From here on, an utterance is none of the intents.
const OUT_OF_SCOPE: f32 = 0.5;
/// A slot that was not asked for must be surer than this.
const UNASKED: f32 = 0.55;
/// What the words of a value that passes its own check are worth at least.
const CHECKED: f32 = 0.6;
/// Words that are welcome whatever they are, however unsure the recogniser is of them.
const ANY_WORDS: f32 = 0.5;
/// A value that is this sure is what the words say, and no other.
const PLAIN: f32 = 0.9;
/// From here on, a word is heard well enough to mean an intent.
const CLEAR_WORD: f32 = 0.25;
/// Share of the best reading's confidence that another must have to be tried.
const PLAUSIBLE: f32 = 0.1;
/// What a reading that needs a confirmation is worth at most.
const UNSURE: f32 = 0.6;

/// Below this, or where something was asked, an intent is only believed if the utterance shares a word that means
/// something with one of its examples.
const SURE_INTENT: f32 = 0.9;

/// A language with the intents of one bot.
#[derive(Debug)]
struct Speaker {
    tongue: Box<dyn Tongue>,
    intents: IntentModel,
    /// Beginnings of the words that mean something, by intent.
    stems: BTreeMap<String, BTreeSet<String>>,
    /// What the bot knows.
    questions: Questions,
}

/// The languages of a bot, each trained with its own examples.
#[derive(Debug)]
struct Family(BTreeMap<String, Speaker>);

/// Understanding and reading aloud in one of a bot's languages; [`dialogs::Language::in_language`] gives
/// the others. About a second a language.
///
/// # Errors
/// An intent without examples, or one that cannot be read; a language that Digame does not speak.
pub fn for_code(code: &str, bot: &Bot) -> Result<Arc<dyn dialogs::Language>, nlu::Error> {
    let home: Arc<dyn dialogs::Language> = Arc::new(Spanish::new(bot)?);
    if code == spanish::CODE {
        return Ok(home);
    }
    let unknown = || nlu::Error::Language { reason: format!("the bot has no idiomas/{code}.yaml: add it") };
    home.in_language(code).ok_or_else(unknown)
}

impl Family {
    fn learn(bot: &Bot) -> Result<Family, nlu::Error> {
        let speakers = bot.languages().filter_map(|code| Some((code, tongue::of(code)?)));
        let learnt = speakers.map(|(code, tongue)| Ok((code.to_owned(), Speaker::learn(tongue, bot, code)?)));
        Ok(Family(learnt.collect::<Result<_, nlu::Error>>()?))
    }
}

/// What a recogniser heard, for the dialog.
pub(crate) fn heard(utterance: asr::Utterance) -> Heard {
    let word = |w: asr::Word| HeardWord { text: w.text, confidence: w.confidence };
    Heard {
        text: utterance.text,
        confidence: utterance.confidence,
        words: utterance.words.into_iter().map(word).collect(),
        alternatives: utterance.alternatives.into_iter().map(|a| (a.text, a.confidence)).collect(),
    }
}

/// One language of a family; what it can't find is not understood.
#[derive(Debug, Clone)]
struct Member {
    family: Arc<Family>,
    code: String,
}

impl Member {
    fn speaker(&self) -> Option<&Speaker> {
        self.family.0.get(&self.code)
    }

    /// The same bot in another of its languages.
    fn in_language(&self, code: &str) -> Option<Arc<dyn dialogs::Language>> {
        let member = Member { family: Arc::clone(&self.family), code: code.to_owned() };
        member.speaker()?;
        Some(if code == spanish::CODE { Arc::new(Spanish(member)) } else { Arc::new(Other(member)) })
    }
}

impl Speaker {
    /// Learns the intents of a bot, and what it knows, from their examples in a language.
    fn learn(tongue: Box<dyn Tongue>, bot: &Bot, code: &str) -> Result<Speaker, nlu::Error> {
        // What a bot knows in another language comes with its slots.
        let questions = if code == spanish::CODE {
            Questions::learn(bot, tongue.as_ref())?
        } else {
            Questions::default()
        };
        Speaker::new(tongue, bot.intents_in(code), questions)
    }

    fn new(
        tongue: Box<dyn Tongue>,
        examples: &dialogs::Examples,
        questions: Questions,
    ) -> Result<Speaker, nlu::Error> {
        let examples: Vec<(String, Vec<String>)> =
            examples.iter().map(|(intent, texts)| (intent.clone(), texts.clone())).collect();
        let stems = examples
            .iter()
            .map(|(intent, texts)| {
                (intent.clone(), texts.iter().flat_map(|text| tongue.stems(text)).collect())
            })
            .collect();
        Ok(Speaker {
            intents: IntentModel::train(&examples, &TrainOptions::default())?,
            tongue,
            stems,
            questions,
        })
    }
}

/// The readings of an utterance, best first.
struct Readings<'a>(Vec<(&'a str, f32)>, &'a dyn Tongue);

impl<'a> Readings<'a> {
    fn of(heard: &'a Heard, tongue: &'a dyn Tongue) -> Readings<'a> {
        // A check letter that fits by chance is no reason to believe a reading
        // that the recogniser hardly considers.
        let least = heard.confidence * PLAUSIBLE;
        let others = heard.alternatives.iter().filter(|a| a.1 >= least).map(|(text, c)| (text.as_str(), *c));
        Readings(std::iter::once((heard.text.as_str(), heard.confidence)).chain(others).collect(), tongue)
    }

    /// The words of the best.
    fn first(&self) -> &'a str {
        self.0.first().map_or("", |(text, _)| text)
    }

    /// The same after a cue of correction: only what follows it counts.
    fn corrected(&self) -> Option<Readings<'a>> {
        let (first, confidence) = self.0.first()?;
        let rest = self.1.correction(first)?;
        Some(Readings(vec![(rest, *confidence)], self.1))
    }

    /// What follows a yes or a no and may say otherwise («sí, pero a las seis»): read as a correction is.
    fn beside(&self, assent: &Assent) -> Option<Readings<'a>> {
        let (first, confidence) = self.0.first()?;
        Some(Readings(vec![(first.get(assent.rest.clone()?)?, *confidence)], self.1))
    }

    /// The best reading for a kind with how sure it is, and what it holds.
    fn read(&self, kind: &nlu::Kind, context: &Context) -> Option<((&'a str, f32), Vec<nlu::Found>)> {
        let (reading, found) = self.1.extract_best(kind, &self.0, context)?;
        Some((self.0.get(reading).copied().unwrap_or_default(), found))
    }

    /// The same without the words themselves: how sure it is of those that say the value.
    fn extract(&self, kind: &nlu::Kind, context: &Context) -> Option<(f32, Vec<nlu::Found>)> {
        let ((text, words), found) = self.read(kind, context)?;
        let sure = found.first().map_or(words, |best| sure_of(text, words, &best.span));
        Some((sure, found))
    }

    /// Whether words that mean something stand outside a span of a reading.
    fn says_more(&self, text: &str, span: &std::ops::Range<usize>) -> bool {
        let around = [text.get(..span.start), text.get(span.end..)];
        around.into_iter().flatten().any(|rest| !self.1.stems(rest).is_empty())
    }
}

impl dialogs::Language for Speaker {
    fn understand(&self, heard: &Heard, expect: &Expect) -> Understood {
        let all = Readings::of(heard, &*self.tongue);
        let assent = Assent::of(&all);
        let cued = all.corrected();
        let free = expect.asked().is_some_and(|s| matches!(s.kind, Kind::FreeText | Kind::Knowledge(_)));
        let beside = all.beside(&assent).filter(|_| cued.is_none() && !free);
        let said = cued.as_ref().or(beside.as_ref()).unwrap_or(&all);
        let context = Context::at(expect.now);
        let choice = |options: &[dialogs::ChoiceOption]| {
            choice::pick(options, |kind| said.extract(kind, &context).or_else(|| all.extract(kind, &context)))
        };
        // After a cue of correction, a yes or a no belongs to what is taken back («no, perdón, mejor un certificado»).
        let answer = Some(&assent).filter(|_| cued.is_none());
        let (slots, only) = slots((said, answer), expect, &self.questions);
        // Where something was asked, words that are wholly a value are no intent as well, whatever examples
        // hold the same words («la basura» is what is broken, not the tax on it).
        let asked = expect.asked.is_some() || expect.yes_no || !expect.options.is_empty();
        let answered = only || expect.yes_no && is_plain_yes_no(said);
        let words = if asked && answered { None } else { said.0.first() };
        let earlier_choice = choice(&expect.earlier_options);
        let picked = beside.is_some() && earlier_choice.is_some();
        let doubtful = match &cued {
            Some(rest) => self.tongue.reply(rest.first()).negates,
            None => assent.doubtful || picked,
        };
        Understood {
            intents: words.map_or_else(Vec::new, |said| self.intents(*said, expect, asked)),
            slots,
            yes_no: assent.yes_no,
            doubtful,
            negated: assent.negated,
            choice: choice(&expect.options),
            earlier_choice,
            correction: cued.is_some() || beside.is_some(),
            upset: self.tongue.upset(&heard.text),
            ..Understood::default()
        }
    }

    fn read_aloud(&self, value: &Value, how: Filter) -> String {
        aloud::read(&*self.tongue, value, how)
    }

    fn validate(&self, kind: &Kind, written: &str, now: NaiveDateTime) -> Found {
        match kind {
            Kind::Knowledge(knowledge) if knowledge.article(written).is_none() => self
                .questions
                .find(knowledge, written, self.tongue.as_ref())
                .map_or(Found::Invalid, |(found, _)| found),
            kind => values::validate(&*self.tongue, kind, written, now),
        }
    }

    fn is_backchannel(&self, text: &str) -> bool {
        self.tongue.is_backchannel(text)
    }

    fn amend(&self, old: &Value, said: &str) -> Option<Value> {
        assent::amend(&*self.tongue, old, said)
    }

    fn contraction(&self, word: &str, next: &str) -> Option<&str> {
        self.tongue.contraction(word, next)
    }
}

impl Speaker {
    /// Intents among those expected. Where something was asked, most of what is said is an answer, in words of its
    /// own: only what shares a word that means something with an example starts anything else.
    fn intents(&self, (text, confidence): (&str, f32), expect: &Expect, asked: bool) -> Vec<(String, f32)> {
        let meant = self.tongue.stems(text);
        if expect.intents.is_empty() || meant.is_empty() {
            return Vec::new();
        }
        let classified = self.intents.classify(text);
        if classified.out_of_scope >= OUT_OF_SCOPE {
            return Vec::new();
        }
        let shares =
            |intent: &String| self.stems.get(intent).is_some_and(|all| meant.iter().any(|m| all.contains(m)));
        let valid = classified.ranked.into_iter().filter(|r| {
            let sure = !asked && r.confidence >= SURE_INTENT;
            expect.intents.contains(&r.intent) && (sure || shares(&r.intent))
        });
        // A sentence is known by a few of its words; of a noise that sounds like one word, nothing is known.
        let word = sure_of(text, confidence, &(0..0));
        valid.map(|r| (r.intent, r.confidence * (word / CLEAR_WORD).min(1.0))).collect()
    }
}

/// Whether a yes or a no is all that was said («no hace falta»), but for courtesy after it.
fn is_plain_yes_no(said: &Readings<'_>) -> bool {
    let Some(((text, _), found)) = said.read(&nlu::Kind::YesNo, &Context::at(NaiveDateTime::MIN)) else {
        return false;
    };
    let begins = |span: &std::ops::Range<usize>| {
        !text.get(..span.start).is_some_and(|before| before.contains(char::is_alphanumeric))
    };
    let plain = |f: &nlu::Found| f.confidence >= PLAIN && begins(&f.span) && !said.says_more(text, &f.span);
    found.first().is_some_and(plain)
}

/// Slots that the utterance fills: the asked one first; what its words said is
/// not read a second time for another slot. And whether one of them is all that was said.
fn slots(
    (said, assent): (&Readings<'_>, Option<&Assent>),
    expect: &Expect,
    questions: &Questions,
) -> (Vec<SlotFound>, bool) {
    let mut only = false;
    let mut taken: Vec<std::ops::Range<usize>> = Vec::new();
    let mut out = Vec::new();
    for (slot, asked) in expect.slots_in_order() {
        if slot.kind == Kind::YesNo {
            out.extend(assent.filter(|_| asked).and_then(|a| a.found(slot)));
            continue;
        }
        let context = context(expect.now, slot);
        let Some(kind) = values::kind(&slot.kind) else {
            out.extend(match &slot.kind {
                // What is wholly the answer to a question asks nothing.
                Kind::Knowledge(_) if only && !asked => None,
                Kind::Knowledge(knowledge) => {
                    question(said, (slot, asked), questions.find(knowledge, said.first(), said.1))
                }
                _ => free_text(said, slot).filter(|_| asked),
            });
            continue;
        };
        let Some(((text, words), found)) = said.read(&kind, &context) else {
            out.extend(own_phone(said, slot, &expect.from).filter(|_| asked));
            continue;
        };
        let Some(best) = found.iter().find(|f| !taken.iter().any(|t| overlap(t, &f.span))) else { continue };
        let words = sure_of(text, words, &best.span);
        let checked = asked && best.status == Status::Sound && has_check(&slot.kind);
        let words = if checked { words.max(CHECKED) } else { words };
        let sure = match best.status {
            // What was asked for is taken, to be confirmed.
            Status::Unsure if asked => best.confidence.min(UNSURE),
            Status::Unsure => best.confidence * UNSURE,
            _ => best.confidence,
        };
        let confidence = sure * words;
        let whole = matches!(best.status, Status::Sound | Status::Unsure | Status::Unclear);
        // Any words may be a name, and any number an amount.
        let guess = matches!(slot.kind, Kind::Number | Kind::Exact(Exact::Name));
        if !asked && (!whole || guess || confidence < UNASKED) {
            continue;
        }
        if let Some(found) = values::found(&slot.kind, best, &found) {
            // A name of a list that was not asked for may stand for anything, and so may a word that is only like it.
            let plain = best.confidence >= PLAIN && (asked || !matches!(slot.kind, Kind::List(_)));
            only |= plain && whole && !guess && !said.says_more(text, &best.span);
            taken.push(best.span.clone());
            out.push(SlotFound { slot: slot.name.clone(), found, confidence });
        }
    }
    (out, only)
}

/// An article, where its question was asked for or is beyond doubt.
fn question(
    said: &Readings<'_>,
    (slot, asked): (&ExpectedSlot, bool),
    found: Option<(Found, f32)>,
) -> Option<SlotFound> {
    let (found, sure) = found?;
    let confidence = sure * said.0.first()?.1;
    let wanted = asked || (confidence >= knowledge::UNASKED && matches!(found, Found::Valid(_)));
    wanted.then(|| SlotFound { slot: slot.name.clone(), found, confidence })
}

/// «a este mismo»: the number that the citizen calls from, if the network tells it.
fn own_phone(said: &Readings<'_>, slot: &ExpectedSlot, from: &str) -> Option<SlotFound> {
    let national = ["+34", "0034"].iter().find_map(|country| from.strip_prefix(country)).unwrap_or(from);
    let told = slot.kind == Kind::Exact(Exact::Phone) && nlu::es::phone::is_valid(national);
    let (text, confidence) = said.0.first().filter(|(text, _)| told && said.1.is_this_phone(text))?;
    let found = Found::Valid(Value::Exact(Exact::Phone, national.to_owned()));
    Some(SlotFound {
        slot: slot.name.clone(),
        found,
        confidence: sure_of(text, *confidence, &(0..text.len())),
    })
}

/// All that was said. Who only says that they listen has not begun.
fn free_text(said: &Readings<'_>, slot: &ExpectedSlot) -> Option<SlotFound> {
    let told = |text: &str| !text.trim().is_empty() && !said.1.is_backchannel(text);
    let (text, confidence) = said.0.first().filter(|(text, _)| told(text))?;
    let found = Found::Valid(Value::Text((*text).to_owned()));
    // Asked again, the citizen would say the same.
    Some(SlotFound { slot: slot.name.clone(), found, confidence: confidence.max(ANY_WORDS) })
}

/// Whether hardly any words that were not meant so have a kind's form.
fn has_check(kind: &Kind) -> bool {
    matches!(kind, Kind::Nif | Kind::Exact(Exact::Iban | Exact::Nuss | Exact::Plate))
}

/// How sure a reading is of the words in a span. A reading is right if all its words are, each as likely as the
/// others: so many of them are right with the root's power.
fn sure_of(text: &str, whole: f32, span: &std::ops::Range<usize>) -> f32 {
    let count = |text: &str| text.split_whitespace().count().max(1) as f32;
    whole
        .clamp(0.0, 1.0)
        .powf(text.get(span.clone()).map_or(1.0, |said| (count(said) / count(text)).min(1.0)))
}

fn overlap(a: &std::ops::Range<usize>, b: &std::ops::Range<usize>) -> bool {
    a.start < b.end && b.start < a.end
}

fn context(now: NaiveDateTime, slot: &ExpectedSlot) -> Context {
    let mut context = Context::at(now);
    if let Some(calendar) = &slot.within {
        context.opening = Opening { week: calendar.week_at(now) };
    }
    context
}
