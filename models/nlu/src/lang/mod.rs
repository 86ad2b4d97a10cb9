//! Other languages by data: Catalan, Galician, Basque and English. Spanish has its own module,
//! [`crate::es`], complete; here a language is a file, `data/<code>.toml`, read by one small engine.
//!
//! What a text means (a day without its month, a bare hour, a check letter) is decided by the same code
//! as in Spanish. What is covered is said in `docs/rooms/nlu.md`, «Other languages».

mod aloud;
mod choice;
mod data;
mod dictated;
mod money;
mod number;
mod pattern;
mod time;
pub(crate) mod words;

use std::collections::BTreeMap;
use std::sync::{Arc, LazyLock};

use crate::assent::{self, Answers, Reply};
use crate::es::correction::{Cues, remaining};
use crate::es::text::Text;
use crate::es::{self, iban, nif, nuss, phone, plate, postcode};
use crate::{Context, Error, Found, Kind, Status, Value};
use aloud::Aloud;
use choice::{Beside, Choosing};
use dictated::Letters;
use money::Money;
use number::Numbers;
use time::Grammar;
pub(crate) use words::clean;
use words::phrases;

/// The languages that ship, besides Spanish.
pub const CODES: [&str; 4] = ["ca", "en", "eu", "gl"];

/// One language: understanding and reading aloud. Cheap to clone.
#[derive(Debug, Clone)]
pub struct Pack(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    code: String,
    numbers: Arc<Numbers>,
    time: Grammar,
    letters: Arc<Letters>,
    choice: Choosing,
    money: Money,
    aloud: Aloud,
    assent: Answers,
    answers: Phrases,
    moment: Waiting,
    contractions: BTreeMap<String, String>,
}

/// Phrases of who asks for a moment.
#[derive(Debug)]
struct Waiting {
    asks: Vec<String>,
    reasons: Vec<String>,
    besides: Vec<String>,
    courtesy: Vec<String>,
}

impl Waiting {
    fn new(data: &data::Moment) -> Self {
        Self {
            asks: phrases(&data.asks),
            reasons: phrases(&data.reasons),
            besides: phrases(&data.besides),
            courtesy: phrases(&data.courtesy),
        }
    }
}

/// Phrases of the conversation itself.
#[derive(Debug)]
struct Phrases {
    opening: Vec<String>,
    inside: Vec<String>,
    that: Vec<String>,
    backchannel: Vec<String>,
    this_phone: Vec<String>,
    upset: Vec<String>,
    function: Vec<String>,
    carriers: Vec<String>,
    name: Vec<String>,
    name_after: Vec<String>,
}

/// Most words of a backchannel («sí, sí, d'acord»).
const BACKCHANNEL_WORDS: usize = 4;

impl Pack {
    /// A language that ships: `ca`, `gl`, `eu`, `en`. `None`: any other, Spanish too.
    #[must_use]
    pub fn of(code: &str) -> Option<Pack> {
        static PACKS: LazyLock<BTreeMap<&str, Pack>> = LazyLock::new(|| {
            const FILES: [(&str, &str); 4] = [
                ("ca", include_str!("../../data/ca.toml")),
                ("en", include_str!("../../data/en.toml")),
                ("eu", include_str!("../../data/eu.toml")),
                ("gl", include_str!("../../data/gl.toml")),
            ];
            // A test reads each of them: none fails here.
            FILES.into_iter().filter_map(|(code, file)| Some((code, Pack::parse(file).ok()?))).collect()
        });
        PACKS.get(code).cloned()
    }

    /// A language from the text of its file.
    ///
    /// # Errors
    /// What the file lacks, and where.
    pub fn parse(file: &str) -> Result<Pack, Error> {
        let wrong = |reason: String| Error::Language { reason };
        let data: data::Data = toml::from_str(file).map_err(|e| wrong(e.to_string()))?;
        let numbers = Arc::new(Numbers::new(data.number, data.cases));
        let letters = Arc::new(Letters::new(data.dictation));
        let time = Grammar::new(data.time, &data.table, Arc::clone(&numbers)).map_err(wrong)?;
        let aloud = Aloud::new(data.say, &data.table, (Arc::clone(&numbers), Arc::clone(&letters)));
        Ok(Pack(Arc::new(Inner {
            code: data.code,
            time,
            letters,
            choice: Choosing::new(&data.choice, &data.stop),
            money: Money::new(&data.money),
            aloud,
            assent: data.assent.folded(),
            answers: Phrases::new(&data.answers),
            moment: Waiting::new(&data.moment),
            contractions: data.contractions,
            numbers,
        })))
    }

    /// Code of ISO 639-1.
    #[must_use]
    pub fn code(&self) -> &str {
        &self.0.code
    }

