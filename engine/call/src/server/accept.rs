//! Admission of a call, and its answer.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Instant;

use chrono::Utc;
use records::{Direction, Entry, NewContact, NewRecording, Recording, Tap};
use sip::LegId;
use tokio::sync::{Notify, mpsc};
use uuid::Uuid;

use super::legs::Leg;
use super::{LiveContact, Shared};
use crate::controller::{Answering, Contact, ContactParts, Live, Timeline};
use crate::ears::Ear;
use crate::media::{self, ContactSeat, Place, PortLine, media_of};

/// A call that asks to be answered.
pub(super) struct Incoming {
    pub leg: LegId,
    /// The contact that it becomes if it is answered.
    pub contact: Uuid,
    pub request_uri: String,
    pub from: String,
    pub to: String,
    pub offer: Option<String>,
}

/// Why a call is refused.
struct Refusal {
    status: u16,
    retry_after: Option<u32>,
}

/// Everything that one contact takes of the machine.
struct Room {
    ear: Ear,
    place: Place,
    port: rtp::Port,
}

/// Answers or refuses a call; nothing of a refused one is left.
pub(super) async fn accept(shared: &Arc<Shared>, call: Incoming) -> Option<Leg> {
    let leg = call.leg;
    match admit(shared, &call) {
        Ok((bot, room, ours)) => answer(shared, call, (bot, room), ours).await,
        Err(Refusal { status, retry_after }) => {
            // The caller may have given up meanwhile.
            let _ = shared.stack.reject(leg, status, retry_after).await;
            None
        }
    }
}

/// Our side of the description, and what to send.
struct Ours {
    local: sip::sdp::Local,
    sdp: String,
}

fn admit(shared: &Shared, call: &Incoming) -> Result<(Answering, Room, Ours), Refusal> {
    let refuse = |counter: &AtomicU64, status| {
        counter.fetch_add(1, Ordering::Relaxed);
        let retry_after = (status == 503).then_some(shared.settings.retry_after_s);
        Refusal { status, retry_after }
    };
    let full = || refuse(&shared.counters.full, 503);
    if shared.draining.load(Ordering::Acquire) {
        return Err(full());
    }
    let number = user_of(&call.request_uri);
    let bot = shared.bots.answering(number, call.contact);
    let bot = bot.ok_or_else(|| refuse(&shared.counters.unknown_number, 404))?;
    // Calls are admitted one after the other, so that none slips in between count and answer.
    if shared.is_busy(number) {
        return Err(refuse(&shared.counters.busy, 486));
    }
    let ear = shared.ears.admit().ok_or_else(full)?;
    let place = shared.media.reserve().ok_or_else(full)?;
    let mut port = shared.ports.take().map_err(|error| {
        tracing::error!(%error, "no port for a call");
        full()
    })?;
    let ours = agree(shared, &mut port, call.offer.as_deref())
        .map_err(|e| refuse(&shared.counters.media_mismatch, e.status()))?;
    Ok((bot, Room { ear, place, port }, ours))
}

/// Answers the offer, or makes one where there is none.
fn agree(shared: &Shared, port: &mut rtp::Port, offer: Option<&str>) -> Result<Ours, sip::sdp::SdpError> {
    let session_id = u64::from(port.local().port()) << 32 | u64::from(Utc::now().timestamp() as u32);
    let mut local = sip::sdp::Local::new(shared.settings.media_address, port.local().port(), session_id);
    let sdp = match offer {
        Some(offer) => {
            let agreed = sip::sdp::answer(&sip::sdp::Session::parse(offer)?, &local)?;
            port.configure(media_of(&agreed));
            agreed.sdp
        }
        None => sip::sdp::offer(&local),
    };
    local.previous = Some(sdp.clone());
    Ok(Ours { local, sdp })
}

