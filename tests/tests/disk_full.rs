//! The disk fills during a call: the call goes on, the record says that its recording stopped, nothing else of
//! the record is lost, and the next call is recorded when there is room again.
#![allow(clippy::unwrap_used, clippy::panic, clippy::print_stdout, reason = "a test fails by panicking")]
use e2e::server::{Server, Wanted, binary};
use serde_json::Value;
use std::fs::File;
use std::io::Write;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

/// Set where the test runs inside mount names of its own.
const INSIDE: &str = "DIGAME_TEST_OWN_MOUNTS";
/// Ways into mount names of one's own: as anybody, as root without user names, through sudo.
const WAYS: [&[&str]; 3] = [&["unshare", "-rm"], &["unshare", "-m"], &["sudo", "-n", "unshare", "-m"]];

fn exits_well(words: &[&str]) -> bool {
    let (program, arguments) = words.split_first().unwrap();
    let mut command = Command::new(program);
    command.args(arguments).stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
    command.status().is_ok_and(|status| status.success())
}

/// Runs the test named `name` of this file again where it may mount; what it mounts goes with it.
fn run_inside(name: &str) {
    let folder = tempfile::tempdir().unwrap();
    let mount = ["mount", "-t", "tmpfs", "-o", "size=64k", "tmpfs", folder.path().to_str().unwrap()];
    let Some(way) = WAYS.iter().find(|way| exits_well(&[way, &mount[..]].concat())) else {
        panic!(
            "no tmpfs can be mounted: run as root with CAP_SYS_ADMIN, or allow unprivileged user namespaces"
        );
    };
    let me = std::env::current_exe().unwrap();
    let mark = format!("{INSIDE}=1");
    let words = [way, &["env", &mark, me.to_str().unwrap(), "--exact", name, "--nocapture"][..]].concat();
    assert!(exits_well_aloud(&words), "failed inside {way:?}; its output is above");
}

fn exits_well_aloud(words: &[&str]) -> bool {
    let output = Command::new(words[0]).args(&words[1..]).stdin(Stdio::null()).output().unwrap();
    println!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    output.status.success()
}

#[test]
fn a_call_goes_on_while_the_disk_is_full_and_the_next_is_recorded() {
    if std::env::var_os(INSIDE).is_none() {
        return run_inside("a_call_goes_on_while_the_disk_is_full_and_the_next_is_recorded");
    }
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().join("data");
    std::fs::create_dir(&data).unwrap();
    assert!(exits_well(&["mount", "-t", "tmpfs", "-o", "size=256m", "tmpfs", data.to_str().unwrap()]));
    tokio::runtime::Runtime::new().unwrap().block_on(fill_and_free(folder.path()));
    assert!(exits_well(&["umount", data.to_str().unwrap()]));
}

/// Listens to the greeting, waits, asks for a person; the bot says goodbye and hangs up.
const ASKS_FOR_A_PERSON: &str = "seed: 7\nnoise_db: -62\nsteps:\n  - wait: bot\n  - silence: 4000\n  \
    - say: Quería cita para empadronarme.\n  - wait: bot\n  - say: Quiero hablar con una persona.\n  - wait: bot\n  \
    - silence: 20000\n";

fn call(server: &Server) -> Child {
    let script = server.folder.join("citizen.yaml");
    std::fs::write(&script, ASKS_FOR_A_PERSON).unwrap();
    Command::new(binary("digame").unwrap())
        .args(["call", &format!("sip:010@{}", server.sip), "--json", "--script"])
        .arg(&script)
        .stdout(Stdio::piped())
        .spawn()
        .unwrap()
}

async fn report(citizen: Child) -> Value {
    let output = tokio::task::spawn_blocking(move || citizen.wait_with_output()).await.unwrap().unwrap();
    let reports: Value = serde_json::from_slice(&output.stdout).unwrap();
    reports[0].clone()
}

/// Writes until the disk takes no byte more.
fn fill(file: &Path) {
    let mut file = File::create(file).unwrap();
    let mut block = vec![0u8; 1 << 20];
    loop {
        match file.write_all(&block) {
            Ok(()) => {}
            Err(error) => {
                assert_eq!(error.kind(), std::io::ErrorKind::StorageFull, "{error}");
                if block.len() == 1 {
                    return;
                }
                block.truncate(block.len() / 16);
                block.resize(block.len().max(1), 0);
            }
        }
    }
}

async fn metric(server: &Server, name: &str) -> u64 {
    let page = server.text("/metrics").await.unwrap();
    let line = page
        .lines()
        .find_map(|line| line.strip_prefix(name)?.strip_prefix(' '))
        .unwrap_or_else(|| panic!("no {name} in {page}"));
    line.parse().unwrap()
}

