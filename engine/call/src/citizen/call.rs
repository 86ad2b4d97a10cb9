//! One call of a citizen, from INVITE to report.

use std::sync::Arc;
use std::time::{Duration, Instant};

use records::Recorder;
use rtrb::{Consumer, Producer};
use sip::sdp::{Negotiated, SdpError, Session};
use sip::{Event, LegId};
use tokio::sync::{Notify, mpsc};

use super::loss::Lossy;
use super::report::{BotTurn, Interruption, Outcome, Report, TurnReport};
use super::seat::{Act, CitizenParts, CitizenSeat, Leave, Told};
use super::{CallError, Citizens, Order, Prepared};
use crate::media::{Line, PortLine, media_of};

/// How long the bot has to hang up after the script is done.
const AFTER_SCRIPT: Duration = Duration::from_secs(15);
/// How long seat and leg have to end.
const CLOSING: Duration = Duration::from_secs(2);

/// A call on its way.
struct Call<'a> {
    citizens: &'a Citizens,
    leg: LegId,
    events: mpsc::UnboundedReceiver<Event>,
    prepared: &'a Prepared,
    invited: Instant,
    answered: Option<Instant>,
    report: Report,
    ended: bool,
    /// Place in `turns` of the turn that waits for the bot's answer.
    open: Option<(usize, Instant)>,
    /// When the first sound over the bot was sent.
    over: Option<(Instant, String)>,
    bot_speaks: bool,
    done: Option<Instant>,
    act: usize,
}

/// Media of a call, made before the INVITE.
struct Ground {
    port: rtp::Port,
    local: sip::sdp::Local,
    lossy: Option<Lossy>,
}

pub(super) async fn run(
    citizens: &Citizens,
    order: &Order,
    prepared: &Prepared,
    recorder: Option<(&Recorder, &str)>,
) -> Result<Report, CallError> {
    let mut ground = ground(citizens, order, prepared)?;
    let target = sip::Target {
        uri: order.uri.clone(),
        from: order.from.clone(),
        offer: (!order.late_offer).then(|| sip::sdp::offer(&ground.local)),
        credentials: None,
    };
    let invited = Instant::now();
    let leg = citizens.stack.invite(target).await?;
    let mut call = Call {
        citizens,
        leg,
        events: citizens.claim(leg),
        prepared,
        invited,
        answered: None,
        report: blank(),
        ended: false,
        open: None,
        over: None,
        bot_speaks: false,
        done: None,
        act: 0,
    };
    let answered = call.answered(&mut ground).await;
    if answered {
        call.talk(ground, order, recorder).await?;
    }
    citizens.forget(leg);
    call.report.duration_s = invited.elapsed().as_secs_f32();
    Ok(call.report)
}

fn ground(citizens: &Citizens, order: &Order, prepared: &Prepared) -> Result<Ground, CallError> {
    let port = citizens.ports.take()?;
    let script = &prepared.script;
    let lossy = match script.packet_loss {
        loss if loss > 0.0 => Some(Lossy::start(citizens.address, port.local(), loss, script.seed)?),
        _ => None,
    };
    let shown = lossy.as_ref().map_or(port.local(), |l| l.outside).port();
    let mut local = sip::sdp::Local::new(citizens.address, shown, u64::from(shown));
    if !order.codecs.is_empty() {
        local.codecs.clone_from(&order.codecs);
    }
    Ok(Ground { port, local, lossy })
}

fn blank() -> Report {
    Report {
        outcome: Outcome::Refused,
        status: 0,
        redirected_to: Vec::new(),
        answer_ms: None,
        first_audio_ms: None,
        duration_s: 0.0,
        turns: Vec::new(),
        bot: Vec::new(),
        interruptions: Vec::new(),
        timeouts: 0,
        received: 0,
        lost: 0,
        late: 0,
        sent: 0,
        jitter_ms: 0.0,
        mos: 0.0,
        recording: None,
    }
}

