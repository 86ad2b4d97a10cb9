//! The task of a contact.

mod ending;
mod reach;
mod transfer;
mod turns;

use std::collections::{BTreeMap, VecDeque};
use std::sync::Arc;
use std::time::{Duration, Instant};

use chrono::Utc;
use dialogs::{Handoff, Heard, Input, Json, Listen, Output, ServiceCall};
use records::{Entry, Outcome, Recording, Saved};
use sip::{EndCause, LegId, Stack};
use tokio::sync::{Notify, mpsc};

use super::delay::Stopwatch;
use super::service::{self, Reply};
use super::speech::{HeardPrompt, Speech};
use super::timeline::{Live, Timeline};
use super::{Answering, Dialogue, notes, question};
use crate::ears::{ExpectHandle, Final};
use crate::media::{Command, ContactSeat, LineStats, Place, Remote, Report, samples_ms};
use crate::turn::{Action, BargeIn, Question};
use transfer::Transfer;
use turns::{Ended, MASK, Piece};

/// What signalling says about a contact's leg.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Signal {
    /// The call stands, with these media if they have changed.
    Acked,
    /// The ACK lacked the answer to our offer, or had one that can't be used; we have hung up.
    NoMedia(String),
    /// The media have changed: hold, resume, another address.
    Media(rtp::Media),
    /// A key by SIP INFO.
    Key(char),
    /// How the transfer that we asked for goes.
    Referred(u16),
    /// The leg has ended.
    Ended(EndCause),
    /// The caller gave up before we answered.
    Cancelled,
}

/// Everything that a contact's task stands on.
pub struct ContactParts {
    /// Signalling.
    pub stack: Stack,
    /// The leg.
    pub leg: LegId,
    /// What signalling says.
    pub signals: mpsc::UnboundedReceiver<Signal>,
    /// The seat on the media thread.
    pub remote: Remote,
    /// Rings when the seat has reported.
    pub bell: Arc<Notify>,
    /// Words.
    pub finals: mpsc::UnboundedReceiver<Final>,
    /// What the recogniser is to expect.
    pub expect: ExpectHandle,
    /// Voice.
    pub prompts: Arc<tts::Prompts>,
    /// The bot.
    pub bot: Answering,
    /// How the contact begins.
    pub start: dialogs::Start,
    /// The pen.
    pub timeline: Timeline,
    /// The recording, if one is made.
    pub recording: Option<Recording>,
    /// Outside services.
    pub http: reqwest::Client,
    /// Longest contact.
    pub max_duration: Duration,
}

/// Words that wait this long for the verdict waited for the end of a prompt.
const KEPT: Duration = Duration::from_secs(1);

/// How far the contact is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Stage {
    /// The dialog goes on.
    Live,
    /// The dialog has ended; its last words sound.
    LastWords,
    /// The far end calls somebody else in our place.
    Transferring,
    /// We have hung up, or the far end has.
    Over,
}

pub(crate) struct Contact {
    p: Links,
    dialogue: Box<dyn Dialogue>,
    speech: Speech,
    stage: Stage,
    question: Option<u32>,
    /// What the last question asks for must not be written down.
    private: bool,
    questions: u32,
    ended: VecDeque<Ended>,
    words: VecDeque<Final>,
    /// What begins the answer whose end follows.
    pieces: Vec<Piece>,
    /// Listens for a mailbox.
    mailbox: crate::voicemail::Watch,
    /// The keys that end it, while the words before them are on their way.
    keyed: Option<(u32, String)>,
    stopwatch: Option<(Stopwatch, Option<u32>)>,
    waiting: Option<Waiting>,
    /// Calls and cases that change something and have not been answered.
    under_way: Vec<UnderWay>,
    /// An answer that the dialog is reading.
    replied: Option<Replied>,
    replies: mpsc::UnboundedReceiver<Answer>,
    reply_to: mpsc::UnboundedSender<Answer>,
    outcome: Option<Outcome>,
    handoff: Option<(String, String)>,
    transfer: Option<Transfer>,
    line: LineStats,
    left: bool,
    leg_ended: bool,
    /// The call has stood: the ACK came, with media.
    connected: bool,
}

/// Something that others were asked to do, and that must be known of even when the caller has gone.
struct UnderWay {
    id: u64,
    /// By then it has been answered, or never will be.
    until: Instant,
}

