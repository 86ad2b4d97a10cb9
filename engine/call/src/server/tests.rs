//! Whole calls over SIP and RTP on loopback: the engine on one side, a
//! simulated citizen on the other. The ear is a parrot, the dialog a few lines;
//! everything between is real.

use std::collections::BTreeMap;
use std::net::IpAddr;
use std::sync::atomic::Ordering;
use std::sync::{Arc, Mutex, OnceLock};
use std::time::Duration;

use chrono::NaiveDateTime;
use dialogs::{BargeIn, End, Expect, Input, Keypad, Listen, Output, Prompt};
use records::{Recorder, Store};

use super::{Engine, Parts, Settings};
use crate::citizen::{Citizens, Config, Order, Outcome, Prepared, Report, Script};
use crate::controller::{Answering, Bots, Dialogue, SlotValue};
use crate::testing::{LoudVad, Parrot};

/// Asks twice, repeats what it got, and says goodbye.
struct Repeater {
    turns: u32,
    /// The greeting must be heard whole.
    notice: bool,
    seen: Arc<Mutex<Vec<Input>>>,
}

const GREETING: &str =
    "Ha llamado a la oficina de pruebas, donde todo se repite con mucha calma. ¿Qué desea?";

fn say(text: &str, barge_in: BargeIn) -> Output {
    Output::Say(Arc::new(Prompt::plain(text, barge_in)))
}

fn listen() -> Output {
    Output::Listen(Listen {
        expect: Expect::default(),
        pause: Duration::from_millis(700),
        no_input: Duration::from_secs(6),
        keypad: Some(Keypad { digits: 2, end: Some('#'), between: Duration::from_secs(2) }),
        barge_in: BargeIn::Voice,
    })
}

impl Dialogue for Repeater {
    fn handle(&mut self, input: Input, _now: NaiveDateTime) -> Vec<Output> {
        self.seen.lock().unwrap().push(input.clone());
        let answer = match input {
            Input::Started if self.notice => {
                let ask = say("¿Qué desea usted hoy de esta oficina?", BargeIn::Voice);
                return vec![say(GREETING, BargeIn::Never), ask, listen()];
            }
            Input::Started => return vec![say(GREETING, BargeIn::Voice), listen()],
            Input::Heard(heard) => format!("Ha dicho {}.", heard.text),
            Input::Keys(keys) => format!("Ha pulsado {keys}."),
            Input::NoInput => "No le oigo.".into(),
            Input::HungUp => return vec![Output::End(End { outcome: "hung_up".into() })],
            _ => return Vec::new(),
        };
        self.turns += 1;
        if self.turns < 2 {
            vec![say(&answer, BargeIn::Voice), listen()]
        } else {
            vec![say(&answer, BargeIn::Never), Output::End(End { outcome: "hecho".into() })]
        }
    }

    fn slot(&self, _name: &str) -> Option<SlotValue> {
        None
    }

    fn understood_in(&mut self) -> Duration {
        Duration::ZERO
    }
}

/// Opens a case out of what is said while nothing is recorded, and leaves something of every kind behind it.
struct Errand;

const SECRET: &str = "Dígame los números de su tarjeta, que no se graban.";

impl Dialogue for Errand {
    fn handle(&mut self, input: Input, now: NaiveDateTime) -> Vec<Output> {
        use dialogs::{Callback, Case, CaseState, Email, Recording, Sms, Value};
        match input {
            Input::Started => {
                vec![Output::Record(Recording::Pause), say(SECRET, BargeIn::Never), listen()]
            }
            Input::Heard(heard) => {
                let fields = [("tarjeta".to_owned(), Value::Text(heard.text))].into();
                let private = vec!["tarjeta".to_owned()];
                let case = Case::Open { id: 7, kind: "pago".into(), fields, private };
                vec![Output::Record(Recording::Resume), Output::Case(case)]
            }
            Input::Reply { call: 7, result } => {
                let case = result.unwrap().get("codigo").unwrap().as_str().unwrap().to_owned();
                let state = CaseState::EnCurso;
                let to = "ana@example.es".to_owned();
                vec![
                    Output::Case(Case::Note { case: case.clone(), text: "ha pagado".into() }),
                    Output::Case(Case::State { case, state }),
                    Output::Callback(Callback {
                        to: "600000000".into(),
                        queue: "tributos".into(),
                        when: Some((now, now + chrono::TimeDelta::hours(1))),
                        reason: "recibo".into(),
                    }),
                    Output::Sms(Sms { to: "600000000".into(), template: "pagado".into(), text: "x".into() }),
                    Output::Email(Email {
                        to,
                        template: "recibo".into(),
                        subject: "x".into(),
                        text: "x".into(),
                    }),
                    Output::Language("ca".into()),
                    say("Su aviso está en marcha.", BargeIn::Never),
                    Output::End(End { outcome: "pagado".into() }),
                ]
            }
            Input::HungUp => vec![Output::End(End { outcome: "hung_up".into() })],
            _ => Vec::new(),
        }
    }

