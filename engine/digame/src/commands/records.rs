//! `digame records`
use super::{json, line, runtime};
use crate::Failure;
use crate::config::Config;
use clap::{Args, Subcommand};
use records::{
    Callback, CallbackFilter, Case, CaseDetail, CaseFilter, Contact, Detail, Entry, Filter, Store,
};

/// Shows the records: contacts, cases, call backs
#[derive(Args)]
#[command(
    after_help = "Examples:\n  digame records list\n  digame records list --state interrupted --json\n  digame records show 01930000-0000-7000-8000-000000000000\n  digame records cases --state abierto\n  digame records case 2026-000042\n  digame records callbacks --json"
)]
pub struct Records {
    #[command(subcommand)]
    what: What,
}

#[derive(Subcommand)]
enum What {
    /// Lists contacts, newest first
    List {
        /// Only this state
        #[arg(long, value_parser = ["live", "ended", "interrupted"])]
        state: Option<String>,
        /// Only this calling party
        #[arg(long)]
        from: Option<String>,
        /// At most this many
        #[arg(long, default_value_t = 50, value_parser = clap::value_parser!(u32).range(1..=500))]
        limit: u32,
        /// As JSON
        #[arg(long)]
        json: bool,
    },
    /// Shows one contact: its slots and everything that happened, with times
    Show {
        /// Id of the contact, or `last`
        id: String,
        /// As JSON
        #[arg(long)]
        json: bool,
    },
    /// Lists cases, newest first; private fields are masked
    Cases {
        /// Only this state
        #[arg(long, value_parser = ["abierto", "en_curso", "resuelto", "cerrado"])]
        state: Option<String>,
        /// Only this kind, as the dialog calls it
        #[arg(long)]
        kind: Option<String>,
        /// At most this many
        #[arg(long, default_value_t = 50, value_parser = clap::value_parser!(u32).range(1..=500))]
        limit: u32,
        /// As JSON
        #[arg(long)]
        json: bool,
    },
    /// Shows one case whole, private fields too, with what was added to it
    Case {
        /// Its number, as the citizen was told
        code: String,
        /// As JSON
        #[arg(long)]
        json: bool,
    },
    /// Lists requests to be called back, newest first
    Callbacks {
        /// Only this state
        #[arg(long, value_parser = ["pending", "done", "given_up"])]
        state: Option<String>,
        /// At most this many
        #[arg(long, default_value_t = 50, value_parser = clap::value_parser!(u32).range(1..=500))]
        limit: u32,
        /// As JSON
        #[arg(long)]
        json: bool,
    },
}

impl Records {
    pub fn run(self, config: Config) -> Result<(), Failure> {
        runtime()?.block_on(self.show(config))
    }

    async fn show(self, config: Config) -> Result<(), Failure> {
        let path = config.storage.folder.join("digame.db");
        if !path.exists() {
            let path = path.display();
            return Err(Failure::Usage(format!(
                "{path}: no records here yet; `digame serve` makes them, --config names another folder"
            )));
        }
        let store = Store::open_to_read(&path).await.map_err(Failure::usage)?;
        match self.what {
            What::List { state, from, limit, json: as_json } => {
                let contacts = store
                    .list(&Filter { state, from, limit, ..Filter::default() })
                    .await
                    .map_err(Failure::failed)?;
                if as_json {
                    return json(&contacts);
                }
                contacts.iter().for_each(|c| line(one_line(c)));
            }
            What::Show { id, json: as_json } => {
                let id = if id == "last" { newest(&store).await? } else { id };
                let found = store.get(&id).await.map_err(Failure::failed)?;
                let detail = found.ok_or_else(|| {
                    Failure::Failed(format!("no contact {id}; `digame records list` shows which there are"))
                })?;
                if as_json {
                    return json(&detail);
                }
                print_detail(&detail);
            }
            What::Cases { state, kind, limit, json: as_json } => {
                let filter = CaseFilter { state, kind, limit, ..CaseFilter::default() };
                let cases = store.cases(&filter).await.map_err(Failure::failed)?;
                if as_json {
                    return json(&cases);
                }
                cases.iter().for_each(|case| line(case_line(case)));
            }
            What::Case { code, json: as_json } => {
                let found = store.case(&code).await.map_err(Failure::failed)?;
                let case = found.ok_or_else(|| {
                    Failure::Failed(format!("no case {code}; `digame records cases` shows which there are"))
                })?;
                if as_json {
                    return json(&case);
                }
                print_case(&case);
            }
            What::Callbacks { state, limit, json: as_json } => {
                let filter = CallbackFilter { state, limit, ..CallbackFilter::default() };
                let asked = store.callbacks(&filter).await.map_err(Failure::failed)?;
                if as_json {
                    return json(&asked);
                }
                asked.iter().for_each(|callback| line(callback_line(callback)));
            }
        }
        Ok(())
    }
}

fn case_line(case: &Case) -> String {
    let opened = case.opened.format("%Y-%m-%d %H:%M");
    let fields: Vec<String> = case.fields.iter().map(|f| format!("{}={}", f.name, f.value)).collect();
    format!("{}  {opened}  {:9}  {}  {}", case.code, case.state, case.kind, fields.join("  "))
}