/// The parts without those that move elsewhere.
struct Links {
    stack: Stack,
    leg: LegId,
    signals: mpsc::UnboundedReceiver<Signal>,
    remote: Remote,
    bell: Arc<Notify>,
    finals: mpsc::UnboundedReceiver<Final>,
    expect: ExpectHandle,
    time_zone: chrono_tz::Tz,
    voices: Arc<BTreeMap<String, tts::Style>>,
    timeline: Timeline,
    recording: Option<Recording>,
    http: reqwest::Client,
    deadline: Instant,
}

/// What the dialog waited for.
enum Answer {
    /// A service's.
    Service(Reply),
    /// The number of a case, or why there is none.
    Case { id: u64, result: Result<Json, dialogs::CallError> },
}

/// A service's answer, for the record.
struct Replied {
    operation: String,
    took: Duration,
}

/// A service call, or a case being opened.
struct Waiting {
    call: u64,
    /// What to say if it takes longer.
    say: Option<(Instant, dialogs::Prompt)>,
}

impl Contact {
    /// A contact that is about to be answered; its first words are queued.
    pub(crate) fn new(parts: ContactParts) -> Contact {
        let (reply_to, replies) = mpsc::unbounded_channel();
        let dialogue = (parts.bot.begin)(parts.start);
        let voice = parts.bot.voices.get("es").cloned().unwrap_or_default();
        let mut contact = Contact {
            speech: Speech::new(parts.prompts, voice, parts.bot.sounds).told_to(parts.expect.saying()),
            p: Links {
                stack: parts.stack,
                leg: parts.leg,
                signals: parts.signals,
                remote: parts.remote,
                bell: parts.bell,
                finals: parts.finals,
                expect: parts.expect,
                time_zone: parts.bot.time_zone,
                voices: parts.bot.voices,
                timeline: parts.timeline,
                recording: parts.recording,
                http: parts.http,
                deadline: Instant::now() + parts.max_duration,
            },
            dialogue,
            stage: Stage::Live,
            question: None,
            private: false,
            questions: 0,
            ended: VecDeque::new(),
            words: VecDeque::new(),
            pieces: Vec::new(),
            mailbox: crate::voicemail::Watch::default(),
            keyed: None,
            stopwatch: None,
            waiting: None,
            under_way: Vec::new(),
            replied: None,
            replies,
            reply_to,
            outcome: None,
            handoff: None,
            transfer: None,
            line: LineStats::default(),
            left: false,
            leg_ended: false,
            connected: false,
        };
        contact.feed(Input::Started);
        contact
    }

    /// Waits for the ACK, then lives on the media thread until leg and seat are
    /// gone; the record is then closed. Says whether the call ever stood.
    pub(crate) async fn run(mut self, seat: ContactSeat, place: Place) -> bool {
        let mut seated = None;
        self.connected = self.acked().await;
        if self.connected {
            self.p.timeline.answered();
            seated = Some(place.sit(Box::new(seat), self.p.bell.clone()));
        }
        if seated == Some(false) {
            self.media_failed();
        }
        while self.stage != Stage::Over {
            self.step().await;
        }
        self.close(seated == Some(true)).await;
        self.connected
    }

    /// Whether the call stands; signalling ends it if the ACK never comes.
    async fn acked(&mut self) -> bool {
        while self.stage != Stage::Over {
            match self.p.signals.recv().await {
                Some(Signal::Acked) => return true,
                signal => self.on_signal(signal.unwrap_or(Signal::Ended(EndCause::Shutdown))),
            }
        }
        false
    }

    async fn step(&mut self) {
        let wake = self.next_timeout();
        tokio::select! {
            biased;
            signal = self.p.signals.recv() => self.on_signal(signal.unwrap_or(Signal::Ended(EndCause::Shutdown))),
            words = self.p.finals.recv() => match words {
                Some(words) => self.on_words(words),
                None => self.media_failed(),
            },
            () = self.p.bell.notified() => self.on_bell(),
            Some(answer) = self.replies.recv() => self.on_answer(answer),
            () = tokio::time::sleep_until(wake.into()) => self.on_time(),
        }
    }

    // ---- signals ------------------------------------------------------------

