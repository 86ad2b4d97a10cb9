//! Offers as they are met on trunks and phones, and what we answer.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::print_stdout)]
use proptest::prelude::*;
use sip::sdp::{
    Attribute, Codec, Direction, Local, Media, Origin, SdpError, Session, accept_answer, answer, offer,
    refuse,
};

fn local() -> Local {
    Local::new("192.0.2.1".parse().unwrap(), 40_000, 7)
}

const HEAD: &str = "v=0\r\no=- 20518 1 IN IP4 192.0.2.9\r\ns=-\r\nc=IN IP4 192.0.2.9\r\nt=0 0\r\n";

fn answered(body: &str) -> String {
    match Session::parse(&format!("{HEAD}{body}")).and_then(|o| answer(&o, &local())) {
        Ok(n) => {
            let agreed = format!(
                "{:?}/{} event {:?} rtp {} rtcp {} {} ptime {}",
                n.codec,
                n.payload_type,
                n.telephone_event,
                n.remote_rtp,
                n.remote_rtcp,
                n.direction,
                n.ptime_ms
            );
            format!("{agreed}\n{}", n.sdp.replace('\r', ""))
        }
        Err(e) => format!("{}: {e}", e.status()),
    }
}

#[test]
fn answers_follow_rfc_3264() {
    let cases = [
        (
            "a carrier's offer: first common codec of theirs, their dynamic numbers",
            "m=audio 10000 RTP/AVP 18 96 8 0 97\r\na=rtpmap:18 G729/8000\r\na=rtpmap:96 opus/48000/2\r\na=rtpmap:97 telephone-event/8000\r\na=fmtp:97 0-16\r\na=ptime:20\r\na=maxptime:40\r\na=sendrecv\r\n",
        ),
        ("static types need no rtpmap", "m=audio 10000 RTP/AVP 0\r\n"),
        ("G.722 by a dynamic number", "m=audio 10000 RTP/AVP 111 0\r\na=rtpmap:111 g722/8000/1\r\n"),
        (
            "telephone-event only at our clock",
            "m=audio 10000 RTP/AVP 8 101 102\r\na=rtpmap:101 telephone-event/48000\r\na=rtpmap:102 telephone-event/8000\r\n",
        ),
        ("hold, new form", "m=audio 10000 RTP/AVP 8\r\na=sendonly\r\n"),
        ("hold, both ways", "m=audio 10000 RTP/AVP 8\r\na=inactive\r\n"),
        ("hold, old form", "m=audio 10000 RTP/AVP 8\r\nc=IN IP4 0.0.0.0\r\n"),
        ("announcement", "a=recvonly\r\nm=audio 10000 RTP/AVP 8\r\n"),
        (
            "video and a secure twin are refused, audio is taken",
            "m=video 20000 RTP/AVP 99\r\na=rtpmap:99 H264/90000\r\nm=audio 10002 RTP/SAVP 8\r\nm=audio 10000 RTP/AVP 8\r\nc=IN IP4 192.0.2.77\r\na=rtcp:10009 IN IP4 192.0.2.78\r\na=rtcp-mux\r\nm=image 0 udptl t38\r\n",
        ),
        ("only SRTP", "m=audio 10000 RTP/SAVP 8\r\na=crypto:1 AES_CM_128_HMAC_SHA1_80 inline:x\r\n"),
        ("audio switched off", "m=audio 0 RTP/AVP 8\r\n"),
        ("no common codec", "m=audio 10000 RTP/AVP 18 4\r\n"),
        ("a static number given another meaning", "m=audio 10000 RTP/AVP 0\r\na=rtpmap:0 L16/44100\r\n"),
        ("stereo is not ours", "m=audio 10000 RTP/AVP 96\r\na=rtpmap:96 PCMA/8000/2\r\n"),
        ("a name for an address", "m=audio 10000 RTP/AVP 8\r\nc=IN IP4 media.example.es\r\n"),
        ("the other IP version", "m=audio 10000 RTP/AVP 8\r\nc=IN IP6 2001:db8::9\r\n"),
        ("no streams", ""),
        ("a broken line", "m=audio ten RTP/AVP 8\r\n"),
    ];
    let all: String = cases.iter().map(|(name, body)| format!("# {name}\n{}\n\n", answered(body))).collect();
    insta::assert_snapshot!(all);
}

#[test]
fn an_offer_is_answered_by_ourselves_and_accepted() {
    for address in ["192.0.2.1", "2001:db8::1"] {
        let caller = Local::new(address.parse().unwrap(), 30_000, 1);
        let called = Local::new(address.parse().unwrap(), 40_000, 2);
        let there = answer(&Session::parse(&offer(&caller)).unwrap(), &called).unwrap();
        let here = accept_answer(&caller, &Session::parse(&there.sdp).unwrap()).unwrap();
        assert_eq!((here.codec, there.codec), (Codec::Pcma, Codec::Pcma));
        assert_eq!((here.telephone_event, there.telephone_event), (Some(101), Some(101)));
        assert_eq!((here.remote_rtp.port(), there.remote_rtp.port()), (40_000, 30_000));
        assert_eq!((here.remote_rtcp.port(), here.direction), (40_001, Direction::SendRecv));
    }
}

