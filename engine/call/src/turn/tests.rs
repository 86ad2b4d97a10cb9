//! The rules of turn-taking, one sentence a test.

use super::*;

mod ignored;

/// A machine with a short way to feed it.
struct Room {
    turns: Turns,
    actions: Vec<Action>,
    bot_db: Option<f32>,
    remaining_ms: Option<u32>,
}

impl Room {
    fn new() -> Room {
        Room { turns: Turns::new(Settings::default()), actions: Vec::new(), bot_db: None, remaining_ms: None }
    }

    fn asking(question: Question) -> Room {
        let mut room = Room::new();
        room.tell(Input::Ask(question));
        room
    }

    fn tell(&mut self, input: Input) -> &mut Self {
        let mut out = Actions::new();
        self.turns.handle(input, &mut out);
        self.actions.extend(out.iter());
        self
    }

    fn hear(&mut self, ms: u32, voice: f32, level_db: f32) -> &mut Self {
        for _ in 0..ms / FRAME_MS {
            let mut out = Actions::new();
            let frame = Frame {
                voice,
                level_db,
                evidence: Evidence::Heard,
                bot_level_db: self.bot_db,
                remaining_ms: self.remaining_ms,
            };
            self.turns.frame(&frame, &mut out);
            self.actions.extend(out.iter());
        }
        self
    }

    fn voice(&mut self, ms: u32) -> &mut Self {
        self.hear(ms, 0.95, -20.0)
    }

    fn silence(&mut self, ms: u32) -> &mut Self {
        self.hear(ms, 0.02, -60.0)
    }

    fn prompt(&mut self, barge_in: BargeIn, remaining_ms: u32) -> &mut Self {
        (self.bot_db, self.remaining_ms) = (Some(-18.0), Some(remaining_ms));
        self.tell(Input::PromptStarted(barge_in))
    }

    fn prompt_ends(&mut self) -> &mut Self {
        (self.bot_db, self.remaining_ms) = (None, None);
        self.tell(Input::PromptsFinished)
    }

    fn has(&self, test: impl Fn(&Action) -> bool) -> bool {
        self.actions.iter().any(test)
    }

    fn take(&mut self) -> Vec<Action> {
        std::mem::take(&mut self.actions)
    }
}

fn question() -> Question {
    Question { id: 7, no_input_ms: Some(6000), assent: true, ..Question::default() }
}

fn nif() -> Question {
    let keypad = Keypad { digits: Some(8), end: Some('#'), ..Keypad::default() };
    Question { pause_ms: Some(1800), barge_in: BargeIn::Keys, keypad: Some(keypad), ..question() }
}

fn gist(text: &str) -> Gist {
    Gist::of(1, text)
}

fn is_end(action: &Action) -> bool {
    matches!(action, Action::EndOfTurn { .. })
}

/// Milliseconds of silence until the turn ends, after one second of speech.
fn delay(question: Question, partial: Option<Gist>) -> u32 {
    let mut room = Room::asking(question);
    room.voice(1000);
    if let Some(gist) = partial {
        room.tell(Input::Partial(gist));
    }
    for ms in (0..5000).step_by(20) {
        if room.has(is_end) {
            return ms;
        }
        room.silence(20);
    }
    panic!("the turn never ended");
}

#[test]
fn the_pause_depends_on_what_was_said() {
    let complete = Gist { complete: true, ..gist("sí quiero") };
    let bare = Gist { goes_on: true, ..gist("para el jueves que viene") };
    let number = Gist { open_ended: true, ..gist("doce treinta y cuatro") };
    let table = [
        ("whole answer", delay(question(), Some(complete))),
        ("anything else", delay(question(), Some(gist("quería una cita")))),
        ("a bare day, pause 700 ms", delay(Question { pause_ms: Some(700), ..question() }, Some(bare))),
        ("a bare day, pause 1800 ms", delay(nif(), Some(bare))),
        ("unfinished number", delay(question(), Some(number))),
        ("unfinished number, pause 1800 ms", delay(nif(), Some(number))),
        ("no words yet", delay(question(), None)),
        ("no words yet, pause 1800 ms", delay(nif(), None)),
    ];
    println!("end of speech → end of turn");
    for (what, ms) in table {
        println!("  {what:34} {ms:5} ms");
    }
    assert_eq!(table.map(|t| t.1), [300, 600, 800, 1800, 1500, 1800, 600, 1200]);
}

#[test]
fn a_short_si_counts() {
    let mut room = Room::asking(question());
    room.silence(500).voice(120).silence(700);
    assert!(room.has(is_end));
    room.tell(Input::Final(gist("sí")));
    assert!(room.has(|a| *a == Action::Turn { utterance: 1, question: 7 }));
}