fn print_case(whole: &CaseDetail) {
    let case = &whole.case;
    let opened = case.opened.format("%Y-%m-%d %H:%M");
    line(format!("{}  {opened}  {}  {}", case.code, case.state, case.kind));
    line(format!("  opened by contact {}", case.contact));
    for field in &case.fields {
        let private = if field.private { " (private)" } else { "" };
        line(format!("  {} = {}{private}", field.name, field.value));
    }
    for note in &whole.notes {
        let state = note.state.as_deref().map_or_else(String::new, |state| format!(" [{state}]"));
        line(format!("  {}  {}:{state} {}", note.at.format("%Y-%m-%d %H:%M"), note.who, note.text));
    }
}

fn callback_line(c: &Callback) -> String {
    let when = match (c.from, c.until) {
        (Some(from), Some(until)) => {
            format!("{} to {} UTC", from.format("%Y-%m-%d %H:%M"), until.format("%Y-%m-%d %H:%M"))
        }
        _ => "at any time".into(),
    };
    let asked = c.asked.format("%Y-%m-%d %H:%M");
    format!("{}  asked {asked}  {:8}  {}  {}  {when}: {}", c.id, c.state, c.queue, c.number, c.reason)
}

async fn newest(store: &Store) -> Result<String, Failure> {
    let newest = store.list(&Filter { limit: 1, ..Filter::default() }).await.map_err(Failure::failed)?;
    newest.into_iter().next().map(|c| c.id).ok_or_else(|| Failure::Failed("there are no contacts yet".into()))
}

fn one_line(c: &Contact) -> String {
    let seconds =
        c.ended.map_or_else(String::new, |end| format!("{:.1} s", (end - c.started).as_seconds_f64()));
    let outcome = c.outcome.as_deref().unwrap_or("-");
    let started = c.started.format("%Y-%m-%d %H:%M:%S");
    format!("{}  {started}  {:11}  {seconds:>8}  {}  {outcome}  {}", c.id, c.state, c.dialog, c.from)
}

/// The whole record as text: what `records show` and the end of the demo print.
pub fn print_detail(detail: &Detail) {
    line(one_line(&detail.contact));
    for slot in &detail.slots {
        let confidence = slot.confidence.map_or_else(String::new, |c| format!(" ({c:.2})"));
        line(format!("  {} = {} by {}{confidence}", slot.name, slot.value, slot.source));
    }
    for entry in &detail.timeline {
        line(format!("  {:>8.2} s  {}", entry.at_ms as f64 / 1000.0, describe(&entry.entry)));
    }
    if let (Some(file), Some(basis)) = (&detail.contact.recording, &detail.contact.legal_basis) {
        line(format!("  recorded in {file}, by right of {basis}"));
    }
    for earlier in &detail.earlier {
        let outcome = earlier.outcome.as_deref().unwrap_or("-");
        line(format!(
            "  called before: {} {} {outcome}",
            earlier.started.format("%Y-%m-%d %H:%M"),
            earlier.id
        ));
    }
    if let Some(q) = detail.contact.quality {
        line(format!(
            "  received {} packets, lost {}, late {}, jitter {:.1} ms, MOS {:.2} (worst 5 s {:.2})",
            q.received, q.lost, q.late, q.jitter_ms, q.mos, q.mos_min
        ));
    }
}

/// One entry of the timeline in one line.
pub fn describe(entry: &Entry) -> String {
    let because = |why: &Option<String>| why.as_ref().map_or_else(String::new, |why| format!(": {why}"));
    match entry {
        Entry::Signal { event, detail } => format!("signal   {event}{}", because(detail)),
        Entry::Said { text, complete: true, .. } => format!("bot      {text}"),
        Entry::Said { text, heard, .. } => format!("bot      {text} [interrupted after: «{heard}»]"),
        Entry::Heard { text, confidence, .. } => format!("citizen  {text} ({confidence:.2})"),
        Entry::Keys { digits } => format!("keys     {digits}"),
        Entry::NoInput => "silence".into(),
        Entry::Step { step, note } => format!("step     {step}: {note}"),
        Entry::Slot { name, value: Some(value), .. } => format!("slot     {name} = {value}"),
        Entry::Slot { name, value: None, .. } => format!("slot     {name} forgotten"),
        Entry::Service { operation, took_ms, error, saved } => {
            let saved = saved.as_ref().map(|saved| format!(": {} = {}", saved.name, saved.value));
            format!("service  {operation} {took_ms} ms{}{}", because(error), saved.unwrap_or_default())
        }
        Entry::Language { language } => format!("language {language}"),
        Entry::Case { done, case, detail } => format!("case     {case} {done}{}", because(detail)),
        Entry::Callback { queue, reason } => format!("callback by {queue}: {reason}"),
        Entry::Message { channel, template, to } => {
            format!("message  {channel} «{template}» to {to}, noted, not sent")
        }
        Entry::Handoff { queue, reason } => format!("handoff  to {queue}: {reason}"),
        Entry::Delay(d) => format!(
            "delay    {:.0} ms = endpoint {:.0} + asr {:.0} + nlu {:.0} + dialog {:.0} + tts {:.0} + playout {:.0}",
            d.total, d.endpoint, d.asr, d.nlu, d.dialog, d.tts, d.playout
        ),
        Entry::Recording { event, reason } => format!("recording {event}{}", because(reason)),
    }
}
