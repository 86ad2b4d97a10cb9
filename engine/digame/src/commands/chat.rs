//! `digame chat`
use super::{line, runtime};
use crate::Failure;
use crate::bots::{self, Loaded};
use crate::config::Config;
use call::language::Spanish;
use clap::Args;
use dialogs::{Heard, Input, Interpreter, Language, Output, Start, What};
use std::io::{BufRead, IsTerminal, Write};
use std::sync::Arc;
use std::time::Instant;

/// Talks to a bot by text, with times and slots shown
#[derive(Args)]
#[command(
    after_help = "Type what the citizen says; «#12345678» for keys, an empty line for silence, Ctrl-D to hang up.\n\nExamples:\n  digame chat\n  digame chat dialogs/bots/cita_previa\n  printf 'quiero cita\\n' | digame chat"
)]
pub struct Chat {
    /// A bot that ships inside, or a bot's folder
    #[arg(default_value = "cita_previa")]
    bot: String,
    /// Do as if it were this local time
    #[arg(long, value_name = "2026-05-11T10:00")]
    now: Option<chrono::NaiveDateTime>,
}

impl Chat {
    pub fn run(self, _: Config) -> Result<(), Failure> {
        let loaded = bots::load(&self.bot)?;
        runtime()?.block_on(talk(&loaded, self.now))
    }
}

/// The office's local time, frozen at the start of the chat if so wished.
fn clock(loaded: &Loaded, frozen: Option<chrono::NaiveDateTime>) -> impl Fn() -> chrono::NaiveDateTime {
    let zone: chrono_tz::Tz = loaded.bot.time_zone().parse().unwrap_or(chrono_tz::Europe::Madrid);
    move || frozen.unwrap_or_else(|| chrono::Utc::now().with_timezone(&zone).naive_local())
}

async fn talk(loaded: &Loaded, frozen: Option<chrono::NaiveDateTime>) -> Result<(), Failure> {
    let language: Arc<dyn Language> = Arc::new(Spanish::new(&loaded.bot).map_err(Failure::usage)?);
    let clock = clock(loaded, frozen);
    let start = Start {
        now: clock(),
        from: "600000000".into(),
        to: "010".into(),
        contact: uuid::Uuid::now_v7().to_string(),
        consent: Default::default(),
    };
    let mut interpreter = Interpreter::new(loaded.bot.clone(), language, start);
    let http = reqwest::Client::new();
    let mut input = Input::Started;
    loop {
        let began = Instant::now();
        let outputs = interpreter.handle(input, clock());
        let took = began.elapsed();
        let mut reply = None;
        for output in outputs {
            match output {
                Output::Say(prompt) => line(format!("bot      {}", prompt.text)),
                Output::Call(service) => reply = Some(call::service::ask(http.clone(), service).await),
                Output::Note(entry) => note(&entry.what),
                Output::Sms(sms) => line(format!("         [SMS to {}: {}]", sms.to, sms.text)),
                Output::Handoff(handoff) => {
                    line(format!("         [handoff to {}: {}]", handoff.queue, handoff.reason))
                }
                Output::End(end) => {
                    line(format!("         [end: {}]", end.outcome));
                    return Ok(());
                }
                Output::Listen(_) => line(format!("         [{:.1} ms]", took.as_secs_f64() * 1e3)),
            }
        }
        input = match reply {
            Some(reply) => Input::Reply { call: reply.id, result: reply.result },
            None => read()?,
        };
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
