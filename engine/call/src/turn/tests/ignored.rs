//! What is no turn: signs of listening, other people, the bot's own words.

use super::*;

#[test]
fn a_backchannel_pauses_and_resumes_the_bot() {
    let mut room = Room::asking(question());
    room.prompt(BargeIn::Voice, 5000).voice(400).silence(700);
    assert!(room.has(|a| *a == Action::PausePrompt));
    room.tell(Input::Final(gist("vale")));
    let actions = room.take();
    assert!(actions.contains(&Action::ResumePrompt));
    assert!(actions.contains(&Action::FalseInterruption { utterance: 1 }));
    assert!(actions.contains(&Action::Ignored { utterance: 1, why: Ignored::Backchannel }));
    assert!(!actions.contains(&Action::StopPrompt(StoppedBy::Voice)));
}

#[test]
fn who_speaks_beside_the_telephone_answers_nothing() {
    let mut room = Room::asking(question());
    room.voice(600).silence(700).tell(Input::Final(gist("quería cita")));
    assert!(room.has(|a| matches!(a, Action::Turn { utterance: 1, .. })));
    room.take();
    room.tell(Input::Ask(question()))
        .hear(600, 0.95, -32.0)
        .silence(700)
        .tell(Input::Final(Gist::of(2, "vale luego")));
    let actions = room.take();
    assert!(actions.contains(&Action::Ignored { utterance: 2, why: Ignored::Beside }), "{actions:?}");
    assert!(!actions.iter().any(|a| matches!(a, Action::EndOfTurn { open_floor: true, .. })));
    // Over a prompt it does not even pause it.
    room.prompt(BargeIn::Voice, 5000).hear(900, 0.95, -32.0).prompt_ends().silence(700);
    room.tell(Input::Final(Gist::of(3, "el domingo")));
    assert!(!room.has(|a| matches!(a, Action::PausePrompt | Action::Turn { .. })));
    // Who goes on so after the bot has asked again is the caller, with the telephone in the other hand.
    room.silence(6000);
    assert!(room.has(|a| matches!(a, Action::NoInput { .. })));
    room.take();
    room.tell(Input::Ask(question()))
        .hear(600, 0.95, -32.0)
        .silence(700)
        .tell(Input::Final(Gist::of(4, "el jueves")));
    assert!(room.has(|a| matches!(a, Action::Turn { utterance: 4, .. })));
}

#[test]
fn quiet_echo_of_the_bot_is_not_the_caller() {
    let mut room = Room::asking(question());
    room.prompt(BargeIn::Voice, 5000).silence(200).hear(2000, 0.9, -40.0);
    assert_eq!(room.take(), []);
    room.hear(400, 0.9, -24.0);
    assert!(room.has(|a| *a == Action::PausePrompt));
}

#[test]
fn a_backchannel_answers_only_what_takes_it() {
    let wants_a_number = Question { assent: false, ..question() };
    let mut room = Room::asking(wants_a_number);
    room.prompt(BargeIn::Voice, 800).voice(300).silence(700).tell(Input::Final(gist("ajá")));
    assert!(room.has(|a| *a == Action::Ignored { utterance: 1, why: Ignored::Backchannel }));
    assert!(room.has(|a| *a == Action::ResumePrompt) && !room.has(|a| matches!(a, Action::Turn { .. })));
    let mut room = Room::asking(wants_a_number);
    room.voice(300).silence(700).tell(Input::Final(gist("vale")));
    assert!(!room.has(|a| matches!(a, Action::EndOfTurn { open_floor: true, .. } | Action::Turn { .. })));
    room.silence(6000);
    assert!(room.has(|a| matches!(a, Action::NoInput { .. })));
}

#[test]
fn the_bots_own_words_are_no_turn() {
    let own = |utterance| Input::Final(Gist { utterance, own: true, ..gist("oficina de atención") });
    let mut room = Room::asking(question());
    room.prompt(BargeIn::Voice, 30_000).silence(500);
    for utterance in 1..=3 {
        room.hear(600, 0.9, -30.0).silence(700).tell(own(utterance));
    }
    assert!(!room.has(|a| matches!(a, Action::StopPrompt(_) | Action::Turn { .. })));
    assert_eq!(room.actions.iter().filter(|a| **a == Action::PausePrompt).count(), 2);
    // The line has shown how loud its echo is: no utterance comes of it any more; who is louder is heard.
    room.take();
    room.hear(600, 0.9, -29.0);
    assert_eq!(room.take(), []);
    room.hear(600, 0.9, -20.0);
    assert!(room.has(|a| matches!(a, Action::StartListening { .. })));
}

#[test]
fn the_same_words_well_after_the_bots_are_the_callers() {
    let own = Gist { own: true, ..gist("la primera") };
    let mut room = Room::asking(question());
    room.prompt(BargeIn::Voice, 200).silence(200).prompt_ends().silence(600).voice(500).silence(700);
    room.tell(Input::Final(own));
    assert!(room.has(|a| matches!(a, Action::Turn { .. })));
}

#[test]
fn echo_of_loud_words_is_known_in_the_gaps_between_words() {
    let mut room = Room::asking(question());
    room.prompt(BargeIn::Voice, 5000).silence(300);
    // 200 ms of a gap, in which the words before it come back.
    room.bot_db = Some(-48.0);
    room.hear(400, 0.9, -40.0);
    assert_eq!(room.take(), []);
}
