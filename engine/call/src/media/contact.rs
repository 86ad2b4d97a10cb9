//! The seat of a contact: line, voice activity, turn-taking, ears, recording
//! and player, tied together once a tick.

use std::time::{Duration, Instant};

use asr::VoiceActivity;
use dialogs::Recording;
use records::Tap;
use rtrb::{Consumer, Producer};

use super::line::{FRAME, Line, LineStats, Pcm, Pulled, SILENCE, level_db};
use super::player::{Played, Player, Prompt};
use super::seat::{Seat, Ticked};
use crate::ears::{EarSeat, Sounding};
use crate::turn::{
    Action, Actions, FRAME_MS, Frame, Gist, Input, Question, Settings, StoppedBy, Turns, frames,
};
use crate::voicemail::Beep;

/// Frames kept before an utterance: the pre-roll and the onset.
const PRE_ROLL: usize = 32;
/// How much earlier than the caller's voice the bot's may have been whose echo it is: 700 ms, in frames.
const ECHO: usize = 35;
/// Frames for which it is known what of the bot sounded.
const SOUNDED: usize = PRE_ROLL + ECHO;
/// A frame at least this loud is somebody's sound, for the delay measured.
const SOUND_DB: f32 = -50.0;

/// What the controller wants of a seat.
#[derive(Debug)]
pub enum Command {
    /// Play this after what is queued.
    Play(Prompt),
    /// Ask: from now on an answer is wanted. Comes after its prompts.
    Ask(Question),
    /// No answer is wanted any more.
    Withdraw,
    /// Keep, or don't keep, what is said. Pause and stop hold from this tick on; start and resume once the
    /// prompts that are queued now are over, so that nothing said before them is kept.
    Record(Recording),
    /// Stop all prompts at once, without fading out.
    Hush,
    /// A key that came by signalling (SIP INFO).
    Key(char),
    /// The far end has agreed on other media (re-INVITE).
    Configure(rtp::Media),
    /// Leave the thread.
    Leave,
}

/// What a seat reports. `at` is the time of the tick.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Report {
    /// Turn-taking decided something.
    Turn {
        /// When.
        at: Instant,
        /// What.
        action: Action,
    },
    /// The first sound of a prompt was handed to the network.
    Sounded {
        /// When.
        at: Instant,
        /// Which prompt.
        prompt: u32,
    },
    /// A prompt was played whole.
    Played {
        /// Which.
        prompt: u32,
        /// Samples played.
        samples: u64,
    },
    /// The prompts were stopped; those behind the one named never sounded.
    Stopped {
        /// The prompt that played, if one had begun.
        prompt: Option<u32>,
        /// Samples of it that were sent.
        samples: u64,
        /// By whom; `None`: by the controller.
        by: Option<StoppedBy>,
    },
    /// Nothing is left to play.
    AllPlayed,
    /// From this tick on sound is kept, or silence in its place. Only said where there is a recording.
    Recording {
        /// When.
        at: Instant,
        /// What changed it.
        how: Recording,
    },
    /// A prompt found the queue full.
    NotPlayed {
        /// Which.
        prompt: u32,
    },
    /// No packet for as long as the settings say.
    LineSilent,
    /// The far end gave a beep, as mailboxes do.
    Beep,
    /// How the line is: once a second.
    Line(LineStats),
    /// The seat leaves; the line at the end.
    Left(LineStats),
}

/// Everything that a contact's seat is made of.
pub struct Parts {
    /// The far end.
    pub line: Box<dyn Line>,
    /// Voice activity of this contact.
    pub vad: Box<dyn VoiceActivity>,
    /// The recogniser's end.
    pub ear: EarSeat,
    /// Where the recording goes, if one is made.
    pub tap: Option<Tap>,
    /// Times of turn-taking.
    pub settings: Settings,
    /// Silence on the line that is reported, ms; 0: never.
    pub line_silence_ms: u32,
}

/// The controller's end of a seat.
pub struct Remote {
    /// Commands to the seat.
    pub commands: Producer<Command>,
    /// Reports from it.
    pub reports: Consumer<Report>,
}