    fn on_signal(&mut self, signal: Signal) {
        match signal {
            Signal::Acked => {}
            Signal::Media(media) => {
                // Who holds sends only (its music), or nothing: RFC 3264, section 8.4.
                let held = !(media.direction.sends() && media.direction.receives());
                self.p
                    .timeline
                    .signal(if held { "held" } else { "media" }, Some(format!("{:?}", media.direction)));
                self.command(Command::Configure(media));
            }
            Signal::Key(key) => self.command(Command::Key(key)),
            Signal::Referred(status) => self.referred(status),
            Signal::NoMedia(why) => self.p.timeline.signal("no_media", Some(why)),
            Signal::Ended(cause) => {
                let event = if self.connected { "hung_up" } else { "not_connected" };
                self.p.timeline.signal(event, Some(format!("{cause:?}")));
                self.leg_over();
            }
            Signal::Cancelled => {
                self.p.timeline.signal("cancelled", None);
                self.leg_over();
            }
        }
    }

    fn leg_over(&mut self) {
        self.leg_ended = true;
        self.left_while_transferring();
        if !self.connected {
            // Nobody has heard anything: whatever the dialog meant to do.
            self.outcome = None;
            self.cut("not_connected");
        }
        self.cut("hung_up");
    }

    /// The call is over, whatever the dialog was at. It still takes the answers of what it has begun.
    fn cut(&mut self, outcome: &str) {
        let live = self.stage == Stage::Live;
        self.stage = Stage::Over;
        if live {
            self.feed(Input::HungUp);
            self.outcome = None;
        }
        self.outcome.get_or_insert_with(|| Outcome { name: outcome.into(), handoff: None });
    }

    /// The seat is gone without having been told to leave.
    fn media_failed(&mut self) {
        if self.stage != Stage::Over {
            self.p.timeline.signal("media_failed", None);
            self.cut("failed");
            self.outcome = Some(Outcome { name: "failed".into(), handoff: self.handoff.clone() });
        }
    }

    fn next_timeout(&self) -> Instant {
        let say = self.waiting.as_ref().and_then(|w| w.say.as_ref()).map(|s| s.0);
        say.map_or(self.p.deadline, |at| at.min(self.p.deadline))
    }

    fn on_time(&mut self) {
        let now = Instant::now();
        if now >= self.p.deadline {
            self.p.timeline.step("engine", "longest contact reached");
            self.cut("too_long");
            return;
        }
        let due = |w: &mut Waiting| w.say.take_if(|s| s.0 <= now);
        if let Some((_, prompt)) = self.waiting.as_mut().and_then(due) {
            self.say(&prompt);
        }
    }

    // ---- what the media thread reports ---------------------------------------

    fn on_bell(&mut self) {
        while let Ok(report) = self.p.remote.reports.pop() {
            self.on_report(report);
        }
        if self.p.remote.reports.is_abandoned() && !self.left {
            self.media_failed();
        }
    }

    fn on_report(&mut self, report: Report) {
        match report {
            Report::Turn { at, action } => self.on_action(at, action),
            Report::Sounded { at, prompt } => self.on_sound(at, prompt),
            Report::Played { prompt, samples } => {
                let heard = self.speech.played(prompt);
                self.write_said(heard, samples);
            }
            Report::Stopped { prompt, samples, by } => {
                let (heard, heard_chars) = self.speech.stopped(prompt, samples);
                self.write_said(heard, samples);
                if by.is_some() {
                    self.feed(Input::Interrupted { heard_chars });
                }
            }
            Report::AllPlayed => self.on_all_played(),
            Report::NotPlayed { prompt } => {
                let _ = self.speech.stopped(Some(prompt), 0);
                self.p.timeline.step("engine", "a prompt was dropped: too many wait");
            }
            Report::Recording { at, how } => self.recording_changed(at, how),
            Report::LineSilent => {
                self.p.timeline.signal("line_silent", None);
                self.cut("line_lost");
            }
            Report::Beep => {
                if self.mailbox.beep() && self.stage == Stage::Live {
                    self.leave_mailbox();
                }
            }
            Report::Line(stats) => {
                self.line = stats;
                self.watch_recording();
            }
            Report::Left(stats) => {
                self.line = stats;
                self.left = true;
            }
        }
    }

    fn on_sound(&mut self, at: Instant, prompt: u32) {
        if let Some(text) = self.speech.words(prompt) {
            self.p.timeline.tell(Live::Speaking { text: text.to_owned() });
        }
        let ours = self.stopwatch.take_if(|(_, first)| *first == Some(prompt));
        if let Some((stopwatch, _)) = ours {
            let ready = self.speech.ready(prompt).unwrap_or(at);
            self.p.timeline.append(Entry::Delay(stopwatch.stop(ready, at)));
        }
    }