    fn slot(&self, _name: &str) -> Option<SlotValue> {
        None
    }

    fn understood_in(&mut self) -> Duration {
        Duration::ZERO
    }
}

/// Passes the call to 112 at once, and says what to do where nobody takes it.
struct Urgent;

const DIAL: &str = "No he podido pasarle. Cuelgue y marque el uno uno dos.";

impl Dialogue for Urgent {
    fn handle(&mut self, input: Input, _now: NaiveDateTime) -> Vec<Output> {
        match input {
            Input::Started => vec![
                say("Le paso con el uno uno dos. No cuelgue.", BargeIn::Voice),
                Output::Handoff(dialogs::Handoff {
                    name: "urgencias".into(),
                    queue: String::new(),
                    number: Some("112".into()),
                    reason: "emergencia".into(),
                    carried: BTreeMap::new(),
                    whisper: None,
                    no_answer: Some(Duration::from_secs(2)),
                }),
                Output::End(End { outcome: "handed_off".into() }),
            ],
            Input::NotTaken => {
                vec![say(DIAL, BargeIn::Never), Output::End(End { outcome: "sin_respuesta".into() })]
            }
            _ => Vec::new(),
        }
    }

    fn slot(&self, _name: &str) -> Option<SlotValue> {
        None
    }

    fn understood_in(&mut self) -> Duration {
        Duration::ZERO
    }
}

#[derive(Default)]
struct OneBot {
    seen: Arc<Mutex<Vec<Input>>>,
    /// A bot as designers write them, at 905.
    written: Option<Answering>,
}

impl Bots for OneBot {
    fn answering(&self, number: &str, _: uuid::Uuid) -> Option<Answering> {
        if number == "905" {
            return self.written.clone();
        }
        let seen = self.seen.clone();
        matches!(number, "900" | "902" | "903" | "904" | "906").then(|| Answering {
            name: "repeater".into(),
            version: "1".into(),
            time_zone: chrono_tz::Europe::Madrid,
            legal_basis: "public_task".into(),
            voices: Arc::default(),
            sounds: Arc::default(),
            begin: match number {
                "903" => Arc::new(|_| Box::new(Errand)),
                "906" => Arc::new(|_| Box::new(Urgent)),
                _ => {
                    let notice = number == "904";
                    Arc::new(move |_| Box::new(Repeater { turns: 0, notice, seen: seen.clone() }))
                }
            },
        })
    }

    fn lines(&self, number: &str) -> Option<u32> {
        (number == "902").then_some(1)
    }
}

pub(super) struct House {
    pub(super) engine: Engine,
    store: Store,
    pub(super) uri: String,
    citizens: Citizens,
    seen: Arc<Mutex<Vec<Input>>>,
    folder: tempfile::TempDir,
}

fn prompts() -> Arc<tts::Prompts> {
    static VOICE: OnceLock<(tempfile::TempDir, Arc<tts::Prompts>)> = OnceLock::new();
    let (_, prompts) = VOICE.get_or_init(|| {
        let folder = tempfile::tempdir().unwrap();
        let voice = tts::espeak::Espeak::open(tts::espeak::Options::default()).unwrap();
        let prompts = tts::Prompts::new(Arc::new(voice), folder.path()).unwrap();
        (folder, Arc::new(prompts))
    });
    prompts.clone()
}

impl House {
    async fn open(words: &str, max_contacts: u32) -> House {
        House::with(words, max_contacts, |_| {}, None).await
    }

