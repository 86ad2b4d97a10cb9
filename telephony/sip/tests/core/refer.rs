//! Blind transfer by REFER, from our side (RFC 3515).
use super::*;
use rand::rngs::StdRng;
use rand::{RngExt, SeedableRng};

const LIMIT: Duration = Duration::from_secs(20);

fn referred(b: &Bench) -> Vec<u16> {
    b.events
        .iter()
        .filter_map(|e| if let Event::Referred { status, .. } = e { Some(*status) } else { None })
        .collect()
}

fn refer(b: &mut Bench, leg: LegId, to: &str) -> Vec<Message> {
    b.command(Command::Refer { leg, to: to.into(), limit: LIMIT })
}

fn notify(branch: &str, cseq: u32, tag: &str, (state, line): (&str, &str)) -> String {
    let extra = format!(
        "Event: refer\nSubscription-State: {state}\nContent-Type: message/sipfrag;version=2.0\n\n{line}\r\n"
    );
    ask("NOTIFY", branch, cseq, tag, &extra)
}

#[test]
fn the_far_end_is_asked_tells_how_it_goes_and_the_leg_stays_until_we_hang_up() {
    let mut b = bench();
    let (leg, tag) = b.in_call(&invite());
    let sent = refer(&mut b, leg, "112");
    let asked = request(&sent);
    assert_eq!(asked.method.to_string(), "REFER");
    assert_eq!(asked.uri, "sip:ana@192.0.2.9:5062");
    assert_eq!(asked.headers.get("Refer-To"), Some("<sip:112@192.0.2.9:5062>"));
    assert!(asked.headers.get("Referred-By").is_some() && asked.headers.get("Contact").is_some());
    b.feed(&reply(&asked, 202, "", ""));
    let ring = b.feed(&notify("n1", 2, &tag, ("active;expires=60", "SIP/2.0 180 Ringing")));
    assert_eq!(statuses(&ring), [200]);
    let done = b.feed(&notify("n2", 3, &tag, ("terminated;reason=noresource", "SIP/2.0 200 OK")));
    assert_eq!(statuses(&done), [200]);
    assert_eq!(referred(&b), [180, 200]);
    let late = b.feed(&notify("n3", 4, &tag, ("terminated", "SIP/2.0 486 Busy Here")));
    assert_eq!(statuses(&late), [481]);
    assert_eq!(methods(&b.command(Command::Bye(leg))), ["BYE"]);
    assert_eq!(referred(&b), [180, 200]);
}

