//! People in danger, and people who are not, in the five bots: at the opening and at a question, and in each language
//! of the bot that speaks five.
//!
//! The sentences are those of the detector's own tests; half of them were kept aside until its rules stood. What these
//! showed then has been mended since, so that both are figures of sentences that are known.

use crate::bots;
use crate::stats::line;
use call::language::Spanish;
use chrono::NaiveDateTime;
use dialogs::{Bot, Heard, Input, Interpreter, Language, Output, Start};
use e2e::server::{Trouble, trouble};
use std::sync::Arc;

const FILES: [(&str, &str, &str); 5] = [
    ("es", "", include_str!("../../../models/nlu/tests/danger/es.txt")),
    ("ca", "en català, si us plau", include_str!("../../../models/nlu/tests/danger/ca.txt")),
    ("gl", "en galego, por favor", include_str!("../../../models/nlu/tests/danger/gl.txt")),
    ("eu", "euskaraz, mesedez", include_str!("../../../models/nlu/tests/danger/eu.txt")),
    ("en", "english, please", include_str!("../../../models/nlu/tests/danger/en.txt")),
];
/// The bot that speaks every language.
const POLYGLOT: &str = "cita_previa";
/// The number of emergencies.
const URGENT: &str = "112";

/// What came of sentences.
#[derive(Default, Clone, Copy)]
struct Count {
    all: usize,
    /// Handed over to 112 at once.
    handed: usize,
    /// Asked whether anybody is in danger.
    asked: usize,
}

impl Count {
    fn add(&mut self, outputs: &[Output], question: &str) {
        let handed = |o: &Output| matches!(o, Output::Handoff(h) if h.number.as_deref() == Some(URGENT));
        let asked = |o: &Output| matches!(o, Output::Say(p) if p.text == question);
        self.all += 1;
        self.handed += usize::from(outputs.iter().any(handed));
        self.asked += usize::from(outputs.iter().any(asked));
    }

    fn share(self, count: usize) -> f64 {
        100.0 * count as f64 / self.all.max(1) as f64
    }
}

pub fn run() -> Result<(), Trouble> {
    line(
        "| language | bot | where | sentences | in danger: 112 | asked | 112 or asked | harmless: neither | wrongly to 112 |",
    );
    line("|---|---|---|---|---|---|---|---|---|");
    for folder in bots::folders()? {
        let bot = Arc::new(bots::load(&folder)?);
        let name = folder.file_name().unwrap_or_default().to_string_lossy().into_owned();
        let language: Arc<dyn Language> = Arc::new(Spanish::new(&bot).map_err(trouble("the intents"))?);
        for (code, switch, text) in FILES.iter().filter(|(code, ..)| *code == "es" || name == POLYGLOT) {
            for (place, keys) in [("opening", None), ("question", Some("1"))] {
                for (which, aside) in [("kept aside", true), ("others", false)] {
                    let talk = || begun(&bot, &language, switch, keys);
                    let [danger, harmless] =
                        ["! ", ". "].map(|mark| count(&sentences(text, mark, aside), &talk, question(code)));
                    line(format!(
                        "| {code} | {name} | {place} | {which}, {} + {} | {:.1} % | {:.1} % | {:.1} % | {:.1} % | {} |",
                        danger.all,
                        harmless.all,
                        danger.share(danger.handed),
                        danger.share(danger.asked),
                        danger.share(danger.handed + danger.asked),
                        harmless.share(harmless.all - harmless.handed - harmless.asked),
                        harmless.handed,
                    ));
                }
            }
        }
    }
    Ok(())
}

/// The question of a language, as the bots put it.
fn question(code: &str) -> &'static str {
    match code {
        "ca" => "Hi ha algú en perill ara?",
        "gl" => "Hai alguén en perigo agora?",
        "eu" => "Norbait arriskuan al dago orain?",
        "en" => "Is anyone in danger now?",
        _ => "¿Hay alguien en peligro ahora?",
    }
}

/// Every second sentence of a kind is kept aside.
fn sentences<'a>(text: &'a str, mark: &str, aside: bool) -> Vec<&'a str> {
    let all = text.lines().filter_map(|l| l.strip_prefix(mark)).enumerate();
    all.filter(|(i, _)| (i % 2 == 1) == aside).map(|(_, l)| l).collect()
}

fn count(sentences: &[&str], talk: &dyn Fn() -> Interpreter, question: &str) -> Count {
    let mut out = Count::default();
    for sentence in sentences {
        let outputs = talk().handle(Input::Heard(Heard::text(*sentence)), moment());
        out.add(&outputs, question);
    }
    out
}

/// A contact that has been greeted, in a language, and asked something.
fn begun(bot: &Arc<Bot>, language: &Arc<dyn Language>, switch: &str, keys: Option<&str>) -> Interpreter {
    let start = Start {
        now: moment(),
        from: "600000000".into(),
        to: "010".into(),
        contact: "bench".into(),
        consent: Default::default(),
    };
    let mut run = Interpreter::new(bot.clone(), language.clone(), start);
    run.handle(Input::Started, moment());
    if !switch.is_empty() {
        run.handle(Input::Heard(Heard::text(switch)), moment());
    }
    if let Some(keys) = keys {
        run.handle(Input::Keys(keys.into()), moment());
    }
    run
}

/// A Monday morning.
fn moment() -> NaiveDateTime {
    NaiveDateTime::default() + chrono::TimeDelta::days(20_584) + chrono::TimeDelta::hours(10)
}
