//! Turn-taking over sound: the real machine with the real voice activity and ear, frame by frame, no clock.
use crate::ear::sets::Said;
use crate::sound::level;
use crate::stats::{Table, Values, number};
use asr::embedded::{Embedded, EmbeddedStream};
use asr::vad::NeuralVad;
use asr::{Expectation, Partial, Stream as _, VoiceActivity as _};
use call::turn::{Action, Actions, Evidence, Frame, Gist, Input, Question, Settings, Turns};
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
    ended: Vec<(usize, String)>,
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
        };
        contact.tell(Input::Ask(asked.question));
        Ok(contact)
    }

    fn tell(&mut self, input: Input) {
        let mut actions = Actions::new();
        self.turns.handle(input, &mut actions);
        self.act(&actions);
    }

    fn frame(&mut self, samples: [i16; 160]) {
        self.past.push(samples);
        if let Some((utterance, stream)) = &mut self.stream
            && let Some(partial) = stream.push(&samples)
        {
            let gist = (self.asked.gist)(*utterance, &partial, self.asked.expect);
            self.tell(Input::Partial(gist));
        }
        let frame = Frame {
            voice: self.vad.push(&samples),
            level_db: level(&samples) as f32,
            evidence: Evidence::Heard,
            bot_level_db: None,
            remaining_ms: None,
        };
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
                    self.ended.push((self.past.len(), words.text.clone()));
                    let gist = Gist { confidence: words.confidence, ..Gist::of(utterance, &words.text) };
                    self.tell(Input::Final(gist));
                }
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
    for frame in pcm.as_chunks().0.iter().chain(&[[0; 160]; 125]) {
        contact.frame(*frame);
    }
    Ok(contact.ended)
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
