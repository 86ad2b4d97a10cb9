//! Turn-taking over sound: the real machine with the real voice activity and ear, frame by frame, no clock.
use crate::ear::sets::Said;
use crate::sound::level;
use crate::stats::{Table, Values, number};
use asr::embedded::{Embedded, EmbeddedStream};
use asr::vad::NeuralVad;
use asr::{Expectation, Partial, Stream as _, Utterance, VoiceActivity as _};
use call::rehearsal;
use call::turn::{Action, Actions, BargeIn, Evidence, Frame, Gist, Input, Question, Settings, Turns};
use e2e::server::{Trouble, trouble};

/// What was asked, and how turn-taking learns of partial results.
#[derive(Clone, Copy)]
pub struct Asked<'a> {
    pub expect: &'a Expectation,
    pub question: Question,
    pub gist: fn(u32, &Partial, &Expectation) -> Gist,
}

impl<'a> Asked<'a> {
    pub fn new(expect: &'a Expectation) -> Self {
        Self { expect, question: Question { id: 1, ..Question::default() }, gist: call::ears::gist }
    }
}

/// One contact's listening.
struct Contact<'a> {
    ear: &'a Embedded,
    asked: Asked<'a>,
    vad: NeuralVad,
    turns: Turns,
    /// Frames so far, for what went before an utterance.
    past: Vec<[i16; 160]>,
    stream: Option<(u32, EmbeddedStream)>,
    /// Utterances that ended: frame at which, and the words.
    ended: Vec<(usize, Utterance)>,
    /// Turns, by what was heard.
    taken: Vec<Utterance>,
    /// What the bot says meanwhile.
    prompt: Option<&'a Prompt>,
}

/// What the bot says, as it sounds.
pub struct Prompt {
    pub text: String,
    pub pcm: Vec<i16>,
}

impl<'a> Contact<'a> {
    fn new(ear: &'a Embedded, asked: Asked<'a>) -> Result<Self, Trouble> {
        let vad = asr::embedded::voice_activity().map_err(trouble("weights"))?;
        let mut contact = Self {
            ear,
            asked,
            vad,
            turns: Turns::new(Settings::default()),
            past: Vec::new(),
            stream: None,
            ended: Vec::new(),
            taken: Vec::new(),
            prompt: None,
        };
        contact.tell(Input::Ask(asked.question));
        Ok(contact)
    }

    fn tell(&mut self, input: Input) {
        let mut actions = Actions::new();
        self.turns.handle(input, &mut actions);
        self.act(&actions);
    }

    /// A sound, and as much silence after it as ends any turn.
    fn hear(&mut self, pcm: &[i16]) {
        for frame in pcm.as_chunks().0.iter().chain(&[[0; 160]; 125]) {
            self.frame(*frame);
        }
    }

    fn frame(&mut self, samples: [i16; 160]) {
        self.past.push(samples);
        if let Some((utterance, stream)) = &mut self.stream
            && let Some(partial) = stream.push(&samples)
        {
            let gist = (self.asked.gist)(*utterance, &partial, self.asked.expect);
            self.tell(Input::Partial(gist));
        }
        let sounds = self.prompt.and_then(|p| p.pcm.as_chunks::<160>().0.get(self.past.len() - 1));
        if self.past.len() == 1 && sounds.is_some() {
            self.tell(Input::PromptStarted(BargeIn::Voice));
        }
        let frame = Frame {
            voice: self.vad.push(&samples),
            level_db: level(&samples) as f32,
            evidence: Evidence::Heard,
            bot_level_db: sounds.map(|frame| level(frame) as f32),
            remaining_ms: None,
        };
        if self.prompt.is_some_and(|p| p.pcm.len() / 160 == self.past.len()) {
            self.tell(Input::PromptsFinished);
        }
        let mut actions = Actions::new();
        self.turns.frame(&frame, &mut actions);
        self.act(&actions);
    }