#[test]
fn hold_and_resume_raise_the_version_and_a_repetition_does_not() {
    let mut us = local();
    let ask = |body: &str| Session::parse(&format!("{HEAD}m=audio 10000 RTP/AVP 8\r\n{body}")).unwrap();
    let mut versions = Vec::new();
    for body in ["", "a=sendonly\r\n", "a=sendonly\r\n", "a=sendrecv\r\n"] {
        let n = answer(&ask(body), &us).unwrap();
        versions.push((Session::parse(&n.sdp).unwrap().origin.version, n.direction));
        us.previous = Some(n.sdp);
    }
    use Direction::{RecvOnly, SendRecv};
    assert_eq!(versions, [(1, SendRecv), (2, RecvOnly), (2, RecvOnly), (3, SendRecv)]);
    us.direction = Direction::SendOnly;
    assert_eq!(answer(&ask(""), &us).unwrap().direction, Direction::SendOnly);
    assert_eq!(answer(&ask("a=sendonly\r\n"), &us).unwrap().direction, Direction::Inactive);
}

#[test]
fn an_answer_that_refuses_is_an_error() {
    let read = |body: &str| accept_answer(&local(), &Session::parse(&format!("{HEAD}{body}")).unwrap());
    assert_eq!(read("m=audio 0 RTP/AVP 8\r\n"), Err(SdpError::NoAudio));
    assert_eq!(read("m=audio 9 RTP/AVP 18\r\n"), Err(SdpError::NoCommonCodec("18".into())));
    assert!(matches!(read("m=video 9 RTP/AVP 8\r\n"), Err(SdpError::Mismatch(_))));
    assert!(matches!(read(""), Err(SdpError::Mismatch(_))));
    assert_eq!(read("m=audio 9 RTP/AVP 8\r\na=recvonly\r\n").unwrap().direction, Direction::SendOnly);
}

fn word() -> impl Strategy<Value = String> {
    "[A-Za-z0-9._-]{1,12}"
}

fn attributes() -> impl Strategy<Value = Vec<Attribute>> {
    let value = proptest::option::of("[!-~][ -~]{0,20}".prop_map(|v| v.trim().to_owned()));
    proptest::collection::vec((word(), value).prop_map(|(name, value)| Attribute { name, value }), 0..5)
}

fn connection() -> impl Strategy<Value = Option<String>> {
    let v4 = any::<[u8; 4]>().prop_map(|a| std::net::Ipv4Addr::from(a).to_string());
    let v6 = any::<[u8; 16]>().prop_map(|a| std::net::Ipv6Addr::from(a).to_string());
    proptest::option::of(prop_oneof![v4, v6])
}

fn session() -> impl Strategy<Value = Session> {
    let origin = (word(), any::<u64>(), any::<u64>()).prop_map(|(username, id, version)| Origin {
        username,
        id,
        version,
        address: "IN IP4 192.0.2.9".to_owned(),
    });
    let protocol = prop_oneof![Just("RTP/AVP"), Just("RTP/SAVP"), Just("RTP/AVPF"), Just("udptl")];
    let formats = proptest::collection::vec((0u8..130).prop_map(|f| f.to_string()), 1..6);
    let media = (
        prop_oneof![Just("audio"), Just("video")],
        any::<u16>(),
        protocol,
        formats,
        connection(),
        attributes(),
    )
        .prop_map(|(kind, port, protocol, formats, connection, attributes)| Media {
            kind: kind.to_owned(),
            port,
            protocol: protocol.to_owned(),
            formats,
            connection,
            attributes,
        });
    let media = proptest::collection::vec(media, 0..4);
    (origin, "[!-~][ -~]{0,10}", connection(), attributes(), media).prop_map(
        |(origin, name, connection, attributes, media)| Session {
            origin,
            name,
            connection,
            attributes,
            media,
        },
    )
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 2_000, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn what_is_written_is_read_back(session in session()) {
        prop_assert_eq!(Session::parse(&session.to_string()).unwrap(), session);
    }

    #[test]
    fn an_answer_fits_its_offer(session in session(), telephone_event: bool) {
        let us = Local { telephone_event, ..local() };
        if let Ok(n) = answer(&session, &us) {
            let ours = Session::parse(&n.sdp).unwrap();
            prop_assert_eq!(ours.media.len(), session.media.len());
            prop_assert_eq!(ours.media.iter().filter(|m| m.port != 0).count(), 1);
            for (a, o) in ours.media.iter().zip(&session.media) {
                prop_assert_eq!((&a.kind, &a.protocol), (&o.kind, &o.protocol));
                prop_assert!(a.formats.iter().all(|f| o.formats.contains(f)));
                prop_assert!(o.port != 0 || a.port == 0);
            }
        }
        let _ = accept_answer(&us, &session);
        let refusal = Session::parse(&refuse(&session)).unwrap();
        prop_assert_eq!(refusal.media.len(), session.media.len());
        prop_assert!(refusal.media.iter().all(|m| m.port == 0));
        prop_assert!(accept_answer(&us, &refusal).is_err());
    }

    #[test]
    fn nothing_read_breaks(text in "(v=0\r\n)?(o=- 1 1 IN IP4 1\r\n)?([vosctma]=[ -~]{0,30}\r?\n){0,8}", noise in any::<String>()) {
        for text in [text, noise] {
            if let Ok(session) = Session::parse(&text) {
                let _ = answer(&session, &local());
                let _ = accept_answer(&local(), &session);
            }
        }
    }
}