    fn write_said(&mut self, heard: Option<HeardPrompt>, samples: u64) {
        if let Some(prompt) = heard {
            self.p.timeline.append(Entry::Said {
                text: prompt.text,
                heard: prompt.heard,
                played_ms: samples_ms(samples),
                complete: prompt.complete,
            });
        }
    }

    fn on_all_played(&mut self) {
        if self.speech.busy() {
            return;
        }
        match self.stage {
            Stage::LastWords => self.after_last_words(),
            Stage::Live => self.feed(Input::Finished),
            Stage::Transferring | Stage::Over => {}
        }
    }

    fn on_action(&mut self, at: Instant, action: Action) {
        match action {
            Action::StartListening { .. } => self.p.timeline.tell(Live::Listening),
            Action::EndOfTurn { utterance, question, silence_ms, open_floor, .. } => {
                let silence = Duration::from_millis(u64::from(silence_ms));
                self.utterance_ended(Ended {
                    utterance,
                    question,
                    at,
                    silence,
                    taken: open_floor,
                    kept: false,
                });
            }
            Action::Turn { utterance, question } => {
                if let Some(ended) = self.ended.iter_mut().find(|e| e.utterance == utterance) {
                    ended.kept = at.saturating_duration_since(ended.at) > KEPT;
                    (ended.taken, ended.question) = (true, question);
                }
                self.take_turn(utterance);
            }
            Action::Ignored { utterance, why } => self.ignored(utterance, why),
            Action::Part { utterance, .. } => self.pieces.push(Piece::Spoken(utterance)),
            Action::KeyedPart { keys, .. } => self.pieces.push(Piece::Keyed(keys.as_str().to_owned())),
            Action::Keyed { question, keys } => {
                self.keyed = Some((question, keys.as_str().to_owned()));
                self.take_keys();
            }
            Action::NoInput { question } => {
                if self.answers(question) {
                    self.feed(Input::NoInput);
                }
            }
            Action::Unintelligible { question } | Action::Lost { question, .. } => {
                if self.answers(question) {
                    self.p.timeline.step("engine", "the recogniser gave no words");
                    self.feed(Input::Heard(Heard::default()));
                }
            }
            Action::FalseInterruption { .. } => {
                self.p.timeline.step("turn", "false interruption: the prompt goes on");
            }
            Action::StrayKey(key) => self.stray_key(key),
            Action::Discard { .. } | Action::PausePrompt | Action::ResumePrompt | Action::StopPrompt(_) => {}
        }
    }

    fn stray_key(&mut self, key: char) {
        let key = if self.private { MASK.to_owned() } else { key.to_string() };
        self.p.timeline.step("turn", format!("key {key} that nothing asked for"));
    }

    /// Whether `question` is the one that is open; it is not from here on.
    fn answers(&mut self, question: u32) -> bool {
        self.stage == Stage::Live && self.question.take_if(|q| *q == question).is_some()
    }

    // ---- the dialog -------------------------------------------------------------

    fn local_time(&self) -> chrono::NaiveDateTime {
        Utc::now().with_timezone(&self.p.time_zone).naive_local()
    }

    fn feed(&mut self, input: Input) {
        let outputs = self.dialogue.handle(input, self.local_time());
        self.obey(outputs);
    }

    fn obey(&mut self, outputs: Vec<Output>) {
        let understood = self.dialogue.understood_in();
        if let Some((stopwatch, _)) = self.stopwatch.as_mut() {
            stopwatch.understood(understood);
        }
        if outputs.iter().any(|o| matches!(o, Output::Say(_))) {
            self.speech.begin_batch();
        }
        for output in outputs {
            match output {
                Output::Say(prompt) => self.say(&prompt),
                Output::Listen(listen) => self.listen(&listen),
                Output::Call(call) => self.call(call),
                Output::Sms(sms) => self.message("sms", sms.template, &sms.to),
                Output::Email(email) => self.message("email", email.template, &email.to),
                Output::Record(how) => self.record(how),
                Output::Case(case) => self.case(case),
                Output::Callback(callback) => self.call_back(callback),
                Output::Language(code) => self.change_language(code),
                Output::Handoff(handoff) => self.hand_off(handoff),
                Output::End(end) => self.end(end.outcome),
                Output::Note(note) => {
                    if let dialogs::What::Replied { error, saved, .. } = &note.what {
                        self.write_reply(error.clone(), saved.clone());
                    }
                    notes::write(&note, self.dialogue.as_ref(), &self.p.timeline);
                }
            }
        }
        if self.stage == Stage::Live && self.waiting.is_some() && self.question.is_none() {
            self.listen_for_a_way_out();
        }
    }

