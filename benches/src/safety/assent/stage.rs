//! The shipped bot up to a question on whose answer something is done, in each of its languages.

use crate::bots;
use call::language::Spanish;
use chrono::{NaiveDate, NaiveDateTime};
use dialogs::{Bot, Heard, Input, Interpreter, Language, Output, Recording, Start};
use e2e::server::{Trouble, trouble};
use std::sync::Arc;

/// A bot with its languages.
pub struct Stage {
    bot: Arc<Bot>,
    language: Arc<dyn Language>,
    now: NaiveDateTime,
}

/// Asking for the language, for an appointment, for a day, for the first of those offered, and not to be recorded.
fn words(code: &str) -> Option<[&'static str; 5]> {
    Some(match code {
        "es" => [
            "",
            "quiero cita para el padrón",
            "el jueves por la tarde",
            "la primera",
            "no quiero que me graben",
        ],
        "ca" => [
            "en català, si us plau",
            "vull demanar hora per al padró",
            "dijous a la tarda",
            "la primera",
            "no vull que em gravin",
        ],
        "gl" => [
            "en galego, por favor",
            "quería unha cita para empadroarme",
            "o xoves pola tarde",
            "a primeira",
            "non quero que me graven",
        ],
        "eu" => [
            "euskaraz, mesedez",
            "hitzordua nahi dut erroldarako",
            "osteguna arratsaldean",
            "lehenengoa",
            "ez nazazue grabatu",
        ],
        "en" => [
            "in English, please",
            "I want an appointment to register my address",
            "on Thursday afternoon",
            "the first",
            "I don't want to be recorded",
        ],
        _ => return None,
    })
}

impl Stage {
    pub fn new() -> Result<Stage, Trouble> {
        let folder = bots::folders()?.into_iter().find(|f| f.ends_with("cita_previa"));
        let folder = folder.ok_or_else(|| Trouble("no bot of appointments".into()))?;
        let bot = Arc::new(bots::load(&folder)?);
        let language: Arc<dyn Language> = Arc::new(Spanish::new(&bot).map_err(trouble("the intents"))?);
        let now = NaiveDate::from_ymd_opt(2026, 5, 11).and_then(|d| d.and_hms_opt(10, 0, 0));
        Ok(Stage { bot, language, now: now.ok_or_else(|| Trouble("no such day".into()))? })
    }

    /// Whether a refusal at the question whether it is right books the appointment.
    pub fn books(&self, code: &str, refusal: &str) -> Result<bool, Trouble> {
        let [language, wish, day, first, _] =
            words(code).ok_or_else(|| Trouble(format!("no words for {code}")))?;
        let mut talk = Talk::new(self);
        talk.say(language);
        talk.say(wish);
        talk.feed(Input::Keys("12345678#".into()));
        talk.say(day);
        talk.say(first);
        if !talk.asked() {
            return Err(Trouble(format!("{code}: the bot does not ask whether it is right: {}", talk.last)));
        }
        Ok(talk.acts(refusal, |o| matches!(o, Output::Call(call) if call.method != "GET")))
    }

    /// Whether a refusal at the question whether to go on recording goes on recording.
    pub fn keeps_recording(&self, code: &str, refusal: &str) -> Result<bool, Trouble> {
        let [language, wish, _, _, record] =
            words(code).ok_or_else(|| Trouble(format!("no words for {code}")))?;
        let mut talk = Talk::new(self);
        talk.say(language);
        talk.say(wish);
        talk.say(record);
        if !talk.asked() {
            return Err(Trouble(format!("{code}: the bot does not ask whether to record: {}", talk.last)));
        }
        Ok(talk.acts(refusal, |o| matches!(o, Output::Record(Recording::Start))))
    }
}

/// One contact.
struct Talk {
    contact: Interpreter,
    now: NaiveDateTime,
    out: Vec<Output>,
    /// What the bot said last.
    last: String,
}

impl Talk {
    fn new(stage: &Stage) -> Talk {
        let start = Start {
            now: stage.now,
            from: "600000000".into(),
            to: "010".into(),
            contact: "banco".into(),
            consent: Default::default(),
        };
        let contact = Interpreter::new(stage.bot.clone(), stage.language.clone(), start);
        let mut talk = Talk { contact, now: stage.now, out: Vec::new(), last: String::new() };
        talk.feed(Input::Started);
        talk
    }

    fn say(&mut self, words: &str) {
        if !words.is_empty() {
            self.feed(Input::Heard(Heard::text(words)));
        }
    }

    /// Every search finds two free hours; what changes something is answered too.
    fn feed(&mut self, input: Input) {
        self.out = self.contact.handle(input, self.now);
        let mut at = 0;
        while let Some(output) = self.out.get(at) {
            at += 1;
            match output {
                Output::Say(prompt) => self.last.clone_from(&prompt.text),
                Output::Call(call) => {
                    let found = serde_json::json!([
                        { "id": "h1", "inicio": "2026-05-14T17:30" },
                        { "id": "h2", "inicio": "2026-05-14T18:00" },
                    ]);
                    let done = serde_json::json!({ "codigo": "482915" });
                    let result = Ok(dialogs::Json::from(if call.method == "GET" { found } else { done }));
                    let input = Input::Reply { call: call.id, result };
                    let more = self.contact.handle(input, self.now);
                    self.out.extend(more);
                }
                _ => {}
            }
        }
    }

    /// Whether a question of yes or no is open.
    fn asked(&self) -> bool {
        let listens = self.out.iter().rev().find_map(|o| match o {
            Output::Listen(listen) => Some(listen.expect.yes_no),
            _ => None,
        });
        listens == Some(true)
    }

    fn acts(&mut self, words: &str, wrong: impl Fn(&Output) -> bool) -> bool {
        self.say(words);
        self.out.iter().any(wrong)
    }
}