/// See the module.
pub struct ContactSeat {
    line: Box<dyn Line>,
    vad: Box<dyn VoiceActivity>,
    ear: EarSeat,
    tap: Option<Tap>,
    keeping: Keeping,
    turns: Turns,
    player: Player,
    commands: Consumer<Command>,
    reports: Producer<Report>,
    before: Box<[Pcm; PRE_ROLL]>,
    ticks: u32,
    line_silence: Duration,
    line_silent: bool,
    on_hold: bool,
    reported: bool,
    bot: Bot,
    sounded: Sounded,
    beep: Beep,
}

/// The rings between a seat and its controller.
const COMMANDS: usize = 64;
const REPORTS: usize = 128;

impl ContactSeat {
    /// A seat, and the controller's end of it. All its memory is taken here.
    #[must_use]
    pub fn new(parts: Parts) -> (ContactSeat, Remote) {
        let (command_in, commands) = rtrb::RingBuffer::new(COMMANDS);
        let (reports, report_out) = rtrb::RingBuffer::new(REPORTS);
        let seat = ContactSeat {
            line: parts.line,
            vad: parts.vad,
            ear: parts.ear,
            tap: parts.tap,
            keeping: Keeping::default(),
            turns: Turns::new(parts.settings),
            player: Player::new(),
            commands,
            reports,
            before: Box::new([SILENCE; PRE_ROLL]),
            ticks: 0,
            line_silence: Duration::from_millis(u64::from(parts.line_silence_ms)),
            line_silent: false,
            on_hold: false,
            reported: false,
            bot: Bot::default(),
            sounded: Sounded::default(),
            beep: Beep::default(),
        };
        (seat, Remote { commands: command_in, reports: report_out })
    }

    fn report(&mut self, report: Report) {
        // A full ring means that the controller is gone; the contact then ends
        // by itself.
        self.reported |= self.reports.push(report).is_ok();
    }

    fn tell(&mut self, input: Input, now: Instant) {
        let mut actions = Actions::new();
        self.turns.handle(input, &mut actions);
        self.obey(&actions, now);
    }

    fn obey(&mut self, actions: &Actions, now: Instant) {
        for action in actions.iter() {
            match action {
                Action::StartListening { utterance, back } => self.open_ear(utterance, back),
                Action::EndOfTurn { utterance, .. } => self.ear.finish(utterance, self.sounded.span()),
                Action::Discard { utterance } => self.ear.discard(utterance),
                Action::PausePrompt => self.player.pause(),
                Action::ResumePrompt => self.player.resume(),
                Action::StopPrompt(by) => self.hush(Some(by)),
                _ => {}
            }
            self.report(Report::Turn { at: now, action });
        }
    }

    /// Opens the recogniser and gives it the frames from before the onset. The
    /// frame of this tick follows in [`Self::hear`].
    fn open_ear(&mut self, utterance: u32, back: u32) {
        self.ear.open(utterance);
        self.sounded.begin(back as usize + ECHO);
        let back = (back as usize).min(PRE_ROLL).min(self.ticks as usize);
        for ago in (1..=back).rev() {
            let place = (self.ticks as usize - ago) % PRE_ROLL;
            if let Some(frame) = self.before.get(place) {
                self.ear.frame(frame);
            }
        }
    }

    fn hush(&mut self, by: Option<StoppedBy>) {
        let heard = self.player.stop();
        self.report(Report::Stopped { prompt: heard.map(|h| h.0), samples: heard.map_or(0, |h| h.1), by });
    }

    fn take_commands(&mut self, now: Instant) -> bool {
        while let Ok(command) = self.commands.pop() {
            match command {
                Command::Play(prompt) => self.play(prompt, now),
                Command::Record(how) => self.record(how, now),
                Command::Ask(question) => self.tell(Input::Ask(question), now),
                Command::Withdraw => self.tell(Input::Withdraw, now),
                Command::Hush => {
                    self.hush(None);
                    self.tell(Input::PromptsFinished, now);
                }
                Command::Key(key) => {
                    self.line.key_by_signalling(key, now);
                }
                Command::Configure(media) => self.configure(media, now),
                Command::Leave => return true,
            }
        }
        // The controller is gone: nobody will ever say leave.
        self.commands.is_abandoned()
    }

