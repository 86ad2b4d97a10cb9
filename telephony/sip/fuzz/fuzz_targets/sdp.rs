//! Any text as a session description: read, write, answer.
#![no_main]
use libfuzzer_sys::fuzz_target;
use sip::sdp::{Local, Session, accept_answer, answer, refuse};

fuzz_target!(|data: &[u8]| {
    let text = String::from_utf8_lossy(data);
    let Ok(session) = Session::parse(&text) else { return };
    let again = Session::parse(&session.to_string()).expect("what we write can be read");
    assert_eq!(again.media.len(), session.media.len());
    let local = Local::new("192.0.2.1".parse().expect("a literal address"), 40_000, 7);
    if let Ok(agreed) = answer(&session, &local) {
        let ours = Session::parse(&agreed.sdp).expect("our answer can be read");
        assert_eq!(ours.media.len(), session.media.len());
    }
    let refusal = Session::parse(&refuse(&session)).expect("our refusal can be read");
    assert_eq!(refusal.media.len(), session.media.len());
    let _ = accept_answer(&local, &session);
});