    /// Finds values of a kind in a text, best first. Never fails: no value, no result. Addresses, shares
    /// and lengths of time are found only where they are written as in Spanish.
    #[must_use]
    pub fn extract(&self, kind: &Kind, text: &str, context: &Context) -> Vec<Found> {
        let source = es::head(text);
        let cleaned = clean(source);
        let text = &Text::new(&cleaned);
        let inner = &*self.0;
        let stretches = |letters| dictated::stretches(text, &inner.numbers, &inner.letters, letters);
        match kind {
            Kind::YesNo => assent::read(text, &inner.assent).found.into_iter().collect(),
            Kind::Number => self.cardinals(text),
            Kind::Ordinal => inner.choice.ordinals(text, &inner.numbers),
            Kind::Digits { min, max } => es::digits_among(text, &stretches(false), (*min, *max)),
            Kind::Nif => nif::among(text, &stretches(true)),
            Kind::Telefono => phone::among(text, &stretches(false)),
            Kind::Iban => iban::among(text, stretches),
            Kind::Matricula => plate::among(text, || stretches(true)),
            Kind::CodigoPostal => postcode::among(text, &stretches(false)),
            Kind::Nuss => nuss::among(text, &stretches(false)),
            Kind::Fecha => inner.time.dates(text, context),
            Kind::Nacimiento => {
                let digits = || {
                    let found = es::digits_among(text, &stretches(false), (8, 8));
                    let found = found.into_iter().find(|f| f.status == Status::Sound)?;
                    Some((found.value.to_string(), found.span))
                };
                inner.time.births(text, &digits, context)
            }
            Kind::Hora => inner.time.hours(text, context),
            Kind::DatetimeRange => inner.time.ranges(text, context),
            Kind::List(catalogue) => inner.choice.items(text, catalogue),
            Kind::Choice(options) => {
                let beside = Beside { numbers: &inner.numbers, time: &inner.time, answers: &inner.assent };
                assent::undenied(text, beside.answers, inner.choice.among(text, options, context, &beside))
            }
            Kind::Importe => inner.money.amounts(text, &inner.numbers),
            Kind::Nombre => self.name(source, text, context),
            Kind::FreeText => es::extract(kind, source, context),
            Kind::Correo | Kind::Percentage | Kind::Duration | Kind::Direccion => {
                written(kind, source, context)
            }
        }
    }

    /// The same over a recogniser's alternatives, as [`es::extract_best`].
    #[must_use]
    pub fn extract_best(
        &self,
        kind: &Kind,
        heard: &[(&str, f32)],
        context: &Context,
    ) -> Option<(usize, Vec<Found>)> {
        es::first_valid(heard, |text| self.extract(kind, text, context))
    }

    fn cardinals(&self, text: &Text) -> Vec<Found> {
        let numbers = &self.0.numbers;
        let mut out = Vec::new();
        let mut i = 0;
        while i < text.len() {
            let Some(read) = numbers.cardinal(text, i) else {
                i += 1;
                continue;
            };
            let article =
                read.next == i + 1 && text.words() > 1 && numbers.articles.iter().any(|a| a == text.word(i));
            let minus = numbers.minus_before(text, i);
            let value = if minus.is_some() { -read.value } else { read.value };
            let (confidence, status) = if article { (0.3, Status::Unsure) } else { (0.95, Status::Sound) };
            let span = text.span(minus.unwrap_or(i), read.next);
            // «dos coma cinc»: no cardinal, and neither is a part of it.
            if let Some(rest) = self.fraction(text, read.next) {
                let span = text.span(i, rest);
                let value = Value::Text(text.source.get(span.clone()).unwrap_or_default().to_owned());
                out.push(Found { value, span, confidence: 0.9, status: Status::Invalid });
                i = rest;
                continue;
            }
            out.push(Found { value: Value::Number(value), span, confidence, status });
            i = read.next.max(i + 1);
        }
        out.sort_by(|a, b| b.confidence.total_cmp(&a.confidence));
        out
    }

    /// Where the decimals after a number end, or its half.
    fn fraction(&self, text: &Text, i: usize) -> Option<usize> {
        let point = self.0.aloud.point();
        let written = matches!(text.word(i), "," | ".") && text.glued(i) && text.glued(i + 1);
        if text.word(i) == crate::es::fold(point) || (written && text.is_number(i + 1)) {
            return Some(self.0.numbers.cardinal(text, i + 1).map_or(i + 1, |r| r.next));
        }
        words::any(text, i, &self.0.numbers.halves)
    }

    /// A name is what follows «em dic…», or all the answer, judged as in Spanish.
    fn name(&self, source: &str, text: &Text, context: &Context) -> Vec<Found> {
        let led =
            words::find(text, &self.0.answers.name).and_then(|(_, next)| text.get(next)).map(|t| t.start);
        let from = led.unwrap_or(0);
        let after =
            words::find(text, &self.0.answers.name_after).and_then(|(at, _)| text.get(at)).map(|t| t.start);
        let to = after.filter(|to| *to > from).unwrap_or(source.len());
        let rest = source.get(from..to).unwrap_or("").trim_end();
        let shifted = |f: Found| Found { span: f.span.start + from..f.span.end + from, ..f };
        es::extract(&Kind::Nombre, rest, context).into_iter().map(shifted).collect()
    }