    /// A house whose signalling is set up otherwise, and with a bot at 905.
    pub(super) async fn with(
        words: &str,
        max_contacts: u32,
        signalling: impl FnOnce(&mut sip::Config),
        written: Option<Answering>,
    ) -> House {
        let folder = tempfile::tempdir().unwrap();
        let store = Store::open(&folder.path().join("records.db")).await.unwrap();
        let recorder = Recorder::start(&folder.path().join("recordings")).unwrap();
        let address = IpAddr::from([127, 0, 0, 1]);
        let bind = std::net::SocketAddr::new(address, 0);
        let mut config = sip::Config::new(bind);
        signalling(&mut config);
        let (stack, signals) = sip::Stack::bind(config).await.unwrap();
        let uri = format!("sip:900@{}", stack.local_addr());
        let bots = OneBot { written, ..OneBot::default() };
        let seen = bots.seen.clone();
        let parts = Parts {
            stack,
            signals,
            ports: rtp::PortPool::new(address, 20_000..=29_999, Duration::from_secs(1)).unwrap(),
            recognisers: Arc::new(Parrot::saying(words)).into(),
            vad: Arc::new(|| Box::new(LoudVad)),
            prompts: prompts(),
            bots: Arc::new(bots),
            store: store.clone(),
            recorder: Some(Arc::new(recorder)),
        };
        let engine = Engine::start(Settings { max_contacts, ..Settings::new(address) }, parts).unwrap();
        let citizens = Citizens::start(Config::loopback()).await.unwrap();
        House { engine, store, uri, citizens, seen, folder }
    }

    async fn call(&self, script: &str) -> Report {
        let prepared = Prepared::new(&Script::parse(script).unwrap(), &prompts()).unwrap();
        self.citizens.call(&Order::to(&self.uri), &prepared, None).await.unwrap()
    }

    pub(super) async fn record(&self) -> records::Detail {
        for _ in 0..100 {
            if self.engine.live().is_empty() {
                break;
            }
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
        self.store.flush().await.unwrap();
        let contacts = self.store.list(&records::Filter::default()).await.unwrap();
        self.store.get(&contacts[0].id).await.unwrap().unwrap()
    }
}

fn kinds(detail: &records::Detail) -> BTreeMap<&'static str, usize> {
    let mut kinds = BTreeMap::new();
    for entry in &detail.timeline {
        *kinds.entry(entry.entry.kind()).or_default() += 1;
    }
    kinds
}

