//! Thousands of contacts from seeds: a random caller, a recogniser that comes
//! late or never, lost frames, the bot's echo, a thread that stalls and catches up, a dialog
//! that asks, and a player that obeys. What must hold is checked all along.

use std::collections::{BTreeMap, VecDeque};

use super::*;

/// Frames of one simulated contact (three minutes).
const FRAMES: u32 = 9_000;
const SEEDS: u64 = 3_000;

/// SplitMix64: small, and the same on every machine.
struct Dice(u64);

impl Dice {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        z ^ (z >> 31)
    }

    fn below(&mut self, n: u32) -> u32 {
        (self.next() % u64::from(n)) as u32
    }

    fn range(&mut self, from: u32, to: u32) -> u32 {
        from + self.below(to - from)
    }

    fn chance(&mut self, percent: u32) -> bool {
        self.below(100) < percent
    }
}

#[derive(Debug, Clone, Copy)]
enum Says {
    Words,
    Backchannel,
    Number,
    Nothing,
}

/// Who calls: speaks and is silent in turns, with dips inside words.
struct Caller {
    speaking: bool,
    left: u32,
    says: Says,
    chatty: u32,
    /// Somebody else speaks, beside the telephone.
    beside: bool,
    /// Frames of uninterrupted loud voice up to now.
    run: u32,
}

impl Caller {
    fn voice(&mut self, dice: &mut Dice) -> bool {
        if self.left == 0 {
            self.speaking = !self.speaking;
            self.left = match (self.speaking, dice.below(10)) {
                (true, 0) => dice.range(1, 4),
                (true, 1) => dice.range(1600, 1900),
                (true, _) => dice.range(5, 150),
                (false, 0..2) => dice.range(5, 40),
                (false, _) => dice.range(40, 40 + self.chatty),
            };
            self.beside = dice.chance(15);
            self.says = match dice.below(8) {
                0 | 1 => Says::Backchannel,
                2 => Says::Number,
                3 => Says::Nothing,
                _ => Says::Words,
            };
        }
        self.left -= 1;
        let loud = self.speaking && !dice.chance(8);
        self.run = if loud { self.run + 1 } else { 0 };
        loud
    }
}

/// A line on which the bot's voice comes back.
#[derive(Debug, Clone, Copy)]
struct Echo {
    /// Frames on its way.
    delay: usize,
    loss_db: f32,
}

/// Something that comes after some external steps.
#[derive(Debug)]
enum Later {
    Tell(Input),
    Ask,
}

struct World {
    dice: Dice,
    turns: Turns,
    caller: Caller,
    later: VecDeque<(u32, Later)>,
    step: u32,
    on_hold: bool,
    echo: Option<Echo>,
    /// Levels that the bot sent, newest first.
    sent: VecDeque<f32>,
    /// Frames that the bot was paused, and its false interruptions, since it began to speak.
    paused_for: u32,
    interruptions: u32,
    /// Frames with a question open in which nothing of the bot sounded, and the most of them.
    mute: u32,
    longest_mute: u32,
    // the player
    prompts: VecDeque<(BargeIn, u32)>,
    paused: bool,
    // the dialog
    question: Option<Question>,
    questions: u32,
    idle: u32,
    // the recogniser
    open: Option<u32>,
    opened_at: u32,
    /// Whether the caller speaks in the utterance that is open.
    by_caller: bool,
    /// Utterances that began while the bot sounded.
    over: std::collections::BTreeSet<u32>,
    words_due: BTreeMap<u32, Says>,
    fate: BTreeMap<u32, &'static str>,
    spoken: BTreeMap<u32, Gist>,
    log: VecDeque<String>,
    seen: BTreeMap<&'static str, u32>,
}

impl World {
    fn new(seed: u64) -> World {
        let mut dice = Dice(seed);
        let chatty = [60, 400, 1500][dice.below(3) as usize];
        let loss = [0.0, 6.0, 12.0, 16.0, 20.0, 26.0];
        let echo = dice
            .chance(40)
            .then(|| Echo { delay: dice.range(1, 31) as usize, loss_db: loss[dice.below(6) as usize] });
        World {
            turns: Turns::new(Settings::default()),
            caller: Caller { speaking: false, left: 20, says: Says::Words, chatty, run: 0, beside: false },
            dice,
            later: VecDeque::from([(0, Later::Ask)]),
            step: 0,
            on_hold: false,
            echo,
            sent: VecDeque::from(vec![-90.0; 40]),
            paused_for: 0,
            interruptions: 0,
            mute: 0,
            longest_mute: 0,
            prompts: VecDeque::new(),
            paused: false,
            question: None,
            questions: 0,
            idle: 0,
            open: None,
            opened_at: 0,
            by_caller: false,
            over: Default::default(),
            words_due: BTreeMap::new(),
            fate: BTreeMap::new(),
            spoken: BTreeMap::new(),
            log: VecDeque::new(),
            seen: BTreeMap::new(),
        }
    }