    fn play(&mut self, prompt: Prompt, now: Instant) {
        let (id, barge_in, first) = (prompt.id, prompt.barge_in, !self.player.busy());
        match self.player.push(prompt) {
            // The bot has the floor from here, even while its voice is being made.
            Ok(()) if first => self.tell(Input::PromptStarted(barge_in), now),
            Ok(()) => {}
            Err(refused) => {
                self.ear.bury(refused);
                self.report(Report::NotPlayed { prompt: id });
            }
        }
    }

    fn record(&mut self, how: Recording, now: Instant) {
        self.keeping.after = None;
        match how {
            Recording::Pause | Recording::Stop => self.keep(how, now),
            Recording::Start | Recording::Resume => self.keeping.after = Some((how, self.player.last())),
        }
    }

    fn keep(&mut self, how: Recording, now: Instant) {
        let off = matches!(how, Recording::Pause | Recording::Stop);
        if self.tap.is_some() && (off != self.keeping.off || how == Recording::Stop) {
            self.report(Report::Recording { at: now, how });
        }
        self.keeping.off = off;
    }

    /// Before anything is played: a prompt that ends in this tick is still of the stretch that is not kept.
    fn keep_again(&mut self, now: Instant) {
        if let Some((how, prompt)) = self.keeping.after
            && !self.player.holds_up_to(prompt)
        {
            self.keeping.after = None;
            self.keep(how, now);
        }
    }

    /// The frame of this tick, or silence in its place.
    fn write_down(&mut self, citizen: &Pcm, bot: &Pcm) {
        if let Some(tap) = self.tap.as_mut() {
            if self.keeping.off { tap.silence() } else { tap.frame(citizen, bot) }
        }
    }

    /// On hold nobody listens and nobody speaks: what comes is the far end's
    /// waiting music, and what the bot has left to say waits.
    fn configure(&mut self, media: rtp::Media, now: Instant) {
        self.on_hold = !(media.direction.sends() && media.direction.receives());
        self.line.configure(media);
        self.tell(Input::Hold(self.on_hold), now);
    }

    fn take_words(&mut self, now: Instant) {
        while let Some(words) = self.ear.words() {
            self.tell(words.into(), now);
        }
    }

    /// What the caller says: keys, recording, voice, recogniser.
    fn hear(&mut self, pulled: &Pulled, now: Instant) {
        if pulled.key_down {
            self.tell(Input::KeyDown, now);
        }
        for key in pulled.keys.iter().flatten() {
            self.tell(Input::Key(*key), now);
        }
        let frame = Frame {
            voice: self.vad.push(&pulled.frame),
            level_db: level_db(&pulled.frame),
            evidence: pulled.evidence,
            bot_level_db: self.bot.level_db,
            remaining_ms: self.bot.remaining_ms,
        };
        if self.beep.push(&pulled.frame) {
            self.report(Report::Beep);
        }
        let mut actions = Actions::new();
        self.turns.frame(&frame, &mut actions);
        self.obey(&actions, now);
        if self.turns.listening() {
            self.ear.frame(&pulled.frame);
        }
        let place = self.ticks as usize % PRE_ROLL;
        if let Some(slot) = self.before.get_mut(place) {
            *slot = pulled.frame;
        }
        self.ticks = self.ticks.wrapping_add(1);
    }

    /// What the bot says next.
    fn speak(&mut self, now: Instant) -> Pcm {
        let mut out = SILENCE;
        let mut events = [None; 4];
        let mut places = events.iter_mut();
        self.player.frame(&mut out, &mut |played| {
            if let Some(place) = places.next() {
                *place = Some(played);
            }
        });
        for played in events.into_iter().flatten() {
            match played {
                Played::Next(barge_in) => self.tell(Input::PromptStarted(barge_in), now),
                Played::Sounded(prompt) => self.report(Report::Sounded { at: now, prompt }),
                Played::Ended { prompt, samples } => self.report(Report::Played { prompt, samples }),
                Played::AllEnded => {
                    self.tell(Input::PromptsFinished, now);
                    self.report(Report::AllPlayed);
                }
            }
        }
        while let Some(prompt) = self.player.take_done() {
            self.ear.bury(prompt);
        }
        out
    }

