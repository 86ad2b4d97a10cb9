//! `digame demo`: the main job, shown. Three processes talk over real sockets: the appointment diary, the
//! server on its defaults, and a citizen who calls.
use super::records::{describe, print_detail};
use super::{line, runtime};
use crate::Failure;
use crate::bots;
use crate::config::Config;
use clap::Args;
use futures_util::StreamExt;
use records::{Detail, Entry, Filter, Store};
use serde_json::Value;
use std::net::{SocketAddr, TcpListener, UdpSocket};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

/// Shows a whole call: a simulated citizen books an appointment over real SIP and RTP
#[derive(Args)]
#[command(after_help = "Example: digame demo")]
pub struct Demo {
    /// Folder for the records of the demo
    #[arg(long, default_value = "data/demo", value_name = "FOLDER")]
    data: PathBuf,
}

const SCRIPT: &str = include_str!("../demo/citizen.yaml");

/// A process that ends with its handle.
struct Running(Child);

impl Drop for Running {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// Where everything is.
struct Stage {
    folder: PathBuf,
    diary: SocketAddr,
    sip: SocketAddr,
    http: SocketAddr,
}

impl Demo {
    pub fn run(self, _: Config) -> Result<(), Failure> {
        runtime()?.block_on(show(&self.data))
    }
}

async fn show(folder: &Path) -> Result<(), Failure> {
    let began = Instant::now();
    let stage = set(folder)?;
    let _diary = Running(spawn("citas", &stage, &[&stage.diary.to_string()])?);
    let (sip, http) = (stage.sip.to_string(), stage.http.to_string());
    let data = stage.folder.display().to_string();
    let _server =
        Running(spawn("digame", &stage, &["serve", "--sip", &sip, "--http", &http, "--data", &data])?);
    wait_for(stage.diary, &stage).await?;
    wait_for(stage.http, &stage).await?;
    line(format!(
        "server ready after {:.1} s; a citizen calls sip:010@{}",
        began.elapsed().as_secs_f64(),
        stage.sip
    ));
    line("");
    let watching = tokio::spawn(watch(stage.http, token(&stage)?));
    let report = place_call(&stage).await;
    tokio::time::sleep(Duration::from_millis(300)).await;
    watching.abort();
    let (detail, booking) = (record(&stage).await?, booking(&stage).await?);
    conclude(&stage, &report?, &detail, &booking)
}

fn set(folder: &Path) -> Result<Stage, Failure> {
    if folder.exists() {
        std::fs::remove_dir_all(folder).map_err(|e| Failure::Usage(format!("{}: {e}", folder.display())))?;
    }
    std::fs::create_dir_all(folder)
        .map_err(|e| Failure::Usage(format!("{}: {e}; --data names another", folder.display())))?;
    let folder = folder.canonicalize().map_err(Failure::failed)?;
    Ok(Stage { folder, diary: free_address()?, sip: free_address()?, http: free_address()? })
}

/// An address on loopback that is free for UDP and TCP.
fn free_address() -> Result<SocketAddr, Failure> {
    for _ in 0..50 {
        let tcp = TcpListener::bind("127.0.0.1:0").map_err(Failure::failed)?;
        let address = tcp.local_addr().map_err(Failure::failed)?;
        if UdpSocket::bind(address).is_ok() {
            return Ok(address);
        }
    }
    Err(Failure::Failed("no port on 127.0.0.1 is free for both UDP and TCP".into()))
}

fn beside(program: &str) -> Result<PathBuf, Failure> {
    let me = std::env::current_exe().map_err(Failure::failed)?;
    let path = me.with_file_name(program);
    if path.is_file() {
        return Ok(path);
    }
    Err(Failure::Usage(format!(
        "{}: not built; `make demo` builds everything the demo needs",
        path.display()
    )))
}

fn spawn(program: &str, stage: &Stage, arguments: &[&str]) -> Result<Child, Failure> {
    let log = stage.folder.with_extension(format!("{program}.log"));
    let out = std::fs::File::create(&log).map_err(Failure::failed)?;
    let err = out.try_clone().map_err(Failure::failed)?;
    Command::new(beside(program)?)
        .args(arguments)
        .env("DIGAME_CITAS_URL", format!("http://{}", stage.diary))
        .env_remove("DIGAME_CONFIG")
        .stdin(Stdio::null())
        .stdout(out)
        .stderr(err)
        .spawn()
        .map_err(|e| Failure::Failed(format!("{program}: {e}")))
}

async fn wait_for(address: SocketAddr, stage: &Stage) -> Result<(), Failure> {
    let deadline = Instant::now() + Duration::from_secs(60);
    while Instant::now() < deadline {
        if tokio::net::TcpStream::connect(address).await.is_ok() {
            return Ok(());
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    let log = stage.folder.with_extension("digame.log");
    let log = std::fs::read_to_string(log).unwrap_or_default();
    Err(Failure::Failed(format!(
        "nothing answers on {address} after 60 s: {}",
        log.lines().last().unwrap_or_default()
    )))
}

fn token(stage: &Stage) -> Result<String, Failure> {
    let text = std::fs::read_to_string(stage.folder.join("token")).map_err(Failure::failed)?;
    Ok(text.trim().to_owned())
}

/// Prints the conversation while it happens.
async fn watch(http: SocketAddr, token: String) {
    let request = reqwest::Client::new().get(format!("http://{http}/api/events")).bearer_auth(token).send();
    let Ok(response) = request.await else { return };
    let mut stream = response.bytes_stream();
    let mut buffer = String::new();
    while let Some(Ok(chunk)) = stream.next().await {
        buffer.push_str(&String::from_utf8_lossy(&chunk));
        while let Some((event, rest)) = buffer.split_once("\n\n") {
            if let Some(event) =
                event.strip_prefix("data: ").and_then(|data| serde_json::from_str::<Value>(data).ok())
            {
                show_event(&event);
            }
            buffer = rest.to_owned();
        }
    }
}

fn show_event(event: &Value) {
    let at = event["at_ms"].as_f64().unwrap_or_default() / 1000.0;
    let text = match event["event"].as_str() {
        Some("entry") => match serde_json::from_value::<Entry>(event["entry"].clone()) {
            Ok(Entry::Step { .. }) | Err(_) => return,
            Ok(entry) => describe(&entry),
        },
        Some("ended") => format!("ended    {}", event["outcome"].as_str().unwrap_or_default()),
        _ => return,
    };
    line(format!("{at:>8.2} s  {text}"));
}

/// A coming day from Monday to Thursday, at least two days away, on which the office is not closed.
fn open_day() -> Result<&'static str, Failure> {
    const DAYS: [&str; 4] = ["lunes", "martes", "miércoles", "jueves"];
    let bot = bots::load("cita_previa")?.bot;
    let calendar = bot.calendars().values().next().cloned();
    let today = chrono::Local::now().date_naive();
    let coming = today.iter_days().skip(2).take(6);
    let afternoon = |day: chrono::NaiveDate| Some((day.and_hms_opt(16, 0, 0)?, day.and_hms_opt(20, 0, 0)?));
    let open = |day: &chrono::NaiveDate| match (&calendar, afternoon(*day)) {
        (Some(calendar), Some((from, to))) => calendar.opens_within(from, to),
        _ => true,
    };
    let named =
        |day: chrono::NaiveDate| DAYS.get(chrono::Datelike::weekday(&day).num_days_from_monday() as usize);
    coming
        .filter(open)
        .find_map(named)
        .copied()
        .ok_or_else(|| Failure::Failed("the office is closed all week".into()))
}

async fn place_call(stage: &Stage) -> Result<Value, Failure> {
    let script = stage.folder.join("citizen.yaml");
    std::fs::write(&script, SCRIPT.replace("{dia}", open_day()?)).map_err(Failure::failed)?;
    let output = tokio::process::Command::new(beside("digame")?)
        .arg("call")
        .arg(format!("sip:010@{}", stage.sip))
        .arg("--script")
        .arg(&script)
        .arg("--record")
        .arg(stage.folder.join("citizen"))
        .arg("--json")
        .stderr(Stdio::inherit())
        .kill_on_drop(true)
        .output()
        .await
        .map_err(Failure::failed)?;
    let reports: Value = serde_json::from_slice(&output.stdout)
        .map_err(|e| Failure::Failed(format!("the citizen told nothing ({e}); {}", output.status)))?;
    Ok(reports[0].clone())
}

/// The contact's record, read from the database after it has ended.
async fn record(stage: &Stage) -> Result<Detail, Failure> {
    let store = Store::open_to_read(&stage.folder.join("digame.db")).await.map_err(Failure::failed)?;
    let deadline = Instant::now() + Duration::from_secs(10);
    loop {
        let newest = store.list(&Filter { limit: 1, ..Filter::default() }).await.map_err(Failure::failed)?;
        let contact =
            newest.into_iter().next().ok_or_else(|| Failure::Failed("the call left no record".into()))?;
        if contact.state == "ended" || Instant::now() > deadline {
            let detail = store.get(&contact.id).await.map_err(Failure::failed)?;
            return detail.ok_or_else(|| Failure::Failed("the record is gone".into()));
        }
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
}

/// The one booking that the diary holds.
async fn booking(stage: &Stage) -> Result<Value, Failure> {
    let url = format!("http://{}/reservas", stage.diary);
    let all: Value =
        reqwest::get(url).await.map_err(Failure::failed)?.json().await.map_err(Failure::failed)?;
    Ok(all[0].clone())
}

fn conclude(stage: &Stage, report: &Value, detail: &Detail, booking: &Value) -> Result<(), Failure> {
    line("");
    for slot in &detail.slots {
        line(format!("slot         {} = {}", slot.name, slot.value));
    }
    line(format!("appointment  {booking}"));
    for turn in report["turns"].as_array().into_iter().flatten() {
        let wire = turn["wire_ms"].as_f64().map_or_else(|| "-".into(), |ms| format!("{ms:.0} ms"));
        line(format!(
            "voice to voice, on the wire  {wire:>8}  after «{}»",
            turn["said"].as_str().unwrap_or_default()
        ));
    }
    for interruption in report["interruptions"].as_array().into_iter().flatten() {
        let stop = interruption["stop_ms"]
            .as_f64()
            .map_or_else(|| "did not stop".into(), |ms| format!("stopped in {ms:.0} ms"));
        line(format!(
            "interrupted  with «{}»: the bot {stop}",
            interruption["said"].as_str().unwrap_or_default()
        ));
    }
    let recording = detail.contact.recording.as_ref().map(|name| stage.folder.join("recordings").join(name));
    if let Some(recording) = &recording {
        line(format!("recording    {} (citizen left, bot right)", recording.display()));
    }
    let missing = missing(detail, booking, recording.as_deref());
    if !missing.is_empty() {
        line("");
        print_detail(detail);
        return Err(Failure::Failed(format!("the demo did not succeed: {}", missing.join("; "))));
    }
    line(format!(
        "record       complete: {} entries in {}",
        detail.timeline.len(),
        stage.folder.join("digame.db").display()
    ));
    line("");
    line(
        "To talk to it: `make run`, then call sip:010@127.0.0.1 with any softphone, as `baresip -e \"/dial sip:010@127.0.0.1\"`.",
    );
    line("Ctrl-C stops the server; this demo's own server has already stopped.");
    Ok(())
}

/// What is not as it must be; empty if the demo succeeded.
fn missing(detail: &Detail, booking: &Value, recording: Option<&Path>) -> Vec<String> {
    let slot = |name: &str| detail.slots.iter().find(|s| s.name == name).map(|s| s.value.as_str());
    let has = |kind: &str| detail.timeline.iter().any(|e| e.entry.kind() == kind);
    let mut missing = Vec::new();
    let mut must = |fine: bool, what: &str| {
        if !fine {
            missing.push(what.to_owned());
        }
    };
    must(booking["nif"] == "12345678Z", "the diary has no booking for 12345678Z");
    must(slot("nif") == Some("12345678Z"), "slot nif is not 12345678Z");
    must(
        slot("tramite").is_some() && slot("cuando").is_some(),
        "slots tramite and cuando are not both filled",
    );
    must(detail.contact.state == "ended", "the contact has not ended");
    must(detail.contact.outcome.as_deref() == Some("cita_reservada"), "the outcome is not cita_reservada");
    must(detail.contact.quality.is_some(), "the record has no quality");
    for kind in ["said", "heard", "keys", "slot", "service", "delay"] {
        must(has(kind), &format!("the timeline has no `{kind}`"));
    }
    let seconds = recording
        .and_then(|path| hound::WavReader::open(path).ok())
        .map_or(0.0, |wav| f64::from(wav.duration()) / 8000.0);
    let lasted =
        detail.contact.ended.zip(detail.contact.answered).map_or(0.0, |(e, a)| (e - a).as_seconds_f64());
    must(
        seconds > 0.0 && (seconds - lasted).abs() < 2.0,
        &format!("the recording has {seconds:.1} s of a call of {lasted:.1} s"),
    );
    missing
}