    fn run(&mut self) {
        while self.turns.now() < FRAMES {
            self.step += 1;
            self.deliver();
            // A jumpy clock: stalls, then several frames at once.
            let frames = match self.dice.below(40) {
                0 => 0,
                1 => self.dice.range(2, 30),
                _ => 1,
            };
            for _ in 0..frames {
                self.frame();
            }
        }
        for (utterance, fate) in &self.fate {
            // Four held, one judged, one spoken: the last ones may be open.
            let last = *utterance + 6 > *self.fate.keys().last().unwrap();
            assert!(*fate != "open" || last, "utterance {utterance} has no end\n{}", self.story());
        }
    }

    fn deliver(&mut self) {
        let due: Vec<Later> = {
            let step = self.step;
            let (now, rest): (Vec<_>, Vec<_>) =
                std::mem::take(&mut self.later).into_iter().partition(|l| l.0 <= step);
            self.later = rest.into();
            now.into_iter().map(|l| l.1).collect()
        };
        for later in due {
            match later {
                Later::Tell(input) => self.tell(input),
                Later::Ask => self.ask(),
            }
        }
        if self.dice.chance(1) && self.dice.chance(20) {
            let keys = ['1', '2', '9', '0', '#', '*'];
            let key = keys[self.dice.below(6) as usize];
            if self.dice.chance(80) {
                self.tell(Input::KeyDown);
            }
            self.tell(Input::Key(key));
        }
    }

    /// Now and then the far end holds the call for a while.
    fn hold(&mut self) {
        if self.dice.below(if self.on_hold { 300 } else { 6000 }) == 0 {
            self.on_hold = !self.on_hold;
            self.tell(Input::Hold(self.on_hold));
        }
    }

    /// The dialog speaks, and mostly asks.
    fn ask(&mut self) {
        for _ in 0..self.dice.below(3) {
            let barge_in =
                [BargeIn::Never, BargeIn::Keys, BargeIn::Voice, BargeIn::Voice][self.dice.below(4) as usize];
            let length = self.dice.range(10, 400);
            self.prompts.push_back((barge_in, length));
            if self.prompts.len() == 1 {
                (self.paused_for, self.interruptions) = (0, 0);
                self.tell(Input::PromptStarted(barge_in));
            }
        }
        if self.dice.chance(10) && !self.prompts.is_empty() {
            self.question = None;
            self.tell(Input::Withdraw);
            let when = self.step + self.dice.below(600);
            self.later.push_back((when, Later::Ask));
            return;
        }
        self.questions += 1;
        let keypad = self.dice.chance(60).then(|| Keypad {
            digits: self.dice.chance(50).then_some(8),
            end: self.dice.chance(50).then_some('#'),
            single: KeySet::default().with('1'),
            between_ms: self.dice.chance(50).then_some(2000),
            star: self.dice.chance(10),
        });
        let question = Question {
            id: self.questions,
            pause_ms: self.dice.chance(30).then_some(1800),
            barge_in: if self.dice.chance(20) { BargeIn::Keys } else { BargeIn::Voice },
            keypad,
            no_input_ms: Some(self.dice.range(3000, 8000)),
            assent: self.dice.chance(50),
            early: self.dice.chance(20),
        };
        self.question = Some(question);
        self.idle = 0;
        self.tell(Input::Ask(question));
    }

    fn tell(&mut self, input: Input) {
        self.note(format!("{input:?}"));
        let mut out = Actions::new();
        self.turns.handle(input, &mut out);
        self.obey(&out);
    }

    fn frame(&mut self) {
        self.hold();
        let loud = self.caller.voice(&mut self.dice) && !self.on_hold;
        self.by_caller |= loud;
        let back = self.echo.map_or(-90.0, |e| self.sent[e.delay] - e.loss_db);
        let voice = if self.caller.beside { -36.0 } else { -22.0 };
        let level_db = if loud { back.max(voice) } else { back.max(-60.0) };
        let evidence = match self.dice.below(50) {
            _ if self.on_hold => Evidence::Idle,
            0 => Evidence::Concealed,
            1 if level_db < -55.0 => Evidence::Idle,
            _ => Evidence::Heard,
        };
        let remaining: u32 = self.prompts.iter().map(|p| p.1).sum();
        let sounds = !self.paused && !self.prompts.is_empty() && !self.on_hold;
        // Words and the gaps between them.
        let level = if self.dice.chance(20) { -48.0 } else { -20.0 - self.dice.below(6) as f32 };
        self.sent.push_front(if sounds { level } else { -90.0 });
        self.sent.pop_back();
        let frame = Frame {
            voice: if level_db > -55.0 { 0.9 } else { 0.1 },
            level_db,
            evidence,
            bot_level_db: sounds.then_some(level),
            remaining_ms: Some(remaining * FRAME_MS),
        };
        self.count_silence(sounds);
        let mut out = Actions::new();
        self.turns.frame(&frame, &mut out);
        self.obey(&out);
        self.play();
        self.recognise();
        self.idle += u32::from(!self.on_hold);
        // Two utterances of 30 s, words that take 3 s each, a prompt between.
        assert!(
            self.question.is_none() || self.idle < 12_000,
            "stuck with a question open\n{}",
            self.story()
        );
    }