#[tokio::test(flavor = "multi_thread")]
async fn a_call_is_answered_understood_and_written_down() {
    let house = House::open("quiero una cita", 4).await;
    let report = house
        .call("steps:\n  - wait: bot\n  - say: Quería pedir una cita para mañana.\n  - wait: bot\n  - keys: \"42\"\n  - wait: bot\n")
        .await;
    println!("{}", serde_json::to_string_pretty(&report).unwrap());
    assert_eq!(report.outcome, Outcome::Completed);
    assert_eq!(report.turns.len(), 2);
    for turn in &report.turns {
        assert!(turn.wire_ms.is_some_and(|ms| ms < 2000.0), "{turn:?}");
    }
    let seen = house.seen.lock().unwrap().clone();
    assert!(
        matches!(&seen[..], [
        Input::Started,
        Input::Finished,
        Input::Heard(heard),
        Input::Finished,
        Input::Keys(keys),
        ..
    ] if heard.text == "quiero una cita" && keys == "42"),
        "{seen:?}"
    );
    let detail = house.record().await;
    assert_eq!(detail.contact.outcome.as_deref(), Some("hecho"));
    let kinds = kinds(&detail);
    assert_eq!(kinds.get("said"), Some(&3), "{kinds:?}");
    assert_eq!(kinds.get("delay"), Some(&1), "{kinds:?}");
    let recordings = std::fs::read_dir(house.folder.path().join("recordings")).unwrap();
    assert_eq!(recordings.count(), 1);
    assert_eq!(house.engine.media().seats(), 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn words_over_the_greeting_cut_it_and_the_record_has_what_was_heard() {
    let house = House::open("quiero una persona", 4).await;
    let report = house
        .call("steps:\n  - interrupt: { after_ms: 1000, say: Quiero hablar con una persona. }\n  - wait: bot\n  - hang_up\n")
        .await;
    println!("{}", serde_json::to_string_pretty(&report).unwrap());
    assert_eq!(report.outcome, Outcome::HungUp);
    let stop = report.interruptions.first().and_then(|i| i.stop_ms).unwrap();
    assert!(stop < 600.0, "{stop}");
    let seen = house.seen.lock().unwrap().clone();
    let Some(Input::Interrupted { heard_chars }) = seen.get(1) else { panic!("{seen:?}") };
    assert!((5..60).contains(heard_chars), "{heard_chars}");
    let detail = house.record().await;
    assert_eq!(detail.contact.outcome.as_deref(), Some("hung_up"));
    let cut = detail.timeline.iter().find_map(|e| match &e.entry {
        records::Entry::Said { heard, complete: false, .. } => Some(heard.clone()),
        _ => None,
    });
    let cut = cut.expect("the cut prompt is in the record");
    assert!(GREETING.starts_with(&cut) && cut.chars().count() == *heard_chars, "{cut}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_full_machine_and_an_unknown_number_are_refused() {
    let house = House::open("", 1).await;
    let first = house.call("steps:\n  - silence: 1500\n  - hang_up\n");
    let second = async {
        tokio::time::sleep(Duration::from_millis(500)).await;
        house.call("steps:\n  - hang_up\n").await
    };
    let (first, second) = tokio::join!(first, second);
    assert_eq!((first.outcome, first.status), (Outcome::HungUp, 200));
    assert_eq!((second.outcome, second.status), (Outcome::Refused, 503));
    assert_eq!(house.engine.counters().full.load(Ordering::Relaxed), 1);
    let prepared = Prepared::new(&Script::parse("steps:\n  - hang_up\n").unwrap(), &prompts()).unwrap();
    let wrong = Order::to(&house.uri.replace("900@", "901@"));
    let report = house.citizens.call(&wrong, &prepared, None).await.unwrap();
    assert_eq!(report.status, 404);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_number_takes_as_many_calls_as_it_has_lines() {
    let house = House::open("", 4).await;
    let prepared =
        Prepared::new(&Script::parse("steps:\n  - silence: 1500\n  - hang_up\n").unwrap(), &prompts())
            .unwrap();
    let limited = Order::to(&house.uri.replace("900@", "902@"));
    let call = async |order: &Order, after_ms: u64| {
        tokio::time::sleep(Duration::from_millis(after_ms)).await;
        house.citizens.call(order, &prepared, None).await.unwrap().status
    };
    let unlimited = Order::to(&house.uri);
    let seen = tokio::join!(call(&limited, 0), call(&limited, 500), call(&unlimited, 600));
    assert_eq!(seen, (200, 486, 200));
    assert_eq!(house.engine.counters().busy.load(Ordering::Relaxed), 1);
    tokio::time::sleep(Duration::from_secs(1)).await;
    assert_eq!(call(&limited, 0).await, 200, "the line is free again");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_drained_engine_waits_for_its_last_call() {
    let house = House::open("", 4).await;
    let engine = house.engine.clone();
    let call = house.call("steps:\n  - silence: 1500\n  - hang_up\n");
    let drain = async {
        tokio::time::sleep(Duration::from_millis(700)).await;
        assert_eq!(engine.live().len(), 1);
        engine.drain(Duration::from_secs(10)).await
    };
    let (report, left) = tokio::join!(call, drain);
    assert_eq!((report.outcome, left), (Outcome::HungUp, 0));
    let refused = house.call("steps:\n  - hang_up\n").await;
    assert_eq!(refused.status, 503);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_lossy_network_is_heard_through() {
    let house = House::open("quiero una cita", 4).await;
    let report = house
        .call("packet_loss: 0.05\nnoise_db: -60\nseed: 7\nsteps:\n  - wait: bot\n  - say: Quería pedir una cita para mañana.\n  - wait: bot\n  - hang_up\n")
        .await;
    assert_eq!(report.outcome, Outcome::HungUp);
    let detail = house.record().await;
    let quality = detail.contact.quality.unwrap();
    assert!(quality.lost > 0, "{quality:?}");
    assert!(kinds(&detail).contains_key("delay"));
}

#[tokio::test(flavor = "multi_thread")]
async fn who_can_not_be_passed_on_hears_what_to_do_before_the_call_ends() {
    let house = House::open("", 4).await;
    let script = Script::parse("steps:\n  - wait: bot\n  - wait: bot\n").unwrap();
    let prepared = Prepared::new(&script, &prompts()).unwrap();
    let order = Order::to(&house.uri.replace("900@", "906@"));
    let report = house.citizens.call(&order, &prepared, None).await.unwrap();
    println!("{}", serde_json::to_string_pretty(&report).unwrap());
    let detail = house.record().await;
    let lines: Vec<&records::Entry> = detail.timeline.iter().map(|e| &e.entry).collect();
    let told = lines
        .iter()
        .position(|e| matches!(e, records::Entry::Said { text, complete: true, .. } if text == DIAL));
    assert!(told.is_some(), "{lines:#?}");
    assert_eq!(detail.contact.outcome.as_deref(), Some("sin_respuesta"));
}

#[tokio::test(flavor = "multi_thread")]
async fn what_reaches_beyond_the_conversation_is_kept_and_what_is_paused_is_not() {
    let house = House::open("cuatro cinco cuatro cinco", 4).await;
    let script =
        "steps:\n  - wait: bot\n  - say: Cuatro, cinco, cuatro, cinco.\n  - wait: bot\n  - wait: bot\n";
    let prepared = Prepared::new(&Script::parse(script).unwrap(), &prompts()).unwrap();
    let order = Order::to(&house.uri.replace("900@", "903@"));
    let report = house.citizens.call(&order, &prepared, None).await.unwrap();
    println!("{}", serde_json::to_string_pretty(&report).unwrap());
    let detail = house.record().await;
    assert_eq!(detail.contact.outcome.as_deref(), Some("pagado"));
    assert_eq!(detail.contact.language, "ca");
    let lines: Vec<(i64, records::Entry)> =
        detail.timeline.iter().map(|e| (e.at_ms, e.entry.clone())).collect();
    println!("{lines:#?}");
    let at =
        |wanted: &dyn Fn(&records::Entry) -> bool| lines.iter().find(|(_, e)| wanted(e)).map(|(at, _)| *at);
    let recording = |name: &'static str| {
        at(&move |e| matches!(e, records::Entry::Recording { event, .. } if event == name)).unwrap()
    };
    let (paused, resumed) = (recording("paused"), recording("resumed"));
    assert!(paused < 200 && resumed > 2000, "{paused} {resumed}");
    let masked = |wanted: &str| {
        at(
            &|e| matches!(e, records::Entry::Message { channel, to, .. } if format!("{channel} {to}") == wanted),
        )
    };
    assert!(masked("sms •••000").is_some() && masked("email •••@example.es").is_some());
    assert!(at(&|e| matches!(e, records::Entry::Language { language } if language == "ca")).is_some());
    assert!(
        at(&|e| matches!(e, records::Entry::Step { note, .. } if note.contains("no recogniser hears ca")))
            .is_some()
    );

    let year = chrono::Utc::now().with_timezone(&chrono_tz::Europe::Madrid).format("%Y").to_string();
    let code = format!("{year}-000001");
    let case = house.store.case(&code).await.unwrap().unwrap();
    assert_eq!(
        (case.case.state.as_str(), case.case.contact.as_str()),
        ("en_curso", detail.contact.id.as_str())
    );
    assert_eq!(case.case.fields[0].value, "cuatro cinco cuatro cinco");
    assert_eq!(case.notes.len(), 2);
    let done: Vec<String> = lines
        .iter()
        .filter_map(|(_, e)| match e {
            records::Entry::Case { done, case, .. } => Some(format!("{done} {case}")),
            _ => None,
        })
        .collect();
    assert_eq!(done, ["open", "note", "state"].map(|what| format!("{what} {code}")));
    let asked = house.store.callbacks(&records::CallbackFilter::default()).await.unwrap();
    assert_eq!((asked.len(), asked[0].queue.as_str()), (1, "tributos"));

    // Until it went on, neither side is on the disk; then the bot is, at its place.
    let file = house.folder.path().join("recordings").join(detail.contact.recording.unwrap());
    for _ in 0..100 {
        tokio::time::sleep(Duration::from_millis(50)).await;
        if std::fs::metadata(&file).unwrap().len() > 44 + 32 * resumed as u64 {
            break;
        }
    }
    let bytes = std::fs::read(&file).unwrap();
    let samples: Vec<i16> = bytes[44..].chunks_exact(2).map(|b| i16::from_le_bytes([b[0], b[1]])).collect();
    // The contact began a little before its first frame.
    let silent = samples.iter().take_while(|s| **s == 0).count() as i64 / 16;
    assert!((silent - resumed).abs() < 700, "{silent} ms of silence, resumed after {resumed} ms");
    let loud = samples.iter().skip(silent as usize * 16).filter(|s| s.abs() > 3000).count();
    assert!(loud > 2000, "{loud} samples of the bot after it went on");
}

#[tokio::test(flavor = "multi_thread")]
async fn who_speaks_at_once_hears_the_notice_whole_and_is_heard() {
    let house = House::open("quiero una cita", 4).await;
    let script =
        "steps:\n  - say: Quiero una cita.\n  - wait: bot\n  - silence: 1500\n  - wait: bot\n  - hang_up\n";
    let prepared = Prepared::new(&Script::parse(script).unwrap(), &prompts()).unwrap();
    let order = Order::to(&house.uri.replace("900@", "904@"));
    house.citizens.call(&order, &prepared, None).await.unwrap();
    let detail = house.record().await;
    let entries: Vec<&records::Entry> = detail.timeline.iter().map(|e| &e.entry).collect();
    let said = entries.iter().position(|e| {
        matches!(e, records::Entry::Said { text, heard, complete: true, .. } if text == GREETING && heard == GREETING)
    });
    let heard = entries
        .iter()
        .position(|e| matches!(e, records::Entry::Said { text, .. } if text.starts_with("Ha dicho")));
    assert!(said.is_some() && said < heard, "{entries:#?}");
    let seen = house.seen.lock().unwrap().clone();
    let told = |input: &Input| matches!(input, Input::Heard(h) if h.text == "quiero una cita");
    assert!(seen.iter().any(told), "{seen:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn keys_and_the_words_that_follow_them_are_told_in_order_before_the_bot_answers() {
    let house = House::open("tres cuatro", 4).await;
    house
        .call("steps:\n  - wait: bot\n  - keys: \"1\"\n  - silence: 300\n  - say: Tres cuatro.\n  - wait: bot\n")
        .await;
    let seen = house.seen.lock().unwrap().clone();
    let place = |wanted: fn(&Input) -> bool| seen.iter().position(wanted);
    let keys = place(|i| matches!(i, Input::Keys(keys) if keys == "1"));
    let words = place(|i| matches!(i, Input::Heard(heard) if heard.text == "tres cuatro"));
    assert!(keys.is_some() && keys.map(|at| at + 1) == words, "{seen:?}");
    let detail = house.record().await;
    let said = |wanted: &str| {
        detail
            .timeline
            .iter()
            .any(|e| matches!(&e.entry, records::Entry::Said { text, .. } if text.starts_with(wanted)))
    };
    assert!(said("Ha dicho") && !said("Ha pulsado"), "{:#?}", detail.timeline);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_mailbox_ends_the_contact_and_answers_nothing() {
    let house = House::open("ahora no podemos atenderle deje su mensaje después de la señal", 4).await;
    house.call("steps:\n  - wait: bot\n  - say: Deje su mensaje.\n  - silence: 8000\n  - hang_up\n").await;
    let detail = house.record().await;
    assert_eq!(detail.contact.outcome.as_deref(), Some("voicemail"));
    let seen = house.seen.lock().unwrap().clone();
    assert!(!seen.iter().any(|input| matches!(input, Input::Heard(_))), "{seen:?}");
}

/// A bot that books as soon as key 1 is pressed, with a service at this address.
fn booking(base: &str) -> Answering {
    let centre = "centre: Oficina\nlanguage: es\ntime_zone: Europe/Madrid\nopening:\n  say: Soy un asistente automático y esta llamada se graba.\n  ask: [¿Qué desea?, Diga qué necesita.]\n  keys: { 1: reservar, 9: persona }\nqueues: { todos: { about: Quien atiende } }\nalways: { persona: { handoff: todos, reason: lo_pide } }\nlimits:\n  no_input: { after: 6s, tries: 3, then: { handoff: todos, reason: silencio } }\n  no_match: { tries: 3, then: { handoff: todos, reason: no_entendido } }\nhandoffs: { todos: { queue: todos, carry: [reason], closed: { end: cerrado, say: Está cerrado. }, no_answer: { after: 60s, end: nadie, say: No hay nadie. } } }\n";
    let dialog = "dialog: reservas\nabout: Reservar.\nstart_on: [reservar]\nsteps:\n  - call: agenda.reservar\n    save: reserva\n    on_error: { end: mal, say: No ha podido ser. }\n  - end: reservado\n    say: \"Hecho, {reserva.codigo | spelled}.\"\n";
    let services = format!(
        "agenda:\n  url: {base}\n  timeout: 3s\n  operations:\n    reservar: {{ post: /reservas, returns: {{ codigo: text }} }}\n"
    );
    let files = [
        ("centro.yaml", centre),
        ("reservas.yaml", dialog),
        ("servicios.yaml", services.as_str()),
        ("nlu/reservar.yaml", "[reservar, quiero reservar, hacer una reserva]"),
        ("nlu/persona.yaml", "[una persona, páseme con alguien, un humano]"),
    ];
    let files: Vec<(String, String)> = files.map(|(file, text)| (file.to_owned(), text.to_owned())).to_vec();
    let bot = Arc::new(dialogs::Bot::from_files(&files).unwrap());
    let language = Arc::new(dialogs::testing::TestLanguage::new(&bot));
    Answering::new("reservas", "1", bot, (language, crate::controller::Sounds::default())).unwrap()
}

/// A service that takes its time to book.
async fn slow_service(delay: Duration) -> String {
    use tokio::io::{AsyncReadExt, AsyncWriteExt};
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let base = format!("http://{}", listener.local_addr().unwrap());
    tokio::spawn(async move {
        while let Ok((mut stream, _)) = listener.accept().await {
            let mut head = [0; 4096];
            let _ = stream.read(&mut head).await;
            tokio::time::sleep(delay).await;
            let body = "{\"codigo\":\"R7K2\"}";
            let answer = format!(
                "HTTP/1.1 200 OK\r\nContent-Length: {}\r\nConnection: close\r\n\r\n{body}",
                body.len()
            );
            let _ = stream.write_all(answer.as_bytes()).await;
        }
    });
    base
}

#[tokio::test(flavor = "multi_thread")]
async fn who_hangs_up_while_an_appointment_is_made_has_it_in_the_record() {
    let base = slow_service(Duration::from_millis(1200)).await;
    let house = House::with("", 4, |_| {}, Some(booking(&base))).await;
    let script = "steps:\n  - wait: bot\n  - keys: \"1\"\n  - silence: 300\n  - hang_up\n";
    let prepared = Prepared::new(&Script::parse(script).unwrap(), &prompts()).unwrap();
    let order = Order::to(&house.uri.replace("900@", "905@"));
    let report = house.citizens.call(&order, &prepared, None).await.unwrap();
    assert_eq!(report.outcome, Outcome::HungUp);
    // Who stops the engine now waits for it.
    assert_eq!(house.engine.drain(Duration::from_secs(10)).await, 0);
    let detail = house.record().await;
    assert_eq!(detail.contact.outcome.as_deref(), Some("hung_up"));
    let at = |wanted: &dyn Fn(&records::Entry) -> bool| detail.timeline.iter().position(|e| wanted(&e.entry));
    let gone = at(&|e| matches!(e, records::Entry::Signal { event, .. } if event == "hung_up")).unwrap();
    let booked = at(&|e| match e {
        records::Entry::Service { operation, error: None, saved: Some(saved), .. } => {
            (operation.as_str(), saved.name.as_str(), saved.value.as_str())
                == ("agenda.reservar", "reserva", "{\"codigo\":\"R7K2\"}")
        }
        _ => false,
    });
    assert!(booked.is_some_and(|booked| booked > gone), "{:#?}", detail.timeline);
    let said = at(&|e| matches!(e, records::Entry::Said { text, .. } if text.contains("Hecho")));
    assert_eq!(said, None, "nobody is told");
}