#[test]
fn a_click_is_no_utterance() {
    let mut room = Room::asking(question());
    room.silence(500).voice(40).silence(700);
    assert_eq!(room.take(), []);
}

#[test]
fn a_click_in_the_pause_does_not_restart_it() {
    let mut room = Room::asking(question());
    room.voice(800).silence(400).voice(20).silence(180);
    assert!(room.has(is_end));
}

#[test]
fn pre_roll_reaches_back_before_the_onset() {
    let mut room = Room::asking(question());
    room.silence(500).voice(60);
    assert_eq!(room.take(), [Action::StartListening { utterance: 1, back: 2 + 15 }]);
}

#[test]
fn lost_packets_are_no_silence_at_first() {
    let mut room = Room::asking(question());
    room.tell(Input::Partial(Gist { complete: true, ..gist("") }));
    room.voice(500).silence(240);
    let mut out = Actions::new();
    for _ in 0..5 {
        let frame = Frame {
            voice: 0.0,
            level_db: -30.0,
            evidence: Evidence::Concealed,
            bot_level_db: None,
            remaining_ms: None,
        };
        room.turns.frame(&frame, &mut out);
    }
    assert_eq!(out.iter().count(), 0);
    room.silence(260);
    assert!(!room.has(is_end));
    room.silence(100);
    assert!(room.has(is_end));
}

#[test]
fn si_to_a_question_heard_enough_is_an_answer() {
    let mut room = Room::asking(question());
    room.prompt(BargeIn::Voice, 900).voice(200).silence(700).tell(Input::Final(gist("sí")));
    let actions = room.take();
    assert!(actions.contains(&Action::StopPrompt(StoppedBy::Voice)));
    assert!(actions.contains(&Action::Turn { utterance: 1, question: 7 }));
}

#[test]
fn words_stop_the_bot() {
    let mut room = Room::asking(question());
    room.prompt(BargeIn::Voice, 5000).voice(600).silence(700);
    room.tell(Input::Final(gist("quiero una persona")));
    let actions = room.take();
    let place = |wanted| actions.iter().position(|a| *a == wanted).unwrap();
    assert!(place(Action::PausePrompt) < place(Action::StopPrompt(StoppedBy::Voice)));
    assert!(actions.contains(&Action::Turn { utterance: 1, question: 7 }));
}

#[test]
fn three_hums_are_not_three_words() {
    let mut room = Room::asking(question());
    room.prompt(BargeIn::Voice, 20_000);
    for utterance in 1..=3 {
        room.voice(300).silence(700);
        room.tell(Input::Final(Gist { utterance, ..gist("mmm") }));
    }
    assert!(!room.has(|a| matches!(a, Action::StopPrompt(_) | Action::Turn { .. })));
    assert_eq!(room.actions.iter().filter(|a| **a == Action::ResumePrompt).count(), 2);
}

#[test]
fn voice_does_not_stop_a_prompt_that_must_be_heard() {
    let mut room = Room::asking(question());
    room.prompt(BargeIn::Never, 4000).voice(800).silence(700);
    room.tell(Input::Final(gist("quiero una persona")));
    assert!(!room.has(|a| matches!(a, Action::PausePrompt | Action::StopPrompt(_) | Action::Turn { .. })));
    room.silence(1000).prompt_ends();
    assert!(room.has(|a| matches!(a, Action::Turn { utterance: 1, .. })));
}

#[test]
fn what_was_said_long_before_the_end_is_no_answer() {
    let mut room = Room::asking(question());
    room.prompt(BargeIn::Never, 9000).voice(800).silence(700);
    room.tell(Input::Final(gist("quiero una persona"))).silence(4000).prompt_ends();
    assert!(room.has(|a| matches!(a, Action::Ignored { why: Ignored::NotNow, .. })));
}

#[test]
fn keys_stop_the_bot_at_once_where_allowed() {
    let mut room = Room::asking(nif());
    room.prompt(BargeIn::Keys, 4000).silence(100).tell(Input::Key('1'));
    assert_eq!(room.take(), [Action::StopPrompt(StoppedBy::Keys)]);
    "2345678".chars().for_each(|key| {
        room.tell(Input::Key(key));
    });
    let Some(Action::Keyed { question: 7, keys }) = room.take().pop() else { panic!() };
    assert_eq!(keys.as_str(), "12345678");
}