#[test]
fn a_refusal_a_busy_number_a_silence_and_a_hang_up_of_news_are_failures_and_the_call_goes_on() {
    /// Name, answer to our REFER, state and status line of the news if there are any, what becomes of it.
    type Case = (&'static str, u16, Option<(&'static str, &'static str)>, u16);
    let cases: [Case; 5] = [
        ("refused", 603, None, 603),
        ("busy", 202, Some(("terminated;reason=noresource", "SIP/2.0 486 Busy Here")), 486),
        ("no more news", 202, Some(("terminated;reason=giveup", "SIP/2.0 100 Trying")), 408),
        ("nothing said", 202, None, 408),
        ("no answer at all", 0, None, 408),
    ];
    for (name, status, news, outcome) in cases {
        let mut b = bench();
        let (leg, tag) = b.in_call(&invite());
        let asked = request(&refer(&mut b, leg, "112"));
        if status > 0 {
            b.feed(&reply(&asked, status, "", ""));
        }
        if let Some(news) = news {
            b.feed(&notify("n1", 2, &tag, news));
        }
        b.wait(LIMIT);
        assert_eq!(referred(&b).last(), Some(&outcome), "{name}");
        assert_eq!(referred(&b).iter().filter(|s| **s >= 200).count(), 1, "{name}");
        assert!(!b.events.iter().any(Event::is_last), "{name}: the call is still ours");
        if name != "no answer at all" {
            assert_eq!(statuses(&b.feed(&ask("INFO", "i", 9, &tag, ""))), [200], "{name}");
        }
    }
}

#[test]
fn who_does_not_list_refer_is_not_asked_and_neither_is_anybody_for_nonsense() {
    let mut b = bench();
    let (leg, _) =
        b.in_call(&ask("INVITE", "k1", 1, "", "Allow: INVITE, BYE\nContent-Type: application/sdp\n\nv=0"));
    assert!(refer(&mut b, leg, "112").is_empty());
    let mut c = bench();
    let (leg, _) = c.in_call(&invite());
    for to in ["urgencias", "112>\r\nX: y", ""] {
        assert!(refer(&mut c, leg, to).is_empty(), "{to:?}");
    }
    assert_eq!((referred(&b), referred(&c)), (vec![405], vec![405; 3]));
}

#[test]
fn news_of_nothing_is_refused() {
    let mut b = bench();
    let (_, tag) = b.in_call(&invite());
    let news = ("active", "SIP/2.0 100 Trying");
    assert_eq!(statuses(&b.feed(&notify("n1", 2, &tag, news))), [481]);
    let other = notify("n2", 3, &tag, news).replace("Event: refer", "Event: message-summary");
    assert_eq!(statuses(&b.feed(&other)), [489]);
    assert_eq!(statuses(&b.feed(&notify("n3", 4, "", news))), [481]);
    assert_eq!(statuses(&b.feed(&notify("n4", 4, "nobody", news))), [481]);
}

/// What a far end may do, in any order, with any of it lost or said twice.
#[test]
fn whatever_the_far_end_does_there_is_one_outcome_and_nothing_is_left() {
    let runs: u64 = 2000;
    let first = std::env::var("SEED").ok().and_then(|s| s.parse().ok());
    let seeds = first.map_or(0..runs, |seed: u64| seed..seed + 1);
    for seed in seeds {
        let mut rng = StdRng::seed_from_u64(seed);
        let mut b = bench();
        let (leg, tag) = b.in_call(&invite());
        let asked = request(&refer(&mut b, leg, "112"));
        let mut cseq = 1;
        let mut hung_up = false;
        for step in 0..rng.random_range(0..8) {
            b.wait(Duration::from_millis(rng.random_range(0..9000)));
            match rng.random_range(0..10) {
                0..=2 => {
                    let status = [202, 202, 200, 403, 481, 503][rng.random_range(0..6)];
                    b.feed(&reply(&asked, status, "", ""));
                }
                3..=7 => {
                    cseq += 1;
                    let line = ["100 Trying", "180 Ringing", "200 OK", "404 Not Found", "9x"]
                        [rng.random_range(0..5)];
                    let state = ["active;expires=60", "terminated;reason=noresource"][rng.random_range(0..2)];
                    let text = notify(&format!("n{step}"), cseq, &tag, (state, &format!("SIP/2.0 {line}")));
                    for _ in 0..rng.random_range(1..3) {
                        let answers = statuses(&b.feed(&text));
                        assert_eq!(answers.len(), 1, "seed {seed}: {answers:?}");
                        assert!([200, 400, 481].contains(&answers[0]), "seed {seed}: {answers:?}");
                    }
                }
                8 => {
                    cseq += 1;
                    b.feed(&ask("BYE", &format!("b{step}"), cseq, &tag, ""));
                    hung_up = true;
                }
                _ => {
                    b.command(Command::Bye(leg));
                    hung_up = true;
                }
            }
        }
        b.wait(LIMIT + Duration::from_secs(40));
        let ended = b.events.iter().position(Event::is_last);
        let outcome: Vec<usize> = b
            .events
            .iter()
            .enumerate()
            .filter(|(_, e)| matches!(e, Event::Referred { status: 200.., .. }))
            .map(|(at, _)| at)
            .collect();
        assert!(outcome.len() <= 1, "seed {seed}: {:?}", b.events);
        assert!(!outcome.is_empty() || ended.is_some(), "seed {seed}: no outcome: {:?}", b.events);
        if let (Some(at), Some(end)) = (outcome.first(), ended) {
            assert!(*at < end, "seed {seed}: told after the end: {:?}", b.events);
        }
        if !hung_up && ended.is_none() {
            b.command(Command::Bye(leg));
        }
        b.wait(Duration::from_secs(70));
        let left = b.core.counters();
        let all = (left.legs, left.client_transactions, left.server_transactions, b.core.pending_timers());
        assert_eq!(all, (0, 0, 0, 0), "seed {seed}");
        assert_eq!(b.events.iter().filter(|e| e.is_last()).count(), 1, "seed {seed}");
    }
}