    fn watch_line(&mut self, now: Instant) {
        if !self.ticks.is_multiple_of(frames(1000)) {
            return;
        }
        self.report(Report::Line(self.line.stats()));
        let silent = !self.line_silence.is_zero() && self.line.idle_for(now) >= self.line_silence;
        if silent && !self.line_silent {
            self.report(Report::LineSilent);
        }
        self.line_silent = silent;
    }

    fn note_bot(&mut self, sent: &Pcm) {
        let level = level_db(sent);
        let place = self.player.position().filter(|_| level > SOUND_DB);
        self.sounded.push(place.map(|(prompt, samples)| Sounding { prompt, samples }));
        self.bot = Bot {
            level_db: (level > SOUND_DB).then_some(level),
            remaining_ms: if self.player.busy() { self.player.remaining_ms() } else { Some(0) },
        };
    }
}

/// What of the sound is kept.
#[derive(Default)]
struct Keeping {
    /// Silence is written in its place.
    off: bool,
    /// This changes it, once no prompt up to this one is queued.
    after: Option<(Recording, u32)>,
}

/// What of the bot sounded in the last frames, and since an utterance began.
struct Sounded {
    past: [Option<Sounding>; SOUNDED],
    next: usize,
    first: Option<Sounding>,
    last: Option<Sounding>,
}

impl Default for Sounded {
    fn default() -> Self {
        Sounded { past: [None; SOUNDED], next: 0, first: None, last: None }
    }
}

impl Sounded {
    fn push(&mut self, place: Option<Sounding>) {
        if let Some(slot) = self.past.get_mut(self.next) {
            *slot = place;
        }
        self.next = (self.next + 1) % SOUNDED;
        self.add(place);
    }

    /// A resumed prompt goes back a little.
    fn add(&mut self, place: Option<Sounding>) {
        let Some(place) = place else { return };
        self.first = Some(self.first.map_or(place, |first| first.min(place)));
        self.last = Some(self.last.map_or(place, |last| last.max(place)));
    }

    /// An utterance begins: what sounded up to so many frames ago may be what is heard in it.
    fn begin(&mut self, frames: usize) {
        (self.first, self.last) = (None, None);
        for ago in 1..=frames.min(SOUNDED) {
            let place = self.past.get((self.next + SOUNDED - ago) % SOUNDED).copied().flatten();
            self.add(place);
        }
    }

    fn span(&self) -> Option<(Sounding, Sounding)> {
        self.first.zip(self.last)
    }
}

/// What the bot did in the last tick.
#[derive(Default)]
struct Bot {
    level_db: Option<f32>,
    remaining_ms: Option<u32>,
}

impl Seat for ContactSeat {
    fn tick(&mut self, now: Instant) -> Ticked {
        self.reported = false;
        self.take_words(now);
        let leaves = self.take_commands(now);
        self.keep_again(now);
        let pulled = self.line.pull(now);
        let heard = if self.on_hold { Pulled::default() } else { pulled };
        self.hear(&heard, now);
        let sent = if self.on_hold { SILENCE } else { self.speak(now) };
        self.line.send(&sent, now);
        self.note_bot(&sent);
        self.write_down(&pulled.frame, &sent);
        self.watch_line(now);
        if leaves {
            if self.player.busy() {
                self.hush(None);
            }
            self.line.end(now);
            let stats = self.line.stats();
            self.report(Report::Left(stats));
            self.ear.close();
        }
        Ticked { reported: self.reported, leaves }
    }
}

/// Milliseconds that `samples` last.
#[must_use]
pub fn samples_ms(samples: u64) -> u64 {
    samples * u64::from(FRAME_MS) / FRAME as u64
}

/// Words on their way from the ears to turn-taking.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Words {
    /// Of an utterance that goes on.
    Partial(Gist),
    /// Of one that has ended.
    Final(Gist),
}

impl From<Words> for Input {
    fn from(words: Words) -> Input {
        match words {
            Words::Partial(gist) => Input::Partial(gist),
            Words::Final(gist) => Input::Final(gist),
        }
    }
}