    fn count_silence(&mut self, sounds: bool) {
        self.paused_for += u32::from(self.paused);
        // Two utterances that are cut off, with words that take 3 s.
        assert!(self.paused_for <= 1000 + 3 * 150 + 10, "paused for ever\n{}", self.story());
        self.mute = if sounds || self.on_hold || self.question.is_none() { 0 } else { self.mute + 1 };
        self.longest_mute = self.longest_mute.max(self.mute);
        assert!(self.mute < 4500, "the bot says nothing\n{}", self.story());
    }

    fn play(&mut self) {
        if self.paused || self.on_hold {
            return;
        }
        let Some(front) = self.prompts.front_mut() else { return };
        front.1 -= 1;
        if front.1 == 0 {
            self.prompts.pop_front();
            match self.prompts.front() {
                Some(next) => self.tell(Input::PromptStarted(next.0)),
                None => self.tell(Input::PromptsFinished),
            }
        }
    }

    /// Partial results now and then.
    fn recognise(&mut self) {
        let Some(utterance) = self.open else { return };
        if self.dice.chance(6) {
            let gist = self.gist(utterance, self.caller.says);
            let when = self.step + self.dice.below(30);
            self.later.push_back((when, Later::Tell(Input::Partial(gist))));
        }
    }

    fn gist(&mut self, utterance: u32, says: Says) -> Gist {
        let text = match says {
            Says::Words => "quiero una cita",
            Says::Backchannel => "vale",
            Says::Number => "uno dos tres",
            Says::Nothing => "",
        };
        if !self.by_caller && self.echo.is_some() {
            return match self.dice.below(4) {
                0 => Gist::of(utterance, ""),
                1 => Gist { confidence: 0.1, ..Gist::of(utterance, "se de ja") },
                _ => Gist { own: true, ..Gist::of(utterance, "abrimos a las nueve") },
            };
        }
        Gist {
            open_ended: matches!(says, Says::Number),
            complete: matches!(says, Says::Words) && self.dice.chance(40),
            ..Gist::of(utterance, text)
        }
    }

    fn obey(&mut self, out: &Actions) {
        assert_eq!(out.overflow(), 0);
        for action in out.iter() {
            self.note(format!("        {action:?}"));
            self.count(&action);
            match action {
                Action::StartListening { utterance, .. } => self.listen(utterance),
                Action::EndOfTurn { utterance, .. } => self.end(utterance),
                Action::Discard { utterance } => {
                    self.open = self.open.filter(|u| *u != utterance);
                    self.words_due.remove(&utterance);
                }
                Action::Turn { utterance, question } => {
                    self.settle(utterance, "turn");
                    let own = self.spoken[&utterance].own && self.over.contains(&utterance);
                    assert!(!own, "the bot's own words are a turn\n{}", self.story());
                    assert!(self.spoken[&utterance].words > 0, "{}", self.story());
                    self.answered(question);
                }
                Action::Part { utterance, question } => {
                    self.settle(utterance, "part");
                    assert_eq!(self.question.map(|q| q.id), Some(question), "{}", self.story());
                }
                Action::KeyedPart { question, keys } => {
                    assert!(!keys.is_empty());
                    assert_eq!(self.question.map(|q| q.id), Some(question), "{}", self.story());
                }
                Action::Ignored { utterance, .. } => self.settle(utterance, "ignored"),
                Action::Lost { utterance, question } => {
                    self.settle(utterance, "lost");
                    self.answered(question);
                }
                Action::Unintelligible { question } => self.answered(question),
                Action::Keyed { question, keys } => {
                    assert!(!keys.is_empty());
                    self.answered(question);
                }
                Action::NoInput { question } => {
                    assert!(!self.on_hold, "no input on hold\n{}", self.story());
                    assert!(self.prompts.is_empty(), "no input over a prompt\n{}", self.story());
                    assert!(self.caller.run < 12, "no input over a caller\n{}", self.story());
                    assert!(self.open.is_none() && self.words_due.is_empty());
                    self.answered(question);
                }
                Action::PausePrompt => {
                    let prompt = self.prompts.front().expect("paused a silent bot");
                    assert_eq!(prompt.0, BargeIn::Voice, "{}", self.story());
                    assert!(!std::mem::replace(&mut self.paused, true));
                }
                Action::ResumePrompt => assert!(std::mem::replace(&mut self.paused, false)),
                Action::StopPrompt(by) => self.stop(by),
                Action::FalseInterruption { .. } => {
                    self.interruptions += 1;
                    assert!(self.interruptions <= 2, "a third false interruption\n{}", self.story());
                }
                Action::StrayKey(_) => {}
            }
        }
    }