    fn act(&mut self, actions: &Actions) {
        for action in actions.iter() {
            match action {
                Action::StartListening { utterance, back } => {
                    let mut stream = self.ear.open_stream(self.asked.expect);
                    let from = self.past.len().saturating_sub(back as usize + 1);
                    self.past.iter().skip(from).for_each(|frame| {
                        stream.push(frame);
                    });
                    self.stream = Some((utterance, stream));
                }
                Action::EndOfTurn { utterance, .. } => {
                    let words = self.stream.take().map(|(_, mut s)| s.finish()).unwrap_or_default();
                    let own = self.prompt.is_some_and(|p| rehearsal::are_own(&words.text, &p.text));
                    let gist = Gist { confidence: words.confidence, own, ..Gist::of(utterance, &words.text) };
                    self.ended.push((self.past.len(), words));
                    self.tell(Input::Final(gist));
                }
                Action::Turn { .. } => self.taken.extend(self.ended.last().map(|(_, words)| words.clone())),
                Action::Discard { .. } => self.stream = None,
                _ => {}
            }
        }
    }
}

/// Texts of the utterances that turn-taking finds in a sound.
pub fn listen(ear: &Embedded, pcm: &[i16], expect: &Expectation) -> Result<Vec<String>, Trouble> {
    Ok(follow(ear, pcm, Asked::new(expect))?.into_iter().map(|(_, text)| text).collect())
}

/// Follows a sound and as much silence after it as ends any turn.
pub fn follow(ear: &Embedded, pcm: &[i16], asked: Asked<'_>) -> Result<Vec<(usize, String)>, Trouble> {
    let mut contact = Contact::new(ear, asked)?;
    contact.hear(pcm);
    Ok(contact.ended.into_iter().map(|(frame, words)| (frame, words.text)).collect())
}

/// Turn-taking that has heard who calls once, as loud as in this sound.
pub fn acquainted(pcm: &[i16]) -> Result<Turns, Trouble> {
    let mut vad = asr::embedded::voice_activity().map_err(trouble("weights"))?;
    let mut turns = Turns::new(Settings::default());
    turns.handle(Input::Ask(Question { id: 1, ..Question::default() }), &mut Actions::new());
    for frame in pcm.as_chunks::<160>().0.iter().chain(&[[0; 160]; 50]) {
        let mut actions = Actions::new();
        let (voice, level_db) = (vad.push(frame), level(frame) as f32);
        let frame =
            Frame { voice, level_db, evidence: Evidence::Heard, bot_level_db: None, remaining_ms: None };
        turns.frame(&frame, &mut actions);
        for action in actions.iter() {
            if let Action::EndOfTurn { utterance, .. } = action {
                turns.handle(Input::Final(Gist::of(utterance, "buenos días")), &mut Actions::new());
            }
        }
    }
    Ok(turns)
}

/// The turns that turn-taking finds in a sound, going on from `turns`, while the bot says the prompt.
pub fn taken(
    ear: &Embedded,
    (pcm, prompt): (&[i16], Option<&Prompt>),
    (turns, asked): (&Turns, Asked<'_>),
) -> Result<Vec<Utterance>, Trouble> {
    let mut contact = Contact { turns: turns.clone(), prompt, ..Contact::new(ear, asked)? };
    contact.tell(Input::Ask(asked.question));
    contact.hear(pcm);
    Ok(contact.taken)
}

/// Turns that ended before their last word did, and how long after it the others ended.
pub fn run(ear: &Embedded, sets: &[(String, Expectation, &[Said])]) -> Result<(), Trouble> {
    let mut table =
        Table::new(&["said", "turns", "cut off, %", "ended after, p50 ms", "p95 ms", "within 500 ms, %"]);
    for (name, expect, set) in sets {
        ear.prepare(expect);
        let (mut cut, mut after) = (0, Vec::new());
        for said in *set {
            let ended = follow(ear, &said.pcm, Asked::new(expect))?;
            let first = ended.first().map_or(f64::INFINITY, |(frame, _)| *frame as f64 * 20.0);
            let delay = first - said.end as f64 / 8.0;
            if delay < 0.0 { cut += 1 } else { after.push(delay) }
        }
        let soon = after.iter().filter(|ms| **ms <= 500.0).count();
        let share = |n: usize, of: usize| number(100.0 * n as f64 / of.max(1) as f64, 1);
        let delays: Values = after.iter().copied().collect();
        let (p50, p95) = (number(delays.at(0.5), 0), number(delays.at(0.95), 0));
        let cells = vec![set.len().to_string(), share(cut, set.len()), p50, p95, share(soon, after.len())];
        table.row(name.as_str(), cells);
    }
    table.print();
    Ok(())
}
