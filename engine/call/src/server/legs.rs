//! Hands the stack's events to the contacts they belong to.

use std::collections::HashMap;
use std::sync::Arc;

use sip::{Event, LegId};
use tokio::sync::mpsc;
use uuid::Uuid;

use super::Shared;
use super::accept::{Incoming, accept};
use crate::controller::Signal;
use crate::media::media_of;

/// The legs that are live.
pub(super) struct Legs {
    shared: Arc<Shared>,
    legs: HashMap<LegId, Leg>,
}

/// One leg.
pub(super) struct Leg {
    /// To its contact.
    pub signals: mpsc::UnboundedSender<Signal>,
    /// Our side of its description.
    pub local: sip::sdp::Local,
    /// Our 200 made an offer that the ACK has to answer.
    pub offered: bool,
}

impl Legs {
    pub(super) fn new(shared: Arc<Shared>) -> Legs {
        Legs { shared, legs: HashMap::new() }
    }

    pub(super) async fn run(mut self, mut events: mpsc::Receiver<Event>) {
        while let Some(event) = events.recv().await {
            self.on_event(event).await;
        }
    }

    async fn on_event(&mut self, event: Event) {
        match event {
            Event::Incoming { leg, request_uri, from, to, offer, .. } => {
                let (contact, from, to) = (Uuid::now_v7(), from.to_string(), to.to_string());
                let incoming = Incoming { leg, contact, request_uri, from, to, offer };
                if let Some(accepted) = accept(&self.shared, incoming).await {
                    self.legs.insert(leg, accepted);
                }
            }
            Event::Acked { leg, answer } => self.on_ack(leg, answer).await,
            Event::Reinvite { leg, offer } => self.on_reinvite(leg, offer).await,
            Event::Info { leg, content_type, body } => {
                if let Some(digit) = rtp::digits::parse_info(&content_type, &body) {
                    self.tell(leg, Signal::Key(digit.key));
                }
            }
            Event::Referred { leg, status } => self.tell(leg, Signal::Referred(status)),
            Event::Ended { leg, cause } => {
                self.tell(leg, Signal::Ended(cause));
                self.legs.remove(&leg);
            }
            Event::Cancelled { leg } => {
                self.tell(leg, Signal::Cancelled);
                self.legs.remove(&leg);
            }
            // Of calls that we place ourselves; this server places none.
            Event::Progress { .. }
            | Event::Answered { .. }
            | Event::Offered { .. }
            | Event::Failed { .. }
            | Event::Reanswered { .. } => {}
        }
    }

    fn tell(&self, leg: LegId, signal: Signal) {
        if let Some(leg) = self.legs.get(&leg) {
            // A contact that is over needs no more signals.
            let _ = leg.signals.send(signal);
        }
    }

    /// An answer in the ACK completes an offer of ours.
    async fn on_ack(&mut self, leg: LegId, answer: Option<String>) {
        let Some(ours) = self.legs.get_mut(&leg) else { return };
        let offered = std::mem::take(&mut ours.offered);
        let agreed = match answer {
            None if offered => Err("the ACK has no answer to our offer".to_owned()),
            None => Ok(None),
            Some(answer) => sip::sdp::Session::parse(&answer)
                .and_then(|s| sip::sdp::accept_answer(&ours.local, &s))
                .map(|agreed| Some(media_of(&agreed)))
                .map_err(|error| format!("the answer in the ACK cannot be used: {error}")),
        };
        match agreed {
            Ok(media) => {
                if let Some(media) = media {
                    self.tell(leg, Signal::Media(media));
                }
                self.tell(leg, Signal::Acked);
            }
            Err(why) => {
                tracing::warn!(%why, "hanging up");
                self.tell(leg, Signal::NoMedia(why));
                let _ = self.shared.stack.bye_without_media(leg).await;
            }
        }
    }

    /// Hold, resume, another address or codec.
    async fn on_reinvite(&mut self, leg: LegId, offer: Option<String>) {
        let Some(ours) = self.legs.get_mut(&leg) else {
            let _ = self.shared.stack.answer_reinvite(leg, Err(481)).await;
            return;
        };
        let answer = match offer {
            None => {
                let offer = sip::sdp::offer(&ours.local);
                ours.local.previous = Some(offer.clone());
                Ok(offer)
            }
            Some(offer) => {
                let session = sip::sdp::Session::parse(&offer);
                let agreed = session.and_then(|s| sip::sdp::answer(&s, &ours.local));
                agreed.map_err(|e| e.status()).map(|agreed| {
                    ours.local.previous = Some(agreed.sdp.clone());
                    let _ = ours.signals.send(Signal::Media(media_of(&agreed)));
                    agreed.sdp
                })
            }
        };
        let _ = self.shared.stack.answer_reinvite(leg, answer).await;
    }
}