    fn listen(&mut self, utterance: u32) {
        assert_eq!(self.open, None, "two utterances at once");
        self.open = Some(utterance);
        self.opened_at = self.turns.now();
        self.by_caller = self.caller.run > 0;
        if self.sent[0] > -90.0 {
            self.over.insert(utterance);
        }
        assert!(self.fate.insert(utterance, "open").is_none());
    }

    fn end(&mut self, utterance: u32) {
        assert_eq!(self.open.take(), Some(utterance));
        let length = self.turns.now() - self.opened_at;
        // 30 s, and at most the words of the one before still missing.
        assert!(length <= 1500 + 150 + 1, "utterance of {length} frames\n{}", self.story());
        let says = self.caller.says;
        self.words_due.insert(utterance, says);
        let gist = self.gist(utterance, says);
        self.spoken.insert(utterance, gist);
        if self.dice.chance(97) {
            let late = if self.dice.chance(5) { 200 } else { 15 };
            let when = self.step + self.dice.below(late);
            self.later.push_back((when, Later::Tell(Input::Final(gist))));
        }
    }

    fn settle(&mut self, utterance: u32, fate: &'static str) {
        self.words_due.remove(&utterance);
        let before = self.fate.insert(utterance, fate);
        assert_eq!(before, Some("open"), "utterance {utterance} settled twice\n{}", self.story());
    }

    fn answered(&mut self, question: u32) {
        let open = self.question.take().map(|q| q.id);
        assert_eq!(open, Some(question), "answer to no open question\n{}", self.story());
        let when = self.step + self.dice.below(100);
        self.later.push_back((when, Later::Ask));
    }

    fn stop(&mut self, by: StoppedBy) {
        let least = match by {
            StoppedBy::Voice => BargeIn::Voice,
            StoppedBy::Keys => BargeIn::Keys,
        };
        let prompt = self.prompts.front().expect("stopped a silent bot");
        assert!(prompt.0 >= least, "{}", self.story());
        self.prompts.clear();
        self.paused = false;
    }

    fn count(&mut self, action: &Action) {
        let name = match action {
            Action::Turn { .. } => "turns",
            Action::Keyed { .. } => "keyed",
            Action::NoInput { .. } => "no input",
            Action::Lost { .. } => "lost",
            Action::Unintelligible { .. } => "unintelligible",
            Action::FalseInterruption { .. } => "false interruptions",
            Action::StopPrompt(_) => "stopped prompts",
            Action::Ignored { why: Ignored::Backchannel, .. } => "backchannels",
            Action::Ignored { why: Ignored::NotNow, .. } => "not now",
            Action::Ignored { why: Ignored::Echo, .. } => "own words",
            Action::Ignored { why: Ignored::Beside, .. } => "beside the telephone",
            Action::Part { .. } => "parts",
            Action::KeyedPart { .. } => "keyed parts",
            _ => return,
        };
        *self.seen.entry(name).or_default() += 1;
    }

    fn note(&mut self, line: String) {
        if self.log.len() == 60 {
            self.log.pop_front();
        }
        self.log.push_back(format!("{:6} {line}", self.turns.now()));
    }

    fn story(&self) -> String {
        self.log.iter().map(|l| format!("{l}\n")).collect()
    }
}

#[test]
fn nobody_is_ever_stuck() {
    let mut seen: BTreeMap<&'static str, u32> = BTreeMap::new();
    let mut longest = 0;
    for seed in 0..SEEDS {
        let run = std::panic::catch_unwind(|| {
            let mut world = World::new(seed);
            world.run();
            (world.seen, world.longest_mute)
        });
        match run {
            Ok((counts, mute)) => {
                counts.into_iter().for_each(|(k, n)| *seen.entry(k).or_default() += n);
                longest = longest.max(mute);
            }
            Err(_) => panic!("seed {seed}"),
        }
    }
    println!("{SEEDS} contacts of {} s: {seen:?}", FRAMES * FRAME_MS / 1000);
    println!("the bot was mute with a question open for {} s at most", longest * FRAME_MS / 1000);
    // A simulation that never meets a rule says nothing about it.
    assert_eq!(seen.len(), 13, "{seen:?}");
}
