//! The simulated citizen: a caller that follows a script, on the same media
//! threads as the engine. It is the tool behind `digame call`, the other half of
//! the demo, and the load generator's unit.

mod call;
mod loss;
mod report;
pub mod script;
mod seat;
#[cfg(test)]
mod tests;
mod yaml;

use std::collections::HashMap;
use std::net::{IpAddr, SocketAddr};
use std::ops::ControlFlow;
use std::ops::RangeInclusive;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use records::Recorder;
use sip::{Event, LegId};
use tokio::sync::mpsc;

pub use report::{BotTurn, Interruption, Outcome, Report, TurnReport};
pub use script::{Interrupt, Script, ScriptError, Step, Wait};

use crate::media::{Media, MediaError};
use seat::{Act, last_sound, ms};

/// How citizens call.
#[derive(Debug, Clone)]
pub struct Config {
    /// SIP is bound here; port 0 takes a free one.
    pub bind: SocketAddr,
    /// Address told to far ends for media.
    pub media_address: IpAddr,
    /// Ports for media.
    pub ports: RangeInclusive<u16>,
    /// Calls at once.
    pub capacity: usize,
    /// Media threads.
    pub threads: usize,
}

impl Config {
    /// One process of citizens on loopback.
    #[must_use]
    pub fn loopback() -> Config {
        let address = IpAddr::from([127, 0, 0, 1]);
        Config {
            bind: SocketAddr::new(address, 0),
            media_address: address,
            ports: 30_000..=39_999,
            capacity: 200,
            threads: 1,
        }
    }
}