    /// Its words for yes and no.
    #[cfg(test)]
    pub(crate) fn answers(&self) -> &Answers {
        &self.0.assent
    }

    /// What a text says to a question of yes or no.
    #[must_use]
    pub fn reply(&self, text: &str) -> Reply {
        let cleaned = clean(es::head(text));
        assent::read(&Text::new(&cleaned), &self.0.assent)
    }

    /// What remains after a cue of correction («no, perdó, a les sis» → «a les sis»).
    #[must_use]
    pub fn correction<'a>(&self, source: &'a str) -> Option<&'a str> {
        let answers = &self.0.answers;
        let cues = Cues { opening: &answers.opening, inside: &answers.inside, that: &answers.that };
        remaining(source, &Text::new(&clean(source)), &cues)
    }

    /// Whether the text asks for a moment («un moment, que ho busco»).
    #[must_use]
    pub fn moment(&self, text: &str) -> Option<es::Moment> {
        let Waiting { asks, reasons, besides, courtesy } = &self.0.moment;
        let cleaned = clean(es::head(text));
        es::moment::read(&Text::new(&cleaned), &es::moment::Asking { asks, reasons, besides, courtesy })
    }

    /// The words of the text that are no courtesy, folded.
    #[must_use]
    pub fn plain_words(&self, text: &str) -> Vec<String> {
        let cleaned = clean(es::head(text));
        es::moment::without(&Text::new(&cleaned), &self.0.moment.courtesy)
    }

    /// Whether the text only accompanies who speaks («ja, ja», «d'acord»).
    #[must_use]
    pub fn is_backchannel(&self, text: &str) -> bool {
        let cleaned = clean(es::head(text));
        let text = Text::new(&cleaned);
        let known = &self.0.answers.backchannel;
        let mut i = 0;
        while i < text.len() {
            match words::any(&text, i, known) {
                Some(next) => i = next,
                None if text.is_mark(i) => i += 1,
                None => return false,
            }
        }
        (1..=BACKCHANNEL_WORDS).contains(&text.words())
    }

    /// Whether a text without digits says that a telephone is the one that they call from («a aquest mateix»).
    #[must_use]
    pub fn is_this_phone(&self, text: &str) -> bool {
        let cleaned = clean(es::head(text));
        let text = Text::new(&cleaned);
        let answers = &self.0.answers;
        words::find(&text, &answers.this_phone).is_some()
            && words::find(&text, &self.0.assent.negators).is_none()
            && !(0..text.len()).any(|i| text.is_number(i))
    }

    /// What two words are together («de», «o»: «do»).
    #[must_use]
    pub fn contraction(&self, word: &str, next: &str) -> Option<&str> {
        self.0.contractions.get(&format!("{word} {next}")).map(String::as_str)
    }

    /// Words of somebody who has had enough, how many.
    #[must_use]
    pub fn upset(&self, text: &str) -> usize {
        let cleaned = clean(es::head(text));
        let text = Text::new(&cleaned);
        (0..text.len()).filter(|i| words::any(&text, *i, &self.0.answers.upset).is_some()).count()
    }

    /// Whether a folded word says nothing of what is wanted.
    #[must_use]
    pub fn is_function_word(&self, word: &str) -> bool {
        self.0.answers.function.iter().any(|f| f == word)
    }

    /// Whether people say a folded word beside the day, the hour or the option that they want.
    #[must_use]
    pub fn carries(&self, word: &str) -> bool {
        self.0.answers.carriers.iter().any(|c| c == word)
    }

    /// The words of a text, folded, what only joins letters taken apart.
    #[must_use]
    pub fn words(&self, text: &str) -> Vec<String> {
        es::folded_words(&clean(es::head(text)))
    }
}

impl Phrases {
    fn new(data: &data::Answers) -> Self {
        Self {
            opening: phrases(&data.correction_opening),
            inside: phrases(&data.correction_inside),
            that: phrases(&data.correction_that),
            backchannel: phrases(&data.backchannel),
            this_phone: phrases(&data.this_phone),
            upset: phrases(&data.upset),
            function: phrases(&data.function),
            carriers: phrases(&data.carriers),
            name: phrases(&data.name),
            name_after: phrases(&data.name_after),
        }
    }
}

/// What Spanish reads where it is written, not said: no word of more than three letters, but for an
/// e-mail address.
fn written(kind: &Kind, source: &str, context: &Context) -> Vec<Found> {
    let figures = |f: &Found| {
        let said = source.get(f.span.clone()).unwrap_or("");
        match kind {
            Kind::Correo => said.contains('@') && !said.contains(char::is_whitespace),
            _ => {
                said.contains(|c: char| c.is_ascii_digit())
                    && said.split(|c: char| !c.is_alphabetic()).all(|word| word.chars().count() <= 3)
            }
        }
    };
    es::extract(kind, source, context).into_iter().filter(figures).collect()
}