async fn until<T>(what: &str, mut look: impl AsyncFnMut() -> Option<T>) -> T {
    let deadline = Instant::now() + Duration::from_secs(30);
    loop {
        if let Some(found) = look().await {
            return found;
        }
        assert!(Instant::now() < deadline, "not within 30 s: {what}");
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
}

fn entries<'a>(contact: &'a Value, kind: &str) -> Vec<&'a Value> {
    contact["timeline"].as_array().unwrap().iter().filter(|e| e["kind"] == kind).collect()
}

fn seconds(server: &Server, contact: &Value) -> f64 {
    let file = server.folder.join("data/recordings").join(contact["recording"].as_str().unwrap());
    let wav = hound::WavReader::open(file).unwrap();
    let seconds = f64::from(wav.duration()) / 8000.0;
    assert!(wav.into_samples::<i16>().all(|sample| sample.is_ok()));
    seconds
}

/// The whole conversation is in the record, as the citizen's end heard it.
fn must_be_whole(contact: &Value, report: &Value) {
    assert_eq!(
        (&contact["state"], &contact["outcome"]),
        (&"ended".into(), &"handed_off".into()),
        "{contact}"
    );
    let said = entries(contact, "said");
    assert!(said.len() >= 3, "{said:?}");
    assert_eq!(said.last().unwrap()["heard"], "Le paso con una persona.", "{said:?}");
    assert_eq!(entries(contact, "heard").len(), 2, "{contact}");
    assert_eq!(report["status"], 200);
    assert!(report["bot"].as_array().unwrap().len() >= 3, "{report}");
    let seq: Vec<u64> =
        contact["timeline"].as_array().unwrap().iter().map(|e| e["at_ms"].as_u64().unwrap()).collect();
    assert!(seq.is_sorted(), "{seq:?}");
}

async fn fill_and_free(folder: &Path) {
    let server = Server::start(folder, Wanted::default()).unwrap();
    let filler = folder.join("data/filler");

    // The disk fills while the first citizen listens to the greeting.
    let citizen = call(&server);
    until("a recording of over 1 s", async || {
        let contact = server.contacts().await.unwrap().pop()?;
        let file = folder.join("data/recordings").join(contact["recording"].as_str()?);
        (file.metadata().ok()?.len() > 44 + 32_000).then_some(())
    })
    .await;
    fill(&filler);
    until("the alert that a recording stopped", async || {
        (metric(&server, "digame_recordings_failed_total").await == 1).then_some(())
    })
    .await;
    let heard = report(citizen).await;
    until("writes that wait", async || (metric(&server, "digame_records_waiting").await > 0).then_some(()))
        .await;
    let waiting = metric(&server, "digame_records_waiting").await;
    println!("the call went on for {} s; {waiting} writes wait", heard["duration_s"]);

    // The next call finds the disk full from the start, and is answered all the same.
    let heard_second = report(call(&server)).await;
    assert_eq!(metric(&server, "digame_recordings_failed_total").await, 2);

    // Room again: everything that waited is written, and the next call is recorded.
    std::fs::remove_file(&filler).unwrap();
    until("nothing waits", async || (metric(&server, "digame_records_waiting").await == 0).then_some(()))
        .await;
    let contacts = server.ended_contacts(2).await.unwrap();
    let [first, second] = contacts.as_slice() else { panic!("{contacts:?}") };
    must_be_whole(first, &heard);
    let stopped = entries(first, "recording");
    assert_eq!((stopped.len(), &stopped[0]["event"]), (1, &"stopped".into()), "{stopped:?}");
    assert!(stopped[0]["reason"].as_str().unwrap().contains("No space left"), "{stopped:?}");
    // Said when it happened, not when the call ended.
    assert!(stopped[0]["at_ms"].as_u64().unwrap() < 10_000, "{stopped:?}");
    println!("{}; {} s of it can be played", stopped[0], seconds(&server, first));
    assert!(seconds(&server, first) >= 1.0);

    must_be_whole(second, &heard_second);
    let not_begun = entries(second, "recording");
    assert_eq!((not_begun.len(), &not_begun[0]["event"]), (1, &"not_begun".into()), "{not_begun:?}");
    assert!(second["recording"].is_null());

    let heard_third = report(call(&server)).await;
    let third = &server.ended_contacts(3).await.unwrap()[2];
    must_be_whole(third, &heard_third);
    assert!(entries(third, "recording").is_empty(), "{third}");
    let (recorded, lasted) = (seconds(&server, third), heard_third["duration_s"].as_f64().unwrap());
    println!("the next call lasted {lasted:.1} s and {recorded:.1} s of it are recorded");
    assert!((recorded - lasted).abs() < 1.5, "{recorded} of {lasted}");
    assert_eq!(metric(&server, "digame_recordings_failed_total").await, 2);
    assert_eq!(
        (
            metric(&server, "digame_records_lost_total").await,
            metric(&server, "digame_records_refused_total").await
        ),
        (0, 0)
    );
}
