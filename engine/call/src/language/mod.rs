//! The languages of the dialogs: [`dialogs::Language`] on top of `nlu`. The same for
//! voice, chat and tests. What the languages do with words is a [`tongue::Tongue`]; all else is here, once.

mod aloud;
mod assent;
#[cfg(test)]
mod assent_tests;
mod choice;
mod danger;
mod knowledge;
mod masked;
mod other;
mod slots;
mod spanish;
#[cfg(test)]
mod tests;
#[cfg(test)]
mod told_tests;
mod tongue;
mod trust;
#[cfg(test)]
mod types_tests;
mod values;

use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;
use std::sync::Arc;

use self::assent::Assent;
use self::knowledge::Questions;
use self::slots::{context, overlap, slots};
use self::tongue::Tongue;
use self::trust::{Reading, places};
use chrono::NaiveDateTime;
use dialogs::{Bot, Choice, Expect, Filter, Found, Heard, HeardWord, Kind, Understood, Value};
use nlu::es::Moment;
use nlu::{Context, IntentModel, TrainOptions};

pub use other::Other;
pub(crate) use spanish::CODE as HOUSE;
pub use spanish::Spanish;

/// From here on, an utterance is none of the intents.
const OUT_OF_SCOPE: f32 = 0.5;
/// A value that is this sure is what the words say, and no other.
const PLAIN: f32 = 0.9;
/// A word counts as heard from here on, where it is of anger or tells something else than an answer.
const CLEAR: f32 = 0.5;
/// From here on, an intent said beside a wish for a moment is what is meant.
const OVER_MOMENT: f32 = dialogs::INTENT_FOLLOWED;
/// Share of the best reading's confidence that another must have to be tried.
const PLAUSIBLE: f32 = 0.1;
/// What a reading that needs a confirmation is worth at most: less than the floor `act`.
const UNSURE: f32 = dialogs::language::IN_DOUBT;

/// So many words that mean something and that the answer does not need are more than an answer.
const SPARE: usize = 2;
/// Below this, or where something was asked, an intent is only believed if the utterance shares a word that means
/// something with one of its examples.
const SURE_INTENT: f32 = 0.9;

/// A language with the intents of one bot.
#[derive(Debug)]
struct Speaker {
    /// Its language.
    code: String,
    tongue: Box<dyn Tongue>,
    intents: IntentModel,
    /// Beginnings of the words that mean something, by intent.
    stems: BTreeMap<String, BTreeSet<String>>,
    /// The examples of each intent as their words, courtesy left out.
    sayings: BTreeMap<String, Vec<Vec<String>>>,
    /// The intents of which an example asks to be passed to somebody: «déjelo, quiero hablar con mi hija» is none of
    /// the others plainly.
    calling: BTreeSet<String>,
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
        Speaker::new((code, tongue), bot.intents_in(code), questions)
    }

    fn new(
        (code, tongue): (&str, Box<dyn Tongue>),
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
        let words = |text: &String| -> Vec<Vec<String>> {
            nlu::sentences(text).iter().map(|sentence| tongue.plain_words(sentence)).collect()
        };
        let sayings = examples
            .iter()
            .map(|(intent, texts)| (intent.clone(), texts.iter().flat_map(words).collect()))
            .collect();
        let asks = |texts: &[String]| texts.iter().any(|text| tongue.asks_for_somebody(text));
        let calling = examples.iter().filter(|(_, texts)| asks(texts)).map(|e| e.0.clone()).collect();
        Ok(Speaker {
            code: code.to_owned(),
            intents: IntentModel::train(&examples, &TrainOptions::default())?,
            tongue,
            stems,
            sayings,
            calling,
            questions,
        })
    }
}

/// The readings of an utterance, best first.
struct Readings<'a>(Vec<Reading<'a>>, &'a dyn Tongue);

