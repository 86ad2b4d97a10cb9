//! baresip as the far end: a phone that we did not write hears the bot and is understood.
#![allow(clippy::unwrap_used, clippy::panic, clippy::print_stdout, reason = "a test fails by panicking")]
use e2e::server::{Server, Wanted, free_port, trouble};
use std::io::{Read, Write};
use std::net::TcpStream;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::Duration;

const CONFIG: &str = "poll_method epoll\nsip_listen 127.0.0.1:0\naudio_source aufile,WAV\naudio_player aufile,HEARD\n\
    audio_alert aufile,HEARD\nausrc_srate 8000\nauplay_srate 8000\nrtp_ports 20000-20100\n\
    module_path /usr/lib/baresip/modules\nmodule g711.so\nmodule aufile.so\nmodule_tmp account.so\nmodule_app menu.so\n\
    module_app rtcpsummary.so\nmodule_app ctrl_tcp.so\nctrl_tcp_listen 127.0.0.1:CONTROL\n";

/// Speaks `text` after two silences, so that the opening is over before it begins.
fn speech(folder: &Path, text: &str) {
    let voice = folder.join("voice.wav");
    let said = Command::new("espeak-ng").args(["-v", "es", "-s", "150", "-w"]).arg(&voice).arg(text).status();
    assert!(said.map_err(trouble("espeak-ng")).unwrap().success());
    let padded = Command::new("sox")
        .arg(&voice)
        .args(["-r", "8000", "-c", "1", "-b", "16"])
        .arg(folder.join("speech.wav"))
        .args(["pad", "9", "20"])
        .status();
    assert!(padded.map_err(trouble("sox")).unwrap().success());
}

/// Tells baresip a command of its menu, as a netstring of JSON.
fn press(control: u16, command: &str) {
    let order = format!("{{\"command\":\"{command}\",\"params\":\"\",\"token\":\"1\"}}");
    let mut stream = TcpStream::connect(("127.0.0.1", control)).unwrap();
    stream.write_all(format!("{}:{order},", order.len()).as_bytes()).unwrap();
    let mut answer = [0; 512];
    assert!(stream.read(&mut answer).unwrap() > 0, "no answer to {command}");
}

fn dial(folder: &Path, server: &Server, control: u16) -> Child {
    let config = CONFIG
        .replace("CONTROL", &control.to_string())
        .replace("WAV", folder.join("speech.wav").to_str().unwrap())
        .replace("HEARD", folder.join("heard.wav").to_str().unwrap());
    std::fs::write(folder.join("config"), config).unwrap();
    std::fs::write(folder.join("accounts"), "<sip:600000000@127.0.0.1>;regint=0;audio_codecs=pcma\n")
        .unwrap();
    let log = std::fs::File::create(folder.join("baresip.log")).unwrap();
    Command::new("baresip")
        .arg("-f")
        .arg(folder)
        .args(["-t", "28", "-e"])
        .arg(format!("/dial sip:010@{}", server.sip))
        .stdin(Stdio::null())
        .stdout(log.try_clone().unwrap())
        .stderr(log)
        .spawn()
        .map_err(trouble("baresip; `make setup-test` installs it"))
        .unwrap()
}

#[tokio::test]
async fn a_softphone_asks_for_a_person() {
    let folder = tempfile::tempdir().unwrap();
    let server = Server::start(folder.path(), Wanted::default()).unwrap();
    speech(folder.path(), "Quiero hablar con una persona, por favor.");
    let mut phone = dial(folder.path(), &server, free_port().unwrap());
    tokio::time::sleep(Duration::from_secs(20)).await;
    let contacts = server.ended_contacts(1).await;
    let _ = phone.kill();
    let _ = phone.wait();
    let log = std::fs::read_to_string(folder.path().join("baresip.log")).unwrap_or_default();
    let contacts = contacts.unwrap_or_else(|trouble| panic!("{trouble}\n{log}"));
    let contact = &contacts[0];
    assert_eq!(contact["outcome"], "handed_off", "{contact}\n{log}");
    assert_eq!(contact["handoff_reason"], "lo_pide", "{contact}");
    assert!(contact["quality"]["received"].as_u64().unwrap() > 300, "{contact}");
}

#[tokio::test]
async fn a_softphone_holds_the_call_takes_it_back_and_tells_of_the_line_by_rtcp() {
    let folder = tempfile::tempdir().unwrap();
    let server = Server::start(folder.path(), Wanted::default()).unwrap();
    speech(folder.path(), "Un momento.");
    let control = free_port().unwrap();
    let mut phone = dial(folder.path(), &server, control);
    for (after_ms, command) in [(3000, "hold"), (4000, "resume"), (6000, "hangup")] {
        tokio::time::sleep(Duration::from_millis(after_ms)).await;
        press(control, command);
    }
    let contacts = server.ended_contacts(1).await;
    tokio::time::sleep(Duration::from_millis(300)).await;
    let _ = phone.kill();
    let _ = phone.wait();
    let log = std::fs::read_to_string(folder.path().join("baresip.log")).unwrap_or_default();
    let contacts = contacts.unwrap_or_else(|trouble| panic!("{trouble}\n{log}"));
    let contact = &contacts[0];
    let timeline = contact["timeline"].as_array().unwrap();
    let at = |event: &str| {
        let found = timeline.iter().find(|e| e["kind"] == "signal" && e["event"] == event);
        found.unwrap_or_else(|| panic!("no {event}: {contact}\n{log}"))["at_ms"].as_u64().unwrap()
    };
    let (held, back) = (at("held"), at("media"));
    println!("held at {held} ms, back at {back} ms; {}; {}", contact["quality"], summary(&log));
    assert!((3500..5000).contains(&(back - held)), "{contact}");
    // What the bot had left to say waited: it was heard whole, and its end after the hold.
    let said = timeline.iter().find(|e| e["kind"] == "said").unwrap();
    assert!(said["complete"] == true && said["at_ms"].as_u64().unwrap() > back, "{contact}");
    // Its reports reach us, and ours reach it.
    assert!(contact["quality"]["rtt_ms"].as_f64().is_some(), "{contact}");
    assert!(summary(&log).contains("PR="), "{log}");
}

/// What baresip counted of the call's RTP and RTCP.
fn summary(log: &str) -> &str {
    log.lines().find(|line| line.contains("EX=BareSip")).unwrap_or_default()
}