#[test]
fn the_end_key_after_a_full_answer_belongs_to_it() {
    let mut room = Room::asking(nif());
    "12345678".chars().for_each(|key| {
        room.tell(Input::Key(key));
    });
    assert!(room.has(|a| matches!(a, Action::Keyed { keys, .. } if keys.as_str() == "12345678")));
    room.tell(Input::Ask(Question { barge_in: BargeIn::Keys, ..nif() }))
        .prompt(BargeIn::Keys, 4000)
        .silence(200);
    room.take();
    room.tell(Input::KeyDown).tell(Input::Key('#')).silence(200);
    assert_eq!(room.take(), []);
    room.tell(Input::KeyDown);
    assert_eq!(room.take(), [Action::StopPrompt(StoppedBy::Keys)]);
}

#[test]
fn keys_pressed_late_in_a_prompt_that_must_be_heard_are_kept() {
    let mut room = Room::asking(nif());
    room.prompt(BargeIn::Never, 1000);
    "12345678".chars().for_each(|key| {
        room.tell(Input::Key(key));
    });
    assert_eq!(room.take(), []);
    room.silence(500).prompt_ends();
    assert!(room.has(|a| matches!(a, Action::Keyed { .. })));
}

#[test]
fn keying_stops_when_the_end_key_or_a_pause_says_so() {
    let mut room = Room::asking(nif());
    room.tell(Input::Key('1')).tell(Input::Key('2')).tell(Input::Key('#'));
    assert!(room.has(|a| matches!(a, Action::Keyed { keys, .. } if keys.as_str() == "12")));
    let mut room = Room::asking(nif());
    room.tell(Input::Key('1')).silence(2900);
    assert_eq!(room.take(), []);
    room.silence(100);
    assert!(room.has(|a| matches!(a, Action::Keyed { keys, .. } if keys.as_str() == "1")));
}

#[test]
fn an_end_key_after_a_complete_answer_is_no_stray() {
    let mut room = Room::asking(nif());
    "12345678".chars().for_each(|key| {
        room.tell(Input::Key(key));
    });
    room.silence(400).take();
    room.tell(Input::Key('#'));
    assert_eq!(room.take(), []);
    room.tell(Input::Key('#'));
    assert_eq!(room.take(), [Action::StrayKey('#')]);
}

#[test]
fn a_key_that_answers_alone_needs_no_end() {
    let keypad = Keypad { end: Some('#'), single: KeySet::default().with('2'), ..Keypad::default() };
    let mut room = Room::asking(Question { keypad: Some(keypad), ..question() });
    room.tell(Input::Key('2'));
    assert!(room.has(|a| matches!(a, Action::Keyed { keys, .. } if keys.as_str() == "2")));
}

#[test]
fn no_input_waits_for_the_end_of_the_prompt() {
    let mut room = Room::asking(question());
    room.prompt(BargeIn::Voice, 8000).silence(8000).prompt_ends().silence(5980);
    assert_eq!(room.take(), []);
    room.silence(20);
    assert_eq!(room.take(), [Action::NoInput { question: 7 }]);
    room.silence(10_000);
    assert_eq!(room.take(), []);
}

#[test]
fn a_call_on_hold_is_not_silent() {
    let mut room = Room::asking(question());
    room.silence(3000).tell(Input::Hold(true)).silence(60_000);
    assert_eq!(room.take(), []);
    room.tell(Input::Hold(false)).silence(3000);
    assert_eq!(room.take(), [Action::NoInput { question: 7 }]);
}

#[test]
fn noise_does_not_reset_the_silence() {
    let mut room = Room::asking(question());
    room.silence(3000).voice(200).silence(600).tell(Input::Final(gist("")));
    // The two frames before the onset was sure were not yet voice.
    room.silence(2940);
    assert!(!room.has(|a| matches!(a, Action::NoInput { .. })));
    room.silence(20);
    assert!(room.has(|a| matches!(a, Action::NoInput { .. })));
}

#[test]
fn endless_noise_is_reported() {
    let mut room = Room::asking(question());
    room.voice(30_100).tell(Input::Final(gist("")));
    assert!(room.has(|a| *a == Action::Unintelligible { question: 7 }));
}

#[test]
fn words_that_never_come_are_given_up() {
    let mut room = Room::asking(question());
    room.voice(500).silence(700).silence(3000);
    assert!(room.has(|a| *a == Action::Lost { utterance: 1, question: 7 }));
}

#[test]
fn the_bot_waits_for_who_speaks_already() {
    let mut room = Room::asking(question());
    room.voice(500).prompt(BargeIn::Voice, 4000).voice(20);
    assert!(room.has(|a| *a == Action::PausePrompt));
}