    /// While a service is asked, whoever wants a person is heard all the same.
    /// What else is said then is no answer, and no silence is counted.
    fn listen_for_a_way_out(&mut self) {
        self.questions += 1;
        self.question = Some(self.questions);
        self.command(Command::Ask(Question {
            id: self.questions,
            barge_in: BargeIn::Never,
            ..Question::default()
        }));
    }

    fn say(&mut self, prompt: &dialogs::Prompt) {
        if prompt.text.trim().is_empty() {
            return;
        }
        let prompt = self.speech.say(prompt);
        if let Some((stopwatch, first)) = self.stopwatch.as_mut() {
            stopwatch.decided(Instant::now());
            first.get_or_insert(prompt.id);
        }
        self.command(Command::Play(prompt));
    }

    fn listen(&mut self, listen: &Listen) {
        self.questions += 1;
        self.question = Some(self.questions);
        self.private = listen.expect.private;
        self.p.expect.set(question::expectation(&listen.expect));
        self.command(Command::Ask(question::question(self.questions, listen)));
    }

    fn call(&mut self, call: ServiceCall) {
        let say = call.while_waiting.clone().map(|(after, prompt)| (Instant::now() + after, prompt));
        self.waiting = Some(Waiting { call: call.id, say });
        if call.changes() {
            self.under_way.push(UnderWay { id: call.id, until: Instant::now() + call.longest() });
        }
        let (client, reply_to) = (self.p.http.clone(), self.reply_to.clone());
        tokio::spawn(async move {
            // The contact may be over by then.
            let _ = reply_to.send(Answer::Service(service::ask(client, call).await));
        });
    }

    fn on_answer(&mut self, answer: Answer) {
        match answer {
            Answer::Service(reply) => {
                let error = reply.result.as_ref().err().map(ToString::to_string);
                self.replied = Some(Replied { operation: reply.operation, took: reply.took });
                self.reply(reply.id, reply.result);
                // The dialog has not read it.
                self.write_reply(error, None);
            }
            Answer::Case { id, result } => self.reply(id, result),
        }
    }

    /// The dialog knows what to make of an answer: also of one that it does not wait for any more.
    fn reply(&mut self, call: u64, result: Result<Json, dialogs::CallError>) {
        self.waiting.take_if(|w| w.call == call);
        self.under_way.retain(|open| open.id != call);
        self.feed(Input::Reply { call, result });
    }

    /// Writes an answer down once. What is wrong with it only the dialog can say: it knows the declared shape.
    fn write_reply(&mut self, error: Option<String>, saved: Option<dialogs::Saved>) {
        if let Some(Replied { operation, took }) = self.replied.take() {
            let took_ms = u64::try_from(took.as_millis()).unwrap_or(u64::MAX);
            let saved = saved.map(|saved| Saved { name: saved.name, value: saved.value });
            self.p.timeline.append(Entry::Service { operation, took_ms, error, saved });
        }
    }

    fn hand_off(&mut self, handoff: Handoff) {
        self.transfer = Transfer::of(&handoff);
        let to = handoff.number.unwrap_or(handoff.queue);
        self.p.timeline.append(Entry::Handoff { queue: to.clone(), reason: handoff.reason.clone() });
        self.handoff = Some((to, handoff.reason));
    }

    fn end(&mut self, outcome: String) {
        self.outcome = Some(Outcome { name: outcome, handoff: self.handoff.clone() });
        self.question = None;
        if self.stage == Stage::Live {
            self.command(Command::Withdraw);
            self.stage = Stage::LastWords;
            if !self.speech.busy() {
                self.after_last_words();
            }
        }
    }

    fn command(&mut self, command: Command) {
        // A full ring: the media thread is stuck for over a second, and the
        // watch on the seat ends the contact.
        if self.p.remote.commands.push(command).is_err() {
            tracing::error!("a media thread does not take commands");
        }
    }
}