impl<'a> Readings<'a> {
    fn of(heard: &'a Heard, tongue: &'a dyn Tongue) -> Readings<'a> {
        // A check letter that fits by chance is no reason to believe a reading
        // that the recogniser hardly considers.
        let least = heard.confidence * PLAUSIBLE;
        let best = Reading::best(heard);
        let others = heard.alternatives.iter().filter(|a| a.1 >= least);
        let others: Vec<Reading<'a>> = others.map(|(text, c)| best.other(text, *c)).collect();
        Readings(std::iter::once(best).chain(others).collect(), tongue)
    }

    /// The words of the best.
    fn first(&self) -> &'a str {
        self.0.first().map_or("", |reading| reading.text)
    }

    /// The same after a cue of correction: only what follows it counts.
    fn corrected(&self) -> Option<Readings<'a>> {
        let first = self.0.first()?;
        let rest = self.1.correction(first.text)?;
        Some(Readings(vec![first.ending(rest)], self.1))
    }

    /// What follows a yes or a no and may say otherwise («sí, pero a las seis»): read as a correction is.
    fn beside(&self, assent: &Assent) -> Option<Readings<'a>> {
        let first = self.0.first()?;
        Some(Readings(vec![first.ending(first.text.get(assent.rest.clone()?)?)], self.1))
    }

    /// The best reading for a kind, and what it holds.
    fn read(&self, kind: &nlu::Kind, context: &Context) -> Option<(&Reading<'a>, Vec<nlu::Found>)> {
        let texts: Vec<(&str, f32)> = self.0.iter().map(|r| (r.text, r.whole)).collect();
        let (reading, found) = self.1.extract_best(kind, &texts, context)?;
        Some((self.0.get(reading)?, found))
    }

    /// What the best reading holds, with what the words are worth that still say it.
    fn meant(&self, kind: &nlu::Kind, context: &Context) -> Option<(f32, &Reading<'a>, Vec<nlu::Found>)> {
        let (reading, found) = self.read(kind, context)?;
        let best = found.first()?;
        let same = |text: &str| self.1.value(kind, text, context).as_ref() == Some(&best.value);
        Some((reading.sure_of_meaning(|text| same(text).then_some(1.0)), reading, found))
    }

    /// How many words that mean something stand outside a span of a reading.
    fn spare(&self, text: &str, span: &Range<usize>) -> usize {
        places(text)
            .into_iter()
            .filter(|at| !overlap(at, span) && self.1.means(text.get(at.clone()).unwrap_or_default()))
            .count()
    }

    /// Whether any does.
    fn says_more(&self, text: &str, span: &Range<usize>) -> bool {
        self.spare(text, span) > 0
    }

    /// Whether words that were well heard tell something else than an answer: not what it stands on, at `spans`, nor
    /// what people say beside it («me viene bien», «póngame»), nor words of the question.
    fn tells(&self, reading: &Reading<'_>, spans: &[Range<usize>], question: &str) -> bool {
        let asked = self.1.stems(question);
        let of_question = |word: &str| self.1.stems(word).iter().all(|stem| asked.contains(stem));
        reading.places().filter(|at| !spans.iter().any(|span| overlap(at, span))).any(|at| {
            let word = reading.text.get(at.clone()).unwrap_or_default();
            let carries = self.1.words(word).iter().all(|w| self.1.carries(w));
            self.1.means(word) && !carries && !of_question(word) && reading.sure_of(&at) >= CLEAR
        })
    }
}