#[test]
fn a_prompt_without_a_question_is_not_interrupted_by_voice() {
    let mut room = Room::new();
    room.prompt(BargeIn::Voice, 3000).voice(800).silence(700);
    room.tell(Input::Final(gist("gracias adiós"))).prompt_ends();
    assert!(!room.has(|a| matches!(a, Action::PausePrompt | Action::Turn { .. })));
}

/// What the bot asks first: everybody knows that question.
fn opening() -> Question {
    Question { early: true, assent: false, ..question() }
}

#[test]
fn what_is_said_over_the_opening_is_kept_to_its_end_and_taken_whole() {
    let mut room = Room::asking(opening());
    room.prompt(BargeIn::Never, 9000).voice(600).silence(700);
    room.tell(Input::Final(gist("quiero una cita"))).silence(2500).voice(600).silence(700);
    room.tell(Input::Final(Gist { utterance: 2, ..gist("para el padrón") })).silence(4000);
    assert!(!room.has(|a| !matches!(a, Action::StartListening { .. } | Action::EndOfTurn { .. })));
    room.take();
    room.tell(Input::PromptStarted(BargeIn::Voice)).silence(20);
    assert_eq!(
        room.take(),
        [
            Action::StopPrompt(StoppedBy::Voice),
            Action::Part { utterance: 1, question: 7 },
            Action::Turn { utterance: 2, question: 7 },
        ]
    );
}

#[test]
fn who_still_speaks_when_the_opening_ends_is_heard_out() {
    let mut room = Room::asking(opening());
    room.prompt(BargeIn::Never, 9000).voice(600).silence(700);
    room.tell(Input::Final(gist("quiero una cita"))).silence(3000).voice(300);
    room.tell(Input::PromptStarted(BargeIn::Voice)).voice(600);
    assert!(room.has(|a| *a == Action::PausePrompt) && !room.has(|a| matches!(a, Action::Turn { .. })));
    room.silence(700).tell(Input::Final(Gist { utterance: 2, ..gist("para el padrón") }));
    assert!(room.has(|a| *a == Action::Part { utterance: 1, question: 7 }));
    assert!(room.has(|a| *a == Action::Turn { utterance: 2, question: 7 }));
}

#[test]
fn keys_over_the_opening_are_kept_to_its_end() {
    let keypad = Keypad { digits: Some(1), ..Keypad::default() };
    let mut room = Room::asking(Question { keypad: Some(keypad), ..opening() });
    room.prompt(BargeIn::Never, 9000).tell(Input::KeyDown).tell(Input::Key('1')).silence(6000);
    assert_eq!(room.take(), []);
    room.tell(Input::PromptStarted(BargeIn::Voice)).silence(20);
    assert!(room.has(|a| *a == Action::StopPrompt(StoppedBy::Keys)));
    assert!(room.has(|a| matches!(a, Action::Keyed { question: 7, keys } if keys.as_str() == "1")));
}

#[test]
fn after_two_false_interruptions_only_words_stop_the_prompt() {
    let mut room = Room::asking(question());
    room.prompt(BargeIn::Voice, 30_000);
    for utterance in 1..=5 {
        room.voice(400).silence(700).tell(Input::Final(Gist { utterance, ..gist("") }));
    }
    let count = |room: &Room, wanted: fn(&Action) -> bool| room.actions.iter().filter(|a| wanted(a)).count();
    assert_eq!(count(&room, |a| *a == Action::PausePrompt), 2);
    assert_eq!(count(&room, |a| matches!(a, Action::FalseInterruption { .. })), 2);
    room.voice(400).silence(700).tell(Input::Final(Gist { utterance: 6, ..gist("la primera") }));
    assert!(room.has(|a| *a == Action::StopPrompt(StoppedBy::Voice)));
    // The next time that the bot speaks it counts anew.
    room.tell(Input::Ask(question())).prompt(BargeIn::Voice, 5000).take();
    room.voice(400);
    assert!(room.has(|a| *a == Action::PausePrompt));
}