async fn answer(
    shared: &Arc<Shared>,
    call: Incoming,
    (bot, room): (Answering, Room),
    ours: Ours,
) -> Option<Leg> {
    // 180 goes out while the rest is made; an error means that the stack is gone.
    shared.stack.ring(call.leg).await.ok()?;
    let id = call.contact;
    let began = Instant::now();
    let (tap, recording, why_not) = open_recording(shared, id);
    let timeline = begin_record(shared, &call, &bot, (id, began, recording.is_some()));
    if let Some(reason) = why_not {
        timeline.append(Entry::Recording { event: "not_begun".into(), reason: Some(reason) });
    }
    let (signals, signal_queue) = mpsc::unbounded_channel();
    let parts = media::Parts {
        line: Box::new(PortLine::new(room.port)),
        vad: (shared.vad)(),
        ear: room.ear.seat,
        tap,
        settings: shared.settings.turn.clone(),
        line_silence_ms: u32::try_from(shared.settings.line_silence.as_millis()).unwrap_or(u32::MAX),
    };
    let (seat, remote) = ContactSeat::new(parts);
    let contact = Contact::new(ContactParts {
        stack: shared.stack.clone(),
        leg: call.leg,
        signals: signal_queue,
        remote,
        bell: Arc::new(Notify::new()),
        finals: room.ear.finals,
        expect: room.ear.expect,
        prompts: shared.prompts.clone(),
        start: dialogs::Start {
            now: Utc::now().with_timezone(&bot.time_zone).naive_local(),
            from: call.from.clone(),
            to: call.to.clone(),
            contact: id.to_string(),
            consent: std::collections::BTreeMap::new(),
        },
        bot,
        timeline,
        recording,
        http: shared.http.clone(),
        max_duration: shared.settings.max_duration,
    });
    shared.stack.accept(call.leg, ours.sdp).await.ok()?;
    shared.counters.answered.fetch_add(1, Ordering::Relaxed);
    let (shared, place) = (shared.clone(), room.place);
    tokio::spawn(async move {
        if !contact.run(seat, place).await {
            shared.counters.not_connected.fetch_add(1, Ordering::Relaxed);
        }
        shared.forget(id);
    });
    Some(Leg { signals, local: ours.local, offered: call.offer.is_none() })
}

/// The first lines of the record, on their way to the disk before the 200.
fn begin_record(
    shared: &Shared,
    call: &Incoming,
    bot: &Answering,
    (id, began, recorded): (Uuid, Instant, bool),
) -> Timeline {
    let started = Utc::now();
    shared.store.contact_started(NewContact {
        id,
        direction: Direction::Inbound,
        from: call.from.clone(),
        to: call.to.clone(),
        dialog: bot.name.clone(),
        dialog_version: bot.version.clone(),
        started,
        recording: recorded
            .then(|| NewRecording { file: file_name(id), legal_basis: bot.legal_basis.clone() }),
    });
    if let Ok(mut live) = shared.live.lock() {
        let (from, to, bot) = (call.from.clone(), call.to.clone(), bot.name.clone());
        let number = user_of(&call.request_uri).to_owned();
        live.insert(id, LiveContact { id, from, to, number, bot, started });
    }
    let timeline = Timeline::new(shared.store.clone(), id, began, shared.events.clone());
    let (from, to, dialog) = (call.from.clone(), call.to.clone(), bot.name.clone());
    timeline.tell(Live::Started { from, to, dialog, at: started });
    timeline.signal("ringing", None);
    timeline
}

/// A recording that cannot be begun does not keep a call from being answered.
fn open_recording(shared: &Shared, id: Uuid) -> (Option<Tap>, Option<Recording>, Option<String>) {
    let Some(recorder) = shared.recorder.as_ref() else { return (None, None, None) };
    match recorder.open(&file_name(id)) {
        Ok((tap, recording)) => (Some(tap), Some(recording), None),
        Err(error) => {
            tracing::error!(%error, "a call is answered without recording");
            shared.counters.recordings_failed.fetch_add(1, Ordering::Relaxed);
            (None, None, Some(error.to_string()))
        }
    }
}

fn file_name(contact: Uuid) -> String {
    format!("{contact}.wav")
}

/// The user part of a SIP URI, or the number of a `tel:` one.
fn user_of(uri: &str) -> &str {
    let rest = uri.split_once(':').map_or(uri, |(_, rest)| rest);
    let user = rest.split_once('@').map_or(rest, |(user, _)| user);
    user.split([';', ':', '?']).next().unwrap_or(user)
}

#[cfg(test)]
mod tests {
    use super::user_of;

    #[test]
    fn the_number_called_is_the_user_of_the_uri() {
        assert_eq!(user_of("sip:900123@192.0.2.1:5060;transport=tcp"), "900123");
        assert_eq!(user_of("tel:+34900123;phone-context=x"), "+34900123");
        assert_eq!(user_of("sip:cita_previa;x=1@example.es"), "cita_previa");
    }
}