impl dialogs::Language for Speaker {
    fn understand(&self, heard: &Heard, expect: &Expect) -> Understood {
        let all = Readings::of(heard, &*self.tongue);
        let angry = all.0.first().map(|best| best.only(|_, sure| sure >= CLEAR)).unwrap_or_default();
        let upset = self.tongue.upset(&angry);
        let assent = Assent::of(&all, &expect.question);
        let danger = danger::of(&self.code, &all.0, assent.answers, expect);
        let moment = self.tongue.moment(&heard.text);
        if moment == Some(Moment::Alone) {
            return Understood { wants_time: true, upset, danger, ..Understood::default() };
        }
        let cued = all.corrected();
        let free = expect.asked().is_some_and(|s| matches!(s.kind, Kind::FreeText | Kind::Knowledge(_)));
        let beside = all.beside(&assent).filter(|_| cued.is_none() && !free);
        let said = cued.as_ref().or(beside.as_ref()).unwrap_or(&all);
        let context = Context::at(expect.now);
        let choice = |options: &[dialogs::ChoiceOption]| {
            let kind = (!options.is_empty()).then(|| choice::kind(options))?;
            let (words, reading, found) =
                said.meant(&kind, &context).or_else(|| all.meant(&kind, &context))?;
            // Where something is told, the words of an option may stand for something else: «mi vecina tiene la segunda».
            let tells = |f: &nlu::Found| said.tells(reading, std::slice::from_ref(&f.span), &expect.question);
            let tells = found.first().is_some_and(tells);
            choice::picked(&found, if tells { words.min(UNSURE) } else { words })
        };
        // After a cue of correction, a yes or a no belongs to what is taken back («no, perdón, mejor un certificado»).
        let answer = Some(&assent).filter(|_| cued.is_none());
        let (slots, only) = slots((said, answer), expect, &self.questions);
        // Where something was asked, words that are wholly a value are no intent as well, whatever examples
        // hold the same words («la basura» is what is broken, not the tax on it).
        let asked = expect.asked.is_some() || expect.yes_no || !expect.options.is_empty();
        // «no quiero que me graben»: what follows the no says what is wanted only together with it.
        let whole = cued.as_ref().unwrap_or(&all);
        let answered =
            only || expect.yes_no && (is_plain_yes_no(whole) || self.tongue.reply(whole.first()).restates);
        let words = if asked && answered { None } else { whole.0.first() };
        // A bare yes that chose the only option does not choose it again, and a no is no more than one («sí, no puedo»).
        let said_so = |choice: &(Choice, f32)| {
            let no = assent.both || matches!(assent.yes_no, Some((false, _)));
            assent.only || choice.0 == Choice::NoneFits && no
        };
        let earlier_choice = choice(&expect.earlier_options).filter(|choice| !said_so(choice));
        let picked = beside.is_some() && earlier_choice.is_some();
        let doubtful = match &cued {
            Some(rest) => {
                let reply = self.tongue.reply(rest.first());
                // «digo yo que sí» begins like a correction, and answers.
                reply.negates || reply.found.is_some() && assent.doubtful
            }
            None => assent.doubtful || picked,
        };
        let intents = words.map_or_else(Vec::new, |said| self.intents(said, expect, asked));
        let meant = intents.first().map(|(intent, confidence)| (intent, *confidence));
        Understood {
            // «no, quiero hablar con una persona»: what follows the answer may be it.
            plainly: meant.is_some_and(|(intent, _)| {
                self.is_wholly(intent, whole.first())
                    || self.is_wholly(intent, said.first())
                    || self.calling.contains(intent) && self.tongue.asks_for_somebody(whole.first())
            }),
            wants_time: moment.is_some() && meant.is_none_or(|(_, c)| c < OVER_MOMENT),
            intents,
            slots,
            yes_no: assent.yes_no,
            doubtful,
            negated: assent.negated,
            beside: assent.beside,
            manner: assent.manner,
            choice: choice(&expect.options),
            earlier_choice,
            correction: cued.is_some() || beside.is_some(),
            upset,
            danger,
        }
    }

