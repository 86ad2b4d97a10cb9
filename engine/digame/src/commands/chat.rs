//! `digame chat`
use super::{line, runtime};
use crate::Failure;
use crate::bots::{self, Loaded};
use crate::config::Config;
use crate::lists;
use crate::services::{self, Services};
use chrono::Datelike;
use clap::Args;
use dialogs::testing::Feigned;
use dialogs::{Case, Heard, Input, Interpreter, Output, Start, What};
use std::io::{BufRead, IsTerminal, Write};
use std::time::Instant;

/// Talks to a bot by text, with times and slots shown
#[derive(Args)]
#[command(
    after_help = "Type what the citizen says; «#12345678» for keys, an empty line for silence, Ctrl-D to hang up.\n\nExamples:\n  digame chat\n  digame chat --feign dialogs/bots/cita_previa\n  printf 'quiero cita\\n' | digame chat"
)]
pub struct Chat {
    /// A bot that ships inside, or a bot's folder
    #[arg(default_value = "cita_previa")]
    bot: String,
    /// Do as if it were this local time
    #[arg(long, value_name = "2026-05-11T10:00", value_parser = super::moment)]
    now: Option<chrono::NaiveDateTime>,
    /// Ask no service: they answer as the bot's test files feign, at the time of the first one
    #[arg(long)]
    feign: bool,
}

impl Chat {
    pub fn run(self, _: Config) -> Result<(), Failure> {
        let material = bots::find(&self.bot)?;
        let name = std::path::Path::new(&self.bot).file_name().unwrap_or_default().to_string_lossy();
        let (feigned, then) = match self.feign {
            true => services::of_tests(&name, &material),
            false => Default::default(),
        };
        let lists = lists::feigned(&material.texts, &feigned);
        let loaded = material.load_with(&self.bot, &lists).map_err(|p| bots::refuse(&self.bot, &p))?;
        let services = match self.feign {
            true => Services::Feigned(Feigned::new(feigned)),
            false => Services::Real(reqwest::Client::new()),
        };
        runtime()?.block_on(talk(&loaded, self.now.or(then), services))
    }
}

/// The office's local time, frozen at the start of the chat if so wished.
fn clock(loaded: &Loaded, frozen: Option<chrono::NaiveDateTime>) -> impl Fn() -> chrono::NaiveDateTime {
    let zone: chrono_tz::Tz = loaded.bot.time_zone().parse().unwrap_or(chrono_tz::Europe::Madrid);
    move || frozen.unwrap_or_else(|| chrono::Utc::now().with_timezone(&zone).naive_local())
}

async fn talk(
    loaded: &Loaded,
    frozen: Option<chrono::NaiveDateTime>,
    mut services: Services,
) -> Result<(), Failure> {
    let language = bots::language(&loaded.bot)?;
    let clock = clock(loaded, frozen);
    let start = Start {
        now: clock(),
        from: "600000000".into(),
        to: "010".into(),
        contact: uuid::Uuid::now_v7().to_string(),
        consent: Default::default(),
    };
    let mut interpreter = Interpreter::new(loaded.bot.clone(), language, start);
    let mut cases = Cases { year: clock().year(), opened: 0 };
    let mut input = Input::Started;
    loop {
        let began = Instant::now();
        let outputs = interpreter.handle(input, clock());
        let took = began.elapsed();
        let mut reply = None;
        for output in outputs {
            match output {
                Output::Say(prompt) => line(format!("bot      {}", prompt.text)),
                Output::Call(service) => {
                    let call = service.id;
                    reply = Some(Input::Reply { call, result: services.answer(service).await });
                }
                Output::Note(entry) => note(&entry.what),
                Output::Sms(sms) => line(format!("         [SMS to {}: {}]", sms.to, sms.text)),
                Output::Email(email) => {
                    line(format!("         [e-mail to {}: {}: {}]", email.to, email.subject, email.text));
                }
                Output::Record(how) => line(format!("         [recording: {}]", how.name())),
                Output::Language(code) => line(format!("         [language: {code}]")),
                Output::Case(case) => reply = cases.take(case, &mut services).or(reply),
                Output::Callback(c) => {
                    let when = c.when.map_or_else(String::new, |(from, to)| {
                        format!(", {} to {}", from.format("%d/%m %H:%M"), to.format("%H:%M"))
                    });
                    line(format!("         [call {} back by {}: {}{when}]", c.to, c.queue, c.reason));
                }
                Output::Handoff(handoff) => {
                    let to = handoff.number.as_deref().unwrap_or(&handoff.queue);
                    line(format!("         [handoff to {to}: {}]", handoff.reason));
                }
                Output::End(end) => {
                    line(format!("         [end: {}]", end.outcome));
                    return Ok(());
                }
                Output::Listen(_) => line(format!("         [{:.1} ms]", took.as_secs_f64() * 1e3)),
            }
        }
        input = match reply {
            Some(reply) => reply,
            None => read()?,
        };
    }
}

/// Cases as a chat opens them: numbered, shown, and kept nowhere.
struct Cases {
    year: i32,
    opened: u32,
}

impl Cases {
    /// Shows what is done to a case; what opens one is answered with its number.
    fn take(&mut self, case: Case, services: &mut Services) -> Option<Input> {
        match case {
            Case::Open { id, kind, fields, private } => {
                self.opened += 1;
                let code = format!("{}-{:06}", self.year, self.opened);
                let result = services.open_case(&code);
                let opened = match &result {
                    Ok(_) => format!("{code} opened: {kind}"),
                    Err(error) => format!("of {kind} not opened: {error}"),
                };
                line(format!("         [case {opened}]"));
                for (name, value) in fields {
                    let mark = if private.contains(&name) { " (private)" } else { "" };
                    line(format!("           {name} = {value}{mark}"));
                }
                Some(Input::Reply { call: id, result })
            }
            Case::Note { case, text } => {
                line(format!("         [case {case}: {text}]"));
                None
            }
            Case::State { case, state } => {
                line(format!("         [case {case} is {}]", state.name()));
                None
            }
        }
    }
}

fn note(what: &What) {
    match what {
        What::Filled { slot, value, confidence, .. } => {
            line(format!("         [{slot} = {value} ({confidence:.2})]"))
        }
        What::Refused { slot, why } => line(format!("         [{slot} refused: {why}]")),
        What::Forgot { slots } => line(format!("         [forgotten: {}]", slots.join(", "))),
        What::Replied { service, error, .. } => {
            let outcome = error.as_deref().unwrap_or("answered");
            line(format!("         [{service}: {outcome}]"));
        }
        What::Intent { intent, confidence } => line(format!("         [intent {intent} ({confidence:.2})]")),
        _ => {}
    }
}

fn read() -> Result<Input, Failure> {
    let terminal = std::io::stdin().is_terminal();
    if terminal {
        let mut out = std::io::stdout().lock();
        let _ = write!(out, "citizen  ").and_then(|()| out.flush());
    }
    let mut text = String::new();
    let bytes = std::io::stdin().lock().read_line(&mut text).map_err(Failure::failed)?;
    let text = text.trim();
    if !terminal && bytes > 0 {
        line(format!("citizen  {text}"));
    }
    Ok(match text.strip_prefix('#') {
        _ if bytes == 0 => Input::HungUp,
        Some(keys) => Input::Keys(keys.to_owned()),
        None if text.is_empty() => Input::NoInput,
        None => Input::Heard(Heard::text(text)),
    })
}
