//! Outputs that reach beyond the conversation: what is kept of the sound, cases, call backs, messages, languages.

use std::time::{Duration, Instant};

use chrono::{Datelike, TimeZone, Utc};
use dialogs::{CallError, Callback, Case, Json, Value};
use records::{CaseField, CaseNote, Entry, NewCallback, NewCase, Store};

use super::super::notes;
use super::super::timeline::Timeline;
use super::{Answer, Contact, UnderWay, Waiting};
use crate::media::Command;

/// Longest wait for the number of a case. The dialog itself counts on ten seconds.
const OPENING: Duration = Duration::from_secs(5);

impl Contact {
    /// A message is written down; sending it is another room's.
    pub(super) fn message(&self, channel: &str, template: String, to: &str) {
        let (channel, to) = (channel.to_owned(), notes::masked(to));
        self.p.timeline.append(Entry::Message { channel, template, to });
    }

    /// The timeline tells it when the media thread has done it.
    pub(super) fn record(&mut self, how: dialogs::Recording) {
        self.command(Command::Record(how));
        let wanted = matches!(how, dialogs::Recording::Start | dialogs::Recording::Resume);
        if wanted && self.p.recording.is_none() {
            let reason = Some("this contact has no recording that could go on".to_owned());
            self.p.timeline.append(Entry::Recording { event: "not_begun".to_owned(), reason });
        }
    }

    pub(super) fn recording_changed(&self, at: Instant, how: dialogs::Recording) {
        let event = match how {
            dialogs::Recording::Start => "started",
            dialogs::Recording::Stop => "stopped",
            dialogs::Recording::Pause => "paused",
            dialogs::Recording::Resume => "resumed",
        };
        let reason = (how == dialogs::Recording::Stop).then(|| "the dialog stopped it".to_owned());
        self.p.timeline.append_at(at, Entry::Recording { event: event.to_owned(), reason });
    }

    /// From here on the contact is spoken and heard in another language.
    pub(super) fn change_language(&mut self, code: String) {
        let style = self.p.voices.get(&code).cloned().unwrap_or_default();
        self.speech.speak_as(style);
        let heard = self.p.expect.set_language(&code);
        self.p.timeline.language(&code);
        if !heard {
            self.p.timeline.step("engine", format!("no recogniser hears {code}: keys answer"));
        }
    }

    pub(super) fn call_back(&self, asked: Callback) {
        let instant = |local| self.p.time_zone.from_local_datetime(&local).earliest().map(|t| t.to_utc());
        let when = asked.when.and_then(|(from, until)| Some((instant(from)?, instant(until)?)));
        let entry = Entry::Callback { queue: asked.queue.clone(), reason: asked.reason.clone() };
        self.p.timeline.store().callback(NewCallback {
            contact: self.p.timeline.contact(),
            number: asked.to,
            queue: asked.queue,
            when,
            reason: asked.reason,
            asked: Utc::now(),
        });
        self.p.timeline.append(entry);
    }

    pub(super) fn case(&mut self, case: Case) {
        match case {
            Case::Open { id, kind, fields, private } => {
                let shown = |(name, value): (String, Value)| CaseField {
                    private: private.contains(&name),
                    value: in_words(&value),
                    name,
                };
                let new = NewCase {
                    contact: self.p.timeline.contact(),
                    kind,
                    opened: Utc::now(),
                    year: self.local_time().year(),
                    fields: fields.into_iter().map(shown).collect(),
                };
                self.open_case(id, new);
            }
            Case::Note { case, text } => self.note_case(case, text, None),
            Case::State { case, state } => self.note_case(case, String::new(), Some(state.name())),
        }
    }

    fn open_case(&mut self, id: u64, case: NewCase) {
        self.waiting = Some(Waiting { call: id, say: None });
        self.under_way.push(UnderWay { id, until: Instant::now() + 2 * OPENING });
        let (timeline, reply_to) = (self.p.timeline.clone(), self.reply_to.clone());
        tokio::spawn(async move {
            let result = open(timeline.store(), &timeline, case).await;
            // Nobody waits any more if the contact's task has died; the case is there all the same.
            let _ = reply_to.send(Answer::Case { id, result });
        });
    }

    fn note_case(&self, case: String, text: String, state: Option<&str>) {
        let (state, who) = (state.map(str::to_owned), format!("contact:{}", self.p.timeline.contact()));
        let done = if state.is_some() { "state" } else { "note" }.to_owned();
        self.p
            .timeline
            .store()
            .note_case(&case, CaseNote { at: Utc::now(), who, text, state: state.clone() });
        self.p.timeline.append(Entry::Case { done, case, detail: state });
    }
}

/// Opens a case and writes down what came of it; the number goes back to the dialog.
async fn open(store: &Store, timeline: &Timeline, case: NewCase) -> Result<Json, CallError> {
    let kind = case.kind.clone();
    let opened = match tokio::time::timeout(OPENING, store.open_case(case)).await {
        Ok(Ok(code)) => Ok(code),
        Ok(Err(error)) => Err(CallError::Failed(error.to_string())),
        Err(_) => Err(CallError::Timeout),
    };
    let done = "open".to_owned();
    timeline.append(match &opened {
        Ok(code) => Entry::Case { done, case: code.clone(), detail: None },
        Err(error) => {
            tracing::error!(%error, %kind, "a case could not be opened");
            Entry::Case { done, case: kind, detail: Some(error.to_string()) }
        }
    });
    opened.map(|code| serde_json::json!({ "codigo": code }).into())
}

/// A value as who solves the case reads it.
fn in_words(value: &Value) -> String {
    match value {
        Value::Item(item) => item.name.clone(),
        other => other.to_string(),
    }
}
