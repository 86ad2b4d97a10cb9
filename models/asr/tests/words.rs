//! The shipped recogniser on human voices that nobody trained on: 47 words out of Debian's
//! packages asterisk-core-sounds-es-wav and asterisk-prompt-es-co.
#![allow(clippy::unwrap_used, clippy::print_stdout, reason = "tests print what they measure")]

use std::path::Path;

use asr::{Embedded, eval};

#[test]
fn forty_seven_words_of_two_human_voices() {
    let (clips, words) = eval::forty_seven_words(Path::new("/usr/share/asterisk/sounds"));
    let different: std::collections::BTreeSet<&String> = words.iter().collect();
    assert_eq!((words.len(), different.len()), (47, 47));
    assert_eq!(
        clips.len(),
        2 * words.len(),
        "this test listens to the packages asterisk-core-sounds-es-wav and asterisk-prompt-es-co; install them"
    );
    let ear = Embedded::new().unwrap();
    let report = eval::run(&ear, &clips, &words, |_| {}).unwrap();
    println!("{report}");
    for heard in report.results.iter().filter(|h| h.phrase.as_ref() != Some(&h.said)) {
        println!("{}: heard {:?}, best of the list {:?}", heard.said, heard.heard, heard.phrase);
    }
    for (speaker, score) in &report.speakers {
        assert!(score.phrase_accuracy() >= Some(0.70), "{speaker}: {score:?}");
    }
}