/// Why citizens cannot call.
#[derive(Debug, thiserror::Error)]
pub enum CallError {
    /// Signalling.
    #[error(transparent)]
    Sip(#[from] sip::Error),
    /// Ports.
    #[error(transparent)]
    Rtp(#[from] rtp::Error),
    /// Media threads.
    #[error(transparent)]
    Media(#[from] MediaError),
    /// The lossy network.
    #[error("the lossy network cannot be made: {0}")]
    Loss(#[from] std::io::Error),
    /// The recording.
    #[error(transparent)]
    Recording(#[from] records::Error),
    /// More calls than [`Config::capacity`].
    #[error("no room for another call in this process; raise its capacity")]
    Full,
}

type Legs = Arc<Mutex<HashMap<LegId, mpsc::UnboundedSender<Event>>>>;

/// A process of citizens: one SIP endpoint, any number of calls.
pub struct Citizens {
    stack: sip::Stack,
    ports: rtp::PortPool,
    media: Arc<Media>,
    legs: Legs,
    address: IpAddr,
    /// Events of legs that nobody has claimed yet.
    early: Arc<Mutex<Vec<(LegId, Event)>>>,
}

/// Whom to call, and how.
#[derive(Debug, Clone)]
pub struct Order {
    /// `sip:900000000@host:port`
    pub uri: String,
    /// Who calls.
    pub from: String,
    /// Codecs offered, the preferred one first; empty: all.
    pub codecs: Vec<sip::sdp::Codec>,
    /// The INVITE has no offer: the callee makes it with its 200, our answer goes into the ACK.
    pub late_offer: bool,
    /// Longest call.
    pub longest: Duration,
}

impl Order {
    /// A call from an anonymous number, at most ten minutes.
    #[must_use]
    pub fn to(uri: &str) -> Order {
        Order {
            uri: uri.to_owned(),
            from: "<sip:600000000@citizen.invalid>".to_owned(),
            codecs: Vec::new(),
            late_offer: false,
            longest: Duration::from_secs(600),
        }
    }
}

/// A script whose sounds are ready.
#[derive(Debug, Clone)]
pub struct Prepared {
    acts: Vec<Act>,
    /// What each act is, for the report.
    names: Vec<String>,
    script: Script,
}

impl Prepared {
    /// Speaks the script's texts and reads its sounds.
    ///
    /// # Errors
    /// [`ScriptError`] names the file or text.
    pub fn new(script: &Script, prompts: &tts::Prompts) -> Result<Prepared, ScriptError> {
        let mut prepared = Prepared { acts: Vec::new(), names: Vec::new(), script: script.clone() };
        for step in &script.steps {
            prepared.add(step, prompts)?;
        }
        if prepared.acts.last().is_none_or(|act| !matches!(act, Act::Done)) {
            prepared.push(Act::Done, "fin");
        }
        Ok(prepared)
    }

    fn add(&mut self, step: &Step, prompts: &tts::Prompts) -> Result<(), ScriptError> {
        match step {
            Step::Say(text) => self.push(say(speak(text, prompts)?), text),
            Step::Play(path) => self.push(say(asr::eval::audio::read(path)?), &path.display().to_string()),
            Step::Keys(keys) => keys.chars().for_each(|key| self.push(Act::Key(key), &key.to_string())),
            Step::Wait(wait) => {
                self.push(Act::Wait { silence: ms(wait.silence_ms), timeout: ms(wait.timeout_ms) }, "espera");
            }
            Step::Interrupt(interrupt) => {
                let frames = ms(interrupt.after_ms);
                self.push(Act::HearBot { frames, timeout: ms(Wait::default().timeout_ms) }, "espera");
                self.push(say(speak(&interrupt.say, prompts)?), &interrupt.say);
            }
            Step::Silence(length) => self.push(Act::Silence(ms(*length)), "silencio"),
            Step::HangUp => self.push(Act::Done, "cuelga"),
        }
        Ok(())
    }

    fn push(&mut self, act: Act, name: &str) {
        self.acts.push(act);
        self.names.push(name.to_owned());
    }

    fn hangs_up(&self) -> bool {
        self.script.steps.contains(&Step::HangUp)
    }
}

fn say(pcm: Vec<i16>) -> Act {
    Act::Say { last_sound: last_sound(&pcm), pcm: pcm.into() }
}

fn speak(text: &str, prompts: &tts::Prompts) -> Result<Vec<i16>, tts::Error> {
    let mut pcm = Vec::new();
    prompts.stream(text, &mut |piece: &[i16]| {
        pcm.extend_from_slice(piece);
        ControlFlow::Continue(())
    })?;
    Ok(pcm)
}

impl Citizens {
    /// Opens the endpoint. Must be called inside a tokio runtime.
    ///
    /// # Errors
    /// The address or a port cannot be bound, or there are no threads.
    pub async fn start(config: Config) -> Result<Citizens, CallError> {
        let (stack, events) = sip::Stack::bind(sip::Config::new(config.bind)).await?;
        let ports = rtp::PortPool::new(config.media_address, config.ports, Duration::from_secs(1))?;
        let media = Arc::new(Media::start(config.threads, config.capacity)?);
        let citizens = Citizens {
            stack,
            ports,
            media,
            legs: Legs::default(),
            address: config.media_address,
            early: Arc::default(),
        };
        tokio::spawn(route(events, citizens.legs.clone(), citizens.early.clone(), citizens.stack.clone()));
        Ok(citizens)
    }

    /// Places a call, follows the script, and tells what came of it.
    ///
    /// # Errors
    /// The call could not even be placed. A call that is refused or lost is no
    /// error: its report says so.
    pub async fn call(
        &self,
        order: &Order,
        prepared: &Prepared,
        recorder: Option<(&Recorder, &str)>,
    ) -> Result<Report, CallError> {
        call::run(self, order, prepared, recorder).await
    }

    /// The media threads, for their statistics.
    #[must_use]
    pub fn media(&self) -> &Media {
        &self.media
    }

    /// Claims the events of a leg, those that came before included.
    fn claim(&self, leg: LegId) -> mpsc::UnboundedReceiver<Event> {
        let (sender, events) = mpsc::unbounded_channel();
        if let (Ok(mut legs), Ok(mut early)) = (self.legs.lock(), self.early.lock()) {
            let (ours, others) = std::mem::take(&mut *early).into_iter().partition(|(l, _)| *l == leg);
            *early = others;
            let ours: Vec<(LegId, Event)> = ours;
            for (_, event) in ours {
                let _ = sender.send(event);
            }
            legs.insert(leg, sender);
        }
        events
    }

    fn forget(&self, leg: LegId) {
        if let Ok(mut legs) = self.legs.lock() {
            legs.remove(&leg);
        }
    }
}

/// Hands each leg's events to its call.
async fn route(
    mut events: mpsc::Receiver<Event>,
    legs: Legs,
    early: Arc<Mutex<Vec<(LegId, Event)>>>,
    stack: sip::Stack,
) {
    while let Some(event) = events.recv().await {
        let leg = event.leg();
        if matches!(event, Event::Incoming { .. }) {
            let _ = stack.reject(leg, 480, None).await; // nobody calls a citizen
            continue;
        }
        let Ok(legs) = legs.lock() else { return };
        match legs.get(&leg) {
            Some(call) => {
                let _ = call.send(event);
            }
            None => {
                if let Ok(mut early) = early.lock() {
                    early.push((leg, event));
                }
            }
        }
    }
}