    fn read_aloud(&self, value: &Value, how: Filter, now: NaiveDateTime) -> String {
        aloud::read(&*self.tongue, value, how, now.date())
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
    /// own: only what shares a word that means something with an example, and that the answer does not need, starts
    /// anything else.
    fn intents(&self, said: &Reading<'_>, expect: &Expect, asked: bool) -> Vec<(String, f32)> {
        if expect.intents.is_empty() || !self.tongue.means(said.text) {
            return Vec::new();
        }
        let answer = Answer::of(&*self.tongue, said, expect);
        let valid = |text: &str| -> Vec<(String, f32)> {
            let classified = self.intents.classify(text);
            if classified.out_of_scope >= OUT_OF_SCOPE {
                return Vec::new();
            }
            let expected = classified.ranked.into_iter().filter(|r| expect.intents.contains(&r.intent));
            let sure = |confidence: f32| !asked && confidence >= SURE_INTENT;
            expected
                .filter(|r| sure(r.confidence) || self.shares(&r.intent, text))
                .map(|r| {
                    let tells = self.tells_of_somebody(&r.intent, text) || self.undoes_it(&r.intent, text);
                    (r.intent, if tells { r.confidence.min(UNSURE) } else { r.confidence })
                })
                .collect()
        };
        let mut all = valid(said.text);
        if self.tongue.is_unwanted(said.text) && !self.tongue.stems(said.text).is_empty() {
            all.retain(|(intent, _)| self.is_said_with_no(intent, said.text));
        }
        all.retain(|(intent, _)| answer.as_ref().is_none_or(|a| self.stands_beside(intent, said, a)));
        let Some(first) = all.first().map(|i| i.0.clone()) else { return all };
        let least = said.sure_of(&(0..said.text.len()));
        for (intent, confidence) in &mut all {
            *confidence *= least;
            if *intent == first {
                let same = |text: &str| valid(text).into_iter().next().filter(|i| i.0 == first).map(|i| i.1);
                *confidence = said.sure_of_meaning(same);
            }
        }
        all
    }

    /// Whether a text shares a word that means something with an example of an intent.
    fn shares(&self, intent: &str, text: &str) -> bool {
        let known = self.stems.get(intent);
        known.is_some_and(|known| self.tongue.stems(text).iter().any(|stem| known.contains(stem)))
    }

    /// Whether a text tells of those that the intent asks for, in other words than its own and without a wish: «somos dos
    /// personas».
    fn tells_of_somebody(&self, intent: &str, text: &str) -> bool {
        let known = self.stems.get(intent);
        let own = |word: &str| {
            let stems = self.tongue.stems(word);
            known.is_some_and(|known| stems.iter().all(|stem| known.contains(stem)))
        };
        let other = |word: &String| self.tongue.means(word) && !self.tongue.carries(word) && !own(word);
        let told = || !self.tongue.wishes(text) && self.tongue.words(text).iter().any(other);
        self.calling.contains(intent) && (self.tongue.names_nobody(text) || told())
    }

    /// Whether a text undoes what the intent is of, which no example of it does: «quiero cancelar la domiciliación».
    fn undoes_it(&self, intent: &str, text: &str) -> bool {
        let known = self.stems.get(intent);
        let other = |word: &String| {
            let stems = self.tongue.stems(word);
            self.tongue.undoes(word)
                && !known.is_some_and(|known| stems.iter().any(|stem| known.contains(stem)))
        };
        self.tongue.words(text).iter().any(other)
    }

    /// Whether an example of the intent says no of all that the text shares with it («ya no quiero la cita»).
    fn is_said_with_no(&self, intent: &str, text: &str) -> bool {
        let known = self.stems.get(intent);
        let shared = |stem: &String| known.is_some_and(|known| known.contains(stem));
        let said: Vec<String> = self.tongue.stems(text).into_iter().filter(shared).collect();
        let sayings = self.sayings.get(intent).into_iter().flatten();
        let refusing = sayings.filter(|words| words.iter().any(|w| w == "no")).map(|words| words.join(" "));
        let says_all = |saying: &str| {
            let stems: BTreeSet<String> = self.tongue.stems(saying).into_iter().collect();
            said.iter().all(|stem| stems.contains(stem))
        };
        !said.is_empty() && refusing.into_iter().any(|saying| says_all(&saying))
    }

    /// Whether an intent shares a word that the answer does not need, the answer being the same without it; or some
    /// such words mean something.
    fn stands_beside(&self, intent: &str, said: &Reading<'_>, answer: &Answer<'_>) -> bool {
        let word = |at: &Range<usize>| said.text.get(at.clone()).unwrap_or_default();
        let spare = said
            .places()
            .filter(|at| self.tongue.means(word(at)) && answer.is_in(&said.only(|other, _| other != at)));
        let spare: Vec<_> = spare.collect();
        spare.len() >= SPARE || spare.iter().any(|at| self.shares(intent, word(at)))
    }

    /// Whether the words are an example of the intent and nothing else, but for courtesy.
    fn is_wholly(&self, intent: &str, text: &str) -> bool {
        let sayings = self.sayings.get(intent).map_or(&[][..], Vec::as_slice);
        nlu::es::is_wholly(&self.tongue.plain_words(text), sayings)
    }
}

/// The answer to what was asked, found in what was said.
struct Answer<'a> {
    tongue: &'a dyn Tongue,
    kind: nlu::Kind,
    context: Context,
    value: nlu::Value,
}

impl<'a> Answer<'a> {
    fn of(tongue: &'a dyn Tongue, said: &Reading<'_>, expect: &Expect) -> Option<Self> {
        let (kind, context) = match expect.asked() {
            _ if !expect.options.is_empty() => (choice::kind(&expect.options), Context::at(expect.now)),
            Some(slot) if slot.kind != Kind::YesNo => (values::kind(&slot.kind)?, context(expect.now, slot)),
            _ => return None,
        };
        let value = tongue.value(&kind, said.text, &context)?;
        Some(Self { tongue, kind, context, value })
    }

    fn is_in(&self, text: &str) -> bool {
        self.tongue.value(&self.kind, text, &self.context).as_ref() == Some(&self.value)
    }
}

/// Whether a yes or a no is all that was said («no hace falta»), but for courtesy after it.
fn is_plain_yes_no(said: &Readings<'_>) -> bool {
    let Some((reading, found)) = said.read(&nlu::Kind::YesNo, &Context::at(NaiveDateTime::MIN)) else {
        return false;
    };
    let text = reading.text;
    let begins = |span: &Range<usize>| {
        !text.get(..span.start).is_some_and(|before| before.contains(char::is_alphanumeric))
    };
    let plain = |f: &nlu::Found| f.confidence >= PLAIN && begins(&f.span) && !said.says_more(text, &f.span);
    found.first().is_some_and(plain)
}
