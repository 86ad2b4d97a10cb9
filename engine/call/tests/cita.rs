//! One whole appointment by voice with everything that ships: the bot, the
//! embedded recogniser, the voice-activity network, eSpeak NG, SIP and RTP.

use std::collections::BTreeMap;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::{IpAddr, SocketAddr, TcpListener, TcpStream};
use std::path::Path;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use call::citizen::{Citizens, Config, Order, Outcome, Prepared, Script};
use call::language::Spanish;
use call::{Answering, Bots, Engine, Parts, Settings};
use records::{Entry, Recorder, Store};

const BOT: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../../dialogs/bots/cita_previa");

const SCRIPT: &str = "\
steps:
  - wait: bot
  - say: Quería pedir una cita.
  - wait: bot
  - say: Para empadronarme.
  - wait: bot
  - say: doce, treinta y cuatro, cincuenta y seis, setenta y ocho, be
  - wait: bot
  - keys: \"12345678#\"
  - wait: bot
  - say: El jueves por la tarde.
  - wait: bot
  - say: La segunda.
  - wait: bot
  - say: Sí.
  - wait: bot
";

/// Shows what was understood, private values as well: they are nobody's.
struct Shown(Spanish);

impl dialogs::Language for Shown {
    fn understand(&self, heard: &dialogs::Heard, expect: &dialogs::Expect) -> dialogs::Understood {
        let understood = self.0.understand(heard, expect);
        println!("{heard:?}\n  {understood:?}");
        understood
    }

    fn read_aloud(&self, value: &dialogs::Value, how: dialogs::Filter) -> String {
        self.0.read_aloud(value, how)
    }

    fn validate(&self, kind: &dialogs::Kind, written: &str, now: chrono::NaiveDateTime) -> dialogs::Found {
        self.0.validate(kind, written, now)
    }

    fn is_backchannel(&self, text: &str) -> bool {
        self.0.is_backchannel(text)
    }
}

struct One(Answering);

impl Bots for One {
    fn answering(&self, _number: &str) -> Option<Answering> {
        Some(self.0.clone())
    }
}

/// The bot's folder, with another address of its service.
fn bot(service: &str) -> dialogs::Bot {
    let mut files = Vec::new();
    read(Path::new(BOT), "", &mut files);
    for (_, text) in &mut files {
        *text = text.replace("http://127.0.0.1:8085", service);
    }
    dialogs::Bot::from_files(&files).unwrap()
}

fn read(folder: &Path, prefix: &str, files: &mut Vec<(String, String)>) {
    for entry in std::fs::read_dir(folder).unwrap() {
        let entry = entry.unwrap();
        let name = format!("{prefix}{}", entry.file_name().to_string_lossy());
        if entry.path().is_dir() {
            read(&entry.path(), &format!("{name}/"), files);
        } else if !name.ends_with(".test.yaml") {
            files.push((name, std::fs::read_to_string(entry.path()).unwrap()));
        }
    }
}

/// A diary with two free slots in the afternoon of whatever day is asked for.
fn service(bookings: Arc<Mutex<Vec<String>>>) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    std::thread::spawn(move || {
        for stream in listener.incoming() {
            answer(stream.unwrap(), &bookings);
        }
    });
    url
}

fn answer(stream: TcpStream, bookings: &Mutex<Vec<String>>) {
    let mut reader = BufReader::new(stream.try_clone().unwrap());
    let (mut first, mut length) = (String::new(), 0);
    reader.read_line(&mut first).unwrap();
    loop {
        let mut header = String::new();
        reader.read_line(&mut header).unwrap();
        if header.trim().is_empty() {
            break;
        }
        if let Some(value) = header.to_lowercase().strip_prefix("content-length:") {
            length = value.trim().parse().unwrap();
        }
    }
    let mut body = vec![0; length];
    reader.read_exact(&mut body).unwrap();
    let answer = if first.starts_with("POST") {
        bookings.lock().unwrap().push(String::from_utf8(body).unwrap());
        "{\"codigo\":\"R7K2\"}".to_owned()
    } else {
        let day = first.split("desde=").nth(1).unwrap().get(..10).unwrap();
        format!("[{{\"id\":\"h1\",\"inicio\":\"{day}T17:30\"}},{{\"id\":\"h2\",\"inicio\":\"{day}T18:00\"}}]")
    };
    let mut stream = stream;
    let length = answer.len();
    write!(
        stream,
        "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: {length}\r\nConnection: close\r\n\r\n{answer}"
    )
    .unwrap();
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "a minute and a half of talk in real time"]
async fn a_citizen_gets_an_appointment() {
    let folder = tempfile::tempdir().unwrap();
    let bookings = Arc::default();
    let bot = Arc::new(bot(&service(Arc::clone(&bookings))));
    let voice = tts::espeak::Espeak::open(tts::espeak::Options::default()).unwrap();
    let prompts = Arc::new(tts::Prompts::new(Arc::new(voice), folder.path().join("prompts")).unwrap());
    prompts.prepare(&bot.fixed_prompts(), &mut |_| ()).unwrap();
    let language = Arc::new(Shown(Spanish::new(bot.intents()).unwrap()));
    let answering = Answering::new("cita_previa", "1", bot, language).unwrap();
    let store = Store::open(&folder.path().join("records.db")).await.unwrap();
    let address = IpAddr::from([127, 0, 0, 1]);
    let (stack, signals) = sip::Stack::bind(sip::Config::new(SocketAddr::new(address, 0))).await.unwrap();
    let uri = format!("sip:900@{}", stack.local_addr());
    let weights =
        std::fs::read(concat!(env!("CARGO_MANIFEST_DIR"), "/../../models/asr/weights/vad.safetensors"));
    let weights = weights.unwrap();
    let parts = Parts {
        stack,
        signals,
        ports: rtp::PortPool::new(address, 20_000..=29_999, Duration::from_secs(1)).unwrap(),
        recogniser: Arc::new(asr::Embedded::new().unwrap()),
        vad: Arc::new(move || Box::new(asr::vad::NeuralVad::from_bytes(&weights, "vad").unwrap())),
        prompts: prompts.clone(),
        bots: Arc::new(One(answering)),
        store: store.clone(),
        recorder: Some(Arc::new(Recorder::start(&folder.path().join("recordings")).unwrap())),
    };
    let engine = Engine::start(Settings::new(address), parts).unwrap();
    let citizens = Citizens::start(Config::loopback()).await.unwrap();
    let prepared = Prepared::new(&Script::parse(SCRIPT).unwrap(), &prompts).unwrap();
    let report = citizens.call(&Order::to(&uri), &prepared, None).await.unwrap();
    engine.drain(Duration::from_secs(5)).await;
    store.flush().await.unwrap();
    let contacts = store.list(&records::Filter::default()).await.unwrap();
    let detail = store.get(&contacts[0].id).await.unwrap().unwrap();
    for entry in &detail.timeline {
        println!("{:7.2} {}", entry.at_ms as f64 / 1000.0, serde_json::to_string(&entry.entry).unwrap());
    }
    println!("{}", serde_json::to_string_pretty(&report).unwrap());
    let slots: BTreeMap<_, _> = detail.slots.iter().map(|s| (s.name.as_str(), s.value.as_str())).collect();
    assert_eq!(detail.contact.outcome.as_deref(), Some("cita_reservada"), "{slots:?}");
    assert_eq!(slots.get("nif"), Some(&"12345678Z"));
    assert_eq!(bookings.lock().unwrap().len(), 1);
    assert_eq!(report.outcome, Outcome::Completed);
    assert!(detail.timeline.iter().any(|e| matches!(e.entry, Entry::Delay(_))));
}
