//! `digame records`
use super::{json, line, runtime};
use crate::Failure;
use crate::config::Config;
use clap::{Args, Subcommand};
use records::{Contact, Detail, Entry, Filter, Store};

/// Shows the records of contacts
#[derive(Args)]
#[command(
    after_help = "Examples:\n  digame records list\n  digame records list --state interrupted --json\n  digame records show 01930000-0000-7000-8000-000000000000"
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
        }
        Ok(())
    }
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
        Entry::Service { operation, took_ms, error } => {
            format!("service  {operation} {took_ms} ms{}", because(error))
        }
        Entry::Handoff { queue, reason } => format!("handoff  to {queue}: {reason}"),
        Entry::Delay(d) => format!(
            "delay    {:.0} ms = endpoint {:.0} + asr {:.0} + nlu {:.0} + dialog {:.0} + tts {:.0} + playout {:.0}",
            d.total, d.endpoint, d.asr, d.nlu, d.dialog, d.tts, d.playout
        ),
        Entry::Recording { event, reason } => format!("recording {event}{}", because(reason)),
    }
}