#[test]
fn a_star_clears_what_was_keyed() {
    let keys = |keypad: Keypad, pressed: &str| {
        let mut room = Room::asking(Question { keypad: Some(keypad), ..nif() });
        pressed.chars().for_each(|key| {
            room.tell(Input::Key(key));
        });
        room.silence(4000);
        let keyed = |a: &Action| match a {
            Action::Keyed { keys, .. } => Some(keys.as_str().to_owned()),
            _ => None,
        };
        room.actions.iter().find_map(keyed).unwrap_or_default()
    };
    let eight = Keypad { digits: Some(8), end: Some('#'), ..Keypad::default() };
    assert_eq!(keys(eight, "123*12345678"), "12345678");
    assert_eq!(keys(eight, "*12345678"), "12345678");
    assert_eq!(keys(eight, "123*"), "");
    assert_eq!(keys(Keypad { star: true, ..eight }, "12*50#"), "12*50");
    assert_eq!(keys(Keypad { end: Some('*'), ..eight }, "123*"), "123");
    assert_eq!(keys(Keypad { digits: Some(1), ..Keypad::default() }, "*"), "*");
}

#[test]
fn a_number_begun_by_voice_and_ended_by_keys_is_one_answer() {
    let nine = Keypad { digits: Some(9), end: Some('#'), ..Keypad::default() };
    let phone = Question { keypad: Some(nine), ..nif() };
    let half = Gist { open_ended: true, ..gist("seis doce tres cuatro") };
    let mut room = Room::asking(phone);
    room.voice(1500).tell(Input::Partial(half)).silence(300).tell(Input::Key('5'));
    assert!(room.has(|a| matches!(a, Action::EndOfTurn { reason: EndReason::Keys, open_floor: false, .. })));
    room.silence(200).tell(Input::Final(half));
    "6789".chars().for_each(|key| {
        room.silence(300).tell(Input::Key(key));
    });
    assert!(!room.has(|a| matches!(a, Action::Turn { .. } | Action::Keyed { .. })));
    room.silence(3000);
    let place = |wanted: fn(&Action) -> bool| room.actions.iter().position(wanted).unwrap();
    let part = place(|a| *a == Action::Part { utterance: 1, question: 7 });
    assert!(part < place(|a| matches!(a, Action::Keyed { keys, .. } if keys.as_str() == "56789")));
    // As many keys as the question takes are the answer alone.
    let mut room = Room::asking(phone);
    room.voice(1500).tell(Input::Partial(half)).silence(300).tell(Input::Key('6')).tell(Input::Final(half));
    "12345678".chars().for_each(|key| {
        room.tell(Input::Key(key));
    });
    assert!(room.has(|a| *a == Action::Ignored { utterance: 1, why: Ignored::Keys }));
    assert!(
        room.has(|a| matches!(a, Action::Keyed { .. })) && !room.has(|a| matches!(a, Action::Part { .. }))
    );
}

#[test]
fn words_after_keys_go_on_with_them() {
    let nine = Keypad { digits: Some(9), end: Some('#'), ..Keypad::default() };
    let mut room = Room::asking(Question { keypad: Some(nine), ..nif() });
    "61234".chars().for_each(|key| {
        room.tell(Input::Key(key));
    });
    room.silence(400).voice(3500).silence(2000);
    room.tell(Input::Final(gist("cinco seis siete ocho")));
    let actions = room.take();
    let place = |wanted: fn(&Action) -> bool| actions.iter().position(wanted).unwrap();
    let keys = place(|a| matches!(a, Action::KeyedPart { question: 7, keys } if keys.as_str() == "61234"));
    assert!(keys < place(|a| *a == Action::Turn { utterance: 1, question: 7 }));
    // A noise leaves the keys what they are.
    let mut room = Room::asking(nif());
    room.tell(Input::Key('1')).voice(300).silence(2000);
    room.tell(Input::Final(Gist { confidence: 0.1, ..gist("se") })).silence(3000);
    assert!(room.has(|a| matches!(a, Action::Keyed { keys, .. } if keys.as_str() == "1")));
}

#[test]
fn the_bot_speaks_up_over_people_who_talk_on() {
    let mut room = Room::asking(question());
    room.prompt(BargeIn::Voice, 5000).silence(500).voice(20_300);
    assert!(room.has(|a| matches!(a, Action::EndOfTurn { reason: EndReason::MaxLength, .. })));
    room.tell(Input::Final(Gist { confidence: 0.1, ..gist("y el otro día no sé qué") }));
    assert!(room.has(|a| *a == Action::ResumePrompt));
    room.take();
    room.voice(5000);
    assert!(!room.has(|a| *a == Action::PausePrompt));
}

#[test]
fn talk_in_pieces_without_a_word_is_reported() {
    let mut room = Room::asking(Question { no_input_ms: Some(60_000), ..question() });
    for utterance in 1..=12 {
        room.voice(1500).silence(700).tell(Input::Final(Gist { utterance, ..gist("") }));
    }
    assert!(room.has(|a| *a == Action::Unintelligible { question: 7 }));
}