impl Call<'_> {
    /// Waits for the answer; says whether there was one that can be used.
    async fn answered(&mut self, ground: &mut Ground) -> bool {
        while let Some(event) = self.events.recv().await {
            match event {
                Event::Answered { sdp, .. } => {
                    self.final_response(200);
                    let session = Session::parse(&sdp);
                    let agreed = session.and_then(|s| sip::sdp::accept_answer(&ground.local, &s));
                    return self.agree(agreed, ground).await;
                }
                Event::Offered { sdp, .. } => {
                    self.final_response(200);
                    let agreed = Session::parse(&sdp).and_then(|s| sip::sdp::answer(&s, &ground.local));
                    let answer = agreed.as_ref().ok().map(|agreed| agreed.sdp.clone());
                    let talks = self.agree(agreed, ground).await;
                    if let Some(answer) = answer {
                        let _ = self.citizens.stack.accept(self.leg, answer).await;
                    }
                    return talks;
                }
                Event::Failed { status, cause, .. } => {
                    self.final_response(status);
                    if let sip::FailCause::Redirected { contacts } = cause {
                        self.report.redirected_to = contacts;
                    }
                    return false;
                }
                Event::Ended { .. } => return false,
                _ => {}
            }
        }
        false
    }

    fn final_response(&mut self, status: u16) {
        self.report.status = status;
        self.report.answer_ms = Some(self.invited.elapsed().as_secs_f32() * 1000.0);
        if status < 300 {
            self.answered = Some(Instant::now());
        }
    }

    /// Opens the media as agreed, or hangs up; says whether there is something to talk over.
    async fn agree(&mut self, agreed: Result<Negotiated, SdpError>, ground: &mut Ground) -> bool {
        match agreed {
            Ok(agreed) => {
                let mut media = media_of(&agreed);
                if let Some(lossy) = &ground.lossy {
                    lossy.lead_to(media.remote);
                    media.remote = lossy.inside;
                    media.remote_rtcp = None;
                }
                ground.port.configure(media);
                true
            }
            Err(error) => {
                tracing::error!(%error, "the other side's description cannot be used");
                let _ = self.citizens.stack.bye(self.leg).await;
                self.report.outcome = Outcome::Failed;
                false
            }
        }
    }

    async fn talk(
        &mut self,
        ground: Ground,
        order: &Order,
        recorder: Option<(&Recorder, &str)>,
    ) -> Result<(), CallError> {
        let mut tap = None;
        if let Some((recorder, name)) = recorder {
            let (made, recording) = recorder.open(name)?;
            tap = Some(made);
            self.report.recording = Some(recording.path().display().to_string());
        }
        let line: Box<dyn Line> = Box::new(PortLine::new(ground.port));
        let parts = CitizenParts {
            line,
            tap,
            acts: self.prepared.acts.clone(),
            noise_db: self.prepared.script.noise_db,
            seed: self.prepared.script.seed,
        };
        let (seat, told, leave) = CitizenSeat::new(parts);
        let bell = Arc::new(Notify::new());
        if !self.citizens.media.seat(Box::new(seat), bell.clone()) {
            let _ = self.citizens.stack.bye(self.leg).await;
            return Err(CallError::Full);
        }
        self.follow(told, leave, &bell, order.longest).await;
        drop(ground.lossy);
        Ok(())
    }

    async fn follow(
        &mut self,
        mut told: Consumer<Told>,
        mut leave: Producer<Leave>,
        bell: &Notify,
        longest: Duration,
    ) {
        let deadline = Instant::now() + longest;
        let outcome = loop {
            let last = self.done.map_or(deadline, |done| deadline.min(done + AFTER_SCRIPT));
            tokio::select! {
                () = bell.notified() => {
                    while let Ok(told) = told.pop() {
                        self.on_told(told);
                    }
                    if told.is_abandoned() {
                        break Outcome::Failed;
                    }
                    if self.done.is_some() && self.prepared.hangs_up() {
                        break Outcome::HungUp;
                    }
                }
                event = self.events.recv() => match event {
                    Some(Event::Ended { .. }) | None => {
                        self.ended = true;
                        break if self.script_is_done() { Outcome::Completed } else { Outcome::CutShort };
                    }
                    Some(Event::Reinvite { leg, .. }) => {
                        let _ = self.citizens.stack.answer_reinvite(leg, Err(488)).await;
                    }
                    Some(_) => {}
                },
                () = tokio::time::sleep_until(last.into()) => {
                    break if self.done.is_some() { Outcome::HungUp } else { Outcome::TooLong };
                }
            }
        };
        self.report.outcome = outcome;
        let _ = leave.push(Leave);
        let _ = tokio::time::timeout(CLOSING, self.close(&mut told, bell)).await;
    }

    /// Nothing is left to do but to wait for the bot's last words.
    fn script_is_done(&self) -> bool {
        let rest = self.prepared.acts.get(self.act + 1..).unwrap_or_default();
        self.done.is_some()
            || rest.iter().all(|act| matches!(act, Act::Wait { .. } | Act::Silence(_) | Act::Done))
    }

    async fn close(&mut self, told: &mut Consumer<Told>, bell: &Notify) {
        if !self.ended {
            let _ = self.citizens.stack.bye(self.leg).await;
        }
        let mut left = false;
        while !(self.ended && left) {
            tokio::select! {
                () = bell.notified() => {
                    while let Ok(told) = told.pop() {
                        left |= matches!(told, Told::Left(_));
                        self.on_told(told);
                    }
                    left |= told.is_abandoned();
                }
                event = self.events.recv(), if !self.ended => {
                    self.ended = matches!(event, Some(Event::Ended { .. } | Event::Failed { .. }) | None);
                }
            }
        }
    }

    fn ms(&self, at: Instant) -> u64 {
        let since = at.saturating_duration_since(self.answered.unwrap_or(self.invited));
        u64::try_from(since.as_millis()).unwrap_or(u64::MAX)
    }

    fn on_told(&mut self, told: Told) {
        match told {
            Told::Act { index, at } => self.on_act(index, at),
            Told::FirstSound { at } => {
                if self.bot_speaks {
                    let said = self.prepared.names.get(self.act).cloned().unwrap_or_default();
                    self.over = Some((at, said));
                }
            }
            Told::LastSound { at, .. } => self.turn_ended(at),
            Told::BotBegins { at, buffered_ms, over_us } => self.bot_begins(at, buffered_ms, over_us),
            Told::BotEnds { at } => {
                self.bot_speaks = false;
                let end = self.ms(at);
                if let Some(turn) = self.report.bot.last_mut() {
                    turn.end_ms = Some(end);
                }
                if let Some((began, said)) = self.over.take() {
                    let stop_ms = at.checked_duration_since(began).map(|d| d.as_secs_f32() * 1000.0);
                    self.report.interruptions.push(Interruption { said, stop_ms });
                }
            }
            Told::TimedOut { .. } => self.report.timeouts += 1,
            Told::Done { at } => self.done = Some(at),
            Told::Left(stats) => self.report.line(&stats),
        }
    }

    fn on_act(&mut self, index: usize, at: Instant) {
        self.act = index;
        let keys = match self.prepared.acts.get(index) {
            Some(Act::Say { .. }) => false,
            Some(Act::Key(_)) => true,
            _ => return,
        };
        let (start_ms, said) = (self.ms(at), self.prepared.names.get(index).cloned().unwrap_or_default());
        let previous_is_key = index > 0 && matches!(self.prepared.acts.get(index - 1), Some(Act::Key(_)));
        if let (true, true, Some(turn)) = (keys, previous_is_key, self.report.turns.last_mut()) {
            turn.said.push_str(&said);
        } else {
            let turn = TurnReport {
                said,
                start_ms,
                end_ms: start_ms,
                delay_ms: None,
                wire_ms: None,
                cut_off: false,
                keys,
            };
            self.report.turns.push(turn);
        }
        self.open = None;
        if keys {
            // A key counts from its release, 120 ms after it was pressed.
            self.turn_ended(at + Duration::from_millis(120));
        }
    }

    fn turn_ended(&mut self, at: Instant) {
        let (place, end_ms) = (self.report.turns.len().wrapping_sub(1), self.ms(at));
        if let Some(turn) = self.report.turns.last_mut() {
            turn.end_ms = end_ms;
            self.open = Some((place, at));
        }
    }

    fn bot_begins(&mut self, at: Instant, buffered_ms: f32, over_us: bool) {
        self.bot_speaks = true;
        let start_ms = self.ms(at);
        self.report.bot.push(BotTurn { start_ms, end_ms: None });
        if self.report.first_audio_ms.is_none() {
            let since = self.answered.map(|a| at.saturating_duration_since(a).as_secs_f32() * 1000.0);
            self.report.first_audio_ms = since.map(|ms| (ms - buffered_ms).max(0.0));
        }
        if over_us && let Some(turn) = self.report.turns.last_mut() {
            turn.cut_off = true;
        }
        if let Some((place, ended)) = self.open.take()
            && let Some(turn) = self.report.turns.get_mut(place)
        {
            let delay = at.saturating_duration_since(ended).as_secs_f32() * 1000.0;
            turn.delay_ms = Some(delay);
            turn.wire_ms = Some((delay - buffered_ms).max(0.0));
        }
    }
}
