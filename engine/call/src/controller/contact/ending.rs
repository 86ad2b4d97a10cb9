//! The end of a contact: the leg, the seat, and the last lines of the record.

use std::time::Duration;

use chrono::{DateTime, Utc};
use records::{Entry, Outcome, Quality};

use super::{Contact, Signal};
use crate::media::Command;

/// Silence between the last word and BYE: what is still on its way is heard.
const BEFORE_BYE: Duration = Duration::from_millis(200);
/// Longest wait for the far end's answer to our BYE, and for the seat to leave.
const CLOSING: Duration = Duration::from_secs(2);

impl Contact {
    pub(super) async fn close(&mut self, seated: bool) {
        self.left |= !seated;
        if !self.leg_ended {
            tokio::time::sleep(BEFORE_BYE).await;
            self.on_bell();
            // A stack that is gone has ended the leg with it.
            if self.p.stack.bye(self.p.leg).await.is_ok() {
                self.p.timeline.signal("bye", None);
            }
        }
        self.command(Command::Leave);
        let _ = tokio::time::timeout(CLOSING, self.closed()).await;
        let ended = Utc::now();
        self.settle().await;
        self.write_end(ended);
    }

    /// Until everything that others were asked to do has been answered, within the time of each: who hung up while
    /// an appointment was being made may have one.
    async fn settle(&mut self) {
        while let Some(until) = self.under_way.iter().map(|open| open.until).max() {
            match tokio::time::timeout_at(until.into(), self.replies.recv()).await {
                Ok(Some(answer)) => self.on_answer(answer),
                Ok(None) | Err(_) => {
                    self.p.timeline.step("engine", "a service was asked to do something and never answered");
                    return;
                }
            }
        }
    }

    /// Until the leg has ended and the seat was left.
    async fn closed(&mut self) {
        while !(self.leg_ended && (self.left || self.p.remote.reports.is_abandoned())) {
            tokio::select! {
                signal = self.p.signals.recv() => match signal {
                    Some(Signal::Ended(_) | Signal::Cancelled) | None => self.leg_ended = true,
                    Some(_) => {}
                },
                () = self.p.bell.notified() => {
                    while let Ok(report) = self.p.remote.reports.pop() {
                        self.on_report(report);
                    }
                }
            }
        }
    }

    /// Writes down, once and when it happens, that the recording has stopped.
    pub(super) fn watch_recording(&mut self) {
        if let Some(failure) = self.p.recording.as_ref().and_then(|r| r.state().failure) {
            self.p.recording = None;
            self.p.timeline.append(Entry::Recording { event: "stopped".into(), reason: Some(failure) });
        }
    }

    fn write_end(&mut self, ended: DateTime<Utc>) {
        self.watch_recording();
        let line = &self.line;
        let quality = Quality {
            received: line.received,
            lost: line.lost,
            late: line.late,
            sent: line.sent,
            jitter_ms: line.jitter_ms,
            rtt_ms: line.rtt_ms,
            mos: line.mos,
            mos_min: line.mos_min,
        };
        let failed = || Outcome { name: "failed".into(), handoff: None };
        self.p.timeline.ended((ended, self.outcome.take().unwrap_or_else(failed)), Some(quality));
    }
}
